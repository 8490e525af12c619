//! A poll: the steps of a source, each request made politely, each answer parsed off the async threads.
//! Owns conditional requests, the limits of a poll, and what an answer makes of the source's state. Knows
//! no store and no schedule.

mod mail;
pub mod mailbox;
mod maildir;
mod permission;
mod poll;
mod robots;
mod verdict;

pub use poll::{ENTRIES, Fetcher, Poll, REQUESTS};
pub use verdict::Verdict;
