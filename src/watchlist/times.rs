//! Days, hours and rates as people write them in rules: `mon-fri 08:00-20:00`, `lun-ven 8h-20h`, `12/h`.
//! Pure; names no place.

use std::time::Duration;

use jiff::civil::{Time, Weekday};

use crate::alert::hours::{Days, Hours, Range};
use crate::alert::rule::Cap;
use crate::config::quantity;

const DAYS: [(Weekday, [&str; 5]); 7] = [
    (Weekday::Monday, ["mon", "monday", "lun", "lundi", "mo"]),
    (Weekday::Tuesday, ["tue", "tuesday", "mar", "mardi", "tues"]),
    (Weekday::Wednesday, ["wed", "wednesday", "mer", "mercredi", "we"]),
    (Weekday::Thursday, ["thu", "thursday", "jeu", "jeudi", "thur"]),
    (Weekday::Friday, ["fri", "friday", "ven", "vendredi", "fr"]),
    (Weekday::Saturday, ["sat", "saturday", "sam", "samedi", "sa"]),
    (Weekday::Sunday, ["sun", "sunday", "dim", "dimanche", "su"]),
];

fn day(text: &str) -> Option<Weekday> {
    let text = text.trim().trim_end_matches('.').to_lowercase();
    DAYS.iter().find(|(_, names)| names.contains(&text.as_str())).map(|(day, _)| *day)
}

/// `mon-fri`, `sam`: one day or from one to another.
fn span(text: &str) -> Option<Days> {
    match text.split_once(DASHES) {
        Some((first, last)) => Some(Days::from_to(day(first)?, day(last)?)),
        None => day(text).map(Days::only),
    }
}

const DASHES: [char; 2] = ['-', '–'];

/// Days, each a name or a span.
#[must_use]
pub(super) fn days<'a>(words: impl Iterator<Item = &'a str>) -> Option<Days> {
    let mut all: Option<Days> = None;
    for part in words.flat_map(|word| word.split(',')) {
        let days = span(part)?;
        all = Some(all.map_or(days, |all| all.and(days)));
    }
    all
}

/// `08:00`, `8:00`, `8h`, `8h30`; `24:00` only where a day may end.
fn clock(text: &str, may_end_the_day: bool) -> Option<Time> {
    let text = text.trim();
    let (hour, minute) = match text.split_once([':', 'h', 'H']) {
        Some((hour, "")) if !text.ends_with(':') => (hour, "0"),
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        _ => return None,
    };
    let (hour, minute) = (quantity::digits(hour)?, quantity::digits(minute)?);
    if (hour, minute) == (24, 0) && may_end_the_day {
        return Some(Time::midnight());
    }
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()
}

/// A time of day.
#[must_use]
pub(super) fn time(text: &str) -> Option<Time> {
    clock(text, false)
}

/// `always`, or ranges: days, hours, or both, parted by commas; days without hours share the next ones.
#[must_use]
pub(super) fn hours<'a>(words: impl Iterator<Item = &'a str> + Clone) -> Option<Hours> {
    if words.clone().all(|word| matches!(word.trim().to_lowercase().as_str(), "always" | "toujours")) {
        return words.clone().next().map(|_| Hours::ALWAYS);
    }
    let mut ranges = Vec::new();
    for word in words {
        let mut waiting: Option<Days> = None;
        for part in word.split(',') {
            let pieces: Vec<&str> = part.split_whitespace().collect();
            let (days, times) = match pieces.as_slice() {
                [one] => match span(one) {
                    Some(days) => {
                        waiting = Some(waiting.map_or(days, |all| all.and(days)));
                        continue;
                    }
                    None => (None, *one),
                },
                [first, times] => (Some(span(first)?), *times),
                _ => return None,
            };
            let (opens, closes) = times.split_once(DASHES)?;
            let (opens, closes) = (clock(opens, false)?, clock(closes, true)?);
            let days = match (waiting.take(), days) {
                (Some(waiting), Some(days)) => waiting.and(days),
                (Some(days), None) | (None, Some(days)) => days,
                // `mon 08:00-12:00, 14:00-18:00`: the second range is of the same days.
                (None, None) => ranges.last().map_or(Days::ALL, |range: &Range| range.days),
            };
            ranges.push(Range { days, opens, closes });
        }
        if let Some(days) = waiting {
            ranges.push(Range { days, opens: Time::midnight(), closes: Time::midnight() });
        }
    }
    (!ranges.is_empty()).then(|| Hours::of(ranges))
}

/// `12/h`, `30/d`, `5/30m`: messages in a time.
#[must_use]
pub(super) fn cap(text: &str) -> Option<Cap> {
    let (messages, per) = text.split_once('/')?;
    let (messages, per) = (quantity::digits(messages.trim())?, per.trim());
    let per = match per {
        "h" => Duration::from_hours(1),
        "d" | "j" => Duration::from_hours(24),
        per => quantity::duration(per)?,
    };
    let messages = u32::try_from(messages).ok().filter(|messages| (1..=10_000).contains(messages))?;
    let bounds = Duration::from_mins(1)..=Duration::from_hours(168);
    bounds.contains(&per).then_some(Cap { messages, per })
}

/// The cap that was probably meant: `12/day`, `12 par jour`, `12`.
#[must_use]
pub(super) fn cap_meant(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let per = text[end..].replace(['/', '.'], " ");
    let per = per.split_whitespace().find(|word| !matches!(*word, "par" | "per" | "a" | "an" | "mails" | "messages"));
    let per = match per {
        None => "h".to_owned(),
        Some(word) if word.starts_with(|c: char| c.is_ascii_digit()) => quantity::meant(word)?,
        Some(word) => quantity::meant(&format!("1{word}"))?,
    };
    let meant =
        format!("{}/{}", &text[..end], per.strip_prefix('1').filter(|unit| matches!(*unit, "h" | "d")).unwrap_or(&per));
    cap(&meant).map(|_| meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Vec<String>> {
        let hours = hours(std::iter::once(text))?;
        let shown = |range: &Range| {
            let days: String = range.days.each().map(|day| day.to_monday_one_offset().to_string()).collect();
            format!(
                "{days} {:02}:{:02}-{:02}:{:02}",
                range.opens.hour(),
                range.opens.minute(),
                range.closes.hour(),
                range.closes.minute()
            )
        };
        Some(hours.ranges().iter().map(shown).collect())
    }

    #[test]
    fn hours_are_days_and_times_in_both_languages() {
        for (text, ranges) in [
            ("always", &[][..]),
            ("toujours", &[]),
            ("mon-fri 08:00-20:00", &["12345 08:00-20:00"]),
            ("lun-ven 8h-20h", &["12345 08:00-20:00"]),
            ("Lundi–Vendredi 8h30–18h", &["12345 08:30-18:00"]),
            ("sat-mon 22:00-06:00", &["167 22:00-06:00"]),
            ("08:00-20:00", &["1234567 08:00-20:00"]),
            ("mar,jeu 09:00-24:00", &["24 09:00-00:00"]),
            (
                "mon-fri 08:00-12:00, 14:00-18:00, sam 9h-12h",
                &["12345 08:00-12:00", "12345 14:00-18:00", "6 09:00-12:00"],
            ),
            ("sam, dim", &["67 00:00-00:00"]),
        ] {
            assert_eq!(
                of(text).as_deref(),
                Some(&ranges.iter().map(|range| (*range).to_owned()).collect::<Vec<_>>()[..]),
                "{text}"
            );
        }
        for text in [
            "",
            "never",
            "mon-fri 8-20",
            "mon-fri 08:00",
            "foo 08:00-20:00",
            "08:00-25:00",
            "24:00-08:00",
            "8:5-9:00",
            "mon fri 08:00-20:00",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn a_cap_is_messages_in_a_time() {
        let cap_of = |messages, seconds| Some(Cap { messages, per: Duration::from_secs(seconds) });
        for (text, read) in [
            ("12/h", cap_of(12, 3_600)),
            ("30/d", cap_of(30, 86_400)),
            ("30/j", cap_of(30, 86_400)),
            ("5 / 30m", cap_of(5, 1_800)),
            ("0/h", None),
            ("12", None),
            ("h", None),
            ("12/s", None),
            ("-1/h", None),
            ("5/30s", None),
        ] {
            assert_eq!(cap(text), read, "{text}");
        }
    }

    #[test]
    fn other_ways_to_write_a_cap_are_understood() {
        for (text, expected) in [
            ("12/day", Some("12/d")),
            ("12 par heure", Some("12/h")),
            ("12 messages / jour", Some("12/d")),
            ("12", Some("12/h")),
            ("5/30min", Some("5/30m")),
            ("many", None),
            ("12/moon", None),
        ] {
            assert_eq!(cap_meant(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn days_and_times_of_a_digest() {
        assert_eq!(days(["mon-fri"].into_iter()), Some(Days::from_to(Weekday::Monday, Weekday::Friday)));
        assert_eq!(days(["lun", "jeu"].into_iter()).map(|days| days.each().count()), Some(2));
        assert_eq!(days(["lun, jeu"].into_iter()).map(|days| days.each().count()), Some(2));
        assert_eq!(days(["someday"].into_iter()), None);
        assert_eq!(time("8h05"), Some(Time::constant(8, 5, 0, 0)));
        assert_eq!(time("24:00"), None);
        assert_eq!(time("0800"), None);
    }
}
