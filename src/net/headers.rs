//! Headers that speak of time: Retry-After, Cache-Control, Expires, the rate limits. Pure: the time now is handed in.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

/// A year's max-age on a feed is a mistake of its server: no header makes a source wait longer.
const LONGEST: Duration = Duration::from_hours(24);

/// The wait that Retry-After asks for (RFC 9110, section 10.2.3): seconds, or a date, which counts from
/// the answer's own `Date` when it has one, so that a server whose clock is off is understood. At most a day.
#[must_use]
pub fn retry_after(value: &str, date: Option<&str>, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let wait = match seconds(value) {
        Some(wait) => wait,
        None => until(value, date, now)?,
    };
    Some(wait.min(LONGEST))
}

/// How long the answer stays fresh (RFC 9111, section 4.2): `max-age` less `Age`, else `Expires` less
/// `Date`. `None` when nothing is said, or zero. At most a day.
#[must_use]
pub fn freshness(
    cache_control: Option<&str>,
    age: Option<&str>,
    expires: Option<&str>,
    date: Option<&str>,
    now: Timestamp,
) -> Option<Duration> {
    let mut max_age = None;
    for directive in cache_control.unwrap_or_default().split(',') {
        let (name, value) = directive.split_once('=').map_or((directive, ""), |(name, value)| (name, value));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-cache" | "no-store" => return None,
            "max-age" => max_age = seconds(value.trim().trim_matches('"')),
            _ => {}
        }
    }
    let fresh = match max_age {
        Some(lifetime) => lifetime.saturating_sub(age.and_then(|age| seconds(age.trim())).unwrap_or_default()),
        None => until(expires?.trim(), date, now)?,
    };
    (!fresh.is_zero()).then_some(fresh.min(LONGEST))
}

/// The wait until a limit is lifted of which nothing is left, at most a day. `reset` is seconds to go
/// (Reddit, RateLimit-Reset of the IETF's draft), seconds or milliseconds since 1970 (GitHub), or a time in
/// RFC 3339 (Mastodon). `None` where requests are left.
#[must_use]
pub fn rate_limit(remaining: &str, reset: &str, now: Timestamp) -> Option<Duration> {
    /// Larger numbers are dates: 1e9 seconds are 31 years, and 1e12 milliseconds lie in 2001.
    const DATES: f64 = 1e9;
    const MILLIS: f64 = 1e12;
    if remaining.trim().parse::<f64>().ok()? >= 1.0 {
        return None;
    }
    let reset = reset.trim();
    let wait = match reset.parse::<f64>() {
        Ok(seconds) if seconds < DATES => Duration::try_from_secs_f64(seconds).ok()?,
        Ok(date) => {
            let date = if date < MILLIS { date * 1e3 } else { date };
            let then = Timestamp::from_millisecond(date as i64).ok()?;
            Duration::try_from(then.duration_since(now)).unwrap_or_default()
        }
        Err(_) => Duration::try_from(reset.parse::<Timestamp>().ok()?.duration_since(now)).unwrap_or_default(),
    };
    (!wait.is_zero()).then_some(wait.min(LONGEST))
}

/// The same of the one header of the IETF's later drafts: `"default";r=0;t=30`.
#[must_use]
pub fn rate_limit_of_list(value: &str, now: Timestamp) -> Option<Duration> {
    let of_policy = |policy: &str| {
        let parameter = |name: &str| policy.split(';').find_map(|part| part.trim().strip_prefix(name));
        rate_limit(parameter("r=")?, parameter("t=")?, now)
    };
    value.split(',').filter_map(of_policy).max()
}

/// Delta-seconds; a number past u64 is only a long time.
fn seconds(text: &str) -> Option<Duration> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

/// The time from `date`, else from `now`, to an HTTP date; zero when it is past.
fn until(value: &str, date: Option<&str>, now: Timestamp) -> Option<Duration> {
    let then = httpdate::parse_http_date(value).ok()?;
    let from =
        date.and_then(|date| httpdate::parse_http_date(date.trim()).ok()).unwrap_or_else(|| SystemTime::from(now));
    Some(then.duration_since(from).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T08:00:00Z".parse().expect("a timestamp")
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        for (value, date, wait) in [
            ("120", None, Some(120)),
            (" 0 ", None, Some(0)),
            ("99999999999999999999999", None, Some(86_400)),
            ("Sat, 21 Nov 2026 08:05:00 GMT", None, Some(300)),
            ("Sat, 21 Nov 2026 07:05:00 GMT", None, Some(0)),
            // The server's clock is an hour early; the wait it means is a minute.
            ("Sat, 21 Nov 2026 07:01:00 GMT", Some("Sat, 21 Nov 2026 07:00:00 GMT"), Some(60)),
            ("Sunday, 22-Nov-26 08:00:00 GMT", None, Some(86_400)),
            ("soon", None, None),
            ("-5", None, None),
            ("1.5", None, None),
        ] {
            assert_eq!(retry_after(value, date, now()), wait.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn a_limit_with_nothing_left_asks_for_the_time_to_its_reset() {
        for (remaining, reset, wait) in [
            ("0", "42", Some(42)),
            ("0.0", "537.5", Some(537)),
            (" 0 ", " 7 ", Some(7)),
            ("1", "42", None),
            ("599.0", "42", None),
            ("0", "1795248120", Some(120)),
            ("0", "1795248120000", Some(120)),
            ("0", "1795248000", None),
            ("0", "2026-11-21T08:05:00.000Z", Some(300)),
            ("0", "2026-11-21T07:05:00Z", None),
            ("0", "99999999", Some(86_400)),
            ("0", "-5", None),
            ("0", "soon", None),
            ("", "42", None),
        ] {
            let found = rate_limit(remaining, reset, now()).map(|wait| wait.as_secs());
            assert_eq!(found, wait, "{remaining} {reset}");
        }
        let list = "\"minute\";r=0;t=30, \"day\";r=0;t=900, \"hour\";r=3;t=3000";
        assert_eq!(rate_limit_of_list(list, now()), Some(Duration::from_mins(15)));
        assert_eq!(rate_limit_of_list("limit=10, remaining=0", now()), None);
    }

    #[test]
    fn freshness_prefers_max_age_and_takes_age_off() {
        for (control, age, expires, fresh) in [
            (Some("max-age=600"), None, None, Some(600)),
            (Some("public, Max-Age=\"600\" , must-revalidate"), Some("200"), None, Some(400)),
            (Some("max-age=600"), Some("900"), None, None),
            (Some("max-age=600, no-cache"), None, None, None),
            (Some("s-maxage=600"), None, None, None),
            (Some("max-age=31536000"), None, None, Some(86_400)),
            (Some("max-age=60"), None, Some("Sat, 21 Nov 2026 09:00:00 GMT"), Some(60)),
            (None, None, Some("Sat, 21 Nov 2026 09:00:00 GMT"), Some(3600)),
            (None, None, Some("0"), None),
            (None, None, Some("Sat, 21 Nov 2026 07:00:00 GMT"), None),
            (None, None, None, None),
        ] {
            assert_eq!(freshness(control, age, expires, None, now()), fresh.map(Duration::from_secs), "{control:?}");
        }
    }
}
