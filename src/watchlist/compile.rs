//! From the texts of all watchlists to one compiled set: each file for itself, then what holds across
//! files. Hands back the diagnostics by file, so that a broken file can keep its last good version.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::brand::BrandDraft;
use super::expression::Lists;
use super::folder::WatchlistFile;
use super::origin::SourceDraft;
use super::rule::{Known, RuleDraft, near_or};
use super::sentiment::Tone;
use super::shape::FileShape;
use super::{SourceLine, Team, WatchedSource, Watchlists, brand, examples, objective, origin, rule, sentiment};
use crate::config::diagnostic::{self, Diagnostic, Severity};
use crate::config::document;
use crate::config::findings::Findings;
use crate::config::keys::{self, Section};
use crate::config::lexical::quoted;
use crate::config::places::Span;
use crate::config::settings::UiLanguage;
use crate::config::{Place, Settings};
use crate::locale::Locale;
use crate::matcher::{BrandQuery, Matcher};
use crate::report::Objective;
use crate::source::SourceKey;
use crate::text::fold::fold_string;

/// What watchlists are compiled with.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Without settings, channels and private addresses are not looked up.
    pub settings: Option<&'a Settings>,
    /// Of the sentences.
    pub language: UiLanguage,
    /// Whether a watchlist whose examples fail is refused.
    pub examples: bool,
}

impl<'a> Context<'a> {
    /// For `check`, `run` and every reload.
    #[must_use]
    pub const fn of(settings: &'a Settings) -> Self {
        Self { settings: Some(settings), language: settings.language, examples: true }
    }

    /// For `try`: channels are not looked up, examples not run.
    #[must_use]
    pub const fn without_settings(language: UiLanguage) -> Self {
        Self { settings: None, language, examples: false }
    }
}

/// What came of the files.
#[derive(Debug)]
pub struct Compiled {
    /// The set, when no file was refused.
    pub result: Result<Watchlists, Refused>,
    /// For each file in the order given, what is to be said of it, in the order of places.
    pub diagnostics: Vec<(Arc<str>, Vec<Diagnostic>)>,
}

/// Files were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("watchlists refused: {}", files.join(", "))]
pub struct Refused {
    /// Their names, in the order given.
    pub files: Vec<Arc<str>>,
}

/// One file, read for itself.
struct Draft {
    name: Arc<str>,
    findings: Findings,
    brands: Vec<BrandDraft>,
    sources: Vec<SourceDraft>,
    /// Sources that the terms of `lists` name.
    listed: Vec<(String, Span)>,
    rules: Vec<RuleDraft>,
    objectives: Vec<Objective>,
    tone: Tone,
}

const FIRST: Span = Span { line: 1, column: 1, end: 2 };

/// Compiles the files. An error across files is the later one's in the order given; teams stand in the
/// order of their names.
#[must_use]
pub fn compile(files: &[WatchlistFile], context: &Context<'_>) -> Compiled {
    let mut drafts: Vec<Draft> = files.iter().map(|file| read(file, context)).collect();
    check_ids(&mut drafts);
    check_source_names(&mut drafts);
    say_what_is_missing(&mut drafts);
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.sort_by(|a, b| drafts[*a].name.cmp(&drafts[*b].name));
    let whole = refused(&drafts).is_empty();
    // What else is wrong hides no example that fails: one run tells all.
    let wanted = |draft: &BrandDraft| whole || draft.sound && !draft.examples.is_empty();
    let matcher = if whole || context.examples { matcher(&mut drafts, &order, wanted) } else { None };
    if let (Some(matcher), true) = (&matcher, context.examples) {
        run_examples(&mut drafts, &order, matcher, wanted);
    }
    let refused = refused(&drafts);
    let diagnostics = drafts.iter_mut().map(|draft| (Arc::clone(&draft.name), said(draft))).collect();
    let result = match matcher {
        Some(matcher) if refused.is_empty() => Ok(watchlists(drafts, &order, matcher)),
        _ => Err(Refused { files: refused }),
    };
    Compiled { result, diagnostics }
}

fn said(draft: &mut Draft) -> Vec<Diagnostic> {
    let mut all = std::mem::take(&mut draft.findings.all);
    diagnostic::sort(&mut all);
    all
}

fn refused(drafts: &[Draft]) -> Vec<Arc<str>> {
    drafts.iter().filter(|draft| draft.findings.refused()).map(|draft| Arc::clone(&draft.name)).collect()
}

fn read(file: &WatchlistFile, context: &Context<'_>) -> Draft {
    let locale = Locale::of(context.language);
    let path = Arc::clone(&file.path_shown);
    let (mut findings, document) = document::read::<FileShape>(path, &file.bytes, Section::Watchlist, locale);
    let (mut brands, mut sources, mut rules) = (Vec::new(), Vec::new(), Vec::new());
    let (mut objectives, mut tone, mut listed) = (Vec::new(), Tone::default(), Vec::new());
    if let Some(document) = document {
        let items = |key: &str| document.node.get(key).map_or(&[][..], |node| node.items());
        let shape = document.values;
        let mut lists = Lists::read(&mut findings, &document.node);
        listed = std::mem::take(&mut lists.sources);
        // Terms that a list lost are missing from every brand that names it.
        let lists_are_whole = !findings.refused();
        if let (Some(node), Some(shape)) = (document.node.get("sentiment"), &shape.sentiment) {
            tone = sentiment::read(&mut findings, node, shape);
        }
        for (node, shape) in items("brands").iter().zip(shape.brands.unwrap_or_default()) {
            let before = findings.all.len();
            if let Some(mut draft) = brand::read(&mut findings, node, shape, &lists) {
                let errors = findings.all[before..].iter().any(|said| said.severity == Severity::Error);
                draft.sound = lists_are_whole && !errors && !findings.full();
                brands.push(draft);
            }
        }
        // Thousands of them: neither doubled while they are read, nor kept with room for as many again.
        sources.reserve_exact(items("sources").len());
        for (node, shape) in items("sources").iter().zip(shape.sources.unwrap_or_default()) {
            let around = origin::Around { settings: context.settings, brands: &brands, file: &file.name };
            sources.extend(origin::read(&mut findings, node, shape, &around));
        }
        // A rule that names a brand which could not be read is not wrong for that.
        let whole = brands.len() == items("brands").len();
        let known = whole.then(|| Known::of(&brands));
        for (node, shape) in items("alerts").iter().zip(shape.alerts.unwrap_or_default()) {
            rules.extend(rule::read(&mut findings, node, &shape, known.as_ref(), context.settings));
        }
        for (node, shape) in items("objectives").iter().zip(shape.objectives.unwrap_or_default()) {
            objectives.extend(objective::read(&mut findings, node, &shape, known.as_ref()));
        }
        check_rule_names(&mut findings, &rules);
        check_addresses(&mut findings, &sources);
    } else if !findings.refused() {
        findings.error(FIRST, "config-empty-file", &[], None);
    }
    Draft { name: Arc::clone(&file.name), findings, brands, sources, listed, rules, objectives, tone }
}

fn check_rule_names(findings: &mut Findings, rules: &[RuleDraft]) {
    let mut seen: HashMap<&str, u32> = HashMap::new();
    for draft in rules {
        if let Some(line) = seen.insert(&draft.rule.name, draft.name_span.line) {
            let line = line.to_string();
            let arguments = [("name", draft.rule.name.as_str()), ("line", &line)];
            findings.error(draft.name_span, "config-duplicate-rule", &arguments, None);
        }
    }
}

fn check_addresses(findings: &mut Findings, sources: &[SourceDraft]) {
    let mut seen: HashMap<u64, u32> = HashMap::new();
    for source in sources {
        if let Some(line) = seen.get(&source.key.0) {
            let line = line.to_string();
            findings.error(source.span, "config-duplicate-source", &[("line", &line)], None);
        } else {
            seen.insert(source.key.0, source.span.line);
        }
    }
    let mut names: HashMap<&str, u32> = HashMap::new();
    for source in sources {
        let Some(at) = source.name_span else { continue };
        if let Some(line) = names.insert(&source.name, at.line) {
            let arguments = [("name", source.name.as_str()), ("line", &*line.to_string())];
            findings.notice(at, "config-source-name-twice", &arguments, None);
        }
    }
}

fn check_ids(drafts: &mut [Draft]) {
    let mut seen: HashMap<String, Place> = HashMap::new();
    for draft in drafts {
        for brand in &draft.brands {
            if let Some(first) = seen.get(&brand.brand.id) {
                let arguments = [("id", brand.brand.id.as_str()), ("place", &first.to_string())];
                draft.findings.error(brand.id_span, "config-duplicate-brand", &arguments, None);
            } else {
                seen.insert(brand.brand.id.clone(), draft.findings.place(brand.id_span));
            }
        }
    }
}

/// `if: sources`, `only: sources` and `source:` terms name sources of their own file, or of a file that shares its sources.
fn check_source_names(drafts: &mut [Draft]) {
    let names = |draft: &Draft| draft.sources.iter().map(|source| source.name.clone()).collect::<Vec<_>>();
    let shared: Vec<String> = drafts.iter().filter(|draft| draft.brands.is_empty()).flat_map(names).collect();
    for draft in drafts {
        let own = names(draft);
        let known = || own.iter().chain(&shared).map(String::as_str);
        let names: HashSet<&str> = known().collect();
        let only = draft.brands.iter().flat_map(|brand| &brand.sources);
        for (name, span) in draft.rules.iter().flat_map(|rule| &rule.sources).chain(only) {
            if !names.contains(name.as_str()) && !draft.findings.full() {
                let near = keys::nearest(name, known());
                let arguments = [("name", name.as_str()), ("near", near.unwrap_or_default())];
                draft.findings.error(*span, near_or("config-unknown-source", near), &arguments, near);
            }
        }
        let folded: HashSet<String> = known().map(|name| fold_string(name).trim().to_owned()).collect();
        let terms = draft.brands.iter().flat_map(|brand| &brand.source_terms).chain(&draft.listed);
        for (name, span) in terms {
            if !folded.contains(name) && !draft.findings.full() {
                let near = keys::nearest(name, known());
                let arguments = [("name", name.as_str()), ("near", near.unwrap_or_default())];
                // Of a query line the place is that of the line.
                let written = fold_string(draft.findings.written(*span).trim().trim_matches(['"', '\'']));
                let is_term = written.split_once(':').is_some_and(|(_, rest)| rest.trim() == name);
                let instead = near.filter(|_| is_term).map(|near| quoted(&format!("source:{near}")));
                draft.findings.error(*span, near_or("config-unknown-source", near), &arguments, instead.as_deref());
            }
        }
    }
}

fn say_what_is_missing(drafts: &mut [Draft]) {
    let shared = drafts.iter().any(|draft| draft.brands.is_empty() && !draft.sources.is_empty());
    for draft in drafts.iter_mut().filter(|draft| !draft.brands.is_empty() && !draft.findings.refused()) {
        if draft.sources.is_empty() && !shared {
            draft.findings.notice(FIRST, "config-no-sources", &[], None);
        }
        if draft.rules.is_empty() {
            draft.findings.notice(FIRST, "config-no-alerts", &[], None);
        }
    }
}

fn matcher(drafts: &mut [Draft], order: &[usize], wanted: impl Fn(&BrandDraft) -> bool) -> Option<Matcher> {
    let brands = order.iter().flat_map(|at| &drafts[*at].brands).filter(|draft| wanted(draft));
    let queries = brands.map(|draft| query(&draft.brand)).collect();
    match Matcher::build(queries) {
        Ok(matcher) => Some(matcher),
        Err(error) => {
            if let Some(at) = order.first() {
                drafts[*at].findings.error(FIRST, "config-matcher", &[("detail", &error.to_string())], None);
            }
            None
        }
    }
}

/// What the matcher asks of a brand.
pub(super) fn query(brand: &super::Brand) -> BrandQuery {
    BrandQuery {
        matching: brand.matching.clone(),
        mask: brand.mask.clone(),
        tags: brand.tags.clone(),
        languages: brand.only.languages.include.clone(),
    }
}

/// Runs the examples of the brands that the matcher was built of.
fn run_examples(drafts: &mut [Draft], order: &[usize], matcher: &Matcher, wanted: impl Fn(&BrandDraft) -> bool) {
    let mut number = 0;
    for at in order {
        let Draft { findings, brands, .. } = &mut drafts[*at];
        for draft in brands.iter().filter(|draft| wanted(draft)) {
            examples::run(findings, matcher, number, &draft.brand, &draft.examples);
            number += 1;
        }
    }
}

fn watchlists(drafts: Vec<Draft>, order: &[usize], matcher: Matcher) -> Watchlists {
    let mut slots: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
    let drafts: Vec<Draft> = order.iter().filter_map(|at| slots[*at].take()).collect();
    let with_brands: Vec<usize> = (0..drafts.len()).filter(|at| !drafts[*at].brands.is_empty()).collect();
    let (mut teams, mut brands, mut written) = (Vec::new(), Vec::new(), 0);
    let written_sources = drafts.iter().map(|draft| draft.sources.len()).sum();
    let mut sources: Vec<WatchedSource> = Vec::with_capacity(written_sources);
    let mut places: HashMap<SourceKey, usize> = HashMap::with_capacity(written_sources);
    for (team, draft) in drafts.into_iter().enumerate() {
        let watching = if draft.brands.is_empty() { with_brands.clone() } else { vec![team] };
        for source in draft.sources {
            let place = draft.findings.place(source.span);
            let line = line(&source, watching.clone(), place);
            if let Some(at) = places.get(&source.key) {
                join(&mut sources[*at], source, line);
            } else {
                places.insert(source.key, sources.len());
                sources.push(watched(source, line));
            }
        }
        brands.extend((0..draft.brands.len()).map(|brand| (team, brand)));
        written += draft.brands.iter().map(|draft| draft.terms).sum::<usize>();
        teams.push(Team {
            file: draft.name,
            brands: draft.brands.into_iter().map(|draft| draft.brand).collect(),
            rules: draft.rules.into_iter().map(|draft| draft.rule).collect(),
            objectives: draft.objectives,
            tuning: draft.tone.tuning,
            threshold: draft.tone.threshold,
        });
    }
    Watchlists { teams, matcher, brands, sources, terms: written }
}

fn line(draft: &SourceDraft, teams: Vec<usize>, place: Place) -> SourceLine {
    SourceLine {
        name: draft.name.clone(),
        language: draft.language,
        timezone: draft.timezone.clone(),
        threshold: draft.threshold,
        genre: draft.genre,
        teams,
        place,
    }
}

fn join(known: &mut WatchedSource, draft: SourceDraft, line: SourceLine) {
    if known.access.is_empty() {
        known.access = draft.access;
    }
    known.every = match (known.every, draft.every) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (every, None) | (None, every) => every,
    };
    known.lines.push(line);
}

fn watched(draft: SourceDraft, line: SourceLine) -> WatchedSource {
    let SourceDraft { key, kind, url, source, access, every, .. } = draft;
    WatchedSource { key, kind, url, source, access, every, lines: vec![line] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn files(texts: &[(&str, &str)]) -> Vec<WatchlistFile> {
        let file = |(name, text): &(&str, &str)| WatchlistFile {
            name: (*name).into(),
            path_shown: format!("watchlists/{name}").into(),
            bytes: text.as_bytes().to_vec(),
        };
        texts.iter().map(file).collect()
    }

    const CONTEXT: Context<'_> = Context { settings: None, language: UiLanguage::English, examples: true };

    const ORANGE: &str = "brands:\n  - id: orange\n    match: {any: [orange bank]}\nsources:\n  - feed: https://a.example/rss\n    every: 30m\nalerts:\n  - {name: all, on: mention, to: comms}\n";

    #[test]
    fn one_address_in_two_files_is_one_source_at_the_shorter_interval() {
        let shared =
            "sources:\n  - feed: https://a.example/rss\n    every: 10m\n    name: A\n  - feed: https://b.example/rss\n";
        let other = "brands:\n  - id: free\n    match: {any: [free mobile]}\n";
        let compiled = compile(&files(&[("c.yaml", other), ("b.yaml", shared), ("a.yaml", ORANGE)]), &CONTEXT);
        let set = compiled.result.unwrap();
        let names: Vec<_> = set.teams.iter().map(|team| &*team.file).collect();
        assert_eq!(names, ["a.yaml", "b.yaml", "c.yaml"]);
        assert_eq!(set.brands, [(0, 0), (2, 0)]);
        assert_eq!(set.terms, 2);
        assert_eq!(set.sources.len(), 2);
        let first = &set.sources[0];
        assert_eq!((first.every, first.lines.len()), (Some(Duration::from_mins(10)), 2));
        assert_eq!((&*first.lines[0].name, first.lines[0].teams.clone()), ("a.example", vec![0]));
        assert_eq!((&*first.lines[1].name, first.lines[1].teams.clone()), ("A", vec![0, 2]));
        assert_eq!(set.teams[0].rules[0].group, Some(Duration::from_mins(10)));
    }

    #[test]
    fn a_brand_of_two_files_is_refused_in_the_later_one() {
        let compiled = compile(&files(&[("b.yaml", ORANGE), ("a.yaml", ORANGE)]), &CONTEXT);
        assert_eq!(compiled.result.unwrap_err().files, ["a.yaml".into()]);
        let (_, said) = &compiled.diagnostics[1];
        assert!(said[0].sentence.contains("watchlists/b.yaml:2"), "{}", said[0].sentence);
    }

    #[test]
    fn a_broken_file_keeps_no_other_from_being_checked() {
        let broken = "brands:\n  - id: x\n    match: {any: [=]}\n";
        let compiled = compile(&files(&[("a.yaml", "brands: [\n"), ("b.yaml", broken), ("c.yaml", ORANGE)]), &CONTEXT);
        assert_eq!(compiled.result.unwrap_err().files, ["a.yaml".into(), "b.yaml".into()]);
        assert!(compiled.diagnostics[2].1.is_empty());
    }
}
