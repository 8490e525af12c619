//! Whole copies of the database: a backup taken beside a running daemon, and the way back. Owns the files
//! that they write; who may ask is `cli`.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::schema;
use crate::store::owner::hand_over;
use crate::store::{Result, StoreError};

/// The files that SQLite keeps beside a database.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Writes what the store at `from` holds at this moment into a new file `to` (mode 0600), compacted and
/// checked; a daemon goes on meanwhile. Blocks on the disk. Returns the copy's size in bytes.
///
/// # Errors
/// A file at `to` is never overwritten; a copy that did not become whole is removed.
pub fn back_up(from: &Path, to: &Path) -> Result<u64> {
    schema::inspect(from)?;
    let source = schema::open_read(from)?;
    // SQLite fills a file that is empty, and refuses any other: made first, it is ours and ours alone to read.
    let file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).map_err(|error| unwritten(to, &error))?;
    let written = copy(&source, to).and_then(|()| {
        file.sync_all().and_then(|()| sync_folder(to)).map_err(|error| unwritten(to, &error))?;
        Ok(file.metadata().map_err(|error| unwritten(to, &error))?.len())
    });
    if written.is_err() {
        let _ = std::fs::remove_file(to);
    }
    written
}

fn copy(source: &Connection, to: &Path) -> Result<()> {
    let name = to.to_str().ok_or_else(|| StoreError::Other(format!("{}: the name is not UTF-8", to.display())))?;
    source.execute("VACUUM INTO ?1", [name])?;
    check(to)
}

/// All of it, however large: a backup that is not whole is none.
fn check(path: &Path) -> Result<()> {
    schema::inspect(path)?;
    let verdict: String = schema::open_read(path)?.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(StoreError::Corrupt(format!("{}: {verdict}", path.display()))) }
}

/// Puts the backup `from` in the place of the store at `to`, whose lock the caller holds. What stood there
/// is moved aside, under its name and `.before-` and `stamp`, and that path is returned. Blocks on the disk.
///
/// # Errors
/// `Corrupt` and `Newer` leave everything as it was.
pub fn restore(from: &Path, to: &Path, stamp: &str) -> Result<Option<PathBuf>> {
    if std::fs::metadata(from).map_err(|error| unwritten(from, &error))?.len() == 0 {
        return Err(StoreError::Corrupt(format!("{}: empty", from.display())));
    }
    check(from)?;
    let fresh = beside(to, ".restoring");
    let written = write_copy(from, &fresh);
    if let Err(error) = written {
        let _ = std::fs::remove_file(&fresh);
        return Err(unwritten(&fresh, &error));
    }
    let aside = beside(to, &format!(".before-{stamp}"));
    let moved = to.try_exists().map_err(|error| unwritten(to, &error))?;
    let swap = || -> io::Result<()> {
        if moved {
            for end in BESIDE {
                rename_if_there(&beside(to, end), &beside(&aside, end))?;
            }
            std::fs::rename(to, &aside)?;
        }
        std::fs::rename(&fresh, to)?;
        sync_folder(to)
    };
    swap().map_err(|error| unwritten(to, &error))?;
    // Brings an older schema up, and shows that the daemon will open it.
    drop(schema::open_write(to)?);
    Ok(moved.then_some(aside))
}

fn write_copy(from: &Path, to: &Path) -> io::Result<()> {
    // What an interrupted one left; made anew, so that no link of that name leads root elsewhere.
    match std::fs::remove_file(to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    hand_over(&file, to)?;
    io::copy(&mut File::open(from)?, &mut file)?;
    file.sync_all()
}

fn rename_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// `PATH` and an end.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// A new name outlives a power failure only with its folder written.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn unwritten(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Unwritable(format!("{}: {error}", path.display()))
}

/// Reads every page of the store at `path`: `None` when all is sound, else the first fault.
///
/// # Errors
/// When it is no store of this program, or cannot be read.
pub fn examine(path: &Path) -> Result<Option<String>> {
    match check(path) {
        Ok(()) => Ok(None),
        Err(StoreError::Corrupt(fault)) => Ok(Some(fault)),
        Err(error) => Err(error),
    }
}
