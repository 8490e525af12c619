//! Faults 7, 27 and 29: clocks that jump, a week without vigie, a source that is dead for a day.

use vigie::daemon::Control;
use vigie::demo::reply::Reply;
use vigie::demo::smtp::{Fault, Step};
use vigie::store::Store;

use crate::running::Running;
use crate::stage::{DAY, Dial, HOUR, channel, dated, decoded, numbers, of_kind, serve, watching};
use crate::support::{LIMIT, World, until};

const DAILY: &str =
    "  - {name: all, on: mention, to: comms, group: 1h}\n  - {name: daily, on: digest, at: \"00:00\", to: comms}\n";

#[tokio::test(flavor = "multi_thread")]
async fn fault_07_a_clock_that_jumps_a_day_makes_no_storm_and_no_stall() {
    let hourly = watching(&["/rss.xml"]).replace("every: 1s", "every: 1h");
    let world = World::with(&(hourly + "  - {name: all, on: mention, to: comms, group: 10m}\n")).await;
    serve(&world, "/rss.xml", []);
    let dial = Dial::default();
    let running = Running::by(&world, dial.clone()).await;
    let asked = async |times: usize| {
        until("the feed was asked", async || world.web.count("/rss.xml") >= times).await;
    };
    // An hour and a tenth, ten minutes at a time.
    let hour_passes = async |times: usize| {
        for _ in 0..8 {
            dial.turn(HOUR / 6);
            tokio::time::sleep(std::time::Duration::from_millis(400)).await;
            if world.web.count("/rss.xml") >= times {
                return;
            }
        }
        panic!("the poll is not made in time");
    };
    asked(1).await;
    until("the baseline is there", async || {
        running.store.sources().await.is_ok_and(|sources| sources.iter().any(|source| source.baseline.is_some()))
    })
    .await;
    // Ahead: one poll, not the 24 that were missed; what it brings is told, and put off by the server.
    serve(&world, "/rss.xml", [1]);
    world.smtp.fail_once(Step::Mail, Fault::Reply(451, "4.3.0 later"));
    dial.turn(DAY);
    asked(2).await;
    until("the first attempt failed", async || world.smtp.visits(Step::Mail) == 1).await;
    // Back: neither the retry nor the next poll waits for the day that was taken back, nor after a start.
    dial.turn(-DAY);
    assert_eq!(world.smtp.wait_for(1, LIMIT).await.len(), 1);
    running.order(Control::Reload).await;
    serve(&world, "/rss.xml", [2, 1]);
    hour_passes(3).await;
    world.smtp.wait_for(2, LIMIT).await;
    dial.turn(DAY);
    asked(4).await;
    until("the poll is committed", async || {
        let sources = running.store.sources().await.expect("a store");
        sources[0].asked.is_some_and(|asked| asked > jiff::Timestamp::now() + jiff::SignedDuration::from_secs(DAY))
    })
    .await;
    running.stop().await;
    dial.turn(-DAY);
    let running = Running::by(&world, dial.clone()).await;
    serve(&world, "/rss.xml", [3, 2, 1]);
    hour_passes(5).await;
    let mails = world.smtp.wait_for(3, LIMIT).await;
    assert_eq!(mails.iter().map(|mail| numbers(&decoded(mail))).collect::<Vec<_>>(), [[1], [2], [3]]);
    // A little back, as a time server sets it, and a little ahead.
    for seconds in [-30, 30, -30, 30] {
        dial.turn(seconds);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(world.web.count("/rss.xml"), 5, "no storm");
    running.stop().await;
    assert_eq!(world.smtp.mails().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_27_after_seven_days_off_the_days_missed_are_one_digest_and_no_flood() {
    let world = World::with(&(watching(&["/rss.xml"]) + DAILY)).await;
    serve(&world, "/rss.xml", []);
    let dial = Dial::default();
    let running = Running::by(&world, dial.clone()).await;
    until("the digests begin", async || {
        running.store.sources().await.is_ok_and(|sources| sources.iter().any(|source| source.baseline.is_some()))
            && running.store.windows().await.is_ok_and(|(windows, _)| !windows.is_empty())
    })
    .await;
    running.stop().await;
    // Published now, that is seven days and some hours before they are found: late; and some on the last days.
    serve(&world, "/rss.xml", 0..300);
    dial.turn(7 * DAY + 2 * HOUR);
    let again = Running::by(&world, dial.clone()).await;
    until("all is decided", async || {
        let rows = again.store.mentions(1_000).await.expect("a store");
        rows.len() == 300 && rows.iter().all(|row| !row.decisions.is_empty())
    })
    .await;
    let reasons = |rows: &[vigie::store::MentionRow]| -> Vec<&'static str> {
        let mut reasons: Vec<_> = rows.iter().map(|row| row.decisions[0].0.reason.name()).collect();
        reasons.dedup();
        reasons
    };
    let rows = again.store.mentions(1_000).await.expect("a store");
    assert_eq!(reasons(&rows), ["Late"], "what is older than a week waits for the digest");
    // That the feed fell silent is told beside it.
    let mails = async |count: usize| {
        let mut mails = Vec::new();
        until("it is told", async || {
            mails = world.smtp.mails();
            mails.retain(|mail| mail.header("X-Vigie-Kind").is_none_or(|kind| kind != "coverage"));
            mails.len() >= count
        })
        .await;
        assert_eq!(mails.len(), count);
        mails
    };
    let told = mails(1).await;
    assert!(told[0].header("X-Vigie-Rule").is_some_and(|rule| rule == "daily"), "{}", decoded(&told[0]));
    // What is young is told at once, as one message.
    let items = (300..340).map(|n| dated(n, jiff::SignedDuration::from_secs(6 * DAY)));
    world.web.put("/rss.xml", channel(items));
    dial.turn(60);
    let told = mails(2).await;
    let parsed = mail_parser::MessageParser::default().parse(&told[1].raw).expect("a mail");
    let csv = parsed.attachment(0).expect("all as CSV").text_contents().expect("text").lines().count();
    assert_eq!(csv, 41, "forty in one message");
    // The late ones are in the digest after the next midnight, once.
    dial.turn(DAY);
    let told = mails(3).await;
    assert!(decoded(&told[2]).contains("300"), "{}", decoded(&told[2]));
    until("the digest has told them", async || {
        let rows = again.store.mentions(1_000).await.expect("a store");
        rows.iter().all(|row| row.decisions.iter().any(|(_, state)| *state == "sent"))
    })
    .await;
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_29_a_source_that_is_dead_for_a_day_is_told_and_told_again_and_its_return_too() {
    let hourly = watching(&["/rss.xml", "/well.xml"]).replace("every: 1s", "every: 6h");
    let world = World::with(&(hourly + "  - {name: all, on: mention, to: comms}\n")).await;
    serve(&world, "/rss.xml", []);
    serve(&world, "/well.xml", []);
    let dial = Dial::default();
    let running = Running::by(&world, dial.clone()).await;
    until("both were asked", async || world.web.count("/rss.xml") == 1 && world.web.count("/well.xml") == 1).await;
    world.web.put("/rss.xml", Reply::status(500));
    // The hours until the next mail about coverage, and what it says.
    let told = async |count: usize| {
        let mut hours = 0;
        while world.smtp.mails().len() < count {
            assert!(hours < 40, "nobody is told");
            hours += 1;
            dial.turn(HOUR);
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
        let mails = of_kind(world.smtp.mails(), "coverage");
        assert_eq!(mails.len(), count);
        (hours, decoded(&mails[count - 1]))
    };
    let (hours, first) = told(1).await;
    assert!(first.contains("127.0.0.1") && first.contains("500"), "{first}");
    assert!((12..=24).contains(&hours), "the third failure in a row, or twelve hours of them: {hours}");
    let (hours, second) = told(2).await;
    assert!(second.contains("one source") && (23..=26).contains(&hours), "a day later: {hours}, {second}");
    serve(&world, "/rss.xml", []);
    let (hours, third) = told(3).await;
    assert!(third.contains("127.0.0.1") && !third.contains("500") && hours <= 8, "{hours}, {third}");
    running.stop().await;
}
