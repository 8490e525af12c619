//! `vigie mentions`: what is stored, newest first, and who was told of it. Reads the store beside the
//! daemon and never writes.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Exit, status, terminal};
use crate::alert::Reason;
use crate::locale::Locale;
use crate::mention::{Polarity, StoryId};
use crate::store::sqlite::Sqlite;
use crate::store::{MentionRow, Store, StoreError};

/// How many people are shown without `--limit`; JSON has them all.
const SHOWN: usize = 20;

/// Read at once: a million mentions do not fit into memory.
const PAGE: usize = 500;

/// List the stored mentions, newest first, with who was told of each and why.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// vigie.yaml; otherwise ./vigie.yaml, then /etc/vigie/vigie.yaml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// One JSON object a line on standard output
    #[arg(long)]
    pub json: bool,
    /// At most so many, the newest; otherwise 20, with --json all
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Only of the brand with this id
    #[arg(long, value_name = "BRAND")]
    pub brand: Option<String>,
}

/// One mention, in the form that `--json` prints.
#[derive(Debug, Serialize)]
struct MentionLine<'a> {
    id: i64,
    brand: &'a str,
    title: &'a str,
    url: Option<&'a str>,
    found: Timestamp,
    published: Option<Timestamp>,
    polarity: Polarity,
    score: Option<f32>,
    alerts: Vec<AlertPart<'a>>,
    story: StoryId,
    repeat: bool,
}

#[derive(Debug, Serialize)]
struct AlertPart<'a> {
    rule: Option<&'a str>,
    channel: Option<&'a str>,
    state: &'static str,
    reason: &'static str,
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
    let store = match status::open(&settings.store, locale) {
        Ok(store) => store,
        Err(sentence) => {
            eprintln!("{sentence}");
            return Ok(Exit::Failed);
        }
    };
    match list(&store, &args, locale, &settings.timezone, terminal::print).await? {
        Ok(()) => Ok(Exit::Fine),
        Err(error) => {
            eprintln!("{}", status::unreadable(&settings.store, &error, locale));
            Ok(Exit::Failed)
        }
    }
}

/// Prints the mentions that `args` asks for, page by page.
///
/// # Errors
/// Outside, what `print` said; inside, what the store said.
pub async fn list(
    store: &Sqlite,
    args: &Args,
    locale: Locale,
    zone: &TimeZone,
    mut print: impl FnMut(&str) -> std::io::Result<()>,
) -> anyhow::Result<Result<(), StoreError>> {
    let mut left = args.limit.unwrap_or(if args.json { usize::MAX } else { SHOWN });
    let mut after = None;
    let mut any = false;
    while left > 0 {
        let page = match store.mention_page(args.brand.as_deref(), after, left.min(PAGE)).await {
            Ok(page) => page,
            Err(error) => return Ok(Err(error)),
        };
        let Some(last) = page.last() else { break };
        after = Some((last.mention.mention.found, last.mention.id));
        left -= page.len();
        let mut text = String::new();
        for row in &page {
            if args.json {
                text.push_str(&terminal::json(&line(row))?);
                text.push('\n');
            } else {
                if any {
                    text.push('\n');
                }
                people(row, told_elsewhere(row, &page), locale, zone, &mut text);
            }
            any = true;
        }
        print(&text)?;
    }
    if !any && !args.json && args.limit != Some(0) {
        print(&format!("{}\n", locale.text("mentions-none")))?;
    }
    Ok(Ok(()))
}

fn line(row: &MentionRow) -> MentionLine<'_> {
    let mention = &row.mention.mention;
    MentionLine {
        id: row.mention.id,
        brand: &mention.brand,
        title: &mention.title,
        url: mention.url.as_deref(),
        found: mention.found,
        published: mention.published,
        polarity: mention.polarity,
        score: mention.score,
        alerts: row
            .decisions
            .iter()
            .map(|(decision, state)| AlertPart {
                rule: decision.rule.as_deref(),
                channel: decision.channel.as_deref(),
                state,
                reason: decision.reason.name(),
            })
            .collect(),
        story: mention.story,
        repeat: mention.repeat,
    }
}

/// True when the name of a mention's story says something: others of the page are of it, or it was why nobody
/// was told.
fn told_elsewhere(row: &MentionRow, page: &[MentionRow]) -> bool {
    let story = row.mention.mention.story;
    row.decisions.iter().any(|(decision, _)| decision.reason == Reason::SameStory)
        || page.iter().any(|other| other.mention.id != row.mention.id && other.mention.mention.story == story)
}

fn people(row: &MentionRow, names_story: bool, locale: Locale, zone: &TimeZone, text: &mut String) {
    let mention = &row.mention.mention;
    let tone = locale.text(&format!("mentions-polarity-{}", mention.polarity.word()));
    let score = mention.score.map_or_else(String::new, |score| format!(" {}", signed(score)));
    let title = match terminal::line(&mention.title, 100) {
        title if title.is_empty() => locale.text("mentions-untitled"),
        title => title,
    };
    let mut push = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    push(format!(
        "{}  {}  {tone}{score}  {title} · {}",
        terminal::time(mention.published.unwrap_or(mention.found), zone),
        terminal::line(&mention.brand, 40),
        terminal::line(&mention.site, 60),
    ));
    if let Some(url) = &mention.url {
        push(format!("    {}", terminal::line(url, 300)));
    }
    let excerpt = terminal::line(&mention.excerpt.text, 300);
    if !excerpt.is_empty() {
        push(format!("    {excerpt}"));
    }
    if names_story {
        push(format!("    {}", locale.format("mentions-story", &[("story", mention.story.to_string().into())])));
    }
    if row.decisions.is_empty() {
        push(format!("    {}", locale.text("mentions-undecided")));
    }
    for (decision, state) in &row.decisions {
        let reason = locale.text(&format!("mentions-reason-{}", decision.reason.name()));
        let Some(rule) = &decision.rule else {
            push(format!("    {reason}"));
            continue;
        };
        let channel =
            decision.channel.as_ref().map_or_else(String::new, |name| format!(" → {}", terminal::line(name, 40)));
        let state = locale.text(&format!("mentions-state-{state}"));
        push(format!("    {}{channel}  {state} ({reason})", terminal::line(rule, 40)));
    }
}

/// A score with the sign that subjects of mails have, and two digits.
fn signed(score: f32) -> String {
    let rounded = (score * 100.0).round() / 100.0;
    let sign = if rounded < 0.0 { "\u{2212}" } else { "+" };
    if rounded == 0.0 { "0.00".to_owned() } else { format!("{sign}{:.2}", rounded.abs()) }
}

#[cfg(test)]
#[path = "mentions_tests.rs"]
mod tests;
