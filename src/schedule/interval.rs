//! How long until a source is asked again: fixed or adaptive, lengthened by back-off, by what the server
//! says and by jitter, and by nothing shortened.

use std::time::Duration;

use jiff::Timestamp;

use crate::health::SourceState;
use crate::source::skips::Skips;

/// The shortest adaptive interval.
pub const FASTEST: Duration = Duration::from_mins(5);

/// The span that entries a week are counted over.
const WEEK: Duration = Duration::from_hours(7 * 24);

/// Miniflux's factor: one poll for each entry that is to be expected.
const FACTOR: f64 = 1.0;

/// Back-off of a server or a way that fails ends here.
const FAILING: Duration = Duration::from_hours(1);

/// Back-off of an address that is not there, or of a server that wants to be asked less, ends here.
const ABSENT: Duration = Duration::from_hours(24);

/// A server that refused is not asked sooner.
const REFUSED: Duration = Duration::from_hours(4);

/// Jitter adds at most this share.
const JITTER: f64 = 0.1;

/// Company is not waited for longer.
const LONGEST_SLACK: Duration = Duration::from_mins(6);

/// The operator's word on a source's pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// `every`: fixed. Absent: adaptive.
    pub every: Option<Duration>,
    /// The longest adaptive interval.
    pub slowest: Duration,
}

/// What the last poll says of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub state: SourceState,
    /// Failures in a row, this one included; 0 after a success.
    pub failures: u32,
    /// What Retry-After asked for, from the end of the poll.
    pub retry_after: Option<Duration>,
    /// What the answer says of its own pace: max-age, Expires, ttl.
    pub min_interval: Option<Duration>,
    /// Times at which the document asks not to be read.
    pub skips: Option<Skips>,
}

/// When a source is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Not before this time.
    At {
        /// The time.
        due: Timestamp,
        /// A running Retry-After or back-off: `run --once` may not cut it short.
        held: bool,
    },
    /// Not until its line changes (410).
    Never,
}

impl Pace {
    /// The interval of a source that is well: `every`, else 7 days ÷ (entries a week × factor), from 5 min
    /// to `slowest`.
    #[must_use]
    pub fn interval(&self, weekly: f32) -> Duration {
        if let Some(every) = self.every {
            return every;
        }
        let expected = f64::from(weekly) * FACTOR;
        let adaptive = if expected > 0.0 {
            // The shortest result that matters is 5 min: a flood of entries may not divide to nothing.
            Duration::try_from_secs_f64(WEEK.as_secs_f64() / expected).unwrap_or(self.slowest)
        } else {
            self.slowest
        };
        adaptive.max(FASTEST).min(self.slowest)
    }

    /// When a source is asked again whose poll `started` and `finished` then. `weekly` are its entries a
    /// week, `jitter` a number in [0, 1). The interval counts from start to start, Retry-After from the answer.
    #[must_use]
    pub fn next(&self, weekly: f32, outcome: &Outcome, started: Timestamp, finished: Timestamp, jitter: f64) -> Next {
        if outcome.state == SourceState::Gone {
            return Next::Never;
        }
        let interval = self.interval(weekly);
        let backed_off = back_off(interval, outcome);
        let wait = backed_off.unwrap_or(interval).max(outcome.min_interval.unwrap_or_default());
        // A host that answered after a long poll is still given what it asked for.
        let asked_for = outcome.retry_after.map(|wait| later(finished, wait));
        let due = later(started, wait).max(asked_for.unwrap_or(started));
        let held = asked_for.is_some() || backed_off.is_some();
        let span = Duration::try_from(due.duration_since(started)).unwrap_or_default();
        let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.0 };
        let due = later(due, span.mul_f64(JITTER * jitter));
        Next::At { due: outcome.skips.map_or(due, |skips| skips.after(due)), held }
    }

    /// How much later than due a source may be asked to go with others of its host: what its jitter has left
    /// of a tenth of the time it waited.
    #[must_use]
    pub fn slack(started: Timestamp, due: Timestamp, jitter: f64) -> Duration {
        let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.0 };
        let span = Duration::try_from(due.duration_since(started)).unwrap_or_default();
        span.mul_f64(JITTER * (1.0 - jitter) / (1.0 + JITTER * jitter)).min(LONGEST_SLACK)
    }
}

/// The wait after a failure that asks for one longer than the interval; never a shorter one.
fn back_off(interval: Duration, outcome: &Outcome) -> Option<Duration> {
    use SourceState as State;
    let doubled = |limit: Duration| {
        let factor = 1_u32 << outcome.failures.clamp(1, 16);
        interval.saturating_mul(factor).min(limit.max(interval))
    };
    match outcome.state {
        State::RateLimited if outcome.retry_after.is_some() => None,
        State::RateLimited | State::NotFound => Some(doubled(ABSENT)),
        State::Refused | State::Challenge => Some(interval.max(REFUSED)),
        // robots.txt is read once a day.
        State::Robots => Some(interval.max(ABSENT)),
        State::ServerError
        | State::Unreachable
        | State::Timeout
        | State::TooLarge
        | State::Certificate
        | State::RedirectLoop
        | State::ForbiddenAddress => Some(doubled(FAILING)),
        State::Unknown
        | State::Ok
        | State::Gone
        | State::NotAFeed
        | State::Broken
        | State::SoftError
        | State::Empty
        | State::SelectorsStale
        | State::Silent => None,
    }
}

fn later(time: Timestamp, wait: Duration) -> Timestamp {
    time.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: Duration = Duration::from_mins(1);
    const HOUR: Duration = Duration::from_hours(1);

    fn start() -> Timestamp {
        "2026-11-21T08:00:00Z".parse().expect("a timestamp")
    }

    fn adaptive() -> Pace {
        Pace { every: None, slowest: HOUR }
    }

    fn outcome(state: SourceState, failures: u32) -> Outcome {
        Outcome { state, failures, retry_after: None, min_interval: None, skips: None }
    }

    fn wait(pace: Pace, weekly: f32, outcome: &Outcome) -> (Duration, bool) {
        match pace.next(weekly, outcome, start(), start(), 0.0) {
            Next::At { due, held } => (Duration::try_from(due.duration_since(start())).expect("not before"), held),
            Next::Never => panic!("{outcome:?} is asked again"),
        }
    }

    #[test]
    fn the_adaptive_interval_is_a_week_over_its_entries_within_bounds() {
        for (weekly, minutes) in [
            (0.0, 60),
            (1.0, 60),
            (168.0, 60),
            (336.0, 30),
            (1008.0, 10),
            (2016.0, 5),
            (1e9, 5),
            (f32::NAN, 60),
            (-3.0, 60),
        ] {
            assert_eq!(adaptive().interval(weekly), MINUTE * minutes, "{weekly}");
        }
    }

    #[test]
    fn every_is_not_adapted() {
        let pace = Pace { every: Some(MINUTE * 2), slowest: HOUR };
        assert_eq!(pace.interval(1e6), MINUTE * 2);
        assert_eq!(pace.interval(0.0), MINUTE * 2);
    }

    #[test]
    fn each_failure_has_its_back_off() {
        use SourceState as State;
        let pace = Pace { every: Some(MINUTE * 10), slowest: HOUR };
        for (state, minutes) in [
            (State::NotFound, [20, 40, 80, 160, 320, 640, 1280, 1440, 1440]),
            (State::RateLimited, [20, 40, 80, 160, 320, 640, 1280, 1440, 1440]),
            (State::Refused, [240; 9]),
            (State::ServerError, [20, 40, 60, 60, 60, 60, 60, 60, 60]),
            (State::Unreachable, [20, 40, 60, 60, 60, 60, 60, 60, 60]),
            (State::Timeout, [20, 40, 60, 60, 60, 60, 60, 60, 60]),
            (State::TooLarge, [20, 40, 60, 60, 60, 60, 60, 60, 60]),
            (State::NotAFeed, [10; 9]),
            (State::Broken, [10; 9]),
        ] {
            for (failures, minutes) in (1..).zip(minutes) {
                let (found, held) = wait(pace, 0.0, &outcome(state, failures));
                assert_eq!(found, MINUTE * minutes, "{state:?} {failures}");
                assert_eq!(held, minutes > 10, "{state:?} {failures}");
            }
        }
    }

    #[test]
    fn a_source_that_is_gone_is_not_asked_again() {
        assert_eq!(adaptive().next(9.0, &outcome(SourceState::Gone, 1), start(), start(), 0.5), Next::Never);
    }

    #[test]
    fn retry_after_counts_from_the_answer_and_takes_the_place_of_doubling() {
        let pace = Pace { every: Some(MINUTE), slowest: HOUR };
        let outcome = Outcome { retry_after: Some(MINUTE * 7), ..outcome(SourceState::RateLimited, 12) };
        let finished = start() + Duration::from_secs(20);
        let Next::At { due, held } = pace.next(0.0, &outcome, start(), finished, 0.0) else { panic!("asked again") };
        assert_eq!(due, finished + MINUTE * 7);
        assert!(held);
    }

    #[test]
    fn what_the_server_says_raises_the_interval_and_never_lowers_it() {
        let pace = Pace { every: Some(MINUTE * 10), slowest: HOUR };
        for (state, said, minutes) in [
            (SourceState::Ok, 30, 30),
            (SourceState::Ok, 3, 10),
            (SourceState::RateLimited, 90, 90),
            (SourceState::Refused, 1, 240),
        ] {
            let outcome = Outcome { min_interval: Some(MINUTE * said), ..outcome(state, 1) };
            assert_eq!(wait(pace, 0.0, &outcome).0, MINUTE * minutes, "{state:?} {said}");
        }
        assert!(!wait(pace, 0.0, &Outcome { min_interval: Some(HOUR), ..outcome(SourceState::Ok, 0) }).1);
    }

    proptest! {
        #[test]
        fn nothing_is_shorter_than_the_interval_and_jitter_adds_a_tenth_at_most(
            every in prop::option::of(60_u64..1_000_000),
            weekly in 0.0_f32..1e6,
            state in prop::sample::select(SourceState::ALL.iter().copied().filter(|s| *s != SourceState::Gone).collect::<Vec<_>>()),
            failures in 0_u32..=u32::MAX,
            retry in prop::option::of(0_u64..100_000),
            said in prop::option::of(0_u64..100_000),
            took in 0_u64..60,
            jitter in 0.0_f64..1.0,
        ) {
            let pace = Pace { every: every.map(Duration::from_secs), slowest: HOUR };
            let outcome = Outcome {
                state, failures,
                retry_after: retry.map(Duration::from_secs),
                min_interval: said.map(Duration::from_secs),
                skips: None,
            };
            let finished = start() + Duration::from_secs(took);
            let due = |jitter| match pace.next(weekly, &outcome, start(), finished, jitter) {
                Next::At { due, .. } => due,
                Next::Never => unreachable!("only Gone is never asked"),
            };
            let (plain, late) = (due(0.0), due(jitter));
            prop_assert!(plain >= start() + pace.interval(weekly));
            if let Some(said) = said { prop_assert!(plain >= start() + Duration::from_secs(said)); }
            if let Some(retry) = retry { prop_assert!(plain >= finished + Duration::from_secs(retry)); }
            prop_assert!(late >= plain);
            let span = plain.duration_since(start()).as_secs_f64();
            prop_assert!(late.duration_since(plain).as_secs_f64() <= span * 0.1 + 0.001);
            let latest = late + Pace::slack(start(), late, jitter);
            prop_assert!(latest.duration_since(plain).as_secs_f64() <= span * 0.1 + 0.001);
        }
    }
}
