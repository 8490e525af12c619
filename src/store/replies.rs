//! What mails are answered with, as it is kept: each token once, with the wish that it became; and which mails
//! belong together. Owns the values.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A message that somebody answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldMessage {
    /// Its whole id.
    pub id: String,
    /// The watchlist file.
    pub team: String,
    /// The rule.
    pub rule: String,
    /// The channel.
    pub channel: String,
    /// Its mentions that are still there.
    pub mentions: Vec<i64>,
}

/// Messages of one sort: those of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadOf {
    /// The messages' kind.
    pub kind: &'static str,
    /// The watchlist file.
    pub team: String,
    /// The rule.
    pub rule: String,
    /// The channel.
    pub channel: String,
    /// The brand's id.
    pub brand: String,
}

/// What a letter asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReply {
    /// What makes it this one: the signed token, with the word where a word said what to do.
    pub token: String,
    /// The address that it came from.
    pub sender: String,
    /// See [`crate::action::Action::word`].
    pub action: String,
    /// From then on the token is refused by itself.
    pub expires: Timestamp,
    /// The mentions that it is about.
    pub mentions: Vec<i64>,
    /// The word and the JSON of the wish.
    pub wish: (String, String),
}

/// What one reading of a mailbox changes, in one transaction.
#[derive(Debug, Clone)]
pub struct RepliesCommit {
    /// Values to keep: how far the mailbox was read, how it is.
    pub values: Vec<(String, String)>,
    /// In the letters' order.
    pub replies: Vec<NewReply>,
    /// When.
    pub now: Timestamp,
}

/// What was asked of a mention by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyRow {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub sender: String,
    /// See [`crate::action::Action::word`].
    pub action: String,
    /// The wish's answer; absent: it is about to be granted.
    pub answer: Option<String>,
}

/// How the mailbox of replies is, kept for `status`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepliesState {
    /// The mailbox, without its password.
    pub mailbox: String,
    /// A word of [`crate::health::SourceState`].
    pub state: String,
    /// One line for the operator.
    pub detail: Option<String>,
    /// When it was last tried with a change: letters, or another state.
    pub asked: Option<Timestamp>,
    /// Answers that were taken since it is read.
    pub taken: u64,
    /// Answers that were refused.
    pub refused: u64,
    /// Letters that are no answers.
    pub ignored: u64,
    /// The last refusal: when, from whom, why.
    pub last_refusal: Option<(Timestamp, String, String)>,
}

impl RepliesState {
    /// The name of the value.
    pub const VALUE: &'static str = "replies";
}
