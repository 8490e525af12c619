//! Addresses in configuration: what `allow_private` opens, and literal private addresses in URLs. What is
//! private is `net::guard`'s word; said here, it spares people a source that could never be asked.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use super::findings::Findings;
use super::places::Span;
use super::settings::OpenedAddress;
use crate::net::guard;

/// Reads `ADDRESS:PORT`, `[IPv6]:PORT`, `NETWORK/BITS:PORT`; nothing for names and missing ports.
#[must_use]
pub fn opened(text: &str) -> Option<OpenedAddress> {
    let (network, port) = text.trim().rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| *port != 0)?;
    let (address, bits) = match network.rsplit_once('/') {
        Some((address, bits)) => (address, Some(bits.trim_end_matches(']').parse::<u8>().ok()?)),
        None => (network, None),
    };
    let bracketed = address.starts_with('[');
    let network: IpAddr = address.trim_matches(['[', ']']).parse().ok()?;
    let widest = if network.is_ipv4() { 32 } else { 128 };
    if (network.is_ipv6() && !bracketed && bits.is_none()) || (network.is_ipv4() && bracketed) {
        return None;
    }
    let bits = bits.unwrap_or(widest);
    (bits <= widest).then_some(OpenedAddress { network, bits, port })
}

/// What a URL's host is to the guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A name, or a public address.
    Public,
    /// A private address that `allow_private` opens.
    Opened,
    /// A private address that nothing opens.
    Forbidden(IpAddr, u16),
}

/// Reads an `http:` or `https:` address with a host; nothing for anything else.
#[must_use]
pub fn web(address: &str) -> Option<Url> {
    if address.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let url = Url::parse(address).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// Reads `http://HOST:PORT` or `https://HOST:PORT`, with or without a name and a password.
#[must_use]
pub fn proxy(address: &str) -> Option<Url> {
    web(address).filter(|url| url.path() == "/" && url.query().is_none() && url.fragment().is_none())
}

/// Where a URL leads.
#[must_use]
pub fn reach(url: &Url, opened: &[OpenedAddress]) -> Reach {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical(),
        _ => return Reach::Public,
    };
    let port = url.port_or_known_default().unwrap_or(80);
    if guard::forbidden(address).is_none() {
        Reach::Public
    } else if opened.iter().any(|entry| entry.opens(address, port)) {
        Reach::Opened
    } else {
        Reach::Forbidden(address, port)
    }
}

/// Where a written URL leads; a private address that nobody opened is said at its place, with the line that
/// opens it.
#[must_use]
pub fn allowed(findings: &mut Findings, at: Span, url: &Url, opened: &[OpenedAddress]) -> Option<Reach> {
    let reach = reach(url, opened);
    if let Reach::Forbidden(address, port) = reach {
        let entry = SocketAddr::new(address, port).to_string();
        findings.error(at, "config-private-address", &[("entry", &entry)], None);
        return None;
    }
    Some(reach)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allow_private_takes_addresses_and_networks_with_a_port() {
        for (text, bits, port) in [
            ("10.0.0.5:8888", 32, 8888),
            ("[::1]:80", 128, 80),
            ("10.0.0.0/8:443", 8, 443),
            ("[fd00::]/8:80", 8, 80),
            ("[fd00::/8]:80", 8, 80),
            ("fd00::/8:80", 8, 80),
        ] {
            let entry = opened(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((entry.bits, entry.port), (bits, port), "{text}");
        }
        for text in
            ["", "10.0.0.5", "localhost:80", "10.0.0.0/33:80", "10.0.0.5:0", "10.0.0.5:70000", "::1:80", "[::1]"]
        {
            assert_eq!(opened(text), None, "{text}");
        }
    }

    #[test]
    fn a_private_address_is_seen_in_every_spelling() {
        for address in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://[::ffff:10.0.0.1]/",
            "http://[::1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[fd00::1]/",
            "http://100.64.0.1/",
            "http://169.254.169.254/latest",
            "http://0/",
        ] {
            let url = web(address).unwrap_or_else(|| panic!("{address}"));
            assert!(matches!(reach(&url, &[]), Reach::Forbidden(..)), "{address}");
        }
        for address in ["https://example.org/", "http://8.8.8.8/", "http://[2606:4700::1111]/"] {
            assert_eq!(reach(&web(address).unwrap(), &[]), Reach::Public, "{address}");
        }
    }

    #[test]
    fn an_opened_address_is_opened_at_its_port_only() {
        let entries = [opened("127.0.0.1:8080").unwrap()];
        assert_eq!(reach(&web("http://127.0.0.1:8080/a").unwrap(), &entries), Reach::Opened);
        assert!(matches!(reach(&web("http://127.0.0.1/a").unwrap(), &entries), Reach::Forbidden(_, 80)));
    }
}
