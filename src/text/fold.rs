//! Folding for comparison: case, accents, ligatures, apostrophes, white space and hyphens, with the
//! way back to the original's bytes. Owns the buffer and the speed; what folding means is `segment`'s.
//! Knows nothing of terms.

pub mod class;
mod segment;

use std::ops::Range;
use std::sync::LazyLock;

use self::class::{is_joiner, is_mark, is_skipped};
use self::segment::{Segment, push_segment};

/// Folded bytes between two checkpoints: what a match refolds at most.
const STRIDE: usize = 128;

/// Zeros behind a folded text.
pub const PADDING: usize = 16;

/// A buffer above this is given back when the next text is small.
const KEPT_BYTES: usize = 1 << 20;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// A folded text and its way back. One a thread, reused: in a steady state nothing is allocated.
#[derive(Debug, Default)]
pub struct Folder {
    /// Longer than the fold: eight bytes are written where fewer count.
    bytes: Vec<u8>,
    len: usize,
    checkpoints: Vec<Checkpoint>,
    slow: Vec<u8>,
}

/// A folded offset and the original offset of the segment that it starts.
#[derive(Debug, Clone, Copy)]
struct Checkpoint {
    folded: usize,
    original: usize,
}

/// The fold of one character, when it is at most three bytes and the character stands for itself.
#[derive(Debug, Clone, Copy, Default)]
struct Short {
    /// 0: only [`push_segment`] knows.
    len: u8,
    bytes: [u8; 3],
}

/// U+0080 to U+027F, what two bytes lead by C2 to C9 write: the Latin of Europe.
const LATIN: Range<u32> = 0x80..0x280;
/// U+2000 to U+203F, the punctuation of print.
const PRINT: Range<u32> = 0x2000..0x2040;

struct Tables {
    latin: Vec<Short>,
    print: Vec<Short>,
}

static TABLES: LazyLock<Tables> =
    LazyLock::new(|| Tables { latin: LATIN.map(short).collect(), print: PRINT.map(short).collect() });

fn short(code: u32) -> Short {
    let Some(c) = char::from_u32(code) else { return Short::default() };
    if is_joiner(c) || is_mark(c) || is_skipped(c) {
        return Short::default();
    }
    let mut out = Vec::new();
    push_segment(c.encode_utf8(&mut [0; 4]), 0, &mut out);
    let mut bytes = [0; 3];
    match bytes.get_mut(..out.len()) {
        Some(fitting) => {
            fitting.copy_from_slice(&out);
            Short { len: out.len() as u8, bytes }
        }
        None => Short::default(),
    }
}

impl Tables {
    /// The short fold of the character at `at` and its length in the original.
    #[inline]
    fn at(&self, text: &[u8], at: usize) -> Option<(Short, usize)> {
        let lead = text[at];
        let (short, length) = match lead {
            0xC2..=0xC9 => {
                let code = usize::from(lead & 0x1F) << 6 | usize::from(text[at + 1] & 0x3F);
                (self.latin[code - LATIN.start as usize], 2)
            }
            0xE2 if text[at + 1] == 0x80 => (self.print[usize::from(text[at + 2] & 0x3F)], 3),
            _ => return None,
        };
        (short.len > 0).then_some((short, length))
    }
}

/// ASCII in lower case, and the high bit of each byte that the fast path must not take: not ASCII, a
/// control, a hyphen, a second space. Exact up to the first such byte, which is all that is used.
#[inline]
fn lower_and_stops(block: u64, after_space: bool) -> (u64, u64) {
    let low = block & !HIGHS;
    let from_a = low + (0x80 - u64::from(b'A')) * ONES;
    let past_z = low + (0x7F - u64::from(b'Z')) * ONES;
    let upper = (from_a ^ past_z) & !block & HIGHS;
    let printable = low + (0x80 - 0x20) * ONES;
    let not_hyphen = (low ^ (u64::from(b'-') * ONES)) + 0x7F * ONES;
    let not_space = (low ^ (u64::from(b' ') * ONES)) + 0x7F * ONES;
    let space = !(not_space | block) & HIGHS;
    let second_space = space & (space << 8 | if after_space { 0x80 } else { 0 });
    (block | upper >> 2, (block | !printable | !not_hyphen) & HIGHS | second_space)
}

impl Folder {
    /// Folds `text`, forgetting the text before.
    pub fn fold(&mut self, text: &str) {
        let tables = &*TABLES;
        let source = text.as_bytes();
        if self.bytes.len() > KEPT_BYTES && source.len() < KEPT_BYTES / 4 {
            self.bytes = Vec::new();
            self.checkpoints = Vec::new();
        }
        self.checkpoints.clear();
        self.checkpoints.push(Checkpoint { folded: 0, original: 0 });
        let mut next_checkpoint = STRIDE;
        let (mut from, mut to) = (0, 0);
        // Only then may the character before be continued by a mark or a joiner.
        let mut fast = false;
        self.ensure(source.len() + 64);

        while from < source.len() {
            let first = source[from];
            if from.max(to) >= next_checkpoint && first > b' ' && first < 0x80 && first != b'-' {
                next_checkpoint = self.checkpoint(to, from);
            }

            let left = source.len() - from;
            let block = if let Some(chunk) = source[from..].first_chunk() {
                u64::from_le_bytes(*chunk)
            } else {
                let mut padded = [0; 8];
                padded[..left].copy_from_slice(&source[from..]);
                u64::from_le_bytes(padded)
            };
            let (lower, stops) = lower_and_stops(block, to > 0 && self.bytes[to - 1] == b' ');
            self.bytes[to..to + 8].copy_from_slice(&lower.to_le_bytes());
            let taken = (stops.trailing_zeros() as usize / 8).min(left);
            from += taken;
            to += taken;
            if taken > 0 {
                fast = true;
            }
            if taken == 8 || from == source.len() {
                continue;
            }

            if let Some((short, length)) = tables.at(source, from) {
                let [a, b, c] = short.bytes;
                self.bytes[to..to + 4].copy_from_slice(&[a, b, c, 0]);
                to += usize::from(short.len);
                from += length;
                fast = true;
                self.ensure(to + (source.len() - from) + 64);
                continue;
            }

            let c = char_at(text, from);
            let continues = is_mark(c) || is_joiner(c) || is_skipped(c);
            if fast && continues {
                (from, to) = step_back(tables, text, from, to, c);
            } else if !continues && from.max(to) >= next_checkpoint {
                next_checkpoint = self.checkpoint(to, from);
            }
            self.slow.clear();
            from = push_segment(text, from, &mut self.slow).end;
            let end = to + self.slow.len();
            self.ensure(end + (source.len() - from) + 64);
            self.bytes[to..end].copy_from_slice(&self.slow);
            to = end;
            fast = false;
        }
        self.len = to;
        self.ensure(to + PADDING);
        self.bytes[to..to + PADDING].fill(0);
    }

    /// The fold of the last text, then [`PADDING`] zeros: readers may load whole blocks.
    #[must_use]
    pub fn padded(&self) -> &[u8] {
        &self.bytes[..self.len + PADDING]
    }

    /// The fold of the last text, valid UTF-8.
    #[must_use]
    pub fn folded(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The original bytes that fold to `folded`, with skipped characters inside and trailing marks; `None`
    /// when a bound lies inside what one character folds to. `text` must be the last text folded.
    #[must_use]
    pub fn original(&self, text: &str, folded: Range<usize>) -> Option<Range<usize>> {
        let nearest = self.checkpoints.partition_point(|checkpoint| checkpoint.folded <= folded.start);
        let Checkpoint { folded: mut to, original: mut from } = self.checkpoints[nearest.checked_sub(1)?];
        let source = text.as_bytes();
        let tables = &*TABLES;
        let mut scratch = Vec::new();
        let mut start = None;
        while from < source.len() {
            if to == folded.start && start.is_none() {
                start = Some(from);
            }
            let segment = if let Some((folded, length)) = lone(tables, source, from) {
                to += folded;
                Segment { content_end: from + length, end: from + length }
            } else {
                scratch.clear();
                let segment = push_segment(text, from, &mut scratch);
                if scratch.is_empty() && to == folded.start {
                    // Skipped characters at the text's head are no part of a hit.
                    start = None;
                }
                to += scratch.len();
                segment
            };
            from = segment.end;
            if to >= folded.end && to > folded.start {
                return (to == folded.end).then(|| start.map(|start| start..segment.content_end)).flatten();
            }
            if to > folded.start && start.is_none() {
                return None;
            }
        }
        None
    }

    fn checkpoint(&mut self, folded: usize, original: usize) -> usize {
        self.checkpoints.push(Checkpoint { folded, original });
        folded.max(original) + STRIDE
    }

    #[inline]
    fn ensure(&mut self, len: usize) {
        if self.bytes.len() < len {
            self.bytes.resize(len + len / 8, 0);
        }
    }
}

/// The folded and the original length of a segment of one character, where that is plain to see: what
/// follows is ASCII and continues nothing.
#[inline]
fn lone(tables: &Tables, source: &[u8], at: usize) -> Option<(usize, usize)> {
    let is_solid = |byte: u8| byte > b' ' && byte < 0x7F && byte != b'-';
    let next = |length: usize| source.get(at + length).copied().unwrap_or_default();
    let first = source[at];
    if is_solid(first) && next(1).is_ascii() || first == b' ' && is_solid(next(1)) {
        return Some((1, 1));
    }
    let (short, length) = tables.at(source, at)?;
    next(length).is_ascii().then_some((usize::from(short.len), length))
}

/// Takes back the one character before, which the fast path folded alone, when `next` continues it.
fn step_back(tables: &Tables, text: &str, from: usize, to: usize, next: char) -> (usize, usize) {
    let Some(before) = text[..from].chars().next_back() else { return (from, to) };
    if is_joiner(next) && !is_joiner(before) || is_mark(next) && is_joiner(before) {
        return (from, to);
    }
    let start = from - before.len_utf8();
    let length = if before.is_ascii() {
        1
    } else {
        tables.at(text.as_bytes(), start).map_or(0, |(short, _)| usize::from(short.len))
    };
    (start, to - length)
}

fn char_at(text: &str, at: usize) -> char {
    text[at..].chars().next().unwrap_or('\u{FFFD}')
}

/// The fold of `text`, for small uses.
#[must_use]
pub fn fold_string(text: &str) -> String {
    let mut folder = Folder::default();
    folder.fold(text);
    String::from_utf8_lossy(folder.folded()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_in_different_ways_folds_alike() {
        for (text, folded) in [
            ("Orange", "orange"),
            ("ORANGÉ", "orange"),
            ("e\u{301}te\u{301}", "ete"),
            ("Œuvre ÆØŁĐ straße STRAẞE ı İ", "oeuvre aeold strasse strasse i i"),
            ("Σίσυφος", "σισυφοσ"),
            ("Ёлка й", "елка и"),
            ("ﬁn Ｏｒａｎｇｅ", "fin orange"),
            ("l’été d‘or ´ ʼ ＇", "l'ete d'or ' ' '"),
            ("so\u{AD}sh\u{200B}\u{FE0F}", "sosh"),
            ("a\u{A0}b\u{202F}c\u{2011}d - e\tf", "a b c d e f"),
            ("a\r\nb\n\nc \n \n d", "a b\n\nc\n\nd"),
            ("a – b — c…", "a – b — c..."),
            ("が ｶﾞ", "か\u{3099} カ\u{3099}"),
            ("Orange™ ½ ¨", "orange™ ½ ¨"),
            ("हि", "हि"),
            ("5\u{20E3}", "5\u{20E3}"),
            ("", ""),
        ] {
            assert_eq!(fold_string(text), folded, "{text:?}");
        }
    }

    #[test]
    fn a_slice_keeps_skipped_characters_and_trailing_marks() {
        for (text, needle, slice) in [
            ("x ora\u{AD}nge y", "orange", "ora\u{AD}nge"),
            ("un cafe\u{301}\u{200D} noir", "cafe", "cafe\u{301}"),
            ("\u{FEFF}Orange", "orange", "Orange"),
            ("☕\u{FE0F}!", "☕", "☕\u{FE0F}"),
            ("a \n-\u{A0}b", "a b", "a \n-\u{A0}b"),
        ] {
            let mut folder = Folder::default();
            folder.fold(text);
            let start = fold_string(text).find(needle).expect("the case holds the needle");
            let range = folder.original(text, start..start + needle.len()).expect("aligned");
            assert_eq!(&text[range], slice, "{text:?}");
        }
    }

    #[test]
    fn a_bound_inside_one_characters_fold_has_no_place() {
        let mut folder = Folder::default();
        folder.fold("cœur");
        assert_eq!(folder.original("cœur", 0..2), None);
        assert_eq!(folder.original("cœur", 2..5), None);
        assert_eq!(folder.original("cœur", 1..5), Some(1..5));
    }
}
