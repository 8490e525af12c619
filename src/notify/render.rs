//! From a [`Content`] to the bytes that the outbox keeps. Owns the mail's frame: addresses, list and
//! thread headers; the templates are `templates`'s. Rendering the same content again gives the same bytes.

use super::answers::Offer;
use super::{Content, Rendered, RenderedMail, Style, clean};
use crate::config::settings::{Mailbox, Recipient};
use crate::locale::Locale;

/// Text and HTML stay under 100 KB as they go over the wire: base64 makes 4 bytes of 3, and mail programs
/// cut what is longer.
pub(super) const BYTES: usize = 72_000;

/// A message that could not be rendered or read back.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template failed.
    #[error("template: {0}")]
    Template(#[from] minijinja::Error),
    /// A body is not what this vigie writes.
    #[error("body: {0}")]
    Body(#[from] serde_json::Error),
}

impl Rendered {
    /// The bytes that the outbox keeps.
    ///
    /// # Errors
    /// [`RenderError::Body`].
    pub fn pack(&self) -> Result<Vec<u8>, RenderError> {
        Ok(serde_json::to_vec(self)?)
    }

    /// Reads [`Rendered::pack`]'s bytes.
    ///
    /// # Errors
    /// [`RenderError::Body`] when another version wrote them.
    pub fn unpack(bytes: &[u8]) -> Result<Self, RenderError> {
        Ok(serde_json::from_slice(bytes)?)
    }
}

/// Who a mail is from, and to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) from: &'a Mailbox,
    pub(super) to: &'a [Recipient],
    /// Whose mail it is.
    pub(super) recipient: &'a str,
    pub(super) style: &'a Style,
    pub(super) locale: Locale,
}

impl Frame<'_> {
    /// The To header's addresses.
    pub(super) fn to(&self) -> Vec<String> {
        self.to.iter().map(|recipient| shown(&recipient.mailbox)).collect()
    }

    /// The sender's domain, of which the ids of mails are.
    pub(super) fn domain(&self) -> &str {
        self.from.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
    }

    /// List-Id, List-Unsubscribe and Auto-Submitted. `list` is the brand's id, or empty for vigie itself;
    /// `stop` is what an answer asking to stop is about; Reply-To leads where answers to the `offer` are read.
    pub(super) fn list_headers(&self, list: &str, stop: &str, offer: Option<&Offer<'_>>) -> Vec<(String, String)> {
        let domain = self.domain();
        let list =
            if list.is_empty() { format!("<vigie.{domain}>") } else { format!("<{}.vigie.{domain}>", label(list)) };
        let subject = percent(&format!("vigie stop {}", clean::line(stop, 60)));
        let mut headers = Vec::from(
            [
                ("List-Id", list),
                ("List-Unsubscribe", format!("<mailto:{}?subject={subject}>", self.from.address)),
                ("Auto-Submitted", "auto-generated".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let answered = self.style.answers.as_ref().and_then(|answers| answers.address(offer));
        if let Some(address) = answered.filter(|address| *address != self.from.address) {
            headers.push(("Reply-To".to_owned(), format!("<{address}>")));
        }
        headers
    }

    /// In-Reply-To and References: the mail of the message that opened the thread, and what a plain answer
    /// carries back. The id of a mail is made of its message's: see `email`.
    pub(super) fn thread_headers(&self, first: Option<&str>, offer: Option<&Offer<'_>>) -> Vec<(String, String)> {
        let first = first.map(|first| format!("<{first}@{}>", self.domain()));
        let carried = offer.map(|offer| format!("<{}>", offer.reference()));
        let references: Vec<String> = first.iter().cloned().chain(carried).collect();
        let mut headers = Vec::new();
        if let Some(first) = first {
            headers.push(("In-Reply-To".to_owned(), first));
        }
        if !references.is_empty() {
            headers.push(("References".to_owned(), references.join(" ")));
        }
        headers
    }
}

/// A brand's id as a label of a List-Id (RFC 2919: dots would make labels of their own).
fn label(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect()
}

/// RFC 6068: everything but unreserved characters, and the colon.
pub(super) fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    out
}

/// `"Name" <address>`, or the address.
fn shown(mailbox: &Mailbox) -> String {
    match mailbox.name.as_deref().map(|name| clean::line(name, 200)).filter(|name| !name.is_empty()) {
        Some(name) => format!("\"{}\" <{}>", name.replace('\\', "\\\\").replace('"', "\\\""), mailbox.address),
        None => mailbox.address.clone(),
    }
}

/// The mail of a content.
pub(super) fn mail(content: &Content<'_>, frame: Frame<'_>) -> Result<RenderedMail, RenderError> {
    match content {
        Content::Mentions(view) => super::mail::render(view, frame),
        Content::Digest(view) => super::digest::render(view, frame),
        Content::Spike(view) => super::spike::render(view, frame),
        Content::Coverage(view) => super::notice::coverage(view, frame.locale).mail(frame),
        Content::Refusal(view) => super::notice::refusal(view, frame.locale).mail(frame),
        Content::DeadLetter(view) => super::notice::dead_letter(view, frame.locale).mail(frame),
        Content::Unwritable(view) => super::notice::unwritable(view, frame.locale).mail(frame),
        Content::Test(view) => super::notice::test(view, frame.locale).mail(frame),
    }
}
