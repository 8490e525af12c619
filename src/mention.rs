//! A mention: an entry that speaks of a brand, with the hits, the tone and the tags. Owns the value
//! and its polarity; finding hits is `matcher`, scoring is `sentiment`.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::text::language::Language;

/// The tone of a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Polarity {
    /// Score at or under minus the threshold.
    Negative,
    /// Between the thresholds.
    Neutral,
    /// Score at or over the threshold.
    Positive,
    /// Doubtful: irony or an implicit complaint.
    Uncertain,
    /// Another language than the lexicons'.
    Unknown,
}

impl Polarity {
    /// The word of the contract, in lower case.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Neutral => "neutral",
            Self::Positive => "positive",
            Self::Uncertain => "uncertain",
            Self::Unknown => "unknown",
        }
    }

    /// The polarity of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Negative, Self::Neutral, Self::Positive, Self::Uncertain, Self::Unknown]
            .into_iter()
            .find(|polarity| polarity.word() == word)
    }

    /// The sign of a mail's subject: `−` (U+2212) `=` `+` `±` `?`.
    #[must_use]
    pub const fn sign(self) -> char {
        match self {
            Self::Negative => '\u{2212}',
            Self::Neutral => '=',
            Self::Positive => '+',
            Self::Uncertain => '±',
            Self::Unknown => '?',
        }
    }
}

/// Where in an entry a hit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The title.
    Title,
    /// The text.
    Text,
    /// The targets of links, joined by line breaks.
    Links,
    /// The author.
    Author,
    /// The entry's own address.
    Url,
    /// The language's code.
    Language,
    /// The source's name.
    Source,
}

impl Field {
    /// The word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Text => "text",
            Self::Links => "links",
            Self::Author => "author",
            Self::Url => "url",
            Self::Language => "language",
            Self::Source => "source",
        }
    }
}

/// One occurrence of a contributing term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The term as written in the watchlist.
    pub term: String,
    /// The field it stands in.
    pub field: Field,
    /// Byte offset into the field.
    pub start: u32,
    /// Byte offset after the last byte.
    pub end: u32,
    /// Exactly the bytes `start..end` of the field.
    pub text: String,
}

/// A word that decided the tone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecidingWord {
    /// As it stands in the text.
    pub text: String,
    /// What it added, after negation and the other rules; in [−6, 6].
    pub valence: f32,
}

/// About 240 characters around the first hit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Excerpt {
    /// One line of plain text, with `…` where it was cut.
    pub text: String,
    /// Byte ranges of the hits in `text`, in order, not overlapping.
    pub hits: Vec<(u32, u32)>,
}

/// Names a story: what one team's brand is told of in several places. 48 bits, written as twelve
/// hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct StoryId(pub u64);

impl StoryId {
    const BITS: u32 = 48;

    /// The story that a mention opens: the first bits of SHA-256 over what identifies the mention.
    #[must_use]
    pub fn opened_by(team: &str, brand: &str, source: u64, entry: u64) -> Self {
        let mut hash = Sha256::new();
        for part in [team, brand] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.update(source.to_le_bytes());
        hash.update(entry.to_le_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hash.finalize()[..8]);
        Self(u64::from_le_bytes(first) >> (u64::BITS - Self::BITS))
    }
}

impl fmt::Display for StoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012x}", self.0)
    }
}

/// The text is not twelve hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not twelve hexadecimal digits")]
pub struct NoStoryId;

impl FromStr for StoryId {
    type Err = NoStoryId;

    fn from_str(text: &str) -> Result<Self, NoStoryId> {
        let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if digits { u64::from_str_radix(text, 16).map(Self).map_err(|_| NoStoryId) } else { Err(NoStoryId) }
    }
}

impl Serialize for StoryId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StoryId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A copy of what is to be moderated, kept as it was found: the page may be gone when it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// `insult`, `hate`, `racism`, `threat`, `defamation`: each once.
    pub tags: Vec<String>,
    /// The passages, each once, in the text's order.
    pub passages: Vec<String>,
    /// Address, dates, author, title and text.
    pub copy: String,
    /// SHA-256 of `copy`'s bytes, in hexadecimal.
    pub sha256: String,
}

impl Evidence {
    /// Seals a copy.
    #[must_use]
    pub fn seal(tags: Vec<String>, passages: Vec<String>, copy: String) -> Self {
        let sha256 = Sha256::digest(copy.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
            for digit in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
            hex
        });
        Self { tags, passages, copy, sha256 }
    }
}

/// An entry that speaks of a brand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// The watchlist file (its name inside the folder) that the brand belongs to.
    pub team: String,
    /// The brand's id.
    pub brand: String,
    /// The source's key, see [`crate::source::SourceKey`].
    pub source: u64,
    /// The source's name for people.
    pub source_name: String,
    /// Hash of the entry's identity within its source.
    pub entry: u64,
    /// Rises when an edit adds a term or changes the polarity; from 1.
    pub revision: u32,
    /// The entry's link.
    pub url: Option<String>,
    /// The entry's title.
    pub title: String,
    /// The link's host without `www.`, or the source's.
    pub site: String,
    /// The entry's author.
    pub author: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When vigie read it.
    pub found: Timestamp,
    /// Stated or detected.
    pub language: Option<Language>,
    /// Towards the brand.
    pub polarity: Polarity,
    /// Towards the brand, in [−1, 1]; absent when the language is unknown.
    pub score: Option<f32>,
    /// Of the whole text.
    pub document_score: Option<f32>,
    /// All occurrences of contributing terms.
    pub hits: Vec<Hit>,
    /// Tags that hold, by name.
    pub tags: Vec<String>,
    /// What to show.
    pub excerpt: Excerpt,
    /// The contributing terms, each once, as written.
    pub why: Vec<String>,
    /// The words that decided the tone, strongest first.
    pub words: Vec<DecidingWord>,
    /// Stored and matched, alerts nobody: it was there before vigie watched.
    pub baseline: bool,
    /// The story it belongs to; its own where it is the first to tell it.
    pub story: StoryId,
    /// The page was mentioned before, by another source or before an edit: who counts mentions leaves it out.
    pub repeat: bool,
    /// What a moderation rule of its team tells; absent where there is none, or nothing to tell.
    pub evidence: Option<Box<Evidence>>,
}

/// A mention and its row in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredMention {
    /// The row.
    pub id: i64,
    /// The mention.
    pub mention: Mention,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_sealed_with_the_hash_that_other_tools_compute() {
        // printf 'abc' | sha256sum
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Evidence::seal(Vec::new(), Vec::new(), "abc".to_owned()).sha256, hash);
    }

    #[test]
    fn a_story_is_named_by_twelve_digits_and_read_back() {
        let one = StoryId::opened_by("team.yaml", "orange", 1, 2);
        assert_ne!(one, StoryId::opened_by("team.yaml", "orange", 2, 1));
        assert_ne!(one, StoryId::opened_by("team.yamlo", "range", 1, 2));
        for story in [one, StoryId(0), StoryId(42), StoryId((1 << 48) - 1)] {
            let text = story.to_string();
            assert_eq!(text.len(), 12);
            assert_eq!(text.parse(), Ok(story));
        }
        for text in ["", "42", "00000000002g", "+0000000002a", "0000000000000"] {
            assert_eq!(text.parse::<StoryId>(), Err(NoStoryId), "{text:?}");
        }
    }
}
