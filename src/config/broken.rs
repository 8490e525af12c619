//! Where the structure of a file breaks, the parser names a place at or after the mistake. Owns the search for
//! what people left out just before: the colon behind a key.

use super::findings::Findings;
use super::keys;
use super::places::Span;

/// Says where the structure breaks: at a key without its colon on this line or the one before, else here.
pub(super) fn say(findings: &mut Findings, at: Span) {
    let lines = || (1..=at.line).rev().filter(|line| is_significant(findings.line(*line)));
    // The parser may stand behind the last line.
    let here = lines().next().unwrap_or(1);
    let found = lines().take(2).find_map(|line| without_colon(findings, line, line == here && here != at.line));
    if let Some((span, word)) = found {
        let with_colon = format!("{word}:");
        return findings.error(span, "config-missing-colon", &[("key", &word)], Some(&with_colon));
    }
    let span = if findings.line(at.line).trim().is_empty() && here != at.line { whole(findings, here) } else { at };
    findings.error(span, "config-unreadable", &[], None);
}

fn is_significant(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('#')
}

fn whole(findings: &Findings, line: u32) -> Span {
    let text = findings.line(line);
    let indent = text.chars().take_while(|c| c.is_whitespace()).count() as u32;
    Span { line, column: indent + 1, end: text.trim_end().chars().count() as u32 + 1 }
}

/// The key that opens a line without a colon behind it. Of the last line of a file, any word may be one.
fn without_colon(findings: &Findings, line: u32, is_last: bool) -> Option<(Span, String)> {
    let text = findings.line(line);
    let body = text.trim_start_matches([' ', '-']);
    let word: String = body.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let rest = &body[word.len()..];
    let has_colon = text.contains(": ") || text.trim_end().ends_with(':');
    let is_key = keys::is_known(&word) || is_last && !text.starts_with([' ', '-']);
    if has_colon || word.is_empty() || !is_key || !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    // `- page blanche` is a term, unless what follows goes on inside of it.
    let column = (text.len() - body.len()) as u32 + 1;
    let next = (line + 1..).take_while(|next| !findings.is_past(*next)).map(|next| findings.line(next));
    let below = next.into_iter().find(|next| is_significant(next));
    let goes_on = below.is_some_and(|below| {
        let indent = below.chars().take_while(|c| *c == ' ').count() as u32 + 1;
        indent >= column && !below.trim_start().starts_with('-') || rest.trim().is_empty() && indent > column
    });
    let is_item = text.trim_start().starts_with('-');
    if is_item && !goes_on {
        return None;
    }
    Some((Span { line, column, end: column + word.chars().count() as u32 }, word))
}
