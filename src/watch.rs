//! Notices that a watchlist file, or a template, was changed, renamed over, added or removed. Looks at times and sizes, so
//! that it works on network shares; waits until nothing is being written. Reads no file.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

type Signature = BTreeMap<OsString, (Option<SystemTime>, u64)>;

/// The files of a folder, as they were at the last look.
#[derive(Debug)]
pub struct Watch {
    folder: PathBuf,
    extensions: &'static [&'static str],
    known: Signature,
    moving: Option<Signature>,
}

impl Watch {
    /// Takes the folder of watchlists as it is now for known.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self::files(folder, &["yaml", "yml"])
    }

    /// The same of a folder of templates.
    #[must_use]
    pub fn of_templates(folder: &Path) -> Self {
        Self::files(folder, &["html", "txt"])
    }

    fn files(folder: &Path, extensions: &'static [&'static str]) -> Self {
        let known = look(folder, extensions).unwrap_or_default();
        Self { folder: folder.to_owned(), extensions, known, moving: None }
    }

    /// True once when the files changed and have been at rest since the look before. A folder that cannot
    /// be read (a share that is away) is no change.
    pub async fn changed(&mut self) -> bool {
        let (folder, extensions) = (self.folder.clone(), self.extensions);
        let Ok(Ok(now)) = tokio::task::spawn_blocking(move || look(&folder, extensions)).await else { return false };
        if now == self.known {
            self.moving = None;
            return false;
        }
        if self.moving.as_ref() == Some(&now) {
            self.known = now;
            self.moving = None;
            return true;
        }
        self.moving = Some(now);
        false
    }
}

fn look(folder: &Path, extensions: &[&str]) -> std::io::Result<Signature> {
    let mut files = Signature::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if path.extension().is_some_and(|of| extensions.iter().any(|extension| of == *extension)) {
            // A dangling link or a file that goes away in between is as good as none.
            if let Ok(metadata) = std::fs::metadata(&path) {
                files.insert(entry.file_name(), (metadata.modified().ok(), metadata.len()));
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_change_is_noticed_once_and_only_when_it_is_at_rest() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("team.yaml");
        std::fs::write(&file, "brands: []").expect("written");
        let mut watch = Watch::of(folder.path());
        assert!(!watch.changed().await);
        std::fs::write(&file, "brands: [] # half").expect("written");
        assert!(!watch.changed().await, "it may still be written");
        std::fs::write(&file, "brands: [] # half and whole").expect("written");
        assert!(!watch.changed().await, "it was");
        assert!(watch.changed().await);
        assert!(!watch.changed().await);
        std::fs::remove_file(&file).expect("removed");
        assert!(!watch.changed().await);
        assert!(watch.changed().await);
        std::fs::write(folder.path().join("notes.txt"), "no watchlist").expect("written");
        assert!(!watch.changed().await);
        assert!(!watch.changed().await);
    }

    #[tokio::test]
    async fn a_folder_that_goes_away_is_no_change() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("team.yaml"), "brands: []").expect("written");
        let mut watch = Watch::of(folder.path());
        folder.close().expect("removed");
        assert!(!watch.changed().await);
        assert!(!watch.changed().await);
    }
}
