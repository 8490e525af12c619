//! What an answer to a mail asks for: the actions, the signed tokens that carry them, the words that say
//! them. Owns no mailbox and does nothing: `replies` reads, `wishes` does.

pub mod letter;
mod token;
mod words;

use sha2::{Digest, Sha256};

pub use token::{Refused, Signer, Token, VALID, WHOLE, in_address, in_reference, in_subject, message_tag, reference};
pub use words::{Said, said};

use crate::mention::Polarity;

/// What can be done with a mention by answering the mail that tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// It needs nobody any more.
    Handled,
    /// Who answers takes care of it.
    Mine,
    /// It does not speak of the brand.
    NotUs,
    /// It has another tone: negative, neutral or positive.
    Tone(Polarity),
    /// Nothing more of its story for a while.
    MuteStory,
    /// It is sent to a channel, told by [`channel_tag`].
    Forward(u32),
}

impl Action {
    /// The word under which it is kept and shown to programs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Handled => "handled",
            Self::Mine => "mine",
            Self::NotUs => "not_us",
            Self::Tone(Polarity::Positive) => "positive",
            Self::Tone(Polarity::Neutral) => "neutral",
            Self::Tone(_) => "negative",
            Self::MuteStory => "mute_story",
            Self::Forward(_) => "forward",
        }
    }

    /// True for what can be said of all mentions of a message at once.
    #[must_use]
    pub const fn takes_several(self) -> bool {
        matches!(self, Self::Handled | Self::Mine | Self::Forward(_))
    }
}

/// How long an answer keeps a story quiet.
pub const MUTED: std::time::Duration = std::time::Duration::from_hours(7 * 24);

/// What a token calls a channel: the first 32 bits of SHA-256 of its name.
#[must_use]
pub fn channel_tag(name: &str) -> u32 {
    u32::from_be_bytes(first(name))
}

/// What a token calls an address: the first 32 bits of SHA-256 of it in lower case.
fn recipient_tag(address: &str) -> [u8; 4] {
    first(&folded(address))
}

/// An address as it is compared: mail programs change its case.
fn folded(address: &str) -> String {
    address.trim().to_lowercase()
}

fn first(text: &str) -> [u8; 4] {
    let digest = Sha256::digest(text.as_bytes());
    let mut first = [0; 4];
    first.copy_from_slice(&digest[..4]);
    first
}
