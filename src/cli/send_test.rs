//! `vigie send-test`: one real message through a channel. A running daemon sends it; else this process does.

use std::path::PathBuf;

use super::Exit;
use crate::config;
use crate::locale::Locale;
use crate::message;
use crate::wishes::Wish;

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
    let wish = Wish::SendTest { channel: args.channel.clone() };
    let answer = super::wish::grant(settings, &wish).await?;
    let channel = ("channel", args.channel.as_str().into());
    if let Some(error) = answer.error {
        eprintln!("{}", locale.format("send-test-failed", &[channel, ("error", error.into())]));
        return Ok(Exit::Failed);
    }
    println!("{}", locale.format("send-test-sent", &[channel, ("count", answer.done.into())]));
    Ok(Exit::Fine)
}
