//! Lines, literals and tokens of IMAP, under byte caps and deadlines. Knows no command's meaning.

use std::time::Duration;

use base64::Engine;
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::ImapError;
use crate::net::error::{Cause, NetError};

/// One line without its literals.
const LONGEST_LINE: usize = 64 << 10;

/// One literal; a letter is asked for in less.
const LARGEST_LITERAL: usize = 4 << 20;

/// Room that is made for one read.
const CHUNK: usize = 16 << 10;

/// Literals of one response.
const MOST_LITERALS: usize = 8;

/// All bytes of a session.
const MOST_BYTES: usize = 64 << 20;

/// Lines of one command's answer.
const MOST_RESPONSES: usize = 300_000;

/// Both directions of a connection.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A piece of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Atom(String),
    Quoted(String),
    Literal(Vec<u8>),
    Open,
    Close,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    No,
    Bad,
}

/// The tagged answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) status: Status,
    /// The server's words on one line, shortened.
    pub(super) text: String,
}

impl Done {
    /// The codes of RFC 5530, and what servers wrote before it.
    pub(super) fn is_busy(&self) -> bool {
        let upper = self.text.to_ascii_uppercase();
        ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[THROTTLED]", "[OVERQUOTA]", "TOO MANY"]
            .iter()
            .any(|word| upper.contains(word))
    }
}

/// A connection, with what was read ahead.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
    at: usize,
    tag: u32,
    timeout: Duration,
    /// Of the answer that is waited for.
    deadline: Instant,
    /// Of the session.
    end: Instant,
    total: usize,
}

impl Wire {
    pub(super) fn new(stream: Box<dyn Stream>, timeout: Duration, end: Instant) -> Self {
        let deadline = end.min(Instant::now() + timeout);
        Self { stream, buffer: Vec::new(), at: 0, tag: 0, timeout, deadline, end, total: 0 }
    }

    /// The connection; nothing when more was read than was asked for.
    pub(super) fn into_stream(self) -> Option<Box<dyn Stream>> {
        (self.at == self.buffer.len()).then_some(self.stream)
    }

    pub(super) async fn greeting(&mut self) -> Result<(), ImapError> {
        let tokens = self.response().await?;
        match tokens.as_slice() {
            [Token::Atom(star), Token::Atom(word), ..] if star == "*" && word.eq_ignore_ascii_case("OK") => Ok(()),
            [Token::Atom(star), Token::Atom(word), ..] if star == "*" && word.eq_ignore_ascii_case("BYE") => {
                Err(ImapError::Busy(shown(&tokens[2..])))
            }
            _ => Err(ImapError::Protocol("no greeting")),
        }
    }

    /// Sends a command and hands each untagged response to `on`.
    pub(super) async fn command(
        &mut self,
        text: &str,
        on: impl FnMut(&[Token]) -> Result<(), ImapError>,
    ) -> Result<Done, ImapError> {
        let tag = self.next_tag();
        self.send(format!("{tag} {text}\r\n").as_bytes()).await?;
        self.until_done(&tag, on).await
    }

    /// Sends a command with words of any characters: as quoted strings, else as literals.
    pub(super) async fn command_with(&mut self, name: &str, words: &[&str]) -> Result<Done, ImapError> {
        let tag = self.next_tag();
        let mut line = format!("{tag} {name}");
        for word in words {
            if word.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
                line.push(' ');
                line.push_str(&quoted(word));
                continue;
            }
            self.send(format!("{line} {{{}}}\r\n", word.len()).as_bytes()).await?;
            let answer = self.response().await?;
            if !matches!(answer.first(), Some(Token::Atom(plus)) if plus == "+") {
                return match done(&answer, &tag) {
                    Some(done) => Ok(done),
                    None => Err(ImapError::Protocol("a literal is not taken")),
                };
            }
            (*word).clone_into(&mut line);
        }
        line.push_str("\r\n");
        self.send(line.as_bytes()).await?;
        self.until_done(&tag, |_| Ok(())).await
    }

    fn next_tag(&mut self) -> String {
        self.tag += 1;
        format!("v{}", self.tag)
    }

    async fn until_done(
        &mut self,
        tag: &str,
        mut on: impl FnMut(&[Token]) -> Result<(), ImapError>,
    ) -> Result<Done, ImapError> {
        for _ in 0..MOST_RESPONSES {
            let tokens = self.response().await?;
            if let Some(done) = done(&tokens, tag) {
                return Ok(done);
            }
            match tokens.as_slice() {
                [Token::Atom(_), Token::Atom(word), rest @ ..] if word.eq_ignore_ascii_case("BYE") => {
                    // The answer to LOGOUT; anything else is told by the closed connection that follows.
                    tracing::debug!(words = shown(rest), "the mail server says goodbye");
                }
                tokens => on(tokens)?,
            }
        }
        Err(ImapError::Protocol("the answer has no end"))
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), ImapError> {
        self.deadline = self.end.min(Instant::now() + self.timeout);
        let late = NetError::Timeout { after: self.timeout };
        let sent = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        timeout_at(self.deadline, sent).await.map_err(|_| late)??;
        Ok(())
    }

    /// One response with its literals.
    async fn response(&mut self) -> Result<Vec<Token>, ImapError> {
        let mut tokens = Vec::new();
        for _ in 0..=MOST_LITERALS {
            let line = self.line().await?;
            let literal = literal_at_end(&line);
            let text = literal.map_or(line.as_slice(), |(_, at)| &line[..at]);
            tokenize(&String::from_utf8_lossy(text), &mut tokens);
            let Some((length, _)) = literal else { return Ok(tokens) };
            if length > LARGEST_LITERAL {
                return Err(NetError::TooLarge { limit: LARGEST_LITERAL }.into());
            }
            tokens.push(Token::Literal(self.exactly(length).await?));
        }
        Err(ImapError::Protocol("too many literals"))
    }

    async fn line(&mut self) -> Result<Vec<u8>, ImapError> {
        let mut searched = 0;
        loop {
            if let Some(len) = memchr::memchr(b'\n', &self.buffer[self.at + searched..]) {
                let end = self.at + searched + len;
                let line = self.buffer[self.at..end].strip_suffix(b"\r").unwrap_or(&self.buffer[self.at..end]).to_vec();
                self.at = end + 1;
                return Ok(line);
            }
            searched = self.buffer.len() - self.at;
            if searched > LONGEST_LINE {
                return Err(ImapError::Protocol("a line without an end"));
            }
            self.fill().await?;
        }
    }

    async fn exactly(&mut self, length: usize) -> Result<Vec<u8>, ImapError> {
        while self.buffer.len() - self.at < length {
            self.fill().await?;
        }
        let bytes = self.buffer[self.at..self.at + length].to_vec();
        self.at += length;
        Ok(bytes)
    }

    async fn fill(&mut self) -> Result<(), ImapError> {
        self.buffer.drain(..std::mem::take(&mut self.at));
        let late = NetError::Timeout { after: self.timeout };
        // A peer that always has a byte ready would never be found late by the timer alone.
        if Instant::now() >= self.deadline {
            return Err(late.into());
        }
        self.buffer.reserve(CHUNK);
        let read = timeout_at(self.deadline, self.stream.read_buf(&mut self.buffer)).await.map_err(|_| late)??;
        if read == 0 {
            return Err(NetError::Unreachable(Cause::Closed).into());
        }
        self.total += read;
        if self.total > MOST_BYTES {
            return Err(NetError::TooLarge { limit: MOST_BYTES }.into());
        }
        Ok(())
    }
}

/// The length of the literal that a line announces, and where it does.
fn literal_at_end(line: &[u8]) -> Option<(usize, usize)> {
    let inner = line.strip_suffix(b"}")?;
    let at = memchr::memrchr(b'{', inner)?;
    let digits = std::str::from_utf8(&inner[at + 1..]).ok()?;
    let is_number = !digits.is_empty() && digits.len() <= 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((digits.parse().ok().filter(|_| is_number)?, at))
}

fn tokenize(text: &str, tokens: &mut Vec<Token>) {
    let mut rest = text.trim_start_matches(' ');
    while let Some(first) = rest.chars().next() {
        let used = match first {
            '(' | ')' => {
                tokens.push(if first == '(' { Token::Open } else { Token::Close });
                1
            }
            '"' => {
                let (mut word, mut escaped, mut end) = (String::new(), false, rest.len());
                for (at, c) in rest.char_indices().skip(1) {
                    match c {
                        _ if escaped => {
                            word.push(c);
                            escaped = false;
                        }
                        '\\' => escaped = true,
                        '"' => {
                            end = at + 1;
                            break;
                        }
                        c => word.push(c),
                    }
                }
                tokens.push(Token::Quoted(word));
                end
            }
            _ => {
                let end = rest.find([' ', '(', ')', '"']).unwrap_or(rest.len()).max(first.len_utf8());
                tokens.push(Token::Atom(rest[..end].to_owned()));
                end
            }
        };
        rest = rest[used..].trim_start_matches(' ');
    }
}

/// The tagged answer among responses.
fn done(tokens: &[Token], tag: &str) -> Option<Done> {
    let [Token::Atom(found), Token::Atom(status), rest @ ..] = tokens else { return None };
    let status = match status.to_ascii_uppercase().as_str() {
        "OK" => Status::Ok,
        "NO" => Status::No,
        "BAD" => Status::Bad,
        _ => return None,
    };
    (found == tag).then(|| Done { status, text: shown(rest) })
}

/// The server's words on one line, at most 200 characters.
fn shown(tokens: &[Token]) -> String {
    let words = tokens.iter().map(|token| match token {
        Token::Atom(word) | Token::Quoted(word) => word.as_str(),
        Token::Open => "(",
        Token::Close => ")",
        Token::Literal(_) => "…",
    });
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// The fields of `* n FETCH (…)`.
pub(super) fn fetched(response: &[Token]) -> Option<&[Token]> {
    match response {
        [_, Token::Atom(_), Token::Atom(word), Token::Open, fields @ ..] if word.eq_ignore_ascii_case("FETCH") => {
            Some(fields)
        }
        _ => None,
    }
}

/// What stands behind a field's name, outside of lists.
fn value(fields: &[Token], is_wanted: impl Fn(&str) -> bool) -> Option<&Token> {
    let (mut depth, mut at) = (0_u32, 0);
    while at < fields.len() {
        match &fields[at] {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Atom(name) if depth == 0 => {
                let behind = fields.get(at + 1)?;
                if is_wanted(name) {
                    return Some(behind);
                }
                // A value is no name, even when it reads like one.
                at += usize::from(*behind != Token::Open);
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// A field's number.
pub(super) fn number(fields: &[Token], name: &str) -> Option<u32> {
    match value(fields, |found| found.eq_ignore_ascii_case(name))? {
        Token::Atom(number) => number.parse().ok(),
        _ => None,
    }
}

/// A field's text.
pub(super) fn text<'a>(fields: &'a [Token], name: &str) -> Option<&'a str> {
    match value(fields, |found| found.eq_ignore_ascii_case(name))? {
        Token::Atom(text) | Token::Quoted(text) => Some(text),
        _ => None,
    }
}

/// The bytes of `BODY[]`; a short letter may come as a quoted string.
pub(super) fn body(fields: &[Token]) -> Option<&[u8]> {
    let is_body = |name: &str| name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("BODY[]"));
    match value(fields, is_body)? {
        Token::Literal(bytes) => Some(bytes),
        Token::Quoted(text) => Some(text.as_bytes()),
        _ => None,
    }
}

/// `17-Jul-1996 02:44:25 -0700` (RFC 3501, `date-time`).
pub(super) fn internal_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()?.to_timestamp().ok()
}

/// A quoted string (RFC 3501, `quoted`).
pub(super) fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A folder's name in modified UTF-7 (RFC 3501, section 5.1.3).
pub(super) fn utf7(name: &str) -> String {
    let (mut out, mut other) = (String::with_capacity(name.len()), Vec::new());
    let flush = |out: &mut String, other: &mut Vec<u8>| {
        if !other.is_empty() {
            let packed = base64::engine::general_purpose::STANDARD_NO_PAD.encode(&*other);
            out.push('&');
            out.push_str(&packed.replace('/', ","));
            out.push('-');
            other.clear();
        }
    };
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            flush(&mut out, &mut other);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            other.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut out, &mut other);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folders_name_is_written_in_modified_utf_7() {
        for (name, wanted) in [
            ("INBOX", "INBOX"),
            ("Alertes/Réseaux", "Alertes/R&AOk-seaux"),
            ("R&D", "R&-D"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("été", "&AOk-t&AOk-"),
        ] {
            assert_eq!(utf7(name), wanted, "{name}");
        }
    }

    #[test]
    fn a_response_is_cut_into_tokens() {
        let mut tokens = Vec::new();
        tokenize(r#"* 12 FETCH (FLAGS (\Seen UID) UID 7 X "a \"b\\ c" BODY[]<0> "#, &mut tokens);
        tokens.extend([Token::Literal(b"x".to_vec()), Token::Close]);
        let fields = fetched(&tokens).unwrap();
        assert_eq!((number(fields, "UID"), text(fields, "X")), (Some(7), Some(r#"a "b\ c"#)));
        assert_eq!(body(fields), Some(&b"x"[..]));
        assert_eq!(number(fields, "FLAGS"), None);
    }

    #[test]
    fn a_literal_stands_at_the_end_of_its_line() {
        for (line, wanted) in [
            ("* 1 FETCH (BODY[] {12}", Some((12, 18))),
            ("{0}", Some((0, 0))),
            ("a {x}", None),
            ("a {}", None),
            ("a {99999999999}", None),
            ("a {1} ", None),
        ] {
            assert_eq!(literal_at_end(line.as_bytes()), wanted, "{line}");
        }
    }

    #[test]
    fn the_date_of_a_letter_is_read() {
        let wanted = "1996-07-17T09:44:25Z".parse().ok();
        assert_eq!(internal_date("17-Jul-1996 02:44:25 -0700"), wanted);
        assert_eq!(
            internal_date(" 7-Jul-1996 02:44:25 +0000").map(|then| then.to_string()).as_deref(),
            Some("1996-07-07T02:44:25Z")
        );
        assert_eq!(internal_date("yesterday"), None);
    }
}
