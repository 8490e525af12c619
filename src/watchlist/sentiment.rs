//! `sentiment:` of a watchlist and `threshold:` of its sources: from their shapes to a [`Tuning`].

use super::brand::choice;
use super::rule::placed;
use super::shape::SentimentShape;
use crate::config::findings::Findings;
use crate::config::places::Node;
use crate::config::yaml::Written;
use crate::sentiment::{Genre, LONGEST_OWN, Packs, STRONGEST_WORD, Tuning};

/// Own words at most: a lexicon of thousands is no correction.
const MOST_WORDS: usize = 5_000;
/// Ignored names at most: each is looked for in each text that matched.
const MOST_IGNORED: usize = 200;

/// How the texts of a file are read.
#[derive(Debug, Default)]
pub(super) struct Tone {
    pub(super) tuning: Tuning,
    pub(super) threshold: Option<f32>,
}

/// Reads `sentiment:`.
pub(super) fn read(findings: &mut Findings, node: &Node, shape: &SentimentShape) -> Tone {
    let packs = shape.packs.as_ref().map_or(Packs::DEFAULT, |words| {
        let mut packs = Packs::NONE;
        for (word, span) in placed(words, node.get("packs")) {
            match Packs::from_word(word) {
                Some(pack) => packs = packs.with(pack),
                None => choice(findings, span, "packs", word, Packs::words()),
            }
        }
        packs
    });
    let words = words(findings, node, shape);
    if let Some((_, span)) = placed(&shape.ignore, node.get("ignore")).get(MOST_IGNORED) {
        findings.error(*span, "config-sentiment-many", &[("key", "ignore"), ("most", &MOST_IGNORED.to_string())], None);
    }
    let threshold = threshold(findings, node, shape.threshold.as_ref());
    Tone { tuning: Tuning::new(packs, words, shape.ignore.0.clone()), threshold }
}

fn words(findings: &mut Findings, node: &Node, shape: &SentimentShape) -> Vec<(String, f32)> {
    let mut words = Vec::new();
    for (form, Written(text)) in &shape.words.0 {
        let Some((key, value)) = node.get("words").and_then(|words| words.pair(form)) else { continue };
        if words.len() == MOST_WORDS {
            let arguments = [("key", "words"), ("most", &*MOST_WORDS.to_string())];
            findings.error(key.span, "config-sentiment-many", &arguments, None);
            break;
        }
        let length = form.split_whitespace().count();
        if length > LONGEST_OWN || !form.split_whitespace().all(|word| word.chars().any(char::is_alphanumeric)) {
            let most = LONGEST_OWN.to_string();
            findings.error(key.span, "config-sentiment-word", &[("word", form), ("most", &most)], None);
        }
        match number(text).filter(|valence| valence.abs() <= STRONGEST_WORD) {
            Some(valence) => words.push((form.split_whitespace().collect::<Vec<_>>().join(" "), valence)),
            None => findings.error(value.span, "config-sentiment-valence", &[("word", form), ("text", text)], None),
        }
    }
    words
}

/// `threshold:` of a block: a word or a number in (0, 1).
pub(super) fn threshold(findings: &mut Findings, node: &Node, written: Option<&Written>) -> Option<f32> {
    let Written(text) = written?;
    if let Some(genre) = Genre::from_word(text) {
        return Some(genre.threshold());
    }
    let threshold = number(text).filter(|threshold| *threshold > 0.0 && *threshold < 1.0);
    if threshold.is_none() {
        let span = node.get("threshold").unwrap_or(node).span;
        let near = crate::config::keys::nearest_value(text, Genre::words());
        findings.error(span, "config-sentiment-threshold", &[("text", text)], near);
    }
    threshold
}

/// A number as people write it: `-2.5`, `−2,5`.
fn number(text: &str) -> Option<f32> {
    let text = text.trim().replace(',', ".").replace('\u{2212}', "-");
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, value) in
            [("-2.5", Some(-2.5)), ("−2,5", Some(-2.5)), ("+1", Some(1.0)), ("nan", None), ("1e3", None)]
        {
            assert_eq!(number(text), value, "{text}");
        }
    }
}
