//! One of `brands:`: from its shape to a [`Brand`]. What holds terms is read by `expression`.

use super::examples::Example;
use super::expression::{Lists, Reader};
use super::shape::{BrandShape, ExamplesShape};
use super::{Brand, BrandKind, only};
use crate::config::findings::Findings;
use crate::config::keys;
use crate::config::places::{Node, Span};
use crate::config::yaml::Written;
use crate::query::Mask;

/// A brand with what only its file needs.
#[derive(Debug)]
pub(super) struct BrandDraft {
    pub(super) brand: Brand,
    pub(super) id_span: Span,
    pub(super) examples: Vec<Example>,
    /// Terms written in it.
    pub(super) terms: usize,
    /// Sources that `only` names, with their places.
    pub(super) sources: Vec<(String, Span)>,
    /// Sources that its terms name, folded, with the terms' places.
    pub(super) source_terms: Vec<(String, Span)>,
    /// Whether all of it was read, so that its examples tell something.
    pub(super) sound: bool,
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
pub(super) fn read(findings: &mut Findings, node: &Node, shape: BrandShape, lists: &Lists) -> Option<BrandDraft> {
    let id = id(findings, node, shape.id.as_ref());
    let name = shape.name.map(|Written(name)| name);
    if let (Some(name), Some(at)) = (&name, node.get("name")) {
        one_line(findings, at.span, "name", name);
    }
    let kind = match shape.kind {
        Some(Written(word)) => kind(findings, node.get("kind").unwrap_or(node).span, "kind", &word),
        None => Some(BrandKind::Brand),
    };
    let mut reader = Reader::new(findings, lists);
    let matching = match (node.get("match"), node.get("query")) {
        (Some(at), None) => reader.matching(at),
        (None, Some(at)) => reader.query(at),
        (Some(_), Some(_)) => {
            let span = node.pair("query").map_or(node.span, |(key, _)| key.span);
            reader.findings.error(span, "config-match-and-query", &[], None);
            None
        }
        (None, None) => {
            let span = node.pair("id").map_or(node.span, |(key, _)| key.span);
            reader.findings.error(span, "config-brand-without-match", &[], None);
            None
        }
    };
    let mask = node.get("mask").map_or(&[][..], Node::items);
    let mask: Vec<Mask> = mask.iter().filter_map(|item| reader.mask(item)).collect();
    let mut tags = Vec::new();
    for (key, list) in node.get("tags").map_or(&[][..], Node::pairs) {
        let tag = key.text().unwrap_or_default();
        one_line(reader.findings, key.span, "tags", tag);
        tags.push((tag.to_owned(), reader.items(Some(list))));
    }
    let (terms, source_terms) = (reader.terms, reader.sources);
    let (only, sources) = only::read(findings, node.get("only"));
    let days = only::days(findings, node);
    let examples = examples(findings, node, shape.examples.unwrap_or_default());
    let (id, id_span) = id?;
    let brand = Brand {
        name: name.unwrap_or_else(|| id.clone()),
        id,
        kind: kind?,
        matching: matching?,
        by_query: node.get("query").is_some(),
        mask,
        tags,
        only,
        days,
        place: findings.place(node.span),
    };
    Some(BrandDraft { brand, id_span, examples, terms, sources, source_terms, sound: true })
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
