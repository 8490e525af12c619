//! Sites that spoke for the first time, as lines of a watchlist: the address that each was met at, as far as vigie
//! may ask it, and the YAML that watches it.

use serde::Serialize;
use url::Url;

use super::words;
use crate::config::address::{self, Reach};
use crate::config::settings::OpenedAddress;
use crate::locale::Locale;
use crate::store::figures::NewSite;
use crate::text::url::site;

/// Sites whose YAML is written out.
const SITES: usize = 5;

/// A site that spoke for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewSiteLine {
    /// Its host.
    pub site: String,
    /// Mentions.
    pub mentions: u64,
    /// One of their addresses.
    pub url: Option<String>,
    /// Its scheme, host and port; nothing where no watchlist may name them.
    #[serde(skip)]
    pub root: Option<String>,
}

impl NewSiteLine {
    /// Where `opened` are the private addresses that may be asked.
    #[must_use]
    pub fn of(new: NewSite, opened: &[OpenedAddress]) -> Self {
        let root = met_at(&new).filter(|url| !matches!(address::reach(url, opened), Reach::Forbidden(..)));
        let root = root.map(|url| url.origin().ascii_serialization());
        Self { site: new.site, mentions: new.mentions, url: new.url, root }
    }
}

/// Its own address in a mention, which may have a port and be `www.`; of a mention read elsewhere, the site's name.
fn met_at(new: &NewSite) -> Option<Url> {
    let own = new.url.as_deref().filter(|url| site(url).as_deref() == Some(&new.site)).and_then(address::web);
    own.or_else(|| is_name(&new.site).then(|| address::web(&format!("https://{}/", new.site))).flatten())
}

/// A name that may stand in an address as it is.
fn is_name(site: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    site.contains('.') && site.len() <= 253 && site.chars().all(fine) && !site.starts_with(['.', '-'])
}

/// Sites to watch.
#[derive(Debug, Clone, Serialize)]
pub struct NewSites {
    /// What it is.
    pub title: String,
    /// Their names with their mentions.
    pub lines: Vec<String>,
    /// What to do.
    pub how: String,
    /// The lines to paste: a whole watchlist file, or from the third on below the `sources:` of one.
    pub yaml: String,
}

impl NewSites {
    /// Those that may be watched; nothing where there are none.
    #[must_use]
    pub fn of(sites: &[NewSiteLine], locale: Locale) -> Option<Self> {
        let fit: Vec<(&NewSiteLine, &str)> =
            sites.iter().filter_map(|new| new.root.as_deref().map(|root| (new, root))).collect();
        let (first, rest) = fit.split_at(fit.len().min(SITES));
        if first.is_empty() {
            return None;
        }
        let mut lines: Vec<String> =
            first.iter().map(|(new, _)| format!("{} ({})", new.site, words::number(locale, new.mentions))).collect();
        if !rest.is_empty() {
            lines.push(words::counted(locale, "mail-more-sites", rest.len() as u64));
        }
        let yaml: Vec<String> =
            first.iter().map(|(_, root)| format!("  # vigie discover {root}/\n  - feed: {root}/feed")).collect();
        Some(Self {
            title: locale.text("report-new-sites"),
            lines,
            how: locale.text("report-new-sites-how"),
            yaml: format!("# {}\nsources:\n{}", locale.text("report-new-sites-paste"), yaml.join("\n")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_watched_where_it_was_met_unless_that_is_private() {
        let opened = [address::opened("10.0.0.7:8080").unwrap()];
        for (site, url, root) in [
            ("blog.example", Some("https://www.blog.example/a?b=1"), Some("https://www.blog.example")),
            ("blog.example", Some("http://zo:pw@blog.example:8080/a"), Some("http://blog.example:8080")),
            ("blog.example", Some("https://news.example/redirect?to=blog"), Some("https://blog.example")),
            ("blog.example", None, Some("https://blog.example")),
            ("10.0.0.7", Some("http://10.0.0.7:8080/a"), Some("http://10.0.0.7:8080")),
            ("10.0.0.7", Some("http://10.0.0.7:8081/a"), None),
            ("192.168.1.4", None, None),
            ("[::1]", Some("https://[::1]/a"), None),
            ("not a host\n", None, None),
            ("a.example: {x", Some("javascript:alert(1)"), None),
        ] {
            let new = NewSite { site: site.into(), mentions: 1, url: url.map(str::to_owned) };
            assert_eq!(NewSiteLine::of(new, &opened).root.as_deref(), root, "{site} {url:?}");
        }
    }
}
