//! The seventeen points, by their numbers.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use vigie::demo::reply::Reply;
use vigie::demo::web::Web;
use vigie::fetch::Fetcher;
use vigie::health::SourceState;
use vigie::net::Client;
use vigie::source::State;

use crate::support::{HOUR, HTML, RSS, SetClock, Watcher, articles, by_name, feed, fetcher, page, rss, settings};
use crate::world::{World, until};

const MINUTE: Duration = Duration::from_mins(1);

const WATCHLIST: &str = "brands:\n  - id: acme\n    match: {any: [acme]}\nsources:\n";

async fn web() -> Web {
    Web::start().await.expect("a web")
}

fn watcher(web: &Web, path: &str) -> Watcher {
    Watcher::new(fetcher(&[web.address()]), feed(&web.url(path)))
}

#[tokio::test]
async fn point_01_the_first_request_is_unconditional_and_later_ones_send_both_validators_as_they_came() {
    let web = web().await;
    let (etag, modified) = ("W/\"é, b\"", "Sat, 21 Nov 2026 8:00:00 +0000");
    web.put("/f", rss("", &["a"]).header("ETag", etag).header("Last-Modified", modified));
    let mut watcher = watcher(&web, "/f");
    assert_eq!(watcher.poll().await.entries.len(), 1);
    assert!(watcher.poll().await.verdict.not_modified);
    let asked = web.requests_to("/f");
    assert_eq!((asked[0].header("if-none-match"), asked[0].header("if-modified-since")), (None, None));
    assert_eq!((asked[1].header("if-none-match"), asked[1].header("if-modified-since")), (Some(etag), Some(modified)));
}

#[tokio::test]
async fn point_02_new_validators_are_kept_with_an_unchanged_body_and_on_a_304() {
    let web = web().await;
    let mut watcher = watcher(&web, "/f");
    for (reply, etag) in [
        (rss("", &["a"]).header("ETag", "\"1\""), "\"1\""),
        (rss("", &["a"]).header("ETag", "\"2\""), "\"2\""),
        (Reply::status(304).header("ETag", "\"3\""), "\"3\""),
    ] {
        web.put("/f", reply);
        watcher.poll().await;
        assert_eq!(watcher.state.validators[&web.url("/f")].etag.as_deref(), Some(etag));
    }
    assert_eq!(web.requests_to("/f")[2].header("if-none-match"), Some("\"2\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn point_03_validators_survive_a_restart_and_a_restart_makes_no_burst() {
    let world = World::with(&format!("{WATCHLIST}  - feed: {{web}}/f\n  - feed: {{web}}/g\n")).await;
    for path in ["/f", "/g"] {
        world.web.put(path, rss("", &["a"]));
    }
    for start in 0..2 {
        let mut vigie = world.vigie(&["run"]).spawn().expect("it starts");
        if start == 0 {
            until("both were asked", async || world.web.count("/f") == 1 && world.web.count("/g") == 1).await;
            until("both are stored", async || {
                let status: serde_json::Value =
                    serde_json::from_str(&world.output(&["status", "--json"]).await.1).unwrap_or_default();
                let sources = status["sources"].as_array().map_or(&[][..], Vec::as_slice);
                sources.iter().filter(|source| source["state"] == "ok").count() == 2
            })
            .await;
        } else {
            until("it runs", async || world.output(&["status", "--json"]).await.1.contains("\"running\":true")).await;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        vigie.kill().expect("it is killed");
        vigie.wait().expect("it ends");
    }
    assert_eq!((world.web.count("/f"), world.web.count("/g")), (1, 1), "what is not due is not asked after a start");
    assert_eq!(world.output(&["run", "--once"]).await.0, 0);
    assert!(world.web.requests_to("/f")[1].header("if-none-match").is_some(), "and then with its validators");
}

#[tokio::test(flavor = "multi_thread")]
async fn point_04_a_refresh_by_hand_is_conditional_too() {
    let world = World::with(&format!("{WATCHLIST}  - feed: {{web}}/f\n")).await;
    world.web.put("/f", rss("", &["a"]));
    for _ in 0..2 {
        assert_eq!(world.output(&["run", "--once"]).await.0, 0);
    }
    let statuses: Vec<u16> = world.web.requests_to("/f").iter().map(|seen| seen.status).collect();
    assert_eq!(statuses, [200, 304]);
}

#[tokio::test(flavor = "multi_thread")]
async fn point_05_no_request_comes_before_its_interval() {
    let world = World::with(&format!("{WATCHLIST}  - feed: {{web}}/f\n    every: 1s\n")).await;
    world.web.put("/f", rss("", &["a"]));
    let mut vigie = world.vigie(&["run"]).spawn().expect("it starts");
    until("six requests", async || world.web.count("/f") >= 6).await;
    vigie.kill().expect("it is killed");
    vigie.wait().expect("it ends");
    let seen = world.web.requests_to("/f");
    for pair in seen.windows(2) {
        let gap = pair[1].at - pair[0].at;
        // From start to start; the way to the server may be some milliseconds shorter the second time.
        assert!(gap >= Duration::from_millis(990), "{gap:?}");
    }
}

#[tokio::test]
async fn point_06_max_age_and_expires_raise_the_interval_on_429_as_well() {
    let web = web().await;
    let in_an_hour = httpdate::fmt_http_date((Timestamp::now() + HOUR).into());
    let mut watcher = watcher(&web, "/f");
    for (reply, minutes) in [
        (rss("", &[]).header("Cache-Control", "max-age=1800"), 30),
        (rss("", &[]).header("Cache-Control", "max-age=60"), 10),
        (rss("", &[]).header("Expires", &in_an_hour), 59),
        (Reply::status(429).header("Cache-Control", "max-age=7200").retry_after("60"), 120),
    ] {
        web.put("/f", reply);
        let wait = watcher.next().await.expect("asked again");
        assert!((MINUTE * minutes..=MINUTE * (minutes + 1)).contains(&wait), "{wait:?}");
    }
}

#[tokio::test]
async fn point_07_429_and_503_wait_as_they_say_else_twice_as_long_each_time() {
    let web = web().await;
    let later = httpdate::fmt_http_date((Timestamp::now() + 2 * HOUR).into());
    for status in [429, 503] {
        let mut watcher = watcher(&web, "/f");
        web.put("/f", Reply::status(status).retry_after("3600"));
        assert_eq!(watcher.next().await, Some(HOUR));
        web.put("/f", Reply::status(status).retry_after(&later));
        assert!(watcher.next().await.is_some_and(|wait| wait > 119 * MINUTE && wait <= 2 * HOUR));
    }
    let mut watcher = watcher(&web, "/f");
    web.put("/f", Reply::status(429));
    for minutes in [20, 40, 80] {
        assert_eq!(watcher.next().await, Some(MINUTE * minutes));
    }
}

#[tokio::test]
async fn point_08_a_refusal_is_not_repeated_for_four_hours() {
    let web = web().await;
    for status in [401, 403] {
        web.put("/f", Reply::status(status));
        let mut watcher = watcher(&web, "/f");
        assert_eq!(watcher.next().await, Some(4 * HOUR), "{status}");
    }
}

#[tokio::test]
async fn point_09_a_permanent_redirect_is_kept_after_three_agreeing_answers_and_told() {
    let web = web().await;
    web.put("/new", rss("", &["a"]));
    for (status, is_kept) in [(301, true), (308, true), (302, false), (307, false), (303, false)] {
        web.put("/old", Reply::redirect(status, "/new"));
        let mut watcher = watcher(&web, "/old");
        let mut last = watcher.poll().await;
        for _ in 0..3 {
            last = watcher.poll().await;
        }
        let before = web.count("/old");
        watcher.poll().await;
        assert_eq!(web.count("/old") == before, is_kept, "{status}");
        let told = last.verdict.detail.is_some_and(|detail| detail.contains(&web.url("/new")));
        assert_eq!(told, is_kept, "{status}");
        assert!(watcher.poll().await.verdict.not_modified, "validators stay those of the source");
    }
    // A temporary one on the way ends what is permanent.
    web.put("/old", Reply::redirect(301, "/between"));
    web.put("/between", Reply::redirect(302, "/new"));
    let mut watcher = watcher(&web, "/old");
    for _ in 0..4 {
        watcher.poll().await;
    }
    assert_eq!(watcher.state.kept.new_address(), Some(&*web.url("/between")));
    // Where nothing is any more, the written address is asked again, and a 410 there is no end.
    web.put("/between", Reply::status(410));
    let lost = watcher.poll().await.verdict;
    assert_eq!(lost.state, SourceState::NotFound, "{:?}", lost.detail);
    web.put("/old", rss("", &["b"]));
    assert_eq!(watcher.poll().await.verdict.state, SourceState::Ok);
    // Loops and chains end.
    web.put("/loop", Reply::redirect(301, "/loop"));
    let mut watcher = Watcher::new(watcher.fetcher.clone(), feed(&web.url("/loop")));
    assert_eq!(watcher.poll().await.verdict.state, SourceState::RedirectLoop);
}

#[tokio::test]
async fn point_10_gone_is_not_asked_again_and_not_found_ever_more_seldom() {
    let web = web().await;
    web.put("/f", Reply::status(410));
    assert_eq!(watcher(&web, "/f").next().await, None);
    web.put("/f", Reply::status(404));
    let mut watcher = watcher(&web, "/f");
    for minutes in [20, 40, 80, 160, 320, 640, 1280, 1440, 1440] {
        assert_eq!(watcher.next().await, Some(MINUTE * minutes));
    }
}

#[tokio::test]
async fn point_11_what_the_feed_says_of_its_pace_raises_the_interval() {
    let web = web().await;
    for (channel, minutes) in
        [("<ttl>90</ttl>", 90), ("<ttl>5</ttl>", 10), ("<sy:updatePeriod>hourly</sy:updatePeriod>", 60)]
    {
        web.put("/f", rss(channel, &["a"]));
        let mut watcher = watcher(&web, "/f");
        for _ in 0..2 {
            assert_eq!(watcher.next().await, Some(MINUTE * minutes), "{channel}, also on a 304");
        }
    }
    // 20 November 2026 is a Friday.
    let friday: Timestamp = "2026-11-20T23:55:00Z".parse().expect("a time");
    let nights = (0..6).map(|hour| format!("<hour>{hour}</hour>")).collect::<Vec<_>>().concat();
    for (channel, minutes) in [
        (format!("<skipHours>{nights}</skipHours>"), 6 * 60 + 5),
        ("<skipDays><day>Saturday</day><day>Sunday</day></skipDays>".to_owned(), 2 * 24 * 60 + 5),
    ] {
        web.put("/f", rss(&channel, &["a"]));
        let mut watcher = watcher(&web, "/f");
        for _ in 0..2 {
            let poll = watcher.poll().await;
            assert_eq!(watcher.wait(&poll, friday), Some(MINUTE * minutes), "{channel}, also on a 304");
        }
    }
}

#[tokio::test]
async fn point_12_a_host_has_one_request_at_a_time_a_second_apart_redirects_and_robots_included() {
    let web = web().await;
    web.put("/robots.txt", Reply::new("text/plain", "User-agent: *\nDisallow: /private"));
    web.put("/old", Reply::redirect(302, "/list").after(Duration::from_millis(300)));
    web.put("/list", articles(&["a"]).after(Duration::from_millis(300)));
    web.put("/f", rss("", &["a"]));
    let fetcher = fetcher(&[web.address()]);
    let (by_page, by_feed) = (page(&by_name(&web, "/old")), feed(&by_name(&web, "/f")));
    let (one, two) = tokio::join!(fetcher.poll(&by_page, State::default()), fetcher.poll(&by_feed, State::default()));
    assert_eq!((one.verdict.state, two.verdict.state), (SourceState::Ok, SourceState::Ok), "{one:?}");
    let mut starts: Vec<Instant> = web.requests().iter().map(|seen| seen.at).collect();
    starts.sort();
    assert_eq!(starts.len(), 4);
    for pair in starts.windows(2) {
        let gap = pair[1] - pair[0];
        assert!(gap >= Duration::from_millis(950), "{gap:?}");
    }
    assert_eq!(web.connections(), 1, "one after another, they share a connection");
}

#[tokio::test]
async fn point_12_a_limit_with_nothing_left_pauses_the_host() {
    let web = web().await;
    let mut watcher = watcher(&web, "/f");
    for (reply, state, minutes) in [
        (rss("", &["a"]), SourceState::Ok, 30),
        (Reply::status(403), SourceState::RateLimited, 30),
        (Reply::status(429), SourceState::RateLimited, 30),
    ] {
        web.put("/f", reply.header("x-ratelimit-remaining", "0.0").header("x-ratelimit-reset", "1800"));
        let poll = watcher.poll().await;
        assert_eq!((poll.verdict.state, poll.verdict.pause), (state, Some(MINUTE * minutes)));
        assert_eq!(watcher.wait(&poll, Timestamp::now()), Some(MINUTE * minutes), "{state:?}");
    }
    web.put("/f", rss("", &["b"]).header("x-ratelimit-remaining", "3").header("x-ratelimit-reset", "1800"));
    assert_eq!(watcher.poll().await.verdict.pause, None);
}

#[tokio::test]
async fn point_13_every_coding_is_read_and_the_cap_counts_what_comes_out() {
    let web = web().await;
    let long = "é".repeat(40_000);
    let plain = || rss(&format!("<description>{long}</description>"), &["a"]);
    for reply in [plain(), plain().gzip(), plain().brotli(), plain().zstd()] {
        web.put("/f", reply);
        let poll = watcher(&web, "/f").poll().await;
        assert_eq!((poll.verdict.state, poll.entries.len()), (SourceState::Ok, 1), "{:?}", poll.verdict.detail);
    }
    for reply in [Reply::bomb(RSS), Reply::new(RSS, vec![b' '; 8 << 20]).zstd()] {
        web.put("/f", reply);
        assert_eq!(watcher(&web, "/f").poll().await.verdict.state, SourceState::TooLarge);
    }
    let codings = web.requests()[0].header("accept-encoding").expect("codings").to_owned();
    assert!(["gzip", "br", "zstd"].iter().all(|coding| codings.contains(coding)), "{codings}");
}

#[tokio::test]
async fn point_14_a_request_names_its_contact_and_carries_neither_cookie_nor_referrer() {
    let web = web().await;
    web.put("/f", rss("", &["a"]).header("Set-Cookie", "spy=1; Path=/"));
    web.put("/old", Reply::redirect(302, "/f").header("Set-Cookie", "spy=2; Path=/"));
    let mut watcher = watcher(&web, "/old");
    for _ in 0..2 {
        watcher.poll().await;
    }
    for asked in web.requests() {
        let agent = asked.header("user-agent").expect("an agent");
        assert!(agent.starts_with("vigie/") && agent.contains("(+https://acme.example/vigie)"), "{agent}");
        assert_eq!((asked.header("cookie"), asked.header("referer")), (None, None));
    }
}

#[tokio::test]
async fn point_15_pages_ask_robots_txt_once_a_day_and_obey_it() {
    let web = web().await;
    let robots = |text: &str| Reply::new("text/plain", text);
    web.put("/robots.txt", robots("User-agent: *\nAllow: /\n\nUser-agent: vigie\nDisallow: /private\nCrawl-delay: 2"));
    for path in ["/public", "/private/x"] {
        web.put(path, articles(&["a"]));
    }
    let fetcher = fetcher(&[web.address()]);
    let mut public = Watcher::new(fetcher.clone(), page(&web.url("/public")));
    let mut private = Watcher::new(fetcher.clone(), page(&web.url("/private/x")));
    for _ in 0..2 {
        assert_eq!(public.poll().await.verdict.state, SourceState::Ok);
        let refused = private.poll().await;
        assert_eq!(refused.verdict.state, SourceState::Robots);
        assert!(refused.verdict.detail.is_some_and(|detail| detail.contains("Disallow: /private")));
    }
    assert_eq!((web.count("/robots.txt"), web.count("/private/x")), (1, 0));
    assert_eq!(private.next().await, Some(24 * HOUR));
    // Over a restart it is in the source's own state.
    let mut again = Watcher::new(crate::support::fetcher(&[web.address()]), page(&web.url("/public")));
    again.state = public.state.clone();
    assert_eq!(again.poll().await.verdict.state, SourceState::Ok);
    assert_eq!(web.count("/robots.txt"), 1);
    // Feeds are made for programs.
    web.put("/private/feed", rss("", &["a"]));
    assert_eq!(Watcher::new(fetcher, feed(&web.url("/private/feed"))).poll().await.verdict.state, SourceState::Ok);
    // An absent file rules nothing out, a failing server everything for now.
    for (reply, state) in [
        (Reply::status(404), SourceState::Ok),
        (Reply::status(403), SourceState::Ok),
        (Reply::redirect(302, "/robots.txt"), SourceState::Ok),
        (robots("<html>404</html>"), SourceState::Ok),
        (Reply::status(500), SourceState::ServerError),
        (Reply::status(429).retry_after("60"), SourceState::RateLimited),
        (robots("User-agent: *\nDisallow: /").header("X", "y"), SourceState::Robots),
    ] {
        web.put("/robots.txt", reply);
        let mut other = Watcher::new(crate::support::fetcher(&[web.address()]), page(&web.url("/public")));
        let verdict = other.poll().await.verdict;
        assert_eq!(verdict.state, state, "{:?}", verdict.detail);
    }
}

#[tokio::test]
async fn point_15_robots_txt_is_asked_again_after_a_day_and_not_before() {
    let web = web().await;
    let robots = |text: &str| web.put("/robots.txt", Reply::new("text/plain", text));
    web.put("/public", articles(&["a"]));
    let clock = SetClock::default();
    let client = Client::new(&settings(&[web.address()])).expect("a client");
    let fetcher = Fetcher::new(client.clone(), clock.clone());
    let source = page(&web.url("/public"));
    let mut state = State::default();
    // A restarted daemon knows of the file what the source's state says.
    let restarted = || Fetcher::new(client.clone(), clock.clone());
    robots("User-agent: *\nAllow: /");
    for (hours, asked, wanted) in [(0, 1, SourceState::Ok), (23, 1, SourceState::Ok), (25, 2, SourceState::Robots)] {
        clock.set(hours);
        for fetcher in [fetcher.clone(), restarted()] {
            let poll = fetcher.poll(&source, state.clone()).await;
            assert_eq!(poll.verdict.state, wanted, "after {hours} h: {:?}", poll.verdict.detail);
            state = poll.state.unwrap_or(state);
        }
        assert_eq!(web.count("/robots.txt"), asked, "after {hours} h");
        robots("User-agent: *\nDisallow: /");
    }
    clock.set(25 + 23);
    assert_eq!(fetcher.poll(&source, state.clone()).await.verdict.state, SourceState::Robots);
    assert_eq!(web.count("/robots.txt"), 2);
    robots("User-agent: *\nAllow: /");
    clock.set(25 + 25);
    assert_eq!(fetcher.poll(&source, state).await.verdict.state, SourceState::Ok);
    assert_eq!(web.count("/robots.txt"), 3);
}

#[tokio::test]
async fn point_15_a_crawl_delay_is_kept_between_the_pages_of_a_host() {
    let web = web().await;
    web.put("/robots.txt", Reply::new("text/plain", "User-agent: *\nCrawl-delay: 2"));
    web.put("/list", articles(&["a"]));
    let fetcher = fetcher(&[web.address()]);
    let source = page(&by_name(&web, "/list"));
    for _ in 0..2 {
        fetcher.poll(&source, State::default()).await;
    }
    let at: Vec<Instant> = web.requests_to("/list").iter().map(|seen| seen.at).collect();
    assert!(at[1] - at[0] >= Duration::from_millis(1_950), "{:?}", at[1] - at[0]);
}

#[tokio::test]
async fn point_16_a_page_in_place_of_a_feed_is_named_with_the_feed_that_it_names() {
    let web = web().await;
    let head = "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"/rss.xml\">";
    web.put("/f", Reply::new(HTML, format!("<!DOCTYPE html><html><head>{head}</head><body>Bonjour</body></html>")));
    let verdict = watcher(&web, "/f").poll().await.verdict;
    assert_eq!(verdict.state, SourceState::NotAFeed);
    assert!(verdict.detail.is_some_and(|detail| detail.contains(&web.url("/rss.xml"))));
}

#[tokio::test]
async fn point_17_challenges_error_pages_and_empty_feeds_are_states_of_their_own() {
    let web = web().await;
    let challenge = "<html><head><title>Just a moment...</title></head><script>window._cf_chl_opt</script></html>";
    for (reply, state) in [
        (Reply::new(HTML, challenge), SourceState::Challenge),
        (Reply::new(HTML, challenge).with_status(403), SourceState::Challenge),
        (Reply::new(HTML, challenge).with_status(503), SourceState::Challenge),
        (Reply::status(403).header("cf-mitigated", "challenge"), SourceState::Challenge),
        (Reply::new(HTML, "").with_status(202).header("x-amzn-waf-action", "challenge"), SourceState::Challenge),
        (Reply::status(403), SourceState::Refused),
        (Reply::new(HTML, "<html><title>Page introuvable</title></html>"), SourceState::SoftError),
        (Reply::new(HTML, "<html><title>Accueil</title></html>"), SourceState::NotAFeed),
    ] {
        web.put("/f", reply);
        let verdict = watcher(&web, "/f").poll().await.verdict;
        assert_eq!(verdict.state, state, "{:?}", verdict.detail);
        assert!(verdict.detail.is_some());
    }
    let mut watcher = watcher(&web, "/f");
    for (titles, state) in [
        (&["a"][..], SourceState::Ok),
        (&[], SourceState::Ok),
        (&[], SourceState::Ok),
        (&[], SourceState::Empty),
        (&["b"], SourceState::Ok),
    ] {
        web.put("/f", rss("", titles).without_validators());
        assert_eq!(watcher.poll().await.verdict.state, state, "{titles:?}");
    }
}
