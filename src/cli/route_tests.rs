//! Where a text would go, rule by rule: an outside look at the whole policy.

use super::*;
use crate::alert::tests::mention;
use crate::config::settings::UiLanguage;
use crate::mention::Polarity;
use crate::watchlist::{Context, WatchlistFile, compile};

const TEAM: &str = r#"
brands:
  - id: orange
    match: {any: [orange]}
    tags: {outage: [panne]}
alerts:
  - name: urgent
    on: mention
    if: {polarity: negative}
    to: [crisis, comms]
    hours: mon-fri 08:00-20:00
    escalate: {after: 30m, to: [boss]}
  - name: outages
    on: mention
    if: {tags: [outage]}
    to: comms
  - name: everything
    on: mention
    to: [comms, archive]
    group: off
  - name: peak
    on: spike
    to: crisis
  - name: morning
    on: digest
    at: "08:00"
    days: mon-fri
    to: comms
"#;

fn steps_of(change: impl FnOnce(&mut Mention), at: &str) -> (Vec<Step>, Moment) {
    let file = WatchlistFile { name: "team.yaml".into(), path_shown: "team.yaml".into(), bytes: TEAM.into() };
    let compiled = compile(&[file], &Context::without_settings(UiLanguage::English)).result.unwrap();
    let zone = TimeZone::get("Europe/Paris").unwrap();
    let moment = Moment { at: moment(at, &zone).unwrap(), zone, mutes: Mutes::default() };
    let mut mention = mention(1);
    mention.found = moment.at;
    change(&mut mention);
    (steps(&compiled.teams[0], &mention, &moment), moment)
}

fn said(change: impl FnOnce(&mut Mention), at: &str, language: UiLanguage) -> String {
    let (steps, moment) = steps_of(change, at);
    let lines = lines(&steps, &moment, Locale::of(language)).join("\n");
    // Columns are padded: what counts is the words.
    lines.split('\n').map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_rule_says_what_it_does_with_a_text() {
    let negative = |mention: &mut Mention| mention.polarity = Polarity::Negative;
    assert_eq!(
        said(negative, "2026-11-20T15:00", UiLanguage::English),
        "urgent → crisis at once (first mention); without an answer, boss on 2026-11-20 15:30\n\
         urgent → comms at once (first mention); without an answer, boss on 2026-11-20 15:30\n\
         outages no: it does not meet `tags`\n\
         everything → comms no: this channel was told already\n\
         everything → archive at once (a message a mention)\n\
         peak → crisis counts for the spikes\n\
         morning → comms counts for the digest of 2026-11-23 08:00"
    );
    let night = said(negative, "2026-11-20 21:04", UiLanguage::French);
    assert!(night.starts_with("urgent → crisis 2026-11-23 08:00 (hors des horaires de la règle"), "{night}");
}

#[test]
fn what_is_not_told_now_goes_to_the_digest_of_its_channel() {
    let foreign = |mention: &mut Mention| {
        mention.polarity = Polarity::Unknown;
        mention.score = None;
    };
    let (steps, _) = steps_of(foreign, "2026-11-20T15:00");
    let shown: Vec<_> =
        steps.iter().map(|step| (step.rule.as_deref(), step.channel.as_deref(), step.outcome)).collect();
    assert_eq!(shown[0], (Some("urgent"), Some("comms"), "digest"), "crisis has no digest: comms' tells it");
    let old = |mention: &mut Mention| mention.published = Some("2026-01-01T00:00:00Z".parse().unwrap());
    let (steps, _) = steps_of(old, "2026-11-20T15:00");
    let late: Vec<_> = steps.iter().filter(|step| step.reason == Some("Late")).map(|step| step.outcome).collect();
    assert_eq!(late, ["digest", "digest"]);
}

#[test]
fn what_is_muted_goes_nowhere() {
    use crate::alert::mute::{Mute, Muted};
    let (_, mut moment) = steps_of(|_| {}, "2026-11-20T15:00");
    let mute = Mute {
        id: 1,
        what: Muted::Brand("orange".into()),
        until: "2026-12-01T00:00:00Z".parse().unwrap(),
        reason: None,
        since: moment.at,
    };
    moment.mutes = Mutes::running(vec![mute], moment.at);
    let file = WatchlistFile { name: "team.yaml".into(), path_shown: "team.yaml".into(), bytes: TEAM.into() };
    let compiled = compile(&[file], &Context::without_settings(UiLanguage::English)).result.unwrap();
    let steps = steps(&compiled.teams[0], &mention(1), &moment);
    assert_eq!(steps.len(), 1);
    assert_eq!((steps[0].outcome, steps[0].reason), ("none", Some("Muted")));
    assert!(lines(&steps, &moment, Locale::of(UiLanguage::French))[0].contains("2026-12-01"));
}
