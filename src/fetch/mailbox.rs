//! Letters out of a mailbox, Maildir or IMAP alike, past the place where the last reading ended. Owns the
//! limits and what a failure makes of a source; makes no entries of letters, so that whoever reads answers
//! to mails reads them here too.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::config::secret::SecretError;
use crate::exchange::{Cursor, Inbox, Letter};
use crate::health::SourceState;
use crate::net::imap::{ImapError, Read, Wanted};
use crate::net::{Client, NetError};

/// How much of a mailbox one reading takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Letters at most; of a mailbox never read before, the newest.
    pub letters: usize,
    /// Bytes of one letter; the rest of it is not looked at.
    pub letter_bytes: usize,
    /// Bytes of all letters; one more is begun below it.
    pub bytes: usize,
}

impl Default for Limits {
    /// 200 letters of 1 MiB at most, 16 MiB in all.
    fn default() -> Self {
        Self { letters: 200, letter_bytes: 1 << 20, bytes: 16 << 20 }
    }
}

/// What one reading brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Oldest first.
    pub letters: Vec<Letter>,
    /// Where the next reading goes on.
    pub cursor: Option<Cursor>,
    /// Letters that the next reading will find.
    pub left: usize,
    /// Letters that are there and cannot be read.
    pub unread: usize,
}

/// Why a mailbox was not read.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// The folder is not there.
    #[error("there is no folder {0}")]
    Missing(String),
    /// The folder may not be read.
    #[error("the folder {0} may not be read")]
    Forbidden(String),
    /// Not a Maildir.
    #[error("{0} is no folder of a Maildir, which has new and cur")]
    NotAMailbox(String),
    /// More letters than are looked through.
    #[error("the folder holds more than {0} letters")]
    TooMany(usize),
    /// The folder cannot be read for another reason.
    #[error("the folder cannot be read: {0}")]
    Io(io::Error),
    /// The password cannot be read.
    #[error("the password {reference}: {error}")]
    Secret {
        /// As written, without the value.
        reference: String,
        /// Why.
        error: SecretError,
    },
    /// The server's.
    #[error(transparent)]
    Imap(#[from] ImapError),
}

impl MailboxError {
    pub(super) fn of_folder(error: &io::Error, folder: &Path) -> Self {
        let shown = folder.display().to_string();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing(shown),
            io::ErrorKind::PermissionDenied => Self::Forbidden(shown),
            io::ErrorKind::NotADirectory => Self::NotAMailbox(shown),
            _ => Self::Io(io::Error::new(error.kind(), error.to_string())),
        }
    }

    /// The state that the source is in.
    #[must_use]
    pub const fn state(&self) -> SourceState {
        match self {
            Self::Missing(_) | Self::Imap(ImapError::Folder(_)) => SourceState::NotFound,
            Self::Forbidden(_) | Self::Secret { .. } | Self::Imap(ImapError::Login(_)) => SourceState::Refused,
            Self::NotAMailbox(_) => SourceState::NotAFeed,
            Self::TooMany(_) | Self::Imap(ImapError::Net(NetError::TooLarge { .. })) => SourceState::TooLarge,
            Self::Imap(ImapError::Busy(_)) => SourceState::RateLimited,
            Self::Imap(ImapError::NoTls | ImapError::Insecure) => SourceState::Certificate,
            Self::Imap(ImapError::Protocol(_)) => SourceState::Broken,
            Self::Imap(ImapError::Net(error)) => match error {
                NetError::NoConnection { .. } | NetError::Timeout { .. } => SourceState::Timeout,
                NetError::Certificate(_) => SourceState::Certificate,
                NetError::ForbiddenAddress { .. } => SourceState::ForbiddenAddress,
                _ => SourceState::Unreachable,
            },
            Self::Io(_) => SourceState::Unreachable,
        }
    }
}

/// A file system that does not answer holds a thread, not a poll.
const PATIENCE: Duration = Duration::from_mins(1);

/// Reads the letters past `cursor`; without one, the newest. Nothing is moved, marked or deleted.
///
/// # Errors
/// [`MailboxError`]
pub async fn read(
    client: &Client,
    inbox: &Inbox,
    cursor: Option<&Cursor>,
    limits: Limits,
) -> Result<Batch, MailboxError> {
    match inbox {
        Inbox::Maildir(folder) => {
            let (folder, cursor) = (folder.clone(), cursor.cloned());
            let reading = tokio::task::spawn_blocking(move || super::maildir::read(&folder, cursor.as_ref(), limits));
            match tokio::time::timeout(PATIENCE, reading).await {
                Ok(Ok(read)) => read,
                Ok(Err(panic)) => Err(MailboxError::Io(io::Error::other(panic))),
                Err(_) => Err(ImapError::Net(NetError::Timeout { after: PATIENCE }).into()),
            }
        }
        Inbox::Imap(account) => {
            let password = account
                .password
                .read()
                .map_err(|error| MailboxError::Secret { reference: account.password.written(), error })?;
            let after = match cursor {
                Some(Cursor::Imap { validity, uid }) => Some((*validity, *uid)),
                _ => None,
            };
            let Limits { letters, letter_bytes, bytes } = limits;
            let wanted = Wanted { after, letters, letter_bytes, bytes };
            let Read { letters, validity, uid, left } = client.letters(account, &password, wanted).await?;
            Ok(Batch { letters, cursor: Some(Cursor::Imap { validity, uid }), left, unread: 0 })
        }
    }
}
