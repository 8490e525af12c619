//! `company: NAME`: the name in a construction that only a company stands in. Owns the name and the shipped
//! constructions (`data/company_*.txt`); finding them is `matcher`'s.

use std::sync::LazyLock;

use super::term::{Term, TermError};
use super::variants::{CLOSE, OPEN, Reader};
use crate::text::language::Language;

/// A name that is looked for where it acts as a company.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Company {
    /// As the watchlist writes it.
    pub name: String,
}

/// One construction around a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Construction {
    /// With [`OPEN`] and [`CLOSE`] around the name.
    pub text: String,
    /// Whether the name must be written as one.
    pub name: bool,
    /// In texts of this language, and of none known; absent: in all.
    pub language: Option<Language>,
}

/// A construction before a name is put in: what stands before and after.
struct Frame {
    before: String,
    after: String,
    name: bool,
    language: Option<Language>,
}

static FRAMES: LazyLock<Vec<Frame>> = LazyLock::new(|| {
    let files = [
        (Some(Language::FRENCH), include_str!("data/company_fr.txt")),
        (Some(Language::ENGLISH), include_str!("data/company_en.txt")),
        (None, include_str!("data/company_any.txt")),
    ];
    files
        .into_iter()
        .flat_map(|(language, text)| text.lines().map(move |line| (language, line)))
        .filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty())
        .flat_map(|(language, line)| frames(language, line))
        .collect()
});

fn frames(language: Option<Language>, line: &str) -> Vec<Frame> {
    let name = line.contains("^{}");
    let line = line.replace("^{}", "{}");
    let variants = Reader::read(&line).map(|(variants, _)| variants).unwrap_or_default();
    variants
        .iter()
        .filter_map(|variant| variant.split_once("{}"))
        .map(|(before, after)| Frame { before: before.into(), after: after.into(), name, language })
        .collect()
}

impl Company {
    /// Reads a name: a plain term, without operators.
    pub fn parse(name: &str) -> Result<Self, TermError> {
        Term::parse(name)?;
        Ok(Self { name: name.trim().to_owned() })
    }

    /// The constructions around the name, of these languages and those that stand in all; in none given, of
    /// all that have some.
    #[must_use]
    pub fn constructions(&self, languages: &[Language]) -> Vec<Construction> {
        let wanted = |frame: &&Frame| {
            languages.is_empty() || frame.language.is_none_or(|language| languages.contains(&language))
        };
        let letters: String = self.name.chars().filter(|c| c.is_alphanumeric()).collect();
        FRAMES
            .iter()
            .filter(wanted)
            .map(|frame| {
                // A handle runs the words of a name together.
                let name = if frame.before.ends_with('@') { &letters } else { &self.name };
                Construction {
                    text: format!("{}{OPEN}{name}{CLOSE}{}", frame.before, frame.after),
                    name: frame.name,
                    language: frame.language.filter(|_| languages.is_empty()),
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_data_is_a_construction_with_one_name() {
        for text in [
            include_str!("data/company_fr.txt"),
            include_str!("data/company_en.txt"),
            include_str!("data/company_any.txt"),
        ] {
            for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
                assert_eq!(line.matches("{}").count(), 1, "{line}");
                assert!(!frames(None, line).is_empty(), "{line}");
            }
        }
    }

    #[test]
    fn a_name_of_two_words_is_run_together_in_a_handle() {
        let company = Company::parse("La Poste").unwrap();
        let texts: Vec<String> = company.constructions(&[]).into_iter().map(|one| one.text).collect();
        assert!(texts.contains(&format!("@{OPEN}LaPoste{CLOSE}")));
        assert!(texts.contains(&format!("chez {OPEN}La Poste{CLOSE}")));
    }
}
