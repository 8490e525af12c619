//! Slack, incoming webhooks: Block Kit with mrkdwn. Limits and errors as docs.slack.dev has them: 50 blocks,
//! 3,000 characters of text in a block, plain-text error words beside the status.

use serde_json::{Value, json};

use super::Meaning;
use super::markup::{JOINER, Markup, begins_code, entities, href, paragraphs, utf16};
use super::view::View;
use crate::notify::webhook::Posted;

/// Blocks of a message.
const BLOCKS: usize = 50;
/// Characters of a block's text, escapes counted.
const TEXT: usize = 3_000;
/// Of all blocks: readable on one screen, and far below what Slack cuts.
const ALL: usize = 12_000;

struct Mrkdwn;

impl Markup for Mrkdwn {
    fn escape(&self, before: Option<char>, c: char, after: Option<char>, out: &mut String) {
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // mrkdwn has no escape for its marks: their doubles look the same and mark nothing.
            '*' => out.push('\u{2217}'),
            '~' => out.push('\u{223C}'),
            '`' => out.push('\u{2CB}'),
            '_' if !(is_word(before) && is_word(after)) => out.push('\u{2CD}'),
            ':' if begins_code(before, after) => out.extend([c, JOINER]),
            // Some of the doubles are letters, so that any neighbour may become one.
            '@' if after.is_some_and(|c| !c.is_whitespace()) => out.extend([c, JOINER]),
            _ => out.push(c),
        }
    }

    fn bold(&self, marked: &str) -> String {
        format!("*{marked}*")
    }

    fn link(&self, marked: &str, address: &str) -> String {
        format!("<{}|{marked}>", entities(&href(address)))
    }

    fn verbatim(&self, text: &str) -> String {
        format!("```{}```", entities(text).replace('`', "\u{2CB}"))
    }
}

pub(super) fn body(view: &View) -> (Value, bool) {
    let paragraphs = paragraphs(view, &Mrkdwn);
    let last = paragraphs.len() - 1;
    let blocks: Vec<Value> = paragraphs
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let text = json!({"type": "mrkdwn", "text": text, "verbatim": true});
            if at == last {
                json!({"type": "context", "elements": [text]})
            } else {
                json!({"type": "section", "text": text})
            }
        })
        .collect();
    let fits = blocks.len() <= BLOCKS
        && paragraphs.iter().all(|text| utf16(text) <= TEXT)
        && paragraphs.iter().map(|text| utf16(text)).sum::<usize>() <= ALL;
    let body = json!({
        "text": Mrkdwn.text(&view.subject),
        "blocks": blocks,
        "unfurl_links": false,
        "unfurl_media": false,
    });
    (body, fits)
}

/// The body of an error is one word; what is more comes from whoever stands between.
pub(super) fn judge(posted: &Posted) -> Meaning {
    let word = posted.body.trim();
    let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    match (posted.status, word) {
        (200..=299, _) => Meaning::Taken,
        (429, _) => Meaning::Again(posted.retry_after),
        // The webhook was removed or never was, or its channel was deleted or archived.
        (
            _,
            "no_service"
            | "no_service_id"
            | "no_active_hooks"
            | "no_team"
            | "team_disabled"
            | "invalid_token"
            | "channel_not_found"
            | "channel_is_archived",
        ) => Meaning::Gone,
        (404, _) if is_word => Meaning::Gone,
        // `action_prohibited`, `posting_to_general_channel_denied`: an administrator's word, and not the last one.
        (401 | 403 | 404, _) => Meaning::Barred,
        (400..=499, _) => Meaning::Never,
        _ => Meaning::Again(posted.retry_after),
    }
}
