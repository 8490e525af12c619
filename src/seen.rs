//! What a source has served before: a packed set of hashes beside the source's row. Owns the identity of
//! entries over polls; not what happens to a new one (`ingest`), nor where the bytes are kept (`store`).
//!
//! A record is 36 bytes: the first 8 bytes of SHA-256 of the id, of the canonical link and of the content,
//! the key under which the entry was first known, and the publication time. Records stand in the order in
//! which they were last served, oldest first.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::entry::Entry;
use crate::text::url;

/// Records kept at most.
pub const MOST: usize = 16_384;

/// Records kept of the smallest source.
const LEAST: usize = 256;

/// Texts shorter than this, in bytes with the title, name no entry: two people write `merci`.
const TELLING: usize = 64;

const VERSION: u8 = 1;
const HEADER: usize = 8;
const RECORD: usize = 36;

/// What is known of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seenness {
    /// Never served before.
    New,
    /// Served before with another content.
    Edited,
    /// Served before.
    Known,
}

/// What [`Seen::serve`] finds out about one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// Whether it was served before.
    pub seenness: Seenness,
    /// See [`Seen::entry_key`].
    pub key: u64,
    /// See [`Seen::predates`]; only of new entries.
    pub predates: bool,
}

/// The bytes are not what [`Seen::to_bytes`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("seen hashes of an unknown form")]
pub struct UnknownForm;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Record {
    id: u64,
    /// 0: no link, or one that names no entry.
    link: u64,
    content: u64,
    key: u64,
    /// Unix seconds; 0: unknown.
    published: u32,
    /// When it was last served, in notes since this value was made.
    served: u64,
}

/// The hashes of one entry.
#[derive(Debug, Clone, Copy)]
struct Hashes {
    id: u64,
    link: u64,
    content: u64,
    is_telling: bool,
}

/// The entries that one source served.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    records: Vec<Record>,
    by_id: HashMap<u64, usize>,
    by_link: HashMap<u64, usize>,
    by_content: HashMap<u64, usize>,
    /// Entries of the largest poll.
    largest: usize,
    /// Some records have fallen out.
    overflowed: bool,
    notes: u64,
    /// Of the poll under way: ids served, and links and contents that several entries share.
    serving: HashSet<u64>,
    shared: HashSet<u64>,
}

fn hash(parts: &[&str]) -> u64 {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    let digest = digest.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    // 0 stands for absent.
    u64::from_le_bytes(first).max(1)
}

impl Hashes {
    fn of(entry: &Entry) -> Self {
        let link = entry.url.as_deref().and_then(url::canonical_place).filter(|link| !url::is_front_page(link));
        Self {
            id: hash(&["id", &entry.id]),
            link: link.map_or(0, |link| hash(&["link", &link])),
            content: hash(&["content", &entry.title, &entry.text]),
            is_telling: entry.title.len() + entry.text.len() >= TELLING,
        }
    }
}

impl Seen {
    /// Reads what [`Seen::to_bytes`] wrote; no bytes are a source that was never read.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UnknownForm> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let (header, body) = bytes.split_at_checked(HEADER).ok_or(UnknownForm)?;
        if header[0] != VERSION || header[1] > 1 || body.len() % RECORD != 0 || body.len() / RECORD > MOST {
            return Err(UnknownForm);
        }
        let mut seen = Self {
            overflowed: header[1] == 1,
            largest: u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize,
            ..Self::default()
        };
        for packed in body.chunks_exact(RECORD) {
            let word = |at: usize| {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&packed[at..at + 8]);
                u64::from_le_bytes(bytes)
            };
            let published = u32::from_le_bytes([packed[32], packed[33], packed[34], packed[35]]);
            seen.notes += 1;
            let served = seen.notes;
            seen.push(Record { id: word(0), link: word(8), content: word(16), key: word(24), published, served });
        }
        Ok(seen)
    }

    /// The packed form: at least twice the entries of the largest poll, 16,384 at most; the least recently
    /// served fall out.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let capacity = (2 * self.largest).clamp(LEAST, MOST);
        let mut records = self.records.clone();
        records.sort_by_key(|record| record.served);
        let surplus = records.len().saturating_sub(capacity);
        let mut out = Vec::with_capacity(HEADER + (records.len() - surplus) * RECORD);
        out.extend([VERSION, u8::from(self.overflowed || surplus > 0), 0, 0]);
        out.extend(u32::try_from(self.largest).unwrap_or(u32::MAX).to_le_bytes());
        for record in &records[surplus..] {
            for word in [record.id, record.link, record.content, record.key] {
                out.extend(word.to_le_bytes());
            }
            out.extend(record.published.to_le_bytes());
        }
        out
    }

    /// Entries remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// True when nothing was served yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// A whole poll in one go: [`Seen::begin`], then classify and note each entry in order, hashing each once.
    pub fn serve(&mut self, entries: &[Entry]) -> Vec<Sighting> {
        let hashes: Vec<Hashes> = entries.iter().map(Hashes::of).collect();
        self.begin_with(&hashes);
        let oldest = self.oldest();
        let look = |seen: &mut Self, (entry, hashes): (&Entry, &Hashes)| {
            let seenness = seen.classify_as(hashes);
            let predates = seenness == Seenness::New && seen.is_before(oldest, entry);
            let key = seen.key_as(hashes);
            seen.note_as(hashes, entry.published);
            Sighting { seenness, key, predates }
        };
        entries.iter().zip(&hashes).map(|pair| look(self, pair)).collect()
    }

    /// Begins a poll with all that it served. A record whose own id is among them is not another entry's
    /// earlier self, and a link or a content that several of them share identifies none.
    pub fn begin(&mut self, entries: &[Entry]) {
        self.begin_with(&entries.iter().map(Hashes::of).collect::<Vec<_>>());
    }

    fn begin_with(&mut self, entries: &[Hashes]) {
        self.largest = self.largest.max(entries.len());
        self.serving.clear();
        self.shared.clear();
        let mut owners: HashMap<u64, u64> = HashMap::new();
        for hashes in entries {
            self.serving.insert(hashes.id);
            for mark in [hashes.link, hashes.content] {
                if mark != 0 && *owners.entry(mark).or_insert(hashes.id) != hashes.id {
                    self.shared.insert(mark);
                }
            }
        }
    }

    /// Whether an entry was served before.
    #[must_use]
    pub fn classify(&self, entry: &Entry) -> Seenness {
        self.classify_as(&Hashes::of(entry))
    }

    fn classify_as(&self, hashes: &Hashes) -> Seenness {
        match self.find(hashes) {
            None => Seenness::New,
            Some(place) if self.records[place].content == hashes.content => Seenness::Known,
            Some(_) => Seenness::Edited,
        }
    }

    /// The key of an entry, which stays the same when its id, link or content change one after the other.
    #[must_use]
    pub fn entry_key(&self, entry: &Entry) -> u64 {
        self.key_as(&Hashes::of(entry))
    }

    fn key_as(&self, hashes: &Hashes) -> u64 {
        self.find(hashes).map_or(hashes.id, |place| self.records[place].key)
    }

    /// True for an unknown entry that is dated before all that is remembered, once some was forgotten: it
    /// may be one of those.
    #[must_use]
    pub fn predates(&self, entry: &Entry) -> bool {
        self.is_before(self.oldest(), entry)
    }

    /// The earliest publication remembered.
    fn oldest(&self) -> Option<u32> {
        self.records.iter().map(|record| record.published).filter(|published| *published != 0).min()
    }

    fn is_before(&self, oldest: Option<u32>, entry: &Entry) -> bool {
        match (self.overflowed, oldest, entry.published) {
            (true, Some(oldest), Some(published)) => published.as_second() < i64::from(oldest),
            _ => false,
        }
    }

    /// Remembers an entry as it is now.
    pub fn note(&mut self, entry: &Entry) {
        self.note_as(&Hashes::of(entry), entry.published);
    }

    fn note_as(&mut self, hashes: &Hashes, published: Option<Timestamp>) {
        self.notes += 1;
        let served = self.notes;
        let published = published.map_or(0, seconds);
        let Some(place) = self.find(hashes) else {
            let Hashes { id, link, content, .. } = *hashes;
            self.push(Record { id, link, content, key: id, published, served });
            return;
        };
        let record = &mut self.records[place];
        record.served = served;
        record.content = hashes.content;
        record.id = hashes.id;
        record.link = hashes.link;
        if published != 0 {
            record.published = published;
        }
        self.index(place);
    }

    fn push(&mut self, record: Record) {
        self.records.push(record);
        self.index(self.records.len() - 1);
    }

    fn index(&mut self, place: usize) {
        let record = self.records[place];
        self.by_id.insert(record.id, place);
        if record.link != 0 {
            self.by_link.insert(record.link, place);
        }
        self.by_content.insert(record.content, place);
    }

    fn find(&self, hashes: &Hashes) -> Option<usize> {
        // An index may still name what a record was before it changed; the record decides.
        let by_id = self.by_id.get(&hashes.id).copied().filter(|place| self.records[*place].id == hashes.id);
        let may_be_renamed = |place: &usize| !self.serving.contains(&self.records[*place].id);
        by_id
            .or_else(|| {
                let place = self.by_link.get(&hashes.link).copied()?;
                let is_it = hashes.link != 0
                    && !self.shared.contains(&hashes.link)
                    && self.records[place].link == hashes.link
                    && may_be_renamed(&place);
                is_it.then_some(place)
            })
            .or_else(|| {
                let place = self.by_content.get(&hashes.content).copied()?;
                let is_it = hashes.is_telling
                    && !self.shared.contains(&hashes.content)
                    && self.records[place].content == hashes.content
                    && may_be_renamed(&place);
                is_it.then_some(place)
            })
    }
}

fn seconds(published: Timestamp) -> u32 {
    u32::try_from(published.as_second()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LONG: &str = "un texte assez long pour que personne d’autre ne l’écrive par hasard le même jour";

    fn entry(id: &str, url: &str, text: &str) -> Entry {
        Entry { id: id.into(), url: Some(url.into()), title: "Titre".into(), text: text.into(), ..Entry::default() }
    }

    /// One poll, step by step and in one go, which agree; then over the bytes, as a restart does.
    fn poll(seen: &mut Seen, entries: &[Entry]) -> Vec<Seenness> {
        let mut stepwise = seen.clone();
        stepwise.begin(entries);
        let before = stepwise.clone();
        let sightings = seen.serve(entries);
        for (entry, sighting) in entries.iter().zip(&sightings) {
            assert_eq!(stepwise.classify(entry), sighting.seenness);
            assert_eq!(stepwise.entry_key(entry), sighting.key);
            assert_eq!(sighting.predates, sighting.seenness == Seenness::New && before.predates(entry));
            stepwise.note(entry);
            assert_eq!(stepwise.classify(entry), Seenness::Known);
        }
        assert_eq!(seen.to_bytes(), stepwise.to_bytes());
        *seen = Seen::from_bytes(&seen.to_bytes()).unwrap();
        sightings.iter().map(|sighting| sighting.seenness).collect()
    }

    #[test]
    fn an_entry_is_new_once() {
        let mut seen = Seen::default();
        let entries = [entry("1", "https://a.fr/1", "un"), entry("2", "https://a.fr/2", "deux")];
        assert_eq!(poll(&mut seen, &entries), [Seenness::New, Seenness::New]);
        assert_eq!(poll(&mut seen, &entries), [Seenness::Known, Seenness::Known]);
    }

    #[test]
    fn a_feed_that_changes_all_its_ids_is_recognised_by_link_then_content() {
        let mut seen = Seen::default();
        poll(&mut seen, &[entry("1", "https://a.fr/1", "un"), entry("2", "https://a.fr/2", LONG)]);
        let renamed = [entry("x1", "https://www.a.fr/1?utm_source=rss", "un"), entry("x2", "https://a.fr/s/2", LONG)];
        let key = seen.entry_key(&entry("1", "https://a.fr/1", "un"));
        assert_eq!(poll(&mut seen, &renamed), [Seenness::Known, Seenness::Known]);
        assert_eq!(seen.entry_key(&renamed[0]), key);
        assert_eq!(poll(&mut seen, &renamed), [Seenness::Known, Seenness::Known]);
        assert_eq!(seen.len(), 2);
    }

    #[test]
    fn other_content_under_a_known_id_or_link_is_an_edit() {
        let mut seen = Seen::default();
        poll(&mut seen, &[entry("1", "https://a.fr/1", "un"), entry("2", "https://a.fr/2", "deux")]);
        let edited = [entry("1", "https://a.fr/1-bis", "un, corrigé"), entry("x2", "https://a.fr/2", "deux, corrigé")];
        assert_eq!(poll(&mut seen, &edited), [Seenness::Edited, Seenness::Edited]);
        assert_eq!(poll(&mut seen, &edited), [Seenness::Known, Seenness::Known]);
    }

    #[test]
    fn a_link_that_entries_share_makes_none_of_them_known() {
        for link in ["https://a.fr/", "https://a.fr/tous?les=articles"] {
            let mut seen = Seen::default();
            assert_eq!(poll(&mut seen, &[entry("0", link, "zéro")]), [Seenness::New]);
            let three = [entry("0", link, "zéro"), entry("1", link, "un"), entry("2", link, "deux")];
            assert_eq!(poll(&mut seen, &three), [Seenness::Known, Seenness::New, Seenness::New], "{link}");
            let next = [entry("3", link, "trois"), entry("4", link, "quatre")];
            assert_eq!(poll(&mut seen, &next), [Seenness::New, Seenness::New], "{link}");
        }
    }

    #[test]
    fn posts_of_one_topic_page_are_told_apart_by_their_place() {
        let mut seen = Seen::default();
        poll(&mut seen, &[entry("p1", "https://f.fr/t?id=1#p1", "un")]);
        assert_eq!(poll(&mut seen, &[entry("p2", "https://f.fr/t?id=1#p2", "deux")]), [Seenness::New]);
    }

    #[test]
    fn two_people_may_write_the_same() {
        let mut seen = Seen::default();
        poll(&mut seen, &[entry("1", "https://f.fr/1", "merci")]);
        assert_eq!(poll(&mut seen, &[entry("2", "https://f.fr/2", "merci")]), [Seenness::New]);
        let both = [entry("a", "https://f.fr/a", LONG), entry("b", "https://f.fr/b", LONG)];
        assert_eq!(poll(&mut seen, &both), [Seenness::New, Seenness::New]);
    }

    #[test]
    fn the_least_recently_served_fall_out_and_older_entries_are_recognised_as_such() {
        let mut seen = Seen::default();
        let dated = |n: i64| Entry {
            published: Some(Timestamp::from_second(1_700_000_000 + n).unwrap()),
            ..entry(&n.to_string(), &format!("https://a.fr/{n}"), &format!("numéro {n}"))
        };
        poll(&mut seen, &(0..200).map(dated).collect::<Vec<_>>());
        assert!(!seen.predates(&dated(-5)));
        poll(&mut seen, &(200..400).map(dated).collect::<Vec<_>>());
        assert_eq!(seen.len(), 400);
        poll(&mut seen, &(400..600).map(dated).collect::<Vec<_>>());
        assert_eq!(seen.len(), 400);
        assert_eq!(seen.classify(&dated(150)), Seenness::New);
        assert!(seen.predates(&dated(150)));
        assert!(!seen.predates(&dated(700)));
        assert_eq!(seen.classify(&dated(250)), Seenness::Known);
    }

    #[test]
    fn bytes_of_another_form_are_refused() {
        for bytes in [&[1_u8][..], &[2, 0, 0, 0, 0, 0, 0, 0], &[1, 0, 0, 0, 0, 0, 0, 0, 9], &[1, 7, 0, 0, 0, 0, 0, 0]] {
            assert_eq!(Seen::from_bytes(bytes).err(), Some(UnknownForm));
        }
        assert!(Seen::from_bytes(&[]).unwrap().is_empty());
    }

    #[test]
    fn a_source_of_any_size_fits() {
        let many: Vec<Entry> =
            (0..10_000).map(|n| entry(&n.to_string(), &format!("https://a.fr/{n}"), &format!("n {n}"))).collect();
        let mut seen = Seen::default();
        poll(&mut seen, &many);
        assert!(poll(&mut seen, &many).iter().all(|found| *found == Seenness::Known));
        let other: Vec<Entry> =
            (10_000..20_000).map(|n| entry(&n.to_string(), &format!("https://a.fr/{n}"), &format!("n {n}"))).collect();
        poll(&mut seen, &other);
        assert_eq!(seen.len(), MOST);
    }

    proptest! {
        #[test]
        fn what_is_noted_is_known_after_a_restart(numbers in proptest::collection::vec((0u8..40, 0u8..40, 0u8..4), 1..60)) {
            let entries: Vec<Entry> = numbers.iter()
                .map(|(id, link, text)| entry(&id.to_string(), &format!("https://a.fr/{link}"), &text.to_string()))
                .collect();
            let mut seen = Seen::default();
            seen.begin(&entries);
            let mut last = HashMap::new();
            for entry in &entries {
                seen.note(entry);
                last.insert(entry.id.clone(), entry.clone());
            }
            let mut again = Seen::from_bytes(&seen.to_bytes()).unwrap();
            again.begin(&entries);
            for entry in last.values() {
                prop_assert_eq!(again.classify(entry), Seenness::Known);
                prop_assert_eq!(again.entry_key(entry), seen.entry_key(entry));
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(seen) = Seen::from_bytes(&bytes) {
                prop_assert!(seen.to_bytes().len() <= HEADER + MOST * RECORD);
            }
        }
    }
}
