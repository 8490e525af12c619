//! What a character is to the comparison of texts: part of a word, a joiner, an apostrophe, nothing at
//! all. Owns the tables of the contract's section "Words"; folds nothing itself.

use unicode_normalization::char::is_combining_mark;

/// How a folded character bounds words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Letters, marks, digits and `_`: a longest run of them is a word.
    Word,
    /// Scripts written without spaces (Han, Hiragana, Katakana, Hangul, Thai): never glued to a word.
    Free,
    /// Everything else separates.
    Other,
}

/// The class of a folded character.
#[must_use]
pub fn class(c: char) -> Class {
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() || c == '_' { Class::Word } else { Class::Other };
    }
    if is_unspaced(c) {
        Class::Free
    } else if is_wordish(c) {
        Class::Word
    } else {
        Class::Other
    }
}

/// Letters, marks, digits and `_`, of any script.
#[must_use]
pub fn is_wordish(c: char) -> bool {
    !is_apostrophe(c) && (c.is_alphanumeric() || c == '_' || is_mark(c))
}

/// A combining mark. The halfwidth sound marks of Katakana decompose to marks and act as such.
#[must_use]
pub fn is_mark(c: char) -> bool {
    c >= '\u{300}' && (is_combining_mark(c) || matches!(c, '\u{FF9E}' | '\u{FF9F}'))
}

/// A folded character that belongs to the one before it: a match never ends in front of it.
#[must_use]
pub fn is_extender(c: char) -> bool {
    is_mark(c) || matches!(c, '\u{1160}'..='\u{11FF}')
}

/// Scripts without word boundaries.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0E7F}'
        | '\u{1100}'..='\u{11FF}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30FA}'
        | '\u{30FC}'..='\u{30FF}'
        | '\u{3131}'..='\u{318E}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{A960}'..='\u{A97C}'
        | '\u{AC00}'..='\u{D7FB}'
        | '\u{1B000}'..='\u{1B16F}')
        || is_han(c)
}

/// Han, whose single characters are words.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c,
        '\u{2E80}'..='\u{2FD5}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFD}')
}

/// The scripts whose marks the comparison drops: Latin, Greek, Cyrillic.
pub(super) fn drops_marks(c: char) -> bool {
    c.is_alphabetic()
        && matches!(c,
            'A'..='Z'
            | 'a'..='z'
            | '\u{AA}'
            | '\u{BA}'
            | '\u{C0}'..='\u{2B8}'
            | '\u{370}'..='\u{52F}'
            | '\u{1C80}'..='\u{1C8F}'
            | '\u{1D00}'..='\u{1DBF}'
            | '\u{1E00}'..='\u{1FFF}'
            | '\u{2C60}'..='\u{2C7F}'
            | '\u{A640}'..='\u{A69D}'
            | '\u{A722}'..='\u{A7FF}'
            | '\u{AB30}'..='\u{AB64}')
}

/// The apostrophes that are equal: ' ’ ‘ ʼ ＇ ´.
#[must_use]
pub fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{2BC}' | '\u{FF07}' | '\u{B4}')
}

/// The hyphens that join the words of a phrase, with their compatibility forms.
#[must_use]
pub fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{FE63}' | '\u{FF0D}')
}

/// White space and hyphens: what may stand between the words of a phrase.
#[must_use]
pub fn is_joiner(c: char) -> bool {
    is_hyphen(c) || c.is_whitespace()
}

/// Ends a line. A `\r` in front of `\n` is the caller's to leave out.
pub(super) fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Not there for the comparison: soft hyphen, zero-width characters, variation selectors.
#[must_use]
pub fn is_skipped(c: char) -> bool {
    c >= '\u{AD}'
        && matches!(c,
            '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_has_the_class_of_its_script() {
        for (c, expected) in [
            ('a', Class::Word),
            ('_', Class::Word),
            ('7', Class::Word),
            ('é', Class::Word),
            ('я', Class::Word),
            ('\u{301}', Class::Word),
            ('橙', Class::Free),
            ('オ', Class::Free),
            ('ー', Class::Free),
            ('ส', Class::Free),
            ('한', Class::Free),
            ('・', Class::Other),
            ('ʼ', Class::Other),
            ('-', Class::Other),
            ('™', Class::Other),
            ('🍊', Class::Other),
        ] {
            assert_eq!(class(c), expected, "{c:?}");
        }
    }
}
