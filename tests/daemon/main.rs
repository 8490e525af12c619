//! The whole daemon, in this process and as the built program, on loopback.

mod bad_input;
mod commands;
mod digest;
mod keeping;
mod reload;
mod replies;
mod republished;
mod story;
mod support;
