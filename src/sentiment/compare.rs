//! Comparisons: which side of `mieux que`, `préfère … à`, `quitté … pour` the target is on. Owns the
//! patterns; what else weighs towards a target is `target`.

use super::reading::Item;
use super::role::Role;
use super::tokens::Kind;

/// Towards what is preferred and gone to, and what is left.
const CHOSEN: f32 = 1.8;
const LEFT: f32 = -1.9;
/// Of what would have been without the target.
const AVERTED: f32 = 0.1;
/// How far a comparison reaches, in words.
const REACH: usize = 8;
/// How far the target may stand from what links it.
const LINK: usize = 4;

/// Whether the word at `at` counts against the target at `target`: it praises or blames the other side.
pub(super) fn turns(items: &[Item], target: usize, at: usize) -> bool {
    if items[at].token.sentence != items[target].token.sentence {
        return false;
    }
    match link(items, target) {
        // The other side of `contrairement à Novalis` is all the rest of the sentence.
        Some((link, true)) => link != at,
        // `marche mieux que`: the verb is compared too.
        Some((than, false)) => {
            compared(items, than).is_some_and(|degree| degree == at || (at < degree && degree - at <= 2))
        }
        None => false,
    }
}

/// `que` or `contrairement à` in front of a target, and whether it is the latter.
fn link(items: &[Item], target: usize) -> Option<(usize, bool)> {
    let clause = items[target].clause;
    for place in (target.saturating_sub(LINK)..target).rev() {
        let item = &items[place];
        if item.token.kind == Kind::Target {
            continue;
        }
        if item.clause != clause {
            return None;
        }
        if item.has(Role::UNLIKE) {
            return Some((place, true));
        }
        if item.has(Role::LIMIT) {
            return Some((place, false));
        }
        if item.valence != 0.0 {
            return None;
        }
    }
    None
}

/// The word of tone that is compared in front of `que` at `than`: `plus fiable`, `mieux`.
fn compared(items: &[Item], than: usize) -> Option<usize> {
    let start = than.saturating_sub(REACH);
    let at = (start..than).rev().find(|&place| items[place].valence != 0.0)?;
    let degrees =
        |place: usize| items[place].has(Role::COMPARES) || items[place].has(Role::MORE) || items[place].has(Role::LESS);
    (degrees(at) || (at.saturating_sub(2)..at).any(degrees)).then_some(at)
}

/// Gives `préfère` and `quitté` their valence towards the target, if one is on either side.
pub(super) fn add(items: &mut [Item]) {
    for at in 0..items.len() {
        if items[at].has(Role::WITHOUT) {
            owe(items, at);
            continue;
        }
        if items[at].has(Role::BEATS) {
            beat(items, at);
            continue;
        }
        if items[at].has(Role::MOVES) {
            if let Some(valence) = moved(items, at) {
                items[at].valence = valence;
            }
            continue;
        }
        let (prefers, leaves) = (items[at].has(Role::PREFERS), items[at].has(Role::LEAVES));
        if !prefers && !leaves {
            continue;
        }
        if items[at].has(Role::UNLIKE) {
            advise(items, at);
            continue;
        }
        let Some(side) = side(items, at) else { continue };
        items[at].valence = match (side, prefers) {
            (Side::First, true) | (Side::Second, false) => CHOSEN,
            (Side::Second, true) | (Side::First, false) => LEFT,
        };
    }
}

/// `sans Target, j'aurais raté`: what did not happen is owed to it.
fn owe(items: &mut [Item], at: usize) {
    let sentence = items[at].token.sentence;
    let named = items[at + 1..].iter().take(2).any(|item| item.token.kind == Kind::Target);
    let length = items[at..].iter().take_while(|item| item.token.sentence == sentence).count();
    let rest = &mut items[at..at + length];
    if named && rest.iter().any(|item| item.has(Role::UNREAL)) {
        for item in rest.iter_mut() {
            item.valence *= AVERTED;
        }
        rest[0].valence = CHOSEN;
    }
}

/// `First écrase Second`, `First ne fait pas le poids face à Second`, where both are named.
fn beat(items: &mut [Item], at: usize) {
    let (clause, end) = (items[at].clause, at + items[at].length.max(1));
    let of_clause = |item: &&Item| item.clause == clause;
    let before = || items[..at].iter().rev().take(REACH).take_while(of_clause);
    let after = || items[end..].iter().take(REACH).take_while(of_clause);
    let targets = |item: &Item| item.token.kind == Kind::Target;
    let names = |item: &Item| item.token.kind == Kind::Word && item.token.capital && item.token.letters > 2;
    let loses = items[at].entry.valence < 0.0;
    if before().any(targets) && after().any(names) {
        items[at].valence = if loses { LEFT } else { CHOSEN };
    } else if after().any(targets) && before().any(names) {
        items[at].valence = if loses { CHOSEN } else { LEFT };
    }
}

/// `migré chez Target`, `passé de Target à …`; nothing where the target is on neither side.
fn moved(items: &[Item], verb: usize) -> Option<f32> {
    let clause = items[verb].clause;
    let rest = || items[verb + 1..].iter().take(REACH + LINK).take_while(|item| item.clause == clause);
    let mut side = None;
    let mut came = items[verb].has(Role::LEAVES);
    let named = rest().any(|item| item.token.kind == Kind::Word && item.token.capital && item.token.letters > 2);
    for item in rest() {
        if item.token.kind == Kind::Target {
            return side;
        }
        if item.has(Role::SOURCE) && named {
            (side, came) = (Some(LEFT), true);
        } else if item.has(Role::TOWARDS) && came {
            side = Some(CHOSEN);
        }
    }
    None
}

/// `prenez First plutôt que Second`, where no word of tone says which is good.
fn advise(items: &mut [Item], at: usize) {
    let sentence = items[at].token.sentence;
    let mut around = items.iter().filter(|item| item.token.sentence == sentence);
    if around.any(|item| item.valence != 0.0) {
        return;
    }
    let is_target = |item: &Item| item.token.kind == Kind::Target && item.token.sentence == sentence;
    let end = at + items[at].length;
    items[at].valence = if items[end..].iter().take(LINK).any(is_target) {
        LEFT
    } else if items[at.saturating_sub(LINK)..at].iter().any(is_target) {
        CHOSEN
    } else {
        0.0
    };
}

/// On which side of the verb's link the target stands.
#[derive(Clone, Copy)]
enum Side {
    First,
    Second,
}

/// `préfère First à Second`, `quitté First pour Second`; `passé chez Second`.
fn side(items: &[Item], verb: usize) -> Option<Side> {
    let sentence = items[verb].token.sentence;
    let clause = items[verb].clause;
    let mut named = false;
    let mut linked = false;
    for item in items[verb + 1..].iter().take(REACH + LINK) {
        if item.token.sentence != sentence || item.clause != clause {
            break;
        }
        if item.token.kind == Kind::Target {
            return Some(if linked { Side::Second } else { Side::First });
        }
        named |= item.token.capital;
        linked |= item.has(Role::UNLIKE) || (named && item.has(Role::TOWARDS));
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::mention::Polarity;
    use crate::sentiment::{DEFAULT_THRESHOLD, Input, Part, find_target, score};
    use crate::text::language::Language;

    fn polarity(text: &str, language: Language) -> Polarity {
        let target = find_target(text, "Novalis");
        let parts = [Part { text, target: &target }];
        score(&Input { parts: &parts, language }).expect("a lexicon").polarity(DEFAULT_THRESHOLD)
    }

    #[test]
    fn a_comparison_praises_one_side_and_blames_the_other() {
        for (language, text, expected) in [
            (Language::FRENCH, "Novalis est bien mieux que Brixo.", Polarity::Positive),
            (Language::FRENCH, "Brixo est bien mieux que Novalis.", Polarity::Negative),
            (Language::FRENCH, "Brixo est moins cher que Novalis.", Polarity::Negative),
            (Language::FRENCH, "Brixo est plus lent que Novalis.", Polarity::Positive),
            (Language::FRENCH, "Novalis est plus lent que Brixo.", Polarity::Negative),
            (Language::FRENCH, "Contrairement à Novalis, Brixo est très efficace.", Polarity::Negative),
            (Language::FRENCH, "Contrairement à Brixo, Novalis est très efficace.", Polarity::Positive),
            (Language::ENGLISH, "Brixo is much better than Novalis.", Polarity::Negative),
            (Language::ENGLISH, "Novalis is much better than Brixo.", Polarity::Positive),
            (Language::ENGLISH, "Unlike Novalis, Brixo is reliable.", Polarity::Negative),
        ] {
            assert_eq!(polarity(text, language), expected, "{text}");
        }
    }

    #[test]
    fn who_is_preferred_or_left_has_a_side() {
        for (language, text, expected) in [
            (Language::FRENCH, "Je préfère Novalis à Brixo.", Polarity::Positive),
            (Language::FRENCH, "Je préfère Brixo à Novalis.", Polarity::Negative),
            (Language::FRENCH, "J’ai quitté Brixo pour Novalis.", Polarity::Positive),
            (Language::FRENCH, "J’ai quitté Novalis pour Brixo.", Polarity::Negative),
            (Language::FRENCH, "Il a quitté la réunion.", Polarity::Neutral),
            (Language::FRENCH, "Choisissez Brixo plutôt que Novalis.", Polarity::Negative),
            (Language::FRENCH, "Choisissez Novalis plutôt que Brixo.", Polarity::Positive),
            (Language::ENGLISH, "I prefer Brixo to Novalis.", Polarity::Negative),
            (Language::ENGLISH, "I left Brixo for Novalis.", Polarity::Positive),
        ] {
            assert_eq!(polarity(text, language), expected, "{text}");
        }
    }
}
