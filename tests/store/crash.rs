//! Kill -9 in the middle of writing: what was answered is there, and the file is sound. The killed
//! process is this test binary, started again on one ignored test.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use vigie::source::SourceKey;
use vigie::store::Store;
use vigie::store::lock::{Lock, holder};
use vigie::store::sqlite::Sqlite;

use crate::sample::{mention, minute, poll, stored};
use crate::{Engine, SqliteFile};

const PLACE: &str = "VIGIE_CRASH_STORE";

/// Four tasks commit polls under the lock and say each key once it was answered, until killed.
#[test]
#[ignore = "the process that the test below starts and kills"]
fn child_that_writes_until_killed() {
    let Some(place) = std::env::var_os(PLACE) else { return };
    let place = std::path::PathBuf::from(place);
    let _lock = Lock::take(&place).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Sqlite::open(&place).unwrap();
        let first = store.sources().await.unwrap().len() as u64;
        let tasks: Vec<_> = (0..4)
            .map(|lane| {
                let store = store.clone();
                tokio::spawn(async move {
                    for key in (first + lane..).step_by(4) {
                        let mut commit = poll(key, minute(1), vec![mention(key, 1, minute(1))]);
                        commit.seen = Some(key.to_le_bytes().to_vec());
                        store.commit_poll(commit).await.unwrap();
                        println!("key {key}");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[tokio::test]
async fn nothing_answered_is_lost_by_kill_9() {
    let file = SqliteFile::new();
    let mut answered = Vec::new();
    for round in 0..12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::child_that_writes_until_killed", "--ignored", "--nocapture"])
            .env(PLACE, file.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = 0;
        let mut collect = |line: String| {
            if let Some((_, key)) = line.split_once("key ") {
                // The last line may be cut by the kill.
                answered.extend(key.parse::<u64>());
                said += 1;
            }
            said
        };
        for line in lines.by_ref() {
            if collect(line.unwrap()) > round * 7 {
                break;
            }
        }
        assert_eq!(holder(&file.path()), Some(child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
        for line in lines.map_while(Result::ok) {
            collect(line);
        }
        assert!(said > 0, "round {round}: the child wrote nothing");
        assert_eq!(holder(&file.path()), None);
    }
    let _lock = Lock::take(&file.path()).unwrap();
    // A line cut short by the kill may read as a smaller key; those were answered long before.
    let store = file.open();
    for key in answered {
        assert_eq!(store.seen(SourceKey(key)).await.unwrap(), key.to_le_bytes(), "{key}");
        assert_eq!(store.revisions(SourceKey(key), 1).await.unwrap().len(), 1, "{key}");
    }
    // A poll is whole or not there.
    assert_eq!(store.sources().await.unwrap().len(), store.undecided(0, 1_000_000).await.unwrap().len());
}

#[tokio::test]
async fn a_dropped_call_is_done_or_not_there() {
    let file = SqliteFile::new();
    let store = file.open();
    for key in 0..50 {
        let call = store.commit_poll(poll(key, minute(1), vec![mention(key, 1, minute(1))]));
        // The caller gives up at once, as at a stop.
        let _ = tokio::time::timeout(std::time::Duration::ZERO, call).await;
    }
    drop(store);
    let store = file.open();
    assert_eq!(store.sources().await.unwrap().len(), store.undecided(0, 1000).await.unwrap().len());
    assert_eq!(stored(&store, 100, 1).await.len(), 1);
}
