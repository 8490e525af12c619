//! While the store cannot be written: stages ask it again and again, and once a day somebody is told past the
//! outbox, which needs the store itself. Owns that patience and that one message; what it says is `notify`'s.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::channels;
use crate::clock::Clock;
use crate::failpoint;
use crate::live::{Live, Shared};
use crate::message;
use crate::notify::{Channel as _, Message, Rendered};
use crate::store::{ChannelRow, Store, StoreError};
use crate::systemd::Beat;

/// The store is asked again after this time.
pub(crate) const PAUSE: Duration = Duration::from_secs(5);
/// A hiccup is told to nobody.
const HICCUP: Duration = Duration::from_secs(10);
/// Told again, while it lasts.
const AGAIN: Duration = Duration::from_hours(24);
/// No channel took the message: the next attempt.
const RETRY: Duration = Duration::from_mins(5);
/// How often it is looked whether there is something to tell; also said in the log, once a minute.
const LOOK: Duration = Duration::from_secs(2);
const SAY: Duration = Duration::from_mins(1);

/// What the stages know together of a store that cannot be written. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Plight(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    /// Commits and questions that wait.
    waiting: usize,
    since: Option<Timestamp>,
    said: Option<Timestamp>,
    reason: String,
}

impl Plight {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody waits for the store from `now` on.
    pub(crate) fn begin(&self, now: Timestamp) -> Waiting {
        let mut held = self.held();
        held.waiting += 1;
        held.since.get_or_insert(now);
        Waiting(self.clone())
    }

    /// Since when and why the store cannot be written, when that is no hiccup.
    #[must_use]
    pub fn lasting(&self, now: Timestamp) -> Option<(Timestamp, String)> {
        let held = self.held();
        // A clock set back makes the wait shorter, not endless.
        let since = held.since?.min(now);
        (since + failpoint::lasts("distress/hiccup", HICCUP) <= now).then(|| (since, held.reason.clone()))
    }
}

/// Somebody who waits, until it is dropped.
#[derive(Debug)]
pub(crate) struct Waiting(Plight);

impl Waiting {
    /// Says so in the log, once for all who wait, and again each minute.
    pub(crate) fn say(&self, reason: String, now: Timestamp) {
        let mut held = self.0.held();
        if held.said.is_none_or(|said| said > now || said + SAY <= now) {
            held.said = Some(now);
            tracing::error!(event = "store", reason, "the store cannot be written; it is tried again every 5 s");
        }
        held.reason = reason;
    }

    /// The store answered.
    pub(crate) fn over(self) {
        if self.0.held().waiting == 1 {
            tracing::info!(event = "store", "the store can be written again");
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut held = self.0.held();
        held.waiting -= 1;
        if held.waiting == 0 {
            *held = Held::default();
        }
    }
}

/// Asks the store until it answers.
pub(crate) struct Patience<'a, C> {
    pub(crate) clock: &'a C,
    pub(crate) plight: &'a Plight,
    /// Who waits is not stuck.
    pub(crate) beat: &'a Beat,
}

impl<C: Clock> Patience<'_, C> {
    /// Asks again and again while the store cannot be written or read.
    ///
    /// # Errors
    /// The store's when it is damaged.
    pub(crate) async fn ask<T, F>(&self, mut ask: impl FnMut() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut waiting: Option<Waiting> = None;
        loop {
            match ask().await {
                Err(StoreError::Unwritable(reason)) => {
                    let now = self.clock.now();
                    waiting.get_or_insert_with(|| self.plight.begin(now)).say(reason, now);
                    self.clock.sleep_until(now + PAUSE).await;
                    self.beat.now();
                }
                answer => {
                    if let (Some(waiting), Ok(_)) = (waiting, &answer) {
                        waiting.over();
                    }
                    return answer;
                }
            }
        }
    }
}

/// Tells somebody once a day for as long as the store cannot be written; until `stop`.
pub(crate) async fn watch<S: Store, C: Clock>(
    store: S,
    clock: C,
    live: Shared,
    plight: Plight,
    stop: CancellationToken,
) {
    let mut rest: Option<Timestamp> = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = clock.sleep_until(clock.now() + LOOK) => {}
        }
        let now = clock.now();
        let Some((since, reason)) = plight.lasting(now) else { continue };
        if !is_due(rest, now) {
            continue;
        }
        let told = async {
            // A full disk can be read; where it cannot, every channel may work.
            let known = store.channels().await.unwrap_or_default();
            tell(&live.load(), &known, since, &reason, now).await
        };
        tokio::select! {
            () = stop.cancelled() => return,
            told = told => rest = Some(self::rest(told, now)),
        }
    }
}

/// Whether somebody is to be told, who rests until then.
pub(crate) fn is_due(rest: Option<Timestamp>, now: Timestamp) -> bool {
    // A rest longer than any is left by a clock that was set back.
    !rest.is_some_and(|until| now < until && until <= now + AGAIN)
}

/// Until when to rest after an attempt to tell somebody.
pub(crate) fn rest(told: bool, now: Timestamp) -> Timestamp {
    now + if told { AGAIN } else { RETRY }
}

/// Sends one message to the first channel that takes it, those known to be well first; false when none did.
pub(crate) async fn tell(live: &Live, known: &[ChannelRow], since: Timestamp, reason: &str, now: Timestamp) -> bool {
    let outlets = match channels::open_all(&live.settings, &live.client, &live.style) {
        Ok(outlets) => outlets,
        Err(error) => {
            tracing::error!(event = "store", %error, "nobody can be told that the store cannot be written");
            return false;
        }
    };
    let state = |name: &str, address: u64| {
        let row = known.iter().find(|row| row.name == name && row.address == address);
        row.map_or("ok", |row| row.state.as_str())
    };
    for wanted in ["ok", "paused"] {
        for outlet in outlets.iter().filter(|outlet| state(&outlet.name, outlet.address) == wanted) {
            let Some(channel) = message::channel(&live.settings, &outlet.name) else { continue };
            let Some(message) = message::of_unwritable(live, channel, since, reason, now) else { continue };
            let mut taken = false;
            for delivery in message.deliveries {
                let Ok(body) = Rendered::unpack(&delivery.body) else { continue };
                let message = Message { id: message.id.clone(), recipient: delivery.recipient, body, now };
                match outlet.channel.send(&message).await {
                    Ok(()) => taken = true,
                    Err(error) => tracing::warn!(channel = outlet.name, %error, "a direct message was not taken"),
                }
            }
            if taken {
                tracing::warn!(
                    event = "store",
                    channel = outlet.name,
                    "told directly that the store cannot be written"
                );
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::clock::VirtualClock;

    fn start() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn the_store_is_asked_until_it_answers_and_who_waits_is_not_stuck() {
        let (clock, plight, beat) = (VirtualClock::starting_at(start()), Plight::default(), Beat::default());
        let patience = Patience { clock: &clock, plight: &plight, beat: &beat };
        let asked = Cell::new(0);
        let full = |after: u32| {
            assert!(beat.age() <= PAUSE + Duration::from_secs(1), "{:?}", beat.age());
            asked.set(asked.get() + 1);
            let answer = if asked.get() > after { Ok(asked.get()) } else { Err(StoreError::Unwritable("full".into())) };
            std::future::ready(answer)
        };
        assert_eq!(patience.ask(|| full(0)).await.unwrap(), 1);
        assert_eq!(plight.lasting(clock.now() + AGAIN), None);
        assert_eq!(patience.ask(|| full(13)).await.unwrap(), 14);
        assert!((60..62).contains(&clock.now().duration_since(start()).as_secs()), "every 5 s");
        assert_eq!(plight.lasting(clock.now() + AGAIN), None, "it is over");
        let damaged = patience.ask(|| std::future::ready(Err::<(), _>(StoreError::Corrupt(String::new())))).await;
        assert!(matches!(damaged, Err(StoreError::Corrupt(_))));
    }

    #[test]
    fn a_plight_lasts_from_the_first_who_waits_to_the_last() {
        let (plight, now) = (Plight::default(), start());
        let first = plight.begin(now);
        let second = plight.begin(now + HICCUP);
        first.say("full".into(), now);
        assert_eq!(plight.lasting(now + HICCUP / 2), None, "a hiccup");
        assert_eq!(plight.lasting(now + HICCUP), Some((now, "full".to_owned())));
        first.over();
        assert_eq!(plight.lasting(now + HICCUP), Some((now, "full".to_owned())));
        drop(second);
        assert_eq!(plight.lasting(now + AGAIN), None);
    }
}
