//! `vigie forget`: erases somebody's traces and says what went; the record that stays names nobody. A running
//! daemon does it; else this process does.

use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::{Exit, status, terminal, wish};
use crate::locale::Locale;
use crate::store::{Erasure, Forget, Store};
use crate::telemetry::progress::Progress;
use crate::wishes::Wish;

/// Erase what is stored of an author, of an address or of one mention, and keep a record without names.
///
/// Mentions go with their decisions and searchable words, kept texts of entries, and messages that were not
/// delivered yet; a digest is written again without them. What was sent is out of reach.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  vigie forget --author titi59 --site lafibre.example\n  vigie forget --records")]
#[command(group = clap::ArgGroup::new("what").required(true).args(["author", "url", "mention", "records"]))]
pub struct Args {
    /// Settings [default: ./vigie.yaml, then /etc/vigie/vigie.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// All by this author: the whole name; @ and capitals do not matter, accents do
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// Only on this site and what lies below it
    #[arg(long, value_name = "SITE", requires = "author")]
    site: Option<String>,
    /// All that stands at this address
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The mention of this number, as `vigie mentions` shows it, with its other brands and revisions
    #[arg(long, value_name = "ID")]
    mention: Option<i64>,
    /// Show what was erased, when: as somebody asked, and by `retention` and `keep_entries`, a line a day
    #[arg(long)]
    records: bool,
    /// One JSON object (a line) on standard output
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// When the store cannot be written, or the daemon does not answer.
pub async fn run(args: Args) -> anyhow::Result<Exit> {
    let settings = match status::settings(args.config.as_deref()) {
        Ok(settings) => settings,
        Err(exit) => return Ok(exit),
    };
    let locale = Locale::of(settings.language);
    // Without a store there is nothing to erase, and none is made for that.
    let reading = match status::open(&settings.store, locale) {
        Ok(store) => store,
        Err(sentence) => {
            eprintln!("{sentence}");
            return Ok(Exit::Failed);
        }
    };
    if args.records {
        let records = reading.erasures().await?;
        let mut text = String::new();
        for erased in &records {
            let line = if args.json {
                terminal::json(erased)?
            } else {
                format!("{}  {}", said(erased, locale), recorded(erased, &settings.timezone, locale))
            };
            text.push_str(&line);
            text.push('\n');
        }
        if records.is_empty() && !args.json {
            text = locale.text("forget-no-records") + "\n";
        }
        terminal::print(&text)?;
        return Ok(Exit::Fine);
    }
    let what = match (args.author, args.url, args.mention) {
        (Some(name), None, None) if !name.trim().is_empty() => Forget::Author { name, site: args.site },
        (None, Some(url), None) if !url.trim().is_empty() => Forget::Url(url),
        (None, None, Some(id)) => Forget::Mention(id),
        _ => {
            eprintln!("{}", locale.text("forget-what"));
            return Ok(Exit::Usage);
        }
    };
    let zone = settings.timezone.clone();
    let progress =
        Progress::start(move |seconds| locale.format("progress-forget", &[("seconds", (seconds as i64).into())]));
    let answer = wish::grant(settings, &Wish::Forget { what }).await;
    drop(progress);
    let answer = answer?;
    if let Some(error) = answer.error {
        anyhow::bail!(error);
    }
    // The record is written last, so the newest that was asked for is this one's.
    let newest = reading.erasures().await?.into_iter().rfind(|erased| !erased.is_retention());
    let Some(erased) = newest else { return Ok(Exit::Failed) };
    let text = if args.json {
        terminal::json(&erased)?
    } else {
        format!("{}\n{}", said(&erased, locale), recorded(&erased, &zone, locale))
    };
    terminal::print(&(text + "\n"))?;
    Ok(Exit::Fine)
}

fn recorded(erased: &Erasure, zone: &TimeZone, locale: Locale) -> String {
    let time = terminal::time(erased.at, zone);
    if erased.is_retention() {
        return locale.format("forget-record-retention", &[("time", time.into())]);
    }
    locale.format("forget-record", &[("time", time.into()), ("hash", erased.hash.clone().into())])
}

fn said(erased: &Erasure, locale: Locale) -> String {
    if !erased.is_retention() && (erased.mentions, erased.texts, erased.messages) == (0, 0, 0) {
        return locale.text("forget-nothing");
    }
    let count = |count: u64| (count as i64).into();
    let arguments =
        [("mentions", count(erased.mentions)), ("texts", count(erased.texts)), ("messages", count(erased.messages))];
    locale.format(if erased.is_retention() { "forget-retention" } else { "forget-done" }, &arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::UiLanguage;

    #[test]
    fn a_record_says_what_went_and_who_had_it_erased() {
        let of = |kind: &str, counts: [u64; 3]| Erasure {
            at: "2026-11-22T03:00:00Z".parse().unwrap(),
            kind: kind.to_owned(),
            hash: if kind == Erasure::RETENTION { String::new() } else { "abc".to_owned() },
            mentions: counts[0],
            texts: counts[1],
            messages: counts[2],
        };
        let cases = [
            (
                of("author", [1, 0, 2]),
                "Effacé\u{a0}: 1 mention, 0 texte conservé, 2 messages en attente.",
                "Erased: 1 mention, 0 kept texts, 2 undelivered messages.",
            ),
            (
                of("url", [0; 3]),
                "Rien à effacer\u{a0}: la base n’en a pas trace. La demande est consignée.",
                "Nothing to erase: the store has no trace of it. The request is on record.",
            ),
            (
                of("retention", [2, 1, 0]),
                "Supprimé au terme de la conservation\u{a0}: 2 mentions, 1 texte conservé, 0 message.",
                "Deleted past retention: 2 mentions, 1 kept text, 0 messages.",
            ),
        ];
        for (erased, french, english) in cases {
            for (language, words) in [(UiLanguage::French, french), (UiLanguage::English, english)] {
                let locale = Locale::of(language);
                assert_eq!(said(&erased, locale), words);
                let record = recorded(&erased, &TimeZone::UTC, locale);
                assert_eq!(record.contains("abc"), !erased.is_retention(), "{record}");
                assert!(record.contains("2026"), "{record}");
            }
        }
    }
}
