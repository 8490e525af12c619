//! From `channels:` of vigie.yaml to channels that send. Owns the joining of settings, secrets and the
//! HTTP client, and the one real message of `send-test`.

use jiff::Timestamp;

use crate::config::secret::SecretRef;
use crate::config::settings::{ChannelKind, ChannelSettings, ChatAddress, Security, SmtpSettings};
use crate::config::signing::SigningKeys;
use crate::config::{Settings, address};
use crate::live::Live;
use crate::locale::Locale;
use crate::message;
use crate::net::Client;
use crate::notify::chat::Target;
use crate::notify::outlet;
use crate::notify::{BuiltIn, Channel as _, Chat, Email, Message, Rendered, SendError, Style, Webhook};
use crate::outbox::Outlet;
use crate::store::{ChannelRow, Store, StoreError};
use crate::wishes::Answer;

/// The channels of this program.
pub type Built = BuiltIn<Client>;

/// A channel that cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("channel {channel}: {reason}")]
pub struct ChannelError {
    /// Its name.
    pub channel: String,
    /// One line.
    pub reason: String,
}

/// Sets all channels up.
///
/// # Errors
/// The first channel whose secret cannot be read or is none.
pub fn open_all(settings: &Settings, client: &Client, style: &Style) -> Result<Vec<Outlet<Built>>, ChannelError> {
    settings.channels.iter().map(|channel| open(settings, channel, client, style)).collect()
}

fn open(
    settings: &Settings,
    channel: &ChannelSettings,
    client: &Client,
    style: &Style,
) -> Result<Outlet<Built>, ChannelError> {
    let failed = |reason: String| ChannelError { channel: channel.name.clone(), reason };
    let locale = Locale::of(settings.language);
    let audience =
        message::audience(settings, channel, style).ok_or_else(|| failed("smtp: is not configured".to_owned()))?;
    let (built, address) = match &channel.kind {
        ChannelKind::Email { .. } => {
            let smtp = settings.smtp.as_ref().ok_or_else(|| failed("smtp: is not configured".to_owned()))?;
            let email = email(smtp, locale).map_err(failed)?;
            let security = match smtp.security {
                Security::StartTls => "starttls",
                Security::Tls => "tls",
                Security::None => "none",
            };
            let user = smtp.username.as_deref().unwrap_or_default();
            let address = outlet::address(&["email", &smtp.host, &smtp.port.to_string(), security, user]);
            (BuiltIn::Email(email), address)
        }
        ChannelKind::Webhook { url, secret } => {
            let keys = SigningKeys::read(secret).map_err(|error| failed(error.to_string()))?;
            (
                BuiltIn::Webhook(Webhook::new(client.clone(), url.clone(), keys, locale)),
                outlet::address(&["webhook", url]),
            )
        }
        ChannelKind::Chat(chat) => {
            let target = target(&chat.to).map_err(failed)?;
            let address = target.address();
            (BuiltIn::Chat(Chat::new(client.clone(), target, locale)), address)
        }
    };
    Ok(Outlet { name: channel.name.clone(), address, channel: built, audience })
}

/// A chat's address with its secrets.
fn target(chat: &ChatAddress) -> Result<Target, String> {
    let read = |secret: &SecretRef| secret.read().map_err(|error| error.to_string());
    Ok(match chat {
        ChatAddress::Hook { service, url } => {
            let url = read(url)?;
            // `check` looked at it only where it could read it.
            address::web(url.expose()).ok_or("not a web address")?;
            Target::Hook { service: *service, url }
        }
        ChatAddress::Telegram { server, token, chat } => {
            Target::Telegram { server: server.clone(), token: read(token)?, chat: chat.clone() }
        }
        ChatAddress::Ntfy { server, topic, token } => Target::Ntfy {
            server: server.clone(),
            topic: topic.read().map_err(|error| error.to_string())?,
            token: token.as_ref().map(read).transpose()?,
        },
    })
}

fn email(smtp: &SmtpSettings, locale: Locale) -> Result<Email, String> {
    let password = smtp.password.as_ref().map(SecretRef::read).transpose();
    let password = password.map_err(|error| error.to_string())?;
    Email::new(smtp, password.as_ref(), locale).map_err(|error| error.to_string())
}

/// The mail server of `smtp:`, to be greeted and not written to.
///
/// # Errors
/// Why it cannot be set up, in one line.
pub fn mail_server(settings: &Settings) -> Result<Email, String> {
    let smtp = settings.smtp.as_ref().ok_or("smtp: is not configured")?;
    email(smtp, Locale::of(settings.language))
}

/// Sends one test message to each listener of a channel, at once and past the outbox; a channel that was
/// paused or disabled works again after it.
///
/// # Errors
/// The store's.
pub async fn send_test<S: Store>(store: &S, live: &Live, name: &str, now: Timestamp) -> Result<Answer, StoreError> {
    let Some(channel) = message::channel(&live.settings, name) else {
        return Ok(Answer::refused(format!("no channel {name}")));
    };
    let outlet = match open(&live.settings, channel, &live.client, &live.style) {
        Ok(outlet) => outlet,
        Err(error) => return Ok(Answer::refused(error.to_string())),
    };
    let nonce = now.as_microsecond().to_string();
    let Some(message) = message::of_test(live, channel, &nonce, now) else {
        return Ok(Answer::refused(format!("no message for {name}")));
    };
    let mut answer = Answer::default();
    for delivery in message.deliveries {
        let body = match Rendered::unpack(&delivery.body) {
            Ok(body) => body,
            Err(error) => return Ok(Answer::refused(error.to_string())),
        };
        let message = Message { id: message.id.clone(), recipient: delivery.recipient, body, now };
        match outlet.channel.send(&message).await {
            Ok(()) => answer.done += 1,
            Err(
                SendError::Retry { detail, .. }
                | SendError::Permanent { detail }
                | SendError::Channel { detail, .. }
                | SendError::Disabled { detail },
            ) => {
                let to = if message.recipient.is_empty() { String::new() } else { format!("{}: ", message.recipient) };
                answer.error = Some(format!("{to}{detail}"));
            }
        }
    }
    if answer.error.is_none() {
        let row =
            ChannelRow { name: outlet.name, state: "ok".to_owned(), detail: None, address: outlet.address, since: now };
        store.keep_channel(row).await?;
    }
    Ok(answer)
}

/// The word of a channel's kind in `status`.
#[must_use]
pub const fn kind_word(kind: &ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Email { .. } => "email",
        ChannelKind::Webhook { .. } => "webhook",
        ChannelKind::Chat(chat) => chat.to.service().word(),
    }
}
