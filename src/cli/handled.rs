//! `vigie handled`: somebody takes care of mentions, so that nobody else is called. Owns the command's form.

use std::path::PathBuf;

use super::{Exit, status, wish};
use crate::locale::Locale;
use crate::wishes::Wish;

/// Say that somebody takes care of mentions: they are not escalated, nor are the republications told with them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  vigie handled 1204 1207

`vigie mentions` shows the numbers.")]
pub struct Args {
    /// vigie.yaml; otherwise ./vigie.yaml, then /etc/vigie/vigie.yaml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Their numbers
    #[arg(value_name = "MENTION", required = true)]
    mentions: Vec<i64>,
}

/// Runs the command.
pub async fn run(args: Args) -> anyhow::Result<Exit> {
    let settings = match status::settings(args.config.as_deref()) {
        Ok(settings) => settings,
        Err(exit) => return Ok(exit),
    };
    let locale = Locale::of(settings.language);
    let mut mentions = args.mentions;
    mentions.sort_unstable();
    mentions.dedup();
    let asked = mentions.len() as u64;
    let answer = wish::grant(settings, &Wish::Handled { mentions, by: None }).await?;
    if let Some(error) = answer.error {
        eprintln!("{error}");
        return Ok(Exit::Failed);
    }
    if answer.done > 0 {
        println!("{}", locale.format("handled-done", &[("count", (answer.done as i64).into())]));
    }
    if answer.beside > 0 {
        println!("{}", locale.format("handled-beside", &[("count", (answer.beside as i64).into())]));
    }
    if answer.done < asked {
        let missing = asked - answer.done;
        eprintln!("{}", locale.format("handled-missing", &[("count", (missing as i64).into())]));
        return Ok(Exit::Failed);
    }
    Ok(Exit::Fine)
}
