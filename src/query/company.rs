//! `company: NAME`: the name in a construction that only a company stands in. Owns the name and the shipped
//! constructions (`data/company_*.txt`); finding them is `matcher`'s.

use super::term::{Term, TermError};

/// A name that is looked for where it acts as a company.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Company {
    /// As the watchlist writes it.
    pub name: String,
}

impl Company {
    /// Reads a name: a plain term, without operators.
    pub fn parse(name: &str) -> Result<Self, TermError> {
        Term::parse(name)?;
        Ok(Self { name: name.trim().to_owned() })
    }
}
