//! Stage 2: undecided mentions and the clock → decisions and closed messages → one commit. Owns the order
//! of things and the commit; what is decided is `alert`, what is written is `notify`.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::alert::Reason;
use crate::alert::coverage::{Coverage, Line, Observation};
use crate::alert::rule::BrandKind;
use crate::alert::rules::route;
use crate::alert::windows::{Closed, Key, SETTLE, Windows};
use crate::clock::Clock;
use crate::live::{Live, Shared};
use crate::mention::StoredMention;
use crate::message::{self, Unwritten};
use crate::store::{AlerterCommit, DecisionRow, NewMessage, Store, StoreError, WindowRow};
use crate::systemd::Beat;

/// Mentions taken from the store at once.
const BATCH: usize = 500;
/// The store is asked again after this time when it cannot be written.
const STORE_PAUSE: Duration = Duration::from_secs(5);
/// The loop looks around at least this often.
const LOOK: Duration = Duration::from_secs(10);
/// Windows longer ago than any `group` are forgotten.
const LONGEST_GROUP: Duration = Duration::from_hours(168);
/// The rule name under which the pace of coverage is kept.
const COVERAGE: &str = "coverage";

/// What the daemon tells the alerter, besides what is in the store.
#[derive(Debug, Clone)]
pub enum News {
    /// A watchlist was refused; the old one stays.
    Refused {
        /// The file's name in the folder.
        file: String,
        /// Hash of the refused content: each content is told once.
        content: String,
        /// The diagnostics of `check`.
        diagnostics: String,
    },
}

/// What the alerter needs besides its queues.
#[derive(Debug, Clone)]
pub struct Context<S, C> {
    /// The store.
    pub store: S,
    /// The clock.
    pub clock: C,
    /// Settings and watchlists.
    pub live: Shared,
    /// Woken by ingest.
    pub wake: Arc<Notify>,
    /// Wakes the outbox after messages were closed.
    pub outbox: Arc<Notify>,
    /// When cancelled, what is in the store is decided and the task ends.
    pub stop: CancellationToken,
    /// Shows that the loop turns.
    pub beat: Beat,
}

/// The alerter's memory; rebuilt from the store at start.
#[derive(Debug)]
pub struct Alerter<S, C> {
    context: Context<S, C>,
    windows: Windows,
    coverage: Coverage,
    last: i64,
}

impl<S: Store, C: Clock> Alerter<S, C> {
    /// Rebuilds windows and coverage from the store.
    ///
    /// # Errors
    /// The store's.
    pub async fn restore(context: Context<S, C>) -> Result<Self, StoreError> {
        let now = context.clock.now();
        let live = context.live.load();
        let (mut windows, mut coverage) = (Windows::default(), Coverage::default());
        let (rows, waiting) = context.store.windows().await?;
        for row in rows {
            if row.rule == COVERAGE && row.team.is_empty() {
                coverage.restore_closed(row.closed);
                continue;
            }
            let key = Key { team: row.team, rule: row.rule, channel: row.channel, brand: row.brand };
            windows.restore_closed(key, row.closed);
        }
        for one in waiting {
            let team = one.mention.mention.team;
            let group = live.rule(&team, &one.rule).map_or(Some(Duration::ZERO), |rule| rule.group);
            let key = Key { team, rule: one.rule, channel: one.channel, brand: one.mention.mention.brand };
            windows.restore_waiting(key, group, one.mention.id, now);
        }
        for health in context.store.sources().await? {
            if live.source(health.key).is_some() && (!health.state.is_well() || health.told > 0) {
                coverage.observe(
                    Observation {
                        key: health.key,
                        state: health.state,
                        detail: health.detail,
                        failures: health.failures,
                        failing_since: health.failing_since,
                        told: health.told,
                        told_at: health.told_at,
                    },
                    now,
                );
            }
        }
        Ok(Self { context, windows, coverage, last: 0 })
    }

    /// Runs until it is told to stop; then decides what the store still holds and ends.
    ///
    /// # Errors
    /// The store's error when it is damaged; one that may pass is waited for.
    pub async fn run(
        mut self,
        mut observations: mpsc::UnboundedReceiver<Observation>,
        mut news: mpsc::Receiver<News>,
    ) -> Result<(), StoreError> {
        let (mut observing, mut informed) = (true, true);
        loop {
            self.context.beat.now();
            self.decide(false).await?;
            let look = self.context.clock.now() + LOOK;
            let next = [self.windows.next_due(), self.coverage.next_due()].into_iter().flatten().fold(look, Ord::min);
            let clock = self.context.clock.clone();
            let due = async move { clock.sleep_until(next).await };
            tokio::select! {
                () = self.context.wake.notified() => {}
                () = due => {}
                seen = observations.recv(), if observing => match seen {
                    Some(seen) => {
                        self.observe(seen);
                        while let Ok(seen) = observations.try_recv() {
                            self.observe(seen);
                        }
                    }
                    None => observing = false,
                },
                one = news.recv(), if informed => match one {
                    Some(one) => self.hear(one).await?,
                    None => informed = false,
                },
                () = self.context.stop.cancelled() => break,
            }
        }
        while let Ok(seen) = observations.try_recv() {
            self.observe(seen);
        }
        self.decide(false).await
    }

    /// Takes in what a poll showed of a source.
    pub fn observe(&mut self, seen: Observation) {
        self.coverage.observe(seen, self.context.clock.now());
    }

    /// Decides what is in the store and closes what is due. With `settle_over`, a window that was opened is
    /// closed at once: `run --once` has no later.
    ///
    /// # Errors
    /// The store's error when it is damaged.
    pub async fn decide(&mut self, settle_over: bool) -> Result<(), StoreError> {
        let live = self.context.live.load();
        loop {
            let batch = self.context.store.undecided(self.last, BATCH).await?;
            let full = batch.len() == BATCH;
            let mut commit = AlerterCommit::default();
            let now = self.context.clock.now();
            for mention in &batch {
                self.decide_one(&live, mention, now, &mut commit);
                self.last = mention.id;
            }
            let batched: HashMap<i64, StoredMention> = batch.into_iter().map(|one| (one.id, one)).collect();
            // What opens a window early is told with all that is there already.
            let settle_over = settle_over && !full;
            let until = if settle_over { now + SETTLE } else { now };
            self.close_windows(&live, until, now, batched, &mut commit).await?;
            self.close_coverage(&live, settle_over, now, &mut commit);
            self.commit(commit).await?;
            if !full {
                break;
            }
        }
        self.windows.forget_ended(self.context.clock.now(), LONGEST_GROUP);
        Ok(())
    }

    fn decide_one(&mut self, live: &Live, stored: &StoredMention, now: Timestamp, commit: &mut AlerterCommit) {
        let mention = &stored.mention;
        commit.decided.push(stored.id);
        let mut decision = |rule: Option<&str>, channel: Option<&str>, reason: Reason| {
            commit.decisions.push(DecisionRow {
                mention: stored.id,
                rule: rule.map(str::to_owned),
                channel: channel.map(str::to_owned),
                reason,
                message: None,
            });
        };
        // A team that is gone has no rules: its last mentions are kept, and told to nobody.
        let Some(team) = live.team(&mention.team) else { return decision(None, None, Reason::NoRule) };
        let brand = team.brands.iter().find(|brand| brand.id == mention.brand);
        let kind = brand.map_or(BrandKind::default(), |brand| brand.kind);
        for verdict in route(&team.rules, kind, mention) {
            let rule = verdict.rule.map(|rule| rule.name.as_str());
            match (verdict.reason, verdict.rule, verdict.channel) {
                (None, Some(taken), Some(channel)) => {
                    if message::channel(&live.settings, channel).is_none() {
                        decision(rule, Some(channel), Reason::NoChannel);
                        continue;
                    }
                    let key = Key {
                        team: mention.team.clone(),
                        rule: taken.name.clone(),
                        channel: channel.to_owned(),
                        brand: mention.brand.clone(),
                    };
                    let reason = self.windows.add(&key, taken.group, stored.id, now);
                    decision(rule, Some(channel), reason);
                }
                (reason, _, channel) => decision(rule, channel, reason.unwrap_or(Reason::NoRule)),
            }
        }
    }

    async fn close_windows(
        &mut self,
        live: &Live,
        until: Timestamp,
        now: Timestamp,
        batched: HashMap<i64, StoredMention>,
        commit: &mut AlerterCommit,
    ) -> Result<(), StoreError> {
        let group_of = |key: &Key| live.rule(&key.team, &key.rule).map(|rule| rule.group);
        for closed in self.windows.close_due(until, now, group_of) {
            let Closed { key, mentions, .. } = &closed;
            let missing: Vec<i64> = mentions.iter().copied().filter(|id| !batched.contains_key(id)).collect();
            let mut told = if missing.is_empty() { Vec::new() } else { self.context.store.stored(&missing).await? };
            told.extend(mentions.iter().filter_map(|id| batched.get(id)).cloned());
            told.sort_by_key(|one| one.id);
            match message::of_mentions(live, &closed, &told, self.coverage.ill(), now) {
                Ok(message) => commit.messages.push(message),
                Err(Unwritten::NoChannel) => {
                    commit.decisions.extend(mentions.iter().map(|mention| DecisionRow {
                        mention: *mention,
                        rule: Some(key.rule.clone()),
                        channel: Some(key.channel.clone()),
                        reason: Reason::NoChannel,
                        message: None,
                    }));
                }
                Err(error @ Unwritten::Render(_)) => {
                    // They stay undelivered in the store, and are tried again after a start.
                    tracing::error!(channel = key.channel, %error, "a message could not be written");
                    continue;
                }
            }
            commit.windows.push(WindowRow {
                team: key.team.clone(),
                rule: key.rule.clone(),
                channel: key.channel.clone(),
                brand: key.brand.clone(),
                closed: now,
            });
        }
        Ok(())
    }

    fn close_coverage(&mut self, live: &Live, settle_over: bool, now: Timestamp, commit: &mut AlerterCommit) {
        self.coverage.keep(|key| live.source(key).is_some());
        let lines = self.coverage.close_due(now, settle_over);
        if lines.is_empty() {
            return;
        }
        commit.told.extend(lines.iter().map(|line| (line.key, line.number, now)));
        commit.windows.push(WindowRow {
            team: String::new(),
            rule: COVERAGE.to_owned(),
            channel: String::new(),
            brand: String::new(),
            closed: now,
        });
        commit.messages.extend(coverage_messages(live, &lines, now));
    }

    /// Takes in what the daemon says.
    ///
    /// # Errors
    /// The store's error when it is damaged.
    pub async fn hear(&mut self, news: News) -> Result<(), StoreError> {
        let live = self.context.live.load();
        let now = self.context.clock.now();
        let mut commit = AlerterCommit::default();
        match news {
            News::Refused { file, content, diagnostics } => {
                // A file that never was good has no team of its own: every team may know whose it is.
                let teams = &live.watchlists.teams;
                let own = teams.iter().any(|team| *team.file == *file);
                let mut channels: BTreeSet<&str> = BTreeSet::new();
                for team in teams.iter().filter(|team| !own || *team.file == *file) {
                    channels.extend(live.coverage_channels(team).into_iter().map(|(_, channel)| channel));
                }
                let to = channels.into_iter().filter_map(|channel| message::channel(&live.settings, channel));
                commit.messages.extend(
                    to.filter_map(|channel| message::of_refusal(&live, channel, &file, &content, &diagnostics, now)),
                );
            }
        }
        self.commit(commit).await
    }

    /// Commits, again and again while the store cannot be written: windows have moved on already.
    async fn commit(&self, commit: AlerterCommit) -> Result<(), StoreError> {
        if commit.is_empty() {
            return Ok(());
        }
        let messages = commit.messages.len();
        loop {
            match self.context.store.commit_decisions(commit.clone()).await {
                Ok(()) => break,
                Err(StoreError::Unwritable(reason)) => {
                    tracing::error!(event = "store", reason, "the store cannot be written; trying again in 5 s");
                    self.context.clock.sleep_until(self.context.clock.now() + STORE_PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        }
        if messages > 0 {
            self.context.outbox.notify_waiters();
        }
        Ok(())
    }
}

/// One message for each (team, rule, channel) whose team watches one of the sources.
fn coverage_messages(live: &Live, lines: &[Line], now: Timestamp) -> Vec<NewMessage> {
    let mut messages = Vec::new();
    for (number, team) in live.watchlists.teams.iter().enumerate() {
        let is_watched = |line: &&Line| {
            live.source(line.key).is_some_and(|source| source.lines.iter().any(|line| line.teams.contains(&number)))
        };
        let of_team: Vec<&Line> = lines.iter().filter(is_watched).collect();
        if of_team.is_empty() {
            continue;
        }
        for (rule, channel) in live.coverage_channels(team) {
            if let Some(channel) = message::channel(&live.settings, channel) {
                messages.extend(message::of_coverage(live, number, rule, channel, &of_team, now));
            }
        }
    }
    messages
}
