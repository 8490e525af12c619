//! What is kept of a spike rule and a brand over a restart. Owns the shape and the value's name; the alerter
//! writes it, `status` reads it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::alert::rule::Of;
use crate::alert::spike::{Outcome, Spike};

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
    /// The last decision of each outcome.
    #[serde(default)]
    pub last: BTreeMap<Outcome, Decision>,
}

/// What was decided of a spike.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// When.
    pub at: Timestamp,
    /// With what figures.
    pub spike: Spike,
}

/// Messages of a rule that the same window can be in, by the shortest cooldown, times the mentions of each.
const LISTED: usize = 800;

impl SpikeState {
    /// Notes what became of a spike; false where nothing is to be written. Of a window that nobody is told of the first
    /// decision is enough: a flood is not written at each look.
    pub fn decide(&mut self, outcome: Outcome, spike: Spike, at: Timestamp) -> bool {
        let is_known = self.last.get(&outcome).is_some_and(|last| last.spike.until() == spike.until());
        if is_known && matches!(outcome, Outcome::Cooldown | Outcome::Muted) {
            return false;
        }
        self.last.insert(outcome, Decision { at, spike });
        true
    }

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

    /// The value, by its name.
    #[must_use]
    pub fn kept(&self) -> (String, Option<String>) {
        let json = serde_json::to_string(self).expect("strings, numbers and lists always have a JSON form");
        (self.name(), Some(json))
    }

    /// From what was kept; nothing when it cannot be read.
    #[must_use]
    pub fn from_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded_and_read_back() {
        let mut state = SpikeState { team: "team.yaml".into(), rule: "a/b".into(), ..SpikeState::default() };
        state.brand = "orange".into();
        assert_eq!(state.name(), "spike/team.yaml/orange/a/b");
        let figures = |from, count| Spike { from, slots: 12, count, usual: 6.5, chance: 0.5 };
        let at = Timestamp::UNIX_EPOCH;
        for (outcome, again) in [(Outcome::Cooldown, false), (Outcome::Muted, false), (Outcome::Told, true)] {
            assert!(state.decide(outcome, figures(0, 20), at));
            assert_eq!(state.decide(outcome, figures(0, 30), at), again, "{outcome:?}");
            assert!(state.decide(outcome, figures(1, 40), at));
        }
        assert_eq!(state.last.len(), 3);
        state.list(1..=600);
        state.list(601..=1_000);
        assert_eq!((state.listed.len(), state.listed.last()), (LISTED, Some(&1_000)));
        assert_eq!(SpikeState::from_json(&state.kept().1.unwrap()), Some(state));
        assert_eq!(SpikeState::from_json("{}"), None);
    }
}
