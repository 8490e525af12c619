//! `vigie sentiment --evaluate`: how the scoring fares on corrected mentions, and the words that would mend
//! it. Owns the command's forms; the count is `sentiment::evaluation`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use super::{Exit, status, terminal};
use crate::config::Settings;
use crate::locale::Locale;
use crate::mention::Polarity;
use crate::sentiment::evaluation::{self, Evaluation, Example, FOUND, SAID};
use crate::sentiment::{DEFAULT_THRESHOLD, Tuning};
use crate::store::Store;
use crate::store::correction::Correction;
use crate::telemetry::progress::Progress;
use crate::text::language::Language;
use crate::watchlist::{self, Context, Watchlists};

/// Misread texts that are listed.
const LISTED: usize = 20;
/// Characters of one.
const SHOWN: usize = 90;

/// Runs the command.
pub(super) async fn run(config: Option<&Path>) -> anyhow::Result<Exit> {
    let settings = match status::settings(config) {
        Ok(settings) => settings,
        Err(exit) => return Ok(exit),
    };
    let locale = Locale::of(settings.language);
    let Some(watchlists) = watchlists(&settings, locale) else { return Ok(Exit::Config) };
    let store = match status::open(&settings.store, locale) {
        Ok(store) => store,
        Err(sentence) => {
            eprintln!("{sentence}");
            return Ok(Exit::Failed);
        }
    };
    let corrections = match store.corrections().await {
        Ok(corrections) => corrections,
        Err(error) => {
            eprintln!("{}", status::unreadable(&settings.store, &error, locale));
            return Ok(Exit::Failed);
        }
    };
    let progress =
        Progress::start(move |seconds| locale.format("progress-evaluate", &[("seconds", (seconds as i64).into())]));
    let text = told(&corrections, &watchlists, locale);
    drop(progress);
    terminal::print(&text)?;
    Ok(Exit::Fine)
}

fn watchlists(settings: &Settings, locale: Locale) -> Option<Watchlists> {
    let files = match watchlist::read_folder(&settings.watchlists) {
        Ok(files) => files,
        Err(error) => {
            let folder = settings.watchlists.display().to_string();
            let arguments = [("folder", folder.into()), ("error", error.to_string().into())];
            eprintln!("{}", locale.format("evaluate-folder", &arguments));
            return None;
        }
    };
    let context = Context { examples: false, ..Context::of(settings) };
    let compiled = watchlist::compile(&files, &context);
    compiled.result.inspect_err(|_| eprintln!("{}", locale.text("evaluate-watchlists"))).ok()
}

/// What is printed: a part a watchlist, since each reads texts in its own way.
fn told(corrections: &[Correction], watchlists: &Watchlists, locale: Locale) -> String {
    let mut by_team: BTreeMap<&str, Vec<&Correction>> = BTreeMap::new();
    for correction in corrections.iter().filter(|one| !one.is_stranger) {
        by_team.entry(&correction.team).or_default().push(correction);
    }
    if by_team.is_empty() {
        return format!("{}\n", locale.text("evaluate-none"));
    }
    let mut text = String::new();
    for (name, corrections) in by_team {
        let team = watchlists.teams.iter().position(|team| &*team.file == name);
        let tuning = team.map_or_else(Tuning::default, |team| watchlists.teams[team].tuning.clone());
        let examples: Vec<Example> =
            corrections.iter().map(|correction| example(correction, watchlists, team, locale)).collect();
        let evaluation = evaluation::evaluate(&examples, &tuning);
        if !text.is_empty() {
            text.push('\n');
        }
        part(&mut text, name, &corrections, &evaluation, locale);
    }
    text
}

fn example(correction: &Correction, watchlists: &Watchlists, team: Option<usize>, locale: Locale) -> Example {
    let source = watchlists.sources.iter().find(|source| source.key.0 == correction.source);
    let line =
        source.and_then(|source| source.lines.iter().find(|line| team.is_some_and(|at| line.teams.contains(&at))));
    let threshold = team.map_or(DEFAULT_THRESHOLD, |at| watchlists.teams[at].threshold_of(line));
    let places = |places: &[(u32, u32)]| places.iter().map(|&(start, end)| start as usize..end as usize).collect();
    let fallback = Language::from(locale.language());
    Example {
        parts: [&correction.title, &correction.text].map(|(text, hits)| (text.clone(), places(hits))).to_vec(),
        language: correction.language.unwrap_or(fallback),
        said: correction.said,
        threshold,
    }
}

fn part(text: &mut String, team: &str, corrections: &[&Correction], evaluation: &Evaluation, locale: Locale) {
    let word = |polarity: Polarity| locale.text(&format!("mentions-polarity-{}", polarity.word()));
    let right = corrections.iter().zip(&evaluation.found).filter(|(one, found)| one.said == **found).count();
    let arguments = [("team", team.into()), ("right", right.into()), ("all", corrections.len().into())];
    let _ = writeln!(text, "{}", locale.format("evaluate-right", &arguments));
    let shown: Vec<usize> = (0..FOUND.len())
        .filter(|&column| column < 3 || evaluation.confusion.iter().any(|row| row[column] > 0))
        .collect();
    let mut rows = vec![
        std::iter::once(locale.text("evaluate-corner"))
            .chain(shown.iter().map(|&column| word(FOUND[column])))
            .collect(),
    ];
    for (said, counts) in SAID.iter().zip(&evaluation.confusion) {
        rows.push(std::iter::once(word(*said)).chain(shown.iter().map(|&column| counts[column].to_string())).collect());
    }
    for line in terminal::columns(&rows, 2) {
        let _ = writeln!(text, "{line}");
    }
    let wrong: Vec<_> = corrections.iter().zip(&evaluation.found).filter(|(one, found)| one.said != **found).collect();
    if !wrong.is_empty() {
        let _ = writeln!(text, "\n{}", locale.text("evaluate-wrong"));
    }
    for (one, found) in wrong.iter().take(LISTED) {
        let shown = if one.title.0.is_empty() { &one.text.0 } else { &one.title.0 };
        let _ = writeln!(
            text,
            "  {}  {} → {}  {}",
            one.mention,
            word(**found),
            word(one.said),
            terminal::line(shown, SHOWN)
        );
    }
    if wrong.len() > LISTED {
        let _ = writeln!(text, "  {}", locale.format("evaluate-more", &[("count", (wrong.len() - LISTED).into())]));
    }
    if evaluation.proposals.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}\n", locale.format("evaluate-words", &[("team", team.into())]));
    let _ = writeln!(text, "sentiment:\n  words:");
    for proposal in &evaluation.proposals {
        let arguments = [("mended", proposal.mended.into()), ("broken", proposal.broken.into())];
        let comment = locale.format("evaluate-gain", &arguments);
        let _ = writeln!(text, "    {}: {}  # {comment}", terminal::line(&proposal.word, SHOWN), proposal.valence);
    }
}
