//! From an error chain of reqwest to one typed error. Owns the reading of other crates' words; a sentence
//! that is not known is passed on, never dropped.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::error::{Cause, NetError};
use super::guard::{ForbiddenAnswer, NoSuchHost};

/// What stood in the way, from the innermost error that says so.
pub(super) fn explain(error: &reqwest::Error, connect: Duration, whole: Duration) -> NetError {
    let links = links(error);
    for link in &links {
        if let Some(answer) = link.downcast_ref::<ForbiddenAnswer>() {
            return NetError::ForbiddenAddress {
                host: answer.host.clone(),
                address: answer.address,
                range: answer.range,
            };
        }
        if let Some(none) = link.downcast_ref::<NoSuchHost>() {
            return NetError::Unreachable(Cause::NoSuchHost(none.0.clone()));
        }
    }
    if error.is_dns() {
        return NetError::Unreachable(Cause::Resolver);
    }
    if error.is_timeout() {
        return if error.is_connect() {
            NetError::NoConnection { after: connect }
        } else {
            NetError::Timeout { after: whole }
        };
    }
    let words: Vec<String> = links.iter().map(ToString::to_string).collect();
    if let Some(error) = words.iter().rev().find_map(|words| tls(words)) {
        return error;
    }
    if let Some(cause) = links.iter().rev().find_map(|link| link.downcast_ref::<io::Error>()).and_then(broken) {
        return NetError::Unreachable(cause);
    }
    if let Some(cause) = words.iter().rev().find_map(|words| http(words)) {
        return NetError::Unreachable(cause);
    }
    if error.is_decode() {
        return NetError::Damaged;
    }
    NetError::Unreachable(Cause::Other(innermost(error)))
}

/// The same of a request that went by a proxy: what it says of connections is the proxy's.
pub(super) fn explain_proxied(error: &reqwest::Error, connect: Duration, whole: Duration, proxy: &str) -> NetError {
    // hyper-util's words; the type is not public.
    let tunnel = links(error).iter().find_map(|link| match link.to_string().strip_prefix("tunnel error: ")? {
        "proxy authorization required" => Some(NetError::ProxyPassword(proxy.to_owned())),
        "unsuccessful" | "unexpected end of file" | "proxy response headers too long" => {
            Some(NetError::ProxyRefused(proxy.to_owned()))
        }
        _ => None,
    });
    tunnel.unwrap_or_else(|| match explain(error, connect, whole) {
        NetError::Unreachable(Cause::Refused | Cause::NoRoute | Cause::NoSuchHost(_) | Cause::Resolver) => {
            NetError::NoProxy(proxy.to_owned())
        }
        other => other,
    })
}

/// What stood in the way of a connection of our own, by the same words.
pub(super) fn explain_io(error: &io::Error) -> NetError {
    let links = links(error);
    let words: Vec<String> = links.iter().map(ToString::to_string).collect();
    if let Some(error) = words.iter().rev().find_map(|words| tls(words)) {
        return error;
    }
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return NetError::Unreachable(Cause::Closed);
    }
    let cause = links.iter().rev().find_map(|link| link.downcast_ref::<io::Error>()).and_then(broken);
    NetError::Unreachable(cause.unwrap_or_else(|| Cause::Other(one_line(words.last().map_or("", String::as_str)))))
}

/// The words at the end of the chain, on one line.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    links(error).last().map(|link| one_line(&link.to_string())).unwrap_or_default()
}

/// The chain, outermost first. The error inside an [`io::Error`] is not among its sources: it is its face.
fn links<'e>(error: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    let mut links = vec![error];
    let mut next = Some(error);
    while let Some(link) = next.take().filter(|_| links.len() < 32) {
        let inside = link.downcast_ref::<io::Error>().and_then(io::Error::get_ref).map(|inner| {
            let inner: &(dyn Error + 'static) = inner;
            inner
        });
        next = inside.or_else(|| link.source());
        links.extend(next);
    }
    links
}

/// What rustls says, by the beginnings of its sentences.
fn tls(words: &str) -> Option<NetError> {
    if let Some(why) = words.strip_prefix("invalid peer certificate: ") {
        let cause = if why.starts_with("certificate expired") || why == "Expired" {
            Cause::Expired
        } else if why.starts_with("certificate not valid yet") || why == "NotValidYet" {
            Cause::NotYetValid
        } else if why.starts_with("certificate not valid for name") || why == "NotValidForName" {
            Cause::WrongName
        } else if why.starts_with("UnknownIssuer") || why.contains("CaUsedAsEndEntity") {
            // The second is what most self-signed certificates are.
            Cause::UnknownIssuer
        } else if why.starts_with("Revoked") {
            Cause::Revoked
        } else {
            Cause::BadCertificate(one_line(why))
        };
        return Some(NetError::Certificate(cause));
    }
    if words.starts_with("peer sent no certificates") || words.starts_with("invalid certificate revocation list") {
        return Some(NetError::Certificate(Cause::BadCertificate(one_line(words))));
    }
    if words.starts_with("received corrupt message") {
        return Some(NetError::Unreachable(Cause::NotTls));
    }
    let handshake = [
        "received fatal alert: ",
        "peer is incompatible: ",
        "peer misbehaved: ",
        "received unexpected message: ",
        "received unexpected handshake message: ",
    ];
    handshake.iter().any(|start| words.starts_with(start)).then(|| NetError::Unreachable(Cause::Tls(one_line(words))))
}

/// What the system says of a connection.
fn broken(error: &io::Error) -> Option<Cause> {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::ConnectionRefused => Some(Cause::Refused),
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => Some(Cause::Reset),
        Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown | Kind::AddrNotAvailable => {
            Some(Cause::NoRoute)
        }
        _ => None,
    }
}

/// What hyper and h2 say, by their words.
fn http(words: &str) -> Option<Cause> {
    let closed = [
        "connection closed before message completed",
        "end of file before message length reached",
        "unexpected EOF during chunk",
        "connection closed",
    ];
    if closed.iter().any(|known| words.contains(known)) {
        return Some(Cause::Closed);
    }
    let protocol = [
        "invalid HTTP",
        "received unexpected message from connection",
        "http2 error",
        "message head is too large",
        "nvalid chunk",
        "chunk extensions",
        "chunk trailers",
        "Invalid trailer",
        "invalid content-length",
    ];
    let parse = words.starts_with("invalid ") && words.contains("parsed");
    (parse || protocol.iter().any(|known| words.contains(known))).then_some(Cause::Protocol)
}

/// Another crate's words on one line, at most 200 characters.
fn one_line(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rustls_says_is_understood() {
        let certificate = |cause| Some(NetError::Certificate(cause));
        for (words, error) in [
            (
                "invalid peer certificate: certificate expired: verification time 2 (UNIX), …",
                certificate(Cause::Expired),
            ),
            ("invalid peer certificate: certificate not valid yet: …", certificate(Cause::NotYetValid)),
            (
                "invalid peer certificate: certificate not valid for name \"a.example\"; …",
                certificate(Cause::WrongName),
            ),
            ("invalid peer certificate: UnknownIssuer", certificate(Cause::UnknownIssuer)),
            ("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", certificate(Cause::UnknownIssuer)),
            ("invalid peer certificate: BadEncoding", certificate(Cause::BadCertificate("BadEncoding".into()))),
            ("received corrupt message of type InvalidContentType", Some(NetError::Unreachable(Cause::NotTls))),
            ("connection reset", None),
            // hyper's, of a server that says something before it was asked.
            ("received unexpected message from connection", None),
        ] {
            assert_eq!(tls(words), error, "{words}");
        }
    }

    #[test]
    fn an_error_inside_an_io_error_is_found() {
        let inner = NoSuchHost("h.example".into());
        let outer = io::Error::other(io::Error::other(inner));
        assert!(links(&outer).iter().any(|link| link.is::<NoSuchHost>()));
    }

    #[test]
    fn other_words_stay_on_one_line() {
        assert_eq!(one_line("a\r\nb\u{0}"), "a  b");
        assert_eq!(one_line(&"é".repeat(300)).chars().count(), 200);
    }
}
