//! The stages, connected and running: what passes between them, and in which order they stop. Owns the
//! queues; what a stage does is its own file's matter, when to start and stop is `daemon`'s.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::action::Signer;
use crate::alert::coverage::Observation;
use crate::alerter::{self, Alerter, News};
use crate::channels::{self, ChannelError};
use crate::clock::Clock;
use crate::ingest;
use crate::live::{Live, Shared};
use crate::outbox::{self, OutboxSettings};
use crate::replies;
use crate::scheduler::{self, Scheduler};
use crate::store::StoreError;
use crate::store::sqlite::Sqlite;
use crate::systemd::Beat;

/// Polls on their way to ingest: enough to keep it busy, few enough to bound memory.
const QUEUE: usize = 32;
/// The stage whose end lets the alerter end.
const INGEST: &str = "ingest";
/// An attempt in flight when vigie stops has this time.
const GRACE: Duration = Duration::from_secs(20);

/// What all stages share.
pub(crate) struct Context<C> {
    pub(crate) store: Sqlite,
    pub(crate) clock: C,
    pub(crate) live: Shared,
    pub(crate) backfill: Option<Duration>,
    pub(crate) signer: Signer,
}

/// How a stage ended: its name, and what the store said.
pub(crate) type StageEnd = (&'static str, Result<(), StoreError>);

/// What tells the stages, and what they tell.
pub(crate) struct Wires {
    pub(crate) news: mpsc::Sender<News>,
    pub(crate) messages: Arc<Notify>,
    pub(crate) reloaded: Arc<Notify>,
    pub(crate) stop_polling: CancellationToken,
    pub(crate) stop_alerting: CancellationToken,
    pub(crate) beats: [Beat; 4],
}

/// The stages before the outbox, connected; ingest runs already.
pub(crate) struct Parts<C> {
    pub(crate) tasks: JoinSet<StageEnd>,
    pub(crate) scheduler: Scheduler<Sqlite, C>,
    pub(crate) alerter: Alerter<Sqlite, C>,
    pub(crate) observed: mpsc::UnboundedReceiver<Observation>,
    pub(crate) heard: mpsc::Receiver<News>,
    pub(crate) wires: Wires,
}

impl<C: Clock> Parts<C> {
    pub(crate) async fn build(context: &Context<C>) -> Result<Self, StoreError> {
        let (polls, queue) = mpsc::channel(QUEUE);
        let (observations, observed) = mpsc::unbounded_channel();
        let (news, heard) = mpsc::channel(64);
        let wake = Arc::new(Notify::new());
        let wires = Wires {
            news,
            messages: Arc::new(Notify::new()),
            reloaded: Arc::new(Notify::new()),
            stop_polling: CancellationToken::new(),
            stop_alerting: CancellationToken::new(),
            beats: [Beat::default(), Beat::default(), Beat::default(), Beat::default()],
        };
        let scheduler = Scheduler::restore(scheduler::Context {
            store: context.store.clone(),
            clock: context.clock.clone(),
            live: context.live.clone(),
            ingest: polls,
            reloaded: Arc::clone(&wires.reloaded),
            stop: wires.stop_polling.clone(),
            beat: wires.beats[0].clone(),
        })
        .await?;
        let alerter = Alerter::restore(alerter::Context {
            store: context.store.clone(),
            clock: context.clock.clone(),
            live: context.live.clone(),
            wake: Arc::clone(&wake),
            outbox: Arc::clone(&wires.messages),
            stop: wires.stop_alerting.clone(),
            beat: wires.beats[1].clone(),
        })
        .await?;
        let ingest = ingest::Context {
            store: context.store.clone(),
            clock: context.clock.clone(),
            live: context.live.clone(),
            backfill: context.backfill,
            wake,
            observations,
            beat: wires.beats[2].clone(),
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { (INGEST, ingest::run(ingest, queue).await) });
        Ok(Self { tasks, scheduler, alerter, observed, heard, wires })
    }
}

/// The stages before the outbox, running.
pub(crate) struct Stages {
    pub(crate) tasks: JoinSet<StageEnd>,
    pub(crate) wires: Wires,
}

impl Stages {
    pub(crate) async fn start<C: Clock>(context: &Context<C>) -> Result<Self, StoreError> {
        let Parts { mut tasks, scheduler, alerter, observed, heard, wires } = Parts::build(context).await?;
        tasks.spawn(async move {
            scheduler.run().await;
            ("the scheduler", Ok(()))
        });
        tasks.spawn(async move { ("the alerter", alerter.run(observed, heard).await) });
        let replies = replies::Context {
            store: context.store.clone(),
            clock: context.clock.clone(),
            live: context.live.clone(),
            stop: wires.stop_polling.clone(),
            beat: wires.beats[3].clone(),
        };
        let signer = context.signer.clone();
        tasks.spawn(async move { ("the reading of answers", replies::run(replies, signer).await) });
        Ok(Self { tasks, wires })
    }

    /// Upstream first: each stage drains what the one before left. True when all ended well.
    pub(crate) async fn stop(mut self, failed: bool) -> bool {
        self.wires.stop_polling.cancel();
        if failed {
            // Ingest may be the one that ended, and then nobody says that it drained.
            self.wires.stop_alerting.cancel();
        }
        let mut clean = true;
        while let Some(ended) = self.tasks.join_next().await {
            match ended {
                Ok((stage, outcome)) => {
                    clean &= outcome.is_ok();
                    if stage == INGEST {
                        self.wires.stop_alerting.cancel();
                    }
                }
                Err(_) => clean = false,
            }
        }
        clean
    }
}

/// The outbox, running with the channels of one configuration.
pub(crate) struct Deliveries {
    pub(crate) task: JoinHandle<usize>,
    pub(crate) stop: CancellationToken,
}

impl Deliveries {
    pub(crate) fn start<C: Clock>(context: &Context<C>, messages: &Arc<Notify>) -> Result<Self, ChannelError> {
        let live = context.live.load();
        let outlets = channels::open_all(&live.settings, &live.client, &live.style)?;
        let settings = outbox_settings(&live);
        let stop = CancellationToken::new();
        let (store, clock) = (context.store.clone(), context.clock.clone());
        let run = outbox::run(store, outlets, clock, Arc::clone(messages), stop.clone(), settings);
        Ok(Self { task: tokio::spawn(run), stop })
    }

    /// Lets attempts in flight end; returns how many had to be cut.
    pub(crate) async fn stop(self) -> usize {
        self.stop.cancel();
        self.task.await.unwrap_or(1)
    }
}

/// What the outbox is told of the settings.
pub(crate) fn outbox_settings(live: &Live) -> OutboxSettings {
    OutboxSettings { timezone: live.settings.timezone.clone(), grace: GRACE }
}
