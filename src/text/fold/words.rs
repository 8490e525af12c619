//! The words of a folded text, each hashed once. Owns where a word starts and ends, its hash, and the speed
//! of both; knows no terms.

use std::sync::LazyLock;

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x64};

use super::class::{Class, class};
use super::{BLOCK, Folder};

/// A prime near 2⁶⁴ divided by the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// Another, so that the halves of a block cannot cancel out.
const OTHER_FACTOR: u64 = 0xD6E8_FEB8_6659_FD93;

/// Bytes that are hashed at once.
const HASHED: usize = 16;

/// What a word of so many bytes keeps of a block, in halves: a table, for shifts of 128 bits are slow.
const KEPT: [[u64; 2]; HASHED + 1] = {
    let mut kept = [[0; 2]; HASHED + 1];
    let mut length = 1;
    while length <= HASHED {
        kept[length] = if length < 8 {
            [!0 >> (64 - 8 * length), 0]
        } else if length == 8 {
            [!0, 0]
        } else {
            [!0, !0 >> (128 - 8 * length)]
        };
        length += 1;
    }
    kept
};

/// One wide product: the bits of both halves reach the whole hash.
#[inline]
fn mix(hash: u64, low: u64, high: u64) -> u64 {
    let product = u128::from(low ^ hash ^ FACTOR) * u128::from(high ^ OTHER_FACTOR);
    product as u64 ^ (product >> 64) as u64
}

#[inline]
fn halves(block: [u8; HASHED]) -> (u64, u64) {
    let block = u128::from_le_bytes(block);
    (block as u64, (block >> 64) as u64)
}

/// The hash of a folded word, as [`Words`] computes it.
#[must_use]
pub fn word_hash(word: &[u8]) -> u64 {
    word.chunks(HASHED).fold(0, |hash, chunk| {
        let mut padded = [0; HASHED];
        padded[..chunk.len()].copy_from_slice(chunk);
        let (low, high) = halves(padded);
        mix(hash, low, high)
    })
}

/// The hash of the word at `start..end` in a text with its padding. One path for nearly all words: a branch
/// on the length would be guessed wrong for every third.
#[inline]
fn hash_at(padded: &[u8], start: usize, end: usize) -> u64 {
    match (padded[start..].first_chunk(), KEPT.get(end - start)) {
        (Some(chunk), Some([low_kept, high_kept])) => {
            let (low, high) = halves(*chunk);
            mix(0, low & low_kept, high & high_kept)
        }
        _ => hash_of_a_long_word(padded, start, end),
    }
}

#[cold]
#[inline(never)]
fn hash_of_a_long_word(padded: &[u8], start: usize, end: usize) -> u64 {
    word_hash(&padded[start..end])
}

/// A longest run of letters, marks, digits and `_` in a folded text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Word {
    /// See [`word_hash`].
    pub hash: u64,
    /// First byte in the folded text.
    pub start: u32,
    /// Behind its last byte.
    pub end: u32,
}

/// The words of one text at a time. Reused: in a steady state nothing is allocated.
#[derive(Debug, Default)]
pub struct Words {
    /// Where words start and end, in turn. As the words, longer than what counts.
    bounds: Vec<u32>,
    words: Vec<Word>,
}

impl Words {
    /// The words of the last text folded, in order.
    pub fn of(&mut self, folder: &Folder) -> &[Word] {
        self.on(Level::new(), folder)
    }

    fn on(&mut self, level: Level, folder: &Folder) -> &[Word] {
        let padded = folder.padded();
        let len = folder.folded().len();
        let Self { bounds, words } = self;
        if bounds.len() > KEPT_BOUNDS && len < KEPT_BOUNDS / 4 {
            *bounds = Vec::new();
            *words = Vec::new();
        }
        // Each byte bounds a word at most once.
        let most = len + 1 + AT_ONCE;
        if bounds.len() < most {
            bounds.resize(most + most / 8, 0);
        }
        let count = dispatch!(level, simd => find_bounds(simd, padded, len, bounds));
        let bounds = bounds[..count].as_chunks::<2>().0;
        if words.len() < bounds.len() {
            words.resize(bounds.len() + bounds.len() / 8, Word::default());
        }
        for (word, &[start, end]) in words.iter_mut().zip(bounds) {
            *word = Word { hash: hash_at(padded, start as usize, end as usize), start, end };
        }
        &words[..bounds.len()]
    }
}

/// Bounds that are written at once, counted or not: fewer branches to guess.
const AT_ONCE: usize = 8;

/// More bounds than this are given back when the next text is small.
const KEPT_BOUNDS: usize = 1 << 20;

/// Writes where words of `padded[..len]` start and end, and gives how many bounds there are: an even number.
#[inline(always)]
#[expect(clippy::inline_always, reason = "only what is inlined is compiled for the instructions at hand")]
fn find_bounds<S: Simd>(simd: S, padded: &[u8], len: usize, bounds: &mut [u32]) -> usize {
    let mut count = 0;
    let mut in_word = 0;
    let mut beyond = Beyond::default();
    // One byte more than there is: the zero that ends a word at the text's end.
    let blocks = padded[..(len / BLOCK + 1) * BLOCK].as_chunks::<BLOCK>().0;
    for (index, block) in blocks.iter().enumerate() {
        let at = index * BLOCK;
        let block = u8x64::from_slice(simd, block);
        let letter = (block - b'a').simd_lt(26);
        let digit = (block - b'0').simd_lt(10);
        let underscore = block.simd_eq(b'_');
        let mut bits = (letter | digit | underscore).to_bitmask();
        let high = block.simd_ge(0x80).to_bitmask();
        if high != 0 {
            bits |= beyond.word_bits(padded, at, high);
        }
        let mut edges = bits ^ (bits << 1 | in_word);
        in_word = bits >> 63;
        let found = edges.count_ones() as usize;
        let mut written = 0;
        while written < found {
            for bound in &mut bounds[count + written..count + written + AT_ONCE] {
                *bound = at as u32 + edges.trailing_zeros();
                edges &= edges.wrapping_sub(1);
            }
            written += AT_ONCE;
        }
        count += found;
    }
    count
}

/// What is known of a character that two blocks share.
#[derive(Default)]
struct Beyond {
    /// Its bytes in the block to come, and whether they belong to a word.
    bytes: usize,
    is_word: bool,
}

impl Beyond {
    /// The bytes of a block's characters beyond ASCII that belong to words; `high` are all beyond ASCII.
    #[cold]
    fn word_bits(&mut self, folded: &[u8], at: usize, mut high: u64) -> u64 {
        let taken = (1 << self.bytes) - 1;
        let mut bits = if self.is_word { taken } else { 0 };
        high &= !taken;
        *self = Self::default();
        while high != 0 {
            let first = high.trailing_zeros() as usize;
            let (code, length) = code_at(folded, at + first);
            let is_word = is_word(code);
            let bytes = ((1_u64 << length) - 1) << first;
            if is_word {
                bits |= bytes;
            }
            high &= !bytes;
            if first + length > BLOCK {
                *self = Self { bytes: first + length - BLOCK, is_word };
            }
        }
        bits
    }
}

/// The character beyond ASCII that starts at `at` and its length.
#[inline]
fn code_at(folded: &[u8], at: usize) -> (u32, usize) {
    let byte = |index: usize| u32::from(folded[at + index] & 0x3F);
    match folded[at] {
        lead @ 0xF0.. => (u32::from(lead & 0x07) << 18 | byte(1) << 12 | byte(2) << 6 | byte(3), 4),
        lead @ 0xE0.. => (u32::from(lead & 0x0F) << 12 | byte(1) << 6 | byte(2), 3),
        lead => (u32::from(lead & 0x1F) << 6 | byte(1), 2),
    }
}

const BELOW_ASTRAL: u32 = 0x1_0000;

/// A bit a character below U+10000: whether it belongs to words.
static OF_WORDS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let of_a_word = |code: u32| char::from_u32(code).is_some_and(|c| class(c) == Class::Word);
    (0..BELOW_ASTRAL / 64)
        .map(|index| (0..64).fold(0, |bits, bit| bits | u64::from(of_a_word(index * 64 + bit)) << bit))
        .collect()
});

#[inline]
fn is_word(code: u32) -> bool {
    if code < BELOW_ASTRAL {
        return OF_WORDS[code as usize / 64] >> (code % 64) & 1 != 0;
    }
    char::from_u32(code).is_some_and(|c| class(c) == Class::Word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::fold_string;

    #[test]
    fn words_are_the_longest_runs_and_carry_their_hash() {
        let mut folder = Folder::default();
        let mut words = Words::default();
        let pieces = [
            "l'orange d'hier",
            "anticonstitutionnellement_1 x",
            "тариф orange橙x\u{301} ¡hola!",
            "",
            "a橙",
            "–",
            "𝔵 😀é",
        ];
        for piece in pieces {
            for before in 0..140 {
                let text = format!("{}{piece}{}", "x".repeat(before / 2) + &" ".repeat(before % 2), ".".repeat(before));
                let folded = fold_string(&text);
                let expected: Vec<&str> =
                    folded.split(|c| class(c) != Class::Word).filter(|word| !word.is_empty()).collect();
                folder.fold(&text);
                let found = words.on(Level::baseline(), &folder).to_vec();
                assert_eq!(words.of(&folder), found, "{text}");
                let slices: Vec<&str> =
                    found.iter().map(|word| &folded[word.start as usize..word.end as usize]).collect();
                assert_eq!(slices, expected, "{text}");
                for (word, slice) in found.iter().zip(slices) {
                    assert_eq!(word.hash, word_hash(slice.as_bytes()), "{slice}");
                }
            }
        }
    }
}
