//! What a rule says: the value that `alerts:` of a watchlist becomes. Owns no YAML (`watchlist`) and no
//! decision (`rules`).

use std::time::Duration;

use crate::mention::Polarity;
use crate::place::Place;
use crate::text::language::Language;

/// An alert rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Unique in its file.
    pub name: String,
    /// What it waits for.
    pub on: RuleKind,
    /// Brand ids; empty: all of the file.
    pub brands: Vec<String>,
    /// Brand kinds; empty: all.
    pub kinds: Vec<BrandKind>,
    /// `if:`.
    pub conditions: Conditions,
    /// Channel names.
    pub to: Vec<String>,
    /// The window; `None` is `off`: a message a mention. Default 10 minutes.
    pub group: Option<Duration>,
    /// Where it stands.
    pub place: Place,
}

/// `on:` of a rule in this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleKind {
    /// A mention.
    Mention,
    /// A source that went blind.
    Coverage,
}

/// `kind:` of a brand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum BrandKind {
    /// The default.
    #[default]
    Brand,
    /// A product.
    Product,
    /// A person.
    Person,
    /// Somebody else's brand.
    Competitor,
    /// A campaign.
    Campaign,
    /// A crisis topic.
    Crisis,
}

/// `if:` of a rule; an empty list asks nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conditions {
    /// One of these.
    pub polarity: Vec<Polarity>,
    /// A comparison with the score towards the brand.
    pub score: Option<ScoreCondition>,
    /// One of these tags.
    pub tags: Vec<String>,
    /// One of these source names.
    pub sources: Vec<String>,
    /// One of these sites or a subdomain of one.
    pub sites: Vec<String>,
    /// One of these languages.
    pub languages: Vec<Language>,
}

/// `score: "<= -0.4"`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreCondition {
    /// The comparison.
    pub comparison: Comparison,
    /// In [−1, 1].
    pub bound: f32,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl ScoreCondition {
    /// True when `score` meets it.
    #[must_use]
    pub fn holds(self, score: f32) -> bool {
        match self.comparison {
            Comparison::Less => score < self.bound,
            Comparison::AtMost => score <= self.bound,
            Comparison::Greater => score > self.bound,
            Comparison::AtLeast => score >= self.bound,
        }
    }
}
