//! Mattermost, incoming webhooks: text in Markdown. The limit is a post's on the oldest databases, 4,000
//! characters (16,383 elsewhere); errors are JSON with an id, as the server's source has them.

use serde_json::{Value, json};

use super::Meaning;
use super::markup::{JOINER, Markup, begins_code, href, paragraphs};
use super::view::View;
use crate::notify::webhook::Posted;

/// Characters of a post; a longer one would be split.
const TEXT: usize = 4_000;

struct Markdown;

impl Markup for Markdown {
    fn escape(&self, before: Option<char>, c: char, after: Option<char>, out: &mut String) {
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '[' | ']' | '(' | ')' => out.extend(['\\', c]),
            '#' | '-' | '+' if before.is_none() => out.extend(['\\', c]),
            // `@channel`, `<!here>`, `&lt;`, `$formula$`: these have no escape.
            '@' | '<' | '$' => out.extend([c, JOINER]),
            '&' if is_word(after) || after == Some('#') => out.extend([c, JOINER]),
            ':' if begins_code(before, after) => out.extend([c, JOINER]),
            _ => out.push(c),
        }
    }

    fn bold(&self, marked: &str) -> String {
        format!("**{marked}**")
    }

    fn link(&self, marked: &str, address: &str) -> String {
        format!("[{marked}]({})", href(address))
    }

    fn verbatim(&self, text: &str) -> String {
        // Slack's `<!channel>` is turned into a mention before code is looked for.
        let text = text.replace('`', "\u{2CB}").replace('@', &format!("@{JOINER}"));
        format!("```\n{}\n```", text.replace('<', &format!("<{JOINER}")))
    }
}

pub(super) fn body(view: &View) -> (Value, bool) {
    let text = paragraphs(view, &Markdown).join("\n\n");
    let fits = text.chars().count() <= TEXT;
    (json!({"text": text}), fits)
}

pub(super) fn judge(posted: &Posted) -> Meaning {
    let answer: Value = serde_json::from_str(&posted.body).unwrap_or_default();
    let id = answer["id"].as_str().unwrap_or_default();
    match posted.status {
        200..=299 => Meaning::Taken,
        429 => Meaning::Again(posted.retry_after),
        // The webhook or its channel was deleted.
        400 | 404
            if id.starts_with("web.incoming_webhook.invalid") || id.starts_with("web.incoming_webhook.channel.") =>
        {
            Meaning::Gone
        }
        // An archived channel can be opened again, as webhooks that were switched off for all (501) can.
        400 if id.contains("deleted") => Meaning::Barred,
        401 | 403 | 404 | 501 => Meaning::Barred,
        400..=499 => Meaning::Never,
        _ => Meaning::Again(posted.retry_after),
    }
}
