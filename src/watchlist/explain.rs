//! Which parts of a brand's expression hold on a text, and why the whole does not. Asks the matcher about
//! each part; used where somebody asks, never on the way of a document.

use std::fmt::Write;

use super::{Brand, compile};
use crate::locale::Locale;
use crate::matcher::{BrandMatch, BrandQuery, Document, Matcher, Scratch, weigh_company};
use crate::mention::{Field, Hit};
use crate::query::company::Verdict;
use crate::query::{Expr, Term, Within};

/// Parts of an expression beyond which nobody reads on.
const MOST_PARTS: usize = 2_000;

/// Terms that a sentence lists.
const LISTED: usize = 8;

/// A part of an expression on a text.
#[derive(Debug)]
pub struct Part<'a> {
    /// As written.
    pub expr: &'a Expr,
    /// Whether it holds.
    pub held: bool,
    /// What made it hold, outside of masked passages.
    pub hits: Vec<Hit>,
    /// It would hold if nothing were masked.
    pub masked: bool,
    /// Of a company: what stands around its name, where it is in the prose.
    pub weighed: Vec<(Hit, Verdict)>,
    /// One level down, in the order of writing.
    pub parts: Vec<Self>,
}

/// Asks about one brand's parts, text by text.
#[derive(Debug)]
pub struct Explainer<'a> {
    brand: &'a Brand,
    /// Each part as a brand, in the order of `gather`: with the mask, and without.
    matchers: [Matcher; 2],
    parts: usize,
    /// Each company's name as a brand, in the order of `gather`.
    names: Matcher,
    companies: usize,
}

impl<'a> Explainer<'a> {
    /// For a brand; nothing when its expression is too large to be read by people.
    #[must_use]
    pub fn new(brand: &'a Brand) -> Option<Self> {
        let mut nodes = Vec::new();
        gather(&brand.matching, &mut nodes);
        if nodes.len() > MOST_PARTS {
            return None;
        }
        let whole = compile::query(brand);
        let build = |masked: bool| {
            let query = |expr: &&Expr| {
                let mask = if masked { whole.mask.clone() } else { Vec::new() };
                BrandQuery { matching: (*expr).clone(), mask, tags: Vec::new(), languages: whole.languages.clone() }
            };
            Matcher::build(nodes.iter().map(query).collect()).ok()
        };
        let companies = nodes.iter().filter_map(|expr| match expr {
            Expr::Company(company) => Term::parse(&company.name).ok().map(Expr::Term).map(BrandQuery::of),
            _ => None,
        });
        let names: Vec<BrandQuery> = companies.collect();
        let companies = names.len();
        let names = Matcher::build(names).ok()?;
        Some(Self { brand, matchers: [build(true)?, build(false)?], parts: nodes.len(), names, companies })
    }

    /// The parts on a text.
    #[must_use]
    pub fn explain(&self, document: &Document<'_>) -> Option<Part<'a>> {
        let [masked, plain] = self.matchers.each_ref().map(|matcher| {
            let mut found: Vec<Option<BrandMatch>> = (0..self.parts).map(|_| None).collect();
            for one in matcher.scan(&mut Scratch::default(), document, |_| true) {
                let number = one.brand;
                found[number] = Some(one);
            }
            found
        });
        let mut answers = masked.into_iter().zip(plain).collect::<Vec<_>>().into_iter();
        let mut weighed = self.weighed(document).into_iter();
        part(&self.brand.matching, &mut answers, &mut weighed)
    }

    /// By company, its names in the prose and what they weigh.
    fn weighed(&self, document: &Document<'_>) -> Vec<Vec<(Hit, Verdict)>> {
        let mut all: Vec<Vec<(Hit, Verdict)>> = Vec::new();
        all.resize_with(self.companies, Vec::new);
        let languages = &self.brand.only.languages.include;
        for found in self.names.scan(&mut Scratch::default(), document, |_| true) {
            for hit in found.hits {
                let text = match hit.field {
                    Field::Title => document.title,
                    Field::Text => document.text,
                    _ => continue,
                };
                // A sign is not of the name.
                let sign = text[hit.start as usize..].chars().next().filter(|c| !c.is_alphanumeric());
                let place = hit.start as usize + sign.map_or(0, char::len_utf8)..hit.end as usize;
                let verdict = weigh_company(text, &place, languages, document.language);
                all[found.brand].push((hit, verdict));
            }
        }
        all
    }
}

fn gather<'a>(expr: &'a Expr, nodes: &mut Vec<&'a Expr>) {
    if nodes.len() <= MOST_PARTS {
        nodes.push(expr);
        expr.parts().for_each(|part| gather(part, nodes));
    }
}

/// The answers stand in the order of `gather`.
fn part<'a>(
    expr: &'a Expr,
    answers: &mut impl Iterator<Item = (Option<BrandMatch>, Option<BrandMatch>)>,
    companies: &mut impl Iterator<Item = Vec<(Hit, Verdict)>>,
) -> Option<Part<'a>> {
    let (found, anywhere) = answers.next()?;
    let weighed = if matches!(expr, Expr::Company(_)) { companies.next()? } else { Vec::new() };
    let parts = expr.parts().map(|inner| part(inner, answers, companies)).collect::<Option<Vec<_>>>()?;
    let held = match expr {
        // `none` alone finds nothing that the matcher could tell of.
        Expr::Group { any, all, .. } if any.is_empty() && all.is_empty() => !parts.iter().any(|part| part.held),
        _ => found.is_some(),
    };
    let hits = found.map_or_else(Vec::new, |found| found.hits);
    Some(Part { expr, held, masked: !held && anywhere.is_some(), weighed, hits, parts })
}

impl Part<'_> {
    /// The parts of `any`, `all` and `none`.
    fn groups(&self) -> [&[Self]; 3] {
        let Expr::Group { any, all, .. } = self.expr else { return [&[], &[], &[]] };
        let (any, rest) = self.parts.split_at(any.len());
        let (all, none) = rest.split_at(all.len());
        [any, all, none]
    }

    /// A part that holds nearly, or only inside of masked passages, says more than a term that is not there.
    fn is_telling(&self) -> bool {
        let [_, all, none] = self.groups();
        let sides = matches!(self.expr, Expr::Near { .. } | Expr::Sequence { .. } | Expr::AtLeast { .. });
        !self.held
            && (self.masked
                || all.iter().any(|part| part.held)
                || none.iter().any(|part| part.held)
                || sides && self.parts.iter().any(|part| part.held))
    }

    /// Terms and companies in it that are there.
    fn held_leaves(&self) -> usize {
        if self.parts.is_empty() { usize::from(self.held) } else { self.parts.iter().map(Self::held_leaves).sum() }
    }

    /// The first term that is only inside of masked passages.
    fn masked_leaf(&self) -> Option<&Self> {
        if self.parts.is_empty() && self.masked { Some(self) } else { self.parts.iter().find_map(Self::masked_leaf) }
    }

    /// Why it does not hold, as a clause that ends with a full stop.
    #[must_use]
    pub fn why_not(&self, locale: Locale) -> String {
        if self.masked && !matches!(self.expr, Expr::Group { .. }) {
            return locale.format("config-why-masked", &[("term", name(self.expr).into())]);
        }
        match self.expr {
            Expr::Term(term) => locale.format("config-why-missing", &[("term", term.written.as_str().into())]),
            Expr::Company(company) => locale.format("config-why-no-company", &[("term", company.name.as_str().into())]),
            Expr::Near { of, words, .. } => {
                let (of, with) = self.parts.split_at(of.len());
                let missing = [of, with].into_iter().find(|side| !side.iter().any(|part| part.held));
                let reason = missing.map_or_else(
                    || locale.format("config-why-apart", &[("words", (*words).into())]),
                    |side| none_of(locale, side),
                );
                self.but(locale, reason)
            }
            Expr::Sequence { words, .. } => {
                let reason = self.parts.iter().find(|part| !part.held).map_or_else(
                    || locale.format("config-why-order", &[("words", (*words).into())]),
                    |part| part.why_not(locale),
                );
                self.but(locale, reason)
            }
            Expr::AtLeast { times, .. } => {
                let found: usize = self.parts.iter().map(|part| part.hits.len()).sum();
                locale.format("config-why-times", &[("times", (*times).into()), ("found", found.into())])
            }
            Expr::Group { .. } => self.why_group(locale),
        }
    }

    fn why_group(&self, locale: Locale) -> String {
        let [any, all, none] = self.groups();
        if let Some(part) = none.iter().find(|part| part.held) {
            let term = part.hits.first().map_or_else(|| name(part.expr), |hit| hit.term.clone());
            let reason = locale.format("config-why-excluded", &[("term", term.into())]);
            return self.but(locale, reason);
        }
        if let Some(part) = all.iter().find(|part| !part.held) {
            let reason = part.why_not(locale);
            return self.but(locale, reason);
        }
        if !any.is_empty() && !any.iter().any(|part| part.held) {
            // Of several that nearly hold, the one with most in the text; the first of equals.
            let telling = any.iter().rev().filter(|part| part.is_telling()).max_by_key(|part| part.held_leaves());
            let reason = match telling.or_else(|| any.iter().find_map(Self::masked_leaf)) {
                Some(part) => part.why_not(locale),
                None => none_of(locale, any),
            };
            return self.but(locale, reason);
        }
        match self.expr {
            Expr::Group { within: Within::Sentence, .. } => self.but(locale, locale.text("config-why-sentence")),
            _ => locale.text("config-why-unknown"),
        }
    }

    /// The clause after what does stand there, if a needed part does.
    fn but(&self, locale: Locale, reason: String) -> String {
        let needed: Vec<&Self> = match self.expr {
            Expr::Group { .. } => {
                let [any, all, _] = self.groups();
                any.iter().chain(all).collect()
            }
            _ => self.parts.iter().collect(),
        };
        let hit = needed.iter().filter(|part| part.held).find_map(|part| part.hits.first());
        match hit {
            Some(hit) => {
                let arguments =
                    [("term", hit.term.as_str().into()), ("at", hit.start.into()), ("reason", reason.into())];
                locale.format("config-why-but", &arguments)
            }
            None => reason,
        }
    }

    /// The whole as lines of a tree, each with `+` where it holds and `-` where it does not. Terms of a list
    /// that are not there share a line.
    #[must_use]
    pub fn tree(&self, indent: usize) -> String {
        let mut out = String::new();
        self.write(indent, &mut out);
        out
    }

    fn write(&self, indent: usize, out: &mut String) {
        let sign = if self.held { '+' } else { '-' };
        let margin = " ".repeat(indent);
        let places = if self.parts.is_empty() { places(&self.hits) } else { String::new() };
        let _ = writeln!(out, "{margin}{sign} {}{places}", name(self.expr));
        match self.expr {
            Expr::Group { .. } => {
                for (key, parts) in ["any", "all", "none"].into_iter().zip(self.groups()) {
                    side(key, parts, indent + 2, out);
                }
            }
            Expr::Near { of, .. } => {
                let (of, with) = self.parts.split_at(of.len());
                side("of", of, indent + 2, out);
                side("with", with, indent + 2, out);
            }
            Expr::Sequence { .. } => side("terms", &self.parts, indent + 2, out),
            Expr::AtLeast { .. } => side("of", &self.parts, indent + 2, out),
            Expr::Company(_) => self.write_weighed(indent + 2, out),
            Expr::Term(_) => {}
        }
    }

    /// A line for each place of a company's name: the strongest construction on each side.
    fn write_weighed(&self, indent: usize, out: &mut String) {
        let margin = " ".repeat(indent);
        for (hit, verdict) in self.weighed.iter().take(LISTED) {
            let sign = if verdict.holds() { '+' } else { '-' };
            let sides: Vec<String> = [verdict.pro, verdict.contra]
                .into_iter()
                .flatten()
                .map(|one| format!("{:+} {}", one.weight, one.written))
                .collect();
            let sides = if sides.is_empty() { "0".to_owned() } else { sides.join("  ") };
            let _ = writeln!(out, "{margin}{sign} {} {}..{}: {sides}", hit.field.word(), hit.start, hit.end);
        }
    }
}

fn side(key: &str, parts: &[Part<'_>], indent: usize, out: &mut String) {
    if parts.is_empty() {
        return;
    }
    let margin = " ".repeat(indent);
    let _ = writeln!(out, "{margin}{key}:");
    let absent = |part: &&Part<'_>| !part.held && part.parts.is_empty() && part.weighed.is_empty();
    for part in parts.iter().filter(|part| !absent(part)) {
        part.write(indent + 2, out);
    }
    let names: Vec<String> = parts.iter().filter(absent).map(|part| name(part.expr)).collect();
    if !names.is_empty() {
        let more = if names.len() > 3 * LISTED { " …" } else { "" };
        let shown = names[..names.len().min(3 * LISTED)].join(" · ");
        let _ = writeln!(out, "{margin}  - {shown}{more}");
    }
}

/// A part on one line.
fn name(expr: &Expr) -> String {
    match expr {
        Expr::Term(term) => term.written.clone(),
        Expr::Company(company) => format!("company: {}", company.name),
        Expr::Near { words, .. } => format!("near (words: {words})"),
        Expr::Sequence { words, .. } => format!("sequence (words: {words})"),
        Expr::AtLeast { times, .. } => format!("at_least (times: {times})"),
        Expr::Group { within: Within::Sentence, .. } => "within: sentence".to_owned(),
        Expr::Group { any, all, none, .. } => {
            let keys = [("any", any), ("all", all), ("none", none)];
            let keys: Vec<&str> = keys.iter().filter(|(_, parts)| !parts.is_empty()).map(|(key, _)| *key).collect();
            keys.join(", ")
        }
    }
}

fn places(hits: &[Hit]) -> String {
    let shown: Vec<String> =
        hits.iter().take(LISTED).map(|hit| format!("{} {}..{}", hit.field.word(), hit.start, hit.end)).collect();
    if shown.is_empty() { String::new() } else { format!("  ({})", shown.join(", ")) }
}

/// That none of several is there.
fn none_of(locale: Locale, parts: &[Part<'_>]) -> String {
    let mut terms: Vec<String> = Vec::new();
    for part in parts {
        let inner = part.expr.terms();
        if inner.is_empty() {
            terms.push(name(part.expr));
        } else {
            terms.extend(inner.into_iter().map(|term| term.written.clone()));
        }
    }
    let shown: Vec<String> = terms.iter().take(LISTED).map(|term| quote(locale, term)).collect();
    let key = if terms.len() > shown.len() { "config-why-none-of-many" } else { "config-why-none-of" };
    locale.format(key, &[("terms", shown.join(", ").into()), ("count", terms.len().into())])
}

/// A term between quotation marks.
pub(super) fn quote(locale: Locale, term: &str) -> String {
    locale.format("config-quoted", &[("text", term.into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::UiLanguage;
    use crate::text::language::Language;
    use crate::watchlist::{Context, WatchlistFile, Watchlists, compile};

    fn set(body: &str) -> Watchlists {
        let text = format!("brands:\n  - id: a\n{body}");
        let file = WatchlistFile { name: "a.yaml".into(), path_shown: "a.yaml".into(), bytes: text.into() };
        compile(&[file], &Context { settings: None, language: UiLanguage::English, examples: false }).result.unwrap()
    }

    fn why(body: &str, text: &str) -> String {
        let set = set(body);
        let brand = &set.teams[0].brands[0];
        let part = Explainer::new(brand).unwrap().explain(&Document { text, ..Document::default() }).unwrap();
        assert!(!part.held);
        part.why_not(Locale::of(UiLanguage::English))
    }

    const CONTRACT: &str =
        "    match: {all: [=Orange, {any: [fibre, forfait]}], none: [tennis]}\n    mask: [jus d'Orange]\n";

    #[test]
    fn the_reason_names_what_is_there_and_what_is_missing() {
        for (text, reason) in [
            ("Ma box Orange", "“=Orange” is in it (at 7), but none of these terms is in it (“fibre”, “forfait”)."),
            ("la fibre", "“fibre” is in it (at 3), but “=Orange” (under `all`) is not in it."),
            (
                "un jus d'Orange et la fibre",
                "“fibre” is in it (at 22), but “=Orange” is only inside masked passages (`mask`).",
            ),
            ("Orange, fibre et tennis", "“=Orange” is in it (at 0), but “tennis” (under `none`) is in it."),
            ("rien", "“=Orange” (under `all`) is not in it."),
        ] {
            assert_eq!(why(CONTRACT, text), reason, "{text}");
        }
    }

    #[test]
    fn a_company_shows_what_stands_around_its_name() {
        let set = set("    match: {any: [company: orange]}\n");
        let explainer = Explainer::new(&set.teams[0].brands[0]).unwrap();
        let tree = |text| {
            let document = Document { text, language: Some(Language::FRENCH), ..Document::default() };
            explainer.explain(&document).unwrap().tree(0)
        };
        assert_eq!(
            tree("Je suis chez Orange, pas une orange"),
            "+ any\n  any:\n    + company: orange  (text 13..19)\n      + text 13..19: +5 (chez|de chez|d'chez) {}\n      - \
             text 29..35: -5 @det a{}\n"
        );
        assert_eq!(tree("rien"), "- any\n  any:\n    - company: orange\n");
        let twice = self::set("    match: {any: [company: orange, {near: {of: [company: orange], with: [panne]}}]}\n");
        let explainer = Explainer::new(&twice.teams[0].brands[0]).unwrap();
        let part = explainer.explain(&Document { text: "chez Orange", ..Document::default() }).unwrap();
        assert_eq!(part.tree(0).matches("+5 (chez").count(), 2);
    }

    #[test]
    fn the_tree_shows_each_part_with_its_places() {
        let set = set(CONTRACT);
        let document = Document { title: "Orange", text: "Orange, un jus d'Orange", ..Document::default() };
        let tree = Explainer::new(&set.teams[0].brands[0]).unwrap().explain(&document).unwrap().tree(0);
        let expected = "- all, none\n  all:\n    + =Orange  (title 0..6, text 0..6)\n    - any\n      any:\n        - fibre · forfait\n  none:\n    - tennis\n";
        assert_eq!(tree, expected);
    }
}
