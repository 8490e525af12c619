//! Telegram, sendMessage of the Bot API: its HTML. 4,096 UTF-16 code units once tags and entities are read,
//! and 100 marks and links; errors are JSON with `error_code`, `description` and `parameters`.

use std::time::Duration;

use serde_json::{Value, json};

use super::Meaning;
use super::markup::{JOINER, Markup, entities, href, paragraphs, utf16};
use super::view::View;
use crate::notify::webhook::Posted;

/// UTF-16 code units of what is shown.
const TEXT: usize = 4_096;
/// Tags, one for each mark or link.
const MARKS: usize = 100;

struct Html;

impl Markup for Html {
    fn escape(&self, before: Option<char>, c: char, after: Option<char>, out: &mut String) {
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // `@name` would call somebody, `/command` would be sent by whoever touches it.
            '@' => out.extend([c, JOINER]),
            '/' if !is_word(before) && is_word(after) => out.extend([c, JOINER]),
            ':' if after == Some('/') => out.extend([c, JOINER]),
            _ => out.push(c),
        }
    }

    fn bold(&self, marked: &str) -> String {
        format!("<b>{marked}</b>")
    }

    fn link(&self, marked: &str, address: &str) -> String {
        format!("<a href=\"{}\">{marked}</a>", entities(&href(address)))
    }

    fn small(&self, marked: &str) -> String {
        format!("<i>{marked}</i>")
    }

    fn verbatim(&self, text: &str) -> String {
        format!("<pre>{}</pre>", entities(text))
    }
}

/// What is left of this markup when tags and entities are read, in UTF-16 code units; and its tags.
fn length(html: &str) -> (usize, usize) {
    let mut shown = String::with_capacity(html.len());
    let mut tags = 0;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        shown.push_str(&rest[..at]);
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        tags += usize::from(!rest[at..end].starts_with("</"));
        rest = &rest[end..];
    }
    shown.push_str(rest);
    let shown = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    (utf16(&shown), tags)
}

pub(super) fn body(view: &View) -> (Value, bool) {
    let text = paragraphs(view, &Html).join("\n\n");
    let (length, marks) = length(&text);
    let body = json!({"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": true}});
    (body, length <= TEXT && marks <= MARKS)
}

pub(super) fn judge(posted: &Posted) -> Meaning {
    let answer: Value = serde_json::from_str(&posted.body).unwrap_or_default();
    let code = answer["error_code"].as_u64().unwrap_or_else(|| u64::from(posted.status));
    let said = answer["description"].as_str().unwrap_or_default().to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let parameters = &answer["parameters"];
    // A page of somebody who stands between says nothing of the bot.
    let is_theirs = answer["ok"].is_boolean();
    match code {
        200..=299 if answer["ok"] == json!(true) => Meaning::Taken,
        400..=499 if !is_theirs && code != 429 => Meaning::Barred,
        429 => Meaning::Again(parameters["retry_after"].as_u64().map(Duration::from_secs).or(posted.retry_after)),
        400 => match parameters["migrate_to_chat_id"].as_i64() {
            Some(chat) => Meaning::Moved(chat),
            // Nobody greeted the bot yet, it lacks a right, the topic or the group is closed: others mend it.
            None if says(&[
                "chat not found",
                "not enough rights",
                "administrator rights",
                "have no rights",
                "chat_write_forbidden",
                "closed",
            ]) =>
            {
                Meaning::Barred
            }
            None => Meaning::Never,
        },
        // The token was withdrawn, or never was; or the person blocked the bot, the group threw it out: no is no.
        401 | 403 | 404 => Meaning::Gone,
        402..=499 => Meaning::Never,
        _ => Meaning::Again(posted.retry_after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_that_of_what_is_shown_in_utf16() {
        assert_eq!(length("<b>a &amp; b</b>"), (5, 1));
        assert_eq!(length("<a href=\"https://a.example/?a=1&amp;b=2\">😀</a>"), (2, 1));
        assert_eq!(length("&amp;lt;"), (4, 0));
    }
}
