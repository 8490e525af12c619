//! What a word is a form of: a word of the team, one written as it sounds or with letters drawn out, a stem. Owns
//! the order in which these are tried; the words are the lexicon's.

use super::lexicon::{Entry, Lexicon, SHORTEST_STEM, plain_hash};
use super::reading::Item;
use super::tokens::{Token, hashes, shorten};

impl Lexicon {
    fn own(&self, text: &str, token: &Token, scratch: &mut String) -> Option<f32> {
        let spelled = self.own.words.get(&token.exact).or_else(|| self.own.words.get(&token.plain));
        if spelled.is_some() || token.letters < SHORTEST_STEM || self.own.stems.is_empty() {
            return spelled.copied();
        }
        shorten(text, if token.drawn_out { 1 } else { usize::MAX }, scratch);
        self.own.stems.get(&plain_hash(&self.stemmer.stem(scratch))).copied()
    }

    /// Turns what was found of a word into what the lexicon says of it: what the team's own say, else its form where
    /// it is `settled`, else without accents, both with drawn-out letters shortened, its stem.
    pub(super) fn resolve(&self, text: &str, item: &mut Item, settled: bool, scratch: &mut String) {
        let token = &item.token;
        let text = &text[token.start as usize..token.end as usize];
        // Written only where it changes: most words mean what their letters say.
        if !settled {
            let Entry { class, opens_idiom, .. } = item.entry;
            item.entry = self.derived(text, token, scratch).copied().unwrap_or_default();
            (item.entry.class, item.entry.opens_idiom) = (class, opens_idiom);
        }
        if !self.own.words.is_empty()
            && let Some(valence) = self.own(text, token, scratch)
        {
            item.entry.valence = valence;
        }
    }

    /// What a word that is not listed is a form of.
    fn derived<'a>(&'a self, text: &str, token: &Token, scratch: &mut String) -> Option<&'a Entry> {
        let mut lead = token.lead;
        if token.drawn_out {
            for keep in [2, 1] {
                shorten(text, keep, scratch);
                let (exact, plain, short) = hashes(scratch);
                if let Some(entry) = self.spelled(exact, self.words.get(&plain)) {
                    return Some(entry);
                }
                lead = short;
            }
        }
        if token.letters < SHORTEST_STEM {
            return None;
        }
        let sounds = self.elisions && (token.sounds || token.lead >> 56 == u64::from(b'j'));
        if let Some(entry) = sounds.then(|| self.by_ear(text, scratch)).flatten() {
            return Some(entry);
        }
        if !self.leads.may_be_of_a_form(lead) {
            return None;
        }
        shorten(text, if token.drawn_out { 1 } else { usize::MAX }, scratch);
        self.stems.get(&plain_hash(&self.stemmer.stem(scratch)))
    }

    /// `jrecommande`, `pratik`: what is written as it sounds. Only French writes so.
    fn by_ear(&self, text: &str, scratch: &mut String) -> Option<&Entry> {
        shorten(text, usize::MAX, scratch);
        let lower = std::mem::take(scratch);
        let known = |form: &str| {
            let (exact, plain, _) = hashes(form);
            self.spelled(exact, self.words.get(&plain)).filter(|entry| entry.valence != 0.0)
        };
        let verb = lower.strip_prefix('j').filter(|rest| !rest.starts_with(['a', 'e', 'i', 'o', 'u', 'é', 'ê']));
        let verb = verb.filter(|rest| rest.chars().count() >= usize::from(SHORTEST_STEM));
        if let Some(entry) = verb.and_then(known) {
            return Some(entry);
        }
        let (start, rest) = lower.split_once('k')?;
        scratch.clear();
        scratch.extend([start, if rest.is_empty() { "que" } else { "qu" }, rest]);
        known(scratch)
    }

    /// The entry of a form, else `plain`, that of its letters without accents.
    fn spelled<'a>(&'a self, exact: u64, plain: Option<&'a Entry>) -> Option<&'a Entry> {
        let spelled = self.words.get(&exact).filter(|entry| entry.says());
        spelled.or_else(|| plain.filter(|entry| entry.says() && !entry.strict))
    }
}

#[cfg(test)]
mod tests {
    use crate::sentiment::{Input, Part, score};
    use crate::text::language::Language;

    #[test]
    fn what_is_written_as_it_sounds_is_the_word_it_sounds_like() {
        let of =
            |text, language| score(&Input { parts: &[Part { text, target: &[] }], language }).expect("a lexicon").score;
        for (heard, word) in [("jrecommande", "recommande"), ("jdéteste", "déteste"), ("pratik", "pratique")] {
            assert_eq!(of(heard, Language::FRENCH).to_bits(), of(word, Language::FRENCH).to_bits(), "{heard}");
            assert!(of(word, Language::FRENCH) != 0.0, "{word}");
        }
        for text in ["kiosk", "jouet", "jrecommande"] {
            assert!(of(text, Language::ENGLISH) == 0.0, "{text}");
        }
    }
}
