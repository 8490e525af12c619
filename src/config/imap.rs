//! An account of a mail server as it is written, in vigie.yaml or in a watchlist. Owns what its values may be;
//! where its password may be kept is the file's matter.

use std::net::IpAddr;

use url::Url;

use super::findings::Findings;
use super::places::Node;
use super::settings::OpenedAddress;
use super::yaml::Written;
use super::{address, quantity};
use crate::exchange::{Account, SecretRef, Security};

/// How a connection may be protected, with its port when none is written.
const SECURITY: [(&str, Security, u16); 3] =
    [("tls", Security::Tls, 993), ("starttls", Security::StartTls, 143), ("none", Security::None, 143)];

/// The values of an account as written.
#[derive(Debug, Default)]
pub struct Parts {
    /// Name or address.
    pub host: Option<Written>,
    /// A number.
    pub port: Option<Written>,
    /// One of three words.
    pub security: Option<Written>,
    /// To log in with.
    pub username: Option<Written>,
    /// INBOX without it.
    pub folder: Option<Written>,
}

/// Reads an account; without one, the findings or the table of keys say why. `opened` is what `allow_private`
/// opens, where that is known.
pub fn account(
    findings: &mut Findings,
    node: &Node,
    parts: Parts,
    opened: Option<&[OpenedAddress]>,
    password: impl FnOnce(&mut Findings, &Node) -> Option<SecretRef>,
) -> Option<Account> {
    let at = |key: &str| node.get(key).unwrap_or(node).span;
    let Parts { host, port, security, username, folder } = parts;
    let (Some(Written(host)), Some(Written(username)), Some(secret)) = (host, username, node.get("password")) else {
        // The table of keys has said what is missing.
        return None;
    };
    let (_, security, usual) = match &security {
        None => SECURITY[0],
        Some(Written(word)) => *SECURITY.iter().find(|(name, ..)| name == word)?,
    };
    let port = match port {
        None => usual,
        Some(Written(text)) => {
            let number = quantity::digits(&text).filter(|number| (1..=65_535).contains(number));
            let Some(number) = number else {
                let arguments = [("key", "port"), ("text", text.as_str()), ("least", "1"), ("most", "65535")];
                findings.error(at("port"), "config-number", &arguments, None);
                return None;
            };
            number as u16
        }
    };
    let bare = host.trim_matches(['[', ']']);
    let shown = if bare.contains(':') { format!("[{bare}]") } else { bare.to_owned() };
    let url = Url::parse(&format!("https://{shown}:{port}/")).ok().filter(|url| url.path() == "/");
    let Some(url) = url.filter(|_| !bare.is_empty() && !bare.contains(['@', '?', '#', '/', '\\'])) else {
        findings.error(at("host"), "mail-host", &[], None);
        return None;
    };
    if let Some(opened) = opened {
        address::allowed(findings, at("host"), &url, opened)?;
    }
    let is_here = bare == "localhost" || bare.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    if security == Security::None && !is_here {
        findings.error(at("security"), "mail-security", &[], None);
        return None;
    }
    let folder = folder.map_or_else(|| "INBOX".to_owned(), |Written(folder)| folder);
    for (key, text) in [("username", &username), ("folder", &folder)] {
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            findings.error(at(key), "config-one-line", &[("key", key)], None);
            return None;
        }
    }
    let password = password(findings, secret)?;
    Some(Account { host: bare.to_owned(), port, security, username, password, folder })
}

/// True for what can be the path of a Maildir.
#[must_use]
pub fn is_folder(path: &str) -> bool {
    !path.trim().is_empty() && !path.contains(['\0', '\n', '\r']) && !path.contains("://")
}
