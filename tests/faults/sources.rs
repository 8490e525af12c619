//! Faults 18 to 20: sources that hang, drip, never end, lead astray, or answer what nobody can read.

use std::net::Ipv4Addr;
use std::time::Duration;

use vigie::demo::reply::Reply;
use vigie::demo::web::Web;

use crate::stage::{edit_settings, peak_memory, serve, state_of, status, unvouched, watching};
use crate::support::{Service, World, until};

const RSS: &str = "application/rss+xml";

#[tokio::test(flavor = "multi_thread")]
async fn fault_18_a_source_that_hangs_drips_or_never_ends_delays_no_other_and_takes_no_memory() {
    let feeds = ["/good.xml", "/hang", "/drip", "/endless", "/bomb"];
    let rule = "  - {name: all, on: mention, to: comms, group: off}\n";
    let world = World::with(&(watching(&feeds) + rule)).await;
    edit_settings(&world, |settings| settings.replace("fetch: {", "fetch: {timeout: 2s, "));
    world.web.put("/hang", Reply::hang());
    world.web.put("/drip", Reply::drip(RSS, "<rss version=\"2.0\">").pausing(Duration::from_millis(100)));
    world.web.put("/endless", Reply::endless(RSS, "<rss version=\"2.0\"><channel>"));
    world.web.put("/bomb", Reply::bomb(RSS));
    serve(&world, "/good.xml", []);
    let mut service = Service::start(&world);
    service.tells("READY=1").await;
    until("the good one was asked", async || world.web.count("/good.xml") >= 2).await;
    serve(&world, "/good.xml", [1]);
    until("each has shown what it is", async || {
        let status = status(&world).await;
        let is = |end: &str, state: &str| state_of(&status, end)["state"] == state;
        is("/hang", "timeout") && is("/drip", "timeout") && is("/endless", "too_large") && is("/bomb", "too_large")
    })
    .await;
    until("the good one was asked on and on", async || world.web.count("/good.xml") >= 6).await;
    assert_eq!(world.smtp.mails().len(), 1);
    let asked = world.web.requests_to("/good.xml");
    let latest = asked.windows(2).map(|two| two[1].at - two[0].at).max().expect("several");
    assert!(latest < Duration::from_secs(2), "late by an interval: {latest:?}");
    let peak = peak_memory(service.id());
    assert!(peak < 128, "{peak} MiB");
    service.signal("TERM");
    assert_eq!(service.ends_with().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_19_redirects_in_a_circle_or_to_a_private_address_are_refused() {
    let inside = Web::start().await.expect("a web");
    inside
        .put("/", Reply::new(RSS, "<rss version=\"2.0\"><channel><item><title>Orange</title></item></channel></rss>"));
    let port = inside.address().port();
    let forms =
        ["127.0.0.1", "localhost", "[::1]", "[::ffff:7f00:1]", "2130706433", "0x7f.1", "169.254.169.254", "10.0.0.1"];
    let paths: Vec<String> = (0..forms.len()).map(|n| format!("/inside/{n}")).collect();
    let mut feeds: Vec<&str> = vec!["/circle", "/long", "/good.xml"];
    feeds.extend(paths.iter().map(String::as_str));
    let world = World::with(&(watching(&feeds) + "  - {name: all, on: mention, to: comms}\n")).await;
    world.web.put("/circle", Reply::redirect(302, "/circle/2"));
    world.web.put("/circle/2", Reply::redirect(301, "/circle"));
    for hop in 0..20 {
        let path = if hop == 0 { "/long".to_owned() } else { format!("/long/{hop}") };
        world.web.put(&path, Reply::redirect(302, &format!("/long/{}", hop + 1)));
    }
    for (path, form) in paths.iter().zip(forms) {
        world.web.put(path, Reply::redirect(302, &format!("http://{form}:{port}/")));
    }
    serve(&world, "/good.xml", []);
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{stderr}");
    let status = status(&world).await;
    for (end, state) in [("/circle", "redirect_loop"), ("/long", "redirect_loop"), ("/good.xml", "ok")] {
        assert_eq!(state_of(&status, end)["state"], state, "{status}");
    }
    for (path, form) in paths.iter().zip(forms) {
        let source = state_of(&status, path);
        assert_eq!(source["state"], "forbidden_address", "{form}: {source}");
        assert!(source["detail"].is_string(), "{source}");
    }
    assert_eq!(inside.connections(), 0);
    assert_eq!(world.web.requests().iter().filter(|seen| seen.path.starts_with("/long")).count(), 6, "five hops");
}

/// A server with a certificate that nobody vouches for.
async fn tls_server() -> u16 {
    let acceptor = unvouched("localhost");
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(acceptor.accept(stream).await);
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_20_tls_charset_and_truncation_faults_are_named_states() {
    let port = tls_server().await;
    let item = "<item><guid>1</guid><title>Orange n1</title><description>Déjà en panne.</description></item>";
    let feed = |head: &str, item: &str| format!("{head}<rss version=\"2.0\"><channel>{item}</channel></rss>");
    let whole = feed("<?xml version=\"1.0\"?>", item);
    // ISO 8859-1 bytes under a head that says UTF-8, and an encoding that does not exist.
    let latin: Vec<u8> = whole.chars().map(|c| c as u8).collect();
    let unknown = feed("<?xml version=\"1.0\" encoding=\"x-klingon\"?>", item);
    let noise: Vec<u8> = (0..4_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let faults = [
        ("/cut", Reply::new(RSS, whole.clone()).cut_after(60), "unreachable"),
        ("/short", Reply::new(RSS, whole.clone()).claiming(9_000), "unreachable"),
        ("/packed", Reply::new(RSS, whole.clone()).gzip().cut_after(40), "unreachable"),
        ("/unpacked", Reply::new(RSS, whole.clone()).header("Content-Encoding", "gzip"), "broken"),
        ("/noise", Reply::new(RSS, noise), "not_a_feed"),
        ("/head", Reply::new(RSS, "<?xml version=\"1.0\"?><rss version=\"2.0\"><chan"), "broken"),
        // What can be read all the same is read.
        ("/latin", Reply::new(RSS, latin), "ok"),
        ("/unknown", Reply::new(RSS, unknown), "ok"),
        ("/unclosed", Reply::new(RSS, whole.replace("</channel></rss>", "")), "ok"),
    ];
    let mut watchlist = watching(&faults.iter().map(|(path, ..)| *path).collect::<Vec<_>>());
    let tls = format!("  - {{feed: \"https://localhost:{port}/tls\", every: 1m}}\nalerts:\n");
    watchlist = watchlist.replace("alerts:\n", &tls) + "  - {name: all, on: mention, to: comms, group: off}\n";
    let world = World::with(&watchlist).await;
    edit_settings(&world, |settings| {
        settings.replace("allow_private: [", &format!("allow_private: [\"127.0.0.1:{port}\", "))
    });
    for (path, reply, _) in &faults {
        world.web.put(path, reply.clone());
    }
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{stderr}");
    let status = status(&world).await;
    let named = faults.iter().map(|(path, _, state)| (*path, *state)).chain([("/tls", "certificate")]);
    for (path, state) in named {
        let source = state_of(&status, path);
        assert_eq!(source["state"], state, "{source}");
        assert_eq!(source["detail"].is_string(), state != "ok", "{source}");
        assert!(state == "ok" || stderr.contains(&format!("to={state}")), "{state} in {stderr}");
    }
}
