//! `vigie send-test`: one real message through a channel. A running daemon sends it; else this process does.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::Exit;
use crate::channels::{self, TestAnswer};
use crate::config;
use crate::live::Live;
use crate::locale::Locale;
use crate::message;
use crate::net::Client;
use crate::store::Store;
use crate::store::lock::{Lock, LockError};
use crate::store::sqlite::Sqlite;
use crate::watchlist::Watchlists;

/// A daemon looks at the wishes every second; a mail server may take its time.
const PATIENCE: Duration = Duration::from_mins(3);

/// Send one real message through a channel, and say what the other side answered.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie send-test comms")]
pub struct Args {
    /// Settings [default: ./vigie.yaml, then /etc/vigie/vigie.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The channel's name in vigie.yaml
    channel: String,
}

/// Runs the command.
pub async fn run(args: Args) -> anyhow::Result<Exit> {
    let Some(path) = super::locate(args.config.as_deref()) else { return Ok(Exit::Config) };
    let settings = match config::load_settings(&path) {
        Ok((settings, _)) => settings,
        Err(diagnostics) => {
            config::diagnostic::print(&diagnostics);
            return Ok(Exit::Config);
        }
    };
    let locale = Locale::of(settings.language);
    if message::channel(&settings, &args.channel).is_none() {
        let known: Vec<&str> = settings.channels.iter().map(|channel| channel.name.as_str()).collect();
        let arguments = [("channel", args.channel.as_str().into()), ("known", known.join(", ").into())];
        eprintln!("{}", locale.format("send-test-unknown", &arguments));
        return Ok(Exit::Failed);
    }
    let path = settings.store.clone();
    let answer = match Lock::take(&path) {
        Ok(lock) => {
            let store = Sqlite::open(&path)?;
            let client = Client::new(&settings.fetch)?;
            // A test needs no watchlist: channels are the settings' own.
            let live = Live::new(settings, Watchlists::empty(), client);
            let answer = channels::send_test(&store, &live, &args.channel, Timestamp::now()).await?;
            drop(lock);
            answer
        }
        Err(LockError::Held { .. }) => ask_daemon(&path, &args.channel).await?,
        Err(error) => return Err(error.into()),
    };
    let channel = ("channel", args.channel.as_str().into());
    if let Some(error) = answer.error {
        eprintln!("{}", locale.format("send-test-failed", &[channel, ("error", error.into())]));
        return Ok(Exit::Failed);
    }
    println!("{}", locale.format("send-test-sent", &[channel, ("count", answer.sent.into())]));
    Ok(Exit::Fine)
}

async fn ask_daemon(path: &std::path::Path, channel: &str) -> anyhow::Result<TestAnswer> {
    let store = Sqlite::open(path)?;
    let request = store.ask("send-test", json!({"channel": channel}).to_string(), Timestamp::now()).await?;
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while tokio::time::Instant::now() < deadline {
        if let Some(answer) = store.answered(request).await? {
            return Ok(serde_json::from_str(&answer)?);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    anyhow::bail!("the daemon did not answer within {} s", PATIENCE.as_secs())
}
