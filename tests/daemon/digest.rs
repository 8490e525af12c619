//! Digests and reports of the whole daemon: on a day without a word, on a day, over a week.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use mail_parser::MimeHeaders;
use vigie::alert::Reason;
use vigie::health::SourceState;
use vigie::mention::{DecidingWord, Excerpt, Mention, Polarity, StoryId};
use vigie::source::SourceKey;
use vigie::store::sqlite::Sqlite;
use vigie::store::{AlerterCommit, DecisionRow, PollCommit, SourceHealth, Store, WindowRow};
use vigie::text::language::Language;

use crate::running::Running;
use crate::support::{LIMIT, World, until};

const WATCHLIST: &str = "
brands:
  - {id: orange, name: Orange, match: {any: [orange]}}
  - {id: free, name: Free, kind: competitor, match: {any: [free mobile]}}
  - {id: sosh, name: Sosh, match: {any: [sosh]}}
  - {id: noel, name: Noël, kind: campaign, from: {first}, until: {last}, match: {any: [noel]}}
sources:
  - feed: \"{web}/rss.xml\"
    every: 1h
alerts:
  - {name: daily, on: digest, at: \"00:00\", period: day, brands: [orange], to: comms}
  - {name: quiet, on: digest, at: \"00:00\", period: day, brands: [sosh], to: comms}
  - {name: weekly, on: digest, at: \"00:00\", period: week, days: mon-sun, brands: [orange], to: comms}
  - {name: bad, on: mention, if: {polarity: negative}, to: comms}
objectives: [{brand: orange, figure: net_tone, at_least: 10}]
";

fn mention(entry: u64, brand: &str, found: Timestamp, polarity: Polarity) -> Mention {
    Mention {
        team: "team.yaml".into(),
        brand: brand.into(),
        source: 1,
        source_name: "forum".into(),
        entry,
        revision: 1,
        url: Some(format!("https://forum.example/t/{entry}")),
        title: format!("Sujet numéro {entry}"),
        site: "forum.example".into(),
        author: Some("titi59".into()),
        published: Some(found),
        found,
        language: Some(Language::FRENCH),
        polarity,
        score: Some(if polarity == Polarity::Negative { -0.7 } else { 0.6 }),
        document_score: None,
        hits: Vec::new(),
        tags: vec!["panne".into()],
        excerpt: Excerpt { text: "La box d’Orange clignote.".into(), hits: vec![(12, 18)] },
        why: vec!["orange".into()],
        words: vec![DecidingWord { text: "clignote".into(), valence: -2.0 }],
        baseline: false,
        story: StoryId(entry),
        repeat: false,
        evidence: None,
    }
}

fn midnight(at: &Zoned) -> Timestamp {
    at.start_of_day().expect("a day").timestamp()
}

/// A store in which vigie watched for a month, told its last digests, and found mentions since.
async fn watched(world: &World, today: &Zoned) -> i64 {
    let yesterday = today.saturating_sub(1.day());
    let monday = today.saturating_sub((i64::from(today.weekday().to_monday_zero_offset()) + 7).days());
    let noon = |day: &Zoned| day.with().hour(12).build().expect("a noon").timestamp();
    let mentions = vec![
        mention(1, "orange", noon(&monday), Polarity::Positive),
        mention(2, "orange", noon(&yesterday), Polarity::Negative),
        mention(3, "orange", noon(&yesterday), Polarity::Negative),
        mention(4, "orange", noon(&yesterday), Polarity::Positive),
        mention(5, "free", noon(&yesterday), Polarity::Positive),
    ];
    let store = Sqlite::open(&world.path().join("vigie.db")).expect("a store");
    let health = SourceHealth {
        key: SourceKey(1),
        kind: "feed".into(),
        url: "https://forum.example/feed".into(),
        state: SourceState::Ok,
        detail: None,
        failures: 0,
        since: None,
        failing_since: None,
        asked: Some(noon(&yesterday)),
        next: None,
        held: false,
        baseline: Some(noon(&today.saturating_sub(40.days()))),
        weekly: 0.0,
        told: 0,
        told_at: None,
    };
    store
        .commit_poll(PollCommit { health, state: None, seen: None, texts: Vec::new(), mentions, prints: Vec::new() })
        .await
        .expect("committed");
    let rows: Vec<i64> = store.undecided(0, 9).await.expect("mentions").iter().map(|one| one.id).collect();
    let decision = |mention: i64, reason, rule: Option<&str>| DecisionRow {
        mention,
        rule: rule.map(str::to_owned),
        channel: rule.map(|_| "comms".to_owned()),
        reason,
        message: None,
    };
    let told = |rule: &str, day: &Zoned| WindowRow {
        team: "team.yaml".into(),
        rule: rule.into(),
        channel: String::new(),
        brand: String::new(),
        closed: midnight(day),
    };
    let nobody = rows.iter().filter(|id| **id != rows[1]).map(|id| decision(*id, Reason::NoRule, None));
    let commit = AlerterCommit {
        decided: rows.clone(),
        decisions: nobody.collect(),
        for_digest: vec![decision(rows[1], Reason::CapReached, Some("bad"))],
        windows: vec![told("daily", &yesterday), told("quiet", &yesterday), told("weekly", &monday)],
        ..AlerterCommit::default()
    };
    store.commit_decisions(commit).await.expect("committed");
    rows[1]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_day_a_day_and_a_week_are_told_once() {
    let today = Timestamp::now().to_zoned(TimeZone::get("Europe/Paris").expect("a zone"));
    let day = |ago: i64| today.saturating_sub(ago.days()).date().to_string();
    let world = World::with(&WATCHLIST.replace("{first}", &day(3)).replace("{last}", &day(2))).await;
    world.feed("/rss.xml", &[]);
    let waited = watched(&world, &today).await;
    let running = Running::start(&world).await;
    let mails = world.smtp.wait_for(3, LIMIT).await;
    let of = |rule: &str| {
        mails
            .iter()
            .find(|mail| mail.header("X-Vigie-Rule").is_some_and(|name| name == rule))
            .unwrap_or_else(|| panic!("no digest {rule}"))
    };
    let parsed = |rule: &str| mail_parser::MessageParser::default().parse(&of(rule).raw).expect("a mail").into_owned();
    let subject = |rule: &str| parsed(rule).subject().expect("a subject").to_owned();

    assert!(subject("quiet").contains("no mention"), "{}", subject("quiet"));
    let quiet = parsed("quiet");
    assert_eq!(quiet.attachment_count(), 0, "no picture of nothing");
    assert!(quiet.body_text(0).expect("text").contains("this is silence, not an outage"));

    // Yesterday: two negative, one positive; the day before nothing.
    assert!(subject("daily").contains("3 mentions, net tone \u{2212}33"), "{}", subject("daily"));
    let daily = parsed("daily");
    let text = daily.body_text(0).expect("text").into_owned();
    assert!(text.contains("One mention that waited for this digest"), "{text}");
    assert!(text.contains("Share of voice") && text.contains("Orange") && text.contains("Free"), "{text}");
    assert!(text.contains("missed"), "the objective: {text}");
    let picture = daily.attachment(0).expect("a picture");
    let html = daily.body_html(0).expect("HTML").into_owned();
    let cid = picture.content_id().unwrap_or_default();
    assert!(html.contains(&format!("cid:{cid}")), "{cid} in {html}");
    assert!(text.len() + html.len() < 100_000);

    assert!(subject("weekly").contains("mention"), "{}", subject("weekly"));
    assert!(parsed("weekly").body_text(0).expect("text").contains("All is well"));

    let rows = running.store.mentions(9).await.expect("mentions");
    let row = rows.iter().find(|row| row.mention.id == waited).expect("it is there");
    until("the digest is recorded as sent", async || {
        let rows = running.store.mentions(9).await.expect("mentions");
        rows.iter().any(|row| row.mention.id == waited && row.decisions[0].1 == "sent")
    })
    .await;
    assert_eq!(row.decisions[0].0.reason, Reason::CapReached);
    running.stop().await;
    let again = Running::start(&world).await;
    until("the feed was read again", async || world.web.count("/rss.xml") >= 1).await;
    assert_eq!(world.smtp.mails().len(), 3, "no digest twice");

    // The commands that read work beside the daemon.
    let (code, report, stderr) =
        world.output(&["report", "--since", "30d", "--brand", "orange", "--format", "json"]).await;
    assert_eq!(code, 0, "{stderr}");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["total"]["now"]["mentions"], 4, "{report}");
    assert_eq!(report["objectives"][0]["met"], false, "{report}");
    let (code, campaign, stderr) = world.output(&["report", "--campaign", "noel"]).await;
    assert_eq!(code, 0, "{stderr}");
    for phase in ["Before", "During", "After"] {
        assert!(campaign.contains(phase), "{campaign}");
    }
    let (code, _, stderr) = world.output(&["report", "--brand", "orang"]).await;
    assert!(code == 1 && stderr.contains("orange, free, sosh, noel"), "{stderr}");
    let page = world.path().join("page.html");
    let (code, _, stderr) = world.output(&["report", "--output", &page.display().to_string()]).await;
    assert_eq!(code, 0, "{stderr}");
    let html = std::fs::read_to_string(page).expect("a page");
    assert!(html.contains("<svg") && !html.contains("http://www") && !html.contains("src="), "self-contained");
    let (code, listed, _) = world.output(&["mentions", "--search", "box clignote", "--polarity", "negative"]).await;
    assert_eq!((code, listed.lines().count()), (0, 3), "{listed}");

    // A running daemon forgets for the command.
    let (code, said, stderr) = world.output(&["forget", "--author", "Titi59", "--json"]).await;
    assert_eq!(code, 0, "{stderr}");
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(said["mentions"], 5, "{said}");
    assert_eq!(again.store.mentions(9).await.expect("mentions").len(), 0);
    let (code, records, _) = world.output(&["forget", "--records"]).await;
    assert!(code == 0 && records.contains("5 mentions") && !records.contains("iti59"), "{records}");
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_that_waits_is_sent_without_who_was_forgotten() {
    let today = Timestamp::now().to_zoned(TimeZone::get("Europe/Paris").expect("a zone"));
    let day = |ago: i64| today.saturating_sub(ago.days()).date().to_string();
    let world = World::with(&WATCHLIST.replace("{first}", &day(3)).replace("{last}", &day(2))).await;
    world.feed("/rss.xml", &[]);
    let waited = watched(&world, &today).await;
    world.smtp.refuse("cm@acme.example", 451, "4.3.0 later");
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!((code, world.smtp.mails().len()), (1, 0), "{stderr}");

    let (code, said, stderr) = world.output(&["forget", "--mention", &waited.to_string(), "--json"]).await;
    assert_eq!(code, 0, "{stderr}");
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert!(said["mentions"] == 1 && said["messages"].as_u64() >= Some(1), "{said}");
    world.smtp.behave();
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{stderr}");
    let mails = world.smtp.mails();
    let mut rules: Vec<String> = mails.iter().filter_map(|mail| mail.header("X-Vigie-Rule")).collect();
    rules.sort_unstable();
    assert_eq!(rules, ["daily", "quiet", "weekly"]);
    for mail in &mails {
        let read = mail_parser::MessageParser::default().parse(&mail.raw).expect("a mail").into_owned();
        let text = read.body_text(0).expect("text").into_owned() + &read.body_html(0).expect("HTML");
        assert!(!text.contains("numéro 2") && !text.contains("/t/2"), "{text}");
        if read.header("X-Vigie-Rule").and_then(|rule| rule.as_text()) == Some("daily") {
            assert!(read.subject().expect("a subject").contains("2 mentions"), "{:?}", read.subject());
        }
    }
}
