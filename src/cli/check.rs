//! `vigie check`: reads vigie.yaml and every watchlist, runs the examples, says all that is wrong.
//! Touches no network and no store.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::Exit;
use crate::config::diagnostic::{self, Diagnostic, Severity};
use crate::config::findings::Findings;
use crate::config::places::{self, Span};
use crate::config::settings::UiLanguage;
use crate::config::{guard, language_of_environment, load, load_settings, locate};
use crate::locale::Locale;
use crate::samples;
use crate::watchlist::{self, Context, Watchlists};

/// Say what is wrong with vigie.yaml and the watchlists, and where; run the watchlists' own examples.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The settings [default: ./vigie.yaml, then /etc/vigie/vigie.yaml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What `check` found.
#[derive(Debug)]
pub struct Checked {
    /// Diagnostics of vigie.yaml, then of each watchlist.
    pub diagnostics: Vec<Diagnostic>,
    /// The compiled set, when nothing stands in its way.
    pub watchlists: Option<Watchlists>,
    /// Of the sentences.
    pub language: UiLanguage,
}

/// Checks the settings of a path with their watchlists.
#[must_use]
pub fn check(path: &Path) -> Checked {
    let bytes = guard::read_capped(path).unwrap_or_default();
    let language = load::plain_language(&bytes).unwrap_or_else(language_of_environment);
    let locale = Locale::of(language);
    let (settings, mut diagnostics) = match load_settings(path) {
        Ok((settings, notices)) => (Some(settings), notices),
        Err(diagnostics) => (None, diagnostics),
    };
    if bytes.is_empty() && settings.is_none() {
        return Checked { diagnostics, watchlists: None, language };
    }
    // Broken settings keep no watchlist from being checked: one run tells all.
    let folder = settings.as_ref().map_or_else(|| load::plain_watchlists(path), |settings| settings.watchlists.clone());
    let mut watchlists = None;
    match watchlist::read_folder(&folder) {
        Err(_) => diagnostics.extend(no_folder(path, &bytes, "config-folder-missing", &folder, locale)),
        Ok(files) if files.is_empty() => {
            diagnostics.extend(no_folder(path, &bytes, "config-folder-empty", &folder, locale));
        }
        Ok(files) => {
            let context = Context { settings: settings.as_ref(), language, examples: true };
            let compiled = watchlist::compile(&files, &context);
            diagnostics.extend(compiled.diagnostics.into_iter().flat_map(|(_, said)| said));
            watchlists = compiled.result.ok().filter(|_| settings.is_some());
        }
    }
    if let Some(templates) = settings.as_ref().and_then(|settings| settings.templates.as_deref()) {
        let said = samples::check(templates, language);
        if said.iter().any(|one| one.severity == Severity::Error) {
            watchlists = None;
        }
        diagnostics.extend(said);
    }
    Checked { diagnostics, watchlists, language }
}

/// What is said of a folder without watchlists, where vigie.yaml names it.
fn no_folder(path: &Path, bytes: &[u8], key: &str, folder: &Path, locale: Locale) -> Vec<Diagnostic> {
    let text = guard::guard(bytes).unwrap_or_default();
    let at = places::read(&text).ok().flatten().and_then(|root| Some(root.get("watchlists")?.span));
    let mut findings = Findings::new(path.display().to_string().into(), &text, locale);
    let at = at.unwrap_or(Span { line: 1, column: 1, end: 2 });
    findings.error(at, key, &[("folder", &*folder.display().to_string())], None);
    findings.all
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let Ok(path) = locate(args.config.as_deref()) else {
        eprintln!("{}", Locale::of(language_of_environment()).text("config-no-settings"));
        return Ok(Exit::Config);
    };
    let checked = check(&path);
    let locale = Locale::of(checked.language);
    diagnostic::print(&checked.diagnostics);
    let mut stderr = std::io::stderr().lock();
    let errors = checked.diagnostics.iter().filter(|said| said.severity == Severity::Error).count();
    if let Some(watchlists) = &checked.watchlists {
        let figures = [
            ("brands", watchlists.brands.len().into()),
            ("terms", watchlists.terms.into()),
            ("sources", watchlists.sources.len().into()),
        ];
        writeln!(stderr, "{}", locale.format("config-loaded", &figures))?;
        return Ok(Exit::Fine);
    }
    if errors > 0 {
        writeln!(stderr, "{}", locale.format("config-refused", &[("errors", errors.into())]))?;
    }
    Ok(Exit::Config)
}
