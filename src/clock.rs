//! The clock seam: the only way for stages to learn the time and to wait. Owns no policy.

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;

/// What time it is, and waiting for a time to come.
pub trait Clock: Clone + Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
    /// Returns when `now()` has reached `deadline`; at once when it already has.
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
        // Slept in slices, so that a clock set forward or back neither stalls nor storms.
        loop {
            let left = deadline.duration_since(self.now());
            let Ok(left) = Duration::try_from(left) else { return };
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
        }
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
