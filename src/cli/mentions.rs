//! `vigie mentions`: what is stored, searched and filtered, newest first, and who was told of it. Reads the store beside the
//! daemon and never writes.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Exit, status, terminal};
use crate::alert::Reason;
use crate::locale::Locale;
use crate::mention::{Mention, Polarity, StoryId};
use crate::report::csv;
use crate::store::replies::ReplyRow;
use crate::store::sqlite::Sqlite;
use crate::store::{MentionFilter, MentionRow, Store, StoreError};
use crate::text::language::Language;
use crate::wishes::Answer;

/// How many people are shown without `--limit`; JSON has them all.
const SHOWN: usize = 20;

/// Of the CSV.
const COLUMNS: &str = "id,date,brand,polarity,score,title,site,author,url,excerpt,tags,found";

/// Read at once: a million mentions do not fit into memory.
const PAGE: usize = 500;

/// Search the stored mentions, newest first; with --long also why each counts and who was told of it.
#[derive(Debug, Clone, Default, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(after_help = "Examples:\n  vigie mentions --polarity negative --since 7d\n  \
                        vigie mentions --search 'panne -lille \"service client\" résili*' --long")]
pub struct Args {
    /// vigie.yaml; otherwise ./vigie.yaml, then /etc/vigie/vigie.yaml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// One JSON object a line on standard output
    #[arg(long, conflicts_with_all = ["csv", "long"])]
    pub json: bool,
    /// A CSV file on standard output
    #[arg(long, conflicts_with = "long")]
    pub csv: bool,
    /// Address, excerpt, and who was told of it
    #[arg(long)]
    pub long: bool,
    /// At most so many, the newest; otherwise 20, with --json and --csv all
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Only of the brand with this id; may be given several times
    #[arg(long, value_name = "BRAND")]
    pub brand: Vec<String>,
    /// Only of this tone; may be given several times
    #[arg(long, value_name = "TONE", value_parser = polarity)]
    pub polarity: Vec<Polarity>,
    /// Found from then on: 7d, 24h, 2026-11-20 or 2026-11-20T08:00
    #[arg(long, value_name = "MOMENT")]
    pub since: Option<String>,
    /// Found up to then; a day counts whole
    #[arg(long, value_name = "MOMENT")]
    pub until: Option<String>,
    /// Only on this site and what lies below it
    #[arg(long, value_name = "SITE")]
    pub site: Option<String>,
    /// Only by this author: the whole name
    #[arg(long, value_name = "NAME")]
    pub author: Option<String>,
    /// Only with this tag
    #[arg(long, value_name = "TAG")]
    pub tag: Option<String>,
    /// Only from the source of this name
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Only negative or uncertain ones that somebody was told of and nobody took care of
    #[arg(long)]
    pub unanswered: bool,
    /// Words in title, excerpt or author: "a phrase", begin*, -without, OR
    #[arg(long, value_name = "WORDS")]
    pub search: Option<String>,
}

fn polarity(text: &str) -> Result<Polarity, String> {
    Polarity::from_word(text).ok_or_else(|| "negative, neutral, positive, uncertain or unknown".to_owned())
}

impl Args {
    /// What is asked for, or the moment that cannot be read.
    fn filter(&self, zone: &TimeZone, now: Timestamp) -> Result<MentionFilter, String> {
        let moment = |text: &Option<String>, whole: bool| {
            let read = |text: &String| super::report::moment(text, zone, now, whole).ok_or_else(|| text.clone());
            text.as_ref().map(read).transpose()
        };
        Ok(MentionFilter {
            brands: self.brand.clone(),
            polarity: self.polarity.clone(),
            since: moment(&self.since, false)?,
            until: moment(&self.until, true)?,
            site: self.site.clone(),
            author: self.author.clone(),
            tag: self.tag.clone(),
            source: self.source.clone(),
            unanswered: self.unanswered,
            search: self.search.clone(),
        })
    }
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
    site: &'a str,
    author: Option<&'a str>,
    source: &'a str,
    language: Option<Language>,
    tags: &'a [String],
    excerpt: &'a str,
    why: &'a [String],
    baseline: bool,
    handled: Option<HandledPart<'a>>,
    replies: Vec<ReplyPart<'a>>,
}

/// Since when somebody takes care of it, and who, where that was said.
#[derive(Debug, Serialize)]
struct HandledPart<'a> {
    at: Timestamp,
    by: Option<&'a str>,
}

/// What was asked by mail.
#[derive(Debug, Serialize)]
struct ReplyPart<'a> {
    at: Timestamp,
    by: &'a str,
    action: &'a str,
    state: &'static str,
    error: Option<String>,
}

impl<'a> ReplyPart<'a> {
    fn of(row: &'a ReplyRow) -> Self {
        let answer: Option<Answer> = row.answer.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let state = match &answer {
            None => "pending",
            Some(Answer { error: None, .. }) => "done",
            Some(_) => "refused",
        };
        Self { at: row.at, by: &row.sender, action: &row.action, state, error: answer.and_then(|answer| answer.error) }
    }
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
    let now = Timestamp::now();
    let filter = match args.filter(&settings.timezone, now) {
        Ok(filter) => filter,
        Err(text) => {
            eprintln!("{}", locale.format("report-moment", &[("text", terminal::line(&text, 60).into())]));
            return Ok(Exit::Usage);
        }
    };
    let form = Form { args: &args, locale, zone: &settings.timezone, width: terminal::width() };
    match list(&store, &filter, &form, terminal::print).await? {
        Ok(()) => Ok(Exit::Fine),
        Err(error) => {
            eprintln!("{}", status::unreadable(&settings.store, &error, locale));
            Ok(Exit::Failed)
        }
    }
}

/// How mentions are shown.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// What was asked for.
    pub args: &'a Args,
    /// Of the words.
    pub locale: Locale,
    /// Of the dates.
    pub zone: &'a TimeZone,
    /// Characters of a line.
    pub width: usize,
}

/// Prints the mentions that pass the filter, page by page.
///
/// # Errors
/// Outside, what `print` said; inside, what the store said.
pub async fn list(
    store: &Sqlite,
    filter: &MentionFilter,
    form: &Form<'_>,
    mut print: impl FnMut(&str) -> std::io::Result<()>,
) -> anyhow::Result<Result<(), StoreError>> {
    let Form { args, locale, zone, width } = *form;
    let for_programs = args.json || args.csv;
    let mut left = args.limit.unwrap_or(if for_programs { usize::MAX } else { SHOWN });
    let mut after = None;
    let mut any = false;
    if args.csv {
        print(&format!("\u{FEFF}{COLUMNS}\r\n"))?;
    }
    while left > 0 {
        let page = match store.find(filter, after, left.min(PAGE)).await {
            Ok(page) => page,
            Err(error) => return Ok(Err(error)),
        };
        let Some(last) = page.last() else { break };
        after = Some((last.mention.mention.found, last.mention.id));
        left -= page.len();
        let mut text = String::new();
        if args.json {
            for row in &page {
                text.push_str(&terminal::json(&line(row))?);
                text.push('\n');
            }
        } else if args.csv {
            for row in &page {
                record(row, zone, &mut text);
            }
        } else if args.long {
            for (place, row) in page.iter().enumerate() {
                if any || place > 0 {
                    text.push('\n');
                }
                people(row, told_elsewhere(row, &page), locale, zone, &mut text);
            }
        } else {
            table(&page, form, width, !any, &mut text);
        }
        any = true;
        print(&text)?;
    }
    if !any && !for_programs && args.limit != Some(0) {
        print(&format!("{}\n", locale.text("mentions-none")))?;
    } else if any && left == 0 && args.limit.is_none() && !for_programs {
        print(&format!("{}\n", locale.text("mentions-more")))?;
    }
    Ok(Ok(()))
}

/// A line a mention: number, date, tone, brand, site and as much of the title as fits.
fn table(page: &[MentionRow], form: &Form<'_>, width: usize, first: bool, text: &mut String) {
    let Form { locale, zone, .. } = *form;
    let head = [
        "id",
        "mentions-head-date",
        "mentions-head-tone",
        "mentions-head-brand",
        "mentions-head-site",
        "mentions-head-title",
    ];
    let head = head.map(|key| if key == "id" { key.to_owned() } else { locale.text(key) });
    let mut rows: Vec<Vec<String>> = if first { vec![head.into()] } else { Vec::new() };
    for row in page {
        let mention = &row.mention.mention;
        let score = mention.score.map_or_else(String::new, |score| format!(" {}", terminal::signed(locale, score)));
        rows.push(vec![
            row.mention.id.to_string(),
            terminal::time(mention.published.unwrap_or(mention.found), zone),
            format!("{}{score}", mention.polarity.sign()),
            terminal::line(&mention.brand, 16),
            terminal::line(&mention.site, 24),
            title(mention, locale),
        ]);
    }
    for line in terminal::columns(&rows, 0) {
        text.push_str(terminal::line_kept(&line, width).trim_end());
        text.push('\n');
    }
}

fn title(mention: &Mention, locale: Locale) -> String {
    match terminal::line(&mention.title, 300) {
        title if title.is_empty() => match terminal::line(&mention.excerpt.text, 300) {
            excerpt if excerpt.is_empty() => locale.text("mentions-untitled"),
            excerpt => excerpt,
        },
        title => title,
    }
}

/// A line of the CSV.
fn record(row: &MentionRow, zone: &TimeZone, text: &mut String) {
    let mention = &row.mention.mention;
    let date = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    let cell = |text: &str| csv::cell(&terminal::line(text, 2000));
    let cells = [
        row.mention.id.to_string(),
        date(mention.published.unwrap_or(mention.found)),
        cell(&mention.brand),
        mention.polarity.word().to_owned(),
        mention.score.map(|score| format!("{score:.2}")).unwrap_or_default(),
        cell(&mention.title),
        cell(&mention.site),
        cell(mention.author.as_deref().unwrap_or_default()),
        cell(mention.url.as_deref().unwrap_or_default()),
        cell(&mention.excerpt.text),
        cell(&mention.tags.join(" ")),
        date(mention.found),
    ];
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
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
        site: &mention.site,
        author: mention.author.as_deref(),
        source: &mention.source_name,
        language: mention.language,
        tags: &mention.tags,
        excerpt: &mention.excerpt.text,
        why: &mention.why,
        baseline: mention.baseline,
        handled: row.handled.as_ref().map(|(at, by)| HandledPart { at: *at, by: by.as_deref() }),
        replies: row.replies.iter().map(ReplyPart::of).collect(),
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
    let score = mention.score.map_or_else(String::new, |score| format!(" {}", terminal::signed(locale, score)));
    let title = match terminal::line(&mention.title, 100) {
        title if title.is_empty() => locale.text("mentions-untitled"),
        title => title,
    };
    let mut push = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    push(format!(
        "{}  {}  {}  {tone}{score}  {title} · {}",
        row.mention.id,
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
    if let Some((at, by)) = &row.handled {
        let time = ("time", terminal::time(*at, zone).into());
        push(format!(
            "    {}",
            match by {
                Some(by) => locale.format("mentions-handled-by", &[time, ("by", terminal::line(by, 80).into())]),
                None => locale.format("mentions-handled", &[time]),
            }
        ));
    }
    for reply in row.replies.iter().map(ReplyPart::of) {
        let state = match (&reply.error, reply.state) {
            (Some(error), _) => {
                locale.format("mentions-reply-refused", &[("reason", terminal::line(error, 120).into())])
            }
            (None, "done") => locale.text("mentions-reply-done"),
            _ => locale.text("mentions-reply-waits"),
        };
        let arguments = [
            ("time", terminal::time(reply.at, zone).into()),
            ("by", terminal::line(reply.by, 80).into()),
            ("action", locale.text(&format!("replies-action-{}", reply.action)).into()),
            ("state", state.into()),
        ];
        push(format!("    {}", locale.format("mentions-reply", &arguments)));
    }
}

#[cfg(test)]
#[path = "mentions_tests.rs"]
mod tests;
