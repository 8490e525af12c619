//! One string of the watchlist becomes a [`Term`]. Owns the syntax and its errors; how alternatives
//! multiply is `variants`'. Searches nothing.

use super::domain::{Domain, domain, pasted};
use super::field::{self, Field};
use super::variants::{MANY, ONE, Reader};
use crate::text::fold::class::{Class, class, is_apostrophe, is_han, is_hyphen, is_mark, is_skipped};
use crate::text::fold::fold_string;
use crate::text::language::Language;

/// Characters of a term at most, one with alternatives apart.
const MAX_CHARS: usize = 200;

/// Bytes of a term with alternatives at most.
const MAX_BYTES: usize = 256 << 10;

/// Phrases that the alternatives of a term make together, at most.
pub const MAX_VARIANTS: usize = 10_000;

/// Operators at a term's start, which exclude one another.
pub(super) const LEADING: [char; 3] = ['=', '^', '~'];

/// A term, parsed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// As written in the watchlist.
    pub written: String,
    /// What is searched.
    pub kind: TermKind,
    /// With `title:`: in the title alone.
    pub title_only: bool,
}

/// What a term searches.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TermKind {
    /// Words, a hashtag or a handle.
    Phrase(Phrase),
    /// A domain, in the text and in links.
    Domain(Domain),
    /// `author:`, the whole name without `@`.
    Author(String),
    /// `site:`, the entry's own address.
    Site(Domain),
    /// `lang:`.
    Language(Language),
    /// `source:`, the whole name.
    Source(String),
}

/// How the words of a phrase are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Folded.
    Plain,
    /// `=`: this case and these accents.
    Exact,
    /// `^`: folded, and written as a name.
    Name,
    /// `~`: each word in any inflected form.
    Inflected,
}

/// What must stand before the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    /// `#`.
    Hashtag,
    /// `@`.
    Handle,
}

/// Words to search.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phrase {
    /// How they are compared.
    pub mode: Mode,
    /// Whether they are a hashtag or a handle.
    pub sign: Option<Sign>,
    /// What the alternatives make, without escapes and the sign, each once; wildcards are
    /// [`MANY`] and [`ONE`].
    pub variants: Vec<String>,
}

/// Why a string is no term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// Nothing, or only white space.
    #[error("empty")]
    Empty,
    /// A single letter or digit without `=`.
    #[error("one letter")]
    OneLetter,
    /// Only punctuation.
    #[error("only punctuation")]
    OnlyPunctuation,
    /// A lone operator: `~`, `*`, `=`, `^`.
    #[error("lone operator {0}")]
    LoneOperator(char),
    /// Two operators that exclude one another.
    #[error("{0} and {1} together")]
    Together(char, char),
    /// A word with a wildcard and fewer other characters than three, or four after a leading `*`; or of a
    /// script without spaces.
    #[error("too few characters beside a wildcard")]
    ShortWildcard,
    /// A parenthesis without its other, or `|` outside of parentheses.
    #[error("{0} without its other")]
    Unbalanced(char),
    /// Parentheses inside parentheses, too deep.
    #[error("too deep")]
    TooDeep,
    /// Alternatives that make more than [`MAX_VARIANTS`] phrases.
    #[error("more than {MAX_VARIANTS} phrases")]
    TooManyVariants,
    /// `lang:` without a language's code.
    #[error("no language")]
    NoLanguage,
    /// `site:` without a domain.
    #[error("no domain")]
    NoDomain,
    /// An address with a scheme whose host is no domain.
    #[error("no address")]
    NoAddress,
    /// A field of another tool.
    #[error("another tool's field")]
    OtherField,
    /// A field that no term has, only an expression or a line.
    #[error("a name's place is not in a term")]
    CompanyField,
    /// The name of `company:` with a sign that has a meaning in terms.
    #[error("{0} in a name")]
    NoName(char),
    /// An operator inside of a term.
    #[error("{0} inside of a term")]
    Inside(char),
    /// One of the alternatives that are the whole term is empty.
    #[error("an empty alternative")]
    EmptyAlternative,
    /// A backslash before a sign that needs none.
    #[error("\\{0} means nothing")]
    Escape(char),
    /// Longer than 200 characters; with alternatives, than 256 KiB.
    #[error("too long")]
    TooLong,
}

impl Term {
    /// Reads a term as the watchlist writes it. `\\` takes an operator's meaning away.
    pub fn parse(written: &str) -> Result<Self, TermError> {
        let written = written.trim();
        if let Some(operator @ ('~' | '*' | '=' | '^')) = only_char(written) {
            return Err(TermError::LoneOperator(operator));
        }
        if written.len() > MAX_BYTES || !written.contains('(') && written.chars().nth(MAX_CHARS).is_some() {
            return Err(TermError::TooLong);
        }
        let (kind, title_only) = match field::of_term(written) {
            Some((Field::Known("title:"), rest)) => (kind(rest)?, true),
            Some((Field::Known(prefix @ ("author:" | "site:" | "lang:" | "source:")), rest)) => {
                (field_kind(prefix, rest)?, false)
            }
            Some((Field::Known(field::COMPANY), _)) => return Err(TermError::CompanyField),
            Some((Field::Known(sign), rest)) => (kind(&format!("{sign}{rest}"))?, false),
            Some((Field::Other, _)) => return Err(TermError::OtherField),
            None => (kind(written)?, false),
        };
        Ok(Self { written: written.to_owned(), kind, title_only })
    }
}

fn field_kind(name: &str, rest: &str) -> Result<TermKind, TermError> {
    if rest.is_empty() {
        return Err(TermError::Empty);
    }
    match name {
        "site:" => {
            let host = rest.split_once("://").map_or(rest, |(_, host)| host);
            let host = host.strip_prefix("www.").unwrap_or(host).to_lowercase();
            Domain::of_site(&host).map(TermKind::Site).ok_or(TermError::NoDomain)
        }
        "lang:" => Language::known(rest).map(TermKind::Language).ok_or(TermError::NoLanguage),
        _ => {
            let text = fold_string(rest.strip_prefix('@').filter(|_| name == "author:").unwrap_or(rest));
            if !text.chars().any(char::is_alphanumeric) {
                return Err(TermError::OnlyPunctuation);
            }
            Ok(text.trim().to_owned()).map(if name == "author:" { TermKind::Author } else { TermKind::Source })
        }
    }
}

fn kind(written: &str) -> Result<TermKind, TermError> {
    let (mode, body) = match written.chars().next() {
        Some('=') => (Mode::Exact, written[1..].trim_start()),
        Some('^') => (Mode::Name, written[1..].trim_start()),
        Some('~') => (Mode::Inflected, written[1..].trim_start()),
        _ => (Mode::Plain, written),
    };
    if let Some(address) = pasted(written) {
        return address.map(TermKind::Domain).ok_or(TermError::NoAddress);
    }
    let lead = body.chars().next();
    if let (true, Some(second)) = (mode != Mode::Plain, lead.filter(|c| LEADING.contains(c))) {
        return Err(TermError::Together(written.chars().next().unwrap_or(second), second));
    }
    let sign = match lead {
        Some('#') if is_keycap(body) => None,
        Some('#' | '＃') => Some(Sign::Hashtag),
        Some('@' | '＠') => Some(Sign::Handle),
        _ => None,
    };
    if let (Mode::Name | Mode::Inflected, Some(_), Some(lead)) = (mode, sign, lead) {
        return Err(TermError::Together(if mode == Mode::Name { '^' } else { '~' }, lead));
    }
    let rest = match (sign, lead) {
        (Some(_), Some(lead)) => &body[lead.len_utf8()..],
        _ => body,
    };
    let keycap = is_keycap(body);
    let (mut variants, escaped) = if keycap { (vec![body.to_owned()], true) } else { Reader::read(rest)? };
    if mode == Mode::Plain
        && sign.is_none()
        && !escaped
        && let [only] = &variants[..]
        && let Some(domain) = domain(only)
    {
        return Ok(TermKind::Domain(domain));
    }
    for variant in &mut variants {
        if sign == Some(Sign::Handle)
            && let Some(at) = variant.find(['@', '＠'])
        {
            variant.truncate(at);
        }
        check(variant, body, mode, sign)?;
    }
    // No word of it would be inflected.
    let is_wild = |word: &str| word.contains([MANY, ONE]) || word.chars().all(|c| !c.is_alphabetic());
    if let (Mode::Inflected, Some(wild)) = (mode, variants.iter().find(|text| text.contains([MANY, ONE])))
        && wild.split_whitespace().all(is_wild)
    {
        return Err(TermError::Together('~', if wild.contains(MANY) { '*' } else { '?' }));
    }
    variants.sort_unstable();
    variants.dedup();
    Ok(TermKind::Phrase(Phrase { mode, sign, variants }))
}

/// Whether something can be searched for.
fn check(variant: &str, body: &str, mode: Mode, sign: Option<Sign>) -> Result<(), TermError> {
    let wild = |c: char| matches!(c, MANY | ONE);
    let folded = fold_string(variant);
    if folded.trim().is_empty() && body.contains('|') {
        return Err(TermError::EmptyAlternative);
    }
    if folded.trim().is_empty() {
        let blank = body.chars().all(|c| c.is_whitespace() || is_skipped(c));
        return Err(if blank && mode == Mode::Plain { TermError::Empty } else { TermError::OnlyPunctuation });
    }
    if !(is_keycap(variant) || variant.chars().any(|c| c.is_alphanumeric() || is_pictograph(c))) {
        return Err(TermError::OnlyPunctuation);
    }
    if folded.contains(wild) {
        let words = folded.split(|c| class(c) == Class::Other && !wild(c));
        for word in words.filter(|word| word.contains(wild)) {
            let others = word.chars().filter(|&c| !wild(c)).count();
            // Scripts without word boundaries need no wildcard: each of their terms is found inside others.
            let unspaced = word.chars().any(|c| class(c) == Class::Free);
            if unspaced || others < if word.starts_with(MANY) { 4 } else { 3 } {
                return Err(TermError::ShortWildcard);
            }
        }
    }
    // What joins words is no letter of one: `-a` would be found with every `a`.
    let joins = |c: char| c.is_whitespace() || is_hyphen(c) || is_apostrophe(c);
    let mut letters = variant.chars().filter(|&c| !is_skipped(c) && !is_mark(c) && !joins(c));
    if let (Some(letter), None) = (letters.next(), letters.next())
        && letter.is_alphanumeric()
        && mode != Mode::Exact
        && sign.is_none()
        && !is_han(letter)
        && !is_keycap(variant)
    {
        return Err(TermError::OneLetter);
    }
    if variant.chars().nth(MAX_CHARS).is_some() {
        return Err(TermError::TooLong);
    }
    Ok(())
}

fn only_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// A digit, `#` or `*` on a key: an emoji of three characters, the last of which encloses the first.
fn is_keycap(text: &str) -> bool {
    text.ends_with('\u{20E3}') && text.trim_end_matches(['\u{20E3}', '\u{FE0F}']).chars().nth(1).is_none()
}

/// An emoji: the pictographs of Unicode's blocks for them. `©`, `®` and `™` are taken as punctuation.
fn is_pictograph(c: char) -> bool {
    matches!(c,
        '\u{231A}'..='\u{23FF}'
        | '\u{25AA}'..='\u{25FE}'
        | '\u{2600}'..='\u{27BF}'
        | '\u{2B05}'..='\u{2B55}'
        | '\u{3030}'
        | '\u{303D}'
        | '\u{1F000}'..='\u{1FAFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(written: &str) -> (Mode, Option<Sign>, Vec<String>) {
        match Term::parse(written).unwrap_or_else(|error| panic!("{written}: {error}")).kind {
            TermKind::Phrase(Phrase { mode, sign, variants }) => {
                let shown = |text: String| text.replace(MANY, "*").replace(ONE, "?");
                (mode, sign, variants.into_iter().map(shown).collect())
            }
            other => panic!("{written}: {other:?}"),
        }
    }

    #[test]
    fn what_is_written_is_what_is_searched() {
        for (written, mode, text) in [
            ("orange bank", Mode::Plain, "orange bank"),
            ("  Orange Bank ", Mode::Plain, "Orange Bank"),
            ("=Orange SA", Mode::Exact, "Orange SA"),
            ("= Orange", Mode::Exact, "Orange"),
            ("=X", Mode::Exact, "X"),
            ("=-5", Mode::Exact, "-5"),
            ("-橙", Mode::Plain, "-橙"),
            ("à a", Mode::Plain, "à a"),
            ("^orange", Mode::Name, "orange"),
            ("~résilier", Mode::Inflected, "résilier"),
            ("橙", Mode::Plain, "橙"),
            ("🍊", Mode::Plain, "🍊"),
            ("❤️", Mode::Plain, "❤️"),
            ("1️⃣", Mode::Plain, "1️⃣"),
            ("#️⃣", Mode::Plain, "#️⃣"),
            ("*️⃣", Mode::Plain, "*️⃣"),
            ("text: x", Mode::Plain, "text: x"),
            ("~service client*", Mode::Inflected, "service client*"),
            ("C&A", Mode::Plain, "C&A"),
            ("Yahoo!", Mode::Plain, "Yahoo!"),
            ("E.Leclerc", Mode::Plain, "E.Leclerc"),
            ("Booking.com", Mode::Plain, "Booking.com"),
            ("Node.js", Mode::Plain, "Node.js"),
            ("S.N.C.F.", Mode::Plain, "S.N.C.F."),
            ("N°5", Mode::Plain, "N°5"),
            ("1e3", Mode::Plain, "1e3"),
            ("true", Mode::Plain, "true"),
            ("C#", Mode::Plain, "C#"),
            ("a@b", Mode::Plain, "a@b"),
            ("x^y", Mode::Plain, "x^y"),
            ("boycott*", Mode::Plain, "boycott*"),
            ("boycott***", Mode::Plain, "boycott*"),
            ("c?cotte", Mode::Plain, "c?cotte"),
            (r"\#tag", Mode::Plain, "#tag"),
            (r"\@ccount", Mode::Plain, "@ccount"),
            (r"\~x", Mode::Plain, "~x"),
            (r"Quoi\?", Mode::Plain, "Quoi?"),
            (r"orange\.fr", Mode::Plain, "orange.fr"),
            (r"title\: x", Mode::Plain, "title: x"),
            (r"AC\\DC", Mode::Plain, r"AC\DC"),
            (r"AC\DC", Mode::Plain, r"AC\DC"),
            ("=orange.fr", Mode::Exact, "orange.fr"),
        ] {
            assert_eq!(phrase(written), (mode, None, vec![text.to_owned()]), "{written}");
        }
    }

    #[test]
    fn alternatives_make_each_phrase_once() {
        for (written, variants) in [
            ("(ville|mairie) d'orange", vec!["mairie d'orange", "ville d'orange"]),
            ("=(chez|clients) Orange", vec!["chez Orange", "clients Orange"]),
            ("orange (bank|)", vec!["orange", "orange bank"]),
            ("(aa|(bb|cc) dd)(ee|ee)", vec!["aaee", "bb ddee", "cc ddee"]),
            ("(boycott*|grève)", vec!["boycott*", "grève"]),
            (r"orange \(opérateur\)", vec!["orange (opérateur)"]),
        ] {
            let variants: Vec<_> = variants.into_iter().map(|text| text.trim().to_owned()).collect();
            assert_eq!(phrase(written).2, variants, "{written}");
        }
    }

    #[test]
    fn a_sign_makes_a_hashtag_or_a_handle() {
        for (written, mode, sign, text) in [
            ("#tag*", Mode::Plain, Sign::Hashtag, "tag*"),
            ("＃tag", Mode::Plain, Sign::Hashtag, "tag"),
            ("@account", Mode::Plain, Sign::Handle, "account"),
            ("@x@host.fr", Mode::Plain, Sign::Handle, "x"),
            ("=#Tag", Mode::Exact, Sign::Hashtag, "Tag"),
            ("=@Account", Mode::Exact, Sign::Handle, "Account"),
        ] {
            assert_eq!(phrase(written), (mode, Some(sign), vec![text.to_owned()]), "{written}");
        }
    }

    #[test]
    fn a_field_or_a_domain_is_its_own_kind() {
        let domain = |host: &str, path: &str, open: bool| Domain { host: host.into(), path: path.into(), open };
        for (written, kind) in [
            ("orange.fr", TermKind::Domain(domain("orange.fr", "", false))),
            ("orange[.]fr", TermKind::Domain(domain("orange.fr", "", false))),
            ("orange.fr/noel*", TermKind::Domain(domain("orange.fr", "/noel", true))),
            ("orange.fr/noel", TermKind::Domain(domain("orange.fr", "/noel", false))),
            ("author: @Jeanne D", TermKind::Author("jeanne d".into())),
            ("site:https://www.Orange.fr", TermKind::Site(domain("orange.fr", "", false))),
            ("lang:fr-CA", TermKind::Language(Language::FRENCH)),
            ("LANG:FR", TermKind::Language(Language::FRENCH)),
            ("langue:fr", TermKind::Language(Language::FRENCH)),
            ("Auteur:Jean D", TermKind::Author("jean d".into())),
            ("from:@jean_d", TermKind::Author("jean_d".into())),
            ("domaine:orange.fr", TermKind::Site(domain("orange.fr", "", false))),
            ("http://www.orange.fr", TermKind::Domain(domain("orange.fr", "", false))),
            ("HTTPS://Boutique.Orange.fr/", TermKind::Domain(domain("boutique.orange.fr", "", false))),
            ("https://orange.fr/x", TermKind::Domain(domain("orange.fr", "/x", false))),
            ("https://orange.fr/x/*", TermKind::Domain(domain("orange.fr", "/x/", true))),
            ("https://orange.fr/x?y=1", TermKind::Domain(domain("orange.fr", "/x?y=1", false))),
            ("orange.fr/x?y=1", TermKind::Domain(domain("orange.fr", "/x?y=1", false))),
            ("source:La Fibre", TermKind::Source("la fibre".into())),
        ] {
            assert_eq!(Term::parse(written).map(|term| term.kind), Ok(kind), "{written}");
        }
        for written in ["Titre:=Orange", "headline:=Orange", "TITLE: =Orange"] {
            assert_eq!(Term::parse(written).map(|term| term.kind), Term::parse("title:=Orange").map(|term| term.kind));
        }
        assert_eq!(phrase("text:orange").2, ["orange"]);
        assert_eq!(phrase("hashtags:Orange"), (Mode::Plain, Some(Sign::Hashtag), vec!["Orange".to_owned()]));
        let title = Term::parse("title: =Orange").unwrap();
        assert!(title.title_only && matches!(title.kind, TermKind::Phrase(Phrase { mode: Mode::Exact, .. })));
    }

    #[test]
    fn what_is_no_term_says_why() {
        let long = "a".repeat(201);
        let many = format!("x{}", "(a|b|c|d|e|f|g|h|i|j)".repeat(5));
        let deep = format!("{}x{}", "(".repeat(40), ")".repeat(40));
        for (written, error) in [
            ("", TermError::Empty),
            (" \u{A0}\n", TermError::Empty),
            ("\u{200B}", TermError::Empty),
            ("~", TermError::LoneOperator('~')),
            ("*", TermError::LoneOperator('*')),
            ("=", TermError::LoneOperator('=')),
            ("^", TermError::LoneOperator('^')),
            ("a", TermError::OneLetter),
            ("7", TermError::OneLetter),
            ("(a|bb)", TermError::OneLetter),
            ("^a", TermError::OneLetter),
            ("-a", TermError::OneLetter),
            ("a-", TermError::OneLetter),
            ("-5", TermError::OneLetter),
            ("- a -", TermError::OneLetter),
            ("l’", TermError::OneLetter),
            ("a\u{2011}", TermError::OneLetter),
            ("e\u{301}", TermError::OneLetter),
            ("か", TermError::OneLetter),
            ("!", TermError::OnlyPunctuation),
            ("-", TermError::OnlyPunctuation),
            ("***", TermError::OnlyPunctuation),
            ("=!", TermError::OnlyPunctuation),
            ("#", TermError::OnlyPunctuation),
            ("()", TermError::OnlyPunctuation),
            ("(orange|)", TermError::EmptyAlternative),
            ("~résilier*", TermError::Together('~', '*')),
            ("~(résilier*|quitter)", TermError::Together('~', '*')),
            (r"\-orange", TermError::Escape('-')),
            (r"l\'orange", TermError::Escape('\'')),
            ("inurl:orange", TermError::OtherField),
            ("URL:orange.fr/x", TermError::OtherField),
            ("company:orange", TermError::CompanyField),
            ("lang:xx", TermError::NoLanguage),
            ("lang:fra", TermError::NoLanguage),
            ("https://localhost:8080/x", TermError::NoAddress),
            ("€ %", TermError::OnlyPunctuation),
            ("=^orange", TermError::Together('=', '^')),
            ("~=orange", TermError::Together('~', '=')),
            ("^#orange", TermError::Together('^', '#')),
            ("ab*", TermError::ShortWildcard),
            ("*abc", TermError::ShortWildcard),
            ("a?b", TermError::ShortWildcard),
            ("trop * cher", TermError::ShortWildcard),
            ("橙色的*", TermError::ShortWildcard),
            ("(ville d'orange", TermError::Unbalanced('(')),
            ("ville) d'orange", TermError::Unbalanced(')')),
            ("ville|mairie", TermError::Unbalanced('|')),
            ("lang:français", TermError::NoLanguage),
            ("site:orange", TermError::NoDomain),
            ("author:", TermError::Empty),
            ("source:!", TermError::OnlyPunctuation),
            (long.as_str(), TermError::TooLong),
            (many.as_str(), TermError::TooManyVariants),
            (deep.as_str(), TermError::TooDeep),
        ] {
            assert_eq!(Term::parse(written), Err(error), "{written}");
        }
    }
}
