//! The due heap and the host slots. Owns who may be asked now; how long a source waits is `interval`'s.
//!
//! A source stands in exactly one place: the due heap, its host's queue, or among the running ones. Moves
//! leave stale entries behind in the heaps, which are known by their time and skipped.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;

use crate::source::SourceKey;

/// Between the end of one poll and the start of the next of the same host, milliseconds: so that their
/// requests start a second apart however many requests the first one made.
const APART: i64 = 1_000;

/// Sites, with all that is below them, that ask for more than a second: one bucket each, milliseconds.
const SLOW: [(&str, i64); 2] = [("reddit.com", 61_000), ("api.gdeltproject.org", 5_000)];

/// A clock set back by less goes unnoticed; by more, all dates move with it. Milliseconds.
const SET_BACK: i64 = 60_000;

/// Milliseconds since the epoch. Due times are rounded up, the time now down: nothing comes early.
type Millis = i64;

/// A heap's entry: the earliest first, and among equals always in the same order.
type Dated = Reverse<(Millis, u64)>;

/// A source that is not running.
#[derive(Debug, Clone, Copy)]
struct Slot {
    due: Millis,
    /// A hash of the name: two hosts that share one share a slot, which harms nobody.
    host: u64,
    opened: bool,
    place: Place,
}

/// Where a source stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the due heap.
    Armed,
    /// Due, in its host's queue.
    Waiting,
    /// Due, and its last poll has not finished.
    Held,
}

/// A host with something to do; an idle one takes no memory.
#[derive(Debug, Default)]
struct HostSlot {
    running: bool,
    /// No start before this time.
    free: Millis,
    waiting: BinaryHeap<Dated>,
}

/// Which source may be asked when.
///
/// One poll at a time per host, and a second between polls; for hosts that `allow_private` opens only their
/// number together is limited.
#[derive(Debug)]
pub struct Schedule {
    slots: HashMap<u64, Slot>,
    due: BinaryHeap<Dated>,
    hosts: HashMap<u64, HostSlot>,
    /// Hosts with waiting sources that may start, by the time their first one was due.
    ready: BinaryHeap<Dated>,
    /// Hosts with waiting sources whose second has not passed, by when it has.
    cooling: BinaryHeap<Dated>,
    /// Due sources of opened hosts.
    opened: BinaryHeap<Dated>,
    opened_running: usize,
    opened_limit: usize,
    /// The host of each running source, and whether it is opened.
    running: HashMap<u64, (u64, bool)>,
    seen: Millis,
}

impl Schedule {
    /// An empty schedule. `concurrency` is `fetch.concurrency`: opened hosts take at most half of it.
    #[must_use]
    pub fn new(concurrency: usize) -> Self {
        Self {
            slots: HashMap::new(),
            due: BinaryHeap::new(),
            hosts: HashMap::new(),
            ready: BinaryHeap::new(),
            cooling: BinaryHeap::new(),
            opened: BinaryHeap::new(),
            opened_running: 0,
            opened_limit: (concurrency / 2).max(1),
            running: HashMap::new(),
            seen: Millis::MIN,
        }
    }

    /// Another `fetch.concurrency`, from the next release on.
    pub fn set_concurrency(&mut self, concurrency: usize) {
        self.opened_limit = (concurrency / 2).max(1);
    }

    /// Sources that wait for their time or their turn.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// True when no source waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Polls released and not finished.
    #[must_use]
    pub fn running(&self) -> usize {
        self.running.len()
    }

    /// Puts a source in, or moves it: due at `due`, on `host` (a name or an address without port), `opened`
    /// when `allow_private` opens it. While its poll runs, it waits for that to finish.
    pub fn insert(&mut self, key: SourceKey, host: &str, due: Timestamp, opened: bool) {
        let slot = Slot { due: millis_up(due), host: hash(bucket(host)), opened, place: Place::Armed };
        self.slots.insert(key.0, slot);
        self.due.push(Reverse((slot.due, key.0)));
        if self.due.len() > 2 * self.slots.len() + 64 {
            self.rebuild();
        }
    }

    /// Takes a source out. A running poll of it still has to be `finished`.
    pub fn remove(&mut self, key: SourceKey) {
        self.slots.remove(&key.0);
    }

    /// The next source that is due and whose host is free, longest overdue first; its poll runs from now on
    /// until `finished`. It is in no queue any more: `insert` arms it again.
    pub fn pop_due(&mut self, now: Timestamp) -> Option<SourceKey> {
        let now = now.as_millisecond();
        self.follow_clock(now);
        self.sort_due(now);
        self.wake_hosts(now);
        // Between the two kinds of host, who was due first goes first.
        let public = self.first_ready();
        let opened = if self.opened_running < self.opened_limit { self.first_opened() } else { None };
        match (public, opened) {
            (Some(public), Some(opened)) if opened < public => self.start_opened(),
            (Some(_), _) => self.start_public(),
            (None, Some(_)) => self.start_opened(),
            (None, None) => None,
        }
    }

    /// Says that the poll of a source ended: its host is free a second later, or when it asks for more.
    pub fn finished(&mut self, key: SourceKey, now: Timestamp) {
        let Some((host, opened)) = self.running.remove(&key.0) else { return };
        if opened {
            self.opened_running -= 1;
        } else if let Some(slot) = self.hosts.get_mut(&host) {
            slot.running = false;
            slot.free = millis_up(now).saturating_add(apart(host));
            // Kept until the second has passed, even with nothing waiting.
            self.cooling.push(Reverse((slot.free, host)));
        }
        if let Some(slot) = self.slots.get_mut(&key.0).filter(|slot| slot.place == Place::Held) {
            slot.place = Place::Armed;
            self.due.push(Reverse((slot.due, key.0)));
        }
    }

    /// When `pop_due` may have something next, unless a poll finishes or a source is put in before. Call it
    /// when `pop_due` gave nothing. It may be a little early, never late.
    #[must_use]
    pub fn next_wake(&self) -> Option<Timestamp> {
        let due = self.due.peek().map(|Reverse((time, _))| *time);
        let cooling = self.cooling.peek().map(|Reverse((time, _))| *time);
        let wake = due.into_iter().chain(cooling).min()?;
        Some(Timestamp::from_millisecond(wake).unwrap_or(Timestamp::MAX))
    }

    /// A clock set back would leave every source waiting for the old time.
    fn follow_clock(&mut self, now: Millis) {
        let back = self.seen.saturating_sub(now);
        if self.seen != Millis::MIN && back > SET_BACK {
            for slot in self.slots.values_mut() {
                slot.due = slot.due.saturating_sub(back);
            }
            for host in self.hosts.values_mut() {
                host.free = host.free.saturating_sub(back);
            }
            self.rebuild();
        }
        self.seen = now;
    }

    /// All heaps anew from the slots: nothing stale, dates as they are now.
    fn rebuild(&mut self) {
        self.due.clear();
        self.opened.clear();
        self.ready.clear();
        self.cooling.clear();
        for host in self.hosts.values_mut() {
            host.waiting.clear();
        }
        for (key, slot) in &self.slots {
            let entry = Reverse((slot.due, *key));
            match slot.place {
                Place::Armed => self.due.push(entry),
                Place::Held => {}
                Place::Waiting if slot.opened => self.opened.push(entry),
                Place::Waiting => self.hosts.entry(slot.host).or_default().waiting.push(entry),
            }
        }
        for (key, host) in self.hosts.iter().filter(|(_, host)| !host.running) {
            self.cooling.push(Reverse((host.free, *key)));
        }
        self.due.shrink_to_fit();
    }

    /// Moves what is due into its host's queue.
    fn sort_due(&mut self, now: Millis) {
        while let Some(&Reverse((due, key))) = self.due.peek() {
            let armed = self.slots.get_mut(&key).filter(|slot| slot.place == Place::Armed && slot.due == due);
            if armed.is_some() && due > now {
                return;
            }
            self.due.pop();
            let Some(slot) = armed else { continue };
            if self.running.contains_key(&key) {
                slot.place = Place::Held;
                continue;
            }
            slot.place = Place::Waiting;
            if slot.opened {
                self.opened.push(Reverse((due, key)));
                continue;
            }
            let host = self.hosts.entry(slot.host).or_default();
            let first = host.waiting.peek().is_none_or(|Reverse(first)| (due, key) < *first);
            host.waiting.push(Reverse((due, key)));
            if host.running || !first {
                continue;
            }
            if host.free <= now {
                self.ready.push(Reverse((due, slot.host)));
            } else {
                self.cooling.push(Reverse((host.free, slot.host)));
            }
        }
    }

    /// Moves hosts whose second has passed to the ready ones, and forgets those with nothing to do.
    fn wake_hosts(&mut self, now: Millis) {
        while let Some(&Reverse((free, key))) = self.cooling.peek() {
            if free > now {
                return;
            }
            self.cooling.pop();
            let Some(host) = self.hosts.get(&key).filter(|host| !host.running && host.free <= now) else { continue };
            match host.waiting.peek() {
                Some(Reverse((due, _))) => self.ready.push(Reverse((*due, key))),
                None => drop(self.hosts.remove(&key)),
            }
        }
    }

    fn is_waiting(&self, due: Millis, key: u64) -> bool {
        self.slots.get(&key).is_some_and(|slot| slot.place == Place::Waiting && slot.due == due)
    }

    /// Drops stale entries until a ready host's first source is a real one; says since when that is due.
    fn first_ready(&mut self) -> Option<Millis> {
        while let Some(&Reverse((since, host_key))) = self.ready.peek() {
            let first = match self.hosts.get(&host_key) {
                Some(host) if !host.running && host.free <= self.seen => host.waiting.peek().copied(),
                _ => {
                    self.ready.pop();
                    continue;
                }
            };
            match first {
                Some(Reverse((due, key))) if self.is_waiting(due, key) => {
                    if due == since {
                        return Some(due);
                    }
                    // What made it ready is gone: it queues by what it has now.
                    self.ready.pop();
                    self.ready.push(Reverse((due, host_key)));
                }
                Some(_) => {
                    if let Some(host) = self.hosts.get_mut(&host_key) {
                        host.waiting.pop();
                    }
                }
                None => {
                    self.ready.pop();
                    self.hosts.remove(&host_key);
                }
            }
        }
        None
    }

    fn first_opened(&mut self) -> Option<Millis> {
        while let Some(&Reverse((due, key))) = self.opened.peek() {
            if self.is_waiting(due, key) {
                return Some(due);
            }
            self.opened.pop();
        }
        None
    }

    fn start_public(&mut self) -> Option<SourceKey> {
        let Reverse((_, host_key)) = self.ready.pop()?;
        let host = self.hosts.get_mut(&host_key)?;
        let Reverse((_, key)) = host.waiting.pop()?;
        host.running = true;
        self.slots.remove(&key);
        self.running.insert(key, (host_key, false));
        Some(SourceKey(key))
    }

    fn start_opened(&mut self) -> Option<SourceKey> {
        let Reverse((_, key)) = self.opened.pop()?;
        let slot = self.slots.remove(&key)?;
        self.running.insert(key, (slot.host, true));
        self.opened_running += 1;
        Some(SourceKey(key))
    }
}

/// The site that a host shares its pace with, else the host itself.
fn bucket(host: &str) -> &str {
    let is_below = |site: &str| host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    SLOW.iter().find(|(site, _)| is_below(site)).map_or(host, |(site, _)| site)
}

fn apart(host: u64) -> i64 {
    SLOW.iter().find(|(site, _)| hash(site) == host).map_or(APART, |(_, apart)| *apart)
}

fn hash(host: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for byte in host.trim_end_matches('.').bytes() {
        byte.to_ascii_lowercase().hash(&mut hasher);
    }
    hasher.finish()
}

fn millis_up(time: Timestamp) -> Millis {
    let down = time.as_millisecond();
    // Truncation is towards zero; before 1970 that is up already.
    if time.subsec_nanosecond() % 1_000_000 > 0 { down + 1 } else { down }
}

#[cfg(test)]
mod tests {
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
                + (schedule.ready.capacity() + schedule.cooling.capacity()) * size_of::<Dated>();
            let each = bytes / count as usize;
            assert!(each <= 200, "{each} bytes for each of {count}");
        }
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
}
