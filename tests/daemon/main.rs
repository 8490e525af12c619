//! The whole daemon, in this process and as the built program, on loopback.

mod atom;
mod bad_input;
mod chats;
mod commands;
mod digest;
mod keeping;
mod reload;
mod replies;
mod republished;
mod story;
mod templates;

#[path = "../support/running.rs"]
mod running;
#[path = "../support/world.rs"]
#[expect(dead_code, reason = "the faults need more of it")]
mod support;
