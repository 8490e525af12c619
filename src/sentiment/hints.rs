//! What the words of a short text hint at where none of them says anything: `le technicien est reparti sans la
//! pièce` complains, `le technicien est reparti avec la pièce` praises. Owns the weights and how they add up; the
//! weights themselves are data (`XX_hints.tsv`).
//!
//! `XX_hints.tsv` holds `words⇥complaint⇥praise`: one word or two that stand together, each as its stem without
//! accents, and how much more likely they make a complaint, or praise, than neither: the log odds of a logistic
//! regression over sentences written for it, by `data/hints/fit.py`, which stands beside them. `{n}` is a number, `{target}` what the tone is measured towards,
//! `{name}` a handle or an address, `{any}` the row that every text has.

use super::held::Held;
use super::lexicon::{Lexicon, Table, plain_hash};
use super::reading::Item;
use super::recent::Recent;
use super::role::Role;
use super::tokens::{Kind, join};
use super::{Doubt, Part};

/// Words of a text that may be one hint as a whole; a longer one is no post.
const LONGEST: usize = 40;
/// What words that are nothing but a hint weigh, and how much more for each unit of log odds.
const LEANS: f32 = 0.42;
const SURER: f32 = 0.16;
const SUREST: f32 = 2.0;
/// What a question has to lean to one side.
const ASKED: f32 = 0.6;
/// From how many on a complaint is more than a hint: right nine times of ten.
const SURE: f32 = 2.5;

const NUMBER: u64 = 1;
const TARGET: u64 = 2;
const NAME: u64 = 3;
const ANY: u64 = 4;

/// How much more likely a complaint, and praise, than neither: log odds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Weight {
    complaint: f32,
    praise: f32,
}

impl Weight {
    fn add(&mut self, other: Self) {
        self.complaint += other.complaint;
        self.praise += other.praise;
    }

    const fn of(self, sign: f32) -> f32 {
        if sign < 0.0 { self.complaint } else { self.praise }
    }
}

/// The hints of a language.
#[derive(Debug, Default)]
pub(super) struct Hints {
    table: Table<Weight>,
    held: Held,
}

fn key_of(word: &str) -> u64 {
    match word {
        "{n}" => NUMBER,
        "{target}" => TARGET,
        "{name}" => NAME,
        "{any}" => ANY,
        stem => plain_hash(stem),
    }
}

const fn pair(first: u64, second: u64) -> u64 {
    join(join(0, first), second)
}

/// The rows of a hints file.
fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, Weight)> {
    table.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        let (words, complaint, praise) = (columns.next()?, columns.next()?, columns.next()?);
        Some((words, Weight { complaint: complaint.parse().ok()?, praise: praise.parse().ok()? }))
    })
}

/// What a text hints at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hint {
    /// The item that says most of it.
    pub(super) at: usize,
    pub(super) valence: f32,
    pub(super) doubt: Doubt,
}

impl Hints {
    pub(super) fn load(table: &'static str) -> Self {
        let keyed = |(words, weight): (&str, Weight)| match words.split_once(' ') {
            None => (key_of(words), weight),
            Some((first, second)) => (pair(key_of(first), key_of(second)), weight),
        };
        let table: Table<Weight> = rows(table).map(keyed).collect();
        let mut held = Held::default();
        for &key in table.keys() {
            held.add(key);
        }
        Self { table, held }
    }

    fn weight(&self, key: u64) -> Option<Weight> {
        self.held.may_hold(key).then(|| self.table.get(&key).copied()).flatten()
    }
}

impl Lexicon {
    /// What the words of a text hint at, where they lean to one side.
    pub(super) fn hint(&self, items: &[Item], parts: &[Part<'_>], recent: &mut Recent) -> Option<Hint> {
        if self.hints.table.is_empty() {
            return None;
        }
        let (mut words, mut count) = ([(0, 0); LONGEST], 0);
        for (at, item) in items.iter().enumerate() {
            match item.token.kind {
                Kind::Sign(_) | Kind::Bang | Kind::Ask => continue,
                // A name of two words is one.
                Kind::Target if count > 0 && items[words[count - 1].1].token.kind == Kind::Target => continue,
                Kind::Word | Kind::Target | Kind::Blank => {}
            }
            // Before any of them is stemmed: most texts are longer.
            if count == LONGEST {
                return None;
            }
            words[count].1 = at;
            count += 1;
        }
        let words = &mut words[..count];
        let mut key = |at: usize| match items[at].token.kind {
            Kind::Target => TARGET,
            Kind::Blank => NAME,
            _ if items[at].token.digit => NUMBER,
            _ => self.stem(&items[at], parts[items[at].token.part as usize].text, recent),
        };
        for (stem, at) in words.iter_mut() {
            *stem = key(*at);
        }
        let pairs = words.windows(2).map(|two| (pair(two[0].0, two[1].0), two[0].1));
        let weighed = |(key, at): (u64, usize)| self.hints.weight(key).map(|weight| (key, at, weight));
        let mut said: Vec<(u64, usize, Weight)> = words.iter().copied().chain(pairs).filter_map(weighed).collect();
        // What is said twice is said once.
        said.sort_unstable_by_key(|&(key, at, _)| (key, at));
        said.dedup_by_key(|(key, ..)| *key);
        let mut sum = self.hints.weight(ANY).unwrap_or_default();
        for &(.., weight) in &said {
            sum.add(weight);
        }
        let (sign, odds) = if sum.praise > sum.complaint { (1.0, sum.praise) } else { (-1.0, sum.complaint) };
        // It has to beat both of the others.
        let surely = odds.min(odds - sum.of(-sign));
        let asked = items.iter().any(|item| item.token.kind == Kind::Ask);
        if surely <= if asked { ASKED } else { 0.0 } {
            return None;
        }
        // An idiom speaks by its first word; a word of grammar is shown where there is no other.
        let is_word = |at: usize| items[at].token.kind == Kind::Word && items[at].length > 0;
        let (_, at, _) = said.into_iter().filter(|&(_, at, _)| is_word(at)).max_by(|a, b| {
            let of = |&(_, at, weight): &(u64, usize, Weight)| {
                let item = &items[at];
                (item.entry.role == Role::default() && item.token.letters > 3, weight.of(sign))
            };
            let ((a_plain, a_weight), (b_plain, b_weight)) = (of(a), of(b));
            a_plain.cmp(&b_plain).then(a_weight.total_cmp(&b_weight)).then(b.1.cmp(&a.1))
        })?;
        // A complaint is worth a look; praise that nobody spoke is not.
        let doubt = if sign < 0.0 && surely >= SURE { Doubt::Complaint } else { Doubt::Hint };
        Some(Hint { at, valence: sign * (LEANS + SURER * surely.min(SUREST)), doubt })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::Polarity;
    use crate::sentiment::event::LEANING;
    use crate::sentiment::files::FRENCH;
    use crate::sentiment::{DEFAULT_THRESHOLD, Input, Part, Rule, Tuning, explain, towards_novalis as towards};
    use crate::text::language::Language;

    #[test]
    fn every_row_is_read() {
        let table = FRENCH.hints;
        assert_eq!(rows(table).count(), table.lines().count(), "a row that does not parse");
        assert!(table.lines().map(|line| line.split('\t').next()).is_sorted_by(|a, b| a < b), "sorted, no duplicate");
        for (words, weight) in rows(table) {
            assert!(words.split(' ').count() <= 2 && !words.contains("  "), "{words}");
            assert!(weight.complaint.abs().max(weight.praise.abs()) < 5.0, "{words}");
            assert!(weight.complaint != 0.0 || weight.praise != 0.0, "{words} says nothing");
        }
        assert_eq!(Hints::load(table).table.len(), rows(table).count(), "two rows with one hash");
    }

    #[test]
    fn facts_alone_lean_to_what_they_tell() {
        for (text, sign) in [
            ("Le technicien est reparti sans rien faire, il fallait une autre pièce.", -1.0),
            ("Novalis m’a demandé trois fois le même justificatif.", -1.0),
            ("La fermeture a cédé au bout de deux lavages.", -1.0),
            ("Novalis a remplacé la pièce sans rien me facturer.", 1.0),
            ("Ma fille ne veut plus dormir sans.", 1.0),
            ("Douze ans que je l’ai, elle tourne tous les jours.", 1.0),
        ] {
            assert!(towards(text).score * sign >= 0.1, "{text}: {:?}", towards(text));
        }
        for text in ["J’ai rendez-vous chez Novalis mardi à dix heures.", "Novalis ouvre une agence à Lyon."] {
            assert!(towards(text).score.abs() < 0.1, "{text}: {:?}", towards(text));
        }
    }

    #[test]
    fn a_hint_is_never_a_plain_label() {
        for text in [
            "Le vendeur a ouvert un autre carton pour que mon fils essaie.",
            "Le guichet a fermé devant nous, il fallait revenir le lendemain.",
            "Ma voisine est repartie avec la même.",
        ] {
            let polarity = towards(text).polarity(DEFAULT_THRESHOLD);
            assert!(matches!(polarity, Polarity::Neutral | Polarity::Uncertain), "{text}: {polarity:?}");
        }
    }

    #[test]
    fn a_word_of_tone_has_the_say_and_a_long_text_no_hint() {
        let hinting = "Le vendeur a ouvert un autre carton pour que mon fils essaie.";
        assert!(towards(hinting).score > 0.0, "{:?}", towards(hinting));
        assert!(towards(&format!("{hinting} L’accueil est horrible.")).score < -0.2);
        let long = format!("{}{hinting}", "Le bureau se trouve au numéro douze de la rue de la gare. ".repeat(4));
        assert!(towards(&long).words.is_empty(), "{:?}", towards(&long));
    }

    #[test]
    fn a_hint_tells_of_the_words_that_it_mutes() {
        let text = "La nouvelle galette n’a rien d’extraordinaire, elle se laisse manger.";
        let input = Input { parts: &[Part { text, target: &[] }], language: Language::FRENCH };
        let (score, reasons) = explain(&input, &Tuning::default()).expect("a lexicon");
        let last: Vec<_> = reasons.iter().filter_map(|reason| reason.steps.last().copied()).collect();
        let words: Vec<_> = score.words.iter().map(|word| (Rule::Event(LEANING), word.valence)).collect();
        assert_eq!(last, words);
        assert!(last.len() > 1, "{reasons:?}");
    }
}
