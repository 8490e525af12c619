//! Floods: few messages, the first soon, and every mention in exactly one of them, also over restarts.

use std::collections::BTreeSet;

use super::*;

const RULES: &str = "  - {name: all, on: mention, to: [team]}\n";
/// Of `team`.
const RECIPIENTS: [&str; 2] = ["cm@a.example", "adjointe@a.example"];

/// A mail as it left: for whom, when, about which brand and which entries.
struct Left {
    recipient: String,
    created: Timestamp,
    brand: String,
    mail: RenderedMail,
}

async fn left(world: &World) -> Vec<Left> {
    let due = world.store.due("team", Timestamp::MAX, 1_000).await.unwrap();
    let mails = due.into_iter().map(|row| {
        assert_eq!(row.kind, "mention");
        let Rendered::Mail(mail) = Rendered::unpack(&row.body).unwrap() else { panic!("a mail") };
        let (_, brand) = mail.headers.iter().find(|(name, _)| name == "X-Vigie-Brand").unwrap();
        Left { recipient: row.recipient, created: row.created, brand: brand.clone(), mail }
    });
    mails.collect()
}

/// The entries that a mail lists: all of them in its table, or in its text where there is none.
fn listed(mail: &RenderedMail) -> Vec<u64> {
    let text = mail.csv.as_deref().unwrap_or(&mail.text);
    let ends = |c: char| !c.is_ascii_digit();
    let entries = text.split("Orange en panne, ").skip(1).map(|rest| rest.split(ends).next().unwrap().parse().unwrap());
    entries.collect()
}

/// For each recipient and brand: so many mails at most, the first within a minute, each entry in exactly one.
fn assert_told(left: &[Left], start: Timestamp, most: usize, wanted: &[(&str, BTreeSet<u64>)]) {
    for recipient in RECIPIENTS {
        for (brand, entries) in wanted {
            let of: Vec<&Left> = left.iter().filter(|one| one.recipient == recipient && one.brand == *brand).collect();
            assert!((1..=most).contains(&of.len()), "{recipient} {brand}: {} mails", of.len());
            let first = of.iter().map(|one| one.created).min().unwrap();
            assert!(first <= start + MINUTE, "{recipient} {brand}: the first at {first}");
            let told: Vec<u64> = of.iter().flat_map(|one| listed(&one.mail)).collect();
            assert_eq!(told.len(), entries.len(), "{recipient} {brand}: none twice");
            assert_eq!(told.iter().copied().collect::<BTreeSet<_>>(), *entries, "{recipient} {brand}: none lost");
            for one in of {
                let wire = (one.mail.text.len() + one.mail.html.len()).div_ceil(3) * 4 * 78 / 76;
                assert!(wire < 100_000, "{wire} bytes");
            }
        }
    }
}

#[tokio::test]
async fn a_thousand_mentions_in_ten_minutes_are_three_mails_a_recipient_rule_and_brand_at_most() {
    let mut world = World::new(RULES, "2026-11-20T10:00:00Z").await;
    let start = world.clock.now();
    // Ten every six seconds, of two brands in turn: a thousand of each.
    for round in 0..100 {
        for brand in ["orange", "sosh"] {
            world.come(10, |mention| mention.brand = brand.into()).await;
        }
        for _ in 0..6 {
            world.wait(SECOND).await;
        }
        // Before the first message, just after it, and in the middle of a window.
        if [0, 1, 50, 99].contains(&round) {
            world.restart().await;
        }
    }
    for _ in 0..22 {
        world.wait(MINUTE).await;
    }
    let of = |brand: u64| (0..2_000).filter(|entry| entry / 10 % 2 == brand).collect();
    assert_told(&left(&world).await, start, 3, &[("orange", of(0)), ("sosh", of(1))]);
    let reasons = world.reasons().await;
    assert_eq!(reasons.values().sum::<usize>(), 2_000);
    assert!(reasons.keys().all(|(_, state)| *state == "pending"), "{reasons:?}");
}

#[tokio::test]
async fn ten_thousand_mentions_in_a_minute_stay_bounded() {
    let mut world = World::new(RULES, "2026-11-20T10:00:00Z").await;
    let start = world.clock.now();
    for round in 0..20 {
        world.come(500, |_| {}).await;
        for _ in 0..3 {
            world.wait(SECOND).await;
        }
        if round == 10 {
            world.restart().await;
        }
    }
    for _ in 0..22 {
        world.wait(MINUTE).await;
    }
    assert_told(&left(&world).await, start, 2, &[("orange", (0..10_000).collect())]);
}
