//! What each fuzz target does to its bytes, and what must hold whatever they are. Owns the properties; used by
//! the targets (`fuzz_targets/`) and by the replay of their corpora on the stable toolchain
//! (`tests/fuzz_corpus.rs`), so that both check the same.

mod texts;
mod web;
mod written;

pub use texts::{dates, fold, html};
pub use web::{feed, mime};
pub use written::{query, watchlist};

/// A target: takes any bytes, panics where a property does not hold.
pub type Target = fn(&[u8]);

/// All of them, by the names of their corpora.
pub const TARGETS: [(&str, Target); 7] = [
    ("dates", dates),
    ("feed", feed),
    ("fold", fold),
    ("html", html),
    ("mime", mime),
    ("query", query),
    ("watchlist", watchlist),
];

/// A room that hands bytes to a crate which may panic catches that, and what counts is what the room makes of it:
/// such a panic goes on to be caught instead of ending the run. mail-parser has debug assertions for letters that it
/// reads all the same without them.
pub fn let_caught_panics_pass() {
    const CAUGHT: [&str; 2] = ["/mail-parser-", "/feed-rs-"];
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let is_caught = info.location().is_some_and(|at| CAUGHT.iter().any(|name| at.file().contains(name)));
        if !is_caught {
            hook(info);
        }
    }));
}

/// Control characters; line breaks are `lines`' to allow.
fn has_controls(text: &str, lines: bool) -> bool {
    text.chars().any(|c| c.is_control() && !(lines && c == '\n'))
}
