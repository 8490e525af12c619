//! Brands that fall silent, on the clock: which to look at, who is told, and when they are heard again. What is a
//! silence is `alert::spike`'s; it goes where blind sources go, since that is what it mostly means.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Alerter;
use super::spikes::LONGEST;
use crate::alert::mute::Mutes;
use crate::alert::spike::{self, Baseline, Counts};
use crate::clock::Clock;
use crate::live::Live;
use crate::mention::StoredMention;
use crate::message::{self, Flows};
use crate::notify::content::{Dry, Recovered};
use crate::store::{AlerterCommit, Store, StoreError};
use crate::watchlist::{Brand, Team};

/// Brands are looked over no more often, and each that is silent once in [`LOOK_AGAIN`].
const ROUND: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_mins(5);
/// So many of them in a round, the longest ago first: thousands of brands hold nobody up.
const LOOKS: usize = 20;
/// No brand is silent sooner after a mention; nor after a start, which has to catch up.
const SOONEST: Duration = Duration::from_hours(1);
/// A flow shows in this much that it was steady: what [`spike::steady_until`] looks at.
const STEADY: Duration = Duration::from_hours(10 * 24);
/// What is usual is learnt from this much, and anew while a silence lasts.
const BASELINE: Duration = Duration::from_hours(28 * 24);
const LEARN: Duration = Duration::from_hours(1);
/// A silence that lasts is told again.
const AGAIN: Duration = Duration::from_hours(24);
/// The name under which the store keeps a silence that was told.
const SILENCE: &str = "silence/";

/// A silence that was told and that no mention ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    /// The watchlist file.
    team: String,
    /// The brand's id.
    brand: String,
    since: Timestamp,
    /// When last.
    at: Timestamp,
}

impl Told {
    fn name(&self) -> String {
        format!("{SILENCE}{}/{}", self.team, self.brand)
    }
}

/// What is kept of a brand between looks: nothing large, since most brands are never silent.
#[derive(Debug, Default)]
struct Heard {
    /// The moment of the last mention.
    last: Option<Timestamp>,
    looked: Option<Timestamp>,
    /// Learnt when, and what.
    usual: Option<(Timestamp, Option<Baseline>)>,
    told: Option<Told>,
}

impl Heard {
    /// True when a silence that was told has ended.
    fn again(&self) -> bool {
        self.told.as_ref().is_some_and(|told| self.last.is_some_and(|last| last >= told.since))
    }

    /// True when it is time to look.
    fn is_due(&self, now: Timestamp) -> bool {
        !runs(self.last, SOONEST, now) && !runs(self.looked, LOOK_AGAIN, now)
    }
}

/// True within a span after a moment; one that lies ahead was before the clock was set back.
fn runs(from: Option<Timestamp>, span: Duration, now: Timestamp) -> bool {
    from.is_some_and(|from| from <= now && now < from + span)
}

/// What the alerter keeps of silences, by watchlist file and brand.
#[derive(Debug, Default)]
pub(super) struct Silences {
    brands: BTreeMap<(String, String), Heard>,
    begun: Option<Timestamp>,
    looked: Option<Timestamp>,
}

impl Silences {
    /// What the store kept.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn restore<S: Store>(store: &S, now: Timestamp) -> Result<Self, StoreError> {
        let mut silences = Self { begun: Some(now), ..Self::default() };
        for (_, json) in store.values(SILENCE).await? {
            if let Ok(told) = serde_json::from_str::<Told>(&json) {
                let heard = Heard { told: Some(told.clone()), ..Heard::default() };
                silences.brands.insert((told.team, told.brand), heard);
            }
        }
        Ok(silences)
    }

    /// Notes that a mention came.
    pub(super) fn note(&mut self, one: &StoredMention) {
        let mention = &one.mention;
        let Some(moment) = spike::moment(mention) else { return };
        let heard = self.brands.entry((mention.team.clone(), mention.brand.clone())).or_default();
        heard.last = heard.last.max(Some(moment));
        heard.usual = None;
    }

    /// Forgets the brands that are gone.
    fn forget_gone(&mut self, live: &Live) -> AlerterCommit {
        let mut commit = AlerterCommit::default();
        let teams = live.watchlists.teams.iter();
        let brands = teams.flat_map(|team| team.brands.iter().map(|brand| (team.file.to_string(), brand.id.clone())));
        let watched: HashSet<(String, String)> = brands.collect();
        self.brands.retain(|key, heard| {
            let is_there = watched.contains(key);
            if let Some(told) = heard.told.as_ref().filter(|_| !is_there) {
                commit.kept.push((told.name(), None));
            }
            is_there
        });
        commit
    }

    /// True when brands were looked over a short while ago.
    fn rests(&mut self, now: Timestamp) -> bool {
        let rests = runs(self.looked, ROUND, now);
        if !rests {
            self.looked = Some(now);
        }
        rests
    }

    /// The brands to look at, the longest ago first. A single round has no later, and was preceded by its polls.
    fn due<'a>(&mut self, live: &'a Live, once: bool, now: Timestamp) -> Vec<(&'a Team, &'a Brand)> {
        let catches_up = !once && runs(self.begun, SOONEST, now);
        let mut due = Vec::new();
        for team in live.watchlists.teams.iter().filter(|team| !live.coverage_channels(team).is_empty()) {
            for brand in &team.brands {
                let heard = self.brands.entry((team.file.to_string(), brand.id.clone())).or_default();
                if heard.again() || (!catches_up && heard.is_due(now)) {
                    due.push((heard.looked, team, brand));
                }
            }
        }
        due.sort_by_key(|(looked, ..)| *looked);
        due.truncate(if once { usize::MAX } else { LOOKS });
        due.into_iter().map(|(_, team, brand)| (team, brand)).collect()
    }
}

impl<S: Store, C: Clock> Alerter<S, C> {
    /// Looks at the brands of which nothing came for an hour, and at those that are heard again.
    pub(super) async fn close_silences(&mut self, live: &Live, mutes: &Mutes, once: bool) -> Result<(), StoreError> {
        let now = self.context.clock.now();
        if self.silences.rests(now) && !once {
            return Ok(());
        }
        let gone = self.silences.forget_gone(live);
        self.commit(gone).await?;
        let due = self.silences.due(live, once, now);
        // What falls silent together is told together: mostly one cause has stopped it all.
        let mut told: BTreeMap<&str, (&Team, Flows)> = BTreeMap::new();
        let mut commit = AlerterCommit::default();
        for (team, brand) in due {
            let flows = &mut told.entry(&team.file).or_insert_with(|| (team, Flows::default())).1;
            self.listen(live, (team, brand), mutes, (flows, &mut commit), now).await?;
        }
        for (team, flows) in told.into_values().filter(|(_, flows)| *flows != Flows::default()) {
            for (rule, channel) in live.coverage_channels(team) {
                if let Some(channel) = message::channel(&live.settings, channel) {
                    commit.messages.extend(message::of_flows(live, &team.file, rule, channel, &flows, now));
                }
            }
        }
        self.commit(commit).await
    }

    async fn listen(
        &mut self,
        live: &Live,
        (team, brand): (&Team, &Brand),
        mutes: &Mutes,
        (flows, commit): (&mut Flows, &mut AlerterCommit),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = (team.file.to_string(), brand.id.clone());
        let counts = self.volume(&brand.id, STEADY, now).await?;
        let last = counts.range(..=spike::slot(now)).next_back().map(|(slot, _)| spike::start(*slot));
        let heard = self.silences.brands.entry(key.clone()).or_default();
        heard.looked = Some(now);
        heard.last = heard.last.max(last);
        let is_muted = mutes.of_brand(&brand.id).is_some();
        if heard.again()
            && let Some(told) = heard.told.take()
        {
            commit.kept.push((told.name(), None));
            let recovered = Recovered { name: brand.name.clone(), since: told.since };
            if !is_muted {
                flows.heard.push(recovered);
            }
            return Ok(());
        }
        let rests = runs(heard.told.as_ref().map(|told| told.at), AGAIN, now);
        // What a source that is asked seldom will bring is not missing yet.
        let slowest = live.slowest(team).unwrap_or_default();
        let known = now.checked_sub(slowest).unwrap_or(now);
        if is_muted || rests || spike::steady_until(&counts, known).is_none() {
            return Ok(());
        }
        if !runs(heard.usual.as_ref().map(|(at, _)| *at), LEARN, now) {
            let usual = self.learn(live, &brand.id, now).await?;
            self.silences.brands.entry(key.clone()).or_default().usual = Some((now, usual));
        }
        let zone = &live.settings.timezone;
        let Some(heard) = self.silences.brands.get_mut(&key) else { return Ok(()) };
        let usual = heard.usual.as_ref().and_then(|(_, usual)| usual.as_ref());
        let silence = usual.and_then(|usual| {
            let silence = usual.silence(&counts, known, zone)?;
            Some(usual.silence(&counts, now, zone).unwrap_or(silence))
        });
        if let Some(silence) = silence {
            let since = spike::start(silence.since);
            let told = Told { team: key.0, brand: key.1, since, at: now };
            commit.kept.push((told.name(), serde_json::to_string(&told).ok()));
            heard.told = Some(told);
            flows.dry.push(Dry { name: brand.name.clone(), usual: silence.usual, since });
        }
        Ok(())
    }

    /// What is usual for a brand.
    async fn learn(&self, live: &Live, brand: &str, now: Timestamp) -> Result<Option<Baseline>, StoreError> {
        let counts = self.volume(brand, LONGEST, now).await?;
        let since = self.watched_since(brand, counts.keys().next().copied(), now).await?;
        Ok(Baseline::learn(&counts, since, BASELINE, now, &live.settings.timezone))
    }

    /// A brand's counts of the last time.
    async fn volume(&self, brand: &str, span: Duration, now: Timestamp) -> Result<Counts, StoreError> {
        let from = now.checked_sub(span).unwrap_or(Timestamp::MIN);
        let rows = self.ask(|| self.context.store.counts(brand, from)).await?;
        Ok(rows.into_iter().map(|row| (row.slot, row.mentions)).collect())
    }
}
