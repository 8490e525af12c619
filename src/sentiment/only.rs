//! `ne … que` and `ne … plus` where no word says what to think of it: what one will have nothing but is praise.
//! Owns these readings; with a word of tone, `rules` has the say, and what is restricted otherwise is a complaint
//! in one sentence and a fact in the next, of which `hints` tells.

use super::reading::Item;
use super::role::Role;
use super::tokens::Kind;

/// The roles without which nothing is restricted.
pub(super) const ROLES: Role = Role::CLITIC;

/// Of having nothing but the target, and of being rid of something with it.
const DEVOTED: f32 = 1.6;
/// How far `que` or `plus` may stand from `ne`, and the target from `que`, in words.
const REACH: usize = 5;

/// Gives such a `ne` its valence where its sentence has none.
pub(super) fn apply(items: &mut [Item]) {
    let mut start = 0;
    while start < items.len() {
        let sentence = items[start].token.sentence;
        let length = items[start..].iter().take_while(|item| item.token.sentence == sentence).count();
        let own = &mut items[start..start + length];
        if own.iter().all(|item| item.valence == 0.0)
            && own.iter().all(|item| item.token.kind != Kind::Ask && !item.has(Role::IF))
            && let Some((at, end)) = read(own)
        {
            own[at].valence = DEVOTED;
            own[at].length = end - at + 1;
        }
        start += length;
    }
}

/// Where the first `ne` of a sentence stands that praises, and where its `que` or `plus`.
fn read(items: &[Item]) -> Option<(usize, usize)> {
    let is_target = |item: &Item| item.token.kind == Kind::Target;
    let at = items.iter().position(|item| item.has(Role::CLITIC) && item.length == 1)?;
    let clause = items[at].clause;
    let rest = || items.iter().enumerate().skip(at + 1).take(REACH).take_while(|(_, item)| item.clause == clause);
    if rest().any(|(_, item)| item.has(Role::NEGATOR)) {
        return None;
    }
    let mut before = items[..at].iter().filter(|item| item.clause == clause);
    if let Some((que, _)) = rest().find(|(_, item)| item.has(Role::LIMIT)) {
        let object = items[que + 1..].iter().take(REACH).take_while(|item| item.clause == clause);
        return (object.clone().any(is_target) && !before.any(is_target)).then_some((at, que));
    }
    // `Novalis ne dessert plus Brest` is a fact; `depuis Novalis, je ne guette plus le facteur` is praise.
    let (plus, _) = rest().find(|(_, item)| item.has(Role::MORE))?;
    let owed = items[..at].windows(3).any(|three| three[0].has(Role::SINCE) && three[1..].iter().any(is_target));
    owed.then_some((at, plus))
}

#[cfg(test)]
mod tests {
    use crate::mention::Polarity;
    use crate::sentiment::{DEFAULT_THRESHOLD, Input, Part, find_target, score};
    use crate::text::language::Language;

    #[test]
    fn what_one_will_have_nothing_but_is_praised() {
        for (text, sign, expected) in [
            ("Mon chat ne mange que du Novalis.", 1.0, Polarity::Positive),
            ("Je ne confie mon vélo qu’à Novalis.", 1.0, Polarity::Positive),
            ("Depuis Novalis, je ne regarde plus le compteur.", 1.0, Polarity::Positive),
            // A fact, and what a word of tone says.
            ("Novalis ne dessert plus le village.", 0.0, Polarity::Neutral),
            ("Le bail de Novalis n’est que de trois ans.", 0.0, Polarity::Neutral),
            ("Novalis ne vend-il que du thé ?", 0.0, Polarity::Neutral),
            ("Je n’ai que des compliments pour Novalis.", 1.0, Polarity::Positive),
        ] {
            let target = find_target(text, "Novalis");
            let parts = [Part { text, target: &target }];
            let scored = score(&Input { parts: &parts, language: Language::FRENCH }).expect("a lexicon");
            assert!(
                if sign == 0.0 {
                    scored.firm_score.abs() < 0.05 && scored.score.abs() < 0.2
                } else {
                    scored.score * sign > 0.05
                },
                "{text}: {scored:?}"
            );
            assert_eq!(scored.polarity(DEFAULT_THRESHOLD), expected, "{text}: {scored:?}");
        }
    }
}
