//! What a poll brought, as the store takes and gives it. Rows alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SourceHealth;
use crate::mention::{Mention, Polarity, StoryId};
use crate::source::{SourceKey, State};

/// What one poll changes, in one transaction.
#[derive(Debug, Clone)]
pub struct PollCommit {
    /// The source's row as it is after the poll; `told` and `told_at` are not written.
    pub health: SourceHealth,
    /// Cursor and validators; absent: unchanged.
    pub state: Option<State>,
    /// Packed seen hashes; absent: unchanged.
    pub seen: Option<Vec<u8>>,
    /// Texts of new entries, kept for backtests, dated by `health.asked`; the store compresses them.
    pub texts: Vec<KeptText>,
    /// Undecided mentions.
    pub mentions: Vec<Mention>,
    /// Packed prints ([`crate::story::Print`]) of the mentions, in their order; empty where none is kept.
    pub prints: Vec<Vec<u8>>,
}

/// A poll that found nothing changed (304): all that moves is when the source was asked, and when it is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// The source.
    pub key: SourceKey,
    /// Start of the poll.
    pub asked: Timestamp,
    /// Not before this time.
    pub next: Timestamp,
}

/// A text kept for backtests.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptText {
    /// The entry's id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Link.
    pub url: Option<String>,
    /// Author.
    pub author: Option<String>,
    /// Published.
    pub published: Option<Timestamp>,
    /// Stated language.
    pub language: Option<crate::text::language::Language>,
    /// Targets of links that the text hides; texts kept by earlier versions have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
}

/// The texts that one poll kept.
#[derive(Debug, Clone)]
pub struct TextBatch {
    /// The row.
    pub id: i64,
    /// Whose they are.
    pub source: SourceKey,
    /// When they were found.
    pub found: Timestamp,
    /// In the order served.
    pub texts: Vec<KeptText>,
}

/// What a mention of the last days looks like, for the index of stories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintRow {
    /// The watchlist file.
    pub team: String,
    /// The brand's id.
    pub brand: String,
    /// The source's key.
    pub source: u64,
    /// The entry's key within it.
    pub entry: u64,
    /// The site.
    pub site: String,
    /// Its story.
    pub story: StoryId,
    /// When the story's first mention was found.
    pub since: Timestamp,
    /// Packed.
    pub print: Vec<u8>,
}

/// The last revision of a mention, for an edited entry.
#[derive(Debug, Clone, PartialEq)]
pub struct LastRevision {
    /// The brand's id.
    pub brand: String,
    /// From 1.
    pub revision: u32,
    /// Terms that contributed, over all revisions.
    pub terms: Vec<String>,
    /// Of the last revision.
    pub polarity: Polarity,
    /// Its story.
    pub story: StoryId,
}
