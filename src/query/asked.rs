//! What a search elsewhere is asked for so that it finds all that an expression matches: words and phrases of
//! which each match holds one, and what of the expression no word can ask for. Knows no endpoint; how phrases
//! are joined is `source::search`'s.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::inflect::Inflection;
use super::variants::{MANY, ONE};
use super::{Expr, Mode, Phrase, Term, TermKind};
use crate::text::fold::fold_string;
use crate::text::language::Language;

/// Phrases that are kept of one expression: no endpoint takes as many.
const MOST: usize = 1000;

/// Forms of a word with `~` that are asked for.
const FORMS: usize = 8;

/// Letters of a word that says enough by itself to stand for a phrase.
const TELLING: usize = 3;

/// What a base ends with that most of its forms have not.
const OWN: [&str; 7] = ["ing", "er", "ir", "re", "ed", "e", "s"];

/// Endings in its place that people write most, French and English, in this order.
const COMMON: [&str; 17] =
    ["e", "ation", "ent", "ee", "es", "ement", "age", "ait", "ees", "ant", "s", "i", "u", "aux", "ed", "ing", "ion"];

/// Words that are part of many names and say nothing of one.
const GRAMMAR: &[&str] = &[
    "les", "des", "aux", "une", "par", "pour", "avec", "chez", "dans", "sur", "est", "pas", "que", "qui", "mon", "mes",
    "son", "ses", "nos", "vos", "the", "and", "for", "with", "not", "you", "our",
];

/// What to ask for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// Each match holds one of these (folded, words between whatever separates words), but for what is `left`.
    pub phrases: Vec<String>,
    /// Phrases written together, as hashtags and handles hold them: matches that hold none of `phrases` hold
    /// one of these.
    pub glued: Vec<String>,
    /// As the watchlist writes it: terms that may match without any of the words.
    pub left: Vec<String>,
}

impl Asked {
    /// For an expression of a brand in these languages (none: any).
    #[must_use]
    pub fn of(expr: &Expr, languages: &[Language]) -> Self {
        let one_of = |parts: &[Expr]| Self::union(parts.iter().map(|part| Self::of(part, languages)));
        match expr {
            Expr::Term(term) => Self::of_term(term, languages),
            Expr::Company(company) => {
                let mut asked = Self::default();
                asked.push(&company.name, true);
                asked
            }
            Expr::Group { any, all, .. } => {
                let either = Some(one_of(any)).filter(|_| !any.is_empty());
                Self::best(either.into_iter().chain(all.iter().map(|part| Self::of(part, languages))))
            }
            Expr::Near { of, with, .. } => Self::best([one_of(of), one_of(with)].into_iter()),
            Expr::Sequence { terms, .. } => Self::best(terms.iter().map(|part| Self::of(part, languages))),
            Expr::AtLeast { of, .. } => one_of(of),
        }
    }

    /// Each phrase once, and none that holds another.
    #[must_use]
    pub fn union(all: impl Iterator<Item = Self>) -> Self {
        let mut union = Self::default();
        for mut one in all {
            union.phrases.append(&mut one.phrases);
            union.glued.append(&mut one.glued);
            union.left.append(&mut one.left);
        }
        for list in [&mut union.phrases, &mut union.glued] {
            if list.len() > MOST {
                union.left.extend(list.split_off(MOST));
            }
            *list = without_implied(list);
        }
        let phrases: HashSet<String> = union.phrases.iter().map(|phrase| fold_string(phrase)).collect();
        union.glued.retain(|glued| !phrases.contains(&fold_string(glued)));
        let mut seen = HashSet::new();
        union.left.retain(|left| seen.insert(left.clone()));
        union
    }

    /// Of parts that all hold, the one with the least to look for.
    fn best(parts: impl Iterator<Item = Self>) -> Self {
        let telling = |asked: &Self| asked.phrases.iter().map(|phrase| phrase.chars().count()).min();
        let cost = |asked: &Self| {
            (asked.phrases.is_empty(), !asked.left.is_empty(), asked.phrases.len(), Reverse(telling(asked)))
        };
        parts.min_by_key(cost).unwrap_or_default()
    }

    fn of_term(term: &Term, languages: &[Language]) -> Self {
        let mut asked = Self::default();
        match &term.kind {
            TermKind::Phrase(phrase) => {
                if phrase.variants.len() > MOST {
                    asked.left.push(term.written.clone());
                }
                for variant in phrase.variants.iter().take(MOST) {
                    if !asked.variant(phrase, variant, languages) && asked.left.is_empty() {
                        asked.left.push(term.written.clone());
                    }
                }
            }
            TermKind::Domain(domain) => asked.push(&domain.host, false),
            TermKind::Author(_) | TermKind::Site(_) | TermKind::Language(_) | TermKind::Source(_) => {
                asked.left.push(term.written.clone());
            }
        }
        asked
    }

    /// False where it may match without its words.
    fn variant(&mut self, phrase: &Phrase, variant: &str, languages: &[Language]) -> bool {
        let wild = variant.contains([MANY, ONE]);
        if !wild && phrase.mode != Mode::Inflected {
            self.push(variant, phrase.mode == Mode::Plain && phrase.sign.is_none());
            return true;
        }
        let is_fixed = |word: &&str| {
            !(word.contains([MANY, ONE]) || phrase.mode == Mode::Inflected && Inflection::is_for(&fold_string(word)))
        };
        // The longest stretch of words that stand there as they are.
        let mut words = words(variant);
        let runs = words.split(|word| !is_fixed(word)).map(|run| run.join(" "));
        let run = runs.max_by_key(|run| run.chars().count()).unwrap_or_default();
        if is_telling(&run) {
            self.push(&run, false);
            return !(phrase.mode == Mode::Inflected && glues(variant));
        }
        words.retain(|word| !is_fixed(word));
        let Some(word) = words.into_iter().max_by_key(|word| word.chars().count()) else { return false };
        if word.contains([MANY, ONE]) {
            // What is before the wildcard is the likeliest of what it stands for.
            let start = word.split([MANY, ONE]).next().unwrap_or_default();
            if start.chars().count() >= TELLING {
                self.push(start, false);
            }
            return false;
        }
        let (forms, is_whole) = forms(word, languages);
        for form in forms {
            self.push(&form, false);
        }
        is_whole && !glues(variant)
    }

    fn push(&mut self, phrase: &str, is_run_together: bool) {
        let phrase = phrase.split_whitespace().collect::<Vec<_>>().join(" ");
        if is_run_together && glues(&phrase) {
            self.glued.push(phrase.replace(' ', ""));
        }
        if !phrase.is_empty() {
            self.phrases.push(phrase);
        }
    }
}

/// Single words of which each phrase holds one, when there are fewer of them than of phrases: the word that most hold,
/// then the one that most of the rest hold, and so on.
#[must_use]
pub fn cover(phrases: &[String]) -> Vec<String> {
    let folded: Vec<BTreeSet<String>> = phrases
        .iter()
        .map(|phrase| folded_words(phrase).into_iter().filter(|word| is_telling(word)).collect())
        .collect();
    let mut holders: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, words) in folded.iter().enumerate() {
        for word in words {
            holders.entry(word).or_default().push(index);
        }
    }
    let mut held: HashMap<&str, usize> = holders.iter().map(|(word, all)| (*word, all.len())).collect();
    let rank = |word: &'_ str, count: usize| (count, word.chars().count(), Reverse(word.to_owned()));
    let mut ranked: BTreeSet<_> = held.iter().map(|(word, count)| rank(word, *count)).collect();
    let mut left = vec![true; phrases.len()];
    let mut cover = Vec::new();
    while let Some((1.., _, Reverse(best))) = ranked.pop_last() {
        let mut written = None;
        for index in holders.get(&*best).into_iter().flatten().copied() {
            if !std::mem::replace(&mut left[index], false) {
                continue;
            }
            // As somebody wrote it, with its accents.
            if written.is_none() {
                written = words(&phrases[index]).into_iter().find(|word| fold_string(word) == best).map(str::to_owned);
            }
            for word in folded[index].iter().filter(|word| **word != best) {
                let count = held.entry(word).or_default();
                ranked.remove(&rank(word, *count));
                *count -= 1;
                ranked.insert(rank(word, *count));
            }
        }
        cover.push(written.unwrap_or(best));
    }
    cover.extend(phrases.iter().zip(left).filter(|(_, is_left)| *is_left).map(|(phrase, _)| phrase.clone()));
    if cover.len() < phrases.len() { cover } else { phrases.to_vec() }
}

/// True where each text that holds `phrase` holds `word`.
#[must_use]
pub fn implies(phrase: &str, word: &str) -> bool {
    Compared::of(phrase).implies(&Compared::of(word))
}

/// A phrase as it is compared.
struct Compared {
    folded: String,
    words: Vec<String>,
    /// Endpoints drop signs as they please: `C#` is not to stand for all that has a `c`.
    is_plain: bool,
}

impl Compared {
    fn of(phrase: &str) -> Self {
        let is_plain = phrase.chars().all(|c| c.is_alphanumeric() || c.is_whitespace());
        Self { folded: fold_string(phrase), words: folded_words(phrase), is_plain }
    }

    fn implies(&self, word: &Self) -> bool {
        let short = &word.words;
        self.folded == word.folded
            || word.is_plain && !short.is_empty() && self.words.windows(short.len()).any(|part| part == short)
    }
}

fn without_implied(phrases: &[String]) -> Vec<String> {
    let mut kept: Vec<(&String, Compared)> = Vec::new();
    for phrase in phrases {
        let own = Compared::of(phrase);
        if kept.iter().any(|(_, other)| own.implies(other)) {
            continue;
        }
        match kept.iter().position(|(_, other)| other.implies(&own)) {
            Some(first) => {
                let mut at = 0;
                kept.retain(|(_, other)| {
                    at += 1;
                    at - 1 == first || !other.implies(&own)
                });
                kept[first] = (phrase, own);
            }
            None => kept.push((phrase, own)),
        }
    }
    kept.into_iter().map(|(phrase, _)| phrase.clone()).collect()
}

/// Words and phrases in falling order of how many phrases hold each, and among equals of how many of `whole` have its
/// letters: the name itself rather than a hashtag.
#[must_use]
pub fn by_use(words: &[String], phrases: &[String], whole: &[String]) -> Vec<String> {
    let whole: Vec<String> = whole.iter().map(|phrase| fold_string(phrase)).collect();
    let having = |word: &String| {
        let letters = fold_string(word);
        whole.iter().filter(|phrase| phrase.contains(letters.trim())).count()
    };
    let mut ranked: Vec<_> =
        held(words, phrases).into_iter().zip(words).map(|(held, word)| (held, having(word), word)).collect();
    ranked.sort_by_key(|(held, having, _)| Reverse((*held, *having)));
    ranked.into_iter().map(|(.., word)| word.clone()).collect()
}

/// Of each word or phrase, how many phrases hold it.
#[must_use]
pub fn held(words: &[String], phrases: &[String]) -> Vec<usize> {
    let phrases: Vec<Compared> = phrases.iter().map(|phrase| Compared::of(phrase)).collect();
    let mut holders: HashMap<&str, BTreeSet<usize>> = HashMap::new();
    for (index, phrase) in phrases.iter().enumerate() {
        for word in &phrase.words {
            holders.entry(word).or_default().insert(index);
        }
    }
    let count = |word: &String| {
        let own = Compared::of(word);
        match own.words.first() {
            Some(first) => {
                let some = holders.get(first.as_str()).into_iter().flatten();
                some.filter(|index| phrases[**index].implies(&own)).count()
            }
            None => phrases.iter().filter(|phrase| phrase.implies(&own)).count(),
        }
    };
    words.iter().map(count).collect()
}

/// The commonest forms of a word, with its accents where they are the word's own, and whether these are all.
fn forms(word: &str, languages: &[Language]) -> (Vec<String>, bool) {
    let base = fold_string(word);
    let all = Inflection::of(&base, languages).forms();
    let stem = OWN.iter().find_map(|own| base.strip_suffix(own).filter(|stem| stem.len() >= TELLING));
    let stem = stem.unwrap_or(&base);
    let rank = |form: &String| {
        let ending = form.strip_prefix(stem).and_then(|ending| COMMON.iter().position(|common| *common == ending));
        (*form != base, ending.unwrap_or(COMMON.len()), form.chars().count(), form.clone())
    };
    let mut sorted: Vec<String> = all.into_iter().collect();
    sorted.sort_by_key(rank);
    let is_whole = sorted.len() <= FORMS && languages.iter().all(|language| matches!(language.code(), "fr" | "en"));
    let written = |form: String| {
        let shared =
            word.chars().zip(form.chars()).take_while(|(own, c)| fold_string(&own.to_string()) == c.to_string());
        let shared = shared.count();
        word.chars().take(shared).chain(form.chars().skip(shared)).collect()
    };
    (sorted.into_iter().take(FORMS).map(written).collect(), is_whole && !languages.is_empty())
}

/// True for a phrase that a hashtag or a handle may run together.
fn glues(phrase: &str) -> bool {
    let phrase = phrase.trim();
    phrase.contains(' ') && phrase.chars().all(|c| c == ' ' || c == '_' || c.is_alphanumeric())
}

/// True for a word or phrase that says enough by itself.
fn is_telling(phrase: &str) -> bool {
    let folded = fold_string(phrase);
    let folded = folded.trim();
    let apart: Vec<&str> = words(folded);
    apart.len() > 1 || folded.chars().count() >= TELLING && !GRAMMAR.contains(&folded)
}

/// Runs of letters, marks, digits and wildcards.
fn words(text: &str) -> Vec<&str> {
    use crate::text::fold::class::{is_mark, is_skipped};
    let joins = |c: char| c.is_alphanumeric() || is_mark(c) || is_skipped(c) || matches!(c, '_' | MANY | ONE);
    text.split(|c| !joins(c))
        .filter(|word| word.chars().any(|c| c.is_alphanumeric() || matches!(c, MANY | ONE)))
        .collect()
}

fn folded_words(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| fold_string(word).trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked::of(&line::parse(query).unwrap(), &[Language::FRENCH])
    }

    #[test]
    fn an_expression_is_asked_for_by_the_fewest_words_that_every_match_holds() {
        for (query, phrases, left) in [
            ("orange", vec!["orange"], vec![]),
            ("=\"Orange SA\" OR \"orange bank\" OR orange", vec!["orange"], vec![]),
            ("orange OR company:orange", vec!["orange"], vec![]),
            ("orange OR orange.fr OR \"#OrangeFrance\"", vec!["orange", "OrangeFrance"], vec![]),
            ("orange.fr/noel", vec!["orange.fr"], vec![]),
            ("^orange", vec!["orange"], vec![]),
            ("\"@orange_conseil\"", vec!["orange_conseil"], vec![]),
            ("orange NEAR/6 (panne OR boutique)", vec!["orange"], vec![]),
            ("(panne OR boutique) AND sosh", vec!["sosh"], vec![]),
            ("orange AND lang:fr", vec!["orange"], vec![]),
            ("lang:fr AND (orange NOT ab)", vec!["orange"], vec![]),
            ("panne ONEAR/3 orange", vec!["orange"], vec![]),
            ("ATLEAST/3 (orange OR sosh)", vec!["orange", "sosh"], vec![]),
            ("SENTENCE (orange AND (sfr OR free))", vec!["orange"], vec![]),
            ("title:orange", vec!["orange"], vec![]),
            ("\"(ville|mairie) d'orange\"", vec!["mairie d'orange", "ville d'orange"], vec![]),
            ("\"trop cher*\"", vec!["trop"], vec![]),
            ("boycott*", vec!["boycott"], vec!["boycott*"]),
            ("orange OR site:orange.fr", vec!["orange"], vec!["site:orange.fr"]),
            ("site:orange.fr", vec![], vec!["site:orange.fr"]),
            ("c?cotte", vec![], vec!["c?cotte"]),
            ("C# OR orange", vec!["C#", "orange"], vec![]),
        ] {
            let expected: (Vec<String>, Vec<String>) =
                (phrases.into_iter().map(str::to_owned).collect(), left.into_iter().map(str::to_owned).collect());
            let found = asked(query);
            assert_eq!((found.phrases, found.left), expected, "{query}");
        }
        assert_eq!(asked("\"orange bank\"").glued, ["orangebank"]);
        assert_eq!(asked("company:\"la poste\"").glued, ["laposte"]);
        assert!(asked("=\"Orange Bank\"").glued.is_empty());
    }

    #[test]
    fn a_phrase_of_ten_thousand_alternatives_is_asked_for_by_the_word_that_all_hold() {
        let digits = "(0|1|2|3|4|5|6|7|8|9)";
        let query = format!("\"orange {digits}aa {digits}bb {digits}cc {digits}dd\"");
        let found = asked(&query);
        assert_eq!((found.phrases.len(), found.left.len()), (MOST, 1), "{:?}", found.left);
        let all = Asked::union([found.clone(), found].into_iter());
        assert_eq!(all.phrases.len(), MOST);
        assert_eq!(cover(&[all.phrases, all.glued].concat())[0], "orange");
    }

    #[test]
    fn a_word_with_a_tilde_is_asked_for_in_its_commonest_forms() {
        let found = asked("~résilier");
        assert_eq!(found.phrases.first().map(String::as_str), Some("résilier"));
        assert!(found.phrases.iter().any(|form| form == "résiliation"), "{found:?}");
        assert!(found.phrases.len() <= FORMS, "{found:?}");
        assert_eq!(found.left, ["~résilier"]);
    }

    #[test]
    fn many_phrases_are_covered_by_the_words_that_they_share() {
        let cover = |phrases: &[&str]| cover(&phrases.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(cover(&["orange bank", "Orange télécom"]), ["orange"]);
        assert_eq!(cover(&["chez les free", "chez free"]), ["free"]);
        assert_eq!(cover(&["sfr", "orange"]), ["sfr", "orange"]);
        assert_eq!(cover(&["crédit a", "credit b", "🍊"]), ["crédit", "🍊"]);
    }
}
