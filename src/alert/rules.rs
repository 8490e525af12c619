//! Which rule takes a mention, and for which channel. Owns the conditions of `if:`; windows and
//! pacing are `windows`.

use super::Reason;
use super::rule::{BrandKind, Conditions, Rule, RuleKind};
use crate::mention::{Mention, Polarity};

/// What a rule says of a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It takes it.
    Takes,
    /// It asks for a tone, and the mention's language is not understood.
    NotUnderstood,
    /// It asks for something else.
    Leaves,
}

/// What happens to a mention on one channel, or on none.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict<'a> {
    /// The rule that decided.
    pub rule: Option<&'a Rule>,
    /// The channel it is about.
    pub channel: Option<&'a str>,
    /// A reason that tells nobody; absent where the channel is to be told.
    pub reason: Option<Reason>,
}

/// Asks one rule.
#[must_use]
pub fn ask(rule: &Rule, kind: BrandKind, mention: &Mention) -> Answer {
    let of_brand = (rule.brands.is_empty() || rule.brands.contains(&mention.brand))
        && (rule.kinds.is_empty() || rule.kinds.contains(&kind));
    if rule.on != RuleKind::Mention || !of_brand || !place_and_tags_hold(&rule.conditions, mention) {
        return Answer::Leaves;
    }
    let Conditions { polarity, score, .. } = &rule.conditions;
    if mention.polarity == Polarity::Unknown && !polarity.contains(&Polarity::Unknown) {
        // Without a score no comparison holds, and a tone that nobody read is no neutral one.
        return if polarity.is_empty() && score.is_none() { Answer::Takes } else { Answer::NotUnderstood };
    }
    // What is doubtful carries a complaint or irony: whoever asks for the negative wants to see it.
    let doubtful = mention.polarity == Polarity::Uncertain && polarity.contains(&Polarity::Negative);
    let polar = polarity.is_empty() || polarity.contains(&mention.polarity) || doubtful;
    let scored = score.is_none_or(|condition| mention.score.is_some_and(|score| condition.holds(score)));
    if polar && scored { Answer::Takes } else { Answer::Leaves }
}

fn place_and_tags_hold(conditions: &Conditions, mention: &Mention) -> bool {
    let Conditions { tags, sources, sites, languages, .. } = conditions;
    (tags.is_empty() || tags.iter().any(|tag| mention.tags.contains(tag)))
        && (sources.is_empty() || sources.contains(&mention.source_name))
        && (sites.is_empty() || sites.iter().any(|site| is_site_or_below(&mention.site, site)))
        && (languages.is_empty() || mention.language.is_some_and(|language| languages.contains(&language)))
}

/// True for `orange.fr` and `shop.orange.fr` against `orange.fr`, whatever the case or a leading `www.`.
fn is_site_or_below(site: &str, asked: &str) -> bool {
    let site = site.to_lowercase();
    let asked = asked.to_lowercase();
    let asked = asked.strip_prefix("www.").unwrap_or(&asked);
    site.strip_suffix(asked).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Tries the rules in the file's order; a channel is told by the first rule that takes the mention.
#[must_use]
pub fn route<'a>(rules: &'a [Rule], kind: BrandKind, mention: &Mention) -> Vec<Verdict<'a>> {
    if mention.baseline {
        return vec![Verdict { rule: None, channel: None, reason: Some(Reason::Baseline) }];
    }
    let mut verdicts: Vec<Verdict<'a>> = Vec::new();
    let mut not_understood = None;
    for rule in rules {
        match ask(rule, kind, mention) {
            Answer::Leaves => {}
            Answer::NotUnderstood => not_understood = not_understood.or(Some(rule)),
            Answer::Takes => {
                for channel in &rule.to {
                    let told = verdicts.iter().any(|earlier| earlier.channel == Some(channel));
                    let reason = told.then_some(Reason::AlreadySent);
                    verdicts.push(Verdict { rule: Some(rule), channel: Some(channel), reason });
                }
            }
        }
    }
    if verdicts.is_empty() {
        let reason = if not_understood.is_some() { Reason::NotUnderstood } else { Reason::NoRule };
        verdicts.push(Verdict { rule: not_understood, channel: None, reason: Some(reason) });
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::rule::{Comparison, ScoreCondition};
    use crate::alert::tests::{mention, rule};
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
                "doubtful, but the praise was asked for",
                conditions(|c| c.polarity = vec![Polarity::Positive]),
                Some(doubtful),
                Answer::Leaves,
            ),
            ("other polarity", conditions(|c| c.polarity = vec![Polarity::Negative]), None, Answer::Leaves),
            ("score", conditions(|c| c.score = Some(at_most(-0.5))), Some(negative), Answer::Takes),
            ("score missed", conditions(|c| c.score = Some(at_most(-0.6))), Some(negative), Answer::Leaves),
            (
                "tag",
                conditions(|c| c.tags = vec!["outage".into()]),
                Some(|m| m.tags = vec!["outage".into()]),
                Answer::Takes,
            ),
            ("tag missed", conditions(|c| c.tags = vec!["outage".into()]), None, Answer::Leaves),
            ("source", conditions(|c| c.sources = vec!["lafibre".into()]), None, Answer::Takes),
            ("source missed", conditions(|c| c.sources = vec!["autre".into()]), None, Answer::Leaves),
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
                Answer::Leaves,
            ),
            ("language", conditions(|c| c.languages = vec![Language::FRENCH]), None, Answer::Takes),
            ("language missed", conditions(|c| c.languages = vec![Language::ENGLISH]), None, Answer::Leaves),
            (
                "language unknown",
                conditions(|c| c.languages = vec![Language::ENGLISH]),
                Some(|m| m.language = None),
                Answer::Leaves,
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
        assert_eq!(ask(&score, BrandKind::Brand, &foreign), Answer::NotUnderstood);
        assert_eq!(route(&[tone], BrandKind::Brand, &foreign)[0].reason, Some(Reason::NotUnderstood));
    }

    #[test]
    fn a_rule_for_other_brands_or_kinds_leaves_the_mention() {
        let mut by_brand = rule("r", &["comms"]);
        by_brand.brands = vec!["sosh".into()];
        let mut by_kind = rule("r", &["comms"]);
        by_kind.kinds = vec![BrandKind::Competitor];
        assert_eq!(ask(&by_brand, BrandKind::Brand, &mention(1)), Answer::Leaves);
        assert_eq!(ask(&by_kind, BrandKind::Brand, &mention(1)), Answer::Leaves);
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
}
