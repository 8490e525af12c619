//! Sources: from answers to entries, one file per kind. Pure: `fetch` makes the requests that a source
//! asks for and hands back the answers.

pub mod charset;
pub mod cursor;
pub mod discover;
pub mod feed;
pub mod forum;
pub mod forums;
pub mod habit;
pub mod json;
pub mod kept;
pub mod lapses;
pub mod mail;
mod pace;
pub mod packed;
pub mod page;
pub mod preset;
pub mod salvage;
pub mod search;
pub mod select;
pub mod skips;
pub mod suspect;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::entry::Entry;
use crate::exchange::{Answer, Cursor, Request, Tag, Validators};
use crate::health::SourceState;

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
    /// A search or alert endpoint by its preset.
    Search,
    /// A mailbox.
    Mail,
}

impl Kind {
    /// The word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Forum => "forum",
            Self::Page => "page",
            Self::Json => "json",
            Self::Search => "search",
            Self::Mail => "mail",
        }
    }
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
    /// Seconds: what the last document said of its own pace, or its endpoint's preset; a 304 says it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<u64>,
    /// What the last document said of times at which it is not to be read; a 304 says it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skips: Option<skips::Skips>,
    /// What `fetch` remembers; no source reads it.
    #[serde(default, skip_serializing_if = "kept::Kept::is_empty")]
    pub kept: kept::Kept,
    /// A hash of the address that a search was last asked under: its query may be built of terms that change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// When the newest entry was published: an address with `{since}` asks from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<jiff::Timestamp>,
    /// The newest id that an endpoint without `{since}` gave: from there a gap is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<String>,
    /// How far a mailbox has been read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<Cursor>,
    /// When the poll under way began, where who makes it says so.
    #[serde(skip)]
    pub begun: Option<jiff::Timestamp>,
    /// The search was asked for something else before: what was published earlier than this is no news.
    #[serde(skip)]
    pub renewed: Option<jiff::Timestamp>,
    /// The poll under way; begun anew by [`Source::start`] and not kept.
    #[serde(skip)]
    pub poll: Poll,
}

/// Where a poll of several requests stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Poll {
    /// Requests asked for so far.
    pub asked: u16,
    /// Answers read so far.
    pub answered: u16,
    /// Topics of a forum's list by their number in [`Tag::Topic`]: canonical address and title.
    pub topics: Vec<(String, String)>,
    /// Topic pages on which a post was found.
    pub fruitful: u16,
    /// Topic pages with text on which none was.
    pub barren: u16,
    /// The oldest and the newest id of an answer that begins after the newest one known.
    pub gap: Option<(String, String)>,
}

/// Requests of one poll at most.
pub const MOST_REQUESTS: u16 = 40;

/// Items of one document at most.
pub const MOST_ITEMS: usize = 10_000;

/// Longer ids of entries, in bytes, are hashed: a feed writes its own at any length, and links have more.
const LONGEST_ID: usize = 1024;

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
    /// What the document says of its own pace, or the preset of its endpoint: RSS `ttl`, `sy:updatePeriod`.
    pub ttl: Option<std::time::Duration>,
    /// What the document says of times at which it is not to be read.
    pub skips: Option<skips::Skips>,
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

/// A source of a built-in kind, ready to read answers. Cheap to clone, and small: of ten thousand, most are feeds.
#[derive(Debug, Clone)]
pub enum Source {
    /// A feed.
    Feed(feed::Feed),
    /// A forum.
    Forum(Arc<forum::Forum>),
    /// A page.
    Page(Arc<page::Page>),
    /// A JSON document.
    Json(Arc<json::Json>),
    /// A search.
    Search(Arc<search::Search>),
    /// A mailbox.
    Mail(Arc<mail::Mail>),
}

impl Source {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Feed(_) => Kind::Feed,
            Self::Forum(_) => Kind::Forum,
            Self::Page(_) => Kind::Page,
            Self::Json(_) => Kind::Json,
            Self::Search(_) => Kind::Search,
            Self::Mail(_) => Kind::Mail,
        }
    }

    /// The address that a poll begins with, `{since}` as written.
    #[must_use]
    pub fn url(&self) -> &str {
        match self {
            Self::Feed(feed) => feed.url(),
            Self::Forum(forum) => forum.url(),
            Self::Page(page) => page.url(),
            Self::Json(json) => json.url(),
            Self::Search(search) => search.url(),
            Self::Mail(mail) => mail.url(),
        }
    }

    /// The address that the poll which `state` begins asks first.
    #[must_use]
    pub fn address(&self, state: &State) -> Cow<'_, str> {
        match self {
            Self::Json(json) => json.address(state),
            Self::Search(search) => search.address(state),
            Self::Feed(_) | Self::Forum(_) | Self::Page(_) | Self::Mail(_) => self.url().into(),
        }
    }

    /// Begins a poll: one request, conditional where a second poll asks the same again and needs nothing
    /// that only the whole answer gives.
    #[must_use]
    pub fn start(&self, state: &State) -> Step {
        let url = self.address(state);
        let is_conditional = match self {
            Self::Feed(_) | Self::Json(_) | Self::Search(_) => true,
            Self::Page(page) => page.is_single(),
            // An unchanged list says nothing of the pages behind it.
            Self::Forum(_) | Self::Mail(_) => false,
        };
        let tag = if matches!(self, Self::Mail(_)) { Tag::Letters } else { Tag::Main };
        let validators = state.validators.get(&*url).filter(|known| is_conditional && !known.is_empty()).cloned();
        let opening = match self {
            Self::Search(search) => search.opening(),
            _ => None,
        };
        let first = opening.unwrap_or_else(|| Request { url: url.into_owned(), tag, validators, ..Request::default() });
        Step {
            requests: vec![first],
            state: State { poll: Poll { asked: 1, ..Poll::default() }, renewed: None, ..state.clone() },
            ..Step::default()
        }
    }

    /// True where pages made for people are read: robots.txt is asked first. Feeds and JSON are made for programs.
    #[must_use]
    pub const fn reads_pages(&self) -> bool {
        matches!(self, Self::Forum(_) | Self::Page(_))
    }

    /// True where silence would be a fault: whoever asks a question may find nothing new for months.
    #[must_use]
    pub fn has_habit(&self) -> bool {
        match self {
            Self::Feed(_) => !habit::is_search(self.url()),
            Self::Forum(_) | Self::Page(_) => true,
            Self::Json(_) | Self::Search(_) | Self::Mail(_) => false,
        }
    }

    /// What a state means at this source's endpoint, in English, one line, for the operator.
    #[must_use]
    pub fn hint(&self, state: SourceState) -> Option<&'static str> {
        match self {
            Self::Search(search) => search.hint(state),
            Self::Feed(_) | Self::Forum(_) | Self::Page(_) | Self::Json(_) | Self::Mail(_) => None,
        }
    }

    /// Reads an answer. `state` is that of the step before, whichever request this answers.
    pub fn next(&self, state: &State, answer: &Answer) -> Result<Step, ParseError> {
        let mut state = state.clone();
        state.poll.answered += 1;
        let mut step = match self {
            Self::Feed(feed) => feed.read(state, answer),
            Self::Forum(forum) => forum.read(state, answer),
            Self::Page(page) => page.read(state, answer),
            Self::Json(json) => json.read(state, answer),
            Self::Search(search) => search.read(state, answer),
            Self::Mail(mail) => mail.read(state, answer),
        }?;
        for entry in step.entries.iter_mut().filter(|entry| entry.id.len() > LONGEST_ID) {
            entry.id = content_id(&[&entry.id]);
        }
        if answer.tag == Tag::Main {
            step.state.pace = step.ttl.map(|ttl| ttl.as_secs());
            step.state.skips = step.skips;
        }
        // The last state of a poll is what is kept, so that an unchanged one compares equal.
        if step.state.poll.answered >= step.state.poll.asked {
            step.state.poll = Poll::default();
        }
        Ok(step)
    }
}

impl State {
    /// Keeps an answer's validators under the address that was asked.
    fn keep_validators(&mut self, url: &str, answer: &Answer) {
        if answer.validators.is_empty() {
            self.validators.remove(url);
        } else {
            self.validators.insert(url.to_owned(), answer.validators.clone());
        }
    }

    /// Room for one more request in this poll.
    fn ask(&mut self, url: String, tag: Tag) -> Option<Request> {
        if self.poll.asked >= MOST_REQUESTS {
            return None;
        }
        self.poll.asked += 1;
        Some(Request { url, tag, ..Request::default() })
    }
}

/// A hash of an entry's title and text, for entries that have neither id nor link of their own.
fn content_id(parts: &[&str]) -> String {
    use sha2::{Digest, Sha256};
    use std::fmt::Write;
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().iter().take(16).fold(String::with_capacity(32), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
