//! Faults 1 and 2: the process dies, at any moment and between the server's yes and our note of it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use vigie::demo::reply::Reply;
use vigie::demo::smtp::{Fault, Step};

use crate::stage::{decoded, each_to, numbers, open_desk, order, orders, polled, serve, undated, watching};
use crate::support::{World, until};

/// Entries that are published for each kill.
const LOAD: usize = 100;
/// Deliveries that may be behind what is published when the program dies in the middle of them. A kill cuts off more
/// than it lets through, and a poll reads no more than the first 10,000 entries of a feed.
const BEHIND: usize = 6 * LOAD;
const FEEDS: [&str; 4] = ["/0.xml", "/1.xml", "/2.xml", "/3.xml"];
/// Where an order can let the program die, and up to which pass.
const POINTS: [(&str, usize); 6] = [
    ("ingest/commit", 4),
    ("ingest/committed", 4),
    ("alerter/commit", 3),
    ("alerter/committed", 3),
    ("outbox/sent", 60),
    ("store/commit", 80),
];

/// What a channel's server took, by id: what is in it, and how often it came.
#[derive(Default)]
struct Taken {
    by_id: BTreeMap<String, (String, usize)>,
    told: BTreeSet<usize>,
    in_all: usize,
}

impl Taken {
    fn take(&mut self, id: &str, body: &str, told: &[usize]) {
        let [number] = told else { panic!("one entry a message: {told:?} in {body}") };
        self.in_all += 1;
        let (first, count) = self.by_id.entry(id.to_owned()).or_insert_with(|| (body.to_owned(), 0));
        assert_eq!(first, body, "a repeat of {id} is the same");
        *count += 1;
        assert!(self.told.insert(*number) || *count > 1, "entry {number} came twice under two ids");
    }

    fn repeats(&self) -> usize {
        self.in_all - self.by_id.len()
    }
}

struct Ledger<'a> {
    world: &'a World,
    mails: Taken,
    posts: Taken,
}

impl Ledger<'_> {
    fn collect(&mut self) {
        for mail in self.world.smtp.drain() {
            let told = numbers(&decoded(&mail));
            self.mails.take(&mail.header("Message-ID").expect("a Message-ID"), &undated(&mail), &told);
        }
        for post in self.world.web.drain().into_iter().filter(|seen| seen.path == "/desk") {
            let body = String::from_utf8(post.body.clone()).expect("UTF-8");
            let told = numbers(&body);
            self.posts.take(post.header("webhook-id").expect("an id"), &body, &told);
        }
    }

    fn in_all(&mut self) -> usize {
        self.collect();
        self.mails.in_all + self.posts.in_all
    }

    /// Serves what is not told yet, and some of what is.
    fn publish(&self, until: usize) {
        for (feed, path) in FEEDS.iter().enumerate() {
            let of_feed = (0..until).filter(|n| n % FEEDS.len() == feed);
            let is_told = |n: &usize| self.mails.told.contains(n) && self.posts.told.contains(n);
            serve(self.world, path, of_feed.filter(|n| !is_told(n) || n + 2 * LOAD >= until));
        }
    }
}

/// Five kills here, a hundred in `tests/all.sh`, and as many as `VIGIE_KILLS` says.
#[tokio::test(flavor = "multi_thread")]
async fn fault_01_no_kill_loses_an_alert_and_what_comes_twice_is_the_same() {
    let kills: usize = std::env::var("VIGIE_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(5);
    let seed: u64 =
        std::env::var("VIGIE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    let mut chance = fastrand::Rng::with_seed(seed);
    let rule = "  - {name: all, on: mention, to: [comms, desk], group: off}\n";
    let world = World::with(&(watching(&FEEDS) + rule)).await;
    open_desk(&world);
    world.web.put("/desk", Reply::status(204));
    for path in FEEDS {
        serve(&world, path, []);
    }
    assert_eq!(world.output(&["run", "--once", "-q"]).await.0, 0, "the baseline");
    let start = |world: &World| {
        let mut command = world.vigie(&["run", "-q"]);
        command.env("VIGIE_FAILPOINTS", orders(world)).stderr(Stdio::null()).spawn().expect("the program runs")
    };
    let mut ledger = Ledger { world: &world, mails: Taken::default(), posts: Taken::default() };
    let began = Instant::now();
    let mut died = 0;
    for kill in 1..=kills {
        ledger.publish(kill * LOAD);
        // A tenth of the mails is put off, as greylisting does.
        for _ in 0..LOAD / 10 {
            world.smtp.fail_once(Step::Rcpt, Fault::Reply(451, "4.3.0 later"));
        }
        let before = ledger.in_all();
        let behind = (2 * kill * LOAD).saturating_sub(ledger.mails.told.len() + ledger.posts.told.len());
        // By an order, by the clock, and in the middle of the deliveries.
        let (mut wait, mut enough) = (Duration::from_secs(4), None);
        order(&world, "");
        match kill % 4 {
            0 => wait = Duration::from_millis(chance.u64(0..2_500)),
            1 => {
                let (point, passes) = POINTS[chance.usize(..POINTS.len())];
                order(&world, &format!("{point} die {}\n", chance.usize(1..=passes)));
            }
            _ => enough = Some(before + chance.usize(0..2 * LOAD) + behind.saturating_sub(BEHIND)),
        }
        let mut child = start(&world);
        let (mut moved, mut last) = (Instant::now(), before);
        while moved.elapsed() < wait && enough.is_none_or(|enough| last <= enough) {
            if child.try_wait().expect("a child").is_some() {
                died += 1;
                break;
            }
            tokio::time::sleep(Duration::from_millis(chance.u64(1..25))).await;
            let now = ledger.in_all();
            if enough.is_some() && now > last {
                moved = Instant::now();
            }
            last = now;
        }
        child.kill().expect("killed");
        child.wait().expect("waited for");
    }
    order(&world, "");
    world.smtp.behave();
    let published = kills * LOAD;
    let mut last = start(&world);
    let (mut progress, mut told) = (Instant::now(), 0);
    while ledger.mails.told.len() < published || ledger.posts.told.len() < published {
        let now = ledger.in_all();
        if now > told {
            (progress, told) = (Instant::now(), now);
        }
        let (mails, posts) = (ledger.mails.told.len(), ledger.posts.told.len());
        assert!(progress.elapsed() < Duration::from_secs(30), "{mails} and {posts} of {published} told; seed {seed}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Nothing is left that could come again.
    until("all is recorded", async || {
        let (_, stdout, _) = world.output(&["status", "--json"]).await;
        stdout.contains("\"pending\":0")
    })
    .await;
    last.kill().expect("killed");
    last.wait().expect("waited for");
    let (in_all, twice) = (ledger.in_all(), ledger.mails.repeats() + ledger.posts.repeats());
    println!(
        "{kills} kills, {died} of them at fail points, {in_all} deliveries of {published} entries, {twice} of them \
         repeats ({:.2} %), {} s, seed {seed}",
        100.0 * twice as f64 / in_all as f64,
        began.elapsed().as_secs()
    );
    assert!(twice * 100 <= in_all, "{twice} of {in_all} sent twice; seed {seed}");
}

/// The whole mail is there; then the program dies before it hears so, or hears so and dies before it notes it.
#[tokio::test(flavor = "multi_thread")]
async fn fault_02_what_was_accepted_and_not_recorded_comes_again_as_the_same_message() {
    for after_the_answer in [false, true] {
        let world = World::with(&each_to("comms")).await;
        serve(&world, "/rss.xml", []);
        assert_eq!(world.output(&["run", "--once", "-q"]).await.0, 0, "the baseline");
        serve(&world, "/rss.xml", [1]);
        let child: Arc<Mutex<Option<std::process::Child>>> = Arc::default();
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let (victim, heard) = (Arc::clone(&child), Arc::clone(&seen));
        world.smtp.before_accepting(move |mail| {
            heard.lock().expect("no panic").push(undated(mail));
            if let (false, Some(mut child)) = (after_the_answer, victim.lock().expect("no panic").take()) {
                child.kill().expect("killed");
                child.wait().expect("waited for");
            }
        });
        order(&world, if after_the_answer { "outbox/sent die 1\n" } else { "" });
        let start = || {
            let mut command = world.vigie(&["run", "-q"]);
            command.env("VIGIE_FAILPOINTS", orders(&world)).stderr(Stdio::null()).spawn().expect("the program runs")
        };
        {
            let mut slot = child.lock().expect("no panic");
            *slot = Some(start());
        }
        until("the program died", async || {
            child.lock().expect("no panic").as_mut().is_none_or(|child| child.try_wait().is_ok_and(|end| end.is_some()))
        })
        .await;
        order(&world, "");
        let mut again = start();
        until("the mail came again", async || seen.lock().expect("no panic").len() == 2).await;
        polled(&world, "/rss.xml").await;
        again.kill().expect("killed");
        again.wait().expect("waited for");
        let seen = seen.lock().expect("no panic");
        assert!(seen.len() == 2 && seen[0].contains("Message-ID: <"), "twice and no more: {}", seen.len());
        assert_eq!(seen[0], seen[1]);
    }
}
