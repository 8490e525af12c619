//! The data of a language: word classes, verbs, constructions; and whether a construction stands around a
//! name. The format is described at the head of `data/company_fr.txt`. Looks at one window at a time.

use std::collections::{HashMap, HashSet};

use super::verb::{Sure, Verbs};
use super::window::{Kind, Token, Window};
use super::{Construction, Verdict, Writing};
use crate::query::inflect::Inflection;
use crate::text::fold::fold_string;
use crate::text::language::Language;

/// Words of one class, some of several words, joined by spaces.
#[derive(Debug, Default)]
struct Class {
    words: HashSet<String>,
    longest: usize,
}

/// One place of a construction.
#[derive(Debug)]
struct Element {
    alternatives: Vec<Atom>,
    optional: bool,
}

#[derive(Debug)]
enum Atom {
    Words(Vec<String>),
    Class(usize),
    Start,
    End,
    Verb,
    /// An open word with an upper-case initial.
    Capital,
    Number,
    /// See [`Grammar::is_open`].
    Open,
    Any,
}

/// How the name must be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Any,
    Name,
    Capital,
    Lower,
    /// Not written as a name, with an article of its own.
    Article,
    Hashtag,
    Handle,
}

#[derive(Debug)]
struct Rule {
    before: Vec<Element>,
    after: Vec<Element>,
    form: Form,
    shown: Construction,
}

/// A language's data.
#[derive(Debug)]
pub(super) struct Grammar {
    language: Language,
    classes: Vec<Class>,
    names: HashMap<String, usize>,
    /// Classes of grammar: no noun is in one.
    closed: Vec<usize>,
    verbs: Verbs,
    /// The strongest first.
    rules: Vec<Rule>,
}

impl Grammar {
    pub(super) fn read(language: Option<Language>, texts: &[&str]) -> Self {
        let mut grammar = Self {
            language: language.unwrap_or(Language::FRENCH),
            classes: Vec::new(),
            names: HashMap::new(),
            closed: Vec::new(),
            verbs: Verbs::default(),
            rules: Vec::new(),
        };
        let lines = || texts.iter().flat_map(|text| text.lines()).map(str::trim);
        let lines = || lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines() {
            let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
            let (name, words) = rest.split_once('=').unwrap_or(("", ""));
            match kind {
                "class" | "closed" | "forms" => grammar.add_class(kind, name.trim(), words, language),
                "finite" => grammar.verbs.finite.extend(folded(rest)),
                "verbs" => grammar.verbs.regular.extend(folded(rest)),
                "not" => grammar.verbs.not.extend(folded(rest)),
                "followers" => grammar.verbs.followers.extend(folded(rest)),
                _ => {}
            }
        }
        for line in lines().filter(|line| line.starts_with(['+', '-'])) {
            let (weight, written) = line.split_once(' ').unwrap_or((line, ""));
            if let (Ok(weight), Some(rule)) = (weight.parse(), grammar.rule(written.trim())) {
                let shown = Construction { written: written.trim().to_owned(), weight };
                grammar.rules.push(Rule { shown, ..rule });
            }
        }
        grammar.rules.sort_by_key(|rule| std::cmp::Reverse(rule.shown.weight.abs()));
        grammar
    }

    fn add_class(&mut self, kind: &str, name: &str, words: &str, language: Option<Language>) {
        let index = *self.names.entry(name.to_owned()).or_insert_with(|| {
            self.classes.push(Class::default());
            self.classes.len() - 1
        });
        if kind == "closed" {
            self.closed.push(index);
        }
        let mut all: HashSet<String> = folded(words).collect();
        if kind == "forms" {
            let languages: Vec<Language> = language.into_iter().collect();
            all = all.iter().flat_map(|base| Inflection::of(base, &languages).forms()).collect();
        }
        let class = &mut self.classes[index];
        class.longest = all.iter().map(|words| words.split(' ').count()).max().unwrap_or(0).max(class.longest);
        class.words.extend(all);
    }

    /// A construction without its weight; nothing when it has no name or names no class.
    fn rule(&self, written: &str) -> Option<Rule> {
        let names = [
            ("#{}", Form::Hashtag),
            ("@{}", Form::Handle),
            ("^{}", Form::Name),
            ("A{}", Form::Capital),
            ("a{}", Form::Lower),
            ("le{}", Form::Article),
            ("{}", Form::Any),
        ];
        let (name, form) = names.into_iter().find(|(name, _)| written.split(' ').any(|word| word == *name))?;
        let (before, after) = written.split_once(name)?;
        let shown = Construction { written: String::new(), weight: 0 };
        Some(Rule { before: self.elements(before)?, after: self.elements(after)?, form, shown })
    }

    fn elements(&self, text: &str) -> Option<Vec<Element>> {
        let mut elements = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (body, after) = match rest.strip_prefix('(') {
                Some(inner) => inner.split_once(')')?,
                None => rest.split_at(rest.find(' ').unwrap_or(rest.len())),
            };
            let (body, optional, after) = match (body.strip_suffix('?'), after.strip_prefix('?')) {
                (Some(body), _) => (body, true, after),
                (None, Some(after)) => (body, true, after),
                (None, None) => (body, false, after),
            };
            let alternatives = body.split('|').map(|one| self.atom(one.trim())).collect::<Option<_>>()?;
            elements.push(Element { alternatives, optional });
            rest = after.trim_start();
        }
        Some(elements)
    }

    fn atom(&self, written: &str) -> Option<Atom> {
        Some(match written {
            "START" => Atom::Start,
            "END" => Atom::End,
            "VERB" => Atom::Verb,
            "CAP" => Atom::Capital,
            "NUM" => Atom::Number,
            "OPEN" => Atom::Open,
            "_" => Atom::Any,
            _ => match written.strip_prefix('@') {
                Some(name) => Atom::Class(*self.names.get(name)?),
                None => Atom::Words(words(written)),
            },
        })
    }

    /// Whether a line of the data was understood.
    #[cfg(test)]
    pub(super) fn knows(&self, line: &str) -> bool {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        match kind {
            "class" | "closed" | "forms" => {
                rest.split_once('=').is_some_and(|(name, _)| self.names.contains_key(name.trim()))
            }
            "finite" | "verbs" | "not" | "followers" => !rest.is_empty(),
            weight => self
                .rules
                .iter()
                .any(|rule| rule.shown.written == rest.trim() && weight.parse() == Ok(rule.shown.weight)),
        }
    }

    /// The strongest construction on each side.
    pub(super) fn weigh(&'static self, window: &Window) -> Verdict {
        let mut verdict = Verdict { pro: None, contra: None };
        for rule in &self.rules {
            let side = if rule.shown.weight > 0 { &mut verdict.pro } else { &mut verdict.contra };
            if side.is_none() && self.stands(rule, window) {
                *side = Some(&rule.shown);
                if verdict.pro.is_some() && verdict.contra.is_some() {
                    break;
                }
            }
        }
        verdict
    }

    fn stands(&self, rule: &Rule, window: &Window) -> bool {
        let written = match rule.form {
            Form::Any => true,
            Form::Name => window.writing == Writing::Name,
            Form::Capital => window.writing != Writing::Lower,
            Form::Lower => matches!(window.writing, Writing::Lower | Writing::Untold) && !window.article,
            Form::Article => window.writing != Writing::Name && window.article,
            Form::Hashtag => window.sign == Some('#'),
            Form::Handle => window.sign == Some('@'),
        };
        written && self.leads(&rule.before, &window.before) && self.follows(&rule.after, &window.after)
    }

    /// Whether the elements stand at the end of `tokens`.
    fn leads(&self, elements: &[Element], tokens: &[Token]) -> bool {
        let Some((last, rest)) = elements.split_last() else { return true };
        last.optional && self.leads(rest, tokens)
            || last.alternatives.iter().any(|atom| {
                (1..=self.longest(atom).min(tokens.len())).any(|length| {
                    let at = tokens.len() - length;
                    self.is(atom, &tokens[at..], length) && self.leads(rest, &tokens[..at])
                })
            })
    }

    /// Whether they stand at its start.
    fn follows(&self, elements: &[Element], tokens: &[Token]) -> bool {
        let Some((first, rest)) = elements.split_first() else { return true };
        first.optional && self.follows(rest, tokens)
            || first.alternatives.iter().any(|atom| {
                (1..=self.longest(atom).min(tokens.len()))
                    .any(|length| self.is(atom, tokens, length) && self.follows(rest, &tokens[length..]))
            })
    }

    fn longest(&self, atom: &Atom) -> usize {
        match atom {
            Atom::Words(words) => words.len(),
            Atom::Class(index) => self.classes[*index].longest,
            _ => 1,
        }
    }

    /// Whether the first `length` of `tokens` are what the atom asks.
    fn is(&self, atom: &Atom, tokens: &[Token], length: usize) -> bool {
        let first = &tokens[0];
        match atom {
            Atom::Words(words) => {
                words.len() == length && words.iter().zip(tokens).all(|(word, token)| *word == token.text)
            }
            Atom::Class(index) => self.holds(*index, &tokens[..length]),
            Atom::Start | Atom::End => first.kind == Kind::Bound,
            Atom::Verb => self.verbs.third_person(self.language, tokens) != Sure::No,
            Atom::Capital => first.kind == Kind::Capital && self.is_open(tokens),
            Atom::Number => first.text.starts_with(|c: char| c.is_ascii_digit()),
            Atom::Open => self.is_open(tokens),
            Atom::Any => first.is_word(),
        }
    }

    /// Whether the first of `tokens` is a word of its own: of no class of grammar, and no verb.
    fn is_open(&self, tokens: &[Token]) -> bool {
        tokens[0].is_word()
            && !self.closed.iter().any(|class| self.holds(*class, &tokens[..1]))
            && self.verbs.third_person(self.language, tokens) != Sure::Yes
            && !self.verbs.knows(&tokens[0].text)
    }

    fn holds(&self, class: usize, tokens: &[Token]) -> bool {
        let class = &self.classes[class];
        if let [only] = tokens {
            return class.words.contains(&only.text);
        }
        let joined: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
        class.words.contains(&joined.join(" "))
    }
}

/// The words of a line, folded; `_` is a space, and what stands behind an apostrophe is a word of its own.
fn folded(line: &str) -> impl Iterator<Item = String> {
    line.split_whitespace().map(|word| words(&word.replace('_', " ")).join(" "))
}

fn words(text: &str) -> Vec<String> {
    if text == "-" {
        return vec![text.to_owned()];
    }
    let text = fold_string(text).replace('-', " ").replace('\'', "' ");
    text.split_whitespace().map(str::to_owned).collect()
}
