//! Counting, searching and forgetting, as every engine does it.

use std::time::Duration;

use vigie::alert::Reason;
use vigie::mention::{Mention, Polarity, StoryId};
use vigie::store::figures::{FiguresAsk, FiguresRows};
use vigie::store::{
    AlerterCommit, DeliveryOutcome, Forget, KeptText, MentionFilter, NewMessage, Shown, Store, TakenBack,
};

use super::Engine;
use super::sample::{decision, mention, message, minute, poll, stored, text, told};

fn ask(from: i64, to: i64) -> FiguresAsk {
    FiguresAsk {
        brands: vec!["lune".into(), "soleil".into()],
        lead: vec!["lune".into()],
        spans: vec![(minute(from), minute(to))],
        bucket: Duration::from_hours(1),
        period: (minute(from), minute(to)),
        top: 5,
        worst: 2,
    }
}

fn changed(entry: u64, at: i64, change: impl FnOnce(&mut Mention)) -> Mention {
    let mut mention = mention(1, entry, minute(at));
    change(&mut mention);
    mention
}

pub(crate) async fn figures_count_a_period_and_nothing_else<E: Engine>(engine: &E) {
    let store = engine.open();
    let mentions = vec![
        changed(1, 1, |m| m.site = "ancien.example".into()),
        changed(2, 60, |m| m.story = StoryId(9)),
        changed(3, 61, |m| {
            m.story = StoryId(9);
            m.site = "forum.example".into();
            m.author = None;
            m.score = Some(-0.9);
        }),
        changed(4, 125, |m| {
            m.polarity = Polarity::Positive;
            m.tags = vec!["service".into(), "prix".into()];
            m.site = "ancien.example".into();
            m.story = StoryId(10);
        }),
        changed(5, 126, |m| m.brand = "soleil".into()),
        changed(6, 127, |m| m.baseline = true),
        changed(7, 128, |m| m.repeat = true),
        changed(8, 180, |m| m.site = "tard.example".into()),
    ];
    store.commit_poll(poll(1, minute(180), mentions)).await.unwrap();
    let rows: Vec<i64> = store.undecided(0, 100).await.unwrap().iter().map(|one| one.id).collect();
    told(&store, "m1", minute(180), &rows[1..3], &["a@x.example"]).await;
    let open = store.figures(&ask(60, 180)).await.unwrap();
    let waiting: Vec<_> = open.waiting.iter().map(|one| one.mention.entry).collect();
    assert_eq!((open.unanswered, waiting), (2, vec![3]), "one story, by its worst");
    store.handle(&rows[1..2], None, minute(181)).await.unwrap();

    let figures = store.figures(&ask(60, 180)).await.unwrap();
    let mut counts: Vec<_> =
        figures.counts.iter().map(|one| (&*one.brand, one.at, one.polarity.word(), one.mentions)).collect();
    counts.sort_unstable();
    assert_eq!(
        counts,
        [
            ("lune", minute(60), "negative", 2),
            ("lune", minute(120), "positive", 1),
            ("soleil", minute(120), "negative", 1),
        ]
    );
    assert_eq!((figures.older, figures.repeats), (1, 1));
    assert_eq!(figures.unanswered, 1, "told, negative, and nobody takes care of it");
    let mut tags: Vec<_> = figures.tags.iter().map(|tag| (&*tag.tag, tag.polarity.word(), tag.mentions)).collect();
    tags.sort_unstable();
    assert_eq!(tags, [("prix", "positive", 1), ("service", "negative", 2), ("service", "positive", 1)]);
    let sites: Vec<_> =
        figures.sites.iter().map(|top| (&*top.name, top.mentions, top.negative, top.positive)).collect();
    assert_eq!(sites, [("ancien.example", 1, 0, 1), ("blog.example", 1, 1, 0), ("forum.example", 1, 1, 0)]);
    let authors: Vec<_> = figures.authors.iter().map(|top| (&*top.name, top.about.as_deref(), top.mentions)).collect();
    assert_eq!(authors, [("Dana", Some("ancien.example"), 1), ("Dana", Some("blog.example"), 1)]);
    let terms: Vec<_> = figures.terms.iter().map(|top| (&*top.name, top.mentions)).collect();
    assert_eq!(terms, [("café lune", 3)]);
    let stories: Vec<_> = figures.stories.iter().map(|top| (&*top.name, top.about.as_deref(), top.mentions)).collect();
    assert_eq!(stories, [("Le café Lune n° 2", Some("2"), 2)]);
    let new: Vec<_> = figures.new_sites.iter().map(|new| &*new.site).collect();
    assert_eq!(new, ["blog.example", "forum.example"], "one of them spoke before");
    let worst: Vec<_> = figures.worst.iter().map(|(one, told)| (one.mention.entry, *told)).collect();
    assert_eq!(worst, [(3, true), (2, true)]);
    let waiting = |figures: &FiguresRows| figures.waiting.iter().map(|one| one.mention.entry).collect::<Vec<_>>();
    assert_eq!(waiting(&figures), [3], "2 was answered");
    let open = MentionFilter { unanswered: true, ..MentionFilter::default() };
    let found = store.find(&open, None, 10).await.unwrap();
    assert_eq!(found.iter().map(|row| row.mention.mention.entry).collect::<Vec<_>>(), [3]);
    assert_eq!(store.figures(&ask(500, 600)).await.unwrap(), FiguresRows::default());
}

async fn found(store: &impl Store, search: &str) -> Vec<u64> {
    let filter = MentionFilter { search: Some(search.into()), ..MentionFilter::default() };
    store.find(&filter, None, 100).await.unwrap().iter().map(|row| row.mention.mention.entry).collect()
}

pub(crate) async fn words_are_found_until_their_mention_is_purged<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 250).await;
    let nobody = rows.iter().map(|id| decision(*id, Reason::NoRule)).collect();
    store
        .commit_decisions(AlerterCommit { decided: rows.clone(), decisions: nobody, ..AlerterCommit::default() })
        .await
        .unwrap();
    drop(store);
    let store = engine.open();
    assert_eq!(found(&store, "decev* lune").await.len(), 100, "a page");
    assert_eq!(found(&store, "\"n° 250\"").await, [250]);
    let filter = MentionFilter { search: Some("lune".into()), ..MentionFilter::default() };
    let page = store.find(&filter, None, 2).await.unwrap();
    let last = (page[1].mention.mention.found, page[1].mention.id);
    let next = store.find(&filter, Some(last), 2).await.unwrap();
    let entries: Vec<u64> = page.iter().chain(&next).map(|row| row.mention.mention.entry).collect();
    assert_eq!(entries, [250, 249, 248, 247]);
    assert_eq!(store.purge(minute(240), minute(240), minute(100_000)).await.unwrap(), 239);
    assert_eq!(found(&store, "lune").await.len(), 11);
    assert_eq!(found(&store, "\"n° 1\"").await, [0; 0]);
}

pub(crate) async fn forget_leaves_no_trace_but_its_record<E: Engine>(engine: &E) {
    let store = engine.open();
    let by = |author: &str, url: &str| KeptText {
        author: Some(author.into()),
        url: Some(url.into()),
        ..text(url.rsplit('/').next().unwrap_or_default())
    };
    let mut commit = poll(
        1,
        minute(1),
        vec![
            changed(1, 1, |m| m.author = Some("@Zoé".into())),
            changed(2, 2, |_| {}),
            changed(3, 3, |m| {
                m.author = Some("Zoé".into());
                m.site = "forum.blog.example".into();
            }),
            changed(4, 4, |m| {
                m.author = Some("Zoé".into());
                m.site = "ailleurs.example".into();
            }),
        ],
    );
    commit.texts = vec![
        by("zoé", "https://blog.example/1"),
        by("Dana", "https://blog.example/2"),
        by("Zoé", "https://ailleurs.example/4"),
    ];
    store.commit_poll(commit).await.unwrap();
    let rows: Vec<i64> = store.undecided(0, 9).await.unwrap().iter().map(|one| one.id).collect();
    told(&store, "sent", minute(5), &rows[2..3], &["a@x.example"]).await;
    let due = store.due("comms", minute(5), 9).await.unwrap();
    store.finish(due[0].id, DeliveryOutcome::Sent, minute(5)).await.unwrap();
    told(&store, "pending", minute(5), &rows[..2], &["a@x.example", "b@x.example"]).await;

    let what = Forget::Author { name: "zoé".into(), site: Some("www.blog.example".into()) };
    let erased = store.forget(&what, minute(10)).await.unwrap();
    assert_eq!((erased.mentions, erased.texts, erased.messages), (2, 1, 1));
    assert_eq!(erased.kind, "author");
    assert_eq!(erased.hash.len(), 64);
    assert!(!serde_json::to_string(&erased).unwrap().to_lowercase().contains("zo"), "no name: {erased:?}");
    let left = store.mentions(9).await.unwrap();
    assert_eq!(left.iter().map(|row| row.mention.mention.entry).collect::<Vec<_>>(), [4, 2]);
    // What was not delivered yet is not: its other mention waits again, for a message of the same id.
    assert_eq!(store.due("comms", minute(20), 9).await.unwrap().len(), 0);
    assert_eq!(left[1].decisions[0].1, "waits");
    let (_, waiting) = store.windows().await.unwrap();
    assert_eq!(waiting.iter().map(|one| one.mention.id).collect::<Vec<_>>(), [rows[1]]);
    let again = AlerterCommit {
        messages: vec![message("pending", minute(21), &rows[1..2], &["a@x.example"])],
        ..AlerterCommit::default()
    };
    store.commit_decisions(again).await.unwrap();
    assert_eq!(store.due("comms", minute(22), 9).await.unwrap().len(), 1);

    assert!(store.correct(rows[3], Some(Polarity::Positive), minute(10)).await.unwrap());
    let nothing = store.forget(&Forget::Mention(rows[0]), minute(11)).await.unwrap();
    assert_eq!((nothing.mentions, nothing.texts, nothing.messages), (0, 0, 0));
    let url = store.forget(&Forget::Url("https://ailleurs.example/4".into()), minute(12)).await.unwrap();
    assert_eq!((url.mentions, url.texts), (0, 1), "its mention has another address");
    let one = store.forget(&Forget::Mention(rows[3]), minute(13)).await.unwrap();
    assert_eq!((one.mentions, one.texts), (1, 0));
    assert_eq!(store.corrections().await.unwrap(), [], "an example of it is its trace too");
    drop(store);
    let store = engine.open();
    assert_eq!(store.erasures().await.unwrap(), [erased, nothing, url, one]);
    assert_eq!(found(&store, "zoé").await, [0; 0]);
}

pub(crate) async fn forget_takes_back_whatever_shows_somebody<E: Engine>(engine: &E) {
    let store = engine.open();
    let by_zoe = |mention: &mut Mention| mention.author = Some("Zoé".into());
    let mentions = vec![changed(1, 1, by_zoe), changed(2, 2, |_| {}), changed(3, 3, |m| m.brand = "soleil".into())];
    store.commit_poll(poll(1, minute(3), mentions)).await.unwrap();
    let rows: Vec<i64> = store.undecided(0, 9).await.unwrap().iter().map(|one| one.id).collect();
    let of = |id: &str, kind: &str, lists: &[i64], shows| NewMessage {
        kind: kind.into(),
        shows,
        ..message(id, minute(9), lists, &["a@x.example"])
    };
    let day = |brand: &str, from, to| {
        let (brands, from, to) = (vec!["x".into(), brand.to_owned()], minute(from), minute(to));
        Shown::Period { brands, from, to }
    };
    let messages = vec![
        of("figures", "digest", &rows[1..2], day("lune", 0, 2)),
        of("before", "digest", &[], day("lune", 0, 1)),
        of("after", "digest", &[], day("lune", 2, 9)),
        of("other", "digest", &[], day("soleil", 0, 9)),
        of("peak", "spike", &[], Shown::Mentions(rows[..2].to_vec())),
        of("calm", "spike", &[], Shown::Mentions(vec![rows[1], 999])),
        of("gone", "mention", &rows[..1], Shown::Nothing),
        of("notice", "dead_letter", &[], Shown::SubjectOf("gone".into())),
        of("notice of a peak", "dead_letter", &[], Shown::SubjectOf("peak".into())),
        of("another", "dead_letter", &[], Shown::SubjectOf("calm".into())),
        of("three days", "digest", &[], day("lune", 0, 3)),
        of("sent", "digest", &[], day("lune", 0, 3)),
        of("dead", "digest", &[], day("lune", 0, 3)),
    ];
    let waited = decision(rows[1], Reason::Late);
    let commit =
        AlerterCommit { decided: rows.clone(), for_digest: vec![waited], messages, ..AlerterCommit::default() };
    store.commit_decisions(commit).await.unwrap();
    for row in store.due("comms", minute(9), 99).await.unwrap() {
        let outcome = match &*row.message {
            "sent" => DeliveryOutcome::Sent,
            "dead" => DeliveryOutcome::Dead { error: "550".into() },
            _ => continue,
        };
        store.finish(row.id, outcome, minute(9)).await.unwrap();
    }
    for (name, of) in [("dead_letter/comms/1", "gone"), ("dead_letter/comms/2", "calm")] {
        let note = serde_json::json!({ "message": of, "subject": "Zoé" }).to_string();
        store.keep_value(name, Some(note)).await.unwrap();
    }

    let what = Forget::Author { name: "zoé".into(), site: None };
    let erased = store.forget(&what, minute(10)).await.unwrap();
    assert_eq!((erased.mentions, erased.messages), (1, 7));
    let mut left: Vec<String> =
        store.due("comms", minute(20), 99).await.unwrap().into_iter().map(|row| row.message).collect();
    left.sort_unstable();
    assert_eq!(left, ["after", "another", "before", "calm", "other"]);
    let notes = store.values("dead_letter/").await.unwrap();
    assert_eq!(notes.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["dead_letter/comms/2"]);
    // The digests that were on their way are asked for again, and what they told goes on waiting for them.
    let asked = store.asked().await.unwrap();
    let taken = |from, to| TakenBack {
        team: "team.yaml".into(),
        rule: "bad".into(),
        channel: "comms".into(),
        from: minute(from),
        to: minute(to),
    };
    let mut again: Vec<TakenBack> = asked
        .iter()
        .map(|wish| {
            let payload: serde_json::Value = serde_json::from_str(&wish.payload).unwrap();
            assert_eq!(wish.kind, TakenBack::WISH);
            serde_json::from_value(payload[TakenBack::WISH].clone()).unwrap()
        })
        .collect();
    again.sort_by_key(|taken| taken.to);
    assert_eq!(again, [taken(0, 2), taken(0, 3)]);
    let waits = store.digest_waits().await.unwrap();
    assert_eq!(waits.iter().map(|wait| wait.mention).collect::<Vec<_>>(), [rows[1]]);
}

pub(crate) async fn names_and_addresses_are_found_however_they_are_written<E: Engine>(engine: &E) {
    let store = engine.open();
    let authors = ["Zoé", "@ZOÉ", "Zoe\u{301}", "Zoe", "ŁUKASZ", "Zoé B"];
    let mentions = authors
        .iter()
        .enumerate()
        .map(|(at, author)| changed(at as u64 + 1, 1, |mention| mention.author = Some((*author).into())));
    let mut commit = poll(1, minute(1), mentions.collect());
    commit.texts = vec![
        KeptText { author: Some("ZOÉ".into()), url: None, ..text("1") },
        KeptText { author: Some("Zoé".into()), url: Some("https://ailleurs.example/1".into()), ..text("2") },
    ];
    store.commit_poll(commit).await.unwrap();
    let by = async |author: &str, site: Option<&str>| {
        let filter =
            MentionFilter { author: Some(author.into()), site: site.map(str::to_owned), ..MentionFilter::default() };
        let found = store.find(&filter, None, 10).await.unwrap();
        let mut entries: Vec<u64> = found.iter().map(|row| row.mention.mention.entry).collect();
        entries.sort_unstable();
        entries
    };
    for (author, site, expected) in [
        ("ZOÉ", None, &[1, 2, 3][..]),
        ("zoe\u{301}", Some("WWW.Blog.Example"), &[1, 2, 3]),
        ("@łukasz", Some("https://blog.example/"), &[5]),
        ("zoe", None, &[4]),
        ("zoé", Some("log.example"), &[]),
    ] {
        assert_eq!(by(author, site).await, expected, "{author} {site:?}");
    }

    // An entry without an address stands on its source's site, which is `blog1.example`.
    let forgotten = async |what| {
        let erased = store.forget(&what, minute(5)).await.unwrap();
        (erased.mentions, erased.texts)
    };
    let author = |name: &str, site: &str| Forget::Author { name: name.into(), site: Some(site.into()) };
    assert_eq!(forgotten(author("zoé", "Blog1.example")).await, (0, 1));
    assert_eq!(forgotten(author("ZOÉ", "Blog.Example.")).await, (3, 0));
    assert_eq!(by("zoé", None).await, [0; 0]);
    for (url, expected) in [
        ("https://blog.example/99", (0, 0)),
        (" HTTP://www.Blog.Example:80/5/?utm_source=x", (1, 0)),
        ("https://AILLEURS.example/1", (0, 1)),
    ] {
        assert_eq!(forgotten(Forget::Url(url.into())).await, expected, "{url}");
    }
}

pub(crate) async fn retention_is_on_record_a_line_a_day<E: Engine>(engine: &E) {
    const DAY: i64 = 24 * 60;
    let store = engine.open();
    let rows = stored(&store, 1, 120).await;
    told(&store, "m1", minute(130), &rows, &["a@x.example"]).await;
    let due = store.due("comms", minute(130), 9).await.unwrap();
    store.finish(due[0].id, DeliveryOutcome::Sent, minute(130)).await.unwrap();
    let mut read = poll(2, minute(1), Vec::new());
    read.texts = vec![text("1"), text("2"), text("3")];
    store.commit_poll(read).await.unwrap();
    assert_eq!(store.purge(minute(0), minute(0), minute(200)).await.unwrap(), 0);
    assert_eq!(store.erasures().await.unwrap(), [], "nothing went");

    let asked = store.forget(&Forget::Mention(rows[119]), minute(200)).await.unwrap();
    assert_eq!(store.purge(minute(11), minute(0), minute(210)).await.unwrap(), 10);
    assert_eq!(store.purge(minute(111), minute(5), minute(220)).await.unwrap(), 100);
    assert_eq!(store.purge(minute(999), minute(5), minute(200 + DAY)).await.unwrap(), 9);
    let records = store.erasures().await.unwrap();
    assert_eq!(records[0], asked);
    let of: Vec<_> =
        records[1..].iter().map(|one| (one.at, one.is_retention(), one.mentions, one.texts, one.messages)).collect();
    assert_eq!(of, [(minute(210), true, 110, 3, 0), (minute(200 + DAY), true, 9, 0, 1)]);
    assert!(records[1..].iter().all(|one| one.hash.is_empty()));
}

pub(crate) async fn a_wish_to_forget_does_not_remember<E: Engine>(engine: &E) {
    let store = engine.open();
    let wish = store.ask(Forget::WISH, "{\"name\":\"Zoé\"}".into(), minute(1)).await.unwrap();
    assert!(store.asked().await.unwrap()[0].payload.contains("Zoé"));
    store.answer(wish, "{}".into()).await.unwrap();
    assert_eq!(store.answered(wish).await.unwrap().as_deref(), Some("{}"));
    assert_eq!(store.asked().await.unwrap(), []);
}
