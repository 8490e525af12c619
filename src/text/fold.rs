//! Folding for comparison: case, accents, ligatures, apostrophes, white space and hyphens, with the
//! way back to the original's bytes. Owns the buffer and the speed; what folding means is `segment`'s.
//! Knows nothing of terms.

pub mod class;
mod segment;
mod short;
pub mod words;

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x64};

use self::class::{is_joiner, is_mark, is_skipped};
use self::segment::{Segment, push_segment};
use self::short::{Tables, lone_joiner};

/// Folded bytes between two checkpoints: what a match refolds at most, but for a block.
const STRIDE: usize = 128;

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// Zeros behind a folded text.
pub const PADDING: usize = 2 * BLOCK;

/// A buffer above this is given back when the next text is small.
const KEPT_BYTES: usize = 1 << 20;

/// A folded text and its way back. One a thread, reused: in a steady state nothing is allocated.
#[derive(Debug, Default)]
pub struct Folder {
    /// Longer than the fold: a block is written where less counts.
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

impl Folder {
    /// Folds `text`, forgetting the text before.
    pub fn fold(&mut self, text: &str) {
        self.fold_on(Level::new(), text);
    }

    fn fold_on(&mut self, level: Level, text: &str) {
        let source = text.as_bytes();
        if self.bytes.len() > KEPT_BYTES && source.len() < KEPT_BYTES / 4 {
            self.bytes = Vec::new();
            self.checkpoints = Vec::new();
        }
        self.checkpoints.clear();
        self.checkpoints.push(Checkpoint { folded: 0, original: 0 });
        self.len = dispatch!(level, simd => self.fold_with(simd, text));
        make_room(&mut self.bytes, self.len, 0);
        self.bytes[self.len..self.len + PADDING].fill(0);
    }

    /// Gives the length of the fold.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "only what is inlined is compiled for the instructions at hand")]
    fn fold_with<S: Simd>(&mut self, simd: S, text: &str) -> usize {
        let Self { bytes, checkpoints, slow, .. } = self;
        let tables = Tables::get();
        let source = text.as_bytes();
        // The text's end, with room for a block behind it.
        let mut ending = [0; 4 * BLOCK];
        let mut ending_start = None;
        let mut next_checkpoint = STRIDE;
        let (mut from, mut to) = (0, 0);
        // Only then may the character before be continued by a mark or a joiner.
        let mut fast = false;
        make_room(bytes, 0, source.len());
        'blocks: while from < source.len() {
            if from.max(to) >= next_checkpoint && is_solid(source[from]) {
                checkpoints.push(Checkpoint { folded: to, original: from });
                next_checkpoint = from.max(to) + STRIDE;
            }
            let left = (source.len() - from).min(BLOCK);
            let window: &[u8; 2 * BLOCK] = if let Some(window) = source[from..].first_chunk() {
                window
            } else {
                let start = *ending_start.get_or_insert_with(|| {
                    ending[..source.len() - from].copy_from_slice(&source[from..]);
                    from
                });
                ending[from - start..].first_chunk().expect("less than two blocks are left")
            };
            let mut stops = stops(simd, window, to > 0 && bytes[to - 1] == b' ');
            let mut done = 0;
            loop {
                // Behind what is done the block is copied again, to where it belongs.
                let rest = u8x64::from_slice(simd, &window[done..done + BLOCK]);
                lower(simd, rest).store_slice(&mut bytes[to..to + BLOCK]);
                let stop = (stops.trailing_zeros() as usize).min(left);
                to += stop - done;
                fast |= stop > done;
                if stop == left {
                    from += left;
                    continue 'blocks;
                }
                let at = from + stop;
                let length = if let Some((short, length)) = tables.at(source, at) {
                    bytes[to..to + 4].copy_from_slice(&short.block());
                    to += usize::from(short.len);
                    length
                } else if let Some(length) = lone_joiner(source, at)
                    && (to == 0 || !matches!(bytes[to - 1], b' ' | b'\n'))
                {
                    bytes[to] = b' ';
                    to += 1;
                    length
                } else {
                    from = at;
                    break;
                };
                fast = true;
                done = stop + length;
                if done >= left {
                    from += done;
                    continue 'blocks;
                }
                stops &= !0 << done;
            }

            let c = char_at(text, from);
            let continues = is_mark(c) || is_joiner(c) || is_skipped(c);
            if fast && continues {
                (from, to) = step_back(tables, text, from, to, c);
            } else if !continues && from.max(to) >= next_checkpoint {
                checkpoints.push(Checkpoint { folded: to, original: from });
                next_checkpoint = from.max(to) + STRIDE;
            }
            slow.clear();
            from = push_segment(text, from, slow).end;
            let end = to + slow.len();
            make_room(bytes, end, source.len() - from);
            bytes[to..end].copy_from_slice(slow);
            to = end;
            fast = false;
        }
        to
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
        let tables = Tables::get();
        let mut scratch = Vec::new();
        let mut start = None;
        while from < source.len() {
            while to + EIGHT <= folded.start && is_plain(&source[from..]) {
                from += EIGHT;
                to += EIGHT;
            }
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
}

/// Room behind `len` folded bytes for the fold of so many original ones, which grow by half at most where
/// no segment is asked, and for the padding.
#[inline]
fn make_room(bytes: &mut Vec<u8>, len: usize, left: usize) {
    let needed = len + left + left / 2 + PADDING;
    if bytes.len() < needed {
        bytes.resize(needed + needed / 8, 0);
    }
}

/// ASCII that starts a segment of its own whatever stands before.
#[inline]
fn is_solid(byte: u8) -> bool {
    byte > b' ' && byte < 0x7F && byte != b'-'
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "only what is inlined is compiled for the instructions at hand")]
fn lower<S: Simd>(simd: S, block: u8x64<S>) -> u8x64<S> {
    let is_upper = (block - b'A').simd_lt(26);
    block + is_upper.select(u8x64::splat(simd, b'a' - b'A'), u8x64::splat(simd, 0))
}

/// The bytes that folding must look at one by one: not ASCII, controls, hyphens, second spaces.
#[inline(always)]
#[expect(clippy::inline_always, reason = "only what is inlined is compiled for the instructions at hand")]
fn stops<S: Simd>(simd: S, window: &[u8; 2 * BLOCK], after_space: bool) -> u64 {
    let block = u8x64::from_slice(simd, &window[..BLOCK]);
    let unprintable = (block - b' ').simd_ge(0x60);
    let spaces = block.simd_eq(b' ').to_bitmask();
    (unprintable | block.simd_eq(b'-')).to_bitmask() | spaces & (spaces << 1 | u64::from(after_space))
}

/// Bytes that [`is_plain`] looks at together.
const EIGHT: usize = 8;

/// Whether the first eight bytes are a segment each, and fold to a byte each: printable ASCII without hyphens
/// and second spaces, and so is the byte behind them. Where a segment starts, asked eight by eight.
#[inline]
fn is_plain(source: &[u8]) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = LOW << 7;
    let (Some(eight), Some(&next)) = (source.first_chunk::<EIGHT>(), source.get(EIGHT)) else { return false };
    let eight = u64::from_le_bytes(*eight);
    if eight & HIGH != 0 || !is_solid(next) {
        return false;
    }
    // The high bit of each byte that is not `byte`: no sum reaches the next byte.
    let other = |byte: u8| (eight ^ (u64::from(byte) * LOW)) + !HIGH;
    let spaces = !other(b' ') & HIGH;
    let printable = eight + (0x80 - u64::from(b' ')) * LOW;
    printable & other(0x7F) & other(b'-') & HIGH == HIGH && spaces & (spaces << 8) == 0
}

/// The folded and the original length of a segment of one character, where that is plain to see: what
/// follows continues nothing.
#[inline]
fn lone(tables: &Tables, source: &[u8], at: usize) -> Option<(usize, usize)> {
    // ASCII is no mark, and neither is what the tables hold; they hold no joiner.
    let ends = |at: usize| source.get(at).is_none_or(|next| next.is_ascii() || tables.at(source, at).is_some());
    match source[at] {
        byte if is_solid(byte) => ends(at + 1).then_some((1, 1)),
        b' ' => {
            let next = *source.get(at + 1)?;
            (is_solid(next) || !next.is_ascii() && ends(at + 1)).then_some((1, 1))
        }
        _ => match tables.at(source, at) {
            Some((short, length)) => ends(at + length).then_some((usize::from(short.len), length)),
            None => lone_joiner(source, at).map(|length| (1, length)),
        },
    }
}

/// Takes back the one character before, which the fast path folded alone, when `next` continues it.
fn step_back(tables: &Tables, text: &str, from: usize, to: usize, next: char) -> (usize, usize) {
    let Some(before) = text[..from].chars().next_back() else { return (from, to) };
    // What is skipped continues both, and some of it is a mark too.
    if is_joiner(next) && !is_joiner(before) || is_mark(next) && !is_skipped(next) && is_joiner(before) {
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
    let Folder { mut bytes, len, .. } = folder;
    bytes.truncate(len);
    // A fold is UTF-8.
    String::from_utf8(bytes).unwrap_or_default()
}

/// A stretch of a fold, and that of the original that it comes from.
#[doc(hidden)]
pub type Stretch = (Range<usize>, Range<usize>);

/// The fold, segment by segment and slowly: the folded bytes, and of each segment that folds to anything its
/// place there and in the original. What the fast way is compared with.
#[doc(hidden)]
#[must_use]
pub fn segments(text: &str) -> (Vec<u8>, Vec<Stretch>) {
    let (mut folded, mut segments) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < text.len() {
        let before = folded.len();
        let Segment { content_end, end } = push_segment(text, at, &mut folded);
        if folded.len() > before {
            segments.push((before..folded.len(), at..content_end));
        }
        at = end;
    }
    (folded, segments)
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
            ("a \u{FE0F}- b \u{34F}\n\nc", "a b\n\nc"),
            ("हि", "हि"),
            ("5\u{20E3}", "5\u{20E3}"),
            ("", ""),
        ] {
            assert_eq!(fold_string(text), folded, "{text:?}");
        }
    }

    #[test]
    fn each_instruction_set_folds_as_the_segments_say() {
        let pieces = [
            "Orange ",
            "É",
            "ß",
            "œ",
            "…",
            "’",
            "–",
            "-",
            "\u{A0}",
            "\u{2011}",
            "\n",
            "\r\n",
            "  ",
            "\t",
            "\u{301}",
            "\u{AD}",
            "\u{FE0F}",
            "橙",
            "ﬃ",
            "ŉ",
            "Ё",
            "\u{7F}",
            "\u{0}",
            "É-",
            "aé-É",
            "é\u{301}",
            "-\u{301}",
            "½",
            "\u{202F}!",
            "@A_Z[`az{",
        ];
        let mut numbers = 1_u64;
        let mut folder = Folder::default();
        for length in 0..400 {
            let mut text = String::new();
            while text.len() < length {
                numbers = numbers.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
                let piece = pieces[(numbers >> 33) as usize % pieces.len()];
                text.push_str(if numbers >> 62 == 0 { "abcdefghijklmnopqrstuvw" } else { piece });
            }
            let (expected, _) = segments(&text);
            for level in [Level::new(), Level::baseline()] {
                folder.fold_on(level, &text);
                assert_eq!(folder.folded(), expected, "{text:?}");
                assert_eq!(&folder.padded()[expected.len()..], [0; PADDING]);
            }
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
