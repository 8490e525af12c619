//! Sources and what a poll of one commits. Owns the SQL of stage 1.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::rows::{insert_mention, read_optional_time, time};
use super::stories;
use super::writer::Desk;
use crate::health::SourceState;
use crate::mention::{Polarity, StoryId};
use crate::source::{SourceKey, State};
use crate::store::{LastRevision, PollCommit, Result, SourceHealth, StoreError, Touch};

pub(super) fn each_source<T>(conn: &Connection, mut take: impl FnMut(SourceHealth) -> Option<T>) -> Result<Vec<T>> {
    let mut statement = conn.prepare_cached(
        "SELECT sources.key, kind, url, state, detail, failures, since, failing_since,
            iif(later.asked IS NULL, sources.asked, later.asked), iif(later.asked IS NULL, sources.next, later.next),
            held, baseline, weekly, told, told_at
         FROM sources LEFT JOIN touches AS later ON later.key = sources.key AND later.asked > sources.asked",
    )?;
    let mut rows = statement.query([])?;
    let mut taken = Vec::new();
    while let Some(row) = rows.next()? {
        taken.extend(take(read_source(row)?));
    }
    Ok(taken)
}

fn read_source(row: &Row<'_>) -> Result<SourceHealth> {
    let state: String = row.get(3)?;
    Ok(SourceHealth {
        key: SourceKey(row.get::<_, i64>(0)?.cast_unsigned()),
        kind: row.get(1)?,
        url: row.get(2)?,
        state: SourceState::from_word(&state).unwrap_or_default(),
        detail: row.get(4)?,
        failures: row.get(5)?,
        since: read_optional_time(row.get(6)?)?,
        failing_since: read_optional_time(row.get(7)?)?,
        asked: read_optional_time(row.get(8)?)?,
        next: read_optional_time(row.get(9)?)?,
        held: row.get(10)?,
        baseline: read_optional_time(row.get(11)?)?,
        weekly: row.get(12)?,
        told: row.get(13)?,
        told_at: read_optional_time(row.get(14)?)?,
    })
}

pub(super) fn state(conn: &Connection, key: SourceKey) -> Result<State> {
    let cursor: Option<Option<String>> = conn
        .prepare_cached("SELECT cursor FROM sources WHERE key = ?1")?
        .query_row([key.0.cast_signed()], |row| row.get(0))
        .optional()?;
    match cursor.flatten() {
        Some(json) => serde_json::from_str(&json)
            .map_err(|error| StoreError::Corrupt(format!("the state of source {}: {error}", key.0))),
        None => Ok(State::default()),
    }
}

pub(super) fn seen(conn: &Connection, key: SourceKey) -> Result<Vec<u8>> {
    let seen: Option<Option<Vec<u8>>> = conn
        .prepare_cached("SELECT seen FROM sources WHERE key = ?1")?
        .query_row([key.0.cast_signed()], |row| row.get(0))
        .optional()?;
    Ok(seen.flatten().unwrap_or_default())
}

pub(super) fn revisions(conn: &Connection, source: SourceKey, entry: u64) -> Result<Vec<LastRevision>> {
    let mut statement = conn.prepare_cached(
        "SELECT brand, revision, polarity, detail ->> '$.why', story FROM mentions
         WHERE source = ?1 AND entry = ?2 ORDER BY brand, revision",
    )?;
    let mut rows = statement.query([source.0.cast_signed(), entry.cast_signed()])?;
    let mut last: Vec<LastRevision> = Vec::new();
    while let Some(row) = rows.next()? {
        let brand: String = row.get(0)?;
        let revision = row.get(1)?;
        let word: String = row.get(2)?;
        let polarity = Polarity::from_word(&word).unwrap_or(Polarity::Unknown);
        let story = StoryId(row.get::<_, i64>(4)?.cast_unsigned());
        let why: Vec<String> = serde_json::from_str(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?)
            .map_err(|error| StoreError::Corrupt(format!("a mention of {brand}: {error}")))?;
        match last.last_mut() {
            Some(of) if of.brand == brand => {
                of.revision = revision;
                of.polarity = polarity;
                of.story = story;
                for term in why {
                    if !of.terms.contains(&term) {
                        of.terms.push(term);
                    }
                }
            }
            _ => last.push(LastRevision { brand, revision, terms: why, polarity, story }),
        }
    }
    Ok(last)
}

/// About how many rows a poll writes.
pub(super) fn weight(poll: &PollCommit) -> usize {
    1 + poll.mentions.len() + poll.prints.len() + usize::from(!poll.texts.is_empty())
}

pub(super) fn commit(desk: &mut Desk, poll: &PollCommit) -> Result<()> {
    let health = &poll.health;
    let cursor = match &poll.state {
        Some(state) => Some(
            serde_json::to_string(state)
                .map_err(|error| StoreError::Other(format!("a source's state has no JSON form: {error}")))?,
        ),
        None => None,
    };
    let key = health.key.0.cast_signed();
    // An unchanged poll (304) does not name the long columns at all, so that they are not copied.
    let sql = if cursor.is_none() && poll.seen.is_none() {
        "INSERT INTO sources (key, kind, url, state, detail, failures, since, failing_since, asked, next, held,
            baseline, weekly)
         VALUES (:key, :kind, :url, :state, :detail, :failures, :since, :failing_since, :asked, :next, :held,
            :baseline, :weekly)
         ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, url = excluded.url, state = excluded.state,
            detail = excluded.detail, failures = excluded.failures, since = excluded.since,
            failing_since = excluded.failing_since, asked = excluded.asked, next = excluded.next,
            held = excluded.held, baseline = excluded.baseline, weekly = excluded.weekly"
    } else {
        "INSERT INTO sources (key, kind, url, state, detail, failures, since, failing_since, asked, next, held,
            baseline, weekly, cursor, seen)
         VALUES (:key, :kind, :url, :state, :detail, :failures, :since, :failing_since, :asked, :next, :held,
            :baseline, :weekly, :cursor, :seen)
         ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, url = excluded.url, state = excluded.state,
            detail = excluded.detail, failures = excluded.failures, since = excluded.since,
            failing_since = excluded.failing_since, asked = excluded.asked, next = excluded.next,
            held = excluded.held, baseline = excluded.baseline, weekly = excluded.weekly,
            cursor = coalesce(excluded.cursor, cursor), seen = coalesce(excluded.seen, seen)"
    };
    let state = health.state.word();
    let (since, failing_since) = (health.since.map(time), health.failing_since.map(time));
    let (asked, next, baseline) = (health.asked.map(time), health.next.map(time), health.baseline.map(time));
    let weekly = if health.weekly.is_finite() { health.weekly } else { 0.0 };
    let common = named_params! {
        ":key": key,
        ":kind": health.kind,
        ":url": health.url,
        ":state": state,
        ":detail": health.detail,
        ":failures": health.failures,
        ":since": since,
        ":failing_since": failing_since,
        ":asked": asked,
        ":next": next,
        ":held": health.held,
        ":baseline": baseline,
        ":weekly": weekly,
    };
    {
        let mut statement = desk.conn.prepare_cached(sql)?;
        if cursor.is_none() && poll.seen.is_none() {
            statement.execute(common)?;
        } else {
            let long = named_params! { ":cursor": cursor, ":seen": poll.seen };
            let all: Vec<_> = common.iter().chain(long).copied().collect();
            statement.execute(all.as_slice())?;
        }
    }
    if !poll.texts.is_empty() {
        keep_texts(desk, poll, key)?;
    }
    // Of a clock that was set back since.
    desk.conn
        .prepare_cached("DELETE FROM touches WHERE key = ?1 AND asked > ?2")?
        .execute((key, health.asked.map(time)))?;
    let prints = poll.prints.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
    for (mention, print) in poll.mentions.iter().zip(prints) {
        if let Some(row) = insert_mention(&desk.conn, mention)?.filter(|_| !print.is_empty()) {
            stories::keep(&desk.conn, row, mention.found, print)?;
        }
    }
    Ok(())
}

/// Small rows of their own: a source's row has kilobytes of what was seen, and each would be written anew.
pub(super) fn touch(desk: &mut Desk, polls: &[Touch]) -> Result<()> {
    let mut statement = desk.conn.prepare_cached(
        "INSERT INTO touches (key, asked, next) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET asked = excluded.asked, next = excluded.next",
    )?;
    for poll in polls {
        statement.execute((poll.key.0.cast_signed(), time(poll.asked), time(poll.next)))?;
    }
    Ok(())
}

/// One blob a poll: entries of one feed share most of their words, so they compress better together.
fn keep_texts(desk: &mut Desk, poll: &PollCommit, key: i64) -> Result<()> {
    let mut lines = Vec::new();
    for text in &poll.texts {
        serde_json::to_writer(&mut lines, text)
            .map_err(|error| StoreError::Other(format!("a text has no JSON form: {error}")))?;
        lines.push(b'\n');
    }
    let packed = desk.compress(&lines)?;
    let found: Option<Timestamp> = poll.health.asked.or_else(|| poll.mentions.first().map(|mention| mention.found));
    desk.conn
        .prepare_cached("INSERT INTO texts (source, found, entries, lines) VALUES (?1, ?2, ?3, ?4)")?
        .execute((key, time(found.unwrap_or_default()), poll.texts.len() as i64, packed))?;
    Ok(())
}
