//! How long a delivery is tried again, and how often. Sends nothing.

use std::time::Duration;

use jiff::Timestamp;

use crate::store::DeliveryRow;

/// The longest wait between two attempts; also how often a paused channel is tried.
pub const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// How long a delivery is tried; the time that its channel was paused does not count.
pub const GIVE_UP: Duration = Duration::from_hours(72);

/// After a week off, a message is older than [`GIVE_UP`] at its first attempt: it gets as many as a
/// fresh one gets in most of a day.
const FEWEST_ATTEMPTS: u32 = 24;

/// The wait before the next attempt: 5 to 10 s after the first failure, then three times the last wait,
/// give or take a sixth; an hour at most. A longer Retry-After wins, up to an hour too. `jitter` is in
/// [0, 1).
#[must_use]
pub fn next_wait(waited: Duration, retry_after: Option<Duration>, jitter: f64) -> Duration {
    let wait = if waited.is_zero() {
        Duration::from_secs(5).mul_f64(1.0 + jitter)
    } else {
        waited.min(LONGEST_WAIT).mul_f64(3.0 * (5.0 + 2.0 * jitter) / 6.0)
    };
    wait.max(retry_after.unwrap_or_default()).min(LONGEST_WAIT)
}

/// True when a delivery that failed again at `now` has been tried long and often enough.
#[must_use]
pub fn is_given_up(row: &DeliveryRow, now: Timestamp) -> bool {
    let age = Duration::try_from(now.duration_since(row.created)).unwrap_or_default();
    age.saturating_sub(row.paused) >= GIVE_UP && row.attempts + 1 >= FEWEST_ATTEMPTS
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn waits_grow_threefold_with_jitter_up_to_an_hour() {
        let s = Duration::from_secs;
        for (waited, after, jitter, low, high) in [
            (Duration::ZERO, None, 0.0, s(5), s(5)),
            (Duration::ZERO, None, 0.999, s(9), s(10)),
            (s(6), None, 0.5, s(18), s(18)),
            (s(6), None, 0.0, s(15), s(15)),
            (s(6), None, 0.999, s(20), s(21)),
            (s(6), Some(s(120)), 0.5, s(120), s(120)),
            (s(600), Some(s(60)), 0.5, s(1800), s(1800)),
            (s(2400), None, 0.5, HOUR, HOUR),
            (HOUR, None, 0.999, HOUR, HOUR),
            (HOUR, Some(24 * HOUR), 0.0, HOUR, HOUR),
        ] {
            let wait = next_wait(waited, after, jitter);
            assert!((low..=high).contains(&wait), "{waited:?} {after:?} {jitter}: {wait:?}");
        }
    }

    #[test]
    fn a_delivery_is_given_up_after_three_days_that_count() {
        let created: Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
        let row = |attempts: u32, paused: Duration| DeliveryRow {
            id: 1,
            message: String::new(),
            kind: "mention".to_owned(),
            channel: String::new(),
            recipient: String::new(),
            body: Vec::new(),
            attempts,
            created,
            paused,
            waited: HOUR,
        };
        for (hours, attempts, paused, given_up) in [
            (71, 75, 0, false),
            (73, 75, 0, true),
            (73, 75, 10, false),
            (83, 75, 10, true),
            // Off for a week: the first failure is no reason to give up.
            (168, 0, 0, false),
            (192, 23, 0, true),
        ] {
            let now = created + HOUR * hours;
            assert_eq!(is_given_up(&row(attempts, HOUR * paused), now), given_up, "{hours} h, {attempts}, {paused}");
        }
    }
}
