//! The webhook channel: a POST signed by Standard Webhooks (standardwebhooks.com, specification 1.0).
//! Owns the secret, the signature and what each status means; the HTTP client is handed in as [`Post`].

use std::future::Future;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Channel, Message, Rendered, SendError, clean};
use crate::config::Secret;
use crate::locale::Locale;

/// From the first packet to the last byte of the answer.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// What a peer answered a POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The HTTP status; of a redirect its own, not the target's.
    pub status: u16,
    /// The Retry-After header, as a wait from now.
    pub retry_after: Option<Duration>,
    /// The beginning of what was said; what is no UTF-8 in it is replaced.
    pub body: String,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostFailure {
    /// No connection came about: DNS, refused, TLS, an address that is not opened. Nothing was said.
    NoConnection(String),
    /// It broke or took too long after the connection stood: the peer may have the message.
    Cut(String),
}

/// An HTTP client that posts once: no redirect followed, no address reached that is not opened.
pub trait Post: Send + Sync {
    /// Posts `body` to `url` and reads the answer, all under `deadline`.
    ///
    /// # Errors
    /// [`PostFailure`] when there is no status.
    fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
        deadline: Duration,
    ) -> impl Future<Output = Result<Posted, PostFailure>> + Send;
}

/// The secret is not `whsec_` and base64 of 24 to 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not whsec_ and base64 of 24 to 64 bytes")]
pub struct BadSecret;

/// A signing key.
#[derive(Clone)]
pub struct Key(Vec<u8>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("•••")
    }
}

impl Key {
    /// Reads `whsec_BASE64`.
    ///
    /// # Errors
    /// [`BadSecret`].
    pub fn read(secret: &Secret) -> Result<Self, BadSecret> {
        let encoded = secret.expose().trim().strip_prefix("whsec_").ok_or(BadSecret)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| BadSecret)?;
        if (24..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(BadSecret) }
    }

    /// `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; the timestamp in Unix seconds.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body.as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// The webhook channel.
#[derive(Debug)]
pub struct Webhook<P> {
    client: P,
    url: String,
    key: Key,
    deadline: Duration,
    locale: Locale,
}

impl<P: Post> Webhook<P> {
    /// A channel to `url`. `locale` is of the errors' sentences.
    pub const fn new(client: P, url: String, key: Key, locale: Locale) -> Self {
        Self { client, url, key, deadline: DEADLINE, locale }
    }

    /// The same channel with another deadline.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    fn judge(&self, posted: &Posted) -> Result<(), SendError> {
        let Posted { status, retry_after, .. } = *posted;
        let detail = |key| self.locale.format(key, &[("status", status.into())]);
        match status {
            200..=299 => Ok(()),
            410 => Err(SendError::Disabled { detail: detail("notify-hook-gone") }),
            300..=399 => Err(SendError::Retry { after: None, detail: detail("notify-hook-redirect") }),
            // Any other answer is tried for the three days too, 401 and 404 included: whoever deploys the
            // receiver mends its route or its secret within hours, and a message that was given up at the
            // first 404 would be lost by a slip that is not ours.
            _ => Err(SendError::Retry { after: retry_after, detail: detail("notify-hook-status") }),
        }
    }
}

impl<P: Post> Channel for Webhook<P> {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        let Rendered::Webhook { body } = &message.body else {
            return Err(SendError::Permanent { detail: self.locale.text("notify-not-a-hook") });
        };
        let timestamp = message.now.as_second();
        let signature = self.key.sign(&message.id, timestamp, body);
        let headers = [
            ("content-type", "application/json"),
            ("webhook-id", message.id.as_str()),
            ("webhook-timestamp", &timestamp.to_string()),
            ("webhook-signature", &signature),
        ];
        let body = body.clone().into_bytes();
        let posted = posted(&self.client, &self.url, &headers, body, self.deadline, self.locale).await?;
        self.judge(&posted)
    }
}

/// Posts once, under the deadline, and says of a missing answer whose fault it is.
///
/// # Errors
/// `Channel` without a connection, `Retry` where the peer may have the message.
pub(super) async fn posted<P: Post>(
    client: &P,
    url: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
    deadline: Duration,
    locale: Locale,
) -> Result<Posted, SendError> {
    let post = client.post(url, headers, body, deadline);
    // The client has the deadline too; a client that errs about it must not hold the channel.
    match tokio::time::timeout(deadline + Duration::from_secs(1), post).await {
        Ok(Ok(posted)) => Ok(posted),
        Ok(Err(PostFailure::NoConnection(detail))) => {
            Err(SendError::Channel { passing: true, detail: clean::line(&detail, 300) })
        }
        Ok(Err(PostFailure::Cut(detail))) => Err(SendError::Retry { after: None, detail: clean::line(&detail, 300) }),
        Err(_) => {
            let seconds = deadline.as_secs() as i64;
            let detail = locale.format("notify-slow", &[("seconds", seconds.into())]);
            Err(SendError::Retry { after: None, detail })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of the Standard Webhooks libraries' own tests.
        let key = Key::read(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned())).unwrap();
        let signature = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_has_its_prefix_and_24_to_64_bytes() {
        let of = |bytes: usize| format!("whsec_{}", STANDARD.encode(vec![7; bytes]));
        for (secret, good) in [
            (of(24), true),
            (of(64), true),
            (of(23), false),
            (of(65), false),
            (STANDARD.encode([7; 32]), false),
            ("whsec_not base64 at all, whatever it is".to_owned(), false),
        ] {
            assert_eq!(Key::read(&Secret::new(secret.clone())).is_ok(), good, "{secret}");
        }
    }
}
