//! Hostile dates, in each order and language, with a form of their own and without.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::tz::TimeZone;
use vigie::text::date::format::Format;
use vigie::text::date::{Context, Order};

use crate::bounds::Case;
use crate::readers::now;

fn read(text: &str) {
    let form = Format::parse("DD/MM/YYYY HH:mm").ok().map(Arc::new);
    for order in [Order::DayFirst, Order::MonthFirst] {
        for format in [None, form.clone()] {
            let zone = TimeZone::get("Europe/Paris").expect("a zone");
            let context = Context { now: now(), zone, order, format };
            if let Some(found) = context.read(text) {
                let year = found.to_zoned(TimeZone::UTC).year();
                assert!((1990..=2026).contains(&year), "{text:?} is {found}");
            }
        }
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn()| cases.push(Case::new(name, run));
    case("a million digits", || {
        for sign in ["9", "0", "-", ":", "/", ".", "T", " ", "+", "\u{661}", "９", "Z", ",", "é"] {
            read(&sign.repeat(1_000_000));
        }
    });
    case("words without end", || {
        for word in
            ["il y a ", "janvier ", "May ", "hier ", "lundi ", "1er ", "ago ", "12:30 ", "2026-11-21 ", "21/11/2026 "]
        {
            read(&word.repeat(50_000));
        }
    });
    case("times beyond all times", || {
        for text in [
            "99999999999999999999999999",
            "-9223372036854775808",
            "9223372036854775807",
            "1e308",
            "NaN",
            "inf",
            "0000-00-00T00:00:00Z",
            "9999-12-31T23:59:60Z",
            "2026-13-45T99:99:99+99:99",
            "2026-02-30",
            "31/02/2026",
            "il y a 99999999999999999999 ans",
            "99999999999 years ago",
            "dans 9e9 jours",
            "-5 minutes ago",
            "-262144-01-01",
            "+262143-12-31",
            "2026-W99-9",
            "2026-366",
            "24:00",
            "00:00:00.99999999999999999999",
            "2026-11-21T10:00:00[Nowhere/Here]",
            "2026-11-21T10:00:00+23:59",
            "2026-11-21T10:00:00-00:00",
            "2026-03-29 02:30",
            "2026-10-25 02:30",
            "\u{202E}2026-11-21",
            "2026\u{0}-11-21",
            "²⁰²⁶-11-21",
            "２０２６-11-21",
            "Mon, 99 Foo 99999 99:99:99 GMT",
            "12am",
            "25pm",
            "00/00/00",
            "////",
            "::::",
            "T",
            "Z",
            "+",
            "-",
            ".",
            "",
        ] {
            read(text);
        }
    });
    case("pieces of dates in every order", || {
        let pieces = [
            "21", "11", "2026", "/", "-", ".", ":", "T", "Z", "+0100", "nov.", "novembre", "samedi", "à", "h", "10",
            "PM", "il y a", "2", "heures", "hier", "ago", " ", ",", "99", "000",
        ];
        let mut seed = 11_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..8 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let _ = write!(text, "{}", pieces[(seed >> 40) as usize % pieces.len()]);
            }
            read(&text);
        }
    });
    case("numbers of every size as seconds since 1970", || {
        let context = Context { now: now(), zone: TimeZone::UTC, order: Order::DayFirst, format: None };
        for shift in 0..64 {
            for number in [1_i64 << shift, (1_i64 << shift).wrapping_neg(), (1_i64 << shift).wrapping_sub(1)] {
                let _ = context.from_unix(number);
                read(&number.to_string());
            }
        }
    });
    case("forms without end", || {
        for form in ["D", "YYYY", "[", "]", "\\", "é", "DD/", "HH:mm:ss ", "MMMM", "'", "%", "\u{0}"] {
            if let Ok(format) = Format::parse(&form.repeat(2_000)) {
                let (zone, format) = (TimeZone::UTC, Some(Arc::new(format)));
                let _ = Context { now: now(), zone, order: Order::DayFirst, format }.read(&"21/11/2026 ".repeat(5_000));
            }
        }
    });
    cases
}
