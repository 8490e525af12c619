//! From brands to the compiled set: distinct terms, distinct folded patterns, the gate, the automata.
//! Bounded in time and memory; searches nothing.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use aho_corasick::nfa::contiguous::NFA;

use super::crowd::Crowd;
use super::fields::Fields;
use super::gate::{Gate, Lead, MAX_BACKS};
use super::hashed::ByHash;
use super::pattern::{Check, Piece, Pieces, Rule, Searchable, is_frequent, of_company, of_term, tag_letters, words};
use super::ruled::Ruled;
use super::tree::{MaskNode, Node, Number};
use super::{BrandQuery, BuildError};
use crate::query::{Company, Mode, Term, TermKind};
use crate::text::fold::Folder;
use crate::text::fold::class::{Class, class};
use crate::text::fold::words::word_hash;
use crate::text::language::Language;

const MAX_TERMS: usize = 250_000;
const MAX_PATTERN_BYTES: usize = 8 << 20;
const MAX_DEPTH: usize = 64;

/// Terms that one place of a text makes check, at most: each costs time wherever its word stands.
const MAX_ALIKE: usize = 1_000;

/// Each set has its own number, by which a thread's memory knows that it is another.
static BUILT: AtomicU64 = AtomicU64::new(1);

/// All brands, compiled. Immutable; shared by all threads.
#[derive(Debug)]
pub struct Matcher {
    pub(super) serial: u64,
    pub(super) brands: Vec<Compiled>,
    /// Terms as written.
    pub(super) terms: Vec<Box<str>>,
    pub(super) patterns: Vec<Pattern>,
    /// Of all patterns.
    pub(super) pattern_text: String,
    /// See [`Pattern::uses`].
    pub(super) uses: Vec<Use>,
    /// Brands by term: `brand_lists[brand_starts[term]..brand_starts[term + 1]]`.
    pub(super) brand_starts: Vec<u32>,
    pub(super) brand_lists: Vec<u32>,
    pub(super) gate: Gate,
    /// The patterns that share their anchor; looked up from where the gate says.
    pub(super) crowd: Crowd,
    /// The patterns without a word (Han, emoji); run over the whole text.
    pub(super) free: Option<Free>,
    pub(super) ruled: Ruled,
    /// Phrases with ruled words.
    pub(super) phrases: Vec<RuledPhrase>,
    /// Phrases that are anchored on a rule, by rule.
    pub(super) rule_phrases: Vec<Vec<u32>>,
    pub(super) fields: Fields,
    /// Links are looked at.
    pub(super) has_domains: bool,
    reads_language: bool,
}

#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) matching: Node,
    pub(super) mask: Vec<MaskNode>,
    pub(super) tags: Vec<(String, Node)>,
}

/// A term behind a text, and what a place must be for it.
#[derive(Debug, Default)]
pub(super) struct Use {
    pub(super) term: u32,
    pub(super) title_only: bool,
    pub(super) check: Check,
}

/// What the ends of a text ask of their neighbours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edges {
    pub(super) starts_with_word: bool,
    pub(super) ends_with_word: bool,
    pub(super) ends_with_plus: bool,
}

/// A distinct folded text.
#[derive(Debug)]
pub(super) struct Pattern {
    /// In `Matcher::pattern_text`.
    pub(super) text: (u32, u32),
    /// In `Matcher::uses`.
    pub(super) uses: (u32, u32),
    /// Where its rarest word starts.
    pub(super) anchor: u32,
    pub(super) edges: Edges,
}

/// A phrase with words that rules describe.
#[derive(Debug)]
pub(super) struct RuledPhrase {
    pub(super) pieces: Vec<Part>,
    /// The piece that is its anchor, and where in it.
    pub(super) anchor: (u32, u32),
    pub(super) edges: Edges,
    pub(super) used: Use,
}

#[derive(Debug)]
pub(super) enum Part {
    Text(Box<str>),
    Rule(u32),
}

#[derive(Debug)]
pub(super) struct Free {
    pub(super) automaton: NFA,
    /// Pattern by the automaton's number.
    pub(super) patterns: Vec<u32>,
    /// No pattern is found in a text of ASCII alone.
    pub(super) beyond_ascii: bool,
}

/// What terms have been given which numbers.
#[derive(Default)]
struct Numbers<'a> {
    known: ByHash<(Searched<'a>, Vec<Language>), u32>,
    written: Vec<Box<str>>,
    fields: Fields,
    /// Folded texts, one after the other, and where in it each is.
    folds: String,
    texts: Vec<((u32, u32), Use)>,
    ruled: Vec<(Vec<Piece>, Use)>,
    /// Of the brand at hand.
    languages: Vec<Language>,
    /// Of what is searched.
    bytes: usize,
    folder: Folder,
}

#[derive(PartialEq, Eq)]
enum Searched<'a> {
    Term(&'a Term),
    Company(&'a Company),
}

impl Hash for Searched<'_> {
    /// What is written differs wherever terms do, but for a rare few.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let written = match self {
            Self::Term(term) => &term.written,
            Self::Company(company) => &company.name,
        };
        state.write_u64(word_hash(written.as_bytes()));
    }
}

impl<'a> Numbers<'a> {
    fn with_room(terms: usize) -> Self {
        let mut numbers = Self::default();
        numbers.known.reserve(terms);
        numbers.written.reserve(terms);
        numbers.texts.reserve(terms);
        numbers
    }

    fn number(
        &mut self,
        searched: Searched<'a>,
        languages: Vec<Language>,
        written: impl FnOnce() -> String,
    ) -> Result<(u32, bool), BuildError> {
        let new = self.written.len();
        match self.known.entry((searched, languages)) {
            Entry::Occupied(known) => Ok((*known.get(), false)),
            Entry::Vacant(_) if new == MAX_TERMS => Err(BuildError::TooManyTerms(MAX_TERMS)),
            Entry::Vacant(free) => {
                free.insert(new as u32);
                self.written.push(written().into());
                Ok((new as u32, true))
            }
        }
    }

    fn add(&mut self, term: u32, Searchable { pieces, check, title_only }: Searchable<'_>) -> Result<(), BuildError> {
        let used = Use { term, title_only, check };
        match pieces {
            Pieces::Text(text) => {
                self.bytes += text.len();
                let start = self.folds.len() as u32;
                self.folds.push_str(&text);
                self.texts.push(((start, self.folds.len() as u32), used));
            }
            Pieces::Ruled(pieces) => {
                self.bytes += pieces.iter().map(weight).sum::<usize>();
                self.ruled.push((pieces, used));
            }
        }
        if self.bytes > MAX_PATTERN_BYTES { Err(BuildError::TooLarge(MAX_PATTERN_BYTES)) } else { Ok(()) }
    }
}

fn weight(piece: &Piece) -> usize {
    match piece {
        Piece::Text(text) | Piece::Word(Rule::Wild(text)) => text.len(),
        // Its roots, each a pattern of its own.
        Piece::Word(Rule::Inflected(inflection)) => inflection.weight(),
    }
}

impl<'a> Number<'a> for Numbers<'a> {
    fn term(&mut self, term: &'a Term) -> Result<u32, BuildError> {
        let inflected = matches!(&term.kind, TermKind::Phrase(phrase) if phrase.mode == Mode::Inflected);
        let languages = if inflected { self.languages.clone() } else { Vec::new() };
        let (number, new) = self.number(Searched::Term(term), languages, || term.written.clone())?;
        if new {
            self.fields.add(term, number);
            let (mut folder, languages) = (std::mem::take(&mut self.folder), std::mem::take(&mut self.languages));
            of_term(term, &languages, &mut folder, |searchable| self.add(number, searchable))?;
            (self.folder, self.languages) = (folder, languages);
        }
        Ok(number)
    }

    fn company(&mut self, company: &'a Company) -> Result<u32, BuildError> {
        let written = || format!("company: {}", company.name);
        let (number, new) = self.number(Searched::Company(company), self.languages.clone(), written)?;
        if new {
            for searchable in of_company(company, &self.languages) {
                self.add(number, searchable)?;
            }
        }
        Ok(number)
    }
}

impl Matcher {
    /// Compiles `brands`; terms that several brands share are searched once.
    pub fn build(brands: Vec<BrandQuery>) -> Result<Self, BuildError> {
        for brand in &brands {
            let tags = brand.tags.iter().flat_map(|(_, parts)| parts);
            let mask = brand.mask.iter().flat_map(|mask| std::iter::once(&mask.what).chain(&mask.unless));
            if std::iter::once(&brand.matching).chain(tags).chain(mask).any(|expr| expr.is_deeper_than(MAX_DEPTH)) {
                return Err(BuildError::TooDeep(MAX_DEPTH));
            }
        }
        let leaves: usize = brands.iter().map(|brand| brand.matching.leaves()).sum();
        let mut numbers = Numbers::with_room(leaves.min(MAX_TERMS));
        let mut compiled = Vec::with_capacity(brands.len());
        for brand in &brands {
            numbers.languages.clone_from(&brand.languages);
            numbers.languages.sort_unstable();
            let matching = Node::of(&brand.matching, &mut numbers)?;
            let mask = brand.mask.iter().map(|mask| MaskNode::of(mask, &mut numbers)).collect::<Result<_, _>>()?;
            let mut tags = Vec::with_capacity(brand.tags.len());
            for (name, parts) in &brand.tags {
                tags.push((name.clone(), Node::any(Node::list(parts, &mut numbers)?)));
            }
            compiled.push(Compiled { matching, mask, tags });
        }
        let Numbers { written, fields, folds, texts, ruled, .. } = numbers;
        // Before the automata are built: the peak is lower.
        drop(brands);
        let (brand_starts, brand_lists) = brands_by_term(&compiled, written.len());
        let is_inflected = |piece: &Piece| matches!(piece, Piece::Word(Rule::Inflected(_)));
        let reads_language = fields.ask_language()
            || texts.iter().any(|(_, used)| matches!(used.check, Check::Company(_)))
            || ruled.iter().any(|(pieces, _)| pieces.iter().any(is_inflected));
        let has_domains = texts.iter().any(|(_, used)| matches!(used.check, Check::Domain { .. }));

        let mut matcher = Self {
            serial: BUILT.fetch_add(1, Ordering::Relaxed),
            brands: compiled,
            terms: written,
            patterns: Vec::new(),
            pattern_text: folds,
            uses: Vec::new(),
            brand_starts,
            brand_lists,
            gate: Gate::default(),
            crowd: Crowd::default(),
            free: None,
            ruled: Ruled::default(),
            phrases: Vec::new(),
            rule_phrases: Vec::new(),
            fields,
            has_domains,
            reads_language,
        };
        matcher.add_patterns(texts)?;
        matcher.add_phrases(ruled)?;
        matcher.add_automata()?;
        Ok(matcher)
    }

    /// Distinct terms searched.
    #[must_use]
    pub fn terms(&self) -> usize {
        self.terms.len()
    }

    /// Whether a term asks in which language a document is written: `~`, `company:`, `lang:`. Where none does,
    /// [`super::Document::language`] changes nothing, and need not be found out.
    #[must_use]
    pub const fn reads_language(&self) -> bool {
        self.reads_language
    }

    pub(super) fn pattern_text(&self, pattern: &Pattern) -> &str {
        &self.pattern_text[pattern.text.0 as usize..pattern.text.1 as usize]
    }

    pub(super) fn uses_of(&self, pattern: &Pattern) -> &[Use] {
        &self.uses[pattern.uses.0 as usize..pattern.uses.1 as usize]
    }

    fn add_patterns(&mut self, mut texts: Vec<((u32, u32), Use)>) -> Result<(), BuildError> {
        let text = |(start, end): (u32, u32)| &self.pattern_text[start as usize..end as usize];
        // By text, then by term; their first bytes decide nearly always.
        let mut order: Vec<(u64, u32)> =
            texts.iter().enumerate().map(|(index, (place, _))| (first_bytes(text(*place)), index as u32)).collect();
        order.sort_unstable_by(|a, b| {
            let whole = |index: u32| (text(texts[index as usize].0), texts[index as usize].1.term);
            a.0.cmp(&b.0).then_with(|| whole(a.1).cmp(&whole(b.1)))
        });
        self.patterns.reserve_exact(texts.len());
        self.uses.reserve_exact(texts.len());
        let mut last = None;
        for (_, index) in order {
            let (place, used) = std::mem::take(&mut texts[index as usize]);
            let text = text(place);
            if last != Some(text) {
                last = Some(text);
                let (Some(first), Some(end)) = (text.chars().next(), text.chars().next_back()) else {
                    return Err(BuildError::EmptyTerm);
                };
                self.patterns.push(Pattern {
                    text: place,
                    uses: (self.uses.len() as u32, self.uses.len() as u32),
                    anchor: 0,
                    edges: Edges {
                        starts_with_word: class(first) == Class::Word,
                        ends_with_word: class(end) == Class::Word,
                        ends_with_plus: end == '+',
                    },
                });
            }
            self.uses.push(used);
            if let Some(pattern) = self.patterns.last_mut() {
                pattern.uses.1 = self.uses.len() as u32;
                if (pattern.uses.1 - pattern.uses.0) as usize > MAX_ALIKE {
                    return Err(BuildError::TooAlike(MAX_ALIKE));
                }
            }
        }
        Ok(())
    }

    fn add_phrases(&mut self, ruled: Vec<(Vec<Piece>, Use)>) -> Result<(), BuildError> {
        let mut known: HashMap<Rule, u32> = HashMap::new();
        let mut rules = Vec::new();
        for (pieces, used) in ruled {
            let parts: Vec<Part> = pieces
                .into_iter()
                .map(|piece| match piece {
                    Piece::Text(text) => Part::Text(text),
                    Piece::Word(rule) => Part::Rule(*known.entry(rule).or_insert_with_key(|rule| {
                        rules.push(rule.clone());
                        rules.len() as u32 - 1
                    })),
                })
                .collect();
            let edge = |part: Option<&Part>, of: fn(&str) -> Option<char>| match part {
                Some(Part::Text(text)) => of(text),
                _ => Some('a'),
            };
            let first = edge(parts.first(), |text| text.chars().next());
            let last = edge(parts.last(), |text| text.chars().next_back());
            let is_word = |c: Option<char>| c.is_some_and(|c| class(c) == Class::Word);
            let edges = Edges {
                starts_with_word: is_word(first),
                ends_with_word: is_word(last),
                ends_with_plus: last == Some('+'),
            };
            self.phrases.push(RuledPhrase { pieces: parts, anchor: (0, 0), edges, used });
        }
        self.rule_phrases = vec![Vec::new(); rules.len()];
        self.ruled = Ruled::build(rules)?;
        Ok(())
    }

    fn add_automata(&mut self) -> Result<(), BuildError> {
        let mut uses: ByHash<u64, u32> = ByHash::default();
        let mut rule_uses = vec![0_u32; self.rule_phrases.len()];
        // Of the patterns, in their order; each word is hashed once.
        let mut found: Vec<Placed> = Vec::with_capacity(self.patterns.len() * 2);
        for (index, pattern) in self.patterns.iter().enumerate() {
            for (at, word) in words(self.pattern_text(pattern)) {
                let placed = Placed {
                    hash: word_hash(word.as_bytes()),
                    pattern: index as u32,
                    at: at as u32,
                    len: word.len() as u32,
                };
                *uses.entry(placed.hash).or_default() += 1;
                found.push(placed);
            }
        }
        for part in self.phrases.iter().flat_map(|phrase| &phrase.pieces) {
            match part {
                Part::Text(text) => {
                    for (_, word) in words(text) {
                        *uses.entry(word_hash(word.as_bytes())).or_default() += 1;
                    }
                }
                Part::Rule(rule) => rule_uses[*rule as usize] += 1,
            }
        }
        let rank = |hash: u64, len: usize| {
            let uses = uses.get(&hash).copied().unwrap_or_default();
            (is_frequent(hash), uses, Reverse(len))
        };
        let mut leads: Vec<(u64, Lead)> = Vec::with_capacity(self.patterns.len() * 2);
        // By the anchor's hash: how far before it the pattern starts, and the pattern.
        let mut anchored: Vec<(u64, u32, u32)> = Vec::with_capacity(self.patterns.len());
        let mut free = Vec::new();
        let mut rest = found.as_slice();
        for (index, pattern) in self.patterns.iter().enumerate() {
            let text = self.pattern_text(pattern);
            let own = rest.iter().take_while(|placed| placed.pattern == index as u32).count();
            let (own, others) = rest.split_at(own);
            rest = others;
            // An open path goes on behind its last word.
            let open = self.uses_of(pattern).iter().any(|used| matches!(used.check, Check::Domain { open: true, .. }));
            let whole = own.iter().filter(|placed| !open || ((placed.at + placed.len) as usize) < text.len());
            let anchor = match own {
                [only] if !open => Some(only),
                _ => whole.min_by_key(|placed| rank(placed.hash, placed.len as usize)),
            };
            let Some(&Placed { hash, at, .. }) = anchor else {
                free.push(index as u32);
                continue;
            };
            anchored.push((hash, at, index as u32));
            if own.len() > 1
                && let Some(letters) = tag_letters(text)
            {
                leads.push((word_hash(letters.as_bytes()), Lead::Tag(index as u32)));
            }
        }
        anchored.sort_unstable();
        self.bound_backs(&mut anchored);
        for &(_, back, index) in &anchored {
            self.patterns[index as usize].anchor = back;
        }
        let mut crowd: Vec<u32> = Vec::new();
        for same in anchored.chunk_by(|a, b| a.0 == b.0) {
            if let [(hash, _, index)] = *same {
                leads.push((hash, Lead::Pattern(index)));
            } else {
                leads.extend(same.iter().map(|&(hash, back, _)| (hash, Lead::Crowd(back))));
                crowd.extend(same.iter().map(|&(.., index)| index));
            }
        }
        let mut around: ByHash<u64, usize> = ByHash::default();
        for (index, phrase) in self.phrases.iter_mut().enumerate() {
            let mut anchors = Vec::new();
            for (piece, part) in phrase.pieces.iter().enumerate() {
                match part {
                    Part::Text(text) => anchors.extend(words(text).map(|(at, word)| {
                        let hash = word_hash(word.as_bytes());
                        (rank(hash, word.len()), (piece as u32, at as u32), Ok(hash))
                    })),
                    Part::Rule(rule) => {
                        let rank = (false, rule_uses[*rule as usize], Reverse(0));
                        anchors.push((rank, (piece as u32, 0), Err(*rule)));
                    }
                }
            }
            let Some((_, place, anchor)) = anchors.into_iter().min_by_key(|(rank, ..)| *rank) else { continue };
            phrase.anchor = place;
            let shared = match anchor {
                Ok(hash) => {
                    leads.push((hash, Lead::Phrase(index as u32)));
                    let shared = around.entry(hash).or_default();
                    *shared += 1;
                    *shared
                }
                Err(rule) => {
                    self.rule_phrases[rule as usize].push(index as u32);
                    self.rule_phrases[rule as usize].len()
                }
            };
            if shared > MAX_ALIKE {
                return Err(BuildError::TooAlike(MAX_ALIKE));
            }
        }
        self.gate = Gate::build(leads);

        // Patterns are sorted by text: what is compiled first lies together.
        crowd.sort_unstable();
        let text = |index: u32| self.pattern_text(&self.patterns[index as usize]).as_bytes();
        self.crowd = Crowd::build(crowd, text)?;
        if !free.is_empty() {
            let texts: Vec<&str> =
                free.iter().map(|&index| self.pattern_text(&self.patterns[index as usize])).collect();
            let beyond_ascii = texts.iter().all(|text| !text.is_ascii());
            let automaton = NFA::builder().prefilter(false).build(texts);
            let automaton = automaton.map_err(|_| BuildError::TooLarge(MAX_PATTERN_BYTES))?;
            self.free = Some(Free { automaton, patterns: free, beyond_ascii });
        }
        Ok(())
    }

    /// Anchors a pattern on its first word when its anchor has too many distances to the starts of others.
    fn bound_backs(&self, anchored: &mut [(u64, u32, u32)]) {
        let mut moved = false;
        for same in anchored.chunk_by_mut(|a, b| a.0 == b.0) {
            let mut backs = 0;
            let mut last = None;
            for entry in same {
                backs += usize::from(last != Some(entry.1));
                last = Some(entry.1);
                if backs > MAX_BACKS
                    && let Some((at, word)) = words(self.pattern_text(&self.patterns[entry.2 as usize])).next()
                {
                    (entry.0, entry.1) = (word_hash(word.as_bytes()), at as u32);
                    moved = true;
                }
            }
        }
        if moved {
            anchored.sort_unstable();
        }
    }
}

/// A word of a pattern.
#[derive(Debug, Clone, Copy)]
struct Placed {
    hash: u64,
    pattern: u32,
    at: u32,
    len: u32,
}

/// The first eight, as a number that sorts as they do.
fn first_bytes(text: &str) -> u64 {
    let mut first = [0; 8];
    let count = text.len().min(8);
    first[..count].copy_from_slice(&text.as_bytes()[..count]);
    u64::from_be_bytes(first)
}

fn brands_by_term(brands: &[Compiled], terms: usize) -> (Vec<u32>, Vec<u32>) {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for (brand, compiled) in brands.iter().enumerate() {
        compiled.matching.each_positive(&mut |term| pairs.push((term, brand as u32)));
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut starts = vec![0; terms + 1];
    for &(term, _) in &pairs {
        starts[term as usize + 1] += 1;
    }
    for term in 0..terms {
        starts[term + 1] += starts[term];
    }
    (starts, pairs.into_iter().map(|pair| pair.1).collect())
}
