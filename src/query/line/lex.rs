//! The signs and words of a query line, with their places. Owns the operators' spellings; not what they
//! mean together.

use std::ops::Range;

use super::{LineError, LineErrorKind};

/// Words between the two sides of an operator at most.
const MAX_WORDS: u32 = 1000;

/// What stands before a colon in the tools that people come from, and the term's own word for it.
const FIELDS: [(&str, &str); 18] = [
    ("title", "title:"),
    ("intitle", "title:"),
    ("titre", "title:"),
    ("author", "author:"),
    ("authors", "author:"),
    ("auteur", "author:"),
    ("site", "site:"),
    ("domain", "site:"),
    ("domaine", "site:"),
    ("sitename", "site:"),
    ("lang", "lang:"),
    ("language", "lang:"),
    ("langue", "lang:"),
    ("source", "source:"),
    ("raw", "="),
    ("intext", ""),
    ("text", ""),
    ("company", COMPANY),
];

/// The prefix of a name that acts as a company; no term has it.
pub(super) const COMPANY: &str = "company:";

/// Fields of those tools that mean nothing here.
const OTHER_FIELDS: [&str; 16] = [
    "inurl",
    "allintitle",
    "allinurl",
    "url",
    "links",
    "country",
    "location",
    "region",
    "continent",
    "sourcetype",
    "engagement",
    "reach",
    "followers",
    "list",
    "tag",
    "filetype",
];

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
                Some(c) => {
                    text.push(c);
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
            if c.is_whitespace() || matches!(c, '(' | ')') || closing(c).is_some() {
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
        if let Some(quote) = self.peek(0).filter(|c| closing(*c).is_some())
            && matches!(word.as_str(), "=" | "^" | "~")
        {
            return self.phrase(quote, &word);
        }
        self.operator(&word, from)
    }

    /// True when the word that ends with a colon is a field's name.
    fn field(&mut self, from: usize, name: &str) -> Result<bool, LineError> {
        let lower = name.to_lowercase();
        if let Some((_, prefix)) = FIELDS.iter().find(|(known, _)| *known == lower) {
            self.push(Token::Field(prefix), from);
            return Ok(true);
        }
        if OTHER_FIELDS.contains(&lower.as_str()) {
            return Err(LineError::new(LineErrorKind::UnknownField(lower), from..self.at));
        }
        Ok(false)
    }

    fn operator(&mut self, word: &str, from: usize) -> Result<(), LineError> {
        let token = match word {
            "AND" | "ET" | "&" | "&&" => Token::And,
            "OR" | "OU" | "|" | "||" => Token::Or,
            "NOT" | "SAUF" | "NON" => Token::Not,
            "NEAR" => Token::Near(5),
            "ONEAR" => Token::Ordered(5),
            "SENTENCE" | "PHRASE" => Token::Sentence,
            "and" | "et" | "or" | "ou" | "not" | "sauf" | "And" | "Or" | "Not" => {
                return Err(LineError::new(LineErrorKind::Lowercase(word.to_owned()), from..self.at));
            }
            "AROUND" if self.peek(0) == Some('(') => return self.around(from),
            _ => match self.distance(word, from)? {
                Some(token) => token,
                None => Token::Word(word.to_owned()),
            },
        };
        self.push(token, from);
        Ok(())
    }

    /// `NEAR/5`, `near/5`, `NEAR/5f`, `ONEAR/5`, `ATLEAST/3`.
    fn distance(&self, word: &str, from: usize) -> Result<Option<Token>, LineError> {
        let Some((name, number)) = word.split_once('/') else { return Ok(None) };
        let kind: fn(u32) -> Token = match name.to_lowercase().as_str() {
            "near" if number.ends_with(['f', 'F']) => Token::Ordered,
            "near" => Token::Near,
            "onear" => Token::Ordered,
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
