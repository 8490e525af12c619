//! Terms as people write them who come from other tools, from a browser's address bar or from a dictionary of
//! emoji: each finds what its writer means.

use vigie::config::settings::UiLanguage;
use vigie::matcher::{Document, Scratch};
use vigie::watchlist::{Context, WatchlistFile, compile};

/// Whether a brand with this line under `match:` or `query:` is found in a text.
fn found(line: &str, title: &str, text: &str) -> bool {
    let text_of_file = format!(
        "brands:\n  - id: a\n    {line}\nsources:\n  - {{feed: https://a.example/rss, name: La Fibre}}\nalerts:\n  - {{name: \
         n, on: mention, to: c}}\n"
    );
    let file = WatchlistFile { name: "a.yaml".into(), path_shown: "a.yaml".into(), bytes: text_of_file.into() };
    let compiled = compile(&[file], &Context::without_settings(UiLanguage::English));
    let said: Vec<String> =
        compiled.diagnostics.into_iter().flat_map(|(_, said)| said).map(|said| said.render(false)).collect();
    let set = compiled.result.unwrap_or_else(|_| panic!("{line}: {said:?}"));
    let document = Document {
        title,
        text,
        author: Some("jean"),
        url: Some("https://forum.example/1"),
        links: &[],
        language: None,
        source: Some("La Fibre"),
    };
    !set.matcher.scan(&mut Scratch::default(), &document, |_| true).is_empty()
}

#[test]
fn what_people_write_finds_what_they_mean() {
    for (term, text, expected) in [
        ("(~résilier|~quitter) orange", "j'ai résilié Orange", true),
        ("(~résilier|~quitter) orange", "je quitte orange", true),
        ("(~résilier|~quitter) orange", "je quitte sfr, orange", false),
        ("chez (=Orange|sosh)", "chez Orange", true),
        ("chez (=Orange|sosh)", "chez orange", false),
        ("http://www.orange.fr", "voir https://boutique.orange.fr/x", true),
        ("https://orange.fr/aide", "voir orange.fr/aide", true),
        ("https://orange.fr/aide", "voir orange.fr/noel", false),
        ("https://orange.fr/aide?id=3", "voir https://www.orange.fr/aide?id=3", true),
        ("https://orange.fr/aide?id=3", "voir https://www.orange.fr/aide?id=4", false),
        ("auteur:jean", "bonjour", true),
        ("FROM:@Jean", "bonjour", true),
        ("Source:la fibre", "bonjour", true),
        ("titre:panne", "bonjour", true),
        ("Headline:orange", "orange", false),
        ("text:orange", "orange", true),
        ("hashtags:orange", "vive #orange", true),
        ("hashtags:orange", "vive orange", false),
        ("'\"orange bank\"'", "orange bank", true),
        ("company:orange", "je suis chez Orange", true),
        ("1️⃣", "numéro 1️⃣ !", true),
        ("1️⃣", "numéro 1 !", false),
        ("'#️⃣'", "touche #️⃣", true),
        ("'*️⃣'", "touche *️⃣", true),
    ] {
        assert_eq!(found(&format!("match: {{any: [{term}]}}"), "panne", text), expected, "{term} in {text:?}");
    }
}

#[test]
fn a_query_of_another_tool_finds_what_it_found_there() {
    for (query, text, expected) in [
        ("orange SENTENCE panne", "Orange est en panne.", true),
        ("orange SENTENCE panne", "Orange. La panne.", false),
        ("orange W/2 panne", "panne chez orange", true),
        ("orange PRE/2 panne", "panne chez orange", false),
        ("{Orange}", "orange", false),
        ("{Orange}", "Orange", true),
        ("(cake pie)~3", "pie and a cake", true),
        ("orange SANS fruit", "orange, un fruit", false),
        ("atleast2(orange)", "orange et orange", true),
        ("TITLE:panne content:orange", "orange", true),
        ("‘orange bank’", "orange bank", true),
        ("‘orange bank’", "bank orange", false),
        ("++Orange", "Orange", true),
        ("++Orange", "orange", false),
        ("near/2:orange,panne", "panne chez orange", true),
        ("onear/2:orange,panne", "panne chez orange", false),
    ] {
        assert_eq!(found(&format!("query: '{query}'"), "panne", text), expected, "{query} in {text:?}");
    }
}
