//! Stand-in until the query language lands.

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
    /// A single letter without `=`.
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
    /// Stub.
    pub fn parse(written: &str) -> Result<Self, TermError> {
        let trimmed = written.trim();
        let mut chars = trimmed.chars();
        match (chars.next(), chars.next()) {
            (None, _) => return Err(TermError::Empty),
            (Some(sign @ ('~' | '*' | '=' | '^')), None) => return Err(TermError::LoneOperator(sign)),
            (Some(letter), None) if letter.is_alphabetic() => return Err(TermError::OneLetter),
            _ => {}
        }
        for sign in ["~", "^", "#", "@", "*", "("] {
            if trimmed.starts_with(sign) || (sign == "*" && trimmed.contains('*')) {
                return Err(TermError::NotAvailable(sign));
            }
        }
        if !trimmed.chars().any(char::is_alphanumeric) {
            return Err(TermError::OnlyPunctuation);
        }
        if trimmed.chars().count() > 200 {
            return Err(TermError::TooLong);
        }
        let text = trimmed.trim_start_matches('=').to_owned();
        Ok(Self { written: trimmed.to_owned(), exact: trimmed.starts_with('='), text })
    }
}
