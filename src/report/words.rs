//! Numbers, days and periods as readers of a report write them. Owns forms; no sentence.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::period::{Span, Unit};
use crate::config::settings::UiLanguage;
use crate::locale::{Locale, Value};
use crate::mention::Polarity;

/// `12 345` in French, `12,345` in English.
#[must_use]
pub fn number(locale: Locale, value: u64) -> String {
    let digits = value.to_string();
    let separator = if locale.language() == UiLanguage::French { '\u{202f}' } else { ',' };
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// A number with at most one decimal, the language's sign for it and a true minus.
#[must_use]
pub fn decimal(locale: Locale, value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    let digits = if rounded.abs() >= 100.0 || rounded.fract() == 0.0 {
        number(locale, rounded.abs().round() as u64)
    } else {
        let plain = format!("{:.1}", rounded.abs());
        if locale.language() == UiLanguage::French { plain.replace('.', ",") } else { plain }
    };
    if rounded < 0.0 { format!("\u{2212}{digits}") } else { digits }
}

/// A whole number with its sign; zero has none.
#[must_use]
pub fn signed(locale: Locale, value: f64) -> String {
    let rounded = value.round();
    if rounded > 0.0 { format!("+{}", decimal(locale, rounded)) } else { decimal(locale, rounded + 0.0) }
}

/// `▲5`, `▼4`, `=`: how far something went up or down.
#[must_use]
pub fn arrow(locale: Locale, change: f64) -> String {
    let rounded = change.round();
    let sign = match rounded {
        up if up > 0.0 => '▲',
        down if down < 0.0 => '▼',
        _ => return "=".to_owned(),
    };
    format!("{sign}{}", decimal(locale, rounded.abs()))
}

/// `12 %` in French, `12%` in English.
#[must_use]
pub fn percent(locale: Locale, value: f64) -> String {
    let value = decimal(locale, if value.abs() < 10.0 { value } else { value.round() });
    if locale.language() == UiLanguage::French { format!("{value}\u{202f}%") } else { format!("{value}%") }
}

/// `20 nov.`, with the year when it is not that of `now`.
fn day(locale: Locale, date: Date, now: Date) -> String {
    let month = locale.text(&format!("notify-month-{}", date.month()));
    let day = locale.format("notify-day", &[("day", i64::from(date.day()).into()), ("month", month.into())]);
    if date.year() == now.year() { day } else { format!("{day} {}", date.year()) }
}

/// `jeudi 20 nov.`
fn weekday(locale: Locale, date: Date, now: Date) -> String {
    let name = locale.text(&format!("report-weekday-{}", date.weekday().to_monday_one_offset()));
    format!("{name} {}", day(locale, date, now))
}

/// A period's name: a day, a week, a month, or from when to when.
#[must_use]
pub fn period(locale: Locale, span: Span, zone: &TimeZone, now: Timestamp) -> String {
    let today = now.to_zoned(zone.clone()).date();
    let (first, last) = (span.first_day(zone), span.last_day(zone));
    if span.is_whole_days(zone) && first == last {
        return weekday(locale, first, today);
    }
    if span.is_month(zone) {
        let month = locale.text(&format!("report-month-{}", first.month()));
        return format!("{month} {}", first.year());
    }
    let range = |key: &str, from: String, to: String| {
        locale.format(key, &[("from", Value::from(from)), ("to", Value::from(to))])
    };
    if first == last {
        let time = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%H:%M").to_string();
        let hours = range("report-period-hours", time(span.from), time(span.to));
        return format!("{}, {hours}", weekday(locale, first, today));
    }
    // `16-22 nov.` needs the month once.
    let same_month = (first.month(), first.year()) == (last.month(), last.year());
    let from = if same_month { first.day().to_string() } else { day(locale, first, today) };
    let from = if same_month && first.day() == 1 { locale.text("report-first-day") } else { from };
    let key = if span.is_week(zone) { "report-period-week" } else { "report-period-days" };
    range(key, from, day(locale, last, today))
}

/// The same for a subject, where room is dear.
#[must_use]
pub fn short_period(locale: Locale, span: Span, zone: &TimeZone, now: Timestamp) -> String {
    let (first, last) = (span.first_day(zone), span.last_day(zone));
    if first == last || span.is_month(zone) {
        return period(locale, span, zone, now);
    }
    let today = now.to_zoned(zone.clone()).date();
    let same_month = (first.month(), first.year()) == (last.month(), last.year());
    let from = if same_month { first.day().to_string() } else { day(locale, first, today) };
    format!("{from}-{}", day(locale, last, today))
}

/// The name of what a period is compared with: `la veille`, `la semaine d’avant`…
#[must_use]
pub fn before(locale: Locale, span: Span, zone: &TimeZone) -> String {
    let key = match span.days(zone) {
        _ if span.is_month(zone) => "report-before-month",
        1 => "report-before-day",
        7 => "report-before-week",
        _ => "report-before-period",
    };
    locale.text(key)
}

/// `14 h`: an hour of the day.
#[must_use]
pub fn hour(locale: Locale, hour: i8) -> String {
    locale.format("report-hour", &[("hour", i64::from(hour).into())])
}

/// `2 318 négatives`.
#[must_use]
pub fn toned(locale: Locale, polarity: Polarity, mentions: u64) -> String {
    counted(locale, &format!("tone-count-{}", polarity.word()), mentions)
}

/// A text about so many, as the language writes the number.
#[must_use]
pub fn counted(locale: Locale, key: &str, count: u64) -> String {
    locale.format(key, &[("count", Value::from(count as i64)), ("number", number(locale, count).into())])
}

/// `Mentions : 102` in French, `Mentions: 102` in English.
#[must_use]
pub fn labelled(locale: Locale, label: &str, value: &str) -> String {
    locale.format("report-labelled", &[("label", label.to_owned().into()), ("value", value.to_owned().into())])
}

/// The name of a point: `14 h`, `jeu. 20 nov.`, the week's first day.
#[must_use]
pub fn point(locale: Locale, at: Timestamp, unit: Unit, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    match unit {
        Unit::Hour => hour(locale, local.hour()),
        Unit::Day | Unit::Week => {
            let name = locale.text(&format!("notify-weekday-{}", local.weekday().to_monday_one_offset()));
            format!("{name} {}", day(locale, local.date(), local.date()))
        }
    }
}

/// The same for an axis, where room is dear.
#[must_use]
pub fn tick(locale: Locale, at: Timestamp, unit: Unit, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    match unit {
        Unit::Hour => point(locale, at, unit, zone),
        Unit::Day | Unit::Week => day(locale, local.date(), local.date()),
    }
}

/// A text with its first letter a capital.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::period::{Frame, written};

    const FR: UiLanguage = UiLanguage::French;
    const EN: UiLanguage = UiLanguage::English;

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        let (fr, en) = (Locale::of(FR), Locale::of(EN));
        assert_eq!(number(fr, 1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(number(en, 1_234), "1,234");
        assert_eq!(number(en, 999), "999");
        assert_eq!(
            (signed(fr, -6.4), signed(fr, 0.2), signed(fr, -0.2), signed(en, 12.5)),
            ("\u{2212}6".into(), "0".into(), "0".into(), "+13".into())
        );
        assert_eq!((arrow(fr, -4.0), arrow(fr, 5.2), arrow(fr, 0.3)), ("▼4".into(), "▲5".into(), "=".into()));
        assert_eq!((hour(fr, 20), hour(en, 20)), ("20\u{a0}h".into(), "20:00".into()));
        let toned = |locale| toned(locale, Polarity::Negative, 2_318);
        assert_eq!((toned(fr), toned(en)), ("2\u{202f}318\u{a0}négatives".into(), "2,318\u{a0}negative".into()));
        let labelled = |locale| labelled(locale, "Net", "\u{2212}17");
        assert_eq!((labelled(fr), labelled(en)), ("Net\u{a0}: \u{2212}17".into(), "Net: \u{2212}17".into()));
        assert_eq!((percent(fr, 9.44), percent(en, 33.3)), ("9,4\u{202f}%".into(), "33%".into()));
    }

    #[test]
    fn periods_are_named_as_people_name_them() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let at = |text: &str| written(text, &zone).unwrap();
        let now = at("2026-11-24T08:00");
        for (from, to, fr, en) in [
            ("2026-11-19", "2026-11-20", "jeudi 19 nov.", "Thursday 19 Nov"),
            ("2026-11-16", "2026-11-23", "semaine du 16 au 22 nov.", "week of 16 to 22 Nov"),
            ("2026-11-20", "2026-11-23", "du 20 au 22 nov.", "20 to 22 Nov"),
            ("2026-11-01", "2026-12-01", "novembre 2026", "November 2026"),
            ("2026-10-26", "2026-11-02", "semaine du 26 oct. au 1er nov.", "week of 26 Oct to 1 Nov"),
            ("2026-11-01", "2026-11-04", "du 1er au 3 nov.", "1 to 3 Nov"),
            ("2025-12-30", "2026-01-02", "du 30 déc. 2025 au 1er janv.", "30 Dec 2025 to 1 Jan"),
            (
                "2026-11-20T10:00",
                "2026-11-20T14:00",
                "vendredi 20 nov., de 10:00 à 14:00",
                "Friday 20 Nov, 10:00 to 14:00",
            ),
        ] {
            let span = Frame::new(at(from), at(to), &zone).span;
            assert_eq!(period(Locale::of(FR), span, &zone, now), fr);
            assert_eq!(period(Locale::of(EN), span, &zone, now), en);
        }
    }
}
