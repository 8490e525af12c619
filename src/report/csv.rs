//! A report as CSV (RFC 4180, UTF-8 with BOM), a line a figure, and the cell that no spreadsheet computes.

use super::figures::{Report, Tones, TopLine};
use crate::text::clean;

/// One form for all figures: what has no value stays empty.
const HEADER: &str = "section,name,about,from,to,mentions,negative,uncertain,neutral,positive,unknown,net_tone,value,\
                      at_least,at_most";

/// How a spreadsheet knows a formula, in the widths that it takes for the same sign.
const SIGNS: [char; 12] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫'];

/// A text as a cell: one line, in quotes where it needs them, after an apostrophe where a spreadsheet would
/// compute it; also behind each `;`, where a French spreadsheet begins a new cell and knows no quote inside one.
#[must_use]
pub fn cell(text: &str) -> String {
    let text = clean::segment(text);
    let mut written = String::with_capacity(text.len() + 2);
    for (at, part) in text.trim().split(';').enumerate() {
        if at > 0 {
            written.push(';');
        }
        let start = part.trim_start();
        // `;-)` smiles and computes nothing.
        if start.starts_with(SIGNS) && (at == 0 || start.chars().nth(1) != Some(')')) {
            written.push('\'');
            written.push_str(start);
        } else {
            written.push_str(part);
        }
    }
    if written.contains([',', '"', ';']) { format!("\"{}\"", written.replace('"', "\"\"")) } else { written }
}

#[derive(Default)]
struct Line<'a> {
    section: &'a str,
    name: &'a str,
    about: &'a str,
    span: Option<(jiff::Timestamp, jiff::Timestamp)>,
    tones: Option<Tones>,
    counts: Option<(u64, Option<(u64, u64)>)>,
    value: Option<f64>,
    bounds: [Option<f64>; 2],
}

impl Line<'_> {
    fn write(&self, out: &mut String) {
        let (from, to) = self.span.map_or_else(Default::default, |(from, to)| (from.to_string(), to.to_string()));
        let numbers = match (self.tones, self.counts) {
            (Some(tones), _) => {
                let counts =
                    [tones.total(), tones.negative, tones.uncertain, tones.neutral, tones.positive, tones.unknown];
                let net = tones.net().map(|net| format!("{net:.1}")).unwrap_or_default();
                counts.map(|count| count.to_string()).into_iter().chain([net]).collect::<Vec<_>>().join(",")
            }
            (None, Some((mentions, Some((negative, positive))))) => format!("{mentions},{negative},,,{positive},,"),
            (None, Some((mentions, None))) => format!("{mentions},,,,,,"),
            (None, None) => ",,,,,,".to_owned(),
        };
        let value = self.value.map(|value| format!("{value:.1}")).unwrap_or_default();
        let [at_least, at_most] = self.bounds.map(|bound| bound.map(|bound| bound.to_string()).unwrap_or_default());
        let cells =
            [cell(self.section), cell(self.name), cell(self.about), from, to, numbers, value, at_least, at_most];
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
}

/// The file of a report.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut out = format!("\u{FEFF}{HEADER}\r\n");
    let period = Some((report.period.from, report.period.to));
    let before = Some((report.before.from, report.before.to));
    let week = report.week_before.map(|span| (span.from, span.to));
    let mut tones = |section: &str, name: &str, span, tones: Option<Tones>| {
        if tones.is_some() {
            Line { section, name, span, tones, ..Line::default() }.write(&mut out);
        }
    };
    tones("total", "", period, Some(report.total.now));
    tones("before", "", before, report.total.before);
    tones("week_before", "", week, report.total.week_before);
    for brand in &report.brands {
        tones("brand", &brand.brand, period, Some(brand.tones.now));
        tones("brand_before", &brand.brand, before, brand.tones.before);
    }
    for phase in &report.campaign {
        tones("campaign", phase.phase.word(), Some((phase.span.from, phase.span.to)), Some(phase.tones));
    }
    for (place, point) in report.series.iter().enumerate() {
        let to = report.series.get(place + 1).map_or(report.period.to, |next| next.at);
        tones("series", "", Some((point.at, to)), Some(point.tones));
    }
    for tag in &report.tags {
        tones("tag", &tag.tag, period, Some(tag.tones));
    }
    for voice in &report.voice {
        let about = if voice.own { "own" } else { "competitor" };
        let counts = Some((voice.mentions, None));
        Line {
            section: "voice",
            name: &voice.brand,
            about,
            span: period,
            counts,
            value: voice.share,
            ..Line::default()
        }
        .write(&mut out);
    }
    let lists: [(&str, &[TopLine]); 5] = [
        ("site", &report.sites),
        ("source", &report.sources),
        ("author", &report.authors),
        ("term", &report.terms),
        ("story", &report.stories),
    ];
    for (section, list) in lists {
        for top in list {
            let counts = Some((top.mentions, Some((top.negative, top.positive))));
            let about = top.about.as_deref().unwrap_or_default();
            Line { section, name: &top.name, about, span: period, counts, ..Line::default() }.write(&mut out);
        }
    }
    for new in &report.new_sites {
        let about = new.url.as_deref().unwrap_or_default();
        let counts = Some((new.mentions, None));
        Line { section: "new_site", name: &new.site, about, span: period, counts, ..Line::default() }.write(&mut out);
    }
    for held in &report.objectives {
        let section = match held.met {
            Some(true) => "objective_met",
            Some(false) => "objective_missed",
            None => "objective",
        };
        let (about, bounds) = (held.figure.word(), [held.at_least, held.at_most]);
        Line { section, name: &held.brand, about, span: period, value: held.actual, bounds, ..Line::default() }
            .write(&mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_is_never_a_formula() {
        for (text, written) in [
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("\t=1+1", "'=1+1"),
            ("-2+3", "'-2+3"),
            ("＝1", "'＝1"),
            ("\u{202E}\u{FEFF}=1", "'=1"),
            ("a;=1;  @b ; -)", "\"a;'=1;'@b ; -)\""),
            ("dommage ;-)", "\"dommage ;-)\""),
            ("a = b", "a = b"),
            ("oui, mais", "\"oui, mais\""),
        ] {
            assert_eq!(cell(text), written, "{text:?}");
        }
    }
}
