//! Which rule takes a mention, and for which channel. Owns the conditions of `if:`; windows and
//! pacing are `windows`.

use std::time::Duration;

use super::Reason;
use super::rule::{BrandKind, Conditions, Rule, RuleKind};
use crate::mention::{Mention, Polarity};
use crate::text::fold::fold_string;

/// What a rule says of a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It takes it.
    Takes,
    /// It asks for a tone, and the mention's language is not understood.
    NotUnderstood,
    /// It asks for something else: this, first.
    Leaves(Missed),
}

/// The first condition that a mention does not meet, in the order in which they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Missed {
    /// The rule is about something else than mentions.
    On,
    /// `brands:` or `kinds:`.
    Brand,
    /// Nothing in it is to be moderated.
    Moderation,
    /// `tags:`
    Tags,
    /// `sources:`
    Sources,
    /// `sites:`
    Sites,
    /// `authors:`
    Authors,
    /// `languages:`
    Languages,
    /// `polarity:`
    Polarity,
    /// `score:`
    Score,
}

impl Missed {
    /// The key of the watchlist that was not met.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Brand => "brands",
            Self::Moderation => "moderation",
            Self::Tags => "tags",
            Self::Sources => "sources",
            Self::Sites => "sites",
            Self::Authors => "authors",
            Self::Languages => "languages",
            Self::Polarity => "polarity",
            Self::Score => "score",
        }
    }
}

/// What happens to a mention on one channel, or on none.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict<'a> {
    /// The rule that decided.
    pub rule: Option<&'a Rule>,
    /// The channel it is about.
    pub channel: Option<&'a str>,
    /// A reason that sends nothing now; absent where the channel is to be told.
    pub reason: Option<Reason>,
}

/// Asks one rule.
#[must_use]
pub fn ask(rule: &Rule, kind: BrandKind, mention: &Mention) -> Answer {
    let moderates = rule.on == RuleKind::Moderation;
    if rule.on != RuleKind::Mention && !moderates {
        return Answer::Leaves(Missed::On);
    }
    if !rule.is_about(&mention.brand, kind) {
        return Answer::Leaves(Missed::Brand);
    }
    if moderates && mention.evidence.is_none() {
        return Answer::Leaves(Missed::Moderation);
    }
    if let Some(missed) = missed_of_place_and_tags(&rule.conditions, mention) {
        return Answer::Leaves(missed);
    }
    let Conditions { polarity, score, strict, .. } = &rule.conditions;
    if mention.polarity == Polarity::Unknown && !polarity.contains(&Polarity::Unknown) {
        // A tone that nobody read is no neutral one; without a score no comparison holds.
        return match (polarity.is_empty(), score) {
            (false, _) => Answer::NotUnderstood,
            (true, Some(_)) => Answer::Leaves(Missed::Score),
            (true, None) => Answer::Takes,
        };
    }
    // What is doubtful and leans to blame carries a complaint or irony: whoever asks for the negative wants to see it.
    let leans = mention.polarity == Polarity::Uncertain && mention.score.is_none_or(|score| score <= 0.0);
    let doubtful = leans && polarity.contains(&Polarity::Negative) && !strict;
    if !(polarity.is_empty() || polarity.contains(&mention.polarity) || doubtful) {
        return Answer::Leaves(Missed::Polarity);
    }
    if score.is_none_or(|condition| mention.score.is_some_and(|score| condition.holds(score))) {
        Answer::Takes
    } else {
        Answer::Leaves(Missed::Score)
    }
}

fn missed_of_place_and_tags(conditions: &Conditions, mention: &Mention) -> Option<Missed> {
    let Conditions { tags, sources, sites, authors, languages, .. } = conditions;
    let evidence = mention.evidence.as_ref().map_or(&[][..], |evidence| &evidence.tags);
    let tagged = |tag: &String| mention.tags.contains(tag) || evidence.contains(tag);
    let wrote = |author: &String| mention.author.as_deref().is_some_and(|name| is_same_author(name, author));
    [
        (tags.is_empty() || tags.iter().any(tagged), Missed::Tags),
        (sources.is_empty() || sources.contains(&mention.source_name), Missed::Sources),
        (sites.is_empty() || sites.iter().any(|site| is_site_or_below(&mention.site, site)), Missed::Sites),
        (authors.is_empty() || authors.iter().any(wrote), Missed::Authors),
        (
            languages.is_empty() || mention.language.is_some_and(|language| languages.contains(&language)),
            Missed::Languages,
        ),
    ]
    .into_iter()
    .find_map(|(holds, missed)| (!holds).then_some(missed))
}

/// True for `orange.fr` and `shop.orange.fr` against `orange.fr`, whatever the case or a leading `www.`.
pub(super) fn is_site_or_below(site: &str, asked: &str) -> bool {
    let site = site.to_lowercase();
    let asked = asked.to_lowercase();
    let asked = asked.strip_prefix("www.").unwrap_or(&asked);
    site.strip_suffix(asked).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The whole name, whatever its case, accents or a leading `@`.
pub(super) fn is_same_author(name: &str, asked: &str) -> bool {
    let key = |name: &str| fold_string(name.trim().trim_start_matches('@')).trim().to_owned();
    key(name) == key(asked)
}

/// True for a rule that tells a channel of mentions one by one.
#[must_use]
pub const fn is_of_mentions(on: RuleKind) -> bool {
    matches!(on, RuleKind::Mention | RuleKind::Moderation)
}

/// Tries the rules in the file's order; a channel is told by the first rule that takes the mention, and of
/// what is to be moderated by the first moderation rule besides.
#[must_use]
pub fn route<'a>(rules: &'a [Rule], kind: BrandKind, mention: &Mention) -> Vec<Verdict<'a>> {
    if mention.baseline {
        return vec![Verdict { rule: None, channel: None, reason: Some(Reason::Baseline) }];
    }
    let mut verdicts: Vec<Verdict<'a>> = Vec::new();
    let mut not_understood = Vec::new();
    for rule in rules {
        match ask(rule, kind, mention) {
            Answer::Leaves(_) => {}
            Answer::NotUnderstood => not_understood.push(rule),
            Answer::Takes => {
                let moderates = rule.on == RuleKind::Moderation;
                let same =
                    |earlier: &Verdict<'_>| earlier.rule.is_some_and(|other| (other.on == rule.on) || !moderates);
                for channel in &rule.to {
                    let told = verdicts.iter().any(|earlier| earlier.channel == Some(channel) && same(earlier));
                    let reason =
                        if told { Some(Reason::AlreadySent) } else { is_late(rule, mention).then_some(Reason::Late) };
                    verdicts.push(Verdict { rule: Some(rule), channel: Some(channel), reason });
                }
            }
        }
    }
    for rule in not_understood {
        for channel in &rule.to {
            if !verdicts.iter().any(|earlier| earlier.channel == Some(channel)) {
                let reason = Some(Reason::NotUnderstood);
                verdicts.push(Verdict { rule: Some(rule), channel: Some(channel), reason });
            }
        }
    }
    if verdicts.is_empty() {
        verdicts.push(Verdict { rule: None, channel: None, reason: Some(Reason::NoRule) });
    }
    verdicts
}

fn is_late(rule: &Rule, mention: &Mention) -> bool {
    let age = mention.published.and_then(|published| Duration::try_from(mention.found.duration_since(published)).ok());
    rule.late.zip(age).is_some_and(|(late, age)| age > late)
}

/// The first digest of a channel that is about a brand.
#[must_use]
pub fn digest_of<'a>(rules: &'a [Rule], channel: &str, brand: &str, kind: BrandKind) -> Option<&'a Rule> {
    rules.iter().find(|rule| {
        matches!(rule.on, RuleKind::Digest(_)) && rule.is_about(brand, kind) && rule.to.iter().any(|to| to == channel)
    })
}

/// The channel whose digest tells what this channel is not told at once: its own, else the first that any
/// digest about the brand goes to.
#[must_use]
pub fn digest_channel<'a>(rules: &'a [Rule], channel: &'a str, brand: &str, kind: BrandKind) -> Option<&'a str> {
    if digest_of(rules, channel, brand, kind).is_some() {
        return Some(channel);
    }
    let about = |rule: &&Rule| matches!(rule.on, RuleKind::Digest(_)) && rule.is_about(brand, kind);
    rules.iter().find(about).and_then(|rule| rule.to.first()).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::digest::{Period, Schedule};
    use crate::alert::hours::Days;
    use crate::alert::rule::{Comparison, ScoreCondition};
    use crate::alert::tests::{mention, rule};
    use crate::mention::Evidence;
    use crate::text::language::Language;

    fn conditions(change: impl FnOnce(&mut Conditions)) -> Rule {
        let mut rule = rule("r", &["comms"]);
        change(&mut rule.conditions);
        rule
    }

    type Change = fn(&mut Mention);

    #[test]
    fn each_condition_of_a_rule_is_asked() {
        let negative = |m: &mut Mention| {
            m.polarity = Polarity::Negative;
            m.score = Some(-0.5);
        };
        let doubtful = |m: &mut Mention| m.polarity = Polarity::Uncertain;
        let at_most = |bound| ScoreCondition { comparison: Comparison::AtMost, bound };
        let cases: Vec<(&str, Rule, Option<Change>, Answer)> = vec![
            ("no condition", conditions(|_| {}), None, Answer::Takes),
            ("polarity", conditions(|c| c.polarity = vec![Polarity::Negative]), Some(negative), Answer::Takes),
            ("doubtful", conditions(|c| c.polarity = vec![Polarity::Negative]), Some(doubtful), Answer::Takes),
            (
                "doubtful praise",
                conditions(|c| c.polarity = vec![Polarity::Negative]),
                Some(|m: &mut Mention| {
                    m.polarity = Polarity::Uncertain;
                    m.score = Some(0.3);
                }),
                Answer::Leaves(Missed::Polarity),
            ),
            (
                "doubtful, but the praise was asked for",
                conditions(|c| c.polarity = vec![Polarity::Positive]),
                Some(doubtful),
                Answer::Leaves(Missed::Polarity),
            ),
            (
                "other polarity",
                conditions(|c| c.polarity = vec![Polarity::Negative]),
                None,
                Answer::Leaves(Missed::Polarity),
            ),
            ("score", conditions(|c| c.score = Some(at_most(-0.5))), Some(negative), Answer::Takes),
            (
                "score missed",
                conditions(|c| c.score = Some(at_most(-0.6))),
                Some(negative),
                Answer::Leaves(Missed::Score),
            ),
            (
                "tag",
                conditions(|c| c.tags = vec!["outage".into()]),
                Some(|m| m.tags = vec!["outage".into()]),
                Answer::Takes,
            ),
            ("tag missed", conditions(|c| c.tags = vec!["outage".into()]), None, Answer::Leaves(Missed::Tags)),
            ("source", conditions(|c| c.sources = vec!["lafibre".into()]), None, Answer::Takes),
            ("source missed", conditions(|c| c.sources = vec!["autre".into()]), None, Answer::Leaves(Missed::Sources)),
            ("site", conditions(|c| c.sites = vec!["Example.org".into()]), None, Answer::Takes),
            (
                "site below",
                conditions(|c| c.sites = vec!["example.org".into()]),
                Some(|m| m.site = "blog.example.org".into()),
                Answer::Takes,
            ),
            (
                "site with another end",
                conditions(|c| c.sites = vec!["example.org".into()]),
                Some(|m| m.site = "badexample.org".into()),
                Answer::Leaves(Missed::Sites),
            ),
            ("language", conditions(|c| c.languages = vec![Language::FRENCH]), None, Answer::Takes),
            (
                "language missed",
                conditions(|c| c.languages = vec![Language::ENGLISH]),
                None,
                Answer::Leaves(Missed::Languages),
            ),
            (
                "author, whatever the case and the sign",
                conditions(|c| c.authors = vec!["@éva bot".into()]),
                Some(|m| m.author = Some("Eva Bot".into())),
                Answer::Takes,
            ),
            (
                "author missed",
                conditions(|c| c.authors = vec!["eva".into()]),
                Some(|m| m.author = Some("Eva Bot".into())),
                Answer::Leaves(Missed::Authors),
            ),
            (
                "doubtful, and only the surely negative was asked for",
                conditions(|c| {
                    c.polarity = vec![Polarity::Negative];
                    c.strict = true;
                }),
                Some(doubtful),
                Answer::Leaves(Missed::Polarity),
            ),
            (
                "language unknown",
                conditions(|c| c.languages = vec![Language::ENGLISH]),
                Some(|m| m.language = None),
                Answer::Leaves(Missed::Languages),
            ),
        ];
        for (name, rule, change, expected) in cases {
            let mut mention = mention(1);
            if let Some(change) = change {
                change(&mut mention);
            }
            assert_eq!(ask(&rule, BrandKind::Brand, &mention), expected, "{name}");
        }
    }

    #[test]
    fn a_mention_in_an_unread_language_is_left_only_by_rules_about_tone() {
        let mut foreign = mention(1);
        foreign.polarity = Polarity::Unknown;
        foreign.score = None;
        assert_eq!(ask(&conditions(|_| {}), BrandKind::Brand, &foreign), Answer::Takes);
        let tone = conditions(|c| c.polarity = vec![Polarity::Negative]);
        assert_eq!(ask(&tone, BrandKind::Brand, &foreign), Answer::NotUnderstood);
        let unknown = conditions(|c| c.polarity = vec![Polarity::Unknown]);
        assert_eq!(ask(&unknown, BrandKind::Brand, &foreign), Answer::Takes);
        let score = conditions(|c| c.score = Some(ScoreCondition { comparison: Comparison::AtLeast, bound: -1.0 }));
        assert_eq!(ask(&score, BrandKind::Brand, &foreign), Answer::Leaves(Missed::Score));
        assert_eq!(route(&[tone], BrandKind::Brand, &foreign)[0].reason, Some(Reason::NotUnderstood));
    }

    #[test]
    fn a_rule_for_other_brands_or_kinds_leaves_the_mention() {
        let mut by_brand = rule("r", &["comms"]);
        by_brand.brands = vec!["sosh".into()];
        let mut by_kind = rule("r", &["comms"]);
        by_kind.kinds = vec![BrandKind::Competitor];
        assert_eq!(ask(&by_brand, BrandKind::Brand, &mention(1)), Answer::Leaves(Missed::Brand));
        assert_eq!(ask(&by_kind, BrandKind::Brand, &mention(1)), Answer::Leaves(Missed::Brand));
        assert_eq!(ask(&by_kind, BrandKind::Competitor, &mention(1)), Answer::Takes);
    }

    #[test]
    fn a_channel_is_told_by_the_first_rule_that_takes_the_mention() {
        let rules = [rule("urgent", &["crisis", "comms"]), rule("all", &["comms", "archive"])];
        let verdicts = route(&rules, BrandKind::Brand, &mention(1));
        let shown: Vec<_> = verdicts.iter().map(|v| (v.rule.map(|r| r.name.as_str()), v.channel, v.reason)).collect();
        assert_eq!(
            shown,
            [
                (Some("urgent"), Some("crisis"), None),
                (Some("urgent"), Some("comms"), None),
                (Some("all"), Some("comms"), Some(Reason::AlreadySent)),
                (Some("all"), Some("archive"), None),
            ]
        );
    }

    #[test]
    fn a_baseline_mention_is_routed_to_nobody() {
        let mut old = mention(1);
        old.baseline = true;
        let rules = [rule("all", &["comms"])];
        assert_eq!(
            route(&rules, BrandKind::Brand, &old),
            [Verdict { rule: None, channel: None, reason: Some(Reason::Baseline) }]
        );
    }

    #[test]
    fn what_was_published_long_ago_waits_for_a_digest() {
        let mut old = mention(1);
        old.found = "2026-11-20T10:00:00Z".parse().unwrap();
        old.published = Some("2026-11-13T09:59:59Z".parse().unwrap());
        let rules = [rule("all", &["comms"])];
        assert_eq!(route(&rules, BrandKind::Brand, &old)[0].reason, Some(Reason::Late));
        old.published = Some("2026-11-13T10:00:00Z".parse().unwrap());
        assert_eq!(route(&rules, BrandKind::Brand, &old)[0].reason, None);
        old.published = Some("2030-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(route(&rules, BrandKind::Brand, &old)[0].reason, None, "a date ahead is not late");
        old.published = None;
        assert_eq!(route(&rules, BrandKind::Brand, &old)[0].reason, None, "no date is that of its finding");
    }

    fn digest(name: &str, to: &[&str]) -> Rule {
        let schedule = Schedule { at: jiff::civil::Time::midnight(), days: Days::ALL, period: Period::Day };
        Rule { on: RuleKind::Digest(schedule), ..rule(name, to) }
    }

    #[test]
    fn what_waits_is_told_by_the_digest_of_its_channel_or_else_of_the_team() {
        let mut of_sosh = digest("sosh", &["crisis"]);
        of_sosh.brands = vec!["sosh".into()];
        let rules = [of_sosh, digest("morning", &["comms", "archive"])];
        let channel = |name| digest_channel(&rules, name, "orange", BrandKind::Brand);
        assert_eq!(channel("archive"), Some("archive"));
        assert_eq!(channel("crisis"), Some("comms"), "crisis has a digest of another brand alone");
        assert_eq!(digest_channel(&rules[..1], "comms", "orange", BrandKind::Brand), None);
    }

    #[test]
    fn a_moderation_rule_tells_besides_a_mention_rule_and_only_what_is_to_be_moderated() {
        let moderation = Rule { on: RuleKind::Moderation, ..rule("abuse", &["comms"]) };
        let rules = [rule("all", &["comms"]), moderation];
        assert_eq!(route(&rules, BrandKind::Brand, &mention(1)).len(), 1);
        let mut abusive = mention(1);
        abusive.evidence = Some(Box::new(Evidence {
            tags: vec!["threat".into()],
            passages: Vec::new(),
            copy: String::new(),
            sha256: String::new(),
        }));
        let told: Vec<_> = route(&rules, BrandKind::Brand, &abusive).into_iter().map(|v| v.reason).collect();
        assert_eq!(told, [None, None]);
        let mut asked = rules[1].clone();
        asked.conditions.tags = vec!["insult".into()];
        assert_eq!(ask(&asked, BrandKind::Brand, &abusive), Answer::Leaves(Missed::Tags));
        asked.conditions.tags = vec!["threat".into()];
        assert_eq!(ask(&asked, BrandKind::Brand, &abusive), Answer::Takes);
    }
}
