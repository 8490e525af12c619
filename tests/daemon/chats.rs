//! Chats from vigie.yaml to the wire, by the program itself.

use serde_json::Value;
use vigie::demo::reply::Reply;

use super::support::{WATCHLIST, World};

/// The program's settings with these channels added; secrets stand in files beside them.
async fn world(watchlist: &str) -> World {
    let world = World::with(watchlist).await;
    let web = world.web.address();
    let secret = |name: &str, value: &str| {
        let path = world.path().join(name);
        std::fs::write(&path, value).expect("written");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(path, mode).expect("a file of ours");
    };
    for service in ["slack", "teams", "discord", "mattermost"] {
        secret(&format!("{service}_url"), &format!("http://{web}/{service}/hunter2"));
    }
    secret("bot", "123456789:AAE-abcdefghijklmnopqrstuvwxyz_0123");
    secret("topic", "acme-crise");
    let settings = std::fs::read_to_string(world.config()).expect("settings");
    let channels = format!(
        "  slack: {{slack: {{url: {{file: slack_url}}, language: fr}}}}\n\
         \x20 teams: {{teams: {{url: {{file: teams_url}}}}}}\n\
         \x20 discord: {{discord: {{url: {{file: discord_url}}}}}}\n\
         \x20 mattermost: {{mattermost: {{url: {{file: mattermost_url}}}}}}\n\
         \x20 telegram: {{telegram: {{server: \"http://{web}\", token: {{file: bot}}, chat: -1001}}}}\n\
         \x20 ntfy: {{ntfy: {{server: \"http://{web}/\", topic: {{file: topic}}}}}}\n"
    );
    std::fs::write(world.config(), settings + &channels).expect("written");
    world
}

const PLACES: [(&str, &str); 6] = [
    ("slack", "/slack/hunter2"),
    ("teams", "/teams/hunter2"),
    ("discord", "/discord/hunter2?wait=true"),
    ("mattermost", "/mattermost/hunter2"),
    ("telegram", "/bot123456789:AAE-abcdefghijklmnopqrstuvwxyz_0123/sendMessage"),
    ("ntfy", "/"),
];

fn taken(service: &str) -> Reply {
    Reply::new("application/json", if service == "telegram" { r#"{"ok":true,"result":{}}"# } else { "ok" })
}

#[tokio::test(flavor = "multi_thread")]
async fn send_test_reaches_every_service_and_says_what_it_answered() {
    let world = world(WATCHLIST).await;
    for (service, path) in PLACES {
        world.web.put(path, taken(service));
        let (code, stdout, stderr) = world.output(&["send-test", service]).await;
        assert_eq!(code, 0, "{service}: {stdout}{stderr}");
        let seen = world.web.requests_to(path);
        assert_eq!(seen.len(), 1, "{service}");
        let body = String::from_utf8(seen[0].body.clone()).expect("UTF-8");
        let word = if service == "slack" { "fonctionne" } else { "works" };
        assert!(body.contains(word), "{service}: {body}");
        world.web.put(path, Reply::new("text/plain", "not today").with_status(403));
        let (code, _, stderr) = world.output(&["send-test", service]).await;
        assert_eq!(code, 1, "{service}");
        assert!(stderr.contains("403") && stderr.contains("not today"), "{service}: {stderr}");
        assert!(!stderr.contains("hunter2") && !stderr.contains("AAE-"), "{stderr}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_reaches_every_service() {
    let all = "[slack, teams, discord, mattermost, telegram, ntfy]";
    let world = world(&WATCHLIST.replace("to: comms", &format!("to: {all}"))).await;
    world.feed("/rss.xml", &[("1", "Panne géante @channel", "https://forum.example/1", "Rien chez Orange.")]);
    for (service, path) in PLACES {
        world.web.put(path, taken(service));
    }
    let (code, _, stderr) = world.output(&["run", "--once", "--backfill", "24h"]).await;
    assert_eq!(code, 0, "{stderr}");
    for (service, path) in PLACES {
        let seen = world.web.requests_to(path);
        assert_eq!(seen.len(), 1, "{service}");
        let body: Value = serde_json::from_slice(&seen[0].body).expect("JSON");
        let body = body.to_string();
        assert!(body.contains("géante") && body.contains("https://forum.example/1"), "{service}: {body}");
        assert!(service == "ntfy" || service == "teams" || !body.contains("@channel"), "{service}: {body}");
    }
    let (code, stdout, _) = world.output(&["status", "--json"]).await;
    assert_eq!(code, 0);
    let status: Value = serde_json::from_str(&stdout).expect("JSON");
    let kinds: Vec<&str> =
        status["channels"].as_array().expect("channels").iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds, ["email", "slack", "teams", "discord", "mattermost", "telegram", "ntfy"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_is_gone_is_shown_and_a_test_brings_it_back() {
    let world = world(&WATCHLIST.replace("to: comms", "to: slack")).await;
    world.feed("/rss.xml", &[("1", "Panne", "https://forum.example/1", "Rien chez Orange.")]);
    let path = PLACES[0].1;
    world.web.put(path, Reply::new("text/plain", "no_service").with_status(404));
    let (code, _, stderr) = world.output(&["run", "--once", "--backfill", "24h"]).await;
    assert_eq!(code, 1, "{stderr}");
    let (_, stdout, _) = world.output(&["status", "--json"]).await;
    let status: Value = serde_json::from_str(&stdout).expect("JSON");
    let slack = status["channels"].as_array().expect("channels").iter().find(|one| one["name"] == "slack");
    let slack = slack.expect("slack");
    assert_eq!((&slack["state"], &slack["detail"]), (&"disabled".into(), &"Slack answered 404: no_service".into()));
    world.web.put(path, taken("slack"));
    assert_eq!(world.output(&["send-test", "slack"]).await.0, 0);
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!((code, world.web.count(path)), (0, 3), "{stderr}");
}
