//! How far a long command is: one line at the end of stderr, on a terminal alone, written over and taken away
//! at the end. Owns the line and when it is drawn; its words are the caller's.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::text::clean::is_unfit;

/// A command that ends sooner says nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks of the line.
const APART: Duration = Duration::from_millis(500);
/// Wider lines would break, and a broken line is not taken away.
const WIDTH: usize = 78;

/// The line stands on the terminal.
static SHOWN: AtomicBool = AtomicBool::new(false);

/// Shows how far a command is until it is dropped: by a thread of its own, for what takes long says nothing
/// meanwhile. Whoever holds the lock of stderr must not drop it.
#[derive(Debug, Default)]
pub struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    /// Draws `words`, which are told the whole seconds so far, where somebody watches.
    #[must_use]
    pub fn start(words: impl Fn(u64) -> String + Send + 'static) -> Self {
        let is_watched = std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        if is_watched { Self::drawing(move |seconds| draw(&words(seconds)), PATIENCE) } else { Self(None) }
    }

    fn drawing(look: impl Fn(u64) + Send + 'static, patience: Duration) -> Self {
        let (end, ended) = channel::<()>();
        let begun = Instant::now();
        let mut wait = patience;
        let drawing = move || {
            while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                look(begun.elapsed().as_secs());
                wait = APART;
            }
        };
        // A machine without a thread to spare does without the line.
        Self(thread::Builder::new().name("progress".into()).spawn(drawing).ok().map(|thread| (end, thread)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.0.take() {
            drop(end);
            let _ = thread.join();
            clear();
        }
    }
}

fn draw(line: &str) {
    SHOWN.store(true, Ordering::Relaxed);
    // A terminal that is gone is no reason to stop.
    let _ = std::io::stderr().lock().write_all(drawn(line).as_bytes());
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
    fn the_line_is_drawn_while_nothing_else_is_said_and_no_longer() {
        let (to, looks) = channel();
        let progress = Progress::drawing(move |seconds| to.send(seconds).unwrap_or_default(), Duration::ZERO);
        assert_eq!(looks.recv_timeout(Duration::from_secs(10)), Ok(0), "nobody asked it to");
        drop(progress);
        // What draws is gone, and its end of the channel with it.
        assert_eq!(looks.iter().filter(|seconds| *seconds > 10).count(), 0);
    }

    #[test]
    fn a_command_that_ends_soon_says_nothing() {
        drop(Progress::drawing(|_| unreachable!("too early"), PATIENCE));
    }
}
