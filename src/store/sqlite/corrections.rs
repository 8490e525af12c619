//! Corrected mentions. Owns their SQL.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::rows::{MENTION, all, decompress, read_mention, time};
use super::writer::Desk;
use crate::mention::{Field, Hit, Mention, Polarity};
use crate::store::correction::Correction;
use crate::store::{KeptText, Result, StoreError};

/// What a mention's `baseline` says when it does not speak of its brand: it counts in no figure.
const STRANGER: i64 = 2;

/// Keeps what somebody says of a mention's tone, or that it does not speak of the brand, and shows and counts
/// the mention so from now on; false when there is no such mention. Said again, the last word counts.
pub(super) fn correct(desk: &Desk, id: i64, said: Option<Polarity>, now: Timestamp) -> Result<bool> {
    let found = desk
        .conn
        .prepare_cached(&format!("SELECT {MENTION} FROM mentions m WHERE m.id = ?1"))?
        .query_row([id], |row| Ok(read_mention(row)))
        .optional()?;
    let Some(stored) = found.transpose()? else { return Ok(false) };
    let mention = stored.mention;
    let before: Option<String> = desk
        .conn
        .prepare_cached("SELECT found FROM corrections WHERE mention = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let before = before.as_deref().and_then(Polarity::from_word).unwrap_or(mention.polarity);
    let places = |field: Field| {
        mention.hits.iter().filter(|hit| hit.field == field).map(|hit| (hit.start, hit.end)).collect::<Vec<_>>()
    };
    let text = match text_of(&desk.conn, &mention)? {
        Some(text) => (text, places(Field::Text)),
        None => (mention.excerpt.text.clone(), mention.excerpt.hits.clone()),
    };
    let example = Correction {
        mention: id,
        said: said.unwrap_or(before),
        is_stranger: said.is_none(),
        found: before,
        language: mention.language,
        title: (mention.title.clone(), places(Field::Title)),
        text,
        team: mention.team,
        brand: mention.brand,
        source: mention.source,
    };
    let json = serde_json::to_string(&example)
        .map_err(|error| StoreError::Other(format!("a correction has no JSON form: {error}")))?;
    desk.conn
        .prepare_cached(
            "INSERT INTO corrections (mention, found, at, example) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (mention) DO UPDATE SET at = excluded.at, example = excluded.example",
        )?
        .execute((id, before.word(), time(now), json))?;
    match said {
        Some(said) => desk
            .conn
            .prepare_cached(
                "UPDATE mentions SET polarity = ?2, baseline = iif(baseline = ?3, 0, baseline) WHERE id = ?1",
            )?
            .execute((id, said.word(), STRANGER))?,
        None => desk
            .conn
            .prepare_cached("UPDATE mentions SET baseline = ?2 WHERE id = ?1 AND baseline = 0")?
            .execute((id, STRANGER))?,
    };
    Ok(true)
}

/// The whole text of a mention, as long as the texts of entries are kept.
fn text_of(conn: &Connection, mention: &Mention) -> Result<Option<String>> {
    let mut statement = conn.prepare_cached("SELECT lines FROM texts WHERE found = ?1 AND source = ?2")?;
    let mut rows = statement.query((time(mention.found), mention.source.cast_signed()))?;
    while let Some(row) = rows.next()? {
        let lines = decompress(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
        let mut texts = lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
        if let Some(KeptText { text, .. }) = texts.find(|text: &KeptText| {
            text.title == mention.title && text.url == mention.url && mention.hits.iter().all(|hit| stands(hit, text))
        }) {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// Whether a hit is a piece of the text that it was found in.
fn stands(hit: &Hit, kept: &KeptText) -> bool {
    hit.field != Field::Text || kept.text.get(hit.start as usize..hit.end as usize) == Some(&hit.text)
}

/// All corrections, the oldest first.
pub(super) fn corrections(conn: &Connection) -> Result<Vec<Correction>> {
    let mut statement = conn.prepare_cached("SELECT example FROM corrections ORDER BY at, mention")?;
    all(statement.query([])?, |row| {
        let example: String = row.get(0)?;
        serde_json::from_str(&example).map_err(|error| StoreError::Corrupt(format!("a correction: {error}")))
    })
}
