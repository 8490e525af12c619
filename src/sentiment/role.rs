//! What a word does to the words around it. Owns the names of `XX_roles.tsv`; what each does is `rules`.

/// What a word does to others; several may hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Role(u16);

impl Role {
    /// Makes the next word stronger.
    pub(super) const BOOSTER: Self = Self(1);
    /// Makes the next word weaker.
    pub(super) const ATTENUATOR: Self = Self(1 << 1);
    /// Turns the words after it.
    pub(super) const NEGATOR: Self = Self(1 << 2);
    /// Turns a verb in front of it.
    pub(super) const AFTER_VERB: Self = Self(1 << 3);
    /// `ne`.
    pub(super) const CLITIC: Self = Self(1 << 4);
    /// `plus`: negates with `ne` only.
    pub(super) const MORE: Self = Self(1 << 5);
    /// `peu`.
    pub(super) const LITTLE: Self = Self(1 << 6);
    /// `moins`.
    pub(super) const LESS: Self = Self(1 << 7);
    /// `que`: with `ne`, 'only'.
    pub(super) const LIMIT: Self = Self(1 << 8);
    /// `mais`.
    pub(super) const CONTRAST: Self = Self(1 << 9);
    /// Not counted between a negator and its word: articles, pronouns, adverbs of degree.
    pub(super) const CLEAR: Self = Self(1 << 10);
    /// `un`: `un peu` only attenuates.
    pub(super) const UNIT: Self = Self(1 << 11);
    /// `au`: `au moins` does nothing.
    pub(super) const GUARD: Self = Self(1 << 12);

    /// The role of a name in the data files.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "booster" => Self::BOOSTER,
            "attenuator" => Self::ATTENUATOR,
            "negator" => Self::NEGATOR,
            "after" => Self::AFTER_VERB,
            "clitic" => Self::CLITIC,
            "more" => Self::MORE,
            "little" => Self::LITTLE,
            "less" => Self::LESS,
            "limit" => Self::LIMIT,
            "contrast" => Self::CONTRAST,
            "clear" => Self::CLEAR,
            "unit" => Self::UNIT,
            "guard" => Self::GUARD,
            _ => return None,
        })
    }

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
