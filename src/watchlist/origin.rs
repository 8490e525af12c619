//! One of `sources:`: from its shape to an address with a parser. Selectors and pointers are compiled
//! by `source`; whether the address answers is `fetch`.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::brand::{BrandDraft, choice, one_line};
use super::shape::{SelectShape, SourceShape};
use super::{access, endpoint, engine, mail, search, sentiment};
use crate::config::access::Access;
use crate::config::address::{self, Reach};
use crate::config::findings::Findings;
use crate::config::places::{Node, Span};
use crate::config::yaml::{Words, Written};
use crate::config::{Settings, keys, load, quantity};
use crate::sentiment::Genre;
use crate::source::preset::Preset;
use crate::source::select::SelectError;
use crate::source::{Kind, Source, SourceKey, feed, forum, forums, page};
use crate::text::date::format::{Format, FormatError};
use crate::text::language::Language;

/// A source of one file.
#[derive(Debug)]
pub(super) struct SourceDraft {
    pub(super) key: SourceKey,
    pub(super) kind: Kind,
    pub(super) url: String,
    pub(super) source: Source,
    pub(super) access: Access,
    pub(super) name: String,
    /// Of the name, when it is written.
    pub(super) name_span: Option<Span>,
    pub(super) every: Option<Duration>,
    pub(super) language: Option<Language>,
    pub(super) timezone: Option<TimeZone>,
    pub(super) threshold: Option<f32>,
    pub(super) genre: Genre,
    pub(super) span: Span,
}

/// What a source is read with, beside its own lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) settings: Option<&'a Settings>,
    /// Of the same file: a search without `query` looks for their terms.
    pub(super) brands: &'a [BrandDraft],
    /// The file's name inside the folder.
    pub(super) file: &'a str,
}

const KINDS: [(&str, Kind); 5] = [
    ("feed", Kind::Feed),
    ("forum", Kind::Forum),
    ("page", Kind::Page),
    ("json", Kind::Json),
    ("search", Kind::Search),
];

/// Fields that a JSON item may have.
const FIELDS: [&str; 6] = ["id", "title", "text", "url", "author", "published"];

/// Keys of a source, or of its `select`, that only some kinds have.
const ONLY_FOR: [(&str, &[Kind]); 10] = [
    ("preset", &[Kind::Forum]),
    ("endpoint", &[Kind::Search]),
    ("query", &[Kind::Search, Kind::Json]),
    ("select", &[Kind::Forum, Kind::Page]),
    ("pages", &[Kind::Forum, Kind::Page]),
    ("topics", &[Kind::Forum]),
    ("items", &[Kind::Json]),
    ("fields", &[Kind::Json]),
    ("date_format", &[Kind::Forum, Kind::Page, Kind::Json]),
    ("timezone", &[Kind::Feed, Kind::Forum, Kind::Page, Kind::Json, Kind::Search]),
];

const FORUM_SELECT: [&str; 9] =
    ["topic", "topic_link", "post", "body", "author", "date", "permalink", "next", "remove"];
const PAGE_SELECT: [&str; 8] = ["item", "title", "link", "body", "date", "author", "next", "remove"];

const MINUTE: Duration = Duration::from_mins(1);
const LONGEST_EVERY: Duration = Duration::from_hours(720);

/// A source's identity: its kind and its address as written.
#[must_use]
pub(super) fn key(kind: &str, url: &str) -> SourceKey {
    let mut hash = Sha256::new();
    hash.update(kind.as_bytes());
    hash.update([0]);
    hash.update(url.as_bytes());
    let hash = hash.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    SourceKey(u64::from_be_bytes(first))
}

/// Reads a source; without one, the findings say why.
pub(super) fn read(
    findings: &mut Findings,
    node: &Node,
    mut shape: SourceShape,
    around: &Around<'_>,
) -> Option<SourceDraft> {
    let parts = access::taken(&mut shape);
    let written = [&shape.feed, &shape.forum, &shape.page, &shape.json, &shape.search];
    let mut named: Vec<_> =
        KINDS.into_iter().zip(written).filter_map(|(kind, url)| Some((kind, url.as_ref()?.0.clone()))).collect();
    if shape.mail.is_some() {
        named.push((("mail", Kind::Mail), String::new()));
    }
    let [((word, kind), ref address)] = named[..] else {
        findings.error(node.span, "config-source-kind", &[], None);
        return None;
    };
    let address = address.clone();
    let at = node.get(word).unwrap_or(node).span;
    for (key, kinds) in ONLY_FOR {
        if let (Some((at, _)), false) = (node.pair(key), kinds.contains(&kind)) {
            findings.error(at.span, "config-not-for-kind", &[("key", key), ("kind", word)], None);
        }
    }
    let name = shape.name.as_ref().map(|Written(name)| name.clone());
    if let (Some(name), Some(at)) = (&name, node.get("name")) {
        one_line(findings, at.span, "name", name);
    }
    let preset = engine::preset(findings, node, shape.preset.as_ref());
    let language = language(findings, node, shape.language.as_ref(), preset.flatten());
    let zone = shape.timezone.as_ref().map(|Written(name)| name.as_str());
    let zone = zone.or_else(|| preset.flatten()?.get("timezone"));
    let threshold = sentiment::threshold(findings, node, shape.threshold.as_ref());
    let timezone = zone.and_then(|name| load::timezone(findings, node.get("timezone").unwrap_or(node).span, name));
    let made = match kind {
        Kind::Search => Some(search::read(findings, node, &shape, around, (timezone.as_ref(), language))),
        Kind::Json => endpoint::read(findings, node, &address, &shape, (timezone.as_ref(), language), around),
        Kind::Mail => {
            let mailbox = *shape.mail.take().unwrap_or_default();
            Some(mail::read(findings, node.get("mail").unwrap_or(node), mailbox, around, language))
        }
        Kind::Feed | Kind::Forum | Kind::Page => None,
    };
    let (opened, least) = match &made {
        None => (web_address(findings, at, word, &address, around.settings), None),
        // A mail server's address has been looked at.
        Some(Some(_)) if kind == Kind::Mail => (Some(Reach::Public), None),
        Some(Some(made)) => {
            let span = node.get("endpoint").map_or(at, |node| node.span);
            let least = Some(made.least).filter(|_| kind == Kind::Search);
            (web_address(findings, span, word, &made.url, around.settings), least)
        }
        Some(None) => (None, None),
    };
    let every = shape
        .every
        .as_ref()
        .and_then(|Written(text)| every(findings, node, text, opened == Some(Reach::Opened), least));
    let made = match made {
        Some(made) => made,
        None => parser(findings, node, (word, kind), shape, &address, preset?, (timezone.as_ref(), language)).map(
            |source| {
                let name = host_name(&address);
                search::Made {
                    source,
                    name,
                    identity: address.clone(),
                    url: address,
                    least: Duration::ZERO,
                    genre: None,
                }
            },
        ),
    };
    opened?;
    let made = made?;
    let has_session = matches!(&made.source, Source::Search(search) if search.has_session());
    let access = access::read(findings, node, (parts, at, has_session), &made.url, around.settings);
    Some(SourceDraft {
        key: key(word, &made.identity),
        kind,
        source: made.source,
        access,
        name: name.unwrap_or(made.name),
        url: made.url,
        every,
        language,
        timezone,
        threshold,
        name_span: node.get("name").map(|node| node.span),
        genre: made.genre.unwrap_or(if kind == Kind::Forum { Genre::Posts } else { Genre::News }),
        span: at,
    })
}

/// The host without `www.`.
pub(super) fn host_name(url: &str) -> String {
    let host = address::web(url).and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    host.trim_start_matches("www.").to_owned()
}

/// The form of dates. The outer nothing: it is refused, and that is said.
#[expect(clippy::option_option, reason = "not written and not readable are two answers")]
pub(super) fn date_format(
    findings: &mut Findings,
    node: &Node,
    written: Option<&Written>,
) -> Option<Option<Arc<Format>>> {
    let Some(Written(text)) = written else { return Some(None) };
    match Format::parse(text) {
        Ok(format) => Some(Some(Arc::new(format))),
        Err(error) => {
            let (key, letters) = match &error {
                FormatError::Letter(letters) => ("date-format-letter", letters.as_str()),
                FormatError::Incomplete | FormatError::TooLong => ("date-format-incomplete", ""),
            };
            let at = node.get("date_format").unwrap_or(node).span;
            findings.error(at, key, &[("letters", letters), ("text", text)], None);
            None
        }
    }
}

/// The stated language, else the preset's own.
fn language(
    findings: &mut Findings,
    node: &Node,
    written: Option<&Written>,
    preset: Option<&'static Preset>,
) -> Option<Language> {
    let Some(Written(tag)) = written else { return preset?.get("language").and_then(Language::from_tag) };
    let language = Language::known(tag);
    if language.is_none() {
        let span = node.get("language").unwrap_or(node).span;
        let near = Language::shorter(tag).or_else(|| keys::nearest_value(tag, ["fr", "en"].into_iter()));
        findings.error(span, "config-language", &[("language", tag)], near);
    }
    language
}

fn web_address(findings: &mut Findings, at: Span, kind: &str, url: &str, settings: Option<&Settings>) -> Option<Reach> {
    if let Some(form) =
        ["{query}", "{since"].into_iter().find(|form| kind != "json" && kind != "search" && url.contains(form))
    {
        findings.error(at, "json-place-elsewhere", &[("text", form.trim_matches(['{', '}'])), ("kind", kind)], None);
        return None;
    }
    let Some(parsed) = address::web(url) else {
        let bare = !url.contains("://") && address::web(&format!("https://{url}")).is_some() && url.contains('.');
        let instead = bare.then(|| format!("https://{url}"));
        findings.error(at, "config-web-address", &[("key", kind)], instead.as_deref());
        return None;
    };
    search::say_walled(findings, at, &parsed);
    match settings {
        Some(settings) => address::allowed(findings, at, &parsed, &settings.fetch.allow_private),
        None => Some(address::reach(&parsed, &[])),
    }
}

fn every(
    findings: &mut Findings,
    node: &Node,
    text: &str,
    opened: bool,
    endpoint: Option<Duration>,
) -> Option<Duration> {
    let span = node.get("every").unwrap_or(node).span;
    let Some(every) = quantity::duration(text) else {
        let meant = quantity::meant(text);
        findings.error(span, "config-duration", &[("key", "every"), ("text", text)], meant.as_deref());
        return None;
    };
    let least = endpoint.unwrap_or(if opened { Duration::from_secs(1) } else { MINUTE });
    if every < least || every > LONGEST_EVERY {
        let is_short = every < least;
        let (least, most) = (quantity::written(least), quantity::written(LONGEST_EVERY));
        let arguments = [("key", "every"), ("text", text), ("least", &least), ("most", &most)];
        findings.error(
            span,
            "config-duration-range",
            &arguments,
            Some(&least).filter(|_| is_short).map(String::as_str),
        );
        return None;
    }
    if every < 5 * MINUTE && !opened {
        findings.notice(span, "config-every-short", &[("text", text)], None);
    }
    Some(every)
}

fn parser(
    findings: &mut Findings,
    node: &Node,
    (word, kind): (&str, Kind),
    shape: SourceShape,
    url: &str,
    preset: Option<&'static Preset>,
    (timezone, language): (Option<&TimeZone>, Option<Language>),
) -> Option<Source> {
    let (url, timezone) = (url.to_owned(), timezone.cloned());
    let pages = number(findings, node, "pages", shape.pages.as_ref(), 10);
    let topics = number(findings, node, "topics", shape.topics.as_ref(), 100);
    let date_format = date_format(findings, node, shape.date_format.as_ref())?;
    let select_node = node.get("select");
    let compiled = match kind {
        Kind::Feed => {
            feed::FeedConfig { url, timezone, language, ..feed::FeedConfig::default() }.compile().map(Source::Feed)
        }
        Kind::Forum => {
            if let Some(preset) = preset.filter(|preset| forums::is_native(preset)) {
                let remove = shape.select.map(|select| select.remove.0);
                return engine::native(findings, node, preset, (&url, remove), (timezone, language));
            }
            let written = shape.select.map(|select| *select);
            let select = match preset {
                Some(preset) => engine::filled(findings, node, written, preset, &FORUM_SELECT),
                None => select(findings, node, word, written, (&FORUM_SELECT, 4))?,
            };
            let config = forum::ForumConfig {
                url,
                topic: text(select.topic)?,
                topic_link: text(select.topic_link)?,
                post: text(select.post)?,
                body: text(select.body)?,
                author: text(select.author),
                date: text(select.date),
                permalink: text(select.permalink),
                next: text(select.next),
                remove: select.remove.0,
                pages: pages.unwrap_or(2),
                topics: topics.unwrap_or(30),
                timezone,
                date_format,
                language,
            };
            config.compile().map(|forum| Source::Forum(Arc::new(forum)))
        }
        Kind::Page => {
            let select = select(findings, node, word, shape.select.map(|select| *select), (&PAGE_SELECT, 3))?;
            let config = page::PageConfig {
                url,
                item: text(select.item)?,
                title: text(select.title)?,
                link: text(select.link)?,
                body: text(select.body),
                date: text(select.date),
                author: text(select.author),
                next: text(select.next),
                remove: select.remove.0,
                pages: pages.unwrap_or(2),
                timezone,
                date_format,
                language,
            };
            config.compile().map(|page| Source::Page(Arc::new(page)))
        }
        Kind::Json => return endpoint::source(findings, node, (url, None), &shape, (timezone.as_ref(), language)),
        Kind::Search | Kind::Mail => unreachable!("a search is read by `search`, a mailbox by `mail`"),
    };
    compiled
        .map_err(|error| {
            // A bad address has been said in better words.
            if !(error.key == word && findings.refused()) {
                bad_selector(findings, node, select_node, &error);
            }
        })
        .ok()
}

/// Says which selector or pointer is not readable. The parser's own words are English and not for people:
/// only the text that they name between backquotes is taken.
pub(super) fn bad_selector(findings: &mut Findings, node: &Node, select: Option<&Node>, error: &SelectError) {
    let named = error.detail.split('`').nth(1).unwrap_or_default();
    let block = [select, Some(node)].into_iter().flatten().find_map(|node| node.get(error.key)).unwrap_or(node);
    let at = find(block, named).unwrap_or(block);
    let text = at.text().unwrap_or(named);
    let key = if matches!(error.key, "items" | "fields") { "config-pointer" } else { "config-selector" };
    findings.error(at.span, key, &[("key", error.key), ("text", text)], None);
}

/// The scalar with this text.
fn find<'a>(node: &'a Node, text: &str) -> Option<&'a Node> {
    if node.text() == Some(text) {
        return Some(node);
    }
    node.items().iter().chain(node.pairs().iter().map(|(_, value)| value)).find_map(|inner| find(inner, text))
}

fn text(written: Option<Written>) -> Option<String> {
    written.map(|Written(text)| text)
}

/// The selectors of a kind: those it must have are there, those it has not are refused.
fn select(
    findings: &mut Findings,
    node: &Node,
    kind: &str,
    shape: Option<SelectShape>,
    (keys, needed): (&[&str], usize),
) -> Option<SelectShape> {
    let (Some(shape), Some(at)) = (shape, node.get("select")) else {
        let keys = keys[..needed].join(", ");
        findings.error(node.span, "config-select-missing", &[("kind", kind), ("keys", &keys)], None);
        return None;
    };
    check_keys(findings, at, kind, keys);
    for key in keys[..needed].iter().filter(|key| at.get(key).is_none()) {
        findings.error(at.span, "config-missing-key", &[("block", "select"), ("key", key)], None);
    }
    Some(shape)
}

/// Refuses the keys of a `select` that this kind has not.
pub(super) fn check_keys(findings: &mut Findings, select: &Node, kind: &str, keys: &[&str]) {
    for (key, _) in select.pairs() {
        let name = key.text().unwrap_or_default();
        if !keys.contains(&name) {
            findings.error(key.span, "config-not-for-kind", &[("key", name), ("kind", kind)], None);
        }
    }
}

pub(super) fn fields(
    findings: &mut Findings,
    node: &Node,
    written: Vec<(String, Words)>,
) -> Option<std::collections::BTreeMap<String, Vec<String>>> {
    let Some(at) = node.get("fields") else {
        findings.error(node.span, "config-missing-key", &[("block", "json"), ("key", "fields")], None);
        return None;
    };
    let mut fine = true;
    for (key, _) in at.pairs() {
        let name = key.text().unwrap_or_default();
        if !FIELDS.contains(&name) {
            choice(findings, key.span, "fields", name, FIELDS.into_iter());
            fine = false;
        }
    }
    if fine && at.get("title").is_none() && at.get("text").is_none() {
        findings.error(at.span, "config-fields-without-text", &[], None);
        fine = false;
    }
    fine.then(|| written.into_iter().map(|(name, Words(words))| (name, words)).collect())
}

fn number(
    findings: &mut Findings,
    node: &Node,
    key: &'static str,
    written: Option<&Written>,
    most: u16,
) -> Option<u16> {
    let Written(text) = written?;
    let number = quantity::digits(text).filter(|number| (1..=u64::from(most)).contains(number));
    if number.is_none() {
        let most = most.to_string();
        let arguments = [("key", key), ("text", text.as_str()), ("least", "1"), ("most", &most)];
        findings.error(node.get(key).unwrap_or(node).span, "config-number", &arguments, None);
    }
    number.map(|number| number as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_its_kind_and_its_address_as_written() {
        assert_eq!(key("feed", "https://example.org/rss"), SourceKey(0x8a90_ed86_ec40_4ab7));
        assert_ne!(key("feed", "https://example.org/rss"), key("page", "https://example.org/rss"));
        assert_ne!(key("feed", "https://example.org/rss"), key("feed", "https://example.org/rss/"));
    }

    #[test]
    fn keys_stand_once_in_the_table_of_kinds() {
        assert!(ONLY_FOR.iter().all(|(key, _)| keys::is_known(key)));
    }
}
