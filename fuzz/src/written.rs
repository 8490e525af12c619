//! Queries and watchlists: what people write and what vigie answers to it.

use std::fmt::Write as _;
use std::path::Path;

use vigie::config::diagnostic::{Diagnostic, Severity};
use vigie::config::guard::guard;
use vigie::config::load::settings_of;
use vigie::config::settings::UiLanguage;
use vigie::matcher::{BrandQuery, Document, Matcher, Scratch};
use vigie::mention::Field;
use vigie::query::asked::{Asked, cover};
use vigie::query::line::{normal, parse, print};
use vigie::query::{Expr, read};
use vigie::text::clean::is_treacherous;
use vigie::text::excerpt::excerpt;
use vigie::watchlist::print::yaml;
use vigie::watchlist::{Compiled, Context, WatchlistFile, compile};

/// The first line is a query, or a term; the rest is searched for it.
pub fn query(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (line, text) = text.split_once('\n').unwrap_or((&text, "Orange est en panne, dit Orange Bank."));
    match parse(line) {
        Ok(expr) => {
            assert_eq!(normal(&expr), expr, "{line:?}");
            printed(&expr);
            search(&expr, text);
        }
        Err(error) => {
            let inside = error.at.start < error.at.end && error.at.end <= line.chars().count() + 1;
            assert!(inside, "{:?} of {line:?}", error.at);
        }
    }
    if let Ok(expr) = read(line) {
        printed(&expr);
    }
}

/// Printed as a line it reads as the same tree.
fn printed(expr: &Expr) {
    let line = print(expr);
    assert_eq!(parse(&line).as_ref(), Ok(&normal(expr)), "{line:?}");
    assert_eq!(normal(&normal(expr)), normal(expr), "{line:?}");
}

/// Hits are what stands at their places, and an excerpt is around them.
fn search(expr: &Expr, text: &str) {
    let asked = Asked::of(expr, &[]);
    let whole = [asked.phrases.as_slice(), &asked.glued].concat();
    assert!(cover(&whole).len() <= whole.len());
    let Ok(matcher) = Matcher::build(vec![BrandQuery::of(expr.clone())]) else { return };
    let links = ["https://orange.example/aide".to_owned()];
    let (title, author, url) = ("Orange en panne", "Ana", "https://forum.example/t/1");
    let document = Document {
        title,
        text,
        author: Some(author),
        url: Some(url),
        links: &links,
        language: None,
        source: Some("La Fibre"),
    };
    let found = matcher.scan(&mut Scratch::default(), &document, |_| true);
    assert!(found.len() <= 1);
    for brand in found {
        let mut hits = Vec::new();
        for hit in &brand.hits {
            let place = hit.start as usize..hit.end as usize;
            let of = match hit.field {
                Field::Title => title,
                Field::Text => text,
                Field::Links => &links[0],
                Field::Author => author,
                Field::Url => url,
                _ => continue,
            };
            assert_eq!(of.get(place.clone()), Some(&*hit.text), "{hit:?}");
            if hit.field == Field::Text {
                hits.push(place);
            }
        }
        let excerpt = excerpt(text, &hits, 240);
        assert!(!super::has_controls(&excerpt.text, false), "{excerpt:?}");
        let mut before = 0;
        for (start, end) in excerpt.hits {
            assert!(start >= before && excerpt.text.get(start as usize..end as usize).is_some(), "{start}..{end}");
            before = end;
        }
    }
}

/// A watchlist, and the same bytes as settings: each mistake has a place in the text, and the readers' language
/// changes words alone. What is taken is written again and read as the same.
pub fn watchlist(data: &[u8]) {
    let [french, english] = [UiLanguage::French, UiLanguage::English].map(|language| compiled(data, language));
    assert_eq!(french.result.is_ok(), english.result.is_ok());
    let all = |compiled: Compiled| compiled.diagnostics.into_iter().flat_map(|(_, said)| said).collect::<Vec<_>>();
    let text = guard(data).unwrap_or_default();
    let expressions: Vec<Expr> = french.result.as_ref().map_or_else(
        |_| Vec::new(),
        |set| set.teams.iter().flat_map(|team| &team.brands).map(|brand| brand.matching.clone()).collect(),
    );
    let is_refused = french.result.is_err();
    let (french, english) = (all(french), all(english));
    assert_eq!(is_refused, french.iter().any(|said| said.severity == Severity::Error), "{text}");
    check(&text, &french);
    check(&text, &english);
    same_places(&french, &english);
    for expr in expressions {
        printed(&expr);
        let mut again = String::from("brands:\n  - id: a\n    match:\n");
        let _ = writeln!(again, "{}", yaml(&expr, 6));
        let read = compiled(again.as_bytes(), UiLanguage::English).result.expect(&again);
        assert_eq!(normal(&read.teams[0].brands[0].matching), normal(&expr), "{again}");
    }

    let settings = |language| match settings_of(Path::new("vigie.yaml"), data, None, language) {
        Ok((_, notices)) => {
            assert!(notices.iter().all(|said| said.severity == Severity::Notice), "{text}");
            notices
        }
        Err(said) => {
            assert!(said.iter().any(|said| said.severity == Severity::Error), "{text}");
            said
        }
    };
    let (french, english) = (settings(UiLanguage::French), settings(UiLanguage::English));
    check(&text, &french);
    check(&text, &english);
    same_places(&french, &english);
}

fn compiled(bytes: &[u8], language: UiLanguage) -> Compiled {
    let file = WatchlistFile { name: "a.yaml".into(), path_shown: "watchlists/a.yaml".into(), bytes: bytes.to_owned() };
    compile(&[file], &Context { settings: None, language, examples: true })
}

/// Diagnostics of a text that the guard let through; of one that it did not, their places are not looked at.
fn check(text: &str, all: &[Diagnostic]) {
    assert!(all.is_sorted_by_key(|said| (said.place.line, said.place.column)));
    for said in all {
        assert!(!said.sentence.trim().is_empty() && !super::has_controls(&said.sentence, false), "{said:?}");
        let shown = said.render(false);
        assert!(!super::has_controls(&shown, true) && !shown.contains(is_treacherous), "{said:?}");
        if text.is_empty() {
            continue;
        }
        let line = (said.place.line as usize).checked_sub(1).and_then(|line| text.split('\n').nth(line));
        let length = line.unwrap_or_else(|| panic!("line {} of {text:?}", said.place.line)).chars().count();
        let column = said.place.column as usize;
        assert!((1..=length + 1).contains(&column), "{said:?} of {text:?}");
        assert!(said.end_column >= said.place.column, "{said:?} of {text:?}");
    }
}

fn same_places(french: &[Diagnostic], english: &[Diagnostic]) {
    let places = |all: &[Diagnostic]| {
        let mut places: Vec<_> =
            all.iter().map(|said| (said.place.clone(), said.severity == Severity::Error)).collect();
        places.dedup();
        places
    };
    assert_eq!(places(french), places(english));
}
