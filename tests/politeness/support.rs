//! A fetcher on the small web, and when its source would be asked again.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use vigie::clock::{Clock, SystemClock};
use vigie::config::settings::{FetchSettings, OpenedAddress};
use vigie::demo::reply::Reply;
use vigie::demo::web::Web;
use vigie::fetch::{Fetcher, Poll};
use vigie::net::Client;
use vigie::schedule::{Next, Outcome, Pace};
use vigie::source::feed::FeedConfig;
use vigie::source::page::PageConfig;
use vigie::source::{Source, State};

pub(crate) const RSS: &str = "application/rss+xml";
pub(crate) const HTML: &str = "text/html; charset=utf-8";
pub(crate) const HOUR: Duration = Duration::from_hours(1);

pub(crate) fn settings(opened: &[SocketAddr]) -> FetchSettings {
    FetchSettings {
        contact: Some("https://acme.example/vigie".to_owned()),
        allow_private: opened
            .iter()
            .map(|address| OpenedAddress { network: address.ip(), bits: 32, port: address.port() })
            .collect(),
        timeout: Duration::from_secs(10),
        max_bytes: 1 << 20,
        ..FetchSettings::default()
    }
}

pub(crate) fn fetcher(opened: &[SocketAddr]) -> Fetcher<SystemClock> {
    Fetcher::new(Client::new(&settings(opened)).expect("a client"), SystemClock)
}

/// A clock that stands still until it is set.
#[derive(Debug, Clone, Default)]
pub(crate) struct SetClock(Arc<AtomicU32>);

impl SetClock {
    /// To so many hours after 21 November 2026.
    pub(crate) fn set(&self, hours: u32) {
        self.0.store(hours, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        "2026-11-21T00:00:00Z".parse::<Timestamp>().expect("a time") + HOUR * self.0.load(Ordering::Relaxed)
    }

    /// A poll does not wait for its clock.
    async fn sleep_until(&self, _: Timestamp) {}
}

/// The address of a path under a name, which has a host's slot; one written as an address that is opened has none.
pub(crate) fn by_name(web: &Web, path: &str) -> String {
    format!("http://localhost:{}{path}", web.address().port())
}

pub(crate) fn feed(url: &str) -> Source {
    Source::Feed(FeedConfig { url: url.to_owned(), ..FeedConfig::default() }.compile().expect("a feed"))
}

pub(crate) fn page(url: &str) -> Source {
    let config = PageConfig {
        url: url.to_owned(),
        item: "article".to_owned(),
        title: "h2".to_owned(),
        link: "a @href".to_owned(),
        ..PageConfig::default()
    };
    Source::Page(Arc::new(config.compile().expect("a page")))
}

/// A feed with these elements in its channel, and one item a title.
pub(crate) fn rss(channel: &str, titles: &[&str]) -> Reply {
    let items: Vec<String> = titles
        .iter()
        .map(|title| format!("<item><guid isPermaLink=\"false\">{title}</guid><title>{title}</title></item>"))
        .collect();
    let items = items.concat();
    Reply::new(RSS, format!("<rss version=\"2.0\"><channel><title>Site</title>{channel}{items}</channel></rss>"))
}

/// A page with one article a title.
pub(crate) fn articles(titles: &[&str]) -> Reply {
    let articles: Vec<String> = titles
        .iter()
        .map(|title| format!("<article><h2>{title}</h2><a href=\"/{title}\">lire</a></article>"))
        .collect();
    Reply::new(HTML, format!("<!DOCTYPE html><html><body><p>Un site</p>{}</body></html>", articles.concat()))
}

/// Polls as the daemon does: with the state that the poll before left, taken out of the store.
pub(crate) struct Watcher {
    pub(crate) fetcher: Fetcher<SystemClock>,
    pub(crate) source: Source,
    pub(crate) state: State,
    failures: u32,
}

impl Watcher {
    pub(crate) fn new(fetcher: Fetcher<SystemClock>, source: Source) -> Self {
        Self { fetcher, source, state: State::default(), failures: 0 }
    }

    pub(crate) async fn poll(&mut self) -> Poll {
        let poll = self.fetcher.poll(&self.source, self.state.clone()).await;
        if let Some(state) = &poll.state {
            let stored = serde_json::to_string(state).expect("JSON");
            self.state = serde_json::from_str(&stored).expect("a state");
        }
        self.failures = if poll.verdict.state.is_well() { 0 } else { self.failures + 1 };
        poll
    }

    /// How long after this poll the source is asked again, of one that is due every 10 minutes; nothing for never.
    pub(crate) async fn next(&mut self) -> Option<Duration> {
        let poll = self.poll().await;
        self.wait(&poll, Timestamp::now())
    }

    pub(crate) fn wait(&self, poll: &Poll, now: Timestamp) -> Option<Duration> {
        let outcome = Outcome {
            state: poll.verdict.state,
            failures: self.failures,
            retry_after: poll.verdict.retry_after,
            min_interval: poll.verdict.min_interval,
            skips: poll.verdict.skips,
        };
        let pace = Pace { every: Some(Duration::from_mins(10)), slowest: HOUR };
        match pace.next(0.0, &outcome, now, now, 0.0) {
            Next::At { due, .. } => Some(Duration::try_from(due.duration_since(now)).expect("not before")),
            Next::Never => None,
        }
    }
}
