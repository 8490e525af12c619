//! Stand-in until the sources land.
use jiff::tz::TimeZone;

use super::select::SelectError;
use crate::text::language::Language;
/// Stub.
#[derive(Debug, Clone)]
pub struct Feed;
/// Stub.
#[derive(Debug, Clone)]
pub struct FeedConfig {
    /// Stub.
    pub url: String,
    /// Stub.
    pub timezone: Option<TimeZone>,
    /// Stub.
    pub language: Option<Language>,
}

impl FeedConfig {
    /// Stub.
    pub fn compile(self) -> Result<Feed, SelectError> {
        Ok(Feed)
    }
}
