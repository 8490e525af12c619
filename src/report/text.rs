//! A sheet on a terminal. Owns the form: columns, bars of letters, nothing that moves a cursor.

use std::fmt::Write as _;

use super::sheet::{Row, Sheet, Table};

/// Letters of a bar.
const BAR: usize = 20;
/// Letters of a name.
const NAME: usize = 56;

/// Mentions under a title.
#[derive(Debug, Clone)]
pub struct List {
    /// What they are.
    pub title: String,
    /// Each in its lines, without line ends.
    pub mentions: Vec<Vec<String>>,
    /// What to do about them, or how many more there are.
    pub note: Option<String>,
}

/// The sheet as lines of text, with the mentions that it tells.
#[must_use]
pub fn render(sheet: &Sheet, lists: &[List], foot: &[String]) -> String {
    let mut out = format!("{}\n{}\n", sheet.period, sheet.verdict);
    let tally: Vec<&str> = sheet.tally.iter().map(|toned| toned.text.as_str()).collect();
    if !tally.is_empty() {
        let _ = writeln!(out, "{}", tally.join(" · "));
    }
    out.push('\n');
    let widest = sheet.cards.iter().map(|card| card.label.chars().count()).max().unwrap_or(0);
    for card in &sheet.cards {
        let deltas: Vec<String> =
            card.deltas.iter().map(|delta| format!("{} / {}", delta.change, delta.against)).collect();
        let _ = writeln!(out, "  {}  {:<10} {}", padded(&card.label, widest), card.value, deltas.join("   "));
    }
    if let Some(series) = &sheet.series {
        let _ = writeln!(out, "\n{}\n  {}", series.title, wrapped(&series.spark));
        if let (Some(first), Some(last)) = (series.ticks.first(), series.ticks.last()) {
            let _ = writeln!(out, "  {first} … {last} ({} max.)", series.most);
        }
    }
    for table in &sheet.tables {
        write_table(&mut out, table);
    }
    if let Some(new) = &sheet.new_sites {
        let _ = write!(out, "\n{}\n  {}\n  {}\n", new.title, new.lines.join(", "), new.how);
        for line in new.yaml.lines() {
            let _ = writeln!(out, "    {line}");
        }
    }
    for list in lists {
        write_list(&mut out, list);
    }
    if sheet.unanswered.is_some() || !sheet.notes.is_empty() || !foot.is_empty() {
        out.push('\n');
    }
    for line in sheet.unanswered.iter().chain(&sheet.notes).chain(foot) {
        let _ = writeln!(out, "{line}");
    }
    let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

/// A long line of bars in rows of a terminal's width.
fn wrapped(spark: &str) -> String {
    let letters: Vec<char> = spark.chars().collect();
    let rows: Vec<String> = letters.chunks(72).map(|row| row.iter().collect()).collect();
    rows.join("\n  ")
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())))
}

fn write_list(out: &mut String, list: &List) {
    let _ = writeln!(out, "\n{}", list.title);
    for mention in &list.mentions {
        for (place, line) in mention.iter().enumerate() {
            let _ = writeln!(out, "{}{line}", if place == 0 { "  " } else { "    " });
        }
    }
    if let Some(note) = &list.note {
        let _ = writeln!(out, "  {note}");
    }
}

fn write_table(out: &mut String, table: &Table) {
    let name = |row: &Row| {
        let name = if row.about.is_empty() { row.name.clone() } else { format!("{} · {}", row.name, row.about) };
        crate::text::clean::clip(&name, NAME)
    };
    let widest = table.rows.iter().map(|row| name(row).chars().count()).max().unwrap_or(0);
    let value = table.rows.iter().map(|row| row.value.chars().count()).max().unwrap_or(0);
    let _ = writeln!(out, "\n{}", table.title);
    for row in &table.rows {
        let full = row.parts.iter().map(|part| part.width).sum::<f64>() / 100.0 * BAR as f64;
        let bar = "█".repeat((full.round() as usize).min(BAR));
        let bar = if row.parts.is_empty() { String::new() } else { format!("{}  ", padded(&bar, BAR)) };
        let gap = " ".repeat(value - row.value.chars().count());
        let _ = writeln!(out, "  {}  {bar}{gap}{}  {}", padded(&name(row), widest), row.value, row.extra);
    }
}
