//! The expression over term numbers, and its evaluation on the terms that a document holds.

/// An expression whose terms are numbers.
#[derive(Debug)]
pub(super) enum Node {
    Term(u32),
    Group { any: Vec<Node>, all: Vec<Node>, none: Vec<Node> },
}

impl Node {
    /// True when the expression holds in a document that holds the terms for which `held` says so.
    pub(super) fn holds(&self, held: &impl Fn(u32) -> bool) -> bool {
        match self {
            Self::Term(term) => held(*term),
            Self::Group { any, all, none } => {
                (any.is_empty() || any.iter().any(|part| part.holds(held)))
                    && all.iter().all(|part| part.holds(held))
                    && !none.iter().any(|part| part.holds(held))
            }
        }
    }

    /// Appends the terms that made an expression hold which holds.
    pub(super) fn push_contributing(&self, held: &impl Fn(u32) -> bool, terms: &mut Vec<u32>) {
        match self {
            Self::Term(term) => terms.push(*term),
            Self::Group { any, all, none: _ } => {
                for part in any.iter().filter(|part| part.holds(held)).chain(all) {
                    part.push_contributing(held, terms);
                }
            }
        }
    }

    /// The terms that may contribute: a brand without one of them in a document is not mentioned there.
    pub(super) fn each_positive(&self, visit: &mut impl FnMut(u32)) {
        match self {
            Self::Term(term) => visit(*term),
            Self::Group { any, all, none: _ } => any.iter().chain(all).for_each(|part| part.each_positive(visit)),
        }
    }
}
