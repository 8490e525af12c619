//! `vigie try --route`: to whom a text would go, when and why, by every rule. Owns the walk over the rules and
//! its lines; the decisions are `alert`'s, on windows in which nothing was sent before.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::terminal;
use crate::alert::Reason;
use crate::alert::mute::Mutes;
use crate::alert::rule::{Rule, RuleKind};
use crate::alert::rules::{Answer, Missed, ask, digest_channel, digest_of, is_of_mentions, route};
use crate::alert::windows::{Key, Pace, Windows};
use crate::locale::Locale;
use crate::mention::Mention;
use crate::watchlist::Team;

/// What a route is tried with.
#[derive(Debug)]
pub(super) struct Moment {
    /// When the text comes.
    pub(super) at: Timestamp,
    /// Of hours and days.
    pub(super) zone: TimeZone,
    /// Those that run then; none without a store.
    pub(super) mutes: Mutes,
}

/// What a rule does with a text on one of its channels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Step {
    /// The rule; absent where none is asked.
    rule: Option<String>,
    /// `file:line` of the rule.
    place: Option<String>,
    /// The channel; absent where it tells nobody.
    channel: Option<String>,
    /// `sent`, `digest`, `counted` or `none`.
    outcome: &'static str,
    /// When it is told.
    when: Option<Timestamp>,
    /// Named reason.
    reason: Option<&'static str>,
    /// The condition that is not met, by its key.
    missed: Option<&'static str>,
    /// To whom and when, should nobody answer.
    escalates: Option<(Timestamp, Vec<String>)>,
}

/// Reads `--at`: a local moment, or one with its zone.
pub(super) fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    let exact = text.parse::<Timestamp>().ok();
    exact.or_else(|| {
        let local: DateTime = text.replace(' ', "T").parse().ok()?;
        local.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
    })
}

/// What every rule of a team does with a mention that comes at the moment.
pub(super) fn steps(team: &Team, mention: &Mention, moment: &Moment) -> Vec<Step> {
    let kind = team.brands.iter().find(|brand| brand.id == mention.brand).map(|brand| brand.kind).unwrap_or_default();
    let nothing = Step {
        rule: None,
        place: None,
        channel: None,
        outcome: "none",
        when: None,
        reason: None,
        missed: None,
        escalates: None,
    };
    if let Some(mute) = moment.mutes.holding(mention) {
        return vec![Step { reason: Some(Reason::Muted.name()), when: Some(mute.until), ..nothing }];
    }
    let verdicts = route(&team.rules, kind, mention);
    let mut steps = Vec::new();
    for rule in &team.rules {
        let of = |step: Step| Step { rule: Some(rule.name.clone()), place: Some(rule.place.to_string()), ..step };
        if !is_of_mentions(rule.on) {
            steps.extend(on_the_clock(rule, mention, kind, moment).into_iter().map(|step| of(Step { ..step })));
            continue;
        }
        if let Answer::Leaves(missed) = ask(rule, kind, mention) {
            if missed != Missed::Brand {
                steps.push(of(Step { missed: Some(missed.word()), ..nothing.clone() }));
            }
            continue;
        }
        for verdict in verdicts.iter().filter(|verdict| verdict.rule.is_some_and(|other| other.name == rule.name)) {
            let Some(channel) = verdict.channel else { continue };
            let step = match verdict.reason {
                None => sent(team, rule, channel, mention, moment),
                Some(reason @ (Reason::Late | Reason::NotUnderstood)) => {
                    let (to, when) = digest(team, channel, mention, kind, moment);
                    Step {
                        channel: to.or_else(|| Some(channel.to_owned())),
                        outcome: if when.is_some() { "digest" } else { "none" },
                        when,
                        reason: Some(reason.name()),
                        ..nothing.clone()
                    }
                }
                Some(reason) => {
                    Step { channel: Some(channel.to_owned()), reason: Some(reason.name()), ..nothing.clone() }
                }
            };
            steps.push(of(step));
        }
    }
    if steps.is_empty() {
        steps.push(Step { reason: Some(Reason::NoRule.name()), ..nothing });
    }
    steps
}

/// Told by a window in which nothing was sent before.
fn sent(team: &Team, rule: &Rule, channel: &str, mention: &Mention, moment: &Moment) -> Step {
    let pace = Pace { group: rule.group, hours: &rule.hours, cap: rule.cap, digest: false };
    let key = Key {
        team: team.file.to_string(),
        rule: rule.name.clone(),
        channel: channel.to_owned(),
        brand: mention.brand.clone(),
    };
    let (when, reason) = Windows::default().forecast(&key, &pace, &moment.zone, moment.at);
    let escalates = rule
        .escalate
        .as_ref()
        .zip(when)
        .map(|(escalate, when)| (rule.hours.opening(when + escalate.after, &moment.zone), escalate.to.clone()));
    Step {
        rule: None,
        place: None,
        channel: Some(channel.to_owned()),
        outcome: "sent",
        when,
        reason: Some(reason.name()),
        missed: None,
        escalates,
    }
}

/// The digest that tells what a channel is not told at once, and when it goes.
fn digest(
    team: &Team,
    channel: &str,
    mention: &Mention,
    kind: crate::watchlist::BrandKind,
    moment: &Moment,
) -> (Option<String>, Option<Timestamp>) {
    let Some(to) = digest_channel(&team.rules, channel, &mention.brand, kind) else { return (None, None) };
    let when = digest_of(&team.rules, to, &mention.brand, kind).and_then(|rule| match rule.on {
        RuleKind::Digest(schedule) => Some(schedule.next(schedule.begin(moment.at, &moment.zone), &moment.zone)),
        _ => None,
    });
    (Some(to.to_owned()), when)
}

/// Rules that count a mention rather than tell it.
fn on_the_clock(rule: &Rule, mention: &Mention, kind: crate::watchlist::BrandKind, moment: &Moment) -> Vec<Step> {
    if !rule.is_about(&mention.brand, kind) {
        return Vec::new();
    }
    let when = match rule.on {
        RuleKind::Digest(schedule) => Some(schedule.next(schedule.begin(moment.at, &moment.zone), &moment.zone)),
        RuleKind::Spike(_) => None,
        _ => return Vec::new(),
    };
    let counted = |channel: &String| Step {
        rule: None,
        place: None,
        channel: Some(channel.clone()),
        outcome: "counted",
        when,
        reason: None,
        missed: None,
        escalates: None,
    };
    rule.to.iter().map(counted).collect()
}

/// The steps as people read them, a line each.
pub(super) fn lines(steps: &[Step], moment: &Moment, locale: Locale) -> Vec<String> {
    let time = |at: Timestamp| terminal::time(at, &moment.zone);
    let rows: Vec<Vec<String>> = steps
        .iter()
        .map(|step| {
            let rule = step.rule.as_deref().map_or_else(|| "–".to_owned(), |rule| terminal::line(rule, 40));
            let to = step.channel.as_deref().map_or_else(String::new, |name| format!("→ {}", terminal::line(name, 40)));
            let reason = || step.reason.map(|name| locale.text(&format!("mentions-reason-{name}"))).unwrap_or_default();
            let soon = |at: Timestamp| at.duration_since(moment.at).as_secs() < 60;
            let said = match (step.outcome, step.when, step.missed) {
                ("none", _, Some(missed)) => locale.format("route-missed", &[("key", missed.into())]),
                ("none", Some(until), None) => locale.format("route-muted", &[("until", time(until).into())]),
                ("sent", Some(at), _) if soon(at) => locale.format("route-now", &[("reason", reason().into())]),
                ("sent" | "digest", Some(at), _) => {
                    locale.format("route-at", &[("when", time(at).into()), ("reason", reason().into())])
                }
                ("counted", Some(at), _) => locale.format("route-digest", &[("when", time(at).into())]),
                ("counted", None, _) => locale.text("route-counted"),
                _ => locale.format("route-none", &[("reason", reason().into())]),
            };
            let escalation = step.escalates.as_ref().map(|(at, to)| {
                let arguments = [("when", time(*at).into()), ("to", terminal::line(&to.join(", "), 100).into())];
                locale.format("route-escalation", &arguments)
            });
            vec![rule, to, said + &escalation.unwrap_or_default()]
        })
        .collect();
    terminal::columns(&rows, 2)
}

#[cfg(test)]
#[path = "route_tests.rs"]
mod tests;
