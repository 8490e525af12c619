//! What the scheduler remembers of a source between its polls. Owns the small form: ten thousand sources wait
//! most of the time. The row itself is the store's.

use jiff::Timestamp;

use crate::exchange::Validators;
use crate::health::SourceState;
use crate::source::habit::Habit;
use crate::source::kept::Kept;
use crate::source::{Poll, SourceKey, State};
use crate::store::{SourceHealth, Touch};
use crate::watchlist::WatchedSource;

/// A longer state (a forum's topics, a mailbox) is read from the store at each poll.
const LONGEST_STATE: usize = 1 << 10;

/// Microseconds since 1970, as the store keeps times, in half the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Micros(i64);

impl Micros {
    const NONE: Self = Self(i64::MIN);

    fn of(time: Option<Timestamp>) -> Self {
        time.map_or(Self::NONE, |time| Self(time.as_microsecond()))
    }

    fn read(self) -> Option<Timestamp> {
        Timestamp::from_microsecond(self.0).ok().filter(|_| self != Self::NONE)
    }
}

/// What only few sources have: those that fail, and those that have something to say.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Ill {
    pub(super) detail: Option<String>,
    pub(super) failures: u32,
    pub(super) failing_since: Option<Timestamp>,
    pub(super) told: u32,
    pub(super) told_at: Option<Timestamp>,
}

/// A source's row, but for what its line says as well.
#[derive(Debug, Clone)]
pub(super) struct Known {
    since: Micros,
    asked: Micros,
    next: Micros,
    baseline: Micros,
    ill: Option<Box<Ill>>,
    pub(super) weekly: f32,
    pub(super) state: SourceState,
    pub(super) held: bool,
}

impl Known {
    /// A source that was never asked.
    pub(super) fn new() -> Self {
        Self {
            since: Micros::NONE,
            asked: Micros::NONE,
            next: Micros::NONE,
            baseline: Micros::NONE,
            ill: None,
            weekly: 0.0,
            state: SourceState::Unknown,
            held: false,
        }
    }

    pub(super) fn of(row: SourceHealth) -> Self {
        let ill = Ill {
            detail: row.detail,
            failures: row.failures,
            failing_since: row.failing_since,
            told: row.told,
            told_at: row.told_at,
        };
        Self {
            since: Micros::of(row.since),
            asked: Micros::of(row.asked),
            next: Micros::of(row.next),
            baseline: Micros::of(row.baseline),
            ill: (ill != Ill::default()).then(|| Box::new(ill)),
            weekly: row.weekly,
            state: row.state,
            held: row.held,
        }
    }

    /// The row to commit.
    pub(super) fn row(&self, source: &WatchedSource) -> SourceHealth {
        let Ill { detail, failures, failing_since, told, told_at } = self.ill.as_deref().cloned().unwrap_or_default();
        SourceHealth {
            key: source.key,
            kind: source.kind.word().to_owned(),
            url: source.url.clone(),
            state: self.state,
            detail,
            failures,
            since: self.since.read(),
            failing_since,
            asked: self.asked.read(),
            next: self.next.read(),
            held: self.held,
            baseline: self.baseline.read(),
            weekly: self.weekly,
            told,
            told_at,
        }
    }

    /// The same after another poll, started at `asked`.
    pub(super) fn polled(
        &self,
        asked: Timestamp,
        state: SourceState,
        (next, held): (Option<Timestamp>, bool),
        ill: Ill,
    ) -> Self {
        Self {
            since: if self.state == state { self.since } else { Micros::of(Some(asked)) },
            asked: Micros::of(Some(asked)),
            next: Micros::of(next),
            baseline: self.baseline,
            ill: (ill != Ill::default()).then(|| Box::new(ill)),
            weekly: self.weekly,
            state,
            held,
        }
    }

    /// The same, to be asked at another time.
    pub(super) fn postponed(self, next: Timestamp) -> Self {
        Self { next: Micros::of(Some(next)), ..self }
    }

    /// Moves its dates with a clock that was set back since it was asked.
    pub(super) fn follow_clock(&mut self, now: Timestamp) {
        if let Some(asked) = self.asked().filter(|asked| *asked > now) {
            self.next = Micros::of(self.next().map(|next| next - asked.duration_since(now)));
            self.asked = Micros::of(Some(now));
        }
    }

    pub(super) fn asked(&self) -> Option<Timestamp> {
        self.asked.read()
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.next.read()
    }

    pub(super) fn detail(&self) -> Option<&str> {
        self.ill.as_ref()?.detail.as_deref()
    }

    pub(super) fn ill(&self) -> Ill {
        self.ill.as_deref().cloned().unwrap_or_default()
    }

    /// The times alone, where the poll that led here from `before` changed nothing else of a source that is
    /// well, and coverage has nothing to learn of it.
    pub(super) fn touched(&self, before: &Self, key: SourceKey) -> Option<Touch> {
        let is_same = self.state == before.state
            && self.held == before.held
            && self.baseline != Micros::NONE
            && self.ill == before.ill
            && self.ill.as_ref().is_none_or(|ill| ill.failures == 0 && ill.told == 0);
        let (asked, next) = (self.asked()?, self.next()?);
        (is_same && self.state == SourceState::Ok).then_some(Touch { key, asked, next })
    }
}

/// A source's state as the store has it, where it is small: a poll need not read it.
#[derive(Debug, Clone)]
pub(super) enum Remembered {
    /// That of most feeds, ready to be used.
    Plain(Box<Plain>),
    /// Any other, as JSON; empty where nothing is remembered.
    Other(Box<str>),
}

/// What the state of a feed holds beside nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Plain {
    etag: Option<Box<str>>,
    last_modified: Option<Box<str>>,
    habit: Option<Habit>,
    pace: Option<u64>,
    since: Option<Timestamp>,
    fruitful: bool,
    empty: u8,
    barren: u8,
}

impl Default for Remembered {
    fn default() -> Self {
        Self::Other(Box::default())
    }
}

impl Remembered {
    /// Remembers a state that the store has, of the source at `url`.
    pub(super) fn of(state: &State, url: &str) -> Self {
        if let Some(plain) = Plain::of(state, url) {
            return Self::Plain(Box::new(plain));
        }
        let json = serde_json::to_string(state).ok().filter(|json| json.len() <= LONGEST_STATE);
        Self::Other(json.unwrap_or_default().into_boxed_str())
    }

    /// The state, where it is remembered.
    pub(super) fn read(&self, url: &str) -> Option<State> {
        match self {
            Self::Plain(plain) => Some(plain.state(url)),
            Self::Other(json) => serde_json::from_str(json).ok(),
        }
    }
}

impl Plain {
    /// The state, where it holds nothing else.
    fn of(state: &State, url: &str) -> Option<Self> {
        let validators = state.validators.get(url);
        let kept = |value: Option<&String>| value.map(|value| value.as_str().into());
        let plain = Self {
            etag: kept(validators.and_then(|known| known.etag.as_ref())),
            last_modified: kept(validators.and_then(|known| known.last_modified.as_ref())),
            habit: state.kept.habit,
            pace: state.pace,
            since: state.since,
            fruitful: state.kept.fruitful,
            empty: state.kept.empty,
            barren: state.kept.barren,
        };
        // What belongs to the poll under way is not kept.
        let lasting = State { begun: None, renewed: None, poll: Poll::default(), ..state.clone() };
        (plain.state(url) == lasting).then_some(plain)
    }

    fn state(&self, url: &str) -> State {
        let validators = Validators {
            etag: self.etag.as_deref().map(str::to_owned),
            last_modified: self.last_modified.as_deref().map(str::to_owned),
        };
        let is_empty = validators.is_empty();
        State {
            validators: (!is_empty).then(|| (url.to_owned(), validators)).into_iter().collect(),
            pace: self.pace,
            since: self.since,
            kept: Kept {
                habit: self.habit,
                fruitful: self.fruitful,
                empty: self.empty,
                barren: self.barren,
                ..Kept::default()
            },
            ..State::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::kept::Moved;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn row() -> SourceHealth {
        SourceHealth {
            key: SourceKey(7),
            kind: "feed".into(),
            url: "https://a.example/rss".into(),
            state: SourceState::Ok,
            detail: Some("it moved".into()),
            failures: 0,
            since: Some(at(0)),
            failing_since: None,
            asked: Some(at(1)),
            next: Some(at(300)),
            held: false,
            baseline: Some(at(0)),
            weekly: 3.5,
            told: 0,
            told_at: None,
        }
    }

    #[test]
    fn an_idle_source_is_small() {
        assert!(size_of::<Known>() + size_of::<Remembered>() <= 72, "{}", size_of::<Known>());
    }

    #[test]
    fn a_remembered_state_is_the_state_whatever_it_holds() {
        const URL: &str = "https://a.example/rss";
        let fetched = |url: &str| {
            let known = Validators { etag: Some("\"a\"".into()), last_modified: None };
            State { validators: [(url.to_owned(), known)].into(), ..State::default() }
        };
        let habit = Habit { newest: 1_790_000_000, every: 3_600, gap: 86_400 };
        let kept = Kept { habit: Some(habit), fruitful: true, barren: 1, ..Kept::default() };
        let plain = State { pace: Some(600), since: Some(at(5)), kept, ..fetched(URL) };
        let moved = Some(Moved { to: "https://b.example/rss".into(), answers: 2 });
        for (name, state, is_plain) in [
            ("nothing", State::default(), true),
            ("a feed", plain.clone(), true),
            ("in the middle of a poll", State { begun: Some(at(1)), ..plain.clone() }, true),
            ("another address", fetched("https://a.example/page/2"), false),
            ("it moved", State { kept: Kept { moved, ..plain.kept.clone() }, ..plain.clone() }, false),
            ("a forum", State { topics: [("t".to_owned(), "p".to_owned())].into(), ..State::default() }, false),
        ] {
            let remembered = Remembered::of(&state, URL);
            assert_eq!(matches!(remembered, Remembered::Plain(_)), is_plain, "{name}");
            assert_eq!(remembered.read(URL), Some(State { begun: None, ..state }), "{name}");
        }
        assert_eq!(Remembered::default().read(URL), None);
    }

    #[test]
    fn only_a_poll_that_changed_nothing_of_a_source_that_is_well_is_touched() {
        let after = |before: &Known, state, ill| before.polled(at(301), state, (Some(at(600)), false), ill);
        let known = |change: fn(&mut SourceHealth)| {
            let mut row = row();
            change(&mut row);
            Known::of(row)
        };
        let key = SourceKey(7);
        let is_touched = |before: &Known, after: &Known| after.touched(before, key).is_some();
        let well = known(|_| {});
        let same = after(&well, SourceState::Ok, well.ill());
        assert_eq!(same.touched(&well, key), Some(Touch { key, asked: at(301), next: at(600) }));
        assert!(!is_touched(&well, &after(&well, SourceState::Timeout, well.ill())), "another state");
        assert!(!is_touched(&well, &after(&well, SourceState::Ok, Ill::default())), "another detail");
        for (name, change) in [
            ("no baseline", (|row| row.baseline = None) as fn(&mut SourceHealth)),
            ("coverage has yet to tell that it is well again", |row| row.told = 1),
            ("it failed", |row| row.state = SourceState::NotFound),
            ("it waited", |row| row.held = true),
        ] {
            let before = known(change);
            let state = before.state;
            assert!(!is_touched(&before, &after(&before, state, before.ill())), "{name}");
        }
    }
}
