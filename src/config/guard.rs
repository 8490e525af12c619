//! From the bytes of a file to a text that parsers may see: size, encoding, byte order mark, line
//! ends, characters that no person types. Decides nothing about YAML.

use std::io::Read;
use std::path::Path;

use super::places::Span;

/// Bytes that a file may have.
pub const LARGEST: usize = 4 << 20;

/// Why bytes are not a text that parsers may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Over [`LARGEST`].
    #[error("too large")]
    TooLarge,
    /// Saved as UTF-16.
    #[error("UTF-16")]
    Utf16,
    /// Saved in an old 8-bit encoding: the place of its first accent.
    #[error("not UTF-8 at {0:?}")]
    Latin1(Span),
    /// A control character, or a line separator that YAML dialects read differently.
    #[error("control character {1:?} at {0:?}")]
    Control(Span, char),
}

/// The bytes of a file; of one over [`LARGEST`] only so many that [`guard`] refuses it.
pub fn read_capped(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::other("not a file"));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text without byte order mark, with `\n` as the only line end.
///
/// # Errors
/// [`Refusal`], with its place.
pub fn guard(bytes: &[u8]) -> Result<String, Refusal> {
    if bytes.len() > LARGEST {
        return Err(Refusal::TooLarge);
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") || looks_utf16(bytes) {
        return Err(Refusal::Utf16);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        Refusal::Latin1(last_place(&before))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    match text.char_indices().find(|(_, c)| is_forbidden(*c)) {
        Some((at, c)) => Err(Refusal::Control(last_place(&text[..at]), c)),
        None => Ok(text),
    }
}

fn looks_utf16(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(64)];
    // UTF-16 of a Latin text has a zero in every other byte.
    start.len() >= 4 && start.iter().map(|byte| usize::from(*byte == 0)).sum::<usize>() * 3 >= start.len()
}

fn is_forbidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// The place of the character that follows `before`.
fn last_place(before: &str) -> Span {
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
    Span { line, column, end: column + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_are_accepted() {
        assert_eq!(guard(b"\xEF\xBB\xBFa: 1\r\nb: 2\r\n").unwrap(), "a: 1\nb: 2\n");
    }

    #[test]
    fn other_encodings_are_named() {
        assert_eq!(guard(b"\xFF\xFEa\0:\0"), Err(Refusal::Utf16));
        assert_eq!(guard(b"a\0:\0 \x001\0"), Err(Refusal::Utf16));
        let at = Span { line: 2, column: 4, end: 5 };
        assert_eq!(guard(b"a: 1\nb: \xE9t\xE9\n"), Err(Refusal::Latin1(at)));
    }

    #[test]
    fn controls_and_exotic_line_ends_are_refused_at_their_place() {
        for c in ['\0', '\u{1b}', '\u{85}', '\u{2028}', '\u{7f}', '\u{feff}'] {
            let refusal = guard(format!("long enough a text\n- é{c}\n").as_bytes());
            assert_eq!(refusal, Err(Refusal::Control(Span { line: 2, column: 4, end: 5 }, c)));
        }
    }

    #[test]
    fn four_mebibytes_are_taken_and_a_byte_more_is_not() {
        assert!(guard(&vec![b'#'; LARGEST]).is_ok());
        assert_eq!(guard(&vec![b'#'; LARGEST + 1]), Err(Refusal::TooLarge));
    }
}
