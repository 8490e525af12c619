//! One of `brands:`: from its shape to a [`Brand`]. Terms are read by `query`; their places come from
//! the tree.

use super::examples::Example;
use super::shape::{BrandShape, ExamplesShape, GroupShape};
use super::{Brand, BrandKind};
use crate::config::findings::Findings;
use crate::config::keys;
use crate::config::lexical::{quoted, without_guillemets};
use crate::config::places::{Node, Span};
use crate::config::yaml::{ScalarOr, Written};
use crate::query::{Expr, Mask, Term, TermError, Within as Together};

/// A brand with what only its file needs.
#[derive(Debug)]
pub(super) struct BrandDraft {
    pub(super) brand: Brand,
    pub(super) id_span: Span,
    pub(super) examples: Vec<Example>,
    /// Terms written in it.
    pub(super) terms: usize,
}

const KINDS: [(&str, BrandKind); 6] = [
    ("brand", BrandKind::Brand),
    ("product", BrandKind::Product),
    ("person", BrandKind::Person),
    ("competitor", BrandKind::Competitor),
    ("campaign", BrandKind::Campaign),
    ("crisis", BrandKind::Crisis),
];

/// The kind of a word; an unknown one is said.
pub(super) fn kind(findings: &mut Findings, span: Span, key: &str, word: &str) -> Option<BrandKind> {
    let kind = KINDS.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind);
    if kind.is_none() {
        choice(findings, span, key, word, KINDS.iter().map(|(name, _)| *name));
    }
    kind
}

/// Says that a word is none of a few, with the nearest as the correction.
pub(super) fn choice<'a>(
    findings: &mut Findings,
    span: Span,
    key: &str,
    word: &str,
    choices: impl Iterator<Item = &'a str> + Clone,
) {
    let near = keys::nearest_value(word, choices.clone());
    let names = choices.collect::<Vec<_>>().join(", ");
    findings.error(span, "config-choice", &[("key", key), ("word", word), ("choices", &names)], near);
}

/// Reads a brand; without one, the findings say why.
pub(super) fn read(findings: &mut Findings, node: &Node, shape: BrandShape) -> Option<BrandDraft> {
    let id = id(findings, node, shape.id.as_ref());
    let name = shape.name.map(|Written(name)| name);
    if let (Some(name), Some(at)) = (&name, node.get("name")) {
        one_line(findings, at.span, "name", name);
    }
    let kind = match shape.kind {
        Some(Written(word)) => kind(findings, node.get("kind").unwrap_or(node).span, "kind", &word),
        None => Some(BrandKind::Brand),
    };
    let mut count = 0;
    let matching = if let (Some(shape), Some(at)) = (shape.matching, node.get("match")) {
        group(findings, at, &shape, &mut count, Within::Brand)
    } else {
        let span = node.pair("id").map_or(node.span, |(key, _)| key.span);
        findings.error(span, "config-brand-without-match", &[], None);
        None
    };
    let mask = node.get("mask").map_or(&[][..], Node::items);
    let mask: Vec<Mask> = mask.iter().filter_map(|item| term(findings, item, &mut count)).map(Mask::from).collect();
    debug_assert!(mask.len() <= shape.mask.map_or(0, |mask| mask.len()));
    let tags = node.get("tags").map_or(&[][..], Node::pairs);
    let mut read_tags = Vec::new();
    for (key, list) in tags {
        let tag = key.text().unwrap_or_default();
        one_line(findings, key.span, "tags", tag);
        let terms = list.items().iter().filter_map(|item| term(findings, item, &mut count)).map(Expr::Term).collect();
        read_tags.push((tag.to_owned(), terms));
    }
    debug_assert_eq!(read_tags.len(), shape.tags.map_or(0, |tags| tags.0.len()));
    let examples = examples(findings, node, shape.examples.unwrap_or_default());
    let (id, id_span) = id?;
    let brand = Brand {
        name: name.unwrap_or_else(|| id.clone()),
        id,
        kind: kind?,
        matching: matching?,
        mask,
        tags: read_tags,
        place: findings.place(node.span),
    };
    Some(BrandDraft { brand, id_span, examples, terms: count })
}

/// Ids stand in subjects, headers and file names.
fn id(findings: &mut Findings, node: &Node, written: Option<&Written>) -> Option<(String, Span)> {
    let (Some(Written(id)), Some(at)) = (written, node.get("id")) else {
        findings.error(node.span, "config-missing-key", &[("block", "brands"), ("key", "id")], None);
        return None;
    };
    let fine = id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !fine {
        let slug = slug(id);
        findings.error(
            at.span,
            "config-brand-id",
            &[("id", id)],
            Some(&slug).filter(|slug| !slug.is_empty()).map(String::as_str),
        );
        return None;
    }
    Some((id.clone(), at.span))
}

/// A name as an id: lower case, no accents, hyphens.
#[must_use]
pub(crate) fn slug(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let plain = name.to_lowercase().replace('œ', "oe").replace('æ', "ae").replace('ß', "ss");
    let plain = plain.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    let mut slug = String::new();
    for c in plain {
        if c.is_ascii_alphanumeric() || c == '_' {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(64);
    slug.trim_end_matches('-').to_owned()
}

/// Names stand in subjects and logs: one line, no control characters. Quoted YAML can write both.
pub(super) fn one_line(findings: &mut Findings, span: Span, key: &str, text: &str) {
    if text.chars().any(char::is_control) || text.chars().count() > 200 {
        findings.error(span, "config-one-line", &[("key", key)], None);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Brand,
    All,
    Other,
}

fn group(findings: &mut Findings, node: &Node, shape: &GroupShape, count: &mut usize, within: Within) -> Option<Expr> {
    let mut list = |key: &str, shapes: Option<&Vec<ScalarOr<GroupShape>>>, within: Within| {
        let items = node.get(key).map_or(&[][..], Node::items);
        let shapes = shapes.map_or(&[][..], Vec::as_slice);
        shapes.iter().zip(items).filter_map(|(shape, item)| expression(findings, item, shape, count, within)).collect()
    };
    let any: Vec<Expr> = list("any", shape.any.as_ref(), Within::Other);
    let all: Vec<Expr> = list("all", shape.all.as_ref(), Within::All);
    let without: Vec<Expr> = list("none", shape.none.as_ref(), Within::Other);
    match (&shape.any, &shape.all, &shape.none) {
        (None, None, None) => {
            findings.error(node.span, "config-empty-match", &[], None);
            return None;
        }
        (None, None, Some(_)) if within != Within::All => {
            let span = node.pair("none").map_or(node.span, |(key, _)| key.span);
            findings.error(span, "config-none-alone", &[], None);
            return None;
        }
        _ => {}
    }
    Some(Expr::Group { any, all, none: without, within: Together::Document })
}

fn expression(
    findings: &mut Findings,
    node: &Node,
    shape: &ScalarOr<GroupShape>,
    count: &mut usize,
    within: Within,
) -> Option<Expr> {
    match shape {
        ScalarOr::Scalar => term(findings, node, count).map(Expr::Term),
        ScalarOr::Block(shape) => group(findings, node, shape, count, within),
    }
}

/// The term that a scalar is; what is none is said.
fn term(findings: &mut Findings, node: &Node, count: &mut usize) -> Option<Term> {
    *count += 1;
    let written = without_guillemets(node.text().unwrap_or_default());
    let (key, sign, instead) = match Term::parse(&written) {
        Ok(term) => return Some(term),
        Err(TermError::Empty) => ("config-empty-term", String::new(), None),
        Err(TermError::OneLetter) => {
            ("config-one-letter", String::new(), Some(quoted(&format!("={}", written.trim()))))
        }
        Err(TermError::OnlyPunctuation) => ("config-only-punctuation", String::new(), None),
        Err(TermError::LoneOperator(sign)) => ("config-lone-operator", sign.to_string(), None),
        Err(TermError::Together(first, second)) => ("config-term-together", format!("{first} {second}"), None),
        Err(TermError::ShortWildcard) => ("config-short-wildcard", String::new(), None),
        Err(TermError::Unbalanced(sign)) => ("config-term-unbalanced", sign.to_string(), None),
        Err(TermError::TooDeep) => ("config-term-deep", String::new(), None),
        Err(TermError::TooManyVariants) => ("config-term-variants", String::new(), None),
        Err(TermError::NoLanguage) => ("config-term-language", String::new(), None),
        Err(TermError::NoDomain) => ("config-term-domain", String::new(), None),
        Err(TermError::TooLong) => ("config-long-term", String::new(), None),
    };
    findings.error(node.span, key, &[("term", &written), ("sign", &sign)], instead.as_deref());
    None
}

fn examples(findings: &mut Findings, node: &Node, shape: ExamplesShape) -> Vec<Example> {
    let mut all = Vec::new();
    let Some(node) = node.get("examples") else { return all };
    for (key, texts, expected) in [("match", shape.matching, true), ("ignore", shape.ignore, false)] {
        for (text, item) in texts.into_iter().zip(node.get(key).map_or(&[][..], Node::items)) {
            if text.trim().is_empty() {
                findings.error(item.span, "config-empty-item", &[("key", key)], None);
            } else {
                all.push(Example { text, expected, span: item.span });
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_an_id() {
        for (name, id) in
            [("Orange (opérateur)", "orange-operateur"), ("L'Oréal", "l-oreal"), ("Œuvre", "oeuvre"), ("日本", "")]
        {
            assert_eq!(slug(name), id);
        }
    }
}
