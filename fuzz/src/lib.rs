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

/// Control characters; line breaks are `lines`' to allow.
fn has_controls(text: &str, lines: bool) -> bool {
    text.chars().any(|c| c.is_control() && !(lines && c == '\n'))
}
