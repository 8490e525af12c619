//! All mentions of a message as CSV (RFC 4180, UTF-8 with BOM), safe to open in a spreadsheet.

use jiff::tz::TimeZone;

use super::clean;
use crate::mention::StoredMention;

/// The columns of the contract, in its order.
const HEADER: &str = "date,brand,polarity,score,title,site,author,url,excerpt,rule";

/// The file of these mentions, told by `rule`.
pub(super) fn render(mentions: &[StoredMention], rule: &str, timezone: &TimeZone) -> String {
    // The BOM makes spreadsheets read UTF-8.
    let mut out = format!("\u{FEFF}{HEADER}\r\n");
    for StoredMention { mention, .. } in mentions {
        let date = mention.published.unwrap_or(mention.found).to_zoned(timezone.clone());
        let url = mention.url.as_deref().and_then(clean::link).map(|link| link.href).unwrap_or_default();
        let cells = [
            date.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            cell(&mention.brand),
            mention.polarity.word().to_owned(),
            // A number of ours, hence no formula, and of use only as a number.
            mention.score.map(|score| format!("{score:.2}")).unwrap_or_default(),
            cell(&mention.title),
            cell(&mention.site),
            cell(mention.author.as_deref().unwrap_or_default()),
            cell(&url),
            cell(&mention.excerpt.text),
            cell(rule),
        ];
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

fn cell(text: &str) -> String {
    crate::report::csv::cell(&clean::line(text, 2000))
}
