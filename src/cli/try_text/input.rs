//! A line of `--jsonl`: the document that it is, its id to the letter, and in the reader's language why it is
//! none. Scores nothing.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::locale::Locale;

/// A document.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Input {
    /// Its text is taken as written, by [`id`]: a number would lose digits on the way.
    id: Option<IgnoredAny>,
    pub(super) title: Option<String>,
    pub(super) text: Option<String>,
    pub(super) url: Option<String>,
    pub(super) author: Option<String>,
    pub(super) language: Option<String>,
    pub(super) published: Option<Timestamp>,
}

impl Input {
    /// A text alone.
    pub(super) fn of_text(text: String) -> Self {
        Self { text: Some(text), ..Self::default() }
    }
}

/// Fields that hold a text.
const TEXTS: [&str; 5] = ["title", "text", "url", "author", "language"];

/// The document of a line with its id as JSON, the line's number when it has none.
///
/// # Errors
/// Why it is no document, in one sentence.
pub(super) fn read(line: &[u8], number: u64, locale: Locale) -> Result<(String, Input), String> {
    // Editors of Windows put a byte order mark before the first line.
    let line = line.strip_prefix(b"\xEF\xBB\xBF").filter(|_| number == 1).unwrap_or(line);
    let Ok(text) = std::str::from_utf8(line) else { return Err(locale.text("try-line-encoding")) };
    if !text.trim_start().starts_with('{') {
        return Err(locale.text("try-line-object"));
    }
    let input: Input = serde_json::from_str(text).map_err(|error| refusal(text, &error, locale))?;
    if input.title.is_none() && input.text.is_none() {
        return Err(locale.text("try-line-without-text"));
    }
    let id = input.id.and_then(|_| id(text)).map_or_else(|| number.to_string(), str::to_owned);
    Ok((id, input))
}

fn refusal(text: &str, error: &serde_json::Error, locale: Locale) -> String {
    if !error.is_data() {
        // Whoever counts columns counts characters.
        let before = text.as_bytes().get(..error.column().saturating_sub(1)).unwrap_or(text.as_bytes());
        let column = String::from_utf8_lossy(before).chars().count() + 1;
        return locale.format("try-line-json", &[("column", column.to_string().into())]);
    }
    let Ok(document) = serde_json::from_str::<Value>(text) else { return locale.text("try-line-number") };
    let wrong =
        TEXTS.into_iter().find(|name| document.get(name).is_some_and(|value| !value.is_string() && !value.is_null()));
    if let Some(name) = wrong {
        return locale.format("try-line-text", &[("field", name.into())]);
    }
    match document.get("published") {
        Some(value) if value.as_str().is_none_or(|text| text.parse::<Timestamp>().is_err()) && !value.is_null() => {
            locale.format(
                "try-line-time",
                &[("text", value.as_str().map_or_else(|| value.to_string(), str::to_owned).into())],
            )
        }
        _ => locale.text("try-line-twice"),
    }
}

/// The value of `id` of an object that has been parsed, as written.
fn id(object: &str) -> Option<&str> {
    let bytes = object.as_bytes();
    let mut at = object.find('{')? + 1;
    loop {
        at += bytes[at..].iter().position(|byte| *byte == b'"')?;
        let key = at..string_end(bytes, at)?;
        at = key.end + bytes[key.end..].iter().position(|byte| *byte == b':')? + 1;
        at += bytes[at..].iter().position(|byte| !byte.is_ascii_whitespace())?;
        let end = value_end(bytes, at)?;
        // A key may be written with escapes.
        if serde_json::from_str::<String>(&object[key]).is_ok_and(|key| key == "id") {
            return Some(object[at..end].trim_end());
        }
        if bytes.get(end) != Some(&b',') {
            return None;
        }
        at = end + 1;
    }
}

/// After the quote that closes the one at `start`.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// The comma or brace that ends the value which starts at `start`.
fn value_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    let mut depth = 0_usize;
    loop {
        match bytes.get(at)? {
            b'"' => {
                at = string_end(bytes, at)?;
                continue;
            }
            b'[' | b'{' => depth += 1,
            b',' | b'}' if depth == 0 => return Some(at),
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::UiLanguage;

    fn read_line(line: &str, number: u64) -> Result<String, String> {
        read(line.as_bytes(), number, Locale::of(UiLanguage::English)).map(|(id, _)| id)
    }

    #[test]
    fn an_id_comes_back_to_the_letter() {
        for (line, id) in [
            (r#"{"id":1.50,"text":"a"}"#, "1.50"),
            (r#"{"id":12345678901234567890123,"text":"a"}"#, "12345678901234567890123"),
            (r#"{"id":1e999,"text":"a"}"#, "1e999"),
            (r#"{"text":"\"id\":7 }, {","id" : "a\u0062\"" , "x":[1]}"#, r#""a\u0062\"""#),
            (r#"{"x":{"id":1,"y":["}",{}]},"id":{"a": [1, 2]},"text":"a"}"#, r#"{"a": [1, 2]}"#),
            (r#"{"\u0069d":true,"text":"a"}"#, "true"),
            (r#"{"text":"a","id":null}"#, "4"),
            (r#"{"text":"a"}"#, "4"),
            (r#"  {"text":"é", "id": 3 }  "#, "3"),
        ] {
            assert_eq!(read_line(line, 4).as_deref(), Ok(id), "{line}");
        }
    }

    #[test]
    fn a_byte_order_mark_before_the_first_document_is_no_part_of_it() {
        assert_eq!(read_line("\u{feff}{\"text\":\"a\"}", 1).as_deref(), Ok("1"));
    }

    #[test]
    fn a_line_that_is_no_document_says_why_in_the_readers_language() {
        for (line, french, english) in [
            ("text", "un objet", "object"),
            ("[\"a\"]", "un objet", "object"),
            ("{\"text\":\"é\",x}", "caractère 13", "character 13"),
            ("{\"text\":\"a\"", "caractère", "character"),
            ("{\"text\":5}", "`text`", "`text`"),
            ("{\"text\":\"a\",\"published\":\"hier\"}", "« hier »", "“hier”"),
            ("{\"text\":\"a\",\"text\":\"b\"}", "deux fois", "twice"),
            ("{\"id\":5}", "`title`", "`title`"),
        ] {
            for (language, expected) in [(UiLanguage::French, french), (UiLanguage::English, english)] {
                let said = read(line.as_bytes(), 5, Locale::of(language)).expect_err(line);
                assert!(said.contains(expected) && !said.contains("try-line"), "{line}: {said}");
            }
        }
        let broken = read(b"{\"text\":\"\xE9\"}", 1, Locale::of(UiLanguage::English)).expect_err("Latin-1");
        assert!(broken.contains("UTF-8"), "{broken}");
    }
}
