//! The gate in front of the automaton: from a word's hash to the places
//! where a term that holds it may start. Verifies nothing: a passed gate is only a candidate.

use fearless_simd::{Level, dispatch};

use crate::text::fold::words::Word;

/// Starts of terms behind one word at most; beyond, a term is anchored on its first word.
pub(super) const MAX_BACKS: usize = 64;

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

/// One reason to look at a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lead {
    /// This pattern alone is anchored on the word.
    Pattern(u32),
    /// Patterns of the crowd may start so many bytes before the word.
    Crowd(u32),
    /// The word may be a hashtag or handle that is the letters of this pattern.
    Tag(u32),
    /// This ruled phrase may stand around the word.
    Phrase(u32),
}

/// A word and its part of `Gate::leads`; empty in a free slot.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    hash: u64,
    leads: (u32, u32),
}

/// Open addressing over the anchor words, behind a bitmap that most words do not pass.
#[derive(Debug, Default)]
pub(super) struct Gate {
    bitmap: Vec<u64>,
    shift: u32,
    slots: Vec<Slot>,
    leads: Vec<Lead>,
}

/// Two bits of one block: a word passes by chance once in a few hundred.
#[inline(always)]
#[expect(clippy::inline_always, reason = "only what is inlined is compiled for the instructions at hand")]
fn bits(hash: u64) -> u64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63)
}

impl Gate {
    /// A gate for pairs of a word's hash and where it leads.
    pub(super) fn build(mut pairs: Vec<(u64, Lead)>) -> Self {
        if pairs.is_empty() {
            return Self::default();
        }
        pairs.sort_unstable();
        pairs.dedup();
        let words = pairs.chunk_by(|a, b| a.0 == b.0).count();
        let blocks = (words / 4).next_power_of_two().max(1 << 6);
        let capacity = (words * 2).next_power_of_two();
        let mut gate = Self {
            bitmap: vec![0; blocks],
            shift: 64 - blocks.trailing_zeros(),
            slots: vec![Slot::default(); capacity],
            leads: Vec::with_capacity(pairs.len()),
        };
        for word in pairs.chunk_by(|a, b| a.0 == b.0) {
            let hash = word[0].0;
            let start = gate.leads.len() as u32;
            gate.leads.extend(word.iter().map(|(_, lead)| *lead));
            gate.bitmap[(hash >> gate.shift) as usize] |= bits(hash);
            let mut at = gate.first(hash);
            while gate.slots[at].is_taken() {
                at = (at + 1) & (capacity - 1);
            }
            gate.slots[at] = Slot { hash, leads: (start, gate.leads.len() as u32) };
        }
        gate
    }

    /// The places of the words that may lead somewhere: few of those that do not.
    pub(super) fn pick<'a>(&self, words: &[Word], picked: &'a mut Vec<u32>) -> &'a [u32] {
        if self.bitmap.is_empty() {
            return &[];
        }
        if picked.len() < words.len() {
            picked.resize(words.len() + words.len() / 8, 0);
        }
        let count = dispatch!(Level::new(), _ => self.pick_into(words, picked));
        &picked[..count]
    }

    /// Without a branch a word: which of them pass cannot be guessed.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "only what is inlined is compiled for the instructions at hand")]
    fn pick_into(&self, words: &[Word], picked: &mut [u32]) -> usize {
        let (bitmap, shift) = (self.bitmap.as_slice(), self.shift);
        let mut count = 0;
        for (index, word) in words.iter().enumerate() {
            let wanted = bits(word.hash);
            let passes = bitmap[(word.hash >> (shift & 63)) as usize] & wanted == wanted;
            picked[count] = index as u32;
            count += usize::from(passes);
        }
        count
    }

    /// Where the word leads, if anywhere.
    pub(super) fn leads(&self, hash: u64) -> &[Lead] {
        let Some(mask) = self.slots.len().checked_sub(1) else { return &[] };
        let mut at = self.first(hash);
        while self.slots[at].is_taken() {
            let Slot { hash: taken, leads: (start, end) } = self.slots[at];
            if taken == hash {
                return &self.leads[start as usize..end as usize];
            }
            at = (at + 1) & mask;
        }
        &[]
    }

    /// Other bits than the bitmap's, so that who passes it by chance meets an empty slot.
    fn first(&self, hash: u64) -> usize {
        (hash >> 12) as usize & (self.slots.len() - 1)
    }
}

impl Slot {
    fn is_taken(&self) -> bool {
        self.leads.0 < self.leads.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::words::word_hash;

    #[test]
    fn a_word_leads_to_what_it_was_built_with_and_others_lead_nowhere() {
        let hash = |word: usize| word_hash(word.to_string().as_bytes());
        let gate = Gate::build((0..1000).map(|word| (hash(word), Lead::Pattern(word as u32))).collect());
        for word in 0..1000 {
            assert_eq!(gate.leads(hash(word)), [Lead::Pattern(word as u32)]);
        }
        assert!((1000..2000).all(|word| gate.leads(hash(word)).is_empty()));
        let words: Vec<Word> = (0..2000).map(|word| Word { hash: hash(word), ..Word::default() }).collect();
        let mut picked = Vec::new();
        let picked = gate.pick(&words, &mut picked);
        assert!(picked.iter().take(1000).copied().eq(0..1000));
        assert!(picked.len() < 1050, "{}", picked.len());
        assert!(Gate::default().pick(&words, &mut Vec::new()).is_empty() && Gate::default().leads(hash(1)).is_empty());
    }
}
