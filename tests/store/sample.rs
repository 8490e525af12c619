//! Values for the store's tests.

use jiff::Timestamp;
use vigie::alert::Reason;
use vigie::health::SourceState;
use vigie::mention::{DecidingWord, Excerpt, Field, Hit, Mention, Polarity, StoryId};
use vigie::source::SourceKey;
use vigie::store::{
    AlerterCommit, DecisionRow, KeptText, NewDelivery, NewMessage, PollCommit, Shown, SourceHealth, Store,
};
use vigie::text::language::Language;

/// Minutes after a fixed morning.
pub(crate) fn minute(minute: i64) -> Timestamp {
    Timestamp::from_second(1_772_352_000 + minute * 60).unwrap()
}

pub(crate) fn health(key: u64, asked: Timestamp) -> SourceHealth {
    SourceHealth {
        key: SourceKey(key),
        kind: "feed".into(),
        url: format!("https://blog{key}.example/feed.xml"),
        state: SourceState::Ok,
        detail: None,
        failures: 0,
        since: Some(minute(0)),
        failing_since: None,
        asked: Some(asked),
        next: Some(minute(30)),
        held: false,
        baseline: Some(minute(0)),
        weekly: 3.5,
        told: 0,
        told_at: None,
    }
}

pub(crate) fn poll(key: u64, asked: Timestamp, mentions: Vec<Mention>) -> PollCommit {
    PollCommit { health: health(key, asked), state: None, seen: None, texts: Vec::new(), mentions, prints: Vec::new() }
}

pub(crate) fn text(id: &str) -> KeptText {
    KeptText {
        id: id.into(),
        title: "Le café Lune ouvre à Nantes".into(),
        text: "Une longue file. ".repeat(20),
        url: Some(format!("https://blog.example/{id}")),
        author: None,
        published: Some(minute(1)),
        language: Some(Language::FRENCH),
        links: vec!["https://lune.example/nantes".into()],
    }
}

pub(crate) fn mention(source: u64, entry: u64, found: Timestamp) -> Mention {
    Mention {
        team: "team.yaml".into(),
        brand: "lune".into(),
        source,
        source_name: "Le blog".into(),
        entry,
        revision: 1,
        url: Some(format!("https://blog.example/{entry}")),
        title: format!("Le café Lune n° {entry}"),
        site: "blog.example".into(),
        author: Some("Dana".into()),
        published: Some(found),
        found,
        language: Some(Language::FRENCH),
        polarity: Polarity::Negative,
        score: Some(-0.61),
        document_score: Some(-0.25),
        hits: vec![Hit {
            term: "café lune".into(), field: Field::Title, start: 3, end: 13, text: "café Lune".into()
        }],
        tags: vec!["service".into()],
        excerpt: Excerpt { text: "… le café Lune, décevant …".into(), hits: vec![(7, 17)] },
        why: vec!["café lune".into()],
        words: vec![DecidingWord { text: "décevant".into(), valence: -2.1 }],
        baseline: false,
        story: StoryId(entry & 0xFFFF),
        repeat: false,
        evidence: None,
    }
}

pub(crate) fn decision(mention: i64, reason: Reason) -> DecisionRow {
    DecisionRow { mention, rule: Some("bad".into()), channel: Some("comms".into()), reason, message: None }
}

pub(crate) fn message(id: &str, created: Timestamp, mentions: &[i64], recipients: &[&str]) -> NewMessage {
    NewMessage {
        id: id.into(),
        kind: "mention".into(),
        team: "team.yaml".into(),
        rule: "bad".into(),
        channel: "comms".into(),
        brand: Some("lune".into()),
        created,
        mentions: mentions.to_vec(),
        shows: Shown::Nothing,
        deliveries: recipients
            .iter()
            .map(|recipient| NewDelivery {
                recipient: (*recipient).into(),
                body: format!("{id} for {recipient}").into_bytes(),
            })
            .collect(),
    }
}

/// Stores mentions of source 1, one a minute from `first` on, and returns their rows.
pub(crate) async fn stored(store: &impl Store, first: i64, count: i64) -> Vec<i64> {
    let before: Vec<i64> = store.undecided(0, 100_000).await.unwrap().iter().map(|found| found.id).collect();
    let mentions = (first..first + count).map(|at| mention(1, at.unsigned_abs(), minute(at))).collect();
    store.commit_poll(poll(1, minute(first), mentions)).await.unwrap();
    let mut after: Vec<i64> = store.undecided(0, 100_000).await.unwrap().iter().map(|found| found.id).collect();
    after.retain(|id| !before.contains(id));
    after
}

/// Decides mentions and closes one message about all of them.
pub(crate) async fn told(store: &impl Store, id: &str, at: Timestamp, mentions: &[i64], recipients: &[&str]) {
    let commit = AlerterCommit {
        decided: mentions.to_vec(),
        decisions: mentions.iter().map(|id| decision(*id, Reason::FirstMention)).collect(),
        messages: vec![message(id, at, mentions, recipients)],
        ..AlerterCommit::default()
    };
    store.commit_decisions(commit).await.unwrap();
}
