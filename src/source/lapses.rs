//! How a source fails and comes back by itself: a failure that is its habit is no news until it outlasts it.
//! Pure: the time is handed in. Owns the thresholds; what is told of a failing source is `alert`'s, and the hosts
//! that are known to be so are `health`'s.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::health::SourceState;

/// Fewer failures that passed tell of no habit.
const FEWEST: u8 = 3;

/// A failure that lasts longer is none that one waits for, whatever came before.
const LONGEST: u64 = 24 * 3_600;

/// What was a habit that long ago is none any more.
const REMEMBERED: u64 = 30 * 24 * 3_600;

/// The failures of a source that passed, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lapses {
    /// When the failure under way began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
    /// How many passed.
    count: u8,
    /// The longest of them; each one that passes takes an eighth off the memory of a longer one.
    longest: u64,
    /// When the last one ended.
    ended: i64,
}

/// True for failures that pass by themselves: a server that is busy, away, or answers nonsense for hours.
const fn passes(state: SourceState) -> bool {
    use SourceState as State;
    matches!(state, State::Unreachable | State::Timeout | State::RateLimited | State::NotFound | State::ServerError)
}

impl Lapses {
    /// What is known after a poll that found `state`; `before` until then.
    #[must_use]
    pub fn after(before: Option<Self>, state: SourceState, now: Timestamp) -> Option<Self> {
        let now = now.as_second();
        let known = before.unwrap_or_default();
        match known.since {
            None if passes(state) => Some(Self { since: Some(now), ..known }),
            Some(since) if state.is_readable() => {
                let lasted = since.abs_diff(now);
                let fresh = Self { since: None, ..if known.is_old(now) { Self::default() } else { known } };
                if lasted > LONGEST {
                    return (fresh.count > 0).then_some(fresh);
                }
                Some(Self {
                    since: None,
                    count: fresh.count.saturating_add(1),
                    longest: lasted.max(fresh.longest - fresh.longest / 8),
                    ended: now,
                })
            }
            // Another kind of failure: not one to wait for.
            Some(_) if !passes(state) => (known.count > 0).then_some(Self { since: None, ..known }),
            _ => before,
        }
    }

    fn is_old(&self, now: i64) -> bool {
        self.ended.abs_diff(now) > REMEMBERED
    }

    /// How long it may stay in this state before that is news; nothing where failing is no habit of it.
    #[must_use]
    pub fn patience(&self, state: SourceState) -> Duration {
        let is_habit = passes(state) && self.count >= FEWEST && self.since.is_some_and(|since| !self.is_old(since));
        let patience = if is_habit { (self.longest + self.longest / 2).min(LONGEST) } else { 0 };
        Duration::from_secs(patience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3_600;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + hours * HOUR).unwrap()
    }

    /// Hours at which a failure begins, and how many it lasts.
    fn lived(failures: &[(i64, i64)]) -> Option<Lapses> {
        failures.iter().fold(None, |known, (begin, lasts)| {
            let failing = Lapses::after(known, SourceState::NotFound, at(*begin));
            Lapses::after(failing, SourceState::Ok, at(begin + lasts))
        })
    }

    fn patience(known: Option<Lapses>, state: SourceState, hour: i64) -> u64 {
        Lapses::after(known, state, at(hour)).map_or(0, |known| known.patience(state).as_secs() / HOUR.unsigned_abs())
    }

    #[test]
    fn what_failed_and_came_back_three_times_is_given_half_as_long_again() {
        let twice = [(0, 4), (24, 6)];
        let thrice = [(0, 4), (24, 6), (48, 2)];
        for (name, failures, state, hour, hours) in [
            ("nothing known", &[][..], SourceState::NotFound, 50, 0),
            ("twice is no habit", &twice, SourceState::NotFound, 72, 0),
            ("three times", &thrice, SourceState::NotFound, 72, 7),
            ("another failure of the kind that passes", &thrice, SourceState::ServerError, 72, 7),
            ("one that does not pass", &thrice, SourceState::Gone, 72, 0),
            ("a month of peace", &thrice, SourceState::NotFound, 50 + 31 * 24, 0),
        ] {
            assert_eq!(patience(lived(failures), state, hour), hours, "{name}");
        }
        let long = [(0, 20), (48, 20), (96, 20)];
        assert_eq!(patience(lived(&long), SourceState::Timeout, 150), 24, "no longer than a day");
        let outage = [(0, 2), (24, 2), (48, 2), (72, 100)];
        assert_eq!(patience(lived(&outage), SourceState::Timeout, 200), 3, "days of failure are no habit");
    }

    #[test]
    fn a_failure_under_way_keeps_its_beginning_and_a_quiet_source_nothing() {
        let begun = Lapses::after(None, SourceState::Timeout, at(0));
        assert_eq!(Lapses::after(begun, SourceState::Unreachable, at(1)), begun);
        assert_eq!(Lapses::after(None, SourceState::Ok, at(1)), None);
        assert_eq!(Lapses::after(begun, SourceState::Gone, at(1)), None);
    }

    proptest! {
        #[test]
        fn no_history_overflows_or_waits_longer_than_a_day(
            polls in prop::collection::vec((0_usize..SourceState::ALL.len(), -377_705_000_000_i64..253_402_000_000), 0..60),
        ) {
            let mut known = None;
            for (state, second) in polls {
                let state = SourceState::ALL[state];
                known = Lapses::after(known, state, Timestamp::from_second(second).unwrap());
                let patience = known.map_or(Duration::ZERO, |known| known.patience(state));
                prop_assert!(patience.as_secs() <= LONGEST);
            }
        }
    }
}
