//! Pacing: when a message is closed. A window belongs to (team, rule, channel, brand): its first message
//! goes within seconds of the first mention, then one a window; inside the rule's hours and under its cap.
//! Owns no rules and no texts.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Reason;
use super::hours::Hours;
use super::rule::Cap;

/// From the first mention to the first message: long enough for what comes in the same poll, short
/// enough for the promised 5 s.
pub const SETTLE: Duration = Duration::from_secs(2);

/// Mentions in one message: past it a mail's attachment would be refused by mail servers. What is over
/// goes with the next window.
pub const LARGEST: usize = 10_000;

/// Whose window it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The watchlist file.
    pub team: String,
    /// The rule.
    pub rule: String,
    /// The channel.
    pub channel: String,
    /// The brand's id.
    pub brand: String,
}

/// What a rule says of pacing on one channel, now: a reload may have changed it.
#[derive(Debug, Clone, Copy)]
pub struct Pace<'a> {
    /// The window's length; absent: a message a mention.
    pub group: Option<Duration>,
    /// When messages may go.
    pub hours: &'a Hours,
    /// Messages of the rule to the channel in a sliding time.
    pub cap: Option<Cap>,
    /// Whether the channel has a digest that takes what is over the cap.
    pub digest: bool,
}

impl Pace<'static> {
    /// Of a rule that is gone: what waits is told soon, and together.
    pub const GONE: Self = Self { group: Some(Duration::ZERO), hours: &Hours::ALWAYS, cap: None, digest: false };
}

#[derive(Debug, Clone, Default)]
struct Window {
    /// When the last message was closed.
    closed: Option<Timestamp>,
    /// When the first of those that wait came.
    since: Option<Timestamp>,
    /// Rows of the mentions that wait, in order.
    waiting: Vec<i64>,
    /// How many of them are known to be held by the cap.
    held: usize,
}

/// What becomes of mentions that waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// One message tells them.
    Message,
    /// They wait for the channel's digest.
    Digest,
    /// They wait until the cap allows a message.
    Held,
}

/// Mentions that are decided on together; those of a message never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Whose.
    pub key: Key,
    /// Rows of its mentions, in order.
    pub mentions: Vec<i64>,
    /// Why.
    pub reason: Reason,
    /// What becomes of them.
    pub outcome: Outcome,
}

/// Whom a cap counts for.
type Capped = (String, String, String);

/// All windows.
#[derive(Debug, Clone, Default)]
pub struct Windows {
    open: BTreeMap<Key, Window>,
    /// When messages of a (team, rule, channel) were closed, in order.
    sent: BTreeMap<Capped, VecDeque<Timestamp>>,
}

impl Windows {
    /// What the store kept: when a window closed its last message.
    pub fn restore_closed(&mut self, key: Key, closed: Timestamp) {
        self.open.entry(key).or_default().closed = Some(closed);
    }

    /// What the store kept: a message that counts towards a cap. To be called in the messages' order.
    pub fn restore_sent(&mut self, team: String, rule: String, channel: String, closed: Timestamp) {
        self.sent.entry((team, rule, channel)).or_default().push_back(closed);
    }

    /// What the store kept: a mention that waits. One that the cap `held` before goes on being held.
    pub fn restore_waiting(&mut self, key: Key, mention: i64, held: bool, now: Timestamp) {
        let window = self.open.entry(key).or_default();
        window.take(mention, now);
        if held && window.held + 1 == window.waiting.len() {
            window.held = window.waiting.len();
        }
    }

    /// Takes a mention in, and says why it is told when it is told.
    pub fn add(&mut self, key: &Key, pace: &Pace<'_>, zone: &TimeZone, mention: i64, now: Timestamp) -> Reason {
        let window = self.open.entry(key.clone()).or_default();
        window.take(mention, now);
        if !pace.hours.are_open(now, zone) {
            return Reason::QuietHours;
        }
        window.reason(pace, now)
    }

    /// Closes what is due `until` then, as closed `now`.
    pub fn close_due<'a>(
        &mut self,
        until: Timestamp,
        now: Timestamp,
        zone: &TimeZone,
        pace_of: impl Fn(&Key) -> Pace<'a>,
    ) -> Vec<Closed> {
        let mut outcomes = Vec::new();
        // What a clock that was set back left ahead would count again when its time comes.
        self.sent.values_mut().for_each(|sent| sent.retain(|closed| *closed <= now));
        for (key, window) in &mut self.open {
            let pace = pace_of(key);
            // By a clock that was set back: what lies ahead would hold a message up for as long.
            window.closed = window.closed.filter(|closed| *closed <= now);
            window.since = window.since.map(|since| since.min(now));
            if window.due(&pace, zone, now).is_none_or(|due| due > until) {
                continue;
            }
            let told = |mentions, reason| Closed { key: key.clone(), mentions, reason, outcome: Outcome::Message };
            let quiet = window.since.is_some_and(|since| !pace.hours.are_open(since.min(now), zone));
            let sent = self.sent.entry((key.team.clone(), key.rule.clone(), key.channel.clone())).or_default();
            let mut reason = if quiet { Reason::QuietHours } else { window.reason(&pace, now) };
            // What was held is told together: as many messages as mentions would only be held again.
            let alone = pace.group.is_none() && window.held == 0;
            if window.held > 0 {
                reason = Reason::CapReached;
            }
            while !window.waiting.is_empty() && left(sent, pace.cap, now) > 0 {
                let size = if alone { 1 } else { window.waiting.len().min(LARGEST) };
                outcomes.push(told(window.waiting.drain(..size).collect(), reason));
                window.closed = Some(now);
                if pace.cap.is_some() {
                    sent.push_back(now);
                }
                if !alone {
                    break;
                }
            }
            if window.waiting.is_empty() || left(sent, pace.cap, now) > 0 {
                window.held = 0;
                window.since = (!window.waiting.is_empty()).then_some(now);
            } else if pace.digest {
                let mentions = std::mem::take(&mut window.waiting);
                outcomes.push(Closed {
                    key: key.clone(),
                    mentions,
                    reason: Reason::CapReached,
                    outcome: Outcome::Digest,
                });
                *window = Window { closed: window.closed, ..Window::default() };
            } else {
                let mentions = window.waiting.get(window.held..).unwrap_or_default().to_vec();
                window.held = window.waiting.len();
                if !mentions.is_empty() {
                    outcomes.push(Closed {
                        key: key.clone(),
                        mentions,
                        reason: Reason::CapReached,
                        outcome: Outcome::Held,
                    });
                }
            }
        }
        outcomes
    }

    /// When the next window is to be looked at: now, where one is overdue.
    #[must_use]
    pub fn next_due<'a>(
        &self,
        zone: &TimeZone,
        now: Timestamp,
        pace_of: impl Fn(&Key) -> Pace<'a>,
    ) -> Option<Timestamp> {
        let due = |(key, window): (&Key, &Window)| {
            let pace = pace_of(key);
            let due = window.due(&pace, zone, now)?;
            let held = window.held == window.waiting.len();
            let free = self.sent.get(&(key.team.clone(), key.rule.clone(), key.channel.clone()));
            let free = free.filter(|_| held).and_then(|sent| free_at(sent, pace.cap, now));
            Some(free.map_or(due, |free| pace.hours.opening(free.max(due), zone)))
        };
        self.open.iter().filter_map(due).min()
    }

    /// When a mention that came now would be told, and why then; `None` where the cap keeps it for a digest.
    #[must_use]
    pub fn forecast(&self, key: &Key, pace: &Pace<'_>, zone: &TimeZone, now: Timestamp) -> (Option<Timestamp>, Reason) {
        let mut window = self.open.get(key).cloned().unwrap_or_default();
        window.take(i64::MAX, now);
        let due = window.due(pace, zone, now);
        let sent = self.sent.get(&(key.team.clone(), key.rule.clone(), key.channel.clone()));
        match sent.and_then(|sent| free_at(sent, pace.cap, due.unwrap_or(now))) {
            Some(_) if pace.digest => (None, Reason::CapReached),
            Some(free) => (Some(pace.hours.opening(free, zone)), Reason::CapReached),
            None if !pace.hours.are_open(now, zone) => (due, Reason::QuietHours),
            None => (due, window.reason(pace, now)),
        }
    }

    /// Forgets windows that ended and hold nothing: memory follows what runs, not what ever ran.
    pub fn forget_ended(&mut self, now: Timestamp, longest: Duration) {
        self.open.retain(|_, window| {
            !window.waiting.is_empty() || window.closed.is_some_and(|closed| runs(closed, longest, now))
        });
        self.sent.retain(|_, sent| {
            sent.retain(|closed| runs(*closed, longest, now));
            !sent.is_empty()
        });
    }
}

impl Window {
    fn take(&mut self, mention: i64, now: Timestamp) {
        // A restart or a second rule pass may hand in what already waits.
        if self.waiting.last().is_none_or(|last| *last < mention) || !self.waiting.contains(&mention) {
            self.waiting.push(mention);
        }
        self.since = Some(self.since.map_or(now, |since| since.min(now)));
    }

    /// True while the window of the last message ran when the first of those that wait came.
    fn ran(&self, group: Option<Duration>, now: Timestamp) -> bool {
        let since = self.since.unwrap_or(now).min(now);
        group.zip(self.closed).is_some_and(|(length, closed)| runs(closed, length, since))
    }

    fn reason(&self, pace: &Pace<'_>, now: Timestamp) -> Reason {
        match pace.group {
            None => Reason::EachMention,
            Some(_) if self.ran(pace.group, now) => Reason::GroupWindow,
            Some(_) => Reason::FirstMention,
        }
    }

    /// When its message is due.
    fn due(&self, pace: &Pace<'_>, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        if self.waiting.is_empty() {
            return None;
        }
        let since = self.since.unwrap_or(now).min(now);
        let due = match (pace.group, self.closed) {
            (None, _) => since,
            (Some(length), Some(closed)) if self.ran(pace.group, now) => closed + length,
            (Some(length), _) => since + SETTLE.min(length),
        };
        Some(pace.hours.opening(due.max(now), zone))
    }
}

/// True while the window that `closed` opened runs. One from the future, by a clock set back, has ended:
/// better a message early than a day of silence.
fn runs(closed: Timestamp, length: Duration, now: Timestamp) -> bool {
    closed <= now && now < closed + length
}

/// Messages that a cap still allows.
fn left(sent: &VecDeque<Timestamp>, cap: Option<Cap>, now: Timestamp) -> u32 {
    let Some(cap) = cap else { return u32::MAX };
    let counted = sent.iter().filter(|closed| runs(**closed, cap.per, now)).count();
    cap.messages.saturating_sub(u32::try_from(counted).unwrap_or(u32::MAX))
}

/// When a cap that allows nothing at `at` allows a message again.
fn free_at(sent: &VecDeque<Timestamp>, cap: Option<Cap>, at: Timestamp) -> Option<Timestamp> {
    let cap = cap?;
    let mut counted: Vec<Timestamp> = sent.iter().copied().filter(|closed| runs(*closed, cap.per, at)).collect();
    // A clock that was set back leaves them out of order.
    counted.sort_unstable();
    let over = counted.len().checked_sub(cap.messages as usize)?;
    counted.get(over).map(|closed| *closed + cap.per)
}

#[cfg(test)]
#[path = "windows_tests.rs"]
mod tests;
