//! Where a value stands in a YAML file: one pass of an event parser over a text that the guard let
//! through. Owns places and the text of scalars as written; what values mean is `yaml` and the shapes.

use saphyr_parser::{Event, Parser, ScalarStyle};

pub use crate::place::Place;

/// A stretch of one line, in characters from 1; the end is the column after the last character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Span {
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// After the last character; [`Span::REST`] for all of the line.
    pub end: u32,
}

impl Span {
    /// An end column: all of the line.
    pub const REST: u32 = u32::MAX;
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it stands; of a collection, where it opens.
    pub span: Span,
    /// What it is.
    pub content: Content,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A scalar: its text as written, without quotes.
    Scalar {
        /// The text.
        text: Box<str>,
        /// Between quotes, or a block scalar: never null.
        quoted: bool,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in the file's order.
    Mapping(Vec<(Node, Node)>),
}

/// Levels of nesting that a file may have.
pub const DEEPEST: usize = 32;

/// Why a text has no tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The structure breaks here.
    #[error("not readable at {0:?}")]
    Syntax(Span),
    /// The first level past [`DEEPEST`].
    #[error("nested too deep at {0:?}")]
    Deep(Span),
    /// An anchor, an alias or a tag that the scanner did not see.
    #[error("anchor, alias or tag at {0:?}")]
    Reference(Span),
    /// A second document.
    #[error("second document at {0:?}")]
    Documents(Span),
    /// A key that is a list or a mapping.
    #[error("complex key at {0:?}")]
    ComplexKey(Span),
}

impl Node {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.pair(key).map(|(_, value)| value)
    }

    /// A key and its value.
    #[must_use]
    pub fn pair(&self, key: &str) -> Option<&(Self, Self)> {
        self.pairs().iter().find(|(name, _)| name.text() == Some(key))
    }

    /// Keys and values; none when it is no mapping.
    #[must_use]
    pub fn pairs(&self) -> &[(Self, Self)] {
        if let Content::Mapping(pairs) = &self.content { pairs } else { &[] }
    }

    /// Items; none when it is no list.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        if let Content::Sequence(items) = &self.content { items } else { &[] }
    }

    /// A scalar's text as written, without quotes.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Content::Scalar { text, .. } = &self.content { Some(text) } else { None }
    }

    /// Nothing, `~` or `null` without quotes.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, quoted: false }
            if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }
}

enum Frame {
    Sequence(Span, Vec<Node>),
    Mapping(Span, Vec<(Node, Node)>, Option<Node>),
}

impl Frame {
    fn take(&mut self, node: Node) -> Result<(), Unreadable> {
        match self {
            Self::Sequence(_, items) => items.push(node),
            Self::Mapping(_, pairs, key) => match key.take() {
                Some(name) => {
                    let node = if is_nothing(&node) { nothing_after(&name) } else { node };
                    pairs.push((name, node));
                }
                None if matches!(node.content, Content::Scalar { .. }) => *key = Some(node),
                None => return Err(Unreadable::ComplexKey(node.span)),
            },
        }
        Ok(())
    }
}

fn is_nothing(node: &Node) -> bool {
    matches!(&node.content, Content::Scalar { text, quoted: false } if text.is_empty())
}

/// The parser places a missing value at the next token, lines later: its key is where people look.
fn nothing_after(key: &Node) -> Node {
    Node { span: key.span, content: Content::Scalar { text: "".into(), quoted: false } }
}

/// The tree of a text. `Ok(None)` for a text without a value.
///
/// # Errors
/// [`Unreadable`] with the first place that stands in the way.
pub fn read(text: &str) -> Result<Option<Node>, Unreadable> {
    let mut frames: Vec<Frame> = Vec::new();
    let lines: Vec<&str> = text.split('\n').collect();
    let mut root = None;
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, at) = event.map_err(|error| Unreadable::Syntax(point(*error.marker())))?;
        let span = span(at);
        let done = match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(Unreadable::Documents(point(at.start)));
                }
                None
            }
            Event::Alias(_) => return Err(Unreadable::Reference(span)),
            Event::Scalar(_, _, anchor, ref tag)
            | Event::SequenceStart(anchor, ref tag)
            | Event::MappingStart(anchor, ref tag)
                if anchor != 0 || tag.is_some() =>
            {
                return Err(Unreadable::Reference(span));
            }
            Event::Scalar(text, style, ..) => {
                let quoted = style != ScalarStyle::Plain;
                Some(Node { span, content: Content::Scalar { text: text.into(), quoted } })
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if frames.len() == DEEPEST => {
                return Err(Unreadable::Deep(point(at.start)));
            }
            Event::SequenceStart(..) => {
                frames.push(Frame::Sequence(at_dash(&lines, point(at.start)), Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                frames.push(Frame::Mapping(point(at.start), Vec::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => match frames.pop() {
                Some(Frame::Sequence(span, items)) => Some(Node { span, content: Content::Sequence(items) }),
                Some(Frame::Mapping(span, pairs, _)) => Some(Node { span, content: Content::Mapping(pairs) }),
                None => None,
            },
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => None,
        };
        if let Some(node) = done {
            match frames.last_mut() {
                Some(frame) => frame.take(node)?,
                None => root = Some(node),
            }
        }
    }
    Ok(root.filter(|node| !is_nothing(node)))
}

/// Of a list whose dashes stand under their key, the parser names the place after the dash.
fn at_dash(lines: &[&str], span: Span) -> Span {
    // Such lists are indented by people; far out on a line stand only bracketed ones, perhaps a million.
    if span.column > 200 {
        return span;
    }
    let mut line = lines.get(span.line as usize - 1).map_or("", |line| *line).chars();
    let before: Vec<char> = line.by_ref().take(span.column as usize - 1).collect();
    if matches!(line.next(), Some('-' | '[')) {
        return span;
    }
    match before.iter().rposition(|c| *c != ' ') {
        Some(dash) if before[dash] == '-' && dash + 1 < before.len() && before[..dash].iter().all(|c| *c == ' ') => {
            Span { column: dash as u32 + 1, end: dash as u32 + 2, ..span }
        }
        _ => span,
    }
}

fn point(marker: saphyr_parser::Marker) -> Span {
    let column = marker.col() as u32 + 1;
    Span { line: marker.line() as u32, column, end: column + 1 }
}

fn span(at: saphyr_parser::Span) -> Span {
    let start = point(at.start);
    let end = if at.end.line() == at.start.line() { at.end.col() as u32 + 1 } else { Span::REST };
    Span { end: end.max(start.end), ..start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stands_where_it_is_written() {
        let tree = read("brands:\n  - id: été\n    match: {any: [a, 'b c']}\n").unwrap().unwrap();
        let brand = &tree.get("brands").unwrap().items()[0];
        assert_eq!(brand.get("id").unwrap().span, Span { line: 2, column: 9, end: 12 });
        let any = brand.get("match").unwrap().get("any").unwrap();
        assert_eq!(any.items()[1].span, Span { line: 3, column: 22, end: 27 });
        assert_eq!(any.span.column, 18);
    }

    #[test]
    fn a_missing_value_stands_at_its_key() {
        let tree = read("a:\n\n\nb: 1\n").unwrap().unwrap();
        assert_eq!(tree.get("a").unwrap().span.line, 1);
        assert!(tree.get("a").unwrap().is_null());
    }

    #[test]
    fn scalars_keep_their_text() {
        for text in ["1e3", "0x10", "true", "118218", "1_000", "0o7", "2026-11-20"] {
            assert_eq!(read(&format!("- {text}\n")).unwrap().unwrap().items()[0].text(), Some(text));
        }
    }

    #[test]
    fn the_first_level_too_deep_is_named() {
        let block: String = (0..40).map(|n| format!("{}a:\n", " ".repeat(n))).collect::<Vec<_>>().concat();
        assert_eq!(read(&block), Err(Unreadable::Deep(Span { line: 33, column: 33, end: 34 })));
    }

    #[test]
    fn anchors_aliases_tags_and_second_documents_are_refused() {
        for text in ["a: &x 1\n", "a: *x\n", "a: !x 1\n", "a: 1\n---\nb: 2\n", "? [a]\n: b\n"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
