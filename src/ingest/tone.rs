//! What a mention keeps of a text: its tone towards the brand and its excerpt. Owns the joining of the match with
//! the scoring; shared with `vigie try`.

use std::ops::Range;

use crate::entry::Entry;
use crate::matcher::BrandMatch;
use crate::mention::{DecidingWord, Field, Polarity};
use crate::sentiment::{self, Tuning};
use crate::text::excerpt;
use crate::text::language::Language;

/// Characters of an excerpt.
const EXCERPT: usize = 240;

fn ranges(found: &BrandMatch, field: Field) -> Vec<Range<usize>> {
    let of_field = found.hits.iter().filter(|hit| hit.field == field);
    of_field.map(|hit| hit.start as usize..hit.end as usize).collect()
}

/// The tone towards the brand, as a mention keeps it. Shared with `vigie try`.
#[derive(Debug, Clone)]
pub struct Tone {
    /// By the threshold.
    pub polarity: Polarity,
    /// Towards the brand.
    pub score: Option<f32>,
    /// Of the whole text.
    pub document_score: Option<f32>,
    /// Strongest first.
    pub words: Vec<DecidingWord>,
}

impl Tone {
    /// Scores title and text towards the brand of a match, as its team reads them; `threshold` in (0, 1).
    #[must_use]
    pub fn of(entry: &Entry, found: &BrandMatch, language: Option<Language>, tuning: &Tuning, threshold: f32) -> Self {
        let unknown = Self { polarity: Polarity::Unknown, score: None, document_score: None, words: Vec::new() };
        let Some(language) = language else { return unknown };
        with_parts(entry, found, |parts| {
            let Some(score) = sentiment::score_with(&sentiment::Input { parts, language }, tuning) else {
                return unknown;
            };
            Self {
                polarity: score.polarity(threshold),
                score: Some(score.score),
                document_score: Some(score.document_score),
                words: score
                    .words
                    .iter()
                    .map(|word| DecidingWord { text: word.text(parts).to_owned(), valence: word.valence })
                    .collect(),
            }
        })
    }
}

/// What is scored of an entry for a match: title and text, with the brand's places in them.
pub fn with_parts<R>(entry: &Entry, found: &BrandMatch, run: impl FnOnce(&[sentiment::Part<'_>]) -> R) -> R {
    let (title, text) = (ranges(found, Field::Title), ranges(found, Field::Text));
    run(&[sentiment::Part { text: &entry.title, target: &title }, sentiment::Part { text: &entry.text, target: &text }])
}

/// Around the first hits of the text; its beginning when only the title has hits; the title without a text.
#[must_use]
pub fn excerpt_of(entry: &Entry, found: &BrandMatch) -> crate::mention::Excerpt {
    if entry.text.is_empty() {
        return excerpt::excerpt(&entry.title, &ranges(found, Field::Title), EXCERPT);
    }
    excerpt::excerpt(&entry.text, &ranges(found, Field::Text), EXCERPT)
}
