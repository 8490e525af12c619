//! Things timed in turns, so that a busy machine slows all of them alike, and what of them is wanted.

use std::time::Instant;

/// Something timed, in seconds a round.
struct Timed<'a> {
    name: String,
    run: Box<dyn FnMut() + 'a>,
    rounds: Vec<f64>,
}

/// What is measured in turns.
#[derive(Default)]
pub(crate) struct Turns<'a>(Vec<Timed<'a>>);

impl<'a> Turns<'a> {
    pub(crate) fn add(&mut self, name: impl Into<String>, run: impl FnMut() + 'a) {
        self.0.push(Timed { name: name.into(), run: Box::new(run), rounds: Vec::new() });
    }

    /// Each once to warm up, then all in turns.
    pub(crate) fn run(mut self, rounds: usize) -> Medians {
        for round in 0..=rounds {
            for timed in &mut self.0 {
                let start = Instant::now();
                (timed.run)();
                if round > 0 {
                    timed.rounds.push(start.elapsed().as_secs_f64());
                }
            }
        }
        Medians(self.0.into_iter().map(|timed| (timed.name, median(timed.rounds))).collect())
    }
}

pub(crate) fn median(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_unstable_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

pub(crate) struct Medians(Vec<(String, f64)>);

impl Medians {
    pub(crate) fn of(&self, name: &str) -> f64 {
        self.0.iter().find(|(known, _)| known == name).expect("was measured").1
    }

    /// How many times as fast as `other`.
    pub(crate) fn times(&self, name: &str, other: &str) -> f64 {
        self.of(other) / self.of(name)
    }

    /// Each with its seconds a round.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, seconds)| (name.as_str(), *seconds))
    }
}

pub(crate) fn wanted(what: &str, found: f64, wanted: &str) {
    println!("  {what:60} {found:7.2}   wanted {wanted}");
}
