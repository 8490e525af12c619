//! The matcher against the contract: tables for its sentences, and an oracle (a naive fold and a naive
//! search of every term) on random texts and term lists.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use vigie::matcher::{BrandMatch, BrandQuery, BuildError, Document, Matcher, Scratch};
use vigie::mention::Field;
use vigie::query::{Expr, Mask, Term, Within};
use vigie::text::fold::{Folder, fold_string};

fn term(written: &str) -> Term {
    Term::parse(written).unwrap_or_else(|error| panic!("{written}: {error}"))
}

fn any(terms: &[&str]) -> Expr {
    Expr::any(terms.iter().map(|written| Expr::Term(term(written))).collect())
}

fn brand(matching: Expr, mask: &[&str], tags: &[(&str, &[&str])]) -> BrandQuery {
    let terms = |list: &[&str]| list.iter().map(|written| term(written)).collect::<Vec<_>>();
    BrandQuery {
        mask: terms(mask).into_iter().map(Mask::from).collect(),
        tags: tags
            .iter()
            .map(|(name, list)| ((*name).to_owned(), terms(list).into_iter().map(Expr::Term).collect()))
            .collect(),
        ..BrandQuery::of(matching)
    }
}

fn scan(brands: Vec<BrandQuery>, title: &str, text: &str) -> Vec<BrandMatch> {
    let matcher = Matcher::build(brands).expect("small enough");
    matcher.scan(&mut Scratch::default(), &Document { title, text, ..Document::default() }, |_| true)
}

/// The slices that a lone term hits.
fn slices(written: &str, text: &str) -> Vec<String> {
    let found = scan(vec![brand(any(&[written]), &[], &[])], "", text);
    found.into_iter().flat_map(|found| found.hits).map(|hit| hit.text).collect()
}

fn check(table: &[(&str, &str, &[&str])]) {
    for (written, text, expected) in table {
        assert_eq!(slices(written, text), *expected, "{written} in {text:?}");
    }
}

#[test]
fn a_word_is_a_longest_run_of_letters_marks_digits_and_underscore() {
    check(&[
        ("orange", "l'orange", &["orange"]),
        ("orange", "d’Orange", &["Orange"]),
        ("orange", "fini.Orange", &["Orange"]),
        ("orange", "#orange", &["orange"]),
        ("orange", "«Orange»:orange,ORANGE🍊orange™", &["Orange", "orange", "ORANGE", "orange"]),
        ("orange", "super-orange", &["orange"]),
        ("orange", "oranger oranges orange_bank _orange orange2", &[]),
        ("orange", "orangex\u{301} orange\u{301}", &["orange\u{301}"]),
        ("SFR", "sfr-numericable", &["sfr"]),
    ]);
}

#[test]
fn scripts_without_spaces_have_no_boundary() {
    check(&[
        ("橙色", "这是橙色的", &["橙色"]),
        ("橙", "橙色", &["橙"]),
        ("オレンジ", "新オレンジジュース", &["オレンジ"]),
        ("ส้ม", "น้ำส้มคั้น", &["ส้ม"]),
        ("오렌지", "오렌지주스", &["오렌지"]),
        ("orange", "楽天orange株", &["orange"]),
        ("楽天card", "新楽天Cardの", &["楽天Card"]),
        ("新か", "新が", &[]),
        ("新가", "新각", &[]),
    ]);
}

#[test]
fn an_address_is_one_word() {
    check(&[
        ("orange", "https://www.orange.fr/orange?orange=1", &[]),
        ("orange", "voir http://x.test/orange, orange", &["orange"]),
        ("orange", "(https://x.test/a) orange", &["orange"]),
        ("orange", "www.orange.fr orange.fr Orange.com boutique.orange.fr/x", &[]),
        ("orange", "cm@orange.com orange@x.fr", &[]),
        ("orange", "@orange_fr @OrangeBank", &[]),
        ("bank", "orange bank.fr", &[]),
        ("orange bank", "orange bank.fr", &[]),
        ("Booking.com", "sur booking.com hier, pas www.booking.com", &["booking.com"]),
        ("=Booking.com", "sur Booking.com, booking.com", &["Booking.com"]),
    ]);
}

#[test]
fn a_comparison_folds() {
    check(&[
        ("resilie", "RÉSILIÉ", &["RÉSILIÉ"]),
        ("résilié", "resilie re\u{301}silie\u{301}", &["resilie", "re\u{301}silie\u{301}"]),
        ("coeur", "Cœur CŒUR", &["Cœur", "CŒUR"]),
        ("Strasse", "straße STRAẞE", &["straße", "STRAẞE"]),
        ("Malmo", "Malmø", &["Malmø"]),
        ("Lodz", "Łódź", &["Łódź"]),
        ("елка", "Ёлка", &["Ёлка"]),
        ("ΟΔΟΣ", "οδός", &["οδός"]),
        ("orange", "o\u{AD}ran\u{200B}ge ｏｒａｎｇｅ", &["o\u{AD}ran\u{200B}ge", "ｏｒａｎｇｅ"]),
        ("❤️", "j'❤ j'❤\u{FE0F}", &["❤", "❤\u{FE0F}"]),
    ]);
}

#[test]
fn white_space_and_hyphens_join_a_phrase_and_nothing_else_does() {
    for joiner in [" ", "\u{A0}", "\u{202F}", "\t", "\n", "\r\n", " \n ", "-", "\u{2010}", "\u{2011}", " - ", "-\n"] {
        let text = format!("Orange{joiner}Bank");
        assert_eq!(slices("orange bank", &text), [text.as_str()], "{joiner:?}");
        assert_eq!(slices("orange-bank", &text), [text.as_str()], "{joiner:?}");
    }
    for breaker in ["\n\n", "\r\n\r\n", "\n \n", "\u{2013}", " \u{2014} ", ".", ". ", ", ", "'", "/", ""] {
        assert_eq!(slices("orange bank", &format!("Orange{breaker}Bank")), [""; 0], "{breaker:?}");
    }
}

#[test]
fn apostrophes_are_equal_and_no_space() {
    for apostrophe in ["'", "’", "‘", "ʼ", "＇", "´"] {
        let text = format!("chez L{apostrophe}Oréal");
        assert_eq!(slices("l'oreal", &text), [&text[5..]], "{apostrophe}");
        assert_eq!(slices("=L’Oréal", &text), [&text[5..]], "{apostrophe}");
    }
    check(&[("l'oreal", "l oreal l-oreal loreal", &[]), ("l oreal", "l'oreal", &[])]);
}

#[test]
fn a_phrase_also_hits_the_hashtag_or_handle_of_its_letters() {
    check(&[
        ("orange bank", "#OrangeBank @orangebank", &["#OrangeBank", "@orangebank"]),
        ("orange bank", "#OrangeBanks #MyOrangeBank @orangebank_fr a#orangebank a@orangebank orangebank", &[]),
        ("orange bank", "https://x.test/#orangebank", &[]),
        ("orange bank", "@orangebank@piaille.fr", &["@orangebank"]),
        ("orange bank", "#OrangeBank橙", &[]),
        ("coca-cola", "#CocaCola", &["#CocaCola"]),
        ("=Orange Bank", "#OrangeBank @OrangeBank", &[]),
        ("orange", "#orange @orange", &["orange", "orange"]),
        ("=orange", "#orange @orange", &["orange"]),
    ]);
}

#[test]
fn an_exact_term_asks_for_case_and_accents() {
    check(&[
        ("=Orange SA", "Orange SA, orange sa, ORANGE SA, Orange-SA, Orange\u{A0}SA", &["Orange SA", "Orange\u{A0}SA"]),
        ("=Orangé", "Orange Orangé Orange\u{301}", &["Orangé", "Orange\u{301}"]),
        ("=X", "X x Xx @X", &["X"]),
        ("=Free", "free Free FREE Freebox", &["Free"]),
        ("=-50%", "à -50%, à 50%", &["-50%"]),
    ]);
}

#[test]
fn punctuation_inside_a_term_is_part_of_it() {
    check(&[
        ("C&A", "chez c&a et C & A", &["c&a"]),
        ("Yahoo!", "Yahoo! (yahoo!) Yahoo !", &["Yahoo!", "yahoo!"]),
        ("Yahoo!", "Yahoo!Mail xYahoo!", &["Yahoo!"]),
        ("Google+", "Google+ Google+, Google+1 Google", &["Google+", "Google+"]),
        ("N°5", "n°5 N°55 N5", &["n°5"]),
        ("E.Leclerc", "e.leclerc E.LECLERC E Leclerc", &["e.leclerc", "E.LECLERC"]),
        ("S.N.C.F.", "la S.N.C.F. SNCF", &["S.N.C.F."]),
        ("🍊", "vive🍊🍊!", &["🍊", "🍊"]),
    ]);
}

#[test]
fn a_mask_hides_the_occurrence_and_not_the_text() {
    let query = || {
        let tags: &[(&str, &[&str])] = &[("fruit", &["jus"]), ("colour", &["orange"])];
        vec![brand(any(&["orange"]), &["jus d'orange", "vigilance orange"], tags)]
    };
    assert_eq!(scan(query(), "", "Un jus d’orange, la vigilance orange"), []);
    let found = scan(query(), "Jus d'orange", "Jus d'orange chez Orange");
    assert_eq!(found[0].hits.iter().map(|hit| (hit.field, hit.start)).collect::<Vec<_>>(), [(Field::Text, 18)]);
    assert_eq!(found[0].tags, ["colour"], "the mask hides `jus` as well");

    let all = vec![Expr::Term(term("orange")), Expr::Term(term("panne"))];
    let all = Expr::all(all, Within::Document);
    assert_eq!(scan(vec![brand(all, &["panne orange"], &[])], "", "panne orange"), []);
    let none =
        Expr::Group { any: vec![any(&["free"])], all: vec![], none: vec![any(&["orange"])], within: Within::Document };
    assert_eq!(scan(vec![brand(none, &["jus d'orange"], &[])], "", "free, jus d'orange").len(), 1);
}

#[test]
fn title_and_text_are_seen_together_and_hits_are_in_order() {
    let all = Expr::Group {
        any: vec![],
        all: vec![any(&["orange", "orange bank", "Orange"]), any(&["fibre"])],
        none: vec![any(&["sfr"])],
        within: Within::Document,
    };
    let matcher = Matcher::build(vec![brand(any(&["rien"]), &[], &[]), brand(all, &[], &[])]).expect("small enough");
    assert_eq!(matcher.terms(), 6);
    let mut scratch = Scratch::default();
    let document = Document { title: "La fibre", text: "Orange Bank", ..Document::default() };
    let found = matcher.scan(&mut scratch, &document, |_| true);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].brand, 1);
    assert_eq!(found[0].why, ["orange", "orange bank", "Orange", "fibre"]);
    let places: Vec<_> =
        found[0].hits.iter().map(|hit| (hit.field.word(), hit.start, hit.end, hit.term.as_str())).collect();
    assert_eq!(
        places,
        [("title", 3, 8, "fibre"), ("text", 0, 6, "orange"), ("text", 0, 6, "Orange"), ("text", 0, 11, "orange bank")]
    );
    assert_eq!(matcher.scan(&mut scratch, &document, |brand| brand != 1), []);
    assert_eq!(matcher.scan(&mut scratch, &Document { title: "SFR, la fibre", ..document }, |_| true), []);
    assert_eq!(matcher.scan(&mut scratch, &Document { title: "", ..document }, |_| true), []);
}

#[test]
fn a_hostile_watchlist_is_refused_or_stays_cheap() {
    let mut deep = Expr::Term(term("orange"));
    for _ in 0..70 {
        deep = Expr::any(vec![deep]);
    }
    assert_eq!(Matcher::build(vec![brand(deep, &[], &[])]).err(), Some(BuildError::TooDeep(64)));

    let long = "e".repeat(190);
    let many = (0..50_000).map(|n| Expr::Term(term(&format!("{long}{n}")))).collect();
    let many = Expr::any(many);
    assert_eq!(Matcher::build(vec![brand(many, &[], &[])]).err(), Some(BuildError::TooLarge(8 << 20)));

    // One word at a hundred distances from the start of its terms.
    let same: Vec<String> = (1..100).map(|n| format!("{}orange", "!".repeat(n))).collect();
    let written: Vec<&str> = same.iter().map(String::as_str).collect();
    let text = format!("{}orange", "!".repeat(120));
    assert_eq!(scan(vec![brand(any(&written), &[], &[])], "", &text)[0].hits.len(), 99);
}

// The oracle.

fn skipped(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}')
}

fn joins(c: char) -> bool {
    c.is_whitespace() || "-\u{2010}\u{2011}".contains(c)
}

fn unspaced(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{E7F}' | '\u{1100}'..='\u{11FF}' | '\u{3041}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}')
}

fn in_word(c: char) -> bool {
    (c.is_alphanumeric() || is_combining_mark(c) || c == '_') && !unspaced(c)
}

/// Folded text by unit of the original, with the unit's place.
fn naive_fold(text: &str) -> Vec<(String, usize, usize)> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut units = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let (start, first) = chars[at];
        let mut to = at + 1;
        if joins(first) {
            while to < chars.len() && (joins(chars[to].1) || skipped(chars[to].1)) {
                to += 1;
            }
            let run: String = chars[at..to].iter().map(|&(_, c)| c).collect();
            let breaks = run.replace("\r\n", "\n").matches(['\n', '\r']).count();
            units.push((if breaks > 1 { "\n\n" } else { " " }.to_owned(), start, start + run.len()));
        } else {
            while to < chars.len() && !skipped(first) && (skipped(chars[to].1) || is_combining_mark(chars[to].1)) {
                to += 1;
            }
            let last = (at..to).rev().find(|&i| i == at || is_combining_mark(chars[i].1)).expect("the first");
            let cluster: String = chars[at..to].iter().map(|&(_, c)| c).filter(|&c| !skipped(c)).collect();
            let folded = if "™½".contains(first) { cluster } else { naive_cluster(&cluster) };
            if !folded.is_empty() {
                units.push((folded, start, chars[last].0 + chars[last].1.len_utf8()));
            }
        }
        at = to;
    }
    units
}

fn naive_cluster(cluster: &str) -> String {
    let european = cluster.nfkd().next().is_some_and(|c| c.is_alphabetic() && c < '\u{530}');
    let mut folded = String::new();
    for c in cluster.nfkd().filter(|&c| !(european && is_combining_mark(c))) {
        match c {
            '’' | '‘' | 'ʼ' => folded.push('\''),
            'ß' | 'ẞ' => folded.push_str("ss"),
            'œ' | 'Œ' => folded.push_str("oe"),
            'ø' | 'Ø' => folded.push('o'),
            'ς' => folded.push('σ'),
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

fn naive_exact(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().filter(|&c| !skipped(c)).nfc() {
        match c {
            '’' | '‘' | 'ʼ' | '＇' | '´' => out.push('\''),
            '\u{2010}' | '\u{2011}' => out.push('-'),
            c if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out
}

fn naive_hits(term: &Term, text: &str) -> Vec<(usize, usize)> {
    let units = naive_fold(text);
    let wanted: String = naive_fold(term.text.trim()).into_iter().map(|unit| unit.0).collect();
    let wanted = wanted.replace("\n\n", " ").trim().to_owned();
    let first = wanted.chars().next().expect("not empty");
    let last = wanted.chars().next_back().expect("not empty");
    let letters = wanted.replace(' ', "");
    let mut hits = Vec::new();
    for from in 0..units.len() {
        let mut folded = String::new();
        for to in from..units.len() {
            folded.push_str(&units[to].0);
            if !wanted.starts_with(&folded) {
                break;
            }
            if folded != wanted {
                continue;
            }
            let before = from.checked_sub(1).and_then(|index| units[index].0.chars().next_back());
            let after = units.get(to + 1).and_then(|unit| unit.0.chars().next());
            let glued = in_word(first) && before.is_some_and(in_word)
                || in_word(last) && after.is_some_and(in_word)
                || after.is_some_and(|c| is_combining_mark(c) || matches!(c, '\u{1160}'..='\u{11FF}'))
                || last == '+' && after.is_some_and(char::is_numeric);
            let (start, end) = (units[from].1, units[to].2);
            if !glued && (!term.exact || naive_exact(&text[start..end]) == naive_exact(&term.text)) {
                hits.push((start, end));
            }
        }
        // The hashtag that is exactly the letters of a phrase.
        let phrase = !term.exact && wanted.contains(' ') && letters.chars().all(in_word);
        if phrase && units[from].0 == "#" {
            let name: Vec<_> =
                units[from + 1..].iter().take_while(|unit| unit.0.chars().all(|c| in_word(c) || unspaced(c))).collect();
            let glued = text[..units[from].1].chars().next_back().is_some_and(char::is_alphanumeric);
            let spelled: String = name.iter().map(|unit| unit.0.as_str()).collect();
            if let Some(end) = name.last()
                && spelled == letters
                && !glued
                && text[..name[0].1].ends_with('#')
            {
                hits.push((units[from].1, end.2));
            }
        }
    }
    hits
}

const PIECES: [&str; 66] = [
    "orange",
    "Orange",
    "ORANGÉ",
    "orangé",
    "bank",
    "Bank",
    "e",
    "e\u{301}",
    "é",
    "œuf",
    "oeuf",
    "Straße",
    "strasse",
    "d",
    "l",
    "'",
    "’",
    " ",
    " ",
    " ",
    " ",
    " ",
    "\u{A0}",
    "\n",
    "\n\n",
    "\r\n",
    "-",
    "\u{2011}",
    "–",
    "#",
    "#",
    "…",
    "ﬁn",
    "fin",
    "橙",
    "色",
    "オレンジ",
    "が",
    "か",
    "🍊",
    "☕\u{FE0F}",
    "\u{AD}",
    "\u{200B}",
    "\u{301}",
    "\u{327}",
    "_",
    "+",
    "&",
    "!",
    "1",
    "™",
    "½",
    "я",
    "й",
    "Й",
    "и",
    "σ",
    "ς",
    "가",
    "각",
    "ส้ม",
    "\u{20E3}",
    "İ",
    "ø",
    "«",
    "anticonstitutionnellement",
];

fn pieces(count: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), count).prop_map(|list| list.concat())
}

/// Without a hyphen at the ends, which the tables decide.
fn terms() -> impl Strategy<Value = Vec<Term>> {
    let one = (proptest::bool::weighted(0.2), pieces(1..5)).prop_filter_map("a bare term", |(exact, text)| {
        let bare = text.trim_matches(joins);
        Term::parse(&format!("{}{bare}", if exact { "=" } else { "" })).ok()
    });
    proptest::collection::vec(one, 1..12)
}

#[test]
fn every_character_folds_once_and_finds_its_way_back() {
    let mut folder = Folder::default();
    for c in (0..=0x10_FFFF).filter_map(char::from_u32) {
        let text = format!("x.{c}");
        folder.fold(&text);
        let once = String::from_utf8(folder.folded().to_vec()).expect("a fold is UTF-8");
        assert_eq!(fold_string(&once), once, "{c:?}");
        if once.len() > 2 {
            let range = folder.original(&text, 1..once.len());
            assert!(range == Some(1..text.len()), "{c:?} {range:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_matcher_agrees_with_a_naive_search_of_every_term(
        terms in terms(),
        title in pieces(0..8),
        text in pieces(0..150),
    ) {
        let matching = Expr::any(terms.iter().cloned().map(Expr::Term).collect());
        let found = scan(vec![BrandQuery::of(matching)], &title, &text);
        let mut hits: Vec<_> = found
            .into_iter()
            .flat_map(|found| found.hits)
            .map(|hit| (hit.term, hit.field, hit.start as usize, hit.end as usize))
            .collect();
        let mut expected = Vec::new();
        for (field, text) in [(Field::Title, &title), (Field::Text, &text)] {
            for term in &terms {
                let places = naive_hits(term, text).into_iter();
                expected.extend(places.map(|(start, end)| (term.written.clone(), field, start, end)));
            }
        }
        hits.sort_unstable();
        expected.sort_unstable();
        expected.dedup();
        prop_assert_eq!(hits, expected);
    }

    #[test]
    fn a_hit_in_any_text_folds_to_its_term(
        text in "(\\PC|\\s|\\p{L}\\p{M}?|[a-c' #@./-]){1,60}",
        from in 0_usize..60,
        length in 1_usize..12,
    ) {
        let from = from % text.chars().count();
        let written: String = text.chars().skip(from).take(length).filter(|&c| c != '\\').collect();
        let Ok(term) = Term::parse(&written) else { return Ok(()) };
        let letters = |text: &str| -> String {
            let joined: String = fold_string(text).split(joins).collect();
            joined.trim_start_matches(['#', '@']).to_owned()
        };
        let wanted = letters(&term.text);
        for found in scan(vec![BrandQuery::of(Expr::Term(term))], "", &text) {
            for hit in found.hits {
                let slice = &text[hit.start as usize..hit.end as usize];
                prop_assert_eq!(slice, &hit.text);
                prop_assert_eq!(letters(slice), wanted.as_str());
            }
        }
    }

    #[test]
    fn folding_twice_is_folding_once(text in "(.|\\PC|\\p{L}|\\p{M}|\\p{S}|[ -~]|\\s){0,200}") {
        let once = fold_string(&text);
        prop_assert_eq!(fold_string(&once), once);
    }

    #[test]
    fn the_way_back_is_monotone_and_on_characters_bounds(
        text in "(.|\\PC|\\p{L}\\p{M}{0,3}|[ -~]{0,20}|\\s|[éèœ’]){0,120}",
    ) {
        let mut folder = Folder::default();
        folder.fold("what stood in the buffer before");
        folder.fold(&text);
        let once = String::from_utf8(folder.folded().to_vec()).expect("a fold is UTF-8");
        let mut last = 0;
        for (start, c) in once.char_indices() {
            if let Some(range) = folder.original(&text, start..start + c.len_utf8()) {
                prop_assert!(range.start >= last && range.end >= range.start);
                prop_assert_eq!(fold_string(&text[range.clone()]), c.to_string());
                last = range.start;
            }
        }
        let whole = folder.original(&text, 0..once.len());
        prop_assert_eq!(whole.is_some(), !once.is_empty());
    }
}
