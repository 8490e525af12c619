//! Forums read by explicit selectors: list → topic → posts. Remembers the last page read of each topic,
//! so that the next poll goes on from there. Owns no engine's selectors.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::tz::TimeZone;
use scraper::{ElementRef, Html};

use super::page::{Layout, stale};
use super::select::{self, Select, SelectError};
use super::{MOST_ITEMS, ParseError, State, Step, content_id};
use crate::entry::Entry;
use crate::exchange::{Answer, Request, Tag};
use crate::text::date::format::Format;
use crate::text::date::{Context, Order};
use crate::text::language::Language;
use crate::text::{html, url};

/// Links of a page that are compared with the next page's.
const MOST_LINKS: usize = 2000;

/// Topics whose last page is remembered.
const MOST_TOPICS: usize = 2000;

/// What a watchlist says of a forum.
#[derive(Debug, Clone, Default)]
pub struct ForumConfig {
    /// The list of topics.
    pub url: String,
    /// One row of the list.
    pub topic: String,
    /// The topic's title and link inside its row.
    pub topic_link: String,
    /// One post of a topic's page.
    pub post: String,
    /// The text inside the post.
    pub body: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// When.
    pub date: Option<String>,
    /// The post's own link.
    pub permalink: Option<String>,
    /// The next page, of a list as of a topic.
    pub next: Option<String>,
    /// Left out of a post's text: quotes, or each reply would alert again.
    pub remove: Vec<String>,
    /// Pages read of the list, and the last ones read of a topic beside the page on which the poll comes to
    /// it (its first one, later the last one read); at least 1.
    pub pages: u16,
    /// Topics read in one poll; at least 1.
    pub topics: u16,
    /// Of dates without one; default UTC.
    pub timezone: Option<TimeZone>,
    /// The form of dates that say not enough by themselves.
    pub date_format: Option<Arc<Format>>,
    /// Of the posts.
    pub language: Option<Language>,
}

/// A forum, ready to read.
#[derive(Debug, Clone)]
pub struct Forum {
    url: String,
    topic: Select,
    topic_link: Select,
    post: Select,
    layout: Layout,
    permalink: Option<Select>,
    next: Option<Select>,
    pages: u16,
    topics: u16,
}

impl ForumConfig {
    /// Checks and compiles.
    pub fn compile(self) -> Result<Forum, SelectError> {
        let Some(url) = url::absolute(&self.url) else {
            return Err(SelectError { key: "forum", detail: format!("`{}` is no http or https address", self.url) });
        };
        Ok(Forum {
            url,
            topic: Select::compile("topic", &self.topic)?,
            topic_link: Select::compile("topic_link", &self.topic_link)?,
            post: Select::compile("post", &self.post)?,
            layout: Layout {
                body: Some(Select::compile("body", &self.body)?),
                author: select::compile_some("author", self.author.as_ref())?,
                date: select::compile_some("date", self.date.as_ref())?,
                remove: select::compile_all("remove", &self.remove)?,
                timezone: self.timezone.unwrap_or(TimeZone::UTC),
                date_format: self.date_format,
                language: self.language,
            },
            permalink: select::compile_some("permalink", self.permalink.as_ref())?,
            next: select::compile_some("next", self.next.as_ref())?,
            pages: self.pages.max(1),
            topics: self.topics.max(1),
        })
    }
}

impl Forum {
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn read(&self, state: State, answer: &Answer) -> Result<Step, ParseError> {
        let page = select::parse_page(answer)?;
        let step = match answer.tag {
            Tag::Main | Tag::Session | Tag::Letters => self.list(state, answer, &page, 0),
            Tag::Page(number) => self.list(state, answer, &page, number),
            Tag::Topic { topic, page: number } => Ok(self.posts(state, answer, &page, topic, number)),
        }?;
        let poll = &step.state.poll;
        // One dead topic is no broken forum; all of them are.
        if poll.answered >= poll.asked && poll.fruitful == 0 && poll.barren > 0 {
            return Err(stale("post", &self.post));
        }
        Ok(step)
    }

    fn list(&self, mut state: State, answer: &Answer, page: &Html, number: u16) -> Result<Step, ParseError> {
        let rows = self.topic.all(page.root_element());
        if rows.is_empty() && number == 0 && select::has_text(page) {
            return Err(stale("topic", &self.topic));
        }
        let links: Vec<(String, String)> = rows.iter().filter_map(|row| self.topic_of(*row, answer)).collect();
        if links.is_empty() && !rows.is_empty() {
            return Err(stale("topic_link", &self.topic_link));
        }
        let mut requests = Vec::new();
        for (link, title) in links {
            let Some(key) = url::canonical(&link) else { continue };
            let is_known = state.poll.topics.iter().any(|(known, _)| *known == key);
            if is_known || state.poll.topics.len() >= usize::from(self.topics) {
                continue;
            }
            let from = state.topics.get(&key).cloned().unwrap_or(link);
            let topic = state.poll.topics.len() as u16;
            let Some(request) = state.ask(from, Tag::Topic { topic, page: 0 }) else { break };
            requests.push(request);
            state.poll.topics.push((key, title));
        }
        let wants_more = state.poll.topics.len() < usize::from(self.topics);
        if number + 1 < self.pages && wants_more {
            requests.extend(self.next_page(&mut state, answer, page, Tag::Page(number + 1)));
        }
        Ok(Step { requests, state, ..Step::default() })
    }

    /// Link and title of a row; only links within the forum's own site.
    fn topic_of(&self, row: ElementRef<'_>, answer: &Answer) -> Option<(String, String)> {
        let link = url::resolve(&answer.url, &self.topic_link.link(row)?)?;
        let title = self.topic_link.label(row).unwrap_or_default();
        (url::site(&link) == url::site(&answer.url)).then_some((link, title))
    }

    fn next_page(&self, state: &mut State, answer: &Answer, page: &Html, tag: Tag) -> Option<Request> {
        let link = self.next.as_ref()?.link(page.root_element())?;
        let link = url::resolve(&answer.url, &link)?;
        let leads_on =
            url::site(&link) == url::site(&answer.url) && url::canonical(&link) != url::canonical(&answer.url);
        if leads_on { state.ask(link, tag) } else { None }
    }

    /// The first of the last [`Forum::pages`] pages, where the page links to pages that differ from the next
    /// one in a number alone. A pager leaves most of them out: what its numbers are multiples of tells the others.
    fn last_pages(&self, answer: &Answer, page: &Html) -> Option<String> {
        let next = url::resolve(&answer.url, &self.next.as_ref()?.link(page.root_element())?)?;
        let links: Vec<String> = page
            .root_element()
            .descendants()
            .filter_map(ElementRef::wrap)
            .filter_map(|element| url::resolve(&answer.url, element.attr("href")?))
            .take(MOST_LINKS)
            .filter(|link| url::site(link) == url::site(&answer.url))
            .collect();
        digit_runs(&next).into_iter().rev().find_map(|(start, end)| {
            let from: u64 = next[start..end].parse().ok()?;
            let numbers: Vec<u64> = links
                .iter()
                .filter_map(|link| {
                    let number = link.strip_prefix(&next[..start])?.strip_suffix(&next[end..])?;
                    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
                    number.parse().ok().filter(|number| is_number && *number > from)
                })
                .collect();
            let last = *numbers.iter().max()?;
            let step = numbers.iter().fold(from, |step, number| common_divisor(step, *number - from)).max(1);
            let first = last.saturating_sub(step.saturating_mul(u64::from(self.pages) - 1)).max(from);
            Some(format!("{}{first}{}", &next[..start], &next[end..]))
        })
    }

    fn posts(&self, mut state: State, answer: &Answer, page: &Html, topic: u16, number: u16) -> Step {
        let known = state.poll.topics.get(usize::from(topic)).cloned();
        let Some((key, title)) = known else { return Step { state, ..Step::default() } };
        let found = self.post.all(page.root_element());
        if found.is_empty() {
            if select::has_text(page) {
                state.poll.barren += 1;
                // The page may be gone: the next poll begins the topic anew.
                state.topics.remove(&key);
            }
            return Step { state, ..Step::default() };
        }
        state.poll.fruitful += 1;
        let title = if title.is_empty() { page_title(page) } else { title };
        let context = Context {
            now: answer.received,
            zone: self.layout.timezone.clone(),
            order: Order::of(self.layout.language),
            format: self.layout.date_format.clone(),
        };
        let dropped = found.len().saturating_sub(MOST_ITEMS);
        let mut ids = HashSet::new();
        let entries = found
            .into_iter()
            .take(MOST_ITEMS)
            .filter_map(|post| self.post_entry(post, answer, &title, &context))
            .filter(|entry| ids.insert(entry.id.clone()))
            .collect();
        let is_fresh = state.topics.insert(key, answer.url.clone()).is_none();
        if state.topics.len() > MOST_TOPICS {
            let listed: HashSet<&String> = state.poll.topics.iter().map(|(key, _)| key).collect();
            state.topics.retain(|key, _| listed.contains(key));
        }
        let mut requests = Vec::new();
        if number < self.pages {
            let tag = Tag::Topic { topic, page: number + 1 };
            // A topic that is new to us goes on at its last pages, one that we know at its next.
            requests.extend(match (number == 0 && is_fresh).then(|| self.last_pages(answer, page)).flatten() {
                Some(link) => state.ask(link, tag),
                None => self.next_page(&mut state, answer, page, tag),
            });
        }
        Step { entries, requests, state, dropped, ..Step::default() }
    }

    fn post_entry(&self, post: ElementRef<'_>, answer: &Answer, title: &str, context: &Context) -> Option<Entry> {
        let mut entry = self.layout.entry(post, answer, context);
        if entry.text.is_empty() {
            return None;
        }
        let permalink = self
            .permalink
            .as_ref()
            .and_then(|permalink| permalink.link(post))
            .and_then(|link| url::resolve(&answer.url, &link));
        let element = post.attr("id").or_else(|| post.attr("data-id")).or_else(|| post.attr("data-msgid"));
        entry.id = permalink
            .as_deref()
            .and_then(url::canonical_place)
            .or_else(|| element.map(str::to_owned))
            .unwrap_or_else(|| content_id(&[title, &entry.text, entry.author.as_deref().unwrap_or_default()]));
        entry.url = permalink.or_else(|| match element {
            // The place in the page tells the posts of a topic apart.
            Some(place) => url::resolve(&answer.url, &format!("#{place}")),
            None => url::absolute(&answer.url),
        });
        title.clone_into(&mut entry.title);
        Some(entry)
    }
}

/// The greatest one.
const fn common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Where runs of digits begin and end.
fn digit_runs(text: &str) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut start = None;
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        match (start, byte.is_ascii_digit()) {
            (None, true) => start = Some(at),
            (Some(begin), false) => {
                runs.push((begin, at));
                start = None;
            }
            _ => {}
        }
    }
    runs
}

fn page_title(page: &Html) -> String {
    let title =
        page.root_element().descendants().filter_map(ElementRef::wrap).find(|one| one.value().name() == "title");
    title.map(|title| html::to_line(&title.text().collect::<String>())).unwrap_or_default()
}
