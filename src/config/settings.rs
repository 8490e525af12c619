//! What vigie.yaml says, checked, with every default filled in.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::secret::{Secret, SecretError};
use super::{Place, SecretRef};
use crate::exchange::Inbox;
pub use crate::exchange::Security;

/// The language of mails, reports and messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum UiLanguage {
    /// French.
    #[default]
    French,
    /// English.
    English,
}

impl UiLanguage {
    /// Its code: `fr`, `en`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }
}

/// The daemon's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file they were read from, as reached from `--config`.
    pub file: PathBuf,
    /// Of everything that users read.
    pub language: UiLanguage,
    /// Of dates shown, and of local days.
    pub timezone: TimeZone,
    /// Folder with the watchlists.
    pub watchlists: PathBuf,
    /// The database file.
    pub store: PathBuf,
    /// How long mentions are kept. Default 400 days.
    pub retention: Duration,
    /// How long the texts of all entries are kept; zero keeps none. Default 30 days.
    pub keep_entries: Duration,
    /// Fetching.
    pub fetch: FetchSettings,
    /// The mail server; present where an email channel is used.
    pub smtp: Option<SmtpSettings>,
    /// The only credentials that watchlists may name.
    pub watchlist_credentials: Vec<String>,
    /// Gets the figures of `metrics:`.
    pub metrics: Option<PathBuf>,
    /// Folder of Atom files, one a brand.
    pub atom: Option<PathBuf>,
    /// Is asked while all is well.
    pub heartbeat: Option<String>,
    /// Folder of templates that stand in for the built-in ones.
    pub templates: Option<PathBuf>,
    /// Where answers to mails arrive.
    pub replies: Option<RepliesSettings>,
    /// Channels in the file's order.
    pub channels: Vec<ChannelSettings>,
}

/// `replies:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepliesSettings {
    /// The mailbox that is read.
    pub inbox: Inbox,
    /// The address whose mail arrives there; absent: the sender's. With [`RepliesSettings::TOKEN`] in it each message
    /// has one of its own, so that an answer says to what it is one whatever a mail program leaves out.
    pub address: Option<String>,
}

impl RepliesSettings {
    /// Stands in an address for a message's token.
    pub const TOKEN: &str = "{token}";
    /// Characters of such a token, see `action::token`.
    pub const TOKEN_LENGTH: usize = 52;
}

/// `fetch:`.
#[derive(Debug, Clone)]
pub struct FetchSettings {
    /// Goes into the User-Agent.
    pub contact: Option<String>,
    /// Requests in flight. Default 64.
    pub concurrency: usize,
    /// Private addresses that may be reached.
    pub allow_private: Vec<OpenedAddress>,
    /// From the start of a request to its last byte. Default 30 s.
    pub timeout: Duration,
    /// After decompression. Default 8 MiB.
    pub max_bytes: usize,
    /// The longest adaptive interval. Default 1 h.
    pub slowest: Duration,
    /// What every HTTP request goes through, other than those to opened addresses. The one way to a proxy:
    /// the environment's are not looked at.
    pub proxy: Option<SecretOrText>,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            contact: None,
            concurrency: 64,
            allow_private: Vec::new(),
            timeout: Duration::from_secs(30),
            max_bytes: 8 << 20,
            slowest: Duration::from_hours(1),
            proxy: None,
        }
    }
}

/// One entry of `allow_private`: `ADDRESS:PORT` or `NETWORK/BITS:PORT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenedAddress {
    /// The address, or the network's.
    pub network: IpAddr,
    /// Leading bits that must agree: 32 or 128 for one address.
    pub bits: u8,
    /// The port.
    pub port: u16,
}

impl OpenedAddress {
    /// True when this opens `address` and `port`.
    #[must_use]
    pub fn opens(&self, address: IpAddr, port: u16) -> bool {
        let same = match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits.min(32))).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits.min(128))).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        };
        same && self.port == port
    }
}

/// `smtp:`.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Name or address.
    pub host: String,
    /// Default 587, 465 with `tls`, 25 with `none`.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// For AUTH.
    pub username: Option<String>,
    /// For AUTH.
    pub password: Option<SecretRef>,
    /// The From of every mail: `Name <address>` or `address`.
    pub from: Mailbox,
    /// Where it stands.
    pub place: Place,
}

/// A name and an address, both checked: no control characters, an address that SMTP takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name.
    pub name: Option<String>,
    /// `local@domain`.
    pub address: String,
}

/// One entry of `channels:`.
#[derive(Debug, Clone)]
pub struct ChannelSettings {
    /// Its name in `to:`.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub kind: ChannelKind,
}

/// What a channel is.
#[derive(Debug, Clone)]
pub enum ChannelKind {
    /// Mails, one delivery a recipient.
    Email {
        /// At least one.
        to: Vec<Recipient>,
    },
    /// A signed POST (Standard Webhooks).
    Webhook {
        /// Where to.
        url: String,
        /// `whsec_` + base64 of 24 to 64 bytes, or several of them while the secret is exchanged.
        secret: SecretRef,
    },
    /// Messages to a chat.
    Chat(ChatSettings),
}

/// A chat, by the service that keeps it.
#[derive(Debug, Clone)]
pub struct ChatSettings {
    /// Where its messages go.
    pub to: ChatAddress,
    /// Of its messages; else the settings'.
    pub language: Option<UiLanguage>,
}

/// Where the messages of a chat go.
#[derive(Debug, Clone)]
pub enum ChatAddress {
    /// A webhook whose address is all that is needed.
    Hook {
        /// Whose.
        service: Service,
        /// The address; whoever knows it can post.
        url: SecretRef,
    },
    /// A bot of Telegram.
    Telegram {
        /// The Bot API server, without a slash at its end.
        server: String,
        /// The bot's token.
        token: SecretRef,
        /// A number, or `@name` of a public channel.
        chat: String,
    },
    /// A topic of ntfy.
    Ntfy {
        /// Without a slash at its end.
        server: String,
        /// The topic.
        topic: SecretOrText,
        /// An access token.
        token: Option<SecretRef>,
    },
}

impl ChatAddress {
    /// The service.
    #[must_use]
    pub const fn service(&self) -> Service {
        match self {
            Self::Hook { service, .. } => *service,
            Self::Telegram { .. } => Service::Telegram,
            Self::Ntfy { .. } => Service::Ntfy,
        }
    }
}

/// The services whose chats vigie writes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Slack.
    Slack,
    /// Microsoft Teams.
    Teams,
    /// Discord.
    Discord,
    /// Mattermost.
    Mattermost,
    /// Telegram.
    Telegram,
    /// ntfy.
    Ntfy,
}

impl Service {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 6] = [Self::Slack, Self::Teams, Self::Discord, Self::Mattermost, Self::Telegram, Self::Ntfy];

    /// Its key in vigie.yaml, and its word in `status`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Discord => "discord",
            Self::Mattermost => "mattermost",
            Self::Telegram => "telegram",
            Self::Ntfy => "ntfy",
        }
    }

    /// As its makers write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slack => "Slack",
            Self::Teams => "Teams",
            Self::Discord => "Discord",
            Self::Mattermost => "Mattermost",
            Self::Telegram => "Telegram",
            Self::Ntfy => "ntfy",
        }
    }
}

/// A value that may be written plainly, and may be a secret.
#[derive(Debug, Clone)]
pub enum SecretOrText {
    /// As written.
    Text(String),
    /// Kept elsewhere.
    Secret(SecretRef),
}

impl SecretOrText {
    /// The value.
    ///
    /// # Errors
    /// [`SecretError`]; none of them holds the value.
    pub fn read(&self) -> Result<Secret, SecretError> {
        match self {
            Self::Text(text) => Ok(Secret::new(text.clone())),
            Self::Secret(reference) => reference.read(),
        }
    }
}

/// Who gets the mails of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Name and address.
    pub mailbox: Mailbox,
    /// Of this recipient's mails; else the settings'.
    pub language: Option<UiLanguage>,
}
