//! Credentials of sources: sent to the written host, dropped on the way to another, shown nowhere.

use std::os::unix::fs::PermissionsExt;

use vigie::config::access::Access;
use vigie::config::secret::Secret;
use vigie::demo::reply::Reply;
use vigie::demo::web::{Seen, Web};
use vigie::fetch::Poll;
use vigie::health::SourceState;
use vigie::source::State;

use crate::support::{RSS, by_name, feed, fetcher, rss};
use crate::world::World;

const CANARY: &str = "CANARY/42+x";
/// As it stands in an address.
const SENT: &str = "CANARY%2F42%2Bx";

fn access(url: &str, value: Option<&str>) -> Access {
    let mut access = Access::of(&url::Url::parse(url).expect("an address"));
    access.secret("token", value.map(|value| Secret::new(value.to_owned())));
    access
}

async fn poll(web: &Web, url: &str, access: &Access) -> Poll {
    fetcher(&[web.address()]).poll_with(&feed(url), access, State::default()).await
}

#[tokio::test]
async fn each_way_of_logging_in_reaches_the_written_host() {
    let web = Web::start().await.expect("a web");
    web.put("/f", rss("", &["a"]));
    let url = web.url("/f");
    let with = |set: &dyn Fn(&mut Access)| {
        let mut access = access(&url, Some(CANARY));
        set(&mut access);
        access
    };
    for (access, header, value) in [
        (with(&|access| access.basic("vigie", "token")), "authorization", "Basic dmlnaWU6Q0FOQVJZLzQyK3g="),
        (with(&|access| access.bearer("token")), "authorization", "Bearer CANARY/42+x"),
        (with(&|access| access.header("Cookie", "a=1; s={secret:token}")), "cookie", "a=1; s=CANARY/42+x"),
        (with(&|access| access.header("Accept-Language", "fr")), "accept-language", "fr"),
    ] {
        assert_eq!(poll(&web, &url, &access).await.verdict.state, SourceState::Ok);
        assert_eq!(web.requests().pop().expect("a request").header(header), Some(value));
    }
}

#[tokio::test]
async fn on_the_way_to_another_host_or_scheme_or_port_they_are_dropped_for_good() {
    let (web, other) = (Web::start().await.expect("a web"), Web::start().await.expect("a web"));
    let here = format!("/f?token={SENT}");
    web.put("/near", Reply::redirect(302, &here));
    web.put("/far", Reply::redirect(302, &by_name(&web, &here)));
    web.put("/port", Reply::redirect(302, &other.url(&here)));
    web.put("/back", Reply::redirect(302, &other.url("/back")));
    other.put("/back", Reply::redirect(302, &web.url("/f")));
    for web in [&web, &other] {
        web.put("/f", rss("", &["a"]));
    }
    let fetcher = fetcher(&[web.address(), other.address()]);
    let last = |web: &Web| -> Seen { web.requests().pop().expect("a request") };
    for (path, server, told) in
        [("/near", &web, true), ("/far", &web, false), ("/port", &other, false), ("/back", &web, false)]
    {
        let url = web.url(&format!("{path}?token={{secret:token}}"));
        let mut access = access(&url, Some(CANARY));
        access.bearer("token");
        let poll = fetcher.poll_with(&feed(&url), &access, State::default()).await;
        assert_eq!(poll.verdict.state, SourceState::Ok, "{path}: {:?}", poll.verdict.detail);
        let first = web.requests().into_iter().rfind(|seen| seen.path.starts_with(path)).expect("a request");
        assert_eq!(first.path, format!("{path}?token={SENT}"));
        assert_eq!(first.header("authorization"), Some("Bearer CANARY/42+x"));
        let seen = last(server);
        assert_eq!(seen.header("authorization").is_some(), told, "{path}");
        assert_eq!(seen.path.contains("CANARY"), told, "{path}: {}", seen.path);
    }
}

#[tokio::test]
async fn what_the_server_echoes_is_hidden_before_it_is_read() {
    let web = Web::start().await.expect("a web");
    let link = web.url(&format!("/a?token={SENT}"));
    let body = format!(
        "<rss version=\"2.0\"><channel><item><title>a {CANARY}</title><link>{link}</link></item></channel></rss>"
    );
    web.put("/f", Reply::new(RSS, body));
    let url = web.url("/f?token={secret:token}");
    let read = poll(&web, &url, &access(&url, Some(CANARY))).await;
    let (state, entries) = (serde_json::to_string(&read.state).expect("JSON"), format!("{:?}", read.entries));
    assert!(!state.contains("CANARY") && !entries.contains("CANARY"), "{state} {entries}");
    assert!(read.entries[0].url.as_deref().is_some_and(|url| url.ends_with("/a?token={secret:token}")), "{entries}");
    // Neither does what is said of a failure.
    web.put("/f", Reply::redirect(302, &format!("/lost?token={SENT}")));
    for reply in [Reply::status(500), Reply::new("text/html", format!("<html><title>Error {CANARY}</title></html>"))] {
        web.put("/lost", reply);
        let detail = poll(&web, &url, &access(&url, Some(CANARY))).await.verdict.detail.expect("a detail");
        assert!(!detail.contains("CANARY"), "{detail}");
    }
}

#[tokio::test]
async fn without_its_credential_nothing_is_asked() {
    let web = Web::start().await.expect("a web");
    let url = web.url("/f?token={secret:token}");
    let verdict = poll(&web, &url, &access(&url, None)).await.verdict;
    assert_eq!(verdict.state, SourceState::Refused);
    assert!(verdict.detail.is_some_and(|detail| detail.contains("credential token")));
    assert_eq!(web.connections(), 0);
}

const WATCHLIST: &str = "brands:\n  - id: acme\n    match: {any: [acme]}\nsources:\n  \
    - feed: \"{web}/private.rss?token={secret:forum_token}\"\n    name: intranet\n    \
    auth: {basic: {username: vigie, password: {credential: forum_token}}}\n    \
    headers: {X-Key: {credential: forum_token}}\nalerts:\n  - {name: tout, on: mention, to: comms}\n";

/// A world whose settings list the credential, and the folder where it is kept.
async fn world() -> (World, tempfile::TempDir) {
    let world = World::with(WATCHLIST).await;
    let settings = std::fs::read_to_string(world.config()).expect("settings");
    std::fs::write(world.config(), settings + "watchlist_credentials: [forum_token]\n").expect("written");
    let credentials = tempfile::tempdir().expect("a folder");
    let file = credentials.path().join("forum_token");
    std::fs::write(&file, CANARY).expect("written");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o400)).expect("protected");
    (world, credentials)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_program_writes_no_credential_anywhere() {
    let (world, credentials) = world().await;
    let serve = |title: &str| {
        let link = world.web.url(&format!("/a?token={SENT}"));
        let item = format!("<item><title>{title} {CANARY}</title><link>{link}</link></item>");
        world.web.put("/private.rss", Reply::new(RSS, format!("<rss version=\"2.0\"><channel>{item}</channel></rss>")));
    };
    let mut said = String::new();
    for (step, arguments) in [
        (Some("Rien"), &["run", "--once", "-v"][..]),
        (Some("Acme"), &["run", "--once", "-v"]),
        (None, &["status", "--json"]),
        (None, &["status"]),
        (None, &["mentions", "--json"]),
        (None, &["check"]),
    ] {
        if let Some(title) = step {
            serve(title);
        }
        let mut command = world.vigie(arguments);
        command.env("CREDENTIALS_DIRECTORY", credentials.path()).env("VIGIE_LOG", "trace");
        let output = tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("no panic");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        said += &String::from_utf8_lossy(&output.stdout);
        said += &String::from_utf8_lossy(&output.stderr);
    }
    let seen = world.web.requests().pop().expect("a request");
    assert_eq!(seen.path, format!("/private.rss?token={SENT}"));
    assert_eq!(seen.header("authorization"), Some("Basic dmlnaWU6Q0FOQVJZLzQyK3g="));
    assert!(said.contains("Acme"), "{said}");
    let hidden = |text: &str| !text.contains("CANARY") && !text.contains("Q0FOQVJZ");
    assert!(hidden(&said), "{said}");
    for mail in world.smtp.mails() {
        assert!(hidden(&format!("{mail:?}")), "{mail:?}");
    }
    for file in std::fs::read_dir(world.path()).expect("a folder") {
        let path = file.expect("a file").path();
        if path.is_file() {
            let bytes = std::fs::read(&path).expect("bytes");
            assert!(hidden(&String::from_utf8_lossy(&bytes)), "{}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_is_missing_is_a_notice_of_check_and_an_error_of_run() {
    let (world, _) = world().await;
    let (exit, _, said) = world.output(&["check"]).await;
    assert!(exit == 0 && said.contains("team.yaml:5"), "{exit} {said}");
    let (exit, _, said) = world.output(&["run", "--once"]).await;
    assert!(exit == 78 && said.contains("team.yaml:5") && said.contains("forum_token"), "{exit} {said}");
    assert_eq!(world.web.connections(), 0);
}
