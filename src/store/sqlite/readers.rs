//! Two connections that read beside the writer. Owns the pool; knows no verb.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::schema;
use crate::store::{Result, StoreError};

const READERS: usize = 2;

/// The pool.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    free: Semaphore,
}

impl Readers {
    /// Opens one connection, so that a file that cannot be read is told at once.
    pub(super) fn open(path: PathBuf) -> Result<Self> {
        let first = schema::open_read(&path)?;
        Ok(Self { path, idle: Mutex::new(vec![first]), free: Semaphore::new(READERS) })
    }

    /// Runs `run` on a connection, in one read transaction.
    pub(super) async fn read<T, F>(self: Arc<Self>, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let closed = |_| StoreError::Other("the store is closed".into());
        let readers = Arc::clone(&self);
        let permit = self.free.acquire().await.map_err(|_| StoreError::Other("the store is closed".into()))?;
        let outcome = tokio::task::spawn_blocking(move || {
            let idle = readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let conn = match idle {
                Some(conn) => conn,
                None => schema::open_read(&readers.path)?,
            };
            // Prepared once: rusqlite's own transaction has SQL read anew each time.
            conn.prepare_cached("BEGIN")?.execute([])?;
            let result = run(&conn);
            conn.prepare_cached("ROLLBACK")?.execute([])?;
            let result = result?;
            readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
            Ok(result)
        })
        .await;
        drop(permit);
        outcome.unwrap_or_else(|error| Err(closed(error)))
    }
}
