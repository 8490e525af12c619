//! What shows from elsewhere whether vigie is well: figures in a file for a collector, and a request now and
//! then while all is well. Owns both forms; when they are due is the daemon's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::health::SourceState;
use crate::live::Live;
use crate::net::Client;
use crate::store::OutboxFigures;

/// The figures in the text format of Prometheus, version 0.0.4, for node_exporter's textfile collector.
/// `watched` is the state of each watched source that was asked, and when it is next; `refused` counts
/// watchlists of which an older text stays in force.
/// `tasks` are those of the runtime: how many live shows a leak before memory does.
#[must_use]
pub fn metrics(
    live: &Live,
    watched: &[(SourceState, Option<Timestamp>)],
    outbox: &OutboxFigures,
    refused: usize,
    tasks: usize,
    now: Timestamp,
) -> String {
    let mut states: BTreeMap<&str, u64> = BTreeMap::from([("ok", 0)]);
    for (state, _) in watched {
        *states.entry(state.word()).or_default() += 1;
    }
    let since = |time: Option<Timestamp>| time.map_or(0.0, |time| now.duration_since(time).as_secs_f64().max(0.0));
    let overdue = watched.iter().map(|(_, next)| since(*next)).fold(0.0, f64::max);
    let mut text = String::new();
    head(&mut text, "vigie_sources", "Watched sources that were asked, by state");
    for (state, count) in states {
        let _ = writeln!(text, "vigie_sources{{state=\"{state}\"}} {count}");
    }
    let figures = [
        ("vigie_overdue_seconds", "How long the source that waits longest has been due", overdue),
        ("vigie_outbox_pending", "Deliveries that are due or will be tried again", outbox.pending as f64),
        ("vigie_outbox_waiting", "Mentions that wait for a window, an opening hour or a digest", outbox.waiting as f64),
        ("vigie_outbox_dead", "Deliveries that were given up", outbox.dead as f64),
        ("vigie_outbox_oldest_seconds", "Age of the oldest pending delivery", since(outbox.oldest)),
        ("vigie_watchlists_refused", "Watchlists of which an older text stays in force", refused as f64),
        ("vigie_brands", "Brands that are watched", live.watchlists.brands.len() as f64),
        ("vigie_terms", "Terms of all watchlists", live.watchlists.terms as f64),
        ("vigie_tasks", "Tasks of the program that live: loops, and polls and deliveries in flight", tasks as f64),
        ("vigie_written_timestamp_seconds", "When these figures were written", now.as_second() as f64),
    ];
    for (name, help, value) in figures {
        head(&mut text, name, help);
        let _ = writeln!(text, "{name} {value}");
    }
    text
}

fn head(text: &mut String, name: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}.\n# TYPE {name} gauge");
}

/// Writes the figures: who reads the file meanwhile sees the old ones or the new ones, whole. Blocks on the
/// disk.
///
/// # Errors
/// The system's.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let fresh = PathBuf::from(name);
    let mut file = std::fs::File::create(&fresh)?;
    file.write_all(text.as_bytes())?;
    drop(file);
    std::fs::rename(&fresh, path)
}

/// Asks the address of `heartbeat:`.
///
/// # Errors
/// What kept it from being answered with a success, in one line.
pub async fn beat(client: &Client, url: &str) -> Result<(), String> {
    let answer = client.get(url, None).await.map_err(|error| error.to_string())?;
    if (200..300).contains(&answer.status) { Ok(()) } else { Err(answer.status_line()) }
}
