//! `vigie entries`: what vigie reads out of a source, without a store. Owns the arguments and the output;
//! reading is `source`, the network and the watchlist are handed in.

use std::future::Future;
use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Exit, terminal};
use crate::config::language_of_environment;
use crate::entry::Entry;
use crate::exchange::{Answer, Tag, Validators};
use crate::locale::Locale;
use crate::source::feed::FeedConfig;
use crate::source::{Source, State};
use crate::text::url;

/// The largest file read, in bytes; what a fetch takes at most.
const LARGEST: u64 = 8 << 20;

/// Show what vigie reads out of a source: its entries with title, link, text, author and date.
///
/// A feed needs no more than its address or its file. Forums, pages and JSON endpoints are described in a
/// watchlist: name it with --watchlist, and the source in it with --source.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  vigie entries https://example.org/rss.xml
  vigie entries saved.xml --json
  vigie entries --watchlist watchlists/team.yaml --source forum
  ls feeds/*.xml | vigie entries --json")]
pub struct Args {
    /// Addresses or files; none with --json: names from standard input, one a line.
    #[arg(value_name = "URL|FILE")]
    inputs: Vec<String>,
    /// What the inputs are.
    #[arg(long, value_enum, default_value = "feed", conflicts_with = "watchlist")]
    kind: InputKind,
    /// The HTTP header Content-Type to read files with.
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// The watchlist that describes the source.
    #[arg(long, value_name = "FILE", requires = "source")]
    watchlist: Option<PathBuf>,
    /// The source's name in the watchlist.
    #[arg(long, value_name = "NAME", requires = "watchlist")]
    source: Option<String>,
    /// One JSON value a line.
    #[arg(long)]
    json: bool,
}

/// Kinds that need no selectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum InputKind {
    /// RSS, Atom, JSON Feed.
    Feed,
}

/// What was read of one input.
struct Reading {
    name: String,
    entries: Result<Vec<Entry>, anyhow::Error>,
}

/// Runs the command. `poll` asks a source over the network until no request is left; `watched` takes a
/// source out of a watchlist by its name.
pub async fn run<P, F, W>(args: Args, poll: P, watched: W) -> anyhow::Result<Exit>
where
    P: Fn(Source) -> F,
    F: Future<Output = anyhow::Result<Vec<Entry>>>,
    W: Fn(&Path, &str) -> anyhow::Result<Source>,
{
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    // Not locked: the line of a long poll is drawn meanwhile.
    let mut err = std::io::stderr();
    write(
        args,
        Timestamp::now(),
        Locale::of(language_of_environment()),
        &poll,
        &watched,
        &mut std::io::stdin().lock(),
        &mut out,
        &mut err,
    )
    .await
}

#[expect(clippy::too_many_arguments, reason = "the streams, the clock and the two seams are what tests replace")]
async fn write<P, F, W>(
    args: Args,
    now: Timestamp,
    locale: Locale,
    poll: &P,
    watched: &W,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> anyhow::Result<Exit>
where
    P: Fn(Source) -> F,
    F: Future<Output = anyhow::Result<Vec<Entry>>>,
    W: Fn(&Path, &str) -> anyhow::Result<Source>,
{
    let described = match (&args.watchlist, &args.source) {
        (Some(path), Some(name)) => Some(watched(path, name)?),
        _ => None,
    };
    let one = |name: String| {
        let described = described.clone();
        let content_type = args.content_type.clone();
        async move {
            let entries = read(&name, described, content_type, now, locale, poll).await;
            Reading { name, entries }
        }
    };
    if args.inputs.is_empty() {
        if let Some(source) = described {
            let name = source.url().to_owned();
            let reading = Reading { name, entries: poll(source).await };
            return show(&reading, args.json, locale, out, err);
        }
        if !args.json {
            writeln!(err, "{}", locale.text("entries-no-input"))?;
            return Ok(Exit::Usage);
        }
        for name in input.lines() {
            let name = name.context("standard input")?;
            if !name.trim().is_empty() {
                writeln!(out, "{}", terminal::json(&line(&one(name).await))?)?;
            }
        }
        out.flush()?;
        return Ok(Exit::Fine);
    }
    if let [name] = args.inputs.as_slice() {
        return show(&one(name.clone()).await, args.json, locale, out, err);
    }
    let mut exit = Exit::Fine;
    for name in args.inputs.clone() {
        let reading = one(name).await;
        if args.json {
            writeln!(out, "{}", terminal::json(&line(&reading))?)?;
        } else {
            writeln!(out, "## {}\n", reading.name)?;
            if show(&reading, false, locale, out, err)? != Exit::Fine {
                exit = Exit::Failed;
            }
        }
    }
    out.flush()?;
    Ok(exit)
}

/// One input's entries: an address through `poll`, anything else as a file.
async fn read<P, F>(
    name: &str,
    described: Option<Source>,
    content_type: Option<String>,
    now: Timestamp,
    locale: Locale,
    poll: &P,
) -> anyhow::Result<Vec<Entry>>
where
    P: Fn(Source) -> F,
    F: Future<Output = anyhow::Result<Vec<Entry>>>,
{
    if let Some(url) = url::absolute(name) {
        let source = match described {
            Some(source) => source,
            None => Source::Feed(FeedConfig { url, ..FeedConfig::default() }.compile()?),
        };
        return poll(source).await;
    }
    let body = file(name, locale)?;
    // Relative links of a file lead nowhere; those of a described source are relative to its address.
    let (source, url) = match described {
        Some(source) => {
            let url = source.url().to_owned();
            (source, url)
        }
        None => (
            Source::Feed(FeedConfig { url: "http://localhost/".to_owned(), ..FeedConfig::default() }.compile()?),
            String::new(),
        ),
    };
    let state = source.start(&State::default()).state;
    let answer = Answer { url, tag: Tag::Main, content_type, validators: Validators::default(), body, received: now };
    Ok(source.next(&state, &answer)?.entries)
}

fn file(name: &str, locale: Locale) -> anyhow::Result<Vec<u8>> {
    let cannot = |reason: std::io::Error| {
        anyhow!(locale.format("entries-cannot-read", &[("file", name.into()), ("reason", reason.to_string().into())]))
    };
    let mut body = Vec::new();
    std::fs::File::open(name).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut body)).map_err(cannot)?;
    if body.len() as u64 > LARGEST {
        anyhow::bail!(locale.format("entries-too-large", &[("file", name.into()), ("mib", (LARGEST >> 20).into())]));
    }
    Ok(body)
}

/// One input alone: its entries on `out`, or why there are none on `err`.
fn show(
    reading: &Reading,
    json: bool,
    locale: Locale,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> anyhow::Result<Exit> {
    let entries = match &reading.entries {
        Ok(entries) => entries,
        Err(error) => {
            let sentence = match error.downcast_ref::<crate::source::ParseError>() {
                Some(error) => locale.format(
                    "entries-not-read",
                    &[
                        ("file", reading.name.as_str().into()),
                        ("state", locale.text(&format!("source-state-{}", error.state.word())).into()),
                        ("detail", error.detail.as_str().into()),
                    ],
                ),
                None => format!("{error:#}"),
            };
            writeln!(err, "{sentence}")?;
            return Ok(Exit::Failed);
        }
    };
    if json {
        for entry in entries {
            writeln!(out, "{}", terminal::json(&value(entry))?)?;
        }
    } else {
        for entry in entries {
            human(entry, locale, out)?;
        }
        writeln!(out, "{}", locale.format("entries-count", &[("count", entries.len().into())]))?;
    }
    out.flush()?;
    Ok(Exit::Fine)
}

fn human(entry: &Entry, locale: Locale, out: &mut dyn Write) -> std::io::Result<()> {
    /// Characters of the text that are shown.
    const SHOWN: usize = 240;
    let untitled = locale.text("entries-untitled");
    writeln!(out, "{}", if entry.title.is_empty() { untitled } else { terminal::line(&entry.title, usize::MAX) })?;
    let published = entry.published.map(|then| then.to_string());
    let facts: Vec<&str> =
        [published.as_deref(), entry.author.as_deref(), entry.url.as_deref()].into_iter().flatten().collect();
    let facts = if facts.is_empty() { entry.id.clone() } else { facts.join(" · ") };
    writeln!(out, "  {}", terminal::line(&facts, usize::MAX))?;
    let text = terminal::line(&entry.text, SHOWN + 1);
    if !text.is_empty() {
        writeln!(out, "  {text}")?;
    }
    writeln!(out)
}

fn value(entry: &Entry) -> Value {
    json!({
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "text": entry.text,
        "author": entry.author,
        "published": entry.published,
        "language": entry.language,
    })
}

fn line(reading: &Reading) -> Value {
    match &reading.entries {
        Ok(entries) => {
            json!({"file": reading.name, "ok": true, "error": null, "entries": entries.iter().map(value).collect::<Vec<_>>()})
        }
        Err(error) => json!({"file": reading.name, "ok": false, "error": format!("{error:#}"), "entries": []}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::UiLanguage;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    const FEED: &str = "<rss version=\"2.0\"><channel><item><guid>1</guid><title>Un &amp; deux</title>\
        <link>https://a.fr/1</link><pubDate>Sat, 21 Nov 2026 10:12:30 +0100</pubDate></item></channel></rss>";

    /// Exit, stdout, stderr of a command line.
    async fn call(line: &[&str], stdin: &str) -> (Exit, String, String) {
        let args = Line::try_parse_from(std::iter::once("entries").chain(line.iter().copied())).unwrap().args;
        let poll = |source: Source| async move {
            Ok(vec![Entry { id: "net".into(), title: source.url().to_owned(), ..Entry::default() }])
        };
        let watched = |_: &Path, name: &str| {
            Ok(Source::Feed(FeedConfig { url: format!("https://{name}.example/"), ..FeedConfig::default() }.compile()?))
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let french = Locale::of(UiLanguage::French);
        let exit = write(args, now, french, &poll, &watched, &mut stdin.as_bytes(), &mut out, &mut err).await.unwrap();
        (exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    fn folder() -> (tempfile::TempDir, String, String) {
        let folder = tempfile::tempdir().unwrap();
        let good = folder.path().join("good.xml");
        let page = folder.path().join("page.html");
        std::fs::write(&good, FEED).unwrap();
        std::fs::write(&page, "<!doctype html><html><p>Rien</p></html>").unwrap();
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        (folder, text(good), text(page))
    }

    const ENTRY: &str = r#"{"author":null,"id":"1","language":null,"published":"2026-11-21T09:12:30Z","text":"","title":"Un & deux","url":"https://a.fr/1"}"#;

    #[tokio::test]
    async fn one_file_gives_one_entry_a_line() {
        let (_folder, good, _) = folder();
        let (exit, out, err) = call(&[&good, "--json"], "").await;
        assert_eq!((exit, out.as_str(), err.as_str()), (Exit::Fine, format!("{ENTRY}\n").as_str(), ""));
    }

    #[tokio::test]
    async fn several_files_give_one_line_each_and_failures_stand_in_theirs() {
        let (_folder, good, page) = folder();
        for (line, stdin) in [
            (vec![good.as_str(), &page, "/nowhere", "--json"], String::new()),
            (vec!["--json"], format!("{good}\n{page}\n\n/nowhere\n")),
        ] {
            let (exit, out, _) = call(&line, &stdin).await;
            assert_eq!(exit, Exit::Fine);
            let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(lines.len(), 3);
            assert_eq!((&lines[0]["ok"], &lines[0]["error"]), (&json!(true), &json!(null)));
            assert_eq!(lines[0]["entries"][0], serde_json::from_str::<Value>(ENTRY).unwrap());
            assert_eq!((&lines[1]["ok"], &lines[1]["entries"]), (&json!(false), &json!([])));
            assert_eq!(lines[1]["error"], "not_a_feed: a page in place of a feed");
            assert_eq!(lines[2]["ok"], false);
        }
    }

    #[tokio::test]
    async fn a_single_file_that_cannot_be_read_says_why_and_fails() {
        let (_folder, _, page) = folder();
        for (name, wanted) in [(page.as_str(), "au lieu d’un flux"), ("/nowhere/x.xml", "/nowhere/x.xml")] {
            let (exit, out, err) = call(&[name, "--json"], "").await;
            assert_eq!((exit, out.as_str()), (Exit::Failed, ""));
            assert!(err.contains(wanted), "{err}");
        }
    }

    #[tokio::test]
    async fn addresses_and_watched_sources_are_polled() {
        let (_, out, _) = call(&["https://b.fr/rss", "--json"], "").await;
        assert!(out.contains(r#""title":"https://b.fr/rss""#), "{out}");
        let (_, out, _) = call(&["--watchlist", "w.yaml", "--source", "forum", "--json"], "").await;
        assert!(out.contains(r#""title":"https://forum.example/""#), "{out}");
    }

    #[test]
    fn every_state_has_words_in_both_languages() {
        for language in [UiLanguage::French, UiLanguage::English] {
            for state in crate::health::SourceState::ALL {
                let key = format!("source-state-{}", state.word());
                assert_ne!(Locale::of(language).text(&key), key);
            }
        }
    }

    #[tokio::test]
    async fn people_get_a_list() {
        let (_folder, good, _) = folder();
        let (exit, out, _) = call(&[&good], "").await;
        assert_eq!(exit, Exit::Fine);
        assert_eq!(out, "Un & deux\n  2026-11-21T09:12:30Z · https://a.fr/1\n\n1 entrée\n");
        let (exit, _, err) = call(&[], "").await;
        assert_eq!(exit, Exit::Usage);
        assert!(err.contains("--help"));
    }
}
