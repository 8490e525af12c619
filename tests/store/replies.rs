//! Answers to mails, as every engine keeps them.

use vigie::alert::mute::Muted;
use vigie::mention::{Mention, Polarity, StoryId};
use vigie::store::replies::{NewReply, RepliesCommit, ToldMessage};
use vigie::store::{AlerterCommit, NewMessage, Store, ThreadOf};

use super::Engine;
use super::sample::{mention, message, minute, poll, stored, told};

const ID: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

fn reply(token: &str, mentions: &[i64]) -> NewReply {
    NewReply {
        token: token.into(),
        sender: "cm@acme.example".into(),
        action: "mine".into(),
        expires: minute(1_000),
        mentions: mentions.to_vec(),
        wish: ("handled".into(), format!("{{\"token\":\"{token}\"}}")),
    }
}

fn commit(cursor: &str, replies: Vec<NewReply>) -> RepliesCommit {
    RepliesCommit { values: vec![("cursor".into(), cursor.into())], replies, now: minute(9) }
}

pub(crate) async fn a_token_is_asked_for_once_however_often_it_comes<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 2).await;
    let first = commit("1", vec![reply("a", &rows), reply("b", &rows[..1]), reply("a", &rows)]);
    assert_eq!(store.commit_replies(first).await.unwrap(), [true, true, false]);
    drop(store);
    let store = engine.open();
    let again = commit("2", vec![reply("b", &rows), reply("c", &[999_999])]);
    assert_eq!(store.commit_replies(again).await.unwrap(), [false, true]);
    assert_eq!(store.value("cursor").await.unwrap().as_deref(), Some("2"));
    let asked = store.asked().await.unwrap();
    let payloads: Vec<_> = asked.iter().map(|one| one.payload.as_str()).collect();
    assert_eq!(payloads, ["{\"token\":\"a\"}", "{\"token\":\"b\"}", "{\"token\":\"c\"}"]);
    store.answer(asked[0].id, "{\"done\":2,\"error\":null}".into()).await.unwrap();

    let shown = store.mentions(2).await.unwrap();
    let of = |row: i64| {
        let found = shown.iter().find(|one| one.mention.id == row).unwrap();
        found.replies.iter().map(|one| (one.sender.as_str(), one.answer.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(of(rows[0]), [("cm@acme.example", true), ("cm@acme.example", false)]);
    assert_eq!(of(rows[1]), [("cm@acme.example", true)]);
    // A token that is good no more is not remembered.
    store.purge(minute(999), minute(0), minute(100_000)).await.unwrap();
    assert_eq!(store.commit_replies(commit("3", vec![reply("a", &[])])).await.unwrap(), [false]);
    store.purge(minute(1_001), minute(0), minute(100_000)).await.unwrap();
    assert_eq!(store.commit_replies(commit("3", vec![reply("a", &[])])).await.unwrap(), [true]);
}

pub(crate) async fn a_message_is_found_by_the_beginning_of_its_id<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 3).await;
    told(&store, ID, minute(5), &rows[1..], &["a@x.example"]).await;
    let tag = [0x0f, 0x1e, 0x2d, 0x3c, 0x4b, 0x5a, 0x69, 0x78];
    let expected = ToldMessage {
        id: ID.into(),
        team: "team.yaml".into(),
        rule: "bad".into(),
        channel: "comms".into(),
        mentions: rows[1..].to_vec(),
    };
    assert_eq!(store.told_message(tag).await.unwrap(), Some(expected));
    let mut other = tag;
    other[7] += 1;
    assert_eq!(store.told_message(other).await.unwrap(), None);
}

pub(crate) async fn the_first_name_of_who_takes_care_stays<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 2).await;
    store.handle(&rows, None, minute(5)).await.unwrap();
    store.handle(&rows[..1], Some("cm@acme.example"), minute(6)).await.unwrap();
    store.handle(&rows[..1], Some("boss@acme.example"), minute(7)).await.unwrap();
    let shown = store.mentions(2).await.unwrap();
    let of = |row: i64| shown.iter().find(|one| one.mention.id == row).unwrap().handled.clone();
    assert_eq!(of(rows[0]), Some((minute(5), Some("cm@acme.example".to_owned()))));
    assert_eq!(of(rows[1]), Some((minute(5), None)));
}

pub(crate) async fn what_was_told_beside_a_mention_is_of_its_story_and_message<E: Engine>(engine: &E) {
    let store = engine.open();
    let of = |entry: u64, story: u64| Mention { story: StoryId(story), ..mention(1, entry, minute(1)) };
    let mentions = vec![of(1, 7), of(2, 7), of(3, 8), of(4, 7), of(5, 7)];
    store.commit_poll(poll(1, minute(1), mentions)).await.unwrap();
    let rows: Vec<i64> = store.undecided(0, 100).await.unwrap().iter().map(|one| one.id).collect();
    told(&store, "m1", minute(5), &rows[..3], &["a@x.example"]).await;
    told(&store, "m2", minute(6), &rows[3..4], &["a@x.example"]).await;
    for (asked, beside) in [
        (vec![rows[0]], vec![rows[1]]),
        (vec![rows[0], rows[1]], vec![]),
        (vec![rows[1], rows[2]], vec![rows[0]]),
        (vec![rows[3], rows[4]], vec![]),
        (vec![999_999], vec![]),
    ] {
        assert_eq!(store.told_beside(&asked).await.unwrap(), beside, "{asked:?}");
    }
}

pub(crate) async fn a_mention_that_is_not_about_the_brand_is_an_example_and_counts_no_more<E: Engine>(engine: &E) {
    let store = engine.open();
    let rows = stored(&store, 1, 2).await;
    assert!(!store.correct(rows[1] + 100, None, minute(5)).await.unwrap());
    assert!(store.correct(rows[0], None, minute(5)).await.unwrap());
    let flags = async |store: &E::Store| {
        let all = store.stored(&rows).await.unwrap();
        all.iter().map(|one| (one.mention.baseline, one.mention.polarity)).collect::<Vec<_>>()
    };
    assert_eq!(flags(&store).await, [(true, Polarity::Negative), (false, Polarity::Negative)]);
    assert!(store.corrections().await.unwrap()[0].is_stranger);
    // Said otherwise, it is one again.
    assert!(store.correct(rows[0], Some(Polarity::Positive), minute(6)).await.unwrap());
    assert_eq!(flags(&store).await, [(false, Polarity::Positive), (false, Polarity::Negative)]);
    assert!(!store.corrections().await.unwrap()[0].is_stranger);
}

pub(crate) async fn the_same_mute_asked_for_twice_is_one<E: Engine>(engine: &E) {
    let store = engine.open();
    let story = || Muted::Story(StoryId(7));
    let first = store.mute(story(), minute(90), None, minute(1)).await.unwrap();
    assert_eq!(store.mute(story(), minute(90), Some("x".into()), minute(2)).await.unwrap(), first);
    assert_ne!(store.mute(story(), minute(91), None, minute(3)).await.unwrap(), first);
    assert_eq!(store.mutes().await.unwrap().len(), 2);
}

pub(crate) async fn messages_of_one_sort_come_in_order<E: Engine>(engine: &E) {
    let store = engine.open();
    let spike = |id: &str, at, channel: &str| NewMessage {
        kind: "spike".into(),
        channel: channel.into(),
        ..message(id, minute(at), &[], &["a@x.example"])
    };
    let messages = vec![
        spike("s2", 20, "comms"),
        spike("s1", 10, "comms"),
        spike("s3", 30, "crisis"),
        message("m1", minute(15), &[], &["a@x.example"]),
    ];
    store.commit_decisions(AlerterCommit { messages, ..AlerterCommit::default() }).await.unwrap();
    let like = ThreadOf {
        kind: "spike",
        team: "team.yaml".into(),
        rule: "bad".into(),
        channel: "comms".into(),
        brand: "lune".into(),
    };
    let all = store.thread(&like, minute(0)).await.unwrap();
    assert_eq!(all, [(minute(10), "s1".to_owned()), (minute(20), "s2".to_owned())]);
    assert_eq!(store.thread(&like, minute(11)).await.unwrap().len(), 1);
}
