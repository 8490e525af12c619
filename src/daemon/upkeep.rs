//! What the daemon does beside its stages, from time to time: says how it is to systemd, to Prometheus and to a
//! watcher elsewhere, keeps the retention. Decides nothing.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::Daemon;
use crate::clock::Clock;
use crate::live::Live;
use crate::reload::Refusal;
use crate::shelf::{self, Touched};
use crate::store::loaded::{Loaded, LoadedChannel, LoadedSource, LoadedState};
use crate::store::{SourceHealth, Store};
use crate::{channels, net, systemd, vitals};

impl<C: Clock> Daemon<C> {
    pub(super) async fn tell_status(&self) {
        let ill = self.store.each_source(|row| (!row.state.is_well()).then_some(row.key)).await;
        let (Ok(ill), Ok(outbox)) = (ill, self.store.outbox().await) else {
            return systemd::status("the store does not answer");
        };
        let live = self.live.load();
        let ill = ill.into_iter().filter(|key| live.source(*key).is_some()).count();
        let figures = figures(&live);
        systemd::status(&format!("{figures}, {ill} ill; {} pending, {} dead", outbox.pending, outbox.dead));
    }

    pub(super) async fn write_metrics(&self) {
        let live = self.live.load();
        let Some(path) = live.settings.metrics.clone() else { return };
        let of_watched = Arc::clone(&live);
        let watched = move |row: SourceHealth| of_watched.source(row.key).map(|_| (row.state, row.next));
        let watched = self.store.each_source(watched).await;
        let (Ok(watched), Ok(outbox)) = (watched, self.store.outbox().await) else { return };
        let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        let text = vitals::metrics(&live, &watched, &outbox, self.refused.len(), tasks, self.clock.now());
        let written = tokio::task::spawn_blocking(move || vitals::write(&path, &text).map_err(|error| (path, error)));
        if let Ok(Err((path, error))) = written.await {
            tracing::warn!(path = %path.display(), %error, "metrics cannot be written");
        }
    }

    /// Shows a watcher elsewhere that all is well: nothing is asked while no source answers.
    pub(super) async fn beat(&self) {
        let live = self.live.load();
        let Some(url) = live.settings.heartbeat.clone() else { return };
        let of_watched = Arc::clone(&live);
        let well = move |row: SourceHealth| (row.state.is_well() && of_watched.source(row.key).is_some()).then_some(());
        if !self.store.each_source(well).await.is_ok_and(|well| !well.is_empty()) {
            return;
        }
        tokio::spawn(async move {
            if let Err(error) = vitals::beat(&live.client, &url).await {
                // The path of such an address is often its password.
                let host = net::guard::host(&url).unwrap_or_default();
                tracing::warn!(host, error, "the heartbeat was not answered");
            }
        });
    }

    /// Deletes what is past its retention.
    pub(super) fn purge(&self) -> impl Future<Output = ()> + use<C> {
        let (store, live, now) = (self.store.clone(), self.live.load(), self.clock.now());
        let before = |kept: Duration| now.checked_sub(kept).unwrap_or(Timestamp::MIN);
        let (mentions, texts) = (before(live.settings.retention), before(live.settings.keep_entries));
        async move {
            match store.purge(mentions, texts, now).await {
                Ok(0) => {}
                Ok(count) => {
                    tracing::info!(mentions = count, "mentions past their retention were deleted");
                    shelf::refresh(&store, &live, Touched::All).await;
                }
                Err(error) => tracing::error!(%error, "the retention could not be kept"),
            }
        }
    }
}

pub(super) fn figures(live: &Live) -> String {
    let watchlists = &live.watchlists;
    format!("{} brands, {} terms, {} sources", watchlists.brands.len(), watchlists.terms, watchlists.sources.len())
}

pub(super) fn loaded(live: &Live, refused: &[Refusal], now: Timestamp) -> Loaded {
    let lines = live.watchlists.sources.iter().flat_map(|source| {
        source.lines.iter().map(|line| LoadedSource {
            key: source.key,
            name: line.name.clone(),
            at: line.place.to_string(),
            kind: source.kind.word().to_owned(),
            url: source.url.clone(),
        })
    });
    let channels = live.settings.channels.iter().map(|channel| LoadedChannel {
        name: channel.name.clone(),
        kind: channels::kind_word(&channel.kind).to_owned(),
    });
    Loaded {
        state: if refused.is_empty() { LoadedState::Ok } else { LoadedState::Refused },
        error: refused.first().map(|refusal| refusal.line(live.settings.language)),
        loaded: Some(now),
        brands: live.watchlists.brands.len() as u64,
        terms: live.watchlists.terms as u64,
        sources: lines.collect(),
        channels: channels.collect(),
    }
}
