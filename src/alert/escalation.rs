//! What nobody answered in time. Owns when it is told to others; who answered is the store's record.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::hours::Hours;

/// Whose mentions escalate together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The watchlist file.
    pub team: String,
    /// The rule.
    pub rule: String,
    /// The brand's id.
    pub brand: String,
}

/// Mentions that were told and are not answered.
#[derive(Debug, Clone, Default)]
pub struct Escalations {
    /// The row of each with the time at which it was told.
    open: BTreeMap<Key, BTreeMap<i64, Timestamp>>,
}

/// What a rule says of escalation, now.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// From the message to the escalation.
    pub after: Duration,
    /// When messages may go.
    pub hours: &'a Hours,
}

impl Escalations {
    /// Notes a mention that was told; one that is told by several channels escalates once, from the first.
    pub fn add(&mut self, key: Key, mention: i64, told: Timestamp) {
        self.open.entry(key).or_default().entry(mention).or_insert(told);
    }

    /// When the next escalation is due; it may lie in the past. Of a rule that escalates no more, `terms_of`
    /// is `None`: then it is due now, to be dropped.
    pub fn next_due<'a>(
        &self,
        zone: &TimeZone,
        now: Timestamp,
        terms_of: impl Fn(&Key) -> Option<Terms<'a>>,
    ) -> Option<Timestamp> {
        self.open.iter().filter_map(|(key, mentions)| due(terms_of(key), mentions, zone, now)).min()
    }

    /// Takes out what is due, a rule and brand at a time: what comes due within the same minute goes along.
    pub fn close_due<'a>(
        &mut self,
        zone: &TimeZone,
        now: Timestamp,
        terms_of: impl Fn(&Key) -> Option<Terms<'a>>,
    ) -> Vec<(Key, Vec<i64>)> {
        let mut closed = Vec::new();
        for (key, mentions) in &mut self.open {
            let terms = terms_of(key);
            // A clock that was set back makes nobody wait a day.
            for told in mentions.values_mut() {
                *told = (*told).min(now);
            }
            if due(terms, mentions, zone, now).is_none_or(|due| due > now) {
                continue;
            }
            let after = terms.map_or(Duration::ZERO, |terms| terms.after);
            let ripe = |told: Timestamp| told + after <= now + TOGETHER;
            let rows: Vec<i64> = mentions.iter().filter(|(_, told)| ripe(**told)).map(|(row, _)| *row).collect();
            mentions.retain(|row, _| !rows.contains(row));
            closed.push((key.clone(), rows));
        }
        self.open.retain(|_, mentions| !mentions.is_empty());
        closed
    }
}

/// Messages of one flood are not escalated one by one.
const TOGETHER: Duration = Duration::from_mins(1);

fn due(
    terms: Option<Terms<'_>>,
    mentions: &BTreeMap<i64, Timestamp>,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<Timestamp> {
    let told = *mentions.values().min()?;
    Some(terms.map_or(now, |terms| terms.hours.opening(told.min(now) + terms.after, zone)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    fn key() -> Key {
        Key { team: "t".into(), rule: "r".into(), brand: "b".into() }
    }

    const ALWAYS: &Hours = &Hours::ALWAYS;

    fn terms(minutes: u64) -> Terms<'static> {
        Terms { after: Duration::from_mins(minutes), hours: ALWAYS }
    }

    #[test]
    fn what_nobody_answered_escalates_once_from_its_first_telling() {
        let mut open = Escalations::default();
        open.add(key(), 1, at(0));
        open.add(key(), 1, at(60));
        open.add(key(), 2, at(30));
        open.add(key(), 3, at(600));
        let half = |_: &Key| Some(terms(30));
        assert_eq!(open.next_due(&TimeZone::UTC, at(700), half), Some(at(1_800)));
        assert_eq!(open.close_due(&TimeZone::UTC, at(1_799), half), []);
        assert_eq!(open.close_due(&TimeZone::UTC, at(1_800), half), [(key(), vec![1, 2])]);
        assert_eq!(open.close_due(&TimeZone::UTC, at(1_860), half), []);
        assert_eq!(open.close_due(&TimeZone::UTC, at(2_400), half), [(key(), vec![3])]);
        assert_eq!(open.next_due(&TimeZone::UTC, at(2_400), half), None);
    }

    #[test]
    fn what_was_told_before_the_clock_went_back_waits_no_day() {
        let mut open = Escalations::default();
        open.add(key(), 1, at(86_400));
        assert_eq!(open.close_due(&TimeZone::UTC, at(0), |_| Some(terms(30))), []);
        assert_eq!(open.close_due(&TimeZone::UTC, at(1_800), |_| Some(terms(30))), [(key(), vec![1])]);
    }

    #[test]
    fn a_rule_that_escalates_no_more_lets_go() {
        let mut open = Escalations::default();
        open.add(key(), 1, at(0));
        assert_eq!(open.close_due(&TimeZone::UTC, at(1), |_| None), [(key(), vec![1])]);
    }
}
