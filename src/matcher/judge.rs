//! From the occurrences of a document to the brands that it mentions: masks, expressions, tags.
//! Searches nothing.

use std::collections::HashSet;

use super::build::{Compiled, Matcher};
use super::scan::{Occurrence, Scratch};
use super::{BrandMatch, Document};
use crate::mention::{Field, Hit};

/// The brands that hold, in ascending order.
pub(super) fn judge(
    matcher: &Matcher,
    scratch: &mut Scratch,
    document: &Document<'_>,
    wanted: impl Fn(usize) -> bool,
) -> Vec<BrandMatch> {
    let Scratch { occurrences, held, document: number, brands, .. } = scratch;
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

    let found = Found { occurrences, held, document: *number };
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
}

impl Found<'_> {
    fn of(&self, term: u32) -> &[Occurrence] {
        let (document, first) = self.held[term as usize];
        if document != self.document {
            return &[];
        }
        let rest = &self.occurrences[first as usize..];
        &rest[..rest.partition_point(|occurrence| occurrence.term == term)]
    }

    fn judge(&self, matcher: &Matcher, brand: usize, document: &Document<'_>) -> Option<BrandMatch> {
        let Compiled { matching, mask, tags } = &matcher.brands[brand];
        let masked = Masked::new(mask.iter().flat_map(|&term| self.of(term)));
        let held = |term: u32| self.of(term).iter().any(|occurrence| !masked.covers(occurrence));
        let mut contributing = Vec::new();
        if matching.holds(&held) {
            matching.push_contributing(&held, &mut contributing);
        }
        let mut seen = HashSet::new();
        contributing.retain(|&term| seen.insert(term));
        if contributing.is_empty() {
            return None;
        }

        let mut places: Vec<Occurrence> = contributing
            .iter()
            .flat_map(|&term| self.of(term))
            .filter(|occurrence| !masked.covers(occurrence))
            .copied()
            .collect();
        places.sort_unstable_by_key(|place| (place.field, place.start, place.end, place.term));
        let hits = places.into_iter().map(|place| hit(matcher, document, place)).collect();
        let tags = tags
            .iter()
            .filter(|(_, terms)| terms.iter().any(|part| part.holds(&held)))
            .map(|(name, _)| name.clone())
            .collect();
        let why = contributing.into_iter().map(|term| matcher.terms[term as usize].written.to_string()).collect();
        Some(BrandMatch { brand, hits, tags, why })
    }
}

fn hit(matcher: &Matcher, document: &Document<'_>, place: Occurrence) -> Hit {
    let text = match place.field {
        Field::Title => document.title,
        _ => document.text,
    };
    Hit {
        term: matcher.terms[place.term as usize].written.to_string(),
        field: place.field,
        start: place.start,
        end: place.end,
        text: text[place.start as usize..place.end as usize].to_owned(),
    }
}

/// Masked phrases by start, each with the furthest end up to it: covering is one search.
struct Masked(Vec<(Field, u32, u32)>);

impl Masked {
    fn new<'a>(occurrences: impl Iterator<Item = &'a Occurrence>) -> Self {
        let mut spans: Vec<_> = occurrences.map(|mask| (mask.field, mask.start, mask.end)).collect();
        spans.sort_unstable();
        for index in 1..spans.len() {
            if spans[index - 1].0 == spans[index].0 {
                spans[index].2 = spans[index].2.max(spans[index - 1].2);
            }
        }
        Self(spans)
    }

    fn covers(&self, occurrence: &Occurrence) -> bool {
        let after = self.0.partition_point(|&(field, start, _)| (field, start) <= (occurrence.field, occurrence.start));
        after > 0 && {
            let (field, _, end) = self.0[after - 1];
            field == occurrence.field && end >= occurrence.end
        }
    }
}
