//! Bodies in memory: what all answers that are being read or parsed may take together. Owns the budget;
//! the cap of one body is the caller's.

use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What all bodies in flight may take together, with caps of up to two thirds of it.
pub const BODIES_IN_FLIGHT: usize = 24 << 20;

/// The grain of the budget.
const UNIT: usize = 16 << 10;

/// The smallest common pool, where the cap of one body is large.
const SMALLEST_POOL: usize = 8 << 20;

/// The budget: a pool that bodies take from as they grow, and a reserve as large as the cap, which one body
/// at a time may have. Whoever has the reserve can always finish, so bodies that wait for each other's share
/// never wait for ever.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    pool: Arc<Semaphore>,
    reserve: Arc<Semaphore>,
}

impl Budget {
    pub(super) fn new(largest_body: usize) -> Self {
        let pool = BODIES_IN_FLIGHT.saturating_sub(largest_body).max(SMALLEST_POOL);
        Self { pool: Arc::new(Semaphore::new(pool / UNIT)), reserve: Arc::new(Semaphore::new(1)) }
    }

    pub(super) fn empty_body(&self) -> Body {
        Body { bytes: Vec::new(), budget: self.clone(), units: None, reserve: None }
    }
}

/// The body of an answer. Its memory goes back to the budget when it is dropped.
#[derive(Debug)]
pub struct Body {
    bytes: Vec<u8>,
    budget: Budget,
    units: Option<OwnedSemaphorePermit>,
    reserve: Option<OwnedSemaphorePermit>,
}

impl Body {
    /// Takes the bytes out for a parser and leaves the share in the budget: keep the body while they are used.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// The bytes made into others of about that size.
    pub(super) fn change(&mut self, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
        self.bytes = change(self.take());
    }

    /// Waits until `bytes` more fit into the budget, and makes room for them.
    pub(super) async fn make_room(&mut self, more: usize, cap: usize) {
        let needed = self.bytes.len() + more;
        if needed <= self.bytes.capacity() {
            return;
        }
        let wanted = needed.max(self.bytes.capacity() * 2).min(cap.max(needed)).next_multiple_of(UNIT);
        let held = self.units.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let missing = (wanted / UNIT).saturating_sub(held);
        if self.reserve.is_none() && missing > 0 {
            let Budget { pool, reserve } = self.budget.clone();
            // The semaphores are never closed; were they, a body would go uncounted, not astray.
            tokio::select! {
                biased;
                permit = pool.acquire_many_owned(missing as u32) => match (&mut self.units, permit) {
                    (Some(units), Ok(permit)) => units.merge(permit),
                    (units, permit) => *units = permit.ok(),
                },
                permit = reserve.acquire_owned() => self.reserve = permit.ok(),
            }
        }
        self.bytes.reserve_exact(wanted - self.bytes.len());
    }

    pub(super) fn push(&mut self, chunk: &[u8]) {
        self.bytes.extend_from_slice(chunk);
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAP: usize = 8 << 20;

    async fn grow(mut body: Body, to: usize) -> Body {
        while body.len() < to {
            body.make_room(UNIT, CAP).await;
            body.push(&[7; UNIT]);
            tokio::task::yield_now().await;
        }
        body
    }

    #[tokio::test]
    async fn many_large_bodies_all_finish_and_never_exceed_the_budget() {
        let budget = Budget::new(CAP);
        let whole = budget.pool.available_permits() * UNIT + CAP;
        assert_eq!(whole, BODIES_IN_FLIGHT);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..12 {
            tasks.spawn(grow(budget.empty_body(), CAP));
        }
        let mut finished = 0;
        while let Some(body) = tasks.join_next().await {
            assert_eq!(body.expect("no panic").len(), CAP);
            finished += 1;
        }
        assert_eq!(finished, 12);
        assert_eq!(budget.pool.available_permits() * UNIT + CAP, whole);
        assert_eq!(budget.reserve.available_permits(), 1);
    }

    #[tokio::test]
    async fn a_body_waits_while_the_budget_is_used_up() {
        let budget = Budget::new(CAP);
        let first = grow(budget.empty_body(), CAP).await;
        let second = grow(budget.empty_body(), CAP).await;
        let third = grow(budget.empty_body(), CAP).await;
        let mut fourth = budget.empty_body();
        let wait = tokio::time::timeout(std::time::Duration::from_millis(20), fourth.make_room(1, CAP)).await;
        assert!(wait.is_err(), "24 MiB are in use");
        drop(first);
        fourth.make_room(1, CAP).await;
        drop((second, third));
    }

    #[tokio::test]
    async fn the_share_is_kept_while_a_parser_has_the_bytes() {
        let budget = Budget::new(CAP);
        let before = budget.pool.available_permits();
        let mut body = grow(budget.empty_body(), UNIT * 3).await;
        let bytes = body.take();
        assert_eq!(bytes.len(), UNIT * 3);
        assert!(budget.pool.available_permits() < before);
        drop(body);
        assert_eq!(budget.pool.available_permits(), before);
    }
}
