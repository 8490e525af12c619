//! The status report over a store with ill and well sources.

use std::time::Duration;

use super::*;
use crate::config::settings::UiLanguage;
use crate::source::SourceKey;
use crate::store::loaded::LoadedChannel;
use crate::store::{
    AlerterCommit, ChannelRow, DeliveryOutcome, NewDelivery, NewMessage, PollCommit, Shown, SourceHealth,
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn health(key: u64, url: &str, state: SourceState) -> SourceHealth {
    SourceHealth {
        key: SourceKey(key),
        kind: "feed".into(),
        url: url.into(),
        state,
        detail: None,
        failures: 0,
        since: Some(at("2026-03-01T06:00:00Z")),
        failing_since: None,
        asked: Some(at("2026-03-01T07:00:00Z")),
        next: Some(at("2026-03-01T07:30:00Z")),
        held: false,
        baseline: None,
        weekly: 0.0,
        told: 0,
        told_at: None,
    }
}

fn loaded_source(key: u64, name: &str, line: u32) -> LoadedSource {
    LoadedSource {
        key: SourceKey(key),
        name: name.into(),
        at: format!("team.yaml:{line}"),
        kind: "feed".into(),
        url: "https://new.example/feed.xml".into(),
    }
}

async fn filled(path: &Path) -> Sqlite {
    let store = Sqlite::open(path).unwrap();
    let mut ill = health(2, "https://bob:hunter2@forum.example/rss", SourceState::NotFound);
    ill.failures = 4;
    ill.detail = Some("HTTP 404 at https://bob:hunter2@forum.example/rss\u{1b}[31m".into());
    for health in [health(1, "https://blog.example/feed.xml", SourceState::Ok), ill] {
        let poll =
            PollCommit { health, state: None, seen: None, texts: Vec::new(), mentions: Vec::new(), prints: Vec::new() };
        store.commit_poll(poll).await.unwrap();
    }
    let loaded = Loaded {
        state: LoadedState::Refused,
        error: Some("team.yaml:3:5: 'fed' is no key\u{7}".into()),
        loaded: Some(at("2026-02-28T09:00:00Z")),
        brands: 1,
        terms: 3,
        sources: vec![
            loaded_source(1, "Le blog", 12),
            loaded_source(3, "La nouvelle", 13),
            loaded_source(2, "Forum\u{202e}\u{9b}2J", 14),
        ],
        channels: vec![
            LoadedChannel { name: "comms".into(), kind: "email".into() },
            LoadedChannel { name: "crise".into(), kind: "webhook".into() },
        ],
    };
    store.keep_value(Loaded::VALUE, Some(loaded.to_json())).await.unwrap();
    let paused = ChannelRow {
        name: "crise".into(),
        state: "paused".into(),
        detail: Some("connection refused".into()),
        address: 1,
        since: at("2026-03-01T07:00:00Z"),
    };
    store.keep_channel(paused).await.unwrap();
    let mut state =
        SpikeState { team: "team.yaml".into(), rule: "pics".into(), brand: "orange".into(), ..SpikeState::default() };
    let from = spike::slot(at("2026-03-01T02:00:00Z"));
    let figures = |count| spike::Spike { from, slots: 12, count, usual: 6.27, chance: 1e-9 };
    assert!(state.decide(Outcome::QuietHours, figures(40), at("2026-03-01T02:40:00Z")));
    assert!(state.decide(Outcome::Told, figures(60), at("2026-03-01T07:00:00Z")));
    let (name, value) = state.kept();
    store.keep_value(&name, value).await.unwrap();
    let delivery = |recipient: &str| NewDelivery { recipient: recipient.into(), body: b"{}".to_vec() };
    let message = NewMessage {
        id: "m1".into(),
        kind: "coverage".into(),
        team: "team.yaml".into(),
        rule: "bad".into(),
        channel: "comms".into(),
        brand: None,
        created: at("2026-03-01T06:30:00Z"),
        mentions: Vec::new(),
        shows: Shown::Nothing,
        deliveries: vec![delivery("a@x.example"), delivery("b@x.example"), delivery("c@x.example")],
    };
    store.commit_decisions(AlerterCommit { messages: vec![message], ..AlerterCommit::default() }).await.unwrap();
    let due = store.due("comms", at("2026-03-01T08:00:00Z"), 10).await.unwrap();
    let dead = DeliveryOutcome::Dead { error: "550".into() };
    store.finish(due[0].id, dead, at("2026-03-01T08:00:00Z")).await.unwrap();
    let retry = DeliveryOutcome::Retry {
        next: at("2026-03-01T09:00:00Z"),
        waited: Duration::from_mins(1),
        error: "451".into(),
    };
    store.finish(due[1].id, retry, at("2026-03-01T08:00:00Z")).await.unwrap();
    store
}

#[tokio::test]
async fn the_json_is_the_contracts_object() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vigie.db");
    let daemon = filled(&path).await;
    let store = Sqlite::open_read(&path).unwrap();
    let report = Report::read(&store, Some(4242)).await.unwrap();
    let json = terminal::json(&report).unwrap();
    assert!(!json.contains("hunter2") && !json.contains('\u{9b}') && !json.contains('\u{202e}'), "{json}");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let expected = serde_json::json!({
        "version": 1,
        "running": true,
        "pid": 4242,
        "store": path.display().to_string(),
        "watchlists": {
            "state": "refused", "error": "team.yaml:3:5: 'fed' is no key\u{7}",
            "loaded": "2026-02-28T09:00:00Z", "brands": 1, "terms": 3,
        },
        "sources": [
            {
                "url": "https://blog.example/feed.xml", "name": "Le blog", "kind": "feed", "at": "team.yaml:12",
                "state": "ok", "detail": null, "failures": 0, "since": "2026-03-01T06:00:00Z",
                "asked": "2026-03-01T07:00:00Z", "next": "2026-03-01T07:30:00Z",
            },
            {
                "url": "https://new.example/feed.xml", "name": "La nouvelle", "kind": "feed", "at": "team.yaml:13",
                "state": "unknown", "detail": null, "failures": 0, "since": null, "asked": null, "next": null,
            },
            {
                "url": "https://•••@forum.example/rss", "name": "Forum\u{202e}\u{9b}2J", "kind": "feed",
                "at": "team.yaml:14", "state": "not_found",
                "detail": "HTTP 404 at https://•••@forum.example/rss\u{1b}[31m", "failures": 4,
                "since": "2026-03-01T06:00:00Z", "asked": "2026-03-01T07:00:00Z", "next": "2026-03-01T07:30:00Z",
            },
        ],
        "channels": [
            {"name": "comms", "kind": "email", "state": "ok", "detail": null},
            {"name": "crise", "kind": "webhook", "state": "paused", "detail": "connection refused"},
        ],
        "outbox": {"pending": 2, "waiting": 0, "dead": 1, "oldest": "2026-03-01T06:30:00Z"},
        "spikes": [{
            "rule": "pics", "brand": "orange", "of": "volume",
            "decisions": [
                {
                    "reason": "Told", "at": "2026-03-01T07:00:00Z", "from": "2026-03-01T02:00:00Z",
                    "until": "2026-03-01T03:00:00Z", "count": 60, "usual": 6.3,
                },
                {
                    "reason": "QuietHours", "at": "2026-03-01T02:40:00Z", "from": "2026-03-01T02:00:00Z",
                    "until": "2026-03-01T03:00:00Z", "count": 40, "usual": 6.3,
                },
            ],
        }],
        "replies": null,
    });
    assert_eq!(json, expected);
    drop(daemon);
}

#[tokio::test]
async fn people_read_what_is_ill_first_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder.path().join("vigie.db")).await;
    let mut report = Report::read(&store, None).await.unwrap();
    report.store = "vigie.db".into();
    let paris = TimeZone::get("Europe/Paris").unwrap();
    let french = report.text(Locale::of(UiLanguage::French), &paris);
    assert!(!french.chars().any(|c| c != '\n' && c.is_control()), "{french:?}");
    assert!(!french.contains("hunter2"));
    insta::assert_snapshot!("status_french", french);
    insta::assert_snapshot!("status_english", report.text(Locale::of(UiLanguage::English), &paris));
}

#[tokio::test]
async fn a_store_in_which_nothing_was_loaded_has_no_good_watchlists() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("vigie.db")).unwrap();
    let mut report = Report::read(&store, None).await.unwrap();
    report.store = "vigie.db".into();
    let json: serde_json::Value = serde_json::from_str(&terminal::json(&report).unwrap()).unwrap();
    assert_eq!(json["watchlists"]["state"], "refused");
    assert_eq!(json["watchlists"]["loaded"], serde_json::Value::Null);
    assert_eq!(json["pid"], serde_json::Value::Null);
    insta::assert_snapshot!("status_empty", report.text(Locale::of(UiLanguage::French), &TimeZone::UTC));
}

#[tokio::test]
async fn a_refused_wrong_tone_is_told_with_the_words_that_say_which() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("vigie.db")).unwrap();
    for (reason, is_told) in [(replies::WHICH_TONE, true), ("Several", false)] {
        let last_refusal = Some((at("2026-03-01T08:00:00Z"), "cm@acme.example".to_owned(), reason.to_owned()));
        let state = RepliesState { state: "ok".into(), refused: 1, last_refusal, ..RepliesState::default() };
        store.keep_value(RepliesState::VALUE, Some(serde_json::to_string(&state).unwrap())).await.unwrap();
        let report = Report::read(&store, None).await.unwrap();
        for (language, words) in [
            (UiLanguage::French, "«\u{a0}positif\u{a0}», «\u{a0}neutre\u{a0}» ou «\u{a0}négatif\u{a0}»"),
            (UiLanguage::English, "“positive”, “neutral” or “negative”"),
        ] {
            let text = report.text(Locale::of(language), &TimeZone::UTC);
            assert_eq!(text.contains(words), is_told, "{text}");
        }
    }
}

#[tokio::test]
async fn a_crowd_of_well_sources_is_counted_not_listed() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("vigie.db")).unwrap();
    let sources = (0..50).map(|key| loaded_source(key, &format!("n° {key}"), 1)).collect();
    let loaded = Loaded {
        state: LoadedState::Ok,
        error: None,
        loaded: Some(at("2026-02-28T09:00:00Z")),
        brands: 2,
        terms: 1,
        sources,
        channels: Vec::new(),
    };
    store.keep_value(Loaded::VALUE, Some(loaded.to_json())).await.unwrap();
    let report = Report::read(&store, None).await.unwrap();
    let text = report.text(Locale::of(UiLanguage::English), &TimeZone::UTC);
    assert!(text.contains("… and 30 more that are well"), "{text}");
    assert!(text.contains("n° 19") && !text.contains("n° 20"), "{text}");
    assert!(text.contains("2 brands, 1 term, 50 sources"), "{text}");
}

#[test]
fn every_word_of_the_report_has_its_text() {
    for language in [UiLanguage::French, UiLanguage::English] {
        let locale = Locale::of(language);
        for state in SourceState::ALL {
            let key = format!("status-state-{}", state.word());
            assert_ne!(locale.text(&key), key);
            let key = format!("status-do-{}", state.word());
            assert!(state.is_well() || locale.text(&key) != key, "{key}");
        }
        for outcome in [Outcome::Told, Outcome::QuietHours, Outcome::Cooldown, Outcome::Muted] {
            let key = format!("status-spike-{}", outcome.name());
            assert_ne!(locale.text(&key), key);
        }
    }
}

#[test]
fn a_store_that_is_not_there_is_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vigie.db");
    let english = Locale::of(UiLanguage::English);
    let sentence = open(&path, english).unwrap_err();
    assert!(sentence.contains("vigie.db") && sentence.contains("vigie run"), "{sentence}");
    std::fs::write(&path, "no database").unwrap();
    let sentence = open(&path, english).unwrap_err();
    assert!(sentence.contains("not a database"), "{sentence}");
}
