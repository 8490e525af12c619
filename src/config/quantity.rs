//! Quantities as people write them: durations, sizes, comparisons with a score. Pure.

use std::time::Duration;

use crate::alert::rule::{Comparison, ScoreCondition};

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

/// Reads `<= -0.4`, `> 0,2`: a sign, then a bound in [−1, 1].
#[must_use]
pub fn score(text: &str) -> Option<ScoreCondition> {
    let (comparison, bound) = [
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("≤", Comparison::AtMost),
        ("≥", Comparison::AtLeast),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
    ]
    .into_iter()
    .find_map(|(sign, comparison)| text.trim().strip_prefix(sign).map(|rest| (comparison, rest)))?;
    let bound = bound.trim().replace(',', ".").replace('\u{2212}', "-");
    if !bound.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+')) {
        return None;
    }
    let bound: f32 = bound.parse().ok()?;
    (-1.0..=1.0).contains(&bound).then_some(ScoreCondition { comparison, bound })
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

    #[test]
    fn a_score_is_a_sign_and_a_bound() {
        assert_eq!(score("<= -0.4"), Some(ScoreCondition { comparison: Comparison::AtMost, bound: -0.4 }));
        assert_eq!(score(">0,25"), Some(ScoreCondition { comparison: Comparison::Greater, bound: 0.25 }));
        assert_eq!(score("≤ −0.4"), Some(ScoreCondition { comparison: Comparison::AtMost, bound: -0.4 }));
        for text in ["-0.4", "<", "< 2", "<= nan", "< inf", "= 0.1", "<= -40%"] {
            assert_eq!(score(text), None, "{text}");
        }
    }
}
