//! `vigie report`: figures of a period as a page, a text, JSON or CSV. Reads the store beside the daemon
//! and never writes to it.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{Exit, status, terminal};
use crate::config::{self, Settings, quantity};
use crate::digest;
use crate::locale::Locale;
use crate::message;
use crate::notify::content::Coverage;
use crate::notify::{self, ReportBody, Templates};
use crate::reload;
use crate::report::figures::Phase;
use crate::report::{Frame, Report, Scope, Sheet, Span, csv, period, text};
use crate::store::Store;
use crate::store::sqlite::Sqlite;
use crate::telemetry::progress::Progress;
use crate::watchlist::{Brand, Watchlists};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal
    Text,
    /// A page in one file, with its drawings
    Html,
    /// One object; `worst` are the most negative mentions, `waiting` those told that nobody took care of
    Json,
    /// A line a figure, no mentions
    Csv,
}

/// Report on a period: volume, tone, share of voice, what it was about, and how all that changed.
///
/// Net tone is (positive − negative) / mentions of a known tone × 100. Each figure is compared with the period
/// before; a text counts on the day when vigie read it.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  vigie report --since 7d\n  vigie report --from 2026-11-01 --until 2026-11-30 \
                        --format html --output november.html\n  vigie report --campaign noel")]
pub struct Args {
    /// vigie.yaml; otherwise ./vigie.yaml, then /etc/vigie/vigie.yaml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The last days, today included, such as 7d; or hours, such as 24h
    #[arg(long, value_name = "TIME", conflicts_with_all = ["from", "until"], default_value = "7d")]
    pub since: String,
    /// From this day or moment on, such as 2026-11-20 or 2026-11-20T08:00
    #[arg(long, value_name = "MOMENT")]
    pub from: Option<String>,
    /// Up to this day, which counts whole, or this moment; otherwise now
    #[arg(long, value_name = "MOMENT", requires = "from")]
    pub until: Option<String>,
    /// Only of the brand with this id; may be given several times
    #[arg(long, value_name = "BRAND")]
    pub brand: Vec<String>,
    /// Before, during and after the days `from` to `until` of this brand
    #[arg(long, value_name = "BRAND", conflicts_with_all = ["from", "until", "brand"])]
    pub campaign: Option<String>,
    /// How it is written; otherwise by the ending of --output, else text
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// The built-in page, or the one of `templates:`.
fn templates(settings: &Settings) -> Templates {
    settings.templates.as_deref().map(Templates::read).unwrap_or_default()
}

/// Runs the command.
///
/// # Errors
/// When standard output cannot be written.
pub async fn run(args: Args) -> anyhow::Result<Exit> {
    let settings = match status::settings(args.config.as_deref()) {
        Ok(settings) => settings,
        Err(exit) => return Ok(exit),
    };
    let locale = Locale::of(settings.language);
    let now = Timestamp::now();
    let store = match status::open(&settings.store, locale) {
        Ok(store) => store,
        Err(sentence) => {
            eprintln!("{sentence}");
            return Ok(Exit::Failed);
        }
    };
    let watchlists = match reload::in_force(Some(&store), &settings).await? {
        Ok(watchlists) => watchlists,
        Err(diagnostics) => {
            config::diagnostic::print(&diagnostics);
            return Ok(Exit::Config);
        }
    };
    let progress =
        Progress::start(move |seconds| locale.format("progress-report", &[("seconds", (seconds as i64).into())]));
    let since = digest::since(&store).await?;
    let scope = match asked(&args, &settings, &watchlists, since, locale, now) {
        Ok(scope) => scope,
        Err(sentence) => {
            eprintln!("{sentence}");
            return Ok(Exit::Failed);
        }
    };
    let rows = match store.figures(&scope.ask()).await {
        Ok(rows) => rows,
        Err(error) => {
            eprintln!("{}", status::unreadable(&settings.store, &error, locale));
            return Ok(Exit::Failed);
        }
    };
    let report = Report::of(&scope, rows);
    let text = match format(&args) {
        Format::Json => terminal::json(&ReportBody::of(&report))? + "\n",
        Format::Csv => csv::render(&report),
        other => {
            let sheet = Sheet::of(&report, &scope.frame, &name(&scope, locale), locale, now);
            let seen = coverage(&store, &watchlists, settings.fetch.slowest).await?;
            let foot = notify::report_foot(&seen, locale);
            if other == Format::Html {
                notify::page(&report, &scope.frame, &sheet, foot, &templates(&settings), locale, now)?
            } else {
                let lists = notify::lists(&report, &scope.frame, locale, now);
                text::render(&sheet, &lists, &foot)
            }
        }
    };
    drop(progress);
    let Some(file) = &args.output else {
        terminal::print(&text)?;
        return Ok(Exit::Fine);
    };
    let shown = || ("file", file.display().to_string().into());
    match std::fs::write(file, text) {
        Ok(()) => {
            eprintln!("{}", locale.format("report-written", &[shown()]));
            Ok(Exit::Fine)
        }
        Err(error) => {
            let reason = ("reason", error.to_string().into());
            eprintln!("{}", locale.format("report-unwritten", &[shown(), reason]));
            Ok(Exit::Failed)
        }
    }
}

fn format(args: &Args) -> Format {
    let ending = |file: &PathBuf| file.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    args.format.unwrap_or_else(|| match args.output.as_ref().and_then(ending).as_deref() {
        Some("html" | "htm") => Format::Html,
        Some("json") => Format::Json,
        Some("csv") => Format::Csv,
        _ => Format::Text,
    })
}

/// What is asked for, or why not in one sentence.
fn asked(
    args: &Args,
    settings: &Settings,
    watchlists: &Watchlists,
    since: Option<Timestamp>,
    locale: Locale,
    now: Timestamp,
) -> Result<Scope, String> {
    let (zone, opened) = (&settings.timezone, &settings.fetch.allow_private);
    let brands: Vec<&Brand> = watchlists.teams.iter().flat_map(|team| &team.brands).collect();
    let known = || brands.iter().map(|brand| brand.id.as_str()).collect::<Vec<_>>().join(", ");
    if brands.is_empty() {
        return Err(locale.text("report-no-brands"));
    }
    for id in args.brand.iter().chain(&args.campaign) {
        if !brands.iter().any(|brand| brand.id == *id) {
            let arguments = [("brand", terminal::line(id, 80).into()), ("brands", known().into())];
            return Err(locale.format("report-no-brand", &arguments));
        }
    }
    let Some(campaign) = &args.campaign else {
        let frame = frame(args, zone, locale, now)?;
        let wanted = |brand: &Brand| args.brand.is_empty() || args.brand.contains(&brand.id);
        return Ok(digest::scope(watchlists, |_, brand| wanted(brand), frame, since, opened));
    };
    let named = |brand: &&&Brand| brand.id == *campaign;
    let days = brands.iter().find(named).map(|brand| brand.days).unwrap_or_default();
    let brand = || ("brand", campaign.clone().into());
    let Some(first) = days.from else { return Err(locale.format("report-no-days", &[brand()])) };
    let begin = period::midnight(first, zone);
    if begin >= now {
        return Err(locale.format("report-not-begun", &[brand(), ("day", first.to_string().into())]));
    }
    let end = days.until.map_or(now, |last| period::midnight(last.saturating_add(1.day()), zone));
    let during = Span { from: begin, to: end.min(now) };
    // Before and after are as long as the campaign is meant to be.
    let length = Span { from: begin, to: end }.days(zone);
    let mut phases = vec![
        (Phase::Before, Span { from: period::midnight(first.saturating_sub(length.days()), zone), to: begin }),
        (Phase::During, during),
    ];
    if end < now {
        let last = Span { from: begin, to: end }.last_day(zone).saturating_add((length + 1).days());
        phases.push((Phase::After, Span { from: end, to: period::midnight(last, zone).min(now) }));
    }
    let frame = Frame::new(during.from, during.to, zone);
    let mut scope = digest::scope(watchlists, |_, brand| brand.id == *campaign, frame, since, opened);
    scope.phases = phases;
    Ok(scope)
}

fn frame(args: &Args, zone: &TimeZone, locale: Locale, now: Timestamp) -> Result<Frame, String> {
    let unread = |text: &str| locale.format("report-moment", &[("text", terminal::line(text, 60).into())]);
    let Some(from) = &args.from else {
        let length = quantity::duration(&args.since).filter(|length| !length.is_zero());
        let length = length.ok_or_else(|| unread(&args.since))?;
        if args.since.ends_with('d') {
            return Ok(Frame::last_days((length.as_secs() / 86_400) as i64, now, zone));
        }
        let from = now.checked_sub(length).map_err(|_| unread(&args.since))?;
        return Ok(Frame::new(from, now, zone));
    };
    let from = moment(from, zone, now, false).ok_or_else(|| unread(from))?;
    let until = match &args.until {
        Some(text) => moment(text, zone, now, true).ok_or_else(|| unread(text))?,
        None => now,
    };
    if until <= from {
        return Err(locale.text("report-order"));
    }
    Ok(Frame::new(from, until, zone))
}

/// A moment, or a time that ends now: `7d`, `2026-11-20`, `2026-11-20T08:00`. With `whole`, a day is its end.
pub(super) fn moment(text: &str, zone: &TimeZone, now: Timestamp, whole: bool) -> Option<Timestamp> {
    if let Some(length) = quantity::duration(text) {
        return now.checked_sub(length).ok();
    }
    let at = period::written(text, zone)?;
    let is_day = text.parse::<jiff::civil::Date>().is_ok() && !text.contains(['T', ':']);
    if whole && is_day {
        let next = at.to_zoned(zone.clone()).date().saturating_add(1.day());
        return Some(period::midnight(next, zone));
    }
    Some(at)
}

fn name(scope: &Scope, locale: Locale) -> String {
    match scope.lead.as_slice() {
        [one] => one.name.clone(),
        brands => locale.format("digest-brands", &[("count", (brands.len() as i64).into())]),
    }
}

async fn coverage(store: &Sqlite, watchlists: &Watchlists, slowest: Duration) -> anyhow::Result<Coverage> {
    let ill = store.each_source(|row| (!row.state.is_well()).then_some((row.key, row.state))).await?;
    let name = |key| {
        let source = watchlists.sources.iter().find(|source| source.key == key)?;
        source.lines.first().map(|line| line.name.clone())
    };
    let degraded: Vec<_> = ill.into_iter().filter_map(|(key, state)| Some((name(key)?, state))).collect();
    let well = watchlists.sources.len().saturating_sub(degraded.len());
    Ok(Coverage { well, degraded, partial: message::partial(watchlists, slowest, None) })
}
