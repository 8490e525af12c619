//! Pacing: when a message is closed. A window belongs to (team, rule, channel, brand): its first message
//! goes within seconds of the first mention, then one a window. Owns no rules and no texts.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::Reason;

/// From the first mention to the first message: long enough for what comes in the same poll, short
/// enough for the promised 5 s.
pub const SETTLE: Duration = Duration::from_secs(2);

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

#[derive(Debug, Clone, Default)]
struct Window {
    /// When the last message was closed.
    closed: Option<Timestamp>,
    /// When the next is to be closed; only while mentions wait.
    due: Option<Timestamp>,
    /// Whether the mentions that wait came while the window of the last message ran.
    running: bool,
    /// Rows of the mentions that wait, in order.
    waiting: Vec<i64>,
}

/// A message to close: its mentions never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Whose.
    pub key: Key,
    /// Rows of its mentions, in order.
    pub mentions: Vec<i64>,
    /// Why it is told now: `FirstMention`, `GroupWindow` or `EachMention`.
    pub reason: Reason,
}

/// All windows.
#[derive(Debug, Clone, Default)]
pub struct Windows {
    open: BTreeMap<Key, Window>,
}

impl Windows {
    /// What the store kept: when a window closed its last message.
    pub fn restore_closed(&mut self, key: Key, closed: Timestamp) {
        self.open.entry(key).or_default().closed = Some(closed);
    }

    /// What the store kept: a mention that waits.
    pub fn restore_waiting(&mut self, key: Key, group: Option<Duration>, mention: i64, now: Timestamp) {
        let window = self.open.entry(key).or_default();
        window.waiting.push(mention);
        window.arm(group, now);
    }

    /// Takes a mention in. With `group` absent the message is due at once and alone.
    pub fn add(&mut self, key: &Key, group: Option<Duration>, mention: i64, now: Timestamp) -> Reason {
        let window = self.open.entry(key.clone()).or_default();
        // A restart or a second rule pass may hand in what already waits.
        if !window.waiting.contains(&mention) {
            window.waiting.push(mention);
        }
        if group.is_none() {
            window.due = Some(now);
            return Reason::EachMention;
        }
        window.arm(group, now);
        if window.running { Reason::GroupWindow } else { Reason::FirstMention }
    }

    /// Closes what is due `until` then, as closed `now`. `group_of` says the window's length now, since a reload may have changed it:
    /// `Some(None)` is a message a mention, `None` a rule that is gone, whose mentions are told all the same.
    pub fn close_due(
        &mut self,
        until: Timestamp,
        now: Timestamp,
        group_of: impl Fn(&Key) -> Option<Option<Duration>>,
    ) -> Vec<Closed> {
        let mut messages = Vec::new();
        for (key, window) in &mut self.open {
            if window.due.is_none_or(|due| due > until) || window.waiting.is_empty() {
                continue;
            }
            window.due = None;
            window.closed = Some(now);
            let waiting = std::mem::take(&mut window.waiting);
            if group_of(key) == Some(None) {
                let reason = Reason::EachMention;
                messages.extend(waiting.into_iter().map(|id| Closed { key: key.clone(), mentions: vec![id], reason }));
            } else {
                let reason = if window.running { Reason::GroupWindow } else { Reason::FirstMention };
                messages.push(Closed { key: key.clone(), mentions: waiting, reason });
            }
        }
        messages
    }

    /// When the next window is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.open.values().filter(|window| !window.waiting.is_empty()).filter_map(|window| window.due).min()
    }

    /// Forgets windows that ended and hold nothing: memory follows what runs, not what ever ran.
    pub fn forget_ended(&mut self, now: Timestamp, longest: Duration) {
        self.open.retain(|_, window| {
            !window.waiting.is_empty() || window.closed.is_some_and(|closed| runs(closed, longest, now))
        });
    }
}

impl Window {
    /// Sets when the next message is due, unless one is due already.
    fn arm(&mut self, group: Option<Duration>, now: Timestamp) {
        if self.due.is_none() {
            self.running = group.zip(self.closed).is_some_and(|(length, closed)| runs(closed, length, now));
            self.due = Some(due(self.closed, group, now));
        }
    }
}

/// True while the window that `closed` opened runs. One from the future, by a clock set back, has ended:
/// better a message early than a day of silence.
fn runs(closed: Timestamp, length: Duration, now: Timestamp) -> bool {
    closed <= now && now < closed + length
}

fn due(closed: Option<Timestamp>, group: Option<Duration>, now: Timestamp) -> Timestamp {
    match (closed, group) {
        (Some(closed), Some(length)) if runs(closed, length, now) => closed + length,
        (_, None) => now,
        _ => now + SETTLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEN: Option<Duration> = Some(Duration::from_mins(10));

    fn key() -> Key {
        Key { team: "t.yaml".into(), rule: "r".into(), channel: "c".into(), brand: "b".into() }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).expect("in range")
    }

    #[test]
    fn the_first_message_goes_within_five_seconds_and_then_one_a_window() {
        let mut windows = Windows::default();
        assert_eq!(windows.add(&key(), TEN, 1, at(0)), Reason::FirstMention);
        assert_eq!(windows.add(&key(), TEN, 2, at(1)), Reason::FirstMention);
        let due = windows.next_due().expect("a window is open");
        assert!(due <= at(5));
        assert_eq!(
            windows.close_due(due, due, |_| Some(TEN)),
            [Closed { key: key(), mentions: vec![1, 2], reason: Reason::FirstMention }]
        );
        assert_eq!(windows.add(&key(), TEN, 3, due + Duration::from_secs(1)), Reason::GroupWindow);
        assert_eq!(
            windows.close_due(due + Duration::from_secs(599), due + Duration::from_secs(599), |_| Some(TEN)),
            []
        );
        assert_eq!(windows.next_due(), Some(due + Duration::from_mins(10)));
        let second = windows.close_due(due + Duration::from_mins(10), due + Duration::from_mins(10), |_| Some(TEN));
        assert_eq!(second, [Closed { key: key(), mentions: vec![3], reason: Reason::GroupWindow }]);
    }

    #[test]
    fn a_rule_without_a_window_sends_a_message_a_mention() {
        let mut windows = Windows::default();
        assert_eq!(windows.add(&key(), None, 1, at(0)), Reason::EachMention);
        assert_eq!(windows.add(&key(), None, 2, at(0)), Reason::EachMention);
        let closed = windows.close_due(at(0), at(0), |_| Some(None));
        assert_eq!(closed.iter().map(|c| c.mentions.clone()).collect::<Vec<_>>(), [vec![1], vec![2]]);
    }

    #[test]
    fn a_clock_set_back_a_day_delays_no_first_message() {
        let mut windows = Windows::default();
        windows.restore_closed(key(), at(86_400));
        assert_eq!(windows.add(&key(), TEN, 1, at(0)), Reason::FirstMention);
        assert!(windows.next_due().expect("open") <= at(5));
    }

    #[test]
    fn what_waited_before_a_restart_waits_for_the_same_time_after_it() {
        let mut windows = Windows::default();
        windows.restore_closed(key(), at(0));
        windows.restore_waiting(key(), TEN, 7, at(100));
        assert_eq!(windows.next_due(), Some(at(600)));
        assert_eq!(
            windows.close_due(at(600), at(600), |_| Some(TEN)),
            [Closed { key: key(), mentions: vec![7], reason: Reason::GroupWindow }]
        );
    }

    #[test]
    fn the_mentions_of_a_rule_that_is_gone_are_told_all_the_same() {
        let mut windows = Windows::default();
        windows.add(&key(), TEN, 1, at(0));
        assert_eq!(windows.close_due(at(10), at(10), |_| None).len(), 1);
    }

    proptest! {
        #[test]
        fn every_mention_is_told_exactly_once_and_messages_are_a_window_apart(
            arrivals in prop::collection::vec(0_i64..5_000, 1..200),
            length in 1_i64..900,
        ) {
            let mut arrivals = arrivals;
            arrivals.sort_unstable();
            let group = Some(Duration::from_secs(length as u64));
            let mut windows = Windows::default();
            let mut told = Vec::new();
            let mut closings = Vec::new();
            let mut close = |windows: &mut Windows, until: Timestamp| {
                while let Some(due) = windows.next_due().filter(|due| *due <= until) {
                    for message in windows.close_due(due, due, |_| Some(group)) {
                        told.extend(message.mentions);
                        closings.push(due);
                    }
                }
            };
            for (id, seconds) in arrivals.iter().enumerate() {
                close(&mut windows, at(*seconds));
                windows.add(&key(), group, id as i64, at(*seconds));
            }
            close(&mut windows, at(100_000));
            prop_assert_eq!(told, (0..arrivals.len() as i64).collect::<Vec<_>>());
            for pair in closings.windows(2) {
                prop_assert!(pair[1].duration_since(pair[0]).as_secs() >= length);
            }
        }
    }
}
