//! Feeds and letters: what comes from outside and becomes entries.

use jiff::Timestamp;
use vigie::action::letter;
use vigie::entry::Entry;
use vigie::exchange::{Answer, Inbox, Tag, Validators};
use vigie::source::feed::FeedConfig;
use vigie::source::mail::Mail;
use vigie::source::{MOST_ITEMS, Source, State, Step};
use vigie::text::language::Language;
use vigie::text::url;

/// The longest id that is not hashed, in bytes.
const LONGEST_ID: usize = 1024;

fn received() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().expect("an instant")
}

fn answer(body: &[u8], tag: Tag, content_type: Option<&str>) -> Answer {
    Answer {
        url: "https://site.example/flux/rss".to_owned(),
        tag,
        content_type: content_type.map(str::to_owned),
        validators: Validators::default(),
        body: body.to_owned(),
        received: received(),
    }
}

/// What holds for each entry, whichever way it came.
fn check(entry: &Entry) {
    assert!(!entry.id.trim().is_empty() && entry.id.len() <= LONGEST_ID, "{entry:?}");
    assert!(!super::has_controls(&entry.title, false), "{entry:?}");
    assert!(!super::has_controls(&entry.text, true), "{entry:?}");
    assert!(entry.author.as_ref().is_none_or(|author| !author.is_empty()), "{entry:?}");
    assert!(entry.author.as_ref().is_none_or(|author| !super::has_controls(author, false)), "{entry:?}");
    for address in entry.url.iter().chain(&entry.links) {
        assert!(address.len() <= url::LONGEST && !super::has_controls(address, false), "{entry:?}");
        assert_eq!(url::absolute(address).as_ref(), Some(address), "{entry:?}");
    }
    let bounds: [Timestamp; 2] = ["1990-01-01T00:00:00Z", "2026-11-22T12:00:00Z"].map(|at| at.parse().expect("at"));
    assert!(entry.published.is_none_or(|at| (bounds[0]..=bounds[1]).contains(&at)), "{entry:?}");
}

fn read(source: &Source, answer: &Answer) -> Option<Step> {
    let state = source.start(&State::default()).state;
    match source.next(&state, answer) {
        Ok(step) => {
            assert!(step.requests.is_empty(), "nothing more is asked for");
            step.entries.iter().for_each(check);
            let again = source.next(&state, answer).expect("as before");
            assert_eq!(again.entries, step.entries);
            Some(step)
        }
        Err(error) => {
            assert!(!error.detail.is_empty());
            None
        }
    }
}

/// Whatever is served as a feed gives entries of which each has a key, plain text and web addresses alone, within
/// the caps; and the same ones again. The first byte chooses the content type and the stated language.
pub fn feed(data: &[u8]) {
    let Some((&first, body)) = data.split_first() else { return };
    let content_type = match first & 3 {
        0 => None,
        1 => Some("application/rss+xml; charset=utf-8"),
        2 => Some("text/xml; charset=iso-8859-15"),
        _ => Some("application/json"),
    };
    let language = (first & 4 != 0).then_some(Language::FRENCH);
    let url = "https://site.example/flux/rss".to_owned();
    let source = FeedConfig { url, language, ..FeedConfig::default() }.compile().expect("an address");
    let step = read(&Source::Feed(source), &answer(body, Tag::Main, content_type));
    if let Some(step) = step {
        assert!(step.entries.len() <= MOST_ITEMS);
        for entry in &step.entries {
            assert!(entry.links.len() <= 16 * 256, "{}", entry.links.len());
            assert!(language.is_none() || entry.language == language, "{entry:?}");
        }
    }
}

/// A letter gives entries within the caps, and an answer to a mail names one sender and a few tokens.
pub fn mime(data: &[u8]) {
    let inbox = Inbox::Maildir("/var/mail/vigie".into());
    let source = Source::Mail(std::sync::Arc::new(Mail::new(inbox, None)));
    if let Some(step) = read(&source, &answer(data, Tag::Letters, None)) {
        assert!(step.entries.len() <= 500);
        for entry in &step.entries {
            assert!(entry.links.len() <= 256 && entry.published.is_some(), "{entry:?}");
            assert!(!(entry.title.is_empty() && entry.text.is_empty() && entry.url.is_none()), "{entry:?}");
        }
    }
    if let Ok(letter) = letter::read(data) {
        assert!(letter.from.contains('@') && letter.from.len() <= 254 && letter.tokens.len() <= 80, "{letter:?}");
        assert!(!letter.tokens.iter().any(|token| token.is_empty() || token.contains(char::is_whitespace)));
        assert!(!super::has_controls(&letter.words, true), "{:?}", letter.words);
    }
}
