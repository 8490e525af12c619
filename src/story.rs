//! One story once: which mentions tell the same thing, so that the second to the twentieth are folded into
//! the first. Owns the memory of three days; what a text looks like is `print`. Decides nothing about
//! alerts (`alert::story`).
//!
//! Pure: the index belongs to ingest, which rebuilds it from the store at start.

mod print;
mod words;

pub use print::{Piece, Print, UnknownPrint};

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::mention::StoryId;

/// How long a story goes on, from its first mention: longer than any dispatch is copied, shorter than it
/// takes the same words to be news again.
pub const SPAN: Duration = Duration::from_hours(72);

/// Texts that a story is recognised by: the first, and those that say more or other parts of it.
const FACES: usize = 8;

/// Texts kept in all; past it the oldest are forgotten early. About 10 MB.
const MOST: usize = 40_000;

/// Between two looks for what has ended.
const SWEEP: Duration = Duration::from_hours(1);

/// Where a mention comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The source's key.
    pub source: u64,
    /// The entry's key within it.
    pub entry: u64,
    /// The site's name.
    pub site: &'a str,
}

/// Where a mention belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The story; the one it would open itself when it is the first.
    pub story: StoryId,
    /// Another source has mentioned the very page.
    pub repeat: bool,
}

/// The stories of the last three days, apart for each team's brand.
#[derive(Debug, Clone, Default)]
pub struct Index {
    shelves: HashMap<u64, Shelf>,
    faces: usize,
    swept: Option<Timestamp>,
}

#[derive(Debug, Clone, Default)]
struct Shelf {
    stories: HashMap<StoryId, Life>,
    pages: HashMap<u64, Page>,
    phrases: HashMap<u64, Phrase>,
    faces: Vec<Face>,
}

#[derive(Debug, Clone, Copy)]
struct Life {
    since: Timestamp,
    faces: usize,
}

/// An address and the entries that had it.
#[derive(Debug, Clone, Copy)]
struct Page {
    story: StoryId,
    first: (u64, u64),
    last: (u64, u64),
    /// Entries of one source have it that tell different things: a list or a topic, which is no entry's own.
    is_shared: bool,
}

#[derive(Debug, Clone, Copy)]
struct Phrase {
    story: StoryId,
    stands_alone: bool,
}

#[derive(Debug, Clone)]
struct Face {
    story: StoryId,
    site: u64,
    packed: print::Packed,
}

impl Index {
    /// Finds the story of a new mention and remembers it there; `own` is the one it opens otherwise.
    pub fn place(
        &mut self,
        (team, brand): (&str, &str),
        origin: Origin<'_>,
        print: &Print,
        own: StoryId,
        now: Timestamp,
    ) -> Placed {
        self.sweep(now);
        let shelf = self.shelves.entry(shelf_of(team, brand)).or_default();
        let site = words::hash(&[origin.site]);
        let by_page = shelf.by_page(print, origin, now);
        let found = by_page.or_else(|| shelf.by_phrase(print, now)).or_else(|| shelf.by_text(print, site, now));
        let story = found.unwrap_or(own);
        self.faces += shelf.keep(story, origin, site, print, now);
        Placed { story, repeat: by_page.is_some() }
    }

    /// Remembers a mention that the store has: of `story`, whose first mention was found at `since`.
    pub fn restore(
        &mut self,
        (team, brand): (&str, &str),
        origin: Origin<'_>,
        print: &Print,
        story: StoryId,
        since: Timestamp,
    ) {
        let shelf = self.shelves.entry(shelf_of(team, brand)).or_default();
        self.faces += shelf.keep(story, origin, words::hash(&[origin.site]), print, since);
    }

    /// Texts that are compared with: what the memory and the time of a search grow with.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.faces
    }

    /// True when there is nothing to compare with.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.faces == 0
    }

    fn sweep(&mut self, now: Timestamp) {
        let full = self.faces >= MOST;
        if !full && self.swept.is_some_and(|swept| swept <= now && now < swept + SWEEP) {
            return;
        }
        self.swept = Some(now);
        let mut before = None;
        if full {
            let mut ages: Vec<Timestamp> =
                self.shelves.values().flat_map(|shelf| shelf.stories.values().map(|life| life.since)).collect();
            let quarter = ages.len() / 4;
            before = Some(*ages.select_nth_unstable(quarter).1);
        }
        self.shelves.retain(|_, shelf| {
            shelf.stories.retain(|_, life| lives(life.since, now) && before.is_none_or(|before| life.since > before));
            let Shelf { stories, pages, phrases, faces } = shelf;
            pages.retain(|_, page| stories.contains_key(&page.story));
            phrases.retain(|_, phrase| stories.contains_key(&phrase.story));
            faces.retain(|face| stories.contains_key(&face.story));
            !stories.is_empty()
        });
        self.faces = self.shelves.values().map(|shelf| shelf.faces.len()).sum();
    }
}

/// A clock set back makes no story end.
fn lives(since: Timestamp, now: Timestamp) -> bool {
    now < since + SPAN
}

fn shelf_of(team: &str, brand: &str) -> u64 {
    words::hash(&[team, brand])
}

impl Shelf {
    fn living(&self, story: StoryId, now: Timestamp) -> Option<StoryId> {
        self.stories.get(&story).filter(|life| lives(life.since, now)).map(|_| story)
    }

    fn by_page(&self, print: &Print, origin: Origin<'_>, now: Timestamp) -> Option<StoryId> {
        let page = self.pages.get(&print.page?)?;
        (!page.is_shared && !page.is_anothers(origin)).then(|| self.living(page.story, now)).flatten()
    }

    fn by_phrase(&self, print: &Print, now: Timestamp) -> Option<StoryId> {
        let phrase = self.phrases.get(&print.phrase?)?;
        (phrase.stands_alone || print.stands_alone).then(|| self.living(phrase.story, now)).flatten()
    }

    fn by_text(&self, print: &Print, site: u64, now: Timestamp) -> Option<StoryId> {
        let seeker = print::Seeker::of(print)?;
        // Two addresses of one page, or its short form, are no two texts of a site.
        let paged = print.page.and_then(|page| self.pages.get(&page)).filter(|page| !page.is_shared);
        let paged = paged.map(|page| page.story);
        let alike = self.faces.iter().filter_map(|face| {
            let likeness = seeker.likeness(&face.packed, face.site == site && paged != Some(face.story))?;
            self.living(face.story, now).map(|story| (likeness, story))
        });
        // Of equals the first, so that a rebuilt index answers the same.
        alike.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, story)| story)
    }

    /// Returns how many texts more are compared with.
    fn keep(&mut self, story: StoryId, origin: Origin<'_>, site: u64, print: &Print, now: Timestamp) -> usize {
        if let Some(address) = print.page {
            let own = (origin.source, origin.entry);
            let known = self.pages.get(&address).filter(|page| self.living(page.story, now).is_some()).copied();
            let mut page = known.unwrap_or(Page { story, first: own, last: own, is_shared: false });
            page.is_shared |= page.is_anothers(origin) && page.story != story;
            page.last = own;
            self.pages.insert(address, page);
        }
        if let Some(phrase) = print.phrase {
            let known = self.phrases.get(&phrase).filter(|phrase| self.living(phrase.story, now).is_some()).copied();
            let mut kept = known.unwrap_or(Phrase { story, stands_alone: false });
            kept.stands_alone |= print.stands_alone;
            self.phrases.insert(phrase, kept);
        }
        let life = self.stories.entry(story).or_insert(Life { since: now, faces: 0 });
        let Some(packed) = print.packed().filter(|_| life.faces < FACES) else { return 0 };
        let is_face = |face: &&Face| face.story == story;
        if life.faces > 0 && self.faces.iter().rev().filter(is_face).any(|face| face.packed.says_all_of(print)) {
            return 0;
        }
        life.faces += 1;
        self.faces.push(Face { story, site, packed });
        1
    }
}

impl Page {
    /// Another entry of a source that has had this address.
    fn is_anothers(&self, origin: Origin<'_>) -> bool {
        [self.first, self.last].iter().any(|&(source, entry)| source == origin.source && entry != origin.entry)
    }
}

#[cfg(test)]
#[path = "story/tests.rs"]
mod tests;
