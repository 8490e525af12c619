//! One segment of the original text and what it folds to: a character with its marks, or a run of
//! joiners. Owns the meaning of folding; the speed is `fold`'s, which must give the same bytes.

use unicode_normalization::UnicodeNormalization;

use super::class::{drops_marks, is_apostrophe, is_joiner, is_line_break, is_mark, is_skipped, is_wordish};

/// Where a segment of the original ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    /// After its last mark: a hit that ends with this segment ends here.
    pub(super) content_end: usize,
    /// After the skipped characters that follow; the next segment starts here.
    pub(super) end: usize,
}

/// Appends the fold of the segment that starts at `at`, which must be a character's start before the
/// text's end and no continuation of a segment before it.
pub(super) fn push_segment(text: &str, at: usize, out: &mut Vec<u8>) -> Segment {
    let mut rest = text[at..].char_indices().map(|(offset, c)| (at + offset, c));
    let Some((_, first)) = rest.next() else { return Segment { content_end: at, end: at } };
    let after_first = at + first.len_utf8();
    if is_skipped(first) {
        let end = rest.find(|&(_, c)| !is_skipped(c)).map_or(text.len(), |(offset, _)| offset);
        return Segment { content_end: at, end };
    }
    if is_joiner(first) {
        return push_joiners(text, at, out);
    }

    let mut segment = Segment { content_end: after_first, end: after_first };
    let mut marks = String::new();
    for (offset, c) in rest {
        let skipped = is_skipped(c);
        let mark = is_mark(c);
        if !skipped && !mark {
            break;
        }
        segment.end = offset + c.len_utf8();
        if mark {
            segment.content_end = segment.end;
        }
        if !skipped {
            marks.push(c);
        }
    }
    push_cluster(first, &marks, out);
    segment
}

/// A run of joiners folds to a space, or to a blank line where one breaks the phrase.
fn push_joiners(text: &str, at: usize, out: &mut Vec<u8>) -> Segment {
    let mut breaks = 0;
    let mut end = text.len();
    let mut chars = text[at..].char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        if !is_joiner(c) && !is_skipped(c) {
            end = at + offset;
            break;
        }
        let half_of_a_break = c == '\r' && chars.peek().is_some_and(|&(_, next)| next == '\n');
        if is_line_break(c) && !half_of_a_break {
            breaks += 1;
        }
    }
    out.extend_from_slice(if breaks > 1 { b"\n\n" } else { b" " });
    Segment { content_end: end, end }
}

fn push_cluster(first: char, marks: &str, out: &mut Vec<u8>) {
    if is_apostrophe(first) {
        out.push(b'\'');
        marks.nfkd().for_each(|mark| push_char(mark, out));
    } else if keeps_itself(first) {
        first.to_lowercase().for_each(|c| push_char(c, out));
        marks.nfkd().for_each(|mark| push_char(mark, out));
    } else {
        let mut base_drops = false;
        for c in std::iter::once(first).chain(marks.chars()).nfkd() {
            if is_mark(c) {
                if !base_drops {
                    push_char(c, out);
                }
            } else {
                base_drops = drops_marks(c);
                push_letter(c, out);
            }
        }
    }
}

/// True for a character whose decomposition would move a word's bounds: `™` is no letter, `½` holds a
/// sign, `¨` is no space.
fn keeps_itself(c: char) -> bool {
    let wordish = is_wordish(c);
    std::iter::once(c).nfkd().enumerate().any(|(index, part)| {
        is_wordish(part) != wordish || part.is_whitespace() || (index == 0 && is_mark(part) && !is_mark(c))
    })
}

/// Full case folding by way of lower, upper, lower (so that `ẞ`, `ς` and `ı` meet their kin), and the
/// letters that have no decomposition.
fn push_letter(c: char, out: &mut Vec<u8>) {
    if is_apostrophe(c) {
        out.push(b'\'');
        return;
    }
    for lower in c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase) {
        match lower {
            'æ' => out.extend_from_slice(b"ae"),
            'œ' => out.extend_from_slice(b"oe"),
            'ø' => out.push(b'o'),
            'ł' => out.push(b'l'),
            'đ' => out.push(b'd'),
            other => push_char(other, out),
        }
    }
}

fn push_char(c: char, out: &mut Vec<u8>) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}
