//! The expression tree over terms and its evaluation on the set of terms that a document holds.
//! Searches nothing.

use super::Term;

/// What must hold for a brand to be mentioned. The matcher's trees hold term numbers in place of terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr<T = Term> {
    /// A term stands in the document.
    Term(T),
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

impl<T> Expr<T> {
    /// True when the expression holds in a document that holds the terms for which `held` says so.
    pub fn holds(&self, held: &impl Fn(&T) -> bool) -> bool {
        match self {
            Self::Term(term) => held(term),
            Self::Group { any, all, none } => {
                (any.is_empty() || any.iter().any(|part| part.holds(held)))
                    && all.iter().all(|part| part.holds(held))
                    && !none.iter().any(|part| part.holds(held))
            }
        }
    }

    /// The terms that made the expression hold, in the order of writing, repeated where written twice: the
    /// held ones of each part that holds. Terms under `none` never contribute. Empty when it does not hold.
    pub fn contributing<'a>(&'a self, held: &impl Fn(&T) -> bool) -> Vec<&'a T> {
        let mut terms = Vec::new();
        if self.holds(held) {
            self.push_contributing(held, &mut terms);
        }
        terms
    }

    /// For an expression that holds.
    fn push_contributing<'a>(&'a self, held: &impl Fn(&T) -> bool, terms: &mut Vec<&'a T>) {
        match self {
            Self::Term(term) => terms.push(term),
            Self::Group { any, all, none: _ } => {
                for part in any.iter().filter(|part| part.holds(held)).chain(all) {
                    part.push_contributing(held, terms);
                }
            }
        }
    }

    /// Levels of nesting; a term alone is 1.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::Term(_) => 1,
            Self::Group { any, all, none } => 1 + any.iter().chain(all).chain(none).map(Self::depth).max().unwrap_or(0),
        }
    }

    /// The same tree over other terms; the first failure of `change` ends it.
    pub fn try_map<'a, U, E>(&'a self, change: &mut impl FnMut(&'a T) -> Result<U, E>) -> Result<Expr<U>, E> {
        Ok(match self {
            Self::Term(term) => Expr::Term(change(term)?),
            Self::Group { any, all, none } => {
                let mut part = |list: &'a [Self]| -> Result<Vec<Expr<U>>, E> {
                    list.iter().map(|expr| expr.try_map(change)).collect()
                };
                Expr::Group { any: part(any)?, all: part(all)?, none: part(none)? }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Expr::{self, Group, Term};

    fn any(parts: Vec<Expr<char>>) -> Expr<char> {
        Group { any: parts, all: vec![], none: vec![] }
    }

    #[test]
    fn all_parts_of_a_group_hold_together() {
        let expr = Group {
            any: vec![Term('a'), Term('b')],
            all: vec![Term('c'), any(vec![Term('d'), Term('e')])],
            none: vec![Term('x'), Group { any: vec![], all: vec![Term('y'), Term('z')], none: vec![] }],
        };
        for (document, contributing) in [
            ("acd", "acd"),
            ("abcde", "abcde"),
            ("bcey", "bce"),
            ("ac", ""),
            ("cd", ""),
            ("acdx", ""),
            ("acdyz", ""),
            ("", ""),
        ] {
            let held = |term: &char| document.contains(*term);
            assert_eq!(expr.contributing(&held).into_iter().collect::<String>(), contributing, "{document}");
            assert_eq!(expr.holds(&held), !contributing.is_empty(), "{document}");
        }
    }

    #[test]
    fn a_branch_that_does_not_hold_contributes_nothing() {
        let expr = any(vec![Term('a'), Group { any: vec![], all: vec![Term('b'), Term('c')], none: vec![] }]);
        assert_eq!(expr.contributing(&|term| "ab".contains(*term)), [&'a']);
        assert_eq!(expr.depth(), 3);
    }
}
