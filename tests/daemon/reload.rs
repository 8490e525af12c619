//! Watchlists that break, empty or go away: the last good text stays until the operator says otherwise.

use vigie::store::Store;

use crate::running::Running;
use crate::support::{LIMIT, World, until};

const ORANGE: &str = "
brands:
  - id: orange
    match: {any: [orange]}
sources:
  - feed: \"{web}/rss.xml\"
    every: 1s
alerts:
  - {name: all, on: mention, to: comms}
";

const SOSH: &str = "
brands:
  - id: sosh
    match: {any: [sosh]}
alerts:
  - {name: sosh, on: mention, to: comms}
";

fn loaded(value: Option<String>) -> serde_json::Value {
    serde_json::from_str(&value.unwrap_or_default()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_gone_is_asked_again_only_when_its_line_changes() {
    let world = World::with(ORANGE).await;
    world.web.put("/rss.xml", vigie::demo::reply::Reply::status(410));
    let running = Running::start(&world).await;
    let mails = world.smtp.wait_for(1, LIMIT).await;
    assert!(mails[0].header("X-Vigie-Kind").is_some_and(|kind| kind == "coverage"), "{}", mails[0].text());
    assert_eq!(world.web.count("/rss.xml"), 1);
    world.watchlist("team.yaml", &ORANGE.replace("[orange]", "[orange, livebox]"));
    until("the new term is taken", async || {
        loaded(running.store.value("loaded").await.expect("a store"))["terms"] == 2
    })
    .await;
    assert_eq!(world.web.count("/rss.xml"), 1, "another line changed");
    world.feed("/rss.xml", &[]);
    world.watchlist("team.yaml", &ORANGE.replace("every: 1s", "every: 2s"));
    until("it is asked again", async || world.web.count("/rss.xml") == 2).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_files_that_quarrel_the_one_that_changed_is_refused() {
    let world = World::with(ORANGE).await;
    world.watchlist("sosh.yaml", SOSH);
    world.feed("/rss.xml", &[]);
    assert_eq!(world.output(&["run", "--once", "-q"]).await.0, 0);
    // `sosh.yaml` comes before `team.yaml` by its name, and was there first: its id stays its own.
    world.watchlist("team.yaml", &ORANGE.replace("id: orange", "id: sosh"));
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("team.yaml:3:9: ") && !stderr.contains("sosh.yaml:3:9: "), "{stderr}");
    world.watchlist("team.yaml", ORANGE);
    world.watchlist("sosh.yaml", &SOSH.replace("id: sosh", "id: orange"));
    let (_, _, stderr) = world.output(&["run", "--once"]).await;
    assert!(stderr.contains("sosh.yaml:3:9: ") && !stderr.contains("team.yaml:3:9: "), "{stderr}");
}
