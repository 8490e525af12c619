//! A Maildir read as it lies: `new` and `cur`, never moved, marked or deleted. Owns which files are letters
//! and which of them are new; runs where blocking is allowed.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use base64::Engine;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::mailbox::{Batch, Limits, MailboxError};
use crate::exchange::{Cursor, Letter};

/// Letters that a folder may hold; each costs a place in the cursor.
const MOST_LETTERS: usize = 250_000;

/// A file of the folder that has not been read.
struct Found {
    name: String,
    path: PathBuf,
    hash: [u8; 8],
    modified: SystemTime,
}

/// Reads the letters that `cursor` does not know. Without a cursor, the newest; the others count as read.
pub(super) fn read(folder: &Path, cursor: Option<&Cursor>, limits: Limits) -> Result<Batch, MailboxError> {
    let known = match cursor {
        Some(Cursor::Maildir { names }) => Some(unpacked(names)),
        _ => None,
    };
    let (mut seen, mut fresh) = (HashSet::new(), Vec::new());
    for part in ["new", "cur"] {
        list(&folder.join(part), known.as_ref(), &mut seen, &mut fresh)?;
    }
    fresh.sort_by(|a, b| (a.modified, &a.name).cmp(&(b.modified, &b.name)));
    if known.is_none() {
        let passed = fresh.len().saturating_sub(limits.letters);
        seen.extend(fresh.drain(..passed).map(|found| found.hash));
    }
    let mut batch = Batch { left: fresh.len(), ..Batch::default() };
    let mut bytes = 0;
    for found in fresh.into_iter().take(limits.letters) {
        if bytes >= limits.bytes {
            break;
        }
        match letter(&found, limits.letter_bytes) {
            Ok(letter) => {
                bytes += letter.bytes.len();
                batch.letters.push(letter);
            }
            // Moved to `cur` or deleted since the look: the next reading finds it under its new name.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                batch.left -= 1;
                continue;
            }
            Err(error) => {
                batch.unread += 1;
                tracing::warn!(letter = found.name, %error, "a letter cannot be read");
            }
        }
        batch.left -= 1;
        seen.insert(found.hash);
    }
    batch.cursor = Some(Cursor::Maildir { names: packed(&seen) });
    Ok(batch)
}

fn list(
    folder: &Path,
    known: Option<&HashSet<[u8; 8]>>,
    seen: &mut HashSet<[u8; 8]>,
    fresh: &mut Vec<Found>,
) -> Result<(), MailboxError> {
    let entries = fs::read_dir(folder).map_err(|error| MailboxError::of_folder(&error, folder))?;
    for entry in entries {
        let entry = entry.map_err(|error| MailboxError::of_folder(&error, folder))?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        if name.starts_with('.') {
            continue;
        }
        if seen.len() + fresh.len() >= MOST_LETTERS {
            return Err(MailboxError::TooMany(MOST_LETTERS));
        }
        // What stands behind the colon are flags, which change.
        let base = name.split(':').next().unwrap_or_default();
        let hash = hash(base);
        if known.is_some_and(|known| known.contains(&hash)) {
            seen.insert(hash);
            continue;
        }
        // A link may lead out of the mailbox.
        let Ok(about) = entry.metadata() else { continue };
        if !about.is_file() || seen.contains(&hash) {
            continue;
        }
        let modified = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        fresh.push(Found { name: base.to_owned(), path: entry.path(), hash, modified });
    }
    Ok(())
}

fn letter(found: &Found, most: usize) -> io::Result<Letter> {
    let mut bytes = Vec::new();
    fs::File::open(&found.path)?.take(most as u64).read_to_end(&mut bytes)?;
    Ok(Letter { name: found.name.clone(), bytes, received: Timestamp::try_from(found.modified).ok() })
}

fn hash(name: &str) -> [u8; 8] {
    let mut first = [0; 8];
    first.copy_from_slice(&Sha256::digest(name.as_bytes())[..8]);
    first
}

fn packed(hashes: &HashSet<[u8; 8]>) -> String {
    let mut all: Vec<[u8; 8]> = hashes.iter().copied().collect();
    // The same folder gives the same cursor, so that an unchanged one compares equal.
    all.sort_unstable();
    base64::engine::general_purpose::STANDARD_NO_PAD.encode(all.concat())
}

fn unpacked(names: &str) -> HashSet<[u8; 8]> {
    let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(names).unwrap_or_default();
    bytes.chunks_exact(8).filter_map(|chunk| chunk.try_into().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { letters: 3, letter_bytes: 100, bytes: 1000 };

    fn mailbox() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for part in ["new", "cur", "tmp"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        folder
    }

    fn put(folder: &Path, name: &str, minute: u64) {
        let path = folder.join(name);
        fs::write(&path, format!("letter {name}")).unwrap();
        let modified = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000 + 60 * minute);
        fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    }

    fn names(batch: &Batch) -> Vec<&str> {
        batch.letters.iter().map(|letter| letter.name.as_str()).collect()
    }

    #[test]
    fn a_first_reading_takes_the_newest_and_a_later_one_what_came_since() {
        let folder = mailbox();
        let at = folder.path();
        for (name, minute) in [("cur/1:2,S", 1), ("cur/2:2,", 2), ("new/3", 3), ("new/4", 4), ("tmp/9", 9)] {
            put(at, name, minute);
        }
        let first = read(at, None, LIMITS).unwrap();
        assert_eq!((names(&first), first.left), (vec!["2", "3", "4"], 0));
        assert_eq!(first.letters[2].bytes, b"letter new/4");
        let cursor = first.cursor.unwrap();
        let again = read(at, Some(&cursor), LIMITS).unwrap();
        assert_eq!((names(&again), again.cursor.as_ref()), (vec![], Some(&cursor)));
        // Read by its owner: another folder, other flags; and one that is dated before all others.
        fs::rename(at.join("new/3"), at.join("cur/3:2,S")).unwrap();
        put(at, "new/5", 0);
        let later = read(at, Some(&cursor), LIMITS).unwrap();
        assert_eq!(names(&later), ["5"]);
        assert!(at.join("new/5").exists() && at.join("new/4").exists());
    }

    #[test]
    fn what_the_caps_leave_is_read_next_time() {
        let folder = mailbox();
        let at = folder.path();
        let empty = read(at, None, LIMITS).unwrap().cursor.unwrap();
        for n in 0..7 {
            put(at, &format!("new/{n}"), n);
        }
        let mut cursor = empty;
        for (wanted, left) in [(vec!["0", "1", "2"], 4), (vec!["3", "4", "5"], 1), (vec!["6"], 0)] {
            let batch = read(at, Some(&cursor), LIMITS).unwrap();
            assert_eq!((names(&batch), batch.left), (wanted, left));
            cursor = batch.cursor.unwrap();
        }
        put(at, "new/long", 9);
        fs::write(at.join("new/long"), vec![b'x'; 5000]).unwrap();
        assert_eq!(read(at, Some(&cursor), LIMITS).unwrap().letters[0].bytes.len(), 100);
    }

    #[test]
    fn links_folders_and_hidden_files_are_no_letters() {
        let folder = mailbox();
        let at = folder.path();
        fs::write(at.join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(at.join("secret"), at.join("new/link")).unwrap();
        fs::create_dir(at.join("new/sub")).unwrap();
        put(at, "new/.hidden", 1);
        assert_eq!(names(&read(at, None, LIMITS).unwrap()), Vec::<&str>::new());
    }

    #[test]
    fn what_is_no_maildir_says_so() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(read(&folder.path().join("x"), None, LIMITS), Err(MailboxError::Missing(_))));
        fs::write(folder.path().join("new"), "").unwrap();
        assert!(matches!(read(folder.path(), None, LIMITS), Err(MailboxError::NotAMailbox(_))));
    }
}
