//! Secrets by reference only: `{credential: NAME}`, `{file: PATH}`, `{env: NAME}`.

use std::path::PathBuf;

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretRef {
    /// A file of that name in `$CREDENTIALS_DIRECTORY`.
    Credential(String),
    /// A file that only its owner (and root) can read.
    File(PathBuf),
    /// An environment variable.
    Env(String),
}

/// A secret's value; shows as `•••`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    #[must_use]
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The value, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("•••")
    }
}
