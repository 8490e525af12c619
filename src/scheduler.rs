//! The one scheduler task: releases a due source when its host's slot is free, polls it, hands the poll to
//! ingest, and keeps when to ask next. Owns pace and health; reading is `fetch` and `source`.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::access::Access;
use crate::fetch::{Fetcher, Poll};
use crate::health::SourceState;
use crate::ingest::Polled;
use crate::live::{Live, Shared};
use crate::net;
use crate::schedule::{Next, Outcome, Pace, Schedule};
use crate::source::{Source, SourceKey};
use crate::store::{SourceHealth, Store, StoreError};
use crate::systemd::Beat;
use crate::watchlist::WatchedSource;

/// The loop looks around at least this often.
const LOOK: Duration = Duration::from_secs(10);

/// What the scheduler needs.
#[derive(Debug, Clone)]
pub struct Context<S, C> {
    /// The store.
    pub store: S,
    /// The clock.
    pub clock: C,
    /// Settings and watchlists.
    pub live: Shared,
    /// Where polls go.
    pub ingest: mpsc::Sender<Polled>,
    /// Woken after a reload.
    pub reloaded: Arc<Notify>,
    /// When cancelled, no poll begins any more and those in flight have [`GRACE`].
    pub stop: CancellationToken,
    /// Shows that the loop turns.
    pub beat: Beat,
}

/// Polls in flight at a stop have this time to end.
pub const GRACE: Duration = Duration::from_secs(5);
/// What one answer asks for all sources of its host holds this long at most; the source itself waits longer.
const LONGEST_HOLD: Duration = Duration::from_hours(1);
/// `run --once` waits so long for a host that asks to be left alone; past it, its sources are held.
const ONCE_WAITS: Duration = Duration::from_secs(5);
/// A source whose row cannot be read is asked again after this time.
const STORE_PAUSE: Duration = Duration::from_mins(1);

/// The scheduler's memory.
#[derive(Debug)]
pub struct Scheduler<S, C> {
    context: Context<S, C>,
    schedule: Schedule,
    health: HashMap<SourceKey, SourceHealth>,
    permits: Arc<Semaphore>,
    fetcher: Fetcher<C>,
    polls: TaskTracker,
    /// Ends polls that outlive their grace.
    cut: CancellationToken,
    /// What the lines of each source said when they were last looked at: one that is held is asked again when
    /// that changes.
    lines: HashMap<SourceKey, u64>,
}

/// A poll that ended.
#[derive(Debug)]
struct Ended {
    key: SourceKey,
    /// Its row as committed, unless vigie stopped before.
    health: Option<SourceHealth>,
    /// How long its host asks to be left alone.
    pause: Option<Duration>,
    /// How much later than due it may be asked next, with others of its host.
    slack: Duration,
}

impl<S: Store, C: Clock> Scheduler<S, C> {
    /// Takes up what the store knows of the sources.
    ///
    /// # Errors
    /// The store's.
    pub async fn restore(context: Context<S, C>) -> Result<Self, StoreError> {
        let live = context.live.load();
        let concurrency = live.settings.fetch.concurrency;
        let rows = context.store.sources().await?;
        let health = rows.into_iter().filter(|row| live.source(row.key).is_some()).map(|row| (row.key, row)).collect();
        Ok(Self {
            schedule: Schedule::new(concurrency),
            permits: Arc::new(Semaphore::new(concurrency)),
            fetcher: Fetcher::new(live.client.clone(), context.clock.clone()),
            polls: TaskTracker::new(),
            cut: CancellationToken::new(),
            lines: HashMap::new(),
            health,
            context,
        })
    }

    /// Runs until it is told to stop.
    pub async fn run(mut self) {
        let (ended, mut endings) = mpsc::unbounded_channel();
        self.take_up(&self.context.live.load(), false);
        loop {
            self.context.beat.now();
            let now = self.context.clock.now();
            while let Some(key) = self.schedule.pop_due(now) {
                if !self.start(key, &ended).await {
                    break;
                }
            }
            let wake = self.schedule.next_wake().unwrap_or(Timestamp::MAX).min(now + LOOK);
            tokio::select! {
                biased;
                () = self.context.stop.cancelled() => break,
                Some(end) = endings.recv() => {
                    self.finish(end);
                    while let Ok(end) = endings.try_recv() {
                        self.finish(end);
                    }
                }
                () = self.context.reloaded.notified() => self.take_up_reloaded(),
                () = self.context.clock.sleep_until(wake) => {}
            }
        }
        self.polls.close();
        // What is cut here was not committed: it is asked once more after the next start.
        if tokio::time::timeout(GRACE, self.polls.wait()).await.is_err() {
            tracing::info!(
                polls = self.polls.len(),
                "polls still in flight are given up; they are asked again after a start"
            );
            // Until the last of them is gone, ingest waits for what it may bring.
            self.cut.cancel();
            self.polls.wait().await;
        }
    }

    /// Asks every source once, whatever its interval; a running Retry-After, back-off or 410 still holds.
    /// Returns the sources that were not asked because of that, with the time until which it holds.
    pub async fn run_once(mut self) -> Vec<(SourceKey, Option<Timestamp>)> {
        let (ended, mut endings) = mpsc::unbounded_channel();
        let mut held = self.take_up(&self.context.live.load(), true);
        loop {
            let now = self.context.clock.now();
            while let Some(key) = self.schedule.pop_due(now) {
                if !self.start(key, &ended).await {
                    break;
                }
            }
            if self.schedule.is_empty() && self.schedule.running() == 0 {
                break;
            }
            let wake = self.schedule.next_wake().unwrap_or(Timestamp::MAX).min(now + LOOK);
            tokio::select! {
                biased;
                () = self.context.stop.cancelled() => {
                    self.cut.cancel();
                    break;
                }
                Some(end) = endings.recv() => held.extend(self.finish_once(&end)),
                () = self.context.clock.sleep_until(wake) => {}
            }
        }
        self.polls.close();
        self.polls.wait().await;
        held
    }

    fn take_up_reloaded(&mut self) {
        let live = self.context.live.load();
        self.fetcher = self.fetcher.with_client(live.client.clone());
        // Polls in flight give their permits back to the old count.
        self.permits = Arc::new(Semaphore::new(live.settings.fetch.concurrency));
        self.take_up(&live, false);
    }

    /// Brings the schedule in line with the watchlists.
    fn take_up(&mut self, live: &Live, once: bool) -> Vec<(SourceKey, Option<Timestamp>)> {
        let now = self.context.clock.now();
        let mut held = Vec::new();
        let gone: Vec<SourceKey> = self.health.keys().copied().filter(|key| live.source(*key).is_none()).collect();
        for key in gone {
            self.health.remove(&key);
            self.lines.remove(&key);
            self.schedule.remove(key);
        }
        self.schedule.look(now);
        self.follow_clock(now);
        let paused = self.paused_hosts(live, now);
        for (host, until) in &paused {
            self.schedule.hold(host, *until);
        }
        for source in &live.watchlists.sources {
            let host = host(&source.url);
            let health = self.health.entry(source.key).or_insert_with(|| new_row(source));
            let line = line_of(source);
            let is_rewritten = self.lines.insert(source.key, line).is_some_and(|before| before != line);
            let opened = live.client.is_opened(&source.url);
            let due = if once {
                if health.held && health.next.is_none_or(|next| next > now) {
                    held.push((source.key, health.next));
                    continue;
                }
                if let (Some(until), false) = (paused.get(&host), opened) {
                    held.push((source.key, Some(*until)));
                    continue;
                }
                now
            } else if health.held && is_rewritten && health.state != SourceState::RateLimited {
                now
            } else if health.held && health.next.is_none() {
                continue;
            } else {
                // A shorter `every` takes effect at the reload, not after the long interval.
                let interval = pace(source, live).interval(health.weekly);
                let soon = if health.held { None } else { health.asked.map(|asked| asked + interval) };
                [health.next, soon].into_iter().flatten().min().unwrap_or(now)
            };
            self.schedule.insert(source.key, &host, due, opened);
        }
        held
    }

    /// Who was asked in the future was asked by a clock that was set back since: all dates move with it.
    fn follow_clock(&mut self, now: Timestamp) {
        for row in self.health.values_mut() {
            if let Some(asked) = row.asked.filter(|asked| *asked > now) {
                row.next = row.next.map(|next| next - asked.duration_since(now));
                row.asked = Some(now);
            }
        }
    }

    /// Hosts of which a source was told to wait, with the time until which all of their sources do.
    fn paused_hosts(&self, live: &Live, now: Timestamp) -> HashMap<String, Timestamp> {
        let mut paused = HashMap::new();
        for source in &live.watchlists.sources {
            let Some(row) = self.health.get(&source.key).filter(|row| row.state == SourceState::RateLimited) else {
                continue;
            };
            let until = row.next.zip(row.asked).map(|(next, asked)| next.min(asked + LONGEST_HOLD));
            if let Some(until) = until.filter(|until| *until > now && !live.client.is_opened(&source.url)) {
                let known = paused.entry(host(&source.url)).or_insert(until);
                *known = until.max(*known);
            }
        }
        paused
    }

    /// Starts a poll; false when vigie is stopping.
    async fn start(&mut self, key: SourceKey, ended: &mpsc::UnboundedSender<Ended>) -> bool {
        let live = self.context.live.load();
        let (Some(source), Some(before)) = (live.source(key), self.health.get(&key)) else {
            self.schedule.remove(key);
            return true;
        };
        let permit = tokio::select! {
            permit = Arc::clone(&self.permits).acquire_owned() => permit,
            () = self.context.stop.cancelled() => return false,
        };
        // The semaphore is never closed.
        let Ok(permit) = permit else { return false };
        let poll = poll(
            self.context.clone(),
            self.fetcher.clone(),
            (source.source.clone(), source.access.clone()),
            pace(source, &live),
            before.clone(),
        );
        let (ended, cut) = (ended.clone(), self.cut.clone());
        self.polls.spawn(async move {
            let end = cut.run_until_cancelled(poll).await;
            drop(permit);
            // The scheduler outlives its polls but for a stop.
            let nothing = Ended { key, health: None, pause: None, slack: Duration::ZERO };
            let _ = ended.send(end.unwrap_or(nothing));
        });
        true
    }

    fn finish(&mut self, end: Ended) {
        let Ended { key, health, pause, slack } = end;
        let now = self.context.clock.now();
        self.schedule.finished(key, now);
        self.say_change(key, health.as_ref());
        let live = self.context.live.load();
        let Some(source) = live.source(key) else { return };
        let (host, opened) = (host(&source.url), live.client.is_opened(&source.url));
        if let (Some(pause), false) = (pause, opened) {
            self.schedule.hold(&host, now + pause.min(LONGEST_HOLD));
        }
        let Some(health) = health else { return };
        // A 410 is not asked again until its line changes.
        if let Some(next) = health.next {
            self.schedule.insert_with(key, &host, next, opened, slack);
        }
        self.health.insert(key, health);
    }

    /// Returns the sources that are not asked any more, because their host asks to be left alone.
    fn finish_once(&mut self, end: &Ended) -> Vec<(SourceKey, Option<Timestamp>)> {
        let now = self.context.clock.now();
        self.schedule.finished(end.key, now);
        self.say_change(end.key, end.health.as_ref());
        let live = self.context.live.load();
        let (Some(source), Some(pause)) = (live.source(end.key), end.pause) else { return Vec::new() };
        if live.client.is_opened(&source.url) {
            return Vec::new();
        }
        let (host, until) = (host(&source.url), now + pause.min(LONGEST_HOLD));
        if pause <= ONCE_WAITS {
            self.schedule.hold(&host, until);
            return Vec::new();
        }
        self.schedule.remove_host(&host).into_iter().map(|key| (key, Some(until))).collect()
    }

    fn say_change(&self, key: SourceKey, after: Option<&SourceHealth>) {
        let (Some(after), Some(before)) = (after, self.health.get(&key)) else { return };
        if before.state == after.state {
            return;
        }
        let url = net::redact(&after.url);
        let (from, to) = (before.state.word(), after.state.word());
        let detail = after.detail.as_deref().unwrap_or_default();
        if after.state.is_well() {
            tracing::info!(event = "source_state", url, from, to, "a source is well");
        } else {
            tracing::warn!(event = "source_state", url, from, to, detail, "a source is ill");
        }
    }
}

/// What a source's lines say, whatever stands above them in the file.
fn line_of(source: &WatchedSource) -> u64 {
    struct Hashed(DefaultHasher);
    impl std::fmt::Write for Hashed {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.write(text.as_bytes());
            Ok(())
        }
    }
    let mut hashed = Hashed(DefaultHasher::new());
    // Hashing cannot fail.
    let _ = std::fmt::Write::write_fmt(&mut hashed, format_args!("{:?} {:?}", source.every, source.source));
    let mut hasher = hashed.0;
    source.access.fingerprint().hash(&mut hasher);
    for line in &source.lines {
        (&line.name, line.language, &line.teams).hash(&mut hasher);
    }
    hasher.finish()
}

fn new_row(source: &WatchedSource) -> SourceHealth {
    SourceHealth {
        key: source.key,
        kind: source.kind.word().to_owned(),
        url: source.url.clone(),
        state: SourceState::Unknown,
        detail: None,
        failures: 0,
        since: None,
        failing_since: None,
        asked: None,
        next: None,
        held: false,
        baseline: None,
        weekly: 0.0,
        told: 0,
        told_at: None,
    }
}

/// A host is a name or address without its port.
fn host(url: &str) -> String {
    net::host(url).unwrap_or_else(|| url.to_owned())
}

fn pace(source: &WatchedSource, live: &Live) -> Pace {
    Pace { every: source.every, slowest: live.settings.fetch.slowest }
}

/// One poll, from the request to the commit.
async fn poll<S: Store, C: Clock>(
    context: Context<S, C>,
    fetcher: Fetcher<C>,
    (source, access): (Source, Access),
    pace: Pace,
    before: SourceHealth,
) -> Ended {
    let mut end = Ended { key: before.key, health: None, pause: None, slack: Duration::ZERO };
    let state = match context.store.state(before.key).await {
        Ok(state) => state,
        Err(error) => {
            tracing::error!(event = "store", %error, "the store cannot be read; the source is asked again later");
            end.health = Some(SourceHealth { next: Some(context.clock.now() + STORE_PAUSE), ..before });
            return end;
        }
    };
    let started = context.clock.now();
    let poll = fetcher.poll_with(&source, &access, state).await;
    let jitter = fastrand::f64();
    // A source that says nothing any more was read as well as one that does.
    let parsed = poll.verdict.read && poll.verdict.state.is_readable();
    let health = after(before, &poll, pace, started, context.clock.now(), jitter);
    end.pause = poll.verdict.pause;
    end.slack = health.next.map_or(Duration::ZERO, |next| Pace::slack(started, next, jitter));
    let (done, committed) = oneshot::channel();
    let polled = Polled { health, entries: poll.entries, parsed, state: poll.state, done };
    if context.ingest.send(polled).await.is_ok() {
        end.health = committed.await.ok();
    }
    end
}

/// The row after a poll.
fn after(
    before: SourceHealth,
    poll: &Poll,
    pace: Pace,
    started: Timestamp,
    finished: Timestamp,
    jitter: f64,
) -> SourceHealth {
    let verdict = &poll.verdict;
    let well = verdict.state.is_well();
    let failures = if well { 0 } else { before.failures.saturating_add(1) };
    let outcome = Outcome {
        state: verdict.state,
        failures,
        retry_after: verdict.retry_after,
        min_interval: verdict.min_interval,
        skips: verdict.skips,
    };
    let (next, held) = match pace.next(before.weekly, &outcome, started, finished, jitter) {
        Next::At { due, held } => (Some(due), held),
        Next::Never => (None, true),
    };
    SourceHealth {
        state: verdict.state,
        detail: verdict.detail.clone(),
        failures,
        since: if before.state == verdict.state { before.since } else { Some(started) },
        failing_since: if well { None } else { before.failing_since.or(Some(started)) },
        asked: Some(started),
        next,
        held,
        ..before
    }
}
