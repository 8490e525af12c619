//! `search:`: which endpoint, for what, and the honest answer about networks that let nobody look. The
//! endpoints themselves are `source::search`.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use url::Url;

use super::brand::{BrandDraft, choice};
use super::origin::Around;
use super::shape::SourceShape;
use crate::config::findings::Findings;
use crate::config::places::{Node, Span};
use crate::config::settings::UiLanguage;
use crate::config::yaml::Written;
use crate::query::asked::{self, Asked};
use crate::sentiment::Genre;
use crate::source::preset::Preset;
use crate::source::search::{self, Login, QueryError, SearchConfig, SearchError, Takes};
use crate::source::{Source, forums};
use crate::text::language::Language;

/// A source that is ready, with what it is known by.
pub(super) struct Made {
    pub(super) source: Source,
    /// The name when none is written.
    pub(super) name: String,
    /// What makes it the same source in several files.
    pub(super) identity: String,
    pub(super) url: String,
    /// The smallest interval.
    pub(super) least: Duration,
    /// What its texts are like, where its preset says so.
    pub(super) genre: Option<Genre>,
}

/// Networks that cannot be searched: words for them, their sites, and the sentence that says what is left.
const WALLED: [(&[&str], &[&str], &str); 7] = [
    (&["google+", "google-plus", "googleplus"], &["plus.google.com"], "search-walled-google-plus"),
    (&["viadeo"], &["viadeo.com", "viadeo.journaldunet.com"], "search-walled-viadeo"),
    (&["xing"], &["xing.com"], "search-walled-xing"),
    (&["facebook", "fb"], &["facebook.com"], "search-walled-facebook"),
    (&["instagram"], &["instagram.com"], "search-walled-instagram"),
    (&["x", "twitter", "x-twitter"], &["x.com", "twitter.com"], "search-walled-x"),
    (&["linkedin"], &["linkedin.com"], "search-walled-linkedin"),
];

/// Terms that a notice names.
const SHOWN: usize = 5;

/// Says of an address on a network that lets nobody read it what is left to do.
pub(super) fn say_walled(findings: &mut Findings, at: Span, url: &Url) {
    let host = url.host_str().unwrap_or_default();
    let is_of = |site: &&str| host == *site || host.strip_suffix(site).is_some_and(|rest| rest.ends_with('.'));
    if let Some((.., key)) = WALLED.iter().find(|(_, sites, _)| sites.iter().any(is_of)) {
        findings.notice(at, key, &[], None);
    }
}

/// Reads a search; without one, the findings say why.
pub(super) fn read(
    findings: &mut Findings,
    node: &Node,
    shape: &SourceShape,
    around: &Around<'_>,
    (timezone, language): (Option<&TimeZone>, Option<Language>),
) -> Option<Made> {
    let preset = preset(findings, node, shape.search.as_ref()?)?;
    let endpoint = shape.endpoint.as_ref().map(|Written(text)| text.clone());
    if let (Some((at, _)), false) = (node.pair("endpoint"), search::has_endpoint(preset)) {
        findings.error(at.span, "search-no-endpoint", &[("preset", preset.name)], None);
        return None;
    }
    let written = shape.query.as_ref().map(|Written(text)| text.as_str());
    let query = query(findings, node, preset, written, around.brands)?;
    let ui = around.settings.map_or(UiLanguage::French, |settings| settings.language);
    let is_french = language.map_or(ui == UiLanguage::French, |language| language == Language::FRENCH);
    let config = SearchConfig {
        preset,
        endpoint: endpoint.clone(),
        query,
        locale: if is_french { "fr" } else { "en" },
        timezone: timezone.cloned(),
        language,
        login: login(node),
    };
    match config.compile() {
        Ok(search) => {
            let source = Source::Search(Arc::new(search));
            // What is built of a file's terms is that file's own; its terms may change, the source does not.
            let asked = written.map_or_else(|| format!("\0{}", around.file), str::to_owned);
            let asked = if Takes::of(preset) == Takes::Nothing { String::new() } else { asked };
            Some(Made {
                url: source.url().to_owned(),
                source,
                name: preset.name.to_owned(),
                identity: [preset.name, endpoint.as_deref().unwrap_or_default(), &asked].join("\n"),
                least: search::least(preset),
                genre: preset.get("texts").and_then(Genre::from_word),
            })
        }
        Err(error) => {
            refuse(findings, node, preset, &error);
            None
        }
    }
}

fn preset(findings: &mut Findings, node: &Node, Written(name): &Written) -> Option<&'static Preset> {
    if let Some(preset) = search::find(name) {
        return Some(preset);
    }
    let at = node.get("search").unwrap_or(node).span;
    let lower = name.trim().to_lowercase();
    if let Some((.., key)) = WALLED.iter().find(|(words, ..)| words.contains(&lower.as_str())) {
        findings.error(at, key, &[], None);
    } else if forums::find(name).is_some() {
        findings.error(at, "search-preset-of-forum", &[("name", name)], None);
    } else {
        choice(findings, at, "search", name, search::ENDPOINTS.iter().map(|preset| preset.name));
    }
    None
}

/// Name and credential of `auth: {basic: …}`; what is wrong with them is said where they are checked.
fn login(node: &Node) -> Option<Login> {
    let basic = node.get("auth")?.get("basic")?;
    let name = basic.get("username")?.text()?.to_owned();
    Some(Login { name, credential: basic.get("password")?.get("credential")?.text()?.to_owned() })
}

/// The query as written, else of the brands' terms.
fn query(
    findings: &mut Findings,
    node: &Node,
    preset: &'static Preset,
    written: Option<&str>,
    brands: &[BrandDraft],
) -> Option<String> {
    let at = node.get("search").unwrap_or(node).span;
    let takes = Takes::of(preset);
    if takes == Takes::Nothing {
        if let Some((at, _)) = node.pair("query") {
            findings.error(at.span, "search-no-query", &[("preset", preset.name)], None);
            return None;
        }
        return Some(String::new());
    }
    if let Some(written) = written {
        return Some(written.to_owned());
    }
    if takes != Takes::Words {
        findings.error(at, form_of(takes), &[("preset", preset.name)], None);
        return None;
    }
    built(findings, at, preset.name, brands, |phrases| search::built(preset, phrases))
}

/// What a JSON endpoint of one's own is asked for: `query` as written, else a word of the brands' terms.
pub(super) fn words(
    findings: &mut Findings,
    node: &Node,
    written: Option<&Written>,
    brands: &[BrandDraft],
) -> Option<String> {
    if let Some(Written(written)) = written {
        let at = node.get("query").unwrap_or(node).span;
        let fits = !written.trim().is_empty() && written.chars().count() <= search::LONGEST_QUERY;
        if !fits {
            findings.error(at, "search-query-words", &[("preset", "json")], None);
        }
        return fits.then(|| written.trim().to_owned());
    }
    let at = node.get("json").unwrap_or(node).span;
    // How an unknown endpoint writes `or` and phrases is not known.
    built(findings, at, "json", brands, |phrases| match phrases {
        [] => Err(QueryError::NoWords),
        [one] if one.chars().count() > search::LONGEST_QUERY => Err(QueryError::TooLong),
        [one] => Ok(one.clone()),
        _ => Err(QueryError::OneAtATime),
    })
}

/// A query that finds all that the brands match, or as much of it as the endpoint lets ask for, and then what
/// it misses is said. Nothing, and said: a brand without words, or one that would not be asked for at all.
fn built(
    findings: &mut Findings,
    at: Span,
    preset: &str,
    brands: &[BrandDraft],
    join: impl Fn(&[String]) -> Result<String, QueryError>,
) -> Option<String> {
    let mut by_brand = Vec::new();
    for draft in brands {
        let asked = Asked::of(&draft.brand.matching, &draft.brand.only.languages.include);
        if asked.phrases.is_empty() {
            let arguments = [("preset", preset), ("brand", draft.brand.id.as_str())];
            findings.error(at, "search-query-not-plain", &arguments, None);
            return None;
        }
        by_brand.push(asked);
    }
    let all = Asked::union(by_brand.iter().cloned());
    match fitting(&all, &by_brand, join) {
        Ok((query, missed)) => {
            let missed: Vec<String> = all.left.into_iter().chain(missed).collect();
            if !missed.is_empty() {
                let shown = missed.iter().take(SHOWN).map(|term| format!("`{term}`")).collect::<Vec<_>>().join(", ");
                let shown = if missed.len() > SHOWN { shown + "…" } else { shown };
                let arguments = [("preset", preset), ("query", &query), ("missed", &*shown)];
                findings.notice(at, "search-query-partial", &arguments, None);
            }
            Some(query)
        }
        Err(error) => {
            let key = match error {
                QueryError::NoWords => "search-query-missing",
                QueryError::OneAtATime => "search-query-one",
                QueryError::TooLong => "search-query-long",
            };
            let count = all.phrases.len().to_string();
            findings.error(at, key, &[("preset", preset), ("count", &count)], None);
            None
        }
    }
}

/// The first form that the endpoint takes, from the narrowest that finds everything to as many words and phrases
/// as fit, with what the form misses.
fn fitting(
    all: &Asked,
    by_brand: &[Asked],
    join: impl Fn(&[String]) -> Result<String, QueryError>,
) -> Result<(String, Vec<String>), QueryError> {
    let whole = [all.phrases.as_slice(), &all.glued].concat();
    let error = match join(&whole).or_else(|_| join(&asked::cover(&whole))) {
        Ok(query) => return Ok((query, Vec::new())),
        Err(error) => error,
    };
    let few = asked::cover(&all.phrases);
    let (mut parts, is_all) = if join(&all.phrases).is_ok() {
        (all.phrases.clone(), true)
    } else if join(&few).is_ok() {
        (few, true)
    } else {
        (some(&few, all, by_brand, &whole, &join).ok_or(error)?, false)
    };
    add_fitting(&mut parts, all.glued.iter(), &join);
    let is_missed = |phrase: &&String| !parts.iter().any(|part| asked::implies(phrase, part));
    let phrases = all.phrases.iter().filter(|phrase| !is_all && is_missed(phrase)).cloned();
    let hashtags = all.glued.iter().filter(is_missed).map(|glued| format!("#{glued}"));
    let missed = phrases.chain(hashtags).collect();
    join(&parts).map(|query| (query, missed))
}

/// As many of `few` as fit, those first that hold most, but for one of each brand before them all: a brand that is
/// not asked for at all is no matter of a notice.
fn some(
    few: &[String],
    all: &Asked,
    by_brand: &[Asked],
    whole: &[String],
    join: &impl Fn(&[String]) -> Result<String, QueryError>,
) -> Option<Vec<String>> {
    let alone = |part: &&String| join(std::slice::from_ref(*part)).is_ok();
    let few: Vec<String> = few.iter().filter(alone).cloned().collect();
    let few = asked::by_use(&few, &all.phrases, whole);
    let mut unasked: Vec<Vec<usize>> = by_brand.iter().map(|asked| asked::held(&few, &asked.phrases)).collect();
    let mut parts = Vec::new();
    while !unasked.is_empty() {
        let brands = |part: &usize| unasked.iter().filter(|held| held[*part] > 0).count();
        // Of equals, the first.
        let best = (0..few.len()).rev().max_by_key(brands).filter(|best| brands(best) > 0)?;
        unasked.retain(|held| held[best] == 0);
        parts.push(few[best].clone());
    }
    join(&parts).ok()?;
    add_fitting(&mut parts, few.iter(), join);
    Some(parts)
}

/// Adds each that still fits.
fn add_fitting<'a>(
    parts: &mut Vec<String>,
    more: impl Iterator<Item = &'a String>,
    join: &impl Fn(&[String]) -> Result<String, QueryError>,
) {
    for one in more {
        if parts.contains(one) {
            continue;
        }
        parts.push(one.clone());
        if join(parts).is_err() {
            parts.pop();
        }
    }
}

const fn form_of(takes: Takes) -> &'static str {
    match takes {
        Takes::Words | Takes::Nothing => "search-query-words",
        Takes::Tag => "search-query-tag",
        Takes::Name => "search-query-name",
        Takes::Label => "search-query-label",
        Takes::Number => "search-query-number",
        Takes::Path => "search-query-path",
    }
}

fn refuse(findings: &mut Findings, node: &Node, preset: &Preset, error: &SearchError) {
    let at = |key: &str| node.get(key).or_else(|| node.get("search")).unwrap_or(node).span;
    let arguments = [("preset", preset.name)];
    match error {
        SearchError::NoLogin => findings.error(at("search"), "search-login", &arguments, None),
        SearchError::NoEndpoint => findings.error(at("search"), "search-endpoint-missing", &arguments, None),
        SearchError::Endpoint("name") => findings.error(at("endpoint"), "search-endpoint-name", &arguments, None),
        SearchError::Endpoint("site") => findings.error(at("endpoint"), "search-endpoint-site", &arguments, None),
        SearchError::Endpoint(start) => {
            findings.error(at("endpoint"), "search-endpoint-start", &[("preset", preset.name), ("start", start)], None);
        }
        SearchError::Query(takes) => findings.error(at("query"), form_of(*takes), &arguments, None),
        // What is left can only be an address that became too long.
        SearchError::Select(_) => findings.error(at("query"), "search-query-words", &arguments, None),
    }
}
