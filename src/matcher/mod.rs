//! The automaton over all brands: from an original text to hits with byte offsets. Owns the compiled
//! set and its search. Pure; reads no watchlist and scores nothing.

mod build;
mod check;
mod crowd;
mod exact;
mod fields;
mod gate;
mod glob;
mod hashed;
mod judge;
mod layout;
mod name;
mod pattern;
mod prefixes;
mod ruled;
mod scan;
mod spans;
mod tree;

use crate::mention::Hit;
use crate::query::{Expr, Mask};
use crate::text::language::Language;

pub use build::Matcher;
pub use name::weigh_company;
pub use scan::Scratch;

/// What a brand searches.
#[derive(Debug, Clone)]
pub struct BrandQuery {
    /// What must hold.
    pub matching: Expr,
    /// An occurrence that lies wholly inside one of these does not count.
    pub mask: Vec<Mask>,
    /// Tags by name, with the expressions of which one must hold.
    pub tags: Vec<(String, Vec<Expr>)>,
    /// Whose inflections and constructions are searched besides the document's; none: French and English.
    pub languages: Vec<Language>,
}

impl BrandQuery {
    /// A brand without mask and tags.
    #[must_use]
    pub const fn of(matching: Expr) -> Self {
        Self { matching, mask: Vec::new(), tags: Vec::new(), languages: Vec::new() }
    }
}

/// What is searched: fields that `any`, `all` and `none` see together. Only field terms look at others
/// than title and text, domains at the links too.
#[derive(Debug, Clone, Copy, Default)]
pub struct Document<'a> {
    /// The title, plain text.
    pub title: &'a str,
    /// The text, plain text.
    pub text: &'a str,
    /// Who wrote it, as the source names them.
    pub author: Option<&'a str>,
    /// Its own address.
    pub url: Option<&'a str>,
    /// Targets of links that the text hides. A hit's offsets are those in the links joined by `\n`.
    pub links: &'a [String],
    /// Stated or detected.
    pub language: Option<Language>,
    /// The source's name.
    pub source: Option<&'a str>,
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
    /// More distinct words with wildcards or inflections than this.
    #[error("more than {0} words with wildcards or inflections")]
    TooManyRules(usize),
    /// More terms than this that only differ in case or accents, or whose words with wildcards or inflections
    /// stand beside the same word.
    #[error("more than {0} terms around one word that differ in little")]
    TooAlike(usize),
    /// More bytes than this in terms that share a word, what they start alike with counted once.
    #[error("more than {0} bytes of terms around shared words")]
    TooCrowded(usize),
}
