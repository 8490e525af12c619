//! `vigie discover`: from a site's address, an OPML list or a watchlist to lines of `sources:` that can be
//! pasted, or to an OPML list. Owns the order in which places are tried and the YAML; what a page tells is
//! `source::discover`, OPML is `opml`.

use std::io::Write;
use std::time::Duration;

use super::{Exit, opml, sources};
use crate::clock::SystemClock;
use crate::config::address::{self, Reach};
use crate::config::lexical::quoted;
use crate::config::settings::FetchSettings;
use crate::config::{guard, language_of_environment};
use crate::exchange::{Answer, Tag, Validators};
use crate::fetch::Fetcher;
use crate::locale::Locale;
use crate::net::Client;
use crate::source::charset;
use crate::source::discover::{self, Clues, Engine, Link};
use crate::source::feed::FeedConfig;
use crate::source::{Source, State};
use crate::text::{clean, url};

/// Addresses tried for one site.
const MOST_TRIED: usize = 12;

/// Between two requests to a site that is not opened by its address.
const APART: Duration = Duration::from_secs(1);

/// Find the feeds of a site, or take those of an OPML list, as lines to paste into a watchlist.
///
/// Looks at the page itself, at the feeds that it names, and where its engine has them; each one is read
/// before it is shown.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  vigie discover https://blog.example.org
  vigie discover subscriptions.opml > watchlists/feeds.yaml
  vigie discover --format opml watchlists/*.yaml > feeds.opml")]
pub struct Args {
    /// The address of a site, an OPML file, or a watchlist whose feeds are listed
    #[arg(value_name = "URL|FILE", required = true)]
    inputs: Vec<String>,
    /// What is written
    #[arg(long, value_enum, default_value = "yaml")]
    format: Format,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Lines of `sources:` to paste.
    Yaml,
    /// A list that feed readers take.
    Opml,
}

/// A source to paste.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    kind: &'static str,
    url: String,
    name: String,
    preset: Option<&'static str>,
    /// What was read of it; absent: it was not asked.
    entries: Option<usize>,
}

/// Runs the command with the limits and opened addresses of the folder's settings.
pub async fn run(args: Args) -> anyhow::Result<Exit> {
    let fetch = sources::settings().map(|settings| settings.fetch).unwrap_or_default();
    let locale = Locale::of(language_of_environment());
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
    Search::new(&fetch, locale)?.run(&args, &mut out, &mut err).await
}

struct Search {
    client: Client,
    fetcher: Fetcher<SystemClock>,
    opened: FetchSettings,
    locale: Locale,
    /// Requests made so far.
    asked: usize,
}

impl Search {
    fn new(fetch: &FetchSettings, locale: Locale) -> anyhow::Result<Self> {
        let client = Client::new(fetch)?;
        let fetcher = Fetcher::new(client.clone(), SystemClock);
        Ok(Self { client, fetcher, opened: fetch.clone(), locale, asked: 0 })
    }

    async fn run(mut self, args: &Args, out: &mut dyn Write, err: &mut dyn Write) -> anyhow::Result<Exit> {
        let mut all: Vec<Found> = Vec::new();
        let mut exit = Exit::Fine;
        for input in &args.inputs {
            let found = match url::absolute(input) {
                Some(address) => {
                    self.asked = 0;
                    self.site(&address, err).await?
                }
                None if opml::is_watchlist(input) => self.watchlist(input, err)?,
                None => self.list(input, err)?,
            };
            if found.is_empty() {
                writeln!(err, "{}", self.locale.format("discover-nothing", &[("input", input.as_str().into())]))?;
                exit = Exit::Failed;
            }
            let fresh =
                found.into_iter().filter(|one| !all.iter().any(|known| known.url == one.url && known.kind == one.kind));
            let fresh: Vec<_> = fresh.collect();
            all.extend(fresh);
        }
        if args.format == Format::Opml {
            let feed = |found: &Found| opml::Feed { url: found.url.clone(), name: found.name.clone() };
            let (feeds, others): (Vec<&Found>, Vec<&Found>) = all.iter().partition(|found| found.kind == "feed");
            for found in others {
                self.left_out(&found.url, err)?;
            }
            if !feeds.is_empty() {
                opml::write(out, &feeds.into_iter().map(feed).collect::<Vec<_>>())?;
                out.flush()?;
            }
        } else if !all.is_empty() {
            writeln!(out, "sources:")?;
            for found in &all {
                write!(out, "{}", self.yaml(found))?;
            }
            out.flush()?;
        }
        Ok(exit)
    }

    /// The feeds of a watchlist.
    fn watchlist(&self, name: &str, err: &mut dyn Write) -> anyhow::Result<Vec<Found>> {
        let (feeds, others) = opml::of_watchlist(std::path::Path::new(name))?;
        for address in others {
            self.left_out(&address, err)?;
        }
        let found =
            |feed: opml::Feed| Found { kind: "feed", url: feed.url, name: feed.name, preset: None, entries: None };
        Ok(feeds.into_iter().map(found).collect())
    }

    fn left_out(&self, address: &str, err: &mut dyn Write) -> std::io::Result<()> {
        writeln!(err, "{}", self.locale.format("discover-no-feed", &[("address", address.into())]))
    }

    /// An OPML file.
    fn list(&self, name: &str, err: &mut dyn Write) -> anyhow::Result<Vec<Found>> {
        let said = |key: &str, reason: String| {
            anyhow::anyhow!(self.locale.format(key, &[("file", name.into()), ("reason", reason.into())]))
        };
        let bytes = guard::read_capped(std::path::Path::new(name))
            .map_err(|reason| said("discover-cannot-read", reason.to_string()))?;
        let text = charset::decode(&bytes, None);
        if !discover::is_opml(&text) {
            return Err(said("discover-no-opml", String::new()));
        }
        self.outlines(&text, err)
    }

    fn outlines(&self, text: &str, err: &mut dyn Write) -> anyhow::Result<Vec<Found>> {
        let (links, refused) = discover::opml(text);
        let (links, closed): (Vec<Link>, Vec<Link>) = links.into_iter().partition(|link| self.is_reachable(&link.url));
        for address in refused.into_iter().chain(closed.into_iter().map(|link| link.url)) {
            writeln!(err, "{}", self.locale.format("discover-left-out", &[("address", address.into())]))?;
        }
        let found = |link: Link| Found { kind: "feed", url: link.url, name: link.title, preset: None, entries: None };
        Ok(links.into_iter().map(found).collect())
    }

    /// False for a literal private address that nobody opened: `check` would refuse it.
    fn is_reachable(&self, address: &str) -> bool {
        let parsed = address::web(address);
        parsed.is_some_and(|url| !matches!(address::reach(&url, &self.opened.allow_private), Reach::Forbidden(..)))
    }

    async fn site(&mut self, address: &str, err: &mut dyn Write) -> anyhow::Result<Vec<Found>> {
        let answer = self.page(address, err).await?;
        let text = charset::decode(&answer.body, answer.content_type.as_deref()).into_owned();
        if discover::is_opml(&text) {
            return self.outlines(&text, err);
        }
        let feed = Source::Feed(FeedConfig { url: answer.url.clone(), ..FeedConfig::default() }.compile()?);
        if let Some(count) = read(&feed, &answer) {
            return Ok(vec![Found::feed(address.to_owned(), String::new(), count)]);
        }
        let Clues { feeds, engine } = discover::look(&text, &answer.url);
        let mut found = Vec::new();
        if let Some(engine) = engine {
            let argument = [("engine", engine.name.into())];
            writeln!(err, "{}", self.locale.format("discover-engine", &argument))?;
            found.extend(self.forum(&engine, address, &answer, err)?);
        }
        for Link { url, title } in feeds {
            found.extend(self.feed(url, title, err).await?);
        }
        let has_feed = |found: &[Found]| found.iter().any(|one| one.kind == "feed");
        let paths = engine.map_or(discover::GUESSES, |engine| engine.feeds);
        for path in paths {
            if has_feed(&found) {
                break;
            }
            for place in discover::places(&answer.url, path) {
                let one = self.feed(place, String::new(), err).await?;
                let is_there = one.is_some();
                found.extend(one);
                if is_there {
                    break;
                }
            }
        }
        Ok(found)
    }

    async fn page(&mut self, address: &str, err: &mut dyn Write) -> anyhow::Result<Answer> {
        self.pause(address, err).await?;
        let mut fetched =
            self.client.get(address, None).await.map_err(|error| anyhow::anyhow!("{address}: {error}"))?;
        if !(200..300).contains(&fetched.status) {
            anyhow::bail!("{address}: {}", fetched.status_line());
        }
        Ok(Answer {
            content_type: fetched.header("content-type").map(str::to_owned),
            url: fetched.url.clone(),
            tag: Tag::Main,
            validators: Validators::default(),
            body: fetched.body.take(),
            received: jiff::Timestamp::now(),
        })
    }

    /// A feed, when it is one.
    async fn feed(&mut self, address: String, name: String, err: &mut dyn Write) -> anyhow::Result<Option<Found>> {
        if self.asked >= MOST_TRIED {
            return Ok(None);
        }
        self.pause(&address, err).await?;
        let source = Source::Feed(FeedConfig { url: address.clone(), ..FeedConfig::default() }.compile()?);
        let poll = self.fetcher.poll(&source, State::default()).await;
        Ok(poll.verdict.state.is_well().then(|| Found::feed(address, name, poll.entries.len())))
    }

    /// The engine's preset, when it reads this very page, or needs no page.
    fn forum(
        &self,
        engine: &Engine,
        address: &str,
        answer: &Answer,
        err: &mut dyn Write,
    ) -> anyhow::Result<Option<Found>> {
        let Some(preset) = engine.preset else { return Ok(None) };
        let found =
            Found { kind: "forum", url: address.to_owned(), name: String::new(), preset: Some(preset), entries: None };
        let yaml = format!("sources:\n{}", self.yaml(&found));
        if sources::of_yaml(&yaml).is_some_and(|source| {
            !matches!(source, Source::Forum(_))
                || source
                    .next(&source.start(&State::default()).state, answer)
                    .is_ok_and(|step| !step.requests.is_empty())
        }) {
            return Ok(Some(found));
        }
        writeln!(err, "{}", self.locale.format("discover-no-topics", &[("preset", preset.into())]))?;
        Ok(None)
    }

    /// Says what is asked, and waits where politeness asks for it.
    async fn pause(&mut self, address: &str, err: &mut dyn Write) -> anyhow::Result<()> {
        if self.asked > 0 && !self.client.is_opened(address) {
            tokio::time::sleep(APART).await;
        }
        self.asked += 1;
        writeln!(err, "{}", self.locale.format("discover-asking", &[("address", address.into())]))?;
        Ok(())
    }

    fn yaml(&self, found: &Found) -> String {
        let count = found.entries.map_or_else(String::new, |count| {
            format!("   # {}", self.locale.format("entries-count", &[("count", count.into())]))
        });
        let mut lines = vec![format!("  - {}: {}{count}", found.kind, scalar(&found.url))];
        lines.extend(found.preset.map(|preset| format!("    preset: {preset}")));
        let name = clean::line(&found.name, 80);
        if !name.is_empty() {
            lines.push(format!("    name: {}", quoted(&name)));
        }
        lines.join("\n") + "\n"
    }
}

impl Found {
    fn feed(url: String, name: String, entries: usize) -> Self {
        Self { kind: "feed", url, name, preset: None, entries: Some(entries) }
    }
}

/// How many entries a source reads out of an answer.
fn read(source: &Source, answer: &Answer) -> Option<usize> {
    let state = source.start(&State::default()).state;
    source.next(&state, answer).ok().map(|step| step.entries.len())
}

/// An address as YAML: between quotes where a sign in it means something else.
fn scalar(address: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?&=%+;@$".contains(c);
    if address.chars().all(is_plain) && !address.ends_with(':') { address.to_owned() } else { quoted(address) }
}

#[cfg(test)]
#[path = "discover_tests.rs"]
mod tests;
