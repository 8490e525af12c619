//! The gate in front of the automaton: from a word's hash to the places
//! where a term that holds it may start. Verifies nothing: a passed gate is only a candidate.

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
    use crate::text::fold::words::word_hash;

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
