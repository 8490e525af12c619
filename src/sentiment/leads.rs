//! Which words may be a form of a stem, by their first letters: most words are spared the stemmer. Owns the filter;
//! the stems are the lexicon's.

const BITS: u32 = 18;

/// Fewest and most letters that are asked of the forms of a stem.
const FEWEST: u32 = 3;
const MOST: u32 = 8;
/// As many tell most words from the forms of any stem.
const FEW: u32 = 4;

/// A set of leads, the first letters of words a byte each; now and then it has one that was never learnt.
pub(super) struct Leads(Vec<u64>);

impl Default for Leads {
    fn default() -> Self {
        Self(vec![0; 1 << (BITS - 6)])
    }
}

impl Leads {
    /// Notes a form of a stem.
    pub(super) fn learn(&mut self, lead: u64, stem: &str) {
        let letters = common(stem);
        for (letters, or_more) in [(letters, false), (letters.min(FEW), true)] {
            let (slot, bit) = place(lead, letters, or_more);
            self.0[slot] |= bit;
        }
    }

    /// Whether a word that opens so may be a form of a stem.
    pub(super) fn may_be_of_a_form(&self, lead: u64) -> bool {
        let has = |letters, or_more| {
            let (slot, bit) = place(lead, letters, or_more);
            self.0[slot] & bit != 0
        };
        has(FEWEST, false) || (has(FEW, true) && (FEW..=MOST).any(|letters| has(letters, false)))
    }
}

/// The place of the first `letters` of a lead, for stems whose forms share so many or, with `or_more`, more.
const fn place(lead: u64, letters: u32, or_more: bool) -> (usize, u64) {
    let first = lead & (!0 << (64 - 8 * letters));
    let bit = (first ^ letters as u64 ^ (or_more as u64) << 4).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS);
    ((bit / 64) as usize, 1 << (bit % 64))
}

/// How many first letters the forms of a stem have in common: all but the last ones, where the stemmer may have
/// changed them, `finaux` and `final`, `happy` and `happi`, `complication` and `compliqu`.
fn common(stem: &str) -> u32 {
    let changed = if stem.ends_with("qu") { 2 } else { usize::from(stem.ends_with(['e', 'i', 'l', 't', 'x', 'y'])) };
    (stem.chars().count().saturating_sub(changed) as u32).clamp(FEWEST, MOST)
}

#[cfg(test)]
mod tests {
    use super::super::tokens::hashes;
    use super::*;

    #[test]
    fn forms_of_a_stem_pass_and_most_other_words_do_not() {
        let mut leads = Leads::default();
        for (form, stem) in [("compliquer", "compliqu"), ("finaux", "final"), ("décevoir", "décev"), ("nul", "nul")] {
            leads.learn(hashes(form).2, stem);
        }
        for form in ["complications", "finale", "DÉCEVANT", "nulle"] {
            assert!(leads.may_be_of_a_form(hashes(form).2), "{form}");
        }
        for other in ["comptoir", "fixer", "décembre", "nuage"] {
            assert!(!leads.may_be_of_a_form(hashes(other).2), "{other}");
        }
    }
}
