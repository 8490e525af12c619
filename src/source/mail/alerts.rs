//! Letters of Google Alerts, cut into their items: each result has a title that leads through
//! `google.com/url?…url=REAL&ct=ga…`, its publisher, a piece of its text, and links of Google's own behind.
//! Known by those links, so that a forwarded alert is one too. Written after the letters' shape.

use crate::text::clean;
use crate::text::html::{self, Piece, Pieces, Writer, entities};
use crate::text::url;

/// Items of one letter.
const MOST_ITEMS: usize = 500;

/// One result of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// Where it leads, Google's redirect taken off.
    pub(super) url: String,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) publisher: Option<String>,
}

/// An item being read.
struct Begun {
    url: String,
    title: String,
    has_title: bool,
    publisher: String,
    text: Writer,
}

/// Where a link of an alert leads; nothing for any other link.
fn target(link: &str) -> Option<String> {
    let link = link.trim().trim_start_matches('<').trim_end_matches('>');
    let is_alert = link.contains("google.") && link.contains("/url?") && link.contains("ct=ga");
    url::unwrapped(link).filter(|_| is_alert)
}

/// The items of a letter with markup.
pub(super) fn of_html(source: &str) -> Vec<Item> {
    let mut items: Vec<Begun> = Vec::new();
    // The item that text belongs to; none behind Google's own links.
    let mut current: Option<usize> = None;
    let mut in_link = false;
    // The element that names the publisher, and how many of its name are open.
    let mut publisher: Option<(String, u32)> = None;
    let mut pieces = Pieces::of(source);
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Text(text) => {
                let Some(item) = current.and_then(|at| items.get_mut(at)) else { continue };
                let text = entities::decode_all(text);
                if publisher.is_some() {
                    item.publisher.push_str(&text);
                } else if in_link && !item.has_title {
                    item.title.push_str(&text);
                } else {
                    item.text.text(&text);
                }
            }
            Piece::Verbatim(_) => {}
            Piece::Open { name, attributes } => {
                let name = name.to_ascii_lowercase();
                let is_empty = attributes.ends_with('/');
                match name.as_str() {
                    "script" | "style" | "title" if !is_empty => pieces.skip_raw(&name),
                    "a" => {
                        in_link = true;
                        let href = html::attribute(attributes, "href").map(entities::decode_all).unwrap_or_default();
                        current = target(&href).and_then(|url| place(&mut items, url));
                    }
                    _ => {}
                }
                if let Some((open, depth)) = &mut publisher {
                    *depth += u32::from(*open == name && !is_empty);
                } else if html::attribute(attributes, "itemprop") == Some("publisher") && !is_empty {
                    publisher = Some((name.clone(), 1));
                }
                if let Some(item) = current.and_then(|at| items.get_mut(at)) {
                    item.text.open(&name);
                }
            }
            Piece::Close { name } => {
                let name = name.to_ascii_lowercase();
                let item = current.and_then(|at| items.get_mut(at));
                if let Some(item) = item {
                    item.text.close(&name);
                    item.has_title |= name == "a" && !item.title.trim().is_empty();
                }
                in_link &= name != "a";
                if let Some((open, depth)) = &mut publisher
                    && *open == name
                {
                    *depth -= 1;
                    if *depth == 0 {
                        publisher = None;
                    }
                }
            }
        }
    }
    items.into_iter().filter(|item| item.has_title).map(Begun::ended).collect()
}

/// The item of an address; nothing past the cap.
fn place(items: &mut Vec<Begun>, url: String) -> Option<usize> {
    if let Some(at) = items.iter().rposition(|item| item.url == url) {
        return Some(at);
    }
    if items.len() >= MOST_ITEMS {
        return None;
    }
    items.push(Begun {
        url,
        title: String::new(),
        has_title: false,
        publisher: String::new(),
        text: Writer::default(),
    });
    Some(items.len() - 1)
}

impl Begun {
    fn ended(self) -> Item {
        let line = |text: &str| clean::segment(text).trim().to_owned();
        let publisher = line(&self.publisher);
        Item {
            url: self.url,
            title: line(&self.title),
            text: self.text.finish().text,
            publisher: (!publisher.is_empty()).then_some(publisher),
        }
    }
}

/// The items of a letter without markup: title, publisher and text on lines, the link below.
pub(super) fn of_plain(text: &str) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        let link = line.find("http").map(|at| line[at..].split(['>', ' ']).next().unwrap_or_default());
        if let Some(url) = link.and_then(target) {
            let mut said = lines.drain(..);
            if let Some(title) = said.next().filter(|_| items.len() < MOST_ITEMS) {
                let rest: Vec<&str> = said.collect();
                let (publisher, text) = match rest.as_slice() {
                    [publisher, text @ ..] if !text.is_empty() => (Some(clean::segment(publisher)), text),
                    text => (None, text),
                };
                let publisher = publisher.filter(|publisher| !publisher.trim().is_empty());
                let text: Vec<String> = text.iter().map(|line| clean::segment(line)).collect();
                items.push(Item { url, title: clean::segment(title), text: text.join("\n"), publisher });
            }
        } else if link.is_some() || line.starts_with("===") || line.starts_with("- - -") {
            // The head of a section, or one of Google's own links.
            lines.clear();
        } else if !line.is_empty() {
            lines.push(line);
        }
    }
    items
}
