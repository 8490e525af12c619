//! Where the target stands and how much each word counts towards it. Owns the weights; not the valence
//! of the words.

use std::ops::Range;

use super::rules::Item;
use super::tokens::{Kind, base, lower};

/// Of a word in the target's sentence but another clause; in its clause it is 1.
const SAME_SENTENCE: f32 = 0.3;
/// Of a word in another sentence.
const ELSEWHERE: f32 = 0.1;
/// A target with nothing nearer than this weight is hardly spoken of: the score stays small.
const FAINT: f32 = 0.02;

/// How much each item counts, and the sentences that the target stands in.
pub(super) struct Weights {
    pub(super) items: Vec<f32>,
    pub(super) sentences: Vec<u32>,
}

/// The weights towards the target; none when it does not occur.
///
/// A word weighs w ÷ distance in words from the nearest occurrence. The weights are scaled so that the
/// word of tone that weighs most has 1: what is left is who speaks of the target and who does not.
pub(super) fn weights(items: &[Item]) -> Option<Weights> {
    let targets: Vec<usize> =
        items.iter().enumerate().filter(|(_, item)| item.token.kind == Kind::Target).map(|(at, _)| at).collect();
    if targets.is_empty() {
        return None;
    }
    let mut weights: Vec<f32> = items
        .iter()
        .enumerate()
        .map(|(at, item)| {
            if item.valence == 0.0 {
                return 0.0;
            }
            let after = targets.partition_point(|&target| target < at);
            // An occurrence of the same clause may be farther than one of the clause before.
            targets[after.saturating_sub(2)..(after + 2).min(targets.len())]
                .iter()
                .map(|&target| weight(item, &items[target]) / (target.abs_diff(at).max(1) as f32))
                .fold(0.0, f32::max)
        })
        .collect();
    let most = weights.iter().copied().fold(0.0, f32::max);
    if most > 0.0 {
        let scale = most.max(FAINT).recip();
        weights.iter_mut().for_each(|weight| *weight *= scale);
    }
    let mut sentences: Vec<u32> = targets.iter().map(|&target| items[target].token.sentence).collect();
    sentences.dedup();
    Some(Weights { items: weights, sentences })
}

fn weight(item: &Item, target: &Item) -> f32 {
    if item.clause == target.clause {
        1.0
    } else if item.token.sentence == target.token.sentence {
        SAME_SENTENCE
    } else {
        ELSEWHERE
    }
}

/// The whole words of `text` that read as `target`, whatever the case and accents: byte ranges in order.
#[must_use]
pub fn find(text: &str, target: &str) -> Vec<Range<usize>> {
    let wanted: Vec<char> = folded(target.trim()).map(|(_, letter)| letter).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let letters: Vec<(usize, char)> = folded(text).collect();
    let is_word = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|(_, c)| c.is_alphanumeric());
    let mut found = Vec::new();
    let mut at = 0;
    while at + wanted.len() <= letters.len() {
        let end = at + wanted.len();
        let matches = letters[at..end].iter().map(|(_, letter)| letter).eq(&wanted);
        let edged = !(wanted[0].is_alphanumeric() && is_word(at.checked_sub(1)))
            && !(wanted[wanted.len() - 1].is_alphanumeric() && is_word(Some(end)));
        if matches && edged {
            let last = letters[end - 1].0;
            let width = text[last..].chars().next().map_or(0, char::len_utf8);
            found.push(letters[at].0..last + width);
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

/// Lower-case letters without accents, each with the byte it comes from; runs of spaces are one space.
fn folded(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut spaced = false;
    text.char_indices()
        .filter(move |(_, character)| {
            let space = character.is_whitespace();
            let again = space && spaced;
            spaced = space;
            !again
        })
        .flat_map(|(at, character)| {
            let character = match character {
                '’' | 'ʼ' => '\'',
                c if c.is_whitespace() => ' ',
                c => lower(c),
            };
            let (first, second) = base(character);
            [Some((at, first)), second.map(|letter| (at, letter))].into_iter().flatten()
        })
}
