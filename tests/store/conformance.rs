//! What every engine does, verb by verb, over restarts and repeats. Knows the trait only.

use std::time::Duration;

use vigie::alert::Reason;
use vigie::alert::story::{Past, Telling};
use vigie::exchange::Validators;
use vigie::health::SourceState;
use vigie::mention::{Polarity, StoryId};
use vigie::source::{SourceKey, State};
use vigie::store::{
    AlerterCommit, ChannelRow, DeliveryOutcome, KeptText, LastRevision, MentionFilter, OutboxFigures, RequestRow,
    SourceHealth, Store, StoreError, Touch, WindowRow,
};

use crate::Engine;
use crate::sample::{decision, health, mention, message, minute, poll, stored, text, told};

fn cursor(etag: &str) -> State {
    let mut state = State::default();
    let validators = Validators { etag: Some(etag.into()), last_modified: None };
    state.validators.insert("https://blog1.example/feed.xml".into(), validators);
    state
}

async fn reasons(store: &impl Store, id: i64) -> Vec<(Reason, Option<String>, &'static str)> {
    let rows = store.mentions(1000).await.unwrap();
    let row = rows.into_iter().find(|row| row.mention.id == id).unwrap();
    row.decisions.into_iter().map(|(decision, state)| (decision.reason, decision.message, state)).collect()
}

pub(crate) async fn a_poll_is_read_back_after_a_restart<E: Engine>(engine: &E) {
    let store = engine.open();
    assert_eq!(store.sources().await.unwrap(), []);
    assert_eq!(store.state(SourceKey(1)).await.unwrap(), State::default());
    assert_eq!(store.seen(SourceKey(1)).await.unwrap(), b"");
    let mut row = health(1, minute(2));
    row.state = SourceState::RateLimited;
    row.detail = Some("HTTP 429".into());
    row.failures = 7;
    row.failing_since = Some(minute(1));
    row.held = true;
    let mut commit = poll(1, minute(2), vec![mention(1, 5, minute(2))]);
    commit.health = row.clone();
    commit.state = Some(cursor("\"a\""));
    commit.seen = Some(vec![7; 300_000]);
    commit.texts = vec![text("a"), text("b")];
    store.commit_poll(commit).await.unwrap();
    drop(store);

    let store = engine.open();
    assert_eq!(store.sources().await.unwrap(), [row]);
    assert_eq!(store.state(SourceKey(1)).await.unwrap(), cursor("\"a\""));
    assert_eq!(store.seen(SourceKey(1)).await.unwrap(), vec![7; 300_000]);
    assert_eq!(store.undecided(0, 10).await.unwrap().len(), 1);
}

pub(crate) async fn kept_texts_are_read_back_from_a_time_on<E: Engine>(engine: &E) {
    let store = engine.open();
    for (source, minutes, ids) in [(1, 1, &["a"][..]), (2, 5, &["b", "c"]), (1, 9, &["d"])] {
        let mut commit = poll(source, minute(minutes), Vec::new());
        commit.texts = ids.iter().map(|id| text(id)).collect();
        store.commit_poll(commit).await.unwrap();
    }
    let all = store.kept_texts(minute(5), 0, 10).await.unwrap();
    let seen: Vec<_> = all.iter().map(|one| (one.source, one.found, one.texts.len())).collect();
    assert_eq!(seen, [(SourceKey(2), minute(5), 2), (SourceKey(1), minute(9), 1)]);
    let (read, written) = (&all[0].texts[0], text("b"));
    assert_eq!(serde_json::to_value(read).unwrap(), serde_json::to_value(&written).unwrap());
    let first = store.kept_texts(minute(0), 0, 1).await.unwrap();
    assert_eq!(first[0].texts[0].id, "a");
    let rest = store.kept_texts(minute(0), first[0].id, 10).await.unwrap();
    assert_eq!(rest.iter().map(|one| one.id).collect::<Vec<_>>(), all.iter().map(|one| one.id).collect::<Vec<_>>());
    assert!(store.kept_texts(minute(10), 0, 10).await.unwrap().is_empty());
}

pub(crate) async fn what_a_poll_leaves_out_stays_as_it_was<E: Engine>(engine: &E) {
    let store = engine.open();
    let mut first = poll(1, minute(1), Vec::new());
    first.state = Some(cursor("\"a\""));
    first.seen = Some(b"12345678".to_vec());
    store.commit_poll(first).await.unwrap();
    store.commit_poll(poll(1, minute(2), Vec::new())).await.unwrap();
    assert_eq!(store.state(SourceKey(1)).await.unwrap(), cursor("\"a\""));
    assert_eq!(store.seen(SourceKey(1)).await.unwrap(), b"12345678");

    let mut only_state = poll(1, minute(3), Vec::new());
    only_state.state = Some(cursor("\"b\""));
    store.commit_poll(only_state).await.unwrap();
    assert_eq!(store.state(SourceKey(1)).await.unwrap(), cursor("\"b\""));
    assert_eq!(store.seen(SourceKey(1)).await.unwrap(), b"12345678");

    let mut only_seen = poll(1, minute(4), Vec::new());
    only_seen.seen = Some(Vec::new());
    store.commit_poll(only_seen).await.unwrap();
    assert_eq!(store.state(SourceKey(1)).await.unwrap(), cursor("\"b\""));
    assert_eq!(store.seen(SourceKey(1)).await.unwrap(), b"");
    assert_eq!(store.sources().await.unwrap()[0].asked, Some(minute(4)));
}

pub(crate) async fn unchanged_polls_move_the_times_alone<E: Engine>(engine: &E) {
    let store = engine.open();
    let mut first = poll(1, minute(1), Vec::new());
    first.state = Some(cursor("\"a\""));
    first.seen = Some(vec![7; 9_000]);
    store.commit_poll(first).await.unwrap();
    store.commit_poll(poll(2, minute(5), Vec::new())).await.unwrap();
    let touch = |key, asked, next| Touch { key: SourceKey(key), asked: minute(asked), next: minute(next) };
    store.touch(vec![touch(1, 3, 33), touch(2, 4, 34), touch(3, 4, 34), touch(1, 4, 35)]).await.unwrap();
    drop(store);
    let store = engine.open();
    let mut rows = store.sources().await.unwrap();
    rows.sort_by_key(|row| row.key);
    let moved = SourceHealth { next: Some(minute(35)), ..health(1, minute(4)) };
    assert_eq!(rows, [moved, health(2, minute(5))], "a later poll stands, and no row is made");
    assert_eq!(store.state(SourceKey(1)).await.unwrap(), cursor("\"a\""));
    assert_eq!(store.seen(SourceKey(1)).await.unwrap(), vec![7; 9_000]);
}

pub(crate) async fn the_same_poll_twice_is_one<E: Engine>(engine: &E) {
    let store = engine.open();
    let commit = poll(1, minute(1), vec![mention(1, 5, minute(1)), mention(1, 6, minute(1))]);
    store.commit_poll(commit.clone()).await.unwrap();
    let before = store.undecided(0, 10).await.unwrap();
    drop(store);
    let store = engine.open();
    store.commit_poll(commit).await.unwrap();
    assert_eq!(store.undecided(0, 10).await.unwrap(), before);
    assert_eq!(store.sources().await.unwrap().len(), 1);
}

pub(crate) async fn keys_of_all_64_bits_are_kept<E: Engine>(engine: &E) {
    let store = engine.open();
    for key in [0, 1, i64::MAX as u64, 1 << 63, u64::MAX] {
        let mut one = mention(key, key, minute(1));
        one.brand = format!("brand-{key}");
        store.commit_poll(poll(key, minute(1), vec![one])).await.unwrap();
        assert_eq!(store.revisions(SourceKey(key), key).await.unwrap().len(), 1, "{key}");
    }
    let mut keys: Vec<u64> = store.sources().await.unwrap().iter().map(|row| row.key.0).collect();
    keys.sort_unstable();
    assert_eq!(keys, [0, 1, i64::MAX as u64, 1 << 63, u64::MAX]);
    let found = store.undecided(0, 10).await.unwrap();
    assert_eq!(found[4].mention.source, u64::MAX);
    assert_eq!(found[4].mention.entry, u64::MAX);
}

pub(crate) async fn revisions_gather_terms_and_end_with_the_last_polarity<E: Engine>(engine: &E) {
    let store = engine.open();
    let first = mention(1, 5, minute(1));
    let mut second = first.clone();
    second.revision = 2;
    second.polarity = Polarity::Positive;
    second.why = vec!["lune".into(), "café lune".into()];
    let mut other = first.clone();
    other.brand = "soleil".into();
    let mut elsewhere = first.clone();
    elsewhere.entry = 6;
    store.commit_poll(poll(1, minute(1), vec![second, first, other, elsewhere])).await.unwrap();
    let expected = [
        LastRevision {
            brand: "lune".into(),
            revision: 2,
            terms: vec!["café lune".into(), "lune".into()],
            polarity: Polarity::Positive,
            story: StoryId(5),
        },
        LastRevision {
            brand: "soleil".into(),
            revision: 1,
            terms: vec!["café lune".into()],
            polarity: Polarity::Negative,
            story: StoryId(5),
        },
    ];
    assert_eq!(store.revisions(SourceKey(1), 5).await.unwrap(), expected);
    assert_eq!(store.revisions(SourceKey(2), 5).await.unwrap(), []);
}

pub(crate) async fn undecided_mentions_come_in_order_until_they_are_decided<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 5).await;
    assert_eq!(rows.len(), 5);
    let page = store.undecided(0, 2).await.unwrap();
    assert_eq!(page.iter().map(|found| found.id).collect::<Vec<_>>(), rows[..2]);
    let page = store.undecided(rows[1], 2).await.unwrap();
    assert_eq!(page.iter().map(|found| found.id).collect::<Vec<_>>(), rows[2..4]);
    let decided = AlerterCommit {
        decided: vec![rows[0], rows[3]],
        decisions: vec![decision(rows[0], Reason::Baseline)],
        ..AlerterCommit::default()
    };
    store.commit_decisions(decided).await.unwrap();
    drop(store);
    let store = engine.open();
    let left: Vec<i64> = store.undecided(0, 10).await.unwrap().iter().map(|found| found.id).collect();
    assert_eq!(left, [rows[1], rows[2], rows[4]]);
}

pub(crate) async fn a_mention_comes_back_as_it_went_in<E: Engine>(engine: &E) {
    let store = engine.open();
    let full = mention(1, 5, minute(1));
    let mut bare = full.clone();
    bare.entry = 6;
    bare.title = "quote ' \" nul \u{0} line\nend".into();
    bare.url = None;
    bare.author = None;
    bare.published = None;
    bare.language = None;
    bare.score = None;
    bare.document_score = None;
    bare.polarity = Polarity::Unknown;
    bare.hits.clear();
    bare.tags.clear();
    bare.why.clear();
    bare.words.clear();
    bare.baseline = true;
    let mut far = full.clone();
    far.entry = 7;
    // Feeds give such dates.
    far.published = Some("9999-12-30T00:00:00Z".parse().unwrap());
    store.commit_poll(poll(1, minute(1), vec![full.clone(), bare.clone(), far.clone()])).await.unwrap();
    let found: Vec<_> = store.undecided(0, 10).await.unwrap().into_iter().map(|found| found.mention).collect();
    assert_eq!(found, [full, bare, far]);
}

pub(crate) async fn decisions_without_a_message_wait_over_a_restart<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 3).await;
    let window = WindowRow {
        team: "team.yaml".into(),
        rule: "bad".into(),
        channel: "comms".into(),
        brand: "lune".into(),
        closed: minute(1),
    };
    let commit = AlerterCommit {
        decided: rows.clone(),
        decisions: vec![
            decision(rows[2], Reason::GroupWindow),
            decision(rows[0], Reason::FirstMention),
            decision(rows[1], Reason::AlreadySent),
        ],
        windows: vec![window.clone()],
        ..AlerterCommit::default()
    };
    store.commit_decisions(commit).await.unwrap();
    let later = WindowRow { closed: minute(9), ..window };
    store.commit_decisions(AlerterCommit { windows: vec![later.clone()], ..AlerterCommit::default() }).await.unwrap();
    drop(store);
    let store = engine.open();
    let (windows, waiting) = store.windows().await.unwrap();
    assert_eq!(windows, [later]);
    assert_eq!(waiting.iter().map(|one| one.mention.id).collect::<Vec<_>>(), [rows[0], rows[2]]);
    assert_eq!((waiting[0].rule.as_str(), waiting[0].channel.as_str()), ("bad", "comms"));
    assert_eq!(waiting[0].mention.mention, mention(1, 1, minute(1)));
    assert_eq!(reasons(&store, rows[2]).await, [(Reason::GroupWindow, None, "waits")]);
    assert_eq!(reasons(&store, rows[1]).await, [(Reason::AlreadySent, None, "none")]);
}

pub(crate) async fn a_message_takes_its_decisions_out_of_the_window<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 3).await;
    let mut other_rule = decision(rows[0], Reason::GroupWindow);
    other_rule.rule = Some("all".into());
    let waits = AlerterCommit {
        decided: rows.clone(),
        decisions: rows.iter().map(|id| decision(*id, Reason::GroupWindow)).chain([other_rule]).collect(),
        ..AlerterCommit::default()
    };
    store.commit_decisions(waits).await.unwrap();
    let closes = AlerterCommit {
        messages: vec![message("m1", minute(5), &rows[..2], &["a@x.example"])],
        ..AlerterCommit::default()
    };
    store.commit_decisions(closes).await.unwrap();
    let (_, waiting) = store.windows().await.unwrap();
    let left: Vec<_> = waiting.iter().map(|one| (one.rule.as_str(), one.mention.id)).collect();
    assert_eq!(left, [("all", rows[0]), ("bad", rows[2])]);
    assert_eq!(
        reasons(&store, rows[0]).await,
        [(Reason::GroupWindow, None, "waits"), (Reason::GroupWindow, Some("m1".into()), "pending")]
    );
}

pub(crate) async fn the_same_commit_twice_writes_nothing_twice<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 2).await;
    told(&store, "m1", minute(5), &rows, &["a@x.example", "b@x.example"]).await;
    let first = store.due("comms", minute(5), 10).await.unwrap();
    store.finish(first[0].id, DeliveryOutcome::Sent, minute(6)).await.unwrap();
    drop(store);
    let store = engine.open();
    told(&store, "m1", minute(7), &rows, &["a@x.example", "b@x.example"]).await;
    let due = store.due("comms", minute(9), 10).await.unwrap();
    assert_eq!(due.iter().map(|row| row.id).collect::<Vec<_>>(), [first[1].id]);
    assert_eq!(due[0].created, minute(5));
    assert!(store.windows().await.unwrap().1.is_empty());
}

pub(crate) async fn a_message_of_a_known_id_takes_nothing_that_it_does_not_list<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 2).await;
    told(&store, "m1", minute(5), &rows[..1], &["a@x.example"]).await;
    told(&store, "m1", minute(6), &rows, &["c@x.example"]).await;
    let due = store.due("comms", minute(9), 10).await.unwrap();
    assert_eq!(due.iter().map(|row| row.recipient.as_str()).collect::<Vec<_>>(), ["a@x.example"]);
    let (_, waiting) = store.windows().await.unwrap();
    assert_eq!(waiting.iter().map(|one| one.mention.id).collect::<Vec<_>>(), [rows[1]]);
}

pub(crate) async fn a_decision_is_replaced_but_keeps_its_message<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 2).await;
    told(&store, "m1", minute(5), &rows[..1], &["a@x.example"]).await;
    let again = AlerterCommit {
        decisions: vec![decision(rows[0], Reason::GroupWindow), decision(rows[1], Reason::GroupWindow)],
        ..AlerterCommit::default()
    };
    store.commit_decisions(again).await.unwrap();
    let never = AlerterCommit { decisions: vec![decision(rows[1], Reason::NoChannel)], ..AlerterCommit::default() };
    store.commit_decisions(never).await.unwrap();
    assert_eq!(reasons(&store, rows[0]).await, [(Reason::GroupWindow, Some("m1".into()), "pending")]);
    assert_eq!(reasons(&store, rows[1]).await, [(Reason::NoChannel, None, "none")]);
    assert!(store.windows().await.unwrap().1.is_empty());

    let mut unruled = decision(rows[1], Reason::NoRule);
    unruled.rule = None;
    unruled.channel = None;
    store.commit_decisions(AlerterCommit { decisions: vec![unruled], ..AlerterCommit::default() }).await.unwrap();
    let rows_now = store.mentions(1).await.unwrap();
    let (first, _) = &rows_now[0].decisions[0];
    assert_eq!((&first.rule, &first.channel, first.reason), (&None, &None, Reason::NoRule));
}

pub(crate) async fn a_commit_that_fails_leaves_no_part_of_it<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 1).await;
    let commit = AlerterCommit {
        decided: rows.clone(),
        decisions: vec![decision(rows[0], Reason::FirstMention), decision(rows[0] + 1000, Reason::FirstMention)],
        messages: vec![message("m1", minute(5), &rows, &["a@x.example"])],
        ..AlerterCommit::default()
    };
    let error = store.commit_decisions(commit).await.unwrap_err();
    assert!(matches!(error, StoreError::Other(_)), "{error:?}");
    assert_eq!(store.undecided(0, 10).await.unwrap().len(), 1);
    assert_eq!(reasons(&store, rows[0]).await, []);
    assert!(store.due("comms", minute(9), 10).await.unwrap().is_empty());
    told(&store, "m1", minute(6), &rows, &["a@x.example"]).await;
    assert_eq!(store.due("comms", minute(9), 10).await.unwrap().len(), 1);
}

pub(crate) async fn coverage_told_is_kept_apart_from_the_poll<E: Engine>(engine: &E) {
    let store = engine.open();
    store.commit_poll(poll(1, minute(1), Vec::new())).await.unwrap();
    let tell = |count, at| AlerterCommit { told: vec![(SourceKey(1), count, at)], ..AlerterCommit::default() };
    store.commit_decisions(tell(2, minute(2))).await.unwrap();
    let mut next = poll(1, minute(3), Vec::new());
    next.health.told = 9;
    next.health.told_at = Some(minute(3));
    next.seen = Some(b"12345678".to_vec());
    store.commit_poll(next).await.unwrap();
    let row = &store.sources().await.unwrap()[0];
    assert_eq!((row.told, row.told_at, row.asked), (2, Some(minute(2)), Some(minute(3))));
    store.commit_decisions(tell(0, minute(4))).await.unwrap();
    let row = &store.sources().await.unwrap()[0];
    assert_eq!((row.told, row.told_at), (0, None));
}

pub(crate) async fn due_deliveries_come_oldest_first_per_channel<E: Engine>(engine: &E) {
    let store = engine.open();
    let mut other = message("m3", minute(1), &[], &[""]);
    other.channel = "hook".into();
    let commit = AlerterCommit {
        messages: vec![
            message("m1", minute(2), &[], &["a@x.example", "b@x.example"]),
            message("m2", minute(4), &[], &["a@x.example"]),
            other,
        ],
        ..AlerterCommit::default()
    };
    store.commit_decisions(commit).await.unwrap();
    assert_eq!(store.next_due("comms").await.unwrap(), Some(minute(2)));
    assert_eq!(store.next_due("nobody").await.unwrap(), None);
    assert!(store.due("comms", minute(1), 10).await.unwrap().is_empty());
    let names = |rows: Vec<vigie::store::DeliveryRow>| -> Vec<String> {
        rows.into_iter().map(|row| String::from_utf8(row.body).unwrap()).collect()
    };
    assert_eq!(names(store.due("comms", minute(2), 10).await.unwrap()), ["m1 for a@x.example", "m1 for b@x.example"]);
    let due = store.due("comms", minute(9), 2).await.unwrap();
    assert_eq!(names(due), ["m1 for a@x.example", "m1 for b@x.example"]);
    // What is retried later keeps its place once it is due again.
    let first = store.due("comms", minute(2), 1).await.unwrap().remove(0);
    let retry = DeliveryOutcome::Retry { next: minute(6), waited: Duration::from_secs(7), error: "451".into() };
    store.finish(first.id, retry, minute(2)).await.unwrap();
    assert_eq!(names(store.due("comms", minute(5), 10).await.unwrap()), ["m1 for b@x.example", "m2 for a@x.example"]);
    assert_eq!(
        names(store.due("comms", minute(6), 10).await.unwrap()),
        ["m1 for a@x.example", "m1 for b@x.example", "m2 for a@x.example"]
    );
    assert_eq!(store.due("hook", minute(1), 10).await.unwrap()[0].message, "m3");
}

pub(crate) async fn a_retry_waits_and_a_finished_delivery_is_finished<E: Engine>(engine: &E) {
    let store = engine.open();
    let commit = AlerterCommit {
        messages: vec![message("m1", minute(1), &[], &["a@x.example", "b@x.example"])],
        ..AlerterCommit::default()
    };
    store.commit_decisions(commit).await.unwrap();
    let rows = store.due("comms", minute(1), 10).await.unwrap();
    assert_eq!((rows[0].attempts, rows[0].waited, rows[0].kind.as_str()), (0, Duration::ZERO, "mention"));
    let retry = |next| DeliveryOutcome::Retry { next, waited: Duration::from_secs(21), error: "450 later".into() };
    store.finish(rows[0].id, retry(minute(3)), minute(1)).await.unwrap();
    store.finish(rows[1].id, DeliveryOutcome::Dead { error: "550 gone".into() }, minute(1)).await.unwrap();
    drop(store);
    let store = engine.open();
    assert_eq!(store.next_due("comms").await.unwrap(), Some(minute(3)));
    let again = store.due("comms", minute(3), 10).await.unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].attempts, again[0].waited), (1, Duration::from_secs(21)));
    assert_eq!(again[0].body, b"m1 for a@x.example");
    store.finish(rows[0].id, DeliveryOutcome::Sent, minute(3)).await.unwrap();
    // A late word about what is finished changes nothing.
    store.finish(rows[0].id, retry(minute(4)), minute(3)).await.unwrap();
    store.finish(rows[1].id, DeliveryOutcome::Sent, minute(3)).await.unwrap();
    assert_eq!(store.next_due("comms").await.unwrap(), None);
    assert_eq!(store.outbox().await.unwrap().dead, 1);
}

pub(crate) async fn release_makes_all_due_and_counts_the_pause<E: Engine>(engine: &E) {
    let store = engine.open();
    let mut other = message("m2", minute(1), &[], &[""]);
    other.channel = "hook".into();
    let commit = AlerterCommit {
        messages: vec![message("m1", minute(1), &[], &["a@x.example", "b@x.example"]), other],
        ..AlerterCommit::default()
    };
    store.commit_decisions(commit).await.unwrap();
    let rows = store.due("comms", minute(1), 10).await.unwrap();
    let retry = DeliveryOutcome::Retry { next: minute(60), waited: Duration::from_hours(1), error: "535".into() };
    store.finish(rows[0].id, retry, minute(1)).await.unwrap();
    store.release("comms", minute(2), Duration::from_secs(90)).await.unwrap();
    store.release("comms", minute(3), Duration::from_millis(500)).await.unwrap();
    let due = store.due("comms", minute(2), 10).await.unwrap();
    assert_eq!(due.len(), 2);
    assert!(due.iter().all(|row| row.paused == Duration::from_millis(90_500)));
    assert_eq!(store.next_due("comms").await.unwrap(), Some(minute(1)));
    assert_eq!(store.due("hook", minute(1), 10).await.unwrap()[0].paused, Duration::ZERO);
}

pub(crate) async fn a_mention_says_how_far_its_message_came<E: Engine>(engine: &E) {
    let store = engine.open();
    let id = stored(&store, 1, 1).await[0];
    told(&store, "m1", minute(5), &[id], &["a@x.example", "b@x.example"]).await;
    let rows = store.due("comms", minute(5), 10).await.unwrap();
    let state = async || reasons(&store, id).await[0].2;
    assert_eq!(state().await, "pending");
    store.finish(rows[0].id, DeliveryOutcome::Dead { error: "550".into() }, minute(5)).await.unwrap();
    assert_eq!(state().await, "pending");
    store.finish(rows[1].id, DeliveryOutcome::Sent, minute(5)).await.unwrap();
    assert_eq!(state().await, "sent");

    let id = stored(&store, 2, 1).await[0];
    told(&store, "m2", minute(6), &[id], &["a@x.example"]).await;
    let rows = store.due("comms", minute(6), 10).await.unwrap();
    store.finish(rows[0].id, DeliveryOutcome::Dead { error: "550".into() }, minute(6)).await.unwrap();
    assert_eq!(reasons(&store, id).await, [(Reason::FirstMention, Some("m2".into()), "none")]);
}

pub(crate) async fn mentions_come_newest_first_and_by_brand<E: Engine>(engine: &E) {
    let store = engine.open();
    let mut other = mention(1, 9, minute(2));
    other.brand = "soleil".into();
    let all = vec![mention(1, 2, minute(3)), mention(1, 1, minute(1)), other, mention(1, 3, minute(3))];
    store.commit_poll(poll(1, minute(3), all)).await.unwrap();
    let entries = |rows: Vec<vigie::store::MentionRow>| -> Vec<u64> {
        rows.into_iter().map(|row| row.mention.mention.entry).collect()
    };
    assert_eq!(entries(store.mentions(10).await.unwrap()), [3, 2, 9, 1]);
    assert_eq!(entries(store.mentions(2).await.unwrap()), [3, 2]);
    assert_eq!(entries(store.mentions(0).await.unwrap()), [0; 0]);
    let page = async |brand: Option<&str>, after, limit| {
        let brands = brand.map(str::to_owned).into_iter().collect();
        let filter = MentionFilter { brands, ..MentionFilter::default() };
        entries(store.find(&filter, after, limit).await.unwrap())
    };
    assert_eq!(page(Some("lune"), None, 2).await, [3, 2]);
    assert_eq!(page(Some("soleil"), None, 2).await, [9]);
    assert_eq!(page(Some("rien"), None, 2).await, [0; 0]);
    let first = store.mentions(1).await.unwrap();
    let after = Some((first[0].mention.mention.found, first[0].mention.id));
    assert_eq!(page(None, after, 2).await, [2, 9]);
    assert_eq!(page(Some("lune"), after, 9).await, [2, 1]);
}

pub(crate) async fn figures_count_what_they_say<E: Engine>(engine: &E) {
    let store = engine.open();
    assert_eq!(store.outbox().await.unwrap(), OutboxFigures::default());
    let rows = stored(&store, 1, 4).await;
    told(&store, "m1", minute(5), &rows[..1], &["a@x.example", "b@x.example"]).await;
    told(&store, "m2", minute(6), &rows[1..2], &["a@x.example"]).await;
    let mut other_channel = decision(rows[2], Reason::GroupWindow);
    other_channel.channel = Some("hook".into());
    let waits = AlerterCommit {
        decisions: vec![decision(rows[2], Reason::GroupWindow), other_channel, decision(rows[3], Reason::EachMention)],
        ..AlerterCommit::default()
    };
    store.commit_decisions(waits).await.unwrap();
    let due = store.due("comms", minute(6), 10).await.unwrap();
    store.finish(due[0].id, DeliveryOutcome::Sent, minute(7)).await.unwrap();
    store.finish(due[1].id, DeliveryOutcome::Dead { error: "550".into() }, minute(7)).await.unwrap();
    let figures = store.outbox().await.unwrap();
    assert_eq!(figures, OutboxFigures { pending: 1, waiting: 2, dead: 1, oldest: Some(minute(6)) });
}

pub(crate) async fn channels_are_kept_and_replaced<E: Engine>(engine: &E) {
    let store = engine.open();
    let row = ChannelRow {
        name: "comms".into(),
        state: "paused".into(),
        detail: Some("535 bad password".into()),
        address: u64::MAX - 1,
        since: minute(1),
    };
    store.keep_channel(row.clone()).await.unwrap();
    assert_eq!(store.channels().await.unwrap(), std::slice::from_ref(&row));
    let well = ChannelRow { state: "ok".into(), detail: None, address: 3, since: minute(2), ..row };
    store.keep_channel(well.clone()).await.unwrap();
    drop(store);
    assert_eq!(engine.open().channels().await.unwrap(), [well]);
}

pub(crate) async fn values_are_kept_found_by_prefix_and_removed<E: Engine>(engine: &E) {
    let store = engine.open();
    for (name, value) in [("text/a_b.yaml", "1"), ("text/aXb.yaml", "2"), ("texts", "3"), ("é", "4")] {
        store.keep_value(name, Some(value.into())).await.unwrap();
    }
    store.keep_value("texts", Some("5".into())).await.unwrap();
    store.keep_value("text/aXb.yaml", None).await.unwrap();
    store.keep_value("never", None).await.unwrap();
    drop(store);
    let store = engine.open();
    assert_eq!(store.value("texts").await.unwrap().as_deref(), Some("5"));
    assert_eq!(store.value("text/aXb.yaml").await.unwrap(), None);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(store.values("text/").await.unwrap(), [pair("text/a_b.yaml", "1")]);
    assert_eq!(store.values("text/a_").await.unwrap(), [pair("text/a_b.yaml", "1")]);
    assert_eq!(store.values("text/%").await.unwrap(), []);
    assert_eq!(store.values("").await.unwrap(), [pair("text/a_b.yaml", "1"), pair("texts", "5"), pair("é", "4")]);
}

pub(crate) async fn wishes_wait_for_their_answer<E: Engine>(engine: &E) {
    let store = engine.open();
    let first = store.ask("send-test", "{\"channel\":\"comms\"}".into(), minute(1)).await.unwrap();
    let second = store.ask("send-test", "{}".into(), minute(1)).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(store.answered(first).await.unwrap(), None);
    assert_eq!(store.answered(first + 100).await.unwrap(), None);
    store.answer(first, "sent".into()).await.unwrap();
    store.answer(first, "sent twice".into()).await.unwrap();
    drop(store);
    let store = engine.open();
    assert_eq!(store.answered(first).await.unwrap().as_deref(), Some("sent"));
    let open = [RequestRow { id: second, kind: "send-test".into(), payload: "{}".into() }];
    assert_eq!(store.asked().await.unwrap(), open);
}

pub(crate) async fn a_correction_keeps_the_text_and_changes_the_mention<E: Engine>(engine: &E) {
    let store = engine.open();
    let kept =
        KeptText { title: "Le café Lune n° 1".into(), url: Some("https://blog.example/1".into()), ..text("1") };
    let mut first = poll(1, minute(1), vec![mention(1, 1, minute(1))]);
    first.texts = vec![text("0"), kept.clone()];
    store.commit_poll(first).await.unwrap();
    let whole = store.undecided(0, 10).await.unwrap()[0].id;
    let cut = stored(&store, 2, 1).await[0];
    assert!(!store.correct(whole + 100, Some(Polarity::Positive), minute(5)).await.unwrap());
    assert!(store.correct(whole, Some(Polarity::Neutral), minute(5)).await.unwrap());
    assert!(store.correct(cut, Some(Polarity::Positive), minute(6)).await.unwrap());
    assert!(store.correct(whole, Some(Polarity::Positive), minute(7)).await.unwrap());
    drop(store);
    let store = engine.open();
    let corrections = store.corrections().await.unwrap();
    let said: Vec<_> = corrections.iter().map(|one| (one.mention, one.said, one.found)).collect();
    let (positive, negative) = (Polarity::Positive, Polarity::Negative);
    assert_eq!(said, [(cut, positive, negative), (whole, positive, negative)]);
    assert_eq!(corrections[0].text, ("… le café Lune, décevant …".to_owned(), vec![(7, 17)]));
    assert_eq!(corrections[1].text, (kept.text, vec![]));
    assert_eq!(corrections[1].title, ("Le café Lune n° 1".to_owned(), vec![(3, 13)]));
    for stored in store.stored(&[whole, cut]).await.unwrap() {
        assert_eq!(stored.mention.polarity, Polarity::Positive);
    }
}

pub(crate) async fn purge_takes_what_is_old_and_finished_only<E: Engine>(engine: &E) {
    let store = engine.open();
    // By minute: 1 sent, 2 pending, 3 dead, 4 undecided, 5 waits, 6 nobody told, 7 and 8 in one message
    // of which 8 waits for another rule, 20 young.
    let rows = stored(&store, 1, 8).await;
    let young = stored(&store, 20, 1).await[0];
    told(&store, "sent", minute(10), &rows[..1], &["a@x.example"]).await;
    told(&store, "pending", minute(10), &rows[1..2], &["b@x.example"]).await;
    told(&store, "dead", minute(10), &rows[2..3], &["c@x.example"]).await;
    told(&store, "both", minute(10), &rows[6..8], &["d@x.example"]).await;
    told(&store, "young", minute(21), &[young], &["e@x.example"]).await;
    let mut other_rule = decision(rows[7], Reason::GroupWindow);
    other_rule.rule = Some("all".into());
    let rest = AlerterCommit {
        decided: vec![rows[4], rows[5]],
        decisions: vec![decision(rows[4], Reason::GroupWindow), decision(rows[5], Reason::NoRule), other_rule],
        ..AlerterCommit::default()
    };
    store.commit_decisions(rest).await.unwrap();
    for row in store.due("comms", minute(21), 10).await.unwrap() {
        match row.message.as_str() {
            "pending" => {}
            "dead" => {
                store.finish(row.id, DeliveryOutcome::Dead { error: "550".into() }, minute(11)).await.unwrap();
            }
            _ => store.finish(row.id, DeliveryOutcome::Sent, minute(11)).await.unwrap(),
        }
    }
    let answered = store.ask("send-test", "{}".into(), minute(1)).await.unwrap();
    store.answer(answered, "sent".into()).await.unwrap();
    let unanswered = store.ask("send-test", "{}".into(), minute(1)).await.unwrap();

    for row in [rows[5], young] {
        assert!(store.correct(row, Some(Polarity::Positive), minute(12)).await.unwrap());
    }

    // 1, 3, 6 and 7 go.
    assert_eq!(store.purge(minute(15), minute(15), minute(100_000)).await.unwrap(), 4);
    let mut left: Vec<u64> = store.mentions(100).await.unwrap().iter().map(|row| row.mention.mention.entry).collect();
    left.sort_unstable();
    assert_eq!(left, [2, 4, 5, 8, 20]);
    let corrected: Vec<i64> = store.corrections().await.unwrap().iter().map(|one| one.mention).collect();
    assert_eq!(corrected, [young], "the text of another is kept no longer as an example");
    assert_eq!(store.due("comms", minute(30), 10).await.unwrap().len(), 1);
    assert_eq!(store.outbox().await.unwrap().dead, 0);
    assert_eq!(reasons(&store, young).await, [(Reason::FirstMention, Some("young".into()), "sent")]);
    // A mention that stays still knows that its finished message was sent.
    assert_eq!(reasons(&store, rows[7]).await[1], (Reason::FirstMention, Some("both".into()), "sent"));
    assert_eq!(store.answered(answered).await.unwrap(), None);
    assert_eq!(store.asked().await.unwrap()[0].id, unanswered);
    // Rows that went do not lend their ids to later ones.
    assert_eq!(store.purge(minute(15), minute(15), minute(100_000)).await.unwrap(), 0);
    assert!(stored(&store, 40, 1).await[0] > young);
}

pub(crate) async fn purge_takes_more_than_one_chunk<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 250).await;
    let decided = AlerterCommit { decided: rows[..230].to_vec(), ..AlerterCommit::default() };
    store.commit_decisions(decided).await.unwrap();
    assert_eq!(store.purge(minute(1000), minute(1000), minute(100_000)).await.unwrap(), 230);
    assert_eq!(store.undecided(0, 1000).await.unwrap().len(), 20);
}

pub(crate) async fn many_callers_at_once_are_all_answered<E: Engine>(engine: &E) {
    let store = engine.open();
    let tasks: Vec<_> = (0..200)
        .map(|key: u64| {
            let store = store.clone();
            tokio::spawn(async move {
                store.commit_poll(poll(key, minute(1), vec![mention(key, 1, minute(1))])).await.unwrap();
                // What was answered is there for every reader.
                assert_eq!(store.revisions(SourceKey(key), 1).await.unwrap().len(), 1);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(store.sources().await.unwrap().len(), 200);
    assert_eq!(store.undecided(0, 1000).await.unwrap().len(), 200);
}

pub(crate) async fn a_ping_is_answered<E: Engine>(engine: &E) {
    let store = engine.open();
    store.ping().await.unwrap();
    store.ping().await.unwrap();
}

pub(crate) async fn prints_come_back_with_their_story_and_go_after_three_days<E: Engine>(engine: &E) {
    let store = engine.open();
    let day = 24 * 60;
    let print_of = |at: i64, story: u64, print: &[u8]| {
        let mut one = mention(1, at.unsigned_abs(), minute(at));
        one.story = StoryId(story);
        let mut commit = poll(1, minute(at), vec![one]);
        commit.prints = vec![print.to_vec()];
        commit
    };
    store.commit_poll(print_of(1, 1, b"one")).await.unwrap();
    store.commit_poll(print_of(2, 1, b"")).await.unwrap();
    store.commit_poll(print_of(3, 1, b"three")).await.unwrap();
    store.commit_poll(print_of(3, 1, b"again")).await.unwrap();
    drop(store);
    let store = engine.open();
    let rows = store.prints(minute(0)).await.unwrap();
    let shown: Vec<_> = rows.iter().map(|row| (row.entry, row.story, row.since, row.print.as_slice())).collect();
    assert_eq!(shown, [(1, StoryId(1), minute(1), &b"one"[..]), (3, StoryId(1), minute(1), b"three")]);
    assert_eq!(
        (rows[0].team.as_str(), rows[0].brand.as_str(), rows[0].site.as_str(), rows[0].source),
        ("team.yaml", "lune", "blog.example", 1)
    );
    assert_eq!(store.prints(minute(2)).await.unwrap().len(), 1);
    store.commit_poll(print_of(4 * day, 2, b"new")).await.unwrap();
    assert_eq!(store.prints(minute(0)).await.unwrap().len(), 1, "the others ended");
}

pub(crate) async fn a_story_knows_its_sites_and_who_was_told<E: Engine>(engine: &E) {
    let store = engine.open();
    let on = |source: u64, site: &str, polarity| {
        let mut one = mention(source, 1, minute(1));
        one.story = StoryId(9);
        one.site = site.into();
        one.polarity = polarity;
        one
    };
    let mentions = vec![
        on(1, "a.example", Polarity::Negative),
        on(2, "b.example", Polarity::Neutral),
        on(3, "a.example", Polarity::Negative),
        on(4, "c.example", Polarity::Neutral),
    ];
    store.commit_poll(poll(1, minute(1), mentions)).await.unwrap();
    let ids: Vec<i64> = store.undecided(0, 10).await.unwrap().iter().map(|found| found.id).collect();
    told(&store, "first", minute(2), &[ids[0]], &["a@acme.example"]).await;
    told(&store, "second", minute(3), &[ids[2]], &["a@acme.example"]).await;
    let waits = AlerterCommit {
        decided: ids.clone(),
        decisions: vec![decision(ids[1], Reason::GroupWindow), decision(ids[3], Reason::SameStory)],
        ..AlerterCommit::default()
    };
    store.commit_decisions(waits).await.unwrap();
    let pasts = store.pasts(&[StoryId(9), StoryId(10)]).await.unwrap();
    assert_eq!(pasts.len(), 1);
    let telling =
        |polarity, waits, last| Telling { rule: "bad".into(), channel: "comms".into(), polarity, waits, last };
    let site = |name: &str, first| (name.to_owned(), first);
    assert_eq!(
        pasts[&StoryId(9)],
        Past {
            sites: vec![site("a.example", ids[0]), site("b.example", ids[1]), site("c.example", ids[3])],
            told: vec![telling(Polarity::Neutral, true, ids[1]), telling(Polarity::Negative, false, ids[2])],
            first: vec![("comms".into(), "first".into())],
        }
    );
}
