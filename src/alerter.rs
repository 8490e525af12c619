//! Stage 2: undecided mentions and the clock → decisions and closed messages → one commit. Owns the order
//! of things and the commit; what is decided is `alert`, what is written is `notify`.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::alert::Reason;
use crate::alert::coverage::{Coverage, Observation};
use crate::alert::digest::Digests;
use crate::alert::escalation::{self, Escalations};
use crate::alert::mute::Mutes;
use crate::alert::windows::{Key, SETTLE, Windows};
use crate::clock::Clock;
use crate::distress::{Patience, Plight};
use crate::failpoint;
use crate::live::{Live, Shared};
use crate::mention::StoredMention;
use crate::message;
use crate::store::{AlerterCommit, SourceHealth, Store, StoreError};
use crate::systemd::Beat;

mod close;
mod decide;
mod digests;
mod pace;
mod silences;
mod spikes;

use silences::Silences;
use spikes::Spikes;

/// Mentions taken from the store at once.
const BATCH: usize = 500;
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
    /// Shared with the other stages.
    pub plight: Plight,
}

/// The alerter's memory; rebuilt from the store at start.
#[derive(Debug)]
pub struct Alerter<S, C> {
    context: Context<S, C>,
    windows: Windows,
    coverage: Coverage,
    escalations: Escalations,
    digests: Digests,
    spikes: Spikes,
    silences: Silences,
    /// The set for which it was looked whether every mention that waits for a digest still has one.
    sorted: Option<Arc<Live>>,
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
        let (mut escalations, mut digests) = (Escalations::default(), Digests::default());
        let mut spikes = Spikes::default();
        let (rows, waiting) = context.store.windows().await?;
        for row in rows {
            match (row.team.is_empty(), row.channel.is_empty(), row.brand.is_empty()) {
                (true, ..) if row.rule == COVERAGE => coverage.restore_closed(row.closed),
                (false, true, true) => digests.restore(row.team, row.rule, row.closed),
                // Without a rule: a silence, as earlier versions kept it.
                (false, true, false) if row.rule.is_empty() => {}
                (false, true, false) => spikes.restore(row.team, row.rule, row.brand, row.closed),
                _ => {
                    let key = Key { team: row.team, rule: row.rule, channel: row.channel, brand: row.brand };
                    windows.restore_closed(key, row.closed);
                }
            }
        }
        spikes.restore_kept(&context.store).await?;
        let silences = Silences::restore(&context.store, now).await?;
        for one in waiting {
            let mention = one.mention.mention;
            let key = Key { team: mention.team, rule: one.rule, channel: one.channel, brand: mention.brand };
            windows.restore_waiting(key, one.mention.id, one.reason == Reason::CapReached, now);
        }
        let paced = context.store.paced(now.checked_sub(LONGEST_GROUP).unwrap_or(now)).await?;
        for (team, rule, channel, closed) in paced.sent {
            windows.restore_sent(team, rule, channel, closed);
        }
        for one in paced.escalations {
            let key = escalation::Key { team: one.team, rule: one.rule, brand: one.brand };
            escalations.add(key, one.mention, one.told);
        }
        let of_watched = Arc::clone(&live);
        let ill = move |health: SourceHealth| {
            let is_of_interest = !health.state.is_well() || health.told > 0;
            (is_of_interest && of_watched.source(health.key).is_some()).then_some(Observation {
                key: health.key,
                state: health.state,
                detail: health.detail,
                failures: health.failures,
                failing_since: health.failing_since,
                told: health.told,
                told_at: health.told_at,
            })
        };
        for observation in context.store.each_source(ill).await? {
            coverage.observe(observation, now);
        }
        Ok(Self { context, windows, coverage, escalations, digests, spikes, silences, sorted: None, last: 0 })
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
        let (mut observing, mut informed, mut anything) = (true, true, true);
        loop {
            failpoint::hangs("alerter/turn").await;
            self.context.beat.now();
            if std::mem::replace(&mut anything, true) {
                self.decide(false).await?;
            }
            let next = self.next_due();
            let clock = self.context.clock.clone();
            let due = async move { clock.sleep_until(next).await };
            tokio::select! {
                () = self.context.wake.notified() => {}
                () = due => {}
                seen = observations.recv(), if observing => match seen {
                    // Most polls find a source as well as it was.
                    Some(seen) => {
                        anything = self.observe(seen);
                        while let Ok(seen) = observations.try_recv() {
                            anything |= self.observe(seen);
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

    /// Takes in what a poll showed of a source; false when it is nothing to decide about.
    pub fn observe(&mut self, seen: Observation) -> bool {
        self.coverage.observe(seen, self.context.clock.now())
    }

    /// When the loop has something to do at the latest.
    fn next_due(&self) -> Timestamp {
        let (live, now) = (self.context.live.load(), self.context.clock.now());
        let zone = &live.settings.timezone;
        let windows = self.windows.next_due(zone, now, |key| pace::of(&live, key));
        let escalations = self.escalations.next_due(zone, now, |key| pace::escalation(&live, key));
        [windows, escalations, self.coverage.next_due()].into_iter().flatten().fold(now + LOOK, Ord::min)
    }

    /// Decides what is in the store and closes what is due. With `settle_over`, a window that was opened is
    /// closed at once: `run --once` has no later.
    ///
    /// # Errors
    /// The store's error when it is damaged.
    pub async fn decide(&mut self, settle_over: bool) -> Result<(), StoreError> {
        let live = self.context.live.load();
        self.sort_out_digests(&live).await?;
        loop {
            let batch = self.ask(|| self.context.store.undecided(self.last, BATCH)).await?;
            let full = batch.len() == BATCH;
            let mut commit = AlerterCommit::default();
            let now = self.context.clock.now();
            let mutes = Mutes::running(self.ask(|| self.context.store.mutes()).await?, now);
            let mut pasts = self.pasts(&batch).await?;
            for mention in &batch {
                self.decide_one(&live, mention, &mutes, &mut pasts, now, &mut commit);
                self.spikes.note(&live, mention, &mut commit);
                self.silences.note(mention);
                self.last = mention.id;
            }
            let batched: HashMap<i64, StoredMention> = batch.into_iter().map(|one| (one.id, one)).collect();
            // What opens a window early is told with all that is there already.
            let settle_over = settle_over && !full;
            let until = if settle_over { now + SETTLE } else { now };
            self.close_windows(&live, until, now, batched, &mutes, &mut commit).await?;
            self.close_escalations(&live, &mutes, now, &mut commit).await?;
            self.close_coverage(&live, settle_over, now, &mut commit);
            self.commit(commit).await?;
            if !full {
                self.close_spikes(&live, &mutes).await?;
                self.close_silences(&live, &mutes, settle_over).await?;
                break;
            }
        }
        // After the rest, so that what is decided in this round waits in the store when the digest looks.
        self.close_digests(&live).await?;
        self.windows.forget_ended(self.context.clock.now(), LONGEST_GROUP);
        Ok(())
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

    /// Asks again and again while the store does not answer: windows have moved on already.
    async fn ask<T, F>(&self, ask: impl FnMut() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let Context { clock, plight, beat, .. } = &self.context;
        Patience { clock, plight, beat }.ask(ask).await
    }

    async fn commit(&self, commit: AlerterCommit) -> Result<(), StoreError> {
        if commit.is_empty() {
            return Ok(());
        }
        let messages = commit.messages.len();
        failpoint::dies("alerter/commit");
        self.ask(|| self.context.store.commit_decisions(commit.clone())).await?;
        failpoint::dies("alerter/committed");
        if messages > 0 {
            self.context.outbox.notify_waiters();
        }
        Ok(())
    }
}
