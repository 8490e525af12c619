//! What a letter itself says: without the quoted letters it answers, without signatures and the footers of
//! lists. A forward keeps what it forwards.

use crate::text::html::{self, Piece, Pieces, Plain, Writer, entities};

/// Beginnings of the subject of a forward.
const FORWARDS: &[&str] = &["fwd:", "fw:", "tr:", "tr :", "wg:", "rv:"];

/// Words of the line above a forwarded letter.
const FORWARDED: &[&str] = &["forwarded message", "message transf", "message d'origine transf", "begin forwarded"];

/// Words of the line above a quoted one.
const ORIGINAL: &[&str] = &["original message", "message d'origine", "message original", "message initial"];

/// Ends of the line that says who wrote what follows.
const WROTE: &[&str] = &["a écrit :", "a écrit:", "écrit :", "wrote:", "wrote :", "schrieb:", "escribió:"];

/// Classes that mail programs give to what they quote and to signatures.
const QUOTES: &[&str] = &[
    "gmail_quote",
    "gmail_attr",
    "gmail_signature",
    "moz-cite-prefix",
    "moz-signature",
    "yahoo_quoted",
    "protonmail_quote",
    "protonmail_signature_block",
];

/// Ids of what stands above a quoted letter that has no element of its own.
const RULES: &[&str] = &["divrplyfwdmsg", "appendonsend", "x_appendonsend", "reply-intro", "olk_src_body_section"];

/// How far around a quote the words of a forward are looked for, in bytes.
const AROUND: usize = 400;

/// Lines over which the header of a quoted letter goes.
const HEADER: usize = 6;

/// True for the subject of a forward.
pub(super) fn is_forward(subject: &str) -> bool {
    let lower = subject.trim_start().to_lowercase();
    FORWARDS.iter().any(|start| lower.starts_with(start))
}

/// Text without markup.
pub(super) fn of_plain(text: &str, is_forward: bool) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let own = if is_forward { lines.join("\n") } else { own(&lines) };
    // A letter that is a quote and nothing else still says something.
    let own = if own.chars().any(char::is_alphanumeric) { own } else { lines.join("\n") };
    tidy(&own)
}

/// Text with markup.
pub(super) fn of_html(source: &str, is_forward: bool) -> Plain {
    let whole = || html::to_plain(source);
    let Plain { text, links } = if is_forward { whole() } else { without_quotes(source) };
    let text = of_plain(&text, is_forward);
    if text.is_empty() { whole() } else { Plain { text, links } }
}

fn own(lines: &[&str]) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let (mut at, mut has_text) = (0, false);
    while at < lines.len() {
        let line = lines[at].trim();
        if line.starts_with('>') {
            at += 1;
            continue;
        }
        if has_text && (matches!(line, "--" | "—") || is_original(line) || is_footer(&lines[at..])) {
            break;
        }
        if has_text && is_header(&lines[at..]) {
            break;
        }
        if let Some(length) = attribution(&lines[at..]) {
            let is_marked =
                lines[at + length..].iter().find(|line| !line.is_empty()).is_some_and(|line| line.starts_with('>'));
            // What follows is the other's letter, though nothing marks its lines.
            if !is_marked && has_text {
                break;
            }
            at += length;
            continue;
        }
        kept.push(lines[at]);
        has_text |= !lines[at].is_empty();
        at += 1;
    }
    kept.join("\n")
}

/// `-----Original Message-----`.
fn is_original(line: &str) -> bool {
    let lower = line.to_lowercase().replace('’', "'");
    line.starts_with("--") && ORIGINAL.iter().any(|words| lower.contains(words))
}

/// `Le 21 nov. 2026 à 10:12, Ana <ana@a.example> a écrit :` over one to three lines: how many.
fn attribution(lines: &[&str]) -> Option<usize> {
    let first = lines.first()?.trim();
    let lower = first.to_lowercase();
    let begins = ["le ", "on ", "am ", "el "].iter().any(|start| lower.starts_with(start));
    let has_number = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    let mut joined = String::new();
    for (number, line) in lines.iter().take(3).enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('>') || joined.len() > 400 {
            return None;
        }
        joined.push_str(&line.to_lowercase().replace(['\u{A0}', '\u{202F}'], " "));
        joined.push(' ');
        if WROTE.iter().any(|end| joined.trim_end().ends_with(end)) {
            return (begins && has_number(&joined)).then_some(number + 1);
        }
        if !begins {
            return None;
        }
    }
    None
}

/// `De : … Envoyé : … Objet : …`, as some programs head a quoted letter.
fn is_header(lines: &[&str]) -> bool {
    let begins = |line: &str, words: &[&str]| {
        let lower = line.trim_start_matches(['*', ' ']).to_lowercase().replace('\u{A0}', " ");
        words.iter().any(|word| {
            lower.strip_prefix(word).is_some_and(|rest| rest.trim_start_matches([' ', '*']).starts_with(':'))
        })
    };
    let next = &lines[..lines.len().min(HEADER)];
    begins(lines[0], &["de", "from", "von"])
        && next.iter().any(|line| begins(line, &["envoyé", "sent", "date", "gesendet"]))
        && next.iter().any(|line| begins(line, &["objet", "subject", "betreff"]))
}

/// The line above the footer of a mailing list.
fn is_footer(lines: &[&str]) -> bool {
    let is_rule = lines[0].len() >= 20 && lines[0].bytes().all(|byte| matches!(byte, b'_' | b'-'));
    is_rule
        && lines[1..].iter().take(4).any(|line| {
            let lower = line.to_lowercase();
            ["mailing list", "liste de diffusion", "listinfo", "unsubscribe", "désabonn", "désinscri"]
                .iter()
                .any(|word| lower.contains(word))
        })
}

/// Plain text and links of all that is no quote.
fn without_quotes(source: &str) -> Plain {
    let mut writer = Writer::default();
    let mut pieces = Pieces::of(source);
    // The element that is passed over, and how many of its name are open.
    let mut skipped: Option<(String, u32)> = None;
    loop {
        let before = pieces.position();
        let Some(piece) = pieces.next() else { break };
        match piece {
            Piece::Text(text) if skipped.is_none() => writer.text(&entities::decode_all(text)),
            Piece::Verbatim(text) if skipped.is_none() => writer.text(text),
            Piece::Text(_) | Piece::Verbatim(_) => {}
            Piece::Open { name, attributes } => {
                let name = name.to_ascii_lowercase();
                let is_empty = attributes.ends_with('/');
                if matches!(name.as_str(), "script" | "style" | "title") && !is_empty {
                    pieces.skip_raw(&name);
                }
                if let Some((open, depth)) = &mut skipped {
                    *depth += u32::from(*open == name && !is_empty);
                    continue;
                }
                match quote(&name, attributes) {
                    _ if is_forwarded(source, before) => {}
                    Some(Quote::Rest) => break,
                    Some(Quote::Element) if !is_empty => {
                        skipped = Some((name, 1));
                        continue;
                    }
                    _ => {}
                }
                if let Some(target) = html::attribute(attributes, "href").filter(|_| name == "a") {
                    writer.link(&entities::decode_all(target));
                }
                if let Some(words) = html::attribute(attributes, "alt").filter(|_| name == "img") {
                    writer.image(&entities::decode_all(words));
                }
                writer.open(&name);
            }
            Piece::Close { name } => {
                let name = name.to_ascii_lowercase();
                match &mut skipped {
                    Some((open, depth)) if *open == name => {
                        *depth -= 1;
                        if *depth == 0 {
                            skipped = None;
                        }
                    }
                    Some(_) => {}
                    None => writer.close(&name),
                }
            }
        }
    }
    writer.finish()
}

enum Quote {
    /// The element.
    Element,
    /// It and all that follows.
    Rest,
}

fn quote(name: &str, attributes: &str) -> Option<Quote> {
    let value = |key| html::attribute(attributes, key).map(str::to_ascii_lowercase).unwrap_or_default();
    if name == "blockquote" && value("type") == "cite" {
        return Some(Quote::Element);
    }
    if attributes.is_empty() {
        return None;
    }
    if value("class").split_ascii_whitespace().any(|class| QUOTES.contains(&class)) {
        return Some(Quote::Element);
    }
    RULES.contains(&value("id").as_str()).then_some(Quote::Rest)
}

/// Whether the quote at a place is a letter that is passed on.
fn is_forwarded(source: &str, at: usize) -> bool {
    let (mut from, mut to) = (at.saturating_sub(AROUND), (at + AROUND).min(source.len()));
    while !source.is_char_boundary(from) {
        from -= 1;
    }
    while !source.is_char_boundary(to) {
        to += 1;
    }
    let around = source[from..to].to_lowercase().replace('’', "'");
    FORWARDED.iter().any(|words| around.contains(words))
}

/// No blank lines at the ends, one between paragraphs, no control characters.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for line in text.lines() {
        let line: String = line.replace('\t', " ").chars().filter(|c| !c.is_control()).collect();
        let line = line.trim();
        if line.is_empty() {
            blank = !out.is_empty();
            continue;
        }
        if !out.is_empty() {
            out.push_str(if blank { "\n\n" } else { "\n" });
        }
        blank = false;
        out.push_str(line);
    }
    out
}
