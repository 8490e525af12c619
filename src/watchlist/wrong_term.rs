//! Why a string of a watchlist is no term, and what to write instead. Each correction has been read before it is
//! offered. Owns the choice of sentence; what a term may be is `query`'s.

use super::print;
use crate::config::findings::Findings;
use crate::config::keys;
use crate::config::lexical::quoted;
use crate::config::places::Span;
use crate::query::read::{company, joining, read};
use crate::query::{Expr, Term, TermError, TermKind, line};
use crate::text::language::Language;

/// Where a string stands, and so what may stand in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// An item of a list: a term or an expression.
    Item,
    /// Behind a key: a term.
    Value,
    /// Behind `company:`: a name.
    Name,
    /// In a query line.
    Line,
}

/// Says why a string is no term.
pub(super) fn say(findings: &mut Findings, span: Span, written: &str, error: TermError, place: Place) {
    let sign = |sign: char| sign.to_string();
    let (key, sign) = match error {
        TermError::Empty => ("config-empty-term", String::new()),
        TermError::OneLetter => ("config-one-letter", String::new()),
        TermError::OnlyPunctuation => ("config-only-punctuation", String::new()),
        TermError::LoneOperator(one) => ("config-lone-operator", sign(one)),
        TermError::Together(first, second) => ("config-term-together", format!("{first} {second}")),
        TermError::ShortWildcard => (wildcard(written), String::new()),
        TermError::Unbalanced(one) => ("config-term-unbalanced", sign(one)),
        TermError::TooDeep => ("config-term-deep", String::new()),
        TermError::TooManyVariants => ("config-term-variants", String::new()),
        TermError::NoLanguage => ("config-term-language", String::new()),
        TermError::NoDomain => ("config-term-domain", String::new()),
        TermError::NoAddress => ("config-term-address", String::new()),
        TermError::OtherField => {
            ("config-term-field", written.split(':').next().unwrap_or_default().trim().to_lowercase())
        }
        TermError::CompanyField => ("config-term-company", String::new()),
        TermError::NoName(one) => ("config-company-name", sign(one)),
        TermError::Inside(one) => ("config-term-inside", sign(one)),
        TermError::EmptyAlternative => ("config-term-alternative", String::new()),
        TermError::Escape(one) => ("config-term-escape", sign(one)),
        TermError::TooLong => ("config-long-term", String::new()),
    };
    let instead = correction(written, error, place);
    findings.error(span, key, &[("term", written), ("sign", &sign)], instead.as_deref());
}

/// Says, of an item that is a query line, that it is none here; false for any other.
pub(super) fn say_query(findings: &mut Findings, span: Span, written: &str, place: Place) -> bool {
    let Some(word) = joining(written) else { return false };
    let tree = line::parse(written).ok().filter(|_| place == Place::Item);
    let instead = tree.map(|tree| print::flow(&tree));
    findings.error(span, "config-term-joining", &[("word", word)], instead.as_deref());
    true
}

/// Which of the sentences about `*` and `?`.
fn wildcard(written: &str) -> &'static str {
    if domain_behind(written).is_some() {
        "config-wildcard-domain"
    } else if gaps(written).is_some() {
        "config-wildcard-words"
    } else if written.ends_with('?') && !written[..written.len() - 1].contains(['*', '?']) {
        "config-wildcard-question"
    } else {
        "config-short-wildcard"
    }
}

/// Of `*.orange.fr`, whose subdomains are found anyhow.
fn domain_behind(written: &str) -> Option<&str> {
    let rest = written.strip_prefix("*.")?;
    Term::parse(rest).is_ok_and(|term| matches!(term.kind, TermKind::Domain(_))).then_some(rest)
}

/// The phrases beside the lone `*` of a term, and the most of them between two.
fn gaps(written: &str) -> Option<(Vec<String>, usize)> {
    let (mut phrases, mut phrase, mut between, mut most) = (Vec::new(), Vec::new(), 0_usize, 0);
    for word in written.split_whitespace() {
        if matches!(word, "*" | "?") {
            between += 1;
            continue;
        }
        if between > 0 {
            phrases.push(std::mem::take(&mut phrase).join(" "));
            most = most.max(between);
            between = 0;
        }
        phrase.push(word);
    }
    phrases.push(phrase.join(" "));
    (most > 0 && between == 0 && phrases.iter().all(|phrase| !phrase.is_empty())).then_some((phrases, most))
}

fn correction(written: &str, error: TermError, place: Place) -> Option<String> {
    // A correction in YAML's quotes is none inside a line.
    if place == Place::Line {
        return None;
    }
    let (field, body) = match written.split_once(':') {
        Some((field, body)) if matches!(Term::parse(&format!("{field}:xx")), Ok(term) if term.title_only) => {
            (field, body)
        }
        _ => ("", written),
    };
    let body = body.trim();
    let candidate = match error {
        TermError::OneLetter => {
            let letter = body.trim_start_matches(['=', '^', '~']).trim();
            if letter.contains(['(', '|', ')']) {
                return None;
            }
            let exact = format!("={letter}");
            if field.is_empty() { exact } else { format!("{field}:{exact}") }
        }
        TermError::Together('~', sign @ ('*' | '?')) => written.replace(sign, ""),
        TermError::Together(first, _) => {
            let rest = written.strip_prefix(first)?;
            rest.trim_start().to_owned()
        }
        TermError::Escape(_) => unescaped(written),
        TermError::EmptyAlternative => without_empty(written),
        TermError::NoLanguage => {
            let (field, tag) = written.split_once(':')?;
            let code = Language::shorter(tag).or_else(|| keys::nearest_value(tag.trim(), ["fr", "en"].into_iter()))?;
            format!("{field}:{code}")
        }
        TermError::OtherField => {
            let domain = written.split_once(':')?.1.trim();
            let is_domain = Term::parse(domain).is_ok_and(|term| matches!(term.kind, TermKind::Domain(_)));
            return is_domain.then(|| quoted(domain));
        }
        TermError::ShortWildcard => match wildcard(written) {
            "config-wildcard-domain" => domain_behind(written)?.to_owned(),
            "config-wildcard-question" => format!("{}\\?", &written[..written.len() - 1]),
            "config-wildcard-words" if place == Place::Item => {
                let (phrases, words) = gaps(written)?;
                let terms = phrases.iter().map(|phrase| read(phrase)).collect::<Result<_, _>>().ok()?;
                return Some(print::flow(&Expr::Sequence { terms, words: words as u32 }));
            }
            _ => return None,
        },
        TermError::NoName(_) => {
            let name = written.split_once(':').map_or(written, |(_, name)| name);
            let name = name.trim().trim_start_matches(['=', '^', '~', '#', '＃', '@', '＠', '*', '?']);
            let name = name.trim_end_matches(['*', '?']).trim();
            return company(name).is_ok().then(|| print::scalar(name));
        }
        _ => return None,
    };
    let fits = if place == Place::Name { company(&candidate).is_ok() } else { read(&candidate).is_ok() };
    fits.then(|| quoted(&candidate))
}

/// Without the backslashes that mean nothing.
fn unescaped(written: &str) -> String {
    let mut out = String::new();
    let mut chars = written.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        if c != '\\' {
            out.push(c);
        } else if next.is_some_and(|next| Term::parse(&format!("ab\\{next}cd")).is_ok()) {
            out.push(c);
            out.extend(chars.next());
        }
    }
    out
}

fn without_empty(written: &str) -> String {
    let mut out = written.to_owned();
    while ["||", "(|", "|)"].iter().any(|empty| out.contains(empty)) {
        out = out.replace("||", "|").replace("(|", "(").replace("|)", ")");
    }
    match out.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) if !inner.contains(['(', '|']) => inner.to_owned(),
        _ => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_is_what_was_meant_and_reads() {
        for (written, place, expected) in [
            ("~X", Place::Item, Some("\"=X\"")),
            ("title:x", Place::Item, Some("\"title:=x\"")),
            ("(a|bb)", Place::Item, None),
            ("~résilier*", Place::Item, Some("\"~résilier\"")),
            (r"\-orange", Place::Item, Some("\"-orange\"")),
            (r"l\'orange\?", Place::Item, Some(r#""l'orange\\?""#)),
            ("lang:fra", Place::Item, Some("\"lang:fr\"")),
            ("langue:anglais", Place::Item, Some("\"langue:en\"")),
            ("lang:xx", Place::Item, None),
            ("url:orange.fr/x", Place::Item, Some("\"orange.fr/x\"")),
            ("country:fr", Place::Item, None),
            ("*.orange.fr", Place::Item, Some("\"orange.fr\"")),
            ("orange * bank", Place::Item, Some("{sequence: {terms: [orange, bank], words: 1}}")),
            ("orange * * la bank", Place::Item, Some("{sequence: {terms: [orange, la bank], words: 2}}")),
            ("orange * bank", Place::Value, None),
            ("Orange ?", Place::Item, Some(r"'Orange \?'")),
            ("ab*", Place::Item, None),
            ("(orange|)", Place::Item, Some("\"orange\"")),
            ("(|orange||sfr)", Place::Item, Some("\"(orange|sfr)\"")),
            ("=^orange", Place::Item, Some("\"^orange\"")),
            ("=Orange", Place::Name, Some("Orange")),
            ("orange*", Place::Name, Some("orange")),
            ("(orange|sfr)", Place::Name, None),
            ("title:orange", Place::Name, Some("orange")),
        ] {
            let error = if place == Place::Name { company(written).map(Expr::Company) } else { read(written) };
            let Err(error) = error else { panic!("{written} is fine") };
            assert_eq!(correction(written, error, place).as_deref(), expected, "{written}");
        }
    }
}
