//! How values stand in columns, and the mention's row, which several verbs read. Owns the forms; no verb.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, Row, named_params};
use serde::{Deserialize, Serialize};

use super::{counts, search};
use crate::mention::{DecidingWord, Evidence, Excerpt, Hit, Mention, Polarity, StoredMention, StoryId};
use crate::store::{Result, StoreError};
use crate::text::language::Language;

/// No body or text that was kept is larger.
const LARGEST: usize = 64 << 20;

/// A time in a column; finer parts than a microsecond are cut.
pub(super) fn time(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// A time from a column.
pub(super) fn read_time(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|_| StoreError::Corrupt(format!("{micros} is no time")))
}

/// An optional time from a column.
pub(super) fn read_optional_time(micros: Option<i64>) -> Result<Option<Timestamp>> {
    micros.map(read_time).transpose()
}

/// A duration in a column.
pub(super) fn span(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// A duration from a column.
pub(super) fn read_span(millis: i64) -> Duration {
    Duration::from_millis(millis.max(0).unsigned_abs())
}

/// What [`super::writer::Desk::compress`] made.
pub(super) fn decompress(data: &[u8]) -> Result<Vec<u8>> {
    zstd::bulk::decompress(data, LARGEST).map_err(|error| StoreError::Corrupt(format!("zstd: {error}")))
}

/// The parts of a mention that no query looks at.
#[derive(Serialize)]
struct DetailRef<'a> {
    hits: &'a [Hit],
    tags: &'a [String],
    excerpt: &'a Excerpt,
    why: &'a [String],
    words: &'a [DecidingWord],
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<&'a Evidence>,
}

#[derive(Deserialize)]
struct Detail {
    hits: Vec<Hit>,
    tags: Vec<String>,
    excerpt: Excerpt,
    why: Vec<String>,
    words: Vec<DecidingWord>,
    #[serde(default)]
    evidence: Option<Box<Evidence>>,
}

/// Writes an undecided mention and returns its row; one that is there already (a repeat after a crash) stays
/// as it is.
pub(super) fn insert_mention(conn: &Connection, mention: &Mention) -> Result<Option<i64>> {
    let Mention { hits, tags, excerpt, why, words, .. } = mention;
    let evidence = mention.evidence.as_deref();
    let detail = serde_json::to_string(&DetailRef { hits, tags, excerpt, why, words, evidence })
        .map_err(|error| StoreError::Other(format!("a mention has no JSON form: {error}")))?;
    let new =
        conn.prepare_cached(
            "INSERT INTO mentions (team, brand, source, source_name, entry, revision, url, title, site, author,
            published, found, language, polarity, score, document_score, baseline, detail, story, repeat)
         VALUES (:team, :brand, :source, :source_name, :entry, :revision, :url, :title, :site, :author,
            :published, :found, :language, :polarity, :score, :document_score, :baseline, :detail, :story,
            :repeat)
         ON CONFLICT (source, entry, brand, revision) DO NOTHING",
        )?
        .execute(named_params! {
            ":team": mention.team,
            ":brand": mention.brand,
            ":source": mention.source.cast_signed(),
            ":source_name": mention.source_name,
            ":entry": mention.entry.cast_signed(),
            ":revision": mention.revision,
            ":url": mention.url,
            ":title": mention.title,
            ":site": mention.site,
            ":author": mention.author,
            ":published": mention.published.map(time),
            ":found": time(mention.found),
            ":language": mention.language.as_ref().map(Language::code),
            ":polarity": mention.polarity.word(),
            ":score": mention.score,
            ":document_score": mention.document_score,
            ":baseline": mention.baseline,
            ":detail": detail,
            ":story": mention.story.0.cast_signed(),
            ":repeat": mention.repeat,
        })? > 0;
    if !new {
        return Ok(None);
    }
    let row = conn.last_insert_rowid();
    search::index(conn, row, mention)?;
    counts::count(conn, mention)?;
    Ok(Some(row))
}

/// The columns that [`read_mention`] reads, in its order; the table is called `m`.
pub(super) const MENTION: &str = "m.id, m.team, m.brand, m.source, m.source_name, m.entry, m.revision, m.url, m.title, \
     m.site, m.author, m.published, m.found, m.language, m.polarity, m.score, m.document_score, m.baseline, m.detail, \
     m.story, m.repeat";

/// How many columns [`MENTION`] has: what follows them starts here.
pub(super) const MENTION_COLUMNS: usize = 21;

/// A mention from a row that starts with [`MENTION`].
pub(super) fn read_mention(row: &Row<'_>) -> Result<StoredMention> {
    let id: i64 = row.get(0)?;
    let detail: Detail = serde_json::from_str(row.get_ref(18)?.as_str().map_err(rusqlite::Error::from)?)
        .map_err(|error| StoreError::Corrupt(format!("mention {id}: {error}")))?;
    let language: Option<String> = row.get(13)?;
    let polarity: String = row.get(14)?;
    let mention = Mention {
        team: row.get(1)?,
        brand: row.get(2)?,
        source: row.get::<_, i64>(3)?.cast_unsigned(),
        source_name: row.get(4)?,
        entry: row.get::<_, i64>(5)?.cast_unsigned(),
        revision: row.get(6)?,
        url: row.get(7)?,
        title: row.get(8)?,
        site: row.get(9)?,
        author: row.get(10)?,
        published: read_optional_time(row.get(11)?)?,
        found: read_time(row.get(12)?)?,
        language: language.as_deref().and_then(Language::from_tag),
        polarity: Polarity::from_word(&polarity).unwrap_or(Polarity::Unknown),
        score: row.get(15)?,
        document_score: row.get(16)?,
        baseline: row.get(17)?,
        hits: detail.hits,
        tags: detail.tags,
        excerpt: detail.excerpt,
        why: detail.why,
        words: detail.words,
        story: StoryId(row.get::<_, i64>(19)?.cast_unsigned()),
        repeat: row.get(20)?,
        evidence: detail.evidence,
    };
    Ok(StoredMention { id, mention })
}

/// Values as `json_each` takes them: a statement of any length of list.
pub(super) fn list<T: Serialize>(values: &[T]) -> Result<String> {
    serde_json::to_string(values).map_err(|error| StoreError::Other(error.to_string()))
}

/// Reads all rows of a query.
pub(super) fn all<T>(mut rows: rusqlite::Rows<'_>, read: impl Fn(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mention::Field;
    use crate::store::sqlite::schema;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn any_mention_comes_back_as_it_went_in(
            texts in proptest::array::uniform8(any::<String>()),
            numbers in any::<(u64, u64, u32, u32, u32)>(),
            scores in (proptest::option::of(-1.0f32..=1.0), -6.0f32..=6.0),
            seconds in -30_000_000_000i64..200_000_000_000,
        ) {
            let [team, brand, title, site, author, term, tag, excerpt] = texts;
            let found = Timestamp::from_second(seconds).unwrap();
            let sealed = Evidence::seal(vec![term.clone()], vec![tag.clone()], excerpt.clone());
            let mention = Mention {
                team,
                brand,
                source: numbers.0,
                source_name: site.clone(),
                entry: numbers.1,
                revision: numbers.2,
                url: Some(title.clone()),
                title,
                site,
                author: Some(author),
                published: Some(found),
                found,
                language: Language::from_tag("gsw"),
                polarity: Polarity::Uncertain,
                score: scores.0,
                document_score: scores.0,
                hits: vec![Hit { term: term.clone(), field: Field::Text, start: numbers.3, end: numbers.4, text: term.clone() }],
                tags: vec![tag],
                excerpt: Excerpt { text: excerpt, hits: vec![(numbers.3, numbers.4)] },
                why: vec![term.clone()],
                words: vec![DecidingWord { text: term, valence: scores.1 }],
                baseline: numbers.0 % 2 == 0,
                story: StoryId(numbers.1 >> 16),
                repeat: numbers.1 % 2 == 0,
                evidence: (numbers.1 % 3 == 0).then(|| Box::new(sealed)),
            };
            let conn = schema::in_memory().unwrap();
            insert_mention(&conn, &mention).unwrap();
            insert_mention(&conn, &mention).unwrap();
            let mut statement = conn.prepare(&format!("SELECT {MENTION} FROM mentions m")).unwrap();
            prop_assert_eq!(statement.column_count(), MENTION_COLUMNS);
            let read = all(statement.query([]).unwrap(), read_mention).unwrap();
            prop_assert_eq!(read, [StoredMention { id: 1, mention }]);
        }

        #[test]
        fn times_are_kept_to_the_microsecond(nanos in -10_000_000_000_000_000_000i128..250_000_000_000_000_000_000) {
            let exact = Timestamp::from_nanosecond(nanos).unwrap();
            let kept = read_time(time(exact)).unwrap();
            prop_assert!(exact.duration_since(kept).unsigned_abs() < Duration::from_micros(1));
            prop_assert_eq!(time(kept), time(exact));
        }
    }

    #[test]
    fn damaged_values_are_damage_and_no_panic() {
        assert!(matches!(read_time(i64::MAX), Err(StoreError::Corrupt(_))));
        assert!(matches!(decompress(b"no frame"), Err(StoreError::Corrupt(_))));
        assert_eq!(read_span(-5), Duration::ZERO);
        assert_eq!(span(Duration::MAX), i64::MAX);
    }
}
