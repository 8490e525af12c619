//! What a path of the small web answers: statuses, validators, codings, and every way to misbehave. A
//! value; `web` writes it out.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, SystemTime};

use super::web::Seen;

/// An answer. Built up: `Reply::new("application/rss+xml", xml).gzip()`.
#[derive(Debug, Clone)]
pub struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
    /// Before the status line.
    pub(super) delay: Duration,
    /// Between the bytes of a drip.
    pub(super) pause: Duration,
    /// The Content-Length to claim.
    pub(super) length: Option<usize>,
    /// Bytes of the body after which the connection is closed.
    pub(super) cut: Option<usize>,
}

/// What follows the head.
#[derive(Debug, Clone)]
pub(super) enum Body {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Not even a head.
    Hang,
    /// These bytes, one after another, again and again.
    Drip(Vec<u8>),
    /// Bytes without end.
    Endless(Endless),
}

/// A start, and what follows it for ever.
#[derive(Debug, Clone)]
pub(super) struct Endless {
    pub(super) start: Vec<u8>,
    pub(super) again: Vec<u8>,
}

impl Reply {
    fn with(status: u16, body: Body) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
            delay: Duration::ZERO,
            pause: Duration::from_secs(1),
            length: None,
            cut: None,
        }
    }

    /// 200 with a body, an ETag made of it, and the time now as Last-Modified: conditional requests get 304.
    #[must_use]
    pub fn new(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        let etag = format!("\"{:016x}\"", hasher.finish());
        let modified = httpdate::fmt_http_date(SystemTime::now());
        Self::with(200, Body::Bytes(body))
            .header("Content-Type", content_type)
            .header("ETag", &etag)
            .header("Last-Modified", &modified)
    }

    /// A status with a short HTML page, as servers send it.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::with(status, Body::Bytes(format!("<html><body><h1>{status}</h1></body></html>").into_bytes()))
            .header("Content-Type", "text/html; charset=utf-8")
    }

    /// A redirect to an address or a path.
    #[must_use]
    pub fn redirect(status: u16, to: &str) -> Self {
        Self::with(status, Body::Bytes(Vec::new())).header("Location", to)
    }

    /// Takes the request and says nothing.
    #[must_use]
    pub fn hang() -> Self {
        Self::with(200, Body::Hang)
    }

    /// The body byte by byte, a second apart, for ever.
    #[must_use]
    pub fn drip(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::with(200, Body::Drip(body.into())).header("Content-Type", content_type)
    }

    /// A feed's beginning, and then its filling without end.
    #[must_use]
    pub fn endless(content_type: &str, start: impl Into<Vec<u8>>) -> Self {
        let again = b"<!-- more -->\n".repeat(1_000);
        Self::with(200, Body::Endless(Endless { start: start.into(), again })).header("Content-Type", content_type)
    }

    /// Gzip that unpacks to spaces without end, some 160 for each byte sent.
    #[must_use]
    pub fn bomb(content_type: &str) -> Self {
        let Endless { start, again } = bomb();
        Self::with(200, Body::Endless(Endless { start, again }))
            .header("Content-Type", content_type)
            .header("Content-Encoding", "gzip")
    }

    pub(super) fn not_found() -> Self {
        Self::status(404)
    }

    /// Sets or replaces a header; no characters that would end its line.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        let value = value.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        self.headers.push((name.to_owned(), value));
        self
    }

    /// Without ETag and Last-Modified: every request gets the whole body.
    #[must_use]
    pub fn without_validators(mut self) -> Self {
        self.headers
            .retain(|(name, _)| !["etag", "last-modified"].iter().any(|known| name.eq_ignore_ascii_case(known)));
        self
    }

    /// With another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// With Retry-After: seconds or a date.
    #[must_use]
    pub fn retry_after(self, value: &str) -> Self {
        self.header("Retry-After", value)
    }

    /// The head only after this time.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Another pause between the bytes of a drip.
    #[must_use]
    pub fn pausing(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Claims this Content-Length, and closes after the body that there is.
    #[must_use]
    pub fn claiming(mut self, length: usize) -> Self {
        self.length = Some(length);
        self
    }

    /// Closes the connection after so many bytes of the body.
    #[must_use]
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.cut = Some(bytes);
        self
    }

    fn coded(mut self, coding: &str, pack: impl FnOnce(&[u8]) -> Vec<u8>) -> Self {
        if let Body::Bytes(bytes) = &mut self.body {
            *bytes = pack(bytes);
        }
        self.header("Content-Encoding", coding)
    }

    /// The body as gzip (stored, not squeezed: what counts is that it is unpacked).
    #[must_use]
    pub fn gzip(self) -> Self {
        self.coded("gzip", gzip)
    }

    /// The body as zstd.
    #[must_use]
    pub fn zstd(self) -> Self {
        // Level 3 of a slice in memory has nothing to fail on but memory.
        self.coded("zstd", |bytes| zstd::encode_all(bytes, 3).unwrap_or_default())
    }

    /// The body as brotli (stored).
    #[must_use]
    pub fn brotli(self) -> Self {
        self.coded("br", brotli)
    }

    /// True when a request's conditions are met: If-None-Match first, If-Modified-Since where that is absent
    /// (RFC 9110, section 13.2.2). Compared byte for byte, as many servers do.
    pub(super) fn is_unmodified(&self, request: &Seen) -> bool {
        let own =
            |name: &str| self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        if self.status != 200 {
            return false;
        }
        match (request.header("if-none-match"), own("etag")) {
            (Some(given), Some(etag)) => given == etag,
            (Some(_), None) => false,
            (None, _) => match (request.header("if-modified-since"), own("last-modified")) {
                (Some(given), Some(modified)) => given == modified,
                _ => false,
            },
        }
    }
}

/// The ten bytes before a gzip member's data (RFC 1952): no name, no time, unknown system.
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// Gzip with stored blocks (RFC 1951, section 3.2.4).
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GZIP_HEAD.to_vec();
    let mut blocks = bytes.chunks(0xffff).peekable();
    if blocks.peek().is_none() {
        packed.extend([1, 0, 0, 0xff, 0xff]);
    }
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        packed.push(u8::from(blocks.peek().is_none()));
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(block);
    }
    packed.extend(crc32(bytes).to_le_bytes());
    packed.extend((bytes.len() as u32).to_le_bytes());
    packed
}

/// CRC-32 as gzip wants it: reflected polynomial 0xEDB88320.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// Brotli with uncompressed meta-blocks (RFC 7932, section 9.2): a window of 64 KiB, four nibbles of length.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(bytes.len() + 16);
    for (index, block) in bytes.chunks(1 << 16).enumerate() {
        // From the lowest bit: [window 0], not last 0, nibbles 00, length − 1 in 16, uncompressed 1.
        let head = (((block.len() - 1) as u32) << 3) | (1 << 19);
        let head = if index == 0 { head << 1 } else { head };
        packed.extend(&head.to_le_bytes()[..3]);
        packed.extend(block);
    }
    // Last and empty; behind the window's bit where nothing came before.
    packed.push(if bytes.is_empty() { 0b110 } else { 0b11 });
    packed
}

/// One block of deflate's fixed code: a space, then 'repeat 258 bytes from one back' without end. That is
/// 13 bits (length code 285: 11000101, distance code 0: 00000), so eight of them are 13 whole bytes.
fn bomb() -> Endless {
    let mut bits = Bits::default();
    bits.put(0, 1);
    bits.put(0b01, 2);
    // A literal 0..=143 is 8 bits, 0x30 + itself, its highest bit first.
    bits.put(u32::from((0x30_u8 + b' ').reverse_bits()), 8);
    let repeat = u32::from(0b1100_0101_u8.reverse_bits());
    // 11 bits stand; 13 more make three whole bytes.
    bits.put(repeat, 13);
    let mut start = GZIP_HEAD.to_vec();
    start.append(&mut bits.bytes);
    for _ in 0..8 {
        bits.put(repeat, 13);
    }
    Endless { start, again: bits.bytes.repeat(1_000) }
}

/// Bits, the lowest of each byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, bits: u32, count: u32) {
        self.held |= bits << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn the_bomb_is_made_of_whole_bytes() {
        let bomb = bomb();
        assert_eq!(bomb.start.len(), GZIP_HEAD.len() + 3);
        assert_eq!(bomb.again.len(), 13_000);
    }

    #[test]
    fn if_none_match_goes_before_the_date() {
        let reply = Reply::new("text/plain", "x").header("ETag", "\"a\"").header("Last-Modified", "then");
        let asks = |headers: &[(&str, &str)]| {
            let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            reply.is_unmodified(&Seen {
                method: "GET".into(),
                path: "/".into(),
                headers,
                body: Vec::new(),
                at: std::time::Instant::now(),
                connection: 0,
                status: 0,
            })
        };
        assert!(asks(&[("if-none-match", "\"a\"")]));
        assert!(asks(&[("If-Modified-Since", "then")]));
        assert!(!asks(&[("if-none-match", "\"b\""), ("if-modified-since", "then")]));
        assert!(!asks(&[]));
    }
}
