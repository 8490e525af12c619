//! vigie watches what the web says about a brand and tells the right person in time.
//!
//! ```text
//! watchlists/*.yaml ──► Watchlists (validated, compiled: one automaton for all brands)
//!                               │
//! schedule ─► fetch ─► source ─► Entry ─► ingest ──► store ─► alerter ──► store ─► outbox ─► notify
//!  due heap    HTTP     parse             match       one      rules        one      claim     email
//!              ETag                       score       commit   windows      commit   retry     webhook
//! ```
//!
//! Three stages, each one task with one transaction of its own; the store is the queue between them.
//! A crash between two stages leaves work in the store, never a gap.
//!
//! Pure rooms (same arguments, same result; no I/O, no clock, no randomness): [`text`], [`query`],
//! [`matcher`], [`sentiment`], [`exchange`], [`entry`], [`health`], [`source`], [`mention`], [`place`],
//! [`seen`], [`story`], [`alert`], [`schedule`], [`action`]. `tests/architecture.rs` proves it.

#![deny(missing_docs)]

pub mod text;

pub mod query;

pub mod matcher;

pub mod sentiment;

pub mod clock;
pub mod entry;
pub mod exchange;
pub mod health;
pub mod mention;
pub mod place;
pub mod seen;

pub mod source;

pub mod story;

pub mod alert;

pub mod schedule;

pub mod action;

pub mod config;
pub mod watchlist;

pub mod fetch;
pub mod net;

pub mod store;

pub mod notify;
pub mod report;

pub mod alerter;
pub mod atom;
pub mod channels;
pub mod daemon;
pub mod digest;
pub mod distress;
mod failpoint;
pub mod ingest;
pub mod live;
pub mod message;
pub mod outbox;
pub mod reload;
pub mod replies;
pub mod samples;
pub mod scheduler;
pub mod shelf;
mod stages;
pub mod vitals;
pub mod watch;
pub mod wishes;

pub mod cli;
pub mod demo;
pub mod locale;
pub mod systemd;
pub mod telemetry;
