//! The data files of a language and how their rows are read. Owns their form; what they mean is the
//! lexicon's.
//!
//! `XX.tsv` holds `form⇥valence⇥flags`, the valence in [−4, 4], the flags `v` (a verb: `pas` may follow it)
//! and `x` (this form with these accents only: no stem, no other spelling). `XX_idioms.tsv` holds two to
//! eight words in the same columns, with classes and alternatives (see `idioms`) and the flags of
//! [`Role::from_flag`]; where two rows write the same idiom, the one without alternatives has the last
//! word. `XX_roles.tsv` holds `form⇥role`, `XX_spellings.tsv` `form⇥word` for what is written in haste.

use rust_stemmers::Algorithm;

use super::idioms::Class;
use super::packs;
use super::role::Role;

/// A row of `XX.tsv` or `XX_idioms.tsv`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) form: &'a str,
    pub(super) valence: f32,
    pub(super) flags: &'a str,
}

/// The data files of a language.
pub(super) struct Files {
    pub(super) words: &'static str,
    pub(super) idioms: &'static str,
    pub(super) roles: &'static str,
    pub(super) spellings: &'static str,
    pub(super) cues: &'static str,
    pub(super) events: &'static str,
    pub(super) hints: &'static str,
    pub(super) packs: packs::PackFiles,
    pub(super) algorithm: Algorithm,
    /// How much a mixture of praise and blame takes: the power of what is left of them. Chosen on reviews and
    /// posts of each language.
    pub(super) mixed: f32,
    /// Whether `l'` and its like are words of their own.
    pub(super) elisions: bool,
}

pub(super) const FRENCH: Files = Files {
    words: include_str!("data/fr.tsv"),
    idioms: include_str!("data/fr_idioms.tsv"),
    roles: include_str!("data/fr_roles.tsv"),
    spellings: include_str!("data/fr_spellings.tsv"),
    cues: include_str!("data/fr_cues.tsv"),
    events: include_str!("data/fr_events.tsv"),
    hints: include_str!("data/fr_hints.tsv"),
    packs: packs::FRENCH,
    algorithm: Algorithm::French,
    mixed: 0.6,
    elisions: true,
};

pub(super) const ENGLISH: Files = Files {
    words: include_str!("data/en.tsv"),
    idioms: include_str!("data/en_idioms.tsv"),
    roles: include_str!("data/en_roles.tsv"),
    spellings: include_str!("data/en_spellings.tsv"),
    cues: "",
    events: "",
    hints: "",
    packs: packs::ENGLISH,
    algorithm: Algorithm::English,
    mixed: 0.15,
    elisions: false,
};

/// The well-formed rows of a table; a test holds every row to the form.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = Row<'static>> {
    table.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        let (form, valence, flags) = (columns.next()?, columns.next()?, columns.next()?);
        Some(Row { form, valence: valence.parse().ok()?, flags })
    })
}

impl Files {
    pub(super) fn words(&self) -> impl Iterator<Item = Row<'static>> {
        rows(self.words)
    }

    pub(super) fn idioms(&self) -> impl Iterator<Item = Row<'static>> {
        rows(self.idioms)
    }

    /// What is written in haste, and the word it means.
    pub(super) fn spellings(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.spellings.lines().filter_map(|line| line.split_once('\t'))
    }

    /// A role, or a class in braces.
    pub(super) fn roles(&self) -> impl Iterator<Item = (&'static str, Role, Class)> {
        self.roles.lines().filter_map(|line| {
            let (form, role) = line.split_once('\t')?;
            Class::from_word(role)
                .map(|class| (form, Role::default(), class))
                .or_else(|| Some((form, Role::from_word(role)?, Class::default())))
        })
    }
}
