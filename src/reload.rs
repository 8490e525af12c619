//! Which text of each watchlist file is in force: the one on disk when it is good, else the last good one.
//! Owns that choice and its memory in the store; reading YAML is `watchlist`.

pub mod templates;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::config::settings::UiLanguage;
use crate::config::{Diagnostic, Settings, Severity};
use crate::locale::Locale;
use crate::store::{Store, StoreError};
use crate::watchlist::{self, Compiled, Context, WatchlistFile, Watchlists};

/// Names in the store under which good texts are kept.
const KEPT: &str = "watchlist/";

/// Why the files are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// The daemon starts: what was removed meanwhile is gone.
    Start,
    /// A file changed on disk: a deleted or emptied one stays in force.
    Noticed,
    /// SIGHUP: a deleted or emptied one is taken.
    Asked,
}

/// A file that was refused, while its last good text stays in force.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The file's name in the folder.
    pub file: Arc<str>,
    /// Hash of the refused content, in hex.
    pub content: String,
    /// Why; empty for a file that is deleted or empty.
    pub diagnostics: Vec<Diagnostic>,
}

impl Refusal {
    /// All that is wrong, as `check` prints it.
    #[must_use]
    pub fn text(&self, language: UiLanguage) -> String {
        if self.diagnostics.is_empty() {
            return format!("{}\n", self.line(language));
        }
        self.diagnostics.iter().map(|diagnostic| diagnostic.render(false)).collect()
    }

    /// The first thing that is wrong, on one line.
    #[must_use]
    pub fn line(&self, language: UiLanguage) -> String {
        match self.diagnostics.first() {
            Some(first) => format!("{}: {}", first.place, first.sentence),
            None => Locale::of(language).format("reload-gone", &[("file", self.file.to_string().into())]),
        }
    }
}

/// The refusals behind diagnostics, when nothing could be chosen.
#[must_use]
pub fn refusals_of(disk: &[WatchlistFile], diagnostics: Vec<Diagnostic>) -> Vec<Refusal> {
    let mut by_file: BTreeMap<Arc<str>, Vec<Diagnostic>> = BTreeMap::new();
    for diagnostic in diagnostics {
        by_file.entry(Arc::clone(&diagnostic.place.file)).or_default().push(diagnostic);
    }
    let file_of = |shown: &str| disk.iter().find(|file| *file.path_shown == *shown);
    by_file
        .into_iter()
        .filter_map(|(shown, diagnostics)| {
            let file = file_of(&shown)?;
            Some(Refusal { file: Arc::clone(&file.name), content: hash(&file.bytes), diagnostics })
        })
        .collect()
}

/// The outcome of looking at the files.
#[derive(Debug)]
pub struct Chosen {
    /// The set in force.
    pub watchlists: Watchlists,
    /// The texts it was made of.
    pub files: Vec<WatchlistFile>,
    /// Files that were refused.
    pub refused: Vec<Refusal>,
    /// Notices of the files in force.
    pub notices: Vec<Diagnostic>,
}

/// Chooses among the files on disk and the last good texts.
///
/// # Errors
/// The diagnostics when a file is broken and has no good text yet.
pub fn choose(
    settings: &Settings,
    disk: &[WatchlistFile],
    kept: &[WatchlistFile],
    occasion: Occasion,
) -> Result<Chosen, Vec<Diagnostic>> {
    let good: BTreeMap<&str, &WatchlistFile> = kept.iter().map(|file| (&*file.name, file)).collect();
    let mut refused: Vec<Refusal> = Vec::new();
    let mut files: Vec<WatchlistFile> = Vec::new();
    for file in disk {
        let emptied = is_blank(&file.bytes) && good.contains_key(&*file.name);
        if emptied && occasion != Occasion::Asked {
            refused.push(Refusal { file: Arc::clone(&file.name), content: hash(&file.bytes), diagnostics: Vec::new() });
            files.extend(good.get(&*file.name).map(|&file| file.clone()));
        } else {
            files.push(file.clone());
        }
    }
    if occasion == Occasion::Noticed {
        let here: BTreeSet<&str> = disk.iter().map(|file| &*file.name).collect();
        for file in kept.iter().filter(|file| !here.contains(&*file.name)) {
            refused.push(Refusal {
                file: Arc::clone(&file.name),
                content: "deleted".to_owned(),
                diagnostics: Vec::new(),
            });
            files.push(file.clone());
        }
    }
    // An error across files is the later one's in the order given: the one that changed.
    let is_changed = |file: &WatchlistFile| good.get(&*file.name).is_none_or(|last| last.bytes != file.bytes);
    files.sort_by(|a, b| is_changed(a).cmp(&is_changed(b)).then_with(|| a.name.cmp(&b.name)));
    // Each round takes back at least one file, or ends.
    for _ in 0..=files.len() {
        let Compiled { result, diagnostics } = watchlist::compile(&files, &Context::of(settings));
        // A credential that cannot be read is a notice to `check`; here its file cannot be taken.
        let stands_in_the_way = |one: &Diagnostic| one.severity == Severity::Error || one.blocks_run;
        let is_ready = !diagnostics.iter().flat_map(|(_, said)| said).any(stands_in_the_way);
        if let (Ok(watchlists), true) = (result, is_ready) {
            let notices = diagnostics.into_iter().flat_map(|(_, said)| said).collect();
            return Ok(Chosen { watchlists, files, refused, notices });
        }
        let mut took_back = false;
        let errors: Vec<(Arc<str>, Vec<Diagnostic>)> = diagnostics
            .into_iter()
            .map(|(name, said)| (name, said.into_iter().filter(stands_in_the_way).collect()))
            .filter(|(_, said): &(_, Vec<_>)| !said.is_empty())
            .collect();
        for (name, diagnostics) in &errors {
            let Some(file) = files.iter_mut().find(|file| file.name == *name) else { continue };
            if let Some(&last) = good.get(&**name)
                && last.bytes != file.bytes
            {
                refused.push(Refusal {
                    file: Arc::clone(name),
                    content: hash(&file.bytes),
                    diagnostics: diagnostics.clone(),
                });
                *file = last.clone();
                took_back = true;
            }
        }
        if !took_back {
            return Err(errors.into_iter().flat_map(|(_, said)| said).collect());
        }
    }
    Err(Vec::new())
}

fn is_blank(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(text).is_ok_and(|text| {
        text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#') || line.trim() == "---")
    })
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).fold(String::new(), |mut hex, byte| {
        use std::fmt::Write as _;
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The watchlists that the daemon works on, or would: what is on disk, and the last good text of a file that is broken
/// there, as far as a store keeps one.
///
/// # Errors
/// The store's; inside, the diagnostics as of [`choose`].
pub async fn in_force<S: Store>(
    store: Option<&S>,
    settings: &Settings,
) -> Result<Result<Watchlists, Vec<Diagnostic>>, StoreError> {
    let disk = watchlist::read_folder(&settings.watchlists).unwrap_or_default();
    let kept = match store {
        Some(store) => kept(store, settings).await?,
        None => Vec::new(),
    };
    Ok(choose(settings, &disk, &kept, Occasion::Start).map(|chosen| chosen.watchlists))
}

/// The last good texts that the store keeps. Paths are shown as those of `folder`.
///
/// # Errors
/// The store's.
pub async fn kept<S: Store>(store: &S, settings: &Settings) -> Result<Vec<WatchlistFile>, StoreError> {
    let values = store.values(KEPT).await?;
    Ok(values
        .into_iter()
        .filter_map(|(name, text)| {
            let name = name.strip_prefix(KEPT)?.to_owned();
            let shown = settings.watchlists.join(&name).display().to_string();
            Some(WatchlistFile { name: name.into(), path_shown: shown.into(), bytes: text.into_bytes() })
        })
        .collect())
}

/// Keeps the texts that are in force, and forgets those of files that are gone.
///
/// # Errors
/// The store's.
pub async fn keep<S: Store>(store: &S, files: &[WatchlistFile]) -> Result<(), StoreError> {
    let before: BTreeMap<String, String> = store.values(KEPT).await?.into_iter().collect();
    let mut now = BTreeSet::new();
    for file in files {
        let name = format!("{KEPT}{}", file.name);
        // What was compiled is UTF-8.
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        if before.get(&name) != Some(&text) {
            store.keep_value(&name, Some(text)).await?;
        }
        now.insert(name);
    }
    for name in before.keys().filter(|name| !now.contains(*name)) {
        store.keep_value(name, None).await?;
    }
    Ok(())
}
