//! Addresses: which may be shown, which are the same page, which site they belong to. Owns no fetching
//! and no address guard (`net`).

use ::url::{Host, Url};

/// The longest address taken, in bytes; longer ones are hostile or data.
pub const LONGEST: usize = 4096;

/// Wrappers unwrapped in a row.
const MOST_WRAPPERS: usize = 3;

/// An absolute `http:` or `https:` address, normalised; nothing for any other scheme.
#[must_use]
pub fn absolute(text: &str) -> Option<String> {
    parse(text).map(String::from)
}

/// `reference` seen from the document at `base`: absolute, `http:` or `https:` only.
#[must_use]
pub fn resolve(base: &str, reference: &str) -> Option<String> {
    let reference = clean(reference)?;
    match Url::parse(reference) {
        Ok(url) => web(url),
        Err(::url::ParseError::RelativeUrlWithoutBase) => web(Url::parse(base).ok()?.join(reference).ok()?),
        Err(_) => None,
    }
    .map(String::from)
}

/// The key under which two addresses of the same page are equal: `https`, lower-case host without `www.`,
/// `m.` or `amp.`, no user info, fragment or default port, no tracking parameters, no AMP, no trailing
/// slash; redirects of Google and Bing unwrapped. For comparison only, never shown.
#[must_use]
pub fn canonical(text: &str) -> Option<String> {
    key(&unwrap(parse(text)?))
}

/// [`canonical`], and the fragment where it names a place in the page (`#p123`) rather than a campaign: a
/// post of a forum is not its topic.
#[must_use]
pub fn canonical_place(text: &str) -> Option<String> {
    let url = unwrap(parse(text)?);
    let mut place = key(&url)?;
    if let Some(fragment) = url.fragment().filter(|fragment| !fragment.is_empty() && !fragment.contains('=')) {
        place.push('#');
        place.push_str(fragment);
    }
    Some(place)
}

/// The address inside the redirect of a news or alert service, to be shown in its place; nothing for an
/// address that is no such redirect.
#[must_use]
pub fn unwrapped(text: &str) -> Option<String> {
    let url = parse(text)?;
    wrapped(&url)?;
    Some(unwrap(url).into())
}

/// The host without `www.`, in lower case.
#[must_use]
pub fn site(text: &str) -> Option<String> {
    let url = parse(text)?;
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").filter(|rest| rest.contains('.')).unwrap_or(host).to_owned())
}

/// True when a canonical address is a site's front page, which identifies no entry.
#[must_use]
pub fn is_front_page(canonical: &str) -> bool {
    canonical.strip_prefix("https://").is_some_and(|rest| !rest.contains(['/', '?', '#']))
}

fn clean(text: &str) -> Option<&str> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    (!text.is_empty() && text.len() <= LONGEST).then_some(text)
}

fn parse(text: &str) -> Option<Url> {
    web(Url::parse(clean(text)?).ok()?)
}

fn web(url: Url) -> Option<Url> {
    (matches!(url.scheme(), "http" | "https") && url.has_host() && url.as_str().len() <= LONGEST).then_some(url)
}

fn unwrap(mut url: Url) -> Url {
    for _ in 0..MOST_WRAPPERS {
        let Some(inner) = wrapped(&url) else { break };
        url = inner;
    }
    url
}

/// The address inside `google.TLD/url?…&url=ADDRESS` (alerts use `url`, results `q`) and
/// `bing.com/news/apiclick.aspx?…&url=ADDRESS`.
fn wrapped(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let names: &[&str] = match url.path() {
        "/url" if host.starts_with("google.") => &["url", "q"],
        "/news/apiclick.aspx" if host == "bing.com" => &["url"],
        _ => return None,
    };
    let value = |name: &&str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    names.iter().filter_map(value).find_map(|text| parse(&text))
}

fn key(url: &Url) -> Option<String> {
    let mut out = String::with_capacity(url.as_str().len());
    out.push_str("https://");
    match url.host()? {
        Host::Domain(name) => {
            let mut name = name.trim_end_matches('.');
            while let Some(rest) = ["www.", "m.", "mobile.", "amp."]
                .iter()
                .find_map(|prefix| name.strip_prefix(prefix))
                .filter(|rest| rest.contains('.') && !rest.starts_with('.'))
            {
                name = rest;
            }
            out.push_str(name);
        }
        other => out.push_str(&other.to_string()),
    }
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        out.push(':');
        out.push_str(&port.to_string());
    }
    out.push_str(&path_key(url.path()));
    let mut separator = '?';
    for pair in url.query().unwrap_or("").split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair)) {
        out.push(separator);
        out.push_str(pair);
        separator = '&';
    }
    Some(out)
}

fn path_key(path: &str) -> String {
    let mut path = path;
    loop {
        let before = path;
        path = path.trim_end_matches('/');
        for tail in ["/amp", ".amp", "/index.html", "/index.php"] {
            path = path.strip_suffix(tail).unwrap_or(path);
        }
        if let Some(rest) = path.strip_prefix("/amp/").filter(|rest| !rest.is_empty()) {
            path = &path[path.len() - rest.len() - 1..];
        }
        if path == before {
            break;
        }
    }
    match path.strip_suffix(".amp.html") {
        Some(stem) => path_key(&format!("{stem}.html")),
        None => path.to_owned(),
    }
}

/// Parameters that say who sent the reader, not what is read.
fn is_tracking(pair: &str) -> bool {
    const NAMES: &[&str] = &[
        "fbclid",
        "gclid",
        "gclsrc",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "yclid",
        "twclid",
        "ttclid",
        "igshid",
        "igsh",
        "mc_cid",
        "mc_eid",
        "_hsenc",
        "_hsmi",
        "mkt_tok",
        "vero_id",
        "oly_anon_id",
        "oly_enc_id",
        "xtor",
        "wt_mc",
        "wt.mc_id",
        "cmpid",
        "ncid",
        "_ga",
        "_gl",
        "s_cid",
        "phpsessid",
        "jsessionid",
        "amp",
        "outputtype",
    ];
    const PREFIXES: &[&str] = &["utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "at_medium", "at_campaign"];
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        // phpBB's session, not PHP-Nuke's story number.
        "sid" => value.len() == 32 && value.bytes().all(|b| b.is_ascii_hexdigit()),
        "outputtype" => value.eq_ignore_ascii_case("amp"),
        "amp" => matches!(value, "" | "1" | "true"),
        name => NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_same_page_has_one_canonical_address() {
        for (text, wanted) in [
            ("HTTP://WWW.Example.ORG:80/a/", "https://example.org/a"),
            ("https://example.org/a?utm_source=rss&id=3&fbclid=x#haut", "https://example.org/a?id=3"),
            ("https://example.org/a?UTM_Source=rss", "https://example.org/a"),
            ("https://m.example.org/a/amp/", "https://example.org/a"),
            ("https://example.org/a.amp.html", "https://example.org/a.html"),
            ("https://amp.example.org/amp/a?amp=1", "https://example.org/a"),
            ("https://m.fr/a", "https://m.fr/a"),
            ("https://example.org", "https://example.org"),
            ("https://example.org:8443/", "https://example.org:8443"),
            ("https://user:secret@example.org/a", "https://example.org/a"),
            (
                "https://www.google.com/url?rct=j&sa=t&url=https://example.org/a%3Futm_medium%3Dx&ct=ga",
                "https://example.org/a",
            ),
            ("https://www.google.fr/url?q=https://www.example.org/b", "https://example.org/b"),
            (
                "http://www.bing.com/news/apiclick.aspx?aid=1&url=https%3a%2f%2fexample.org%2fc&c=2",
                "https://example.org/c",
            ),
            ("https://news.google.com/rss/articles/CBMiX", "https://news.google.com/rss/articles/CBMiX"),
            (
                "https://f.example/viewtopic.php?t=4&sid=0123456789abcdef0123456789abcdef",
                "https://f.example/viewtopic.php?t=4",
            ),
            ("https://f.example/article.php?sid=12", "https://f.example/article.php?sid=12"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn only_a_redirect_is_unwrapped_to_be_shown() {
        let google = "https://www.google.com/url?rct=j&url=https://Example.org/a%3Fb%3D1%23c&ct=ga";
        assert_eq!(unwrapped(google).as_deref(), Some("https://example.org/a?b=1#c"));
        for text in [
            "https://example.org/url?url=https://a.fr/",
            "https://www.google.com/url?x=1",
            "https://www.google.com/url?url=javascript:x",
        ] {
            assert_eq!(unwrapped(text), None, "{text}");
        }
    }

    #[test]
    fn only_web_addresses_pass() {
        for text in
            ["javascript:alert(1)", "mailto:a@b.fr", "data:text/html,x", "ftp://a.fr/", "/relative", "", "http://"]
        {
            assert_eq!(canonical(text), None, "{text}");
            assert_eq!(absolute(text), None, "{text}");
        }
        assert_eq!(absolute(&format!("https://a.fr/{}", "x".repeat(LONGEST))), None);
    }

    #[test]
    fn relative_references_are_resolved() {
        for (base, reference, wanted) in [
            ("https://a.fr/x/y", "z?b=1", Some("https://a.fr/x/z?b=1")),
            ("https://a.fr/x/y", "//b.fr/c", Some("https://b.fr/c")),
            ("https://a.fr/x/y", " \n/c ", Some("https://a.fr/c")),
            ("https://a.fr/x/y", "javascript:x", None),
            ("nonsense", "/c", None),
            ("nonsense", "http://b.fr", Some("http://b.fr/")),
        ] {
            assert_eq!(resolve(base, reference).as_deref(), wanted, "{base} {reference}");
        }
    }

    #[test]
    fn a_post_keeps_its_place_in_the_page() {
        assert_eq!(canonical_place("http://f.fr/t?id=1#p12").as_deref(), Some("https://f.fr/t?id=1#p12"));
        assert_eq!(canonical_place("http://f.fr/t#xtor=RSS-1").as_deref(), Some("https://f.fr/t"));
    }

    #[test]
    fn the_site_is_the_host_without_www() {
        assert_eq!(site("https://www.Example.org/a").as_deref(), Some("example.org"));
        assert_eq!(site("http://127.0.0.1:80/").as_deref(), Some("127.0.0.1"));
        assert_eq!(site("nothing"), None);
        assert!(is_front_page("https://example.org"));
        assert!(!is_front_page("https://example.org/a"));
    }

    proptest! {
        #[test]
        fn canonical_is_idempotent(text in "https?://([wma]{1,3}\\.|www\\.|m\\.|amp\\.|user@){0,3}[a-z]{1,4}\\.fr(:80|:443|:8080)?(/[a-z.]{0,4}|/amp|/){0,4}(\\?[a-z_=&%0-9;]{0,20})?(#[a-z]{0,3})?") {
            if let Some(once) = canonical(&text) {
                prop_assert_eq!(canonical(&once), Some(once));
            }
        }

        #[test]
        fn wrapped_addresses_are_idempotent_too(inner in "https?://[a-z]{1,5}\\.fr/[a-z]{0,4}") {
            let once = canonical(&format!("https://www.google.com/url?url={inner}"));
            prop_assert_eq!(once.clone(), canonical(&inner));
            prop_assert_eq!(once.as_deref().and_then(canonical), once.clone());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = (canonical(&text), canonical_place(&text), site(&text), resolve("https://a.fr/", &text));
        }
    }
}
