//! What a command asks of the daemon through the store: a wish is a row of `requests`, granted once and
//! answered. Owns the wishes' forms and who grants which; how a command waits is `cli::wish`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::alert::mute::Muted;
use crate::channels;
use crate::live::Live;
use crate::mention::Polarity;
use crate::shelf::{self, Touched};
use crate::store::{Forget, Store, StoreError};

/// What is asked. Kept as JSON: a daemon of another version may read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// One real message through a channel.
    SendTest {
        /// The channel's name.
        channel: String,
    },
    /// Nobody wants to hear of something for a while.
    Mute {
        /// What.
        what: Muted,
        /// Exclusive.
        until: Timestamp,
        /// As whoever asks puts it.
        reason: Option<String>,
    },
    /// A mute ends before its time.
    Unmute {
        /// Its number.
        id: i64,
    },
    /// Somebody takes care of mentions.
    Handled {
        /// Their rows.
        mentions: Vec<i64>,
    },
    /// A mention has another tone than the scoring found.
    Correct {
        /// Its row.
        mention: i64,
        /// The tone that it has.
        polarity: Polarity,
    },
    /// Somebody's traces are to go.
    Forget {
        /// Whose.
        what: Forget,
    },
}

/// How a wish fared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What was done, in messages or rows; of a mute, its number.
    pub done: u64,
    /// Why it was not.
    pub error: Option<String>,
}

impl Answer {
    /// Nothing was done.
    #[must_use]
    pub fn refused(error: impl Into<String>) -> Self {
        Self { done: 0, error: Some(error.into()) }
    }
}

impl Wish {
    /// The word under which the store keeps it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SendTest { .. } => "send-test",
            Self::Mute { .. } => "mute",
            Self::Unmute { .. } => "unmute",
            Self::Handled { .. } => "handled",
            Self::Correct { .. } => "correct",
            Self::Forget { .. } => Forget::WISH,
        }
    }

    /// Puts it where the daemon finds it; the row to ask for the answer.
    ///
    /// # Errors
    /// The store's.
    pub async fn ask<S: Store>(&self, store: &S, now: Timestamp) -> Result<i64, StoreError> {
        store.ask(self.kind(), serde_json::to_string(self).unwrap_or_default(), now).await
    }

    /// Does what it says.
    ///
    /// # Errors
    /// The store's.
    pub async fn grant<S: Store>(&self, store: &S, live: &Live, now: Timestamp) -> Result<Answer, StoreError> {
        match self {
            Self::SendTest { channel } => channels::send_test(store, live, channel, now).await,
            Self::Mute { what, until, reason } => {
                let id = store.mute(what.clone(), *until, reason.clone(), now).await?;
                Ok(Answer { done: id.unsigned_abs(), error: None })
            }
            Self::Unmute { id } => Ok(Answer { done: store.unmute(*id).await?.into(), error: None }),
            Self::Handled { mentions } => {
                let done = store.handle(mentions, now).await?.len() as u64;
                Ok(Answer { done, error: None })
            }
            Self::Correct { mention, polarity } => {
                let done = store.correct(*mention, *polarity, now).await?;
                // What was erased or corrected is not read on in a file.
                shelf::refresh(store, live, Touched::All).await;
                Ok(Answer { done: done.into(), error: None })
            }
            Self::Forget { what } => {
                let erased = store.forget(what, now).await?;
                let (mentions, texts, messages) = (erased.mentions, erased.texts, erased.messages);
                tracing::info!(mentions, texts, messages, "somebody was forgotten");
                // What was erased or corrected is not read on in a file.
                shelf::refresh(store, live, Touched::All).await;
                Ok(Answer { done: mentions, error: None })
            }
        }
    }
}

/// Does what a row of the store asks; what cannot be read or done is answered too.
pub async fn grant<S: Store>(store: &S, live: &Live, payload: &str, now: Timestamp) -> Answer {
    match serde_json::from_str::<Wish>(payload) {
        Ok(wish) => wish.grant(store, live, now).await.unwrap_or_else(|error| Answer::refused(error.to_string())),
        Err(error) => Answer::refused(format!("unknown request: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_read_back_from_its_row() {
        let wish = Wish::SendTest { channel: "comms".to_owned() };
        let json = serde_json::to_string(&wish).expect("JSON");
        assert_eq!(json, r#"{"send-test":{"channel":"comms"}}"#);
        assert_eq!(serde_json::from_str::<Wish>(&json).expect("a wish"), wish);
    }
}
