//! The words around a name, within its sentence: a few on each side, folded, with their case and the marks
//! between them. Judges nothing.

use std::ops::Range;

use super::Writing;
use crate::text::abbreviation::{Stop, stop_behind};
use crate::text::fold::class::is_apostrophe;
use crate::text::fold::fold_string;

/// Bytes looked at on each side.
const REACH: usize = 160;

/// Words and marks kept on each side.
const KEPT: usize = 10;

/// A word or a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// A word, folded, with its apostrophe when it is elided (`m'`); or the mark.
    pub(super) text: String,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// In lower case, or a number.
    Lower,
    /// With an upper-case initial.
    Capital,
    /// All in capitals, two letters at least.
    Shouted,
    Mark,
    /// The sentence's start or end.
    Bound,
}

impl Token {
    fn mark(c: char) -> Self {
        Self { text: c.to_string(), kind: Kind::Mark }
    }

    fn bound() -> Self {
        Self { text: String::new(), kind: Kind::Bound }
    }

    pub(super) fn is_word(&self) -> bool {
        !matches!(self.kind, Kind::Mark | Kind::Bound)
    }
}

/// A name and what stands around it.
#[derive(Debug)]
pub(super) struct Window {
    /// Up to the name, in reading order.
    pub(super) before: Vec<Token>,
    /// From behind the name on.
    pub(super) after: Vec<Token>,
    pub(super) writing: Writing,
    /// The name starts with an article of its own.
    pub(super) article: bool,
    /// `#` or `@` before it.
    pub(super) sign: Option<char>,
}

impl Window {
    pub(super) fn around(text: &str, name: Range<usize>, writing: Writing) -> Self {
        let start = text.floor_char_boundary(name.start.saturating_sub(REACH));
        let end = text.floor_char_boundary((name.end + REACH).min(text.len()));
        let mut left = &text[start..name.start];
        let sign = left.chars().next_back().filter(|c| matches!(c, '#' | '＃' | '@' | '＠'));
        left = &left[..left.len() - sign.map_or(0, char::len_utf8)];
        let mut before = tokens(left);
        if start > 0 && !before.is_empty() {
            // It may be the end of a word.
            before.remove(0);
        }
        if let Some(last) = before.iter().rposition(|token| token.kind == Kind::Bound) {
            before.drain(..last);
        } else if start == 0 {
            before.insert(0, Token::bound());
        }
        before.drain(..before.len().saturating_sub(KEPT));
        let mut after = tokens(&text[name.end..end]);
        if let Some(first) = after.iter().position(|token| token.kind == Kind::Bound) {
            after.truncate(first + 1);
        } else if end == text.len() {
            after.push(Token::bound());
        } else {
            after.pop();
        }
        after.truncate(KEPT);
        let folded = fold_string(&text[name]);
        let article = ["la ", "le ", "les ", "l'"].iter().any(|article| folded.starts_with(article));
        let sign = sign.map(|sign| if matches!(sign, '#' | '＃') { '#' } else { '@' });
        Self { before, after, writing, article, sign }
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let next = at + c.len_utf8();
        if c.is_alphanumeric() {
            let end = text[at..].find(|c: char| !c.is_alphanumeric()).map_or(text.len(), |end| at + end);
            let mut rest = text[end..].chars();
            let mark = rest.next().filter(|&c| is_apostrophe(c));
            let elided = mark.is_some() && rest.next().is_some_and(char::is_alphabetic)
                || mark.is_some() && end + mark.map_or(0, char::len_utf8) == text.len();
            let word = &text[at..end];
            let folded = fold_string(word);
            tokens.push(Token { text: if elided { folded + "'" } else { folded }, kind: kind(word) });
            at = end + if elided { mark.map_or(0, char::len_utf8) } else { 0 };
            continue;
        }
        match c {
            '.' | '!' | '?' | '…' | '。' | '！' | '？' => {
                let closed = text[next..].chars().next().is_none_or(|c| !c.is_alphanumeric());
                let written = text[..at].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                if closed && (c != '.' || stop_behind(written) == Stop::Ends) {
                    tokens.push(Token::bound());
                }
            }
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => {
                if text[next..].trim_start().chars().next().is_some_and(|c| !c.is_lowercase()) {
                    tokens.push(Token::bound());
                }
            }
            // Within a compound.
            '-' | '\u{2010}' | '\u{2011}' if text[next..].chars().next().is_none_or(char::is_alphanumeric) => {}
            c if c.is_whitespace() || is_apostrophe(c) => {}
            c => tokens.push(Token::mark(c)),
        }
        at = next;
    }
    tokens
}

fn kind(word: &str) -> Kind {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    match letters.next() {
        Some(first) if first.is_uppercase() => match letters.next() {
            Some(second) if second.is_uppercase() && letters.all(char::is_uppercase) => Kind::Shouted,
            _ => Kind::Capital,
        },
        _ => Kind::Lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> (String, String) {
        let start = text.find("Orange").unwrap();
        let window = Window::around(text, start..start + 6, Writing::Name);
        let join = |tokens: &[Token]| {
            tokens
                .iter()
                .map(|token| if token.kind == Kind::Bound { "|" } else { &token.text })
                .collect::<Vec<_>>()
                .join(" ")
        };
        (join(&window.before), join(&window.after))
    }

    #[test]
    fn a_window_ends_with_its_sentence() {
        for (text, before, after) in [
            ("Fini. Chez Orange, c'est cher ! Oui", "| chez", ", c' est cher |"),
            ("M. Dupont quitte Orange", "| m dupont quitte", "|"),
            ("la ligne d’Orange ne m’a pas", "| la ligne d'", "ne m' a pas |"),
            ("rendez-vous chez\nOrange", "| rendez vous chez", "|"),
            ("un\nDeux Orange", "| deux", "|"),
        ] {
            assert_eq!(seen(text), (before.to_owned(), after.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_word_that_the_reach_cuts_is_left_out() {
        let text = format!("{} Orange {}", "mot ".repeat(60), "mots ".repeat(60));
        let (before, after) = seen(&text);
        assert!(before.split(' ').all(|word| word == "mot") && after.split(' ').all(|word| word == "mots"));
    }
}
