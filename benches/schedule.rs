//! What the schedule costs. One fire is a source released, finished and armed again, on hosts of their own and
//! many to a host; CPU time of this thread. Beside it what a poll costs that finds nothing changed (304) through
//! the real client: over a connection that is kept, and over a new one, which is what most polls are; the server
//! is a thread of its own and not counted. Bytes of an idle source are those that a schedule of that many holds.
//! `cargo bench --bench schedule`.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use vigie::clock::SystemClock;
use vigie::config::settings::{FetchSettings, OpenedAddress};
use vigie::fetch::Fetcher;
use vigie::health::SourceState;
use vigie::net::Client;
use vigie::schedule::Schedule;
use vigie::source::feed::FeedConfig;
use vigie::source::{Source, SourceKey, State};

const FIRES: u64 = 200_000;
const POLLS: u32 = 3_000;
const EVERY: i64 = 3_600_000;
const SLACK: Duration = Duration::from_mins(6);

const FEED: &str = "<rss version=\"2.0\"><channel><title>Site</title><item><guid>https://s.example/1</guid>\
                    <title>Annonce</title><link>https://s.example/1</link></item></channel></rss>";

/// Nanoseconds on a CPU so far.
fn spent() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split(' ').next().and_then(|first| first.parse().ok()).expect("a number")
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(1_790_000_000_000 + millis).expect("a time")
}

/// All armed, none due.
fn idle(sources: u64, hosts: u64) -> Schedule {
    let names: Vec<String> = (0..hosts).map(|host| format!("{host}.example")).collect();
    let mut schedule = Schedule::new(64);
    for source in 0..sources {
        // Spread over the hour as polls are, by a multiplication that looks like chance.
        let due = (source.wrapping_mul(0x9E37_79B9_7F4A_7C15) % EVERY as u64) as i64;
        schedule.insert_with(SourceKey(source), &names[(source % hosts) as usize], at(due), false, SLACK);
    }
    schedule
}

fn fire(sources: u64, hosts: u64) -> f64 {
    let mut schedule = idle(sources, hosts);
    let (mut now, mut fires) = (at(0), 0);
    let start = spent();
    while fires < FIRES {
        while let Some(key) = schedule.pop_due(now) {
            schedule.finished_until(key, now, now + Duration::from_millis(EVERY as u64), SLACK);
            fires += 1;
        }
        now = schedule.next_wake().map_or(now, |wake| wake.max(now + Duration::from_millis(1)));
    }
    (spent() - start) as f64 / fires as f64
}

fn bytes(sources: u64, hosts: u64) -> f64 {
    let mut kept = None;
    let held = allocation_counter::measure(|| kept = Some(idle(sources, hosts)));
    assert_eq!(kept.map(|schedule| schedule.len() as u64), Some(sources));
    held.bytes_current as f64 / sources as f64
}

/// Answers conditional requests with 304; closes after each where `keep` is false.
fn serve(keep: bool) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut writer = stream.try_clone().expect("the same stream");
            let (mut reader, mut line, mut is_known) = (BufReader::new(stream), String::new(), false);
            while reader.read_line(&mut line).is_ok_and(|read| read > 0) {
                if line == "\r\n" {
                    let close = if keep { "" } else { "Connection: close\r\n" };
                    let answer = if is_known {
                        format!("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n{close}\r\n")
                    } else {
                        format!("HTTP/1.1 200 OK\r\nETag: \"1\"\r\n{close}Content-Length: {}\r\n\r\n{FEED}", FEED.len())
                    };
                    if writer.write_all(answer.as_bytes()).is_err() || !keep {
                        break;
                    }
                    is_known = false;
                }
                is_known |= line.to_ascii_lowercase().starts_with("if-none-match:");
                line.clear();
            }
        }
    });
    address
}

/// Nanoseconds of an unchanged poll.
async fn poll(keep: bool) -> f64 {
    let address = serve(keep);
    let opened = OpenedAddress { network: address.ip(), bits: 32, port: address.port() };
    let client = Client::new(&FetchSettings { allow_private: vec![opened], ..FetchSettings::default() }).expect("one");
    let fetcher = Fetcher::new(client, SystemClock);
    let config = FeedConfig { url: format!("http://{address}/feed"), ..FeedConfig::default() };
    let source = Source::Feed(config.compile().expect("a feed"));
    let first = fetcher.poll(&source, State::default()).await;
    assert_eq!((first.verdict.state, first.entries.len()), (SourceState::Ok, 1));
    let state = first.state.expect("validators");
    let start = spent();
    for _ in 0..POLLS {
        assert!(fetcher.poll(&source, state.clone()).await.verdict.not_modified);
    }
    (spent() - start) as f64 / f64::from(POLLS)
}

fn main() {
    println!("sources     hosts   ns a fire   bytes an idle source");
    let mut share = 0.0;
    for (sources, hosts) in [(10_000, 10_000), (10_000, 500), (1_000_000, 1_000_000)] {
        let (fire, bytes) = (fire(sources, hosts), bytes(sources, hosts));
        println!("{sources:>7}   {hosts:>7}   {fire:>9.0}   {bytes:>20.0}");
        if sources == hosts && share == 0.0 {
            share = fire;
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for (name, keep) in [("on a connection that is kept", true), ("on a new connection", false)] {
        let poll = runtime.block_on(poll(keep));
        println!("a poll of 304 {name}: {:.1} µs; a fire is {:.2} % of it", poll / 1e3, share / poll * 100.0);
    }
}
