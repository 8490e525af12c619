//! Microsoft Teams, a workflow's webhook: an Adaptive Card of text runs. Runs know no Markdown, so text from
//! the web stays text; a card is at most 28 KB. Workflows answer 202; errors are JSON with a code.

use serde_json::{Value, json};

use super::Meaning;
use super::markup::{JOINER, href, utf16};
use super::view::{Item, Mood, Run, View};
use crate::notify::webhook::Posted;

/// Bytes of the whole, in UTF-8 and in UTF-16: the documentation does not say which is counted.
const ALL: usize = 28 * 1024;

/// Runs are not read as Markdown, but `{{DATE(…)}}`, `${…}` and `<at>` mean something in cards.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for c in text.chars() {
        if (matches!(before, Some('{' | '$')) && c == '{') || before == Some('<') {
            out.push(JOINER);
        }
        out.push(c);
        before = Some(c);
    }
    out
}

fn run(words: &str) -> Value {
    json!({"type": "TextRun", "text": text(words)})
}

fn block(inlines: &[Value]) -> Value {
    json!({"type": "RichTextBlock", "inlines": inlines, "spacing": "None"})
}

fn bold(words: &str) -> Value {
    let mut run = run(words);
    run["weight"] = json!("Bolder");
    run
}

fn subtle(words: &str) -> Value {
    let mut run = run(words);
    run["isSubtle"] = json!(true);
    run["size"] = json!("Small");
    run
}

fn runs(runs: &[Run]) -> impl Iterator<Item = Value> {
    runs.iter().map(|one| if one.hit { bold(&one.text) } else { run(&one.text) })
}

/// A paragraph begins.
fn apart(mut block: Value) -> Value {
    block["spacing"] = json!("Medium");
    block
}

fn item(item: &Item, view: &View, out: &mut Vec<Value>) {
    let title: String = item.title.iter().map(|run| run.text.as_str()).collect();
    let mut title = bold(&title);
    if let Some(address) = &item.link {
        title["selectAction"] = json!({"type": "Action.OpenUrl", "url": href(address)});
    }
    out.push(apart(block(&[run(&format!("{} ", item.sign)), title])));
    out.push(block(&[subtle(&item.about)]));
    if !item.excerpt.is_empty() {
        let (open, close) = &view.quotes;
        let quoted: Vec<Value> = [run(open)].into_iter().chain(runs(&item.excerpt)).chain([run(close)]).collect();
        out.push(block(&quoted));
    }
    out.extend(item.notes.iter().map(|note| block(&[subtle(note)])));
}

pub(super) fn body(view: &View) -> (Value, bool) {
    let mut headline = bold(&view.headline);
    headline["size"] = json!("Large");
    headline["color"] = json!(match view.mood {
        Mood::Bad => "Attention",
        Mood::Good => "Good",
        Mood::Plain => "Default",
    });
    let mut out = vec![block(&[headline])];
    out.extend(view.lines.iter().map(|line| block(&[run(line)])));
    for section in &view.sections {
        out.extend(section.title.iter().map(|title| apart(block(&[bold(title)]))));
        for one in &section.items {
            item(one, view, &mut out);
        }
        out.extend(section.lines.iter().map(|line| block(&[run(line)])));
    }
    for line in view.verbatim.iter().flat_map(|text| text.lines()).filter(|line| !line.trim().is_empty()) {
        let mut run = run(line);
        run["fontType"] = json!("Monospace");
        out.push(block(&[run]));
    }
    for (at, line) in view.foot.iter().enumerate() {
        let line = block(&[subtle(line)]);
        out.push(if at == 0 { apart(line) } else { line });
    }
    let body = json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.2",
                "fallbackText": text(&view.subject),
                "msteams": {"width": "Full"},
                "body": out,
            },
        }],
    });
    let written = body.to_string();
    let fits = written.len() <= ALL && 2 * utf16(&written) <= ALL;
    (body, fits)
}

/// The connectors that workflows replace answer 200 of a message that they could not pass on, and say why in words:
/// the status that Teams itself gave, or 0 where they name none.
fn unpassed(body: &str) -> Option<u16> {
    let status = body.split_once("returned HTTP error ").map(|(_, rest)| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).take(3).collect();
        digits.parse().unwrap_or(0)
    });
    status.or_else(|| body.contains("message delivery failed").then_some(0))
}

pub(super) fn judge(posted: &Posted) -> Meaning {
    let answer: Value = serde_json::from_str(&posted.body).unwrap_or_default();
    let code = answer["error"]["code"].as_str().unwrap_or_default();
    match posted.status {
        200..=299 => match unpassed(&posted.body) {
            None => Meaning::Taken,
            Some(400 | 413) => Meaning::Never,
            Some(401 | 403 | 404) => Meaning::Barred,
            Some(_) => Meaning::Again(posted.retry_after),
        },
        408 | 429 => Meaning::Again(posted.retry_after),
        // Switched off, a workflow can be switched on again; deleted, its address is void.
        400 if code == "WorkflowTriggerIsNotEnabled" && !posted.body.contains("'Deleted'") => Meaning::Barred,
        400 if code == "WorkflowTriggerIsNotEnabled" => Meaning::Gone,
        // The signature in the address is not, or no longer, the workflow's.
        401 | 404 if !code.is_empty() => Meaning::Gone,
        401 | 403 | 404 => Meaning::Barred,
        400..=499 => Meaning::Never,
        _ => Meaning::Again(posted.retry_after),
    }
}
