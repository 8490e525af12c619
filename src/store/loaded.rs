//! What the daemon works on, as it tells `status` through the store's value [`Loaded::VALUE`]. Owns the
//! shape; the daemon writes it at each reload, `status` reads it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::source::SourceKey;

/// Whether the watchlists on disk are the ones in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoadedState {
    /// What is on disk is in use.
    Ok,
    /// What is on disk was refused; the last good one is in use.
    Refused,
}

/// The set in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loaded {
    /// Of the last look at the files.
    pub state: LoadedState,
    /// Why it was refused, one line.
    pub error: Option<String>,
    /// When the set in use was loaded.
    pub loaded: Option<Timestamp>,
    /// How many brands.
    pub brands: u64,
    /// How many terms.
    pub terms: u64,
    /// In the files' order.
    pub sources: Vec<LoadedSource>,
    /// In the file's order.
    pub channels: Vec<LoadedChannel>,
}

/// One line of a watchlist that names a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedSource {
    /// The source, in decimal: JSON's numbers do not hold 64 bits everywhere.
    #[serde(with = "decimal")]
    pub key: SourceKey,
    /// For people.
    pub name: String,
    /// `file:line`.
    pub at: String,
    /// `feed`, `forum`, `page`, `json`: shown before the source has a row of its own.
    #[serde(default)]
    pub kind: String,
    /// As written, for the same reason.
    #[serde(default)]
    pub url: String,
}

/// One channel of vigie.yaml.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedChannel {
    /// Its name.
    pub name: String,
    /// `email` or `webhook`.
    pub kind: String,
}

impl Loaded {
    /// The name of the value in the store.
    pub const VALUE: &str = "loaded";

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

mod decimal {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::source::SourceKey;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
    pub(super) fn serialize<S: Serializer>(key: &SourceKey, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&key.0)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SourceKey, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map(SourceKey).map_err(|_| D::Error::custom("a source key is a decimal number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kept_form_stays_readable() {
        let json = r#"{"state":"refused","error":"team.yaml:3: no such key","loaded":"2026-03-01T08:00:00Z",
            "brands":1,"terms":3,"sources":[{"key":"18446744073709551615","name":"Blog","at":"team.yaml:12"}],
            "channels":[{"name":"comms","kind":"email"}]}"#;
        let loaded = Loaded::from_json(json).unwrap();
        assert_eq!(loaded.sources[0].key, SourceKey(u64::MAX));
        assert_eq!(loaded.state, LoadedState::Refused);
        assert_eq!(Loaded::from_json(&loaded.to_json()), Some(loaded));
        assert_eq!(Loaded::from_json("{}"), None);
    }
}
