//! From a candidate in a folded field to occurrences: boundaries, what stands around, the check of each term,
//! the way back to the original. Finds no candidates.

use std::ops::Range;

use super::build::{Edges, Matcher, Part, Pattern, RuledPhrase, Use};
use super::gate::{char_at, char_before};
use super::name::{is_name, weigh_company};
use super::pattern::{Check, is_left_out};
use super::scan::Occurrence;
use super::spans::{Around, Spans, is_domain_at};
use crate::mention::Field;
use crate::query::Sign;
use crate::text::fold::Folder;
use crate::text::fold::class::{Class, class, is_extender};
use crate::text::language::Language;

/// Occurrences of a document at most: a page written to exhaust memory ends here.
const MAX_OCCURRENCES: usize = 1 << 20;

/// Checks candidates of one field and keeps the occurrences.
pub(super) struct Finder<'a> {
    pub(super) matcher: &'a Matcher,
    pub(super) folder: &'a Folder,
    pub(super) text: &'a str,
    pub(super) field: Field,
    pub(super) language: Option<Language>,
    pub(super) spans: &'a mut Spans,
    pub(super) occurrences: &'a mut Vec<Occurrence>,
}

impl<'a> Finder<'a> {
    /// The pattern's text stands at `folded`.
    pub(super) fn phrase(&mut self, pattern: &Pattern, folded: Range<usize>) {
        let matcher: &'a Matcher = self.matcher;
        let uses = matcher.uses_of(pattern);
        let Some(range) = self.place(pattern.edges, uses, &folded) else { return };
        for used in uses {
            self.judge(used, &range);
        }
    }

    /// Where a ruled phrase starts, if it is there, by its anchor at `at`.
    pub(super) fn start_of(&self, phrase: &RuledPhrase, at: usize) -> Option<usize> {
        let folded = self.folder.folded();
        let (anchor, offset) = phrase.anchor;
        let mut from = at.checked_sub(offset as usize)?;
        for piece in phrase.pieces[..anchor as usize].iter().rev() {
            match piece {
                Part::Text(text) => from = folded[..from].ends_with(text.as_bytes()).then(|| from - text.len())?,
                Part::Rule(_) => {
                    while let Some(c) = char_before(folded, from).filter(|&c| class(c) == Class::Word) {
                        from -= c.len_utf8();
                    }
                }
            }
        }
        Some(from)
    }

    /// A ruled phrase may start at `from`.
    pub(super) fn ruled(&mut self, phrase: &'a RuledPhrase, from: usize) {
        let folded = self.folder.folded();
        let mut at = from;
        for piece in &phrase.pieces {
            match piece {
                Part::Text(text) if folded[at..].starts_with(text.as_bytes()) => at += text.len(),
                Part::Text(_) => return,
                Part::Rule(rule) => {
                    let mut end = at;
                    while let Some((c, length)) = char_at(folded, end).filter(|(c, _)| class(*c) == Class::Word) {
                        debug_assert_eq!(c.len_utf8(), length);
                        end += length;
                    }
                    let word = std::str::from_utf8(&folded[at..end]).unwrap_or_default();
                    if word.is_empty() || !self.matcher.ruled.rule(*rule).accepts(word, self.language) {
                        return;
                    }
                    at = end;
                }
            }
        }
        let uses = std::slice::from_ref(&phrase.used);
        if let Some(range) = self.place(phrase.edges, uses, &(from..at)) {
            self.judge(&phrase.used, &range);
        }
    }

    /// Where the candidate stands in the original, when its bounds are what the terms ask.
    fn place(&self, edges: Edges, uses: &[Use], folded: &Range<usize>) -> Option<Range<usize>> {
        let open = uses.iter().any(|used| matches!(used.check, Check::Domain { open: true, .. }));
        if !self.is_bounded(edges, folded, open) {
            return None;
        }
        self.folder.original(self.text, folded.clone())
    }

    fn judge(&mut self, used: &Use, range: &Range<usize>) {
        let domain = matches!(used.check, Check::Domain { .. });
        if used.title_only && self.field != Field::Title || self.field == Field::Links && !domain {
            return;
        }
        let text = self.text;
        let hit = match &used.check {
            Check::Plain => (self.spans.around(text, range) != Around::Inside).then(|| range.clone()),
            Check::Name => {
                (self.spans.around(text, range) == Around::Plain && is_name(text, range)).then(|| range.clone())
            }
            Check::Exact(exact) => exact.hit(text, range).filter(|hit| self.spans.around(text, hit) == Around::Plain),
            Check::Sign(sign, exact) => {
                let exact = exact.as_ref().is_none_or(|exact| {
                    let name = text[range.clone()].chars().next().map_or(0, char::len_utf8);
                    exact.hit(text, &(range.start + name..range.end)).is_some()
                });
                (exact && self.has_sign(*sign, range)).then(|| range.clone())
            }
            Check::Domain { open, path } => {
                let next = text[range.end..].chars().next();
                let bounded = *open || next.is_none_or(|c| class(c) != Class::Word);
                (bounded && is_domain_at(text, range, *path)).then(|| range.clone())
            }
            Check::Company(languages) => (self.spans.around(text, range) != Around::Inside
                && weigh_company(text, range, languages, self.language).holds())
            .then(|| range.clone()),
        };
        if let Some(hit) = hit {
            self.push(used.term, &hit);
        }
    }

    /// The word at `folded`, behind a sign, hashes as the letters of the pattern.
    pub(super) fn tag(&mut self, pattern: &Pattern, folded: Range<usize>) {
        let word = &self.folder.folded()[folded.clone()];
        if !self
            .matcher
            .pattern_text(pattern)
            .bytes()
            .filter(|&byte| !is_left_out(char::from(byte)))
            .eq(word.iter().copied())
        {
            return;
        }
        let Some(name) = self.folder.original(self.text, folded) else { return };
        let Some((start, sign)) = self.text[..name.start].char_indices().next_back() else { return };
        let sign = if matches!(sign, '#' | '＃') { Sign::Hashtag } else { Sign::Handle };
        let hit = start..name.end;
        if self.has_sign(sign, &hit) {
            let matcher: &'a Matcher = self.matcher;
            for used in matcher.uses_of(pattern) {
                if used.check == Check::Plain && (!used.title_only || self.field == Field::Title) {
                    self.push(used.term, &hit);
                }
            }
        }
    }

    /// Whether `hit`, which starts with the sign, is a whole hashtag or handle.
    fn has_sign(&mut self, sign: Sign, hit: &Range<usize>) -> bool {
        let text = self.text;
        let glued = text[..hit.start].chars().next_back().is_some_and(char::is_alphanumeric);
        let goes_on = text[hit.end..].chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_');
        if glued || goes_on {
            return false;
        }
        match sign {
            Sign::Hashtag => self.spans.around(text, hit) != Around::Inside,
            Sign::Handle => {
                let name = hit.start + text[hit.start..].chars().next().map_or(0, char::len_utf8)..hit.end;
                self.spans.around(text, &name) == Around::Handle
            }
        }
    }

    fn is_bounded(&self, edges: Edges, folded: &Range<usize>, open: bool) -> bool {
        let text = self.folder.folded();
        if edges.starts_with_word && char_before(text, folded.start).is_some_and(|c| class(c) == Class::Word) {
            return false;
        }
        char_at(text, folded.end).is_none_or(|(next, _)| {
            !(is_extender(next)
                || edges.ends_with_word && !open && class(next) == Class::Word
                // `Google+1` is another word than `Google+`.
                || edges.ends_with_plus && next.is_numeric())
        })
    }

    pub(super) fn push(&mut self, term: u32, hit: &Range<usize>) {
        if self.occurrences.len() < MAX_OCCURRENCES {
            self.occurrences.push(Occurrence { term, field: self.field, start: hit.start as u32, end: hit.end as u32 });
        }
    }
}
