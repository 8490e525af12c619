//! The schedule by itself: hosts, turns, a clock that jumps. Time is handed in as milliseconds.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(1_700_000_000_000 + millis).expect("a timestamp")
}

const fn key(key: u64) -> SourceKey {
    SourceKey(key)
}

#[test]
fn a_host_is_asked_once_at_a_time_and_a_second_apart() {
    let mut schedule = Schedule::new(64);
    schedule.insert(key(1), "a.example", at(0), false);
    schedule.insert(key(2), "A.example.", at(1), false);
    schedule.insert(key(3), "b.example", at(2), false);
    assert_eq!(schedule.pop_due(at(10)), Some(key(1)));
    assert_eq!(schedule.pop_due(at(10)), Some(key(3)), "another host does not wait");
    assert_eq!(schedule.pop_due(at(9_000)), None, "the first host is still being asked");
    schedule.finished(key(1), at(9_500));
    assert_eq!(schedule.pop_due(at(10_499)), None);
    assert_eq!(schedule.next_wake(), Some(at(10_500)));
    assert_eq!(schedule.pop_due(at(10_500)), Some(key(2)));
}

#[test]
fn a_slow_site_is_one_bucket_for_all_its_hosts() {
    let mut schedule = Schedule::new(64);
    schedule.insert(key(1), "www.reddit.com", at(0), false);
    schedule.insert(key(2), "old.reddit.com", at(1), false);
    schedule.insert(key(3), "notreddit.com", at(2), false);
    assert_eq!(schedule.pop_due(at(10)), Some(key(1)));
    assert_eq!(schedule.pop_due(at(10)), Some(key(3)));
    schedule.finished(key(1), at(1_000));
    assert_eq!(schedule.pop_due(at(61_999)), None);
    assert_eq!(schedule.pop_due(at(62_000)), Some(key(2)));
}

#[test]
fn nothing_is_asked_before_its_time_not_even_by_a_nanosecond() {
    let mut schedule = Schedule::new(64);
    let due = at(5) + Duration::from_nanos(1);
    schedule.insert(key(1), "a.example", due, false);
    assert_eq!(schedule.pop_due(at(5)), None);
    assert!(schedule.next_wake().is_some_and(|wake| wake >= due));
    assert_eq!(schedule.pop_due(at(6)), Some(key(1)));
}

#[test]
fn opened_hosts_share_half_of_the_concurrency_and_know_no_second() {
    let mut schedule = Schedule::new(8);
    for source in 0..10 {
        schedule.insert(key(source), "127.0.0.1", at(0), true);
    }
    let started: Vec<_> = std::iter::from_fn(|| schedule.pop_due(at(0))).collect();
    assert_eq!(started.len(), 4);
    schedule.finished(started[0], at(1));
    assert!(schedule.pop_due(at(1)).is_some());
    assert!(schedule.pop_due(at(1)).is_none());
    schedule.set_concurrency(10);
    assert!(schedule.pop_due(at(1)).is_some());
    assert!(schedule.pop_due(at(1)).is_none());
}

#[test]
fn a_source_that_is_moved_follows_its_last_word() {
    let mut schedule = Schedule::new(64);
    schedule.insert(key(1), "a.example", at(100), false);
    schedule.insert(key(1), "a.example", at(50), false);
    schedule.insert(key(1), "a.example", at(200), false);
    assert_eq!(schedule.pop_due(at(199)), None);
    assert_eq!(schedule.pop_due(at(200)), Some(key(1)));
    schedule.finished(key(1), at(200));
    assert_eq!(schedule.pop_due(at(100_000)), None, "only insert arms it again");
}

#[test]
fn a_poll_in_flight_is_not_doubled_by_a_new_due_time() {
    for opened in [false, true] {
        let mut schedule = Schedule::new(64);
        schedule.insert(key(1), "a.example", at(0), opened);
        assert_eq!(schedule.pop_due(at(0)), Some(key(1)));
        schedule.insert(key(1), "a.example", at(10), opened);
        assert_eq!(schedule.pop_due(at(20)), None);
        schedule.finished(key(1), at(30));
        assert_eq!(schedule.pop_due(at(1_030)), Some(key(1)));
    }
}

#[test]
fn a_source_that_is_removed_is_not_asked_wherever_it_stood() {
    let mut schedule = Schedule::new(64);
    for source in 1..=3 {
        schedule.insert(key(source), "a.example", at(0), false);
    }
    schedule.remove(key(1));
    assert_eq!(schedule.pop_due(at(0)), Some(key(2)));
    schedule.remove(key(3));
    schedule.remove(key(2));
    schedule.finished(key(2), at(0));
    assert_eq!(schedule.pop_due(at(5_000)), None);
    assert!(schedule.is_empty());
    assert_eq!(schedule.running(), 0);
    assert!(schedule.hosts.is_empty(), "an idle host takes no memory");
}

#[test]
fn a_clock_set_back_by_a_day_stalls_nothing_and_one_set_forward_storms_nobody() {
    const DAY: i64 = 86_400_000;
    let mut schedule = Schedule::new(64);
    for source in 0..5 {
        schedule.insert(key(source), "a.example", at(600_000), false);
    }
    assert_eq!(schedule.pop_due(at(0)), None);
    assert_eq!(schedule.pop_due(at(-DAY)), None);
    assert_eq!(schedule.pop_due(at(600_000 - DAY)), Some(key(0)), "ten minutes later, by either clock");
    assert_eq!(schedule.pop_due(at(DAY)), None, "the host has one slot, whatever the clock says");
}

#[test]
fn an_idle_source_takes_200_bytes_at_most() {
    // Just past a power of two, where tables and heaps are emptiest.
    for count in [10_000_u64, 14_400, 16_500] {
        let mut schedule = Schedule::new(64);
        for source in 0..count {
            schedule.insert(key(source), &format!("{source}.example"), at(source as i64), false);
        }
        assert_eq!(schedule.pop_due(at(-1)), None);
        let bytes = schedule.slots.capacity() * 8 / 7 * (size_of::<(u64, Slot)>() + 1)
            + schedule.due.capacity() * size_of::<Dated>()
            + schedule.hosts.capacity() * 8 / 7 * (size_of::<(u64, HostSlot)>() + 1)
            + (schedule.ready.capacity() + schedule.cooling.capacity()) * size_of::<Dated>()
            // A node has room for 11, half of it used at worst.
            + schedule.company.len() * (11 * size_of::<(u64, Millis, u64)>() + 16) / 6;
        let each = bytes / count as usize;
        assert!(each <= 200, "{each} bytes for each of {count}");
    }
}

#[test]
fn a_host_that_asks_to_be_left_alone_is_with_all_its_sources() {
    let mut schedule = Schedule::new(64);
    schedule.insert(key(1), "a.example", at(0), false);
    schedule.insert(key(2), "a.example", at(1), false);
    schedule.insert(key(3), "b.example", at(2), false);
    assert_eq!(schedule.pop_due(at(2)), Some(key(1)));
    schedule.finished(key(1), at(500));
    schedule.hold("a.example", at(60_000));
    schedule.hold("a.example", at(30_000));
    assert_eq!(schedule.pop_due(at(59_999)), Some(key(3)), "another host is none the worse");
    assert_eq!(schedule.pop_due(at(59_999)), None);
    assert_eq!(schedule.next_wake(), Some(at(60_000)));
    assert_eq!(schedule.pop_due(at(60_000)), Some(key(2)));
    schedule.insert(key(1), "a.example", at(100_000), false);
    schedule.insert(key(4), "A.example", at(100_000), false);
    let mut taken = schedule.remove_host("a.example");
    taken.sort_unstable();
    assert_eq!(taken, [key(1), key(4)]);
    assert!(schedule.is_empty());
}

#[test]
fn sources_of_one_host_come_to_go_together_and_none_goes_early_or_beyond_its_slack() {
    const EVERY: i64 = 600_000;
    const SLACK: i64 = 60_000;
    let slack = Duration::from_millis(SLACK as u64);
    let mut schedule = Schedule::new(64);
    let mut due: BTreeMap<u64, i64> = (0..8).map(|source| (source, i64::from(source as i32) * 37_000)).collect();
    for (source, due) in &due {
        schedule.insert_with(key(*source), "a.example", at(*due), false, slack);
    }
    let mut starts: Vec<i64> = Vec::new();
    let mut now = 0;
    while now < 40 * EVERY {
        while let Some(SourceKey(source)) = schedule.pop_due(at(now)) {
            let was_due = due[&source];
            assert!(now >= was_due, "early");
            assert!(now <= was_due + SLACK + 16_000, "{} late", now - was_due);
            starts.push(now);
            schedule.finished(key(source), at(now + 50));
            due.insert(source, now + EVERY);
            schedule.insert_with(key(source), "a.example", at(now + EVERY), false, slack);
        }
        let wake = schedule.next_wake().map_or(now + 1_000, |wake| wake.as_millisecond() - at(0).as_millisecond());
        now = wake.max(now + 1);
    }
    let last = &starts[starts.len() - 64..];
    let breaks = last.windows(2).filter(|pair| pair[1] - pair[0] > 5_000).count();
    assert!(breaks <= 64 / 8 + 1, "{breaks} new connections in 64 polls");
}

#[derive(Debug, Clone)]
struct Watched {
    host: u8,
    due: u16,
    every: u16,
    takes: u16,
}

fn watched() -> impl Strategy<Value = Watched> {
    (0_u8..4, 0_u16..20_000, 500_u16..20_000, 0_u16..5_000).prop_map(|(host, due, every, takes)| Watched {
        host,
        due,
        every,
        takes,
    })
}

proptest! {
    /// A simulation with every poll taking its time; hosts 2 and 3 are opened.
    #[test]
    fn every_source_comes_again_and_no_host_is_pressed(sources in prop::collection::vec(watched(), 1..24)) {
        const LIMIT: usize = 3;
        let mut schedule = Schedule::new(LIMIT * 2);
        let host = |source: &Watched| format!("h{}.example", source.host);
        let is_opened = |source: &Watched| source.host >= 2;
        for (index, source) in sources.iter().enumerate() {
            schedule.insert(key(index as u64), &host(source), at(i64::from(source.due)), is_opened(source));
        }
        let mut due: BTreeMap<u64, i64> =
            sources.iter().enumerate().map(|(index, source)| (index as u64, i64::from(source.due))).collect();
        let mut running: BTreeMap<u64, i64> = BTreeMap::new();
        let mut last_start: BTreeMap<u8, i64> = BTreeMap::new();
        let mut polls = vec![0_u32; sources.len()];
        let mut now = 0_i64;
        while polls.iter().any(|count| *count < 3) {
            prop_assert!(now < 10_000_000, "starved: {:?}", polls);
            while let Some(SourceKey(index)) = schedule.pop_due(at(now)) {
                let source = &sources[index as usize];
                prop_assert!(due.remove(&index).is_some_and(|due| due <= now), "early");
                let rivals = running.keys().filter(|other| sources[**other as usize].host == source.host).count();
                if is_opened(source) {
                    let opened = running.keys().filter(|other| is_opened(&sources[**other as usize])).count();
                    prop_assert!(opened < LIMIT);
                } else {
                    prop_assert_eq!(rivals, 0, "two at once");
                    if let Some(last) = last_start.insert(source.host, now) {
                        prop_assert!(now - last >= 1_000, "pressed");
                    }
                }
                polls[index as usize] += 1;
                running.insert(index, now + i64::from(source.takes));
            }
            let wake = schedule.next_wake().map(|wake| wake.as_millisecond() - at(0).as_millisecond());
            let ends = running.values().copied().min();
            let next = wake.into_iter().filter(|wake| *wake > now).chain(ends).min();
            prop_assert!(next.is_some(), "nothing to wait for");
            now = next.unwrap_or(now).max(now);
            let ended: Vec<u64> = running.iter().filter(|(_, end)| **end <= now).map(|(index, _)| *index).collect();
            for index in ended {
                let source = &sources[index as usize];
                running.remove(&index);
                schedule.finished(key(index), at(now));
                let next = now + i64::from(source.every);
                due.insert(index, next);
                schedule.insert(key(index), &host(source), at(next), is_opened(source));
            }
        }
    }

    /// Among equals on one host, who is overdue longest goes first.
    #[test]
    fn a_host_serves_its_sources_in_the_order_they_were_due(dues in prop::collection::vec(0_i64..1_000, 1..12)) {
        let mut schedule = Schedule::new(64);
        for (index, due) in dues.iter().enumerate() {
            schedule.insert(key(index as u64), "a.example", at(*due), false);
        }
        let mut now = 1_000;
        let mut served = Vec::new();
        while served.len() < dues.len() {
            if let Some(SourceKey(index)) = schedule.pop_due(at(now)) {
                served.push(dues[index as usize]);
                schedule.finished(key(index), at(now));
            }
            now += 1_000;
        }
        prop_assert!(served.is_sorted(), "{:?}", served);
    }
}
