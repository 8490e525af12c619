//! What passes between `fetch` and `source`: a request to make, the answer it got, and what makes the next
//! one ask for news alone: validators, or the place in a mailbox. Owns no transport and no parsing.

use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that a source wants to be fetched.
///
/// Address, headers and body may say `{secret:NAME}`: whoever sends the request puts the credential in, and
/// only towards the source's own host.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// An absolute `http:` or `https:` address; with [`Tag::Letters`] the address of a mailbox.
    pub url: String,
    /// Says to the source what the answer is for; `fetch` hands it back unread.
    pub tag: Tag,
    /// The validators of the last answer to this address, sent byte for byte.
    pub validators: Option<Validators>,
    /// Headers beside those that every request has, sent to the source's own host alone.
    pub headers: Vec<(String, String)>,
    /// What a POST sends; absent: GET. No redirect of a POST is followed.
    pub body: Option<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be a session's token.
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Request")
            .field("url", &self.url)
            .field("tag", &self.tag)
            .field("validators", &self.validators)
            .field("headers", &names)
            .field("body", &self.body.as_ref().map(String::len))
            .finish()
    }
}

/// What a request was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tag {
    /// The feed, the JSON document, the page, or the first page of a list of topics.
    #[default]
    Main,
    /// A further page of the list, counted from 1.
    Page(u16),
    /// One page of a topic: its place in the list of this poll, and its page counted from 0.
    Topic {
        /// Place in the list.
        topic: u16,
        /// Page of the topic.
        page: u16,
    },
    /// What opens a session: its answer names the token that the next request carries.
    Session,
    /// The letters of a mailbox past its [`Cursor`]; each one is an answer of its own.
    Letters,
}

/// `ETag` and `Last-Modified` as the server wrote them (RFC 9110, section 8.8).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validators {
    /// The value of `ETag`, quotes and `W/` included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The value of `Last-Modified`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl Validators {
    /// True when neither is there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// A successful answer: status 200 to 299, the whole body.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The address after redirects; relative links are relative to it.
    pub url: String,
    /// The request's tag.
    pub tag: Tag,
    /// The value of `Content-Type`.
    pub content_type: Option<String>,
    /// Validators to store with what was read.
    pub validators: Validators,
    /// After decompression, within the byte cap.
    pub body: Vec<u8>,
    /// When the last byte came.
    pub received: Timestamp,
}

/// Where a secret is kept; `config::secret` reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretRef {
    /// A file of that name in `$CREDENTIALS_DIRECTORY`.
    Credential(String),
    /// A file that only its owner (and root) can read.
    File(PathBuf),
    /// An environment variable.
    Env(String),
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// STARTTLS, required.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// In clear; refused off loopback.
    None,
}

/// A mailbox whose letters are read, and neither moved, marked nor deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbox {
    /// A folder with `new` and `cur`, which a mail server fills.
    Maildir(PathBuf),
    /// A folder of an account on a server.
    Imap(Account),
}

/// An account of an IMAP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Name or address of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Name to log in with.
    pub username: String,
    /// Where the password is kept.
    pub password: SecretRef,
    /// As people write it: `INBOX`, `Alertes/Réseaux`.
    pub folder: String,
}

impl fmt::Display for Inbox {
    /// The address that names it: `maildir:/var/mail/vigie`, `imap://name@host:993/INBOX`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Maildir(path) => write!(f, "maildir:{}", path.display()),
            Self::Imap(Account { host, port, username, folder, .. }) => {
                let (name, host) = (username.replace(['@', '/', ':'], "_"), host.trim_matches(['[', ']']));
                if host.contains(':') {
                    write!(f, "imap://{name}@[{host}]:{port}/{folder}")
                } else {
                    write!(f, "imap://{name}@{host}:{port}/{folder}")
                }
            }
        }
    }
}

/// How far a mailbox has been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cursor {
    /// Of a Maildir.
    Maildir {
        /// Eight bytes of hash for each name of the folder that was read or passed over, as base64.
        names: String,
    },
    /// Of an IMAP folder (RFC 3501, section 2.3.1.1).
    Imap {
        /// While it stays, the numbers below mean the same letters.
        validity: u32,
        /// The highest number read.
        uid: u32,
    },
}

/// One letter as it lies in its mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What the mailbox calls it: the base of a file's name, an IMAP number.
    pub name: String,
    /// Headers and body, cut at a cap.
    pub bytes: Vec<u8>,
    /// When it came to the mailbox.
    pub received: Option<Timestamp>,
}
