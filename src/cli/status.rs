//! `vigie status`: sources' health, channels and outbox, of a running or stopped daemon. Reads the
//! store beside the daemon and never writes; a source that is ill does not change its exit code.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Exit, terminal};
use crate::alert::rule::Of;
use crate::alert::spike::{self, Outcome};
use crate::config::{self, Settings};
use crate::health::SourceState;
use crate::locale::Locale;
use crate::net::redact;
use crate::replies;
use crate::store::loaded::{Loaded, LoadedSource, LoadedState};
use crate::store::replies::RepliesState;
use crate::store::spikes::{Decision, SpikeState};
use crate::store::{Store, StoreError, lock, sqlite::Sqlite};

/// Well sources that people are shown; JSON has them all.
const SHOWN_WELL: usize = 20;
/// Rules and brands whose spikes people are shown, the newest; JSON has them all.
const SHOWN_SPIKES: usize = 10;

/// Show how sources, channels and the outbox are, of a running or a stopped daemon.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// vigie.yaml; otherwise ./vigie.yaml, then /etc/vigie/vigie.yaml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// One JSON object on standard output
    #[arg(long)]
    pub json: bool,
}

/// What is known, in the form that `--json` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    version: u32,
    running: bool,
    pid: Option<u32>,
    store: String,
    watchlists: WatchlistsPart,
    sources: Vec<SourcePart>,
    channels: Vec<ChannelPart>,
    outbox: OutboxPart,
    spikes: Vec<SpikePart>,
    replies: Option<RepliesState>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct WatchlistsPart {
    state: LoadedState,
    error: Option<String>,
    loaded: Option<Timestamp>,
    brands: u64,
    terms: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct SourcePart {
    url: String,
    name: String,
    kind: String,
    at: String,
    state: SourceState,
    detail: Option<String>,
    failures: u32,
    since: Option<Timestamp>,
    asked: Option<Timestamp>,
    next: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct ChannelPart {
    name: String,
    kind: String,
    state: String,
    detail: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct OutboxPart {
    pending: u64,
    waiting: u64,
    dead: u64,
    oldest: Option<Timestamp>,
}

/// What a spike rule last decided of a brand.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct SpikePart {
    rule: String,
    brand: String,
    of: Of,
    /// The newest first.
    decisions: Vec<SpikeDecision>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct SpikeDecision {
    reason: Outcome,
    at: Timestamp,
    from: Timestamp,
    until: Timestamp,
    count: u32,
    usual: f64,
}

impl SpikePart {
    fn of(state: &SpikeState) -> Self {
        let decision = |(reason, last): (&Outcome, &Decision)| SpikeDecision {
            reason: *reason,
            at: last.at,
            from: spike::start(last.spike.from),
            until: spike::start(last.spike.until()),
            count: last.spike.count,
            usual: (last.spike.usual * 10.0).round() / 10.0,
        };
        let mut decisions: Vec<SpikeDecision> = state.last.iter().map(decision).collect();
        decisions.sort_by_key(|one| std::cmp::Reverse(one.at));
        Self { rule: state.rule.clone(), brand: state.brand.clone(), of: state.of, decisions }
    }

    /// When it decided last.
    fn at(&self) -> Option<Timestamp> {
        self.decisions.first().map(|last| last.at)
    }
}

/// Runs the command.
///
/// # Errors
/// When standard output cannot be written.
pub async fn run(args: Args) -> anyhow::Result<Exit> {
    let settings = match settings(args.config.as_deref()) {
        Ok(settings) => settings,
        Err(exit) => return Ok(exit),
    };
    let locale = Locale::of(settings.language);
    let read = async {
        let store = open(&settings.store, locale)?;
        let report = Report::read(&store, lock::holder(&settings.store)).await;
        report.map_err(|error| unreadable(&settings.store, &error, locale))
    };
    let report = match read.await {
        Ok(report) => report,
        Err(sentence) => {
            eprintln!("{sentence}");
            return Ok(Exit::Failed);
        }
    };
    let text = if args.json { terminal::json(&report)? + "\n" } else { report.text(locale, &settings.timezone) };
    terminal::print(&text)?;
    Ok(Exit::Fine)
}

/// The settings of a command that reads the store; what stands in the way is told on standard error.
pub(super) fn settings(config: Option<&Path>) -> Result<Settings, Exit> {
    let file = config::locate(config).map_err(|_| {
        eprintln!("{}", Locale::of(config::language_of_environment()).text("status-no-settings"));
        Exit::Config
    })?;
    let (settings, _) = config::load_settings(&file).map_err(|diagnostics| {
        for diagnostic in diagnostics {
            eprint!("{}", diagnostic.render(std::io::stderr().is_terminal()));
        }
        Exit::Config
    })?;
    Ok(settings)
}

/// The store for reading, or why not and what to do, in one sentence.
pub(super) fn open(path: &Path, locale: Locale) -> Result<Sqlite, String> {
    match path.try_exists() {
        Ok(false) => Err(locale.format("status-no-store", &[("path", path.display().to_string().into())])),
        _ => Sqlite::open_read(path).map_err(|error| unreadable(path, &error, locale)),
    }
}

/// Why a store that is there cannot be read.
pub(super) fn unreadable(path: &Path, error: &StoreError, locale: Locale) -> String {
    let arguments =
        [("path", path.display().to_string().into()), ("error", terminal::line(&error.to_string(), 400).into())];
    locale.format("status-unreadable", &arguments)
}

impl Report {
    /// Reads the store; `pid` is the daemon's, when one runs.
    ///
    /// # Errors
    /// What the store said.
    pub async fn read(store: &Sqlite, pid: Option<u32>) -> Result<Self, StoreError> {
        let loaded = store.value(Loaded::VALUE).await?.and_then(|json| Loaded::from_json(&json));
        let rows = store.sources().await?;
        let kept = store.channels().await?;
        let figures = store.outbox().await?;
        let replies = store.value(RepliesState::VALUE).await?;
        let states = store.values(SpikeState::PREFIX).await?;
        let states = states.iter().filter_map(|(_, json)| SpikeState::from_json(json));
        let mut spikes: Vec<SpikePart> = states.map(|state| SpikePart::of(&state)).collect();
        spikes.retain(|part| !part.decisions.is_empty());
        spikes.sort_by_key(|part| std::cmp::Reverse(part.at()));
        // Nothing was ever loaded: there is no good version, whatever stands on disk.
        let loaded = loaded.unwrap_or_else(|| Loaded {
            state: LoadedState::Refused,
            error: None,
            loaded: None,
            brands: 0,
            terms: 0,
            sources: rows
                .iter()
                .map(|row| LoadedSource {
                    key: row.key,
                    name: redact(&row.url),
                    at: String::new(),
                    kind: row.kind.clone(),
                    url: row.url.clone(),
                })
                .collect(),
            channels: Vec::new(),
        });
        let rows: std::collections::HashMap<_, _> = rows.into_iter().map(|row| (row.key, row)).collect();
        let sources = loaded.sources.into_iter().map(|source| {
            let row = rows.get(&source.key);
            SourcePart {
                url: redact(row.map_or(&source.url, |row| &row.url)),
                name: source.name,
                kind: row.map_or(source.kind, |row| row.kind.clone()),
                at: source.at,
                state: row.map_or(SourceState::Unknown, |row| row.state),
                detail: row.and_then(|row| row.detail.as_deref()).map(redacted_words),
                failures: row.map_or(0, |row| row.failures),
                since: row.and_then(|row| row.since),
                asked: row.and_then(|row| row.asked),
                next: row.and_then(|row| row.next),
            }
        });
        let sources = sources.collect();
        let channels = loaded.channels.into_iter().map(|channel| {
            let row = kept.iter().find(|row| row.name == channel.name);
            ChannelPart {
                name: channel.name,
                kind: channel.kind,
                state: row.map_or_else(|| "ok".to_owned(), |row| row.state.clone()),
                detail: row.and_then(|row| row.detail.as_deref()).map(redacted_words),
            }
        });
        Ok(Self {
            version: 1,
            running: pid.is_some(),
            pid,
            store: store.path().display().to_string(),
            watchlists: WatchlistsPart {
                state: loaded.state,
                error: loaded.error.as_deref().map(redacted_words),
                loaded: loaded.loaded,
                brands: loaded.brands,
                terms: loaded.terms,
            },
            sources,
            channels: channels.collect(),
            outbox: OutboxPart {
                pending: figures.pending,
                waiting: figures.waiting,
                dead: figures.dead,
                oldest: figures.oldest,
            },
            spikes,
            replies: replies.and_then(|json| serde_json::from_str(&json).ok()),
        })
    }

    /// For people: what is ill first, and what to do about it.
    #[must_use]
    pub fn text(&self, locale: Locale, zone: &TimeZone) -> String {
        let mut out = Vec::new();
        let store = terminal::line(&self.store, 200);
        out.push(match self.pid {
            Some(pid) => locale.format("status-running", &[("pid", pid.to_string().into()), ("store", store.into())]),
            None => locale.format("status-stopped", &[("store", store.into())]),
        });
        self.watchlists_text(locale, zone, &mut out);
        self.sources_text(locale, zone, &mut out);
        self.channels_text(locale, &mut out);
        self.outbox_text(locale, zone, &mut out);
        self.spikes_text(locale, zone, &mut out);
        self.replies_text(locale, zone, &mut out);
        out.push(String::new());
        out.join("\n")
    }

    fn watchlists_text(&self, locale: Locale, zone: &TimeZone, out: &mut Vec<String>) {
        let part = &self.watchlists;
        if let Some(loaded) = part.loaded {
            let arguments = [
                ("brands", part.brands.into()),
                ("terms", part.terms.into()),
                ("sources", self.sources.len().into()),
                ("time", terminal::time(loaded, zone).into()),
            ];
            out.push(locale.format("status-watchlists", &arguments));
        } else {
            out.push(locale.text("status-never-loaded"));
        }
        if part.state == LoadedState::Refused && (part.error.is_some() || part.loaded.is_some()) {
            out.push(locale.text("status-refused"));
            if let Some(error) = &part.error {
                out.push(format!("    {}", terminal::line(error, 300)));
            }
            out.push(format!("    → {}", locale.text("status-do-check")));
        }
    }

    fn sources_text(&self, locale: Locale, zone: &TimeZone, out: &mut Vec<String>) {
        if self.sources.is_empty() {
            return;
        }
        let (well, ill): (Vec<_>, Vec<_>) = self.sources.iter().partition(|source| source.state.is_well());
        out.push(String::new());
        let arguments = [("ill", ill.len().into()), ("count", self.sources.len().into())];
        out.push(locale.format("status-sources", &arguments));
        let shown: Vec<&SourcePart> = ill.iter().chain(well.iter().take(SHOWN_WELL)).copied().collect();
        let heads = ["status-head-state", "status-head-source", "status-head-asked", "status-head-next"];
        let mut rows = vec![heads.iter().map(|key| locale.text(key)).collect::<Vec<_>>()];
        let when = |time: Option<Timestamp>| time.map_or_else(|| "–".to_owned(), |time| terminal::time(time, zone));
        for source in &shown {
            rows.push(vec![
                locale.text(&format!("status-state-{}", source.state.word())),
                terminal::line(&source.name, 40),
                when(source.asked),
                when(source.next),
                terminal::line(&source.at, 60),
            ]);
        }
        let mut lines = terminal::columns(&rows, 2).into_iter();
        out.extend(lines.next());
        for (line, source) in lines.zip(shown) {
            out.push(line);
            if !source.state.is_well() {
                out.push(format!("      {}", terminal::line(&source.url, 200)));
                if let Some(since) = source.since {
                    let arguments =
                        [("failures", source.failures.into()), ("time", terminal::time(since, zone).into())];
                    out.push(format!("      {}", locale.format("status-failures", &arguments)));
                }
                if let Some(detail) = &source.detail {
                    out.push(format!("      {}", terminal::line(detail, 300)));
                }
                out.push(format!("      → {}", locale.text(&format!("status-do-{}", source.state.word()))));
            } else if let Some(note) = &source.detail {
                out.push(format!("      {}", terminal::line(note, 300)));
            }
        }
        if let Some(more @ 1..) = well.len().checked_sub(SHOWN_WELL) {
            out.push(format!("  {}", locale.format("status-more-well", &[("count", more.into())])));
        }
    }

    fn channels_text(&self, locale: Locale, out: &mut Vec<String>) {
        if self.channels.is_empty() {
            return;
        }
        out.push(String::new());
        out.push(locale.text("status-channels"));
        let mut channels: Vec<&ChannelPart> = self.channels.iter().collect();
        channels.sort_by_key(|channel| channel.state == "ok");
        let rows: Vec<Vec<String>> = channels
            .iter()
            .map(|channel| {
                vec![
                    locale.text(&format!("status-channel-{}", channel.state)),
                    terminal::line(&channel.name, 40),
                    terminal::line(&channel.kind, 20),
                ]
            })
            .collect();
        for (line, channel) in terminal::columns(&rows, 2).into_iter().zip(channels) {
            out.push(line);
            if let Some(detail) = &channel.detail {
                out.push(format!("      {}", terminal::line(detail, 300)));
            }
            if channel.state != "ok" {
                let arguments = [("channel", terminal::line(&channel.name, 40).into())];
                out.push(format!("      → {}", locale.format(&format!("status-do-{}", channel.state), &arguments)));
            }
        }
    }

    fn outbox_text(&self, locale: Locale, zone: &TimeZone, out: &mut Vec<String>) {
        let part = &self.outbox;
        out.push(String::new());
        let arguments =
            [("pending", part.pending.into()), ("waiting", part.waiting.into()), ("dead", part.dead.into())];
        out.push(locale.format("status-outbox", &arguments));
        if let Some(oldest) = part.oldest {
            out.push(format!(
                "    {}",
                locale.format("status-oldest", &[("time", terminal::time(oldest, zone).into())])
            ));
        }
        if part.pending > 0 && !self.running {
            out.push(format!("    → {}", locale.text("status-do-run")));
        }
        if part.dead > 0 {
            out.push(format!("    → {}", locale.text("status-do-dead")));
        }
    }
}

impl Report {
    fn spikes_text(&self, locale: Locale, zone: &TimeZone, out: &mut Vec<String>) {
        if self.spikes.is_empty() {
            return;
        }
        out.push(String::new());
        out.push(locale.text("status-spikes"));
        for part in self.spikes.iter().take(SHOWN_SPIKES) {
            out.push(format!("  {} · {}", terminal::line(&part.rule, 60), terminal::line(&part.brand, 40)));
            for one in &part.decisions {
                let outcome = locale.text(&format!("status-spike-{}", one.reason.name()));
                let key = if part.of == Of::Volume { "status-spike" } else { "status-spike-negative" };
                let arguments = [
                    ("time", terminal::time(one.at, zone).into()),
                    ("outcome", outcome.into()),
                    ("count", i64::from(one.count).into()),
                    ("from", terminal::time(one.from, zone).into()),
                    ("until", terminal::time(one.until, zone).into()),
                    ("usual", (one.usual.round() as i64).into()),
                ];
                out.push(format!("      {}", locale.format(key, &arguments)));
            }
        }
    }

    fn replies_text(&self, locale: Locale, zone: &TimeZone, out: &mut Vec<String>) {
        let Some(part) = &self.replies else { return };
        out.push(String::new());
        out.push(locale.format("status-replies", &[("mailbox", terminal::line(&part.mailbox, 120).into())]));
        let state = locale.text(&format!("status-state-{}", part.state));
        let arguments = [("taken", part.taken.into()), ("refused", part.refused.into())];
        out.push(format!("    {state} · {}", locale.format("status-replies-counts", &arguments)));
        if let Some(detail) = &part.detail {
            out.push(format!("    {}", terminal::line(detail, 300)));
            out.push(format!("    → {}", locale.text("status-replies-do")));
        }
        if let Some((at, from, reason)) = &part.last_refusal {
            let arguments = [
                ("time", terminal::time(*at, zone).into()),
                ("from", terminal::line(from, 100).into()),
                ("reason", terminal::line(reason, 40).into()),
            ];
            out.push(format!("    {}", locale.format("status-replies-refusal", &arguments)));
            if reason == replies::WHICH_TONE {
                out.push(format!("    → {}", locale.text("status-replies-which-tone")));
            }
        }
    }
}

/// A sentence with the secrets of the addresses in it hidden.
fn redacted_words(sentence: &str) -> String {
    sentence
        .split_inclusive(char::is_whitespace)
        .map(|word| if word.contains("//") || word.contains('?') { redact(word) } else { word.to_owned() })
        .collect()
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
