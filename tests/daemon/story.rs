//! The main job, end to end: the daemon's library, and the built program, against a small web and a mail
//! server on loopback.

use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;
use vigie::clock::{Clock, SystemClock};
use vigie::daemon::{Control, Daemon, Options};
use vigie::demo::web::Web;
use vigie::store::Store;

use crate::support::{LIMIT, World, until};

const WATCHLIST: &str = "
brands:
  - id: orange
    match: {any: [orange]}
    mask: [jus d'orange]
sources:
  - feed: \"{web}/rss.xml\"
    every: 1s
    language: fr
alerts:
  - {name: all, on: mention, to: comms, group: 1s}
";

const OLD: (&str, &str, &str, &str) = ("1", "Avant", "https://site.example/1", "Orange ouvre une boutique.");
const NEW: (&str, &str, &str, &str) = ("2", "Panne", "https://site.example/2", "Orange est en panne à Lille.");
const EDITED: (&str, &str, &str, &str) =
    ("2-bis", "Panne (suite)", "https://site.example/2", "Orange est en panne à Lille.");
const JUICE: (&str, &str, &str, &str) = ("3", "Recette", "https://site.example/3", "Un verre de jus d'orange.");

/// A daemon in this process.
pub(crate) struct Running {
    orders: mpsc::Sender<Control>,
    task: tokio::task::JoinHandle<bool>,
    pub(crate) store: vigie::store::sqlite::Sqlite,
}

impl Running {
    pub(crate) async fn start(world: &World) -> Self {
        Self::start_at(world, SystemClock).await
    }

    pub(crate) async fn start_at<C: Clock>(world: &World, clock: C) -> Self {
        let options = Options { config: world.config(), backfill: None };
        let daemon = Daemon::build(options, clock).await.expect("a good configuration");
        let store = daemon.store().clone();
        let (orders, received) = mpsc::channel(1);
        let task = tokio::spawn(async move { daemon.run(received).await.expect("no stage ends") });
        Self { orders, task, store }
    }

    pub(crate) async fn order(&self, order: Control) {
        self.orders.send(order).await.expect("it runs");
    }

    pub(crate) async fn stop(self) {
        self.order(Control::Stop).await;
        assert!(self.task.await.expect("no panic"), "a clean stop");
    }
}

/// Two more polls: the second begins only after the first was committed.
async fn polled(web: &Web) {
    let before = web.count("/rss.xml");
    until("the feed was polled twice", async || web.count("/rss.xml") >= before + 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_told_once_whatever_its_publisher_does_to_it() {
    let world = World::with(WATCHLIST).await;
    world.feed("/rss.xml", &[OLD]);
    let running = Running::start(&world).await;
    polled(&world.web).await;
    assert_eq!(world.smtp.mails().len(), 0, "what was there before is told to nobody");

    world.feed("/rss.xml", &[NEW, JUICE, OLD]);
    let mails = world.smtp.wait_for(1, LIMIT).await;
    let text = mails[0].text();
    assert_eq!(mails[0].to, ["cm@acme.example"]);
    let id = mails[0].header("Message-ID").expect("a Message-ID");
    assert!(id.ends_with("@acme.example>"), "{id}");
    assert!(mails[0].header("X-Vigie-Brand").is_some_and(|brand| brand == "orange"), "{text}");

    world.feed("/rss.xml", &[EDITED, JUICE, OLD]);
    polled(&world.web).await;
    let mentions = running.store.mentions(10).await.expect("a store");
    assert_eq!(mentions.len(), 2, "the old one and the new one: {mentions:?}");

    running.stop().await;
    let asked = world.web.count("/rss.xml");
    let again = Running::start(&world).await;
    polled(&world.web).await;
    let first = &world.web.requests_to("/rss.xml")[asked];
    assert!(first.header("If-None-Match").is_some() && first.header("If-Modified-Since").is_some(), "{first:?}");
    assert_eq!(first.status, 304);
    assert_eq!(world.smtp.mails().len(), 1);
    assert_eq!(again.store.outbox().await.expect("a store").pending, 0);
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_that_was_stored_before_a_crash_is_told_after_it() {
    let world = World::with(WATCHLIST).await;
    world.feed("/rss.xml", &[OLD]);
    world.smtp.fail_always(vigie::demo::smtp::Step::Mail, vigie::demo::smtp::Fault::Reply(451, "later"));
    let running = Running::start(&world).await;
    polled(&world.web).await;
    world.feed("/rss.xml", &[NEW, OLD]);
    until("the message is in the outbox", async || {
        running.store.outbox().await.is_ok_and(|outbox| outbox.pending == 1)
    })
    .await;
    running.stop().await;
    assert_eq!(world.smtp.mails().len(), 0);
    world.smtp.behave();
    let again = Running::start(&world).await;
    assert_eq!(world.smtp.wait_for(1, LIMIT).await.len(), 1, "all that is pending is due after a start");
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_acceptance_was_not_recorded_comes_again_with_the_same_message_id() {
    let world = World::with(WATCHLIST).await;
    world.feed("/rss.xml", &[NEW]);
    let child: Arc<Mutex<Option<std::process::Child>>> = Arc::default();
    let ids: Arc<Mutex<Vec<String>>> = Arc::default();
    let (victim, seen) = (Arc::clone(&child), Arc::clone(&ids));
    world.smtp.before_accepting(move |mail| {
        seen.lock().expect("no panic").extend(mail.header("Message-ID"));
        // The whole mail is here, and the program dies before it hears so.
        if let Some(mut child) = victim.lock().expect("no panic").take() {
            child.kill().expect("killed");
            child.wait().expect("waited for");
        }
    });
    let run = ["run", "--backfill", "24h", "-q"];
    {
        let mut slot = child.lock().expect("no panic");
        *slot = Some(world.vigie(&run).spawn().expect("the program runs"));
    }
    until("the program was killed", async || child.lock().expect("no panic").is_none()).await;
    let mut again = world.vigie(&run).spawn().expect("the program runs");
    until("the mail came again", async || ids.lock().expect("no panic").len() == 2).await;
    again.kill().expect("killed");
    again.wait().expect("waited for");
    let ids = ids.lock().expect("no panic");
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watchlist_that_breaks_while_vigie_runs_stays_as_it_was_and_is_told() {
    let world = World::with(WATCHLIST).await;
    world.feed("/rss.xml", &[OLD]);
    let running = Running::start(&world).await;
    polled(&world.web).await;
    world.watchlist("team.yaml", "brands:\n  - id: orange\n    match: {any: orange}\n");
    let told = world.smtp.wait_for(1, LIMIT).await;
    assert!(told[0].header("Subject").is_some(), "{}", told[0].text());
    world.feed("/rss.xml", &[NEW, OLD]);
    let mails = world.smtp.wait_for(2, LIMIT).await;
    assert!(mails[1].header("X-Vigie-Brand").is_some(), "the old watchlist still watches: {}", mails[1].text());
    world.watchlist("team.yaml", &WATCHLIST.replace("[orange]", "[orange, lille]").replace("id: orange", "id: sosh"));
    until("the mended watchlist is taken", async || {
        let loaded = running.store.value("loaded").await.ok().flatten().unwrap_or_default();
        loaded.contains("\"state\":\"ok\"") && loaded.contains("\"terms\":3")
    })
    .await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_one_message_with_all_of_it() {
    let world = World::with(WATCHLIST).await;
    let texts: Vec<[String; 3]> = (0..1_200)
        .map(|n| [format!("g{n}"), format!("Orange numéro {n}"), format!("https://site.example/{n}")])
        .collect();
    let items: Vec<(&str, &str, &str, &str)> =
        texts.iter().map(|[guid, title, link]| (guid.as_str(), title.as_str(), link.as_str(), "Panne.")).collect();
    world.feed("/rss.xml", &items);
    let (code, _, stderr) = world.output(&["run", "--once", "--backfill", "24h"]).await;
    assert_eq!(code, 0, "{stderr}");
    let mails = world.smtp.mails();
    assert_eq!(mails.len(), 1);
    let mail = mail_parser::MessageParser::default().parse(&mails[0].raw).expect("a mail");
    let csv = mail.attachment(0).expect("all of them as CSV");
    assert_eq!(csv.text_contents().expect("text").lines().count(), 1 + texts.len());
}
