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
mod support;
