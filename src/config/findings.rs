//! The diagnostics of one file while it is read: from spans and locale keys to what a person reads.
//! Owns the file's lines and keeps secrets out of all that is shown.

use std::borrow::Cow;
use std::sync::Arc;

use super::diagnostic::{Diagnostic, Severity};
use super::lexical::quoted;
use super::mask;
use super::places::{Place, Span};
use crate::locale::Locale;
use crate::text::clean::{is_treacherous, segment};

/// Diagnostics of one file that are kept: nobody reads more.
const MOST: usize = 200;

/// Bytes of a line past which it is named by its place and not shown: each showing is a pass over it.
pub(super) const LONGEST: usize = 16 << 10;

/// What has been found in one file so far.
#[derive(Debug, Clone)]
pub struct Findings {
    file: Arc<str>,
    text: Arc<str>,
    starts: Vec<u32>,
    locale: Locale,
    /// In the order of finding.
    pub all: Vec<Diagnostic>,
}

/// Arguments of a sentence by name.
pub type Arguments<'a> = &'a [(&'static str, &'a str)];

impl Findings {
    /// For a file as people name it, with its text.
    #[must_use]
    pub fn new(file: Arc<str>, text: &str, locale: Locale) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1)).collect();
        Self { file, text: text.into(), starts, locale, all: Vec::new() }
    }

    /// The language that its sentences are in.
    #[must_use]
    pub const fn locale(&self) -> Locale {
        self.locale
    }

    /// A line as written, without its end.
    #[must_use]
    pub fn line(&self, line: u32) -> &str {
        let Some(start) = (line as usize).checked_sub(1).and_then(|line| self.starts.get(line)) else { return "" };
        let rest = &self.text[*start as usize..];
        rest.find('\n').map_or(rest, |end| &rest[..end])
    }

    /// The place after the last character.
    fn end(&self) -> Span {
        let line = self.starts.len() as u32;
        let column = self.line(line).chars().count() as u32 + 1;
        Span { line, column, end: column + 1 }
    }

    /// True for a line after the last.
    #[must_use]
    pub fn is_past(&self, line: u32) -> bool {
        line as usize > self.starts.len()
    }

    /// The place of a span.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        Place { file: Arc::clone(&self.file), line: span.line.max(1), column: span.column.max(1) }
    }

    /// True when the file is refused.
    #[must_use]
    pub fn refused(&self) -> bool {
        self.all.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// True when no more is kept: a file this broken is not looked at further.
    #[must_use]
    pub fn full(&self) -> bool {
        self.all.len() >= MOST
    }

    /// Records an error: a locale key with its arguments, and what to write in the span's place.
    pub fn error(&mut self, span: Span, key: &str, arguments: Arguments<'_>, instead: Option<&str>) {
        let fix = instead.and_then(|instead| self.with(span, instead));
        self.push(Severity::Error, span, key, arguments, fix);
    }

    /// Records an error with a corrected line that is made elsewhere.
    pub fn error_with_line(&mut self, span: Span, key: &str, arguments: Arguments<'_>, line: Option<String>) {
        self.push(Severity::Error, span, key, arguments, line);
    }

    /// Records a notice.
    pub fn notice(&mut self, span: Span, key: &str, arguments: Arguments<'_>, instead: Option<&str>) {
        let fix = instead.and_then(|instead| self.with(span, instead));
        self.push(Severity::Notice, span, key, arguments, fix);
    }

    /// Records a notice with which the daemon cannot start.
    pub fn unready(&mut self, span: Span, key: &str, arguments: Arguments<'_>) {
        self.push(Severity::Notice, span, key, arguments, None);
        if let Some(last) = self.all.last_mut() {
            last.blocks_run = true;
        }
    }

    /// The span's line with something else in the span's place; nothing for a line that nobody reads.
    #[must_use]
    pub fn with(&self, span: Span, instead: &str) -> Option<String> {
        let line = self.line(span.line);
        if line.len() > LONGEST {
            return None;
        }
        let chars: Vec<char> = line.chars().collect();
        let from = (span.column.max(1) as usize - 1).min(chars.len());
        let to = (span.end.max(1) as usize - 1).clamp(from, chars.len());
        let head: String = chars[..from].iter().collect();
        let tail: String = chars[to..].iter().collect();
        Some(format!("{head}{instead}{tail}"))
    }

    /// The characters of a span as written.
    #[must_use]
    pub fn written(&self, span: Span) -> String {
        let width = (span.end.saturating_sub(span.column)) as usize;
        self.line(span.line).chars().skip(span.column.max(1) as usize - 1).take(width).collect()
    }

    /// The span's line with its value between quotes.
    #[must_use]
    pub fn with_quotes(&self, span: Span) -> Option<String> {
        let written = self.written(span);
        let written = written.trim_end();
        self.with(Span { end: span.column + written.chars().count() as u32, ..span }, &quoted(written))
    }

    fn push(&mut self, severity: Severity, span: Span, key: &str, arguments: Arguments<'_>, fix: Option<String>) {
        if self.full() {
            return;
        }
        let short: Vec<(&str, Cow<'_, str>)> = arguments.iter().map(|(name, value)| (*name, shorten(value))).collect();
        let arguments: Vec<_> = short.iter().map(|(name, value)| (*name, value.as_ref().into())).collect();
        // What a file lacks at its end, YAML's reader misses on the line after it.
        let (span, fix) = if self.is_past(span.line) { (self.end(), None) } else { (span, fix) };
        let (source, underline) = self.shown(span);
        let line = self.line(span.line);
        let width = line.chars().count() as u32 + 1;
        self.all.push(Diagnostic {
            place: self.place(span),
            end_column: span.end.min(width.max(span.column + 1)),
            severity,
            sentence: self.locale.format(key, &arguments),
            fix: fix
                .filter(|line| line.len() <= LONGEST && mask::mask(line).0 == *line)
                .map(|line| line.trim().to_owned()),
            source,
            underline,
            fix_label: self.locale.text("config-write"),
            blocks_run: false,
        });
    }

    fn shown(&self, span: Span) -> (Option<String>, (u32, u32)) {
        let line = self.line(span.line);
        if line.is_empty() || line.len() > LONGEST {
            return (None, (1, 2));
        }
        let below = (1..span.line).rev().map(|above| self.line(above)).find(|above| !above.trim().is_empty());
        if let Some(masked) = below.filter(|above| mask::opens_secret(above)).and_then(|_| mask::mask_below(line)) {
            let start = masked.chars().count() as u32 - 2;
            return (Some(masked), (start, start + 3));
        }
        let (shown, places) = mask::mask(line);
        let last = places.len() - 1;
        let at = |column: u32| places[(column.max(1) as usize - 1).min(last)] + 1;
        let start = at(span.column);
        (Some(shown), (start, at(span.end).max(start + 1)))
    }
}

/// An argument that fits a sentence. A scalar between double quotes may hold any character by its escape.
fn shorten(value: &str) -> Cow<'_, str> {
    let short = match value.char_indices().nth(300) {
        None => Cow::Borrowed(value),
        Some(_) => Cow::Owned(value.chars().take(299).chain(['…']).collect()),
    };
    if short.contains(|c: char| c.is_control() || is_treacherous(c)) { Cow::Owned(segment(&short)) } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::UiLanguage;

    #[test]
    fn an_argument_is_one_line_that_moves_no_terminal() {
        let mut findings = Findings::new("a.yaml".into(), "x: 1", Locale::of(UiLanguage::English));
        for name in ["br\u{1b}[31mands", "br\tands", "br\u{202e}ands\n", &"x".repeat(1000)] {
            let arguments = [("key", name), ("keys", "brands")];
            findings.error(Span { line: 1, column: 1, end: 2 }, "config-unknown-key", &arguments, None);
        }
        for said in &findings.all {
            assert!(!said.sentence.contains(|c: char| c.is_control() || is_treacherous(c)), "{}", said.sentence);
            assert!(said.sentence.chars().count() < 400);
        }
        assert!(findings.all[0].sentence.contains("br[31mands") && findings.all[1].sentence.contains("br ands"));
    }
}
