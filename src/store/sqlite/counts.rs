//! How many mentions a brand had, by five minutes: what spikes are found by, without a look at the mentions; and,
//! where that is needed, which they were. When a mention counts is `alert::spike`'s.

use jiff::Timestamp;
use rusqlite::Connection;

use super::rows::{MENTION, all, read_mention, time};
use crate::alert::spike::moment;
use crate::mention::{Mention, Polarity, StoredMention};
use crate::store::{CountRow, Result};

/// A slot, in the unit of time columns.
const SLOT: i64 = 300_000_000;
/// Counts a mention that was just written.
pub(super) fn count(conn: &Connection, mention: &Mention) -> Result<()> {
    let Some(moment) = moment(mention) else { return Ok(()) };
    conn.prepare_cached(
        "INSERT INTO counts (brand, slot, mentions, negative) VALUES (?1, ?2, 1, ?3)
         ON CONFLICT (brand, slot) DO UPDATE SET mentions = mentions + 1, negative = negative + excluded.negative",
    )?
    .execute((&mention.brand, time(moment).div_euclid(SLOT), mention.polarity == Polarity::Negative))?;
    Ok(())
}

pub(super) fn since(conn: &Connection, brand: &str, since: Timestamp) -> Result<Vec<CountRow>> {
    let mut statement = conn
        .prepare_cached("SELECT slot, mentions, negative FROM counts WHERE brand = ?1 AND slot >= ?2 ORDER BY slot")?;
    all(statement.query((brand, time(since).div_euclid(SLOT)))?, |row| {
        Ok(CountRow { slot: row.get(0)?, mentions: row.get(1)?, negative: row.get(2)? })
    })
}

pub(super) fn each_counted<T>(
    conn: &Connection,
    brand: &str,
    since: Timestamp,
    mut take: impl FnMut(Timestamp, StoredMention) -> Option<T>,
) -> Result<Vec<T>> {
    // No moment is later than the finding.
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {MENTION} FROM mentions m WHERE m.brand = ?1 AND m.found >= ?2 ORDER BY m.found DESC, m.id DESC"
    ))?;
    let mut rows = statement.query((brand, time(since)))?;
    let mut taken = Vec::new();
    while let Some(row) = rows.next()? {
        let stored = read_mention(row)?;
        let counts = moment(&stored.mention).filter(|moment| *moment >= since);
        taken.extend(counts.and_then(|moment| take(moment, stored)));
    }
    Ok(taken)
}
