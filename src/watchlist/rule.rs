//! One of `alerts:`: from its shape to a [`Rule`].

use std::collections::HashSet;
use std::time::Duration;

use super::brand::{BrandDraft, choice, kind, one_line};
use super::shape::{AlertShape, IfShape};
use super::{Conditions, Rule, RuleKind, only, pace};
use crate::config::findings::Findings;
use crate::config::places::{Node, Span};
use crate::config::yaml::{Words, Written};
use crate::config::{Settings, keys};
use crate::mention::Polarity;
use crate::sentiment::moderation;
use crate::text::language::Language;

/// `late:` of a mention rule that names none.
const LATE: Duration = Duration::from_hours(168);

/// A rule, and the source names of its conditions with their places.
#[derive(Debug)]
pub(super) struct RuleDraft {
    pub(super) rule: Rule,
    pub(super) name_span: Span,
    pub(super) sources: Vec<(String, Span)>,
}

/// The ids and tags of a file's brands.
#[derive(Debug)]
pub(super) struct Known<'a> {
    ids: HashSet<&'a str>,
    tags: HashSet<&'a str>,
}

impl<'a> Known<'a> {
    pub(super) fn of(brands: &'a [BrandDraft]) -> Self {
        let tags = brands.iter().flat_map(|draft| &draft.brand.tags);
        Self {
            ids: brands.iter().map(|draft| draft.brand.id.as_str()).collect(),
            tags: tags.map(|(name, _)| name.as_str()).collect(),
        }
    }
}

impl Known<'_> {
    /// Says that a brand is none of this file's.
    pub(super) fn look_up(&self, findings: &mut Findings, id: &str, span: Span) {
        if self.ids.contains(id) || findings.full() {
            return;
        }
        let near = nearest_of(id, &self.ids);
        let arguments = [("id", id), ("near", near.unwrap_or_default())];
        findings.error(span, near_or("config-unknown-brand", near), &arguments, near);
    }
}

/// The name that was probably meant; of equally near ones the first by name, whatever the set's order.
fn nearest_of<'a>(written: &str, set: &HashSet<&'a str>) -> Option<&'a str> {
    let mut names: Vec<&str> = set.iter().copied().collect();
    names.sort_unstable();
    keys::nearest(written, names.into_iter())
}

/// The values of a list with their places; a single word is a list of one.
pub(super) fn placed<'a>(words: &'a Words, node: Option<&'a Node>) -> Vec<(&'a str, Span)> {
    let Some(node) = node else { return Vec::new() };
    let items = if node.text().is_some() { std::slice::from_ref(node) } else { node.items() };
    words.0.iter().map(String::as_str).zip(items.iter().map(|item| item.span)).collect()
}

/// Reads a rule; without one, the findings say why. Without `brands`, names of brands and tags are not
/// looked up.
pub(super) fn read(
    findings: &mut Findings,
    node: &Node,
    shape: &AlertShape,
    brands: Option<&Known<'_>>,
    settings: Option<&Settings>,
) -> Option<RuleDraft> {
    let missing = |findings: &mut Findings, key: &str| {
        findings.error(node.span, "config-missing-key", &[("block", "alerts"), ("key", key)], None);
    };
    if let (Some(Written(name)), Some(at)) = (&shape.name, node.get("name")) {
        one_line(findings, at.span, "name", name);
    } else {
        missing(findings, "name");
    }
    if shape.on.is_none() {
        missing(findings, "on");
    }
    let on = pace::kind(findings, node, shape);
    let to = placed(&shape.to, node.get("to"));
    if to.is_empty() {
        let span = node.pair("to").map_or(node.span, |(key, _)| key.span);
        findings.error(span, "config-rule-without-channel", &[], None);
    }
    channels(findings, &to, settings);
    let named = placed(&shape.brands, node.get("brands"));
    for (id, span) in &named {
        if let Some(known) = brands {
            known.look_up(findings, id, *span);
        }
    }
    let kinds = placed(&shape.kinds, node.get("kinds"));
    let kinds = kinds.into_iter().filter_map(|(word, span)| kind(findings, span, "kinds", word)).collect();
    let group = pace::group(findings, node, shape.group.as_ref());
    let hours = pace::hours(findings, node, &shape.hours);
    let cap = pace::cap(findings, node, shape.cap.as_ref());
    let escalate = pace::escalate(findings, node, shape.escalate.as_ref(), settings);
    // What is to be moderated is as urgent when it is old.
    let late = pace::late(findings, node, shape.late.as_ref(), (on == Some(RuleKind::Mention)).then_some(LATE));
    let nothing = IfShape::default();
    let at = node.get("if");
    let (conditions, sources) = conditions(findings, at, shape.conditions.as_ref().unwrap_or(&nothing), brands, on);
    let rule = Rule {
        name: shape.name.as_ref()?.0.clone(),
        on: on?,
        brands: named.iter().map(|(id, _)| (*id).to_owned()).collect(),
        kinds,
        conditions,
        to: to.iter().map(|(name, _)| (*name).to_owned()).collect(),
        group,
        hours,
        cap,
        escalate,
        late,
        place: findings.place(node.span),
    };
    Some(RuleDraft { rule, name_span: node.get("name").unwrap_or(node).span, sources })
}

/// The sentence with a proposal, or the one without.
pub(super) fn near_or(key: &'static str, near: Option<&str>) -> &'static str {
    match (key, near) {
        ("config-unknown-brand", Some(_)) => "config-unknown-brand-near",
        ("config-unknown-channel", Some(_)) => "config-unknown-channel-near",
        ("config-unknown-tag", Some(_)) => "config-unknown-tag-near",
        ("config-unknown-list", Some(_)) => "config-unknown-list-near",
        ("config-unknown-source", Some(_)) => "config-unknown-source-near",
        (key, _) => key,
    }
}

/// Looks the channels up; one that stands twice gets each message once.
pub(super) fn channels(findings: &mut Findings, to: &[(&str, Span)], settings: Option<&Settings>) {
    for (number, (name, span)) in to.iter().enumerate() {
        if to[..number].iter().any(|(other, _)| other == name) {
            findings.notice(*span, "config-channel-twice", &[("channel", name)], None);
        } else {
            channel(findings, *span, name, settings);
        }
    }
}

fn channel(findings: &mut Findings, span: Span, name: &str, settings: Option<&Settings>) {
    let Some(settings) = settings else { return };
    let known = || settings.channels.iter().map(|channel| channel.name.as_str());
    if known().any(|other| other == name) {
        return;
    }
    let near = keys::nearest(name, known());
    let names = known().collect::<Vec<_>>().join(", ");
    let key = if names.is_empty() { "config-no-channels" } else { near_or("config-unknown-channel", near) };
    let arguments = [("channel", name), ("near", near.unwrap_or_default()), ("channels", &names)];
    findings.error(span, key, &arguments, near);
}

fn conditions(
    findings: &mut Findings,
    node: Option<&Node>,
    shape: &IfShape,
    brands: Option<&Known<'_>>,
    on: Option<RuleKind>,
) -> (Conditions, Vec<(String, Span)>) {
    let Some(node) = node else { return (Conditions::default(), Vec::new()) };
    let mut polarity = Vec::new();
    for (word, span) in placed(&shape.polarity, node.get("polarity")) {
        if let Some(value) = Polarity::from_word(word) {
            polarity.push(value);
        } else {
            let words = ["negative", "neutral", "positive", "uncertain", "unknown"];
            choice(findings, span, "polarity", word, words.into_iter());
        }
    }
    let score = shape.score.as_ref().and_then(|Written(text)| {
        let score = super::score::score(text);
        if score.is_none() {
            let span = node.get("score").unwrap_or(node).span;
            findings.error(span, "config-score", &[("text", text)], Some("\"<= -0.4\""));
        }
        score
    });
    let tags = placed(&shape.tags, node.get("tags"));
    for (tag, span) in &tags {
        if on == Some(RuleKind::Moderation) && moderation::Tag::from_word(tag).is_some() {
            continue;
        }
        if let Some(known) = brands.filter(|known| !known.tags.contains(tag) && !findings.full()) {
            let near = nearest_of(tag, &known.tags);
            let arguments = [("tag", *tag), ("near", near.unwrap_or_default())];
            findings.error(*span, near_or("config-unknown-tag", near), &arguments, near);
        }
    }
    let strict = match &shape.strict {
        None => false,
        Some(Written(text)) if text == "true" || text == "false" => text == "true",
        Some(Written(text)) => {
            choice(findings, node.get("strict").unwrap_or(node).span, "strict", text, ["true", "false"].into_iter());
            false
        }
    };
    let mut sites = Vec::new();
    for (site, span) in placed(&shape.sites, node.get("sites")) {
        sites.extend(only::site(findings, site, span));
    }
    let mut languages = Vec::new();
    for (tag, span) in placed(&shape.languages, node.get("languages")) {
        match Language::known(tag) {
            Some(language) => languages.push(language),
            None => findings.error(
                span,
                "config-language",
                &[("language", tag)],
                keys::nearest_value(tag, ["fr", "en"].into_iter()),
            ),
        }
    }
    let sources = placed(&shape.sources, node.get("sources"));
    let authors = placed(&shape.authors, node.get("authors"));
    let conditions = Conditions {
        polarity,
        strict,
        score,
        tags: tags.iter().map(|(tag, _)| (*tag).to_owned()).collect(),
        sources: sources.iter().map(|(name, _)| (*name).to_owned()).collect(),
        sites,
        authors: authors.into_iter().map(|(name, _)| name.to_owned()).collect(),
        languages,
    };
    (conditions, sources.into_iter().map(|(name, span)| (name.to_owned(), span)).collect())
}

/// The host of what was written as a site.
pub(super) fn host(site: &str) -> Option<String> {
    let rest = site.split_once("://").map_or(site, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default().to_lowercase();
    let fine = host.contains('.') && host.split('.').all(|label| !label.is_empty()) && !host.contains([' ', '*', '@']);
    fine.then_some(host)
}
