//! Addresses with what a poll fills in: `{query}`, and `{since}` in its forms, so that an endpoint is asked
//! for what came since the last poll; and the ids between which an answer of the newest entries left some out.
//! Owns the placeholders and how far back a poll asks.

use std::fmt::Write;

use jiff::{Timestamp, ToSpan};

use super::State;
use crate::exchange::Tag;

/// Every placeholder, as people write it.
pub const PLACEHOLDERS: &[&str] = &["query", "since", "since:iso", "since:unix", "since:ms"];

/// How far before the newest entry a poll asks: endpoints list some entries late. What comes twice is known.
const OVERLAP_HOURS: i64 = 1;

/// How far back a first poll asks.
const FIRST_HOURS: i64 = 24;

/// An address as written, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Query,
    Iso,
    Unix,
    Milliseconds,
}

impl Template {
    /// Takes an address apart.
    ///
    /// # Errors
    /// What stands between braces and is no placeholder.
    pub fn parse(written: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = written;
        while let Some((before, after)) = rest.split_once('{') {
            let (inner, after) = after.split_once('}').ok_or_else(|| after.to_owned())?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(match inner {
                "query" => Part::Query,
                "since" | "since:iso" => Part::Iso,
                "since:unix" => Part::Unix,
                "since:ms" => Part::Milliseconds,
                // Whoever sends the request puts credentials in.
                secret if secret.starts_with("secret:") => Part::Text(format!("{{{secret}}}")),
                other => return Err(other.to_owned()),
            });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// True where a query is put in.
    #[must_use]
    pub fn has_query(&self) -> bool {
        self.parts.contains(&Part::Query)
    }

    /// True where each poll asks for another time.
    #[must_use]
    pub fn has_since(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Iso | Part::Unix | Part::Milliseconds))
    }

    /// The same with the query put in, percent-encoded.
    #[must_use]
    pub fn with_query(self, query: &str) -> Self {
        let put = |part| match part {
            Part::Query => Part::Text(encode(query, false)),
            other => other,
        };
        Self { parts: self.parts.into_iter().map(put).collect() }
    }

    /// The address of the poll that `state` begins.
    #[must_use]
    pub fn address(&self, state: &State) -> String {
        let since = since(state);
        let mut out = String::new();
        for part in &self.parts {
            // Writing to a string cannot fail.
            let _ = match part {
                Part::Text(text) => write!(out, "{text}"),
                Part::Query => Ok(()),
                Part::Iso => write!(out, "{}", encode(&since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), false)),
                Part::Unix => write!(out, "{}", since.as_second()),
                Part::Milliseconds => write!(out, "{}", since.as_millisecond()),
            };
        }
        out
    }
}

/// Pages that one poll asks for to close a gap; the next poll goes on from there.
const MOST_PAGES: u16 = 10;

/// How an endpoint is asked for the entries right after one that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bridge {
    /// Of the address: `min_id`.
    pub parameter: String,
    /// To an item's id, which grows with time.
    pub id: String,
}

impl Bridge {
    /// The id after which to ask for a page of this number, where an answer begins after the newest entry known,
    /// or does not reach to where such an answer began. `ids` are the answer's, in whatever order.
    pub(super) fn next(state: &mut State, tag: Tag, ids: &[String]) -> Option<(String, u16)> {
        let newest = ids.iter().max_by_key(|id| age(id)).cloned();
        let Tag::Page(number) = tag else {
            let (newest, oldest) = (newest?, ids.iter().min_by_key(|id| age(id))?.clone());
            return match &state.newest {
                Some(known) if age(known) < age(&oldest) => {
                    state.poll.gap = Some((oldest, newest));
                    Some((known.clone(), 1))
                }
                Some(known) if age(known) > age(&newest) => None,
                _ => {
                    state.newest = Some(newest);
                    None
                }
            };
        };
        let (oldest, last) = state.poll.gap.clone()?;
        let is_further = |id: &String| state.newest.as_ref().is_none_or(|known| age(known) < age(id));
        // Whatever stands still is no page of the gap.
        if let Some(reached) = newest.filter(|id| age(id) < age(&oldest) && is_further(id)) {
            state.newest = Some(reached.clone());
            return (number < MOST_PAGES).then_some((reached, number + 1));
        }
        state.newest = Some(last);
        None
    }

    /// The address of such a page.
    pub(super) fn address(&self, address: &str, after: &str) -> String {
        let sign = if address.contains('?') { '&' } else { '?' };
        format!("{address}{sign}{}={}", self.parameter, encode(after, false))
    }
}

/// Ids in order of time: numbers, and those of one length.
fn age(id: &str) -> (usize, &str) {
    (id.len(), id)
}

/// The time since which a poll asks.
fn since(state: &State) -> Timestamp {
    let (from, hours) = match (state.since, state.begun) {
        (Some(newest), _) => (newest, OVERLAP_HOURS),
        (None, Some(begun)) => (begun, FIRST_HOURS),
        (None, None) => return Timestamp::UNIX_EPOCH,
    };
    from.checked_sub(hours.hours()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Percent-encoding of all but RFC 3986's unreserved characters, and of `/` unless it is kept.
#[must_use]
pub(super) fn encode(text: &str, keeps_slash: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (keeps_slash && byte == b'/') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poll_fills_in_the_time_since_the_last_one() {
        let template =
            Template::parse("https://a.example/s?q={query}&a={since}&b={since:iso}&c={since:unix}&d={since:ms}");
        let template = template.unwrap().with_query("orange & {since}");
        let at = |since: Option<&str>, begun: Option<&str>| {
            let read = |text: &str| text.parse().unwrap();
            template.address(&State { since: since.map(read), begun: begun.map(read), ..State::default() })
        };
        assert_eq!(
            at(Some("2026-11-21T10:00:00Z"), Some("2026-11-22T10:00:00Z")),
            "https://a.example/s?q=orange%20%26%20%7Bsince%7D&a=2026-11-21T09%3A00%3A00Z&b=2026-11-21T09%3A00%3A00Z\
             &c=1795251600&d=1795251600000"
        );
        assert!(at(None, Some("2026-11-22T10:00:00Z")).contains("c=1795255200&"));
        assert!(at(None, None).contains("c=0&"));
        assert!(template.has_since() && !template.has_query());
    }

    #[test]
    fn what_is_no_placeholder_is_named() {
        for (written, wanted) in
            [("https://a.example/{q}", "q"), ("https://a.example/{since:min}", "since:min"), ("{x", "x")]
        {
            assert_eq!(Template::parse(written), Err(wanted.to_owned()));
        }
        assert!(Template::parse("https://a.example/?x=1").is_ok_and(|template| !template.has_since()));
    }
}
