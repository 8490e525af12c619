//! Silence is not health: which ill sources are told, and when. Owns the pace (third failure in a row,
//! or 12 hours; then daily; then on recovery); to whom is the rules' matter.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::health::SourceState;
use crate::source::SourceKey;

/// Failures in a row after which a source is told.
const FAILURES: u32 = 3;
/// Or this long after the first failure.
const FAILING: Duration = Duration::from_hours(12);
/// Told again, while it lasts.
const AGAIN: Duration = Duration::from_hours(24);
/// Lines that fall due together go together: a host's sources are polled a second apart.
const SETTLE: Duration = Duration::from_secs(5);
/// Between two messages about coverage.
const GROUP: Duration = Duration::from_mins(10);

/// What a poll showed of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The source.
    pub key: SourceKey,
    /// Its state after the poll.
    pub state: SourceState,
    /// One line for the operator.
    pub detail: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// When the first of them was.
    pub failing_since: Option<Timestamp>,
    /// How often this was told already.
    pub told: u32,
    /// When last.
    pub told_at: Option<Timestamp>,
}

/// One source in a message about coverage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The source.
    pub key: SourceKey,
    /// Its state; `ok` when it recovered.
    pub state: SourceState,
    /// One line for the operator.
    pub detail: Option<String>,
    /// Since when it fails or, recovered, had failed.
    pub since: Option<Timestamp>,
    /// How often this row of failures was told, with this time; 0 when it recovered.
    pub number: u32,
}

#[derive(Debug, Clone)]
struct Known {
    seen: Observation,
    /// When it was seen that it is to be told.
    ripe: Option<Timestamp>,
}

/// Sources that are ill, or recovered and not yet told so.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    sources: BTreeMap<SourceKey, Known>,
    closed: Option<Timestamp>,
}

impl Coverage {
    /// What the store kept: when the last message about coverage was closed.
    pub fn restore_closed(&mut self, closed: Timestamp) {
        self.closed = Some(closed);
    }

    /// Takes a poll's outcome in, seen `now`. How often it was told is this value's own memory, but for a
    /// source that it did not know. False when there was nothing to take in: a source is as well as it was.
    pub fn observe(&mut self, mut seen: Observation, now: Timestamp) -> bool {
        let mut ripe = None;
        if let Some(known) = self.sources.get(&seen.key) {
            seen.told = known.seen.told;
            seen.told_at = known.seen.told_at;
            if seen.state.is_well() {
                seen.failing_since = known.seen.failing_since;
            } else {
                ripe = known.ripe;
            }
        }
        if seen.state.is_well() && seen.told == 0 {
            return self.sources.remove(&seen.key).is_some();
        }
        if is_ripe(&seen) {
            ripe = ripe.or(Some(now));
        }
        self.sources.insert(seen.key, Known { seen, ripe });
        true
    }

    /// Drops sources that no watchlist names any more.
    pub fn keep(&mut self, watched: impl Fn(SourceKey) -> bool) {
        self.sources.retain(|key, _| watched(*key));
    }

    /// When the next message about coverage is due; it may lie in the past.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let earliest = self.sources.values().filter_map(Known::due).min()?;
        let free = self.closed.map_or(Timestamp::MIN, |closed| closed + GROUP);
        Some(earliest.max(free))
    }

    /// Sources that are ill now, for the foot of mails.
    pub fn ill(&self) -> impl Iterator<Item = (SourceKey, SourceState)> + '_ {
        self.sources
            .values()
            .filter(|known| !known.seen.state.is_well())
            .map(|known| (known.seen.key, known.seen.state))
    }

    /// The lines of a message, when one is due; they count as told from here on. With `settle_over` nothing
    /// waits for company: `run --once` has no later.
    pub fn close_due(&mut self, now: Timestamp, settle_over: bool) -> Vec<Line> {
        // A message from the future, by a clock set back, holds nothing up.
        if self.closed.is_some_and(|closed| closed > now) {
            self.closed = None;
        }
        let settle = if settle_over { SETTLE } else { Duration::ZERO };
        if self.next_due().is_none_or(|due| due > now + settle) {
            return Vec::new();
        }
        let mut lines = Vec::new();
        for known in self.sources.values_mut() {
            // What is ripe need not settle any more: it has company.
            if known.due().is_none_or(|due| due > now + SETTLE) {
                continue;
            }
            let seen = &mut known.seen;
            let recovered = seen.state.is_well();
            seen.told = if recovered { 0 } else { seen.told + 1 };
            seen.told_at = Some(now);
            known.ripe = None;
            lines.push(Line {
                key: seen.key,
                state: seen.state,
                detail: seen.detail.clone(),
                since: seen.failing_since,
                number: seen.told,
            });
        }
        self.sources.retain(|_, known| !known.seen.state.is_well());
        self.closed = Some(now);
        lines
    }
}

/// True where a poll's outcome is to be told now: a recovery that was told ill, the third failure, or what
/// will not mend itself.
fn is_ripe(seen: &Observation) -> bool {
    if seen.state.is_well() {
        return seen.told > 0;
    }
    seen.told == 0 && (seen.failures >= FAILURES || seen.state.is_told_at_once())
}

impl Known {
    /// When it is to be told, by what was seen, by the time it lasts, or again.
    fn due(&self) -> Option<Timestamp> {
        let seen = &self.seen;
        if let Some(ripe) = self.ripe {
            return Some(ripe + SETTLE);
        }
        if seen.state.is_well() {
            return None;
        }
        if seen.told > 0 {
            return seen.told_at.map(|told| told + AGAIN);
        }
        seen.failing_since.map(|since| since + FAILING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).expect("in range")
    }

    fn failing(key: u64, state: SourceState, failures: u32) -> Observation {
        Observation {
            key: SourceKey(key),
            state,
            detail: None,
            failures,
            failing_since: (!state.is_well()).then(|| at(0)),
            told: 0,
            told_at: None,
        }
    }

    fn shown(lines: &[Line]) -> Vec<(u64, &'static str, u32)> {
        lines.iter().map(|line| (line.key.0, line.state.word(), line.number)).collect()
    }

    #[test]
    fn a_source_is_told_at_its_third_failure_then_daily_then_on_recovery() {
        let mut coverage = Coverage::default();
        coverage.observe(failing(1, SourceState::Timeout, 2), at(60));
        assert_eq!(coverage.close_due(at(70), false), []);
        coverage.observe(failing(1, SourceState::Timeout, 3), at(115));
        assert_eq!(coverage.close_due(at(119), false), [], "others may fail with it");
        assert_eq!(shown(&coverage.close_due(at(120), false)), [(1, "timeout", 1)]);
        coverage.observe(failing(1, SourceState::Timeout, 4), at(3_000));
        assert_eq!(coverage.close_due(at(3_600), false), []);
        assert_eq!(shown(&coverage.close_due(at(120 + 86_400), false)), [(1, "timeout", 2)]);
        coverage.observe(failing(1, SourceState::Ok, 0), at(120 + 86_400 + 3_600));
        let told = coverage.close_due(at(120 + 86_400 + 3_605), false);
        assert_eq!(shown(&told), [(1, "ok", 0)]);
        assert_eq!(told[0].since, Some(at(0)), "a recovery says since when it had failed");
        assert_eq!(coverage.next_due(), None);
    }

    #[test]
    fn twelve_hours_of_failure_are_told_even_when_they_are_two_polls() {
        let mut coverage = Coverage::default();
        coverage.observe(failing(1, SourceState::Refused, 2), at(4 * 3_600));
        assert_eq!(coverage.next_due(), Some(at(12 * 3_600)));
        assert_eq!(shown(&coverage.close_due(at(12 * 3_600), false)), [(1, "refused", 1)]);
    }

    #[test]
    fn what_will_not_mend_itself_is_told_at_once() {
        for state in [SourceState::Gone, SourceState::ForbiddenAddress, SourceState::SelectorsStale] {
            let mut coverage = Coverage::default();
            coverage.observe(failing(1, state, 1), at(0));
            assert_eq!(shown(&coverage.close_due(at(5), false)), [(1, state.word(), 1)]);
        }
    }

    #[test]
    fn a_failure_that_mends_before_it_was_told_is_never_told() {
        let mut coverage = Coverage::default();
        coverage.observe(failing(1, SourceState::Timeout, 3), at(0));
        coverage.observe(failing(1, SourceState::Ok, 0), at(1));
        assert_eq!(coverage.next_due(), None);
    }

    #[test]
    fn sources_that_fail_together_are_one_message_and_the_next_waits() {
        let mut coverage = Coverage::default();
        coverage.observe(failing(1, SourceState::Timeout, 3), at(5));
        coverage.observe(failing(2, SourceState::Timeout, 3), at(8));
        assert_eq!(coverage.close_due(at(10), false).len(), 2);
        coverage.observe(failing(3, SourceState::Timeout, 3), at(20));
        assert_eq!(coverage.next_due(), Some(at(610)));
        assert_eq!(coverage.close_due(at(609), false), []);
        assert_eq!(coverage.close_due(at(610), false).len(), 1);
    }

    #[test]
    fn a_single_run_does_not_wait_for_company() {
        let mut coverage = Coverage::default();
        coverage.observe(failing(1, SourceState::Timeout, 3), at(0));
        assert_eq!(coverage.close_due(at(0), false), []);
        assert_eq!(coverage.close_due(at(0), true).len(), 1);
    }

    #[test]
    fn after_a_restart_what_was_told_is_not_told_again() {
        let mut coverage = Coverage::default();
        let mut known = failing(1, SourceState::Timeout, 9);
        known.told = 2;
        known.told_at = Some(at(0));
        coverage.observe(known, at(60));
        assert_eq!(coverage.next_due(), Some(at(86_400)));
    }

    #[test]
    fn a_clock_set_back_holds_no_message_up() {
        let mut coverage = Coverage::default();
        coverage.restore_closed(at(86_400));
        coverage.observe(failing(1, SourceState::Gone, 1), at(0));
        assert_eq!(coverage.close_due(at(5), false).len(), 1);
    }
}
