//! `vigie check`: reads vigie.yaml and every watchlist, runs the examples, says all that is wrong.
//! Touches no network and no store.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Exit, samples};
use crate::config::diagnostic::{self, Diagnostic, Severity};
use crate::config::settings::UiLanguage;
use crate::config::{language_of_environment, load, load_settings, locate};
use crate::locale::Locale;
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
    /// Sentences about what is no place in a file: a folder without watchlists.
    pub remarks: Vec<String>,
    /// The compiled set, when nothing stands in its way.
    pub watchlists: Option<Watchlists>,
    /// Of the sentences.
    pub language: UiLanguage,
}

/// Checks the settings of a path with their watchlists.
#[must_use]
pub fn check(path: &Path) -> Checked {
    let bytes = crate::config::guard::read_capped(path).unwrap_or_default();
    let language = load::plain_language(&bytes).unwrap_or_else(language_of_environment);
    let locale = Locale::of(language);
    let (settings, mut diagnostics) = match load_settings(path) {
        Ok((settings, notices)) => (Some(settings), notices),
        Err(diagnostics) => (None, diagnostics),
    };
    let mut remarks = Vec::new();
    if bytes.is_empty() && settings.is_none() {
        return Checked { diagnostics, remarks, watchlists: None, language };
    }
    // Broken settings keep no watchlist from being checked: one run tells all.
    let folder = settings.as_ref().map_or_else(|| load::plain_watchlists(path), |settings| settings.watchlists.clone());
    let mut watchlists = None;
    let arguments = [("folder", folder.display().to_string().into())];
    match watchlist::read_folder(&folder) {
        Err(_) => remarks.push(locale.format("config-folder-missing", &arguments)),
        Ok(files) if files.is_empty() => remarks.push(locale.format("config-folder-empty", &arguments)),
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
    Checked { diagnostics, remarks, watchlists, language }
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
    for remark in &checked.remarks {
        writeln!(stderr, "{remark}")?;
    }
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
