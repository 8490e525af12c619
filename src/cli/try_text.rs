//! `vigie try`: which brands a text speaks of, where, why, in what tone. The same path as the daemon's, on
//! documents from the command line.

mod input;
mod source;
mod stream;

use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use self::input::Input;
use self::source::Named;
use self::stream::LONGEST;
use super::{Exit, reasons, route};
use crate::alert::mute::Mutes;
use crate::config::settings::UiLanguage;
use crate::config::{self, Diagnostic, Settings, Severity, load};
use crate::entry::Entry;
use crate::ingest::evidence::evidence;
use crate::ingest::{self, Tone, excerpt_of};
use crate::locale::Locale;
use crate::matcher::{BrandMatch, Document, Scratch};
use crate::mention::{Field, Mention, Polarity, StoryId};
use crate::query::line;
use crate::sentiment;
use crate::store::Store;
use crate::store::sqlite::Sqlite;
use crate::telemetry::progress::Progress;
use crate::text::clean;
use crate::text::html;
use crate::text::language::{self, Language};
use crate::text::url;
use crate::watchlist::explain::Explainer;
use crate::watchlist::{self, Brand, Circumstances, Context, SourceLine, Team, WatchlistFile, Watchlists, only, print};

/// Say which brands a text speaks of, where, why and in what tone.
///
/// The text is matched and scored exactly as the daemon would. Without --watchlist, the watchlists of
/// vigie.yaml are used. An argument that names a file is read from it; `-` reads standard input.
#[derive(Debug, Default, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
#[command(
    after_help = "Examples:\n  vigie try \"Ma box Orange est en panne depuis 3 jours\"\n  vigie try --watchlist \
                        watchlists/orange.yaml avis.txt\n  vigie try --jsonl < documents.jsonl\n  vigie try --backtest --since 7d \
                        --watchlist draft/orange.yaml\n  vigie try --route --at \"2026-11-21 23:00\" \"Orange en panne\""
)]
pub struct Args {
    /// Settings [default: ./vigie.yaml, then /etc/vigie/vigie.yaml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// A watchlist, or a folder of them; needs no settings. May be given several times
    #[arg(long, value_name = "FILE")]
    pub watchlist: Vec<PathBuf>,
    /// Run the watchlists over the texts that the store keeps, and show which mentions they would gain and
    /// lose. A --watchlist stands in for the file of its name in the folder
    #[arg(long, conflicts_with_all = ["text", "jsonl", "html", "explain"])]
    pub backtest: bool,
    /// With --backtest: how far back, such as 7d [default: 30d]
    #[arg(long, value_name = "SPAN", requires = "backtest")]
    pub since: Option<String>,
    /// Also say which words decided the tone, and which parts of each brand's expression hold; prints the
    /// expression in its other form, as a query line or as YAML
    #[arg(long)]
    pub explain: bool,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
    /// Read one JSON document a line, write one JSON object a line
    #[arg(long, conflicts_with = "json")]
    pub jsonl: bool,
    /// Also say to whom it would go, when and why: what every rule does with it
    #[arg(long)]
    pub route: bool,
    /// With --route: when it comes, such as 2026-11-20T21:00 in the settings' zone; otherwise now
    #[arg(long, value_name = "TIME", requires = "route")]
    pub at: Option<String>,
    /// As if it came from this source of the watchlists, by its name: its language, its threshold, and the rules
    /// and `only` that name it
    #[arg(long, value_name = "NAME", conflicts_with = "backtest")]
    pub source: Option<String>,
    /// Texts are HTML
    #[arg(long)]
    pub html: bool,
    /// The text, a file, or `-`
    pub text: Option<String>,
}

/// What a document is tried on.
struct Trial {
    watchlists: Watchlists,
    fallback: Language,
    html: bool,
    /// With `--route`.
    moment: Option<route::Moment>,
    /// With `--source`.
    source: Option<Named>,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    if args.config.is_some() && !args.watchlist.is_empty() {
        eprintln!("{}", Locale::of(config::language_of_environment()).text("try-config-or-watchlist"));
        return Ok(Exit::Usage);
    }
    let Some((trial, locale)) = load(args)? else { return Ok(Exit::Config) };
    if args.jsonl {
        return lines(&trial, args.text.as_deref(), locale);
    }
    let text = match args.text.as_deref() {
        None => anyhow::bail!("{}", locale.text("try-no-text")),
        Some("-") => read_capped(io::stdin().lock(), "-")?,
        Some(argument) if Path::new(argument).is_file() => {
            let file = std::fs::File::open(argument).with_context(|| argument.to_owned())?;
            read_capped(file, argument)?
        }
        Some(argument) => argument.to_owned(),
    };
    let (entry, language) = trial.entry(Input::of_text(text));
    let mut scratch = Scratch::default();
    let found = trial.find(&entry, &mut scratch);
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", clean::escaped(&trial.object("1", &entry, language, &found)))?;
    } else {
        let mut shown = Vec::new();
        trial.show(&mut shown, &entry, language, &found, locale, args.explain)?;
        for line in String::from_utf8_lossy(&shown).lines() {
            writeln!(out, "{}", clean::blanked(line))?;
        }
    }
    Ok(Exit::Fine)
}

fn load(args: &Args) -> anyhow::Result<Option<(Trial, Locale)>> {
    let (files, settings, ui) = if args.watchlist.is_empty() {
        let Some(path) = super::locate(args.config.as_deref()) else { return Ok(None) };
        match config::load_settings(&path) {
            Ok((settings, _)) => {
                let files = watchlist::read_folder(&settings.watchlists)
                    .with_context(|| settings.watchlists.display().to_string())?;
                let ui = settings.language;
                (files, Some(settings), ui)
            }
            Err(diagnostics) => {
                config::diagnostic::print(&diagnostics);
                return Ok(None);
            }
        }
    } else {
        let ui = config::language_of_environment();
        match read_files(&args.watchlist, Locale::of(ui)) {
            Ok(files) => (files, None, ui),
            Err(diagnostics) => {
                config::diagnostic::print(&diagnostics);
                return Ok(None);
            }
        }
    };
    let locale = Locale::of(ui);
    let context = match &settings {
        Some(settings) => Context::of(settings),
        None => Context::without_settings(ui),
    };
    let compiled = watchlist::compile(&files, &context);
    let Ok(watchlists) = compiled.result else {
        // Whoever tries brands asks for no source and no alert.
        let said = compiled.diagnostics.into_iter().flat_map(|(_, said)| said);
        let errors: Vec<_> = said.filter(|said| said.severity == Severity::Error).collect();
        config::diagnostic::print(&errors);
        return Ok(None);
    };
    if watchlists.brands.is_empty() {
        let names: Vec<String> = if settings.is_none() {
            args.watchlist.iter().map(|path| path.display().to_string()).collect()
        } else {
            files.iter().map(|file| file.path_shown.to_string()).collect()
        };
        eprintln!("{}", locale.format("try-no-brands", &[("files", names.join(", ").into())]));
        return Ok(None);
    }
    let source = args.source.as_deref().map(|name| Named::find(&watchlists, name, locale)).transpose()?;
    let moment = if args.route {
        match moment(args, settings.as_ref()) {
            Some(moment) => Some(moment),
            None => anyhow::bail!("{}", locale.text("route-time")),
        }
    } else {
        None
    };
    Ok(Some((Trial { watchlists, fallback: ui.into(), html: args.html, moment, source }, locale)))
}

/// When and among which mutes; nothing when `--at` cannot be read.
fn moment(args: &Args, settings: Option<&Settings>) -> Option<route::Moment> {
    let zone = settings.map_or_else(TimeZone::system, |settings| settings.timezone.clone());
    let at = args.at.as_deref().map_or_else(|| Some(Timestamp::now()), |text| route::moment(text, &zone))?;
    // Without a store nothing is muted: what a watchlist says can be tried before vigie ever ran.
    let store = settings.and_then(|settings| Sqlite::open_read(&settings.store).ok());
    let kept = store.and_then(|store| super::wait_for(store.mutes()).ok());
    let mutes = Mutes::running(kept.and_then(Result::ok).unwrap_or_default(), at);
    Some(route::Moment { at, zone, mutes })
}

/// Watchlists from files and folders.
///
/// # Errors
/// What is not there or cannot be read.
pub(super) fn read_files(paths: &[PathBuf], locale: Locale) -> Result<Vec<WatchlistFile>, Vec<Diagnostic>> {
    let mut files = Vec::new();
    let mut missing = Vec::new();
    for path in paths {
        let read =
            if path.is_dir() { watchlist::read_folder(path) } else { WatchlistFile::read(path).map(|file| vec![file]) };
        match read {
            Ok(read) => files.extend(read),
            Err(error) => missing.extend(load::unreadable(path, &error, locale)),
        }
    }
    if missing.is_empty() { Ok(files) } else { Err(missing) }
}

fn read_capped(from: impl Read, name: &str) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    from.take(LONGEST + 1).read_to_end(&mut bytes).with_context(|| name.to_owned())?;
    anyhow::ensure!(bytes.len() as u64 <= LONGEST, "{name}: over {} MiB", LONGEST >> 20);
    String::from_utf8(bytes).with_context(|| name.to_owned())
}

/// One JSON object a line in, one out, in order; a bad line is answered and the rest goes on.
fn lines(trial: &Trial, argument: Option<&str>, locale: Locale) -> anyhow::Result<Exit> {
    let input: Box<dyn Read + Send> = match argument {
        None | Some("-") => Box::new(io::stdin()),
        Some(path) => Box::new(std::fs::File::open(path).with_context(|| path.to_owned())?),
    };
    let too_long = locale.format("try-line-long", &[("most", (LONGEST >> 20).to_string().into())]);
    let last = Arc::new(AtomicU64::new(0));
    let shown = Arc::clone(&last);
    // On one terminal with the answers, the line would stand among them.
    let _progress = (!io::stdout().is_terminal()).then(|| {
        Progress::start(move |seconds| {
            let count = shown.load(Ordering::Relaxed) as i64;
            locale.format("progress-lines", &[("count", count.into()), ("seconds", (seconds as i64).into())])
        })
    });
    stream::run(input, io::stdout().lock(), &too_long, || {
        let (mut scratch, last) = (Scratch::default(), &last);
        move |number, line: &[u8]| {
            last.store(number, Ordering::Relaxed);
            let (id, document) = input::read(line, number, locale)?;
            let (entry, language) = trial.entry(document);
            let found = trial.find(&entry, &mut scratch);
            Ok(trial.object(&id, &entry, language, &found))
        }
    })
}

impl Trial {
    fn entry(&self, input: Input) -> (Entry, Language) {
        let mut links = Vec::new();
        let mut plain = |text: Option<String>| match text {
            Some(text) if self.html => {
                let plain = html::to_plain(&text);
                links.extend(plain.links);
                plain.text
            }
            Some(text) => text,
            None => String::new(),
        };
        let (title, text) = (plain(input.title), plain(input.text));
        let of_source = self.source.as_ref().and_then(Named::language);
        let stated = of_source.or_else(|| input.language.as_deref().and_then(Language::from_tag));
        let guessed = stated.or_else(|| language::detect_both(&title, &text));
        let entry = Entry {
            url: input.url,
            language: stated.or(guessed.filter(|_| only::is_sure(&title, &text))),
            title,
            text,
            author: input.author,
            published: input.published,
            links,
            ..Entry::default()
        };
        (entry, guessed.unwrap_or(self.fallback))
    }

    /// As the daemon searches it; a text on its own has no source's name.
    fn document<'a>(&'a self, entry: &'a Entry) -> Document<'a> {
        let name = self.source.as_ref().map(Named::name);
        ingest::document(&self.watchlists.matcher, entry, entry.language, name)
    }

    /// The line on which a brand's team watches the source.
    fn line(&self, found: &BrandMatch) -> Option<&SourceLine> {
        self.source.as_ref()?.line(self.watchlists.brands[found.brand].0)
    }

    /// The team of a brand.
    fn team(&self, found: &BrandMatch) -> &Team {
        &self.watchlists.teams[self.watchlists.brands[found.brand].0]
    }

    fn find(&self, entry: &Entry, scratch: &mut Scratch) -> Vec<BrandMatch> {
        let mut found = self.watchlists.matcher.scan(scratch, &self.document(entry), |_| true);
        // Days are the daemon's; without a source, its name and kind are unknown.
        let site = entry.url.as_deref().and_then(url::site);
        found.retain(|found| {
            let only = &self.brand(found.brand).only;
            let line = self.line(found);
            if self.source.is_some() && line.is_none() {
                return false;
            }
            only.asks_nothing()
                || only.admits(&Circumstances {
                    language: entry.language,
                    site: site.as_deref(),
                    author: entry.author.as_deref(),
                    source: line.map(|line| line.name.as_str()),
                    kind: self.source.as_ref().map(|source| source.kind),
                })
        });
        found
    }

    fn brand(&self, number: usize) -> &Brand {
        let (team, brand) = self.watchlists.brands[number];
        &self.watchlists.teams[team].brands[brand]
    }

    /// As the team of the brand reads it; a text on its own has no source's threshold.
    fn tone(&self, entry: &Entry, found: &BrandMatch, language: Language) -> Tone {
        let team = self.team(found);
        Tone::of(entry, found, Some(language), &team.tuning, team.threshold_of(self.line(found)))
    }

    /// The words that decided its tone, with the rules that each went through.
    fn reasons(&self, entry: &Entry, found: &BrandMatch, language: Language, locale: Locale) -> Vec<String> {
        let tuning = &self.team(found).tuning;
        ingest::with_parts(entry, found, |parts| {
            let explained = sentiment::explain(&sentiment::Input { parts, language }, tuning);
            let lines = |(score, reasons): (sentiment::Score, Vec<sentiment::Reason>)| {
                reasons::lines(parts, &score, &reasons, locale)
            };
            explained.map(lines).unwrap_or_default()
        })
    }

    /// What every rule of the brand's team does with it.
    fn steps(&self, entry: &Entry, found: &BrandMatch, language: Language, moment: &route::Moment) -> Vec<route::Step> {
        let team = self.team(found);
        let brand = self.brand(found.brand);
        let tone = self.tone(entry, found, language);
        let mention = Mention {
            team: team.file.to_string(),
            brand: brand.id.clone(),
            source: 0,
            source_name: self.line(found).map_or_else(String::new, |line| line.name.clone()),
            entry: 0,
            revision: 1,
            url: entry.url.clone(),
            title: entry.title.clone(),
            site: entry.url.as_deref().and_then(url::site).unwrap_or_default(),
            author: entry.author.clone(),
            published: entry.published,
            found: moment.at,
            language: Some(language),
            polarity: tone.polarity,
            score: tone.score,
            document_score: tone.document_score,
            hits: found.hits.clone(),
            tags: found.tags.clone(),
            excerpt: excerpt_of(entry, found),
            why: found.why.clone(),
            words: tone.words,
            baseline: false,
            story: StoryId::default(),
            repeat: false,
            evidence: evidence(entry, "", Some(language), moment.at),
        };
        route::steps(team, &mention, moment)
    }

    /// The answer as one line of JSON; `id` is JSON already.
    fn object(&self, id: &str, entry: &Entry, language: Language, found: &[BrandMatch]) -> String {
        let mentions: Vec<Value> = found
            .iter()
            .map(|found| {
                let tone = self.tone(entry, found, language);
                let mut mention = json!({
                    "brand": self.brand(found.brand).id,
                    "polarity": tone.polarity.word(),
                    "score": tone.score.map(rounded),
                    "document_score": tone.document_score.map(rounded),
                    "hits": found.hits,
                    "tags": found.tags,
                    "excerpt": excerpt_of(entry, found).text,
                    "why": found.why,
                });
                if let Some(moment) = &self.moment {
                    mention["routes"] = json!(self.steps(entry, found, language, moment));
                }
                mention
            })
            .collect();
        let answer = json!({"language": language.code(), "mentions": mentions}).to_string();
        format!("{{\"id\":{id},{}", &answer[1..])
    }

    fn show(
        &self,
        out: &mut impl Write,
        entry: &Entry,
        language: Language,
        found: &[BrandMatch],
        locale: Locale,
        explain: bool,
    ) -> io::Result<()> {
        for one in found {
            let brand = self.brand(one.brand);
            let tone = self.tone(entry, one, language);
            let word = locale.text(polarity_key(tone.polarity));
            let score = tone.score.map(|score| format!(" {}", signed(score, 2, locale))).unwrap_or_default();
            writeln!(out, "{} {} · {word}{score}", tone.polarity.sign(), brand.name)?;
            for hit in &one.hits {
                let field = locale.text(match hit.field {
                    Field::Title => "try-title",
                    Field::Links => "try-links",
                    _ => "try-text",
                });
                writeln!(out, "  {field} {}..{}  {}  ← {}", hit.start, hit.end, clean::blanked(&hit.text), hit.term)?;
            }
            if !one.tags.is_empty() {
                writeln!(out, "  {}", locale.format("try-tags", &[("tags", one.tags.join(", ").into())]))?;
            }
            if let Some(moment) = &self.moment {
                let steps = self.steps(entry, one, language, moment);
                for line in route::lines(&steps, moment, locale) {
                    writeln!(out, "{line}")?;
                }
            }
            if explain {
                let reasons = self.reasons(entry, one, language, locale);
                let key = if reasons.is_empty() { "try-no-words" } else { "try-words" };
                writeln!(out, "  {}", locale.text(key))?;
                for line in reasons {
                    writeln!(out, "  {line}")?;
                }
            }
        }
        if explain {
            let document = self.document(entry);
            for number in 0..self.watchlists.brands.len() {
                let brand = self.brand(number);
                let there = found.iter().any(|one| one.brand == number);
                explain_brand(out, brand, there, &document, locale)?;
            }
        } else if found.is_empty() {
            writeln!(out, "{}", locale.text("try-nothing"))?;
        }
        Ok(())
    }
}

/// What of a brand's expression holds, why the whole does not, and the expression in its other form.
fn explain_brand(
    out: &mut impl Write,
    brand: &Brand,
    there: bool,
    document: &Document<'_>,
    locale: Locale,
) -> io::Result<()> {
    let name = || ("brand", brand.name.as_str().into());
    let key = if there { "try-found" } else { "try-not-found" };
    writeln!(out, "\n{}", locale.format(key, &[name()]))?;
    let Some(part) = Explainer::new(brand).and_then(|explainer| explainer.explain(document)) else {
        return writeln!(out, "  {}", locale.text("try-too-large"));
    };
    match (part.held, there) {
        (false, _) => writeln!(out, "  {}", part.why_not(locale))?,
        (true, false) => writeln!(out, "  {}", locale.text("try-only"))?,
        (true, true) => {}
    }
    write!(out, "{}", part.tree(2))?;
    if brand.by_query {
        write!(out, "  match:\n{}", print::yaml(&brand.matching, 4))
    } else {
        writeln!(out, "  query: {}", line::print(&brand.matching))
    }
}

/// A number with its sign as people write it: `−0,61`, `+0.4`.
fn signed(number: f32, decimals: usize, locale: Locale) -> String {
    let shown = format!("{number:+.decimals$}").replace('-', "\u{2212}");
    if locale.language() == UiLanguage::French { shown.replace('.', ",") } else { shown }
}

/// Of an f32 four decimals are true; more would show its binary tail.
fn rounded(score: f32) -> f64 {
    (f64::from(score) * 10_000.0).round() / 10_000.0
}

/// The locale's key of a polarity.
#[must_use]
pub const fn polarity_key(polarity: Polarity) -> &'static str {
    match polarity {
        Polarity::Negative => "tone-negative",
        Polarity::Neutral => "tone-neutral",
        Polarity::Positive => "tone-positive",
        Polarity::Uncertain => "tone-uncertain",
        Polarity::Unknown => "tone-unknown",
    }
}

impl From<UiLanguage> for Language {
    fn from(language: UiLanguage) -> Self {
        match language {
            UiLanguage::French => Self::FRENCH,
            UiLanguage::English => Self::ENGLISH,
        }
    }
}
