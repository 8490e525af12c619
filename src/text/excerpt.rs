//! The line around the first hits that a mail shows. Owns the cut and the mapping of the hits into it.
//! Escapes nothing: where it is shown decides how.

use std::ops::Range;

use super::clean::is_treacherous;
use crate::mention::Excerpt;

/// A third of the room stands before the first hit.
const BEFORE: usize = 3;

/// One line of about `limit_chars` characters of `text` around the first of `hits` (byte ranges, in any
/// order, overlapping ones too), cut between words, with `…` where it was cut. The first hit is always
/// whole unless it is longer than the limit. White space runs become a space; control and
/// bidirectional control characters are dropped.
#[must_use]
pub fn excerpt(text: &str, hits: &[Range<usize>], limit_chars: usize) -> Excerpt {
    let limit = limit_chars.max(1);
    let hits = merged(text, hits);
    let anchor = hits.first().cloned().unwrap_or(0..0);
    let anchor_chars = text[anchor.clone()].chars().filter(|&c| is_shown(c)).take(limit).count();

    let room = limit - anchor_chars;
    let (mut start, before) = back(text, anchor.start, if hits.is_empty() { 0 } else { room / BEFORE });
    let (mut end, after) = forth(text, anchor.start, limit - before);
    if end == text.len() && start > 0 {
        (start, _) = back(text, anchor.start, limit.saturating_sub(after).max(room / BEFORE));
    }
    if start > 0 {
        start = word_after(text, start, anchor.start);
    }
    if end < text.len() && end > anchor.end {
        end = word_before(text, end, anchor.end);
    }
    render(text, start..end, &hits)
}

/// In order and not overlapping, on characters' bounds.
fn merged(text: &str, hits: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut sorted: Vec<Range<usize>> = hits
        .iter()
        .map(|hit| text.floor_char_boundary(hit.start)..text.ceil_char_boundary(hit.end.min(text.len())))
        .filter(|hit| hit.start < hit.end)
        .collect();
    sorted.sort_unstable_by_key(|hit| (hit.start, hit.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(sorted.len());
    for hit in sorted {
        match merged.last_mut() {
            Some(last) if hit.start < last.end => last.end = last.end.max(hit.end),
            _ => merged.push(hit),
        }
    }
    merged
}

/// White space is shown, as a blank.
fn is_shown(c: char) -> bool {
    c.is_whitespace() || !is_treacherous(c)
}

/// The offset `chars` shown characters before `from` at most, and how many there are.
fn back(text: &str, from: usize, chars: usize) -> (usize, usize) {
    let mut start = from;
    let mut count = Counter::default();
    for (at, c) in text[..from].char_indices().rev() {
        if !count.takes(c, chars) {
            break;
        }
        start = at;
    }
    (start, count.shown)
}

/// The offset `chars` shown characters after `from` at most, and how many there are.
fn forth(text: &str, from: usize, chars: usize) -> (usize, usize) {
    let mut end = from;
    let mut count = Counter::default();
    for c in text[from..].chars() {
        if !count.takes(c, chars) {
            break;
        }
        end += c.len_utf8();
    }
    (end, count.shown)
}

/// Counts what [`render`] shows.
#[derive(Default)]
struct Counter {
    shown: usize,
    after_space: bool,
}

impl Counter {
    fn takes(&mut self, c: char, limit: usize) -> bool {
        if is_shown(c) {
            let space = c.is_whitespace();
            if !(space && self.after_space) {
                if self.shown == limit {
                    return false;
                }
                self.shown += 1;
            }
            self.after_space = space;
        }
        true
    }
}

/// The start of the first whole word from `start` on, `last` at the latest.
fn word_after(text: &str, start: usize, last: usize) -> usize {
    if text[..start].ends_with(char::is_whitespace) {
        return start;
    }
    text[start..last].find(char::is_whitespace).map_or(
        // Writing without spaces, or one long word: cut where the room ends.
        start,
        |space| start + space,
    )
}

/// The end of the last whole word up to `end`, `first` at the earliest.
fn word_before(text: &str, end: usize, first: usize) -> usize {
    if text[end..].starts_with(char::is_whitespace) {
        return end;
    }
    text[first..end].rfind(char::is_whitespace).map_or(end, |space| first + space)
}

fn render(text: &str, range: Range<usize>, hits: &[Range<usize>]) -> Excerpt {
    let shown = &text[range.clone()];
    let trimmed_start = range.start + (shown.len() - shown.trim_start().len());
    let trimmed_end = range.end - (shown.len() - shown.trim_end().len());
    let mut excerpt = Excerpt::default();
    if !text[..range.start].trim().is_empty() {
        excerpt.text.push('…');
    }
    let mut hits = hits.iter().skip_while(|hit| hit.end <= trimmed_start).peekable();
    let mut hit_start = None;
    let mut after_space = false;
    if trimmed_start < trimmed_end {
        for (offset, c) in text[trimmed_start..trimmed_end].char_indices() {
            let at = trimmed_start + offset;
            close(&mut excerpt, &mut hits, &mut hit_start, at);
            let space = c.is_whitespace();
            if hit_start.is_none() && hits.peek().is_some_and(|hit| hit.start <= at) {
                hit_start = Some(excerpt.text.len());
            }
            if space {
                if !after_space {
                    excerpt.text.push(' ');
                }
                after_space = true;
            } else if is_shown(c) {
                excerpt.text.push(c);
                after_space = false;
            }
        }
        close(&mut excerpt, &mut hits, &mut hit_start, trimmed_end);
        if let Some(start) = hit_start {
            push_hit(&mut excerpt, start);
        }
    }
    if !text[range.end..].trim().is_empty() {
        excerpt.text.push('…');
    }
    excerpt
}

/// Ends the open hit when `at` is behind it.
fn close<'a>(
    excerpt: &mut Excerpt,
    hits: &mut std::iter::Peekable<impl Iterator<Item = &'a Range<usize>>>,
    start: &mut Option<usize>,
    at: usize,
) {
    if hits.peek().is_some_and(|hit| hit.end <= at) {
        hits.next();
        if let Some(start) = start.take() {
            push_hit(excerpt, start);
        }
    }
}

fn push_hit(excerpt: &mut Excerpt, start: usize) {
    let end = excerpt.text.len();
    if start < end {
        excerpt.hits.push((start as u32, end as u32));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(text: &str, words: &[&str], limit: usize) -> String {
        let hits: Vec<_> =
            words.iter().flat_map(|word| text.match_indices(word)).map(|(at, word)| at..at + word.len()).collect();
        let excerpt = excerpt(text, &hits, limit);
        let mut shown = String::new();
        let mut from = 0;
        for (start, end) in excerpt.hits {
            shown += &excerpt.text[from..start as usize];
            shown += "[";
            shown += &excerpt.text[start as usize..end as usize];
            shown += "]";
            from = end as usize;
        }
        shown + &excerpt.text[from..]
    }

    #[test]
    fn the_line_stands_around_the_first_hits() {
        for (text, words, limit, expected) in [
            ("Merci Orange !", vec!["Orange"], 80, "Merci [Orange] !"),
            ("un deux trois quatre Orange cinq six sept huit", vec!["Orange"], 27, "…quatre [Orange] cinq six sept…"),
            ("  a\n\n b\u{A0}\tOrange\r\nBank ", vec!["Orange\r\nBank"], 80, "a b [Orange Bank]"),
            ("x\u{202E}y\u{0}z Orange", vec!["Orange", "range"], 80, "xyz [Orange]"),
            ("Orange et Orange", vec!["Orange"], 80, "[Orange] et [Orange]"),
            ("rien ici mais du texte encore", vec![], 12, "rien ici…"),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", vec![], 10, "aaaaaaaaaa…"),
            ("un deux trois quatre cinq Orange", vec!["Orange"], 24, "…trois quatre cinq [Orange]"),
            ("", vec![], 10, ""),
        ] {
            assert_eq!(marked(text, &words, limit), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_one_short_line_with_its_hits_in_place(
            text in "(\\PC|[a-z]{1,6}| |\n|\u{202E}|\u{0}){0,80}",
            bounds in proptest::collection::vec((0_usize..300, 0_usize..20), 0..6),
            limit in 0_usize..60,
        ) {
            let hits: Vec<_> = bounds
                .into_iter()
                .map(|(start, length)| {
                    let start = text.floor_char_boundary(start);
                    start..text.floor_char_boundary(start + length)
                })
                .collect();
            let excerpt = excerpt(&text, &hits, limit);
            prop_assert!(excerpt.text.chars().count() <= limit.max(1) + 2);
            let unwanted = excerpt.text.contains(|c: char| c.is_control() || c == '\u{202E}');
            prop_assert!(!unwanted);
            prop_assert!(!excerpt.text.contains("  "));
            let mut from = 0;
            for &(start, end) in &excerpt.hits {
                prop_assert!(from <= start && start < end);
                prop_assert!(excerpt.text.get(start as usize..end as usize).is_some());
                from = end;
            }
        }
    }
}
