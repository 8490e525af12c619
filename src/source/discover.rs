//! What a page says of where it can be followed: feeds that it names, the engine that made it, and the
//! paths under which that engine has its feeds; and the feeds of an OPML list. Asks for nothing itself.

use std::collections::HashSet;

use crate::text::html::{self, Piece, Pieces};
use crate::text::url;

/// Pieces of a page that are looked at.
const MOST_PIECES: usize = 20_000;

/// Feeds that a page may name; more are those of its articles.
const MOST_LINKS: usize = 20;

/// Feeds of one OPML list.
const MOST_OUTLINES: usize = 10_000;

/// An engine that makes sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Engine {
    /// As people call it.
    pub name: &'static str,
    /// How its `<meta name=generator>` begins.
    generator: &'static str,
    /// Words that only its pages have.
    marks: &'static [&'static str],
    /// Feeds, relative to the front page.
    pub feeds: &'static [&'static str],
    /// The preset of `forum:`.
    pub preset: Option<&'static str>,
}

const fn site(name: &'static str, marks: &'static [&'static str], feeds: &'static [&'static str]) -> Engine {
    Engine { name, generator: name, marks, feeds, preset: None }
}

const fn forum(
    name: &'static str,
    preset: &'static str,
    marks: &'static [&'static str],
    feeds: &'static [&'static str],
) -> Engine {
    Engine { name, generator: name, marks, feeds, preset: Some(preset) }
}

/// Forums first: their pages may carry the marks of a site around them.
const ENGINES: &[Engine] = &[
    forum("Discourse", "discourse", &["data-discourse-"], &["posts.rss", "latest.rss"]),
    forum("Flarum", "flarum", &["id=\"flarum-", "flarum-loading"], &[]),
    forum("phpBB", "phpbb", &["id=\"phpbb\"", "phpbb.com/\">"], &["feed.php"]),
    forum("MyBB", "mybb", &["mybb.com"], &["syndication.php?limit=50"]),
    forum("SMF", "smf", &["smf_theme_url", "smf_scripturl"], &["index.php?action=.xml;type=rss2;sa=recent"]),
    forum("XenForo", "xenforo", &["id=\"XF\""], &["forums/-/index.rss"]),
    forum("vBulletin", "vbulletin", &["vbulletin_", "vbulletin-"], &["external.php?type=RSS2"]),
    forum("Invision", "invision", &["ipsLayout_", "ipsDataList"], &[]),
    forum(
        "FluxBB",
        "fluxbb",
        &["fluxbb.org", "punbb.informer", "id=\"punindex\"", "id=\"punviewforum\""],
        &["extern.php?action=feed&type=atom"],
    ),
    site("WordPress", &["/wp-content/", "/wp-includes/"], &["feed/", "comments/feed/"]),
    site("Ghost", &["ghost-sdk", "data-ghost"], &["rss/"]),
    site("Drupal", &["data-drupal-", "drupal-settings-json"], &["rss.xml"]),
    site("Joomla", &["/media/jui/", "joomla-script-options"], &["?format=feed&type=rss"]),
    site("SPIP", &["spip.php?"], &["spip.php?page=backend"]),
    site("Dotclear", &["dotclear.org"], &["feed/atom"]),
    site("Hugo", &[], &["index.xml"]),
    site("Jekyll", &[], &["feed.xml"]),
    site("Tumblr", &["assets.tumblr.com"], &["rss"]),
];

/// Where sites of no known engine have a feed most often, relative to the front page.
pub const GUESSES: &[&str] = &["feed", "rss.xml", "feed.xml", "atom.xml", "index.xml", "rss"];

/// A feed that a page or a list names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its address.
    pub url: String,
    /// What it is called there, on one line; may be empty.
    pub title: String,
}

/// What a page tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clues {
    /// Feeds that it names, in its order, each once.
    pub feeds: Vec<Link>,
    /// What made it.
    pub engine: Option<Engine>,
}

/// Looks at a page.
#[must_use]
pub fn look(page: &str, address: &str) -> Clues {
    let mut clues = Clues::default();
    let mut seen = HashSet::new();
    let mut generator = String::new();
    for piece in Pieces::of(page).take(MOST_PIECES) {
        let Piece::Open { name, attributes } = piece else { continue };
        let attribute = |key: &str| html::attribute(attributes, key).map(html::entities::decode_all);
        if name.eq_ignore_ascii_case("meta") {
            let is_generator = attribute("name").is_some_and(|name| name.eq_ignore_ascii_case("generator"));
            if let Some(content) = attribute("content").filter(|_| is_generator && generator.is_empty()) {
                generator = content.to_lowercase();
            }
        } else if name.eq_ignore_ascii_case("link") && clues.feeds.len() < MOST_LINKS {
            let has = |key: &str, words: &[&str]| {
                attribute(key).is_some_and(|value| words.iter().any(|word| value.to_ascii_lowercase().contains(word)))
            };
            let is_feed = has("type", &["rss", "atom", "feed+json"]) && has("rel", &["alternate"]);
            let target = attribute("href").filter(|_| is_feed).and_then(|href| url::resolve(address, &href));
            if let Some(target) = target.filter(|target| seen.insert(target.clone())) {
                let title = attribute("title").map(|title| html::to_line(&title)).unwrap_or_default();
                clues.feeds.push(Link { url: target, title });
            }
        }
    }
    let made_it = |engine: &&Engine| {
        generator.starts_with(&engine.generator.to_lowercase()) || engine.marks.iter().any(|mark| page.contains(mark))
    };
    clues.engine = ENGINES.iter().find(made_it).or_else(|| of_host(address)).copied();
    clues
}

/// Sites whose engine is their own.
fn of_host(address: &str) -> Option<&'static Engine> {
    const OWN: &[(&str, Engine)] = &[
        ("jeuxvideo.com", forum("jeuxvideo.com", "jeuxvideo.com", &[], &[])),
        ("forum.hardware.fr", forum("hardware.fr", "hardware.fr", &[], &[])),
    ];
    let site = url::site(address)?;
    OWN.iter().find(|(host, _)| *host == site).map(|(_, engine)| engine)
}

/// Addresses to try for a path: from the folder of the page, then from the site's front page.
#[must_use]
pub fn places(address: &str, path: &str) -> Vec<String> {
    let bare = address.split(['?', '#']).next().unwrap_or(address);
    let mut places: Vec<String> = [url::resolve(bare, &format!("./{path}")), url::resolve(bare, &format!("/{path}"))]
        .into_iter()
        .flatten()
        .collect();
    places.dedup();
    places
}

/// True for an OPML list.
#[must_use]
pub fn is_opml(text: &str) -> bool {
    let opens = |piece: Piece<'_>| match piece {
        Piece::Open { name, .. } => Some(name.eq_ignore_ascii_case("opml")),
        _ => None,
    };
    Pieces::of(text).take(64).find_map(opens).unwrap_or(false)
}

/// The feeds of an OPML list in its order, each once, and the addresses that are none.
#[must_use]
pub fn opml(text: &str) -> (Vec<Link>, Vec<String>) {
    let (mut links, mut refused, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for piece in Pieces::of(text) {
        let Piece::Open { name, attributes } = piece else { continue };
        if !name.eq_ignore_ascii_case("outline") || links.len() + refused.len() >= MOST_OUTLINES {
            continue;
        }
        let attribute = |key: &str| html::attribute(attributes, key).map(html::entities::decode_all);
        let Some(written) = attribute("xmlUrl").filter(|written| !written.trim().is_empty()) else { continue };
        match url::absolute(&written) {
            Some(url) if seen.insert(url.clone()) => {
                let title = attribute("title").or_else(|| attribute("text")).unwrap_or_default();
                links.push(Link { url, title: html::to_line(&title) });
            }
            Some(_) => {}
            None => refused.push(html::to_line(&written)),
        }
    }
    (links, refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_feeds_and_shows_its_engine() {
        let page = "<html><head><meta name=\"generator\" content=\"WordPress 6.8\"><link rel=stylesheet href=a.css>\
            <link rel='alternate' type='application/rss+xml' title='Blog &raquo; Flux' href='/feed/?a=1&amp;b=2'>\
            <link rel='alternate' type='application/rss+xml' href='/feed/?a=1&amp;b=2'>\
            <link rel=alternate hreflang=en href=/en><link rel=alternate type='application/atom+xml' href='javascript:x'></head>";
        let clues = look(page, "https://a.example/blog/");
        let feed = Link { url: "https://a.example/feed/?a=1&b=2".into(), title: "Blog » Flux".into() };
        assert_eq!(clues.feeds, [feed]);
        assert_eq!(clues.engine.unwrap().name, "WordPress");
    }

    #[test]
    fn engines_are_known_by_their_pages() {
        for (page, address, name) in [
            ("<html><body id=\"phpbb\" class=x>", "https://a.example/", Some("phpBB")),
            ("<html id=\"XF\"><body><img src=/wp-content/x.png>", "https://a.example/", Some("XenForo")),
            ("<meta name=generator content='Discourse 3.4'>", "https://a.example/", Some("Discourse")),
            ("<meta name=Generator content='spip 4.3'>", "https://a.example/", Some("SPIP")),
            ("<html>", "https://www.jeuxvideo.com/forums/0-51.htm", Some("jeuxvideo.com")),
            ("<html>Le blog parle de WordPress</html>", "https://a.example/", None),
        ] {
            assert_eq!(look(page, address).engine.map(|engine| engine.name), name, "{page}");
        }
    }

    #[test]
    fn every_preset_that_an_engine_names_is_there() {
        for engine in ENGINES {
            assert!(engine.preset.is_none_or(|preset| super::super::forums::find(preset).is_some()), "{}", engine.name);
        }
        assert!(of_host("https://forum.hardware.fr/x").unwrap().preset.and_then(super::super::forums::find).is_some());
    }

    #[test]
    fn a_path_is_tried_in_the_folder_and_at_the_front() {
        assert_eq!(
            places("https://a.example/blog/x?y=1", "feed/"),
            ["https://a.example/blog/feed/", "https://a.example/feed/"]
        );
        assert_eq!(places("https://a.example", "rss"), ["https://a.example/rss"]);
    }

    #[test]
    fn an_opml_list_is_read_at_any_depth() {
        let text = "<?xml version='1.0'?><!-- x --><opml version='2.0'><body><outline text='Presse'>\
            <outline type='rss' text='Un &amp; deux' xmlUrl='https://a.example/rss?x=1&amp;y=2'/>\
            <outline type=rss title='Titre' text='x' xmlUrl='https://b.example/rss'/></outline>\
            <outline xmlUrl='https://b.example/rss'/><outline xmlUrl='feed://c'/><outline text='vide' xmlUrl=''/></body></opml>";
        assert!(is_opml(text));
        let (links, refused) = opml(text);
        let shown: Vec<_> = links.iter().map(|link| (link.title.as_str(), link.url.as_str())).collect();
        assert_eq!(shown, [("Un & deux", "https://a.example/rss?x=1&y=2"), ("Titre", "https://b.example/rss")]);
        assert_eq!(refused, ["feed://c"]);
        assert!(!is_opml("<rss><opml/></rss>"));
    }
}
