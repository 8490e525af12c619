//! A brand's own examples: they are run at every load, and a failure says which terms were found or
//! which part did not hold. Finding is `matcher`'s; the reason is worked out here, for failures only.

use super::{Brand, compile};
use crate::config::findings::Findings;
use crate::config::places::Span;
use crate::locale::Locale;
use crate::matcher::{BrandQuery, Document, Matcher, Scratch};
use crate::query::{Expr, Term};

/// A sentence that the brand must find, or must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// As written.
    pub text: String,
    /// True under `match:`, false under `ignore:`.
    pub expected: bool,
    /// Where it stands.
    pub span: Span,
}

/// Why an expression does not hold on a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Why<'a> {
    /// None of these was found.
    NoneOf(Vec<&'a str>),
    /// This one, which must stand there, was not found.
    Missing(&'a str),
    /// This one, which must not stand there, was found.
    Excluded(&'a str),
    /// Found, but only inside masked phrases.
    Masked(&'a str),
}

/// Runs the examples of the brand that has this number in the matcher.
pub(super) fn run(findings: &mut Findings, matcher: &Matcher, number: usize, brand: &Brand, examples: &[Example]) {
    let mut scratch = Scratch::default();
    for example in examples {
        // An example has no title, address, author or date.
        let document = Document { text: &example.text, ..Document::default() };
        let found = matcher.scan(&mut scratch, &document, |brand| brand == number);
        if found.is_empty() != example.expected {
            continue;
        }
        let locale = findings.locale();
        let (key, reason) = match found.first() {
            Some(found) => {
                let mut terms: Vec<&str> = found.why.iter().map(String::as_str).collect();
                if terms.is_empty() {
                    terms = found.hits.iter().map(|hit| hit.term.as_str()).collect();
                }
                ("config-example-found", locale.format("config-why-found", &[("terms", list(locale, &terms).into())]))
            }
            None => ("config-example-missed", missed(locale, brand, &document)),
        };
        let arguments = [("text", example.text.as_str()), ("brand", &brand.id), ("reason", &reason)];
        findings.error(example.span, key, &arguments, None);
    }
}

fn list(locale: Locale, terms: &[&str]) -> String {
    terms.iter().map(|term| locale.format("config-quoted", &[("text", (*term).into())])).collect::<Vec<_>>().join(", ")
}

fn missed(locale: Locale, brand: &Brand, document: &Document<'_>) -> String {
    let Some(leaves) = Leaves::of(brand, document) else { return locale.text("config-why-unknown") };
    match leaves.why_not(&brand.matching) {
        Some(Why::NoneOf(terms)) => {
            let shown = &terms[..terms.len().min(8)];
            let key = if terms.len() > shown.len() { "config-why-none-of-many" } else { "config-why-none-of" };
            locale.format(key, &[("terms", list(locale, shown).into()), ("count", terms.len().into())])
        }
        Some(Why::Missing(term)) => locale.format("config-why-missing", &[("term", term.into())]),
        Some(Why::Excluded(term)) => locale.format("config-why-excluded", &[("term", term.into())]),
        Some(Why::Masked(term)) => locale.format("config-why-masked", &[("term", term.into())]),
        None => locale.text("config-why-unknown"),
    }
}

/// Which of a brand's terms stand in a document, outside and inside of its mask.
struct Leaves<'a> {
    terms: Vec<&'a Term>,
    found: Vec<bool>,
    masked: Vec<bool>,
}

impl<'a> Leaves<'a> {
    fn of(brand: &'a Brand, document: &Document<'_>) -> Option<Self> {
        let terms = brand.matching.terms();
        let scan = |with_mask: bool| -> Option<Vec<bool>> {
            let query = |term: &&Term| BrandQuery {
                matching: Expr::any(vec![Expr::Term((*term).clone())]),
                tags: Vec::new(),
                ..compile::query(&Brand { mask: if with_mask { brand.mask.clone() } else { vec![] }, ..brand.clone() })
            };
            let matcher = Matcher::build(terms.iter().map(query).collect()).ok()?;
            let mut found = vec![false; terms.len()];
            for hit in matcher.scan(&mut Scratch::default(), document, |_| true) {
                found[hit.brand] = true;
            }
            Some(found)
        };
        let (found, anywhere) = (scan(true)?, scan(false)?);
        let masked = anywhere.iter().zip(&found).map(|(anywhere, found)| *anywhere && !found).collect();
        Some(Self { terms, found, masked })
    }

    fn of_term(&self, term: &Term, set: &[bool]) -> bool {
        self.terms.iter().zip(set).any(|(other, there)| *there && *other == term)
    }

    /// The first part that does not hold; nothing when all does.
    fn why_not(&self, expr: &'a Expr) -> Option<Why<'a>> {
        match expr {
            Expr::Term(term) if self.of_term(term, &self.found) => None,
            Expr::Term(term) if self.of_term(term, &self.masked) => Some(Why::Masked(&term.written)),
            Expr::Term(term) => Some(Why::Missing(&term.written)),
            Expr::Near { .. } | Expr::Sequence { .. } | Expr::AtLeast { .. } | Expr::Company(_) => None,
            Expr::Group { any, all, none, within: _ } => {
                let missing = all.iter().find_map(|expr| self.why_not(expr));
                missing.or_else(|| self.why_not_any(any)).or_else(|| {
                    let there = none.iter().find(|expr| self.why_not(expr).is_none())?;
                    let term = there.terms().into_iter().find(|term| self.of_term(term, &self.found))?;
                    Some(Why::Excluded(&term.written))
                })
            }
        }
    }

    fn why_not_any(&self, any: &'a [Expr]) -> Option<Why<'a>> {
        let reasons: Vec<_> = any.iter().map(|expr| self.why_not(expr)).collect();
        if any.is_empty() || reasons.iter().any(Option::is_none) {
            return None;
        }
        // A group that nearly held, or a mask, says more than a list of what was not there.
        let telling = any.iter().zip(&reasons).find_map(|(expr, reason)| match (expr, reason) {
            (_, Some(Why::Masked(term))) => Some(Why::Masked(term)),
            (Expr::Group { all, .. }, Some(reason)) if all.iter().any(|part| self.why_not(part).is_none()) => {
                Some(reason.clone())
            }
            _ => None,
        });
        telling
            .or_else(|| Some(Why::NoneOf(any.iter().flat_map(Expr::terms).map(|term| term.written.as_str()).collect())))
    }
}
