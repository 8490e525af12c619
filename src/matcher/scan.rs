//! The hot path: fold once, hash each word once, walk the automaton where the gate passes, check the
//! boundaries, map to the original. Gives occurrences of terms; what they mean for a brand is `judge`'s.

use std::ops::Range;

use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton;

use super::build::{Matcher, Pattern};
use super::gate::{char_at, char_before, each_word};
use super::judge::judge;
use super::spans::{Around, Spans};
use super::{BrandMatch, Document};
use crate::mention::Field;
use crate::text::fold::Folder;
use crate::text::fold::class::{Class, class, is_extender};

/// Occurrences of a document at most: a page written to exhaust memory ends here.
const MAX_OCCURRENCES: usize = 1 << 20;

/// A field longer than offsets of 32 bits reach is read so far.
const MAX_FIELD: usize = u32::MAX as usize;

/// The reused buffers of one thread.
#[derive(Debug, Default)]
pub struct Scratch {
    folder: Folder,
    spans: Spans,
    pub(super) occurrences: Vec<Occurrence>,
    /// By term: the document in which it was last held, and its first occurrence there.
    pub(super) held: Vec<(u64, u32)>,
    pub(super) document: u64,
    pub(super) brands: Vec<u32>,
}

/// A term at a place of the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Occurrence {
    pub(super) term: u32,
    pub(super) field: Field,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Matcher {
    /// The brands among those `wanted` whose expression holds in the document, in ascending order.
    pub fn scan(
        &self,
        scratch: &mut Scratch,
        document: &Document<'_>,
        wanted: impl Fn(usize) -> bool,
    ) -> Vec<BrandMatch> {
        scratch.occurrences.clear();
        for (field, text) in [(Field::Title, document.title), (Field::Text, document.text)] {
            let text = &text[..text.floor_char_boundary(MAX_FIELD)];
            if !text.is_empty() {
                self.search(scratch, field, text);
            }
        }
        if scratch.occurrences.is_empty() { Vec::new() } else { judge(self, scratch, document, wanted) }
    }

    fn search(&self, scratch: &mut Scratch, field: Field, text: &str) {
        let Scratch { folder, spans, occurrences, .. } = scratch;
        folder.fold(text);
        spans.forget();
        let folder: &Folder = folder;
        let bytes = folder.folded();
        let mut finder = Finder { matcher: self, folder, text, field, spans, occurrences };
        if let Some(automaton) = &self.anchored {
            each_word(folder.padded(), |start, end, hash| {
                if !self.gate.passes(hash) {
                    return;
                }
                let Some((backs, tags)) = self.gate.leads(hash) else { return };
                for &back in backs {
                    if let Some(from) = start.checked_sub(back as usize) {
                        walk(automaton, bytes, from, |number, to| {
                            let pattern = &self.patterns[number];
                            if pattern.anchor == back {
                                finder.phrase(pattern, from..to);
                            }
                        });
                    }
                }
                if !tags.is_empty() && matches!(bytes[..start].last(), Some(b'#' | b'@')) {
                    for &pattern in tags {
                        finder.tag(&self.patterns[pattern as usize], start..end);
                    }
                }
            });
        }
        if let Some(free) = &self.free
            && !(free.beyond_ascii && bytes.is_ascii())
        {
            overlapping(&free.automaton, bytes, |number, range| {
                finder.phrase(&self.patterns[free.patterns[number] as usize], range);
            });
        }
    }
}

/// Calls `visit` with each pattern that starts at `from`, and its end.
#[inline]
fn walk(automaton: &impl Automaton, folded: &[u8], from: usize, mut visit: impl FnMut(usize, usize)) {
    let Ok(mut state) = automaton.start_state(Anchored::Yes) else { return };
    for (index, &byte) in folded[from..].iter().enumerate() {
        state = automaton.next_state(Anchored::Yes, state, byte);
        if automaton.is_special(state) {
            if automaton.is_dead(state) {
                return;
            }
            if automaton.is_match(state) {
                for found in 0..automaton.match_len(state) {
                    let pattern = automaton.match_pattern(state, found);
                    // The others of a state's matches start later.
                    if automaton.pattern_len(pattern) == index + 1 {
                        visit(pattern.as_usize(), from + index + 1);
                    }
                }
            }
        }
    }
}

/// Calls `visit` with each pattern at each place.
fn overlapping(automaton: &impl Automaton, folded: &[u8], mut visit: impl FnMut(usize, Range<usize>)) {
    let Ok(mut state) = automaton.start_state(Anchored::No) else { return };
    for (index, &byte) in folded.iter().enumerate() {
        state = automaton.next_state(Anchored::No, state, byte);
        if automaton.is_special(state) && automaton.is_match(state) {
            let end = index + 1;
            for found in 0..automaton.match_len(state) {
                let pattern = automaton.match_pattern(state, found);
                visit(pattern.as_usize(), end - automaton.pattern_len(pattern)..end);
            }
        }
    }
}

/// Checks candidates of one field and keeps the occurrences.
struct Finder<'a> {
    matcher: &'a Matcher,
    folder: &'a Folder,
    text: &'a str,
    field: Field,
    spans: &'a mut Spans,
    occurrences: &'a mut Vec<Occurrence>,
}

impl<'a> Finder<'a> {
    /// The pattern's text stands at `folded`.
    fn phrase(&mut self, pattern: &Pattern, folded: Range<usize>) {
        if !self.is_bounded(pattern, &folded) {
            return;
        }
        let Some(range) = self.folder.original(self.text, folded) else { return };
        let matcher: &'a Matcher = self.matcher;
        for &term in matcher.terms_of(pattern) {
            let exact = self.matcher.terms[term as usize].exact.as_ref();
            let hit = match exact {
                Some(exact) => exact.hit(self.text, &range),
                None => Some(range.clone()),
            };
            let Some(hit) = hit else { continue };
            let admitted = match self.spans.around(self.text, &hit) {
                Around::Plain => true,
                Around::Handle => exact.is_none(),
                Around::Inside => false,
            };
            if admitted {
                self.push(term, &hit);
            }
        }
    }

    /// The word at `folded`, behind a sign, hashes as the letters of the pattern.
    fn tag(&mut self, pattern: &Pattern, folded: Range<usize>) {
        let word = &self.folder.folded()[folded.clone()];
        if !self.matcher.pattern_text(pattern).bytes().filter(|&byte| byte != b' ').eq(word.iter().copied()) {
            return;
        }
        let Some(name) = self.folder.original(self.text, folded) else { return };
        let mut before = self.text[..name.start].char_indices();
        let Some((start, sign)) = before.next_back() else { return };
        let glued = before.next_back().is_some_and(|(_, c)| c.is_alphanumeric());
        let goes_on = self.text[name.end..].chars().next().is_some_and(char::is_alphanumeric);
        if glued || goes_on {
            return;
        }
        let hit = start..name.end;
        let admitted = match sign {
            '#' | '＃' => self.spans.around(self.text, &hit) != Around::Inside,
            '@' | '＠' => self.spans.around(self.text, &name) == Around::Handle,
            _ => false,
        };
        if admitted {
            let matcher: &'a Matcher = self.matcher;
            for &term in matcher.terms_of(pattern) {
                if self.matcher.terms[term as usize].exact.is_none() {
                    self.push(term, &hit);
                }
            }
        }
    }

    fn is_bounded(&self, pattern: &Pattern, folded: &Range<usize>) -> bool {
        let text = self.folder.folded();
        if pattern.starts_with_word && char_before(text, folded.start).is_some_and(|c| class(c) == Class::Word) {
            return false;
        }
        char_at(text, folded.end).is_none_or(|(next, _)| {
            !(is_extender(next)
                || pattern.ends_with_word && class(next) == Class::Word
                // `Google+1` is another word than `Google+`.
                || pattern.ends_with_plus && next.is_numeric())
        })
    }

    fn push(&mut self, term: u32, hit: &Range<usize>) {
        if self.occurrences.len() < MAX_OCCURRENCES {
            self.occurrences.push(Occurrence { term, field: self.field, start: hit.start as u32, end: hit.end as u32 });
        }
    }
}
