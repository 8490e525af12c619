//! The one thread that writes. Commands that wait in the queue share a transaction, each under a
//! savepoint of its own; whoever asked is answered after COMMIT. Owns the grouping; knows no verb.
//!
//! A group is what has queued up by the time the thread is free, up to 500 rows or 50 ms of work: the
//! thread never waits for company. While one group syncs to the disk the next one gathers, so a burst
//! groups by itself, and a lone command costs one sync and no delay. A fixed wait of 50 ms would put
//! 50 s on a stage that awaits a thousand commits one by one, and save it nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use zstd::bulk::Compressor;

use crate::failpoint;
use crate::store::StoreError;

/// Commands in the queue; a full one holds back whoever asks.
const QUEUE: usize = 32;
/// Rows in a transaction, about.
const GROUP_ROWS: usize = 500;
/// Work in a transaction.
const GROUP_TIME: Duration = Duration::from_millis(50);
/// The fastest usual level: a first poll keeps thirty texts a feed, and CPU is what it must not cost.
const LEVEL: i32 = 1;

/// What a command works with.
pub(super) struct Desk {
    pub(super) conn: Connection,
    /// One context for all: making one costs more than a small text.
    compressor: Compressor<'static>,
}

impl Desk {
    /// Compresses a text or body.
    pub(super) fn compress(&mut self, data: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.compressor.compress(data).map_err(|error| StoreError::Other(format!("zstd: {error}")))
    }
}

/// A command in the queue. It may run twice: again, alone, when the transaction that it shared was lost.
trait Command: Send {
    fn rows(&self) -> usize;
    /// Runs and keeps the result; true when it went well.
    fn run(&mut self, desk: &mut Desk) -> bool;
    /// Overrides the result.
    fn fail(&mut self, error: StoreError);
    /// Tells whoever asked.
    fn answer(self: Box<Self>);
}

struct Asked<T, F> {
    rows: usize,
    run: F,
    result: Result<T, StoreError>,
    reply: SyncSender<Result<T, StoreError>>,
}

impl<T: Send, F: FnMut(&mut Desk) -> Result<T, StoreError> + Send> Command for Asked<T, F> {
    fn rows(&self) -> usize {
        self.rows
    }

    fn run(&mut self, desk: &mut Desk) -> bool {
        // A panic in one command must not end the thread that all stages write through.
        self.result = catch_unwind(AssertUnwindSafe(|| (self.run)(desk)))
            .unwrap_or_else(|_| Err(StoreError::Other("a write panicked".into())));
        self.result.is_ok()
    }

    fn fail(&mut self, error: StoreError) {
        self.result = Err(error);
    }

    fn answer(self: Box<Self>) {
        // Whoever asked may be gone; the write stands.
        let _ = self.reply.send(self.result);
    }
}

/// The queue's end that verbs hold.
#[derive(Clone)]
pub(super) struct Queue(SyncSender<Box<dyn Command>>);

impl Queue {
    /// Runs `run` in a transaction; returns when it is on the disk. `rows` is about what it writes.
    ///
    /// The wait is a blocking task of tokio rather than a channel: tokio holds a paused clock still
    /// while one runs, so that virtual time does not race ahead of the disk.
    pub(super) async fn write<T, F>(self, rows: usize, run: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Desk) -> Result<T, StoreError> + Send + 'static,
    {
        let outcome = tokio::task::spawn_blocking(move || self.send(rows, run)?.recv().map_err(|_| closed())?);
        outcome.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Puts a command into the queue, waiting for room in it, and returns where the answer will come.
    pub(super) fn send<T, F>(&self, rows: usize, run: F) -> Result<Receiver<Result<T, StoreError>>, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Desk) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = sync_channel(1);
        self.0.send(Box::new(Asked { rows, run, result: Err(closed()), reply })).map_err(|_| closed())?;
        Ok(answer)
    }
}

fn closed() -> StoreError {
    StoreError::Other("the store is closed".into())
}

/// The thread and its queue; dropped, it finishes what is queued and closes the file.
pub(super) struct Writer {
    queue: Option<Queue>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(conn: Connection) -> Result<Self, StoreError> {
        let compressor = Compressor::new(LEVEL).map_err(|error| StoreError::Other(format!("zstd: {error}")))?;
        let mut desk = Desk { conn, compressor };
        let (sender, receiver) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("store".into())
            .spawn(move || work(&mut desk, &receiver))
            .map_err(|error| StoreError::Other(format!("cannot start a thread: {error}")))?;
        Ok(Self { queue: Some(Queue(sender)), thread: Some(thread) })
    }

    /// Where commands go.
    pub(super) fn queue(&self) -> Queue {
        self.queue.clone().expect("the queue is taken only on drop")
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn work(desk: &mut Desk, queue: &Receiver<Box<dyn Command>>) {
    let mut group = Vec::new();
    while let Ok(first) = queue.recv() {
        let began = Instant::now();
        let mut rows = first.rows();
        group.push(first);
        let outcome = transact(desk, &mut group, &mut || {
            if rows >= GROUP_ROWS || began.elapsed() >= GROUP_TIME {
                return None;
            }
            let next = queue.try_recv().ok()?;
            rows += next.rows();
            Some(next)
        });
        match outcome {
            Ok(()) => {}
            Err(lost) if group.len() == 1 => lost.tell(&mut group[0]),
            // The engine gave the whole transaction up (full disk): each stands or falls alone.
            Err(_) => {
                for command in &mut group {
                    if let Err(lost) = alone(desk, command) {
                        lost.tell(command);
                    }
                }
            }
        }
        for command in group.drain(..) {
            command.answer();
        }
    }
}

/// Why a transaction is not on the disk.
enum Lost {
    /// Its last command failed so that the engine gave it up; the command knows why.
    ByCommand,
    /// It could not begin or commit.
    ByEngine(StoreError),
}

impl Lost {
    fn tell(self, command: &mut Box<dyn Command>) {
        if let Self::ByEngine(error) = self {
            command.fail(error);
        }
    }
}

impl From<rusqlite::Error> for Lost {
    fn from(error: rusqlite::Error) -> Self {
        Self::ByEngine(error.into())
    }
}

/// Runs the commands of `group`, and those that `more` still brings, in one transaction.
fn transact(
    desk: &mut Desk,
    group: &mut Vec<Box<dyn Command>>,
    more: &mut dyn FnMut() -> Option<Box<dyn Command>>,
) -> Result<(), Lost> {
    begin(desk)?;
    let mut at = 0;
    loop {
        if at == group.len() {
            let Some(next) = more() else { break };
            group.push(next);
        }
        under_savepoint(desk, &mut group[at])?;
        at += 1;
    }
    commit(desk)
}

fn alone(desk: &mut Desk, command: &mut Box<dyn Command>) -> Result<(), Lost> {
    begin(desk)?;
    under_savepoint(desk, command)?;
    commit(desk)
}

fn begin(desk: &Desk) -> Result<(), Lost> {
    // A transaction that an earlier failure left open would swallow this one.
    roll_back(desk);
    execute(desk, "BEGIN IMMEDIATE")
}

fn commit(desk: &Desk) -> Result<(), Lost> {
    failpoint::dies("store/commit");
    let outcome = match failpoint::fails("store/commit") {
        Some(disk) => Err(Lost::ByEngine(StoreError::Unwritable(disk))),
        None => execute(desk, "COMMIT"),
    };
    if outcome.is_err() {
        roll_back(desk);
    }
    outcome
}

fn roll_back(desk: &Desk) {
    if !desk.conn.is_autocommit() {
        let _ = desk.conn.execute_batch("ROLLBACK");
    }
}

fn execute(desk: &Desk, sql: &str) -> Result<(), Lost> {
    desk.conn.prepare_cached(sql)?.execute([])?;
    Ok(())
}

/// An error means that the whole transaction is lost, not that the command failed.
fn under_savepoint(desk: &mut Desk, command: &mut Box<dyn Command>) -> Result<(), Lost> {
    execute(desk, "SAVEPOINT command")?;
    let done = command.run(desk);
    if desk.conn.is_autocommit() {
        return Err(Lost::ByCommand);
    }
    if !done {
        execute(desk, "ROLLBACK TO command")?;
    }
    execute(desk, "RELEASE command")
}
