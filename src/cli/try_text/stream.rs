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
/// between documents and gives its answer to a line with its number; a refusal is answered and the rest goes on.
pub(super) fn run<W>(input: impl Read + Send, out: impl Write, worker: impl Fn() -> W + Sync) -> anyhow::Result<Exit>
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
        scope.spawn(move || read(BufReader::with_capacity(BATCH, input), &to_work, &to_order));
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
    to_work: &SyncSender<Work>,
    to_order: &SyncSender<io::Result<Receiver<Answers>>>,
) {
    let mut number = 0;
    loop {
        match next_batch(&mut input, &mut number) {
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
fn next_batch(input: &mut BufReader<impl Read>, number: &mut u64) -> io::Result<Batch> {
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
            batch.push((*number, Err(format!("over {} MiB", LONGEST >> 20))));
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
