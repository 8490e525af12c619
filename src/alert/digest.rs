//! When a digest is due and which days it covers. Owns the calendar; what a digest says is the composer's,
//! which mentions waited for it is `windows`'.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::hours::Days;

/// What one digest covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Period {
    /// Whole local days, up to the last midnight.
    #[default]
    Day,
    /// Whole weeks, Monday to Sunday.
    Week,
    /// Whole calendar months.
    Month,
}

impl Period {
    /// The word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The period of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Day, Self::Week, Self::Month].into_iter().find(|period| period.word() == word)
    }

    /// The first day of the period that `date` lies in.
    #[must_use]
    pub fn start(self, date: Date) -> Date {
        match self {
            Self::Day => date,
            Self::Week => date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days()),
            Self::Month => date.first_of_month(),
        }
    }
}

/// `at:`, `days:` and `period:` of a digest rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Local time of day.
    pub at: Time,
    /// Days on which one goes out; of a week's or month's digest the first such day in the period.
    pub days: Days,
    /// What it covers.
    pub period: Period,
}

/// A digest that is to be written now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The watchlist file.
    pub team: String,
    /// The rule's name.
    pub rule: String,
    /// Where it goes, in the rule's order.
    pub channels: Vec<String>,
    /// Ids of the brands it is about, in the file's order.
    pub brands: Vec<String>,
    /// The rule's period: what figures are compared with.
    pub period: Period,
    /// Mentions found from here on: a local midnight.
    pub from: Timestamp,
    /// To here, exclusive: a local midnight.
    pub to: Timestamp,
}

/// The local midnight that opens a day; where the clock skips it, the first moment of the day.
#[must_use]
pub fn midnight(date: Date, zone: &TimeZone) -> Timestamp {
    // Out of range only at the ends of time, where no digest is sent.
    date.to_zoned(zone.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

impl Schedule {
    /// Where the period stands that runs at `now`: what a first digest will begin with.
    #[must_use]
    pub fn begin(&self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        midnight(self.period.start(now.to_zoned(zone.clone()).date()), zone)
    }

    /// When the digest after the one that ended at `covered` goes out: the first sending day and time at
    /// which a whole period has passed. A time that the clock skips is taken after the gap, one that it
    /// shows twice at its first showing.
    #[must_use]
    pub fn next(&self, covered: Timestamp, zone: &TimeZone) -> Timestamp {
        let began = self.period.start(covered.to_zoned(zone.clone()).date());
        let over = match self.period {
            Period::Day => began.saturating_add(1.day()),
            Period::Week => began.saturating_add(7.days()),
            Period::Month => began.saturating_add(1.month()).first_of_month(),
        };
        let mut date = over;
        for _ in 0..7 {
            if self.days.contain(date.weekday()) {
                break;
            }
            date = date.saturating_add(1.day());
        }
        date.to_datetime(self.at).to_zoned(zone.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    /// The days that a digest covers when it is due at `now`, after one that ended at `covered`: all whole
    /// periods since, in one.
    #[must_use]
    pub fn due(&self, covered: Timestamp, now: Timestamp, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        if self.next(covered, zone) > now {
            return None;
        }
        let to = self.begin(now, zone);
        (to > covered).then_some((covered, to))
    }
}

/// Up to where each (team, rule) has told.
#[derive(Debug, Clone, Default)]
pub struct Digests {
    covered: BTreeMap<(String, String), Timestamp>,
}

impl Digests {
    /// What the store kept: where the last digest of a rule ended.
    pub fn restore(&mut self, team: String, rule: String, covered: Timestamp) {
        self.covered.insert((team, rule), covered);
    }

    /// Where the last digest of a rule ended. A rule that is new begins with the running period; `true`
    /// where that is to be kept.
    pub fn covered(
        &mut self,
        team: &str,
        rule: &str,
        schedule: &Schedule,
        now: Timestamp,
        zone: &TimeZone,
    ) -> (Timestamp, bool) {
        let key = (team.to_owned(), rule.to_owned());
        let begin = schedule.begin(now, zone);
        match self.covered.get(&key) {
            // An end that lies ahead was written by a clock that was set back since: without this, no
            // digest would go until that day comes again.
            Some(&covered) if covered <= begin + AHEAD => (covered, false),
            _ => {
                self.covered.insert(key, begin);
                (begin, true)
            }
        }
    }
}

/// Nothing that was told lies further ahead than a change of the local clock explains.
const AHEAD: std::time::Duration = std::time::Duration::from_hours(26);

/// The days of a digest without `days:`.
#[must_use]
pub fn default_days(period: Period) -> Days {
    match period {
        Period::Week => Days::only(Weekday::Monday),
        Period::Day | Period::Month => Days::ALL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse::<jiff::civil::DateTime>().unwrap().to_zoned(paris()).unwrap().timestamp()
    }

    fn schedule(period: Period, days: Days) -> Schedule {
        Schedule { at: Time::constant(8, 0, 0, 0), days, period }
    }

    fn local(time: Timestamp) -> String {
        time.to_zoned(paris()).strftime("%a %Y-%m-%d %H:%M").to_string()
    }

    #[test]
    fn a_digest_covers_whole_days_up_to_the_last_midnight() {
        let week_days = Days::from_to(Weekday::Monday, Weekday::Friday);
        let months = schedule(Period::Month, Days::ALL);
        let cases = [
            ("yesterday", schedule(Period::Day, week_days), "2026-11-19T00:00", "2026-11-20T08:00", "2026-11-20T00:00"),
            (
                "Monday: Friday to Sunday",
                schedule(Period::Day, week_days),
                "2026-11-20T00:00",
                "2026-11-23T08:00",
                "2026-11-23T00:00",
            ),
            (
                "a late start: all days missed",
                schedule(Period::Day, week_days),
                "2026-11-10T00:00",
                "2026-11-20T15:30",
                "2026-11-20T00:00",
            ),
            (
                "a week",
                schedule(Period::Week, Days::only(Weekday::Monday)),
                "2026-11-16T00:00",
                "2026-11-23T08:00",
                "2026-11-23T00:00",
            ),
            ("a month", months, "2026-11-01T00:00", "2026-12-01T08:00", "2026-12-01T00:00"),
        ];
        for (name, schedule, covered, now, to) in cases {
            let (covered, now) = (at(covered), at(now));
            assert_eq!(schedule.due(covered, now, &paris()), Some((covered, at(to))), "{name}");
            let before = now - std::time::Duration::from_hours(9);
            if name != "a late start: all days missed" {
                assert_eq!(schedule.due(covered, before, &paris()), None, "{name}, too early");
            }
        }
    }

    #[test]
    fn nothing_is_due_twice_and_nothing_on_other_days() {
        let schedule = schedule(Period::Day, Days::from_to(Weekday::Monday, Weekday::Friday));
        assert_eq!(schedule.due(at("2026-11-20T00:00"), at("2026-11-20T08:00"), &paris()), None, "told already");
        assert_eq!(schedule.due(at("2026-11-20T00:00"), at("2026-11-21T08:00"), &paris()), None, "Saturday");
        assert_eq!(local(schedule.next(at("2026-11-20T00:00"), &paris())), "Mon 2026-11-23 08:00");
    }

    #[test]
    fn a_time_that_the_clock_skips_is_after_the_gap_and_one_shown_twice_counts_once() {
        let early = Schedule { at: Time::constant(2, 30, 0, 0), days: Days::ALL, period: Period::Day };
        assert_eq!(local(early.next(at("2026-03-28T00:00"), &paris())), "Sun 2026-03-29 03:30");
        let fold = early.next(at("2026-10-24T00:00"), &paris());
        assert_eq!(fold.to_string(), "2026-10-25T00:30:00Z", "the first 02:30, in summer time");
        let (from, to) = early.due(at("2026-10-24T00:00"), fold, &paris()).unwrap();
        assert_eq!(early.due(to, fold + std::time::Duration::from_hours(1), &paris()), None);
        assert_eq!(to.duration_since(from).as_hours(), 24);
    }

    #[test]
    fn a_new_rule_begins_with_the_running_period_and_a_clock_set_back_stops_no_digest() {
        let mut digests = Digests::default();
        let daily = schedule(Period::Day, Days::ALL);
        let now = at("2026-11-19T15:00");
        assert_eq!(digests.covered("t", "r", &daily, now, &paris()), (at("2026-11-19T00:00"), true));
        assert_eq!(digests.covered("t", "r", &daily, now, &paris()), (at("2026-11-19T00:00"), false));
        digests.restore("t".into(), "r".into(), at("2027-01-01T00:00"));
        assert_eq!(digests.covered("t", "r", &daily, now, &paris()), (at("2026-11-19T00:00"), true));
    }

    proptest! {
        #[test]
        fn digests_follow_one_another_without_gap_or_overlap(
            days in 1_u8..128, period in 0..3, hour in 0_i8..24, steps in prop::collection::vec(1_i64..200_000, 1..200),
        ) {
            let period = [Period::Day, Period::Week, Period::Month][period as usize];
            let schedule = Schedule { at: Time::constant(hour, 30, 0, 0), days: Days::from_bits(days), period };
            let zone = paris();
            let mut now = at("2026-03-01T12:00");
            let first = schedule.begin(now, &zone);
            let mut covered = first;
            for step in steps {
                now += std::time::Duration::from_secs(step as u64);
                if let Some((from, to)) = schedule.due(covered, now, &zone) {
                    prop_assert_eq!(from, covered);
                    prop_assert!(to > from && to <= now);
                    prop_assert_eq!(schedule.due(to, now, &zone), None);
                    covered = to;
                }
            }
            // A month and its longest wait for a sending day.
            prop_assert!(now.duration_since(covered).as_hours() <= (31 + 31 + 8) * 24);
        }
    }
}
