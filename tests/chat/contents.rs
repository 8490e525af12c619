//! One content of every kind that vigie sends, made of words that are handed in.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use vigie::alert::Reason;
use vigie::alert::digest::Period;
use vigie::alert::rule::{BrandKind, Of};
use vigie::alert::story::{Past, Pasts, Telling};
use vigie::config::Place;
use vigie::health::SourceState;
use vigie::mention::{DecidingWord, Evidence, Excerpt, Mention, Polarity, StoredMention, StoryId};
use vigie::notify::Content;
use vigie::notify::content::{
    Blind, Coverage, CoverageView, DeadLetterView, DigestView, Dry, MessageView, Occasion, Recovered, RefusalView,
    SpikeView, TestView,
};
use vigie::report::period::written;
use vigie::report::{BrandLine, Figure, Frame, Objective, Report, Scope};
use vigie::store::figures::{Count, FiguresRows, TagCount, Top};

pub(crate) const ID: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// What comes from the web, from people and from other programs.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    pub(crate) title: String,
    /// Hits stand between asterisks.
    pub(crate) excerpt: String,
    pub(crate) author: String,
    pub(crate) site: String,
    pub(crate) url: String,
    pub(crate) term: String,
    pub(crate) tag: String,
    pub(crate) name: String,
    pub(crate) diagnostics: String,
}

impl Words {
    pub(crate) fn usual() -> Self {
        let owned = str::to_owned;
        Self {
            title: owned("Livebox en panne à Lille"),
            excerpt: owned(
                "Depuis ce matin, plus rien chez *Orange* dans tout le quartier : la Livebox clignote, et le service \
                 client répond que la *panne* est « en cours d’analyse ». Troisième fois en un mois…",
            ),
            author: owned("titi59"),
            site: owned("lafibre.example"),
            url: owned("https://lafibre.example/orange/livebox-(lille)?utm=1&page=2"),
            term: owned("=Orange"),
            tag: owned("panne"),
            name: owned("Orange (opérateur)"),
            diagnostics: owned(
                "watchlists/orange.yaml:12:7: cette clé n’existe pas ; écrivez `match`\n   12 |     mtach:\n      |     \
                 ^^^^^",
            ),
        }
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Everything that the contents borrow.
pub(crate) struct Stock {
    words: Words,
    zone: TimeZone,
    one: Vec<StoredMention>,
    flood: Vec<StoredMention>,
    story: Vec<StoredMention>,
    abusive: Vec<StoredMention>,
    told: Pasts,
    nothing: Pasts,
    coverage: Coverage,
    blind: Vec<Blind>,
    recovered: Vec<Recovered>,
    dry: Vec<Dry>,
    scope: Scope,
    report: Report,
    empty: Report,
    brands: Vec<(String, String)>,
}

/// An excerpt whose hits stand between asterisks.
fn excerpt(marked: &str) -> Excerpt {
    let mut excerpt = Excerpt::default();
    for (at, part) in marked.split('*').enumerate() {
        let start = excerpt.text.len() as u32;
        excerpt.text.push_str(part);
        if at % 2 == 1 {
            excerpt.hits.push((start, excerpt.text.len() as u32));
        }
    }
    excerpt
}

fn mention(words: &Words, id: i64, polarity: Polarity) -> StoredMention {
    let published = at("2026-11-20T13:20:00Z") - Duration::from_secs(60 * id.unsigned_abs());
    StoredMention {
        id,
        mention: Mention {
            team: "orange.yaml".to_owned(),
            brand: "orange".to_owned(),
            source: 7,
            source_name: words.site.clone(),
            entry: id.unsigned_abs(),
            revision: 1,
            url: Some(words.url.clone()),
            title: words.title.clone(),
            site: words.site.clone(),
            author: Some(words.author.clone()),
            published: Some(published),
            found: published + Duration::from_secs(40),
            language: None,
            polarity,
            score: (polarity != Polarity::Unknown).then_some(-0.62),
            document_score: None,
            hits: Vec::new(),
            tags: vec![words.tag.clone()],
            excerpt: excerpt(&words.excerpt),
            why: vec![words.term.clone(), "panne".to_owned()],
            words: vec![
                DecidingWord { text: words.tag.clone(), valence: -2.1 },
                DecidingWord { text: "inadmissible".to_owned(), valence: -3.0 },
            ],
            baseline: false,
            story: StoryId(id.unsigned_abs()),
            repeat: false,
            evidence: None,
        },
    }
}

fn line(id: &str, name: &str, kind: BrandKind) -> BrandLine {
    BrandLine { id: id.into(), name: name.into(), kind }
}

fn scope(words: &Words, zone: &TimeZone) -> Scope {
    let local = |text| written(text, zone).unwrap();
    Scope {
        frame: Frame::new(local("2026-11-19"), local("2026-11-20"), zone),
        lead: vec![line("orange", &words.name, BrandKind::Brand)],
        competitors: vec![line("free", "Free", BrandKind::Competitor)],
        since: Some(local("2026-01-01")),
        objectives: vec![Objective {
            brand: "orange".into(),
            figure: Figure::NetTone,
            at_least: Some(10.0),
            at_most: None,
            place: Place { file: "orange.yaml".into(), line: 30, column: 3 },
        }],
        watched: Vec::new(),
        opened: Vec::new(),
        phases: Vec::new(),
    }
}

fn rows(words: &Words, zone: &TimeZone) -> FiguresRows {
    let start = written("2026-11-12", zone).unwrap();
    let counts = (0..24 * 9).flat_map(|hour: u64| {
        let at = start + Duration::from_hours(hour);
        let count = |brand: &str, polarity, mentions| Count { brand: brand.into(), at, polarity, mentions };
        [
            count("orange", Polarity::Negative, u64::from(hour % 5 == 2)),
            count("orange", Polarity::Neutral, u64::from(hour.is_multiple_of(3))),
            count("free", Polarity::Positive, u64::from(hour.is_multiple_of(4))),
        ]
    });
    let top = |name: &str, about: Option<&str>, mentions| Top {
        name: name.into(),
        about: about.map(str::to_owned),
        mentions,
        negative: mentions / 2,
        positive: 1,
    };
    FiguresRows {
        counts: counts.filter(|count| count.mentions > 0).collect(),
        older: 1,
        repeats: 2,
        unanswered: 4,
        tags: vec![TagCount { tag: words.tag.as_str().into(), polarity: Polarity::Negative, mentions: 11 }],
        sites: vec![top(&words.site, None, 14), top("forum.example", None, 8)],
        authors: vec![top(&words.author, Some(&words.site), 5)],
        terms: vec![top(&words.term, None, 21)],
        stories: vec![top(&words.title, Some("5"), 7)],
        worst: vec![(mention(words, 60, Polarity::Negative), true)],
        ..FiguresRows::default()
    }
}

impl Stock {
    pub(crate) fn of(words: Words) -> Self {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let one = vec![mention(&words, 12, Polarity::Negative)];
        let flood = (1..=190)
            .map(|id| {
                let polarity = [Polarity::Negative, Polarity::Positive, Polarity::Neutral, Polarity::Uncertain];
                let mut one = mention(&words, id, polarity[(id % 4) as usize]);
                if id % 3 > 0 {
                    one.mention.url = Some(format!("https://site{}.example/{id}", id % 11));
                }
                one
            })
            .collect();
        let mut story = vec![mention(&words, 12, Polarity::Negative)];
        for n in 0..19 {
            let mut copy = story[0].clone();
            copy.id = 100 + n;
            copy.mention.url = Some(format!("https://journal{n}.example/depeche/livebox"));
            story.push(copy);
        }
        let mut abusive = one.clone();
        abusive[0].mention.evidence = Some(Box::new(Evidence::seal(
            vec!["threat".to_owned(), "insult".to_owned()],
            vec![words.title.clone(), "je sais où vous habitez".to_owned()],
            "copy\n".to_owned(),
        )));
        let past = Past {
            sites: (0..5).map(|n| (format!("journal{n}.example"), n)).collect(),
            told: vec![Telling {
                rule: "urgent".to_owned(),
                channel: "crisis".to_owned(),
                polarity: Polarity::Negative,
                waits: false,
                last: 1,
            }],
            first: vec![("crisis".to_owned(), "0123456789abcdef0123456789abcdef".to_owned())],
        };
        let scope = scope(&words, &zone);
        Self {
            told: Pasts::from([(StoryId(12), past)]),
            nothing: Pasts::new(),
            coverage: Coverage {
                well: 11,
                degraded: vec![(words.site.clone(), SourceState::Timeout)],
                partial: Vec::new(),
            },
            blind: vec![
                Blind {
                    name: words.site.clone(),
                    sources: 1,
                    state: SourceState::Timeout,
                    detail: Some(words.title.clone()),
                    since: at("2026-11-20T07:20:00Z"),
                },
                Blind {
                    name: "forum.example".to_owned(),
                    sources: 3,
                    state: SourceState::Challenge,
                    detail: None,
                    since: at("2026-11-20T09:00:00Z"),
                },
            ],
            recovered: vec![Recovered { name: words.name.clone(), since: at("2026-11-18T09:00:00Z") }],
            dry: vec![Dry { name: words.name.clone(), usual: 31.4, since: at("2026-11-19T09:00:00Z") }],
            report: Report::of(&scope, rows(&words, &zone)),
            empty: Report::of(&scope, FiguresRows::default()),
            scope,
            brands: vec![("orange".into(), words.name.clone())],
            one,
            flood,
            story,
            abusive,
            zone,
            words,
        }
    }

    fn view<'a>(&'a self, mentions: &'a [StoredMention]) -> MessageView<'a> {
        MessageView {
            id: ID,
            occasion: Occasion::Mention,
            brand_id: "orange",
            brand_name: &self.words.name,
            rule: "urgent",
            place: "watchlists/orange.yaml:42",
            reason: if mentions.len() == 1 { Reason::FirstMention } else { Reason::GroupWindow },
            by: None,
            escalates: false,
            mentions,
            channel: "crisis",
            pasts: &self.nothing,
            coverage: &self.coverage,
            timezone: &self.zone,
            now: at("2026-11-20T13:32:10Z"),
        }
    }

    /// Every kind, by a name for golden files.
    pub(crate) fn contents(&self) -> Vec<(&'static str, Content<'_>)> {
        let (zone, now, words) = (&self.zone, at("2026-11-20T13:32:10Z"), &self.words);
        let one = self.view(&self.one);
        let escalation = Occasion::Escalation { after: Duration::from_mins(30) };
        let digest = DigestView {
            id: ID,
            brands: &self.brands,
            rule: "matin",
            place: "watchlists/orange.yaml:21",
            channel: "crisis",
            period: Period::Day,
            report: &self.report,
            frame: &self.scope.frame,
            mentions: &self.flood[..14],
            coverage: &self.coverage,
            now: self.scope.frame.span.to + Duration::from_hours(8),
        };
        vec![
            ("one", Content::Mentions(one)),
            ("flood", Content::Mentions(self.view(&self.flood))),
            ("story", Content::Mentions(self.view(&self.story))),
            ("story_spreads", Content::Mentions(MessageView { pasts: &self.told, ..one })),
            (
                "escalation",
                Content::Mentions(MessageView {
                    occasion: escalation,
                    reason: Reason::Escalated,
                    escalates: true,
                    ..one
                }),
            ),
            (
                "moderation",
                Content::Mentions(MessageView { occasion: Occasion::Moderation, ..self.view(&self.abusive) }),
            ),
            (
                "spike",
                Content::Spike(SpikeView {
                    id: ID,
                    channel: "crisis",
                    first: None,
                    brand_id: "orange",
                    brand_name: &words.name,
                    rule: "pics",
                    place: "watchlists/orange.yaml:57",
                    of: Of::Negative,
                    from: at("2026-11-20T13:00:00Z"),
                    until: at("2026-11-20T14:00:00Z"),
                    count: 42,
                    usual: 10.0,
                    negative_share: Some((0.6, 0.25)),
                    days: 28,
                    mentions: &self.flood,
                    listed: &[],
                    coverage: &self.coverage,
                    timezone: zone,
                    now,
                }),
            ),
            // With mentions that were late, or that a cap held back.
            ("digest", Content::Digest(digest)),
            ("digest_empty", Content::Digest(DigestView { report: &self.empty, mentions: &[], ..digest })),
            (
                "coverage",
                Content::Coverage(CoverageView {
                    id: ID,
                    blind: &self.blind,
                    recovered: &self.recovered,
                    dry: &self.dry,
                    heard: &[],
                    timezone: zone,
                    now,
                }),
            ),
            (
                "refusal",
                Content::Refusal(RefusalView {
                    id: ID,
                    file: "watchlists/orange.yaml",
                    diagnostics: &words.diagnostics,
                }),
            ),
            (
                "dead_letter",
                Content::DeadLetter(DeadLetterView {
                    id: ID,
                    message: "aa11",
                    channel: "comms",
                    recipient: "gone@acme.example",
                    subject: &words.title,
                    error: "smtp.acme.example:587, RCPT: 550 5.1.1 no such user",
                    attempts: 1,
                    created: at("2026-11-20T13:20:00Z"),
                    timezone: zone,
                    now,
                }),
            ),
            ("test", Content::Test(TestView { id: ID, channel: "crisis" })),
        ]
    }
}
