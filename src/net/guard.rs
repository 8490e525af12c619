//! The address guard: which addresses may be reached, and the resolver that lets no other through. Owns
//! the ranges; what the operator opens comes from the settings.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::error::{Cause, NetError};
use super::names::Names;
use crate::config::settings::OpenedAddress;

/// IPv4 ranges that are not on the public internet (IANA's special-purpose registry, RFC 6890):
/// network, bits, what it is.
const V4: &[(Ipv4Addr, u32, &str)] = &[
    (Ipv4Addr::UNSPECIFIED, 8, "unspecified"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "carrier-grade NAT"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "loopback"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "protocol assignments"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "documentation"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "6to4 relay"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "benchmarking"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved"),
];

/// The same of IPv6. What embeds an IPv4 address in the open is looked at by [`embedded`] first.
const V6: &[(Ipv6Addr, u32, &str)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, "unspecified"),
    (Ipv6Addr::LOCALHOST, 128, "loopback"),
    // The address inside is chosen by whoever runs that translator.
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, "local translation"),
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64, "discard"),
    // Teredo hides an obfuscated IPv4 address, and 2001::/23 is all protocol assignments.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "protocol assignments"),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "documentation"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "documentation"),
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16, "segment routing"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "unique local"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "link-local"),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, "site-local"),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "multicast"),
];

/// The IPv4 address that an IPv6 address carries: mapped, compatible (RFC 4291), translated (RFC 2765),
/// NAT64 (RFC 6052), 6to4 (RFC 3056).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let join = |high: u16, low: u16| Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(join(high, low)),
        // `::` and `::1` have names of their own.
        [0, 0, 0, 0, 0, 0, high, low] => Some(join(high, low)).filter(|inner| inner.to_bits() > 1),
        _ => None,
    }
}

/// Why an address is not on the public internet, in a word or two: `loopback`, `private`…; `None` for a
/// public one. The documentation ranges count as not public.
#[must_use]
pub fn forbidden(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => V4.iter().find_map(|&(network, bits, range)| {
            let shift = 32 - bits;
            (address.to_bits() >> shift == network.to_bits() >> shift).then_some(range)
        }),
        IpAddr::V6(address) => {
            if let Some(inner) = embedded(address) {
                return forbidden(IpAddr::V4(inner));
            }
            let known = V6.iter().find_map(|&(network, bits, range)| {
                let shift = 128 - bits;
                (address.to_bits() >> shift == network.to_bits() >> shift).then_some(range)
            });
            // Only 2000::/3 is handed out.
            known.or_else(|| (address.segments()[0] >> 13 != 1).then_some("reserved"))
        }
    }
}

/// What one request may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reach {
    /// Public addresses.
    Public,
    /// Public addresses, and those opened at this port.
    Opened(u16),
    /// Only those opened at this port.
    OnlyOpened(u16),
}

/// The guard of one client: the settings' openings.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    opened: Arc<[OpenedAddress]>,
    names: Names,
}

impl Guard {
    pub(super) fn new(opened: &[OpenedAddress]) -> Self {
        Self { opened: opened.into(), names: Names::System }
    }

    fn opens(&self, address: IpAddr, port: u16) -> bool {
        self.opened.iter().any(|entry| entry.opens(address, port))
    }

    /// What a request to `url` may reach.
    pub(super) fn reach(&self, url: &Url, only_opened: bool) -> Reach {
        let port = url.port_or_known_default().unwrap_or(0);
        if only_opened {
            Reach::OnlyOpened(port)
        } else if self.opened.iter().any(|entry| entry.port == port) {
            Reach::Opened(port)
        } else {
            Reach::Public
        }
    }

    /// Why `address` is out of reach.
    fn refuses(&self, reach: Reach, address: IpAddr) -> Option<&'static str> {
        match reach {
            Reach::Public => forbidden(address),
            Reach::Opened(port) => forbidden(address).filter(|_| !self.opens(address, port)),
            Reach::OnlyOpened(port) if self.opens(address, port) => None,
            Reach::OnlyOpened(_) => Some(forbidden(address).unwrap_or("public")),
        }
    }

    /// Checks a host that is written as an address: a resolver is not asked for those.
    pub(super) fn check_literal(&self, reach: Reach, url: &Url) -> Result<(), NetError> {
        let Some(address) = literal(url) else { return Ok(()) };
        self.refuses(reach, address).map_or(Ok(()), |range| Err(refused(url, address, range)))
    }

    /// Where a connection to the host and port of `url` may go.
    pub(super) async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, NetError> {
        let reach = self.reach(url, false);
        let answers = self.answers(url).await?;
        match sift(self, reach, answers) {
            (kept, Some((address, range))) if kept.is_empty() => Err(refused(url, address, range)),
            (kept, _) => Ok(kept),
        }
    }

    /// How somebody else may be sent to `url`, who asks for the addresses of its name again: all of them are within
    /// reach. True when all of them are opened.
    pub(super) async fn all_within(&self, reach: Reach, url: &Url) -> Result<bool, NetError> {
        let answers = self.answers(url).await?;
        let opened = answers.iter().all(|answer| self.opens(answer.ip(), answer.port()));
        match sift(self, reach, answers).1 {
            None => Ok(opened),
            Some((address, range)) => Err(refused(url, address, range)),
        }
    }

    /// The addresses of a host, at least one, within reach or not.
    async fn answers(&self, url: &Url) -> Result<Vec<SocketAddr>, NetError> {
        let port = url.port_or_known_default().unwrap_or(0);
        if let Some(address) = literal(url) {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let host = url.host_str().ok_or(NetError::Address)?;
        match self.names.look_up(host, port).await {
            Ok(answers) if !answers.is_empty() => Ok(answers),
            Err(error) if is_passing(&error) => Err(NetError::Unreachable(Cause::Resolver)),
            Ok(_) | Err(_) => Err(NetError::Unreachable(Cause::NoSuchHost(host.to_owned()))),
        }
    }

    /// True when the host is written as an address that is opened at the address's port.
    pub(super) fn is_opened(&self, url: &Url) -> bool {
        let port = url.port_or_known_default().unwrap_or(0);
        literal(url).is_some_and(|address| self.opens(address, port))
    }
}

fn refused(url: &Url, address: IpAddr, range: &'static str) -> NetError {
    let host = if literal(url).is_some() { address.to_string() } else { url.host_str().unwrap_or_default().to_owned() };
    NetError::ForbiddenAddress { host, address, range }
}

/// The host of an address as `schedule` tells hosts apart: a name in lower case or an address, without port.
#[must_use]
pub fn host(url: &str) -> Option<String> {
    host_of(&Url::parse(url).ok()?)
}

/// The same of an address that is parsed already.
pub(super) fn host_of(url: &Url) -> Option<String> {
    match literal(url) {
        Some(address) => Some(address.to_canonical().to_string()),
        None => Some(url.host_str()?.trim_end_matches('.').to_owned()).filter(|host| !host.is_empty()),
    }
}

/// The address that a URL's host is written as; the `url` crate has read every spelling of IPv4.
fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
        // `0x7f.1.` and the like: `url` takes a trailing dot for a name, resolvers may not.
        Host::Domain(name) => name.trim_end_matches('.').parse().ok(),
    }
}

/// Every answer for a name was out of reach.
#[derive(Debug)]
pub(super) struct ForbiddenAnswer {
    pub(super) host: String,
    pub(super) address: IpAddr,
    pub(super) range: &'static str,
}

impl fmt::Display for ForbiddenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}, a {} address", self.host, self.address, self.range)
    }
}

impl std::error::Error for ForbiddenAnswer {}

/// A name has no address.
#[derive(Debug)]
pub(super) struct NoSuchHost(pub(super) String);

impl fmt::Display for NoSuchHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no such host: {}", self.0)
    }
}

impl std::error::Error for NoSuchHost {}

/// The system's resolver, less the answers that are out of reach. One for each [`Reach`], because a
/// resolver is not told the port.
pub(super) struct GuardedResolver {
    pub(super) guard: Guard,
    pub(super) reach: Reach,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, reach, host) = (self.guard.clone(), self.reach, name.as_str().to_owned());
        Box::pin(async move {
            let answers = match guard.names.look_up(&host, 0).await {
                Ok(answers) => answers,
                Err(error) if is_passing(&error) => return Err(error.into()),
                Err(_) => return Err(NoSuchHost(host).into()),
            };
            let (kept, refused) = sift(&guard, reach, answers);
            match (kept.is_empty(), refused) {
                (false, _) => Ok(Box::new(kept.into_iter()) as Addrs),
                (true, Some((address, range))) => Err(ForbiddenAnswer { host, address, range }.into()),
                (true, None) => Err(NoSuchHost(host).into()),
            }
        })
    }
}

/// True where the name may exist: resolvers tell 'there is none' and 'ask later' apart by text alone.
fn is_passing(error: &io::Error) -> bool {
    let words = error.to_string();
    error.raw_os_error().is_some() || words.contains("emporary failure") || words.contains("ry again")
}

/// Answers within reach, and the first that is not.
fn sift(guard: &Guard, reach: Reach, answers: Vec<SocketAddr>) -> (Vec<SocketAddr>, Option<(IpAddr, &'static str)>) {
    let mut refused = None;
    let kept = answers
        .into_iter()
        .filter(|answer| match guard.refuses(reach, answer.ip()) {
            None => true,
            Some(range) => {
                refused.get_or_insert((answer.ip(), range));
                false
            }
        })
        .collect();
    (kept, refused)
}

#[cfg(test)]
impl Guard {
    /// The same with other answers for names.
    pub(super) fn asking(self, names: Names) -> Self {
        Self { names, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(network: &str, bits: u8, port: u16) -> OpenedAddress {
        OpenedAddress { network: network.parse().expect("an address"), bits, port }
    }

    #[test]
    fn every_range_has_its_name_and_its_edges() {
        for (address, range) in [
            ("9.255.255.255", None),
            ("10.0.0.0", Some("private")),
            ("10.255.255.255", Some("private")),
            ("11.0.0.0", None),
            ("100.63.255.255", None),
            ("100.64.0.0", Some("carrier-grade NAT")),
            ("100.127.255.255", Some("carrier-grade NAT")),
            ("100.128.0.0", None),
            ("126.255.255.255", None),
            ("127.8.9.1", Some("loopback")),
            ("169.254.169.254", Some("link-local")),
            ("172.15.255.255", None),
            ("172.16.0.0", Some("private")),
            ("172.31.255.255", Some("private")),
            ("172.32.0.0", None),
            ("192.0.0.8", Some("protocol assignments")),
            ("192.0.1.0", None),
            ("192.168.0.1", Some("private")),
            ("198.17.255.255", None),
            ("198.18.0.0", Some("benchmarking")),
            ("198.19.255.255", Some("benchmarking")),
            ("198.20.0.0", None),
            ("203.0.113.7", Some("documentation")),
            ("223.255.255.255", None),
            ("224.0.0.1", Some("multicast")),
            ("255.255.255.255", Some("reserved")),
            ("0.0.0.0", Some("unspecified")),
            ("1.1.1.1", None),
            ("::", Some("unspecified")),
            ("::1", Some("loopback")),
            ("::2", Some("unspecified")),
            ("::127.0.0.1", Some("loopback")),
            ("::ffff:10.0.0.1", Some("private")),
            ("::ffff:1.1.1.1", None),
            ("::ffff:0:127.0.0.1", Some("loopback")),
            ("64:ff9b::169.254.169.254", Some("link-local")),
            ("64:ff9b::1.1.1.1", None),
            ("64:ff9b:1::1.1.1.1", Some("local translation")),
            ("2002:7f00:1::", Some("loopback")),
            ("2002:101:101::1", None),
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", Some("protocol assignments")),
            ("2001:db8::1", Some("documentation")),
            ("2001:4860:4860::8888", None),
            ("2a00:1450:4007:80e::200e", None),
            ("fc00::1", Some("unique local")),
            ("fdff::1", Some("unique local")),
            ("fe80::1", Some("link-local")),
            ("fec0::1", Some("site-local")),
            ("ff02::1", Some("multicast")),
            ("4000::1", Some("reserved")),
        ] {
            assert_eq!(forbidden(address.parse().expect("an address")), range, "{address}");
        }
    }

    #[test]
    fn a_host_is_the_same_however_it_is_written() {
        for (url, name) in [
            ("https://Forum.Example:8443/x?y", Some("forum.example")),
            ("http://u:p@forum.example./", Some("forum.example")),
            ("http://127.1:80/", Some("127.0.0.1")),
            ("http://[::ffff:127.0.0.1]/", Some("127.0.0.1")),
            ("https://müller.example/", Some("xn--mller-kva.example")),
            ("data:text/plain,x", None),
            ("forum.example", None),
        ] {
            assert_eq!(host(url).as_deref(), name, "{url}");
        }
    }

    #[test]
    fn an_opening_is_for_its_address_and_its_port_alone() {
        let guard = Guard::new(&[opening("10.0.0.5", 32, 8888), opening("fd00::", 8, 443)]);
        let may = |url: &str| {
            let url = Url::parse(url).expect("a URL");
            guard.check_literal(guard.reach(&url, false), &url).is_ok()
        };
        assert!(may("http://10.0.0.5:8888/"));
        assert!(may("http://[::ffff:10.0.0.5]:8888/"));
        assert!(may("https://[fd12::1]/"));
        assert!(may("http://1.1.1.1:8888/"));
        assert!(!may("http://10.0.0.5/"));
        assert!(!may("http://10.0.0.6:8888/"));
        assert!(!may("http://[fd12::1]/"));
        assert!(!may("http://[64:ff9b::10.0.0.5]:8888/"));
    }

    #[test]
    fn plain_http_of_webhooks_reaches_openings_only() {
        let guard = Guard::new(&[opening("10.0.0.0", 8, 80)]);
        let may = |url: &str| {
            let url = Url::parse(url).expect("a URL");
            guard.check_literal(guard.reach(&url, true), &url).is_ok()
        };
        assert!(may("http://10.9.8.7/hook"));
        assert!(!may("http://1.1.1.1/hook"));
        assert!(!may("http://192.168.0.1/hook"));
    }

    #[test]
    fn a_resolver_out_of_order_is_told_from_a_name_that_is_not_there() {
        let words = |words: &str| io::Error::other(format!("failed to lookup address information: {words}"));
        assert!(is_passing(&words("Temporary failure in name resolution")));
        assert!(is_passing(&words("Try again")));
        assert!(is_passing(&io::Error::from_raw_os_error(24)));
        assert!(!is_passing(&words("Name or service not known")));
        assert!(!is_passing(&words("No address associated with hostname")));
    }

    #[test]
    fn a_name_keeps_the_answers_within_reach() {
        let guard = Guard::new(&[]);
        let answers = |list: &[&str]| {
            list.iter().map(|ip| SocketAddr::new(ip.parse().expect("an address"), 0)).collect::<Vec<_>>()
        };
        let (kept, refused) = sift(&guard, Reach::Public, answers(&["10.0.0.1", "1.1.1.1", "::1"]));
        assert_eq!(kept, answers(&["1.1.1.1"]));
        assert_eq!(refused.expect("one is refused").1, "private");
        let (kept, refused) = sift(&guard, Reach::Public, answers(&["::1", "127.0.0.1"]));
        assert!(kept.is_empty());
        assert_eq!(refused.expect("one is refused").1, "loopback");
    }
}
