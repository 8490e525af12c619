//! The built program beside itself: signals, systemd, commands that ask a running daemon.

use vigie::config::Secret;
use vigie::config::signing::SigningKeys;
use vigie::demo::reply::Reply;
use vigie::notify::webhook::signature;

use crate::support::{Service, WATCHLIST, World, until};

const NEW: (&str, &str, &str, &str) = ("2", "Panne", "https://site.example/2", "Orange est en panne à Lille.");

#[tokio::test(flavor = "multi_thread")]
async fn systemd_is_told_of_the_start_the_reload_and_the_stop() {
    let world = World::with(WATCHLIST).await;
    world.feed("/rss.xml", &[NEW]);
    let mut service = Service::start(&world);
    service.tells("READY=1").await;
    service.tells("STATUS=1 brands, 1 terms, 1 sources").await;
    service.tells("WATCHDOG=1").await;
    world.watchlist("team.yaml", &WATCHLIST.replace("[orange]", "[orange, sosh]"));
    service.signal("HUP");
    service.tells("RELOADING=1").await;
    service.tells("STATUS=1 brands, 2 terms, 1 sources").await;
    service.signal("TERM");
    service.tells("STOPPING=1").await;
    assert_eq!(service.ends_with().await, 0);
    let log = std::fs::read_to_string(world.path().join("log")).expect("a log");
    for event in ["event=loaded", "event=ready", "event=stopping", "event=stopped"] {
        assert!(log.contains(event), "{event} in {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_beside_a_running_daemon_see_it_and_ask_it() {
    let world = World::with(WATCHLIST).await;
    world.feed("/rss.xml", &[NEW]);
    let mut service = Service::start(&world);
    service.tells("READY=1").await;
    until("the feed was read", async || world.web.count("/rss.xml") >= 2).await;
    let (code, stdout, stderr) = world.output(&["status", "--json"]).await;
    assert_eq!(code, 0, "{stderr}");
    let status: serde_json::Value = serde_json::from_str(&stdout).expect("one JSON object");
    assert_eq!(status["version"], 1);
    assert_eq!(status["running"], true);
    assert_eq!(status["pid"], service.id());
    assert_eq!(status["watchlists"]["state"], "ok");
    assert_eq!(status["sources"][0]["state"], "ok");
    let (code, stdout, stderr) = world.output(&["send-test", "comms"]).await;
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("comms"), "{stdout}");
    assert_eq!(world.smtp.mails().len(), 1);
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 78, "{stderr}");
    service.signal("TERM");
    assert_eq!(service.ends_with().await, 0);
    let (_, stdout, _) = world.output(&["status", "--json"]).await;
    let status: serde_json::Value = serde_json::from_str(&stdout).expect("one JSON object");
    assert_eq!(status["running"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn corrected_mentions_propose_the_words_that_mend_them() {
    let world = World::with(WATCHLIST).await;
    let entries: Vec<(String, String, String)> = ["Ma box orange est zinguée", "Encore une box Orange zinguée"]
        .iter()
        .enumerate()
        .map(|(number, text)| (number.to_string(), format!("https://site.example/{number}"), (*text).to_owned()))
        .collect();
    let entries: Vec<(&str, &str, &str, &str)> =
        entries.iter().map(|(id, url, text)| (id.as_str(), "Un message", url.as_str(), text.as_str())).collect();
    world.feed("/rss.xml", &entries);
    let (code, _, stderr) = world.output(&["run", "--once", "--backfill", "24h"]).await;
    assert_eq!(code, 0, "{stderr}");
    let (code, stdout, _) = world.output(&["sentiment", "--evaluate"]).await;
    assert!(code == 0 && stdout.contains("vigie correct"), "{stdout}");
    let mut service = Service::start(&world);
    service.tells("READY=1").await;
    let (_, mentions, _) = world.output(&["mentions", "--json"]).await;
    let ids: Vec<String> = mentions
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 2, "{mentions}");
    for id in &ids {
        let (code, stdout, stderr) = world.output(&["correct", id, "--polarity", "negative"]).await;
        assert!(code == 0 && stdout.contains(id), "{stdout}{stderr}");
    }
    let (code, _, stderr) = world.output(&["correct", "999", "--polarity", "negative"]).await;
    assert!(code == 1 && stderr.contains("999"), "{stderr}");
    service.signal("TERM");
    assert_eq!(service.ends_with().await, 0);
    let (_, mentions, _) = world.output(&["mentions", "--json"]).await;
    assert_eq!(mentions.matches("\"polarity\":\"negative\"").count(), 2, "{mentions}");
    let (_, stdout, stderr) = world.output(&["sentiment", "--evaluate"]).await;
    assert!(stdout.contains("team.yaml: 0") && stdout.contains("zinguée: -2"), "{stdout}{stderr}");
    world.watchlist("team.yaml", &format!("{WATCHLIST}sentiment:\n  words: {{zinguée: -2}}\n"));
    let (_, stdout, _) = world.output(&["sentiment", "--evaluate"]).await;
    assert!(stdout.contains("team.yaml: 2"), "{stdout}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_message_without_a_daemon_says_what_the_other_side_answered() {
    let world = World::with(WATCHLIST).await;
    let (code, stdout, stderr) = world.output(&["send-test", "comms"]).await;
    assert_eq!((code, world.smtp.mails().len()), (0, 1), "{stdout}{stderr}");
    let (code, _, stderr) = world.output(&["send-test", "boss"]).await;
    assert_eq!(code, 1);
    assert!(stderr.contains("boss") && stderr.contains("comms"), "{stderr}");
    world.smtp.refuse("cm@acme.example", 550, "5.1.1 no such user");
    let (code, _, stderr) = world.output(&["send-test", "comms"]).await;
    assert_eq!(code, 1);
    assert!(stderr.contains("no such user"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_gets_the_mention_signed_with_the_new_key_and_the_old() {
    const SECRET: &str = "whsec_GBkaGxwdHh8gISIjJCUmJygpKissLS4v\nwhsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX\n";
    let world = World::with(&WATCHLIST.replace("to: comms", "to: desk")).await;
    std::fs::write(world.path().join("secret"), SECRET).expect("written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(world.path().join("secret"), mode).expect("a file of ours");
    let settings = std::fs::read_to_string(world.config()).expect("settings");
    let desk = format!("  desk: {{webhook: {{url: \"{}\", secret: {{file: secret}}}}}}\n", world.web.url("/desk"));
    std::fs::write(world.config(), settings + &desk).expect("written");
    world.feed("/rss.xml", &[NEW]);
    world.web.put("/desk", Reply::status(204));
    let (code, _, stderr) = world.output(&["run", "--once", "--backfill", "24h"]).await;
    assert_eq!(code, 0, "{stderr}");
    let posts = world.web.requests_to("/desk");
    assert_eq!(posts.len(), 1);
    let body = String::from_utf8(posts[0].body.clone()).expect("UTF-8");
    let value: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((&value["type"], &value["mentions"][0]["title"]), (&"mention".into(), &"Panne".into()));
    let header = |name: &str| posts[0].header(name).expect("a header").to_owned();
    let timestamp: i64 = header("webhook-timestamp").parse().expect("seconds");
    let sent = header("webhook-signature");
    let signed: Vec<&str> = sent.split(' ').collect();
    assert_eq!(signed.len(), 2, "{sent}");
    for (key, signed) in SECRET.lines().zip(signed) {
        let keys = SigningKeys::of(&Secret::new(key.to_owned())).expect("a key");
        assert_eq!(signed, signature(&keys, &header("webhook-id"), timestamp, &body));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_run_holds_to_a_back_off_and_says_so() {
    let world = World::with(WATCHLIST).await;
    world.web.put("/rss.xml", Reply::status(503).retry_after("3600"));
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(world.web.count("/rss.xml"), 1);
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(world.web.count("/rss.xml"), 1, "the hour runs");
    assert!(stderr.contains("was not asked"), "{stderr}");
}

#[test]
fn the_example_of_the_operator_passes_check() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_vigie"));
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/etc/vigie/vigie.yaml");
    let output = command.args(["check", "--config", config]).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brand_that_no_watchlist_has_is_not_muted() {
    let world = World::with(WATCHLIST).await;
    let (code, _, stderr) = world.output(&["mute", "--brand", "orenge", "--until", "7d"]).await;
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("orenge") && stderr.contains("there are: orange"), "{stderr}");
    let (code, _, stderr) = world.output(&["mute", "--brand", "orange", "--until", "7d"]).await;
    assert_eq!(code, 0, "{stderr}");
    let (_, stdout, _) = world.output(&["mute", "--list", "--json"]).await;
    assert_eq!(stdout.lines().count(), 1, "{stdout}");
}
