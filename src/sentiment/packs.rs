//! The packs: words of a trade that a lexicon may add. Owns their names and files; what a word does is
//! the lexicon's.

use super::files::{Row, rows};

/// A choice of packs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Packs(u8);

impl Packs {
    /// None: the words of every day alone.
    pub const NONE: Self = Self(0);
    /// Customer service: delays, refunds, hot lines.
    pub const SERVICE: Self = Self(1);
    /// Networks and outages.
    pub const TELECOM: Self = Self(1 << 1);
    /// What employees write of their employer.
    pub const EMPLOYER: Self = Self(1 << 2);
    /// Food and restaurants.
    pub const FOOD: Self = Self(1 << 3);
    /// What is read unless a brand says otherwise.
    pub const DEFAULT: Self = Self(0b1111);
    /// How many choices there are.
    pub(super) const CHOICES: usize = 16;
    /// Each pack, by the word of a watchlist.
    const NAMES: [(&'static str, Self); 4] =
        [("service", Self::SERVICE), ("telecom", Self::TELECOM), ("employer", Self::EMPLOYER), ("food", Self::FOOD)];

    /// The pack of a word: `service`, `telecom`, `employer`, `food`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(name, _)| *name == word).map(|&(_, pack)| pack)
    }

    /// The words that [`Self::from_word`] knows.
    pub fn words() -> impl Iterator<Item = &'static str> + Clone {
        Self::NAMES.iter().map(|&(name, _)| name)
    }

    /// Both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in it.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl Default for Packs {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The files of a language, in the order of [`Packs`]. `form⇥valence⇥flags` as in the lexicon; several
/// words are an idiom, one is a word and has the last word over the lexicon's.
pub(super) type PackFiles = [(Packs, &'static str); 4];

pub(super) const FRENCH: PackFiles = [
    (Packs::SERVICE, include_str!("data/packs/fr_service.tsv")),
    (Packs::TELECOM, include_str!("data/packs/fr_telecom.tsv")),
    (Packs::EMPLOYER, include_str!("data/packs/fr_employer.tsv")),
    (Packs::FOOD, include_str!("data/packs/fr_food.tsv")),
];

pub(super) const ENGLISH: PackFiles = [
    (Packs::SERVICE, include_str!("data/packs/en_service.tsv")),
    (Packs::TELECOM, include_str!("data/packs/en_telecom.tsv")),
    (Packs::EMPLOYER, include_str!("data/packs/en_employer.tsv")),
    (Packs::FOOD, include_str!("data/packs/en_food.tsv")),
];

/// Whether the form has several words.
pub(super) fn is_idiom(form: &str) -> bool {
    form.contains(' ')
}

/// The rows of the chosen packs: those of one word or, with `several`, the idioms.
pub(super) fn chosen(files: &PackFiles, packs: Packs, several: bool) -> impl Iterator<Item = Row<'static>> {
    let of_pack = files.iter().filter(move |(pack, _)| packs.has(*pack));
    of_pack.flat_map(|(_, table)| rows(table)).filter(move |row| is_idiom(row.form) == several)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sentiment::{Input, Part, score, score_with};
    use crate::text::language::Language;

    #[test]
    fn every_pack_has_its_word() {
        let all = Packs::words().filter_map(Packs::from_word).fold(Packs::NONE, Packs::with);
        assert_eq!((all, Packs::from_word("gastronomy")), (Packs::DEFAULT, None));
        assert_eq!(all.index() + 1, Packs::CHOICES);
        for files in [&FRENCH, &ENGLISH] {
            for (pack, table) in files {
                assert!(rows(table).count() >= 60, "{pack:?}");
                assert_eq!(rows(table).count(), table.lines().count(), "{pack:?}: a row that does not parse");
                assert!(rows(table).map(|row| row.form).is_sorted_by(|a, b| a < b), "{pack:?}: sorted");
            }
        }
    }

    #[test]
    fn a_pack_adds_the_words_of_its_trade() {
        for (pack, language, text, sign) in [
            (Packs::FOOD, Language::FRENCH, "Pain rassis et goût de plastique", -1.0),
            (Packs::FOOD, Language::FRENCH, "Une vraie explosion de saveurs", 1.0),
            (Packs::EMPLOYER, Language::FRENCH, "Ils sont payés au lance-pierre", -1.0),
            (Packs::TELECOM, Language::FRENCH, "Ma box redémarre sans arrêt", -1.0),
            (Packs::SERVICE, Language::FRENCH, "Ils jouent la montre", -1.0),
            (Packs::FOOD, Language::ENGLISH, "The fries were too salty", -1.0),
            (Packs::EMPLOYER, Language::ENGLISH, "Constant micromanagement", -1.0),
            (Packs::TELECOM, Language::ENGLISH, "It keeps buffering", -1.0),
            (Packs::SERVICE, Language::ENGLISH, "They gave me the runaround", -1.0),
        ] {
            let parts = [Part { text, target: &[] }];
            let input = Input { parts: &parts, language };
            let with = score_with(&input, &pack.into()).expect("a lexicon").score;
            let without = score_with(&input, &Packs::NONE.into()).expect("a lexicon").score;
            assert!(with * sign >= 0.2 && with * sign > without * sign, "{text}: {with} rather than {without}");
            assert!(score(&input).expect("a lexicon").score * sign >= 0.2, "{text}: on by default");
        }
    }
}
