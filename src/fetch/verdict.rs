//! What an answer, or the lack of one, makes of a source: the state of the contract, and one line for the
//! operator.

use std::time::Duration;

use jiff::Timestamp;

use crate::health::SourceState;
use crate::net::{Fetched, NetError};
use crate::source::skips::Skips;
use crate::source::{ParseError, suspect};

/// How a poll ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The state of the contract.
    pub state: SourceState,
    /// One line for the operator, in English; there may be one with a success too.
    pub detail: Option<String>,
    /// An answer was read, whatever it says of the source.
    pub read: bool,
    /// Every answer was 304.
    pub not_modified: bool,
    /// What Retry-After asked for, from the end of the poll.
    pub retry_after: Option<Duration>,
    /// What the server says of the source's pace: max-age, Expires, ttl. At most a day.
    pub min_interval: Option<Duration>,
    /// Times at which the document asks not to be read.
    pub skips: Option<Skips>,
    /// How long the host asks to be left alone, from the end of the poll: Retry-After, or a rate limit with
    /// nothing left.
    pub pause: Option<Duration>,
    /// Entries that the cap left out.
    pub dropped: usize,
    /// How long the source is in such a state at times, and comes back by itself.
    pub patience: Duration,
}

/// Why one request of a poll brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) state: SourceState,
    pub(super) detail: String,
    pub(super) retry_after: Option<Duration>,
}

impl Fault {
    /// True when the next request to the same server would likely fail as well: a poll stops there.
    pub(super) const fn is_of_server(&self) -> bool {
        use SourceState as State;
        matches!(
            self.state,
            State::Unreachable | State::Timeout | State::RateLimited | State::ServerError | State::Certificate
        )
    }

    /// robots.txt rules a page out.
    pub(super) fn of_robots(origin: &str, pattern: &str) -> Self {
        let detail = format!("{origin}/robots.txt asks not to read it: Disallow: {pattern}");
        Self { state: SourceState::Robots, detail, retry_after: None }
    }

    /// An answer whose status is no success.
    pub(super) fn of_status(answer: &Fetched, now: Timestamp) -> Self {
        let limited = answer.rate_limit(now);
        let retry_after = answer.retry_after(now);
        let guard = suspect::may_be_guarded(answer.status)
            .then(|| guard_of(answer).or_else(|| suspect::guard_of_body(&answer.body)))
            .flatten();
        if let Some(guard) = guard {
            let detail = format!("the server answered {}: {}", answer.status_line(), suspect::challenged(guard));
            return Self { state: SourceState::Challenge, detail, retry_after };
        }
        let is_limited = answer.status == 429 || (answer.status == 403 && limited.is_some());
        let retry_after = retry_after.or_else(|| limited.filter(|_| is_limited));
        let state = match answer.status {
            403 if is_limited => SourceState::RateLimited,
            401 | 403 => SourceState::Refused,
            404 => SourceState::NotFound,
            410 => SourceState::Gone,
            429 => SourceState::RateLimited,
            503 if retry_after.is_some() => SourceState::RateLimited,
            _ => SourceState::ServerError,
        };
        let line = answer.status_line();
        let detail = match answer.status {
            304 => format!("the server answered {line} to a request without conditions"),
            300..=399 => format!("the server answered {line}, a redirect that leads nowhere"),
            _ => format!("the server answered {line}"),
        };
        Self { state, detail, retry_after }
    }
}

/// The bot guard that an answer's head names.
pub(super) fn guard_of(answer: &Fetched) -> Option<&'static str> {
    suspect::guard_of_head(answer.status, |name| answer.header(name))
}

impl From<NetError> for Fault {
    fn from(error: NetError) -> Self {
        let state = match &error {
            NetError::Unreachable(_)
            | NetError::Address
            | NetError::Insecure
            | NetError::Downgraded
            | NetError::NoProxy(_)
            | NetError::ProxyPassword(_)
            | NetError::ProxyRefused(_)
            | NetError::Unsendable(_) => SourceState::Unreachable,
            NetError::Credential(_) => SourceState::Refused,
            NetError::NoConnection { .. } | NetError::Timeout { .. } => SourceState::Timeout,
            NetError::Certificate(_) => SourceState::Certificate,
            NetError::TooLarge { .. } => SourceState::TooLarge,
            NetError::RedirectLoop { .. } => SourceState::RedirectLoop,
            NetError::ForbiddenAddress { .. } => SourceState::ForbiddenAddress,
            NetError::Damaged => SourceState::Broken,
        };
        Self { state, detail: error.to_string(), retry_after: None }
    }
}

impl From<ParseError> for Fault {
    fn from(error: ParseError) -> Self {
        Self { state: error.state, detail: error.detail, retry_after: None }
    }
}
