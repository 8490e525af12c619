//! The services' documented forms and limits, read anew from what is sent: what a service would refuse, and
//! what would be live in it.

use serde_json::Value;
use vigie::config::settings::Service;

const JOINER: char = '\u{2060}';

/// Why a service would refuse a body, or what in it would do more than be read.
pub(crate) fn fault(service: Service, body: &Value) -> Option<String> {
    let checked = match service {
        Service::Slack => slack(body),
        Service::Teams => teams(body),
        Service::Discord => discord(body),
        Service::Mattermost => mattermost(body),
        Service::Telegram => telegram(body),
        Service::Ntfy => ntfy(body),
    };
    checked.and_then(|()| strings(body, &mut readable)).err()
}

type Checked = Result<(), String>;

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(what()) }
}

/// Each string of a body.
fn strings(value: &Value, check: &mut impl FnMut(&str) -> Checked) -> Checked {
    match value {
        Value::String(text) => check(text),
        Value::Array(items) => items.iter().try_for_each(|item| strings(item, check)),
        Value::Object(pairs) => pairs.values().try_for_each(|value| strings(value, check)),
        _ => Ok(()),
    }
}

/// Nothing that moves, hides or reorders what stands around it.
fn readable(text: &str) -> Checked {
    let treacherous = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    ensure(!text.contains(treacherous), || format!("treacherous: {text:?}"))
}

fn text<'a>(body: &'a Value, place: &str) -> Result<&'a str, String> {
    body.pointer(place).and_then(Value::as_str).ok_or_else(|| format!("no text at {place}: {body}"))
}

fn only_keys(body: &Value, known: &[&str]) -> Checked {
    let object = body.as_object().ok_or("no object")?;
    object.keys().try_for_each(|key| ensure(known.contains(&key.as_str()), || format!("unknown key {key}")))
}

fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

fn is_link(href: &str) -> bool {
    (href.starts_with("https://") || href.starts_with("http://"))
        && href.is_ascii()
        && !href.contains([' ', '"', '<', '>'])
}

/// An @ calls nobody, and an address is no link by itself.
fn silent(text: &str) -> Checked {
    let chars: Vec<char> = text.chars().collect();
    for (at, pair) in chars.windows(2).enumerate() {
        let calls = pair[0] == '@' && (pair[1].is_alphanumeric() || pair[1] == '_');
        ensure(!calls, || format!("calls at {at}: {text:?}"))?;
    }
    ensure(!text.contains("://"), || format!("a link by itself: {text:?}"))
}

fn slack(body: &Value) -> Checked {
    only_keys(body, &["text", "blocks", "unfurl_links", "unfurl_media"])?;
    mrkdwn(text(body, "/text")?)?;
    ensure(utf16(text(body, "/text")?) <= 4_000, || "the fallback is too long".to_owned())?;
    ensure(body["unfurl_links"] == false && body["unfurl_media"] == false, || "unfurls".to_owned())?;
    let blocks = body["blocks"].as_array().ok_or("no blocks")?;
    ensure((1..=50).contains(&blocks.len()), || format!("{} blocks", blocks.len()))?;
    for block in blocks {
        let texts: Vec<&Value> = match block["type"].as_str() {
            Some("section") => vec![&block["text"]],
            Some("context") => block["elements"].as_array().ok_or("no elements")?.iter().collect(),
            other => return Err(format!("block {other:?}")),
        };
        ensure((1..=10).contains(&texts.len()), || "elements".to_owned())?;
        for one in texts {
            ensure(one["type"] == "mrkdwn" && one["verbatim"] == true, || format!("{one}"))?;
            let text = text(one, "/text")?;
            ensure((1..=3_000).contains(&utf16(text)), || format!("{} in a block", utf16(text)))?;
            mrkdwn(text)?;
        }
    }
    Ok(())
}

/// Only `<https://…|label>` stands in angle brackets, only the three entities stand for something.
fn mrkdwn(text: &str) -> Checked {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        plain.push_str(&rest[..open]);
        let close = rest[open..].find('>').ok_or_else(|| format!("open bracket: {text:?}"))? + open;
        let (href, label) = rest[open + 1..close].split_once('|').ok_or_else(|| format!("no link: {text:?}"))?;
        ensure(is_link(href), || format!("no link: {href}"))?;
        plain.push_str(label);
        rest = &rest[close + 1..];
    }
    plain.push_str(rest);
    ensure(!plain.contains('>'), || format!("a bracket: {text:?}"))?;
    for (at, _) in plain.match_indices('&') {
        let entity = ["&amp;", "&lt;", "&gt;"].iter().any(|entity| plain[at..].starts_with(entity));
        ensure(entity, || format!("an ampersand: {text:?}"))?;
    }
    let ticks = plain.matches('`').count();
    ensure(ticks == 0 || (ticks == 6 && plain.starts_with("```") && plain.ends_with("```")), || {
        format!("ticks: {text:?}")
    })?;
    if ticks > 0 {
        return Ok(());
    }
    ensure(plain.matches('*').count().is_multiple_of(2), || format!("stars: {text:?}"))?;
    ensure(!plain.contains('~'), || format!("struck out: {text:?}"))?;
    silent(&plain)
}

fn discord(body: &Value) -> Checked {
    only_keys(body, &["content", "embeds", "allowed_mentions"])?;
    ensure(body["allowed_mentions"]["parse"].as_array().is_some_and(Vec::is_empty), || "mentions".to_owned())?;
    let content = text(body, "/content")?;
    ensure(content.chars().count() <= 2_000, || "content".to_owned())?;
    markdown(content, true)?;
    let embeds = body["embeds"].as_array().ok_or("no embeds")?;
    ensure((1..=10).contains(&embeds.len()), || "embeds".to_owned())?;
    let mut all = 0;
    for embed in embeds {
        only_keys(embed, &["title", "description", "color"])?;
        let length = |key: &str| embed[key].as_str().unwrap_or_default().chars().count();
        ensure(length("title") <= 256 && length("description") <= 4_096, || {
            format!("{} too long", length("description"))
        })?;
        all += length("title") + length("description");
        markdown(embed["title"].as_str().unwrap_or_default(), true)?;
        markdown(text(embed, "/description")?, true)?;
    }
    ensure(all <= 6_000, || format!("{all} in all"))
}

fn mattermost(body: &Value) -> Checked {
    only_keys(body, &["text"])?;
    let text = text(body, "/text")?;
    ensure((1..=4_000).contains(&text.chars().count()), || format!("{} characters", text.chars().count()))?;
    for code in text.split("```").skip(1).step_by(2) {
        let mut pairs = code.chars().zip(code.chars().skip(1));
        ensure(!pairs.any(|(c, next)| matches!(c, '@' | '<') && next != JOINER), || format!("live code: {code:?}"))?;
    }
    markdown(text, false)
}

/// Outside code, an unescaped bracket opens a link to the web, and nothing else acts.
fn markdown(text: &str, angles: bool) -> Checked {
    let mut plain = String::new();
    for (at, part) in text.split("```").enumerate() {
        if at % 2 == 0 {
            plain.push_str(part);
        }
    }
    ensure(text.matches("```").count().is_multiple_of(2), || format!("open code: {text:?}"))?;
    let mut shown = String::new();
    let mut chars = plain.char_indices();
    let mut stars = 0;
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                let (_, escaped) = chars.next().ok_or_else(|| format!("a lone backslash: {text:?}"))?;
                ensure(escaped.is_ascii_punctuation(), || format!("\\{escaped}"))?;
                shown.push('\u{1}');
            }
            ']' => {
                let href = plain[at..].strip_prefix("](").and_then(|rest| rest.split_once(')')).map(|(href, _)| href);
                let href = href.ok_or_else(|| format!("a bracket: {text:?}"))?;
                ensure(is_link(href), || format!("no link: {href}"))?;
                let mut left = href.len() + 2;
                while left > 0 {
                    left -= chars.next().map_or(left, |(_, c)| c.len_utf8());
                }
            }
            '[' => {}
            '*' => stars += 1,
            '`' | '~' | '|' => return Err(format!("{c} in {text:?}")),
            '_' => return Err(format!("a low line in {text:?}")),
            '<' | '>' if angles => return Err(format!("{c} in {text:?}")),
            _ => shown.push(c),
        }
    }
    let mut pairs = shown.chars().zip(shown.chars().skip(1));
    ensure(!pairs.any(|(c, next)| c == '<' && next != JOINER), || format!("a tag: {text:?}"))?;
    ensure(stars % 4 == 0, || format!("{stars} stars: {text:?}"))?;
    for line in shown.lines() {
        let small = line.strip_prefix("-# ").unwrap_or(line);
        ensure(!small.starts_with(['#', '+', '-', '>']), || format!("a line that begins so: {line:?}"))?;
    }
    silent(&shown)
}

fn telegram(body: &Value) -> Checked {
    only_keys(body, &["chat_id", "text", "parse_mode", "link_preview_options"])?;
    ensure(body["parse_mode"] == "HTML" && body["link_preview_options"]["is_disabled"] == true, || "form".to_owned())?;
    let html = text(body, "/text")?;
    let (mut plain, mut open, mut marks) = (String::new(), Vec::new(), 0);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        plain.push_str(&rest[..at]);
        let end = rest[at..].find('>').ok_or_else(|| format!("open tag: {html:?}"))? + at;
        let tag = &rest[at + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            ensure(open.pop() == Some(name.to_owned()), || format!("</{name}>: {html:?}"))?;
        } else if let Some(href) = tag.strip_prefix("a href=\"").and_then(|rest| rest.strip_suffix('"')) {
            ensure(is_link(&href.replace("&amp;", "&")), || format!("no link: {href}"))?;
            open.push("a".to_owned());
            marks += 1;
        } else {
            ensure(["b", "i", "pre"].contains(&tag), || format!("<{tag}>"))?;
            open.push(tag.to_owned());
            marks += 1;
        }
        rest = &rest[end + 1..];
    }
    plain.push_str(rest);
    ensure(open.is_empty() && marks <= 100, || format!("{open:?} {marks}"))?;
    ensure(!plain.contains('>'), || format!("a bracket: {html:?}"))?;
    for (at, _) in plain.match_indices('&') {
        let entity = ["&amp;", "&lt;", "&gt;"].iter().any(|entity| plain[at..].starts_with(entity));
        ensure(entity, || format!("an ampersand: {html:?}"))?;
    }
    let shown = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    ensure((1..=4_096).contains(&utf16(&shown)), || format!("{} units", utf16(&shown)))?;
    if html.contains("<pre>") { Ok(()) } else { silent(&shown) }
}

fn ntfy(body: &Value) -> Checked {
    only_keys(body, &["topic", "title", "message", "priority", "tags", "click", "sequence_id"])?;
    let message = text(body, "/message")?;
    ensure((1..=4_096).contains(&message.len()), || format!("{} bytes", message.len()))?;
    ensure(text(body, "/title")?.len() <= 1_024, || "title".to_owned())?;
    ensure(body.to_string().len() <= 8_192, || "the whole".to_owned())?;
    ensure((1..=5).contains(&body["priority"].as_u64().unwrap_or(0)), || "priority".to_owned())?;
    let id = text(body, "/sequence_id")?;
    ensure(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), || id.to_owned())?;
    body["click"].as_str().map_or(Ok(()), |href| ensure(is_link(href), || format!("no link: {href}")))
}

fn teams(body: &Value) -> Checked {
    let written = body.to_string();
    ensure(written.len() <= 28 * 1024 && 2 * utf16(&written) <= 28 * 1024, || format!("{} bytes", written.len()))?;
    only_keys(body, &["type", "attachments"])?;
    let [attachment] = body["attachments"].as_array().ok_or("no attachments")?.as_slice() else {
        return Err("one card".to_owned());
    };
    ensure(attachment["contentType"] == "application/vnd.microsoft.card.adaptive", || "content type".to_owned())?;
    let card = &attachment["content"];
    only_keys(card, &["$schema", "type", "version", "fallbackText", "msteams", "body"])?;
    ensure(card["type"] == "AdaptiveCard" && card["version"] == "1.2", || "card".to_owned())?;
    ensure(card["msteams"] == serde_json::json!({"width": "Full"}), || "entities".to_owned())?;
    for block in card["body"].as_array().ok_or("no body")? {
        ensure(block["type"] == "RichTextBlock", || format!("{block}"))?;
        for run in block["inlines"].as_array().ok_or("no runs")? {
            ensure(run["type"] == "TextRun", || format!("{run}"))?;
            let text = text(run, "/text")?;
            ensure(!["{{", "${", "<at"].iter().any(|macros| text.contains(macros)), || format!("a macro: {text:?}"))?;
            if let Some(action) = run.get("selectAction") {
                ensure(action["type"] == "Action.OpenUrl" && action["url"].as_str().is_some_and(is_link), || {
                    format!("{action}")
                })?;
            }
        }
    }
    Ok(())
}
