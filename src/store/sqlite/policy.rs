//! What alerts have to remember: messages that caps count, what waits for digests, what may escalate, what is
//! handled or muted. Owns their SQL.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::decisions::read_reason;
use super::rows::{all, list, read_time, time};
use super::writer::Desk;
use crate::alert::mute::{Mute, Muted};
use crate::store::{DigestWait, EscalationRow, Paced, Result, StoreError};

pub(super) fn paced(conn: &Connection, since: Timestamp) -> Result<Paced> {
    let mut statement = conn.prepare_cached(
        "SELECT team, rule, channel, created FROM messages
         WHERE created >= ?1 AND kind IN ('mention', 'moderation') ORDER BY created",
    )?;
    let sent = all(statement.query([time(since)])?, |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, read_time(row.get(3)?)?))
    })?;
    let mut statement = conn.prepare_cached(
        "SELECT e.team, e.rule, m.brand, e.mention, e.told
         FROM escalations e JOIN mentions m ON m.id = e.mention ORDER BY e.mention",
    )?;
    let escalations = all(statement.query([])?, |row| {
        Ok(EscalationRow {
            team: row.get(0)?,
            rule: row.get(1)?,
            brand: row.get(2)?,
            mention: row.get(3)?,
            told: read_time(row.get(4)?)?,
        })
    })?;
    Ok(Paced { sent, escalations })
}

pub(super) fn digest_waits(conn: &Connection) -> Result<Vec<DigestWait>> {
    let mut statement = conn.prepare_cached(
        "SELECT m.team, d.rule, d.channel, m.brand, d.mention, d.reason
         FROM decisions d INDEXED BY decisions_digest JOIN mentions m ON m.id = d.mention
         WHERE d.waits = 2 ORDER BY d.mention, d.rule, d.channel",
    )?;
    all(statement.query([])?, |row| {
        Ok(DigestWait {
            team: row.get(0)?,
            rule: row.get(1)?,
            channel: row.get(2)?,
            brand: row.get(3)?,
            mention: row.get(4)?,
            reason: read_reason(&row.get::<_, String>(5)?)?,
        })
    })
}

pub(super) fn escalate(conn: &Connection, one: &EscalationRow) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO escalations (team, rule, mention, told) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
    )?
    .execute((&one.team, &one.rule, one.mention, time(one.told)))?;
    Ok(())
}

pub(super) fn escalated(conn: &Connection, one: &EscalationRow) -> Result<()> {
    conn.prepare_cached("DELETE FROM escalations WHERE mention = ?1 AND team = ?2 AND rule = ?3")?.execute((
        one.mention,
        &one.team,
        &one.rule,
    ))?;
    Ok(())
}

pub(super) fn mutes(conn: &Connection) -> Result<Vec<Mute>> {
    let mut statement = conn.prepare_cached("SELECT id, kind, value, until, reason, since FROM mutes ORDER BY id")?;
    all(statement.query([])?, |row| {
        let (id, kind, value): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let what = Muted::read(&kind, &value)
            .ok_or_else(|| StoreError::Corrupt(format!("mute {id}: {kind} {value} is unknown")))?;
        let (until, since) = (read_time(row.get(3)?)?, read_time(row.get(5)?)?);
        Ok(Mute { id, what, until, reason: row.get(4)?, since })
    })
}

pub(super) fn mute(desk: &Desk, what: &Muted, until: Timestamp, reason: Option<&str>, now: Timestamp) -> Result<i64> {
    // A wish that is granted again after a crash is the same mute.
    let same = desk
        .conn
        .prepare_cached("SELECT id FROM mutes WHERE kind = ?1 AND value = ?2 AND until = ?3")?
        .query_row((what.word(), what.value(), time(until)), |row| row.get(0))
        .optional()?;
    if let Some(same) = same {
        return Ok(same);
    }
    desk.conn
        .prepare_cached("INSERT INTO mutes (kind, value, until, reason, since) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((what.word(), what.value(), time(until), reason, time(now)))?;
    Ok(desk.conn.last_insert_rowid())
}

pub(super) fn unmute(desk: &Desk, id: i64) -> Result<bool> {
    Ok(desk.conn.prepare_cached("DELETE FROM mutes WHERE id = ?1")?.execute([id])? > 0)
}

pub(super) fn handle(desk: &Desk, mentions: &[i64], by: Option<&str>, now: Timestamp) -> Result<Vec<i64>> {
    let mut there = Vec::new();
    for &mention in mentions {
        // The first answer stands, and the first name; a mention that is gone is none.
        desk.conn
            .prepare_cached(
                "INSERT INTO handled (mention, at, taken_by) SELECT id, ?2, ?3 FROM mentions WHERE id = ?1
                 ON CONFLICT DO UPDATE SET taken_by = coalesce(taken_by, excluded.taken_by)",
            )?
            .execute((mention, time(now), by))?;
        if desk.conn.prepare_cached("SELECT 1 FROM handled WHERE mention = ?1")?.exists([mention])? {
            there.push(mention);
        }
    }
    Ok(there)
}

pub(super) fn told_beside(conn: &Connection, mentions: &[i64]) -> Result<Vec<i64>> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT c.id FROM message_mentions x JOIN mentions m ON m.id = x.mention
         JOIN message_mentions y ON y.message = x.message JOIN mentions c ON c.id = y.mention AND c.story = m.story
         WHERE x.mention IN (SELECT value FROM json_each(?1)) AND c.id NOT IN (SELECT value FROM json_each(?1))
         ORDER BY c.id",
    )?;
    all(statement.query([list(mentions)?])?, |row| Ok(row.get(0)?))
}

pub(super) fn handled(conn: &Connection, mentions: &[i64]) -> Result<Vec<i64>> {
    let mut statement = conn.prepare_cached(
        "SELECT mention FROM handled WHERE mention IN (SELECT value FROM json_each(?1)) ORDER BY mention",
    )?;
    all(statement.query([list(mentions)?])?, |row| Ok(row.get(0)?))
}
