//! `mail:`: which mailbox, and what may be said of it in a watchlist. How it is read is `fetch::mailbox`.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::access;
use super::origin::Around;
use super::search::Made;
use super::shape::{ImapShape, MailShape};
use crate::config::address;
use crate::config::findings::Findings;
use crate::config::places::{Node, Span};
use crate::config::quantity;
use crate::config::yaml::Written;
use crate::exchange::{Account, Inbox, SecretRef, Security};
use crate::source::Source;
use crate::source::mail::Mail;
use crate::text::language::Language;

/// How a connection may be protected, with its port when none is written.
const SECURITY: [(&str, Security, u16); 3] =
    [("tls", Security::Tls, 993), ("starttls", Security::StartTls, 143), ("none", Security::None, 143)];

/// Reads a mailbox; without one, the findings say why.
pub(super) fn read(
    findings: &mut Findings,
    at: &Node,
    shape: MailShape,
    around: &Around<'_>,
    language: Option<Language>,
) -> Option<Made> {
    let inbox = match shape {
        MailShape { maildir: Some(Written(path)), imap: None } => {
            let span = at.get("maildir").map_or(at.span, |node| node.span);
            Inbox::Maildir(folder(findings, span, &path, around)?)
        }
        MailShape { maildir: None, imap: Some(shape) } => {
            Inbox::Imap(account(findings, at.get("imap").unwrap_or(at), shape, around)?)
        }
        _ => {
            findings.error(at.span, "mail-one-of", &[], None);
            return None;
        }
    };
    let name = match &inbox {
        Inbox::Maildir(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
        Inbox::Imap(account) => Some(account.host.clone()),
    };
    let source = Source::Mail(Mail::new(inbox, language));
    let url = source.url().to_owned();
    Some(Made {
        name: name.unwrap_or_else(|| "mail".to_owned()),
        identity: url.clone(),
        url,
        source,
        least: Duration::ZERO,
        genre: None,
    })
}

/// Relative to the folder of vigie.yaml.
fn folder(findings: &mut Findings, span: Span, path: &str, around: &Around<'_>) -> Option<PathBuf> {
    if path.trim().is_empty() || path.contains(['\0', '\n', '\r']) || path.contains("://") {
        findings.error(span, "mail-folder", &[], None);
        return None;
    }
    let below = around.settings.and_then(|settings| settings.file.parent());
    Some(below.map_or_else(|| PathBuf::from(path), |folder| folder.join(path)))
}

fn account(findings: &mut Findings, node: &Node, shape: ImapShape, around: &Around<'_>) -> Option<Account> {
    let at = |key: &str| node.get(key).unwrap_or(node).span;
    let ImapShape { host, port, username, folder, security, .. } = shape;
    let (Some(Written(host)), Some(Written(username)), Some(password)) = (host, username, node.get("password")) else {
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
    if let Some(settings) = around.settings {
        address::allowed(findings, at("host"), &url, &settings.fetch.allow_private)?;
    }
    let is_here = bare == "localhost" || bare.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
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
    let password = credential(findings, password, around)?;
    Some(Account { host: bare.to_owned(), port, security, username, password, folder })
}

/// The one secret that a watchlist may name: a credential that vigie.yaml allows it.
fn credential(findings: &mut Findings, node: &Node, around: &Around<'_>) -> Option<SecretRef> {
    let at = node.get("credential")?;
    let name = at.text()?;
    if name.is_empty() || name.contains(['/', '\0']) || matches!(name, "." | "..") {
        findings.error(at.span, "config-credential-name", &[("name", name)], None);
        return None;
    }
    let reference = SecretRef::Credential(name.to_owned());
    if let Some(settings) = around.settings {
        if !access::is_listed(findings, at.span, name, settings) {
            return None;
        }
        if let Err(error) = reference.read() {
            findings.unready(at.span, error.key(), &[("reference", &reference.written())]);
        }
    }
    Some(reference)
}
