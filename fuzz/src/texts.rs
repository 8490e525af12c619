//! Folding, dates, HTML to text: what turns one text into another.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use vigie::text::date::format::Format;
use vigie::text::date::{Context, Order};
use vigie::text::fold::{Folder, PADDING, segments};
use vigie::text::html::{has_tag, to_line, to_plain};

/// Segments from which the way back is tried: each try costs a piece of the text.
const TRIED: usize = 48;

/// The fold is that of its segments one by one, and the way back from any stretch is the one that they say.
pub fn fold(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (expected, segments) = segments(&text);
    let mut folder = Folder::default();
    // What a longer text leaves in the buffer is not seen.
    folder.fold(&"Éƒ—\u{301}x".repeat(text.len() % 97 * 8));
    folder.fold(&text);
    assert_eq!(folder.folded(), expected, "{text:?}");
    assert_eq!(folder.padded()[expected.len()..], [0; PADDING]);
    assert!(std::str::from_utf8(folder.folded()).is_ok(), "{text:?}");

    let mut before = 0;
    for (_, original) in &segments {
        assert!(original.start >= before && original.start < original.end, "{text:?}");
        assert!(text.is_char_boundary(original.start) && text.is_char_boundary(original.end), "{text:?}");
        before = original.end;
    }
    let back = |from: usize, to: usize| {
        let (first, last) = (&segments[from], &segments[to]);
        let found = folder.original(&text, first.0.start..last.0.end);
        assert_eq!(found, Some(first.1.start..last.1.end), "{from}..={to} of {text:?}");
    };
    for from in (0..segments.len()).step_by(segments.len() / TRIED + 1) {
        for further in [0, 1, 5, 200] {
            back(from, (from + further).min(segments.len() - 1));
        }
        let folded = segments[from].0.clone();
        if folded.len() > 1 {
            let inside = folded.start + 1;
            assert_eq!(folder.original(&text, folded.start..inside), None, "{inside} in {text:?}");
            assert_eq!(folder.original(&text, inside..folded.end), None, "{inside} in {text:?}");
        }
    }
}

/// A date is between 1990 and a day after now, it is read again out of what is printed of it, and the short way
/// to read the usual forms gives what the long way gives. The first byte chooses zone and order, a second line is
/// a form.
pub fn dates(data: &[u8]) {
    let Some((&first, rest)) = data.split_first() else { return };
    let rest = String::from_utf8_lossy(rest);
    let (text, form) = rest.split_once('\n').unwrap_or((&rest, ""));
    let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("an instant");
    let zone = match first & 3 {
        0 => TimeZone::UTC,
        1 => TimeZone::fixed(Offset::constant(-11)),
        2 => TimeZone::fixed(Offset::constant(14)),
        _ => TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a zone"),
    };
    let order = [Order::DayFirst, Order::MonthFirst, Order::Unknown][usize::from(first >> 2) % 3];
    let mut context = Context { now, zone, order, format: None };
    let earliest: Timestamp = "1990-01-01T00:00:00Z".parse().expect("an instant");
    let latest: Timestamp = "2026-11-22T12:00:00Z".parse().expect("an instant");
    let believed = |found: Option<Timestamp>| {
        assert!(found.is_none_or(|found| (earliest..=latest).contains(&found)), "{found:?} of {text:?}");
        found
    };
    let found = believed(context.read(text));
    if let Some(found) = found {
        assert_eq!(context.read(&found.to_string()), Some(found), "{text:?}");
        let whole = Timestamp::from_second(found.as_second()).expect("an instant");
        let printed = found.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
        // Rounded to the second it may be before the first.
        assert_eq!(context.read(&printed), Some(whole), "{printed}");
    }
    // A form that nothing is of.
    context.format = Some(Arc::new(Format::parse("dd MM yyyy 'ωω'").expect("a form")));
    assert_eq!(context.read(text), found, "{text:?}");
    if let Ok(form) = Format::parse(form) {
        context.format = Some(Arc::new(form));
        believed(context.read(text));
    }
    if let Some(number) = data.first_chunk() {
        believed(context.from_unix(i64::from_le_bytes(*number)));
    }
}

/// Text out of markup has no control character, no markup's length and no more than one blank line at a time;
/// read again as text it stays as it is.
pub fn html(data: &[u8]) {
    let source = String::from_utf8_lossy(data);
    let plain = to_plain(&source);
    let text = &plain.text;
    assert!(!super::has_controls(text, true), "{text:?}");
    // Not in bytes: what old Windows pages mean by U+0082 takes three and not two.
    let (letters, most) = (text.chars().count(), source.chars().count());
    assert!(letters <= most, "{letters} characters out of {most}");
    assert!(!text.contains("\n\n\n") && !text.contains(" \n") && !text.contains("\n "), "{text:?}");
    assert!(!text.starts_with([' ', '\n']) && !text.ends_with(char::is_whitespace), "{text:?}");
    assert!(plain.links.len() <= 256);
    for (number, link) in plain.links.iter().enumerate() {
        assert!(!link.is_empty() && link.len() <= source.len() && link.trim() == link, "{link:?}");
        assert!(!plain.links[..number].contains(link), "{link:?} twice");
    }
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    assert_eq!(&to_plain(&escaped).text, text, "{source:?}");
    let line = to_line(&source);
    assert!(!super::has_controls(&line, false) && line.chars().count() <= most, "{line:?}");
    if !has_tag(&source) {
        assert!(plain.links.is_empty(), "{source:?}");
    }
}
