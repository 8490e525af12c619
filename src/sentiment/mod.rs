//! Tone by lexicon and rules, towards the brand and not the text. Pure.
//!
//! Owns the lexicons (`data/`), the rules and the score; not the language of a text nor where a brand
//! stands in it: both come with the [`Input`].

mod compare;
mod contrast;
mod doubt;
pub mod evaluation;
mod event;
mod files;
mod forms;
mod frame;
mod hashtag;
mod held;
mod hints;
mod idioms;
mod leads;
mod lexicon;
pub mod moderation;
mod only;
mod packs;
mod reading;
mod recent;
mod role;
mod rules;
mod signs;
mod target;
mod tokens;
mod tuning;

use std::ops::Range;
use std::sync::LazyLock;

use crate::mention::Polarity;
use crate::text::language::Language;

pub use packs::Packs;
pub use target::find as find_target;
pub use tuning::{LONGEST_OWN, STRONGEST_WORD, Tuning};

/// What texts are like: from which score on one is positive or, with a minus, negative, differs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Genre {
    /// Opinions of buyers: long, and seldom without tone.
    Reviews,
    /// Posts and comments: short.
    Posts,
    /// Articles, and what is not known.
    #[default]
    News,
}

impl Genre {
    const WORDS: [(&'static str, Self); 3] = [("reviews", Self::Reviews), ("posts", Self::Posts), ("news", Self::News)];

    /// The genre of a word: `reviews`, `posts`, `news`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(name, _)| *name == word).map(|&(_, genre)| genre)
    }

    /// The words that [`Self::from_word`] knows.
    pub fn words() -> impl Iterator<Item = &'static str> + Clone {
        Self::WORDS.iter().map(|&(name, _)| name)
    }

    /// The score from which on such a text is positive or, with a minus, negative.
    #[must_use]
    pub const fn threshold(self) -> f32 {
        match self {
            Self::Reviews => 0.25,
            Self::Posts => 0.1,
            Self::News => DEFAULT_THRESHOLD,
        }
    }
}

/// The threshold of texts of which nothing is known.
pub const DEFAULT_THRESHOLD: f32 = 0.2;

/// Bytes of a part that are read: each word takes a hundred times its letters while a text is scored, and what
/// somebody says is said by then.
const LONGEST_READ: usize = 256 << 10;

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
    /// After negation and the other rules; in [−6, 6].
    pub valence: f32,
}

impl Word {
    /// What stands there in the parts that were scored; nothing in any others.
    #[must_use]
    pub fn text<'t>(&self, parts: &[Part<'t>]) -> &'t str {
        parts.get(self.part).and_then(|part| part.text.get(self.start..self.end)).unwrap_or_default()
    }
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
    /// Words that say nothing on their own and lean one way together: too little for any label.
    Hint,
    /// Praise that no word says: `réparé en dix minutes`.
    Praise,
    /// A complaint that no word says: `troisième technicien`.
    Complaint,
    /// Praise that is likely none: `bravo` next to a complaint.
    Irony,
}

impl Score {
    /// The polarity of the score; `threshold` in (0, 1]. Where there is doubt, it is that of the other words
    /// when they say the same on their own, else uncertain; a mere hint is no more than they are.
    #[must_use]
    pub fn polarity(&self, threshold: f32) -> Polarity {
        let both = |sign: f32| self.firm_score * sign >= threshold && self.score * sign >= threshold;
        match self.doubt {
            None | Some(Doubt::Hint | Doubt::Praise) if both(1.0) => Polarity::Positive,
            None | Some(Doubt::Hint | Doubt::Complaint | Doubt::Irony) if both(-1.0) => Polarity::Negative,
            None | Some(Doubt::Hint) => Polarity::Neutral,
            Some(Doubt::Praise | Doubt::Complaint | Doubt::Irony) => Polarity::Uncertain,
        }
    }
}

/// The tone of an input by [`Packs::DEFAULT`]; nothing when its language has no lexicon, which is
/// [`Polarity::Unknown`].
#[must_use]
pub fn score(input: &Input<'_>) -> Option<Score> {
    static DEFAULT: LazyLock<Tuning> = LazyLock::new(Tuning::default);
    score_with(input, &DEFAULT)
}

/// The tone of an input as a team reads it; nothing when its language has no lexicon.
#[must_use]
pub fn score_with(input: &Input<'_>, tuning: &Tuning) -> Option<Score> {
    scored(input, tuning, |_, _, _| {}).map(|scored| {
        reading::give_back(scored.items);
        scored.score
    })
}

/// The tone of a French text towards the Novalis in it.
#[cfg(test)]
fn towards_novalis(text: &str) -> Score {
    let target = find_target(text, "Novalis");
    score(&Input { parts: &[Part { text, target: &target }], language: Language::FRENCH }).expect("a lexicon")
}

/// How many words and signs the rules see in a text: what reading it costs before any is looked up. None in
/// a language without a lexicon.
#[must_use]
pub fn count_words(text: &str, language: Language) -> usize {
    let Some(lexicon) = lexicon::Lexicon::of(language, Packs::DEFAULT) else { return 0 };
    let items = lexicon.items(text, reading::room());
    let words = items.len();
    reading::give_back(items);
    words
}

fn scored(input: &Input<'_>, tuning: &Tuning, trace: impl FnMut(usize, Rule, f32)) -> Option<rules::Scored> {
    let lexicon = tuning.lexicon(input.language)?;
    let begun: Vec<Part<'_>>;
    let parts = if input.parts.iter().all(|part| part.text.len() <= LONGEST_READ) {
        input.parts
    } else {
        let begin = |part: &Part<'_>| part.text.floor_char_boundary(LONGEST_READ);
        begun = input.parts.iter().map(|part| Part { text: &part.text[..begin(part)], ..*part }).collect();
        &begun
    };
    let other = if input.language == Language::FRENCH { Language::ENGLISH } else { Language::FRENCH };
    let ignored = tuning.ignored(parts);
    let (items, present) = reading::read(lexicon, || tuning.lexicon(other), &ignored, parts);
    Some(rules::score(items, &present, parts, lexicon, trace))
}

/// A rule that gives a word its valence or changes it, in the order in which they apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// What the lexicon says.
    Lexicon,
    /// Capitals and letters drawn out.
    Emphasis,
    /// `très`, `un peu`, `moins`.
    Degree,
    /// `ne … pas`.
    Negation,
    /// `mais`.
    Contrast,
    /// What happened, by its name: `delay`.
    Event(&'static str),
    /// Conceded, asked, supposed, reported.
    Frame,
    /// Praise next to a complaint.
    Irony,
    /// `préfère … à`.
    Comparison,
    /// How much the word speaks of the target.
    Target,
}

impl Rule {
    /// The word of the contract, in lower case.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lexicon => "lexicon",
            Self::Emphasis => "emphasis",
            Self::Degree => "degree",
            Self::Negation => "negation",
            Self::Contrast => "contrast",
            Self::Event(_) => "event",
            Self::Frame => "frame",
            Self::Irony => "irony",
            Self::Comparison => "comparison",
            Self::Target => "target",
        }
    }
}

/// The names that [`Rule::Event`] may carry; some more than once.
pub fn event_names() -> impl Iterator<Item = &'static str> {
    event::names(files::FRENCH.events)
}

/// How a word came to count as it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The valence after each rule that changed it; the first is the one that gave it.
    pub steps: Vec<(Rule, f32)>,
    /// The bytes of its clause in its part.
    pub clause: Range<usize>,
}

/// The tone of an input, and the reason of each of its words in their order. Slower than [`score_with`],
/// with the same score.
#[must_use]
pub fn explain(input: &Input<'_>, tuning: &Tuning) -> Option<(Score, Vec<Reason>)> {
    let mut steps: Vec<(usize, Rule, f32)> = Vec::new();
    let scored = scored(input, tuning, |at, rule, valence| steps.push((at, rule, valence)))?;
    let reasons = scored.strengths.iter().map(|&(_, at)| {
        let mut own: Vec<(Rule, f32)> = Vec::new();
        for &(_, rule, valence) in steps.iter().filter(|step| step.0 == at) {
            if own.last().map_or(valence != 0.0, |&(_, last)| last.to_bits() != valence.to_bits()) {
                own.push((rule, valence));
            }
        }
        let item = &scored.items[at];
        let of_clause = |other: &&reading::Item| other.clause == item.clause && other.token.part == item.token.part;
        let mut bytes = scored.items.iter().filter(of_clause).map(|item| (item.token.start, item.token.end));
        let (start, first_end) = bytes.next().unwrap_or((item.token.start, item.token.end));
        let end = bytes.next_back().map_or(first_end, |(_, end)| end);
        Reason { steps: own, clause: start as usize..end as usize }
    });
    let reasons = reasons.collect();
    Some((scored.score, reasons))
}
