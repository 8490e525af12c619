//! From a decision to the rows of the outbox: identity, content, one rendered body a recipient. Owns
//! what a message's id is made of; the words are `notify`'s, the decision is `alert`'s.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use crate::alert::Reason;
use crate::alert::coverage::Line;
use crate::alert::rule::{Of, Rule, RuleKind};
use crate::alert::spike::{self, Spike};
use crate::alert::story::Pasts;
use crate::alert::windows::Key;
use crate::config::Settings;
use crate::config::settings::{ChannelKind, ChannelSettings};
use crate::health::SourceState;
use crate::live::Live;
use crate::mention::StoredMention;
use crate::net;
use crate::notify::content::{
    Blind, Coverage, CoverageView, Dry, MessageView, Occasion, Partial, Recovered, RefusalView, SpikeView, TestView,
    UnwritableView,
};
use crate::notify::{Audience, Content, RenderError, Style, message_id};
use crate::schedule::shared_bucket;
use crate::source::SourceKey;
use crate::store::{NewDelivery, NewMessage, Shown};
use crate::text::url;
use crate::watchlist::{SourceLine, WatchedSource, Watchlists};

/// The channel of a name, as vigie.yaml has it.
#[must_use]
pub fn channel<'a>(settings: &'a Settings, name: &str) -> Option<&'a ChannelSettings> {
    settings.channels.iter().find(|channel| channel.name == name)
}

/// Who listens on a channel, and how its mails look; nobody on an email channel without `smtp`, which `check`
/// refuses.
#[must_use]
pub fn audience(settings: &Settings, channel: &ChannelSettings, style: &Style) -> Option<Audience> {
    match &channel.kind {
        ChannelKind::Webhook { .. } => Some(Audience::Webhook),
        ChannelKind::Chat(chat) => {
            let language = chat.language.unwrap_or(settings.language);
            Some(Audience::Chat { service: chat.to.service(), language })
        }
        ChannelKind::Email { to } => {
            let from = settings.smtp.as_ref()?.from.clone();
            Some(Audience::Mail { from, to: to.clone(), language: settings.language, style: style.clone() })
        }
    }
}

/// What the outbox's row says of a message besides its content.
pub(crate) struct Envelope<'a> {
    pub(crate) team: &'a str,
    pub(crate) rule: &'a str,
    pub(crate) brand: Option<&'a str>,
    pub(crate) mentions: Vec<i64>,
    pub(crate) shows: Shown,
}

/// Why there is no message.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// The channel is not configured any more.
    #[error("the channel is gone")]
    NoChannel,
    /// A template failed: a bug, since the built-in ones are tested.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// Renders a content for everybody on its channel.
pub(crate) fn close(
    live: &Live,
    channel_name: &str,
    content: &Content<'_>,
    envelope: Envelope<'_>,
    now: Timestamp,
) -> Result<NewMessage, Unwritten> {
    let channel = channel(&live.settings, channel_name).ok_or(Unwritten::NoChannel)?;
    let audience = audience(&live.settings, channel, &live.style).ok_or(Unwritten::NoChannel)?;
    let mut deliveries = Vec::new();
    for (recipient, body) in audience.render(content)? {
        deliveries.push(NewDelivery { recipient, body: body.pack()? });
    }
    Ok(NewMessage {
        id: content.id().to_owned(),
        kind: content.kind().to_owned(),
        team: envelope.team.to_owned(),
        rule: envelope.rule.to_owned(),
        channel: channel_name.to_owned(),
        brand: envelope.brand.map(str::to_owned),
        created: now,
        mentions: envelope.mentions,
        shows: envelope.shows,
        deliveries,
    })
}

/// Of a message about vigie itself: without its channel it is not missed.
pub(crate) fn said(channel: &str, message: Result<NewMessage, Unwritten>) -> Option<NewMessage> {
    message.inspect_err(|error| tracing::error!(channel, %error, "a message could not be written")).ok()
}

/// Mentions of one window: at least one.
///
/// # Errors
/// [`Unwritten`]; nothing is lost, the mentions go on waiting or are decided otherwise.
pub fn of_mentions(
    live: &Live,
    key: &Key,
    reason: Reason,
    mentions: &[StoredMention],
    pasts: &Pasts,
    ill: impl Iterator<Item = (SourceKey, SourceState)>,
    now: Timestamp,
) -> Result<NewMessage, Unwritten> {
    let moderates = live.rule(&key.team, &key.rule).is_some_and(|rule| rule.on == RuleKind::Moderation);
    let occasion = if moderates { Occasion::Moderation } else { Occasion::Mention };
    about(live, key, &first(mentions), (occasion, reason, None), mentions, pasts, ill, now)
}

/// Mentions that somebody had sent to a channel: at least one.
///
/// # Errors
/// [`Unwritten`].
pub fn of_forward(
    live: &Live,
    key: &Key,
    by: &str,
    mentions: &[StoredMention],
    pasts: &Pasts,
    now: Timestamp,
) -> Result<NewMessage, Unwritten> {
    let ids: Vec<String> = mentions.iter().map(|one| one.id.to_string()).collect();
    let identity = format!("forward/{}/{}", first(mentions), ids.join(" "));
    let occasion = (Occasion::Forward, Reason::Forwarded, Some(by));
    about(live, key, &identity, occasion, mentions, pasts, std::iter::empty(), now)
}

/// Mentions that were told `after` ago, and that nobody takes care of: at least one.
///
/// # Errors
/// [`Unwritten`].
pub fn of_escalation(
    live: &Live,
    key: &Key,
    after: Duration,
    mentions: &[StoredMention],
    pasts: &Pasts,
    ill: impl Iterator<Item = (SourceKey, SourceState)>,
    now: Timestamp,
) -> Result<NewMessage, Unwritten> {
    let identity = format!("escalation/{}", first(mentions));
    let occasion = (Occasion::Escalation { after }, Reason::Escalated, None);
    about(live, key, &identity, occasion, mentions, pasts, ill, now)
}

/// A spike, as it is told.
#[derive(Debug, Clone, Copy)]
pub struct Peak {
    /// The figures.
    pub spike: Spike,
    /// What was counted.
    pub of: Of,
    /// Of negative ones: their share in the window, and the usual one.
    pub negative_share: Option<(f64, f64)>,
    /// Days that the usual was learnt from.
    pub days: u32,
}

/// Far more of a brand than is usual; `listed` are the rows of mentions that an earlier message listed, `first` is the
/// message that opened its thread.
#[must_use]
pub fn of_spike(
    live: &Live,
    key: &Key,
    peak: &Peak,
    (mentions, listed): (&[StoredMention], &[i64]),
    first: Option<&str>,
    ill: impl Iterator<Item = (SourceKey, SourceState)>,
    now: Timestamp,
) -> Option<NewMessage> {
    let spike = &peak.spike;
    let identity = format!("spike/{}/{}/{}/{}", key.brand, peak.of.word(), spike.from, spike.slots);
    let id = message_id(&[&key.team, &key.rule, &key.channel, &identity]);
    let brand = live.team(&key.team).and_then(|team| team.brands.iter().find(|brand| brand.id == key.brand));
    let place = live.rule(&key.team, &key.rule).map_or_else(|| key.team.clone(), |rule| rule.place.to_string());
    let view = SpikeView {
        id: &id,
        brand_id: &key.brand,
        brand_name: brand.map_or(&key.brand, |brand| &brand.name),
        rule: &key.rule,
        place: &place,
        channel: &key.channel,
        of: peak.of,
        from: spike::start(spike.from),
        until: spike::start(spike.until()),
        count: spike.count,
        usual: spike.usual,
        negative_share: peak.negative_share,
        days: peak.days,
        mentions,
        listed,
        first: first.filter(|first| *first != id),
        coverage: &coverage(live, &key.team, ill),
        timezone: &live.settings.timezone,
        now,
    };
    let shows = Shown::Mentions(mentions.iter().map(|one| one.id).collect());
    let envelope = Envelope { team: &key.team, rule: &key.rule, brand: Some(&key.brand), mentions: Vec::new(), shows };
    said(&key.channel, close(live, &key.channel, &Content::Spike(view), envelope, now))
}

/// What became of the steady flows of a team's brands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flows {
    /// Those that dried up.
    pub dry: Vec<Dry>,
    /// Those of which, after that was told, mentions came again.
    pub heard: Vec<Recovered>,
}

/// Brands that went silent, and those that are heard again.
#[must_use]
pub fn of_flows(
    live: &Live,
    team: &str,
    rule: &Rule,
    channel: &ChannelSettings,
    flows: &Flows,
    now: Timestamp,
) -> Option<NewMessage> {
    let dry = flows.dry.iter().map(|one| ("silence", &one.name, one.since));
    let heard = flows.heard.iter().map(|one| ("heard", &one.name, one.since));
    let each = dry.chain(heard).map(|(word, name, since)| format!("{word}/{name}/{}", since.as_second()));
    let identity = format!("{}/{}", each.collect::<Vec<_>>().join(" "), now.as_second());
    let id = message_id(&[team, &rule.name, &channel.name, &identity]);
    let timezone = &live.settings.timezone;
    let view =
        CoverageView { id: &id, blind: &[], recovered: &[], dry: &flows.dry, heard: &flows.heard, timezone, now };
    let envelope = Envelope { team, rule: &rule.name, brand: None, mentions: Vec::new(), shows: Shown::Nothing };
    said(&channel.name, close(live, &channel.name, &Content::Coverage(view), envelope, now))
}

/// What a message about mentions is told apart by.
fn first(mentions: &[StoredMention]) -> String {
    mentions.first().map_or_else(String::new, |first| {
        let first = &first.mention;
        format!("{}/{}/{}/{}", first.brand, first.source, first.entry, first.revision)
    })
}

#[expect(clippy::too_many_arguments, reason = "one place where a view is put together")]
fn about(
    live: &Live,
    key: &Key,
    identity: &str,
    (occasion, reason, by): (Occasion, Reason, Option<&str>),
    mentions: &[StoredMention],
    pasts: &Pasts,
    ill: impl Iterator<Item = (SourceKey, SourceState)>,
    now: Timestamp,
) -> Result<NewMessage, Unwritten> {
    let id = message_id(&[&key.team, &key.rule, &key.channel, identity]);
    let ids = mentions.iter().map(|mention| mention.id).collect();
    let brand = live.team(&key.team).and_then(|team| team.brands.iter().find(|brand| brand.id == key.brand));
    let place = live.rule(&key.team, &key.rule).map_or_else(|| key.team.clone(), |rule| rule.place.to_string());
    let view = MessageView {
        id: &id,
        occasion,
        brand_id: &key.brand,
        brand_name: brand.map_or(&key.brand, |brand| &brand.name),
        rule: &key.rule,
        place: &place,
        reason,
        by,
        escalates: live.rule(&key.team, &key.rule).is_some_and(|rule| rule.escalate.is_some()),
        mentions,
        channel: &key.channel,
        pasts,
        coverage: &coverage(live, &key.team, ill),
        timezone: &live.settings.timezone,
        now,
    };
    let envelope =
        Envelope { team: &key.team, rule: &key.rule, brand: Some(&key.brand), mentions: ids, shows: Shown::Nothing };
    close(live, &key.channel, &Content::Mentions(view), envelope, now)
}

/// How well a team sees.
pub(crate) fn coverage(live: &Live, file: &str, ill: impl Iterator<Item = (SourceKey, SourceState)>) -> Coverage {
    let Some(team) = live.watchlists.teams.iter().position(|team| &*team.file == file) else {
        return Coverage::default();
    };
    let name_of = |key: SourceKey| {
        let line = live.source(key)?.lines.iter().find(|line| line.teams.contains(&team))?;
        Some(line.name.clone())
    };
    let degraded: Vec<_> = ill.filter_map(|(key, state)| name_of(key).map(|name| (name, state))).collect();
    let watched = live.watchlists.sources.iter();
    let all = watched.filter(|source| source.lines.iter().any(|line| line.teams.contains(&team))).count();
    let well = all.saturating_sub(degraded.len());
    Coverage { well, degraded, partial: partial(&live.watchlists, live.settings.fetch.slowest, Some(team)) }
}

/// Sources of a team, or of all, that answer and are seen in part.
pub(crate) fn partial(watchlists: &Watchlists, slowest: Duration, team: Option<usize>) -> Vec<(String, Partial)> {
    let bucket = |source: &WatchedSource| shared_bucket(&net::host(&source.url)?);
    let mut rounds: HashMap<&str, (usize, Duration)> = HashMap::new();
    for (site, apart) in watchlists.sources.iter().filter_map(bucket) {
        let (sources, round) = rounds.entry(site).or_default();
        (*sources, *round) = (*sources + 1, *round + apart);
    }
    let why = |source: &WatchedSource| {
        let (sources, round) = bucket(source).and_then(|(site, _)| rounds.get(site).copied()).unwrap_or_default();
        if sources > 1 && round > source.every.unwrap_or(slowest) {
            return Some(Partial::Crowded { sources, minutes: round.as_secs().div_ceil(60) });
        }
        source.source.hint(SourceState::Ok).map(|_| Partial::Strangers)
    };
    let of_team = |line: &&SourceLine| team.is_none_or(|team| line.teams.contains(&team));
    let named = |source: &WatchedSource| Some((source.lines.iter().find(of_team)?.name.clone(), why(source)?));
    watchlists.sources.iter().filter_map(named).collect()
}

/// Sources of a team that went blind or see again; a host whose sources fail together is one line.
#[must_use]
pub fn of_coverage(
    live: &Live,
    team: usize,
    rule: &Rule,
    channel: &ChannelSettings,
    lines: &[&Line],
    now: Timestamp,
) -> Option<NewMessage> {
    let file = &live.watchlists.teams.get(team)?.file;
    let mut identity: Vec<String> = lines
        .iter()
        .map(|line| {
            let since = line.since.map_or(0, Timestamp::as_second);
            format!("{}/{}/{since}/{}", line.key.0, line.state.word(), line.number)
        })
        .collect();
    identity.sort_unstable();
    let id = message_id(&[file, &rule.name, &channel.name, &identity.join(" ")]);
    let (mut blind, mut recovered) = (Vec::new(), Vec::new());
    for (host, together) in by_host(live, lines) {
        let [one, ..] = together.as_slice() else { continue };
        let name = match together.as_slice() {
            [alone] => name_in(live, team, alone.key).unwrap_or(host),
            _ => host,
        };
        let since = together.iter().filter_map(|line| line.since).min().unwrap_or(now);
        if one.state.is_well() {
            recovered.push(Recovered { name, since });
        } else {
            blind.push(Blind { name, sources: together.len(), state: one.state, detail: one.detail.clone(), since });
        }
    }
    let view = CoverageView {
        id: &id,
        blind: &blind,
        recovered: &recovered,
        dry: &[],
        heard: &[],
        timezone: &live.settings.timezone,
        now,
    };
    let envelope = Envelope { team: file, rule: &rule.name, brand: None, mentions: Vec::new(), shows: Shown::Nothing };
    said(&channel.name, close(live, &channel.name, &Content::Coverage(view), envelope, now))
}

fn name_in(live: &Live, team: usize, key: SourceKey) -> Option<String> {
    live.source(key)?.lines.iter().find(|line| line.teams.contains(&team)).map(|line| line.name.clone())
}

/// Lines of the same host in the same state, in the lines' order.
fn by_host<'a>(live: &Live, lines: &[&'a Line]) -> Vec<(String, Vec<&'a Line>)> {
    let mut places: BTreeMap<(String, SourceState), usize> = BTreeMap::new();
    let mut groups: Vec<(String, Vec<&'a Line>)> = Vec::new();
    for &line in lines {
        let site = live.source(line.key).and_then(|source| url::site(&source.url)).unwrap_or_default();
        let place = *places.entry((site.clone(), line.state)).or_insert_with(|| {
            groups.push((site, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(line);
    }
    groups
}

/// A watchlist that was refused, for one channel.
#[must_use]
pub fn of_refusal(
    live: &Live,
    channel: &ChannelSettings,
    file: &str,
    content: &str,
    diagnostics: &str,
    now: Timestamp,
) -> Option<NewMessage> {
    let id = message_id(&[file, "", &channel.name, &format!("refused/{content}")]);
    let view = RefusalView { id: &id, file, diagnostics };
    let envelope = Envelope { team: file, rule: "", brand: None, mentions: Vec::new(), shows: Shown::Nothing };
    said(&channel.name, close(live, &channel.name, &Content::Refusal(view), envelope, now))
}

/// `vigie send-test`; `nonce` makes each test a message of its own.
#[must_use]
pub fn of_test(live: &Live, channel: &ChannelSettings, nonce: &str, now: Timestamp) -> Option<NewMessage> {
    let id = message_id(&["", "", &channel.name, &format!("test/{nonce}")]);
    let envelope = Envelope { team: "", rule: "", brand: None, mentions: Vec::new(), shows: Shown::Nothing };
    let content = Content::Test(TestView { id: &id, channel: &channel.name });
    said(&channel.name, close(live, &channel.name, &content, envelope, now))
}

/// The store cannot be written: a message that never is in it.
#[must_use]
pub fn of_unwritable(
    live: &Live,
    channel: &ChannelSettings,
    since: Timestamp,
    error: &str,
    now: Timestamp,
) -> Option<NewMessage> {
    let id = message_id(&["", "", &channel.name, &format!("unwritable/{}", now.as_second())]);
    let store = live.settings.store.display().to_string();
    let view = UnwritableView { id: &id, store: &store, error, since, timezone: &live.settings.timezone, now };
    let envelope = Envelope { team: "", rule: "", brand: None, mentions: Vec::new(), shows: Shown::Nothing };
    said(&channel.name, close(live, &channel.name, &Content::Unwritable(view), envelope, now))
}
