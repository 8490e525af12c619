//! `company: NAME`: the name where it acts as a company. Owns the name and how a place is weighed: the
//! strongest construction that speaks for a company against the strongest that speaks for another sense.
//! The constructions are data (`data/company_*.txt`); finding the name is `matcher`'s.

mod grammar;
mod verb;
mod window;

use std::ops::Range;
use std::sync::LazyLock;

use self::grammar::Grammar;
use self::window::Window;
use super::term::{Term, TermError};
use crate::text::language::{self, Language};

static FRENCH: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::read(Some(Language::FRENCH), &[include_str!("data/company_fr.txt"), ANY]));
static ENGLISH: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::read(Some(Language::ENGLISH), &[include_str!("data/company_en.txt"), ANY]));
static OTHERS: LazyLock<Grammar> = LazyLock::new(|| Grammar::read(None, &[ANY]));

const ANY: &str = include_str!("data/company_any.txt");

/// Bytes on each side of a name by which the language of a short text is guessed.
const GUESSED: usize = 300;

/// A name that is looked for where it acts as a company.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Company {
    /// As the watchlist writes it.
    pub name: String,
}

impl Company {
    /// Reads a name: a plain term, without operators.
    pub fn parse(name: &str) -> Result<Self, TermError> {
        Term::parse(name)?;
        Ok(Self { name: name.trim().to_owned() })
    }
}

/// What the case of a name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// In lower case.
    Lower,
    /// An upper-case initial that opening a sentence explains.
    Opening,
    /// Written as a name: see `^`.
    Name,
    /// Nothing: the text around is in capitals, or there is none.
    Untold,
}

/// A line of the data.
#[derive(Debug, PartialEq, Eq)]
pub struct Construction {
    /// As written there, with `{}` for the name.
    pub written: String,
    /// Above zero: speaks for a company; below: against.
    pub weight: i8,
}

/// What a place of the name weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The strongest construction that speaks for a company.
    pub pro: Option<&'static Construction>,
    /// The strongest that speaks against.
    pub contra: Option<&'static Construction>,
}

impl Verdict {
    /// True when what speaks for a company outweighs what speaks against.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.balance() > 0 && self.pro.is_some()
    }

    fn balance(&self) -> i8 {
        let weight = |one: Option<&Construction>| one.map_or(0, |one| one.weight);
        weight(self.pro) + weight(self.contra)
    }
}

/// Weighs the name at `place` of `text`. `languages` are the brand's, `spoken` is the text's; where neither is
/// known, French and English are heard and the better verdict stands.
#[must_use]
pub fn weigh(
    text: &str,
    place: Range<usize>,
    writing: Writing,
    languages: &[Language],
    spoken: Option<Language>,
) -> Verdict {
    // A text too short for sure evidence still says more than nothing.
    let guess = || {
        let near = text.floor_char_boundary(place.start.saturating_sub(GUESSED))
            ..text.ceil_char_boundary((place.end + GUESSED).min(text.len()));
        language::detect(&text[near]).filter(|language| [Language::FRENCH, Language::ENGLISH].contains(language))
    };
    let spoken = spoken.or_else(|| if languages.is_empty() { guess() } else { None });
    let window = Window::around(text, place.clone(), writing);
    let heard: &[&Grammar] = match spoken {
        Some(Language::FRENCH) => &[&FRENCH],
        Some(Language::ENGLISH) => &[&ENGLISH],
        _ => match languages {
            [] if spoken.is_none() => &[&FRENCH, &ENGLISH],
            [Language::FRENCH] => &[&FRENCH],
            [Language::ENGLISH] => &[&ENGLISH],
            [..] if languages.contains(&Language::FRENCH) && languages.contains(&Language::ENGLISH) => {
                &[&FRENCH, &ENGLISH]
            }
            _ => &[&OTHERS],
        },
    };
    let verdicts = heard.iter().map(|grammar| grammar.weigh(&window));
    verdicts.max_by_key(|verdict| (verdict.holds(), verdict.balance())).unwrap_or(Verdict { pro: None, contra: None })
}

#[cfg(test)]
mod tests;
