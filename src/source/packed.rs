//! Bodies that a server sends compressed without saying so: a `feed.xml.gz`, or a header that a proxy lost.
//! What the transport declares is unpacked by `net`. Also base64 inside of Atom.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::ParseError;
use crate::health::SourceState;

/// Bytes after decompression at most; what a fetch takes at most by default.
pub const LARGEST: u64 = 8 << 20;

/// The body, unpacked when it is gzip. A stream that breaks off is read as far as it goes.
pub fn unpacked(body: &[u8]) -> Result<Cow<'_, [u8]>, ParseError> {
    if !body.starts_with(&[0x1F, 0x8B, 0x08]) {
        return Ok(Cow::Borrowed(body));
    }
    let mut out = Vec::new();
    // How it ended does not matter: what came before the damage is good.
    let _ = MultiGzDecoder::new(body).take(LARGEST + 1).read_to_end(&mut out);
    if out.len() as u64 > LARGEST {
        let detail = format!("gzip that unpacks to more than {} MiB", LARGEST >> 20);
        return Err(ParseError { state: SourceState::TooLarge, detail });
    }
    Ok(Cow::Owned(out))
}

/// What base64 says when it says text; nothing for an image, and the text itself where it is no base64.
pub(super) fn base64_text(text: &str) -> String {
    use base64::Engine;
    let packed: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    match base64::engine::general_purpose::STANDARD.decode(packed) {
        Ok(bytes) => String::from_utf8(bytes).unwrap_or_default(),
        Err(_) => text.to_owned(),
    }
}

/// True for the media types of Atom content that are base64 (RFC 4287, section 4.1.3.3).
pub(super) fn is_base64(kind: &str) -> bool {
    kind.contains('/') && !kind.starts_with("text/") && !kind.contains("xml") && !kind.contains("html")
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn packed(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_unpacked_and_anything_else_is_left_alone() {
        assert_eq!(&*unpacked(&packed(b"<rss/>")).unwrap(), b"<rss/>");
        assert!(matches!(unpacked(b"<rss/>").unwrap(), Cow::Borrowed(b"<rss/>")));
        let two = [packed(b"<rss>"), packed(b"</rss>")].concat();
        assert_eq!(&*unpacked(&two).unwrap(), b"<rss></rss>");
    }

    #[test]
    fn a_broken_stream_is_read_as_far_as_it_goes() {
        let items: Vec<String> = (0..20_000).map(|n| format!("<item>{}</item>", n * 7919 % 10_007)).collect();
        let text = items.concat();
        let whole = packed(text.as_bytes());
        let half = unpacked(&whole[..whole.len() / 2]).unwrap();
        assert!(half.len() > text.len() / 4 && text.as_bytes().starts_with(&half), "{}", half.len());
    }

    #[test]
    fn a_bomb_is_refused() {
        let bomb = packed(&vec![b' '; 64 << 20]);
        assert!(bomb.len() < 1 << 20);
        assert_eq!(unpacked(&bomb).unwrap_err().state, SourceState::TooLarge);
    }
}
