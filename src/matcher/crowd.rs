//! The patterns that share their anchor: one walk of an automaton, anchored where they may start, finds all
//! that do. Knows texts and numbers; checks no bounds.

use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton as _;
use aho_corasick::nfa::contiguous::NFA;

use super::BuildError;

/// Stands before each text and in none: no text is found inside another, and so the automaton grows with the
/// texts' bytes alone. Without it, texts that end alike would take the square of their number.
const HEAD: u8 = 0xFF;

/// States of the automaton at most: some 60 bytes each while it is built.
const MAX_STATES: usize = 4 << 20;

/// Patterns, by their texts.
#[derive(Debug, Default)]
pub(super) struct Crowd(Option<(NFA, Vec<u32>)>);

impl Crowd {
    /// Of these patterns, sorted by text; `text` gives the text of one, UTF-8.
    pub(super) fn build<'a>(patterns: Vec<u32>, text: impl Fn(u32) -> &'a [u8]) -> Result<Self, BuildError> {
        if patterns.is_empty() {
            return Ok(Self(None));
        }
        let (mut states, mut before) = (0, [].as_slice());
        for text in patterns.iter().map(|&pattern| text(pattern)) {
            states += text.len() - text.iter().zip(before).take_while(|(a, b)| a == b).count();
            before = text;
        }
        if states > MAX_STATES {
            return Err(BuildError::TooCrowded(MAX_STATES));
        }
        let headed = patterns.iter().map(|&pattern| [&[HEAD], text(pattern)].concat());
        let automaton = NFA::builder().prefilter(false).build(headed);
        let automaton = automaton.map_err(|_| BuildError::TooCrowded(MAX_STATES))?;
        Ok(Self(Some((automaton, patterns))))
    }

    /// Calls `visit` with each pattern that `text` starts with, shortest first.
    pub(super) fn each(&self, text: &[u8], mut visit: impl FnMut(u32)) {
        let Some((automaton, patterns)) = &self.0 else { return };
        let Ok(mut state) = automaton.start_state(Anchored::Yes) else { return };
        for &byte in [HEAD].iter().chain(text) {
            state = automaton.next_state(Anchored::Yes, state, byte);
            if automaton.is_special(state) {
                if automaton.is_dead(state) {
                    return;
                }
                if automaton.is_match(state) {
                    for found in 0..automaton.match_len(state) {
                        visit(patterns[automaton.match_pattern(state, found).as_usize()]);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aho_corasick::automaton::Automaton as _;

    use super::Crowd;

    #[test]
    fn each_pattern_that_a_text_starts_with_is_found_once() {
        let texts = ["a", "ab", "abc", "abd", "b", "é", "z", "橙", "bc"];
        let crowd = Crowd::build(vec![0, 1, 2, 3, 4, 5, 7, 8], |pattern| texts[pattern as usize].as_bytes());
        let crowd = crowd.expect("small");
        for text in ["", "a", "abcd", "abx", "é", "zz", "c", "b", "橙b", "xab"] {
            let mut found = Vec::new();
            crowd.each(text.as_bytes(), |pattern| found.push(texts[pattern as usize]));
            let expected: Vec<&str> = texts.into_iter().filter(|one| *one != "z" && text.starts_with(one)).collect();
            assert_eq!(found, expected, "{text}");
        }
        Crowd::default().each(b"a", |_| panic!("there is none"));
    }

    #[test]
    fn texts_that_end_alike_take_no_square_of_their_number() {
        // Without a head: a quarter of a million states with a hundred matches each.
        let texts: Vec<String> = (0..2_000).map(|number| format!("{number} {}", "a ".repeat(100))).collect();
        let ends: Vec<String> = (1..100).map(|count| "a ".repeat(count)).collect();
        let all: Vec<&[u8]> = texts.iter().chain(&ends).map(String::as_bytes).collect();
        let crowd = Crowd::build((0..all.len() as u32).collect(), |pattern| all[pattern as usize]).expect("small");
        let (automaton, _) = crowd.0.as_ref().expect("not empty");
        let bytes: usize = all.iter().map(|text| text.len()).sum();
        assert!(automaton.memory_usage() < 24 * bytes, "{} of {bytes}", automaton.memory_usage());
        let mut found = 0;
        crowd.each("7 ".as_bytes(), |_| found += 1);
        crowd.each("7 ".repeat(2).as_bytes(), |_| found += 1);
        crowd.each(texts[7].as_bytes(), |pattern| found += pattern);
        assert_eq!(found, 7);
    }
}
