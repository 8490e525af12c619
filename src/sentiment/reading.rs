//! From text to items: tokens with what the lexicon says of them, idioms joined, sentences in the other
//! language read with its lexicon. Owns the items; the rules are `rules`.

use std::cell::Cell;
use std::ops::Range;

use super::lexicon::{Entry, Lexicon};
use super::recent;
use super::role::Role;
use super::tokens::{Kind, Reader, Token};
use super::{Doubt, Part};

/// Praise, and with a complaint irony.
const APPLAUSE: char = '👏';
/// Function words of the other language from which on a sentence is in it.
const ENOUGH_FOREIGN: u32 = 2;

/// Whether a valence is that of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Of the word itself, or the idiom.
    Alone,
    /// Of an event, of which its whole sentence tells.
    BySentence,
    /// Of what all words of the text hint at.
    ByText,
}

/// A token with what the lexicon says of it.
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) token: Token,
    pub(super) entry: Entry,
    /// The hash of its stem, where it is known already; else 0.
    pub(super) stem: u64,
    /// Tokens it covers: more than one for the first word of an idiom, none for its others.
    pub(super) length: usize,
    /// A negation in front does not turn it.
    pub(super) immune: bool,
    pub(super) clause: u32,
    /// After the rules; 0 where there is no tone.
    pub(super) valence: f32,
    /// Who else tells of its valence.
    pub(super) told: Told,
    /// Why the sign of its valence is not sure.
    pub(super) doubt: Option<Doubt>,
}

impl Item {
    /// A token of which nothing is known yet.
    pub(super) fn new(token: Token) -> Self {
        Self {
            token,
            entry: Entry::default(),
            stem: 0,
            length: 1,
            immune: false,
            clause: 0,
            valence: 0.0,
            told: Told::Alone,
            doubt: None,
        }
    }

    pub(super) const fn has(&self, role: Role) -> bool {
        self.entry.role.has(role)
    }
}

thread_local! {
    /// Room for the items of the next text: in a steady state none is allocated.
    static ROOM: Cell<Vec<Item>> = const { Cell::new(Vec::new()) };
}

/// Room for more items is not kept.
const KEPT: usize = 1 << 12;

/// Room for items, perhaps that of the text before.
pub(super) fn room() -> Vec<Item> {
    ROOM.take()
}

/// Gives items back whose text is done with.
pub(super) fn give_back(items: Vec<Item>) {
    if items.capacity() <= KEPT {
        ROOM.set(items);
    }
}

/// Reads the tokens, looks them up and finds the idioms. `other` gives the lexicon of the other language;
/// `ignored` are the bytes of each part that carry no tone, or nothing where none are.
pub(super) fn read<'a>(
    lexicon: &Lexicon,
    other: impl Fn() -> Option<&'a Lexicon>,
    ignored: &[Vec<Range<usize>>],
    parts: &[Part<'_>],
) -> (Vec<Item>, Present) {
    let mut reader = Reader::new(&lexicon.signs, lexicon.elisions, room());
    for (index, part) in parts.iter().enumerate() {
        read_span(&mut reader, index, part, 0..part.text.len());
    }
    let mut items = reader.finish();
    blank(&mut items, ignored);
    let mut present = Present::default();
    look_up(lexicon, &mut items, parts, &mut present);
    if present.roles.has(Role::FOREIGN) {
        let foreign = foreign_sentences(&items);
        if let Some(other) = (!foreign.is_empty()).then(other).flatten() {
            return read_mixed((lexicon, other), parts, ignored, &items, &foreign);
        }
    }
    (items, present)
}

/// What occurs in a text: most rules need not look at most texts.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each occurs or does not on its own")]
pub(super) struct Present {
    pub(super) roles: Role,
    pub(super) asked: bool,
    pub(super) quoted: bool,
    pub(super) shouted: bool,
    pub(super) target: bool,
    /// Exclamation marks.
    pub(super) bangs: u32,
    contrasts: u32,
}

impl Present {
    fn note(&mut self, item: &Item) {
        self.roles = self.roles.with(item.entry.role);
        match item.token.kind {
            Kind::Word => {
                self.quoted |= item.token.quoted;
                self.shouted |= item.token.shouted;
            }
            Kind::Target => self.target = true,
            Kind::Ask => self.asked = true,
            Kind::Bang => self.bangs += 1,
            Kind::Blank | Kind::Sign(_) => {}
        }
        self.contrasts += u32::from(item.has(Role::CONTRAST));
    }
}

/// Takes the tone from the words inside the ignored bytes of each part.
fn blank(items: &mut [Item], ignored: &[Vec<Range<usize>>]) {
    if ignored.is_empty() {
        return;
    }
    for token in items.iter_mut().map(|item| &mut item.token).filter(|token| token.kind == Kind::Word) {
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

/// Reads again, each run of sentences with the lexicon of its language. `once` are the items as the first
/// lexicon read them.
fn read_mixed(
    (lexicon, other): (&Lexicon, &Lexicon),
    parts: &[Part<'_>],
    ignored: &[Vec<Range<usize>>],
    once: &[Item],
    foreign: &[u32],
) -> (Vec<Item>, Present) {
    let is_foreign = |item: &Item| foreign.binary_search(&item.token.sentence).is_ok();
    let mut reader = Reader::new(&lexicon.signs, lexicon.elisions, Vec::new());
    // Where a run's items end, and whether it is foreign.
    let mut runs = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let of_part = &once[once.partition_point(|item| (item.token.part as usize) < index)..];
        let of_part = &of_part[..of_part.partition_point(|item| item.token.part as usize == index)];
        let mut start = 0;
        let mut rest = of_part;
        while let Some(first) = rest.first() {
            let length = rest.iter().take_while(|item| is_foreign(item) == is_foreign(first)).count();
            let end = rest.get(length).map_or(part.text.len(), |next| next.token.start as usize);
            reader.elisions = if is_foreign(first) { other.elisions } else { lexicon.elisions };
            read_span(&mut reader, index, part, start..end);
            runs.push((reader.len(), is_foreign(first)));
            (start, rest) = (end, &rest[length..]);
        }
    }
    let mut items = reader.finish();
    blank(&mut items, ignored);
    let (mut start, mut present) = (0, Present::default());
    for (end, foreign) in runs {
        let lexicon = if foreign { other } else { lexicon };
        look_up(lexicon, &mut items[start..end], parts, &mut present);
        start = end;
    }
    (items, present)
}

fn look_up(lexicon: &Lexicon, items: &mut [Item], parts: &[Part<'_>], present: &mut Present) {
    let mut at = 0;
    recent::with(|recent| {
        for item in items.iter_mut() {
            lexicon.look_up(item, parts[item.token.part as usize].text, recent);
        }
    });
    while at < items.len() {
        let idiom = lexicon.idiom(&items[at..]);
        let item = &mut items[at];
        item.entry.opens_idiom = false;
        let token = item.token;
        match token.kind {
            Kind::Word => {
                if let Some(idiom) = idiom {
                    item.entry = Entry::of_idiom(&idiom, item.entry.class);
                    item.length = usize::from(idiom.length);
                    item.immune = idiom.negated;
                } else {
                    if token.tag && item.entry.valence == 0.0 && item.entry.role == Role::default() {
                        let part = parts[token.part as usize].text;
                        item.entry = lexicon.hashtag(&part[token.start as usize..token.end as usize]);
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
        present.note(item);
        item.clause = item.token.clause + present.contrasts;
        let (end, toned) = (at + item.length, item.entry.valence != 0.0);
        for covered in &mut items[at + 1..end] {
            covered.entry = covered.entry.covered(toned);
            covered.length = 0;
            covered.immune = true;
            covered.clause = covered.token.clause + present.contrasts;
            present.shouted |= covered.token.shouted;
            present.quoted |= covered.token.quoted;
        }
        at = end;
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
                assert!(!word.text(&parts).is_empty(), "{word:?}");
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
