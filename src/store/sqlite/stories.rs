//! Stories: the prints that the index is rebuilt from, and what is known of a story. Owns their SQL.

use jiff::Timestamp;
use rusqlite::{Connection, Row};

use super::rows::{all, list, read_time, time};
use crate::alert::story::{Past, Pasts, Telling};
use crate::mention::{Polarity, StoryId};
use crate::store::{PrintRow, Result};
use crate::story::SPAN;

/// Ended prints that go with each new one: more than come, so that they never pile up.
const GONE_AT_ONCE: i64 = 4;

/// Keeps the print of a mention that was just stored.
pub(super) fn keep(conn: &Connection, mention: i64, found: Timestamp, print: &[u8]) -> Result<()> {
    conn.prepare_cached("INSERT INTO prints (mention, found, print) VALUES (?1, ?2, ?3)")?.execute((
        mention,
        time(found),
        print,
    ))?;
    conn.prepare_cached(
        "DELETE FROM prints WHERE mention IN (SELECT mention FROM prints WHERE found < ?1 ORDER BY found LIMIT ?2)",
    )?
    .execute((time(found.saturating_sub(SPAN).unwrap_or(Timestamp::MIN)), GONE_AT_ONCE))?;
    Ok(())
}

pub(super) fn prints(conn: &Connection, since: Timestamp) -> Result<Vec<PrintRow>> {
    let mut statement = conn.prepare_cached(
        "SELECT m.team, m.brand, m.source, m.entry, m.site, m.story,
            (SELECT min(first.found) FROM mentions first WHERE first.story = m.story), p.print
         FROM prints p JOIN mentions m ON m.id = p.mention
         WHERE p.found >= ?1 ORDER BY p.mention",
    )?;
    all(statement.query([time(since)])?, |row| {
        Ok(PrintRow {
            team: row.get(0)?,
            brand: row.get(1)?,
            source: row.get::<_, i64>(2)?.cast_unsigned(),
            entry: row.get::<_, i64>(3)?.cast_unsigned(),
            site: row.get(4)?,
            story: story(row, 5)?,
            since: read_time(row.get(6)?)?,
            print: row.get(7)?,
        })
    })
}

fn story(row: &Row<'_>, column: usize) -> Result<StoryId> {
    Ok(StoryId(row.get::<_, i64>(column)?.cast_unsigned()))
}

pub(super) fn pasts(conn: &Connection, stories: &[StoryId]) -> Result<Pasts> {
    let numbers: Vec<i64> = stories.iter().map(|story| story.0.cast_signed()).collect();
    let asked = list(&numbers)?;
    let mut pasts = Pasts::new();
    let mut statement = conn.prepare_cached(
        "SELECT story, site, min(id) FROM mentions WHERE story IN (SELECT value FROM json_each(?1))
         GROUP BY story, site ORDER BY 3",
    )?;
    let mut rows = statement.query([&asked])?;
    while let Some(row) = rows.next()? {
        pasts.entry(story(row, 0)?).or_default().sites.push((row.get(1)?, row.get(2)?));
    }
    // What waits for a digest is not told yet: a copy may still tell it at once.
    let mut statement = conn.prepare_cached(
        "SELECT m.story, d.rule, d.channel, m.polarity, d.waits, max(d.mention)
         FROM mentions m JOIN decisions d ON d.mention = m.id
         WHERE m.story IN (SELECT value FROM json_each(?1)) AND (d.waits = 1 OR d.message IS NOT NULL)
         GROUP BY 1, 2, 3, 4, 5 ORDER BY 6",
    )?;
    let mut rows = statement.query([&asked])?;
    while let Some(row) = rows.next()? {
        let polarity: String = row.get(3)?;
        pasts.entry(story(row, 0)?).or_default().told.push(Telling {
            rule: row.get(1)?,
            channel: row.get(2)?,
            polarity: Polarity::from_word(&polarity).unwrap_or(Polarity::Unknown),
            waits: row.get(4)?,
            last: row.get(5)?,
        });
    }
    // SQLite takes the message from the row that has the least mention.
    let mut statement = conn.prepare_cached(
        "SELECT m.story, d.channel, d.message, min(d.mention)
         FROM mentions m JOIN decisions d ON d.mention = m.id
         WHERE m.story IN (SELECT value FROM json_each(?1)) AND d.message IS NOT NULL
         GROUP BY 1, 2",
    )?;
    let mut rows = statement.query([&asked])?;
    while let Some(row) = rows.next()? {
        let past: &mut Past = pasts.entry(story(row, 0)?).or_default();
        past.first.push((row.get(1)?, row.get(2)?));
    }
    Ok(pasts)
}
