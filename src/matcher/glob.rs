//! Wildcards against characters: `*` none or more, `?` one, of a word's characters. Linear in practice,
//! at worst the product of both lengths. Knows no words' bounds.

use crate::query::variants::{MANY, ONE};
use crate::text::fold::class::{Class, class};

/// True when the whole of `text` is what `pattern` says.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let of_a_word = |c: char| class(c) != Class::Other;
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    // Behind the last `*`: where to try again, one character on.
    let mut again: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let mut next = pattern.clone();
        let fits = match (next.next(), text.clone().next()) {
            (None, None) => return true,
            (Some(MANY), _) => {
                pattern = next;
                again = Some((pattern.clone(), text.clone()));
                continue;
            }
            (Some(ONE), Some(c)) => of_a_word(c),
            (Some(wanted), Some(c)) => wanted == c,
            (_, None) | (None, Some(_)) => false,
        };
        if fits {
            pattern = next;
            text.next();
            continue;
        }
        let Some((after_star, from)) = &mut again else { return false };
        if !from.next().is_some_and(of_a_word) {
            return false;
        }
        pattern = after_star.clone();
        text = from.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::{MANY, ONE, matches};

    #[test]
    fn a_star_is_none_or_more_and_a_question_mark_is_one() {
        for (pattern, text, expected) in [
            ("boycott*", "boycott", true),
            ("boycott*", "boycotter", true),
            ("boycott*", "boycot", false),
            ("c?cotte", "cocotte", true),
            ("c?cotte", "ccotte", false),
            ("*a*b*c", "xxaxbbxc", true),
            ("*a*b*c", "xxaxbbxd", false),
            ("a*", "a b", false),
            ("a* b", "axx b", true),
            ("*ing", "inging", true),
        ] {
            let pattern: String = pattern
                .chars()
                .map(|c| {
                    if c == '*' {
                        MANY
                    } else if c == '?' {
                        ONE
                    } else {
                        c
                    }
                })
                .collect();
            assert_eq!(matches(&pattern, text), expected, "{pattern} {text}");
        }
    }
}
