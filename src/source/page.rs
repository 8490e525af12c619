//! Stand-in until the sources land.
use jiff::tz::TimeZone;

use super::select::SelectError;
use crate::text::language::Language;
/// Stub.
#[derive(Debug, Clone)]
pub struct Page;
/// Stub.
#[derive(Debug, Clone)]
pub struct PageConfig {
    /// Stub.
    pub url: String,
    /// Stub.
    pub item: String,
    /// Stub.
    pub title: String,
    /// Stub.
    pub link: String,
    /// Stub.
    pub body: Option<String>,
    /// Stub.
    pub date: Option<String>,
    /// Stub.
    pub author: Option<String>,
    /// Stub.
    pub next: Option<String>,
    /// Stub.
    pub remove: Vec<String>,
    /// Stub.
    pub pages: u16,
    /// Stub.
    pub timezone: Option<TimeZone>,
    /// Stub.
    pub language: Option<Language>,
}

impl PageConfig {
    /// Stub.
    pub fn compile(self) -> Result<Page, SelectError> {
        super::select::look("item", &self.item)?;
        super::select::look("title", &self.title)?;
        super::select::look("link", &self.link)?;
        if let Some(written) = &self.body {
            super::select::look("body", written)?;
        }
        if let Some(written) = &self.date {
            super::select::look("date", written)?;
        }
        if let Some(written) = &self.author {
            super::select::look("author", written)?;
        }
        if let Some(written) = &self.next {
            super::select::look("next", written)?;
        }
        Ok(Page)
    }
}
