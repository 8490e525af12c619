//! The bounds that every hostile input keeps, measured: a family of cases runs in a process of its own, this very
//! program started again, under a limit of address space and a deadline. After each case it says what processor
//! time the case took and how much memory there ever was since it began.
//!
//! Time is processor time (utime and stime of `/proc/self/stat`), so that a busy machine fails nothing; a hang is
//! caught by a limit of processor time (`ulimit -t`) where it spins, and by the deadline of the whole family where it
//! waits. Memory is VmHWM, set back before each case by way of
//! `/proc/self/clear_refs` (proc(5)); where that is not allowed, it is that of the cases before as well, and only
//! stricter. The making of an input counts as its reading.

use std::io::{BufRead, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Of one case, in MiB.
const MEMORY: u64 = 256;

/// Of one case, in processor time of a release.
const TIME: Duration = Duration::from_secs(2);

/// How much longer code without optimisation may take: the slowest case took 5.2 s of its 8.
const SLOWNESS: u32 = if cfg!(debug_assertions) { 4 } else { 1 };

/// Of a family's process, in seconds of processor time.
const SPINS: u64 = 120;

/// Until a family has ended, on a machine that does ten other things.
const DEADLINE: Duration = Duration::from_mins(15);

/// Of a family's process, in KiB: far above [`MEMORY`], because threads reserve what they never touch; it keeps
/// the machine alive where a case does not keep its bound.
const ADDRESS_SPACE: u64 = 4 << 20;

const CHILD: &str = "VIGIE_HOSTILE_FAMILY";

/// One hostile input: made, and read.
pub(crate) struct Case {
    pub(crate) name: String,
    run: Box<dyn FnOnce()>,
}

impl Case {
    pub(crate) fn new(name: &str, run: impl FnOnce() + 'static) -> Self {
        Self { name: name.to_owned(), run: Box::new(run) }
    }
}

/// What a case took.
#[derive(Debug)]
struct Taken {
    name: String,
    millis: u64,
    mebibytes: u64,
    sound: bool,
}

/// Runs a family, here where this is its process, else in one.
pub(crate) fn hold(family: &str) {
    let (_, cases) = crate::FAMILIES.iter().find(|(name, _)| *name == family).expect("a family");
    if std::env::var(CHILD).is_ok_and(|name| name == family) {
        for case in cases() {
            forget_peak();
            let before = processor_time();
            // What it says stands on standard error; the next cases are tried all the same.
            let sound = catch_unwind(AssertUnwindSafe(case.run)).is_ok();
            let took = processor_time().saturating_sub(before);
            // On a line of its own, whatever the harness has begun to write.
            println!("\ncase\t{}\t{}\t{}\t{sound}", case.name, took.as_millis(), peak() >> 10);
        }
        return;
    }
    let all: Vec<String> = cases().into_iter().map(|case| case.name).collect();
    let taken = taken_by(family);
    let names: Vec<&String> = taken.iter().map(|taken| &taken.name).collect();
    let next = all.get(taken.len()).map_or("none", String::as_str);
    assert_eq!(names, all.iter().collect::<Vec<_>>(), "{family} did not get through; it was at: {next}");
    let is_fine = |taken: &&Taken| {
        taken.sound && taken.mebibytes <= MEMORY && Duration::from_millis(taken.millis) <= TIME * SLOWNESS
    };
    let faults: Vec<&Taken> = taken.iter().filter(|taken| !is_fine(taken)).collect();
    assert!(faults.is_empty(), "{family}: {faults:#?}");
    let longest = taken.iter().max_by_key(|taken| taken.millis).expect("cases");
    let largest = taken.iter().max_by_key(|taken| taken.mebibytes).expect("cases");
    println!("{family}: {} cases; {longest:?}; {largest:?}", taken.len());
}

/// What the cases of a family took, as far as its process came.
fn taken_by(family: &str) -> Vec<Taken> {
    let limits = format!("ulimit -v {ADDRESS_SPACE}; ulimit -t {SPINS}; ulimit -c 0; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &limits]).arg(std::env::current_exe().expect("this program"));
    command.args(["--exact", &format!("families::{family}"), "--nocapture", "--test-threads", "1"]);
    let mut child = command.env(CHILD, family).stdout(Stdio::piped()).spawn().expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let (said, heard) = mpsc::channel();
    // Ends with the child, whose end of the pipe is closed then.
    let reader = std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if said.send(line).is_err() {
                break;
            }
        }
    });
    let end = std::time::Instant::now() + DEADLINE;
    let mut taken = Vec::new();
    while let Ok(line) = heard.recv_timeout(end.saturating_duration_since(std::time::Instant::now())) {
        let mut parts = line.split('\t');
        if parts.next() != Some("case") {
            continue;
        }
        let mut part = || parts.next().expect("a part");
        let name = part().to_owned();
        let [millis, mebibytes] = [part(), part()].map(|number| number.parse().expect("a number"));
        taken.push(Taken { name, millis, mebibytes, sound: part() == "true" });
    }
    // Of one that ended there is nothing to kill.
    let _ = child.kill();
    let _ = child.wait();
    drop(heard);
    let _ = reader.join();
    taken
}

fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// In KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("VmHWM");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Of all threads; clock ticks are hundredths of a second on Linux.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("a process");
    let (_, fields) = stat.rsplit_once(')').expect("a command");
    let ticks = |at: usize| fields.split_ascii_whitespace().nth(at).and_then(|text| text.parse::<u64>().ok());
    Duration::from_millis(10 * (ticks(11).expect("utime") + ticks(12).expect("stime")))
}
