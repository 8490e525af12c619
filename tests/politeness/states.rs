//! States that need more than one poll, or more than a status.

use std::time::Duration;

use jiff::Timestamp;
use vigie::demo::reply::Reply;
use vigie::demo::web::Web;
use vigie::health::SourceState;

use crate::support::{HTML, RSS, Watcher, articles, feed, fetcher, page};
use crate::world::{World, until};

#[tokio::test]
async fn selectors_are_stale_at_the_second_time_in_a_row_and_at_once_where_they_never_found_anything() {
    let web = Web::start().await.expect("a web");
    let redesigned = || Reply::new(HTML, "<!DOCTYPE html><html><body><p>Du neuf</p></body></html>");
    web.put("/p", redesigned());
    let mut watcher = Watcher::new(fetcher(&[web.address()]), page(&web.url("/p")));
    assert_eq!(watcher.poll().await.verdict.state, SourceState::SelectorsStale, "written wrong");
    for (reply, state, entries) in [
        (articles(&["a"]), SourceState::Ok, 1),
        (redesigned(), SourceState::Ok, 0),
        (articles(&["a", "b"]), SourceState::Ok, 2),
        (redesigned(), SourceState::Ok, 0),
        (redesigned(), SourceState::SelectorsStale, 0),
        (redesigned(), SourceState::SelectorsStale, 0),
        (articles(&["c"]), SourceState::Ok, 1),
    ] {
        web.put("/p", reply);
        let poll = watcher.poll().await;
        assert_eq!((poll.verdict.state, poll.entries.len()), (state, entries), "{:?}", poll.verdict.detail);
        assert_eq!(poll.verdict.read, entries > 0);
    }
}

fn dated(days_ago: impl IntoIterator<Item = u64>) -> Reply {
    let items: Vec<String> = days_ago
        .into_iter()
        .map(|days| {
            let date = Timestamp::now() - Duration::from_hours(24 * days);
            let date = date.strftime("%a, %d %b %Y %H:%M:%S +0000");
            format!(
                "<item><guid isPermaLink=\"false\">{days}</guid><title>{days}</title><pubDate>{date}</pubDate></item>"
            )
        })
        .collect();
    Reply::new(RSS, format!("<rss version=\"2.0\"><channel>{}</channel></rss>", items.concat()))
}

#[tokio::test]
async fn a_feed_that_is_silent_beyond_its_habit_says_so_also_while_it_is_unchanged() {
    let web = Web::start().await.expect("a web");
    let mut watcher = Watcher::new(fetcher(&[web.address()]), feed(&web.url("/f")));
    for (reply, state) in [
        (dated(0..10), SourceState::Ok),
        (dated(13..23), SourceState::Ok),
        // Daily until a month ago: what it read before says the same.
        (dated(30..40), SourceState::Ok),
    ] {
        web.put("/f", reply);
        assert_eq!(watcher.poll().await.verdict.state, state);
    }
    let mut watcher = Watcher::new(fetcher(&[web.address()]), feed(&web.url("/f")));
    for is_unchanged in [false, true] {
        let verdict = watcher.poll().await.verdict;
        assert_eq!((verdict.state, verdict.not_modified), (SourceState::Silent, is_unchanged));
        assert!(verdict.detail.is_some_and(|detail| detail.contains("7 a week")));
    }
    // A search that finds nothing is no silence.
    web.put("/search", dated(30..40));
    let mut search = Watcher::new(fetcher(&[web.address()]), feed(&web.url("/search?q=acme")));
    assert_eq!(search.poll().await.verdict.state, SourceState::Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn status_names_what_robots_txt_refuses_and_what_to_do() {
    let world = World::with(
        "brands:\n  - id: acme\n    match: {any: [acme]}\nsources:\n  - page: \"{web}/p\"\n    \
         select: {item: article, title: h2, link: \"a @href\"}\n  - feed: \"{web}/old\"\n",
    )
    .await;
    world.web.put("/robots.txt", Reply::new("text/plain", "User-agent: *\nDisallow: /"));
    world.web.put("/old", Reply::redirect(301, "/new"));
    world.web.put("/new", crate::support::rss("", &["a"]));
    for _ in 0..3 {
        assert_eq!(world.output(&["run", "--once"]).await.0, 0);
    }
    let (exit, json, _) = world.output(&["status", "--json"]).await;
    assert!(exit == 0 && json.contains("\"state\":\"robots\""), "{json}");
    let (_, text, _) = world.output(&["status"]).await;
    assert!(text.contains("not allowed by robots.txt") && text.contains("Disallow: /"), "{text}");
    assert!(text.contains("allow vigie in robots.txt"), "{text}");
    assert!(text.contains("moved for good to") && text.contains("/new"), "a well source's note is shown: {text}");
    assert_eq!((world.web.count("/p"), world.web.count("/robots.txt")), (0, 1), "a refusal holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_answer_asks_for_holds_for_all_sources_of_its_host_also_after_a_start() {
    let world = World::with("").await;
    let host = format!("http://localhost:{}", world.web.address().port());
    let watchlist = "brands:\n  - id: acme\n    match: {any: [acme]}\nsources:\n";
    world.watchlist("team.yaml", &format!("{watchlist}  - feed: {host}/f\n  - feed: {host}/g\n"));
    for path in ["/f", "/g"] {
        world.web.put(path, Reply::status(429).retry_after("600"));
    }
    let asked = || world.web.count("/f") + world.web.count("/g");
    for _ in 0..2 {
        let (exit, _, said) = world.output(&["run", "--once"]).await;
        assert!(exit == 0 && said.contains("was not asked"), "{said}");
    }
    assert_eq!(asked(), 1);
    let mut vigie = world.vigie(&["run"]).spawn().expect("it starts");
    tokio::time::sleep(Duration::from_secs(2)).await;
    vigie.kill().expect("it is killed");
    vigie.wait().expect("it ends");
    assert_eq!(asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_gone_is_asked_again_when_its_line_changes() {
    let brands = "brands:\n  - id: acme\n    match: {any: [acme]}\n";
    let world = World::with(&format!("{brands}sources:\n  - feed: {{web}}/f\n")).await;
    world.web.put("/f", Reply::status(410));
    let mut vigie = world.vigie(&["run"]).spawn().expect("it starts");
    until("it was asked", async || world.web.count("/f") == 1).await;
    until("it is gone", async || world.output(&["status", "--json"]).await.1.contains("\"gone\"")).await;
    world.web.put("/f", crate::support::rss("", &["a"]));
    // The file changes, its line does not.
    world.watchlist("team.yaml", &format!("{brands}    name: Acme\nsources:\n  - feed: {{web}}/f\n"));
    until("the brand was taken", async || {
        tokio::time::sleep(Duration::from_millis(500)).await;
        world.output(&["status", "--json"]).await.1.contains("team.yaml:6")
    })
    .await;
    assert_eq!(world.web.count("/f"), 1);
    world.watchlist("team.yaml", &format!("{brands}    name: Acme\nsources:\n  - feed: {{web}}/f\n    name: flux\n"));
    until("it was asked again", async || world.web.count("/f") == 2).await;
    vigie.kill().expect("it is killed");
    vigie.wait().expect("it ends");
}
