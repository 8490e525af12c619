//! (to be replaced at the merge)
use std::ops::Range;
/// Temp.
#[must_use]
pub fn excerpt(text: &str, _hits: &[Range<usize>], limit: usize) -> crate::mention::Excerpt {
    crate::mention::Excerpt { text: text.chars().take(limit).collect(), hits: Vec::new() }
}
