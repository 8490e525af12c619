//! A mention whose tone somebody corrected, kept as an example. Owns the value.

use serde::{Deserialize, Serialize};

use crate::mention::Polarity;
use crate::text::language::Language;

/// What is kept of a corrected mention, as long as the mention: enough to score it again, no author and no address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// The mention's row.
    pub mention: i64,
    /// The watchlist file.
    pub team: String,
    /// The brand's id.
    pub brand: String,
    /// The source's key, for its threshold.
    pub source: u64,
    /// What somebody said.
    pub said: Polarity,
    /// Somebody said that it does not speak of the brand: no example of any tone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_stranger: bool,
    /// What the scoring had found.
    pub found: Polarity,
    /// Whose lexicon read it.
    pub language: Option<Language>,
    /// The entry's title with the bytes that name the brand.
    pub title: (String, Vec<(u32, u32)>),
    /// The entry's text, or its excerpt where the text was not kept any more, likewise.
    pub text: (String, Vec<(u32, u32)>),
}
