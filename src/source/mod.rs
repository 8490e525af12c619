//! Sources: from answers to entries, one file per kind. Pure: `fetch` makes the requests that a source
//! asks for and hands back the answers.

pub mod feed;
pub mod forum;
pub mod json;
pub mod page;
pub mod select;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::entry::Entry;
use crate::exchange::{Answer, Request, Validators};
use crate::health::SourceState;
use crate::text::language::Language;

/// What makes a source the same one in several files and over restarts: a hash of its kind and its
/// address as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceKey(pub u64);

/// The kinds of source of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// RSS, Atom, JSON Feed.
    Feed,
    /// A forum read by selectors: list → topic → posts.
    Forum,
    /// Any page read by selectors.
    Page,
    /// A JSON document read by pointers.
    Json,
}

/// What a source keeps between polls: an opaque value for the store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct State {
    /// Validators by address; only of addresses that are asked at every poll.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub validators: BTreeMap<String, Validators>,
    /// The last page read of each topic of a forum, by the topic's address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub topics: BTreeMap<String, String>,
}

/// One step of a poll. A poll is the steps until no request is left.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// What this step read.
    pub entries: Vec<Entry>,
    /// What to fetch next; the first step of a poll has no entries and at least one request.
    pub requests: Vec<Request>,
    /// The state to keep if the poll ends well.
    pub state: State,
    /// Items that the cap left out.
    pub dropped: usize,
    /// What the document says of its own pace: RSS `ttl`.
    pub ttl: Option<std::time::Duration>,
}

/// Why an answer could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", state.word())]
pub struct ParseError {
    /// The state that the source is in.
    pub state: SourceState,
    /// What stands in its way, in English, one line, for the operator; never secret.
    pub detail: String,
}

/// A source of a built-in kind, ready to read answers. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Source {
    /// A feed.
    Feed(feed::Feed),
    /// A forum.
    Forum(forum::Forum),
    /// A page.
    Page(page::Page),
    /// A JSON document.
    Json(json::Json),
}
