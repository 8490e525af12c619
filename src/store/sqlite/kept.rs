//! Values by name, wishes of commands to the daemon, and the pulse. Owns their SQL.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::rows::{all, time};
use super::writer::Desk;
use crate::store::{RequestRow, Result};

pub(super) fn value(conn: &Connection, name: &str) -> Result<Option<String>> {
    Ok(conn.prepare_cached("SELECT value FROM kept WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()?)
}

pub(super) fn values(conn: &Connection, prefix: &str) -> Result<Vec<(String, String)>> {
    let mut statement = conn.prepare_cached(
        "SELECT name, value FROM kept WHERE name >= ?1 AND substr(name, 1, length(?1)) = ?1 ORDER BY name",
    )?;
    all(statement.query([prefix])?, |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn keep_value(desk: &Desk, name: &str, value: Option<&str>) -> Result<()> {
    match value {
        Some(value) => desk
            .conn
            .prepare_cached(
                "INSERT INTO kept (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            )?
            .execute((name, value))?,
        None => desk.conn.prepare_cached("DELETE FROM kept WHERE name = ?1")?.execute([name])?,
    };
    Ok(())
}

pub(super) fn ask(desk: &Desk, kind: &str, payload: &str, now: Timestamp) -> Result<i64> {
    desk.conn.prepare_cached("INSERT INTO requests (kind, payload, asked) VALUES (?1, ?2, ?3)")?.execute((
        kind,
        payload,
        time(now),
    ))?;
    Ok(desk.conn.last_insert_rowid())
}

pub(super) fn asked(conn: &Connection) -> Result<Vec<RequestRow>> {
    let mut statement =
        conn.prepare_cached("SELECT id, kind, payload FROM requests WHERE answer IS NULL ORDER BY id")?;
    all(statement.query([])?, |row| Ok(RequestRow { id: row.get(0)?, kind: row.get(1)?, payload: row.get(2)? }))
}

pub(super) fn answer(desk: &Desk, request: i64, answer: &str) -> Result<()> {
    desk.conn
        // Who was forgotten is not remembered by the wish to forget.
        .prepare_cached(
            "UPDATE requests SET answer = ?2, payload = iif(kind = 'forget', '{}', payload)
             WHERE id = ?1 AND answer IS NULL",
        )?
        .execute((request, answer))?;
    Ok(())
}

pub(super) fn answered(conn: &Connection, request: i64) -> Result<Option<String>> {
    let answer: Option<Option<String>> = conn
        .prepare_cached("SELECT answer FROM requests WHERE id = ?1")?
        .query_row([request], |row| row.get(0))
        .optional()?;
    Ok(answer.flatten())
}

/// Really writes: a store that can only be read is not well.
pub(super) fn beat(desk: &Desk) -> Result<()> {
    desk.conn.prepare_cached("UPDATE pulse SET beats = beats + 1")?.execute([])?;
    Ok(())
}
