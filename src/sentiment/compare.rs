//! Comparisons: which side of `mieux que`, `préfère … à`, `quitté … pour` the target is on. Owns the
//! patterns; what else weighs towards a target is `target`.

use super::role::Role;
use super::reading::Item;
use super::tokens::Kind;

/// Towards what is preferred and gone to, and what is left.
const CHOSEN: f32 = 1.8;
const LEFT: f32 = -1.9;
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
        Some((than, false)) => compared(items, than) == Some(at),
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
    let degrees = |place: usize| {
        items[place].has(Role::COMPARES) || items[place].has(Role::MORE) || items[place].has(Role::LESS)
    };
    (degrees(at) || (at.saturating_sub(2)..at).any(degrees)).then_some(at)
}

/// Gives `préfère` and `quitté` their valence towards the target, if one is on either side.
pub(super) fn add(items: &mut [Item]) {
    for at in 0..items.len() {
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
