//! The automaton over all brands: from an original text to hits with byte offsets. Owns the compiled
//! set and its search. Pure; reads no watchlist and scores nothing.

mod build;
mod exact;
mod gate;
mod judge;
mod scan;
mod spans;

use crate::mention::Hit;
use crate::query::{Expr, Term};

pub use build::Matcher;
pub use scan::Scratch;

/// What a brand searches.
#[derive(Debug, Clone)]
pub struct BrandQuery {
    /// What must hold.
    pub matching: Expr,
    /// An occurrence that lies wholly inside one of these does not count.
    pub mask: Vec<Term>,
    /// Tags by name, with the terms of which one must hit.
    pub tags: Vec<(String, Vec<Term>)>,
}

/// What is searched: two fields that `any`, `all` and `none` see together.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// The title, plain text.
    pub title: &'a str,
    /// The text, plain text.
    pub text: &'a str,
}

/// A brand whose expression holds in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandMatch {
    /// Its place in the list that the matcher was built from.
    pub brand: usize,
    /// All occurrences of the contributing terms, by field, start, end.
    pub hits: Vec<Hit>,
    /// The tags that hold, in their order of writing.
    pub tags: Vec<String>,
    /// The contributing terms as written, each once.
    pub why: Vec<String>,
}

/// Why brands do not become a matcher: each bound keeps time and memory of the build in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// More distinct terms than this.
    #[error("more than {0} terms")]
    TooManyTerms(usize),
    /// More bytes of distinct terms, folded, than this.
    #[error("more than {0} bytes of terms")]
    TooLarge(usize),
    /// An expression nested deeper than this.
    #[error("nested deeper than {0}")]
    TooDeep(usize),
    /// A term that folds to nothing searchable; `Term::parse` refuses such a one.
    #[error("a term that holds nothing to search")]
    EmptyTerm,
}
