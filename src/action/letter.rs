//! A letter that answers a mail: from whom, with which tokens, in which words. Owns what counts as an answer of a
//! person; believes nothing that the letter says.

use mail_parser::{HeaderName, Message};

use super::{in_address, in_reference, in_subject};
use crate::source::mail;

/// Ids of a letter's References that are looked at, from the last on.
const REFERENCES: usize = 40;
/// Headers that say where a letter was sent to, or that servers note it in.
const SENT_TO: [&str; 5] = ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"];
/// Characters of a header that are looked at.
const HEADER: usize = 8_000;

/// What a letter shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The one address of From, in lower case.
    pub from: String,
    /// The tokens that it carries: of the subject, else of the addresses that it was sent to and of the letters that
    /// it answers, the last first.
    pub tokens: Vec<String>,
    /// Its subject carries the token: a link was followed, where an answer may be talk.
    pub is_link: bool,
    /// What it says itself, without what it quotes.
    pub words: String,
}

/// Why a letter is no answer of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unasked {
    /// It cannot be taken apart.
    Unreadable,
    /// It has no sender, or several.
    NoSender,
    /// A program wrote it: an absence, a receipt.
    Automatic,
    /// It came back.
    Bounce,
    /// A mailing list sent it.
    List,
    /// It is one of ours.
    Own,
}

impl Unasked {
    /// The word of the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "Unreadable",
            Self::NoSender => "NoSender",
            Self::Automatic => "Automatic",
            Self::Bounce => "Bounce",
            Self::List => "List",
            Self::Own => "Own",
        }
    }
}

/// Reads a letter.
///
/// # Errors
/// [`Unasked`].
pub fn read(bytes: &[u8]) -> Result<Letter, Unasked> {
    let message = mail::parsed(bytes).ok_or(Unasked::Unreadable)?;
    unasked(&message)?;
    // Two senders are none: programs differ in which they show.
    let senders = message.headers().iter().filter(|header| header.name == HeaderName::From).count();
    let from = message.from().filter(|_| senders == 1).and_then(|from| {
        let mut addresses = from.iter();
        addresses.next().filter(|_| addresses.next().is_none())
    });
    let from = from.and_then(|from| from.address.as_deref()).map(|from| from.trim().to_lowercase());
    let from = from.filter(|from| from.contains('@') && from.len() <= 254).ok_or(Unasked::NoSender)?;
    let subject: String = message.subject().unwrap_or_default().chars().take(HEADER).collect();
    let linked = in_subject(&subject);
    let is_link = linked.is_some();
    let tokens = linked.map_or_else(|| answered(&message), |token| vec![token]);
    Ok(Letter { from, tokens, is_link, words: mail::own_words(&message) })
}

/// The tokens of the addresses that a letter was sent to, in whichever header servers keep them, and those among the
/// ids of the letters that it answers, which some programs leave out.
fn answered(message: &Message<'_>) -> Vec<String> {
    let is_sent = |name: &str| SENT_TO.iter().any(|one| name.eq_ignore_ascii_case(one));
    let sent = message.headers_raw().filter(|(name, _)| is_sent(name)).take(REFERENCES);
    let sent = sent.flat_map(|(_, value)| value.split([',', ' ', '<', '>', ';', '\r', '\n', '\t']).take(REFERENCES));
    let sent = sent.filter_map(in_address).map(str::to_lowercase);
    let ids = [HeaderName::InReplyTo, HeaderName::References].map(|name| raw(message, name));
    let ids = ids.iter().flat_map(|header| header.rsplit('<').take(REFERENCES));
    let mut tokens: Vec<String> = Vec::new();
    for token in sent.chain(ids.filter_map(in_reference).map(str::to_owned)) {
        if !tokens.contains(&token) {
            tokens.push(token);
        }
    }
    tokens
}

fn unasked(message: &Message<'_>) -> Result<(), Unasked> {
    let other = |name: &'static str| raw(message, HeaderName::Other(name.into()));
    if ["X-Vigie-Rule", "X-Vigie-Kind", "X-Vigie-Brand"].into_iter().any(|name| !other(name).is_empty()) {
        return Err(Unasked::Own);
    }
    let path = raw(message, HeaderName::ReturnPath);
    let kind = raw(message, HeaderName::ContentType);
    let from = raw(message, HeaderName::From);
    let is_daemon = ["mailer-daemon@", "postmaster@"].iter().any(|name| from.contains(name));
    if path.replace(' ', "") == "<>" || kind.starts_with("multipart/report") || is_daemon {
        return Err(Unasked::Bounce);
    }
    let submitted = raw(message, HeaderName::AutoSubmitted);
    let precedence = other("Precedence");
    let answers = ["X-Autoreply", "X-Autorespond", "X-Auto-Reply"];
    if !(submitted.is_empty() || submitted.starts_with("no"))
        || matches!(precedence.as_str(), "auto_reply" | "junk")
        || answers.into_iter().any(|name| !matches!(other(name).as_str(), "" | "no"))
    {
        return Err(Unasked::Automatic);
    }
    if matches!(precedence.as_str(), "bulk" | "list")
        || !raw(message, HeaderName::ListId).is_empty()
        || !raw(message, HeaderName::ListUnsubscribe).is_empty()
    {
        return Err(Unasked::List);
    }
    Ok(())
}

/// A header as it stands, in lower case on one line; empty where there is none.
fn raw(message: &Message<'_>, name: HeaderName<'static>) -> String {
    let written = message.header_raw(name).unwrap_or_default();
    let line: String = written.chars().take(HEADER).map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::{Signer, Token, reference};

    fn token() -> String {
        let now = jiff::Timestamp::from_second(1_790_000_000).unwrap();
        Signer::new([7; 32])
            .sign(&Token::new(None, "0f1e2d3c4b5a6978", None, "cm@acme.example", now), "cm@acme.example")
    }

    fn letter(headers: &str, body: &str) -> Vec<u8> {
        format!("From: Zo\u{e9} <CM@acme.example>\r\nTo: vigie@acme.example\r\n{headers}\r\n{body}").into_bytes()
    }

    #[test]
    fn an_answer_shows_its_sender_its_tokens_and_its_own_words() {
        let token = token();
        let id = reference(&token, "acme.example");
        let quoted = "Traité, merci\r\n\r\nLe 20 novembre 2026 à 14:32, Vigie a écrit :\r\n> pas nous\r\n";
        for (headers, found) in [
            (format!("Subject: vigie: Traite [{token}]\r\n"), true),
            (format!("Subject: =?utf-8?Q?vigie_:_Trait=C3=A9_[{token}]?=\r\n"), true),
            (format!("Subject: Re: vigie:\r\n Traite [{token}]\r\n"), true),
            (
                format!(
                    "Subject: Re: Panne\r\nIn-Reply-To: <m@acme.example>\r\nReferences: <a@b>\r\n <{id}>\r\n <m@acme.example>\r\n"
                ),
                true,
            ),
            ("Subject: Re: Panne\r\nIn-Reply-To: <m@acme.example>\r\n".to_owned(), false),
        ] {
            let read = read(&letter(&headers, quoted)).unwrap();
            assert_eq!(read.from, "cm@acme.example");
            assert_eq!(read.tokens, if found { vec![token.clone()] } else { vec![] }, "{headers}");
            assert_eq!(read.words.lines().next(), Some("Traité, merci"), "{headers}");
        }
    }

    #[test]
    fn what_programs_and_lists_send_is_no_answer() {
        for (headers, why) in [
            ("Auto-Submitted: auto-replied\r\n", Unasked::Automatic),
            ("Precedence: auto_reply\r\n", Unasked::Automatic),
            ("X-Autoreply: yes\r\n", Unasked::Automatic),
            ("Precedence: bulk\r\n", Unasked::List),
            ("List-Id: <orange.vigie.acme.example>\r\n", Unasked::List),
            ("Return-Path: <>\r\n", Unasked::Bounce),
            ("Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n", Unasked::Bounce),
            ("X-Vigie-Rule: urgent\r\n", Unasked::Own),
            ("From: boss@acme.example\r\n", Unasked::NoSender),
        ] {
            assert_eq!(read(&letter(headers, "traité")), Err(why), "{headers}");
        }
        for (bytes, why) in [
            ("To: x@y.example\r\n\r\ntraité", Unasked::NoSender),
            ("From: a@b.example, c@d.example\r\n\r\ntraité", Unasked::NoSender),
            ("From: MAILER-DAEMON@acme.example\r\n\r\ntraité", Unasked::Bounce),
            ("", Unasked::Unreadable),
        ] {
            assert_eq!(read(bytes.as_bytes()), Err(why), "{bytes}");
        }
        assert!(read(&letter("Auto-Submitted: no\r\nReturn-Path: <cm@acme.example>\r\n", "traité")).is_ok());
    }
}
