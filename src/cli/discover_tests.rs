//! `vigie discover` against the small web: what it finds, where it looks, and that its YAML is taken.

use super::*;
use crate::config::settings::{OpenedAddress, UiLanguage};
use crate::config::{Settings, load};
use crate::demo::reply::Reply;
use crate::demo::web::Web;
use crate::watchlist::{Context, WatchlistFile, compile};

const RSS: &str = "<rss version='2.0'><channel><item><guid>1</guid><title>Un</title></item></channel></rss>";

fn html(head: &str) -> Reply {
    Reply::new("text/html", format!("<!doctype html><html><head>{head}</head><body>Bonjour</body></html>"))
}

fn settings(web: &Web) -> FetchSettings {
    let address = web.address();
    let opened = OpenedAddress { network: address.ip(), bits: 32, port: address.port() };
    FetchSettings { allow_private: vec![opened], ..FetchSettings::default() }
}

/// Exit, stdout, stderr.
async fn call(web: &Web, inputs: &[String]) -> (Exit, String, String) {
    call_for(web, inputs, Format::Yaml).await
}

async fn call_for(web: &Web, inputs: &[String], format: Format) -> (Exit, String, String) {
    let search = Search::new(&settings(web), Locale::of(UiLanguage::English)).unwrap();
    let args = Args { inputs: inputs.to_vec(), format };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = search.run(&args, &mut out, &mut err).await.unwrap();
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

/// The watchlist is taken as it stands.
fn passes(web: &Web, yaml: &str) {
    let opened = format!("fetch: {{allow_private: [\"{}\"]}}\n", web.address());
    let settings: Settings =
        load::settings_of(std::path::Path::new("vigie.yaml"), opened.as_bytes(), None, UiLanguage::English).unwrap().0;
    let file = WatchlistFile { name: "a.yaml".into(), path_shown: "a.yaml".into(), bytes: yaml.into() };
    let compiled = compile(&[file], &Context::of(&settings));
    assert!(compiled.diagnostics[0].1.is_empty(), "{yaml}\n{:?}", compiled.diagnostics);
    assert!(compiled.result.is_ok());
}

fn asked(web: &Web) -> Vec<String> {
    web.requests().into_iter().map(|request| request.path).collect()
}

#[tokio::test]
async fn a_feed_is_itself() {
    let web = Web::start().await.unwrap();
    web.put("/rss", Reply::new("application/rss+xml", RSS));
    let (exit, out, _) = call(&web, &[web.url("/rss")]).await;
    assert_eq!((exit, out.as_str()), (Exit::Fine, &*format!("sources:\n  - feed: {}   # 1 entry\n", web.url("/rss"))));
    assert_eq!(asked(&web), ["/rss"]);
    passes(&web, &out);
}

#[tokio::test]
async fn the_feeds_that_a_page_names_are_read_before_they_are_shown() {
    let web = Web::start().await.unwrap();
    let head = "<link rel=alternate type='application/rss+xml' title='Toutes les \"brèves\" : #1' href='/a.xml'>\
        <link rel=alternate type='application/rss+xml' href='/dead.xml'>\
        <link rel=alternate type='application/atom+xml' href='/b.xml?x=1#y'>";
    web.put("/blog", html(head));
    web.put("/a.xml", Reply::new("application/rss+xml", RSS));
    web.put("/b.xml", Reply::new("application/rss+xml", RSS));
    let (exit, out, err) = call(&web, &[web.url("/blog")]).await;
    assert_eq!(exit, Exit::Fine);
    assert!(out.contains(&format!("feed: {}   # 1 entry\n    name: ", web.url("/a.xml"))), "{out}");
    assert!(out.contains(&format!("feed: \"{}\"", web.url("/b.xml?x=1#y"))), "{out}");
    assert!(!out.contains("dead") && err.contains("dead"), "{out}{err}");
    passes(&web, &out);
}

#[tokio::test]
async fn an_engine_has_its_feed_where_it_always_has() {
    let web = Web::start().await.unwrap();
    web.put("/blog/", html("<meta name=generator content='WordPress 6.8'>"));
    web.put("/feed/", Reply::new("application/rss+xml", RSS));
    let (exit, out, err) = call(&web, &[web.url("/blog/")]).await;
    assert_eq!(exit, Exit::Fine);
    assert!(out.contains(&web.url("/feed/")), "{out}");
    assert!(err.contains("Engine: WordPress"), "{err}");
    assert_eq!(asked(&web), ["/blog/", "/blog/feed/", "/feed/"]);
    passes(&web, &out);
}

#[tokio::test]
async fn a_site_of_no_engine_is_guessed_at_a_few_places_and_no_more() {
    let web = Web::start().await.unwrap();
    web.put("/", html(""));
    web.put("/atom.xml", Reply::new("application/atom+xml", RSS));
    let (_, out, _) = call(&web, &[web.url("/")]).await;
    assert!(out.contains(&web.url("/atom.xml")), "{out}");
    assert_eq!(asked(&web), ["/", "/feed", "/rss.xml", "/feed.xml", "/atom.xml"]);

    let web = Web::start().await.unwrap();
    web.put("/a/b/", html(""));
    let (exit, out, err) = call(&web, &[web.url("/a/b/")]).await;
    assert_eq!((exit, out.as_str()), (Exit::Failed, ""));
    assert!(err.contains("no source found"), "{err}");
    assert_eq!(asked(&web).len(), MOST_TRIED);
}

#[tokio::test]
async fn a_forum_gets_its_preset_where_that_reads_the_page() {
    let web = Web::start().await.unwrap();
    let list = "<body id=\"phpbb\"><ul class='topiclist topics'><li class=row><a class=topictitle href='/viewtopic.php?t=1'>Un</a></li></ul></body>";
    web.put("/viewforum.php?f=3", Reply::new("text/html", format!("<html>{list}</html>")));
    web.put("/index.php", Reply::new("text/html", "<html><body id=\"phpbb\"><p>Accueil</p></body></html>"));
    let (exit, out, _) = call(&web, &[web.url("/viewforum.php?f=3")]).await;
    assert_eq!(exit, Exit::Fine);
    let wanted = format!("sources:\n  - forum: {}\n    preset: phpbb\n", web.url("/viewforum.php?f=3"));
    assert_eq!(out, wanted);
    passes(&web, &out);
    let (exit, out, err) = call(&web, &[web.url("/index.php")]).await;
    assert_eq!((exit, out.as_str()), (Exit::Failed, ""));
    assert!(err.contains("list of topics"), "{err}");
}

#[tokio::test]
async fn a_native_forum_needs_no_list() {
    let web = Web::start().await.unwrap();
    web.put("/", html("<meta name=generator content='Discourse 3.4.0'>"));
    web.put("/posts.rss", Reply::new("application/rss+xml", RSS));
    let (_, out, _) = call(&web, &[web.url("/")]).await;
    assert!(out.contains("preset: discourse"), "{out}");
    passes(&web, &out);
}

#[tokio::test]
async fn an_opml_list_becomes_sources_without_asking_anybody() {
    let web = Web::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("liste.opml");
    let list = "<opml version='2.0'><body><outline text=\"Un : d'eux\n&#10;# trois\" xmlUrl='https://a.example/rss?x=[1]'/>\
        <outline text='Deux' xmlUrl='https://b.example/rss'/><outline xmlUrl='http://10.0.0.1/rss'/>\
        <outline xmlUrl='feed:x'/></body></opml>";
    std::fs::write(&file, list).unwrap();
    let (exit, out, err) = call(&web, &[file.to_str().unwrap().to_owned()]).await;
    assert_eq!(exit, Exit::Fine);
    assert_eq!(
        out,
        "sources:\n  - feed: \"https://a.example/rss?x=[1]\"\n    name: \"Un : d'eux # trois\"\n  - feed: https://b.example/rss\n    name: \"Deux\"\n"
    );
    assert!(err.contains("http://10.0.0.1/rss") && err.contains("feed:x"), "{err}");
    passes(&web, &out);

    std::fs::write(&file, "<html></html>").unwrap();
    let search = Search::new(&settings(&web), Locale::of(UiLanguage::English)).unwrap();
    let args = Args { inputs: vec![file.to_str().unwrap().to_owned()], format: Format::Yaml };
    let error = search.run(&args, &mut Vec::new(), &mut Vec::new()).await.unwrap_err();
    assert!(error.to_string().contains("not an OPML list"), "{error}");
}

#[tokio::test]
async fn a_list_for_feed_readers_has_the_feeds_alone() {
    let web = Web::start().await.unwrap();
    web.put("/rss", Reply::new("application/rss+xml", RSS));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("team.yaml");
    let yaml =
        "sources:\n  - feed: https://a.example/rss\n    name: Presse & co\n  - search: reddit\n    query: kermelo\n";
    std::fs::write(&path, yaml).unwrap();
    let inputs = [web.url("/rss"), path.to_str().unwrap().to_owned()];
    let (exit, out, err) = call_for(&web, &inputs, Format::Opml).await;
    assert_eq!(exit, Exit::Fine);
    let (links, _) = discover::opml(&out);
    let names: Vec<_> = links.iter().map(|link| link.title.as_str()).collect();
    assert_eq!(names, [web.url("/rss").as_str(), "Presse & co"]);
    assert!(err.contains("reddit.com"), "{err}");
    // The same list, back into a watchlist.
    let list = folder.path().join("list.opml");
    std::fs::write(&list, out).unwrap();
    let (_, out, _) = call(&web, &[list.to_str().unwrap().to_owned()]).await;
    assert!(out.contains("Presse & co"), "{out}");
    passes(&web, &out);
}
