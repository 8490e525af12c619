//! `vigie run`: signals in, exit code out. What runs is `daemon`.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::Exit;
use crate::clock::SystemClock;
use crate::config;
use crate::daemon::{Control, Daemon, Fault, Options};
use crate::locale::Locale;
use crate::store::StoreError;
use crate::telemetry::progress::Progress;

/// Watch: poll, match, score, store and send, until SIGTERM.
///
/// SIGHUP re-reads vigie.yaml and the watchlists; a watchlist that changes on disk is noticed by itself. The
/// first poll of a new source is its baseline: stored and matched, but nobody is mailed about the past.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Settings [default: ./vigie.yaml, then /etc/vigie/vigie.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Ask every source once, deliver, and end: for cron
    #[arg(long)]
    once: bool,
    /// Of sources seen for the first time, alert entries published within this time, such as 24h
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    backfill: Option<Duration>,
}

fn duration(text: &str) -> Result<Duration, String> {
    config::quantity::duration(text).ok_or_else(|| format!("`{text}`: a number and s, m, h or d, such as 24h"))
}

/// Runs the command.
pub async fn run(args: Args) -> anyhow::Result<Exit> {
    // Listened to from the first moment: a signal during the start must not kill.
    let (control, mut orders) = mpsc::channel(8);
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        loop {
            let order = tokio::select! {
                _ = term.recv() => Control::Stop,
                _ = interrupt.recv() => Control::Stop,
                _ = hangup.recv() => Control::Reload,
            };
            if control.send(order).await.is_err() {
                break;
            }
        }
    });
    let Some(path) = super::locate(args.config.as_deref()) else { return Ok(Exit::Config) };
    let options = Options { config: path, backfill: args.backfill };
    // Nobody waits for the next disk of `--once`: a timer runs the command again.
    let built = if args.once {
        Daemon::build(options, SystemClock).await.map(Some)
    } else {
        Daemon::start(options, SystemClock, &mut orders).await
    };
    let daemon = match built {
        Ok(Some(daemon)) => daemon,
        Ok(None) => return Ok(Exit::Fine),
        Err(fault) => return Ok(say(&fault)),
    };
    let clean = if args.once {
        let locale = Locale::of(config::language_of_environment());
        let asked = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
        let shown = Arc::clone(&asked);
        let _progress = Progress::start(move |seconds| {
            let (done, all) = (shown.0.load(Ordering::Relaxed) as i64, shown.1.load(Ordering::Relaxed) as i64);
            let arguments = [("done", done.into()), ("all", all.into()), ("seconds", (seconds as i64).into())];
            locale.format("progress-sources", &arguments)
        });
        let told = |done: usize, all: usize| {
            asked.0.store(done, Ordering::Relaxed);
            asked.1.store(all, Ordering::Relaxed);
        };
        daemon.run_once(orders, told).await
    } else {
        daemon.run(orders).await
    };
    match clean {
        Ok(true) => Ok(Exit::Fine),
        Ok(false) => Ok(Exit::Failed),
        Err(fault) => Ok(say(&fault)),
    }
}

fn say(fault: &Fault) -> Exit {
    match &fault {
        Fault::Refused(diagnostics) => config::diagnostic::print(diagnostics),
        Fault::Store { path, error: StoreError::Corrupt(fault) } => {
            let named = [("path", path.display().to_string().into()), ("fault", fault.as_str().into())];
            eprintln!("vigie: {}", Locale::of(config::language_of_environment()).format("run-store-damaged", &named));
        }
        fault => eprintln!("vigie: {fault}"),
    }
    if fault.is_for_good() { Exit::Config } else { Exit::Failed }
}
