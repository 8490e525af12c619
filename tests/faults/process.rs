//! Faults 28 and 30: a loop that does not turn, and a stop in the middle of a send.

use std::time::{Duration, Instant};

use vigie::demo::reply::Reply;

use crate::stage::{decoded, each_to, numbers, order, orders, polled, serve, watching};
use crate::support::{LIMIT, Service, World, until};

/// The watchdog's patience, as systemd says it.
const PATIENCE: Duration = Duration::from_secs(4);

fn watched(world: &World) -> Service {
    let mut command = world.vigie(&["run"]);
    let log = std::fs::File::create(world.path().join("log")).expect("a file");
    command.stderr(log).env("VIGIE_FAILPOINTS", orders(world));
    command.env("WATCHDOG_USEC", PATIENCE.as_micros().to_string());
    Service::of(world, command)
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_28_a_loop_that_hangs_starves_the_watchdog_and_the_restart_tells_what_waited() {
    // Longer than the loops take to look around.
    const QUICK: &str = "daemon/stuck last 15\n";
    let world = World::with(&each_to("comms")).await;
    serve(&world, "/rss.xml", []);
    order(&world, QUICK);
    let mut service = watched(&world);
    service.tells("READY=1").await;
    // While all turns it is fed in time.
    for _ in 0..3 {
        let began = Instant::now();
        service.tells("WATCHDOG=1").await;
        assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    }
    order(&world, &format!("{QUICK}alerter/turn hang\n"));
    polled(&world, "/rss.xml").await;
    serve(&world, "/rss.xml", [1]);
    // As systemd does: no food for that long, and it is killed and started again.
    until("the watchdog bites", async || !service.is_told("WATCHDOG=1", PATIENCE).await).await;
    service.signal("ABRT");
    service.ends_with().await;
    assert_eq!(world.smtp.mails().len(), 0, "the alerter hung");
    order(&world, QUICK);
    let mut again = watched(&world);
    let mails = world.smtp.wait_for(1, LIMIT).await;
    assert_eq!(numbers(&decoded(&mails[0])), [1]);
    again.signal("TERM");
    assert_eq!(again.ends_with().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fault_30_sigterm_in_the_middle_of_a_send_is_a_clean_stop() {
    let world =
        World::with(&(watching(&["/rss.xml", "/hang"]) + "  - {name: all, on: mention, to: comms, group: off}\n"))
            .await;
    world.web.put("/hang", Reply::hang());
    serve(&world, "/rss.xml", []);
    // The whole mail is there, and its answer takes three seconds.
    let (arrived, whole) = std::sync::mpsc::channel();
    world.smtp.before_accepting(move |_| {
        let _ = arrived.send(());
        // What waits on this thread goes on elsewhere.
        tokio::task::block_in_place(|| std::thread::sleep(Duration::from_secs(3)));
    });
    let mut service = Service::start(&world);
    service.tells("READY=1").await;
    polled(&world, "/rss.xml").await;
    serve(&world, "/rss.xml", 1..=3);
    until("a mail is on its way", async || whole.try_recv().is_ok()).await;
    service.signal("TERM");
    let began = Instant::now();
    service.tells("STOPPING=1").await;
    let code = service.ends_with().await;
    let log = std::fs::read_to_string(world.path().join("log")).expect("a log");
    assert_eq!(code, 0, "{log}");
    // Five seconds are for the source that hangs, twenty for the delivery.
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert!(log.contains("event=stopped") && log.contains("clean=true"), "{log}");
    assert_eq!(world.smtp.mails().len(), 1, "that one, and none was begun after it: {log}");
    // It was recorded: the others follow, and it does not come again.
    world.smtp.before_accepting(|_| {});
    let mut again = Service::start(&world);
    world.smtp.wait_for(3, LIMIT).await;
    polled(&world, "/rss.xml").await;
    let mut told: Vec<usize> = world.smtp.mails().iter().flat_map(|mail| numbers(&decoded(mail))).collect();
    told.sort_unstable();
    assert_eq!(told, [1, 2, 3]);
    again.signal("KILL");
    again.ends_with().await;
}
