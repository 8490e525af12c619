//! The main job, end to end: the daemon's library, and the built program, against a small web and a mail
//! server on loopback.

use vigie::demo::web::Web;
use vigie::store::Store;

pub(crate) use crate::running::Running;
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
