//! RSS, Atom and JSON Feed: feed-rs behind vigie's own ids, dates and text. Owns what an entry's fields
//! are made of; a feed that feed-rs refuses or reads in part goes through `salvage`.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use feed_rs::model;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use memchr::memmem;

use super::select::{Select, SelectError};
use super::{MOST_ITEMS, ParseError, State, Step, charset, content_id, json, pace, packed, salvage, select, skips};
use crate::entry::Entry;
use crate::exchange::Answer;
use crate::health::SourceState;
use crate::text::date::{Context, Order};
use crate::text::html::{self, Piece, Pieces, Plain};
use crate::text::language::Language;
use crate::text::url;

/// What a watchlist says of a feed.
#[derive(Debug, Clone, Default)]
pub struct FeedConfig {
    /// The address.
    pub url: String,
    /// Of dates without one; default UTC.
    pub timezone: Option<TimeZone>,
    /// Of the entries, whatever the feed says.
    pub language: Option<Language>,
    /// Left out of texts: what an entry quotes was said elsewhere.
    pub remove: Vec<String>,
}

/// A feed, ready to read.
#[derive(Debug, Clone)]
pub struct Feed {
    url: String,
    timezone: TimeZone,
    language: Option<Language>,
    remove: Arc<[Select]>,
}

/// Texts, links and authors of one item; more are hostile, and comparing them with each other is quadratic.
pub(super) const MOST_PARTS: usize = 16;

/// What was found in an item, before it is made into an entry.
#[derive(Debug, Clone, Default)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) title: String,
    /// Candidates for the link, best first.
    pub(super) links: Vec<String>,
    /// Markup or text; what one says that no other does is kept.
    pub(super) texts: Vec<String>,
    pub(super) author: Option<String>,
    pub(super) published: Option<Timestamp>,
    pub(super) language: Option<String>,
    /// What its relative links are relative to.
    pub(super) base: Option<String>,
}

/// A document, read by whichever way.
#[derive(Debug, Clone, Default)]
pub(super) struct Document {
    pub(super) items: Vec<Item>,
    pub(super) dropped: usize,
    pub(super) language: Option<String>,
    pub(super) author: Option<String>,
    /// The site that the feed names as its own, for relative links of a document that came from no address.
    pub(super) home: Option<String>,
    /// Minutes.
    pub(super) ttl: Option<u32>,
}

/// Items to which a feed gives one id or one link are not one entry: link and title join the id.
fn tell_apart(entries: &mut [Entry]) {
    let mut count: HashMap<String, u32> = HashMap::with_capacity(entries.len());
    for entry in &*entries {
        *count.entry(entry.id.clone()).or_default() += 1;
    }
    for entry in entries.iter_mut().filter(|entry| count.get(&entry.id).is_some_and(|count| *count > 1)) {
        entry.id = content_id(&[&entry.id, entry.url.as_deref().unwrap_or_default(), &entry.title]);
    }
}

/// What an entry has from its feed.
struct Inherited<'a> {
    address: &'a str,
    stated: Option<Language>,
    language: Option<Language>,
    author: Option<&'a String>,
    remove: &'a [Select],
}

impl FeedConfig {
    /// Checks and compiles.
    pub fn compile(self) -> Result<Feed, SelectError> {
        let Some(url) = url::absolute(&self.url) else {
            return Err(SelectError { key: "feed", detail: format!("`{}` is no http or https address", self.url) });
        };
        let remove = select::compile_all("remove", &self.remove)?.into();
        Ok(Feed { url, timezone: self.timezone.unwrap_or(TimeZone::UTC), language: self.language, remove })
    }
}

impl Feed {
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn read(&self, mut state: State, answer: &Answer) -> Result<Step, ParseError> {
        let body = packed::unpacked(&answer.body)?;
        let text = charset::decode(&body, answer.content_type.as_deref());
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{FEFF}');
        let error = |state, detail: String| ParseError { state, detail };
        if text.is_empty() {
            return Err(error(SourceState::Broken, "the answer is empty".to_owned()));
        }
        let skips = skips::Skips::stated(text);
        let (entries, dropped, ttl) = if text.starts_with('{') {
            let (entries, dropped) = json::json_feed(text, answer, &self.timezone, self.language)?;
            (entries, dropped, None)
        } else {
            let document = self.document(text, answer)?;
            let ttl = document.ttl.map(|minutes| Duration::from_secs(u64::from(minutes) * 60));
            let ttl = ttl.max(pace::stated(text));
            let dropped = document.dropped;
            (self.entries(document, answer), dropped, ttl)
        };
        state.keep_validators(&self.url, answer);
        Ok(Step { entries, state, dropped, ttl, skips, ..Step::default() })
    }

    /// Raw feed-rs first; the salvage where that fails or finds less than the document has.
    fn document(&self, text: &str, answer: &Answer) -> Result<Document, ParseError> {
        let root = Root::find(text);
        let body = &text[root.at..];
        let is_page = root.is_page() && !memmem_any(body, &["<rss", "<feed ", "<rdf:RDF"]);
        if is_page || (root.name.is_empty() && !memmem_any(body, &["<item", "<entry"])) {
            return Err(not_a_feed(text, answer));
        }
        let items = item_tags(body);
        let raw =
            if items > MOST_ITEMS { None } else { Some(parse_raw(body, &answer.url, self.context(answer, None))) };
        match raw {
            Some(Ok(document))
                if document.items.len() >= items
                    && document.items.iter().all(Item::is_whole)
                    && !(document.items.iter().any(Item::is_silent)
                        && (has_bare_markup(body) || has_text_elsewhere(body))) =>
            {
                Ok(document)
            }
            raw => {
                let salvaged = salvage::read(body, |text, language| self.context(answer, language).read(text));
                choose(raw, salvaged, &root, line_of(text, root.at)).ok_or_else(|| not_a_feed(text, answer))?
            }
        }
    }

    fn context(&self, answer: &Answer, language: Option<Language>) -> Context {
        Context {
            now: answer.received,
            zone: self.timezone.clone(),
            order: Order::of(self.language.or(language)),
            format: None,
        }
    }

    fn entries(&self, document: Document, answer: &Answer) -> Vec<Entry> {
        let language = self.language.or_else(|| document.language.as_deref().and_then(Language::from_tag));
        let author = document.author;
        let address = url::absolute(&answer.url).or(document.home).unwrap_or_default();
        let inherited = Inherited {
            address: &address,
            stated: self.language,
            language,
            author: author.as_ref(),
            remove: &self.remove,
        };
        let mut entries: Vec<Entry> = document.items.into_iter().map(|item| item.into_entry(&inherited)).collect();
        tell_apart(&mut entries);
        entries
    }
}

impl Item {
    /// Nothing is missing that another way of reading might find.
    fn is_whole(&self) -> bool {
        self.published.is_some()
            && (is_web(&self.id) || !self.links.is_empty())
            && !(self.title.is_empty() && self.texts.is_empty())
    }

    /// Title or text is missing, which may be for markup that stands in it bare.
    fn is_silent(&self) -> bool {
        self.title.trim().is_empty() || self.texts.is_empty()
    }

    fn into_entry(self, inherited: &Inherited<'_>) -> Entry {
        let base = self.base.as_deref().and_then(|base| url::resolve(inherited.address, base));
        let base = base.as_deref().unwrap_or(inherited.address);
        let link = self
            .links
            .iter()
            .map(String::as_str)
            .chain(is_web(&self.id).then_some(self.id.as_str()))
            .find_map(|link| url::resolve_shown(base, link))
            .or_else(|| self.links.iter().find(|link| base.is_empty() && is_relative(link)).cloned());
        let title = html::to_line(&self.title);
        let body = union(self.texts.iter().map(|text| select::to_plain(text, inherited.remove)).collect());
        let id = self.id.trim();
        let id = if id.is_empty() {
            link.as_deref()
                .and_then(url::canonical_place)
                .filter(|link| !url::is_front_page(link))
                .unwrap_or_else(|| content_id(&[&title, &body.text]))
        } else {
            id.to_owned()
        };
        let author =
            self.author.as_ref().or(inherited.author).map(|name| html::to_line(name)).filter(|name| !name.is_empty());
        Entry {
            id,
            url: link,
            title,
            links: body.links.iter().filter_map(|target| url::resolve(base, target)).collect(),
            text: body.text,
            author,
            published: self.published,
            language: inherited
                .stated
                .or_else(|| self.language.as_deref().and_then(Language::from_tag))
                .or(inherited.language),
        }
    }

    /// Fills what is missing from another reading of the same item.
    fn fill(&mut self, other: Self) {
        if self.links.is_empty() {
            self.links = other.links;
        }
        if self.title.is_empty() {
            self.title = other.title;
        }
        self.texts.extend(other.texts);
        self.texts.truncate(MOST_PARTS);
        if self.id.is_empty() {
            self.id = other.id;
        }
        self.author = self.author.take().or(other.author);
        self.published = self.published.or(other.published);
        self.language = self.language.take().or(other.language);
    }
}

fn is_web(text: &str) -> bool {
    let head = text.trim_start().as_bytes();
    let starts = |with: &[u8]| head.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    starts(b"http://") || starts(b"https://")
}

/// `/articles/1`: what a file without an address and a home of its own says of its links, shown as written.
fn is_relative(link: &str) -> bool {
    !link.is_empty()
        && link.len() <= url::LONGEST
        && link.contains('/')
        && !link.contains([':', ' '])
        && !link.contains(char::is_control)
}

fn memmem_any(text: &str, needles: &[&str]) -> bool {
    needles.iter().any(|needle| memmem::find(text.as_bytes(), needle.as_bytes()).is_some())
}

/// One text that has every word of all: the longest, and those of the others that say something it does not.
fn union(mut texts: Vec<Plain>) -> Plain {
    if texts.len() < 2 {
        return texts.pop().unwrap_or_default();
    }
    texts.sort_by_key(|plain| std::cmp::Reverse(plain.text.len()));
    let mut texts = texts.into_iter();
    let mut whole = texts.next().unwrap_or_default();
    for part in texts {
        for link in part.links {
            if !whole.links.contains(&link) {
                whole.links.push(link);
            }
        }
        if !part.text.is_empty() && !whole.text.contains(&part.text) && !has_words_of(&whole.text, &part.text) {
            whole.text.push_str("\n\n");
            whole.text.push_str(&part.text);
        }
    }
    whole
}

fn has_words_of(whole: &str, part: &str) -> bool {
    let words = |text: &str| -> HashSet<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let whole = words(whole);
    // A summary that was cut in the middle of a word ends in a piece of one.
    let cut = part.trim_end_matches(|c: char| !c.is_alphanumeric());
    let cut = if cut.len() < part.len() { cut.rfind(char::is_whitespace).map_or(cut, |at| &cut[..at]) } else { part };
    let is_cut = part.ends_with(['…', ']']) || part.ends_with("...");
    words(if is_cut { cut } else { part }).iter().all(|word| whole.contains(word))
}

/// The root element behind declaration, comments and document type.
struct Root<'a> {
    name: &'a str,
    at: usize,
}

impl<'a> Root<'a> {
    fn find(text: &'a str) -> Self {
        let mut pieces = Pieces::of(text);
        loop {
            let before = pieces.position();
            match pieces.next() {
                Some(Piece::Open { name, .. }) => {
                    let at = memchr::memchr(b'<', &text.as_bytes()[before..]).map_or(before, |len| before + len);
                    // Declarations between may have been skipped in the same step.
                    let at = memmem::rfind(&text.as_bytes()[..pieces.position()], format!("<{name}").as_bytes())
                        .unwrap_or(at);
                    return Self { name, at };
                }
                Some(_) => {}
                None => return Self { name: "", at: 0 },
            }
        }
    }

    fn local(&self) -> String {
        self.name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase()
    }

    fn is_page(&self) -> bool {
        matches!(
            self.local().as_str(),
            "html" | "head" | "body" | "div" | "meta" | "title" | "script" | "p" | "h1" | "center"
        )
    }

    fn is_feed(&self) -> bool {
        matches!(self.local().as_str(), "rss" | "feed" | "rdf" | "channel" | "entry" | "item")
    }
}

fn not_a_feed(text: &str, answer: &Answer) -> ParseError {
    let detail = match select::alternate(text)
        .and_then(|target| url::resolve(&answer.url, &html::entities::decode_all(target)))
    {
        Some(feed) => format!("a page in place of a feed; the page names {feed} as its feed"),
        None if html::has_tag(text) => "a page in place of a feed".to_owned(),
        None => "neither XML nor JSON".to_owned(),
    };
    ParseError { state: SourceState::NotAFeed, detail }
}

/// Start tags of items, also those that a prefix or a CDATA section hides from a parser.
fn item_tags(body: &str) -> usize {
    let bytes = body.as_bytes();
    let count = |tag: &str| {
        memmem::find_iter(bytes, tag.as_bytes())
            .filter(|at| {
                bytes.get(at + tag.len()).is_some_and(|next| next.is_ascii_whitespace() || matches!(next, b'>' | b'/'))
            })
            .count()
    };
    match count("<item") + count("<entry") {
        // With a prefix, start and end tags look alike.
        0 => (count(":item") + count(":entry")).div_ceil(2),
        plain => plain,
    }
}

/// Elements in a title or a description of RSS: feed-rs reads text there alone, and finds none.
fn has_bare_markup(body: &str) -> bool {
    ["<description>", "<title>", "<content:encoded>"].iter().any(|tag| {
        memmem::find_iter(body.as_bytes(), tag).any(|at| {
            let inner = body[at + tag.len()..].trim_start().as_bytes();
            matches!(inner, [b'<', letter, ..] if letter.is_ascii_alphabetic())
        })
    })
}

/// Elements with text that feed-rs passes over, or reads under the one name of their namespace alone.
fn has_text_elsewhere(body: &str) -> bool {
    memmem_any(body, &[":encoded>", "<itunes:summary>", "<itunes:subtitle>"])
}

fn line_of(text: &str, at: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..at.min(text.len())]).count()
}

/// The better of two readings; nothing for a page that only speaks of feeds.
fn choose(
    raw: Option<Result<Document, RawError>>,
    salvaged: Document,
    root: &Root<'_>,
    line: usize,
) -> Option<Result<Document, ParseError>> {
    Some(match raw {
        Some(Ok(mut raw)) if raw.items.len() >= salvaged.items.len() => {
            if raw.items.len() == salvaged.items.len() {
                for (item, other) in raw.items.iter_mut().zip(salvaged.items) {
                    if !item.is_whole() || item.is_silent() {
                        item.fill(other);
                    }
                }
            }
            Ok(raw)
        }
        _ if !salvaged.items.is_empty() => Ok(salvaged),
        Some(Err(RawError::Unsupported)) if root.is_feed() => Ok(salvaged),
        Some(Err(RawError::Unsupported)) if root.is_page() => return None,
        Some(Err(RawError::Unsupported)) => Err(ParseError {
            state: SourceState::NotAFeed,
            detail: format!("the document is <{}>, which is no feed", root.name),
        }),
        Some(Err(RawError::Malformed(reason))) => {
            Err(ParseError { state: SourceState::Broken, detail: format!("XML from line {line} on: {reason}") })
        }
        Some(Ok(_)) | None => Ok(salvaged),
    })
}

/// Why feed-rs did not read a document.
enum RawError {
    /// Well-formed as far as it went, of a form it does not know.
    Unsupported,
    /// Not XML.
    Malformed(String),
}

fn parse_raw(body: &str, base: &str, context: Context) -> Result<Document, RawError> {
    let parser = feed_rs::parser::Builder::new()
        // Links are resolved with the entry; each element would carry a copy of the address for nothing.
        .base_uri(memmem_any(body, &["xml:base"]).then(|| url::absolute(base)).flatten())
        .sanitize_content(false)
        // An empty id says that there is none; the default makes one that changes.
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(move |text| context.read(text).map(|then| SystemTime::from(then).into()))
        .build();
    // Its XML reader has panicked on hostile input before.
    let parsed = catch_unwind(AssertUnwindSafe(|| parser.parse(body.as_bytes())));
    match parsed {
        Ok(Ok(feed)) => Ok(from_model(feed)),
        Ok(Err(feed_rs::parser::ParseFeedError::XmlReader(reason))) => {
            Err(RawError::Malformed(select::one_line(&reason.to_string())))
        }
        Ok(Err(_)) => Err(RawError::Unsupported),
        Err(_) => Err(RawError::Malformed("the parser gave up".to_owned())),
    }
}

fn from_model(feed: model::Feed) -> Document {
    Document {
        language: feed.language,
        author: persons(&feed.authors),
        home: feed.links.iter().find_map(|link| url::absolute(&link.href)),
        ttl: feed.ttl,
        dropped: 0,
        items: feed.entries.into_iter().map(from_entry).collect(),
    }
}

fn from_entry(entry: model::Entry) -> Item {
    let rank = |link: &model::Link| match (link.target.is_some(), link.rel.as_deref()) {
        (true, _) | (_, Some("enclosure" | "edit" | "replies" | "hub" | "license" | "next" | "prev" | "previous")) => {
            None
        }
        (_, None | Some("alternate")) => {
            Some(u8::from(link.media_type.as_deref().is_some_and(|kind| !kind.contains("html"))))
        }
        (_, Some(_)) => Some(2),
    };
    let mut links: Vec<_> = entry.links.iter().filter_map(|link| Some((rank(link)?, link.href.clone()))).collect();
    links.sort_by_key(|(rank, _)| *rank);
    let mut texts: Vec<String> = Vec::new();
    texts.extend(entry.content.and_then(body_of));
    texts.extend(entry.summary.map(|summary| summary.content));
    let mut title = entry.title.map(|title| title.content).unwrap_or_default();
    for media in entry.media {
        match media.title.map(|text| text.content) {
            Some(text) if title.trim().is_empty() => title = text,
            Some(text) if text.trim() != title.trim() => texts.push(text),
            _ => {}
        }
        texts.extend(media.description.map(|text| text.content));
        texts.extend(media.texts.into_iter().map(|text| text.text.content));
    }
    texts.retain(|text| !text.trim().is_empty());
    texts.truncate(MOST_PARTS);
    Item {
        id: entry.id,
        title,
        links: links.into_iter().map(|(_, href)| href).collect(),
        texts,
        author: persons(&entry.authors),
        published: entry.published.or(entry.updated).and_then(|then| Timestamp::try_from(SystemTime::from(then)).ok()),
        language: entry.language,
        base: entry.base,
    }
}

fn body_of(content: model::Content) -> Option<String> {
    let body = content.body?;
    Some(if packed::is_base64(content.content_type.as_str()) { packed::base64_text(&body) } else { body })
}

fn persons(people: &[model::Person]) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for person in people.iter().take(MOST_PARTS) {
        let name = person.name.as_deref().or(person.email.as_deref()).map_or("", str::trim);
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}
