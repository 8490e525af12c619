//! What alerts have to remember, as every engine keeps it.

use std::time::Duration;

use vigie::alert::Reason;
use vigie::alert::mute::{Mute, Muted};
use vigie::mention::{Polarity, StoryId};
use vigie::store::{AlerterCommit, CountRow, EscalationRow, NewMessage, Store};

use super::Engine;
use super::sample::{decision, mention, message, minute, poll, stored, told};

const DAY: Duration = Duration::from_hours(24);

pub(crate) async fn what_waits_for_a_digest_is_told_by_the_digest_of_its_channel<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 3).await;
    let mut elsewhere = decision(rows[2], Reason::Late);
    elsewhere.channel = Some("archive".into());
    let commit = AlerterCommit {
        decided: rows.clone(),
        for_digest: vec![decision(rows[0], Reason::CapReached), decision(rows[1], Reason::NotUnderstood), elsewhere],
        ..AlerterCommit::default()
    };
    store.commit_decisions(commit).await.unwrap();
    drop(store);
    let store = engine.open();
    let waits = store.digest_waits().await.unwrap();
    let shown: Vec<_> = waits.iter().map(|one| (one.mention, one.channel.as_str(), one.reason)).collect();
    assert_eq!(
        shown,
        [
            (rows[0], "comms", Reason::CapReached),
            (rows[1], "comms", Reason::NotUnderstood),
            (rows[2], "archive", Reason::Late),
        ]
    );
    assert_eq!((waits[0].team.as_str(), waits[0].rule.as_str(), waits[0].brand.as_str()), ("team.yaml", "bad", "lune"));
    assert!(store.windows().await.unwrap().1.is_empty(), "no window tells them");
    assert_eq!(store.purge(minute(100_000), minute(0), minute(100_000)).await.unwrap(), 0, "what waits is not deleted");

    let digest = NewMessage {
        kind: "digest".into(),
        rule: "morning".into(),
        ..message("d1", minute(9), &rows, &["a@x.example"])
    };
    store.commit_decisions(AlerterCommit { messages: vec![digest], ..AlerterCommit::default() }).await.unwrap();
    let left: Vec<i64> = store.digest_waits().await.unwrap().iter().map(|one| one.mention).collect();
    assert_eq!(left, [rows[2]], "the other channel's goes on waiting");
    let row = &store.mentions(3).await.unwrap()[2];
    assert_eq!(row.decisions[0].0.message.as_deref(), Some("d1"));
    assert_eq!(row.decisions[0].1, "pending");
}

pub(crate) async fn caps_count_messages_about_mentions_since_a_time<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 3).await;
    told(&store, "m1", minute(5), &rows[..1], &["a@x.example"]).await;
    told(&store, "m2", minute(6), &rows[1..2], &["a@x.example"]).await;
    let other = NewMessage { kind: "coverage".into(), ..message("c1", minute(7), &[], &["a@x.example"]) };
    store.commit_decisions(AlerterCommit { messages: vec![other], ..AlerterCommit::default() }).await.unwrap();
    let sent = store.paced(minute(6)).await.unwrap().sent;
    assert_eq!(sent, [("team.yaml".to_owned(), "bad".to_owned(), "comms".to_owned(), minute(6))]);
}

pub(crate) async fn what_was_told_escalates_once_unless_it_is_handled<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 2).await;
    let row = |mention, told| EscalationRow {
        team: "team.yaml".into(),
        rule: "bad".into(),
        brand: "lune".into(),
        mention,
        told,
    };
    let commit = AlerterCommit {
        escalations: vec![row(rows[0], minute(3)), row(rows[1], minute(4)), row(rows[0], minute(5))],
        ..AlerterCommit::default()
    };
    store.commit_decisions(commit).await.unwrap();
    drop(store);
    let store = engine.open();
    let open = store.paced(minute(0)).await.unwrap().escalations;
    assert_eq!(open, [row(rows[0], minute(3)), row(rows[1], minute(4))], "the first telling counts");
    assert_eq!(store.handle(&[rows[0], 999_999], None, minute(6)).await.unwrap(), [rows[0]], "there is no 999,999");
    assert_eq!(store.handle(&[rows[0]], None, minute(7)).await.unwrap(), [rows[0]], "twice is once");
    assert_eq!(store.handled(&rows).await.unwrap(), [rows[0]]);
    let done = AlerterCommit { escalated: vec![row(rows[1], minute(8))], ..AlerterCommit::default() };
    store.commit_decisions(done).await.unwrap();
    assert_eq!(store.paced(minute(0)).await.unwrap().escalations, [row(rows[0], minute(3))]);
}

pub(crate) async fn an_escalation_is_shown_with_its_mention<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 1).await;
    told(&store, "m1", minute(5), &rows, &["a@x.example"]).await;
    let escalation = NewMessage { kind: "escalation".into(), ..message("e1", minute(9), &rows, &["a@x.example"]) };
    store.commit_decisions(AlerterCommit { messages: vec![escalation], ..AlerterCommit::default() }).await.unwrap();
    let decisions = &store.mentions(1).await.unwrap()[0].decisions;
    let shown: Vec<_> = decisions.iter().map(|(row, state)| (row.reason, row.message.as_deref(), *state)).collect();
    assert_eq!(
        shown,
        [(Reason::FirstMention, Some("m1"), "pending"), (Reason::Escalated, Some("e1"), "pending")],
        "also where it went to the same channel"
    );
}

pub(crate) async fn a_mute_is_kept_until_it_is_lifted<E: Engine>(engine: &E) {
    let store = engine.open();
    let story = Muted::Story(StoryId(7));
    let id = store.mute(story.clone(), minute(90), Some("vu".into()), minute(1)).await.unwrap();
    let other = store.mute(Muted::Author("Éva".into()), minute(80), None, minute(2)).await.unwrap();
    drop(store);
    let store = engine.open();
    let mutes = store.mutes().await.unwrap();
    assert_eq!(mutes[0], Mute { id, what: story, until: minute(90), reason: Some("vu".into()), since: minute(1) });
    assert_eq!(mutes.len(), 2);
    assert!(store.unmute(id).await.unwrap());
    assert!(!store.unmute(id).await.unwrap());
    assert_eq!(store.mutes().await.unwrap()[0].id, other);
}

pub(crate) async fn mentions_are_counted_by_five_minutes_of_their_moment<E: Engine>(engine: &E) {
    let store = engine.open();
    let found = minute(60);
    let mut entry = 0;
    let mut make = |change: &dyn Fn(&mut vigie::mention::Mention)| {
        entry += 1;
        let mut mention = mention(1, entry, found);
        mention.published = None;
        mention.polarity = Polarity::Neutral;
        change(&mut mention);
        mention
    };
    let mentions = vec![
        make(&|_| {}),
        make(&|m| m.polarity = Polarity::Negative),
        make(&|m| m.published = Some(minute(54))),
        make(&|m| m.published = Some(found + DAY)),
        make(&|m| m.published = Some(found - DAY)),
        make(&|m| m.published = Some(found - DAY - Duration::from_secs(1))),
        make(&|m| m.baseline = true),
        make(&|m| m.repeat = true),
        make(&|m| m.revision = 2),
        make(&|m| m.brand = "soleil".into()),
    ];
    store.commit_poll(poll(1, found, mentions.clone())).await.unwrap();
    store.commit_poll(poll(1, found, mentions)).await.unwrap();
    let slot = |at: jiff::Timestamp| at.as_second().div_euclid(300);
    let row = |at, mentions, negative| CountRow { slot: slot(at), mentions, negative };
    let counted = store.counts("lune", found - DAY - DAY).await.unwrap();
    assert_eq!(counted, [row(found - DAY, 1, 0), row(minute(54), 1, 0), row(found, 3, 1)]);
    assert_eq!(store.counts("lune", found).await.unwrap().len(), 1);
    assert_eq!(store.counts("soleil", found - DAY).await.unwrap(), [row(found, 1, 0)]);
    let since = minute(54);
    let entries = store.each_counted("lune", since, |at, one| Some((one.mention.entry, at))).await.unwrap();
    assert_eq!(entries, [(4, found), (3, since), (2, found), (1, found)], "one by one, the last found first");
}
