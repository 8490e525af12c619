//! From text to items: tokens with what the lexicon says of them, idioms joined, sentences in the other
//! language read with its lexicon. Owns the items; the rules are `rules`.

use std::ops::Range;

use super::lexicon::{Entry, Lexicon};
use super::role::Role;
use super::tokens::{Kind, Reader, Token};
use super::{Doubt, Part};

/// Praise, and with a complaint irony.
const APPLAUSE: char = '👏';
/// Function words of the other language from which on a sentence is in it.
const ENOUGH_FOREIGN: u32 = 2;

/// A token with what the lexicon says of it.
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) token: Token,
    pub(super) entry: Entry,
    /// Tokens it covers: more than one for the first word of an idiom, none for its others.
    pub(super) length: usize,
    /// A negation in front does not turn it.
    pub(super) immune: bool,
    pub(super) clause: u32,
    /// After the rules; 0 where there is no tone.
    pub(super) valence: f32,
    /// Why the sign of its valence is not sure.
    pub(super) doubt: Option<Doubt>,
}

impl Item {
    pub(super) const fn has(&self, role: Role) -> bool {
        self.entry.role.has(role)
    }
}

/// Reads the tokens, looks them up and finds the idioms. `other` gives the lexicon of the other language.
/// `ignored` gives the bytes of a part that carry no tone.
pub(super) fn read<'a>(
    lexicon: &Lexicon,
    other: impl Fn() -> Option<&'a Lexicon>,
    ignored: impl Fn(&str) -> Vec<Range<usize>>,
    parts: &[Part<'_>],
) -> Vec<Item> {
    let ignored: Vec<Vec<Range<usize>>> = parts.iter().map(|part| ignored(part.text)).collect();
    let bytes = parts.iter().map(|part| part.text.len()).sum();
    let mut reader = Reader::new(&lexicon.signs, lexicon.elisions, bytes);
    for (index, part) in parts.iter().enumerate() {
        read_span(&mut reader, index, part, 0..part.text.len());
    }
    let mut tokens = reader.finish();
    blank(&mut tokens, &ignored);
    lexicon.respell(&mut tokens);
    let mut items = Vec::with_capacity(tokens.len());
    look_up(lexicon, &tokens, parts, &mut items, &mut 0);
    let foreign = foreign_sentences(&items);
    match (!foreign.is_empty()).then(other).flatten() {
        Some(other) => read_mixed((lexicon, other), parts, &ignored, &tokens, &foreign),
        None => items,
    }
}

/// Takes the tone from the words inside the ignored bytes of each part.
fn blank(tokens: &mut [Token], ignored: &[Vec<Range<usize>>]) {
    if ignored.iter().all(Vec::is_empty) {
        return;
    }
    for token in tokens.iter_mut().filter(|token| token.kind == Kind::Word) {
        let bytes = token.start as usize..token.end as usize;
        if ignored[token.part as usize].iter().any(|range| range.start < bytes.end && bytes.start < range.end) {
            token.kind = Kind::Blank;
        }
    }
}

fn read_span(reader: &mut Reader<'_>, index: usize, part: &Part<'_>, span: Range<usize>) {
    if part.target.is_sorted_by_key(|range| range.start) {
        reader.read(index as u32, part.text, span, part.target);
    } else {
        let mut sorted = part.target.to_vec();
        sorted.sort_by_key(|range| range.start);
        reader.read(index as u32, part.text, span, &sorted);
    }
}

/// The sentences with words of the other language's grammar and fewer of this one's, in order.
fn foreign_sentences(items: &[Item]) -> Vec<u32> {
    let native = Role::CLEAR.with(Role::SUBJECT).with(Role::NEGATOR).with(Role::LIMIT);
    let mut found = Vec::new();
    for sentence in items.chunk_by(|a, b| a.token.sentence == b.token.sentence) {
        let of = |role| sentence.iter().filter(|item| item.has(role)).count() as u32;
        let foreign = of(Role::FOREIGN);
        if foreign >= ENOUGH_FOREIGN && foreign > 2 * of(native) {
            found.push(sentence[0].token.sentence);
        }
    }
    found
}

/// Reads again, each run of sentences with the lexicon of its language.
fn read_mixed(
    (lexicon, other): (&Lexicon, &Lexicon),
    parts: &[Part<'_>],
    ignored: &[Vec<Range<usize>>],
    tokens: &[Token],
    foreign: &[u32],
) -> Vec<Item> {
    let is_foreign = |token: &Token| foreign.binary_search(&token.sentence).is_ok();
    let mut reader = Reader::new(&lexicon.signs, lexicon.elisions, tokens.len() * 5);
    // Where a run's tokens end, and whether it is foreign.
    let mut runs = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let of_part = &tokens[tokens.partition_point(|token| (token.part as usize) < index)..];
        let of_part = &of_part[..of_part.partition_point(|token| token.part as usize == index)];
        let mut start = 0;
        let mut rest = of_part;
        while let Some(first) = rest.first() {
            let length = rest.iter().take_while(|token| is_foreign(token) == is_foreign(first)).count();
            let end = rest.get(length).map_or(part.text.len(), |next| next.start as usize);
            reader.elisions = if is_foreign(first) { other.elisions } else { lexicon.elisions };
            read_span(&mut reader, index, part, start..end);
            runs.push((reader.len(), is_foreign(first)));
            (start, rest) = (end, &rest[length..]);
        }
    }
    let mut tokens = reader.finish();
    blank(&mut tokens, ignored);
    let mut items = Vec::with_capacity(tokens.len());
    let (mut start, mut contrasts) = (0, 0);
    for (end, foreign) in runs {
        let lexicon = if foreign { other } else { lexicon };
        lexicon.respell(&mut tokens[start..end]);
        look_up(lexicon, &tokens[start..end], parts, &mut items, &mut contrasts);
        start = end;
    }
    items
}

fn look_up(lexicon: &Lexicon, tokens: &[Token], parts: &[Part<'_>], items: &mut Vec<Item>, contrasts: &mut u32) {
    let mut scratch = String::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        let mut item =
            Item { token, entry: Entry::default(), length: 1, immune: false, clause: 0, valence: 0.0, doubt: None };
        match token.kind {
            Kind::Word => {
                let text = parts[token.part as usize].text;
                if let Some(idiom) = lexicon.idiom(&tokens[at..], text) {
                    item.entry.valence = idiom.valence;
                    item.entry.verb = idiom.verb;
                    item.length = usize::from(idiom.length);
                    item.immune = idiom.negated;
                    item.entry.role = idiom.role;
                } else {
                    let text = &text[token.start as usize..token.end as usize];
                    item.entry = lexicon.word(text, &token, &mut scratch);
                    if token.tag && item.entry.valence == 0.0 && item.entry.role == Role::default() {
                        item.entry = lexicon.hashtag(text);
                    }
                    if token.contracted_not {
                        item.entry.role = item.entry.role.with(Role::NEGATOR);
                    }
                }
            }
            Kind::Sign(valence) => {
                item.entry.valence = valence;
                item.immune = true;
                if parts[token.part as usize].text[token.start as usize..].starts_with(APPLAUSE) {
                    item.entry.role = Role::PRAISE;
                }
            }
            Kind::Blank | Kind::Target | Kind::Bang | Kind::Ask => {}
        }
        if item.has(Role::HINT) {
            item.doubt = Some(Doubt::Complaint);
        } else if item.has(Role::IRONY) {
            item.doubt = Some(Doubt::Irony);
        }
        *contrasts += u32::from(item.has(Role::CONTRAST));
        item.clause = token.clause + *contrasts;
        let length = item.length;
        items.push(item);
        for &covered in &tokens[at + 1..at + length] {
            items.push(Item {
                token: covered,
                entry: Entry::clear(),
                length: 0,
                immune: true,
                clause: covered.clause + *contrasts,
                valence: 0.0,
                doubt: None,
            });
        }
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use crate::sentiment::{Input, Part, score};
    use crate::text::language::Language;

    #[test]
    fn a_sentence_in_the_other_language_is_read_with_its_lexicon() {
        for (language, text, sign) in [
            (Language::FRENCH, "Reçu hier. This is a complete rip-off and you should avoid it.", -1.0),
            (Language::FRENCH, "Voilà ma commande. They don’t answer the phone and it is awful.", -1.0),
            (Language::ENGLISH, "Got it today. Je suis vraiment déçue et le service est déplorable.", -1.0),
            (Language::ENGLISH, "Hello. C’est très bien et je les recommande à tous.", 1.0),
        ] {
            let parts = [Part { text, target: &[] }];
            let scored = score(&Input { parts: &parts, language }).expect("a lexicon");
            assert!(scored.score * sign >= 0.2, "{text}: {}", scored.score);
            for word in &scored.words {
                assert_eq!(text.get(word.start..word.end), Some(word.text.as_str()));
            }
        }
    }

    #[test]
    fn a_borrowed_word_or_two_do_not_make_another_language() {
        let read = |text| {
            let parts = [Part { text, target: &[] }];
            score(&Input { parts: &parts, language: Language::FRENCH }).expect("a lexicon").score
        };
        assert!(read("Le pain de The Baker est vraiment mauvais") < -0.2);
        assert!(read("Un service au top, the best") > 0.2);
    }
}
