//! `author:`, `site:`, `lang:` and `source:` terms: looked up by what a document states. Looks into no text.

use std::collections::HashMap;
use std::ops::Range;

use super::Document;
use crate::mention::Field;
use crate::query::domain::Domain;
use crate::query::{Term, TermKind};
use crate::text::fold::fold_string;
use crate::text::language::Language;

/// Bytes of a stated name that are looked at.
const MAX_NAME: usize = 1 << 10;

/// The terms by what they ask for.
#[derive(Debug, Default)]
pub(super) struct Fields {
    authors: HashMap<Box<str>, Vec<u32>>,
    sources: HashMap<Box<str>, Vec<u32>>,
    languages: HashMap<Language, Vec<u32>>,
    sites: HashMap<Box<str>, Vec<(Domain, u32)>>,
}

impl Fields {
    pub(super) fn add(&mut self, term: &Term, number: u32) {
        match &term.kind {
            TermKind::Author(name) => self.authors.entry(name.as_str().into()).or_default().push(number),
            TermKind::Source(name) => self.sources.entry(name.as_str().into()).or_default().push(number),
            TermKind::Language(language) => self.languages.entry(*language).or_default().push(number),
            TermKind::Site(domain) => {
                self.sites.entry(domain.host.as_str().into()).or_default().push((domain.clone(), number));
            }
            TermKind::Phrase(_) | TermKind::Domain(_) => {}
        }
    }

    /// Whether there is a `lang:` term.
    pub(super) fn ask_language(&self) -> bool {
        !self.languages.is_empty()
    }

    /// Calls `visit` with each term that the document's statements meet, the field and the place in it.
    pub(super) fn each(&self, document: &Document<'_>, mut visit: impl FnMut(u32, Field, Range<usize>)) {
        let names = [(&self.authors, Field::Author, document.author), (&self.sources, Field::Source, document.source)];
        for (terms, field, name) in names {
            if let (false, Some(name)) = (terms.is_empty(), name.filter(|name| name.len() <= MAX_NAME)) {
                let trimmed = name.trim();
                let bare = trimmed.strip_prefix('@').filter(|_| field == Field::Author).unwrap_or(trimmed);
                let start = name.len() - name.trim_start().len() + trimmed.len() - bare.len();
                for &term in terms.get(fold_string(bare).trim()).into_iter().flatten() {
                    visit(term, field, start..start + bare.len());
                }
            }
        }
        if let Some(language) = document.language {
            for &term in self.languages.get(&language).into_iter().flatten() {
                visit(term, Field::Language, 0..language.code().len());
            }
        }
        if let (false, Some(url)) = (self.sites.is_empty(), document.url) {
            self.each_site(url, |term, place| visit(term, Field::Url, place));
        }
    }

    fn each_site(&self, url: &str, mut visit: impl FnMut(u32, Range<usize>)) {
        let Some((start, end)) = host(url) else { return };
        let host = url[start..end].to_lowercase();
        if host.len() != end - start || host.len() > MAX_NAME {
            return;
        }
        let path = &url[end..];
        let path = path.strip_prefix(':').map_or(path, |port| port.trim_start_matches(|c: char| c.is_ascii_digit()));
        let mut at = 0;
        loop {
            for (domain, term) in self.sites.get(&host[at..]).into_iter().flatten() {
                if has_path(path, domain) {
                    visit(*term, start + at..end);
                }
            }
            let Some(dot) = host[at..].find('.') else { return };
            at += dot + 1;
        }
    }
}

fn has_path(path: &str, domain: &Domain) -> bool {
    path.strip_prefix(domain.path.as_str())
        .is_some_and(|rest| domain.open || domain.path.is_empty() || !rest.starts_with(char::is_alphanumeric))
}

/// Where the host of an address stands.
fn host(url: &str) -> Option<(usize, usize)> {
    let start = url.find("://")? + 3;
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |end| start + end);
    let start = url[start..end].rfind('@').map_or(start, |at| start + at + 1);
    let end = url[start..end].find(':').map_or(end, |colon| start + colon);
    Some((start, end))
}
