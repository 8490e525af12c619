//! Quantities as people write them: durations, sizes, whole numbers. Pure.

use std::time::Duration;

/// Reads `30s`, `10m`, `4h`, `30d`; nothing for anything else. One number, one unit, no space.
#[must_use]
pub fn duration(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let number = &text[..text.len() - unit.len_utf8()];
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    digits(number)?.checked_mul(seconds).filter(|all| *all <= 100 * 366 * 86_400).map(Duration::from_secs)
}

/// Units as people write them, each with ours and how many of ours it is.
const UNITS: [(&str, char, u64); 31] = [
    ("", 'm', 1),
    ("s", 's', 1),
    ("sec", 's', 1),
    ("secs", 's', 1),
    ("seconde", 's', 1),
    ("secondes", 's', 1),
    ("second", 's', 1),
    ("seconds", 's', 1),
    ("m", 'm', 1),
    ("mn", 'm', 1),
    ("min", 'm', 1),
    ("mins", 'm', 1),
    ("minute", 'm', 1),
    ("minutes", 'm', 1),
    ("h", 'h', 1),
    ("hr", 'h', 1),
    ("heure", 'h', 1),
    ("heures", 'h', 1),
    ("hour", 'h', 1),
    ("hours", 'h', 1),
    ("d", 'd', 1),
    ("j", 'd', 1),
    ("jour", 'd', 1),
    ("jours", 'd', 1),
    ("day", 'd', 1),
    ("days", 'd', 1),
    ("w", 'd', 7),
    ("semaine", 'd', 7),
    ("semaines", 'd', 7),
    ("week", 'd', 7),
    ("weeks", 'd', 7),
];

/// The duration that was probably meant by another way to write one: `10min` and `10` are `10m`, `2 jours` is `2d`.
#[must_use]
pub fn meant(text: &str) -> Option<String> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let unit = text[end..].trim().trim_end_matches('.').to_lowercase();
    let (_, ours, times) = UNITS.iter().find(|(name, ..)| *name == unit)?;
    let meant = format!("{}{ours}", digits(&text[..end])?.checked_mul(*times)?);
    duration(&meant).map(|_| meant)
}

/// A duration as people write it, in its largest whole unit.
#[must_use]
pub fn written(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [("d", 86_400), ("h", 3600), ("m", 60)];
    let unit = units.into_iter().find(|(_, unit)| seconds > 0 && seconds.is_multiple_of(*unit));
    unit.map_or_else(|| format!("{seconds}s"), |(name, unit)| format!("{}{name}", seconds / unit))
}

/// Reads `8MiB`, `512KiB`, `1GiB`, in bytes; nothing for anything else.
#[must_use]
pub fn size(text: &str) -> Option<usize> {
    let (number, unit) = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]
        .into_iter()
        .find_map(|(word, unit)| text.strip_suffix(word).map(|number| (number, unit)))?;
    usize::try_from(digits(number)?).ok()?.checked_mul(unit).filter(|bytes| *bytes > 0)
}

/// Reads a whole number.
#[must_use]
pub fn digits(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_one_number_and_one_unit() {
        for (text, seconds) in [("30s", 30), ("10m", 600), ("4h", 14_400), ("30d", 2_592_000), ("0d", 0)] {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "s", "10", "10 m", "1.5h", "-1h", "10min", "99999999999999999999d", "1h30m", "é", "1w"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn other_ways_to_write_a_duration_are_understood() {
        for (text, expected) in [
            ("10", Some("10m")),
            ("10min", Some("10m")),
            ("10 minutes", Some("10m")),
            ("2 jours", Some("2d")),
            ("1 semaine", Some("7d")),
            ("24H", Some("24h")),
            ("dix", None),
            ("1h30", None),
            ("", None),
        ] {
            assert_eq!(meant(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn sizes_are_binary() {
        assert_eq!(size("8MiB"), Some(8 << 20));
        assert_eq!(size("512KiB"), Some(512 << 10));
        for text in ["8MB", "8", "MiB", "0MiB", "99999999999999999999GiB", "18446744073709551615KiB"] {
            assert_eq!(size(text), None, "{text}");
        }
    }
}
