//! What a sentence does to the tone within it: conceded, asked, supposed, reported, fought. Owns these
//! rules and their weights.

use super::reading::Item;
use super::role::Role;
use super::tokens::Kind;

/// Of what is conceded, where the sentence also says something of its own.
const CONCEDED: f32 = 0.3;
/// The same where the sentence says something without tone.
const ASIDE: f32 = 0.1;
/// Of praise in a question, and of blame in one that wants to know.
const ASKED: f32 = 0.12;
/// Of what stands under `si`.
const SUPPOSED: f32 = 0.2;
/// Of praise that would be.
const UNREAL: f32 = -0.3;
/// Of what a third party says.
const REPORTED: f32 = 0.2;
/// Of praise that is only claimed.
const CLAIMED: f32 = -0.15;
/// How far these reach, in words.
const FAR: usize = 10;
const NEAR: usize = 6;
/// Words of a sentence that only thanks for the answer to a question.
const POLITE: usize = 4;
/// Words from which on what stands beside a concession says something, be it without tone.
const SAID: usize = 3;
/// Turns a negated word back.
const UNTURNED: f32 = -1.3;

/// The roles without which only a question frames anything.
pub(super) const ROLES: Role =
    Role::CONCESSION.with(Role::IF).with(Role::AGAINST).with(Role::UNREAL).with(Role::REPORT).with(Role::CLAIM);

/// Applies the frames, sentence by sentence.
pub(super) fn apply(items: &mut [Item]) {
    let mut start = 0;
    let mut asked = false;
    while start < items.len() {
        let sentence = items[start].token.sentence;
        let length = items[start..].iter().take_while(|item| item.token.sentence == sentence).count();
        sentence_frames(&mut items[start..start + length]);
        if asked {
            polite(&mut items[start..start + length]);
        }
        asked = asks(&items[start..start + length]);
        start += length;
    }
}

/// `… ? Merci d'avance`: thanks for an answer praise nobody.
fn polite(sentence: &mut [Item]) {
    let words = sentence.iter().filter(|item| item.token.kind == Kind::Word).count();
    if words <= POLITE {
        for item in sentence.iter_mut().filter(|item| item.has(Role::THANKS)) {
            item.valence = 0.0;
        }
    }
}

fn sentence_frames(items: &mut [Item]) {
    if items.iter().all(|item| item.valence == 0.0) {
        return;
    }
    for at in 0..items.len() {
        let role = items[at].entry.role;
        if !role.has(ROLES) {
            continue;
        }
        if role.has(Role::CONCESSION) {
            concede(items, at);
        }
        if role.has(Role::IF) && supposes(items, at) {
            let end = clause_end(items, at);
            if items[at + 1..end].iter().any(|item| item.has(Role::HAD)) {
                happened(&mut items[at + 1..end]);
            } else {
                scale(items, at, end, |_| SUPPOSED);
            }
        }
        if role.has(Role::AGAINST) {
            let end = (at + 1 + NEAR).min(clause_end(items, at));
            scale(items, at, end, |valence| if valence < 0.0 { 0.0 } else { 1.0 });
        }
        if role.has(Role::UNREAL) {
            let end = (at + items[at].length.max(1) + NEAR).min(items.len());
            scale(items, at, end, |valence| if valence > 0.0 { UNREAL } else { 1.0 });
        }
        if role.has(Role::REPORT) && reports(items, at) {
            scale(items, at, items.len(), |_| REPORTED);
        }
        if role.has(Role::CLAIM) {
            let end = (at + 1 + FAR).min(clause_end(items, at));
            scale(items, at, end, |valence| if valence > 0.0 { CLAIMED } else { 1.0 });
        }
    }
    if asks(items) {
        ask(items);
    }
}

fn asks(sentence: &[Item]) -> bool {
    sentence.iter().any(|item| item.token.kind == Kind::Ask)
}

/// Multiplies the valences of words after `at` and before `end`.
fn scale(items: &mut [Item], at: usize, end: usize, factor: impl Fn(f32) -> f32) {
    for item in &mut items[at + 1..end] {
        if !matches!(item.token.kind, Kind::Sign(_)) {
            item.valence *= factor(item.valence);
        }
    }
}

/// Where the clause that goes on after `at` ends.
fn clause_end(items: &[Item], at: usize) -> usize {
    let Some(clause) = items.get(at + 1).map(|item| item.clause) else { return items.len() };
    items[at + 1..].iter().position(|item| item.clause != clause).map_or(items.len(), |length| at + 1 + length)
}

/// `malgré un prix élevé, j'adore`: what is conceded weighs less when the rest says something.
fn concede(items: &mut [Item], at: usize) {
    let end = (at + 1 + FAR).min(clause_end(items, at));
    let inside = at..end;
    let mut outside = items.iter().enumerate().filter(|(place, _)| !inside.contains(place));
    let says = |item: &Item| matches!(item.token.kind, Kind::Word | Kind::Target);
    if outside.clone().any(|(_, item)| item.valence != 0.0) {
        scale(items, at, end, |_| CONCEDED);
    } else if outside.by_ref().filter(|(_, item)| says(item)).count() >= SAID {
        scale(items, at, end, |_| ASIDE);
    }
}

/// `si X n'avait pas annulé`: X did; `si X avait prévenu`: X did not.
fn happened(clause: &mut [Item]) {
    for item in clause.iter_mut().filter(|item| !matches!(item.token.kind, Kind::Sign(_))) {
        if item.valence * item.entry.valence < 0.0 {
            item.valence *= UNTURNED;
        } else if item.valence > 0.0 {
            item.valence *= UNREAL;
        }
    }
}

/// `si vous cherchez` but not `si cher`: a subject follows.
fn supposes(items: &[Item], at: usize) -> bool {
    items.get(at + 1).is_some_and(|next| {
        next.token.kind == Kind::Target || (next.valence == 0.0 && next.has(Role::SUBJECT)) || next.token.capital
    })
}

/// `affirme que` but not `assure`; `selon eux` but not `selon moi`, which are idioms of their own.
fn reports(items: &[Item], at: usize) -> bool {
    items[at].length > 1
        || items[at + 1..].iter().take(2).any(|next| next.has(Role::LIMIT))
        || items[at].has(Role::TOWARDS)
}

/// A question praises nothing; one that wants to know blames nothing either.
fn ask(items: &mut [Item]) {
    let wants = items.iter().any(|item| item.has(Role::ASKS));
    for item in items.iter_mut().filter(|item| !matches!(item.token.kind, Kind::Sign(_))) {
        if item.valence > 0.0 || wants {
            item.valence *= ASKED;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sentiment::{Input, Part, score};
    use crate::text::language::Language;

    fn french(text: &str) -> f32 {
        score(&Input { parts: &[Part { text, target: &[] }], language: Language::FRENCH }).expect("a lexicon").score
    }

    #[test]
    fn what_is_conceded_weighs_less_than_what_is_said() {
        assert!(french("Malgré un prix élevé et un accueil lent, j’adore") > 0.2);
        assert!(french("J’adore, même si le site est laid") > 0.2);
        assert!(french("Bien que les vendeurs soient aimables, je suis déçue") < -0.2);
        // With nothing else to say, it is what is said.
        assert!(french("Malgré la panne") < -0.2);
    }

    #[test]
    fn a_question_that_wants_to_know_has_no_tone() {
        for text in ["Quelqu’un sait s’ils sont fiables ?", "Comment signaler un problème ?", "C’est efficace ?"]
        {
            assert!(french(text).abs() < 0.2, "{text}: {}", french(text));
        }
        assert!(french("Toujours en panne ?") < -0.2);
        assert!(french("Pourquoi personne ne répond ?") < -0.2);
    }

    #[test]
    fn a_supposition_is_no_praise_and_no_blame() {
        for text in ["Si le service est excellent, je reste", "Si vous avez un problème, appelez-nous"] {
            assert!(french(text).abs() < 0.2, "{text}: {}", french(text));
        }
        for text in ["Au cas où le service serait en panne", "Ils ont beau être gentils, c’est nul"] {
            assert!(french(text) < 0.2, "{text}: {}", french(text));
        }
        assert!(french("C’est si mauvais") < -0.2);
        assert!(french("Ils auraient pu être plus aimables") < -0.2);
    }

    #[test]
    fn what_others_claim_is_not_so() {
        assert!(french("La marque affirme que ses produits sont excellents").abs() < 0.2);
        for text in [
            "Ils assurent offrir un bon service",
            "La banque se présente comme la plus fiable",
            "Ils promettent une expérience exceptionnelle",
        ] {
            assert!(french(text).abs() < 0.2, "{text}: {}", french(text));
        }
        assert!(french("Ils prétendent être sérieux") < 0.0);
        assert!(french("Selon moi, c’est excellent") > 0.2);
    }

    #[test]
    fn an_evil_that_is_fought_is_no_blame() {
        assert!(french("Un colloque contre la fraude et la corruption").abs() < 0.2);
    }
}
