//! What an engine's error means to those who use the store: damaged, unwritable for now, or a bug.
//! Owns the mapping; decides nothing about what to do then.

use rusqlite::ErrorCode;

use crate::store::StoreError;

/// `SQLITE_IOERR_CORRUPTFS`: the file system found the damage.
const IOERR_CORRUPTFS: i32 = rusqlite::ffi::SQLITE_IOERR_CORRUPTFS;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        let text = match error.sqlite_extended_error_code() {
            Some(code) => format!("{error} (SQLite code {code})"),
            None => error.to_string(),
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Corrupt(text),
            Some(ErrorCode::SystemIoFailure) if error.sqlite_extended_error_code() == Some(IOERR_CORRUPTFS) => {
                Self::Corrupt(text)
            }
            // A full disk shows as any I/O error, a lost mount as read-only or not openable, and another
            // writer as busy: all of them may pass.
            Some(
                ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::NoLargeFileSupport
                | ErrorCode::OutOfMemory,
            ) => Self::Unwritable(text),
            _ => match error {
                // The schema is STRICT: only damage puts another type into a column.
                E::FromSqlConversionFailure(..)
                | E::InvalidColumnType(..)
                | E::IntegralValueOutOfRange(..)
                | E::Utf8Error(..) => Self::Corrupt(text),
                _ => Self::Other(text),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_told_from_what_is_damaged() {
        let failure = |code| rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
        for (code, word) in [
            (13, "unwritable"),
            (10, "unwritable"),
            // IOERR_SHMSIZE, which a full tmpfs gives.
            (4874, "unwritable"),
            (8, "unwritable"),
            (14, "unwritable"),
            (5, "unwritable"),
            (11, "corrupt"),
            (26, "corrupt"),
            (IOERR_CORRUPTFS, "corrupt"),
            (19, "other"),
            (1, "other"),
        ] {
            let found = match StoreError::from(failure(code)) {
                StoreError::Unwritable(_) => "unwritable",
                StoreError::Corrupt(_) => "corrupt",
                StoreError::Newer { .. } => "newer",
                StoreError::Other(_) => "other",
            };
            assert_eq!(found, word, "{code}");
        }
    }
}
