//! `vigie init`: a first vigie.yaml and a first watchlist in the current folder, commented, that pass
//! `check` as they are. Never overwrites.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Exit;
use crate::config::lexical::quoted;
use crate::config::settings::UiLanguage;
use crate::config::{language_of_environment, mailbox};
use crate::locale::Locale;
use crate::notify::templates::BUILT_IN;
use crate::query::Term;
use crate::query::read::joining;
use crate::watchlist::slug;

/// Write a first vigie.yaml and a watchlist here, commented; never over a file that is there.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The brand to watch, as people write it
    #[arg(long, value_name = "NAME")]
    pub brand: Option<String>,
    /// Who gets the alerts
    #[arg(long, value_name = "ADDRESS")]
    pub mail: Option<String>,
    /// Write the built-in mails and reports to this folder instead, to be changed
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["brand", "mail"])]
    pub templates: Option<PathBuf>,
}

/// Writes the built-in templates into a folder, each with its variables in a comment; their paths.
///
/// # Errors
/// [`InitError`] names the file that stands in the way; nothing is written then.
pub fn templates(folder: &Path, language: UiLanguage) -> Result<Vec<PathBuf>, InitError> {
    let locale = Locale::of(language);
    let failed = |path: &Path, error: &io::Error| {
        let arguments = [("file", path.display().to_string().into()), ("reason", error.to_string().into())];
        InitError(locale.format("config-init-failed", &arguments))
    };
    let files: Vec<(PathBuf, &str)> = BUILT_IN.iter().map(|(name, text)| (folder.join(name), *text)).collect();
    if let Some((path, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        let arguments = [("file", path.display().to_string().into())];
        return Err(InitError(locale.format("config-init-exists", &arguments)));
    }
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    for (path, text) in &files {
        write_new(path, text).map_err(|error| failed(path, &error))?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// Why nothing, or not everything, was written; a sentence of the user's language each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InitError(String);

const FRENCH: (&str, &str) = (include_str!("init/vigie.fr.yaml"), include_str!("init/watchlist.fr.yaml"));
const ENGLISH: (&str, &str) = (include_str!("init/vigie.en.yaml"), include_str!("init/watchlist.en.yaml"));

/// Writes the two files into a folder; their paths.
///
/// # Errors
/// [`InitError`] names the file that stands in the way; nothing is written then.
pub fn init(folder: &Path, args: &Args, language: UiLanguage) -> Result<[PathBuf; 2], InitError> {
    let locale = Locale::of(language);
    let refuse = |key, arguments: &[(&str, _)]| Err(InitError(locale.format(key, arguments)));
    let brand = args.brand.as_deref().unwrap_or("Acme").trim();
    let id = slug(brand);
    let Some(term) = term(brand).filter(|_| !id.is_empty() && !brand.chars().any(char::is_control)) else {
        return refuse("config-init-brand", &[]);
    };
    let mail = args.mail.as_deref().unwrap_or("cm@acme.example").trim();
    if mailbox::mailbox(mail).is_none() {
        return refuse("config-mail-address", &[("text", mail.into())]);
    }
    let (settings, watchlist) = if language == UiLanguage::French { FRENCH } else { ENGLISH };
    let watchlists = folder.join("watchlists");
    let filled = watchlist.replace("BRAND-ID", &id).replace("\"TERM\"", &quoted(&term));
    let filled = filled.replace("\"BRAND\"", &quoted(brand));
    let files = [
        (folder.join("vigie.yaml"), settings.replace("\"MAIL\"", &quoted(mail))),
        (watchlists.join(format!("{id}.yaml")), filled),
    ];
    for (path, _) in &files {
        if path.symlink_metadata().is_ok() {
            return refuse("config-init-exists", &[("file", path.display().to_string().into())]);
        }
    }
    let failed = |path: &Path, error: &io::Error| {
        let arguments = [("file", path.display().to_string().into()), ("reason", error.to_string().into())];
        InitError(locale.format("config-init-failed", &arguments))
    };
    std::fs::create_dir_all(&watchlists).map_err(|error| failed(&watchlists, &error))?;
    for (path, text) in &files {
        write_new(path, text).map_err(|error| failed(path, &error))?;
    }
    Ok(files.map(|(path, _)| path))
}

/// The name as a term: as it is, else with its operators taken literally (`orange.fr`, `Qui ?`).
fn term(brand: &str) -> Option<String> {
    let escape = |c| {
        if matches!(c, '.' | '?' | '*' | '(' | ')' | '|' | '#' | '@' | '~' | '^' | '=' | '\\' | ':') {
            format!("\\{c}")
        } else {
            c.to_string()
        }
    };
    let escaped: String = brand.chars().map(escape).collect();
    // `Marks AND Spencer` would be taken for a query line.
    let plain = if joining(brand).is_some() { format!("={brand}") } else { brand.to_owned() };
    [plain, escaped].into_iter().find(|term| Term::parse(term).is_ok())
}

/// Refuses an existing file also when it appears between the look and the write.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    std::fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let language = language_of_environment();
    let locale = Locale::of(language);
    let written = match &args.templates {
        None => init(Path::new(""), args, language).map(Vec::from),
        Some(folder) => templates(folder, language),
    };
    match written {
        Ok(files) => {
            for file in files {
                println!("{}", locale.format("config-init-written", &[("file", file.display().to_string().into())]));
            }
            match &args.templates {
                None => println!("{}", locale.text("config-init-next")),
                Some(folder) => {
                    let arguments = [("folder", folder.display().to_string().into())];
                    println!("{}", locale.format("config-init-templates", &arguments));
                }
            }
            Ok(Exit::Fine)
        }
        Err(error) => {
            eprintln!("{error}");
            Ok(Exit::Failed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::check;
    use crate::config::Severity;
    use crate::samples;

    fn args(brand: Option<&str>, mail: Option<&str>) -> Args {
        Args { brand: brand.map(str::to_owned), mail: mail.map(str::to_owned), templates: None }
    }

    #[test]
    fn what_init_writes_passes_check() {
        for language in [UiLanguage::French, UiLanguage::English] {
            for brand in [None, Some("L'Oréal"), Some("Orange"), Some("C&A: \"mode\" #1 \\")] {
                let folder = tempfile::tempdir().unwrap();
                let files = init(folder.path(), &args(brand, Some("Zoé <zoe@acme.example>")), language).unwrap();
                let checked = check::check(&files[0]);
                let shown: String = checked.diagnostics.iter().map(|said| said.render(false)).collect();
                assert!(checked.diagnostics.iter().all(|said| said.severity == Severity::Notice), "{shown}");
                let set = checked.watchlists.unwrap_or_else(|| panic!("{shown}"));
                assert_eq!(set.brands.len(), 1);
                assert_eq!(set.teams[0].brands[0].name, brand.unwrap_or("Acme"));
            }
        }
    }

    #[test]
    fn templates_are_written_whole_and_never_over_others() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("modeles");
        let written = templates(&at, UiLanguage::French).unwrap();
        assert_eq!(written.len(), BUILT_IN.len());
        assert!(templates(&at, UiLanguage::French).is_err(), "they are there");
        assert_eq!(samples::check(&at, UiLanguage::French), []);
    }

    #[test]
    fn init_never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("watchlists")).unwrap();
        std::fs::write(folder.path().join("watchlists/acme.yaml"), "mine").unwrap();
        let error = init(folder.path(), &args(None, None), UiLanguage::English).unwrap_err();
        assert!(error.to_string().contains("watchlists/acme.yaml"), "{error}");
        assert_eq!(std::fs::read_to_string(folder.path().join("watchlists/acme.yaml")).unwrap(), "mine");
        assert!(!folder.path().join("vigie.yaml").exists());
    }

    #[test]
    fn a_name_without_letters_and_a_bad_address_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for (brand, mail) in [(Some("!"), None), (Some("a\nb"), None), (None, Some("zoe"))] {
            assert!(init(folder.path(), &args(brand, mail), UiLanguage::French).is_err());
        }
        assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
    }
}
