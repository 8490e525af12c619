//! Every mistake that people make in vigie.yaml and in watchlists, with what they are told, in both
//! languages. A case is a file `tests/config_errors/CASE.yaml` (`settings-…` is a vigie.yaml, any other
//! a watchlist) or a folder with vigie.yaml and watchlists.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use vigie::cli::check;
use vigie::config::settings::UiLanguage;
use vigie::config::{Diagnostic, Settings, Severity, load};
use vigie::locale::Locale;
use vigie::watchlist::{Context, WatchlistFile, compile};

const SETTINGS: &str = r#"
watchlist_credentials: [forum_token]
fetch: {contact: "https://a.example/", allow_private: ["127.0.0.1:8080"]}
smtp: {host: localhost, security: none, from: vigie@a.example}
channels:
  comms: {email: {to: [cm@a.example]}}
"#;

fn settings() -> Settings {
    load::settings_of(Path::new("vigie.yaml"), SETTINGS.as_bytes(), None, UiLanguage::English).unwrap().0
}

fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir("tests/config_errors").unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 110, "{} cases", cases.len());
    cases
}

fn name(case: &Path) -> String {
    case.file_stem().unwrap().to_string_lossy().into_owned()
}

/// What is said of a file's bytes.
fn said(case: &Path, bytes: &[u8], language: UiLanguage) -> Vec<Diagnostic> {
    if name(case).starts_with("settings-") {
        return match load::settings_of(Path::new("vigie.yaml"), bytes, None, language) {
            Ok((_, notices)) => notices,
            Err(diagnostics) => diagnostics,
        };
    }
    let path: &str = &format!("watchlists/{}.yaml", name(case));
    let file = WatchlistFile { name: "case.yaml".into(), path_shown: path.into(), bytes: bytes.to_vec() };
    let settings = settings();
    let context = Context { settings: Some(&settings), language, examples: true };
    let compiled = compile(&[file], &context);
    compiled.diagnostics.into_iter().flat_map(|(_, said)| said).collect()
}

fn rendered(diagnostics: &[Diagnostic]) -> String {
    diagnostics
        .iter()
        .map(|diagnostic| format!("[{:?}]\n{}", diagnostic.severity, diagnostic.render(false)))
        .collect::<Vec<_>>()
        .concat()
}

#[test]
fn every_mistake_gets_its_answer_in_both_languages() {
    for case in cases() {
        let shown = if case.is_dir() {
            let checked = check::check(&case.join("vigie.yaml"));
            assert!(checked.watchlists.is_none(), "{}", case.display());
            rendered(&checked.diagnostics)
        } else {
            let bytes = std::fs::read(&case).unwrap();
            let french = said(&case, &bytes, UiLanguage::French);
            let english = said(&case, &bytes, UiLanguage::English);
            assert!(!french.is_empty() || name(&case) == "source-opened-every", "{}: nothing said", case.display());
            let places = |all: &[Diagnostic]| all.iter().map(|said| said.place.clone()).collect::<Vec<_>>();
            assert_eq!(places(&french), places(&english));
            for one in french.iter().chain(&english) {
                let head = format!("{}:{}:{}: ", one.place.file, one.place.line, one.place.column);
                assert!(one.render(false).starts_with(&head), "{}", one.render(false));
                assert!(!one.sentence.starts_with("config-") && !one.sentence.contains("{ $"), "{}", one.sentence);
            }
            format!("{}\n{}", rendered(&french), rendered(&english))
        };
        assert!(!shown.contains("hunter2"), "{shown}");
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => "snapshots/config_errors"}, {
            insta::assert_snapshot!(name(&case), shown);
        });
    }
}

/// The text with what a diagnostic proposes in the place of its line.
fn corrected(text: &str, one: &Diagnostic) -> Option<String> {
    let fix = one.fix.as_ref()?;
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let at = one.place.line as usize - 1;
    let mut indent = lines[at].chars().take_while(|c| c.is_whitespace()).count();
    if lines[at].chars().take(indent).any(|c| c != ' ') {
        // Tabs say nothing of columns: the line goes where the one above it begins.
        indent = lines[at - 1].find(|c| !matches!(c, ' ' | '-')).unwrap_or(0);
    }
    let line = &mut lines[at];
    // A dash stands before what it goes with.
    let dashed = fix.starts_with("- ") && !line.trim_start().starts_with('-');
    *line = " ".repeat(indent.saturating_sub(if dashed { 2 } else { 0 })) + fix;
    Some(lines.join("\n"))
}

#[test]
fn the_corrected_line_corrects() {
    let broken = Locale::of(UiLanguage::English).text("config-unreadable");
    let mut corrections = 0;
    for case in cases().into_iter().filter(|case| case.is_file()) {
        let bytes = std::fs::read(&case).unwrap();
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        let before = said(&case, &bytes, UiLanguage::English);
        for one in &before {
            let Some(mut text) = corrected(text, one) else { continue };
            corrections += 1;
            let same = |all: &[Diagnostic]| {
                all.iter()
                    .filter(|other| (other.place.line, &other.sentence) == (one.place.line, &one.sentence))
                    .count()
            };
            let mut after = said(&case, text.as_bytes(), UiLanguage::English);
            let what = format!("{}: {}\n{}", case.display(), one.render(false), rendered(&after));
            assert!(same(&after) < same(&before), "{what}");
            assert!(!after.iter().any(|other| other.sentence == broken), "{what}");
            // What else is wrong with the line can be corrected in turn, and comes to an end.
            for _ in 0..12 {
                let next = after.iter().find(|other| other.place.line == one.place.line && other.fix.is_some());
                let Some(next) = next.and_then(|next| corrected(&text, next)) else { break };
                text = next;
                after = said(&case, text.as_bytes(), UiLanguage::English);
            }
            let endless = after.iter().find(|other| other.place.line == one.place.line && other.fix.is_some());
            assert!(endless.is_none(), "{what}\n{text}\n{endless:?}");
        }
    }
    assert!(corrections > 150, "{corrections} corrections");
}

#[test]
fn hostile_files_are_refused_in_a_moment_at_their_place() {
    let bomb: String = (0..30).fold("a0: &a0 [x]\n".to_owned(), |text, n| {
        let aliases = vec![format!("*a{n}"); 10].join(", ");
        format!("{text}a{}: &a{} [{aliases}]\n", n + 1, n + 1)
    });
    let terms = "        - orange bank\n".repeat(150_000);
    let deep: String = (0..2000).map(|n| format!("{}- any:\n", "  ".repeat(n))).collect::<Vec<_>>().concat();
    let one = "brands:\n  - id: a\n    match: {any: [orange]}\n";
    let tags: String = (0..100_000).map(|n| format!("      t{n}: [ab]\n")).collect::<Vec<_>>().concat();
    let keys: String = (0..150_000).map(|n| format!("kle{n}: b\n")).collect::<Vec<_>>().concat();
    let rules: String = (0..30_000)
        .map(|n| format!("  - {{name: r{n}, on: mention, to: c, brands: [b{n}]}}\n"))
        .collect::<Vec<_>>()
        .concat();
    let listed =
        format!("lists: {{l: [{}]}}\n", (0..20_000).map(|n| format!("terme{n}")).collect::<Vec<_>>().join(", "));
    let uses =
        (0..2_000).map(|n| format!("  - {{id: b{n}, match: {{any: [{{list: l}}]}}}}\n")).collect::<Vec<_>>().concat();
    let lines = (0..20_000).map(|n| format!("{{id: q{n}, query: \"aa et bb\"}}, ")).collect::<Vec<_>>().concat();
    let failing = (0..5_000).map(|n| format!("        - phrase {n}\n")).collect::<Vec<_>>().concat();
    let parts = (0..600).map(|n| format!("        - all: [mot{n}, sens{n}]\n")).collect::<Vec<_>>().concat();
    for (what, bytes, place) in [
        ("a list of many terms everywhere", format!("{listed}brands:\n{uses}").into_bytes(), (15, 36)),
        ("parentheses", format!("{one}  - id: b\n    query: {}\n", "(".repeat(90_000)).into_bytes(), (5, 12)),
        ("a long query", format!("{one}  - id: b\n    query: {}\n", "mot ".repeat(30_000)).into_bytes(), (5, 12)),
        ("many wrong queries on one line", format!("brands: [{lines}]").into_bytes(), (1, 26)),
        (
            "many examples that fail",
            format!("brands:\n  - id: a\n    match:\n      any:\n{parts}    examples:\n      match:\n{failing}")
                .into_bytes(),
            (607, 11),
        ),
        ("brackets", "[".repeat(2_000_000).into_bytes(), (1, 33)),
        ("braces", "{a: ".repeat(500_000).into_bytes(), (1, 129)),
        ("alias bomb", bomb.into_bytes(), (1, 5)),
        ("a byte too many", vec![b'#'; (4 << 20) + 1], (1, 1)),
        ("deep block", deep.into_bytes(), (17, 35)),
        ("merge", b"brands:\n  - <<: [*a, *b]\n".to_vec(), (2, 5)),
        (
            "many terms",
            format!("brands:\n  - id: a\n    match:\n      any:\n{terms}    x: y\n").into_bytes(),
            (150_005, 5),
        ),
        ("many tags", format!("{one}    tags:\n{tags}    x: y\n").into_bytes(), (100_005, 5)),
        ("many unknown keys", keys.into_bytes(), (1, 1)),
        ("many rules", format!("{one}alerts:\n{rules}").into_bytes(), (5, 33)),
        ("many lists on one line", format!("brands: [{}]", "[a], ".repeat(800_000)).into_bytes(), (1, 10)),
        ("one long line", format!("brands: [{}]", "{x: 1}, ".repeat(400_000)).into_bytes(), (1, 11)),
    ] {
        let started = Instant::now();
        let said = said(Path::new("hostile.yaml"), &bytes, UiLanguage::French);
        let first = said.iter().find(|said| said.severity == Severity::Error).unwrap_or_else(|| panic!("{what}"));
        assert_eq!((first.place.line, first.place.column), place, "{what}: {}", first.sentence);
        assert!(said.iter().all(|one| one.render(false).len() < 2000), "{what}");
        assert!(started.elapsed() < Duration::from_secs(20), "{what}: {:?}", started.elapsed());
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let plain = "brands:\n  - id: orange\n    match: {any: [orange bank]}\nsources:\n  - feed: https://a.example/rss\nalerts:\n  - {name: a, on: mention, to: comms}\n";
    for text in [plain.to_owned(), format!("\u{feff}{plain}"), plain.replace('\n', "\r\n")] {
        let said = said(Path::new("fine.yaml"), text.as_bytes(), UiLanguage::French);
        assert!(said.is_empty(), "{}", rendered(&said));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    /// Whatever a person types after a dash without quotes is the term to the letter, or is refused.
    #[test]
    fn no_unquoted_term_is_silently_another(written in "[-a-cé ’:#&*!|>@%`{}\\[\\],?~=.]{1,10}") {
        let text = format!("brands:\n  - id: m\n    match:\n      any:\n        - {written}\n        - orange\n");
        let file = WatchlistFile { name: "a.yaml".into(), path_shown: "a.yaml".into(), bytes: text.into() };
        let context = Context { settings: None, language: UiLanguage::English, examples: true };
        if let Ok(set) = compile(&[file], &context).result {
            let vigie::query::Expr::Group { any, .. } = &set.teams[0].brands[0].matching else { panic!() };
            prop_assert_eq!(any.len(), 2);
            if let vigie::query::Expr::Term(term) = &any[0] {
                let spaced = format!("{written} ");
                prop_assert_eq!(term.written.as_str(), spaced.split(" # ").next().unwrap_or_default().trim());
            }
        }
    }
}

/// Pieces of files, right and wrong, on lines of any indentation.
fn scraps() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "brands:",
        "- id: a",
        "match:",
        "any:",
        "all:",
        "none:",
        "[a, b]",
        "- a",
        "- 'l'été'",
        "- \"x",
        "{any: [a]}",
        "mask:",
        "tags:",
        "x: [y]",
        "examples:",
        "match: [\"phrase\"]",
        "sources:",
        "- feed: https://a.example/",
        "every: 1s",
        "- json: https://a.example",
        "fields: {title: /t}",
        "select: {item: a}",
        "alerts:",
        "- name: n",
        "on: mention",
        "to: c",
        "if: {score: \"< 0\"}",
        "smtp: {password: x",
        "channels:",
        "c: {email: {to: [a@b.example]}}",
        "|",
        ">-",
        "# x",
        "- #x",
        "- &a *b",
        "<<: *a",
        "\t",
        "\u{a0}- x",
        "]",
        "}",
        "? a",
        ": b",
        "---",
        "- - - a",
        "password:",
        "é🍊",
        "webhook: {url: http://10.0.0.1/, secret: {env: A}}",
        "language: fr",
        "!!str",
        "'",
        "\"",
        "- « a »",
        "%",
        "\\",
    ]);
    let line = (0_usize..8, prop::collection::vec(piece, 0..3));
    prop::collection::vec(line, 0..14).prop_map(|lines| {
        let line = |(indent, pieces): (usize, Vec<&str>)| " ".repeat(indent) + &pieces.join(" ");
        lines.into_iter().map(line).collect::<Vec<_>>().join("\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    /// No text makes the reading panic, and every refusal has a place inside the file and a sentence.
    #[test]
    fn any_text_is_taken_or_refused_at_a_place(text in prop_oneof![scraps(), "\\PC{0,80}"]) {
        let lines = text.split('\n').count() as u32;
        for case in ["fuzz.yaml", "settings-fuzz.yaml"] {
            for one in said(Path::new(case), text.as_bytes(), UiLanguage::French) {
                prop_assert!((1..=lines + 1).contains(&one.place.line), "{:?}", one);
                prop_assert!(!one.sentence.starts_with("config-"), "{}", one.sentence);
                prop_assert!(!one.render(false).is_empty());
            }
        }
    }
}

#[test]
fn yaml_scalars_are_terms_as_written() {
    let text =
        "brands:\n  - id: a\n    match: {any: [1e3, 0x10, true, 118218, 1_000, 2026-11-20, 3.10]}\n    mask: [1.50]\n";
    let file = WatchlistFile { name: "a.yaml".into(), path_shown: "a.yaml".into(), bytes: text.into() };
    let context = Context { settings: None, language: UiLanguage::English, examples: true };
    let set = compile(&[file], &context).result.unwrap();
    let brand = &set.teams[0].brands[0];
    let vigie::query::Expr::Group { any, .. } = &brand.matching else { panic!() };
    let written: Vec<_> = any
        .iter()
        .map(|expr| match expr {
            vigie::query::Expr::Term(term) => term.written.as_str(),
            _ => panic!(),
        })
        .collect();
    assert_eq!(written, ["1e3", "0x10", "true", "118218", "1_000", "2026-11-20", "3.10"]);
    assert_eq!(brand.mask[0].what.terms()[0].written, "1.50");
}

#[test]
fn the_shipped_watchlists_pass_without_a_word() {
    let files = vigie::watchlist::read_folder(Path::new("watchlists")).unwrap();
    assert_eq!(files.len(), 3);
    let text = SETTINGS.replace("comms:", "equipe:");
    let settings = load::settings_of(Path::new("vigie.yaml"), text.as_bytes(), None, UiLanguage::French).unwrap().0;
    let context = Context { settings: Some(&settings), language: UiLanguage::French, examples: true };
    let compiled = compile(&files, &context);
    let said: Vec<Diagnostic> = compiled.diagnostics.into_iter().flat_map(|(_, said)| said).collect();
    assert!(said.is_empty(), "{}", rendered(&said));
    let set = compiled.result.unwrap();
    assert_eq!((set.brands.len(), set.sources.len()), (4, 6));
    let shared = set.sources.iter().find(|source| source.lines[0].name == "agence").unwrap();
    assert_eq!(shared.lines[0].teams.len(), 2);
}
