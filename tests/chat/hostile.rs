//! Whatever the web says, no service refuses a message for its form, and nothing in it acts.

use proptest::prelude::*;
use vigie::config::settings::{Service, UiLanguage};

use super::contents::{Stock, Words};
use super::format;
use super::golden::body_of;

/// What somebody would write to be noticed by other means than words.
const PAYLOADS: &[&str] = &[
    "<!channel>",
    "<!here|here>",
    "<@U012ABCDEF>",
    "<#C012|general>",
    "<https://evil.example|bank.example>",
    "@everyone",
    "@here",
    "@channel",
    "@all",
    "@titi59",
    "<@123456789>",
    "<@&42>",
    "<at>Equipe</at>",
    "{{DATE(2026-11-20T00:00:00Z, SHORT)}}",
    "${body}",
    "[bank.example](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "https://evil.example/?a=1&b=2",
    "javascript:alert(1)",
    "<a href=\"https://evil.example\">x</a>",
    "<script>alert(1)</script>",
    "</b></i></a>",
    "&lt;b&gt;",
    "&amp;",
    "&#x41;",
    "*gras*",
    "**",
    "_ital_",
    "__",
    "~~barré~~",
    "||spoiler||",
    "`code`",
    "```",
    "\\",
    "\\*",
    "# titre",
    "-# petit",
    "- liste",
    "+ liste",
    "1. liste",
    "> citation",
    ">>> tout",
    ":warning:",
    "$x^2$",
    "/start",
    "/start@vigie_bot",
    "\u{202E}gnp.exe\u{202C}",
    "\u{2066}x\u{2069}",
    "\u{200B}",
    "\u{0}\u{7}\u{1B}[31m",
    "\r\nBcc: x@y.example\r\n",
    "\n\n",
    "\t",
    "\"",
    "'",
    "👩\u{200D}👩\u{200D}👧",
    "🇫🇷",
    "e\u{301}",
    "مرحبا",
    "日本語",
    "Orange",
    " ",
    "mot",
    "l’",
];

fn text(longest: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(PAYLOADS), 0..longest).prop_map(|parts| parts.concat()),
        1 => "\\PC{0,300}",
        1 => (prop::sample::select(PAYLOADS), 0usize..500).prop_map(|(one, times)| one.repeat(times)),
    ]
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        text(6).prop_map(|tail| format!("https://site.example/{tail}")),
        text(4),
        Just("https://a.example/(x)|y>z\"'`*_~[q]{r}?a=1&b=<2>".to_owned()),
        (1usize..1_950).prop_map(|length| format!("https://a.example/{}", "é".repeat(length / 6))),
    ]
}

prop_compose! {
    fn words()(
        title in text(20),
        excerpt in text(40),
        author in text(6),
        site in text(5),
        url in address(),
        term in text(5),
        tag in text(4),
        name in text(6),
        diagnostics in text(200),
    ) -> Words {
        Words { title, excerpt, author, site, url, term, tag, name, diagnostics }
    }
}

fn assert_harmless(words: Words) -> Result<(), TestCaseError> {
    let stock = Stock::of(words);
    for (name, content) in stock.contents() {
        for service in Service::ALL {
            let (_, body) = body_of(service, UiLanguage::French, &content);
            let fault = format::fault(service, &body);
            prop_assert!(fault.is_none(), "{} of {}: {}", name, service.word(), fault.unwrap_or_default());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn hostile_words_are_read_and_do_nothing_else(words in words()) {
        assert_harmless(words)?;
    }
}

#[test]
fn each_payload_alone_everywhere_is_harmless() {
    for payload in PAYLOADS {
        let words = Words {
            title: (*payload).to_owned(),
            excerpt: format!("mot *{payload}* mot {payload}"),
            author: (*payload).to_owned(),
            site: (*payload).to_owned(),
            url: format!("https://a.example/{payload}"),
            term: (*payload).to_owned(),
            tag: (*payload).to_owned(),
            name: (*payload).to_owned(),
            diagnostics: (*payload).to_owned(),
        };
        assert_harmless(words).unwrap();
    }
}

#[test]
fn the_longest_words_of_the_costliest_signs_still_fit() {
    for sign in ["&", "<", "*", "@", "😀", "\u{1F468}\u{200D}\u{1F469}", "\"", "\\", "é", "日"] {
        let long = sign.repeat(600);
        let words = Words {
            title: long.clone(),
            excerpt: format!("{long}*{long}*{long}"),
            author: long.clone(),
            site: long.clone(),
            url: format!("https://a.example/?{}", "&(".repeat(900)),
            term: long.clone(),
            tag: long.clone(),
            name: long.clone(),
            diagnostics: format!("{long}\n{long}"),
        };
        assert_harmless(words).unwrap();
    }
}
