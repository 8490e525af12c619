//! From a [`Content`] to the bytes that the outbox keeps. Owns the template environment and the mail's
//! frame: addresses and list headers. Rendering the same content again gives the same bytes.

use std::sync::OnceLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value};
use serde::Serialize;

use super::{Content, Rendered, RenderedMail, clean};
use crate::config::settings::{Mailbox, Recipient};
use crate::locale::Locale;

/// Text and HTML stay under 100 KB as they go over the wire: base64 makes 4 bytes of 3, and mail programs
/// cut what is longer.
pub(super) const BYTES: usize = 72_000;

/// No template comes near it; a runaway loop is stopped.
const FUEL: u64 = 2_000_000;

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
    /// `stop` is what an answer asking to stop is about.
    pub(super) fn list_headers(&self, list: &str, stop: &str) -> Vec<(String, String)> {
        let domain = self.domain();
        let list =
            if list.is_empty() { format!("<vigie.{domain}>") } else { format!("<{}.vigie.{domain}>", label(list)) };
        let subject = percent(&format!("vigie stop {}", clean::line(stop, 60)));
        [
            ("List-Id", list),
            ("List-Unsubscribe", format!("<mailto:{}?subject={subject}>", self.from.address)),
            ("Auto-Submitted", "auto-generated".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}

/// A brand's id as a label of a List-Id (RFC 2919: dots would make labels of their own).
fn label(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect()
}

/// RFC 3986: everything but unreserved characters.
fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
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

fn environment() -> Result<&'static Environment<'static>, minijinja::Error> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    if let Some(environment) = ENVIRONMENT.get() {
        return Ok(environment);
    }
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "txt")) => AutoEscape::None,
        _ => AutoEscape::Html,
    });
    for (name, source) in [
        ("digest.html", include_str!("templates/digest.html")),
        ("digest.txt", include_str!("templates/digest.txt")),
        ("report.html", include_str!("templates/report.html")),
        ("frame.html", include_str!("templates/frame.html")),
        ("mention.html", include_str!("templates/mention.html")),
        ("mention.txt", include_str!("templates/mention.txt")),
        ("notice.html", include_str!("templates/notice.html")),
        ("notice.txt", include_str!("templates/notice.txt")),
    ] {
        environment.add_template(name, source)?;
    }
    Ok(ENVIRONMENT.get_or_init(|| environment))
}

/// The text and the HTML of a template's two halves.
pub(super) fn pages(template: &str, context: &impl Serialize) -> Result<(String, String), RenderError> {
    let environment = environment()?;
    let context = Value::from(Serde(context));
    let text = environment.get_template(&format!("{template}.txt"))?.render(context.clone())?;
    let html = environment.get_template(&format!("{template}.html"))?.render(context)?;
    Ok((text.trim_end().to_owned() + "\n", html))
}

/// One template.
pub(super) fn page(template: &str, context: &impl Serialize) -> Result<String, RenderError> {
    Ok(environment()?.get_template(template)?.render(Value::from(Serde(context)))?)
}

/// The mail of a content.
pub(super) fn mail(content: &Content<'_>, frame: Frame<'_>) -> Result<RenderedMail, RenderError> {
    match content {
        Content::Mentions(view) => super::mail::render(view, frame),
        Content::Digest(view) => super::digest::render(view, frame),
        Content::Spike(view) => super::spike::render(view, frame),
        Content::Coverage(view) => super::notice::coverage(view, frame),
        Content::Refusal(view) => super::notice::refusal(view, frame),
        Content::DeadLetter(view) => super::notice::dead_letter(view, frame),
        Content::Unwritable(view) => super::notice::unwritable(view, frame),
        Content::Test(view) => super::notice::test(view, frame),
    }
}
