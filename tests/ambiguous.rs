//! The shipped watchlists of ambiguous names prove themselves by their own examples.

use std::path::Path;

use vigie::config::settings::UiLanguage;
use vigie::config::{Diagnostic, Severity};
use vigie::watchlist::{Context, compile, read_folder};

const NAMES: [&str; 11] = [
    "action",
    "boulanger",
    "carrefour",
    "free",
    "la-poste",
    "leclerc",
    "mention",
    "nickel",
    "orange",
    "sosh",
    "total-energies",
];

#[test]
fn every_ambiguous_name_is_found_and_passed_over_as_its_examples_say() {
    let files = read_folder(Path::new("watchlists/ambiguous")).unwrap();
    let names: Vec<&str> = files.iter().map(|file| file.name.trim_end_matches(".yaml")).collect();
    assert_eq!(names, NAMES);
    for file in &files {
        let text = std::str::from_utf8(&file.bytes).unwrap();
        let (matching, ignored) = text.split_once("      ignore:").unwrap();
        let count = |part: &str| part.lines().filter(|line| line.starts_with("        - \"")).count();
        let matching = matching.split_once("    examples:").unwrap().1;
        assert!(count(matching) >= 20 && count(ignored) >= 20, "{}", file.name);
    }
    let context = Context { settings: None, language: UiLanguage::French, examples: true };
    let compiled = compile(&files, &context);
    let errors: Vec<&Diagnostic> = compiled
        .diagnostics
        .iter()
        .flat_map(|(_, said)| said)
        .filter(|said| said.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{}", errors.iter().map(|said| said.render(false)).collect::<String>());
    let set = compiled.result.unwrap();
    for (team, name) in set.teams.iter().zip(NAMES) {
        assert_eq!(team.brands.iter().map(|brand| brand.id.as_str()).collect::<Vec<_>>(), [name]);
    }
}
