//! Secrets by reference only: `{credential: NAME}`, `{file: PATH}`, `{env: NAME}`. Owns their reading;
//! a value never reaches a message, a log or a diagnostic.

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub use crate::exchange::SecretRef;

/// Why a secret cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// `$CREDENTIALS_DIRECTORY` is not set.
    #[error("CREDENTIALS_DIRECTORY is not set")]
    NoCredentials,
    /// The file or variable does not exist.
    #[error("it does not exist")]
    Missing,
    /// The file cannot be opened.
    #[error("it cannot be read")]
    Unreadable,
    /// Its group or others can read the file.
    #[error("others can read it (chmod 600)")]
    Exposed,
    /// Nothing in it.
    #[error("it is empty")]
    Empty,
    /// Not a line of UTF-8 (not lines, where several may stand), or over 64 KiB.
    #[error("it is not a line of text")]
    NotText,
}

impl SecretError {
    /// The locale key of its sentence.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::NoCredentials => "config-secret-no-credentials",
            Self::Missing => "config-secret-missing",
            Self::Unreadable => "config-secret-unreadable",
            Self::Exposed => "config-secret-exposed",
            Self::Empty => "config-secret-empty",
            Self::NotText => "config-secret-not-text",
        }
    }
}

/// Where the unit loads its credentials from.
const KEPT: &str = "/etc/vigie/credentials";

/// Stands for what is not shown.
const HIDDEN: &str = "•••";

/// Bytes that a secret may have.
const LARGEST: u64 = 64 << 10;

impl SecretRef {
    /// Reads the secret; line ends at its end are dropped. A credential outside a unit comes from the folder that
    /// vigie's unit loads, where that can be read.
    ///
    /// # Errors
    /// [`SecretError`]; none of them holds the value.
    pub fn read(&self) -> Result<Secret, SecretError> {
        self.read_as(|_| false)
    }

    /// [`SecretRef::read`] of one that may take several lines.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn read_lines(&self) -> Result<Secret, SecretError> {
        self.read_as(|character| matches!(character, '\n' | '\r' | '\t'))
    }

    fn read_as(&self, allowed: fn(char) -> bool) -> Result<Secret, SecretError> {
        let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        if let (Self::Credential(name), None) = (self, &credentials) {
            return beside_the_unit(Path::new(KEPT), name, allowed);
        }
        let variable = |name: &str| std::env::var_os(name).map(std::ffi::OsString::into_encoded_bytes);
        self.value(credentials.as_deref(), variable, allowed)
    }

    /// [`SecretRef::read`] with the process's environment handed in.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn read_from(
        &self,
        credentials: Option<&Path>,
        variable: impl Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<Secret, SecretError> {
        self.value(credentials, variable, |_| false)
    }

    /// `allowed` are the control characters that may stand in it.
    fn value(
        &self,
        credentials: Option<&Path>,
        variable: impl Fn(&str) -> Option<Vec<u8>>,
        allowed: fn(char) -> bool,
    ) -> Result<Secret, SecretError> {
        let bytes = match self {
            Self::Credential(name) => {
                let folder = credentials.ok_or(SecretError::NoCredentials)?;
                match read_file(&folder.join(name), false) {
                    // Of a folder loaded as a whole, `LoadCredential=vigie:FOLDER`, as the unit does.
                    Err(SecretError::Missing) => read_file(&folder.join(format!("vigie_{name}")), false)?,
                    read => read?,
                }
            }
            Self::File(path) => read_file(path, true)?,
            Self::Env(name) => variable(name).ok_or(SecretError::Missing)?,
        };
        let text = String::from_utf8(bytes).map_err(|_| SecretError::NotText)?;
        let value = text.trim_end_matches(['\n', '\r']);
        if value.is_empty() {
            return Err(SecretError::Empty);
        }
        if value.chars().any(|character| character.is_control() && !allowed(character)) {
            return Err(SecretError::NotText);
        }
        Ok(Secret::new(value.to_owned()))
    }

    /// The reference as written in YAML, without the value.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::Credential(name) => format!("{{credential: {name}}}"),
            Self::File(path) => format!("{{file: {}}}", path.display()),
            Self::Env(name) => format!("{{env: {name}}}"),
        }
    }
}

/// A credential for a command that systemd did not start: root may read what the unit is handed, so that `doctor`
/// and `send-test` try the same secret. To anybody else, and for credentials from elsewhere, none was handed over.
fn beside_the_unit(folder: &Path, name: &str, allowed: fn(char) -> bool) -> Result<Secret, SecretError> {
    match SecretRef::File(folder.join(name)).value(None, |_| None, allowed) {
        Err(SecretError::Missing | SecretError::Unreadable) => Err(SecretError::NoCredentials),
        read => read,
    }
}

fn read_file(path: &Path, private: bool) -> Result<Vec<u8>, SecretError> {
    let file = std::fs::File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => SecretError::Missing,
        _ => SecretError::Unreadable,
    })?;
    let about = file.metadata().map_err(|_| SecretError::Unreadable)?;
    if !about.is_file() {
        return Err(SecretError::Unreadable);
    }
    // Asked of the open file, so that nobody swaps it between the look and the read.
    if private && about.mode() & 0o077 != 0 {
        return Err(SecretError::Exposed);
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|_| SecretError::Unreadable)?;
    if bytes.len() as u64 > LARGEST { Err(SecretError::NotText) } else { Ok(bytes) }
}

/// A secret's value; shows as `•••`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    #[must_use]
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The value, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A text with `•••` wherever the value stands in it, as it is, percent-encoded or in base64: servers echo what
    /// they are sent. A value of less than four characters may be any word, and stays.
    #[must_use]
    pub fn hidden_in(&self, text: &str) -> String {
        let value = &self.0;
        if value.chars().count() < 4 {
            return text.to_owned();
        }
        [value.clone(), super::access::encoded(value), STANDARD.encode(value)]
            .iter()
            .fold(text.to_owned(), |text, form| text.replace(form.as_str(), HIDDEN))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn nothing(_: &str) -> Option<Vec<u8>> {
        None
    }

    #[test]
    fn a_secret_is_read_without_its_line_end_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("smtp"), "hunter2\r\n").unwrap();
        let secret = SecretRef::Credential("smtp".into()).read_from(Some(folder.path()), nothing).unwrap();
        assert_eq!(secret.expose(), "hunter2");
        assert_eq!(format!("{secret:?}"), "•••");
        let variable = SecretRef::Env("X".into()).read_from(None, |name| (name == "X").then(|| b"y\n".to_vec()));
        assert_eq!(variable.unwrap().expose(), "y");
    }

    #[test]
    fn a_secret_is_one_line_unless_several_may_stand_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let secret = SecretRef::File(path.clone());
        for (written, one, several) in [
            ("a\n", Ok("a"), Ok("a")),
            ("a\r\nb\n", Err(SecretError::NotText), Ok("a\r\nb")),
            ("a\u{1b}[2J\n", Err(SecretError::NotText), Err(SecretError::NotText)),
        ] {
            std::fs::write(&path, written).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            assert_eq!(secret.read().as_ref().map(Secret::expose).map_err(|error| *error), one, "{written:?}");
            assert_eq!(secret.read_lines().as_ref().map(Secret::expose).map_err(|error| *error), several);
        }
    }

    #[test]
    fn a_credential_of_a_folder_loaded_as_a_whole_goes_by_the_files_name() {
        let folder = tempfile::tempdir().unwrap();
        let read = || SecretRef::Credential("smtp".into()).read_from(Some(folder.path()), nothing);
        assert_eq!(read(), Err(SecretError::Missing));
        std::fs::write(folder.path().join("vigie_smtp"), "of the folder\n").unwrap();
        assert_eq!(read().unwrap().expose(), "of the folder");
        std::fs::write(folder.path().join("smtp"), "").unwrap();
        assert_eq!(read(), Err(SecretError::Empty), "what is named so is meant");
        std::fs::write(folder.path().join("smtp"), "by its name").unwrap();
        assert_eq!(read().unwrap().expose(), "by its name");
    }

    #[test]
    fn a_command_beside_the_unit_reads_what_the_unit_is_handed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("smtp");
        let beside = || beside_the_unit(folder.path(), "smtp", |_| false);
        assert_eq!(beside(), Err(SecretError::NoCredentials));
        std::fs::write(&path, "hunter2\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(beside(), Err(SecretError::Exposed));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(beside().unwrap().expose(), "hunter2");
    }

    #[test]
    fn a_value_that_comes_back_is_not_shown() {
        let secret = Secret::new("hunter/2é".to_owned());
        for (said, shown) in [
            ("no hunter/2é here, hunter/2é", "no ••• here, •••"),
            ("/bot/hunter%2F2%C3%A9/send", "/bot/•••/send"),
            ("AUTH aHVudGVyLzLDqQ==", "AUTH •••"),
            ("hunter/3", "hunter/3"),
        ] {
            assert_eq!(secret.hidden_in(said), shown);
        }
        assert_eq!(Secret::new("a".to_owned()).hidden_in("a banana"), "a banana");
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "hunter2").unwrap();
        for (mode, fine) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let read = SecretRef::File(path.clone()).read_from(None, nothing);
            assert_eq!(read == Err(SecretError::Exposed), !fine, "{mode:o}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            std::fs::write(folder.path().join(name), bytes).unwrap();
            SecretRef::Credential(name.into()).read_from(Some(folder.path()), nothing)
        };
        assert_eq!(file("empty", b"\n"), Err(SecretError::Empty));
        assert_eq!(file("binary", b"\xFF"), Err(SecretError::NotText));
        assert_eq!(file("lines", b"a\nb"), Err(SecretError::NotText));
        assert_eq!(file("large", &vec![b'a'; (64 << 10) + 1]), Err(SecretError::NotText));
        assert_eq!(SecretRef::Env("X".into()).read_from(None, nothing), Err(SecretError::Missing));
        assert_eq!(SecretRef::Credential("x".into()).read_from(None, nothing), Err(SecretError::NoCredentials));
        assert_eq!(SecretRef::File("/".into()).read_from(None, nothing), Err(SecretError::Unreadable));
    }
}
