//! Answers to mails: which message a token means, and each token's wish once. Owns their SQL.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::kept;
use super::rows::{all, read_optional_time, read_time, time};
use super::writer::Desk;
use crate::store::replies::{RepliesCommit, ReplyRow, ToldMessage};
use crate::store::{Result, ThreadOf};

pub(super) fn told(conn: &Connection, tag: [u8; 8]) -> Result<Option<ToldMessage>> {
    let start = tag.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let message = conn
        .prepare_cached(
            // `g` stands behind every hexadecimal digit.
            "SELECT id, team, rule, channel FROM messages WHERE id >= ?1 AND id < ?1 || 'g' LIMIT 1",
        )?
        .query_row([start], |row| {
            let (id, team, rule, channel) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(ToldMessage { id, team, rule, channel, mentions: Vec::new() })
        })
        .optional()?;
    let Some(mut message) = message else { return Ok(None) };
    let mut statement =
        conn.prepare_cached("SELECT mention FROM message_mentions WHERE message = ?1 ORDER BY position")?;
    message.mentions = all(statement.query([&message.id])?, |row| Ok(row.get(0)?))?;
    Ok(Some(message))
}

pub(super) fn commit(desk: &Desk, commit: &RepliesCommit) -> Result<Vec<bool>> {
    let mut new = Vec::with_capacity(commit.replies.len());
    for reply in &commit.replies {
        let known = desk.conn.prepare_cached("SELECT 1 FROM replies WHERE token = ?1")?.exists([&reply.token])?;
        new.push(!known);
        if known {
            continue;
        }
        let (kind, payload) = &reply.wish;
        let request = kept::ask(desk, kind, payload, commit.now)?;
        desk.conn
            .prepare_cached(
                "INSERT INTO replies (token, at, sender, action, expires, request) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((&reply.token, time(commit.now), &reply.sender, &reply.action, time(reply.expires), request))?;
        let mut statement = desk.conn.prepare_cached(
            "INSERT INTO reply_mentions (mention, token) SELECT id, ?2 FROM mentions WHERE id = ?1
             ON CONFLICT DO NOTHING",
        )?;
        for mention in &reply.mentions {
            statement.execute((mention, &reply.token))?;
        }
    }
    for (name, value) in &commit.values {
        kept::keep_value(desk, name, Some(value))?;
    }
    Ok(new)
}

type Handled = Option<(Timestamp, Option<String>)>;

/// Who takes care of a mention, and what was asked of it.
pub(super) fn of(conn: &Connection, mention: i64) -> Result<(Handled, Vec<ReplyRow>)> {
    let handled: Option<(Option<i64>, Option<String>)> = conn
        .prepare_cached("SELECT at, taken_by FROM handled WHERE mention = ?1")?
        .query_row([mention], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let handled = match handled {
        Some((at, by)) => read_optional_time(at)?.map(|at| (at, by)),
        None => None,
    };
    let mut statement = conn.prepare_cached(
        "SELECT r.at, r.sender, r.action, q.answer
         FROM reply_mentions x JOIN replies r ON r.token = x.token LEFT JOIN requests q ON q.id = r.request
         WHERE x.mention = ?1 ORDER BY r.request",
    )?;
    let replies = all(statement.query([mention])?, |row| {
        Ok(ReplyRow { at: read_time(row.get(0)?)?, sender: row.get(1)?, action: row.get(2)?, answer: row.get(3)? })
    })?;
    Ok((handled, replies))
}

pub(super) fn thread(conn: &Connection, like: &ThreadOf, since: Timestamp) -> Result<Vec<(Timestamp, String)>> {
    let mut statement = conn.prepare_cached(
        "SELECT created, id FROM messages WHERE created >= ?1
         AND kind = ?2 AND team = ?3 AND rule = ?4 AND channel = ?5 AND brand = ?6 ORDER BY created, id",
    )?;
    all(statement.query((time(since), like.kind, &like.team, &like.rule, &like.channel, &like.brand))?, |row| {
        Ok((read_time(row.get(0)?)?, row.get(1)?))
    })
}
