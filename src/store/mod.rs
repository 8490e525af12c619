//! What outlives a crash: sources, mentions, decisions, messages, deliveries. A coarse seam of about a
//! dozen verbs; each engine has its own SQL, and one conformance suite holds for all. Nothing outside
//! this room may assume that the database is a file on this machine.

use std::future::Future;

use jiff::Timestamp;

use self::correction::Correction;
use crate::alert::Reason;
use crate::alert::mute::{Mute, Muted};
use crate::alert::story::Pasts;
use crate::health::SourceState;
use crate::mention::{Polarity, StoredMention, StoryId};
use crate::source::{SourceKey, State};

pub mod correction;
pub mod erasure;
pub mod figures;
pub mod filter;
pub mod loaded;
pub mod lock;
mod owner;
mod polled;
pub mod replies;
pub mod spikes;
pub mod sqlite;

pub use self::erasure::{Erasure, Forget, TakenBack};
use self::figures::{FiguresAsk, FiguresRows};
pub use self::filter::MentionFilter;
pub use self::polled::{KeptText, LastRevision, PollCommit, PrintRow, TextBatch, Touch};
pub use self::replies::ThreadOf;
use self::replies::{RepliesCommit, ReplyRow, ToldMessage};

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database was written by a newer vigie: exit 78.
    #[error("the database has schema {found}, this vigie knows {known}")]
    Newer {
        /// Of the file.
        found: i64,
        /// Of this program.
        known: i64,
    },
    /// The file is no sound database: exit 78; the file is kept as it is.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// The disk is full or cannot be written; try again later.
    #[error("the database cannot be written: {0}")]
    Unwritable(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// What is known of a source's health; one row each.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceHealth {
    /// The source.
    pub key: SourceKey,
    /// `feed`, `forum`, `page`, `json`.
    pub kind: String,
    /// As written.
    pub url: String,
    /// Of the last poll.
    pub state: SourceState,
    /// One line for the operator.
    pub detail: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// When the state began.
    pub since: Option<Timestamp>,
    /// When the first failure of this row of failures was.
    pub failing_since: Option<Timestamp>,
    /// Start of the last poll.
    pub asked: Option<Timestamp>,
    /// Not before this time: interval, back-off or Retry-After.
    pub next: Option<Timestamp>,
    /// Why `next` may not be cut short by `run --once`: a running Retry-After or back-off.
    pub held: bool,
    /// When the first answer was parsed: the baseline.
    pub baseline: Option<Timestamp>,
    /// Entries a week, for the adaptive interval.
    pub weekly: f32,
    /// How often coverage was told of this row of failures.
    pub told: u32,
    /// When last.
    pub told_at: Option<Timestamp>,
}

/// Why somebody is told, or not, of a mention; kept with it.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionRow {
    /// The mention's row.
    pub mention: i64,
    /// The rule, when one was tried.
    pub rule: Option<String>,
    /// The channel, when the rule names one.
    pub channel: Option<String>,
    /// Named reason.
    pub reason: Reason,
    /// The message that tells it, once closed.
    pub message: Option<String>,
}

/// A closed message: its mentions never change.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// The hash that Message-ID and webhook-id are made of. A message whose id is there already is not
    /// written again.
    pub id: String,
    /// `mention`, `moderation`, `escalation`, `forward`, `spike`, `digest`, `coverage`, `refusal`, `dead_letter`, `test`. A
    /// digest tells all that waited for it on its channel.
    pub kind: String,
    /// The watchlist file; empty for messages about vigie itself.
    pub team: String,
    /// The rule; empty likewise.
    pub rule: String,
    /// The channel.
    pub channel: String,
    /// The brand's id, when it is about one.
    pub brand: Option<String>,
    /// When it was closed.
    pub created: Timestamp,
    /// The mentions it lists.
    pub mentions: Vec<i64>,
    /// What it shows besides them.
    pub shows: Shown,
    /// One a recipient, or one for a webhook.
    pub deliveries: Vec<NewDelivery>,
}

/// What a message shows besides the mentions that it lists: with any of it, `forget` takes back what was not
/// delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Shown {
    /// Nothing.
    #[default]
    Nothing,
    /// Some mentions.
    Mentions(Vec<i64>),
    /// Figures and lists of brands' mentions.
    Period {
        /// Their ids.
        brands: Vec<String>,
        /// Of mentions found from here on.
        from: Timestamp,
        /// To here, exclusive.
        to: Timestamp,
    },
    /// The subject of the message of this id.
    SubjectOf(String),
}

/// A message for one recipient, rendered.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// The mail address, or empty for a webhook.
    pub recipient: String,
    /// See [`crate::notify::Rendered`]; the store compresses it.
    pub body: Vec<u8>,
}

/// When a window of a (team, rule, channel, brand) last closed a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WindowRow {
    /// The watchlist file.
    pub team: String,
    /// The rule.
    pub rule: String,
    /// The channel.
    pub channel: String,
    /// The brand's id; empty for coverage.
    pub brand: String,
    /// When.
    pub closed: Timestamp,
}

/// A mention that waits for its window.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The rule.
    pub rule: String,
    /// The channel.
    pub channel: String,
    /// Why it waits.
    pub reason: Reason,
    /// The mention.
    pub mention: StoredMention,
}

/// A mention that waits for a digest of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestWait {
    /// The watchlist file.
    pub team: String,
    /// The rule that left it to the digest.
    pub rule: String,
    /// The channel.
    pub channel: String,
    /// The brand's id.
    pub brand: String,
    /// Its row.
    pub mention: i64,
    /// Why it waits.
    pub reason: Reason,
}

/// A mention that was told and escalates unless somebody answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscalationRow {
    /// The watchlist file.
    pub team: String,
    /// The rule.
    pub rule: String,
    /// The brand's id; read, not written.
    pub brand: String,
    /// Its row.
    pub mention: i64,
    /// When it was told first.
    pub told: Timestamp,
}

/// What pacing has to remember besides windows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paced {
    /// Messages about mentions, by (team, rule, channel), in order: they count towards caps.
    pub sent: Vec<(String, String, String, Timestamp)>,
    /// What escalates unless somebody answers.
    pub escalations: Vec<EscalationRow>,
}

/// How many mentions a brand had in five minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountRow {
    /// Five minutes since 1970.
    pub slot: i64,
    /// All.
    pub mentions: u32,
    /// Negative ones.
    pub negative: u32,
}

/// What the alerter changes, in one transaction.
#[derive(Debug, Clone, Default)]
pub struct AlerterCommit {
    /// Mentions that are decided now.
    pub decided: Vec<i64>,
    /// Their decisions. A (mention, rule, channel) that is there already is replaced.
    pub decisions: Vec<DecisionRow>,
    /// Decisions that wait for the digest of their channel.
    pub for_digest: Vec<DecisionRow>,
    /// Closed messages; decisions of their mentions for that rule and channel get the message's id.
    pub messages: Vec<NewMessage>,
    /// Windows as they are now.
    pub windows: Vec<WindowRow>,
    /// Coverage told: source, how often, when. `(key, 0, _)` resets after recovery.
    pub told: Vec<(SourceKey, u32, Timestamp)>,
    /// Told mentions that escalate unless somebody answers; one that is there already stays as it is.
    pub escalations: Vec<EscalationRow>,
    /// Those that escalate no more: escalated or answered.
    pub escalated: Vec<EscalationRow>,
    /// Values to keep by name, or to remove; see [`Store::keep_value`].
    pub kept: Vec<(String, Option<String>)>,
}

impl AlerterCommit {
    /// True when there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.decided.is_empty()
            && self.decisions.is_empty()
            && self.messages.is_empty()
            && self.windows.is_empty()
            && self.told.is_empty()
            && self.for_digest.is_empty()
            && self.escalations.is_empty()
            && self.escalated.is_empty()
            && self.kept.is_empty()
    }
}

/// A delivery to make.
#[derive(Debug, Clone)]
pub struct DeliveryRow {
    /// The row.
    pub id: i64,
    /// The message's id.
    pub message: String,
    /// The message's kind.
    pub kind: String,
    /// The channel.
    pub channel: String,
    /// The mail address, or empty.
    pub recipient: String,
    /// Decompressed.
    pub body: Vec<u8>,
    /// Attempts made.
    pub attempts: u32,
    /// When the message was closed.
    pub created: Timestamp,
    /// Time that the channel was paused, which does not count towards giving up.
    pub paused: std::time::Duration,
    /// The wait before this attempt, for the back-off.
    pub waited: std::time::Duration,
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub enum DeliveryOutcome {
    /// Accepted by the peer.
    Sent,
    /// To be tried again.
    Retry {
        /// When.
        next: Timestamp,
        /// The wait up to then, for the back-off.
        waited: std::time::Duration,
        /// One line.
        error: String,
    },
    /// Not to be tried again, and kept.
    Dead {
        /// One line.
        error: String,
    },
}

/// `ok`, `paused` or `disabled`, kept over restarts.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelRow {
    /// The channel's name.
    pub name: String,
    /// The word.
    pub state: String,
    /// One line for the operator.
    pub detail: Option<String>,
    /// Hash of what the channel points to: another one is a new channel.
    pub address: u64,
    /// When the state began.
    pub since: Timestamp,
}

/// Figures of the outbox.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OutboxFigures {
    /// Deliveries that are due or will be retried.
    pub pending: u64,
    /// Mentions that wait for a window.
    pub waiting: u64,
    /// Dead letters.
    pub dead: u64,
    /// When the oldest pending one was closed.
    pub oldest: Option<Timestamp>,
}

/// A command's wish to the daemon, in table `requests`.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestRow {
    /// The row.
    pub id: i64,
    /// `send-test`.
    pub kind: String,
    /// JSON.
    pub payload: String,
}

/// A mention as `vigie mentions` and tests read it.
#[derive(Debug, Clone)]
pub struct MentionRow {
    /// The mention.
    pub mention: StoredMention,
    /// Its decisions, each with the state of its deliveries: `sent`, `pending`, `waits`, `none`.
    pub decisions: Vec<(DecisionRow, &'static str)>,
    /// Since when somebody takes care of it, and who, where that was said.
    pub handled: Option<(Timestamp, Option<String>)>,
    /// What was asked by mail, the oldest first.
    pub replies: Vec<ReplyRow>,
}

/// The result of a verb.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The verbs. Writes are grouped: a verb returns when its transaction is on the disk. Times are kept to
/// the microsecond.
pub trait Store: Clone + Send + Sync + 'static {
    /// What `take` leaves of each source's health, in no order: ten thousand whole rows are megabytes.
    fn each_source<T, F>(&self, take: F) -> impl Future<Output = Result<Vec<T>>> + Send
    where
        T: Send + 'static,
        F: FnMut(SourceHealth) -> Option<T> + Send + 'static;
    /// All sources' health, in no order.
    fn sources(&self) -> impl Future<Output = Result<Vec<SourceHealth>>> + Send {
        self.each_source(Some)
    }
    /// Cursor and validators of one source; the default when it is new.
    fn state(&self, key: SourceKey) -> impl Future<Output = Result<State>> + Send;
    /// Packed seen hashes of one source; empty when it is new.
    fn seen(&self, key: SourceKey) -> impl Future<Output = Result<Vec<u8>>> + Send;
    /// Last revisions of an entry's mentions.
    fn revisions(&self, source: SourceKey, entry: u64) -> impl Future<Output = Result<Vec<LastRevision>>> + Send;
    /// Prints of mentions found since then, in the order in which they were stored. Those of mentions older
    /// than [`crate::story::SPAN`] may be gone.
    fn prints(&self, since: Timestamp) -> impl Future<Output = Result<Vec<PrintRow>>> + Send;
    /// What is known of stories; those that are unknown are left out.
    fn pasts(&self, stories: &[StoryId]) -> impl Future<Output = Result<Pasts>> + Send;
    /// Stage 1 commits a poll.
    fn commit_poll(&self, poll: PollCommit) -> impl Future<Output = Result<()>> + Send;
    /// Polls that found nothing changed, in one transaction. A row that a later poll wrote, and a source without
    /// a row, stay as they are.
    fn touch(&self, polls: Vec<Touch>) -> impl Future<Output = Result<()>> + Send;

    /// Undecided mentions after row `after`, in order, at most `limit`.
    fn undecided(&self, after: i64, limit: usize) -> impl Future<Output = Result<Vec<StoredMention>>> + Send;
    /// Mentions by their rows, in the rows' order; those that are gone are left out.
    fn stored(&self, ids: &[i64]) -> impl Future<Output = Result<Vec<StoredMention>>> + Send;
    /// Windows and the mentions that wait in them.
    fn windows(&self) -> impl Future<Output = Result<(Vec<WindowRow>, Vec<Waiting>)>> + Send;
    /// Messages about mentions since then, and what may escalate.
    fn paced(&self, since: Timestamp) -> impl Future<Output = Result<Paced>> + Send;
    /// Mentions that wait for digests, in order.
    fn digest_waits(&self) -> impl Future<Output = Result<Vec<DigestWait>>> + Send;
    /// A brand's mentions by five minutes, those without one left out, from then on, in order.
    fn counts(&self, brand: &str, since: Timestamp) -> impl Future<Output = Result<Vec<CountRow>>> + Send;
    /// What `take` leaves of a brand's mentions that count as of a moment from then on, each with that moment, the
    /// last found first: whole rows of a busy day are megabytes.
    fn each_counted<T, F>(&self, brand: &str, since: Timestamp, take: F) -> impl Future<Output = Result<Vec<T>>> + Send
    where
        T: Send + 'static,
        F: FnMut(Timestamp, StoredMention) -> Option<T> + Send + 'static;
    /// Stage 2 commits decisions and closed messages.
    fn commit_decisions(&self, commit: AlerterCommit) -> impl Future<Output = Result<()>> + Send;

    /// Pending deliveries of one channel that are due, oldest first.
    fn due(&self, channel: &str, now: Timestamp, limit: usize)
    -> impl Future<Output = Result<Vec<DeliveryRow>>> + Send;
    /// When the earliest pending delivery of the channel is due.
    fn next_due(&self, channel: &str) -> impl Future<Output = Result<Option<Timestamp>>> + Send;
    /// Stage 3 records an attempt.
    fn finish(
        &self,
        delivery: i64,
        outcome: DeliveryOutcome,
        now: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;
    /// Makes all that is pending of a channel due now; adds `paused` to what does not count.
    fn release(
        &self,
        channel: &str,
        now: Timestamp,
        paused: std::time::Duration,
    ) -> impl Future<Output = Result<()>> + Send;
    /// Channels' states.
    fn channels(&self) -> impl Future<Output = Result<Vec<ChannelRow>>> + Send;
    /// Keeps a channel's state.
    fn keep_channel(&self, channel: ChannelRow) -> impl Future<Output = Result<()>> + Send;
    /// Figures of the outbox.
    fn outbox(&self) -> impl Future<Output = Result<OutboxFigures>> + Send;

    /// Newest mentions first, at most `limit`.
    fn mentions(&self, limit: usize) -> impl Future<Output = Result<Vec<MentionRow>>> + Send;
    /// Mentions that pass a filter, page by page: newest first by `found`, with a search by row; after the
    /// last (`found`, row) of the page before.
    fn find(
        &self,
        filter: &MentionFilter,
        after: Option<(Timestamp, i64)>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<MentionRow>>> + Send;
    /// Counts and lists over a period.
    fn figures(&self, ask: &FiguresAsk) -> impl Future<Output = Result<FiguresRows>> + Send;

    /// Mutes, also those that ended.
    fn mutes(&self) -> impl Future<Output = Result<Vec<Mute>>> + Send;
    /// Mutes something; returns the mute's number.
    fn mute(
        &self,
        what: Muted,
        until: Timestamp,
        reason: Option<String>,
        now: Timestamp,
    ) -> impl Future<Output = Result<i64>> + Send;
    /// Ends a mute; false where there is none of that number.
    fn unmute(&self, id: i64) -> impl Future<Output = Result<bool>> + Send;
    /// Notes that somebody takes care of mentions, and who; returns those that there are.
    fn handle(
        &self,
        mentions: &[i64],
        by: Option<&str>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<i64>>> + Send;
    /// Mentions of the same stories that were told in the same messages as these, without these: they were folded
    /// into one, or stood beside it.
    fn told_beside(&self, mentions: &[i64]) -> impl Future<Output = Result<Vec<i64>>> + Send;
    /// Those of these mentions that somebody takes care of.
    fn handled(&self, mentions: &[i64]) -> impl Future<Output = Result<Vec<i64>>> + Send;

    /// Kept texts found at `since` or later, in the order of their rows, from behind row `after` on, at most
    /// `limit` polls'.
    fn kept_texts(
        &self,
        since: Timestamp,
        after: i64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<TextBatch>>> + Send;

    /// A value by name: the watchlists' last good texts, the loaded set's figures.
    fn value(&self, name: &str) -> impl Future<Output = Result<Option<String>>> + Send;
    /// All names and values whose name starts with `prefix`.
    fn values(&self, prefix: &str) -> impl Future<Output = Result<Vec<(String, String)>>> + Send;
    /// Keeps a value; `None` removes it.
    fn keep_value(&self, name: &str, value: Option<String>) -> impl Future<Output = Result<()>> + Send;

    /// Puts a wish; returns its row.
    fn ask(&self, kind: &str, payload: String, now: Timestamp) -> impl Future<Output = Result<i64>> + Send;
    /// The message whose id begins so.
    fn told_message(&self, tag: [u8; 8]) -> impl Future<Output = Result<Option<ToldMessage>>> + Send;
    /// Keeps how far a mailbox was read with what its letters ask for; each token is asked for once. Returns, in
    /// the commit's order, which are new.
    fn commit_replies(&self, commit: RepliesCommit) -> impl Future<Output = Result<Vec<bool>>> + Send;
    /// When messages like these were closed since then, and their ids, the oldest first.
    fn thread(
        &self,
        like: &ThreadOf,
        since: Timestamp,
    ) -> impl Future<Output = Result<Vec<(Timestamp, String)>>> + Send;
    /// Wishes without an answer.
    fn asked(&self) -> impl Future<Output = Result<Vec<RequestRow>>> + Send;
    /// Answers a wish.
    fn answer(&self, request: i64, answer: String) -> impl Future<Output = Result<()>> + Send;
    /// The answer to a wish, once there is one.
    fn answered(&self, request: i64) -> impl Future<Output = Result<Option<String>>> + Send;

    /// Keeps what somebody says of a mention as an example, and shows and counts it so from now on: its tone, or
    /// without one that it does not speak of the brand. False when there is no such mention.
    fn correct(
        &self,
        mention: i64,
        said: Option<Polarity>,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool>> + Send;
    /// All corrections, the oldest first.
    fn corrections(&self) -> impl Future<Output = Result<Vec<Correction>>> + Send;
    /// Deletes what is older: mentions (with decisions, corrections and finished messages), kept texts, answered
    /// wishes. In chunks, each added to the day's record; returns how many mentions went.
    fn purge(
        &self,
        mentions_before: Timestamp,
        texts_before: Timestamp,
        now: Timestamp,
    ) -> impl Future<Output = Result<u64>> + Send;
    /// Erases somebody's mentions, their searchable words, kept texts, decisions and undelivered messages, and
    /// keeps a record of it. What else an undelivered message told waits for its window again; a digest that nobody
    /// was sent yet is asked for again ([`TakenBack`]).
    fn forget(&self, what: &Forget, now: Timestamp) -> impl Future<Output = Result<Erasure>> + Send;
    /// The records of `forget` and of retention, oldest first.
    fn erasures(&self) -> impl Future<Output = Result<Vec<Erasure>>> + Send;
    /// True when the store answers and can be written: feeds the watchdog.
    fn ping(&self) -> impl Future<Output = Result<()>> + Send;
}
