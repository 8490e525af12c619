//! Where the words and the sentences of a field start: what `near`, `sequence` and `within: sentence` count
//! with. Worked out only when an expression asks; knows no terms.

use std::cell::OnceCell;

use super::spans::Spans;
use crate::text::abbreviation::{Stop, stop_behind};
use crate::text::fold::class::{Class, class, is_skipped};

/// One field's words and sentences, in ascending order.
#[derive(Debug, Default)]
pub(super) struct Layout {
    words: OnceCell<Vec<u32>>,
    sentences: OnceCell<Vec<u32>>,
}

impl Layout {
    /// Words that start from `end` on and before `start`.
    pub(super) fn words_between(&self, text: &str, end: u32, start: u32) -> usize {
        let words = self.words.get_or_init(|| words(text));
        words.partition_point(|&word| word < start) - words.partition_point(|&word| word < end)
    }

    /// The bounds of the sentence that holds `at`.
    pub(super) fn sentence(&self, text: &str, at: u32) -> (u32, u32) {
        let starts = self.sentences.get_or_init(|| sentences(text));
        let next = starts.partition_point(|&start| start <= at);
        let start = next.checked_sub(1).map_or(0, |index| starts[index]);
        (start, starts.get(next).copied().unwrap_or(u32::MAX))
    }
}

/// A word is as in a term; an address is one word, a character of a script without spaces too.
fn words(text: &str) -> Vec<u32> {
    let mut starts = Vec::new();
    let mut spans = Spans::default();
    let mut in_word = false;
    let mut address_end = 0;
    for (at, c) in text.char_indices() {
        if at < address_end || is_skipped(c) {
            continue;
        }
        let kind = class(c);
        let starts_one = kind == Class::Free || kind == Class::Word && !in_word;
        in_word = kind == Class::Word;
        if starts_one || matches!(c, '@' | '＠') {
            if let Some(end) = spans.end_of(text, at) {
                address_end = end;
                in_word = false;
                starts.push(at as u32);
            } else if starts_one {
                starts.push(at as u32);
            }
        }
    }
    starts
}

fn sentences(text: &str) -> Vec<u32> {
    let mut starts = vec![0];
    let mut chars = text.char_indices().peekable();
    let mut word_start = None;
    while let Some((at, c)) = chars.next() {
        let ended = match c {
            '!' | '?' | '…' => chars.peek().is_none_or(|&(_, next)| next.is_whitespace() || is_closing(next)),
            '.' => {
                let word = word_start.map_or("", |start| &text[start..at]);
                stop_behind(word) == Stop::Ends
                    && chars.peek().is_none_or(|&(_, next)| next.is_whitespace() || is_closing(next))
            }
            '。' | '！' | '？' => true,
            '\n' | '\u{2028}' | '\u{2029}' => {
                let next = text[at..].trim_start().chars().next();
                let blank = text[at + c.len_utf8()..].chars().take_while(|c| c.is_whitespace()).any(|c| c == '\n');
                blank || next.is_some_and(|next| !next.is_lowercase())
            }
            _ => false,
        };
        if c.is_alphanumeric() {
            word_start = word_start.or(Some(at));
        } else {
            word_start = None;
        }
        if ended {
            while let Some(&(_, next)) = chars.peek()
                && (next.is_whitespace() || is_closing(next) || matches!(next, '.' | '!' | '?' | '…'))
            {
                chars.next();
            }
            starts.push(chars.peek().map_or(text.len(), |&(next, _)| next) as u32);
        }
    }
    starts.dedup();
    starts
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '»' | '”' | '’' | ')' | ']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_between_count_an_apostrophe_as_a_bound_and_an_address_as_one_word() {
        let text = "x d'un https://a.fr/b-c @cm 橙色 y";
        assert_eq!(Layout::default().words_between(text, 1, text.len() as u32 - 1), 6);
    }

    #[test]
    fn sentences_end_at_their_signs_and_not_at_abbreviations() {
        for (text, expected) in [
            ("Un. Deux ! Trois ?! Quatre", vec!["Un. ", "Deux ! ", "Trois ?! ", "Quatre"]),
            ("M. Durand dit « Oui. » Non", vec!["M. Durand dit « Oui. » ", "Non"]),
            ("Il a 3.5 points chez J. Martin", vec!["Il a 3.5 points chez J. Martin"]),
            ("Un\ndeux\nTrois\n\nquatre", vec!["Un\ndeux\n", "Trois\n\n", "quatre"]),
        ] {
            let mut bounds = sentences(text);
            bounds.push(text.len() as u32);
            let found: Vec<&str> = bounds.windows(2).map(|pair| &text[pair[0] as usize..pair[1] as usize]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
