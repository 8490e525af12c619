//! The words of a folded text and the gate in front of the automaton: from a word's hash to the places
//! where a term that holds it may start. Verifies nothing: a passed gate is only a candidate.

use crate::text::fold::PADDING;
use crate::text::fold::class::{Class, class};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// A prime near 2⁶⁴ divided by the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// Starts of terms behind one word at most; beyond, a term is anchored on its first word.
pub(super) const MAX_BACKS: usize = 64;

/// Another, so that the halves of a block cannot cancel out.
const OTHER_FACTOR: u64 = 0xD6E8_FEB8_6659_FD93;

/// What a word of so many bytes keeps of a block of 16, in halves: a table, for shifts of 128 bits are slow.
const KEPT: [[u64; 2]; PADDING + 1] = {
    let mut kept = [[0; 2]; PADDING + 1];
    let mut length = 1;
    while length <= PADDING {
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
fn halves(block: [u8; PADDING]) -> (u64, u64) {
    let block = u128::from_le_bytes(block);
    (block as u64, (block >> 64) as u64)
}

/// The hash of a word of the folded text, as [`each_word`] computes it.
pub(super) fn word_hash(word: &[u8]) -> u64 {
    word.chunks(PADDING).fold(0, |hash, chunk| {
        let mut padded = [0; PADDING];
        padded[..chunk.len()].copy_from_slice(chunk);
        let (low, high) = halves(padded);
        mix(hash, low, high)
    })
}

/// The high bit of each byte that is no ASCII letter in lower case, digit or `_`; exact in every byte.
#[inline]
fn separators(block: u64) -> u64 {
    let low = block & !HIGHS;
    let letter = (low + (0x80 - u64::from(b'a')) * ONES) & !(low + (0x7F - u64::from(b'z')) * ONES);
    let digit = (low + (0x80 - u64::from(b'0')) * ONES) & !(low + (0x7F - u64::from(b'9')) * ONES);
    let not_underscore = (low ^ (u64::from(b'_') * ONES)) + 0x7F * ONES;
    (!(letter | digit | !not_underscore) | block) & HIGHS
}

/// Bytes that are looked at together.
const STRIPE: usize = 64;

/// The bit of each byte of an ASCII stripe that belongs to a word; `None` when a byte is not ASCII.
/// Two passes over bytes, which the compiler makes wide, then each eight members are gathered.
#[inline]
#[expect(clippy::needless_bitwise_bool, reason = "a lazy `or` is a branch a byte, and keeps the pass narrow")]
fn word_bits(stripe: &[u8; STRIPE]) -> Option<u64> {
    let mut members = [0; STRIPE];
    let mut any = 0;
    for (member, &byte) in members.iter_mut().zip(stripe) {
        let letter = byte.wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        *member = u8::from(letter | digit | (byte == b'_'));
        any |= byte;
    }
    let mut bits = 0;
    for (index, chunk) in members.as_chunks::<8>().0.iter().enumerate() {
        // Each byte's bit, gathered in the top byte.
        bits |= (u64::from_le_bytes(*chunk).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (index * 8);
    }
    any.is_ascii().then_some(bits)
}

/// The hash of the word of `length` bytes at `start` in a text with its padding. One path for nearly all
/// words: a branch on the length would be guessed wrong for every third.
#[inline]
fn hash_at(padded: &[u8], start: usize, length: usize) -> u64 {
    match (padded[start..].first_chunk(), KEPT.get(length)) {
        (Some(chunk), Some([low_kept, high_kept])) => {
            let (low, high) = halves(*chunk);
            mix(0, low & low_kept, high & high_kept)
        }
        _ => word_hash(&padded[start..start + length]),
    }
}

/// Calls `visit` with start, end and hash of each word of `padded`, which is folded UTF-8 and then
/// [`PADDING`] zeros.
#[inline]
pub(super) fn each_word(padded: &[u8], mut visit: impl FnMut(usize, usize, u64)) {
    let len = padded.len().saturating_sub(PADDING);
    let mut at = 0;
    // Words are found by stripes, so that one word need not wait for the end of the word before.
    while at < len {
        let Some(mut bits) = padded[at..len].first_chunk().and_then(word_bits) else {
            let until = len.min(at + STRIPE);
            while at < until {
                at = next_word(padded, len, at, &mut visit);
            }
            continue;
        };
        let mut next = at + STRIPE;
        while bits != 0 {
            let from = bits.trailing_zeros() as usize;
            let length = (!(bits >> from)).trailing_zeros() as usize;
            if from + length == STRIPE {
                next = at + from;
                break;
            }
            let start = at + from;
            visit(start, start + length, hash_at(padded, start, length));
            bits &= !0 << (from + length);
        }
        if next == at {
            next = next_word(padded, len, at, &mut visit);
        }
        at = next;
    }
}

/// The word or the separator at `at`, which is no word's middle; gives where to go on.
#[inline]
fn next_word(padded: &[u8], len: usize, at: usize, visit: &mut impl FnMut(usize, usize, u64)) -> usize {
    let start = at;
    let mut at = at;
    while let Some(chunk) = padded[at..].first_chunk::<8>() {
        let block = u64::from_le_bytes(*chunk);
        let found = separators(block);
        if found == 0 {
            at += 8;
            continue;
        }
        let bits = found.trailing_zeros() & !7;
        let end = at + bits as usize / 8;
        if block >> bits & 0x80 != 0 {
            return beyond_ascii(&padded[..len], start, end, visit);
        }
        if end > start {
            visit(start, end, hash_at(padded, start, end - start));
        }
        return end + 1;
    }
    len
}

/// A word that goes on, or a separator that stands, beyond ASCII at `at`; gives where to go on.
#[cold]
fn beyond_ascii(folded: &[u8], start: usize, at: usize, visit: &mut impl FnMut(usize, usize, u64)) -> usize {
    let mut end = at;
    while let Some((c, length)) = char_at(folded, end) {
        if class(c) != Class::Word {
            break;
        }
        end += length;
    }
    if end > start {
        visit(start, end, word_hash(&folded[start..end]));
        return end;
    }
    at + char_at(folded, at).map_or(1, |(_, length)| length)
}

/// The character that starts at `at` and its length.
#[inline]
pub(super) fn char_at(folded: &[u8], at: usize) -> Option<(char, usize)> {
    let first = *folded.get(at)?;
    if first.is_ascii() {
        return Some((char::from(first), 1));
    }
    let length = match first {
        0xF0.. => 4,
        0xE0.. => 3,
        _ => 2,
    };
    let c = std::str::from_utf8(folded.get(at..at + length)?).ok()?.chars().next()?;
    Some((c, length))
}

/// The character that ends at `at`.
#[inline]
pub(super) fn char_before(folded: &[u8], at: usize) -> Option<char> {
    let last = *folded.get(at.checked_sub(1)?)?;
    if last.is_ascii() {
        return Some(char::from(last));
    }
    let start = folded[..at].iter().rposition(|&byte| byte & 0xC0 != 0x80)?;
    char_at(folded, start).map(|(c, _)| c)
}

/// What a word leads to.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    hash: u64,
    /// Ranges of `Gate::backs`, `Gate::tags`, `Gate::phrases`; all empty in a free slot.
    backs: (u32, u32),
    tags: (u32, u32),
    phrases: (u32, u32),
}

/// Open addressing over the anchor words, behind a bitmap that most words do not pass.
#[derive(Debug, Default)]
pub(super) struct Gate {
    bitmap: Vec<u64>,
    shift: u32,
    slots: Vec<Slot>,
    backs: Vec<u32>,
    tags: Vec<u32>,
    phrases: Vec<u32>,
}

/// Where a word leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leads<'a> {
    /// How far before the word terms start.
    pub(super) backs: &'a [u32],
    /// The patterns that it may be as a hashtag or handle.
    pub(super) tags: &'a [u32],
    /// Ruled phrases that are anchored on it.
    pub(super) phrases: &'a [u32],
}

/// One reason to look at a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lead {
    /// A term may start so many bytes before the word.
    Back(u32),
    /// The word may be a hashtag or handle that is the letters of this pattern.
    Tag(u32),
    /// This ruled phrase may stand around the word.
    Phrase(u32),
}

impl Gate {
    /// A gate for pairs of a word's hash and where it leads.
    pub(super) fn build(mut leads: Vec<(u64, Lead)>) -> Self {
        if leads.is_empty() {
            return Self::default();
        }
        leads.sort_unstable();
        leads.dedup();
        let words = leads.chunk_by(|a, b| a.0 == b.0).count();
        let bits = (words * 16).next_power_of_two().max(1 << 12);
        let capacity = (words * 2).next_power_of_two();
        let mut gate = Self {
            bitmap: vec![0; bits / 64],
            shift: 64 - bits.trailing_zeros(),
            slots: vec![Slot::default(); capacity],
            backs: Vec::new(),
            tags: Vec::new(),
            phrases: Vec::new(),
        };
        for word in leads.chunk_by(|a, b| a.0 == b.0) {
            let hash = word[0].0;
            let starts = [gate.backs.len() as u32, gate.tags.len() as u32, gate.phrases.len() as u32];
            for (_, lead) in word {
                match lead {
                    Lead::Back(back) => gate.backs.push(*back),
                    Lead::Tag(pattern) => gate.tags.push(*pattern),
                    Lead::Phrase(phrase) => gate.phrases.push(*phrase),
                }
            }
            let slot = Slot {
                hash,
                backs: (starts[0], gate.backs.len() as u32),
                tags: (starts[1], gate.tags.len() as u32),
                phrases: (starts[2], gate.phrases.len() as u32),
            };
            let bit = hash >> gate.shift;
            gate.bitmap[(bit / 64) as usize] |= 1 << (bit % 64);
            let mut at = hash as usize & (capacity - 1);
            while gate.slots[at].is_taken() {
                at = (at + 1) & (capacity - 1);
            }
            gate.slots[at] = slot;
        }
        gate
    }

    /// False for most words that lead nowhere.
    #[inline]
    pub(super) fn passes(&self, hash: u64) -> bool {
        let bit = hash >> self.shift;
        self.bitmap.get((bit / 64) as usize).is_some_and(|word| word >> (bit % 64) & 1 != 0)
    }

    /// Where the word leads, if anywhere.
    pub(super) fn leads(&self, hash: u64) -> Option<Leads<'_>> {
        let range = |(start, end): (u32, u32)| start as usize..end as usize;
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        while self.slots[at].is_taken() {
            let Slot { hash: taken, backs, tags, phrases } = self.slots[at];
            if taken == hash {
                return Some(Leads {
                    backs: &self.backs[range(backs)],
                    tags: &self.tags[range(tags)],
                    phrases: &self.phrases[range(phrases)],
                });
            }
            at = (at + 1) & mask;
        }
        None
    }
}

impl Slot {
    fn is_taken(&self) -> bool {
        self.backs.0 < self.backs.1 || self.tags.0 < self.tags.1 || self.phrases.0 < self.phrases.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_longest_runs_and_carry_their_hash() {
        for text in
            ["l'orange d'hier", "anticonstitutionnellement_1 x", "тариф orange橙x\u{301} ¡hola!", "", "abcdefgh", "a橙"]
        {
            let mut padded = text.as_bytes().to_vec();
            padded.extend([0; PADDING]);
            let mut words = Vec::new();
            each_word(&padded, |start, end, hash| {
                assert_eq!(hash, word_hash(&padded[start..end]));
                words.push(&text[start..end]);
            });
            let expected: Vec<&str> = text.split(|c| class(c) != Class::Word).filter(|word| !word.is_empty()).collect();
            assert_eq!(words, expected, "{text}");
        }
    }

    #[test]
    fn a_word_leads_to_what_it_was_built_with_and_others_lead_nowhere() {
        let hash = |word: usize| word_hash(word.to_string().as_bytes());
        let gate = Gate::build((0..1000).map(|word| (hash(word), Lead::Back(word as u32))).collect());
        for word in 0..1000 {
            assert!(gate.passes(hash(word)));
            assert_eq!(gate.leads(hash(word)), Some(Leads { backs: &[word as u32], tags: &[], phrases: &[] }));
        }
        assert_eq!((1000..2000).filter(|&word| gate.leads(hash(word)).is_some()).count(), 0);
    }
}
