//! HTTP and IMAP as vigie speaks them: TLS, the resolver, the address guard, deadlines and byte caps. The one
//! place that names reqwest. Decides nothing about sources or messages: `fetch` and `notify` do.

mod body;
mod chain;
mod chance;
mod client;
mod error;
mod gate;
pub mod guard;
pub mod headers;
pub mod imap;
mod names;
#[cfg(test)]
mod names_tests;
mod proxy;
#[cfg(test)]
mod proxy_tests;
mod redact;

pub use body::{BODIES_IN_FLIGHT, Body};
pub use chance::{NoChance, key};
pub use client::{Ask, Client, Fetched, PostAnswer};
pub use error::{Cause, NetError};
pub use guard::host;
pub use redact::redact;
