//! The lexicon of a language: words, idioms and the words that steer others. Owns how the data files are
//! compiled and in which order a word is looked up; the files are `files`, the rules `rules`.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use rust_stemmers::Stemmer;

use super::event::{self, Events};
pub(super) use super::files::{ENGLISH, FRENCH};
use super::files::{Files, Row};
use super::hints::Hints;
use super::idioms::{Class, Idiom, Idioms};
use super::leads::Leads;
use super::packs::{self, Packs};
use super::reading::Item;
use super::recent::{self, LexiconId};
use super::role::Role;
use super::signs::Signs;
use super::tokens::{Token, base, hashes, mix};
use crate::text::language::Language;

/// Shortest word that is looked up by its stem, in letters.
pub(super) const SHORTEST_STEM: u16 = 4;

/// Shortest stem that still says something: that of `fier` is `fi`.
pub(super) const SHORTEST_ROOT: usize = 3;

/// What the lexicon says of a word.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own")]
pub(super) struct Entry {
    /// In [−4, 4]; 0 for a word that only steers.
    pub(super) valence: f32,
    pub(super) verb: bool,
    pub(super) role: Role,
    /// See [`Idiom::limited`].
    pub(super) limited: bool,
    /// No other spelling means it: `marche` is not `marché`.
    pub(super) strict: bool,
    /// Whether an idiom starts with it.
    pub(super) opens_idiom: bool,
    /// What it stands for in an idiom: `{n}`.
    pub(super) class: Class,
}

impl Entry {
    /// A word that no rule counts, as those of an idiom after its first; events do where it is not `toned`.
    pub(super) fn covered(self, toned: bool) -> Self {
        Self { role: Role::CLEAR, class: if toned { Class::default() } else { self.class }, ..Self::default() }
    }

    /// An idiom that opens with a word of a class.
    pub(super) fn of_idiom(idiom: &Idiom, class: Class) -> Self {
        Self {
            valence: idiom.valence,
            verb: idiom.verb,
            limited: idiom.limited,
            role: idiom.role,
            class,
            ..Self::default()
        }
    }

    /// Whether it is more than the beginning of an idiom.
    pub(super) fn says(&self) -> bool {
        self.valence != 0.0 || self.role != Role::default() || self.class.has(Class::IDIOM)
    }
}

/// The keys are hashes already.
#[derive(Default)]
pub(super) struct Keyed(u64);

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

pub(super) type Table<T> = HashMap<u64, T, BuildHasherDefault<Keyed>>;

/// The sum and the number of the forms of a stem.
#[derive(Default, Clone, Copy)]
struct Stem {
    sum: f32,
    forms: f32,
    verb: bool,
}

/// The hashes of the word that a spelling means.
struct Spelling {
    exact: u64,
    plain: u64,
    lead: u64,
    stem: u64,
    letters: u16,
}

/// Longest spelling in the table, in letters.
const LONGEST_SPELLING: u16 = 9;

/// The words of a team, which are asked before those of the files.
#[derive(Default)]
pub(super) struct OwnWords {
    pub(super) words: Table<f32>,
    pub(super) stems: Table<f32>,
}

/// The compiled lexicon of a language.
pub(super) struct Lexicon {
    pub(super) id: LexiconId,
    pub(super) words: Table<Entry>,
    pub(super) stems: Table<Entry>,
    pub(super) idioms: Idioms,
    pub(super) events: Events,
    pub(super) hints: Hints,
    pub(super) leads: Leads,
    pub(super) stemmer: Stemmer,
    pub(super) signs: Signs,
    spellings: Table<Spelling>,
    /// Which hashes a spelling may have: most words are spared the look.
    spelled: Vec<u64>,
    pub(super) own: OwnWords,
    /// See [`Files::mixed`].
    pub(super) mixed: f32,
    /// See [`Files::elisions`].
    pub(super) elisions: bool,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lexicon").field("words", &self.words.len()).finish_non_exhaustive()
    }
}

const SPELLED_BITS: u32 = 13;

const fn spelled_place(hash: u64) -> (usize, u64) {
    let bit = hash >> (64 - SPELLED_BITS);
    ((bit / 64) as usize, 1 << (bit % 64))
}

/// The plain hash of a stem: French stems keep their accents.
pub(super) fn plain_hash(stem: &str) -> u64 {
    stem.chars().fold(0, |hash, character| {
        let (first, second) = base(character);
        let hash = mix(hash, first);
        second.map_or(hash, |letter| mix(hash, letter))
    })
}

impl Lexicon {
    /// The lexicon of a language with the chosen packs, compiled once; none for a language without.
    pub(super) fn of(language: Language, packs: Packs) -> Option<&'static Self> {
        static FRENCH_LEXICONS: [OnceLock<Lexicon>; Packs::CHOICES] = [const { OnceLock::new() }; Packs::CHOICES];
        static ENGLISH_LEXICONS: [OnceLock<Lexicon>; Packs::CHOICES] = [const { OnceLock::new() }; Packs::CHOICES];
        let (lexicons, files) = match language {
            Language::FRENCH => (&FRENCH_LEXICONS, &FRENCH),
            Language::ENGLISH => (&ENGLISH_LEXICONS, &ENGLISH),
            _ => return None,
        };
        Some(lexicons[packs.index()].get_or_init(|| Self::load(files, packs)))
    }

    pub(super) fn load(files: &Files, packs: Packs) -> Self {
        let mut lexicon = Self {
            id: LexiconId::next(),
            words: Table::default(),
            stems: Table::default(),
            idioms: Idioms::default(),
            events: Events::load(files.events),
            hints: Hints::load(files.hints),
            leads: Leads::default(),
            stemmer: Stemmer::create(files.algorithm),
            signs: Signs::load(),
            spellings: Table::default(),
            spelled: vec![0; 1 << (SPELLED_BITS - 6)],
            own: OwnWords::default(),
            mixed: files.mixed,
            elisions: files.elisions,
        };
        let mut unaccented = Table::<Entry>::default();
        let mut stems = Table::<Stem>::default();
        for row in files.words().chain(packs::chosen(&files.packs, packs, false)) {
            let (exact, plain, lead) = hashes(row.form);
            let strict = row.flags.contains('x');
            let entry = Entry { valence: row.valence, verb: row.flags.contains('v'), strict, ..Entry::default() };
            lexicon.words.insert(exact, entry);
            if strict {
                continue;
            }
            unaccented.entry(plain).or_insert(entry);
            let stemmed = lexicon.stemmer.stem(row.form);
            if row.form.chars().count() >= usize::from(SHORTEST_STEM) && stemmed.chars().count() >= SHORTEST_ROOT {
                let stem = stems.entry(plain_hash(&stemmed)).or_default();
                stem.sum += row.valence;
                stem.forms += 1.0;
                stem.verb |= entry.verb;
                lexicon.leads.learn(lead, &stemmed);
            }
        }
        for (plain, entry) in unaccented {
            lexicon.words.entry(plain).or_insert(entry);
        }
        lexicon.stems = stems
            .into_iter()
            .map(|(key, stem)| (key, Entry { valence: stem.sum / stem.forms, verb: stem.verb, ..Entry::default() }))
            .collect();
        for (form, role, class) in files.roles() {
            let (exact, plain, _) = hashes(form);
            for key in if exact == plain { vec![exact] } else { vec![exact, plain] } {
                let entry = lexicon.words.entry(key).or_default();
                entry.role = entry.role.with(role);
                entry.class = entry.class.with(class);
            }
        }
        for (form, class) in event::cues(files.cues) {
            let (exact, plain, _) = hashes(&form);
            // Without its accents a participle is another form, `facture`, and a short word too, `du`.
            let other = form.ends_with('é') || form.ends_with("és") || form.chars().count() < 4;
            let spelled = if other { exact } else { plain };
            for key in [exact, spelled] {
                let entry = lexicon.words.entry(key).or_default();
                entry.class = entry.class.with(class);
            }
        }
        for (form, word) in files.spellings() {
            let (exact, plain, lead) = hashes(word);
            let letters = word.chars().count() as u16;
            let key = hashes(form).0;
            let (slot, bit) = spelled_place(key);
            lexicon.spelled[slot] |= bit;
            let stem = plain_hash(&lexicon.stemmer.stem(word));
            lexicon.spellings.insert(key, Spelling { exact, plain, lead, stem, letters });
        }
        let idioms = || files.idioms().chain(packs::chosen(&files.packs, packs, true));
        let alternatives = |row: &Row<'_>| row.form.contains('(');
        for row in idioms().filter(alternatives).chain(idioms().filter(|row| !alternatives(row))) {
            lexicon.learn(&row);
        }
        lexicon
    }

    /// Reads what is written in haste as the word it means: `tjr` is `toujours`, in idioms too.
    fn respell(&self, item: &mut Item) {
        let token = &mut item.token;
        let (slot, bit) = spelled_place(token.exact);
        if token.letters > LONGEST_SPELLING || self.spelled[slot] & bit == 0 {
            return;
        }
        if let Some(word) = self.spellings.get(&token.exact) {
            token.exact = word.exact;
            token.plain = word.plain;
            token.lead = word.lead;
            token.letters = word.letters;
            item.stem = word.stem;
        }
    }

    /// What the lexicon says of a word outside of idioms, and what idioms go by. `text` is its part's; `scratch`
    /// is reused from word to word. Only the letters count, whatever their case.
    pub(super) fn find(&self, item: &mut Item, text: &str, scratch: &mut String) {
        self.respell(item);
        let token = &item.token;
        if let Some(entry) = self.words.get(&token.plain) {
            item.entry = *entry;
        }
        let mut settled = item.entry.says();
        if token.exact != token.plain {
            let plain = item.entry;
            settled &= !plain.strict;
            if let Some(entry) = self.words.get(&token.exact) {
                if entry.says() {
                    (item.entry, settled) = (*entry, true);
                }
                // Idioms are keyed without accents; an event's words are not.
                item.entry.opens_idiom = plain.opens_idiom;
                item.entry.class = plain.class.idiomatic().with(entry.class);
            }
        }
        if token.digit {
            item.entry.class = Class::of_digits(&text[token.start as usize..token.end as usize]);
        }
        self.resolve(text, item, settled, scratch);
    }

    /// Adds a word of a team with its inflected forms, or an idiom.
    pub(super) fn add(&mut self, form: &str, valence: f32) {
        let form = form.trim().to_lowercase();
        if packs::is_idiom(&form) {
            self.learn(&Row { form: &form, valence, flags: "" });
            return;
        }
        let (exact, plain, _) = hashes(&form);
        self.own.words.insert(exact, valence);
        self.own.words.insert(plain, valence);
        let stem = self.stemmer.stem(&form);
        if form.chars().count() >= usize::from(SHORTEST_STEM) && stem.chars().count() >= SHORTEST_ROOT {
            self.own.stems.insert(plain_hash(&stem), valence);
        }
    }

    /// Whether a word is one of grammar or changes the tone of others. `text` is its part's.
    pub(super) fn steers(&self, text: &str, token: &Token) -> bool {
        self.entry(text, token).role != Role::default()
    }

    /// What the lexicon says of a word outside of idioms. `text` is its part's.
    fn entry(&self, text: &str, token: &Token) -> Entry {
        let mut item = Item::new(*token);
        recent::with(|recent| self.look_up(&mut item, text, recent));
        item.entry
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::files::rows;
    use super::super::idioms::{LONGEST_LISTED, variants};
    use super::*;

    impl Files {
        /// A text that an idiom's pattern means.
        fn example(&self, pattern: &str) -> String {
            let word = |chunk: &str| {
                let Some(class) = Class::from_word(chunk) else { return chunk.to_owned() };
                match chunk {
                    "{d}" => "3h".to_owned(),
                    _ => self.roles().find(|row| row.2 == class).expect("a class with words").0.to_owned(),
                }
            };
            pattern.split(' ').map(word).collect::<Vec<_>>().join(" ")
        }
    }

    const BOTH: [(&str, &Files); 2] = [("fr", &FRENCH), ("en", &ENGLISH)];

    /// Brands that are words and first names that are, which no lexicon may hold. `nickel` and `super`
    /// stay: the brand's spans are blanked, and both are what reviews say.
    const NAMES: &[&str] = &[
        "free",
        "orange",
        "sosh",
        "united",
        "total",
        "apple",
        "direct",
        "géant",
        "leader",
        "match",
        "delta",
        "shell",
        "target",
        "virgin",
        "marvel",
        "messi",
        "visa",
        "carrefour",
        "express",
        "casino",
        "claire",
        "aimé",
        "aimée",
        "désiré",
        "constance",
        "prudence",
        "modeste",
        "victoire",
        "victor",
        "félix",
        "clément",
        "clémence",
        "hilary",
        "grace",
        "faith",
        "joy",
        "harmony",
        "melody",
        "felicity",
        "will",
        "mark",
        "rich",
        "bill",
        "frank",
        "rose",
        "violette",
        "olive",
        "christian",
        "fidel",
        "aurore",
        "sunny",
        "merry",
    ];

    #[test]
    fn every_row_is_whole_and_the_tables_are_sorted_without_duplicates() {
        for (name, files) in BOTH {
            for (table, flags) in [(files.words, "vx"), (files.idioms, "colrswuptqdifbanv")] {
                assert_eq!(rows(table).count(), table.lines().count(), "{name}: a row that does not parse");
                assert!(rows(table).map(|row| row.form).is_sorted_by(|a, b| a < b), "{name}: sorted, no duplicate");
                for row in rows(table) {
                    assert!((-4.0..=4.0).contains(&row.valence), "{name}: {row:?}");
                    assert!(row.flags.chars().all(|flag| flags.contains(flag)), "{name}: {row:?}");
                    assert_eq!(row.form.to_lowercase(), row.form, "{name}: lower case");
                    assert!(!row.form.contains('’'), "{name}: {row:?} takes a straight apostrophe");
                }
            }
            assert_eq!(files.words().find(|row| row.valence == 0.0).map(|row| row.form), None, "{name}: says nothing");
            assert_eq!(files.roles().count(), files.roles.lines().count(), "{name}: a role that is unknown");
            assert!(files.roles.lines().is_sorted_by(|a, b| a < b), "{name}: roles sorted, no duplicate");
        }
    }

    #[test]
    fn the_lexicons_have_their_width() {
        for (name, files, words, idioms) in [("fr", &FRENCH, 3_000, 1_500), ("en", &ENGLISH, 2_000, 150)] {
            assert!(files.words().count() >= words, "{name}");
            assert!(files.idioms().count() >= idioms, "{name}");
        }
    }

    #[test]
    fn no_stem_has_both_signs_and_no_two_forms_one_hash() {
        let mut mixed = Vec::new();
        for (name, files) in BOTH {
            let stemmer = Stemmer::create(files.algorithm);
            let mut signs: HashMap<u64, Row> = HashMap::new();
            let mut keys: HashMap<u64, &str> = HashMap::new();
            for row in files.words().chain(packs::chosen(&files.packs, Packs::DEFAULT, false)) {
                let (exact, plain, _) = hashes(row.form);
                if let Some(other) = keys.insert(exact, row.form).filter(|other| *other != row.form) {
                    panic!("{name}: {} and {other} have one hash", row.form);
                }
                if row.flags.contains('x') {
                    continue;
                }
                let stem = stemmer.stem(row.form);
                let keys = [Some(plain), (row.form.chars().count() >= 4).then(|| plain_hash(&stem))];
                for key in keys.into_iter().flatten() {
                    let other = *signs.entry(key).or_insert(row);
                    if other.valence.signum() != row.valence.signum() {
                        mixed.push(format!("{name}: {} and {} share {stem}", row.form, other.form));
                    }
                }
            }
        }
        assert!(mixed.is_empty(), "{mixed:#?}");
    }

    #[test]
    fn every_idiom_has_two_to_eight_words_and_is_found() {
        let mut missing = Vec::new();
        for (name, files) in BOTH {
            let lexicon = Lexicon::load(files, Packs::DEFAULT);
            let mut signs: HashMap<String, f32> = HashMap::new();
            for row in files.idioms().chain(packs::chosen(&files.packs, Packs::DEFAULT, true)) {
                let forms = variants(row.form);
                for form in &forms {
                    // A number for a number, an hour for a time: what the classes of the pattern stand for.
                    let mut text = files.example(form).replace("' ", "'");
                    let elided = text.ends_with('\'');
                    if elided {
                        text.push('a');
                    }
                    let mut items = lexicon.items(&text, Vec::new());
                    let words = items.len() - usize::from(elided);
                    for item in &mut items {
                        recent::with(|recent| lexicon.look_up(item, &text, recent));
                    }
                    assert!((2..=LONGEST_LISTED).contains(&words), "{name}: {form} has {words} words");
                    let Some(found) = lexicon.idiom(&items) else {
                        missing.push(form.clone());
                        continue;
                    };
                    assert_eq!(usize::from(found.length), words, "{name}: {form}");
                    if forms.len() == 1 {
                        assert_eq!(found.valence.to_bits(), row.valence.to_bits(), "{name}: {form}");
                    }
                    let other = signs.insert(form.clone(), row.valence);
                    let contrary = other.filter(|other| other * row.valence < 0.0);
                    assert_eq!(contrary, None, "{name}: {form} is also {}", row.valence);
                }
            }
        }
        assert!(missing.is_empty(), "not found: {missing:?}");
    }

    #[test]
    fn what_is_written_in_haste_means_a_word_and_is_none() {
        for (name, files) in BOTH {
            assert_eq!(files.spellings().count(), files.spellings.lines().count(), "{name}");
            assert!(files.spellings().map(|row| row.0).is_sorted_by(|a, b| a < b), "{name}: sorted, no duplicate");
            for (form, word) in files.spellings() {
                assert!(form.chars().count() <= usize::from(LONGEST_SPELLING), "{name}: {form}");
                assert!(files.spellings().all(|(other, _)| other != word), "{name}: {form} means a spelling, {word}");
                assert!(files.words().all(|row| row.form != form), "{name}: {form} is a word");
            }
        }
    }

    #[test]
    fn no_name_carries_tone() {
        for (name, files) in BOTH {
            let lexicon = Lexicon::load(files, Packs::DEFAULT);
            for word in NAMES {
                assert!(files.words().all(|row| row.form != *word), "{name}: {word} is a name");
            }
            // Nor through a stem, where it is a name only.
            for word in ["Hilary", "Messi", "Marvel", "Grace", "Fidel", "Fiat", "Nokia", "Renault"] {
                assert_eq!(sign(&lexicon, word), 0, "{name}: {word}");
            }
        }
    }

    fn sign(lexicon: &Lexicon, word: &str) -> i8 {
        let tokens = lexicon.tokens(word);
        let valence = lexicon.entry(word, &tokens[0]).valence;
        i8::from(valence > 0.0) - i8::from(valence < 0.0)
    }

    #[test]
    fn a_word_is_looked_up_by_form_then_without_accents_then_shortened_then_by_stem() {
        let french = Lexicon::load(&FRENCH, Packs::DEFAULT);
        for (word, like) in [
            ("DÉÇU", "déçu"),
            ("decu", "déçu"),
            ("nuuuul", "nul"),
            ("supeeer", "super"),
            ("arnaqueurs", "arnaqueurs"),
            ("recommanderai", "recommander"),
            ("déplorables", "déplorables"),
        ] {
            assert_eq!(sign(&french, word), sign(&french, like), "{word}");
            assert_ne!(sign(&french, word), 0, "{word}");
        }
        // An `x` form lends its stem and its letters to no other word: `moisi`, `pourri`, `réglé`, `marche`.
        for word in ["mois", "pourrait", "règle", "raison", "facture", "conseiller", "accueil", "marché"] {
            assert_eq!(sign(&french, word), 0, "{word}");
        }
        let english = Lexicon::load(&ENGLISH, Packs::DEFAULT);
        for (word, expected) in [("goooood", 1), ("disappoints", -1), ("recommending", 1), ("looove", 1)] {
            assert_eq!(sign(&english, word), expected, "{word}");
        }
        for word in ["used", "effect", "position", "knowledge", "political"] {
            assert_eq!(sign(&english, word), 0, "{word}");
        }
    }

    #[test]
    fn the_stemmer_is_spared_for_most_words_only() {
        // The filter of first letters must let every form of the lexicon through.
        for (name, files) in BOTH {
            let lexicon = Lexicon::load(files, Packs::DEFAULT);
            for row in files.words().filter(|row| !row.flags.contains('x') && row.form.chars().count() >= 4) {
                if lexicon.stemmer.stem(row.form).chars().count() < SHORTEST_ROOT {
                    continue;
                }
                assert!(lexicon.leads.may_be_of_a_form(hashes(row.form).2), "{name}: {}", row.form);
            }
        }
    }

    #[test]
    fn another_language_has_no_lexicon() {
        assert!(Lexicon::of(Language::from_tag("de").expect("a tag"), Packs::NONE).is_none());
        assert!(Lexicon::of(Language::FRENCH, Packs::NONE).is_some_and(|lexicon| lexicon.elisions));
    }
}
