//! Addresses: which may be shown, which are the same page, which site they belong to. Owns no fetching
//! and no address guard (`net`).

use std::borrow::Cow;

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
    resolved(base, reference).map(String::from)
}

/// [`resolve`], and the address inside where it is the redirect of a news or alert service ([`unwrapped`]).
#[must_use]
pub fn resolve_shown(base: &str, reference: &str) -> Option<String> {
    resolved(base, reference).map(unwrap).map(String::from)
}

/// The key under which two addresses of the same page are equal: `https`, lower-case host without `www.`,
/// `m.` or `amp.`, no user info, fragment or default port, no tracking parameters and the others in order, no
/// AMP, no index page, no trailing slash; redirects of search engines and networks unwrapped. For comparison
/// only, never shown.
#[must_use]
pub fn canonical(text: &str) -> Option<String> {
    let mut found = key(&unwrap(parse(text)?))?;
    for _ in 0..MOST_WRAPPERS {
        // Without its index page or its `m.`, an address may be a redirect after all.
        let may_wrap = found.split_once('?').is_some_and(|(_, query)| query.contains("http"));
        let Some(inner) = may_wrap.then(|| parse(&found)).flatten().and_then(|url| wrapped(&url)) else { break };
        found = key(&unwrap(inner))?;
    }
    Some(found)
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

fn resolved(base: &str, reference: &str) -> Option<Url> {
    let reference = clean(reference)?;
    match Url::parse(reference) {
        Ok(url) => web(url),
        Err(::url::ParseError::RelativeUrlWithoutBase) => web(Url::parse(base).ok()?.join(reference).ok()?),
        Err(_) => None,
    }
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

/// Redirects of search engines, alert services and networks: host (whole, or everything below after a dot),
/// path, and the parameters that hold the address.
const WRAPPERS: &[(&str, &str, &[&str])] = &[
    ("bing.com", "/news/apiclick.aspx", &["url"]),
    ("duckduckgo.com", "/l/", &["uddg"]),
    ("facebook.com", "/l.php", &["u"]),
    ("l.facebook.com", "/l.php", &["u"]),
    ("lm.facebook.com", "/l.php", &["u"]),
    ("l.instagram.com", "/", &["u"]),
    ("l.messenger.com", "/l.php", &["u"]),
    ("linkedin.com", "/redir/redirect", &["url"]),
    ("out.reddit.com", "", &["url"]),
    ("youtube.com", "/redirect", &["q"]),
    ("vk.com", "/away.php", &["to"]),
    (".safelinks.protection.outlook.com", "/", &["url"]),
];

/// The address inside a redirect or an AMP viewer.
fn wrapped(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    if let Some(inner) = amp_viewed(host, url) {
        return Some(inner);
    }
    // Alerts use `url`, results `q`.
    let names: &[&str] = if url.path() == "/url" && host.starts_with("google.") {
        &["url", "q"]
    } else {
        let holds = |(of, path, _): &&(&str, &str, &[&str])| {
            let at = if of.starts_with('.') { host.ends_with(of) } else { host == *of };
            at && (path.is_empty() || url.path() == *path)
        };
        WRAPPERS.iter().find(holds)?.2
    };
    let value = |name: &&str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    names.iter().filter_map(value).find_map(|text| parse(&text))
}

/// `google.TLD/amp/s/HOST/PATH` and `HOST.cdn.ampproject.org/c/s/HOST/PATH`; `s` stands for https.
fn amp_viewed(host: &str, url: &Url) -> Option<Url> {
    let rest = if host.starts_with("google.") {
        url.path().strip_prefix("/amp/")?
    } else if host.ends_with(".cdn.ampproject.org") || host == "cdn.ampproject.org" {
        ["/c/", "/v/", "/i/"].iter().find_map(|kind| url.path().strip_prefix(kind))?
    } else {
        return None;
    };
    let (scheme, rest) = rest.strip_prefix("s/").map_or(("http", rest), |rest| ("https", rest));
    let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
    let inner = parse(&format!("{scheme}://{rest}{query}"))?;
    inner.host_str()?.contains('.').then_some(inner)
}

fn key(url: &Url) -> Option<String> {
    let mut out = String::with_capacity(url.as_str().len());
    out.push_str("https://");
    let name = match url.host()? {
        Host::Domain(name) => host_key(name),
        other => other.to_string(),
    };
    // Dots alone are no host.
    if name.is_empty() {
        return None;
    }
    let query = url.query().unwrap_or("");
    if let Some(video) = video(&name, url.path(), query) {
        return Some(format!("https://youtube.com/watch?v={video}"));
    }
    out.push_str(&name);
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        out.push(':');
        out.push_str(&port.to_string());
    }
    out.push_str(&path_key(&plain_escapes(url.path())));
    // X and Instagram put nothing but who shared it there.
    let bare = matches!(name.as_str(), "twitter.com" | "x.com" | "instagram.com" | "threads.net" | "tiktok.com");
    let pairs = query.split('&').map(plain_escapes).filter(|pair| !bare && !pair.is_empty() && !is_tracking(pair));
    let mut pairs: Vec<Cow<'_, str>> = pairs.collect();
    pairs.sort_unstable();
    let mut separator = '?';
    for pair in pairs {
        out.push(separator);
        out.push_str(&pair);
        separator = '&';
    }
    Some(out)
}

/// A host without `www.`, and without what its forms for small screens are called: `m.`, `fr.m.wikipedia.org`.
fn host_key(name: &str) -> String {
    let mut name = name.trim_end_matches('.').to_owned();
    while let Some(shorter) = without_form(&name) {
        name = shorter;
    }
    name
}

fn without_form(name: &str) -> Option<String> {
    const FORMS: &[&str] = &["www.", "m.", "mobile.", "amp.", "touch."];
    let is_site = |rest: &str| rest.contains('.') && !rest.starts_with('.');
    if let Some(rest) = FORMS.iter().find_map(|form| name.strip_prefix(form)).filter(|rest| is_site(rest)) {
        return Some(rest.to_owned());
    }
    if matches!(name, "old.reddit.com" | "new.reddit.com") {
        return Some("reddit.com".to_owned());
    }
    let (language, rest) = name.split_once(".m.").filter(|(_, rest)| is_site(rest))?;
    Some(format!("{language}.{rest}"))
}

/// The id of a video, in the forms in which people share one.
fn video<'a>(host: &str, path: &'a str, query: &'a str) -> Option<&'a str> {
    let id = match host {
        "youtu.be" => path.strip_prefix('/')?,
        "youtube.com" | "youtube-nocookie.com" => match path {
            "/watch" => query.split('&').find_map(|pair| pair.strip_prefix("v="))?,
            _ => ["/shorts/", "/live/", "/embed/"].iter().find_map(|kind| path.strip_prefix(kind))?,
        },
        _ => return None,
    };
    let id = id.trim_end_matches('/');
    let good = id.len() == 11 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    good.then_some(id)
}

/// Escapes in capitals, and none where RFC 3986 needs none: `%7e` is `~`, `%c3%a9` is `%C3%A9`.
fn plain_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digit = |place: usize| bytes.get(place).and_then(|digit| char::from(*digit).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (byte, digit(at + 1), digit(at + 2)) {
            let value = (high << 4 | low) as u8;
            if value.is_ascii_alphanumeric() || matches!(value, b'-' | b'.' | b'_' | b'~') {
                out.push(char::from(value));
            } else {
                out.push_str(&text[at..at + 3].to_ascii_uppercase());
            }
            at += 3;
        } else {
            let end = (at + 1..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
            out.push_str(&text[at..end]);
            at = end;
        }
    }
    out.into()
}

fn path_key(path: &str) -> String {
    const TAILS: &[&str] =
        &["/amp", ".amp", "/index.html", "/index.htm", "/index.php", "/index.asp", "/index.aspx", "/default.aspx"];
    let mut path = path;
    loop {
        let before = path;
        path = path.trim_end_matches('/');
        for tail in TAILS {
            path = path.strip_suffix(tail).unwrap_or(path);
        }
        if let Some(rest) = path.strip_prefix("/amp/").filter(|rest| !rest.is_empty()) {
            path = &path[path.len() - rest.len() - 1..];
        }
        if path == before {
            break;
        }
    }
    match path.strip_suffix(".amp.html").or_else(|| path.strip_suffix("-amp.html")) {
        Some(stem) => path_key(&format!("{stem}.html")),
        None => path.to_owned(),
    }
}

/// Parameters that say who sent the reader, not what is read.
fn is_tracking(pair: &str) -> bool {
    const NAMES: &[&str] = &[
        "__s",
        "__twitter_impression",
        "_branch_match_id",
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "_kx",
        "_openstat",
        "assettype",
        "ck_subscriber_id",
        "cmpid",
        "dclid",
        "dm_i",
        "elqtrackid",
        "epik",
        "estat_svc",
        "fb_action_ids",
        "fb_source",
        "fbclid",
        "gad_campaignid",
        "gad_source",
        "gbraid",
        "gclid",
        "gclsrc",
        "guccounter",
        "guce_referrer",
        "guce_referrer_sig",
        "igsh",
        "igshid",
        "jsessionid",
        "li_fat_id",
        "mbid",
        "mc_cid",
        "mc_eid",
        "mibextid",
        "mkt_tok",
        "ml_subscriber",
        "msclkid",
        "ncid",
        "ocid",
        "oly_anon_id",
        "oly_enc_id",
        "phpsessid",
        "rb_clickid",
        "ref_src",
        "ref_url",
        "s_cid",
        "s_kwcid",
        "smid",
        "smtyp",
        "soc_src",
        "soc_trk",
        "srsltid",
        "ttclid",
        "twclid",
        "vero_id",
        "wbraid",
        "wt.mc_id",
        "wt_mc",
        "wt_zmc",
        "xtor",
        "xtref",
        "yclid",
    ];
    const PREFIXES: &[&str] = &[
        "utm_",
        "mtm_",
        "pk_",
        "piwik_",
        "matomo_",
        "hsa_",
        "ns_",
        "at_medium",
        "at_campaign",
        "at_custom",
        "at_format",
        "at_link",
        "at_send",
    ];
    /// What `ref`, `source` and `from` say when they name the way and not the thing.
    const WAYS: &[&str] = &[
        "rss",
        "feed",
        "atom",
        "twitter",
        "x",
        "facebook",
        "fb",
        "linkedin",
        "newsletter",
        "email",
        "mail",
        "share",
        "social",
        "homepage",
        "google",
        "amp",
        "app",
        "push",
        "alert",
        "alerte",
    ];
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        // phpBB's session, not PHP-Nuke's story number.
        "sid" => value.len() == 32 && value.bytes().all(|b| b.is_ascii_hexdigit()),
        "outputtype" => value.eq_ignore_ascii_case("amp"),
        "amp" => matches!(value, "" | "1" | "true"),
        "ref" | "source" | "src" | "from" | "via" => WAYS.contains(&value.to_ascii_lowercase().as_str()),
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
            ("https://example.org/a?b=2&a=1&ref=rss", "https://example.org/a?a=1&b=2"),
            ("https://example.org/a?ref=12", "https://example.org/a?ref=12"),
            ("https://example.org/%7ejo/%c3%a9t%C3%A9/", "https://example.org/~jo/%C3%A9t%C3%A9"),
            ("https://example.org/dossier/index.htm", "https://example.org/dossier"),
            (
                "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa%3Ffbclid%3Dx&h=AT0",
                "https://example.org/a",
            ),
            ("https://www.google.fr/amp/s/www.example.org/a/amp/", "https://example.org/a"),
            ("https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a.amp.html", "https://example.org/a.html"),
            ("https://duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.org%2Fa&rut=1", "https://example.org/a"),
            (
                "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&data=05",
                "https://example.org/a",
            ),
            ("https://youtu.be/dQw4w9WgXcQ?si=abc", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
            ("https://m.youtube.com/shorts/dQw4w9WgXcQ", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
            ("https://www.youtube.com/watch?list=1&v=dQw4w9WgXcQ", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
            ("https://www.youtube.com/@chaine/videos", "https://youtube.com/@chaine/videos"),
            ("https://old.reddit.com/r/france/comments/1/", "https://reddit.com/r/france/comments/1"),
            ("https://fr.m.wikipedia.org/wiki/Orange", "https://fr.wikipedia.org/wiki/Orange"),
            ("https://x.com/nina/status/12?s=20&t=abc", "https://x.com/nina/status/12"),
            ("https://example.org/url?url=https://a.fr/", "https://example.org/url?url=https://a.fr/"),
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
        fn any_address_is_canonical_once_and_for_all(
            host in "(old\\.reddit|new\\.reddit|m|www|youtu|a\\.m|google|l\\.facebook|x)\\.(com|be|fr|m\\.fr)",
            path in "(/(amp|url|l\\.php|watch|index\\.php|%[0-9a-fA-F]{2}|s|[a-z.%-]{0,5}|é)){0,4}",
            query in "((u|url|v|q|ref|amp|[a-z]{1,2})=(https?://(m\\.)?a\\.fr/[a-z]?|rss|%[0-9a-f]{2}|[a-z0-9-]{0,11})&?){0,3}",
        ) {
            let once = canonical(&format!("https://{host}{path}?{query}"));
            prop_assert_eq!(once.as_deref().and_then(canonical), once);
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
