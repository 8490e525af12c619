//! Which keys a table may hold, a bit each: most looks into a large table find nothing, and are spared.

const BITS: u32 = 18;

const fn place(key: u64) -> (usize, u64) {
    let bit = key >> (64 - BITS);
    ((bit / 64) as usize, 1 << (bit % 64))
}

/// The keys by the top bits of their hashes.
#[derive(Debug, Default)]
pub(super) struct Held(Vec<u64>);

impl Held {
    pub(super) fn add(&mut self, key: u64) {
        if self.0.is_empty() {
            self.0 = vec![0; 1 << (BITS - 6)];
        }
        let (slot, bit) = place(key);
        self.0[slot] |= bit;
    }

    /// False where the key was never added.
    pub(super) fn may_hold(&self, key: u64) -> bool {
        let (slot, bit) = place(key);
        self.0.get(slot).is_some_and(|held| held & bit != 0)
    }
}
