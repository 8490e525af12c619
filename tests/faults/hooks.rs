//! Faults 15 to 17: webhooks that ask for patience, move, go away or drip.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use vigie::config::Secret;
use vigie::config::settings::{FetchSettings, OpenedAddress, UiLanguage};
use vigie::config::signing::SigningKeys;
use vigie::demo::reply::Reply;
use vigie::demo::web::Web;
use vigie::locale::Locale;
use vigie::net::Client;
use vigie::notify::webhook::DEADLINE;
use vigie::notify::{Channel, Message, Rendered, SendError, Webhook};
use vigie::store::Store;

use crate::running::Running;
use crate::stage::{DAY, Dial, HOUR, each_to, is_signed, numbers, open_desk, serve, status};
use crate::support::{World, until};

async fn watched(dial: &Dial, reply: Reply) -> (World, Running) {
    let world = World::with(&each_to("desk")).await;
    open_desk(&world);
    serve(&world, "/rss.xml", []);
    let running = Running::by(&world, dial.clone()).await;
    dial.polled(&world, "/rss.xml").await;
    world.web.put("/desk", reply);
    serve(&world, "/rss.xml", [1]);
    asked(&world, 1).await;
    (world, running)
}

async fn asked(world: &World, times: usize) {
    until("the webhook was asked", async || world.web.count("/desk") == times).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_15_429_5xx_and_retry_after_are_honoured() {
    let dial = Dial::default();
    let (world, running) = watched(&dial, Reply::status(429).retry_after("120")).await;
    let mut times = 1;
    for (seconds, next) in [
        (120, Reply::status(503).retry_after("900")),
        (900, Reply::status(500)),
        // Three times the wait before it, and a sixth; at most an hour.
        (HOUR, Reply::status(502).retry_after("100000")),
        (HOUR, Reply::status(204)),
    ] {
        until("the answer is recorded", async || {
            let due = running.store.due("desk", Timestamp::MAX, 1).await.expect("a store");
            due.first().is_some_and(|row| row.attempts as usize == times)
        })
        .await;
        world.web.put("/desk", next);
        if seconds < HOUR {
            dial.turn(seconds - 20);
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert_eq!(world.web.count("/desk"), times, "not before its time");
        }
        dial.turn(if seconds < HOUR { 20 } else { HOUR + 10 });
        times += 1;
        asked(&world, times).await;
    }
    until("it is delivered", async || running.store.outbox().await.expect("a store").pending == 0).await;
    let posts = world.web.requests_to("/desk");
    assert_eq!(numbers(&String::from_utf8_lossy(&posts[0].body)), [1]);
    for post in &posts {
        assert_eq!((&post.body, post.header("webhook-id")), (&posts[0].body, posts[0].header("webhook-id")));
        assert!(is_signed(post), "each by its own time: {post:?}");
    }
    assert_ne!(posts[0].header("webhook-timestamp"), posts[4].header("webhook-timestamp"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_16_a_redirect_is_a_failure_and_410_disables_the_channel_and_is_said() {
    let dial = Dial::default();
    let (world, running) = watched(&dial, Reply::redirect(307, "/elsewhere")).await;
    world.web.put("/elsewhere", Reply::status(204));
    until("the redirect is a failure", async || {
        let due = running.store.due("desk", Timestamp::MAX, 1).await.expect("a store");
        due.first().is_some_and(|row| row.attempts == 1)
    })
    .await;
    assert_eq!(world.web.count("/elsewhere"), 0, "it is not followed");
    world.web.put("/desk", Reply::status(410));
    dial.turn(60);
    asked(&world, 2).await;
    until("it is disabled", async || {
        let channels = running.store.channels().await.expect("a store");
        channels.iter().any(|row| row.name == "desk" && row.state == "disabled")
    })
    .await;
    let shown = status(&world).await["channels"][1].clone();
    assert_eq!(shown["state"], "disabled", "{shown}");
    assert!(shown["detail"].as_str().is_some_and(|detail| detail.contains("410")), "{shown}");
    world.web.put("/desk", Reply::status(204));
    dial.turn(2 * DAY);
    dial.polled(&world, "/rss.xml").await;
    running.stop().await;
    let again = Running::by(&world, dial.clone()).await;
    dial.polled(&world, "/rss.xml").await;
    assert_eq!(world.web.count("/desk"), 2, "also over a restart");
    // A test that succeeds is the operator's word that it lives; what was kept goes out.
    let (code, stdout, stderr) = world.output(&["send-test", "desk"]).await;
    assert_eq!(code, 0, "{stdout}{stderr}");
    dial.turn(60);
    asked(&world, 4).await;
    until("nothing is pending", async || again.store.outbox().await.expect("a store").pending == 0).await;
    let told: Vec<usize> = world.web.requests_to("/desk")[2..]
        .iter()
        .flat_map(|post| numbers(&String::from_utf8_lossy(&post.body)))
        .collect();
    assert_eq!(told, [1]);
    again.stop().await;
}

#[tokio::test]
async fn fault_17_a_webhook_that_drips_is_cut_at_its_deadline() {
    const SHORT: Duration = Duration::from_secs(1);
    let web = Web::start().await.expect("a web");
    let opened = OpenedAddress { network: web.address().ip(), bits: 32, port: web.address().port() };
    let client =
        Client::new(&FetchSettings { allow_private: vec![opened], ..FetchSettings::default() }).expect("a client");
    let message = Message {
        id: "0f1e2d3c4b5a69788796a5b4c3d2e1f0".to_owned(),
        recipient: String::new(),
        body: Rendered::Webhook { body: "{}".to_owned() },
        now: Timestamp::now(),
    };
    let drip = |pause| Reply::drip("text/plain", "x").pausing(Duration::from_millis(pause));
    for (name, reply) in [("body", drip(50)), ("hang", Reply::hang()), ("late", Reply::status(204).after(SHORT * 9))] {
        web.put("/desk", reply);
        let keys = SigningKeys::of(&Secret::new("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX".to_owned())).expect("a key");
        let hook = Webhook::new(client.clone(), web.url("/desk"), keys, Locale::of(UiLanguage::English));
        let began = Instant::now();
        let error = hook.with_deadline(SHORT).send(&message).await.expect_err("it drips");
        assert!((SHORT..SHORT * 3).contains(&began.elapsed()), "{name}: {:?}", began.elapsed());
        assert!(matches!(error, SendError::Retry { .. }), "the peer may have it: {error:?}");
    }
    assert_eq!(DEADLINE, Duration::from_secs(20));
}
