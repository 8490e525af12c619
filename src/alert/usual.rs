//! What is usual for a brand, hour by hour of the week, learnt from its own hours. Owns the model; what is
//! unusual is `spike`'s.
//!
//! The expected count of an hour is mean × hour of day × day of week × hour of week × level. Each factor is
//! shrunk towards 1 as far as chance alone explains its spread (empirical Bayes: the weight of what was seen is
//! real variance / (real variance + chance)), so that four samples of an hour of the week weigh what four
//! samples are worth. The level is that of the last three days: slow growth is no news. Hours far over what was
//! expected of them (past spikes) teach nothing.

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
        let mut teaches = vec![true; hours.len()];
        let mut model = Model::fit(hours, &tame(hours), &teaches, rhythm, 0.0);
        let counts: Vec<f64> = hours.iter().map(|hour| f64::from(hour.count)).collect();
        for _ in 0..TURNS {
            for ((teaches, hour), count) in teaches.iter_mut().zip(hours).zip(&counts) {
                *teaches = *count <= model.most(hour.of_week);
            }
            model = Model::fit(hours, &counts, &teaches, rhythm, model.spread);
        }
        let recent = hours.len().saturating_sub(RECENT);
        let lasts = || hours[recent..].iter();
        let seen: f64 = lasts().map(|hour| f64::from(hour.count).min(model.most(hour.of_week))).sum();
        let expected: f64 = lasts().map(|hour| model.rate(hour.of_week)).sum();
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
    fn most(&self, of_week: usize) -> f64 {
        let rate = self.rate(of_week);
        rate + 4.0 * (rate + self.spread * rate * rate).sqrt() + 2.0
    }

    fn fit(hours: &[Hour], counts: &[f64], teaches: &[bool], rhythm: bool, spread: f64) -> Self {
        let samples: Vec<(usize, f64)> = hours
            .iter()
            .zip(counts)
            .zip(teaches)
            .filter(|(_, teaches)| **teaches)
            .map(|((hour, count), _)| (hour.of_week % WEEK, *count))
            .collect();
        let mean = samples.iter().map(|(_, count)| count).sum::<f64>() / samples.len().max(1) as f64;
        let mut rates = vec![mean; WEEK];
        if rhythm {
            for group in [|of_week: usize| of_week % 24, |of_week| of_week / 24, |of_week| of_week] {
                shrink(&mut rates, &samples, spread, group);
            }
        }
        // The variance over Poisson's, less what chance makes of it in so many hours.
        let (mut over, mut noise, mut weight) = (0.0, 0.0, 0.0);
        for (of_week, count) in &samples {
            let rate = rates[*of_week];
            over += (count - rate).powi(2) - rate;
            noise += 2.0 * rate * rate + rate;
            weight += rate * rate;
        }
        let spread = if weight > 0.0 { ((over - 0.5 * noise.sqrt()) / weight).max(0.0) } else { 0.0 };
        Self { rates, spread }
    }
}

/// Multiplies the rates of each group of hours by what its samples say, as far as they say more than chance.
fn shrink(rates: &mut [f64], samples: &[(usize, f64)], spread: f64, group: fn(usize) -> usize) {
    let mut seen = vec![0.0; WEEK];
    let mut expected = vec![0.0; WEEK];
    let mut chance = vec![0.0; WEEK];
    for (of_week, count) in samples {
        let (group, rate) = (group(*of_week), rates[*of_week]);
        seen[group] += count;
        expected[group] += rate;
        chance[group] += rate + spread * rate * rate;
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
