//! The state of a source, by the word that `status`, logs and mails use. Owns the words and what
//! they mean for coverage; `fetch` finds them, `alert` tells them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

macro_rules! states {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// How a source answered its last poll.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum SourceState {
            $($(#[$doc])* $name,)+
        }

        impl SourceState {
            /// Every state, in the order of the contract.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word of the contract: `ok`, `not_a_feed`…
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The state of a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

states! {
    /// Not asked yet.
    #[default]
    Unknown = "unknown",
    /// Read.
    Ok = "ok",
    /// No connection: DNS, refused, reset.
    Unreachable = "unreachable",
    /// Hung or dripped past the deadline.
    Timeout = "timeout",
    /// 401 or 403.
    Refused = "refused",
    /// 429, or 503 with Retry-After.
    RateLimited = "rate_limited",
    /// 404.
    NotFound = "not_found",
    /// 410.
    Gone = "gone",
    /// 5xx, and any other answer that is no success.
    ServerError = "server_error",
    /// HTML or something else in place of a feed.
    NotAFeed = "not_a_feed",
    /// XML or JSON that cannot be read.
    Broken = "broken",
    /// A challenge page of a bot guard.
    Challenge = "challenge",
    /// An error page with status 200.
    SoftError = "soft_error",
    /// A feed without entries where there were some.
    Empty = "empty",
    /// Selectors or pointers that find nothing any more.
    SelectorsStale = "selectors_stale",
    /// Silent beyond its habit.
    Silent = "silent",
    /// TLS certificate refused.
    Certificate = "certificate",
    /// Past the byte cap.
    TooLarge = "too_large",
    /// Too many redirects, or a loop.
    RedirectLoop = "redirect_loop",
    /// A private address that the configuration does not open.
    ForbiddenAddress = "forbidden_address",
    /// robots.txt of its site asks vigie not to read it.
    Robots = "robots",
}

impl SourceState {
    /// True for `ok` and `unknown`.
    #[must_use]
    pub const fn is_well(self) -> bool {
        matches!(self, Self::Ok | Self::Unknown)
    }

    /// True where the source was read, whatever it had to say.
    #[must_use]
    pub const fn is_readable(self) -> bool {
        matches!(self, Self::Ok | Self::Empty | Self::Silent)
    }

    /// True where coverage speaks at the first failure: nothing will mend itself, or the detector waited already.
    #[must_use]
    pub const fn is_told_at_once(self) -> bool {
        matches!(self, Self::Gone | Self::ForbiddenAddress | Self::SelectorsStale | Self::Silent | Self::Robots)
    }
}

/// Sites whose feeds fail for hours on most days and come back by themselves, with what is below them: the
/// states of such a failure, and how long one may last before it is news.
const FLAKY: &[(&str, &[SourceState], Duration)] = &[
    // Its feeds answer 404 for hours on most days since December 2025, and 500 at times.
    ("youtube.com", &[SourceState::NotFound, SourceState::ServerError], Duration::from_hours(24)),
];

/// How long a source of this host may be in this state before coverage speaks of it: nothing but where that is
/// the host's habit.
#[must_use]
pub fn patience(host: &str, state: SourceState) -> Duration {
    let is_of = |site: &str| host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let known = FLAKY.iter().find(|(site, states, _)| is_of(site) && states.contains(&state));
    known.map_or(Duration::ZERO, |(.., patience)| *patience)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flaky_host_is_judged_by_its_habit_and_no_other_host_is() {
        let hours = |host, state| patience(host, state).as_secs() / 3_600;
        assert_eq!(hours("www.youtube.com", SourceState::NotFound), 24);
        assert_eq!(hours("youtube.com", SourceState::ServerError), 24);
        assert_eq!(hours("youtube.com", SourceState::Gone), 0);
        assert_eq!(hours("notyoutube.com", SourceState::NotFound), 0);
    }

    #[test]
    fn every_state_has_a_word_of_its_own() {
        for state in SourceState::ALL {
            assert_eq!(SourceState::from_word(state.word()), Some(*state));
        }
    }
}
