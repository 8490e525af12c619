//! Times that are reported on, what they are compared with, and how they are cut into points. Pure: now and
//! the zone are handed in.

use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use serde::Serialize;

/// Longer periods than this have no points by the day.
const DAILY: i64 = 92;

/// Points of a series; a longer period is cut into fewer.
const POINTS: usize = 800;

/// A time, from its first moment, without its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first moment.
    pub from: Timestamp,
    /// After the last.
    pub to: Timestamp,
}

impl Span {
    /// True when `at` lies in it.
    #[must_use]
    pub fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// Local days that it touches; at least one.
    #[must_use]
    pub fn days(self, zone: &TimeZone) -> i64 {
        let (first, last) = (self.first_day(zone), self.last_day(zone));
        i64::from(last.since(first).map_or(0, |span| span.get_days())).max(0) + 1
    }

    /// The local day of its first moment.
    #[must_use]
    pub fn first_day(self, zone: &TimeZone) -> Date {
        local(self.from, zone).date()
    }

    /// The local day of its last moment.
    #[must_use]
    pub fn last_day(self, zone: &TimeZone) -> Date {
        local(self.to.checked_sub(1.nanosecond()).unwrap_or(self.to).max(self.from), zone).date()
    }

    /// True when it begins and ends with a local day.
    #[must_use]
    pub fn is_whole_days(self, zone: &TimeZone) -> bool {
        let opens = |at: Timestamp| midnight(local(at, zone).date(), zone) == at;
        opens(self.from) && opens(self.to)
    }

    /// True when it is a calendar month.
    #[must_use]
    pub fn is_month(self, zone: &TimeZone) -> bool {
        let (first, last) = (self.first_day(zone), self.last_day(zone));
        self.is_whole_days(zone) && first.day() == 1 && last == first.last_of_month()
    }

    /// True when it is a week from Monday to Sunday.
    #[must_use]
    pub fn is_week(self, zone: &TimeZone) -> bool {
        self.is_whole_days(zone)
            && self.days(zone) == 7
            && self.first_day(zone).weekday() == jiff::civil::Weekday::Monday
    }

    /// The same local times some days earlier.
    fn earlier(self, days: i64, zone: &TimeZone) -> Self {
        let shift = |at: Timestamp| {
            let then = local(at, zone).datetime().saturating_sub(days.days());
            moment(then, zone)
        };
        Self { from: shift(self.from), to: shift(self.to) }
    }
}

fn local(at: Timestamp, zone: &TimeZone) -> Zoned {
    at.to_zoned(zone.clone())
}

fn moment(at: DateTime, zone: &TimeZone) -> Timestamp {
    // Out of range only at the ends of time.
    at.to_zoned(zone.clone()).map_or(Timestamp::MIN, |zoned| zoned.timestamp())
}

/// The first moment of a local day.
#[must_use]
pub fn midnight(date: Date, zone: &TimeZone) -> Timestamp {
    moment(date.to_datetime(Time::midnight()), zone)
}

/// How a period is cut into points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Local hours.
    Hour,
    /// Local days.
    Day,
    /// Weeks from Monday on.
    Week,
}

/// A period with what it is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What is reported on.
    pub span: Span,
    /// As long, directly before; of a calendar month, the month before.
    pub before: Span,
    /// The same weekdays a week before, where that is another time than `before`.
    pub week_before: Option<Span>,
    /// Of local days.
    pub zone: TimeZone,
}

impl Frame {
    /// A period; its ends are moved outwards to full quarters of an hour.
    #[must_use]
    pub fn new(from: Timestamp, to: Timestamp, zone: &TimeZone) -> Self {
        const QUARTER: i64 = 900;
        let down = |at: Timestamp| at.as_second().div_euclid(QUARTER) * QUARTER;
        let second = |second: i64| Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
        let begin = down(from);
        let end = down(to.checked_sub(1.nanosecond()).unwrap_or(to)) + QUARTER;
        let span = Span { from: second(begin), to: second(end.max(begin + QUARTER)) };
        let days = span.days(zone);
        let before = if span.is_month(zone) {
            let first = span.first_day(zone);
            Span { from: midnight(first.saturating_sub(1.month()), zone), to: span.from }
        } else if span.is_whole_days(zone) || days > 1 {
            span.earlier(days, zone)
        } else {
            span.earlier(1, zone)
        };
        let week_before = (days < 7 && before != span.earlier(7, zone)).then(|| span.earlier(7, zone));
        Self { span, before, week_before, zone: zone.clone() }
    }

    /// The last days, today and what is over of it included.
    #[must_use]
    pub fn last_days(days: i64, now: Timestamp, zone: &TimeZone) -> Self {
        let first = local(now, zone).date().saturating_sub((days.max(1) - 1).days());
        Self::new(midnight(first, zone), now, zone)
    }

    /// How it is cut.
    #[must_use]
    pub fn unit(&self) -> Unit {
        match self.span.days(&self.zone) {
            ..=2 => Unit::Hour,
            days if days <= DAILY => Unit::Day,
            _ => Unit::Week,
        }
    }

    /// Where its points begin, in order.
    #[must_use]
    pub fn points(&self) -> Vec<Timestamp> {
        let mut points = vec![self.span.from];
        let unit = self.unit();
        let mut date = self.span.first_day(&self.zone);
        if unit == Unit::Week {
            date = date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days());
        }
        let begun = i64::from(local(self.span.from, &self.zone).minute());
        let mut hour = self.span.from.saturating_sub(begun.minutes()).unwrap_or(self.span.from);
        while points.len() < POINTS {
            let next = match unit {
                Unit::Hour => {
                    hour = hour.saturating_add(1.hour()).unwrap_or(self.span.to);
                    hour
                }
                Unit::Day | Unit::Week => {
                    date = date.saturating_add(if unit == Unit::Day { 1 } else { 7 }.days());
                    midnight(date, &self.zone)
                }
            };
            if next >= self.span.to {
                break;
            }
            if next > self.span.from {
                points.push(next);
            }
        }
        points
    }

    /// All times that are counted, without overlap, in order.
    #[must_use]
    pub fn counted(&self, more: &[Span]) -> Vec<(Timestamp, Timestamp)> {
        let mut spans: Vec<(Timestamp, Timestamp)> = [Some(self.span), Some(self.before), self.week_before]
            .into_iter()
            .flatten()
            .chain(more.iter().copied())
            .map(|span| (span.from, span.to))
            .collect();
        spans.sort_unstable();
        let mut joined: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (from, to) in spans {
            match joined.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        joined
    }

    /// Width of a count: an hour, or a quarter of one where the zone's offset is no whole number of hours.
    #[must_use]
    pub fn bucket(&self) -> Duration {
        let is_whole = |at: Timestamp| local(at, &self.zone).offset().seconds() % 3600 == 0;
        let aligned = |at: Timestamp| at.as_second() % 3600 == 0;
        let ends = [Some(self.span), Some(self.before), self.week_before].into_iter().flatten();
        let fine = ends.flat_map(|span| [span.from, span.to]).all(|at| is_whole(at) && aligned(at));
        Duration::from_secs(if fine { 3600 } else { 900 })
    }
}

/// A moment as people write it: `2026-11-20` (its first moment), `2026-11-20T08:00` in the zone, or with an
/// offset of its own.
#[must_use]
pub fn written(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let text = text.replacen(' ', "T", 1);
    let at = if text.contains('T') {
        text.parse::<DateTime>().ok()?
    } else {
        text.parse::<Date>().ok()?.to_datetime(Time::midnight())
    };
    Some(at.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        written(text, &paris()).unwrap()
    }

    fn shown(span: Span) -> String {
        let show = |at: Timestamp| local(at, &paris()).strftime("%m-%d %H:%M").to_string();
        format!("{} {}", show(span.from), show(span.to))
    }

    #[test]
    fn a_period_is_compared_with_the_one_before_and_the_same_weekdays() {
        for (from, to, before, week_before) in [
            ("2026-11-20", "2026-11-21", "11-19 00:00 11-20 00:00", Some("11-13 00:00 11-14 00:00")),
            ("2026-11-20", "2026-11-23", "11-17 00:00 11-20 00:00", Some("11-13 00:00 11-16 00:00")),
            ("2026-11-16", "2026-11-23", "11-09 00:00 11-16 00:00", None),
            ("2026-11-01", "2026-12-01", "10-01 00:00 11-01 00:00", None),
            // Over the change of the clock: whole local days all the same.
            ("2026-10-25", "2026-10-26", "10-24 00:00 10-25 00:00", Some("10-18 00:00 10-19 00:00")),
            ("2026-11-20T10:00", "2026-11-20T14:00", "11-19 10:00 11-19 14:00", Some("11-13 10:00 11-13 14:00")),
            ("2026-11-16", "2026-11-20T14:00", "11-11 00:00 11-15 14:00", Some("11-09 00:00 11-13 14:00")),
        ] {
            let frame = Frame::new(at(from), at(to), &paris());
            assert_eq!(shown(frame.before), before, "{from} to {to}");
            assert_eq!(frame.week_before.map(shown).as_deref(), week_before, "{from} to {to}");
        }
    }

    #[test]
    fn points_are_local_hours_days_and_weeks() {
        let points = |from: &str, to: &str| Frame::new(at(from), at(to), &paris()).points();
        assert_eq!(points("2026-11-20", "2026-11-21").len(), 24);
        assert_eq!(points("2026-10-25", "2026-10-26").len(), 25, "the day with an hour twice");
        assert_eq!(points("2026-10-19", "2026-10-26").len(), 7);
        let weeks = points("2026-01-01", "2026-12-31");
        assert_eq!(weeks[1], at("2026-01-05"), "from Monday on");
        assert_eq!(weeks.len(), 53);
        assert!(points("1970-01-01", "2026-01-01").len() <= POINTS);
    }

    #[test]
    fn the_last_days_have_today_in_them() {
        let frame = Frame::last_days(7, at("2026-11-20T14:05"), &paris());
        assert_eq!(shown(frame.span), "11-14 00:00 11-20 14:15");
        assert_eq!(shown(frame.before), "11-07 00:00 11-13 14:15");
        assert_eq!(frame.bucket(), Duration::from_mins(15));
    }

    #[test]
    fn a_zone_of_half_hours_is_counted_in_quarters() {
        let kolkata = TimeZone::get("Asia/Kolkata").unwrap();
        let frame = Frame::last_days(1, at("2026-11-20T14:00"), &kolkata);
        assert_eq!(frame.bucket(), Duration::from_mins(15));
        let day = Frame::new(at("2026-11-20"), at("2026-11-21"), &paris());
        assert_eq!(day.bucket(), Duration::from_hours(1));
    }

    #[test]
    fn times_that_are_counted_do_not_overlap() {
        let frame = Frame::new(at("2026-11-16"), at("2026-11-20T14:00"), &paris());
        let spans = frame.counted(&[Span { from: at("2026-01-01"), to: at("2026-01-02") }]);
        assert!(spans.windows(2).all(|pair| pair[0].1 < pair[1].0), "{spans:?}");
        assert_eq!(spans.len(), 3);
    }

    #[test]
    fn moments_are_read_as_people_write_them() {
        assert_eq!(at("2026-11-20").to_string(), "2026-11-19T23:00:00Z");
        assert_eq!(at("2026-11-20 08:30").to_string(), "2026-11-20T07:30:00Z");
        assert_eq!(at("2026-11-20T08:30:00Z").to_string(), "2026-11-20T08:30:00Z");
        for text in ["", "hier", "2026-13-01", "20/11/2026"] {
            assert_eq!(written(text, &paris()), None, "{text}");
        }
    }
}
