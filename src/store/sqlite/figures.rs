//! Counts and lists over a period. Owns their SQL: a row for each group, never one for each mention.

use jiff::Timestamp;
use rusqlite::{Connection, Row};

use super::rows::{MENTION, MENTION_COLUMNS, all, list, read_mention, read_time, time};
use crate::mention::{Polarity, StoredMention};
use crate::store::Result;
use crate::store::figures::{Count, FiguresAsk, FiguresRows, NewSite, TagCount, Top};

/// The lead's mentions of the period that count: `?1` the brands, `?2` and `?3` the period.
const COUNTED: &str = "m.brand IN (SELECT value FROM json_each(?1)) AND m.found >= ?2 AND m.found < ?3
    AND m.baseline = 0 AND m.repeat = 0";

/// A message tells it.
pub(super) const TOLD: &str = "EXISTS (SELECT 1 FROM decisions d WHERE d.mention = m.id AND d.message IS NOT NULL)";

/// Told, a complaint or like one, and nobody took care of it.
pub(super) const WAITS: &str =
    "m.polarity IN ('negative', 'uncertain') AND NOT EXISTS (SELECT 1 FROM handled h WHERE h.mention = m.id)";

/// What every list counts.
const TONES: &str = "count(*), sum(m.polarity = 'negative'), sum(m.polarity = 'positive')";

pub(super) fn figures(conn: &Connection, ask: &FiguresAsk) -> Result<FiguresRows> {
    let (brands, lead) = (list(&ask.brands)?, list(&ask.lead)?);
    let (from, to) = (time(ask.period.0), time(ask.period.1));
    let period = (lead.as_str(), from, to);
    let mut rows = FiguresRows::default();
    for span in &ask.spans {
        rows.counts.extend(counts(conn, &brands, *span, ask.bucket.as_secs())?);
    }
    (rows.older, rows.repeats) = left_out(conn, period)?;
    rows.unanswered = unanswered(conn, period)?;
    rows.tags = tags(conn, period)?;
    let top = |name: &str, about: &str, from: &str, having: &str| {
        let sql = format!(
            "SELECT {name} AS name, {about}, {TONES} FROM mentions m {from}
             WHERE {COUNTED} {having} ORDER BY 3 DESC, 1 LIMIT ?4"
        );
        let mut statement = conn.prepare_cached(&sql)?;
        all(statement.query((period.0, period.1, period.2, ask.top as i64))?, read_top)
    };
    rows.sites = top("m.site", "NULL", "", "AND m.site <> '' GROUP BY 1")?;
    rows.sources = top("m.source_name", "NULL", "", "GROUP BY 1")?;
    rows.authors = top("m.author", "m.site", "", "AND m.author <> '' GROUP BY 1, 2")?;
    rows.terms = top("t.value", "NULL", "JOIN json_each(m.detail, '$.why') t", "GROUP BY 1")?;
    rows.stories = stories(conn, period, ask.top)?;
    rows.new_sites = new_sites(conn, period, ask.top)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {MENTION}, {TOLD} FROM mentions m WHERE {COUNTED} AND m.polarity IN ('negative', 'uncertain')
         ORDER BY m.polarity = 'uncertain', m.score, m.id LIMIT ?4"
    ))?;
    rows.worst = all(statement.query((period.0, period.1, period.2, ask.worst as i64))?, |row| {
        Ok((read_mention(row)?, row.get(MENTION_COLUMNS)?))
    })?;
    rows.waiting = waiting(conn, period, ask.worst)?;
    Ok(rows)
}

/// Answered by the index alone.
fn counts(conn: &Connection, brands: &str, span: (Timestamp, Timestamp), bucket: u64) -> Result<Vec<Count>> {
    let width = i64::try_from(bucket.max(1)).unwrap_or(i64::MAX).saturating_mul(1_000_000);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT m.brand, m.found / ?4, m.polarity, count(*) FROM mentions m INDEXED BY mentions_brand
         WHERE {COUNTED} GROUP BY 1, 2, 3"
    ))?;
    all(statement.query((brands, time(span.0), time(span.1), width))?, |row| {
        let number: i64 = row.get(1)?;
        Ok(Count {
            brand: row.get(0)?,
            at: read_time(number.saturating_mul(width))?,
            polarity: polarity(row, 2)?,
            mentions: row.get::<_, i64>(3)?.unsigned_abs(),
        })
    })
}

fn polarity(row: &Row<'_>, column: usize) -> Result<Polarity> {
    let word = row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(Polarity::from_word(word).unwrap_or(Polarity::Unknown))
}

fn left_out(conn: &Connection, period: (&str, i64, i64)) -> Result<(u64, u64)> {
    let mut statement = conn.prepare_cached(
        "SELECT coalesce(sum(baseline = 1), 0), coalesce(sum(repeat AND NOT baseline), 0)
         FROM mentions m INDEXED BY mentions_brand
         WHERE brand IN (SELECT value FROM json_each(?1)) AND found >= ?2 AND found < ?3",
    )?;
    Ok(statement
        .query_row(period, |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, i64>(1)?.unsigned_abs())))?)
}

fn unanswered(conn: &Connection, period: (&str, i64, i64)) -> Result<u64> {
    let mut statement =
        conn.prepare_cached(&format!("SELECT count(*) FROM mentions m WHERE {COUNTED} AND {WAITS} AND {TOLD}"))?;
    Ok(statement.query_row(period, |row| row.get::<_, i64>(0))?.unsigned_abs())
}

/// Who answers a story answers its copies: the worst of each stands for them. Sorted are rows and stories alone, of
/// which there may be many.
fn waiting(conn: &Connection, period: (&str, i64, i64), most: usize) -> Result<Vec<StoredMention>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT m.id, m.story FROM mentions m WHERE {COUNTED} AND {WAITS} AND {TOLD}
         ORDER BY m.polarity = 'uncertain', m.score, m.id"
    ))?;
    let mut rows = statement.query(period)?;
    let mut first: Vec<(i64, i64)> = Vec::new();
    while first.len() < most
        && let Some(row) = rows.next()?
    {
        let (id, story) = (row.get(0)?, row.get(1)?);
        if first.iter().all(|(_, other)| *other != story) {
            first.push((id, story));
        }
    }
    let mut statement = conn.prepare_cached(&format!("SELECT {MENTION} FROM mentions m WHERE m.id = ?1"))?;
    let mut found = Vec::new();
    for (id, _) in first {
        found.extend(all(statement.query([id])?, read_mention)?);
    }
    Ok(found)
}

fn tags(conn: &Connection, period: (&str, i64, i64)) -> Result<Vec<TagCount>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT t.value, m.polarity, count(*) FROM mentions m JOIN json_each(m.detail, '$.tags') t
         WHERE {COUNTED} GROUP BY 1, 2"
    ))?;
    all(statement.query(period)?, |row| {
        Ok(TagCount { tag: row.get(0)?, polarity: polarity(row, 1)?, mentions: row.get::<_, i64>(2)?.unsigned_abs() })
    })
}

fn read_top(row: &Row<'_>) -> Result<Top> {
    Ok(Top {
        name: row.get(0)?,
        about: row.get(1)?,
        mentions: row.get::<_, i64>(2)?.unsigned_abs(),
        negative: row.get::<_, i64>(3)?.unsigned_abs(),
        positive: row.get::<_, i64>(4)?.unsigned_abs(),
    })
}

/// A story of one mention is that mention.
fn stories(conn: &Connection, period: (&str, i64, i64), top: usize) -> Result<Vec<Top>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT (SELECT iif(trim(title) = '', detail ->> '$.excerpt.text', title) FROM mentions WHERE id = first),
            sites, mentions, negative, positive
         FROM (SELECT min(m.id) AS first, CAST(count(DISTINCT m.site) AS TEXT) AS sites, count(*) AS mentions,
                  sum(m.polarity = 'negative') AS negative, sum(m.polarity = 'positive') AS positive
               FROM mentions m WHERE {COUNTED} GROUP BY m.story HAVING count(*) > 1
               ORDER BY 3 DESC, 1 LIMIT ?4)"
    ))?;
    all(statement.query((period.0, period.1, period.2, top as i64))?, read_top)
}

fn new_sites(conn: &Connection, period: (&str, i64, i64), top: usize) -> Result<Vec<NewSite>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT m.site, count(*), max(m.url) FROM mentions m WHERE {COUNTED} AND m.site <> '' GROUP BY 1
         HAVING NOT EXISTS (SELECT 1 FROM mentions o INDEXED BY mentions_site
            WHERE o.site = m.site AND o.brand IN (SELECT value FROM json_each(?1)) AND o.found < ?2)
         ORDER BY 2 DESC, 1 LIMIT ?4"
    ))?;
    all(statement.query((period.0, period.1, period.2, top as i64))?, |row| {
        Ok(NewSite { site: row.get(0)?, mentions: row.get::<_, i64>(1)?.unsigned_abs(), url: row.get(2)? })
    })
}
