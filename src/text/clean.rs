//! Text from the web, made fit to be shown in a mail: no control or bidirectional characters, bounded
//! lengths, links of http and https only. Owns hygiene; knows no message.

use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use url::Url;

/// Longer links are not shown: mail programs cut them, and a link that is cut leads elsewhere.
const LONGEST_LINK: usize = 2000;

/// True for characters that would move, hide or reorder what stands around them.
#[must_use]
pub fn is_treacherous(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c,
            '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// One line without treacherous characters; runs of white space are one space. The ends keep theirs, so
/// that neighbours can be joined again.
#[must_use]
pub fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut spaced = false;
    for c in text.chars() {
        // A no-break space is kept: French typography lives on it.
        if (c.is_whitespace() && !matches!(c, '\u{A0}' | '\u{202F}')) || matches!(c, '\u{2028}' | '\u{2029}') {
            if !spaced {
                out.push(' ');
            }
            spaced = true;
        } else if !is_treacherous(c) {
            out.push(c);
            spaced = false;
        }
    }
    out
}

/// One trimmed line of at most `longest` characters, cut with `…`.
#[must_use]
pub fn line(text: &str, longest: usize) -> String {
    clip(segment(text).trim(), longest)
}

/// Lines kept, each without treacherous characters and without a trailing space; at most `longest` bytes.
#[must_use]
pub fn block(text: &str, longest: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        // Leading spaces carry the underlining of diagnostics.
        let line: String = line.replace('\t', " ").chars().filter(|c| !is_treacherous(*c) && !c.is_control()).collect();
        if out.len() + line.len() > longest {
            out.push_str("…\n");
            break;
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

/// At most `longest` characters, the last one `…` where it was cut; cut between words where one ends
/// near the limit, and never inside what is read as one character.
#[must_use]
pub fn clip(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let Some(room) = longest.checked_sub(1) else { return String::new() };
    let end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
    let hard = &text[..whole(text, end)];
    let cut = match hard.rfind(' ') {
        Some(space) if !text[hard.len()..].starts_with(' ') && hard[space..].chars().count() <= 12 => &hard[..space],
        _ => hard,
    };
    format!("{}…", cut.trim_end_matches([' ', ',', ';', ':', '.', '·', '-', '–', '\u{A0}']))
}

/// The last place up to `at` that lies between two characters as people read them: not before marks that
/// belong to a letter, inside joined emoji, a flag or a syllable of Hangul. What Unicode calls extended
/// grapheme clusters (UAX #29), as far as texts that are cut need them.
fn whole(text: &str, mut at: usize) -> usize {
    while at > 0 {
        let (before, after) = (&text[..at], text[at..].chars().next());
        let (Some(last), Some(next)) = (before.chars().next_back(), after) else { break };
        if !is_one(before, last, next) {
            break;
        }
        at -= last.len_utf8();
    }
    at
}

fn is_one(before: &str, last: char, next: char) -> bool {
    const VIRAMA: u8 = 9;
    let is_region = |c: char| matches!(c, '\u{1F1E6}'..='\u{1F1FF}');
    let is_jamo = |c: char| matches!(c, '\u{1100}'..='\u{11FF}' | '\u{A960}'..='\u{A97F}' | '\u{D7B0}'..='\u{D7FF}');
    let is_hangul = |c: char| is_jamo(c) || matches!(c, '\u{AC00}'..='\u{D7A3}');
    is_combining_mark(next)
        || matches!(next, '\u{200C}' | '\u{200D}' | '\u{1F3FB}'..='\u{1F3FF}')
        || last == '\u{200D}'
        || (canonical_combining_class(last) == VIRAMA && next.is_alphabetic())
        || (is_hangul(last) && is_jamo(next))
        || (is_region(next) && before.chars().rev().take_while(|c| is_region(*c)).count() % 2 == 1)
}

/// A link that may be shown, with the host it really leads to (punycode where it is one).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// ASCII only.
    pub href: String,
    /// With the port when it is unusual.
    pub host: String,
}

/// The link of an address from the web; nothing unless it is `http:` or `https:`.
#[must_use]
pub fn link(address: &str) -> Option<Link> {
    let mut url = Url::parse(address.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.as_str().len() > LONGEST_LINK {
        return None;
    }
    // `https://bank.example@evil.example/`: the name before the @ only misleads.
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    let host = url.host_str()?;
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    Some(Link { href: url.as_str().to_owned(), host })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_moves_or_hides_text_is_gone() {
        for (given, shown) in [
            ("a\r\nBcc: x@y.example", "a Bcc: x@y.example"),
            ("pay\u{202E}fdp.exe", "payfdp.exe"),
            ("\u{2066}a\u{2069}\u{200F}b\u{0}c\u{7}", "abc"),
            ("  à  l’  heure ", "à l’ heure"),
            ("12\u{A0}h", "12\u{A0}h"),
            ("ligne\u{2028}suite", "ligne suite"),
        ] {
            assert_eq!(line(given, 100), shown, "{given:?}");
        }
    }

    #[test]
    fn a_cut_falls_between_words_when_one_ends_nearby() {
        for (text, longest, cut) in [
            ("Livebox en panne à Lille", 24, "Livebox en panne à Lille"),
            ("Livebox en panne à Lille", 20, "Livebox en panne à…"),
            ("Livebox en panne", 11, "Livebox en…"),
            ("anticonstitutionnellement", 10, "anticonst…"),
            ("abc", 0, ""),
        ] {
            assert_eq!(clip(text, longest), cut, "{text:?} at {longest}");
        }
    }

    #[test]
    fn a_cut_leaves_characters_whole() {
        for (text, longest, cut) in [
            ("abe\u{301}cd", 4, "ab…"),
            ("abe\u{301}cd", 5, "abe\u{301}…"),
            ("ab👩\u{200D}👩\u{200D}👧cd", 5, "ab…"),
            ("ab👍\u{1F3FD}cd", 4, "ab…"),
            ("🇫🇷🇧🇪🇨🇭", 4, "🇫🇷…"),
            ("🇫🇷🇧🇪🇨🇭", 5, "🇫🇷🇧🇪…"),
            ("क्षत्रिय", 3, "…"),
            ("\u{1112}\u{1161}\u{11AB}ab", 3, "…"),
            ("12\u{FE0F}\u{20E3}ab", 3, "1…"),
        ] {
            assert_eq!(clip(text, longest), cut, "{text:?} at {longest}");
        }
    }

    #[test]
    fn a_link_shows_where_it_really_leads() {
        for (address, host) in [
            ("https://forum.example/t?a=1&b=2", Some("forum.example")),
            ("https://оrange.example/", Some("xn--range-iye.example")),
            ("https://bank.example@evil.example/", Some("evil.example")),
            ("http://forum.example:8080/", Some("forum.example:8080")),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("JaVaScRiPt://forum.example/%0aalert(1)", None),
            ("//forum.example/", None),
            ("", None),
        ] {
            assert_eq!(link(address).map(|link| link.host).as_deref(), host, "{address}");
        }
        assert_eq!(link("https://a@b.example/").map(|link| link.href).as_deref(), Some("https://b.example/"));
        assert_eq!(link(&format!("https://a.example/{}", "x".repeat(3000))), None);
    }

    #[test]
    fn a_block_keeps_its_lines_and_their_indentation() {
        assert_eq!(block("a.yaml:1:2: x\r\n  \u{202E}^^^\u{7}  \n\n", 1000), "a.yaml:1:2: x\n  ^^^");
        assert_eq!(block("one\ntwo\nthree", 7), "one\ntwo\n…");
    }

    proptest! {
        #[test]
        fn a_line_is_never_longer_nor_treacherous(text in "\\PC{0,80}|[\\x00-\\x1f a-z\u{202A}-\u{202E}]{0,80}", longest in 0usize..60) {
            let shown = line(&text, longest);
            prop_assert!(shown.chars().count() <= longest);
            prop_assert!(!shown.chars().any(|c| is_treacherous(c) || c == '\n' || c == '\r'));
        }
    }
}
