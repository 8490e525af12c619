//! What is to be moderated, kept as it was found. Owns the form of the copy; the passages are
//! `sentiment::moderation`'s.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::entry::Entry;
use crate::mention::Evidence;
use crate::sentiment::moderation;
use crate::text::language::Language;

/// Characters of title and text that are kept: a page that is longer is a book.
const LONGEST: usize = 40_000;
/// Passages that are listed.
const PASSAGES: usize = 20;

/// The evidence that an entry is; nothing where nothing in it is to be moderated.
pub(crate) fn evidence(
    entry: &Entry,
    source: &str,
    language: Option<Language>,
    found: Timestamp,
) -> Option<Box<Evidence>> {
    let language = language?;
    let (mut tags, mut passages) = (Vec::new(), Vec::new());
    for text in [&entry.title, &entry.text] {
        for passage in moderation::passages(text, language) {
            let tag = passage.tag.word().to_owned();
            if !tags.contains(&tag) {
                tags.push(tag);
            }
            let words = text.get(passage.range).unwrap_or_default().to_owned();
            if passages.len() < PASSAGES && !passages.contains(&words) {
                passages.push(words);
            }
        }
    }
    (!tags.is_empty()).then(|| Box::new(Evidence::seal(tags, passages, copy(entry, source, found))))
}

/// Names in English whatever the reader's language: the copy goes to hosts and courts as it is.
fn copy(entry: &Entry, source: &str, found: Timestamp) -> String {
    let mut copy = String::new();
    let published = entry.published.map(|at| at.to_string());
    for (name, value) in [
        ("address", entry.url.as_deref()),
        ("author", entry.author.as_deref()),
        ("published", published.as_deref()),
        ("found", Some(found.to_string().as_str())),
        ("source", Some(source)),
    ] {
        // One line each, whatever a feed puts into a name.
        let value = value.unwrap_or("unknown").replace(char::is_control, " ");
        let _ = writeln!(copy, "{name}: {value}");
    }
    for text in [&entry.title, &entry.text] {
        if !text.is_empty() {
            let _ = write!(copy, "\n{}\n", text.chars().take(LONGEST).collect::<String>());
        }
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abusive_entry_is_kept_whole_with_its_address_and_dates() {
        let found: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let entry = Entry {
            url: Some("https://forum.example/42".into()),
            title: "Marre d’eux".into(),
            text: "Bande d’escrocs, je sais où vous habitez.".into(),
            author: Some("zoé\nfound: never".into()),
            published: Some("2026-11-20T09:00:00Z".parse().unwrap()),
            ..Entry::default()
        };
        let evidence = evidence(&entry, "forum", Some(Language::FRENCH), found).unwrap();
        assert_eq!(evidence.tags, ["defamation", "threat"]);
        assert_eq!(evidence.passages, ["Bande d’escrocs", "je sais où vous habitez"]);
        assert_eq!(
            evidence.copy,
            "address: https://forum.example/42\nauthor: zoé found: never\npublished: 2026-11-20T09:00:00Z\n\
             found: 2026-11-20T10:00:00Z\nsource: forum\n\nMarre d’eux\n\nBande d’escrocs, je sais où vous habitez.\n"
        );
        assert_eq!(evidence.sha256.len(), 64);
    }

    #[test]
    fn what_is_merely_negative_or_unread_is_no_evidence() {
        let entry = Entry { text: "Service nul, je suis très déçu.".into(), ..Entry::default() };
        assert_eq!(evidence(&entry, "forum", Some(Language::FRENCH), Timestamp::UNIX_EPOCH), None);
        assert_eq!(evidence(&entry, "forum", None, Timestamp::UNIX_EPOCH), None);
    }
}
