//! How often a feed says that it changes, beyond RSS `ttl`: the syndication module of RSS 1.0
//! (`sy:updatePeriod`, `sy:updateFrequency`). Owns no schedule.

use std::time::Duration;

use memchr::memmem;

/// How far the head of a feed is looked at, in bytes.
const HEAD: usize = 16 << 10;

/// The most updates a period that are believed.
const MOST: u64 = 10_000;

/// The period that the head of a document states; only one with `sy:updatePeriod` states any.
#[must_use]
pub(super) fn stated(text: &str) -> Option<Duration> {
    let bytes = &text.as_bytes()[..text.len().min(HEAD)];
    // What stands in an item is no word of the feed.
    let end = [&b"<item"[..], b"<entry"].iter().filter_map(|tag| memmem::find(bytes, tag)).min();
    let head = &bytes[..end.unwrap_or(bytes.len())];
    let hours = match content(head, b"updatePeriod>")?.to_ascii_lowercase().as_str() {
        "hourly" => 1,
        "daily" => 24,
        "weekly" => 7 * 24,
        "monthly" => 30 * 24,
        "yearly" => 365 * 24,
        _ => return None,
    };
    let times = content(head, b"updateFrequency>").and_then(|text| text.parse().ok()).unwrap_or(1);
    Some(Duration::from_secs(hours * 3600 / u64::clamp(times, 1, MOST)))
}

/// The text behind a start tag's end.
fn content<'a>(head: &'a [u8], tag: &[u8]) -> Option<&'a str> {
    let start = memmem::find(head, tag)? + tag.len();
    let len = memchr::memchr(b'<', &head[start..])?;
    std::str::from_utf8(&head[start..start + len]).ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_divided_by_its_frequency() {
        for (head, minutes) in [
            ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", Some(60)),
            ("<sy:updatePeriod>\n daily </sy:updatePeriod><sy:updateFrequency> 2 </sy:updateFrequency>", Some(720)),
            ("<syn:updatePeriod>Daily</syn:updatePeriod>", Some(24 * 60)),
            ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", Some(60)),
            ("<sy:updatePeriod>often</sy:updatePeriod>", None),
            ("<sy:updateFrequency>2</sy:updateFrequency>", None),
            ("<item><sy:updatePeriod>daily</sy:updatePeriod></item>", None),
            ("<sy:updatePeriod>daily", None),
            ("", None),
        ] {
            let stated = stated(&format!("<rss><channel>{head}"));
            assert_eq!(stated, minutes.map(|minutes| Duration::from_secs(minutes * 60)), "{head}");
        }
    }
}
