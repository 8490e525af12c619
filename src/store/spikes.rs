//! What is kept of a spike rule and a brand over a restart. Owns the shape and the value's name; the alerter
//! writes it.

use serde::{Deserialize, Serialize};

use crate::alert::rule::Of;
use crate::alert::spike::Spike;

/// What is kept of a spike rule and a brand: one value each.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SpikeState {
    /// The watchlist file.
    pub team: String,
    /// The rule.
    pub rule: String,
    /// The brand's id.
    pub brand: String,
    /// What was counted.
    pub of: Of,
    /// The strongest found outside of the rule's hours: it waits for the opening.
    pub held: Option<Spike>,
    /// Rows of the mentions that messages of the last hour's windows listed, the newest last.
    #[serde(default)]
    pub listed: Vec<i64>,
}

/// Messages of a rule that the same window can be in, by the shortest cooldown, times the mentions of each.
const LISTED: usize = 800;

impl SpikeState {
    /// Notes that a message lists mentions, given by their rows.
    pub fn list(&mut self, mentions: impl Iterator<Item = i64>) {
        self.listed.extend(mentions);
        self.listed.drain(..self.listed.len().saturating_sub(LISTED));
    }

    /// What the names of these values start with.
    pub const PREFIX: &str = "spike/";

    /// The value's name. Neither a file in the folder nor a brand's id has a slash.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}{}/{}/{}", Self::PREFIX, self.team, self.brand, self.rule)
    }

    /// As it is kept.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings, numbers and lists always have a JSON form")
    }

    /// From what was kept; nothing when it cannot be read.
    #[must_use]
    pub fn from_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }
}
