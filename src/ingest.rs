//! Stage 1: entries of one poll → match → score → one commit. Owns what makes an entry new, edited or
//! known, and what makes a mention out of a hit; decides nothing about alerts.

mod stories;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::alert::coverage::Observation;
use crate::clock::Clock;
use crate::distress::{Patience, Plight};
use crate::entry::Entry;
use crate::failpoint;
use crate::health::patience;
use crate::live::{Live, Shared};
use crate::matcher::{BrandMatch, Document, Matcher, Scratch};
use crate::mention::{Mention, StoryId};
use crate::net::{host, redact};
use crate::seen::{Seen, Seenness, Sighting};
use crate::source::{Kind, SourceKey, State};
use crate::store::{KeptText, LastRevision, PollCommit, SourceHealth, Store, StoreError};
use crate::story::{Index, Print};
use crate::systemd::Beat;
use crate::text::language::{self, Language};
use crate::text::url;
use crate::watchlist::{Brand, Circumstances, Rule, RuleKind, SourceLine, WatchedSource, only};

pub(crate) mod evidence;
mod tone;

pub use tone::{Tone, excerpt_of, with_parts};

/// Commits under way at once: enough to fill the store's transactions, few enough to bound memory.
const COMMITS: usize = 256;
/// The loop looks around at least this often.
const LOOK: Duration = Duration::from_secs(10);
/// Forums date their posts to the minute: one of the baseline's own minute may be younger.
const DATE_GRAIN: Duration = Duration::from_mins(1);

/// One poll on its way to the store.
#[derive(Debug)]
pub struct Polled {
    /// The source's row as it is after the poll, but for `baseline` and `weekly`, which are set here.
    pub health: SourceHealth,
    /// What was read; empty after a failure or a 304.
    pub entries: Vec<Entry>,
    /// Whether an answer was parsed: the first one is the baseline.
    pub parsed: bool,
    /// Cursor and validators to keep with what was read.
    pub state: Option<State>,
    /// How long a failure of the source may last before it is one: such is its habit.
    pub patience: Duration,
    /// Told with the row as committed; dropped unanswered when vigie stops before.
    pub done: oneshot::Sender<SourceHealth>,
}

/// What ingest needs besides its queue.
#[derive(Debug, Clone)]
pub struct Context<S, C> {
    /// The store.
    pub store: S,
    /// The clock.
    pub clock: C,
    /// Settings and watchlists.
    pub live: Shared,
    /// Of a baseline, entries published within this time are alerted.
    pub backfill: Option<Duration>,
    /// Wakes the alerter after a commit with mentions.
    pub wake: Arc<Notify>,
    /// Told of each source that is ill or recovered.
    pub observations: mpsc::UnboundedSender<Observation>,
    /// Shows that the loop turns.
    pub beat: Beat,
    /// Shared with the other stages.
    pub plight: Plight,
}

impl<S, C> Context<S, C> {
    fn patience(&self) -> Patience<'_, C> {
        Patience { clock: &self.clock, plight: &self.plight, beat: &self.beat }
    }
}

/// Runs until the queue is closed and all commits are on the disk.
///
/// # Errors
/// The store's error when it is damaged; one that may pass is waited for.
pub async fn run<S: Store, C: Clock>(
    context: Context<S, C>,
    mut queue: mpsc::Receiver<Polled>,
) -> Result<(), StoreError> {
    let mut commits = FuturesUnordered::new();
    let mut desk = Desk { scratch: Scratch::default(), stories: stories::remembered(&context).await? };
    let mut open = true;
    while open || !commits.is_empty() {
        context.beat.now();
        tokio::select! {
            biased;
            Some(outcome) = commits.next(), if !commits.is_empty() => outcome?,
            polled = queue.recv(), if open && commits.len() < COMMITS => match polled {
                None => open = false,
                Some(polled) => {
                    let patience = polled.patience;
                    let (commit, done) = prepare(&context, polled, &mut desk).await?;
                    commits.push(commit_and_tell(&context, commit, patience, done));
                }
            },
            () = context.clock.sleep_until(context.clock.now() + LOOK) => {}
        }
    }
    Ok(())
}

/// Commits, again and again while the store cannot be written: what was read is not asked for twice.
async fn commit_and_tell<S: Store, C: Clock>(
    context: &Context<S, C>,
    commit: PollCommit,
    habit: Duration,
    done: oneshot::Sender<SourceHealth>,
) -> Result<(), StoreError> {
    let health = commit.health.clone();
    let mentions = !commit.mentions.is_empty();
    failpoint::dies("ingest/commit");
    context.patience().ask(|| context.store.commit_poll(commit.clone())).await?;
    failpoint::dies("ingest/committed");
    if mentions {
        context.wake.notify_one();
    }
    // A failure that is the source's habit, or its host's, counts as none until it outlasts it.
    let patience = host(&health.url).map_or(Duration::ZERO, |host| patience(&host, health.state)).max(habit);
    let is_habit = health.told == 0
        && health.failing_since.zip(health.asked).is_some_and(|(since, asked)| asked < since + patience);
    let observation = Observation {
        key: health.key,
        state: health.state,
        detail: health.detail.clone(),
        failures: if is_habit { 0 } else { health.failures },
        failing_since: health.failing_since.filter(|_| !is_habit),
        told: health.told,
        told_at: health.told_at,
    };
    // The alerter ends after ingest; a closed queue means that the whole daemon is stopping.
    let _ = context.observations.send(observation);
    let _ = done.send(health);
    Ok(())
}

/// What is carried from poll to poll.
#[derive(Debug, Default)]
struct Desk {
    scratch: Scratch,
    stories: Index,
}

type Prepared = (PollCommit, oneshot::Sender<SourceHealth>);

async fn prepare<S: Store, C: Clock>(
    context: &Context<S, C>,
    polled: Polled,
    desk: &mut Desk,
) -> Result<Prepared, StoreError> {
    let Polled { mut health, entries, parsed, state, done, .. } = polled;
    let found = context.clock.now();
    let live = context.live.load();
    let first = parsed && health.baseline.is_none();
    if first {
        health.baseline = Some(found);
    }
    let renewed = state.as_ref().and_then(|state| state.renewed);
    let mut commit =
        PollCommit { health, state, seen: None, texts: Vec::new(), mentions: Vec::new(), prints: Vec::new() };
    let key = commit.health.key;
    if entries.is_empty() || live.source(key).is_none() {
        return Ok((commit, done));
    }
    if let Some(weekly) = entries_a_week(&entries, found) {
        commit.health.weekly = weekly;
    }
    let (mut seen, lost) = match Seen::from_bytes(&context.patience().ask(|| context.store.seen(key)).await?) {
        Ok(seen) => (seen, false),
        Err(error) => {
            tracing::error!(url = redact(&commit.health.url), %error, "what was seen is lost; a new baseline is taken");
            (Seen::default(), true)
        }
    };
    let first = first || lost;
    let fresh = sort_out(&mut seen, entries);
    commit.seen = Some(seen.to_bytes());
    if fresh.is_empty() {
        return Ok((commit, done));
    }
    if !live.settings.keep_entries.is_zero() {
        commit.texts = fresh.iter().map(|fresh| kept(&fresh.entry)).collect();
    }
    let judge = Judge { found, first, backfill: context.backfill, baseline: commit.health.baseline, renewed };
    let scratch = std::mem::take(&mut desk.scratch);
    let (matched, scratch) = match_all(live, key, fresh, judge, scratch).await;
    desk.scratch = scratch;
    let mut told: Vec<(Mention, Print)> = Vec::new();
    for entry in matched {
        let known = match entry.mentions.first() {
            Some((one, _)) if entry.edited => {
                context.patience().ask(|| context.store.revisions(key, one.entry)).await?
            }
            _ => Vec::new(),
        };
        told.extend(entry.mentions.into_iter().filter_map(|(mention, print)| Some((revise(mention, &known)?, print))));
    }
    stories::place(&mut desk.stories, &mut told);
    (commit.mentions, commit.prints) = told.into_iter().map(|(mention, print)| (mention, print.to_bytes())).unzip();
    Ok((commit, done))
}

/// An entry that is new or was edited.
#[derive(Debug)]
struct Fresh {
    entry: Entry,
    key: u64,
    edited: bool,
    /// It may be one that was seen long ago and forgotten since.
    forgotten: bool,
}

/// Notes all entries of a poll as seen and keeps the ones to match.
fn sort_out(seen: &mut Seen, entries: Vec<Entry>) -> Vec<Fresh> {
    let sightings = seen.serve(&entries);
    let fresh = entries.into_iter().zip(sightings).filter(|(_, sighting)| sighting.seenness != Seenness::Known);
    fresh
        .map(|(entry, Sighting { seenness, key, predates })| {
            let edited = seenness == Seenness::Edited;
            Fresh { entry, key, edited, forgotten: predates && !edited }
        })
        .collect()
}

/// How many entries a week the dates of a document tell of; none when it has no dates.
fn entries_a_week(entries: &[Entry], now: Timestamp) -> Option<f32> {
    const WEEK: f32 = 7.0 * 86_400.0;
    let dated = entries.iter().filter_map(|entry| entry.published).filter(|published| *published <= now);
    let (count, oldest) = dated.fold((0_u32, now), |(count, oldest), date| (count + 1, oldest.min(date)));
    if count == 0 {
        return None;
    }
    // One entry a minute ago is no flood of 10,000 a week: a day at least.
    let span = (now.duration_since(oldest).as_secs_f32()).max(86_400.0);
    Some(count as f32 * WEEK / span)
}

fn kept(entry: &Entry) -> KeptText {
    KeptText {
        id: entry.id.clone(),
        title: entry.title.clone(),
        text: entry.text.clone(),
        url: entry.url.clone(),
        author: entry.author.clone(),
        published: entry.published,
        language: entry.language,
        links: entry.links.clone(),
    }
}

/// Decides which mentions were there before vigie watched.
#[derive(Debug, Clone, Copy)]
struct Judge {
    found: Timestamp,
    first: bool,
    backfill: Option<Duration>,
    baseline: Option<Timestamp>,
    /// Since when a search is asked for something else.
    renewed: Option<Timestamp>,
}

impl Judge {
    fn is_baseline(&self, kind: Kind, fresh: &Fresh) -> bool {
        if self.first {
            let asked_for = self
                .backfill
                .is_some_and(|back| fresh.entry.published.is_some_and(|published| published + back >= self.found));
            return !asked_for;
        }
        // A topic that is read for the first time brings the posts of years.
        let old_post = kind == Kind::Forum
            && fresh
                .entry
                .published
                .zip(self.baseline)
                .is_some_and(|(published, baseline)| published + DATE_GRAIN <= baseline);
        // So does a search that is asked for another term.
        let old_hit =
            self.renewed.is_some_and(|renewed| fresh.entry.published.is_none_or(|published| published < renewed));
        old_post || old_hit || fresh.forgotten
    }
}

/// An entry that speaks of brands.
struct Matched {
    mentions: Vec<(Mention, Print)>,
    edited: bool,
}

/// Matching and scoring, off the reactor's threads.
async fn match_all(
    live: Arc<Live>,
    key: SourceKey,
    fresh: Vec<Fresh>,
    judge: Judge,
    scratch: Scratch,
) -> (Vec<Matched>, Scratch) {
    let work = move || {
        let mut scratch = scratch;
        let Some(source) = live.source(key) else { return (Vec::new(), scratch) };
        // What people say of a source outweighs what its template claims.
        let stated = source.lines.iter().find_map(|line| line.language);
        let teams: HashSet<usize> = source.lines.iter().flat_map(|line| line.teams.iter().copied()).collect();
        let mut matched = Vec::new();
        for fresh in &fresh {
            let name = source.lines.first().map(|line| line.name.as_str());
            let document = document(&live.watchlists.matcher, &fresh.entry, stated, name);
            let wanted = |brand: usize| live.watchlists.brands.get(brand).is_some_and(|(team, _)| teams.contains(team));
            let found = live.watchlists.matcher.scan(&mut scratch, &document, wanted);
            let baseline = judge.is_baseline(source.kind, fresh);
            let mentions: Vec<(Mention, Print)> = found
                .into_iter()
                .filter(|hit| is_mention(&live, source, &fresh.entry, hit.brand, judge.found))
                .filter_map(|hit| mention(&live, source, fresh, hit, judge.found, baseline))
                .map(|mention| {
                    let print = stories::print_of(&fresh.entry, &mention);
                    (mention, print)
                })
                .collect();
            if !mentions.is_empty() {
                matched.push(Matched { mentions, edited: fresh.edited });
            }
        }
        (matched, scratch)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        // A panic in matching is a bug; the daemon ends rather than lose the poll silently.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

fn is_mention(live: &Live, source: &WatchedSource, entry: &Entry, brand: usize, now: Timestamp) -> bool {
    let Some(&(team, number)) = live.watchlists.brands.get(brand) else { return false };
    let brand = &live.watchlists.teams[team].brands[number];
    let line = source.lines.iter().find(|line| line.teams.contains(&team));
    admitted(brand, entry, line, Some(source.kind), now, &live.settings.timezone)
}

/// What is searched of an entry. `stated` is what people say of its source's language, `source` the source's
/// name. Shared with backtests.
#[must_use]
pub fn document<'a>(
    matcher: &Matcher,
    entry: &'a Entry,
    stated: Option<Language>,
    source: Option<&'a str>,
) -> Document<'a> {
    // Most entries mention nobody: their language is found out only where a term asks for it.
    let language = || only::spoken(stated, &entry.title, &entry.text, entry.language);
    Document {
        title: &entry.title,
        text: &entry.text,
        author: entry.author.as_deref(),
        url: entry.url.as_deref(),
        links: &entry.links,
        language: matcher.reads_language().then(language).flatten(),
        source,
    }
}

/// What the brand's `only`, `from` and `until` say of an entry found at `found` on its team's `line` of a
/// source. An entry without a date is of the moment it was found. Shared with backtests.
#[must_use]
pub fn admitted(
    brand: &Brand,
    entry: &Entry,
    line: Option<&SourceLine>,
    kind: Option<Kind>,
    found: Timestamp,
    zone: &TimeZone,
) -> bool {
    if !brand.days.contain(entry.published.unwrap_or(found), zone) {
        return false;
    }
    if brand.only.asks_nothing() {
        return true;
    }
    let stated = line.and_then(|line| line.language);
    let site = entry.url.as_deref().and_then(url::site);
    brand.only.admits(&Circumstances {
        language: only::spoken(stated, &entry.title, &entry.text, entry.language),
        site: site.as_deref(),
        author: entry.author.as_deref(),
        source: line.map(|line| line.name.as_str()),
        kind,
    })
}

fn mention(
    live: &Live,
    source: &WatchedSource,
    fresh: &Fresh,
    found: BrandMatch,
    now: Timestamp,
    baseline: bool,
) -> Option<Mention> {
    let &(team_number, brand_number) = live.watchlists.brands.get(found.brand)?;
    let team = live.watchlists.teams.get(team_number)?;
    let brand = team.brands.get(brand_number)?;
    let line = source.lines.iter().find(|line| line.teams.contains(&team_number))?;
    let entry = &fresh.entry;
    let language = language_of(entry, line, live);
    let tone = Tone::of(entry, &found, language, &team.tuning, team.threshold_of(Some(line)));
    // Of people that no rule asks for, no copy is kept.
    let moderates = |rule: &Rule| rule.on == RuleKind::Moderation && rule.is_about(&brand.id, brand.kind);
    let moderated = !baseline && team.rules.iter().any(moderates);
    let site = entry.url.as_deref().and_then(url::site).or_else(|| url::site(&source.url)).unwrap_or_default();
    Some(Mention {
        team: team.file.to_string(),
        brand: brand.id.clone(),
        source: source.key.0,
        source_name: line.name.clone(),
        entry: fresh.key,
        revision: 1,
        url: entry.url.clone(),
        title: entry.title.clone(),
        site,
        author: entry.author.clone(),
        published: entry.published,
        found: now,
        language,
        polarity: tone.polarity,
        score: tone.score,
        document_score: tone.document_score,
        excerpt: excerpt_of(entry, &found),
        hits: found.hits,
        tags: found.tags,
        why: found.why,
        words: tone.words,
        baseline,
        story: StoryId::opened_by(&team.file, &brand.id, source.key.0, fresh.key),
        repeat: false,
        evidence: moderated.then(|| evidence::evidence(entry, &line.name, language, now)).flatten(),
    })
}

/// The user's word first, then the text's own evidence, then the feed's claim, which templates often get
/// wrong, then the settings.
fn language_of(entry: &Entry, line: &SourceLine, live: &Live) -> Option<Language> {
    line.language
        .or_else(|| language::detect_both(&entry.title, &entry.text))
        .or(entry.language)
        .or_else(|| Some(live.settings.language.into()))
}

/// An edited entry is a new mention only when the edit adds a term or changes the polarity.
fn revise(mut mention: Mention, known: &[LastRevision]) -> Option<Mention> {
    let Some(last) = known.iter().find(|last| last.brand == mention.brand) else { return Some(mention) };
    let adds_a_term = mention.why.iter().any(|term| !last.terms.contains(term));
    if !adds_a_term && last.polarity == mention.polarity {
        return None;
    }
    mention.revision = last.revision + 1;
    mention.story = last.story;
    mention.repeat = true;
    Some(mention)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::Polarity;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    fn fresh(published: Option<&str>) -> Fresh {
        let entry = Entry { published: published.map(at), ..Entry::default() };
        Fresh { entry, key: 1, edited: false, forgotten: false }
    }

    #[test]
    fn what_was_there_before_vigie_watched_is_a_baseline() {
        const DAY: Duration = Duration::from_hours(24);
        let found = at("2026-11-20T14:32:50Z");
        let first = Judge { found, first: true, backfill: None, baseline: Some(found), renewed: None };
        let asked = Judge { backfill: Some(DAY), ..first };
        let later = Judge { first: false, ..first };
        let hour_ago = Some("2026-11-20T13:32:00Z");
        let cases = [
            ("the first poll", first, Kind::Feed, hour_ago, true),
            ("the first poll with a backfill", asked, Kind::Feed, hour_ago, false),
            ("older than the backfill", asked, Kind::Feed, Some("2026-11-18T00:00:00Z"), true),
            ("a backfill, but no date", asked, Kind::Feed, None, true),
            ("a later poll", later, Kind::Feed, hour_ago, false),
            ("an old post of a topic read later", later, Kind::Forum, hour_ago, true),
            (
                "a post of the baseline's minute, dated to the minute",
                later,
                Kind::Forum,
                Some("2026-11-20T14:32:00Z"),
                false,
            ),
            ("a post without a date", later, Kind::Forum, None, false),
        ];
        for (name, judge, kind, published, expected) in cases {
            assert_eq!(judge.is_baseline(kind, &fresh(published)), expected, "{name}");
        }
        let forgotten = Fresh { forgotten: true, ..fresh(None) };
        assert!(later.is_baseline(Kind::Feed, &forgotten), "seen so long ago that it was forgotten");
    }

    #[test]
    fn the_pace_of_a_source_is_read_from_its_dates() {
        let now = at("2026-11-20T12:00:00Z");
        let dated = |dates: &[&str]| -> Vec<Entry> {
            dates.iter().map(|date| Entry { published: Some(at(date)), ..Entry::default() }).collect()
        };
        let pace = |dates: &[&str]| entries_a_week(&dated(dates), now);
        assert_eq!(pace(&["2026-11-13T12:00:00Z", "2026-11-18T00:00:00Z"]), Some(2.0));
        assert_eq!(pace(&["2026-11-20T11:59:59Z"]), Some(7.0), "a minute's news is a day's, not a flood");
        assert_eq!(pace(&["2030-01-01T00:00:00Z"]), None, "the future says nothing");
        assert_eq!(entries_a_week(&[Entry::default()], now), None);
    }

    #[test]
    fn an_edit_is_a_new_mention_only_when_it_adds_a_term_or_turns_the_tone() {
        let mention = |why: &[&str], polarity| {
            let mut mention = crate::alert::tests::mention(1);
            mention.why = why.iter().map(|&term| term.to_owned()).collect();
            mention.polarity = polarity;
            mention
        };
        let known = [LastRevision {
            brand: "orange".into(),
            revision: 3,
            terms: vec!["orange".into(), "fibre".into()],
            polarity: Polarity::Neutral,
            story: StoryId(5),
        }];
        let revision = |mention, known: &[LastRevision]| revise(mention, known).map(|mention| mention.revision);
        assert_eq!(revision(mention(&["orange"], Polarity::Neutral), &known), None);
        assert_eq!(revision(mention(&["orange", "panne"], Polarity::Neutral), &known), Some(4));
        assert_eq!(revision(mention(&["orange"], Polarity::Negative), &known), Some(4));
        assert_eq!(revision(mention(&["orange"], Polarity::Neutral), &[]), Some(1), "a brand that it did not speak of");
    }

    #[test]
    fn a_search_for_another_term_brings_no_old_news() {
        let renewed = at("2026-11-21T12:00:00Z");
        let judge = |renewed| Judge {
            found: at("2026-11-21T12:00:01Z"),
            first: false,
            backfill: None,
            baseline: Some(at("2026-01-01T00:00:00Z")),
            renewed,
        };
        for (published, after, before) in [
            (Some("2026-11-20T12:00:00Z"), true, false),
            (Some("2026-11-21T12:00:00Z"), false, false),
            (None, true, false),
        ] {
            assert_eq!(judge(Some(renewed)).is_baseline(Kind::Search, &fresh(published)), after, "{published:?}");
            assert_eq!(judge(None).is_baseline(Kind::Search, &fresh(published)), before, "{published:?}");
        }
    }
}
