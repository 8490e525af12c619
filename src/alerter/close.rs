//! What is due on the clock becomes messages: windows, escalations, coverage. Owns the joining of what is
//! closed with the mentions and the rule; when is `alert`'s, how it reads is `message`'s.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Alerter, COVERAGE, pace};
use crate::alert::Reason;
use crate::alert::coverage::Line;
use crate::alert::escalation;
use crate::alert::mute::Mutes;
use crate::alert::story::{self, Pasts};
use crate::alert::windows::{Closed, Key, Outcome};
use crate::clock::Clock;
use crate::live::Live;
use crate::mention::StoredMention;
use crate::message::{self, Unwritten};
use crate::store::{AlerterCommit, DecisionRow, EscalationRow, NewMessage, Store, StoreError, WindowRow};

impl<S: Store, C: Clock> Alerter<S, C> {
    pub(super) async fn close_windows(
        &mut self,
        live: &Live,
        until: Timestamp,
        now: Timestamp,
        batched: HashMap<i64, StoredMention>,
        mutes: &Mutes,
        commit: &mut AlerterCommit,
    ) -> Result<(), StoreError> {
        let due = self.windows.close_due(until, now, &live.settings.timezone, |key| pace::of(live, key));
        for closed in due {
            let key = &closed.key;
            match closed.outcome {
                Outcome::Digest => commit.for_digest.extend(decisions(key, &closed.mentions, closed.reason)),
                Outcome::Held => commit.decisions.extend(decisions(key, &closed.mentions, closed.reason)),
                Outcome::Message => {
                    let told = self.load(&closed.mentions, &batched).await?;
                    // Muted while they waited: whoever muted a story expects no more of it.
                    let (muted, told): (Vec<_>, Vec<_>) =
                        told.into_iter().partition(|one| mutes.holding(&one.mention).is_some());
                    let muted: Vec<i64> = muted.into_iter().map(|one| one.id).collect();
                    commit.decisions.extend(decisions(key, &muted, Reason::Muted));
                    if !told.is_empty() {
                        let pasts = self.pasts(&told).await?;
                        self.close_message(live, &closed, &told, &pasts, now, commit);
                    }
                }
            }
        }
        Ok(())
    }

    fn close_message(
        &mut self,
        live: &Live,
        closed: &Closed,
        told: &[StoredMention],
        pasts: &Pasts,
        now: Timestamp,
        commit: &mut AlerterCommit,
    ) {
        let key = &closed.key;
        match message::of_mentions(live, key, closed.reason, told, pasts, self.coverage.ill(), now) {
            Ok(message) => {
                commit.messages.push(message);
                if live.rule(&key.team, &key.rule).is_some_and(|rule| rule.escalate.is_some()) {
                    self.await_answers(key, told, now, commit);
                }
            }
            Err(Unwritten::NoChannel) => {
                let ids: Vec<i64> = told.iter().map(|one| one.id).collect();
                commit.decisions.extend(decisions(key, &ids, Reason::NoChannel));
            }
            Err(error @ Unwritten::Render(_)) => {
                // They stay undelivered in the store, and are tried again after a start.
                tracing::error!(channel = key.channel, %error, "a message could not be written");
                return;
            }
        }
        commit.windows.push(WindowRow {
            team: key.team.clone(),
            rule: key.rule.clone(),
            channel: key.channel.clone(),
            brand: key.brand.clone(),
            closed: now,
        });
    }

    fn await_answers(&mut self, key: &Key, told: &[StoredMention], now: Timestamp, commit: &mut AlerterCommit) {
        let of = escalation::Key { team: key.team.clone(), rule: key.rule.clone(), brand: key.brand.clone() };
        for one in told {
            self.escalations.add(of.clone(), one.id, now);
            commit.escalations.push(row(&of, one.id, now));
        }
    }

    /// What nobody answered in time.
    pub(super) async fn close_escalations(
        &mut self,
        live: &Live,
        mutes: &Mutes,
        now: Timestamp,
        commit: &mut AlerterCommit,
    ) -> Result<(), StoreError> {
        let due = self.escalations.close_due(&live.settings.timezone, now, |key| pace::escalation(live, key));
        for (key, ids) in due {
            commit.escalated.extend(ids.iter().map(|id| row(&key, *id, now)));
            let handled = self.ask(|| self.context.store.handled(&ids)).await?;
            let open: Vec<i64> = ids.into_iter().filter(|id| !handled.contains(id)).collect();
            let Some(escalate) = live.rule(&key.team, &key.rule).and_then(|rule| rule.escalate.as_ref()) else {
                continue;
            };
            let mut open = self.load(&open, &HashMap::new()).await?;
            open.retain(|one| mutes.holding(&one.mention).is_none());
            if open.is_empty() {
                continue;
            }
            let pasts = self.pasts(&open).await?;
            for channel in &escalate.to {
                let to = Key {
                    team: key.team.clone(),
                    rule: key.rule.clone(),
                    channel: channel.clone(),
                    brand: key.brand.clone(),
                };
                match message::of_escalation(live, &to, escalate.after, &open, &pasts, self.coverage.ill(), now) {
                    Ok(message) => commit.messages.push(message),
                    Err(error) => tracing::error!(channel, %error, "an escalation could not be written"),
                }
            }
        }
        Ok(())
    }

    /// What is known of the mentions' stories.
    pub(super) async fn pasts(&self, mentions: &[StoredMention]) -> Result<Pasts, StoreError> {
        let stories = story::stories(mentions);
        if stories.is_empty() { Ok(Pasts::new()) } else { self.ask(|| self.context.store.pasts(&stories)).await }
    }

    /// Mentions by their rows, in order.
    pub(super) async fn load(
        &self,
        ids: &[i64],
        batched: &HashMap<i64, StoredMention>,
    ) -> Result<Vec<StoredMention>, StoreError> {
        let missing: Vec<i64> = ids.iter().copied().filter(|id| !batched.contains_key(id)).collect();
        let mut loaded =
            if missing.is_empty() { Vec::new() } else { self.ask(|| self.context.store.stored(&missing)).await? };
        loaded.extend(ids.iter().filter_map(|id| batched.get(id)).cloned());
        loaded.sort_by_key(|one| one.id);
        Ok(loaded)
    }

    pub(super) fn close_coverage(
        &mut self,
        live: &Live,
        settle_over: bool,
        now: Timestamp,
        commit: &mut AlerterCommit,
    ) {
        self.coverage.keep(|key| live.source(key).is_some());
        let lines = self.coverage.close_due(now, settle_over);
        if lines.is_empty() {
            return;
        }
        commit.told.extend(lines.iter().map(|line| (line.key, line.number, now)));
        commit.windows.push(WindowRow {
            team: String::new(),
            rule: COVERAGE.to_owned(),
            channel: String::new(),
            brand: String::new(),
            closed: now,
        });
        commit.messages.extend(coverage_messages(live, &lines, now));
    }
}

fn decisions(key: &Key, mentions: &[i64], reason: Reason) -> Vec<DecisionRow> {
    let row = |mention: &i64| DecisionRow {
        mention: *mention,
        rule: Some(key.rule.clone()),
        channel: Some(key.channel.clone()),
        reason,
        message: None,
    };
    mentions.iter().map(row).collect()
}

fn row(key: &escalation::Key, mention: i64, told: Timestamp) -> EscalationRow {
    EscalationRow { team: key.team.clone(), rule: key.rule.clone(), brand: key.brand.clone(), mention, told }
}

/// One message for each (team, rule, channel) whose team watches one of the sources.
fn coverage_messages(live: &Live, lines: &[Line], now: Timestamp) -> Vec<NewMessage> {
    let mut messages = Vec::new();
    for (number, team) in live.watchlists.teams.iter().enumerate() {
        let is_watched = |line: &&Line| {
            live.source(line.key).is_some_and(|source| source.lines.iter().any(|line| line.teams.contains(&number)))
        };
        let of_team: Vec<&Line> = lines.iter().filter(is_watched).collect();
        if of_team.is_empty() {
            continue;
        }
        for (rule, channel) in live.coverage_channels(team) {
            if let Some(channel) = message::channel(&live.settings, channel) {
                messages.extend(message::of_coverage(live, number, rule, channel, &of_team, now));
            }
        }
    }
    messages
}
