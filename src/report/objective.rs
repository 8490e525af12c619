//! `objectives:` of a watchlist: a figure of a brand and the bounds it is to keep. Owns the value; reading
//! it is `watchlist`'s, holding it against what was counted is `figures`'.

use serde::Serialize;

use crate::place::Place;

/// A figure of a brand that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// In [−100, 100].
    NetTone,
    /// Negative mentions of all with a known tone, in percent.
    NegativeShare,
    /// Positive mentions of all with a known tone, in percent.
    PositiveShare,
    /// The brand's mentions of those of the team's own brands and competitors, in percent.
    ShareOfVoice,
    /// Mentions by local day.
    MentionsPerDay,
}

impl Figure {
    /// All.
    pub const ALL: [Self; 5] =
        [Self::NetTone, Self::NegativeShare, Self::PositiveShare, Self::ShareOfVoice, Self::MentionsPerDay];

    /// The word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NetTone => "net_tone",
            Self::NegativeShare => "negative_share",
            Self::PositiveShare => "positive_share",
            Self::ShareOfVoice => "share_of_voice",
            Self::MentionsPerDay => "mentions_per_day",
        }
    }

    /// The figure of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.word() == word)
    }

    /// The values that it can have.
    #[must_use]
    pub const fn range(self) -> (f64, f64) {
        match self {
            Self::NetTone => (-100.0, 100.0),
            Self::NegativeShare | Self::PositiveShare | Self::ShareOfVoice => (0.0, 100.0),
            Self::MentionsPerDay => (0.0, 1e9),
        }
    }
}

/// What a team wants of a brand.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// The brand's id.
    pub brand: String,
    /// What is looked at.
    pub figure: Figure,
    /// Not less than this.
    pub at_least: Option<f64>,
    /// Not more than this.
    pub at_most: Option<f64>,
    /// Where it stands.
    pub place: Place,
}

impl Objective {
    /// True when a value keeps the bounds.
    #[must_use]
    pub fn is_met(&self, value: f64) -> bool {
        self.at_least.is_none_or(|least| value >= least) && self.at_most.is_none_or(|most| value <= most)
    }
}
