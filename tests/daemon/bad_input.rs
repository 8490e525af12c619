//! Bad input on the way of the main job: a clear message, nothing lost, and the other sources go on.

use crate::support::World;
use vigie::demo::reply::Reply;
use vigie::demo::smtp::{Fault, Step};

const BRAND: &str = "
brands:
  - id: orange
    match: {any: [orange]}
alerts:
  - {name: all, on: mention, to: comms}
";

const NEW: (&str, &str, &str, &str) = ("2", "Panne", "https://site.example/2", "Orange est en panne à Lille.");

fn state_of<'a>(status: &'a serde_json::Value, end: &str) -> &'a serde_json::Value {
    status["sources"]
        .as_array()
        .and_then(|sources| sources.iter().find(|source| source["url"].as_str().is_some_and(|url| url.ends_with(end))))
        .unwrap_or_else(|| panic!("{end} in {status}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_source_that_cannot_be_read_says_what_is_wrong_and_the_others_go_on() {
    let sources = ["404", "html", "broken", "endless", "rss.xml"].map(|path| format!("  - feed: \"{{web}}/{path}\"\n"));
    let watchlist = format!("{BRAND}sources:\n{}  - feed: \"http://127.0.0.1:1/closed\"\n", sources.concat());
    let world = World::with(&watchlist).await;
    world.web.put("/html", Reply::new("text/html", "<!doctype html><title>Hello</title><p>No feed here."));
    world.web.put("/broken", Reply::new("application/rss+xml", "<rss version=\"2.0\"><channel></chanel><item"));
    world.web.put("/endless", Reply::endless("application/rss+xml", "<rss version=\"2.0\"><channel>"));
    world.feed("/rss.xml", &[NEW]);
    let (code, _, stderr) = world.output(&["run", "--once", "--backfill", "24h"]).await;
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(world.smtp.mails().len(), 1, "the good source is told of: {stderr}");
    let (code, stdout, _) = world.output(&["status", "--json"]).await;
    assert_eq!(code, 0);
    let status: serde_json::Value = serde_json::from_str(&stdout).expect("one JSON object");
    for (end, state) in [
        ("/404", "not_found"),
        ("/html", "not_a_feed"),
        ("/broken", "broken"),
        ("/endless", "too_large"),
        ("/closed", "unreachable"),
        ("/rss.xml", "ok"),
    ] {
        let source = state_of(&status, end);
        assert_eq!(source["state"], state, "{source}");
        assert_eq!(source["detail"].is_null(), state == "ok", "{source}");
        assert!(state == "ok" || stderr.contains(&format!("to={state}")), "{state} in {stderr}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watchlist_with_a_wrong_key_is_refused_at_its_place() {
    let world = World::with(&BRAND.replace("match:", "macth:")).await;
    for command in [&["check"][..], &["run", "--once"]] {
        let (code, _, stderr) = world.output(command).await;
        assert_eq!(code, 78, "{stderr}");
        assert!(stderr.contains("watchlists/team.yaml:4:5: "), "{stderr}");
        assert!(stderr.contains("match"), "{stderr}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_refuses_is_said_and_the_message_is_kept() {
    let world = World::with(&format!("{BRAND}sources:\n  - feed: \"{{web}}/rss.xml\"\n")).await;
    world.feed("/rss.xml", &[NEW]);
    world.smtp.fail_always(Step::Rcpt, Fault::Reply(450, "4.2.0 greylisted"));
    let (code, _, stderr) = world.output(&["run", "--once", "--backfill", "24h"]).await;
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("greylisted"), "{stderr}");
    assert!(stderr.contains("not delivered yet event=delivery_retry channel=comms id="), "{stderr}");
    let (_, stdout, _) = world.output(&["status", "--json"]).await;
    let status: serde_json::Value = serde_json::from_str(&stdout).expect("one JSON object");
    assert_eq!(status["outbox"]["pending"], 1, "{status}");
    world.smtp.behave();
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("INFO  delivered event=delivered channel=comms id="), "{stderr}");
    assert_eq!(world.smtp.mails().len(), 1);
    let (_, stdout, _) = world.output(&["mentions", "--json"]).await;
    let mention: serde_json::Value = serde_json::from_str(stdout.trim()).expect("one mention");
    assert_eq!(mention["alerts"][0]["state"], "sent", "{mention}");
}
