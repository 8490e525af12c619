//! One string of the watchlist becomes a [`Term`]. Owns the syntax and its errors; later forms
//! (`^ ~ * ? ( | ) # @`, fields, domains) are refused by name in this version. Searches nothing.

use super::domain::is_top_level;
use crate::text::fold::class::{is_han, is_mark, is_skipped};
use crate::text::fold::fold_string;

/// Characters of a term at most.
const MAX_CHARS: usize = 200;

/// Fields that a later version reads.
const FIELDS: [&str; 5] = ["title:", "author:", "site:", "lang:", "source:"];

/// Operators that stand anywhere in a term.
const INNER: [(char, &str); 5] = [('*', "*"), ('?', "?"), ('(', "( | )"), ('|', "( | )"), (')', "( | )")];

/// A term, parsed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// As written in the watchlist.
    pub written: String,
    /// With a leading `=`: this case and these accents.
    pub exact: bool,
    /// What is searched: `written` without the operator and escapes.
    pub text: String,
}

/// Why a string is no term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// Nothing, or only white space.
    #[error("empty")]
    Empty,
    /// A single letter or digit without `=`.
    #[error("one letter")]
    OneLetter,
    /// Only punctuation.
    #[error("only punctuation")]
    OnlyPunctuation,
    /// A lone operator: `~`, `*`, `=`, `^`.
    #[error("lone operator {0}")]
    LoneOperator(char),
    /// A form of the language that a later version reads; the operator or field that shows it.
    #[error("not available: {0}")]
    NotAvailable(&'static str),
    /// Longer than 200 characters.
    #[error("too long")]
    TooLong,
}

impl Term {
    /// Reads a term as the watchlist writes it. `\` takes an operator's meaning away.
    pub fn parse(written: &str) -> Result<Self, TermError> {
        let trimmed = written.trim();
        if let Some(operator @ ('~' | '*' | '=' | '^')) = only_char(trimmed) {
            return Err(TermError::LoneOperator(operator));
        }
        if trimmed.chars().nth(MAX_CHARS).is_some() {
            return Err(TermError::TooLong);
        }
        let (exact, body) = match trimmed.strip_prefix('=') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, trimmed),
        };
        let Unescaped { text, operator, escaped } = unescape(body);
        if fold_string(&text).trim().is_empty() {
            return Err(if body.chars().all(|c| c.is_whitespace() || is_skipped(c)) && !exact {
                TermError::Empty
            } else {
                TermError::OnlyPunctuation
            });
        }
        if !text.chars().any(|c| c.is_alphanumeric() || is_pictograph(c)) {
            return Err(TermError::OnlyPunctuation);
        }
        if let Some(field) = FIELDS.into_iter().find(|field| body.starts_with(field)) {
            return Err(TermError::NotAvailable(field));
        }
        if let Some(operator) = operator {
            return Err(TermError::NotAvailable(operator));
        }
        if !exact && !escaped && is_domain(&text) {
            return Err(TermError::NotAvailable("domain"));
        }
        let mut letters = text.chars().filter(|&c| !is_skipped(c) && !is_mark(c));
        if let (Some(letter), None) = (letters.next(), letters.next())
            && letter.is_alphanumeric()
            && !exact
            && !is_han(letter)
        {
            return Err(TermError::OneLetter);
        }
        Ok(Self { written: trimmed.to_owned(), exact, text })
    }
}

struct Unescaped {
    text: String,
    /// The first operator that no `\` precedes.
    operator: Option<&'static str>,
    escaped: bool,
}

fn unescape(body: &str) -> Unescaped {
    let mut result = Unescaped { text: String::with_capacity(body.len()), operator: None, escaped: false };
    let leading = [('^', "^"), ('~', "~"), ('#', "#"), ('@', "@"), ('=', "=")];
    let mut chars = body.chars().peekable();
    let mut first = true;
    while let Some(c) = chars.next() {
        let escape = c == '\\' && chars.peek().is_some_and(|&next| is_escapable(next));
        if escape {
            result.escaped = true;
            result.text.extend(chars.next());
        } else {
            let operators = INNER.iter().chain(leading.iter().filter(|_| first));
            let found = operators.into_iter().find(|(operator, _)| *operator == c).map(|&(_, name)| name);
            result.operator = result.operator.or(found);
            result.text.push(c);
        }
        first = false;
    }
    result
}

/// The operators, the dot of a domain, the colon of a field, and the escape itself.
fn is_escapable(c: char) -> bool {
    "=^~*?(|)#@.:\\".contains(c)
}

fn only_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// Lower case, no space, a public top-level domain, with or without a path. `E.Leclerc`, `Node.js` are none.
fn is_domain(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    let Some((name, top)) = host.rsplit_once('.') else { return false };
    !text.chars().any(|c| c.is_whitespace() || c.is_uppercase())
        && name
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || is_mark(c)))
        && is_top_level(top)
}

/// An emoji: the pictographs of Unicode's blocks for them. `©`, `®` and `™` are taken as punctuation.
fn is_pictograph(c: char) -> bool {
    matches!(c,
        '\u{231A}'..='\u{23FF}'
        | '\u{25AA}'..='\u{25FE}'
        | '\u{2600}'..='\u{27BF}'
        | '\u{2B05}'..='\u{2B55}'
        | '\u{3030}'
        | '\u{303D}'
        | '\u{1F000}'..='\u{1FAFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_searched() {
        for (written, exact, text) in [
            ("orange bank", false, "orange bank"),
            ("  Orange Bank ", false, "Orange Bank"),
            ("=Orange SA", true, "Orange SA"),
            ("= Orange", true, "Orange"),
            ("=X", true, "X"),
            ("橙", false, "橙"),
            ("🍊", false, "🍊"),
            ("❤️", false, "❤️"),
            ("C&A", false, "C&A"),
            ("Yahoo!", false, "Yahoo!"),
            ("E.Leclerc", false, "E.Leclerc"),
            ("Booking.com", false, "Booking.com"),
            ("Node.js", false, "Node.js"),
            ("S.N.C.F.", false, "S.N.C.F."),
            ("N°5", false, "N°5"),
            ("1e3", false, "1e3"),
            ("true", false, "true"),
            ("C#", false, "C#"),
            ("a@b", false, "a@b"),
            ("x^y", false, "x^y"),
            (r"\#tag", false, "#tag"),
            (r"\@ccount", false, "@ccount"),
            (r"Quoi\?", false, "Quoi?"),
            (r"orange\.fr", false, "orange.fr"),
            (r"title\: x", false, "title: x"),
            (r"AC\\DC", false, r"AC\DC"),
            (r"AC\DC", false, r"AC\DC"),
            ("=orange.fr", true, "orange.fr"),
        ] {
            let term = Term::parse(written).unwrap_or_else(|error| panic!("{written}: {error}"));
            assert_eq!((term.exact, term.text.as_str()), (exact, text), "{written}");
            assert_eq!(term.written, written.trim());
        }
    }

    #[test]
    fn what_is_no_term_says_why() {
        let long = "a".repeat(201);
        for (written, error) in [
            ("", TermError::Empty),
            (" \u{A0}\n", TermError::Empty),
            ("\u{200B}", TermError::Empty),
            ("~", TermError::LoneOperator('~')),
            ("*", TermError::LoneOperator('*')),
            ("=", TermError::LoneOperator('=')),
            ("^", TermError::LoneOperator('^')),
            ("a", TermError::OneLetter),
            ("7", TermError::OneLetter),
            ("e\u{301}", TermError::OneLetter),
            ("か", TermError::OneLetter),
            ("!", TermError::OnlyPunctuation),
            ("-", TermError::OnlyPunctuation),
            ("***", TermError::OnlyPunctuation),
            ("=!", TermError::OnlyPunctuation),
            ("#", TermError::OnlyPunctuation),
            ("€ %", TermError::OnlyPunctuation),
            ("^orange", TermError::NotAvailable("^")),
            ("=^orange", TermError::NotAvailable("^")),
            ("~résilier", TermError::NotAvailable("~")),
            ("boycott*", TermError::NotAvailable("*")),
            ("c?cotte", TermError::NotAvailable("?")),
            ("(ville|mairie) d'orange", TermError::NotAvailable("( | )")),
            ("#tag", TermError::NotAvailable("#")),
            ("=@account", TermError::NotAvailable("@")),
            ("orange.fr", TermError::NotAvailable("domain")),
            ("orange.fr/noel", TermError::NotAvailable("domain")),
            ("title:x", TermError::NotAvailable("title:")),
            ("site: x.fr", TermError::NotAvailable("site:")),
            (long.as_str(), TermError::TooLong),
        ] {
            assert_eq!(Term::parse(written), Err(error), "{written}");
        }
    }
}
