//! Deliveries and the channels' states. Owns the SQL of stage 3.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

use super::rows::{all, decompress, read_optional_time, read_span, read_time, span, time};
use super::writer::Desk;
use crate::store::{ChannelRow, DeliveryOutcome, DeliveryRow, OutboxFigures, Result};

pub(super) fn due(conn: &Connection, channel: &str, now: Timestamp, limit: usize) -> Result<Vec<DeliveryRow>> {
    // The inner query is answered by the index alone: no body is read but those returned.
    let mut statement = conn.prepare_cached(
        "SELECT d.id, d.message, m.kind, d.channel, d.recipient, d.body, d.attempts, d.created, d.paused, d.waited
         FROM deliveries d JOIN messages m ON m.id = d.message
         WHERE d.id IN (SELECT id FROM deliveries
                        WHERE state = 'pending' AND channel = ?1 AND next <= ?2 ORDER BY id LIMIT ?3)
         ORDER BY d.id",
    )?;
    all(statement.query((channel, time(now), limit as i64))?, |row| {
        Ok(DeliveryRow {
            id: row.get(0)?,
            message: row.get(1)?,
            kind: row.get(2)?,
            channel: row.get(3)?,
            recipient: row.get(4)?,
            body: decompress(row.get_ref(5)?.as_blob().map_err(rusqlite::Error::from)?)?,
            attempts: row.get(6)?,
            created: read_time(row.get(7)?)?,
            paused: read_span(row.get(8)?),
            waited: read_span(row.get(9)?),
        })
    })
}

pub(super) fn next_due(conn: &Connection, channel: &str) -> Result<Option<Timestamp>> {
    let next = conn
        .prepare_cached("SELECT min(next) FROM deliveries WHERE state = 'pending' AND channel = ?1")?
        .query_row([channel], |row| row.get(0))?;
    read_optional_time(next)
}

pub(super) fn finish(desk: &Desk, delivery: i64, outcome: &DeliveryOutcome, now: Timestamp) -> Result<()> {
    match outcome {
        // What was accepted is never sent again: its body would only be a copy of what people wrote.
        DeliveryOutcome::Sent => desk
            .conn
            .prepare_cached(
                "UPDATE deliveries SET state = 'sent', attempts = attempts + 1, finished = ?2, error = NULL, body = x''
                 WHERE id = ?1 AND state = 'pending'",
            )?
            .execute((delivery, time(now)))?,
        DeliveryOutcome::Retry { next, waited, error } => desk
            .conn
            .prepare_cached(
                "UPDATE deliveries SET attempts = attempts + 1, next = ?2, waited = ?3, error = ?4
                 WHERE id = ?1 AND state = 'pending'",
            )?
            .execute((delivery, time(*next), span(*waited), error))?,
        DeliveryOutcome::Dead { error } => desk
            .conn
            .prepare_cached(
                "UPDATE deliveries SET state = 'dead', attempts = attempts + 1, finished = ?2, error = ?3
                 WHERE id = ?1 AND state = 'pending'",
            )?
            .execute((delivery, time(now), error))?,
    };
    Ok(())
}

pub(super) fn release(desk: &Desk, channel: &str, now: Timestamp, paused: Duration) -> Result<()> {
    desk.conn
        .prepare_cached(
            "UPDATE deliveries SET next = min(next, ?2), paused = paused + ?3
             WHERE state = 'pending' AND channel = ?1",
        )?
        .execute((channel, time(now), span(paused)))?;
    Ok(())
}

pub(super) fn channels(conn: &Connection) -> Result<Vec<ChannelRow>> {
    let mut statement =
        conn.prepare_cached("SELECT name, state, detail, address, since FROM channels ORDER BY name")?;
    all(statement.query([])?, |row| {
        Ok(ChannelRow {
            name: row.get(0)?,
            state: row.get(1)?,
            detail: row.get(2)?,
            address: row.get::<_, i64>(3)?.cast_unsigned(),
            since: read_time(row.get(4)?)?,
        })
    })
}

pub(super) fn keep_channel(desk: &Desk, channel: &ChannelRow) -> Result<()> {
    desk.conn
        .prepare_cached(
            "INSERT INTO channels (name, state, detail, address, since) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (name) DO UPDATE SET state = excluded.state, detail = excluded.detail,
                address = excluded.address, since = excluded.since",
        )?
        .execute((
            &channel.name,
            &channel.state,
            &channel.detail,
            channel.address.cast_signed(),
            time(channel.since),
        ))?;
    Ok(())
}

pub(super) fn outbox(conn: &Connection) -> Result<OutboxFigures> {
    let count = |sql| -> Result<u64> {
        Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0))?.cast_unsigned())
    };
    let oldest = conn
        .prepare_cached("SELECT min(created) FROM deliveries WHERE state = 'pending'")?
        .query_row([], |row| row.get(0))?;
    Ok(OutboxFigures {
        pending: count("SELECT count(*) FROM deliveries WHERE state = 'pending'")?,
        waiting: count("SELECT count(DISTINCT mention) FROM decisions WHERE waits = 1")?,
        dead: count("SELECT count(*) FROM deliveries WHERE state = 'dead'")?,
        oldest: read_optional_time(oldest)?,
    })
}
