//! How far a long command is: one line at the end of stderr, on a terminal alone, written over and taken away
//! at the end. Owns the line; its words are the caller's.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::text::clean::is_unfit;

/// A command that ends sooner says nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks of the line.
const APART: Duration = Duration::from_millis(200);
/// Wider lines would break, and a broken line is not taken away.
const WIDTH: usize = 78;

/// The line stands on the terminal.
static SHOWN: AtomicBool = AtomicBool::new(false);

/// How far a command is.
#[derive(Debug)]
pub struct Progress {
    is_watched: bool,
    next: Instant,
}

impl Default for Progress {
    fn default() -> Self {
        let is_watched = std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        Self { is_watched, next: Instant::now() + PATIENCE }
    }
}

impl Progress {
    /// Shows how far it is, where somebody watches and it is time to.
    pub fn show(&mut self, line: impl FnOnce() -> String) {
        let now = Instant::now();
        if !self.is_watched || now < self.next {
            return;
        }
        self.next = now + APART;
        SHOWN.store(true, Ordering::Relaxed);
        // A terminal that is gone is no reason to stop.
        let _ = std::io::stderr().lock().write_all(drawn(&line()).as_bytes());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        clear();
    }
}

/// Takes the line away before something else is written.
pub(super) fn clear() {
    if SHOWN.swap(false, Ordering::Relaxed) {
        let _ = std::io::stderr().lock().write_all(b"\r\x1b[K");
    }
}

fn drawn(line: &str) -> String {
    let line: String = line.chars().map(|c| if is_unfit(c) { ' ' } else { c }).take(WIDTH).collect();
    format!("\r\u{1b}[K{line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_fits_the_terminal_and_holds_nothing_that_moves_its_cursor() {
        assert_eq!(drawn("12 sources sur 40"), "\r\u{1b}[K12 sources sur 40");
        assert_eq!(drawn("a\u{1b}[2Jb\n"), "\r\u{1b}[Ka [2Jb ");
        assert_eq!(drawn(&"x".repeat(500)).chars().count(), WIDTH + 4);
    }

    #[test]
    fn nothing_is_shown_before_its_time_and_where_nobody_watches() {
        let mut progress = Progress { is_watched: true, next: Instant::now() + PATIENCE };
        progress.show(|| unreachable!("too early"));
        let mut progress = Progress { is_watched: false, next: Instant::now() };
        progress.show(|| unreachable!("nobody watches"));
    }
}
