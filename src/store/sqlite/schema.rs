//! The tables, their migrations, and the look at a file before anything is written to it. Owns DDL and
//! pragmas; no verb.

use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::names;
use crate::store::{Result, StoreError};

/// `vigi`, in the header of the file: another program's database is not taken for an empty one.
const APPLICATION: i64 = 0x7669_6769;

/// How long another process may hold the write lock: a command that puts a wish beside the daemon.
const BUSY: Duration = Duration::from_secs(5);

/// Up to this size the whole file is checked at start; a larger one would delay every start by seconds,
/// and its damage is found where it is read.
const CHECKED_WHOLE: u64 = 64 << 20;

/// One script a version, never changed once released; `user_version` counts those applied.
const MIGRATIONS: &[&str] = &[VERSION_1, CORRECTIONS, STORIES, POLICY, REPORTS, REPLIES, TOUCHES, SHOWN];

/// The schema that this program writes.
pub(super) const KNOWN: i64 = MIGRATIONS.len() as i64;

// Times are microseconds since 1970, durations milliseconds, keys the same 64 bits read as signed.
// `seen` stands last: what reads the health columns does not touch its overflow pages.
// Rows that later rows refer to by a remembered id (`undecided after`, deliveries, wishes) never give
// their id to another one: AUTOINCREMENT.
// An absent rule or channel is '': NULLs would not be unique.
const VERSION_1: &str = "
CREATE TABLE sources (
    key INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    state TEXT NOT NULL,
    detail TEXT,
    failures INTEGER NOT NULL,
    since INTEGER,
    failing_since INTEGER,
    asked INTEGER,
    next INTEGER,
    held INTEGER NOT NULL,
    baseline INTEGER,
    weekly REAL NOT NULL,
    told INTEGER NOT NULL DEFAULT 0,
    told_at INTEGER,
    cursor TEXT,
    seen BLOB
) STRICT;

CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    found INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    lines BLOB NOT NULL
) STRICT;
CREATE INDEX texts_found ON texts(found);

CREATE TABLE mentions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    team TEXT NOT NULL,
    brand TEXT NOT NULL,
    source INTEGER NOT NULL,
    source_name TEXT NOT NULL,
    entry INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    url TEXT,
    title TEXT NOT NULL,
    site TEXT NOT NULL,
    author TEXT,
    published INTEGER,
    found INTEGER NOT NULL,
    language TEXT,
    polarity TEXT NOT NULL,
    score REAL,
    document_score REAL,
    baseline INTEGER NOT NULL,
    decided INTEGER NOT NULL DEFAULT 0,
    detail TEXT NOT NULL,
    UNIQUE (source, entry, brand, revision)
) STRICT;
CREATE INDEX mentions_undecided ON mentions(id) WHERE decided = 0;
CREATE INDEX mentions_found ON mentions(found);
CREATE INDEX mentions_brand ON mentions(brand, found);

CREATE TABLE decisions (
    mention INTEGER NOT NULL REFERENCES mentions(id) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    channel TEXT NOT NULL,
    reason TEXT NOT NULL,
    waits INTEGER NOT NULL,
    message TEXT,
    PRIMARY KEY (mention, rule, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX decisions_waiting ON decisions(mention) WHERE waits = 1;

CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    team TEXT NOT NULL,
    rule TEXT NOT NULL,
    channel TEXT NOT NULL,
    brand TEXT,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_created ON messages(created);

CREATE TABLE message_mentions (
    message TEXT NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    mention INTEGER NOT NULL REFERENCES mentions(id) ON DELETE CASCADE,
    PRIMARY KEY (message, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_mentions_mention ON message_mentions(mention);

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message TEXT NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    state TEXT NOT NULL,
    created INTEGER NOT NULL,
    next INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    waited INTEGER NOT NULL DEFAULT 0,
    paused INTEGER NOT NULL DEFAULT 0,
    finished INTEGER,
    error TEXT,
    body BLOB NOT NULL,
    UNIQUE (message, recipient)
) STRICT;
CREATE INDEX deliveries_pending ON deliveries(channel, next) WHERE state = 'pending';
CREATE INDEX deliveries_oldest ON deliveries(created) WHERE state = 'pending';
CREATE INDEX deliveries_dead ON deliveries(finished) WHERE state = 'dead';

CREATE TABLE windows (
    team TEXT NOT NULL,
    rule TEXT NOT NULL,
    channel TEXT NOT NULL,
    brand TEXT NOT NULL,
    closed INTEGER NOT NULL,
    PRIMARY KEY (team, rule, channel, brand)
) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    detail TEXT,
    address INTEGER NOT NULL,
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE kept (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    asked INTEGER NOT NULL,
    answer TEXT
) STRICT;
CREATE INDEX requests_open ON requests(id) WHERE answer IS NULL;

CREATE TABLE pulse (id INTEGER PRIMARY KEY CHECK (id = 1), beats INTEGER NOT NULL) STRICT;
INSERT INTO pulse VALUES (1, 0);
";

// What was there before is each a story of its own: row numbers are far below the hashes that new ones have.
// Prints are apart from their mentions: they live three days.
const STORIES: &str = "
ALTER TABLE mentions ADD COLUMN story INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mentions ADD COLUMN repeat INTEGER NOT NULL DEFAULT 0;
UPDATE mentions SET story = id;
CREATE INDEX mentions_story ON mentions(story, found);

CREATE TABLE prints (
    mention INTEGER PRIMARY KEY REFERENCES mentions(id) ON DELETE CASCADE,
    found INTEGER NOT NULL,
    print BLOB NOT NULL
) STRICT;
CREATE INDEX prints_found ON prints(found);
";

// `waits` of a decision is 1 for a window and 2 for a digest.
// Counts are per five minutes of a mention's moment: see `counts::moment`, which the first fill repeats.
const POLICY: &str = "
CREATE INDEX decisions_digest ON decisions(mention) WHERE waits = 2;

CREATE TABLE counts (
    brand TEXT NOT NULL,
    slot INTEGER NOT NULL,
    mentions INTEGER NOT NULL,
    negative INTEGER NOT NULL,
    PRIMARY KEY (brand, slot)
) STRICT, WITHOUT ROWID;
INSERT INTO counts
    SELECT brand, iif(published BETWEEN found - 86400000000 AND found, published, found) / 300000000, count(*),
        sum(polarity = 'negative')
    FROM mentions
    WHERE baseline = 0 AND repeat = 0 AND revision = 1
        AND (published IS NULL OR published >= found - 86400000000)
    GROUP BY 1, 2;

CREATE TABLE escalations (
    team TEXT NOT NULL,
    rule TEXT NOT NULL,
    mention INTEGER NOT NULL REFERENCES mentions(id) ON DELETE CASCADE,
    told INTEGER NOT NULL,
    PRIMARY KEY (mention, team, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE handled (
    mention INTEGER PRIMARY KEY REFERENCES mentions(id) ON DELETE CASCADE,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE mutes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    until INTEGER NOT NULL,
    reason TEXT,
    since INTEGER NOT NULL
) STRICT;
";

// `mentions_brand` answers counts by tone alone, without the wide rows. Searchable words are an index over the
// view: nothing is stored twice, and what is deleted leaves the index at once (`secure-delete`).
const REPORTS: &str = "
DROP INDEX mentions_brand;
CREATE INDEX mentions_brand ON mentions(brand, found, polarity, baseline, repeat);
CREATE INDEX mentions_site ON mentions(site, brand, found);

CREATE VIEW mention_texts AS
    SELECT id, title, iif(json_valid(detail), detail ->> '$.excerpt.text', '') AS excerpt,
        coalesce(author, '') AS author
    FROM mentions;
CREATE VIRTUAL TABLE mention_words USING fts5(
    title, excerpt, author, content = 'mention_texts', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO mention_words(mention_words) VALUES ('rebuild');
INSERT INTO mention_words(mention_words, rank) VALUES ('secure-delete', 1);

CREATE TABLE erasures (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    hash TEXT NOT NULL,
    mentions INTEGER NOT NULL,
    texts INTEGER NOT NULL,
    messages INTEGER NOT NULL
) STRICT;
";

// A token is asked for once: the row stays as long as the token may come again. What was asked is in `requests`.
const REPLIES: &str = "
ALTER TABLE handled ADD COLUMN taken_by TEXT;

CREATE TABLE replies (
    token TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    sender TEXT NOT NULL,
    action TEXT NOT NULL,
    expires INTEGER NOT NULL,
    request INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX replies_expires ON replies(expires);

CREATE TABLE reply_mentions (
    mention INTEGER NOT NULL REFERENCES mentions(id) ON DELETE CASCADE,
    token TEXT NOT NULL REFERENCES replies(token) ON DELETE CASCADE,
    PRIMARY KEY (mention, token)
) STRICT, WITHOUT ROWID;
CREATE INDEX reply_mentions_token ON reply_mentions(token);
";

// When a source was asked last and is asked next, where that is later than its own row says.
const TOUCHES: &str = "
CREATE TABLE touches (
    key INTEGER PRIMARY KEY,
    asked INTEGER NOT NULL,
    next INTEGER NOT NULL
) STRICT;
";

// What a message shows besides the mentions that it lists: some mentions, or those of its brands (each, where the
// brand is '') found in its period. What waits from before is not known as well: it may show all that was there.
// Corrections go with their mention, those included that outlived it.
const SHOWN: &str = "
CREATE TABLE message_shown (
    mention INTEGER NOT NULL REFERENCES mentions(id) ON DELETE CASCADE,
    message TEXT NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
    PRIMARY KEY (mention, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_shown_message ON message_shown(message);

CREATE TABLE message_periods (
    message TEXT NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
    brand TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (message, brand)
) STRICT, WITHOUT ROWID;
INSERT INTO message_periods
    SELECT id, coalesce(brand, ''), 0, created + 1 FROM messages m
    WHERE kind IN ('digest', 'spike', 'dead_letter')
        AND EXISTS (SELECT 1 FROM deliveries d WHERE d.message = m.id AND d.state <> 'sent');

DELETE FROM corrections WHERE mention NOT IN (SELECT id FROM mentions);
";

/// Makes an empty file that only its owner can read, or looks at the one that is there without
/// changing a byte of it.
pub(super) fn prepare(path: &Path) -> Result<()> {
    let created = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match created {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => inspect(path),
        Err(error) => Err(StoreError::Unwritable(format!("{}: {error}", path.display()))),
    }
}

/// Refuses a file that is no sound database of this program, or of a newer one.
pub(super) fn inspect(path: &Path) -> Result<()> {
    let failed = |error: std::io::Error| StoreError::Unwritable(format!("{}: {error}", path.display()));
    let damaged = |what: &str| StoreError::Corrupt(format!("{}: {what}", path.display()));
    let mut head = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    file.take(16).read_to_end(&mut head).map_err(failed)?;
    if head.is_empty() {
        return Ok(());
    }
    if head != *b"SQLite format 3\0" {
        return Err(damaged("not a database"));
    }
    let conn = open_read(path)?;
    let (application, version) = identity(&conn)?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION && (tables > 0 || version > 0) {
        return Err(damaged("a database of another program"));
    }
    if version > KNOWN {
        return Err(StoreError::Newer { found: version, known: KNOWN });
    }
    if size <= CHECKED_WHOLE {
        let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(damaged(&verdict.replace('\n', " ")));
        }
    }
    Ok(())
}

/// The connection of the writer, with the schema as this program knows it.
pub(super) fn open_write(path: &Path) -> Result<Connection> {
    let mut conn =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(BUSY)?;
    // A commit lost at a power failure would be an alert lost or sent twice: FULL.
    conn.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA mmap_size = 0;
         PRAGMA cache_size = -8192;
         PRAGMA temp_store = MEMORY;
         PRAGMA journal_size_limit = 16777216;",
    )?;
    conn.set_prepared_statement_cache_capacity(64);
    names::register(&conn)?;
    migrate(&mut conn)?;
    Ok(conn)
}

/// The example is JSON: it is read as a whole, and only to be scored again.
const CORRECTIONS: &str = "
CREATE TABLE corrections (
    mention INTEGER PRIMARY KEY,
    found TEXT NOT NULL,
    at INTEGER NOT NULL,
    example TEXT NOT NULL
) STRICT;
";

/// The connection of a reader.
pub(super) fn open_read(path: &Path) -> Result<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(BUSY)?;
    conn.execute_batch("PRAGMA mmap_size = 0; PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY;")?;
    conn.set_prepared_statement_cache_capacity(32);
    names::register(&conn)?;
    Ok(conn)
}

/// Application and schema version in the file's header.
pub(super) fn identity(conn: &Connection) -> Result<(i64, i64)> {
    let application = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let version = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok((application, version))
}

fn migrate(conn: &mut Connection) -> Result<()> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (_, version) = identity(&transaction)?;
    if version > KNOWN {
        return Err(StoreError::Newer { found: version, known: KNOWN });
    }
    for script in &MIGRATIONS[version.max(0) as usize..] {
        transaction.execute_batch(script)?;
    }
    if version < KNOWN {
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", KNOWN)?;
    }
    transaction.commit()?;
    Ok(())
}

/// The schema without a file.
#[cfg(test)]
pub(super) fn in_memory() -> Result<Connection> {
    let mut conn = Connection::open_in_memory()?;
    names::register(&conn)?;
    migrate(&mut conn)?;
    Ok(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_runs_once_and_marks_the_file() {
        let mut conn = in_memory().unwrap();
        assert_eq!(identity(&conn).unwrap(), (APPLICATION, KNOWN));
        conn.execute("INSERT INTO kept VALUES ('a', 'b')", []).unwrap();
        migrate(&mut conn).unwrap();
        let kept: i64 = conn.query_row("SELECT count(*) FROM kept", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 1);
    }

    #[test]
    fn what_was_stored_before_stories_is_each_a_story_of_its_own() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(VERSION_1).unwrap();
        for entry in [7, 9] {
            let sql = "INSERT INTO mentions (team, brand, source, source_name, entry, revision, title, site, found,
                polarity, baseline, detail) VALUES ('t', 'b', 1, 's', ?1, 1, '', '', 0, 'neutral', 0, '')";
            conn.execute(sql, [entry]).unwrap();
        }
        conn.pragma_update(None, "user_version", 1).unwrap();
        migrate(&mut conn).unwrap();
        let mut statement = conn.prepare("SELECT id, story, repeat FROM mentions ORDER BY id").unwrap();
        let read = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        let rows: Vec<(i64, i64, bool)> = read.map(|row| row.unwrap()).collect();
        assert_eq!(rows, [(1, 1, false), (2, 2, false)]);
    }

    #[test]
    fn what_waited_before_may_show_all_that_was_there_and_orphaned_corrections_go() {
        let mut conn = Connection::open_in_memory().unwrap();
        let before = MIGRATIONS.len() - 1;
        for script in &MIGRATIONS[..before] {
            conn.execute_batch(script).unwrap();
        }
        conn.execute_batch(
            "INSERT INTO mentions (team, brand, source, source_name, entry, revision, title, site, found, polarity,
                baseline, detail) VALUES ('t', 'b', 1, 's', 7, 1, '', '', 0, 'neutral', 0, '');
             INSERT INTO messages VALUES ('d', 'digest', 't', 'r', 'c', NULL, 50), ('s', 'spike', 't', 'r', 'c', 'b', 60),
                ('told', 'digest', 't', 'r', 'c', NULL, 40), ('m', 'mention', 't', 'r', 'c', 'b', 70);
             INSERT INTO deliveries (message, channel, recipient, state, created, next, body)
                SELECT id, 'c', '', iif(id = 'told', 'sent', 'pending'), 0, 0, x'' FROM messages;
             INSERT INTO corrections VALUES (1, 'neutral', 0, '{}'), (2, 'neutral', 0, '{}');",
        )
        .unwrap();
        conn.pragma_update(None, "user_version", before as i64).unwrap();
        migrate(&mut conn).unwrap();
        let list = |sql| -> String { conn.query_row(sql, [], |row| row.get(0)).unwrap() };
        let periods = "SELECT group_concat(message || ':' || brand || ':' || since || ':' || until, ' ')
            FROM message_periods ORDER BY message";
        assert_eq!(list(periods), "d::0:51 s:b:0:61");
        assert_eq!(list("SELECT group_concat(mention) FROM corrections"), "1");
    }

    #[test]
    fn a_migration_that_fails_leaves_the_version_as_it_was() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE windows (id)").unwrap();
        assert!(migrate(&mut conn).is_err());
        assert_eq!(identity(&conn).unwrap(), (0, 0));
        let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 1);
    }
}
