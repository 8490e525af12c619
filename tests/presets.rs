//! Presets from the watchlist to entries: each engine's and endpoint's answer in the shape that its
//! documentation or templates give it, written here, read as a poll reads it.

use std::sync::Arc;
use std::time::Duration;

use vigie::config::settings::UiLanguage;
use vigie::entry::Entry;
use vigie::exchange::{Answer, Request, Tag, Validators};
use vigie::health::SourceState;
use vigie::source::search::{Login, SearchConfig, SearchError};
use vigie::source::{Kind, Source, State, forums, search};
use vigie::watchlist::{Context, WatchedSource, WatchlistFile, compile};

/// The sources of a watchlist.
fn watched(yaml: &str) -> Vec<WatchedSource> {
    watched_in("a.yaml", yaml)
}

fn watched_in(file: &str, yaml: &str) -> Vec<WatchedSource> {
    let file = WatchlistFile { name: file.into(), path_shown: file.into(), bytes: yaml.into() };
    let compiled = compile(&[file], &Context::without_settings(UiLanguage::French));
    let said = format!("{:?}", compiled.diagnostics);
    compiled.result.unwrap_or_else(|_| panic!("{said}")).sources
}

fn answer(url: &str, tag: Tag, body: Vec<u8>) -> Answer {
    Answer {
        url: url.to_owned(),
        tag,
        content_type: None,
        validators: Validators::default(),
        body,
        received: "2026-11-21T12:00:00Z".parse().unwrap(),
    }
}

fn read(source: &Source, body: Vec<u8>) -> vigie::source::Step {
    let first = source.start(&State::default());
    source.next(&first.state, &answer(source.url(), Tag::Main, body)).unwrap()
}

fn show(entries: &[Entry]) -> String {
    let lines = entries.iter().map(|entry| {
        let or = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let published = entry.published.map(|then| then.to_string());
        let parts = [or(entry.url.as_deref()), or(entry.author.as_deref()), or(published.as_deref())];
        format!("{}\n{}\n{}\n{}\n", entry.id, entry.title, parts.join(" · "), entry.text)
    });
    lines.collect::<Vec<_>>().join("---\n")
}

fn golden(name: &str) -> Option<Vec<u8>> {
    std::fs::read(format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"))).ok()
}

#[test]
fn every_engine_is_read_from_list_to_post() {
    for preset in forums::FORUMS {
        let name = preset.name;
        let source = watched(&format!("sources:\n  - forum: https://forum.example/\n    preset: {name}\n")).remove(0);
        assert_eq!(source.kind, Kind::Forum);
        let native = ["xml", "json"].iter().find_map(|kind| golden(&format!("forums/{name}.topic.{kind}")));
        if let Some(body) = native {
            let step = read(&source.source, body);
            insta::assert_snapshot!(name, format!("{}\n\n{}", source.source.url(), show(&step.entries)));
            continue;
        }
        // The form of today, and those of other versions that are still about.
        for form in ["", ".before", ".3", ".5"] {
            let name = format!("{name}{form}");
            let pages = ["list", "topic"].map(|page| golden(&format!("forums/{name}.{page}.html")));
            let [Some(list), Some(page)] = pages else {
                assert!(!form.is_empty(), "a page of each engine: {name}");
                continue;
            };
            let listed = read(&source.source, list);
            let is_topic = |request: &&Request| matches!(request.tag, Tag::Topic { .. });
            let topic = listed.requests.iter().find(is_topic).expect("a topic");
            let step = source.source.next(&listed.state, &answer(&topic.url, topic.tag, page)).unwrap();
            let next: Vec<&str> = step.requests.iter().map(|request| request.url.as_str()).collect();
            insta::assert_snapshot!(
                name.as_str(),
                format!("{}\nnext: {}\n\n{}", topic.url, next.join(" "), show(&step.entries))
            );
        }
    }
}

#[test]
fn a_topic_of_forty_pages_is_joined_at_the_last_two_whatever_its_pager_leaves_out() {
    for (name, next, wanted) in [
        ("xenforo", "page-2\"", ["/threads/forfait-coupe.31/page-39", "/threads/forfait-coupe.31/page-40"]),
        ("phpbb", "start=10\"", ["/viewtopic.php?t=12&start=380", "/viewtopic.php?t=12&start=390"]),
        ("mybb", "page=2\"", ["/showthread.php?tid=7&page=39", "/showthread.php?tid=7&page=40"]),
    ] {
        let source = watched(&format!("sources:\n  - forum: https://forum.example/\n    preset: {name}\n")).remove(0);
        let source = source.source;
        let listed = read(&source, golden(&format!("forums/{name}.list.html")).unwrap());
        let topic = listed.requests.iter().find(|request| matches!(request.tag, Tag::Topic { .. })).expect("a topic");
        let page = String::from_utf8(golden(&format!("forums/{name}.topic.html")).unwrap()).unwrap();
        let (mut request, mut state) = (topic.clone(), listed.state);
        let mut asked = Vec::new();
        // Of the page before the last, the next one is the last.
        let last = format!("{}\"", wanted[1].rsplit(['/', '&']).next().unwrap());
        for body in [page.clone(), page.replace(next, &last), page] {
            let step = source.next(&state, &answer(&request.url, request.tag, body.into())).unwrap();
            state = step.state;
            let Some(more) = step.requests.into_iter().next() else { break };
            asked.push(more.url.trim_start_matches("https://forum.example").to_owned());
            request = more;
        }
        assert_eq!(asked, wanted, "{name}");
    }
}

#[test]
fn a_written_selector_goes_before_the_engines() {
    let yaml = "sources:\n  - forum: https://forum.example/\n    preset: phpbb\n    pages: 1\n    select: {body: .signature, remove: [.x]}\n";
    let source = watched(yaml).remove(0).source;
    let listed = read(&source, golden("forums/phpbb.list.html").unwrap());
    let topic = &listed.requests[0];
    let page = golden("forums/phpbb.topic.html").unwrap();
    let step = source.next(&listed.state, &answer(&topic.url, topic.tag, page)).unwrap();
    let texts: Vec<&str> = step.entries.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts, ["Ma signature"]);
}

/// The texts of a native forum's answer, read by these lines.
fn texts(address: &str, lines: &str, body: &[u8]) -> Vec<String> {
    let source = watched(&format!("sources:\n  - forum: {address}\n    {lines}\n")).remove(0).source;
    read(&source, body.to_vec()).entries.into_iter().map(|entry| entry.text).collect()
}

#[test]
fn a_quote_is_no_part_of_a_post_in_a_native_feed_unless_the_watchlist_says_so() {
    let discourse = golden("forums/discourse.topic.xml").unwrap();
    let of = |lines: &str| texts("https://forum.example/", lines, &discourse).concat();
    assert_eq!(of("preset: discourse"), "Mon colis a disparu.\n\nOn verra.");
    assert!(of("preset: discourse\n    select: {remove: [aside]}").contains("acme ne rembourse rien"));
    let none = of("preset: discourse\n    select: {remove: []}");
    assert!(none.contains("acme est nul") && none.contains("acme ne rembourse rien"), "{none}");
    let flarum = golden("forums/flarum.topic.json").unwrap();
    assert_eq!(texts("https://forum.example/", "preset: flarum", &flarum), ["L’application plante au démarrage."]);
    let all = texts("https://forum.example/", "preset: flarum\n    select: {remove: [.none]}", &flarum);
    assert!(all.concat().contains("acme est nul"), "{all:?}");
}

#[test]
fn the_feed_of_a_discourse_topic_has_each_post_in_a_blockquote_that_is_no_quote() {
    let post = "<aside class=\"quote\"><blockquote><p>acme est nul</p></blockquote></aside><p>Pas chez moi.</p>\
                <blockquote><p>acme ment</p></blockquote>";
    let body = format!(
        "<rss version=\"2.0\"><channel><title>x</title><item><title>Colis perdu</title><guid>18-2</guid>\
         <link>https://forum.example/t/colis-perdu/18/2</link><pubDate>Sat, 21 Nov 2026 09:12:30 +0000</pubDate>\
         <description><![CDATA[ <p>@maelle a écrit :</p><blockquote>{post}</blockquote><p>Lire tout le sujet</p> ]]>\
         </description></item></channel></rss>"
    );
    let found = texts("https://forum.example/t/colis-perdu/18", "preset: discourse", body.as_bytes()).concat();
    assert!(found.contains("Pas chez moi.") && !found.contains("acme"), "{found}");
}

/// The lines under `- search: NAME` for each endpoint.
const WRITTEN: &[(&str, &str)] = &[
    ("app-store", "query: 123456"),
    ("bing-news", "query: '\"café kermelo\"'"),
    ("dailymotion", "query: café kermelo"),
    ("dev-to", "query: kermelo"),
    ("discourse", "endpoint: https://forum.example/aide/\n    query: kermelo"),
    ("gdelt", "query: '(kermelo OR \"café kermelo\")'"),
    ("google-alerts", "endpoint: https://www.google.com/alerts/feeds/1/2"),
    ("google-news", "query: kermelo & Cie"),
    ("hacker-news", "query: '\"café kermelo\"'"),
    ("lemmy", "endpoint: https://lemmy.example\n    query: kermelo"),
    ("mastodon", "endpoint: https://mastodon.example\n    query: '#kermelo'"),
    ("medium", "query: kermelo"),
    ("pinterest", "query: nolwen"),
    ("reddit", "query: '\"kermelo\" OR \"café kermelo\"'"),
    ("searxng", "endpoint: https://cherche.example\n    query: kermelo\n    language: en"),
    ("stack-exchange", "query: kermelo"),
    ("tumblr", "query: kermelo"),
    ("wordpress", "endpoint: https://blog.example\n    query: kermelo"),
    ("youtube", "query: UCabc-_1"),
];

#[test]
fn every_endpoint_is_asked_and_read() {
    let names: Vec<&str> = search::ENDPOINTS.iter().map(|preset| preset.name).collect();
    let mut written: Vec<&str> = WRITTEN.iter().map(|(name, _)| *name).collect();
    // Read below: a session comes first.
    written.insert(2, "bluesky");
    assert_eq!(names, written);
    for (name, lines) in WRITTEN {
        let source = watched(&format!("sources:\n  - search: {name}\n    {lines}\n")).remove(0);
        assert_eq!((source.kind, &*source.lines[0].name), (Kind::Search, *name));
        assert_eq!(source.url, source.source.url());
        let body = ["xml", "json"].iter().find_map(|kind| golden(&format!("search/{name}.{kind}"))).expect("an answer");
        let step = read(&source.source, body);
        let pace = step.ttl.expect("a smallest interval").as_secs() / 60;
        insta::assert_snapshot!(
            format!("search_{name}"),
            format!("{}\nafter {pace} min\n\n{}", source.url, show(&step.entries))
        );
    }
}

#[test]
fn some_queries_have_an_address_of_their_own() {
    for (name, query, wanted) in [
        ("youtube", "PLabc", "https://www.youtube.com/feeds/videos.xml?playlist_id=PLabc"),
        ("youtube", "UCPL", "https://www.youtube.com/feeds/videos.xml?channel_id=UCPL"),
        ("pinterest", "nolwen/cafés", "https://www.pinterest.com/nolwen/caf%C3%A9s.rss"),
        (
            "stack-exchange",
            "a",
            "https://api.stackexchange.com/2.3/search/excerpts?order=desc&sort=creation&fromdate=1795176000&pagesize=50&q=a&site=stackoverflow",
        ),
    ] {
        let source = watched(&format!("sources:\n  - search: {name}\n    query: {query}\n")).remove(0);
        let asked =
            source.source.address(&State { begun: Some("2026-11-21T12:00:00Z".parse().unwrap()), ..State::default() });
        assert_eq!(asked, wanted);
    }
}

#[test]
fn a_post_of_stack_exchange_is_linked_on_the_site_that_the_api_names() {
    let link = |endpoint: &str, item: &str| {
        let yaml = format!("sources:\n  - search: stack-exchange\n    endpoint: {endpoint}\n    query: kermelo\n");
        let source = watched(&yaml).remove(0).source;
        let body = format!("{{\"items\":[{{\"item_type\":\"question\",\"title\":\"x\",{item}}}]}}");
        read(&source, body.into()).entries.remove(0).url.unwrap()
    };
    for (endpoint, host) in [
        ("stackoverflow", "stackoverflow.com"),
        ("superuser", "superuser.com"),
        ("serverfault", "serverfault.com"),
        ("askubuntu", "askubuntu.com"),
        ("stackapps", "stackapps.com"),
        ("pt.stackoverflow", "pt.stackoverflow.com"),
        ("meta.superuser", "meta.superuser.com"),
        ("mathoverflow.net", "mathoverflow.net"),
        ("mathoverflow", "mathoverflow.net"),
        ("french", "french.stackexchange.com"),
        ("french.meta", "french.meta.stackexchange.com"),
        ("french.stackexchange", "french.stackexchange.com"),
        ("french.stackexchange.com", "french.stackexchange.com"),
    ] {
        assert_eq!(link(endpoint, "\"question_id\":79"), format!("https://{host}/q/79"), "{endpoint}");
        assert_eq!(link(endpoint, "\"question_id\":79,\"answer_id\":80"), format!("https://{host}/a/80"), "{endpoint}");
    }
    for key in ["link", "share_link"] {
        let item = format!("\"question_id\":79,\"{key}\":\"https://cuisine.example/q/79/x\"");
        assert_eq!(link("french", &item), "https://cuisine.example/q/79/x");
    }
}

#[test]
fn a_search_asks_for_what_came_since_the_newest_entry() {
    let begun = |state: &State, then: &str| State { begun: Some(then.parse().unwrap()), ..state.clone() };
    let source = watched("sources:\n  - search: hacker-news\n    query: kermelo\n").remove(0).source;
    let body = golden("search/hacker-news.json").unwrap();
    let first = source.start(&begun(&State::default(), "2026-11-21T12:00:00Z"));
    assert!(first.requests[0].url.contains("created_at_i%3E1795176000&"), "a day before: {}", first.requests[0].url);
    let step = source.next(&first.state, &answer(&first.requests[0].url, Tag::Main, body)).unwrap();
    let newest = step.entries.iter().filter_map(|entry| entry.published).max().unwrap();
    assert_eq!(step.state.since, Some(newest));
    let kept: State = serde_json::from_str(&serde_json::to_string(&step.state).unwrap()).unwrap();
    let second = source.start(&begun(&kept, "2026-11-21T12:10:00Z"));
    let asked = format!("created_at_i%3E{}&", newest.as_second() - 3600);
    assert!(second.requests[0].url.contains(&asked), "an hour before the newest: {}", second.requests[0].url);
    // Nothing new: the same address again, so that its validators hold.
    let found = Answer {
        validators: Validators { etag: Some("\"1\"".to_owned()), last_modified: None },
        ..answer(&second.requests[0].url, Tag::Main, b"{\"hits\":[]}".to_vec())
    };
    let step = source.next(&second.state, &found).unwrap();
    let third = source.start(&begun(&step.state, "2026-11-21T12:20:00Z"));
    assert_eq!(third.requests[0].url, second.requests[0].url);
    assert!(third.requests[0].validators.is_some());
}

#[test]
fn a_tag_with_more_posts_than_an_answer_holds_is_asked_for_what_lies_between() {
    let source = watched("sources:\n  - search: mastodon\n    query: kermelo\n").remove(0).source;
    let posts = |ids: std::ops::RangeInclusive<u32>| {
        let posts = ids.rev().map(|id| format!("{{\"id\":\"{id}\",\"content\":\"kermelo {id}\"}}"));
        format!("[{}]", posts.collect::<Vec<_>>().join(",")).into_bytes()
    };
    let front = source.url().to_owned();
    let after = |id: u32| format!("{front}&min_id={id}");
    let asked = |step: &vigie::source::Step| step.requests.first().map(|request| (request.url.clone(), request.tag));
    let begin = |state: &State, ids| {
        let first = source.start(state);
        assert_eq!(first.requests[0].url, front);
        source.next(&first.state, &answer(&front, Tag::Main, posts(ids))).unwrap()
    };
    let step = begin(&State::default(), 61..=100);
    assert_eq!((asked(&step), step.state.newest.as_deref()), (None, Some("100")));
    // Some of them are known: nothing is left out, late ones are there, and nothing goes back.
    let step = begin(&step.state, 90..=129);
    assert_eq!((asked(&step), step.state.newest.as_deref()), (None, Some("129")));
    let step = begin(&step.state, 80..=119);
    assert_eq!((asked(&step), step.state.newest.as_deref()), (None, Some("129")));
    let kept: State = serde_json::from_str(&serde_json::to_string(&step.state).unwrap()).unwrap();
    let step = begin(&kept, 1_200..=1_239);
    assert_eq!(asked(&step), Some((after(129), Tag::Page(1))));
    let step = source.next(&step.state, &answer(&after(129), Tag::Page(1), posts(130..=169))).unwrap();
    assert_eq!((step.entries.len(), asked(&step)), (40, Some((after(169), Tag::Page(2)))));
    // A server that fails on the way, or one page too many: the next poll goes on from there.
    assert_eq!(step.state.newest.as_deref(), Some("169"));
    let again = begin(&step.state, 1_200..=1_239);
    assert_eq!(asked(&again), Some((after(169), Tag::Page(1))));
    for last in [posts(1_180..=1_219), posts(1_200..=1_239), b"[]".to_vec()] {
        let step = source.next(&again.state, &answer(&after(169), Tag::Page(1), last)).unwrap();
        assert_eq!((asked(&step), step.state.newest.as_deref()), (None, Some("1239")));
    }
    // One that does not know the parameter's end.
    let mut step = again;
    let mut pages = 0;
    while let Some((url, tag)) = asked(&step) {
        pages += 1;
        let from = 170 + pages * 40;
        step = source.next(&step.state, &answer(&url, tag, posts(from..=from + 39))).unwrap();
    }
    assert_eq!(pages, 10);
    // Another tag has its own.
    let other = watched("sources:\n  - search: mastodon\n    query: sosh\n").remove(0).source;
    let first = other.start(&kept);
    let step = other.next(&first.state, &answer(other.url(), Tag::Main, posts(1_200..=1_239))).unwrap();
    assert_eq!((asked(&step), step.state.newest.as_deref()), (None, Some("1239")));
}

#[test]
fn bluesky_opens_a_session_and_searches_with_its_token() {
    let config = |login| SearchConfig {
        preset: search::find("bluesky").unwrap(),
        endpoint: None,
        query: "\"café kermelo\"".to_owned(),
        locale: "fr",
        timezone: None,
        language: None,
        login,
    };
    assert!(matches!(config(None).compile(), Err(SearchError::NoLogin)));
    let login = Login { name: "vigie.example".to_owned(), credential: "bluesky".to_owned() };
    let source = Source::Search(Arc::new(config(Some(login)).compile().unwrap()));
    let first = source.start(&State { begun: Some("2026-11-21T12:00:00Z".parse().unwrap()), ..State::default() });
    let [opening] = &first.requests[..] else { panic!("{:?}", first.requests) };
    assert_eq!(
        (opening.url.as_str(), opening.tag),
        ("https://bsky.social/xrpc/com.atproto.server.createSession", Tag::Session)
    );
    assert_eq!(opening.body.as_deref(), Some(r#"{"identifier":"vigie.example","password":"{secret:bluesky}"}"#));
    let session = golden("search/bluesky.session.json").unwrap();
    let second = source.next(&first.state, &answer(&opening.url, Tag::Session, session)).unwrap();
    let [asked] = &second.requests[..] else { panic!("{:?}", second.requests) };
    assert_eq!(
        asked.url,
        "https://bsky.social/xrpc/app.bsky.feed.searchPosts?q=%22caf%C3%A9%20kermelo%22&sort=latest&limit=100\
         &since=2026-11-20T12%3A00%3A00Z"
    );
    assert_eq!(asked.headers, [("Authorization".to_owned(), "Bearer eyJ0eXAiOiJhdCJ9.e30.c2ln".to_owned())]);
    assert!(!serde_json::to_string(&second.state).unwrap().contains("eyJ0"), "a token is for one poll");
    let body = golden("search/bluesky.json").unwrap();
    let step = source.next(&second.state, &answer(&asked.url, Tag::Main, body)).unwrap();
    insta::assert_snapshot!("search_bluesky", show(&step.entries));
    // In a watchlist, name and password go into the session and into no header.
    let yaml =
        "sources:\n  - search: bluesky\n    query: x\n    auth: {basic: {username: a, password: {credential: c}}}\n";
    let written = watched(yaml).remove(0);
    assert!(written.access.knows("c") && written.access.headers().unwrap().is_empty());
    for bad in ["{}", "{\"accessJwt\":\"a\\r\\nX: y\"}", "<html>"] {
        assert!(source.next(&first.state, &answer(&opening.url, Tag::Session, bad.into())).is_err(), "{bad}");
    }
}

#[test]
fn an_endpoint_of_ones_own_is_filled_in() {
    const BRANDS: &str = "brands:\n  - id: kermelo\n    match: {any: [café kermelo]}\n";
    let json = |url: &str, more: &str| {
        watched(&format!(
            "{BRANDS}sources:\n  - json: \"{url}\"\n    items: /hits\n    fields: {{title: /t, published: /d}}\n{more}"
        ))
        .remove(0)
    };
    let built = json("https://api.example/s?q={query}&from={since:unix}", "");
    assert_eq!(built.lines[0].name, "api.example");
    let asked = |source: &WatchedSource| {
        source
            .source
            .address(&State { begun: Some("2026-11-21T12:00:00Z".parse().unwrap()), ..State::default() })
            .into_owned()
    };
    assert_eq!(asked(&built), "https://api.example/s?q=caf%C3%A9%20kermelo&from=1795176000");
    let written = json("https://api.example/s?q={query}", "    query: a&b\n");
    assert_eq!(asked(&written), "https://api.example/s?q=a%26b");
    assert_ne!(written.key, json("https://api.example/s?q={query}", "    query: c\n").key);
    let plain = json("https://api.example/s", "");
    assert_eq!(asked(&plain), "https://api.example/s");
    let dated = json("https://api.example/s", "    date_format: dd/MM/yyyy\n").source;
    let step = read(&dated, br#"{"hits":[{"t":"a","d":"02/03/2026"}]}"#.to_vec());
    assert_eq!(step.entries[0].published.unwrap().to_string(), "2026-03-02T00:00:00Z");
}

const BRAND: &str = "brands:\n  - id: kermelo\n    match: {any: [=Kermelo, café kermelo, {all: [machine, kermélo]}]}\n";

#[test]
fn a_query_is_built_of_the_brands_terms() {
    let source = watched(&format!("{BRAND}sources:\n  - search: gdelt\n")).remove(0);
    let asked = "query=%28Kermelo%20OR%20machine%20OR%20caf%C3%A9kermelo%29&";
    assert!(source.url.contains(asked), "{}", source.url);
}

#[test]
fn a_built_search_stays_itself_when_the_terms_change_and_is_its_files_own() {
    let searched = |file: &str, brand: &str, query: &str| {
        watched_in(file, &format!("{brand}sources:\n  - search: google-news\n{query}")).remove(0)
    };
    let one = searched("a.yaml", BRAND, "");
    let other_terms = searched("a.yaml", &BRAND.replace("=Kermelo", "Kermelou"), "");
    assert_eq!(one.key, other_terms.key);
    assert_ne!(one.url, other_terms.url);
    assert_ne!(one.key, searched("b.yaml", BRAND, "").key);
    // A written query is the same source in every file, whatever the language makes of the address.
    let written = searched("a.yaml", BRAND, "    query: kermelo\n");
    let english = searched("b.yaml", BRAND, "    query: kermelo\n    language: en\n");
    assert_eq!(written.key, english.key);
    assert_ne!(written.url, english.url);
}

#[test]
fn an_endpoint_that_finds_nothing_is_no_broken_one() {
    for (name, lines, body) in [
        ("gdelt", "query: kermelo", "{}"),
        ("app-store", "query: 1", "{\"feed\":{\"title\":{\"label\":\"x\"}}}"),
        ("discourse", "endpoint: https://forum.example\n    query: kermelo", "{\"grouped_search_result\":{}}"),
        ("hacker-news", "query: kermelo", "{\"hits\":[]}"),
    ] {
        let source = watched(&format!("sources:\n  - search: {name}\n    {lines}\n")).remove(0).source;
        assert_eq!(read(&source, body.into()).entries, [], "{name}");
    }
    // A single review stands there without its list.
    let source = watched("sources:\n  - search: app-store\n    query: 1\n").remove(0).source;
    let one = "{\"feed\":{\"entry\":{\"id\":{\"label\":\"1\"},\"title\":{\"label\":\"Bien\"}}}}";
    assert_eq!(read(&source, one.into()).entries.len(), 1);
    // A list that has moved is said.
    let source = watched("sources:\n  - search: hacker-news\n    query: kermelo\n").remove(0).source;
    let state = source.start(&State::default()).state;
    let error = source.next(&state, &answer(source.url(), Tag::Main, "{\"results\":[]}".into())).unwrap_err();
    assert_eq!(error.state, SourceState::SelectorsStale);
}

#[test]
fn the_pace_of_an_endpoint_outlives_the_poll() {
    let source = watched("sources:\n  - search: stack-exchange\n    query: kermelo\n").remove(0).source;
    let step = read(&source, golden("search/stack-exchange.json").unwrap());
    assert_eq!(step.ttl, Some(Duration::from_mins(20)), "the backoff that the answer asks for");
    let kept: State = serde_json::from_str(&serde_json::to_string(&step.state).unwrap()).unwrap();
    assert_eq!(kept.pace, Some(20 * 60));
    let step = read(&source, b"{\"items\":[]}".to_vec());
    assert_eq!(step.state.pace, Some(15 * 60), "the preset's own");
}

#[test]
fn a_search_that_is_asked_for_something_else_says_so_once() {
    let of = |brand: &str| watched(&format!("{brand}sources:\n  - search: gdelt\n")).remove(0).source;
    let read_with = |source: &Source, state: &State| {
        let first = source.start(state);
        let body = golden("search/gdelt.json").unwrap();
        source.next(&first.state, &answer(source.url(), Tag::Main, body)).unwrap().state
    };
    let (before, after) = (of(BRAND), of(&BRAND.replace("=Kermelo", "Kermelou")));
    let one = read_with(&before, &State::default());
    assert_eq!((one.renewed, read_with(&before, &one).renewed), (None, None));
    let two = read_with(&after, &one);
    assert_eq!(two.renewed, Some("2026-11-21T12:00:00Z".parse().unwrap()));
    assert_eq!(read_with(&after, &two).renewed, None, "the next poll is like any other");
}

#[test]
fn a_state_has_its_meaning_at_an_endpoint() {
    let source =
        watched("sources:\n  - search: searxng\n    endpoint: https://a.example\n    query: x y\n").remove(0).source;
    assert!(source.hint(SourceState::Refused).unwrap().contains("settings.yml"));
    assert_eq!(source.hint(SourceState::Ok), None);
    for preset in search::ENDPOINTS {
        assert!(preset.lines().any(|(key, _)| key.starts_with("hint.")), "{}: no state has a meaning", preset.name);
        for (key, _) in preset.lines() {
            if let Some(state) = key.strip_prefix("hint.") {
                assert!(SourceState::ALL.iter().any(|known| known.word() == state), "{}: {key}", preset.name);
            }
        }
    }
}
