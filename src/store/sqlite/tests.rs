//! What only the inside can provoke: a full disk, a group with a bad command in it, a group that the
//! engine gives up, a command that panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use super::*;

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vigie.db");
    (folder, path)
}

/// Caps the file at its present size; `None` takes the cap off.
async fn cap(store: &Sqlite, full: bool) {
    store
        .write(1, move |desk| {
            let pages: i64 = desk.conn.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            let cap = if full { pages } else { 1_000_000 };
            Ok(desk.conn.query_row(&format!("PRAGMA max_page_count = {cap}"), [], |_| Ok(()))?)
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_full_disk_is_said_harms_nothing_and_passes() {
    let (_folder, path) = place();
    let store = Sqlite::open(&path).unwrap();
    store.keep_value("before", Some("1".into())).await.unwrap();
    cap(&store, true).await;
    let large = "x".repeat(1 << 20);
    let error = store.keep_value("large", Some(large.clone())).await.unwrap_err();
    assert!(matches!(&error, StoreError::Unwritable(text) if text.contains("full")), "{error:?}");
    // Reading goes on, and so does what still fits.
    assert_eq!(store.value("before").await.unwrap().as_deref(), Some("1"));
    assert_eq!(store.value("large").await.unwrap(), None);
    store.keep_value("before", Some("2".into())).await.unwrap();
    cap(&store, false).await;
    store.keep_value("large", Some(large.clone())).await.unwrap();
    drop(store);
    let store = Sqlite::open(&path).unwrap();
    assert_eq!(store.value("large").await.unwrap(), Some(large));
    assert_eq!(store.value("before").await.unwrap().as_deref(), Some("2"));
}

/// Holds the writer until all commands are queued behind the held one, so that they make one group.
async fn grouped<T: Send + 'static>(store: &Sqlite, commands: Vec<Boxed<T>>) -> Vec<Result<T>> {
    let queue = store.inner.writer.as_ref().unwrap().queue();
    let work = move || {
        let (release, held) = channel::<()>();
        // A weight past the cap: nobody joins the transaction of the holder.
        let holder = queue.send(1_000_000, move |_| held.recv().map_err(|_| StoreError::Other(String::new()))).unwrap();
        let answers: Vec<_> = commands.into_iter().map(|command| queue.send(1, command).unwrap()).collect();
        release.send(()).unwrap();
        holder.recv().unwrap().unwrap();
        answers.into_iter().map(|answer| answer.recv().unwrap()).collect()
    };
    tokio::task::spawn_blocking(work).await.unwrap()
}

type Boxed<T> = Box<dyn FnMut(&mut Desk) -> Result<T> + Send>;

fn keeps(name: &'static str, size: usize, runs: &Arc<AtomicUsize>) -> Boxed<()> {
    let (value, runs) = ("x".repeat(size), Arc::clone(runs));
    Box::new(move |desk| {
        runs.fetch_add(1, Ordering::SeqCst);
        kept::keep_value(desk, name, Some(&value))
    })
}

#[tokio::test]
async fn one_bad_command_does_not_spoil_its_group() {
    let (_folder, path) = place();
    let store = Sqlite::open(&path).unwrap();
    let runs = Arc::new(AtomicUsize::new(0));
    let bad: Boxed<()> = Box::new(|desk| {
        kept::keep_value(desk, "half", Some("done"))?;
        Ok(desk.conn.execute_batch("INSERT INTO decisions VALUES (99, '', '', 'NoRule', 0, NULL)")?)
    });
    let panics: Boxed<()> = Box::new(|desk| {
        kept::keep_value(desk, "panicked", Some("half"))?;
        panic!("on purpose");
    });
    let results =
        grouped(&store, vec![keeps("a", 1, &runs), bad, panics, keeps("b", 1, &runs), keeps("c", 1, &runs)]).await;
    let went: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(went, [true, false, false, true, true]);
    assert_eq!(runs.load(Ordering::SeqCst), 3);
    let names: Vec<String> = store.values("").await.unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_group_shares_one_transaction() {
    let (_folder, path) = place();
    let store = Sqlite::open(&path).unwrap();
    // Nothing of this connection's file changes between two commands of one transaction.
    let version = |desk: &mut Desk| -> Result<i64> {
        desk.conn.execute_batch("UPDATE pulse SET beats = beats + 1")?;
        let reader = schema::open_read(Path::new(desk.conn.path().unwrap()))?;
        Ok(reader.query_row("SELECT beats FROM pulse", [], |row| row.get(0))?)
    };
    let commands: Vec<Boxed<i64>> = (0..10).map(|_| Box::new(version) as Boxed<i64>).collect();
    let seen: Vec<i64> = grouped(&store, commands).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(seen, [0; 10], "a commit came between");
    assert_eq!(store.write(1, version).await.unwrap(), 10);
}

#[tokio::test]
async fn a_group_that_the_engine_gave_up_is_tried_one_by_one() {
    let (_folder, path) = place();
    let store = Sqlite::open(&path).unwrap();
    let runs = Arc::new(AtomicUsize::new(0));
    let gives_up: Boxed<()> = Box::new(|desk| {
        // As a full disk or an I/O error makes the engine do.
        desk.conn.execute_batch("ROLLBACK")?;
        Err(StoreError::Unwritable("disk full".into()))
    });
    let results = grouped(&store, vec![keeps("a", 1, &runs), gives_up, keeps("b", 1, &runs)]).await;
    assert!(results[0].is_ok() && results[2].is_ok(), "{results:?}");
    assert!(matches!(&results[1], Err(StoreError::Unwritable(text)) if text == "disk full"), "{results:?}");
    assert_eq!(runs.load(Ordering::SeqCst), 3, "`a` was lost with the transaction and ran again");
    assert_eq!(store.values("").await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_stands_still_while_the_disk_works() {
    let (_folder, path) = place();
    let store = Sqlite::open(&path).unwrap();
    let start = tokio::time::Instant::now();
    let timer = tokio::spawn(tokio::time::sleep(Duration::from_hours(1)));
    store
        .write(1, |_| {
            std::thread::sleep(Duration::from_millis(50));
            Ok(())
        })
        .await
        .unwrap();
    store
        .read(|_| {
            std::thread::sleep(Duration::from_millis(50));
            Ok(())
        })
        .await
        .unwrap();
    assert!(!timer.is_finished());
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test]
async fn undecided_mentions_and_revisions_are_found_by_an_index() {
    let (_folder, path) = place();
    let store = Sqlite::open(&path).unwrap();
    let plans = store
        .read(|conn| {
            let mut plans = Vec::new();
            for sql in [
                "SELECT 1 FROM mentions m WHERE m.source = 1 AND m.entry = 2",
                "SELECT 1 FROM mentions m WHERE m.brand = 'a' AND (m.found, m.id) < (5, 6) ORDER BY m.found DESC, m.id DESC LIMIT 1",
                "SELECT 1 FROM mentions m WHERE (m.found, m.id) < (5, 6) ORDER BY m.found DESC, m.id DESC LIMIT 1",
                "SELECT id FROM deliveries WHERE state = 'pending' AND channel = 'c' AND next <= 1",
                "SELECT min(next) FROM deliveries WHERE state = 'pending' AND channel = 'c'",
                "SELECT min(created) FROM deliveries WHERE state = 'pending'",
                "SELECT count(*) FROM deliveries WHERE state = 'dead'",
                "SELECT count(DISTINCT mention) FROM decisions WHERE waits = 1",
                "SELECT min(state) FROM deliveries WHERE message = 'm' AND state IN ('pending', 'sent')",
            ] {
                let plan: String =
                    conn.query_row(&format!("EXPLAIN QUERY PLAN {sql}"), [], |row| row.get("detail"))?;
                plans.push((sql, plan));
            }
            Ok(plans)
        })
        .await
        .unwrap();
    for (sql, plan) in plans {
        assert!(plan.contains("INDEX"), "{sql}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{sql}: {plan}");
    }
}
