//! `replies:` of vigie.yaml: the mailbox where answers to mails arrive. Owns its values; reading it is
//! `crate::replies`'s.

use serde::Deserialize;

use super::imap::{self, Parts};
use super::load::{Reader, SecretShape};
use super::places::Node;
use super::settings::{OpenedAddress, RepliesSettings};
use super::yaml::Written;
use crate::exchange::Inbox;

/// Characters of an address before its `@` (RFC 5321, 4.5.3.1.1).
const LOCAL: usize = 64;

/// `replies:` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RepliesShape {
    maildir: Option<Written>,
    imap: Option<ImapShape>,
    address: Option<Written>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImapShape {
    host: Option<Written>,
    port: Option<Written>,
    security: Option<Written>,
    username: Option<Written>,
    password: Option<SecretShape>,
    folder: Option<Written>,
}

impl Reader<'_> {
    pub(super) fn replies(
        &mut self,
        node: &Node,
        shape: RepliesShape,
        has_smtp: bool,
        opened: &[OpenedAddress],
    ) -> Option<RepliesSettings> {
        let is_written = shape.address.is_some();
        let address =
            shape.address.and_then(|Written(written)| self.answered_at(node.get("address").unwrap_or(node), &written));
        let inbox = match (shape.maildir, shape.imap) {
            (Some(Written(path)), None) => {
                if !imap::is_folder(&path) {
                    self.findings.error(node.get("maildir").unwrap_or(node).span, "mail-folder", &[], None);
                    return None;
                }
                Inbox::Maildir(self.folder.join(path))
            }
            (None, Some(shape)) => Inbox::Imap(self.account(node.get("imap").unwrap_or(node), shape, opened)?),
            _ => {
                self.findings.error(node.span, "replies-one-of", &[], None);
                return None;
            }
        };
        if is_written && address.is_none() {
            return None;
        }
        if !has_smtp {
            self.findings.notice(node.span, "replies-need-smtp", &[], None);
        }
        Some(RepliesSettings { inbox, address })
    }

    /// An address, with a place for a token or without.
    fn answered_at(&mut self, node: &Node, written: &str) -> Option<String> {
        let address = self.mailbox(node, written)?.address;
        let (local, domain) = address.rsplit_once('@')?;
        let (text, length) =
            (address.as_str(), local.replace(RepliesSettings::TOKEN, &"a".repeat(RepliesSettings::TOKEN_LENGTH)).len());
        let fits = local.matches(RepliesSettings::TOKEN).count() <= 1 && length <= LOCAL;
        if !fits || domain.contains(RepliesSettings::TOKEN) {
            let rest = (LOCAL - RepliesSettings::TOKEN_LENGTH).to_string();
            self.findings.error(node.span, "replies-token", &[("text", text), ("rest", &rest)], None);
            return None;
        }
        Some(address)
    }

    fn account(&mut self, node: &Node, shape: ImapShape, opened: &[OpenedAddress]) -> Option<crate::exchange::Account> {
        let ImapShape { host, port, security, username, password, folder } = shape;
        let there = [("host", host.is_some()), ("username", username.is_some()), ("password", password.is_some())];
        for (key, _) in there.iter().filter(|(_, there)| !there) {
            self.missing(node, "imap", key);
        }
        let folder_of_file = self.folder;
        imap::account(
            self.findings,
            node,
            Parts { host, port, security, username, folder },
            Some(opened),
            |findings, at| Reader { findings, folder: folder_of_file }.secret(at, password?),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::load::settings_of;
    use crate::config::settings::UiLanguage;
    use crate::exchange::Inbox;

    fn read(text: &str) -> Result<Option<(Inbox, Option<String>)>, Vec<String>> {
        let text = format!("fetch: {{contact: \"https://a.example/\", allow_private: [\"127.0.0.1:143\"]}}\n{text}");
        match settings_of(Path::new("conf/vigie.yaml"), text.as_bytes(), None, UiLanguage::English) {
            Ok((settings, _)) => Ok(settings.replies.map(|replies| (replies.inbox, replies.address))),
            Err(said) => Err(said.into_iter().map(|one| one.sentence).collect()),
        }
    }

    #[test]
    fn a_mailbox_for_replies_is_a_folder_or_an_account() {
        assert_eq!(read("").unwrap(), None);
        let (inbox, address) = read("replies: {maildir: mail/replies}").unwrap().expect("a mailbox");
        assert_eq!(inbox.to_string(), "maildir:conf/mail/replies");
        assert_eq!(address, None);
        let account = "replies: {imap: {host: 127.0.0.1, security: none, username: vigie, \
                       password: {env: VIGIE_TEST_UNSET}, folder: Réponses}, address: \"Vigie <r@acme.example>\"}";
        let (inbox, address) = read(account).unwrap().expect("a mailbox");
        assert_eq!(inbox.to_string(), "imap://vigie@127.0.0.1:143/Réponses");
        assert_eq!(address.as_deref(), Some("r@acme.example"));
        let own = "replies: {maildir: a, address: \"alertes+{token}@acme.example\"}";
        assert_eq!(read(own).unwrap().expect("a mailbox").1.as_deref(), Some("alertes+{token}@acme.example"));
    }

    #[test]
    fn a_mailbox_for_replies_that_is_none_is_said() {
        for text in [
            "replies: {}",
            "replies: {maildir: a, imap: {host: b.example, username: u, password: {env: X}}}",
            "replies: {maildir: \"imap://x\"}",
            "replies: {imap: {host: b.example}}",
            "replies: {imap: {host: b.example, username: u, password: hunter2}}",
            "replies: {imap: {host: b.example, security: none, username: u, password: {env: X}}}",
            "replies: {imap: {host: 10.0.0.9, username: u, password: {env: X}}}",
            "replies: {imap: {host: b.example, port: 0, username: u, password: {env: X}}}",
            "replies: {maildir: a, address: nobody}",
            "replies: {maildirs: a}",
            "replies: {maildir: a, address: \"alertes.clients+{token}@a.example\"}",
            "replies: {maildir: a, address: \"{token}{token}@a.example\"}",
            "replies: {maildir: a, address: \"r@{token}.example\"}",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
