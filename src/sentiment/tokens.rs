//! One pass over a text: words with their hashes, blanks, signs of tone and the borders of clauses and
//! sentences. Knows no lexicon but the one of signs; allocates nothing but room for its items.

use std::ops::Range;

use super::reading::Item;
use super::signs::Signs;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// A word.
    Word,
    /// Counts for distances and carries no tone: an address, a handle.
    Blank,
    /// A word of what the tone is measured towards.
    Target,
    /// An emoji or emoticon and its valence.
    Sign(f32),
    /// An exclamation mark.
    Bang,
    /// A question mark.
    Ask,
}

/// A piece of text.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is seen in the text on its own")]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Which of the input's parts it stands in.
    pub(super) part: u32,
    /// Bytes into the part.
    pub(super) start: u32,
    pub(super) end: u32,
    /// Hash of the lower-case form.
    pub(super) exact: u64,
    /// Hash of the lower-case form without accents.
    pub(super) plain: u64,
    /// The first letters of the plain form, a byte each, the first one on top.
    pub(super) lead: u64,
    pub(super) letters: u16,
    /// Two letters or more, all of them capitals.
    pub(super) shouted: bool,
    /// A letter three times or more in a row.
    pub(super) drawn_out: bool,
    /// Ends in `n't`.
    pub(super) contracted_not: bool,
    /// Opens with a capital.
    pub(super) capital: bool,
    /// Holds a `k`.
    pub(super) sounds: bool,
    /// Opens with a digit.
    pub(super) digit: bool,
    /// Alone between quotation marks.
    pub(super) quoted: bool,
    /// Of a hashtag.
    pub(super) tag: bool,
    pub(super) clause: u32,
    pub(super) sentence: u32,
}

/// Adds a character to a hash.
pub(super) const fn mix(hash: u64, character: char) -> u64 {
    (hash.rotate_left(5) ^ character as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Adds a word to the hash of an idiom.
pub(super) const fn join(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(17) ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd)
}

/// The lower-case letter; one for one, which is enough for Latin.
pub(super) fn lower(character: char) -> char {
    if character.is_ascii() {
        character.to_ascii_lowercase()
    } else {
        character.to_lowercase().next().unwrap_or(character)
    }
}

/// The same, and one apostrophe for all.
fn letter(character: char) -> char {
    if is_apostrophe(character) { '\'' } else { lower(character) }
}

/// A lower-case letter without its accent; a ligature gives two.
pub(super) const fn base(character: char) -> (char, Option<char>) {
    let one = match character {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        'œ' => return ('o', Some('e')),
        'æ' => return ('a', Some('e')),
        other => other,
    };
    (one, None)
}

/// Writes the lower-case form with at most `keep` of the same letter in a row.
pub(super) fn shorten(text: &str, keep: usize, into: &mut String) {
    into.clear();
    let (mut last, mut run) = ('\0', 0);
    for character in text.chars().map(letter) {
        run = if character == last { run + 1 } else { 1 };
        last = character;
        if run <= keep || !character.is_alphabetic() {
            into.push(character);
        }
    }
}

const fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | '‘' | 'ʼ' | '´' | '`')
}

const fn is_combining(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

/// Letters of a lead.
const LEAD: u16 = 8;

/// The hashes of a form on its own and its lead, as the tokeniser would give them.
pub(super) fn hashes(form: &str) -> (u64, u64, u64) {
    let mut word = Word::default();
    for character in form.chars() {
        word.push(character);
    }
    (word.exact, word.plain, word.lead)
}

/// A word as it is read.
#[derive(Default)]
struct Word {
    exact: u64,
    plain: u64,
    lead: u64,
    plain_letters: u16,
    letters: u16,
    capitals: u16,
    run: u16,
    drawn_out: bool,
    sounds: bool,
    last: char,
    tail: [char; 3],
}

impl Word {
    fn push(&mut self, character: char) {
        let low = letter(character);
        self.exact = mix(self.exact, low);
        if is_combining(low) {
            return;
        }
        let (first, second) = base(low);
        for letter in [Some(first), second].into_iter().flatten() {
            self.plain = mix(self.plain, letter);
            if self.plain_letters < LEAD {
                self.lead |= (letter as u64 & 0xff) << (56 - 8 * self.plain_letters);
            }
            self.plain_letters = self.plain_letters.saturating_add(1);
        }
        self.letters = self.letters.saturating_add(u16::from(low.is_alphabetic()));
        self.capitals = self.capitals.saturating_add(u16::from(character.is_uppercase()));
        self.run = if low == self.last { self.run.saturating_add(1) } else { 1 };
        self.drawn_out |= self.run >= 3 && low.is_alphabetic();
        self.sounds |= low == 'k';
        self.last = low;
        self.tail = [self.tail[1], self.tail[2], low];
    }

    /// `l' d' j' qu' jusqu'`: what stands before the apostrophe is a word of its own.
    fn is_elision(&self) -> bool {
        match self.letters {
            1 => matches!(self.last, 'c' | 'd' | 'j' | 'l' | 'm' | 'n' | 's' | 't'),
            2..=6 => self.last == 'u' && self.tail[1] == 'q',
            _ => false,
        }
    }
}

/// Reads the parts of an input, one after the other, into one list.
pub(super) struct Reader<'a> {
    signs: &'a Signs,
    /// Whether `l'` and its like are split off.
    pub(super) elisions: bool,
    items: Vec<Item>,
    clause: u32,
    sentence: u32,
    /// Where in the items the sentence begins.
    begun: usize,
}

/// Words and signs of a sentence at most. The rules look through the whole of one for each word: a text without
/// marks would cost the square of its length.
const LONGEST_SENTENCE: usize = 256;

impl<'a> Reader<'a> {
    /// Reads into `items`, which are forgotten; their room is used again.
    pub(super) fn new(signs: &'a Signs, elisions: bool, mut items: Vec<Item>) -> Self {
        items.clear();
        Self { signs, elisions, items, clause: 0, sentence: 0, begun: 0 }
    }

    /// How many tokens were read.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn finish(self) -> Vec<Item> {
        self.items
    }

    fn push(&mut self, token: Token) {
        self.items.push(Item::new(token));
    }

    fn last(&self) -> Option<&Token> {
        self.items.last().map(|item| &item.token)
    }

    fn last_mut(&mut self) -> Option<&mut Token> {
        self.items.last_mut().map(|item| &mut item.token)
    }

    fn end_sentence(&mut self) {
        self.sentence += 1;
        self.clause += 1;
        self.begun = self.items.len();
    }

    fn plain_token(&self, kind: Kind, part: u32, range: Range<usize>) -> Token {
        Token {
            kind,
            part,
            start: range.start as u32,
            end: range.end as u32,
            exact: 0,
            plain: 0,
            lead: 0,
            letters: 0,
            shouted: false,
            drawn_out: false,
            contracted_not: false,
            capital: false,
            sounds: false,
            digit: false,
            quoted: false,
            tag: false,
            clause: self.clause,
            sentence: self.sentence,
        }
    }

    /// Reads a span of a part, which ends with a sentence. `targets` are byte ranges in order of their
    /// start.
    pub(super) fn read(&mut self, part: u32, text: &str, span: Range<usize>, targets: &[Range<usize>]) {
        let mut at = span.start;
        let mut before = ' ';
        let mut next_target = 0;
        while let Some(character) = text[at..].chars().next().filter(|_| at < span.end) {
            let width = character.len_utf8();
            if self.items.len() - self.begun >= LONGEST_SENTENCE {
                self.end_sentence();
            }
            if character.is_alphanumeric() {
                let end = match address_end(text, at, before) {
                    Some(end) => {
                        self.push(self.plain_token(Kind::Blank, part, at..end));
                        end
                    }
                    None => self.word(part, text, at, before),
                };
                if names(targets, &mut next_target, &(at..end))
                    && let Some(token) = self.last_mut()
                {
                    token.kind = Kind::Target;
                }
                before = text[..end].chars().next_back().unwrap_or(' ');
                at = end;
                continue;
            }
            if character == '@' {
                let name = text[at + 1..].find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.'));
                let end = name.map_or(text.len(), |length| at + 1 + length);
                if end > at + 1 {
                    let target = names(targets, &mut next_target, &(at..end));
                    let kind = if target { Kind::Target } else { Kind::Blank };
                    self.push(self.plain_token(kind, part, at..end));
                    before = 'a';
                    at = end;
                    continue;
                }
            }
            if !character.is_whitespace()
                && let Some((valence, length)) = self.signs.at(&text[at..], before)
            {
                self.push(self.plain_token(Kind::Sign(valence), part, at..at + length));
                before = ')';
                at += length;
                continue;
            }
            let after = text[at + width..].chars().next().unwrap_or(' ');
            match character {
                '!' => {
                    self.push(self.plain_token(Kind::Bang, part, at..at + width));
                    // The mark belongs to the sentence that it ends.
                    if after != '!' {
                        self.end_sentence();
                    }
                }
                '?' => {
                    self.push(self.plain_token(Kind::Ask, part, at..at + width));
                    if after != '?' && after != '!' {
                        self.end_sentence();
                    }
                }
                '"' | '»' | '”' => self.close_quote(part, text, at),
                '…' | '\n' => self.end_sentence(),
                '.' if !(before.is_ascii_digit() && after.is_ascii_digit()) => self.end_sentence(),
                ',' | ':' if !(before.is_ascii_digit() && after.is_ascii_digit()) => self.clause += 1,
                ';' | '(' | ')' | '–' | '—' => self.clause += 1,
                '-' if before == ' ' && after == ' ' => self.clause += 1,
                // Each of `#PasTop #Nul` says its own.
                '#' if self.last().is_some_and(|last| last.tag && last.part == part) => self.clause += 1,
                _ => {}
            }
            before = character;
            at += width;
        }
        self.end_sentence();
    }

    /// Marks the last word when the mark that closes at `at` opened right in front of it.
    fn close_quote(&mut self, part: u32, text: &str, at: usize) {
        if let Some(last) = self.last_mut()
            && last.kind == Kind::Word
            && last.part == part
            && text[last.end as usize..at].trim().is_empty()
        {
            last.quoted = text[..last.start as usize].trim_end().ends_with(['"', '«', '“']);
        }
    }

    /// Reads the word at `start`; its end. `before` is the character in front.
    fn word(&mut self, part: u32, text: &str, start: usize, before: char) -> usize {
        let mut word = Word::default();
        // `#TropDéçu` is read piece by piece.
        let tag = before == '#' || self.last().is_some_and(|last| last.tag && last.end as usize == start);
        let mut small = false;
        let mut end = start;
        let mut skip = 0;
        let mut characters = text[start..].char_indices().peekable();
        while let Some((offset, character)) = characters.next() {
            if is_apostrophe(character) {
                let Some(&(_, following)) = characters.peek() else { break };
                if !following.is_alphanumeric() {
                    break;
                }
                if self.elisions && word.is_elision() {
                    word.push(character);
                    end = start + offset + character.len_utf8();
                    break;
                }
                let rest = &text[start + offset + character.len_utf8()..];
                if !self.elisions && is_possessive(rest) {
                    skip = character.len_utf8() + 1;
                    break;
                }
            } else if !character.is_alphanumeric() && !is_combining(character)
                || tag && small && (character.is_uppercase() || character.is_ascii_digit())
            {
                break;
            }
            small = character.is_lowercase();
            word.push(character);
            end = start + offset + character.len_utf8();
        }
        let mut token = self.plain_token(Kind::Word, part, start..end);
        token.exact = word.exact;
        token.plain = word.plain;
        token.lead = word.lead;
        token.letters = word.letters;
        token.shouted = word.letters >= 2 && word.capitals == word.letters;
        token.drawn_out = word.drawn_out;
        token.sounds = word.sounds;
        token.contracted_not = word.tail == ['n', '\'', 't'];
        let first = text[start..].chars().next().unwrap_or(' ');
        token.capital = first.is_uppercase();
        token.digit = first.is_ascii_digit();
        token.tag = tag;
        self.push(token);
        end + skip
    }
}

/// Whether a target overlaps `piece`. `next` is the first target that may; it moves on with the pieces.
fn names(targets: &[Range<usize>], next: &mut usize, piece: &Range<usize>) -> bool {
    while targets.get(*next).is_some_and(|target| target.end <= piece.start) {
        *next += 1;
    }
    targets.get(*next).is_some_and(|target| target.start < piece.end)
}

/// `s` and no letter after it.
fn is_possessive(rest: &str) -> bool {
    let mut characters = rest.chars();
    matches!(characters.next(), Some('s' | 'S')) && characters.next().is_none_or(|c| !c.is_alphanumeric())
}

/// Where the web address that starts at `at` ends, if one does.
fn address_end(text: &str, at: usize, before: char) -> Option<usize> {
    if before.is_alphanumeric() {
        return None;
    }
    let rest = text.as_bytes().get(at..)?;
    let starts = |prefix: &[u8]| rest.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    (starts(b"http://") || starts(b"https://") || starts(b"www."))
        .then(|| at + text[at..].find(char::is_whitespace).unwrap_or(text.len() - at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, elisions: bool) -> Vec<Token> {
        let signs = Signs::load();
        let mut reader = Reader::new(&signs, elisions, Vec::new());
        reader.read(0, text, 0..text.len(), &[]);
        reader.finish().into_iter().map(|item| item.token).collect()
    }

    fn words(text: &str, elisions: bool) -> Vec<&str> {
        let tokens = read(text, elisions);
        tokens
            .iter()
            .filter(|token| token.kind == Kind::Word)
            .map(|token| &text[token.start as usize..token.end as usize])
            .collect()
    }

    #[test]
    fn a_french_elision_is_a_word_of_its_own() {
        for (text, expected) in [
            ("j’aime", vec!["j’", "aime"]),
            ("qu'il n'est jusqu’ici", vec!["qu'", "il", "n'", "est", "jusqu’", "ici"]),
            ("aujourd’hui", vec!["aujourd’hui"]),
            ("peut-être", vec!["peut", "être"]),
            ("'bon'", vec!["bon"]),
        ] {
            assert_eq!(words(text, true), expected, "{text}");
        }
    }

    #[test]
    fn an_english_contraction_stays_whole_and_a_possessive_goes() {
        assert_eq!(words("don't like Brixo's apps", false), ["don't", "like", "Brixo", "apps"]);
        assert!(read("don’t", false)[0].contracted_not);
        assert!(!read("apps", false)[0].contracted_not);
    }

    #[test]
    fn addresses_and_handles_are_blank() {
        for text in ["https://nul.example/super?x=1", "WWW.super.example", "@super_nul", "a@super.example"] {
            let tokens = read(text, true);
            assert!(tokens.iter().all(|token| token.kind == Kind::Blank || token.letters == 1), "{text}: {tokens:?}");
        }
    }

    #[test]
    fn a_sentence_without_an_end_is_ended() {
        let text = "mot ".repeat(2 * LONGEST_SENTENCE + 1);
        let tokens = read(&text, true);
        assert_eq!(tokens.len(), 2 * LONGEST_SENTENCE + 1);
        let sentences: Vec<u32> = tokens.iter().map(|token| token.sentence).collect();
        let longest = sentences.chunk_by(|a, b| a == b).map(<[u32]>::len).max();
        assert_eq!((longest, sentences.last()), (Some(LONGEST_SENTENCE), Some(&2)));
    }

    #[test]
    fn marks_cut_clauses_and_sentences_but_not_numbers() {
        for (text, clauses, sentences) in [
            ("un deux", 0, 0),
            ("un, deux", 1, 0),
            ("3,5 étoiles", 0, 0),
            ("3.5 étoiles", 0, 0),
            ("un (deux) trois", 2, 0),
            ("un – deux", 1, 0),
            ("un - deux", 1, 0),
            ("un. deux", 1, 1),
            ("un\ndeux", 1, 1),
        ] {
            let tokens = read(text, true);
            let (first, last) = (tokens[0], tokens[tokens.len() - 1]);
            let seen = (last.clause - first.clause, last.sentence - first.sentence);
            assert_eq!(seen, (clauses, sentences), "{text}");
        }
    }

    #[test]
    fn a_word_has_one_plain_hash_whatever_its_accents() {
        for (one, other) in [("DÉÇU", "decu"), ("cœur", "coeur"), ("e\u{301}te\u{301}", "été")] {
            assert_eq!(hashes(one).1, hashes(other).1, "{one} {other}");
        }
        assert_ne!(hashes("déçu").0, hashes("decu").0);
    }

    proptest! {
        #[test]
        fn every_token_is_a_piece_of_the_text_in_order(text in "\\PC{0,60}", elisions: bool) {
            let mut last = 0;
            for token in read(&text, elisions) {
                let (start, end) = (token.start as usize, token.end as usize);
                prop_assert!(start >= last && end > start && text.get(start..end).is_some());
                last = end;
            }
        }

        #[test]
        fn marks_and_apostrophes_in_any_order_are_read(text in "[a-eéqun'’:;()<^@#.,!?/ -]{0,40}", elisions: bool) {
            for token in read(&text, elisions) {
                prop_assert!(text.get(token.start as usize..token.end as usize).is_some());
            }
        }
    }
}
