//! Channels: how a message leaves. One file a channel, templates beside them. Owns rendering and
//! sending of one message; when and how often is `outbox`.

use std::future::Future;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod answers;
mod capped;
pub mod chat;
pub mod content;
mod csv;
mod digest;
pub mod email;
mod identity;
mod mail;
mod moderation;
mod notice;
pub mod outlet;
mod phrases;
mod post;
mod render;
mod spike;
pub mod templates;
pub mod webhook;

pub use answers::Answers;
pub use chat::Chat;
pub use content::Content;
pub use digest::{ReportBody, lists, page, report_foot};
pub use email::Email;
pub use identity::message_id;
pub use outlet::{Audience, BuiltIn, Style};
pub use render::RenderError;
pub use templates::Templates;
pub use webhook::Webhook;

pub use crate::text::clean;

/// A message for one recipient, as it is kept in the outbox: everything but the Date of a mail, the
/// timestamp and the signature of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rendered {
    /// A mail.
    Mail(RenderedMail),
    /// The JSON body of a webhook, byte for byte.
    Webhook {
        /// The body.
        body: String,
    },
    /// A message to a chat.
    Chat {
        /// Whose form it has.
        service: chat::Service,
        /// What it is about, for people: at most 70 characters.
        subject: String,
        /// The JSON body, byte for byte, less what the address adds.
        body: String,
    },
}

/// A mail, without Date.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedMail {
    /// At most 70 characters, no control characters.
    pub subject: String,
    /// Every address of the channel, as the To header shows them.
    pub to: Vec<String>,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// Copies of what is to be moderated: file name and text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<(String, String)>,
    /// A CSV of all mentions, past 20.
    pub csv: Option<String>,
    /// Pictures that the HTML part names by `cid:`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<Picture>,
    /// Further headers in order: List-Id, List-Unsubscribe, Auto-Submitted, X-Vigie-*.
    pub headers: Vec<(String, String)>,
}

/// A picture inside a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its Content-ID, without angle brackets.
    pub cid: String,
    /// A PNG in base64.
    pub png: String,
}

impl Picture {
    fn png(cid: String, bytes: &[u8]) -> Self {
        Self { cid, png: STANDARD.encode(bytes) }
    }
}

/// What a channel sends.
#[derive(Debug, Clone)]
pub struct Message {
    /// The hash that Message-ID and webhook-id are made of.
    pub id: String,
    /// The recipient's mail address; empty for a webhook and a chat.
    pub recipient: String,
    /// The body.
    pub body: Rendered,
    /// For Date and the webhook's timestamp.
    pub now: Timestamp,
}

/// Why a message was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Try again, not before `after` when the peer said so.
    #[error("{detail}")]
    Retry {
        /// What the peer asked for.
        after: Option<Duration>,
        /// One line.
        detail: String,
    },
    /// This message or recipient will never be accepted.
    #[error("{detail}")]
    Permanent {
        /// One line.
        detail: String,
    },
    /// The channel cannot send anything: password, TLS, no connection.
    #[error("{detail}")]
    Channel {
        /// True where time alone may mend it (no connection): tried again soon, then hourly. A refused
        /// password is tried hourly from the first, lest the account be locked.
        passing: bool,
        /// One line.
        detail: String,
    },
    /// The peer wants nothing more (410): disabled until the address changes or a test succeeds.
    #[error("{detail}")]
    Disabled {
        /// One line.
        detail: String,
    },
}

/// The channel seam.
pub trait Channel: Send + Sync {
    /// Sends one message to its recipient under the channel's own deadlines.
    ///
    /// # Errors
    /// [`SendError`] says what to do with the message.
    fn send(&self, message: &Message) -> impl Future<Output = Result<(), SendError>> + Send;
}
