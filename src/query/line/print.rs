//! A tree as a query line, which reads as the same tree.

use super::super::field::COMPANY;
use super::super::{Expr, Within};
use super::lex::{self, Token};
use super::normal;

/// The line of a tree: [`super::parse`] reads it as its [`normal`] form.
#[must_use]
pub fn print(expr: &Expr) -> String {
    let mut line = String::new();
    level(&normal(expr), &mut line);
    line
}

/// Where nothing stands beside it.
fn level(expr: &Expr, line: &mut String) {
    match expr {
        Expr::Group { any, all, none, within: Within::Document } => {
            if !any.is_empty() {
                list(any, " OR ", line);
            }
            list(all, " AND ", line);
            if let Some(first) = none.first() {
                line.push_str(" NOT ");
                if none.len() == 1 { operand(first, line) } else { either(none, line) }
            }
        }
        Expr::Near { of, with, words } => {
            either(of, line);
            line.extend([" NEAR/", &words.to_string(), " "]);
            either(with, line);
        }
        Expr::Sequence { terms, words } => list(terms, &format!(" ONEAR/{words} "), line),
        expr => operand(expr, line),
    }
}

fn list(parts: &[Expr], between: &str, line: &mut String) {
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            line.push_str(between);
        }
        operand(part, line);
    }
}

/// One of several, as one operand.
fn either(parts: &[Expr], line: &mut String) {
    match parts {
        [one] => operand(one, line),
        parts => {
            line.push('(');
            list(parts, " OR ", line);
            line.push(')');
        }
    }
}

/// Beside an operator.
fn operand(expr: &Expr, line: &mut String) {
    match expr {
        Expr::Term(term) => word(&term.written, line),
        Expr::Company(company) => {
            line.push_str(COMPANY);
            word(&company.name, line);
        }
        Expr::AtLeast { times, of } => {
            line.extend(["ATLEAST/", &times.to_string(), " "]);
            either(of, line);
        }
        Expr::Group { all, within: Within::Sentence, .. } => {
            line.push_str("SENTENCE (");
            list(all, " AND ", line);
            line.push(')');
        }
        expr => {
            line.push('(');
            level(expr, line);
            line.push(')');
        }
    }
}

/// Bare where that reads as the same word, else between quotes.
fn word(written: &str, line: &mut String) {
    let bare = |tokens: Vec<lex::Placed>| match &tokens[..] {
        [(Token::Word(word), _)] => word == written,
        [(Token::Field(field), _), (Token::Word(word), _)] => {
            *field != COMPANY && written.strip_prefix(field) == Some(word)
        }
        _ => false,
    };
    // One at the end would take what comes next for its own.
    if !written.ends_with('\\') && lex::lex(written).is_ok_and(bare) {
        line.push_str(written);
    } else {
        line.push('"');
        line.push_str(&written.replace('"', "\"\""));
        line.push('"');
    }
}
