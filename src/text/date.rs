//! Dates as feeds, forums and endpoints write them: RFC 3339 and RFC 822 with their broken variants,
//! French and English forms, absolute and relative. What cannot be read surely is absent, never wrong.
//! The time now and the zone are handed in.

pub mod format;
mod usual;
mod words;

use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp, ToSpan};

use self::format::Format;
use self::words::Words;
use super::language::Language;

/// The longest text looked at, in bytes.
const LONGEST: usize = 160;

/// Which number comes first in `01/02/2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// 1 February: French and most others.
    DayFirst,
    /// 2 January: English.
    MonthFirst,
    /// Read only where one of the numbers can be no month.
    #[default]
    Unknown,
}

impl Order {
    /// The order of a language.
    #[must_use]
    pub fn of(language: Option<Language>) -> Self {
        match language {
            None => Self::Unknown,
            Some(Language::ENGLISH) => Self::MonthFirst,
            Some(_) => Self::DayFirst,
        }
    }
}

/// What a date is read against.
#[derive(Debug, Clone)]
pub struct Context {
    /// Relative dates count from here; later dates than a day after are not believed.
    pub now: Timestamp,
    /// Of dates without a zone.
    pub zone: TimeZone,
    /// Of numbers.
    pub order: Order,
    /// The form that the watchlist states; what is not of it is read as any other date.
    pub format: Option<Arc<Format>>,
}

impl Context {
    /// Reads a date; `None` when it is none, or not surely one, or outside 1990 to a day after now.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Timestamp> {
        let text = text.trim();
        let usual = if self.format.is_none() { usual::read(text) } else { None };
        match usual {
            Some(found) => self.believable(found),
            None => self.read_at_length(text),
        }
    }

    fn read_at_length(&self, text: &str) -> Option<Timestamp> {
        if text.is_empty() || text.len() > LONGEST {
            return None;
        }
        let folded = fold(text);
        if let Some(found) = self.format.as_ref().and_then(|format| format.read(&folded, self)) {
            return self.believable(found);
        }
        let found = self.relative(&folded).or_else(|| self.iso(&folded)).or_else(|| Words::of(&folded).read(self))?;
        self.believable(found)
    }

    /// Unix time in seconds, milliseconds or microseconds, told apart by its size.
    #[must_use]
    pub fn from_unix(&self, number: i64) -> Option<Timestamp> {
        let found = match number {
            ..100_000_000_000 => Timestamp::from_second(number),
            100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(number),
            _ => Timestamp::from_microsecond(number),
        };
        self.believable(found.ok()?)
    }

    fn believable(&self, found: Timestamp) -> Option<Timestamp> {
        // 1990-01-01T00:00:00Z: before it there was no web.
        const EARLIEST: i64 = 631_152_000;
        let latest = self.now.checked_add(24.hours()).unwrap_or(self.now);
        (found.as_second() >= EARLIEST && found <= latest).then_some(found)
    }

    fn today(&self) -> Date {
        self.now.to_zoned(self.zone.clone()).date()
    }

    fn instant(&self, at: DateTime, offset: Option<Offset>) -> Option<Timestamp> {
        match offset {
            Some(offset) => offset.to_timestamp(at).ok(),
            None => self.zone.to_ambiguous_zoned(at).compatible().ok().map(|zoned| zoned.timestamp()),
        }
    }

    /// `2026-11-21T10:12:00+01:00` and what is near it: other separators, parts missing, `20261121T101200Z`.
    fn iso(&self, text: &str) -> Option<Timestamp> {
        let mut scan = Scan(text);
        let year = scan.digits(4, 4)?;
        let separator = scan.0.chars().next()?;
        let (month, day) = if separator.is_ascii_digit() {
            (scan.digits(2, 2)?, scan.digits(2, 2)?)
        } else {
            if !scan.eat(&['-', '/', '.']) {
                return None;
            }
            let month = scan.digits(1, 2)?;
            let day = if scan.0.starts_with(separator) && scan.eat(&[separator]) { scan.digits(1, 2)? } else { 1 };
            (month, day)
        };
        let date = date(year, month, day)?;
        scan.0 = scan.0.trim_start_matches([',', ' ']);
        scan.eat(&['t', '_']);
        scan.spaces();
        if scan.0.is_empty() {
            return self.instant(date.to_datetime(Time::midnight()), None);
        }
        let (days, time) = scan.iso_time()?;
        scan.spaces();
        let offset = if scan.0.is_empty() { None } else { Some(zone(scan.0)?) };
        self.instant(date.checked_add(days.days()).ok()?.to_datetime(time), offset)
    }

    /// `il y a 2 heures`, `2 hours ago`, `à l'instant`.
    fn relative(&self, text: &str) -> Option<Timestamp> {
        if matches!(text, "a l'instant" | "maintenant" | "now" | "just now" | "moments ago" | "a moment ago") {
            return Some(self.now);
        }
        let amounts = match text.split_once("il y a ") {
            Some((_, rest)) => rest,
            None => text.strip_suffix(" ago").or_else(|| text.strip_suffix("ago"))?,
        };
        let mut span = Span::new();
        let mut amount: Option<i64> = None;
        let mut found = false;
        for token in tokens(amounts) {
            match token {
                Token::Number(number, len) if len <= 4 => amount = Some(i64::from(number)),
                Token::Word("un" | "une" | "a" | "an" | "one") => amount = Some(1),
                Token::Word(
                    "moins" | "d" | "de" | "environ" | "about" | "less" | "than" | "over" | "almost" | "et" | "and"
                    | "posted" | "published" | "updated" | "publie" | "poste",
                )
                | Token::Sign(_) => {}
                Token::Word(unit) => {
                    let Some(amount) = amount.take() else { break };
                    let seconds = |count: i64| Span::new().try_seconds(count).ok();
                    let part = match unit {
                        "s" | "sec" | "secs" | "seconde" | "secondes" | "second" | "seconds" => seconds(amount)?,
                        "m" | "mn" | "min" | "mins" | "minute" | "minutes" => seconds(amount * 60)?,
                        "h" | "hr" | "hrs" | "heure" | "heures" | "hour" | "hours" => seconds(amount * 3600)?,
                        "j" | "d" | "jour" | "jours" | "day" | "days" => Span::new().try_days(amount).ok()?,
                        "w" | "sem" | "semaine" | "semaines" | "week" | "weeks" => {
                            Span::new().try_weeks(amount).ok()?
                        }
                        "mois" | "month" | "months" => Span::new().try_months(amount).ok()?,
                        "an" | "ans" | "annee" | "annees" | "y" | "yr" | "yrs" | "year" | "years" => {
                            Span::new().try_years(amount).ok()?
                        }
                        _ if found => break,
                        _ => return None,
                    };
                    let zoned = self.now.to_zoned(self.zone.clone());
                    span = span.checked_add((part, &zoned)).ok()?;
                    found = true;
                }
                Token::Number(..) => return None,
            }
        }
        let then = self.now.to_zoned(self.zone.clone()).checked_sub(span).ok()?;
        found.then(|| then.timestamp())
    }
}

/// Lower case, without French accents, one kind of space and apostrophe.
fn fold(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'à' | 'â' => 'a',
            'û' | 'ù' => 'u',
            'ô' => 'o',
            'î' => 'i',
            '’' => '\'',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect::<String>()
        .replace("aujourd'hui", "aujourdhui")
        .replace("avant-hier", "avanthier")
}

/// The last such day up to today.
fn last(today: Date, month: u32, day: u32) -> Option<Date> {
    let year = u32::try_from(today.year()).ok()?;
    // A leap day may be years ago.
    (0..8).find_map(|back| date(year - back, month, day).filter(|date| *date <= today))
}

fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Hours, minutes, seconds to days over and a time: `24:00` is the next midnight, a leap second the one before.
fn time(hour: u32, minute: u32, second: u32) -> Option<(i64, Time)> {
    if (hour, minute, second) == (24, 0, 0) {
        return Some((1, Time::midnight()));
    }
    let second = if second == 60 { 59 } else { second };
    let part = |number: u32| i8::try_from(number).ok();
    Some((0, Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok()?))
}

/// The hours of `+01:00`, `gmt`, `est`, `utc+2`. The names of RFC 822 and those of Europe.
fn zone(text: &str) -> Option<Offset> {
    let text = text.split('(').next()?.trim();
    let hours = |hours: i32| Offset::from_seconds(hours * 3600).ok();
    let (name, signed) = text.split_at(text.find(['+', '-', '\u{2212}']).unwrap_or(text.len()));
    let base = match name.trim() {
        "" | "z" | "utc" | "gmt" | "ut" | "wet" => 0,
        "cet" | "met" | "bst" | "west" | "mez" => 1,
        "cest" | "eet" | "mest" | "mesz" => 2,
        "eest" | "msk" => 3,
        "ast" | "edt" => -4,
        "est" | "cdt" => -5,
        "cst" | "mdt" => -6,
        "mst" | "pdt" => -7,
        "pst" => -8,
        "jst" | "kst" => 9,
        _ => return None,
    };
    if signed.is_empty() {
        return if name.trim().is_empty() { None } else { hours(base) };
    }
    if base != 0 {
        return None;
    }
    let sign = if signed.starts_with('+') { 1 } else { -1 };
    let digits = signed.trim_start_matches(['+', '-', '\u{2212}']);
    let mut scan = Scan(digits);
    let hour = scan.digits(1, 2)?;
    scan.eat(&[':']);
    let minute = match scan.0.trim().as_bytes() {
        [] => 0,
        // `-040` lost its last digit.
        [b'0'..=b'5'] if digits.starts_with('0') && digits.len() == 3 => scan.digits(1, 1)? * 10,
        _ => scan.digits(2, 2)?,
    };
    let seconds = i32::try_from(hour * 3600 + minute * 60).ok()?;
    (scan.0.trim().is_empty() && hour <= 14 && minute < 60).then(|| Offset::from_seconds(sign * seconds).ok())?
}

struct Scan<'a>(&'a str);

impl Scan<'_> {
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let len = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if len < least {
            return None;
        }
        let (number, rest) = self.0.split_at(len);
        self.0 = rest;
        number.parse().ok()
    }

    fn eat(&mut self, signs: &[char]) -> bool {
        match self.0.strip_prefix(signs) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn spaces(&mut self) {
        self.0 = self.0.trim_start();
    }

    fn letters(&mut self) -> Option<&str> {
        let len = self.0.find(|c: char| !c.is_alphabetic()).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(len);
        self.0 = rest;
        (len > 0).then_some(word)
    }

    fn iso_time(&mut self) -> Option<(i64, Time)> {
        let hour = self.digits(1, 2)?;
        let colons = self.eat(&[':']);
        let minute = if colons || self.0.starts_with(|c: char| c.is_ascii_digit()) { self.digits(2, 2)? } else { 0 };
        let more = if colons { self.eat(&[':']) } else { self.0.starts_with(|c: char| c.is_ascii_digit()) };
        let second = if more { self.digits(1, 2)? } else { 0 };
        if self.eat(&['.', ',']) {
            self.0 = self.0.trim_start_matches(|c: char| c.is_ascii_digit());
        }
        time(hour, minute, second)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    /// Value and how many digits it was written with.
    Number(u32, usize),
    Word(&'a str),
    Sign(char),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = if first.is_ascii_digit() {
            rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
        } else if first.is_alphabetic() {
            rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(len);
        if first.is_ascii_digit() {
            out.push(token.parse().map_or(Token::Sign('?'), |number| Token::Number(number, len)));
        } else if first.is_alphabetic() {
            out.push(Token::Word(token));
        } else if first != ' ' {
            out.push(Token::Sign(first));
        }
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn context(order: Order) -> Context {
        Context {
            now: "2026-11-21T12:00:00Z".parse().unwrap(),
            zone: TimeZone::get("Europe/Paris").unwrap_or_else(|_| TimeZone::fixed(Offset::constant(1))),
            order,
            format: None,
        }
    }

    fn check(order: Order, cases: &[(&str, &str)]) {
        let context = context(order);
        for (text, wanted) in cases {
            let wanted = (!wanted.is_empty()).then(|| wanted.parse::<Timestamp>().unwrap());
            assert_eq!(context.read(text), wanted, "{text}");
        }
    }

    #[test]
    fn rfc_3339_and_what_is_near_it() {
        check(
            Order::DayFirst,
            &[
                ("2026-11-21T10:12:30+01:00", "2026-11-21T09:12:30Z"),
                ("2026-11-21T10:12:30.123Z", "2026-11-21T10:12:30Z"),
                ("2026-11-21T10:12:30,5Z", "2026-11-21T10:12:30Z"),
                ("2026-11-21t10:12z", "2026-11-21T10:12:00Z"),
                ("2026-11-21 10:12:30", "2026-11-21T09:12:30Z"),
                ("2026-11-21 10:12:30 +0200", "2026-11-21T08:12:30Z"),
                ("Sat, 21 Nov 2026 10:12 -040", "2026-11-21T14:12:00Z"),
                ("2026-11-21T10:12:30+0530", "2026-11-21T04:42:30Z"),
                ("2026-11-21T10:12:30-08", "2026-11-21T18:12:30Z"),
                ("2026-11-21T10:12:30 EST", "2026-11-21T15:12:30Z"),
                ("2026/11/21 10:12", "2026-11-21T09:12:00Z"),
                ("2026-11-21", "2026-11-20T23:00:00Z"),
                ("2026-7-1", "2026-06-30T22:00:00Z"),
                ("20261121", "2026-11-20T23:00:00Z"),
                ("20261121T101500Z", "2026-11-21T10:15:00Z"),
                ("2026-11-20T24:00:00Z", "2026-11-21T00:00:00Z"),
                ("2026-11-20T23:59:60Z", "2026-11-20T23:59:59Z"),
                ("2026-11-21T10:12:30 XYZ", ""),
                ("2026-13-21", ""),
                ("2026-02-30T10:00:00Z", ""),
                ("2026-11-21T25:00:00Z", ""),
                ("1889-11-21T10:12:30Z", ""),
                ("9999-12-31T23:59:59Z", ""),
                ("2026-11-22T11:00:00Z", "2026-11-22T11:00:00Z"),
                ("2026-11-22T13:00:00Z", ""),
            ],
        );
    }

    #[test]
    fn rfc_822_and_its_broken_variants() {
        check(
            Order::Unknown,
            &[
                ("Sat, 21 Nov 2026 10:12:30 +0100", "2026-11-21T09:12:30Z"),
                ("Sat, 21 Nov 2026 10:12:30 GMT", "2026-11-21T10:12:30Z"),
                ("Sat, 21 Nov 2026 10:12 UT", "2026-11-21T10:12:00Z"),
                ("Sat, 21 Nov 26 10:12:30 EST", "2026-11-21T15:12:30Z"),
                ("Saturday, 21 November 2026 10:12:30 -0000", "2026-11-21T10:12:30Z"),
                ("Wrong, 21 Nov 2026 10:12:30 GMT", ""),
                ("Thurs, 1 Jan 2026 7:08:00 Z", "2026-01-01T07:08:00Z"),
                ("21 Nov 2026 10:12:30 GMT+0200", "2026-11-21T08:12:30Z"),
                ("21-Nov-2026 10:12:30 UTC", "2026-11-21T10:12:30Z"),
                ("Sat Nov 21 10:12:30 PST 2026", "2026-11-21T18:12:30Z"),
                ("Fri Nov 20 10:12:30 PST 2026", "2026-11-20T18:12:30Z"),
                ("Sat, 21 Nov 2026 10:12:30 XYZ", ""),
                ("Sat, 21 Nov 2026 10:12:30 +01:00 (CET)", "2026-11-21T09:12:30Z"),
                ("Sat, 21 Nov 2026", "2026-11-20T23:00:00Z"),
                ("31 Feb 2026 10:00:00 GMT", ""),
                ("Nov 2026", ""),
                ("not a date", ""),
                ("", ""),
            ],
        );
    }

    #[test]
    fn french_dates_of_forums_and_sites() {
        check(
            Order::DayFirst,
            &[
                ("21 nov. 2026", "2026-11-20T23:00:00Z"),
                ("21 novembre 2026 à 10:12:30", "2026-11-21T09:12:30Z"),
                ("1er août 2026", "2026-07-31T22:00:00Z"),
                ("samedi 21 novembre 2026", "2026-11-20T23:00:00Z"),
                ("mar. 17 nov. 2026 08:05", "2026-11-17T07:05:00Z"),
                ("Mar 17, 2026 8:05 am", "2026-03-17T07:05:00Z"),
                ("Posté le 21/11/2026 à 10:12", "2026-11-21T09:12:00Z"),
                ("Posté le 03/02/2026 à 10h12", "2026-02-03T09:12:00Z"),
                ("le 21-11-2026 à 10:12:30", "2026-11-21T09:12:30Z"),
                ("21.11.2026", "2026-11-20T23:00:00Z"),
                ("21/11/26 9h", "2026-11-21T08:00:00Z"),
                ("Publié le 20 févr. 2026 à 14 h 32", "2026-02-20T13:32:00Z"),
                ("hier à 14:32", "2026-11-20T13:32:00Z"),
                ("Aujourd’hui à 09:00", "2026-11-21T08:00:00Z"),
                ("avant-hier, 23:10", "2026-11-19T22:10:00Z"),
                ("Hier", "2026-11-19T23:00:00Z"),
                ("lundi à 10:12", "2026-11-16T09:12:00Z"),
                ("samedi à 10:12", "2026-11-14T09:12:00Z"),
                ("12 déc. 10:12", "2025-12-12T09:12:00Z"),
                ("21 nov. à 10:12 par Marcel", "2026-11-21T09:12:00Z"),
                ("il y a 2 heures", "2026-11-21T10:00:00Z"),
                ("Il y a une heure", "2026-11-21T11:00:00Z"),
                ("il y a moins d’une minute", "2026-11-21T11:59:00Z"),
                ("Posté il y a 3 j", "2026-11-18T12:00:00Z"),
                ("il y a 1 h 30 min", "2026-11-21T10:30:00Z"),
                ("il y a 2 mois", "2026-09-21T11:00:00Z"),
                ("il y a quelques jours", ""),
                ("il y a longtemps", ""),
                ("à l’instant", "2026-11-21T12:00:00Z"),
                ("lundi", ""),
                ("12 messages", ""),
                ("31/02/2026", ""),
                ("45/11/2026", ""),
                ("réponse 12 du 21/11/2026", ""),
            ],
        );
    }

    #[test]
    fn english_dates() {
        check(
            Order::MonthFirst,
            &[
                ("Nov 21, 2026", "2026-11-20T23:00:00Z"),
                ("November 21st, 2026, 10:12 AM", "2026-11-21T09:12:00Z"),
                ("Posted on 11/20/2026 at 2:32 pm", "2026-11-20T13:32:00Z"),
                ("02/03/2026", "2026-02-02T23:00:00Z"),
                ("21/11/2026", "2026-11-20T23:00:00Z"),
                ("Yesterday at 12:05 AM", "2026-11-19T23:05:00Z"),
                ("2 hours ago", "2026-11-21T10:00:00Z"),
                ("an hour ago", "2026-11-21T11:00:00Z"),
                ("5m ago", "2026-11-21T11:55:00Z"),
                ("1 week ago", "2026-11-14T12:00:00Z"),
                ("just now", "2026-11-21T12:00:00Z"),
                ("Monday at 10:12 AM", "2026-11-16T09:12:00Z"),
                ("13:05 pm", ""),
                ("many moons ago", ""),
            ],
        );
    }

    #[test]
    fn numbers_that_may_be_either_are_not_guessed() {
        check(
            Order::Unknown,
            &[("02/03/2026", ""), ("13/02/2026", "2026-02-12T23:00:00Z"), ("03/03/2026", "2026-03-02T23:00:00Z")],
        );
    }

    #[test]
    fn unix_time_is_told_by_its_size() {
        let context = context(Order::Unknown);
        for number in [1_795_255_200, 1_795_255_200_000, 1_795_255_200_000_000] {
            assert_eq!(context.from_unix(number).unwrap().as_second(), 1_795_255_200, "{number}");
        }
        assert_eq!(context.from_unix(0), None);
        assert_eq!(context.from_unix(i64::MAX), None);
        assert_eq!(context.from_unix(i64::MIN), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9a-z:/.+ ,à'-]{0,40}") {
            let _ = context(Order::DayFirst).read(&text);
        }

        #[test]
        fn what_is_written_is_read_back(second in 631_152_000_i64..1_795_255_200) {
            let then = Timestamp::from_second(second).unwrap();
            let context = context(Order::DayFirst);
            prop_assert_eq!(context.read(&then.to_string()), Some(then));
            let mail = then.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            prop_assert_eq!(context.read(&mail), Some(then));
        }
    }
}
