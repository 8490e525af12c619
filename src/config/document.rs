//! The way of one file: bytes → guard → traps → places → shape → values. Owns the order and the
//! sentences of the first steps; both vigie.yaml and watchlists go this way.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::findings::Findings;
use super::guard::{self, Refusal};
use super::keys::Section;
use super::lexical::{self, Trap, TrapKind};
use super::places::{self, Node, Span, Unreadable};
use super::{broken, shape, yaml};
use crate::locale::Locale;

/// A file that was read: where things stand, and what they say.
#[derive(Debug, Clone)]
pub struct Document<T> {
    /// The tree with places.
    pub node: Node,
    /// The same tree as values.
    pub values: T,
}

/// Reads a file that may be empty. Without a document, the findings say why, or the file is empty.
#[must_use]
pub fn read<T: DeserializeOwned>(
    file: Arc<str>,
    bytes: &[u8],
    section: Section,
    locale: Locale,
) -> (Findings, Option<Document<T>>) {
    let text = match guard::guard(bytes) {
        Ok(text) => text,
        Err(refusal) => return (refused(file, bytes, refusal, locale), None),
    };
    let mut findings = Findings::new(file, &text, locale);
    let traps = lexical::scan(&text);
    if !traps.is_empty() {
        for trap in &traps {
            told(&mut findings, trap);
        }
        return (findings, None);
    }
    let node = match places::read(&text) {
        Ok(Some(node)) => node,
        Ok(None) => return (findings, None),
        Err(Unreadable::Syntax(span)) => {
            broken::say(&mut findings, span);
            return (findings, None);
        }
        Err(reason) => {
            unreadable(&mut findings, &reason);
            return (findings, None);
        }
    };
    if !shape::check(&mut findings, &node, section) {
        return (findings, None);
    }
    match yaml::values(&text) {
        Ok(values) => (findings, Some(Document { node, values })),
        Err(span) => {
            findings.error(span, "config-unreadable", &[], None);
            (findings, None)
        }
    }
}

fn refused(file: Arc<str>, bytes: &[u8], refusal: Refusal, locale: Locale) -> Findings {
    let first = Span { line: 1, column: 1, end: 2 };
    let (text, span, key, code) = match refusal {
        Refusal::TooLarge => (String::new(), first, "config-too-large", String::new()),
        Refusal::Utf16 => (String::new(), first, "config-utf16", String::new()),
        // The old encodings of the West agree on accents: good enough to show the line.
        Refusal::Latin1(span) => (latin1(bytes), span, "config-latin1", String::new()),
        Refusal::Control(span, c) => {
            let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace('\r', "\n");
            (text.trim_start_matches('\u{feff}').to_owned(), span, "config-control", format!("U+{:04X}", c as u32))
        }
    };
    let mut findings = Findings::new(file, &text, locale);
    findings.error(span, key, &[("code", &code)], None);
    findings
}

fn latin1(bytes: &[u8]) -> String {
    let valid = std::str::from_utf8(bytes).err().map_or(bytes.len(), |error| error.valid_up_to());
    let head = String::from_utf8_lossy(&bytes[..valid]).replace("\r\n", "\n");
    let line: String = bytes[valid..].iter().take_while(|byte| **byte != b'\n').map(|byte| char::from(*byte)).collect();
    head + line.trim_end()
}

fn told(findings: &mut Findings, trap: &Trap) {
    let (key, sign) = match trap.kind {
        TrapKind::Sign(sign) => ("config-sign", sign),
        TrapKind::Cut => ("config-cut", '#'),
        TrapKind::Colon => ("config-colon", ':'),
        TrapKind::Quote('\'') => ("config-apostrophe", '\''),
        TrapKind::Quote(sign) => ("config-quote", sign),
        TrapKind::Escape => ("config-escape", '\\'),
        TrapKind::Unclosed(sign) if matches!(sign, '[' | '{') => ("config-unclosed-bracket", sign),
        TrapKind::Unclosed(sign) => ("config-unclosed-quote", sign),
        TrapKind::GluedDash => ("config-glued-dash", '-'),
        TrapKind::Tab => ("config-tab", '\t'),
        TrapKind::NoBreakSpace => ("config-no-break-space", ' '),
        TrapKind::Anchor => ("config-anchor", '&'),
        TrapKind::Alias => ("config-alias", '*'),
        TrapKind::Merge => ("config-merge", '<'),
        TrapKind::ListOnKeyLine => ("config-list-on-key-line", '-'),
        TrapKind::Bracket(sign) => ("config-bracket", sign),
        TrapKind::Deep => ("config-deep", '['),
    };
    let sign = sign.to_string();
    findings.error_with_line(trap.span, key, &[("sign", &sign)], trap.fix.clone());
}

fn unreadable(findings: &mut Findings, reason: &Unreadable) {
    let (span, key) = match reason {
        Unreadable::Syntax(span) => (span, "config-unreadable"),
        Unreadable::Deep(span) => (span, "config-deep"),
        Unreadable::Reference(span) => (span, "config-reference"),
        Unreadable::Documents(span) => (span, "config-documents"),
        Unreadable::ComplexKey(span) => (span, "config-complex-key"),
    };
    findings.error(*span, key, &[], None);
}
