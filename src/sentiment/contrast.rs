//! `mais`, `cela dit`, `reste que`: what stands after counts more than what stands before, and where it says nothing
//! in so many words it says the contrary. Owns these weights; which words turn a sentence is the lexicon's.

use super::lexicon::Lexicon;
use super::reading::{Item, Told};
use super::recent::Recent;
use super::role::Role;
use super::rules::STRONGEST;
use super::tokens::Kind;
use super::{Doubt, Part};

/// In front of the last contrast of a sentence, and after it.
const BEFORE: f32 = 0.5;
const AFTER: f32 = 1.5;
/// The same where it opens a sentence of its own.
const SENTENCE_BEFORE: f32 = 0.7;
const SENTENCE_AFTER: f32 = 1.2;
/// Of what stands before, where what stands after has no tone and hints at nothing.
const TURNED: f32 = -0.45;
/// Words that say something.
const SAID: usize = 3;

/// Applies it to each sentence, and to one that opens with a contrast together with the one before it.
pub(super) fn apply(items: &mut [Item], lexicon: &Lexicon, parts: &[Part<'_>], recent: &mut Recent) {
    let mut end = items.len();
    while end > 0 {
        let start = begin(items, end);
        let turn = items[start..end].iter().rposition(|item| item.has(Role::CONTRAST));
        let mut first = start;
        if let Some(turn) = turn {
            let turn = start + turn;
            if turn == start && start > 0 && items[start].token.part == items[start - 1].token.part {
                first = begin(items, start);
            }
            if turn > first {
                let apart = first < start;
                weigh(&mut items[first..turn], if apart { SENTENCE_BEFORE } else { BEFORE });
                weigh(&mut items[turn..end], if apart { SENTENCE_AFTER } else { AFTER });
                counter(&mut items[first..end], turn - first, lexicon, parts, recent);
            }
        }
        // A sentence is weighed once.
        end = first;
    }
}

/// Where the sentence begins that ends at `end`.
fn begin(items: &[Item], end: usize) -> usize {
    let sentence = items[end - 1].token.sentence;
    items[..end].iter().rposition(|item| item.token.sentence != sentence).map_or(0, |at| at + 1)
}

fn weigh(items: &mut [Item], weight: f32) {
    for item in items {
        item.valence = (item.valence * weight).clamp(-STRONGEST, STRONGEST);
    }
}

/// `la dame était polie, mais ils m'ont fiché pour 12 euros`: what no word says is what the turn is about.
fn counter(items: &mut [Item], turn: usize, lexicon: &Lexicon, parts: &[Part<'_>], recent: &mut Recent) {
    let (before, after) = items.split_at_mut(turn);
    let end = after[0].length.max(1);
    let says = |item: &&Item| item.token.kind == Kind::Word;
    let silent = after.iter().all(|item| item.valence == 0.0 && item.token.kind != Kind::Ask);
    let sum: f32 = before.iter().map(|item| item.valence).sum();
    let one_sided = before.iter().all(|item| item.valence * sum >= 0.0);
    if !silent || sum == 0.0 || !one_sided || after[end..].iter().filter(says).count() < SAID {
        return;
    }
    if let Some(hint) = lexicon.hint(&after[end..], parts, recent) {
        let item = &mut after[end + hint.at];
        item.valence = hint.valence * AFTER;
        (item.doubt, item.told) = (Some(hint.doubt), Told::BySentence);
        return;
    }
    for item in before.iter_mut().filter(|item| item.valence != 0.0) {
        item.valence *= TURNED;
        item.doubt = Some(if item.valence > 0.0 { Doubt::Praise } else { Doubt::Complaint });
    }
}

#[cfg(test)]
mod tests {
    use crate::sentiment::{Doubt, towards_novalis as towards};

    #[test]
    fn what_turns_against_praise_without_a_word_of_blame_is_a_doubtful_complaint() {
        for text in [
            "La dame était polie, mais Novalis m’a fiché pour douze euros.",
            "Les bus de Novalis sont très propres. Encore faut-il qu’il en passe un.",
            "Emballage superbe. Reste que Novalis a envoyé la taille du dessous.",
        ] {
            let scored = towards(text);
            assert!(scored.score < 0.0 && scored.doubt.is_some(), "{text}: {scored:?}");
        }
    }

    #[test]
    fn what_turns_with_a_word_of_tone_is_as_it_says() {
        let scored = towards("Novalis est un peu cher, mais la dame était adorable.");
        assert!(scored.score > 0.3 && scored.doubt.is_none(), "{scored:?}");
        let scored = towards("Accueil superbe. Mais Novalis est une arnaque.");
        assert!(scored.score < -0.2 && scored.doubt != Some(Doubt::Praise), "{scored:?}");
    }

    #[test]
    fn a_turn_after_a_mixture_or_nothing_turns_nothing() {
        for text in ["Novalis ouvre mardi, mais pas mercredi.", "Mais Novalis ouvre une agence à Lyon."] {
            assert!(towards(text).score.abs() < 0.15, "{text}: {:?}", towards(text));
        }
    }
}
