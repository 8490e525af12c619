//! The loop of a poll: request, answer, parse, until no request is left.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::RwLock;
use tokio::time::Instant;

use super::verdict::{Fault, Verdict};
use crate::clock::Clock;
use crate::entry::Entry;
use crate::exchange::{Answer, Request, Tag};
use crate::health::SourceState;
use crate::net::{Client, Fetched, redact};
use crate::source::{ParseError, Source, State, Step};

/// Requests that one poll makes at most.
pub const REQUESTS: usize = 40;

/// Entries that one poll reads at most; the rest is counted.
pub const ENTRIES: usize = 10_000;

/// Between the starts of two requests of a poll, unless the address is opened.
const APART: Duration = Duration::from_secs(1);

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
        Self { client, clock, parsing: Arc::default() }
    }

    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// Polls a source whose stored state is `state`.
    pub async fn poll(&self, source: &Source, mut state: State) -> Poll {
        if let Source::Mail(mail) = source {
            return self.poll_mail(mail, state).await;
        }
        state.begun = Some(self.clock.now());
        let first = source.start(&state);
        let reader = source.clone();
        let mut poll = self.drive(first, state, move |state, answer| reader.next(state, answer)).await;
        if let Some(hint) = source.hint(poll.verdict.state) {
            let detail = poll.verdict.detail.take();
            poll.verdict.detail = Some(detail.map_or_else(|| hint.to_owned(), |detail| format!("{detail}; {hint}")));
        }
        poll
    }

    /// Makes the steps of a poll from its `first` one; `next` reads an answer, and runs where blocking is allowed.
    pub async fn drive<N>(&self, first: Step, before: State, next: N) -> Poll
    where
        N: Fn(&State, &Answer) -> Result<Step, ParseError> + Send + Sync + 'static,
    {
        let next = Arc::new(next);
        let mut progress = Progress::starting(before);
        let mut queue = VecDeque::new();
        progress.take(first, &mut queue);
        let mut last_start: Option<Instant> = None;
        while let Some(request) = queue.pop_front() {
            if progress.asked == REQUESTS {
                progress.left = queue.len() + 1;
                progress.complete = false;
                break;
            }
            if let Some(last) = last_start.filter(|_| !self.client.is_opened(&request.url)) {
                tokio::time::sleep_until(last + APART).await;
            }
            last_start = Some(Instant::now());
            progress.asked += 1;
            let main = request.tag == Tag::Main;
            let fault = match self.ask(&request, &mut progress).await {
                Ok(None) => continue,
                Ok(Some(answer)) => match self.parse(&next, &progress.state, answer, &request).await {
                    Ok(step) => {
                        progress.read += usize::from(!main);
                        progress.take(step, &mut queue);
                        continue;
                    }
                    Err(fault) => fault,
                },
                Err(fault) => fault,
            };
            if main {
                return progress.failed(fault);
            }
            if fault.is_of_server() {
                progress.complete = false;
                progress.troubles += 1;
                if fault.state == SourceState::RateLimited || progress.troubles == TROUBLES {
                    return progress.stopped(fault, &request);
                }
            }
            progress.skip(fault, &request);
        }
        progress.ended()
    }

    /// One request; `None` when nothing has changed.
    async fn ask(&self, request: &Request, progress: &mut Progress) -> Result<Option<Fetched>, Fault> {
        let conditions = request.validators.as_ref().filter(|validators| !validators.is_empty());
        let answer = self.client.get(&request.url, conditions).await?;
        let now = self.clock.now();
        if request.tag == Tag::Main {
            progress.raise(answer.freshness(now));
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
                let kept = progress.state.validators.entry(request.url.clone()).or_default();
                kept.etag = came.etag.or_else(|| sent.etag.clone());
                kept.last_modified = came.last_modified.or_else(|| sent.last_modified.clone());
                Ok(None)
            }
            _ => Err(Fault::of_status(&answer, now)),
        }
    }

    async fn parse<N>(&self, next: &Arc<N>, state: &State, answer: Fetched, request: &Request) -> Result<Step, Fault>
    where
        N: Fn(&State, &Answer) -> Result<Step, ParseError> + Send + Sync + 'static,
    {
        let validators = answer.validators();
        let content_type = answer.header("content-type").map(str::to_owned);
        let Fetched { url, mut body, .. } = answer;
        let large = body.len() > LARGE;
        let answer =
            Answer { url, tag: request.tag, content_type, validators, body: body.take(), received: self.clock.now() };
        let (next, state, parsing) = (Arc::clone(next), state.clone(), Arc::clone(&self.parsing));
        // The guards go along: a parse cannot be stopped, and counts until its end, even when nobody waits.
        let (alone, among) =
            if large { (Some(parsing.write_owned().await), None) } else { (None, Some(parsing.read_owned().await)) };
        let parsed = tokio::task::spawn_blocking(move || {
            let step = next(&state, &answer);
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
            state: before.clone(),
            before,
            entries: Vec::new(),
            dropped: 0,
            asked: 0,
            not_modified: 0,
            read: 0,
            pace: None,
            complete: true,
            skipped: 0,
            troubles: 0,
            first_skipped: None,
            left: 0,
        }
    }

    fn take(&mut self, step: Step, queue: &mut VecDeque<Request>) {
        let Step { mut entries, requests, state, dropped, ttl } = step;
        let room = ENTRIES - self.entries.len();
        self.dropped += dropped + entries.len().saturating_sub(room);
        entries.truncate(room);
        self.entries.append(&mut entries);
        queue.extend(requests);
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
            not_modified: state == SourceState::Ok && self.asked > 0 && self.not_modified == self.asked,
            retry_after,
            min_interval: self.pace,
            dropped: self.dropped,
        }
    }

    /// The first request failed: nothing was read, nothing is stored.
    fn failed(self, fault: Fault) -> Poll {
        let verdict = self.verdict(fault.state, Some(fault.detail), fault.retry_after);
        Poll { entries: Vec::new(), state: None, verdict }
    }

    /// The server failed on the way: what was read is kept.
    fn stopped(self, fault: Fault, request: &Request) -> Poll {
        let Fault { state, detail, retry_after } = located(fault, request);
        let verdict = self.verdict(state, Some(detail), retry_after);
        self.kept(verdict)
    }

    fn ended(mut self) -> Poll {
        let verdict = match self.first_skipped.take() {
            // A list that can be read, and nothing that it leads to. Deleted topics are no fault of the source.
            Some(fault)
                if self.read == 0
                    && self.entries.is_empty()
                    && !matches!(fault.state, SourceState::NotFound | SourceState::Gone) =>
            {
                self.verdict(fault.state, Some(fault.detail), fault.retry_after)
            }
            first => {
                let mut notes = Vec::new();
                if let Some(fault) = first {
                    notes.push(format!("{} pages could not be read; the first: {}", self.skipped, fault.detail));
                }
                if self.left > 0 {
                    notes.push(format!("{} pages are left after {REQUESTS} requests", self.left));
                }
                if self.dropped > 0 {
                    notes.push(format!("{} items past the first {ENTRIES} are left out", self.dropped));
                }
                self.verdict(SourceState::Ok, (!notes.is_empty()).then(|| notes.join("; ")), None)
            }
        };
        self.kept(verdict)
    }

    fn kept(mut self, verdict: Verdict) -> Poll {
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

/// The fault, with the page that has it: it is not the source's own address.
fn located(mut fault: Fault, request: &Request) -> Fault {
    fault.detail = format!("{}: {}", redact(&request.url), fault.detail);
    fault
}
