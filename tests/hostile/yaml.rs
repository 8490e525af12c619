//! Hostile watchlists, settings and expressions: who writes a watchlist is trusted with its team's alerts and with
//! nothing else.

use std::fmt::Write as _;

use vigie::query::line;
use vigie::query::read::read;

use crate::bounds::Case;
use crate::readers::{settings, watchlist};

const MIB: usize = 1 << 20;

fn both(text: impl Into<Vec<u8>>) {
    let bytes = text.into();
    let _ = watchlist(bytes.clone());
    let _ = settings(&bytes);
}

/// Neither takes it.
fn refused(text: impl Into<Vec<u8>>) {
    let bytes = text.into();
    assert!(watchlist(bytes.clone()).result.is_err());
    assert!(!settings(&bytes).0);
}

fn terms(list: &str) -> String {
    format!("brands:\n  - id: a\n    match:\n      any:\n{list}")
}

fn expression(line: &str) -> String {
    format!("brands:\n  - id: a\n    query: |\n      {line}\n")
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn()| cases.push(Case::new(name, run));
    case("names that double", || {
        let mut text = String::from("a0: &a0 [x, x]\n");
        for n in 1..40 {
            let _ = writeln!(text, "a{n}: &a{n} [*a{0}, *a{0}]", n - 1);
        }
        refused(text);
    });
    case("a million names of one text", || refused(format!("a: &a xxxxxxxx\nb: [{}]\n", "*a,".repeat(1_000_000))));
    case("merged keys", || refused("a: &a {b: c}\nd:\n  <<: *a\n"));
    case("2 MiB of brackets", || refused("[".repeat(2 * MIB)));
    case("2 MiB of braces", || refused("{a: ".repeat(MIB / 2)));
    case("dashes on one line", || refused("- ".repeat(2 * MIB)));
    case("blocks inside one another", || {
        let text = (0..2_000).fold(String::new(), |mut out, n| {
            let _ = writeln!(out, "{}a:", " ".repeat(n));
            out
        });
        refused(text);
    });
    case("questions inside one another", || refused("? ".repeat(100_000)));
    case("a byte more than 4 MiB", || refused(vec![b'#'; 4 * MIB + 1]));
    case("4 MiB of comment", || both(vec![b'#'; 4 * MIB]));
    case("4 MiB of line ends", || both(vec![b'\n'; 4 * MIB]));
    case("a quote that never ends", || refused(format!("a: \"{}", "x\\n ".repeat(MIB / 2))));
    case("a block of 3 MiB", || both(format!("a: |\n{}", "  x: [y\n".repeat(3 * MIB / 9))));
    case("a key of a MiB", || refused(format!("{}: 1\n", "k".repeat(MIB))));
    case("100,000 keys that are none", || {
        let text = (0..100_000).fold(String::new(), |mut out, n| {
            let _ = writeln!(out, "k{n}: 1");
            out
        });
        refused(text);
    });
    case("one key, often", || refused("brands: []\n".repeat(50_000)));
    case("documents behind one another", || refused("--- \na: 1\n".repeat(50_000)));
    case("kinds of other languages", || {
        for tag in ["!!python/object/apply:os.system [id]", "!ruby/object:A {}", "!!binary aGk=", "!!set {a}", "!x y"] {
            refused(format!("brands: {tag}\n"));
        }
    });
    case("encodings", || {
        for bytes in
            [&b"\xFF\xFEb\0r\0"[..], b"\xFE\xFF\0b", b"brands: [caf\xE9]", b"\0\0\0b", b"a: \x1b[31m", b"a: \x07"]
        {
            refused(bytes);
        }
        both("\u{FEFF}\u{FEFF}brands: []\n");
    });
    case("values that pretend", || {
        for value in
            ["no", "~", "null", "0o777", "0x1F", ".inf", ".nan", "1e999", "2026-11-21", "12:30:45", "+.1", "''"]
        {
            both(format!("brands:\n  - id: {value}\n    name: {value}\n    match: {{any: [{value}]}}\n"));
            both(format!("language: {value}\nretention: {value}\nfetch: {{concurrency: {value}, timeout: {value}}}\n"));
        }
    });
    case("numbers beyond all bounds", || {
        for value in
            ["99999999999999999999999999", "-1", "1e400", "999999999999d", "0.0000001s", "18446744073709551616MiB"]
        {
            both(format!(
                "retention: {value}\nfetch: {{concurrency: {value}, max_bytes: {value}, slowest: {value}}}\n"
            ));
            both(format!("sources:\n  - feed: https://a.example/\n    every: {value}\n"));
        }
    });
    case("20,000 mistakes", || both(terms(&"        - \"\"\n".repeat(20_000))));
    case("50,000 terms", || {
        let list = (0..50_000).fold(String::new(), |mut out, n| {
            let _ = writeln!(out, "        - mot{n} suivi");
            out
        });
        assert!(watchlist(terms(&list)).result.is_ok());
    });
    case("terms that match everything or nothing", || {
        for term in
            ["~", "=", "*", "\"\"", "' '", "\".\"", "a", "\"#\"", "\u{200b}", "**", "a**b", "\"?*?*?*\"", "\u{301}"]
        {
            both(terms(&format!("        - {term}\n")));
        }
    });
    case("a term of 200,000 characters", || {
        both(terms(&format!("        - {}\n", "a".repeat(200_000))));
        both(terms(&format!("        - {}\n", "mot ".repeat(50_000))));
        both(terms(&format!("        - \"{}\"\n", "a*".repeat(50_000))));
        let _ = read(&"(a|b) ".repeat(5_000));
    });
    case("alternatives that multiply", || both(terms(&format!("        - {}\n", "(a|b|c|d) ".repeat(40)))));
    case("all and any inside one another", || {
        refused(terms(&format!("        - {}x{}\n", "{all: [a, {any: [b, ".repeat(500), "]}]}".repeat(500))));
        let depth = 12;
        both(terms(&format!("        - {}x{}\n", "{all: [a, {any: [b, ".repeat(depth), "]}]}".repeat(depth))));
    });
    case("numbers of words beyond all bounds", || {
        for number in ["0", "-1", "99999999999", "1.5", "x"] {
            both(terms(&format!("        - near: {{of: [a b], with: [c d], words: {number}}}\n")));
        }
    });
    case("an expression of 100,000 parentheses", || {
        both(expression(&"(".repeat(100_000)));
        both(expression(&format!("{}a{}", "(".repeat(60_000), ")".repeat(60_000))));
    });
    case("an expression of 10,000 operators", || {
        both(expression(&format!("mot{}", " OR mot".repeat(10_000))));
        both(expression(&"NOT ".repeat(20_000)));
        both(expression(&format!("a{}", " NEAR/99999999999999999999 b".repeat(500))));
    });
    case("an expression that is a quote", || {
        both(expression(&"\"".repeat(90_001)));
        both(expression(&format!("\"{}", "a \\".repeat(30_000))));
    });
    case("expressions of every sign", || {
        let signs =
            ["(", ")", "\"", "AND", "OR", "NOT", "NEAR/2", "~3", "a", "*", "-", ":", "title:", "#", "@", "[", "{", "^"];
        let mut seed = 7_u64;
        for _ in 0..3_000 {
            let mut line = String::new();
            for _ in 0..12 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let _ = write!(line, "{} ", signs[(seed >> 40) as usize % signs.len()]);
            }
            if let Ok(expression) = line::parse(&line) {
                let printed = line::print(&expression);
                assert!(line::parse(&printed).is_ok(), "{line} became {printed}");
            }
        }
    });
    case("addresses of sources", || {
        for url in [
            "javascript:x",
            "file:///etc/passwd",
            "https://",
            "https://\u{202E}x/",
            "http://127.0.0.1:1/{since}",
            "https://a.example/{secret:smtp}",
            "https://a.example/{",
            "https://a.example/{{{{",
            "HTTPS:a",
            "https://a b/",
        ] {
            both(format!("sources:\n  - feed: \"{url}\"\n"));
        }
        both(format!("sources:\n  - feed: https://a.example/{}\n", "x".repeat(MIB)));
    });
    case("selectors", || {
        for css in [":has(:has(*))", "*|*", "a[", "a:nth-child(999999999999n)", "::before", "@", "a @", "a @b c", ">>>"]
        {
            both(format!(
                "sources:\n  - page: https://a.example/\n    select: {{item: \"{css}\", title: \"{css}\", link: \"{css}\"}}\n"
            ));
        }
        let deep = ":not(".repeat(10_000);
        both(format!("sources:\n  - page: https://a.example/\n    select: {{item: \"{deep}\", title: a, link: a}}\n"));
    });
    cases
}
