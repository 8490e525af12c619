//! What vigie tells systemd: READY, RELOADING, STOPPING, WATCHDOG and STATUS (sd_notify(3)). Owns the
//! protocol's order; does nothing without `NOTIFY_SOCKET`.

use std::time::Duration;

use sd_notify::NotifyState;

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "systemd cannot be told");
    }
}

/// Started, or reloaded.
pub fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// A reload begins; [`ready`] ends it.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

/// The stop begins.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// The start takes longer: READY comes within this time from now, or this is said again.
pub fn starts_within(time: Duration, status: &str) {
    let micros = u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
    tell(&[NotifyState::ExtendTimeoutUsec(micros), NotifyState::Status(status)]);
}

/// One line for `systemctl status`.
pub fn status(line: &str) {
    tell(&[NotifyState::Status(line)]);
}

/// All is well.
pub fn feed_watchdog() {
    tell(&[NotifyState::Watchdog]);
}

/// How often the watchdog wants to be fed, at half its patience (sd_watchdog_enabled(3)); nothing without one.
#[must_use]
pub fn watchdog_rhythm() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|patience| patience / 2)
}

/// Shows that a loop turns; the watchdog is fed only while all do.
#[derive(Debug, Clone)]
pub struct Beat {
    origin: tokio::time::Instant,
    last: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

impl Default for Beat {
    fn default() -> Self {
        Self { origin: tokio::time::Instant::now(), last: std::sync::Arc::default() }
    }
}

impl Beat {
    /// The loop turned.
    pub fn now(&self) {
        self.last.store(self.origin.elapsed().as_secs(), std::sync::atomic::Ordering::Relaxed);
    }

    /// How long ago it last turned.
    #[must_use]
    pub fn age(&self) -> Duration {
        let last = Duration::from_secs(self.last.load(std::sync::atomic::Ordering::Relaxed));
        self.origin.elapsed().saturating_sub(last)
    }
}
