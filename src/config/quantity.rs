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
    fn sizes_are_binary() {
        assert_eq!(size("8MiB"), Some(8 << 20));
        assert_eq!(size("512KiB"), Some(512 << 10));
        for text in ["8MB", "8", "MiB", "0MiB", "99999999999999999999GiB", "18446744073709551615KiB"] {
            assert_eq!(size(text), None, "{text}");
        }
    }
}
