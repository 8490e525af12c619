//! A plain oracle for whole brands: texts of tokens whose nature is known (words, handles, hashtags, addresses),
//! searched word by word for every term, with masks. The matcher must give the same hits, offsets included.
//! `matching.rs` has the tables, and the oracle for characters.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use vigie::matcher::{BrandQuery, Document, Matcher, Scratch};
use vigie::mention::Field;
use vigie::query::{Expr, Mask, Term};
use vigie::text::language::Language;

/// What people write between white space, with nothing of an address.
const WORDS: &[&str] = &[
    "orange",
    "Orange",
    "ORANGE",
    "orangé",
    "Orangé",
    "oranges",
    "bank",
    "Bank",
    "BANK",
    "jus",
    "Jus",
    "d'orange",
    "d’Orange",
    "l'orange",
    "casser",
    "cassé",
    "cassait",
    "casserole",
    "clientes",
    "client",
    "clients",
    "mécontente",
    "mécontents",
    "boycott",
    "Boycotter",
    "boycottons",
    "boycot",
    "le",
    "la",
    "très",
    "l’été",
    "où",
    "Œuf",
    "fini,",
    "«",
    "»",
    ".",
    "!",
    ",",
    "…",
    "–",
    "#OrangeBank",
    "#orangebank",
    "#orange",
    "#Orange_fr",
    "#jus",
    "C&A",
    "橙",
];

/// Handles, with the name behind the sign.
const HANDLES: &[(&str, &str)] = &[
    ("@orange", "orange"),
    ("@Orange", "Orange"),
    ("@OrangeBank", "OrangeBank"),
    ("@orange_fr", "orange_fr"),
    ("@orange@piaille.fr", "orange"),
    ("@boycott2", "boycott2"),
];

/// Addresses, with where `orange.fr`, `orange.fr/noel` and `orange.fr/noel*` stand in them, by their first byte.
const ADDRESSES: &[(&str, [Option<usize>; 3])] = &[
    ("orange.fr", [Some(0), None, None]),
    ("www.orange.fr", [Some(4), None, None]),
    ("https://boutique.orange.fr/x?orange=1", [Some(17), None, None]),
    ("orange.fr/noel", [Some(0), Some(0), Some(0)]),
    ("http://orange.fr/noel/orange", [Some(7), Some(7), Some(7)]),
    ("orange.fr/noela", [Some(0), None, Some(0)]),
    ("cm@orange.fr", [None, None, None]),
    ("cm@mail.orange.fr", [None, None, None]),
    ("orange@bank.fr", [None, None, None]),
    ("my-orange.fr", [None, None, None]),
    ("orange.fr.evil.com", [None, None, None]),
    ("https://x.com/orange.fr", [None, None, None]),
    ("https://x.com/@orange", [None, None, None]),
    ("https://x.com/#orange", [None, None, None]),
];

const DOMAINS: [&str; 3] = ["orange.fr", "orange.fr/noel", "orange.fr/noel*"];

/// The forms of an inflected word that are among [`WORDS`], folded.
const FORMS: &[(&str, &[&str])] = &[
    ("casser", &["casser", "casse", "cassait"]),
    ("client", &["clientes", "client", "clients"]),
    ("mécontent", &["mecontente", "mecontents"]),
];

/// Terms of words, with what each of their words may be: `None` stands for an inflected one.
const PHRASES: &[&str] = &[
    "orange",
    "bank",
    "orange bank",
    "Orange-Bank",
    "jus d'orange",
    "l'orange",
    "le",
    "fini",
    "oeuf",
    "oranges",
    "orangebank",
    "clientes mécontentes",
    "bank orange bank",
    "la casserole",
    "ou",
    "l'ete",
];
const WILD: &[&str] = &["boycott*", "b?nk", "orang*", "*ycott*", "la cass*", "orang* bank", "?oycott"];
const ALTERNATIVES: &[&str] =
    &["(orange|jus) bank", "(le|la) (orange|casserole)", "orange (bank|)", "(boycott*|jus) orange"];

/// A stretch of a text that is a word, a handle, or neither.
#[derive(Debug, Clone)]
struct Unit {
    folded: String,
    start: usize,
    end: usize,
    nature: Nature,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    Word,
    Handle,
    Other,
}

#[derive(Debug, Clone)]
struct Prose {
    text: String,
    units: Vec<Unit>,
    /// Where the domains stand, by [`DOMAINS`].
    domains: Vec<(usize, usize, usize)>,
}

fn plain(text: &str) -> String {
    let apart = text.replace('’', "'").replace(['Œ', 'œ'], "oe");
    apart.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase).collect()
}

#[derive(Debug, Clone)]
enum Token {
    Word(&'static str),
    Handle(&'static (&'static str, &'static str)),
    Address(&'static (&'static str, [Option<usize>; 3])),
}

fn prose(tokens: &[(Token, &'static str)]) -> Prose {
    let mut prose = Prose { text: String::new(), units: Vec::new(), domains: Vec::new() };
    for (index, (token, joiner)) in tokens.iter().enumerate() {
        let start = prose.text.len();
        match *token {
            Token::Word(word) => {
                prose.text.push_str(word);
                let mut at = 0;
                while at < word.len() {
                    let of_word = |c: char| (c.is_alphanumeric() && c != '橙') || c == '_';
                    let length = word[at..].find(|c| !of_word(c)).unwrap_or(word.len() - at);
                    let (length, nature) = match length {
                        0 => (word[at..].chars().next().map_or(1, char::len_utf8), Nature::Other),
                        _ => (length, Nature::Word),
                    };
                    let folded = plain(&word[at..at + length]);
                    prose.units.push(Unit { folded, start: start + at, end: start + at + length, nature });
                    at += length;
                }
            }
            Token::Handle((written, name)) => {
                prose.text.push_str(written);
                let end = start + 1 + name.len();
                prose.units.push(Unit { folded: plain(name), start: start + 1, end, nature: Nature::Handle });
            }
            Token::Address((written, places)) => {
                prose.text.push_str(written);
                let folded = written.to_string();
                prose.units.push(Unit { folded, start, end: prose.text.len(), nature: Nature::Other });
                for (domain, place) in places.iter().enumerate() {
                    let length = DOMAINS[domain].trim_end_matches('*').len();
                    prose.domains.extend(place.map(|place| (domain, start + place, start + place + length)));
                }
            }
        }
        // A hyphen would make a part of an address of what is beside it.
        let between_words = matches!((token, tokens.get(index + 1)), (Token::Word(_), Some((Token::Word(_), _))));
        prose.text.push_str(if between_words || !joiner.contains('-') { joiner } else { " " });
    }
    prose
}

/// One word of a term: what it may be.
fn fits(word: &str, inflected: bool, unit: &str) -> bool {
    if inflected && let Some((_, forms)) = FORMS.iter().find(|(base, _)| plain(base) == plain(word)) {
        return forms.contains(&unit);
    }
    glob(&plain(word).chars().collect::<Vec<_>>(), &unit.chars().collect::<Vec<_>>())
}

fn glob(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => (0..=text.len()).any(|taken| glob(rest, &text[taken..])),
        (['?', rest @ ..], [_, after @ ..]) => glob(rest, after),
        ([wanted, rest @ ..], [c, after @ ..]) => wanted == c && glob(rest, after),
        _ => false,
    }
}

/// All that a term with alternatives may be.
fn variants(body: &str) -> Vec<String> {
    let Some(open) = body.find('(') else { return vec![body.trim().to_owned()] };
    let close = open + body[open..].find(')').expect("a pair");
    let mut all: Vec<String> = body[open + 1..close]
        .split('|')
        .flat_map(|one| variants(&format!("{}{one}{}", &body[..open], &body[close + 1..])))
        .collect();
    all.sort();
    all.dedup();
    all
}

/// Runs of white space and hyphens with one line break at most, not empty.
fn joins(between: &str) -> bool {
    !between.is_empty() && between.chars().all(|c| c == '-' || c.is_whitespace()) && between.matches('\n').count() <= 1
}

fn hits_of_phrase(body: &str, mode: char, prose: &Prose) -> Vec<(usize, usize)> {
    let text = prose.text.as_str();
    // Words and the apostrophes or signs that stand in the term, joined where the term has a space.
    let body = body.replace('-', " ");
    let mut wanted: Vec<(String, bool)> = Vec::new();
    for word in body.split(' ') {
        let mut glued = false;
        let mut rest = word;
        while !rest.is_empty() {
            let of_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '*' | '?');
            let length = rest.find(|c| !of_word(c)).unwrap_or(rest.len());
            let length = if length == 0 { rest.chars().next().map_or(1, char::len_utf8) } else { length };
            wanted.push((rest[..length].to_owned(), glued));
            glued = true;
            rest = &rest[length..];
        }
    }
    let mut hits = Vec::new();
    for first in 0..prose.units.len() {
        let Some(units) = prose.units.get(first..first + wanted.len()) else { break };
        let handle = units.len() == 1 && units[0].nature == Nature::Handle && matches!(mode, ' ' | '~');
        let of_words = units.iter().zip(&wanted).all(|(unit, (word, _))| {
            unit.nature == Nature::Word || unit.nature == Nature::Other && unit.folded == plain(word)
        });
        let fitting = units.iter().zip(&wanted).all(|(unit, (word, _))| fits(word, mode == '~', &unit.folded));
        let joined = (1..units.len()).all(|at| {
            let between = &text[units[at - 1].end..units[at].start];
            if wanted[at].1 { between.is_empty() } else { joins(between) }
        });
        if !(handle || of_words) || !fitting || !joined {
            continue;
        }
        let (start, end) = (units[0].start, units[units.len() - 1].end);
        let written = text[start..end].replace('’', "'");
        let same_letters = || {
            let spaced: Vec<&str> = written.split(char::is_whitespace).filter(|word| !word.is_empty()).collect();
            spaced.join(" ") == body
        };
        if mode == '=' && !same_letters() || mode == '^' && !is_name(text, start, end) {
            continue;
        }
        hits.push((start, end));
    }
    // The hashtag or handle that is the phrase's letters.
    let literal =
        mode == ' ' && wanted.len() > 1 && wanted.iter().all(|(word, _)| word.chars().all(char::is_alphanumeric));
    if literal {
        let letters = plain(&body.replace(' ', ""));
        for (index, unit) in prose.units.iter().enumerate() {
            let signed = unit.nature == Nature::Handle
                || unit.nature == Nature::Word
                    && index > 0
                    && prose.units[index - 1].folded == "#"
                    && prose.units[index - 1].end == unit.start;
            if signed && unit.folded == letters {
                hits.push((unit.start - 1, unit.end));
            }
        }
    }
    hits
}

fn is_name(text: &str, start: usize, end: usize) -> bool {
    let cased = |text: &str| text.chars().filter(|c| c.is_lowercase() || c.is_uppercase()).collect::<Vec<char>>();
    let slice = &text[start..end];
    if !slice.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase) {
        return false;
    }
    let (before, after) = (cased(&text[..start]), cased(&text[end..]));
    let mut around: Vec<char> = before[before.len().saturating_sub(40)..].to_vec();
    around.extend(&after[..after.len().min(40)]);
    let capitals = around.iter().filter(|c| c.is_uppercase()).count() * 2 > around.len();
    let letters = cased(slice);
    if letters.len() > 1 && letters.iter().all(|c| c.is_uppercase()) {
        return !around.is_empty() && !capitals;
    }
    if capitals {
        return false;
    }
    let initials: Vec<char> =
        slice.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next()).skip(1).collect();
    if initials.iter().any(|c| c.is_uppercase()) {
        return true;
    }
    let opener = |c: char| {
        c.is_whitespace() || matches!(c, '«' | '–' | '-' | '#') || !(c.is_alphanumeric() || ".!?…:,;'’".contains(c))
    };
    let rest = text[..start].trim_end_matches(opener);
    let line_broken = text[rest.len()..start].contains('\n');
    !(rest.is_empty() || rest.ends_with(['.', '!', '?', '…', ':']) || line_broken)
}

/// The occurrences of a term in one field; `links` are looked at for domains alone.
fn occurrences(written: &str, prose: &Prose) -> Vec<(usize, usize)> {
    if let Some(domain) = DOMAINS.iter().position(|domain| *domain == written) {
        return prose.domains.iter().filter(|place| place.0 == domain).map(|place| (place.1, place.2)).collect();
    }
    if let Some(name) = written.strip_prefix('@') {
        let handles = prose.units.iter().filter(|unit| unit.nature == Nature::Handle);
        return handles.filter(|unit| unit.folded == plain(name)).map(|unit| (unit.start - 1, unit.end)).collect();
    }
    if let Some(name) = written.strip_prefix('#') {
        let pairs = prose.units.windows(2).filter(|pair| pair[0].folded == "#" && pair[0].end == pair[1].start);
        return pairs
            .filter(|pair| fits(name, false, &pair[1].folded))
            .map(|pair| (pair[0].start, pair[1].end))
            .collect();
    }
    let (mode, body) = match written.chars().next() {
        Some(mode @ ('=' | '^' | '~')) => (mode, &written[1..]),
        _ => (' ', written),
    };
    let mut all: Vec<_> = variants(body).iter().flat_map(|variant| hits_of_phrase(variant, mode, prose)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn terms() -> impl Strategy<Value = String> {
    let phrase = || proptest::sample::select(PHRASES.to_vec());
    prop_oneof![
        4 => phrase().prop_map(str::to_owned),
        2 => proptest::sample::select(WILD.to_vec()).prop_map(str::to_owned),
        2 => proptest::sample::select(ALTERNATIVES.to_vec()).prop_map(str::to_owned),
        2 => proptest::sample::select(vec!["=Orange", "=Orange Bank", "=d'Orange", "=orangé", "=(jus|Bank) Orange"]).prop_map(str::to_owned),
        2 => proptest::sample::select(vec!["^orange", "^bank", "^orange bank", "^boycotter"]).prop_map(str::to_owned),
        2 => proptest::sample::select(vec!["~casser", "~client mécontent", "~client"]).prop_map(str::to_owned),
        2 => proptest::sample::select(vec!["#orange", "#OrangeBank", "#orang*", "@orange", "@orangebank", "@orange_fr"]).prop_map(str::to_owned),
        2 => proptest::sample::select(DOMAINS.to_vec()).prop_map(str::to_owned),
        1 => phrase().prop_map(|term| format!("title:{term}")),
        1 => proptest::sample::select(vec!["author:Jeanne D", "author:jeanne", "site:forum.example", "site:example.org", "lang:fr", "lang:en", "source:Le Café"]).prop_map(str::to_owned),
    ]
}

fn tokens(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(Token, &'static str)>> {
    let token = prop_oneof![
        8 => proptest::sample::select(WORDS).prop_map(Token::Word),
        1 => (0..HANDLES.len()).prop_map(|index| Token::Handle(&HANDLES[index])),
        1 => (0..ADDRESSES.len()).prop_map(|index| Token::Address(&ADDRESSES[index])),
    ];
    let joiner = proptest::sample::select(vec![" ", " ", " ", " ", " ", "\u{A0}", "-", " - ", "\n", " \n ", "\n\n"]);
    proptest::collection::vec((token, joiner), count)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_brand_has_the_hits_of_a_plain_search(
        terms in proptest::collection::vec(terms(), 1..8),
        masks in proptest::collection::vec(terms(), 0..3),
        title in tokens(0..5),
        text in tokens(0..40),
        links in proptest::collection::vec(0..ADDRESSES.len(), 0..3),
    ) {
        let (title, text) = (prose(&title), prose(&text));
        let linked: Vec<(Token, &str)> = links.iter().map(|&link| (Token::Address(&ADDRESSES[link]), "\n")).collect();
        let linked = prose(&linked);
        let targets: Vec<String> = links.iter().map(|&link| ADDRESSES[link].0.to_owned()).collect();
        let document = Document {
            title: &title.text,
            text: &text.text,
            author: Some("@Jeanne D"),
            url: Some("https://www.forum.example/sujet/1"),
            links: &targets,
            language: Language::from_tag("fr"),
            source: Some("Le Café"),
        };
        let stated = |term: &str| match term {
            "author:Jeanne D" => Some((Field::Author, 1, 9)),
            "site:forum.example" => Some((Field::Url, 12, 25)),
            "lang:fr" => Some((Field::Language, 0, 2)),
            "source:Le Café" => Some((Field::Source, 0, 8)),
            _ => None,
        };
        let all = |term: &str| -> Vec<(Field, usize, usize)> {
            let inner = term.strip_prefix("title:");
            let is_domain = DOMAINS.contains(&term);
            let fields = [(Field::Title, &title, true), (Field::Text, &text, inner.is_none()), (Field::Links, &linked, is_domain)];
            let is_stated = ["author:", "site:", "lang:", "source:"].iter().any(|field| term.starts_with(field));
            fields
                .into_iter()
                .filter(|field| field.2 && !is_stated)
                .flat_map(|(field, prose, _)| {
                    occurrences(inner.unwrap_or(term), prose).into_iter().map(move |(start, end)| (field, start, end))
                })
                .chain(stated(term))
                .collect()
        };
        let masked: Vec<_> = masks.iter().flat_map(|mask| all(mask)).collect();
        let mut expected: Vec<(String, Field, usize, usize)> = Vec::new();
        for term in &terms {
            let free = all(term).into_iter().filter(|hit| {
                !masked.iter().any(|mask| mask.0 == hit.0 && mask.1 <= hit.1 && hit.2 <= mask.2)
            });
            expected.extend(free.map(|(field, start, end)| (term.clone(), field, start, end)));
        }
        expected.sort_unstable();
        expected.dedup();

        let parse = |written: &String| Term::parse(written).unwrap_or_else(|error| panic!("{written}: {error}"));
        let brand = BrandQuery {
            mask: masks.iter().map(|mask| Mask::from(parse(mask))).collect(),
            ..BrandQuery::of(Expr::any(terms.iter().map(|term| Expr::Term(parse(term))).collect()))
        };
        let matcher = Matcher::build(vec![brand]).expect("small enough");
        let found = matcher.scan(&mut Scratch::default(), &document, |_| true);
        let mut hits: Vec<_> = found
            .into_iter()
            .flat_map(|found| found.hits)
            .map(|hit| (hit.term, hit.field, hit.start as usize, hit.end as usize))
            .collect();
        hits.sort_unstable();
        prop_assert_eq!(hits, expected, "{:?}\n{:?}\n{:?}", terms, masks, text.text);
    }
}
