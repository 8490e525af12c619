//! Insults, hate, racism, threats and accusations of crime in a text, as tags with their place. Owns their table
//! (`XX_moderation.tsv`: `form⇥tag`) and how it is read; decides nothing about a text.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use super::lexicon::Lexicon;
use super::packs::Packs;
use super::role::Role;
use super::tokens::{Kind, Token, join};
use crate::text::language::Language;

/// What a passage may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    /// Abuse of a person.
    Insult,
    /// Abuse for faith, sex, orientation or handicap.
    Hate,
    /// Abuse for origin, colour or people; hatred of Jews and of foreigners is counted here, as in French law.
    Racism,
    /// Announces or wishes violence.
    Threat,
    /// Says that somebody commits a crime.
    Defamation,
}

impl Tag {
    /// The word of the contract, in lower case.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Insult => "insult",
            Self::Hate => "hate",
            Self::Racism => "racism",
            Self::Threat => "threat",
            Self::Defamation => "defamation",
        }
    }

    /// The tag of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Insult, Self::Hate, Self::Racism, Self::Threat, Self::Defamation];
        all.into_iter().find(|tag| tag.word() == word)
    }
}

/// A passage that has a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// What it may be.
    pub tag: Tag,
    /// Its bytes.
    pub range: Range<usize>,
}

/// Longest form, in words.
const LONGEST: usize = 8;
/// How far a negation reaches, in words: `vous n'êtes pas des voleurs`.
const NEGATED: usize = 3;

const FRENCH: &str = include_str!("data/fr_moderation.tsv");
const ENGLISH: &str = include_str!("data/en_moderation.tsv");

/// The forms of a language, by the hash of their words without accents; those that `vieux con` is the
/// beginning of go on.
struct Forms {
    tags: HashMap<u64, Tag>,
    beginnings: std::collections::HashSet<u64>,
}

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, Tag)> {
    table.lines().filter_map(|line| {
        let (form, tag) = line.split_once('\t')?;
        Some((form, Tag::from_word(tag)?))
    })
}

fn forms(language: Language, lexicon: &Lexicon) -> Option<&'static Forms> {
    static FRENCH_FORMS: OnceLock<Forms> = OnceLock::new();
    static ENGLISH_FORMS: OnceLock<Forms> = OnceLock::new();
    let (forms, table) = match language {
        Language::FRENCH => (&FRENCH_FORMS, FRENCH),
        Language::ENGLISH => (&ENGLISH_FORMS, ENGLISH),
        _ => return None,
    };
    Some(forms.get_or_init(|| {
        let mut forms = Forms { tags: HashMap::new(), beginnings: std::collections::HashSet::new() };
        for (form, tag) in rows(table) {
            let mut key = 0;
            for token in lexicon.tokens(form) {
                key = join(key, token.plain);
                forms.beginnings.insert(key);
            }
            forms.tags.insert(key, tag);
        }
        forms
    }))
}

/// The passages of a text that have a tag, in order, the longest at each place; none in a language
/// without a table.
#[must_use]
pub fn passages(text: &str, language: Language) -> Vec<Passage> {
    let Some(lexicon) = Lexicon::of(language, Packs::DEFAULT) else { return Vec::new() };
    let Some(forms) = forms(language, lexicon) else { return Vec::new() };
    let tokens = lexicon.tokens(text);
    let mut passages = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match longest(forms, &tokens[at..]) {
            Some((tag, length)) if tag == Tag::Threat || !is_negated(lexicon, &tokens, at) => {
                let range = tokens[at].start as usize..tokens[at + length - 1].end as usize;
                passages.push(Passage { tag, range });
                at += length;
            }
            Some((_, length)) => at += length,
            None => at += 1,
        }
    }
    passages
}

fn longest(forms: &Forms, tokens: &[Token]) -> Option<(Tag, usize)> {
    let mut key = 0;
    let mut found = None;
    for (read, token) in tokens.iter().take(LONGEST).enumerate() {
        if token.kind != Kind::Word || token.sentence != tokens[0].sentence {
            break;
        }
        key = join(key, token.plain);
        if !forms.beginnings.contains(&key) {
            break;
        }
        if let Some(&tag) = forms.tags.get(&key) {
            found = Some((tag, read + 1));
        }
    }
    found
}

/// A negation in front, in the clause: nobody is called that.
fn is_negated(lexicon: &Lexicon, tokens: &[Token], at: usize) -> bool {
    tokens[at.saturating_sub(NEGATED)..at].iter().any(|token| {
        token.clause == tokens[at].clause
            && (token.contracted_not
                || lexicon.words.get(&token.plain).is_some_and(|entry| entry.role.has(Role::NEGATOR)))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_tables_are_sorted_and_whole() {
        for (table, language) in [(FRENCH, Language::FRENCH), (ENGLISH, Language::ENGLISH)] {
            assert_eq!(rows(table).count(), table.lines().count());
            assert!(table.lines().is_sorted_by(|a, b| a < b), "sorted, no duplicate");
            for (form, tag) in rows(table) {
                assert_eq!(passages(form, language), [Passage { tag, range: 0..form.len() }], "{form}");
            }
        }
    }

    #[test]
    fn racism_is_told_apart_from_other_hate_in_both_languages() {
        for table in [FRENCH, ENGLISH] {
            for tag in [Tag::Hate, Tag::Racism] {
                assert!(rows(table).filter(|(_, of)| *of == tag).count() >= 20, "{tag:?}");
            }
        }
    }

    #[test]
    fn a_passage_has_its_tag_and_its_bytes() {
        for (language, text, expected) in [
            (Language::FRENCH, "Vous êtes une bande d’escrocs !", vec![(Tag::Defamation, "bande d’escrocs")]),
            (
                Language::FRENCH,
                "CONNARDS, je sais où vous habitez",
                vec![(Tag::Insult, "CONNARDS"), (Tag::Threat, "je sais où vous habitez")],
            ),
            (Language::FRENCH, "retourne dans ton pays", vec![(Tag::Racism, "retourne dans ton pays")]),
            (Language::FRENCH, "Sale Arabe, sale pédé", vec![(Tag::Racism, "Sale Arabe"), (Tag::Hate, "sale pédé")]),
            (Language::FRENCH, "Mort aux musulmans", vec![(Tag::Hate, "Mort aux musulmans")]),
            (Language::FRENCH, "Dehors les étrangers !", vec![(Tag::Racism, "Dehors les étrangers")]),
            (Language::FRENCH, "Un café noir et un thé arabe", vec![]),
            (Language::FRENCH, "Le racisme n’a pas sa place ici, et la haine non plus", vec![]),
            (Language::FRENCH, "Ce ne sont pas des voleurs", vec![]),
            (Language::FRENCH, "Service nul, je suis très déçu", vec![]),
            (Language::FRENCH, "Une balle de tennis dans la tête d’affiche", vec![]),
            (
                Language::ENGLISH,
                "I’ll find you, scumbag",
                vec![(Tag::Threat, "I’ll find you"), (Tag::Insult, "scumbag")],
            ),
            (Language::ENGLISH, "They aren’t scammers", vec![]),
            (Language::ENGLISH, "Go back to your country", vec![(Tag::Racism, "Go back to your country")]),
            (Language::ENGLISH, "muslims out", vec![(Tag::Hate, "muslims out")]),
            (Language::ENGLISH, "The spice rack and the raccoon", vec![]),
        ] {
            let found: Vec<_> =
                passages(text, language).into_iter().map(|passage| (passage.tag, &text[passage.range])).collect();
            assert_eq!(found, expected, "{text}");
        }
        assert!(passages("Schwein", Language::from_tag("de").expect("a tag")).is_empty());
    }

    proptest! {
        #[test]
        fn passages_are_pieces_of_the_text_in_order(text in "(\\PC{0,5}|va|crever|bande|d’|escrocs| ){0,20}") {
            let mut last = 0;
            for passage in passages(&text, Language::FRENCH) {
                prop_assert!(passage.range.start >= last && text.get(passage.range.clone()).is_some());
                last = passage.range.end;
            }
        }
    }
}
