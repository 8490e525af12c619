//! Addresses that lead inside, in every spelling, by every way on which vigie comes to ask something: with the real
//! client, and a server on loopback that counts who comes. What a name whose server answers
//! otherwise the next time is played in `net::names_tests`; whole programs are in `programs`.

use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use vigie::channels;
use vigie::clock::SystemClock;
use vigie::config::Secret;
use vigie::config::address;
use vigie::config::settings::{FetchSettings, SecretOrText, UiLanguage};
use vigie::demo::reply::Reply;
use vigie::demo::web::Web;
use vigie::exchange::{Account, Security};
use vigie::fetch::Fetcher;
use vigie::net::imap::Wanted;
use vigie::net::{Client, NetError};
use vigie::notify::chat::Service;
use vigie::notify::{Channel as _, Message, Rendered, Style};
use vigie::source::feed::FeedConfig;
use vigie::source::forum::ForumConfig;
use vigie::source::page::PageConfig;
use vigie::source::{Source, State};
use vigie::watchlist::{Context, WatchlistFile, compile};

use crate::readers::now;

const DEADLINE: Duration = Duration::from_secs(5);
const HTML: &str = "text/html; charset=utf-8";

/// Hosts that are inside, as they may be spelled.
pub(crate) const HOSTS: &[&str] = &[
    // Loopback, in IPv4.
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.000.000.001",
    "127.255.255.254",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7F.0.0.1",
    "0x7f.1",
    "0177.0.0.1",
    "0177.1",
    "127.0.0.0x1",
    "0x7f.0.0x0.01",
    "127.0.0.1.",
    "127.1.",
    "2130706433.",
    "0x7f.1.",
    // Digits of other scripts, dots of other scripts, percent-encoding.
    "①②⑦.⓪.⓪.①",
    "１２７.０.０.１",
    "𝟏𝟐𝟕.𝟎.𝟎.𝟏",
    "¹²⁷.⁰.⁰.¹",
    "₁₂₇.₀.₀.₁",
    "127。0。0。1",
    "127．0．0．1",
    "127｡0｡0｡1",
    "%31%32%37.0.0.1",
    "127.0.0.%31",
    "127%2E0%2E0%2E1",
    "0%78%37f.1",
    "127\u{AD}.0.0.1",
    "127\u{200B}.0.0.1",
    // Nowhere in particular.
    "0",
    "0.0.0.0",
    "0x0",
    "00000000",
    "0.1.2.3",
    // Names of this machine.
    "localhost",
    "LOCALHOST",
    "LocalHost",
    "ⓛocalhost",
    "%6cocalhost",
    "localhoſt",
    "ˡocalhost",
    // IPv6.
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::0001]",
    "[::]",
    "[::0.0.0.1]",
    "[0::0:1]",
    // IPv4 inside of IPv6: compatible, mapped, translated, NAT64, 6to4, Teredo, ISATAP.
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::FFFF:127.1.2.3]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::127.0.0.1]",
    "[64:ff9b:1:ffff::1]",
    "[2002:7f00:1::]",
    "[2002:7f00:0001::1]",
    "[2002:a00:1::]",
    "[2001:0:7f00:1::]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[fe80::5efe:127.0.0.1]",
    // Private, link-local, carriers' and special networks.
    "10.0.0.1",
    "0xa.1",
    "012.0.0.1",
    "167772161",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.1.1",
    "3232235777",
    "0xc0a80101",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "169.254.0xa9fe",
    "[::ffff:a9fe:a9fe]",
    "[::ffff:10.0.0.1]",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.254",
    "198.18.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    "[fd00::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[4000::1]",
    // With a zone.
    "[fe80::1%25lo]",
    "[fe80::1%lo]",
    "[::1%25lo]",
    // With who asks before it.
    "user:pass@127.0.0.1",
    "acme.example@127.0.0.1",
    "acme.example:80@127.0.0.1",
    "acme.example%40@127.0.0.1",
    "@127.0.0.1",
    "acme.example%2f@127.0.0.1",
    "a@b@127.0.0.1",
    "127.0.0.1%09",
];

/// Addresses whose spelling is odd beyond the host, `{port}` for its port.
const ODD: &[&str] = &[
    "http:127.0.0.1:{port}/",
    "http:/127.0.0.1:{port}/",
    "http:////127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}\\",
    "http:/\\/127.0.0.1:{port}/",
    "hTTp://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@acme.example/",
    "http://127.0.0.1:{port}?@acme.example/",
    "http://127.0.0.1:{port}\\@acme.example/",
    "http://127.0.0.1:0{port}/",
    " \thttp://127.0.0.1:{port}/ ",
    "ht\ttp://127.0.\t0.1:{port}/",
    "http://acme.example@127.0.0.1:{port}/@acme.example",
    "http://127.0.0.1:{port}/..//acme.example/",
    "http://[::ffff:127.0.0.1]:{port}/%2e%2e",
    "http://localhost:{port}/a@b",
];

/// Every spelling as an address, in both schemes.
pub(crate) fn urls(port: u16) -> Vec<String> {
    let plain = HOSTS.iter().flat_map(|host| ["http", "https"].map(|scheme| format!("{scheme}://{host}:{port}/")));
    plain.chain(ODD.iter().map(|odd| odd.replace("{port}", &port.to_string()))).collect()
}

/// A server that nobody may reach: it counts who comes, by IPv4 and where there is IPv6 also by that.
pub(crate) struct Inside {
    pub(crate) port: u16,
    count: Arc<AtomicUsize>,
}

impl Inside {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let count = Arc::new(AtomicUsize::new(0));
        let mut listeners = vec![listener];
        listeners.extend(TcpListener::bind(("::1", port)).await);
        for listener in listeners {
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    count.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { port, count }
    }

    pub(crate) fn reached(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}

fn settings(opened: &[SocketAddr]) -> FetchSettings {
    let allow_private = opened.iter().map(|one| address::opened(&one.to_string()).expect("an opening")).collect();
    FetchSettings { allow_private, timeout: DEADLINE, max_bytes: 1 << 20, ..FetchSettings::default() }
}

fn client(opened: &[SocketAddr]) -> Client {
    Client::new(&settings(opened)).expect("a client")
}

/// Refused for what it is; zones and odd hosts are no address at all.
fn is_refused(error: &NetError) -> bool {
    matches!(error, NetError::ForbiddenAddress { .. } | NetError::Address)
}

#[test]
fn there_are_more_than_sixty_spellings_each_once() {
    let mut all: Vec<&str> = HOSTS.iter().chain(ODD).copied().collect();
    all.sort_unstable();
    let count = all.len();
    all.dedup();
    assert_eq!(all.len(), count);
    println!("{count} spellings");
    assert!(count >= 60);
}

#[tokio::test]
async fn no_spelling_is_reached_by_asking_or_by_posting() {
    let inside = Inside::open().await;
    let client = client(&[]);
    for url in urls(inside.port) {
        let asked = client.get(&url, None).await.map(drop).expect_err(&url);
        assert!(is_refused(&asked), "{url:?}: {asked:?}");
        let posted = client.post(&url, &[], Vec::new(), DEADLINE).await.expect_err(&url);
        assert!(is_refused(&posted), "{url:?}: {posted:?}");
    }
    assert_eq!(inside.reached(), 0);
}

#[tokio::test]
async fn no_spelling_is_reached_by_a_proxy() {
    let (inside, proxy) = (Inside::open().await, Web::start().await.expect("a proxy"));
    let settings = FetchSettings { proxy: Some(SecretOrText::Text(proxy.url(""))), ..settings(&[proxy.address()]) };
    let client = Client::new(&settings).expect("a client");
    for url in urls(inside.port) {
        let asked = client.get(&url, None).await.map(drop).expect_err(&url);
        assert!(is_refused(&asked), "{url:?}: {asked:?}");
        let posted = client.post(&url, &[], Vec::new(), DEADLINE).await.expect_err(&url);
        assert!(is_refused(&posted), "{url:?}: {posted:?}");
    }
    assert_eq!((inside.reached(), proxy.connections()), (0, 0));
}

#[tokio::test]
async fn no_spelling_is_reached_as_a_source() {
    let inside = Inside::open().await;
    let fetcher = Fetcher::new(client(&[]), SystemClock);
    let (mut refused, mut asked) = (0, 0);
    for url in urls(inside.port) {
        let yaml = format!("sources:\n  - feed: {}\n", serde_json::to_string(&url).expect("JSON"));
        let file = WatchlistFile { name: "a.yaml".into(), path_shown: "a.yaml".into(), bytes: yaml.into_bytes() };
        // As `check` reads it where it knows nothing of what is opened: names and odd forms come through.
        match compile(&[file], &Context::without_settings(UiLanguage::English)).result {
            Err(_) => refused += 1,
            Ok(watchlists) => {
                for source in watchlists.sources {
                    asked += 1;
                    let poll = fetcher.poll(&source.source, State::default()).await;
                    assert!(poll.entries.is_empty() && !poll.verdict.state.is_well(), "{url:?}: {:?}", poll.verdict);
                }
            }
        }
        if let Ok(feed) = (FeedConfig { url: url.clone(), ..FeedConfig::default() }).compile() {
            let poll = fetcher.poll(&Source::Feed(feed), State::default()).await;
            assert_eq!(poll.verdict.state.word(), "forbidden_address", "{url:?}: {:?}", poll.verdict.detail);
        }
    }
    println!("{refused} refused as they stand, {asked} asked in vain");
    assert_eq!(inside.reached(), 0);
}

#[tokio::test]
async fn no_spelling_is_reached_by_a_redirect() {
    let (inside, web) = (Inside::open().await, Web::start().await.expect("a web"));
    let client = client(&[web.address()]);
    for status in [301, 302, 303, 307, 308] {
        for url in urls(inside.port).iter().filter(|_| status == 302).chain(&urls(inside.port)[..4]) {
            web.put("/f", Reply::redirect(status, url));
            match client.get(&web.url("/f"), None).await {
                Err(error) => assert!(is_refused(&error), "{url:?}: {error:?}"),
                // What is no address leads nowhere, and one without slashes is a path of the same server.
                Ok(answer) => assert!([status, 404].contains(&answer.status), "{url:?}: {}", answer.status),
            }
        }
    }
    // Relative to where it is, and by way of another redirect.
    for to in [format!("//127.0.0.1:{}/", inside.port), format!("\\\\127.1:{}/", inside.port), "/next".to_owned()] {
        web.put("/f", Reply::redirect(302, &to));
        web.put("/next", Reply::redirect(307, &format!("http://0x7f.1:{}/", inside.port)));
        let error = client.get(&web.url("/f"), None).await.map(drop).expect_err("refused");
        assert!(is_refused(&error), "{to}: {error:?}");
    }
    assert_eq!(inside.reached(), 0);
}

/// Opens these channels as the program does, and sends each something.
async fn send(yaml: &str, folder: &Path, client: &Client) -> Result<(), String> {
    let read = vigie::config::load::settings_of(&folder.join("vigie.yaml"), yaml.as_bytes(), None, UiLanguage::English);
    let (settings, _) = read.map_err(|said| format!("{said:?}"))?;
    let outlets = channels::open_all(&settings, client, &Style::default()).map_err(|error| error.to_string())?;
    for outlet in outlets {
        let body = match outlet.audience {
            vigie::notify::Audience::Chat { service, .. } => {
                Rendered::Chat { service, subject: "a".to_owned(), body: "{\"text\":\"a\"}".to_owned() }
            }
            _ => Rendered::Webhook { body: "{}".to_owned() },
        };
        let message = Message { id: "a".to_owned(), recipient: String::new(), body, now: now() };
        outlet.channel.send(&message).await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

#[tokio::test]
async fn no_spelling_is_reached_by_webhooks_and_chats() {
    let inside = Inside::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = client(&[]);
    let keep = |name: &str, value: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, value).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("protected");
    };
    keep("key", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX");
    for url in urls(inside.port) {
        let quoted = serde_json::to_string(&url).expect("JSON");
        keep("url", url.trim().replace('\t', "").as_str());
        let mut ways = vec![
            format!("{{webhook: {{url: {quoted}, secret: {{file: key}}}}}}"),
            format!("{{telegram: {{server: {quoted}, token: {{file: key}}, chat: \"1\"}}}}"),
            format!("{{ntfy: {{server: {quoted}, topic: acme}}}}"),
        ];
        ways.extend(
            ["slack", "teams", "discord", "mattermost"].map(|service| format!("{{{service}: {{url: {{file: url}}}}}}")),
        );
        for way in ways {
            let yaml = format!("watchlists: .\nchannels:\n  a: {way}\n");
            send(&yaml, folder.path(), &client).await.expect_err(&yaml);
        }
    }
    assert_eq!(inside.reached(), 0);
    // The form itself works: what is opened is reached.
    let web = Web::start().await.expect("a web");
    web.put("/h", Reply::new("text/plain", "ok"));
    let opened = Client::new(&settings(&[web.address()])).expect("a client");
    let yaml = format!(
        "watchlists: .\nfetch: {{allow_private: [\"{}\"]}}\nchannels:\n  a: {{webhook: {{url: \"{}\", secret: {{file: key}}}}}}\n",
        web.address(),
        web.url("/h")
    );
    send(&yaml, folder.path(), &opened).await.expect("taken");
    assert_eq!(web.count("/h"), 1);
    assert!(Service::ALL.len() == 6, "a service that is not tried here");
}

#[tokio::test]
async fn no_spelling_is_reached_as_a_mail_server_that_is_read() {
    let inside = Inside::open().await;
    let client = client(&[]);
    for host in HOSTS.iter().filter(|host| !host.contains('@')) {
        for security in [Security::Tls, Security::StartTls, Security::None] {
            let account = Account {
                host: (*host).to_owned(),
                port: inside.port,
                security,
                username: "vigie".to_owned(),
                password: vigie::config::SecretRef::Env("X".to_owned()),
                folder: "INBOX".to_owned(),
            };
            let wanted = Wanted { after: None, letters: 1, letter_bytes: 1_000, bytes: 1_000 };
            let read = client.letters(&account, &Secret::new("x".to_owned()), wanted).await;
            assert!(read.is_err(), "{host}: {read:?}");
        }
    }
    assert_eq!(inside.reached(), 0);
}

/// A list of topics, their pages and the pages behind them, which lead inside by all their links.
#[tokio::test]
async fn no_spelling_is_reached_by_what_a_page_links_to() {
    let (inside, web) = (Inside::open().await, Web::start().await.expect("a web"));
    let fetcher = Fetcher::new(client(&[web.address()]), SystemClock);
    let urls = urls(inside.port);
    // In chunks that a poll takes whole.
    for chunk in urls.chunks(15) {
        let links: Vec<String> = chunk.iter().map(|url| url.replace('&', "&amp;").replace('"', "&quot;")).collect();
        let rows: Vec<String> =
            links.iter().map(|url| format!("<article><a href=\"{url}\">acme</a><p>x</p></article>")).collect();
        let more: Vec<String> = links.iter().map(|url| format!("<a class=next href=\"{url}\">next</a>")).collect();
        let (rows, more) = (rows.concat(), more.concat());
        let own = "<article><a href=\"/t\">acme</a><p>x</p></article>";
        web.put("/list", Reply::new(HTML, format!("<html><body>{own}{rows}{more}</body></html>")));
        web.put("/t", Reply::new(HTML, format!("<html><body>{own}{more}{rows}</body></html>")));
        let forum = ForumConfig {
            url: web.url("/list"),
            topic: "article".to_owned(),
            topic_link: "a".to_owned(),
            post: "article".to_owned(),
            body: "p".to_owned(),
            next: Some("a.next".to_owned()),
            pages: 5,
            topics: 40,
            ..ForumConfig::default()
        };
        let page = PageConfig {
            url: web.url("/list"),
            item: "article".to_owned(),
            title: "a".to_owned(),
            link: "a @href".to_owned(),
            next: Some("a.next".to_owned()),
            pages: 5,
            ..PageConfig::default()
        };
        let forum = Source::Forum(Arc::new(forum.compile().expect("a forum")));
        let page = Source::Page(Arc::new(page.compile().expect("a page")));
        for source in [forum, page] {
            let poll = fetcher.poll(&source, State::default()).await;
            assert!(!poll.entries.is_empty(), "its own words are read: {:?}", poll.verdict);
        }
    }
    assert_eq!(inside.reached(), 0);
}

/// Everything that an opening opens, of everything that is inside: five servers, four ports apart.
#[tokio::test]
async fn an_opening_opens_exactly_what_it_names() {
    let first = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = first.local_addr().expect("an address").port();
    let mut listeners = vec![first];
    for address in ["127.0.0.2", "127.0.0.5", "127.1.0.1", "::1"] {
        listeners.extend(TcpListener::bind((address, port)).await);
    }
    listeners.push(TcpListener::bind("127.0.0.1:0").await.expect("a port"));
    let targets: Vec<SocketAddr> = listeners.iter().map(|one| one.local_addr().expect("an address")).collect();
    for listener in listeners {
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                // Closed with a request unread, a connection is broken off.
                let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 1024]).await;
                let answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
                let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await;
            }
        });
    }
    let all = |opening: &str| -> Vec<IpAddr> {
        let named: &[&str] = match opening {
            "127.0.0.1:{p}" | "127.0.0.1/32:{p}" => &["127.0.0.1"],
            "127.0.0.0/30:{p}" => &["127.0.0.1", "127.0.0.2"],
            "127.0.0.0/24:{p}" => &["127.0.0.1", "127.0.0.2", "127.0.0.5"],
            "127.255.0.0/8:{p}" | "0.0.0.0/0:{p}" => &["127.0.0.1", "127.0.0.2", "127.0.0.5", "127.1.0.1"],
            "[::1]:{p}" | "[::]/0:{p}" => &["::1"],
            // Another port; a mapped address, which is compared as what it is.
            _ => &[],
        };
        named.iter().map(|one| one.parse().expect("an address")).collect()
    };
    let openings = [
        "127.0.0.1:{p}",
        "127.0.0.1/32:{p}",
        "127.0.0.0/30:{p}",
        "127.0.0.0/24:{p}",
        "127.255.0.0/8:{p}",
        "0.0.0.0/0:{p}",
        "[::1]:{p}",
        "[::]/0:{p}",
        "127.0.0.1:1",
        "10.0.0.0/8:{p}",
        "[fd00::]/8:{p}",
        "[::ffff:127.0.0.1]:{p}",
    ];
    for opening in openings {
        let entry = address::opened(&opening.replace("{p}", &port.to_string())).expect(opening);
        let client =
            Client::new(&FetchSettings { allow_private: vec![entry], timeout: DEADLINE, ..FetchSettings::default() });
        let client = client.expect("a client");
        for target in &targets {
            let opens = target.port() == port && all(opening).contains(&target.ip());
            let mut spellings = vec![format!("http://{target}/")];
            if let IpAddr::V4(v4) = target.ip() {
                spellings.push(format!("http://[::ffff:{v4}]:{}/", target.port()));
                spellings.push(format!("http://{}:{}/", v4.to_bits(), target.port()));
            }
            for url in spellings {
                let asked = client.get(&url, None).await.map(|answer| answer.status);
                let posted = client.post(&url, &[], Vec::new(), DEADLINE).await.map(|answer| answer.status);
                for outcome in [asked, posted] {
                    match outcome {
                        Ok(status) => assert!(opens && status == 204, "{opening} let {url} through"),
                        Err(error) => assert!(!opens && is_refused(&error), "{opening}, {url}: {error:?}"),
                    }
                }
            }
            // What translates to an opened address is none.
            if let IpAddr::V4(v4) = target.ip()
                && opening != "[::]/0:{p}"
            {
                let [a, b, c, d] = v4.octets();
                let translated = format!("http://[2002:{a:02x}{b:02x}:{c:02x}{d:02x}::]:{port}/");
                let refused = client.get(&translated, None).await.map(drop).expect_err(&translated);
                assert!(is_refused(&refused), "{opening}, {translated}: {refused:?}");
            }
        }
    }
}
