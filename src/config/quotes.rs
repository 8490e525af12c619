//! Quotes around a text: which are meant as such, and a text between those that mean exactly it. Pure.

use super::lexical::is_no_break_space;

pub(super) fn without_quotes(text: &str, sign: char) -> String {
    let Some(inner) = text.strip_prefix(sign) else { return text.to_owned() };
    match inner.strip_suffix(sign) {
        Some(inner) => inner.to_owned(),
        // `"a" or b`: the quotes belong to the text; `'L'Oréal`: the first one does not.
        None if inner.split_once(sign).is_some_and(|(_, rest)| rest.starts_with(' ')) => text.to_owned(),
        None => inner.to_owned(),
    }
}

/// A text without the guillemets or curly quotes around all of it.
#[must_use]
pub fn without_guillemets(text: &str) -> String {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || is_no_break_space(c));
    [('«', '»'), ('“', '”'), ('„', '“'), ('‘', '’'), ('‹', '›')]
        .into_iter()
        .find_map(|(open, close)| trimmed.strip_prefix(open)?.strip_suffix(close))
        .filter(|inner| !inner.contains(['«', '»', '“', '”']))
        .map_or(text, |inner| inner.trim_matches(|c: char| c.is_whitespace() || is_no_break_space(c)))
        .to_owned()
}

/// A term without the straight quotes around all of it: those of YAML are gone already.
#[must_use]
pub fn without_quotes_around(text: &str) -> &str {
    let inner = text.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.filter(|inner| !inner.trim().is_empty() && !inner.contains('"') && !inner.ends_with('\\')).unwrap_or(text)
}

/// Whether the text between the double quotes at `open` and `close` has a backslash before a sign that YAML knows
/// no escape for.
pub(super) fn bad_escape(chars: &[char], open: usize, close: usize) -> bool {
    let mut at = open + 1;
    while at < close {
        if chars[at] == '\\' {
            let known = "0abt\tnvfre \"/\\N_LPxuU".contains(chars[at + 1]);
            if !known {
                return true;
            }
            at += 1;
        }
        at += 1;
    }
    false
}

/// What stood between double quotes, between single ones: a backslash stays what it is there.
pub(super) fn single_quoted(inner: &str) -> String {
    format!("'{}'", inner.replace("\\\"", "\"").replace('\'', "''"))
}

/// A text between quotes that mean exactly it.
#[must_use]
pub fn quoted(text: &str) -> String {
    if text.contains(is_break) {
        // Between quotes a line's end is a space.
        let escaped: String = text
            .chars()
            .map(|c| match c {
                '"' | '\\' => format!("\\{c}"),
                c if is_break(c) => format!("\\u{:04X}", c as u32),
                c => c.to_string(),
            })
            .collect();
        format!("\"{escaped}\"")
    } else if !text.contains(['"', '\\']) {
        format!("\"{text}\"")
    } else if text.contains('\'') {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        format!("'{text}'")
    }
}

/// Ends a line of YAML 1.1, or cannot stand in one.
const fn is_break(c: char) -> bool {
    c.is_ascii_control() || matches!(c, '\u{80}'..='\u{9F}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_mean_exactly_the_text() {
        for text in ["a", "l'été", "dit \"oui\"", "\"l'un\" \\ x", "\\", "a\n  - b: \"c\"\\", "a\tb", "\u{85}\u{2028}"]
        {
            let value = crate::config::yaml::values::<String>(&quoted(text)).unwrap();
            assert_eq!(value, text);
        }
    }

    #[test]
    fn straight_quotes_around_a_term_are_no_part_of_it() {
        for (text, inner) in [
            ("\"orange bank\"", "orange bank"),
            ("dit \"oui\"", "dit \"oui\""),
            ("\"a\" ou \"b\"", "\"a\" ou \"b\""),
            ("\"\"", "\"\""),
            ("\"", "\""),
        ] {
            assert_eq!(without_quotes_around(text), inner);
        }
    }
}
