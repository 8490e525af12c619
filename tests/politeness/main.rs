//! A polite client, seen from the server: the seventeen points of the checklist, each by its number, and what
//! belongs to them: credentials, robots.txt, the states of a source, TLS.

mod access;
mod points;
mod states;
mod support;
mod tls;

#[path = "../support/world.rs"]
#[expect(dead_code, reason = "the whole daemon's tests use all of it")]
mod world;
