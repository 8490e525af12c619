//! Tone by lexicon and rules, towards the brand and not the text. Pure.
//!
//! Owns the lexicons (`data/`), the rules and the score; not the language of a text nor where a brand
//! stands in it: both come with the [`Input`].

mod compare;
mod doubt;
mod frame;
mod idioms;
mod lexicon;
pub mod moderation;
mod packs;
mod role;
mod rules;
mod signs;
mod target;
mod tokens;

use std::ops::Range;

use crate::mention::Polarity;
use crate::text::language::Language;

pub use packs::Packs;
pub use target::find as find_target;

/// From which score on a text is positive or, with a minus, negative, unless a source says otherwise.
pub const DEFAULT_THRESHOLD: f32 = 0.2;

/// A piece of an entry: its title or its text.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// As it was published.
    pub text: &'a str,
    /// Bytes of `text` that name what the tone is measured towards, in any order; they may overlap. They
    /// carry no tone of their own.
    pub target: &'a [Range<usize>],
}

/// What is scored.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Title and text.
    pub parts: &'a [Part<'a>],
    /// Whose lexicon reads them.
    pub language: Language,
}

/// A word, idiom or sign that decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// Which part it stands in.
    pub part: usize,
    /// First byte in the part.
    pub start: usize,
    /// Byte after its last.
    pub end: usize,
    /// The bytes between.
    pub text: String,
    /// After negation and the other rules; in [−6, 6].
    pub valence: f32,
}

/// The tone of an input.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Towards the target, in [−1, 1]; that of the whole where there is no target.
    pub score: f32,
    /// Of the whole, in [−1, 1].
    pub document_score: f32,
    /// What decided the score, strongest first.
    pub words: Vec<Word>,
    /// Why the sign of the score is not sure.
    pub doubt: Option<Doubt>,
    /// The score without the words that are in doubt, in [−1, 1].
    pub firm_score: f32,
}

/// Why a sign is not sure. The score leans to the reading that is likelier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// A complaint that no word says: `troisième technicien`.
    Complaint,
    /// Praise that is likely none: `bravo` next to a complaint.
    Irony,
}

impl Score {
    /// The polarity of the score; `threshold` in (0, 1]. Where there is doubt, it is negative when the
    /// other words are so on their own, else uncertain.
    #[must_use]
    pub fn polarity(&self, threshold: f32) -> Polarity {
        if self.doubt.is_some() {
            let sure = self.firm_score <= -threshold && self.score <= -threshold;
            if sure { Polarity::Negative } else { Polarity::Uncertain }
        } else if self.score >= threshold {
            Polarity::Positive
        } else if self.score <= -threshold {
            Polarity::Negative
        } else {
            Polarity::Neutral
        }
    }
}

/// The tone of an input by [`Packs::DEFAULT`]; nothing when its language has no lexicon, which is
/// [`Polarity::Unknown`].
#[must_use]
pub fn score(input: &Input<'_>) -> Option<Score> {
    score_with(input, Packs::DEFAULT)
}

/// The tone of an input by the words of every day and the packs; nothing when its language has no lexicon.
#[must_use]
pub fn score_with(input: &Input<'_>, packs: Packs) -> Option<Score> {
    lexicon::Lexicon::of(input.language, packs).map(|lexicon| rules::score(lexicon, input.parts))
}
