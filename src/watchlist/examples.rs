//! A brand's own examples: they are run at every load, and a failure says which terms were found or
//! which part did not hold. Finding is `matcher`'s; the reason is `explain`'s, for failures only.

use std::cell::OnceCell;

use super::Brand;
use super::explain::{self, Explainer};
use crate::config::findings::Findings;
use crate::config::places::Span;
use crate::locale::Locale;
use crate::matcher::{Document, Matcher, Scratch};

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

/// Runs the examples of the brand that has this number in the matcher.
pub(super) fn run(findings: &mut Findings, matcher: &Matcher, number: usize, brand: &Brand, examples: &[Example]) {
    let language = brand.only.languages.include.first().copied().or_else(|| Some(findings.locale().language().into()));
    let mut scratch = Scratch::default();
    let explainer = OnceCell::new();
    for example in examples {
        if findings.full() {
            return;
        }
        // An example has no title, address, author or date; its language is the first of `only.languages`.
        let document = Document { text: &example.text, language, ..Document::default() };
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
            None => ("config-example-missed", {
                let explainer = explainer.get_or_init(|| Explainer::new(brand));
                missed(locale, explainer.as_ref(), &document)
            }),
        };
        let arguments = [("text", example.text.as_str()), ("brand", &brand.id), ("reason", &reason)];
        findings.error(example.span, key, &arguments, None);
    }
}

fn list(locale: Locale, terms: &[&str]) -> String {
    terms.iter().map(|term| explain::quote(locale, term)).collect::<Vec<_>>().join(", ")
}

fn missed(locale: Locale, explainer: Option<&Explainer<'_>>, document: &Document<'_>) -> String {
    match explainer.and_then(|explainer| explainer.explain(document)) {
        Some(part) => part.why_not(locale),
        None => locale.text("config-why-unknown"),
    }
}
