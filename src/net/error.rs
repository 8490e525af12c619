//! Why a request got no answer. Owns the words for the operator, in English; `message` names the same in
//! the texts of `locale`. Says nothing of what a source or a delivery makes of it.

use std::net::IpAddr;
use std::time::Duration;

use crate::config::access::MissingSecret;

/// Why a request got no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// Not an absolute `http:` or `https:` address.
    #[error("not an http or https address")]
    Address,
    /// No connection, or none that lasted to the end of the answer.
    #[error("{0}")]
    Unreachable(Cause),
    /// No connection within the time allowed for it.
    #[error("no connection within {} s", .after.as_secs_f32())]
    NoConnection {
        /// The time allowed.
        after: Duration,
    },
    /// The last byte had not come at the deadline.
    #[error("no complete answer within {} s", .after.as_secs_f32())]
    Timeout {
        /// The time allowed.
        after: Duration,
    },
    /// The server's certificate was refused.
    #[error("{0}")]
    Certificate(Cause),
    /// The answer passes the cap, counted after decompression.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The cap.
        limit: usize,
    },
    /// Too many redirects, or one that leads back.
    #[error("redirected {hops} times without an answer")]
    RedirectLoop {
        /// Redirects followed.
        hops: usize,
    },
    /// An address that is not public, and not opened.
    #[error("{host} is a {range} address ({address}), which allow_private does not open")]
    ForbiddenAddress {
        /// The host as asked for.
        host: String,
        /// Its address.
        address: IpAddr,
        /// `loopback`, `private`…
        range: &'static str,
    },
    /// No connection to the proxy.
    #[error("the proxy {0} cannot be reached")]
    NoProxy(String),
    /// The proxy wants to know who asks, or did not take the password.
    #[error("the proxy {0} asks for a name and a password")]
    ProxyPassword(String),
    /// The proxy made no tunnel.
    #[error("the proxy {0} does not reach the server, or may not pass the request on")]
    ProxyRefused(String),
    /// A redirect from `https:` to `http:`: what was asked in confidence would be answered in the open.
    #[error("redirected from https: to plain http:, which is not followed")]
    Downgraded,
    /// A credential of the source cannot be read; nothing was asked.
    #[error("the credential {0} cannot be read")]
    Credential(String),
    /// Plain `http:` where only an opened private address may have it.
    #[error("http: is only for private addresses that allow_private opens; use https:")]
    Insecure,
    /// The body cannot be decompressed.
    #[error("the answer's compression is damaged")]
    Damaged,
    /// What was to be sent cannot be: a header with control characters, TLS that cannot be set up.
    #[error("the request cannot be sent: {0}")]
    Unsendable(String),
}

/// What stood in the way of a connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The name has no address.
    #[error("no such host: {0}")]
    NoSuchHost(String),
    /// The resolver gave no answer.
    #[error("the name cannot be resolved at the moment")]
    Resolver,
    /// Nobody listens there.
    #[error("connection refused")]
    Refused,
    /// The peer broke it off.
    #[error("connection reset by the server")]
    Reset,
    /// It ended before the answer did.
    #[error("the server closed the connection before the end of the answer")]
    Closed,
    /// No way to the network or the host.
    #[error("no route to the server")]
    NoRoute,
    /// What came is not HTTP.
    #[error("the server does not speak HTTP correctly")]
    Protocol,
    /// What came is not TLS.
    #[error("the server does not speak TLS on this port")]
    NotTls,
    /// The handshake failed for another reason than the certificate.
    #[error("the TLS handshake failed: {0}")]
    Tls(String),
    /// The certificate's time is over.
    #[error("the server's certificate has expired")]
    Expired,
    /// The certificate's time has not come, or this machine's clock is late.
    #[error("the server's certificate is not valid yet")]
    NotYetValid,
    /// Made for another name.
    #[error("the server's certificate is for another name")]
    WrongName,
    /// Self-signed, or an intermediate is missing.
    #[error("the server's certificate comes from an unknown issuer")]
    UnknownIssuer,
    /// Withdrawn by its issuer.
    #[error("the server's certificate was revoked")]
    Revoked,
    /// Another fault of the certificate.
    #[error("the server's certificate was refused: {0}")]
    BadCertificate(String),
    /// Anything else, in the words of the library.
    #[error("{0}")]
    Other(String),
}

impl From<MissingSecret> for NetError {
    fn from(MissingSecret(name): MissingSecret) -> Self {
        Self::Credential(name)
    }
}

impl NetError {
    /// The key of the sentence in `locale`, and its arguments.
    #[must_use]
    pub fn message(&self) -> (&'static str, Vec<(&'static str, String)>) {
        let time = |after: &Duration| vec![("seconds", after.as_secs_f32().to_string())];
        match self {
            Self::Address => ("net-address", vec![]),
            Self::Unreachable(cause) | Self::Certificate(cause) => cause.message(),
            Self::NoConnection { after } => ("net-no-connection", time(after)),
            Self::Timeout { after } => ("net-timeout", time(after)),
            Self::TooLarge { limit } => ("net-too-large", vec![("bytes", limit.to_string())]),
            Self::RedirectLoop { hops } => ("net-redirect-loop", vec![("hops", hops.to_string())]),
            Self::ForbiddenAddress { host, address, .. } => {
                ("net-forbidden-address", vec![("host", host.clone()), ("address", address.to_string())])
            }
            Self::NoProxy(proxy) => ("net-no-proxy", vec![("proxy", proxy.clone())]),
            Self::ProxyPassword(proxy) => ("net-proxy-password", vec![("proxy", proxy.clone())]),
            Self::ProxyRefused(proxy) => ("net-proxy-refused", vec![("proxy", proxy.clone())]),
            Self::Downgraded => ("net-downgraded", vec![]),
            Self::Credential(name) => ("net-credential", vec![("name", name.clone())]),
            Self::Insecure => ("net-insecure", vec![]),
            Self::Damaged => ("net-damaged", vec![]),
            Self::Unsendable(why) => ("net-unsendable", vec![("why", why.clone())]),
        }
    }
}

impl Cause {
    fn message(&self) -> (&'static str, Vec<(&'static str, String)>) {
        let why = |why: &String| vec![("why", why.clone())];
        match self {
            Self::NoSuchHost(host) => ("net-no-such-host", vec![("host", host.clone())]),
            Self::Resolver => ("net-resolver", vec![]),
            Self::Refused => ("net-refused", vec![]),
            Self::Reset => ("net-reset", vec![]),
            Self::Closed => ("net-closed", vec![]),
            Self::NoRoute => ("net-no-route", vec![]),
            Self::Protocol => ("net-protocol", vec![]),
            Self::NotTls => ("net-not-tls", vec![]),
            Self::Tls(reason) => ("net-tls", why(reason)),
            Self::Expired => ("net-expired", vec![]),
            Self::NotYetValid => ("net-not-yet-valid", vec![]),
            Self::WrongName => ("net-wrong-name", vec![]),
            Self::UnknownIssuer => ("net-unknown-issuer", vec![]),
            Self::Revoked => ("net-revoked", vec![]),
            Self::BadCertificate(reason) => ("net-bad-certificate", why(reason)),
            Self::Other(reason) => ("net-other", why(reason)),
        }
    }
}
