//! Who is told of what, when, and why. Pure: state is a value, time is handed in.

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// Why somebody is told of a mention, or not; kept with it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Reason {
            $($(#[$doc])* $name,)+
        }

        impl Reason {
            /// The name of the contract.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }

            /// The reason of a name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $(stringify!($name) => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

reasons! {
    /// It opened a window: told within seconds.
    FirstMention,
    /// It waits for the end of the running window.
    GroupWindow,
    /// The rule sends a message a mention.
    EachMention,
    /// An earlier rule tells this channel of it.
    AlreadySent,
    /// It was there before vigie watched the source.
    Baseline,
    /// No rule takes it.
    NoRule,
    /// A rule with a polarity condition, and a language that vigie does not read.
    NotUnderstood,
    /// The rule names a channel that is not configured any more.
    NoChannel,
}
