//! What a message is about, before it has a form: the values that mails and webhook bodies are made of,
//! and the webhook bodies themselves (DAEMON.md, version 1). Owns no words for people.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::clean;
use crate::alert::Reason;
use crate::alert::digest::Period;
use crate::alert::rule::Of;
use crate::alert::story::Pasts;
use crate::health::SourceState;
use crate::mention::{Evidence, Hit, Polarity, StoredMention, StoryId};
use crate::report::{Frame, Report};

/// A message before it is rendered.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// Mentions of one brand, by one rule.
    Mentions(MessageView<'a>),
    /// A period of a team.
    Digest(DigestView<'a>),
    /// Far more of a brand than is usual.
    Spike(SpikeView<'a>),
    /// Sources that went blind, or see again.
    Coverage(CoverageView<'a>),
    /// A watchlist that was refused.
    Refusal(RefusalView<'a>),
    /// A message that could not be delivered.
    DeadLetter(DeadLetterView<'a>),
    /// The store cannot be written.
    Unwritable(UnwritableView<'a>),
    /// `vigie send-test`.
    Test(TestView<'a>),
}

/// Mentions of one brand, by one rule, for one channel.
#[derive(Debug, Clone, Copy)]
pub struct MessageView<'a> {
    /// See [`super::message_id`].
    pub id: &'a str,
    /// What kind of message it is.
    pub occasion: Occasion,
    /// The brand's id.
    pub brand_id: &'a str,
    /// The brand's name for people.
    pub brand_name: &'a str,
    /// The rule's name.
    pub rule: &'a str,
    /// `file:line` of the rule.
    pub place: &'a str,
    /// Why it is told now.
    pub reason: Reason,
    /// Of a forward: who asked for it.
    pub by: Option<&'a str>,
    /// Whether others are told when nobody answers.
    pub escalates: bool,
    /// All mentions of the message; at least one.
    pub mentions: &'a [StoredMention],
    /// The channel's name.
    pub channel: &'a str,
    /// What is known of the mentions' stories.
    pub pasts: &'a Pasts,
    /// How well vigie sees.
    pub coverage: &'a Coverage,
    /// Of the dates shown.
    pub timezone: &'a TimeZone,
    /// When the message is closed: relative dates are relative to this.
    pub now: Timestamp,
}

/// A period of a team, by one rule, for one channel.
#[derive(Debug, Clone, Copy)]
pub struct DigestView<'a> {
    /// See [`super::message_id`].
    pub id: &'a str,
    /// Id and name of the brands that it is about.
    pub brands: &'a [(String, String)],
    /// The rule's name.
    pub rule: &'a str,
    /// `file:line` of the rule.
    pub place: &'a str,
    /// The channel's name.
    pub channel: &'a str,
    /// The rule's period.
    pub period: Period,
    /// The figures.
    pub report: &'a Report,
    /// The time that they are of.
    pub frame: &'a Frame,
    /// Mentions that waited for this digest: it is their message.
    pub mentions: &'a [StoredMention],
    /// How well vigie sees.
    pub coverage: &'a Coverage,
    /// When the message is closed.
    pub now: Timestamp,
}

/// Why mentions are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A rule took them.
    Mention,
    /// They are to be moderated: evidence goes along.
    Moderation,
    /// They were told this long ago, and nobody takes care.
    Escalation {
        /// `after:` of the rule.
        after: Duration,
    },
    /// Somebody had them sent here.
    Forward,
}

impl Occasion {
    /// True where evidence goes along.
    pub(super) const fn moderates(self) -> bool {
        matches!(self, Self::Moderation)
    }

    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Moderation => "moderation",
            Self::Escalation { .. } => "escalation",
            Self::Forward => "forward",
        }
    }
}

/// Far more of a brand than is usual.
#[derive(Debug, Clone, Copy)]
pub struct SpikeView<'a> {
    /// See [`super::message_id`].
    pub id: &'a str,
    /// The brand's id.
    pub brand_id: &'a str,
    /// The brand's name for people.
    pub brand_name: &'a str,
    /// The rule's name.
    pub rule: &'a str,
    /// `file:line` of the rule.
    pub place: &'a str,
    /// The channel's name.
    pub channel: &'a str,
    /// What was counted.
    pub of: Of,
    /// When the window begins.
    pub from: Timestamp,
    /// When it ends; a running one, in some minutes.
    pub until: Timestamp,
    /// What was counted in it.
    pub count: u32,
    /// What is usual in it.
    pub usual: f64,
    /// Of a spike of negative mentions: their share of all in the window, and the usual one.
    pub negative_share: Option<(f64, f64)>,
    /// How many days the usual was learnt from.
    pub days: u32,
    /// The mentions of the window, the newest 200 at most.
    pub mentions: &'a [StoredMention],
    /// Rows of those that an earlier message listed: they are counted, and not listed again.
    pub listed: &'a [i64],
    /// The message that opened the thread of this run of spikes, unless it is this one.
    pub first: Option<&'a str>,
    /// How well vigie sees.
    pub coverage: &'a Coverage,
    /// Of the dates shown.
    pub timezone: &'a TimeZone,
    /// When the message is closed.
    pub now: Timestamp,
}

impl<'a> SpikeView<'a> {
    /// The mentions that no earlier message listed.
    pub(super) fn news(&self) -> impl Iterator<Item = &'a StoredMention> {
        self.mentions.iter().filter(|one| !self.listed.contains(&one.id))
    }
}

/// A brand of which nothing is heard any more, where mentions came steadily.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dry {
    /// The brand's name.
    pub name: String,
    /// Mentions that were to be expected since.
    pub usual: f64,
    /// Since when.
    pub since: Timestamp,
}

/// How many sources are well, and which are not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Sources that answer.
    pub well: usize,
    /// Names and states of the others.
    pub degraded: Vec<(String, SourceState)>,
    /// Names of those that answer and are seen in part, and why.
    pub partial: Vec<(String, Partial)>,
}

/// Why a source that answers is seen in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partial {
    /// The site shows strangers but a part of what it has.
    Strangers,
    /// So many sources share the site's turns that none has its own when it asks for it.
    Crowded {
        /// How many share them.
        sources: usize,
        /// How long a round of all takes.
        minutes: u64,
    },
}

/// Hosts that went blind, and hosts that see again.
#[derive(Debug, Clone, Copy)]
pub struct CoverageView<'a> {
    /// See [`super::message_id`].
    pub id: &'a str,
    /// Blind ones.
    pub blind: &'a [Blind],
    /// Recovered ones.
    pub recovered: &'a [Recovered],
    /// Brands that went silent.
    pub dry: &'a [Dry],
    /// Brands that are heard again.
    pub heard: &'a [Recovered],
    /// Of the dates shown.
    pub timezone: &'a TimeZone,
    /// When the message is closed.
    pub now: Timestamp,
}

/// A host, or a single source, that went blind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blind {
    /// The source's name, or the host of several.
    pub name: String,
    /// The sources that fail together.
    pub sources: usize,
    /// How.
    pub state: SourceState,
    /// One line of the last poll.
    pub detail: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

/// A host that answers again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recovered {
    /// The source's name, or the host of several.
    pub name: String,
    /// When it went blind.
    pub since: Timestamp,
}

/// A watchlist that was refused; the old one stays.
#[derive(Debug, Clone, Copy)]
pub struct RefusalView<'a> {
    /// See [`super::message_id`].
    pub id: &'a str,
    /// The file.
    pub file: &'a str,
    /// As `check` prints them.
    pub diagnostics: &'a str,
}

/// A message that could not be delivered.
#[derive(Debug, Clone, Copy)]
pub struct DeadLetterView<'a> {
    /// Of this notice.
    pub id: &'a str,
    /// Of the message that is dead.
    pub message: &'a str,
    /// Its channel.
    pub channel: &'a str,
    /// Its recipient; empty for a webhook.
    pub recipient: &'a str,
    /// Its subject, or the type of a webhook's body.
    pub subject: &'a str,
    /// What the peer said last.
    pub error: &'a str,
    /// Attempts made.
    pub attempts: u32,
    /// When it was closed.
    pub created: Timestamp,
    /// Of the dates shown.
    pub timezone: &'a TimeZone,
    /// When it was given up.
    pub now: Timestamp,
}

/// The store cannot be written: told past the outbox.
#[derive(Debug, Clone, Copy)]
pub struct UnwritableView<'a> {
    /// See [`super::message_id`].
    pub id: &'a str,
    /// The database's file.
    pub store: &'a str,
    /// What the disk says.
    pub error: &'a str,
    /// Since when.
    pub since: Timestamp,
    /// Of the dates shown.
    pub timezone: &'a TimeZone,
    /// When it is sent.
    pub now: Timestamp,
}

/// `vigie send-test`.
#[derive(Debug, Clone, Copy)]
pub struct TestView<'a> {
    /// See [`super::message_id`].
    pub id: &'a str,
    /// The channel's name.
    pub channel: &'a str,
}

impl Content<'_> {
    /// The word of the outbox and of webhook bodies.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Mentions(view) => view.occasion.kind(),
            Self::Digest(_) => "digest",
            Self::Spike(_) => "spike",
            Self::Coverage(_) => "coverage",
            Self::Refusal(_) => "refusal",
            Self::DeadLetter(_) => "dead_letter",
            Self::Unwritable(_) => "unwritable",
            Self::Test(_) => "test",
        }
    }

    /// The message's id.
    #[must_use]
    pub const fn id(&self) -> &str {
        match self {
            Self::Mentions(view) => view.id,
            Self::Digest(view) => view.id,
            Self::Spike(view) => view.id,
            Self::Coverage(view) => view.id,
            Self::Refusal(view) => view.id,
            Self::DeadLetter(view) => view.id,
            Self::Unwritable(view) => view.id,
            Self::Test(view) => view.id,
        }
    }

    /// The webhook's body.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        let (version, kind, id) = (1, self.kind(), self.id());
        match self {
            Self::Mentions(view) => serde_json::to_string(&MentionsBody {
                version,
                kind,
                id,
                rule: view.rule,
                reason: view.reason.name(),
                brand: BrandBody { id: view.brand_id, name: view.brand_name },
                mentions: match view.occasion {
                    Occasion::Moderation => view.mentions.iter().map(MentionBody::with_evidence).collect(),
                    _ => view.mentions.iter().map(MentionBody::of).collect(),
                },
            }),
            Self::Digest(view) => serde_json::to_string(&DigestBody {
                version,
                kind,
                id,
                rule: view.rule,
                period: view.period.word(),
                brands: view.brands.iter().map(|(id, name)| BrandBody { id, name }).collect(),
                report: view.report,
                worst: view.report.worst.iter().map(|(one, _)| MentionBody::of(one)).collect(),
                unanswered: view.report.waiting.iter().map(MentionBody::of).collect(),
                mentions: view.mentions.iter().map(MentionBody::of).collect(),
            }),
            Self::Spike(view) => serde_json::to_string(&SpikeBody {
                version,
                kind,
                id,
                rule: view.rule,
                brand: BrandBody { id: view.brand_id, name: view.brand_name },
                of: view.of.word(),
                from: view.from,
                until: view.until,
                count: view.count,
                usual: (view.usual * 10.0).round() / 10.0,
                mentions: view.news().take(SPIKE_MENTIONS).map(MentionBody::of).collect(),
            }),
            Self::Coverage(view) => serde_json::to_string(&CoverageBody {
                version,
                kind,
                id,
                blind: view.blind,
                recovered: view.recovered,
                dry: view.dry,
                heard: view.heard,
            }),
            Self::Refusal(view) => serde_json::to_string(&RefusalBody {
                version,
                kind,
                id,
                file: view.file,
                diagnostics: view.diagnostics,
            }),
            Self::DeadLetter(view) => serde_json::to_string(&DeadLetterBody {
                version,
                kind,
                id,
                message: view.message,
                channel: view.channel,
                recipient: view.recipient,
                subject: view.subject,
                error: view.error,
                attempts: view.attempts,
                created: view.created,
            }),
            Self::Unwritable(view) => serde_json::to_string(&UnwritableBody {
                version,
                kind,
                id,
                store: view.store,
                error: view.error,
                since: view.since,
                direct: true,
            }),
            Self::Test(view) => serde_json::to_string(&TestBody { version, kind, id, channel: view.channel }),
        }
    }
}

#[derive(Serialize)]
struct MentionsBody<'a> {
    version: u8,
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
    rule: &'a str,
    reason: &'a str,
    brand: BrandBody<'a>,
    mentions: Vec<MentionBody<'a>>,
}

#[derive(Serialize)]
struct DigestBody<'a> {
    version: u8,
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
    rule: &'a str,
    period: &'a str,
    brands: Vec<BrandBody<'a>>,
    report: &'a Report,
    worst: Vec<MentionBody<'a>>,
    unanswered: Vec<MentionBody<'a>>,
    mentions: Vec<MentionBody<'a>>,
}

#[derive(Serialize)]
struct BrandBody<'a> {
    id: &'a str,
    name: &'a str,
}

/// A mention as programs get it.
#[derive(Debug, Serialize)]
pub struct MentionBody<'a> {
    id: i64,
    title: &'a str,
    url: Option<String>,
    site: &'a str,
    author: Option<&'a str>,
    published: Option<Timestamp>,
    polarity: Polarity,
    score: Option<f64>,
    excerpt: &'a str,
    hits: &'a [Hit],
    tags: &'a [String],
    why: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<&'a Evidence>,
    story: StoryId,
    repeat: bool,
}

impl<'a> MentionBody<'a> {
    fn with_evidence(stored: &'a StoredMention) -> Self {
        Self { evidence: stored.mention.evidence.as_deref(), ..Self::of(stored) }
    }

    pub(super) fn of(stored: &'a StoredMention) -> Self {
        let mention = &stored.mention;
        Self {
            id: stored.id,
            title: &mention.title,
            url: mention.url.as_deref().and_then(clean::link).map(|link| link.href),
            site: &mention.site,
            author: mention.author.as_deref(),
            published: mention.published,
            polarity: mention.polarity,
            // Of an f32 three decimals are true; more would show its binary tail.
            score: mention.score.map(|score| (f64::from(score) * 1000.0).round() / 1000.0),
            excerpt: &mention.excerpt.text,
            hits: &mention.hits,
            tags: &mention.tags,
            why: &mention.why,
            evidence: None,
            story: mention.story,
            repeat: mention.repeat,
        }
    }
}

#[derive(Serialize)]
struct CoverageBody<'a> {
    version: u8,
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
    blind: &'a [Blind],
    recovered: &'a [Recovered],
    #[serde(skip_serializing_if = "<[Dry]>::is_empty")]
    dry: &'a [Dry],
    #[serde(skip_serializing_if = "<[Recovered]>::is_empty")]
    heard: &'a [Recovered],
}

/// Mentions in the body of a spike: what it is about, not all that there is.
const SPIKE_MENTIONS: usize = 20;

#[derive(Serialize)]
struct SpikeBody<'a> {
    version: u8,
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
    rule: &'a str,
    brand: BrandBody<'a>,
    of: &'a str,
    from: Timestamp,
    until: Timestamp,
    count: u32,
    usual: f64,
    mentions: Vec<MentionBody<'a>>,
}

#[derive(Serialize)]
struct RefusalBody<'a> {
    version: u8,
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
    file: &'a str,
    diagnostics: &'a str,
}

#[derive(Serialize)]
struct DeadLetterBody<'a> {
    version: u8,
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
    message: &'a str,
    channel: &'a str,
    recipient: &'a str,
    subject: &'a str,
    error: &'a str,
    attempts: u32,
    created: Timestamp,
}

#[derive(Serialize)]
struct UnwritableBody<'a> {
    version: u8,
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
    store: &'a str,
    error: &'a str,
    since: Timestamp,
    /// Past the outbox: it is sent once, and not again.
    direct: bool,
}

#[derive(Serialize)]
struct TestBody<'a> {
    version: u8,
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
    channel: &'a str,
}
