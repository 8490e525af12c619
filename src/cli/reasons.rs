//! Why a text has its tone, as lines: each word that decided, its valence after every rule, its clause.

use super::terminal::signed;
use crate::locale::Locale;
use crate::sentiment::{Part, Reason, Rule, Score};
use crate::text::clean::blanked;
use crate::text::excerpt;

/// Characters of a clause that are shown.
const CLAUSE: usize = 80;

/// Two lines a word, the strongest first.
pub(super) fn lines(parts: &[Part<'_>], score: &Score, reasons: &[Reason], locale: Locale) -> Vec<String> {
    let mut lines = Vec::with_capacity(2 * reasons.len());
    for (word, reason) in score.words.iter().zip(reasons) {
        lines.push(format!("  {:>6}  {}", signed(locale, word.valence), blanked(word.text(parts))));
        let step =
            |&(rule, valence): &(Rule, f32)| format!("{} {}", locale.text(&rule_key(rule)), signed(locale, valence));
        let steps: Vec<String> = reason.steps.iter().map(step).collect();
        let clause = parts.get(word.part).and_then(|part| part.text.get(reason.clause.clone())).unwrap_or_default();
        let clause = excerpt::excerpt(clause, &[], CLAUSE).text;
        lines.push(format!("          {} · {}", steps.join(" → "), blanked(&clause)));
    }
    lines
}

/// The locale's key of a rule; an event goes by its name.
fn rule_key(rule: Rule) -> String {
    match rule {
        Rule::Event(name) => format!("sentiment-event-{name}"),
        other => format!("sentiment-rule-{}", other.word()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::UiLanguage;
    use crate::sentiment;

    #[test]
    fn every_event_and_rule_has_its_text() {
        for language in [UiLanguage::French, UiLanguage::English] {
            let events = sentiment::event_names().map(Rule::Event);
            for rule in events.chain([Rule::Lexicon, Rule::Frame, Rule::Irony, Rule::Target]) {
                assert_ne!(Locale::of(language).text(&rule_key(rule)), rule_key(rule));
            }
        }
    }

    #[test]
    fn terminals_see_no_control_characters() {
        let parts = [Part { text: "nul \u{1b}[31m", target: &[] }];
        let input = sentiment::Input { parts: &parts, language: crate::text::language::Language::FRENCH };
        let (score, reasons) = sentiment::explain(&input, &sentiment::Tuning::default()).expect("a lexicon");
        let lines = lines(&parts, &score, &reasons, Locale::of(UiLanguage::French));
        assert_eq!(blanked("super\u{1b}[31m"), "super [31m");
        assert!(lines.len() == 2 && !lines.concat().contains(char::is_control), "{lines:?}");
    }
}
