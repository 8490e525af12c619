//! `smtp:` and `channels:` of vigie.yaml. The values only; sending is `notify`.

use std::net::IpAddr;

use serde::Deserialize;
use url::Url;

use super::address::{self, Reach};
use super::chats::{ChatShape, HookShape, NtfyShape, TelegramShape};
use super::lexical::without_guillemets;
use super::load::{Reader, SecretShape};
use super::places::{Node, Span};
use super::settings::{
    ChannelKind, ChannelSettings, Mailbox, OpenedAddress, Recipient, Security, Service, SmtpSettings,
};
use super::signing::{SigningError, SigningKeys};
use super::yaml::{Named, ScalarOr, Written};
use super::{keys, mailbox};

/// `smtp:` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SmtpShape {
    host: Option<Written>,
    port: Option<Written>,
    security: Option<Written>,
    username: Option<Written>,
    password: Option<SecretShape>,
    from: Option<Written>,
}

/// One of `channels:` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelShape {
    email: Option<EmailShape>,
    webhook: Option<WebhookShape>,
    slack: Option<HookShape>,
    teams: Option<HookShape>,
    discord: Option<HookShape>,
    mattermost: Option<HookShape>,
    telegram: Option<TelegramShape>,
    ntfy: Option<NtfyShape>,
}

impl ChannelShape {
    /// The one kind that is written.
    fn only(self) -> Option<KindShape> {
        let hook = |service| move |shape| KindShape::Chat(ChatShape::Hook(service, shape));
        let mut kinds = [
            self.email.map(KindShape::Email),
            self.webhook.map(KindShape::Webhook),
            self.slack.map(hook(Service::Slack)),
            self.teams.map(hook(Service::Teams)),
            self.discord.map(hook(Service::Discord)),
            self.mattermost.map(hook(Service::Mattermost)),
            self.telegram.map(|shape| KindShape::Chat(ChatShape::Telegram(shape))),
            self.ntfy.map(|shape| KindShape::Chat(ChatShape::Ntfy(shape))),
        ]
        .into_iter()
        .flatten();
        kinds.next().filter(|_| kinds.next().is_none())
    }
}

enum KindShape {
    Email(EmailShape),
    Webhook(WebhookShape),
    Chat(ChatShape),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct EmailShape {
    to: Option<Vec<ScalarOr<RecipientShape>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipientShape {
    address: Option<Written>,
    language: Option<Written>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookShape {
    url: Option<Written>,
    secret: Option<SecretShape>,
}

impl Reader<'_> {
    pub(super) fn smtp(&mut self, node: &Node, shape: SmtpShape) -> Option<SmtpSettings> {
        let key = node;
        for (name, there) in [("host", shape.host.is_some()), ("from", shape.from.is_some())] {
            if !there {
                self.missing(key, "smtp", name);
            }
        }
        let choices = [("starttls", Security::StartTls), ("tls", Security::Tls), ("none", Security::None)];
        let security = match &shape.security {
            Some(_) => self.choice(node, "security", shape.security.as_ref(), &choices),
            None => Some(Security::StartTls),
        };
        let usual = match security {
            Some(Security::Tls) => 465,
            Some(Security::None) => 25,
            _ => 587,
        };
        let port = self.number(node, "port", shape.port.as_ref(), (1, 65_535)).unwrap_or(usual) as u16;
        let host = shape.host.map(|Written(host)| host);
        if let (Some(host), Some(at)) = (&host, node.get("host"))
            && (host.contains(['/', ' ', '@']) || !host.is_ascii())
        {
            self.findings.error(at.span, "config-smtp-host", &[("host", host)], None);
        }
        if let (Some(Security::None), Some(host), Some(at)) = (security, &host, node.get("security"))
            && !is_loopback(host)
        {
            self.findings.error(at.span, "config-smtp-clear", &[("host", host)], Some("starttls"));
        }
        let username = shape.username.map(|Written(name)| name);
        match (&username, &shape.password) {
            (Some(_), None) => self.missing(node.get("username").unwrap_or(node), "smtp", "password"),
            (None, Some(_)) => self.missing(node.get("password").unwrap_or(node), "smtp", "username"),
            _ => {}
        }
        let place = self.findings.place(node.span);
        let password = shape.password.and_then(|secret| self.secret(node.get("password").unwrap_or(node), secret));
        let from = shape.from.and_then(|Written(from)| self.mailbox(node.get("from").unwrap_or(node), &from));
        Some(SmtpSettings { host: host?, port, security: security?, username, password, from: from?, place })
    }

    pub(super) fn channels(
        &mut self,
        node: &Node,
        Named(shapes): Named<ChannelShape>,
        has_smtp: bool,
        opened: &[OpenedAddress],
    ) -> Vec<ChannelSettings> {
        let mut channels = Vec::new();
        for ((name, shape), (key, value)) in shapes.into_iter().zip(node.pairs()) {
            let place = self.findings.place(key.span);
            let kind = match shape.only() {
                Some(KindShape::Email(email)) => {
                    if !has_smtp {
                        let at = value.pair("email").map_or(value.span, |(key, _)| key.span);
                        self.findings.error(at, "config-email-needs-smtp", &[("channel", &name)], None);
                    }
                    self.email(value.get("email").unwrap_or(value), email)
                }
                Some(KindShape::Webhook(webhook)) => {
                    self.webhook(value.get("webhook").unwrap_or(value), webhook, opened)
                }
                Some(KindShape::Chat(chat)) => self.chat(value, chat, opened),
                None => {
                    self.findings.error(key.span, "config-channel-one-kind", &[("channel", &name)], None);
                    None
                }
            };
            if let Some(kind) = kind {
                channels.push(ChannelSettings { name, place, kind });
            }
        }
        channels
    }

    fn email(&mut self, node: &Node, shape: EmailShape) -> Option<ChannelKind> {
        let items = node.get("to").map_or(&[][..], Node::items);
        if items.is_empty() {
            self.missing(node, "email", "to");
            return None;
        }
        let mut to: Vec<Recipient> = Vec::new();
        for (shape, item) in shape.to.unwrap_or_default().into_iter().zip(items) {
            let (at, written, language) = match shape {
                ScalarOr::Scalar => (item, without_guillemets(item.text().unwrap_or_default()), None),
                ScalarOr::Block(shape) => {
                    let Some(Written(address)) = shape.address else {
                        self.missing(item, "to", "address");
                        continue;
                    };
                    let language = self.language(item, shape.language.as_ref());
                    (item.get("address").unwrap_or(item), address, language)
                }
            };
            let Some(mailbox) = self.mailbox(at, &written) else { continue };
            if to.iter().any(|other| other.mailbox.address.eq_ignore_ascii_case(&mailbox.address)) {
                self.findings.error(at.span, "config-recipient-twice", &[("address", &mailbox.address)], None);
                continue;
            }
            to.push(Recipient { mailbox, language });
        }
        Some(ChannelKind::Email { to })
    }

    fn webhook(&mut self, node: &Node, shape: WebhookShape, opened: &[OpenedAddress]) -> Option<ChannelKind> {
        for (name, there) in [("url", shape.url.is_some()), ("secret", shape.secret.is_some())] {
            if !there {
                self.missing(node, "webhook", name);
            }
        }
        let Written(url) = shape.url?;
        let at = node.get("url").unwrap_or(node).span;
        match address::web(&url) {
            None => self.findings.error(at, "config-web-address", &[("key", "url")], None),
            Some(parsed) => {
                let https = url.replacen("http:", "https:", 1);
                self.posted_to(at, &parsed, opened, Some(&super::lexical::quoted(&https)));
            }
        }
        let at = node.get("secret").unwrap_or(node);
        let secret = shape.secret.and_then(|secret| self.reference(at, secret))?;
        match SigningKeys::read(&secret) {
            Ok(_) => {}
            Err(SigningError::Secret(error)) => self.unread(at, &secret, error),
            Err(SigningError::Form) => {
                let arguments = [("reference", &*secret.written())];
                self.findings.error(at.span, "config-webhook-secret", &arguments, None);
            }
        }
        Some(ChannelKind::Webhook { url, secret })
    }

    /// An address that is posted to: no private one that is not opened, no public one in clear.
    pub(super) fn posted_to(&mut self, at: Span, url: &Url, opened: &[OpenedAddress], https: Option<&str>) {
        let reach = address::allowed(self.findings, at, url, opened);
        if reach == Some(Reach::Public) && url.scheme() == "http" {
            self.findings.error(at, "config-webhook-clear", &[], https);
        }
    }

    pub(super) fn mailbox(&mut self, node: &Node, written: &str) -> Option<Mailbox> {
        let mailbox = mailbox::mailbox(written);
        if mailbox.is_none() {
            self.findings.error(node.span, "config-mail-address", &[("text", written)], None);
        }
        mailbox
    }

    pub(super) fn missing(&mut self, node: &Node, block: &str, key: &str) {
        debug_assert!(keys::is_known(key), "{key}");
        self.findings.error(node.span, "config-missing-key", &[("block", block), ("key", key)], None);
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::load::settings_of;
    use crate::config::settings::UiLanguage;

    #[test]
    fn a_readable_secret_of_another_form_is_refused_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hook");
        std::fs::write(&path, "hunter2").unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let text = "channels: {a: {webhook: {url: \"https://a.example/\", secret: {file: hook}}}}";
        let path = folder.path().join("vigie.yaml");
        let said = settings_of(&path, text.as_bytes(), None, UiLanguage::English).unwrap_err();
        let shown: String = said.iter().map(|one| one.render(false)).collect();
        assert!(shown.contains("whsec_") && !shown.contains("hunter2"), "{shown}");
        let settings = settings_of(
            Path::new("v.yaml"),
            b"smtp: {host: '::1', security: none, from: a@b.example}",
            None,
            UiLanguage::English,
        );
        assert_eq!(settings.unwrap().0.smtp.map(|smtp| smtp.port), Some(25));
    }
}
