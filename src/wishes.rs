//! What a command asks of the daemon through the store: a wish is a row of `requests`, granted once and
//! answered. Owns the wishes' forms and who grants which; how a command waits is `cli::wish`.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, Notify};

use crate::alert::mute::Muted;
use crate::alert::story;
use crate::alert::windows::Key;
use crate::channels;
use crate::digest;
use crate::live::Live;
use crate::mention::Polarity;
use crate::message;
use crate::shelf::{self, Touched};
use crate::store::{AlerterCommit, Forget, RequestRow, Store, StoreError, TakenBack};

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
    /// Somebody takes care of mentions, and of the rest of their stories in the messages that told them.
    Handled {
        /// Their rows.
        mentions: Vec<i64>,
        /// Who, where somebody says that they do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// A mention has another tone than the scoring found.
    Correct {
        /// Its row.
        mention: i64,
        /// The tone that it has.
        polarity: Polarity,
    },
    /// A mention does not speak of its brand: its story is muted.
    NotUs {
        /// Its row.
        mention: i64,
        /// Until when.
        until: Timestamp,
        /// As whoever asks puts it.
        reason: Option<String>,
    },
    /// Mentions are sent to a channel.
    Forward {
        /// The channel's name.
        channel: String,
        /// The rule that told them.
        rule: String,
        /// Their rows.
        mentions: Vec<i64>,
        /// Who asks.
        by: String,
    },
    /// Somebody's traces are to go.
    Forget {
        /// Whose.
        what: Forget,
    },
    /// A digest is to be written again, without them.
    Digest(TakenBack),
}

/// How a wish fared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What was done, in messages or rows; of a mute, its number.
    pub done: u64,
    /// Rows that go along with those that were asked for.
    #[serde(default)]
    pub beside: u64,
    /// Why it was not.
    pub error: Option<String>,
}

impl Answer {
    /// Nothing was done.
    #[must_use]
    pub fn refused(error: impl Into<String>) -> Self {
        Self { error: Some(error.into()), ..Self::default() }
    }
}

impl Wish {
    /// The word under which the store keeps it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SendTest { .. } => TEST,
            Self::Mute { .. } => "mute",
            Self::Unmute { .. } => "unmute",
            Self::Handled { .. } => "handled",
            Self::Correct { .. } => "correct",
            Self::NotUs { .. } => "not-us",
            Self::Forward { .. } => "forward",
            Self::Forget { .. } => Forget::WISH,
            Self::Digest(_) => TakenBack::WISH,
        }
    }

    /// Puts it where the daemon finds it; the row to ask for the answer.
    ///
    /// # Errors
    /// The store's.
    pub async fn ask<S: Store>(&self, store: &S, now: Timestamp) -> Result<i64, StoreError> {
        store.ask(self.kind(), serde_json::to_string(self).unwrap_or_default(), now).await
    }

    /// Does what it says. What was erased or corrected is not read on in an Atom file either.
    ///
    /// # Errors
    /// The store's.
    pub async fn grant<S: Store>(&self, store: &S, live: &Live, now: Timestamp) -> Result<Answer, StoreError> {
        match self {
            Self::SendTest { channel } => channels::send_test(store, live, channel, now).await,
            Self::Mute { what, until, reason } => {
                let id = store.mute(what.clone(), *until, reason.clone(), now).await?;
                Ok(Answer { done: id.unsigned_abs(), ..Answer::default() })
            }
            Self::Unmute { id } => Ok(Answer { done: store.unmute(*id).await?.into(), ..Answer::default() }),
            Self::Handled { mentions, by } => {
                // Its republications were folded into it: who takes it, takes them.
                let folded = store.told_beside(mentions).await?;
                let there = store.handle(&[mentions.as_slice(), &folded].concat(), by.as_deref(), now).await?;
                let beside = there.iter().filter(|row| folded.contains(row)).count();
                Ok(Answer { done: (there.len() - beside) as u64, beside: beside as u64, error: None })
            }
            Self::Correct { mention, polarity } => {
                let done = store.correct(*mention, Some(*polarity), now).await?;
                shelf::refresh(store, live, Touched::All).await;
                Ok(Answer { done: done.into(), ..Answer::default() })
            }
            Self::NotUs { mention, until, reason } => {
                let Some(stored) = store.stored(&[*mention]).await?.pop() else { return Ok(Answer::default()) };
                store.mute(Muted::Story(stored.mention.story), *until, reason.clone(), now).await?;
                let done = store.correct(*mention, None, now).await?;
                shelf::refresh(store, live, Touched::All).await;
                Ok(Answer { done: done.into(), ..Answer::default() })
            }
            Self::Forward { channel, rule, mentions, by } => {
                forward(store, live, channel, (rule, by), mentions, now).await
            }
            Self::Forget { what } => {
                let erased = store.forget(what, now).await?;
                let (mentions, texts, messages) = (erased.mentions, erased.texts, erased.messages);
                tracing::info!(mentions, texts, messages, "somebody was forgotten");
                shelf::refresh(store, live, Touched::All).await;
                Ok(Answer { done: mentions, ..Answer::default() })
            }
            Self::Digest(taken) => {
                let done = digest::again(store, live, taken, now).await?;
                let TakenBack { rule, channel, from, to, .. } = taken;
                tracing::info!(rule, channel, %from, %to, done, "a digest that showed who was forgotten is written again");
                Ok(Answer { done: done.into(), ..Answer::default() })
            }
        }
    }
}

/// Sends mentions to a channel; the same mention is sent there once, whoever asks.
async fn forward<S: Store>(
    store: &S,
    live: &Live,
    channel: &str,
    (rule, by): (&str, &str),
    mentions: &[i64],
    now: Timestamp,
) -> Result<Answer, StoreError> {
    let told = store.stored(mentions).await?;
    let Some(first) = told.first() else { return Ok(Answer::default()) };
    let key = Key {
        team: first.mention.team.clone(),
        rule: rule.to_owned(),
        channel: channel.to_owned(),
        brand: first.mention.brand.clone(),
    };
    let pasts = store.pasts(&story::stories(&told)).await?;
    match message::of_forward(live, &key, by, &told, &pasts, now) {
        Ok(message) => {
            let commit = AlerterCommit { messages: vec![message], ..AlerterCommit::default() };
            store.commit_decisions(commit).await?;
            Ok(Answer { done: told.len() as u64, ..Answer::default() })
        }
        Err(error) => Ok(Answer::refused(error.to_string())),
    }
}

/// The wishes of commands and of answers to mails, on their way through the daemon.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    granted: HashSet<i64>,
    /// What changes something is granted one after the other, as it was asked.
    turn: Arc<Mutex<()>>,
}

impl Wishes {
    /// Grants what is asked for and not yet under way; `messages` wakes the outbox.
    pub(crate) async fn grant<S: Store>(
        &mut self,
        store: &S,
        live: &Arc<Live>,
        messages: &Arc<Notify>,
        now: Timestamp,
    ) {
        let Ok(wishes) = store.asked().await else { return };
        self.granted.retain(|id| wishes.iter().any(|wish| wish.id == *id));
        let new = wishes.into_iter().filter(|wish| self.granted.insert(wish.id));
        // A mail server may take its time: nobody waits behind a test.
        let (tests, changes): (Vec<_>, Vec<_>) = new.partition(|wish| wish.kind == TEST);
        for wish in tests {
            let (store, live) = (store.clone(), Arc::clone(live));
            tokio::spawn(async move { grant_row(&store, &live, &wish, now).await });
        }
        if changes.is_empty() {
            return;
        }
        let (store, live, messages) = (store.clone(), Arc::clone(live), Arc::clone(messages));
        let turn = Arc::clone(&self.turn);
        tokio::spawn(async move {
            let _turn = turn.lock().await;
            for wish in changes {
                grant_row(&store, &live, &wish, now).await;
            }
            messages.notify_waiters();
        });
    }
}

/// The kind of wishes that wait for others' servers.
pub(crate) const TEST: &str = "send-test";

/// Does what a row of the store asks, and answers it.
pub(crate) async fn grant_row<S: Store>(store: &S, live: &Live, row: &RequestRow, now: Timestamp) {
    let answer = grant(store, live, &row.payload, now).await;
    let json = serde_json::to_string(&answer).unwrap_or_default();
    if let Err(error) = store.answer(row.id, json).await {
        tracing::error!(%error, "a request could not be answered");
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

    #[test]
    fn the_store_asks_for_a_digest_as_a_wish_is_written() {
        let at = Timestamp::UNIX_EPOCH;
        let [team, rule, channel] = ["t", "r", "c"].map(str::to_owned);
        let wish = Wish::Digest(TakenBack { team, rule, channel, from: at, to: at });
        let Wish::Digest(taken) = &wish else { unreachable!() };
        let written = serde_json::json!({ TakenBack::WISH: taken }).to_string();
        assert_eq!(serde_json::from_str::<Wish>(&written).expect("a wish"), wish);
        assert_eq!(wish.kind(), TakenBack::WISH);
    }
}
