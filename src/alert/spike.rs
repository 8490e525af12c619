//! More than usual, or nothing where there was a steady flow. Owns the tests on counts by five minutes, their
//! thresholds and the cooldown; the usual is `usual`'s, the arithmetic `tail`'s.
//!
//! Tested are the clock hour so far, and the last 15, 30 and 60 minutes. A running window is held against what
//! is expected of the whole of it, so that it can be asked at any moment at no cost in false alerts. The
//! thresholds of [`Sensitivity::Normal`] cost at most one false alert a month and brand over all tests
//! together (`benches/spikes.rs` counts them): almost all of that is spent on the clock hour, where a tripled
//! hour of ten mentions is hardest to tell from chance; the shorter windows are asked for what is beyond doubt.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::rule::{Sensitivity, SpikeRule};
use super::tail;
use super::usual::{Hour, Usual};
use crate::mention::Mention;

/// Seconds of a slot.
pub const SLOT: i64 = 300;
/// Slots of an hour.
const HOUR: i64 = 12;
/// Fewer are no spike, however quiet the brand.
const FEWEST: u32 = 5;
/// Less over the usual is no news, however sure.
const FACTOR: f64 = 1.5;
/// A flow is steady when this many mentions were to be expected while none came: chance leaves none of them
/// once in a million.
const MISSED: f64 = 14.0;
/// And when it came on each of the last days.
const STEADY_DAYS: i64 = 7;
/// What was published longer ago tells nothing of now.
const RECENT: Duration = Duration::from_hours(24);
/// Windows are asked that ended so long ago: mentions may be found a day late.
const LATE: i64 = 24 * HOUR;
/// Silence is looked for as far back as this.
const SILENCE: i64 = 48;

/// Mentions by slot, those without one left out: slot (five minutes since 1970) → count.
pub type Counts = BTreeMap<i64, u32>;

/// The slot of a moment.
#[must_use]
pub fn slot(at: Timestamp) -> i64 {
    at.as_second().div_euclid(SLOT)
}

/// When a slot begins.
#[must_use]
pub fn start(slot: i64) -> Timestamp {
    Timestamp::from_second(slot.saturating_mul(SLOT)).unwrap_or(Timestamp::MAX)
}

/// The moment as of which a mention counts, if it does: its publication within a day of its finding, else, undated or
/// dated ahead, its finding.
#[must_use]
pub fn moment(mention: &Mention) -> Option<Timestamp> {
    // What was there before vigie watched, is edited or told again on the same page does not count.
    if mention.baseline || mention.repeat || mention.revision > 1 {
        return None;
    }
    match mention.published {
        Some(published) if published > mention.found => Some(mention.found),
        Some(published) => (published + RECENT >= mention.found).then_some(published),
        None => Some(mention.found),
    }
}

/// The mentions of some slots.
#[must_use]
pub fn sum(counts: &Counts, slots: std::ops::Range<i64>) -> u32 {
    counts.range(slots).map(|(_, count)| *count).fold(0, u32::saturating_add)
}

/// The first slot of any window that is asked `now`, where `changed` is the earliest that changed since.
#[must_use]
pub fn earliest(changed: Option<i64>, now: Timestamp) -> i64 {
    let last = slot(now);
    changed.unwrap_or(last).min(last).max(last - LATE) - HOUR
}

/// A count that is far over the usual.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spike {
    /// First slot of the window.
    pub from: i64,
    /// Its length in slots; the last of them may not be over.
    pub slots: i64,
    /// Mentions in it.
    pub count: u32,
    /// Mentions that are usual in it.
    pub usual: f64,
    /// The probability of so many by chance.
    pub chance: f64,
}

impl Spike {
    /// How many times the usual.
    #[must_use]
    pub fn factor(&self) -> f64 {
        f64::from(self.count) / self.usual.max(0.1)
    }

    /// When its window ends.
    #[must_use]
    pub fn until(&self) -> i64 {
        self.from + self.slots
    }
}

/// What became of a spike that was found; kept, so that it can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outcome {
    /// It was told.
    Told,
    /// It was found outside of the rule's hours: told at the opening.
    QuietHours,
    /// One was told a short while ago.
    Cooldown,
    /// Without what is muted it is none.
    Muted,
}

impl Outcome {
    /// The name of the contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Told => "Told",
            Self::QuietHours => "QuietHours",
            Self::Cooldown => "Cooldown",
            Self::Muted => "Muted",
        }
    }
}

/// What is usual for a brand, with the local clock that it was learnt on.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    usual: Usual,
    /// How long it was learnt.
    hours: usize,
}

/// The hour of the week of a slot's hour.
fn of_week(slot: i64, zone: &TimeZone) -> usize {
    let local = start(slot).to_zoned(zone.clone());
    local.weekday().to_monday_zero_offset() as usize * 24 + local.hour() as usize
}

/// The first slot of a slot's clock hour. Where the zone is off by half an hour, of the hour of UTC.
fn hour_of(slot: i64) -> i64 {
    slot.div_euclid(HOUR) * HOUR
}

impl Baseline {
    /// Learns from the whole hours of `span` before `now`, not from before the brand was watched, `since`.
    /// `None` from less than a day.
    #[must_use]
    pub fn learn(counts: &Counts, since: Timestamp, span: Duration, now: Timestamp, zone: &TimeZone) -> Option<Self> {
        let end = hour_of(slot(now));
        let oldest = slot(now.checked_sub(span).unwrap_or(Timestamp::MIN)).max(slot(since) + HOUR - 1);
        let mut at = hour_of(oldest);
        let mut hours = Vec::new();
        while at < end {
            let count = sum(counts, at..at + HOUR);
            hours.push(Hour { of_week: of_week(at, zone), count });
            at += HOUR;
        }
        Usual::learn(&hours).map(|usual| Self { usual, hours: hours.len() })
    }

    /// What is usual in a window, and the relative variance of that.
    fn expect(&self, from: i64, slots: i64, zone: &TimeZone) -> (f64, f64) {
        let (mut mean, mut dispersion) = (0.0, 0.0_f64);
        let mut at = from;
        while at < from + slots {
            let next = (hour_of(at) + HOUR).min(from + slots);
            let hour = of_week(at, zone);
            mean += self.usual.rate(hour) * (next - at) as f64 / HOUR as f64;
            dispersion = dispersion.max(self.usual.dispersion(hour));
            at = next;
        }
        (mean, dispersion)
    }

    /// Asks one window.
    fn ask(&self, counts: &Counts, from: i64, slots: i64, chance: f64, zone: &TimeZone) -> Option<Spike> {
        let count = sum(counts, from..from + slots);
        if count < FEWEST {
            return None;
        }
        let (usual, dispersion) = self.expect(from, slots, zone);
        if f64::from(count) < FACTOR * usual {
            return None;
        }
        let by_chance = tail::at_least(count, usual, dispersion);
        (by_chance < chance).then_some(Spike { from, slots, count, usual, chance: by_chance })
    }

    /// The least probable window that ends with `last`, if one is a spike.
    #[must_use]
    pub fn spike(&self, counts: &Counts, last: i64, rule: &SpikeRule, zone: &TimeZone) -> Option<Spike> {
        self.spike_if(counts, last, rule, zone, |_| true)
    }

    /// The same among the windows that pass a further test.
    #[must_use]
    pub fn spike_if(
        &self,
        counts: &Counts,
        last: i64,
        rule: &SpikeRule,
        zone: &TimeZone,
        passes: impl Fn(&Spike) -> bool,
    ) -> Option<Spike> {
        let ease = match rule.sensitivity {
            Sensitivity::Low => 0.1,
            Sensitivity::Normal => 1.0,
            Sensitivity::High => 4.0,
        };
        let longest = (rule.window.as_secs() as i64 / SLOT).clamp(3, HOUR);
        let end = last + 1;
        let sliding =
            [3, 6, 12].into_iter().filter(|slots| *slots <= longest).map(|slots| (end - slots, slots, SLIDING));
        // Short of an hour, the clock's own quarter or half takes the hour's place.
        let clock = last.div_euclid(longest) * longest;
        sliding
            .chain([(clock, longest, self.of_clock(clock, longest, zone))])
            .filter_map(|(from, slots, chance)| self.ask(counts, from, slots, chance * ease, zone))
            .filter(|spike| passes(spike))
            .min_by(|a, b| a.chance.total_cmp(&b.chance))
    }

    /// What a clock hour, or the quarter or half in its place, may cost.
    fn of_clock(&self, from: i64, slots: i64, zone: &TimeZone) -> f64 {
        let hours = slots as f64 / HOUR as f64;
        let (usual, _) = self.expect(from, slots, zone);
        CLOCK * hours * (PLENTY * hours / usual.max(1e-9)).powi(2).min(1.0)
    }

    /// Since when a flow that was steady is dry: the slot after the last mention.
    #[must_use]
    pub fn silence(&self, counts: &Counts, now: Timestamp, zone: &TimeZone) -> Option<Silence> {
        let (from, end) = (steady_until(counts, now)?, slot(now));
        if self.hours < STEADY_DAYS as usize * 24 {
            return None;
        }
        let (usual, dispersion) = self.expect(from, end - from, zone);
        // With an uncertain rate even none is less of a wonder: (1 + dm)^(−1/d) for e^(−m).
        let evidence = if dispersion < 1e-9 { usual } else { (dispersion * usual).ln_1p() / dispersion };
        (evidence >= MISSED).then_some(Silence { since: from, usual })
    }
}

/// The first slot without a mention, where for an hour or more, two days at most, there was none, and some on each of
/// the seven days before: what is asked of counts alone, before anything is learnt.
#[must_use]
pub fn steady_until(counts: &Counts, now: Timestamp) -> Option<i64> {
    let (day, end) = (24 * HOUR, slot(now));
    let last = counts.range(..=end).next_back().map(|(slot, _)| *slot)?;
    let from = last + 1;
    let was_steady = (0..STEADY_DAYS).all(|ago| {
        let until = from - ago * day;
        counts.range(until - day..until).next().is_some()
    });
    ((HOUR..=SILENCE * HOUR).contains(&(end - from)) && was_steady).then_some(from)
}

/// Chance that a window ending at any of the slots is let pass as a spike.
const SLIDING: f64 = 2e-6;
/// The same for a clock hour.
const CLOCK: f64 = 1.5e-3;
/// Where more than so many are usual in an hour, a tripled one is beyond doubt at less.
const PLENTY: f64 = 16.0;

/// Chance that the negative ones of a plain rise of volume are let pass as more than their share.
const SHARE: f64 = 0.05;
/// From this usual share on, blame is what is said: it can hardly be more of it, and its count speaks alone.
const MOSTLY: f64 = 0.5;

/// The share of negative mentions in a spike's window, and the usual one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Mentions in the window.
    pub all: u32,
    /// Negative ones.
    pub negative: u32,
    /// The share of negative ones in the time before.
    pub usual: f64,
}

impl Share {
    /// Counts the window and the `span` before it; `None` without a mention in either.
    #[must_use]
    pub fn of(volume: &Counts, negative: &Counts, spike: &Spike, span: Duration) -> Option<Self> {
        let first = spike.from.saturating_sub(i64::try_from(span.as_secs()).unwrap_or(i64::MAX) / SLOT);
        let (before, window) = (first..spike.from, spike.from..spike.until());
        let (all, past) = (sum(volume, window.clone()), sum(volume, before.clone()));
        let usual = f64::from(sum(negative, before)) / f64::from(past.max(1));
        (all > 0 && past > 0).then(|| Self { all, negative: sum(negative, window), usual })
    }

    /// In the window.
    #[must_use]
    pub fn now(&self) -> f64 {
        f64::from(self.negative) / f64::from(self.all)
    }

    /// True where so many negative ones among all are improbable at the usual share, by the one-sided binomial test:
    /// where all is said five times as often, five times as much blame is no news of its own, unless blame is most of
    /// what is said.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.usual >= MOSTLY || tail::at_least_of(self.negative, self.all, self.usual) < SHARE
    }
}

/// Nothing, where mentions came steadily.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Silence {
    /// The first slot without one.
    pub since: i64,
    /// Mentions that were to be expected since.
    pub usual: f64,
}

/// What was told of the spikes of a (team, rule, brand).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// When one was told last.
    pub at: Option<Timestamp>,
}

impl Told {
    /// True while the cooldown runs; one that lies ahead, by a clock set back, does not.
    #[must_use]
    pub fn cools(&self, rule: &SpikeRule, now: Timestamp) -> bool {
        self.at.is_some_and(|at| at <= now && now < at + rule.cooldown)
    }

    /// The slots at which windows are to be asked: the current one, and those before it that changed since
    /// they were looked at, `changed` being the earliest. What was published hours before it was found is
    /// looked at too; what ended before the last spike was told is not told again.
    #[must_use]
    pub fn ends(&self, changed: Option<i64>, rule: &SpikeRule, now: Timestamp) -> std::ops::RangeInclusive<i64> {
        let last = slot(now);
        let mut first = changed.unwrap_or(last).min(last).max(last - LATE);
        if let Some(at) = self.at.filter(|at| *at <= now) {
            first = first.max(slot(at + rule.cooldown));
        }
        first.min(last)..=last
    }
}

/// Spikes further apart than this are two events.
const RUN: Duration = Duration::from_hours(24);

/// Of spikes that were told, in order, the one that began the run that goes on at `now`: what follows it within a
/// day, again and again, belongs to it.
#[must_use]
pub fn first_of_run(told: &[(Timestamp, String)], now: Timestamp) -> Option<&str> {
    let mut after = now;
    let run = told.iter().rev().take_while(|(at, _)| {
        let goes_on = *at + RUN >= after;
        after = *at;
        goes_on
    });
    run.last().map(|(_, id)| id.as_str())
}

#[cfg(test)]
#[path = "spike_tests.rs"]
mod tests;
