//! The keys that sign webhooks, as Standard Webhooks writes them: `whsec_` and base64 of 24 to 64 bytes. Owns their
//! form; several stand in one secret while it is exchanged for the next.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Secret;
use super::secret::{SecretError, SecretRef};

/// Keys that one secret may hold: each adds a signature of 48 bytes to every request.
const MOST: usize = 4;

/// Why there are no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// The secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// It is something else.
    #[error("not whsec_ and base64 of 24 to 64 bytes, one to four times")]
    Form,
}

/// One key or, while the receiver goes over to a new one, several; shows as `•••`.
#[derive(Clone)]
pub struct SigningKeys(Vec<Vec<u8>>);

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("•••")
    }
}

impl SigningKeys {
    /// Reads the secret: keys with white space between them, on lines of their own if you like.
    ///
    /// # Errors
    /// [`SigningError`].
    pub fn read(secret: &SecretRef) -> Result<Self, SigningError> {
        Self::of(&secret.read_lines()?).ok_or(SigningError::Form)
    }

    /// The keys of a value that was read; none where one of them is no key.
    #[must_use]
    pub fn of(secret: &Secret) -> Option<Self> {
        let keys: Option<Vec<_>> = secret.expose().split_whitespace().map(key).take(MOST + 1).collect();
        keys.filter(|keys| (1..=MOST).contains(&keys.len())).map(Self)
    }

    /// The keys' bytes, in the order of the secret.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(Vec::as_slice)
    }
}

fn key(written: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(written.strip_prefix("whsec_")?).ok()?;
    (24..=64).contains(&bytes.len()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_holds_one_to_four_keys_of_24_to_64_bytes() {
        let of = |bytes: usize| format!("whsec_{}", STANDARD.encode(vec![7; bytes]));
        for (secret, keys) in [
            (of(24), Some(1)),
            (of(64), Some(1)),
            (of(23), None),
            (of(65), None),
            (STANDARD.encode([7; 32]), None),
            ("whsec_not base64 at all, whatever it is".to_owned(), None),
            ("whsec_hunter2".to_owned(), None),
            (String::new(), None),
            (" \t".to_owned(), None),
            (format!("{} {}", of(24), of(32)), Some(2)),
            (format!("{}\r\n{}\n", of(24), of(32)), Some(2)),
            (format!("{}\n\n# the old one\n{}", of(24), of(32)), None),
            (format!("{},{}", of(24), of(32)), None),
            (vec![of(32); 4].join("\n"), Some(4)),
            (vec![of(32); 5].join("\n"), None),
        ] {
            let found = SigningKeys::of(&Secret::new(secret.clone())).map(|keys| keys.iter().count());
            assert_eq!(found, keys, "{secret}");
        }
    }

    #[test]
    fn keys_are_not_shown() {
        let secret = Secret::new(format!("whsec_{}", STANDARD.encode([7; 32])));
        assert_eq!(format!("{:?}", SigningKeys::of(&secret).unwrap()), "•••");
    }
}
