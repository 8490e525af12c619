//! Which stored mentions are asked for. Owns the value; finding them is each engine's.

use jiff::Timestamp;

use crate::mention::Polarity;

/// Which stored mentions; what is empty or absent asks nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MentionFilter {
    /// One of these brands.
    pub brands: Vec<String>,
    /// One of these tones.
    pub polarity: Vec<Polarity>,
    /// Found from here on.
    pub since: Option<Timestamp>,
    /// Found before.
    pub until: Option<Timestamp>,
    /// On this site or a subdomain of it.
    pub site: Option<String>,
    /// By this author: the whole name, without `@`, small and capital letters alike.
    pub author: Option<String>,
    /// With this tag.
    pub tag: Option<String>,
    /// From the source of this name.
    pub source: Option<String>,
    /// Only those that were told, are negative or uncertain, and that nobody took care of.
    pub unanswered: bool,
    /// Words that stand in title, excerpt or author: `"a phrase"`, `begin*`, `-not`, `OR`.
    pub search: Option<String>,
}
