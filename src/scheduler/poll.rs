//! One poll, from the request to the commit: what is asked with, what comes of it, and whether there is anything
//! to commit. Owns no turns and no waiting.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;

use super::known::{Ill, Known, Remembered};
use super::{Context, STORE_PAUSE};
use crate::clock::Clock;
use crate::fetch::{Fetcher, Poll};
use crate::ingest::Polled;
use crate::live::Live;
use crate::schedule::{Next, Outcome, Pace};
use crate::source::SourceKey;
use crate::store::{Store, Touch};
use crate::watchlist::WatchedSource;

/// A poll that ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) key: SourceKey,
    /// What is known of its source now, unless vigie stopped before it was committed.
    pub(super) known: Option<Known>,
    pub(super) remembered: Remembered,
    /// What is still to be committed, where nothing but the times changed.
    pub(super) touch: Option<Touch>,
    /// How long its host asks to be left alone.
    pub(super) pause: Option<Duration>,
    /// How much later than due it may be asked next, with others of its host.
    pub(super) slack: Duration,
}

impl Ended {
    /// One that was cut.
    pub(super) fn cut(key: SourceKey) -> Self {
        let slack = Duration::ZERO;
        Self { key, known: None, remembered: Remembered::default(), touch: None, pause: None, slack }
    }
}

pub(super) fn pace(source: &WatchedSource, live: &Live) -> Pace {
    Pace { every: source.every, slowest: live.settings.fetch.slowest }
}

/// Polls the source in that place of `live`.
pub(super) async fn poll<S: Store, C: Clock>(
    context: Context<S, C>,
    fetcher: Fetcher<C>,
    live: Arc<Live>,
    place: usize,
    before: Known,
    mut remembered: Remembered,
) -> Ended {
    let source = &live.watchlists.sources[place];
    let mut end = Ended::cut(source.key);
    let state = match remembered.read(&source.url) {
        Some(state) => state,
        None => match context.store.state(source.key).await {
            Ok(state) => {
                remembered = Remembered::of(&state, &source.url);
                state
            }
            Err(error) => {
                tracing::error!(event = "store", %error, "the store cannot be read; the source is asked again later");
                end.known = Some(before.postponed(context.clock.now() + STORE_PAUSE));
                return end;
            }
        },
    };
    let started = context.clock.now();
    let poll = fetcher.poll_with(&source.source, &source.access, state).await;
    let jitter = fastrand::f64();
    let after = after(&before, &poll, pace(source, &live), started, context.clock.now(), jitter);
    end.pause = poll.verdict.pause;
    end.slack = after.next().map_or(Duration::ZERO, |next| Pace::slack(started, next, jitter));
    if poll.entries.is_empty() && poll.state.is_none() && !poll.verdict.read {
        end.touch = after.touched(&before, source.key);
    }
    if let Some(state) = &poll.state {
        remembered = Remembered::of(state, &source.url);
    }
    end.remembered = remembered;
    if end.touch.is_some() {
        end.known = Some(after);
        return end;
    }
    // A source that says nothing any more was read as well as one that does.
    let parsed = poll.verdict.read && poll.verdict.state.is_readable();
    let (done, committed) = oneshot::channel();
    let polled = Polled {
        health: after.row(source),
        entries: poll.entries,
        parsed,
        state: poll.state,
        patience: poll.verdict.patience,
        done,
    };
    if context.ingest.send(polled).await.is_ok() {
        end.known = committed.await.ok().map(Known::of);
    }
    end
}

/// What is known after a poll.
fn after(before: &Known, poll: &Poll, pace: Pace, started: Timestamp, finished: Timestamp, jitter: f64) -> Known {
    let verdict = &poll.verdict;
    let well = verdict.state.is_well();
    let was = before.ill();
    let failures = if well { 0 } else { was.failures.saturating_add(1) };
    let outcome = Outcome {
        state: verdict.state,
        failures,
        retry_after: verdict.retry_after,
        min_interval: verdict.min_interval,
        skips: verdict.skips,
    };
    let next = match pace.next(before.weekly, &outcome, started, finished, jitter) {
        Next::At { due, held } => (Some(due), held),
        Next::Never => (None, true),
    };
    let ill = Ill {
        detail: verdict.detail.clone(),
        failures,
        failing_since: if well { None } else { was.failing_since.or(Some(started)) },
        told: was.told,
        told_at: was.told_at,
    };
    before.polled(started, verdict.state, next, ill)
}
