//! Irony: praise next to a complaint. Owns what betrays it and what it does to the praise.

use super::Doubt;
use super::reading::Item;
use super::role::Role;
use super::tokens::Kind;

/// Of praise that is irony.
const TURNED: f32 = -0.4;
/// Of a service word between quotation marks.
const QUOTED: f32 = -1.0;
/// From which valence on a word is a complaint.
const COMPLAINT: f32 = -0.6;
/// Above which a word is praise enough to be irony.
const PRAISE: f32 = 0.5;

/// The roles without which only quotation marks betray it.
pub(super) const ROLES: Role = Role::PRAISE.with(Role::EXCLAIM).with(Role::THANKS).with(Role::IRONY);

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
    // What betrays it stands in its own sentence or beside it: the whole text is not looked through for each word.
    let sentence = items[at].token.sentence;
    let start = items.partition_point(|other| other.token.sentence + 1 < sentence);
    let end = items.partition_point(|other| other.token.sentence <= sentence + 1);
    let (items, at) = (&items[start..end], at - start);
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
    if role.has(Role::EXCLAIM)
        && items.get(at + 1).is_some_and(|next| next.valence <= -1.2 && next.clause == item.clause)
    {
        // `magnifique panne`.
        return true;
    }
    role.has(Role::THANKS) && (thanks_for_nothing(items, at) || thanks_after_all(items, at))
}

/// `trois semaines pour un mail, merci Novalis`: nothing but the thanks is praise.
fn thanks_after_all(items: &[Item], at: usize) -> bool {
    let (clause, sentence) = (items[at].clause, items[at].token.sentence);
    let mut own = items.iter().filter(|item| item.clause == clause && item.token.kind == Kind::Word);
    let mut others = items.iter().filter(|item| item.token.sentence == sentence && item.clause < clause);
    own.by_ref().take(3).count() <= 2
        && others.clone().all(|item| item.valence <= 0.0)
        && others.any(|item| item.valence <= COMPLAINT)
}

/// The sign of clapping hands is praise.
fn applauds(item: &Item) -> bool {
    matches!(item.token.kind, Kind::Sign(_)) && item.has(Role::PRAISE)
}

/// `génial !`, `ah super`: no other word of weight in the clause, and nobody in front of it who is so.
fn stands_alone(items: &[Item], at: usize) -> bool {
    let clause = items[at].clause;
    if items[..at].iter().rev().take_while(|item| item.clause == clause).any(|item| item.token.kind == Kind::Target) {
        return false;
    }
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
    let other_praise =
        items.iter().enumerate().any(|(place, item)| place != at && near(item) && item.valence >= 1.2 && !is_cue(item));
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

#[cfg(test)]
mod tests {
    use crate::mention::Polarity;
    use crate::sentiment::{DEFAULT_THRESHOLD, Doubt, Input, Part, Score, score};
    use crate::text::language::Language;

    fn french(text: &str) -> Score {
        score(&Input { parts: &[Part { text, target: &[] }], language: Language::FRENCH }).expect("a lexicon")
    }

    #[test]
    fn praise_next_to_a_complaint_is_irony() {
        for text in [
            "Bravo, encore une panne 👏",
            "Merci pour les deux heures d’attente",
            "Génial, colis perdu !",
            "Super ! Encore une erreur de facturation.",
            "Quel talent, ils ont perdu mon dossier.",
            "Le « service » client est aux abonnés absents",
        ] {
            let scored = french(text);
            let polarity = scored.polarity(DEFAULT_THRESHOLD);
            assert_eq!(scored.doubt, Some(Doubt::Irony), "{text}");
            assert!(matches!(polarity, Polarity::Negative | Polarity::Uncertain), "{text}: {polarity:?}");
            assert!(scored.score < 0.0, "{text}: leans to {}", scored.score);
        }
    }

    #[test]
    fn sincere_praise_is_not_irony() {
        for text in [
            "Bravo à toute l’équipe !",
            "Merci d’avoir résolu mon problème",
            "Super, problème réglé en cinq minutes",
            "Livraison en retard, mais bravo au livreur",
            "Merci pour votre aide, je suis ravie",
            "Bravo 👏👏",
        ] {
            let scored = french(text);
            assert_eq!((scored.doubt, scored.polarity(DEFAULT_THRESHOLD)), (None, Polarity::Positive), "{text}");
        }
    }

    #[test]
    fn english_praise_next_to_a_complaint_is_irony_and_somebody_who_is_praised_is_not() {
        let english = |text: &str, target: std::ops::Range<usize>| {
            let target = std::slice::from_ref(&target);
            score(&Input { parts: &[Part { text, target }], language: Language::ENGLISH }).expect("a lexicon")
        };
        for text in ["Great job Novalis, another outage.", "Two hours late, well done Novalis 👏"] {
            let at = text.find("Novalis").expect("a brand");
            let scored = english(text, at..at + 7);
            assert!(scored.doubt == Some(Doubt::Irony) && scored.score < 0.0, "{text}: {}", scored.score);
        }
        let scored = english("Brixo is terrible, Novalis is great.", 19..26);
        assert_eq!((scored.doubt, scored.polarity(DEFAULT_THRESHOLD)), (None, Polarity::Positive));
    }

    #[test]
    fn a_hint_of_complaint_leans_and_stays_uncertain() {
        for text in ["Troisième technicien cette semaine", "Je les ai appelés, déjà cinq appels", "C’est normal ?"]
        {
            let scored = french(text);
            assert_eq!(scored.polarity(DEFAULT_THRESHOLD), Polarity::Uncertain, "{text}");
            assert!(scored.score < 0.0 && scored.doubt == Some(Doubt::Complaint), "{text}");
        }
    }

    #[test]
    fn a_complaint_said_as_well_is_negative() {
        let scored = french("Troisième technicien, toujours en panne, c’est une honte");
        assert_eq!((scored.doubt, scored.polarity(DEFAULT_THRESHOLD)), (Some(Doubt::Complaint), Polarity::Negative));
        assert!(scored.firm_score <= -DEFAULT_THRESHOLD);
    }

    #[test]
    fn a_time_without_an_answer_is_a_complaint_however_it_is_written() {
        for text in
            ["3 semaines sans réponse", "Trois semaines sans aucune nouvelle", "48h que j’attends", "2h d’attente"]
        {
            assert_eq!(french(text).polarity(DEFAULT_THRESHOLD), Polarity::Negative, "{text}");
        }
    }
}
