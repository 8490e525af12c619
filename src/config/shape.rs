//! Is the file built as the table of `keys` says? Names unknown keys, keys of later versions, values
//! where lists are asked for and the like, each at its place. What values mean is checked later.

use std::collections::HashMap;

use super::findings::Findings;
use super::keys::{self, Section, Shape};
use super::lexical::{quoted, without_guillemets, without_quotes_around};
use super::lexical_flow::closing_bracket;
use super::places::{Content, Node, Span};

/// Checks a whole file; false when it may not be read further.
pub fn check(findings: &mut Findings, root: &Node, section: Section) -> bool {
    block(findings, root, section, false);
    !findings.refused()
}

fn block(findings: &mut Findings, node: &Node, section: Section, item: bool) {
    let Content::Mapping(pairs) = &node.content else { return no_block(findings, node, section) };
    let mut seen = HashMap::new();
    for (key, value) in pairs {
        let name = key.text().unwrap_or_default();
        if findings.full() {
            return;
        }
        if duplicate(findings, &mut seen, key) {
            continue;
        }
        match keys::shape_of(section, name) {
            Some(shape) => behind(findings, key, value, shape),
            None => unknown(findings, (key, value), section, item),
        }
    }
}

/// True, and said, for a key that its block already has.
fn duplicate<'a>(findings: &mut Findings, seen: &mut HashMap<&'a str, u32>, key: &'a Node) -> bool {
    let name = key.text().unwrap_or_default();
    let Some(first) = seen.insert(name, key.span.line) else { return false };
    let arguments = [("key", name), ("line", &*first.to_string())];
    findings.error(key.span, "config-duplicate-key", &arguments, None);
    true
}

fn no_block(findings: &mut Findings, node: &Node, section: Section) {
    let first = keys::available(section).next().unwrap_or_default();
    let written = node.text().unwrap_or_default();
    let glued = written.split_once(':').filter(|(key, _)| keys::shape_of(section, key).is_some());
    if let Some((key, _)) = glued {
        let end = node.span.column + key.chars().count() as u32 + 1;
        let span = Span { end, ..node.span };
        return findings.error(span, "config-glued-colon", &[("key", key)], Some(&format!("{key}: ")));
    }
    // A bare address where a source stands is most often a feed's.
    let bare = section == Section::Source && (written.starts_with("http://") || written.starts_with("https://"));
    let instead = bare.then(|| format!("feed: {}", findings.written(node.span).trim_end()));
    let key = match section {
        Section::Expression => return needs_any(findings, "match", node),
        Section::Settings | Section::Watchlist => "config-expected-top",
        _ => "config-expected-block",
    };
    let arguments = [("under", section.stands_under()), ("first", first)];
    findings.error(node.span, key, &arguments, instead.as_deref());
}

/// A term or a list where `any:` or `all:` stands first.
fn needs_any(findings: &mut Findings, name: &str, value: &Node) {
    let whole = flow_span(findings, value);
    let instead = match whole {
        Some(whole) => Some(format!("{{any: {}}}", findings.written(whole))),
        None if value.text().is_some() && value.span.end != Span::REST => {
            Some(format!("{{any: [{}]}}", findings.written(value.span).trim_end()))
        }
        None => None,
    };
    findings.error(whole.unwrap_or(value.span), "config-match-needs-any", &[("key", name)], instead.as_deref());
}

fn unknown(findings: &mut Findings, (key, value): (&Node, &Node), section: Section, item: bool) {
    let name = key.text().unwrap_or_default();
    // People who write queries elsewhere put one where a term stands.
    if name == "query" && matches!(section, Section::Expression | Section::Mask) {
        return findings.error(key.span, "config-query-beside", &[], None);
    }
    let near = keys::nearest_key(section, name);
    // `Note: 5 étoiles` is no misspelt `none`, behind which no single text stands.
    if item && value.text().is_some() {
        let near = near.filter(|near| matches!(keys::shape_of(section, near), Some(Shape::Text | Shape::TermOr)));
        if near.is_none() {
            return colon(findings, key, value);
        }
    }
    if let Some(near) = near {
        let arguments = [("key", name), ("near", near)];
        return findings.error(key.span, "config-unknown-key-near", &arguments, Some(near));
    }
    if item && value.text().is_some() && matches!(section, Section::Expression | Section::Mask) {
        return colon(findings, key, value);
    }
    if let Some(place) = keys::elsewhere(section, name) {
        let sentence = match place {
            _ if keys::root(place) != keys::root(section) => match keys::root(place) {
                Section::Settings => "config-unknown-key-settings",
                _ => "config-unknown-key-watchlist",
            },
            Section::Settings | Section::Watchlist => "config-unknown-key-top",
            _ => "config-unknown-key-elsewhere",
        };
        let arguments = [("key", name), ("under", place.stands_under())];
        return findings.error(key.span, sentence, &arguments, None);
    }
    let keys = keys::available(section).collect::<Vec<_>>().join(", ");
    findings.error(key.span, "config-unknown-key", &[("key", name), ("keys", &keys)], None);
}

/// A text with `: ` that YAML read as a key and a value, or one that braces make a key.
fn colon(findings: &mut Findings, key: &Node, value: &Node) {
    let line: Vec<char> = findings.line(key.span.line).chars().collect();
    let same_line = value.text().is_some() && value.span.line == key.span.line && value.span.end != Span::REST;
    let has_colon = line.get(key.span.end as usize - 1) == Some(&':');
    let end = if same_line && !value.is_null() { value.span.end } else { key.span.end + u32::from(has_colon) };
    let span = Span { end, ..key.span };
    let written = findings.written(span);
    let written = written.trim_end();
    let is_quoted =
        written.len() > 1 && ['"', '\''].into_iter().any(|sign| written.starts_with(sign) && written.ends_with(sign));
    let text = if is_quoted { written.to_owned() } else { quoted(written) };
    let open = opening_brace(&line, key.span.column as usize - 1);
    let close = (end as usize - 1..line.len()).find(|at| line[*at] != ' ').filter(|at| line[*at] == '}');
    let first = open.filter(|open| line[open + 1..key.span.column as usize - 1].iter().all(|c| *c == ' '));
    let line = match (open, first.zip(close)) {
        (None, _) => findings.with(span, &text),
        (_, Some((open, close))) => {
            findings.with(Span { column: open as u32 + 1, end: close as u32 + 2, ..span }, &text)
        }
        // Of several pairs between braces nobody knows what they were to be.
        _ => None,
    };
    findings.error_with_line(span, if has_colon { "config-colon" } else { "config-braces" }, &[], line);
}

/// The brace that is open at a place of a line.
fn opening_brace(line: &[char], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for place in (0..at.min(line.len())).rev() {
        match line[place] {
            ']' | '}' => depth += 1,
            '[' | '{' if depth > 0 => depth -= 1,
            '{' => return Some(place),
            '[' => return None,
            _ => {}
        }
    }
    None
}

/// A list or a block between brackets that close on the line on which they open.
fn flow_span(findings: &Findings, node: &Node) -> Option<Span> {
    if node.text().is_some() {
        return None;
    }
    let line: Vec<char> = findings.line(node.span.line).chars().collect();
    let close = closing_bracket(&line, node.span.column as usize - 1)?;
    Some(Span { end: close as u32 + 2, ..node.span })
}

fn behind(findings: &mut Findings, key: &Node, value: &Node, shape: Shape) {
    let name = key.text().unwrap_or_default();
    if value.is_null() {
        let empty_is_fine =
            matches!(name, "brands" | "sources" | "alerts" | "objectives" | "channels" | "fetch" | "allow_private")
                || name == "watchlist_credentials";
        if !(empty_is_fine && matches!(shape, Shape::Many(_) | Shape::NamedMany(_) | Shape::One(_) | Shape::Texts)) {
            findings.error(value.span, "config-nothing-written", &[("key", name)], None);
        }
        return;
    }
    match shape {
        Shape::Text => text(findings, name, value),
        Shape::Words | Shape::TermOr | Shape::SecretOrText if value.text().is_some() => text(findings, name, value),
        Shape::Texts if matches!(name, "include" | "exclude") => words(findings, name, value),
        Shape::Words | Shape::Texts => list(findings, name, value, |findings, item| entry(findings, name, item)),
        Shape::Secret | Shape::SecretOrText => secret(findings, name, value),
        Shape::Credential => credential(findings, name, value),
        Shape::NamedTextOrCredential => named(findings, name, value, |findings, key, value| {
            let name = key.text().unwrap_or_default();
            if matches!(value.content, Content::Mapping(_)) {
                credential(findings, name, value);
            } else {
                text(findings, name, value);
            }
        }),
        Shape::One(section) => block(findings, value, section, false),
        Shape::Many(section) => blocks(findings, name, value, section),
        Shape::NamedMany(section) => {
            named(findings, name, value, |findings, _, value| block(findings, value, section, false));
        }
        Shape::Masks => terms(findings, name, value, Section::Mask),
        Shape::Expressions => terms(findings, name, value, Section::Expression),
        Shape::TermOr if matches!(value.content, Content::Sequence(_)) => {
            needs_any(findings, name, value);
        }
        Shape::TermOr => block(findings, value, Section::Expression, false),
        Shape::NamedTerms => named(findings, name, value, |findings, key, value| {
            terms(findings, key.text().unwrap_or_default(), value, Section::Expression);
        }),
        Shape::Selection if matches!(&value.content, Content::Mapping(pairs) if pairs.is_empty()) => {
            findings.error(value.span, "config-empty-list", &[("key", name)], None);
        }
        Shape::Selection if matches!(value.content, Content::Mapping(_)) => {
            block(findings, value, Section::Selection, false);
        }
        Shape::Selection => words(findings, name, value),
        Shape::NamedWords => named(findings, name, value, |findings, key, value| {
            behind(findings, key, value, Shape::Words);
        }),
        Shape::NamedTexts => named(findings, name, value, |findings, key, value| {
            text(findings, key.text().unwrap_or_default(), value);
        }),
        Shape::Recipients => list(findings, name, value, |findings, item| {
            if matches!(item.content, Content::Mapping(_)) {
                block(findings, item, Section::Recipient, false);
            } else {
                entry(findings, name, item);
            }
        }),
    }
}

fn text(findings: &mut Findings, name: &str, value: &Node) {
    match value.text() {
        None => findings.error(value.span, "config-expected-value", &[("key", name)], None),
        // JSON Pointer writes 'the whole document' as an empty text.
        Some("") if name == "items" => {}
        Some(text) if text.trim().is_empty() => {
            findings.error(value.span, "config-nothing-written", &[("key", name)], None);
        }
        Some(_) if matches!(name, "company" | "term" | "unless") => quotes(findings, value),
        Some(_) => guillemets(findings, value),
    }
}

fn guillemets(findings: &mut Findings, value: &Node) {
    let Some(text) = value.text() else { return };
    let inner = without_guillemets(text);
    if inner != text {
        findings.notice(value.span, "config-guillemets", &[("text", &inner)], Some(&quoted(&inner)));
    }
}

/// Of a term, straight quotes too: those of YAML are gone already.
fn quotes(findings: &mut Findings, value: &Node) {
    let text = value.text().unwrap_or_default();
    let inner = without_quotes_around(text);
    if inner == text {
        guillemets(findings, value);
    } else {
        findings.notice(value.span, "config-guillemets", &[("text", inner)], Some(&quoted(inner)));
    }
}

fn list(findings: &mut Findings, name: &str, value: &Node, mut each: impl FnMut(&mut Findings, &Node)) {
    match &value.content {
        Content::Sequence(items) => {
            for item in items {
                if findings.full() {
                    return;
                }
                each(findings, item);
            }
        }
        Content::Scalar { .. } => {
            let written = findings.written(value.span);
            let instead = format!("[{}]", written.trim_end());
            let instead = (value.span.end != Span::REST).then_some(instead);
            findings.error(value.span, "config-expected-list", &[("key", name)], instead.as_deref());
        }
        Content::Mapping(_) => {
            findings.error(value.span, "config-expected-list-not-block", &[("key", name)], None);
        }
    }
}

/// A list of words that is not empty.
fn words(findings: &mut Findings, name: &str, value: &Node) {
    if matches!(&value.content, Content::Sequence(items) if items.is_empty()) {
        return findings.error(value.span, "config-empty-list", &[("key", name)], None);
    }
    list(findings, name, value, |findings, item| entry(findings, name, item));
}

/// One item of a list of words.
fn entry(findings: &mut Findings, name: &str, item: &Node) {
    match &item.content {
        Content::Mapping(pairs) => match pairs.first() {
            Some((key, value)) if value.text().is_some() => colon(findings, key, value),
            _ => findings.error(item.span, "config-expected-value", &[("key", name)], None),
        },
        Content::Scalar { text, .. } if item.is_null() || text.trim().is_empty() => {
            findings.error(item.span, "config-empty-item", &[("key", name)], None);
        }
        Content::Scalar { .. } if !matches!(name, "match" | "ignore") => guillemets(findings, item),
        Content::Scalar { .. } => {}
        Content::Sequence(_) => findings.error(item.span, "config-expected-value", &[("key", name)], None),
    }
}

fn terms(findings: &mut Findings, name: &str, value: &Node, section: Section) {
    if matches!(&value.content, Content::Sequence(items) if items.is_empty()) {
        return findings.error(value.span, "config-empty-list", &[("key", name)], None);
    }
    list(findings, name, value, |findings, item| match &item.content {
        Content::Mapping(_) => block(findings, item, section, true),
        Content::Sequence(_) => findings.error(item.span, "config-list-in-list", &[], None),
        Content::Scalar { .. } if item.is_null() => findings.error(item.span, "config-empty-term", &[], None),
        Content::Scalar { .. } => quotes(findings, item),
    });
}

fn blocks(findings: &mut Findings, name: &str, value: &Node, section: Section) {
    match &value.content {
        Content::Sequence(items) => items.iter().for_each(|item| block(findings, item, section, false)),
        Content::Mapping(pairs) => {
            let first = keys::available(section).next().unwrap_or_default();
            if let Some(whole) = flow_span(findings, value) {
                let instead = format!("[{}]", findings.written(whole));
                return findings.error(whole, "config-expected-list", &[("key", name)], Some(&instead));
            }
            let span = pairs.first().map_or(value.span, |(key, _)| key.span);
            let instead = pairs.first().and_then(|(key, _)| key.text()).map(|key| format!("- {key}"));
            findings.error(span, "config-expected-dash", &[("key", name), ("first", first)], instead.as_deref());
        }
        Content::Scalar { .. } => {
            let first = keys::available(section).next().unwrap_or_default();
            findings.error(value.span, "config-expected-dash", &[("key", name), ("first", first)], None);
        }
    }
}

fn named(findings: &mut Findings, name: &str, value: &Node, mut each: impl FnMut(&mut Findings, &Node, &Node)) {
    let Content::Mapping(pairs) = &value.content else {
        return findings.error(value.span, "config-expected-names", &[("key", name)], None);
    };
    let mut seen = HashMap::new();
    for (number, (key, value)) in pairs.iter().enumerate() {
        let text = key.text().unwrap_or_default();
        if findings.full() {
            return;
        }
        if duplicate(findings, &mut seen, key) {
            continue;
        }
        if let Some(before) = number.checked_sub(1).map(|before| &pairs[before].1)
            && value.is_null()
            && decimal_comma(findings, before, key)
        {
            continue;
        }
        if key.is_null() || text.trim().is_empty() {
            findings.error(key.span, "config-empty-name", &[("key", name)], None);
        } else if value.is_null() {
            findings.error(value.span, "config-nothing-written", &[("key", text)], None);
        } else {
            each(findings, key, value);
        }
    }
}

/// `{x: -2,5}`, where the comma parts two entries; true, and said.
fn decimal_comma(findings: &mut Findings, before: &Node, key: &Node) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (Some(whole), Some(part)) = (before.text(), key.text()) else { return false };
    let glued = before.span.line == key.span.line && before.span.end + 1 == key.span.column;
    if !(glued && digits(whole.trim_start_matches(['-', '+', '\u{2212}'])) && digits(part)) {
        return false;
    }
    let span = Span { end: key.span.end, ..before.span };
    findings.error(span, "config-decimal-comma", &[], Some(&format!("{whole}.{part}")));
    true
}

fn secret(findings: &mut Findings, name: &str, value: &Node) {
    if let Content::Mapping(pairs) = &value.content {
        block(findings, value, Section::Secret, false);
        if pairs.len() != 1 {
            findings.error(value.span, "config-secret-one-way", &[("key", name)], None);
        }
        return;
    }
    let credential = match name {
        "password" => "smtp_password",
        "url" => "chat_url",
        "token" => "chat_token",
        _ => "webhook_secret",
    };
    let reference = format!("{{credential: {credential}}}");
    let same_line = value.text().is_some() && findings.line(value.span.line).contains(name);
    findings.error(value.span, "config-literal-secret", &[("key", name)], same_line.then_some(&*reference));
}

/// `{credential: NAME}`: what a watchlist may say of a secret.
fn credential(findings: &mut Findings, name: &str, value: &Node) {
    let reference = if name == "password" { "{credential: site_password}" } else { "{credential: site_token}" };
    let same_line = value.span.line > 0 && findings.line(value.span.line).contains(name);
    let instead = same_line.then_some(reference);
    match &value.content {
        Content::Mapping(pairs) => {
            let elsewhere =
                pairs.iter().find(|(key, _)| matches!(key.text(), Some("file" | "env"))).map(|(key, _)| key.span);
            if let Some(span) = elsewhere {
                return findings.error(span, "access-credential-only", &[("key", name)], None);
            }
            block(findings, value, Section::Credential, false);
            if pairs.is_empty() {
                findings.error(value.span, "access-credential-only", &[("key", name)], None);
            }
        }
        Content::Scalar { .. } | Content::Sequence(_) => {
            let instead = instead.filter(|_| value.text().is_some());
            findings.error(value.span, "access-literal", &[("key", name)], instead);
        }
    }
}
