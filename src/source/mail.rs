//! Letters of a mailbox as entries: one of a letter, one of each item of an alert, one of each letter that a
//! digest or a forward holds. Owns what an entry's fields are made of; the mailbox is read by `fetch`.

mod alerts;
mod body;

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mail_parser::{Address, Encoding, HeaderName, Message, MessageParser, MessagePart, PartType};

use super::{ParseError, State, Step, charset, content_id};
use crate::entry::Entry;
use crate::exchange::{Answer, Inbox};
use crate::health::SourceState;
use crate::text::date::{Context, Order};
use crate::text::html;
use crate::text::language::Language;
use crate::text::url;

/// Headers named Content-Type, each of which may open a level: letters nested deeper are not dropped level
/// by level without a stack as deep.
const MOST_TYPES: usize = 128;

/// Lines that may separate two parts.
const MOST_BORDERS: usize = 4000;

/// Entries of one letter.
const MOST_ENTRIES: usize = 500;

/// Parts that make up the text of one letter.
const MOST_BODIES: usize = 16;

/// Links kept of one letter.
const MOST_LINKS: usize = 256;

/// A mailbox, ready to read.
#[derive(Debug, Clone)]
pub struct Mail {
    inbox: Inbox,
    url: String,
    language: Option<Language>,
}

impl Mail {
    /// Letters of `inbox`, of a language where the watchlist states one.
    #[must_use]
    pub fn new(inbox: Inbox, language: Option<Language>) -> Self {
        Self { url: inbox.to_string(), inbox, language }
    }

    /// The mailbox.
    #[must_use]
    pub const fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Reads one letter.
    pub(super) fn read(&self, state: State, answer: &Answer) -> Result<Step, ParseError> {
        let Some(message) = parsed(&answer.body) else {
            return Err(ParseError { state: SourceState::Broken, detail: "not a letter".to_owned() });
        };
        let mut entries = Vec::new();
        self.letter(&message, answer, 0, &mut entries);
        let dropped = entries.len().saturating_sub(MOST_ENTRIES);
        entries.truncate(MOST_ENTRIES);
        Ok(Step { entries, state, dropped, ..Step::default() })
    }

    fn letter(&self, message: &Message<'_>, answer: &Answer, depth: usize, entries: &mut Vec<Entry>) {
        // Our own alerts would alert again, and their answers again.
        if message.header(HeaderName::Other("X-Vigie-Rule".into())).is_some() || entries.len() > MOST_ENTRIES {
            return;
        }
        let published = published(message, answer);
        let (plain, html) = bodies(message);
        let items = html.as_deref().map(alerts::of_html).filter(|items| !items.is_empty());
        let items = items.unwrap_or_else(|| plain.as_deref().map(alerts::of_plain).unwrap_or_default());
        if items.is_empty() {
            let own = self.entry(message, published, plain.as_deref(), html.as_deref());
            let is_cover = own.text.is_empty() && has_letters(message);
            let says_nothing = own.title.is_empty() && own.text.is_empty();
            if !is_cover && !says_nothing {
                entries.push(own);
            }
        }
        entries.extend(items.into_iter().map(|item| Entry {
            id: url::canonical_place(&item.url).unwrap_or_else(|| content_id(&[&item.url])),
            url: Some(item.url),
            title: item.title,
            text: item.text,
            links: Vec::new(),
            author: item.publisher,
            published,
            language: self.language,
        }));
        if depth < 3 {
            let inner = message.parts.iter().filter_map(|part| match &part.body {
                PartType::Message(inner) => Some(inner),
                _ => None,
            });
            for inner in inner.take(MOST_ENTRIES) {
                self.letter(inner, answer, depth + 1, entries);
            }
        }
    }

    fn entry(
        &self,
        message: &Message<'_>,
        published: Option<Timestamp>,
        plain: Option<&str>,
        html: Option<&str>,
    ) -> Entry {
        let title = html::to_line(&escaped(message.subject().unwrap_or_default()));
        let is_forward = body::is_forward(&title);
        let marked = html.map(|html| body::of_html(html, is_forward)).unwrap_or_default();
        let plain = plain.map(|plain| body::of_plain(plain, is_forward)).unwrap_or_default();
        // A part without markup may be a stub that sends its reader to the other.
        let says_enough = plain.split_whitespace().count() * 3 >= marked.text.split_whitespace().count();
        let text = if !plain.is_empty() && says_enough { plain } else { marked.text };
        let links = marked.links.iter().filter_map(|link| url::absolute(link));
        let links = links.map(|link| url::unwrapped(&link).unwrap_or(link)).take(MOST_LINKS).collect();
        let id = message.message_id().map(str::trim).filter(|id| !id.is_empty() && id.len() <= 1024);
        Entry {
            id: id.map_or_else(|| content_id(&[&title, &text]), str::to_owned),
            url: archived_at(message),
            links,
            author: author(message.from()),
            published,
            language: self.language,
            title,
            text,
        }
    }
}

/// A letter taken apart, whoever wants to read it.
pub(crate) fn parsed(bytes: &[u8]) -> Option<Message<'_>> {
    let bytes = bounded(bytes);
    catch_unwind(AssertUnwindSafe(|| MessageParser::default().parse(bytes))).ok().flatten()
}

/// What a letter says itself, without what it quotes; plain text first.
pub(crate) fn own_words(message: &Message<'_>) -> String {
    let (plain, html) = bodies(message);
    match plain.filter(|plain| !plain.trim().is_empty()) {
        Some(plain) => body::of_plain(&plain, false),
        None => html.map(|html| body::of_html(&html, false).text).unwrap_or_default(),
    }
}

/// A letter as far as it can be taken apart safely.
fn bounded(bytes: &[u8]) -> &[u8] {
    const NAME: &[u8] = b"content-type";
    let (mut types, mut borders) = (0, 0);
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        let line = &bytes[start..end];
        types += usize::from(line.len() >= NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME));
        borders += usize::from(line.starts_with(b"--"));
        if types > MOST_TYPES || borders > MOST_BORDERS {
            return &bytes[..start];
        }
        start = end + 1;
    }
    bytes
}

/// Plain text as markup that reads the same.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn has_letters(message: &Message<'_>) -> bool {
    message.parts.iter().any(|part| matches!(part.body, PartType::Message(_)))
}

fn published(message: &Message<'_>, answer: &Answer) -> Option<Timestamp> {
    let context = Context { now: answer.received, zone: TimeZone::UTC, order: Order::Unknown, format: None };
    let stated = message.date().filter(|date| date.is_valid()).and_then(|date| context.from_unix(date.to_timestamp()));
    stated.or(Some(answer.received))
}

/// The text of a letter, without markup and with it.
fn bodies(message: &Message<'_>) -> (Option<String>, Option<String>) {
    let joined = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join("\n\n"));
    let plain = message.text_bodies().take(MOST_BODIES).filter_map(|part| match &part.body {
        PartType::Text(text) => Some(recovered(message, part, text)),
        _ => None,
    });
    let html = message.html_bodies().take(MOST_BODIES).filter_map(|part| match &part.body {
        PartType::Html(text) => Some(recovered(message, part, text)),
        _ => None,
    });
    (joined(plain.collect()), joined(html.collect()))
}

/// A part whose letters were lost for want of a charset, by the rules of pages that state none.
fn recovered(message: &Message<'_>, part: &MessagePart<'_>, text: &str) -> String {
    let raw = message.raw_message().get(part.offset_body as usize..part.offset_end as usize);
    match raw.filter(|_| text.contains('\u{FFFD}') && part.encoding == Encoding::None) {
        Some(raw) => charset::decode(raw, None).into_owned(),
        None => text.to_owned(),
    }
}

fn author(from: Option<&Address<'_>>) -> Option<String> {
    let first = from?.first()?;
    let name = first.name.as_deref().filter(|name| !name.trim().is_empty()).or(first.address.as_deref())?;
    let name = html::to_line(&escaped(name));
    (!name.is_empty()).then_some(name)
}

/// Where a mailing list keeps the letter (RFC 5064).
fn archived_at(message: &Message<'_>) -> Option<String> {
    let written = message.header_raw(HeaderName::ArchivedAt)?;
    url::absolute(written.trim().trim_start_matches('<').split('>').next()?.trim())
}

#[cfg(test)]
mod tests;
