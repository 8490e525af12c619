//! Text as people read it: folding with offsets, words, HTML to text, excerpts, addresses, dates,
//! languages. Pure; knows nothing of brands.

pub mod abbreviation;
pub mod clean;
pub mod date;
pub mod excerpt;
pub mod fold;
pub mod html;
pub mod language;
pub mod url;
