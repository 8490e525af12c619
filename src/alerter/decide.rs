//! What happens to one mention: asked of the rules, noted for windows and digests. Owns how verdicts become
//! decisions; the verdicts are `alert::rules`'.

use jiff::Timestamp;

use super::{Alerter, pace};
use crate::alert::Reason;
use crate::alert::mute::Mutes;
use crate::alert::rules::{digest_channel, route};
use crate::alert::story::Pasts;
use crate::alert::windows::Key;
use crate::clock::Clock;
use crate::live::Live;
use crate::mention::StoredMention;
use crate::message;
use crate::store::{AlerterCommit, DecisionRow, Store};

impl<S: Store, C: Clock> Alerter<S, C> {
    pub(super) fn decide_one(
        &mut self,
        live: &Live,
        stored: &StoredMention,
        mutes: &Mutes,
        pasts: &mut Pasts,
        now: Timestamp,
        commit: &mut AlerterCommit,
    ) {
        let mention = &stored.mention;
        commit.decided.push(stored.id);
        let row = |rule: Option<&str>, channel: Option<&str>, reason: Reason| DecisionRow {
            mention: stored.id,
            rule: rule.map(str::to_owned),
            channel: channel.map(str::to_owned),
            reason,
            message: None,
        };
        // A team that is gone has no rules: its last mentions are kept, and told to nobody.
        let Some(team) = live.team(&mention.team) else {
            return commit.decisions.push(row(None, None, Reason::NoRule));
        };
        if !mention.baseline && mutes.holding(mention).is_some() {
            return commit.decisions.push(row(None, None, Reason::Muted));
        }
        let kind = pace::kind(team, &mention.brand);
        for verdict in route(&team.rules, kind, mention) {
            let name = verdict.rule.map(|rule| rule.name.as_str());
            match (verdict.reason, verdict.rule, verdict.channel) {
                (None, Some(rule), Some(channel)) => {
                    if message::channel(&live.settings, channel).is_none() {
                        commit.decisions.push(row(name, Some(channel), Reason::NoChannel));
                        continue;
                    }
                    let past = pasts.entry(mention.story).or_default();
                    if past.is_told(rule, channel, stored) {
                        commit.decisions.push(row(name, Some(channel), Reason::SameStory));
                        continue;
                    }
                    past.note(rule, channel, stored);
                    let key = Key {
                        team: mention.team.clone(),
                        rule: rule.name.clone(),
                        channel: channel.to_owned(),
                        brand: mention.brand.clone(),
                    };
                    let pace = pace::of_rule(team, rule, channel, &mention.brand);
                    let reason = self.windows.add(&key, &pace, &live.settings.timezone, stored.id, now);
                    commit.decisions.push(row(name, Some(channel), reason));
                }
                (Some(reason @ (Reason::Late | Reason::NotUnderstood)), _, Some(channel)) => {
                    match digest_channel(&team.rules, channel, &mention.brand, kind) {
                        Some(channel) => commit.for_digest.push(row(name, Some(channel), reason)),
                        None => commit.decisions.push(row(name, Some(channel), reason)),
                    }
                }
                (reason, _, channel) => {
                    commit.decisions.push(row(name, channel, reason.unwrap_or(Reason::NoRule)));
                }
            }
        }
    }
}
