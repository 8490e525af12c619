//! One string of a watchlist, where a term may stand, as an expression: nearly always a [`Term`]. Owns the
//! strings that mean more than one: `company:` and alternatives with an operator of their own, as in
//! `(~résilier|~quitter) orange`.

use super::field::{self, COMPANY, Field};
use super::term::LEADING;
use super::{Company, Expr, Term, TermError, TermKind};

/// Words that join the parts of a query line; of a term they are words like others.
const JOINING: [&str; 8] = ["AND", "OR", "NOT", "ET", "OU", "SAUF", "NEAR", "ONEAR"];

/// Reads a string.
///
/// # Errors
/// As [`Term::parse`], and an operator inside of a term that can mean nothing there.
pub fn read(written: &str) -> Result<Expr, TermError> {
    let written = written.trim();
    let (prefix, body) = match field::of_term(written) {
        Some((Field::Known(COMPANY), name)) => return company(name).map(Expr::Company),
        Some((Field::Known(prefix), body)) => (prefix, body),
        _ => ("", written),
    };
    let Some(pieces) = pieces(body) else { return Term::parse(written).map(Expr::Term) };
    let lead = body.chars().next().filter(|c| LEADING.contains(c) || matches!(c, '#' | '@'));
    let inner = |alternatives: &[&str]| alternatives.iter().find_map(|text| operator(text));
    let first = pieces.iter().find_map(|piece| match piece {
        Piece::Alternatives(alternatives, _) => inner(alternatives),
        Piece::Text(_) => None,
    });
    if let (Some(lead), Some(first)) = (lead, first) {
        return Err(TermError::Together(lead, first));
    }
    let mut parts = Vec::new();
    for piece in pieces {
        parts.push(match piece {
            Piece::Text(text) => Expr::Term(Term::parse(&format!("{prefix}{text}"))?),
            Piece::Alternatives(alternatives, is_glued) => {
                let sign = inner(&alternatives).unwrap_or('~');
                if is_glued || !matches!(prefix, "" | "title:") {
                    return Err(TermError::Inside(sign));
                }
                if alternatives.iter().any(|text| text.trim().is_empty()) {
                    return Err(TermError::EmptyAlternative);
                }
                let read = alternatives.iter().map(|text| read(&format!("{prefix}{}", text.trim())));
                Expr::any(read.collect::<Result<_, _>>()?)
            }
        });
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::Sequence { terms: parts, words: 0 } })
}

/// Reads the name of `company:`.
///
/// # Errors
/// [`TermError::NoName`] for what means more than its letters, and as [`Term::parse`].
pub fn company(name: &str) -> Result<Company, TermError> {
    let name = name.trim();
    let sign = name.chars().next().filter(|c| LEADING.contains(c) || matches!(c, '#' | '＃' | '@' | '＠' | '*' | '?'));
    let sign = sign.or_else(|| name.chars().next_back().filter(|c| matches!(c, '*' | '?') && !name.ends_with("\\?")));
    let sign = sign.or_else(|| name.chars().find(|c| matches!(c, '|' | '\\')));
    let sign = sign.or_else(|| field::of_term(name).map(|_| ':'));
    if let Some(sign) = sign.filter(|_| name.chars().nth(1).is_some()) {
        return Err(TermError::NoName(sign));
    }
    if matches!(Term::parse(name)?.kind, TermKind::Domain(_)) {
        return Err(TermError::NoName('.'));
    }
    Company::parse(name)
}

/// The word of a query line that a string holds between its words. A text all in capitals has none.
#[must_use]
pub fn joining(written: &str) -> Option<&str> {
    let is_joining = |word: &&str| JOINING.contains(&word.split('/').next().unwrap_or_default());
    let words: Vec<&str> = written.split_whitespace().collect();
    let is_small = words.iter().any(|word| !is_joining(word) && word.chars().any(char::is_lowercase));
    let inner = words.get(1..words.len().saturating_sub(1)).unwrap_or_default();
    inner.iter().find(|word| is_joining(word)).filter(|_| is_small && !written.starts_with('=')).copied()
}

/// A stretch of a term.
enum Piece<'a> {
    /// With the parentheses that hold plain alternatives.
    Text(&'a str),
    /// One with an operator at least, and whether a word goes on outside.
    Alternatives(Vec<&'a str>, bool),
}

/// The stretches of a term, when one of its parentheses has an alternative with an operator of its own.
fn pieces(body: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let (mut depth, mut text, mut open, mut bars) = (0_usize, 0, 0, Vec::new());
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match c {
            '\\' => escaped = true,
            '(' => {
                depth += 1;
                if depth == 1 {
                    open = at;
                    bars.clear();
                }
            }
            '|' if depth == 1 => bars.push(at),
            ')' => {
                // Without its other: the term itself says so.
                depth = depth.checked_sub(1)?;
                let mut start = open + 1;
                let ends = bars.iter().copied().chain([at]);
                let alternatives: Vec<&str> =
                    ends.map(|end| &body[std::mem::replace(&mut start, end + 1)..end]).collect();
                if depth == 0 && alternatives.iter().any(|text| operator(text).is_some()) {
                    let before = &body[text..open];
                    let after = body[at + 1..].chars().next();
                    let is_glued = before.chars().next_back().is_some_and(|c| !c.is_whitespace())
                        || after.is_some_and(|c| !c.is_whitespace());
                    if !before.trim().is_empty() {
                        pieces.push(Piece::Text(before.trim()));
                    }
                    pieces.push(Piece::Alternatives(alternatives, is_glued));
                    text = at + 1;
                }
            }
            _ => {}
        }
    }
    let rest = body[text..].trim();
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    (depth == 0 && pieces.iter().any(|piece| matches!(piece, Piece::Alternatives(..)))).then_some(pieces)
}

/// The operator that opens an alternative, or one of those inside it.
fn operator(alternative: &str) -> Option<char> {
    let mut before = '(';
    for c in alternative.chars() {
        if matches!(before, '(' | '|') && LEADING.contains(&c) {
            return Some(c);
        }
        if !c.is_whitespace() || !matches!(before, '(' | '|') {
            before = c;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    #[test]
    fn an_alternative_keeps_the_operator_that_it_has() {
        for (written, printed) in [
            ("(~résilier|~quitter) orange", "(~résilier OR ~quitter) ONEAR/0 orange"),
            ("chez (=Orange|sosh) mobile", "chez ONEAR/0 (=Orange OR sosh) ONEAR/0 mobile"),
            ("(~résilier|^quitter)", "~résilier OR ^quitter"),
            ("title:(~résilier|quitter) orange", "(title:~résilier OR title:quitter) ONEAR/0 title:orange"),
            ("((~résilier|stop)|fin) orange", "((~résilier OR stop) OR fin) ONEAR/0 orange"),
            ("(chez|clients) (=Orange|=Sosh)", "\"(chez|clients)\" ONEAR/0 (=Orange OR =Sosh)"),
            ("(ville|mairie) d'orange", "\"(ville|mairie) d'orange\""),
            (r"(\~a|bb) cc", r#""(\~a|bb) cc""#),
            ("company:orange", "company:orange"),
            ("Entreprise:La Poste", "company:\"La Poste\""),
        ] {
            let printed_now = read(written).map(|expr| line::print(&expr));
            assert_eq!(printed_now.as_deref(), Ok(printed), "{written}");
        }
        for (written, error) in [
            ("=(~aa|bb) cc", TermError::Together('=', '~')),
            ("(~pré|re)paiement", TermError::Inside('~')),
            ("author:(=aa|bb)", TermError::Inside('=')),
            ("(~aa|) bb", TermError::EmptyAlternative),
            ("(~aa|bb cc", TermError::Unbalanced('(')),
        ] {
            assert_eq!(read(written), Err(error), "{written}");
        }
    }

    #[test]
    fn a_company_is_a_plain_name() {
        for name in ["orange", "La Poste", "E*Trade", "Yahoo!", "Canal+", "C&A"] {
            assert!(company(name).is_ok(), "{name}");
        }
        for (name, sign) in [
            ("=Orange", '='),
            ("orange*", '*'),
            ("(orange|sfr)", '|'),
            ("~orange", '~'),
            ("^orange", '^'),
            ("title:orange", ':'),
            ("@orange", '@'),
            ("#orange", '#'),
            ("orange.fr", '.'),
        ] {
            assert_eq!(company(name), Err(TermError::NoName(sign)), "{name}");
        }
    }

    #[test]
    fn the_words_of_a_query_line_are_seen_in_a_term() {
        for (written, word) in [
            ("orange AND panne", Some("AND")),
            ("orange NEAR/3 panne", Some("NEAR/3")),
            ("orange OU sfr", Some("OU")),
            ("BLACK AND DECKER", None),
            ("=Black AND Decker", None),
            ("OR orange", None),
            ("orange et sfr", None),
            ("AND", None),
            ("", None),
        ] {
            assert_eq!(joining(written), word, "{written}");
        }
    }
}
