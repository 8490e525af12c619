//! Hostile addresses, as links of entries and as places to go on from.

use std::fmt::Write as _;

use vigie::net::{host, redact};
use vigie::text::{clean, url};

use crate::bounds::Case;

fn read(text: &str) {
    for found in [url::absolute(text), url::resolve("https://a.example/b/", text)].into_iter().flatten() {
        assert!(found.starts_with("http://") || found.starts_with("https://"), "{text:?} became {found}");
        assert!(!found.contains(['\n', '\r', '\0', ' ']), "{text:?} became {found}");
    }
    let _ = url::resolve_shown("https://a.example/b/", text);
    let _ = url::unwrapped(text);
    let _ = url::site(text);
    let _ = (host(text), redact(text));
    if let Some(canonical) = url::canonical(text) {
        assert_eq!(url::canonical(&canonical).as_deref(), Some(canonical.as_str()), "{text:?}");
        let _ = url::is_front_page(&canonical);
    }
    let _ = url::canonical_place(text);
    if let Some(link) = clean::link(text) {
        assert!(link.href.is_ascii() && !link.href.contains('@') | link.href.contains('/'), "{link:?}");
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn()| cases.push(Case::new(name, run));
    case("an address of a MiB", || {
        for part in
            ["a", "/", "../", "./", "%", "%2e%2e/", "?", "&a=b", "#", "@", ":", "é", "\u{301}", "[", "\\", "\t", "%00"]
        {
            read(&format!("https://a.example/{}", part.repeat((1 << 20) / part.len())));
        }
    });
    case("a host of 100,000 labels", || {
        for label in ["a.", "xn--a.", "é.", "xn--zzzzzzzzzzzzz-.", "。", "\u{FF0E}", "-.", "٠.", "ß\u{200D}.", "0x7f."]
        {
            read(&format!("https://{}example/", label.repeat(20_000)));
        }
    });
    case("hosts that are none", || {
        for authority in [
            "",
            ":",
            "@",
            "[",
            "[::",
            "[::1",
            "[::1]x",
            "a b",
            "a%00b",
            "a:99999",
            "a:-1",
            ":80",
            "..",
            ".",
            "%",
            "\u{200B}",
            "\u{FFFE}",
            "xn--",
            "256.256.256.256",
            "1.2.3.4.5",
            "0x100000000",
            "[v1.a]",
            "[fe80::1%25eth0]",
        ] {
            for scheme in ["http:", "https:", "http:/", "http://", "http:////", "//", "\\\\", "hTTp:\\/"] {
                read(&format!("{scheme}{authority}/x?y#z"));
            }
        }
    });
    case("schemes of other things", || {
        for scheme in [
            "javascript",
            "JaVaScRiPt",
            "data",
            "vbscript",
            "file",
            "ftp",
            "mailto",
            "blob",
            "about",
            "view-source",
            "jar",
            "ws",
            "x",
            "java\tscript",
            "\u{1}javascript",
            "http\u{0}",
            "intent",
            "ms-msdt",
            "tel",
        ] {
            read(&format!("{scheme}:alert(1)"));
            read(&format!("{scheme}://a.example/%0aalert(1)"));
            assert!(clean::link(&format!("{scheme}:alert(1)")).is_none(), "{scheme}");
        }
    });
    case("who goes before an @", || {
        for user in
            ["bank.example", "bank.example:443", "a:b", "%40", "@@@@", "bank.example%2f", "a".repeat(9_000).as_str()]
        {
            let link = clean::link(&format!("https://{user}@evil.example/"));
            assert!(link.is_none_or(|link| !link.href.contains('@') || link.host != "bank.example"), "{user}");
            read(&format!("https://{user}@evil.example/"));
        }
    });
    case("addresses wrapped 3,000 times", || {
        let mut wrapped = "https://a.example/".to_owned();
        for _ in 0..12 {
            let inner: String = url::canonical(&wrapped).unwrap_or_default().replace('%', "%25").replace('&', "%26");
            wrapped = format!("https://www.google.com/url?q={inner}");
            read(&wrapped);
        }
        read(&"https://www.google.com/url?q=".repeat(3_000));
    });
    case("50,000 parameters", || {
        let parameters = (0..50_000).fold(String::new(), |mut out, n| {
            let _ = write!(out, "&utm_{n}={n}&fbclid={n}&token={n}");
            out
        });
        read(&format!("https://a.example/?{parameters}"));
    });
    case("pieces of addresses in every order", || {
        let pieces = [
            "http",
            "https",
            ":",
            "/",
            "//",
            "\\",
            "@",
            "a.example",
            "127.1",
            "[::1]",
            "%00",
            "%2F",
            "?",
            "#",
            "&",
            "=",
            "..",
            ".",
            " ",
            "\t",
            "\n",
            "é",
            "\u{202E}",
            "\u{FF0F}",
            "xn--a",
            ":80",
            ":x",
            "url?q=",
            "utm_source=a",
        ];
        let mut seed = 23_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..7 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let _ = write!(text, "{}", pieces[(seed >> 40) as usize % pieces.len()]);
            }
            read(&text);
        }
    });
    cases
}
