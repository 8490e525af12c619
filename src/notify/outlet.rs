//! What is behind a channel's name: who listens, and how a message gets there. Owns the choice between
//! the built-in channels; adding one is a line in each enum.

use sha2::{Digest, Sha256};

use super::answers::Answers;
use super::chat::{self, Chat, Service};
use super::templates::Templates;
use super::webhook::Post;
use super::{Channel, Content, Email, Message, RenderError, Rendered, SendError, Webhook, clean, render};
use crate::config::settings::{Mailbox, Recipient, UiLanguage};
use crate::locale::Locale;

/// How the mails of a configuration look, and how they can be answered.
#[derive(Debug, Clone, Default)]
pub struct Style {
    /// The built-in templates, with those of `templates:` over them.
    pub templates: Templates,
    /// Where `replies:` reads answers.
    pub answers: Option<Answers>,
}

/// Who listens on a channel: all that rendering has to know of it.
#[derive(Debug, Clone)]
pub enum Audience {
    /// People with mail addresses.
    Mail {
        /// The From of every mail.
        from: Mailbox,
        /// At least one.
        to: Vec<Recipient>,
        /// Of recipients that state none.
        language: UiLanguage,
        /// How the mails look, and how they can be answered.
        style: Style,
    },
    /// A program.
    Webhook,
    /// Whoever reads a chat.
    Chat {
        /// The service that keeps it.
        service: Service,
        /// Of its messages.
        language: UiLanguage,
    },
}

impl Audience {
    /// The content for each listener: `(recipient, body)`, one a mail address, or one with an empty
    /// recipient. The To header lists all; each recipient reads their own language.
    ///
    /// # Errors
    /// [`RenderError`].
    pub fn render(&self, content: &Content<'_>) -> Result<Vec<(String, Rendered)>, RenderError> {
        match self {
            Self::Webhook => {
                Ok(vec![(String::new(), Rendered::Webhook { body: clean::escaped(&content.json()?).into_owned() })])
            }
            Self::Chat { service, language } => {
                Ok(vec![(String::new(), chat::render(*service, content, Locale::of(*language))?)])
            }
            Self::Mail { from, to, language, style } => {
                let mut mails: Vec<(UiLanguage, Rendered)> = Vec::new();
                let mut deliveries = Vec::with_capacity(to.len());
                for recipient in to {
                    let language = recipient.language.unwrap_or(*language);
                    // What can be answered carries tokens of its recipient's own.
                    let known = mails.iter().find(|(of, _)| *of == language && style.answers.is_none());
                    let known = known.map(|(_, mail)| mail.clone());
                    let mail = if let Some(mail) = known {
                        mail
                    } else {
                        let frame = render::Frame {
                            from,
                            to,
                            recipient: &recipient.mailbox.address,
                            style,
                            locale: Locale::of(language),
                        };
                        let mail = Rendered::Mail(render::mail(content, frame)?);
                        mails.push((language, mail.clone()));
                        mail
                    };
                    deliveries.push((recipient.mailbox.address.clone(), mail));
                }
                Ok(deliveries)
            }
        }
    }

    /// The same channel without one recipient; nothing when nobody is left.
    #[must_use]
    pub fn without(&self, recipient: &str) -> Option<Self> {
        match self {
            Self::Webhook | Self::Chat { .. } => None,
            Self::Mail { from, to, language, style } => {
                let to: Vec<Recipient> = to.iter().filter(|one| one.mailbox.address != recipient).cloned().collect();
                let (from, style) = (from.clone(), style.clone());
                if to.is_empty() { None } else { Some(Self::Mail { from, to, language: *language, style }) }
            }
        }
    }
}

/// The channels that vigie has.
#[derive(Debug)]
pub enum BuiltIn<P> {
    /// Mails.
    Email(Email),
    /// A signed POST.
    Webhook(Webhook<P>),
    /// A message to a chat.
    Chat(Chat<P>),
}

impl<P: Post> Channel for BuiltIn<P> {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        match self {
            Self::Email(channel) => channel.send(message).await,
            Self::Webhook(channel) => channel.send(message).await,
            Self::Chat(channel) => channel.send(message).await,
        }
    }
}

/// What a channel points to, as one number: another one is a new channel, whose old state is void.
#[must_use]
pub fn address(parts: &[&str]) -> u64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
