//! How the scoring fares on texts whose tone somebody corrected, and which words would mend it. Pure; the
//! texts are the caller's.

use std::collections::BTreeMap;
use std::ops::Range;

use super::tokens::{Kind, lower};
use super::{Input, Part, Tuning, score_with};
use crate::mention::Polarity;
use crate::text::language::Language;

/// Tones that people name.
pub const SAID: [Polarity; 3] = [Polarity::Negative, Polarity::Neutral, Polarity::Positive];
/// Tones that the scoring finds.
pub const FOUND: [Polarity; 5] =
    [Polarity::Negative, Polarity::Neutral, Polarity::Positive, Polarity::Uncertain, Polarity::Unknown];

/// The valence that is proposed for a word: plain praise or blame.
const PROPOSED: f32 = 2.0;
/// A word that stands in fewer misread texts proves nothing.
const LEAST_WRONG: usize = 2;
/// Words that are tried at most, the most frequent first: each try scores the texts anew.
const MOST_TRIED: usize = 40;
/// Words that are proposed at most.
const MOST_PROPOSED: usize = 10;
/// Letters of the shortest word that is proposed: shorter ones are grammar.
const SHORTEST: u16 = 4;

/// A text with the tone that somebody said it has.
#[derive(Debug, Clone)]
pub struct Example {
    /// Title and text, each with the bytes that name the brand.
    pub parts: Vec<(String, Vec<Range<usize>>)>,
    /// Whose lexicon reads them.
    pub language: Language,
    /// What it is.
    pub said: Polarity,
    /// From which score on it is positive or negative; in (0, 1).
    pub threshold: f32,
}

/// A word of the watchlist that would make more texts right.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// In lower case, as it stands in the texts.
    pub word: String,
    /// −2, 0 or 2: 0 takes the tone from it.
    pub valence: f32,
    /// Texts that it makes right.
    pub mended: usize,
    /// Texts that it makes wrong.
    pub broken: usize,
}

/// What came of the examples.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// How many were said to be [`SAID`] (row) and found to be [`FOUND`] (column).
    pub confusion: [[usize; 5]; 3],
    /// What each was found to be.
    pub found: Vec<Polarity>,
    /// The best first.
    pub proposals: Vec<Proposal>,
}

/// Scores the examples as a team reads them.
#[must_use]
pub fn evaluate(examples: &[Example], tuning: &Tuning) -> Evaluation {
    let found: Vec<Polarity> = examples.iter().map(|example| polarity(example, tuning)).collect();
    let mut confusion = [[0; 5]; 3];
    for (example, found) in examples.iter().zip(&found) {
        let row = SAID.iter().position(|said| *said == example.said);
        let column = FOUND.iter().position(|one| one == found);
        if let (Some(row), Some(column)) = (row, column) {
            confusion[row][column] += 1;
        }
    }
    let proposals = proposals(examples, &found, tuning);
    Evaluation { confusion, found, proposals }
}

fn scored(example: &Example, tuning: &Tuning) -> Option<super::Score> {
    let parts: Vec<Part<'_>> = example.parts.iter().map(|(text, target)| Part { text, target }).collect();
    score_with(&Input { parts: &parts, language: example.language }, tuning)
}

fn polarity(example: &Example, tuning: &Tuning) -> Polarity {
    scored(example, tuning).map_or(Polarity::Unknown, |score| score.polarity(example.threshold))
}

const fn sign(polarity: Polarity) -> f32 {
    match polarity {
        Polarity::Negative => -1.0,
        Polarity::Positive => 1.0,
        _ => 0.0,
    }
}

/// Words that stand in several misread texts, each tried: those that mend more than they break.
fn proposals(examples: &[Example], found: &[Polarity], tuning: &Tuning) -> Vec<Proposal> {
    let mut candidates: BTreeMap<(String, i8), usize> = BTreeMap::new();
    for (example, _) in examples.iter().zip(found).filter(|(example, found)| example.said != **found) {
        let said = sign(example.said);
        for (word, valence) in words(example, tuning) {
            let silent = valence == 0.0 && said != 0.0;
            let misleads = valence != 0.0 && valence.signum() * said <= 0.0;
            if silent {
                *candidates.entry((word, said as i8)).or_default() += 1;
            } else if misleads {
                *candidates.entry((word, 0)).or_default() += 1;
            }
        }
    }
    let mut frequent: Vec<((String, i8), usize)> =
        candidates.into_iter().filter(|(_, count)| *count >= LEAST_WRONG).collect();
    frequent.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut proposals: Vec<Proposal> = frequent
        .into_iter()
        .take(MOST_TRIED)
        .filter_map(|((word, sign), _)| {
            let valence = f32::from(sign) * PROPOSED;
            let tried = tuning.with_word(&word, valence);
            let (mut mended, mut broken) = (0, 0);
            for (example, before) in examples.iter().zip(found) {
                let now = polarity(example, &tried);
                mended += usize::from(now == example.said && *before != example.said);
                broken += usize::from(now != example.said && *before == example.said);
            }
            (mended > broken && mended >= LEAST_WRONG).then_some(Proposal { word, valence, mended, broken })
        })
        .collect();
    proposals.sort_by(|a, b| {
        let gain = |proposal: &Proposal| proposal.mended - proposal.broken;
        gain(b).cmp(&gain(a)).then_with(|| a.word.cmp(&b.word))
    });
    proposals.truncate(MOST_PROPOSED);
    proposals
}

/// The words of a text that are no grammar, each once, with what they add to its tone.
fn words(example: &Example, tuning: &Tuning) -> Vec<(String, f32)> {
    let Some(lexicon) = tuning.lexicon(example.language) else { return Vec::new() };
    let deciding = scored(example, tuning).map(|score| score.words).unwrap_or_default();
    let mut words: Vec<(String, f32)> = Vec::new();
    for (number, (text, target)) in example.parts.iter().enumerate() {
        for token in lexicon.tokens(text) {
            let bytes = token.start as usize..token.end as usize;
            let named = target.iter().any(|range| range.start < bytes.end && bytes.start < range.end);
            if token.kind != Kind::Word || token.letters < SHORTEST || token.digit || named {
                continue;
            }
            let form: String = text[bytes.clone()].chars().map(lower).collect();
            let decides = deciding
                .iter()
                .find(|word| word.part == number && word.start <= bytes.start && bytes.end <= word.end)
                .map(|word| word.valence);
            let steers = lexicon.steers(text, &token);
            if (decides.is_none() && steers) || words.iter().any(|(known, _)| *known == form) {
                continue;
            }
            words.push((form, decides.unwrap_or_default()));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(text: &str, said: Polarity) -> Example {
        Example { parts: vec![(text.to_owned(), Vec::new())], language: Language::FRENCH, said, threshold: 0.2 }
    }

    #[test]
    fn the_confusion_counts_what_was_said_and_what_was_found() {
        let examples = [
            example("Service horrible", Polarity::Negative),
            example("Le magasin ouvre lundi", Polarity::Neutral),
            example("Le magasin ouvre mardi", Polarity::Positive),
            Example { language: Language::from_tag("de").expect("a tag"), ..example("Gut", Polarity::Positive) },
        ];
        let evaluation = evaluate(&examples, &Tuning::default());
        assert_eq!(evaluation.confusion, [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 1, 0, 0, 1]]);
        assert_eq!(evaluation.found[3], Polarity::Unknown);
    }

    #[test]
    fn a_word_is_proposed_when_it_mends_more_than_it_breaks() {
        let examples = [
            example("Encore une box zinguée par la foudre du service", Polarity::Negative),
            example("Ma ligne est zinguée", Polarity::Negative),
            example("Deuxième agence zinguée cette semaine", Polarity::Negative),
            example("Une ligne neuve dans chaque agence", Polarity::Neutral),
        ];
        let evaluation = evaluate(&examples, &Tuning::default());
        let best = evaluation.proposals.first().expect("a proposal");
        assert_eq!((best.word.as_str(), best.valence, best.broken), ("zinguée", -2.0, 0));
        assert!(best.mended >= 2, "{best:?}");
        let after = evaluate(&examples, &Tuning::default().with_word(&best.word, best.valence));
        assert!(after.proposals.iter().all(|proposal| proposal.word != best.word));
    }

    #[test]
    fn a_word_that_misleads_loses_its_tone() {
        let examples = [
            example("Le forfait Génial coûte dix euros", Polarity::Neutral),
            example("Le nouveau Génial est en boutique", Polarity::Neutral),
        ];
        let evaluation = evaluate(&examples, &Tuning::default());
        let best = evaluation.proposals.first().expect("a proposal");
        assert_eq!((best.word.as_str(), best.valence, best.mended, best.broken), ("génial", 0.0, 2, 0));
    }

    #[test]
    fn one_misread_text_proves_nothing() {
        let evaluation = evaluate(&[example("Ma ligne est zinguée", Polarity::Negative)], &Tuning::default());
        assert_eq!(evaluation.proposals, []);
    }
}
