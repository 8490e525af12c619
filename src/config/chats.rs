//! `slack:`, `teams:`, `discord:`, `mattermost:`, `telegram:` and `ntfy:` of a channel. The values only;
//! what is written to them is `notify::chat`'s.

use serde::Deserialize;

use super::address;
use super::load::{Reader, SecretShape};
use super::places::Node;
use super::settings::{ChannelKind, ChatAddress, ChatSettings, OpenedAddress, SecretOrText, Service};
use super::yaml::{ScalarOr, Written};

/// Where bots are served.
const TELEGRAM: &str = "https://api.telegram.org";
/// Where topics are served.
const NTFY: &str = "https://ntfy.sh";

/// A webhook of a chat as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HookShape {
    url: Option<SecretShape>,
    language: Option<Written>,
}

/// `telegram:` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TelegramShape {
    token: Option<SecretShape>,
    chat: Option<Written>,
    server: Option<Written>,
    language: Option<Written>,
}

/// `ntfy:` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NtfyShape {
    topic: Option<ScalarOr<SecretShape>>,
    server: Option<Written>,
    token: Option<SecretShape>,
    language: Option<Written>,
}

/// A chat as it is written.
pub(super) enum ChatShape {
    Hook(Service, HookShape),
    Telegram(TelegramShape),
    Ntfy(NtfyShape),
}

impl Reader<'_> {
    /// `node` is the channel's.
    pub(super) fn chat(&mut self, node: &Node, shape: ChatShape, opened: &[OpenedAddress]) -> Option<ChannelKind> {
        let (to, language) = match shape {
            ChatShape::Hook(service, shape) => {
                let node = node.get(service.word()).unwrap_or(node);
                let language = self.language(node, shape.language.as_ref());
                (self.hook(node, service, shape.url, opened), language)
            }
            ChatShape::Telegram(shape) => {
                let node = node.get("telegram").unwrap_or(node);
                let language = self.language(node, shape.language.as_ref());
                (self.telegram(node, shape, opened), language)
            }
            ChatShape::Ntfy(shape) => {
                let node = node.get("ntfy").unwrap_or(node);
                let language = self.language(node, shape.language.as_ref());
                (self.ntfy(node, shape, opened), language)
            }
        };
        Some(ChannelKind::Chat(ChatSettings { to: to?, language }))
    }

    fn hook(
        &mut self,
        node: &Node,
        service: Service,
        url: Option<SecretShape>,
        opened: &[OpenedAddress],
    ) -> Option<ChatAddress> {
        let Some(url) = url else {
            self.missing(node, service.word(), "url");
            return None;
        };
        let at = node.get("url").unwrap_or(node);
        let url = self.secret(at, url)?;
        // What cannot be read now was said; its form is looked at when it is opened.
        if let Ok(address) = url.read() {
            match address::web(address.expose()) {
                None => {
                    let arguments = [("service", service.name()), ("reference", &*url.written())];
                    self.findings.error(at.span, "chat-url", &arguments, None);
                }
                Some(parsed) => self.posted_to(at.span, &parsed, opened, None),
            }
        }
        Some(ChatAddress::Hook { service, url })
    }

    fn telegram(&mut self, node: &Node, shape: TelegramShape, opened: &[OpenedAddress]) -> Option<ChatAddress> {
        for (name, there) in [("token", shape.token.is_some()), ("chat", shape.chat.is_some())] {
            if !there {
                self.missing(node, "telegram", name);
            }
        }
        let server = self.server(node, shape.server, TELEGRAM, opened);
        let at = node.get("token").unwrap_or(node);
        let token = shape.token.and_then(|token| self.secret(at, token));
        if let Some(token) = &token
            && token.read().is_ok_and(|value| !is_bot_token(value.expose()))
        {
            self.findings.error(at.span, "chat-telegram-token", &[("reference", &token.written())], None);
        }
        let Written(chat) = shape.chat?;
        if !is_telegram_chat(&chat) {
            let at = node.get("chat").unwrap_or(node).span;
            self.findings.error(at, "chat-telegram-chat", &[("text", &chat)], None);
        }
        Some(ChatAddress::Telegram { server: server?, token: token?, chat })
    }

    fn ntfy(&mut self, node: &Node, shape: NtfyShape, opened: &[OpenedAddress]) -> Option<ChatAddress> {
        let everybodys = shape.server.is_none() && shape.token.is_none();
        let server = self.server(node, shape.server, NTFY, opened);
        let at = node.get("token").unwrap_or(node);
        let token = shape.token.and_then(|token| self.secret(at, token));
        if let Some(token) = &token
            && token.read().is_ok_and(|value| !value.expose().bytes().all(|byte| byte.is_ascii_graphic()))
        {
            self.findings.error(at.span, "chat-ntfy-token", &[("reference", &token.written())], None);
        }
        let at = node.get("topic").unwrap_or(node);
        let Some(topic) = shape.topic else {
            self.missing(node, "ntfy", "topic");
            return None;
        };
        let topic = self.secret_or_text(at, topic)?;
        if topic.read().is_ok_and(|value| !is_topic(value.expose())) {
            self.findings.error(at.span, "chat-ntfy-topic", &[], None);
        } else if everybodys && matches!(topic, SecretOrText::Text(_)) {
            self.findings.notice(at.span, "chat-ntfy-public", &[], None);
        }
        Some(ChatAddress::Ntfy { server: server?, topic, token })
    }

    /// The server of a service that people run themselves too.
    fn server(
        &mut self,
        node: &Node,
        written: Option<Written>,
        usual: &str,
        opened: &[OpenedAddress],
    ) -> Option<String> {
        let Some(Written(server)) = written else { return Some(usual.to_owned()) };
        let at = node.get("server").unwrap_or(node).span;
        let Some(parsed) = address::web(&server).filter(|url| url.query().is_none() && url.fragment().is_none()) else {
            self.findings.error(at, "chat-server", &[("usual", usual)], None);
            return None;
        };
        let https = server.replacen("http:", "https:", 1);
        self.posted_to(at, &parsed, opened, Some(&super::lexical::quoted(&https)));
        Some(server.trim_end_matches('/').to_owned())
    }
}

/// `123456789:` and some 35 letters, digits, `-` and `_`.
fn is_bot_token(value: &str) -> bool {
    value.split_once(':').is_some_and(|(bot, key)| {
        !bot.is_empty()
            && bot.bytes().all(|byte| byte.is_ascii_digit())
            && key.len() >= 20
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

/// A number, negative for groups, or `@name`.
fn is_telegram_chat(value: &str) -> bool {
    let is_name = |name: &str| {
        (4..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let digits = value.strip_prefix('-').unwrap_or(value);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit()) && value.parse::<i64>().is_ok_and(|id| id != 0);
    is_number || value.strip_prefix('@').is_some_and(is_name)
}

/// What ntfy takes as a topic: 1 to 64 letters, digits, `-` and `_`.
fn is_topic(value: &str) -> bool {
    (1..=64).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::config::load::settings_of;
    use crate::config::settings::UiLanguage;

    #[test]
    fn tokens_chats_and_topics_have_their_forms() {
        let token = format!("123456:{}", "aA-_".repeat(9));
        for (value, fine) in [(token.as_str(), true), ("123456", false), ("bot:aaaaaaaaaaaaaaaaaaaaaaaa", false)] {
            assert_eq!(is_bot_token(value), fine, "{value}");
        }
        for (value, fine) in [
            ("-1001234567890", true),
            ("42", true),
            ("@acme_alertes", true),
            ("0", false),
            ("+42", false),
            ("acme", false),
            ("@a b", false),
            ("https://t.me/acme", false),
        ] {
            assert_eq!(is_telegram_chat(value), fine, "{value}");
        }
        for (value, fine) in [("acme-crise_1", true), ("", false), ("a/b", false), ("é", false)] {
            assert_eq!(is_topic(value), fine, "{value}");
        }
    }

    #[test]
    fn a_readable_address_is_guarded_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let check = |value: &str, allowed: &str| {
            let path = folder.path().join("hook");
            std::fs::write(&path, value).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            let text =
                format!("fetch: {{allow_private: [{allowed}]}}\nchannels: {{a: {{slack: {{url: {{file: hook}}}}}}}}");
            let path = folder.path().join("vigie.yaml");
            match settings_of(&path, text.as_bytes(), None, UiLanguage::English) {
                Ok(_) => String::new(),
                Err(said) => said.iter().map(|one| one.render(false)).collect(),
            }
        };
        assert_eq!(check("https://hooks.slack.example/services/T0/B0/hunter2", ""), "");
        assert_eq!(check("http://10.0.0.5:8065/hooks/hunter2", "\"10.0.0.5:8065\""), "");
        for (value, said) in [
            ("hunter2", "not a web address"),
            ("http://hooks.slack.example/services/hunter2", "https:"),
            ("https://169.254.169.254/hunter2", "allow_private"),
        ] {
            let shown = check(value, "");
            assert!(shown.contains(said) && !shown.contains("hunter2"), "{value}: {shown}");
        }
    }
}
