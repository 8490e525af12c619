//! Hours and days at which a feed asks not to be read: `skipHours` and `skipDays` of RSS 2.0, in GMT. Owns
//! their reading and the first time that is left; no schedule.

use jiff::Timestamp;
use memchr::memmem;
use serde::{Deserialize, Serialize};

/// How far the head of a feed is looked at, in bytes.
const HEAD: usize = 16 << 10;

const ALL_HOURS: u32 = (1 << 24) - 1;
const ALL_DAYS: u8 = (1 << 7) - 1;
const HOUR: i64 = 3_600;

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// What is left out, a bit each: hour 0 and Monday are the lowest. Never all of either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Skips {
    hours: u32,
    days: u8,
}

impl Skips {
    /// What the head of a document states. A feed that leaves out everything states nothing.
    #[must_use]
    pub fn stated(text: &str) -> Option<Self> {
        let head = &text.as_bytes()[..text.len().min(HEAD)];
        let mut skips = Self::default();
        for hour in inside(head, b"<skipHours", b"<hour>").filter_map(|text| text.parse::<u32>().ok()) {
            // 24 is midnight to RSS 0.91, which counts from 1.
            if hour <= 24 {
                skips.hours |= 1 << (hour % 24);
            }
        }
        for name in inside(head, b"<skipDays", b"<day>") {
            if let Some(day) = DAYS.iter().position(|day| name.eq_ignore_ascii_case(day)) {
                skips.days |= 1 << day;
            }
        }
        if skips.hours == ALL_HOURS {
            skips.hours = 0;
        }
        if skips.days == ALL_DAYS {
            skips.days = 0;
        }
        (skips != Self::default()).then_some(skips)
    }

    /// The first time from there on that is not left out.
    #[must_use]
    pub fn after(self, due: Timestamp) -> Timestamp {
        let mut second = due.as_second();
        let mut moved = false;
        // A week has an hour that is left, for neither all days nor all hours are out.
        for _ in 0..=7 * 24 {
            let hour = second.rem_euclid(24 * HOUR) / HOUR;
            // 1 January 1970 was a Thursday.
            let day = (second.div_euclid(24 * HOUR) + 3).rem_euclid(7);
            if (self.hours >> hour) & 1 == 0 && (self.days >> day) & 1 == 0 {
                break;
            }
            second = (second.div_euclid(HOUR) + 1) * HOUR;
            moved = true;
        }
        if moved { Timestamp::from_second(second).unwrap_or(due) } else { due }
    }
}

/// The texts of `inner` elements inside the first `outer` one.
fn inside<'a>(head: &'a [u8], outer: &[u8], inner: &'a [u8]) -> impl Iterator<Item = &'a str> {
    let block = memmem::find(head, outer).map_or(&[][..], |start| {
        let block = &head[start..];
        let mut end = outer.to_vec();
        end.insert(1, b'/');
        &block[..memmem::find(block, &end).unwrap_or(0)]
    });
    memmem::find_iter(block, inner).filter_map(move |at| {
        let text = &block[at + inner.len()..];
        std::str::from_utf8(&text[..memchr::memchr(b'<', text)?]).ok().map(str::trim)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn feed(body: &str) -> Option<Skips> {
        Skips::stated(&format!("<rss><channel>{body}<item/></channel></rss>"))
    }

    fn hours(hours: impl Iterator<Item = u32>) -> String {
        let hours: Vec<String> = hours.map(|hour| format!("<hour> {hour} </hour>")).collect();
        format!("<skipHours>{}</skipHours>", hours.concat())
    }

    #[test]
    fn a_time_that_is_left_out_becomes_the_next_hour_that_is_not() {
        let nights = feed(&hours(0..6)).unwrap();
        let weekends = feed("<skipDays><day>Saturday</day><day>sunday</day></skipDays>").unwrap();
        let both = feed(&(hours(0..6) + "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>")).unwrap();
        for (skips, due, wanted) in [
            (nights, "2026-11-20T23:59:59.5Z", "2026-11-20T23:59:59.5Z"),
            (nights, "2026-11-20T00:00:00Z", "2026-11-20T06:00:00Z"),
            (nights, "2026-11-20T05:59:59.9Z", "2026-11-20T06:00:00Z"),
            // 20 November 2026 is a Friday.
            (weekends, "2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z"),
            (weekends, "2026-11-21T12:00:00Z", "2026-11-23T00:00:00Z"),
            (both, "2026-11-21T12:00:00Z", "2026-11-23T06:00:00Z"),
        ] {
            let due: Timestamp = due.parse().unwrap();
            assert_eq!(skips.after(due).to_string(), wanted, "{skips:?}");
        }
    }

    #[test]
    fn what_states_nothing_or_everything_is_not_obeyed() {
        for body in ["", "<skipHours></skipHours>", "<skipHours><hour>25</hour></skipHours>", "<skipHours><hour>1"] {
            assert_eq!(feed(body), None, "{body}");
        }
        assert_eq!(feed(&hours(0..24)), None);
        assert_eq!(feed(&hours(1..25)), None);
        assert_eq!(feed(&hours(24..25)), feed(&hours(0..1)));
    }

    proptest! {
        #[test]
        fn no_feed_waits_longer_than_a_week(text in "(<skipHours>|<skipDays>|<hour>[0-9]{1,2}</hour>|<day>(Mon|Tues|Sun)day</day>|</skipHours>|</skipDays>){0,20}", second in -1_000_000_000_i64..10_000_000_000) {
            let due = Timestamp::from_second(second).unwrap();
            let after = Skips::stated(&text).unwrap_or_default().after(due);
            prop_assert!(after >= due && after.duration_since(due).as_hours() <= 7 * 24);
        }
    }
}
