//! Faults 8 to 14: mail servers that refuse, hang, drop, flood, or speak no TLS that can be trusted.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use vigie::config::settings::{Mailbox, Security, SmtpSettings, UiLanguage};
use vigie::config::{Place, Secret, SecretRef};
use vigie::demo::smtp::{Fault, SmtpServer, Step};
use vigie::locale::Locale;
use vigie::notify::email::Deadlines;
use vigie::notify::{Channel, Email, Message, Rendered, RenderedMail, SendError};
use vigie::store::Store;
use vigie::store::sqlite::Sqlite;

use crate::running::Running;
use crate::stage::{
    Dial, HOUR, decoded, each_to, edit_settings, numbers, open_desk, peak_memory, polled, serve, status, undated,
    unvouched,
};
use crate::support::{LIMIT, Service, World, until};

/// The attempts made of the one pending delivery of a channel, and the wait before the next.
async fn pending(store: &Sqlite, channel: &str) -> Option<(u32, Duration)> {
    let due = store.due(channel, Timestamp::MAX, 1).await.expect("a store");
    due.first().map(|row| (row.attempts, row.waited))
}

/// A world with its daemon past the baseline.
async fn watched(watchlist: &str, dial: &Dial, edit: impl FnOnce(&World)) -> (World, Running) {
    let world = World::with(watchlist).await;
    edit(&world);
    serve(&world, "/rss.xml", []);
    let running = Running::by(&world, dial.clone()).await;
    dial.polled(&world, "/rss.xml").await;
    (world, running)
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_08_421_450_452_and_greylisting_are_tried_again_ever_more_seldom() {
    let dial = Dial::default();
    let (world, running) = watched(&each_to("comms"), &dial, |_| {}).await;
    let ids: Arc<Mutex<Vec<_>>> = Arc::default();
    let seen = Arc::clone(&ids);
    world.smtp.before_accepting(move |mail| seen.lock().expect("no panic").push(mail.header("Message-ID")));
    let refusals = [
        (Step::Banner, Fault::Reply(421, "4.3.2 busy")),
        (Step::Rcpt, Fault::Reply(450, "4.2.0 greylisted")),
        (Step::Dot, Fault::Reply(452, "4.3.1 full")),
        (Step::Rcpt, Fault::Reply(451, "4.7.1 greylisted, come back in five minutes")),
    ];
    let mut before = Duration::ZERO;
    world.smtp.fail_once(refusals[0].0, refusals[0].1.clone());
    serve(&world, "/rss.xml", [1]);
    for attempt in 1..=refusals.len() {
        until("an attempt failed", async || {
            pending(&running.store, "comms").await.is_some_and(|(attempts, _)| attempts as usize == attempt)
        })
        .await;
        let (_, waited) = pending(&running.store, "comms").await.expect("it is kept");
        let (low, high) =
            if attempt == 1 { (5.0, 10.0) } else { (before.as_secs_f64() * 2.5, before.as_secs_f64() * 3.5) };
        assert!((low..=high).contains(&waited.as_secs_f64()), "attempt {attempt}: {waited:?} after {before:?}");
        before = waited;
        assert_eq!(world.smtp.visits(Step::Banner), attempt, "none before its time");
        if let Some((step, fault)) = refusals.get(attempt) {
            world.smtp.fail_once(*step, fault.clone());
        }
        dial.turn(waited.as_secs() as i64 + 1);
    }
    let mails = world.smtp.wait_for(1, LIMIT).await;
    assert_eq!(mails.len(), 1);
    let ids = ids.lock().expect("no panic").clone();
    assert!(ids.len() == 2 && ids[0] == ids[1] && ids[0].is_some(), "the full mailbox saw it before: {ids:?}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_09_550_and_554_end_in_a_dead_letter_that_another_channel_tells() {
    let dial = Dial::default();
    let (world, running) = watched(&each_to("comms"), &dial, open_desk).await;
    world.web.put("/desk", vigie::demo::reply::Reply::status(204));
    world.smtp.refuse("cm@acme.example", 550, "5.1.1 no such user");
    serve(&world, "/rss.xml", [1]);
    until("the operator is told", async || world.web.count("/desk") == 1).await;
    let told = String::from_utf8(world.web.requests_to("/desk")[0].body.clone()).expect("UTF-8");
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!((&told["type"], &told["channel"]), (&"dead_letter".into(), &"comms".into()), "{told}");
    assert_eq!(told["recipient"], "cm@acme.example", "{told}");
    assert!(told["error"].as_str().is_some_and(|error| error.contains("550 5.1.1 no such user")), "{told}");
    world.smtp.behave();
    world.smtp.fail_once(Step::Dot, Fault::Reply(554, "5.7.1 spam"));
    serve(&world, "/rss.xml", [2, 1]);
    until("the second is dead too", async || running.store.outbox().await.expect("a store").dead == 2).await;
    // For good: neither comes again, and what comes later is delivered.
    dial.turn(4 * HOUR);
    serve(&world, "/rss.xml", [3, 2, 1]);
    let mails = world.smtp.wait_for(1, LIMIT).await;
    assert_eq!(numbers(&decoded(&mails[0])), [3]);
    assert_eq!((world.smtp.visits(Step::Rcpt), world.web.count("/desk")), (3, 1), "told once a day of a recipient");
    assert_eq!(status(&world).await["outbox"]["dead"], 2);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_10_535_and_530_pause_the_channel_and_keep_its_queue() {
    let dial = Dial::default();
    let (world, running) = watched(&each_to("comms"), &dial, |world| {
        world.smtp.demand("vigie", "changed");
        std::fs::write(world.path().join("password"), "s3cret").expect("written");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(world.path().join("password"), mode).expect("a file of ours");
        let login = "security: none, username: vigie, password: {file: password}";
        edit_settings(world, |settings| settings.replace("security: none", login));
    })
    .await;
    let is = async |state: &str, pending: u64| {
        until(state, async || {
            let channels = running.store.channels().await.expect("a store");
            channels[0].state == state && running.store.outbox().await.expect("a store").pending == pending
        })
        .await;
    };
    serve(&world, "/rss.xml", 1..=3);
    is("paused", 3).await;
    let shown = status(&world).await["channels"][0].to_string();
    assert!(shown.contains("paused") && shown.contains("535") && !shown.contains("s3cret"), "{shown}");
    // Once an hour, with one delivery: a login that is refused too often locks the account.
    assert_eq!(world.smtp.visits(Step::Auth), 1);
    dial.turn(HOUR / 2);
    dial.polled(&world, "/rss.xml").await;
    assert_eq!(world.smtp.visits(Step::Auth), 1);
    dial.turn(HOUR / 2 + 10);
    until("it was tried again", async || world.smtp.visits(Step::Auth) == 2).await;
    is("paused", 3).await;
    world.smtp.demand("vigie", "s3cret");
    dial.turn(HOUR + 10);
    assert_eq!(world.smtp.wait_for(3, LIMIT).await.len(), 3);
    is("ok", 0).await;
    world.smtp.fail_always(Step::Mail, Fault::Reply(530, "5.7.0 must issue a STARTTLS command first"));
    serve(&world, "/rss.xml", 1..=5);
    is("paused", 2).await;
    world.smtp.behave();
    dial.turn(HOUR + 10);
    let mails = world.smtp.wait_for(5, LIMIT).await;
    assert_eq!(mails.iter().flat_map(|mail| numbers(&decoded(mail))).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_11_a_connection_that_drops_after_the_message_is_tried_again_with_the_same_message() {
    let dial = Dial::default();
    let (world, running) = watched(&each_to("comms"), &dial, |_| {}).await;
    let came: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&came);
    world.smtp.before_accepting(move |mail| seen.lock().expect("no panic").push(undated(mail)));
    world.smtp.fail_once(Step::Data, Fault::Drop);
    world.smtp.fail_once(Step::Dot, Fault::Drop);
    serve(&world, "/rss.xml", [1]);
    for attempt in 1..=2 {
        until("the connection dropped", async || {
            pending(&running.store, "comms").await.is_some_and(|(attempts, _)| attempts == attempt)
        })
        .await;
        dial.turn(60);
    }
    assert_eq!(world.smtp.wait_for(1, LIMIT).await.len(), 1);
    let came = came.lock().expect("no panic").clone();
    assert!(came.len() == 2 && came[0].contains("Message-ID: <"), "{came:?}");
    assert_eq!(came[0], came[1]);
    running.stop().await;
}

// ---- the channel alone

const SHORT: Duration = Duration::from_millis(300);

fn email(port: u16, security: Security) -> Email {
    let mailbox = |address: &str| Mailbox { name: None, address: address.to_owned() };
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security,
        username: Some("vigie".to_owned()),
        password: Some(SecretRef::Env("SMTP_PASSWORD".to_owned())),
        from: mailbox("vigie@acme.example"),
        place: Place { file: "vigie.yaml".into(), line: 1, column: 1 },
    };
    let password = Secret::new("s3cret".to_owned());
    Email::new(&settings, Some(&password), Locale::of(UiLanguage::English))
        .expect("a channel")
        .with_deadlines(Deadlines { connect: SHORT * 10, greet: SHORT, command: SHORT, message: SHORT })
}

fn message() -> Message {
    let mail = RenderedMail {
        subject: "Orange".to_owned(),
        to: vec!["cm@acme.example".to_owned()],
        text: "En panne.".to_owned(),
        html: "<p>En panne.</p>".to_owned(),
        ..RenderedMail::default()
    };
    Message {
        id: "0f1e2d3c4b5a69788796a5b4c3d2e1f0".to_owned(),
        recipient: "cm@acme.example".to_owned(),
        body: Rendered::Mail(mail),
        now: Timestamp::now(),
    }
}

#[tokio::test]
async fn fault_12_a_server_that_hangs_at_any_step_is_cut_by_our_own_deadline() {
    for step in [Step::Banner, Step::Ehlo, Step::Auth, Step::Mail, Step::Rcpt, Step::Data, Step::Dot] {
        for fault in [Fault::Hang, Fault::Drip] {
            let server = SmtpServer::start().await.expect("a server");
            server.demand("vigie", "s3cret");
            server.fail_once(step, fault.clone());
            let email = email(server.address().port(), Security::None);
            let began = Instant::now();
            let error = email.send(&message()).await.expect_err("it hangs");
            assert!(began.elapsed() < SHORT * 8, "{step:?} {fault:?}: {:?}", began.elapsed());
            let is_ours = matches!(error, SendError::Channel { passing: true, .. } | SendError::Retry { .. });
            assert!(is_ours, "{step:?} {fault:?}: {error:?}");
            email.send(&message()).await.expect("the next one goes");
            assert_eq!(server.mails().len(), 1);
        }
    }
    let Deadlines { connect, greet, command, message } = Deadlines::default();
    for deadline in [connect, greet, command, message] {
        assert!((Duration::from_secs(30)..=Duration::from_mins(2)).contains(&deadline), "{deadline:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_13_a_slow_or_flooded_mail_server_takes_no_memory_of_ours() {
    const ENTRIES: usize = 120;
    let world = World::with(&each_to("comms")).await;
    serve(&world, "/rss.xml", []);
    world.smtp.fail_always(Step::Banner, Fault::Flood);
    let mut service = Service::start(&world);
    service.tells("READY=1").await;
    polled(&world, "/rss.xml").await;
    serve(&world, "/rss.xml", 0..ENTRIES);
    until("all wait for the flooded server", async || status(&world).await["outbox"]["pending"] == ENTRIES).await;
    let before = peak_memory(service.id());
    // Each reload makes all that is pending due, into the flood.
    for step in [Step::Rcpt, Step::Dot] {
        world.smtp.behave();
        world.smtp.fail_always(step, Fault::Flood);
        let visits = world.smtp.visits(step);
        service.signal("HUP");
        until("it was flooded", async || world.smtp.visits(step) > visits).await;
        service.tells("READY=1").await;
    }
    let after = peak_memory(service.id());
    assert!(after < 128 && after - before < 32, "{before} MiB, then {after}");
    world.smtp.behave();
    service.signal("HUP");
    assert_eq!(world.smtp.wait_for(ENTRIES, LIMIT).await.len(), ENTRIES, "none was lost");
}

/// A mail server with a certificate that nobody vouches for; `wrapped` speaks TLS from the first byte. Keeps what
/// it reads in clear and how many handshakes went through.
async fn tls_server(wrapped: bool) -> (u16, Arc<Mutex<(Vec<u8>, usize)>>) {
    let acceptor = unvouched("127.0.0.1");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let kept: Arc<Mutex<(Vec<u8>, usize)>> = Arc::default();
    let heard = Arc::clone(&kept);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let mut is_asked = wrapped;
            if !wrapped {
                stream.write_all(b"220 mail.example ESMTP\r\n").await.expect("a client");
                let mut line = Vec::new();
                while stream.read_until(b'\n', &mut line).await.is_ok_and(|read| read > 0) {
                    heard.lock().expect("no panic").0.extend_from_slice(&line);
                    let answer: &[u8] = match &line[..] {
                        b"STARTTLS\r\n" => b"220 go\r\n",
                        _ if line.starts_with(b"EHLO") => {
                            b"250-mail.example\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n"
                        }
                        _ => b"250 ok\r\n",
                    };
                    let _ = stream.write_all(answer).await;
                    is_asked = line == b"STARTTLS\r\n";
                    if is_asked {
                        break;
                    }
                    line.clear();
                }
            }
            if is_asked && let Ok(mut stream) = acceptor.accept(stream).await {
                // TLS 1.3 lets the server finish first: what counts is whether the client then says anything.
                let mut said = [0; 1];
                if stream.read(&mut said).await.is_ok_and(|read| read > 0) {
                    heard.lock().expect("no panic").1 += 1;
                }
            }
        }
    });
    (port, kept)
}

#[tokio::test]
async fn fault_14_without_tls_that_can_be_trusted_nothing_is_said_in_clear() {
    let said = |result: Result<(), SendError>| match result {
        Err(SendError::Channel { passing: false, detail }) => detail,
        other => panic!("{other:?}"),
    };
    // Not offered; offered, and then no TLS; none where the first byte should be.
    let server = SmtpServer::start().await.expect("a server");
    let port = server.address().port();
    assert!(said(email(port, Security::StartTls).send(&message()).await).contains("STARTTLS"));
    server.offer_starttls();
    said(email(port, Security::StartTls).send(&message()).await);
    said(email(port, Security::Tls).send(&message()).await);
    assert_eq!((server.visits(Step::Auth), server.visits(Step::Mail)), (0, 0));
    // A certificate that nobody vouches for.
    for (security, wrapped) in [(Security::StartTls, false), (Security::Tls, true)] {
        let (port, kept) = tls_server(wrapped).await;
        let detail = said(email(port, security).send(&message()).await);
        assert!(detail.to_lowercase().contains("certificate"), "{detail}");
        let (clear, trusted) = kept.lock().expect("no panic").clone();
        let clear = String::from_utf8(clear).expect("commands");
        assert_eq!(trusted, 0, "nothing was said behind it either");
        assert!(!clear.contains("AUTH") && !clear.contains("MAIL") && !clear.contains("s3cret"), "{clear}");
        assert_eq!(clear.contains("STARTTLS"), !wrapped, "{clear}");
    }
}
