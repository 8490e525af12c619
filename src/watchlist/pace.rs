//! What a rule says of times: its window, hours, cap, escalation, and what digests and spikes are asked for.
//! Owns their keys and limits; the forms are `times`'.

use std::time::Duration;

use jiff::civil::Time;

use super::brand::choice;
use super::rule::{channels, placed};
use super::shape::{AlertShape, EscalateShape};
use super::{RuleKind, times};
use crate::alert::digest::{self, Period, Schedule};
use crate::alert::hours::{Hours, Range};
use crate::alert::rule::{Cap, Escalate, Of, Sensitivity, SpikeRule};
use crate::config::findings::Findings;
use crate::config::places::Node;
use crate::config::yaml::{Words, Written};
use crate::config::{Settings, quantity};

/// The window of a rule that names none.
const GROUP: Duration = Duration::from_mins(10);
const WEEK: Duration = Duration::from_hours(168);
const DAY: Duration = Duration::from_hours(24);

/// `on:` as it is written, with the keys that go with it.
pub(super) const KINDS: [(&str, &[&str]); 5] = [
    ("mention", &["brands", "kinds", "if", "group", "hours", "cap", "escalate", "late"]),
    ("spike", &["brands", "kinds", "of", "window", "baseline", "sensitivity", "cooldown", "hours"]),
    ("digest", &["brands", "kinds", "at", "days", "period"]),
    ("coverage", &[]),
    ("moderation", &["brands", "kinds", "if", "group", "hours", "cap", "escalate", "late"]),
];

/// Reads `on:` with the keys that belong to it alone.
pub(super) fn kind(findings: &mut Findings, node: &Node, shape: &AlertShape) -> Option<RuleKind> {
    let Written(word) = shape.on.as_ref()?;
    let at = node.get("on").unwrap_or(node);
    let Some((word, keys)) = KINDS.iter().find(|(name, _)| name == word) else {
        choice(findings, at.span, "on", word, KINDS.iter().map(|(name, _)| *name));
        return None;
    };
    for (key, _) in node.pairs() {
        let (key, span) = (key.text().unwrap_or_default(), key.span);
        if !keys.contains(&key) && !matches!(key, "name" | "on" | "to") {
            let about = KINDS.iter().any(|(_, keys)| keys.contains(&key));
            if about && *word == "coverage" {
                findings.error(span, "config-not-for-coverage", &[("key", key)], None);
            } else if about {
                findings.error(span, "config-not-for-rule", &[("key", key), ("on", word)], None);
            }
        }
    }
    Some(match *word {
        "mention" => RuleKind::Mention,
        "coverage" => RuleKind::Coverage,
        "moderation" => RuleKind::Moderation,
        "spike" => RuleKind::Spike(spike(findings, node, shape)),
        _ => RuleKind::Digest(schedule(findings, node, shape)?),
    })
}

fn spike(findings: &mut Findings, node: &Node, shape: &AlertShape) -> SpikeRule {
    let of = word(findings, node, "of", shape.of.as_ref(), [Of::Volume, Of::Negative], Of::word);
    let sensitivity = word(
        findings,
        node,
        "sensitivity",
        shape.sensitivity.as_ref(),
        [Sensitivity::Normal, Sensitivity::Low, Sensitivity::High],
        Sensitivity::word,
    );
    let minutes = |minutes| Duration::from_mins(minutes);
    let window = match shape.window.as_ref().map(|Written(text)| (text, quantity::duration(text))) {
        None => minutes(60),
        Some((_, Some(window))) if [15, 30, 60].map(minutes).contains(&window) => window,
        Some((text, _)) => {
            let span = node.get("window").unwrap_or(node).span;
            findings.error(span, "config-spike-window", &[("text", text)], Some("1h"));
            minutes(60)
        }
    };
    let baseline = length(findings, node, "baseline", shape.baseline.as_ref(), (7 * DAY, 90 * DAY)).unwrap_or(28 * DAY);
    let cooldown =
        length(findings, node, "cooldown", shape.cooldown.as_ref(), (minutes(15), WEEK)).unwrap_or(minutes(60));
    SpikeRule { of, window, baseline, sensitivity, cooldown }
}

fn schedule(findings: &mut Findings, node: &Node, shape: &AlertShape) -> Option<Schedule> {
    let period =
        word(findings, node, "period", shape.period.as_ref(), [Period::Day, Period::Week, Period::Month], Period::word);
    let at = match shape.at.as_ref().map(|Written(text)| (text, times::time(text))) {
        None => Some(Time::constant(8, 0, 0, 0)),
        Some((_, Some(at))) => Some(at),
        Some((text, None)) => {
            let span = node.get("at").unwrap_or(node).span;
            findings.error(span, "config-time", &[("text", text)], Some("\"08:00\""));
            None
        }
    };
    let days = match &shape.days {
        None => Some(digest::default_days(period)),
        Some(Words(words)) => {
            let days = times::days(words.iter().map(String::as_str));
            if days.is_none() {
                let span = node.get("days").unwrap_or(node).span;
                findings.error(span, "config-days-of-week", &[("text", &words.join(", "))], Some("mon-fri"));
            }
            days
        }
    };
    Some(Schedule { at: at?, days: days?, period })
}

/// One of a few words; the first without any.
fn word<T: Copy, const N: usize>(
    findings: &mut Findings,
    node: &Node,
    key: &str,
    written: Option<&Written>,
    values: [T; N],
    name: impl Fn(T) -> &'static str,
) -> T {
    let Some(Written(text)) = written else { return values[0] };
    let found = values.iter().copied().find(|value| name(*value) == text);
    if found.is_none() {
        let span = node.get(key).unwrap_or(node).span;
        choice(findings, span, key, text, values.iter().copied().map(&name).collect::<Vec<_>>().into_iter());
    }
    found.unwrap_or(values[0])
}

/// A duration between two bounds.
fn length(
    findings: &mut Findings,
    node: &Node,
    key: &str,
    written: Option<&Written>,
    (shortest, longest): (Duration, Duration),
) -> Option<Duration> {
    let Written(text) = written?;
    let read = quantity::duration(text).filter(|length| (shortest..=longest).contains(length));
    if read.is_none() {
        let (least, most) = (quantity::written(shortest), quantity::written(longest));
        let arguments = [("key", key), ("text", text), ("least", &least), ("most", &most)];
        let meant = quantity::meant(text).filter(|_| quantity::duration(text).is_none());
        let meant = meant
            .filter(|meant| quantity::duration(meant).is_some_and(|length| (shortest..=longest).contains(&length)));
        findings.error(node.get(key).unwrap_or(node).span, "config-length", &arguments, meant.as_deref());
    }
    read
}

pub(super) fn group(findings: &mut Findings, node: &Node, written: Option<&Written>) -> Option<Duration> {
    let Some(Written(text)) = written else { return Some(GROUP) };
    if text == "off" {
        return None;
    }
    let span = node.get("group").unwrap_or(node).span;
    match quantity::duration(text) {
        Some(window) if (Duration::from_secs(1)..=WEEK).contains(&window) => return Some(window),
        Some(_) => findings.error(span, "config-group-range", &[("text", text)], None),
        None => {
            let meant = quantity::meant(text);
            findings.error(span, "config-group", &[("text", text)], meant.as_deref());
        }
    }
    Some(GROUP)
}

pub(super) fn hours(findings: &mut Findings, node: &Node, written: &Words) -> Hours {
    let Some(at) = node.get("hours") else { return Hours::ALWAYS };
    let hours = times::hours(written.0.iter().map(String::as_str));
    let is_whole = |range: &Range| range.opens == range.closes && range.opens != Time::midnight();
    if hours.as_ref().is_some_and(|hours| hours.ranges().iter().any(is_whole)) {
        findings.notice(at.span, "config-hours-whole", &[("text", &written.0.join(", "))], None);
    }
    hours.unwrap_or_else(|| {
        let text = written.0.join(", ");
        findings.error(at.span, "config-hours", &[("text", &text)], Some("\"mon-fri 08:00-20:00\""));
        Hours::ALWAYS
    })
}

pub(super) fn cap(findings: &mut Findings, node: &Node, written: Option<&Written>) -> Option<Cap> {
    let Written(text) = written?;
    let cap = times::cap(text);
    if cap.is_none() {
        let meant = times::cap_meant(text).unwrap_or_else(|| "12/h".to_owned());
        findings.error(node.get("cap").unwrap_or(node).span, "config-cap", &[("text", text)], Some(&meant));
    }
    cap
}

/// Absent: what is late is told all the same.
pub(super) fn late(
    findings: &mut Findings,
    node: &Node,
    written: Option<&Written>,
    default: Option<Duration>,
) -> Option<Duration> {
    match written {
        None => default,
        Some(Written(text)) if text == "off" => None,
        Some(_) => length(findings, node, "late", written, (Duration::from_hours(1), 3_660 * DAY)).or(default),
    }
}

pub(super) fn escalate(
    findings: &mut Findings,
    node: &Node,
    shape: Option<&EscalateShape>,
    settings: Option<&Settings>,
) -> Option<Escalate> {
    let (at, shape) = (node.get("escalate")?, shape?);
    let to = placed(&shape.to, at.get("to"));
    if to.is_empty() {
        let span = at.pair("to").map_or(at.span, |(key, _)| key.span);
        findings.error(span, "config-rule-without-channel", &[], None);
    }
    channels(findings, &to, settings);
    if shape.after.is_none() {
        findings.error(at.span, "config-missing-key", &[("block", "escalate"), ("key", "after")], None);
    }
    let after = length(findings, at, "after", shape.after.as_ref(), (Duration::from_mins(1), WEEK))?;
    Some(Escalate { after, to: to.into_iter().map(|(name, _)| name.to_owned()).collect() })
}
