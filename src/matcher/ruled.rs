//! Words that a rule describes (wildcards, inflections): from a word of the text to the rules that accept it,
//! remembered by the word's hash, so that a text's words cost a look-up each.

use super::BuildError;
use super::pattern::Rule;
use super::prefixes::each_prefix;
use crate::query::variants::{MANY, ONE};
use crate::text::language::Language;

/// Rules of a set at most.
const MAX_RULES: usize = 100_000;

/// Words remembered.
const SLOTS: usize = 1 << 14;

/// Accepted rules remembered, over all words; beyond, all is forgotten.
const MAX_REMEMBERED: usize = 1 << 18;

/// All rules of a set.
#[derive(Debug, Default)]
pub(super) struct Ruled {
    rules: Vec<Rule>,
    /// What words start with, sorted: rules' literal starts, roots of inflections.
    starts: Vec<Entry>,
    /// What words hold, for rules without a start.
    insides: Vec<Entry>,
}

impl Ruled {
    pub(super) fn build(rules: Vec<Rule>) -> Result<Self, BuildError> {
        if rules.len() > MAX_RULES {
            return Err(BuildError::TooManyRules(MAX_RULES));
        }
        let (mut starts, mut insides) = (Vec::new(), Vec::new());
        for (number, rule) in rules.iter().enumerate() {
            match rule {
                Rule::Wild(pattern) => {
                    let start = pattern.split([MANY, ONE]).next().unwrap_or_default();
                    if start.is_empty() {
                        let longest = pattern.split([MANY, ONE]).max_by_key(|part| part.len()).unwrap_or_default();
                        insides.push((Box::from(longest), number as u32));
                    } else {
                        starts.push((Box::from(start), number as u32));
                    }
                }
                Rule::Inflected(inflection) => {
                    starts.extend(inflection.starts().into_iter().map(|start| (start.into_boxed_str(), number as u32)));
                }
            }
        }
        starts.sort_unstable();
        insides.sort_unstable();
        Ok(Self { rules, starts, insides })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    pub(super) fn rule(&self, number: u32) -> &Rule {
        &self.rules[number as usize]
    }

    /// Appends the rules that accept a word, ascending, each once.
    fn push_accepting(&self, word: &str, language: Option<Language>, accepting: &mut Vec<u32>) {
        let first = accepting.len();
        each_prefix(&self.starts, key, word.as_bytes(), |entry| accepting.push(entry.1));
        if !self.insides.is_empty() {
            for (at, _) in word.char_indices() {
                each_prefix(&self.insides, key, &word.as_bytes()[at..], |entry| accepting.push(entry.1));
            }
        }
        accepting[first..].sort_unstable();
        let mut kept = first;
        for index in first..accepting.len() {
            let rule = accepting[index];
            if (kept == first || accepting[kept - 1] != rule) && self.rule(rule).accepts(word, language) {
                accepting[kept] = rule;
                kept += 1;
            }
        }
        accepting.truncate(kept);
    }
}

/// A text and its rule.
type Entry = (Box<str>, u32);

fn key(entry: &Entry) -> &[u8] {
    entry.0.as_bytes()
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: u64,
    /// In `Memory::accepted`: start and count.
    accepted: (u32, u32),
}

/// What rules accept the words seen last. Of one thread.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Of the matcher whose rules these are, and the language.
    of: (u64, Option<Language>),
    slots: Vec<Slot>,
    accepted: Vec<u32>,
}

impl Memory {
    /// To be called before a text is searched.
    pub(super) fn open(&mut self, matcher: u64, language: Option<Language>) {
        if self.of != (matcher, language) || self.slots.is_empty() || self.accepted.len() > MAX_REMEMBERED {
            self.of = (matcher, language);
            self.slots.clear();
            self.slots.resize(SLOTS, Slot::default());
            self.accepted.clear();
        }
    }

    /// The rules that accept the word with this hash.
    #[inline]
    pub(super) fn accepting(&mut self, ruled: &Ruled, word: &[u8], hash: u64) -> &[u32] {
        // An empty slot has the key 0.
        let key = hash | 1;
        let slot = &mut self.slots[(hash >> 50) as usize & (SLOTS - 1)];
        if slot.key != key {
            let first = self.accepted.len();
            if let Ok(word) = std::str::from_utf8(word) {
                ruled.push_accepting(word, self.of.1, &mut self.accepted);
            }
            *slot = Slot { key, accepted: (first as u32, self.accepted.len() as u32) };
        }
        let (start, end) = slot.accepted;
        &self.accepted[start as usize..end as usize]
    }
}
