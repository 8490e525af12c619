//! One story once: what a channel knows of a story, and whether one more mention of it is news. Owns that
//! decision and the folding of a message's mentions; which mentions are one story is `story`.

use std::collections::HashMap;

use super::rule::{Rule, RuleKind};
use crate::mention::{Polarity, StoredMention, StoryId};

/// A story that reaches so many sites is told again, once for each.
pub const REACH: [usize; 2] = [5, 20];

/// What is known of several stories.
pub type Pasts = HashMap<StoryId, Past>;

/// What is known of a story.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// Its sites, each with the row of its first mention, earliest first.
    pub sites: Vec<(String, i64)>,
    /// Who was told of it, or waits to be.
    pub told: Vec<Telling>,
    /// By channel, the first message that told of it.
    pub first: Vec<(String, String)>,
}

/// That a channel was told of a story, or is about to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// By which rule.
    pub rule: String,
    /// The channel.
    pub channel: String,
    /// Of mentions in this tone.
    pub polarity: Polarity,
    /// It waits in a window that is still open.
    pub waits: bool,
    /// The last such mention's row.
    pub last: i64,
}

impl Past {
    /// True when the channel was told of the story and this mention adds nothing to it: no edit, no worse or
    /// opposite tone, no further [`REACH`]. One that a window still holds takes the mention in and is told
    /// once, with its copies.
    #[must_use]
    pub fn is_told(&self, rule: &Rule, channel: &str, stored: &StoredMention) -> bool {
        let told: Vec<&Telling> = self.told.iter().filter(|telling| telling.channel == channel).collect();
        let folds = rule.group.is_some() && told.iter().any(|telling| telling.waits && telling.rule == rule.name);
        // Who moderates answers on every page.
        let asks_for_all = rule.on == RuleKind::Moderation;
        if told.is_empty() || folds || asks_for_all || stored.mention.revision > 1 {
            return false;
        }
        let polarities: Vec<Polarity> = told.iter().map(|telling| telling.polarity).collect();
        if turns(stored.mention.polarity, &polarities) {
            return false;
        }
        let last = told.iter().map(|telling| telling.last).max().unwrap_or_default();
        let (before, now) = (self.reach(last), self.reach(stored.id));
        !REACH.iter().any(|reach| before < *reach && *reach <= now)
    }

    /// Remembers that a channel is told of a mention, before the store knows.
    pub fn note(&mut self, rule: &Rule, channel: &str, stored: &StoredMention) {
        self.told.push(Telling {
            rule: rule.name.clone(),
            channel: channel.to_owned(),
            polarity: stored.mention.polarity,
            waits: true,
            last: stored.id,
        });
    }

    /// The message in which a channel was first told of the story.
    #[must_use]
    pub fn first_message(&self, channel: &str) -> Option<&str> {
        self.first.iter().find(|(of, _)| of == channel).map(|(_, message)| message.as_str())
    }

    /// How many sites had it when a mention was stored.
    fn reach(&self, row: i64) -> usize {
        self.sites.iter().filter(|(_, first)| *first <= row).count()
    }
}

/// A copy is news where it is the first complaint, or praises what only complaints were told of. A dispatch
/// that is cut to three neutral lines is not.
fn turns(polarity: Polarity, told: &[Polarity]) -> bool {
    match polarity {
        Polarity::Negative => !told.contains(&Polarity::Negative),
        Polarity::Positive => !told.is_empty() && told.iter().all(|tone| *tone == Polarity::Negative),
        Polarity::Neutral | Polarity::Uncertain | Polarity::Unknown => false,
    }
}

/// One item of a message: a mention, and the copies that are told with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item<'a> {
    /// What is shown.
    pub shown: &'a StoredMention,
    /// The others of its story, in order.
    pub copies: Vec<&'a StoredMention>,
}

impl Item<'_> {
    /// Copies on other pages, without the same page found again.
    #[must_use]
    pub fn republications(&self) -> usize {
        self.copies.iter().filter(|copy| !copy.mention.repeat).count()
    }
}

/// The stories of mentions, each once.
#[must_use]
pub fn stories(mentions: &[StoredMention]) -> Vec<StoryId> {
    let mut stories: Vec<StoryId> = mentions.iter().map(|one| one.mention.story).collect();
    stories.sort_unstable();
    stories.dedup();
    stories
}

/// The items of a message: a story is one, but for a copy that turns its tone. Both are in the order in
/// which the mentions came.
#[must_use]
pub fn fold(mentions: &[StoredMention]) -> Vec<Item<'_>> {
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut stories: HashMap<StoryId, Vec<usize>> = HashMap::new();
    for stored in mentions {
        let of_story = stories.entry(stored.mention.story).or_default();
        let polarity = |place: &usize| items[*place].shown.mention.polarity;
        let alike = of_story.iter().copied().find(|place| polarity(place) == stored.mention.polarity);
        let told: Vec<Polarity> = of_story.iter().map(polarity).collect();
        let unturned = || of_story.first().copied().filter(|_| !turns(stored.mention.polarity, &told));
        if let Some(place) = alike.or_else(unturned) {
            items[place].copies.push(stored);
        } else {
            of_story.push(items.len());
            items.push(Item { shown: stored, copies: Vec::new() });
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::alert::tests::{mention, rule};

    fn stored(id: i64, polarity: Polarity) -> StoredMention {
        let mut mention = mention(id.unsigned_abs());
        mention.polarity = polarity;
        mention.story = StoryId(7);
        mention.site = format!("site{id}.example");
        StoredMention { id, mention }
    }

    fn telling(polarity: Polarity, waits: bool, last: i64) -> Telling {
        Telling { rule: "r".into(), channel: "comms".into(), polarity, waits, last }
    }

    fn past(sites: i64, told: Vec<Telling>) -> Past {
        Past { sites: (1..=sites).map(|n| (format!("site{n}.example"), n)).collect(), told, first: Vec::new() }
    }

    #[test]
    fn a_channel_is_told_of_a_story_once_unless_there_is_news_in_it() {
        use Polarity::{Negative, Neutral, Positive, Uncertain};
        let sent = |polarity| vec![telling(polarity, false, 1)];
        for (name, past, copy, silent) in [
            ("nobody was told", past(2, Vec::new()), stored(2, Neutral), false),
            ("told", past(2, sent(Neutral)), stored(2, Neutral), true),
            ("a first complaint", past(2, sent(Neutral)), stored(2, Negative), false),
            ("one more complaint", past(2, sent(Negative)), stored(2, Negative), true),
            ("a neutral cut of a complaint", past(2, sent(Negative)), stored(2, Neutral), true),
            ("praise of what was blamed", past(2, sent(Negative)), stored(2, Positive), false),
            ("praise of what was neutral", past(2, sent(Neutral)), stored(2, Positive), true),
            ("doubt", past(2, sent(Neutral)), stored(2, Uncertain), true),
            ("the fourth site", past(4, sent(Neutral)), stored(4, Neutral), true),
            ("the fifth site", past(5, sent(Neutral)), stored(5, Neutral), false),
            ("the sixth site", past(6, vec![telling(Neutral, false, 5)]), stored(6, Neutral), true),
            ("the twentieth site", past(20, vec![telling(Neutral, false, 5)]), stored(20, Neutral), false),
            ("the thirtieth site", past(30, vec![telling(Neutral, false, 20)]), stored(30, Neutral), true),
            ("it waits in this rule's window", past(2, vec![telling(Neutral, true, 1)]), stored(2, Neutral), false),
        ] {
            assert_eq!(past.is_told(&rule("r", &["comms"]), "comms", &copy), silent, "{name}");
        }
        let known = past(2, sent(Neutral));
        assert!(!known.is_told(&rule("r", &["comms"]), "crisis", &stored(2, Neutral)), "another channel");
        let mut edited = stored(2, Neutral);
        edited.mention.revision = 2;
        assert!(!known.is_told(&rule("r", &["comms"]), "comms", &edited), "an edit has its own rule");
    }

    #[test]
    fn what_waits_elsewhere_takes_no_copy_in() {
        let known = past(2, vec![telling(Polarity::Neutral, true, 1)]);
        let copy = stored(2, Polarity::Neutral);
        assert!(known.is_told(&rule("other", &["comms"]), "comms", &copy), "another rule's window");
        let mut alone = rule("r", &["comms"]);
        alone.group = None;
        assert!(known.is_told(&alone, "comms", &copy), "a message a mention");
        alone.on = RuleKind::Moderation;
        assert!(!known.is_told(&alone, "comms", &copy), "who moderates answers on every page");
    }

    #[test]
    fn a_message_shows_a_story_once_with_its_copies() {
        let mut other = stored(4, Polarity::Neutral);
        other.mention.story = StoryId(8);
        let mut found_again = stored(5, Polarity::Neutral);
        found_again.mention.repeat = true;
        let mentions = [
            stored(1, Polarity::Neutral),
            stored(2, Polarity::Positive),
            stored(3, Polarity::Negative),
            other,
            found_again,
            stored(6, Polarity::Negative),
        ];
        let items = fold(&mentions);
        let shown: Vec<(i64, Vec<i64>, usize)> = items
            .iter()
            .map(|item| (item.shown.id, item.copies.iter().map(|copy| copy.id).collect(), item.republications()))
            .collect();
        assert_eq!(shown, [(1, vec![2, 5], 1), (3, vec![6], 1), (4, Vec::new(), 0)]);
    }

    proptest! {
        #[test]
        fn folding_loses_no_mention_and_shows_none_twice(kinds in proptest::collection::vec((0_u64..4, 0_usize..5), 0..40)) {
            let tones =
                [Polarity::Negative, Polarity::Neutral, Polarity::Positive, Polarity::Uncertain, Polarity::Unknown];
            let mentions: Vec<StoredMention> = (1_i64..).zip(&kinds).map(|(id, (story, tone))| {
                let mut one = stored(id, tones[*tone]);
                one.mention.story = StoryId(*story);
                one
            }).collect();
            let items = fold(&mentions);
            let mut ids: Vec<i64> =
                items.iter().flat_map(|item| item.copies.iter().map(|copy| copy.id).chain([item.shown.id])).collect();
            ids.sort_unstable();
            prop_assert_eq!(ids, (1..=kinds.len() as i64).collect::<Vec<_>>());
            prop_assert!(items.iter().all(|item| item.copies.iter().all(|copy| copy.id > item.shown.id)));
        }
    }
}
