//! Stage 3: claims what is due, channel by channel, sends it, and records how that ended: sent, to be
//! tried again, or dead and told elsewhere. Owns retries and channels' states; what a message says and
//! how it travels is `notify`'s.

mod patience;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use self::patience::{GIVE_UP, LONGEST_WAIT, is_given_up, next_wait};
use crate::clock::Clock;
use crate::distress::{PAUSE, Plight, Waiting};
use crate::failpoint;
use crate::notify::content::DeadLetterView;
use crate::notify::{Audience, Channel, Content, Message, Rendered, SendError, message_id};
use crate::store::{
    AlerterCommit, ChannelRow, DeliveryOutcome, DeliveryRow, NewDelivery, NewMessage, Result, Shown, Store, StoreError,
};

/// A wish to look again that was missed is made good within this time.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
const NOTES: &str = "dead_letter/";
const OK: &str = "ok";
const PAUSED: &str = "paused";
const DISABLED: &str = "disabled";

/// A channel with its name.
#[derive(Debug)]
pub struct Outlet<C> {
    /// Its name in `to:`.
    pub name: String,
    /// See [`crate::notify::outlet::address`]: another one is a new channel, whose old state is void.
    pub address: u64,
    /// How messages travel.
    pub channel: C,
    /// Who listens: for dead letters that are told here.
    pub audience: Audience,
}

/// What the outbox has to be told.
#[derive(Debug, Clone)]
pub struct OutboxSettings {
    /// Of dates in dead letters.
    pub timezone: TimeZone,
    /// How long an attempt may go on after the daemon was told to stop. 20 s.
    pub grace: Duration,
    /// Shared with the other stages.
    pub plight: Plight,
}

/// Delivers until `shutdown`: one attempt in flight a channel, all that is pending due at once after the
/// start. `wake` is notified (`notify_waiters`) when messages were committed or a channel's row changed.
/// For SIGHUP, cancel and run again. Returns how many attempts had to be cut; those are pending still.
pub async fn run<S: Store, C: Channel, K: Clock>(
    store: S,
    outlets: Vec<Outlet<C>>,
    clock: K,
    wake: Arc<Notify>,
    shutdown: CancellationToken,
    settings: OutboxSettings,
) -> usize {
    if outlets.is_empty() {
        // Somebody who reads `vigie mentions` alone: the end of this task would be the daemon's.
        shutdown.cancelled().await;
        return 0;
    }
    let office = Office { store, outlets: &outlets, clock, wake, settings };
    join_all(office.outlets.iter().map(|outlet| office.serve(outlet, &shutdown))).await.into_iter().sum()
}

/// Gives each due delivery one attempt, for `run --once`. Of a channel that cannot send, what waits
/// behind the first failure counts as failed untried. Returns how many failed; they are kept.
///
/// # Errors
/// [`StoreError`]: what was sent is recorded, or will be sent again with the same id.
pub async fn attempt_all_once<S: Store, C: Channel, K: Clock>(
    store: S,
    outlets: &[Outlet<C>],
    clock: K,
    settings: OutboxSettings,
) -> Result<usize> {
    let office = Office { store, outlets, clock, wake: Arc::new(Notify::new()), settings };
    let mut standings = Vec::with_capacity(outlets.len());
    for outlet in outlets {
        standings.push(office.open(outlet).await?);
    }
    let mut tried = HashSet::new();
    let mut failed = 0;
    loop {
        // A dead letter of one channel is a due message of another: until a round finds nothing new.
        let before = tried.len();
        for (outlet, standing) in outlets.iter().zip(&mut standings) {
            failed += office.round(outlet, standing, &mut tried).await?;
        }
        if tried.len() == before {
            return Ok(failed);
        }
    }
}

/// A channel as its task knows it.
struct Standing {
    row: ChannelRow,
    /// Of a paused channel: not before.
    probe: Timestamp,
    /// The wait before that, for the back-off.
    probed: Duration,
    /// The peer asked to be left alone until then.
    hold: Option<Timestamp>,
    /// The store could not record it: nothing else is sent before.
    unrecorded: Option<(i64, DeliveryOutcome, Timestamp)>,
}

/// When to look again.
enum Next {
    Now,
    At(Timestamp),
}

/// How an attempt left its channel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Sent,
    Failed,
    Down,
}

/// A dead letter that no other channel could tell.
#[derive(Serialize, Deserialize)]
struct Note {
    message: String,
    recipient: String,
    subject: String,
    error: String,
    attempts: u32,
    created: Timestamp,
}

struct Office<'a, S, C, K> {
    store: S,
    outlets: &'a [Outlet<C>],
    clock: K,
    wake: Arc<Notify>,
    settings: OutboxSettings,
}

impl<S: Store, C: Channel, K: Clock> Office<'_, S, C, K> {
    /// One channel's life; returns how many attempts were cut.
    async fn serve(&self, outlet: &Outlet<C>, shutdown: &CancellationToken) -> usize {
        let mut waiting = None;
        let mut standing = loop {
            match self.open(outlet).await {
                Ok(standing) => break standing,
                Err(error) => tokio::select! {
                    () = shutdown.cancelled() => return 0,
                    () = self.clock.sleep_until(self.complain(outlet, &error, &mut waiting)) => {}
                },
            }
        };
        loop {
            // Registered before the store is read, so that nothing that is committed meanwhile is missed.
            let notified = self.wake.notified();
            if shutdown.is_cancelled() {
                self.settle(outlet, &mut standing).await;
                return 0;
            }
            let step = self.step(outlet, &mut standing);
            let step = tokio::select! {
                step = step => step,
                () = self.out_of_grace(shutdown) => {
                    tracing::warn!(event = "delivery_cut", channel = outlet.name, "an attempt was cut, it stays pending");
                    return 1;
                }
            };
            if step.is_ok()
                && let Some(waiting) = waiting.take()
            {
                waiting.over();
            }
            let next = match step {
                Ok(Next::Now) => continue,
                Ok(Next::At(next)) => next,
                Err(error) => self.complain(outlet, &error, &mut waiting),
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = notified => {}
                () = self.clock.sleep_until(next) => {}
            }
        }
    }

    async fn out_of_grace(&self, shutdown: &CancellationToken) {
        shutdown.cancelled().await;
        tokio::time::sleep(self.settings.grace).await;
    }

    /// Says that the store erred; returns when to ask it again.
    fn complain(&self, outlet: &Outlet<C>, error: &StoreError, waiting: &mut Option<Waiting>) -> Timestamp {
        let now = self.clock.now();
        if let StoreError::Unwritable(reason) = error {
            waiting.get_or_insert_with(|| self.settings.plight.begin(now)).say(reason.clone(), now);
        } else {
            tracing::error!(event = "store_error", channel = outlet.name, %error, "the store erred, deliveries wait");
        }
        now + PAUSE
    }

    /// The channel's kept state, and all that is pending due now.
    async fn open(&self, outlet: &Outlet<C>) -> Result<Standing> {
        let now = self.clock.now();
        let row = if let Some(row) = self.kept(outlet).await? {
            row
        } else {
            let row = ChannelRow {
                name: outlet.name.clone(),
                state: OK.to_owned(),
                detail: None,
                address: outlet.address,
                since: now,
            };
            self.store.keep_channel(row.clone()).await?;
            row
        };
        self.store.release(&outlet.name, now, Duration::ZERO).await?;
        Ok(Standing { row, probe: now, probed: Duration::ZERO, hold: None, unrecorded: None })
    }

    /// The row of this channel, unless it is another channel of the same name.
    async fn kept(&self, outlet: &Outlet<C>) -> Result<Option<ChannelRow>> {
        let rows = self.store.channels().await?;
        Ok(rows.into_iter().find(|row| row.name == outlet.name && row.address == outlet.address))
    }

    /// One look at the channel, with one attempt at most.
    async fn step(&self, outlet: &Outlet<C>, standing: &mut Standing) -> Result<Next> {
        self.record(standing).await?;
        let now = self.clock.now();
        if standing.row.state != OK {
            // A test that went through mends the channel from outside.
            if let Some(row) = self.kept(outlet).await?
                && row.state == OK
            {
                self.mend(outlet, standing, now).await?;
            } else if standing.row.state == DISABLED {
                return Ok(Next::At(now + LOOK_AGAIN));
            } else if standing.probe > now && standing.probe <= now + LONGEST_WAIT {
                return Ok(Next::At(standing.probe.min(now + LOOK_AGAIN)));
            }
        }
        if let Some(hold) = standing.hold.filter(|hold| *hold > now && *hold <= now + LONGEST_WAIT) {
            return Ok(Next::At(hold));
        }
        let due = self.store.due(&outlet.name, now, 1).await?;
        let Some(row) = due.into_iter().next() else {
            let next = self.store.next_due(&outlet.name).await?;
            let look = now + LOOK_AGAIN;
            // No wait is that long: the clock was set back since.
            if next.is_some_and(|next| next > look + LONGEST_WAIT) {
                self.store.release(&outlet.name, now, Duration::ZERO).await?;
                return Ok(Next::Now);
            }
            return Ok(Next::At(next.map_or(look, |next| next.min(look))));
        };
        self.attempt(outlet, standing, &row).await?;
        Ok(Next::Now)
    }

    /// Each due delivery that was not tried yet, once; returns how many failed.
    async fn round(&self, outlet: &Outlet<C>, standing: &mut Standing, tried: &mut HashSet<i64>) -> Result<usize> {
        let mut failed = 0;
        loop {
            // Those that were tried may be due again: past them.
            let due = self.store.due(&outlet.name, self.clock.now(), tried.len() + 100).await?;
            let fresh: Vec<DeliveryRow> = due.into_iter().filter(|row| tried.insert(row.id)).collect();
            if fresh.is_empty() {
                return Ok(failed);
            }
            let mut down = standing.row.state == DISABLED;
            for row in &fresh {
                if !down {
                    match self.attempt(outlet, standing, row).await? {
                        After::Sent => continue,
                        After::Failed => {}
                        After::Down => down = true,
                    }
                }
                failed += 1;
            }
        }
    }

    /// Sends one delivery and records how it ended.
    async fn attempt(&self, outlet: &Outlet<C>, standing: &mut Standing, row: &DeliveryRow) -> Result<After> {
        let sent = match Rendered::unpack(&row.body) {
            Ok(body) => {
                let message =
                    Message { id: row.message.clone(), recipient: row.recipient.clone(), body, now: self.clock.now() };
                outlet.channel.send(&message).await
            }
            Err(error) => Err(SendError::Permanent { detail: error.to_string() }),
        };
        let now = self.clock.now();
        let (channel, message, recipient) = (outlet.name.as_str(), row.message.as_str(), row.recipient.as_str());
        match sent {
            Ok(()) => {
                failpoint::dies("outbox/sent");
                tracing::info!(event = "delivered", channel, id = message, recipient, "delivered");
                standing.unrecorded = Some((row.id, DeliveryOutcome::Sent, now));
                self.record(standing).await?;
                self.mend(outlet, standing, now).await?;
                self.tell_notes(outlet, now).await?;
                Ok(After::Sent)
            }
            Err(SendError::Channel { passing, detail }) => {
                let wait = if passing { next_wait(standing.probed, None, fastrand::f64()) } else { LONGEST_WAIT };
                standing.probed = wait;
                standing.probe = now + wait;
                self.set(outlet, standing, PAUSED, detail, now).await?;
                Ok(After::Down)
            }
            Err(SendError::Disabled { detail }) => {
                self.set(outlet, standing, DISABLED, detail, now).await?;
                Ok(After::Down)
            }
            Err(SendError::Permanent { detail }) => {
                self.mend(outlet, standing, now).await?;
                self.bury(outlet, standing, row, detail, now).await?;
                Ok(After::Failed)
            }
            Err(SendError::Retry { after, detail }) => {
                self.mend(outlet, standing, now).await?;
                standing.hold = after.map(|after| now + after.min(LONGEST_WAIT));
                if is_given_up(row, now) {
                    self.bury(outlet, standing, row, detail, now).await?;
                    return Ok(After::Failed);
                }
                let waited = next_wait(row.waited, after, fastrand::f64());
                let seconds = waited.as_secs();
                tracing::warn!(event = "delivery_retry", channel, id = message, recipient, %detail, seconds, "not delivered yet");
                let outcome = DeliveryOutcome::Retry { next: now + waited, waited, error: detail };
                standing.unrecorded = Some((row.id, outcome, now));
                self.record(standing).await?;
                Ok(After::Failed)
            }
        }
    }

    /// Records what is not yet. It stays unrecorded when the store errs, and nothing is sent before.
    async fn record(&self, standing: &mut Standing) -> Result<()> {
        if let Some((delivery, outcome, now)) = &standing.unrecorded {
            self.store.finish(*delivery, outcome.clone(), *now).await?;
            standing.unrecorded = None;
        }
        Ok(())
    }

    /// A last try to record before the end: a mail whose 250 is forgotten is sent twice.
    async fn settle(&self, outlet: &Outlet<C>, standing: &mut Standing) {
        if let Err(error) = self.record(standing).await {
            self.complain(outlet, &error, &mut None);
        }
    }

    async fn set(
        &self,
        outlet: &Outlet<C>,
        standing: &mut Standing,
        state: &str,
        detail: String,
        now: Timestamp,
    ) -> Result<()> {
        let row = &mut standing.row;
        if row.state != state {
            tracing::warn!(event = "channel_state", channel = outlet.name, state, %detail, "the channel is {state}");
            row.since = now;
        } else if row.detail.as_ref() == Some(&detail) {
            return Ok(());
        }
        state.clone_into(&mut row.state);
        row.detail = Some(detail);
        self.store.keep_channel(row.clone()).await
    }

    /// The channel works: what waited for it is due, and the pause does not count.
    async fn mend(&self, outlet: &Outlet<C>, standing: &mut Standing, now: Timestamp) -> Result<()> {
        standing.probed = Duration::ZERO;
        standing.hold = None;
        if standing.row.state == OK {
            return Ok(());
        }
        let paused = Duration::try_from(now.duration_since(standing.row.since)).unwrap_or_default();
        self.store.release(&outlet.name, now, paused).await?;
        let row = ChannelRow { state: OK.to_owned(), detail: None, since: now, ..standing.row.clone() };
        self.store.keep_channel(row.clone()).await?;
        standing.row = row;
        tracing::info!(event = "channel_state", channel = outlet.name, state = OK, "the channel is ok");
        Ok(())
    }

    /// Tells of the dead letter, then records it: after a crash between the two it dies again, and the
    /// notice, whose id is there already, is not written twice.
    async fn bury(
        &self,
        outlet: &Outlet<C>,
        standing: &mut Standing,
        row: &DeliveryRow,
        error: String,
        now: Timestamp,
    ) -> Result<()> {
        let (channel, recipient) = (outlet.name.as_str(), row.recipient.as_str());
        tracing::error!(event = "dead_letter", channel, id = row.message, recipient, %error, "given up");
        // A dead letter about a dead letter would go round for ever.
        if row.kind != "dead_letter" {
            let note = Note {
                message: row.message.clone(),
                recipient: row.recipient.clone(),
                subject: subject(&row.body, &row.kind),
                error: error.clone(),
                attempts: row.attempts + 1,
                created: row.created,
            };
            match self.teller(outlet).await? {
                Some(teller) => self.tell(outlet, teller, &teller.audience, &note, now).await?,
                None => self.keep_note(outlet, &note, now).await?,
            }
        }
        standing.unrecorded = Some((row.id, DeliveryOutcome::Dead { error }, now));
        self.record(standing).await
    }

    /// Another channel: a working one first, else one that may work again.
    async fn teller(&self, dead: &Outlet<C>) -> Result<Option<&Outlet<C>>> {
        let rows = self.store.channels().await?;
        let state = |outlet: &Outlet<C>| {
            let row = rows.iter().find(|row| row.name == outlet.name && row.address == outlet.address);
            row.map_or(OK, |row| row.state.as_str())
        };
        let others = || self.outlets.iter().filter(|outlet| outlet.name != dead.name);
        Ok(others().find(|outlet| state(outlet) == OK).or_else(|| others().find(|outlet| state(outlet) == PAUSED)))
    }

    async fn tell(
        &self,
        dead: &Outlet<C>,
        teller: &Outlet<C>,
        audience: &Audience,
        note: &Note,
        now: Timestamp,
    ) -> Result<()> {
        let id = notice_id(&dead.name, &note.recipient, now);
        let view = DeadLetterView {
            id: &id,
            message: &note.message,
            channel: &dead.name,
            recipient: &note.recipient,
            subject: &note.subject,
            error: &note.error,
            attempts: note.attempts,
            created: note.created,
            timezone: &self.settings.timezone,
            now,
        };
        let unrendered = |error: crate::notify::RenderError| StoreError::Other(error.to_string());
        let mut deliveries = Vec::new();
        for (recipient, body) in audience.render(&Content::DeadLetter(view)).map_err(unrendered)? {
            deliveries.push(NewDelivery { recipient, body: body.pack().map_err(unrendered)? });
        }
        let message = NewMessage {
            id,
            kind: "dead_letter".to_owned(),
            team: String::new(),
            rule: String::new(),
            channel: teller.name.clone(),
            brand: None,
            created: now,
            mentions: Vec::new(),
            shows: Shown::SubjectOf(note.message.clone()),
            deliveries,
        };
        self.store.commit_decisions(AlerterCommit { messages: vec![message], ..AlerterCommit::default() }).await?;
        self.wake.notify_waiters();
        Ok(())
    }

    /// No other channel: told by this one, once it has delivered something again.
    async fn keep_note(&self, outlet: &Outlet<C>, note: &Note, now: Timestamp) -> Result<()> {
        let name = format!("{NOTES}{}/{}", outlet.name, notice_id(&outlet.name, &note.recipient, now));
        let value = serde_json::to_string(note).map_err(|error| StoreError::Other(error.to_string()))?;
        self.store.keep_value(&name, Some(value)).await
    }

    async fn tell_notes(&self, outlet: &Outlet<C>, now: Timestamp) -> Result<()> {
        for (name, value) in self.store.values(&format!("{NOTES}{}/", outlet.name)).await? {
            if let Ok(note) = serde_json::from_str::<Note>(&value) {
                // Whoever could not be reached is not the one to tell, if there is anybody else.
                let others = outlet.audience.without(&note.recipient);
                let audience = others.as_ref().unwrap_or(&outlet.audience);
                self.tell(outlet, outlet, audience, &note, now).await?;
            }
            self.store.keep_value(&name, None).await?;
        }
        Ok(())
    }
}

/// One notice a day of a channel's recipient: a departed colleague is told of once, not at every mail.
fn notice_id(channel: &str, recipient: &str, now: Timestamp) -> String {
    message_id(&["dead_letter", channel, recipient, &now.strftime("%Y-%m-%d").to_string()])
}

/// What the dead message was about.
fn subject(body: &[u8], kind: &str) -> String {
    match Rendered::unpack(body) {
        Ok(Rendered::Mail(mail)) => mail.subject,
        Ok(Rendered::Chat { subject, .. }) => subject,
        Ok(Rendered::Webhook { .. }) | Err(_) => kind.to_owned(),
    }
}
