//! What the small web of `vigie demo` says: an invented coffee brand, in French and English, before and
//! after the watch begins. Owns texts and formats; serving them is `web`, watching them is the daemon.

use std::fmt::Write as _;

use jiff::Timestamp;

/// Something that was published.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// The publisher's own id.
    pub id: &'static str,
    /// Title.
    pub title: &'static str,
    /// Plain text.
    pub text: &'static str,
    /// Who wrote it.
    pub author: &'static str,
    /// Its address on the publisher's site.
    pub link: &'static str,
}

/// What one site has published before the watch begins, and what it publishes while vigie watches.
#[derive(Debug, Clone, Copy)]
pub struct Site {
    /// Path on the small web.
    pub path: &'static str,
    /// How it publishes.
    pub format: Format,
    /// There from the start.
    pub before: &'static [Item],
    /// Published later.
    pub after: &'static [Item],
}

/// How a site publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RSS 2.0.
    Rss,
    /// Atom.
    Atom,
    /// JSON Feed 1.1.
    JsonFeed,
    /// A forum: a list of topics, each a page of posts.
    Forum,
    /// A search endpoint that answers JSON.
    Search,
}

/// The sites that work.
pub const SITES: &[Site] = &[
    Site {
        path: "/gazette/rss.xml",
        format: Format::Rss,
        before: &[
            Item {
                id: "g-101",
                title: "Le café Kermelo fête ses dix ans",
                text: "La maison Kermelo, née d’un petit atelier de torréfaction, fête ses dix ans ce mois-ci.",
                author: "La rédaction",
                link: "https://gazette.example/dix-ans",
            },
            Item {
                id: "g-102",
                title: "Grandes marées : la presqu’île de Kermelo coupée du continent",
                text: "Prudence sur la route : la presqu’île de Kermelo sera coupée du continent deux heures par jour.",
                author: "La rédaction",
                link: "https://gazette.example/marees",
            },
        ],
        after: &[
            Item {
                id: "g-103",
                title: "Rappel chez Kermelo : des capsules défectueuses retirées de la vente",
                text: "Kermelo rappelle un lot de capsules défectueuses : elles fuient et abîment les machines. Les clients \
                       sont furieux, le numéro d’assistance ne répond pas et le remboursement se fait attendre.",
                author: "La rédaction",
                link: "https://gazette.example/rappel-capsules?utm_source=rss&utm_medium=feed",
            },
            Item {
                id: "g-104",
                title: "Promenade : le sentier qui fait le tour de la presqu’île de Kermelo",
                text: "Le sentier de la presqu’île de Kermelo est superbe en automne. Comptez trois heures.",
                author: "La rédaction",
                link: "https://gazette.example/sentier",
            },
        ],
    },
    Site {
        path: "/beans/atom.xml",
        format: Format::Atom,
        before: &[Item {
            id: "tag:beans.example,2026:1",
            title: "How we taste",
            text: "A word on how we score coffee before the reviews begin.",
            author: "Beans & Notes",
            link: "https://beans.example/how-we-taste",
        }],
        after: &[Item {
            id: "tag:beans.example,2026:2",
            title: "Kermelo Winter Roast, tasted",
            text: "We love this one. Kermelo’s winter roast is excellent: sweet, balanced and beautifully fresh, with a \
                   friendly price. Highly recommended.",
            author: "Beans & Notes",
            link: "https://beans.example/winter-roast",
        }],
    },
    Site {
        path: "/comptoir/feed.json",
        format: Format::JsonFeed,
        before: &[],
        after: &[Item {
            id: "c-7",
            title: "Trois torréfacteurs comparés",
            text: "Nous avons goûté trois cafés du commerce. Tazalba, le concurrent, sort une capsule compostable ; celle \
                   de KERMELO reste la plus répandue en grande surface.",
            author: "Le Comptoir",
            link: "https://comptoir.example/comparatif",
        }],
    },
    Site {
        path: "/forum/cafe",
        format: Format::Forum,
        before: &[Item {
            id: "p1",
            title: "Quelle machine pour débuter ?",
            text: "Bonjour, je cherche une machine simple pour le bureau. Des avis ?",
            author: "mousse",
            link: "/forum/cafe/sujet-1",
        }],
        after: &[Item {
            id: "p2",
            title: "Panne de machine Kermélo, SAV aux abonnés absents",
            text: "Ma machine Kermélo est en panne depuis mardi. J’ai appelé le SAV trois fois, personne ne décroche. \
                   C’est inadmissible, je ne recommande pas du tout.",
            author: "arabica56",
            link: "/forum/cafe/sujet-2",
        }],
    },
    Site {
        path: "/recherche?q=kermelo",
        format: Format::Search,
        before: &[],
        after: &[Item {
            id: "s-31",
            title: "",
            text: "Merci #Kermelo pour le geste commercial, équipe très sympa et colis arrivé dès le lendemain !",
            author: "lou_et_le_cafe",
            link: "https://microblog.example/lou/31",
        }],
    },
];

/// The same story of the gazette, as it is after an edit: another id, another title, the same address.
pub const EDITED: Item = Item {
    id: "g-103-bis",
    title: "[Mis à jour] Rappel chez Kermelo : des capsules défectueuses retirées de la vente",
    text: SITES[0].after[0].text,
    author: "La rédaction",
    link: "https://gazette.example/rappel-capsules",
};

/// XML that breaks off in the middle and was never a feed's.
pub const BROKEN: &str =
    "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel><title>Radio</title></chanel>\n<item <";

/// The watchlist of the demo, as a user would write it. `{web}` stands for the small web's address.
pub const WATCHLIST: &str = include_str!("watchlist.yaml");

/// Writes what a site serves: `(path, content type, body)` of each of its pages.
#[must_use]
pub fn pages(site: &Site, items: &[Item], now: Timestamp) -> Vec<(String, &'static str, String)> {
    let path = site.path.to_owned();
    match site.format {
        Format::Rss => vec![(path, "application/rss+xml; charset=utf-8", rss(items, now))],
        Format::Atom => vec![(path, "application/atom+xml", atom(items, now))],
        Format::JsonFeed => vec![(path, "application/feed+json", json_feed(items, now))],
        Format::Search => vec![(path, "application/json", search(items, now))],
        Format::Forum => forum(&path, items, now),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn rss(items: &[Item], now: Timestamp) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel>");
    xml.push_str("<title>La Gazette du rivage</title><link>https://gazette.example/</link><language>fr</language>");
    let date = now.strftime("%a, %d %b %Y %H:%M:%S +0000");
    for item in items {
        let _ = write!(
            xml,
            "<item><guid isPermaLink=\"false\">{}</guid><title>{}</title><link>{}</link><author>{}</author>\
             <pubDate>{date}</pubDate><description>{}</description></item>",
            item.id,
            escaped(item.title),
            escaped(item.link),
            escaped(item.author),
            escaped(&format!("<p>{}</p>", item.text)),
        );
    }
    xml.push_str("</channel></rss>\n");
    xml
}

fn atom(items: &[Item], now: Timestamp) -> String {
    let mut xml =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">");
    let _ = write!(xml, "<title>Beans &amp; Notes</title><id>tag:beans.example,2026:feed</id><updated>{now}</updated>");
    for item in items {
        let _ = write!(
            xml,
            "<entry><id>{}</id><title>{}</title><link href=\"{}\"/><author><name>{}</name></author>\
             <published>{now}</published><updated>{now}</updated><content type=\"html\">{}</content></entry>",
            item.id,
            escaped(item.title),
            escaped(item.link),
            escaped(item.author),
            escaped(&format!("<p>{}</p>", item.text)),
        );
    }
    xml.push_str("</feed>\n");
    xml
}

fn json_feed(items: &[Item], now: Timestamp) -> String {
    let items: Vec<serde_json::Value> = items
        .iter()
        .map(|item| {
            serde_json::json!({
                "id": item.id, "url": item.link, "title": item.title, "content_text": item.text,
                "date_published": now.to_string(), "authors": [{"name": item.author}], "language": "fr",
            })
        })
        .collect();
    let feed = serde_json::json!({
        "version": "https://jsonfeed.org/version/1.1", "title": "Le Comptoir",
        "home_page_url": "https://comptoir.example/", "items": items,
    });
    feed.to_string()
}

fn search(items: &[Item], now: Timestamp) -> String {
    let hits: Vec<serde_json::Value> = items
        .iter()
        .map(|item| {
            serde_json::json!({
                "uid": item.id, "link": item.link, "body": item.text, "user": {"handle": item.author},
                "created": now.as_second(),
            })
        })
        .collect();
    serde_json::json!({"results": {"hits": hits}}).to_string()
}

fn forum(path: &str, items: &[Item], now: Timestamp) -> Vec<(String, &'static str, String)> {
    const HTML: &str = "text/html; charset=utf-8";
    let mut list = String::from("<!doctype html><html lang=\"fr\"><title>Café du bureau</title><ul class=\"topics\">");
    let mut pages = Vec::new();
    for item in items {
        let title = escaped(item.title);
        let _ = write!(list, "<li class=\"topic\"><a class=\"title\" href=\"{}\">{title}</a></li>", item.link);
        let page = format!(
            "<!doctype html><html lang=\"fr\"><title>{title}</title><h1>{title}</h1>\
             <article class=\"post\" id=\"{0}\"><span class=\"author\">{1}</span><time datetime=\"{now}\">à l’instant</time>\
             <a class=\"permalink\" href=\"https://forum-cafe.example{2}#{0}\">#</a><div class=\"body\"><p>{3}</p></div></article></html>",
            item.id,
            escaped(item.author),
            item.link,
            escaped(item.text),
        );
        pages.push((item.link.to_owned(), HTML, page));
    }
    list.push_str("</ul></html>");
    pages.push((path.to_owned(), HTML, list));
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_of_the_demo_has_an_id_of_its_own() {
        let mut ids: Vec<&str> =
            SITES.iter().flat_map(|s| s.before.iter().chain(s.after)).map(|item| item.id).collect();
        ids.push(EDITED.id);
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn every_site_of_the_demo_is_in_its_watchlist() {
        for site in SITES {
            assert!(WATCHLIST.contains(&format!("{{web}}{}", site.path)), "{}", site.path);
        }
    }
}
