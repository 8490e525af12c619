//! The folds of the characters that Latin texts are full of, by table: what stands for itself and folds to
//! three bytes at most. Made by `segment`, which alone knows the meaning.

use std::ops::Range;
use std::sync::LazyLock;

use super::class::{is_joiner, is_mark, is_skipped};
use super::segment::push_segment;

/// The fold of one character, when it is at most three bytes and the character stands for itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Short {
    /// 0: only [`push_segment`] knows.
    pub(super) len: u8,
    pub(super) bytes: [u8; 3],
}

impl Short {
    /// All bytes, to be written at once where [`Self::len`] count.
    #[inline]
    pub(super) fn block(self) -> [u8; 4] {
        let [a, b, c] = self.bytes;
        [a, b, c, 0]
    }
}

/// U+0080 to U+027F, what two bytes lead by C2 to C9 write: the Latin of Europe.
const LATIN: Range<u32> = 0x80..0x280;
/// U+2000 to U+203F, the punctuation of print.
const PRINT: Range<u32> = 0x2000..0x2040;

pub(super) struct Tables {
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
    pub(super) fn get() -> &'static Self {
        &TABLES
    }

    /// The short fold of the character at `at` and its length in the original.
    #[inline]
    pub(super) fn at(&self, text: &[u8], at: usize) -> Option<(Short, usize)> {
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

/// The length of a joiner of the original that stands alone: no run of spaces, no blank line, nothing that
/// continues it. Nearly all of them do.
#[inline]
pub(super) fn lone_joiner(text: &[u8], at: usize) -> Option<usize> {
    let length = match text[at] {
        b'-' | b'\n' => 1,
        0xC2 if text[at + 1] == 0xA0 => 2,
        0xE2 if text[at + 1] == 0x80 && matches!(text[at + 2], 0x91 | 0xAF) => 3,
        _ => return None,
    };
    let next = text.get(at + length)?;
    // U+00C0 to U+00FF are letters and two signs.
    (next.is_ascii_graphic() && *next != b'-' || *next == 0xC3).then_some(length)
}
