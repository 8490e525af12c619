//! The database as one file and back, and what the doctor says.

use crate::support::{Service, WATCHLIST, World, until};

const FIRST: (&str, &str, &str, &str) = ("1", "Panne", "https://site.example/1", "Orange est en panne à Lille.");
const SECOND: (&str, &str, &str, &str) = ("2", "Retour", "https://site.example/2", "Orange revient à Lille.");

async fn titles(world: &World) -> Vec<String> {
    let (_, mentions, _) = world.output(&["mentions", "--json"]).await;
    let title = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["title"].to_string();
    mentions.lines().map(title).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_taken_beside_the_daemon_and_restored_without_it() {
    let world = World::with(WATCHLIST).await;
    world.feed("/rss.xml", &[FIRST]);
    let (code, _, stderr) = world.output(&["run", "--once", "--backfill", "24h"]).await;
    assert_eq!(code, 0, "{stderr}");
    let backup = world.path().join("backup.db").display().to_string();
    let mut service = Service::start(&world);
    service.tells("READY=1").await;
    let (code, stdout, stderr) = world.output(&["backup", &backup]).await;
    assert!(code == 0 && stdout.contains("backup.db"), "{stdout}{stderr}");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&backup).expect("a file").permissions());
    assert_eq!(mode & 0o777, 0o600);
    let (code, _, stderr) = world.output(&["backup", &backup]).await;
    assert!(code == 1 && stderr.contains("backup.db"), "a backup is not overwritten: {stderr}");
    world.feed("/rss.xml", &[SECOND, FIRST]);
    until("the second was found", async || titles(&world).await.len() == 2).await;
    let (code, _, stderr) = world.output(&["restore", &backup]).await;
    assert!(code == 1 && stderr.contains(&service.id().to_string()), "{stderr}");
    service.signal("TERM");
    assert_eq!(service.ends_with().await, 0);
    let (code, stdout, stderr) = world.output(&["restore", &backup]).await;
    assert!(code == 0 && stdout.contains(".before-"), "{stdout}{stderr}");
    assert_eq!(titles(&world).await, ["\"Panne\""]);
    let aside = std::fs::read_dir(world.path()).expect("a folder").filter_map(Result::ok);
    let aside: Vec<_> = aside
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains(".before-"))
        .collect();
    assert!(!aside.is_empty(), "what was there is kept");
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(titles(&world).await.len(), 2, "what came since is found again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_backup_restores_nothing() {
    let world = World::with(WATCHLIST).await;
    world.feed("/rss.xml", &[FIRST]);
    let (code, _, stderr) = world.output(&["run", "--once", "--backfill", "24h"]).await;
    assert_eq!(code, 0, "{stderr}");
    let backup = world.path().join("good.db").display().to_string();
    assert_eq!(world.output(&["backup", &backup]).await.0, 0);
    let sound = std::fs::read(&backup).expect("a file");
    let mut torn = sound.clone();
    let middle = torn.len() / 2;
    torn[middle..].fill(0xa5);
    let cut = &sound[..sound.len() / 2];
    for (name, bytes) in [("text.db", &b"no database"[..]), ("empty.db", b""), ("torn.db", &torn), ("cut.db", cut)] {
        let path = world.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        let (code, _, stderr) = world.output(&["restore", &path.display().to_string()]).await;
        assert!(code == 1 && stderr.contains(name), "{name}: {stderr}");
        assert_eq!(titles(&world).await, ["\"Panne\""], "{name}");
    }
    let (code, _, stderr) = world.output(&["restore", "/nowhere/backup.db"]).await;
    assert!(code == 1 && stderr.contains("/nowhere/backup.db"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_names_what_is_ill_and_sends_nothing() {
    let world = World::with(WATCHLIST).await;
    world.feed("/rss.xml", &[FIRST]);
    let (code, stdout, stderr) = world.output(&["doctor"]).await;
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("! ") && !stdout.contains('✗'), "no database yet: {stdout}");
    assert_eq!(world.output(&["run", "--once", "--backfill", "24h"]).await.0, 0);
    let mails = world.smtp.mails().len();
    let (code, stdout, stderr) = world.output(&["doctor"]).await;
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.matches('✓').count() >= 5, "{stdout}");
    assert_eq!(world.smtp.mails().len(), mails);
    std::fs::write(world.path().join("vigie.db"), b"no database").expect("written");
    world.watchlist("team.yaml", "brands: [oops");
    let (code, stdout, _) = world.output(&["doctor"]).await;
    assert!(code == 1 && stdout.matches('✗').count() >= 2, "{stdout}");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_written_and_the_heartbeat_is_asked_while_a_source_is_well() {
    let world = World::with(WATCHLIST).await;
    world.feed("/rss.xml", &[FIRST]);
    world.web.put("/beat", vigie::demo::reply::Reply::status(200));
    let settings = std::fs::read_to_string(world.config()).expect("settings");
    let more = format!("metrics: vigie.prom\nheartbeat: \"{}\"\n", world.web.url("/beat"));
    std::fs::write(world.config(), settings + &more).expect("written");
    let mut service = Service::start(&world);
    service.tells("READY=1").await;
    until("the heartbeat was asked", async || world.web.count("/beat") == 1).await;
    let path = world.path().join("vigie.prom");
    let figures = || std::fs::read_to_string(&path).unwrap_or_default();
    until("a well source was counted", async || figures().contains("vigie_sources{state=\"ok\"} 1\n")).await;
    let text = figures();
    for figure in ["vigie_outbox_dead 0", "vigie_watchlists_refused 0", "vigie_brands 1", "vigie_terms 1"] {
        assert!(text.contains(&format!("\n{figure}\n")), "{figure} in {text}");
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        assert!(name.starts_with("vigie_") && value.parse::<f64>().is_ok(), "{line}");
    }
    // The stages, the outbox, the signals: a handful, and no task is left behind by a poll.
    let tasks = text.lines().find_map(|line| line.strip_prefix("vigie_tasks ")).expect("tasks");
    assert!((3..30).contains(&tasks.parse::<u32>().expect("a number")), "{tasks}");
    assert!(!world.path().join("vigie.prom.new").exists());
    service.signal("TERM");
    assert_eq!(service.ends_with().await, 0);
}
