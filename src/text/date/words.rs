//! Absolute dates in words and numbers, read from left to right: `Sat, 21 Nov 2026 10:12:30 +0100`,
//! `Posté le 21/11/2026 à 10:12`, `hier à 14:32`. Owns the words; numbers alone and amounts of time are
//! `date`'s.

use std::fmt::Write;

use jiff::civil::{Time, Weekday};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

use super::{Context, Order, Token, date, time, tokens, zone};

/// A date that is being read.
pub(super) struct Words<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
    year: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
    days_before: Option<i64>,
    weekday: Option<Weekday>,
    time: Option<(i64, Time)>,
    offset: Option<Offset>,
}

impl<'a> Words<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            text,
            tokens: tokens(text),
            at: 0,
            year: None,
            month: None,
            day: None,
            days_before: None,
            weekday: None,
            time: None,
            offset: None,
        }
    }

    fn peek(&self, ahead: usize) -> Option<Token<'a>> {
        self.tokens.get(self.at + ahead).copied()
    }

    fn has_date(&self) -> bool {
        self.days_before.is_some() || (self.day.is_some() && self.month.is_some())
    }

    pub(super) fn read(mut self, context: &Context) -> Option<Timestamp> {
        while let Some(token) = self.peek(0) {
            let goes_on = match token {
                Token::Number(number, len) => self.number(number, len, context.order)?,
                Token::Word(word) => self.word(word)?,
                Token::Sign(_) => {
                    self.at += 1;
                    true
                }
            };
            if !goes_on {
                break;
            }
        }
        let today = context.today();
        let date = if let Some(days) = self.days_before {
            today.checked_sub(days.days()).ok()?
        } else if let (Some(day), Some(month)) = (self.day, self.month) {
            if let Some(year) = self.year { date(year, month, day)? } else { super::last(today, month, day)? }
        } else {
            // A lone weekday with a time is the last one before today, as forums write it.
            self.time?;
            today.nth_weekday(-1, self.weekday?).ok()?
        };
        let (days, time) = self.time.unwrap_or((0, Time::midnight()));
        context.instant(date.checked_add(days.days()).ok()?.to_datetime(time), self.offset)
    }

    /// `None`: no date; `Some(false)`: the date is whole and the rest is other text.
    fn word(&mut self, word: &'a str) -> Option<bool> {
        self.at += 1;
        let another_month =
            || self.tokens[self.at..].iter().any(|token| matches!(token, Token::Word(word) if month(word).is_some()));
        if word == "mar" && another_month() {
            self.weekday = Some(Weekday::Tuesday);
        } else if let Some(month) = month(word).filter(|_| self.month.is_none()) {
            self.month = Some(month);
            self.after_month();
        } else if let Some(days) = match word {
            "aujourdhui" | "today" => Some(0),
            "hier" | "yesterday" => Some(1),
            "avanthier" => Some(2),
            _ => None,
        } {
            self.days_before = Some(days);
        } else if let Some(weekday) = weekday(word) {
            self.weekday = Some(weekday);
        } else if !is_filler(word) {
            // `t` may join a date in words to its time.
            return if word == "t" || self.has_date() { Some(word == "t") } else { None };
        }
        Some(true)
    }

    /// `Nov 21, 2026` after the month.
    fn after_month(&mut self) {
        let skip = |words: &mut Self| {
            while matches!(
                words.peek(0),
                Some(Token::Sign('.' | ',' | '-' | '/') | Token::Word("st" | "nd" | "rd" | "th"))
            ) {
                words.at += 1;
            }
        };
        skip(self);
        if self.day.is_none()
            && let Some(Token::Number(day, 1 | 2)) = self.peek(0)
            && !self.begins_time()
        {
            self.day = Some(day);
            self.at += 1;
            skip(self);
        }
        self.take_year();
    }

    fn take_year(&mut self) {
        if self.year.is_some() || self.begins_time() {
            return;
        }
        match self.peek(0) {
            Some(Token::Number(year, 4)) => self.year = Some(year),
            Some(Token::Number(year, 2)) => self.year = Some(short_year(year)),
            _ => return,
        }
        self.at += 1;
    }

    fn begins_time(&self) -> bool {
        matches!(self.peek(0), Some(Token::Number(_, 1 | 2)))
            && matches!(
                (self.peek(1), self.peek(2)),
                (Some(Token::Sign(':')), Some(Token::Number(..))) | (Some(Token::Word("h" | "am" | "pm")), _)
            )
    }

    fn number(&mut self, number: u32, len: usize, order: Order) -> Option<bool> {
        if self.begins_time() {
            if self.time.is_some() {
                return self.has_date().then_some(false);
            }
            return self.clock(number);
        }
        if let (Some(Token::Sign(sign)), Some(Token::Number(second, 1 | 2)), Some(Token::Sign(again))) =
            (self.peek(1), self.peek(2), self.peek(3))
            && sign == again
            && matches!(sign, '/' | '.' | '-')
            && let Some(Token::Number(third, third_len @ (1 | 2 | 4))) = self.peek(4)
        {
            if self.has_date() {
                return Some(false);
            }
            let (year, month, day) = match (len, third_len) {
                (4, 1 | 2) => (number, second, third),
                (1 | 2, 2 | 4) => {
                    let year = if third_len == 2 { short_year(third) } else { third };
                    let day_first = match order {
                        _ if number > 12 => true,
                        _ if second > 12 => false,
                        _ if number == second || sign == '.' => true,
                        Order::DayFirst => true,
                        Order::MonthFirst => false,
                        Order::Unknown => return None,
                    };
                    if day_first { (year, second, number) } else { (year, number, second) }
                }
                _ => return None,
            };
            (self.year, self.month, self.day) = (Some(year), Some(month), Some(day));
            self.at += 5;
            return Some(true);
        }
        if self.day.is_none() && self.days_before.is_none() && len <= 2 {
            self.day = Some(number);
            self.at += 1;
            // Between a day and its month nothing but signs and short words may stand.
            while matches!(
                self.peek(0),
                Some(
                    Token::Sign('.' | ',' | '-' | '/')
                        | Token::Word("er" | "st" | "nd" | "rd" | "th" | "of" | "de" | "d")
                )
            ) {
                self.at += 1;
            }
            return match self.peek(0) {
                Some(Token::Word(word)) if month(word).is_some() => Some(true),
                _ => None,
            };
        }
        if self.has_date() && self.year.is_none() && len == 4 && self.days_before.is_none() {
            self.year = Some(number);
            self.at += 1;
            return Some(true);
        }
        self.has_date().then_some(false)
    }

    /// `14:32:05.123`, `14h32`, `2 pm`, with the zone behind.
    fn clock(&mut self, hour: u32) -> Option<bool> {
        self.at += 1;
        let (mut hour, mut minute, mut second) = (hour, 0, 0);
        if matches!(self.peek(0), Some(Token::Sign(':') | Token::Word("h"))) {
            self.at += 1;
            if let Some(Token::Number(number, 1 | 2)) = self.peek(0) {
                minute = number;
                self.at += 1;
            }
            if let (Some(Token::Sign(':')), Some(Token::Number(number, 1 | 2))) = (self.peek(0), self.peek(1)) {
                second = number;
                self.at += 2;
            }
            if let (Some(Token::Sign('.' | ',')), Some(Token::Number(_, 1..=9))) = (self.peek(0), self.peek(1))
                && self.text.contains(':')
                && self.has_date()
            {
                self.at += 2;
            }
        }
        if let Some(Token::Word(half @ ("am" | "pm"))) = self.peek(0) {
            self.at += 1;
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if half == "pm" { 12 } else { 0 };
        }
        self.time = Some(time(hour, minute, second)?);
        self.zone_behind()
    }

    fn zone_behind(&mut self) -> Option<bool> {
        match self.peek(0) {
            Some(Token::Sign(sign @ ('+' | '-' | '\u{2212}'))) => {
                let mut written = String::from(sign);
                let mut at = 1;
                if let Some(Token::Number(number, len)) = self.peek(at) {
                    // Writing to a string cannot fail.
                    let _ = write!(written, "{number:0len$}");
                    at += 1;
                    if let (Some(Token::Sign(':')), Some(Token::Number(number, len))) =
                        (self.peek(at), self.peek(at + 1))
                    {
                        let _ = write!(written, ":{number:0len$}");
                        at += 2;
                    }
                    if let Some(offset) = zone(&written) {
                        self.offset = Some(offset);
                        self.at += at;
                    }
                }
                Some(true)
            }
            Some(Token::Word(name)) => {
                let signed = match (self.peek(1), self.peek(2)) {
                    (Some(Token::Sign(sign @ ('+' | '-'))), Some(Token::Number(number, len @ (1 | 2 | 4)))) => {
                        format!("{name}{sign}{number:0len$}")
                    }
                    _ => name.to_owned(),
                };
                if let Some(offset) = zone(&signed) {
                    self.offset = Some(offset);
                    self.at += if signed.len() == name.len() { 1 } else { 3 };
                    return Some(true);
                }
                // A last short word is a zone that is not known: hours wrong is wrong.
                let is_last = self.at + 1 == self.tokens.len();
                (!(is_last && name.len() <= 5 && month(name).is_none() && weekday(name).is_none())).then_some(true)
            }
            _ => Some(true),
        }
    }
}

pub(super) fn month(word: &str) -> Option<u32> {
    Some(match word {
        "jan" | "janv" | "january" | "janvier" => 1,
        "feb" | "fev" | "fevr" | "february" | "fevrier" => 2,
        "mar" | "mars" | "march" => 3,
        "apr" | "avr" | "april" | "avril" => 4,
        "may" | "mai" => 5,
        "jun" | "june" | "juin" => 6,
        "jul" | "july" | "juil" | "juillet" => 7,
        "aug" | "aou" | "august" | "aout" => 8,
        "sep" | "sept" | "september" | "septembre" => 9,
        "oct" | "october" | "octobre" => 10,
        "nov" | "november" | "novembre" => 11,
        "dec" | "december" | "decembre" => 12,
        _ => return None,
    })
}

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "mon" | "monday" | "lun" | "lundi" => Weekday::Monday,
        "tue" | "tues" | "tuesday" | "mar" | "mardi" => Weekday::Tuesday,
        "wed" | "weds" | "wednesday" | "mer" | "mercredi" => Weekday::Wednesday,
        "thu" | "thur" | "thurs" | "thursday" | "jeu" | "jeudi" => Weekday::Thursday,
        "fri" | "friday" | "ven" | "vendredi" => Weekday::Friday,
        "sat" | "saturday" | "sam" | "samedi" => Weekday::Saturday,
        "sun" | "sunday" | "dim" | "dimanche" => Weekday::Sunday,
        _ => return None,
    })
}

/// Words that stand before a date and say nothing about it.
fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "le" | "la"
            | "a"
            | "at"
            | "on"
            | "of"
            | "de"
            | "du"
            | "d"
            | "the"
            | "date"
            | "les"
            | "en"
            | "in"
            | "vers"
            | "post"
            | "poste"
            | "postee"
            | "posted"
            | "publie"
            | "publiee"
            | "published"
            | "publication"
            | "ecrit"
            | "ecrite"
            | "envoye"
            | "message"
            | "mis"
            | "ligne"
            | "updated"
            | "created"
            | "cree"
            | "et"
            | "and"
            | "er"
            | "st"
            | "nd"
            | "rd"
            | "th"
    )
}

/// RFC 2822, section 4.3: two digits up to 49 are this century's; stretched to 68 as POSIX does.
pub(super) const fn short_year(year: u32) -> u32 {
    if year <= 68 { 2000 + year } else { 1900 + year }
}
