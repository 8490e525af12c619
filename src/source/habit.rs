//! How often a source has something new, and when its silence is no longer chance. Pure: the time is handed
//! in. Owns the thresholds; what a silent source is told as is `alert`'s.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Fewer dated entries tell of no habit.
const FEWEST: usize = 5;

/// The newest entries that tell of it: a site may have been another one years ago.
const MOST: usize = 60;

const DAY: u64 = 86_400;

/// No shorter silence is told: from the evening before a long weekend to the morning after it.
const SHORTEST: u64 = 4 * DAY;

/// ln(1,000,000): entries that come by chance leave so many mean gaps out once in a million (the tail of
/// Poisson's distribution at nothing is e^−λt).
const CHANCE: f64 = 13.815_510_557_964_274;

/// Entries do not come by chance alone: a silence is longer than usual at three times the longest usual gap.
const GAPS: u64 = 3;

/// A source's habit, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Habit {
    /// When the newest entry was published.
    pub newest: i64,
    /// The mean time from one entry to the next.
    pub every: u64,
    /// The longest gap that is usual.
    pub gap: u64,
}

impl Habit {
    /// The habit after a poll that read entries of these dates; `before` is the one until then. Dates after
    /// `now` are announcements and tell nothing. Without enough dates it is the one before.
    #[must_use]
    pub fn after(before: Option<Self>, dates: impl Iterator<Item = Timestamp>, now: Timestamp) -> Option<Self> {
        let mut dates: Vec<i64> = dates.filter(|date| *date <= now).map(Timestamp::as_second).collect();
        dates.sort_unstable_by(|a, b| b.cmp(a));
        dates.truncate(MOST);
        let newest = dates.first().copied();
        let Some(read) = Self::read(&dates) else {
            let newest = newest.unwrap_or(i64::MIN);
            return before.map(|before| Self { newest: before.newest.max(newest), ..before });
        };
        let Some(before) = before else { return Some(read) };
        // A gap that was usual once stays so for a while: holidays come again.
        let forgotten = if read.newest > before.newest { before.gap / 64 } else { 0 };
        let newest = read.newest.max(before.newest);
        Some(Self { newest, gap: read.gap.max(before.gap - forgotten), ..read })
    }

    /// Of dates, newest first. The longest gap alone, of an old entry that was pinned, is no habit.
    fn read(dates: &[i64]) -> Option<Self> {
        if dates.len() < FEWEST {
            return None;
        }
        let mut gaps: Vec<u64> = dates.windows(2).map(|pair| pair[0].abs_diff(pair[1])).collect();
        gaps.sort_unstable();
        gaps.pop();
        let every = gaps.iter().sum::<u64>() / gaps.len() as u64;
        Some(Self { newest: dates[0], every, gap: gaps.last().copied().unwrap_or_default() })
    }

    /// How long it may be silent, in seconds.
    #[must_use]
    pub fn patience(&self) -> u64 {
        let by_chance = (self.every as f64 * CHANCE) as u64;
        by_chance.max(self.gap.saturating_mul(GAPS)).max(SHORTEST)
    }

    /// True when it has been silent beyond its habit.
    #[must_use]
    pub fn is_broken(&self, now: Timestamp) -> bool {
        now.as_second().saturating_sub(self.newest) > self.patience().try_into().unwrap_or(i64::MAX)
    }

    /// Its entries a week.
    #[must_use]
    pub fn weekly(&self) -> f64 {
        (7 * DAY) as f64 / self.every.max(1) as f64
    }
}

/// True for an address that answers a question: that nothing new was found there is an answer.
#[must_use]
pub fn is_search(url: &str) -> bool {
    const PARAMETERS: [&str; 7] = ["q", "query", "s", "search", "keywords", "term", "text"];
    let is_ascii_word =
        |word: &str| url.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    // Asked at each poll of a feed, and most addresses are plain.
    if !url.contains('?') && !["search", "recherche", "/alerts/"].into_iter().any(is_ascii_word) {
        return false;
    }
    let Ok(url) = url::Url::parse(url) else { return false };
    let path = url.path().to_ascii_lowercase();
    path.contains("search")
        || path.contains("recherche")
        || path.starts_with("/alerts/")
        || url.query_pairs().any(|(name, _)| PARAMETERS.contains(&&*name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3_600;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).unwrap()
    }

    fn habit(hours_ago: &[i64]) -> Option<Habit> {
        Habit::after(None, hours_ago.iter().map(|hours| at(-hours * HOUR)), at(0))
    }

    #[test]
    fn a_source_is_silent_when_chance_and_its_gaps_no_longer_explain_it() {
        for (name, hours, days) in [
            ("hourly: a long weekend is nothing", vec![0, 1, 2, 3, 4, 5, 6, 7], 4),
            ("daily", vec![0, 24, 48, 72, 96, 120, 144], 13),
            ("weekly", vec![0, 168, 336, 504, 672, 840], 96),
            ("by bursts, a month apart", vec![0, 1, 2, 720, 721, 722, 1440, 1441], 89),
            ("one that was pinned", vec![0, 24, 48, 72, 96, 30_000], 13),
        ] {
            let habit = habit(&hours).unwrap();
            assert!(!habit.is_broken(at(days * 24 * HOUR)), "{name}: {habit:?}");
            assert!(habit.is_broken(at((days + 1) * 24 * HOUR)), "{name}: {habit:?}");
        }
        assert!((habit(&[0, 24, 48, 72, 96]).unwrap().weekly() - 7.0).abs() < 1e-9);
    }

    #[test]
    fn few_dates_and_dates_to_come_tell_of_no_habit() {
        assert_eq!(habit(&[0, 1, 2, 3]), None);
        assert_eq!(habit(&[0, 1, 2, 3, -4]), None);
        let known = habit(&[10, 11, 12, 13, 14]);
        let later = Habit::after(known, [at(HOUR)].into_iter(), at(2 * HOUR)).unwrap();
        assert_eq!((later.newest, later.every), (at(HOUR).as_second(), 3_600), "one new entry moves the end alone");
    }

    #[test]
    fn a_gap_that_was_usual_is_forgotten_slowly_and_only_while_something_comes() {
        let bursts = habit(&[0, 1, 720, 721, 1440, 1441]).unwrap();
        let dates = || (0..20).map(|hour| at(hour * HOUR));
        let busy = Habit::after(Some(bursts), dates(), at(20 * HOUR)).unwrap();
        assert_eq!(busy.gap, bursts.gap - bursts.gap / 64);
        assert_eq!(Habit::after(Some(busy), dates(), at(21 * HOUR)).unwrap(), busy);
    }

    #[test]
    fn an_address_that_asks_is_a_search() {
        for (address, is) in [
            ("https://news.google.com/rss/search?q=acme", true),
            ("https://www.google.com/alerts/feeds/1/2", true),
            ("https://acme.example/?s=acme&feed=rss2", true),
            ("https://acme.example/recherche.rss", true),
            ("https://acme.example/feed?page=2", false),
            ("https://acme.example/blog/rss.xml", false),
        ] {
            assert_eq!(is_search(address), is, "{address}");
        }
    }

    proptest! {
        #[test]
        fn no_dates_overflow(
            dates in prop::collection::vec(-377_705_000_000_i64..253_402_000_000, 0..80),
            now in -377_705_000_000_i64..253_402_000_000,
        ) {
            let now = Timestamp::from_second(now).unwrap();
            let dates: Vec<Timestamp> = dates.into_iter().filter_map(|date| Timestamp::from_second(date).ok()).collect();
            let first = Habit::after(None, dates.iter().copied(), now);
            let again = Habit::after(first, dates.iter().copied(), now);
            prop_assert_eq!(first, again);
            let _ = first.map(|habit| (habit.is_broken(now), habit.weekly()));
        }
    }
}
