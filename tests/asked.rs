//! What a search is asked for when a watchlist writes no `query:`: whatever its expressions match holds one of the
//! phrases, as an endpoint compares them.

use proptest::prelude::*;
use vigie::config::settings::UiLanguage;
use vigie::matcher::{BrandQuery, Document, Matcher, Scratch};
use vigie::query::asked::{Asked, cover};
use vigie::query::{Company, Expr, Term, Within};
use vigie::source::search::{LONGEST_QUERY, built, find};
use vigie::text::fold::fold_string;
use vigie::text::language::Language;
use vigie::watchlist::{Context, WatchlistFile, compile};

fn words(text: &str) -> Vec<String> {
    let folded = fold_string(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a text holds a phrase, as search engines compare: words in this order, whatever parts them.
fn holds(text: &[String], phrase: &str) -> bool {
    let phrase = words(phrase);
    !phrase.is_empty() && text.windows(phrase.len()).any(|part| part == phrase)
}

fn leaf() -> impl Strategy<Value = Expr> {
    let term = prop::sample::select(vec![
        "orange",
        "orange bank",
        "=Orange SA",
        "^orange",
        "#OrangeFrance",
        "@orange_conseil",
        "orange.fr",
        "orange.fr/noel",
        "https://www.orange.fr/x",
        "(ville|mairie) d'orange",
        "(chez|clients) (orange|sfr)",
        "~résilier orange",
        "orange panne*",
        "titre:orange",
        "texte:sfr",
        "C&A",
        "sfr",
        "panne",
        "trop-cher",
        "site:a.example",
        "boycott*",
        "lang:fr",
    ]);
    prop_oneof![
        5 => term.prop_map(|written| Expr::Term(Term::parse(written).unwrap())),
        1 => prop::sample::select(vec!["orange", "la poste"])
            .prop_map(|name| Expr::Company(Company::parse(name).unwrap())),
    ]
}

fn tree() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(3, 16, 3, |inner| {
        let list = || prop::collection::vec(inner.clone(), 1..4);
        let some = || prop::collection::vec(inner.clone(), 0..2);
        prop_oneof![
            (list(), some(), some()).prop_map(|(any, all, none)| Expr::Group {
                any,
                all,
                none,
                within: Within::Document
            }),
            list().prop_map(|all| Expr::all(all, Within::Sentence)),
            (list(), list(), 0..4_u32).prop_map(|(of, with, words)| Expr::Near { of, with, words }),
            (prop::collection::vec(inner.clone(), 2..4), 0..4_u32)
                .prop_map(|(terms, words)| Expr::Sequence { terms, words }),
            (list(), 1..3_u32).prop_map(|(of, times)| Expr::AtLeast { times, of }),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "orange",
        "Orange",
        "Orange SA",
        "orange bank",
        "#OrangeBank",
        "@orangebank",
        "#OrangeFrance",
        "@orange_conseil",
        "chez Orange",
        "les clients Orange",
        "orange.fr/noel",
        "https://www.orange.fr/x",
        "orange[.]fr",
        "mairie d’Orange",
        "résilié orange",
        "pannes",
        "panne",
        "sfr",
        "C&A",
        "trop cher",
        "La Poste m'a répondu",
        "@laposte",
        "boycotter",
        ".",
        ",",
    ]);
    prop::collection::vec(pieces, 1..8).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn whatever_matches_holds_what_is_asked_for(expr in tree(), text in text()) {
        let asked = Asked::of(&expr, &[Language::FRENCH]);
        let query = BrandQuery {
            matching: expr.clone(),
            mask: Vec::new(),
            tags: Vec::new(),
            languages: vec![Language::FRENCH],
        };
        let matcher = Matcher::build(vec![query]).unwrap();
        let document = Document {
            title: "orange",
            text: &text,
            author: None,
            url: Some("https://a.example/1"),
            links: &[],
            language: Some(Language::FRENCH),
            source: None,
        };
        let found = !matcher.scan(&mut Scratch::default(), &document, |_| true).is_empty();
        if found && asked.left.is_empty() {
            let mut there = words("orange");
            there.push("|".to_owned());
            there.extend(words(&text));
            let whole = [asked.phrases.as_slice(), &asked.glued].concat();
            prop_assert!(whole.iter().any(|phrase| holds(&there, phrase)), "{whole:?} for {expr:?}");
            prop_assert!(cover(&whole).iter().any(|word| holds(&there, word)), "{:?}", cover(&whole));
        }
        for name in ["google-news", "gdelt", "reddit", "hacker-news", "lemmy"] {
            if let Ok(query) = built(find(name).unwrap(), &asked.phrases) {
                prop_assert!(query.chars().count() <= LONGEST_QUERY);
            }
        }
    }
}

/// The addresses that the sources of a watchlist ask, and what is said of it.
fn addresses(text: &str) -> (Vec<String>, Vec<String>) {
    let file = WatchlistFile { name: "a.yaml".into(), path_shown: "a.yaml".into(), bytes: text.into() };
    let compiled = compile(&[file], &Context::without_settings(UiLanguage::English));
    let said = compiled.diagnostics.into_iter().flat_map(|(_, said)| said).map(|said| said.sentence).collect();
    let set = compiled.result.unwrap_or_else(|_| panic!("{said:?}"));
    (set.sources.iter().map(|source| source.url.clone()).collect(), said)
}

#[test]
fn a_search_is_asked_for_what_its_endpoint_takes() {
    let rest = "alerts:\n  - {name: a, on: mention, to: c}\nsources:\n";
    for (terms, source, asked, missed) in [
        ("orange, {company: orange}", "search: hacker-news", "query=orange&", None),
        ("orange bank, orange mobile", "search: hacker-news", "query=orange&", Some("`#orangebank`, `#orangemobile`")),
        ("orange bank", "search: google-news", "q=%22orange%20bank%22%20OR%20orangebank", None),
        ("orange.fr, \"#OrangeFrance\", orange", "search: google-news", "q=orange%20OR%20OrangeFrance", None),
        ("orange.fr, \"#OrangeFrance\", orange", "search: hacker-news", "query=orange&", Some("`OrangeFrance`")),
        ("orange, boycott*", "search: google-news", "q=orange%20OR%20boycott", Some("`boycott*`")),
    ] {
        let (urls, said) =
            addresses(&format!("brands:\n  - {{id: a, match: {{any: [{terms}]}}}}\n{rest}  - {source}\n"));
        assert!(urls[0].contains(asked), "{terms}: {}", urls[0]);
        match missed {
            None => assert!(said.is_empty(), "{terms}: {said:?}"),
            Some(missed) => assert!(said.len() == 1 && said[0].contains(missed), "{terms}: {said:?}"),
        }
    }
    let many: Vec<String> = (0..60).map(|number| format!("orange service {number}")).collect();
    let (urls, _) = addresses(&format!(
        "brands:\n  - {{id: a, match: {{any: [{}]}}}}\n{rest}  - search: google-news\n",
        many.join(", ")
    ));
    assert!(urls[0].contains("q=service%20OR%20orangeservice0%20OR%20"), "{}", urls[0]);
}

#[test]
fn a_query_too_long_for_an_endpoint_has_as_many_terms_as_fit_and_one_of_each_brand() {
    let terms: Vec<String> = ('a'..='z').map(|letter| format!("{letter}{letter}telecom")).collect();
    let rest = "alerts:\n  - {name: a, on: mention, to: c}\nsources:\n";
    for name in ["google-news", "gdelt", "bing-news", "reddit"] {
        let (urls, said) = addresses(&format!(
            "brands:\n  - {{id: a, match: {{any: [{}, orange]}}}}\n  - {{id: b, match: {{any: [ici aussi]}}}}\n\
             {rest}  - search: {name}\n",
            terms.join(", ")
        ));
        let asked = urls[0].replace("%20", " ").replace("%22", "\"");
        assert!(asked.contains("ici aussi"), "{name}: {asked}");
        let (there, missed): (Vec<&String>, Vec<&String>) = terms.iter().partition(|term| asked.contains(*term));
        assert!(there.len() >= 15, "{name}: {} of 27 in {asked}", there.len());
        let [notice] = &said[..] else { panic!("{name}: {said:?}") };
        assert!(notice.contains(&format!("`{}`", missed[0])), "{notice}");
        assert!(there.iter().all(|term| !notice.contains(&format!("`{term}`"))), "{notice}");
    }
    // What most of the terms hold goes first, wherever it stands.
    let (urls, _) = addresses(&format!(
        "brands:\n  - {{id: a, match: {{any: [{}, fibre orange, fibre sosh]}}}}\n{rest}  - search: reddit\n",
        terms.join(", ")
    ));
    assert!(urls[0].contains("q=fibre%20OR%20aatelecom%20OR%20"), "{}", urls[0]);
}
