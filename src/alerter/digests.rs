//! Digests on the clock: which are due, and which mentions waited for them. Owns neither the calendar
//! (`alert::digest`) nor what a digest says.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Alerter, pace};
use crate::alert::digest::Due;
use crate::alert::rule::{Rule, RuleKind};
use crate::alert::rules::digest_of;
use crate::alert::windows::Key;
use crate::clock::Clock;
use crate::digest;
use crate::live::Live;
use crate::store::{AlerterCommit, DecisionRow, Store, StoreError, WindowRow};
use crate::watchlist::Team;

impl<S: Store, C: Clock> Alerter<S, C> {
    /// Writes the digests that are due; each is committed by itself, so that a crash tells none twice.
    pub(super) async fn close_digests(&mut self, live: &Live) -> Result<(), StoreError> {
        let (now, zone) = (self.context.clock.now(), &live.settings.timezone);
        for team in &live.watchlists.teams {
            for rule in &team.rules {
                let RuleKind::Digest(schedule) = rule.on else { continue };
                let (covered, new) = self.digests.covered(&team.file, &rule.name, &schedule, now, zone);
                if new {
                    let begins = vec![row(team, rule, covered)];
                    self.commit(AlerterCommit { windows: begins, ..AlerterCommit::default() }).await?;
                }
                let Some((from, to)) = schedule.due(covered, now, zone) else { continue };
                let due = Due {
                    team: team.file.to_string(),
                    rule: rule.name.clone(),
                    channels: rule.to.clone(),
                    brands: digest::brands(team, rule),
                    period: schedule.period,
                    from,
                    to,
                };
                let commit = self.write_digest(live, &due, now).await?;
                self.digests.restore(due.team, due.rule, to);
                self.commit(AlerterCommit { windows: vec![row(team, rule, to)], ..commit }).await?;
            }
        }
        Ok(())
    }

    async fn write_digest(&self, live: &Live, due: &Due, now: Timestamp) -> Result<AlerterCommit, StoreError> {
        let mut commit = AlerterCommit::default();
        let waits = self.ask(|| self.context.store.digest_waits()).await?;
        let figures = self.ask(|| digest::figures(&self.context.store, live, due)).await?;
        for channel in &due.channels {
            let told = self.ask(|| digest::waited(&self.context.store, due, channel, &waits)).await?;
            commit.messages.extend(digest::message(live, due, &figures, channel, &told, self.coverage.ill(), now));
        }
        Ok(commit)
    }

    /// After a reload, mentions that wait for a digest that is no more are told by their rule's windows: a
    /// line taken out of a file loses nothing.
    pub(super) async fn sort_out_digests(&mut self, live: &Arc<Live>) -> Result<(), StoreError> {
        if self.sorted.as_ref().is_some_and(|sorted| Arc::ptr_eq(sorted, live)) {
            return Ok(());
        }
        let now = self.context.clock.now();
        let mut commit = AlerterCommit::default();
        for wait in self.ask(|| self.context.store.digest_waits()).await? {
            let team = live.team(&wait.team);
            let kept = team.is_some_and(|team| {
                digest_of(&team.rules, &wait.channel, &wait.brand, pace::kind(team, &wait.brand)).is_some()
            });
            if kept {
                continue;
            }
            let key = Key { team: wait.team, rule: wait.rule, channel: wait.channel, brand: wait.brand };
            let reason = self.windows.add(&key, &pace::of(live, &key), &live.settings.timezone, wait.mention, now);
            commit.decisions.push(DecisionRow {
                mention: wait.mention,
                rule: Some(key.rule),
                channel: Some(key.channel),
                reason,
                message: None,
            });
        }
        self.commit(commit).await?;
        self.sorted = Some(Arc::clone(live));
        Ok(())
    }
}

/// Where a rule's digests have come.
fn row(team: &Team, rule: &Rule, covered: Timestamp) -> WindowRow {
    let (team, rule) = (team.file.to_string(), rule.name.clone());
    WindowRow { team, rule, channel: String::new(), brand: String::new(), closed: covered }
}
