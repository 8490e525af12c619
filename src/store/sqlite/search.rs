//! Stored mentions by filter and by words. Owns the index of words and the form in which people ask for
//! them; nothing that they write reaches SQL or the index's own language unquoted.

use std::fmt::Write as _;

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::decisions::decisions_of;
use super::figures::{TOLD, WAITS};
use super::rows::{MENTION, all, read_mention, time};
use super::{names, replies};
use crate::mention::Mention;
use crate::store::{MentionFilter, MentionRow, Result};

/// Words of one search.
const WORDS: usize = 32;

/// Makes a mention's words findable. Bound values cost half of what triggers do.
pub(super) fn index(conn: &Connection, id: i64, mention: &Mention) -> Result<()> {
    conn.prepare_cached("INSERT INTO mention_words (rowid, title, excerpt, author) VALUES (?1, ?2, ?3, ?4)")?
        .execute((id, &mention.title, &mention.excerpt.text, mention.author.as_deref().unwrap_or_default()))?;
    Ok(())
}

/// Conditions and their values, in order.
#[derive(Default)]
struct Where {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Where {
    /// Adds a condition that says `?` where its value stands, once or several times.
    fn add(&mut self, condition: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.conditions.push(condition.replace('?', &format!("?{}", self.values.len())));
    }

    fn one_of<'a>(&mut self, column: &str, words: impl Iterator<Item = &'a str>) {
        let mut marks = String::new();
        for word in words {
            self.values.push(word.to_owned().into());
            let _ = write!(marks, "{}?{}", if marks.is_empty() { "" } else { ", " }, self.values.len());
        }
        if !marks.is_empty() {
            self.conditions.push(format!("{column} IN ({marks})"));
        }
    }
}

/// A name, as [`names::name`] compares it.
pub(super) const AUTHOR_IS: &str = "vigie_name(m.author) = vigie_name(?)";

/// An address, as [`names::address`] compares it.
pub(super) const ADDRESS_IS: &str = "vigie_address(m.url) = vigie_address(?)";

/// A site, as [`names::site`] gives it, or what lies below it.
pub(super) const SITE_IS: &str = "(m.site = ? OR substr(m.site, -length(?) - 1) = '.' || ?)";

pub(super) fn find(
    conn: &Connection,
    filter: &MentionFilter,
    after: Option<(Timestamp, i64)>,
    limit: usize,
) -> Result<Vec<MentionRow>> {
    let mut wanted = Where::default();
    let words = match filter.search.as_deref().map(asked) {
        Some(None) => return Ok(Vec::new()),
        Some(Some(words)) => Some(words),
        None => None,
    };
    wanted.one_of("m.brand", filter.brands.iter().map(String::as_str));
    wanted.one_of("m.polarity", filter.polarity.iter().map(|polarity| polarity.word()));
    if let Some(since) = filter.since {
        wanted.add("m.found >= ?", time(since));
    }
    if let Some(until) = filter.until {
        wanted.add("m.found < ?", time(until));
    }
    if let Some(site) = &filter.site {
        wanted.add(SITE_IS, names::site(site));
    }
    if let Some(author) = &filter.author {
        wanted.add(AUTHOR_IS, author.clone());
    }
    if let Some(tag) = &filter.tag {
        wanted.add("EXISTS (SELECT 1 FROM json_each(m.detail, '$.tags') t WHERE t.value = ?)", tag.clone());
    }
    if let Some(source) = &filter.source {
        wanted.add("m.source_name = ?", source.clone());
    }
    if filter.unanswered {
        wanted.conditions.push(format!("{WAITS} AND {TOLD}"));
    }
    // By row where words are asked for: the index of words knows no other order.
    let (from, order) = if let Some(words) = words {
        wanted.add("mention_words MATCH ?", words);
        if let Some((_, id)) = after {
            wanted.add("w.rowid < ?", id);
        }
        ("mention_words w JOIN mentions m ON m.id = w.rowid", "w.rowid DESC")
    } else {
        if let Some((found, id)) = after {
            wanted.values.extend([time(found).into(), id.into()]);
            let last = wanted.values.len();
            wanted.conditions.push(format!("(m.found, m.id) < (?{}, ?{last})", last - 1));
        }
        ("mentions m", "m.found DESC, m.id DESC")
    };
    let conditions = if wanted.conditions.is_empty() { "1".to_owned() } else { wanted.conditions.join(" AND ") };
    wanted.values.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
    let sql =
        format!("SELECT {MENTION} FROM {from} WHERE {conditions} ORDER BY {order} LIMIT ?{}", wanted.values.len());
    let mut statement = conn.prepare_cached(&sql)?;
    let found = all(statement.query(params_from_iter(wanted.values))?, read_mention)?;
    found
        .into_iter()
        .map(|mention| {
            let decisions = decisions_of(conn, mention.id)?;
            let (handled, replies) = replies::of(conn, mention.id)?;
            Ok(MentionRow { mention, decisions, handled, replies })
        })
        .collect()
}

/// A search as the index asks it: words and "phrases" that all must stand, `word*` a beginning, `-word` none
/// of it, `OR` between two. Nothing where no word is left.
fn asked(text: &str) -> Option<String> {
    let (mut all, mut none): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut or = false;
    for (word, is_phrase) in pieces(text).into_iter().take(WORDS) {
        if !is_phrase && word == "OR" {
            or = !all.is_empty();
            continue;
        }
        let (word, excluded) = match word.strip_prefix('-') {
            Some(rest) if !is_phrase => (rest.to_owned(), true),
            _ => (word, false),
        };
        // The index sees letters and digits: what has none would match nothing, and fail the whole.
        if !word.chars().any(char::is_alphanumeric) {
            continue;
        }
        let begins = !is_phrase && word.ends_with('*');
        let term = format!("\"{}\"{}", word.trim_end_matches('*').replace('"', ""), if begins { "*" } else { "" });
        match (excluded, or, all.pop()) {
            (true, _, last) => {
                all.extend(last);
                none.push(term);
            }
            (false, true, Some(last)) => all.push(format!("{last} OR {term}")),
            (false, _, last) => {
                all.extend(last);
                all.push(term);
            }
        }
        or = false;
    }
    if all.is_empty() {
        return None;
    }
    let wanted = all.iter().map(|term| format!("({term})")).collect::<Vec<_>>().join(" AND ");
    Some(none.iter().fold(wanted, |wanted, term| format!("({wanted}) NOT {term}")))
}

/// Words, and what stands between quotes of any kind; `true` for the latter.
fn pieces(text: &str) -> Vec<(String, bool)> {
    let mut pieces: Vec<(String, bool)> = Vec::new();
    let (mut word, mut quoted) = (String::new(), false);
    for c in text.chars().take(1000) {
        let is_quote = matches!(c, '"' | '«' | '»' | '“' | '”' | '„');
        if is_quote || (c.is_whitespace() && !quoted) || c == '\0' {
            if !word.trim().is_empty() {
                pieces.push((std::mem::take(&mut word).trim().to_owned(), quoted));
            }
            word.clear();
            quoted = is_quote && !quoted;
        } else {
            word.push(c);
        }
    }
    if !word.trim().is_empty() {
        pieces.push((word.trim().to_owned(), quoted));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::alert::tests::mention;
    use crate::store::sqlite::{purge, rows, schema};

    fn titled(entry: u64, title: &str, author: &str) -> Mention {
        let mut mention = mention(entry);
        title.clone_into(&mut mention.title);
        mention.author = Some(author.to_owned());
        mention
    }

    fn found(conn: &Connection, search: &str) -> Vec<i64> {
        let filter = MentionFilter { search: Some(search.to_owned()), ..MentionFilter::default() };
        find(conn, &filter, None, 10).unwrap().iter().map(|row| row.mention.id).collect()
    }

    #[test]
    fn words_are_found_as_people_write_them() {
        let conn = schema::in_memory().unwrap();
        for (entry, title, author) in [
            (1, "Livebox en panne à Lille", "titi59"),
            (2, "Résiliation : l'opérateur s’excuse", "Dana"),
            (3, "La panne est réparée à Lens", "Dana"),
        ] {
            rows::insert_mention(&conn, &titled(entry, title, author)).unwrap();
        }
        let cases: &[(&str, &[i64])] = &[
            ("panne", &[3, 1]),
            ("PANNE lille", &[1]),
            ("reparee", &[3]),
            ("resili*", &[2]),
            ("l’opérateur", &[2]),
            ("\"panne à Lille\"", &[1]),
            ("« panne est »", &[3]),
            ("panne -lens", &[1]),
            ("lille OR lens", &[3, 1]),
            ("lille OR lens dana", &[3]),
            ("dana", &[3, 2]),
            ("-panne", &[]),
            ("\"", &[]),
            ("* ( ) : ^ NEAR(", &[]),
            ("title:panne", &[]),
            ("panne AND", &[]),
            ("OR panne", &[3, 1]),
            ("", &[]),
        ];
        for (search, expected) in cases {
            assert_eq!(found(&conn, search), *expected, "{search:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn no_search_is_an_error(search in "[a-z\"«*:()^+{}\\-\\\\ ORANDT0é'\u{0}]{0,40}") {
            let conn = schema::in_memory().unwrap();
            let _ = found(&conn, &search);
        }

        #[test]
        fn what_is_deleted_leaves_no_word_in_the_index(
            texts in prop::collection::vec((any::<String>(), any::<String>(), any::<String>()), 1..6),
        ) {
            let conn = schema::in_memory().unwrap();
            for (entry, (title, author, excerpt)) in texts.iter().enumerate() {
                let mut mention = titled(entry as u64, title, author);
                mention.excerpt.text.clone_from(excerpt);
                rows::insert_mention(&conn, &mention).unwrap();
            }
            let check = "INSERT INTO mention_words (mention_words, rank) VALUES ('integrity-check', 1)";
            conn.execute_batch(check).unwrap();
            prop_assert_eq!(purge::delete_mentions(&conn, &[1]).unwrap(), 1);
            conn.execute_batch(check).unwrap();
            let rest: Vec<i64> = (2..=texts.len() as i64).collect();
            purge::delete_mentions(&conn, &rest).unwrap();
            let left: i64 = conn
                .query_row("SELECT count(*) FROM mention_words_docsize", [], |row| row.get(0))
                .unwrap();
            prop_assert_eq!(left, 0);
            conn.execute_batch(check).unwrap();
        }
    }
}
