//! `vigie try --jsonl`: one document a line in, one answer a line out, in the order of the input. Owns the
//! threads between: one reads, one a core answers, the caller's writes. All queues are bounded, so that memory
//! stays flat however long the input is. Knows no watchlist.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde_json::json;

use crate::cli::Exit;

/// A document longer than this is no mention, but an archive.
pub(super) const LONGEST: u64 = 8 << 20;

/// Bytes of lines that one worker answers at a time.
const BATCH: usize = 128 << 10;

/// Batches under way for each worker.
const AHEAD: usize = 3;

/// Why a line has no answer, in one sentence.
type Refused = String;

/// Lines with their numbers, from 1.
type Batch = Vec<(u64, Result<Vec<u8>, Refused>)>;

struct Answers {
    text: String,
    refused: bool,
}

/// A batch and where its answers go.
type Work = (Batch, SyncSender<Answers>);

/// Answers each line of `input` that is not empty with a line on `out`. `worker` makes what one thread keeps
/// between documents and gives its answer to a line with its number; a refusal is answered and the rest goes on. `too_long` is what is
/// said of a line over [`LONGEST`].
pub(super) fn run<W>(
    input: impl Read + Send,
    out: impl Write,
    too_long: &str,
    worker: impl Fn() -> W + Sync,
) -> anyhow::Result<Exit>
where
    W: FnMut(u64, &[u8]) -> Result<String, Refused>,
{
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let (to_work, work) = sync_channel::<Work>(workers * AHEAD);
        // The writer waits for the first of these, whatever is done behind it.
        let (to_order, order) = sync_channel::<io::Result<Receiver<Answers>>>(workers * AHEAD);
        let work = Arc::new(Mutex::new(work));
        for _ in 0..workers {
            let (work, worker) = (Arc::clone(&work), &worker);
            scope.spawn(move || {
                let mut answer = worker();
                loop {
                    let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((batch, to)) = next else { return };
                    // Nobody waits for the answers once writing has failed.
                    let _ = to.send(answers(batch, &mut answer));
                }
            });
        }
        drop(work);
        scope.spawn(move || read(BufReader::with_capacity(BATCH, input), too_long, &to_work, &to_order));
        write(out, order)
    })
}

fn answers(batch: Batch, answer: &mut impl FnMut(u64, &[u8]) -> Result<String, Refused>) -> Answers {
    let mut answers = Answers { text: String::new(), refused: false };
    for (number, line) in batch {
        match line.and_then(|line| answer(number, &line)) {
            Ok(line) => answers.text += &line,
            Err(error) => {
                answers.refused = true;
                let _ = write!(answers.text, "{}", json!({"id": null, "line": number, "error": error}));
            }
        }
        answers.text.push('\n');
    }
    answers
}

/// Ends with the input, with its first error, or when nobody writes any more.
fn read(
    mut input: BufReader<impl Read>,
    too_long: &str,
    to_work: &SyncSender<Work>,
    to_order: &SyncSender<io::Result<Receiver<Answers>>>,
) {
    let mut number = 0;
    loop {
        match next_batch(&mut input, too_long, &mut number) {
            Ok(batch) if batch.is_empty() => return,
            Ok(batch) => {
                let (to, answers) = sync_channel(1);
                if to_order.send(Ok(answers)).is_err() || to_work.send((batch, to)).is_err() {
                    return;
                }
            }
            Err(error) => {
                let _ = to_order.send(Err(error));
                return;
            }
        }
    }
}

/// Lines up to a batch's size, fewer when the input makes one wait; none at its end.
fn next_batch(input: &mut BufReader<impl Read>, too_long: &str, number: &mut u64) -> io::Result<Batch> {
    let mut batch = Batch::new();
    let mut bytes = 0;
    loop {
        let mut line = Vec::new();
        let read = input.by_ref().take(LONGEST + 1).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(batch);
        }
        *number += 1;
        if read as u64 > LONGEST && line.last() != Some(&b'\n') {
            input.skip_until(b'\n')?;
            batch.push((*number, Err(too_long.to_owned())));
        } else if !line.iter().all(u8::is_ascii_whitespace) {
            bytes += line.len();
            batch.push((*number, Ok(line)));
        }
        if bytes >= BATCH || !batch.is_empty() && input.buffer().is_empty() {
            return Ok(batch);
        }
    }
}

fn write(mut out: impl Write, order: Receiver<io::Result<Receiver<Answers>>>) -> anyhow::Result<Exit> {
    let mut exit = Exit::Fine;
    for answers in order {
        let answers = answers?.recv()?;
        if answers.refused {
            exit = Exit::Failed;
        }
        out.write_all(answers.text.as_bytes())?;
        out.flush()?;
    }
    Ok(exit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo() -> impl FnMut(u64, &[u8]) -> Result<String, Refused> {
        |number, line| {
            let text = String::from_utf8_lossy(line).trim_end().to_owned();
            // Some take longer than those behind them.
            (0..(number % 7) * 2_000).for_each(|turn| {
                std::hint::black_box(turn);
            });
            if text == "bad" { Err(text) } else { Ok(format!("{number} {text}")) }
        }
    }

    #[test]
    fn answers_come_in_the_order_of_the_lines() {
        let line = |number: u64| format!("{} {number}\n", "x".repeat((number * 37 % 900) as usize));
        let input: String = (1..=20_000).map(line).collect();
        let mut out = Vec::new();
        assert_eq!(run(input.as_bytes(), &mut out, "over 8 MiB", echo).expect("nothing fails"), Exit::Fine);
        let expected: Vec<String> = (1..=20_000).map(|number| format!("{number} {}", line(number))).collect();
        assert!(out == expected.concat().as_bytes());
    }

    #[test]
    fn a_bad_line_is_answered_and_the_rest_goes_on() {
        let long = "y".repeat(LONGEST as usize + 1);
        let input = format!("a\n\n \t\nbad\n{long}\nb");
        let mut out = Vec::new();
        assert_eq!(run(input.as_bytes(), &mut out, "over 8 MiB", echo).expect("nothing fails"), Exit::Failed);
        let expected = "1 a\n{\"error\":\"bad\",\"id\":null,\"line\":4}\n\
                        {\"error\":\"over 8 MiB\",\"id\":null,\"line\":5}\n6 b\n";
        let shown = String::from_utf8(out).expect("UTF-8");
        let keys = |text: &str| -> Vec<String> {
            text.lines()
                .map(|line| {
                    serde_json::from_str::<serde_json::Value>(line).map_or(line.to_owned(), |value| value.to_string())
                })
                .collect()
        };
        assert_eq!(keys(&shown), keys(expected));
    }

    #[test]
    fn a_reader_that_goes_away_ends_it() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        assert!(run(Endless, Closed, "over 8 MiB", echo).is_err());
    }

    struct Endless;

    impl Read for Endless {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            to.fill(b'a');
            if let Some(last) = to.last_mut() {
                *last = b'\n';
            }
            Ok(to.len())
        }
    }
}
