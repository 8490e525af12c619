//! What grows old goes, a chunk at a time, so that nobody waits long behind a purge. Owns the rule of
//! what may go: nothing undecided, nothing that still waits or is still to be delivered.

use jiff::Timestamp;
use rusqlite::Connection;

use super::erasures::{self, Gone};
use super::rows::{all, list, time};
use super::writer::Desk;
use crate::store::Result;

/// Rows a chunk; a thousand held the writer for an eighth of a second.
pub(super) const CHUNK: usize = 100;

/// What a chunk deletes.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    /// With their decisions.
    Mentions,
    /// That list no mention any more, with their deliveries.
    Messages,
    /// Of entries.
    Texts,
    /// That were answered.
    Wishes,
    /// Of brands by the hour.
    Counts,
    /// That ended.
    Mutes,
    /// Whose tokens are good no more.
    Replies,
}

impl What {
    /// The statement of a chunk; of mentions, the one that picks it.
    const fn sql(self) -> &'static str {
        match self {
            Self::Mentions => {
                "SELECT m.id FROM mentions m WHERE m.found < ?1 AND m.decided = 1
                    AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.mention = m.id AND d.waits > 0)
                    AND NOT EXISTS (SELECT 1 FROM message_mentions x JOIN deliveries y ON y.message = x.message
                                    WHERE x.mention = m.id AND y.state = 'pending')
                 ORDER BY m.found LIMIT ?2"
            }
            Self::Messages => {
                "DELETE FROM messages WHERE id IN (
                    SELECT m.id FROM messages m WHERE m.created < ?1
                        AND NOT EXISTS (SELECT 1 FROM message_mentions x WHERE x.message = m.id)
                        AND NOT EXISTS (SELECT 1 FROM deliveries y WHERE y.message = m.id AND y.state = 'pending')
                    ORDER BY m.created LIMIT ?2)"
            }
            Self::Texts => {
                "DELETE FROM texts WHERE id IN (SELECT id FROM texts WHERE found < ?1 ORDER BY found LIMIT ?2)
                 RETURNING entries"
            }
            Self::Counts => {
                "DELETE FROM counts WHERE (brand, slot) IN (
                    SELECT brand, slot FROM counts WHERE slot < ?1 / 300000000 LIMIT ?2)"
            }
            Self::Mutes => "DELETE FROM mutes WHERE id IN (SELECT id FROM mutes WHERE until < ?1 LIMIT ?2)",
            Self::Replies => {
                "DELETE FROM replies WHERE token IN (SELECT token FROM replies WHERE expires < ?1 LIMIT ?2)"
            }
            Self::Wishes => {
                "DELETE FROM requests WHERE id IN (
                    SELECT id FROM requests WHERE asked < ?1 AND answer IS NOT NULL ORDER BY id LIMIT ?2)"
            }
        }
    }
}

/// Deletes mentions with their decisions and corrections, and their words from the search index; returns how many
/// went.
pub(super) fn delete_mentions(conn: &Connection, ids: &[i64]) -> Result<usize> {
    let ids = list(ids)?;
    // The index is told the words as they stand: it finds them by nothing else.
    conn.prepare_cached(
        "INSERT INTO mention_words (mention_words, rowid, title, excerpt, author)
         SELECT 'delete', id, title, excerpt, author FROM mention_texts
         WHERE id IN (SELECT value FROM json_each(?1))",
    )?
    .execute([&ids])?;
    // Somebody's text, however good an example it is.
    conn.prepare_cached("DELETE FROM corrections WHERE mention IN (SELECT value FROM json_each(?1))")?
        .execute([&ids])?;
    let gone =
        conn.prepare_cached("DELETE FROM mentions WHERE id IN (SELECT value FROM json_each(?1))")?.execute([&ids])?;
    Ok(gone)
}

/// Deletes one chunk and adds it to the record; returns how many rows went.
pub(super) fn chunk(desk: &Desk, what: What, before: Timestamp, now: Timestamp) -> Result<usize> {
    let conn = &desk.conn;
    let mut statement = conn.prepare_cached(what.sql())?;
    let values = (time(before), CHUNK as i64);
    let (rows, gone) = match what {
        What::Mentions => {
            let old: Vec<i64> = all(statement.query(values)?, |row| Ok(row.get(0)?))?;
            let rows = delete_mentions(conn, &old)?;
            (rows, Gone { mentions: rows as u64, ..Gone::default() })
        }
        What::Texts => {
            let entries: Vec<i64> = all(statement.query(values)?, |row| Ok(row.get(0)?))?;
            let texts = entries.iter().map(|entries| entries.unsigned_abs()).sum();
            (entries.len(), Gone { texts, ..Gone::default() })
        }
        What::Messages => {
            let rows = statement.execute(values)?;
            (rows, Gone { messages: rows as u64, ..Gone::default() })
        }
        What::Wishes | What::Counts | What::Mutes | What::Replies => (statement.execute(values)?, Gone::default()),
    };
    erasures::add_retention(conn, gone, now)?;
    Ok(rows)
}
