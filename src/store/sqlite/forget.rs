//! Erases somebody's traces, a chunk at a time, and keeps the record. Owns what belongs to a trace: the
//! mention with its decisions and words, the kept text, what was rendered and not delivered.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use super::Sqlite;
use super::decisions::DIGEST_KIND;
use super::purge::{CHUNK, delete_mentions};
use super::rows::{all, decompress, list, read_time};
use super::search::{ADDRESS_IS, AUTHOR_IS, SITE_IS};
use super::writer::Desk;
use super::{erasures, kept, names};
use crate::store::{Erasure, Forget, KeptText, Result, TakenBack};
use crate::text::url;

/// Blobs of texts read at once.
const PAGE: usize = 100;

/// What a kept text must be to go; names, sites and addresses as `names` folds them.
#[derive(Debug, Clone)]
enum Trace {
    Author {
        name: String,
        site: Option<String>,
    },
    Url(String),
    /// An entry without an address: the source and the title.
    Entry {
        source: i64,
        title: String,
    },
    Nothing,
}

impl Trace {
    /// `from` is the site of the source: of a text without an address, it is the text's.
    fn covers(&self, source: i64, from: Option<&str>, text: &KeptText) -> bool {
        match self {
            Self::Author { name, site } => {
                let same = text.author.as_deref().is_some_and(|author| names::name(author) == *name);
                same && site.as_deref().is_none_or(|site| {
                    let host = text.url.as_deref().and_then(url::site);
                    let host = host.as_deref().or(from).unwrap_or_default();
                    host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                })
            }
            Self::Url(url) => text.url.as_deref().is_some_and(|of| names::address(of) == *url),
            Self::Entry { source: of, title } => source == *of && text.url.is_none() && text.title == *title,
            Self::Nothing => false,
        }
    }
}

pub(super) async fn forget(store: &Sqlite, what: &Forget, now: Timestamp) -> Result<Erasure> {
    let what = normal(what);
    let asked = what.clone();
    let (ids, trace) = store.read(move |conn| traces(conn, &asked)).await?;
    let mut erased =
        Erasure { at: now, kind: what.word().to_owned(), hash: hash(&what, now), mentions: 0, texts: 0, messages: 0 };
    for chunk in ids.chunks(CHUNK) {
        let chunk = chunk.to_vec();
        let (mentions, messages) = store.write(CHUNK, move |desk| erase(desk, &chunk, now)).await?;
        erased.mentions += mentions;
        erased.messages += messages.len() as u64;
        for Message { id, kind, rule, channel, .. } in messages {
            tracing::info!(id, kind, rule, channel, "what was not delivered of a message was taken back");
        }
    }
    erased.texts = erase_texts(store, &trace).await?;
    let record = erased.clone();
    store.write(1, move |desk| erasures::keep(desk, &record)).await?;
    Ok(erased)
}

fn normal(what: &Forget) -> Forget {
    match what {
        Forget::Author { name, site } => Forget::Author {
            name: name.trim().trim_start_matches('@').to_owned(),
            site: site.as_deref().map(names::site),
        },
        Forget::Url(url) => Forget::Url(url.trim().to_owned()),
        Forget::Mention(id) => Forget::Mention(*id),
    }
}

/// See [`Erasure::hash`].
fn hash(what: &Forget, now: Timestamp) -> String {
    let asked = match what {
        Forget::Author { name, site } => format!("author\0{}\0{}", name.to_lowercase(), site.as_deref().unwrap_or("")),
        Forget::Url(url) => format!("url\0{url}"),
        Forget::Mention(id) => format!("mention\0{id}"),
    };
    let mut hash = Sha256::new();
    hash.update(now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    hash.update([0]);
    hash.update(asked);
    hash.finalize().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// The rows of the mentions, and what their kept texts look like.
fn traces(conn: &Connection, what: &Forget) -> Result<(Vec<i64>, Trace)> {
    let by = |condition: &str, values: &[&dyn rusqlite::ToSql]| -> Result<Vec<i64>> {
        let mut statement =
            conn.prepare_cached(&format!("SELECT m.id FROM mentions m WHERE {condition} ORDER BY m.id"))?;
        all(statement.query(values)?, |row| Ok(row.get(0)?))
    };
    let author = |name: &str, site: Option<String>| Trace::Author { name: names::name(name), site };
    let (author_is, site_is) = (AUTHOR_IS.replace('?', "?1"), SITE_IS.replace('?', "?2"));
    match what {
        Forget::Author { name, site: None } => Ok((by(&author_is, &[name])?, author(name, None))),
        Forget::Author { name, site: Some(site) } => {
            let ids = by(&format!("{author_is} AND {site_is}"), &[name, site])?;
            Ok((ids, author(name, Some(site.clone()))))
        }
        Forget::Url(url) => {
            let ids = by(&ADDRESS_IS.replace('?', "?1"), &[url])?;
            Ok((ids, Trace::Url(names::address(url))))
        }
        Forget::Mention(id) => {
            let entry: Option<(i64, i64, Option<String>, String)> = conn
                .prepare_cached("SELECT source, entry, url, title FROM mentions WHERE id = ?1")?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
                .optional()?;
            let Some((source, entry, url, title)) = entry else { return Ok((Vec::new(), Trace::Nothing)) };
            let ids = by("m.source = ?1 AND m.entry = ?2", &[&source, &entry])?;
            Ok((ids, url.map_or(Trace::Entry { source, title }, |url| Trace::Url(names::address(&url)))))
        }
    }
}

/// A message that is taken back.
struct Message {
    id: String,
    kind: String,
    team: String,
    rule: String,
    channel: String,
}

/// Erases mentions; returns how many, and the undelivered messages that went with them.
fn erase(desk: &Desk, ids: &[i64], now: Timestamp) -> Result<(u64, Vec<Message>)> {
    let conn = &desk.conn;
    let list = list(ids)?;
    // Freed pages are overwritten, not only given back.
    conn.pragma_update(None, "secure_delete", true)?;
    let mut statement = conn.prepare_cached(
        "WITH shows (message) AS (
            SELECT message FROM message_mentions WHERE mention IN (SELECT value FROM json_each(?1))
            UNION SELECT message FROM message_shown WHERE mention IN (SELECT value FROM json_each(?1))
            UNION SELECT p.message FROM mentions m
                JOIN message_periods p ON p.brand IN (m.brand, '') AND m.found >= p.since AND m.found < p.until
                WHERE m.id IN (SELECT value FROM json_each(?1)))
         SELECT x.id, x.kind, x.team, x.rule, x.channel FROM messages x
         WHERE x.id IN (SELECT message FROM shows)
            AND EXISTS (SELECT 1 FROM deliveries y WHERE y.message = x.id AND y.state <> 'sent')",
    )?;
    let messages: Vec<Message> = all(statement.query([&list])?, |row| {
        let (id, kind, team, rule, channel) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
        Ok(Message { id, kind, team, rule, channel })
    })?;
    drop(statement);
    for message in &messages {
        undeliver(desk, message, now)?;
    }
    let gone = delete_mentions(conn, ids)?;
    conn.pragma_update(None, "secure_delete", false)?;
    Ok((gone as u64, messages))
}

/// Takes a message out of the outbox, and the notes that it is dead. What nobody has seen of it yet waits again, and
/// a digest that was still to be sent is asked for again; where one recipient has it already, the others go without.
fn undeliver(desk: &Desk, message: &Message, now: Timestamp) -> Result<()> {
    let (conn, id) = (&desk.conn, &message.id);
    let has = |state: &str| -> Result<bool> {
        let sql = "SELECT 1 FROM deliveries WHERE message = ?1 AND state = ?2";
        Ok(conn.prepare_cached(sql)?.exists((id, state))?)
    };
    let (is_pending, is_seen) = (has("pending")?, has("sent")?);
    conn.prepare_cached("DELETE FROM deliveries WHERE message = ?1 AND state <> 'sent'")?.execute([id])?;
    conn.prepare_cached(
        "DELETE FROM kept WHERE name >= 'dead_letter/' AND name < 'dead_letter0'
            AND iif(json_valid(value), value ->> '$.message' = ?1, 0)",
    )?
    .execute([id])?;
    if is_seen {
        return Ok(());
    }
    let is_digest = message.kind == DIGEST_KIND;
    if is_digest && is_pending {
        ask_again(desk, message, now)?;
    }
    // As `decisions` writes it: 1 for a window, 2 for a digest.
    let waits = if is_digest { 2 } else { 1 };
    conn.prepare_cached("UPDATE decisions SET message = NULL, waits = ?2 WHERE message = ?1")?.execute((id, waits))?;
    conn.prepare_cached("DELETE FROM messages WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Asks for a digest again. Of one that was written before its period was kept, the figures are lost.
fn ask_again(desk: &Desk, message: &Message, now: Timestamp) -> Result<()> {
    let period: Option<(i64, i64)> = desk
        .conn
        .prepare_cached("SELECT since, until FROM message_periods WHERE message = ?1 AND since > 0 LIMIT 1")?
        .query_row([&message.id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((from, to)) = period else { return Ok(()) };
    let Message { team, rule, channel, .. } = message;
    let (team, rule, channel) = (team.clone(), rule.clone(), channel.clone());
    let again = TakenBack { team, rule, channel, from: read_time(from)?, to: read_time(to)? };
    kept::ask(desk, TakenBack::WISH, &serde_json::json!({ TakenBack::WISH: again }).to_string(), now)?;
    Ok(())
}

async fn erase_texts(store: &Sqlite, trace: &Trace) -> Result<u64> {
    let mut gone = 0;
    let mut after = 0;
    if matches!(trace, Trace::Nothing) {
        return Ok(0);
    }
    loop {
        let wanted = trace.clone();
        let (last, changed) = store.read(move |conn| without(conn, after, &wanted)).await?;
        for (id, fewer, lines) in changed {
            gone += fewer;
            store.write(1, move |desk| rewrite(desk, id, fewer, &lines)).await?;
        }
        match last {
            Some(last) => after = last,
            None => return Ok(gone),
        }
    }
}

/// A blob's row, how many texts went, and the lines that stay.
type Changed = (i64, u64, Vec<u8>);

/// The next blobs without the texts that go; nothing once there are no more.
fn without(conn: &Connection, after: i64, trace: &Trace) -> Result<(Option<i64>, Vec<Changed>)> {
    let mut statement = conn.prepare_cached(
        "SELECT t.id, t.source, t.lines, s.url FROM texts t LEFT JOIN sources s ON s.key = t.source
         WHERE t.id > ?1 ORDER BY t.id LIMIT ?2",
    )?;
    let mut rows = statement.query((after, PAGE as i64))?;
    let (mut last, mut changed) = (None, Vec::new());
    while let Some(row) = rows.next()? {
        let (id, source): (i64, i64) = (row.get(0)?, row.get(1)?);
        last = Some(id);
        let from = row.get::<_, Option<String>>(3)?.as_deref().and_then(url::site);
        let lines = decompress(row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?)?;
        let (mut kept, mut gone) = (Vec::with_capacity(lines.len()), 0);
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            // What cannot be read cannot be told apart from what must go.
            if serde_json::from_slice::<KeptText>(line)
                .map_or(true, |text| trace.covers(source, from.as_deref(), &text))
            {
                gone += 1;
            } else {
                kept.extend_from_slice(line);
            }
        }
        if gone > 0 {
            changed.push((id, gone, kept));
        }
    }
    Ok((last, changed))
}

fn rewrite(desk: &mut Desk, id: i64, fewer: u64, lines: &[u8]) -> Result<()> {
    desk.conn.pragma_update(None, "secure_delete", true)?;
    if lines.is_empty() {
        desk.conn.prepare_cached("DELETE FROM texts WHERE id = ?1")?.execute([id])?;
    } else {
        let packed = desk.compress(lines)?;
        desk.conn.prepare_cached("UPDATE texts SET lines = ?2, entries = entries - ?3 WHERE id = ?1")?.execute((
            id,
            packed,
            fewer.cast_signed(),
        ))?;
    }
    desk.conn.pragma_update(None, "secure_delete", false)?;
    Ok(())
}
