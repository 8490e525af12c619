//! Sources from answers alone: feeds of every kind against golden readings, forums and pages driven step
//! by step as `fetch` does, without a network.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use vigie::entry::Entry;
use vigie::exchange::{Answer, Request, Tag, Validators};
use vigie::health::SourceState;
use vigie::source::feed::FeedConfig;
use vigie::source::forum::ForumConfig;
use vigie::source::json::JsonConfig;
use vigie::source::page::PageConfig;
use vigie::source::{Kind, ParseError, Source, State};
use vigie::text::language::Language;

fn answer(url: &str, tag: Tag, body: &[u8]) -> Answer {
    Answer {
        url: url.to_owned(),
        tag,
        content_type: None,
        validators: Validators { etag: Some("\"1\"".to_owned()), last_modified: None },
        body: body.to_vec(),
        received: "2026-11-21T12:00:00Z".parse().unwrap(),
    }
}

fn feed() -> Source {
    Source::Feed(FeedConfig { url: "https://feed.example/rss".to_owned(), ..FeedConfig::default() }.compile().unwrap())
}

fn read(body: &[u8]) -> Result<Vec<Entry>, ParseError> {
    let source = feed();
    let state = source.start(&State::default()).state;
    source.next(&state, &answer("https://feed.example/rss", Tag::Main, body)).map(|step| step.entries)
}

fn show(entries: &[Entry]) -> String {
    entries
        .iter()
        .map(|entry| {
            format!(
                "id: {}\nurl: {}\ntitle: {}\nauthor: {}\npublished: {}\nlanguage: {}\nlinks: {}\n{}\n",
                entry.id,
                entry.url.as_deref().unwrap_or("-"),
                entry.title,
                entry.author.as_deref().unwrap_or("-"),
                entry.published.map_or("-".to_owned(), |then| then.to_string()),
                entry.language.map_or("-".to_owned(), |language| language.to_string()),
                entry.links.join(" "),
                entry.text,
            )
        })
        .collect::<Vec<_>>()
        .join("---\n")
}

#[test]
fn feeds_of_every_kind_are_read_as_written_down() {
    for (name, body) in [
        ("rss", include_bytes!("golden/rss.xml").as_slice()),
        ("atom", include_bytes!("golden/atom.xml")),
        ("json_feed", include_bytes!("golden/feed.json")),
        ("damaged", include_bytes!("golden/damaged.xml")),
        ("rdf", include_bytes!("golden/rdf.xml")),
    ] {
        insta::assert_snapshot!(name, show(&read(body).unwrap()));
    }
}

#[test]
fn the_pace_that_a_feed_states_is_kept() {
    let source = feed();
    let state = source.start(&State::default()).state;
    let body = include_bytes!("golden/rss.xml");
    let step = source.next(&state, &answer("https://feed.example/rss", Tag::Main, body)).unwrap();
    assert_eq!(step.ttl, Some(std::time::Duration::from_mins(30)));
}

#[test]
fn base64_is_read_when_it_is_text() {
    let entry = |kind: &str, body: &str| {
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>urn:1</id><title>t</title>\
             <updated>2026-11-21T10:00:00Z</updated><link href='https://a.fr/1'/>\
             <content type='{kind}'>{body}</content></entry></feed>"
        )
    };
    let text = |kind: &str, body: &str| read(entry(kind, body).as_bytes()).unwrap()[0].text.clone();
    assert_eq!(text("application/octet-stream", " VW4gY2Fmw6kg\n&#10;ZW4gcGFubmU= "), "Un café en panne");
    assert_eq!(text("image/png", "iVBORw0KGgo="), "");
    assert_eq!(text("text/plain", "VW4gY2Fmw6k="), "VW4gY2Fmw6k=");
}

#[test]
fn base64_of_atom_0_3_is_read() {
    let body = "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry>\
        <title mode='base64'>\n RXhhbXBsZSA8Yj5BdG9tPC9iPg==\n</title>\
        <content type='text/html' mode='base64'>VW4gY2Fmw6kg\nZW4gcGFubmU=</content></entry></feed>";
    let entry = read(body.as_bytes()).unwrap().remove(0);
    assert_eq!((entry.title.as_str(), entry.text.as_str()), ("Example Atom", "Un café en panne"));
}

#[test]
fn markup_that_stands_bare_in_a_description_is_read() {
    let body = "<rss version='2.0'><channel><item><title>Un</title><guid>https://a.fr/1</guid>\
        <pubDate>Sat, 21 Nov 2026 10:12:30 +0100</pubDate><description><table><tr><td>Le <b>café</b> est \
        <a href='https://b.fr/'>froid</a></td></tr></table></description></item></channel></rss>";
    let entry = read(body.as_bytes()).unwrap().remove(0);
    assert_eq!((entry.title.as_str(), entry.text.as_str()), ("Un", "Le café est froid"));
    assert_eq!(entry.links, ["https://b.fr/"]);
}

#[test]
fn ids_are_the_same_at_every_poll_and_outlive_an_edited_title() {
    let with = |title: &str, link: &str| {
        format!(
            "<rss version='2.0'><channel><item><title>{title}</title>{link}<description>x</description></item></channel></rss>"
        )
    };
    let id = |body: String| read(body.as_bytes()).unwrap()[0].id.clone();
    assert_eq!(id(with("a", "")), id(with("a", "")));
    assert_ne!(id(with("a", "")), id(with("b", "")));
    let link = "<link>https://a.fr/1?utm_source=x</link>";
    assert_eq!(id(with("a", link)), "https://a.fr/1");
    assert_eq!(id(with("b", link)), "https://a.fr/1");
    assert_eq!(id(with("b", "<guid>g</guid><link>https://a.fr/2</link>")), "g");
    // A feed that gives all its items one id, or one link, does not make them one entry.
    let two = |inner: [&str; 2]| {
        let items = inner.map(|inner| format!("<item>{inner}<description>x</description></item>")).concat();
        let entries = read(format!("<rss version='2.0'><channel>{items}</channel></rss>").as_bytes()).unwrap();
        assert_ne!(entries[0].id, entries[1].id);
    };
    two(["<guid>g</guid><title>a</title>", "<guid>g</guid><title>b</title>"]);
    two(["<link>https://a.fr/tous</link><title>a</title>", "<link>https://a.fr/tous</link><title>b</title>"]);
    assert_eq!(id(with("a", &format!("<guid>{}</guid>", "x".repeat(5000)))).len(), 32);
    assert_eq!(id(with("a", &format!("<link>https://a.fr/{}</link>", "x".repeat(3000)))).len(), 32);
    // All items that link to the front page are told apart by what they say.
    assert_ne!(id(with("a", "<link>https://a.fr/</link>")), id(with("b", "<link>https://a.fr/</link>")));
}

#[test]
fn what_is_no_feed_has_its_state_and_says_what_to_do() {
    let page = "<!DOCTYPE html><html><head><link rel='alternate' type='application/rss+xml' href='/real.xml'></head><body>Bonjour</body></html>";
    for (body, state, detail) in [
        ("", SourceState::Broken, "the answer is empty"),
        (" \n\u{FEFF}", SourceState::Broken, "the answer is empty"),
        (page, SourceState::NotAFeed, "https://feed.example/real.xml"),
        ("<html><body>x</body></html>", SourceState::NotAFeed, "a page in place of a feed"),
        ("<html><script>'<rss>'</script><body>x</body></html>", SourceState::NotAFeed, "a page in place of a feed"),
        ("just words", SourceState::NotAFeed, "neither XML nor JSON"),
        ("<opml><body/></opml>", SourceState::NotAFeed, "<opml>"),
        ("{\"a\":1}", SourceState::NotAFeed, "items"),
        ("{\"items\":[", SourceState::Broken, "not JSON"),
        (
            "<?xml version='1.0'?>\n\n<rss version='2.0'><channel><title>x</titel></channel>",
            SourceState::Broken,
            "line 3",
        ),
    ] {
        let error = read(body.as_bytes()).unwrap_err();
        assert_eq!(error.state, state, "{body}");
        assert!(error.detail.contains(detail), "{body}: {}", error.detail);
    }
}

#[test]
fn a_feed_without_entries_is_read() {
    for body in
        ["<rss version='2.0'><channel><title>x</title></channel></rss>", "<feed xmlns='http://www.w3.org/2005/Atom'/>"]
    {
        assert_eq!(read(body.as_bytes()).unwrap(), []);
    }
}

#[test]
fn every_charset_leads_to_the_same_words() {
    let xml = |encoding: &str| {
        format!(
            "<?xml version='1.0' encoding='{encoding}'?><rss version='2.0'><channel><item><title>Déjà vu à Noël</title></item></channel></rss>"
        )
    };
    let latin: Vec<u8> = xml("iso-8859-1").chars().map(|c| c as u8).collect();
    let utf16: Vec<u8> = xml("utf-16").encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked: Vec<u8> = format!("\u{FEFF}{}", xml("utf-16")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for body in [xml("utf-8").into_bytes(), latin, utf16, marked, format!("  junk {}", xml("utf-8")).into_bytes()] {
        assert_eq!(read(&body).unwrap()[0].title, "Déjà vu à Noël");
    }
}

#[test]
fn ten_thousand_items_are_read_and_the_rest_is_counted() {
    let items: Vec<String> =
        (0..10_300).map(|n| format!("<item><guid>{n}</guid><title>n {n}</title></item>")).collect();
    let items = items.concat();
    let source = feed();
    let body = format!("<rss version='2.0'><channel>{items}</channel></rss>");
    let state = source.start(&State::default()).state;
    let step = source.next(&state, &answer("https://feed.example/rss", Tag::Main, body.as_bytes())).unwrap();
    assert_eq!((step.entries.len(), step.dropped), (10_000, 300));
}

#[test]
fn hostile_feeds_are_read_in_linear_time() {
    let item = |inner: &str| format!("<rss version='2.0'><channel><item>{inner}</item></channel></rss>");
    let different: Vec<String> = (0..20_000).map(|n| format!("<description>mot{n}</description>")).collect();
    for (name, body) in [
        ("descriptions", item(&different.concat())),
        ("links", item(&"<link>https://a.fr/</link>".repeat(50_000))),
        ("unclosed items", format!("<rss><channel>{}", "<item>".repeat(100_000))),
        ("unclosed comments", item(&"<!--".repeat(200_000))),
        ("unclosed CDATA", item(&"<![CDATA[".repeat(100_000))),
        ("nesting", item(&"<a>".repeat(100_000))),
        ("ampersands", item(&format!("<title>{}</title>", "&".repeat(500_000)))),
        ("quotes", item(&"<a b=\"".repeat(100_000))),
    ] {
        let begin = std::time::Instant::now();
        let _ = read(body.as_bytes());
        assert!(begin.elapsed().as_secs() < 10, "{name} took {:?}", begin.elapsed());
    }
}

#[test]
fn the_stated_language_and_zone_hold() {
    let config = FeedConfig {
        url: "https://feed.example/rss".to_owned(),
        timezone: Some(jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(1))),
        language: Some(Language::FRENCH),
        ..FeedConfig::default()
    };
    let source = Source::Feed(config.compile().unwrap());
    let body = b"<rss version='2.0'><channel><language>en</language><item><title>x</title><pubDate>02/03/2026 10:00</pubDate></item></channel></rss>";
    let state = source.start(&State::default()).state;
    let entries = source.next(&state, &answer("https://feed.example/rss", Tag::Main, body)).unwrap().entries;
    assert_eq!(entries[0].language, Some(Language::FRENCH));
    assert_eq!(entries[0].published.unwrap().to_string(), "2026-03-02T09:00:00Z");
}

#[test]
fn a_second_poll_is_conditional() {
    let source = feed();
    let first = source.start(&State::default());
    assert_eq!(first.requests[0].validators, None);
    let step = source
        .next(&first.state, &answer("https://feed.example/rss", Tag::Main, include_bytes!("golden/atom.xml")))
        .unwrap();
    let kept: State = serde_json::from_str(&serde_json::to_string(&step.state).unwrap()).unwrap();
    assert_eq!(kept, step.state, "the end of a poll leaves nothing that is not kept");
    let second = source.start(&kept);
    assert_eq!(second.requests[0].validators.as_ref().unwrap().etag.as_deref(), Some("\"1\""));
}

#[test]
fn sources_pass_between_threads() {
    fn passes<T: Send + Sync + Clone + 'static>(_: &T) {}
    passes(&feed());
    passes(&forum());
    assert_eq!((feed().kind(), feed().url()), (Kind::Feed, "https://feed.example/rss"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_damaged_feed_never_panics_and_keeps_most_items(cuts in proptest::collection::vec((0usize..1500, 1usize..4), 1..4)) {
        let mut body = include_bytes!("golden/rss.xml").to_vec();
        for (at, len) in cuts {
            let end = (at + len).min(body.len());
            body.drain(at.min(end)..end);
        }
        // At most three small holes; each costs at most the two items that it joins.
        if let Ok(entries) = read(&body) {
            prop_assert!(!entries.is_empty());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&body);
    }
}

/// Drives a poll as `fetch` does: requests in order, until none is left.
fn poll(
    source: &Source,
    state: &State,
    web: &BTreeMap<&str, String>,
) -> Result<(Vec<Entry>, Vec<String>, State), ParseError> {
    let mut step = source.start(state);
    let mut queue: Vec<Request> = std::mem::take(&mut step.requests);
    let (mut entries, mut asked) = (Vec::new(), Vec::new());
    while !queue.is_empty() {
        let request = queue.remove(0);
        asked.push(request.url.clone());
        let body = web.get(request.url.as_str()).unwrap_or_else(|| panic!("{} was asked", request.url));
        step = source.next(&step.state, &answer(&request.url, request.tag, body.as_bytes()))?;
        queue.append(&mut step.requests);
        entries.append(&mut step.entries);
    }
    Ok((entries, asked, step.state))
}

fn forum_config() -> ForumConfig {
    ForumConfig {
        url: "https://forum.example/list?f=3".to_owned(),
        topic: "li.row".to_owned(),
        topic_link: "a.topictitle @href".to_owned(),
        post: "div.post".to_owned(),
        body: ".content".to_owned(),
        author: Some("p.author strong".to_owned()),
        date: Some("time @datetime".to_owned()),
        permalink: Some("h3 a @href".to_owned()),
        next: Some("a[rel=next] @href".to_owned()),
        remove: vec!["blockquote".to_owned()],
        pages: 1,
        topics: 30,
        timezone: None,
        date_format: None,
        language: Some(Language::FRENCH),
    }
}

fn forum() -> Source {
    Source::Forum(Arc::new(forum_config().compile().unwrap()))
}

fn list(topics: &[(&str, &str)], next: Option<&str>) -> String {
    let rows = topics
        .iter()
        .map(|(link, title)| format!("<li class=row><a class=topictitle href='{link}'>{title}</a></li>"))
        .collect::<Vec<_>>()
        .concat();
    let next = next.map_or(String::new(), |next| format!("<a rel=next href='{next}'>suite</a>"));
    format!("<html><head><title>Forum</title></head><body><ul>{rows}</ul>{next}</body></html>")
}

fn topic(posts: &[(u32, &str)], next: Option<&str>) -> String {
    let posts = posts
        .iter()
        .map(|(id, text)| {
            format!(
                "<div class=post id=p{id}><h3><a href='/post?p={id}#p{id}'>Re</a></h3><p class=author>par <strong>Léa</strong> \
                 <time datetime='2026-11-21T10:0{}:00+01:00'>hier</time></p><div class=content><blockquote>cité</blockquote>{text}</div></div>",
                id % 10
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let next = next.map_or(String::new(), |next| format!("<a rel=next href='{next}'>suite</a>"));
    format!("<html><body>{posts}{next}</body></html>")
}

#[test]
fn a_forum_is_read_from_list_to_topic_to_posts_and_goes_on_at_the_last_page() {
    let mut web = BTreeMap::from([
        (
            "https://forum.example/list?f=3",
            list(
                &[("/t?id=1", "Débit <b>faible</b>"), ("/t?id=2", "Panne"), ("https://else.example/t", "Ailleurs")],
                None,
            ),
        ),
        ("https://forum.example/t?id=1", topic(&[(1, "Un"), (2, "Deux")], Some("/t?id=1&start=2"))),
        ("https://forum.example/t?id=1&start=2", topic(&[(3, "Trois")], Some("/t?id=1&start=4"))),
        ("https://forum.example/t?id=2", topic(&[(9, "Voir <a href='https://orange.fr/x'>ici</a>")], None)),
    ]);
    let (entries, asked, state) = poll(&forum(), &State::default(), &web).unwrap();
    insta::assert_snapshot!("forum", format!("{}\n\n{}", asked.join("\n"), show(&entries)));

    web.insert("https://forum.example/t?id=1&start=2", topic(&[(3, "Trois"), (4, "Quatre")], Some("/t?id=1&start=4")));
    web.insert("https://forum.example/t?id=1&start=4", topic(&[(5, "Cinq")], None));
    let kept: State = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
    let (entries, asked, _) = poll(&forum(), &kept, &web).unwrap();
    assert_eq!(
        asked,
        [
            "https://forum.example/list?f=3",
            "https://forum.example/t?id=1&start=2",
            "https://forum.example/t?id=2",
            "https://forum.example/t?id=1&start=4"
        ]
    );
    let texts: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts, ["Trois", "Quatre", "Voir ici", "Cinq"]);
}

#[test]
fn a_long_topic_is_joined_at_its_last_pages() {
    let pager: String =
        ["2", "4", "6", "8", "x8", "80x"].map(|n| format!("<a href='/t?id=1&start={n}'>{n}</a>")).concat();
    let page = |ids: [u32; 2], next: Option<&str>| topic(&[(ids[0], "Un"), (ids[1], "Deux")], next) + &pager;
    let web = BTreeMap::from([
        ("https://forum.example/list?f=3", list(&[("/t?id=1", "Long")], None)),
        ("https://forum.example/t?id=1", page([1, 2], Some("/t?id=1&start=2"))),
        ("https://forum.example/t?id=1&start=6", page([7, 8], Some("/t?id=1&start=8"))),
        ("https://forum.example/t?id=1&start=8", page([9, 10], None)),
    ]);
    for (pages, wanted) in
        [(1, &["/t?id=1", "/t?id=1&start=8"][..]), (2, &["/t?id=1", "/t?id=1&start=6", "/t?id=1&start=8"])]
    {
        // `pages` counts pages of the list too; this one has no next.
        let source = Source::Forum(Arc::new(ForumConfig { pages, ..forum_config() }.compile().unwrap()));
        let (_, asked, state) = poll(&source, &State::default(), &web).unwrap();
        let asked: Vec<&str> = asked[1..].iter().map(|url| url.trim_start_matches("https://forum.example")).collect();
        assert_eq!(asked, wanted);
        assert_eq!(state.topics.values().next().unwrap(), "https://forum.example/t?id=1&start=8");
    }
}

#[test]
fn a_forum_asks_forty_times_at_most() {
    let topics: Vec<(String, String)> = (0..100).map(|n| (format!("/t?id={n}"), format!("Sujet {n}"))).collect();
    let listed: Vec<(&str, &str)> = topics.iter().map(|(link, title)| (link.as_str(), title.as_str())).collect();
    let addresses: Vec<String> = (0..100).map(|n| format!("https://forum.example/t?id={n}")).collect();
    let mut web = BTreeMap::from([("https://forum.example/list?f=3", list(&listed, None))]);
    for (n, address) in addresses.iter().enumerate() {
        web.insert(address, topic(&[(n as u32, "Bonjour")], None));
    }
    for (topics, wanted) in [(30, 31), (200, 40)] {
        let source = Source::Forum(Arc::new(ForumConfig { topics, ..forum_config() }.compile().unwrap()));
        assert_eq!(poll(&source, &State::default(), &web).unwrap().1.len(), wanted);
    }
}

#[test]
fn selectors_that_find_nothing_are_named() {
    let list_address = "https://forum.example/list?f=3";
    let bare = "<html><body><p>Un nouveau modèle de page</p></body></html>".to_owned();
    let other = list(&[("/t?id=1", "Sujet")], None).replace("topictitle", "renamed");
    for (web, named) in [
        (BTreeMap::from([(list_address, bare.clone())]), "topic: `li.row`"),
        (BTreeMap::from([(list_address, other)]), "topic_link: `a.topictitle @href`"),
        (
            BTreeMap::from([
                (list_address, list(&[("/t?id=1", "Sujet")], None)),
                ("https://forum.example/t?id=1", bare.clone()),
            ]),
            "post: `div.post`",
        ),
    ] {
        let error = poll(&forum(), &State::default(), &web).unwrap_err();
        assert_eq!(error.state, SourceState::SelectorsStale);
        assert!(error.detail.contains(named), "{}", error.detail);
    }
    // One dead topic among living ones is no broken forum, and an empty page is no stale selector.
    let web = BTreeMap::from([
        (list_address, list(&[("/t?id=1", "Mort"), ("/t?id=2", "Vif")], None)),
        ("https://forum.example/t?id=1", bare),
        ("https://forum.example/t?id=2", topic(&[(1, "Bonjour")], None)),
    ]);
    assert_eq!(poll(&forum(), &State::default(), &web).unwrap().0.len(), 1);
    assert_eq!(poll(&forum(), &State::default(), &BTreeMap::from([(list_address, String::new())])).unwrap().0, []);
}

#[test]
fn pages_that_are_too_deep_or_too_large_are_refused_unparsed() {
    for (body, state) in [("<div>".repeat(100_000), SourceState::Broken), ("x".repeat(5 << 20), SourceState::TooLarge)]
    {
        let error =
            poll(&forum(), &State::default(), &BTreeMap::from([("https://forum.example/list?f=3", body)])).unwrap_err();
        assert_eq!(error.state, state);
    }
}

fn page_config() -> PageConfig {
    PageConfig {
        url: "https://press.example/list".to_owned(),
        item: "article".to_owned(),
        title: "h2".to_owned(),
        link: "h2 a @href".to_owned(),
        body: Some(".lede".to_owned()),
        date: Some("time".to_owned()),
        author: Some("@data-author".to_owned()),
        next: Some("a.next".to_owned()),
        remove: vec!["nav".to_owned()],
        pages: 2,
        timezone: None,
        date_format: None,
        language: Some(Language::FRENCH),
    }
}

#[test]
fn a_page_is_read_item_by_item_over_its_next_pages() {
    let item = |n: u32| {
        format!(
            "<article data-author='Ana'><h2><a href='/a/{n}'>Communiqué {n}</a></h2><time>2{n}/11/2026</time><div class=lede><nav>menu</nav>Texte {n}</div></article>"
        )
    };
    let web = BTreeMap::from([
        ("https://press.example/list", format!("{}{}<a class=next href='?page=2'>suite</a>", item(0), item(1))),
        ("https://press.example/list?page=2", format!("{}<a class=next href='?page=3'>suite</a>", item(1))),
    ]);
    let source = Source::Page(Arc::new(page_config().compile().unwrap()));
    let (entries, asked, state) = poll(&source, &State::default(), &web).unwrap();
    insta::assert_snapshot!("page", format!("{}\n\n{}", asked.join("\n"), show(&entries)));
    assert!(state.validators.is_empty(), "a poll of several pages is not conditional");

    let bare = BTreeMap::from([("https://press.example/list", "<p>Rien</p>".to_owned())]);
    let error = poll(&source, &State::default(), &bare).unwrap_err();
    assert_eq!((error.state, error.detail.contains("item: `article`")), (SourceState::SelectorsStale, true));
}

#[test]
fn a_json_source_is_read_through_the_same_seam() {
    let config = JsonConfig {
        url: "https://api.example/q".to_owned(),
        items: "/hits".to_owned(),
        fields: BTreeMap::from([("title".to_owned(), vec!["/t".to_owned()])]),
        ..JsonConfig::default()
    };
    let source = Source::Json(Arc::new(config.compile().unwrap()));
    let web = BTreeMap::from([("https://api.example/q", "{\"hits\":[{\"t\":\"Bonjour\"}]}".to_owned())]);
    let (entries, _, state) = poll(&source, &State::default(), &web).unwrap();
    assert_eq!(entries[0].title, "Bonjour");
    assert_eq!(state.validators.len(), 1);
}

#[test]
fn configurations_name_the_key_that_is_wrong() {
    assert_eq!(FeedConfig::default().compile().unwrap_err().key, "feed");
    assert_eq!(ForumConfig { post: "div[".to_owned(), ..forum_config() }.compile().unwrap_err().key, "post");
    assert_eq!(ForumConfig { remove: vec!["a >".to_owned()], ..forum_config() }.compile().unwrap_err().key, "remove");
    assert_eq!(PageConfig { next: Some("a @".to_owned()), ..page_config() }.compile().unwrap_err().key, "next");
}
