//! robots.txt (RFC 9309): what it says to one reader, and whether that may read an address. Owns parsing and
//! matching, under caps; asking for the file is `permission`'s.

use std::time::Duration;

/// What is read of a file, in bytes: the least that the standard asks for.
pub(super) const LARGEST: usize = 500 << 10;

/// Rules for one reader.
const MOST_RULES: usize = 5_000;

/// A longer pattern, in bytes, is passed over.
const LONGEST_PATTERN: usize = 2_048;

/// Crawl-delay counts up to this: an hour between two pages would be a ban in other words.
const LONGEST_DELAY: Duration = Duration::from_secs(30);

/// What one file says to one reader.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rules {
    /// Whether it allows, and the pattern, normalised.
    rules: Vec<(bool, String)>,
    delay: Option<Duration>,
}

/// Which group a line stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    None,
    Own,
    Everybody,
    Others,
}

impl Rules {
    /// Reads what a file says to `reader` (a product token, in lower case): the groups that name it; where none
    /// does, those of `*`.
    pub(super) fn read(file: &[u8], reader: &str) -> Self {
        let text = String::from_utf8_lossy(&file[..file.len().min(LARGEST)]);
        let (mut own, mut everybody) = (None::<Self>, Self::default());
        let mut group = Group::None;
        let mut heads = false;
        for line in text.trim_start_matches('\u{FEFF}').split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            if key == "user-agent" {
                // Lines that follow each other head one group together.
                let before = if heads { group } else { Group::None };
                heads = true;
                group = match (before, names(value, reader), value.starts_with('*')) {
                    (Group::Own, ..) | (_, true, _) => Group::Own,
                    (Group::Everybody, ..) | (_, _, true) => Group::Everybody,
                    _ => Group::Others,
                };
                if group == Group::Own {
                    own.get_or_insert_default();
                }
                continue;
            }
            let rules = match group {
                Group::Own => own.get_or_insert_default(),
                Group::Everybody => &mut everybody,
                Group::None | Group::Others => {
                    heads &= !matches!(key.as_str(), "allow" | "disallow" | "crawl-delay");
                    continue;
                }
            };
            match key.as_str() {
                "allow" | "disallow" => rules.add(key == "allow", value),
                "crawl-delay" => {
                    let delay = value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                    rules.delay = rules.delay.max(delay.map(|delay| delay.min(LONGEST_DELAY)));
                }
                // Sitemaps and the like end no group.
                _ => continue,
            }
            heads = false;
        }
        own.unwrap_or(everybody)
    }

    fn add(&mut self, allows: bool, pattern: &str) {
        // An empty one rules nothing out.
        if !pattern.is_empty() && pattern.len() <= LONGEST_PATTERN && self.rules.len() < MOST_RULES {
            self.rules.push((allows, normalised(pattern)));
        }
    }

    /// The pattern that forbids a path with its query; nothing where it may be read. The longest pattern that
    /// matches decides, and among equals one that allows.
    pub(super) fn forbids(&self, path: &str) -> Option<&str> {
        let path = normalised(path);
        if path == "/robots.txt" {
            return None;
        }
        let found = self.rules.iter().filter(|(_, pattern)| matches(pattern, &path));
        let (allows, pattern) = found.max_by_key(|(allows, pattern)| (pattern.len(), *allows))?;
        (!allows).then_some(pattern)
    }

    /// What it asks for between two requests; at most half a minute.
    pub(super) const fn delay(&self) -> Option<Duration> {
        self.delay
    }

    /// The rules in the form that is kept: `+` or `-`, and the pattern.
    pub(super) fn lines(&self) -> Vec<String> {
        self.rules.iter().map(|(allows, pattern)| format!("{}{pattern}", if *allows { '+' } else { '-' })).collect()
    }

    /// The rules of that form.
    pub(super) fn of_lines(lines: &[String], delay: Option<Duration>) -> Self {
        let rules = lines.iter().filter_map(|line| match line.split_at_checked(1)? {
            ("+", pattern) => Some((true, pattern.to_owned())),
            ("-", pattern) => Some((false, pattern.to_owned())),
            _ => None,
        });
        Self { rules: rules.collect(), delay }
    }
}

/// True where a line's product token, without a version, is the reader's.
fn names(value: &str, reader: &str) -> bool {
    let end = value.find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '-' | '_'))).unwrap_or(value.len());
    value[..end].eq_ignore_ascii_case(reader)
}

/// Octets as RFC 9309 compares them: unreserved ones plain, others as `%XX` in upper case.
fn normalised(text: &str) -> String {
    use std::fmt::Write;
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = (byte == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        at += if code.is_some() { 3 } else { 1 };
        let octet = code.unwrap_or(byte);
        let is_plain = octet.is_ascii_alphanumeric() || b"-._~".contains(&octet);
        // What stood encoded stays so, for it means another thing than the bare sign.
        if is_plain || (code.is_none() && octet.is_ascii_graphic()) {
            out.push(char::from(octet));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{octet:02X}");
        }
    }
    out
}

/// `*` is any run of characters, `$` at the end is the end. Each part is looked for once, from the left: no
/// pattern makes it slow.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, ends) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
    }
    match (last, ends) {
        (None, true) => rest.is_empty(),
        (None, false) => true,
        (Some(part), true) => rest.ends_with(part),
        (Some(part), false) => rest.contains(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules(file: &str) -> Rules {
        Rules::read(file.as_bytes(), "vigie")
    }

    #[test]
    fn the_longest_pattern_decides_and_among_equals_the_one_that_allows() {
        let rules = rules(
            "User-agent: *\nDisallow: /forum\nAllow: /forum/public\nDisallow: /*.php$\nDisallow: /a*/b\nAllow: /p\nDisallow: /p\n\
             Disallow: /caf%c3%a9\nDisallow: /x%2Fy\nDisallow: /*?s=\n",
        );
        for (path, may) in [
            ("/", true),
            ("/forum", false),
            ("/forums/x", false),
            ("/Forum", true),
            ("/forum/public/1", true),
            ("/view.php", false),
            ("/view.php?f=1", true),
            ("/abc/b", false),
            ("/abc/c", true),
            ("/p", true),
            ("/café/1", false),
            ("/caf%C3%A9", false),
            ("/x/y", true),
            ("/x%2fy", false),
            ("/list?s=1", false),
            ("/robots.txt", true),
        ] {
            assert_eq!(rules.forbids(path).is_none(), may, "{path}: {:?}", rules.forbids(path));
        }
    }

    #[test]
    fn a_group_that_names_the_reader_stands_alone() {
        let everybody = "User-agent: *\nDisallow: /\n";
        for (file, may) in [
            (String::new(), true),
            (everybody.to_owned(), false),
            (format!("{everybody}User-agent: Vigie/1.0\nDisallow:\n"), true),
            (format!("User-agent: vigie\nAllow: /\n{everybody}"), true),
            (format!("User-agent: vigiebot\nAllow: /\n{everybody}"), false),
            (format!("User-agent: other\nUser-agent: vigie\nCrawl-delay: 3\n{everybody}"), true),
            ("User-agent: other\nDisallow: /\n\nUser-agent: *\nAllow: /".to_owned(), true),
            ("User-agent: vigie\n\nUser-agent: *\nDisallow: /".to_owned(), false),
            ("Disallow: /\nUser-agent: *\n".to_owned(), true),
            ("\u{feff}user-AGENT : * # all\r\nDISALLOW : / # everything\r".to_owned(), false),
            ("User-agent: *\nSitemap: https://a.example/s.xml\nDisallow: /".to_owned(), false),
            ("<html><body>Disallow: /</body></html>".to_owned(), true),
        ] {
            assert_eq!(rules(&file).forbids("/f").is_none(), may, "{file}");
        }
        let both = rules(
            "User-agent: vigie\nDisallow: /a\n\nUser-agent: x\nDisallow: /c\n\nUser-agent: vigie\nDisallow: /b\n",
        );
        assert_eq!(["/a", "/b", "/c"].map(|path| both.forbids(path).is_none()), [false, false, true]);
    }

    #[test]
    fn a_delay_is_taken_up_to_half_a_minute() {
        for (value, seconds) in [("5", Some(5.0)), ("0.5", Some(0.5)), ("86400", Some(30.0)), ("-1", None), ("x", None)]
        {
            let delay = rules(&format!("User-agent: *\nCrawl-delay: {value}")).delay();
            assert_eq!(delay.map(|delay| delay.as_secs_f64()), seconds, "{value}");
        }
    }

    #[test]
    fn what_is_past_the_cap_is_not_read() {
        let file = format!("User-agent: *\nDisallow: /a\n{}Disallow: /b\n", "# x\n".repeat(LARGEST / 4));
        assert!(rules(&file).forbids("/a").is_some() && rules(&file).forbids("/b").is_none());
        let many: Vec<String> = (0..2 * MOST_RULES).map(|n| format!("Disallow: /{n}\n")).collect();
        assert_eq!(rules(&format!("User-agent: *\n{}", many.concat())).rules.len(), MOST_RULES);
    }

    proptest! {
        #[test]
        fn no_file_makes_it_panic_and_what_is_kept_is_the_same(file in "((user-agent|allow|disallow|crawl-delay): ?(vigie|\\*|/[a-c*$%2é]{0,6}|[0-9.]{0,4})?[\n\r]|\\PC{0,9}){0,12}", path in "/[a-c%2é$*?]{0,8}") {
            let read = rules(&file);
            let kept = Rules::of_lines(&read.lines(), read.delay());
            prop_assert_eq!(kept.forbids(&path), read.forbids(&path));
            prop_assert_eq!(kept, read);
        }

        /// The plain way, by all places of every part.
        #[test]
        fn patterns_match_as_the_plain_way_does(pattern in "/[ab*]{0,6}\\$?", path in "/[ab]{0,7}") {
            fn plain(pattern: &[u8], path: &[u8]) -> bool {
                match pattern {
                    [] => true,
                    b"$" => path.is_empty(),
                    [b'*', rest @ ..] => (0..=path.len()).any(|at| plain(rest, &path[at..])),
                    [one, rest @ ..] => path.first() == Some(one) && plain(rest, &path[1..]),
                }
            }
            prop_assert_eq!(matches(&pattern, &path), plain(pattern.as_bytes(), path.as_bytes()));
        }
    }
}
