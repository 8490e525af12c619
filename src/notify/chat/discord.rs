//! Discord, webhooks: one embed. Limits as Discord's documentation has them: title 256, description 4,096,
//! footer 2,048, embeds together 6,000, content 2,000 characters; a 429 tells `retry_after` in seconds.

use std::time::Duration;

use serde_json::{Value, json};

use super::Meaning;
use super::markup::{JOINER, Markup, begins_code, body as shown, href, utf16};
use super::view::{Mood, View};
use crate::notify::webhook::Posted;

const TITLE: usize = 256;
const DESCRIPTION: usize = 4_096;
const CONTENT: usize = 2_000;
const ALL: usize = 6_000;

/// `Unknown Webhook`, `Unknown Channel`, `Unknown Guild`, `Invalid Webhook Token`.
const GONE: [u64; 4] = [10_015, 10_003, 10_004, 50_027];

pub(super) struct Markdown;

impl Markup for Markdown {
    fn escape(&self, before: Option<char>, c: char, after: Option<char>, out: &mut String) {
        match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '>' | '[' | ']' | '(' | ')' => out.extend(['\\', c]),
            '#' | '-' | '+' if before.is_none() => out.extend(['\\', c]),
            ':' if begins_code(before, after) => out.extend([c, JOINER]),
            '@' => out.extend([c, JOINER]),
            _ => out.push(c),
        }
    }

    fn bold(&self, marked: &str) -> String {
        format!("**{marked}**")
    }

    fn link(&self, marked: &str, address: &str) -> String {
        format!("[{marked}]({})", href(address))
    }

    /// `-# ` is Discord's small print.
    fn small(&self, marked: &str) -> String {
        format!("-# {marked}")
    }

    fn verbatim(&self, text: &str) -> String {
        format!("```\n{}\n```", text.replace('`', "\u{2CB}"))
    }
}

pub(super) fn body(view: &View) -> (Value, bool) {
    let title = Markdown.text(&view.headline);
    let description = shown(view, &Markdown).join("\n\n");
    let content = Markdown.text(&view.subject);
    let color = match view.mood {
        Mood::Bad => 0x00C6_2828,
        Mood::Good => 0x002E_7D32,
        Mood::Plain => 0x0054_6E7A,
    };
    // A headline that is long as a title stands above the rest.
    let (title, description) = if utf16(&title) <= TITLE {
        (Some(title), description)
    } else {
        (None, format!("{}\n\n{description}", Markdown.bold(&title)))
    };
    let length = utf16(&description);
    let all = length + title.as_deref().map_or(0, utf16);
    let fits = length <= DESCRIPTION && all <= ALL && utf16(&content) <= CONTENT;
    let mut embed = json!({"description": description, "color": color});
    if let Some(title) = title {
        embed["title"] = json!(title);
    }
    (json!({"content": content, "embeds": [embed], "allowed_mentions": {"parse": []}}), fits)
}

/// Errors are JSON with a code of Discord's own; a gateway before it answers without one.
pub(super) fn judge(posted: &Posted) -> Meaning {
    let answer: Value = serde_json::from_str(&posted.body).unwrap_or_default();
    let code = answer["code"].as_u64();
    match posted.status {
        200..=299 => Meaning::Taken,
        429 => {
            let seconds = answer["retry_after"].as_f64().filter(|seconds| (0.0..=1e6).contains(seconds));
            Meaning::Again(seconds.map(Duration::from_secs_f64).or(posted.retry_after))
        }
        _ if code.is_some_and(|code| GONE.contains(&code)) => Meaning::Gone,
        401 if code.is_some() => Meaning::Gone,
        401 | 403 | 404 => Meaning::Barred,
        400..=499 => Meaning::Never,
        _ => Meaning::Again(posted.retry_after),
    }
}
