//! Opening hours of a rule: when a message may go, and when the next may. Owns days and ranges in local
//! time; their YAML is `watchlist`'s.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Days(u8);

impl Days {
    /// Monday to Sunday.
    pub const ALL: Self = Self(0b111_1111);

    /// One day.
    #[must_use]
    pub fn only(day: Weekday) -> Self {
        Self(1 << day.to_monday_zero_offset())
    }

    /// From one day to another, over the week's end where they stand so (`sat-mon`).
    #[must_use]
    pub fn from_to(first: Weekday, last: Weekday) -> Self {
        let mut days = Self::only(first);
        let mut day = first;
        while day != last {
            day = day.next();
            days = days.and(Self::only(day));
        }
        days
    }

    /// Bit 0 is Monday.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// These and those.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// True for a day among them.
    #[must_use]
    pub fn contain(self, day: Weekday) -> bool {
        self.0 & (1 << day.to_monday_zero_offset()) != 0
    }

    /// In the week's order.
    pub fn each(self) -> impl Iterator<Item = Weekday> {
        (0..7).filter_map(|offset| Weekday::from_monday_zero_offset(offset).ok()).filter(move |day| self.contain(*day))
    }
}

/// `mon-fri 08:00-20:00`: some hours of some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The days on which it opens.
    pub days: Days,
    /// Local time at which it opens.
    pub opens: Time,
    /// Local time at which it closes, exclusive; at or before `opens`: of the next day. Midnight is the
    /// day's end.
    pub closes: Time,
}

/// When messages may go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hours(Vec<Range>);

impl Hours {
    /// Nothing is ever held back.
    pub const ALWAYS: Self = Self(Vec::new());

    /// Open in all of these; always, when there are none.
    #[must_use]
    pub const fn of(ranges: Vec<Range>) -> Self {
        Self(ranges)
    }

    /// True when nothing is ever held back.
    #[must_use]
    pub const fn are_always(&self) -> bool {
        self.0.is_empty()
    }

    /// The ranges; none is always.
    #[must_use]
    pub fn ranges(&self) -> &[Range] {
        &self.0
    }

    /// `at` when it is open then, else the next opening. The hour that the clock skips in spring belongs to
    /// no day: what opens inside it opens when it is over. The hour that it shows twice in autumn is open
    /// both times, or closed both times.
    #[must_use]
    pub fn opening(&self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        if self.are_always() {
            return at;
        }
        let today = at.to_zoned(zone.clone()).date();
        let mut next: Option<Timestamp> = None;
        // Yesterday's range may reach into today; a week and a day later every range has opened once more.
        for offset in -1..=8_i64 {
            let date = today.saturating_add(offset.days());
            for range in self.0.iter().filter(|range| range.days.contain(date.weekday())) {
                let moment = |date: jiff::civil::Date, time: Time, last: bool| {
                    let local = date.to_datetime(time);
                    let ambiguous = zone.to_ambiguous_timestamp(local);
                    // An opening at its first showing, a closing at its last; a gap ends both.
                    if last { ambiguous.later() } else { ambiguous.compatible() }
                };
                let ends = if range.closes <= range.opens { date.saturating_add(1.day()) } else { date };
                let (Ok(opens), Ok(closes)) = (moment(date, range.opens, false), moment(ends, range.closes, true))
                else {
                    continue;
                };
                if closes <= opens || closes <= at {
                    continue;
                }
                let opens = opens.max(at);
                next = Some(next.map_or(opens, |next| next.min(opens)));
            }
        }
        // Ranges without a day cannot be written; should one be made, nothing is held for ever.
        next.unwrap_or(at)
    }

    /// True when a message may go.
    #[must_use]
    pub fn are_open(&self, at: Timestamp, zone: &TimeZone) -> bool {
        self.opening(at, zone) == at
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

    fn range(days: Days, opens: (i8, i8), closes: (i8, i8)) -> Range {
        let time = |(hour, minute)| Time::constant(hour, minute, 0, 0);
        Range { days, opens: time(opens), closes: time(closes) }
    }

    fn office() -> Hours {
        Hours::of(vec![range(Days::from_to(Weekday::Monday, Weekday::Friday), (8, 0), (20, 0))])
    }

    fn local(time: Timestamp) -> String {
        time.to_zoned(paris()).strftime("%a %d %H:%M").to_string()
    }

    #[test]
    fn outside_of_its_hours_a_rule_waits_for_the_next_opening() {
        for (now, opens) in [
            ("2026-11-20T08:00", "Fri 20 08:00"),
            ("2026-11-20T19:59", "Fri 20 19:59"),
            ("2026-11-20T20:00", "Mon 23 08:00"),
            ("2026-11-21T12:00", "Mon 23 08:00"),
            ("2026-11-23T07:59", "Mon 23 08:00"),
        ] {
            assert_eq!(local(office().opening(at(now), &paris())), opens, "{now}");
        }
        assert!(Hours::default().are_open(at("2026-11-21T03:00"), &paris()));
    }

    #[test]
    fn a_range_may_reach_over_midnight_and_several_ranges_add_up() {
        let night = Hours::of(vec![range(Days::only(Weekday::Friday), (20, 0), (6, 0))]);
        assert!(night.are_open(at("2026-11-21T05:59"), &paris()));
        assert!(!night.are_open(at("2026-11-21T06:00"), &paris()));
        assert!(!night.are_open(at("2026-11-20T05:00"), &paris()), "Friday's night begins on Friday evening");
        let noon = Hours::of(vec![range(Days::ALL, (9, 0), (12, 0)), range(Days::ALL, (14, 0), (18, 0))]);
        assert_eq!(local(noon.opening(at("2026-11-20T12:30"), &paris())), "Fri 20 14:00");
        let day = Hours::of(vec![range(Days::ALL, (0, 0), (0, 0))]);
        assert!(day.are_open(at("2026-11-20T23:59"), &paris()), "from midnight to midnight is the whole day");
    }

    #[test]
    fn an_opening_inside_the_hour_that_is_skipped_is_when_it_is_over() {
        let early = Hours::of(vec![range(Days::ALL, (2, 30), (8, 0))]);
        assert_eq!(local(early.opening(at("2026-03-29T01:00"), &paris())), "Sun 29 03:30");
        let inside = Hours::of(vec![range(Days::ALL, (2, 15), (2, 45))]);
        // The whole range is skipped that day: it moves behind the gap rather than hold a day's messages.
        assert_eq!(local(inside.opening(at("2026-03-29T01:00"), &paris())), "Sun 29 03:15");
    }

    #[test]
    fn the_hour_that_is_shown_twice_is_open_both_times() {
        let hours = Hours::of(vec![range(Days::ALL, (2, 0), (3, 0))]);
        for utc in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"] {
            assert!(hours.are_open(utc.parse().unwrap(), &paris()), "{utc} is 02:30 in Paris");
        }
        let until = Hours::of(vec![range(Days::ALL, (0, 0), (2, 30))]);
        assert!(until.are_open("2026-10-25T01:29:00Z".parse().unwrap(), &paris()), "02:29 for the second time");
        assert!(!until.are_open("2026-10-25T01:30:00Z".parse().unwrap(), &paris()));
    }

    proptest! {
        #[test]
        fn an_opening_is_open_and_nothing_before_it_is(
            bits in 1_u8..128, opens in 0_i8..24, closes in 0_i8..24, seconds in 0_i64..32_000_000, probe in 0_u64..700_000,
        ) {
            let hours = Hours::of(vec![range(Days::from_bits(bits), (opens, 0), (closes, 30))]);
            let zone = paris();
            let now = at("2026-01-01T00:00") + std::time::Duration::from_secs(seconds as u64);
            let opening = hours.opening(now, &zone);
            prop_assert!(opening >= now);
            prop_assert!(opening.duration_since(now).as_hours() <= 8 * 24);
            prop_assert!(hours.are_open(opening, &zone));
            let between = now + std::time::Duration::from_secs(probe);
            if between < opening {
                prop_assert!(!hours.are_open(between, &zone));
            }
        }
    }
}
