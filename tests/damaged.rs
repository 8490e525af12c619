//! Feeds damaged as feeds are in the wild: cut off, bytes flipped, bare ampersands, tags left open, the wrong
//! charset, control characters, and all of that at once. What is damaged is made here, from a seed.

use vigie::exchange::{Answer, Tag, Validators};
use vigie::source::feed::FeedConfig;
use vigie::source::{Source, State};

/// A generator of numbers (Marsaglia's xorshift64), so that a failure can be had again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}

const ITEMS: usize = 40;

fn rss() -> String {
    let items = (0..ITEMS)
        .map(|n| {
            format!(
                "<item>\n<title>Réseau n° {n} : l’été arrive</title>\n<link>https://a.example/{n}?x=1&amp;y=2</link>\n\
                 <guid isPermaLink=\"false\">a-{n}</guid>\n<pubDate>Sat, 21 Nov 2026 10:{:02}:00 +0100</pubDate>\n\
                 <description><![CDATA[<p>Une <b>panne</b> de plus, la {n}e : débit faible &amp; attente.</p>]]></description>\n\
                 <dc:creator>Ana Côme</dc:creator>\n</item>\n",
                n % 60
            )
        })
        .collect::<Vec<_>>()
        .concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <channel><title>Flux</title><link>https://a.example/</link>\n{items}</channel></rss>\n"
    )
}

fn atom() -> String {
    let entries = (0..ITEMS)
        .map(|n| {
            format!(
                "<entry>\n<title type=\"html\">Réseau n° {n} &lt;b&gt;lent&lt;/b&gt;</title>\n<id>urn:a:{n}</id>\n\
                 <link rel=\"alternate\" href=\"https://a.example/{n}\"/>\n<updated>2026-11-21T10:{:02}:00Z</updated>\n\
                 <summary>Une panne de plus, la {n}e : débit faible, attente.</summary>\n</entry>\n",
                n % 60
            )
        })
        .collect::<Vec<_>>()
        .concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Flux</title>\
         <id>urn:a</id><updated>2026-11-21T10:00:00Z</updated>\n{entries}</feed>\n"
    )
}

/// Where `needle` stands, one of the places by chance.
fn place(text: &[u8], needle: &str, chance: &mut Chance) -> Option<usize> {
    let found: Vec<usize> = memchr::memmem::find_iter(text, needle).collect();
    (!found.is_empty()).then(|| found[chance.below(found.len())])
}

fn insert(text: &mut Vec<u8>, at: usize, what: &[u8]) {
    text.splice(at..at, what.iter().copied());
}

/// The kinds of damage that take no item away.
fn damage(kind: usize, text: &mut Vec<u8>, chance: &mut Chance) {
    match kind {
        // A bare ampersand, and a reference that XML does not know.
        0 => {
            for what in [&b" Pain & Lait "[..], b"&nbsp;&eacute;&fin", b"&#xZZ;&#0;"] {
                if let Some(at) = place(text, "anne", chance) {
                    insert(text, at, what);
                }
            }
        }
        // A byte of another charset.
        1 => {
            for _ in 0..3 {
                if let Some(at) = place(text, "plus", chance) {
                    insert(text, at, b"caf\xE9 \x80 ");
                }
            }
        }
        // An end tag that is missing.
        2 => {
            let ends =
                ["</description>", "</summary>", "</dc:creator>", "</item>", "</entry>", "</channel>", "</pubDate>"];
            let end = ends[chance.below(ends.len())];
            if let Some(at) = place(text, end, chance) {
                text.drain(at..at + end.len());
            }
        }
        // Control characters, and a prefix that nobody declared.
        3 => {
            if let Some(at) = place(text, "attente", chance) {
                insert(text, at, b"\x00\x08\x1B");
            }
            if let Some(at) = place(text, "<title", chance) {
                insert(text, at, b"<x:y z='1'>w</x:y>");
            }
        }
        // Junk before the root, and what a server adds behind it.
        4 => {
            insert(text, 0, b"\r\n <!-- cache --> \n");
            text.extend_from_slice(b"<script>1 && 2</script><p>");
        }
        // The wrong charset in the declaration.
        5 => {
            let name: &[u8] = [&b"iso-8859-1"[..], b"utf-16", b"bogus", b"windows-1252"][chance.below(4)];
            if let Some(at) = memchr::memmem::find(&text.to_ascii_lowercase(), b"utf-8") {
                text.splice(at..at + 5, name.iter().copied());
            }
        }
        // Markup in the middle of an attribute, a quote too many.
        _ => {
            if let Some(at) = place(text, "<link", chance) {
                insert(text, at + 5, b" title=\"a < b\" x='");
                insert(text, at + 5 + 18, b"'");
            }
        }
    }
}

const KINDS: usize = 7;

fn read(body: Vec<u8>) -> Vec<String> {
    let source = Source::Feed(
        FeedConfig { url: "https://a.example/rss".to_owned(), ..FeedConfig::default() }.compile().unwrap(),
    );
    let answer = Answer {
        url: "https://a.example/rss".to_owned(),
        tag: Tag::Main,
        content_type: Some("application/xml".to_owned()),
        validators: Validators::default(),
        body,
        received: "2026-11-21T12:00:00Z".parse().unwrap(),
    };
    let state = source.start(&State::default()).state;
    source
        .next(&state, &answer)
        .map(|step| step.entries.into_iter().map(|entry| entry.id).collect())
        .unwrap_or_default()
}

#[test]
fn damage_that_takes_no_item_away_loses_none() {
    let (mut whole, mut kept, mut worst) = (0, 0, Vec::new());
    for seed in 1..=60_u64 {
        for (form, text) in [("rss", rss()), ("atom", atom())] {
            for kind in 0..=KINDS {
                let mut chance = Chance(seed * 7919 + kind as u64);
                let mut body = text.clone().into_bytes();
                // The last kind is several at once.
                let kinds: Vec<usize> =
                    if kind == KINDS { (0..3).map(|_| chance.below(KINDS)).collect() } else { vec![kind] };
                for kind in &kinds {
                    damage(*kind, &mut body, &mut chance);
                }
                let found = read(body).len().min(ITEMS);
                whole += ITEMS;
                kept += found;
                if found < ITEMS {
                    worst.push(format!("{form} {kinds:?} seed {seed}: {found} of {ITEMS}"));
                }
            }
        }
    }
    assert!(kept * 1000 >= whole * 999, "{kept} of {whole}: {worst:?}");
}

#[test]
fn what_stands_before_a_cut_is_read() {
    for (text, end) in [(rss(), "</item>"), (atom(), "</entry>")] {
        let body = text.into_bytes();
        for cut in (200..body.len()).step_by(97) {
            let cut_off = body[..cut].to_vec();
            let ended = memchr::memmem::find_iter(&cut_off, end).count();
            let found = read(cut_off).len();
            assert!(found >= ended && found <= ended + 1, "cut at {cut}: {found} of {ended}");
        }
    }
}

#[test]
fn flipped_bytes_lose_at_most_the_items_that_they_hit() {
    let mut chance = Chance(42);
    for text in [rss(), atom()] {
        for _ in 0..150 {
            let mut body = text.clone().into_bytes();
            let flips = 1 + chance.below(4);
            for _ in 0..flips {
                let at = chance.below(body.len());
                body[at] ^= 1 << chance.below(8);
            }
            let found = read(body).len();
            assert!(found + 2 * flips >= ITEMS, "{found} after {flips} flips");
        }
    }
}
