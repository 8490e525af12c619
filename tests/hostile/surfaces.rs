//! What 'live' means on each surface where words from the web are shown: read anew from what is sent or written, by
//! parsers that are not ours.

use std::collections::BTreeSet;

use mail_parser::{MessageParser, MimeHeaders};
use scraper::{Html, Selector};
use serde_json::Value;
use vigie::text::clean::is_unfit;

/// Nothing of a text moves, hides or reorders what stands around it; line ends are its own.
pub(crate) fn readable(text: &str) -> Result<(), String> {
    match text.chars().find(|c| is_unfit(*c) && *c != '\n') {
        Some(c) => Err(format!("{c:?} in {}", around(text, c))),
        None => Ok(()),
    }
}

fn around(text: &str, c: char) -> String {
    let at = text.find(c).unwrap_or(0);
    let (start, end) = (text.floor_char_boundary(at.saturating_sub(60)), text.ceil_char_boundary(at + 60));
    format!("{:?}", &text[start..end])
}

/// A page: these elements alone, nothing that runs or is fetched, and links to the web whose real host is shown.
pub(crate) fn page(html: &str, elements: &[&str]) -> Result<(), String> {
    readable(html)?;
    let document = Html::parse_document(html);
    let every = Selector::parse("*").expect("a selector");
    let shown: String = document.root_element().text().collect();
    for element in document.select(&every) {
        let (name, value) = (element.value().name(), element.value());
        if !elements.contains(&name) {
            return Err(format!("<{name}> in {}", element.html().chars().take(300).collect::<String>()));
        }
        for (key, text) in value.attrs() {
            let lower = text.trim().to_lowercase();
            let fault = match key {
                key if key.starts_with("on") => true,
                "href" => !["http://", "https://", "mailto:", "#"].iter().any(|start| lower.starts_with(start)),
                "src" => !lower.starts_with("cid:") && !lower.starts_with("data:image/png;base64,"),
                "style" => lower.contains("url(") || lower.contains("expression") || lower.contains("@import"),
                "action" | "formaction" | "srcset" | "srcdoc" | "background" | "ping" | "poster" | "data" => true,
                "http-equiv" => lower != "content-type",
                _ => false,
            };
            if fault {
                return Err(format!("{key}={text:?} of <{name}>"));
            }
            if key == "href" && lower.starts_with("http") {
                let url = url::Url::parse(text).map_err(|error| format!("{text}: {error}"))?;
                let host = url.host_str().unwrap_or_default();
                if !url.username().is_empty() || !shown.contains(host) {
                    return Err(format!("{text} is not shown as what it is"));
                }
            }
        }
        if name == "style" {
            let css: String = element.text().collect();
            if ["url(", "@import", "<"].iter().any(|live| css.contains(live)) {
                return Err(format!("style: {css}"));
            }
        }
    }
    Ok(())
}

/// A mail as it goes over the wire: our headers, each once, our parts, and nothing else.
pub(crate) fn mail(raw: &[u8]) -> Result<(), String> {
    const HEADERS: [&str; 17] = [
        "date",
        "message-id",
        "from",
        "to",
        "subject",
        "mime-version",
        "content-type",
        "list-id",
        "list-unsubscribe",
        "auto-submitted",
        "x-vigie-brand",
        "x-vigie-polarity",
        "x-vigie-rule",
        "x-vigie-kind",
        "in-reply-to",
        "references",
        "reply-to",
    ];
    let parsed = MessageParser::default().parse(raw).ok_or("no mail")?;
    let mut names = BTreeSet::new();
    for header in parsed.headers() {
        let name = header.name.as_str().to_ascii_lowercase();
        if !HEADERS.contains(&name.as_str()) || !names.insert(name.clone()) {
            return Err(format!("header {name}"));
        }
    }
    // Of every header, its lines as they are: none is bare, none holds what a reader would obey.
    let head = raw.windows(4).position(|four| four == b"\r\n\r\n").ok_or("no body")?;
    let head = String::from_utf8_lossy(&raw[..head]).replace("\r\n", "\n");
    readable(&head)?;
    if !head.is_ascii() {
        return Err("a header is not ASCII".to_owned());
    }
    let to: Vec<&str> = parsed.to().into_iter().flat_map(|to| to.iter()).filter_map(|one| one.address()).collect();
    if to != ["cm@acme.example", "boss@acme.example"] {
        return Err(format!("to {to:?}"));
    }
    readable(parsed.subject().ok_or("no subject")?).map_err(|fault| format!("subject: {fault}"))?;
    for part in &parsed.parts {
        let kind = part.content_type().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("")));
        let name = part.attachment_name().unwrap_or_default();
        let known = matches!(
            kind.as_deref(),
            Some(
                "multipart/alternative"
                    | "multipart/mixed"
                    | "multipart/related"
                    | "text/plain"
                    | "text/html"
                    | "text/csv"
                    | "image/png"
            )
        );
        let named = name.is_empty()
            || name == "mentions.csv"
            || name.strip_prefix("evidence-").and_then(|rest| rest.strip_suffix(".txt")).is_some()
            || is_picture(name);
        if !known || !named {
            return Err(format!("part {kind:?} {name:?}"));
        }
    }
    if parsed.text_body.len() > 1 || parsed.html_body.len() > 1 {
        return Err(format!("{} texts, {} pages", parsed.text_body.len(), parsed.html_body.len()));
    }
    Ok(())
}

fn is_picture(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@'))
}

/// A table: as many cells on each line, and none that a spreadsheet computes, whether it parts cells at commas or,
/// as in French, at semicolons.
pub(crate) fn table(csv: &str) -> Result<(), String> {
    const SIGNS: [char; 12] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫'];
    let text = csv.strip_prefix('\u{FEFF}').ok_or("no mark of byte order")?;
    readable(&text.replace("\r\n", "\n"))?;
    let mut widths = BTreeSet::new();
    for line in text.strip_suffix("\r\n").ok_or("no end of line")?.split("\r\n") {
        let cells = cells(line)?;
        widths.insert(cells.len());
        for cell in &cells {
            if cell.trim_start().starts_with(SIGNS) && cell.parse::<f64>().is_err() {
                return Err(format!("computes: {cell:?}"));
            }
        }
        for part in line.split(';').skip(1) {
            let part = part.trim_start();
            // `;-)` smiles.
            if part.starts_with(SIGNS) && part.chars().nth(1) != Some(')') {
                return Err(format!("computes behind a semicolon: {part:?}"));
            }
        }
    }
    if widths.len() == 1 { Ok(()) } else { Err(format!("lines of {widths:?} cells")) }
}

/// The cells of a line (RFC 4180).
fn cells(line: &str) -> Result<Vec<String>, String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted || cell.is_empty() => quoted = !quoted,
            '"' => return Err(format!("a quote inside of {line:?}")),
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    if quoted { Err(format!("an open quote in {line:?}")) } else { Ok(cells) }
}

/// The places of all keys of a value, lists as one.
pub(crate) fn keys(value: &Value) -> BTreeSet<String> {
    fn walk(value: &Value, at: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(pairs) => {
                for (key, value) in pairs {
                    let place = format!("{at}/{key}");
                    walk(value, &place, found);
                    found.insert(place);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, at, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    walk(value, "", &mut found);
    found
}

#[test]
fn the_surfaces_know_what_is_live() {
    let elements = ["html", "head", "body", "p", "a", "b", "img"];
    assert!(page("<p>a <a href=\"https://a.example/x\">a.example</a>", &elements).is_ok());
    for live in [
        "<script>x</script>",
        "<p onclick=x>",
        "<a href=\"javascript:x\">x</a>",
        "<img src=\"https://evil.example/\">",
        "<a href=\"https://evil.example/\">bank.example</a>",
        "<form>",
        "a\u{202E}b",
        "<a href=\"https://a@b.example/\">b.example</a>",
    ] {
        assert!(page(live, &elements).is_err(), "{live}");
    }
    for live in
        ["\u{FEFF}a,b\r\n=1,2\r\n", "\u{FEFF}a,b\r\n\"x;=1\",2\r\n", "\u{FEFF}a,b\r\n1\r\n", "\u{FEFF}a\r\n\"b\r\n"]
    {
        assert!(table(live).is_err(), "{live:?}");
    }
    assert!(table("\u{FEFF}a,b\r\n\"x, y\",-0.50\r\n").is_ok());
    let to = "From: v@a.example\r\nTo: cm@acme.example, boss@acme.example\r\nSubject: a\r\n";
    for live in ["Bcc: x@evil.example\r\n\r\nx", "Content-Type: application/x-sh\r\n\r\nx", "Subject: b\r\n\r\nx"] {
        assert!(mail(format!("{to}{live}").as_bytes()).is_err(), "{live}");
    }
}
