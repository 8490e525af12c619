//! Stage 3 on virtual time: what becomes of deliveries when channels and the store fail.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use vigie::alert::mute::{Mute, Muted};
use vigie::clock::{Clock, VirtualClock};
use vigie::config::settings::{Mailbox, Recipient, UiLanguage};
use vigie::distress::Plight;
use vigie::mention::Polarity;
use vigie::notify::{Audience, Channel, Message, Rendered, SendError, Style};
use vigie::outbox::{self, OutboxSettings, Outlet};
use vigie::source::{SourceKey, State};
use vigie::store::correction::Correction;
use vigie::store::figures::{FiguresAsk, FiguresRows};
use vigie::store::replies::{RepliesCommit, ToldMessage};
use vigie::store::{
    AlerterCommit, ChannelRow, CountRow, DeliveryOutcome, DeliveryRow, DigestWait, Erasure, Forget, LastRevision,
    MentionFilter, MentionRow, NewDelivery, NewMessage, OutboxFigures, Paced, PollCommit, RequestRow, Result,
    SourceHealth, Store, StoreError, TextBatch, ThreadOf, Touch, Waiting, WindowRow,
};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

// ---- a store in memory, of what the outbox uses

#[derive(Clone)]
struct Kept {
    row: DeliveryRow,
    state: &'static str,
    next: Timestamp,
}

#[derive(Default)]
struct Tables {
    deliveries: Vec<Kept>,
    messages: Vec<NewMessage>,
    channels: Vec<ChannelRow>,
    values: BTreeMap<String, String>,
    /// How many verbs fail from now on.
    broken: usize,
}

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Tables>>);

impl Memory {
    fn with<T>(&self, act: impl FnOnce(&mut Tables) -> T) -> Result<T> {
        let mut tables = self.0.lock().unwrap();
        if tables.broken > 0 {
            tables.broken -= 1;
            return Err(StoreError::Unwritable("no space left on device".to_owned()));
        }
        Ok(act(&mut tables))
    }

    fn look<T>(&self, act: impl FnOnce(&mut Tables) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    /// Puts a message with one delivery a recipient.
    fn put(&self, id: &str, channel: &str, recipients: &[&str], created: Timestamp) {
        let body = Rendered::Webhook { body: format!("{{\"id\":\"{id}\"}}") }.pack().unwrap();
        let deliveries =
            recipients.iter().map(|to| NewDelivery { recipient: (*to).to_owned(), body: body.clone() }).collect();
        let message = NewMessage {
            id: id.to_owned(),
            kind: "mention".to_owned(),
            team: "orange.yaml".to_owned(),
            rule: "urgent".to_owned(),
            channel: channel.to_owned(),
            brand: None,
            created,
            mentions: vec![1],
            shows: vigie::store::Shown::Nothing,
            deliveries,
        };
        self.look(|tables| tables.add(message));
    }

    fn states(&self) -> Vec<(String, String, &'static str)> {
        self.look(|tables| {
            tables
                .deliveries
                .iter()
                .map(|kept| (kept.row.message.clone(), kept.row.recipient.clone(), kept.state))
                .collect()
        })
    }

    fn state_of(&self, channel: &str) -> String {
        self.look(|tables| tables.channels.iter().find(|row| row.name == channel).unwrap().state.clone())
    }

    fn notices(&self) -> Vec<NewMessage> {
        self.look(|tables| tables.messages.iter().filter(|message| message.kind == "dead_letter").cloned().collect())
    }
}

impl Tables {
    fn add(&mut self, message: NewMessage) {
        if self.messages.iter().any(|there| there.id == message.id) {
            return;
        }
        for delivery in &message.deliveries {
            let row = DeliveryRow {
                id: self.deliveries.len() as i64 + 1,
                message: message.id.clone(),
                kind: message.kind.clone(),
                channel: message.channel.clone(),
                recipient: delivery.recipient.clone(),
                body: delivery.body.clone(),
                attempts: 0,
                created: message.created,
                paused: Duration::ZERO,
                waited: Duration::ZERO,
            };
            self.deliveries.push(Kept { row, state: "pending", next: message.created });
        }
        self.messages.push(message);
    }

    fn pending(&self, channel: &str) -> impl Iterator<Item = &Kept> {
        self.deliveries.iter().filter(move |kept| kept.state == "pending" && kept.row.channel == channel)
    }
}

impl Store for Memory {
    async fn commit_decisions(&self, commit: AlerterCommit) -> Result<()> {
        self.with(|tables| commit.messages.into_iter().for_each(|message| tables.add(message)))
    }
    async fn due(&self, channel: &str, now: Timestamp, limit: usize) -> Result<Vec<DeliveryRow>> {
        self.with(|tables| {
            tables.pending(channel).filter(|kept| kept.next <= now).take(limit).map(|kept| kept.row.clone()).collect()
        })
    }
    async fn next_due(&self, channel: &str) -> Result<Option<Timestamp>> {
        self.with(|tables| tables.pending(channel).map(|kept| kept.next).min())
    }
    async fn finish(&self, delivery: i64, outcome: DeliveryOutcome, _now: Timestamp) -> Result<()> {
        self.with(|tables| {
            let kept = &mut tables.deliveries[delivery as usize - 1];
            kept.row.attempts += 1;
            match outcome {
                DeliveryOutcome::Sent => kept.state = "sent",
                DeliveryOutcome::Dead { .. } => kept.state = "dead",
                DeliveryOutcome::Retry { next, waited, .. } => (kept.next, kept.row.waited) = (next, waited),
            }
        })
    }
    async fn release(&self, channel: &str, now: Timestamp, paused: Duration) -> Result<()> {
        self.with(|tables| {
            for kept in tables.deliveries.iter_mut().filter(|kept| kept.row.channel == channel) {
                kept.next = now;
                kept.row.paused += paused;
            }
        })
    }
    async fn channels(&self) -> Result<Vec<ChannelRow>> {
        self.with(|tables| tables.channels.clone())
    }
    async fn keep_channel(&self, channel: ChannelRow) -> Result<()> {
        self.with(|tables| {
            tables.channels.retain(|row| row.name != channel.name);
            tables.channels.push(channel);
        })
    }
    async fn values(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        self.with(|tables| {
            let found = tables.values.iter().filter(|(name, _)| name.starts_with(prefix));
            found.map(|(name, value)| (name.clone(), value.clone())).collect()
        })
    }
    async fn keep_value(&self, name: &str, value: Option<String>) -> Result<()> {
        self.with(|tables| match value {
            Some(value) => drop(tables.values.insert(name.to_owned(), value)),
            None => drop(tables.values.remove(name)),
        })
    }

    async fn each_source<T, F>(&self, _: F) -> Result<Vec<T>>
    where
        T: Send + 'static,
        F: FnMut(SourceHealth) -> Option<T> + Send + 'static,
    {
        unreachable!("not the outbox's")
    }
    async fn each_counted<T, F>(&self, _: &str, _: Timestamp, _: F) -> Result<Vec<T>>
    where
        T: Send + 'static,
        F: FnMut(Timestamp, vigie::mention::StoredMention) -> Option<T> + Send + 'static,
    {
        unreachable!("not the outbox's")
    }
    async fn state(&self, _: SourceKey) -> Result<State> {
        unreachable!("not the outbox's")
    }
    async fn seen(&self, _: SourceKey) -> Result<Vec<u8>> {
        unreachable!("not the outbox's")
    }
    async fn revisions(&self, _: SourceKey, _: u64) -> Result<Vec<LastRevision>> {
        unreachable!("not the outbox's")
    }
    async fn prints(&self, _: Timestamp) -> Result<Vec<vigie::store::PrintRow>> {
        unreachable!("not the outbox's")
    }
    async fn pasts(&self, _: &[vigie::mention::StoryId]) -> Result<vigie::alert::story::Pasts> {
        unreachable!("not the outbox's")
    }
    async fn commit_poll(&self, _: PollCommit) -> Result<()> {
        unreachable!("not the outbox's")
    }
    async fn touch(&self, _: Vec<Touch>) -> Result<()> {
        unreachable!("not the outbox's")
    }
    async fn undecided(&self, _: i64, _: usize) -> Result<Vec<vigie::mention::StoredMention>> {
        unreachable!("not the outbox's")
    }
    async fn stored(&self, _: &[i64]) -> Result<Vec<vigie::mention::StoredMention>> {
        unreachable!("not the outbox's")
    }
    async fn find(&self, _: &MentionFilter, _: Option<(Timestamp, i64)>, _: usize) -> Result<Vec<MentionRow>> {
        unreachable!("not the outbox's")
    }
    async fn figures(&self, _: &FiguresAsk) -> Result<FiguresRows> {
        unreachable!("not the outbox's")
    }
    async fn forget(&self, _: &Forget, _: Timestamp) -> Result<Erasure> {
        unreachable!("not the outbox's")
    }
    async fn erasures(&self) -> Result<Vec<Erasure>> {
        unreachable!("not the outbox's")
    }
    async fn windows(&self) -> Result<(Vec<WindowRow>, Vec<Waiting>)> {
        unreachable!("not the outbox's")
    }
    async fn paced(&self, _: Timestamp) -> Result<Paced> {
        unreachable!("not the outbox's")
    }
    async fn digest_waits(&self) -> Result<Vec<DigestWait>> {
        unreachable!("not the outbox's")
    }
    async fn counts(&self, _: &str, _: Timestamp) -> Result<Vec<CountRow>> {
        unreachable!("not the outbox's")
    }
    async fn mutes(&self) -> Result<Vec<Mute>> {
        unreachable!("not the outbox's")
    }
    async fn mute(&self, _: Muted, _: Timestamp, _: Option<String>, _: Timestamp) -> Result<i64> {
        unreachable!("not the outbox's")
    }
    async fn unmute(&self, _: i64) -> Result<bool> {
        unreachable!("not the outbox's")
    }
    async fn handle(&self, _: &[i64], _: Option<&str>, _: Timestamp) -> Result<Vec<i64>> {
        unreachable!("not the outbox's")
    }
    async fn told_beside(&self, _: &[i64]) -> Result<Vec<i64>> {
        unreachable!("not the outbox's")
    }
    async fn handled(&self, _: &[i64]) -> Result<Vec<i64>> {
        unreachable!("not the outbox's")
    }
    async fn outbox(&self) -> Result<OutboxFigures> {
        unreachable!("not the outbox's")
    }
    async fn mentions(&self, _: usize) -> Result<Vec<MentionRow>> {
        unreachable!("not the outbox's")
    }
    async fn kept_texts(&self, _: Timestamp, _: i64, _: usize) -> Result<Vec<TextBatch>> {
        unreachable!("not the outbox's")
    }
    async fn value(&self, _: &str) -> Result<Option<String>> {
        unreachable!("not the outbox's")
    }
    async fn ask(&self, _: &str, _: String, _: Timestamp) -> Result<i64> {
        unreachable!("not the outbox's")
    }
    async fn told_message(&self, _: [u8; 8]) -> Result<Option<ToldMessage>> {
        unreachable!("not the outbox's")
    }
    async fn commit_replies(&self, _: RepliesCommit) -> Result<Vec<bool>> {
        unreachable!("not the outbox's")
    }
    async fn thread(&self, _: &ThreadOf, _: Timestamp) -> Result<Vec<(Timestamp, String)>> {
        unreachable!("not the outbox's")
    }
    async fn asked(&self) -> Result<Vec<RequestRow>> {
        unreachable!("not the outbox's")
    }
    async fn answer(&self, _: i64, _: String) -> Result<()> {
        unreachable!("not the outbox's")
    }
    async fn answered(&self, _: i64) -> Result<Option<String>> {
        unreachable!("not the outbox's")
    }
    async fn correct(&self, _: i64, _: Option<Polarity>, _: Timestamp) -> Result<bool> {
        unreachable!("not the outbox's")
    }
    async fn corrections(&self) -> Result<Vec<Correction>> {
        unreachable!("not the outbox's")
    }
    async fn purge(&self, _: Timestamp, _: Timestamp, _: Timestamp) -> Result<u64> {
        unreachable!("not the outbox's")
    }
    async fn ping(&self) -> Result<()> {
        unreachable!("not the outbox's")
    }
}

// ---- a channel that answers as told

type Answer = std::result::Result<(), SendError>;

#[derive(Clone)]
struct Told {
    clock: VirtualClock,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    /// Once `answers` is used up.
    then: Arc<Mutex<Answer>>,
    attempts: Arc<Mutex<Vec<(Timestamp, Message)>>>,
    takes: Duration,
}

impl Told {
    fn new(clock: VirtualClock) -> Self {
        Self {
            clock,
            answers: Arc::default(),
            then: Arc::new(Mutex::new(Ok(()))),
            attempts: Arc::default(),
            takes: Duration::from_millis(20),
        }
    }

    fn answers(self, answers: impl IntoIterator<Item = Answer>) -> Self {
        self.answers.lock().unwrap().extend(answers);
        self
    }

    fn then(&self, answer: Answer) {
        *self.then.lock().unwrap() = answer;
    }

    fn attempts(&self) -> Vec<(Timestamp, Message)> {
        self.attempts.lock().unwrap().clone()
    }

    fn ids(&self) -> Vec<String> {
        self.attempts().into_iter().map(|(_, message)| message.id).collect()
    }

    /// Seconds between one attempt and the next.
    fn gaps(&self) -> Vec<f64> {
        let times: Vec<Timestamp> = self.attempts().iter().map(|(at, _)| *at).collect();
        times.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_secs_f64()).collect()
    }
}

impl Channel for Told {
    async fn send(&self, message: &Message) -> Answer {
        self.attempts.lock().unwrap().push((self.clock.now(), message.clone()));
        tokio::time::sleep(self.takes).await;
        let next = self.answers.lock().unwrap().pop_front();
        next.unwrap_or_else(|| self.then.lock().unwrap().clone())
    }
}

fn retry(after: Option<u64>) -> Answer {
    Err(SendError::Retry { after: after.map(Duration::from_secs), detail: "451 later".to_owned() })
}

fn permanent() -> Answer {
    Err(SendError::Permanent { detail: "550 no such user".to_owned() })
}

fn down(passing: bool) -> Answer {
    Err(SendError::Channel { passing, detail: "535 wrong".to_owned() })
}

fn disabled() -> Answer {
    Err(SendError::Disabled { detail: "410".to_owned() })
}

fn people(addresses: &[&str]) -> Audience {
    let mailbox = |address: &str| Mailbox { name: None, address: address.to_owned() };
    Audience::Mail {
        from: mailbox("vigie@acme.example"),
        to: addresses.iter().map(|to| Recipient { mailbox: mailbox(to), language: None }).collect(),
        language: UiLanguage::English,
        style: Style::default(),
    }
}

fn outlet(name: &str, channel: &Told, audience: Audience) -> Outlet<Told> {
    Outlet { name: name.to_owned(), address: 7, channel: channel.clone(), audience }
}

fn settings() -> OutboxSettings {
    OutboxSettings { timezone: TimeZone::UTC, grace: Duration::from_secs(20), plight: Plight::default() }
}

fn start() -> Timestamp {
    "2026-11-20T13:00:00Z".parse().unwrap()
}

/// An outbox that runs until it is stopped.
struct Running {
    wake: Arc<Notify>,
    shutdown: CancellationToken,
    task: tokio::task::JoinHandle<usize>,
}

impl Running {
    fn of(store: &Memory, clock: VirtualClock, outlets: Vec<Outlet<Told>>) -> Self {
        let (wake, shutdown) = (Arc::new(Notify::new()), CancellationToken::new());
        let run = outbox::run(store.clone(), outlets, clock, Arc::clone(&wake), shutdown.clone(), settings());
        Self { wake, shutdown, task: tokio::spawn(run) }
    }

    async fn stop(self) -> usize {
        self.shutdown.cancel();
        self.task.await.unwrap()
    }
}

async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

// ---- what it does

#[tokio::test(start_paused = true)]
async fn what_is_due_goes_out_once_and_a_new_message_within_a_second() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let comms = Told::new(clock);
    store.put("a", "comms", &["x@acme.example", "y@acme.example"], start());
    let running = Running::of(&store, clock, vec![outlet("comms", &comms, people(&["x@acme.example"]))]);
    pass(Duration::from_secs(1)).await;
    assert_eq!(comms.ids(), ["a", "a"], "each recipient is a delivery of its own");
    store.put("b", "comms", &["x@acme.example"], clock.now());
    running.wake.notify_waiters();
    pass(Duration::from_secs(1)).await;
    assert_eq!(comms.ids(), ["a", "a", "b"]);
    pass(DAY).await;
    assert_eq!(comms.attempts().len(), 3);
    assert!(store.states().iter().all(|(_, _, state)| *state == "sent"));
    assert_eq!(running.stop().await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_nobody_announced_is_found_all_the_same() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let comms = Told::new(clock);
    let running = Running::of(&store, clock, vec![outlet("comms", &comms, Audience::Webhook)]);
    pass(Duration::from_secs(5)).await;
    store.put("a", "comms", &[""], clock.now());
    pass(Duration::from_secs(31)).await;
    assert_eq!(comms.ids(), ["a"]);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn retries_back_off_for_three_days_and_end_in_a_dead_letter_told_elsewhere() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let (hook, comms) = (Told::new(clock), Told::new(clock));
    hook.then(retry(None));
    store.put("a", "hook", &[""], start());
    let outlets = vec![outlet("hook", &hook, Audience::Webhook), outlet("comms", &comms, people(&["x@acme.example"]))];
    let running = Running::of(&store, clock, outlets);
    pass(DAY * 2).await;
    assert_eq!(store.states()[0].2, "pending");
    pass(DAY * 2).await;
    let gaps = hook.gaps();
    assert!((5.0..=10.5).contains(&gaps[0]), "{gaps:?}");
    assert!(gaps.windows(2).take(5).all(|pair| (2.4..=3.6).contains(&(pair[1] / pair[0]))), "{gaps:?}");
    assert!(gaps.iter().all(|gap| *gap <= 3601.0), "{gaps:?}");
    assert!((72.0..74.0).contains(&(gaps.iter().sum::<f64>() / 3600.0)));
    assert!((60..100).contains(&gaps.len()), "{}", gaps.len());
    assert_eq!(store.states()[0].2, "dead");
    let told = comms.attempts();
    let [(_, notice)] = told.as_slice() else { panic!("{} notices", told.len()) };
    let Rendered::Mail(mail) = &notice.body else { panic!() };
    assert!(mail.text.contains("451 later") && mail.text.contains("hook"), "{}", mail.text);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_departed_colleague_silences_nobody_and_is_told_of_once_a_day() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let (comms, crisis) = (Told::new(clock).answers([permanent(), Ok(()), permanent(), Ok(())]), Told::new(clock));
    store.put("a", "comms", &["gone@acme.example", "x@acme.example"], start());
    store.put("b", "comms", &["gone@acme.example", "x@acme.example"], start());
    let everyone = people(&["gone@acme.example", "x@acme.example"]);
    let outlets = vec![outlet("comms", &comms, everyone), outlet("crisis", &crisis, people(&["boss@acme.example"]))];
    let running = Running::of(&store, clock, outlets);
    pass(HOUR).await;
    let states: Vec<&str> = store.states().iter().take(4).map(|(_, _, state)| *state).collect();
    assert_eq!(states, ["dead", "sent", "dead", "sent"]);
    assert_eq!(store.state_of("comms"), "ok");
    assert_eq!(crisis.attempts().len(), 1);
    assert_eq!(crisis.attempts()[0].1.recipient, "boss@acme.example");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn with_no_other_channel_a_dead_letter_follows_the_next_message() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let comms = Told::new(clock).answers([permanent()]);
    store.put("a", "comms", &["gone@acme.example"], start());
    let audience = people(&["gone@acme.example", "x@acme.example"]);
    let running = Running::of(&store, clock, vec![outlet("comms", &comms, audience.clone())]);
    pass(HOUR).await;
    assert!(store.notices().is_empty(), "nothing proves that the channel works");
    running.stop().await;
    // It is remembered over a restart.
    let running = Running::of(&store, clock, vec![outlet("comms", &comms, audience)]);
    store.put("b", "comms", &["x@acme.example"], clock.now());
    running.wake.notify_waiters();
    pass(HOUR).await;
    let recipients: Vec<String> = comms.attempts().into_iter().map(|(_, message)| message.recipient).collect();
    assert_eq!(recipients, ["gone@acme.example", "x@acme.example", "x@acme.example"]);
    assert_eq!(store.notices().len(), 1);
    assert!(store.look(|tables| tables.values.is_empty()));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_about_a_dead_letter_is_not_written() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let (one, two) = (Told::new(clock), Told::new(clock));
    one.then(permanent());
    two.then(permanent());
    store.put("a", "one", &["x@acme.example"], start());
    let outlets =
        vec![outlet("one", &one, people(&["x@acme.example"])), outlet("two", &two, people(&["y@acme.example"]))];
    let running = Running::of(&store, clock, outlets);
    pass(DAY).await;
    assert_eq!((one.attempts().len(), two.attempts().len(), store.notices().len()), (1, 1, 1));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_password_pauses_the_channel_and_is_tried_hourly_with_one_delivery() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let (comms, other) = (Told::new(clock), Told::new(clock));
    comms.then(down(false));
    for id in ["a", "b", "c"] {
        store.put(id, "comms", &["x@acme.example"], start());
    }
    store.put("d", "other", &[""], start());
    let outlets =
        vec![outlet("comms", &comms, people(&["x@acme.example"])), outlet("other", &other, Audience::Webhook)];
    let running = Running::of(&store, clock, outlets);
    pass(HOUR * 100 + Duration::from_mins(1)).await;
    assert_eq!(store.state_of("comms"), "paused");
    assert_eq!(comms.attempts().len(), 101, "hourly");
    assert!(comms.gaps().iter().all(|gap| (3600.0..3601.0).contains(gap)));
    assert_eq!(other.ids(), ["d"], "another channel is not held up");
    comms.then(Ok(()));
    pass(HOUR).await;
    // Past three days, and yet nothing is given up: the pause does not count.
    assert!(store.states().iter().all(|(_, _, state)| *state == "sent"), "{:?}", store.states());
    assert_eq!(store.state_of("comms"), "ok");
    assert!(store.look(|tables| tables.deliveries[1].row.paused >= HOUR * 100));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_away_for_a_minute_delays_mail_by_minutes_and_not_by_an_hour() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let comms = Told::new(clock);
    comms.then(down(true));
    store.put("a", "comms", &["x@acme.example"], start());
    let running = Running::of(&store, clock, vec![outlet("comms", &comms, people(&["x@acme.example"]))]);
    pass(Duration::from_mins(1)).await;
    assert_eq!(store.state_of("comms"), "paused");
    comms.then(Ok(()));
    pass(Duration::from_mins(2)).await;
    assert_eq!(store.states()[0].2, "sent");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_restart_tries_a_paused_channel_at_once() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let comms = Told::new(clock).answers([retry(Some(1800))]);
    store.put("a", "comms", &["x@acme.example"], start());
    let outlets = || vec![outlet("comms", &comms, people(&["x@acme.example"]))];
    let running = Running::of(&store, clock, outlets());
    pass(Duration::from_mins(1)).await;
    comms.then(down(false));
    running.stop().await;
    let running = Running::of(&store, clock, outlets());
    pass(Duration::from_secs(1)).await;
    assert_eq!(comms.attempts().len(), 2);
    running.stop().await;
    comms.then(Ok(()));
    let running = Running::of(&store, clock, outlets());
    pass(Duration::from_secs(1)).await;
    assert_eq!(store.states()[0].2, "sent");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn retry_after_holds_the_whole_channel_up_to_an_hour() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let hook = Told::new(clock).answers([retry(Some(120)), Ok(()), Ok(()), retry(Some(100_000))]);
    store.put("a", "hook", &[""], start());
    store.put("b", "hook", &[""], start());
    let running = Running::of(&store, clock, vec![outlet("hook", &hook, Audience::Webhook)]);
    pass(Duration::from_secs(119)).await;
    assert_eq!(hook.ids(), ["a"]);
    pass(Duration::from_secs(10)).await;
    assert_eq!(hook.attempts().len(), 3);
    store.put("c", "hook", &[""], clock.now());
    pass(HOUR + Duration::from_mins(1)).await;
    assert_eq!(hook.attempts().len(), 5);
    assert!(store.states().iter().all(|(_, _, state)| *state == "sent"));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn gone_disables_until_a_test_succeeds_or_the_address_changes() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let hook = Told::new(clock).answers([disabled()]);
    store.put("a", "hook", &[""], start());
    let running = Running::of(&store, clock, vec![outlet("hook", &hook, Audience::Webhook)]);
    pass(DAY * 10).await;
    assert_eq!((hook.attempts().len(), store.state_of("hook").as_str()), (1, "disabled"));
    running.stop().await;
    let running = Running::of(&store, clock, vec![outlet("hook", &hook, Audience::Webhook)]);
    pass(DAY).await;
    assert_eq!(hook.attempts().len(), 1, "it stays so over a restart");
    store.look(|tables| "ok".clone_into(&mut tables.channels[0].state));
    running.wake.notify_waiters();
    pass(Duration::from_secs(1)).await;
    assert_eq!(store.states()[0].2, "sent");
    running.stop().await;

    let moved = Told::new(clock).answers([disabled()]);
    store.put("b", "hook", &[""], clock.now());
    let running = Running::of(&store, clock, vec![outlet("hook", &moved, Audience::Webhook)]);
    pass(HOUR).await;
    running.stop().await;
    let elsewhere = Outlet { address: 8, ..outlet("hook", &moved, Audience::Webhook) };
    let running = Running::of(&store, clock, vec![elsewhere]);
    pass(Duration::from_secs(1)).await;
    assert_eq!((moved.attempts().len(), store.state_of("hook").as_str()), (2, "ok"));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn while_the_store_errs_nothing_is_lost_and_nothing_is_sent_twice() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let mut comms = Told::new(clock);
    comms.takes = Duration::from_secs(2);
    store.put("a", "comms", &[""], start());
    store.put("b", "comms", &[""], start());
    let (wake, shutdown, settings) = (Arc::new(Notify::new()), CancellationToken::new(), settings());
    let plight = settings.plight.clone();
    let outlets = vec![outlet("comms", &comms, Audience::Webhook)];
    let run = outbox::run(store.clone(), outlets, clock, Arc::clone(&wake), shutdown.clone(), settings);
    let running = Running { wake, shutdown, task: tokio::spawn(run) };
    pass(Duration::from_secs(1)).await;
    // The disk fills up while the first is on its way.
    store.look(|tables| tables.broken = 10);
    pass(Duration::from_secs(30)).await;
    assert_eq!(comms.ids(), ["a"], "nothing more before the first is recorded");
    let (since, reason) = plight.lasting(clock.now()).expect("the others learn of it");
    assert!((20..=30).contains(&clock.now().duration_since(since).as_secs()) && reason.contains("no space"), "{since}");
    pass(Duration::from_mins(1)).await;
    assert_eq!(comms.ids(), ["a", "b"]);
    assert!(store.states().iter().all(|(_, _, state)| *state == "sent"));
    assert_eq!(plight.lasting(clock.now()), None);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn without_a_channel_it_waits_to_be_stopped() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let running = Running::of(&store, clock, Vec::new());
    pass(HOUR).await;
    assert!(!running.task.is_finished(), "its end would be the daemon's");
    assert_eq!(running.stop().await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_the_attempt_end_and_cuts_one_that_does_not() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let (mut quick, mut stuck) = (Told::new(clock), Told::new(clock));
    quick.takes = Duration::from_secs(10);
    stuck.takes = HOUR;
    store.put("a", "quick", &[""], start());
    store.put("b", "quick", &[""], start());
    store.put("c", "stuck", &[""], start());
    let outlets = vec![outlet("quick", &quick, Audience::Webhook), outlet("stuck", &stuck, Audience::Webhook)];
    let running = Running::of(&store, clock, outlets);
    pass(Duration::from_secs(1)).await;
    let asked = tokio::time::Instant::now();
    assert_eq!(running.stop().await, 1);
    assert!((19..22).contains(&asked.elapsed().as_secs()), "{:?}", asked.elapsed());
    let states: Vec<&str> = store.states().iter().map(|(_, _, state)| *state).collect();
    assert_eq!(states, ["sent", "pending", "pending"]);
}

#[tokio::test(start_paused = true)]
async fn once_gives_each_due_delivery_one_attempt() {
    let (clock, store) = (VirtualClock::starting_at(start()), Memory::default());
    let mixed = Told::new(clock).answers([Ok(()), retry(None), permanent(), Ok(())]);
    let (down_, fine) = (Told::new(clock), Told::new(clock));
    down_.then(down(false));
    for id in ["a", "b", "c", "d"] {
        store.put(id, "mixed", &["x@acme.example"], start());
    }
    for id in ["e", "f", "g"] {
        store.put(id, "down", &["x@acme.example"], start());
    }
    let outlets = [
        outlet("down", &down_, people(&["x@acme.example"])),
        outlet("mixed", &mixed, people(&["x@acme.example"])),
        outlet("fine", &fine, people(&["y@acme.example"])),
    ];
    let failed = outbox::attempt_all_once(store.clone(), &outlets, clock, settings()).await.unwrap();
    assert_eq!(failed, 2 + 3);
    assert_eq!(mixed.ids(), ["a", "b", "c", "d"]);
    assert_eq!(down_.ids(), ["e"], "a refused password is not tried for every mail");
    // Of c, which is dead, the working channel tells in the same run.
    assert_eq!(fine.attempts().len(), 1);
    let pending: Vec<String> =
        store.states().into_iter().filter(|(_, _, state)| *state == "pending").map(|(id, _, _)| id).collect();
    assert_eq!(pending, ["b", "e", "f", "g"]);
    let again = outbox::attempt_all_once(store.clone(), &outlets, clock, settings()).await.unwrap();
    assert_eq!((again, mixed.attempts().len()), (3, 5), "a start makes all that is pending due");
}
