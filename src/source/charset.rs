//! Bytes to text: byte order mark, then the HTTP charset, then what the document declares, then what the
//! bytes look like. Owns no parsing beyond finding the declaration.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

/// How far a declaration is looked for, in bytes.
const HEAD: usize = 2048;

/// The text of a body. Never fails: bytes that fit nothing become what Windows-1252 has for them.
#[must_use]
pub fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    if let Some(wide) = utf32(body) {
        return wide.into();
    }
    if let Some((encoding, mark)) = Encoding::for_bom(body) {
        return if encoding == UTF_8 { utf8(&body[mark..]) } else { encoding.decode(body).0 };
    }
    match body {
        [0, b'<', 0, ..] => return UTF_16BE.decode_without_bom_handling(body).0,
        [b'<', 0, next, 0, ..] if *next != 0 => return UTF_16LE.decode_without_bom_handling(body).0,
        _ => {}
    }
    let stated = content_type.and_then(charset_of).or_else(|| declared(body));
    match stated {
        // Bytes beyond ASCII that happen to be valid UTF-8 are UTF-8, whatever a server's default says.
        Some(encoding) if encoding.is_single_byte() && std::str::from_utf8(body).is_ok() => utf8(body),
        Some(encoding) if encoding != UTF_8 && encoding != UTF_16BE && encoding != UTF_16LE => {
            encoding.decode_without_bom_handling(body).0
        }
        _ => utf8(body),
    }
}

/// UTF-8; a stray byte is taken for Windows-1252 alone, and does not spoil the rest.
fn utf8(body: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(body) {
        return text.into();
    }
    let mut out = String::with_capacity(body.len() + 64);
    for chunk in body.utf8_chunks() {
        out.push_str(chunk.valid());
        out.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    out.into()
}

/// UTF-32, which `encoding_rs` leaves out, by its mark or its first `<`.
fn utf32(body: &[u8]) -> Option<String> {
    let (big, skip) = match body {
        [0, 0, 0xFE, 0xFF, ..] => (true, 4),
        [0xFF, 0xFE, 0, 0, ..] => (false, 4),
        [0, 0, 0, b'<', ..] => (true, 0),
        [b'<', 0, 0, 0, ..] => (false, 0),
        _ => return None,
    };
    let characters = body[skip..].chunks_exact(4).map(|four| {
        let four = [four[0], four[1], four[2], four[3]];
        let code = if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
        char::from_u32(code).unwrap_or('\u{FFFD}')
    });
    Some(characters.collect())
}

fn charset_of(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let (_, value) = lower.split_once("charset=")?;
    let value = value.trim_start_matches(['"', '\'', ' ']);
    let end = value.find(|c: char| matches!(c, '"' | '\'' | ';' | ',') || c.is_whitespace()).unwrap_or(value.len());
    Encoding::for_label(&value.as_bytes()[..end])
}

/// `<?xml … encoding="…"?>` or `<meta … charset=…>`.
fn declared(body: &[u8]) -> Option<&'static Encoding> {
    let head = body[..body.len().min(HEAD)].to_ascii_lowercase();
    let value_after = |name: &[u8], from: usize| {
        let at = from + memmem::find(&head[from..], name)? + name.len();
        let value = &head[at..];
        let begin = value.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'=' | b'"' | b'\''))?;
        let len =
            value[begin..].iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.')));
        Encoding::for_label(&value[begin..begin + len.unwrap_or(value.len() - begin)])
    };
    if let Some(start) = memmem::find(&head, b"<?xml") {
        let end = memmem::find(&head[start..], b"?>").map_or(head.len(), |len| start + len);
        if memmem::find(&head[start..end], b"encoding").is_some() {
            return value_after(b"encoding", start);
        }
    }
    let meta = memmem::find(&head, b"<meta")?;
    value_after(b"charset", meta)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_stating_a_charset_is_followed() {
        let utf16 = |text: &str, big: bool, mark: bool| -> Vec<u8> {
            let mark = if mark { "\u{FEFF}" } else { "" };
            format!("{mark}{text}")
                .encode_utf16()
                .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect()
        };
        let utf32 = |text: &str| -> Vec<u8> { text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect() };
        for (name, body, content_type, wanted) in [
            ("utf-8", "<a>é</a>".as_bytes().to_vec(), None, "<a>é</a>"),
            ("bom wins", b"\xEF\xBB\xBF<a>\xC3\xA9</a>".to_vec(), Some("text/xml; charset=iso-8859-1"), "<a>é</a>"),
            ("http", b"<a>\xE9</a>".to_vec(), Some("text/xml; charset=\"ISO-8859-1\""), "<a>é</a>"),
            (
                "http over xml",
                b"<?xml version='1.0' encoding='koi8-r'?>\xE9".to_vec(),
                Some("text/xml;charset=latin1"),
                "<?xml version='1.0' encoding='koi8-r'?>é",
            ),
            (
                "xml",
                b"<?xml version='1.0' encoding = 'koi8-r'?>\xC1".to_vec(),
                None,
                "<?xml version='1.0' encoding = 'koi8-r'?>а",
            ),
            ("meta", b"<meta charset=iso-8859-15>\xA4".to_vec(), Some("text/html"), "<meta charset=iso-8859-15>€"),
            ("undeclared latin 1", b"<a>\xE9t\xE9</a>".to_vec(), None, "<a>été</a>"),
            ("one stray byte", b"<a>\xC3\xA9 \xE9</a>".to_vec(), None, "<a>é é</a>"),
            (
                "declared latin 1, is utf-8",
                "<?xml encoding='iso-8859-1'?>é".as_bytes().to_vec(),
                None,
                "<?xml encoding='iso-8859-1'?>é",
            ),
            ("unknown label", b"<?xml encoding='bogus'?>a".to_vec(), None, "<?xml encoding='bogus'?>a"),
            ("utf-16be with mark", utf16("<a>é</a>", true, true), None, "<a>é</a>"),
            ("utf-16be", utf16("<?xml encoding='utf-16'?>é", true, false), None, "<?xml encoding='utf-16'?>é"),
            ("utf-16le", utf16("<a>é</a>", false, false), None, "<a>é</a>"),
            ("utf-32", utf32("<a>é</a>"), None, "<a>é</a>"),
            ("empty", Vec::new(), None, ""),
        ] {
            assert_eq!(decode(&body, content_type), wanted, "{name}");
        }
    }
}
