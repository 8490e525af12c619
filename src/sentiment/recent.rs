//! What words were found to mean lately: texts repeat their words, and looking one up costs more than reading it.
//! Owns a memory of a fixed size for each thread; what a word means is the lexicon's.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use super::lexicon::{Entry, Lexicon, plain_hash};
use super::reading::Item;
use super::tokens::{Kind, Token, shorten};

/// Words that are remembered, a power of two: those of a few long texts.
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 11;

/// A word that was looked up.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    /// Of its letters and the lexicon.
    key: u64,
    /// As it was respelled.
    exact: u64,
    plain: u64,
    /// See [`Item::stem`].
    stem: u64,
    letters: u16,
    entry: Entry,
}

/// The words of the texts before, each where its hash puts it or beside: of those that meet there, the latest stay.
#[derive(Debug)]
pub(super) struct Recent {
    known: Box<[Known]>,
    scratch: String,
}

impl Default for Recent {
    fn default() -> Self {
        Self { known: vec![Known::default(); SLOTS].into(), scratch: String::new() }
    }
}

thread_local! {
    static RECENT: Cell<Option<Recent>> = const { Cell::new(None) };
}

/// Tells the lexicons of a process apart.
#[derive(Debug)]
pub(super) struct LexiconId(u64);

impl LexiconId {
    pub(super) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Letters that are the same mean another thing in another lexicon.
    const fn key(&self, exact: u64) -> u64 {
        (exact ^ self.0).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

const fn slot(key: u64) -> usize {
    (key >> (64 - SLOT_BITS)) as usize
}

impl Recent {
    /// A word that is remembered: in its place or the one beside it.
    fn known(&mut self, key: u64) -> Option<&mut Known> {
        let place = slot(key);
        let place = if self.known[place].key == key { place } else { place ^ 1 };
        Some(&mut self.known[place]).filter(|known| known.key == key)
    }

    /// Remembers a word, in the stead of another where both places are taken.
    fn remember(&mut self, word: Known) {
        let place = slot(word.key);
        let free = [place, place ^ 1].into_iter().find(|&place| self.known[place].key == 0);
        self.known[free.unwrap_or(place ^ (word.key & 1) as usize)] = word;
    }
}

/// Lends what this thread remembers.
pub(super) fn with<T>(use_it: impl FnOnce(&mut Recent) -> T) -> T {
    let mut recent = RECENT.take().unwrap_or_default();
    let result = use_it(&mut recent);
    RECENT.set(Some(recent));
    result
}

impl Lexicon {
    /// Gives a word what the lexicon says of it outside of idioms, and what idioms go by. `text` is its part's.
    pub(super) fn look_up(&self, item: &mut Item, text: &str, recent: &mut Recent) {
        let token = &item.token;
        if token.kind != Kind::Word {
            return;
        }
        // Numbers seldom come back.
        if token.digit {
            self.find(item, text, &mut recent.scratch);
            return;
        }
        let key = self.id.key(token.exact);
        if let Some(known) = recent.known(key) {
            let token = &mut item.token;
            (token.exact, token.plain, token.letters) = (known.exact, known.plain, known.letters);
            (item.entry, item.stem) = (known.entry, known.stem);
            return;
        }
        self.find(item, text, &mut recent.scratch);
        let Token { exact, plain, letters, .. } = item.token;
        recent.remember(Known { key, exact, plain, stem: item.stem, letters, entry: item.entry });
    }

    /// The hash of the stem of a word that was looked up, without accents. `text` is its part's.
    pub(super) fn stem(&self, item: &Item, text: &str, recent: &mut Recent) -> u64 {
        if item.stem != 0 {
            return item.stem;
        }
        let token = &item.token;
        let key = self.id.key(token.exact);
        if let Some(known) = recent.known(key).filter(|known| known.stem != 0) {
            return known.stem;
        }
        shorten(&text[token.start as usize..token.end as usize], usize::MAX, &mut recent.scratch);
        let stem = plain_hash(&self.stemmer.stem(&recent.scratch));
        if let Some(known) = recent.known(key) {
            known.stem = stem;
        }
        stem
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::sentiment::{Input, Packs, Part, Score, Tuning, score_with};
    use crate::text::language::Language;

    fn read(text: &str, tuning: &Tuning, language: Language) -> Score {
        score_with(&Input { parts: &[Part { text, target: &[] }], language }, tuning).expect("a lexicon")
    }

    proptest! {
        #[test]
        fn a_text_has_the_score_that_a_thread_without_a_memory_gives_it(
            texts in prop::collection::vec(
                "(nul|NUL|nuuul|déçu|decu|Déçues|pratik|jrecommande|tjr|aujourd['’]hui|n['’]est|pas|top|très|#TropDéçu|3h|zinguée| |, |\\. ){1,14}",
                1..8,
            ),
        ) {
            let tunings = [
                Tuning::default(),
                Tuning::new(Packs::DEFAULT, vec![("zinguer".to_owned(), -3.0), ("top".to_owned(), 0.0)], Vec::new()),
            ];
            for text in &texts {
                for tuning in &tunings {
                    for language in [Language::FRENCH, Language::ENGLISH] {
                        let here = read(text, tuning, language);
                        let fresh = std::thread::scope(|scope| {
                            scope.spawn(|| read(text, tuning, language)).join().expect("no panic")
                        });
                        prop_assert_eq!(&here, &fresh, "{}", text);
                    }
                }
            }
        }
    }
}
