//! The whole program and addresses that lead inside: by names, by what feeds and sites say, by a proxy that the
//! environment names.

use std::fmt::Write as _;
use std::process::Command;

use vigie::demo::reply::Reply;
use vigie::demo::web::Web;

use crate::addresses::{Inside, urls};
use crate::world::World;

const RSS: &str = "application/rss+xml";

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// Everywhere in a feed where an address may stand.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_feed_names_is_asked_for() {
    let inside = Inside::open().await;
    let rule = "alerts:\n  - {name: all, on: mention, to: comms, group: off}\n";
    let world = World::with(&format!(
        "brands:\n  - {{id: acme, match: {{any: [acme]}}}}\nsources:\n  - {{feed: \"{{web}}/rss.xml\"}}\n{rule}"
    ))
    .await;
    let all = urls(inside.port);
    let mut items = String::new();
    for (n, url) in all.iter().enumerate() {
        let url = xml(url);
        let _ = write!(
            items,
            "<item><guid isPermaLink=\"true\">{url}#{n}</guid><title>acme {n}</title><link>{url}</link>\
             <comments>{url}</comments><source url=\"{url}\">s</source><enclosure url=\"{url}\" type=\"audio/mpeg\"/>\
             <media:content xmlns:media=\"http://search.yahoo.com/mrss/\" url=\"{url}\"><media:thumbnail url=\"{url}\"/>\
             </media:content><wfw:commentRss xmlns:wfw=\"http://wellformedweb.org/CommentAPI/\">{url}</wfw:commentRss>\
             <description>acme &lt;img src=\"{url}\"&gt;&lt;a href=\"{url}\"&gt;x&lt;/a&gt;&lt;iframe src=\"{url}\"&gt;\
             </description></item>"
        );
    }
    let one = xml(&all[0]);
    let channel = format!(
        "<?xml-stylesheet href=\"{one}\"?><rss version=\"2.0\" xml:base=\"{one}\"><channel><title>s</title><link>{one}</link>\
         <cloud domain=\"127.0.0.1\" port=\"{port}\" path=\"/\" protocol=\"http-post\"/><image><url>{one}</url></image>\
         <atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"hub\" href=\"{one}\"/>\
         <atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"next\" href=\"{one}\"/>\
         <itunes:new-feed-url xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\">{one}</itunes:new-feed-url>",
        port = inside.port
    );
    world.web.put("/rss.xml", Reply::new(RSS, format!("{channel}</channel></rss>")));
    assert_eq!(world.output(&["run", "--once", "-q"]).await.0, 0);
    let dtd = format!("<!DOCTYPE rss SYSTEM \"{one}\" [<!ENTITY x SYSTEM \"{one}\">]>");
    world.web.put("/rss.xml", Reply::new(RSS, format!("{dtd}{channel}{items}</channel></rss>")));
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{stderr}");
    assert!(!world.smtp.mails().is_empty(), "they were read and told: {stderr}");
    assert_eq!(inside.reached(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_feed_of_a_site_that_leads_inside_is_tried() {
    let inside = Inside::open().await;
    let world = World::with("brands: []\n").await;
    let all = urls(inside.port);
    // A second passes between two requests to a site: the sites are looked at side by side.
    let sites = all.chunks(11).enumerate().map(async |(n, chunk)| {
        let links = chunk.iter().fold(String::new(), |mut out, url| {
            let _ = write!(out, "<link rel=alternate type=\"application/rss+xml\" title=a href=\"{}\">", xml(url));
            out
        });
        let path = format!("/site{n}");
        world.web.put(&path, Reply::new("text/html", format!("<html><head>{links}</head><body>a</body></html>")));
        let (_, found, stderr) = world.output(&["discover", &world.web.url(&path)]).await;
        assert!(found.is_empty(), "{found} {stderr}");
    });
    futures_util::future::join_all(sites).await;
    let outlines = all.iter().fold(String::new(), |mut out, url| {
        let _ = write!(out, "<outline xmlUrl=\"{}\"/>", xml(url));
        out
    });
    world
        .web
        .put("/list.opml", Reply::new("text/x-opml", format!("<opml version=\"2.0\"><body>{outlines}</body></opml>")));
    let (_, _, stderr) = world.output(&["discover", &world.web.url("/list.opml")]).await;
    assert!(stderr.contains("127.0.0.1"), "what is left out is said: {stderr}");
    for url in all.iter().step_by(9).filter(|url| !url.starts_with(' ')) {
        let (code, _, _) = world.output(&["discover", url]).await;
        assert_ne!(code, 0, "{url}");
        let (code, _, _) = world.output(&["entries", url]).await;
        assert_ne!(code, 0, "{url}");
    }
    assert_eq!(inside.reached(), 0);
}

/// robots.txt of a site that is not opened by its address leads inside.
#[tokio::test(flavor = "multi_thread")]
async fn robots_txt_leads_nowhere_inside() {
    let inside = Inside::open().await;
    let mut watchlist = String::from("brands:\n  - {id: acme, match: {any: [acme]}}\nsources:\n");
    let web = Web::start().await.expect("a web");
    let port = web.address().port();
    let _ = writeln!(
        watchlist,
        "  - page: \"http://localhost:{port}/p\"\n    select: {{item: article, title: h2, link: \"a @href\"}}"
    );
    let world = World::with(&watchlist).await;
    let settings = std::fs::read_to_string(world.config()).expect("settings");
    let opened = settings.replace("allow_private: [", &format!("allow_private: [\"127.0.0.1:{port}\", "));
    std::fs::write(world.config(), opened).expect("written");
    web.put("/p", Reply::new("text/html", "<article><h2>acme</h2><a href=/1>x</a></article>"));
    web.put("/robots.txt", Reply::redirect(302, &format!("http://127.0.0.1:{}/robots.txt", inside.port)));
    let (_, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(web.count("/robots.txt"), 1, "{stderr}");
    assert_eq!(inside.reached(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proxy_of_the_environment_is_asked() {
    let world = World::with(
        "brands:\n  - {id: acme, match: {any: [acme]}}\nsources:\n  - {feed: \"{web}/rss.xml\"}\n  - {feed: \"http://nowhere.example/\"}\n\
         alerts:\n  - {name: all, on: mention, to: [comms, desk]}\n",
    )
    .await;
    let proxy = Web::start().await.expect("a web");
    let settings = std::fs::read_to_string(world.config()).expect("settings");
    let desk = format!("  desk: {{mattermost: {{url: {{env: DESK}}}}}}\nheartbeat: \"{}\"\n", world.web.url("/beat"));
    std::fs::write(world.config(), settings + &desk).expect("written");
    world.feed("/rss.xml", &[]);
    world.web.put("/desk", Reply::new("text/plain", "ok"));
    for arguments in [&["run", "--once"][..], &["send-test", "desk"], &["discover", "http://nowhere.example/"]] {
        let mut command = world.vigie(arguments);
        for variable in
            ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "ftp_proxy"]
        {
            command.env(variable, proxy.url(""));
        }
        command.env_remove("no_proxy").env_remove("NO_PROXY").env("DESK", world.web.url("/desk"));
        let output = tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("no panic");
        println!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!((world.web.count("/rss.xml"), world.web.count("/desk")), (1, 1));
    assert_eq!(proxy.connections(), 0);
}

/// The system's own resolver with a file of hosts of our own, where the machine lets a process have one.
#[tokio::test(flavor = "multi_thread")]
async fn names_that_lead_inside_are_refused_by_the_system_resolver_too() {
    let private = [
        "127.0.0.1",
        "127.8.8.8",
        "10.1.2.3",
        "172.20.0.1",
        "192.168.7.7",
        "169.254.169.254",
        "100.64.1.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fd00::7",
        "fe80::7",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ];
    let names = [
        "metadata.google.internal",
        "metadata",
        "instance-data",
        "kubernetes.default.svc",
        "host.docker.internal",
        "x.localhost",
        "localhost.localdomain",
        "router.lan",
        "printer.local",
        "intranet",
    ];
    let inside = Inside::open().await;
    let (mut hosts, mut watchlist) =
        (String::new(), String::from("brands:\n  - {id: acme, match: {any: [acme]}}\nsources:\n"));
    let mut expected = 0;
    for (n, address) in private.iter().enumerate() {
        let _ = writeln!(hosts, "{address} name{n}.example");
        let _ = writeln!(watchlist, "  - {{feed: \"http://name{n}.example:{}/\"}}", inside.port);
        expected += 1;
    }
    for name in names {
        let _ = writeln!(hosts, "127.0.0.1 {name}");
        let _ = writeln!(watchlist, "  - {{feed: \"http://{name}:{}/\"}}", inside.port);
        expected += 1;
    }
    let world = World::with(&watchlist).await;
    std::fs::write(world.path().join("hosts"), hosts).expect("written");
    let script = "mount --bind hosts /etc/hosts && exec \"$0\" \"$@\"";
    let own_hosts = |arguments: &[&str]| {
        let mut shell = Command::new("unshare");
        shell.args(["-rm", "sh", "-c", script]).args(arguments).current_dir(world.path());
        shell.env_remove("VIGIE_LOG").output()
    };
    let tried = own_hosts(&["getent", "ahosts", "name0.example"]).is_ok_and(|output| output.status.success());
    if !tried {
        eprintln!("no file of hosts of its own on this machine: the system's resolver is not tried");
        return;
    }
    let output = own_hosts(&[env!("CARGO_BIN_EXE_vigie"), "run", "--once"]).expect("it runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert_eq!(inside.reached(), 0);
    let (code, status, _) = world.output(&["status", "--json"]).await;
    assert_eq!(code, 0);
    let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
    let sources = status["sources"].as_array().expect("sources");
    assert_eq!(sources.len(), expected);
    for source in sources {
        assert_eq!(source["state"], "forbidden_address", "{source}");
    }
}
