//! Links, domains, e-mail addresses and handles: stretches of a text that are one word each. Looks only
//! at the stretch without white space around a hit, and remembers the last one. Resolves nothing.

use std::ops::Range;

use crate::query::domain::is_top_level;
use crate::text::fold::class::{Class, class, is_apostrophe};

/// Bytes of a domain at most: twice what DNS allows in ASCII. A longer run of labels is no domain, and
/// costs no search for one.
const MAX_DOMAIN: usize = 506;

/// What stands around a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// Nothing of it, or the hit covers it whole.
    Plain,
    /// The hit is the name of a handle, exactly.
    Handle,
    /// The hit is a part of a link, a domain, an e-mail address or a handle.
    Inside,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    range: Range<usize>,
    /// Of a handle, without the sign and the host.
    name: Option<Range<usize>>,
}

/// The spans of the last stretch looked at.
#[derive(Debug, Default)]
pub(super) struct Spans {
    stretch: Range<usize>,
    found: Vec<Span>,
}

impl Spans {
    /// To be called before another text is looked at.
    pub(super) fn forget(&mut self) {
        self.stretch = 0..0;
        self.found.clear();
    }

    /// What stands around `hit`, whose bounds are characters' and which is not empty.
    pub(super) fn around(&mut self, text: &str, hit: &Range<usize>) -> Around {
        self.look(text, hit.start);
        let first = self.judge(hit);
        if first == Around::Inside || hit.end <= self.stretch.end {
            return first;
        }
        let last = text[..hit.end].char_indices().next_back().map_or(hit.start, |(at, _)| at);
        self.look(text, last);
        self.judge(hit)
    }

    /// The end of the address or handle that starts at `at`.
    pub(super) fn end_of(&mut self, text: &str, at: usize) -> Option<usize> {
        self.look(text, at);
        self.found.iter().find(|span| span.range.start == at).map(|span| span.range.end)
    }

    fn judge(&self, hit: &Range<usize>) -> Around {
        let first = self.found.partition_point(|span| span.range.end <= hit.start);
        for span in self.found[first..].iter().take_while(|span| span.range.start < hit.end) {
            if span.name.as_ref() == Some(hit) {
                return Around::Handle;
            }
            if span.range.start < hit.start || hit.end < span.range.end {
                return Around::Inside;
            }
        }
        Around::Plain
    }

    fn look(&mut self, text: &str, at: usize) {
        if self.stretch.contains(&at) {
            return;
        }
        let start = text[..at]
            .rfind(char::is_whitespace)
            .map_or(0, |space| space + text[space..].chars().next().map_or(1, char::len_utf8));
        let end = text[at..].find(char::is_whitespace).map_or(text.len(), |space| at + space);
        self.stretch = start..end;
        self.found.clear();
        if text.as_bytes()[start..end].iter().any(|byte| matches!(byte, b'.' | b':' | b'@' | 0xEF)) {
            find(text, start..end, &mut self.found);
        }
    }
}

fn find(text: &str, stretch: Range<usize>, found: &mut Vec<Span>) {
    let text = &text[..stretch.end];
    let mut at = stretch.start;
    while let Some(c) = text[at..].chars().next() {
        let next = at + c.len_utf8();
        if matches!(c, '@' | '＠') {
            let glued = text[stretch.start..at].chars().next_back().is_some_and(char::is_alphanumeric);
            let name = next..run_end(text, next, "");
            if glued || name.is_empty() {
                at = next;
                continue;
            }
            let end = host_after_sign(text, name.end).unwrap_or(name.end);
            at = end;
            found.push(Span { range: next - c.len_utf8()..end, name: Some(name) });
        } else if class(c) == Class::Word {
            let end = run_end(text, at, ".-+");
            let (word_end, span_end) = address_end(text, at..end);
            if let Some(span_end) = span_end {
                found.push(Span { range: at..span_end, name: None });
            }
            at = span_end.unwrap_or(word_end);
        } else {
            at = next;
        }
    }
}

/// Where to go on, and where the address that starts with the run ends, if one does.
fn address_end(text: &str, run: Range<usize>) -> (usize, Option<usize>) {
    let after = &text[run.end..];
    if after.starts_with("://") {
        return (run.end, Some(link_end(text, run.end + 3)));
    }
    let ends_with_a_word = text[run.clone()].chars().next_back().is_some_and(|c| class(c) == Class::Word);
    if ends_with_a_word && let Some(host_end) = host_after_sign(text, run.end) {
        return (run.end, Some(host_end));
    }
    let Some(mut end) = bracketed_end(text, &run).or_else(|| Some(run.start + domain_length(&text[run.clone()])?))
    else {
        return (run.end, None);
    };
    let port = text[end..].strip_prefix(':').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    if port > 0 {
        end += 1 + port;
    }
    if text[end..].starts_with(['/', '?', '#']) {
        end = link_end(text, end);
    }
    (run.end, Some(end))
}

/// The end of the domain at the run whose dots stand in brackets, so that nobody follows it: `orange[.]fr`.
fn bracketed_end(text: &str, run: &Range<usize>) -> Option<usize> {
    let mut end = run.end;
    while let Some(label) = text[end..].strip_prefix("[.]")
        && label.starts_with(|c: char| class(c) == Class::Word)
    {
        end = run_end(text, text.len() - label.len(), ".-");
        if end - run.start > 2 * MAX_DOMAIN {
            return None;
        }
    }
    let written = text[run.start..end].trim_end_matches(['.', '-']);
    let domain = written.replace("[.]", ".");
    (end > run.end && domain_length(&domain) == Some(domain.len())).then_some(run.start + written.len())
}

/// The end of the host of `@host` at `at`.
fn host_after_sign(text: &str, at: usize) -> Option<usize> {
    let start = at + text[at..].chars().next().filter(|c| matches!(c, '@' | '＠'))?.len_utf8();
    let run = &text[start..run_end(text, start, ".-")];
    let host = run.trim_end_matches(['.', '-']);
    (!host.is_empty()).then_some(start + host.len())
}

/// The end of the run of word characters and `others` at `at`.
fn run_end(text: &str, at: usize, others: &str) -> usize {
    text[at..]
        .find(|c: char| class(c) != Class::Word && !others.contains(c) || is_apostrophe(c))
        .map_or(text.len(), |end| at + end)
}

/// Whether a domain stands at `range`, which is text that folds to one with its path: not in an e-mail
/// address, not deeper in another's link, not the start of a longer domain.
pub(super) fn is_domain_at(text: &str, range: &Range<usize>, has_path: bool) -> bool {
    if text[range.clone()].contains(char::is_whitespace) {
        return false;
    }
    let of_host = |c: char| class(c) == Class::Word && !is_apostrophe(c) || matches!(c, '.' | '-' | '[' | ']');
    let before = &text[..range.start];
    let stretch = before.rfind(char::is_whitespace).map_or(before, |space| &before[space..]);
    let stretch = &stretch[stretch.ceil_char_boundary(stretch.len().saturating_sub(4 * MAX_DOMAIN))..];
    let head = stretch.trim_end_matches(of_host);
    let labels = &stretch[head.len()..];
    // `[` opens a bracket around the domain, unless it is that of `[.]`.
    let glued = labels.ends_with('-') || labels.ends_with(|c: char| c.is_alphanumeric());
    let address = head.rsplit_once("://").map_or(head, |(_, rest)| rest);
    let deeper = address.len() < head.len() && address.contains(['/', '?', '#'])
        || address.split_once(['/', '?', '#']).is_some_and(|(host, _)| domain_length(host).is_some());
    // Behind a scheme the sign ends the name and the password of who asks.
    let of_an_address = head.ends_with(['@', '＠']) && address.len() == head.len();
    if glued || deeper || of_an_address {
        return false;
    }
    let after = &text[range.end..];
    if has_path {
        return true;
    }
    let mut next = after.chars();
    match next.next() {
        Some('@' | '＠') => false,
        Some('-') => !next.next().is_some_and(char::is_alphanumeric),
        Some('[') => !after.starts_with("[.]"),
        Some('.') => {
            let run = &text[range.start..run_end(text, range.end, ".-")];
            domain_length(run).is_none_or(|length| length <= range.len())
        }
        _ => true,
    }
}

/// How much of a run of word characters, dots and hyphens is a domain: labels up to the last public
/// top-level one, in lower case or all in capitals; all of it behind `www.`.
fn domain_length(run: &str) -> Option<usize> {
    if run.len() > MAX_DOMAIN {
        return None;
    }
    let run = run.split('+').next().unwrap_or_default();
    let run = run.find("..").map_or(run, |end| &run[..end]).trim_end_matches(['.', '-']);
    if run.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) && run.len() > 4 {
        return Some(run.len());
    }
    let mut end = run.len();
    while let Some(dot) = run[..end].rfind('.') {
        let label = &run[dot + 1..end];
        let cased = !label.bytes().any(|byte| byte.is_ascii_uppercase())
            || !run[..end].bytes().any(|byte| byte.is_ascii_lowercase());
        if dot > 0 && cased && is_top_level(label) {
            return Some(end);
        }
        end = dot;
    }
    None
}

/// A link goes on to white space, a quote, an angle, a closing bracket that it did not open, or a script
/// without spaces; it does not end with a sentence's punctuation.
fn link_end(text: &str, at: usize) -> usize {
    let mut open = 0_usize;
    let mut end = text.len();
    for (offset, c) in text[at..].char_indices() {
        match c {
            '(' | '[' => open += 1,
            ')' | ']' if open > 0 => open -= 1,
            ')'
            | ']'
            | '<'
            | '>'
            | '"'
            | '`'
            | '|'
            | '«'
            | '»'
            | '“'
            | '”'
            | '„'
            | '…'
            | '\u{3000}'..='\u{303F}'
            | '\u{FF01}'..='\u{FF0F}' => {
                end = at + offset;
                break;
            }
            _ if class(c) == Class::Free => {
                end = at + offset;
                break;
            }
            _ => {}
        }
    }
    at + text[at..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’']).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        find(text, 0..text.len(), &mut found);
        found.into_iter().map(|span| &text[span.range]).collect()
    }

    #[test]
    fn addresses_are_found_whole() {
        for (text, expected) in [
            ("https://orange.fr/a?b=c#d.", vec!["https://orange.fr/a?b=c#d"]),
            ("(http://x.test/a_(b))", vec!["http://x.test/a_(b)"]),
            ("<a@b.fr>,c+d.e@orange.com!", vec!["a@b.fr", "c+d.e@orange.com"]),
            ("l’orange.fr", vec!["orange.fr"]),
            ("WWW.ORANGE.BOUTIQUE", vec!["WWW.ORANGE.BOUTIQUE"]),
            ("Orange.fr,ORANGE.FR", vec!["Orange.fr", "ORANGE.FR"]),
            ("orange.fr:8080/x", vec!["orange.fr:8080/x"]),
            ("orange.fr.Bravo", vec!["orange.fr"]),
            ("(www[.]orange[.]fr).", vec!["www[.]orange[.]fr"]),
            ("orange[.]fr/x[1],", vec!["orange[.]fr/x[1]"]),
            ("orange[.]jus et orange[.] fr", vec![]),
            ("fini.Orange", vec![]),
            ("fini.orange", vec![]),
            ("E.Leclerc", vec![]),
            ("S.N.C.F.", vec![]),
            ("@orange:@x@piaille.fr", vec!["@orange", "@x@piaille.fr"]),
            ("merci.@orange", vec!["@orange"]),
            ("cm@orange", vec!["cm@orange"]),
            ("@", vec![]),
            ("a..fr", vec![]),
            (".fr", vec![]),
        ] {
            assert_eq!(spans(text), expected, "{text}");
        }
    }
}
