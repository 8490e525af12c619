//! What the stages read while they run: settings and compiled watchlists, swapped as one on reload.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::alert::rule::{Rule, RuleKind};
use crate::config::Settings;
use crate::net::Client;
use crate::notify::Style;
use crate::source::SourceKey;
use crate::watchlist::{Team, WatchedSource, Watchlists};

/// Settings and watchlists that belong together. Immutable.
#[derive(Debug)]
pub struct Live {
    /// From vigie.yaml.
    pub settings: Settings,
    /// From the folder of watchlists.
    pub watchlists: Watchlists,
    /// Of `fetch:`; also posts webhooks.
    pub client: Client,
    /// How mails look, and how they can be answered.
    pub style: Style,
    by_key: HashMap<SourceKey, usize>,
}

impl Live {
    /// Puts the two together.
    #[must_use]
    pub fn new(settings: Settings, watchlists: Watchlists, client: Client) -> Self {
        let by_key = watchlists.sources.iter().enumerate().map(|(place, source)| (source.key, place)).collect();
        Self { settings, watchlists, client, style: Style::default(), by_key }
    }

    /// The same set with mails of another style.
    #[must_use]
    pub fn with_style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// The source of a key, unless no watchlist names it any more.
    #[must_use]
    pub fn source(&self, key: SourceKey) -> Option<&WatchedSource> {
        self.place(key).map(|place| &self.watchlists.sources[place])
    }

    /// Its place among the sources of the watchlists.
    #[must_use]
    pub fn place(&self, key: SourceKey) -> Option<usize> {
        self.by_key.get(&key).copied()
    }

    /// The team of a watchlist file.
    #[must_use]
    pub fn team(&self, file: &str) -> Option<&Team> {
        self.watchlists.teams.iter().find(|team| &*team.file == file)
    }

    /// The rule of a team by its name.
    #[must_use]
    pub fn rule(&self, team: &str, name: &str) -> Option<&Rule> {
        self.team(team)?.rules.iter().find(|rule| rule.name == name)
    }

    /// The longest interval that a source of a team is asked at by its own line.
    #[must_use]
    pub fn slowest(&self, team: &Team) -> Option<Duration> {
        let number = self.watchlists.teams.iter().position(|one| one.file == team.file)?;
        let of_team = |source: &&WatchedSource| source.lines.iter().any(|line| line.teams.contains(&number));
        self.watchlists.sources.iter().filter(of_team).filter_map(|source| source.every).max()
    }

    /// Where a team is told of blind sources: its coverage rules' channels; without such a rule, those of
    /// its digests, else of its mention rules, each with the rule that names it first.
    #[must_use]
    pub fn coverage_channels<'a>(&'a self, team: &'a Team) -> Vec<(&'a Rule, &'a str)> {
        let of = |is: fn(RuleKind) -> bool| -> Vec<&Rule> { team.rules.iter().filter(|rule| is(rule.on)).collect() };
        let rules = [
            of(|on| on == RuleKind::Coverage),
            of(|on| matches!(on, RuleKind::Digest(_))),
            of(|on| on == RuleKind::Mention),
        ];
        let rules = rules.into_iter().find(|rules| !rules.is_empty()).unwrap_or_default();
        let mut channels: Vec<(&Rule, &str)> = Vec::new();
        for rule in rules {
            for channel in &rule.to {
                if !channels.iter().any(|(_, known)| known == channel) {
                    channels.push((rule, channel));
                }
            }
        }
        channels
    }
}

/// The handle that reload swaps.
#[derive(Debug, Clone)]
pub struct Shared(Arc<ArcSwap<Live>>);

impl Shared {
    /// A handle on a first set.
    #[must_use]
    pub fn new(live: Live) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(live)))
    }

    /// The set now. Hold it for one piece of work, not for longer.
    #[must_use]
    pub fn load(&self) -> Arc<Live> {
        self.0.load_full()
    }

    /// Swaps the set and hands back the old one, to be dropped off the hot thread.
    #[must_use]
    pub fn swap(&self, live: Live) -> Arc<Live> {
        self.0.swap(Arc::new(live))
    }
}
