//! The expression tree over terms: what a brand asks of a document, as written. Owns the shape; the
//! matcher compiles and evaluates it.

use super::company::Company;
use super::term::Term;

/// Where the parts of a group must stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Within {
    /// Anywhere; title and text are seen together.
    #[default]
    Document,
    /// In one sentence of one field. `none` always looks at the whole document.
    Sentence,
}

/// What must hold for a brand to be mentioned.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expr {
    /// A term stands in the document.
    Term(Term),
    /// All three parts hold: one of `any` (when not empty), each of `all`, none of `none`.
    Group {
        /// One at least.
        any: Vec<Expr>,
        /// Each.
        all: Vec<Expr>,
        /// Not one.
        none: Vec<Expr>,
        /// Where those of `any` and `all` stand together.
        within: Within,
    },
    /// One of `of` and one of `with`, in either order, in one field.
    Near {
        /// One at least.
        of: Vec<Expr>,
        /// One at least; never the occurrence that is the other side.
        with: Vec<Expr>,
        /// Words between, at most.
        words: u32,
    },
    /// Each of `terms`, in this order, in one field.
    Sequence {
        /// In order.
        terms: Vec<Expr>,
        /// Words between two neighbours, at most.
        words: u32,
    },
    /// So many occurrences of any of `of`.
    AtLeast {
        /// Occurrences at least.
        times: u32,
        /// Counted together.
        of: Vec<Expr>,
    },
    /// The name stands where a company would.
    Company(Company),
}

impl Expr {
    /// One of `any`.
    #[must_use]
    pub const fn any(any: Vec<Self>) -> Self {
        Self::Group { any, all: Vec::new(), none: Vec::new(), within: Within::Document }
    }

    /// Each of `all`.
    #[must_use]
    pub const fn all(all: Vec<Self>, within: Within) -> Self {
        Self::Group { any: Vec::new(), all, none: Vec::new(), within }
    }

    /// None of `none`.
    #[must_use]
    pub const fn none(none: Vec<Self>) -> Self {
        Self::Group { any: Vec::new(), all: Vec::new(), none, within: Within::Document }
    }

    /// The parts one level down, in the order of writing.
    pub fn parts(&self) -> impl Iterator<Item = &Self> {
        let [first, second, third]: [&[Self]; 3] = match self {
            Self::Term(_) | Self::Company(_) => [&[], &[], &[]],
            Self::Group { any, all, none, within: _ } => [any, all, none],
            Self::Near { of, with, words: _ } => [of, with, &[]],
            Self::Sequence { terms: parts, .. } | Self::AtLeast { of: parts, .. } => [parts, &[], &[]],
        };
        first.iter().chain(second).chain(third)
    }

    /// The terms as written, in the order of writing, those under `none` too; a company has none.
    #[must_use]
    pub fn terms(&self) -> Vec<&Term> {
        let mut terms = Vec::new();
        let mut left = vec![self];
        while let Some(expr) = left.pop() {
            if let Self::Term(term) = expr {
                terms.push(term);
            }
            let at = left.len();
            left.extend(expr.parts());
            left[at..].reverse();
        }
        terms
    }

    /// True when the tree has more than `levels`; a term alone is one. Looks no deeper than that.
    #[must_use]
    pub fn is_deeper_than(&self, levels: usize) -> bool {
        levels == 0 || self.parts().any(|part| part.is_deeper_than(levels - 1))
    }

    /// Terms and companies in it, counted as often as they stand there.
    #[must_use]
    pub fn leaves(&self) -> usize {
        match self {
            Self::Term(_) | Self::Company(_) => 1,
            _ => self.parts().map(Self::leaves).sum(),
        }
    }
}

impl From<Term> for Expr {
    fn from(term: Term) -> Self {
        Self::Term(term)
    }
}

/// Occurrences that do not count: those that lie wholly inside what `what` covers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mask {
    /// A term, or an expression whose occurrences are the masked phrases.
    pub what: Expr,
    /// Where this holds, the phrase masks nothing.
    pub unless: Option<Expr>,
    /// Where `unless` looks: the document, or the sentence of the masked phrase.
    pub within: Within,
}

impl From<Term> for Mask {
    fn from(term: Term) -> Self {
        Self { what: Expr::Term(term), unless: None, within: Within::Document }
    }
}

#[cfg(test)]
mod tests {
    use super::{Expr, Within};
    use crate::query::Term;

    fn term(written: &str) -> Expr {
        Expr::Term(Term::parse(written).unwrap())
    }

    #[test]
    fn terms_stand_in_the_order_of_writing_at_every_level() {
        let near = Expr::Near { of: vec![term("aa"), term("bb")], with: vec![Expr::any(vec![term("cc")])], words: 5 };
        let expr =
            Expr::Group { any: vec![near], all: vec![term("dd")], none: vec![term("ee")], within: Within::Document };
        let written: Vec<&str> = expr.terms().into_iter().map(|term| term.written.as_str()).collect();
        assert_eq!(written, ["aa", "bb", "cc", "dd", "ee"]);
        assert!(expr.is_deeper_than(3) && !expr.is_deeper_than(4));
    }
}
