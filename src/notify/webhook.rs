//! The webhook channel: a POST signed by Standard Webhooks (standardwebhooks.com, specification 1.0).
//! Owns the signature and what each status means; the HTTP client is handed in as [`Post`].

use std::future::Future;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Channel, Message, Rendered, SendError, clean};
use crate::config::signing::SigningKeys;
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

/// The header `webhook-signature`: for each key `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, the
/// timestamp in Unix seconds, with a space between. A receiver takes the request when one of them is right, so that
/// neither side has to change its key at the other's minute.
#[must_use]
pub fn signature(keys: &SigningKeys, id: &str, timestamp: i64, body: &str) -> String {
    let one = |key: &[u8]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body.as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    };
    keys.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The webhook channel.
#[derive(Debug)]
pub struct Webhook<P> {
    client: P,
    url: String,
    keys: SigningKeys,
    deadline: Duration,
    locale: Locale,
}

impl<P: Post> Webhook<P> {
    /// A channel to `url`. `locale` is of the errors' sentences.
    pub const fn new(client: P, url: String, keys: SigningKeys, locale: Locale) -> Self {
        Self { client, url, keys, deadline: DEADLINE, locale }
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
        let signature = signature(&self.keys, &message.id, timestamp, body);
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
    use crate::config::Secret;

    #[test]
    fn each_key_signs_as_the_specification_says() {
        // The example of the Standard Webhooks libraries' own tests.
        const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        const SIGNED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        const NEW: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
        let signed = |secret: &str| {
            let keys = SigningKeys::of(&Secret::new(secret.to_owned())).expect("keys");
            signature(&keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#)
        };
        assert_eq!(signed(OLD), SIGNED);
        assert_ne!(signed(NEW), SIGNED);
        assert_eq!(signed(&format!("{NEW}\n{OLD}")), format!("{} {SIGNED}", signed(NEW)));
    }
}
