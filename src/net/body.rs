//! Bodies in memory: what all answers that are being read or parsed may take together. Owns the budget;
//! the cap of one body is the caller's.

use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What all bodies in flight may take together, with caps of up to half of it.
pub const BODIES_IN_FLIGHT: usize = 24 << 20;

/// The grain of the budget.
const UNIT: usize = 16 << 10;

/// The smallest common pool, where the cap of one body is large.
const SMALLEST_POOL: usize = 4 << 20;

/// A body is small up to this; nearly all feeds are.
const SMALL: usize = 128 << 10;

/// What small bodies have to themselves: each of as many as are fetched at once by default.
const LANE: usize = 64 * SMALL;

/// The budget: a pool that bodies take from as they grow, a lane for small ones, which would else wait behind
/// endless ones, and a reserve as large as the cap, which one body at a time may have. Whoever has the reserve
/// can always finish, so bodies that wait for each other's share never wait for ever.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    pool: Arc<Semaphore>,
    lane: Arc<Semaphore>,
    reserve: Arc<Semaphore>,
}

impl Budget {
    pub(super) fn new(largest_body: usize) -> Self {
        let pool = BODIES_IN_FLIGHT.saturating_sub(largest_body + LANE).max(SMALLEST_POOL);
        let units = |bytes: usize| Arc::new(Semaphore::new(bytes / UNIT));
        Self { pool: units(pool), lane: units(LANE), reserve: Arc::new(Semaphore::new(1)) }
    }

    pub(super) fn empty_body(&self) -> Body {
        Body { bytes: Vec::new(), budget: self.clone(), units: None, small: None, reserve: None }
    }
}

/// The body of an answer. Its memory goes back to the budget when it is dropped.
#[derive(Debug)]
pub struct Body {
    bytes: Vec<u8>,
    budget: Budget,
    units: Option<OwnedSemaphorePermit>,
    /// Of the lane, kept as the body grows past it.
    small: Option<OwnedSemaphorePermit>,
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
        let units =
            |permit: &Option<OwnedSemaphorePermit>| permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let missing = (wanted / UNIT).saturating_sub(units(&self.units) + units(&self.small)) as u32;
        if self.reserve.is_none() && missing > 0 {
            let Budget { pool, lane, reserve } = self.budget.clone();
            // The semaphores are never closed; were they, a body would go uncounted, not astray.
            tokio::select! {
                biased;
                permit = lane.acquire_many_owned(missing), if wanted <= SMALL => add(&mut self.small, permit.ok()),
                permit = pool.acquire_many_owned(missing) => add(&mut self.units, permit.ok()),
                permit = reserve.acquire_owned() => self.reserve = permit.ok(),
            }
        }
        self.bytes.reserve_exact(wanted - self.bytes.len());
    }

    pub(super) fn push(&mut self, chunk: &[u8]) {
        self.bytes.extend_from_slice(chunk);
    }
}

fn add(held: &mut Option<OwnedSemaphorePermit>, more: Option<OwnedSemaphorePermit>) {
    match (held.as_mut(), more) {
        (Some(held), Some(more)) => held.merge(more),
        (None, more) => *held = more,
        (Some(_), None) => {}
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
        let free = || budget.pool.available_permits() * UNIT + budget.lane.available_permits() * UNIT + CAP;
        assert_eq!(free(), BODIES_IN_FLIGHT);
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
        assert_eq!(free(), BODIES_IN_FLIGHT);
        assert_eq!(budget.reserve.available_permits(), 1);
    }

    #[tokio::test]
    async fn small_bodies_pass_large_ones_and_large_ones_wait_for_their_turn() {
        let budget = Budget::new(CAP);
        let (first, second) = (grow(budget.empty_body(), CAP).await, grow(budget.empty_body(), CAP).await);
        // More of them than ever end, each with a share that the others wait for.
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..6 {
            waiting.spawn(grow(budget.empty_body(), CAP));
        }
        let all_wait = tokio::time::timeout(std::time::Duration::from_millis(50), waiting.join_next()).await;
        assert!(all_wait.is_err(), "24 MiB are in use");
        let small = tokio::time::timeout(std::time::Duration::from_secs(5), grow(budget.empty_body(), SMALL / 4)).await;
        assert_eq!(small.expect("a small body waits for no large one").len(), SMALL / 4);
        drop((first, second));
        while let Some(body) = waiting.join_next().await {
            assert_eq!(body.expect("no panic").len(), CAP);
        }
    }

    #[tokio::test]
    async fn the_share_is_kept_while_a_parser_has_the_bytes() {
        let budget = Budget::new(CAP);
        let free = || budget.pool.available_permits() + budget.lane.available_permits();
        let before = free();
        let mut body = grow(budget.empty_body(), SMALL * 3).await;
        let bytes = body.take();
        assert_eq!(bytes.len(), SMALL * 3);
        assert!(free() < before);
        drop(body);
        assert_eq!(free(), before);
    }
}
