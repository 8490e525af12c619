//! The signs and words of a query line, with their places. Owns the operators' spellings; not what they
//! mean together.

use std::ops::Range;

use super::super::field::{self, Field};
use super::{LineError, LineErrorKind};

/// Words between the two sides of an operator at most.
const MAX_WORDS: u32 = 1000;

/// Operators that people write in small letters, which are words then.
const IN_CAPITALS: [&str; 8] = ["and", "et", "or", "ou", "not", "sauf", "near", "onear"];

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
    /// `near/4:` and `onear/4:`, as Awario has them: what is near one another follows.
    Listed {
        ordered: bool,
        words: u32,
    },
    /// Between two of them.
    Comma,
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
    let chars: Vec<char> = line.chars().collect();
    let last = |sign| (0..chars.len()).rfind(|at| is_single_close(&chars, *at, sign)).unwrap_or_default();
    let (straight, curly) = (last('\''), last('’'));
    let mut lexer = Lexer { chars, at: 0, tokens: Vec::new(), list: None, straight, curly };
    while lexer.at < lexer.chars.len() {
        lexer.next()?;
    }
    Ok(lexer.tokens)
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    tokens: Vec<Placed>,
    /// Parentheses that are open inside the list of `near/4:`.
    list: Option<usize>,
    /// Where the last `'` stands that may close a quote.
    straight: usize,
    /// And the last `’`.
    curly: usize,
}

/// Whether an apostrophe ends a word, and so may close a quote.
fn is_single_close(chars: &[char], at: usize, sign: char) -> bool {
    let ends = chars.get(at + 1).is_none_or(|c| c.is_whitespace() || matches!(c, ')' | '~' | ',' | ';'));
    chars[at] == sign && ends && at > 0 && !chars[at - 1].is_whitespace()
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
                if self.list == Some(0) && !matches!(self.tokens.last(), Some((Token::Comma, _))) {
                    self.list = None;
                }
                return Ok(());
            }
            '(' | ')' => {
                self.at += 1;
                self.list = self.list.and_then(|open| if c == '(' { Some(open + 1) } else { open.checked_sub(1) });
                self.push(if c == '(' { Token::Open } else { Token::Close }, from);
            }
            ',' if self.list == Some(0) => {
                self.at += 1;
                self.push(Token::Comma, from);
            }
            // Texts of word processors have other dashes.
            '-' | '−' | '–' if glued => {
                self.at += 1;
                self.push(Token::Not, from);
            }
            // Talkwalker and Awario: this case and these accents.
            '+' if self.peek(1) == Some('+')
                && self.peek(2).is_some_and(|c| !c.is_whitespace() && !matches!(c, '+' | '(' | ')')) =>
            {
                self.at += 2;
                self.operand(from, "=")?;
            }
            // 'Must stand there', as search engines had it: everything must.
            '+' if glued => self.at += 1,
            _ => self.operand(from, "")?,
        }
        Ok(())
    }

    /// A phrase or a word; `prefix` is what stood before it, from `from` on.
    fn operand(&mut self, from: usize, prefix: &str) -> Result<(), LineError> {
        match self.peek(0) {
            // Brandwatch: this case and these accents.
            Some('{') => self.phrase(from, '}', "=", None),
            Some(quote) if let Some(close) = closing(quote) => self.phrase(from, close, prefix, None),
            Some(quote) if let Some(end) = self.single_quoted() => self.phrase(from, quote, prefix, Some(end)),
            _ => self.word(from, prefix),
        }
    }

    /// Where the quote closes that an apostrophe before a word opens. Inside a word it is none: `l'été`.
    fn single_quoted(&self) -> Option<usize> {
        let (close, last) = match self.peek(0)? {
            '\'' => ('\'', self.straight),
            '‘' | '’' => ('’', self.curly),
            _ => return None,
        };
        let first = self.at + 1;
        let opens = self.peek(1).is_some_and(|c| !c.is_whitespace() && c != close);
        if !opens || last <= first {
            return None;
        }
        (first..=last).find(|at| is_single_close(&self.chars, *at, close))
    }

    /// From the opening quote on, up to the sign or the place that closes it.
    fn phrase(&mut self, from: usize, close: char, prefix: &str, end: Option<usize>) -> Result<(), LineError> {
        let opening = self.at;
        let quote = self.chars[opening];
        self.at += 1;
        let mut text = prefix.to_owned();
        loop {
            match self.peek(0) {
                None => return Err(LineError::new(LineErrorKind::Unclosed(quote), opening..opening + 1)),
                Some('"') if quote == '"' && self.peek(1) == Some('"') => {
                    text.push('"');
                    self.at += 2;
                }
                Some(c) if end.map_or(c == close, |end| self.at == end) => {
                    self.at += 1;
                    break;
                }
                // A query goes over several lines where it likes; other white space is the term's own.
                Some(c) if c.is_whitespace() => {
                    let rest = &self.chars[self.at..];
                    let length = rest.iter().take_while(|c| c.is_whitespace()).count();
                    if rest[..length].contains(&'\n') {
                        text.push(' ');
                    } else {
                        text.extend(&rest[..length]);
                    }
                    self.at += length;
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

    fn word(&mut self, from: usize, prefix: &str) -> Result<(), LineError> {
        let mut word = prefix.to_owned();
        while let Some(c) = self.peek(0) {
            let ends = c.is_whitespace() || matches!(c, '(' | ')') || c == ',' && self.list == Some(0);
            if ends || c != '{' && closing(c).is_some() {
                break;
            }
            let is_mode = matches!(word.as_str(), "=" | "^" | "~");
            if is_mode && let Some(end) = self.single_quoted() {
                return self.phrase(from, c, &word, Some(end));
            }
            self.at += 1;
            word.push(c);
            if c == '\\'
                && let Some(next) = self.peek(0).filter(|next| !next.is_whitespace())
            {
                word.push(next);
                self.at += 1;
            } else if c == ':' && (self.field(from, word.trim_end_matches(':'))? || self.listed(&word, from)?) {
                return Ok(());
            }
        }
        if let Some(close) = self.peek(0).filter(|c| *c != '{').and_then(closing)
            && matches!(word.as_str(), "=" | "^" | "~")
        {
            return self.phrase(from, close, &word, None);
        }
        self.operator(&word, from)
    }

    /// True when the word is `near/4:` or `onear/4:`.
    fn listed(&mut self, word: &str, from: usize) -> Result<bool, LineError> {
        let (ordered, words) = match self.distance(word.trim_end_matches(':'), from)? {
            Some(Token::Near(words)) => (false, words),
            Some(Token::Ordered(words)) => (true, words),
            _ => return Ok(false),
        };
        self.list = Some(0);
        self.push(Token::Listed { ordered, words }, from);
        Ok(true)
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
            other if IN_CAPITALS.contains(&&*other.to_lowercase()) => {
                return Err(LineError::new(LineErrorKind::Lowercase(word.to_owned()), from..self.at));
            }
            other if OTHER_OPERATORS.contains(&other) => {
                return Err(LineError::new(LineErrorKind::NoOperator(word.to_owned()), from..self.at));
            }
            "AROUND" if self.peek(0) == Some('(') => return self.around(from),
            _ => match self.distance(word, from)?.or_else(|| self.glued(word)) {
                Some(token) => token,
                None if self.slop(word)? => return Ok(()),
                None => {
                    self.no_separator(from)?;
                    Token::Word(word.to_owned())
                }
            },
        };
        self.push(token, from);
        Ok(())
    }

    /// A comma or a semicolon that parts words: tools take it for AND or for OR. Numbers and addresses hold some.
    fn no_separator(&self, from: usize) -> Result<(), LineError> {
        let word = &self.chars[from..self.at];
        let is_digit = |at: usize| word.get(at).is_some_and(char::is_ascii_digit);
        let parts = |at: usize| match word[at] {
            _ if at > 0 && word[at - 1] == '\\' => false,
            ',' | ';' if at == 0 || at + 1 == word.len() => true,
            ',' if is_digit(at - 1) && is_digit(at + 1) => false,
            ',' | ';' => !word.contains(&'/'),
            _ => false,
        };
        let Some(at) = (0..word.len()).find(|at| parts(*at)) else { return Ok(()) };
        Err(LineError::new(LineErrorKind::Separator(word[at]), from + at..from + at + 1))
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
