//! The real entries of the program for hostile inputs: what reads feeds, pages, forums, JSON, letters, watchlists,
//! settings, lists of feeds, and what is done with a text once it is read.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use vigie::action;
use vigie::config::settings::UiLanguage;
use vigie::entry::Entry;
use vigie::exchange::{Answer, Inbox, Tag, Validators};
use vigie::matcher::{BrandQuery, Document, Matcher, Scratch};
use vigie::query::read::read;
use vigie::sentiment::{self, Input, Part};
use vigie::source::feed::FeedConfig;
use vigie::source::forum::ForumConfig;
use vigie::source::json::JsonConfig;
use vigie::source::mail::Mail;
use vigie::source::page::PageConfig;
use vigie::source::{MOST_ITEMS, ParseError, Source, State, Step, charset, discover};
use vigie::text::language::{Language, detect_both};
use vigie::text::{clean, excerpt, html};
use vigie::watchlist::{Compiled, Context, WatchlistFile, compile};

pub(crate) const URL: &str = "https://a.example/d/list";

pub(crate) fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().expect("a time")
}

pub(crate) fn answer(content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    Answer {
        url: URL.to_owned(),
        tag: Tag::Main,
        content_type: (!content_type.is_empty()).then(|| content_type.to_owned()),
        validators: Validators::default(),
        body: body.into(),
        received: now(),
    }
}

/// What a source makes of an answer, and of its words what the program makes of them.
fn taken(source: &Source, answer: &Answer) -> Result<Step, ParseError> {
    let state = source.start(&State::default()).state;
    let step = source.next(&state, answer)?;
    assert!(step.entries.len() <= MOST_ITEMS, "{} entries", step.entries.len());
    // As the store keeps it.
    let kept = serde_json::to_string(&step.state).expect("JSON");
    serde_json::from_str::<State>(&kept).expect("the same");
    for entry in step.entries.iter().take(20) {
        understand(entry);
    }
    Ok(step)
}

pub(crate) fn feed(body: impl Into<Vec<u8>>) -> Result<Step, ParseError> {
    feed_as("application/xml", body)
}

pub(crate) fn feed_as(content_type: &str, body: impl Into<Vec<u8>>) -> Result<Step, ParseError> {
    let config = FeedConfig { url: URL.to_owned(), ..FeedConfig::default() };
    taken(&Source::Feed(config.compile().expect("a feed")), &answer(content_type, body))
}

pub(crate) fn page(body: impl Into<Vec<u8>>) -> Result<Step, ParseError> {
    page_as("text/html", body)
}

pub(crate) fn page_as(content_type: &str, body: impl Into<Vec<u8>>) -> Result<Step, ParseError> {
    let config = PageConfig {
        url: URL.to_owned(),
        item: "article".to_owned(),
        title: "h2".to_owned(),
        link: "a @href".to_owned(),
        body: Some("p".to_owned()),
        date: Some("time".to_owned()),
        next: Some("a.next".to_owned()),
        pages: 3,
        ..PageConfig::default()
    };
    taken(&Source::Page(Arc::new(config.compile().expect("a page"))), &answer(content_type, body))
}

/// The list of topics, and the same page as a topic.
pub(crate) fn forum(body: impl Into<Vec<u8>>) -> Result<Step, ParseError> {
    let config = ForumConfig {
        url: URL.to_owned(),
        topic: "article".to_owned(),
        topic_link: "a".to_owned(),
        post: "article".to_owned(),
        body: "p".to_owned(),
        next: Some("a.next".to_owned()),
        pages: 3,
        topics: 20,
        ..ForumConfig::default()
    };
    let source = Source::Forum(Arc::new(config.compile().expect("a forum")));
    let body = body.into();
    let list = taken(&source, &answer("text/html", body.clone()));
    let mut state = source.start(&State::default()).state;
    state.poll.topics.push((URL.to_owned(), String::new()));
    let topic = Answer { tag: Tag::Topic { topic: 0, page: 0 }, ..answer("text/html", body) };
    let posts = source.next(&state, &topic);
    list.or(posts)
}

pub(crate) fn json(body: impl Into<Vec<u8>>) -> Result<Step, ParseError> {
    let fields = [("id", "/id"), ("title", "/title"), ("text", "/text"), ("url", "/url"), ("published", "/date")];
    let config = JsonConfig {
        url: URL.to_owned(),
        items: "/items".to_owned(),
        fields: fields
            .iter()
            .map(|(key, way)| ((*key).to_owned(), vec![(*way).to_owned()]))
            .collect::<BTreeMap<_, _>>(),
        ..JsonConfig::default()
    };
    taken(&Source::Json(Arc::new(config.compile().expect("a JSON source"))), &answer("application/json", body))
}

/// A letter of a mailbox that is watched, and the same as an answer to one of our mails.
pub(crate) fn letter(body: impl Into<Vec<u8>>) -> Result<Step, ParseError> {
    let body = body.into();
    if let Ok(letter) = action::letter::read(&body) {
        let _ = action::said(&letter.words);
    }
    let source = Source::Mail(Arc::new(Mail::new(Inbox::Maildir("/nowhere".into()), None)));
    taken(&source, &Answer { tag: Tag::Letters, ..answer("", body) })
}

pub(crate) fn watchlist(bytes: impl Into<Vec<u8>>) -> Compiled {
    let file = WatchlistFile { name: "team.yaml".into(), path_shown: "team.yaml".into(), bytes: bytes.into() };
    let compiled = compile(&[file], &Context::without_settings(UiLanguage::French));
    for (_, diagnostics) in &compiled.diagnostics {
        for diagnostic in diagnostics {
            let said = diagnostic.render(false);
            assert!(said.len() < 20_000, "{} bytes of a diagnostic", said.len());
        }
    }
    compiled
}

/// How many things are said of settings, and whether they are taken.
pub(crate) fn settings(bytes: &[u8]) -> (bool, usize) {
    match vigie::config::load::settings_of(Path::new("vigie.yaml"), bytes, None, UiLanguage::French) {
        Ok((_, said)) => (true, said.len()),
        Err(said) => (false, said.len()),
    }
}

/// What `discover` sees in a page, and in a list of feeds.
pub(crate) fn discovered(body: &[u8]) -> usize {
    let text = charset::decode(body, None);
    let clues = discover::look(&text, URL);
    let (links, refused) = if discover::is_opml(&text) { discover::opml(&text) } else { (Vec::new(), Vec::new()) };
    clues.feeds.len() + links.len() + refused.len()
}

static BRANDS: LazyLock<Matcher> = LazyLock::new(|| {
    let terms = ["acme", "=Acme SA", "~résilier", "boycott*", "\"#acme\"", "acme.example", "日本", "👍"];
    let all = terms.map(|term| read(term).expect("a term"));
    Matcher::build(all.map(BrandQuery::of).into()).expect("a matcher")
});

/// All that is done with an entry's words: matched, scored, cut, cleaned. Hits are characters of the text.
pub(crate) fn understand(entry: &Entry) -> usize {
    let (title, text) = (entry.title.as_str(), entry.text.as_str());
    let language = detect_both(title, text);
    let document = Document {
        title,
        text,
        author: entry.author.as_deref(),
        url: entry.url.as_deref(),
        links: &entry.links,
        language,
        source: Some("a"),
    };
    let found = BRANDS.scan(&mut Scratch::default(), &document, |_| true);
    let mut hits = Vec::new();
    for hit in found.iter().flat_map(|brand| &brand.hits) {
        if hit.field == vigie::mention::Field::Text {
            let range = hit.start as usize..hit.end as usize;
            assert!(text.get(range.clone()).is_some(), "{range:?} of {} bytes", text.len());
            hits.push(range);
        }
    }
    let parts = [Part { text: title, target: &[] }, Part { text, target: &hits }];
    for language in [Language::FRENCH, Language::ENGLISH] {
        if let Some(score) = sentiment::score(&Input { parts: &parts, language }) {
            assert!(score.score.abs() <= 1.0 && score.document_score.abs() <= 1.0, "{score:?}");
        }
    }
    let shown = excerpt::excerpt(text, &hits, 280);
    assert!(shown.text.chars().count() <= 600 || !hits.is_empty(), "{}", shown.text.len());
    let line = clean::line(title, 300);
    assert!(line.chars().count() <= 300 && !line.contains(clean::is_unfit), "{line:?}");
    hits.len()
}

/// A text as it comes, and as HTML.
pub(crate) fn text(text: &str) -> usize {
    let plain = html::to_plain(text);
    let entry = |title: &str, text: &str| Entry {
        id: "1".to_owned(),
        title: title.chars().take(2_000).collect(),
        text: text.to_owned(),
        ..Entry::default()
    };
    let _ = understand(&entry(&html::to_line(text), &plain.text));
    understand(&entry(text, text))
}
