//! From counts to what a report says: volumes and tones with what they were before, shares, series, tags.
//! Owns the arithmetic; pure, and without a word for people.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::newcomer::NewSiteLine;
use super::objective::{Figure, Objective};
use super::period::{Frame, Span, Unit};
use crate::alert::rule::BrandKind;
use crate::config::settings::OpenedAddress;
use crate::mention::{Polarity, StoredMention};
use crate::store::figures::{Count, FiguresAsk, FiguresRows, Top};

/// Lines of a list.
const TOP: usize = 8;
/// Mentions that are shown, the worst first.
const WORST: usize = 6;

/// A brand as reports know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandLine {
    /// Its id.
    pub id: String,
    /// For people.
    pub name: String,
    /// Competitors are counted, and led by nobody.
    pub kind: BrandKind,
}

/// Who and when.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The period.
    pub frame: Frame,
    /// What the report is about, in the file's order.
    pub lead: Vec<BrandLine>,
    /// Who else is heard.
    pub competitors: Vec<BrandLine>,
    /// Since when vigie watches: what was before cannot be compared with.
    pub since: Option<Timestamp>,
    /// What is wanted of these brands.
    pub objectives: Vec<Objective>,
    /// Hosts that are watched already: no news as new sites.
    pub watched: Vec<String>,
    /// Private addresses that may be watched.
    pub opened: Vec<OpenedAddress>,
    /// Before, during and after a campaign, as far as they have begun.
    pub phases: Vec<(Phase, Span)>,
}

impl Scope {
    /// What the store is to be asked.
    #[must_use]
    pub fn ask(&self) -> FiguresAsk {
        let id = |brand: &BrandLine| brand.id.clone();
        let phases: Vec<Span> = self.phases.iter().map(|(_, span)| *span).collect();
        FiguresAsk {
            brands: self.lead.iter().chain(&self.competitors).map(id).collect(),
            lead: self.lead.iter().map(id).collect(),
            spans: self.frame.counted(&phases),
            bucket: self.frame.bucket(),
            period: (self.frame.span.from, self.frame.span.to),
            top: TOP,
            worst: WORST,
        }
    }
}

/// A part of a campaign's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// As long as the campaign, before it.
    Before,
    /// From its first to its last day.
    During,
    /// As long as the campaign, after it.
    After,
}

impl Phase {
    /// The word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::During => "during",
            Self::After => "after",
        }
    }
}

/// Mentions by tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tones {
    /// Negative.
    pub negative: u64,
    /// Uncertain.
    pub uncertain: u64,
    /// Neutral.
    pub neutral: u64,
    /// Positive.
    pub positive: u64,
    /// In a language that vigie does not read.
    pub unknown: u64,
}

impl Tones {
    /// Adds mentions of a tone.
    pub fn add(&mut self, polarity: Polarity, mentions: u64) {
        let slot = match polarity {
            Polarity::Negative => &mut self.negative,
            Polarity::Uncertain => &mut self.uncertain,
            Polarity::Neutral => &mut self.neutral,
            Polarity::Positive => &mut self.positive,
            Polarity::Unknown => &mut self.unknown,
        };
        *slot += mentions;
    }

    /// Of a tone.
    #[must_use]
    pub const fn of(self, polarity: Polarity) -> u64 {
        match polarity {
            Polarity::Negative => self.negative,
            Polarity::Uncertain => self.uncertain,
            Polarity::Neutral => self.neutral,
            Polarity::Positive => self.positive,
            Polarity::Unknown => self.unknown,
        }
    }

    /// All.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.known() + self.unknown
    }

    /// All with a known tone.
    #[must_use]
    pub const fn known(self) -> u64 {
        self.negative + self.uncertain + self.neutral + self.positive
    }

    /// See [`super`]; nothing where no tone is known.
    #[must_use]
    pub fn net(self) -> Option<f64> {
        (self.known() > 0).then(|| (self.positive as f64 - self.negative as f64) / self.known() as f64 * 100.0)
    }

    /// Of all with a known tone, in percent.
    #[must_use]
    pub fn share(self, polarity: Polarity) -> Option<f64> {
        percent(self.of(polarity), self.known())
    }
}

impl Serialize for Tones {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut all = to.serialize_struct("Tones", 7)?;
        all.serialize_field("mentions", &self.total())?;
        all.serialize_field("negative", &self.negative)?;
        all.serialize_field("uncertain", &self.uncertain)?;
        all.serialize_field("neutral", &self.neutral)?;
        all.serialize_field("positive", &self.positive)?;
        all.serialize_field("unknown", &self.unknown)?;
        all.serialize_field("net_tone", &self.net().map(tenth))?;
        all.end()
    }
}

/// `part` of `whole` in percent.
fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64 * 100.0)
}

/// One decimal is what a count of mentions bears.
fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[expect(clippy::ref_option, reason = "serde hands a reference to the field")]
fn tenths<S: Serializer>(value: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
    value.map(tenth).serialize(to)
}

/// Tones now and then; nothing where vigie did not watch the whole time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Compared {
    /// In the period.
    pub now: Tones,
    /// In the period before.
    pub before: Option<Tones>,
    /// On the same weekdays a week before.
    pub week_before: Option<Tones>,
}

/// A brand's tones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrandFigures {
    /// The brand's id.
    pub brand: String,
    /// For people.
    pub name: String,
    /// Now and then.
    #[serde(flatten)]
    pub tones: Compared,
}

/// A brand's part of all that was said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Voice {
    /// The brand's id.
    pub brand: String,
    /// For people.
    pub name: String,
    /// The team's own.
    pub own: bool,
    /// Mentions.
    pub mentions: u64,
    /// Percent of all brands'.
    #[serde(serialize_with = "tenths")]
    pub share: Option<f64>,
    /// The same in the period before.
    #[serde(serialize_with = "tenths")]
    pub share_before: Option<f64>,
    /// Its net tone.
    #[serde(serialize_with = "tenths")]
    pub net_tone: Option<f64>,
}

/// One of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Point {
    /// Where it begins.
    pub at: Timestamp,
    /// What was said from then on.
    #[serde(flatten)]
    pub tones: Tones,
}

/// Mentions with a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TagFigures {
    /// The tag's name.
    pub tag: String,
    /// Their tones.
    #[serde(flatten)]
    pub tones: Tones,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopLine {
    /// What it is about.
    pub name: String,
    /// An author's site, the number of a story's sites.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// All.
    pub mentions: u64,
    /// Negative ones.
    pub negative: u64,
    /// Positive ones.
    pub positive: u64,
}

impl From<Top> for TopLine {
    fn from(top: Top) -> Self {
        let Top { name, about, mentions, negative, positive } = top;
        Self { name, about, mentions, negative, positive }
    }
}

/// An objective held against the period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held {
    /// The brand's id.
    pub brand: String,
    /// For people.
    pub name: String,
    /// What is looked at.
    pub figure: Figure,
    /// Not less.
    pub at_least: Option<f64>,
    /// Not more.
    pub at_most: Option<f64>,
    /// What it is; nothing where nothing was said.
    #[serde(serialize_with = "tenths")]
    pub actual: Option<f64>,
    /// Whether that is as wanted.
    pub met: Option<bool>,
}

/// A part of a campaign.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhaseFigures {
    /// Which.
    pub phase: Phase,
    /// When.
    #[serde(flatten)]
    pub span: Span,
    /// Local days that it touches.
    pub days: i64,
    /// What was said of the lead.
    pub tones: Tones,
    /// The lead's part of all brands', in percent.
    #[serde(serialize_with = "tenths")]
    pub share: Option<f64>,
}

/// All that a report says, without words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Of this form: 1.
    pub version: u8,
    /// What is reported on.
    pub period: Span,
    /// What it is compared with.
    pub before: Span,
    /// The same weekdays a week before.
    pub week_before: Option<Span>,
    /// Over all brands of the lead.
    pub total: Compared,
    /// Each of the lead.
    pub brands: Vec<BrandFigures>,
    /// The lead and the competitors, the loudest first; empty without competitors.
    pub voice: Vec<Voice>,
    /// How wide a point is.
    pub unit: Unit,
    /// The period in points, all of them.
    pub series: Vec<Point>,
    /// Mentions by weekday (from Monday) and local hour; of periods of a week and more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rhythm: Option<Vec<[u64; 24]>>,
    /// What mentions are about, the most first.
    pub tags: Vec<TagFigures>,
    /// Hosts.
    pub sites: Vec<TopLine>,
    /// Sources.
    pub sources: Vec<TopLine>,
    /// Authors.
    pub authors: Vec<TopLine>,
    /// Terms.
    pub terms: Vec<TopLine>,
    /// Stories of several mentions.
    pub stories: Vec<TopLine>,
    /// Sites that spoke for the first time and are not watched.
    pub new_sites: Vec<NewSiteLine>,
    /// Objectives.
    pub objectives: Vec<Held>,
    /// Before, during and after a campaign.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub campaign: Vec<PhaseFigures>,
    /// Negative and uncertain mentions that were told and that nobody took care of.
    pub unanswered: u64,
    /// Found, and there before vigie watched: not counted.
    pub older: u64,
    /// Found again on a page that was mentioned before: not counted.
    pub repeats: u64,
    /// The worst mentions, for forms that show some; `true` where somebody was told already.
    #[serde(skip)]
    pub worst: Vec<(StoredMention, bool)>,
    /// Some of `unanswered`, one of a story, the worst first.
    #[serde(skip)]
    pub waiting: Vec<StoredMention>,
}

impl Report {
    /// Whose shares are shown where there is room for so many: the team's own, then the loudest, in their order; the
    /// rest are told together.
    #[must_use]
    pub fn loudest(&self, room: usize) -> (Vec<&Voice>, Vec<&Voice>) {
        let mut left = room.saturating_sub(self.voice.iter().filter(|voice| voice.own).count());
        self.voice.iter().filter(|voice| voice.own || voice.mentions > 0).partition(|voice| {
            let is_told = voice.own || left > 0;
            left -= usize::from(is_told && !voice.own);
            is_told
        })
    }

    /// Puts the counts together.
    #[must_use]
    pub fn of(scope: &Scope, rows: FiguresRows) -> Self {
        let frame = &scope.frame;
        let tally = Tally { counts: &rows.counts, since: scope.since };
        let is_lead = |brand: &str| scope.lead.iter().any(|line| line.id == brand);
        let compared = |is: &dyn Fn(&str) -> bool| Compared {
            now: tally.over(frame.span, is),
            before: tally.then(frame.before, is),
            week_before: frame.week_before.and_then(|span| tally.then(span, is)),
        };
        let brands: Vec<BrandFigures> = scope
            .lead
            .iter()
            .map(|line| BrandFigures {
                brand: line.id.clone(),
                name: line.name.clone(),
                tones: compared(&|brand| brand == line.id),
            })
            .collect();
        let voice = voice(scope, &tally);
        let objectives = scope
            .objectives
            .iter()
            .filter_map(|objective| {
                let brand = brands.iter().find(|brand| brand.brand == objective.brand)?;
                let actual = actual(objective.figure, brand, &voice, frame);
                Some(Held {
                    brand: brand.brand.clone(),
                    name: brand.name.clone(),
                    figure: objective.figure,
                    at_least: objective.at_least,
                    at_most: objective.at_most,
                    actual,
                    met: actual.map(|value| objective.is_met(tenth(value))),
                })
            })
            .collect();
        let campaign = scope
            .phases
            .iter()
            .map(|(phase, span)| {
                let tones = tally.over(*span, &is_lead);
                let all = tally.over(*span, &|_| true).total();
                let share = if scope.competitors.is_empty() { None } else { percent(tones.total(), all) };
                PhaseFigures { phase: *phase, span: *span, days: span.days(&frame.zone), tones, share }
            })
            .collect();
        Self {
            version: 1,
            period: frame.span,
            before: frame.before,
            week_before: frame.week_before,
            total: compared(&is_lead),
            voice,
            unit: frame.unit(),
            series: series(frame, &rows.counts, &is_lead),
            rhythm: rhythm(frame, &rows.counts, &is_lead),
            tags: tags(&rows),
            objectives,
            campaign,
            brands,
            sites: lines(rows.sites),
            sources: lines(rows.sources),
            authors: lines(rows.authors),
            terms: lines(rows.terms),
            stories: lines(rows.stories),
            new_sites: rows
                .new_sites
                .into_iter()
                .filter(|new| !scope.watched.iter().any(|host| is_below(&new.site, host)))
                .map(|new| NewSiteLine::of(new, &scope.opened))
                .collect(),
            unanswered: rows.unanswered,
            older: rows.older,
            repeats: rows.repeats,
            worst: rows.worst,
            waiting: rows.waiting,
        }
    }

    /// True when nothing was said of the lead.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.total.now.total() == 0
    }

    /// The lead's part of all brands', now and before, in percent.
    #[must_use]
    pub fn own_share(&self) -> (Option<f64>, Option<f64>) {
        let own = |of: fn(&Voice) -> Option<f64>| {
            let shares: Vec<f64> = self.voice.iter().filter(|voice| voice.own).filter_map(of).collect();
            (!shares.is_empty()).then(|| shares.iter().sum())
        };
        (own(|voice| voice.share), own(|voice| voice.share_before))
    }
}

/// True for a host and what lies below it.
fn is_below(site: &str, host: &str) -> bool {
    site.strip_suffix(host).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn lines(tops: Vec<Top>) -> Vec<TopLine> {
    tops.into_iter().map(TopLine::from).collect()
}

struct Tally<'a> {
    counts: &'a [Count],
    since: Option<Timestamp>,
}

impl Tally<'_> {
    fn over(&self, span: Span, is: &dyn Fn(&str) -> bool) -> Tones {
        let mut tones = Tones::default();
        for count in self.counts.iter().filter(|count| span.holds(count.at) && is(&count.brand)) {
            tones.add(count.polarity, count.mentions);
        }
        tones
    }

    /// Of a time that can be compared with.
    fn then(&self, span: Span, is: &dyn Fn(&str) -> bool) -> Option<Tones> {
        self.since.is_some_and(|since| since <= span.from).then(|| self.over(span, is))
    }
}

fn voice(scope: &Scope, tally: &Tally<'_>) -> Vec<Voice> {
    if scope.competitors.is_empty() {
        return Vec::new();
    }
    let frame = &scope.frame;
    let all = tally.over(frame.span, &|_| true).total();
    let all_before = tally.then(frame.before, &|_| true).map(Tones::total);
    let own = scope.lead.iter().map(|line| (line, true));
    let mut voice: Vec<Voice> = own
        .chain(scope.competitors.iter().map(|line| (line, false)))
        .map(|(line, own)| {
            let is = |brand: &str| brand == line.id;
            let now = tally.over(frame.span, &is);
            let before = tally.then(frame.before, &is);
            Voice {
                brand: line.id.clone(),
                name: line.name.clone(),
                own,
                mentions: now.total(),
                share: percent(now.total(), all),
                share_before: before.zip(all_before).and_then(|(part, whole)| percent(part.total(), whole)),
                net_tone: now.net(),
            }
        })
        .collect();
    voice.sort_by_key(|voice| std::cmp::Reverse(voice.mentions));
    voice
}

fn actual(figure: Figure, brand: &BrandFigures, voice: &[Voice], frame: &Frame) -> Option<f64> {
    let tones = brand.tones.now;
    match figure {
        Figure::NetTone => tones.net(),
        Figure::NegativeShare => tones.share(Polarity::Negative),
        Figure::PositiveShare => tones.share(Polarity::Positive),
        Figure::ShareOfVoice => voice.iter().find(|voice| voice.brand == brand.brand)?.share,
        Figure::MentionsPerDay => Some(tones.total() as f64 / frame.span.days(&frame.zone) as f64),
    }
}

fn series(frame: &Frame, counts: &[Count], is_lead: &dyn Fn(&str) -> bool) -> Vec<Point> {
    let mut points: Vec<Point> = frame.points().into_iter().map(|at| Point { at, tones: Tones::default() }).collect();
    for count in counts.iter().filter(|count| frame.span.holds(count.at) && is_lead(&count.brand)) {
        let place = points.partition_point(|point| point.at <= count.at);
        if let Some(point) = place.checked_sub(1).and_then(|place| points.get_mut(place)) {
            point.tones.add(count.polarity, count.mentions);
        }
    }
    points
}

fn rhythm(frame: &Frame, counts: &[Count], is_lead: &dyn Fn(&str) -> bool) -> Option<Vec<[u64; 24]>> {
    if frame.span.days(&frame.zone) < 7 {
        return None;
    }
    let mut week = vec![[0; 24]; 7];
    for count in counts.iter().filter(|count| frame.span.holds(count.at) && is_lead(&count.brand)) {
        let local = count.at.to_zoned(frame.zone.clone());
        let (day, hour) = (local.weekday().to_monday_zero_offset(), local.hour());
        let slot = usize::try_from(day).ok().zip(usize::try_from(hour).ok());
        if let Some(slot) = slot.and_then(|(day, hour)| week.get_mut(day)?.get_mut(hour)) {
            *slot += count.mentions;
        }
    }
    Some(week)
}

fn tags(rows: &FiguresRows) -> Vec<TagFigures> {
    let mut tags: Vec<TagFigures> = Vec::new();
    for count in &rows.tags {
        let place = tags.iter().position(|known| known.tag == count.tag).unwrap_or_else(|| {
            tags.push(TagFigures { tag: count.tag.clone(), tones: Tones::default() });
            tags.len() - 1
        });
        tags[place].tones.add(count.polarity, count.mentions);
    }
    tags.sort_by(|a, b| b.tones.total().cmp(&a.tones.total()).then_with(|| a.tag.cmp(&b.tag)));
    tags
}

#[cfg(test)]
#[path = "figures_tests.rs"]
mod tests;
