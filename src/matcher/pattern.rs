//! From a term to the texts that are searched for it: folded phrases, and phrases with words that only a rule
//! describes. Owns what an occurrence of each must pass; finds none.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::exact::Exact;
use super::glob;
use super::hashed::Hashes;
use crate::query::domain::Domain;
use crate::query::inflect::Inflection;
use crate::query::variants::{MANY, ONE};
use crate::query::{Company, Mode, Phrase, Sign, Term, TermKind};
use crate::text::fold::class::{Class, class};
use crate::text::fold::words::word_hash;
use crate::text::fold::{Folder, fold_string};
use crate::text::language::Language;

/// Words that most texts hold: an anchor on one would open the gate all the time.
const FREQUENT: &str = " a ai as au aux avec c ce ces cette d dans de des du elle en est et eux fait il ils j je l la le les leur lui \
m ma mais me mes mon n ne nos notre nous on ont ou par pas plus pour qu que qui s sa sans se ses si son sont sur t ta te tout tres \
tu un une vos votre vous y about after all an and any are be been but by can do for from get had has have he her his i if in is it \
its just me my no not of one or our out she so that the their them there they this to up was we were what when which who will with \
would you your ";

static FREQUENT_WORDS: LazyLock<Hashes> =
    LazyLock::new(|| FREQUENT.split_ascii_whitespace().map(|word| word_hash(word.as_bytes())).collect());

/// True for the hash of a word that most texts hold.
pub(super) fn is_frequent(hash: u64) -> bool {
    FREQUENT_WORDS.contains(&hash)
}

/// What a place must be for a term, beyond the text and its bounds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Check {
    /// Any phrase; also the exact letters of a handle.
    #[default]
    Plain,
    /// This case and these accents.
    Exact(Box<Exact>),
    /// Written as a name.
    Name,
    /// With its sign.
    Sign(Sign, Option<Box<Exact>>),
    /// A domain.
    Domain { open: bool, path: bool },
    /// A name that acts as a company, in these languages or in the text's.
    Company(Box<[Language]>),
}

/// A text to search for a term.
#[derive(Debug)]
pub(super) struct Searchable<'a> {
    pub(super) pieces: Pieces<'a>,
    pub(super) check: Check,
    pub(super) title_only: bool,
}

#[derive(Debug)]
pub(super) enum Pieces<'a> {
    /// A folded text.
    Text(Cow<'a, str>),
    /// At least one word that a rule describes.
    Ruled(Vec<Piece>),
}

/// A part of a phrase with a word that a rule describes.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// Folded text.
    Text(Box<str>),
    /// One whole word.
    Word(Rule),
}

/// What describes a word.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Rule {
    /// With wildcards.
    Wild(Box<str>),
    /// In any inflected form; shared by the terms that hold the word.
    Inflected(Inflection),
}

impl Rule {
    /// Whether a folded word of a text in `language` is one.
    pub(super) fn accepts(&self, word: &str, language: Option<Language>) -> bool {
        match self {
            Self::Wild(pattern) => glob::matches(pattern, word),
            Self::Inflected(inflection) => inflection.accepts(word, language),
        }
    }
}

/// Calls `visit` with what is searched for a term that is no field's. `folder` is lent for reuse.
pub(super) fn of_term<E>(
    term: &Term,
    languages: &[Language],
    folder: &mut Folder,
    mut visit: impl FnMut(Searchable<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let title_only = term.title_only;
    match &term.kind {
        TermKind::Phrase(phrase) => phrase.variants.iter().try_for_each(|variant| {
            let pieces = pieces(phrase, variant, languages, folder);
            visit(Searchable { pieces, check: check(phrase, variant), title_only })
        }),
        TermKind::Domain(domain) => of_domain(domain).into_iter().try_for_each(|text| {
            let check = Check::Domain { open: domain.open, path: !domain.path.is_empty() };
            visit(Searchable { pieces: Pieces::Text(text.into()), check, title_only })
        }),
        TermKind::Author(_) | TermKind::Site(_) | TermKind::Language(_) | TermKind::Source(_) => Ok(()),
    }
}

/// What is searched for a company: its name, and its words run together as in a handle.
pub(super) fn of_company(company: &Company, languages: &[Language]) -> Vec<Searchable<'static>> {
    let name = fold_string(&company.name);
    let name = name.trim();
    let mut texts = vec![name.to_owned()];
    texts.extend(tag_letters(name));
    let searchable = |text: String| {
        let check = Check::Company(languages.into());
        Searchable { pieces: Pieces::Text(text.into()), check, title_only: false }
    };
    texts.into_iter().map(searchable).collect()
}

fn check(phrase: &Phrase, variant: &str) -> Check {
    let exact = || Box::new(Exact::new(variant));
    match (phrase.sign, phrase.mode) {
        (Some(sign), mode) => Check::Sign(sign, (mode == Mode::Exact).then(exact)),
        (None, Mode::Exact) => Check::Exact(exact()),
        (None, Mode::Name) => Check::Name,
        (None, Mode::Plain | Mode::Inflected) => Check::Plain,
    }
}

/// As written, and with the brackets that keep a domain from becoming a link.
fn of_domain(domain: &Domain) -> Vec<String> {
    let fold = |host: &str| fold_string(&format!("{host}{}", domain.path));
    let last = domain.host.rsplit_once('.').map(|(name, top)| format!("{name}[.]{top}")).unwrap_or_default();
    let mut texts = vec![fold(&domain.host), fold(&last), fold(&domain.host.replace('.', "[.]"))];
    texts.dedup();
    texts
}

fn pieces<'f>(phrase: &Phrase, variant: &str, languages: &[Language], folder: &'f mut Folder) -> Pieces<'f> {
    let signed = match phrase.sign {
        Some(Sign::Hashtag) => Cow::Owned(format!("#{variant}")),
        Some(Sign::Handle) => Cow::Owned(format!("@{variant}")),
        None => Cow::Borrowed(variant),
    };
    folder.fold(&signed);
    // A fold is UTF-8.
    let folded = std::str::from_utf8(folder.folded()).unwrap_or_default().trim();
    // A blank line inside a term is a slip of its writer: no text could hold the phrase.
    let folded = if folded.contains('\n') { Cow::Owned(folded.replace("\n\n", " ")) } else { Cow::Borrowed(folded) };
    let may_be_ruled = phrase.mode == Mode::Inflected || !folded.is_ascii() && folded.contains([MANY, ONE]);
    let tokens = if may_be_ruled { tokens(&folded) } else { Vec::new() };
    // Beside another word, a frequent one is better searched as it is.
    let is_alone = tokens.len() == 1;
    let is_ruled = |token: &str| {
        token.contains([MANY, ONE])
            || phrase.mode == Mode::Inflected
                && Inflection::is_for(token)
                && (is_alone || !is_frequent(word_hash(token.as_bytes())))
    };
    if !tokens.iter().any(|token| is_ruled(token)) {
        return Pieces::Text(folded);
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let mut text = String::new();
    for token in tokens {
        let piece = match token {
            _ if token.contains([MANY, ONE]) => Piece::Word(Rule::Wild(token.into())),
            _ if is_ruled(token) => Piece::Word(Rule::Inflected(Inflection::of(token, languages))),
            _ => {
                text.push_str(token);
                continue;
            }
        };
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text).into()));
        }
        pieces.push(piece);
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text.into()));
    }
    Pieces::Ruled(pieces)
}

/// A folded text in runs: words with their wildcards, and what is between.
fn tokens(folded: &str) -> Vec<&str> {
    #[derive(PartialEq)]
    enum Run {
        Word,
        Other,
    }
    let kind = |c: char| match c {
        MANY | ONE => Run::Word,
        c if class(c) == Class::Word => Run::Word,
        _ => Run::Other,
    };
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut last: Option<Run> = None;
    for (at, c) in folded.char_indices() {
        let run = kind(c);
        if last.as_ref().is_some_and(|last| *last != run) {
            tokens.push(&folded[start..at]);
            start = at;
        }
        last = Some(run);
    }
    if start < folded.len() {
        tokens.push(&folded[start..]);
    }
    tokens
}

/// The words of a folded text: inside it they are bounded by what stands there, at its ends by the boundary
/// that is asked.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(|c| class(c) == Class::Word)?;
        at = text[start..].find(|c| class(c) != Class::Word).map_or(text.len(), |end| start + end);
        Some((start, &text[start..at]))
    })
}

/// True for what a hashtag or a handle leaves out of a phrase: `#LOreal`, `@nodejs`.
pub(super) const fn is_left_out(c: char) -> bool {
    matches!(c, ' ' | '\'' | '.')
}

/// The letters of a phrase of words, as a hashtag or a handle runs them together.
pub(super) fn tag_letters(text: &str) -> Option<String> {
    let phrase = text.contains(is_left_out) && text.chars().all(|c| is_left_out(c) || class(c) == Class::Word);
    phrase.then(|| text.replace(is_left_out, ""))
}
