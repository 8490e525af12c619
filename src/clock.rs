//! The clock seam: the only way for stages to learn the time and to wait. Owns no policy.

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;

/// What time it is, and waiting for a time to come.
pub trait Clock: Clone + Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
    /// Returns when `now()` has reached `deadline`; at once when it already has. Also when the wait is over by a
    /// clock that nobody sets: look at the time again.
    fn sleep_until(&self, deadline: Timestamp) -> impl Future<Output = ()> + Send;
}

/// The machine's clock. Under tokio's paused time it follows the virtual clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

/// A jump of the wall clock is noticed within this time.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        sleep_in_slices(|| self.now(), deadline, LONGEST_SLEEP).await;
    }
}

/// Sleeps until a wall clock shows `deadline`, and looks at it after each `slice`: one that is set forward ends the
/// wait within a slice, one that is set back makes it no longer than it was.
pub async fn sleep_in_slices(now: impl Fn() -> Timestamp, deadline: Timestamp, slice: Duration) {
    let left = || Duration::try_from(deadline.duration_since(now())).unwrap_or_default();
    let began = tokio::time::Instant::now();
    let whole = left();
    loop {
        let left = left().min(whole.saturating_sub(began.elapsed()));
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(slice)).await;
    }
}

/// A clock of virtual time for tests: starts at a fixed instant and follows tokio's clock, which
/// `tokio::time::pause` makes jump to the next deadline.
#[derive(Debug, Clone, Copy)]
pub struct VirtualClock {
    start: Timestamp,
    origin: tokio::time::Instant,
}

impl VirtualClock {
    /// A clock that says `start` now. Needs a tokio runtime with paused time.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        Self { start, origin: tokio::time::Instant::now() }
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.start + self.origin.elapsed()
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        let left = deadline.duration_since(self.now());
        if let Ok(left) = Duration::try_from(left) {
            // A microsecond more: tokio's timer has a grain of a millisecond.
            tokio::time::sleep(left + Duration::from_millis(1)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_makes_no_wait_longer() {
        const DAY: i64 = 86_400;
        for (jump, longest) in [(0, 3_600), (DAY, 30), (-DAY, 3_600), (-60, 3_600)] {
            let origin = tokio::time::Instant::now();
            let start = Timestamp::from_second(1_700_000_000).unwrap();
            let set = Cell::new(0);
            let now = || start + origin.elapsed() + jiff::SignedDuration::from_secs(set.get());
            let deadline = start + Duration::from_hours(1);
            let wait = sleep_in_slices(now, deadline, LONGEST_SLEEP);
            tokio::pin!(wait);
            let early = tokio::time::timeout(Duration::from_millis(1), &mut wait).await;
            assert!(early.is_err(), "{jump}");
            set.set(jump);
            wait.await;
            let waited = origin.elapsed().as_secs_f64();
            assert!((f64::from(longest) - 1.0..f64::from(longest) + 1.0).contains(&waited), "{jump}: {waited}");
        }
    }
}
