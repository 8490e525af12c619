//! One instance a store: a lock file beside the database, held through the kernel, so that a killed
//! process leaves nothing to clean up. Owns the lock and who holds it; opens no database.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::owner::hand_over;

/// Why the lock was not got.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process works on this store: exit 78.
    #[error("{}: held by another vigie{}", path.display(), pid.map(|pid| format!(", process {pid}")).unwrap_or_default())]
    Held {
        /// The lock file.
        path: PathBuf,
        /// The holder, when it could be read.
        pid: Option<u32>,
    },
    /// The lock file cannot be made or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

/// The right to work on a store; released on drop, and by the kernel however the process ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// A holder writes its pid right after it got the lock: that long is waited for it.
const PATIENCE: u32 = 20;
const PAUSE: Duration = Duration::from_millis(5);

impl Lock {
    /// Takes the lock of the store at `store` (its database file), without waiting for a holder.
    ///
    /// # Errors
    /// [`LockError::Held`] names the process that has it.
    pub fn take(store: &Path) -> Result<Self, LockError> {
        let path = lock_path(store);
        let failed = |error| LockError::Io { path: path.clone(), error };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        hand_over(&file, &path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = holder(store);
                for _ in 0..PATIENCE {
                    if pid.is_some() {
                        break;
                    }
                    std::thread::sleep(PAUSE);
                    pid = holder(store);
                }
                return Err(LockError::Held { path, pid });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let pid = std::process::id();
        let line = format!("{pid} {}\n", started(pid).unwrap_or_default());
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(line.as_bytes())).map_err(failed)?;
        Ok(Self { file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The file stays: removing it would let two processes lock two files of one name.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

/// The process that works on the store at `store`, read without taking the lock: the pid in the lock
/// file, when that process lives and started when the file says.
#[must_use]
pub fn holder(store: &Path) -> Option<u32> {
    let mut text = String::new();
    File::open(lock_path(store)).ok()?.take(64).read_to_string(&mut text).ok()?;
    let (pid, start) = text.trim_end().split_once(' ')?;
    let (pid, start) = (pid.parse().ok()?, start.parse::<u64>().ok()?);
    (started(pid)? == start).then_some(pid)
}

/// `STORE.lock`.
fn lock_path(store: &Path) -> PathBuf {
    let mut name = OsString::from(store);
    name.push(".lock");
    PathBuf::from(name)
}

/// When a living process started, in clock ticks after boot: field 22 of proc_pid_stat(5).
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Field 2 is the command in parentheses and may contain both blanks and parentheses.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace();
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_names_the_holder_and_comes_free_on_drop() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("vigie.db");
        assert_eq!(holder(&store), None);
        let lock = Lock::take(&store).unwrap();
        assert_eq!(holder(&store), Some(std::process::id()));
        match Lock::take(&store) {
            Err(LockError::Held { pid, .. }) => assert_eq!(pid, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
        drop(lock);
        assert_eq!(holder(&store), None);
        Lock::take(&store).unwrap();
    }

    #[test]
    fn what_a_killed_process_left_is_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("vigie.db");
        let me = std::process::id();
        let start = started(me).unwrap();
        for (line, expected) in [
            (format!("{me} {start}\n"), Some(me)),
            (format!("{me} {}\n", start + 1), None),
            (format!("{} {start}\n", u32::MAX), None),
            (format!("{me}\n"), None),
            ("\u{fffd} garbage\n".to_owned(), None),
            (String::new(), None),
        ] {
            std::fs::write(lock_path(&store), &line).unwrap();
            assert_eq!(holder(&store), expected, "{line:?}");
        }
        Lock::take(&store).unwrap();
    }

    #[test]
    fn a_folder_that_is_not_there_is_said_with_its_path() {
        let error = Lock::take(Path::new("/nowhere/at/all/vigie.db")).unwrap_err();
        assert!(error.to_string().starts_with("/nowhere/at/all/vigie.db.lock: "), "{error}");
    }
}
