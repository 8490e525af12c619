//! The one scheduler task: releases a due source when its host's slot is free, polls it, hands the poll to
//! ingest, and keeps when to ask next. Owns pace and health; reading is `fetch` and `source`.

mod known;
mod poll;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::known::{Known, Remembered};
use self::poll::{Ended, pace, poll};
use crate::clock::Clock;
use crate::fetch::Fetcher;
use crate::health::SourceState;
use crate::ingest::Polled;
use crate::live::{Live, Shared};
use crate::net;
use crate::schedule::Schedule;
use crate::source::SourceKey;
use crate::store::{Store, StoreError, Touch};
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

/// Sources that fall due within this time start together, and what ended is looked at together: one wake-up
/// serves them all.
const GRAIN: Duration = Duration::from_millis(100);
/// What unchanged polls leave to write waits this long for company, and no more rows than that.
const TOUCH: Duration = Duration::from_secs(1);
const MOST_TOUCHED: usize = 500;

/// The scheduler's memory.
#[derive(Debug)]
pub struct Scheduler<S, C> {
    context: Context<S, C>,
    schedule: Schedule,
    /// The set that `watched` belongs to; a reload is taken up when it is told.
    live: Arc<Live>,
    /// By the places of the sources in `live`.
    watched: Vec<Watched>,
    permits: Arc<Semaphore>,
    fetcher: Fetcher<C>,
    polls: TaskTracker,
    /// Ends polls that outlive their grace.
    cut: CancellationToken,
    /// Up to when sources that fell due were started.
    looked: Timestamp,
    /// Times of unchanged polls that are not in the store yet, and since when the first one waits.
    touched: Vec<Touch>,
    touched_since: Timestamp,
}

/// A source of a watchlist.
#[derive(Debug)]
struct Watched {
    known: Known,
    remembered: Remembered,
    /// What its lines said when they were last looked at: one that is held is asked again when that changes.
    line: u64,
}

impl<S: Store, C: Clock> Scheduler<S, C> {
    /// Takes up what the store knows of the sources.
    ///
    /// # Errors
    /// The store's.
    pub async fn restore(context: Context<S, C>) -> Result<Self, StoreError> {
        let live = context.live.load();
        let concurrency = live.settings.fetch.concurrency;
        let of_watched = Arc::clone(&live);
        let rows = context
            .store
            .each_source(move |row| of_watched.source(row.key).is_some().then(|| (row.key, Known::of(row))))
            .await?;
        let mut rows: HashMap<SourceKey, Known> = rows.into_iter().collect();
        let watched = |source: &WatchedSource| Watched {
            known: rows.remove(&source.key).unwrap_or_else(Known::new),
            remembered: Remembered::default(),
            line: line_of(source),
        };
        Ok(Self {
            schedule: Schedule::new(concurrency),
            watched: live.watchlists.sources.iter().map(watched).collect(),
            permits: Arc::new(Semaphore::new(concurrency)),
            fetcher: Fetcher::new(live.client.clone(), context.clock.clone()),
            polls: TaskTracker::new(),
            cut: CancellationToken::new(),
            looked: Timestamp::MIN,
            touched: Vec::new(),
            touched_since: Timestamp::MIN,
            live,
            context,
        })
    }

    /// Runs until it is told to stop.
    pub async fn run(mut self) {
        let (ended, mut endings) = mpsc::unbounded_channel();
        self.take_up(None, false);
        loop {
            self.context.beat.now();
            while let Ok(end) = endings.try_recv() {
                self.finish(end);
            }
            let mut wake = self.release(&ended).await;
            // Where nothing waits for a poll to end, those that ended are looked at together.
            let is_pressed = self.schedule.is_pressed();
            if !is_pressed && self.schedule.running() > 0 {
                wake = wake.min(self.looked + GRAIN);
            }
            tokio::select! {
                biased;
                () = self.context.stop.cancelled() => break,
                Some(end) = endings.recv(), if is_pressed => self.finish(end),
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
        while let Ok(end) = endings.try_recv() {
            self.touched.extend(end.touch);
        }
        touch(self.context.store, self.touched).await;
    }

    /// Asks every source once, whatever its interval; a running Retry-After, back-off or 410 still holds.
    /// Returns the sources that were not asked because of that, with the time until which it holds. `told` hears
    /// at first and after each one how many were asked, and of how many.
    pub async fn run_once(mut self, mut told: impl FnMut(usize, usize)) -> Vec<(SourceKey, Option<Timestamp>)> {
        let (ended, mut endings) = mpsc::unbounded_channel();
        let mut held = self.take_up(None, true);
        let (mut done, all) = (0, self.schedule.len());
        told(done, all);
        loop {
            let wake = self.release(&ended).await;
            if self.schedule.is_empty() && self.schedule.running() == 0 {
                break;
            }
            tokio::select! {
                biased;
                () = self.context.stop.cancelled() => {
                    self.cut.cancel();
                    break;
                }
                Some(end) = endings.recv() => {
                    held.extend(self.finish_once(end));
                    done += 1;
                    told(done, all);
                }
                () = self.context.clock.sleep_until(wake) => {}
            }
        }
        self.polls.close();
        self.polls.wait().await;
        while let Ok(end) = endings.try_recv() {
            self.touched.extend(end.touch);
        }
        touch(self.context.store, self.touched).await;
        held
    }

    /// Starts what is due, writes what waited long enough, and says when to look again.
    async fn release(&mut self, ended: &mpsc::UnboundedSender<Ended>) -> Timestamp {
        let now = self.context.clock.now();
        if now >= self.looked.saturating_add(GRAIN).unwrap_or(now) || now < self.looked {
            self.looked = now;
        }
        while let Some(key) = self.schedule.pop_due(self.looked) {
            if !self.start(key, ended).await {
                break;
            }
        }
        let mut wake = now + LOOK;
        if let Some(due) = self.schedule.next_wake() {
            wake = wake.min(due.max(self.looked + GRAIN));
        }
        if !self.touched.is_empty() {
            let flush = self.touched_since + TOUCH;
            if now >= flush || now < self.touched_since || self.touched.len() >= MOST_TOUCHED {
                self.polls.spawn(touch(self.context.store.clone(), mem::take(&mut self.touched)));
            } else {
                wake = wake.min(flush);
            }
        }
        wake
    }

    fn take_up_reloaded(&mut self) {
        let live = self.context.live.load();
        let before = mem::replace(&mut self.live, Arc::clone(&live));
        self.fetcher = self.fetcher.with_client(live.client.clone());
        // Polls in flight give their permits back to the old count.
        self.permits = Arc::new(Semaphore::new(live.settings.fetch.concurrency));
        self.schedule.set_concurrency(live.settings.fetch.concurrency);
        self.take_up(Some(&before), false);
        // Thousands of sources and terms are not dropped while polls wait.
        tokio::task::spawn_blocking(move || drop(before));
    }

    /// Brings the schedule in line with the watchlists, `before` them those that `watched` is of.
    fn take_up(&mut self, before: Option<&Live>, once: bool) -> Vec<(SourceKey, Option<Timestamp>)> {
        let now = self.context.clock.now();
        let live = Arc::clone(&self.live);
        let mut rewritten = Vec::new();
        if let Some(before) = before {
            let mut old: Vec<Option<Watched>> = mem::take(&mut self.watched).into_iter().map(Some).collect();
            for source in before.watchlists.sources.iter().filter(|source| live.place(source.key).is_none()) {
                self.schedule.remove(source.key);
            }
            for source in &live.watchlists.sources {
                let line = line_of(source);
                let known = before.place(source.key).and_then(|place| old[place].take());
                rewritten.push(known.as_ref().is_some_and(|known| known.line != line));
                self.watched.push(match known {
                    Some(known) => Watched { line, ..known },
                    None => Watched { known: Known::new(), remembered: Remembered::default(), line },
                });
            }
        }
        self.schedule.look(now);
        self.follow_clock(now);
        let paused = self.paused_hosts(now);
        for (host, until) in &paused {
            self.schedule.hold(host, *until);
        }
        let mut held = Vec::new();
        for (place, source) in live.watchlists.sources.iter().enumerate() {
            let host = host(&source.url);
            let known = &self.watched[place].known;
            let is_rewritten = rewritten.get(place).copied().unwrap_or(false);
            let opened = live.client.is_opened(&source.url);
            let due = if once {
                if known.held && known.next().is_none_or(|next| next > now) {
                    held.push((source.key, known.next()));
                    continue;
                }
                if let (Some(until), false) = (paused.get(&host), opened) {
                    held.push((source.key, Some(*until)));
                    continue;
                }
                now
            } else if known.held && is_rewritten && known.state != SourceState::RateLimited {
                now
            } else if known.held && known.next().is_none() {
                continue;
            } else {
                // A shorter `every` takes effect at the reload, not after the long interval.
                let interval = pace(source, &live).interval(known.weekly);
                let soon = if known.held { None } else { known.asked().map(|asked| asked + interval) };
                [known.next(), soon].into_iter().flatten().min().unwrap_or(now)
            };
            self.schedule.insert(source.key, &host, due, opened);
        }
        held
    }

    /// Who was asked in the future was asked by a clock that was set back since: all dates move with it.
    fn follow_clock(&mut self, now: Timestamp) {
        for Watched { known, .. } in &mut self.watched {
            known.follow_clock(now);
        }
    }

    /// Hosts of which a source was told to wait, with the time until which all of their sources do.
    fn paused_hosts(&self, now: Timestamp) -> HashMap<String, Timestamp> {
        let mut paused = HashMap::new();
        for (source, Watched { known, .. }) in self.live.watchlists.sources.iter().zip(&self.watched) {
            if known.state != SourceState::RateLimited {
                continue;
            }
            let until = known.next().zip(known.asked()).map(|(next, asked)| next.min(asked + LONGEST_HOLD));
            if let Some(until) = until.filter(|until| *until > now && !self.live.client.is_opened(&source.url)) {
                let known = paused.entry(host(&source.url)).or_insert(until);
                *known = until.max(*known);
            }
        }
        paused
    }

    /// Starts a poll; false when vigie is stopping.
    async fn start(&mut self, key: SourceKey, ended: &mpsc::UnboundedSender<Ended>) -> bool {
        let Some(place) = self.live.place(key) else {
            self.schedule.remove(key);
            return true;
        };
        let permit = tokio::select! {
            permit = Arc::clone(&self.permits).acquire_owned() => permit,
            () = self.context.stop.cancelled() => return false,
        };
        // The semaphore is never closed.
        let Ok(permit) = permit else { return false };
        let watched = &mut self.watched[place];
        let remembered = mem::take(&mut watched.remembered);
        let (context, fetcher, live) = (self.context.clone(), self.fetcher.clone(), Arc::clone(&self.live));
        let poll = Box::pin(poll(context, fetcher, live, place, watched.known.clone(), remembered));
        let (ended, cut) = (ended.clone(), self.cut.clone());
        self.polls.spawn(async move {
            let end = cut.run_until_cancelled(poll).await;
            drop(permit);
            // The scheduler outlives its polls but for a stop.
            let _ = ended.send(end.unwrap_or_else(|| Ended::cut(key)));
        });
        true
    }

    fn finish(&mut self, end: Ended) {
        let now = self.context.clock.now();
        let Some(place) = self.live.place(end.key) else {
            self.schedule.finished(end.key, now);
            return;
        };
        self.keep(place, &end, now);
        match end.known.as_ref().map(Known::next) {
            Some(Some(next)) => self.schedule.finished_until(end.key, now, next, end.slack),
            // A 410 is not asked again until its line changes.
            Some(None) | None => self.schedule.finished(end.key, now),
        }
        if let Some(pause) = end.pause {
            let url = &self.live.watchlists.sources[place].url;
            if !self.live.client.is_opened(url) {
                self.schedule.hold(&host(url), now + pause.min(LONGEST_HOLD));
            }
        }
        self.learn(place, end);
    }

    /// Returns the sources that are not asked any more, because their host asks to be left alone.
    fn finish_once(&mut self, end: Ended) -> Vec<(SourceKey, Option<Timestamp>)> {
        let now = self.context.clock.now();
        self.schedule.finished(end.key, now);
        let Some(place) = self.live.place(end.key) else { return Vec::new() };
        let pause = end.pause;
        self.keep(place, &end, now);
        self.learn(place, end);
        let url = &self.live.watchlists.sources[place].url;
        let Some(pause) = pause.filter(|_| !self.live.client.is_opened(url)) else { return Vec::new() };
        let (host, until) = (host(url), now + pause.min(LONGEST_HOLD));
        if pause <= ONCE_WAITS {
            self.schedule.hold(&host, until);
            return Vec::new();
        }
        self.schedule.remove_host(&host).into_iter().map(|key| (key, Some(until))).collect()
    }

    /// Says what changed, and notes what is to be written.
    fn keep(&mut self, place: usize, end: &Ended, now: Timestamp) {
        if let Some(touch) = end.touch {
            if self.touched.is_empty() {
                self.touched_since = now;
            }
            self.touched.push(touch);
            return;
        }
        let (Some(after), before) = (&end.known, &self.watched[place].known) else { return };
        if before.state == after.state {
            return;
        }
        let url = net::redact(&self.live.watchlists.sources[place].url);
        let (from, to) = (before.state.word(), after.state.word());
        let detail = after.detail().unwrap_or_default();
        if after.state.is_well() {
            tracing::info!(event = "source_state", url, from, to, "a source is well");
        } else {
            tracing::warn!(event = "source_state", url, from, to, detail, "a source is ill");
        }
    }

    fn learn(&mut self, place: usize, end: Ended) {
        let watched = &mut self.watched[place];
        if let Some(known) = end.known {
            watched.known = known;
            watched.remembered = end.remembered;
        }
    }
}

/// Writes the times of unchanged polls. What is lost is asked once more after a start, no worse.
async fn touch<S: Store>(store: S, polls: Vec<Touch>) {
    if !polls.is_empty()
        && let Err(error) = store.touch(polls).await
    {
        tracing::error!(event = "store", %error, "when sources were asked was not written");
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

/// A host is a name or address without its port.
fn host(url: &str) -> String {
    net::host(url).unwrap_or_else(|| url.to_owned())
}
