//! Hashtags in one piece: the words they are made of. Owns how they are taken to pieces; the words are the
//! lexicon's.

use super::lexicon::{Entry, Lexicon, SHORTEST_ROOT};
use super::role::Role;
use super::tokens::hashes;

/// Words in front of the one of tone in a hashtag: `onenamarre`.
const MOST_TAGGED: usize = 3;
/// Endings that are words of tone by chance: `environne ment`.
const ENDINGS: [&str; 2] = ["ment", "ments"];
/// Longest hashtag that is taken to pieces, in bytes.
const LONGEST_TAG: usize = 40;

impl Lexicon {
    /// Whether a piece of a hashtag is at most so many words.
    fn is_made_of_words(&self, piece: &str, most: usize) -> bool {
        let known = |piece: &str| {
            let (exact, plain, _) = hashes(piece);
            self.words.contains_key(&exact) || self.words.contains_key(&plain)
        };
        known(piece)
            || most > 1
                && piece.char_indices().skip(1).any(|(cut, _)| {
                    let (head, tail) = piece.split_at(cut);
                    known(tail) && self.is_made_of_words(head, most - 1)
                })
    }

    /// The tone of a hashtag in one piece, `tropdeçu`: the longest word of tone that ends it, where the
    /// rest is a word too. A word that negates in front turns it.
    pub(super) fn hashtag(&self, text: &str) -> Entry {
        let known = |piece: &str| {
            let (exact, plain, _) = hashes(piece);
            self.words.get(&exact).or_else(|| self.words.get(&plain)).copied()
        };
        if text.len() > LONGEST_TAG {
            return Entry::default();
        }
        for (cut, _) in text.char_indices().skip(1) {
            let (head, tail) = text.split_at(cut);
            if tail.chars().count() < SHORTEST_ROOT {
                break;
            }
            let Some(mut entry) = known(tail).filter(|entry| entry.valence != 0.0) else { continue };
            if ENDINGS.iter().any(|ending| tail.eq_ignore_ascii_case(ending)) {
                continue;
            }
            if known(head).is_some_and(|first| first.role.has(Role::NEGATOR)) {
                entry.valence = -entry.valence;
            } else if !self.is_made_of_words(head, MOST_TAGGED) {
                continue;
            }
            return entry;
        }
        Entry::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::sentiment::{Input, Part, score};
    use crate::text::language::Language;

    #[test]
    fn a_hashtag_in_one_piece_has_the_tone_of_its_last_word() {
        for (text, sign) in [
            ("#serviceclientnul", -1.0),
            ("#onenamarre", -1.0),
            ("#pasdéçu", 1.0),
            ("#zgrbnul", 0.0),
            ("#Environnement", 0.0),
        ] {
            let parts = [Part { text, target: &[] }];
            let scored = score(&Input { parts: &parts, language: Language::FRENCH }).expect("a lexicon").score;
            assert!(if f32::abs(sign) < 0.1 { scored.abs() < 0.1 } else { scored * sign > 0.2 }, "{text}: {scored}");
        }
    }
}
