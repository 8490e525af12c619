//! Spikes in simulated streams with fixed seeds: rhythms of day and week, past bursts, growth. The long
//! simulation, with its figures, is `benches/spikes.rs`.

use jiff::tz::TimeZone;

use super::*;
use crate::alert::rule::Of;

const RULE: SpikeRule = SpikeRule {
    of: Of::Volume,
    window: Duration::from_hours(1),
    baseline: Duration::from_hours(28 * 24),
    sensitivity: Sensitivity::Normal,
    cooldown: Duration::from_hours(1),
};
const DAY: i64 = 24 * HOUR;

fn begin() -> i64 {
    slot("2026-06-01T00:00:00Z".parse().unwrap())
}

/// xorshift64*, and Poisson by multiplication.
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

/// Mentions expected in an hour after the beginning: lively afternoons, calm nights and week-ends.
fn rhythm(mean: f64, hour: i64) -> f64 {
    let daily = 1.0 + 0.6 * ((hour % 24 - 15) as f64 / 24.0 * std::f64::consts::TAU).cos();
    mean * daily * if (hour / 24) % 7 >= 5 { 0.8 } else { 1.08 }
}

fn stream(chance: &mut Chance, hours: i64, rate: impl Fn(i64) -> f64) -> Counts {
    let mut counts = Counts::new();
    for at in 0..hours * HOUR {
        let count = chance.poisson(rate(at / HOUR) / HOUR as f64);
        if count > 0 {
            counts.insert(begin() + at, count);
        }
    }
    counts
}

fn learn(counts: &Counts, hour: i64) -> Option<Baseline> {
    Baseline::learn(counts, start(begin()), RULE.baseline, start(begin() + hour * HOUR), &TimeZone::UTC)
}

/// The minutes after which a spike of an hour is found, were the hour multiplied.
fn found(counts: &Counts, baseline: &Baseline, hour: i64) -> Option<i64> {
    let from = begin() + hour * HOUR;
    (0..HOUR)
        .find(|step| {
            let seen: Counts = counts.range(..=from + step).map(|(slot, count)| (*slot, *count)).collect();
            baseline.spike(&seen, from + step, &RULE, &TimeZone::UTC).is_some()
        })
        .map(|step| (step + 1) * SLOT / 60)
}

#[test]
fn a_tripled_hour_is_found_by_its_end_from_ten_on_and_sooner_where_more_is_said() {
    let mut chance = Chance(0x5EED_0001);
    for (mean, minutes) in [(12.0, 60), (45.0, 30), (110.0, 15)] {
        let (mut tried, mut in_time) = (0, 0);
        for _ in 0..3 {
            let usual = stream(&mut chance, 35 * 24, |hour| rhythm(mean, hour));
            for hour in (28 * 24..35 * 24).step_by(5) {
                let expected = rhythm(mean, hour);
                if expected < if minutes == 60 { 10.0 } else { mean * 0.9 } {
                    continue;
                }
                let mut counts = usual.clone();
                for step in 0..HOUR {
                    let more = chance.poisson(2.0 * expected / HOUR as f64);
                    *counts.entry(begin() + hour * HOUR + step).or_default() += more;
                }
                let baseline = learn(&counts, hour).unwrap();
                tried += 1;
                in_time += usize::from(found(&counts, &baseline, hour).is_some_and(|after| after <= minutes));
            }
        }
        assert!(tried >= 40, "{tried}");
        assert!(in_time * 100 >= tried * 95, "{mean}: {in_time} of {tried} within {minutes} min");
    }
}

#[test]
fn chance_alone_growth_and_past_bursts_cost_at_most_one_alert_a_month() {
    type Rate = fn(i64) -> f64;
    let streams: [(&str, Rate); 4] = [
        ("calm", |hour| rhythm(1.5, hour)),
        ("lively", |hour| rhythm(20.0, hour)),
        ("growing by a third a month", |hour| rhythm(10.0, hour) * (hour as f64 / (28.0 * 24.0) * 0.285).exp()),
        ("after bursts", |hour| rhythm(10.0, hour) * if hour < 28 * 24 && hour % 97 == 13 { 12.0 } else { 1.0 }),
    ];
    let mut chance = Chance(0x5EED_0002);
    let (mut alerts, mut months) = (0, 0);
    for (name, rate) in streams {
        let counts = stream(&mut chance, 56 * 24, rate);
        let mut told = Told::default();
        let mut of_stream = 0;
        let mut baseline = None;
        for at in 28 * DAY..56 * DAY {
            if at % (6 * HOUR) == 0 {
                baseline = learn(&counts, at / HOUR);
            }
            let now = start(begin() + at);
            let known = baseline.as_ref().unwrap();
            if !told.cools(&RULE, now) && known.spike(&counts, begin() + at, &RULE, &TimeZone::UTC).is_some() {
                told.at = Some(now);
                of_stream += 1;
            }
        }
        assert!(of_stream <= 3, "{name}: {of_stream} in a month");
        alerts += of_stream;
        months += 1;
    }
    assert!(alerts <= months, "{alerts} in {months} months");
}

#[test]
fn what_is_usual_follows_slow_growth_up_to_now() {
    let mut chance = Chance(0x5EED_0006);
    for growth in [0.285_f64, 0.0, -0.288] {
        let (mut expected, mut true_rate) = (0.0, 0.0);
        for _ in 0..8 {
            let rate = |hour: i64| rhythm(50.0, hour) * (hour as f64 / (28.0 * 24.0) * growth).exp();
            // From a Monday's and from a Thursday's beginning on: the last week's growth is no louder Sunday.
            for days in [28, 31] {
                let counts = stream(&mut chance, days * 24, rate);
                let baseline = learn(&counts, days * 24).unwrap();
                for hour in days * 24..(days + 1) * 24 {
                    expected += baseline.expect(begin() + hour * HOUR, HOUR, &TimeZone::UTC).0;
                    true_rate += rate(hour);
                }
            }
        }
        let ratio = expected / true_rate;
        assert!((0.98..1.02).contains(&ratio), "{growth}: {ratio}");
    }
}

#[test]
fn a_young_brand_has_its_mean_and_a_younger_one_nothing() {
    let mut chance = Chance(0x5EED_0003);
    let counts = stream(&mut chance, 24 * 3, |_| 10.0);
    assert_eq!(learn(&counts, 23), None);
    let young = learn(&counts, 60).unwrap();
    let (mean, _) = young.expect(begin() + 60 * HOUR, HOUR, &TimeZone::UTC);
    assert!((8.0..12.0).contains(&mean), "{mean}");
    let late =
        Baseline::learn(&counts, start(begin() + 50 * HOUR), RULE.baseline, start(begin() + 60 * HOUR), &TimeZone::UTC);
    assert_eq!(late, None, "what came before it was watched is not its usual");
}

#[test]
fn few_mentions_are_no_spike_however_quiet_the_brand() {
    let baseline = learn(&Counts::new(), 28 * 24).unwrap();
    let from = begin() + 28 * DAY;
    let of = |count| Counts::from([(from, count)]);
    assert_eq!(baseline.spike(&of(4), from, &RULE, &TimeZone::UTC), None);
    let spike = baseline.spike(&of(5), from, &RULE, &TimeZone::UTC).unwrap();
    assert_eq!(spike.count, 5);
}

#[test]
fn sensitivity_orders_what_is_a_spike() {
    let mut chance = Chance(0x5EED_0004);
    let counts = stream(&mut chance, 28 * 24, |hour| rhythm(20.0, hour));
    let baseline = learn(&counts, 28 * 24).unwrap();
    let from = begin() + 28 * DAY;
    let least = |sensitivity| {
        let rule = SpikeRule { sensitivity, ..RULE };
        (5..500).find(|count| baseline.spike(&Counts::from([(from, *count)]), from, &rule, &TimeZone::UTC).is_some())
    };
    let [low, normal, high] = [Sensitivity::Low, Sensitivity::Normal, Sensitivity::High].map(least);
    assert!(high < normal && normal < low, "{high:?} {normal:?} {low:?}");
}

#[test]
fn a_flow_that_dries_up_is_noticed_and_a_quiet_night_is_not() {
    let mut chance = Chance(0x5EED_0005);
    let counts = stream(&mut chance, 28 * 24, |hour| rhythm(12.0, hour));
    let baseline = learn(&counts, 28 * 24).unwrap();
    let end = begin() + 28 * DAY;
    let at = |hours: i64| baseline.silence(&counts, start(end + hours * HOUR), &TimeZone::UTC);
    assert_eq!(at(1), None, "five are usual in an hour of the night: none is no wonder");
    let dry = at(6).unwrap();
    assert!(dry.usual > 14.0 && dry.since <= end, "{dry:?}");
    let rare = stream(&mut chance, 28 * 24, |_| 0.2);
    let baseline = learn(&rare, 28 * 24).unwrap();
    assert_eq!(baseline.silence(&rare, start(end + 12 * HOUR), &TimeZone::UTC), None);
}

#[test]
fn late_arrivals_are_looked_at_and_what_was_told_is_not_told_again() {
    let now = start(begin() + 1_000);
    let fresh = Told::default();
    assert_eq!(fresh.ends(Some(begin() + 990), &RULE, now), begin() + 990..=begin() + 1_000);
    assert_eq!(fresh.ends(Some(begin()), &RULE, now), begin() + 1_000 - DAY..=begin() + 1_000);
    let told = Told { at: Some(start(begin() + 980)) };
    assert!(told.cools(&RULE, start(begin() + 991)) && !told.cools(&RULE, now));
    assert_eq!(told.ends(Some(begin() + 900), &RULE, now), begin() + 992..=begin() + 1_000);
    let ahead = Told { at: Some(start(begin() + 5_000)) };
    assert!(!ahead.cools(&RULE, now), "a clock that was set back silences nothing");
}

#[test]
fn spikes_of_one_event_begin_with_its_first_and_another_event_with_its_own() {
    let hour = |hour: i64| start(begin() + hour * HOUR);
    let told: Vec<(Timestamp, String)> = [0, 20, 40, 100].map(|at| (hour(at), format!("s{at}"))).into();
    for (at, first) in [(0, Some("s0")), (1, Some("s0")), (60, Some("s0")), (65, None), (99, None), (124, Some("s100"))]
    {
        let before: Vec<_> = told.iter().filter(|(of, _)| *of <= hour(at)).cloned().collect();
        assert_eq!(first_of_run(&before, hour(at)), first, "{at}");
    }
    assert_eq!(first_of_run(&[], hour(0)), None);
}

#[test]
fn a_plain_rise_of_volume_is_not_over_the_usual_share_and_more_blame_is() {
    let from = begin() + 28 * DAY;
    let hours = |each: u32| -> Counts { (0..28 * 24).map(|hour| (begin() + hour * HOUR, each)).collect() };
    for (all, negative, is_over) in [(60, 15, false), (60, 21, false), (60, 24, true), (12, 3, false), (20, 20, true)] {
        let (mut volume, mut blame) = (hours(12), hours(3));
        volume.insert(from, all);
        blame.insert(from, negative);
        let spike = Spike { from, slots: HOUR, count: negative, usual: 3.0, chance: 1e-6 };
        let share = Share::of(&volume, &blame, &spike, RULE.baseline).unwrap();
        assert!((share.usual - 0.25).abs() < 1e-9, "{share:?}");
        assert_eq!(share.is_over(), is_over, "{share:?}");
    }
    let all_blame = Share { all: 60, negative: 60, usual: 1.0 };
    assert!(all_blame.is_over(), "a brand that only complaints are about has crises too");
    let spike = Spike { from, slots: HOUR, count: 9, usual: 0.1, chance: 1e-6 };
    let fresh = Counts::from([(from, 9)]);
    assert_eq!(Share::of(&fresh, &fresh, &spike, RULE.baseline), None, "nothing came before: there is no usual share");
}
