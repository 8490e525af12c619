//! The expression tree over terms and its evaluation on the set of terms that a document holds.

use super::Term;

/// What must hold for a brand to be mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// A term stands in the document.
    Term(Term),
    /// All three parts hold: one of `any` (when not empty), each of `all`, none of `none`.
    Group {
        /// One at least.
        any: Vec<Self>,
        /// Each.
        all: Vec<Self>,
        /// Not one.
        none: Vec<Self>,
    },
}
