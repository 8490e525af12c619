//! `json:`: its address with what is filled in, its fields, the form of its dates. How it is asked and read is
//! `source::json`.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::origin::{Around, bad_selector, date_format, fields, host_name};
use super::search;
use super::shape::SourceShape;
use crate::config::findings::Findings;
use crate::config::keys;
use crate::config::places::Node;
use crate::config::yaml::{Words, Written};
use crate::source::cursor::{PLACEHOLDERS, Template};
use crate::source::{Source, json};
use crate::text::language::Language;

/// A JSON endpoint whose address has places to fill in; `None` for any other, which is read as written.
#[expect(clippy::option_option, reason = "no endpoint of this form, and one that is refused, are two answers")]
pub(super) fn read(
    findings: &mut Findings,
    node: &Node,
    written: &str,
    shape: &SourceShape,
    (timezone, language): (Option<&TimeZone>, Option<Language>),
    around: &Around<'_>,
) -> Option<Option<search::Made>> {
    let at = node.get("json").unwrap_or(node).span;
    let template = match Template::parse(written) {
        Ok(template) => template,
        Err(inner) => {
            let near = keys::nearest(&inner, PLACEHOLDERS.iter().copied());
            let known = PLACEHOLDERS.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(", ");
            findings.error(at, "json-placeholder", &[("text", &inner), ("known", &known)], near);
            return Some(None);
        }
    };
    if !template.has_query() {
        if let Some((key, _)) = node.pair("query") {
            findings.error(key.span, "json-no-place", &[], None);
            return Some(None);
        }
        if !template.has_since() {
            return None;
        }
    }
    let mut query = None;
    if template.has_query() {
        let Some(found) = search::words(findings, node, shape.query.as_ref(), around.brands) else { return Some(None) };
        query = Some(found);
    }
    let identity = match (&shape.query, &query) {
        (Some(Written(words)), _) => format!("{written}\n{words}"),
        (None, Some(_)) => format!("{written}\n\0{}", around.file),
        (None, None) => written.to_owned(),
    };
    let made = source(findings, node, (written.to_owned(), query), shape, (timezone, language));
    Some(made.map(|source| search::Made {
        url: source.url().to_owned(),
        name: host_name(source.url()),
        source,
        identity,
        least: Duration::ZERO,
        genre: None,
    }))
}

/// A JSON source, its address as written.
pub(super) fn source(
    findings: &mut Findings,
    node: &Node,
    (url, query): (String, Option<String>),
    shape: &SourceShape,
    (timezone, language): (Option<&TimeZone>, Option<Language>),
) -> Option<Source> {
    let written = shape.fields.as_ref().map_or_else(Vec::new, |fields| {
        fields.0.iter().map(|(name, Words(words))| (name.clone(), Words(words.clone()))).collect()
    });
    let fields = fields(findings, node, written);
    // Without a pointer, the document itself is the list.
    let items = shape.items.as_ref().map_or_else(String::new, |Written(text)| text.clone());
    let date_format = date_format(findings, node, shape.date_format.as_ref())?;
    let config = json::JsonConfig {
        url,
        query,
        items,
        fields: fields?,
        timezone: timezone.cloned(),
        language,
        date_format,
        ..json::JsonConfig::default()
    };
    config
        .compile()
        .map_err(|error| {
            if !(error.key == "json" && findings.refused()) {
                bad_selector(findings, node, None, &error);
            }
        })
        .ok()
        .map(|json| Source::Json(Arc::new(json)))
}
