//! The inside of a phrase: escapes, wildcards, alternatives, multiplied out. Bounded in number, size and
//! depth; knows nothing of words.

use super::term::{MAX_VARIANTS, TermError};

/// `*`: none or more of a word's characters. Of a private block, which a term cannot hold otherwise.
pub const MANY: char = '\u{E000}';
/// `?`: one of a word's characters.
pub const ONE: char = '\u{E001}';

const MAX_DEPTH: usize = 8;

/// Bytes of all variants of a term together, at most.
const MAX_TOTAL: usize = 4 << 20;

/// Reads a body from left to right.
pub(super) struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    escaped: bool,
}

impl<'a> Reader<'a> {
    /// The phrases of a term's body, and whether it has an escape.
    pub(super) fn read(body: &'a str) -> Result<(Vec<String>, bool), TermError> {
        let mut reader = Self { rest: body.chars().peekable(), escaped: false };
        let variants = reader.sequence(0)?;
        if let Some(left) = reader.rest.next() {
            return Err(TermError::Unbalanced(left));
        }
        Ok((variants.into_iter().map(|text| text.trim().to_owned()).collect(), reader.escaped))
    }

    /// Up to a `|` or `)` that is not its own.
    fn sequence(&mut self, depth: usize) -> Result<Vec<String>, TermError> {
        let mut variants = vec![String::new()];
        let push = |variants: &mut Vec<String>, c: char| {
            for variant in variants.iter_mut() {
                if c != MANY || !variant.ends_with(MANY) {
                    variant.push(c);
                }
            }
        };
        while let Some(&c) = self.rest.peek() {
            if matches!(c, '|' | ')') {
                break;
            }
            self.rest.next();
            match c {
                '(' => variants = product(&variants, &self.alternatives(depth + 1)?)?,
                '*' => push(&mut variants, MANY),
                '?' => push(&mut variants, ONE),
                '\\' if self.rest.peek().is_some_and(|&next| is_escapable(next)) => {
                    self.escaped = true;
                    if let Some(escaped) = self.rest.next() {
                        push(&mut variants, escaped);
                    }
                }
                '\\' if self.rest.peek().is_some_and(char::is_ascii_punctuation) => {
                    return Err(TermError::Escape(self.rest.next().unwrap_or(c)));
                }
                MANY | ONE => {}
                c => push(&mut variants, c),
            }
        }
        Ok(variants)
    }

    /// After a `(`, with its `)`.
    fn alternatives(&mut self, depth: usize) -> Result<Vec<String>, TermError> {
        if depth > MAX_DEPTH {
            return Err(TermError::TooDeep);
        }
        let mut all = Vec::new();
        loop {
            all.append(&mut self.sequence(depth)?);
            if all.len() > MAX_VARIANTS {
                return Err(TermError::TooManyVariants);
            }
            match self.rest.next() {
                Some(')') => return Ok(all),
                Some(_) => {}
                None => return Err(TermError::Unbalanced('(')),
            }
        }
    }
}

fn product(before: &[String], after: &[String]) -> Result<Vec<String>, TermError> {
    let size = |list: &[String]| list.iter().map(String::len).sum::<usize>();
    if before.len() * after.len() > MAX_VARIANTS || size(before) * after.len() + size(after) * before.len() > MAX_TOTAL
    {
        return Err(TermError::TooManyVariants);
    }
    Ok(before.iter().flat_map(|start| after.iter().map(move |end| format!("{start}{end}"))).collect())
}

/// The operators, the dot of a domain, the colon of a field, and the escape itself.
fn is_escapable(c: char) -> bool {
    "=^~*?(|)#@.:\\".contains(c)
}
