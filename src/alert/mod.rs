//! Who is told of what, when, and why. Pure: state is a value, time is handed in.

pub mod coverage;
pub mod digest;
pub mod escalation;
pub mod hours;
pub mod mute;
pub mod rule;
pub mod rules;
pub mod spike;
pub mod story;
mod tail;
pub mod usual;
pub mod windows;

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// Why somebody is told of a mention, or not; kept with it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Reason {
            $($(#[$doc])* $name,)+
        }

        impl Reason {
            /// All reasons.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The name of the contract.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }

            /// The reason of a name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $(stringify!($name) => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

reasons! {
    /// It opened a window: told within seconds.
    FirstMention,
    /// It waits for the end of the running window.
    GroupWindow,
    /// The rule sends a message a mention.
    EachMention,
    /// It came outside of the rule's hours: told at the opening.
    QuietHours,
    /// The rule sent as many messages as it may: told by the digest, or as soon as it may again.
    CapReached,
    /// It was published long before it was found: told by the digest.
    Late,
    /// Its story, site, author or brand is muted.
    Muted,
    /// The channel was told of its story.
    SameStory,
    /// Nobody answered in time: told to others.
    Escalated,
    /// Somebody had it sent to this channel.
    Forwarded,
    /// An earlier rule tells this channel of it.
    AlreadySent,
    /// It was there before vigie watched the source.
    Baseline,
    /// No rule takes it.
    NoRule,
    /// A rule with a polarity condition, and a language that vigie does not read.
    NotUnderstood,
    /// The rule names a channel that is not configured any more.
    NoChannel,
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Duration;

    use super::rule::{Conditions, Rule, RuleKind};
    use super::*;
    use crate::mention::{Excerpt, Mention, Polarity};
    use crate::place::Place;
    use crate::text::language::Language;

    pub(super) fn rule(name: &str, to: &[&str]) -> Rule {
        Rule {
            name: name.into(),
            on: RuleKind::Mention,
            brands: Vec::new(),
            kinds: Vec::new(),
            conditions: Conditions::default(),
            to: to.iter().map(|&channel| channel.to_owned()).collect(),
            group: Some(Duration::from_mins(10)),
            hours: hours::Hours::ALWAYS,
            cap: None,
            escalate: None,
            late: Some(Duration::from_hours(7 * 24)),
            place: Place { file: "team.yaml".into(), line: 1, column: 1 },
        }
    }

    pub(crate) fn mention(entry: u64) -> Mention {
        Mention {
            team: "team.yaml".into(),
            brand: "orange".into(),
            source: 1,
            source_name: "lafibre".into(),
            entry,
            revision: 1,
            url: None,
            title: "Une box".into(),
            site: "example.org".into(),
            author: None,
            published: None,
            found: jiff::Timestamp::UNIX_EPOCH,
            language: Some(Language::FRENCH),
            polarity: Polarity::Neutral,
            score: Some(0.0),
            document_score: Some(0.0),
            hits: Vec::new(),
            tags: Vec::new(),
            excerpt: Excerpt::default(),
            why: Vec::new(),
            words: Vec::new(),
            baseline: false,
            story: crate::mention::StoryId(entry),
            repeat: false,
            evidence: None,
        }
    }

    #[test]
    fn a_reason_is_read_back_from_its_name() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_name(reason.name()), Some(*reason));
        }
        assert_eq!(Reason::from_name("Rain"), None);
    }
}
