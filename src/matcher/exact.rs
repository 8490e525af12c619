//! `=Orange SA`: this case and these accents after NFC, with apostrophe kinds and space kinds equal, a
//! hyphen no space. Compares with the original; the fold has found the place.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::glob;
use crate::query::variants::{MANY, ONE};
use crate::text::fold::class::{is_apostrophe, is_hyphen, is_skipped};

/// How an exact term must be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exact {
    normal: Box<str>,
    /// Hyphens at the ends, which the fold takes for space.
    hyphens: (usize, usize),
    wild: bool,
}

fn normal(text: &str) -> impl Iterator<Item = char> {
    let mut after_space = false;
    text.chars().filter(|&c| !is_skipped(c)).nfc().filter_map(move |c| {
        let space = c.is_whitespace();
        let repeated = space && after_space;
        after_space = space;
        match c {
            _ if repeated => None,
            _ if space => Some(' '),
            _ if is_apostrophe(c) => Some('\''),
            '\u{2010}' | '\u{2011}' => Some('-'),
            _ => Some(c),
        }
    })
}

impl Exact {
    pub(super) fn new(text: &str) -> Self {
        let normal: Box<str> = normal(text.trim()).collect();
        let leading = normal.bytes().take_while(|&byte| byte == b'-').count();
        let trailing = normal.bytes().rev().take_while(|&byte| byte == b'-').count();
        let wild = normal.contains([MANY, ONE]);
        Self { normal, hyphens: (leading, trailing), wild }
    }

    /// The hit at `range`, with the term's own hyphens around it, when it is written as the term is.
    pub(super) fn hit(&self, text: &str, range: &Range<usize>) -> Option<Range<usize>> {
        let mut hit = range.clone();
        for _ in 0..self.hyphens.0 {
            hit.start -= text[..hit.start].chars().next_back().filter(|&c| is_hyphen(c))?.len_utf8();
        }
        for _ in 0..self.hyphens.1 {
            hit.end += text[hit.end..].chars().next().filter(|&c| is_hyphen(c))?.len_utf8();
        }
        let found = normal(&text[hit.clone()]);
        let equal = if self.wild {
            glob::matches(&self.normal, &found.collect::<String>())
        } else {
            found.eq(self.normal.chars())
        };
        equal.then_some(hit)
    }
}

#[cfg(test)]
mod tests {
    use super::Exact;

    #[test]
    fn case_accents_and_hyphens_count_and_kinds_of_space_and_apostrophe_do_not() {
        for (term, text, expected) in [
            ("Orange SA", "Orange\u{A0} SA", true),
            ("Orange SA", "Orange\nSA", true),
            ("Orange SA", "Orange-SA", false),
            ("Orange SA", "orange SA", false),
            ("Orange-SA", "Orange\u{2011}SA", true),
            ("Orangé", "Orange\u{301}", true),
            ("Orangé", "Orange", false),
            ("L'Oréal", "L’Oréal", true),
            ("Orange", "Ｏrange", false),
            ("Orange", "Ora\u{AD}nge", true),
        ] {
            assert_eq!(Exact::new(term).hit(text, &(0..text.len())).is_some(), expected, "{term} {text}");
        }
    }

    #[test]
    fn a_hyphen_at_the_terms_end_is_part_of_the_hit() {
        assert_eq!(Exact::new("-50%").hit("à -50%", &(4..7)), Some(3..7));
        assert_eq!(Exact::new("-50%").hit("à  50%", &(4..7)), None);
    }
}
