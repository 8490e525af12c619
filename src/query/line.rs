//! `query:`: an expression on one line, with the operators of Mention, Brandwatch, Meltwater, Awario,
//! Talkwalker and Google Alerts, and any expression as such a line. The tree is the one of `expr`; a term
//! between quotes is the same string as everywhere else. Searches nothing.

mod lex;
mod normal;
mod print;

use std::ops::Range;

use super::field::COMPANY;
use super::read::{company, read};
use super::{Expr, TermError, Within};
use lex::{Placed, Token};

pub use normal::normal;
pub use print::print;

/// Parentheses inside one another.
const MAX_DEPTH: usize = 64;

/// Characters of a line.
const MAX_CHARS: usize = 100_000;

/// Why a line is no expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at {}..{}", at.start, at.end)]
pub struct LineError {
    /// What is wrong.
    pub kind: LineErrorKind,
    /// The characters of the line that it is about, from 0.
    pub at: Range<usize>,
}

impl LineError {
    const fn new(kind: LineErrorKind, at: Range<usize>) -> Self {
        Self { kind, at }
    }
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineErrorKind {
    /// Nothing is written, or nothing between parentheses.
    #[error("empty")]
    Empty,
    /// This quote or parenthesis is never closed.
    #[error("{0} is never closed")]
    Unclosed(char),
    /// A `)` that closes nothing.
    #[error(") closes nothing")]
    Unopened,
    /// An operator has nothing beside it to work on.
    #[error("nothing beside the operator")]
    Operand,
    /// AND and OR beside each other without parentheses; tools disagree on what that means.
    #[error("AND and OR without parentheses")]
    Mixed,
    /// `a OR NOT b`: nearly everything.
    #[error("OR NOT")]
    OrNot,
    /// Only NOT: nearly everything.
    #[error("only NOT")]
    OnlyNot,
    /// An operator's word in small letters.
    #[error("operator in small letters: {0}")]
    Lowercase(String),
    /// A comma or a semicolon between words.
    #[error("{0} between words")]
    Separator(char),
    /// A field of another tool.
    #[error("unknown field: {0}")]
    UnknownField(String),
    /// The number of NEAR, ONEAR, ATLEAST or `~` is none, or beyond 1,000.
    #[error("no distance: {0}")]
    Distance(String),
    /// An operator of another tool that has no like here.
    #[error("no operator: {0}")]
    NoOperator(String),
    /// `~n` behind a parenthesis with more than words side by side.
    #[error("~n behind OR or NOT")]
    Slop,
    /// More parentheses or operators inside one another than are read.
    #[error("too deep")]
    Deep,
    /// A line longer than is read.
    #[error("too long")]
    TooLong,
    /// A word or phrase is no term.
    #[error("{written}: {error}")]
    Term {
        /// As written.
        written: String,
        /// Why.
        error: TermError,
    },
}

/// Reads a line; the tree is in its [`normal`] form.
///
/// # Errors
/// The first thing that is wrong, with its place in the line.
pub fn parse(line: &str) -> Result<Expr, LineError> {
    let length = line.chars().count();
    if length > MAX_CHARS {
        return Err(LineError::new(LineErrorKind::TooLong, 0..length));
    }
    let mut parser = Parser { tokens: lex::lex(line)?, at: 0, length, depth: 0, field: "" };
    let expr = parser.level()?;
    match parser.tokens.get(parser.at) {
        None => Ok(normal(&expr)),
        Some((_, at)) => Err(LineError::new(LineErrorKind::Unopened, at.clone())),
    }
}

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
    length: usize,
    depth: usize,
    /// The field before the parenthesis that is being read.
    field: &'static str,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    /// The place of the next token, or the line's end.
    fn place(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(self.length..self.length + 1, |(_, at)| at.clone())
    }

    fn error<T>(&self, kind: LineErrorKind) -> Result<T, LineError> {
        Err(LineError::new(kind, self.place()))
    }

    /// All up to the closing parenthesis or the end.
    fn level(&mut self) -> Result<Expr, LineError> {
        if matches!(self.peek(), None | Some(Token::Close)) {
            return self.error(LineErrorKind::Empty);
        }
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        let mut either = None;
        let from = self.place();
        loop {
            let before = self.place();
            let operator = match self.peek() {
                None | Some(Token::Close) => break,
                Some(Token::And) => Some(false),
                Some(Token::Or) => Some(true),
                Some(_) => None,
            };
            let first = wanted.is_empty() && unwanted.is_empty();
            if operator.is_some() {
                if first {
                    return self.error(LineErrorKind::Operand);
                }
                self.at += 1;
            }
            let negated = self.peek() == Some(&Token::Not);
            if negated {
                if operator == Some(true) {
                    return self.error(LineErrorKind::OrNot);
                }
                self.at += 1;
            } else if !first {
                let or = operator == Some(true);
                if either.is_some_and(|known| known != or) || or && !unwanted.is_empty() {
                    return Err(LineError::new(LineErrorKind::Mixed, before));
                }
                either = Some(or).filter(|_| !wanted.is_empty());
            }
            if matches!(self.peek(), None | Some(Token::Close | Token::And | Token::Or | Token::Not)) {
                let at = if operator.is_some() || negated { self.tokens[self.at - 1].1.clone() } else { before };
                return Err(LineError::new(LineErrorKind::Operand, at));
            }
            let part = self.chain()?;
            if negated { unwanted.push(part) } else { wanted.push(part) }
        }
        if wanted.is_empty() {
            return Err(LineError::new(LineErrorKind::OnlyNot, from));
        }
        if wanted.len() == 1 && unwanted.is_empty() {
            return Ok(wanted.remove(0));
        }
        let (any, all) = if either == Some(true) { (wanted, Vec::new()) } else { (Vec::new(), wanted) };
        Ok(Expr::Group { any, all, none: unwanted, within: Within::Document })
    }

    /// Parts joined by NEAR and ONEAR, from left to right; one ONEAR after another of the same distance is
    /// one sequence.
    fn chain(&mut self) -> Result<Expr, LineError> {
        let mut left = self.atom()?;
        let mut open = None;
        loop {
            match self.peek() {
                Some(&Token::Near(words)) => {
                    self.at += 1;
                    let right = self.atom()?;
                    left = Expr::Near { of: vec![left], with: vec![right], words };
                    open = None;
                }
                Some(&Token::Ordered(words)) => {
                    self.at += 1;
                    let right = self.atom()?;
                    left = match left {
                        Expr::Sequence { mut terms, .. } if open == Some(words) => {
                            terms.push(right);
                            Expr::Sequence { terms, words }
                        }
                        left => Expr::Sequence { terms: vec![left, right], words },
                    };
                    open = Some(words);
                }
                // Between two sides, as in Talkwalker.
                Some(Token::Sentence) => {
                    self.at += 1;
                    left = Expr::all(vec![left, self.atom()?], Within::Sentence);
                    open = None;
                }
                _ => return Ok(left),
            }
        }
    }

    fn atom(&mut self) -> Result<Expr, LineError> {
        let place = self.place();
        let Some((token, _)) = self.tokens.get(self.at).cloned() else {
            let last = self.tokens.last().map_or(0..1, |(_, at)| at.clone());
            return Err(LineError::new(LineErrorKind::Operand, last));
        };
        self.at += 1;
        match token {
            Token::Open => self.parenthesis(place),
            Token::Word(word) => self.term(&word, &place),
            Token::Phrase(text, slop) => self.phrase(&text, slop, &place),
            Token::Field(prefix) => {
                let glued = self.place().start == place.end;
                if !glued || !matches!(self.peek(), Some(Token::Open | Token::Word(_) | Token::Phrase(..))) {
                    return Err(LineError::new(LineErrorKind::Operand, place));
                }
                let outer = std::mem::replace(&mut self.field, prefix);
                let part = self.atom()?;
                self.field = outer;
                Ok(part)
            }
            Token::Sentence => {
                let part = self.inner(place)?;
                Ok(match part {
                    Expr::Group { any, all, none, within: Within::Document } if any.is_empty() => {
                        Expr::Group { any, all, none, within: Within::Sentence }
                    }
                    part => Expr::all(vec![part], Within::Sentence),
                })
            }
            Token::Listed { ordered, words } => self.listed(ordered, words, place),
            Token::AtLeast(times) => Ok(Expr::AtLeast { times, of: vec![self.inner(place)?] }),
            Token::Close
            | Token::Comma
            | Token::And
            | Token::Or
            | Token::Not
            | Token::Near(_)
            | Token::Ordered(_)
            | Token::Slop(_) => Err(LineError::new(LineErrorKind::Operand, place)),
        }
    }

    /// What an operator at `place` is about.
    fn inner(&mut self, place: Range<usize>) -> Result<Expr, LineError> {
        if self.depth == MAX_DEPTH {
            return Err(LineError::new(LineErrorKind::Deep, place));
        }
        self.depth += 1;
        let part = self.atom()?;
        self.depth -= 1;
        Ok(part)
    }

    /// After the opening one.
    fn parenthesis(&mut self, place: Range<usize>) -> Result<Expr, LineError> {
        if self.depth == MAX_DEPTH {
            return Err(LineError::new(LineErrorKind::Deep, place));
        }
        self.depth += 1;
        let inner = if self.at == self.tokens.len() {
            Err(LineError::new(LineErrorKind::Unclosed('('), place.clone()))
        } else {
            self.level()
        }?;
        self.depth -= 1;
        if self.peek() != Some(&Token::Close) {
            return Err(LineError::new(LineErrorKind::Unclosed('('), place));
        }
        self.at += 1;
        let Some(&Token::Slop(words)) = self.peek() else { return Ok(inner) };
        let parts = match inner {
            Expr::Group { any, all, none, within: Within::Document } if any.is_empty() && none.is_empty() => all,
            Expr::Term(_) | Expr::Company(_) => vec![inner],
            _ => return self.error(LineErrorKind::Slop),
        };
        self.at += 1;
        Ok(nearby(parts, words))
    }

    /// What follows `near/4:`.
    fn listed(&mut self, ordered: bool, words: u32, place: Range<usize>) -> Result<Expr, LineError> {
        let mut parts = Vec::new();
        while parts.is_empty() || self.peek() == Some(&Token::Comma) {
            self.at += usize::from(!parts.is_empty());
            if !matches!(self.peek(), Some(Token::Open | Token::Word(_) | Token::Phrase(..) | Token::Field(_))) {
                return Err(LineError::new(LineErrorKind::Operand, place));
            }
            parts.push(self.atom()?);
        }
        if parts.len() < 2 {
            return Err(LineError::new(LineErrorKind::Operand, place));
        }
        Ok(if ordered { Expr::Sequence { terms: parts, words } } else { nearby(parts, words) })
    }

    fn term(&self, word: &str, at: &Range<usize>) -> Result<Expr, LineError> {
        let wrong = |error| {
            let kind = LineErrorKind::Term { written: word.to_owned(), error };
            LineError::new(kind, at.clone())
        };
        if self.field == COMPANY {
            return company(word).map(Expr::Company).map_err(wrong);
        }
        read(&format!("{}{word}", self.field)).map_err(wrong)
    }

    /// `"a b"~n`: the words, in any order, n words between them at most.
    fn phrase(&self, text: &str, slop: Option<u32>, at: &Range<usize>) -> Result<Expr, LineError> {
        let Some(words) = slop else { return self.term(text, at) };
        let mut parts = text.split_whitespace().map(|word| self.term(word, at));
        let first = match parts.next() {
            Some(part) => part?,
            None => return self.term(text, at),
        };
        parts.try_fold(first, |left, right| Ok(Expr::Near { of: vec![left], with: vec![right?], words }))
    }
}

/// Parts that stand within some words of one another.
fn nearby(parts: Vec<Expr>, words: u32) -> Expr {
    let near = |left, right| Expr::Near { of: vec![left], with: vec![right], words };
    parts.into_iter().reduce(near).unwrap_or_else(|| Expr::any(Vec::new()))
}

#[cfg(test)]
mod tests;
