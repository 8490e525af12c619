//! What is usual for a brand, hour by hour of the week, learnt from its own hours. Owns the model; what is
//! unusual is `spike`'s.
//!
//! The expected count of an hour is mean × hour of day × day of week × hour of week × level. Each factor is
//! shrunk towards 1 as far as chance alone explains its spread (empirical Bayes: the weight of what was seen is
//! real variance / (real variance + chance)), so that four samples of an hour of the week weigh what four
//! samples are worth. Before that each hour is made what it would be now, by the growth of the later weeks over the
//! earlier ones, as far as that is more than chance and life: slow growth is no news, and a Sunday that closes a
//! growing week is not a loud day for it. The level is that of the last three days. Hours far over what was expected
//! of them (past spikes) teach nothing.

/// Hours in a week.
pub const WEEK: usize = 168;
/// A brand younger than this has no usual.
pub const YOUNGEST: usize = 24;
/// Hours whose level is that of now.
const RECENT: usize = 72;
/// Mentions' worth of doubt in the level.
const LEVEL_WEIGHT: f64 = 15.0;
/// The model and what it cuts back are found in turns.
const TURNS: usize = 4;
/// How much a week's volume differs from the next by life alone: less growth than that is none.
const LIFE: f64 = 0.05;
/// Growth of the later half of the weeks over the earlier, as a logarithm, that is taken for growth at most: twofold.
const FASTEST: f64 = 0.7;

/// One hour of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// Monday 00:00 is 0; of the local clock.
    pub of_week: usize,
    /// Mentions in it.
    pub count: u32,
}

/// What is usual.
#[derive(Debug, Clone, PartialEq)]
pub struct Usual {
    rates: Vec<f64>,
    /// Relative variance of the rates: of life, and of what few samples do not tell.
    dispersions: Vec<f64>,
}

impl Usual {
    /// Learns from whole hours in order, the last one just over; `None` from less than a day of them. From less
    /// than a week their mean alone is learnt.
    #[must_use]
    pub fn learn(hours: &[Hour]) -> Option<Self> {
        if hours.len() < YOUNGEST {
            return None;
        }
        let rhythm = hours.len() >= WEEK;
        let tamed = tame(hours);
        let drift = drift(&tamed);
        let mut samples: Vec<Sample> = hours
            .iter()
            .zip(tamed)
            .enumerate()
            .map(|(at, (hour, count))| {
                let scale = (drift * (hours.len() - at) as f64).exp();
                Sample { of_week: hour.of_week % WEEK, count: count * scale, scale, teaches: true }
            })
            .collect();
        let mut model = Model::fit(&samples, rhythm, 0.0);
        for (sample, hour) in samples.iter_mut().zip(hours) {
            sample.count = f64::from(hour.count) * sample.scale;
        }
        for _ in 0..TURNS {
            for sample in &mut samples {
                sample.teaches = sample.count <= model.most(sample);
            }
            model = Model::fit(&samples, rhythm, model.spread);
        }
        let recent = &samples[samples.len().saturating_sub(RECENT)..];
        let seen: f64 = recent.iter().map(|sample| sample.count.min(model.most(sample))).sum();
        let expected: f64 = recent.iter().map(|sample| model.rate(sample.of_week)).sum();
        let level = if rhythm { ((seen + LEVEL_WEIGHT) / (expected + LEVEL_WEIGHT)).clamp(0.4, 2.5) } else { 1.0 };
        let rates: Vec<f64> = (0..WEEK).map(|of_week| level * model.rate(of_week)).collect();
        // What the samples behind a factor leave open is as good as life's own spread.
        let doubt = |of_week: usize| {
            let days = hours.iter().filter(|hour| hour.of_week % 24 == of_week % 24).count() as f64;
            (1.0 / (rates[of_week] + 0.1) + model.spread) / days + 1.0 / (seen + LEVEL_WEIGHT)
        };
        let dispersions = (0..WEEK).map(|of_week| model.spread + doubt(of_week)).collect();
        Some(Self { rates, dispersions })
    }

    /// Mentions expected in an hour of the week.
    #[must_use]
    pub fn rate(&self, of_week: usize) -> f64 {
        self.rates[of_week % WEEK]
    }

    /// The relative variance of that rate.
    #[must_use]
    pub fn dispersion(&self, of_week: usize) -> f64 {
        self.dispersions[of_week % WEEK]
    }
}

/// An hour of the past, as it would be now.
struct Sample {
    of_week: usize,
    count: f64,
    /// What growth made of one mention since.
    scale: f64,
    teaches: bool,
}

/// Growth by the hour, as a logarithm: the later half of the whole weeks against the earlier, shrunk by what chance
/// and life make of it (James and Stein's positive part). None from less than two weeks.
fn drift(counts: &[f64]) -> f64 {
    let weeks = counts.len() / (2 * WEEK);
    if weeks == 0 {
        return 0.0;
    }
    let half = weeks * WEEK;
    let (earlier, later) = counts[counts.len() - 2 * half..].split_at(half);
    let (earlier, later): (f64, f64) = (earlier.iter().sum(), later.iter().sum());
    if earlier < 1.0 || later < 1.0 {
        return 0.0;
    }
    let growth = (later / earlier).ln();
    let doubt = 1.0 / earlier + 1.0 / later + 2.0 * LIFE * LIFE / weeks as f64;
    let sure = (1.0 - doubt / (growth * growth).max(f64::MIN_POSITIVE)).max(0.0);
    sure * growth.clamp(-FASTEST, FASTEST) / half as f64
}

/// The counts, cut back to what the same hour of other days makes plausible: a first model must not be one of
/// past spikes.
fn tame(hours: &[Hour]) -> Vec<f64> {
    let mut by_hour: Vec<Vec<u32>> = vec![Vec::new(); 24];
    for hour in hours {
        by_hour[hour.of_week % 24].push(hour.count);
    }
    let most: Vec<f64> = by_hour
        .iter_mut()
        .map(|counts| {
            counts.sort_unstable();
            counts.get(counts.len() / 2).map_or(0.0, |median| 3.0 * f64::from(*median) + 5.0)
        })
        .collect();
    hours.iter().map(|hour| f64::from(hour.count).min(most[hour.of_week % 24])).collect()
}

/// The factors, without the level.
struct Model {
    rates: Vec<f64>,
    spread: f64,
}

impl Model {
    fn rate(&self, of_week: usize) -> f64 {
        self.rates[of_week % WEEK]
    }

    /// What an hour may count without being a spike.
    fn most(&self, sample: &Sample) -> f64 {
        let rate = self.rate(sample.of_week);
        rate + 4.0 * (rate * sample.scale + self.spread * rate * rate).sqrt() + 2.0
    }

    fn fit(samples: &[Sample], rhythm: bool, spread: f64) -> Self {
        let samples: Vec<&Sample> = samples.iter().filter(|sample| sample.teaches).collect();
        let mean = samples.iter().map(|sample| sample.count).sum::<f64>() / samples.len().max(1) as f64;
        let mut rates = vec![mean; WEEK];
        if rhythm {
            for group in [|of_week: usize| of_week % 24, |of_week| of_week / 24, |of_week| of_week] {
                shrink(&mut rates, &samples, spread, group);
            }
        }
        // The variance over Poisson's (of a scaled count, scale × rate), less what chance makes of it in so many hours.
        let (mut over, mut noise, mut weight) = (0.0, 0.0, 0.0);
        for sample in &samples {
            let (rate, scale) = (rates[sample.of_week], sample.scale);
            over += (sample.count - rate).powi(2) - rate * scale;
            noise += 2.0 * (rate * scale).powi(2) + rate * scale.powi(3);
            weight += rate * rate;
        }
        let spread = if weight > 0.0 { ((over - 0.5 * noise.sqrt()) / weight).max(0.0) } else { 0.0 };
        Self { rates, spread }
    }
}

/// Multiplies the rates of each group of hours by what its samples say, as far as they say more than chance.
fn shrink(rates: &mut [f64], samples: &[&Sample], spread: f64, group: fn(usize) -> usize) {
    let mut seen = vec![0.0; WEEK];
    let mut expected = vec![0.0; WEEK];
    let mut chance = vec![0.0; WEEK];
    for sample in samples {
        let (group, rate) = (group(sample.of_week), rates[sample.of_week]);
        seen[group] += sample.count;
        expected[group] += rate;
        chance[group] += rate * sample.scale + spread * rate * rate;
    }
    let groups: Vec<usize> = (0..WEEK).filter(|group| expected[*group] > 0.0).collect();
    let over: f64 = groups.iter().map(|&at| (seen[at] - expected[at]).powi(2) - chance[at]).sum();
    let weight: f64 = groups.iter().map(|&at| expected[at] * expected[at]).sum();
    // Nothing but chance: the rates stay.
    if over <= 0.0 || weight <= 0.0 {
        return;
    }
    let real = over / weight;
    for (of_week, rate) in rates.iter_mut().enumerate() {
        let at = group(of_week);
        if expected[at] > 0.0 {
            let doubt = chance[at] / (expected[at] * expected[at]);
            *rate *= 1.0 + real / (real + doubt) * (seen[at] / expected[at] - 1.0);
        }
    }
}
