//! The due heap and the host slots. Owns who may be asked now; how long a source waits is `interval`'s.
//!
//! A source stands in exactly one place: the due heap, its host's queue, or among the running ones. Moves
//! leave stale entries behind in the heaps, which are known by their time and skipped.
//!
//! Sources of one host that fall due soon after each other go together, so that they share a connection: the
//! earlier ones wait for the later ones as far as their slack goes, and never come early.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;

use crate::source::SourceKey;

/// Between the end of one poll and the start of the next of the same host, milliseconds: so that their
/// requests start a second apart however many requests the first one made.
const APART: i64 = 1_000;

/// Sites, with all that is below them, that ask for more than a second: one bucket each, milliseconds.
const SLOW: [(&str, i64); 2] = [("reddit.com", 61_000), ("api.gdeltproject.org", 5_000)];

/// The same by the hash of the site: each poll that ends asks.
static APART_BY_HASH: LazyLock<[(u64, i64); SLOW.len()]> =
    LazyLock::new(|| SLOW.map(|(site, apart)| (hash(site), apart)));

/// A clock set back by less goes unnoticed; by more, all dates move with it. Milliseconds.
const SET_BACK: i64 = 60_000;

/// Milliseconds since the epoch. Due times are rounded up, the time now down: nothing comes early.
type Millis = i64;

/// A heap's entry: the earliest first, and among equals always in the same order.
type Dated = Reverse<(Millis, u64)>;

/// Tables by keys that are hashes already: hashing them again took a quarter of a fire's time.
type ByHash<T> = HashMap<u64, T, BuildHasherDefault<Mix>>;

/// Spreads a key over all bits of a hash.
#[derive(Debug, Default, Clone, Copy)]
struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        let mixed = (self.0.rotate_left(5) ^ key).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A source that is not running.
#[derive(Debug, Clone, Copy)]
struct Slot {
    due: Millis,
    /// A hash of the name: two hosts that share one share a slot, which harms nobody.
    host: u64,
    /// How much later it may be asked to go with others of its host, milliseconds; once.
    slack: u32,
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
    slots: ByHash<Slot>,
    due: BinaryHeap<Dated>,
    /// Host, due time and key of those among them that share their host's slot with others.
    company: BTreeSet<(u64, Millis, u64)>,
    hosts: ByHash<HostSlot>,
    /// Hosts with waiting sources that may start, by the time their first one was due.
    ready: BinaryHeap<Dated>,
    /// Hosts with waiting sources whose second has not passed, by when it has.
    cooling: BinaryHeap<Dated>,
    /// Due sources of opened hosts.
    opened: BinaryHeap<Dated>,
    opened_running: usize,
    opened_limit: usize,
    /// The host of each running source, and whether it is opened.
    running: ByHash<(u64, bool)>,
    seen: Millis,
}

impl Schedule {
    /// An empty schedule. `concurrency` is `fetch.concurrency`: opened hosts take at most half of it.
    #[must_use]
    pub fn new(concurrency: usize) -> Self {
        Self {
            slots: ByHash::default(),
            due: BinaryHeap::new(),
            company: BTreeSet::new(),
            hosts: ByHash::default(),
            ready: BinaryHeap::new(),
            cooling: BinaryHeap::new(),
            opened: BinaryHeap::new(),
            opened_running: 0,
            opened_limit: (concurrency / 2).max(1),
            running: ByHash::default(),
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

    /// True when something due waits for nothing but a poll to finish.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        // Of a host that has one poll at a time, the next waits for its second to pass as well.
        !self.opened.is_empty()
    }

    /// Puts a source in, or moves it: due at `due`, on `host` (a name or an address without port), `opened`
    /// when `allow_private` opens it. While its poll runs, it waits for that to finish.
    pub fn insert(&mut self, key: SourceKey, host: &str, due: Timestamp, opened: bool) {
        self.insert_with(key, host, due, opened, Duration::ZERO);
    }

    /// The same for a source that may be asked up to `slack` later, in the company of others of its host.
    pub fn insert_with(&mut self, key: SourceKey, host: &str, due: Timestamp, opened: bool, slack: Duration) {
        self.put(key, hash(bucket(host)), opened, due, slack);
    }

    fn put(&mut self, key: SourceKey, host: u64, opened: bool, due: Timestamp, slack: Duration) {
        let slack = u32::try_from(slack.as_millis()).unwrap_or(u32::MAX);
        let slot = Slot { due: millis_up(due), host, slack, opened, place: Place::Armed };
        if let Some(before) = self.slots.insert(key.0, slot) {
            self.leave(key.0, before);
        }
        self.arm(key.0, slot);
        if self.due.len() > 2 * self.slots.len() + 64 {
            self.rebuild();
        }
    }

    /// Leaves a host alone until then, whatever is due there. Opened hosts have no slot to hold.
    pub fn hold(&mut self, host: &str, until: Timestamp) {
        let key = hash(bucket(host));
        let slot = self.hosts.entry(key).or_default();
        slot.free = slot.free.max(millis_up(until));
        if !slot.running {
            self.cooling.push(Reverse((slot.free, key)));
        }
    }

    /// Takes all waiting sources of a host out, and names them.
    pub fn remove_host(&mut self, host: &str) -> Vec<SourceKey> {
        let host = hash(bucket(host));
        let of_host = self.slots.iter().filter(|(_, slot)| slot.host == host && !slot.opened);
        let keys: Vec<SourceKey> = of_host.map(|(key, _)| SourceKey(*key)).collect();
        for key in &keys {
            self.remove(*key);
        }
        keys
    }

    fn arm(&mut self, key: u64, slot: Slot) {
        self.due.push(Reverse((slot.due, key)));
        if !slot.opened {
            self.company.insert((slot.host, slot.due, key));
        }
    }

    fn leave(&mut self, key: u64, slot: Slot) {
        if slot.place == Place::Armed && !slot.opened {
            self.company.remove(&(slot.host, slot.due, key));
        }
    }

    /// When the last of its host falls due that a source may wait for.
    fn company_of(&self, key: u64, slot: Slot) -> Option<Millis> {
        if slot.opened || slot.slack == 0 {
            return None;
        }
        let latest = slot.due.saturating_add(slot.slack.into());
        let within = (slot.host, slot.due.saturating_add(1), 0)..=(slot.host, latest, u64::MAX);
        self.company.range(within).next_back().filter(|(.., other)| *other != key).map(|(_, due, _)| *due)
    }

    /// Takes a source out. A running poll of it still has to be `finished`.
    pub fn remove(&mut self, key: SourceKey) {
        if let Some(slot) = self.slots.remove(&key.0) {
            self.leave(key.0, slot);
        }
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
            slot.free = slot.free.max(millis_up(now).saturating_add(apart(host)));
            // Kept until the second has passed, even with nothing waiting.
            self.cooling.push(Reverse((slot.free, host)));
        }
        if let Some(slot) = self.slots.get_mut(&key.0).filter(|slot| slot.place == Place::Held) {
            slot.place = Place::Armed;
            let slot = *slot;
            self.arm(key.0, slot);
        }
    }

    /// The same, and arms the source again on the host that it is on: due at `due`, or up to `slack` later.
    pub fn finished_until(&mut self, key: SourceKey, now: Timestamp, due: Timestamp, slack: Duration) {
        // One that was put in anew while it ran knows its host best.
        let moved = self.slots.get(&key.0).map(|slot| (slot.host, slot.opened));
        let host = moved.or_else(|| self.running.get(&key.0).copied());
        self.finished(key, now);
        if let Some((host, opened)) = host {
            self.put(key, host, opened, due, slack);
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

    /// Looks at the clock before dates by it are put in: one set back would leave every source waiting for the old
    /// time. [`Schedule::pop_due`] looks too.
    pub fn look(&mut self, now: Timestamp) {
        self.follow_clock(now.as_millisecond());
    }

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
        self.company.clear();
        self.opened.clear();
        self.ready.clear();
        self.cooling.clear();
        for host in self.hosts.values_mut() {
            host.waiting.clear();
        }
        for (key, slot) in &self.slots {
            let entry = Reverse((slot.due, *key));
            match slot.place {
                Place::Armed => {
                    self.due.push(entry);
                    if !slot.opened {
                        self.company.insert((slot.host, slot.due, *key));
                    }
                }
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
            let armed = self.slots.get(&key).copied().filter(|slot| slot.place == Place::Armed && slot.due == due);
            if armed.is_some() && due > now {
                return;
            }
            self.due.pop();
            let Some(mut slot) = armed else { continue };
            self.leave(key, slot);
            if self.running.contains_key(&key) {
                slot.place = Place::Held;
            } else if let Some(later) = self.company_of(key, slot) {
                (slot.due, slot.slack) = (later, 0);
                self.arm(key, slot);
            } else {
                slot.place = Place::Waiting;
            }
            self.slots.insert(key, slot);
            if slot.place != Place::Waiting {
                continue;
            }
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

/// The site that a host shares one bucket with, and how far apart its requests are; `None` for a host that is
/// asked at its own pace.
#[must_use]
pub fn shared_bucket(host: &str) -> Option<(&'static str, Duration)> {
    let site = bucket(host);
    let (site, apart) = SLOW.iter().find(|(slow, _)| *slow == site)?;
    Some((*site, Duration::from_millis(apart.unsigned_abs())))
}

/// The site that a host shares its pace with, else the host itself.
fn bucket(host: &str) -> &str {
    let is_below = |site: &str| host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    SLOW.iter().find(|(site, _)| is_below(site)).map_or(host, |(site, _)| site)
}

fn apart(host: u64) -> i64 {
    APART_BY_HASH.iter().find(|(site, _)| *site == host).map_or(APART, |(_, apart)| *apart)
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
#[path = "queue_tests.rs"]
mod tests;
