//! Undecided mentions, windows, decisions and closed messages. Owns the SQL of stage 2, and what it
//! means that a mention waits.

use rusqlite::{Connection, OptionalExtension, Row};

use super::rows::{MENTION, MENTION_COLUMNS, all, list, read_mention, read_time, time};
use super::writer::Desk;
use super::{kept, policy};
use crate::alert::Reason;
use crate::source::SourceKey;
use crate::store::{
    AlerterCommit, DecisionRow, NewMessage, Result, Shown, StoreError, StoredMention, Waiting, WindowRow,
};

/// The kind of messages that tell what waited for a digest.
pub(super) const DIGEST_KIND: &str = "digest";

pub(super) fn undecided(conn: &Connection, after: i64, limit: usize) -> Result<Vec<StoredMention>> {
    // Without the hint the planner walks the whole table from `after` on.
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {MENTION} FROM mentions m INDEXED BY mentions_undecided
         WHERE m.decided = 0 AND m.id > ?1 ORDER BY m.id LIMIT ?2"
    ))?;
    all(statement.query((after, limit as i64))?, read_mention)
}

pub(super) fn stored(conn: &Connection, ids: &[i64]) -> Result<Vec<StoredMention>> {
    let ids = list(ids)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {MENTION} FROM mentions m WHERE m.id IN (SELECT value FROM json_each(?1)) ORDER BY m.id"
    ))?;
    all(statement.query([ids])?, read_mention)
}

pub(super) fn windows(conn: &Connection) -> Result<(Vec<WindowRow>, Vec<Waiting>)> {
    let mut statement = conn.prepare_cached("SELECT team, rule, channel, brand, closed FROM windows")?;
    let windows = all(statement.query([])?, |row| {
        Ok(WindowRow {
            team: row.get(0)?,
            rule: row.get(1)?,
            channel: row.get(2)?,
            brand: row.get(3)?,
            closed: read_time(row.get(4)?)?,
        })
    })?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {MENTION}, d.rule, d.channel, d.reason
         FROM decisions d INDEXED BY decisions_waiting JOIN mentions m ON m.id = d.mention
         WHERE d.waits = 1 ORDER BY d.mention, d.rule, d.channel"
    ))?;
    let waiting = all(statement.query([])?, |row| {
        Ok(Waiting {
            rule: row.get(MENTION_COLUMNS)?,
            channel: row.get(MENTION_COLUMNS + 1)?,
            reason: read_reason(&row.get::<_, String>(MENTION_COLUMNS + 2)?)?,
            mention: read_mention(row)?,
        })
    })?;
    Ok((windows, waiting))
}

/// What a decision waits for, as it stands in `waits`.
const NOTHING: i64 = 0;
const WINDOW: i64 = 1;
const DIGEST: i64 = 2;

/// What a decision waits for that no digest tells. What the cap holds back without a digest goes on waiting.
const fn waits(reason: Reason) -> i64 {
    match reason {
        Reason::FirstMention | Reason::GroupWindow | Reason::EachMention | Reason::QuietHours | Reason::CapReached => {
            WINDOW
        }
        Reason::AlreadySent
        | Reason::Baseline
        | Reason::NoRule
        | Reason::NotUnderstood
        | Reason::NoChannel
        | Reason::Late
        | Reason::Muted
        | Reason::SameStory
        | Reason::Escalated
        | Reason::Forwarded => NOTHING,
    }
}

pub(super) fn read_reason(name: &str) -> Result<Reason> {
    Reason::from_name(name).ok_or_else(|| StoreError::Corrupt(format!("the reason {name} is unknown")))
}

/// About how many rows a commit writes.
pub(super) fn weight(commit: &AlerterCommit) -> usize {
    let of = |message: &NewMessage| {
        let shown = if let Shown::Mentions(shown) = &message.shows { shown.len() } else { 1 };
        1 + 2 * message.mentions.len() + shown + message.deliveries.len()
    };
    let messages: usize = commit.messages.iter().map(of).sum();
    let decisions = commit.decisions.len() + commit.for_digest.len();
    let escalations = commit.escalations.len() + commit.escalated.len();
    commit.decided.len()
        + decisions
        + escalations
        + messages
        + commit.windows.len()
        + commit.told.len()
        + commit.kept.len()
}

pub(super) fn commit(desk: &mut Desk, commit: &AlerterCommit) -> Result<()> {
    {
        let mut statement = desk.conn.prepare_cached("UPDATE mentions SET decided = 1 WHERE id = ?1")?;
        for mention in &commit.decided {
            statement.execute([mention])?;
        }
    }
    for decision in &commit.decisions {
        decide(&desk.conn, decision, waits(decision.reason))?;
    }
    for decision in &commit.for_digest {
        decide(&desk.conn, decision, DIGEST)?;
    }
    for message in &commit.messages {
        close(desk, message)?;
    }
    for window in &commit.windows {
        desk.conn
            .prepare_cached(
                "INSERT INTO windows (team, rule, channel, brand, closed) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET closed = excluded.closed",
            )?
            .execute((&window.team, &window.rule, &window.channel, &window.brand, time(window.closed)))?;
    }
    for &(SourceKey(key), told, at) in &commit.told {
        desk.conn.prepare_cached("UPDATE sources SET told = ?2, told_at = ?3 WHERE key = ?1")?.execute((
            key.cast_signed(),
            told,
            (told > 0).then(|| time(at)),
        ))?;
    }
    for one in &commit.escalations {
        policy::escalate(&desk.conn, one)?;
    }
    for one in &commit.escalated {
        policy::escalated(&desk.conn, one)?;
    }
    for (name, value) in &commit.kept {
        kept::keep_value(desk, name, value.as_deref())?;
    }
    Ok(())
}

fn decide(conn: &Connection, decision: &DecisionRow, waits: i64) -> Result<()> {
    // A decision that a message took stays with it: a closed message never changes.
    conn.prepare_cached(
        "INSERT INTO decisions (mention, rule, channel, reason, waits, message) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (mention, rule, channel) DO UPDATE SET reason = excluded.reason,
            message = coalesce(message, excluded.message),
            waits = iif(message IS NULL, excluded.waits, 0)",
    )?
    .execute((
        decision.mention,
        decision.rule.as_deref().unwrap_or_default(),
        decision.channel.as_deref().unwrap_or_default(),
        decision.reason.name(),
        if decision.message.is_none() { waits } else { NOTHING },
        &decision.message,
    ))?;
    Ok(())
}

fn close(desk: &mut Desk, message: &NewMessage) -> Result<()> {
    let created = time(message.created);
    let new = desk
        .conn
        .prepare_cached(
            "INSERT INTO messages (id, kind, team, rule, channel, brand, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO NOTHING",
        )?
        .execute((
            &message.id,
            &message.kind,
            &message.team,
            &message.rule,
            &message.channel,
            &message.brand,
            created,
        ))?
        > 0;
    if new {
        let mut statement = desk
            .conn
            .prepare_cached("INSERT INTO message_mentions (message, position, mention) VALUES (?1, ?2, ?3)")?;
        for (position, mention) in message.mentions.iter().enumerate() {
            statement.execute((&message.id, position as i64, mention))?;
        }
        drop(statement);
        show(&desk.conn, message)?;
        for delivery in &message.deliveries {
            let body = desk.compress(&delivery.body)?;
            desk.conn
                .prepare_cached(
                    "INSERT INTO deliveries (message, channel, recipient, state, created, next, body)
                     VALUES (?1, ?2, ?3, 'pending', ?4, ?4, ?5) ON CONFLICT (message, recipient) DO NOTHING",
                )?
                .execute((&message.id, &message.channel, &delivery.recipient, created, body))?;
        }
    }
    // Only what the message of that id really lists is told by it; anything else goes on waiting.
    desk.conn
        .prepare_cached(
            "UPDATE decisions SET message = ?1, waits = 0
             WHERE rule = ?2 AND channel = ?3 AND message IS NULL
               AND mention IN (SELECT mention FROM message_mentions WHERE message = ?1)",
        )?
        .execute((&message.id, &message.rule, &message.channel))?;
    // A digest tells what waited for it on its channel, whatever the rule.
    if message.kind == DIGEST_KIND {
        desk.conn
            .prepare_cached(
                "UPDATE decisions SET message = ?1, waits = 0
                 WHERE channel = ?2 AND waits = 2
                   AND mention IN (SELECT mention FROM message_mentions WHERE message = ?1)",
            )?
            .execute((&message.id, &message.channel))?;
    }
    Ok(())
}

/// Keeps what a message shows besides what it lists.
fn show(conn: &Connection, message: &NewMessage) -> Result<()> {
    let id = &message.id;
    match &message.shows {
        Shown::Nothing => {}
        Shown::Mentions(mentions) => {
            // One may have gone since it was read.
            let mut statement = conn.prepare_cached(
                "INSERT INTO message_shown (mention, message) SELECT id, ?2 FROM mentions WHERE id = ?1
                 ON CONFLICT DO NOTHING",
            )?;
            for mention in mentions {
                statement.execute((mention, id))?;
            }
        }
        Shown::Period { brands, from, to } => {
            let mut statement = conn.prepare_cached(
                "INSERT INTO message_periods (message, brand, since, until) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
            )?;
            for brand in brands {
                statement.execute((id, brand, time(*from), time(*to)))?;
            }
        }
        Shown::SubjectOf(other) => {
            conn.prepare_cached(
                "INSERT INTO message_shown (mention, message)
                 SELECT mention, ?2 FROM message_mentions WHERE message = ?1
                 UNION SELECT mention, ?2 FROM message_shown WHERE message = ?1",
            )?
            .execute((other, id))?;
        }
    }
    Ok(())
}

pub(super) fn decisions_of(conn: &Connection, mention: i64) -> Result<Vec<(DecisionRow, &'static str)>> {
    // An escalation or a forward may go to the channel that was told: it has no decision of its own, but a message.
    let mut statement = conn.prepare_cached(
        "SELECT rule, channel, reason, waits, message, 0 FROM decisions WHERE mention = ?1
         UNION ALL
         SELECT m.rule, m.channel, iif(m.kind = 'forward', 'Forwarded', 'Escalated'), 0, m.id, 1
         FROM message_mentions x JOIN messages m ON m.id = x.message
         WHERE x.mention = ?1 AND m.kind IN ('escalation', 'forward')
         ORDER BY 6, 1, 2",
    )?;
    all(statement.query([mention])?, |row: &Row<'_>| {
        let named = |name: String| (!name.is_empty()).then_some(name);
        let reason: String = row.get(2)?;
        let decision = DecisionRow {
            mention,
            rule: named(row.get(0)?),
            channel: named(row.get(1)?),
            reason: read_reason(&reason)?,
            message: row.get(4)?,
        };
        let state = match &decision.message {
            _ if row.get::<_, i64>(3)? != NOTHING => "waits",
            Some(message) => told(conn, message)?,
            None => "none",
        };
        Ok((decision, state))
    })
}

/// How far a message has come: `pending` while any of its deliveries is, `sent` once one was accepted.
fn told(conn: &Connection, message: &str) -> Result<&'static str> {
    let state: Option<String> = conn
        .prepare_cached("SELECT min(state) FROM deliveries WHERE message = ?1 AND state IN ('pending', 'sent')")?
        .query_row([message], |row| row.get(0))
        .optional()?
        .flatten();
    Ok(match state.as_deref() {
        Some("pending") => "pending",
        Some("sent") => "sent",
        _ => "none",
    })
}
