//! Idioms: two to eight words, some of them classes (`{d} sans nouvelles`, `{nth} technicien`), some of them
//! one of several (`(m'a/m'ont) menti`). Owns how they are read and found; their rows are the lexicon's.

use super::files::Row;
use super::held::Held;
use super::lexicon::{Lexicon, Table};
use super::reading::Item;
use super::role::Role;
use super::tokens::{Kind, Reader, Token, join};

/// Longest idiom of a team, in words.
pub(super) const LONGEST_IDIOM: usize = 6;
/// Longest idiom of the data files, in words.
pub(super) const LONGEST_LISTED: usize = 8;

/// What a word stands for in an idiom or an event: a bit for each name in [`CLASSES`], and one for each cue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Class(u64);

/// A number, a unit of time, a time in one word (`3h`; in an idiom also number and unit), an ordinal,
/// who answers, what is sent to ask, what is waited for, how it is got, that it was done, a unit of a short
/// time or one in one word, that it was asked.
const CLASSES: [&str; 11] =
    ["{n}", "{unit}", "{d}", "{nth}", "{staff}", "{contact}", "{due}", "{get}", "{done}", "{brief}", "{asked}"];

/// `un`: counts in a time and nowhere else.
const ONE: &str = "{one}";

impl Class {
    const NUMBER: Self = Self(1);
    const UNIT: Self = Self(1 << 1);
    const DURATION: Self = Self(1 << 2);
    const ORDINAL: Self = Self(1 << 3);
    const BRIEF: Self = Self(1 << 9);
    pub(super) const ALL: Self = Self(!0);
    const ONE: Self = Self(1 << 11);
    /// Those of idioms; the others are events'.
    pub(super) const IDIOM: Self = Self(0xfff);

    /// The class of a name in braces.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        if word == ONE {
            return Some(Self::ONE);
        }
        CLASSES.iter().position(|name| *name == word).map(|at| Self(1 << at))
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Each of its classes of idioms on its own.
    fn each(self) -> impl Iterator<Item = Self> {
        let mut rest = self.0 & Self::IDIOM.0;
        std::iter::from_fn(move || {
            let lowest = rest & rest.wrapping_neg();
            rest &= !lowest;
            (lowest != 0).then_some(Self(lowest))
        })
    }

    /// Of a word that opens with a digit: `3`, `3h`, `3ème`.
    pub(super) fn of_digits(text: &str) -> Self {
        match text.trim_start_matches(|c: char| c.is_ascii_digit()) {
            "" => Self::NUMBER,
            "h" | "H" | "j" | "J" | "mn" | "min" | "hrs" | "hr" | "hours" | "jours" => Self::DURATION.with(Self::BRIEF),
            "mois" | "semaines" => Self::DURATION,
            "e" | "ème" | "eme" | "ième" | "ieme" | "è" | "nd" | "nde" | "rd" | "th" => Self::ORDINAL,
            _ => Self::default(),
        }
    }

    /// The cue of an event at a place in its list.
    pub(super) const fn cue(at: usize) -> Self {
        Self(1 << (12 + at))
    }

    /// Those of idioms alone.
    pub(super) const fn idiomatic(self) -> Self {
        Self(self.0 & Self::IDIOM.0)
    }

    /// The key that stands for it in an idiom; no word hashes to so small a number.
    const fn key(self) -> u64 {
        self.0
    }
}

/// What the lexicon says of an idiom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Idiom {
    pub(super) valence: f32,
    /// In words; 0 where it only begins longer ones.
    pub(super) length: u8,
    /// It holds its own negation: one in front does not turn it.
    pub(super) negated: bool,
    /// `pas` may follow it and turn it.
    pub(super) verb: bool,
    /// It holds a `que`, which makes a `ne` in front of it 'only'.
    pub(super) limited: bool,
    /// `par contre` turns a sentence as `mais` does; `toujours pas` negates as `pas` does.
    pub(super) role: Role,
}

/// The idioms of a language.
#[derive(Default)]
pub(super) struct Idioms {
    table: Table<Idiom>,
    held: Held,
    /// The classes that open one, a bit each.
    opening: Class,
}

impl Idioms {
    /// Notes that idioms begin so.
    fn begin(&mut self, key: u64) {
        self.held.add(key);
        self.table.entry(key).or_insert(Idiom {
            valence: 0.0,
            length: 0,
            negated: false,
            verb: false,
            limited: false,
            role: Role::default(),
        });
    }
}

/// A piece of a pattern: a class, or a word by its hash and what it does.
#[derive(Clone, Copy)]
enum Piece {
    Class(Class),
    Word(u64, Role),
}

/// The way through a pattern to one of its pieces.
#[derive(Clone, Copy)]
struct Path {
    key: u64,
    /// In words.
    length: u8,
    role: Role,
    negated: bool,
    limited: bool,
    last_negates: bool,
}

/// A pattern piece by piece: one choice outside of its brackets, several within.
fn segments(pattern: &str) -> Vec<Vec<&str>> {
    let mut segments = Vec::new();
    let mut rest = pattern;
    while let Some((open, close)) = rest.find('(').and_then(|open| Some((open, open + rest[open..].find(')')?))) {
        segments.push(vec![&rest[..open]]);
        segments.push(rest[open + 1..close].split('/').collect());
        rest = &rest[close + 1..];
    }
    segments.push(vec![rest]);
    segments
}

/// The ways to write a pattern: each of the alternatives in its brackets.
#[cfg(test)]
pub(super) fn variants(pattern: &str) -> Vec<String> {
    segments(pattern).iter().fold(vec![String::new()], |forms, choices| {
        forms.iter().flat_map(|form| choices.iter().map(move |choice| format!("{form}{choice}"))).collect()
    })
}

impl Lexicon {
    /// The tokens of a text on its own.
    pub(super) fn tokens(&self, text: &str) -> Vec<Token> {
        self.items(text, Vec::new()).into_iter().map(|item| item.token).collect()
    }

    /// The same in `room`, to be looked up.
    pub(super) fn items(&self, text: &str, room: Vec<Item>) -> Vec<Item> {
        let mut reader = Reader::new(&self.signs, self.elisions, room);
        reader.read(0, text, 0..text.len(), &[]);
        reader.finish()
    }

    /// The tokens of a piece of an idiom, which may end in an elision: `victime d'`.
    fn chunk(&self, chunk: &str) -> Vec<Token> {
        if !chunk.ends_with('\'') {
            return self.tokens(chunk);
        }
        let mut tokens = self.tokens(&format!("{chunk}a"));
        tokens.pop();
        tokens
    }

    /// Adds the idioms of a row. Their words are known by then.
    pub(super) fn learn(&mut self, row: &Row<'_>) {
        let segments: Vec<Vec<Vec<Piece>>> = segments(row.form)
            .into_iter()
            .map(|choices| choices.into_iter().map(|choice| self.pieces(choice)).collect())
            .collect();
        let role = row.flags.chars().filter_map(Role::from_flag).fold(Role::default(), Role::with);
        let path = Path { key: 0, length: 0, role, negated: false, limited: false, last_negates: false };
        self.walk(&segments, &[], path, row);
    }

    /// What an alternative of a pattern is made of.
    fn pieces(&self, choice: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for chunk in choice.split(' ').filter(|chunk| !chunk.is_empty()) {
            if let Some(class) = Class::from_word(chunk).filter(|class| class.has(Class::IDIOM)) {
                pieces.push(Piece::Class(class));
                continue;
            }
            pieces.extend(self.chunk(chunk).into_iter().map(|token| {
                let mut role = self.words.get(&token.plain).map_or(Role::default(), |entry| entry.role);
                if token.contracted_not {
                    role = role.with(Role::NEGATOR);
                }
                Piece::Word(token.plain, role)
            }));
        }
        pieces
    }

    /// Notes every way on from a path through `rest`, first through `choice`.
    fn walk(&mut self, rest: &[Vec<Vec<Piece>>], choice: &[Piece], path: Path, row: &Row<'_>) {
        let Some((piece, choice)) = choice.split_first() else {
            if let Some((choices, rest)) = rest.split_first() {
                for choice in choices {
                    self.walk(rest, choice, path, row);
                }
            } else {
                self.close(path, row);
            }
            return;
        };
        match *piece {
            Piece::Class(class) => {
                if path.length == 0 {
                    let split = if class == Class::DURATION { Class::NUMBER.with(Class::ONE) } else { class };
                    self.idioms.opening = self.idioms.opening.with(class).with(split);
                }
                let on = |key, words| Path { key, length: path.length + words, last_negates: false, ..path };
                if class == Class::DURATION {
                    // A time is one word or two.
                    for number in [Class::NUMBER, Class::ONE] {
                        let counted = join(path.key, number.key());
                        self.idioms.begin(counted);
                        let key = join(counted, Class::UNIT.key());
                        self.idioms.begin(key);
                        self.walk(rest, choice, on(key, 2), row);
                    }
                }
                let key = join(path.key, class.key());
                self.idioms.begin(key);
                self.walk(rest, choice, on(key, 1), row);
            }
            Piece::Word(plain, role) => {
                if path.length == 0 {
                    // Keyed without accents, as idioms are.
                    self.words.entry(plain).or_default().opens_idiom = true;
                }
                let negates = role.has(Role::NEGATOR.with(Role::MORE).with(Role::CLITIC));
                let compares = row.valence != 0.0 && role.has(Role::COMPARES.with(Role::MORE).with(Role::LESS));
                let key = join(path.key, plain);
                self.idioms.begin(key);
                let path = Path {
                    key,
                    length: path.length + 1,
                    role: if compares { path.role.with(Role::COMPARES) } else { path.role },
                    // `que` makes the `ne` in front of it 'only'.
                    negated: path.negated || negates || (path.length == 0 && role.has(Role::LIMIT)),
                    limited: path.limited || role.has(Role::LIMIT),
                    last_negates: role.has(Role::NEGATOR),
                };
                self.walk(rest, choice, path, row);
            }
        }
    }

    fn close(&mut self, path: Path, row: &Row<'_>) {
        // `y a pas mieux` praises.
        let mut role = if path.negated { path.role.without(Role::COMPARES) } else { path.role };
        if path.last_negates {
            role = role.with(Role::NEGATOR);
        }
        self.idioms.table.insert(
            path.key,
            Idiom {
                valence: row.valence,
                length: path.length,
                negated: path.negated,
                verb: row.flags.contains('v'),
                limited: path.limited,
                role,
            },
        );
    }

    /// The longest idiom that the items start with; they are prepared.
    pub(super) fn idiom(&self, items: &[Item]) -> Option<Idiom> {
        let Item { token, entry, .. } = items.first()?;
        if !entry.opens_idiom && !self.idioms.opening.has(entry.class) {
            return None;
        }
        let mut found = None;
        if entry.opens_idiom {
            self.longest(items, 1, join(0, token.plain), &mut found);
        }
        for class in entry.class.each().filter(|&class| self.idioms.opening.has(class)) {
            self.longest(items, 1, join(0, class.key()), &mut found);
        }
        found
    }

    /// Follows the word and its classes; hardly a word has two, and few idioms go on.
    fn longest(&self, items: &[Item], read: usize, key: u64, found: &mut Option<Idiom>) {
        let Some(Item { token, entry, .. }) = items.get(read).filter(|_| read < LONGEST_LISTED) else { return };
        let first = &items[0].token;
        if token.kind != Kind::Word || token.clause != first.clause || token.part != first.part {
            return;
        }
        self.follow(items, read, join(key, token.plain), found);
        for class in entry.class.each() {
            self.follow(items, read, join(key, class.key()), found);
        }
    }

    fn follow(&self, items: &[Item], read: usize, key: u64, found: &mut Option<Idiom>) {
        if !self.idioms.held.may_hold(key) {
            return;
        }
        let Some(&idiom) = self.idioms.table.get(&key) else { return };
        if found.map_or(0, |found| found.length) < idiom.length {
            *found = Some(idiom);
        }
        self.longest(items, read + 1, key, found);
    }
}

#[cfg(test)]
mod tests {
    use crate::sentiment::{Input, Part, find_target, score};
    use crate::text::language::Language;

    /// From which score on the lean of a doubtful sentence shows.
    const LEAN: f32 = 0.05;

    fn assert_leans(language: Language, sign: f32, texts: &[&str]) {
        for text in texts {
            let target = find_target(text, "Novalis");
            let scored = score(&Input { parts: &[Part { text, target: &target }], language }).expect("a lexicon");
            assert!(scored.score * sign >= LEAN, "{text}: {scored:?}");
        }
    }

    #[test]
    fn a_complaint_that_no_word_says_leans_to_blame() {
        assert_leans(
            Language::FRENCH,
            -1.0,
            &[
                "Ça fait trois fois que je renvoie le même formulaire à Novalis.",
                "Chez Novalis, il faut rappeler trois fois pour avoir quelqu’un.",
                "Novalis a encore changé l’heure de mon rendez-vous.",
                "Le technicien devait passer entre 8h et 12h, il est 15h.",
                "J’ai demandé un remboursement en mars, on est en juillet.",
                "Je cherche une autre banque.",
                "Le numéro de suivi n’a pas bougé depuis le 3.",
                "Une heure de queue pour un café tiède chez Novalis.",
                "Mon dossier Novalis est parti à la poubelle.",
                "Tous les conseillers sont occupés chez Novalis.",
                "Novalis m’a facturé deux fois le même mois.",
                "La vitre s’est fendue au bout de deux semaines.",
                "Il ne me reste plus qu’à racheter une machine.",
                "Leur garantie n’existe que sur le papier.",
                "Novalis ne livre que quand ça leur chante.",
            ],
        );
        assert_leans(
            Language::ENGLISH,
            -1.0,
            &[
                "Nobody replied to my emails, Novalis.",
                "I had to call again twice.",
                "My parcel never turned up.",
                "The zip broke after one wash.",
                "Still waiting for my refund.",
                "Passed from pillar to post by Novalis.",
                "Novalis charged me twice.",
            ],
        );
    }

    #[test]
    fn praise_that_no_word_says_leans_to_praise() {
        assert_leans(
            Language::FRENCH,
            1.0,
            &[
                "Novalis m’a rappelé dans l’heure.",
                "Mon vélo Novalis a avalé 10 000 km.",
                "Toute la famille est passée chez Novalis.",
                "Le devis correspondait au centime près.",
                "Novalis a remplacé la pièce sans me facturer.",
                "J’ai fait 40 km pour y revenir.",
                "C’est le troisième que j’offre.",
                "Ma grand-mère s’en sert toute seule.",
                "Mes invités m’ont demandé l’adresse.",
                "Le robinet ne goutte plus depuis leur passage.",
                "Novalis a tenu sa promesse.",
                "Je n’achète plus que du Novalis.",
                "Novalis ne m’a coûté que 12 euros.",
                "Avec Novalis je n’ai plus à m’occuper de rien.",
                "On ne peut que conseiller Novalis.",
            ],
        );
        assert_leans(
            Language::ENGLISH,
            1.0,
            &[
                "Sorted within minutes by Novalis.",
                "Ten years later and still going strong.",
                "Novalis arrived a day early.",
                "We’ll be back at Novalis.",
                "No quibbles, they replaced it the same day.",
                "Nothing but praise for Novalis.",
            ],
        );
    }

    #[test]
    fn irony_leans_to_blame_and_is_never_plain_praise() {
        for text in [
            "Super le SAV Novalis, trois heures de musique.",
            "Chambre avec vue imprenable sur les poubelles.",
            "Encore merci à Novalis pour la nuit à l’aéroport.",
            "Toujours là pour encaisser, Novalis.",
            "On n’arrête pas le progrès chez Novalis.",
        ] {
            let target = find_target(text, "Novalis");
            let input = Input { parts: &[Part { text, target: &target }], language: Language::FRENCH };
            let scored = score(&input).expect("a lexicon");
            assert!(scored.doubt.is_some() && scored.score < 0.0, "{text}: {scored:?}");
        }
    }
}
