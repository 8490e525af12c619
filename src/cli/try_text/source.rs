//! A source of the watchlists by its name: a text is tried as if it came from there.

use std::collections::BTreeSet;

use crate::locale::Locale;
use crate::source::Kind;
use crate::text::clean;
use crate::text::language::Language;
use crate::watchlist::{SourceLine, Watchlists};

/// Names that an error lists.
const SHOWN: usize = 12;

/// The lines of a source that have its name.
pub(super) struct Named {
    pub(super) kind: Kind,
    lines: Vec<SourceLine>,
}

impl Named {
    /// The source of this name.
    ///
    /// # Errors
    /// A sentence with the names that there are.
    pub(super) fn find(watchlists: &Watchlists, name: &str, locale: Locale) -> anyhow::Result<Self> {
        for source in &watchlists.sources {
            let lines: Vec<SourceLine> = source.lines.iter().filter(|line| line.name == name).cloned().collect();
            if !lines.is_empty() {
                return Ok(Self { kind: source.kind, lines });
            }
        }
        let lines = watchlists.sources.iter().flat_map(|source| &source.lines);
        let names: BTreeSet<&str> = lines.map(|line| line.name.as_str()).collect();
        let mut known = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
        if names.is_empty() {
            known.push('–');
        } else if names.len() > SHOWN {
            known.push('…');
        }
        let arguments = [("name", clean::line(name, 100).into()), ("known", known.into())];
        anyhow::bail!("{}", locale.format("try-source", &arguments))
    }

    pub(super) fn name(&self) -> &str {
        self.lines.first().map_or("", |line| &line.name)
    }

    /// What its lines state.
    pub(super) fn language(&self) -> Option<Language> {
        self.lines.iter().find_map(|line| line.language)
    }

    /// The line on which a team watches it.
    pub(super) fn line(&self, team: usize) -> Option<&SourceLine> {
        self.lines.iter().find(|line| line.teams.contains(&team))
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;

    const TEAM: &str = "
brands:
  - id: orange
    match: {any: [orange]}
    only: {sources: [Forum]}
sources:
  - {feed: 'https://forum.example/rss', name: Forum, threshold: 0.9}
  - {feed: 'https://news.example/rss', name: News}
alerts:
  - {name: forum, on: mention, if: {sources: [Forum]}, to: comms}
";

    #[test]
    fn a_text_is_tried_as_if_it_came_from_a_source() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("team.yaml");
        std::fs::write(&path, TEAM).unwrap();
        let tried = |source: Option<&str>| {
            let args = Args {
                watchlist: vec![path.clone()],
                route: true,
                source: source.map(str::to_owned),
                ..Args::default()
            };
            let (trial, _) = load(&args)?.expect("a watchlist");
            let (entry, language) = trial.entry(Input::of_text("Orange est excellent".to_owned()));
            let found = trial.find(&entry, &mut Scratch::default());
            let one = found.first().map(|one| {
                let moment = trial.moment.as_ref().expect("a moment");
                let route =
                    route::lines(&trial.steps(&entry, one, language, moment), moment, Locale::of(UiLanguage::English));
                (trial.tone(&entry, one, language).polarity, route.concat().contains("comms"))
            });
            anyhow::Ok(one)
        };
        assert_eq!(tried(None).unwrap(), Some((Polarity::Positive, false)), "of no source that a rule could be for");
        assert_eq!(
            tried(Some("Forum")).unwrap(),
            Some((Polarity::Neutral, true)),
            "by its threshold, to whom its rule says"
        );
        assert_eq!(tried(Some("News")).unwrap(), None);
        let error = tried(Some("Foum")).unwrap_err().to_string();
        assert!(error.contains("Foum") && error.contains("Forum, News"), "{error}");
    }
}
