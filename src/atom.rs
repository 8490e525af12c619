//! A brand's mentions as an Atom feed (RFC 4287), for people who live in a feed reader. Owns the document;
//! when and where it is written is `shelf`'s.

use std::fmt::Write as _;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::locale::Locale;
use crate::mention::{Mention, StoredMention};
use crate::text::clean;

/// Entries of a feed.
pub const ENTRIES: usize = 100;

/// Characters of an excerpt.
const EXCERPT: usize = 400;

/// The feed of a brand. `mentions` are the newest first; of several revisions of one, the first counts.
#[must_use]
pub fn feed(brand: &str, name: &str, mentions: &[StoredMention], locale: Locale) -> String {
    let mut told: Vec<(u64, u64)> = Vec::new();
    let shown = mentions.iter().map(|stored| &stored.mention).filter(|mention| {
        let key = (mention.source, mention.entry);
        let is_new = !told.contains(&key);
        told.push(key);
        is_new
    });
    let entries: String = shown.take(ENTRIES).map(|mention| entry(mention, locale)).collect();
    // An empty feed never changed: a time of the clock would rewrite the file for nothing.
    let updated = mentions.iter().map(|stored| stored.mention.found).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let title = locale.format("atom-title", &[("brand", clean::line(name, 100).into())]);
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
         <id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n<author><name>vigie</name></author>\n\
         <generator version=\"{}\">vigie</generator>\n{entries}</feed>\n",
        locale.language().code(),
        feed_id(brand),
        xml(&title),
        time(updated),
        env!("CARGO_PKG_VERSION"),
    )
}

/// What tells a brand's feed from any other file: it stays the same for ever.
#[must_use]
pub fn feed_id(brand: &str) -> String {
    urn(&["feed", brand])
}

/// The title of a feed that [`feed`] wrote, in XML.
#[must_use]
pub fn title_of(feed: &str) -> Option<&str> {
    Some(feed.split_once("<title>")?.1.split_once("</title>")?.0)
}

/// The same feed under another title, in XML.
#[must_use]
pub fn titled(feed: &str, title: &str) -> String {
    match title_of(feed) {
        Some(old) => feed.replacen(&format!("<title>{old}</title>"), &format!("<title>{title}</title>"), 1),
        None => feed.to_owned(),
    }
}

fn entry(mention: &Mention, locale: Locale) -> String {
    let mut out = String::from("<entry>\n");
    let link = mention.url.as_deref().and_then(clean::link);
    let title = clean::line(&mention.title, 300);
    let title = if title.is_empty() { clean::line(&mention.excerpt.text, 80) } else { title };
    let _ = writeln!(out, "<id>{}</id>", entry_id(mention));
    let _ = writeln!(out, "<title>{} {}</title>", mention.polarity.sign(), xml(&title));
    let _ = writeln!(out, "<updated>{}</updated>", time(mention.found));
    if let Some(published) = mention.published {
        let _ = writeln!(out, "<published>{}</published>", time(published));
    }
    if let Some(link) = &link {
        let _ = writeln!(out, "<link rel=\"alternate\" href=\"{}\"/>", xml(&link.href));
    }
    let author = mention.author.as_deref().map(|author| clean::line(author, 100)).filter(|author| !author.is_empty());
    let author = author.unwrap_or_else(|| clean::line(&mention.site, 100));
    let _ = writeln!(out, "<author><name>{}</name></author>", xml(if author.is_empty() { "?" } else { &author }));
    let tone = locale.text(&format!("tone-{}", mention.polarity.word()));
    let _ = writeln!(out, "<category term=\"{}\" label=\"{}\"/>", mention.polarity.word(), xml(&tone));
    for tag in mention.tags.iter().map(|tag| clean::line(tag, 60)).filter(|tag| !tag.is_empty()) {
        let _ = writeln!(out, "<category scheme=\"urn:vigie:tag\" term=\"{}\"/>", xml(&tag));
    }
    let site = clean::line(&mention.site, 100);
    let why = mention.why.iter().take(8).map(|term| clean::line(term, 80)).collect::<Vec<_>>().join(" + ");
    let because = locale.format("atom-because", &[("tone", tone.into()), ("site", site.into()), ("terms", why.into())]);
    // HTML inside XML: escaped once for each.
    let html = format!("<p>{}</p><p>{}</p>", marked(mention), xml(&because));
    // An entry without a page of its own is all there is to read.
    let name = if link.is_some() { "summary" } else { "content" };
    let _ = writeln!(out, "<{name} type=\"html\">{}</{name}>", xml(&html));
    out.push_str("</entry>\n");
    out
}

/// The excerpt in HTML, its hits in bold.
fn marked(mention: &Mention) -> String {
    let text = &mention.excerpt.text;
    let (mut out, mut at, mut room) = (String::new(), 0, EXCERPT);
    let mut push = |part: &str, hit: bool| {
        let shown = clean::clip(&clean::segment(part), room);
        room -= shown.chars().count();
        let shown = xml(&shown);
        let _ = if hit && !shown.is_empty() { write!(out, "<b>{shown}</b>") } else { write!(out, "{shown}") };
    };
    for &(start, end) in &mention.excerpt.hits {
        let (start, end) = (start as usize, end as usize);
        // Offsets come from the store: a range that does not fit is not marked, and the text still shows.
        let (Some(before), Some(hit)) = (text.get(at..start), text.get(start..end)) else { break };
        push(before, false);
        push(hit, true);
        at = end;
    }
    push(&text[at..], false);
    out
}

/// Of the page, not of what was read in it: an edit keeps it.
fn entry_id(mention: &Mention) -> String {
    urn(&["mention", &mention.brand, &mention.source.to_string(), &mention.entry.to_string()])
}

/// A UUID of the private version 8 (RFC 9562), made of SHA-256 over the parts with their lengths.
fn urn(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes: Vec<u8> = hash.finalize().iter().take(16).copied().collect();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut out = String::from("urn:uuid:");
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// RFC 3339, to the second.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Text for an element or an attribute; what XML 1.0 forbids is left out.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{FFFE}' | '\u{FFFF}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::settings::UiLanguage;
    use crate::mention::Polarity;

    fn stored(id: i64, title: &str, excerpt: &str) -> StoredMention {
        let mut mention = crate::alert::tests::mention(id.unsigned_abs());
        title.clone_into(&mut mention.title);
        excerpt.clone_into(&mut mention.excerpt.text);
        mention.excerpt.hits = Vec::new();
        mention.polarity = Polarity::Negative;
        mention.url = Some(format!("https://forum.example/t?id={id}&page=2"));
        StoredMention { id, mention }
    }

    fn parsed(feed: &str) -> feed_rs::model::Feed {
        feed_rs::parser::parse(feed.as_bytes()).expect("a feed")
    }

    fn french() -> Locale {
        Locale::of(UiLanguage::French)
    }

    #[test]
    fn a_feed_reader_reads_what_was_found() {
        let mut one = stored(12, "Livebox & <fibre> en panne", "Plus rien chez Orange & co");
        one.mention.excerpt.hits = vec![(15, 21)];
        one.mention.author = Some("titi59".to_owned());
        one.mention.published = Some("2026-11-20T13:08:00Z".parse().unwrap());
        one.mention.tags = vec!["panne".to_owned()];
        let feed = feed("orange", "Orange (opérateur)", &[one.clone()], french());
        let read = parsed(&feed);
        assert_eq!(read.title.unwrap().content, "vigie\u{a0}: Orange (opérateur)");
        assert_eq!((read.language.as_deref(), read.entries.len()), (Some("fr"), 1));
        let entry = &read.entries[0];
        assert_eq!(entry.title.as_ref().unwrap().content, "\u{2212} Livebox & <fibre> en panne");
        assert_eq!(entry.links[0].href, "https://forum.example/t?id=12&page=2");
        assert_eq!(entry.authors[0].name.as_deref(), Some("titi59"));
        assert_eq!(entry.published.unwrap().timestamp(), one.mention.published.unwrap().as_second());
        assert_eq!(entry.updated.unwrap().timestamp(), one.mention.found.as_second());
        let terms: Vec<&str> = entry.categories.iter().map(|category| category.term.as_str()).collect();
        assert_eq!(terms, ["negative", "panne"]);
        let summary = &entry.summary.as_ref().unwrap().content;
        assert!(summary.starts_with("<p>Plus rien chez <b>Orange</b> &amp; co</p>"), "{summary}");
    }

    /// RFC 4287, 4.1.2: without content, an entry has an alternate link.
    fn can_be_read(entry: &feed_rs::model::Entry) -> bool {
        let leads = |link: &feed_rs::model::Link| link.rel.as_deref().is_none_or(|rel| rel == "alternate");
        entry.content.is_some() || entry.links.iter().any(leads)
    }

    #[test]
    fn an_entry_without_an_address_says_what_it_has_to_say_itself() {
        for (url, link) in [(None, None), (Some("javascript:alert(1)"), None), (Some("https://a.example/1"), Some(()))]
        {
            let mut one = stored(1, "Titre", "Plus rien depuis midi");
            one.mention.url = url.map(str::to_owned);
            let read = parsed(&feed("orange", "Orange", &[one], french()));
            let entry = &read.entries[0];
            assert!(can_be_read(entry), "{url:?}: {entry:?}");
            let content = entry.content.as_ref().and_then(|content| content.body.as_deref());
            let summary = entry.summary.as_ref().map(|summary| summary.content.as_str());
            assert_eq!((entry.links.first().map(|_| ()), content.is_none()), (link, link.is_some()), "{url:?}");
            assert!(content.or(summary).is_some_and(|html| html.contains("Plus rien depuis midi")), "{entry:?}");
        }
    }

    #[test]
    fn an_entry_keeps_its_id_over_edits_and_stands_once() {
        let old = stored(1, "Avant", "a");
        let mut new = stored(2, "Après", "b");
        (new.mention.entry, new.mention.source) = (old.mention.entry, old.mention.source);
        new.mention.revision = 2;
        let before = parsed(&feed("orange", "Orange", std::slice::from_ref(&old), french()));
        let after = parsed(&feed("orange", "Orange", &[new.clone(), old.clone()], french()));
        assert_eq!(after.entries.len(), 1);
        assert_eq!(after.entries[0].id, before.entries[0].id);
        assert!(after.entries[0].title.as_ref().unwrap().content.ends_with("Après"));
        assert!(after.entries[0].id.starts_with("urn:uuid:") && after.id == before.id);
        let mut other = old.clone();
        other.mention.brand = "free".to_owned();
        assert_ne!(parsed(&feed("free", "Free", &[other], french())).entries[0].id, before.entries[0].id);
    }

    #[test]
    fn an_empty_feed_is_one_and_stays_as_it_is() {
        let empty = feed("orange", "Orange", &[], french());
        assert_eq!(parsed(&empty).entries.len(), 0);
        assert!(empty.contains("<updated>1970-01-01T00:00:00Z</updated>"));
        assert!(empty.contains(&feed_id("orange")) && feed_id("orange") != feed_id("orang"));
        assert_eq!(titled(&empty, "x &amp; y"), empty.replace(title_of(&empty).unwrap(), "x &amp; y"));
    }

    #[test]
    fn a_feed_has_the_newest_hundred() {
        let mentions: Vec<StoredMention> = (1..=130).map(|id| stored(131 - id, "Titre", "texte")).collect();
        let read = parsed(&feed("orange", "Orange", &mentions, french()));
        assert_eq!(read.entries.len(), ENTRIES);
        assert!(read.entries[0].links[0].href.contains("id=130&"), "{}", read.entries[0].links[0].href);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_was_found_the_feed_is_read_back_and_nothing_in_it_acts(
            title in "\\PC{0,60}|[\\x00-\\x1f<>&'\"\u{FFFE}\u{FFFF}\u{202E}\\]]{0,60}",
            excerpt in "(<script>|</summary>|\\]\\]>|&lt;|é|[a-z ]){0,20}",
            author in "[<>&\\x00-\\x20\"a-z]{0,20}",
            url in "https://a.example/[<>&'\"a-z ]{0,20}|javascript:alert",
            hits in prop::collection::vec((0u32..40, 0u32..40), 0..4),
        ) {
            let mut one = stored(1, &title, &excerpt);
            one.mention.author = Some(author);
            one.mention.url = Some(url);
            one.mention.excerpt.hits = hits;
            let read = parsed(&feed("orange", &title, &[one], french()));
            prop_assert_eq!(read.entries.len(), 1);
            let entry = &read.entries[0];
            prop_assert!(can_be_read(entry), "{:?}", entry);
            let summary = entry.summary.as_ref().map(|summary| summary.content.as_str());
            let content = entry.content.as_ref().and_then(|content| content.body.as_deref());
            let shown = summary.or(content).unwrap_or_default();
            prop_assert!(!shown.contains("<script"), "{}", shown);
            prop_assert!(entry.links.iter().all(|link| link.href.starts_with("https://")));
        }
    }
}
