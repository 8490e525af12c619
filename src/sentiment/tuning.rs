//! What a team adds to the lexicons: its packs, its own words, the names that carry no tone. Compiled once
//! a watchlist; owns no rule.

use std::ops::Range;
use std::sync::Arc;

use super::lexicon::{self, Lexicon};
use super::packs::Packs;
use super::{Part, target};
use crate::text::language::Language;

/// The strongest valence that a word may be given.
pub const STRONGEST_WORD: f32 = 4.0;
/// Words of an own idiom at most.
pub const LONGEST_OWN: usize = super::idioms::LONGEST_IDIOM;

/// How texts are read for a team. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Tuning {
    packs: Packs,
    words: Arc<[(String, f32)]>,
    own: Option<Arc<Own>>,
    ignored: Arc<[String]>,
}

#[derive(Debug)]
struct Own {
    french: Lexicon,
    english: Lexicon,
}

impl From<Packs> for Tuning {
    fn from(packs: Packs) -> Self {
        Self { packs, ..Self::default() }
    }
}

impl Tuning {
    /// The packs, and on top of them `words`: a word with its inflected forms, or an idiom of at most
    /// [`LONGEST_OWN`] words, each with a valence in [−4, 4]; they have the last word over the lexicon, and
    /// 0 takes the tone from one of its words. `ignored` names carry no tone: written in lower case in any
    /// case, else as written.
    #[must_use]
    pub fn new(packs: Packs, words: Vec<(String, f32)>, ignored: Vec<String>) -> Self {
        let own = (!words.is_empty()).then(|| {
            let load = |files| {
                let mut lexicon = Lexicon::load(files, packs);
                for (form, valence) in &words {
                    lexicon.add(form, *valence);
                }
                lexicon
            };
            Arc::new(Own { french: load(&lexicon::FRENCH), english: load(&lexicon::ENGLISH) })
        });
        Self { packs, words: words.into(), own, ignored: ignored.into() }
    }

    /// The same with one word more.
    #[must_use]
    pub fn with_word(&self, form: &str, valence: f32) -> Self {
        let mut words = self.words.to_vec();
        words.push((form.to_owned(), valence));
        Self::new(self.packs, words, self.ignored.to_vec())
    }

    /// The lexicon of a language; none for a language without.
    pub(super) fn lexicon(&self, language: Language) -> Option<&Lexicon> {
        match (&self.own, language) {
            (Some(own), Language::FRENCH) => Some(&own.french),
            (Some(own), Language::ENGLISH) => Some(&own.english),
            _ => Lexicon::of(language, self.packs),
        }
    }

    /// The bytes of each part that carry no tone; nothing where no name is ignored.
    pub(super) fn ignored(&self, parts: &[Part<'_>]) -> Vec<Vec<Range<usize>>> {
        if self.ignored.is_empty() {
            return Vec::new();
        }
        parts.iter().map(|part| self.ignored_in(part.text)).collect()
    }

    fn ignored_in(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for name in &*self.ignored {
            let as_written = name.chars().any(char::is_uppercase);
            let places = target::find(text, name).into_iter();
            found.extend(places.filter(|range| !as_written || text.get(range.clone()) == Some(name)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sentiment::{Input, Part, Score, score, score_with};

    fn tuned(words: &[(&str, f32)], ignored: &[&str]) -> Tuning {
        let words: Vec<_> = words.iter().map(|&(form, valence)| (form.to_owned(), valence)).collect();
        Tuning::new(Packs::DEFAULT, words, ignored.iter().map(|&name| name.to_owned()).collect())
    }

    fn both(text: &str, tuning: &Tuning, language: Language) -> (Score, Score) {
        let input = Input { parts: &[Part { text, target: &[] }], language };
        (score(&input).expect("a lexicon"), score_with(&input, tuning).expect("a lexicon"))
    }

    #[test]
    fn an_own_word_has_the_last_word_in_all_its_forms() {
        let words = [("zinguer", -3.0), ("génial", 0.0), ("coup de calgon", -2.5), ("déployer", 1.5)];
        let tuning = tuned(&words, &[]);
        for (text, before, after) in [
            ("Ma box est zinguée", 0.0, -1.0),
            ("ma box a zingue", 0.0, -1.0),
            ("Service génial", 1.0, 0.0),
            ("Des offres géniales", 1.0, 0.0),
            ("Encore un coup de calgon ce matin", 0.0, -1.0),
            ("La fibre n'est pas déployée", 0.0, -1.0),
            ("Une horreur", -1.0, -1.0),
        ] {
            let (plain, own) = both(text, &tuning, Language::FRENCH);
            let sign = |score: f32| if score.abs() < 0.05 { 0.0 } else { score.signum() };
            assert_eq!(
                (sign(plain.firm_score), sign(own.firm_score)),
                (before, after),
                "{text}: {} {}",
                plain.score,
                own.score
            );
        }
    }

    #[test]
    fn an_own_word_counts_in_both_languages() {
        let tuning = tuned(&[("frobnicated", -3.0)], &[]);
        let (plain, own) = both("My order was frobnicated", &tuning, Language::ENGLISH);
        assert!(plain.score.abs() < 0.05 && own.score < -0.2, "{} {}", plain.score, own.score);
    }

    #[test]
    fn an_ignored_name_carries_no_tone_as_it_is_written() {
        for (ignored, text, counts) in [
            ("Nickel", "Le compte Nickel arrive demain", false),
            ("Nickel", "Le compte est nickel", true),
            ("nickel", "Le compte Nickel arrive demain", false),
            ("nickel", "Le compte est nickel", false),
            ("Bon Marché", "Ouvert dimanche au Bon Marché", false),
        ] {
            let (_, own) = both(text, &tuned(&[], &[ignored]), Language::FRENCH);
            assert_eq!(own.firm_score != 0.0, counts, "{ignored}: {text}: {}", own.score);
        }
    }

    #[test]
    fn an_ignored_name_inside_a_sentence_of_the_other_language_carries_no_tone() {
        let text = "Le service arrive. I think that the Super Awful shop is open and it was there for you.";
        let (plain, own) = both(text, &tuned(&[], &["Super Awful"]), Language::FRENCH);
        assert!(plain.firm_score != 0.0 && own.firm_score == 0.0, "{} {}", plain.score, own.score);
    }
}
