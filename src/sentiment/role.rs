//! What a word does to the words around it. Owns the names of `XX_roles.tsv`; what each does is `rules`.

/// What a word does to others; several may hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Role(u64);

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

    /// `malgré`: what follows in its clause is conceded.
    pub(super) const CONCESSION: Self = Self(1 << 13);
    /// `si`: a condition when a subject follows.
    pub(super) const IF: Self = Self(1 << 14);
    /// A pronoun or determiner that may open a clause.
    pub(super) const SUBJECT: Self = Self(1 << 15);
    /// `selon`, `affirme que`: somebody else speaks.
    pub(super) const REPORT: Self = Self(1 << 16);
    /// `prétend`, `promis`: what is said well is not so.
    pub(super) const CLAIM: Self = Self(1 << 17);
    /// `aurait`: what would be good is not.
    pub(super) const UNREAL: Self = Self(1 << 18);
    /// `quelqu'un`, `comment`: the question wants to know.
    pub(super) const ASKS: Self = Self(1 << 19);
    /// `contre`: the evil after it is fought.
    pub(super) const AGAINST: Self = Self(1 << 20);
    /// `bravo`: next to a complaint, irony.
    pub(super) const PRAISE: Self = Self(1 << 21);
    /// `super`: the same when it stands alone in its clause.
    pub(super) const EXCLAIM: Self = Self(1 << 22);
    /// `merci`: the same when the complaint is what it thanks for.
    pub(super) const THANKS: Self = Self(1 << 23);
    /// `mieux`: compares with what follows `que`.
    pub(super) const COMPARES: Self = Self(1 << 24);
    /// `contrairement à`, `plutôt que`: what follows is the other side.
    pub(super) const UNLIKE: Self = Self(1 << 25);
    /// `préfère`.
    pub(super) const PREFERS: Self = Self(1 << 26);
    /// `quitté`.
    pub(super) const LEAVES: Self = Self(1 << 27);
    /// `pour`, `à`, `chez`: what is left or preferred is on one side, the rest on the other.
    pub(super) const TOWARDS: Self = Self(1 << 28);
    /// An idiom or word that only hints at a complaint.
    pub(super) const HINT: Self = Self(1 << 29);
    /// An idiom or word that is seldom meant as it is said.
    pub(super) const IRONY: Self = Self(1 << 30);

    /// A word of the other language's grammar.
    pub(super) const FOREIGN: Self = Self(1 << 31);
    /// `avait`: under `si`, what is told is the contrary of what was.
    pub(super) const HAD: Self = Self(1 << 32);
    /// `migré`: what it goes to is chosen, and what it comes from left.
    pub(super) const MOVES: Self = Self(1 << 33);
    /// `bat`, `écrase`: who does it is better than whom it is done to.
    pub(super) const BEATS: Self = Self(1 << 34);
    /// `sans`: turns only what it stands at.
    pub(super) const WITHOUT: Self = Self(1 << 36);
    /// `jamais`: with [`Self::EQUAL`] it praises, `jamais aussi bon`.
    pub(super) const EVER: Self = Self(1 << 37);
    /// `aussi`.
    pub(super) const EQUAL: Self = Self(1 << 38);
    /// `personne`: negates the verb that follows at once.
    pub(super) const NOBODY: Self = Self(1 << 39);
    /// `de`: where a move starts.
    pub(super) const SOURCE: Self = Self(1 << 35);
    /// `depuis`, `avec`: what follows is owed to it.
    pub(super) const SINCE: Self = Self(1 << 41);

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
            "concession" => Self::CONCESSION,
            "if" => Self::IF,
            "subject" => Self::SUBJECT,
            "report" => Self::REPORT,
            "claim" => Self::CLAIM,
            "unreal" => Self::UNREAL,
            "asks" => Self::ASKS,
            "against" => Self::AGAINST,
            "praise" => Self::PRAISE,
            "exclaim" => Self::EXCLAIM,
            "thanks" => Self::THANKS,
            "compares" => Self::COMPARES,
            "unlike" => Self::UNLIKE,
            "prefers" => Self::PREFERS,
            "leaves" => Self::LEAVES,
            "foreign" => Self::FOREIGN,
            "towards" => Self::TOWARDS,
            "had" => Self::HAD,
            "moves" => Self::MOVES,
            "beats" => Self::BEATS,
            "without" => Self::WITHOUT,
            "ever" => Self::EVER,
            "equal" => Self::EQUAL,
            "nobody" => Self::NOBODY,
            "source" => Self::SOURCE,
            "since" => Self::SINCE,
            _ => return None,
        })
    }

    /// The role of a flag of `XX_idioms.tsv`.
    pub(super) const fn from_flag(flag: char) -> Option<Self> {
        Some(match flag {
            'c' => Self::CONTRAST,
            'o' => Self::CONCESSION,
            'r' => Self::REPORT,
            's' => Self::IF,
            'l' => Self::CLAIM,
            'w' => Self::UNREAL,
            'u' => Self::UNLIKE,
            'p' => Self::PRAISE,
            't' => Self::THANKS,
            'q' => Self::ASKS,
            'f' => Self::PREFERS,
            'd' => Self::HINT,
            'i' => Self::IRONY,
            'b' => Self::BEATS,
            'a' => Self::ATTENUATOR,
            'n' => Self::NEGATOR,
            _ => return None,
        })
    }

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
