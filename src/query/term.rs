//! One string of the watchlist becomes a [`Term`]. Owns the syntax and its errors; later forms
//! (`^ ~ * ? ( | ) # @`, fields, domains) are refused by name in this version.

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
