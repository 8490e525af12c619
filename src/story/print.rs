//! What a text looks like to the comparison: a bounded sketch of its three-word shingles, the page it stands
//! on, and the phrase that a short one is. Owns the measure of likeness and the bytes that the store keeps.
//!
//! A sketch has the smallest hashes of the whole text, which estimate how much of one text another holds,
//! and all hashes of the opening and of the words around the brand: what is left of a text that was cut to
//! a few lines. Short texts are kept whole.

use super::words;
use crate::text::url;

/// Words of a shingle.
const SHINGLE: usize = 3;
/// Texts of fewer words are compared whole: a shorter sketch says too little.
const LEAST_WORDS: usize = 14;
/// Smallest hashes kept of a long text.
const LOW: usize = 36;
/// Shingles kept of the opening, and around the brand.
const OPENING: usize = 12;
const AROUND: usize = 8;
/// Up to so many shingles, all are kept.
const WHOLE: usize = LOW + OPENING + AROUND;
/// Shingles that two texts share at least.
const SHARED: usize = 12;
/// Fewer shingles than these are no sample.
const SAMPLE: usize = 4;
/// A headline of fewer words may be written twice by chance.
const HEADLINE: usize = 5;
/// So may a post; people in an outage write alike.
const POST: usize = 8;
/// Words of a site's name at the end of a headline.
const SITE: usize = 4;

/// How much of the shorter text stands in the longer one, at least, on another site: texts about one event
/// that were written apart share a tenth, copies with a lead-in and a notice of their own half.
const OTHER_SITE: f32 = 0.4;
/// On the same site.
const SAME_SITE: f32 = 0.85;
/// And how long the shorter is then, against the longer.
const SAME_SIZE: f32 = 0.8;

const VERSION: u8 = 1;
const HEADER: usize = 22;

/// What is known of an entry that speaks of a brand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Piece<'a> {
    /// The title.
    pub title: &'a str,
    /// Plain text.
    pub text: &'a str,
    /// The link.
    pub url: Option<&'a str>,
    /// The author.
    pub author: Option<&'a str>,
    /// Byte offset of the first hit in the text.
    pub around: Option<usize>,
}

/// The bytes are not what [`Print::to_bytes`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a print of an unknown form")]
pub struct UnknownPrint;

/// What a mention looks like.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Print {
    /// Hash of the canonical address.
    pub(super) page: Option<u64>,
    /// Hash of a short text, or of the title of a long one.
    pub(super) phrase: Option<u64>,
    /// The phrase is all there is: it equals another's title or text.
    pub(super) stands_alone: bool,
    /// Distinct shingles of the text; 0 for a short one.
    shingles: u16,
    /// 24 bits each, ascending: all of a text up to [`WHOLE`], else the [`LOW`] smallest.
    low: Vec<u32>,
    /// Of a longer text, those of its opening and around the brand that are not among the smallest.
    near: Vec<u32>,
}

impl Print {
    /// Looks at an entry.
    #[must_use]
    pub fn of(piece: &Piece<'_>) -> Self {
        let page = piece.url.and_then(url::canonical_place).filter(|page| !url::is_front_page(page));
        let page = page.map(|page| words::hash(&["page", &page]));
        let text = words::words(piece.text);
        let bare = without_site(piece.title);
        let title = words::words(bare);
        let headline = (title.len() >= HEADLINE).then(|| words::combine(&title));
        // News searches give the title and the site's name for a text.
        let repeats = text.is_empty() || text.starts_with(&title) && text.len() <= title.len() + SITE;
        let is_post = !text.is_empty() && (title.is_empty() || text == title && bare.len() == piece.title.len());
        let is_long = text.len() >= LEAST_WORDS && (is_post || !repeats);
        let (phrase, stands_alone) = match (is_long, is_post, repeats) {
            (true, ..) => (headline, false),
            (false, true, _) => post(piece, &text),
            (false, false, true) => (headline, true),
            (false, false, false) => {
                let both: Vec<u64> = title.into_iter().chain(text.iter().copied()).collect();
                ((both.len() >= POST).then(|| words::combine(&both)), true)
            }
        };
        let mut print = Self { page, phrase, stands_alone, ..Self::default() };
        if is_long {
            let around = piece.around.and_then(|at| piece.text.get(..at)).map(|before| words::words(before).len());
            print.sketch(&text, around);
        }
        print
    }

    fn sketch(&mut self, text: &[u64], around: Option<usize>) {
        let all: Vec<u32> = text.windows(SHINGLE).map(|shingle| (words::combine(shingle) >> 40) as u32).collect();
        let mut sorted = all.clone();
        sorted.sort_unstable();
        sorted.dedup();
        self.shingles = u16::try_from(sorted.len()).unwrap_or(u16::MAX);
        if sorted.len() > WHOLE {
            sorted.truncate(LOW);
            let opening = 0..OPENING;
            // Half of it before the brand; without one, or with one in the opening, more of the opening.
            let start = around.map_or(0, |word| word.saturating_sub(AROUND / 2)).max(OPENING);
            let around = start.min(all.len() - AROUND)..;
            let near = all[opening].iter().chain(all[around].iter().take(AROUND));
            self.near = near.copied().filter(|hash| sorted.binary_search(hash).is_err()).collect();
            self.near.sort_unstable();
            self.near.dedup();
        }
        self.low = sorted;
    }

    /// How much text it is of: distinct shingles, 0 for a short text.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::from(self.shingles)
    }

    /// True of a short text, which is compared whole.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shingles == 0
    }

    /// The packed form: 190 bytes at most.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER + 3 * (self.low.len() + self.near.len()));
        out.extend([VERSION, u8::from(self.stands_alone)]);
        out.extend(self.shingles.to_le_bytes());
        out.extend([self.low.len() as u8, self.near.len() as u8]);
        for mark in [self.page, self.phrase] {
            out.extend(mark.unwrap_or(0).to_le_bytes());
        }
        for hash in self.low.iter().chain(&self.near) {
            out.extend(&hash.to_le_bytes()[..3]);
        }
        out
    }

    /// Reads [`Print::to_bytes`]'s bytes.
    ///
    /// # Errors
    /// [`UnknownPrint`] when another version wrote them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UnknownPrint> {
        let (header, body) = bytes.split_at_checked(HEADER).ok_or(UnknownPrint)?;
        let (low, near) = (usize::from(header[4]), usize::from(header[5]));
        if header[0] != VERSION || header[1] > 1 || low > WHOLE || near > OPENING + AROUND {
            return Err(UnknownPrint);
        }
        let hashes: Vec<u32> =
            body.chunks_exact(3).map(|hash| u32::from_le_bytes([hash[0], hash[1], hash[2], 0])).collect();
        let (low, near) =
            hashes.split_at_checked(low).filter(|_| body.len() == 3 * (low + near)).ok_or(UnknownPrint)?;
        if !low.is_sorted() || !near.is_sorted() {
            return Err(UnknownPrint);
        }
        let mark = |at: usize| {
            let mut mark = [0; 8];
            mark.copy_from_slice(&header[at..at + 8]);
            Some(u64::from_le_bytes(mark)).filter(|mark| *mark != 0)
        };
        Ok(Self {
            page: mark(6),
            phrase: mark(14),
            stands_alone: header[1] == 1,
            shingles: u16::from_le_bytes([header[2], header[3]]),
            low: low.to_vec(),
            near: near.to_vec(),
        })
    }

    /// The sketch for the index; nothing of a short text.
    pub(super) fn packed(&self) -> Option<Packed> {
        (self.shingles > 0).then(|| {
            let hashes = self.low.iter().chain(&self.near);
            let hashes = hashes.flat_map(|hash| [*hash as u8, (hash >> 8) as u8, (hash >> 16) as u8]).collect();
            Packed { shingles: self.shingles, low: self.low.len() as u8, hashes }
        })
    }

    fn is_whole(&self) -> bool {
        usize::from(self.shingles) == self.low.len()
    }

    /// Up to where the smallest hashes are known: all of them are below.
    fn bound(&self) -> u32 {
        if self.is_whole() { u32::MAX } else { self.low.last().copied().unwrap_or(u32::MAX) }
    }
}

/// A title less a ` - SITE`, ` | SITE`: a few words that open with a capital, or one word.
fn without_site(title: &str) -> &str {
    let ends = [" - ", " | ", " – ", " — ", " · "]
        .iter()
        .filter_map(|dash| title.rfind(dash).map(|at| (at, title[at + dash.len()..].trim())));
    let Some((at, tail)) = ends.max_by_key(|(at, _)| *at) else { return title };
    let count = words::words(tail).len();
    let named = tail.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric()) || !tail.contains(' ');
    if (1..=SITE).contains(&count) && named { &title[..at] } else { title }
}

/// The phrase of a post below [`LEAST_WORDS`], and whether it may equal another's by itself.
fn post(piece: &Piece<'_>, text: &[u64]) -> (Option<u64>, bool) {
    let reposted = reposted(piece.text);
    let own = reposted.map_or_else(|| text.to_vec(), |(_, rest)| words::words(rest));
    if own.len() >= POST {
        return (Some(words::combine(&own)), true);
    }
    // `panne orange encore` is written by many; only whoever repeats a person by name says the same.
    let who = reposted.map_or_else(|| piece.author.map(handle), |(who, _)| Some(handle(who)));
    let phrase = who.filter(|who| !who.is_empty() && !own.is_empty());
    (phrase.map(|who| words::combine(&[words::hash(&["post", &who]), words::combine(&own)])), reposted.is_some())
}

/// Whom a post repeats, and what: `RT @x: …`, also after a comment.
fn reposted(text: &str) -> Option<(&str, &str)> {
    let at = text
        .match_indices("RT @")
        .map(|(at, _)| at)
        .find(|&at| at == 0 || text[..at].ends_with(char::is_whitespace))?;
    let rest = &text[at + "RT @".len()..];
    let end = rest.find(|c: char| c == ':' || c.is_whitespace()).unwrap_or(rest.len());
    Some((&rest[..end], rest[end..].trim_start_matches([':', ' '])))
}

/// `@x@host`, `Name (@x)`, `/u/x` and `X` are `x`.
fn handle(author: &str) -> String {
    let author = author.trim().to_lowercase();
    let name = match author.split_once('@') {
        Some((before, after)) if before.is_empty() || before.ends_with([' ', '(']) => after,
        _ => author.strip_prefix("/u/").unwrap_or(&author),
    };
    let end = name.find(['@', ')', ':']).unwrap_or(name.len());
    name[..end].trim().to_owned()
}

/// A sketch as the index keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packed {
    shingles: u16,
    low: u8,
    hashes: Box<[u8]>,
}

impl Packed {
    fn hashes(&self) -> impl Iterator<Item = u32> {
        self.hashes.chunks_exact(3).map(|hash| u32::from_le_bytes([hash[0], hash[1], hash[2], 0]))
    }

    fn print(&self) -> Print {
        let hashes: Vec<u32> = self.hashes().collect();
        let (low, near) = hashes.split_at(usize::from(self.low));
        Print { shingles: self.shingles, low: low.to_vec(), near: near.to_vec(), ..Print::default() }
    }

    /// True when a text adds so little that comparing with it too would find nothing more.
    pub(super) fn says_all_of(&self, print: &Print) -> bool {
        let own = self.print();
        let bound = own.bound().min(print.bound());
        let of_print = print.low.iter().filter(|hash| **hash <= bound).count();
        let near = print.near.iter().filter(|hash| own.near.binary_search(hash).is_ok()).count();
        10 * shared(&own.low, &print.low, bound) >= 9 * of_print && 4 * near >= 3 * print.near.len()
    }
}

/// Numbers of both ascending lists up to `bound`.
fn shared(one: &[u32], other: &[u32], bound: u32) -> usize {
    one.iter().take_while(|hash| **hash <= bound).filter(|hash| other.binary_search(hash).is_ok()).count()
}

/// A text that looks for its like. The bits let the many that are unlike be passed over quickly.
pub(super) struct Seeker<'a> {
    print: &'a Print,
    bits: [u64; 64],
}

impl<'a> Seeker<'a> {
    /// Nothing for a short text.
    pub(super) fn of(print: &'a Print) -> Option<Self> {
        if print.shingles == 0 {
            return None;
        }
        let mut bits = [0; 64];
        for hash in print.low.iter().chain(&print.near) {
            bits[(hash & 63) as usize] |= 1 << (hash >> 6 & 63);
        }
        Some(Self { print, bits })
    }

    /// How much of the shorter text stands in the longer one, when it is enough to be one story.
    pub(super) fn likeness(&self, packed: &Packed, same_site: bool) -> Option<f32> {
        let hit = |hash: u32| self.bits[(hash & 63) as usize] >> (hash >> 6 & 63) & 1;
        let hits: u64 = packed.hashes().map(hit).sum();
        if hits < SHARED as u64 { None } else { likeness(self.print, &packed.print(), same_site) }
    }
}

fn likeness(one: &Print, other: &Print, same_site: bool) -> Option<f32> {
    let (shorter, longer) = if one.shingles <= other.shingles { (one, other) } else { (other, one) };
    // Below the bound both sketches know every shingle of their text: what is there is a fair sample.
    let bound = one.bound().min(other.bound());
    let sample = shorter.low.iter().filter(|hash| **hash <= bound).count();
    let sampled = shared(&shorter.low, &longer.low, bound);
    let every = |print: &Print| print.low.iter().chain(&print.near).copied().collect::<Vec<u32>>();
    let of_longer = every(longer);
    let in_all = every(shorter).iter().filter(|hash| of_longer.contains(hash)).count();
    let part = sampled as f32 / sample.max(1) as f32;
    // A site repeats its own notices, signatures and calls to subscribe under texts that differ.
    let asked = if same_site { SAME_SITE } else { OTHER_SITE };
    let sizes = f32::from(shorter.shingles) / f32::from(longer.shingles);
    if same_site && sizes < SAME_SIZE {
        return None;
    }
    // The fewer are sampled, the more of them: two thirds of a standard deviation on top, at most all.
    let needed = (asked * sample as f32 + 0.35 * (sample as f32).sqrt()).min(sample as f32);
    let by_sample = sampled > 0 && sampled as f32 >= needed;
    // A few lines, much of which stands where the longer text is known in full: its opening, its brand.
    let few = usize::from(shorter.shingles) <= 2 * WHOLE || sample < SAMPLE;
    let by_lines = !same_site && few && 3 * in_all >= shorter.low.len() + shorter.near.len();
    (in_all >= SHARED && (by_sample || by_lines)).then_some(part)
}
