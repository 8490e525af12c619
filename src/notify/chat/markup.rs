//! How a view becomes paragraphs in a service's markup. Owns the order of what is shown and where emphasis
//! may stand; each service brings its escapes and marks. Nothing is cut here: what is too long is shown again
//! with less (`render`), so that no escape is ever split.

use super::view::{Item, Run, View};

/// Marked hits of a text: Telegram takes 100 marks and links in a message.
const HITS: usize = 4;

/// Keeps a sign from acting on what follows, and is not seen. Text from the web has none: `clean` drops it.
pub(super) const JOINER: char = '\u{2060}';

/// A service's markup.
pub(super) trait Markup {
    /// One character as text, between its neighbours; none at an end of the text.
    fn escape(&self, before: Option<char>, c: char, after: Option<char>, out: &mut String);
    /// Emphasis of what is markup already.
    fn bold(&self, marked: &str) -> String;
    /// A link on what is markup already.
    fn link(&self, marked: &str, href: &str) -> String;
    /// Less prominent.
    fn small(&self, marked: &str) -> String {
        marked.to_owned()
    }
    /// Lines as they are.
    fn verbatim(&self, text: &str) -> String;
    /// An address on a line of its own, where links cannot hide behind text.
    fn address(&self, _: &str) -> Option<String> {
        None
    }

    /// Text that is no markup, whatever it holds.
    fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + text.len() / 8);
        let mut before = None;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            self.escape(before, c, chars.peek().copied(), &mut out);
            before = Some(c);
        }
        out
    }

    /// Text with its hits in bold, where marks can stand.
    fn runs(&self, runs: &[Run]) -> String {
        let mut out = String::new();
        let mut marked = 0;
        for (at, run) in runs.iter().enumerate() {
            let neighbour = |run: Option<&Run>, end: fn(&str) -> Option<char>| run.and_then(|run| end(&run.text));
            let before = neighbour(at.checked_sub(1).and_then(|at| runs.get(at)), last);
            let after = neighbour(runs.get(at + 1), first);
            // Inside a word, or beside its own punctuation, a mark would show as such.
            let stands = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let fits = stands(before) && stands(after) && is_word(first(&run.text)) && is_word(last(&run.text));
            if run.hit && fits && marked < HITS {
                marked += 1;
                out.push_str(&self.bold(&self.text(&run.text)));
            } else {
                out.push_str(&self.text(&run.text));
            }
        }
        out
    }
}

/// Whether a colon may begin `:warning:` or end the scheme of an address: such a text stays text. That of
/// `14:30` and `team.yaml:12` does neither.
pub(super) fn begins_code(before: Option<char>, after: Option<char>) -> bool {
    let in_word = before.is_some_and(char::is_alphanumeric);
    after.is_some_and(|c| {
        c.is_ascii_alphabetic() || matches!(c, '/' | '+' | '-' | '_') || (c.is_ascii_digit() && !in_word)
    })
}

fn first(text: &str) -> Option<char> {
    text.chars().next()
}

fn last(text: &str) -> Option<char> {
    text.chars().next_back()
}

/// The view in paragraphs: the head, each item, what is not shown, the foot.
pub(super) fn paragraphs(view: &View, markup: &impl Markup) -> Vec<String> {
    let mut out = vec![markup.bold(&markup.text(&view.headline))];
    out.extend(body(view, markup));
    out
}

/// [`paragraphs`] without the headline, for services that show it apart.
pub(super) fn body(view: &View, markup: &impl Markup) -> Vec<String> {
    let mut out = Vec::new();
    push_lines(&mut out, view.lines.iter().map(|line| markup.text(line)));
    for section in &view.sections {
        out.extend(section.title.iter().map(|title| markup.bold(&markup.text(title))));
        out.extend(section.items.iter().map(|one| item(one, view, markup)));
        push_lines(&mut out, section.lines.iter().map(|line| markup.text(line)));
    }
    out.extend(view.verbatim.iter().map(|text| markup.verbatim(text)));
    push_lines(&mut out, view.foot.iter().map(|line| markup.small(&markup.text(line))));
    out
}

fn push_lines(out: &mut Vec<String>, lines: impl Iterator<Item = String>) {
    let lines = lines.collect::<Vec<_>>().join("\n");
    if !lines.is_empty() {
        out.push(lines);
    }
}

fn item(item: &Item, view: &View, markup: &impl Markup) -> String {
    let title = match &item.link {
        // A mark inside a link is one more way to break it.
        Some(href) => {
            markup.link(&markup.text(&item.title.iter().map(|run| run.text.as_str()).collect::<String>()), href)
        }
        None => markup.runs(&item.title),
    };
    let mut lines = vec![format!("{} {title}", markup.text(&item.sign.to_string())), markup.text(&item.about)];
    if !item.excerpt.is_empty() {
        let (open, close) = &view.quotes;
        lines.push(format!("{}{}{}", markup.text(open), markup.runs(&item.excerpt), markup.text(close)));
    }
    lines.extend(item.notes.iter().map(|note| markup.text(note)));
    lines.extend(item.link.as_deref().and_then(|href| markup.address(href)));
    lines.join("\n")
}

/// With the three characters that tags and entities are made of as entities.
pub(super) fn entities(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// An address in which nothing ends or marks a link in any of the markups: what would is percent-encoded.
pub(super) fn href(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for c in address.chars() {
        if matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | '{' | '}' | '|' | '\\' | '^' | '`' | '"' | '\'' | '*' | ' ')
        {
            let digit = |value: u32| char::from_digit(value, 16).unwrap_or('0').to_ascii_uppercase();
            out.extend(['%', digit(u32::from(c) >> 4), digit(u32::from(c) & 15)]);
        } else {
            out.push(c);
        }
    }
    out
}

/// How many UTF-16 code units a text has.
pub(super) fn utf16(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Stars;

    impl Markup for Stars {
        fn escape(&self, _: Option<char>, c: char, _: Option<char>, out: &mut String) {
            out.push(c);
        }
        fn bold(&self, marked: &str) -> String {
            format!("*{marked}*")
        }
        fn link(&self, marked: &str, href: &str) -> String {
            format!("{marked}<{href}>")
        }
        fn verbatim(&self, text: &str) -> String {
            text.to_owned()
        }
    }

    #[test]
    fn a_hit_is_marked_where_a_mark_can_stand() {
        for (runs, shown) in [
            (&[("chez ", false), ("Orange", true), (".", false)][..], "chez *Orange*."),
            (&[("l’", false), ("Orange", true)][..], "l’*Orange*"),
            (&[("pré", false), ("Orange", true)][..], "préOrange"),
            (&[("", false), ("#Orange", true)][..], "#Orange"),
            (
                &[
                    ("a", true),
                    (" ", false),
                    ("b", true),
                    (" ", false),
                    ("c", true),
                    (" ", false),
                    ("d", true),
                    (" ", false),
                    ("e", true),
                ][..],
                "*a* *b* *c* *d* e",
            ),
        ] {
            let runs: Vec<Run> = runs.iter().map(|(text, hit)| Run { hit: *hit, text: (*text).to_owned() }).collect();
            assert_eq!(Stars.runs(&runs), shown);
        }
    }

    #[test]
    fn an_address_ends_no_link() {
        assert_eq!(href("https://a.example/x_(y)?q=[1]|2&é=*"), "https://a.example/x_%28y%29?q=%5B1%5D%7C2&é=%2A");
    }
}
