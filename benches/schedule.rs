//! What the schedule costs: one fire is a source released, finished and armed again. Sources on hosts of their
//! own, and many to a host; CPU time of this thread. `cargo bench --bench schedule`.

use std::time::Duration;

use jiff::Timestamp;
use vigie::schedule::Schedule;
use vigie::source::SourceKey;

const FIRES: u64 = 200_000;
const EVERY: i64 = 3_600_000;

/// Nanoseconds on a CPU so far.
fn spent() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split(' ').next().and_then(|first| first.parse().ok()).expect("a number")
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(1_790_000_000_000 + millis).expect("a time")
}

fn measure(sources: u64, hosts: u64) -> f64 {
    let names: Vec<String> = (0..hosts).map(|host| format!("{host}.example")).collect();
    let name = |source: u64| names[(source % hosts) as usize].as_str();
    let slack = Duration::from_mins(6);
    let mut schedule = Schedule::new(64);
    for source in 0..sources {
        // Spread over the hour as polls are, by a multiplication that looks like chance.
        let due = (source.wrapping_mul(0x9E37_79B9_7F4A_7C15) % EVERY as u64) as i64;
        schedule.insert_with(SourceKey(source), name(source), at(due), false, slack);
    }
    let (mut now, mut fires) = (at(0), 0);
    let start = spent();
    while fires < FIRES {
        while let Some(key) = schedule.pop_due(now) {
            schedule.finished(key, now);
            schedule.insert_with(key, name(key.0), now + Duration::from_millis(EVERY as u64), false, slack);
            fires += 1;
        }
        now = schedule.next_wake().map_or(now, |wake| wake.max(now + Duration::from_millis(1)));
    }
    (spent() - start) as f64 / fires as f64
}

fn main() {
    println!("sources     hosts   ns a fire");
    for (sources, hosts) in [(10_000, 10_000), (10_000, 500), (1_000_000, 1_000_000)] {
        println!("{sources:>7}   {hosts:>7}   {:>9.0}", measure(sources, hosts));
    }
}
