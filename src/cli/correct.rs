//! `vigie correct`: says that a mention has another tone than the scoring found; kept as an example. Owns the
//! command's forms.

use std::path::PathBuf;

use jiff::Timestamp;

use super::{Exit, status, terminal, wish};
use crate::action::MUTED;
use crate::config::lexical::quoted;
use crate::locale::Locale;
use crate::mention::Polarity;
use crate::store::Store;
use crate::store::sqlite::Sqlite;
use crate::wishes::Wish;

/// Correct the tone of a mention; `vigie sentiment --evaluate` learns from it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vigie correct 1204 --polarity negative
  vigie correct 1204 --not-us

`vigie mentions` shows the numbers. What was sent stays sent: the correction counts in figures from now on.")]
pub struct Args {
    /// vigie.yaml; otherwise ./vigie.yaml, then /etc/vigie/vigie.yaml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Its number
    #[arg(value_name = "MENTION")]
    mention: i64,
    /// The tone that it has
    #[arg(long, value_enum, required_unless_present = "not_us")]
    polarity: Option<Said>,
    /// It does not speak of the brand: it counts no more, and its story is muted for 7 days
    #[arg(long, conflicts_with = "polarity")]
    not_us: bool,
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
        Some(Said::Negative) => Some(Polarity::Negative),
        Some(Said::Neutral) => Some(Polarity::Neutral),
        Some(Said::Positive) => Some(Polarity::Positive),
        None => None,
    };
    let path = settings.store.clone();
    let wish = match polarity {
        Some(polarity) => Wish::Correct { mention: args.mention, polarity },
        None => Wish::NotUs { mention: args.mention, until: Timestamp::now() + MUTED, reason: None },
    };
    let answer = wish::grant(settings, &wish).await?;
    let mention = || ("mention", args.mention.to_string().into());
    if let Some(error) = answer.error {
        eprintln!("{error}");
        return Ok(Exit::Failed);
    }
    if answer.done == 0 {
        eprintln!("{}", locale.format("correct-no-mention", &[mention()]));
        return Ok(Exit::Failed);
    }
    let Some(polarity) = polarity else {
        println!("{}", locale.format("correct-stranger", &[mention()]));
        let store = Sqlite::open_read(&path)?;
        if let Some(example) = store.corrections().await?.into_iter().find(|one| one.mention == args.mention) {
            let text = terminal::line(&format!("{} {}", example.title.0, example.text.0), 160);
            let arguments = [("brand", terminal::line(&example.brand, 40).into()), ("text", quoted(&text).into())];
            println!("{}", locale.format("correct-example", &arguments));
        }
        return Ok(Exit::Fine);
    };
    println!("{}", noted(args.mention, polarity, locale));
    Ok(Exit::Fine)
}

fn noted(mention: i64, polarity: Polarity, locale: Locale) -> String {
    // As a mention is called, not a tone: French tells them apart.
    let tone = locale.text(&format!("tone-one-{}", polarity.word()));
    locale.format("correct-done", &[("mention", mention.to_string().into()), ("tone", tone.into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::UiLanguage;

    #[test]
    fn a_mention_is_noted_in_the_form_that_agrees_with_it() {
        for (polarity, french, english) in [
            (Polarity::Negative, "notée négative.", "noted as negative."),
            (Polarity::Neutral, "notée neutre.", "noted as neutral."),
            (Polarity::Positive, "notée positive.", "noted as positive."),
        ] {
            for (language, words) in [(UiLanguage::French, french), (UiLanguage::English, english)] {
                let line = noted(2, polarity, Locale::of(language));
                assert!(line.starts_with("Mention 2") && line.contains(words), "{line}");
            }
        }
    }
}
