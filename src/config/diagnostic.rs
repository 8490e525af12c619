//! One mistake, as a person reads it: where, what, and what to type instead. Owns the rendering; the
//! sentences come from `locale`.

use std::fmt::Write;

use super::Place;
use crate::text::clean::is_treacherous;

/// What a diagnostic means for the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The file is refused; exit 78.
    Error,
    /// The file is taken.
    Notice,
}

/// A mistake, or something worth saying, at a place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where it starts.
    pub place: Place,
    /// The column after its last character on that line, in characters from 1.
    pub end_column: u32,
    /// Error or notice.
    pub severity: Severity,
    /// What is wrong, in one or two sentences of the settings' language.
    pub sentence: String,
    /// The line as it should be written.
    pub fix: Option<String>,
    /// The line as it is, with secrets as `•••`.
    pub source: Option<String>,
    /// First and after-last column, from 1, of what is underlined in `source`.
    pub underline: (u32, u32),
    /// What stands before the corrected line: 'write:' in the language of `sentence`.
    pub fix_label: String,
    /// A notice of `check` with which the daemon cannot start: a secret that cannot be read.
    pub blocks_run: bool,
}

/// Characters of a line that are shown around the mistake.
const SHOWN: usize = 110;

impl Diagnostic {
    /// The diagnostic for a terminal or a log: `path:line:column: sentence`, the line underlined, the
    /// corrected line. Ends with a line break. Escapes for colour only when `colour`.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let (strong, mark, plain) = match (colour, self.severity) {
            (false, _) => ("", "", ""),
            (true, Severity::Error) => ("\x1b[1m", "\x1b[31m", "\x1b[0m"),
            (true, Severity::Notice) => ("\x1b[1m", "\x1b[33m", "\x1b[0m"),
        };
        let Place { file, line, column } = &self.place;
        let mut out = format!("{file}:{line}:{column}: {strong}{}{plain}\n", self.sentence);
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        if let Some(source) = self.source.as_deref().filter(|source| !source.trim().is_empty()) {
            let (shown, from, to) = window(source, self.underline);
            let carets = "^".repeat((to - from).max(1));
            let _ = writeln!(out, " {number} | {shown}");
            let _ = writeln!(out, " {margin} | {}{mark}{carets}{plain}", " ".repeat(from));
        }
        if let Some(fix) = &self.fix {
            let (shown, ..) = window(fix, (1, 1));
            let _ = writeln!(out, " {margin} = {} {strong}{}{plain}", self.fix_label, shown.trim_start());
        }
        out
    }
}

/// The part of a line around its underlined columns, and those columns in it, from 0.
fn window(line: &str, (start, end): (u32, u32)) -> (String, usize, usize) {
    // Each keeps its column, so that the carets stand where they should.
    let shown = |c: char| match c {
        c if c.is_control() => ' ',
        c if is_treacherous(c) => '\u{FFFD}',
        c => c,
    };
    let chars: Vec<char> = line.trim_end().chars().map(shown).collect();
    let start = (start.max(1) as usize - 1).min(chars.len());
    let end = (end.max(1) as usize - 1).clamp(start, chars.len().max(start));
    if chars.len() <= SHOWN {
        return (chars.into_iter().collect(), start, end);
    }
    let first = start.saturating_sub(SHOWN / 3).min(chars.len() - SHOWN);
    let last = first + SHOWN;
    let mut shown: String = chars[first..last].iter().collect();
    let mut shift = 0;
    if first > 0 {
        shown.insert(0, '…');
        shift = 1;
    }
    if last < chars.len() {
        shown.push('…');
    }
    (shown, start - first + shift, end.min(last) - first + shift)
}

/// All diagnostics in the order of their places, each once.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| a.place.cmp(&b.place));
    diagnostics.dedup();
}

/// Writes diagnostics to stderr, in colour on a terminal.
pub fn print(diagnostics: &[Diagnostic]) {
    use std::io::{IsTerminal, Write};
    let mut stderr = std::io::stderr().lock();
    let colour = stderr.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for diagnostic in diagnostics {
        // A closed stderr keeps nobody from working on.
        let _ = stderr.write_all(diagnostic.render(colour).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(source: &str, underline: (u32, u32)) -> Diagnostic {
        Diagnostic {
            place: Place { file: "a.yaml".into(), line: 12, column: underline.0 },
            end_column: underline.1,
            severity: Severity::Error,
            sentence: "Non.".into(),
            fix: Some("- \"x\"".into()),
            source: Some(source.into()),
            underline,
            fix_label: "écrivez :".into(),
            blocks_run: false,
        }
    }

    #[test]
    fn the_place_comes_first_and_the_carets_stand_under_the_mistake() {
        let shown = diagnostic("  - #é", (5, 7)).render(false);
        assert_eq!(shown, "a.yaml:12:5: Non.\n 12 |   - #é\n    |     ^^\n    = écrivez : - \"x\"\n");
    }

    #[test]
    fn a_line_of_megabytes_is_cut_around_the_mistake() {
        let shown = diagnostic(&"[".repeat(2_000_000), (33, 34)).render(false);
        assert!(shown.len() < 600, "{} bytes", shown.len());
        assert!(shown.contains('…'));
    }

    #[test]
    fn escapes_of_a_terminal_never_come_from_the_file() {
        assert!(!diagnostic("- \u{1b}[31mx", (3, 4)).render(false).contains('\u{1b}'));
        let shown = diagnostic("- a\u{202e}b\u{200b}c", (7, 8)).render(false);
        assert!(shown.contains(" 12 | - a\u{fffd}b\u{fffd}c\n    |       ^\n"), "{shown}");
    }
}
