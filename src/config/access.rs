//! What a source sends of secrets, and to whom: its headers, and the `{secret:NAME}` places in addresses,
//! headers and bodies. Owns putting the values in and taking them out again of what comes back; shows none.

use std::borrow::Cow;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use url::Url;

use super::Secret;

/// Shorter values are taken out of an answer only where they stand as a value: they may be words of its text.
const TELLING: usize = 8;

/// A credential that a source needs cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the credential {0} cannot be read")]
pub struct MissingSecret(pub String);

/// The value of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// As written; it may hold places.
    Text(String),
    /// RFC 7617; the password is the credential of that name.
    Basic { username: String, password: String },
}

/// What goes to one origin (scheme, host and port) and to no other.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Access {
    origin: String,
    headers: Vec<(String, Value)>,
    /// By name; `None` where it could not be read.
    secrets: Vec<(String, Option<Secret>)>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        let secrets: Vec<&str> = self.secrets.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Access")
            .field("origin", &self.origin)
            .field("headers", &headers)
            .field("secrets", &secrets)
            .finish()
    }
}

impl Access {
    /// Access to the origin of an address, with nothing to send yet.
    #[must_use]
    pub fn of(url: &Url) -> Self {
        Self { origin: origin(url), ..Self::default() }
    }

    /// Sends a header; its value may hold places.
    pub fn header(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), Value::Text(value.to_owned())));
    }

    /// Sends `Authorization: Basic`; `password` is the name of a credential.
    pub fn basic(&mut self, username: &str, password: &str) {
        let value = Value::Basic { username: username.to_owned(), password: password.to_owned() };
        self.headers.push(("Authorization".to_owned(), value));
    }

    /// Sends `Authorization: Bearer` with a credential.
    pub fn bearer(&mut self, credential: &str) {
        self.header("Authorization", &place(credential));
        if let Some((_, Value::Text(value))) = self.headers.last_mut() {
            value.insert_str(0, "Bearer ");
        }
    }

    /// The value of a credential, `None` where it cannot be read.
    pub fn secret(&mut self, name: &str, value: Option<Secret>) {
        if !self.knows(name) {
            self.secrets.push((name.to_owned(), value));
        }
    }

    /// True for a credential that has been handed in, readable or not.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.secrets.iter().any(|(known, _)| known == name)
    }

    /// True where nothing is sent that others do not send.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.headers.is_empty() && self.secrets.is_empty()
    }

    /// Changes with anything that is sent; for comparison within one run alone.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        format!("{:?}", self.headers).hash(&mut hasher);
        for (name, value) in &self.secrets {
            (name, value.as_ref().map(Secret::expose)).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// True for an address of its origin.
    #[must_use]
    pub fn is_for(&self, url: &Url) -> bool {
        !self.origin.is_empty() && self.origin == origin(url)
    }

    /// The headers as they are sent.
    ///
    /// # Errors
    /// A credential that cannot be read.
    pub fn headers(&self) -> Result<Vec<(String, String)>, MissingSecret> {
        let value = |value: &Value| match value {
            Value::Text(text) => self.filled(text),
            Value::Basic { username, password } => {
                let password = self.value(password)?;
                Ok(format!("Basic {}", STANDARD.encode(format!("{username}:{password}"))))
            }
        };
        self.headers.iter().map(|(name, written)| Ok((name.clone(), value(written)?))).collect()
    }

    /// A header or a body with its credentials put in.
    ///
    /// # Errors
    /// A credential that cannot be read.
    pub fn filled(&self, text: &str) -> Result<String, MissingSecret> {
        self.fill(text, str::to_owned)
    }

    /// An address with its credentials put in, percent-encoded.
    ///
    /// # Errors
    /// A credential that cannot be read.
    pub fn filled_address(&self, url: &str) -> Result<String, MissingSecret> {
        self.fill(url, encoded)
    }

    /// An address without its credentials, for another origin: nothing stands in their place.
    #[must_use]
    pub fn emptied(&self, url: &str) -> String {
        let hidden = self.hidden(url);
        // No place is left unfilled by an empty text.
        fill(&hidden, |_| Ok(String::new())).unwrap_or_default()
    }

    /// A text with `{secret:NAME}` in place of each credential's value.
    #[must_use]
    pub fn hidden<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.hide(text.as_bytes()) {
            None => Cow::Borrowed(text),
            // What goes in and out is UTF-8, and values are whole characters.
            Some(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// The same of a body, before anybody parses it: servers echo the address they were asked under.
    #[must_use]
    pub fn hidden_body(&self, body: Vec<u8>) -> Vec<u8> {
        self.hide(&body).unwrap_or(body)
    }

    fn hide(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut hidden: Option<Vec<u8>> = None;
        for (name, value) in &self.secrets {
            let Some(value) = value.as_ref().map(Secret::expose) else { continue };
            let mut forms = vec![value.to_owned(), encoded(value)];
            forms.extend(self.pairs(name).map(|username| STANDARD.encode(format!("{username}:{value}"))));
            forms.dedup();
            for form in forms {
                if let Some(done) = replaced(hidden.as_deref().unwrap_or(text), form.as_bytes(), &place(name)) {
                    hidden = Some(done);
                }
            }
        }
        hidden
    }

    /// Names that log in with this credential as their password.
    fn pairs<'a>(&'a self, credential: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter_map(move |(_, value)| match value {
            Value::Basic { username, password } if password == credential => Some(username.as_str()),
            Value::Basic { .. } | Value::Text(_) => None,
        })
    }

    fn fill(&self, text: &str, form: impl Fn(&str) -> String) -> Result<String, MissingSecret> {
        fill(text, |name| self.value(name).map(&form))
    }

    fn value(&self, name: &str) -> Result<&str, MissingSecret> {
        let found = self.secrets.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.as_ref());
        found.map(Secret::expose).ok_or_else(|| MissingSecret(name.to_owned()))
    }
}

/// Scheme, host and port.
fn origin(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    format!("{}://{host}:{}", url.scheme(), url.port_or_known_default().unwrap_or(0))
}

fn place(name: &str) -> String {
    format!("{{secret:{name}}}")
}

/// The names that a text has places for, in order.
#[must_use]
pub fn places(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut from = 0;
    while let Some((name, whole)) = next_place(text, from) {
        names.push(&text[name]);
        from = whole.end;
    }
    names
}

/// The next place from there on: its name, and all of it. In a path, the `url` crate writes `%7B` and `%7D`.
fn next_place(text: &str, from: usize) -> Option<(Range<usize>, Range<usize>)> {
    const WORD: &str = "secret:";
    let mut at = from;
    while let Some(found) = text[at..].find(WORD) {
        let word = at + found;
        let name = word + WORD.len();
        at = name;
        let (start, end) = if text[from..word].ends_with('{') {
            (word - 1, "}")
        } else if text[from..word].to_ascii_lowercase().ends_with("%7b") {
            (word - 3, "%7D")
        } else {
            continue;
        };
        let Some(length) = text[name..].find(end) else { continue };
        return Some((name..name + length, start..name + length + end.len()));
    }
    None
}

fn fill(text: &str, value: impl Fn(&str) -> Result<String, MissingSecret>) -> Result<String, MissingSecret> {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    while let Some((name, whole)) = next_place(text, from) {
        out.push_str(&text[from..whole.start]);
        out.push_str(&value(&text[name])?);
        from = whole.end;
    }
    out.push_str(&text[from..]);
    Ok(out)
}

/// Percent-encoded but for RFC 3986's unreserved characters.
pub(super) fn encoded(text: &str) -> String {
    use fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The text with `instead` in place of `value`; nothing where it does not stand there.
fn replaced(text: &[u8], value: &[u8], instead: &str) -> Option<Vec<u8>> {
    let is_value = |at: usize| {
        let before = at.checked_sub(1).map(|at| text[at]);
        let after = text.get(at + value.len());
        value.len() >= TELLING
            || (matches!(before, Some(b'=' | b'/' | b':')) && !after.is_some_and(u8::is_ascii_alphanumeric))
    };
    let mut out: Option<Vec<u8>> = None;
    let mut from = 0;
    for at in memmem::find_iter(text, value).filter(|at| !value.is_empty() && is_value(*at)) {
        let out = out.get_or_insert_with(Vec::new);
        out.extend_from_slice(&text[from..at]);
        out.extend_from_slice(instead.as_bytes());
        from = at + value.len();
    }
    if let Some(out) = &mut out {
        out.extend_from_slice(&text[from..]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn access(value: &str) -> Access {
        let mut access = Access::of(&url("https://forum.example/rss"));
        access.secret("token", Some(Secret::new(value.to_owned())));
        access.secret("absent", None);
        access
    }

    #[test]
    fn a_credential_is_put_into_its_places_and_taken_out_again() {
        let access = access("hunter2 é/42");
        for (written, sent) in [
            ("https://forum.example/rss?token={secret:token}&x=1", "token=hunter2%20%C3%A9%2F42&x=1"),
            ("https://forum.example/%7Bsecret:token%7D/rss", "example/hunter2%20%C3%A9%2F42/rss"),
            ("https://forum.example/secret:token", "example/secret:token"),
            ("https://forum.example/{secret:token", "example/{secret:token"),
        ] {
            let filled = access.filled_address(written).unwrap();
            assert!(filled.ends_with(sent), "{filled}");
            let back = access.hidden(&filled).into_owned();
            assert_eq!(back.replace("%7B", "{").replace("%7D", "}"), written.replace("%7B", "{").replace("%7D", "}"));
        }
        assert_eq!(access.filled("a {secret:token} b").unwrap(), "a hunter2 é/42 b");
        assert_eq!(access.filled("{secret:absent}"), Err(MissingSecret("absent".to_owned())));
        assert_eq!(access.filled("{secret:other}"), Err(MissingSecret("other".to_owned())));
        assert_eq!(places("{secret:a}x%7bsecret:b%7D{secret:"), ["a", "b"]);
    }

    #[test]
    fn headers_are_made_of_credentials_and_shown_by_name_alone() {
        let mut access = access("hunter2hunter2");
        access.basic("vigie", "token");
        access.bearer("token");
        access.header("X-Key", "k {secret:token}");
        let headers = access.headers().unwrap();
        let values: Vec<&str> = headers.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["Basic dmlnaWU6aHVudGVyMmh1bnRlcjI=", "Bearer hunter2hunter2", "k hunter2hunter2"]);
        let shown = format!("{access:?}");
        assert!(!shown.contains("hunter2") && shown.contains("X-Key"), "{shown}");
        assert_eq!(access.hidden("dmlnaWU6aHVudGVyMmh1bnRlcjI="), "{secret:token}");
    }

    #[test]
    fn only_the_written_scheme_host_and_port_are_its_origin() {
        let access = access("x");
        for (address, is_for) in [
            ("https://forum.example/other?x", true),
            ("https://FORUM.example:443/", true),
            ("https://forum.example./", true),
            ("http://forum.example/", false),
            ("https://forum.example:8443/", false),
            ("https://www.forum.example/", false),
        ] {
            assert_eq!(access.is_for(&url(address)), is_for, "{address}");
        }
        assert!(!Access::default().is_for(&url("https://forum.example/")));
        assert_eq!(access.emptied("https://cdn.example/?a={secret:token}&b=x&c=xx"), "https://cdn.example/?a=&b=&c=xx");
    }

    #[test]
    fn a_short_value_is_no_word_of_a_text() {
        let access = access("feed");
        let body = b"<a href='?t=feed&p=2'>A feed of /feed/ feeds</a>".to_vec();
        let hidden = String::from_utf8(access.hidden_body(body)).unwrap();
        assert_eq!(hidden, "<a href='?t={secret:token}&p=2'>A feed of /{secret:token}/ feeds</a>");
    }

    proptest! {
        #[test]
        fn what_is_sent_never_comes_back(value in "[A-Za-z0-9+/=é ]{8,20}", before in "[a-z=&?]{0,9}") {
            let access = access(&value);
            let sent = access.filled_address(&format!("https://forum.example/?{before}={{secret:token}}&z")).unwrap();
            let back = access.hidden(&sent);
            prop_assert!(!back.contains(&value) && !back.contains(&encoded(&value)), "{}", back);
        }
    }
}
