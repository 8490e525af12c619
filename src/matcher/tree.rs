//! The expression over term numbers and its evaluation: whether it holds in a document, and what it covers
//! there. Searches nothing.

use super::layout::Layout;
use super::scan::Occurrence;
use super::{BuildError, Document};
use crate::mention::Field;
use crate::query::{Company, Expr, Mask, Term, Within};

/// Neighbours of one occurrence that `near` and `sequence` look at: a text of one word repeated costs no
/// square of its length.
const MAX_NEIGHBOURS: usize = 64;

/// What `near` and `sequence` cover in a document at most, for nesting multiplies it.
const MAX_SPANS: usize = 1 << 16;

/// Sentences of a document in which parts of several terms are tried, at most.
const MAX_SENTENCES: usize = 256;

/// A stretch of a field that an expression covers.
pub(super) type Span = (Field, u32, u32);

/// An expression whose terms are numbers.
#[derive(Debug)]
pub(super) enum Node {
    Term(u32),
    Group { any: Vec<Node>, all: Vec<Node>, none: Vec<Node>, within: Within },
    Near { of: Vec<Node>, with: Vec<Node>, words: u32 },
    Sequence { terms: Vec<Node>, words: u32 },
    AtLeast { times: u32, of: Vec<Node> },
}

#[derive(Debug)]
pub(super) struct MaskNode {
    pub(super) what: Node,
    pub(super) unless: Option<Node>,
    pub(super) within: Within,
}

/// Gives numbers to what is searched.
pub(super) trait Number<'a> {
    fn term(&mut self, term: &'a Term) -> Result<u32, BuildError>;
    fn company(&mut self, company: &'a Company) -> Result<u32, BuildError>;
}

impl Node {
    pub(super) fn of<'a>(expr: &'a Expr, number: &mut impl Number<'a>) -> Result<Self, BuildError> {
        let mut nodes = |parts: &'a [Expr]| Self::list(parts, number);
        Ok(match expr {
            Expr::Term(term) => Self::Term(number.term(term)?),
            Expr::Company(company) => Self::Term(number.company(company)?),
            Expr::Group { any, all, none, within } => {
                Self::Group { any: nodes(any)?, all: nodes(all)?, none: nodes(none)?, within: *within }
            }
            Expr::Near { of, with, words } => Self::Near { of: nodes(of)?, with: nodes(with)?, words: *words },
            Expr::Sequence { terms, words } => Self::Sequence { terms: nodes(terms)?, words: *words },
            Expr::AtLeast { times, of } => Self::AtLeast { times: *times, of: nodes(of)? },
        })
    }

    /// One of these.
    pub(super) const fn any(any: Vec<Self>) -> Self {
        Self::Group { any, all: Vec::new(), none: Vec::new(), within: Within::Document }
    }

    pub(super) fn list<'a>(parts: &'a [Expr], number: &mut impl Number<'a>) -> Result<Vec<Self>, BuildError> {
        parts.iter().map(|part| Self::of(part, number)).collect()
    }

    /// The terms that may contribute: a brand without one of them in a document is not mentioned there.
    pub(super) fn each_positive(&self, visit: &mut impl FnMut(u32)) {
        let (first, second) = match self {
            Self::Term(term) => return visit(*term),
            Self::Group { any: first, all: second, .. } | Self::Near { of: first, with: second, .. } => {
                (first.as_slice(), second.as_slice())
            }
            Self::Sequence { terms: first, .. } | Self::AtLeast { of: first, .. } => (first.as_slice(), [].as_slice()),
        };
        first.iter().chain(second).for_each(|part| part.each_positive(visit));
    }
}

impl MaskNode {
    pub(super) fn of<'a>(mask: &'a Mask, number: &mut impl Number<'a>) -> Result<Self, BuildError> {
        let unless = mask.unless.as_ref().map(|unless| Node::of(unless, number)).transpose()?;
        Ok(Self { what: Node::of(&mask.what, number)?, unless, within: mask.within })
    }
}

/// The occurrences of a document as an expression sees them.
pub(super) struct Scene<'a, F> {
    /// Occurrences of a term, by field and start.
    pub(super) of: &'a F,
    /// Of title and text.
    pub(super) layouts: &'a [Layout; 2],
    pub(super) document: &'a Document<'a>,
    /// Only what lies in it is seen.
    pub(super) window: Option<Span>,
}

impl<F, I> Scene<'_, F>
where
    F: Fn(u32) -> I,
    I: Iterator<Item = Occurrence>,
{
    /// What the expression covers, sorted, each once; `None` when it does not hold. Empty where it holds by
    /// what is not there.
    pub(super) fn spans(&self, node: &Node) -> Option<Vec<Span>> {
        let mut spans = match node {
            Node::Term(term) => {
                let spans: Vec<Span> = (self.of)(*term)
                    .map(|place| (place.field, place.start, place.end))
                    .filter(|span| self.window.is_none_or(|window| !is_prose(span.0) || lies_in(*span, window)))
                    .collect();
                (!spans.is_empty()).then_some(spans)?
            }
            Node::Group { any, all, none, within } => self.group(any, all, none, *within)?,
            Node::Near { of, with, words } => self.near(&self.union(of)?, &self.union(with)?, *words)?,
            Node::Sequence { terms, words } => self.sequence(terms, *words)?,
            Node::AtLeast { times, of } => {
                let spans = self.union(of)?;
                (spans.len() >= *times as usize).then_some(spans)?
            }
        };
        spans.sort_unstable();
        spans.dedup();
        Some(spans)
    }

    /// Whether [`Self::spans`] are some, without them where they decide nothing.
    #[inline]
    pub(super) fn holds(&self, node: &Node) -> bool {
        match node {
            // Nearly every node is one, and most of a brand's terms are not there.
            Node::Term(term) if self.window.is_none() => (self.of)(*term).next().is_some(),
            _ => self.holds_together(node),
        }
    }

    fn holds_together(&self, node: &Node) -> bool {
        match node {
            Node::Group { any, all, none, within: Within::Document } => {
                let whole = Scene { window: None, ..*self };
                (any.is_empty() || any.iter().any(|part| self.holds(part)))
                    && all.iter().all(|part| self.holds(part))
                    && !none.iter().any(|part| whole.holds(part))
            }
            _ => self.spans(node).is_some(),
        }
    }

    /// The terms of an expression that holds, which made it hold, in the order of writing. With `inside`, only
    /// those that stand in one of these.
    pub(super) fn push_contributing(&self, node: &Node, inside: Option<&Covered>, terms: &mut Vec<u32>) {
        match node {
            Node::Term(term) if inside.is_none() => {
                if self.holds(node) {
                    terms.push(*term);
                }
                return;
            }
            Node::Group { any, all, within: Within::Document, .. } if inside.is_none() => {
                if self.holds(node) {
                    for part in any.iter().chain(all) {
                        match part {
                            Node::Term(term) if self.holds(part) => terms.push(*term),
                            Node::Term(_) => {}
                            _ => self.push_contributing(part, None, terms),
                        }
                    }
                }
                return;
            }
            _ => {}
        }
        let Some(spans) = self.spans(node) else { return };
        let stands = |span: &Span| inside.is_none_or(|inside| !is_prose(span.0) || inside.covers(*span));
        if !spans.is_empty() && !spans.iter().any(stands) {
            return;
        }
        match node {
            Node::Term(term) => terms.push(*term),
            Node::Group { any, all, within: Within::Document, .. } => {
                any.iter().chain(all).for_each(|part| self.push_contributing(part, inside, terms));
            }
            Node::Group { any: first, all: second, .. } | Node::Near { of: first, with: second, .. } => {
                let kept = Covered::new(spans.iter().filter(|span| stands(span)).copied().collect());
                first.iter().chain(second).for_each(|part| self.push_contributing(part, Some(&kept), terms));
            }
            Node::Sequence { terms: parts, .. } => {
                let kept = Covered::new(spans.iter().filter(|span| stands(span)).copied().collect());
                for part in parts {
                    self.push_contributing(part, Some(&kept), terms);
                }
            }
            Node::AtLeast { of, .. } => of.iter().for_each(|part| self.push_contributing(part, inside, terms)),
        }
    }

    /// What the parts that hold cover together; `None` when none holds.
    fn union(&self, parts: &[Node]) -> Option<Vec<Span>> {
        let mut held = false;
        let mut all = Vec::new();
        for mut spans in parts.iter().filter_map(|part| self.spans(part)) {
            held = true;
            all.append(&mut spans);
        }
        all.sort_unstable();
        all.dedup();
        held.then_some(all)
    }

    fn group(&self, any: &[Node], all: &[Node], none: &[Node], within: Within) -> Option<Vec<Span>> {
        let one = if any.is_empty() { None } else { Some((self.union(any)?, any)) };
        let each = |part| Some((self.spans(part)?, std::slice::from_ref(part)));
        let mut parts = all.iter().map(each).collect::<Option<Vec<_>>>()?;
        // The whole document, whatever the window.
        let whole = Scene { window: None, ..*self };
        if none.iter().any(|part| whole.spans(part).is_some()) {
            return None;
        }
        parts.extend(one);
        if within == Within::Document {
            return Some(parts.into_iter().flat_map(|(spans, _)| spans).collect());
        }
        // A part that stands in no prose (a field, an absence) stands in every sentence.
        parts.retain(|(spans, _)| spans.iter().all(|span| is_prose(span.0)) && !spans.is_empty());
        let Some((fewest, _)) = parts.iter().min_by_key(|(spans, _)| spans.len()) else { return Some(Vec::new()) };
        let mut sentences: Vec<Span> = fewest.iter().map(|span| self.sentence(*span)).collect();
        sentences.dedup();
        sentences.retain(|sentence| {
            parts.iter().all(|(spans, _)| {
                let from = spans.partition_point(|span| (span.0, span.1) < (sentence.0, sentence.1));
                spans.get(from).is_some_and(|span| span.0 == sentence.0 && span.1 < sentence.2)
            })
        });
        // A part of several terms must hold within the sentence, not only start there.
        let joint = |nodes: &[Node]| !nodes.iter().all(|node| matches!(node, Node::Term(_)));
        if parts.iter().any(|(_, nodes)| joint(nodes)) {
            sentences.truncate(MAX_SENTENCES);
            sentences.retain(|sentence| {
                let inside = Scene { window: Some(*sentence), ..*self };
                let stands =
                    |node| inside.spans(node).is_some_and(|spans| spans.iter().any(|span| lies_in(*span, *sentence)));
                parts.iter().all(|(_, nodes)| !joint(nodes) || nodes.iter().any(stands))
            });
        }
        if sentences.is_empty() {
            return None;
        }
        let holds = |span: &Span| {
            let after = sentences.partition_point(|sentence| (sentence.0, sentence.1) <= (span.0, span.1));
            after.checked_sub(1).is_some_and(|at| sentences[at].0 == span.0 && span.1 < sentences[at].2)
        };
        Some(parts.into_iter().flat_map(|(spans, _)| spans).filter(holds).collect())
    }

    /// The sentence in which a span starts.
    pub(super) fn sentence(&self, span: Span) -> Span {
        let Some((layout, text)) = self.prose(span.0) else { return (span.0, 0, u32::MAX) };
        let (start, end) = layout.sentence(text, span.1);
        (span.0, start, end)
    }

    fn near(&self, of: &[Span], with: &[Span], words: u32) -> Option<Vec<Span>> {
        let mut covers = Vec::new();
        self.pairs(of, with, words, &mut covers);
        self.pairs(with, of, words, &mut covers);
        (!covers.is_empty()).then_some(covers)
    }

    /// From each of `first` to those of `second` after it that are close enough. Both are sorted.
    fn pairs(&self, first: &[Span], second: &[Span], words: u32, covers: &mut Vec<Span>) {
        for &(field, start, end) in first {
            if covers.len() > MAX_SPANS {
                return;
            }
            let from = second.partition_point(|other| (other.0, other.1) < (field, end));
            let close = second[from..]
                .iter()
                .take(MAX_NEIGHBOURS)
                .take_while(|other| other.0 == field && self.words_between(field, end, other.1) <= words as usize);
            covers.extend(close.map(|other| (field, start, other.2)));
        }
    }

    fn sequence(&self, terms: &[Node], words: u32) -> Option<Vec<Span>> {
        let mut parts = terms.iter().map(|part| self.spans(part)).collect::<Option<Vec<_>>>()?.into_iter();
        let mut chains = parts.next()?;
        for next in parts {
            chains.sort_unstable_by_key(|chain| (chain.0, chain.2, chain.1));
            chains.dedup();
            let mut longer = Vec::new();
            for &(field, start, end) in &next {
                let before = chains.partition_point(|chain| (chain.0, chain.2) <= (field, start));
                let close = chains[..before].iter().rev().take(MAX_NEIGHBOURS).take_while(|chain| {
                    chain.0 == field && self.words_between(field, chain.2, start) <= words as usize
                });
                longer.extend(close.map(|chain| (field, chain.1, end)));
                if longer.len() > MAX_SPANS {
                    break;
                }
            }
            chains = longer;
        }
        (!chains.is_empty()).then_some(chains)
    }

    fn words_between(&self, field: Field, end: u32, start: u32) -> usize {
        self.prose(field).map_or(usize::MAX, |(layout, text)| layout.words_between(text, end, start))
    }

    fn prose(&self, field: Field) -> Option<(&Layout, &str)> {
        match field {
            Field::Title => Some((&self.layouts[0], self.document.title)),
            Field::Text => Some((&self.layouts[1], self.document.text)),
            _ => None,
        }
    }
}

fn is_prose(field: Field) -> bool {
    matches!(field, Field::Title | Field::Text)
}

fn lies_in(span: Span, outer: Span) -> bool {
    span.0 == outer.0 && span.1 >= outer.1 && span.2 <= outer.2
}

/// Stretches by start, each with the furthest end up to it: covering is one search.
pub(super) struct Covered(Vec<Span>);

impl Covered {
    pub(super) fn new(mut spans: Vec<Span>) -> Self {
        spans.sort_unstable();
        for index in 1..spans.len() {
            if spans[index - 1].0 == spans[index].0 {
                spans[index].2 = spans[index].2.max(spans[index - 1].2);
            }
        }
        Self(spans)
    }

    /// Whether the span lies wholly inside one of them.
    pub(super) fn covers(&self, span: Span) -> bool {
        let after = self.0.partition_point(|&(field, start, _)| (field, start) <= (span.0, span.1));
        after > 0 && {
            let (field, _, end) = self.0[after - 1];
            field == span.0 && end >= span.2
        }
    }
}
