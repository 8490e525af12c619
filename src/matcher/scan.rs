//! The hot path: fold once, hash each word once, walk the automaton where the gate passes, check the
//! boundaries, map to the original. Gives occurrences of terms; what they mean for a brand is `judge`'s.

use std::ops::Range;

use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton;

use super::build::Matcher;
use super::check::Finder;
use super::gate::Lead;
use super::judge::judge;
use super::layout::Layout;
use super::ruled::Memory;
use super::spans::Spans;
use super::{BrandMatch, Document};
use crate::mention::Field;
use crate::text::fold::Folder;
use crate::text::fold::words::{Word, Words};
use crate::text::language::Language;

/// A field longer than offsets of 32 bits reach is read so far.
const MAX_FIELD: usize = u32::MAX as usize;

/// The reused buffers of one thread.
#[derive(Debug, Default)]
pub struct Scratch {
    folder: Folder,
    words: Words,
    picked: Vec<u32>,
    spans: Spans,
    pub(super) occurrences: Vec<Occurrence>,
    /// By term: the document in which it was last held, and its first occurrence there.
    pub(super) held: Vec<(u64, u32)>,
    pub(super) document: u64,
    pub(super) brands: Vec<u32>,
    pub(super) layouts: [Layout; 2],
    /// The targets of links, joined.
    pub(super) links: String,
    memory: Memory,
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
        if !self.ruled.is_empty() {
            scratch.memory.open(self.serial, document.language);
        }
        for (field, text) in [(Field::Title, document.title), (Field::Text, document.text)] {
            self.search(scratch, field, text, document.language);
        }
        if self.has_domains && !document.links.is_empty() {
            let mut links = std::mem::take(&mut scratch.links);
            links.clear();
            for link in document.links {
                links.push_str(link);
                links.push('\n');
            }
            links.pop();
            self.search(scratch, Field::Links, &links, document.language);
            scratch.links = links;
        }
        let occurrences = &mut scratch.occurrences;
        self.fields.each(document, |term, field, place| {
            occurrences.push(Occurrence { term, field, start: place.start as u32, end: place.end as u32 });
        });
        if scratch.occurrences.is_empty() { Vec::new() } else { judge(self, scratch, document, wanted) }
    }

    fn search(&self, scratch: &mut Scratch, field: Field, text: &str, language: Option<Language>) {
        let text = &text[..text.floor_char_boundary(MAX_FIELD)];
        if text.is_empty() {
            return;
        }
        let Scratch { folder, words, picked, spans, occurrences, memory, .. } = scratch;
        folder.fold(text);
        spans.forget();
        let folder: &Folder = folder;
        let mut finder = Finder { matcher: self, folder, text, field, language, spans, occurrences };
        let words = words.of(folder);
        for &place in self.gate.pick(words, picked) {
            self.follow(&mut finder, &words[place as usize]);
        }
        if !self.ruled.is_empty() {
            let bytes = folder.folded();
            for &Word { hash, start, end } in words {
                for &rule in memory.accepting(&self.ruled, &bytes[start as usize..end as usize], hash) {
                    for &phrase in &self.rule_phrases[rule as usize] {
                        self.try_phrase(&mut finder, phrase, start as usize);
                    }
                }
            }
        }
        let bytes = folder.folded();
        if let Some(free) = &self.free
            && !(free.beyond_ascii && bytes.is_ascii())
        {
            overlapping(&free.automaton, bytes, |number, range| {
                finder.phrase(&self.patterns[free.patterns[number] as usize], range);
            });
        }
    }

    /// Goes where a word leads that passed the gate.
    fn follow<'a>(&'a self, finder: &mut Finder<'a>, word: &Word) {
        let bytes = finder.folder.folded();
        let (start, end) = (word.start as usize, word.end as usize);
        for &lead in self.gate.leads(word.hash) {
            match lead {
                Lead::Pattern(pattern) => {
                    let pattern = &self.patterns[pattern as usize];
                    let text = self.pattern_text(pattern).as_bytes();
                    if let Some(from) = start.checked_sub(pattern.anchor as usize)
                        && bytes[from..].starts_with(text)
                    {
                        finder.phrase(pattern, from..from + text.len());
                    }
                }
                Lead::Crowd(back) => {
                    if let Some(from) = start.checked_sub(back as usize) {
                        self.crowd.each(&bytes[from..], |pattern| {
                            let pattern = &self.patterns[pattern as usize];
                            if pattern.anchor == back {
                                finder.phrase(pattern, from..from + self.pattern_text(pattern).len());
                            }
                        });
                    }
                }
                Lead::Tag(pattern) => {
                    if matches!(bytes[..start].last(), Some(b'#' | b'@')) {
                        finder.tag(&self.patterns[pattern as usize], start..end);
                    }
                }
                Lead::Phrase(phrase) => self.try_phrase(finder, phrase, start),
            }
        }
    }

    fn try_phrase<'a>(&'a self, finder: &mut Finder<'a>, phrase: u32, start: usize) {
        let phrase = &self.phrases[phrase as usize];
        if let Some(from) = finder.start_of(phrase, start) {
            finder.ruled(phrase, from);
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
