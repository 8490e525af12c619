//! The channel of a chat: one POST, and what its answer means. Owns what the address adds to a body; the
//! meanings are each service's file's.

use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};

use super::{Meaning, Service, Target, discord, mattermost, ntfy, slack, teams, telegram};
use crate::locale::Locale;
use crate::notify::webhook::{self, Post, Posted};
use crate::notify::{Channel, Message, Rendered, SendError, clean};

/// Characters of an answer that are told.
const SAID: usize = 200;

/// The channel of a chat.
#[derive(Debug)]
pub struct Chat<P> {
    client: P,
    target: Target,
    locale: Locale,
    deadline: std::time::Duration,
    /// The number that Telegram gave the chat since; 0 for none.
    moved: AtomicI64,
}

/// What is posted.
struct Request {
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl<P: Post> Chat<P> {
    /// A channel to `target`. `locale` is of the errors' sentences.
    pub const fn new(client: P, target: Target, locale: Locale) -> Self {
        Self { client, target, locale, deadline: webhook::DEADLINE, moved: AtomicI64::new(0) }
    }

    /// The same channel with another deadline.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: std::time::Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The body of the outbox with what the address adds.
    fn request(&self, body: &str) -> Result<Request, serde_json::Error> {
        let mut headers = vec![("content-type", "application/json".to_owned())];
        let (url, body) = match &self.target {
            // Without it Discord answers before it looks at the message.
            Target::Hook { service: Service::Discord, url } => {
                let url = url.expose();
                (format!("{url}{}wait=true", if url.contains('?') { '&' } else { '?' }), body.as_bytes().to_vec())
            }
            Target::Hook { url, .. } => (url.expose().to_owned(), body.as_bytes().to_vec()),
            Target::Telegram { server, token, chat } => {
                let moved = self.moved.load(Ordering::Relaxed);
                let chat = if moved == 0 {
                    chat.parse::<i64>().map_or_else(|_| json!(chat), |id| json!(id))
                } else {
                    json!(moved)
                };
                let url = format!("{server}/bot{}/sendMessage", token.expose());
                (url, with(body, "chat_id", chat)?)
            }
            Target::Ntfy { server, topic, token } => {
                if let Some(token) = token {
                    headers.push(("authorization", format!("Bearer {}", token.expose())));
                }
                (format!("{server}/"), with(body, "topic", json!(topic.expose()))?)
            }
        };
        Ok(Request { url, headers, body })
    }

    async fn post(&self, body: &str) -> Result<Posted, SendError> {
        let request = self.request(body).map_err(|error| SendError::Permanent { detail: error.to_string() })?;
        let headers: Vec<(&str, &str)> = request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        webhook::posted(&self.client, &request.url, &headers, request.body, self.deadline, self.locale).await
    }

    fn judge(&self, posted: &Posted) -> Meaning {
        match posted.status {
            // No service moves its webhooks; whoever stands between does.
            300..=399 => return Meaning::Again(None),
            410 => return Meaning::Gone,
            _ => {}
        }
        match self.target.service() {
            Service::Slack => slack::judge(posted),
            Service::Teams => teams::judge(posted),
            Service::Discord => discord::judge(posted),
            Service::Mattermost => mattermost::judge(posted),
            Service::Telegram => telegram::judge(posted),
            Service::Ntfy => ntfy::judge(posted),
        }
    }

    /// `Slack answered 404: no_service`.
    fn said(&self, posted: &Posted) -> String {
        let answer: Value = serde_json::from_str(&posted.body).unwrap_or_default();
        let words = ["/description", "/error/message", "/message", "/error"];
        let told = words.iter().find_map(|place| answer.pointer(place)?.as_str()).unwrap_or(&posted.body);
        let said = clean::line(&self.target.hidden_in(told), SAID);
        let key = if said.is_empty() { "chat-said-nothing" } else { "chat-said" };
        let service = self.target.service().name();
        let arguments = [("service", service.into()), ("status", posted.status.into()), ("said", said.into())];
        self.locale.format(key, &arguments)
    }
}

/// A JSON object with one more key.
fn with(body: &str, key: &str, value: Value) -> Result<Vec<u8>, serde_json::Error> {
    let mut object: serde_json::Map<String, Value> = serde_json::from_str(body)?;
    object.insert(key.to_owned(), value);
    serde_json::to_vec(&object)
}

impl<P: Post> Channel for Chat<P> {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        let body = match &message.body {
            Rendered::Chat { service, body, .. } if *service == self.target.service() => body,
            _ => return Err(SendError::Permanent { detail: self.locale.text("chat-not-a-chat") }),
        };
        let mut posted = self.post(body).await?;
        let mut meaning = self.judge(&posted);
        if let Meaning::Moved(chat) = meaning {
            let chat_name = chat.to_string();
            let advice = self.locale.format("chat-moved", &[("chat", chat_name.clone().into())]);
            tracing::warn!(event = "chat_moved", chat = chat_name, "{advice}");
            self.moved.store(chat, Ordering::Relaxed);
            posted = self.post(body).await?;
            meaning = self.judge(&posted);
        }
        let detail = || self.said(&posted);
        match meaning {
            Meaning::Taken => Ok(()),
            Meaning::Again(after) => Err(SendError::Retry { after, detail: detail() }),
            Meaning::Never => Err(SendError::Permanent { detail: detail() }),
            // Moved twice in a row is no way to go.
            Meaning::Barred | Meaning::Moved(_) => Err(SendError::Channel { passing: false, detail: detail() }),
            Meaning::Gone => Err(SendError::Disabled { detail: detail() }),
        }
    }
}
