//! One form for trees that mean the same and that a line cannot tell apart. Changes no meaning.

use super::super::{Expr, Within};

/// The tree as a line has it: no group around a single part, `any` beside `all` as a part of it, each
/// `none` once and flat.
#[must_use]
pub fn normal(expr: &Expr) -> Expr {
    match expr {
        Expr::Term(_) | Expr::Company(_) => expr.clone(),
        Expr::Near { of, with, words } => Expr::Near { of: side(of), with: side(with), words: *words },
        Expr::AtLeast { times, of } => Expr::AtLeast { times: *times, of: side(of) },
        Expr::Sequence { terms, words } => match &terms[..] {
            [one] => normal(one),
            _ => Expr::Sequence { terms: terms.iter().map(normal).collect(), words: *words },
        },
        Expr::Group { any, all, none, within } => group(any, all, none, *within),
    }
}

/// What counts as one of several: an only `any` gives its parts.
fn side(parts: &[Expr]) -> Vec<Expr> {
    let parts: Vec<Expr> = parts.iter().map(normal).collect();
    match <[Expr; 1]>::try_from(parts) {
        Ok([one]) => alternatives(one),
        Err(parts) => parts,
    }
}

/// The parts of a group that is only an `any`, or the expression itself.
fn alternatives(expr: Expr) -> Vec<Expr> {
    match expr {
        Expr::Group { any, all, none, .. } if all.is_empty() && none.is_empty() => any,
        other => vec![other],
    }
}

/// The parts of groups that are only an `any`, however deep, or the expression itself.
fn flat(expr: Expr) -> Vec<Expr> {
    match expr {
        Expr::Group { any, all, none, .. } if all.is_empty() && none.is_empty() => {
            any.into_iter().flat_map(flat).collect()
        }
        other => vec![other],
    }
}

fn group(any: &[Expr], all: &[Expr], none: &[Expr], within: Within) -> Expr {
    let mut unwanted: Vec<Expr> = none.iter().map(normal).flat_map(flat).collect();
    let mut wanted = Vec::new();
    for part in all.iter().map(normal) {
        match part {
            Expr::Group { any, all, none, .. } if any.is_empty() && all.is_empty() => unwanted.extend(none),
            part => wanted.push(part),
        }
    }
    let mut any: Vec<Expr> = any.iter().map(normal).collect();
    if any.len() == 1 || !wanted.is_empty() && !any.is_empty() {
        let either = if any.len() == 1 { any.remove(0) } else { Expr::any(std::mem::take(&mut any)) };
        wanted.insert(0, either);
    }
    if within == Within::Sentence && !wanted.is_empty() {
        // `none` looks at the whole document, also from inside of a sentence.
        if let [Expr::Group { any, all, none, within: Within::Document }] = &mut wanted[..]
            && any.is_empty()
        {
            unwanted.append(none);
            wanted = std::mem::take(all);
        }
        wanted = vec![sentence(wanted)];
    }
    if any.is_empty() && wanted.len() == 1 {
        match wanted.remove(0) {
            // `(a OR b) NOT c` is `a OR b NOT c`.
            Expr::Group { any, all, mut none, within: Within::Document } => {
                none.append(&mut unwanted);
                return Expr::Group { any, all, none, within: Within::Document };
            }
            only if unwanted.is_empty() => return only,
            only => wanted.push(only),
        }
    }
    Expr::Group { any, all: wanted, none: unwanted, within: Within::Document }
}

/// Parts that stand in one sentence.
fn sentence(mut parts: Vec<Expr>) -> Expr {
    if parts.len() > 1 {
        return Expr::all(parts, Within::Sentence);
    }
    match parts.remove(0) {
        Expr::Group { any, all, none, within } if none.is_empty() && any.is_empty() => match within {
            Within::Sentence => Expr::all(all, within),
            Within::Document => Expr::all(all, Within::Sentence),
        },
        part => Expr::all(vec![part], Within::Sentence),
    }
}
