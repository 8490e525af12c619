//! How many tripled hours are found, how soon, and how many false alerts chance alone costs: months of simulated
//! streams with fixed seeds. `cargo bench --bench spikes -- 20` simulates twenty months a stream.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use vigie::alert::rule::{Of, Sensitivity, SpikeRule};
use vigie::alert::spike::{Baseline, Counts, Told, slot, start};

const RULE: SpikeRule = SpikeRule {
    of: Of::Volume,
    window: Duration::from_hours(1),
    baseline: Duration::from_hours(28 * 24),
    sensitivity: Sensitivity::Normal,
    cooldown: Duration::from_hours(1),
};
const MONTH: i64 = 28 * 24;

/// xorshift64*.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn poisson(&mut self, mean: f64) -> u32 {
        let (limit, mut product, mut count) = ((-mean).exp(), self.next(), 0);
        while product > limit {
            product *= self.next();
            count += 1;
        }
        count
    }
}

/// A lively afternoon, a calm night, a calmer week-end.
fn rhythm(hour: i64) -> f64 {
    let daily = 1.0 + 0.75 * ((hour % 24 - 15) as f64 / 24.0 * std::f64::consts::TAU).cos();
    daily * if (hour / 24) % 7 >= 5 { 0.8 } else { 1.08 }
}

/// The same all week.
const fn flat(_: i64) -> f64 {
    1.0
}

/// How many times as much as at the end of the first month.
type Growth = fn(i64) -> f64;

/// Found of tried, in a band of expected counts.
#[derive(Default, Clone, Copy)]
struct Band {
    tried: u32,
    by_end: u32,
    by_half: u32,
    by_quarter: u32,
}

fn main() {
    // cargo itself adds `--bench`; `--quick` is one month.
    let quick = std::env::args().any(|argument| argument == "--quick");
    let months: u32 = std::env::args().find_map(|text| text.parse().ok()).unwrap_or(if quick { 1 } else { 5 });
    println!("{months} months a stream");
    let growing: Growth = |hour| ((hour - MONTH) as f64 / MONTH as f64 * 0.285).exp();
    let streams: [(&str, Growth, Growth); 6] = [
        ("flat", flat, flat),
        ("flat, +33 %", flat, growing),
        ("rhythm", rhythm, flat),
        ("rhythm, +33 %", rhythm, growing),
        ("rhythm, −25 %", rhythm, |hour| ((hour - MONTH) as f64 / MONTH as f64 * -0.288).exp()),
        ("after bursts", rhythm, |hour| if hour < MONTH && hour % 113 < 2 { 9.0 } else { 1.0 }),
    ];
    let mut bands = [Band::default(); 4];
    println!("false alerts a month and brand, with 95 % intervals");
    for (name, rhythm, growth) in streams {
        for mean in [1.0, 5.0, 10.0, 15.0, 20.0, 50.0, 120.0] {
            let mut chance = Chance(0x5EED ^ f64::to_bits(mean) ^ name.len() as u64);
            let mut alerts = 0;
            for _ in 0..months {
                alerts += month(&mut chance, |hour| mean * rhythm(hour) * growth(hour), &mut bands);
            }
            let [rate, low, high] = rate(alerts, months);
            println!("{name:14} mean {mean:5}: {rate:.2} [{low:.2}, {high:.2}]");
        }
    }
    println!("found of tripled hours by the end / half / quarter of the hour, with 95 % intervals");
    for (band, name) in bands.iter().zip(["10 to 12", "12 to 40", "40 to 100", "100 and more"]) {
        let of = |found: u32| share(found, band.tried);
        let (end, half, quarter) = (of(band.by_end), of(band.by_half), of(band.by_quarter));
        println!("{name:13} an hour, {} tripled: {end} / {half} / {quarter}", band.tried);
    }
}

/// Alerts a month, and where that lies with 95 % by the variance of a Poisson count.
fn rate(alerts: u32, months: u32) -> [f64; 3] {
    let (count, months) = (f64::from(alerts), f64::from(months));
    // Of a count c, the interval (√(c + 3/8) ± 0.98)² − 3/8 (Anscombe).
    let bound = |side: f64| (((count + 0.375).sqrt() + side * 0.98).max(0.0).powi(2) - 0.375).max(0.0);
    [count / months, bound(-1.0) / months, bound(1.0) / months]
}

/// A share in percent with its Wilson interval.
fn share(found: u32, tried: u32) -> String {
    let (n, z) = (f64::from(tried.max(1)), 1.96_f64);
    let p = f64::from(found) / n;
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    format!("{:.1} % [{:.1}, {:.1}]", 100.0 * p, 100.0 * (middle - half).max(0.0), 100.0 * (middle + half).min(1.0))
}

/// A month to learn, a month to test; every ninth hour is tripled on a copy.
fn month(chance: &mut Chance, rate: impl Fn(i64) -> f64, bands: &mut [Band; 4]) -> u32 {
    let begin = slot("2026-06-01T00:00:00Z".parse::<Timestamp>().expect("a time"));
    let zone = TimeZone::UTC;
    let mut counts = Counts::new();
    for at in 0..2 * MONTH * 12 {
        let count = chance.poisson(rate(at / 12) / 12.0);
        if count > 0 {
            counts.insert(begin + at, count);
        }
    }
    let (mut told, mut alerts) = (Told::default(), 0);
    let mut usual = None;
    for hour in MONTH..2 * MONTH {
        let first = begin + hour * 12;
        if hour % 6 == 0 || usual.is_none() {
            usual = Baseline::learn(&counts, start(begin), RULE.baseline, start(first), &zone);
        }
        let Some(usual) = &usual else { continue };
        for last in first..first + 12 {
            let spike = usual.spike(&counts, last, &RULE, &zone);
            if !told.cools(&RULE, start(last)) && spike.is_some() {
                told.at = Some(start(last));
                alerts += 1;
            }
        }
        let expected = rate(hour);
        if hour % 9 != 0 || expected < 10.0 {
            continue;
        }
        let mut seen: Counts = counts.range(first - 24..first).map(|(slot, count)| (*slot, *count)).collect();
        let found = (first..first + 12).find(|last| {
            let count = counts.get(last).copied().unwrap_or(0) + chance.poisson(2.0 * expected / 12.0);
            seen.insert(*last, count);
            usual.spike(&seen, *last, &RULE, &zone).is_some()
        });
        let band = match expected {
            ..12.0 => 0,
            ..40.0 => 1,
            ..100.0 => 2,
            _ => 3,
        };
        let band = &mut bands[band];
        band.tried += 1;
        if let Some(last) = found {
            band.by_end += 1;
            band.by_half += u32::from(last - first < 6);
            band.by_quarter += u32::from(last - first < 3);
        }
    }
    alerts
}
