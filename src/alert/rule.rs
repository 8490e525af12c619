//! What a rule says: the value that `alerts:` of a watchlist becomes. Owns no YAML (`watchlist`) and no
//! decision (`rules`).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::digest::Schedule;
use super::hours::Hours;
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
    /// When messages may go; outside, they wait for the opening.
    pub hours: Hours,
    /// Messages of this rule to one channel in a sliding time.
    pub cap: Option<Cap>,
    /// Who is told when nobody answers.
    pub escalate: Option<Escalate>,
    /// Mentions published longer than this before they were found wait for the digest. Absent: none does.
    pub late: Option<Duration>,
    /// Where it stands.
    pub place: Place,
}

impl Rule {
    /// True when it is about a brand.
    #[must_use]
    pub fn is_about(&self, brand: &str, kind: BrandKind) -> bool {
        (self.brands.is_empty() || self.brands.iter().any(|id| id == brand))
            && (self.kinds.is_empty() || self.kinds.contains(&kind))
    }
}

/// `on:` of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// A mention.
    Mention,
    /// More than usual of a brand.
    Spike(SpikeRule),
    /// A time of day.
    Digest(Schedule),
    /// A source that went blind.
    Coverage,
    /// An insult, hate, racism, a threat, an accusation of crime.
    Moderation,
}

/// What a spike rule counts, and against what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpikeRule {
    /// What is counted.
    pub of: Of,
    /// The longest time that is looked at: 15, 30 or 60 minutes.
    pub window: Duration,
    /// How far back the usual is learnt.
    pub baseline: Duration,
    /// How sure it must be.
    pub sensitivity: Sensitivity,
    /// Between two spikes that are told of a brand.
    pub cooldown: Duration,
}

/// `of:` of a spike rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Of {
    /// All mentions.
    #[default]
    Volume,
    /// Negative ones, where they are more than their usual share too.
    Negative,
}

impl Of {
    /// The word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::Negative => "negative",
        }
    }
}

/// `sensitivity:` of a spike rule: the false alerts that it may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Sensitivity {
    /// About one a year and brand.
    Low,
    /// At most one a month and brand.
    #[default]
    Normal,
    /// About one a week and brand.
    High,
}

impl Sensitivity {
    /// The word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// `cap: 12/h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// At most so many messages.
    pub messages: u32,
    /// In any time of this length.
    pub per: Duration,
}

/// `escalate:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalate {
    /// After this time without an answer.
    pub after: Duration,
    /// Channel names.
    pub to: Vec<String>,
}

/// `if:` of a rule; an empty list asks nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conditions {
    /// One of these.
    pub polarity: Vec<Polarity>,
    /// `negative` does not take what is doubtful.
    pub strict: bool,
    /// A comparison with the score towards the brand.
    pub score: Option<ScoreCondition>,
    /// One of these tags.
    pub tags: Vec<String>,
    /// One of these source names.
    pub sources: Vec<String>,
    /// One of these sites or a subdomain of one.
    pub sites: Vec<String>,
    /// One of these authors, by their whole name.
    pub authors: Vec<String>,
    /// One of these languages.
    pub languages: Vec<Language>,
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
