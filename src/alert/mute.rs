//! What nobody wants to hear of for a while: a story, a site, an author, a brand. Owns what a mute holds
//! back; who asked for it and for how long is its own record.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::rules::{is_same_author, is_site_or_below};
use crate::mention::{Mention, StoryId};

/// What is muted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Muted {
    /// All that tells a story.
    Story(StoryId),
    /// A site and its subdomains.
    Site(String),
    /// An author's whole name.
    Author(String),
    /// A brand's id.
    Brand(String),
}

impl Muted {
    /// The word of the contract.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Story(_) => "story",
            Self::Site(_) => "site",
            Self::Author(_) => "author",
            Self::Brand(_) => "brand",
        }
    }

    /// What stands behind the word.
    #[must_use]
    pub fn value(&self) -> String {
        match self {
            Self::Story(story) => story.to_string(),
            Self::Site(text) | Self::Author(text) | Self::Brand(text) => text.clone(),
        }
    }

    /// From a word and what stands behind it.
    #[must_use]
    pub fn read(word: &str, value: &str) -> Option<Self> {
        match word {
            "story" => StoryId::from_str(value).ok().map(Self::Story),
            "site" => Some(Self::Site(value.to_owned())),
            "author" => Some(Self::Author(value.to_owned())),
            "brand" => Some(Self::Brand(value.to_owned())),
            _ => None,
        }
    }

    fn holds(&self, mention: &Mention) -> bool {
        match self {
            Self::Story(story) => mention.story == *story,
            Self::Site(site) => is_site_or_below(&mention.site, site),
            Self::Author(author) => mention.author.as_deref().is_some_and(|name| is_same_author(name, author)),
            Self::Brand(brand) => mention.brand == *brand,
        }
    }
}

impl fmt::Display for Muted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.word(), self.value())
    }
}

/// A mute: it has an end, and may have a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mute {
    /// Its number.
    pub id: i64,
    /// What it mutes.
    pub what: Muted,
    /// Exclusive.
    pub until: Timestamp,
    /// As whoever asked put it.
    pub reason: Option<String>,
    /// When it was asked for.
    pub since: Timestamp,
}

/// The mutes that run.
#[derive(Debug, Clone, Default)]
pub struct Mutes(Vec<Mute>);

impl Mutes {
    /// Those of `all` that run at `now`.
    #[must_use]
    pub fn running(all: Vec<Mute>, now: Timestamp) -> Self {
        Self(all.into_iter().filter(|mute| now < mute.until).collect())
    }

    /// True when nothing is muted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mute that holds a mention back.
    #[must_use]
    pub fn holding(&self, mention: &Mention) -> Option<&Mute> {
        self.0.iter().find(|mute| mute.what.holds(mention))
    }

    /// The mute that holds back all that is said of a brand.
    #[must_use]
    pub fn of_brand(&self, id: &str) -> Option<&Mute> {
        self.0.iter().find(|mute| matches!(&mute.what, Muted::Brand(brand) if brand == id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::tests::mention;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn mutes(what: Muted) -> Mutes {
        let mute = Mute { id: 1, what, until: at(100), reason: None, since: at(0) };
        Mutes::running(vec![mute], at(99))
    }

    #[test]
    fn a_mute_holds_what_it_names_and_nothing_else() {
        let mut told = mention(7);
        told.author = Some("Éva Bot".into());
        told.site = "blog.example.org".into();
        for (what, holds) in [
            (Muted::Story(told.story), true),
            (Muted::Story(StoryId(8)), false),
            (Muted::Site("Example.org".into()), true),
            (Muted::Site("ample.org".into()), false),
            (Muted::Author("@eva bot".into()), true),
            (Muted::Author("eva".into()), false),
            (Muted::Brand("orange".into()), true),
            (Muted::Brand("sosh".into()), false),
        ] {
            assert_eq!(mutes(what.clone()).holding(&told).is_some(), holds, "{what}");
            assert_eq!(Muted::read(what.word(), &what.value()), Some(what));
        }
    }

    #[test]
    fn a_mute_ends() {
        let mute = |until| Mute { id: 1, what: Muted::Brand("orange".into()), until, reason: None, since: at(0) };
        assert!(Mutes::running(vec![mute(at(100))], at(99)).holding(&mention(1)).is_some());
        assert!(Mutes::running(vec![mute(at(100))], at(100)).holding(&mention(1)).is_none());
    }
}
