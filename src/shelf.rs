//! The folder of Atom files: which are written, and when. Owns the files whose ids are its own and touches no
//! other; what stands in them is `atom`'s.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use crate::atom;
use crate::config::settings::UiLanguage;
use crate::live::Live;
use crate::locale::Locale;
use crate::mention::StoredMention;
use crate::store::sqlite::Sqlite;
use crate::store::{MentionFilter, Store, StoreError};
use crate::vitals;

/// One writer at a time: who reads before something is erased may not write after it.
static WRITING: Mutex<()> = Mutex::const_new(());

/// A feed of ours is not longer: entries, each with its escapes.
const LONGEST: u64 = 4 << 20;

/// Which files may have to be written again.
#[derive(Debug, Clone)]
pub enum Touched {
    /// All of them, and those that are there of brands that are watched no more: something was erased, or the
    /// brands may be others.
    All,
    /// Those of these brands.
    Brands(BTreeSet<String>),
}

/// Why the files are not as they should be.
#[derive(Debug, thiserror::Error)]
enum ShelfError {
    /// The mentions cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder or a file of it cannot be written.
    #[error("atom: {0}")]
    Disk(#[from] io::Error),
}

/// What the daemon remembers of its files.
#[derive(Debug)]
pub struct Shelf {
    all: bool,
    failed: Arc<AtomicBool>,
    task: Option<JoinHandle<()>>,
}

impl Default for Shelf {
    /// Nothing was looked at yet.
    fn default() -> Self {
        Self { all: true, failed: Arc::default(), task: None }
    }
}

impl Shelf {
    /// The brands may be others: the next look is at all files.
    pub const fn look_at_all(&mut self) {
        self.all = true;
    }

    /// Has the files of brands with new mentions written, off this task, unless the last time is not over.
    /// `again`: what failed is tried once more.
    pub fn look(&mut self, store: &Sqlite, live: Arc<Live>, again: bool) {
        if live.settings.atom.is_none() || self.task.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let brands = store.take_touched();
        let all = std::mem::take(&mut self.all) || (again && self.failed.swap(false, Ordering::Relaxed));
        if !all && brands.is_empty() {
            return;
        }
        let touched = if all { Touched::All } else { Touched::Brands(brands) };
        let (store, failed) = (store.clone(), Arc::clone(&self.failed));
        self.task = Some(tokio::spawn(async move {
            if !refresh(&store, &live, touched).await {
                failed.store(true, Ordering::Relaxed);
            }
        }));
    }
}

/// A brand whose file is to be looked at; the title that is there where no name is known.
struct Volume {
    brand: String,
    name: Result<String, String>,
}

/// Writes the files of `atom:` that are other than they were, by rename; nothing without `atom:`. False, and
/// logged, when one could not be written.
pub async fn refresh<S: Store>(store: &S, live: &Live, touched: Touched) -> bool {
    let written = write(store, live, touched).await;
    written.inspect_err(|error| tracing::warn!(%error, "Atom files cannot be written")).is_ok()
}

async fn write<S: Store>(store: &S, live: &Live, touched: Touched) -> Result<(), ShelfError> {
    let Some(folder) = live.settings.atom.clone() else { return Ok(()) };
    let _alone = WRITING.lock().await;
    let watched = live.watchlists.teams.iter().flat_map(|team| &team.brands);
    let mut volumes: Vec<Volume> = watched
        .filter(|brand| match touched {
            Touched::All => true,
            Touched::Brands(ref brands) => brands.contains(&brand.id),
        })
        .map(|brand| Volume { brand: brand.id.clone(), name: Ok(brand.name.clone()) })
        .collect();
    if matches!(touched, Touched::All) {
        let known: BTreeSet<String> = volumes.iter().map(|volume| volume.brand.clone()).collect();
        let there = folder.clone();
        let left = tokio::task::spawn_blocking(move || left_over(&there, &known)).await.unwrap_or_default();
        volumes.extend(left);
    }
    let language = live.settings.language;
    let mut failed = None;
    for volume in volumes {
        let filter = MentionFilter { brands: vec![volume.brand.clone()], ..MentionFilter::default() };
        let rows = store.find(&filter, None, atom::ENTRIES).await?;
        let mentions: Vec<StoredMention> = rows.into_iter().map(|row| row.mention).collect();
        let folder = folder.clone();
        let put = tokio::task::spawn_blocking(move || put(&folder, &volume, &mentions, language));
        // One file that cannot be written is no reason to leave the others as they are.
        failed = put.await.map_err(io::Error::other).flatten().err().or(failed);
    }
    failed.map_or(Ok(()), |error| Err(error.into()))
}

/// Files of ours of other brands.
fn left_over(folder: &Path, known: &BTreeSet<String>) -> Vec<Volume> {
    let Ok(files) = folder.read_dir() else { return Vec::new() };
    let brands = files.flatten().filter_map(|file| {
        let name = file.file_name().into_string().ok()?;
        let brand = name.strip_suffix(".xml")?.to_owned();
        let is_small = file.metadata().is_ok_and(|about| about.is_file() && about.len() <= LONGEST);
        if known.contains(&brand) || !is_small {
            return None;
        }
        let text = std::fs::read_to_string(file.path()).ok()?;
        let title = atom::title_of(&text).filter(|_| text.contains(&atom::feed_id(&brand)))?.to_owned();
        Some(Volume { brand, name: Err(title) })
    });
    brands.collect()
}

fn put(folder: &Path, volume: &Volume, mentions: &[StoredMention], language: UiLanguage) -> io::Result<()> {
    let locale = Locale::of(language);
    let text = match &volume.name {
        Ok(name) => atom::feed(&volume.brand, name, mentions, locale),
        Err(title) => atom::titled(&atom::feed(&volume.brand, &volume.brand, mentions, locale), title),
    };
    std::fs::create_dir_all(folder)?;
    let path = folder.join(format!("{}.xml", volume.brand));
    match std::fs::read(&path) {
        Ok(there) if there == text.as_bytes() => return Ok(()),
        Ok(there) if !String::from_utf8_lossy(&there).contains(&atom::feed_id(&volume.brand)) => {
            return Err(io::Error::other(format!("{} is not vigie's: move it away", path.display())));
        }
        _ => {}
    }
    vitals::write(&path, &text)
}
