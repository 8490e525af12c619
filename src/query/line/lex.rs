//! The signs and words of a query line, with their places. Owns the operators' spellings; not what they
//! mean together.

use std::ops::Range;

use super::super::field::{self, Field};
use super::{LineError, LineErrorKind};

/// Words between the two sides of an operator at most.
const MAX_WORDS: u32 = 1000;

/// Operators of other tools that have no like here.
const OTHER_OPERATORS: [&str; 4] = ["XOR", "PARAGRAPH", "PARAGRAPHE", "SAME"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    Near(u32),
    Ordered(u32),
    Sentence,
    AtLeast(u32),
    /// A field's prefix; a word, a phrase or a parenthesis follows without space.
    Field(&'static str),
    Word(String),
    /// Between quotes, with the distance of `"a b"~n`.
    Phrase(String, Option<u32>),
    /// The distance behind a parenthesis: `(a b)~n`.
    Slop(u32),
}

/// A token and its characters.
pub(super) type Placed = (Token, Range<usize>);

/// The tokens of a line.
pub(super) fn lex(line: &str) -> Result<Vec<Placed>, LineError> {
    let mut lexer = Lexer { chars: line.chars().collect(), at: 0, tokens: Vec::new() };
    while lexer.at < lexer.chars.len() {
        lexer.next()?;
    }
    Ok(lexer.tokens)
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    tokens: Vec<Placed>,
}

/// The sign that closes what this one opens.
fn closing(quote: char) -> Option<char> {
    match quote {
        '"' => Some('"'),
        '“' | '„' | '”' => Some('”'),
        '«' => Some('»'),
        '{' => Some('}'),
        _ => None,
    }
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn push(&mut self, token: Token, from: usize) {
        self.tokens.push((token, from..self.at));
    }

    fn next(&mut self) -> Result<(), LineError> {
        let from = self.at;
        let Some(c) = self.peek(0) else { return Ok(()) };
        let glued = self.peek(1).is_some_and(|next| !next.is_whitespace() && next != ')');
        match c {
            c if c.is_whitespace() => {
                self.at += 1;
                return Ok(());
            }
            '(' | ')' => {
                self.at += 1;
                self.push(if c == '(' { Token::Open } else { Token::Close }, from);
            }
            // Texts of word processors have other dashes.
            '-' | '−' | '–' if glued => {
                self.at += 1;
                self.push(Token::Not, from);
            }
            // 'Must stand there', as search engines had it: everything must.
            '+' if glued => self.at += 1,
            // Brandwatch: this case and these accents.
            '{' => self.phrase(c, "=")?,
            c if closing(c).is_some() => self.phrase(c, "")?,
            _ => self.word()?,
        }
        Ok(())
    }

    /// From the opening quote on; `prefix` is what stood before it.
    fn phrase(&mut self, quote: char, prefix: &str) -> Result<(), LineError> {
        let from = self.at;
        let close = closing(quote).unwrap_or(quote);
        self.at += 1;
        let mut text = prefix.to_owned();
        loop {
            match self.peek(0) {
                None => return Err(LineError::new(LineErrorKind::Unclosed(quote), from..from + 1)),
                Some(c) if c == close && quote == '"' && self.peek(1) == Some('"') => {
                    text.push('"');
                    self.at += 2;
                }
                Some(c) if c == close => {
                    self.at += 1;
                    break;
                }
                // A query goes over several lines where it likes.
                Some(c) if c.is_whitespace() && text.ends_with(' ') => self.at += 1,
                Some(c) => {
                    text.push(if c.is_whitespace() { ' ' } else { c });
                    self.at += 1;
                }
            }
        }
        let digits = self.chars[self.at..].iter().skip(1).take_while(|c| c.is_ascii_digit()).count();
        let mut slop = None;
        if self.peek(0) == Some('~') && digits > 0 {
            let number = self.at + 1;
            self.at += 1 + digits;
            slop = Some(self.number(number..self.at)?);
        }
        self.push(Token::Phrase(text, slop), from);
        Ok(())
    }

    fn number(&self, range: Range<usize>) -> Result<u32, LineError> {
        let text: String = self.chars[range.clone()].iter().collect();
        let number = text.parse().ok().filter(|number| *number <= MAX_WORDS);
        number.ok_or_else(|| LineError::new(LineErrorKind::Distance(text), range))
    }

    fn word(&mut self) -> Result<(), LineError> {
        let from = self.at;
        let mut word = String::new();
        while let Some(c) = self.peek(0) {
            if c.is_whitespace() || matches!(c, '(' | ')') || c != '{' && closing(c).is_some() {
                break;
            }
            self.at += 1;
            word.push(c);
            if c == '\\'
                && let Some(next) = self.peek(0).filter(|next| !next.is_whitespace())
            {
                word.push(next);
                self.at += 1;
            } else if c == ':' && self.field(from, word.trim_end_matches(':'))? {
                return Ok(());
            }
        }
        if let Some(quote) = self.peek(0).filter(|c| *c != '{' && closing(*c).is_some())
            && matches!(word.as_str(), "=" | "^" | "~")
        {
            return self.phrase(quote, &word);
        }
        self.operator(&word, from)
    }

    /// True when the word that ends with a colon is a field's name.
    fn field(&mut self, from: usize, name: &str) -> Result<bool, LineError> {
        match field::named(name) {
            None => return Ok(false),
            Some(Field::Known(prefix)) => self.push(Token::Field(prefix), from),
            Some(Field::Other) => {
                return Err(LineError::new(LineErrorKind::UnknownField(name.to_lowercase()), from..self.at));
            }
        }
        Ok(true)
    }

    fn operator(&mut self, word: &str, from: usize) -> Result<(), LineError> {
        let token = match word {
            "AND" | "ET" | "&" | "&&" => Token::And,
            "OR" | "OU" | "|" | "||" => Token::Or,
            "NOT" | "SAUF" | "NON" | "SANS" => Token::Not,
            "NEAR" => Token::Near(5),
            "ONEAR" => Token::Ordered(5),
            "SENTENCE" | "PHRASE" => Token::Sentence,
            "and" | "et" | "or" | "ou" | "not" | "sauf" | "And" | "Or" | "Not" => {
                return Err(LineError::new(LineErrorKind::Lowercase(word.to_owned()), from..self.at));
            }
            other if OTHER_OPERATORS.contains(&other) => {
                return Err(LineError::new(LineErrorKind::NoOperator(word.to_owned()), from..self.at));
            }
            "AROUND" if self.peek(0) == Some('(') => return self.around(from),
            _ => match self.distance(word, from)?.or_else(|| self.glued(word)) {
                Some(token) => token,
                None if self.slop(word)? => return Ok(()),
                None => Token::Word(word.to_owned()),
            },
        };
        self.push(token, from);
        Ok(())
    }

    /// `NEAR3`, `ADJ3`, `ATLEAST3`, as LexisNexis, Ovid and Factiva have them; the last in any case before a `(`.
    fn glued(&self, word: &str) -> Option<Token> {
        let digits = word.find(|c: char| c.is_ascii_digit())?;
        let (name, number) = word.split_at(digits);
        let number = number.parse().ok().filter(|number| (1..=MAX_WORDS).contains(number))?;
        match name {
            "NEAR" => Some(Token::Near(number)),
            "ADJ" | "ONEAR" | "PRE" => Some(Token::Ordered(number)),
            "ATLEAST" => Some(Token::AtLeast(number)),
            "atleast" | "Atleast" if self.peek(0) == Some('(') => Some(Token::AtLeast(number)),
            _ => None,
        }
    }

    /// `~5` behind a space or a parenthesis belongs to what is before it; true when it was one.
    fn slop(&mut self, word: &str) -> Result<bool, LineError> {
        let Some(digits) = word.strip_prefix('~').filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit())) else {
            return Ok(false);
        };
        let number = self.at - digits.len()..self.at;
        if digits.is_empty() || !matches!(self.tokens.last(), Some((Token::Close | Token::Phrase(_, None), _))) {
            return Ok(false);
        }
        let words = self.number(number.clone())?;
        if let Some((Token::Phrase(_, slop), _)) = self.tokens.last_mut() {
            *slop = Some(words);
        } else {
            self.push(Token::Slop(words), number.start - 1);
        }
        Ok(true)
    }

    /// `NEAR/5`, `near/5`, `NEAR/5f`, `ONEAR/5`, `ATLEAST/3`, `W/5`, `WITHIN/5`, `PRE/5`.
    fn distance(&self, word: &str, from: usize) -> Result<Option<Token>, LineError> {
        let Some((name, number)) = word.split_once('/') else { return Ok(None) };
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let kind: fn(u32) -> Token = match name.to_lowercase().as_str() {
            "near" if number.ends_with(['f', 'F']) => Token::Ordered,
            // `w/o` is English.
            "w" | "within" | "pre" if !is_number => return Ok(None),
            "near" | "w" | "within" => Token::Near,
            "onear" | "pre" => Token::Ordered,
            "atleast" => Token::AtLeast,
            _ => return Ok(None),
        };
        let digits = number.trim_end_matches(['f', 'F']);
        let start = from + name.chars().count() + 1;
        let wrong = || LineError::new(LineErrorKind::Distance(number.to_owned()), from..self.at);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let number = self.number(start..start + digits.len())?;
        if name.eq_ignore_ascii_case("atleast") && number == 0 {
            return Err(wrong());
        }
        Ok(Some(kind(number)))
    }

    /// `AROUND(5)`.
    fn around(&mut self, from: usize) -> Result<(), LineError> {
        let digits = self.chars[self.at + 1..].iter().take_while(|c| c.is_ascii_digit()).count();
        let number = self.at + 1..self.at + 1 + digits;
        if digits == 0 || self.chars.get(number.end) != Some(&')') {
            let range = from..self.at + 1;
            return Err(LineError::new(LineErrorKind::Distance(self.chars[range.clone()].iter().collect()), range));
        }
        self.at = number.end + 1;
        let words = self.number(number)?;
        self.push(Token::Near(words), from);
        Ok(())
    }
}
