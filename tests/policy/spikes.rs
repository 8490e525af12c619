//! Spikes and silences through store and alerter: who is told of them, when, and with which figures.

use super::*;

/// Ten days of six an hour, as one poll each three hours would find them.
async fn ten_days(world: &mut World, change: impl Fn(&mut Mention)) {
    for _ in 0..80 {
        let from = world.clock.now();
        let spread = |mention: &mut Mention| {
            mention.published = Some(from - Duration::from_mins(9 + 10 * (mention.entry % 18)));
            change(mention);
        };
        world.come(18, spread).await;
        world.wait(3 * HOUR).await;
    }
}

/// The clock is moved on to a moment, and what is due then is decided.
async fn at(world: &mut World, moment: &str) {
    world.clock.sleep_until(moment.parse().unwrap()).await;
    world.alerter.decide(false).await.unwrap();
}

#[tokio::test]
async fn a_spike_is_told_once_with_its_figures_and_again_only_after_the_cooldown() {
    let rules = "  - {name: pic, on: spike, to: [crisis]}\n";
    let mut world = World::new(rules, "2026-11-01T00:00:00Z").await;
    ten_days(&mut world, |_| {}).await;
    let quiet = world.mails("crisis").await.len();
    assert_eq!(quiet, 0, "{:?}", world.subjects("crisis").await);
    world.restart().await;
    world.come(60, |_| {}).await;
    world.wait(15 * SECOND).await;
    let subjects = world.subjects("crisis").await;
    assert_eq!(subjects.len(), 1, "{subjects:?}");
    assert!(subjects[0].starts_with("[vigie/orange] PIC ×") && subjects[0].contains("60 mentions"), "{subjects:?}");
    world.come(30, |_| {}).await;
    world.wait(MINUTE).await;
    world.restart().await;
    world.come(30, |_| {}).await;
    world.wait(MINUTE).await;
    assert_eq!(world.subjects("crisis").await.len(), 1, "the cooldown holds, over a restart too");
    world.wait(HOUR).await;
    world.come(90, |_| {}).await;
    world.wait(15 * SECOND).await;
    assert_eq!(world.subjects("crisis").await.len(), 2);
    assert_eq!(world.reasons().await.keys().map(|(reason, _)| *reason).collect::<Vec<_>>(), [Reason::NoRule.name()]);
}

#[tokio::test]
async fn a_spike_of_the_night_is_told_once_in_the_morning_over_restarts_and_by_one_round_alike() {
    let rules = "  - {name: pic, on: spike, to: [crisis], hours: \"08:00-20:00\"}\n";
    for once in [false, true] {
        let mut world = World::new(rules, "2026-11-01T00:00:00Z").await;
        ten_days(&mut world, |_| {}).await;
        // 2:40 in Paris.
        at(&mut world, "2026-11-11T01:40:00Z").await;
        if once {
            world.restart().await;
        }
        world.come(60, |_| {}).await;
        world.wait(MINUTE).await;
        world.clock.sleep_until(world.clock.now() + 3 * HOUR).await;
        for moment in ["2026-11-11T05:00:00Z", "2026-11-11T06:59:00Z"] {
            world.restart().await;
            at(&mut world, moment).await;
            assert_eq!(world.subjects("crisis").await, Vec::<String>::new(), "{once}");
        }
        if once {
            world.restart().await;
        }
        world.clock.sleep_until("2026-11-11T07:00:00Z".parse().unwrap()).await;
        world.alerter.decide(once).await.unwrap();
        let subjects = world.subjects("crisis").await;
        assert_eq!(subjects.len(), 1, "{once}: {subjects:?}");
        assert!(subjects[0].contains("60 mentions"), "{subjects:?}");
        for _ in 0..3 {
            world.restart().await;
            world.wait(2 * HOUR).await;
        }
        assert_eq!(world.subjects("crisis").await.len(), 1, "{once}: once");
    }
}

#[tokio::test]
async fn what_came_just_before_the_process_ended_is_looked_at_after_the_start() {
    let rules = "  - {name: pic, on: spike, to: [crisis]}\n";
    let mut world = World::new(rules, "2026-11-01T00:00:00Z").await;
    ten_days(&mut world, |_| {}).await;
    world.come(1, |_| {}).await;
    world.clock.sleep_until(world.clock.now() + 5 * SECOND).await;
    world.come(60, |_| {}).await;
    assert_eq!(world.subjects("crisis").await, Vec::<String>::new(), "a brand is looked at each ten seconds");
    world.clock.sleep_until(world.clock.now() + 3 * HOUR).await;
    world.restart().await;
    world.wait(MINUTE).await;
    let subjects = world.subjects("crisis").await;
    assert_eq!(subjects.len(), 1, "{subjects:?}");
}

#[tokio::test]
async fn what_is_muted_raises_no_spike_and_is_in_no_spikes_mail() {
    let rules = "  - {name: pic, on: spike, to: [crisis]}\n";
    let mut world = World::new(rules, "2026-11-01T00:00:00Z").await;
    ten_days(&mut world, |_| {}).await;
    let bot = |mention: &mut Mention| {
        mention.site = "fil.robot.example".into();
        mention.author = Some("Robot".into());
        mention.story = StoryId(7);
        mention.title = "Le robot répète".into();
    };
    for (what, others) in [
        (Muted::Site("robot.example".into()), 0),
        (Muted::Author("robot".into()), 0),
        (Muted::Story(StoryId(7)), 0),
        (Muted::Brand("orange".into()), 60),
        (Muted::Site("robot.example".into()), 60),
    ] {
        let now = world.clock.now();
        world.store.mute(what.clone(), now + 2 * HOUR, None, now).await.unwrap();
        world.come(40, bot).await;
        world.wait(MINUTE).await;
        world.come(others, |_| {}).await;
        world.wait(MINUTE).await;
        let mails = world.mails("crisis").await;
        let told: Vec<&str> = mails.iter().map(|(_, mail)| mail.subject.as_str()).collect();
        if others == 0 || matches!(what, Muted::Brand(_)) {
            assert_eq!(told, Vec::<&str>::new(), "{what}");
        } else {
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(told[0].contains("60 mentions"), "{told:?}");
            assert!(!mails[0].1.text.contains("robot"), "{}", mails[0].1.text);
        }
        for _ in 0..8 {
            world.wait(3 * HOUR).await;
        }
    }
}

#[tokio::test]
async fn a_spike_that_was_muted_while_it_waited_is_not_told_in_the_morning() {
    let rules = "  - {name: pic, on: spike, to: [crisis], hours: \"08:00-20:00\"}\n";
    let mut world = World::new(rules, "2026-11-01T00:00:00Z").await;
    ten_days(&mut world, |_| {}).await;
    at(&mut world, "2026-11-11T01:40:00Z").await;
    world.come(60, |_| {}).await;
    let now = world.clock.now();
    world.store.mute(Muted::Site("forum.example".into()), now + 24 * HOUR, None, now).await.unwrap();
    at(&mut world, "2026-11-11T07:00:00Z").await;
    at(&mut world, "2026-11-11T09:00:00Z").await;
    assert_eq!(world.subjects("crisis").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_brand_that_falls_silent_is_told_as_a_blind_source_is_and_so_is_that_it_is_heard_again() {
    let mention = "  - {name: all, on: mention, to: [comms], group: 6h}\n";
    let digest = "  - {name: matin, on: digest, at: \"08:00\", to: [boss]}\n";
    let coverage = "  - {name: sources, on: coverage, to: [boss]}\n";
    let volume = "  - {name: pic, on: spike, to: [crisis]}\n";
    let negative = "  - {name: pic, on: spike, of: negative, to: [crisis]}\n";
    for (rules, once) in [
        ([mention, digest], false),
        ([mention, coverage], true),
        ([volume, coverage], false),
        ([negative, coverage], false),
    ] {
        let rules = rules.concat();
        let mut world = World::new(&rules, "2026-11-01T00:00:00Z").await;
        for _ in 0..8 * 24 {
            let now = world.clock.now();
            let spread =
                |mention: &mut Mention| mention.published = Some(now - (mention.entry % 12) as u32 * 5 * MINUTE);
            world.come(12, spread).await;
            world.wait(HOUR).await;
        }
        let told = async |world: &World| -> Vec<String> {
            let mails = world.mails("boss").await.into_iter().filter(|(kind, _)| kind == "coverage");
            mails.map(|(_, mail)| mail.subject).collect()
        };
        assert_eq!(told(&world).await, Vec::<String>::new(), "{rules}");
        if once {
            world.clock.sleep_until(world.clock.now() + 6 * HOUR).await;
            world.restart().await;
            world.alerter.decide(true).await.unwrap();
        } else {
            for _ in 0..6 {
                world.wait(HOUR).await;
            }
        }
        let subjects = told(&world).await;
        assert_eq!(subjects.len(), 1, "{rules}: {subjects:?}");
        assert!(subjects[0].contains("Orange") && subjects[0].contains("plus aucune mention"), "{subjects:?}");
        world.restart().await;
        world.wait(2 * HOUR).await;
        assert_eq!(told(&world).await.len(), 1, "{rules}: once a day");
        world.wait(22 * HOUR).await;
        assert_eq!(told(&world).await.len(), 2, "{rules}: while it lasts");
        world.restart().await;
        world.come(1, |_| {}).await;
        let subjects = told(&world).await;
        assert_eq!(subjects.len(), 3, "{rules}: {subjects:?}");
        assert!(subjects[2].contains("Orange") && subjects[2].contains("reviennent"), "{subjects:?}");
        world.restart().await;
        world.come(1, |_| {}).await;
        world.wait(HOUR).await;
        assert_eq!(told(&world).await.len(), 3, "{rules}: once");
    }
}

#[tokio::test]
async fn what_a_source_that_is_asked_seldom_will_bring_is_not_missing_yet() {
    let rules =
        "  - {name: blind, on: coverage, to: [boss]}\nsources:\n  - {feed: \"https://a.example/rss\", every: 12h}\n";
    let mut world = World::new(rules, "2026-11-01T00:00:00Z").await;
    for _ in 0..20 {
        let now = world.clock.now();
        let spread = |mention: &mut Mention| mention.published = Some(now - (mention.entry % 72) as u32 * 10 * MINUTE);
        world.come(72, spread).await;
        for _ in 0..4 {
            world.wait(3 * HOUR).await;
        }
    }
    assert_eq!(world.subjects("boss").await, Vec::<String>::new());
    world.wait(6 * HOUR).await;
    assert_eq!(world.subjects("boss").await.len(), 1);
}

#[tokio::test]
async fn a_later_spike_lists_no_mention_that_an_earlier_one_listed_and_tells_nothing_without_a_new_one() {
    let rules = "  - {name: pic, on: spike, to: [crisis], cooldown: 15m}\n";
    let mut world = World::new(rules, "2026-11-01T00:00:00Z").await;
    ten_days(&mut world, |_| {}).await;
    world.come(60, |mention| mention.title = "Première vague".into()).await;
    for _ in 0..4 {
        world.wait(6 * MINUTE).await;
        world.restart().await;
    }
    assert_eq!(world.subjects("crisis").await.len(), 1, "the same mentions are in the last hour for an hour");
    let second = |mention: &mut Mention| {
        mention.title = "Seconde vague".into();
        // The mail shows what is negative first.
        mention.polarity = Polarity::Neutral;
    };
    world.come(30, second).await;
    world.wait(MINUTE).await;
    let mails = world.mails("crisis").await;
    assert_eq!(mails.len(), 2);
    let (subject, text) = (&mails[1].1.subject, &mails[1].1.text);
    assert!(subject.contains("90 mentions"), "{subject}");
    assert!(text.contains("Seconde vague") && !text.contains("Première vague"), "{text}");
}

#[tokio::test]
async fn what_became_of_a_spike_is_kept_with_its_figures() {
    let rules = "  - {name: pic, on: spike, to: [crisis], hours: \"08:00-20:00\"}\n";
    let mut world = World::new(rules, "2026-11-01T00:00:00Z").await;
    ten_days(&mut world, |_| {}).await;
    let kept = async |world: &World| -> Vec<(&'static str, u32)> {
        let values = world.store.values(SpikeState::PREFIX).await.unwrap();
        let states = values.iter().map(|(_, json)| SpikeState::from_json(json).unwrap());
        states.flat_map(|state| state.last).map(|(outcome, last)| (outcome.name(), last.spike.count)).collect()
    };
    assert_eq!(kept(&world).await, []);
    at(&mut world, "2026-11-11T01:40:00Z").await;
    world.come(60, |_| {}).await;
    world.wait(15 * SECOND).await;
    assert_eq!(kept(&world).await, [("QuietHours", 60)]);
    at(&mut world, "2026-11-11T07:00:00Z").await;
    assert_eq!(kept(&world).await, [("Told", 60), ("QuietHours", 60)]);
    world.wait(10 * MINUTE).await;
    world.come(50, |_| {}).await;
    world.wait(15 * SECOND).await;
    assert_eq!(kept(&world).await, [("Told", 60), ("QuietHours", 60), ("Cooldown", 50)]);
    world.wait(3 * HOUR).await;
    let now = world.clock.now();
    world.store.mute(Muted::Author("Zoé".into()), now + HOUR, None, now).await.unwrap();
    world.come(55, |_| {}).await;
    world.wait(15 * SECOND).await;
    assert_eq!(kept(&world).await, [("Told", 60), ("QuietHours", 60), ("Cooldown", 50), ("Muted", 55)]);
}

#[tokio::test]
async fn more_of_everything_is_no_negative_spike_and_more_blame_is() {
    let rules = "  - {name: colère, on: spike, of: negative, to: [crisis]}\n";
    let mut world = World::new(rules, "2026-11-01T00:00:00Z").await;
    let mixed = |mention: &mut Mention| {
        mention.polarity = if mention.entry.is_multiple_of(3) { Polarity::Negative } else { Polarity::Neutral };
    };
    ten_days(&mut world, mixed).await;
    world.come(60, mixed).await;
    world.wait(MINUTE).await;
    assert_eq!(world.subjects("crisis").await, Vec::<String>::new());
    world.wait(2 * HOUR).await;
    world.come(20, |_| {}).await;
    world.wait(MINUTE).await;
    let mails = world.mails("crisis").await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].1.subject.contains("20 négatives"), "{}", mails[0].1.subject);
    let text = mails[0].1.text.replace(['\u{a0}', '\u{202f}'], " ");
    assert!(text.contains("100 % des mentions"), "{text}");
}

#[tokio::test]
async fn brands_that_fall_silent_together_are_told_together() {
    let rules = "  - {name: sources, on: coverage, to: [boss]}\n";
    let mut world = World::new(rules, "2026-11-01T00:00:00Z").await;
    for _ in 0..8 * 24 {
        let now = world.clock.now();
        let spread = |mention: &mut Mention| {
            mention.published = Some(now - (mention.entry % 12) as u32 * 5 * MINUTE);
            mention.brand = if mention.entry % 24 < 12 { "orange" } else { "sosh" }.into();
        };
        world.come(24, spread).await;
        world.wait(HOUR).await;
    }
    for _ in 0..6 {
        world.wait(HOUR).await;
    }
    let mails = world.mails("boss").await;
    assert_eq!(mails.len(), 1, "{:?}", world.subjects("boss").await);
    assert!(mails[0].1.subject.contains("2 marques sans mention"), "{}", mails[0].1.subject);
    assert!(mails[0].1.text.contains("Orange") && mails[0].1.text.contains("sosh"), "{}", mails[0].1.text);
}
