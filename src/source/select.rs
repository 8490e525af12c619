//! Selectors over HTML pages, for the forum and page kinds: CSS with an optional attribute, parsed once;
//! pages parsed under caps. Owns no idea of what a post or a topic is.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use scraper::{ElementRef, Html, Node, Selector};

use super::{ParseError, charset};
use crate::exchange::Answer;
use crate::health::SourceState;
use crate::text::html::{self, Piece, Pieces, Plain, Writer};

/// The largest page parsed, in bytes of text: a tree takes ten to twenty times as much.
pub const LARGEST_PAGE: usize = 4 << 20;

/// The deepest nesting parsed. html5ever is quadratic in it.
pub const DEEPEST: usize = 512;

/// Attributes of one element; html5ever compares each with all before it.
const MOST_ATTRIBUTES: usize = 512;

/// Formatting elements that html5ever may have to open again, over the whole page.
const MOST_REOPENED: usize = 1 << 20;

/// Why a source's selectors, pointers or fields do not compile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {detail}")]
pub struct SelectError {
    /// The key of the watchlist that holds it.
    pub key: &'static str,
    /// What is wrong, in English, one line, with the text as written.
    pub detail: String,
}

/// A CSS selector with an optional attribute: `time @datetime`, `h2 a`, `@id`.
#[derive(Debug, Clone)]
pub struct Select {
    /// Absent: the element itself.
    css: Option<Arc<Selector>>,
    attribute: Option<String>,
    written: Arc<str>,
}

impl Select {
    /// Compiles a selector; `key` names it in the error.
    pub fn compile(key: &'static str, written: &str) -> Result<Self, SelectError> {
        let error = |detail: String| SelectError { key, detail };
        let text = written.trim();
        let (css, attribute) = match text.rsplit_once('@') {
            Some((css, name)) if css.is_empty() || css.ends_with(char::is_whitespace) => {
                let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
                if name.is_empty() || !name.chars().all(is_name) {
                    return Err(error(format!("`{written}`: after @ stands an attribute's name")));
                }
                (css.trim(), Some(name.to_ascii_lowercase()))
            }
            _ => (text, None),
        };
        if css.is_empty() && attribute.is_none() {
            return Err(error("a selector is empty".to_owned()));
        }
        let css = if css.is_empty() {
            None
        } else {
            let selector =
                Selector::parse(css).map_err(|reason| error(format!("`{written}` is no CSS selector: {reason}")))?;
            Some(Arc::new(selector))
        };
        Ok(Self { css, attribute, written: written.into() })
    }

    /// As written in the watchlist.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The elements inside `scope`, in document order.
    #[must_use]
    pub fn all<'a>(&self, scope: ElementRef<'a>) -> Vec<ElementRef<'a>> {
        self.css.as_deref().map_or_else(|| vec![scope], |css| scope.select(css).collect())
    }

    fn first<'a>(&self, scope: ElementRef<'a>) -> Option<ElementRef<'a>> {
        match self.css.as_deref() {
            None => Some(scope),
            Some(css) => scope.select(css).next().or_else(|| css.matches(&scope).then_some(scope)),
        }
    }

    /// The attribute of the first element, else its text on one line. Nothing when there is no such
    /// element or it says nothing.
    #[must_use]
    pub fn value(&self, scope: ElementRef<'_>) -> Option<String> {
        let found = self.first(scope)?;
        let value = match &self.attribute {
            Some(name) => found.attr(name)?.trim().to_owned(),
            None => one_line(&plain(&[found], &[]).text),
        };
        (!value.is_empty()).then_some(value)
    }

    /// A link: the attribute, else `href` of the first element or of the first link inside it.
    #[must_use]
    pub fn link(&self, scope: ElementRef<'_>) -> Option<String> {
        let found = self.first(scope)?;
        let target = match &self.attribute {
            Some(name) => found.attr(name),
            None => found
                .attr("href")
                .or_else(|| found.descendants().filter_map(ElementRef::wrap).find_map(|inner| inner.attr("href"))),
        }?;
        (!target.trim().is_empty()).then(|| target.trim().to_owned())
    }

    /// The text of the first element on one line, whatever attribute is asked for: a link's words.
    #[must_use]
    pub fn label(&self, scope: ElementRef<'_>) -> Option<String> {
        let found = self.first(scope)?;
        Some(one_line(&plain(&[found], &[]).text)).filter(|label| !label.is_empty())
    }

    /// Text and links of all elements found, without what `remove` names.
    #[must_use]
    pub fn text(&self, scope: ElementRef<'_>, remove: &[Self]) -> Plain {
        let all = match &self.attribute {
            Some(_) => return Plain { text: self.value(scope).unwrap_or_default(), links: Vec::new() },
            None => self.all(scope),
        };
        let found: HashSet<_> = all.iter().map(|one| one.id()).collect();
        let is_outermost = |one: &ElementRef<'_>| !one.ancestors().any(|above| found.contains(&above.id()));
        let outermost: Vec<_> = all.iter().copied().filter(is_outermost).collect();
        plain(&outermost, remove)
    }
}

/// Compiles a list of selectors of one key.
pub fn compile_all(key: &'static str, written: &[String]) -> Result<Vec<Select>, SelectError> {
    written.iter().map(|one| Select::compile(key, one)).collect()
}

/// Compiles a selector that may be missing.
pub fn compile_some(key: &'static str, written: Option<&String>) -> Result<Option<Select>, SelectError> {
    written.map(|one| Select::compile(key, one)).transpose()
}

/// Text and links of elements in order, without what `remove` names.
#[must_use]
pub fn plain(elements: &[ElementRef<'_>], remove: &[Select]) -> Plain {
    let mut writer = Writer::default();
    for element in elements {
        let removed: HashSet<_> = remove.iter().flat_map(|one| one.all(*element)).map(|gone| gone.id()).collect();
        writer.open("div");
        let mut open = vec![(element.value().name(), element.children())];
        while let Some((name, children)) = open.last_mut() {
            let Some(child) = children.next() else {
                writer.close(name);
                open.pop();
                continue;
            };
            match child.value() {
                Node::Text(text) => writer.text(text),
                Node::Element(inner) => {
                    let name = inner.name();
                    if matches!(name, "script" | "style" | "template" | "head") || removed.contains(&child.id()) {
                        continue;
                    }
                    if let Some(target) = inner.attr("href").filter(|_| matches!(name, "a" | "area")) {
                        writer.link(target);
                    }
                    if let Some(alt) = inner.attr("alt").filter(|_| name == "img") {
                        writer.image(alt);
                    }
                    writer.open(name);
                    open.push((name, child.children()));
                }
                _ => {}
            }
        }
        writer.close("div");
    }
    writer.finish()
}

/// Text and links of markup, without what `remove` names; markup too costly for a tree keeps that.
#[must_use]
pub fn to_plain(markup: &str, remove: &[Select]) -> Plain {
    if remove.is_empty() || !html::has_tag(markup) || markup.len() > LARGEST_PAGE || too_costly(markup).is_some() {
        return html::to_plain(markup);
    }
    plain(&[Html::parse_fragment(markup).root_element()], remove)
}

/// White space of any kind to single spaces.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// Parses a page under the caps.
pub fn parse_page(answer: &Answer) -> Result<Html, ParseError> {
    let text = charset::decode(&answer.body, answer.content_type.as_deref());
    if text.len() > LARGEST_PAGE {
        let detail = format!("the page has {} bytes, more than the {LARGEST_PAGE} that are parsed", text.len());
        return Err(ParseError { state: SourceState::TooLarge, detail });
    }
    if let Some(detail) = too_costly(&text) {
        return Err(ParseError { state: SourceState::Broken, detail: detail.to_owned() });
    }
    Ok(Html::parse_document(&text))
}

/// True when a reader would see something on the page.
#[must_use]
pub fn has_text(page: &Html) -> bool {
    !plain(&[page.root_element()], &[]).text.is_empty()
}

/// What makes a page too costly for html5ever, found in one linear pass that counts rather more than a
/// parser would.
fn too_costly(page: &str) -> Option<&'static str> {
    const TOO_DEEP: &str = "nested too deep";
    let mut open: Vec<&str> = Vec::new();
    let mut counts: HashMap<String, u32> = HashMap::new();
    let mut formatting: HashMap<String, usize> = HashMap::new();
    let (mut formatted, mut reopened) = (0_usize, 0_usize);
    let mut pieces = Pieces::of(page);
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Open { name, attributes } => {
                if attributes.len() > MOST_ATTRIBUTES && attribute_count(attributes) > MOST_ATTRIBUTES {
                    return Some("an element has too many attributes");
                }
                let lower = name.to_ascii_lowercase();
                reopened += formatted;
                let in_drawing =
                    counts.get("svg").is_some_and(|n| *n > 0) || counts.get("math").is_some_and(|n| *n > 0);
                if matches!(lower.as_str(), "script" | "style" | "textarea" | "title") && !in_drawing {
                    pieces.skip_raw(&lower);
                } else if is_formatting(&lower) {
                    *formatting.entry(lower).or_default() += 1;
                    formatted += 1;
                } else if !never_nests(&lower) {
                    open.push(name);
                    *counts.entry(lower).or_default() += 1;
                }
                if open.len() + formatted > DEEPEST || reopened > MOST_REOPENED {
                    return Some(TOO_DEEP);
                }
            }
            Piece::Close { name } => {
                let lower = name.to_ascii_lowercase();
                if let Some(count) = formatting.get_mut(&lower).filter(|count| **count > 0) {
                    *count -= 1;
                    formatted -= 1;
                } else if counts.get(&lower).is_some_and(|count| *count > 0) {
                    while let Some(last) = open.pop() {
                        let last = last.to_ascii_lowercase();
                        if let Some(count) = counts.get_mut(&last) {
                            *count -= 1;
                        }
                        if last == lower {
                            break;
                        }
                    }
                }
            }
            Piece::Text(_) | Piece::Verbatim(_) => {}
        }
    }
    None
}

/// Counts what may be an attribute outside of quotes, and stops past the cap.
fn attribute_count(attributes: &str) -> usize {
    let mut count = 0;
    let mut quote = None;
    let mut before = b' ';
    for byte in attributes.bytes() {
        match quote {
            Some(open) if byte == open => quote = None,
            None if before == b'=' && matches!(byte, b'"' | b'\'') => quote = Some(byte),
            None if byte.is_ascii_whitespace() || byte == b'/' => count += 1,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
        if count > MOST_ATTRIBUTES {
            break;
        }
    }
    count
}

/// Void elements, and those that end where the next of their kind begins.
fn never_nests(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
            | "p"
            | "li"
            | "dt"
            | "dd"
            | "option"
            | "optgroup"
            | "tr"
            | "td"
            | "th"
            | "thead"
            | "tbody"
            | "tfoot"
            | "colgroup"
            | "html"
            | "head"
            | "body"
    )
}

/// The list of active formatting elements (WHATWG HTML, 13.2.4.3): opened again after blocks that end them.
fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u"
    )
}

/// The feed that a page names in `<link rel=alternate type=…>`.
#[must_use]
pub fn alternate(page: &str) -> Option<&str> {
    Pieces::of(page).take(4096).find_map(|piece| {
        let Piece::Open { name, attributes } = piece else { return None };
        if !name.eq_ignore_ascii_case("link") {
            return None;
        }
        let rel = html::attribute(attributes, "rel")?;
        let kind = html::attribute(attributes, "type")?.to_ascii_lowercase();
        let is_feed = kind.contains("rss") || kind.contains("atom") || kind.contains("feed+json");
        let names_it = rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("alternate"));
        html::attribute(attributes, "href").filter(|_| is_feed && names_it)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page(html: &str) -> Html {
        Html::parse_document(html)
    }

    #[test]
    fn a_selector_may_end_in_an_attribute() {
        let page = page(
            "<article id=a7><h2><a href='/x?y=1&amp;z=2'>Un\n <b>titre</b></a></h2><time datetime=2026-11-21>hier</time></article>",
        );
        let article = Select::compile("item", "article").unwrap().all(page.root_element())[0];
        for (written, wanted) in [
            ("h2", Some("Un titre")),
            ("h2 a @href", Some("/x?y=1&z=2")),
            ("time @datetime", Some("2026-11-21")),
            ("@id", Some("a7")),
            ("article @id", Some("a7")),
            ("time @title", None),
            (".none", None),
        ] {
            assert_eq!(Select::compile("x", written).unwrap().value(article).as_deref(), wanted, "{written}");
        }
        assert_eq!(Select::compile("x", "h2").unwrap().link(article).as_deref(), Some("/x?y=1&z=2"));
    }

    #[test]
    fn a_bad_selector_names_its_key() {
        for written in ["", "  ", "div[", "a @", "a @b c", "a >"] {
            let error = Select::compile("topic", written).unwrap_err();
            assert_eq!(error.key, "topic", "{written}");
        }
    }

    #[test]
    fn quotes_are_removed_from_a_post() {
        let page = page(
            "<div class=c>Avant<blockquote>cité <p>deux</p></blockquote><p>Après <a href=/l>lien</a></p><script>x</script></div>",
        );
        let remove = compile_all("remove", &["blockquote".to_owned()]).unwrap();
        let body = Select::compile("body", ".c").unwrap().text(page.root_element(), &remove);
        assert_eq!(body.text, "Avant\n\nAprès lien");
        assert_eq!(body.links, ["/l"]);
    }

    #[test]
    fn nested_matches_are_read_once() {
        let page = page("<div class=c>un <div class=c>deux</div></div><div class=c>trois</div>");
        assert_eq!(Select::compile("body", ".c").unwrap().text(page.root_element(), &[]).text, "un\ndeux\ntrois");
    }

    #[test]
    fn pages_that_would_take_forever_are_refused_at_once() {
        let many_attributes = (0..2000).map(|n| format!(" a{n}")).collect::<Vec<_>>().concat();
        let numbered_bold = (0..600).map(|n| format!("<b id={n}>")).collect::<Vec<_>>().concat();
        for (name, html) in [
            ("divs", "<div>".repeat(20_000)),
            ("divs with stray ends", "<div></b>".repeat(20_000)),
            ("fonts over blocks", "<div><font></div>".repeat(20_000)),
            ("reopened", format!("{}{}", &numbered_bold[..3_000], "<p>x".repeat(200_000))),
            ("style in a drawing", format!("<svg><style>{}", "<div>".repeat(20_000))),
            ("an empty comment", format!("<!-->{}", "<div>".repeat(20_000))),
            ("attributes", format!("<div{many_attributes}>")),
            ("upper case", "<DIV>".repeat(20_000)),
        ] {
            let begin = std::time::Instant::now();
            assert!(too_costly(&html).is_some(), "{name}");
            assert!(begin.elapsed().as_secs() < 2, "{name}");
        }
    }

    #[test]
    fn sloppy_but_flat_pages_pass() {
        for html in [
            "<li>un".repeat(5000),
            "<p>un".repeat(5000),
            "<tr><td>x".repeat(5000),
            "<br>".repeat(5000),
            "<div>x</div>".repeat(5000),
            "<script>if (a<b) document.write('<div>')</script>".repeat(2000),
            "<b>x</b>".repeat(5000),
            format!("<img src='data:{}'>", "a b ".repeat(5000)),
        ] {
            assert_eq!(too_costly(&html), None, "{}", &html[..20]);
        }
    }

    #[test]
    fn the_feed_of_a_page_is_found() {
        let html = "<!doctype html><html><head><link rel=stylesheet href=a.css><link rel='alternate' type='application/rss+xml' href='/feed'>";
        assert_eq!(alternate(html), Some("/feed"));
        assert_eq!(alternate("<html><link rel=alternate hreflang=fr href=/fr>"), None);
    }

    proptest! {
        #[test]
        fn what_passes_the_scan_is_really_flat(html in "(<(div|b|a|p|svg|style|li|table|td|i)( id=[0-9])?>|</(div|b|a|p|svg|style|table|i)>|x){0,60}") {
            prop_assume!(too_costly(&html).is_none());
            let page = page(&html);
            let deepest = page.root_element().descendants().map(|node| node.ancestors().count()).max().unwrap_or(0);
            // A little over what was counted: html, body, tbody and tr are put in by the parser.
            prop_assert!(deepest <= DEEPEST + 64);
        }
    }
}
