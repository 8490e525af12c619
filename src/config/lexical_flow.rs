//! The traps of YAML's surface inside brackets; the other half of `lexical`.

use super::keys;
use super::lexical::{
    Open, Scanner, TrapKind, after_value, bad_escape, closing, quoted, single_quoted, skip_spaces, text_of,
    trimmed_end, without_quotes,
};
use super::places::{DEEPEST, Span};

impl Scanner<'_> {
    /// Reads a line, or what is left of it, as the inside of brackets.
    pub(super) fn flow_line(&mut self, at: usize, chars: &[char], from: usize) {
        let mut i = from;
        while !self.stop {
            i = skip_spaces(chars, i);
            let Some(sign) = chars.get(i).copied() else { return };
            i = match sign {
                // libyaml takes any `#` at the start of a value for a comment, also in `[#x]`.
                '#' if self.fresh || i == 0 || chars[i - 1].is_whitespace() => {
                    let whole_line = chars[..i].iter().all(|c| c.is_whitespace());
                    if whole_line || chars.get(i + 1).is_none_or(|c| c.is_whitespace()) {
                        return;
                    }
                    self.flow_trap(at, chars, i, TrapKind::Sign('#'))
                }
                '[' | '{' => {
                    self.open(at, sign, i);
                    i + 1
                }
                ']' | '}' => {
                    self.flow.pop();
                    self.fresh = false;
                    if self.flow.is_empty() {
                        return;
                    }
                    i + 1
                }
                ',' => {
                    self.fresh = true;
                    self.valued = false;
                    i + 1
                }
                ':' => {
                    self.fresh = true;
                    self.valued = true;
                    i + 1
                }
                '"' | '\'' if self.fresh => match closing(chars, i + 1, sign) {
                    None => return self.open_quote(sign, at, i),
                    Some(close) if after_value(chars, close + 1, true).is_some() => {
                        self.flow_trap(at, chars, i, TrapKind::Quote(sign))
                    }
                    Some(close) if sign == '"' && bad_escape(chars, i, close) => {
                        let value = single_quoted(&text_of(chars, i + 1, close));
                        self.trap(at, chars, (i, close + 1), TrapKind::Escape, Some(&value));
                        self.fresh = false;
                        close + 1
                    }
                    Some(close) => {
                        self.fresh = false;
                        close + 1
                    }
                },
                '&' if self.valued && self.fresh => {
                    let length = chars[i..].iter().take_while(|c| !c.is_whitespace() && !matches!(c, ',' | ']' | '}'));
                    let end = i + length.count();
                    self.trap(at, chars, (i, end), TrapKind::Anchor, None);
                    end
                }
                '*' if self.valued && self.fresh => self.flow_trap(at, chars, i, TrapKind::Alias),
                '&' | '*' | '!' | '@' | '`' | '%' | '|' | '>' if self.fresh => {
                    self.flow_trap(at, chars, i, TrapKind::Sign(sign))
                }
                _ => self.flow_plain(at, chars, i),
            };
        }
    }

    fn open(&mut self, at: usize, sign: char, column: usize) {
        let span = Span { line: at as u32 + 1, column: column as u32 + 1, end: column as u32 + 2 };
        if self.flow.len() == DEEPEST {
            self.traps.push(super::lexical::Trap { span, kind: TrapKind::Deep, fix: None });
            self.stop = true;
            return;
        }
        self.flow.push(Open { sign, span });
        self.fresh = true;
        self.valued = false;
    }

    /// An unquoted text inside brackets; the place after it.
    fn flow_plain(&mut self, at: usize, chars: &[char], from: usize) -> usize {
        let mut i = from;
        while let Some(c) = chars.get(i).copied() {
            match c {
                ',' | ']' | '}' => break,
                '[' | '{' => return self.flow_trap(at, chars, from, TrapKind::Bracket(c)),
                ':' if chars.get(i + 1).is_none_or(|next| matches!(next, ' ' | '\t' | ',' | ']' | '}' | '[' | '{')) => {
                    let name = text_of(chars, from, trimmed_end(chars, i));
                    let spaced = i > from && chars[i - 1].is_whitespace();
                    let in_list = self.flow.last().is_some_and(|open| open.sign == '[');
                    if name == "<<" && !self.valued {
                        self.trap(at, chars, (from, from + 2), TrapKind::Merge, None);
                        return self.merged(chars, i + 1);
                    }
                    if self.valued || (in_list && spaced && !keys::is_known(&name)) {
                        return self.flow_trap(at, chars, from, TrapKind::Colon);
                    }
                    break;
                }
                '#' if i > from && chars[i - 1].is_whitespace() => {
                    if chars.get(i + 1).is_none_or(|next| next.is_whitespace()) {
                        break;
                    }
                    return self.flow_trap(at, chars, from, TrapKind::Cut);
                }
                _ => {}
            }
            i += 1;
        }
        self.fresh = false;
        i.max(from + 1)
    }

    /// The place after what a merge key names on its line: of one mistake one is said.
    fn merged(&mut self, chars: &[char], from: usize) -> usize {
        self.fresh = false;
        let value = skip_spaces(chars, from);
        match chars.get(value) {
            Some('*') => flow_end(chars, value),
            Some('[') => closing_bracket(chars, value).map_or(value, |close| close + 1),
            _ => value,
        }
    }

    /// Records a trap for the value that starts at `from`; the place after that value.
    fn flow_trap(&mut self, at: usize, chars: &[char], from: usize, kind: TrapKind) -> usize {
        let end = flow_end(chars, from);
        let text = text_of(chars, from, end);
        let value = match kind {
            TrapKind::Alias => None,
            TrapKind::Quote(sign) => Some(quoted(&without_quotes(&text, sign))),
            _ => Some(quoted(&text)),
        };
        self.trap(at, chars, (from, end), kind, value.as_deref());
        self.fresh = false;
        end
    }
}

/// The end of the value between brackets that starts at `from`.
fn flow_end(chars: &[char], from: usize) -> usize {
    let mut depth = 0_u32;
    let mut end = from + 1;
    while let Some(c) = chars.get(end).copied() {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' if depth > 0 => depth -= 1,
            ',' | ']' | '}' if depth == 0 => break,
            '#' if chars[end - 1].is_whitespace() && chars.get(end + 1).is_none_or(|c| c.is_whitespace()) => break,
            _ => {}
        }
        end += 1;
    }
    trimmed_end(chars, end).max(from + 1)
}

/// Where the bracket at `open` closes on its line.
pub(super) fn closing_bracket(chars: &[char], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = open;
    while let Some(c) = chars.get(at).copied() {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' if depth <= 1 => return (depth == 1).then_some(at),
            ']' | '}' => depth -= 1,
            '"' | '\'' if matches!(chars[..at].iter().rfind(|c| **c != ' '), Some('[' | '{' | ',' | ':')) => {
                at = closing(chars, at + 1, c)?;
            }
            _ => {}
        }
        at += 1;
    }
    None
}
