//! The small web and the sinks on loopback: used by `vigie demo` and by the tests. Owns servers that
//! behave and misbehave on demand; knows nothing of the daemon.

pub mod reply;
pub mod scenario;
pub mod smtp;
pub mod web;
