//! From the occurrences of a document to the brands that it mentions: masks, expressions, tags.
//! Searches nothing.

use std::collections::HashSet;

use super::build::{Compiled, Matcher};
use super::layout::Layout;
use super::scan::{Occurrence, Scratch};
use super::tree::{Covered, MaskNode, Scene};
use super::{BrandMatch, Document};
use crate::mention::{Field, Hit};
use crate::query::Within;
use crate::text::language::Language;

/// The brands that hold, in ascending order.
pub(super) fn judge(
    matcher: &Matcher,
    scratch: &mut Scratch,
    document: &Document<'_>,
    wanted: impl Fn(usize) -> bool,
) -> Vec<BrandMatch> {
    let Scratch { occurrences, held, document: number, brands, layouts, links, .. } = scratch;
    occurrences.sort_unstable();
    occurrences.dedup();
    *number += 1;
    if held.len() < matcher.terms.len() {
        held.resize(matcher.terms.len(), (0, 0));
    }
    brands.clear();
    let mut first = 0;
    for same in occurrences.chunk_by(|a, b| a.term == b.term) {
        let term = same[0].term as usize;
        held[term] = (*number, first);
        first += same.len() as u32;
        let list = matcher.brand_starts[term] as usize..matcher.brand_starts[term + 1] as usize;
        brands.extend(&matcher.brand_lists[list]);
    }
    brands.sort_unstable();
    brands.dedup();

    *layouts = <[Layout; 2]>::default();
    let found = Found { occurrences, held, document: *number, layouts, links };
    brands
        .iter()
        .map(|&brand| brand as usize)
        .filter(|&brand| wanted(brand))
        .filter_map(|brand| found.judge(matcher, brand, document))
        .collect()
}

struct Found<'a> {
    occurrences: &'a [Occurrence],
    held: &'a [(u64, u32)],
    document: u64,
    layouts: &'a [Layout; 2],
    links: &'a str,
}

impl<'a> Found<'a> {
    fn of(&self, term: u32) -> &'a [Occurrence] {
        let (document, first) = self.held[term as usize];
        if document != self.document {
            return &[];
        }
        let rest = &self.occurrences[first as usize..];
        &rest[..rest.partition_point(|occurrence| occurrence.term == term)]
    }

    fn judge(&self, matcher: &Matcher, brand: usize, document: &Document<'_>) -> Option<BrandMatch> {
        let Compiled { matching, mask, tags } = &matcher.brands[brand];
        let masked = self.masked(mask, document);
        let of = |term: u32| {
            self.of(term)
                .iter()
                .filter(|occurrence| !masked.covers((occurrence.field, occurrence.start, occurrence.end)))
                .copied()
        };
        let scene = Scene { of: &of, layouts: self.layouts, document, window: None };
        // None where the expression does not hold.
        let mut contributing = Vec::new();
        scene.push_contributing(matching, None, &mut contributing);
        if contributing.len() > 1 {
            let mut seen = HashSet::new();
            contributing.retain(|&term| seen.insert(term));
        }
        if contributing.is_empty() {
            return None;
        }

        let mut places: Vec<Occurrence> = contributing.iter().flat_map(|&term| of(term)).collect();
        places.sort_unstable_by_key(|place| (place.field, place.start, place.end, place.term));
        let hits = places.into_iter().map(|place| self.hit(matcher, document, place)).collect();
        let tags = tags.iter().filter(|(_, parts)| scene.holds(parts)).map(|(name, _)| name.clone()).collect();
        let why = contributing.into_iter().map(|term| matcher.terms[term as usize].to_string()).collect();
        Some(BrandMatch { brand, hits, tags, why })
    }

    /// What the masks cover, those whose `unless` holds left out.
    fn masked(&self, masks: &[MaskNode], document: &Document<'_>) -> Covered {
        let of = |term: u32| self.of(term).iter().copied();
        let scene = Scene { of: &of, layouts: self.layouts, document, window: None };
        let mut spans = Vec::new();
        for MaskNode { what, unless, within } in masks {
            let Some(mut covered) = scene.spans(what) else { continue };
            if let Some(unless) = unless {
                if *within == Within::Document && scene.spans(unless).is_some() {
                    continue;
                }
                if *within == Within::Sentence {
                    covered.retain(|&span| {
                        let window = Some(scene.sentence(span));
                        Scene { window, ..scene }.spans(unless).is_none()
                    });
                }
            }
            spans.append(&mut covered);
        }
        Covered::new(spans)
    }

    fn hit(&self, matcher: &Matcher, document: &Document<'_>, place: Occurrence) -> Hit {
        let text = match place.field {
            Field::Title => document.title,
            Field::Text => document.text,
            Field::Links => self.links,
            Field::Author => document.author.unwrap_or_default(),
            Field::Url => document.url.unwrap_or_default(),
            Field::Language => document.language.as_ref().map_or("", Language::code),
            Field::Source => document.source.unwrap_or_default(),
        };
        Hit {
            term: matcher.terms[place.term as usize].to_string(),
            field: place.field,
            start: place.start,
            end: place.end,
            text: text[place.start as usize..place.end as usize].to_owned(),
        }
    }
}
