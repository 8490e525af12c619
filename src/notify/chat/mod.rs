//! Chats: Slack, Microsoft Teams, Discord, Mattermost, Telegram, ntfy. A message becomes a view that is the
//! same for all of them (`view`); each service's own file writes it in that service's markup, holds its
//! limits, and says what its answers mean. Owns no retry: that is `outbox`'s.
//!
//! No service but ntfy lets a sender name a message, so a repeat after an answer that was lost is a second
//! message there: it is the same to the byte, and ends with the same short id. ntfy 2.16 and its clients
//! replace the first by the second.

mod discord;
mod markup;
mod mattermost;
mod ntfy;
mod render;
mod send;
mod slack;
mod teams;
mod telegram;
mod view;

use std::time::Duration;

use url::Url;

pub(super) use render::render;
pub use send::Chat;

use crate::config::Secret;
pub use crate::config::settings::Service;
use crate::notify::outlet;

/// Where the messages of a chat go, with the secrets that it takes.
#[derive(Debug, Clone)]
pub enum Target {
    /// A webhook whose address is all that is needed.
    Hook {
        /// Whose.
        service: Service,
        /// The address.
        url: Secret,
    },
    /// A bot of Telegram.
    Telegram {
        /// The Bot API server, without a slash at its end.
        server: String,
        /// The bot's token.
        token: Secret,
        /// A number, or `@name`.
        chat: String,
    },
    /// A topic of ntfy.
    Ntfy {
        /// Without a slash at its end.
        server: String,
        /// The topic.
        topic: Secret,
        /// An access token.
        token: Option<Secret>,
    },
}

impl Target {
    /// The service.
    #[must_use]
    pub const fn service(&self) -> Service {
        match self {
            Self::Hook { service, .. } => *service,
            Self::Telegram { .. } => Service::Telegram,
            Self::Ntfy { .. } => Service::Ntfy,
        }
    }

    /// A text of the service without what opens the way to it: services echo the address they were asked under.
    fn hidden_in(&self, text: &str) -> String {
        let hide = |text: String, secret: &Secret| secret.hidden_in(&text);
        match self {
            Self::Hook { url, .. } => {
                let text = url.hidden_in(text);
                let Ok(parsed) = Url::parse(url.expose()) else { return text };
                // Of the path, what no word is as long as.
                let parts = parsed.path_segments().into_iter().flatten().filter(|part| part.len() >= 16);
                let values = parsed.query_pairs().map(|(_, value)| value.into_owned());
                let parts = parts.map(str::to_owned).chain(values).map(Secret::new);
                parts.fold(text, |text, part| part.hidden_in(&text))
            }
            Self::Telegram { token, .. } => {
                let key = token.expose().split_once(':').map(|(_, key)| Secret::new(key.to_owned()));
                key.iter().fold(token.hidden_in(text), hide)
            }
            Self::Ntfy { topic, token, .. } => token.iter().fold(topic.hidden_in(text), hide),
        }
    }

    /// See [`outlet::address`]. A new token counts as a new address: what a service refused of the old one
    /// says nothing of it.
    #[must_use]
    pub fn address(&self) -> u64 {
        let word = self.service().word();
        match self {
            Self::Hook { url, .. } => outlet::address(&[word, url.expose()]),
            Self::Telegram { server, token, chat } => outlet::address(&[word, server, token.expose(), chat]),
            Self::Ntfy { server, topic, token } => {
                let token = token.as_ref().map(Secret::expose).unwrap_or_default();
                outlet::address(&[word, server, topic.expose(), token])
            }
        }
    }
}

/// What an answer of a service means.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning {
    /// The message is there.
    Taken,
    /// Try again, not before this time when the service said so.
    Again(Option<Duration>),
    /// This message will never be taken; the next one may be.
    Never,
    /// Nothing goes through until somebody there allows it: tried hourly.
    Barred,
    /// The webhook, the bot or the chat is gone: nothing is sent until the address changes or a test succeeds.
    Gone,
    /// Telegram: the chat has this number from now on.
    Moved(i64),
}
