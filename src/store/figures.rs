//! What a report asks of the store and what it gets: counts and lists, not mentions. Owns the values; what
//! they mean together is `report`.

use std::time::Duration;

use jiff::Timestamp;

use crate::mention::{Polarity, StoredMention};

/// Of which brands, and when. Counted are mentions by `found`, less those of a baseline and repeats of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiguresAsk {
    /// Brands that are counted.
    pub brands: Vec<String>,
    /// Those of them whose lists are made.
    pub lead: Vec<String>,
    /// Times that are counted; each from its first moment, without its last. They may touch, not overlap.
    pub spans: Vec<(Timestamp, Timestamp)>,
    /// Width of a count, in whole seconds since 1970: an hour, or a quarter where the zone needs it.
    pub bucket: Duration,
    /// The time of the lists.
    pub period: (Timestamp, Timestamp),
    /// Lines of each list.
    pub top: usize,
    /// Mentions that are shown, the worst first: of all, and of those that wait for an answer.
    pub worst: usize,
}

/// What the store answers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FiguresRows {
    /// By brand, time and tone; only what is not zero, in no order.
    pub counts: Vec<Count>,
    /// Mentions of the lead found in the period that were there before vigie watched: not counted.
    pub older: u64,
    /// Negative and uncertain mentions of the lead in the period that were told and that nobody took care of.
    pub unanswered: u64,
    /// Mentions of the lead in the period whose page was mentioned before: not counted.
    pub repeats: u64,
    /// Tags of the lead by tone, in no order.
    pub tags: Vec<TagCount>,
    /// Hosts.
    pub sites: Vec<Top>,
    /// Sources by name.
    pub sources: Vec<Top>,
    /// Authors, each on one site (`about`).
    pub authors: Vec<Top>,
    /// Terms that found them.
    pub terms: Vec<Top>,
    /// Stories of several mentions: the first title, and the number of sites (`about`).
    pub stories: Vec<Top>,
    /// Sites that never spoke of the lead before the period.
    pub new_sites: Vec<NewSite>,
    /// Negative and uncertain mentions of the lead, the worst first; `true` where somebody was told already.
    pub worst: Vec<(StoredMention, bool)>,
    /// Those of `unanswered`, one of a story, the worst first.
    pub waiting: Vec<StoredMention>,
}

/// Mentions of a brand and tone within a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The brand's id.
    pub brand: String,
    /// Where the bucket begins.
    pub at: Timestamp,
    /// The tone.
    pub polarity: Polarity,
    /// How many.
    pub mentions: u64,
}

/// Mentions with a tag and a tone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagCount {
    /// The tag's name.
    pub tag: String,
    /// The tone.
    pub polarity: Polarity,
    /// How many.
    pub mentions: u64,
}

/// A line of a list, the most mentions first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    /// What it is about.
    pub name: String,
    /// What the list says besides.
    pub about: Option<String>,
    /// All mentions.
    pub mentions: u64,
    /// Negative ones.
    pub negative: u64,
    /// Positive ones.
    pub positive: u64,
}

/// A site that spoke of the lead for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSite {
    /// The host without `www.`.
    pub site: String,
    /// Mentions in the period.
    pub mentions: u64,
    /// One of their addresses.
    pub url: Option<String>,
}
