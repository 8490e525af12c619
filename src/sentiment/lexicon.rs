//! The lexicon of a language: words, idioms and the words that steer others. Owns the data files, how
//! they are read and in which order a word is looked up; the rules are `rules`.
//!
//! `XX.tsv` holds `form⇥valence⇥flags`, the valence in [−4, 4], the flags `v` (a verb: `pas` may follow
//! it) and `x` (this form with these accents only: no stem, no other spelling). `XX_idioms.tsv` holds
//! two to five words in the same columns. `XX_roles.tsv` holds `form⇥role`.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use rust_stemmers::{Algorithm, Stemmer};

use super::signs::Signs;
use super::tokens::{Kind, Reader, Token, base, hashes, join, lower, mix};
use crate::text::language::Language;

/// Longest idiom, in words.
pub(super) const LONGEST_IDIOM: usize = 5;

/// Shortest word that is looked up by its stem, in letters.
const SHORTEST_STEM: u16 = 4;

/// What a word does to others; several may hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Role(u16);

impl Role {
    /// Makes the next word stronger.
    pub(super) const BOOSTER: Self = Self(1);
    /// Makes the next word weaker.
    pub(super) const ATTENUATOR: Self = Self(1 << 1);
    /// Turns the words after it.
    pub(super) const NEGATOR: Self = Self(1 << 2);
    /// Turns a verb in front of it.
    pub(super) const AFTER_VERB: Self = Self(1 << 3);
    /// `ne`.
    pub(super) const CLITIC: Self = Self(1 << 4);
    /// `plus`: negates with `ne` only.
    pub(super) const MORE: Self = Self(1 << 5);
    /// `peu`.
    pub(super) const LITTLE: Self = Self(1 << 6);
    /// `moins`.
    pub(super) const LESS: Self = Self(1 << 7);
    /// `que`: with `ne`, 'only'.
    pub(super) const LIMIT: Self = Self(1 << 8);
    /// `mais`.
    pub(super) const CONTRAST: Self = Self(1 << 9);
    /// Not counted between a negator and its word: articles, pronouns, adverbs of degree.
    pub(super) const CLEAR: Self = Self(1 << 10);
    /// `un`: `un peu` only attenuates.
    pub(super) const UNIT: Self = Self(1 << 11);
    /// `au`: `au moins` does nothing.
    pub(super) const GUARD: Self = Self(1 << 12);

    fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "booster" => Self::BOOSTER,
            "attenuator" => Self::ATTENUATOR,
            "negator" => Self::NEGATOR,
            "after" => Self::AFTER_VERB,
            "clitic" => Self::CLITIC,
            "more" => Self::MORE,
            "little" => Self::LITTLE,
            "less" => Self::LESS,
            "limit" => Self::LIMIT,
            "contrast" => Self::CONTRAST,
            "clear" => Self::CLEAR,
            "unit" => Self::UNIT,
            "guard" => Self::GUARD,
            _ => return None,
        })
    }

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What the lexicon says of a word.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Entry {
    /// In [−4, 4]; 0 for a word that only steers.
    pub(super) valence: f32,
    pub(super) verb: bool,
    pub(super) role: Role,
    /// Whether an idiom starts with it.
    opens_idiom: bool,
}

/// What the lexicon says of an idiom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Idiom {
    pub(super) valence: f32,
    /// In words.
    pub(super) length: usize,
    /// It holds its own negation: one in front does not turn it.
    pub(super) negated: bool,
}

/// The keys are hashes already.
#[derive(Default)]
struct Keyed(u64);

impl Hasher for Keyed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key ^ (key >> 32);
    }
}

type Table<T> = HashMap<u64, T, BuildHasherDefault<Keyed>>;

/// A row of `XX.tsv` or `XX_idioms.tsv`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) form: &'static str,
    pub(super) valence: f32,
    pub(super) flags: &'static str,
}

/// The data files of a language.
pub(super) struct Files {
    words: &'static str,
    idioms: &'static str,
    roles: &'static str,
    algorithm: Algorithm,
    /// Whether `l'` and its like are words of their own.
    pub(super) elisions: bool,
}

pub(super) const FRENCH: Files = Files {
    words: include_str!("data/fr.tsv"),
    idioms: include_str!("data/fr_idioms.tsv"),
    roles: include_str!("data/fr_roles.tsv"),
    algorithm: Algorithm::French,
    elisions: true,
};

pub(super) const ENGLISH: Files = Files {
    words: include_str!("data/en.tsv"),
    idioms: include_str!("data/en_idioms.tsv"),
    roles: include_str!("data/en_roles.tsv"),
    algorithm: Algorithm::English,
    elisions: false,
};

/// The well-formed rows of a table; a test holds every row to the form.
fn rows(table: &'static str) -> impl Iterator<Item = Row> {
    table.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        let (form, valence, flags) = (columns.next()?, columns.next()?, columns.next()?);
        Some(Row { form, valence: valence.parse().ok()?, flags })
    })
}

impl Files {
    pub(super) fn words(&self) -> impl Iterator<Item = Row> {
        rows(self.words)
    }

    pub(super) fn idioms(&self) -> impl Iterator<Item = Row> {
        rows(self.idioms)
    }

    fn roles(&self) -> impl Iterator<Item = (&'static str, Role)> {
        self.roles.lines().filter_map(|line| {
            let (form, role) = line.split_once('\t')?;
            Some((form, Role::from_word(role)?))
        })
    }
}

/// The sum and the number of the forms of a stem.
#[derive(Default, Clone, Copy)]
struct Stem {
    sum: f32,
    forms: f32,
    verb: bool,
}

/// The compiled lexicon of a language.
pub(super) struct Lexicon {
    words: Table<Entry>,
    stems: Table<Entry>,
    idioms: Table<Idiom>,
    /// Which first three letters a form of the stems has: most words are spared the stemmer.
    leads: Vec<u64>,
    stemmer: Stemmer,
    pub(super) signs: Signs,
    /// See [`Files::elisions`].
    pub(super) elisions: bool,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lexicon").field("words", &self.words.len()).field("idioms", &self.idioms.len()).finish()
    }
}

const LEAD_BITS: u32 = 14;

const fn lead_place(lead: u32) -> (usize, u64) {
    let bit = lead.wrapping_mul(0x9e37_79b1) >> (32 - LEAD_BITS);
    ((bit / 64) as usize, 1 << (bit % 64))
}

/// The plain hash of a stem: French stems keep their accents.
fn plain_hash(stem: &str) -> u64 {
    stem.chars().fold(0, |hash, character| {
        let (first, second) = base(character);
        let hash = mix(hash, first);
        second.map_or(hash, |letter| mix(hash, letter))
    })
}

/// The words of an idiom.
fn idiom_tokens(form: &str, signs: &Signs, elisions: bool) -> Vec<Token> {
    let mut reader = Reader::new(signs, elisions, form.len());
    reader.read(0, form, &[]);
    reader.finish()
}

impl Lexicon {
    /// The lexicon of a language; none for a language that has no lexicon.
    pub(super) fn of(language: Language) -> Option<&'static Self> {
        static FRENCH_LEXICON: OnceLock<Lexicon> = OnceLock::new();
        static ENGLISH_LEXICON: OnceLock<Lexicon> = OnceLock::new();
        match language {
            Language::FRENCH => Some(FRENCH_LEXICON.get_or_init(|| Self::load(&FRENCH))),
            Language::ENGLISH => Some(ENGLISH_LEXICON.get_or_init(|| Self::load(&ENGLISH))),
            _ => None,
        }
    }

    pub(super) fn load(files: &Files) -> Self {
        let mut lexicon = Self {
            words: Table::default(),
            stems: Table::default(),
            idioms: Table::default(),
            leads: vec![0; 1 << (LEAD_BITS - 6)],
            stemmer: Stemmer::create(files.algorithm),
            signs: Signs::load(),
            elisions: files.elisions,
        };
        let mut unaccented = Table::<Entry>::default();
        let mut stems = Table::<Stem>::default();
        for row in files.words() {
            let (exact, plain, lead) = hashes(row.form);
            let entry = Entry { valence: row.valence, verb: row.flags.contains('v'), ..Entry::default() };
            lexicon.words.insert(exact, entry);
            if row.flags.contains('x') {
                continue;
            }
            unaccented.entry(plain).or_insert(entry);
            if row.form.chars().count() >= usize::from(SHORTEST_STEM) {
                let stem = stems.entry(plain_hash(&lexicon.stemmer.stem(row.form))).or_default();
                stem.sum += row.valence;
                stem.forms += 1.0;
                stem.verb |= entry.verb;
                let (slot, bit) = lead_place(lead);
                lexicon.leads[slot] |= bit;
            }
        }
        for (plain, entry) in unaccented {
            lexicon.words.entry(plain).or_insert(entry);
        }
        lexicon.stems = stems
            .into_iter()
            .map(|(key, stem)| (key, Entry { valence: stem.sum / stem.forms, verb: stem.verb, ..Entry::default() }))
            .collect();
        for (form, role) in files.roles() {
            let (exact, plain, _) = hashes(form);
            for key in if exact == plain { vec![exact] } else { vec![exact, plain] } {
                let entry = lexicon.words.entry(key).or_default();
                entry.role = entry.role.with(role);
            }
        }
        for row in files.idioms() {
            let tokens = idiom_tokens(row.form, &lexicon.signs, files.elisions);
            let Some(first) = tokens.first() else { continue };
            let negated = tokens.iter().any(|token| {
                lexicon.words.get(&token.plain).is_some_and(|entry| entry.role.has(Role::NEGATOR))
                    || token.contracted_not
            });
            let key = tokens.iter().fold(0, |hash, token| join(hash, token.plain));
            lexicon.idioms.insert(key, Idiom { valence: row.valence, length: tokens.len(), negated });
            // Keyed without accents, as idioms are.
            lexicon.words.entry(first.plain).or_default().opens_idiom = true;
        }
        lexicon
    }

    /// Looks a word up: its form, the form with long letters shortened, without accents, its stem.
    /// `scratch` is reused from word to word.
    pub(super) fn word(&self, text: &str, token: &Token, scratch: &mut String) -> Entry {
        let known = |key: u64| self.words.get(&key).filter(|entry| entry.valence != 0.0 || entry.role != Role::default());
        if let Some(&entry) = known(token.exact) {
            return entry;
        }
        if token.drawn_out {
            for keep in [2, 1] {
                shorten(text, keep, scratch);
                let (exact, plain, _) = hashes(scratch);
                if let Some(&entry) = known(exact).or_else(|| known(plain)) {
                    return entry;
                }
            }
        }
        if token.plain != token.exact
            && let Some(&entry) = known(token.plain)
        {
            return entry;
        }
        let (slot, bit) = lead_place(token.lead);
        if token.letters >= SHORTEST_STEM && self.leads[slot] & bit != 0 {
            shorten(text, if token.drawn_out { 1 } else { usize::MAX }, scratch);
            if let Some(&entry) = self.stems.get(&plain_hash(&self.stemmer.stem(scratch))) {
                return entry;
            }
        }
        Entry::default()
    }

    /// The longest idiom that `tokens` start with.
    pub(super) fn idiom(&self, tokens: &[Token]) -> Option<Idiom> {
        let first = tokens.first()?;
        if !self.words.get(&first.plain)?.opens_idiom {
            return None;
        }
        let mut found = None;
        let mut key = 0;
        for token in tokens.iter().take(LONGEST_IDIOM) {
            if token.kind != Kind::Word || token.clause != first.clause || token.part != first.part {
                break;
            }
            key = join(key, token.plain);
            if let Some(&idiom) = self.idioms.get(&key) {
                found = Some(idiom);
            }
        }
        // One word alone is never an idiom, whatever its hash.
        found.filter(|idiom| idiom.length > 1)
    }
}

/// Writes the lower-case form with at most `keep` of the same letter in a row.
fn shorten(text: &str, keep: usize, into: &mut String) {
    into.clear();
    let (mut last, mut run) = ('\0', 0);
    for character in text.chars().map(lower) {
        run = if character == last { run + 1 } else { 1 };
        last = character;
        if run <= keep || !character.is_alphabetic() {
            into.push(character);
        }
    }
}
