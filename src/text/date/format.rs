//! A date's form as a watchlist writes it, for sites whose dates cannot be read surely without it:
//! `dd/MM/yyyy HH:mm`, `%d/%m/%Y %H:%M`, `jj/mm/aaaa`. Owns the letters of these forms and the reading.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Time;

use super::words::{month, short_year, weekday};
use super::{Context, Scan, date, time, zone};

/// The longest form, in characters.
const LONGEST: usize = 80;

/// A form, ready to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format(Vec<Part>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    Weekday,
    Hour,
    HalfHour,
    Minute,
    Second,
    Half,
    Zone,
    Unix,
    Space,
    Sign(char),
}

/// Why a form cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// A letter that stands for nothing.
    #[error("`{0}` stands for nothing in a date")]
    Letter(String),
    /// Without day and month, and no Unix time.
    #[error("a day and a month are needed")]
    Incomplete,
    /// Longer than any date.
    #[error("too long for a date")]
    TooLong,
}

impl Format {
    /// Reads a form: letters as Unicode has them (`dd MMMM yyyy`), `strftime` (`%d %B %Y`), or French letters
    /// (`jj/mm/aaaa`). Text between `'` stands for itself.
    pub fn parse(written: &str) -> Result<Self, FormatError> {
        if written.chars().count() > LONGEST {
            return Err(FormatError::TooLong);
        }
        let parts = if written.contains('%') { percent(written)? } else { letters(written)? };
        let has = |wanted: &[Part]| parts.iter().any(|part| wanted.contains(part));
        if has(&[Part::Unix]) || (has(&[Part::Day]) && has(&[Part::Month, Part::MonthName])) {
            Ok(Self(parts))
        } else {
            Err(FormatError::Incomplete)
        }
    }

    /// The date of this form in a folded text, wherever it stands.
    pub(super) fn read(&self, text: &str, context: &Context) -> Option<Timestamp> {
        let mut after_digit = false;
        for (at, c) in text.char_indices() {
            if !(after_digit && c.is_ascii_digit())
                && let Some(found) = self.at(&text[at..], context)
            {
                return Some(found);
            }
            after_digit = c.is_ascii_digit();
        }
        None
    }

    fn at(&self, text: &str, context: &Context) -> Option<Timestamp> {
        let mut scan = Scan(text);
        let (mut year, mut month_of, mut day) = (None, 0, 0);
        let (mut hour, mut minute, mut second, mut half, mut offset) = (0, 0, 0, None, None);
        for part in &self.0 {
            match part {
                Part::Year => year = Some(scan.digits(4, 4)?),
                Part::ShortYear => year = Some(short_year(scan.digits(2, 2)?)),
                Part::Month => month_of = scan.digits(1, 2)?,
                Part::MonthName => {
                    month_of = month(scan.letters()?)?;
                    scan.eat(&['.']);
                }
                Part::Day => day = scan.digits(1, 2)?,
                Part::Weekday => {
                    weekday(scan.letters()?)?;
                    scan.eat(&['.']);
                }
                Part::Hour | Part::HalfHour => hour = scan.digits(1, 2)?,
                Part::Minute => minute = scan.digits(1, 2)?,
                Part::Second => second = scan.digits(1, 2)?,
                Part::Half => half = Some(scan.letters()? == "pm"),
                Part::Zone => {
                    let len = scan.0.find([' ', ',', ')']).unwrap_or(scan.0.len());
                    offset = Some(zone(&scan.0[..len])?);
                    scan.0 = &scan.0[len..];
                }
                Part::Unix => return context.from_unix(scan.digits(9, 10)?.into()),
                Part::Space => scan.spaces(),
                Part::Sign(sign) => {
                    if !scan.eat(&[*sign]) {
                        return None;
                    }
                }
            }
        }
        if scan.0.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        if let Some(is_afternoon) = half {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if is_afternoon { 12 } else { 0 };
        }
        let today = context.today();
        let day_of = match year {
            Some(year) => date(year, month_of, day)?,
            None => super::last(today, month_of, day)?,
        };
        let (days, time): (i64, Time) = time(hour, minute, second)?;
        context.instant(day_of.checked_add(days.days()).ok()?.to_datetime(time), offset)
    }
}

fn percent(written: &str) -> Result<Vec<Part>, FormatError> {
    let mut parts = Vec::new();
    let mut rest = written.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            parts.push(sign(c));
            continue;
        }
        let letter = rest.by_ref().find(|c| !matches!(c, '-' | '_' | '0'));
        match letter {
            Some('Y') => parts.push(Part::Year),
            Some('y') => parts.push(Part::ShortYear),
            Some('m') => parts.push(Part::Month),
            Some('B' | 'b' | 'h') => parts.push(Part::MonthName),
            Some('d' | 'e') => parts.push(Part::Day),
            Some('A' | 'a') => parts.push(Part::Weekday),
            Some('H' | 'k') => parts.push(Part::Hour),
            Some('I' | 'l') => parts.push(Part::HalfHour),
            Some('M') => parts.push(Part::Minute),
            Some('S') => parts.push(Part::Second),
            Some('p' | 'P') => parts.push(Part::Half),
            Some('z' | 'Z') => parts.push(Part::Zone),
            Some('s') => parts.push(Part::Unix),
            Some('F') => parts.extend([Part::Year, Part::Sign('-'), Part::Month, Part::Sign('-'), Part::Day]),
            Some('T') => {
                parts.extend([Part::Hour, Part::Sign(':'), Part::Minute, Part::Sign(':'), Part::Second]);
            }
            Some('R') => parts.extend([Part::Hour, Part::Sign(':'), Part::Minute]),
            Some('%') => parts.push(Part::Sign('%')),
            other => return Err(FormatError::Letter(format!("%{}", other.map_or(String::new(), String::from)))),
        }
    }
    Ok(parts)
}

fn letters(written: &str) -> Result<Vec<Part>, FormatError> {
    let has_big_month = written.contains('M');
    let mut parts = Vec::new();
    let mut rest = written;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (inner, after) = rest[1..].split_once('\'').unwrap_or((&rest[1..], ""));
            parts.extend(if inner.is_empty() { vec![Part::Sign('\'')] } else { inner.chars().map(sign).collect() });
            rest = after;
            continue;
        }
        let len = rest.find(|c| c != first).unwrap_or(rest.len());
        let run = &rest[..len];
        rest = &rest[len..];
        let has_month = || parts.contains(&Part::Month) || parts.contains(&Part::MonthName);
        let has_hour = || parts.contains(&Part::Hour) || parts.contains(&Part::HalfHour);
        let part = match (first, len / first.len_utf8()) {
            ('y' | 'a' | 'A', 4) => Part::Year,
            ('y' | 'a' | 'A', 2) => Part::ShortYear,
            ('M' | 'm', 3 | 4) => Part::MonthName,
            ('M', 1 | 2) => Part::Month,
            // French letters have one `m` for both.
            ('m', 1 | 2) if !has_big_month && !has_month() && !has_hour() => Part::Month,
            ('m', 1 | 2) => Part::Minute,
            ('d' | 'j' | 'J' | 'D', 1 | 2) => Part::Day,
            ('E', 1..=4) | ('j' | 'J', 4) => Part::Weekday,
            ('h', 1 | 2) if written.contains('a') && !written.contains("aa") => Part::HalfHour,
            ('h' | 'H', 1 | 2) => Part::Hour,
            ('s' | 'S', 1 | 2) => Part::Second,
            ('a', 1) => Part::Half,
            ('X' | 'x' | 'Z' | 'z', 1..=4) => Part::Zone,
            _ if first.is_ascii_alphabetic() => return Err(FormatError::Letter(run.to_owned())),
            _ => {
                parts.extend(run.chars().map(sign));
                continue;
            }
        };
        parts.push(part);
    }
    Ok(parts)
}

/// A sign as it stands in a folded text.
fn sign(c: char) -> Part {
    if c.is_whitespace() {
        return Part::Space;
    }
    let folded = super::fold(&c.to_string());
    Part::Sign(folded.chars().next().unwrap_or(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::date::Order;
    use jiff::tz::{Offset, TimeZone};
    use proptest::prelude::*;

    fn context(format: &str) -> Context {
        Context {
            now: "2026-11-21T12:00:00Z".parse().unwrap(),
            zone: TimeZone::fixed(Offset::constant(1)),
            order: Order::Unknown,
            format: Some(Format::parse(format).unwrap().into()),
        }
    }

    #[test]
    fn a_written_form_is_read() {
        for (form, text, wanted) in [
            ("dd/MM/yyyy HH:mm", "Posté le 02/03/2026 à 10:12", None),
            ("dd/MM/yyyy 'à' HH:mm", "Posté le 02/03/2026 à 10:12 par Ana", Some("2026-03-02T09:12:00Z")),
            ("MM/dd/yyyy", "02/03/2026", Some("2026-02-02T23:00:00Z")),
            ("jj/mm/aaaa hh:mm:ss", "02/03/2026 22:05:07", Some("2026-03-02T21:05:07Z")),
            ("jj mmmm aaaa", "2 février 2026", Some("2026-02-01T23:00:00Z")),
            ("d MMM yy, HH'h'mm", "2 févr. 26, 9h05", Some("2026-02-02T08:05:00Z")),
            ("%d.%m.%y %I:%M %p", "02.03.26 12:05 am", Some("2026-03-01T23:05:00Z")),
            ("%A %d %B", "samedi 21 novembre", Some("2026-11-20T23:00:00Z")),
            ("d MMMM", "31 décembre", Some("2025-12-30T23:00:00Z")),
            ("%Y%m%d%H%M%S", "20260302101500", Some("2026-03-02T09:15:00Z")),
            ("yyyy-MM-dd HH:mm Z", "2026-03-02 10:15 +0300", Some("2026-03-02T07:15:00Z")),
            ("%s", "t=1795255200", Some("2026-11-21T10:00:00Z")),
            // What is not of the form is read as any other date, unless it may be two.
            ("dd/MM/yyyy", "il y a 2 heures", Some("2026-11-21T10:00:00Z")),
            ("yyyy-MM-dd", "02/03/2026", None),
            ("dd/MM/yyyy", "31/02/2026", None),
        ] {
            let found = context(form).read(text).map(|then| then.to_string());
            assert_eq!(found.as_deref(), wanted, "{form} {text}");
        }
    }

    #[test]
    fn a_form_that_means_nothing_is_refused() {
        for (form, wanted) in [
            ("HH:mm", FormatError::Incomplete),
            ("", FormatError::Incomplete),
            ("dd/MM/yyyy Q", FormatError::Letter("Q".to_owned())),
            ("%d/%m/%Q", FormatError::Letter("%Q".to_owned())),
            ("dd/MM/yyyyy", FormatError::Letter("yyyyy".to_owned())),
        ] {
            assert_eq!(Format::parse(form), Err(wanted), "{form}");
        }
        assert_eq!(Format::parse(&"d".repeat(81)), Err(FormatError::TooLong));
    }

    proptest! {
        #[test]
        fn no_form_and_no_text_make_it_panic(form in "[dMyHhmsajE%Yé' /:.]{0,20}", text in "[0-9a-zé:/.+ -]{0,40}") {
            if let Ok(format) = Format::parse(&form) {
                let context = Context { format: Some(format.into()), ..context("dd/MM/yyyy") };
                let _ = context.read(&text);
            }
        }
    }
}
