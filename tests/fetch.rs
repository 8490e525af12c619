//! Polls against the small web: politeness, limits, faults, and addresses that must not be reached.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use vigie::clock::SystemClock;
use vigie::config::settings::{FetchSettings, OpenedAddress, UiLanguage};
use vigie::demo::reply::Reply;
use vigie::demo::web::Web;
use vigie::entry::Entry;
use vigie::exchange::{Answer, Request, Tag, Validators};
use vigie::fetch::{ENTRIES, Fetcher, Poll, REQUESTS};
use vigie::health::SourceState;
use vigie::locale::Locale;
use vigie::net::{Cause, Client, NetError};
use vigie::source::feed::FeedConfig;
use vigie::source::search::SearchConfig;
use vigie::source::{ParseError, Source, State, Step};

const RSS: &str = "application/rss+xml";

/// Short, so that faults show quickly; long enough for a busy machine.
const DEADLINE: Duration = Duration::from_millis(1_500);

fn settings(opened: &[SocketAddr]) -> FetchSettings {
    FetchSettings {
        contact: Some("https://acme.example/vigie".to_owned()),
        concurrency: 8,
        allow_private: opened
            .iter()
            .map(|address| OpenedAddress { network: address.ip(), bits: 32, port: address.port() })
            .collect(),
        timeout: DEADLINE,
        max_bytes: 1 << 20,
        slowest: Duration::from_hours(1),
        proxy: None,
    }
}

fn client(opened: &[SocketAddr]) -> Client {
    Client::new(&settings(opened)).expect("a client")
}

fn fetcher(web: &Web) -> Fetcher<SystemClock> {
    Fetcher::new(client(&[web.address()]), SystemClock)
}

/// The shortest format there is: a title a line after `#lines`.
fn lines(state: &State, answer: &Answer) -> Result<Step, ParseError> {
    let fault = |state, detail: &str| ParseError { state, detail: detail.to_owned() };
    let text = str::from_utf8(&answer.body).map_err(|_| fault(SourceState::Broken, "not UTF-8"))?;
    if text.contains("<html") {
        return Err(fault(SourceState::NotAFeed, "an HTML page"));
    }
    let Some(rest) = text.strip_prefix("#lines") else { return Err(fault(SourceState::Broken, "no #lines")) };
    let mut state = state.clone();
    if answer.tag == Tag::Main {
        state.validators.insert(answer.url.clone(), answer.validators.clone());
    }
    let mut step = Step { state, ..Step::default() };
    for (index, line) in rest.lines().filter(|line| !line.is_empty()).enumerate() {
        match line.split_once(' ') {
            Some(("topic", url)) => step.requests.push(Request {
                url: url.to_owned(),
                tag: Tag::Topic { topic: index as u16, page: 0 },
                ..Request::default()
            }),
            Some(("ttl", minutes)) => step.ttl = Some(Duration::from_mins(minutes.parse().expect("minutes"))),
            _ if line == "panic" => panic!("a parser's mistake"),
            _ => step.entries.push(Entry { id: line.to_owned(), title: line.to_owned(), ..Entry::default() }),
        }
    }
    Ok(step)
}

fn first(url: &str, state: &State) -> Step {
    let request = Request { url: url.to_owned(), validators: state.validators.get(url).cloned(), ..Request::default() };
    Step { requests: vec![request], state: state.clone(), ..Step::default() }
}

async fn poll(fetcher: &Fetcher<SystemClock>, url: &str, state: State) -> Poll {
    fetcher.drive(first(url, &state), state, lines).await
}

/// What a poll keeps beside when a failure began.
fn read(poll: &Poll) -> Option<State> {
    let mut state = poll.state.clone()?;
    state.kept.lapses = None;
    (state != State::default()).then_some(state)
}

fn titles(poll: &Poll) -> Vec<&str> {
    poll.entries.iter().map(|entry| entry.title.as_str()).collect()
}

#[tokio::test]
async fn later_requests_are_conditional_byte_for_byte_and_over_restarts() {
    let web = Web::start().await.expect("a web");
    // Neither is well-formed; both belong to the server.
    let (etag, modified) = ("W/\"é-\\a, b\"", "Sat, 21 Nov 2026 8:00:00 +0000 ");
    web.put("/f", Reply::new(RSS, "#lines\none").header("ETag", etag).header("Last-Modified", modified));
    let url = web.url("/f");

    let baseline = poll(&fetcher(&web), &url, State::default()).await;
    assert_eq!(titles(&baseline), ["one"]);
    assert_eq!(baseline.verdict.state, SourceState::Ok);
    let asked = &web.requests_to("/f")[0];
    assert_eq!((asked.header("if-none-match"), asked.header("if-modified-since")), (None, None));

    let stored = serde_json::to_string(&baseline.state.expect("validators to store")).expect("JSON");
    let restored: State = serde_json::from_str(&stored).expect("a state");
    let again = poll(&fetcher(&web), &url, restored).await;
    assert_eq!((again.verdict.state, again.verdict.not_modified), (SourceState::Ok, true));
    assert!(again.entries.is_empty());
    assert_eq!(again.state, None, "nothing to write");
    let asked = &web.requests_to("/f")[1];
    assert_eq!(asked.header("if-none-match"), Some(etag));
    assert_eq!(asked.header("if-modified-since"), Some(modified.trim_end()));
}

#[tokio::test]
async fn validators_on_a_304_are_kept_and_the_others_stay() {
    let web = Web::start().await.expect("a web");
    let url = web.url("/f");
    web.put("/f", Reply::status(304).header("ETag", "\"new\""));
    let mut state = State::default();
    let old = Validators { etag: Some("\"old\"".into()), last_modified: Some("then".into()) };
    state.validators.insert(url.clone(), old);
    let poll = poll(&fetcher(&web), &url, state).await;
    assert!(poll.verdict.not_modified);
    let kept = &poll.state.expect("a new validator").validators[&url];
    assert_eq!(kept.etag.as_deref(), Some("\"new\""));
    assert_eq!(kept.last_modified.as_deref(), Some("then"));
}

#[tokio::test]
async fn validators_of_a_body_that_cannot_be_read_are_not_stored() {
    let web = Web::start().await.expect("a web");
    for (body, state) in
        [("<html></html>", SourceState::NotAFeed), ("?", SourceState::Broken), ("#lines\npanic", SourceState::Broken)]
    {
        web.put("/f", Reply::new(RSS, body));
        let poll = poll(&fetcher(&web), &web.url("/f"), State::default()).await;
        assert_eq!(poll.verdict.state, state, "{body}");
        assert_eq!(poll.state, None, "{body}");
        assert!(poll.verdict.detail.is_some());
    }
}

#[tokio::test]
async fn each_status_is_a_state() {
    let web = Web::start().await.expect("a web");
    let fetcher = fetcher(&web);
    for (status, state) in [
        (400, SourceState::ServerError),
        (401, SourceState::Refused),
        (403, SourceState::Refused),
        (404, SourceState::NotFound),
        (410, SourceState::Gone),
        (418, SourceState::ServerError),
        (429, SourceState::RateLimited),
        (500, SourceState::ServerError),
        (503, SourceState::ServerError),
        // Unasked, and a redirect without Location.
        (304, SourceState::ServerError),
        (302, SourceState::ServerError),
    ] {
        web.put("/f", Reply::status(status));
        let poll = poll(&fetcher, &web.url("/f"), State::default()).await;
        assert_eq!(poll.verdict.state, state, "{status}");
        let detail = poll.verdict.detail.as_deref().expect("a detail");
        assert!(detail.contains(&status.to_string()), "{detail}");
        assert_eq!((read(&poll), poll.verdict.retry_after), (None, None));
    }
}

#[tokio::test]
async fn retry_after_is_understood_as_seconds_and_as_a_date() {
    let web = Web::start().await.expect("a web");
    let fetcher = fetcher(&web);
    let date = |seconds| httpdate::fmt_http_date((Timestamp::now() + Duration::from_secs(seconds)).into());
    for (status, value, from, to) in [
        (429, "120".to_owned(), 120, 120),
        (503, "7".to_owned(), 7, 7),
        (503, date(600), 590, 600),
        (429, date(0), 0, 0),
    ] {
        web.put("/f", Reply::status(status).retry_after(&value));
        let verdict = poll(&fetcher, &web.url("/f"), State::default()).await.verdict;
        assert_eq!(verdict.state, SourceState::RateLimited, "{value}");
        let seconds = verdict.retry_after.expect("a wait").as_secs();
        assert!((from..=to).contains(&seconds), "{value}: {seconds}");
    }
}

#[tokio::test]
async fn what_the_server_says_of_its_pace_is_handed_on() {
    let web = Web::start().await.expect("a web");
    let fetcher = fetcher(&web);
    let hour = httpdate::fmt_http_date((Timestamp::now() + Duration::from_hours(1)).into());
    let plain = || Reply::new(RSS, "#lines\n");
    for (name, reply, from, to) in [
        ("max-age", plain().header("Cache-Control", "public, max-age=900"), 900, 900),
        ("age", plain().header("Cache-Control", "max-age=900").header("Age", "300"), 600, 600),
        ("Expires", plain().header("Expires", &hour), 3_590, 3_600),
        ("ttl", Reply::new(RSS, "#lines\nttl 30"), 1_800, 1_800),
        ("the longer", Reply::new(RSS, "#lines\nttl 30").header("Cache-Control", "max-age=60"), 1_800, 1_800),
        ("a year", plain().header("Cache-Control", "max-age=31536000"), 86_400, 86_400),
        ("on 429", Reply::status(429).header("Cache-Control", "max-age=900"), 900, 900),
    ] {
        web.put("/f", reply);
        let verdict = poll(&fetcher, &web.url("/f"), State::default()).await.verdict;
        let seconds = verdict.min_interval.expect(name).as_secs();
        assert!((from..=to).contains(&seconds), "{name}: {seconds}");
    }
    web.put("/f", plain().header("Cache-Control", "no-cache, max-age=900"));
    assert_eq!(poll(&fetcher, &web.url("/f"), State::default()).await.verdict.min_interval, None);
}

#[tokio::test]
async fn the_pace_of_a_document_holds_while_it_is_unchanged() {
    let web = Web::start().await.expect("a web");
    let fetcher = fetcher(&web);
    let feed = |ttl: &str| Reply::new(RSS, format!("<rss version='2.0'><channel>{ttl}</channel></rss>"));
    let url = web.url("/f");
    let source = Source::Feed(FeedConfig { url, ..FeedConfig::default() }.compile().expect("a feed"));
    web.put("/f", feed("<ttl>90</ttl>"));
    let first = fetcher.poll(&source, State::default()).await;
    assert_eq!(first.verdict.min_interval, Some(Duration::from_mins(90)));
    let kept: State = serde_json::from_str(&serde_json::to_string(&first.state).expect("JSON")).expect("a state");
    let again = fetcher.poll(&source, kept.clone()).await;
    assert!(again.verdict.not_modified);
    assert_eq!(again.verdict.min_interval, Some(Duration::from_mins(90)));
    // A document that says nothing any more ends it.
    web.put("/f", feed(""));
    let third = fetcher.poll(&source, kept).await;
    assert_eq!(third.verdict.min_interval, None);
    assert_eq!(third.state.expect("another pace").pace, None);
}

#[tokio::test]
async fn an_endpoint_says_what_its_refusal_means() {
    let web = Web::start().await.expect("a web");
    let preset = vigie::source::search::find("searxng").expect("a preset");
    let config = SearchConfig {
        preset,
        endpoint: Some(web.url("")),
        query: "kermelo".to_owned(),
        locale: "fr",
        timezone: None,
        login: None,
        language: None,
    };
    let source = Source::Search(Arc::new(config.compile().expect("a search")));
    web.put("/search", Reply::status(403));
    let poll = fetcher(&web).poll(&source, State::default()).await;
    assert_eq!(poll.verdict.state, SourceState::Refused);
    let detail = poll.verdict.detail.expect("a detail");
    assert!(detail.contains("403") && detail.contains("settings.yml"), "{detail}");
    assert_eq!(web.requests()[0].path, "/search?q=kermelo&format=json&time_range=day&language=fr");
}

#[tokio::test]
async fn what_lies_between_two_answers_of_an_endpoint_is_read_in_one_poll_or_over_several() {
    let web = Web::start().await.expect("a web");
    let config = SearchConfig {
        preset: vigie::source::search::find("mastodon").expect("a preset"),
        endpoint: Some(web.url("")),
        query: "kermelo".to_owned(),
        locale: "fr",
        timezone: None,
        language: None,
        login: None,
    };
    let source = Source::Search(Arc::new(config.compile().expect("a search")));
    let posts = |ids: &[u32]| {
        let posts = ids.iter().map(|id| format!("{{\"id\":\"{id}\",\"uri\":\"{id}\",\"content\":\"kermelo {id}\"}}"));
        Reply::new("application/json", format!("[{}]", posts.collect::<Vec<_>>().join(",")))
    };
    let front = "/api/v1/timelines/tag/kermelo?limit=40";
    let after = |id: u32| format!("{front}&min_id={id}");
    let fetcher = fetcher(&web);
    web.put(front, posts(&[11, 10]));
    let first = fetcher.poll(&source, State::default()).await;
    let kept = read(&first).expect("a state");
    web.put(front, posts(&[20, 19]));
    web.put(&after(11), posts(&[13, 12]));
    web.put(&after(13), Reply::status(500));
    let second = fetcher.poll(&source, kept).await;
    let ids = |poll: &Poll| poll.entries.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&second), ["20", "19", "13", "12"]);
    web.put(&after(13), posts(&[15, 14]));
    web.put(&after(15), posts(&[20, 19]));
    let third = fetcher.poll(&source, read(&second).expect("a state")).await;
    assert_eq!((third.verdict.state, ids(&third).len()), (SourceState::Ok, 6), "{:?}", ids(&third));
    drop(web.drain());
    fetcher.poll(&source, read(&third).expect("a state")).await;
    let asked: Vec<String> = web.drain().into_iter().map(|seen| seen.path).collect();
    assert_eq!(asked, [front], "the gap is closed");
}

#[tokio::test]
async fn every_coding_is_unpacked() {
    let web = Web::start().await.expect("a web");
    let text = format!("#lines\n{}", "é".repeat(70_000));
    let plain = || Reply::new(RSS, text.clone());
    for (name, reply) in
        [("identity", plain()), ("gzip", plain().gzip()), ("zstd", plain().zstd()), ("br", plain().brotli())]
    {
        web.put("/f", reply);
        let poll = poll(&fetcher(&web), &web.url("/f"), State::default()).await;
        assert_eq!(poll.verdict.state, SourceState::Ok, "{name}: {:?}", poll.verdict.detail);
        assert_eq!(poll.entries[0].title.chars().count(), 70_000, "{name}");
    }
}

#[tokio::test]
async fn a_request_says_who_asks_and_nothing_more() {
    let web = Web::start().await.expect("a web");
    web.put("/a", Reply::redirect(302, "/f").header("Set-Cookie", "spy=1; Path=/"));
    web.put("/f", Reply::new(RSS, "#lines\none").header("Set-Cookie", "spy=2; Path=/"));
    let fetcher = fetcher(&web);
    for _ in 0..2 {
        assert_eq!(titles(&poll(&fetcher, &web.url("/a"), State::default()).await), ["one"]);
    }
    let requests = web.requests();
    assert_eq!(requests.len(), 4);
    for asked in &requests {
        let agent = concat!("vigie/", env!("CARGO_PKG_VERSION"), " (+https://acme.example/vigie)");
        assert_eq!(asked.header("user-agent"), Some(agent));
        for absent in ["cookie", "referer", "authorization"] {
            assert_eq!(asked.header(absent), None);
        }
        let codings = asked.header("accept-encoding").expect("codings");
        assert!(["gzip", "br", "zstd", "deflate"].iter().all(|coding| codings.contains(coding)), "{codings}");
    }
    assert_eq!(web.connections(), 1, "one connection carries them all");
}

#[tokio::test]
async fn redirects_are_followed_five_times_and_never_in_a_circle() {
    let web = Web::start().await.expect("a web");
    let fetcher = fetcher(&web);
    for hop in 0..6 {
        web.put(&format!("/{hop}"), Reply::redirect(if hop % 2 == 0 { 301 } else { 307 }, &format!("{}", hop + 1)));
    }
    web.put("/6", Reply::new(RSS, "#lines\nend"));
    assert_eq!(titles(&poll(&fetcher, &web.url("/1"), State::default()).await), ["end"], "five hops");
    assert_eq!(poll(&fetcher, &web.url("/0"), State::default()).await.verdict.state, SourceState::RedirectLoop);
    web.put("/self", Reply::redirect(302, "/self"));
    web.put("/there", Reply::redirect(302, "/back"));
    web.put("/back", Reply::redirect(302, "/there"));
    for (path, hops) in [("/self", 1), ("/there", 2)] {
        let before = web.requests().len();
        assert_eq!(poll(&fetcher, &web.url(path), State::default()).await.verdict.state, SourceState::RedirectLoop);
        assert_eq!(web.requests().len() - before, hops, "seen through at once");
    }
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused() {
    let (web, inside) = (Web::start().await.expect("a web"), Web::start().await.expect("a web"));
    inside.put("/", Reply::new(RSS, "#lines\nsecret"));
    let port = inside.address().port();
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "0", "2130706433"] {
        web.put("/f", Reply::redirect(302, &format!("http://{host}:{port}/")));
        let verdict = poll(&fetcher(&web), &web.url("/f"), State::default()).await.verdict;
        assert_eq!(verdict.state, SourceState::ForbiddenAddress, "{host}: {:?}", verdict.detail);
    }
    // Other schemes lead nowhere at all.
    for to in ["file:///etc/passwd", "ftp://127.0.0.1/", "//", "javascript:alert(1)"] {
        web.put("/f", Reply::redirect(302, to));
        let verdict = poll(&fetcher(&web), &web.url("/f"), State::default()).await.verdict;
        assert_eq!(verdict.state, SourceState::ServerError, "{to}");
    }
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn an_opening_holds_for_names_that_lead_there_at_its_port_alone() {
    let (web, other) = (Web::start().await.expect("a web"), Web::start().await.expect("a web"));
    for web in [&web, &other] {
        web.put("/", Reply::new(RSS, "#lines\none"));
    }
    let client = client(&[web.address()]);
    let by_name = |web: &Web| format!("http://localhost:{}/", web.address().port());
    assert_eq!(client.get(&by_name(&web), None).await.expect("an answer").status, 200);
    let refused = client.get(&by_name(&other), None).await.expect_err("another port");
    assert!(matches!(refused, NetError::ForbiddenAddress { .. }), "{refused}");
    assert!(refused.to_string().contains("localhost"), "{refused}");
    assert!(client.is_opened(&web.url("/")) && !client.is_opened(&other.url("/")));
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn what_hangs_drips_or_never_ends_is_cut() {
    let web = Web::start().await.expect("a web");
    let fetcher = fetcher(&web);
    for (name, reply, state) in [
        ("hang", Reply::hang(), SourceState::Timeout),
        ("late head", Reply::new(RSS, "#lines").after(DEADLINE * 20), SourceState::Timeout),
        ("drip", Reply::drip(RSS, "#").pausing(Duration::from_millis(50)), SourceState::Timeout),
        ("endless", Reply::endless(RSS, "#lines\n"), SourceState::TooLarge),
        ("bomb", Reply::bomb(RSS), SourceState::TooLarge),
        ("zstd bomb", Reply::new(RSS, vec![b' '; 64 << 20]).zstd(), SourceState::TooLarge),
        ("a byte too many", Reply::new(RSS, vec![b' '; (1 << 20) + 1]), SourceState::TooLarge),
        ("a byte too many, packed", Reply::new(RSS, vec![b' '; (1 << 20) + 1]).gzip(), SourceState::TooLarge),
        ("claims a terabyte", Reply::new(RSS, "#lines").claiming(1 << 40), SourceState::TooLarge),
        ("claims too much", Reply::new(RSS, "#lines").claiming(900), SourceState::Unreachable),
        ("closes in the middle", Reply::new(RSS, "#lines\none").cut_after(3), SourceState::Unreachable),
        ("packed and cut", Reply::new(RSS, "#lines\none").gzip().cut_after(14), SourceState::Unreachable),
        ("not packed as said", Reply::new(RSS, "#lines").header("Content-Encoding", "gzip"), SourceState::Broken),
    ] {
        web.put("/f", reply);
        let start = Instant::now();
        let poll = poll(&fetcher, &web.url("/f"), State::default()).await;
        assert_eq!(poll.verdict.state, state, "{name}: {:?}", poll.verdict.detail);
        assert_eq!((read(&poll), poll.entries.len()), (None, 0), "{name}");
        assert!(start.elapsed() < DEADLINE * 4, "{name} took {:?}", start.elapsed());
    }
    // Exactly the cap is no fault.
    web.put("/f", Reply::new(RSS, format!("#lines\n{}", "x".repeat((1 << 20) - 7))));
    assert_eq!(poll(&fetcher, &web.url("/f"), State::default()).await.verdict.state, SourceState::Ok);
}

#[tokio::test]
async fn a_hanging_source_delays_no_other() {
    let web = Web::start().await.expect("a web");
    web.put("/hang", Reply::hang());
    web.put("/f", Reply::new(RSS, "#lines\none"));
    let fetcher = fetcher(&web);
    let (hanging, healthy) = (web.url("/hang"), web.url("/f"));
    let hang = poll(&fetcher, &hanging, State::default());
    let start = Instant::now();
    let well = async {
        web.asked("/hang", 1).await;
        for _ in 0..20 {
            assert_eq!(poll(&fetcher, &healthy, State::default()).await.verdict.state, SourceState::Ok);
        }
        start.elapsed()
    };
    let (hang, took) = tokio::join!(hang, well);
    assert_eq!(hang.verdict.state, SourceState::Timeout);
    assert!(took < DEADLINE, "{took:?}");
}

#[tokio::test]
async fn what_stands_in_the_way_is_said_in_one_sentence() {
    let web = Web::start().await.expect("a web");
    let nobody = {
        let gone = Web::start().await.expect("a web");
        gone.address()
    };
    // The listener closes when its task ends.
    while tokio::net::TcpStream::connect(nobody).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let client = client(&[web.address(), nobody]);
    let error = async |url: String| client.get(&url, None).await.expect_err("no answer");
    assert_eq!(error(format!("http://{nobody}/")).await, NetError::Unreachable(Cause::Refused));
    for url in ["ftp://acme.example/", "acme.example", "http://", "", "file:///etc/passwd", "http://a b/"] {
        assert_eq!(error(url.to_owned()).await, NetError::Address, "{url}");
    }
    for sentence in [NetError::Unreachable(Cause::Refused), NetError::Address].map(|error| error.to_string()) {
        assert!(!sentence.contains('\n') && !sentence.contains("http://"), "{sentence}");
    }
}

/// A peer that says `bytes` to whoever connects, and closes.
async fn says(bytes: &'static [u8]) -> SocketAddr {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = [0; 512];
            let _ = stream.read(&mut hello).await;
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

#[tokio::test]
async fn a_peer_that_speaks_no_http_or_breaks_tls_off_is_unreachable() {
    for (bytes, scheme, cause) in [
        (&b"220 mail.example ESMTP\r\n"[..], "http", Some(Cause::Protocol)),
        (b"", "http", Some(Cause::Closed)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "http", Some(Cause::Protocol)),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "https", Some(Cause::NotTls)),
        // Alert, fatal, handshake_failure (RFC 8446, section 6).
        (&[21, 3, 3, 0, 2, 2, 40], "https", None),
    ] {
        let address = says(bytes).await;
        let error = client(&[address]).get(&format!("{scheme}://{address}/"), None).await.expect_err("no answer");
        match (cause, error) {
            (Some(cause), error) => assert_eq!(error, NetError::Unreachable(cause), "{bytes:?}"),
            (None, NetError::Unreachable(Cause::Tls(_))) => {}
            (None, other) => panic!("{other:?}"),
        }
    }
}

/// Runs itself again as a child, because variables of a process are not to be set while it has threads.
#[test]
fn proxy_variables_are_ignored() {
    const TARGET: &str = "VIGIE_TEST_TARGET";
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if let Ok(target) = std::env::var(TARGET) {
        let address: SocketAddr = target.parse().expect("an address");
        let answer = runtime.block_on(client(&[address]).get(&format!("http://{address}/f"), None));
        assert_eq!(answer.expect("an answer").status, 200);
        return;
    }
    let (proxy, web) =
        runtime.block_on(async { (Web::start().await.expect("a web"), Web::start().await.expect("a web")) });
    web.put("/f", Reply::new(RSS, "#lines\none"));
    let mut child = Command::new(std::env::current_exe().expect("this test"));
    child.args(["--exact", "proxy_variables_are_ignored"]).env(TARGET, web.address().to_string());
    for variable in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        child.env(variable, proxy.url(""));
    }
    child.env_remove("no_proxy").env_remove("NO_PROXY");
    let output = child.output().expect("a child");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((web.count("/f"), proxy.connections()), (1, 0));
}

#[tokio::test]
async fn entries_past_the_cap_are_counted() {
    let web = Web::start().await.expect("a web");
    let body: String =
        std::iter::once("#lines\n".to_owned()).chain((0..ENTRIES + 7).map(|n| format!("{n}\n"))).collect();
    web.put("/f", Reply::new(RSS, body));
    let poll = poll(&fetcher(&web), &web.url("/f"), State::default()).await;
    assert_eq!((poll.entries.len(), poll.verdict.dropped), (ENTRIES, 7));
    assert_eq!(poll.verdict.state, SourceState::Ok);
    assert!(poll.verdict.detail.is_some_and(|detail| detail.contains("7 items")));
}

/// A list whose topics are at these paths.
fn list(web: &Web, topics: impl IntoIterator<Item = String>) -> Reply {
    let topics: Vec<String> = topics.into_iter().map(|path| format!("topic {}", web.url(&path))).collect();
    Reply::new(RSS, format!("#lines\n{}", topics.join("\n")))
}

#[tokio::test]
async fn a_poll_makes_40_requests_at_most_and_reads_the_list_again_for_the_rest() {
    let web = Web::start().await.expect("a web");
    web.put("/list", list(&web, (0..60).map(|n| format!("/t?{n}"))));
    web.put("/t", Reply::new(RSS, "#lines\npost"));
    let poll = poll(&fetcher(&web), &web.url("/list"), State::default()).await;
    assert_eq!(web.requests().len(), REQUESTS);
    assert_eq!(poll.entries.len(), REQUESTS - 1);
    assert_eq!(poll.verdict.state, SourceState::Ok);
    assert!(poll.verdict.detail.is_some_and(|detail| detail.contains("21 pages")));
    let has_validators = |state: Option<State>| state.is_some_and(|state| !state.validators.is_empty());
    assert!(!has_validators(poll.state), "validators of the list would hide what was left");
}

#[tokio::test]
async fn a_topic_that_fails_costs_only_itself() {
    let web = Web::start().await.expect("a web");
    web.put("/list", list(&web, ["/a", "/deleted", "/b?token=CANARY", "/c"].map(str::to_owned)));
    for path in ["/a", "/c"] {
        web.put(path, Reply::new(RSS, format!("#lines\n{path}")));
    }
    web.put("/b", Reply::new(RSS, "<html>"));
    let fetcher = fetcher(&web);
    let result = poll(&fetcher, &web.url("/list"), State::default()).await;
    assert_eq!(titles(&result), ["/a", "/c"]);
    assert_eq!(result.verdict.state, SourceState::Ok);
    assert!(result.state.is_some(), "nothing more is to be had from the same list");
    assert!(result.verdict.detail.is_some_and(|detail| detail.contains("2 pages") && detail.contains("404")));

    // One that may come back is asked again: the list's validators wait for it.
    web.put("/deleted", Reply::status(500));
    let result = poll(&fetcher, &web.url("/list"), State::default()).await;
    assert_eq!((titles(&result), result.verdict.state), (vec!["/a", "/c"], SourceState::Ok));
    assert!(result.state.is_some_and(|state| state.validators.is_empty()), "fruitful, and nothing else");

    // A list that has entries of its own is read, whatever becomes of its further pages.
    web.put("/mixed", Reply::new(RSS, format!("#lines\nown\ntopic {}", web.url("/deleted"))));
    let result = poll(&fetcher, &web.url("/mixed"), State::default()).await;
    assert_eq!((titles(&result), result.verdict.state), (vec!["own"], SourceState::Ok));

    // Topics that were all deleted are no fault of the list.
    web.put("/gone", list(&web, ["/t1", "/t2"].map(str::to_owned)));
    web.put("/t1", Reply::status(410));
    let result = poll(&fetcher, &web.url("/gone"), State::default()).await;
    assert_eq!(result.verdict.state, SourceState::Ok);

    // Where nothing can be read, the source is as its pages are.
    for path in ["/a", "/deleted", "/c"] {
        web.put(path, Reply::status(403));
    }
    web.put("/b", Reply::status(403));
    let result = poll(&fetcher, &web.url("/list"), State::default()).await;
    assert_eq!(result.verdict.state, SourceState::Refused);
    assert!(result.verdict.detail.is_some_and(|detail| !detail.contains("CANARY")));
}

#[tokio::test]
async fn a_server_in_trouble_is_left_alone_and_what_was_read_is_kept() {
    let web = Web::start().await.expect("a web");
    web.put("/list", list(&web, (0..20).map(|n| format!("/t{n}"))));
    web.put("/t0", Reply::new(RSS, "#lines\npost"));
    for n in 1..20 {
        web.put(&format!("/t{n}"), Reply::status(502));
    }
    let fetcher = fetcher(&web);
    let result = poll(&fetcher, &web.url("/list"), State::default()).await;
    assert_eq!((titles(&result), result.verdict.state), (vec!["post"], SourceState::ServerError));
    assert_eq!((web.requests().len(), read(&result)), (5, None));
    web.put("/t1", Reply::status(429).retry_after("33"));
    let result = poll(&fetcher, &web.url("/list"), State::default()).await;
    assert_eq!((titles(&result), result.verdict.state), (vec!["post"], SourceState::RateLimited));
    assert_eq!(result.verdict.retry_after, Some(Duration::from_secs(33)));
    assert_eq!(web.requests().len(), 5 + 3);
}

#[tokio::test]
async fn requests_of_a_poll_start_a_second_apart_on_hosts_that_are_not_opened_by_address() {
    let web = Web::start().await.expect("a web");
    let port = web.address().port();
    web.put("/list", Reply::new(RSS, format!("#lines\ntopic http://localhost:{port}/t")));
    web.put("/t", Reply::new(RSS, "#lines\npost"));
    poll(&fetcher(&web), &format!("http://localhost:{port}/list"), State::default()).await;
    let asked = web.requests();
    assert_eq!(asked.len(), 2);
    // Seen from the server, where a busy machine may show the first request late: half of the pause is proof.
    assert!(asked[1].at - asked[0].at >= Duration::from_millis(500), "{:?}", asked[1].at - asked[0].at);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_body_is_parsed_alone() {
    let web = Web::start().await.expect("a web");
    web.put("/large", Reply::new(RSS, vec![b'x'; (1 << 20) + 1]));
    web.put("/small", Reply::new(RSS, "x"));
    let mut settings = settings(&[web.address()]);
    settings.max_bytes = 8 << 20;
    settings.timeout = Duration::from_secs(20);
    let fetcher = Fetcher::new(Client::new(&settings).expect("a client"), SystemClock);
    let (parsing, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..24 {
        let url = web.url(if n % 4 == 0 { "/large" } else { "/small" });
        let (fetcher, parsing, most) = (fetcher.clone(), Arc::clone(&parsing), Arc::clone(&most));
        tasks.spawn(async move {
            let next = move |state: &State, answer: &Answer| {
                let others = parsing.fetch_add(1, Ordering::SeqCst);
                most.fetch_max(others, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
                let large = answer.body.len() > 1 << 20;
                if large {
                    assert_eq!((others, parsing.load(Ordering::SeqCst)), (0, 1), "not alone");
                }
                parsing.fetch_sub(1, Ordering::SeqCst);
                Ok(Step { state: state.clone(), ..Step::default() })
            };
            fetcher.drive(first(&url, &State::default()), State::default(), next).await
        });
    }
    while let Some(poll) = tasks.join_next().await {
        assert_eq!(poll.expect("no panic").verdict.state, SourceState::Ok);
    }
    assert!(most.load(Ordering::SeqCst) > 0, "small ones are parsed side by side");
}

#[tokio::test]
async fn a_post_is_sent_once_as_it_is() {
    let web = Web::start().await.expect("a web");
    web.put("/hook", Reply::new("text/plain", "thanks").with_status(202));
    let client = client(&[web.address()]);
    let headers = [("webhook-id", "msg_1"), ("content-type", "application/json")];
    let answer = client.post(&web.url("/hook"), &headers, b"{\"a\":\"\xc3\xa9\"}".to_vec(), DEADLINE).await;
    let answer = answer.expect("an answer");
    assert_eq!((answer.status, answer.body.as_slice(), answer.retry_after), (202, &b"thanks"[..], None));
    let seen = &web.requests_to("/hook")[0];
    assert_eq!((seen.method.as_str(), seen.body.as_slice()), ("POST", "{\"a\":\"é\"}".as_bytes()));
    assert_eq!((seen.header("webhook-id"), seen.header("content-type")), (Some("msg_1"), Some("application/json")));

    web.put("/hook", Reply::redirect(307, "/elsewhere"));
    let answer = client.post(&web.url("/hook"), &[], Vec::new(), DEADLINE).await.expect("an answer");
    assert_eq!((answer.status, web.count("/elsewhere")), (307, 0));

    web.put("/hook", Reply::status(429).retry_after("12"));
    let answer = client.post(&web.url("/hook"), &[], Vec::new(), DEADLINE).await.expect("an answer");
    assert_eq!((answer.status, answer.retry_after), (429, Some(Duration::from_secs(12))));

    web.put("/hook", Reply::endless("text/plain", ""));
    let answer = client.post(&web.url("/hook"), &[], Vec::new(), DEADLINE).await.expect("an answer");
    assert_eq!((answer.status, answer.body.len()), (200, 64 << 10));

    for reply in [Reply::hang(), Reply::drip("text/plain", "x").pausing(Duration::from_millis(50))] {
        web.put("/hook", reply);
        let start = Instant::now();
        let error = client.post(&web.url("/hook"), &[], Vec::new(), Duration::from_millis(300)).await;
        assert!(matches!(error, Err(NetError::Timeout { .. })), "{error:?}");
        assert!(start.elapsed() < DEADLINE);
    }
    let error = client.post(&web.url("/hook"), &[("x", "a\r\nb: c")], Vec::new(), DEADLINE).await;
    assert!(matches!(error, Err(NetError::Unsendable(_))), "{error:?}");
}

#[tokio::test]
async fn a_plain_http_post_goes_to_opened_addresses_only() {
    let (web, other) = (Web::start().await.expect("a web"), Web::start().await.expect("a web"));
    let client = client(&[web.address()]);
    let public = IpAddr::from([1, 1, 1, 1]);
    let port = web.address().port();
    let error = client.post(&format!("http://{public}:{port}/"), &[], Vec::new(), DEADLINE).await;
    assert_eq!(error, Err(NetError::Insecure));
    let error = client.post(&other.url("/"), &[], Vec::new(), DEADLINE).await;
    assert!(matches!(error, Err(NetError::ForbiddenAddress { .. })), "{error:?}");
    let answer = client.post(&format!("http://localhost:{port}/"), &[], Vec::new(), DEADLINE).await;
    assert_eq!(answer.expect("an answer").status, 404);
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn user_info_goes_to_its_own_host_and_into_no_link() {
    let web = Web::start().await.expect("a web");
    let port = web.address().port();
    web.put("/near", Reply::redirect(302, "/f"));
    web.put("/far", Reply::redirect(302, &format!("http://localhost:{port}/f")));
    web.put("/f", Reply::new(RSS, "#lines\n"));
    let client = client(&[web.address()]);
    for (path, sent) in [("/near", Some("Basic dTpw")), ("/far", None)] {
        let answer = client.get(&format!("http://u:p@{}{path}", web.address()), None).await.expect("an answer");
        assert!(!answer.url.contains('@'), "{}", answer.url);
        assert_eq!(web.requests_to(path)[0].header("authorization"), Some("Basic dTpw"));
        let last = web.requests_to("/f").pop().expect("a request");
        assert_eq!(last.header("authorization"), sent, "{path}");
    }
}

#[test]
fn every_error_has_a_sentence_in_both_languages_with_its_arguments() {
    let address = "10.1.2.3".parse().expect("an address");
    let after = Duration::from_secs(37);
    let causes = [
        Cause::NoSuchHost("ARG".into()),
        Cause::Resolver,
        Cause::Refused,
        Cause::Reset,
        Cause::Closed,
        Cause::NoRoute,
        Cause::Protocol,
        Cause::NotTls,
        Cause::Tls("ARG".into()),
        Cause::Expired,
        Cause::NotYetValid,
        Cause::WrongName,
        Cause::UnknownIssuer,
        Cause::Revoked,
        Cause::BadCertificate("ARG".into()),
        Cause::Other("ARG".into()),
    ];
    let mut errors = vec![
        NetError::Address,
        NetError::NoConnection { after },
        NetError::Timeout { after },
        NetError::TooLarge { limit: 8_388_608 },
        NetError::RedirectLoop { hops: 5 },
        NetError::ForbiddenAddress { host: "h.example".into(), address, range: "private" },
        NetError::Downgraded,
        NetError::Credential("ARG".into()),
        NetError::Insecure,
        NetError::Damaged,
        NetError::Unsendable("ARG".into()),
    ];
    errors.extend(causes.into_iter().map(NetError::Unreachable));
    for error in errors {
        let (key, arguments) = error.message();
        for language in [UiLanguage::French, UiLanguage::English] {
            let given: Vec<_> = arguments.iter().map(|(name, value)| (*name, value.clone().into())).collect();
            let text = Locale::of(language).format(key, &given);
            assert_ne!(text, key, "{language:?} has no text for {error:?}");
            assert!(!text.contains('{'), "{text}");
            for (_, value) in &arguments {
                assert!(text.contains(value.as_str()), "{text} does not say {value}");
            }
        }
    }
}
