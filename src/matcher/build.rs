//! From brands to the compiled set: distinct terms, distinct folded patterns, the gate, the automata.
//! Bounded in time and memory; searches nothing.

use std::collections::{HashMap, HashSet};

use aho_corasick::nfa::contiguous::NFA;

use super::exact::Exact;
use super::gate::{Gate, Lead, MAX_BACKS, word_hash};
use super::tree::Node;
use super::{BrandQuery, BuildError};
use crate::query::{Expr, Term, Within};
use crate::text::fold::class::{Class, class};
use crate::text::fold::fold_string;

const MAX_TERMS: usize = 250_000;
const MAX_PATTERN_BYTES: usize = 8 << 20;
const MAX_DEPTH: usize = 64;

/// Words that most texts hold: an anchor on one would open the gate all the time.
const FREQUENT: &str = " a ai as au aux avec c ce ces cette d dans de des du elle en est et eux fait il ils j je l la le les leur lui \
m ma mais me mes mon n ne nos notre nous on ont ou par pas plus pour qu que qui s sa sans se ses si son sont sur t ta te tout tres \
tu un une vos votre vous y about after all an and any are be been but by can do for from get had has have he her his i if in is it \
its just me my no not of one or our out she so that the their them there they this to up was we were what when which who will with \
would you your ";

/// All brands, compiled. Immutable; shared by all threads.
#[derive(Debug)]
pub struct Matcher {
    pub(super) brands: Vec<Compiled>,
    pub(super) terms: Vec<Searched>,
    pub(super) patterns: Vec<Pattern>,
    /// Of all patterns, one after the other.
    pub(super) pattern_text: String,
    /// Terms by pattern, see [`Pattern::terms`].
    pub(super) pattern_terms: Vec<u32>,
    /// Brands by term: `brand_lists[brand_starts[term]..brand_starts[term + 1]]`.
    pub(super) brand_starts: Vec<u32>,
    pub(super) brand_lists: Vec<u32>,
    pub(super) gate: Gate,
    /// Over the patterns that hold a word; walked from where the gate says.
    pub(super) anchored: Option<NFA>,
    /// Over the patterns without one (Han, emoji); runs over the whole text.
    pub(super) free: Option<Free>,
}

#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) matching: Node,
    pub(super) mask: Vec<u32>,
    pub(super) tags: Vec<(String, Vec<Node>)>,
}

#[derive(Debug)]
pub(super) struct Searched {
    pub(super) written: Box<str>,
    pub(super) exact: Option<Exact>,
}

/// A distinct folded text.
#[derive(Debug)]
pub(super) struct Pattern {
    /// In `Matcher::pattern_text`.
    pub(super) text: (u32, u32),
    /// In `Matcher::pattern_terms`.
    pub(super) terms: (u32, u32),
    /// Where its rarest word starts.
    pub(super) anchor: u32,
    pub(super) starts_with_word: bool,
    pub(super) ends_with_word: bool,
    pub(super) ends_with_plus: bool,
}

#[derive(Debug)]
pub(super) struct Free {
    pub(super) automaton: NFA,
    /// Pattern by the automaton's number.
    pub(super) patterns: Vec<u32>,
    /// No pattern is found in a text of ASCII alone.
    pub(super) beyond_ascii: bool,
}

impl Matcher {
    /// Compiles `brands`; terms that several brands share are searched once.
    pub fn build(brands: Vec<BrandQuery>) -> Result<Self, BuildError> {
        let mut numbers: HashMap<Term, u32> = HashMap::new();
        let mut distinct: Vec<Term> = Vec::new();
        let mut number = |term: &Term| -> Result<u32, BuildError> {
            if let Some(&known) = numbers.get(term) {
                return Ok(known);
            }
            if distinct.len() == MAX_TERMS {
                return Err(BuildError::TooManyTerms(MAX_TERMS));
            }
            let new = distinct.len() as u32;
            numbers.insert(term.clone(), new);
            distinct.push(term.clone());
            Ok(new)
        };
        let mut compiled = Vec::with_capacity(brands.len());
        for brand in brands {
            let tags = brand.tags.iter().flat_map(|(_, parts)| parts);
            if std::iter::once(&brand.matching).chain(tags).any(|expr| expr.is_deeper_than(MAX_DEPTH)) {
                return Err(BuildError::TooDeep(MAX_DEPTH));
            }
            let matching = node(&brand.matching, &mut number)?;
            let mask = brand
                .mask
                .iter()
                .map(|mask| match (&mask.what, &mask.unless) {
                    (Expr::Term(term), None) => number(term),
                    _ => Err(BuildError::NotAvailable),
                })
                .collect::<Result<_, _>>()?;
            let mut tags = Vec::with_capacity(brand.tags.len());
            for (name, parts) in brand.tags {
                tags.push((name, nodes(&parts, &mut number)?));
            }
            compiled.push(Compiled { matching, mask, tags });
        }
        let (brand_starts, brand_lists) = brands_by_term(&compiled, distinct.len());

        let mut matcher = Self {
            brands: compiled,
            terms: distinct
                .iter()
                .map(|term| Searched {
                    written: term.written.as_str().into(),
                    exact: term.exact.then(|| Exact::new(&term.text)),
                })
                .collect(),
            patterns: Vec::new(),
            pattern_text: String::new(),
            pattern_terms: Vec::new(),
            brand_starts,
            brand_lists,
            gate: Gate::default(),
            anchored: None,
            free: None,
        };
        matcher.add_patterns(&distinct)?;
        matcher.add_automata()?;
        Ok(matcher)
    }

    /// Distinct terms searched.
    #[must_use]
    pub fn terms(&self) -> usize {
        self.terms.len()
    }

    pub(super) fn pattern_text(&self, pattern: &Pattern) -> &str {
        &self.pattern_text[pattern.text.0 as usize..pattern.text.1 as usize]
    }

    pub(super) fn terms_of(&self, pattern: &Pattern) -> &[u32] {
        &self.pattern_terms[pattern.terms.0 as usize..pattern.terms.1 as usize]
    }

    fn add_patterns(&mut self, distinct: &[Term]) -> Result<(), BuildError> {
        let mut by_text: Vec<(String, u32)> = distinct
            .iter()
            .enumerate()
            // A blank line inside a term is a slip of its writer: no text could hold the phrase.
            .map(|(term, searched)| (fold_string(&searched.text).replace("\n\n", " ").trim().to_owned(), term as u32))
            .collect();
        by_text.sort_unstable();
        for same in by_text.chunk_by(|a, b| a.0 == b.0) {
            let text = same[0].0.as_str();
            let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
                return Err(BuildError::EmptyTerm);
            };
            if self.pattern_text.len() + text.len() > MAX_PATTERN_BYTES {
                return Err(BuildError::TooLarge(MAX_PATTERN_BYTES));
            }
            let (text_start, terms_start) = (self.pattern_text.len() as u32, self.pattern_terms.len() as u32);
            self.pattern_text.push_str(text);
            self.pattern_terms.extend(same.iter().map(|(_, term)| *term));
            self.patterns.push(Pattern {
                text: (text_start, self.pattern_text.len() as u32),
                terms: (terms_start, self.pattern_terms.len() as u32),
                anchor: 0,
                starts_with_word: class(first) == Class::Word,
                ends_with_word: class(last) == Class::Word,
                ends_with_plus: last == '+',
            });
        }
        Ok(())
    }

    fn add_automata(&mut self) -> Result<(), BuildError> {
        let mut uses: HashMap<u64, u32> = HashMap::new();
        for pattern in &self.patterns {
            for (_, word) in words(self.pattern_text(pattern)) {
                *uses.entry(word_hash(word.as_bytes())).or_default() += 1;
            }
        }
        let frequent: HashSet<&str> = FREQUENT.split_ascii_whitespace().collect();
        let mut leads: Vec<(u64, Lead)> = Vec::with_capacity(self.patterns.len() * 2);
        let mut backs: HashMap<u64, Vec<u32>> = HashMap::new();
        let mut free = Vec::new();
        for index in 0..self.patterns.len() {
            let text = self.pattern_text(&self.patterns[index]);
            let rarest = words(text).min_by_key(|(_, word)| {
                let frequent = frequent.contains(word);
                (frequent, uses.get(&word_hash(word.as_bytes())).copied(), std::cmp::Reverse(word.len()))
            });
            let Some((mut anchor, mut word)) = rarest else {
                free.push(index as u32);
                continue;
            };
            let known = backs.entry(word_hash(word.as_bytes())).or_default();
            let back = anchor as u32;
            if !known.contains(&back) {
                if known.len() < MAX_BACKS {
                    known.push(back);
                } else if let Some(first) = words(text).next() {
                    (anchor, word) = first;
                }
            }
            leads.push((word_hash(word.as_bytes()), Lead::Back(anchor as u32)));
            if let Some(letters) = tag_letters(text) {
                leads.push((word_hash(letters.as_bytes()), Lead::Tag(index as u32)));
            }
            self.patterns[index].anchor = anchor as u32;
        }
        self.gate = Gate::build(leads);

        // Patterns without a word stay in the anchored automaton, where no lead reaches them: one numbering.
        let build = |texts: Vec<&str>| {
            NFA::builder().prefilter(false).build(texts).map_err(|_| BuildError::TooLarge(MAX_PATTERN_BYTES))
        };
        if !self.gate.is_empty() {
            self.anchored = Some(build(self.patterns.iter().map(|pattern| self.pattern_text(pattern)).collect())?);
        }
        if !free.is_empty() {
            let texts: Vec<&str> =
                free.iter().map(|&index| self.pattern_text(&self.patterns[index as usize])).collect();
            let beyond_ascii = texts.iter().all(|text| !text.is_ascii());
            self.free = Some(Free { automaton: build(texts)?, patterns: free, beyond_ascii });
        }
        Ok(())
    }
}

/// The words of a folded term: inside it they are bounded by what stands there, at its ends by the
/// boundary that is asked.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(|c| class(c) == Class::Word)?;
        at = text[start..].find(|c| class(c) != Class::Word).map_or(text.len(), |end| start + end);
        Some((start, &text[start..at]))
    })
}

/// The letters of a phrase of words, as a hashtag or a handle runs them together.
fn tag_letters(text: &str) -> Option<String> {
    let phrase = text.contains(' ') && text.chars().all(|c| c == ' ' || class(c) == Class::Word);
    phrase.then(|| text.replace(' ', ""))
}

fn brands_by_term(brands: &[Compiled], terms: usize) -> (Vec<u32>, Vec<u32>) {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for (brand, compiled) in brands.iter().enumerate() {
        compiled.matching.each_positive(&mut |term| pairs.push((term, brand as u32)));
    }
    pairs.sort_unstable();
    pairs.dedup();
    let starts = (0..=terms as u32).map(|term| pairs.partition_point(|pair| pair.0 < term) as u32).collect();
    (starts, pairs.into_iter().map(|pair| pair.1).collect())
}

fn node(expr: &Expr, number: &mut impl FnMut(&Term) -> Result<u32, BuildError>) -> Result<Node, BuildError> {
    Ok(match expr {
        Expr::Term(term) => Node::Term(number(term)?),
        Expr::Group { any, all, none, within: Within::Document } => {
            Node::Group { any: nodes(any, number)?, all: nodes(all, number)?, none: nodes(none, number)? }
        }
        _ => return Err(BuildError::NotAvailable),
    })
}

fn nodes(parts: &[Expr], number: &mut impl FnMut(&Term) -> Result<u32, BuildError>) -> Result<Vec<Node>, BuildError> {
    parts.iter().map(|part| node(part, number)).collect()
}
