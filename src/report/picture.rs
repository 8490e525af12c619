//! Bars as a PNG, for mails: mail programs show no drawing but pictures. Owns the pixels and the file's form
//! (PNG, second edition, colour type 3); no letter is drawn, words stand beside the picture.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::figures::Tones;
use crate::mention::Polarity;

/// Pixels; twice what mails show, for sharp screens.
pub const WIDTH: usize = 1120;
/// Pixels.
pub const HEIGHT: usize = 220;

/// From the ground up.
const ORDER: [Polarity; 5] =
    [Polarity::Negative, Polarity::Uncertain, Polarity::Unknown, Polarity::Neutral, Polarity::Positive];

/// Red, green, blue, opacity: readable on white and on black. The first is the ground: nothing.
const PALETTE: [[u8; 4]; 7] = [
    [0, 0, 0, 0],
    [0xd0, 0x45, 0x3a, 0xff],
    [0xd9, 0x9a, 0x2b, 0xff],
    [0xb7, 0xb3, 0xac, 0xff],
    [0x93, 0x90, 0x8a, 0xff],
    [0x2f, 0x9e, 0x64, 0xff],
    [0x8a, 0x87, 0x80, 0x55],
];
const RULE: u8 = 6;

/// Bars of mentions by tone, one a point, as a PNG.
#[must_use]
pub fn bars(points: &[Tones]) -> Vec<u8> {
    let mut pixels = vec![0_u8; WIDTH * HEIGHT];
    let ground = HEIGHT - 4;
    for row in ground..ground + 2 {
        pixels[row * WIDTH..(row + 1) * WIDTH].fill(RULE);
    }
    let most = points.iter().map(|tones| tones.total()).max().unwrap_or(0);
    if most > 0 {
        let slot = WIDTH as f64 / points.len() as f64;
        let gap = (slot * 0.2).clamp(0.0, 16.0);
        for (place, tones) in points.iter().enumerate() {
            let left = (place as f64 * slot + gap / 2.0).round() as usize;
            let right = (((place + 1) as f64 * slot - gap / 2.0).round() as usize).clamp(left + 1, WIDTH);
            bar(&mut pixels, left..right, tones, most, ground);
        }
    }
    png(&pixels)
}

fn bar(pixels: &mut [u8], columns: std::ops::Range<usize>, tones: &Tones, most: u64, ground: usize) {
    let room = ground as f64 - 4.0;
    let mut below = 0;
    for (polarity, colour) in ORDER.into_iter().zip(1_u8..) {
        let from = below;
        below += tones.of(polarity);
        // Heights are those of the sums: parts meet, and the whole is as high as it should be.
        let height = |mentions: u64| (mentions as f64 / most as f64 * room).round() as usize;
        let (top, bottom) = (height(below), height(from));
        let top = if tones.of(polarity) > 0 { top.max(bottom + 1) } else { top };
        for row in bottom..top.min(ground) {
            let start = (ground - 1 - row) * WIDTH;
            pixels[start + columns.start..start + columns.end].fill(colour);
        }
    }
}

fn png(pixels: &[u8]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    head.extend_from_slice(&(WIDTH as u32).to_be_bytes());
    head.extend_from_slice(&(HEIGHT as u32).to_be_bytes());
    // Eight bits a pixel, indices into the palette, deflate, no filter choice, not interlaced.
    head.extend_from_slice(&[8, 3, 0, 0, 0]);
    chunk(&mut out, *b"IHDR", &head);
    let colours: Vec<u8> = PALETTE.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect();
    chunk(&mut out, *b"PLTE", &colours);
    chunk(&mut out, *b"tRNS", &PALETTE.map(|[.., opacity]| opacity));
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    for row in pixels.chunks(WIDTH) {
        // Each row says first that it is not filtered.
        packed.write_all(&[0]).and_then(|()| packed.write_all(row)).expect("a Vec takes all");
    }
    chunk(&mut out, *b"IDAT", &packed.finish().expect("a Vec takes all"));
    chunk(&mut out, *b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    out.extend_from_slice(&(data.len() as u32).to_be_bytes());
    let mut crc = Crc::new();
    crc.update(&kind);
    crc.update(data);
    out.extend_from_slice(&kind);
    out.extend_from_slice(data);
    out.extend_from_slice(&crc.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::ZlibDecoder;

    use super::*;

    /// The pixels of a picture of ours, read back chunk by chunk.
    fn pixels(png: &[u8]) -> Vec<u8> {
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        let (mut at, mut packed, mut kinds) = (8, Vec::new(), Vec::new());
        while at < png.len() {
            let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
            let (kind, data) = (&png[at + 4..at + 8], &png[at + 8..at + 8 + length]);
            let mut crc = Crc::new();
            crc.update(&png[at + 4..at + 8 + length]);
            assert_eq!(crc.sum().to_be_bytes(), png[at + 8 + length..at + 12 + length]);
            kinds.push(String::from_utf8(kind.to_vec()).unwrap());
            if kind == b"IDAT" {
                packed.extend_from_slice(data);
            }
            at += 12 + length;
        }
        assert_eq!(kinds, ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
        let mut raw = Vec::new();
        ZlibDecoder::new(&packed[..]).read_to_end(&mut raw).unwrap();
        raw.chunks(WIDTH + 1).flat_map(|row| row[1..].to_vec()).collect()
    }

    #[test]
    fn bars_are_as_high_as_their_mentions_and_coloured_by_tone() {
        let points = [
            Tones { negative: 1, positive: 1, ..Tones::default() },
            Tones::default(),
            Tones { negative: 4, ..Tones::default() },
        ];
        let pixels = pixels(&bars(&points));
        assert_eq!(pixels.len(), WIDTH * HEIGHT);
        let column = |x: usize, colour: u8| (0..HEIGHT).filter(|y| pixels[y * WIDTH + x] == colour).count();
        let (first, second, third) = (WIDTH / 6, WIDTH / 2, WIDTH * 5 / 6);
        let full = column(third, 1);
        assert_eq!(full, HEIGHT - 8);
        assert_eq!((column(first, 1), column(first, 5)), (full / 4, full / 4));
        assert_eq!(column(second, 1) + column(second, 5), 0);
    }

    #[test]
    fn a_picture_is_small_and_an_empty_one_is_a_line() {
        let many: Vec<Tones> =
            (0..800).map(|n| Tones { negative: n % 7, neutral: n % 13, positive: n % 5, ..Tones::default() }).collect();
        assert!(bars(&many).len() < 20_000, "{}", bars(&many).len());
        let empty = pixels(&bars(&[Tones::default(); 24]));
        assert!(empty.iter().all(|pixel| matches!(*pixel, 0 | RULE)));
        assert!(!bars(&[]).is_empty());
    }
}
