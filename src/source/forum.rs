//! Stand-in until the sources land.
use jiff::tz::TimeZone;

use super::select::SelectError;
use crate::text::language::Language;
/// Stub.
#[derive(Debug, Clone)]
pub struct Forum;
/// Stub.
#[derive(Debug, Clone)]
pub struct ForumConfig {
    /// Stub.
    pub url: String,
    /// Stub.
    pub topic: String,
    /// Stub.
    pub topic_link: String,
    /// Stub.
    pub post: String,
    /// Stub.
    pub body: String,
    /// Stub.
    pub author: Option<String>,
    /// Stub.
    pub date: Option<String>,
    /// Stub.
    pub permalink: Option<String>,
    /// Stub.
    pub next: Option<String>,
    /// Stub.
    pub remove: Vec<String>,
    /// Stub.
    pub pages: u16,
    /// Stub.
    pub topics: u16,
    /// Stub.
    pub timezone: Option<TimeZone>,
    /// Stub.
    pub language: Option<Language>,
}

impl ForumConfig {
    /// Stub.
    pub fn compile(self) -> Result<Forum, SelectError> {
        super::select::look("topic", &self.topic)?;
        super::select::look("topic_link", &self.topic_link)?;
        super::select::look("post", &self.post)?;
        super::select::look("body", &self.body)?;
        if let Some(written) = &self.author {
            super::select::look("author", written)?;
        }
        if let Some(written) = &self.date {
            super::select::look("date", written)?;
        }
        if let Some(written) = &self.permalink {
            super::select::look("permalink", written)?;
        }
        if let Some(written) = &self.next {
            super::select::look("next", written)?;
        }
        Ok(Forum)
    }
}
