//! What the rules in force say of pacing, by the keys that windows and escalations know. Owns nothing.

use crate::alert::escalation;
use crate::alert::rule::{BrandKind, Rule};
use crate::alert::rules::digest_of;
use crate::alert::windows::{Key, Pace};
use crate::live::Live;
use crate::watchlist::Team;

/// What a brand is to its team.
pub(crate) fn kind(team: &Team, brand: &str) -> BrandKind {
    team.brands.iter().find(|one| one.id == brand).map_or(BrandKind::default(), |one| one.kind)
}

/// Of a rule on a channel.
pub(crate) fn of_rule<'a>(team: &'a Team, rule: &'a Rule, channel: &str, brand: &str) -> Pace<'a> {
    Pace {
        group: rule.group,
        hours: &rule.hours,
        cap: rule.cap,
        digest: digest_of(&team.rules, channel, brand, kind(team, brand)).is_some(),
    }
}

/// Of a window; a rule that is gone holds nothing back.
pub(super) fn of<'a>(live: &'a Live, key: &Key) -> Pace<'a> {
    let rule = live.team(&key.team).zip(live.rule(&key.team, &key.rule));
    rule.map_or(Pace::GONE, |(team, rule)| of_rule(team, rule, &key.channel, &key.brand))
}

/// Of an escalation, while its rule has one.
pub(super) fn escalation<'a>(live: &'a Live, key: &escalation::Key) -> Option<escalation::Terms<'a>> {
    let rule = live.rule(&key.team, &key.rule)?;
    rule.escalate.as_ref().map(|escalate| escalation::Terms { after: escalate.after, hours: &rule.hours })
}
