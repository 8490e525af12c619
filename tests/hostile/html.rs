//! Hostile pages: as a page with selectors, a list of topics, a topic, and where feeds are looked for.

use std::fmt::Write as _;

use crate::bounds::Case;
use crate::readers::{discovered, forum, page, page_as};

const MIB: usize = 1 << 20;

fn all(body: &str) {
    let _ = page(body);
    let _ = forum(body);
    let _ = discovered(body.as_bytes());
}

fn article(inner: &str) -> String {
    format!("<!DOCTYPE html><html><body><article><h2>T</h2><a href=/1>x</a><p>{inner}</article></body></html>")
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn()| cases.push(Case::new(name, run));
    case("elements nested without end are refused before they are parsed", || {
        for tag in ["<div>", "<b>", "<a><b>", "<table><tr><td>", "<svg><g>", "<ul><li>", "<template>", "<q x=y>"] {
            let refused = page(article(&tag.repeat(200_000))).expect_err(tag);
            assert_eq!(refused.state.word(), "broken", "{tag}");
        }
    });
    case("elements nested as deep as is parsed", || {
        for (open, close) in [("<div>", "</div>"), ("<b>", "</b>"), ("<span><i>", "</i></span>"), ("<svg>", "</svg>")] {
            let levels = 480 / open.matches('<').count();
            all(&article(&(open.repeat(levels) + &"acme ".repeat(2_000) + &close.repeat(levels))));
        }
    });
    case("formatting that is closed crosswise", || {
        all(&article(&"<b><i><u></b></i></u><a href=x><a href=y>".repeat(3_000)));
    });
    case("formatting that paragraphs open again", || {
        all(&article(&("<b><i><u><s>".repeat(20) + &"<p>x".repeat(10_000))));
    });
    case("tables in tables, with what does not belong there", || {
        all(&article(&"<table>acme<tr>b<td><table>c<b>d".repeat(60)));
        all(&article(&"<table><p>x</p><div>y</div></table>".repeat(5_000)));
    });
    case("a table of 30,000 cells and what is left of it", || {
        all(&article(&format!("<table>{}", "<tr><td>a<td>b<td>c".repeat(10_000))));
    });
    case("lists of choices", || all(&article(&format!("<select>{}", "<option>x<optgroup>".repeat(20_000)))));
    case("forms in forms, frames, and heads after bodies", || {
        all(&article(&"<form><frameset><frame></frameset><head><body a=b><html c=d>".repeat(5_000)));
    });
    case("drawings that leave their own language", || {
        all(&article(&"<svg><title><p>x</svg><math><mi><b>y</math><desc><foreignObject>".repeat(100)));
    });
    case("10,000 attributes of one element", || {
        let attributes = (0..10_000).fold(String::new(), |mut out, n| {
            let _ = write!(out, " a{n}=b");
            out
        });
        assert!(page(article(&format!("<i{attributes}>x</i>"))).is_err());
        let _ = discovered(article(&format!("<link{attributes}>")).as_bytes());
    });
    case("a quote that never ends", || all(&article(&format!("<a href=\"{}", "x ".repeat(MIB)))));
    case("a script that never ends", || all(&article(&format!("<script>{}", "</scrip <!-- <script ".repeat(50_000)))));
    case("comments of every kind", || {
        all(&article(&"<!--><!---><!-- - --!><!-- <!-- --><!x><?y>".repeat(20_000)));
        all(&article(&format!("<!--{}", "--x".repeat(MIB / 2))));
    });
    case("names of characters, cut and run together", || {
        all(&article(&"&notit;&amp&ampamp;&#x1F4A9&#128;&CounterClockwiseContourIntegral;&x;&".repeat(10_000)));
    });
    case("paragraphs without end tags", || all(&article(&"<p>x<br>".repeat(50_000))));
    case("more articles than are read", || {
        let step = page("<article><h2>acme</h2><a href=/1>x</a></article>".repeat(12_000)).expect("a page");
        assert!(step.entries.len() <= 10_000);
    });
    case("100,000 links, with numbers to count on", || {
        let links = (0..50_000).fold(String::new(), |mut out, n| {
            let _ = write!(out, "<a href=\"/d/list?page={n}\">{n}</a>");
            out
        });
        all(&format!("{}<a class=next href=\"/d/list?page=2\">x</a>{links}", article("acme")));
    });
    case("a page number of a million digits", || {
        let number = "9".repeat(1_000_000);
        all(&format!("{}<a class=next href=\"/d/list?page={number}\">x</a>", article("acme")));
        let many = "1-".repeat(100_000);
        all(&format!("{}<a class=next href=\"/{many}2\">x</a><a href=\"/{many}3\">", article("acme")));
    });
    case("a next page that is this one, or none", || {
        for href in ["", "#", "/d/list", "javascript:next()", "//", "http://127.0.0.1:1/", "?", "\u{0}", "http://[::1"]
        {
            let step = forum(format!("{}<a class=next href=\"{href}\">x</a>", article("acme"))).expect("a page");
            for request in step.requests {
                assert!(request.url.starts_with("https://a.example/"), "{href}: {}", request.url);
            }
        }
    });
    case("a class of 2 MiB", || all(&article(&format!("<i class=\"{}\">x</i>", "a b ".repeat(MIB / 2)))));
    case("NUL and controls everywhere", || {
        all(&article(&"a\0b\u{1}<i\0 x=\0>\u{9b}31m\u{FFFF}</i\0>".repeat(20_000)));
    });
    case("encodings that lie", || {
        for name in ["utf-7", "utf-16le", "iso-2022-jp", "x-user-defined", "replacement", "\u{1F4A9}", ""] {
            let _ = page(format!("<meta charset=\"{name}\">{}", article("+ADw-script+AD4- \u{1b}$B")));
            let _ = page_as(&format!("text/html; charset=\"{name}\""), article("é"));
        }
        let noise: Vec<u8> = (0..MIB as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let _ = page_as("text/html; charset=shift_jis", noise);
    });
    case("5 MiB, more than is parsed", || {
        assert!(page(article(&"acme ".repeat(MIB + 100_000))).is_err());
    });
    case("4 MiB of words, all that is parsed", || {
        let _ = page(article(&"boutique ".repeat(4 * MIB / 9 - 100)));
    });
    case("100,000 feeds named", || {
        let link = "<link rel=alternate type=application/rss+xml href=/a title=b>";
        assert!(discovered(link.repeat(100_000).as_bytes()) <= 20);
    });
    case("a list of 100,000 feeds, nested", || {
        let outlines = "<outline text='a' xmlUrl='https://a.example/1'>".repeat(100_000);
        assert!(discovered(format!("<opml><body>{outlines}").as_bytes()) <= 10_000);
    });
    case("a list with entities and addresses of no web", || {
        let urls = ["javascript:x", "file:///etc/passwd", "&xxe;", "\u{0}", "http://"];
        let outlines = urls.iter().fold(String::new(), |mut out, url| {
            let _ = write!(out, "<outline xmlUrl=\"{url}\"/>");
            out
        });
        let dtd = "<!DOCTYPE opml [<!ENTITY xxe SYSTEM \"file:///etc/passwd\">]>";
        let _ = discovered(format!("<?xml version=\"1.0\"?>{dtd}<opml><body>{outlines}</body></opml>").as_bytes());
    });
    cases
}
