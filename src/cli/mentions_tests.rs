//! The list of mentions, for people and for scripts.

use super::*;
use crate::alert::Reason;
use crate::config::settings::UiLanguage;
use crate::health::SourceState;
use crate::mention::{Excerpt, Mention, StoryId};
use crate::source::SourceKey;
use crate::store::{AlerterCommit, DecisionRow, NewDelivery, NewMessage, PollCommit, Shown, SourceHealth};

fn minute(minute: u64) -> Timestamp {
    Timestamp::from_second(1_772_352_000 + minute as i64 * 60).unwrap()
}

fn mention(entry: u64) -> Mention {
    Mention {
        team: "team.yaml".into(),
        brand: "lune".into(),
        source: 1,
        source_name: "Le blog".into(),
        entry,
        revision: 1,
        url: Some(format!("https://blog.example/{entry}")),
        title: format!("Le café Lune n° {entry}"),
        site: "blog.example".into(),
        author: None,
        published: None,
        found: minute(entry),
        language: None,
        polarity: Polarity::Negative,
        score: Some(-0.61),
        document_score: None,
        hits: Vec::new(),
        tags: Vec::new(),
        excerpt: Excerpt { text: "… le café Lune,\u{1b}[2J décevant …".into(), hits: Vec::new() },
        why: Vec::new(),
        words: Vec::new(),
        baseline: false,
        story: StoryId(entry),
        repeat: false,
        evidence: None,
    }
}

async fn store_of(path: &std::path::Path, mentions: Vec<Mention>) -> Sqlite {
    let store = Sqlite::open(path).unwrap();
    let health = SourceHealth {
        key: SourceKey(1),
        kind: "feed".into(),
        url: "https://blog.example/feed.xml".into(),
        state: SourceState::Ok,
        detail: None,
        failures: 0,
        since: None,
        failing_since: None,
        asked: Some(minute(0)),
        next: None,
        held: false,
        baseline: None,
        weekly: 0.0,
        told: 0,
        told_at: None,
    };
    let poll = PollCommit { health, state: None, seen: None, texts: Vec::new(), mentions, prints: Vec::new() };
    store.commit_poll(poll).await.unwrap();
    store
}

async fn listed(store: &Sqlite, args: Args, language: UiLanguage) -> String {
    let mut text = String::new();
    let print = |part: &str| {
        text.push_str(part);
        Ok(())
    };
    let filter = args.filter(&TimeZone::UTC, minute(10)).unwrap();
    let form = Form { args: &args, locale: Locale::of(language), zone: &TimeZone::UTC, width: 100 };
    list(store, &filter, &form, print).await.unwrap().unwrap();
    text
}

fn args(json: bool, limit: Option<usize>, brand: Option<&str>) -> Args {
    Args { json, long: !json, limit, brand: brand.map(str::to_owned).into_iter().collect(), ..Args::default() }
}

/// Row 1 was sent, row 2 waits, row 3 interests nobody, row 4 is undecided.
async fn four(path: &std::path::Path) -> Sqlite {
    let mut untitled = mention(3);
    untitled.title = " \u{202e}".into();
    untitled.url = None;
    untitled.score = None;
    untitled.polarity = Polarity::Unknown;
    untitled.published = Some(minute(1));
    let mut other = mention(4);
    other.brand = "soleil".into();
    other.score = Some(0.004);
    other.polarity = Polarity::Neutral;
    let store = store_of(path, vec![mention(1), mention(2), untitled, other]).await;
    let decision = |mention, reason| DecisionRow {
        mention,
        rule: Some("bad".into()),
        channel: Some("comms".into()),
        reason,
        message: None,
    };
    let nobody = DecisionRow { rule: None, channel: None, ..decision(3, Reason::NoRule) };
    let message = NewMessage {
        id: "m1".into(),
        kind: "mention".into(),
        team: "team.yaml".into(),
        rule: "bad".into(),
        channel: "comms".into(),
        brand: Some("lune".into()),
        created: minute(5),
        mentions: vec![1],
        shows: Shown::Nothing,
        deliveries: vec![NewDelivery { recipient: "a@x.example".into(), body: Vec::new() }],
    };
    let commit = AlerterCommit {
        decided: vec![1, 2, 3],
        decisions: vec![decision(1, Reason::FirstMention), decision(2, Reason::GroupWindow), nobody],
        messages: vec![message],
        ..AlerterCommit::default()
    };
    store.commit_decisions(commit).await.unwrap();
    let due = store.due("comms", minute(5), 1).await.unwrap();
    store.finish(due[0].id, crate::store::DeliveryOutcome::Sent, minute(5)).await.unwrap();
    store
}

#[tokio::test]
async fn a_line_of_json_is_the_contracts_object() {
    let folder = tempfile::tempdir().unwrap();
    let store = four(&folder.path().join("vigie.db")).await;
    let text = listed(&store, args(true, None, None), UiLanguage::French).await;
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["alerts"], serde_json::json!([]));
    assert_eq!(
        lines[1]["alerts"],
        serde_json::json!([{"rule": null, "channel": null, "state": "none", "reason": "NoRule"}])
    );
    assert_eq!(
        lines[2]["alerts"],
        serde_json::json!([{"rule": "bad", "channel": "comms", "state": "waits", "reason": "GroupWindow"}])
    );
    let last = r#"{"id":1,"brand":"lune","title":"Le café Lune n° 1","url":"https://blog.example/1","found":"2026-03-01T08:01:00Z","published":null,"polarity":"negative","score":-0.61,"alerts":[{"rule":"bad","channel":"comms","state":"sent","reason":"FirstMention"}]"#;
    let line = text.lines().last().unwrap();
    assert!(line.starts_with(last), "keys may be added, after those of the contract: {line}");
    assert_eq!((&lines[3]["site"], &lines[3]["source"]), (&"blog.example".into(), &"Le blog".into()));
}

#[tokio::test]
async fn people_read_the_newest_first_and_who_was_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = four(&folder.path().join("vigie.db")).await;
    let french = listed(&store, args(false, None, None), UiLanguage::French).await;
    assert!(!french.chars().any(|c| c != '\n' && c.is_control()), "{french:?}");
    insta::assert_snapshot!("mentions_french", french);
    let english = listed(&store, args(false, Some(1), Some("lune")), UiLanguage::English).await;
    insta::assert_snapshot!("mentions_english", english);
    let nobody = listed(&store, args(false, None, Some("rien")), UiLanguage::English).await;
    assert_eq!(nobody, "No mentions.\n");
    let short = Args { long: false, ..args(false, None, None) };
    insta::assert_snapshot!("mentions_table", listed(&store, short, UiLanguage::French).await);
    let csv = listed(&store, Args { csv: true, long: false, ..Args::default() }, UiLanguage::French).await;
    insta::assert_snapshot!("mentions_csv", csv);
    assert_eq!(listed(&store, args(true, None, Some("rien")), UiLanguage::English).await, "");
}

#[tokio::test]
async fn a_story_is_named_where_it_says_something() {
    let folder = tempfile::tempdir().unwrap();
    let mut copy = mention(2);
    copy.story = StoryId(1);
    let store = store_of(&folder.path().join("vigie.db"), vec![mention(1), copy, mention(3)]).await;
    let told = DecisionRow {
        mention: 2,
        rule: Some("bad".into()),
        channel: Some("comms".into()),
        reason: Reason::SameStory,
        message: None,
    };
    store.commit_decisions(AlerterCommit { decisions: vec![told], ..AlerterCommit::default() }).await.unwrap();
    let english = listed(&store, args(false, None, None), UiLanguage::English).await;
    assert_eq!(english.matches("story 000000000001").count(), 2, "{english}");
    assert!(english.contains("this channel was told of this story"), "{english}");
    assert!(!english.contains("000000000003"), "a story of its own: {english}");
}

#[tokio::test]
async fn filters_and_words_narrow_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let mut other = mention(2);
    other.polarity = Polarity::Positive;
    other.site = "forum.blog.example".into();
    other.author = Some("Dana".into());
    other.title = "Ouverture à Nantes".into();
    other.tags = vec!["service".into()];
    let store = store_of(&folder.path().join("vigie.db"), vec![mention(1), other, mention(3)]).await;
    let text = |text: &str| Some(text.to_owned());
    let cases = [
        ("tone", Args { polarity: vec![Polarity::Positive], ..Args::default() }, vec![2]),
        ("site and below", Args { site: text("blog.example"), ..Args::default() }, vec![3, 2, 1]),
        ("site below", Args { site: text("forum.blog.example"), ..Args::default() }, vec![2]),
        ("author", Args { author: text("@dana"), ..Args::default() }, vec![2]),
        ("tag", Args { tag: text("service"), ..Args::default() }, vec![2]),
        ("source", Args { source: text("Le blog"), ..Args::default() }, vec![3, 2, 1]),
        ("since", Args { since: text("2026-03-01T08:02:00Z"), ..Args::default() }, vec![3, 2]),
        ("until", Args { until: text("2026-03-01T08:02:00Z"), ..Args::default() }, vec![1]),
        (
            "a whole day",
            Args { since: text("2026-03-01"), until: text("2026-03-01"), ..Args::default() },
            vec![3, 2, 1],
        ),
        ("words", Args { search: text("ouverture nantes"), ..Args::default() }, vec![2]),
        ("words of the excerpt", Args { search: text("decev* -nantes"), ..Args::default() }, vec![3, 1]),
        (
            "words and a tone",
            Args { search: text("lune"), polarity: vec![Polarity::Positive], ..Args::default() },
            vec![2],
        ),
        ("no words", Args { search: text("\"\""), ..Args::default() }, vec![]),
    ];
    for (name, asked, expected) in cases {
        let listed = listed(&store, Args { json: true, ..asked }, UiLanguage::French).await;
        let ids: Vec<i64> = listed
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_i64().unwrap())
            .collect();
        assert_eq!(ids, expected, "{name}");
    }
    let wrong = Args { since: text("hier"), ..Args::default() };
    assert_eq!(wrong.filter(&TimeZone::UTC, minute(1)), Err("hier".to_owned()));
}

#[tokio::test]
async fn json_has_all_and_people_see_twenty() {
    let folder = tempfile::tempdir().unwrap();
    // Many share a minute: a page ends in the middle of one.
    let mentions = (0..1203).map(|entry| Mention { found: minute(entry / 300), ..mention(entry) }).collect();
    let store = store_of(&folder.path().join("vigie.db"), mentions).await;
    let json = listed(&store, args(true, None, None), UiLanguage::French).await;
    let ids: Vec<i64> = json
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids, (1..=1203).rev().collect::<Vec<_>>());
    let seven = listed(&store, args(true, Some(7), None), UiLanguage::French).await;
    assert_eq!(seven.lines().count(), 7);
    let people = listed(&store, args(false, None, None), UiLanguage::French).await;
    assert_eq!(people.matches("https://blog.example/").count(), 20);
}

#[test]
fn every_word_of_the_list_has_its_text() {
    let words = ["negative", "neutral", "positive", "uncertain", "unknown"].map(|word| format!("polarity-{word}"));
    let states = ["sent", "pending", "waits", "none"].map(|word| format!("state-{word}"));
    let reasons: Vec<String> = Reason::ALL.iter().map(|reason| format!("reason-{}", reason.name())).collect();
    for language in [UiLanguage::French, UiLanguage::English] {
        for key in words.iter().chain(&states).chain(&reasons).map(|word| format!("mentions-{word}")) {
            assert_ne!(Locale::of(language).text(&key), key);
        }
    }
}

#[test]
fn a_score_has_the_sign_of_the_subject_and_the_languages_comma() {
    let (french, english) = (Locale::of(UiLanguage::French), Locale::of(UiLanguage::English));
    for (score, expected) in [(-0.614, "−0.61"), (0.5, "+0.50"), (0.004, "0.00"), (-0.001, "0.00"), (1.0, "+1.00")] {
        assert_eq!(terminal::signed(english, score), expected);
        assert_eq!(terminal::signed(french, score), expected.replace('.', ","));
    }
}
