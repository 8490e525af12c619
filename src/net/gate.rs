//! One request at a time to a host, and their starts apart, whoever asks: polls, redirects that lead there,
//! robots.txt. Owns the turns; which source is asked when is the scheduler's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use tokio::time::Instant;

/// Between the starts of two requests to one host.
pub(super) const APART: Duration = Duration::from_secs(1);

/// Hosts that are remembered before idle ones are forgotten.
const REMEMBERED: usize = 256;

/// When the last request to a host started, and how far apart it asked to be from the next.
type Last = Option<(Instant, Duration)>;

/// The turns of all hosts.
#[derive(Debug, Default)]
pub(super) struct Gate {
    hosts: Mutex<HashMap<String, Arc<Turn<Last>>>>,
}

/// A request's turn: the next one to its host waits until it is dropped.
#[derive(Debug)]
pub(super) struct Pass(#[expect(dead_code, reason = "held, not read")] OwnedMutexGuard<Last>);

impl Gate {
    /// Waits for the host to be free and for its last request to be `apart` ago; the request starts now.
    pub(super) async fn enter(&self, host: &str, apart: Duration) -> Pass {
        let turn = self.turn(host);
        let mut last = turn.lock_owned().await;
        let apart = apart.max(APART);
        if let Some((last, before)) = *last {
            tokio::time::sleep_until(last + apart.max(before)).await;
        }
        *last = Some((Instant::now(), apart));
        Pass(last)
    }

    fn turn(&self, host: &str) -> Arc<Turn<Last>> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= REMEMBERED && !hosts.contains_key(host) {
            // Nobody waits who has no share in it, and a start long ago holds nobody up.
            hosts.retain(|_, turn| {
                Arc::strong_count(turn) > 1
                    || turn.try_lock().is_ok_and(|last| last.is_some_and(|(last, apart)| last.elapsed() < apart))
            });
            // As many again may come before the next look: a look is a pass over all of them.
            hosts.shrink_to(2 * REMEMBERED);
        }
        Arc::clone(hosts.entry(host.to_owned()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_host_has_one_request_at_a_time_and_a_second_between_their_starts() {
        let gate = Gate::default();
        let start = Instant::now();
        let first = gate.enter("a.example", APART).await;
        let (passed, ()) = tokio::join!(
            async {
                drop(gate.enter("a.example", APART).await);
                start.elapsed()
            },
            async {
                drop(gate.enter("b.example", APART).await);
                assert_eq!(start.elapsed(), Duration::ZERO, "another host does not wait");
                tokio::time::sleep(Duration::from_secs(7)).await;
                drop(first);
            }
        );
        assert_eq!(passed, Duration::from_secs(7), "the first had not ended");
        drop(gate.enter("a.example", Duration::from_secs(4)).await);
        assert_eq!(start.elapsed(), Duration::from_secs(11), "a host may ask for more than a second");
    }

    #[tokio::test(start_paused = true)]
    async fn idle_hosts_are_forgotten() {
        let gate = Gate::default();
        let held = gate.enter("held.example", APART).await;
        for host in 0..REMEMBERED - 1 {
            drop(gate.enter(&format!("{host}.example"), APART).await);
        }
        tokio::time::sleep(APART).await;
        drop(gate.enter("one.more.example", APART).await);
        assert_eq!(gate.hosts.lock().unwrap().len(), 2);
        drop(held);
    }
}
