//! From a path to [`Settings`]: where vigie.yaml is, in which language its mistakes are told, what its
//! values mean. Reads files and the environment; touches no network.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Deserialize;

use super::diagnostic::{self, Diagnostic};
use super::document::{self, Document};
use super::findings::Findings;
use super::keys::{self, Section};
use super::places::{Node, Span};
use super::secret::SecretError;
use super::settings::{FetchSettings, OpenedAddress, SecretOrText, Settings, UiLanguage};
use super::yaml::{Named, ScalarOr, Words, Written};
use super::{SecretRef, address, quantity};
use crate::locale::Locale;

/// vigie.yaml as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    language: Option<Written>,
    timezone: Option<Written>,
    watchlists: Option<Written>,
    store: Option<Written>,
    retention: Option<Written>,
    keep_entries: Option<Written>,
    metrics: Option<Written>,
    atom: Option<Written>,
    heartbeat: Option<Written>,
    templates: Option<Written>,
    replies: Option<super::replies::RepliesShape>,
    fetch: Option<FetchShape>,
    smtp: Option<super::channels::SmtpShape>,
    watchlist_credentials: Option<Words>,
    channels: Option<Named<super::channels::ChannelShape>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FetchShape {
    contact: Option<Written>,
    concurrency: Option<Written>,
    allow_private: Option<Words>,
    timeout: Option<Written>,
    max_bytes: Option<Written>,
    slowest: Option<Written>,
    proxy: Option<ScalarOr<SecretShape>>,
}

/// A secret's reference as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretShape {
    credential: Option<Written>,
    file: Option<Written>,
    env: Option<Written>,
}

/// No settings file where one is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no vigie.yaml here and no /etc/vigie/vigie.yaml")]
pub struct NotFound;

/// The settings file: as given, else `./vigie.yaml`, else `/etc/vigie/vigie.yaml`.
///
/// # Errors
/// [`NotFound`] when none is given and none is there.
pub fn locate(config: Option<&Path>) -> Result<PathBuf, NotFound> {
    if let Some(path) = config {
        return Ok(path.to_owned());
    }
    ["vigie.yaml", "/etc/vigie/vigie.yaml"].iter().map(PathBuf::from).find(|path| path.is_file()).ok_or(NotFound)
}

/// The language of messages when no settings say it: English where `LC_ALL`, `LC_MESSAGES` or `LANG`
/// starts with `en`, else French.
#[must_use]
pub fn language_of_environment() -> UiLanguage {
    language_by(|name| std::env::var(name).ok())
}

/// [`language_of_environment`] with the environment handed in.
fn language_by(variable: impl Fn(&str) -> Option<String>) -> UiLanguage {
    let spoken = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
    language_of(spoken.as_deref())
}

/// [`language_of_environment`] with the variable's value handed in.
#[must_use]
pub fn language_of(spoken: Option<&str>) -> UiLanguage {
    match spoken {
        Some(spoken) if spoken.to_ascii_lowercase().starts_with("en") => UiLanguage::English,
        _ => UiLanguage::French,
    }
}

/// The language that a settings file asks for, read plainly: also when the rest is broken.
#[must_use]
pub fn plain_language(bytes: &[u8]) -> Option<UiLanguage> {
    let value = plain_value(bytes, "language")?;
    match value.as_str() {
        "fr" => Some(UiLanguage::French),
        "en" => Some(UiLanguage::English),
        _ => None,
    }
}

/// The watchlists' folder that a settings file names, read plainly; the default when it names none.
#[must_use]
pub fn plain_watchlists(path: &Path) -> PathBuf {
    let bytes = std::fs::read(path).unwrap_or_default();
    folder_of(path).join(plain_value(&bytes, "watchlists").unwrap_or_else(|| "watchlists".to_owned()))
}

fn plain_value(bytes: &[u8], key: &str) -> Option<String> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(super::guard::LARGEST)]);
    text.trim_start_matches('\u{feff}').lines().find_map(|line| {
        let value = line.strip_prefix(key)?.trim_start().strip_prefix(':')?;
        let value = value.split('#').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        Some(value.to_owned()).filter(|value| !value.is_empty())
    })
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// Reads and checks a settings file.
///
/// # Errors
/// All that stands in the way, in the order of places; notices among them.
pub fn load_settings(path: &Path) -> Result<(Settings, Vec<Diagnostic>), Vec<Diagnostic>> {
    let read = super::guard::read_capped(path);
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(error) => {
            return Err(unreadable(path, &error, Locale::of(language_of_environment())));
        }
    };
    let state = std::env::var_os("STATE_DIRECTORY").map(|folders| {
        let folders = folders.to_string_lossy().into_owned();
        PathBuf::from(folders.split(':').next().unwrap_or_default())
    });
    let language = plain_language(&bytes).unwrap_or_else(language_of_environment);
    settings_of(path, &bytes, state.as_deref(), language)
}

/// What is said of a file that cannot be read.
#[must_use]
pub fn unreadable(path: &Path, error: &std::io::Error, locale: Locale) -> Vec<Diagnostic> {
    let mut findings = Findings::new(path.display().to_string().into(), "", locale);
    let key = match error.kind() {
        std::io::ErrorKind::NotFound => "config-file-missing",
        std::io::ErrorKind::PermissionDenied => "config-file-forbidden",
        _ => "config-file-unreadable",
    };
    findings.error(Span { line: 1, column: 1, end: 2 }, key, &[], None);
    findings.all
}

/// [`load_settings`] of bytes, with the state folder and the language of messages handed in.
///
/// # Errors
/// As [`load_settings`].
pub fn settings_of(
    path: &Path,
    bytes: &[u8],
    state: Option<&Path>,
    language: UiLanguage,
) -> Result<(Settings, Vec<Diagnostic>), Vec<Diagnostic>> {
    let file: Arc<str> = path.display().to_string().into();
    let (mut findings, document) =
        document::read::<Shape>(Arc::clone(&file), bytes, Section::Settings, Locale::of(language));
    if findings.refused() {
        return Err(sorted(findings));
    }
    // An empty file is one in which everything is left to its default.
    let nothing = Node { span: Span { line: 1, column: 1, end: 2 }, content: super::places::Content::Mapping(vec![]) };
    let Document { node, values } = document.unwrap_or(Document { node: nothing, values: Shape::default() });
    let mut reader = Reader { findings: &mut findings, folder: folder_of(path) };
    let settings = reader.settings(path, &node, values, state);
    if findings.refused() { Err(sorted(findings)) } else { Ok((settings, sorted(findings))) }
}

fn sorted(findings: Findings) -> Vec<Diagnostic> {
    let mut all = findings.all;
    diagnostic::sort(&mut all);
    all
}

/// Values of a document, checked: each mistake goes to the findings, and a default goes on.
pub(super) struct Reader<'a> {
    pub(super) findings: &'a mut Findings,
    pub(super) folder: &'a Path,
}

impl Reader<'_> {
    fn settings(&mut self, path: &Path, node: &Node, shape: Shape, state: Option<&Path>) -> Settings {
        let language = self.language(node, shape.language.as_ref()).unwrap_or_default();
        let fetch = self.fetch(node.get("fetch").unwrap_or(node), shape.fetch.unwrap_or_default());
        let credentials = shape.watchlist_credentials.unwrap_or_default().0;
        for (name, item) in credentials.iter().zip(node.get("watchlist_credentials").map_or(&[][..], Node::items)) {
            if !is_file_name(name) {
                self.findings.error(item.span, "config-credential-name", &[("name", name)], None);
            }
        }
        let smtp = shape.smtp.and_then(|smtp| self.smtp(node.get("smtp").unwrap_or(node), smtp));
        let heartbeat = shape.heartbeat.and_then(|url| self.heartbeat(node, url, &fetch.allow_private));
        let has_smtp = node.get("smtp").is_some();
        let channels = node.get("channels").unwrap_or(node);
        let replies = shape.replies.and_then(|replies| {
            self.replies(node.get("replies").unwrap_or(node), replies, has_smtp, &fetch.allow_private)
        });
        let templates = shape.templates.map(|Written(folder)| self.folder.join(folder));
        Settings {
            file: path.to_owned(),
            language,
            timezone: self.timezone(node, shape.timezone.as_ref()).unwrap_or_else(TimeZone::system),
            watchlists: self
                .folder
                .join(shape.watchlists.map_or_else(|| "watchlists".to_owned(), |Written(name)| name)),
            store: match shape.store {
                Some(Written(store)) => self.folder.join(store),
                None => state.unwrap_or(self.folder).join("vigie.db"),
            },
            retention: self.duration(node, "retention", shape.retention.as_ref(), (DAY, 36_500 * DAY), 400 * DAY),
            keep_entries: match shape.keep_entries {
                Some(Written(zero)) if zero == "0" => Duration::ZERO,
                written => {
                    self.duration(node, "keep_entries", written.as_ref(), (Duration::ZERO, 36_500 * DAY), 30 * DAY)
                }
            },
            metrics: shape.metrics.map(|Written(path)| self.folder.join(path)),
            atom: shape.atom.map(|Written(path)| self.folder.join(path)),
            heartbeat,
            templates,
            replies,
            channels: self.channels(channels, shape.channels.unwrap_or_default(), has_smtp, &fetch.allow_private),
            fetch,
            smtp,
            watchlist_credentials: credentials,
        }
    }

    fn heartbeat(&mut self, node: &Node, Written(url): Written, opened: &[OpenedAddress]) -> Option<String> {
        let at = node.get("heartbeat").unwrap_or(node).span;
        match address::web(&url) {
            None => self.findings.error(at, "config-web-address", &[("key", "heartbeat")], None),
            Some(parsed) => return address::allowed(self.findings, at, &parsed, opened).map(|_| url),
        }
        None
    }

    pub(super) fn language(&mut self, node: &Node, written: Option<&Written>) -> Option<UiLanguage> {
        self.choice(node, "language", written, &[("fr", UiLanguage::French), ("en", UiLanguage::English)])
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        node: &Node,
        key: &'static str,
        written: Option<&Written>,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let Written(word) = written?;
        if let Some((_, value)) = choices.iter().find(|(name, _)| name == word) {
            return Some(*value);
        }
        let names = choices.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let near = keys::nearest_value(word, choices.iter().map(|(name, _)| *name));
        let arguments = [("key", key), ("word", word.as_str()), ("choices", &names)];
        self.findings.error(node.get(key).unwrap_or(node).span, "config-choice", &arguments, near);
        None
    }

    fn timezone(&mut self, node: &Node, written: Option<&Written>) -> Option<TimeZone> {
        let Written(name) = written?;
        timezone(self.findings, node.get("timezone").unwrap_or(node).span, name)
    }

    /// A duration within bounds.
    fn duration(
        &mut self,
        node: &Node,
        key: &'static str,
        written: Option<&Written>,
        (shortest, longest): (Duration, Duration),
        default: Duration,
    ) -> Duration {
        let Some(Written(text)) = written else { return default };
        let span = node.get(key).unwrap_or(node).span;
        match quantity::duration(text) {
            Some(duration) if (shortest..=longest).contains(&duration) => return duration,
            Some(_) => {
                let (least, most) = (quantity::written(shortest), quantity::written(longest));
                let arguments = [("key", key), ("text", text.as_str()), ("least", &least), ("most", &most)];
                self.findings.error(span, "config-duration-range", &arguments, None);
            }
            None => {
                let meant = quantity::meant(text);
                self.findings.error(span, "config-duration", &[("key", key), ("text", text)], meant.as_deref());
            }
        }
        default
    }

    /// A whole number within bounds.
    pub(super) fn number(
        &mut self,
        node: &Node,
        key: &'static str,
        written: Option<&Written>,
        (least, most): (u64, u64),
    ) -> Option<u64> {
        let Written(text) = written?;
        let number = quantity::digits(text).filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let (least, most) = (least.to_string(), most.to_string());
            let arguments = [("key", key), ("text", text.as_str()), ("least", &least), ("most", &most)];
            self.findings.error(node.get(key).unwrap_or(node).span, "config-number", &arguments, None);
        }
        number
    }

    fn fetch(&mut self, node: &Node, shape: FetchShape) -> FetchSettings {
        let contact = shape.contact.map(|Written(contact)| contact);
        match &contact {
            None => self.findings.notice(Span { line: 1, column: 1, end: 2 }, "config-no-contact", &[], None),
            Some(contact) if !contact.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'(' | b')')) => {
                self.findings.error(node.get("contact").unwrap_or(node).span, "config-contact", &[], None);
            }
            Some(contact) if !contact.contains(['@', '.']) => {
                let at = node.get("contact").unwrap_or(node).span;
                self.findings.notice(at, "config-contact-form", &[("text", contact)], None);
            }
            Some(_) => {}
        }
        let max_bytes = match &shape.max_bytes {
            None => 8 << 20,
            Some(Written(text)) => {
                quantity::size(text).filter(|size| (1 << 10..=256 << 20).contains(size)).unwrap_or_else(|| {
                    let span = node.get("max_bytes").unwrap_or(node).span;
                    self.findings.error(span, "config-size", &[("key", "max_bytes"), ("text", text)], None);
                    8 << 20
                })
            }
        };
        let allow_private = self.allow_private(node, shape.allow_private.unwrap_or_default());
        FetchSettings {
            contact,
            proxy: shape.proxy.and_then(|proxy| self.proxy(node.get("proxy").unwrap_or(node), proxy, &allow_private)),
            concurrency: self.number(node, "concurrency", shape.concurrency.as_ref(), (1, 1024)).unwrap_or(64) as usize,
            allow_private,
            timeout: self.duration(node, "timeout", shape.timeout.as_ref(), (SECOND, 600 * SECOND), 30 * SECOND),
            max_bytes,
            slowest: self.duration(node, "slowest", shape.slowest.as_ref(), (300 * SECOND, DAY), 3600 * SECOND),
        }
    }

    fn allow_private(&mut self, node: &Node, Words(entries): Words) -> Vec<OpenedAddress> {
        let items = node.get("allow_private").map_or(&[][..], Node::items);
        let mut all = Vec::new();
        for (text, item) in entries.iter().zip(items) {
            match address::opened(text) {
                Some(entry) => all.push(entry),
                None => self.findings.error(item.span, "config-allow-private", &[("text", text)], None),
            }
        }
        all
    }

    /// A proxy; one with a password is a secret as a whole.
    fn proxy(&mut self, at: &Node, written: ScalarOr<SecretShape>, opened: &[OpenedAddress]) -> Option<SecretOrText> {
        let proxy = self.secret_or_text(at, written)?;
        // One that cannot be read was told.
        let Ok(value) = proxy.read() else { return Some(proxy) };
        let Some(url) = address::proxy(value.expose()) else {
            self.findings.error(at.span, "config-proxy", &[], None);
            return None;
        };
        let has_password = !url.username().is_empty() || url.password().is_some();
        if has_password && matches!(proxy, SecretOrText::Text(_)) {
            self.findings.error(at.span, "config-proxy-password", &[], None);
            return None;
        }
        address::allowed(self.findings, at.span, &url, opened).map(|_| proxy)
    }

    /// A value as it is written, or where it is kept.
    pub(super) fn secret_or_text(&mut self, at: &Node, written: ScalarOr<SecretShape>) -> Option<SecretOrText> {
        match written {
            ScalarOr::Scalar => Some(SecretOrText::Text(at.text().unwrap_or_default().to_owned())),
            ScalarOr::Block(secret) => self.secret(at, secret).map(SecretOrText::Secret),
        }
    }

    /// A secret's reference; one that cannot be read now is said, and the daemon cannot start with it.
    pub(super) fn secret(&mut self, node: &Node, shape: SecretShape) -> Option<SecretRef> {
        let reference = self.reference(node, shape)?;
        if let Err(error) = reference.read() {
            self.unread(node, &reference, error);
        }
        Some(reference)
    }

    /// A secret's reference alone; whoever reads it says with [`Reader::unread`] what it could not.
    pub(super) fn reference(&mut self, node: &Node, shape: SecretShape) -> Option<SecretRef> {
        Some(match shape {
            SecretShape { credential: Some(Written(name)), .. } => {
                if !is_file_name(&name) {
                    self.findings.error(node.span, "config-credential-name", &[("name", &name)], None);
                    return None;
                }
                SecretRef::Credential(name)
            }
            SecretShape { file: Some(Written(path)), .. } => SecretRef::File(self.folder.join(path)),
            SecretShape { env: Some(Written(name)), .. } => SecretRef::Env(name),
            SecretShape { .. } => return None,
        })
    }

    pub(super) fn unread(&mut self, node: &Node, reference: &SecretRef, error: SecretError) {
        let span = node.pairs().first().map_or(node.span, |(key, _)| key.span);
        self.findings.unready(span, error.key(), &[("reference", &reference.written())]);
    }
}

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_hours(24);

/// A zone by its name; an unknown one names the nearest.
pub(crate) fn timezone(findings: &mut Findings, span: Span, name: &str) -> Option<TimeZone> {
    if let Ok(zone) = TimeZone::get(name) {
        return Some(zone);
    }
    let known: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    let near = keys::nearest(name, known.iter().map(String::as_str)).or_else(|| {
        let city = |zone: &str| zone.rsplit('/').next().unwrap_or_default().to_lowercase();
        known.iter().map(String::as_str).find(|zone| city(zone) == name.trim().to_lowercase())
    });
    findings.error(span, "config-timezone", &[("name", name)], near);
    None
}

/// A credential is a file in systemd's folder: its name may not lead out of it.
fn is_file_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\0']) && name != "." && name != ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_read_also_from_a_broken_file() {
        assert_eq!(plain_language(b"language: en # x\n]["), Some(UiLanguage::English));
        assert_eq!(plain_language("\u{feff}language: \"fr\"\r\n".as_bytes()), Some(UiLanguage::French));
        assert_eq!(plain_language(b"smtp:\n  language: en\n"), None);
    }

    #[test]
    fn french_is_spoken_unless_the_environment_speaks_english() {
        for (spoken, language) in [
            (None, UiLanguage::French),
            (Some("C"), UiLanguage::French),
            (Some("fr_FR.UTF-8"), UiLanguage::French),
            (Some("en_GB.UTF-8"), UiLanguage::English),
        ] {
            assert_eq!(language_of(spoken), language, "{spoken:?}");
        }
    }

    #[test]
    fn every_setting_has_a_default() {
        let path = Path::new("conf/vigie.yaml");
        let (settings, notices) = settings_of(path, b"", None, UiLanguage::English).unwrap();
        assert_eq!(settings.store, Path::new("conf/vigie.db"));
        assert_eq!(settings.watchlists, Path::new("conf/watchlists"));
        assert_eq!(settings.fetch.concurrency, 64);
        assert_eq!(settings.retention, 400 * DAY);
        assert_eq!(settings.keep_entries, 30 * DAY);
        assert_eq!(notices.len(), 1, "no contact");
        let (settings, _) = settings_of(path, b"", Some(Path::new("/var/lib/vigie")), UiLanguage::English).unwrap();
        assert_eq!(settings.store, Path::new("/var/lib/vigie/vigie.db"));
    }

    #[test]
    fn written_settings_are_taken() {
        let text = br#"
language: en
timezone: Europe/Paris
store: /tmp/x.db
retention: 30d
keep_entries: 0
fetch: {contact: "https://acme.example/vigie", concurrency: 8, allow_private: ["10.0.0.5:8888"], timeout: 5s, max_bytes: 1MiB, slowest: 30m}
smtp: {host: smtp.acme.example, username: v, password: {env: VIGIE_TEST_UNSET}, from: "Vigie <vigie@acme.example>"}
watchlist_credentials: [forum_token]
channels:
  comms: {email: {to: [cm@acme.example, {address: boss@acme.example, language: fr}]}}
  desk: {webhook: {url: "https://desk.acme.example/hooks/vigie", secret: {env: VIGIE_TEST_UNSET}}}
"#;
        let (settings, notices) = settings_of(Path::new("vigie.yaml"), text, None, UiLanguage::English).unwrap();
        assert_eq!(settings.language, UiLanguage::English);
        assert_eq!(settings.timezone.iana_name(), Some("Europe/Paris"));
        assert_eq!(settings.keep_entries, Duration::ZERO);
        assert_eq!((settings.fetch.concurrency, settings.fetch.max_bytes), (8, 1 << 20));
        assert_eq!(settings.smtp.as_ref().map(|smtp| smtp.port), Some(587));
        assert_eq!(
            settings.channels.iter().map(|channel| channel.name.as_str()).collect::<Vec<_>>(),
            ["comms", "desk"]
        );
        assert_eq!(notices.iter().filter(|notice| notice.blocks_run).count(), 2, "{notices:#?}");
    }

    #[test]
    fn the_first_variable_that_says_something_decides_the_language() {
        let speaks = |pairs: &[(&str, &str)]| {
            language_by(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(speaks(&[("LANG", "en_GB.UTF-8")]), UiLanguage::English);
        assert_eq!(speaks(&[("LC_ALL", "fr_FR.UTF-8"), ("LANG", "en_GB.UTF-8")]), UiLanguage::French);
        assert_eq!(speaks(&[("LC_ALL", ""), ("LANG", "en")]), UiLanguage::English);
        assert_eq!(speaks(&[]), UiLanguage::French);
    }
}
