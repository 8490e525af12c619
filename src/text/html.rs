//! HTML as a reader sees it: text with line breaks and paragraphs, and the link targets that markup
//! hides. Linear in its input, no tree. Owns no cleaning for display: what leaves here is plain text and
//! is escaped where it is shown.

pub mod entities;

use memchr::{memchr, memchr2, memchr3, memmem};

/// Text and the targets of its links.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plain {
    /// Blocks on lines of their own, a blank line between paragraphs, other white space collapsed.
    pub text: String,
    /// As written in `href`, references decoded, in order, each once.
    pub links: Vec<String>,
}

/// Links kept of one text.
const MOST_LINKS: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
    Blank,
}

/// Builds plain text out of elements and text in document order.
#[derive(Debug)]
pub struct Writer {
    out: String,
    gap: Gap,
    /// Open `pre` elements; line breaks count inside.
    pre: u32,
    /// Line breaks count everywhere: the input is no HTML.
    keep_lines: bool,
    /// A link begins or ends here.
    at_link: bool,
    links: Vec<String>,
}

impl Default for Writer {
    fn default() -> Self {
        Self { out: String::new(), gap: Gap::None, pre: 0, keep_lines: false, at_link: false, links: Vec::new() }
    }
}

/// Bytes looked at together.
const STRIDE: usize = 32;

/// The end of the words that begin at `at`, one space between each two: up to a control character, a no-break
/// space, or more white space. `at` itself where no word begins there.
fn words_end(bytes: &[u8], at: usize) -> usize {
    // 0xC2 leads U+0080 to U+00BF: the C1 controls and the no-break space are among them.
    let stops = |byte: u8| byte < b' ' || byte == 0x7F || byte == 0xC2;
    let ends = |at: usize| match bytes[at] {
        b' ' => at == 0 || bytes[at - 1] == b' ',
        0xC2 => bytes.get(at + 1).is_none_or(|next| *next <= 0xA0),
        byte => stops(byte),
    };
    let mut end = at;
    if bytes[at] == b' ' {
        return at;
    }
    'words: loop {
        while let Some(window) = bytes.get(end..=end + STRIDE) {
            let pairs = window.iter().zip(&window[1..]);
            // Without an early exit, so that the compiler looks at all of them at once.
            let any = pairs.fold(0, |any, (one, next)| any | u8::from(stops(*one) || (*one == b' ' && *next == b' ')));
            if any > 0 {
                break;
            }
            end += STRIDE;
        }
        let stride = bytes.len().min(end + STRIDE + 1);
        while end < stride {
            if ends(end) {
                break 'words;
            }
            end += 1;
        }
        if end == bytes.len() {
            break;
        }
    }
    if end > at && bytes[end - 1] == b' ' { end - 1 } else { end }
}

fn gap_around(name: &str) -> Gap {
    match name {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "ul" | "ol" | "dl" | "table" | "pre"
        | "article" | "section" | "header" | "footer" | "figure" | "hr" | "form" | "fieldset" | "address" | "aside"
        | "nav" | "main" | "details" => Gap::Blank,
        "div" | "li" | "tr" | "dt" | "dd" | "figcaption" | "option" | "legend" | "caption" | "summary" | "title"
        | "textarea" | "center" => Gap::Line,
        "td" | "th" | "button" | "iframe" | "video" | "audio" | "object" => Gap::Space,
        _ => Gap::None,
    }
}

impl Writer {
    /// An element begins; `name` in lower case.
    pub fn open(&mut self, name: &str) {
        match name {
            "br" => self.line_break(),
            "pre" => self.pre += 1,
            "a" => self.at_link = true,
            _ => {}
        }
        self.gap = self.gap.max(gap_around(name));
    }

    /// An element ends.
    pub fn close(&mut self, name: &str) {
        match name {
            "pre" => self.pre = self.pre.saturating_sub(1),
            "a" => self.at_link = true,
            _ => {}
        }
        self.gap = self.gap.max(gap_around(name));
    }

    /// A link's target.
    pub fn link(&mut self, target: &str) {
        let target = target.trim();
        let is_new = || !self.links.iter().any(|known| known == target);
        if !target.is_empty() && !target.starts_with('#') && self.links.len() < MOST_LINKS && is_new() {
            self.links.push(target.to_owned());
        }
    }

    /// The words that stand for an image. Kept, for a brand may be named nowhere else; a file's name says nothing.
    pub fn image(&mut self, alt: &str) {
        let is_file_name = !alt.contains(' ') && alt.contains(['.', '_', '/']);
        if !is_file_name && !alt.trim().is_empty() {
            self.gap = self.gap.max(Gap::Space);
            self.text(alt);
            self.gap = self.gap.max(Gap::Space);
        }
    }

    /// Text, references decoded. Control characters are dropped, but for those that stand for a letter or a sign.
    pub fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let end = words_end(bytes, at);
            if end > at {
                self.run(&text[at..end]);
                at = end;
                continue;
            }
            at += match (bytes[at], bytes.get(at + 1)) {
                (b'\n', _) if self.keep_lines || self.pre > 0 => {
                    self.line_break();
                    1
                }
                (b' ' | b'\t' | b'\n' | b'\r' | 0x0C, _) => {
                    self.gap = self.gap.max(Gap::Space);
                    1
                }
                (0xC2, Some(0xA0)) => {
                    if self.gap == Gap::None && !self.out.is_empty() {
                        self.out.push('\u{A0}');
                    }
                    2
                }
                (0xC2, Some(control)) => {
                    // A page of the old Windows that was taken for Latin-1: `l\u{92}offre` is `l’offre`.
                    if let Some(meant) = entities::windows_1252(*control) {
                        self.run(meant.encode_utf8(&mut [0; 4]));
                    }
                    2
                }
                _ => 1,
            };
        }
    }

    /// What was written.
    #[must_use]
    pub fn finish(mut self) -> Plain {
        self.out.truncate(self.out.trim_end().len());
        Plain { text: self.out, links: self.links }
    }

    fn line_break(&mut self) {
        self.gap = if self.gap >= Gap::Line { Gap::Blank } else { Gap::Line };
    }

    fn run(&mut self, words: &str) {
        let Some(first) = words.chars().next() else { return };
        // `by<a>Name</a>to`: nobody links half a word, and a name glued to its neighbours is not found.
        if std::mem::take(&mut self.at_link)
            && self.gap == Gap::None
            && first.is_alphanumeric()
            && self.out.ends_with(char::is_alphanumeric)
        {
            self.gap = Gap::Space;
        }
        if !self.out.is_empty() {
            self.out.push_str(match self.gap {
                Gap::None => "",
                Gap::Space => " ",
                Gap::Line => "\n",
                Gap::Blank => "\n\n",
            });
        }
        self.gap = Gap::None;
        self.out.push_str(words);
    }

    fn decoded(&mut self, mut text: &str) {
        while let Some(at) = memchr(b'&', text.as_bytes()) {
            self.text(&text[..at]);
            let read = if let Some((character, read)) = entities::decode(&text[at..]) {
                self.text(character.encode_utf8(&mut [0; 4]));
                read
            } else {
                self.text("&");
                1
            };
            text = &text[at + read..];
        }
        self.text(text);
    }
}

/// One piece of markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text up to the next tag, references not decoded.
    Text(&'a str),
    /// A start tag: its name as written, and what follows the name.
    Open { name: &'a str, attributes: &'a str },
    /// An end tag.
    Close { name: &'a str },
    /// The content of a CDATA section, already plain.
    Verbatim(&'a str),
}

/// Cuts markup into pieces; comments, declarations and instructions are skipped. Each byte is looked at a
/// bounded number of times, whatever is left unclosed.
#[derive(Debug, Clone)]
pub(crate) struct Pieces<'a> {
    source: &'a str,
    at: usize,
    /// Searches that failed once and would fail again to the end.
    no_comment_end: bool,
    no_cdata_end: bool,
    no_quote: [bool; 2],
}

impl<'a> Pieces<'a> {
    pub(crate) const fn of(source: &'a str) -> Self {
        Self { source, at: 0, no_comment_end: false, no_cdata_end: false, no_quote: [false; 2] }
    }

    /// Where the next piece begins.
    pub(crate) const fn position(&self) -> usize {
        self.at
    }

    /// Skips to the end tag of a raw text element, or to the end.
    pub(crate) fn skip_raw(&mut self, name: &str) {
        let bytes = self.source.as_bytes();
        while let Some(found) = memmem::find(&bytes[self.at..], b"</") {
            self.at += found;
            let after = &bytes[self.at + 2..];
            if after.len() >= name.len() && after[..name.len()].eq_ignore_ascii_case(name.as_bytes()) {
                return;
            }
            self.at += 2;
        }
        self.at = bytes.len();
    }

    /// The end of the tag that begins before `from`: the place of its `>`.
    fn tag_end(&mut self, from: usize) -> Option<usize> {
        let bytes = self.source.as_bytes();
        let mut at = from;
        loop {
            at += memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
            let quote = bytes[at];
            if quote == b'>' {
                return Some(at);
            }
            let opens = bytes[from..at].iter().rev().find(|b| !b.is_ascii_whitespace()) == Some(&b'=');
            let which = usize::from(quote == b'\'');
            at += 1;
            if opens && !self.no_quote[which] {
                match memchr(quote, &bytes[at..]) {
                    Some(len) => at += len + 1,
                    None => self.no_quote[which] = true,
                }
            }
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let source = self.source;
        let bytes = source.as_bytes();
        let start = self.at;
        let mut search = start;
        loop {
            let Some(found) = memchr(b'<', bytes.get(search..)?) else {
                self.at = bytes.len();
                return (start < bytes.len()).then(|| Piece::Text(&source[start..]));
            };
            let at = search + found;
            let text = (start < at).then(|| Piece::Text(&source[start..at]));
            match bytes.get(at + 1) {
                Some(b'!' | b'?') => {
                    if text.is_some() {
                        self.at = at;
                        return text;
                    }
                    let rest = &source[at..];
                    if rest.starts_with("<!--") {
                        if !self.no_comment_end {
                            if let Some(len) = memmem::find(&bytes[at + 2..], b"-->") {
                                self.at = at + 2 + len + 3;
                                return self.next_unnested();
                            }
                            self.no_comment_end = true;
                        }
                        self.at = at + 4;
                        return Some(Piece::Text(""));
                    }
                    if rest.starts_with("<![CDATA[") && !self.no_cdata_end {
                        if let Some(len) = memmem::find(&bytes[at + 9..], b"]]>") {
                            self.at = at + 9 + len + 3;
                            return Some(Piece::Verbatim(&source[at + 9..at + 9 + len]));
                        }
                        self.no_cdata_end = true;
                    }
                    match memchr(b'>', &bytes[at..]) {
                        Some(len) => self.at = at + len + 1,
                        None => self.at = bytes.len(),
                    }
                    return self.next_unnested();
                }
                Some(b'/') if bytes.get(at + 2).is_some_and(u8::is_ascii_alphabetic) => {
                    if text.is_some() {
                        self.at = at;
                        return text;
                    }
                    let name = name_at(source, at + 2);
                    let end = memchr(b'>', &bytes[at..]).map_or(bytes.len(), |len| at + len + 1);
                    self.at = end;
                    return Some(Piece::Close { name });
                }
                Some(letter) if letter.is_ascii_alphabetic() => {
                    if text.is_some() {
                        self.at = at;
                        return text;
                    }
                    let name = name_at(source, at + 1);
                    let after = at + 1 + name.len();
                    let end = self.tag_end(after).unwrap_or(bytes.len());
                    self.at = (end + 1).min(bytes.len());
                    return Some(Piece::Open { name, attributes: &source[after..end] });
                }
                _ => search = at + 1,
            }
        }
    }
}

impl<'a> Pieces<'a> {
    /// The caller goes round once more instead of recursing: ten thousand comments are no stack.
    fn next_unnested(&self) -> Option<Piece<'a>> {
        (self.at < self.source.len()).then_some(Piece::Text(""))
    }
}

fn name_at(source: &str, from: usize) -> &str {
    let bytes = &source.as_bytes()[from..];
    let len =
        bytes.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/' | b'<')).unwrap_or(bytes.len());
    &source[from..from + len]
}

/// The value of an attribute, as written between its quotes.
pub(crate) fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(rest.len());
        let name = &rest[..end];
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            if let Some(quote) = quote {
                let inner = &after[1..];
                let close = inner.find(quote).unwrap_or(inner.len());
                value = &inner[..close];
                rest = inner.get(close + 1..).unwrap_or("");
            } else {
                let close = after.find(|c: char| c.is_ascii_whitespace()).unwrap_or(after.len());
                value = &after[..close];
                rest = &after[close..];
            }
        } else if name.is_empty() {
            // A stray character that is no name: skipped.
            let mut characters = rest.chars();
            characters.next();
            rest = characters.as_str();
        }
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
    }
}

/// Plain text and links of a fragment or a page. What has no tag is text: its line breaks count, its
/// references are decoded.
#[must_use]
pub fn to_plain(source: &str) -> Plain {
    let bytes = source.as_bytes();
    let marked = memchr2(b'<', b'&', bytes).is_some();
    let mut writer = Writer { out: String::with_capacity(source.len().min(1 << 20)), ..Writer::default() };
    if !marked {
        writer.keep_lines = true;
        writer.text(source);
        return writer.finish();
    }
    writer.keep_lines = !has_tag(source);
    let mut pieces = Pieces::of(source);
    let mut lowered = String::new();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Text(text) => writer.decoded(text),
            Piece::Verbatim(text) => writer.text(text),
            Piece::Open { name, attributes } => {
                lowered.clear();
                lowered.push_str(name);
                lowered.make_ascii_lowercase();
                match lowered.as_str() {
                    "script" | "style" if !attributes.ends_with('/') => pieces.skip_raw(&lowered),
                    "a" | "area" => {
                        if let Some(target) = attribute(attributes, "href") {
                            writer.link(&entities::decode_all(target));
                        }
                    }
                    "img" => {
                        if let Some(alt) = attribute(attributes, "alt") {
                            writer.image(&entities::decode_all(alt));
                        }
                    }
                    _ => {}
                }
                writer.open(&lowered);
                if lowered == "pre" && attributes.ends_with('/') {
                    writer.close("pre");
                }
            }
            Piece::Close { name } => {
                lowered.clear();
                lowered.push_str(name);
                lowered.make_ascii_lowercase();
                writer.close(&lowered);
            }
        }
    }
    writer.finish()
}

/// Plain text on one line, for titles and names.
#[must_use]
pub fn to_line(source: &str) -> String {
    let text = to_plain(source).text;
    if memchr(b'\n', text.as_bytes()).is_none() {
        return text;
    }
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// True when `<` begins a tag somewhere, not only `a < b`.
#[must_use]
pub fn has_tag(source: &str) -> bool {
    let bytes = source.as_bytes();
    memchr::memchr_iter(b'<', bytes).any(|at| {
        bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_becomes_lines_and_paragraphs() {
        for (html, wanted) in [
            ("Un texte  simple", "Un texte simple"),
            ("deux\nlignes", "deux\nlignes"),
            ("deux\n\n\nparagraphes", "deux\n\nparagraphes"),
            ("deux\nlignes <b>grasses</b>", "deux lignes grasses"),
            ("<p>Un</p>\n<p>deux</p>", "Un\n\ndeux"),
            ("par<a href=/u>Acme</a>dans l'<a>eau</a>, <a>là</a>.", "par Acme dans l'eau, là."),
            ("<b>A</b>cme", "Acme"),
            ("l\u{92}offre d\u{92}Acme à 9\u{80}, au c\u{9C}ur\u{81}", "l’offre d’Acme à 9€, au cœur"),
            ("un<br>deux<br/><br/>trois", "un\ndeux\n\ntrois"),
            ("<ul><li>a</li><li>b</li></ul>c", "a\nb\n\nc"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
            ("l&#39;&eacute;t&eacute; &amp; <i>l&rsquo;hiver</i>", "l'été & l’hiver"),
            ("a < b et c > d", "a < b et c > d"),
            ("AT&T & co", "AT&T & co"),
            ("<script>var a = '<p>';</script>texte<style>p{}</style>", "texte"),
            ("<SCRIPT>x</ScRiPt >y", "y"),
            ("<!-- caché --> vu <!-- a > b --> aussi", "vu aussi"),
            ("<!-- jamais fermé mais lu", "jamais fermé mais lu"),
            ("<p title='a > b'>texte</p>", "texte"),
            ("<p title=l'orange>jus</p>", "jus"),
            ("<p title=\"jamais fermé>mot</p> suite", "mot\n\nsuite"),
            ("<![CDATA[a <b> c]]>", "a <b> c"),
            ("in<b>vis</b>ible", "invisible"),
            ("a\u{0}b\u{7}c\u{81}d", "abcd"),
            ("prix\u{A0}: 10\u{A0}€", "prix\u{A0}: 10\u{A0}€"),
            ("&nbsp;<p>&nbsp;</p>mot&nbsp;", "mot"),
            ("<pre>un\n  deux</pre>", "un\ndeux"),
            ("<img src=x alt=\"Logo Orange\"> suite", "Logo Orange suite"),
            ("<img alt='IMG_2034.jpg'>suite", "suite"),
            ("<p", ""),
            ("", ""),
        ] {
            assert_eq!(to_plain(html).text, wanted, "{html}");
        }
    }

    #[test]
    fn links_are_collected_once_and_decoded() {
        let plain = to_plain(
            "<a class=x href='/a?b=1&amp;c=2'>un</a> <A HREF=http://orange.fr>deux</A> <a href=\"/a?b=1&amp;c=2\">x</a> <a href='#haut'>y</a>",
        );
        assert_eq!(plain.links, ["/a?b=1&c=2", "http://orange.fr"]);
        assert_eq!(plain.text, "un deux x y");
    }

    #[test]
    fn a_title_stands_on_one_line() {
        assert_eq!(to_line("Un\n titre<br>long\r\nSubject: x"), "Un titre long Subject: x");
    }

    #[test]
    fn attributes_are_found_by_name() {
        for (attributes, name, wanted) in [
            (" href=a data-href=b", "href", Some("a")),
            (" data-href=b href = 'c d' ", "href", Some("c d")),
            (" disabled href", "href", Some("")),
            (" title=\"href=x\"", "href", None),
            ("", "href", None),
        ] {
            assert_eq!(attribute(attributes, name), wanted, "{attributes}");
        }
    }

    #[test]
    fn what_is_never_closed_costs_linear_time() {
        for unit in ["<!--", "<![CDATA[", "<a b=\"", "<a b='", "<script>", "<", "</", "&", "<!", "<p>"] {
            let hostile = unit.repeat(1_000_000 / unit.len());
            let begin = std::time::Instant::now();
            let _ = to_plain(&hostile);
            assert!(begin.elapsed().as_secs() < 5, "{unit} took {:?}", begin.elapsed());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[<>/!\\-a-c&;#\"'= \n\u{A0}é\\[\\]?]{0,80}") {
            let plain = to_plain(&text);
            prop_assert!(!plain.text.contains("\n\n\n"));
            prop_assert_eq!(plain.text.trim(), plain.text.as_str());
        }

        #[test]
        fn white_space_of_any_kind_is_one_space(text in "([a-zéœ«’°]{0,9}[ \t\r]{0,3}){0,40}") {
            let words: Vec<&str> = text.split_ascii_whitespace().collect();
            prop_assert_eq!(to_plain(&text).text, words.join(" "));
        }

        #[test]
        fn words_without_markup_all_stay(words in proptest::collection::vec("[a-zéœ]{1,8}", 1..20)) {
            let text = to_plain(&words.join(" ")).text;
            prop_assert_eq!(text, words.join(" "));
        }
    }
}
