//! From tokens to scores: idioms, degree, negation, contrast and emphasis. Owns the rules and their
//! weights; the words are the lexicon's, the weights towards a target `target`'s.

use super::lexicon::{Entry, Lexicon, Role};
use super::tokens::{Kind, Reader, Token};
use super::{Part, Score, Word, target};

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
const LITTLE: f32 = -0.5;
const LESS: f32 = -0.4;
/// In front of the last contrast of a sentence, and after it.
const BEFORE_CONTRAST: f32 = 0.5;
const AFTER_CONTRAST: f32 = 1.5;
/// Tames the sum: s / √(s² + 15).
const TAMING: f32 = 15.0;
const STRONGEST: f32 = 6.0;
/// How often the same sign counts when it is repeated.
const MOST_REPEATS: u32 = 3;
/// How far a rule looks back, in words of any kind.
const REACH: usize = 6;

/// A token with what the lexicon says of it.
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) token: Token,
    entry: Entry,
    /// Tokens it covers: more than one for the first word of an idiom, none for its others.
    length: usize,
    /// A negation in front does not turn it.
    immune: bool,
    pub(super) clause: u32,
    /// After the rules; 0 where there is no tone.
    pub(super) valence: f32,
}

/// Scores the parts.
pub(super) fn score(lexicon: &Lexicon, parts: &[Part<'_>]) -> Score {
    let mut items = read(lexicon, parts);
    weigh(&mut items);
    let document = items.iter().map(|item| item.valence).sum::<f32>();
    let document_score = tame(emphasise(document, bangs(&items, |_| true)));
    let weights = target::weights(&items);
    let score = weights.as_ref().map_or(document_score, |weights| {
        let sum = items.iter().zip(&weights.items).map(|(item, weight)| item.valence * weight).sum::<f32>();
        tame(emphasise(sum, bangs(&items, |item| weights.sentences.contains(&item.token.sentence))))
    });
    let mut strengths: Vec<(f32, usize)> = items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.valence != 0.0)
        .map(|(at, item)| ((item.valence * weights.as_ref().map_or(1.0, |weights| weights.items[at])).abs(), at))
        .collect();
    strengths.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let words = strengths.into_iter().map(|(_, at)| word(&items, at, parts)).collect();
    Score { score, document_score, words }
}

fn word(items: &[Item], at: usize, parts: &[Part<'_>]) -> Word {
    let item = &items[at];
    let part = item.token.part as usize;
    let start = item.token.start as usize;
    let end = items[at + item.length - 1].token.end as usize;
    Word { part, start, end, text: parts[part].text[start..end].to_owned(), valence: item.valence }
}

fn tame(sum: f32) -> f32 {
    sum / (sum * sum + TAMING).sqrt()
}

fn emphasise(sum: f32, bangs: u32) -> f32 {
    if sum == 0.0 { 0.0 } else { sum + sum.signum() * BANG * bangs.min(MOST_BANGS) as f32 }
}

fn bangs(items: &[Item], counts: impl Fn(&Item) -> bool) -> u32 {
    items.iter().filter(|item| item.token.kind == Kind::Bang && counts(item)).count() as u32
}

/// Reads the tokens, looks them up and finds the idioms.
fn read(lexicon: &Lexicon, parts: &[Part<'_>]) -> Vec<Item> {
    let bytes = parts.iter().map(|part| part.text.len()).sum();
    let mut reader = Reader::new(&lexicon.signs, lexicon.elisions, bytes);
    for (index, part) in parts.iter().enumerate() {
        if part.target.is_sorted_by_key(|range| range.start) {
            reader.read(index as u32, part.text, part.target);
        } else {
            let mut sorted = part.target.to_vec();
            sorted.sort_by_key(|range| range.start);
            reader.read(index as u32, part.text, &sorted);
        }
    }
    let tokens = reader.finish();
    let mut items = Vec::with_capacity(tokens.len());
    let mut scratch = String::new();
    let mut contrasts = 0;
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        let mut item =
            Item { token, entry: Entry::default(), length: 1, immune: false, clause: 0, valence: 0.0 };
        match token.kind {
            Kind::Word => {
                if let Some(idiom) = lexicon.idiom(&tokens[at..]) {
                    item.entry.valence = idiom.valence;
                    item.length = idiom.length;
                    item.immune = idiom.negated;
                } else {
                    let text = &parts[token.part as usize].text[token.start as usize..token.end as usize];
                    item.entry = lexicon.word(text, &token, &mut scratch);
                    if token.contracted_not {
                        item.entry.role = item.entry.role.with(Role::NEGATOR);
                    }
                }
            }
            Kind::Sign(valence) => {
                item.entry.valence = valence;
                item.immune = true;
            }
            Kind::Blank | Kind::Target | Kind::Bang => {}
        }
        contrasts += u32::from(item.entry.role.has(Role::CONTRAST));
        item.clause = token.clause + contrasts;
        let length = item.length;
        items.push(item);
        for &covered in &tokens[at + 1..at + length] {
            items.push(Item {
                token: covered,
                entry: Entry::default(),
                length: 0,
                immune: true,
                clause: covered.clause + contrasts,
                valence: 0.0,
            });
        }
        at += length;
    }
    items
}

/// Gives every word of tone its valence after the rules.
fn weigh(items: &mut [Item]) {
    let words = || items.iter().filter(|item| item.token.kind == Kind::Word && item.token.letters > 1);
    let mixed_case = words().any(|item| item.token.shouted) && words().any(|item| !item.token.shouted);
    let mut repeats = 0;
    for at in 0..items.len() {
        let item = items[at];
        if item.entry.valence == 0.0 {
            continue;
        }
        if let Kind::Sign(valence) = item.token.kind {
            let same = at > 0 && items[at - 1].token.kind == item.token.kind;
            repeats = if same { repeats + 1 } else { 1 };
            items[at].valence = if repeats <= MOST_REPEATS { valence } else { 0.0 };
            continue;
        }
        if item.entry.role.has(Role::BOOSTER) && steers_next(items, at) {
            continue;
        }
        let mut valence = item.entry.valence;
        let sign = valence.signum();
        if mixed_case && item.token.shouted {
            valence += sign * SHOUTED;
        }
        if item.token.drawn_out {
            valence += sign * DRAWN_OUT;
        }
        valence = degree(items, at, valence);
        if !item.immune && is_negated(items, at) {
            valence *= NEGATED;
        }
        items[at].valence = valence;
    }
    contrast(items);
    for item in items {
        item.valence = item.valence.clamp(-STRONGEST, STRONGEST);
    }
}

/// Whether the next word of the clause carries tone, so that a word that is both only boosts it.
fn steers_next(items: &[Item], at: usize) -> bool {
    items.get(at + 1).is_some_and(|next| {
        next.clause == items[at].clause && next.token.kind == Kind::Word && next.entry.valence != 0.0
    })
}

/// The items in front of `at` in its clause, nearest first; the words of an idiom in between end it, as
/// what stands in front of them steers them.
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
    for (place, item) in before(items, at) {
        let role = item.entry.role;
        if role.has(Role::CLITIC) {
            // `ne … que` is 'only'.
            return !limited && passed <= 1;
        }
        if role.has(Role::NEGATOR) || (role.has(Role::MORE) && has_clitic(items, place)) {
            return passed <= 1;
        }
        limited |= role.has(Role::LIMIT);
        if !role.has(Role::CLEAR) {
            passed += 1;
        }
    }
    items[at].entry.verb && turned_after(items, at)
}

/// `ne` in the clause in front of `plus`.
fn has_clitic(items: &[Item], at: usize) -> bool {
    before(items, at).any(|(_, item)| item.entry.role.has(Role::CLITIC))
}

/// `recommande pas`, `recommande vraiment pas`.
fn turned_after(items: &[Item], at: usize) -> bool {
    let clause = items[at].clause;
    for (place, item) in items.iter().enumerate().skip(at + 1).take(2) {
        if item.clause != clause {
            return false;
        }
        if item.entry.role.has(Role::AFTER_VERB) {
            return !item.entry.role.has(Role::MORE) || has_clitic(items, place);
        }
        if !item.entry.role.has(Role::CLEAR) && !item.entry.role.has(Role::BOOSTER) {
            return false;
        }
    }
    false
}

/// In each sentence, what stands after its last contrast counts more than what stands before.
fn contrast(items: &mut [Item]) {
    let mut end = items.len();
    while end > 0 {
        let sentence = items[end - 1].token.sentence;
        let start = items[..end].iter().rposition(|item| item.token.sentence != sentence).map_or(0, |at| at + 1);
        let turn = items[start..end].iter().rposition(|item| item.entry.role.has(Role::CONTRAST));
        if let Some(turn) = turn.filter(|&turn| turn > 0) {
            for (offset, item) in items[start..end].iter_mut().enumerate() {
                item.valence *= if offset < turn { BEFORE_CONTRAST } else { AFTER_CONTRAST };
            }
        }
        end = start;
    }
}
