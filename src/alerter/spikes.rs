//! Spikes on the clock: which brands to look at, with which counts, and who is told. Owns what is
//! kept between looks; what is a spike is `alert::spike`'s.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Alerter;
use crate::alert::mute::Mutes;
use crate::alert::rule::{Of, Rule, RuleKind, SpikeRule};
use crate::alert::spike::{self, Baseline, Counts, Outcome, Share, Spike, Told};
use crate::alert::windows::Key;
use crate::clock::Clock;
use crate::live::Live;
use crate::mention::{Polarity, StoredMention};
use crate::message::{self, Peak};
use crate::store::spikes::SpikeState;
use crate::store::{AlerterCommit, Store, StoreError, ThreadOf, WindowRow};
use crate::watchlist::{Brand, Team};

/// A brand is looked at no more often.
const LOOK: Duration = Duration::from_secs(10);
/// And at least so often.
const LOOK_AGAIN: Duration = Duration::from_mins(5);
/// The usual is learnt anew.
const LEARN: Duration = Duration::from_hours(1);
/// What is usual is learnt from at most this much.
pub(super) const LONGEST: Duration = Duration::from_hours(90 * 24);
/// A run of spikes is looked back at no further.
const LONGEST_RUN: Duration = Duration::from_hours(14 * 24);
/// Mentions that a spike's mail is made of.
const EXAMPLES: usize = 200;
/// The name under which the store keeps since when a brand is watched.
const SINCE: &str = "brand-since/";
/// The same of the earliest slot that changed when mentions came last: what a process that ends may not have looked
/// at. It is not removed after the look, which would be one more write each time: to look twice tells nothing twice.
const CHANGED: &str = "brand-changed/";

/// Who is told of spikes of what.
type Watch = (String, String, String);

#[derive(Debug, Clone, Default)]
struct Kept {
    volume: Counts,
    negative: Counts,
}

impl Kept {
    fn of(&self, of: Of) -> &Counts {
        match of {
            Of::Volume => &self.volume,
            Of::Negative => &self.negative,
        }
    }

    /// Where negative mentions are counted: their share.
    fn share(&self, rule: &SpikeRule, spike: &Spike) -> Option<Share> {
        let of_negative = rule.of == Of::Negative;
        of_negative.then(|| Share::of(&self.volume, &self.negative, spike, rule.baseline)).flatten()
    }

    /// Takes a mention out.
    fn take(&mut self, slot: i64, is_negative: bool) {
        for (counts, one) in [(&mut self.volume, 1), (&mut self.negative, u32::from(is_negative))] {
            if let Some(count) = counts.get_mut(&slot) {
                *count = count.saturating_sub(one);
            }
        }
    }
}

/// What is kept of a brand between looks.
#[derive(Debug, Default)]
struct Seen {
    since: Option<Timestamp>,
    counts: Kept,
    learnt: Option<Timestamp>,
    baselines: BTreeMap<(Of, Duration), Option<Baseline>>,
    looked: Option<Timestamp>,
    /// The earliest slot that changed since.
    changed: Option<i64>,
}

/// What the alerter keeps of spikes.
#[derive(Debug, Default)]
pub(super) struct Spikes {
    brands: BTreeMap<String, Seen>,
    told: BTreeMap<Watch, Told>,
    states: BTreeMap<Watch, SpikeState>,
}

impl Spikes {
    /// What the store kept: when a spike was told.
    pub(super) fn restore(&mut self, team: String, rule: String, brand: String, at: Timestamp) {
        self.told.insert((team, rule, brand), Told { at: Some(at) });
    }

    /// What the store kept of spikes by name.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn restore_kept<S: Store>(&mut self, store: &S) -> Result<(), StoreError> {
        for (_, json) in store.values(SpikeState::PREFIX).await? {
            if let Some(state) = SpikeState::from_json(&json) {
                self.states.insert((state.team.clone(), state.rule.clone(), state.brand.clone()), state);
            }
        }
        for (name, slot) in store.values(CHANGED).await? {
            if let Some((brand, slot)) = name.strip_prefix(CHANGED).zip(slot.parse().ok()) {
                self.brands.entry(brand.to_owned()).or_default().changed = Some(slot);
            }
        }
        Ok(())
    }

    /// Notes that a mention came.
    pub(super) fn note(&mut self, live: &Live, one: &StoredMention, commit: &mut AlerterCommit) {
        let mention = &one.mention;
        let Some(moment) = spike::moment(mention) else { return };
        let of_brand = |team: &Team| {
            team.brands.iter().any(|brand| brand.id == mention.brand && of_spikes(team, brand).next().is_some())
        };
        if !live.team(&mention.team).is_some_and(of_brand) {
            return;
        }
        let seen = self.brands.entry(mention.brand.clone()).or_default();
        let slot = spike::slot(moment);
        if seen.changed.is_none_or(|earliest| slot < earliest) {
            seen.changed = Some(slot);
            commit.kept.push((format!("{CHANGED}{}", mention.brand), Some(slot.to_string())));
        }
    }

    /// What is kept of a rule and a brand.
    fn state(&mut self, watch: Watch, of: Of) -> &mut SpikeState {
        let (team, rule, brand) = watch.clone();
        let new = || SpikeState { team, rule, brand, of, ..SpikeState::default() };
        self.states.entry(watch).or_insert_with(new)
    }

    /// Since when a brand is watched.
    fn since(&self, brand: &str, now: Timestamp) -> Timestamp {
        self.brands.get(brand).and_then(|seen| seen.since).unwrap_or(now)
    }

    /// The least probable of the windows that end so and of what waits for the opening, in the brand's counts or in
    /// those that are left of them.
    fn strongest(
        &mut self,
        watch: &Watch,
        rule: &SpikeRule,
        ends: RangeInclusive<i64>,
        left: Option<&Kept>,
        (now, zone): (Timestamp, &TimeZone),
    ) -> Option<Spike> {
        let seen = self.brands.get_mut(&watch.2)?;
        let since = seen.since.unwrap_or(now);
        let all = seen.counts.of(rule.of);
        let learn = || Baseline::learn(all, since, rule.baseline, now, zone);
        let baseline = seen.baselines.entry((rule.of, rule.baseline)).or_insert_with(learn).as_ref()?;
        let left = left.unwrap_or(&seen.counts);
        let counts = left.of(rule.of);
        let is_over = |spike: &Spike| left.share(rule, spike).is_none_or(|share| share.is_over());
        let ask = |last| baseline.spike_if(counts, last, rule, zone, is_over);
        let in_window = |counts: &Counts, spike: &Spike| spike::sum(counts, spike.from..spike.until());
        let again = |held: Spike| {
            let is_whole = in_window(counts, &held) == in_window(all, &held);
            if is_whole { Some(held) } else { ask(held.until() - 1) }
        };
        let held = self.states.get(watch).and_then(|state| state.held).and_then(again);
        ends.filter_map(ask).chain(held).min_by(|a, b| a.chance.total_cmp(&b.chance))
    }

    /// Of a spike of negative mentions: their share in the window, and the usual one.
    fn share(&self, brand: &str, rule: &SpikeRule, spike: &Spike, left: Option<&Kept>) -> Option<(f64, f64)> {
        let counts = left.or_else(|| Some(&self.brands.get(brand)?.counts))?;
        counts.share(rule, spike).map(|share| (share.now(), share.usual))
    }

    /// Brands of which a spike waits for the opening of a rule's hours.
    fn held(&self) -> BTreeSet<String> {
        self.states.values().filter(|state| state.held.is_some()).map(|state| state.brand.clone()).collect()
    }

    /// Forgets what was kept of rules and brands that are gone.
    fn forget_gone(&mut self, live: &Live) -> AlerterCommit {
        let mut commit = AlerterCommit::default();
        self.states.retain(|(team, rule, id), state| {
            let is_there = live.team(team).is_some_and(|team| {
                let brand = team.brands.iter().find(|brand| brand.id == *id);
                brand
                    .is_some_and(|brand| of_spikes(team, brand).any(|(one, of)| one.name == *rule && of.of == state.of))
            });
            if !is_there {
                commit.kept.push((state.name(), None));
            }
            is_there
        });
        commit
    }
}

/// The spike rules of a team that are about one of its brands.
fn of_spikes<'a>(team: &'a Team, brand: &Brand) -> impl Iterator<Item = (&'a Rule, SpikeRule)> {
    let about = team.rules.iter().filter(|rule| rule.is_about(&brand.id, brand.kind));
    about.filter_map(|rule| if let RuleKind::Spike(of) = rule.on { Some((rule, of)) } else { None })
}

impl<S: Store, C: Clock> Alerter<S, C> {
    /// Looks at the brands of spike rules, each when something came or five minutes went by.
    pub(super) async fn close_spikes(&mut self, live: &Live, mutes: &Mutes) -> Result<(), StoreError> {
        let now = self.context.clock.now();
        let gone = self.spikes.forget_gone(live);
        self.commit(gone).await?;
        let held = self.spikes.held();
        let mut watched = BTreeSet::new();
        for team in &live.watchlists.teams {
            for brand in &team.brands {
                let rules: Vec<(&Rule, SpikeRule)> = of_spikes(team, brand).collect();
                if rules.is_empty() {
                    continue;
                }
                watched.insert(brand.id.clone());
                let seen = self.spikes.brands.entry(brand.id.clone()).or_default();
                let rest = if seen.changed.is_some() || held.contains(&brand.id) { LOOK } else { LOOK_AGAIN };
                // A look that lies ahead was had before the clock was set back.
                if seen.looked.is_some_and(|looked| looked <= now && now < looked + rest) {
                    continue;
                }
                self.refresh(&brand.id, now).await?;
                let commit = self.look_at(live, (team, brand), &rules, mutes, now).await?;
                self.commit(commit).await?;
            }
        }
        self.spikes.brands.retain(|brand, _| watched.contains(brand));
        Ok(())
    }

    /// Reads a brand's counts: all once an hour, else the last day's.
    async fn refresh(&mut self, brand: &str, now: Timestamp) -> Result<(), StoreError> {
        let seen = self.spikes.brands.entry(brand.to_owned()).or_default();
        let whole = seen.learnt.is_none_or(|learnt| learnt > now || learnt + LEARN <= now);
        let span = if whole { LONGEST } else { Duration::from_hours(25) };
        let from = now.checked_sub(span).unwrap_or(Timestamp::MIN);
        let rows = self.ask(|| self.context.store.counts(brand, from)).await?;
        let seen = self.spikes.brands.entry(brand.to_owned()).or_default();
        if whole {
            seen.counts = Kept::default();
            seen.baselines.clear();
            seen.learnt = Some(now);
        }
        for row in rows {
            seen.counts.volume.insert(row.slot, row.mentions);
            seen.counts.negative.insert(row.slot, row.negative);
        }
        if seen.since.is_none() {
            let first = seen.counts.volume.keys().next().copied();
            let since = self.watched_since(brand, first, now).await?;
            self.spikes.brands.entry(brand.to_owned()).or_default().since = Some(since);
        }
        Ok(())
    }

    /// Since when a brand is watched: what is kept, else its first slot.
    pub(super) async fn watched_since(
        &self,
        brand: &str,
        first: Option<i64>,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        let name = format!("{SINCE}{brand}");
        if let Some(kept) = self.ask(|| self.context.store.value(&name)).await?.and_then(|text| text.parse().ok()) {
            return Ok(kept);
        }
        let first = first.map_or(now, |slot| spike::start(slot).min(now));
        self.ask(|| self.context.store.keep_value(&name, Some(first.to_string()))).await?;
        Ok(first)
    }

    async fn look_at(
        &mut self,
        live: &Live,
        (team, brand): (&Team, &Brand),
        rules: &[(&Rule, SpikeRule)],
        mutes: &Mutes,
        now: Timestamp,
    ) -> Result<AlerterCommit, StoreError> {
        let zone = &live.settings.timezone;
        let mut commit = AlerterCommit::default();
        let Some(seen) = self.spikes.brands.get_mut(&brand.id) else { return Ok(commit) };
        seen.looked = Some(now);
        let changed = seen.changed.take();
        let whole = mutes.of_brand(&brand.id).is_some();
        let mut heard: Option<Kept> = None;
        for (rule, of) in rules {
            let watch = (team.file.to_string(), rule.name.clone(), brand.id.clone());
            let told = self.spikes.told.get(&watch).copied().unwrap_or_default();
            let cools = told.cools(of, now);
            // What was told is there again at each look: only what came since may be one more.
            if cools && changed.is_none() {
                continue;
            }
            let ends = told.ends(changed, of, now);
            let Some(spike) = self.spikes.strongest(&watch, of, ends.clone(), None, (now, zone)) else { continue };
            let left = match (whole, mutes.is_empty()) {
                (true, _) => None,
                (false, true) => Some(spike),
                (false, false) => {
                    if heard.is_none() {
                        heard = Some(self.heard(&brand.id, mutes, changed, now).await?);
                    }
                    self.spikes.strongest(&watch, of, ends, heard.as_ref(), (now, zone))
                }
            };
            let state = self.spikes.state(watch.clone(), of.of);
            let Some(spike) = left else {
                // Muted while it waited: whoever muted it expects no more of it.
                let was_held = state.held.take().is_some();
                if state.decide(Outcome::Muted, spike, now) || was_held {
                    commit.kept.push(state.kept());
                }
                continue;
            };
            if cools {
                if state.decide(Outcome::Cooldown, spike, now) {
                    commit.kept.push(state.kept());
                }
                continue;
            }
            if !rule.hours.are_open(now, zone) {
                if state.held != Some(spike) {
                    state.held = Some(spike);
                    state.decide(Outcome::QuietHours, spike, now);
                    commit.kept.push(state.kept());
                }
                continue;
            }
            let was_held = state.held.take().is_some();
            let negative_share = self.spikes.share(&brand.id, of, &spike, heard.as_ref());
            let since = self.spikes.since(&brand.id, now);
            let peak = Peak { spike, of: of.of, negative_share, days: days(since, of.baseline, now) };
            let examples = self.examples(&brand.id, &peak, mutes).await?;
            let state = self.spikes.state(watch.clone(), of.of);
            let listed = state.listed.clone();
            // A shorter cooldown than the window: a spike of what was told is not told again.
            if !examples.is_empty() && examples.iter().all(|one| listed.contains(&one.id)) {
                if state.decide(Outcome::Cooldown, spike, now) || was_held {
                    commit.kept.push(state.kept());
                }
                continue;
            }
            state.list(examples.iter().rev().map(|one| one.id).filter(|id| !listed.contains(id)));
            state.decide(Outcome::Told, spike, now);
            commit.kept.push(state.kept());
            self.spikes.told.insert(watch, Told { at: Some(now) });
            for channel in &rule.to {
                let key = Key {
                    team: team.file.to_string(),
                    rule: rule.name.clone(),
                    channel: channel.clone(),
                    brand: brand.id.clone(),
                };
                let first = self.first_of_run(&key, now).await?;
                let spike = message::of_spike(
                    live,
                    &key,
                    &peak,
                    (&examples, &listed),
                    first.as_deref(),
                    self.coverage.ill(),
                    now,
                );
                commit.messages.extend(spike);
            }
            commit.windows.push(row(team, &rule.name, brand, now));
        }
        Ok(commit)
    }

    /// A brand's counts without what is muted, as far back as windows are asked.
    async fn heard(
        &self,
        brand: &str,
        mutes: &Mutes,
        changed: Option<i64>,
        now: Timestamp,
    ) -> Result<Kept, StoreError> {
        let held = self.spikes.states.values().filter(|state| state.brand == brand).filter_map(|state| state.held);
        let from = spike::earliest(changed, now);
        let from = spike::start(held.map(|spike| spike.from).fold(from, i64::min));
        let muted = self
            .ask(|| {
                let mutes = mutes.clone();
                let take = move |moment, one: StoredMention| {
                    let is_negative = one.mention.polarity == Polarity::Negative;
                    mutes.holding(&one.mention).map(|_| (spike::slot(moment), is_negative))
                };
                self.context.store.each_counted(brand, from, take)
            })
            .await?;
        let mut counts = self.spikes.brands.get(brand).map(|seen| seen.counts.clone()).unwrap_or_default();
        for (slot, is_negative) in muted {
            counts.take(slot, is_negative);
        }
        Ok(counts)
    }

    /// The message that opened the thread of the spikes that run.
    async fn first_of_run(&self, key: &Key, now: Timestamp) -> Result<Option<String>, StoreError> {
        let like = ThreadOf {
            kind: "spike",
            team: key.team.clone(),
            rule: key.rule.clone(),
            channel: key.channel.clone(),
            brand: key.brand.clone(),
        };
        let told = self.context.store.thread(&like, now.checked_sub(LONGEST_RUN).unwrap_or(Timestamp::MIN)).await?;
        Ok(spike::first_of_run(&told, now).map(str::to_owned))
    }

    /// The mentions of a spike's window that are not muted, the last found first.
    async fn examples(&self, brand: &str, peak: &Peak, mutes: &Mutes) -> Result<Vec<StoredMention>, StoreError> {
        let (from, until) = (spike::start(peak.spike.from), spike::start(peak.spike.until()));
        let of = peak.of;
        self.ask(|| {
            let (mutes, mut room) = (mutes.clone(), EXAMPLES);
            let take = move |moment, one: StoredMention| {
                let is_counted = of == Of::Volume || one.mention.polarity == Polarity::Negative;
                let is_told = room > 0 && moment < until && is_counted && mutes.holding(&one.mention).is_none();
                room -= usize::from(is_told);
                is_told.then_some(one)
            };
            self.context.store.each_counted(brand, from, take)
        })
        .await
    }
}

/// Whole days that the usual was learnt from.
fn days(since: Timestamp, baseline: Duration, now: Timestamp) -> u32 {
    let age = now.duration_since(since).unsigned_abs().min(baseline);
    u32::try_from(age.as_secs() / 86_400).unwrap_or(u32::MAX).max(1)
}

fn row(team: &Team, rule: &str, brand: &Brand, now: Timestamp) -> WindowRow {
    let (team, rule, brand) = (team.file.to_string(), rule.to_owned(), brand.id.clone());
    WindowRow { team, rule, channel: String::new(), brand, closed: now }
}
