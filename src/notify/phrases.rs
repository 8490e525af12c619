//! Numbers, dates and spans as the readers' language writes them. Owns no sentence of a mail.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::config::settings::UiLanguage;
use crate::locale::Locale;
use crate::mention::Polarity;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A signed number with `decimals`, a true minus sign and the language's decimal sign.
pub(super) fn signed(locale: Locale, value: f32, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let digits = if locale.language() == UiLanguage::French { digits.replace('.', ",") } else { digits };
    let zero = digits.chars().all(|c| matches!(c, '0' | '.' | ','));
    match (zero, value < 0.0) {
        (true, _) => digits,
        (false, true) => format!("\u{2212}{digits}"),
        (false, false) => format!("+{digits}"),
    }
}

/// `25 min`, `6 h`, `2 jours`: the largest unit, rounded down; a minute at least.
pub(super) fn span(locale: Locale, span: Duration) -> String {
    let seconds = span.as_secs();
    let (key, count) = match seconds {
        0..HOUR => ("notify-span-minutes", (seconds / MINUTE).max(1)),
        HOUR..172_800 => ("notify-span-hours", seconds / HOUR),
        _ => ("notify-span-days", seconds / DAY),
    };
    locale.format(key, &[("count", (count as i64).into())])
}

/// The time from `then` to `now`; nothing when `then` lies ahead.
pub(super) fn elapsed(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(then)).unwrap_or_default()
}

/// `il y a 12 min`, `à l’instant`.
pub(super) fn relative(locale: Locale, then: Timestamp, now: Timestamp) -> String {
    let elapsed = elapsed(then, now);
    if elapsed.as_secs() < MINUTE {
        return locale.text("notify-just-now");
    }
    locale.format("notify-ago", &[("span", span(locale, elapsed).into())])
}

/// `ven. 20 nov. 14:32`, with the year when it is another than that of `now`.
pub(super) fn absolute(locale: Locale, then: Timestamp, now: Timestamp, timezone: &TimeZone) -> String {
    format!("{} {}", date(locale, then, now, timezone), clock(then, timezone))
}

/// `14:08`.
pub(super) fn clock(then: Timestamp, timezone: &TimeZone) -> String {
    let date = then.to_zoned(timezone.clone());
    format!("{:02}:{:02}", date.hour(), date.minute())
}

/// `ven. 20 nov.`, with the year where it is another.
pub(super) fn date(locale: Locale, then: Timestamp, now: Timestamp, timezone: &TimeZone) -> String {
    let date = then.to_zoned(timezone.clone());
    let weekday = locale.text(&format!("notify-weekday-{}", date.weekday().to_monday_one_offset()));
    let day = day(locale, then, timezone);
    let year =
        if date.year() == now.to_zoned(timezone.clone()).year() { String::new() } else { format!(" {}", date.year()) };
    format!("{weekday} {day}{year}")
}

/// `20 nov.`
fn day(locale: Locale, then: Timestamp, timezone: &TimeZone) -> String {
    let date = then.to_zoned(timezone.clone());
    let month = locale.text(&format!("notify-month-{}", date.month()));
    locale.format("notify-day", &[("day", i64::from(date.day()).into()), ("month", month.into())])
}

/// The hours, or the days, that `first` to `last` lie in: `14h-15h`, `18 nov.-20 nov.`
pub(super) fn hours(locale: Locale, first: Timestamp, last: Timestamp, timezone: &TimeZone) -> String {
    let (from, to) = (first.to_zoned(timezone.clone()), last.to_zoned(timezone.clone()));
    if from.date() != to.date() {
        return format!("{}-{}", day(locale, first, timezone), day(locale, last, timezone));
    }
    let hour = |hour: i8| locale.format("notify-hour", &[("hour", i64::from(hour).into())]);
    format!("{}-{}", hour(from.hour()), hour(to.hour() + 1))
}

/// `négatif`, as the tone of a text.
pub(super) fn tone(locale: Locale, polarity: Polarity) -> String {
    locale.text(&format!("tone-{}", polarity.word()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_carry_a_true_sign_and_the_languages_comma() {
        let (fr, en) = (Locale::of(UiLanguage::French), Locale::of(UiLanguage::English));
        assert_eq!(signed(fr, -0.62, 2), "\u{2212}0,62");
        assert_eq!(signed(en, -0.62, 2), "\u{2212}0.62");
        assert_eq!(signed(fr, 2.1, 1), "+2,1");
        assert_eq!(signed(fr, -0.001, 2), "0,00");
    }

    #[test]
    fn times_are_told_in_the_largest_unit_that_helps() {
        let fr = Locale::of(UiLanguage::French);
        let now = at("2026-11-20T14:32:10Z");
        for (then, told) in [
            ("2026-11-20T14:31:30Z", "à l’instant"),
            ("2026-11-20T14:40:00Z", "à l’instant"),
            ("2026-11-20T14:20:00Z", "il y a 12\u{a0}min"),
            ("2026-11-20T08:00:00Z", "il y a 6\u{a0}h"),
            ("2026-11-19T08:00:00Z", "il y a 30\u{a0}h"),
            ("2026-11-17T08:00:00Z", "il y a 3\u{a0}jours"),
        ] {
            assert_eq!(relative(fr, at(then), now), told, "{then}");
        }
    }

    #[test]
    fn dates_stand_in_the_zone_and_show_another_year() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let now = at("2026-11-20T14:32:10Z");
        let (fr, en) = (Locale::of(UiLanguage::French), Locale::of(UiLanguage::English));
        assert_eq!(absolute(fr, now, now, &paris), "ven. 20 nov. 15:32");
        assert_eq!(absolute(en, now, now, &paris), "Fri 20 Nov 15:32");
        assert_eq!(absolute(fr, at("2025-08-01T00:05:00Z"), now, &paris), "ven. 1er août 2025 02:05");
        assert_eq!(hours(fr, at("2026-11-20T13:05:00Z"), at("2026-11-20T13:59:00Z"), &paris), "14h-15h");
        assert_eq!(hours(en, at("2026-11-20T13:05:00Z"), at("2026-11-20T22:59:00Z"), &paris), "14:00-24:00");
        assert_eq!(hours(fr, at("2026-11-20T13:05:00Z"), at("2026-11-20T23:30:00Z"), &paris), "20 nov.-21 nov.");
    }
}
