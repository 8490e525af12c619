//! Any page read by selectors: items with title, link, text, date and author; the next pages up to a
//! cap. Also what a post of a forum and an item of a page have in common.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::tz::TimeZone;
use scraper::ElementRef;

use super::select::{self, Select, SelectError};
use super::{MOST_ITEMS, ParseError, State, Step, content_id};
use crate::entry::Entry;
use crate::exchange::{Answer, Tag};
use crate::health::SourceState;
use crate::text::date::format::Format;
use crate::text::date::{Context, Order};
use crate::text::language::Language;
use crate::text::url;

/// What a watchlist says of a page.
#[derive(Debug, Clone, Default)]
pub struct PageConfig {
    /// The address.
    pub url: String,
    /// One item.
    pub item: String,
    /// Its title.
    pub title: String,
    /// Its link.
    pub link: String,
    /// Its text.
    pub body: Option<String>,
    /// Its date.
    pub date: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// The link to the next page.
    pub next: Option<String>,
    /// Left out of the text.
    pub remove: Vec<String>,
    /// Pages read in one poll; at least 1.
    pub pages: u16,
    /// Of dates without one; default UTC.
    pub timezone: Option<TimeZone>,
    /// The form of dates that say not enough by themselves.
    pub date_format: Option<Arc<Format>>,
    /// Of the items.
    pub language: Option<Language>,
}

/// A page, ready to read.
#[derive(Debug, Clone)]
pub struct Page {
    url: String,
    item: Select,
    title: Select,
    link: Select,
    layout: Layout,
    next: Option<Select>,
    pages: u16,
}

/// How text, author and date stand inside one item or post.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) body: Option<Select>,
    pub(super) author: Option<Select>,
    pub(super) date: Option<Select>,
    pub(super) remove: Vec<Select>,
    pub(super) timezone: TimeZone,
    pub(super) date_format: Option<Arc<Format>>,
    pub(super) language: Option<Language>,
}

impl Layout {
    /// An entry without id, link and title.
    pub(super) fn entry(&self, item: ElementRef<'_>, answer: &Answer, context: &Context) -> Entry {
        let body = self.body.as_ref().map(|body| body.text(item, &self.remove)).unwrap_or_default();
        Entry {
            links: body.links.iter().filter_map(|target| url::resolve(&answer.url, target)).collect(),
            text: body.text,
            author: self.author.as_ref().and_then(|author| author.value(item)),
            published: self.date.as_ref().and_then(|date| context.read(&date.value(item)?)),
            language: self.language,
            ..Entry::default()
        }
    }
}

/// The state of a source whose selector finds nothing any more.
pub(super) fn stale(key: &str, selector: &Select) -> ParseError {
    let detail = format!("{key}: `{}` finds nothing on a page that is not empty", selector.written());
    ParseError { state: SourceState::SelectorsStale, detail }
}

impl PageConfig {
    /// Checks and compiles.
    pub fn compile(self) -> Result<Page, SelectError> {
        let Some(url) = url::absolute(&self.url) else {
            return Err(SelectError { key: "page", detail: format!("`{}` is no http or https address", self.url) });
        };
        Ok(Page {
            url,
            item: Select::compile("item", &self.item)?,
            title: Select::compile("title", &self.title)?,
            link: Select::compile("link", &self.link)?,
            layout: Layout {
                body: select::compile_some("body", self.body.as_ref())?,
                author: select::compile_some("author", self.author.as_ref())?,
                date: select::compile_some("date", self.date.as_ref())?,
                remove: select::compile_all("remove", &self.remove)?,
                timezone: self.timezone.unwrap_or(TimeZone::UTC),
                date_format: self.date_format,
                language: self.language,
            },
            next: select::compile_some("next", self.next.as_ref())?,
            pages: self.pages.max(1),
        })
    }
}

impl Page {
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// One request a poll.
    pub(super) const fn is_single(&self) -> bool {
        self.pages == 1 || self.next.is_none()
    }

    pub(super) fn read(&self, mut state: State, answer: &Answer) -> Result<Step, ParseError> {
        let page = select::parse_page(answer)?;
        let number = match answer.tag {
            Tag::Page(number) => number,
            Tag::Main | Tag::Topic { .. } | Tag::Session | Tag::Letters => 0,
        };
        let items = self.item.all(page.root_element());
        if items.is_empty() && number == 0 && select::has_text(&page) {
            return Err(stale("item", &self.item));
        }
        let context = Context {
            now: answer.received,
            zone: self.layout.timezone.clone(),
            order: Order::of(self.layout.language),
            format: self.layout.date_format.clone(),
        };
        let dropped = items.len().saturating_sub(MOST_ITEMS);
        let is_any = !items.is_empty();
        let mut ids = HashSet::new();
        let entries: Vec<Entry> = items
            .into_iter()
            .take(MOST_ITEMS)
            .filter_map(|item| self.entry(item, answer, &context))
            .filter(|entry| ids.insert(entry.id.clone()))
            .collect();
        if entries.is_empty() && is_any {
            return Err(stale("title", &self.title));
        }
        let mut requests = Vec::new();
        if number + 1 < self.pages
            && let Some(link) = self.next.as_ref().and_then(|next| next.link(page.root_element()))
            && let Some(link) = url::resolve(&answer.url, &link)
            && url::site(&link) == url::site(&answer.url)
            && url::canonical(&link) != url::canonical(&answer.url)
        {
            requests.extend(state.ask(link, Tag::Page(number + 1)));
        }
        if self.is_single() {
            state.keep_validators(&self.url, answer);
        }
        Ok(Step { entries, requests, state, dropped, ..Step::default() })
    }

    fn entry(&self, item: ElementRef<'_>, answer: &Answer, context: &Context) -> Option<Entry> {
        let mut entry = self.layout.entry(item, answer, context);
        entry.title = self.title.value(item).unwrap_or_default();
        if entry.title.is_empty() && entry.text.is_empty() {
            return None;
        }
        entry.url = self.link.link(item).and_then(|link| url::resolve(&answer.url, &link));
        entry.id = entry
            .url
            .as_deref()
            .and_then(url::canonical_place)
            .filter(|link| !url::is_front_page(link))
            .or_else(|| item.attr("id").map(str::to_owned))
            .unwrap_or_else(|| content_id(&[&entry.title, &entry.text]));
        Some(entry)
    }
}
