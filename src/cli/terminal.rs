//! Text from the web and from stores on a terminal: no control or direction characters, aligned
//! columns, bounded cells. Owns no words.

use std::io::{IsTerminal, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::config::settings::UiLanguage;
use crate::locale::Locale;
use crate::text::clean::{self, is_unfit};

/// One line of at most `longest` characters, without treacherous ones; cut with `…`.
#[must_use]
pub fn line(text: &str, longest: usize) -> String {
    let mut words = String::new();
    let clean = text.chars().map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c });
    for c in clean.filter(|c| !is_unfit(*c)) {
        if c != ' ' || !words.ends_with(' ') {
            words.push(c);
        }
    }
    let words = words.trim();
    if words.chars().count() <= longest {
        return words.to_owned();
    }
    let mut cut: String = words.chars().take(longest.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// At most `longest` characters of a line that is clean already; runs of blanks stay, a cut shows `…`.
#[must_use]
pub fn line_kept(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(longest.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// Characters of a line: `COLUMNS` where it is set, the terminal's own width, and no limit off a terminal.
#[must_use]
pub fn width() -> usize {
    let set = std::env::var("COLUMNS").ok().and_then(|text| text.parse::<usize>().ok()).filter(|width| *width >= 40);
    if !std::io::stdout().is_terminal() {
        return usize::MAX;
    }
    set.unwrap_or_else(|| terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0).max(40)))
}

/// A JSON value on one line; treacherous characters are escaped, so that it is the same value and safe
/// to look at.
///
/// # Errors
/// Only when the value has no JSON form.
pub fn json(value: &impl serde::Serialize) -> serde_json::Result<String> {
    Ok(clean::escaped(&serde_json::to_string(value)?).into_owned())
}

/// Writes to standard output; a reader that closed its end early (`| head`) is no error.
///
/// # Errors
/// What the system said.
pub fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Rows with their cells one under the other, two blanks apart, after `indent` blanks.
#[must_use]
pub fn columns(rows: &[Vec<String>], indent: usize) -> Vec<String> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |cell: &String| cell.chars().count();
    let widths: Vec<usize> =
        (0..count).map(|at| rows.iter().filter_map(|row| row.get(at)).map(width).max().unwrap_or(0)).collect();
    rows.iter()
        .map(|row| {
            let mut line = " ".repeat(indent);
            for (cell, widest) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(widest - width(cell) + 2));
            }
            line.truncate(line.trim_end().len());
            line
        })
        .collect()
}

/// A time as people read it, in their zone.
#[must_use]
pub fn time(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// Two decimals with their sign, as the language writes them.
pub(super) fn signed(locale: Locale, value: f32) -> String {
    let figure = format!("{:.2}", value.abs());
    let sign = match () {
        () if figure == "0.00" => "",
        () if value < 0.0 => "\u{2212}",
        () => "+",
    };
    let figure = if locale.language() == UiLanguage::French { figure.replace('.', ",") } else { figure };
    format!("{sign}{figure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_the_cursor_gets_through() {
        for (text, longest, expected) in [
            ("Le  café\n\tLune", 40, "Le café Lune"),
            ("\u{1b}[31mrouge\u{7}\u{9b}2J", 40, "[31mrouge 2J"),
            ("a\u{202e}b\u{2066}c\u{feff}", 40, "abc"),
            ("éèàçù", 4, "éèà…"),
            ("éèàç", 4, "éèàç"),
            ("", 4, ""),
        ] {
            assert_eq!(line(text, longest), expected, "{text:?}");
        }
    }

    #[test]
    fn json_is_safe_to_look_at_and_the_same_value() {
        let text = "a\u{9b}31m\u{202e}\u{1b}é\"\\";
        let json = json(&text).unwrap();
        assert!(!json.contains(is_unfit), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn cells_stand_one_under_the_other() {
        let rows = [vec!["é".to_owned(), "b".to_owned()], vec!["long".to_owned(), String::new(), "c".to_owned()]];
        assert_eq!(columns(&rows, 2), ["  é     b", "  long     c"]);
        assert_eq!(columns(&[], 2), [""; 0]);
    }
}
