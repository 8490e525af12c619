//! OPML 2.0 as feed readers exchange it: written from sources, and the feeds of a watchlist to write. Reading
//! a list is `source::discover`.

use std::io::Write;
use std::path::Path;

use crate::config::language_of_environment;
use crate::source::Kind;
use crate::text::clean;
use crate::watchlist::{Context, WatchlistFile, compile};

/// A feed: its address and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Feed {
    pub(super) url: String,
    pub(super) name: String,
}

/// True for what names a watchlist.
pub(super) fn is_watchlist(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("yaml") || end.eq_ignore_ascii_case("yml"))
}

/// The feeds of a watchlist, and the addresses of its sources that are none or that name a credential.
pub(super) fn of_watchlist(path: &Path) -> anyhow::Result<(Vec<Feed>, Vec<String>)> {
    let file = WatchlistFile::read(path)?;
    let compiled = compile(&[file], &Context::without_settings(language_of_environment()));
    let sources = compiled
        .result
        .inspect_err(|_| {
            for (_, diagnostics) in &compiled.diagnostics {
                crate::config::diagnostic::print(diagnostics);
            }
        })?
        .sources;
    let (mut feeds, mut others) = (Vec::new(), Vec::new());
    for source in sources {
        let name = source.lines.first().map(|line| line.name.clone()).unwrap_or_default();
        // A list is handed on: what opens a feed stays here.
        if source.kind == Kind::Feed && source.access.is_empty() {
            feeds.push(Feed { url: source.url, name });
        } else {
            others.push(crate::net::redact(&source.url));
        }
    }
    Ok((feeds, others))
}

/// Writes a list.
pub(super) fn write(out: &mut dyn Write, feeds: &[Feed]) -> std::io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<opml version=\"2.0\">\n  <head><title>vigie</title></head>\n  <body>")?;
    for feed in feeds {
        let (name, url) =
            (escaped(if feed.name.trim().is_empty() { &feed.url } else { &feed.name }), escaped(&feed.url));
        writeln!(out, "    <outline type=\"rss\" text=\"{name}\" title=\"{name}\" xmlUrl=\"{url}\"/>")?;
    }
    writeln!(out, "  </body>\n</opml>")
}

/// As the value of an attribute.
fn escaped(text: &str) -> String {
    text.chars().filter(|c| !clean::is_unfit(*c)).fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::discover;

    #[test]
    fn what_is_written_is_read_back() {
        let feeds = [
            Feed { url: "https://a.example/rss?x=1&y=\"2\"".to_owned(), name: "L'été & R&D <3\u{7}".to_owned() },
            Feed { url: "https://b.example/rss".to_owned(), name: String::new() },
        ];
        let mut out = Vec::new();
        write(&mut out, &feeds).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(discover::is_opml(&text));
        let (links, refused) = discover::opml(&text);
        let shown: Vec<_> = links.iter().map(|link| (link.title.as_str(), link.url.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("L'été & R&D <3", "https://a.example/rss?x=1&y=%222%22"),
                ("https://b.example/rss", "https://b.example/rss")
            ]
        );
        assert_eq!(refused, Vec::<String>::new());
    }

    #[test]
    fn a_watchlist_gives_its_feeds_and_keeps_what_opens_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("team.yaml");
        let yaml = "sources:\n  - feed: https://a.example/rss\n    name: Presse\n  - feed: \"https://b.example/rss?k={secret:x}\"\n  - page: https://c.example/\n    select: {item: a, title: a, link: a @href}\n";
        std::fs::write(&path, yaml).unwrap();
        let (feeds, others) = of_watchlist(&path).unwrap();
        assert_eq!(feeds, [Feed { url: "https://a.example/rss".to_owned(), name: "Presse".to_owned() }]);
        assert_eq!(others.len(), 2);
        assert!(is_watchlist("x/TEAM.YML") && !is_watchlist("x.opml"));
    }
}
