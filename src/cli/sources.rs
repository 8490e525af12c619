//! What `vigie entries` is handed: a source polled over the network, and one taken out of a watchlist.

use std::cell::RefCell;
use std::path::Path;

use super::{Exit, entries};
use crate::clock::SystemClock;
use crate::config::access::Access;
use crate::config::{self, Settings};
use crate::entry::Entry;
use crate::fetch::Fetcher;
use crate::locale::Locale;
use crate::net::Client;
use crate::source::{Source, State};
use crate::telemetry::progress::Progress;
use crate::watchlist::{self, Context, WatchlistFile};

/// Runs `vigie entries` with the network and the watchlists of this machine.
pub(super) async fn entries(args: entries::Args) -> anyhow::Result<Exit> {
    // What the described source is told of secrets goes from the one seam to the other, and no further.
    let access = RefCell::new(Access::default());
    let poll = |source| poll(source, access.borrow().clone());
    let watched = |path: &Path, name: &str| {
        let (source, found) = watched(path, name)?;
        access.replace(found);
        Ok(source)
    };
    entries::run(args, poll, watched).await
}

/// The settings of the folder, when there are good ones: their contact, limits and opened addresses.
pub(super) fn settings() -> Option<Settings> {
    let path = config::locate(None).ok()?;
    config::load_settings(&path).ok().map(|(settings, _)| settings)
}

/// The first source of a watchlist's text, when `check` would take it.
pub(super) fn of_yaml(yaml: &str) -> Option<Source> {
    let file = WatchlistFile { name: "x".into(), path_shown: "x".into(), bytes: yaml.into() };
    let compiled = watchlist::compile(&[file], &Context::without_settings(config::language_of_environment()));
    compiled.result.ok()?.sources.into_iter().next().map(|found| found.source)
}

async fn poll(source: Source, access: Access) -> anyhow::Result<Vec<Entry>> {
    let fetch = settings().map(|settings| settings.fetch).unwrap_or_default();
    let fetcher = Fetcher::new(Client::new(&fetch)?, SystemClock);
    let locale = Locale::of(config::language_of_environment());
    let _progress =
        Progress::start(move |seconds| locale.format("progress-source", &[("seconds", (seconds as i64).into())]));
    let poll = fetcher.poll_with(&source, &access, State::default()).await;
    if poll.verdict.state.is_readable() {
        return Ok(poll.entries);
    }
    let detail = poll.verdict.detail.unwrap_or_default();
    Err(anyhow::anyhow!("{}: {detail}", poll.verdict.state.word()))
}

fn watched(path: &Path, name: &str) -> anyhow::Result<(Source, Access)> {
    let settings = settings();
    let file = WatchlistFile::read(path).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    let context = Context {
        settings: settings.as_ref(),
        examples: false,
        ..Context::without_settings(config::language_of_environment())
    };
    let compiled = watchlist::compile(&[file], &context);
    let watchlists = compiled.result.map_err(|refused| {
        for (_, diagnostics) in &compiled.diagnostics {
            config::diagnostic::print(diagnostics);
        }
        anyhow::Error::from(refused)
    })?;
    let named = |line: &watchlist::SourceLine| line.name == name;
    let found = watchlists.sources.iter().find(|source| source.lines.iter().any(named));
    found.map(|source| (source.source.clone(), source.access.clone())).ok_or_else(|| {
        let known: Vec<&str> =
            watchlists.sources.iter().flat_map(|source| source.lines.iter().map(|line| line.name.as_str())).collect();
        anyhow::anyhow!("{}: no source is named {name}; there are: {}", path.display(), known.join(", "))
    })
}
