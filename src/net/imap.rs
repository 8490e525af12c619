//! IMAP4rev1 (RFC 3501) as far as reading new letters of one folder goes: log in, EXAMINE, FETCH with PEEK,
//! so that nothing is marked, moved or deleted. Owns deadlines, byte caps and the guard of addresses on this
//! wire; what a letter says is `source::mail`, which letters are wanted is handed in.

mod wire;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::ServerName;
use url::Url;

use self::wire::{Done, Status, Stream, Token, Wire};
use super::chain::explain_io;
use super::client::Client;
use super::error::{Cause, NetError};
use crate::config::Secret;
use crate::exchange::{Account, Letter, Security};

/// For the TCP connection and TLS.
const CONNECT: Duration = Duration::from_secs(10);

/// A whole session; a single answer has the client's timeout.
const SESSION: Duration = Duration::from_mins(5);

/// What is wanted of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// `UIDVALIDITY` and the highest number that was read; `None`: the newest letters.
    pub after: Option<(u32, u32)>,
    /// Letters at most.
    pub letters: usize,
    /// Bytes read of one letter; the rest is left on the server.
    pub letter_bytes: usize,
    /// Bytes of all letters; one more is begun below it.
    pub bytes: usize,
}

/// What was read of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// In the order of their numbers, oldest first.
    pub letters: Vec<Letter>,
    /// `UIDVALIDITY`.
    pub validity: u32,
    /// The highest number read or passed over.
    pub uid: u32,
    /// Letters that a next reading will find.
    pub left: usize,
}

/// Why a folder was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImapError {
    /// No connection, or none that lasted.
    #[error(transparent)]
    Net(#[from] NetError),
    /// Name or password refused.
    #[error("the server refuses the login: {0}")]
    Login(String),
    /// No such folder.
    #[error("the server does not open the folder: {0}")]
    Folder(String),
    /// Asked too often, or by too many at once.
    #[error("the server is busy: {0}")]
    Busy(String),
    /// The connection would be in clear.
    #[error("the server offers no STARTTLS")]
    NoTls,
    /// In clear is for this very machine.
    #[error("an unprotected connection is refused off loopback")]
    Insecure,
    /// Not IMAP as the RFC has it.
    #[error("the server does not speak IMAP correctly: {0}")]
    Protocol(&'static str),
}

impl Client {
    /// Reads the letters of an account's folder past those already read. `password` is sent to the
    /// account's host alone, and never in clear off loopback.
    ///
    /// # Errors
    /// [`ImapError`]; a session that breaks after some letters hands out those.
    pub async fn letters(&self, account: &Account, password: &Secret, wanted: Wanted) -> Result<Read, ImapError> {
        let end = Instant::now() + SESSION;
        let mut wire = self.open(account, end).await?;
        log_in(&mut wire, account, password).await?;
        let folder = examine(&mut wire, &account.folder).await?;
        let read = fetch(&mut wire, folder, wanted).await?;
        // What was read stays read, however the farewell goes.
        let _ = wire.command("LOGOUT", |_| Ok(())).await;
        Ok(read)
    }

    async fn open(&self, account: &Account, end: Instant) -> Result<Wire, ImapError> {
        let host = account.host.trim_matches(['[', ']']);
        let shown = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let url = Url::parse(&format!("https://{shown}:{}/", account.port)).map_err(|_| NetError::Address)?;
        let tcp = connect(&self.guard().addresses(&url).await?).await?;
        if account.security == Security::None
            && !tcp.peer_addr().is_ok_and(|peer| peer.ip().to_canonical().is_loopback())
        {
            return Err(ImapError::Insecure);
        }
        let timeout = self.timeout();
        if account.security == Security::Tls {
            let mut wire = Wire::new(protect(Box::new(tcp), host).await?, timeout, end);
            wire.greeting().await?;
            return Ok(wire);
        }
        let mut wire = Wire::new(Box::new(tcp), timeout, end);
        wire.greeting().await?;
        if account.security == Security::StartTls {
            if wire.command("STARTTLS", |_| Ok(())).await?.status != Status::Ok {
                return Err(ImapError::NoTls);
            }
            // What came in clear behind the answer was not said by the server that TLS proves.
            let stream = wire.into_stream().ok_or(ImapError::Protocol("more bytes after STARTTLS"))?;
            wire = Wire::new(protect(stream, host).await?, timeout, end);
        }
        Ok(wire)
    }
}

async fn connect(addresses: &[std::net::SocketAddr]) -> Result<TcpStream, NetError> {
    let end = Instant::now() + CONNECT;
    let mut last = NetError::Unreachable(Cause::NoRoute);
    for address in addresses {
        match timeout_at(end, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = explain_io(&error),
            Err(_) => return Err(NetError::NoConnection { after: CONNECT }),
        }
    }
    Err(last)
}

async fn protect(stream: Box<dyn Stream>, host: &str) -> Result<Box<dyn Stream>, NetError> {
    use rustls_platform_verifier::BuilderVerifierExt;
    let cannot = |error: &dyn std::fmt::Display| NetError::Unsendable(error.to_string());
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| cannot(&error))?
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|_| NetError::Address)?;
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, stream);
    match timeout_at(Instant::now() + CONNECT, handshake).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(explain_io(&error)),
        Err(_) => Err(NetError::NoConnection { after: CONNECT }),
    }
}

async fn log_in(wire: &mut Wire, account: &Account, password: &Secret) -> Result<(), ImapError> {
    let done = wire.command_with("LOGIN", &[&account.username, password.expose()]).await?;
    match done.status {
        Status::Ok => Ok(()),
        _ if done.is_busy() => Err(ImapError::Busy(password.hidden_in(&done.text))),
        _ => Err(ImapError::Login(password.hidden_in(&done.text))),
    }
}

/// A folder as it stands.
#[derive(Debug, Clone, Copy)]
struct Folder {
    letters: u32,
    validity: u32,
}

async fn examine(wire: &mut Wire, name: &str) -> Result<Folder, ImapError> {
    let first = examined(wire, name).await?;
    let refusal = match first {
        Ok(folder) => return Ok(folder),
        Err(done) => done,
    };
    // People write folders with a slash; some servers have a dot between them.
    let mut delimiter = None;
    if name.contains('/') {
        wire.command("LIST \"\" \"\"", |response| {
            if let [_, Token::Atom(list), ..] = response
                && list.eq_ignore_ascii_case("LIST")
            {
                delimiter = response.iter().find_map(|token| match token {
                    Token::Quoted(sign) if sign.len() == 1 && sign != "/" => Some(sign.clone()),
                    _ => None,
                });
            }
            Ok(())
        })
        .await?;
    }
    if let Some(delimiter) = delimiter
        && let Ok(folder) = examined(wire, &name.replace('/', &delimiter)).await?
    {
        return Ok(folder);
    }
    Err(if refusal.is_busy() { ImapError::Busy(refusal.text) } else { ImapError::Folder(refusal.text) })
}

/// The folder, or the server's refusal.
async fn examined(wire: &mut Wire, name: &str) -> Result<Result<Folder, Done>, ImapError> {
    let (mut letters, mut validity) = (None, None);
    let name = wire::quoted(&wire::utf7(name));
    let done = wire
        .command(&format!("EXAMINE {name}"), |response| {
            match response {
                [_, Token::Atom(number), Token::Atom(word), ..] if word.eq_ignore_ascii_case("EXISTS") => {
                    letters = number.parse().ok();
                }
                [_, Token::Atom(ok), Token::Atom(code), Token::Atom(number), ..]
                    if ok.eq_ignore_ascii_case("OK") && code.eq_ignore_ascii_case("[UIDVALIDITY") =>
                {
                    validity = number.trim_end_matches(']').parse().ok();
                }
                _ => {}
            }
            Ok(())
        })
        .await?;
    if done.status != Status::Ok {
        return Ok(Err(done));
    }
    let letters = letters.ok_or(ImapError::Protocol("EXAMINE without EXISTS"))?;
    let validity = validity.ok_or(ImapError::Protocol("EXAMINE without UIDVALIDITY"))?;
    Ok(Ok(Folder { letters, validity }))
}

/// A letter as the list names it.
struct Listed {
    uid: u32,
    received: Option<Timestamp>,
}

async fn fetch(wire: &mut Wire, folder: Folder, wanted: Wanted) -> Result<Read, ImapError> {
    let Folder { letters: count, validity } = folder;
    let after = wanted.after.filter(|(known, _)| *known == validity).map(|(_, uid)| uid);
    let mut read = Read { letters: Vec::new(), validity, uid: after.unwrap_or(0), left: 0 };
    if count == 0 {
        return Ok(read);
    }
    let range = match after {
        Some(uid) => format!("UID FETCH {}:*", uid.saturating_add(1)),
        None => format!("FETCH {}:*", count.saturating_sub(wanted.letters as u32 - 1).max(1)),
    };
    let mut listed = Vec::new();
    let done = wire
        .command(&format!("{range} (UID INTERNALDATE)"), |response| {
            if let Some(fields) = wire::fetched(response)
                && let Some(uid) = wire::number(fields, "UID").filter(|uid| after.is_none_or(|after| *uid > after))
            {
                listed.push(Listed { uid, received: wire::text(fields, "INTERNALDATE").and_then(wire::internal_date) });
            }
            Ok(())
        })
        .await?;
    if done.status != Status::Ok {
        return Err(if done.is_busy() { ImapError::Busy(done.text) } else { ImapError::Protocol("FETCH is refused") });
    }
    listed.sort_unstable_by_key(|one| one.uid);
    listed.dedup_by_key(|one| one.uid);
    read.left = listed.len();
    let mut bytes = 0;
    for one in listed.into_iter().take(wanted.letters) {
        if bytes >= wanted.bytes {
            break;
        }
        match body(wire, one.uid, wanted.letter_bytes).await {
            Ok(found) => {
                // A letter that was deleted meanwhile has no body.
                if let Some(found) = found {
                    bytes += found.len();
                    read.letters.push(Letter { name: one.uid.to_string(), bytes: found, received: one.received });
                }
                (read.uid, read.left) = (one.uid, read.left - 1);
            }
            Err(_) if !read.letters.is_empty() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

async fn body(wire: &mut Wire, uid: u32, most: usize) -> Result<Option<Vec<u8>>, ImapError> {
    let mut found = None;
    let done = wire
        .command(&format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{most}>)"), |response| {
            if let Some(fields) = wire::fetched(response)
                && wire::number(fields, "UID") == Some(uid)
                && let Some(bytes) = wire::body(fields)
            {
                found = Some(bytes[..bytes.len().min(most)].to_vec());
            }
            Ok(())
        })
        .await?;
    if done.status == Status::Ok { Ok(found) } else { Err(ImapError::Protocol("FETCH of a body is refused")) }
}

impl From<io::Error> for ImapError {
    fn from(error: io::Error) -> Self {
        Self::Net(explain_io(&error))
    }
}

#[cfg(test)]
mod tests;
