//! Pacing on a virtual clock: nothing lost, nothing twice, the cap and the hours hold, whatever comes when,
//! over restarts and jumps of the clock.

use std::collections::BTreeSet;

use jiff::civil::{Time, Weekday};
use proptest::prelude::*;

use super::*;
use crate::alert::hours::{Days, Range};

const TEN: Option<Duration> = Some(Duration::from_mins(10));

fn key() -> Key {
    Key { team: "t.yaml".into(), rule: "r".into(), channel: "c".into(), brand: "b".into() }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).expect("in range")
}

fn pace(group: Option<Duration>) -> Pace<'static> {
    Pace { group, ..Pace::GONE }
}

fn close(windows: &mut Windows, now: Timestamp, pace: &Pace<'_>) -> Vec<(Vec<i64>, Reason, Outcome)> {
    let closed = windows.close_due(now, now, &TimeZone::UTC, |_| *pace);
    closed.into_iter().map(|closed| (closed.mentions, closed.reason, closed.outcome)).collect()
}

fn add(windows: &mut Windows, pace: &Pace<'_>, mention: i64, now: Timestamp) -> Reason {
    windows.add(&key(), pace, &TimeZone::UTC, mention, now)
}

fn next(windows: &Windows, pace: &Pace<'_>, now: Timestamp) -> Option<Timestamp> {
    windows.next_due(&TimeZone::UTC, now, |_| *pace)
}

#[test]
fn the_first_message_goes_within_five_seconds_and_then_one_a_window() {
    let (mut windows, ten) = (Windows::default(), pace(TEN));
    assert_eq!(add(&mut windows, &ten, 1, at(0)), Reason::FirstMention);
    assert_eq!(add(&mut windows, &ten, 2, at(1)), Reason::FirstMention);
    let due = next(&windows, &ten, at(1)).expect("a window is open");
    assert!(due <= at(5));
    assert_eq!(close(&mut windows, due, &ten), [(vec![1, 2], Reason::FirstMention, Outcome::Message)]);
    assert_eq!(add(&mut windows, &ten, 3, due + Duration::from_secs(1)), Reason::GroupWindow);
    assert_eq!(close(&mut windows, due + Duration::from_secs(599), &ten), []);
    assert_eq!(next(&windows, &ten, due + Duration::from_secs(599)), Some(due + Duration::from_mins(10)));
    let second = close(&mut windows, due + Duration::from_mins(10), &ten);
    assert_eq!(second, [(vec![3], Reason::GroupWindow, Outcome::Message)], "and never again what was told");
    assert_eq!(next(&windows, &ten, due + Duration::from_mins(10)), None);
}

#[test]
fn a_rule_without_a_window_sends_a_message_a_mention() {
    let (mut windows, each) = (Windows::default(), pace(None));
    assert_eq!(add(&mut windows, &each, 1, at(0)), Reason::EachMention);
    assert_eq!(add(&mut windows, &each, 2, at(0)), Reason::EachMention);
    let told = |mention| (vec![mention], Reason::EachMention, Outcome::Message);
    assert_eq!(close(&mut windows, at(0), &each), [told(1), told(2)]);
}

#[test]
fn a_clock_set_back_a_day_delays_no_message() {
    let (mut windows, ten) = (Windows::default(), pace(TEN));
    windows.restore_closed(key(), at(86_400));
    assert_eq!(add(&mut windows, &ten, 1, at(0)), Reason::FirstMention);
    assert!(next(&windows, &ten, at(0)).expect("open") <= at(5));
    let mut waiting = Windows::default();
    add(&mut waiting, &ten, 1, at(86_400));
    assert_eq!(close(&mut waiting, at(0), &ten), []);
    assert_eq!(close(&mut waiting, at(5), &ten).len(), 1, "what waited before the jump waits no day");
}

#[test]
fn what_waited_before_a_restart_is_told_in_its_window_after_it() {
    let (mut windows, ten) = (Windows::default(), pace(TEN));
    windows.restore_closed(key(), at(0));
    windows.restore_waiting(key(), 7, false, at(100));
    assert_eq!(next(&windows, &ten, at(100)), Some(at(600)));
    assert_eq!(close(&mut windows, at(600), &ten), [(vec![7], Reason::GroupWindow, Outcome::Message)]);
}

#[test]
fn the_mentions_of_a_rule_that_is_gone_are_told_all_the_same() {
    let mut windows = Windows::default();
    add(&mut windows, &pace(TEN), 1, at(0));
    assert_eq!(close(&mut windows, at(10), &Pace::GONE).len(), 1);
}

fn office() -> Hours {
    let time = |hour| Time::constant(hour, 0, 0, 0);
    let days = Days::from_to(Weekday::Monday, Weekday::Friday);
    Hours::of(vec![Range { days, opens: time(8), closes: time(20) }])
}

#[test]
fn what_comes_at_night_is_one_message_at_the_opening() {
    let hours = office();
    let office = Pace { hours: &hours, ..pace(TEN) };
    let mut windows = Windows::default();
    let evening: Timestamp = "2026-11-20T21:00:00Z".parse().unwrap();
    for mention in 1_i64..=30 {
        let now = evening + Duration::from_mins(mention.unsigned_abs() * 7);
        assert_eq!(add(&mut windows, &office, mention, now), Reason::QuietHours);
        assert_eq!(close(&mut windows, now, &office), []);
    }
    let monday: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
    assert_eq!(next(&windows, &office, evening + Duration::from_hours(5)), Some(monday));
    assert_eq!(close(&mut windows, monday, &office), [((1..=30).collect(), Reason::QuietHours, Outcome::Message)]);
}

#[test]
fn past_the_cap_mentions_wait_for_the_digest_of_the_channel() {
    let cap = Some(Cap { messages: 2, per: Duration::from_hours(1) });
    let capped = Pace { cap, digest: true, ..pace(None) };
    let mut windows = Windows::default();
    for mention in 1..=4 {
        add(&mut windows, &capped, mention, at(0));
    }
    assert_eq!(
        close(&mut windows, at(0), &capped),
        [
            (vec![1], Reason::EachMention, Outcome::Message),
            (vec![2], Reason::EachMention, Outcome::Message),
            (vec![3, 4], Reason::CapReached, Outcome::Digest),
        ]
    );
    add(&mut windows, &capped, 5, at(3_599));
    assert_eq!(close(&mut windows, at(3_599), &capped), [(vec![5], Reason::CapReached, Outcome::Digest)]);
    add(&mut windows, &capped, 6, at(3_600));
    assert_eq!(close(&mut windows, at(3_600), &capped), [(vec![6], Reason::EachMention, Outcome::Message)]);
}

#[test]
fn past_the_cap_a_channel_without_a_digest_gets_one_message_as_soon_as_the_cap_allows() {
    let cap = Some(Cap { messages: 1, per: Duration::from_hours(1) });
    let capped = Pace { cap, ..pace(None) };
    let mut windows = Windows::default();
    add(&mut windows, &capped, 1, at(0));
    assert_eq!(close(&mut windows, at(0), &capped).len(), 1);
    add(&mut windows, &capped, 2, at(10));
    assert_eq!(close(&mut windows, at(10), &capped), [(vec![2], Reason::CapReached, Outcome::Held)]);
    assert_eq!(close(&mut windows, at(11), &capped), [], "said once");
    add(&mut windows, &capped, 3, at(20));
    assert_eq!(close(&mut windows, at(20), &capped), [(vec![3], Reason::CapReached, Outcome::Held)]);
    assert_eq!(next(&windows, &capped, at(20)), Some(at(3_600)));
    assert_eq!(close(&mut windows, at(3_600), &capped), [(vec![2, 3], Reason::CapReached, Outcome::Message)]);
}

#[test]
fn a_cap_counts_over_the_brands_of_a_rule_and_over_a_restart() {
    let cap = Some(Cap { messages: 1, per: Duration::from_hours(1) });
    let capped = Pace { cap, digest: true, ..pace(TEN) };
    let mut windows = Windows::default();
    windows.restore_sent("t.yaml".into(), "r".into(), "c".into(), at(0));
    windows.add(&Key { brand: "other".into(), ..key() }, &capped, &TimeZone::UTC, 1, at(60));
    assert_eq!(close(&mut windows, at(62), &capped), [(vec![1], Reason::CapReached, Outcome::Digest)]);
}

/// A flood, with the daemon's loop: windows are looked at when something comes and when one is due.
fn flood(mentions: i64, seconds: i64) -> Vec<(i64, usize)> {
    let (mut windows, ten) = (Windows::default(), pace(TEN));
    let mut messages = Vec::new();
    let mut look = |windows: &mut Windows, now: i64| {
        for (mentions, _, outcome) in close(windows, at(now), &ten) {
            assert_eq!(outcome, Outcome::Message);
            messages.push((now, mentions.len()));
        }
    };
    for mention in 0..mentions {
        let now = mention * seconds / mentions;
        look(&mut windows, now);
        add(&mut windows, &ten, mention, at(now));
    }
    for now in seconds..seconds + 2_000 {
        look(&mut windows, now);
    }
    messages
}

#[test]
fn a_thousand_mentions_in_ten_minutes_are_three_messages_at_most_the_first_within_a_minute() {
    let messages = flood(1_000, 600);
    assert!(messages.len() <= 3, "{messages:?}");
    assert!(messages[0].0 <= 60, "{messages:?}");
    assert_eq!(messages.iter().map(|(_, count)| count).sum::<usize>(), 1_000);
}

#[test]
fn ten_thousand_mentions_in_a_minute_are_two_messages_and_none_is_larger_than_a_mail_may_be() {
    let messages = flood(10_000, 60);
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert_eq!(messages.iter().map(|(_, count)| count).sum::<usize>(), 10_000);
    let huge = flood(25_000, 60);
    assert!(huge.iter().all(|(_, count)| *count <= LARGEST), "{huge:?}");
    assert_eq!(huge.iter().map(|(_, count)| count).sum::<usize>(), 25_000);
}

#[derive(Debug, Clone)]
enum Step {
    /// Time passes, then a mention comes.
    Mention { after: i64, brand: u8 },
    /// The process ends and starts again.
    Restart,
    /// The clock is set.
    Jump(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        20 => (0_i64..4_000, 0_u8..3).prop_map(|(after, brand)| Step::Mention { after, brand }),
        1 => Just(Step::Restart),
        1 => prop_oneof![Just(-86_400), Just(86_400), -7_200_i64..7_200].prop_map(Step::Jump),
    ];
    prop::collection::vec(step, 1..120)
}

/// What the store would keep: which mentions wait where, what was closed and sent.
#[derive(Default)]
struct Kept {
    waiting: Vec<(Key, i64, bool)>,
    sent: Vec<(Key, Timestamp)>,
    told: Vec<(Timestamp, Key, Vec<i64>)>,
    digest: Vec<i64>,
}

impl Kept {
    fn take(&mut self, closed: Vec<Closed>, now: Timestamp) {
        for closed in closed {
            let there = |row: &&mut (Key, i64, bool)| row.0 == closed.key && closed.mentions.contains(&row.1);
            match closed.outcome {
                Outcome::Held => self.waiting.iter_mut().filter(there).for_each(|row| row.2 = true),
                Outcome::Digest => self.digest.extend(&closed.mentions),
                Outcome::Message => {
                    self.sent.push((closed.key.clone(), now));
                    self.told.push((now, closed.key.clone(), closed.mentions.clone()));
                }
            }
            if closed.outcome != Outcome::Held {
                self.waiting.retain(|row| row.0 != closed.key || !closed.mentions.contains(&row.1));
            }
        }
    }

    fn restart(&self, now: Timestamp) -> Windows {
        let mut windows = Windows::default();
        for (key, closed) in &self.sent {
            windows.restore_closed(key.clone(), *closed);
            windows.restore_sent(key.team.clone(), key.rule.clone(), key.channel.clone(), *closed);
        }
        for (key, mention, held) in &self.waiting {
            windows.restore_waiting(key.clone(), *mention, *held, now);
        }
        windows
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_nothing_told_twice_the_cap_and_the_hours_hold(
        steps in steps(),
        group in prop_oneof![Just(None), (1_u64..3_600).prop_map(|s| Some(Duration::from_secs(s)))],
        cap in prop_oneof![Just(None), (1_u32..4, 600_u64..7_200).prop_map(|(messages, per)| {
            Some(Cap { messages, per: Duration::from_secs(per) })
        })],
        digest: bool,
        closed_at_night: bool,
    ) {
        let hours = if closed_at_night { office() } else { Hours::ALWAYS };
        let pace = Pace { group, hours: &hours, cap, digest };
        let zone = TimeZone::UTC;
        let (mut windows, mut kept) = (Windows::default(), Kept::default());
        let mut now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let mut jumped = false;
        let mut mention = 0;
        // The daemon's loop: up to `until`, each due window is closed at its time.
        let run = |windows: &mut Windows, kept: &mut Kept, now: &mut Timestamp, until: Timestamp| {
            for _ in 0..10_000 {
                let due = windows.next_due(&zone, *now, |_| pace).map(|due| due.max(*now));
                let Some(due) = due.filter(|due| *due <= until) else { break };
                *now = due;
                let closed = windows.close_due(due, due, &zone, |_| pace);
                kept.take(closed, due);
            }
            *now = until;
        };
        for step in steps {
            match step {
                Step::Mention { after, brand } => {
                    let until = now + Duration::from_secs(after.unsigned_abs());
                    run(&mut windows, &mut kept, &mut now, until);
                    let key = Key { brand: format!("b{brand}"), ..key() };
                    windows.add(&key, &pace, &zone, mention, now);
                    kept.waiting.push((key, mention, false));
                    mention += 1;
                }
                Step::Restart => windows = kept.restart(now),
                Step::Jump(seconds) => {
                    jumped |= seconds < 0;
                    now += jiff::SignedDuration::from_secs(seconds);
                }
            }
        }
        let end = now + Duration::from_hours(24 * 30);
        run(&mut windows, &mut kept, &mut now, end);
        prop_assert!(kept.waiting.is_empty(), "still waiting: {:?}", kept.waiting);
        let mut told: Vec<i64> = kept.told.iter().flat_map(|(_, _, mentions)| mentions.clone()).collect();
        told.extend(&kept.digest);
        let distinct: BTreeSet<i64> = told.iter().copied().collect();
        prop_assert_eq!(told.len(), distinct.len(), "told twice");
        prop_assert_eq!(distinct.len() as i64, mention, "lost");
        for (when, ..) in &kept.told {
            prop_assert!(hours.are_open(*when, &zone), "told at night: {when}");
        }
        // A clock that went back lives some hours twice: what a cap or a window counts in them is not comparable.
        if !jumped {
            if let Some(cap) = cap {
                for (i, (when, ..)) in kept.told.iter().enumerate() {
                    let in_time = kept.told[..=i].iter().filter(|(other, ..)| runs(*other, cap.per, *when)).count();
                    prop_assert!(in_time <= cap.messages as usize, "{in_time} messages up to {when}");
                }
            }
            if let Some(length) = group {
                for (i, (when, key, _)) in kept.told.iter().enumerate() {
                    let last = kept.told[..i].iter().rev().find(|(_, other, _)| other == key);
                    if let Some((last, ..)) = last {
                        prop_assert!(when.duration_since(*last).unsigned_abs() >= length.min(Duration::from_secs(2)));
                        if !closed_at_night && cap.is_none() {
                            prop_assert!(when.duration_since(*last).unsigned_abs() >= length);
                        }
                    }
                }
            }
        }
    }
}
