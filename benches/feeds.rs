//! What reading a well-formed feed costs beside feed-rs alone: charset, root, counting of items, ids, dates,
//! text, and all checks for damage. `cargo bench --bench feeds`; the ratio is printed at the end.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use vigie::exchange::{Answer, Tag, Validators};
use vigie::source::feed::FeedConfig;
use vigie::source::{Source, State};

/// 30 items of about 90 words, as the figure of a poll has them.
fn feed() -> String {
    let words = [
        "réseau",
        "panne",
        "client",
        "débit",
        "facture",
        "boutique",
        "fibre",
        "service",
        "offre",
        "l’été",
        "matin",
        "équipe",
        "retard",
        "réponse",
        "forfait",
        "mobile",
        "demain",
        "village",
        "ligne",
        "antenne",
    ];
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Le flux</title>\
         <link>https://a.example/</link><description>Un flux</description>\n",
    );
    for n in 0..30 {
        let text: Vec<&str> = (0..90).map(|w| words[(n * 7 + w * (n + 3)) % words.len()]).collect();
        let (half, rest) = text.split_at(45);
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "<item><title>Titre de l’article {n} &amp; suite</title><link>https://a.example/articles/{n}</link>\
             <guid isPermaLink=\"false\">a-{n}</guid><pubDate>Sat, 21 Nov 2026 10:{n:02}:00 +0100</pubDate>\
             <dc:creator>Ana Côme</dc:creator><description><![CDATA[<p>{}, <a href=\"https://b.example/{n}\">{}</a>.</p>\
             <p>{}.</p>]]></description></item>",
            half.join(" "),
            rest[0],
            rest.join(" ")
        );
    }
    out.push_str("</channel></rss>\n");
    out
}

struct Reader {
    source: Source,
    state: State,
    answer: Answer,
}

impl Reader {
    fn of(body: &str) -> Self {
        let url = "https://a.example/rss".to_owned();
        let config = FeedConfig { url: url.clone(), ..FeedConfig::default() };
        let source = Source::Feed(config.compile().expect("an address"));
        let answer = Answer {
            url,
            tag: Tag::Main,
            content_type: Some("application/rss+xml; charset=utf-8".to_owned()),
            validators: Validators::default(),
            body: body.as_bytes().to_vec(),
            received: "2026-11-21T12:00:00Z".parse().expect("a time"),
        };
        Self { state: source.start(&State::default()).state, source, answer }
    }

    fn read(&self) -> usize {
        self.source.next(&self.state, &self.answer).expect("a feed").entries.len()
    }
}

fn raw(body: &str) -> usize {
    feed_rs::parser::parse(black_box(body.as_bytes())).expect("a feed").entries.len()
}

/// The median of many runs, taken by turns so that a busy machine disturbs both alike.
fn medians(mut one: impl FnMut(), mut other: impl FnMut()) -> (Duration, Duration) {
    const RUNS: usize = 401;
    let time = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    let (mut ones, mut others): (Vec<Duration>, Vec<Duration>) =
        (0..RUNS).map(|_| (time(&mut one), time(&mut other))).unzip();
    ones.sort_unstable();
    others.sort_unstable();
    (ones[RUNS / 2], others[RUNS / 2])
}

fn main() {
    let body = feed();
    let reader = Reader::of(&body);
    assert_eq!((reader.read(), raw(&body)), (30, 30));
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("feeds");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function("feed-rs alone", |bencher| bencher.iter(|| raw(&body)));
    group.bench_function("vigie", |bencher| bencher.iter(|| reader.read()));
    group.finish();
    criterion.final_summary();
    let (ours, theirs) = medians(
        || {
            black_box(reader.read());
        },
        || {
            black_box(raw(&body));
        },
    );
    println!(
        "a feed of {} KB: feed-rs {theirs:?}, vigie {ours:?}, {:.3} × (bound 1.1)",
        body.len() >> 10,
        ours.as_secs_f64() / theirs.as_secs_f64()
    );
}
