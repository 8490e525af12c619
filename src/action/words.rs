//! Words that people answer with: the first line that is their own, in French or English, whatever the mail's
//! language. Owns the words; a line that says more than one of them says none.

use super::Action;
use crate::mention::Polarity;
use crate::text::fold::fold_string;

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// An action that needs nothing else.
    Action(Action),
    /// To be sent to the channel of this name.
    Forward(String),
    /// The tone is another one, and not which.
    WrongTone,
}

/// Longer lines are prose.
const LONGEST: usize = 80;

const NEGATIVE: Action = Action::Tone(Polarity::Negative);
const NEUTRAL: Action = Action::Tone(Polarity::Neutral);
const POSITIVE: Action = Action::Tone(Polarity::Positive);

/// As they are compared: folded, in lower case.
const WORDS: &[(&str, Action)] = &[
    ("traite", Action::Handled),
    ("traitee", Action::Handled),
    ("c'est traite", Action::Handled),
    ("fait", Action::Handled),
    ("c'est fait", Action::Handled),
    ("regle", Action::Handled),
    ("c'est regle", Action::Handled),
    ("repondu", Action::Handled),
    ("handled", Action::Handled),
    ("done", Action::Handled),
    ("replied", Action::Handled),
    ("je m'en occupe", Action::Mine),
    ("je prends", Action::Mine),
    ("je m'en charge", Action::Mine),
    ("je gere", Action::Mine),
    ("pris en charge", Action::Mine),
    ("pour moi", Action::Mine),
    ("mine", Action::Mine),
    ("i take it", Action::Mine),
    ("i'll take it", Action::Mine),
    ("i'm on it", Action::Mine),
    ("on it", Action::Mine),
    ("pas nous", Action::NotUs),
    ("ce n'est pas nous", Action::NotUs),
    ("pas pour nous", Action::NotUs),
    ("rien a voir", Action::NotUs),
    ("hors sujet", Action::NotUs),
    ("not us", Action::NotUs),
    ("wrong match", Action::NotUs),
    ("off topic", Action::NotUs),
    ("positif", POSITIVE),
    ("positive", POSITIVE),
    ("ton positif", POSITIVE),
    ("positive tone", POSITIVE),
    ("neutre", NEUTRAL),
    ("neutral", NEUTRAL),
    ("ton neutre", NEUTRAL),
    ("neutral tone", NEUTRAL),
    ("negatif", NEGATIVE),
    ("negative", NEGATIVE),
    ("ton negatif", NEGATIVE),
    ("negative tone", NEGATIVE),
    ("sourdine", Action::MuteStory),
    ("en sourdine", Action::MuteStory),
    ("mettre en sourdine", Action::MuteStory),
    ("mute", Action::MuteStory),
    ("mute story", Action::MuteStory),
];

/// Of three tones two are left.
const WRONG_TONE: &[&str] =
    &["mauvais ton", "ton faux", "ton errone", "pas le bon ton", "wrong tone", "wrong sentiment", "bad tone"];

/// Behind these stands the name of a channel.
const FORWARD: &[&str] =
    &["transferer a ", "transferer ", "transmettre a ", "faire suivre a ", "forward to ", "forward "];

/// What the first line of an answer asks for: the line whole, or up to its first mark (`Traité, merci !`).
#[must_use]
pub fn said(text: &str) -> Option<Said> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    if line.starts_with('>') || line.chars().count() > LONGEST {
        return None;
    }
    let line = line.replace(['’', '‘', 'ʼ', '´'], "'");
    let quotes: &[char] = &['«', '»', '"', '“', '”', '*', '\u{a0}', '\u{202f}'];
    let end = line.find([',', ';', ':', '!', '?', '(', '–', '—', '\t']);
    let own = line[..end.unwrap_or(line.len())].replace(quotes, " ");
    let folded = fold_string(own.trim().trim_end_matches(['.', '…', ' ']));
    let words = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((_, action)) = WORDS.iter().find(|(word, _)| *word == words) {
        return Some(Said::Action(*action));
    }
    if WRONG_TONE.contains(&words.as_str()) {
        return Some(Said::WrongTone);
    }
    let name = FORWARD.iter().find_map(|start| words.strip_prefix(start))?;
    let is_one = !matches!(name, "" | "a" | "to") && !name.contains(' ');
    is_one.then(|| Said::Forward(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_says_what_to_do_in_either_language() {
        for (text, action) in [
            ("traité", Action::Handled),
            ("Traitée.\n\nCordialement,\nZoé", Action::Handled),
            ("\n\n  TRAITÉ, merci !\n> Le 20 novembre…", Action::Handled),
            ("C’est fait !", Action::Handled),
            ("Handled", Action::Handled),
            ("Je m’en occupe", Action::Mine),
            ("I'm on it.", Action::Mine),
            ("« pas nous »", Action::NotUs),
            ("Pas nous : c’est la ville", Action::NotUs),
            ("not us", Action::NotUs),
            ("négatif", NEGATIVE),
            ("Ton neutre", NEUTRAL),
            ("*positif*", POSITIVE),
            ("sourdine", Action::MuteStory),
            ("mute story", Action::MuteStory),
        ] {
            assert_eq!(said(text), Some(Said::Action(action)), "{text}");
        }
        for (text, channel) in
            [("Transférer à crise", "crise"), ("forward to crisis.", "crisis"), ("Faire suivre à Support !", "support")]
        {
            assert_eq!(said(text), Some(Said::Forward(channel.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_wrong_tone_says_not_which_is_right() {
        for text in ["Mauvais ton", "mauvais ton !", "« Pas le bon ton »", "Wrong tone.", "wrong tone: negative"] {
            assert_eq!(said(text), Some(Said::WrongTone), "{text}");
        }
        assert_eq!(said("le mauvais ton de cet article"), None);
    }

    #[test]
    fn prose_and_quotes_say_nothing() {
        for text in [
            "",
            "> traité",
            "pas traité",
            "traité par Zoé hier",
            "Je suis absente jusqu’au 3 décembre, merci d’écrire à cm@acme.example",
            "Bonjour,\ntraité",
            "transférer à",
            "pour la crise de demain matin",
            &"traité ".repeat(40),
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }

    #[test]
    fn every_word_is_written_as_it_is_compared_and_once() {
        for (place, (word, action)) in WORDS.iter().enumerate() {
            assert_eq!(fold_string(word), *word);
            assert_eq!(said(word), Some(Said::Action(*action)));
            assert!(WORDS[..place].iter().all(|(other, _)| other != word), "{word}");
        }
    }
}
