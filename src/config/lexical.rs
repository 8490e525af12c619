//! The traps of YAML's surface that people walk into: signs that change what a line means, found by a
//! scanner of lines and scalars before any parser sees the text. It never looks inside comments, quotes
//! or block scalars. What it lets through may still be wrong; that is `places` and `shape`.

use super::findings::LONGEST;
use super::keys;
use super::places::{DEEPEST, Span};
pub(super) use super::quotes::{bad_escape, single_quoted, without_quotes};
pub use super::quotes::{quoted, without_guillemets, without_quotes_around};

/// What a trap is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrapKind {
    /// A value that starts with a sign of YAML's: `#x`, `@x`, `*x`, `!x`…
    Sign(char),
    /// White space, `#`, non-space: the rest would be cut.
    Cut,
    /// ` : ` inside a text.
    Colon,
    /// Text after a closing quote: a quote inside the text.
    Quote(char),
    /// `\?` between double quotes, where a backslash means something else.
    Escape,
    /// A quote or bracket that nothing closes.
    Unclosed(char),
    /// `-Orange`: no space after the dash.
    GluedDash,
    /// A tab where a line's indentation stands.
    Tab,
    /// A no-break space where YAML wants a plain one.
    NoBreakSpace,
    /// `&name`: an anchor.
    Anchor,
    /// `*name`: an alias.
    Alias,
    /// `<<:`: a merge key.
    Merge,
    /// `any: - x`: a list that starts on its key's line.
    ListOnKeyLine,
    /// `{` or `[` inside an unquoted text.
    Bracket(char),
    /// Brackets nested past the limit.
    Deep,
}

/// A trap at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trap {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: TrapKind,
    /// The line as it should be written.
    pub fix: Option<String>,
}

/// An open `[` or `{`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub(super) sign: char,
    pub(super) span: Span,
}

/// Unclosed quotes after which the scan starts again on the next line; more says nothing new.
const RESTARTS: usize = 20;

/// Traps of one file that are told; nobody reads more, and each is a line in memory.
const MOST: usize = 100;

/// The state between lines.
pub(super) struct Scanner<'a> {
    pub(super) lines: &'a [&'a str],
    pub(super) traps: Vec<Trap>,
    pub(super) flow: Vec<Open>,
    /// True where a value may start inside brackets.
    pub(super) fresh: bool,
    /// True after a `:` inside brackets.
    pub(super) valued: bool,
    quote: Option<(char, usize, usize)>,
    block: Option<usize>,
    /// Lists that the line has opened inside one another.
    dashes: usize,
    pub(super) stop: bool,
}

/// All traps of a text, in order. Linear in its length.
#[must_use]
pub fn scan(text: &str) -> Vec<Trap> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut scanner = Scanner {
        lines: &lines,
        traps: Vec::new(),
        flow: Vec::new(),
        fresh: false,
        valued: false,
        quote: None,
        block: None,
        dashes: 0,
        stop: false,
    };
    scanner.run();
    scanner.traps
}

impl Scanner<'_> {
    fn run(&mut self) {
        let mut restarts = 0;
        let mut at = 0;
        while !self.stop {
            let Some(line) = self.lines.get(at) else {
                let Some(restart) = self.unclosed_quote() else { break };
                restarts += 1;
                if restarts > RESTARTS {
                    return;
                }
                at = restart;
                continue;
            };
            let chars: Vec<char> = line.chars().collect();
            if let Some((sign, ..)) = self.quote {
                if let Some(end) = closing(&chars, 0, sign) {
                    if after_value(&chars, end + 1, !self.flow.is_empty()).is_none() {
                        self.quote_closed(at, &chars, end + 1);
                    } else if let Some(restart) = self.unclosed_quote() {
                        // What follows the 'closing' quote shows that it opens another text.
                        restarts += 1;
                        if restarts > RESTARTS {
                            return;
                        }
                        at = restart;
                        continue;
                    }
                }
            } else if !self.in_block(&chars) {
                if self.flow.is_empty() {
                    self.block_line(at, &chars);
                } else {
                    self.flow_line(at, &chars, 0);
                }
            }
            at += 1;
        }
        if let (Some(open), false) = (self.flow.first(), self.stop) {
            self.traps.push(Trap { span: open.span, kind: TrapKind::Unclosed(open.sign), fix: None });
        }
    }

    fn in_block(&mut self, chars: &[char]) -> bool {
        let Some(parent) = self.block else { return false };
        let indent = chars.iter().take_while(|c| **c == ' ').count();
        if chars.iter().all(|c| c.is_whitespace()) || indent > parent {
            return true;
        }
        self.block = None;
        false
    }

    fn quote_closed(&mut self, at: usize, chars: &[char], after: usize) {
        self.quote = None;
        if self.flow.is_empty() {
            self.after_scalar(at, chars, after, 0);
        } else {
            self.flow_line(at, chars, after);
        }
    }

    /// Names the quote that is still open and forgets it; the line to go on with.
    fn unclosed_quote(&mut self) -> Option<usize> {
        let (sign, line, column) = self.quote.take()?;
        self.flow.clear();
        let chars: Vec<char> = self.lines[line].chars().collect();
        let end = trimmed_end(&chars, chars.len());
        let inner: String = chars[column + 1..end.max(column + 1)].iter().collect();
        self.trap(line, &chars, (column, end), TrapKind::Unclosed(sign), Some(&quoted(&inner)));
        Some(line + 1)
    }

    pub(super) fn open_quote(&mut self, sign: char, line: usize, column: usize) {
        self.quote = Some((sign, line, column));
    }

    /// Records a trap; `value` replaces the characters `from..to` in the corrected line.
    pub(super) fn trap(
        &mut self,
        line: usize,
        chars: &[char],
        (from, to): (usize, usize),
        kind: TrapKind,
        value: Option<&str>,
    ) {
        // Nobody reads a line that long, and a hundred copies of it are a bomb.
        let fix = value.filter(|_| chars.len() <= LONGEST).map(|value| {
            let before: String = chars[..from].iter().collect();
            let after: String = chars[to.min(chars.len())..].iter().collect();
            format!("{before}{value}{after}")
        });
        let span = Span { line: line as u32 + 1, column: from as u32 + 1, end: to as u32 + 1 };
        self.traps.push(Trap { span, kind, fix });
        self.stop |= self.traps.len() >= MOST;
    }

    fn block_line(&mut self, at: usize, chars: &[char]) {
        let indent = chars.iter().take_while(|c| is_blank(**c)).count();
        let Some(first) = chars.get(indent) else { return };
        if *first == '#' || (indent == 0 && is_document_mark(chars)) {
            return;
        }
        if let Some(odd) = chars[..indent].iter().position(|c| *c != ' ') {
            let kind = if chars[odd] == '\t' { TrapKind::Tab } else { TrapKind::NoBreakSpace };
            let spaces: String = chars[odd..indent].iter().map(|c| if *c == '\t' { "  " } else { " " }).collect();
            self.trap(at, chars, (odd, indent), kind, Some(&spaces));
            return;
        }
        if *first == '-' && self.is_glued_dash(at, chars, indent) {
            let skip = usize::from(is_no_break_space(chars[indent + 1]));
            self.trap(at, chars, (indent, indent + 1 + skip), TrapKind::GluedDash, Some("- "));
            return;
        }
        self.dashes = 0;
        self.value(at, chars, indent, indent, Position::Line);
    }

    /// `-Orange` where a list is expected: under a key that has no value yet, or beside other items.
    fn is_glued_dash(&self, at: usize, chars: &[char], indent: usize) -> bool {
        let Some(next) = chars.get(indent + 1) else { return false };
        if matches!(next, ' ' | '-' | '\t') {
            return false;
        }
        let before = self.lines[..at].iter().rev().take(50).find(|line| is_significant(line));
        before.is_some_and(|line| {
            let line = line.trim_end();
            let dashed = line.trim_start().starts_with('-') && line.len() - line.trim_start().len() == indent;
            dashed || without_comment(line).ends_with(':')
        })
    }

    /// A value that starts at `from`; `base` is the column of the structure that it belongs to.
    fn value(&mut self, at: usize, chars: &[char], from: usize, base: usize, position: Position) {
        let Some(sign) = chars.get(from).copied() else { return };
        let next = chars.get(from + 1).copied();
        let end = value_end(chars, from);
        match sign {
            '-' if next.is_none_or(|c| matches!(c, ' ' | '\t')) => {
                if position == Position::AfterKey {
                    let item = text_of(chars, skip_spaces(chars, from + 1), end);
                    let list = format!("[{}]", if is_plain(&item) { item } else { quoted(&item) });
                    return self.trap(at, chars, (from, end), TrapKind::ListOnKeyLine, Some(&list));
                }
                self.dashes += 1;
                if self.dashes > DEEPEST {
                    let span = Span { line: at as u32 + 1, column: from as u32 + 1, end: from as u32 + 2 };
                    self.traps.push(Trap { span, kind: TrapKind::Deep, fix: None });
                    self.stop = true;
                    return;
                }
                let inner = skip_spaces(chars, from + 1);
                self.value(at, chars, inner, from, Position::Item);
            }
            '#' => {
                let cut = next.is_some_and(|c| !c.is_whitespace());
                if cut && position != Position::Line && !self.is_nested_below(at, base, position) {
                    let end = trimmed_end(chars, chars.len());
                    let value = quoted(&text_of(chars, from, end));
                    self.trap(at, chars, (from, end), TrapKind::Sign('#'), Some(&value));
                }
            }
            '"' | '\'' => match closing(chars, from + 1, sign) {
                None => self.open_quote(sign, at, from),
                Some(close) if sign == '"' && bad_escape(chars, from, close) => {
                    let value = single_quoted(&text_of(chars, from + 1, close));
                    self.trap(at, chars, (from, close + 1), TrapKind::Escape, Some(&value));
                }
                Some(close) => {
                    if after_value(chars, close + 1, false).is_none() {
                        self.after_scalar(at, chars, close + 1, from);
                    } else {
                        let value = quoted(&without_quotes(&text_of(chars, from, end), sign));
                        self.trap(at, chars, (from, end), TrapKind::Quote(sign), Some(&value));
                    }
                }
            },
            '[' | '{' => self.flow_line(at, chars, from),
            '|' | '>' => {
                if is_block_header(&chars[from + 1..]) {
                    self.block = Some(base);
                } else {
                    let value = quoted(&text_of(chars, from, end));
                    self.trap(at, chars, (from, end), TrapKind::Sign(sign), Some(&value));
                }
            }
            '&' | '*' | '!' | '@' | '`' | '%' => self.sign(at, chars, (from, end), base, position),
            _ => self.plain(at, chars, from, base, position),
        }
    }

    fn sign(&mut self, at: usize, chars: &[char], (from, end): (usize, usize), base: usize, position: Position) {
        let value = quoted(&text_of(chars, from, end));
        let alone = !chars[from..end].iter().any(|c| c.is_whitespace());
        match chars[from] {
            '&' if !(alone && position == Position::Item && !self.is_nested_below(at, base, position)) => {
                let end = from + chars[from..end].iter().take_while(|c| !c.is_whitespace()).count();
                self.trap(at, chars, (from, end), TrapKind::Anchor, None);
            }
            '*' if position == Position::AfterKey => self.trap(at, chars, (from, end), TrapKind::Alias, None),
            sign => self.trap(at, chars, (from, end), TrapKind::Sign(sign), Some(&value)),
        }
    }

    /// An unquoted text: a key with its value, or a value up to the end of the line.
    fn plain(&mut self, at: usize, chars: &[char], from: usize, base: usize, position: Position) {
        let mut i = from;
        while let Some(c) = chars.get(i) {
            if *c == ':' && chars.get(i + 1).is_none_or(|next| matches!(next, ' ' | '\t')) {
                return self.key(at, chars, (from, i), base, position);
            }
            if *c == '#' && i > from && chars[i - 1].is_whitespace() {
                if chars.get(i + 1).is_some_and(|next| !next.is_whitespace()) {
                    let end = trimmed_end(chars, chars.len());
                    let value = quoted(&text_of(chars, from, end));
                    self.trap(at, chars, (from, end), TrapKind::Cut, Some(&value));
                }
                return;
            }
            i += 1;
        }
        let word: String = chars[from..].iter().take_while(|c| **c != ':').collect();
        let after = from + word.chars().count() + 1;
        if keys::is_known(&word) && chars.get(after).is_some_and(|c| is_no_break_space(*c)) {
            self.trap(at, chars, (after, after + 1), TrapKind::NoBreakSpace, Some(" "));
        }
    }

    fn key(&mut self, at: usize, chars: &[char], (from, colon): (usize, usize), base: usize, position: Position) {
        let name = text_of(chars, from, trimmed_end(chars, colon));
        let spaced = colon > 0 && chars[colon - 1].is_whitespace();
        let end = value_end(chars, from);
        if position == Position::AfterKey || (position == Position::Item && spaced && !keys::is_known(&name)) {
            let value = quoted(&without_guillemets(&text_of(chars, from, end)));
            return self.trap(at, chars, (from, end), TrapKind::Colon, Some(&value));
        }
        if name == "<<" {
            return self.trap(at, chars, (from, from + 2), TrapKind::Merge, None);
        }
        let value = skip_spaces(chars, colon + 1);
        // The items of a list may stand below their key's own column.
        let base = if position == Position::Line { from.max(base) } else { from };
        self.value(at, chars, value, base, Position::AfterKey);
    }

    /// What follows a closed quote outside brackets: a key's colon, a comment, nothing.
    fn after_scalar(&mut self, at: usize, chars: &[char], after: usize, base: usize) {
        let colon = skip_spaces(chars, after);
        if chars.get(colon) == Some(&':') {
            let value = skip_spaces(chars, colon + 1);
            self.value(at, chars, value, base, Position::AfterKey);
        }
    }

    /// True when the value of this line is written on the lines below.
    fn is_nested_below(&self, at: usize, base: usize, position: Position) -> bool {
        let below = self.lines[at + 1..].iter().find(|line| is_significant(line));
        below.is_some_and(|line| {
            let indent = line.chars().take_while(|c| *c == ' ').count();
            let dash = line.trim_start().starts_with("- ") && position == Position::AfterKey;
            indent > base || (indent == base && dash)
        })
    }
}

/// Where on its line a value starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    Line,
    Item,
    AfterKey,
}

pub(super) fn is_no_break_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{3000}')
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t') || is_no_break_space(c)
}

fn is_significant(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('#')
}

fn is_document_mark(chars: &[char]) -> bool {
    let line: String = chars.iter().collect();
    matches!(line.trim_end(), "---" | "...")
}

fn without_comment(line: &str) -> &str {
    line.find(" #").map_or(line, |at| &line[..at]).trim_end()
}

fn is_block_header(rest: &[char]) -> bool {
    let header = rest.iter().take_while(|c| !c.is_whitespace()).count();
    let tail = skip_spaces(rest, header);
    header <= 2
        && rest[..header].iter().all(|c| matches!(c, '+' | '-' | '1'..='9'))
        && rest.get(tail).is_none_or(|c| *c == '#' && tail > header)
}

pub(super) fn skip_spaces(chars: &[char], from: usize) -> usize {
    from + chars[from.min(chars.len())..].iter().take_while(|c| matches!(c, ' ' | '\t')).count()
}

/// Where the quote that opened before `from` closes.
pub(super) fn closing(chars: &[char], from: usize, sign: char) -> Option<usize> {
    let mut i = from;
    while let Some(c) = chars.get(i) {
        match c {
            '\\' if sign == '"' => i += 1,
            '\'' if sign == '\'' && chars.get(i + 1) == Some(&'\'') => i += 1,
            c if *c == sign => return Some(i),
            _ => {}
        }
        i += 1;
    }
    None
}

/// The first character after a quoted value that may not stand there.
pub(super) fn after_value(chars: &[char], from: usize, flow: bool) -> Option<usize> {
    let at = skip_spaces(chars, from);
    let c = *chars.get(at)?;
    let fine = match c {
        '#' => at > from,
        ':' => flow || chars.get(at + 1).is_none_or(|c| c.is_whitespace()),
        ',' | ']' | '}' => flow,
        _ => false,
    };
    (!fine).then_some(at)
}

/// The end of an unquoted value on its line: before a comment and trailing white space.
fn value_end(chars: &[char], from: usize) -> usize {
    let comment = (from + 1..chars.len()).find(|i| {
        chars[*i] == '#' && chars[*i - 1].is_whitespace() && chars.get(i + 1).is_none_or(|c| c.is_whitespace())
    });
    trimmed_end(chars, comment.unwrap_or(chars.len())).max(from)
}

pub(super) fn trimmed_end(chars: &[char], to: usize) -> usize {
    chars[..to].iter().rposition(|c| !c.is_whitespace()).map_or(0, |last| last + 1)
}

pub(super) fn text_of(chars: &[char], from: usize, to: usize) -> String {
    chars[from.min(to)..to].iter().collect()
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | '\'' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The only trap of a text: its line and column, its kind, the corrected line.
    fn only(text: &str) -> (u32, u32, TrapKind, String) {
        let traps = scan(text);
        assert_eq!(traps.len(), 1, "{text:?}: {traps:#?}");
        let trap = &traps[0];
        (trap.span.line, trap.span.column, trap.kind, trap.fix.as_deref().unwrap_or_default().trim().to_owned())
    }

    #[test]
    fn every_trap_is_found_at_its_place_with_the_corrected_line() {
        for (text, column, kind, fix) in [
            ("- #MaMarque", 3, TrapKind::Sign('#'), "- \"#MaMarque\""),
            ("- &co", 3, TrapKind::Sign('&'), "- \"&co\""),
            ("- !marque", 3, TrapKind::Sign('!'), "- \"!marque\""),
            ("- @x", 3, TrapKind::Sign('@'), "- \"@x\""),
            ("- %5", 3, TrapKind::Sign('%'), "- \"%5\""),
            ("- `x`", 3, TrapKind::Sign('`'), "- \"`x`\""),
            ("- *marque", 3, TrapKind::Sign('*'), "- \"*marque\""),
            ("- |x", 3, TrapKind::Sign('|'), "- \"|x\""),
            ("- >x", 3, TrapKind::Sign('>'), "- \">x\""),
            ("- marque #x", 3, TrapKind::Cut, "- \"marque #x\""),
            ("name: Campagne #Noël", 7, TrapKind::Cut, "name: \"Campagne #Noël\""),
            ("name: #Noël", 7, TrapKind::Sign('#'), "name: \"#Noël\""),
            ("any: [a, #x]", 10, TrapKind::Sign('#'), "any: [a, \"#x\"]"),
            ("any: [#x, b]", 7, TrapKind::Sign('#'), "any: [\"#x\", b]"),
            ("any: [a #x, b]", 7, TrapKind::Cut, "any: [\"a #x\", b]"),
            ("any: [a, @x]", 10, TrapKind::Sign('@'), "any: [a, \"@x\"]"),
            ("- Note : 5 étoiles", 3, TrapKind::Colon, "- \"Note : 5 étoiles\""),
            ("- « Vigilance : orange »", 3, TrapKind::Colon, "- \"Vigilance : orange\""),
            ("name: Orange : opérateur # x", 7, TrapKind::Colon, "name: \"Orange : opérateur\" # x"),
            ("any: [Note : 5, b]", 7, TrapKind::Colon, "any: [\"Note : 5\", b]"),
            ("{name: a : b}", 8, TrapKind::Colon, "{name: \"a : b\"}"),
            ("- 'L'Oréal'", 3, TrapKind::Quote('\''), "- \"L'Oréal\""),
            ("any: ['L'Oréal', b]", 7, TrapKind::Quote('\''), "any: [\"L'Oréal\", b]"),
            ("- \"dit \"oui\"\"", 3, TrapKind::Quote('"'), "- 'dit \"oui\"'"),
            ("- \"quoi\\?\"", 3, TrapKind::Escape, "- 'quoi\\?'"),
            ("any: [\"l'C\\*\", b]", 7, TrapKind::Escape, "any: ['l''C\\*', b]"),
            ("- \"a\" ou b", 3, TrapKind::Quote('"'), "- '\"a\" ou b'"),
            ("- 'Oréal\n- b", 3, TrapKind::Unclosed('\''), "- \"Oréal\""),
            ("any: [a,\n  b", 6, TrapKind::Unclosed('['), ""),
            ("any: &x [a]", 6, TrapKind::Anchor, ""),
            ("any: *x", 6, TrapKind::Alias, ""),
            ("<<: *x", 1, TrapKind::Merge, ""),
            ("match: {any: *x}", 14, TrapKind::Alias, ""),
            ("match: {any: &x [a, b]}", 14, TrapKind::Anchor, ""),
            ("lists: {l: &x [aa], m: [bb]}", 12, TrapKind::Anchor, ""),
            ("- {<<: *x, id: o}", 4, TrapKind::Merge, ""),
            ("- {<<: [*x, *y], id: o}", 4, TrapKind::Merge, ""),
            ("- {id: o, <<: *x}", 11, TrapKind::Merge, ""),
            ("any: [a, *x]", 10, TrapKind::Sign('*'), "any: [a, \"*x\"]"),
            ("any: [a, &x]", 10, TrapKind::Sign('&'), "any: [a, \"&x\"]"),
            ("{all: [a], any: [*x]}", 18, TrapKind::Sign('*'), "{all: [a], any: [\"*x\"]}"),
            ("any: - x", 6, TrapKind::ListOnKeyLine, "any: [x]"),
            ("name:\u{a0}Orange", 6, TrapKind::NoBreakSpace, "name: Orange"),
            (
                "{url: https://x.example/{id}, a: b}",
                7,
                TrapKind::Bracket('{'),
                "{url: \"https://x.example/{id}\", a: b}",
            ),
        ] {
            assert_eq!(only(text), (1, column, kind, fix.to_owned()), "{text:?}");
        }
        assert_eq!(only("any:\n  -Orange"), (2, 3, TrapKind::GluedDash, "- Orange".to_owned()));
        assert_eq!(only("any:\n  -\u{a0}Orange"), (2, 3, TrapKind::GluedDash, "- Orange".to_owned()));
        assert_eq!(only("any:\n\t- a"), (2, 1, TrapKind::Tab, "- a".to_owned()));
        assert_eq!(only("any:\n \u{a0}- a"), (2, 2, TrapKind::NoBreakSpace, "- a".to_owned()));
    }

    #[test]
    fn the_scan_never_looks_inside_comments_quotes_and_block_scalars() {
        for text in [
            "# - #x 'a\n- a # b\n-  b   #\n",
            "- \"a #x : y\"\n- 'l''été #x'\n- \"a\\\"b #x\"\n",
            "a: |\n  - #x\n\n  b: 'c\nb: >-\n  @x\n",
            "- |\n  a #x\n- text: |2\n    'x\n",
            "a: \"deux\n  lignes #x\"\nb: 'trois\n\n  lignes' # c\n",
            "brands: #mes marques\n  - id: a\n",
            "any: #termes\n- a\n",
            "- [a, \"#x\", 'b : c'] # d\n- {a: [b, \"c\"], d: 'e'}\n",
            "any: [\n  a,  # un\n  # deux\n  b\n]\n",
            "- l'orange\n- C&A\n- N°5\n- a*b\n- x@y.z\n- 100%\n- (ville|mairie) d'orange\n",
            "- feed: https://x.example/a#b\n  every : 5m\nchannels:\n  comms : {email: x}\n",
            "- orange.fr:8080\n- 12:30\n---\na: -1\nb: -\u{e9}t\u{e9}\n",
            "\"a\": b\n'c' : [d]\n? e\n",
            "",
        ] {
            assert_eq!(scan(text), [], "{text:?}");
        }
    }

    #[test]
    fn hostile_texts_are_scanned_in_a_moment() {
        let started = std::time::Instant::now();
        for text in [
            "[".repeat(2_000_000),
            "'".repeat(2_000_001),
            "- '\n".repeat(700_000),
            "- #x\n".repeat(700_000),
            "a: #x\n\n\n\n".repeat(300_000),
            "{a: ".repeat(700_000),
            "- -".repeat(700_000),
            "- ".repeat(2_000_000),
            format!("a: [{}]", "*a,".repeat(1_000_000)),
            "a: ".repeat(700_000),
            "\t".repeat(2_000_000),
            " ".repeat(2_000_000) + "x",
        ] {
            let traps = scan(&text);
            assert!(traps.len() <= MOST);
            assert!(traps.iter().filter_map(|trap| trap.fix.as_ref()).map(String::len).sum::<usize>() < 1 << 22);
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
        let deep = scan(&"[".repeat(2_000_000));
        assert_eq!((deep.len(), deep[0].kind, deep[0].span.column), (1, TrapKind::Deep, 33));
        let dashes = scan(&format!("a:\n  {}x", "- ".repeat(33)));
        assert_eq!((dashes.len(), dashes[0].kind, dashes[0].span.column), (1, TrapKind::Deep, 67));
        assert!(scan(&format!("{}x", "- ".repeat(30))).is_empty());
    }
}
