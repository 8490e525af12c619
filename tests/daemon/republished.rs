//! One story once, through the whole program: copies in several feeds, and feeds that name their entries anew.

use vigie::demo::smtp::Received;
use vigie::store::Store;

use crate::running::Running;
use crate::support::{LIMIT, World, until};

const WATCHLIST: &str = "
brands:
  - id: orange
    match: {any: [orange]}
sources:
  - {feed: \"{web}/a.xml\", every: 1s, language: fr}
  - {feed: \"{web}/b.xml\", every: 1s, language: fr}
  - {feed: \"{web}/c.xml\", every: 1s, language: fr}
alerts:
  - {name: all, on: mention, to: comms, group: 1s}
";

const TITLE: &str = "Panne géante chez Orange dans le Finistère";
const TEXT: &str = "Une coupure de fibre prive depuis lundi soir quarante mille abonnés d’Orange de connexion dans le \
    Finistère, de Morlaix à la presqu’île de Crozon. Un engin de chantier a sectionné un câble au bord de la nationale, \
    selon la préfecture, qui parle d’un incident de grande ampleur et demande de n’appeler les secours qu’en cas \
    d’urgence. Les équipes de l’opérateur ont travaillé toute la nuit dans une tranchée inondée. Le rétablissement \
    complet n’est pas attendu avant mercredi, et plusieurs mairies ont ouvert des salles équipées pour les \
    télétravailleurs. L’opérateur présente ses excuses et promet un geste commercial à ses clients.";
const BEFORE: (&str, &str, &str, &str) = ("0", "Avant", "https://old.example/0", "Orange ouvre une boutique.");
const FEEDS: [&str; 3] = ["/a.xml", "/b.xml", "/c.xml"];

/// The text part of a mail, decoded.
fn body(mail: &Received) -> String {
    let parsed = mail_parser::MessageParser::default().parse(&mail.raw).expect("a mail");
    parsed.body_text(0).expect("a text part").into_owned()
}

type Item = (String, String, String, String);

fn cut(words: usize) -> String {
    TEXT.split_whitespace().take(words).collect::<Vec<_>>().join(" ") + "…"
}

/// The dispatch and nineteen copies of it, as editors, wrappers and readers make them.
fn copies() -> Vec<Item> {
    let page = "https://www.journal.example/finistere/panne.html";
    let lead = "Nos confrères rapportent ce matin une information qui touche beaucoup de nos lecteurs. ";
    let notice = " Recevez chaque matin notre lettre d’information gratuite. Tous droits réservés.";
    let entities: String =
        TEXT.chars().map(|c| if c.is_ascii() { c.to_string() } else { format!("&amp;#{};", u32::from(c)) }).collect();
    let plain = vigie::text::fold::fold_string(TEXT);
    let own = |n: usize| format!("https://site{n}.example/{n}");
    let texts: Vec<(String, String, String)> = vec![
        (TITLE.into(), page.into(), TEXT.into()),
        (TITLE.into(), format!("{page}?utm_source=rss&amp;utm_medium=feed&amp;xtor=RSS-1"), TEXT.into()),
        (TITLE.into(), "https://amp.journal.example/finistere/panne.amp.html".into(), cut(30)),
        (TITLE.into(), format!("https://www.google.com/url?rct=j&amp;url={page}&amp;ct=ga"), cut(22)),
        ("Finistère : ce que l’on sait de la coupure".into(), own(4), TEXT.into()),
        (format!("{TITLE} - Le Courrier"), own(5), TEXT.into()),
        (TITLE.to_uppercase(), own(6), TEXT.into()),
        (TITLE.into(), own(7), cut(25)),
        (TITLE.into(), own(8), cut(45)),
        (TITLE.into(), own(9), cut(60)),
        ("Info".into(), own(10), format!("{lead}{TEXT}")),
        (TITLE.into(), own(11), format!("{lead}{}", cut(60))),
        (TITLE.into(), own(12), format!("{TEXT}{notice}")),
        (TITLE.into(), own(13), format!("{lead}{TEXT}{notice}")),
        (TITLE.into(), own(14), plain),
        (TITLE.into(), own(15), entities),
        (TITLE.into(), own(16), TEXT.to_uppercase()),
        (
            TITLE.into(),
            own(17),
            TEXT.replace("quarante mille", "près de 40 000").replace("toute la nuit", "sans relâche"),
        ),
        (format!("{TITLE} | Ouest Info"), own(18), format!("{TITLE} Ouest Info")),
        (TITLE.into(), own(19), TEXT.replace(". ", ".&lt;br&gt;")),
    ];
    (1..).zip(texts).map(|(n, (title, link, text))| (format!("g{n}"), title, link, text)).collect()
}

fn serve(world: &World, path: &str, items: &[Item]) {
    let items: Vec<(&str, &str, &str, &str)> = items.iter().map(|(a, b, c, d)| (&**a, &**b, &**c, &**d)).collect();
    world.feed(path, &items);
}

async fn polled_twice(world: &World) {
    let before: Vec<usize> = FEEDS.iter().map(|path| world.web.count(path)).collect();
    until("every feed was polled twice", async || {
        FEEDS.iter().zip(&before).all(|(path, before)| world.web.count(path) >= before + 2)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_copies_of_a_dispatch_in_three_feeds_are_one_item_of_one_mail() {
    let world = World::with(WATCHLIST).await;
    for path in FEEDS {
        world.feed(path, &[BEFORE]);
    }
    let running = Running::start(&world).await;
    polled_twice(&world).await;
    let copies = copies();
    assert_eq!(copies.len(), 20);
    // As it goes: the dispatch first, its copies when the others have read it.
    serve(&world, FEEDS[0], &copies[..1]);
    let mails = world.smtp.wait_for(1, LIMIT).await;
    assert!(body(&mails[0]).contains(TITLE), "{}", body(&mails[0]));
    let first = mails[0].header("Message-ID").expect("a Message-ID");
    serve(&world, FEEDS[0], &[&copies[..1], &copies[4..9]].concat());
    serve(&world, FEEDS[1], &[&copies[1..2], &copies[9..14]].concat());
    serve(&world, FEEDS[2], &[&copies[2..4], &copies[14..]].concat());
    until("all are stored and decided", async || {
        let rows = running.store.mentions(100).await.expect("read");
        rows.len() == 23 && rows.iter().all(|row| !row.decisions.is_empty())
    })
    .await;
    let rows = running.store.mentions(100).await.expect("read");
    let mut stories: Vec<_> = rows.iter().filter(|row| !row.mention.mention.baseline).collect();
    stories.dedup_by_key(|row| row.mention.mention.story);
    assert_eq!(stories.len(), 1, "{stories:?}");
    polled_twice(&world).await;
    // What reaches 5 and then 20 sites may be told again: in the same thread, and as one line.
    for again in &world.smtp.mails()[1..] {
        assert_eq!(again.header("In-Reply-To").as_deref(), Some(first.as_str()), "{}", again.text());
        assert!(!body(again).contains("engin de chantier"), "{}", body(again));
    }
    assert!(world.smtp.mails().len() <= 3, "{}", world.smtp.mails().len());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_copies_that_come_together_are_one_item() {
    let world = World::with(WATCHLIST).await;
    let copies = copies();
    for (feed, path) in FEEDS.into_iter().enumerate() {
        let part: Vec<Item> = copies.iter().skip(feed).step_by(3).cloned().collect();
        serve(&world, path, &part);
    }
    let (code, _, stderr) = world.output(&["run", "--once", "--backfill", "24h"]).await;
    assert_eq!(code, 0, "{stderr}");
    let mails = world.smtp.mails();
    assert_eq!(mails.len(), 1);
    let text = body(&mails[0]);
    let items = text.lines().filter(|line| line.starts_with("because ")).count();
    assert_eq!(items, 1, "{text}");
    assert!(text.contains("republications"), "{text}");
    let (_, listed, _) = world.output(&["mentions", "--json"]).await;
    assert_eq!(listed.lines().count(), 20, "each is kept: {listed}");
}
