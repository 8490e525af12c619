//! Faults 25 and 26: a feed that names everything anew, and ten thousand mentions in a minute.

use std::time::{Duration, Instant};

use mail_parser::{MessageParser, MimeHeaders};
use vigie::demo::smtp::Received;
use vigie::store::Store;

use crate::running::Running;
use crate::stage::{Dial, decoded, each_to, numbers, serve, watching};
use crate::support::{LIMIT, World, until};

#[tokio::test(flavor = "multi_thread")]
async fn fault_25_a_feed_that_changes_all_its_ids_floods_nobody() {
    const ENTRIES: usize = 40;
    let world = World::with(&each_to("comms")).await;
    let named = |prefix: &str, tail: &str, from: usize| {
        let texts: Vec<[String; 4]> = (from..ENTRIES)
            .map(|n| {
                let text = format!("Le feuilleton de la semaine, épisode {n}, à lire en entier sur la page.");
                [format!("{prefix}{n}"), format!("Orange n{n}"), format!("https://site.example/{n}{tail}"), text]
            })
            .collect();
        let items: Vec<_> = texts.iter().map(|[id, title, link, text]| (&**id, &**title, &**link, &**text)).collect();
        world.feed("/rss.xml", &items);
    };
    named("a", "", 1);
    let dial = Dial::default();
    let running = Running::by(&world, dial.clone()).await;
    dial.polled(&world, "/rss.xml").await;
    // Other ids; other ids and links with trackers; other ids and links to other forms of the pages; other links.
    for (prefix, tail) in [("b", ""), ("c", "?utm_source=rss&amp;utm_campaign=x"), ("d", "/amp/"), ("d", "?page=1")] {
        named(prefix, tail, 1);
        dial.polled(&world, "/rss.xml").await;
    }
    named("e", "", 0);
    let mails = world.smtp.wait_for(1, LIMIT).await;
    assert_eq!(numbers(&decoded(&mails[0])), [0], "only what is new is told");
    dial.polled(&world, "/rss.xml").await;
    assert_eq!(world.smtp.mails().len(), 1);
    assert_eq!(running.store.mentions(1_000).await.expect("read").len(), ENTRIES);
    running.stop().await;
}

/// The rows of the list that a mail carries, and the mentions that it shows.
fn carried(mail: &Received) -> (Vec<usize>, usize) {
    let parsed = MessageParser::default().parse(&mail.raw).expect("a mail");
    let list = parsed.attachments().find(|part| part.attachment_name() == Some("mentions.csv"));
    let text = parsed.body_text(0).expect("a text").into_owned();
    let shown = text.lines().filter(|line| line.starts_with("because ")).count();
    (list.map_or_else(Vec::new, |part| numbers(part.text_contents().expect("text"))), shown)
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_26_ten_thousand_mentions_in_a_minute_are_two_messages_and_none_is_lost() {
    const FLOOD: usize = 10_000;
    const FEEDS: [&str; 4] = ["/0.xml", "/1.xml", "/2.xml", "/3.xml"];
    let world = World::with(&(watching(&FEEDS) + "  - {name: all, on: mention, to: comms}\n")).await;
    for path in FEEDS {
        serve(&world, path, []);
    }
    let dial = Dial::default();
    let running = Running::by(&world, dial.clone()).await;
    for path in FEEDS {
        dial.polled(&world, path).await;
    }
    let began = Instant::now();
    for (feed, path) in FEEDS.iter().enumerate() {
        serve(&world, path, (feed..FLOOD).step_by(FEEDS.len()));
    }
    until("all is decided", async || {
        let undecided = running.store.undecided(0, 1).await.expect("a store");
        undecided.is_empty() && running.store.mentions(FLOOD + 1).await.expect("a store").len() == FLOOD
    })
    .await;
    let took = began.elapsed();
    assert!(took < Duration::from_mins(1), "{took:?}");
    // Some minutes on, and the window still holds the rest together.
    dial.turn(480);
    until("the first message is there", async || !world.smtp.mails().is_empty()).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let first = world.smtp.mails().len();
    assert!((1..=2).contains(&first), "{first} messages in the first window");
    dial.turn(180);
    until("nothing waits", async || {
        let outbox = running.store.outbox().await.expect("a store");
        outbox.waiting == 0 && outbox.pending == 0
    })
    .await;
    let mails = world.smtp.mails();
    assert!(mails.len() <= 2, "{} messages", mails.len());
    let mut told = Vec::new();
    for mail in &mails {
        let (listed, shown) = carried(mail);
        assert_eq!(shown, 20, "the newest twenty are shown");
        assert!(mail.header("Subject").is_some());
        told.extend(listed);
    }
    told.sort_unstable();
    assert_eq!(told, (0..FLOOD).collect::<Vec<_>>(), "each once, in the lists");
    running.stop().await;
}
