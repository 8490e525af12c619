//! The loop of a poll: request, answer, parse, until no request is left.

use std::cell::LazyCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::RwLock;
use tokio::time::Instant;

use super::permission::Permissions;
use super::verdict::{Fault, Verdict, guard_of};
use crate::clock::Clock;
use crate::config::access::Access;
use crate::entry::Entry;
use crate::exchange::{Answer, Request, Tag, Validators};
use crate::health::SourceState;
use crate::net::{Ask, Client, Fetched, redact};
use crate::source::habit::Habit;
use crate::source::kept::Kept;
use crate::source::lapses::Lapses;
use crate::source::{ParseError, Source, State, Step, suspect};

/// Requests that one poll makes at most.
pub const REQUESTS: usize = 40;

/// Entries that one poll reads at most; the rest is counted.
pub const ENTRIES: usize = 10_000;

/// Polls in a row without an entry, after polls that had some, that make a feed an empty one.
const EMPTY: u8 = 3;

/// A forum that asks for long pauses is read for this long at most; the rest is left to the next poll.
const LONGEST_CRAWL: Duration = Duration::from_mins(10);

/// Pages of one poll that the server may fail to give, before it is left alone.
const TROUBLES: usize = 3;

/// A larger body is parsed while no other is.
const LARGE: usize = 1 << 20;

/// A document's word on its own pace counts up to this.
const LONGEST_TTL: Duration = Duration::from_hours(24);

/// What a poll brought.
#[derive(Debug, Clone)]
pub struct Poll {
    /// What was read, also when a later request failed.
    pub entries: Vec<Entry>,
    /// The state to store together with the entries; `None`: unchanged.
    pub state: Option<State>,
    /// How it ended.
    pub verdict: Verdict,
}

/// Makes polls. Cheap to clone; clones share connections and limits.
#[derive(Debug, Clone)]
pub struct Fetcher<C> {
    client: Client,
    clock: C,
    parsing: Arc<RwLock<()>>,
    permissions: Permissions,
}

/// What a poll is made under, beside the source's state.
#[derive(Debug, Clone, Copy, Default)]
struct Terms<'a> {
    /// What the source's own origin is told.
    access: Option<&'a Access>,
    /// robots.txt is asked first.
    pages: bool,
    /// Silence and emptiness are looked at.
    habit: bool,
}

/// A poll under way.
struct Progress {
    before: State,
    state: State,
    entries: Vec<Entry>,
    dropped: usize,
    asked: usize,
    not_modified: usize,
    read: usize,
    pace: Option<Duration>,
    pause: Option<Duration>,
    /// The first answer was read.
    parsed: bool,
    /// What robots.txt asks for between two requests.
    apart: Duration,
    /// False when something was left unread that the next poll can still read.
    complete: bool,
    /// Pages that could not be read, and why the first could not.
    skipped: usize,
    troubles: usize,
    first_skipped: Option<Fault>,
    left: usize,
}

impl<C: Clock> Fetcher<C> {
    /// A fetcher that asks through `client`.
    #[must_use]
    pub fn new(client: Client, clock: C) -> Self {
        Self { client, clock, parsing: Arc::default(), permissions: Permissions::default() }
    }

    /// One that asks through another client, and remembers what this one knows of robots.txt.
    #[must_use]
    pub fn with_client(&self, client: Client) -> Self {
        Self { client, ..self.clone() }
    }

    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Polls a source whose stored state is `state`.
    pub async fn poll(&self, source: &Source, state: State) -> Poll {
        self.poll_with(source, &Access::default(), state).await
    }

    /// The same with what the source's own host is told of secrets.
    pub async fn poll_with(&self, source: &Source, access: &Access, mut state: State) -> Poll {
        if let Source::Mail(mail) = source {
            return Box::pin(self.poll_mail(mail, state)).await;
        }
        state.begun = Some(self.clock.now());
        let first = source.start(&state);
        let terms = Terms { access: Some(access), pages: source.reads_pages(), habit: source.has_habit() };
        let reader = || {
            let source = source.clone();
            move |state: &State, answer: &Answer| source.next(state, answer)
        };
        let mut poll = self.drive_under(terms, first, state, reader).await;
        if let Some(hint) = source.hint(poll.verdict.state) {
            let detail = poll.verdict.detail.take();
            poll.verdict.detail = Some(detail.map_or_else(|| hint.to_owned(), |detail| format!("{detail}; {hint}")));
        }
        // What a server says of an address may echo it.
        poll.verdict.detail = poll.verdict.detail.map(|detail| access.hidden(&detail).into_owned());
        poll
    }

    /// Makes the steps of a poll from its `first` one; `next` reads an answer, and runs where blocking is allowed.
    pub async fn drive<N>(&self, first: Step, before: State, next: N) -> Poll
    where
        N: Fn(&State, &Answer) -> Result<Step, ParseError> + Send + Sync + 'static,
    {
        self.drive_under(Terms::default(), first, before, || next).await
    }

    /// The same; `reader` makes `next` once there is something to read: most polls find nothing new.
    async fn drive_under<N>(
        &self,
        terms: Terms<'_>,
        first: Step,
        before: State,
        reader: impl FnOnce() -> N + Send,
    ) -> Poll
    where
        N: Fn(&State, &Answer) -> Result<Step, ParseError> + Send + Sync + 'static,
    {
        let next = LazyCell::new(|| Arc::new(reader()));
        // Boxed, because it is handed from step to step.
        let mut progress = Box::new(Progress::starting(before));
        let mut queue = VecDeque::new();
        progress.take(first, &mut queue);
        let begun = Instant::now();
        while let Some(request) = queue.pop_front() {
            if progress.asked == REQUESTS || (!progress.apart.is_zero() && begun.elapsed() > LONGEST_CRAWL) {
                progress.left = queue.len() + 1;
                progress.complete = false;
                break;
            }
            progress.asked += 1;
            let main = request.tag == Tag::Main;
            let fault = match self.ask(terms, &request, &mut progress).await {
                Ok(None) => continue,
                Ok(Some(answer)) => {
                    let next = Arc::clone(&next);
                    match Box::pin(self.parse(next, &progress.state, answer, &request)).await {
                        Ok(step) => {
                            progress.read += usize::from(!main);
                            progress.parsed |= main;
                            progress.take(step, &mut queue);
                            continue;
                        }
                        Err(fault) => fault,
                    }
                }
                Err(fault) => fault,
            };
            if main {
                return progress.failed(fault, self.clock.now());
            }
            if fault.is_of_server() {
                progress.complete = false;
                progress.troubles += 1;
                if fault.state == SourceState::RateLimited || progress.troubles == TROUBLES {
                    return progress.stopped(fault, &request, self.clock.now());
                }
            }
            progress.skip(fault, &request);
        }
        progress.ended(terms, self.clock.now())
    }

    /// One request; `None` when nothing has changed.
    async fn ask(
        &self,
        terms: Terms<'_>,
        request: &Request,
        progress: &mut Progress,
    ) -> Result<Option<Fetched>, Fault> {
        let main = request.tag == Tag::Main;
        let moved = progress.state.kept.new_address().filter(|_| main).map(str::to_owned);
        let url = moved.as_deref().unwrap_or(&request.url);
        if terms.pages {
            // Only what the first page's origin says is kept with the source.
            let kept = if main { Some(&mut progress.state.kept.robots) } else { None };
            // Boxed, as is the parsing: most polls do neither, and each is as large as all that it may do.
            progress.apart = Box::pin(self.permissions.look(&self.client, url, kept, self.clock.now())).await?;
        }
        let conditions = request.validators.as_ref().filter(|validators| !validators.is_empty());
        let asked = Ask {
            url,
            validators: conditions,
            headers: &request.headers,
            body: request.body.as_deref(),
            access: terms.access,
            apart: progress.apart,
        };
        let answer = match self.client.ask(&asked).await {
            Ok(answer) => answer,
            Err(error) => return Err(progress.astray(Fault::from(error), moved.is_some())),
        };
        let now = self.clock.now();
        let limited = answer.rate_limit(now);
        progress.pause = progress.pause.max(limited);
        progress.raise(limited);
        if main {
            progress.raise(answer.freshness(now));
            if matches!(answer.status, 200..=299 | 304) && (moved.is_none() || answer.moved.is_some()) {
                progress.state.kept.note_moved(answer.moved.clone().filter(|to| may_move(terms.access, to)));
            }
        }
        match (answer.status, conditions) {
            (200..=299, _) => Ok(Some(answer)),
            (304, Some(sent)) => {
                progress.not_modified += 1;
                if request.tag == Tag::Main {
                    let pace = progress.state.pace.map(Duration::from_secs);
                    progress.raise(pace.map(|pace| pace.min(LONGEST_TTL)));
                }
                // What comes on a 304 is as good as what came with the body; what does not, still holds.
                let came = answer.validators();
                let now_valid = Validators {
                    etag: came.etag.or_else(|| sent.etag.clone()),
                    last_modified: came.last_modified.or_else(|| sent.last_modified.clone()),
                };
                if progress.state.validators.get(&request.url) != Some(&now_valid) {
                    progress.state.validators.insert(request.url.clone(), now_valid);
                }
                Ok(None)
            }
            _ => Err(progress.astray(Fault::of_status(&answer, now), moved.is_some())),
        }
    }

    async fn parse<N>(&self, next: Arc<N>, state: &State, answer: Fetched, request: &Request) -> Result<Step, Fault>
    where
        N: Fn(&State, &Answer) -> Result<Step, ParseError> + Send + Sync + 'static,
    {
        let validators = answer.validators();
        let guard = guard_of(&answer);
        let content_type = answer.header("content-type").map(str::to_owned);
        let Fetched { url, mut body, .. } = answer;
        let large = body.len() > LARGE;
        let answer =
            Answer { url, tag: request.tag, content_type, validators, body: body.take(), received: self.clock.now() };
        let (state, parsing) = (state.clone(), Arc::clone(&self.parsing));
        // The guards go along: a parse cannot be stopped, and counts until its end, even when nobody waits.
        let (alone, among) =
            if large { (Some(parsing.write_owned().await), None) } else { (None, Some(parsing.read_owned().await)) };
        let parsed = tokio::task::spawn_blocking(move || {
            let step = next(&state, &answer).map_err(|error| suspect::second_look(error, &answer, guard));
            drop((answer, body, alone, among));
            step
        });
        match parsed.await {
            Ok(step) => Ok(step?),
            Err(_) => Err(Fault {
                state: SourceState::Broken,
                detail: "the document made its parser fail".to_owned(),
                retry_after: None,
            }),
        }
    }
}

impl Progress {
    fn starting(before: State) -> Self {
        Self {
            // The first step brings the rest.
            state: State { kept: before.kept.clone(), ..State::default() },
            before,
            entries: Vec::new(),
            dropped: 0,
            asked: 0,
            not_modified: 0,
            read: 0,
            pace: None,
            pause: None,
            parsed: false,
            apart: Duration::ZERO,
            complete: true,
            skipped: 0,
            troubles: 0,
            first_skipped: None,
            left: 0,
        }
    }

    fn take(&mut self, step: Step, queue: &mut VecDeque<Request>) {
        let Step { mut entries, requests, mut state, dropped, ttl, .. } = step;
        let room = ENTRIES - self.entries.len();
        self.dropped += dropped + entries.len().saturating_sub(room);
        entries.truncate(room);
        self.entries.append(&mut entries);
        queue.extend(requests);
        // No source reads it, so none hands on another.
        state.kept = std::mem::take(&mut self.state.kept);
        self.state = state;
        self.raise(ttl.map(|ttl| ttl.min(LONGEST_TTL)));
    }

    fn raise(&mut self, pace: Option<Duration>) {
        self.pace = self.pace.max(pace);
    }

    fn skip(&mut self, fault: Fault, request: &Request) {
        self.skipped += 1;
        self.first_skipped.get_or_insert_with(|| located(fault, request));
    }

    fn verdict(&self, state: SourceState, detail: Option<String>, retry_after: Option<Duration>) -> Verdict {
        Verdict {
            state,
            detail,
            read: self.parsed,
            not_modified: self.asked > 0 && self.not_modified == self.asked,
            retry_after,
            min_interval: self.pace,
            skips: self.state.skips,
            pause: self.pause.max(retry_after),
            dropped: self.dropped,
            patience: Duration::ZERO,
        }
    }

    /// A fault at the address that the source is believed to have moved to: its own is asked again.
    fn astray(&mut self, mut fault: Fault, moved: bool) -> Fault {
        use SourceState as State;
        let elsewhere = matches!(
            fault.state,
            State::NotFound | State::Gone | State::Unreachable | State::RedirectLoop | State::ForbiddenAddress
        );
        if moved && elsewhere {
            if let Some(moved) = self.state.kept.moved.take() {
                fault.detail = format!("{}, where it had moved to: {}", redact(&moved.to), fault.detail);
            }
            if fault.state == State::Gone {
                fault.state = State::NotFound;
            }
        }
        fault
    }

    /// The first request failed: nothing was read, and nothing is stored but what the failure shows.
    fn failed(mut self: Box<Self>, fault: Fault, now: Timestamp) -> Poll {
        let Fault { state, detail, retry_after } = fault;
        let mut verdict = if state == SourceState::SelectorsStale && self.is_first_barren() {
            self.verdict(SourceState::Ok, Some(format!("{detail}; it is stale at the second time in a row")), None)
        } else {
            self.verdict(state, Some(detail), retry_after)
        };
        self.learn(&mut verdict, now);
        let mut state = self.before;
        let changed = state.kept != self.state.kept;
        state.kept = self.state.kept;
        Poll { entries: Vec::new(), state: changed.then_some(state), verdict }
    }

    /// Notes that the selectors found nothing; true for the first time in a row of a source that was read before.
    fn is_first_barren(&mut self) -> bool {
        let kept = &mut self.state.kept;
        kept.barren = kept.barren.saturating_add(1).min(2);
        kept.fruitful && kept.barren == 1
    }

    /// The server failed on the way: what was read is kept.
    fn stopped(self: Box<Self>, fault: Fault, request: &Request, now: Timestamp) -> Poll {
        let Fault { state, detail, retry_after } = located(fault, request);
        let verdict = self.verdict(state, Some(detail), retry_after);
        self.kept(verdict, now)
    }

    /// Notes a failure that begins or passed.
    fn learn(&mut self, verdict: &mut Verdict, now: Timestamp) {
        let lapses = &mut self.state.kept.lapses;
        *lapses = Lapses::after(*lapses, verdict.state, now);
        verdict.patience = lapses.map_or(Duration::ZERO, |lapses| lapses.patience(verdict.state));
    }

    fn ended(mut self: Box<Self>, terms: Terms<'_>, now: Timestamp) -> Poll {
        let unheard = self.look_back(terms, now);
        let verdict = match self.first_skipped.take() {
            // A list that can be read, and nothing that it leads to. Deleted topics are no fault of the source.
            Some(fault)
                if self.read == 0
                    && self.entries.is_empty()
                    && !matches!(fault.state, SourceState::NotFound | SourceState::Gone) =>
            {
                if fault.state == SourceState::SelectorsStale && self.is_first_barren() {
                    let detail = format!("{}; it is stale at the second time in a row", fault.detail);
                    self.verdict(SourceState::Ok, Some(detail), None)
                } else {
                    self.verdict(fault.state, Some(fault.detail), fault.retry_after)
                }
            }
            first => {
                let mut notes = Vec::new();
                if let Some(fault) = first {
                    notes.push(format!("{} pages could not be read; the first: {}", self.skipped, fault.detail));
                }
                if self.left > 0 {
                    notes.push(format!("{} pages are left after {} requests", self.left, self.asked));
                }
                if self.dropped > 0 {
                    notes.push(format!("{} items past the first {ENTRIES} are left out", self.dropped));
                }
                if let Some(to) = self.state.kept.new_address() {
                    notes.push(format!("it moved for good to {}: write that address in its line", redact(to)));
                }
                let state = unheard.map_or(SourceState::Ok, |(state, why)| {
                    notes.insert(0, why);
                    state
                });
                self.verdict(state, (!notes.is_empty()).then(|| notes.join("; ")), None)
            }
        };
        self.kept(verdict, now)
    }

    /// What this poll adds to what the earlier ones showed; the state and its reason where a source that can be
    /// read says nothing any more.
    fn look_back(&mut self, terms: Terms<'_>, now: Timestamp) -> Option<(SourceState, String)> {
        let Kept { fruitful, empty, barren, habit, .. } = &mut self.state.kept;
        if self.parsed || self.not_modified > 0 {
            if !self.entries.is_empty() {
                (*fruitful, *empty, *barren) = (true, 0, 0);
            } else if self.parsed || *empty > 0 {
                *empty = empty.saturating_add(1).min(EMPTY);
            }
        }
        if !terms.habit {
            return None;
        }
        *habit = Habit::after(*habit, self.entries.iter().filter_map(|entry| entry.published), now);
        if *fruitful && *empty >= EMPTY {
            let why = format!("no entries in {EMPTY} polls and more; there were some before");
            return Some((SourceState::Empty, why));
        }
        let silent = habit.as_ref().filter(|habit| habit.is_broken(now))?;
        let since = Timestamp::from_second(silent.newest).ok()?.strftime("%Y-%m-%d");
        let why = match silent.weekly() {
            weekly if weekly >= 1.0 => format!("nothing new since {since}; it used to have {weekly:.0} a week"),
            weekly => format!("nothing new since {since}; it used to have {:.1} a month", weekly * 30.0 / 7.0),
        };
        Some((SourceState::Silent, why))
    }

    fn kept(mut self: Box<Self>, mut verdict: Verdict, now: Timestamp) -> Poll {
        self.learn(&mut verdict, now);
        // Only what outlives a poll: a source may note its progress in the state as well.
        let mut state = std::mem::take(&mut self.before);
        let mut changed = state.topics != self.state.topics;
        state.topics = self.state.topics;
        changed |= state.pace != self.state.pace;
        state.pace = self.state.pace;
        changed |= state.query != self.state.query;
        state.query = self.state.query;
        changed |= state.since != self.state.since;
        state.since = self.state.since;
        changed |= state.newest != self.state.newest;
        state.newest = self.state.newest.take();
        changed |= state.skips != self.state.skips;
        state.skips = self.state.skips;
        changed |= state.kept != self.state.kept;
        state.kept = self.state.kept;
        state.renewed = self.state.renewed;
        // With new validators the list would be a 304 next time, and what was left would never be read.
        if self.complete {
            changed |= state.validators != self.state.validators;
            state.validators = self.state.validators;
        }
        let state = changed.then_some(state);
        Poll { entries: self.entries, state, verdict }
    }
}

/// True for an address that a source may be asked under from then on: its credentials go nowhere else.
fn may_move(access: Option<&Access>, to: &str) -> bool {
    access.is_none_or(|access| access.is_empty() || url::Url::parse(to).is_ok_and(|to| access.is_for(&to)))
}

/// The fault, with the page that has it: it is not the source's own address.
fn located(mut fault: Fault, request: &Request) -> Fault {
    fault.detail = format!("{}: {}", redact(&request.url), fault.detail);
    fault
}
