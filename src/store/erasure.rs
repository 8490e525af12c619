//! Whose traces are erased, and the record that stays. Owns the values; erasing is each engine's.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whose traces `forget` erases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Forget {
    /// All by an author, on one site with its subdomains or everywhere.
    Author {
        /// The whole name; a leading `@` and the case of letters do not matter, accents do.
        name: String,
        /// The host.
        site: Option<String>,
    },
    /// All that stands at an address, in whichever of its forms ([`crate::text::url::canonical_place`]).
    Url(String),
    /// One mention by its row, with every brand and revision of the same entry.
    Mention(i64),
}

impl Forget {
    /// The kind of the wish that asks the daemon for it: once it is answered, the store forgets who it named.
    pub const WISH: &'static str = "forget";

    /// `author`, `url` or `mention`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Author { .. } => "author",
            Self::Url(_) => "url",
            Self::Mention(_) => "mention",
        }
    }
}

/// A digest that showed somebody who is forgotten and that nobody was sent yet: to be written again, without them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// The watchlist file.
    pub team: String,
    /// The rule's name.
    pub rule: String,
    /// The channel.
    pub channel: String,
    /// It covers mentions found from here on.
    pub from: Timestamp,
    /// To here, exclusive.
    pub to: Timestamp,
}

impl TakenBack {
    /// The kind of the wish that has it written: `{"digest": …}`.
    pub const WISH: &'static str = "digest";
}

/// What was erased, as somebody asked or on a day by retention, kept for those who must show that they did: no
/// personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// When; of retention, when the day's first went.
    pub at: Timestamp,
    /// `author`, `url` or `mention`; `retention`: a day (UTC) of it.
    pub kind: String,
    /// Empty for retention. Else SHA-256 of the time (RFC 3339, whole seconds) and of what was asked for, in hexadecimal: whoever
    /// knows both can recognise it, nobody can read it back.
    pub hash: String,
    /// Mentions, with decisions and searchable words.
    pub mentions: u64,
    /// Kept texts of entries.
    pub texts: u64,
    /// Messages that were still to be delivered, or never could be; of retention, finished ones.
    pub messages: u64,
}

impl Erasure {
    /// The kind of what nobody asked for: it grew old.
    pub const RETENTION: &'static str = "retention";

    /// Whether nobody asked for it: it grew old.
    #[must_use]
    pub fn is_retention(&self) -> bool {
        self.kind == Self::RETENTION
    }
}
