//! `vigie correct`: says that a mention has another tone than the scoring found; kept as an example. Owns the
//! command's forms.

use std::path::PathBuf;

use super::{Exit, status, wish};
use crate::locale::Locale;
use crate::mention::Polarity;
use crate::wishes::Wish;

/// Correct the tone of a mention; `vigie sentiment --evaluate` learns from it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  vigie correct 1204 --polarity negative

`vigie mentions` shows the numbers. What was sent stays sent: the correction counts in figures from now on.")]
pub struct Args {
    /// vigie.yaml; otherwise ./vigie.yaml, then /etc/vigie/vigie.yaml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Its number
    #[arg(value_name = "MENTION")]
    mention: i64,
    /// The tone that it has
    #[arg(long, value_enum)]
    polarity: Said,
}

/// What `--polarity` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Said {
    #[value(alias = "négatif")]
    Negative,
    #[value(alias = "neutre")]
    Neutral,
    #[value(alias = "positif")]
    Positive,
}

/// Runs the command.
pub async fn run(args: Args) -> anyhow::Result<Exit> {
    let settings = match status::settings(args.config.as_deref()) {
        Ok(settings) => settings,
        Err(exit) => return Ok(exit),
    };
    let locale = Locale::of(settings.language);
    let polarity = match args.polarity {
        Said::Negative => Polarity::Negative,
        Said::Neutral => Polarity::Neutral,
        Said::Positive => Polarity::Positive,
    };
    let answer = wish::grant(settings, &Wish::Correct { mention: args.mention, polarity }).await?;
    let mention = ("mention", args.mention.to_string().into());
    if let Some(error) = answer.error {
        eprintln!("{error}");
        return Ok(Exit::Failed);
    }
    if answer.done == 0 {
        eprintln!("{}", locale.format("correct-no-mention", &[mention]));
        return Ok(Exit::Failed);
    }
    let tone = locale.text(&format!("mentions-polarity-{}", polarity.word()));
    println!("{}", locale.format("correct-done", &[mention, ("tone", tone.into())]));
    Ok(Exit::Fine)
}
