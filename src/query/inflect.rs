//! `~word`: the inflected forms of a word. Owns how a base splits into roots and which endings may follow
//! them (closed lists for French and English under `data/`, stems alone for other languages). Compares folded
//! words; finds none.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

use crate::text::language::Language;

/// Letters of a word that has other forms, at least, unless a family names it.
const SHORTEST: usize = 3;

/// Letters that a word shares with the base where only stems are compared.
const SHARED: usize = 3;

/// The set that holds the empty ending alone.
const NOTHING: u16 = 0;

static FRENCH: LazyLock<Grammar> = LazyLock::new(|| Grammar::read(include_str!("data/inflect_fr.txt")));
static ENGLISH: LazyLock<Grammar> = LazyLock::new(|| Grammar::read(include_str!("data/inflect_en.txt")));

/// The forms of one word.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Inflection {
    /// Folded.
    base: Box<str>,
    /// None: the text's, or French and English.
    languages: Box<[Language]>,
    roots: Box<[Root]>,
}

/// What forms start with, and the set of endings that may follow.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Root {
    language: Language,
    text: Box<str>,
    endings: u16,
}

impl Inflection {
    /// True for a folded word that has other forms.
    #[must_use]
    pub fn is_for(word: &str) -> bool {
        word.chars().all(char::is_alphabetic)
            && (word.chars().count() >= SHORTEST
                || [&FRENCH, &ENGLISH].iter().any(|own| own.families.contains_key(word)))
    }

    /// The forms of `base`, which is folded, in these languages; in none given: those of the text.
    #[must_use]
    pub fn of(base: &str, languages: &[Language]) -> Self {
        let mut roots = Vec::new();
        for (language, grammar) in [(Language::FRENCH, &*FRENCH), (Language::ENGLISH, &*ENGLISH)] {
            if languages.is_empty() || languages.contains(&language) {
                grammar.push_roots(base, language, &mut roots);
            }
        }
        Self { base: base.into(), languages: languages.into(), roots: roots.into() }
    }

    /// What each form starts with, one of these.
    #[must_use]
    pub fn starts(&self) -> Vec<String> {
        let mut starts: Vec<String> = self.roots.iter().map(|root| root.text.to_string()).collect();
        starts.push(self.base.to_string());
        if self.languages.is_empty() || self.languages.iter().any(|&language| grammar(language).is_none()) {
            starts.push(self.base.chars().take(SHARED).collect());
        }
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// All forms of the languages that it was made for, as far as closed lists know them.
    #[must_use]
    pub fn forms(&self) -> HashSet<String> {
        let mut forms = HashSet::from([self.base.to_string()]);
        for root in &self.roots {
            let Some(grammar) = grammar(root.language) else { continue };
            let endings = grammar.endings[usize::from(root.endings)].iter();
            let words = endings.map(|ending| format!("{}{ending}", root.text));
            forms.extend(words.filter(|word| !grammar.is_false_pair(&self.base, word)));
        }
        forms
    }

    /// Bytes that it adds to a search.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.roots.iter().map(|root| root.text.len()).sum::<usize>() + self.base.len()
    }

    /// Whether a folded word of a text in `language` (none: not known) is a form.
    #[must_use]
    pub fn accepts(&self, word: &str, language: Option<Language>) -> bool {
        if word == &*self.base {
            return true;
        }
        match (&*self.languages, language) {
            ([], Some(language)) => self.accepts_in(word, language),
            ([], None) => [Language::FRENCH, Language::ENGLISH].iter().any(|&language| self.accepts_in(word, language)),
            (languages, _) => languages.iter().any(|&language| self.accepts_in(word, language)),
        }
    }

    fn accepts_in(&self, word: &str, language: Language) -> bool {
        if let Some(grammar) = grammar(language) {
            let mut roots = self.roots.iter().filter(|root| root.language == language);
            return roots.any(|root| {
                word.strip_prefix(&*root.text)
                    .is_some_and(|ending| grammar.endings[usize::from(root.endings)].contains(ending))
            }) && !grammar.is_false_pair(&self.base, word);
        }
        algorithm(language).is_some_and(|algorithm| {
            let stemmer = Stemmer::create(algorithm);
            stemmer.stem(word) == stemmer.stem(&self.base)
        })
    }
}

fn grammar(language: Language) -> Option<&'static Grammar> {
    match language {
        Language::FRENCH => Some(&FRENCH),
        Language::ENGLISH => Some(&ENGLISH),
        _ => None,
    }
}

fn algorithm(language: Language) -> Option<Algorithm> {
    Some(match language.code() {
        "ar" => Algorithm::Arabic,
        "da" => Algorithm::Danish,
        "nl" => Algorithm::Dutch,
        "fi" => Algorithm::Finnish,
        "de" => Algorithm::German,
        "el" => Algorithm::Greek,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "no" | "nb" | "nn" => Algorithm::Norwegian,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "es" => Algorithm::Spanish,
        "sv" => Algorithm::Swedish,
        "ta" => Algorithm::Tamil,
        "tr" => Algorithm::Turkish,
        _ => return None,
    })
}

/// One language's data.
struct Grammar {
    endings: Vec<HashSet<&'static str>>,
    /// By what a base ends with; those that ask for more letters first.
    models: HashMap<&'static str, Vec<Model>>,
    longest_suffix: usize,
    /// Whole words of one irregular family, by each of them; the set holds them all.
    families: HashMap<&'static str, Vec<u16>>,
    false_pairs: HashMap<&'static str, HashSet<&'static str>>,
}

struct Model {
    /// Letters before the suffix at least.
    shortest: usize,
    /// What follows the base without its suffix, and the set behind it; `+` doubles the last letter.
    parts: Vec<(&'static str, u16)>,
}

impl Grammar {
    /// Reads a data file; its format is described at its head.
    fn read(text: &'static str) -> Self {
        let mut grammar = Self {
            endings: vec![HashSet::from([""])],
            models: HashMap::new(),
            longest_suffix: 0,
            families: HashMap::new(),
            false_pairs: HashMap::new(),
        };
        let mut sets: HashMap<&str, Vec<&'static str>> = HashMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
            let (head, body) = rest.split_once(['=', '|']).unwrap_or((rest, ""));
            let resolve = |list: &'static str, sets: &HashMap<&str, Vec<&'static str>>| -> Vec<&'static str> {
                list.split_whitespace()
                    .flat_map(|word| match word.strip_prefix('@') {
                        Some(name) => sets.get(name).cloned().unwrap_or_default(),
                        None if word == "-" => vec![""],
                        None => vec![word],
                    })
                    .collect()
            };
            match kind {
                "set" => {
                    let list = resolve(body, &sets);
                    sets.insert(head.trim(), list);
                }
                "model" => {
                    let mut words = head.split_whitespace();
                    let suffix = words.next().map_or("", |suffix| suffix.trim_start_matches('-'));
                    let shortest = words.next().and_then(|number| number.parse().ok()).unwrap_or(2);
                    let mut parts = Vec::new();
                    for part in body.split('|') {
                        let (infix, endings) = part.trim().split_once(' ').unwrap_or((part.trim(), "-"));
                        let set = grammar.add_set(resolve(endings, &sets));
                        parts.push((if infix == "-" { "" } else { infix }, set));
                    }
                    grammar.longest_suffix = grammar.longest_suffix.max(suffix.len());
                    let models = grammar.models.entry(suffix).or_default();
                    models.push(Model { shortest, parts });
                    models.sort_by_key(|model| std::cmp::Reverse(model.shortest));
                }
                "family" => {
                    let words = resolve(rest, &sets);
                    let set = grammar.add_set(words.clone());
                    for word in words {
                        grammar.families.entry(word).or_default().push(set);
                    }
                }
                _ => {
                    grammar.false_pairs.entry(head.trim()).or_default().extend(body.split_whitespace());
                }
            }
        }
        grammar
    }

    fn add_set(&mut self, endings: Vec<&'static str>) -> u16 {
        self.endings.push(endings.into_iter().collect());
        (self.endings.len() - 1) as u16
    }

    fn push_roots(&self, base: &str, language: Language, roots: &mut Vec<Root>) {
        if let Some(families) = self.families.get(base) {
            for &family in families {
                for word in &self.endings[usize::from(family)] {
                    roots.push(Root { language, text: (*word).into(), endings: NOTHING });
                }
            }
        }
        for length in (0..=self.longest_suffix.min(base.len())).rev() {
            let Some((root, suffix)) = base.split_at_checked(base.len() - length) else { continue };
            let letters = root.chars().count();
            let models = self.models.get(suffix).map_or(&[][..], Vec::as_slice);
            let Some(model) = models.iter().find(|model| letters >= model.shortest) else { continue };
            for &(infix, endings) in &model.parts {
                let text = match infix.strip_prefix('+') {
                    Some(rest) => {
                        let last = root.chars().next_back().map(String::from).unwrap_or_default();
                        format!("{root}{last}{rest}")
                    }
                    None => format!("{root}{infix}"),
                };
                roots.push(Root { language, text: text.into(), endings });
            }
            return;
        }
    }

    fn is_false_pair(&self, base: &str, word: &str) -> bool {
        self.false_pairs.get(base).is_some_and(|words| words.contains(word))
    }
}

#[cfg(test)]
mod tests;
