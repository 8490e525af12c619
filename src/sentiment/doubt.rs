//! Irony: praise next to a complaint. Owns what betrays it and what it does to the praise.

use super::Doubt;
use super::role::Role;
use super::reading::Item;
use super::tokens::Kind;

/// Of praise that is irony.
const TURNED: f32 = -0.4;
/// Of a service word between quotation marks.
const QUOTED: f32 = -1.0;
/// From which valence on a word is a complaint.
const COMPLAINT: f32 = -0.6;
/// Above which a word is praise enough to be irony.
const PRAISE: f32 = 0.5;

/// Turns praise that is likely irony, and marks it.
pub(super) fn apply(items: &mut [Item]) {
    for at in 0..items.len() {
        let item = &items[at];
        if item.token.quoted && item.valence >= 0.0 && (item.valence > PRAISE || item.has(Role::EXCLAIM)) {
            let turned = if item.valence > PRAISE { item.valence * TURNED } else { QUOTED };
            items[at].valence = turned;
            items[at].doubt = Some(Doubt::Irony);
            continue;
        }
        if item.valence > PRAISE && item.doubt.is_none() && is_mocked(items, at) {
            items[at].valence *= TURNED;
            items[at].doubt = Some(Doubt::Irony);
        }
    }
}

fn is_mocked(items: &[Item], at: usize) -> bool {
    let item = &items[at];
    let ironic = |other: &&Item| other.has(Role::IRONY) && other.clause.abs_diff(item.clause) <= 1;
    if items.iter().filter(ironic).any(|other| other.token.sentence == item.token.sentence) {
        return true;
    }
    let role = item.entry.role;
    let exclaimed = at > 0 && items[at - 1].has(Role::ASKS) && items[at - 1].has(Role::PRAISE);
    if role.has(Role::PRAISE) || exclaimed || applauds(item) {
        return complaint(items, at, true);
    }
    if role.has(Role::EXCLAIM) && stands_alone(items, at) {
        return complaint(items, at, true);
    }
    role.has(Role::THANKS) && thanks_for_nothing(items, at)
}

/// The sign of clapping hands is praise.
fn applauds(item: &Item) -> bool {
    matches!(item.token.kind, Kind::Sign(_)) && item.has(Role::PRAISE)
}

/// `génial !`, `ah super`: no other word of weight in the clause.
fn stands_alone(items: &[Item], at: usize) -> bool {
    let clause = items[at].clause;
    let of_clause = |item: &&Item| item.clause == clause && item.token.kind == Kind::Word;
    items.iter().filter(of_clause).all(|item| item.token.letters <= 2 || item.token.start == items[at].token.start)
}

/// A complaint of the same sentence, or of the next one where the praise makes up its own; nothing that
/// turns the sentence between them.
fn complaint(items: &[Item], at: usize, next: bool) -> bool {
    let sentence = items[at].token.sentence;
    let words = items.iter().filter(|item| item.token.sentence == sentence && item.token.kind == Kind::Word).count();
    let reach = sentence + u32::from(next && words <= 3);
    let near = |item: &Item| item.token.sentence >= sentence && item.token.sentence <= reach;
    let complains = |item: &Item| item.valence <= COMPLAINT || item.doubt == Some(Doubt::Complaint);
    let turns = |item: &Item| item.has(Role::CONTRAST) || item.has(Role::CONCESSION);
    let after = items[at + 1..].iter().take_while(|item| near(item) && !turns(item)).any(complains);
    let before = items[..at].iter().rev().take_while(|item| near(item) && !turns(item)).any(complains);
    let other_praise = items
        .iter()
        .enumerate()
        .any(|(place, item)| place != at && near(item) && item.valence >= 1.2 && !is_cue(item));
    (after || before) && !other_praise
}

fn is_cue(item: &Item) -> bool {
    [Role::PRAISE, Role::EXCLAIM, Role::THANKS].into_iter().any(|role| item.has(role)) || item.doubt.is_some()
}

/// `merci pour les trois heures d'attente`: the complaint is what it thanks for.
fn thanks_for_nothing(items: &[Item], at: usize) -> bool {
    let clause = items[at].clause;
    let mut object = items[at + 1..].iter().take(9).take_while(|item| item.clause == clause).peekable();
    let mut linked = false;
    while let Some(item) = object.next() {
        linked |= item.has(Role::TOWARDS);
        if item.valence > PRAISE {
            return false;
        }
        if linked && (item.valence <= COMPLAINT || item.doubt == Some(Doubt::Complaint)) {
            return object.all(|rest| rest.valence <= 0.0);
        }
    }
    false
}
