//! Watchlists: the YAML shape, the cross-references, and the compiled set that the stages use.

mod access;
mod brand;
pub mod compile;
mod endpoint;
mod engine;
pub mod examples;
pub mod explain;
mod expression;
pub mod folder;
mod mail;
mod objective;
pub mod only;
mod origin;
mod pace;
pub mod print;
mod rule;
mod score;
mod search;
mod sentiment;
mod shape;
mod times;
mod wrong_term;

pub(crate) use brand::slug;
pub use compile::{Compiled, Context, Refused, compile};
pub use folder::{WatchlistFile, read_folder};
pub use only::{Circumstances, Days, Only};

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

pub use crate::alert::rule::{BrandKind, Comparison, Conditions, Rule, RuleKind, ScoreCondition};
use crate::config::Place;
use crate::config::access::Access;
use crate::matcher::Matcher;
use crate::query::{Expr, Mask};
use crate::report::Objective;
use crate::sentiment::{Genre, Tuning};
use crate::source::{Kind, Source, SourceKey};
use crate::text::language::Language;

/// All teams' watchlists, compiled: one automaton for all brands. Immutable; a reload builds another.
#[derive(Debug)]
pub struct Watchlists {
    /// One a file, in the order of the file names.
    pub teams: Vec<Team>,
    /// Over all brands of all teams; a brand's number there is its place in [`Watchlists::brands`].
    pub matcher: Matcher,
    /// `(team, brand)` by the matcher's brand number.
    pub brands: Vec<(usize, usize)>,
    /// Distinct sources with the lines that name them, in the order of first naming.
    pub sources: Vec<WatchedSource>,
    /// Terms written in all files.
    pub terms: usize,
}

impl Watchlists {
    /// Nobody watches anything.
    #[must_use]
    pub fn empty() -> Self {
        let matcher =
            Matcher::build(Vec::new()).unwrap_or_else(|error| unreachable!("nothing is not too much: {error}"));
        Self { teams: Vec::new(), matcher, brands: Vec::new(), sources: Vec::new(), terms: 0 }
    }
}

/// One watchlist file.
#[derive(Debug)]
pub struct Team {
    /// The file's name inside the folder; names the team in the store and in message ids.
    pub file: Arc<str>,
    /// Its brands.
    pub brands: Vec<Brand>,
    /// Its rules in the file's order.
    pub rules: Vec<Rule>,
    /// What is wanted of its brands.
    pub objectives: Vec<Objective>,
    /// How its texts are read.
    pub tuning: Tuning,
    /// Of all its texts, unless a source says otherwise; in (0, 1).
    pub threshold: Option<f32>,
}

impl Team {
    /// From which score on a text from this line of a source is positive or, with a minus, negative: the line's
    /// word, then the file's, then what such texts are like. In (0, 1).
    #[must_use]
    pub fn threshold_of(&self, line: Option<&SourceLine>) -> f32 {
        let genre = line.map(|line| line.genre).unwrap_or_default();
        line.and_then(|line| line.threshold).or(self.threshold).unwrap_or(genre.threshold())
    }
}

/// What is watched.
#[derive(Debug, Clone)]
pub struct Brand {
    /// Unique over all files.
    pub id: String,
    /// For people; default the id.
    pub name: String,
    /// What it is to the team.
    pub kind: BrandKind,
    /// What must hold.
    pub matching: Expr,
    /// Written as `query:` and not as `match:`.
    pub by_query: bool,
    /// Occurrences inside these do not count.
    pub mask: Vec<Mask>,
    /// Tags by name, with the expressions of which one must hold.
    pub tags: Vec<(String, Vec<Expr>)>,
    /// `only:`.
    pub only: Only,
    /// `from:` and `until:`.
    pub days: Days,
    /// Where it stands.
    pub place: Place,
}

/// A source and every line that names it.
#[derive(Debug)]
pub struct WatchedSource {
    /// Its identity.
    pub key: SourceKey,
    /// Its kind.
    pub kind: Kind,
    /// The address as written; of a search, as it is asked.
    pub url: String,
    /// The parser of the first line that names it.
    pub source: Source,
    /// What is sent to its own host alone; of the first line that says anything.
    pub access: Access,
    /// The shortest `every` of its lines; absent: adaptive.
    pub every: Option<Duration>,
    /// Who watches it.
    pub lines: Vec<SourceLine>,
}

/// One line of one file that names a source.
#[derive(Debug, Clone)]
pub struct SourceLine {
    /// For alerts and status; default the host.
    pub name: String,
    /// Stated language of its entries.
    pub language: Option<Language>,
    /// Of dates without a zone.
    pub timezone: Option<TimeZone>,
    /// From which score on its texts are positive or negative; in (0, 1).
    pub threshold: Option<f32>,
    /// What its texts are like where no threshold is written.
    pub genre: Genre,
    /// Teams (places in [`Watchlists::teams`]) whose brands are matched on it: the file's own, or all when
    /// the file has no brands.
    pub teams: Vec<usize>,
    /// Where it stands.
    pub place: Place,
}
