//! Maps whose keys are hashes of words already: hashing them again would cost more than what is looked up.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// By a word's hash, or by a key that writes one.
pub(super) type ByHash<K, V> = HashMap<K, V, BuildHasherDefault<Hashed>>;

/// Hashes of words.
pub(super) type Hashes = HashSet<u64, BuildHasherDefault<Hashed>>;

/// Takes what is written as a number for the hash, and looks at nothing else.
#[derive(Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
