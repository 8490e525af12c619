//! Words whose full stop ends no sentence. Owns the list for French and English; splits nothing.

/// Folded; a name or a number follows them.
const LEADING: &str = " m mm mme mlle mlles mmes me mr mrs ms dr drs pr prof st ste sts bd av pl ch no nb nbr cf ex env art fig vol p pp tel \
vs gen gal cdt col cap lt sgt rev hon mt ft dept approx resp adj ";

/// Folded; a sentence may end with them as well.
const CLOSING: &str = " etc inc ltd co corp jr sr plc cie bros ";

/// What a word that stands before a full stop makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It ends the sentence.
    Ends,
    /// It is the abbreviation's: what follows goes on.
    GoesOn,
    /// One or the other.
    Either,
}

/// What the full stop behind `word` is. An upper-case letter alone is an initial.
#[must_use]
pub fn stop_behind(word: &str) -> Stop {
    let mut chars = word.chars();
    let (Some(first), rest) = (chars.next(), chars.next()) else { return Stop::Ends };
    if rest.is_none() && first.is_uppercase() {
        return Stop::GoesOn;
    }
    let folded = word.to_lowercase();
    let is_in = |list: &str| list.split(' ').any(|known| known == folded);
    if is_in(LEADING) {
        Stop::GoesOn
    } else if is_in(CLOSING) {
        Stop::Either
    } else {
        Stop::Ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_stop_is_an_abbreviations_or_a_sentences() {
        for (word, expected) in [
            ("M", Stop::GoesOn),
            ("Mme", Stop::GoesOn),
            ("av", Stop::GoesOn),
            ("E", Stop::GoesOn),
            ("É", Stop::GoesOn),
            ("etc", Stop::Either),
            ("Inc", Stop::Either),
            ("a", Stop::Ends),
            ("fini", Stop::Ends),
            ("", Stop::Ends),
        ] {
            assert_eq!(stop_behind(word), expected, "{word}");
        }
    }
}
