//! Faults 21 to 24: watchlists that break, vanish or change while vigie runs.

use vigie::daemon::Control;
use vigie::store::Store;

use crate::running::Running;
use crate::stage::{
    channel, dated, decoded, each_to, edit_settings, numbers, of_kind, polled, serve, status, watching,
};
use crate::support::{LIMIT, Service, World, until};

const RULE: &str = "  - {name: all, on: mention, to: comms, group: off}\n";

async fn loaded(running: &Running) -> serde_json::Value {
    let value = running.store.value("loaded").await.expect("a store");
    serde_json::from_str(&value.unwrap_or_default()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_21_a_watchlist_that_breaks_while_vigie_runs_stays_as_it_was_and_is_told() {
    let good = each_to("comms");
    let world = World::with(&good).await;
    edit_settings(&world, |settings| settings + "metrics: vigie.prom\n");
    serve(&world, "/rss.xml", []);
    let mut service = Service::start(&world);
    service.tells("READY=1").await;
    polled(&world, "/rss.xml").await;
    let file = world.path().join("watchlists/team.yaml");
    let refused = || {
        let figures = std::fs::read_to_string(world.path().join("vigie.prom")).unwrap_or_default();
        figures.lines().find_map(|line| line.strip_prefix("vigie_watchlists_refused ")?.parse::<u32>().ok())
    };
    let is = async |state: &str, terms: u32, count: u32| {
        until(state, async || {
            let shown = status(&world).await["watchlists"].clone();
            shown["state"] == state && shown["terms"] == terms && refused() == Some(count)
        })
        .await;
    };
    let log = || std::fs::read_to_string(world.path().join("log")).expect("a log");
    // Renamed over, by an editor.
    world.watchlist("team.yaml", &good.replace("[orange]", "orange: ["));
    is("refused", 1, 1).await;
    let told = of_kind(world.smtp.wait_for(1, LIMIT).await, "refusal");
    assert!(decoded(&told[0]).contains("team.yaml:2:"), "with its place: {}", decoded(&told[0]));
    assert!(log().contains("event=refused"), "{}", log());
    // A byte order mark is no fault.
    world.watchlist("team.yaml", &format!("\u{feff}{}", good.replace("[orange]", "[orange, lille]")));
    is("ok", 2, 0).await;
    // Half a write, in place, and its other half later.
    let text = std::fs::read_to_string(&file).expect("a file").replace("lille", "lille, nantes");
    let half = text.find("every").expect("a key") + 3;
    std::fs::write(&file, &text[..half]).expect("written");
    is("refused", 2, 1).await;
    serve(&world, "/rss.xml", [1]);
    let mails = world.smtp.wait_for(3, LIMIT).await;
    assert_eq!(of_kind(mails.clone(), "refusal").len(), 2, "each content once");
    assert!(mails.iter().any(|mail| numbers(&decoded(mail)) == [1]), "the last good one still watches");
    std::fs::write(&file, text).expect("written");
    is("ok", 3, 0).await;
    service.signal("TERM");
    assert_eq!(service.ends_with().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_22_a_watchlist_that_is_deleted_emptied_or_broken_at_the_start_stays_until_the_operator_reloads() {
    const SOSH: &str =
        "brands:\n  - {id: sosh, match: {any: [sosh]}}\nalerts:\n  - {name: sosh, on: mention, to: comms}\n";
    let good = each_to("comms");
    let world = World::with(&good).await;
    serve(&world, "/rss.xml", []);
    assert_eq!(world.output(&["run", "--once", "-q"]).await.0, 0);
    for broken in [&good.replace("match:", "macth:"), "# nothing is left\n", "brands: [\n", ""] {
        world.watchlist("team.yaml", broken);
        let asked = world.web.count("/rss.xml");
        let (code, _, stderr) = world.output(&["run", "--once"]).await;
        assert_eq!(code, 0, "{stderr}");
        assert!(stderr.contains("team.yaml") && stderr.contains("the old ones stay"), "{stderr}");
        assert_eq!(world.web.count("/rss.xml"), asked + 1, "its source is watched all the same");
        assert_eq!(status(&world).await["watchlists"]["state"], "refused", "{broken}");
    }
    assert_eq!(of_kind(world.smtp.mails(), "refusal").len(), 4, "each refused content is told once");
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!((code, world.smtp.mails().len()), (0, 4), "and not again: {stderr}");
    let fresh = World::with("brands: [\n").await;
    let (code, _, stderr) = fresh.output(&["run", "--once"]).await;
    assert_eq!(code, 78, "without a good text yet: {stderr}");

    // While it runs: emptied, then deleted, then taken at the operator's word.
    world.watchlist("team.yaml", &good);
    world.watchlist("sosh.yaml", SOSH);
    let running = Running::start(&world).await;
    for (change, mails) in [(Some(""), 5), (None, 6)] {
        match change {
            Some(text) => world.watchlist("sosh.yaml", text),
            None => std::fs::remove_file(world.path().join("watchlists/sosh.yaml")).expect("removed"),
        }
        assert_eq!(of_kind(world.smtp.wait_for(mails, LIMIT).await, "refusal").len(), mails);
        let value = loaded(&running).await;
        assert_eq!((&value["brands"], &value["state"]), (&2.into(), &"refused".into()), "{value}");
    }
    running.order(Control::Reload).await;
    until("the deletion is taken", async || {
        let value = loaded(&running).await;
        value["brands"] == 1 && value["state"] == "ok"
    })
    .await;
    running.stop().await;
    assert_eq!(world.smtp.mails().len(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fault_23_reloads_while_messages_go_out_lose_none_and_send_none_twice() {
    const ENTRIES: usize = 40;
    let good = each_to("comms");
    let world = World::with(&good).await;
    serve(&world, "/rss.xml", []);
    // So slow that each reload finds a message on its way.
    world.smtp.before_accepting(|_| std::thread::sleep(std::time::Duration::from_millis(40)));
    let running = Running::start(&world).await;
    polled(&world, "/rss.xml").await;
    serve(&world, "/rss.xml", 0..ENTRIES);
    for reload in 1..=6 {
        world.smtp.wait_for(reload * 6, LIMIT).await;
        if reload % 2 == 0 {
            world.watchlist("team.yaml", &good.replace("[orange]", &format!("[orange, lille{reload}]")));
        }
        running.order(Control::Reload).await;
    }
    world.smtp.wait_for(ENTRIES, LIMIT).await;
    until("all are recorded", async || running.store.outbox().await.expect("a store").pending == 0).await;
    polled(&world, "/rss.xml").await;
    running.stop().await;
    let mut told: Vec<usize> = world.smtp.mails().iter().flat_map(|mail| numbers(&decoded(mail))).collect();
    told.sort_unstable();
    assert_eq!(told, (0..ENTRIES).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_24_a_new_source_with_a_year_of_entries_alerts_nobody_of_the_past() {
    const YEAR: usize = 365;
    let world = World::with(&(watching(&["/rss.xml"]) + RULE)).await;
    serve(&world, "/rss.xml", []);
    let running = Running::start(&world).await;
    polled(&world, "/rss.xml").await;
    let year = |from: usize| channel((from..=YEAR).map(|n| dated(n, jiff::SignedDuration::from_hours(-24 * n as i64))));
    world.web.put("/old.xml", year(1));
    world.watchlist("team.yaml", &(watching(&["/rss.xml", "/old.xml"]) + RULE));
    running.order(Control::Reload).await;
    polled(&world, "/old.xml").await;
    until("all is decided", async || {
        let rows = running.store.mentions(1_000).await.expect("a store");
        rows.len() == YEAR && rows.iter().all(|row| !row.decisions.is_empty())
    })
    .await;
    let rows = running.store.mentions(1_000).await.expect("a store");
    assert!(rows.iter().all(|row| row.mention.mention.baseline && row.decisions[0].0.reason.name() == "Baseline"));
    // A new term is not looked for in it, and what is new is told.
    world.watchlist("team.yaml", &(watching(&["/rss.xml", "/old.xml"]).replace("[orange]", "[orange, panne]") + RULE));
    running.order(Control::Reload).await;
    until("the term is taken", async || loaded(&running).await["terms"] == 2).await;
    polled(&world, "/old.xml").await;
    assert_eq!(world.smtp.mails().len(), 0);
    world.web.put("/old.xml", year(0));
    let mails = world.smtp.wait_for(1, LIMIT).await;
    assert_eq!(numbers(&decoded(&mails[0])), [0]);
    polled(&world, "/old.xml").await;
    assert_eq!(world.smtp.mails().len(), 1);
    running.stop().await;
}
