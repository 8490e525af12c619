//! From a mention on the web to a mail, from its answer in a mailbox to a mention that nobody else is called for.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use vigie::clock::Clock;
use vigie::store::Store;

use crate::story::Running;
use crate::support::{LIMIT, World, until};

const WATCHLIST: &str = "
brands:
  - id: orange
    match: {any: [orange]}
sources:
  - feed: \"{web}/rss.xml\"
    every: 1s
    language: fr
alerts:
  - {name: all, on: mention, to: comms, group: 1s, escalate: {after: 10m, to: [crisis]}}
";

const OLD: (&str, &str, &str, &str) = ("1", "Avant", "https://site.example/1", "Orange ouvre une boutique.");
const NEW: (&str, &str, &str, &str) = ("2", "Panne", "https://site.example/2", "Orange est en panne à Lille.");
const OTHER: (&str, &str, &str, &str) = ("3", "Prix", "https://site.example/3", "Orange augmente ses tarifs à Brest.");

/// The machine's clock, so many seconds ahead.
#[derive(Debug, Clone, Default)]
struct Ahead(Arc<AtomicI64>);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        let seconds = self.0.load(Ordering::SeqCst).unsigned_abs();
        Timestamp::now() + Duration::from_secs(seconds)
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        while self.now() < deadline {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn answered() -> (World, PathBuf) {
    let world = World::with(WATCHLIST).await;
    let folder = world.path().join("answers");
    for part in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(folder.join(part)).expect("a folder");
    }
    let text = std::fs::read_to_string(world.config()).expect("settings");
    let text = format!("{text}  crisis: {{email: {{to: [crise@acme.example]}}}}\nreplies: {{maildir: answers}}\n");
    std::fs::write(world.config(), text).expect("written");
    (world, folder)
}

/// As a mail server puts a letter: written elsewhere, then moved.
fn deliver(folder: &std::path::Path, name: &str, text: &str) {
    std::fs::write(folder.join("tmp").join(name), text.replace('\n', "\r\n")).expect("written");
    std::fs::rename(folder.join("tmp").join(name), folder.join("new").join(name)).expect("moved");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_the_mail_stops_the_escalation_and_silence_does_not() {
    let (world, folder) = answered().await;
    world.feed("/rss.xml", &[OLD]);
    let clock = Ahead::default();
    let running = Running::start_at(&world, clock.clone()).await;
    until("the feed was polled", async || world.web.count("/rss.xml") >= 2).await;
    world.feed("/rss.xml", &[NEW, OLD]);
    let mail = world.smtp.wait_for(1, LIMIT).await.remove(0);
    // What a mail program makes of `Reply`: the ids that it answers, its own first line, the rest quoted.
    let references = mail.header("References").expect("what an answer carries back");
    let id = mail.header("Message-ID").expect("an id");
    let letter = format!(
        "Return-Path: <cm@acme.example>\nFrom: CM <cm@acme.example>\nTo: Vigie <vigie@acme.example>\nSubject: Re: Panne\n\
         In-Reply-To: {id}\nReferences: {references} {id}\nContent-Type: text/plain; charset=utf-8\n\n\
         Je m’en occupe !\n\nLe 20 novembre 2026, Vigie a écrit :\n> pas nous\n"
    );
    deliver(&folder, "1.a", &letter);
    until("the mention is taken", async || {
        let row = running.store.mentions(1).await.expect("a store").remove(0);
        row.handled.is_some_and(|(_, by)| by.as_deref() == Some("cm@acme.example"))
    })
    .await;
    deliver(&folder, "2.a", &letter);
    world.feed("/rss.xml", &[OTHER, NEW, OLD]);
    world.smtp.wait_for(2, LIMIT).await;
    // The second mention was told after the first: once it escalates, the first would have.
    clock.0.store(11 * 60, Ordering::SeqCst);
    let mails = world.smtp.wait_for(3, LIMIT).await;
    let escalated: Vec<_> = mails.iter().filter(|mail| mail.to == ["crise@acme.example"]).collect();
    assert_eq!(escalated.len(), 1);
    let text = escalated[0].text();
    assert!(text.contains("site.example/3") && !text.contains("site.example/2"), "{text}");
    let row =
        running.store.mentions(3).await.expect("a store").into_iter().find(|row| row.mention.mention.title == "Panne");
    assert_eq!(row.expect("the first").replies.len(), 1, "the same answer again is no other");
    running.stop().await;

    let (code, out, error) = world.output(&["status"]).await;
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("Answers by mail: maildir:"), "{out}");
    let (code, out, error) = world.output(&["mentions", "--long", "--search", "panne"]).await;
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("Taken by cm@acme.example") && out.contains("takes it (done)"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_round_hears_the_answers_before_it_decides() {
    let (world, folder) = answered().await;
    world.feed("/rss.xml", &[NEW]);
    let (code, _, error) = world.output(&["run", "--once", "--backfill", "24h"]).await;
    assert_eq!(code, 0, "{error}");
    let mail = world.smtp.mails().remove(0);
    let references = mail.header("References").expect("what an answer carries back");
    deliver(&folder, "1.a", &format!("From: cm@acme.example\nSubject: Re: x\nReferences: {references}\n\nhandled\n"));
    let (code, _, error) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{error}");
    let (code, out, error) = world.output(&["mentions", "--json"]).await;
    assert_eq!(code, 0, "{error}");
    let row: serde_json::Value = serde_json::from_str(out.lines().next().expect("a mention")).expect("JSON");
    assert_eq!(row["replies"][0]["state"], "done", "{out}");
    assert!(row["handled"]["at"].is_string() && row["handled"]["by"].is_null(), "{out}");
}
