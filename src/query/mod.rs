//! The term mini-language and the expression tree. Pure; runs no search (`matcher`).

pub mod domain;
pub mod expr;
pub mod term;

pub use expr::Expr;
pub use term::{Term, TermError};
