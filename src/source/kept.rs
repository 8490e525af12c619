//! What `fetch` remembers of a source between polls, in the source's own row. Values alone; no parser of a
//! source reads them.

use serde::{Deserialize, Serialize};

use super::habit::Habit;
use super::lapses::Lapses;

/// Agreeing answers after which a permanent redirect is believed.
pub const CONFIRMED: u8 = 3;

/// What a source's polls showed so far.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Kept {
    /// Where the server says that the source moved for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
    /// What robots.txt of the source's own origin says to vigie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robots: Option<Robots>,
    /// It has given entries before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fruitful: bool,
    /// Polls in a row that were read and had no entry.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub empty: u8,
    /// Polls in a row whose selectors found nothing.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub barren: u8,
    /// How often something new comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub habit: Option<Habit>,
    /// How it fails and comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapses: Option<Lapses>,
}

/// A permanent redirect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Where it leads.
    pub to: String,
    /// Polls in a row that it led there.
    pub answers: u8,
}

/// The rules of a robots.txt for vigie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Robots {
    /// When it was read, in seconds since 1970.
    pub at: i64,
    /// Crawl-delay, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<u32>,
    /// Patterns, each behind `+` (allowed) or `-`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
}

impl Kept {
    /// True for a source that nothing is known of.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The address that the source is believed to have moved to.
    #[must_use]
    pub fn new_address(&self) -> Option<&str> {
        self.moved.as_ref().filter(|moved| moved.answers >= CONFIRMED).map(|moved| moved.to.as_str())
    }

    /// Takes in where an answer says that the source moved for good.
    pub fn note_moved(&mut self, to: Option<String>) {
        self.moved = to.map(|to| {
            let before = self.moved.as_ref().filter(|moved| moved.to == to).map_or(0, |moved| moved.answers);
            Moved { to, answers: before.saturating_add(1).min(CONFIRMED) }
        });
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
const fn is_zero(count: &u8) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permanent_redirect_is_believed_after_three_agreeing_answers() {
        let mut kept = Kept::default();
        for (to, believed) in [
            (Some("b"), None),
            (Some("b"), None),
            (Some("c"), None),
            (Some("c"), None),
            (None, None),
            (Some("c"), None),
            (Some("c"), None),
            (Some("c"), Some("c")),
            (Some("c"), Some("c")),
            (Some("d"), None),
        ] {
            kept.note_moved(to.map(str::to_owned));
            assert_eq!(kept.new_address(), believed, "{to:?}");
        }
    }

    #[test]
    fn what_is_not_known_takes_no_room() {
        assert_eq!(serde_json::to_string(&Kept::default()).unwrap(), "{}");
        assert!(serde_json::from_str::<Kept>("{}").unwrap().is_empty());
    }
}
