//! How many mentions a brand had, by five minutes: what spikes are found by, without a look at the mentions.
//! Owns when a mention counts, and as of which moment.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

use super::rows::{all, time};
use crate::mention::{Mention, Polarity};
use crate::store::{CountRow, Result};

/// A slot, in the unit of time columns.
const SLOT: i64 = 300_000_000;
/// What was published longer ago tells nothing of now.
const RECENT: Duration = Duration::from_hours(24);

/// The moment as of which a mention counts: its publication within a day of its finding, else, undated or
/// dated ahead, its finding.
fn moment(mention: &Mention) -> Option<Timestamp> {
    match mention.published {
        Some(published) if published > mention.found => Some(mention.found),
        Some(published) => (published + RECENT >= mention.found).then_some(published),
        None => Some(mention.found),
    }
}

/// Counts a mention that was just written; what was there before vigie watched, is edited or told again on the
/// same page does not count.
pub(super) fn count(conn: &Connection, mention: &Mention) -> Result<()> {
    let Some(moment) = moment(mention) else { return Ok(()) };
    if mention.baseline || mention.repeat || mention.revision > 1 {
        return Ok(());
    }
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
