//! `^name`: whether an occurrence is written as a name, from its case and the case around it. Looks at a few
//! dozen characters on each side; knows no words.

use std::ops::Range;

use crate::query::company::{self, Verdict, Writing};
use crate::text::abbreviation::{Stop, stop_behind};
use crate::text::language::Language;

/// Letters around an occurrence that tell whether the text around is in capitals.
const AROUND: usize = 40;

/// Articles that a name may start with; inside a sentence most people write them small.
const ARTICLES: [&str; 5] = ["le", "la", "les", "l", "the"];

/// An upper-case initial that is not explained by opening a sentence, or all in capitals where the text
/// around is not.
pub(super) fn is_name(text: &str, hit: &Range<usize>) -> bool {
    writing(text, hit) == Writing::Name
}

/// What the case of an occurrence tells.
pub(super) fn writing(text: &str, hit: &Range<usize>) -> Writing {
    let slice = &text[hit.clone()];
    let Some(first) = slice.chars().find(|c| c.is_alphabetic()) else { return Writing::Untold };
    if !first.is_uppercase() {
        return match behind_article(slice) {
            Some(rest) if first.is_lowercase() => writing(text, &(hit.start + rest..hit.end)),
            _ if first.is_lowercase() => Writing::Lower,
            _ => Writing::Untold,
        };
    }
    let cased = |c: &char| c.is_lowercase() || c.is_uppercase();
    let mut letters = slice.chars().filter(cased);
    let shouted = letters.clone().nth(1).is_some() && letters.all(char::is_uppercase);
    let before = text[..hit.start].chars().rev().filter(cased).take(AROUND);
    let after = text[hit.end..].chars().filter(cased).take(AROUND);
    let (mut upper, mut all) = (0, 0);
    for c in before.chain(after) {
        all += 1;
        upper += usize::from(c.is_uppercase());
    }
    let around_shouts = all > 0 && upper * 2 > all;
    if shouted {
        return if all > 0 && !around_shouts { Writing::Name } else { Writing::Untold };
    }
    if around_shouts {
        return Writing::Untold;
    }
    // A later word's initial is no sentence's.
    let later = slice.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).skip(1);
    let mut later = later.filter_map(|word| word.chars().next()).filter(|c| c.is_alphabetic());
    let named = later.any(char::is_uppercase) || !opens_a_sentence(&text[..hit.start]);
    if named { Writing::Name } else { Writing::Opening }
}

/// Where the word behind an article that opens a name starts.
fn behind_article(name: &str) -> Option<usize> {
    let end = name.find(|c: char| !c.is_alphanumeric())?;
    let rest = end + name[end..].find(char::is_alphanumeric)?;
    ARTICLES.contains(&&name[..end]).then_some(rest)
}

/// What a name of `company:` weighs where it stands.
#[must_use]
pub fn weigh_company(text: &str, place: &Range<usize>, languages: &[Language], spoken: Option<Language>) -> Verdict {
    company::weigh(text, place.clone(), writing(text, place), languages, spoken)
}

/// True when only opening punctuation stands between the sentence's start and the end of `before`.
fn opens_a_sentence(before: &str) -> bool {
    let mut line_broken = false;
    for (at, c) in before.char_indices().rev() {
        match c {
            // `M. Leclerc` goes on, `2) Orange` and `2. Orange` start.
            '.' | ')' if is_numbering(&before[..at]) => return true,
            '.' if stop_behind(last_word(&before[..at])) == Stop::GoesOn => return line_broken,
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => line_broken = true,
            _ if c.is_whitespace() => {}
            '"' | '«' | '“' | '„' | '‘' | '(' | '[' | '{' | '*' | '>' | '-' | '–' | '—' | '•' | '·' | '#' | '¿'
            | '¡' => {}
            '.' | '!' | '?' | '…' | ':' | '。' | '！' | '？' => return true,
            _ if c.is_alphanumeric() || c == '\'' || c == '’' || c == ',' || c == ';' => return line_broken,
            // An emoji, a symbol: what stands before it counts.
            _ => {}
        }
    }
    true
}

fn last_word(before: &str) -> &str {
    before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

/// True for what ends with a line's number or letter.
fn is_numbering(before: &str) -> bool {
    let word = last_word(before);
    let alone = before[..before.len() - word.len()].trim_end_matches([' ', '\t', '(']);
    (alone.is_empty() || alone.ends_with(['\n', '\r']))
        && match word.len() {
            1 => word.chars().all(|c| c.is_ascii_digit() || c.is_ascii_lowercase()),
            2 => word.chars().all(|c| c.is_ascii_digit()),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn an_initial_counts_where_no_sentence_opens() {
        for (text, expected) in [
            ("chez Orange hier", true),
            ("chez orange hier", false),
            ("Orange hier", false),
            ("« Orange hier »", false),
            ("Fini. Orange hier", false),
            ("Fini !\nOrange hier", false),
            ("c'est fini, Orange hier", true),
            ("l'Orange d'hier", true),
            ("je quitte ORANGE demain", true),
            ("ORANGE me rend fou", true),
            ("JE QUITTE ORANGE DEMAIN", false),
            ("JE QUITTE Orange DEMAIN", false),
            ("ORANGE", false),
            ("😡 Orange hier", false),
            ("on a vu M. Orange hier", true),
            ("M. Orange hier", true),
            ("chez E. Orange hier", true),
            ("le bd. Orange est coupé", true),
            ("des box, des clés, etc. Orange hier", false),
            ("2) Orange hier", false),
            ("a) Orange hier\nb) Orange", false),
            ("1. Orange hier", false),
            ("il a dit (oui) Orange hier", true),
        ] {
            let start = text.to_lowercase().find("orange").unwrap();
            assert_eq!(is_name(text, &(start..start + 6)), expected, "{text}");
        }
        for (text, name, expected) in [
            ("je vais à la Poste", "la poste", true),
            ("je vais à La Poste", "la poste", true),
            ("je vais à la POSTE demain", "la poste", true),
            ("je vais à la poste", "la poste", false),
            ("la poste de secours", "la poste", false),
            ("La poste de secours", "la poste", false),
            ("JE VAIS À la POSTE DEMAIN", "la poste", false),
            ("fan de l'Oréal", "l'oréal", true),
            ("fan de l’oréal", "l’oréal", false),
            ("j'ai lu the Guardian hier", "the guardian", true),
            ("j'ai lu une Poste hier", "une poste", false),
            ("il le voit", "le", false),
        ] {
            let start = text.to_lowercase().find(name).unwrap();
            assert_eq!(is_name(text, &(start..start + name.len())), expected, "{text}");
        }
        assert!(is_name("Orange Bank ferme", &(0..11)));
        assert!(!is_name("Orange bank ferme", &(0..11)));
    }
}
