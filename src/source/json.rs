//! JSON endpoints read by JSON Pointer (RFC 6901): where the items stand, and for each field a list of
//! pointers and templates of which the first that gives something is taken. Owns no endpoint's shape.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::cursor::{Bridge, Template};
use super::select::{Select, SelectError};
use super::{MOST_ITEMS, ParseError, State, Step, charset, content_id, select};
use crate::entry::Entry;
use crate::exchange::{Answer, Request, Tag};
use crate::health::SourceState;
use crate::text::date::format::Format;
use crate::text::date::{Context, Order};
use crate::text::language::Language;
use crate::text::{html, url};

/// Fields that an entry has.
pub const FIELDS: &[&str] = &["id", "title", "text", "url", "author", "published", "language"];

/// Templates that refer to fields that are templates.
const DEEPEST_TEMPLATE: u8 = 4;

/// What a watchlist says of a JSON source.
#[derive(Debug, Clone, Default)]
pub struct JsonConfig {
    /// The address; `{since}` and its forms are filled in at each poll.
    pub url: String,
    /// What stands for `{query}` in the address, not encoded.
    pub query: Option<String>,
    /// The form of dates that say not enough by themselves.
    pub date_format: Option<Arc<Format>>,
    /// Pointer to the array of items; empty: the document itself.
    pub items: String,
    /// For each of [`FIELDS`], pointers (`/a/b`) and templates (`https://x/{id}`, `{/a/b}`, `{/a/b|last}` for what
    /// stands behind its last slash), first first.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Of dates without one; default UTC.
    pub timezone: Option<TimeZone>,
    /// Of the entries.
    pub language: Option<Language>,
    /// Left out of texts: what an item quotes was said elsewhere.
    pub remove: Vec<String>,
    /// An object without the array is an answer without items.
    pub absent_is_empty: bool,
    /// Pointer to the seconds for which the endpoint asks to be left alone.
    pub pace: Option<String>,
    /// How what is left out between two answers of the newest entries is asked for.
    pub bridge: Option<Bridge>,
}

/// A JSON source, ready to read.
#[derive(Debug, Clone)]
pub struct Json {
    url: String,
    template: Template,
    date_format: Option<Arc<Format>>,
    items: String,
    fields: BTreeMap<&'static str, Vec<Way>>,
    timezone: TimeZone,
    language: Option<Language>,
    remove: Vec<Select>,
    absent_is_empty: bool,
    pace: Option<String>,
    bridge: Option<Bridge>,
}

/// One way to a field's value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    Pointer(String),
    Template(Vec<Part>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Pointer(String),
    /// What stands behind the last slash of a pointer's value.
    Last(String),
    Field(&'static str),
}

impl JsonConfig {
    /// Checks and compiles.
    pub fn compile(self) -> Result<Json, SelectError> {
        let bad = |detail: String| SelectError { key: "json", detail };
        let template = Template::parse(&self.url).map_err(|inner| bad(format!("`{{{inner}}}` stands for nothing")))?;
        let template = match &self.query {
            Some(query) => template.with_query(query),
            None if template.has_query() => return Err(bad("`{query}` stands for nothing without a query".to_owned())),
            None => template,
        };
        if url::absolute(&template.address(&State::default())).is_none() {
            return Err(bad(format!("`{}` is no http or https address", self.url)));
        }
        if !(self.items.is_empty() || self.items.starts_with('/')) {
            let detail = format!("`{}` is no JSON Pointer: it starts with /", self.items);
            return Err(SelectError { key: "items", detail });
        }
        let mut fields = BTreeMap::new();
        for (name, ways) in &self.fields {
            let Some(name) = field(name) else {
                let detail = format!("`{name}` is no field; there are {}", FIELDS.join(", "));
                return Err(SelectError { key: "fields", detail });
            };
            fields.insert(name, ways.iter().map(|written| way(written)).collect::<Result<_, _>>()?);
        }
        if !fields.contains_key("title") && !fields.contains_key("text") {
            return Err(SelectError { key: "fields", detail: "one of title and text is needed".to_owned() });
        }
        // Without a time the address is the same at every poll.
        let url = if template.has_since() { self.url } else { template.address(&State::default()) };
        Ok(Json {
            url: url::absolute(&url).filter(|_| !template.has_since()).unwrap_or(url),
            template,
            date_format: self.date_format,
            items: self.items,
            fields,
            timezone: self.timezone.unwrap_or(TimeZone::UTC),
            language: self.language,
            remove: select::compile_all("remove", &self.remove)?,
            absent_is_empty: self.absent_is_empty,
            pace: self.pace,
            bridge: self.bridge,
        })
    }
}

fn field(name: &str) -> Option<&'static str> {
    FIELDS.iter().find(|known| **known == name).copied()
}

fn way(written: &str) -> Result<Way, SelectError> {
    let error = |what: &str| SelectError { key: "fields", detail: format!("`{written}`: {what}") };
    if written.starts_with('/') && !written.contains('{') {
        return Ok(Way::Pointer(written.to_owned()));
    }
    if !written.contains('{') {
        return Err(error("neither a JSON Pointer, which starts with /, nor a template with {…}"));
    }
    let mut parts = Vec::new();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        let Some((inner, after)) = after.split_once('}') else { return Err(error("a { is not closed")) };
        parts.push(if let Some(pointer) = inner.strip_suffix("|last").filter(|inner| inner.starts_with('/')) {
            Part::Last(pointer.to_owned())
        } else if inner.starts_with('/') {
            Part::Pointer(inner.to_owned())
        } else {
            Part::Field(field(inner).ok_or_else(|| error("in braces stands a field's name or a pointer"))?)
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(Way::Template(parts))
}

impl Json {
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The address that the poll which `state` begins asks.
    pub(super) fn address(&self, state: &State) -> Cow<'_, str> {
        if self.template.has_since() { self.template.address(state).into() } else { self.url.as_str().into() }
    }

    pub(super) fn read(&self, mut state: State, answer: &Answer) -> Result<Step, ParseError> {
        let text = charset::decode(&answer.body, answer.content_type.as_deref());
        let document = parse(&text)?;
        let (entries, dropped) = self.entries(&document, answer)?;
        let pace = self.pace.as_ref().and_then(|pointer| document.pointer(pointer)?.as_u64());
        let address = self.address(&state).into_owned();
        if !matches!(answer.tag, Tag::Page(_)) {
            state.keep_validators(&address, answer);
        }
        if self.template.has_since() {
            state.validators.retain(|known, _| *known == address);
            let newest =
                entries.iter().filter_map(|entry| entry.published).filter(|then| *then <= answer.received).max();
            // Entries that say no time were there when they came.
            let newest = newest.or((!entries.is_empty()).then_some(answer.received));
            state.since = newest.max(state.since);
        }
        let requests = self.bridge(&mut state, &document, answer).into_iter().collect();
        let ttl = pace.map(std::time::Duration::from_secs);
        Ok(Step { entries, requests, state, dropped, ttl, ..Step::default() })
    }

    /// The page after the newest entry known, where an answer begins later.
    fn bridge(&self, state: &mut State, document: &Value, answer: &Answer) -> Option<Request> {
        let bridge = self.bridge.as_ref()?;
        let items = document.pointer(&self.items)?.as_array()?.iter().take(MOST_ITEMS);
        let ids = items.filter_map(|item| scalar(item.pointer(&bridge.id)?)).filter(|id| id.len() <= LONGEST_CURSOR);
        let ids: Vec<String> = ids.collect();
        let (after, number) = Bridge::next(state, answer.tag, &ids)?;
        let address = bridge.address(&self.address(state), &after);
        state.ask(address, Tag::Page(number))
    }

    fn entries(&self, document: &Value, answer: &Answer) -> Result<(Vec<Entry>, usize), ParseError> {
        let stale = |detail: String| ParseError { state: SourceState::SelectorsStale, detail };
        let found = document.pointer(&self.items);
        let Some(items) = found.and_then(Value::as_array) else {
            // One item alone may stand there without its array.
            if self.absent_is_empty && document.is_object() {
                let context = self.context(answer);
                return Ok((found.and_then(|item| self.entry(item, answer, &context)).into_iter().collect(), 0));
            }
            return Err(stale(format!("items: there is no array at `{}`", self.items)));
        };
        let context = self.context(answer);
        let entries: Vec<Entry> =
            items.iter().take(MOST_ITEMS).filter_map(|item| self.entry(item, answer, &context)).collect();
        if entries.is_empty() && !items.is_empty() {
            let detail = format!("fields: title and text find nothing in any of the {} items", items.len());
            return Err(stale(detail));
        }
        Ok((entries, items.len().saturating_sub(MOST_ITEMS)))
    }

    fn context(&self, answer: &Answer) -> Context {
        Context {
            now: answer.received,
            zone: self.timezone.clone(),
            order: Order::of(self.language),
            format: self.date_format.clone(),
        }
    }

    fn entry(&self, item: &Value, answer: &Answer, context: &Context) -> Option<Entry> {
        let title = html::to_line(&self.value("title", item, 0).unwrap_or_default());
        let body = select::to_plain(&self.value("text", item, 0).unwrap_or_default(), &self.remove);
        if title.is_empty() && body.text.is_empty() {
            return None;
        }
        let link = self.value("url", item, 0).and_then(|link| url::resolve(&answer.url, &link));
        let id = self
            .value("id", item, 0)
            .or_else(|| link.as_deref().and_then(url::canonical_place))
            .unwrap_or_else(|| content_id(&[&title, &body.text]));
        Some(Entry {
            id,
            url: link,
            links: body.links.iter().filter_map(|target| url::resolve(&answer.url, target)).collect(),
            author: self.value("author", item, 0).map(|name| html::to_line(&name)).filter(|name| !name.is_empty()),
            published: self.published(item, context),
            language: self
                .language
                .or_else(|| self.value("language", item, 0).and_then(|tag| Language::from_tag(&tag))),
            title,
            text: body.text,
        })
    }

    /// The first way that gives a date.
    fn published(&self, item: &Value, context: &Context) -> Option<jiff::Timestamp> {
        self.fields.get("published")?.iter().find_map(|way| when(&self.taken(way, item, 0)?, context))
    }

    /// The first way that gives something.
    fn value(&self, field: &'static str, item: &Value, depth: u8) -> Option<String> {
        self.fields.get(field)?.iter().find_map(|way| self.taken(way, item, depth))
    }

    fn taken(&self, way: &Way, item: &Value, depth: u8) -> Option<String> {
        match way {
            Way::Pointer(pointer) => scalar(item.pointer(pointer)?),
            Way::Template(parts) => {
                if depth >= DEEPEST_TEMPLATE {
                    return None;
                }
                parts.iter().try_fold(String::new(), |mut out, part| {
                    match part {
                        Part::Text(text) => out.push_str(text),
                        Part::Pointer(pointer) => out.push_str(&scalar(item.pointer(pointer)?)?),
                        Part::Last(pointer) => {
                            let whole = scalar(item.pointer(pointer)?)?;
                            out.push_str(whole.rsplit('/').next().filter(|last| !last.is_empty())?);
                        }
                        Part::Field(name) => out.push_str(&self.value(name, item, depth + 1)?),
                    }
                    (out.len() <= LONGEST_TEMPLATE).then_some(out)
                })
            }
        }
    }
}

/// A longer id, in bytes, is no number and no ULID, and is not asked for again.
const LONGEST_CURSOR: usize = 64;

/// What a template may grow to, in bytes.
const LONGEST_TEMPLATE: usize = 1 << 20;

/// What the objects and lists of a document may weigh together: 1 for a list, 5 for an object. In memory a list of
/// one takes 128 bytes and more, an object over 600, however short they are written.
const MOST_WEIGHT: usize = 1_000_000;

/// What a document's objects and lists weigh: those outside of strings.
fn weight(text: &str) -> usize {
    let (mut weight, mut bytes) = (0, text.bytes());
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' => weight += 5,
            b'[' => weight += 1,
            b'"' => loop {
                match bytes.next() {
                    Some(b'\\') => {
                        bytes.next();
                    }
                    Some(b'"') | None => break,
                    Some(_) => {}
                }
            },
            _ => {}
        }
    }
    weight
}

/// Parses a document. serde_json stops at a depth of 128 by itself.
pub(super) fn parse(text: &str) -> Result<Value, ParseError> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    if text.is_empty() {
        return Err(ParseError { state: SourceState::Broken, detail: "the answer is empty".to_owned() });
    }
    // Nothing shorter can weigh as much.
    if text.len() > MOST_WEIGHT / 5 && weight(text) > MOST_WEIGHT {
        let detail = "more objects and lists than are read".to_owned();
        return Err(ParseError { state: SourceState::TooLarge, detail });
    }
    serde_json::from_str(text).map_err(|reason| {
        if text.starts_with('<') {
            ParseError { state: SourceState::NotAFeed, detail: "markup in place of JSON".to_owned() }
        } else {
            ParseError { state: SourceState::Broken, detail: format!("not JSON: {reason}") }
        }
    })
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn when(written: &str, context: &Context) -> Option<jiff::Timestamp> {
    let written = written.trim();
    if context.format.is_some()
        && let Some(found) = context.read(written)
    {
        return Some(found);
    }
    // Eight digits are a day, ten a second.
    if written.len() >= 9
        && let Ok(number) = written.parse::<f64>()
    {
        return context.from_unix(number as i64);
    }
    context.read(written)
}

/// The shape of JSON Feed 1.1, read more leniently than by its letter.
pub(super) fn json_feed(
    text: &str,
    answer: &Answer,
    timezone: &TimeZone,
    language: Option<Language>,
) -> Result<(Vec<Entry>, usize), ParseError> {
    let document = parse(text)?;
    if document.pointer("/items").and_then(Value::as_array).is_none() {
        return Err(ParseError { state: SourceState::NotAFeed, detail: "JSON without `items`".to_owned() });
    }
    let fields = [
        ("id", &["/id"][..]),
        ("url", &["/url", "/external_url"]),
        ("title", &["/title"]),
        ("text", &["/content_html", "/content_text", "/summary"]),
        ("author", &["/author/name", "/authors/0/name"]),
        ("published", &["/date_published", "/date_modified"]),
        ("language", &["/language"]),
    ];
    let json = Json {
        url: answer.url.clone(),
        template: Template::default(),
        date_format: None,
        items: "/items".to_owned(),
        fields: fields
            .into_iter()
            .map(|(name, ways)| (name, ways.iter().map(|way| Way::Pointer((*way).to_owned())).collect()))
            .collect(),
        timezone: timezone.clone(),
        language,
        remove: Vec::new(),
        absent_is_empty: false,
        pace: None,
        bridge: None,
    };
    let (mut entries, dropped) = json
        .entries(&document, answer)
        .map_err(|_| ParseError { state: SourceState::Broken, detail: "items without title and text".to_owned() })?;
    let inherited = document.pointer("/language").and_then(Value::as_str).and_then(Language::from_tag);
    for entry in &mut entries {
        entry.language = entry.language.or(inherited);
    }
    Ok((entries, dropped))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Validators;

    fn answer(body: &str) -> Answer {
        Answer {
            url: "https://api.example/search?q=orange".to_owned(),
            tag: Tag::Main,
            content_type: Some("application/json".to_owned()),
            validators: Validators::default(),
            body: body.as_bytes().to_vec(),
            received: "2026-11-21T12:00:00Z".parse().unwrap(),
        }
    }

    fn config(items: &str, fields: &[(&str, &[&str])]) -> JsonConfig {
        JsonConfig {
            url: "https://api.example/search?q=orange".to_owned(),
            items: items.to_owned(),
            fields: fields
                .iter()
                .map(|(name, ways)| ((*name).to_owned(), ways.iter().map(|way| (*way).to_owned()).collect()))
                .collect(),
            ..JsonConfig::default()
        }
    }

    #[test]
    fn what_takes_little_room_in_a_file_and_much_in_memory_is_refused() {
        for (text, read) in [
            (format!("[{}1]", "{\"a\":1},".repeat(200_000)), false),
            (format!("[{}1]", "[1],".repeat(1_000_000)), false),
            (format!("[{}1]", "{\"a\":1},".repeat(190_000)), true),
            (format!("[\"{}\"]", "{[\\\"".repeat(500_000)), true),
        ] {
            let state = parse(&text).err().map(|error| error.state);
            assert_eq!(state.is_none(), read, "{} bytes: {state:?}", text.len());
            assert!(read || state == Some(SourceState::TooLarge));
        }
    }

    #[test]
    fn fields_fall_back_and_templates_refer_to_each_other() {
        let json = config(
            "/hits",
            &[
                ("id", &["/objectID"]),
                ("title", &["/title", "/story_title"]),
                ("text", &["/comment_text"]),
                ("url", &["https://example.org/item?id={id}&by={/author}", "https://example.org/{id}"]),
                ("author", &["/author"]),
                ("published", &["/created_at_i"]),
            ],
        )
        .compile()
        .unwrap();
        let body = r#"{"hits":[
            {"objectID":17,"title":null,"story_title":"Le r&eacute;seau","comment_text":"<p>Bien <a href=\"/l\">vu</a></p>","author":"ana","created_at_i":1795255200},
            {"objectID":"18","title":"Sans auteur","created_at_i":"1795255200000"},
            {"objectID":"19"}]}"#;
        let step = json.read(State::default(), &answer(body)).unwrap();
        assert_eq!(step.entries.len(), 2);
        let first = &step.entries[0];
        assert_eq!((first.id.as_str(), first.title.as_str(), first.text.as_str()), ("17", "Le réseau", "Bien vu"));
        assert_eq!(first.url.as_deref(), Some("https://example.org/item?id=17&by=ana"));
        assert_eq!(first.links, ["https://api.example/l"]);
        assert_eq!(first.published.unwrap().as_second(), 1_795_255_200);
        assert_eq!(step.entries[1].url.as_deref(), Some("https://example.org/18"));
        assert_eq!(step.entries[1].published, first.published);
    }

    #[test]
    fn mistakes_name_their_key() {
        for (key, config) in [
            ("json", JsonConfig { url: "ftp://x".to_owned(), ..config("", &[("title", &["/t"])]) }),
            ("items", config("hits", &[("title", &["/t"])])),
            ("fields", config("/hits", &[("titel", &["/t"])])),
            ("fields", config("/hits", &[("title", &["t"])])),
            ("fields", config("/hits", &[("title", &["{/t"])])),
            ("fields", config("/hits", &[("title", &["{nofield}"])])),
            ("fields", config("/hits", &[("id", &["/t"])])),
        ] {
            assert_eq!(config.compile().unwrap_err().key, key);
        }
    }

    #[test]
    fn what_cannot_be_read_has_its_state() {
        let json = config("/hits", &[("title", &["/t", "{title}"])]).compile().unwrap();
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for (body, state) in [
            ("", SourceState::Broken),
            ("{\"hits\":[", SourceState::Broken),
            (deep.as_str(), SourceState::Broken),
            ("<html>", SourceState::NotAFeed),
            ("{\"error\":\"x\"}", SourceState::SelectorsStale),
            ("{\"hits\":{}}", SourceState::SelectorsStale),
            ("{\"hits\":[{\"u\":1}]}", SourceState::SelectorsStale),
        ] {
            assert_eq!(json.read(State::default(), &answer(body)).unwrap_err().state, state, "{body:.20}");
        }
        assert!(json.read(State::default(), &answer("{\"hits\":[]}")).unwrap().entries.is_empty());
    }

    #[test]
    fn a_days_number_is_no_second() {
        let context = Context {
            now: "2026-11-21T12:00:00Z".parse().unwrap(),
            zone: TimeZone::UTC,
            order: Order::Unknown,
            format: None,
        };
        assert_eq!(when("20261121", &context).unwrap().to_string(), "2026-11-21T00:00:00Z");
        assert_eq!(when("20261121T101500Z", &context).unwrap().to_string(), "2026-11-21T10:15:00Z");
        assert_eq!(when("1795255200.5", &context).unwrap().as_second(), 1_795_255_200);
    }
}
