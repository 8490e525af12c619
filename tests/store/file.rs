//! What only a store in a file can suffer: damage, another program, a newer vigie, other readers.

use std::os::unix::fs::PermissionsExt;

use vigie::store::lock::{Lock, LockError};
use vigie::store::sqlite::Sqlite;
use vigie::store::{Store, StoreError};

use crate::sample::{minute, poll, stored, text};
use crate::{Engine, SqliteFile};

fn untouched(file: &SqliteFile, write: impl Fn(&std::path::Path)) -> StoreError {
    write(&file.path());
    let before = std::fs::read(file.path()).unwrap();
    let error = Sqlite::open(&file.path()).unwrap_err();
    assert_eq!(std::fs::read(file.path()).unwrap(), before);
    let read = Sqlite::open_read(&file.path()).unwrap_err();
    assert_eq!(read.to_string(), error.to_string());
    assert_eq!(std::fs::read(file.path()).unwrap(), before);
    error
}

#[test]
fn a_file_that_is_no_database_is_refused_untouched() {
    for garbage in [&b"brands: [lune]\n"[..], b"S", b"SQLite format 3\0 and then nothing of the kind", &[0; 5000]] {
        let error = untouched(&SqliteFile::new(), |path| std::fs::write(path, garbage).unwrap());
        assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
    }
}

#[test]
fn a_database_of_another_program_is_refused_untouched() {
    for version in [0, 1, 9] {
        let error = untouched(&SqliteFile::new(), |path| {
            let other = rusqlite::Connection::open(path).unwrap();
            other.execute_batch(&format!("CREATE TABLE songs (id); PRAGMA user_version = {version}")).unwrap();
        });
        assert!(matches!(&error, StoreError::Corrupt(text) if text.contains("another program")), "{error:?}");
    }
}

#[test]
fn a_newer_schema_is_refused_untouched() {
    let error = untouched(&SqliteFile::new(), |path| {
        drop(Sqlite::open(path).unwrap());
        rusqlite::Connection::open(path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    });
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error:?}");
}

#[tokio::test]
async fn a_damaged_or_cut_file_is_refused_untouched() {
    let file = SqliteFile::new();
    let store = file.open();
    stored(&store, 1, 200).await;
    drop(store);
    let sound = std::fs::read(file.path()).unwrap();
    assert!(sound.len() > 40 * 4096, "{}", sound.len());
    let cut = sound[..sound.len() / 2].to_vec();
    let mut damaged = sound.clone();
    for page in damaged.chunks_mut(4096).skip(2) {
        page[..8].fill(0xA5);
    }
    for bytes in [cut, damaged] {
        let error = untouched(&file, |path| std::fs::write(path, &bytes).unwrap());
        assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
    }
    std::fs::write(file.path(), &sound).unwrap();
    assert_eq!(file.open().undecided(0, 1000).await.unwrap().len(), 200);
}

#[tokio::test]
async fn a_fresh_file_is_its_owners_alone_and_closes_into_one_file() {
    let file = SqliteFile::new();
    let store = file.open();
    stored(&store, 1, 1).await;
    for entry in std::fs::read_dir(file.0.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
    drop(store);
    let left: Vec<_> = std::fs::read_dir(file.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["vigie.db"]);
}

#[test]
fn an_empty_file_and_a_folder_that_is_not_there() {
    let file = SqliteFile::new();
    std::fs::write(file.path(), "").unwrap();
    drop(file.open());
    let error = Sqlite::open(&file.0.path().join("no/vigie.db")).unwrap_err();
    assert!(matches!(&error, StoreError::Unwritable(text) if text.contains("no/vigie.db")), "{error:?}");
    let error = Sqlite::open_read(&file.0.path().join("never.db")).unwrap_err();
    assert!(error.to_string().contains("never.db"), "{error}");
    assert!(!file.0.path().join("never.db").exists());
}

#[tokio::test]
async fn a_reader_sees_what_the_daemon_commits_and_writes_nothing() {
    let file = SqliteFile::new();
    let daemon = file.open();
    let status = Sqlite::open_read(&file.path()).unwrap();
    assert!(status.sources().await.unwrap().is_empty());
    daemon.commit_poll(poll(1, minute(1), Vec::new())).await.unwrap();
    assert_eq!(status.sources().await.unwrap().len(), 1);
    let error = status.ping().await.unwrap_err();
    assert!(matches!(error, StoreError::Unwritable(_)), "{error:?}");
    drop(daemon);
    assert_eq!(status.sources().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_look_at_a_stopped_store_changes_no_byte_of_it() {
    let file = SqliteFile::new();
    stored(&file.open(), 1, 3).await;
    let before = std::fs::read(file.path()).unwrap();
    let status = Sqlite::open_read(&file.path()).unwrap();
    assert_eq!(status.mentions(10).await.unwrap().len(), 3);
    drop(status);
    assert_eq!(std::fs::read(file.path()).unwrap(), before);
    for entry in std::fs::read_dir(file.0.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
}

#[tokio::test]
async fn a_killed_stores_last_commits_are_read_without_the_daemon() {
    let file = SqliteFile::new();
    let store = file.open();
    stored(&store, 1, 3).await;
    // As a kill leaves them: the last commits stand in the WAL alone.
    let folder = tempfile::tempdir().unwrap();
    for name in ["vigie.db", "vigie.db-wal"] {
        std::fs::copy(file.0.path().join(name), folder.path().join(name)).unwrap();
    }
    let status = Sqlite::open_read(&folder.path().join("vigie.db")).unwrap();
    assert_eq!(status.mentions(10).await.unwrap().len(), 3);
}

#[tokio::test]
async fn two_processes_may_write_in_turn() {
    let file = SqliteFile::new();
    let daemon = file.open();
    let command = file.open();
    let wish = command.ask("send-test", "{}".into(), minute(1)).await.unwrap();
    daemon.commit_poll(poll(1, minute(1), Vec::new())).await.unwrap();
    daemon.answer(wish, "sent".into()).await.unwrap();
    assert_eq!(command.answered(wish).await.unwrap().as_deref(), Some("sent"));
}

#[tokio::test]
async fn a_busy_store_says_so_instead_of_waiting_for_ever() {
    let file = SqliteFile::new();
    let store = file.open();
    let other = rusqlite::Connection::open(file.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.ping().await.unwrap_err();
    assert!(matches!(error, StoreError::Unwritable(_)), "{error:?}");
    other.execute_batch("ROLLBACK").unwrap();
    store.ping().await.unwrap();
}

#[tokio::test]
async fn kept_texts_are_compressed_and_purged_by_their_own_age() {
    let file = SqliteFile::new();
    let store = file.open();
    let mut first = poll(1, minute(1), Vec::new());
    first.texts = (0..30).map(|id| text(&id.to_string())).collect();
    let raw: usize = first.texts.iter().map(|text| serde_json::to_string(text).unwrap().len() + 1).sum();
    store.commit_poll(first).await.unwrap();
    let mut second = poll(2, minute(9), Vec::new());
    second.texts = vec![text("young")];
    store.commit_poll(second).await.unwrap();

    let reader = rusqlite::Connection::open(file.path()).unwrap();
    let (entries, packed): (i64, Vec<u8>) = reader
        .query_row("SELECT entries, lines FROM texts WHERE source = 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(entries, 30);
    assert!(packed.len() * 3 < raw, "{} of {raw}", packed.len());
    let lines = zstd::decode_all(packed.as_slice()).unwrap();
    let ids: Vec<String> = std::str::from_utf8(&lines)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<vigie::store::KeptText>(line).unwrap().id)
        .collect();
    assert_eq!(ids, (0..30).map(|id| id.to_string()).collect::<Vec<_>>());

    store.purge(minute(5), minute(5), minute(100_000)).await.unwrap();
    let left: i64 = reader.query_row("SELECT sum(source) FROM texts", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 2);
}

#[tokio::test]
async fn what_was_sent_is_not_kept_in_the_outbox() {
    let file = SqliteFile::new();
    let store = file.open();
    let id = stored(&store, 1, 1).await[0];
    crate::sample::told(&store, "m1", minute(2), &[id], &["a@x.example", "b@x.example"]).await;
    let due = store.due("comms", minute(2), 10).await.unwrap();
    store.finish(due[0].id, vigie::store::DeliveryOutcome::Sent, minute(3)).await.unwrap();
    let dead = vigie::store::DeliveryOutcome::Dead { error: "550".into() };
    store.finish(due[1].id, dead, minute(3)).await.unwrap();
    let reader = rusqlite::Connection::open(file.path()).unwrap();
    let kept: String = reader
        .query_row("SELECT group_concat(recipient) FROM deliveries WHERE length(body) > 0", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, "b@x.example");
}

#[test]
fn a_second_instance_learns_who_holds_the_store() {
    let file = SqliteFile::new();
    let _lock = Lock::take(&file.path()).unwrap();
    let error = Lock::take(&file.path()).unwrap_err();
    let LockError::Held { pid, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*pid, Some(std::process::id()));
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    // The lock is beside the database, not in it: reading goes on.
    drop(file.open());
}
