//! The two forms that nearly every feed writes, without a detour: RFC 822 (`Sat, 21 Nov 2026 10:12:00 +0100`)
//! and RFC 3339 (`2026-11-21T10:12:00Z`), both with a zone. Whatever is not exactly of one of them is left to
//! the others, which read the same here.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

const DAYS: [&[u8; 5]; 7] = [b"Mon, ", b"Tue, ", b"Wed, ", b"Thu, ", b"Fri, ", b"Sat, ", b"Sun, "];

/// Reads a date of either form.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let text = text.as_bytes();
    rfc_822(text).or_else(|| rfc_3339(text))
}

fn rfc_822(text: &[u8]) -> Option<Timestamp> {
    let text = DAYS.iter().find_map(|day| text.strip_prefix(&day[..])).unwrap_or(text);
    let (day, rest) = number(text, 2).or_else(|| number(text, 1))?;
    let rest = rest.strip_prefix(b" ")?;
    let month = MONTHS.iter().position(|month| rest.starts_with(&month[..]))?;
    let (year, rest) = number(rest.get(3..)?.strip_prefix(b" ")?, 4)?;
    let (time, rest) = time(rest.strip_prefix(b" ")?)?;
    let offset = match rest.strip_prefix(b" ")? {
        b"GMT" | b"UTC" | b"Z" => Offset::UTC,
        signed => offset(signed, b"")?,
    };
    instant(year, month + 1, day, time, offset)
}

fn rfc_3339(text: &[u8]) -> Option<Timestamp> {
    let (year, rest) = number(text, 4)?;
    let (month, rest) = number(rest.strip_prefix(b"-")?, 2)?;
    let (day, rest) = number(rest.strip_prefix(b"-")?, 2)?;
    let (time, rest) = time(rest.strip_prefix(b"T")?)?;
    // Finer than a second is no matter.
    let rest = match rest.strip_prefix(b".") {
        Some(parts) => &parts[parts.iter().take_while(|byte| byte.is_ascii_digit()).count()..],
        None => rest,
    };
    let offset = if rest == b"Z" { Offset::UTC } else { offset(rest, b":")? };
    instant(year, month, day, time, offset)
}

/// `len` digits, and what follows them.
fn number(text: &[u8], len: usize) -> Option<(usize, &[u8])> {
    let (digits, rest) = text.split_at_checked(len)?;
    let number = digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + usize::from(digit - b'0')))?;
    Some((number, rest))
}

fn time(text: &[u8]) -> Option<(Time, &[u8])> {
    let (hour, rest) = number(text, 2)?;
    let (minute, rest) = number(rest.strip_prefix(b":")?, 2)?;
    let (second, rest) = number(rest.strip_prefix(b":")?, 2)?;
    Some((Time::new(hour as i8, minute as i8, second as i8, 0).ok()?, rest))
}

/// `+0100`, `+01:00` with `between`.
fn offset(text: &[u8], between: &[u8]) -> Option<Offset> {
    let (sign, rest) = match text.split_first()? {
        (b'+', rest) => (1, rest),
        (b'-', rest) => (-1, rest),
        _ => return None,
    };
    let (hour, rest) = number(rest, 2)?;
    let (minute, rest) = number(rest.strip_prefix(between)?, 2)?;
    let is_one = rest.is_empty() && hour <= 14 && minute < 60;
    is_one.then(|| Offset::from_seconds(sign * (hour * 3600 + minute * 60) as i32).ok())?
}

fn instant(year: usize, month: usize, day: usize, time: Time, offset: Offset) -> Option<Timestamp> {
    let date = Date::new(year as i16, month as i8, day as i8).ok()?;
    offset.to_timestamp(date.to_datetime(time)).ok()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;
    use crate::text::date::{Context, Order};

    fn context() -> Context {
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        Context { now, zone: TimeZone::UTC, order: Order::Unknown, format: None }
    }

    #[test]
    fn the_two_forms_are_read_and_nothing_else() {
        for (text, wanted) in [
            ("Sat, 21 Nov 2026 10:12:00 +0100", Some("2026-11-21T09:12:00Z")),
            ("1 Jan 2026 00:00:59 GMT", Some("2026-01-01T00:00:59Z")),
            ("Sat, 21 Nov 2026 10:12:00 -0530", Some("2026-11-21T15:42:00Z")),
            ("2026-11-21T10:12:00+01:00", Some("2026-11-21T09:12:00Z")),
            ("2026-11-21T10:12:00.123456Z", Some("2026-11-21T10:12:00Z")),
            ("2026-11-21T10:12:00", None),
            ("2026-02-30T10:12:00Z", None),
            ("Sat, 21 Nov 2026 24:00:00 +0100", None),
            ("Sat, 21 Nov 2026 10:12:60 +0100", None),
            ("Sat, 21 Nov 2026 10:12:00 EST", None),
            ("Sat, 21 Nov 2026 10:12:00 +1500", None),
            ("samedi 21 novembre 2026", None),
            ("", None),
        ] {
            assert_eq!(read(text), wanted.map(|time| time.parse().unwrap()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_reads_what_the_long_one_does(
            (year, month, day) in (1991_i16..2026, 1_usize..13, 1..32),
            (hour, minute, second) in (0..26, 0..62, 0..62),
            zone in "(GMT|UTC|Z|EST|[+-][01][0-9][0-6][0-9]|[+-][01][0-9]:[0-6][0-9])?",
            weekday in "((Mon|Sun|Sam|sat),? )?",
            fraction in "(\\.[0-9]{1,6})?",
            is_822 in any::<bool>(),
        ) {
            let text = if is_822 {
                let month = std::str::from_utf8(MONTHS[month - 1]).unwrap();
                format!("{weekday}{day} {month} {year} {hour:02}:{minute:02}:{second:02} {zone}")
            } else {
                format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}")
            };
            if let Some(short) = read(&text) {
                prop_assert_eq!(context().read_at_length(&text), Some(short), "{}", text);
            }
        }
    }
}
