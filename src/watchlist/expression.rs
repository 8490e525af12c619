//! Terms and expressions out of the tree of a file, with what is wrong with them at its place: `match`,
//! `query`, `mask`, `tags`, `lists`. Owns the reading; what a term may be is `query`'s.

use std::cell::Cell;
use std::collections::HashMap;

use super::brand::choice;
use super::rule::near_or;
use super::wrong_term::{self, Place};
use crate::config::findings::Findings;
use crate::config::keys;
use crate::config::lexical::{without_guillemets, without_quotes_around};
use crate::config::places::{Content, Node, Span};
use crate::query::line::{self, LineErrorKind};
use crate::query::read::{company, read};
use crate::query::{Expr, Mask, TermKind, Within};

/// Terms that `{list: NAME}` may bring into one file, over all places where it stands.
const MAX_LISTED: usize = 250_000;

/// Words between the parts of `near` and `sequence` at most, and occurrences of `at_least`.
const MOST: u32 = 1000;

/// Bytes of a line in which the place of an error is looked for.
const LONGEST_LINE: usize = 16 << 10;

/// `lists:` of a file, with the number of terms of each.
#[derive(Debug, Default)]
pub(super) struct Lists {
    by_name: HashMap<String, (Vec<Expr>, usize)>,
    /// Terms that they have brought into the file so far.
    brought: Cell<usize>,
    /// Sources that their terms name, with their places.
    pub(super) sources: Vec<(String, Span)>,
}

/// Where an expression stands: `none` alone is one of `all`, and nothing elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Under {
    All,
    /// Behind `unless`, as one of `all`; a list has no place there.
    Value,
    Other,
}

/// Reads one file's expressions.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) findings: &'a mut Findings,
    /// Absent while the lists themselves are read.
    lists: Option<&'a Lists>,
    /// Terms written so far.
    pub(super) terms: usize,
    /// Sources that terms name, with their places.
    pub(super) sources: Vec<(String, Span)>,
}

impl Lists {
    /// `lists:` of a file.
    pub(super) fn read(findings: &mut Findings, root: &Node) -> Self {
        let mut by_name = HashMap::new();
        let mut reader = Reader { findings, lists: None, terms: 0, sources: Vec::new() };
        for (key, list) in root.get("lists").map_or(&[][..], Node::pairs) {
            let before = reader.terms;
            let parts = reader.items(Some(list));
            by_name.insert(key.text().unwrap_or_default().to_owned(), (parts, reader.terms - before));
        }
        let sources = reader.sources;
        Self { by_name, brought: Cell::new(0), sources }
    }
}

impl<'a> Reader<'a> {
    pub(super) const fn new(findings: &'a mut Findings, lists: &'a Lists) -> Self {
        Self { findings, lists: Some(lists), terms: 0, sources: Vec::new() }
    }

    /// `match:`.
    pub(super) fn matching(&mut self, node: &Node) -> Option<Expr> {
        self.block(node, Under::Other)
    }

    /// A list of terms and expressions.
    pub(super) fn items(&mut self, node: Option<&Node>) -> Vec<Expr> {
        self.list(node, Under::Other)
    }

    /// One of `mask:`.
    pub(super) fn mask(&mut self, node: &Node) -> Option<Mask> {
        let Some(term) = node.get("term") else {
            if let Some((key, _)) = node.pair("unless") {
                self.findings.error(key.span, "config-mask-unless", &[], None);
                return None;
            }
            let what = self.expression(node, Under::Other)?;
            return Some(Mask { what, unless: None, within: Within::Document });
        };
        for (key, _) in node.pairs() {
            let name = key.text().unwrap_or_default();
            if !matches!(name, "term" | "unless" | "within") {
                self.findings.error(key.span, "config-stands-alone", &[("key", "term"), ("other", name)], None);
                return None;
            }
        }
        let what = self.term(term, Place::Value);
        let unless = node.get("unless").map(|unless| self.expression(unless, Under::Value));
        let within = self.within(node)?;
        if let (Some((key, _)), None) = (node.pair("within"), &unless) {
            self.findings.error(key.span, "config-within-what", &[("with", "unless")], None);
        }
        let unless = match unless {
            Some(read) => Some(read?),
            None => None,
        };
        Some(Mask { what: what?, unless, within })
    }

    fn list(&mut self, node: Option<&Node>, under: Under) -> Vec<Expr> {
        node.map_or(&[][..], Node::items).iter().filter_map(|item| self.expression(item, under)).collect()
    }

    fn expression(&mut self, node: &Node, under: Under) -> Option<Expr> {
        match &node.content {
            Content::Mapping(_) => self.block(node, under),
            _ => self.term(node, if under == Under::Value { Place::Value } else { Place::Item }),
        }
    }

    fn block(&mut self, node: &Node, under: Under) -> Option<Expr> {
        let alone = |(key, _): &&(Node, Node)| {
            matches!(key.text(), Some("near" | "sequence" | "company" | "list" | "at_least"))
        };
        let Some((key, value)) = node.pairs().iter().find(alone) else { return self.group(node, under) };
        let name = key.text().unwrap_or_default();
        if let Some((other, _)) = node.pairs().iter().find(|(other, _)| other.span != key.span) {
            let arguments = [("key", name), ("other", other.text().unwrap_or_default())];
            self.findings.error(other.span, "config-stands-alone", &arguments, None);
            return None;
        }
        match name {
            "near" => self.near(value),
            "sequence" => self.sequence(value),
            "at_least" => self.at_least(value),
            "company" => self.company(value),
            _ => self.listed(value),
        }
    }

    fn group(&mut self, node: &Node, under: Under) -> Option<Expr> {
        let any = self.list(node.get("any"), Under::Other);
        let all = self.list(node.get("all"), Under::All);
        let none = self.list(node.get("none"), Under::Other);
        let within = self.within(node)?;
        match (node.get("any"), node.get("all"), node.pair("none"), node.pair("within")) {
            (None, None, None, _) => {
                self.findings.error(node.span, "config-empty-match", &[], None);
                return None;
            }
            (None, None, Some((key, _)), _) if under == Under::Other => {
                self.findings.error(key.span, "config-none-alone", &[], None);
                return None;
            }
            (_, None, _, Some((key, _))) => {
                self.findings.error(key.span, "config-within-what", &[("with", "all")], None);
                return None;
            }
            _ => {}
        }
        if under == Under::Other
            && is_only_none(&any, &all, &none)
            && let Some(key) = first_none(node)
        {
            self.findings.error(key.span, "config-none-alone", &[], None);
            return None;
        }
        Some(Expr::Group { any, all, none, within })
    }

    fn within(&mut self, node: &Node) -> Option<Within> {
        let Some(value) = node.get("within") else { return Some(Within::Document) };
        match value.text() {
            Some("document") => Some(Within::Document),
            Some("sentence") => Some(Within::Sentence),
            word => {
                let words = ["sentence", "document"].into_iter();
                choice(self.findings, value.span, "within", word.unwrap_or_default(), words);
                None
            }
        }
    }

    fn near(&mut self, node: &Node) -> Option<Expr> {
        let of = self.needed(node, "near", "of");
        let with = self.needed(node, "near", "with");
        let words = self.number(node, "words", 0, 5);
        Some(Expr::Near { of: of?, with: with?, words: words? })
    }

    fn sequence(&mut self, node: &Node) -> Option<Expr> {
        let terms = self.needed(node, "sequence", "terms");
        let words = self.number(node, "words", 0, 0);
        if let (Some(list), true) = (node.get("terms"), terms.as_ref().is_some_and(|terms| terms.len() == 1)) {
            self.findings.error(list.span, "config-sequence-of-one", &[], None);
        }
        Some(Expr::Sequence { terms: terms?, words: words? })
    }

    fn at_least(&mut self, node: &Node) -> Option<Expr> {
        let of = self.needed(node, "at_least", "of");
        if node.get("times").is_none() {
            self.missing(node, "at_least", "times");
            return None;
        }
        let times = self.number(node, "times", 1, 1);
        Some(Expr::AtLeast { times: times?, of: of? })
    }

    fn missing(&mut self, node: &Node, block: &str, key: &str) {
        self.findings.error(node.span, "config-missing-key", &[("block", block), ("key", key)], None);
    }

    /// A list that must be there; without its broken parts, whose findings refuse the file.
    fn needed(&mut self, node: &Node, block: &str, key: &str) -> Option<Vec<Expr>> {
        if node.get(key).is_none() {
            self.missing(node, block, key);
            return None;
        }
        Some(self.items(node.get(key))).filter(|parts| !parts.is_empty())
    }

    fn number(&mut self, node: &Node, key: &str, least: u32, default: u32) -> Option<u32> {
        let Some(value) = node.get(key) else { return Some(default) };
        let text = value.text().unwrap_or_default();
        let number = text.parse().ok().filter(|number| (least..=MOST).contains(number));
        if number.is_none() {
            let (least, most) = (least.to_string(), MOST.to_string());
            let arguments = [("key", key), ("least", &least), ("most", &most), ("text", text)];
            self.findings.error(value.span, "config-number", &arguments, None);
        }
        number
    }

    fn company(&mut self, node: &Node) -> Option<Expr> {
        self.terms += 1;
        let written = without_guillemets(node.text().unwrap_or_default());
        let written = without_quotes_around(&written);
        match company(written) {
            Ok(company) => Some(Expr::Company(company)),
            Err(error) => {
                wrong_term::say(self.findings, node.span, written, error, Place::Name);
                None
            }
        }
    }

    fn listed(&mut self, node: &Node) -> Option<Expr> {
        let name = node.text().unwrap_or_default();
        let Some(lists) = self.lists else {
            self.findings.error(node.span, "config-list-in-lists", &[], None);
            return None;
        };
        let Some((parts, terms)) = lists.by_name.get(name) else {
            let mut names: Vec<&str> = lists.by_name.keys().map(String::as_str).collect();
            names.sort_unstable();
            let near = keys::nearest(name, names.iter().copied());
            let arguments = [("list", name), ("near", near.unwrap_or_default()), ("lists", &names.join(", "))];
            let key = if names.is_empty() { "config-no-lists" } else { near_or("config-unknown-list", near) };
            self.findings.error(node.span, key, &arguments, near);
            return None;
        };
        lists.brought.set(lists.brought.get() + terms);
        if lists.brought.get() > MAX_LISTED {
            self.findings.error(node.span, "config-listed", &[("most", &MAX_LISTED.to_string())], None);
            return None;
        }
        Some(Expr::any(parts.clone())).filter(|_| !parts.is_empty())
    }

    /// The term that a scalar is, or what its alternatives make; what is neither is said.
    fn term(&mut self, node: &Node, place: Place) -> Option<Expr> {
        let written = without_guillemets(node.text().unwrap_or_default());
        let written = without_quotes_around(&written);
        if wrong_term::say_query(self.findings, node.span, written, place) {
            return None;
        }
        match read(written) {
            Ok(expr) => {
                self.terms += expr.leaves();
                self.note_sources(&expr, node.span);
                Some(expr)
            }
            Err(error) => {
                self.terms += 1;
                wrong_term::say(self.findings, node.span, written, error, place);
                None
            }
        }
    }

    fn note_sources(&mut self, expr: &Expr, span: Span) {
        let names = expr.terms().into_iter().filter_map(|term| match &term.kind {
            TermKind::Source(name) => Some((name.clone(), span)),
            _ => None,
        });
        self.sources.extend(names);
    }

    /// `query:`.
    pub(super) fn query(&mut self, node: &Node) -> Option<Expr> {
        let text = node.text().unwrap_or_default();
        match line::parse(text) {
            Ok(expr) => {
                self.terms += expr.terms().len();
                self.note_sources(&expr, node.span);
                Some(expr)
            }
            Err(error) => {
                let span = inside(self.findings, node, text, error.at);
                broken_line(self.findings, span, &error.kind);
                None
            }
        }
    }
}

/// True where nothing is asked for, only against: `all: [{none: […]}]`.
fn is_only_none(any: &[Expr], all: &[Expr], none: &[Expr]) -> bool {
    let is_none = |part: &Expr| matches!(part, Expr::Group { any, all, none, .. } if is_only_none(any, all, none));
    any.is_empty() && all.iter().all(is_none) && !(all.is_empty() && none.is_empty())
}

/// The first `none` in a block or under its `all`.
fn first_none(node: &Node) -> Option<&Node> {
    let inner = || node.get("all").map_or(&[][..], Node::items).iter().find_map(first_none);
    node.pair("none").map(|(key, _)| key).or_else(inner)
}

fn broken_line(findings: &mut Findings, span: Span, kind: &LineErrorKind) {
    let (key, word, instead) = match kind {
        LineErrorKind::Term { written, error } => {
            return wrong_term::say(findings, span, written, *error, Place::Line);
        }
        LineErrorKind::Empty => ("config-line-empty", String::new(), None),
        LineErrorKind::Unclosed(sign) => ("config-line-unclosed", sign.to_string(), None),
        LineErrorKind::Unopened => ("config-line-unopened", String::new(), None),
        LineErrorKind::Operand => ("config-line-operand", findings.written(span), None),
        LineErrorKind::Mixed => ("config-line-mixed", String::new(), None),
        LineErrorKind::OrNot => ("config-line-or-not", String::new(), None),
        LineErrorKind::OnlyNot => ("config-line-only-not", String::new(), None),
        LineErrorKind::Lowercase(word) => ("config-line-lowercase", word.clone(), Some(word.to_uppercase())),
        LineErrorKind::Separator(sign) => ("config-line-separator", sign.to_string(), None),
        LineErrorKind::UnknownField(name) => ("config-line-field", name.clone(), None),
        LineErrorKind::Distance(text) => ("config-line-distance", text.clone(), None),
        LineErrorKind::NoOperator(word) => ("config-line-operator", word.clone(), None),
        LineErrorKind::Slop => ("config-line-slop", String::new(), None),
        LineErrorKind::Deep => ("config-line-deep", String::new(), None),
        LineErrorKind::TooLong => ("config-line-long", String::new(), None),
    };
    findings.error(span, key, &[("word", word.trim())], instead.as_deref());
}

/// Where characters of a scalar stand in the file: its characters are followed through quotes, escapes and
/// folded lines.
fn inside(findings: &Findings, node: &Node, text: &str, at: std::ops::Range<usize>) -> Span {
    let start = node.span;
    // A line that nobody reads is not followed, nor what nobody is told.
    if findings.full() || findings.line(start.line).len() > LONGEST_LINE {
        return start;
    }
    let mut line = start.line;
    let mut column = start.column;
    let mut raw: Vec<char> = findings.line(line).chars().collect();
    let first = raw.get(column as usize - 1).copied();
    if matches!(first, Some('\'' | '"')) {
        column += 1;
    } else if matches!(first, Some('|' | '>')) {
        line += 1;
        column = 1;
        raw = findings.line(line).chars().collect();
    }
    let mut from = None;
    for (number, c) in text.chars().enumerate() {
        while !c.is_whitespace() && raw.get(column as usize - 1) != Some(&c) {
            if column as usize > raw.len() {
                line += 1;
                column = 1;
                raw = findings.line(line).chars().collect();
                if raw.is_empty() && findings.is_past(line) {
                    return start;
                }
            } else {
                column += 1;
            }
        }
        if number >= at.start && from.is_none() {
            from = Some((line, column));
        }
        column += 1;
        if number + 1 >= at.end {
            break;
        }
    }
    // An error at the line's end stands after its last character.
    let (first_line, first_column) = from.unwrap_or((line, column));
    let end = if first_line == line { column.max(first_column + 1) } else { Span::REST };
    Span { line: first_line, column: first_column, end }
}
