//! Where the target stands and how much each word counts towards it. Owns the weights; not the valence
//! of the words.

use std::ops::Range;

use super::compare;
use super::lexicon::Entry;
use super::reading::{Item, Told};
use super::role::Role;
use super::tokens::{Kind, base, lower};

/// Of a word in the target's sentence but another clause; in its clause it is 1.
const SAME_SENTENCE: f32 = 0.5;
/// The same where the clause names somebody else.
const ANOTHER: f32 = 0.15;
/// Of a word after a contrast in the target's sentence that names nobody: it goes on about the target.
const GOES_ON: f32 = 0.8;
/// Of a word in another sentence.
const ELSEWHERE: f32 = 0.1;
/// The same where that sentence opens with another name: `Brixo : nul`.
const ELSEWHERE_ANOTHER: f32 = 0.02;
/// Where nothing weighs as much as this, the target is hardly spoken of: the score stays small.
const FAINT: f32 = 0.3;
/// The same where the target's clause says something else: `un temps pourri, je commande chez Novalis`.
const ASIDE: f32 = 0.35;
/// Words that say something.
const SAID: usize = 4;
/// Words from which on farther is no less near.
const FARTHEST: usize = 6;
/// Words next to a target that stands apart: `chez Novalis, …`.
const APART: usize = 2;

/// An occurrence of the target.
struct Place {
    at: usize,
    sentence: u32,
    /// The clauses that speak of it, first and last.
    clauses: (u32, u32),
}

/// How many exclamation marks the sentences with the target have.
pub(super) fn bangs(items: &[Item]) -> u32 {
    let sentences = items.chunk_by(|a, b| a.token.sentence == b.token.sentence);
    let speaks = sentences.filter(|own| own.iter().any(|item| item.token.kind == Kind::Target));
    speaks.flatten().filter(|item| item.token.kind == Kind::Bang).count() as u32
}

/// Gives the items of tone, by their indices, their weights towards the target, which occurs.
///
/// A word weighs w ÷ distance from the nearest occurrence, in words within the sentence and in sentences
/// without. They are scaled so that the word that decides most has 1, the most there is: what is left is who speaks
/// of the target and who does not. What praises the other side of a comparison has a minus.
pub(super) fn weigh(items: &[Item], toned: &mut [(f32, usize)]) {
    let targets: Vec<Place> = (0..items.len())
        .filter(|&at| items[at].token.kind == Kind::Target)
        .map(|at| Place { at, sentence: items[at].token.sentence, clauses: clauses(items, at) })
        .collect();
    for (weight, at) in &mut *toned {
        let after = targets.partition_point(|target| target.at < *at);
        // An occurrence of the same clause may be farther than one of the clause before.
        let near = &targets[after.saturating_sub(2)..(after + 2).min(targets.len())];
        let weighed = near.iter().map(|target| {
            let weight = self::weight(items, &items[*at], target, target.at.abs_diff(*at));
            if compare::turns(items, target.at, *at) { -weight.max(FAINT) } else { weight }
        });
        *weight = weighed.fold(0.0, |most, weight| if weight.abs() > f32::abs(most) { weight } else { most });
    }
    let strength = |(weight, at): &(f32, usize)| (weight * items[*at].valence).abs();
    let strongest = toned.iter().max_by(|a, b| strength(a).total_cmp(&strength(b)));
    if let Some(most) = strongest.map(|(weight, _)| weight.abs()).filter(|&most| most > 0.0) {
        let scale = most.max(if targets.iter().all(|target| says(items, target)) { ASIDE } else { FAINT }).recip();
        for (weight, _) in toned {
            *weight = (*weight * scale).clamp(-1.0, 1.0);
        }
    }
}

/// Whether the clauses of a target say something of their own, without tone.
fn says(items: &[Item], target: &Place) -> bool {
    let start = items.partition_point(|item| item.clause < target.clauses.0);
    let own = || items[start..].iter().take_while(|item| item.clause <= target.clauses.1);
    own().all(|item| item.valence == 0.0) && own().filter(|item| item.token.kind == Kind::Word).count() >= SAID
}

fn weight(items: &[Item], item: &Item, target: &Place, words: usize) -> f32 {
    match item.told {
        Told::ByText => return 1.0,
        Told::BySentence if item.token.sentence == target.sentence && !names_another(items, item) => return 1.0,
        Told::BySentence | Told::Alone => {}
    }
    let words = words.clamp(1, FARTHEST) as f32;
    if (target.clauses.0..=target.clauses.1).contains(&item.clause) {
        return 1.0 / words;
    }
    match item.token.sentence.abs_diff(target.sentence) {
        // A hashtag speaks of all that it stands under.
        0 | 1 if item.token.tag => GOES_ON,
        0 if names_another(items, item) => ANOTHER / words,
        0 if item.clause > target.clauses.1 && follows_contrast(items, item) => GOES_ON,
        0 => SAME_SENTENCE / words,
        // In sentences: 'Ordered at Novalis three long weeks ago. A shame.' is one word away.
        sentences if opens_with_another(items, item) => ELSEWHERE_ANOTHER / sentences as f32,
        sentences => ELSEWHERE / sentences as f32,
    }
}

/// The items of an item's clause.
fn clause<'a>(items: &'a [Item], item: &'a Item) -> impl Iterator<Item = &'a Item> {
    let start = items.partition_point(|other| other.clause < item.clause);
    items[start..].iter().take_while(move |other| other.clause == item.clause)
}

/// Whether the clause has a capital that is not the target's: one that opens no sentence, or a word that
/// the lexicon has never seen.
fn names_another(items: &[Item], item: &Item) -> bool {
    // `KFC` is a name, `NUL` in a text of capitals is not.
    let mixed_case = || items.iter().any(|item| item.token.letters > 1 && !item.token.shouted);
    clause(items, item).any(|other| {
        let token = &other.token;
        let opens = || {
            let first = items.partition_point(|item| item.token.sentence < token.sentence);
            token.start == 0 || items[first].token.start == token.start
        };
        token.kind == Kind::Word
            && token.capital
            && (!token.shouted || (other.entry == Entry::default() && mixed_case()))
            && token.letters > 2
            && other.valence == 0.0
            && (other.entry == Entry::default() || !opens())
    })
}

/// Whether the sentence of an item opens with a name that stands apart from the rest.
fn opens_with_another(items: &[Item], item: &Item) -> bool {
    let first = items.partition_point(|other| other.token.sentence < item.token.sentence);
    let opening = &items[first];
    opening.token.kind == Kind::Word
        && opening.token.capital
        && opening.valence == 0.0
        && opening.entry.role == Role::default()
        && clause(items, opening).count() <= APART
        && opening.clause != item.clause
}

fn follows_contrast(items: &[Item], item: &Item) -> bool {
    clause(items, item).next().is_some_and(|first| first.has(Role::CONTRAST))
}

/// The target's clause, and those beside it in the sentence where it stands apart: `Novalis, quelle
/// honte`, `merci, Novalis`.
fn clauses(items: &[Item], at: usize) -> (u32, u32) {
    let own = items[at].clause;
    let mut others = 0;
    for item in clause(items, &items[at]) {
        others += usize::from(item.token.kind == Kind::Word);
        if item.valence != 0.0 || others > APART {
            return (own, own);
        }
    }
    let sentence = items[at].token.sentence;
    let end = items.partition_point(|item| item.clause <= own);
    let mut last = own;
    for item in items[end..].iter().take_while(|item| item.token.sentence == sentence) {
        if item.clause > last {
            let mut words = clause(items, item).filter(|item| item.token.kind == Kind::Word);
            let more = last == own || words.by_ref().take(APART + 1).count() <= APART;
            let toneless = clause(items, item).all(|item| item.valence == 0.0);
            last = item.clause;
            if !(more && toneless) {
                break;
            }
        }
    }
    let start = items.partition_point(|item| item.clause < own);
    let opens = start.checked_sub(1).is_none_or(|before| items[before].token.sentence != sentence);
    if last > own && others == 0 && opens {
        // `Novalis : livré, monté, parfait`: all that follows is said of it, until another is named.
        let rest = items[end..].iter().take_while(|item| item.token.sentence == sentence);
        return (
            own,
            rest.take_while(|item| !names_another(items, item)).last().map_or(last, |item| item.clause.max(last)),
        );
    }
    if last > own {
        return (own, last);
    }
    let before = start.checked_sub(1).map(|before| &items[before]);
    (before.filter(|item| item.token.sentence == sentence).map_or(own, |item| item.clause), own)
}

/// The whole words of `text` that read as `target`, whatever the case and accents: byte ranges in order.
#[must_use]
pub fn find(text: &str, target: &str) -> Vec<Range<usize>> {
    let wanted: Vec<char> = folded(target.trim()).map(|(_, letter)| letter).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let letters: Vec<(usize, char)> = folded(text).collect();
    let is_word = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|(_, c)| c.is_alphanumeric());
    let mut found = Vec::new();
    let mut at = 0;
    while at + wanted.len() <= letters.len() {
        let end = at + wanted.len();
        let matches = letters[at..end].iter().map(|(_, letter)| letter).eq(&wanted);
        let inside = (wanted[0].is_alphanumeric() && is_word(at.checked_sub(1)))
            || (wanted[wanted.len() - 1].is_alphanumeric() && is_word(Some(end)));
        if matches && !inside {
            let last = letters[end - 1].0;
            let width = text[last..].chars().next().map_or(0, char::len_utf8);
            found.push(letters[at].0..last + width);
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

/// Lower-case letters without accents, each with the byte it comes from; runs of spaces are one space.
fn folded(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut spaced = false;
    text.char_indices()
        .filter(move |(_, character)| {
            let space = character.is_whitespace();
            let again = space && spaced;
            spaced = space;
            !again
        })
        .flat_map(|(at, character)| {
            let character = match character {
                '’' | 'ʼ' => '\'',
                c if c.is_whitespace() => ' ',
                c => lower(c),
            };
            let (first, second) = base(character);
            [Some((at, first)), second.map(|letter| (at, letter))].into_iter().flatten()
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sentiment::{Input, Part, Score, score};
    use crate::text::language::Language;

    fn towards(text: &str, name: &str, language: Language) -> Score {
        let target = find(text, name);
        assert!(!target.is_empty(), "{name} in {text}");
        score(&Input { parts: &[Part { text, target: &target }], language }).expect("a lexicon")
    }

    #[test]
    fn each_brand_of_a_text_has_its_own_score() {
        for (language, text, praised, blamed) in [
            (Language::FRENCH, "Brixo est génial ; par contre, Novalis est une catastrophe.", "Brixo", "Novalis"),
            (Language::FRENCH, "Le réseau Brixo est excellent, celui de Novalis est nul.", "Brixo", "Novalis"),
            (Language::FRENCH, "Novalis est nul, mais Brixo est vraiment sérieux.", "Brixo", "Novalis"),
            (Language::ENGLISH, "Brixo is great, but Novalis is a complete scam.", "Brixo", "Novalis"),
        ] {
            assert!(towards(text, praised, language).score >= 0.2, "{praised} in {text}");
            assert!(towards(text, blamed, language).score <= -0.2, "{blamed} in {text}");
        }
    }

    #[test]
    fn the_words_of_the_target_carry_no_tone() {
        for (text, name) in [("Le Bon Marché est ouvert", "Bon Marché"), ("Super U à Nantes", "super u")] {
            let score = towards(text, name, Language::FRENCH);
            assert_eq!((score.score.abs() + score.document_score.abs()).to_bits(), 0, "{text}");
            assert!(score.words.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_title_with_the_brand_takes_the_tone_of_the_text() {
        let title = "Novalis";
        let target = find(title, "novalis");
        let parts = [
            Part { text: title, target: &target },
            Part { text: "Trois semaines que j’attends. C’est une honte !", target: &[] },
        ];
        let score = score(&Input { parts: &parts, language: Language::FRENCH }).expect("a lexicon");
        assert!(score.score <= -0.2, "{}", score.score);
        assert_eq!(score.words[0].part, 1);
    }

    #[test]
    fn a_far_sentence_hardly_counts() {
        let near = "Novalis ouvre une agence à Lyon. C’est une honte.";
        let far =
            "Novalis ouvre une agence à Lyon. Il y aura un parking. La mairie l’a dit. On verra. C’est une honte.";
        let (near, far) = (towards(near, "Novalis", Language::FRENCH), towards(far, "Novalis", Language::FRENCH));
        assert!(near.score < -0.2 && far.score > -0.2 && far.score < 0.0, "{} {}", near.score, far.score);
        assert!(far.document_score < -0.4, "{}", far.document_score);
    }

    #[test]
    fn overlapping_and_unsorted_ranges_mean_what_sorted_ones_mean() {
        let text = "Super U est nul, Super U est cher";
        let input = |target: &[Range<usize>]| {
            score(&Input { parts: &[Part { text, target }], language: Language::FRENCH }).expect("a lexicon")
        };
        assert_eq!(input(&[17..24, 0..5, 0..7, 22..24, 6..7]), input(&[0..7, 17..24]));
    }

    #[test]
    fn a_name_is_found_as_a_whole_word_whatever_its_case_and_accents() {
        for (text, name, found) in [
            ("Crédit Mutuel", "credit mutuel", vec!["Crédit Mutuel"]),
            ("chez SFR, pas chez SFRX ni OSFR", "sfr", vec!["SFR"]),
            ("L’Œuvre et l'oeuvre", "œuvre", vec!["Œuvre", "oeuvre"]),
            ("Credit  \n Mutuel", "crédit mutuel", vec!["Credit  \n Mutuel"]),
            ("rien", "", vec![]),
            ("rien", "   ", vec![]),
        ] {
            let hits: Vec<&str> = find(text, name).into_iter().map(|range| &text[range]).collect();
            assert_eq!(hits, found, "{name} in {text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_found_is_inside_the_text(text in "\\PC{0,40}", name in "\\PC{1,3}") {
            for range in find(&text, &name) {
                prop_assert!(text.get(range).is_some());
            }
        }
    }
}
