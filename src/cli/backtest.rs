//! `vigie try --backtest`: what a changed watchlist would have found in the texts that the store keeps, against
//! the mentions that it has. Reads the store beside the daemon and never writes.

use std::collections::hash_map::Entry as Entries;
use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;

use super::try_text::{Args, read_files};
use super::{Exit, status, terminal};
use crate::config::settings::Settings;
use crate::config::{self, quantity};
use crate::entry::Entry;
use crate::ingest::{self, excerpt_of};
use crate::locale::Locale;
use crate::matcher::{BrandMatch, Scratch};
use crate::seen::Seen;
use crate::source::SourceKey;
use crate::store::sqlite::Sqlite;
use crate::store::{KeptText, MentionFilter, Store, StoreError, TextBatch};
use crate::telemetry::progress::Progress;
use crate::watchlist::{self, Brand, Context, WatchedSource, Watchlists};

/// Looked at without `--since`, in days as written there.
const SINCE: &str = "30d";

/// Polls whose texts are in memory at once.
const BATCHES: usize = 32;

/// Mentions read at once.
const PAGE: usize = 500;

/// Of a brand, mentions gained or lost that people are shown; and that JSON holds.
const SHOWN: usize = 10;
const MOST: usize = 1_000;

/// A mention that one of the two sets has.
#[derive(Debug, Clone, Serialize)]
struct Change {
    found: Timestamp,
    title: String,
    url: Option<String>,
    excerpt: String,
    terms: Vec<String>,
}

/// What becomes of one brand.
#[derive(Debug, Serialize)]
struct Outcome {
    brand: String,
    before: usize,
    after: usize,
    gained_count: usize,
    lost_count: usize,
    gained: Vec<Change>,
    lost: Vec<Change>,
}

/// All that `--json` prints.
#[derive(Debug, Serialize)]
struct Report {
    since: Timestamp,
    entries: usize,
    brands: Vec<Outcome>,
}

/// An entry of a source.
type Place = (u64, u64);

/// Runs the command.
///
/// # Errors
/// When standard output cannot be written, or a watchlist cannot be read.
pub async fn run(args: Args) -> anyhow::Result<Exit> {
    let settings = match status::settings(args.config.as_deref()) {
        Ok(settings) => settings,
        Err(exit) => return Ok(exit),
    };
    let locale = Locale::of(settings.language);
    let written = args.since.as_deref().unwrap_or(SINCE);
    let Some(asked) = quantity::duration(written).filter(|asked| !asked.is_zero()) else {
        eprintln!("{}", locale.format("backtest-since", &[("written", terminal::line(written, 40).into())]));
        return Ok(Exit::Usage);
    };
    if settings.keep_entries.is_zero() {
        eprintln!("{}", locale.text("backtest-off"));
        return Ok(Exit::Failed);
    }
    let kept = quantity::written(settings.keep_entries);
    if asked > settings.keep_entries {
        let arguments = [("kept", kept.clone().into()), ("asked", written.to_owned().into())];
        eprintln!("{}", locale.format("backtest-shorter", &arguments));
    }
    let since = before(Timestamp::now(), asked.min(settings.keep_entries));
    let Some((set, changed)) = load(&args, &settings)? else { return Ok(Exit::Config) };
    let store = match status::open(&settings.store, locale) {
        Ok(store) => store,
        Err(sentence) => {
            eprintln!("{sentence}");
            return Ok(Exit::Failed);
        }
    };
    let report = match compare(&store, &set, &changed, &settings, since).await {
        Ok(report) => report,
        Err(error) => {
            eprintln!("{}", status::unreadable(&settings.store, &error, locale));
            return Ok(Exit::Failed);
        }
    };
    if report.entries == 0 {
        let since = terminal::time(since, &settings.timezone);
        eprintln!("{}", locale.format("backtest-nothing", &[("since", since.into()), ("kept", kept.into())]));
        return Ok(Exit::Failed);
    }
    let text = if args.json { terminal::json(&report)? + "\n" } else { shown(&report, locale, &settings) };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Exit::Fine)
}

fn before(now: Timestamp, span: Duration) -> Timestamp {
    now.checked_sub(span).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The folder's watchlists with the changed files in their places, and which files are looked at: the changed
/// ones, or all.
fn load(args: &Args, settings: &Settings) -> anyhow::Result<Option<(Watchlists, HashSet<String>)>> {
    let folder = watchlist::read_folder(&settings.watchlists);
    let mut files = match folder {
        Ok(files) => files,
        Err(_) if !args.watchlist.is_empty() => Vec::new(),
        Err(error) => return Err(error).with_context(|| settings.watchlists.display().to_string()),
    };
    let changed = match read_files(&args.watchlist, Locale::of(settings.language)) {
        Ok(changed) => changed,
        Err(diagnostics) => {
            config::diagnostic::print(&diagnostics);
            return Ok(None);
        }
    };
    for file in &changed {
        files.retain(|other| other.name != file.name);
        files.push(file.clone());
    }
    let names = if changed.is_empty() { &files } else { &changed };
    let names: HashSet<String> = names.iter().map(|file| file.name.to_string()).collect();
    let context = Context { settings: Some(settings), language: settings.language, examples: false };
    let compiled = watchlist::compile(&files, &context);
    let Ok(set) = compiled.result else {
        let diagnostics: Vec<_> = compiled.diagnostics.into_iter().flat_map(|(_, said)| said).collect();
        config::diagnostic::print(&diagnostics);
        return Ok(None);
    };
    Ok(Some((set, names)))
}

/// What a set finds in kept texts.
struct Trial<'a> {
    set: &'a Watchlists,
    settings: &'a Settings,
    /// By team: whether it is looked at.
    changed: Vec<bool>,
    /// By team: whether no source is watched for it; then it sees every text.
    unbound: Vec<bool>,
    sources: HashMap<SourceKey, &'a WatchedSource>,
}

impl<'a> Trial<'a> {
    fn new(set: &'a Watchlists, changed: &HashSet<String>, settings: &'a Settings) -> Self {
        let bound: HashSet<usize> =
            set.sources.iter().flat_map(|source| &source.lines).flat_map(|line| line.teams.iter().copied()).collect();
        Self {
            set,
            settings,
            changed: set.teams.iter().map(|team| changed.contains(&*team.file)).collect(),
            unbound: (0..set.teams.len()).map(|team| !bound.contains(&team)).collect(),
            sources: set.sources.iter().map(|source| (source.key, source)).collect(),
        }
    }

    fn brand(&self, number: usize) -> &'a Brand {
        let (team, brand) = self.set.brands[number];
        &self.set.teams[team].brands[brand]
    }

    /// The brands that an entry mentions, as the daemon would say.
    fn find(&self, scratch: &mut Scratch, batch: &TextBatch, entry: &Entry) -> Vec<BrandMatch> {
        let source = self.sources.get(&batch.source).copied();
        let line = |team: usize| source.and_then(|source| source.lines.iter().find(|line| line.teams.contains(&team)));
        let stated = source.and_then(|source| source.lines.iter().find_map(|line| line.language));
        let name = source.and_then(|source| source.lines.first()).map(|line| line.name.as_str());
        let document = ingest::document(&self.set.matcher, entry, stated, name);
        let wanted = |brand: usize| {
            let (team, _) = self.set.brands[brand];
            self.changed[team] && (self.unbound[team] || line(team).is_some())
        };
        let mut found = self.set.matcher.scan(scratch, &document, wanted);
        found.retain(|found| {
            let (team, _) = self.set.brands[found.brand];
            let kind = source.map(|source| source.kind);
            let brand = self.brand(found.brand);
            ingest::admitted(brand, entry, line(team), kind, batch.found, &self.settings.timezone)
        });
        found
    }
}

fn entry(text: &KeptText) -> Entry {
    Entry {
        id: text.id.clone(),
        url: text.url.clone(),
        title: text.title.clone(),
        text: text.text.clone(),
        links: text.links.clone(),
        author: text.author.clone(),
        published: text.published,
        language: text.language,
    }
}

async fn compare(
    store: &Sqlite,
    set: &Watchlists,
    changed: &HashSet<String>,
    settings: &Settings,
    since: Timestamp,
) -> Result<Report, StoreError> {
    let trial = Trial::new(set, changed, settings);
    let known: HashSet<&str> = (0..set.brands.len())
        .filter(|&number| trial.changed[set.brands[number].0])
        .map(|number| trial.brand(number).id.as_str())
        .collect();
    // A brand that the changed file no longer has loses all.
    let mut stored = stored(store, since, |team, brand| known.contains(brand) || changed.contains(team)).await?;
    let mut outcomes: HashMap<String, Outcome> =
        known.iter().map(|brand| ((*brand).to_owned(), outcome(brand))).collect();
    let mut met: HashSet<Place> = HashSet::new();
    let mut found: HashSet<(usize, Place)> = HashSet::new();
    let mut seen: HashMap<u64, Seen> = HashMap::new();
    let mut scratch = Scratch::default();
    let mut after = 0;
    let locale = Locale::of(settings.language);
    let read = Arc::new(AtomicUsize::new(0));
    let shown = Arc::clone(&read);
    let _progress = Progress::start(move |seconds| {
        let count = shown.load(Ordering::Relaxed) as i64;
        locale.format("progress-entries", &[("count", count.into()), ("seconds", (seconds as i64).into())])
    });
    loop {
        let batches = store.kept_texts(since, after, BATCHES).await?;
        let Some(last) = batches.last() else { break };
        after = last.id;
        read.store(met.len(), Ordering::Relaxed);
        for batch in &batches {
            let known = match seen.entry(batch.source.0) {
                Entries::Occupied(known) => known.into_mut(),
                Entries::Vacant(free) => {
                    free.insert(Seen::from_bytes(&store.seen(batch.source).await?).unwrap_or_default())
                }
            };
            for text in &batch.texts {
                let entry = entry(text);
                let place = (batch.source.0, known.entry_key(&entry));
                met.insert(place);
                for one in trial.find(&mut scratch, batch, &entry) {
                    if !found.insert((one.brand, place)) {
                        continue;
                    }
                    let brand = &trial.brand(one.brand).id;
                    let outcome = outcomes.entry(brand.clone()).or_insert_with(|| outcome(brand));
                    outcome.after += 1;
                    if stored.remove(&(brand.clone(), place)).is_some() {
                        outcome.before += 1;
                    } else {
                        outcome.gained_count += 1;
                        push(&mut outcome.gained, gained(&entry, batch.found, one));
                    }
                }
            }
        }
    }
    for ((brand, place), change) in stored {
        // Of an entry without a kept text nothing can be said.
        if met.contains(&place) {
            let outcome = outcomes.entry(brand.clone()).or_insert_with(|| outcome(&brand));
            outcome.before += 1;
            outcome.lost_count += 1;
            push(&mut outcome.lost, change);
        }
    }
    let mut brands: Vec<Outcome> = outcomes.into_values().collect();
    brands.sort_by(|a, b| a.brand.cmp(&b.brand));
    for outcome in &mut brands {
        for changes in [&mut outcome.gained, &mut outcome.lost] {
            changes.sort_by(|a, b| (b.found, &a.title, &a.url).cmp(&(a.found, &b.title, &b.url)));
        }
    }
    Ok(Report { since, entries: met.len(), brands })
}

fn outcome(brand: &str) -> Outcome {
    Outcome {
        brand: brand.to_owned(),
        before: 0,
        after: 0,
        gained_count: 0,
        lost_count: 0,
        gained: Vec::new(),
        lost: Vec::new(),
    }
}

fn push(changes: &mut Vec<Change>, change: Change) {
    if changes.len() < MOST {
        changes.push(change);
    }
}

fn gained(entry: &Entry, found: Timestamp, one: BrandMatch) -> Change {
    Change {
        found,
        title: entry.title.clone(),
        url: entry.url.clone(),
        excerpt: excerpt_of(entry, &one).text,
        terms: one.why,
    }
}

/// The mentions found in the period, once an entry and brand.
async fn stored(
    store: &Sqlite,
    since: Timestamp,
    wanted: impl Fn(&str, &str) -> bool,
) -> Result<HashMap<(String, Place), Change>, StoreError> {
    let mut stored = HashMap::new();
    let mut after = None;
    loop {
        let page = store.find(&MentionFilter::default(), after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(stored) };
        after = Some((last.mention.mention.found, last.mention.id));
        for row in page {
            let mention = row.mention.mention;
            if mention.found < since {
                return Ok(stored);
            }
            if wanted(&mention.team, &mention.brand) {
                stored.entry((mention.brand, (mention.source, mention.entry))).or_insert(Change {
                    found: mention.found,
                    title: mention.title,
                    url: mention.url,
                    excerpt: mention.excerpt.text,
                    terms: mention.why,
                });
            }
        }
    }
}

fn shown(report: &Report, locale: Locale, settings: &Settings) -> String {
    let since = terminal::time(report.since, &settings.timezone);
    let mut lines =
        vec![locale.format("backtest-read", &[("entries", report.entries.into()), ("since", since.into())])];
    let head = ["brand", "before", "after", "gained", "lost"].map(|key| locale.text(&format!("backtest-{key}")));
    let mut rows = vec![head.to_vec()];
    for one in &report.brands {
        let counts = [one.before, one.after].map(|count| count.to_string());
        let changes = [format!("+{}", one.gained_count), format!("\u{2212}{}", one.lost_count)];
        rows.push([vec![terminal::line(&one.brand, 40)], counts.to_vec(), changes.to_vec()].concat());
    }
    lines.extend(terminal::columns(&rows, 2));
    for one in report.brands.iter().filter(|one| one.gained_count + one.lost_count > 0) {
        lines.push(format!("\n{}", terminal::line(&one.brand, 40)));
        for (sign, changes, count) in [('+', &one.gained, one.gained_count), ('\u{2212}', &one.lost, one.lost_count)] {
            for change in changes.iter().take(SHOWN) {
                lines.push(change_line(sign, change, settings));
                let excerpt = terminal::line(&change.excerpt, 200);
                let terms = terminal::line(&change.terms.join(", "), 120);
                lines.extend((!excerpt.is_empty()).then(|| format!("      {excerpt}  ← {terms}")));
            }
            if count > SHOWN {
                let more = [("count", (count - SHOWN).into())];
                lines.push(format!("  {sign} {}", locale.format("backtest-more", &more)));
            }
        }
    }
    if report.brands.iter().all(|one| one.gained_count + one.lost_count == 0) {
        lines.push(locale.text("backtest-same"));
    }
    lines.join("\n") + "\n"
}

fn change_line(sign: char, change: &Change, settings: &Settings) -> String {
    let time = terminal::time(change.found, &settings.timezone);
    let what = [&change.title, change.url.as_deref().unwrap_or_default(), "–"].map(|text| terminal::line(text, 100));
    let what = what.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    format!("  {sign} {time}  {what}")
}

#[cfg(test)]
#[path = "backtest_tests.rs"]
mod tests;
