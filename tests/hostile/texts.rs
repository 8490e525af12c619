//! Hostile Unicode, folded, matched, scored in both languages, cut, cleaned and read as HTML.

use vigie::text::fold::fold_string;
use vigie::text::html;

use crate::bounds::Case;
use crate::readers::text;

const KIB: usize = 1 << 10;

fn long(part: &str, bytes: usize) {
    let _ = text(&part.repeat(bytes / part.len()));
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn()| cases.push(Case::new(name, run));
    case("one word of a MiB", || long("a", KIB * KIB));
    case("marks on one letter without end", || {
        let _ = text(&format!("acme e{} acme", "\u{301}\u{327}\u{345}".repeat(100_000)));
    });
    case("letters that fold to eighteen", || {
        long("\u{FDFA}", 96 * KIB);
        assert!(fold_string(&"\u{FDFA}".repeat(10_000)).len() < 1_000_000);
    });
    case("letters that change their length", || long("İıßẞﬀŉǰΐ", 96 * KIB));
    case("joined emoji without end", || long("👩\u{200D}👩\u{200D}👧\u{FE0F}\u{1F3FD}", 160 * KIB));
    case("half flags", || long("🇫", 96 * KIB));
    case("syllables of Hangul, apart", || long("\u{1112}\u{1161}\u{11AB}", 96 * KIB));
    case("signs of direction, open", || long("\u{202E}\u{2066}\u{200F}acme\u{2069}", 160 * KIB));
    case("nothing to be seen", || {
        long("\u{200B}\u{2060}\u{FEFF}\u{AD}\u{E0041}\u{FE0F}", 160 * KIB);
        let _ = text(&"a\u{200B}c\u{200D}m\u{2060}e\u{AD} ".repeat(20_000));
    });
    case("characters of no plane in use", || long("\u{FFFF}\u{FFFE}\u{10FFFF}\u{E000}\u{F0000}\u{1FFFE}", 160 * KIB));
    case("letters in mathematical dress", || long("𝐚𝕔𝖒𝓮 ａｃｍｅ ⓐⓒⓜⓔ ", 160 * KIB));
    case("letters of three alphabets in one word", || long("аcmе οrаngе ", 160 * KIB));
    case("the brand, 100,000 times", || {
        assert!(text(&"acme ".repeat(100_000)) >= 100_000);
    });
    case("the brand without a gap", || long("acme", 160 * KIB));
    case("all terms, always nearly", || long("acm acme S boycot boycotte # #acm acme.exampl 日 ", 160 * KIB));
    case("negation without end", || long("ne pas plus jamais sans aucun not never n't ", 96 * KIB));
    case("tone without end", || long("génial horrible super nul excellent awful ", 96 * KIB));
    case("marks of shouting", || long("!?…!!??!!", 160 * KIB));
    case("brackets and quotes, open", || long("([{«“‘\"'<", 160 * KIB));
    case("tags and names", || long("#acme@acme#@", 96 * KIB));
    case("apostrophes and hyphens", || long("l'a-c’m–e'-", 96 * KIB));
    case("controls of a terminal", || long("\u{1b}[31m\u{9b}2J\u{7}\u{0}\u{85}\r", 160 * KIB));
    case("line ends of every kind", || long("\r\n\u{2028}\u{2029}\u{85}\u{b}\u{c}\t\u{A0}\u{3000}", 160 * KIB));
    case("text without a blank, of no alphabet", || long("日本語文章", 160 * KIB));
    case("elements without end in a text", || {
        for part in ["<", "<a", "<a ", "<a b=\"", "</", "<!--", "<![CDATA[", "&", "&#", "&#x1", "<script>", "<p></b>"] {
            let _ = html::to_plain(&part.repeat(100_000));
            let _ = html::to_line(&part.repeat(100_000));
        }
        let deep = "<div><ul><li>".repeat(30_000);
        let _ = html::to_plain(&deep);
    });
    case("a MiB of an ordinary text", || {
        long("Livebox en panne à Lille, le service client Acme ne répond pas. ", KIB * KIB);
    });
    cases
}
