//! The records of what was erased: a row for each wish, and one a day for retention. Owns their SQL.

use jiff::Timestamp;
use rusqlite::Connection;

use super::rows::{all, read_time, time};
use super::writer::Desk;
use crate::store::{Erasure, Result};

/// A day in microseconds: of UTC, since the store knows no zone.
const DAY: i64 = 86_400_000_000;

pub(super) fn keep(desk: &Desk, erased: &Erasure) -> Result<()> {
    desk.conn
        .prepare_cached(
            "INSERT INTO erasures (at, kind, hash, mentions, texts, messages) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((
            time(erased.at),
            &erased.kind,
            &erased.hash,
            erased.mentions.cast_signed(),
            erased.texts.cast_signed(),
            erased.messages.cast_signed(),
        ))?;
    Ok(())
}

/// What retention deletes at once.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gone {
    pub(super) mentions: u64,
    pub(super) texts: u64,
    pub(super) messages: u64,
}

/// Adds to the day's row, so that the table grows by a row a day at most.
pub(super) fn add_retention(conn: &Connection, gone: Gone, now: Timestamp) -> Result<()> {
    let Gone { mentions, texts, messages } = gone;
    let counts = [mentions, texts, messages].map(u64::cast_signed);
    if counts == [0; 3] {
        return Ok(());
    }
    let day = time(now).div_euclid(DAY) * DAY;
    let added = conn
        .prepare_cached(
            "UPDATE erasures SET mentions = mentions + ?3, texts = texts + ?4, messages = messages + ?5
             WHERE kind = ?1 AND at >= ?2",
        )?
        .execute((Erasure::RETENTION, day, counts[0], counts[1], counts[2]))?;
    if added == 0 {
        conn.prepare_cached(
            "INSERT INTO erasures (at, kind, hash, mentions, texts, messages) VALUES (?2, ?1, '', ?3, ?4, ?5)",
        )?
        .execute((Erasure::RETENTION, time(now), counts[0], counts[1], counts[2]))?;
    }
    Ok(())
}

pub(super) fn erasures(conn: &Connection) -> Result<Vec<Erasure>> {
    let mut statement =
        conn.prepare_cached("SELECT at, kind, hash, mentions, texts, messages FROM erasures ORDER BY id")?;
    all(statement.query([])?, |row| {
        Ok(Erasure {
            at: read_time(row.get(0)?)?,
            kind: row.get(1)?,
            hash: row.get(2)?,
            mentions: row.get::<_, i64>(3)?.unsigned_abs(),
            texts: row.get::<_, i64>(4)?.unsigned_abs(),
            messages: row.get::<_, i64>(5)?.unsigned_abs(),
        })
    })
}
