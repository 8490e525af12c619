//! `preset:` of a forum: which engine, and what it fills. The engines themselves are `source::forums`.

use jiff::tz::TimeZone;

use super::brand::choice;
use super::origin::{bad_selector, check_keys};
use super::shape::SelectShape;
use crate::config::findings::Findings;
use crate::config::places::Node;
use crate::config::yaml::{Words, Written};
use crate::source::forums::{self, NativeError};
use crate::source::preset::Preset;
use crate::source::{Source, search};
use crate::text::language::Language;

/// Keys that mean nothing where the engine's own feed is read.
const OF_PAGES: [&str; 2] = ["pages", "topics"];

/// The engine that a source names. The outer nothing: it names one that is unknown, and that is said.
#[expect(clippy::option_option, reason = "not named and not known are two answers")]
pub(super) fn preset(
    findings: &mut Findings,
    node: &Node,
    written: Option<&Written>,
) -> Option<Option<&'static Preset>> {
    let Some(Written(name)) = written else { return Some(None) };
    if let Some(preset) = forums::find(name) {
        return Some(Some(preset));
    }
    let at = node.get("preset").unwrap_or(node);
    if search::find(name).is_some() {
        findings.error(at.span, "search-preset-of-search", &[("name", name)], None);
    } else {
        choice(findings, at.span, "preset", name, forums::FORUMS.iter().map(|preset| preset.name));
    }
    None
}

/// A forum's own feed or JSON.
pub(super) fn native(
    findings: &mut Findings,
    node: &Node,
    preset: &'static Preset,
    (address, remove): (&str, Option<Vec<String>>),
    (timezone, language): (Option<TimeZone>, Option<Language>),
) -> Option<Source> {
    let select = node.get("select");
    for key in select.into_iter().flat_map(Node::pairs).map(|(key, _)| key) {
        // Quotes are left out of a feed's texts as of a page's.
        if let Some(name) = key.text().filter(|name| *name != "remove") {
            findings.error(key.span, "search-preset-native", &[("key", name), ("preset", preset.name)], None);
        }
    }
    let remove = remove.filter(|_| select.is_some_and(|select| select.get("remove").is_some()));
    for key in OF_PAGES {
        if let Some((at, _)) = node.pair(key) {
            findings.error(at.span, "search-preset-native", &[("key", key), ("preset", preset.name)], None);
        }
    }
    match forums::native(preset, address, remove, timezone, language) {
        Ok(source) => Some(source),
        Err(NativeError::NotFront) => {
            let at = node.get("forum").unwrap_or(node);
            findings.error(at.span, "search-preset-front", &[("preset", preset.name)], None);
            None
        }
        Err(NativeError::Select(error)) => {
            // The address has been refused in better words; the mapping is the preset's own, and tested.
            if error.key == "remove" {
                bad_selector(findings, node, select, &error);
            }
            None
        }
    }
}

/// The selectors of an engine, each replaced by the one that is written.
pub(super) fn filled(
    findings: &mut Findings,
    node: &Node,
    shape: Option<SelectShape>,
    preset: &Preset,
    keys: &[&str],
) -> SelectShape {
    let select = node.get("select");
    if let Some(select) = select {
        check_keys(findings, select, "forum", keys);
    }
    let removes = select.is_some_and(|select| select.get("remove").is_some());
    let mut all = shape.unwrap_or_default();
    let slots = [
        ("topic", &mut all.topic),
        ("topic_link", &mut all.topic_link),
        ("post", &mut all.post),
        ("body", &mut all.body),
        ("author", &mut all.author),
        ("date", &mut all.date),
        ("permalink", &mut all.permalink),
        ("next", &mut all.next),
    ];
    for (key, slot) in slots {
        if slot.is_none() {
            *slot = preset.get(key).map(|selector| Written(selector.to_owned()));
        }
    }
    if !removes {
        all.remove = Words(preset.all("remove"));
    }
    all
}
