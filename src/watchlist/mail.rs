//! `mail:`: which mailbox, and what may be said of it in a watchlist. How it is read is `fetch::mailbox`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::access;
use super::origin::Around;
use super::search::Made;
use super::shape::{ImapShape, MailShape};
use crate::config::findings::Findings;
use crate::config::imap::{self, Parts};
use crate::config::places::{Node, Span};
use crate::config::yaml::Written;
use crate::exchange::{Account, Inbox, SecretRef};
use crate::source::Source;
use crate::source::mail::Mail;
use crate::text::language::Language;

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
    let source = Source::Mail(Arc::new(Mail::new(inbox, language)));
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
    if !imap::is_folder(path) {
        findings.error(span, "mail-folder", &[], None);
        return None;
    }
    let below = around.settings.and_then(|settings| settings.file.parent());
    Some(below.map_or_else(|| PathBuf::from(path), |folder| folder.join(path)))
}

fn account(findings: &mut Findings, node: &Node, shape: ImapShape, around: &Around<'_>) -> Option<Account> {
    let ImapShape { host, port, username, folder, security, .. } = shape;
    let opened = around.settings.map(|settings| settings.fetch.allow_private.as_slice());
    let parts = Parts { host, port, security, username, folder };
    imap::account(findings, node, parts, opened, |findings, password| credential(findings, password, around))
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
