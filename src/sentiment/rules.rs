//! From tokens to scores: idioms, degree, negation, contrast and emphasis. Owns the rules and their
//! weights; the words are the lexicon's, the weights towards a target `target`'s.

use super::event::LEANING;
use super::hints::Hint;
use super::lexicon::Lexicon;
use super::reading::{Item, Present, Told};
use super::role::Role;
use super::tokens::Kind;
use super::{Doubt, Part, Rule, Score, Word, compare, contrast, doubt, frame, only, recent, target};

/// What a booster adds and an attenuator takes.
const DEGREE: f32 = 0.293;
/// Of the degree when a word stands between.
const DEGREE_FARTHER: f32 = 0.95;
/// A word in capitals in a text that is not.
const SHOUTED: f32 = 0.733;
/// A word with a letter drawn out.
const DRAWN_OUT: f32 = 0.3;
/// An exclamation mark; four count.
const BANG: f32 = 0.292;
const MOST_BANGS: u32 = 4;
const NEGATED: f32 = -0.75;
/// Words that an idiom may stand away from what it turns: `on ne peut pas dire que`.
const FAR_NEGATED: usize = 3;
/// At most, of what ought to be done and is not.
const UNDONE: f32 = -1.2;
const LITTLE: f32 = -0.5;
const LESS: f32 = -0.4;
/// Tames the sum: s / √(s² + 15).
const TAMING: f32 = 15.0;
pub(super) const STRONGEST: f32 = 6.0;
/// From which score on the other words praise too plainly for a hint of complaint.
const PLAIN_PRAISE: f32 = 0.3;
/// From which weight on a doubtful word makes the whole doubtful.
const DOUBTED: f32 = 0.25;
/// Below this score the words say too little: what they hint at has the say.
const FAINT: f32 = 0.14;
/// Of words that say too little.
const MUTED: f32 = 0.3;
/// From which valence on a word is not muted by a hint of the contrary.
const PLAIN: f32 = 2.5;
/// How often the same sign counts when it is repeated.
const MOST_REPEATS: u32 = 3;
/// How far a rule looks back, in words of any kind.
const REACH: usize = 10;

/// Scores the items of the parts, in which `present` occurs, with a lexicon's events and hints. `trace` hears the
/// valence of the item at an index after a rule.
pub(super) fn score(
    mut items: Vec<Item>,
    present: &Present,
    parts: &[Part<'_>],
    lexicon: &Lexicon,
    mut trace: impl FnMut(usize, Rule, f32),
) -> Scored {
    weigh(&mut items, present.shouted, &mut trace);
    if present.roles.has(Role::CONTRAST) {
        recent::with(|recent| contrast::apply(&mut items, lexicon, parts, recent));
    }
    heard(&items, &mut trace, Rule::Contrast);
    if present.roles.has(only::ROLES) {
        only::apply(&mut items);
        heard(&items, &mut trace, Rule::Negation);
    }
    lexicon.events.tell(&mut items, |at, name, valence| trace(at, Rule::Event(name), valence));
    if present.asked || present.roles.has(frame::ROLES) {
        frame::apply(&mut items);
    }
    heard(&items, &mut trace, Rule::Frame);
    if present.quoted || present.roles.has(doubt::ROLES) {
        doubt::apply(&mut items);
    }
    heard(&items, &mut trace, Rule::Irony);
    if present.target {
        compare::add(&mut items);
        heard(&items, &mut trace, Rule::Comparison);
    }
    let mut sum = Sum::of(&items, present, lexicon.mixed);
    if sum.score.abs() < FAINT
        && let Some(hint) = recent::with(|recent| lexicon.hint(&items, parts, recent))
        && !items.iter().any(|item| outranks(item, &hint))
    {
        for item in &mut items {
            item.valence *= MUTED;
        }
        let item = &mut items[hint.at];
        (item.valence, item.doubt, item.told) = (hint.valence, Some(hint.doubt), Told::ByText);
        heard(&items, &mut trace, Rule::Event(LEANING));
        sum = Sum::of(&items, present, lexicon.mixed);
    }
    let Sum { mut strengths, document_score, mut score, bangs } = sum;
    if present.target {
        for &(weight, at) in &strengths {
            trace(at, Rule::Target, items[at].valence * weight);
        }
    }
    let in_doubt = strengths.iter().filter(|&&(weight, at)| (items[at].valence * weight).abs() >= DOUBTED);
    let mut doubt = in_doubt.filter_map(|&(_, at)| items[at].doubt).max();
    let firm_score = if doubt.is_some() {
        let firm: Vec<_> = strengths.iter().copied().filter(|&(_, at)| items[at].doubt.is_none()).collect();
        score_of(&items, &firm, lexicon.mixed, bangs)
    } else {
        score
    };
    if doubt == Some(Doubt::Complaint) && firm_score >= PLAIN_PRAISE {
        // 'Ten years and two calls, always perfect' complains of nothing.
        (score, doubt) = (firm_score, None);
    }
    for (strength, at) in &mut strengths {
        *strength = (items[*at].valence * *strength).abs();
    }
    strengths.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let words = strengths.iter().map(|&(_, at)| word(&items, at)).collect();
    Scored { score: Score { score, document_score, words, doubt, firm_score }, items, strengths }
}

/// What a sentence tells, and a word of plain tone, are not muted by a hint of the contrary.
fn outranks(item: &Item, hint: &Hint) -> bool {
    let speaks = item.told == Told::BySentence || item.doubt == Some(Doubt::Complaint) || item.valence.abs() >= PLAIN;
    speaks && item.valence * hint.valence < 0.0
}

/// Tells the valence of every item after a rule.
fn heard(items: &[Item], trace: &mut impl FnMut(usize, Rule, f32), rule: Rule) {
    for (at, item) in items.iter().enumerate() {
        trace(at, rule, item.valence);
    }
}

/// What the items come to.
struct Sum {
    /// How much each item of tone counts.
    strengths: Vec<(f32, usize)>,
    document_score: f32,
    /// Towards the target, where there is one.
    score: f32,
    /// Exclamation marks that count.
    bangs: u32,
}

impl Sum {
    fn of(items: &[Item], present: &Present, mixed: f32) -> Self {
        let mut strengths: Vec<(f32, usize)> = toned(items).collect();
        let document_score = score_of(items, &strengths, mixed, present.bangs);
        let (mut score, mut bangs) = (document_score, present.bangs);
        if present.target {
            target::weigh(items, &mut strengths);
            if bangs > 0 {
                bangs = target::bangs(items);
            }
            score = score_of(items, &strengths, mixed, bangs);
        }
        Self { strengths, document_score, score, bangs }
    }
}

/// The items of tone, each with a weight of 1.
fn toned(items: &[Item]) -> impl Iterator<Item = (f32, usize)> {
    items.iter().enumerate().filter(|(_, item)| item.valence != 0.0).map(|(at, _)| (1.0, at))
}

/// A score with what it was made from.
pub(super) struct Scored {
    pub(super) score: Score,
    pub(super) items: Vec<Item>,
    /// How much each word of the score counts, and its item.
    pub(super) strengths: Vec<(f32, usize)>,
}

fn word(items: &[Item], at: usize) -> Word {
    let item = &items[at];
    let end = items[at + item.length - 1].token.end as usize;
    Word { part: item.token.part as usize, start: item.token.start as usize, end, valence: item.valence }
}

/// The score of items with their weights: smaller where praise and blame are mixed, larger with exclamation marks.
fn score_of(items: &[Item], weights: &[(f32, usize)], mixed: f32, bangs: u32) -> f32 {
    let (mut praise, mut blame) = (0.0, 0.0);
    for &(weight, at) in weights {
        let valence = items[at].valence * weight;
        praise += valence.max(0.0);
        blame -= valence.min(0.0);
    }
    let mut sum: f32 = praise - blame;
    if praise > 0.0 && blame > 0.0 {
        sum *= (sum.abs() / (praise + blame)).powf(mixed);
    }
    if sum != 0.0 {
        sum += sum.signum() * BANG * bangs.min(MOST_BANGS) as f32;
    }
    sum / (sum * sum + TAMING).sqrt()
}

/// Gives every word of tone its valence after the rules.
fn weigh(items: &mut [Item], shouted: bool, trace: &mut impl FnMut(usize, Rule, f32)) {
    let mut words = items.iter().filter(|item| item.token.kind == Kind::Word && item.token.letters > 1);
    let mixed_case = shouted && words.any(|item| !item.token.shouted);
    let mut repeats = 0;
    for at in 0..items.len() {
        if items[at].entry.valence == 0.0 {
            continue;
        }
        let item = items[at];
        if let Kind::Sign(valence) = item.token.kind {
            let same = at > 0 && items[at - 1].token.kind == item.token.kind;
            repeats = if same { repeats + 1 } else { 1 };
            items[at].valence = if repeats <= MOST_REPEATS { valence } else { 0.0 };
            trace(at, Rule::Lexicon, items[at].valence);
            continue;
        }
        if item.entry.role.has(Role::BOOSTER) && steers_next(items, at) {
            continue;
        }
        let mut valence = item.entry.valence;
        let sign = valence.signum();
        trace(at, Rule::Lexicon, valence);
        if mixed_case && item.token.shouted {
            valence += sign * SHOUTED;
        }
        if item.token.drawn_out {
            valence += sign * DRAWN_OUT;
        }
        trace(at, Rule::Emphasis, valence);
        valence = degree(items, at, valence);
        trace(at, Rule::Degree, valence);
        if !item.immune && (is_negated(items, at) || is_denied(items, at)) {
            valence *= NEGATED;
            if item.entry.verb && valence < 0.0 {
                // `ne répond pas` says more than `répond` does.
                valence = valence.min(UNDONE);
            }
        }
        trace(at, Rule::Negation, valence);
        items[at].valence = valence;
    }
}

/// Whether the next word of the clause carries tone, so that a word that is both only boosts it.
fn steers_next(items: &[Item], at: usize) -> bool {
    items.get(at + 1).is_some_and(|next| {
        next.clause == items[at].clause && next.token.kind == Kind::Word && next.entry.valence != 0.0
    })
}

/// The items in front of `at` in its clause, nearest first.
fn before(items: &[Item], at: usize) -> impl Iterator<Item = (usize, &Item)> {
    let clause = items[at].clause;
    let part = items[at].token.part;
    items[..at]
        .iter()
        .enumerate()
        .rev()
        .take(REACH)
        .take_while(move |(_, item)| item.clause == clause && item.token.part == part)
}

/// Boosters, attenuators, `peu` and `moins`.
fn degree(items: &[Item], at: usize, mut valence: f32) -> f32 {
    let sign = valence.signum();
    let mut weight = 1.0;
    for (place, item) in before(items, at).take(2) {
        let role = item.entry.role;
        let preceded = |by| place > 0 && items[place - 1].entry.role.has(by);
        if role.has(Role::BOOSTER) {
            valence += sign * DEGREE * weight;
        } else if role.has(Role::ATTENUATOR) {
            valence -= sign * DEGREE * weight;
        } else if role.has(Role::LITTLE) {
            if preceded(Role::UNIT) {
                valence -= sign * DEGREE;
            } else {
                valence *= LITTLE;
            }
            break;
        } else if role.has(Role::LESS) {
            if !preceded(Role::GUARD) {
                valence *= LESS;
            }
            break;
        } else if !role.has(Role::CLEAR) {
            break;
        }
        weight *= DEGREE_FARTHER;
    }
    valence
}

/// Whether a negation in the clause turns the word at `at`.
fn is_negated(items: &[Item], at: usize) -> bool {
    let mut passed = 0;
    let mut limited = false;
    let mut equal = false;
    for (place, item) in before(items, at) {
        let role = item.entry.role;
        equal |= role.has(Role::EQUAL);
        if equal && role.has(Role::EVER) {
            // `jamais vu un accueil aussi bon`.
            return false;
        }
        if role.has(Role::NOBODY) {
            return items[at].entry.verb && passed == 0;
        }
        if item.length > 1 && !role.has(Role::NEGATOR) {
            // What stands in front of an idiom belongs to the idiom: `n'y a pas plus | simple`.
            break;
        }
        if role.has(Role::CLITIC) {
            // `ne … que` is 'only'.
            return !limited && !items[at].entry.limited && passed <= 1;
        }
        if role.has(Role::WITHOUT) {
            return passed == 0;
        }
        if role.has(Role::MORE) && items[at].entry.valence < 0.0 && is_rid(items, place) {
            return passed <= 1;
        }
        if role.has(Role::NEGATOR) || (role.has(Role::MORE) && has_clitic(items, place)) {
            return passed <= if item.length > 1 && item.entry.valence == 0.0 { FAR_NEGATED } else { 1 };
        }
        limited |= role.has(Role::LIMIT);
        if !role.has(Role::CLEAR) {
            passed += 1;
        }
    }
    items[at].entry.verb && turned_after(items, at)
}

/// `plus de galère`: a clause that opens so is rid of it; one that compares is not.
fn is_rid(items: &[Item], more: usize) -> bool {
    let clause = items[more].clause;
    before(items, more).next().is_none()
        && items.get(more + 1).is_some_and(|of| of.clause == clause && of.has(Role::SOURCE))
        && !items[more..].iter().take_while(|item| item.clause == clause).any(|item| item.has(Role::LIMIT))
}

/// `la ponctualité n'est pas`: what is praised in general is not there. A trouble that is not over is one.
fn is_denied(items: &[Item], at: usize) -> bool {
    let item = &items[at];
    let after = at + item.length.max(1);
    let rest = items[after..].iter().take(5).take_while(|other| other.clause == item.clause);
    let mut rest = rest.skip_while(|other| other.token.kind == Kind::Target);
    item.entry.valence > 0.0
        && !item.entry.verb
        && rest.next().is_some_and(|next| next.has(Role::CLITIC))
        && rest.next().is_some_and(|verb| verb.entry.valence == 0.0)
        && rest.take(2).any(|other| other.has(Role::NEGATOR) || (other.length > 1 && other.immune))
}

/// `ne` in the clause in front of `plus`.
fn has_clitic(items: &[Item], at: usize) -> bool {
    before(items, at).any(|(_, item)| item.entry.role.has(Role::CLITIC))
}

/// `recommande pas`, `recommande vraiment pas`.
fn turned_after(items: &[Item], at: usize) -> bool {
    let clause = items[at].clause;
    for (place, item) in items.iter().enumerate().skip(at + items[at].length.max(1)).take(2) {
        if item.clause != clause {
            return false;
        }
        if item.entry.role.has(Role::AFTER_VERB) {
            return !item.entry.role.has(Role::MORE) || has_clitic(items, place) || ends(items, place);
        }
        if !item.entry.role.has(Role::CLEAR) && !item.entry.role.has(Role::BOOSTER) {
            return false;
        }
    }
    false
}

/// `ça marche plus`, `je recommande plus depuis hier`: `plus` compares nothing where nothing follows that it could.
fn ends(items: &[Item], more: usize) -> bool {
    let clause = items[more].clause;
    items.get(more + 1).is_none_or(|next| next.clause != clause || next.has(Role::SINCE))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sentiment::{Input, score};
    use crate::text::language::Language;

    fn french(text: &str) -> f32 {
        document(text, Language::FRENCH)
    }

    fn english(text: &str) -> f32 {
        document(text, Language::ENGLISH)
    }

    fn document(text: &str, language: Language) -> f32 {
        score(&Input { parts: &[Part { text, target: &[] }], language }).expect("a lexicon").score
    }

    fn assert_same(text: &str, other: &str) {
        assert_eq!(french(text).to_bits(), french(other).to_bits(), "{text} and {other}");
    }

    fn assert_signs(language: Language, cases: &[(&str, i8)]) {
        for &(text, sign) in cases {
            let score = document(text, language);
            let label = i8::from(score >= 0.2) - i8::from(score <= -0.2);
            assert_eq!(label, sign, "{text}: {score}");
        }
    }

    #[test]
    fn a_french_negation_turns_its_word() {
        assert_signs(
            Language::FRENCH,
            &[
                ("Je ne recommande pas.", -1),
                ("Je recommande pas.", -1),
                ("Je ne recommande vraiment pas.", -1),
                ("C’est pas satisfaisant.", -1),
                ("Ce n’est pas un très bon service.", -1),
                ("Je ne le recommande à personne.", -1),
                ("Personne ne recommande.", -1),
                ("Je n’ai plus confiance.", -1),
                ("Ils ne sont plus fiables.", -1),
                ("Ni fiable ni efficace.", -1),
                ("Jamais aimable.", -1),
                ("Rien de bon.", -1),
                ("J’ai jamais eu de problème.", 1),
                ("Aucun dysfonctionnement.", 1),
                ("Plus de galère de parking, je respire.", 1),
                ("La ponctualité n’est visiblement pas leur obsession.", -1),
                ("Ça fonctionne plus.", -1),
                ("Je recommande plus depuis la fusion.", -1),
                ("Je suis plus du tout satisfait.", -1),
                ("Plus de bugs que la version d’avant.", -1),
                ("Livré sans retard ni casse.", 1),
                ("Ce n’est pas mauvais du tout.", 1),
            ],
        );
    }

    #[test]
    fn what_looks_like_a_negation_turns_nothing() {
        assert_signs(
            Language::FRENCH,
            &[
                ("Je ne peux que recommander.", 1),
                ("Je n’ai que des compliments à faire.", 1),
                ("De plus en plus fiable.", 1),
                ("Plus rapide, plus efficace.", 1),
                ("Il n’y a pas plus simple que leur appli.", 1),
                ("Sans hésiter, je recommande.", 1),
                ("Ce n’est pas Brixo, il est excellent.", 1),
                ("C’est nul.", -1),
                ("Ça marche plus vite.", 1),
            ],
        );
    }

    #[test]
    fn an_english_negation_turns_its_word() {
        assert_signs(
            Language::ENGLISH,
            &[
                ("I do not recommend them.", -1),
                ("It isn’t reliable.", -1),
                ("Not a very good service.", -1),
                ("They never helped.", -1),
                ("There was no trouble at all.", 1),
                ("Nobody at Novalis is competent.", -1),
                ("None of the agents were helpful.", -1),
                ("The app is far from perfect.", -1),
                ("The site doesnt work.", -1),
                ("Couldn't ask for a better bank.", 1),
                ("Not only fast, also reliable.", 1),
                ("No, it is excellent.", 1),
            ],
        );
    }

    #[test]
    fn degree_makes_a_word_stronger_weaker_or_turns_it() {
        assert!(french("très déçu") < french("déçu"));
        assert!(french("un peu déçu") > french("déçu") && french("un peu déçu") < 0.0);
        assert!(french("plutôt satisfait") < french("satisfait"));
        assert!(french("peu fiable") < 0.0 && french("moins fiable") < 0.0);
        assert!(french("moins de problèmes") > 0.0);
        assert!(french("au moins efficace") > 0.3);
        assert!(english("very good") > english("good"));
        assert!(english("slightly disappointed") > english("disappointed"));
        assert!(english("less reliable") < 0.0);
        // A booster with a tone of its own only boosts.
        assert!(french("bien nul") < french("nul"));
    }

    #[test]
    fn an_idiom_counts_as_one_and_consumes_its_words() {
        assert_signs(
            Language::FRENCH,
            &[
                ("La qualité laisse à désirer.", -1),
                ("À éviter !", -1),
                ("A eviter", -1),
                ("Rien à redire.", 1),
                ("Le service client est au top", 1),
                ("Le service n’est pas au top", -1),
                ("Pas mal du tout", 1),
                ("Merci pour rien.", -1),
                ("Bien sûr", 0),
            ],
        );
        let parts = [Part { text: "Franchement pas top.", target: &[] }];
        let words = score(&Input { parts: &parts, language: Language::FRENCH }).expect("a lexicon").words;
        assert_eq!((words.len(), words[0].text(&parts), words[0].start, words[0].end), (1, "pas top", 12, 19));
    }

    #[test]
    fn after_a_contrast_counts_more() {
        assert_signs(
            Language::FRENCH,
            &[
                ("Livraison rapide mais service client déplorable", -1),
                ("Service un peu lent mais excellent accueil", 1),
                ("Bon produit, par contre service injoignable", -1),
            ],
        );
        assert!(english("Nice screen but awful support") < 0.0);
        // Only within the sentence.
        assert!(french("Accueil excellent. Bon prix, mais long") > french("Accueil excellent, bon prix, mais long"));
    }

    #[test]
    fn emphasis_makes_a_tone_stronger() {
        assert!(french("c’est NUL ici") < french("c’est nul ici"));
        assert_same("C’EST NUL ICI", "c’est nul ici");
        assert!(french("c’est nuuul ici") < french("c’est nul ici"));
        assert!(french("nul !!") < french("nul !") && french("nul !") < french("nul"));
        assert_same("nul !!!!", "nul !!!!!!!!");
        assert_same("Ah !!!", "");
    }

    #[test]
    fn signs_count_and_their_repeats_are_capped() {
        assert!(french("😡") < -0.2 && french("👍") > 0.2 && french("bonjour :)") > 0.2 && french(":-(") < -0.2);
        assert_same("😡😡😡", "😡😡😡😡😡😡");
        assert_same("voir https://x.example/:)", "");
    }

    #[test]
    fn strongest_words_come_first() {
        let parts = [Part { text: "Un peu lent, mais surtout une arnaque.", target: &[] }];
        let score = score(&Input { parts: &parts, language: Language::FRENCH }).expect("a lexicon");
        let words: Vec<&str> = score.words.iter().map(|word| word.text(&parts)).collect();
        assert_eq!(words, ["arnaque", "lent"]);
    }

    proptest! {
        #[test]
        fn any_text_has_a_bounded_score_and_words_that_stand_in_it(
            text in "(\\PC{0,6}|pas|ne|NUL|très|mais|super|!|, |\\. |top|n'|:\\)|😡| ){0,30}",
            from in 0_usize..40,
            length in 0_usize..20,
        ) {
            let target = from..from + length;
            for language in [Language::FRENCH, Language::ENGLISH] {
                let parts = [Part { text: &text, target: &[] }, Part { text: &text, target: std::slice::from_ref(&target) }];
                let score = score(&Input { parts: &parts, language }).expect("a lexicon");
                prop_assert!((-1.0..=1.0).contains(&score.score) && (-1.0..=1.0).contains(&score.document_score));
                for word in score.words {
                    prop_assert!(text.get(word.start..word.end).is_some_and(|text| text == word.text(&parts)));
                    prop_assert!(word.valence != 0.0 && word.valence.abs() <= STRONGEST);
                }
            }
        }
    }
}
