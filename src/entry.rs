//! What a source served: one item, as plain text. Owns no parsing and no identity rules of feeds
//! (`source`), and decides nothing about brands.

use jiff::Timestamp;

use crate::text::language::Language;

/// One item that a source served (the Atom and RSS word).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// Stable within its source: the feed's own id, else the canonical link, else a hash of the content.
    pub id: String,
    /// The link shown to people, absolute, `http:` or `https:` only. As written where a file was read that
    /// came from no address and names none.
    pub url: Option<String>,
    /// Plain text on one line.
    pub title: String,
    /// Plain text; paragraphs are separated by blank lines.
    pub text: String,
    /// Targets of links inside the text, which HTML hides.
    pub links: Vec<String>,
    /// As the source names the author.
    pub author: Option<String>,
    /// Absent when the source gave none, or one that cannot be read.
    pub published: Option<Timestamp>,
    /// What the source states, not what was detected.
    pub language: Option<Language>,
}
