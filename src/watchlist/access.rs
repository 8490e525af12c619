//! `auth:`, `headers:` and `{secret:NAME}` of a source: which credentials it names, and what is made of
//! them. Owns the rules of what a watchlist may send; sending is `net`'s.

use url::Url;

use super::shape::{AuthShape, BasicShape, CredentialShape, SourceShape};
use crate::config::access::{self, Access};
use crate::config::findings::Findings;
use crate::config::places::{Node, Span};
use crate::config::yaml::Written;
use crate::config::{SecretRef, Settings, address, keys};

/// Headers that a request has of its own, or that say where it ends: nobody else writes them.
const RESERVED: [&str; 18] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// Words of a header's name whose value is a secret.
const SECRET_WORDS: [&str; 9] =
    ["authorization", "auth", "cookie", "key", "apikey", "password", "secret", "token", "session"];

/// The longest value of a header, in bytes.
const LONGEST: usize = 4096;

/// What a source may take out of its lines.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) auth: Option<Box<AuthShape>>,
    pub(super) headers: Vec<String>,
}

/// Takes the parts of access out of a source's shape.
pub(super) fn taken(shape: &mut SourceShape) -> Parts {
    let headers = shape.headers.take().map_or_else(Vec::new, |headers| headers.0);
    Parts { auth: shape.auth.take(), headers: headers.into_iter().map(|(name, _)| name).collect() }
}

/// What is sent to the origin of `url`; the findings say what cannot be.
pub(super) fn read(
    findings: &mut Findings,
    node: &Node,
    (written, at, has_session): (Parts, Span, bool),
    url: &str,
    settings: Option<&Settings>,
) -> Access {
    let Some(parsed) = address::web(url) else { return Access::default() };
    let mut reader = Reader { findings, access: Access::of(&parsed), settings };
    reader.address(at, url, &parsed);
    if let Some(auth) = written.auth {
        reader.auth(node.get("auth").unwrap_or(node), *auth, has_session);
    }
    if let Some(block) = node.get("headers") {
        reader.headers(block, &written.headers, node.get("auth").is_some());
    }
    // An origin alone says nothing.
    if reader.access.is_empty() { Access::default() } else { reader.access }
}

struct Reader<'a> {
    findings: &'a mut Findings,
    access: Access,
    settings: Option<&'a Settings>,
}

impl Reader<'_> {
    fn address(&mut self, at: Span, url: &str, parsed: &Url) {
        let names: Vec<String> = access::places(url).into_iter().map(str::to_owned).collect();
        // In the path or the parameters: a host is nobody's secret, a fragment is not sent.
        let sent: Vec<String> = access::places(&parsed[url::Position::BeforePath..url::Position::AfterQuery])
            .into_iter()
            .map(str::to_owned)
            .collect();
        if names != sent {
            self.findings.error(at, "access-place", &[], None);
            return;
        }
        for name in names {
            self.credential(at, &name);
        }
    }

    /// Where a session is opened with name and password, they go there and into no header.
    fn auth(&mut self, node: &Node, auth: AuthShape, has_session: bool) {
        match auth {
            AuthShape { basic: Some(BasicShape { username, password }), bearer: None } => {
                let block = node.get("basic").unwrap_or(node);
                let (Some(Written(username)), Some(CredentialShape { credential: Some(Written(password)) })) =
                    (username, password)
                else {
                    let keys = [("username", block.get("username")), ("password", block.get("password"))];
                    for (key, _) in keys.into_iter().filter(|(_, value)| value.is_none()) {
                        self.findings.error(
                            block.span,
                            "config-missing-key",
                            &[("block", "basic"), ("key", key)],
                            None,
                        );
                    }
                    return;
                };
                if username.contains(':') || username.chars().any(char::is_control) {
                    self.findings.error(block.get("username").unwrap_or(block).span, "access-username", &[], None);
                }
                let at = credential_span(block.get("password").unwrap_or(block));
                if self.credential(at, &password) && !has_session {
                    self.access.basic(&username, &password);
                }
            }
            AuthShape { basic: None, bearer: Some(CredentialShape { credential: Some(Written(name)) }) } => {
                if self.credential(credential_span(node.get("bearer").unwrap_or(node)), &name) {
                    self.access.bearer(&name);
                }
            }
            AuthShape { .. } => self.findings.error(node.span, "access-auth", &[], None),
        }
    }

    fn headers(&mut self, block: &Node, names: &[String], has_auth: bool) {
        let mut seen: Vec<String> = Vec::new();
        for (name, (key, value)) in names.iter().zip(block.pairs()) {
            let lower = name.to_ascii_lowercase();
            let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            let arguments = [("name", name.as_str())];
            if !name.bytes().all(is_token) || name.len() > 100 {
                self.findings.error(key.span, "access-header-name", &arguments, None);
            } else if RESERVED.contains(&&*lower) || lower.starts_with("proxy-") {
                self.findings.error(key.span, "access-header-reserved", &arguments, None);
            } else if seen.contains(&lower) || (has_auth && lower == "authorization") {
                self.findings.error(key.span, "access-header-twice", &arguments, None);
            } else {
                seen.push(lower);
                self.header(name, value);
            }
        }
    }

    fn header(&mut self, name: &str, value: &Node) {
        let Some(text) = value.text() else {
            let Some(credential) = value.get("credential").and_then(Node::text) else { return };
            if self.credential(credential_span(value), credential) {
                self.access.header(name, &format!("{{secret:{credential}}}"));
            }
            return;
        };
        let names: Vec<String> = access::places(text).into_iter().map(str::to_owned).collect();
        let is_secret = name.to_ascii_lowercase().split(['-', '_', '.']).any(|word| SECRET_WORDS.contains(&word));
        if text.chars().any(char::is_control) || text.len() > LONGEST {
            self.findings.error(value.span, "access-header-value", &[("name", name)], None);
        } else if is_secret && names.is_empty() {
            self.findings.error(value.span, "access-literal", &[("key", name)], None);
        } else if names.iter().all(|credential| self.credential(value.span, credential)) {
            self.access.header(name, text);
        }
    }

    /// Looks a credential up; false, and said, for one that may not be named here.
    fn credential(&mut self, at: Span, name: &str) -> bool {
        if self.access.knows(name) {
            return true;
        }
        let Some(settings) = self.settings else {
            self.access.secret(name, None);
            return true;
        };
        if !is_listed(self.findings, at, name, settings) {
            return false;
        }
        let reference = SecretRef::Credential(name.to_owned());
        let value = reference.read();
        if let Err(error) = &value {
            self.findings.unready(at, error.key(), &[("reference", &reference.written())]);
        }
        self.access.secret(name, value.ok());
        true
    }
}

/// The name in `{credential: NAME}`.
fn credential_span(reference: &Node) -> Span {
    reference.get("credential").unwrap_or(reference).span
}

/// True for a credential that vigie.yaml lets watchlists name; any other is said.
pub(super) fn is_listed(findings: &mut Findings, at: Span, name: &str, settings: &Settings) -> bool {
    let listed = &settings.watchlist_credentials;
    let is_listed = listed.iter().any(|known| known == name);
    if !is_listed {
        let near = keys::nearest(name, listed.iter().map(String::as_str));
        let key = if near.is_some() { "access-not-listed-near" } else { "access-not-listed" };
        findings.error(at, key, &[("name", name), ("near", near.unwrap_or_default())], None);
    }
    is_listed
}
