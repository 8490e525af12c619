//! The term mini-language and the expression tree. Pure; runs no search (`matcher`).

pub mod asked;
pub mod company;
pub mod domain;
pub mod expr;
mod field;
pub mod inflect;
pub mod line;
pub mod read;
pub mod term;
pub mod variants;

pub use company::Company;
pub use expr::{Expr, Mask, Within};
pub use read::read;
pub use term::{Mode, Phrase, Sign, Term, TermError, TermKind};
