//! The way by a proxy: who goes by it, and what is checked before it is asked. Owns the choice; the ranges are
//! `guard`'s, and whether a written proxy is one is `config::address`'s.

use std::fmt;

use url::Url;

use super::error::NetError;
use super::guard::{Guard, Reach};
use crate::config::address;
use crate::config::settings::SecretOrText;

/// How a request gets to its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Way {
    /// By a connection of our own, to what it may reach.
    Direct(Reach),
    /// By the proxy, which may be reached so.
    Proxied(Reach),
}

/// `fetch: {proxy: …}`; its address may hold a password.
#[derive(Clone)]
pub(super) struct Proxy {
    url: Url,
    reach: Reach,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.shown())
    }
}

impl Proxy {
    /// # Errors
    /// [`NetError::Credential`] when the reference cannot be read, [`NetError::Unsendable`] when it holds no proxy,
    /// [`NetError::ForbiddenAddress`] when that is a private address which nothing opens.
    pub(super) fn new(written: &SecretOrText, guard: &Guard) -> Result<Self, NetError> {
        let kept;
        let text = match written {
            SecretOrText::Text(text) => text,
            SecretOrText::Secret(reference) => {
                kept = reference.read().map_err(|_| NetError::Credential(reference.written()))?;
                kept.expose()
            }
        };
        let url = address::proxy(text)
            .ok_or_else(|| NetError::Unsendable("fetch: proxy is not http://HOST:PORT".to_owned()))?;
        let reach = guard.reach(&url, false);
        guard.check_literal(reach, &url)?;
        Ok(Self { url, reach })
    }

    pub(super) fn as_reqwest(&self) -> reqwest::Result<reqwest::Proxy> {
        reqwest::Proxy::all(self.url.clone())
    }

    /// `HOST:PORT`, for messages.
    pub(super) fn shown(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("{host}:{}", self.url.port_or_known_default().unwrap_or(0))
    }

    /// The way to `url`: past the proxy to what `allow_private` opens, which is on this side of it. The proxy asks for
    /// the addresses of a name again and takes any of them, so one that is out of reach is one too many.
    pub(super) async fn way(&self, guard: &Guard, url: &Url, reach: Reach) -> Result<Way, NetError> {
        if let Reach::OnlyOpened(_) = reach {
            return Ok(Way::Direct(reach));
        }
        match (guard.all_within(reach, url).await?, reach) {
            (true, Reach::Opened(port)) => Ok(Way::Direct(Reach::OnlyOpened(port))),
            _ => Ok(Way::Proxied(self.reach)),
        }
    }
}
