//! Bytes that nobody can guess, from the system, for keys of our own. Owns no key.

use tokio_rustls::rustls::crypto::aws_lc_rs;

/// The system gives no chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoChance;

/// Thirty-two bytes for a key.
///
/// # Errors
/// [`NoChance`].
pub fn key() -> Result<[u8; 32], NoChance> {
    let mut key = [0; 32];
    aws_lc_rs::default_provider().secure_random.fill(&mut key).map_err(|_| NoChance)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_keys_differ() {
        assert_ne!(super::key().unwrap(), super::key().unwrap());
    }
}
