//! The words of a text as the comparison of stories hears them: without case, accents, punctuation,
//! entities and addresses. Owns the hash, which the store keeps: it never changes.

use crate::text::fold::class::{Class, class};
use crate::text::fold::fold_string;
use crate::text::html::entities;

/// What is read of a text, in bytes: a book is told by its beginning.
const READ: usize = 256 << 10;

/// Hashes of the words, in order.
pub(super) fn words(text: &str) -> Vec<u64> {
    let text = text.get(..floor(text, READ)).unwrap_or_default();
    let mut words = Vec::new();
    // What was escaped twice still holds entities after the source has read it.
    for piece in entities::decode_all(text).split_whitespace() {
        if is_address(piece) {
            continue;
        }
        let mut word = Fnv::new();
        let mut buffer = [0; 4];
        for c in fold_string(piece).chars() {
            match class(c) {
                // A letter that was lost on the way.
                Class::Other if c == char::REPLACEMENT_CHARACTER => word.add(b"?"),
                Class::Word => word.add(c.encode_utf8(&mut buffer).as_bytes()),
                other => {
                    words.extend(std::mem::replace(&mut word, Fnv::new()).finish());
                    if other == Class::Free {
                        word.add(c.encode_utf8(&mut buffer).as_bytes());
                        words.extend(std::mem::replace(&mut word, Fnv::new()).finish());
                    }
                }
            }
        }
        words.extend(word.finish());
    }
    words
}

/// The greatest character boundary up to `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn is_address(piece: &str) -> bool {
    let piece = piece.trim_start_matches(|c: char| !c.is_alphanumeric());
    ["http://", "https://", "www."]
        .iter()
        .any(|start| piece.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
}

/// One number of several texts, with their borders.
pub(super) fn hash(parts: &[&str]) -> u64 {
    let mut hash = Fnv::new();
    for part in parts {
        hash.add(part.as_bytes());
        hash.add(&[0xFF]);
    }
    hash.finish().unwrap_or(1)
}

/// One number of several numbers.
pub(super) fn combine(numbers: &[u64]) -> u64 {
    let mut hash = Fnv::new();
    for number in numbers {
        hash.add(&number.to_le_bytes());
    }
    hash.finish().unwrap_or(1)
}

/// FNV-1a, finished with the mixer of MurmurHash3: FNV alone leaves its high bits poor.
struct Fnv(u64, bool);

impl Fnv {
    const fn new() -> Self {
        Self(0xCBF2_9CE4_8422_2325, false)
    }

    fn add(&mut self, bytes: &[u8]) {
        self.1 = true;
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }

    /// Nothing when nothing was added; never 0.
    fn finish(self) -> Option<u64> {
        let mut hash = self.0;
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        self.1.then_some((hash ^ (hash >> 33)).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn what_editors_do_to_letters_changes_no_word() {
        let plain = words("L'été, Orange relève de 2 € ses forfaits « fibre » : réaction");
        for text in [
            "l’ete orange releve de 2 ses forfaits fibre reaction",
            "L&rsquo;&eacute;t&eacute;, Orange rel&egrave;ve de 2&nbsp;&euro; ses forfaits fibre&nbsp;: r&eacute;action",
            "L'ÉTÉ ORANGE RELÈVE DE 2 SES FORFAITS FIBRE https://a.fr/x?utm=1 (www.a.fr) RÉACTION",
        ] {
            assert_eq!(words(text), plain, "{text}");
        }
        assert_eq!(plain.len(), 10);
        assert_eq!(words("東京の Orange").len(), 4, "unspaced scripts: each sign");
        assert!(words(" … — ! ").is_empty());
    }
}
