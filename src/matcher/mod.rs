//! Stand-in until the matcher lands: substrings without case, no boundaries.
use crate::mention::{Field, Hit};
use crate::query::{Expr, Term};

/// Stub.
#[derive(Debug, Clone)]
pub struct BrandQuery {
    /// Stub.
    pub matching: Expr,
    /// Stub.
    pub mask: Vec<Term>,
    /// Stub.
    pub tags: Vec<(String, Vec<Term>)>,
}
/// Stub.
#[derive(Debug, thiserror::Error)]
#[error("too many terms")]
pub struct BuildError;
/// Stub.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Stub.
    pub title: &'a str,
    /// Stub.
    pub text: &'a str,
}
/// Stub.
#[derive(Debug, Default)]
pub struct Scratch;
/// Stub.
#[derive(Debug)]
pub struct BrandMatch {
    /// Stub.
    pub brand: usize,
    /// Stub.
    pub hits: Vec<Hit>,
    /// Stub.
    pub tags: Vec<String>,
    /// Stub.
    pub why: Vec<String>,
}
/// Stub.
#[derive(Debug)]
pub struct Matcher(Vec<BrandQuery>);

impl Matcher {
    /// Stub.
    pub fn build(queries: Vec<BrandQuery>) -> Result<Self, BuildError> {
        Ok(Self(queries))
    }

    /// Stub.
    pub fn scan(&self, _: &mut Scratch, document: &Document<'_>, wanted: impl Fn(usize) -> bool) -> Vec<BrandMatch> {
        let mut found = Vec::new();
        for (brand, query) in self.0.iter().enumerate().filter(|(brand, _)| wanted(*brand)) {
            let mut text = document.text.to_lowercase();
            for mask in &query.mask {
                text = text.replace(&mask.text.to_lowercase(), &" ".repeat(mask.text.len()));
            }
            let mut why = Vec::new();
            if holds(&query.matching, &text, &mut why) {
                let hits = why
                    .iter()
                    .map(|term: &String| Hit {
                        term: term.clone(),
                        field: Field::Text,
                        start: 0,
                        end: 0,
                        text: term.clone(),
                    })
                    .collect();
                found.push(BrandMatch { brand, hits, tags: Vec::new(), why });
            }
        }
        found
    }
}

fn holds(expr: &Expr, text: &str, why: &mut Vec<String>) -> bool {
    match expr {
        Expr::Term(term) => {
            let found = text.contains(&term.text.to_lowercase());
            if found {
                why.push(term.written.clone());
            }
            found
        }
        Expr::Group { any, all, none } => {
            let any_holds = any.iter().fold(any.is_empty(), |held, expr| holds(expr, text, why) || held);
            any_holds
                && all.iter().all(|expr| holds(expr, text, why))
                && !none.iter().any(|expr| holds(expr, text, &mut Vec::new()))
        }
    }
}
