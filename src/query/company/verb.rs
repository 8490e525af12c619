//! Whether a word is a verb in the third person: by a lexicon of stems and of irregular forms, by endings that
//! only verbs have, and, where the ending is a noun's as well, by what follows. Knows no names.

use std::collections::HashSet;

use super::window::Token;
use crate::text::language::Language;

/// How sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    No,
    /// By its ending and what follows.
    Likely,
    Yes,
}

/// What a language's data says of its verbs.
#[derive(Debug, Default)]
pub(super) struct Verbs {
    /// Irregular forms.
    pub(super) finite: HashSet<String>,
    /// Infinitives.
    pub(super) regular: HashSet<String>,
    /// Words that look like forms.
    pub(super) not: HashSet<String>,
    /// Words that follow a verb and no noun's adjective.
    pub(super) followers: HashSet<String>,
}

/// Endings of the first group's third persons, and of the second's.
const FRENCH: [(&str, &[&str]); 2] = [
    ("er", &["e", "a", "ent", "ait", "aient", "era", "eront", "erait", "eraient", "erent", "ea", "eait", "eaient"]),
    ("ir", &["it", "issent", "issait", "issaient", "ira", "iront", "irait", "iraient", "irent"]),
];

/// Endings that are hardly a noun's; the word has so many letters before it.
const ONLY_VERBS: [&str; 6] = ["aient", "eront", "iront", "erent", "erait", "irait"];

/// Adjectives that follow a name without being its verb.
const ADJECTIVES: [&str; 17] = [
    "ique", "able", "ible", "elle", "ale", "aire", "euse", "ienne", "iste", "oire", "ive", "eure", "ante", "ente",
    "ose", "aine", "ine",
];

impl Verbs {
    /// Whether the first of `tokens` is a verb in the third person.
    pub(super) fn third_person(&self, language: Language, tokens: &[Token]) -> Sure {
        let Some(word) = tokens.first().filter(|token| token.is_word()) else { return Sure::No };
        let word = word.text.as_str();
        if self.finite.contains(word) {
            return Sure::Yes;
        }
        if self.not.contains(word) {
            return Sure::No;
        }
        if language == Language::ENGLISH { self.english(word) } else { self.french(word, tokens.get(1)) }
    }

    /// Whether a word is any form of a verb that is known, or an adverb made of an adjective.
    pub(super) fn knows(&self, word: &str) -> bool {
        let stem =
            |ending: &&str| word.strip_suffix(*ending).is_some_and(|stem| self.regular.contains(&format!("{stem}er")));
        self.finite.contains(word)
            || self.regular.contains(word)
            || ["e", "es", "ee", "ees", "ons", "ez", "ais", "ant", "ions", "iez", "erai"].iter().any(stem)
            || word.len() > 7 && word.ends_with("ment")
    }

    fn french(&self, word: &str, next: Option<&Token>) -> Sure {
        for (infinitive, endings) in FRENCH {
            for ending in endings {
                if let Some(stem) = word.strip_suffix(ending)
                    && self.regular.contains(&format!("{stem}{infinitive}"))
                {
                    return Sure::Yes;
                }
            }
        }
        if ONLY_VERBS.iter().any(|ending| word.len() >= ending.len() + 3 && word.ends_with(ending)) {
            return Sure::Yes;
        }
        let adjective = ADJECTIVES.iter().any(|ending| word.ends_with(ending));
        let followed = next.is_some_and(|next| next.is_word() && self.followers.contains(&next.text));
        if word.len() >= 4 && word.ends_with('e') && !word.ends_with("ee") && !adjective && followed {
            Sure::Likely
        } else {
            Sure::No
        }
    }

    fn english(&self, word: &str) -> Sure {
        let stems = |endings: &[(&str, &str)]| {
            endings.iter().any(|(ending, instead)| {
                word.strip_suffix(ending).is_some_and(|stem| {
                    let doubled =
                        stem.as_bytes().last_chunk::<2>().filter(|[a, b]| a == b).map(|_| &stem[..stem.len() - 1]);
                    self.regular.contains(&format!("{stem}{instead}"))
                        || *ending == "ed" && doubled.is_some_and(|stem| self.regular.contains(stem))
                })
            })
        };
        let known = stems(&[("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("d", ""), ("ied", "y")]);
        if known { Sure::Yes } else { Sure::No }
    }
}
