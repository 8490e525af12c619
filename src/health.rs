//! The state of a source, by the word that `status`, logs and mails use. Owns the words and what
//! they mean for coverage; `fetch` finds them, `alert` tells them.

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
}

impl SourceState {
    /// True for `ok` and `unknown`.
    #[must_use]
    pub const fn is_well(self) -> bool {
        matches!(self, Self::Ok | Self::Unknown)
    }

    /// True where coverage speaks at the first failure: nothing will mend itself, or the detector waited already.
    #[must_use]
    pub const fn is_told_at_once(self) -> bool {
        matches!(self, Self::Gone | Self::ForbiddenAddress | Self::SelectorsStale | Self::Silent)
    }
}
