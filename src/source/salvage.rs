//! Reads the items out of what was meant to be a feed and is not well-formed XML, or is of a form that
//! feed-rs does not know: bare ampersands, undeclared prefixes, tags left open, a lost tail, RSS 0.9x,
//! RDF, Atom 0.3, CDF. Item by item, by the names of elements whatever their namespace, in linear time.
//! Never the first choice: what is well-formed is feed-rs's.

use jiff::Timestamp;

use super::feed::{Document, Item, MOST_PARTS};
use super::{MOST_ITEMS, packed};
use crate::text::html::{self, Piece, Pieces, entities};
use crate::text::language::Language;
use crate::text::url;

/// What an element of an item, or of the feed outside its items, is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Title,
    Link,
    Id,
    Text,
    Author,
    Published,
    Updated,
    Language,
    Ttl,
    /// Has fields of its own, which are somebody else's.
    Foreign,
}

fn field(prefix: &str, local: &str) -> Option<Field> {
    Some(match (prefix, local) {
        (
            "media" | "itunes" | "podcast" | "georss" | "slash" | "wfw" | "thr" | "cc" | "creativecommons",
            "title" | "link" | "author",
        )
        | ("media", "content" | "text") => return None,
        (_, "title") => Field::Title,
        (_, "link") => Field::Link,
        (_, "guid" | "id" | "identifier") => Field::Id,
        (
            _,
            "description" | "summary" | "content" | "encoded" | "body" | "fullitem" | "abstract" | "tagline"
            | "subtitle" | "info" | "excerpt",
        ) => Field::Text,
        (_, "author" | "creator" | "contributor") => Field::Author,
        (_, "pubdate" | "published" | "issued" | "created" | "date" | "datetaken" | "available") => Field::Published,
        (_, "updated" | "modified" | "lastbuilddate") => Field::Updated,
        (_, "language") => Field::Language,
        ("", "ttl") => Field::Ttl,
        (
            _,
            "source" | "image" | "textinput" | "cloud" | "category" | "comments" | "generator" | "rights" | "copyright",
        ) => Field::Foreign,
        _ => return None,
    })
}

/// A field being read.
struct Open<'a> {
    field: Field,
    /// The name as written, for its end tag.
    name: &'a str,
    /// Elements of the same name inside.
    nested: u32,
    /// Markup, references of text decoded once.
    markup: String,
    /// `href` of a link.
    target: Option<String>,
    rel: Option<String>,
    is_base64: bool,
}

struct Reader<F> {
    document: Document,
    item: Option<Item>,
    updated: Option<Timestamp>,
    /// Links that do not lead to the entry itself, the last choice.
    other_links: Vec<String>,
    read_date: F,
}

/// Reads what can be read; `read_date` is given the feed's language as known so far.
pub(super) fn read(body: &str, read_date: impl Fn(&str, Option<Language>) -> Option<Timestamp>) -> Document {
    let mut reader =
        Reader { document: Document::default(), item: None, updated: None, other_links: Vec::new(), read_date };
    let mut open: Option<Open<'_>> = None;
    let mut pieces = Pieces::of(body);
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Text(text) => {
                if let Some(open) = &mut open {
                    open.markup.push_str(&entities::decode_all(text));
                }
            }
            Piece::Verbatim(text) => {
                if let Some(open) = &mut open {
                    open.markup.push_str(text);
                }
            }
            Piece::Open { name, attributes } => {
                let (prefix, local) = split(name);
                let is_empty = attributes.ends_with('/');
                let begins_item =
                    matches!(local.as_str(), "item" | "entry") && !matches!(prefix.as_str(), "media" | "li");
                if begins_item && pieces.position() == body.len() && !body.ends_with('>') {
                    // The stump of a document that breaks off in the middle of a tag is no item.
                    break;
                }
                if begins_item {
                    reader.close(open.take());
                    reader.end_item();
                    reader.begin_item(attributes);
                    if is_empty {
                        reader.end_item();
                    }
                    continue;
                }
                let found = field(&prefix, &local);
                // A simple field that was never closed ends where the next one begins.
                if let Some(outer) = &mut open {
                    let is_simple = matches!(
                        outer.field,
                        Field::Title
                            | Field::Link
                            | Field::Id
                            | Field::Published
                            | Field::Updated
                            | Field::Language
                            | Field::Ttl
                    );
                    if !(is_simple && found.is_some() && name != outer.name) {
                        if !is_empty && name == outer.name {
                            outer.nested += 1;
                        }
                        outer.push_tag(name, attributes, &local);
                        continue;
                    }
                    reader.close(open.take());
                }
                if let Some(found) = found {
                    let begun = Open {
                        field: found,
                        name,
                        nested: 0,
                        markup: String::new(),
                        target: html::attribute(attributes, "href").map(|href| entities::decode_all(href).into_owned()),
                        rel: html::attribute(attributes, "rel").map(str::to_ascii_lowercase),
                        is_base64: html::attribute(attributes, "mode") == Some("base64")
                            || (found == Field::Text
                                && html::attribute(attributes, "type").is_some_and(packed::is_base64)),
                    };
                    if is_empty {
                        reader.close(Some(begun));
                    } else {
                        open = Some(begun);
                    }
                } else if matches!(local.as_str(), "feed" | "rss" | "channel" | "rdf") {
                    let language = html::attribute(attributes, "xml:lang").map(str::to_owned);
                    reader.document.language = reader.document.language.take().or(language);
                }
            }
            Piece::Close { name } => {
                if let Some(outer) = &mut open {
                    if name == outer.name {
                        if outer.nested > 0 {
                            outer.nested -= 1;
                            outer.push_end(name);
                        } else {
                            reader.close(open.take());
                        }
                        continue;
                    }
                    outer.push_end(name);
                }
                let (_, local) = split(name);
                if matches!(local.as_str(), "item" | "entry") {
                    reader.close(open.take());
                    reader.end_item();
                }
            }
        }
    }
    reader.close(open.take());
    reader.end_item();
    reader.document
}

fn split(name: &str) -> (String, String) {
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    (prefix.to_ascii_lowercase(), local.to_ascii_lowercase())
}

impl Open<'_> {
    fn push_tag(&mut self, name: &str, attributes: &str, local: &str) {
        // Elements of an author (`name`, `email`) are told apart by their tags, markup is kept as it is.
        let name = if self.field == Field::Author { local } else { name };
        self.markup.push('<');
        self.markup.push_str(name);
        self.markup.push_str(attributes);
        self.markup.push('>');
    }

    fn push_end(&mut self, name: &str) {
        let (_, local) = split(name);
        self.markup.push_str("</");
        self.markup.push_str(&local);
        self.markup.push('>');
    }
}

impl<F: Fn(&str, Option<Language>) -> Option<Timestamp>> Reader<F> {
    fn begin_item(&mut self, attributes: &str) {
        let value = |name| html::attribute(attributes, name).map(|value| entities::decode_all(value).into_owned());
        self.item = Some(Item {
            id: value("rdf:about").unwrap_or_default(),
            links: value("href").into_iter().collect(),
            published: value("lastmod").and_then(|text| self.date(&text)),
            language: value("xml:lang"),
            base: value("xml:base"),
            ..Item::default()
        });
    }

    fn end_item(&mut self) {
        let updated = self.updated.take();
        let others = std::mem::take(&mut self.other_links);
        let Some(mut item) = self.item.take() else { return };
        item.published = item.published.or(updated);
        item.links.extend(others);
        if self.document.items.len() < MOST_ITEMS {
            self.document.items.push(item);
        } else {
            self.document.dropped += 1;
        }
    }

    fn date(&self, text: &str) -> Option<Timestamp> {
        (self.read_date)(text, self.document.language.as_deref().and_then(Language::from_tag))
    }

    fn close(&mut self, open: Option<Open<'_>>) {
        let Some(Open { field, markup, target, rel, is_base64, .. }) = open else { return };
        let markup = if is_base64 { packed::base64_text(&markup) } else { markup };
        let text = markup.trim();
        if self.item.is_none() {
            match field {
                Field::Language if self.document.language.is_none() => {
                    self.document.language = Some(html::to_line(text));
                }
                Field::Ttl => self.document.ttl = text.parse().ok(),
                Field::Author if self.document.author.is_none() => self.document.author = author(text),
                Field::Link if self.document.home.is_none() => {
                    self.document.home = url::absolute(&target.unwrap_or_else(|| html::to_line(text)));
                }
                _ => {}
            }
            return;
        }
        let date =
            matches!(field, Field::Published | Field::Updated).then(|| self.date(&html::to_line(text))).flatten();
        let Some(item) = &mut self.item else { return };
        match field {
            Field::Title if item.title.is_empty() => text.clone_into(&mut item.title),
            // A second title may say other words.
            Field::Title | Field::Text if !text.is_empty() && text != item.title && item.texts.len() < MOST_PARTS => {
                item.texts.push(text.to_owned());
            }
            Field::Link => {
                let link = target.unwrap_or_else(|| html::to_line(text));
                let leads_there = matches!(rel.as_deref(), None | Some("alternate"));
                let is_other = matches!(rel.as_deref(), Some("enclosure" | "replies" | "edit" | "hub"));
                // Past the cap nothing is lost: the first ones are the entry's own.
                let has_room = item.links.len() + self.other_links.len() < MOST_PARTS;
                if !link.is_empty() && !is_other && has_room {
                    (if leads_there { &mut item.links } else { &mut self.other_links }).push(link);
                }
            }
            Field::Id if item.id.is_empty() || !text.is_empty() => item.id = html::to_line(text),
            Field::Author if item.author.is_none() => item.author = author(text),
            Field::Published => item.published = item.published.or(date),
            Field::Updated => self.updated = self.updated.or(date),
            Field::Language => item.language = Some(html::to_line(text)),
            _ => {}
        }
    }
}

/// `<name>` inside, else `<email>`, else the text.
fn author(markup: &str) -> Option<String> {
    let inside = |tag: &str| {
        let from = markup.find(&format!("<{tag}"))?;
        let begin = from + markup[from..].find('>')? + 1;
        let end = markup[begin..].find('<').map_or(markup.len(), |len| begin + len);
        Some(html::to_line(&markup[begin..end])).filter(|name| !name.is_empty())
    };
    inside("name").or_else(|| inside("email")).or_else(|| Some(html::to_line(markup)).filter(|name| !name.is_empty()))
}
