//! Kept texts, read back for a backtest. Owns their reading; `polls` writes them, `purge` deletes them.

use jiff::Timestamp;
use rusqlite::Connection;

use super::rows::{all, decompress, read_time, time};
use crate::source::SourceKey;
use crate::store::{KeptText, Result, StoreError, TextBatch};

pub(super) fn kept(conn: &Connection, since: Timestamp, after: i64, limit: usize) -> Result<Vec<TextBatch>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, source, found, lines FROM texts WHERE id > ?1 AND found >= ?2 ORDER BY id LIMIT ?3",
    )?;
    all(statement.query((after, time(since), i64::try_from(limit).unwrap_or(i64::MAX)))?, |row| {
        let id = row.get(0)?;
        let lines = decompress(row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?)?;
        let lines = lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        let texts: std::result::Result<Vec<KeptText>, _> = lines.map(serde_json::from_slice).collect();
        Ok(TextBatch {
            id,
            source: SourceKey(row.get::<_, i64>(1)?.cast_unsigned()),
            found: read_time(row.get(2)?)?,
            texts: texts.map_err(|error| StoreError::Corrupt(format!("the texts of row {id}: {error}")))?,
        })
    })
}
