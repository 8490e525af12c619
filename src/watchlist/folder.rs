//! The folder of watchlists: which files are one, and their bytes. Reads; understands nothing.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::config::guard;

/// A watchlist's bytes, from the disk or from what the store kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchlistFile {
    /// The file's name inside the folder; names the team.
    pub name: Arc<str>,
    /// The path as reached from `--config`, for people.
    pub path_shown: Arc<str>,
    /// Its bytes; of a file that is too large only so many that it is refused.
    pub bytes: Vec<u8>,
}

impl WatchlistFile {
    /// One file, read from its path.
    pub fn read(path: &Path) -> io::Result<Self> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let bytes = guard::read_capped(path)?;
        Ok(Self { name: name.into(), path_shown: path.display().to_string().into(), bytes })
    }
}

/// Every `*.yaml` and `*.yml` of a folder, by name. Names that start with a dot are editors' own.
pub fn read_folder(folder: &Path) -> io::Result<Vec<WatchlistFile>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if yaml && !name.starts_with('.') && !path.is_dir() {
            let file = WatchlistFile::read(&path);
            files.push(file.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?);
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_files_of_the_folder_are_watchlists() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.yml", "a.yaml", ".a.yaml.swp", ".hidden.yaml", "notes.txt", "c.yaml~"] {
            std::fs::write(folder.path().join(name), "brands:\n").unwrap();
        }
        std::fs::create_dir(folder.path().join("d.yaml")).unwrap();
        let names: Vec<_> = read_folder(folder.path()).unwrap().into_iter().map(|file| file.name.to_string()).collect();
        assert_eq!(names, ["a.yaml", "b.yml"]);
        assert!(read_folder(&folder.path().join("none")).is_err());
    }
}
