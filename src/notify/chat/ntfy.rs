//! ntfy, published as JSON, so that no header holds text from the web. Limits as ntfy's documentation and
//! source have them: 4,096 bytes of message (more becomes an attachment), twice that for the whole, 1 KB of
//! title; errors are JSON with a code of its own.

use std::time::Duration;

use serde_json::{Value, json};

use super::Meaning;
use super::markup::{Markup, paragraphs};
use super::view::View;
use crate::notify::webhook::Posted;

/// Bytes of the message.
const MESSAGE: usize = 4_096;
/// Bytes of all that is posted, less room for a topic.
const ALL: usize = 8_000;
/// Bytes of the title.
const TITLE: usize = 1_024;
/// What a day's messages are used up with; it begins anew at midnight UTC.
const DAY_USED_UP: u64 = 42_908;

struct Plain;

impl Markup for Plain {
    fn escape(&self, _: Option<char>, c: char, _: Option<char>, out: &mut String) {
        out.push(c);
    }

    fn bold(&self, marked: &str) -> String {
        marked.to_owned()
    }

    fn link(&self, marked: &str, _: &str) -> String {
        marked.to_owned()
    }

    fn verbatim(&self, text: &str) -> String {
        text.to_owned()
    }

    fn address(&self, address: &str) -> Option<String> {
        Some(address.to_owned())
    }
}

pub(super) fn body(view: &View) -> (Value, bool) {
    let message = paragraphs(view, &Plain).join("\n\n");
    let priority = match view.kind {
        "spike" | "moderation" | "escalation" => 4,
        _ => 3,
    };
    let mut body = json!({
        "title": view.subject,
        "message": message,
        "priority": priority,
        "tags": [view.kind],
        // A repeat takes the place of the first one, from ntfy 2.16 on.
        "sequence_id": view.id,
    });
    let mut links = view.sections.iter().flat_map(|section| &section.items).filter_map(|item| item.link.as_ref());
    // Where a touch leads has to be plain: to the one page that the message is about.
    if let (Some(only), None) = (links.next(), links.next()) {
        body["click"] = json!(only);
    }
    let fits = message.len() <= MESSAGE && view.subject.len() <= TITLE && body.to_string().len() <= ALL;
    (body, fits)
}

pub(super) fn judge(posted: &Posted) -> Meaning {
    let answer: Value = serde_json::from_str(&posted.body).unwrap_or_default();
    match posted.status {
        200..=299 => Meaning::Taken,
        429 if answer["code"].as_u64() == Some(DAY_USED_UP) => Meaning::Again(Some(Duration::from_hours(1))),
        429 => Meaning::Again(posted.retry_after),
        // The token is not known, or the topic belongs to others: their server may say otherwise tomorrow.
        401 | 403 | 404 => Meaning::Barred,
        400..=499 => Meaning::Never,
        _ => Meaning::Again(posted.retry_after),
    }
}
