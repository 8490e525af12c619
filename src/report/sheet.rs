//! A report in words: what a page, a mail and a terminal show, already in the reader's language. Owns the
//! choice, the order and the sentences; looks are the templates'.

use jiff::Timestamp;
use serde::Serialize;

use super::figures::{Compared, Held, Report, Tones};
use super::newcomer::NewSites;
use super::objective::Figure;
use super::period::Frame;
use super::{chart, words};
use crate::locale::{Locale, Value};
use crate::mention::Polarity;
use crate::text::clean;

/// Lines of a table.
const LINES: usize = 8;
/// Characters of a name.
const NAME: usize = 90;
/// Words under an axis.
const TICKS: usize = 7;

/// What asks for attention first.
const ORDER: [Polarity; 5] =
    [Polarity::Negative, Polarity::Uncertain, Polarity::Unknown, Polarity::Neutral, Polarity::Positive];

/// A report in words.
#[derive(Debug, Clone, Serialize)]
pub struct Sheet {
    /// `fr` or `en`.
    pub language: &'static str,
    /// The period's name, with a capital.
    pub period: String,
    /// What was said, in one line.
    pub verdict: String,
    /// How the tones spread, each with its word.
    pub tally: Vec<Toned>,
    /// The figures that are looked at first.
    pub cards: Vec<Card>,
    /// The period in bars; absent where nothing was said.
    pub series: Option<Series>,
    /// The net tone as a line, in SVG, with what it is called.
    pub tone: Option<Drawing>,
    /// The hours of the week, a line a day.
    pub rhythm: Option<Rhythm>,
    /// Tables, in order.
    pub tables: Vec<Table>,
    /// Sites to watch.
    pub new_sites: Option<NewSites>,
    /// How many wait for an answer.
    pub unanswered: Option<String>,
    /// What was not counted.
    pub notes: Vec<String>,
}

/// A sentence about mentions of a tone.
#[derive(Debug, Clone, Serialize)]
pub struct Toned {
    /// The tone's word.
    pub polarity: &'static str,
    /// The sentence.
    pub text: String,
}

/// A figure with what it was.
#[derive(Debug, Clone, Serialize)]
pub struct Card {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: String,
    /// What it is with its value, on one line.
    pub said: String,
    /// Against earlier times.
    pub deltas: Vec<Delta>,
}

/// How a figure changed.
#[derive(Debug, Clone, Serialize)]
pub struct Delta {
    /// `▲5`, `▼4`, `=`.
    pub change: String,
    /// `la veille`, `jeudi 13 nov.`
    pub against: String,
    /// `good`, `bad` or `flat`.
    pub mood: &'static str,
}

/// The period in bars.
#[derive(Debug, Clone, Serialize)]
pub struct Series {
    /// What is drawn.
    pub title: String,
    /// The same for those who do not see it, with the highest bar.
    pub alt: String,
    /// The drawing, in SVG.
    pub svg: String,
    /// Words under the axis, evenly spread: each stands where its part begins.
    pub ticks: Vec<String>,
    /// The highest bar.
    pub most: String,
    /// Tones that are drawn.
    pub legend: Vec<Toned>,
    /// Bars as letters, for terminals.
    pub spark: String,
}

/// A drawing with its name.
#[derive(Debug, Clone, Serialize)]
pub struct Drawing {
    /// What is drawn.
    pub title: String,
    /// The drawing, in SVG.
    pub svg: String,
}

/// The hours of the week.
#[derive(Debug, Clone, Serialize)]
pub struct Rhythm {
    /// What is drawn.
    pub title: String,
    /// Weekdays with their drawings.
    pub days: Vec<Drawing>,
    /// Words under the hours.
    pub ticks: Vec<String>,
}

/// A table: names with bars and values.
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    /// A word for styles and tests: `voice`, `tags`, `sites`…
    pub kind: &'static str,
    /// What it shows.
    pub title: String,
    /// Its lines.
    pub rows: Vec<Row>,
}

/// A line of a table.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// What it is about.
    pub name: String,
    /// A word besides.
    pub about: String,
    /// The value.
    pub value: String,
    /// A second value, or how it changed.
    pub extra: String,
    /// `good`, `bad` or `flat`: of the second value.
    pub mood: &'static str,
    /// The bar's parts; their widths are percents of the whole line.
    pub parts: Vec<Part>,
}

/// A part of a bar.
#[derive(Debug, Clone, Serialize)]
pub struct Part {
    /// A tone's word, `own` or `other`.
    pub class: &'static str,
    /// Percent.
    pub width: f64,
}

struct Scribe<'a> {
    report: &'a Report,
    frame: &'a Frame,
    locale: Locale,
    now: Timestamp,
}

impl Sheet {
    /// Puts a report into words. `name` is of what it is about, `now` tells which year is this one.
    #[must_use]
    pub fn of(report: &Report, frame: &Frame, name: &str, locale: Locale, now: Timestamp) -> Self {
        let scribe = Scribe { report, frame, locale, now };
        Self {
            language: locale.language().code(),
            period: words::capital(&words::period(locale, frame.span, &frame.zone, now)),
            verdict: scribe.verdict(&clean::line(name, 100)),
            tally: tally(&report.total.now, locale),
            cards: scribe.cards(),
            series: scribe.series(),
            tone: chart::tone(&report.series)
                .map(|svg| Drawing { title: locale.text(&format!("report-tone-{}", scribe.unit())), svg }),
            rhythm: scribe.rhythm(),
            tables: scribe.tables(),
            new_sites: NewSites::of(&report.new_sites, locale),
            unanswered: scribe.note("report-unanswered", report.unanswered),
            notes: scribe.notes(),
        }
    }
}

/// How many of each tone, what asks for attention first.
fn tally(tones: &Tones, locale: Locale) -> Vec<Toned> {
    ORDER
        .into_iter()
        .filter(|polarity| tones.of(*polarity) > 0)
        .map(|polarity| Toned { polarity: polarity.word(), text: words::toned(locale, polarity, tones.of(polarity)) })
        .collect()
}

fn mood(change: f64, wanted: f64) -> &'static str {
    match change.round() * wanted {
        better if better > 0.0 => "good",
        worse if worse < 0.0 => "bad",
        _ => "flat",
    }
}

/// Parts of a bar whose whole is `most`.
fn parts(tones: &Tones, most: u64) -> Vec<Part> {
    ORDER
        .into_iter()
        .filter(|polarity| tones.of(*polarity) > 0)
        .map(|polarity| Part { class: polarity.word(), width: width(tones.of(polarity), most) })
        .collect()
}

fn width(part: u64, most: u64) -> f64 {
    (part as f64 / most.max(1) as f64 * 1000.0).round() / 10.0
}

impl Scribe<'_> {
    fn number(&self, value: u64) -> String {
        words::number(self.locale, value)
    }

    fn unit(&self) -> &'static str {
        match self.report.unit {
            super::period::Unit::Hour => "hour",
            super::period::Unit::Day => "day",
            super::period::Unit::Week => "week",
        }
    }

    fn mentions(&self, count: u64) -> String {
        let arguments = [("count", Value::from(count as i64)), ("number", self.number(count).into())];
        self.locale.format("report-mentions", &arguments)
    }

    fn verdict(&self, name: &str) -> String {
        let total = self.report.total.now;
        if total.total() == 0 {
            return self.locale.format("report-verdict-none", &[("name", name.to_owned().into())]);
        }
        let mentions = self.mentions(total.total());
        let arguments = [("name", Value::from(name.to_owned())), ("mentions", mentions.into())];
        match total.net() {
            Some(net) => {
                let net = words::signed(self.locale, net);
                let [name, mentions] = arguments;
                self.locale.format("report-verdict", &[name, mentions, ("net", net.into())])
            }
            None => self.locale.format("report-verdict-toneless", &arguments),
        }
    }

    /// Changes of a figure against the period before and the week before.
    fn deltas(&self, tones: &Compared, wanted: f64, figure: impl Fn(&Tones) -> Option<f64>) -> Vec<Delta> {
        let Some(now) = figure(&tones.now) else { return Vec::new() };
        let Frame { span, week_before, zone, .. } = self.frame;
        let before = tones.before.map(|then| (then, words::before(self.locale, *span, zone)));
        let week = week_before.map(|span| words::period(self.locale, span, zone, self.now));
        let week = tones.week_before.zip(week);
        let changes = before.into_iter().chain(week).filter_map(|(then, against)| {
            let change = now.round() - figure(&then)?.round();
            Some(Delta { change: words::arrow(self.locale, change), against, mood: mood(change, wanted) })
        });
        changes.collect()
    }

    fn cards(&self) -> Vec<Card> {
        let (locale, tones) = (self.locale, &self.report.total);
        let card = |key: &str, value: String, deltas: Vec<Delta>| {
            let label = locale.text(key);
            Card { said: words::labelled(locale, &label, &value), label, value, deltas }
        };
        let total = |tones: &Tones| Some(tones.total() as f64);
        let negative = |tones: &Tones| Some(tones.negative as f64);
        let mut cards =
            vec![card("report-card-mentions", self.number(tones.now.total()), self.deltas(tones, 0.0, total))];
        if let Some(net) = tones.now.net() {
            let deltas = self.deltas(tones, 1.0, |tones| tones.net());
            cards.push(card("report-card-tone", words::signed(locale, net), deltas));
        }
        if tones.now.total() > 0 {
            let share = tones.now.share(Polarity::Negative);
            let share = share.map_or_else(String::new, |share| format!(" ({})", words::percent(locale, share)));
            let value = format!("{}{share}", self.number(tones.now.negative));
            cards.push(card("report-card-negative", value, self.deltas(tones, -1.0, negative)));
        }
        if let (Some(share), before) = self.report.own_share() {
            let delta = before.map(|before| {
                let change = share.round() - before.round();
                let against = words::before(locale, self.frame.span, &self.frame.zone);
                Delta { change: words::arrow(locale, change), against, mood: mood(change, 1.0) }
            });
            cards.push(card("report-card-voice", words::percent(locale, share), delta.into_iter().collect()));
        }
        cards
    }

    fn series(&self) -> Option<Series> {
        let (locale, report) = (self.locale, self.report);
        let name = |at: Timestamp| words::point(locale, at, report.unit, &self.frame.zone);
        let busiest = report.series.iter().rev().max_by_key(|point| point.tones.total())?;
        let most = busiest.tones.total();
        if most == 0 {
            return None;
        }
        let title = locale.text(&format!("report-series-{}", self.unit()));
        let arguments =
            [("title", title.clone().into()), ("at", name(busiest.at).into()), ("count", self.number(most).into())];
        let named =
            |point: &super::figures::Point| words::labelled(locale, &name(point.at), &self.number(point.tones.total()));
        let names: Vec<String> = report.series.iter().map(named).collect();
        let every = report.series.len().div_ceil(TICKS).max(1);
        let every = if report.unit == super::period::Unit::Hour && every < 6 { every.max(4) } else { every };
        let tick = |at: Timestamp| words::tick(locale, at, report.unit, &self.frame.zone);
        let levels: Vec<char> = " ▁▂▃▄▅▆▇█".chars().collect();
        let level = |mentions: u64| (mentions * (levels.len() as u64 - 1)).div_ceil(most) as usize;
        Some(Series {
            alt: locale.format("report-series-alt", &arguments),
            title,
            svg: chart::bars(&report.series, &names),
            ticks: report.series.iter().step_by(every).map(|point| tick(point.at)).collect(),
            most: self.number(most),
            legend: tally(&report.total.now, locale)
                .into_iter()
                .map(|toned| Toned { text: locale.text(&format!("tone-{}", toned.polarity)), ..toned })
                .collect(),
            spark: report.series.iter().map(|point| levels[level(point.tones.total())]).collect(),
        })
    }

    fn rhythm(&self) -> Option<Rhythm> {
        let week = self.report.rhythm.as_ref().filter(|_| !self.report.is_empty())?;
        let most = week.iter().flatten().copied().max().unwrap_or(0);
        let days = week.iter().enumerate().map(|(day, hours)| Drawing {
            title: self.locale.text(&format!("notify-weekday-{}", day + 1)),
            svg: chart::hours(hours, most),
        });
        Some(Rhythm {
            title: self.locale.text("report-rhythm"),
            days: days.collect(),
            ticks: [0, 6, 12, 18].map(|hour| words::hour(self.locale, hour)).into(),
        })
    }

    fn table(&self, kind: &'static str, rows: Vec<Row>) -> Option<Table> {
        let title = self.locale.text(&format!("report-table-{kind}"));
        (!rows.is_empty()).then_some(Table { kind, title, rows })
    }

    fn tables(&self) -> Vec<Table> {
        let report = self.report;
        let tables = [
            self.table("objectives", report.objectives.iter().map(|held| self.objective(held)).collect()),
            self.table("campaign", self.campaign()),
            self.table("voice", self.voice()),
            self.table("brands", if report.brands.len() > 1 { self.brands() } else { Vec::new() }),
            self.table("tags", self.tags()),
            self.table("stories", self.tops(&report.stories)),
            self.table("sites", self.tops(&report.sites)),
            self.table("sources", self.sources()),
            self.table("authors", self.tops(&report.authors)),
            self.table("terms", self.tops(&report.terms)),
        ];
        tables.into_iter().flatten().collect()
    }

    fn objective(&self, held: &Held) -> Row {
        let locale = self.locale;
        let value = |value: f64| match held.figure {
            Figure::NetTone => words::signed(locale, value),
            Figure::MentionsPerDay => words::decimal(locale, value),
            Figure::NegativeShare | Figure::PositiveShare | Figure::ShareOfVoice => words::percent(locale, value),
        };
        let bound =
            |key: &str, bound: Option<f64>| bound.map(|bound| locale.format(key, &[("value", value(bound).into())]));
        let bounds: Vec<String> = [bound("report-at-least", held.at_least), bound("report-at-most", held.at_most)]
            .into_iter()
            .flatten()
            .collect();
        let (key, mood) = match held.met {
            Some(true) => ("report-objective-met", "good"),
            Some(false) => ("report-objective-missed", "bad"),
            None => ("report-objective-none", "flat"),
        };
        Row {
            name: format!("{} · {}", clean::line(&held.name, NAME), self.figure(held.figure)),
            about: bounds.join(", "),
            value: held.actual.map_or_else(|| "–".to_owned(), value),
            extra: locale.text(key),
            mood,
            parts: Vec::new(),
        }
    }

    fn figure(&self, figure: Figure) -> String {
        self.locale.text(match figure {
            Figure::NetTone => "report-figure-tone",
            Figure::NegativeShare => "report-figure-negative",
            Figure::PositiveShare => "report-figure-positive",
            Figure::ShareOfVoice => "report-figure-voice",
            Figure::MentionsPerDay => "report-figure-mentions",
        })
    }

    fn campaign(&self) -> Vec<Row> {
        let (locale, zone) = (self.locale, &self.frame.zone);
        let per_day = |tones: &Tones, days: i64| tones.total() as f64 / days.max(1) as f64;
        let most = self.report.campaign.iter().map(|phase| phase.tones.total()).max().unwrap_or(0);
        let rows = self.report.campaign.iter().map(|phase| {
            let mean = words::decimal(locale, per_day(&phase.tones, phase.days));
            let share = phase.share.map(|share| {
                locale.format("report-campaign-share", &[("share", words::percent(locale, share).into())])
            });
            let net = phase.tones.net().map(|net| self.net(net));
            Row {
                name: locale.text(&format!("report-phase-{}", phase.phase.word())),
                about: words::period(locale, phase.span, zone, self.now),
                value: locale.format("report-per-day", &[("mean", mean.into())]),
                extra: net.into_iter().chain(share).collect::<Vec<_>>().join(" · "),
                mood: "flat",
                parts: parts(&phase.tones, most),
            }
        });
        rows.collect()
    }

    fn net(&self, net: f64) -> String {
        self.locale.format("report-net", &[("net", words::signed(self.locale, net).into())])
    }

    fn voice(&self) -> Vec<Row> {
        let voice = &self.report.voice;
        if voice.iter().all(|voice| voice.mentions == 0) {
            return Vec::new();
        }
        // A bar is the share that stands beside it: of all, not of the loudest.
        let all: u64 = voice.iter().map(|voice| voice.mentions).sum();
        let (told, others) = self.report.loudest(LINES);
        let rows = told.into_iter().map(|voice| {
            let change = voice.share.zip(voice.share_before).map(|(now, then)| now.round() - then.round());
            Row {
                name: clean::line(&voice.name, NAME),
                about: self.mentions(voice.mentions),
                value: voice.share.map_or_else(String::new, |share| words::percent(self.locale, share)),
                extra: change
                    .filter(|change| *change != 0.0)
                    .map_or_else(String::new, |change| words::arrow(self.locale, change)),
                mood: change.map_or("flat", |change| mood(change, if voice.own { 1.0 } else { 0.0 })),
                parts: vec![Part { class: if voice.own { "own" } else { "other" }, width: width(voice.mentions, all) }],
            }
        });
        let mentions = others.iter().map(|voice| voice.mentions).sum();
        let rest = (mentions > 0).then(|| Row {
            name: self.locale.format("report-others", &[("count", others.len().into())]),
            about: self.mentions(mentions),
            value: words::percent(self.locale, 100.0 * mentions as f64 / all as f64),
            extra: String::new(),
            mood: "flat",
            parts: vec![Part { class: "other", width: width(mentions, all) }],
        });
        rows.chain(rest).collect()
    }

    fn toned(&self, name: String, about: String, tones: &Tones, most: u64) -> Row {
        Row {
            name,
            about,
            value: self.number(tones.total()),
            extra: tones.net().map_or_else(String::new, |net| self.net(net)),
            mood: tones.net().map_or("flat", |net| mood(net, 1.0)),
            parts: parts(tones, most),
        }
    }

    fn brands(&self) -> Vec<Row> {
        let most = self.report.brands.iter().map(|brand| brand.tones.now.total()).max().unwrap_or(0);
        let row = |brand: &super::figures::BrandFigures| {
            let change = brand.tones.before.map(|then| {
                let change = brand.tones.now.total() as f64 - then.total() as f64;
                words::arrow(self.locale, change)
            });
            self.toned(clean::line(&brand.name, NAME), change.unwrap_or_default(), &brand.tones.now, most)
        };
        self.report.brands.iter().map(row).collect()
    }

    fn tags(&self) -> Vec<Row> {
        let tags = &self.report.tags;
        let most = tags.iter().map(|tag| tag.tones.total()).max().unwrap_or(0);
        let row =
            |tag: &super::figures::TagFigures| self.toned(clean::line(&tag.tag, NAME), String::new(), &tag.tones, most);
        tags.iter().take(LINES).map(row).collect()
    }

    fn tops(&self, tops: &[super::figures::TopLine]) -> Vec<Row> {
        let most = tops.iter().map(|top| top.mentions).max().unwrap_or(0);
        let rows = tops.iter().take(LINES).map(|top| {
            let rest = top.mentions.saturating_sub(top.negative + top.positive);
            let tones = Tones { negative: top.negative, positive: top.positive, neutral: rest, ..Tones::default() };
            Row {
                name: clean::line(&top.name, NAME),
                about: self.about(top),
                value: self.number(top.mentions),
                extra: if top.negative > 0 {
                    words::toned(self.locale, Polarity::Negative, top.negative)
                } else {
                    String::new()
                },
                mood: if top.negative > 0 { "bad" } else { "flat" },
                parts: parts(&tones, most),
            }
        });
        rows.collect()
    }

    /// Where each names a site of its own they would say the same again.
    fn sources(&self) -> Vec<Row> {
        let counts = |tops: &[super::figures::TopLine]| {
            tops.iter().map(|top| (top.mentions, top.negative, top.positive)).collect::<Vec<_>>()
        };
        let report = self.report;
        if counts(&report.sources) == counts(&report.sites) { Vec::new() } else { self.tops(&report.sources) }
    }

    /// An author's site, or on how many a story stood.
    fn about(&self, top: &super::figures::TopLine) -> String {
        let Some(about) = &top.about else { return String::new() };
        match about.parse::<i64>() {
            Ok(sites) => self.locale.format("report-sites", &[("count", sites.into())]),
            Err(_) => clean::line(about, NAME),
        }
    }

    fn note(&self, key: &str, count: u64) -> Option<String> {
        let arguments = [("count", Value::from(count as i64)), ("number", self.number(count).into())];
        (count > 0).then(|| self.locale.format(key, &arguments))
    }

    fn notes(&self) -> Vec<String> {
        let report = self.report;
        let notes = [self.note("report-older", report.older), self.note("report-repeats", report.repeats)];
        notes.into_iter().flatten().collect()
    }
}

/// The subject of a digest after its tag: the day, how much, the tone and how it changed.
#[must_use]
pub fn subject(report: &Report, frame: &Frame, locale: Locale, now: Timestamp) -> String {
    let period = words::capital(&words::short_period(locale, frame.span, &frame.zone, now));
    let total = report.total.now;
    if total.total() == 0 {
        return locale.format("report-subject-none", &[("period", period.into())]);
    }
    let count = Value::from(total.total() as i64);
    let arguments = [("count", count), ("number", words::number(locale, total.total()).into())];
    let mentions = locale.format("report-mentions", &arguments);
    let head = locale.format("report-subject", &[("period", period.into()), ("mentions", mentions.into())]);
    let Some(net) = total.net() else { return head };
    let change = report.total.before.and_then(Tones::net).map(|then| net.round() - then.round());
    let change = change.map_or_else(String::new, |change| format!(" ({})", words::arrow(locale, change)));
    let net = locale.format("report-net", &[("net", words::signed(locale, net).into())]);
    format!("{head}, {net}{change}")
}
