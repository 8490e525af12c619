//! Emoji and emoticons and their valence. Owns their table and where one may start; not their weight
//! in a sentence.

use std::collections::HashMap;

const TABLE: &str = include_str!("data/signs.tsv");

/// The table of signs.
pub(super) struct Signs {
    emoji: HashMap<char, f32>,
    /// ASCII, longest first.
    emoticons: Vec<(&'static str, f32)>,
    /// Which ASCII characters an emoticon starts with.
    starts: [bool; 128],
}

impl Signs {
    pub(super) fn load() -> Self {
        let mut signs = Self { emoji: HashMap::new(), emoticons: Vec::new(), starts: [false; 128] };
        for (sign, valence) in rows() {
            if sign.is_ascii() {
                signs.starts[usize::from(sign.as_bytes()[0])] = true;
                signs.emoticons.push((sign, valence));
            } else if let Some(emoji) = sign.chars().next() {
                signs.emoji.insert(emoji, valence);
            }
        }
        signs.emoticons.sort_by_key(|(sign, _)| std::cmp::Reverse(sign.len()));
        signs
    }

    /// The sign that `text` starts with and its length in bytes; `before` is the character in front.
    pub(super) fn at(&self, text: &str, before: char) -> Option<(f32, usize)> {
        let first = text.chars().next()?;
        if !first.is_ascii() {
            // Below the arrows there are letters and punctuation only.
            return (first >= '\u{2190}')
                .then(|| self.emoji.get(&first).map(|&valence| (valence, first.len_utf8())))?;
        }
        if !self.starts[first as usize] || before.is_ascii_digit() {
            return None;
        }
        let &(sign, valence) = self.emoticons.iter().find(|(sign, _)| text.starts_with(sign))?;
        let after = text[sign.len()..].chars().next().unwrap_or(' ');
        let ends_in_letter = sign.ends_with(|c: char| c.is_ascii_alphanumeric());
        // `:D` but not `:Demain`; `:/` but not `://`.
        let clear = if ends_in_letter { !after.is_alphanumeric() } else { after != '/' };
        clear.then_some((valence, sign.len()))
    }
}

/// Sign and valence, in the file's order.
fn rows() -> impl Iterator<Item = (&'static str, f32)> {
    TABLE.lines().filter_map(|line| {
        let (sign, valence) = line.split_once('\t')?;
        Some((sign, valence.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_whole() {
        let signs: Vec<_> = rows().map(|(sign, _)| sign).collect();
        assert_eq!(signs.len(), TABLE.lines().count());
        assert!(signs.is_sorted_by(|a, b| a < b), "sorted, no duplicate");
        assert!(rows().all(|(sign, valence)| {
            (-4.0..=4.0).contains(&valence) && (sign.is_ascii() || sign.chars().count() == 1)
        }));
    }

    #[test]
    fn every_face_and_gesture_has_a_tone_or_is_known_to_have_none() {
        // Unicode 16: who is shown, what a hand points at, and faces that read either way.
        let neutral = "😮😯😲🙉🤖🤚🤫🤰🤱🤳🤴🤵🤶🤹🤺🥷🥸👀👁👂👃👄👅👆👇👈👉👐🫱🫲🫳🫴🫵🤏🫧💍💏💑💒";
        let signs = Signs::load();
        let ranges =
            ['😀'..='🙏', '🤌'..='🤏', '🤐'..='🤺', '🥰'..='🥺', '🫠'..='🫩', '🫰'..='🫸', '👀'..='👐', '💋'..='💟'];
        for face in ranges.into_iter().flatten() {
            assert_ne!(signs.emoji.contains_key(&face), neutral.contains(face), "{face}");
        }
    }

    #[test]
    fn an_emoticon_is_no_piece_of_a_word_or_an_address() {
        let signs = Signs::load();
        for (text, before, length) in [
            (":) merci", ' ', Some(2)),
            (":-( non", ' ', Some(3)),
            (":D", 'a', Some(2)),
            (":Demain", ' ', None),
            ("://site.example", 'p', None),
            (":p", '8', None),
            ("😡😡", ' ', Some(4)),
            ("é", ' ', None),
        ] {
            assert_eq!(signs.at(text, before).map(|(_, length)| length), length, "{text}");
        }
    }
}
