//! The matcher against the contract: tables for its sentences, and an oracle (a naive fold and a naive
//! search of every term) on random texts and term lists.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use vigie::matcher::{BrandMatch, BrandQuery, BuildError, Document, Matcher, Scratch};
use vigie::mention::Field;
use vigie::query::variants::{MANY, ONE};
use vigie::query::{Company, Expr, Mask, Mode, Phrase, Sign, Term, TermError, TermKind, Within};
use vigie::text::fold::{Folder, fold_string};
use vigie::text::language::Language;

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
        ("l'oréal", "#LOreal @loreal #l", &["#LOreal", "@loreal"]),
        ("jus d'orange", "#JusDOrange #jusdorange2", &["#JusDOrange"]),
        ("E.Leclerc", "@ELeclerc #ELeclerc #Leclerc", &["@ELeclerc", "#ELeclerc"]),
        ("Node.js", "#NodeJS #node", &["#NodeJS"]),
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
fn a_wildcard_stands_for_characters_of_its_word() {
    check(&[
        ("boycott*", "Boycott boycotter, BOYCOTTONS-les boycot antiboycott", &["Boycott", "boycotter", "BOYCOTTONS"]),
        ("boycott*", "boycott橙 boycott's", &["boycott", "boycott"]),
        ("c?cotte", "cocotte cécotte c?cotte ccotte", &["cocotte", "cécotte"]),
        ("*phone", "smartphone phone phones téléphone", &["smartphone", "phone", "téléphone"]),
        ("trop cher*", "trop chère, trop-cher, trop le cher", &["trop chère", "trop-cher"]),
        ("cher* trop", "chers trop", &["chers trop"]),
        ("=Boycott*", "Boycotter boycotter BOYCOTTER", &["Boycotter"]),
        (r"boycott\*", "boycott* boycotter", &["boycott*"]),
        ("boycott*", "https://x.fr/boycotter boycott.fr", &[]),
        ("l'orang* amère", "L’orange amère", &["L’orange amère"]),
    ]);
}

#[test]
fn alternatives_stand_for_one_of_them() {
    check(&[
        (
            "(ville|mairie) d'orange",
            "La mairie d'Orange, la ville d’orange, ville orange",
            &["mairie d'Orange", "ville d’orange"],
        ),
        ("=(chez|clients) Orange", "chez Orange, Clients Orange, clients Orange", &["chez Orange", "clients Orange"]),
        ("orange (bank|)", "orange bank", &["orange", "orange bank"]),
        ("(boycott*|quitter) orange", "quitter Orange boycottez orange", &["quitter Orange", "boycottez orange"]),
    ]);
}

#[test]
fn a_hashtag_or_handle_needs_its_sign() {
    check(&[
        ("#orange", "#Orange orange #orange_bank a#orange ##orange", &["#Orange", "#orange"]),
        ("#tag*", "#tag #tagada #tag_x #untag https://x.fr/#tag", &["#tag", "#tagada", "#tag_x"]),
        ("#橙色", "#橙色 橙色 #橙色的", &["#橙色"]),
        ("@orange", "@Orange orange cm@orange @orange_fr @orange@piaille.fr", &["@Orange", "@orange"]),
        ("@orange@piaille.fr", "@orange", &["@orange"]),
        ("=#Tag", "#Tag #tag", &["#Tag"]),
        ("=@Cm", "@Cm @cm", &["@Cm"]),
        ("(#promo|@promo)", "#promo", &["#promo"]),
    ]);
}

#[test]
fn only_terms_that_ask_for_the_language_make_a_matcher_read_it() {
    let reads = |expr: Expr| Matcher::build(vec![brand(expr, &[], &[])]).expect("small enough").reads_language();
    for plain in ["orange", "=Orange", "^orange", "boycott*", "#orange", "@orange", "orange.fr", "site:orange.fr"] {
        assert!(!reads(any(&[plain])), "{plain}");
    }
    for asking in ["~résilier", "~forfait résilier", "lang:fr"] {
        assert!(reads(any(&["orange", asking])), "{asking}");
    }
    assert!(reads(Expr::Company(Company::parse("orange").expect("a name"))));
}

#[test]
fn a_domain_is_found_in_addresses_and_not_in_others() {
    check(&[
        (
            "orange.fr",
            "orange.fr www.Orange.fr, https://boutique.orange.fr/x?y",
            &["orange.fr", "Orange.fr", "orange.fr"],
        ),
        ("orange.fr", "orange[.]fr hxxps://www[.]orange[.]fr", &["orange[.]fr", "orange[.]fr"]),
        ("orange", "voir orange[.]fr ou orange [.] fr", &["orange"]),
        ("orange.fr", "https://user:pw@orange.fr/x ftp://user@www.orange.fr", &["orange.fr", "orange.fr"]),
        ("orange.fr", "https://orange.fr@x.com https://x.com/a@orange.fr user:pw@orange.fr", &[]),
        ("orange.fr", "cm@orange.fr cm@mail.orange.fr my-orange.fr orange.fr.evil.com orange.fra", &[]),
        ("orange.fr", "https://x.com/orange.fr https://x.com/?u=orange.fr", &[]),
        ("orange.fr", "fini, orange.fr. Et orange.fr:8080", &["orange.fr", "orange.fr"]),
        ("la-poste.fr", "la-poste.fr la poste.fr", &["la-poste.fr"]),
        (
            "e.leclerc",
            "https://www.e.leclerc/x chez E.Leclerc. Sur e.leclerc/promo",
            &["e.leclerc", "E.Leclerc", "e.leclerc"],
        ),
        ("oui.sncf", "https://www.oui.sncf/billet cm@oui.sncf oui.sncf.com", &["oui.sncf"]),
        (
            "orange.fr/noel",
            "orange.fr/noel orange.fr/noel/x orange.fr/noela orange.fr",
            &["orange.fr/noel", "orange.fr/noel"],
        ),
        ("orange.fr/noel*", "orange.fr/noela orange.fr/noel", &["orange.fr/noel", "orange.fr/noel"]),
    ]);
    let links = ["https://x.test/a".to_owned(), "https://www.orange.fr/b".to_owned()];
    let matcher = Matcher::build(vec![brand(any(&["orange.fr", "orange"]), &[], &[])]).expect("small enough");
    let document = Document { text: "ici", links: &links, ..Document::default() };
    let found = matcher.scan(&mut Scratch::default(), &document, |_| true);
    assert_eq!(found[0].hits.len(), 1);
    let hit = &found[0].hits[0];
    assert_eq!((hit.field, hit.text.as_str()), (Field::Links, "orange.fr"));
    assert_eq!(&links.join("\n")[hit.start as usize..hit.end as usize], "orange.fr");
}

#[test]
fn a_field_term_asks_for_what_the_entry_states() {
    let document = Document {
        title: "La Fibre",
        text: "orange",
        author: Some(" @Jeanne_D"),
        url: Some("https://www.forum.orange.fr/sujet/1"),
        language: Language::from_tag("fr"),
        source: Some("Le Café"),
        ..Document::default()
    };
    for (written, hit) in [
        ("title:fibre", Some("Fibre")),
        ("title:orange", None),
        ("title:=Fibre", Some("Fibre")),
        ("title:^fibre", Some("Fibre")),
        ("author:jeanne_d", Some("Jeanne_D")),
        ("author:@jeanne_d", Some("Jeanne_D")),
        ("author:jeanne", None),
        ("site:orange.fr", Some("orange.fr")),
        ("site:forum.orange.fr/sujet", Some("forum.orange.fr")),
        ("site:range.fr", None),
        ("site:orange.fr/autre", None),
        ("lang:fr", Some("fr")),
        ("lang:en", None),
        ("source:le cafe", Some("Le Café")),
        ("source:cafe", None),
    ] {
        let matcher = Matcher::build(vec![brand(any(&[written]), &[], &[])]).expect("small enough");
        let found = matcher.scan(&mut Scratch::default(), &document, |_| true);
        let texts: Vec<&str> = found.iter().flat_map(|found| &found.hits).map(|hit| hit.text.as_str()).collect();
        assert_eq!(texts, Vec::from_iter(hit), "{written}");
    }
}

#[test]
fn a_name_is_written_as_one() {
    check(&[
        ("^orange", "Orange chez Orange, une orange. Orange", &["Orange"]),
        ("^orange", "JE QUITTE ORANGE", &[]),
        ("^orange bank", "Orange Bank ferme. Orange bank ferme", &["Orange Bank"]),
        ("^la poste", "je vais à la Poste. La poste de secours, la poste de garde", &["la Poste"]),
    ]);
}

#[test]
fn inflected_forms_are_found_and_mere_prefixes_are_not() {
    check(&[
        (
            "~résilier",
            "j'ai résilié, résiliez, la RÉSILIATION, resilier",
            &["résilié", "résiliez", "RÉSILIATION", "resilier"],
        ),
        ("~casser", "casserole cassé casse", &["cassé", "casse"]),
        ("~client mécontent", "des clientes mécontentes", &["clientes mécontentes"]),
        ("~(quitter|fuir) orange", "on quittait Orange", &["quittait Orange"]),
    ]);
}

fn near(of: &[&str], with: &[&str], words: u32) -> Expr {
    let terms = |list: &[&str]| list.iter().map(|written| Expr::Term(term(written))).collect();
    Expr::Near { of: terms(of), with: terms(with), words }
}

fn holds(expr: &Expr, title: &str, text: &str) -> bool {
    !scan(vec![brand(expr.clone(), &[], &[])], title, text).is_empty()
}

#[test]
fn near_counts_the_words_between_in_one_field() {
    let expr = near(&["orange"], &["panne", "orange bank"], 2);
    for (text, expected) in [
        ("orange en panne", true),
        ("panne d'orange", true),
        ("panne chez d'orange", true),
        ("panne hier chez d'orange", false),
        ("panne https://a.fr/b-c-d chez orange", true),
        ("orange bank", false),
        ("orange bank orange", true),
    ] {
        assert_eq!(holds(&expr, "", text), expected, "{text}");
    }
    assert!(!holds(&expr, "orange", "panne"));
    assert!(!holds(&near(&["orange"], &["orange"], 5), "", "orange"));
    assert!(holds(&near(&["orange"], &["orange"], 5), "", "orange orange"));
}

#[test]
fn a_sequence_asks_for_the_order() {
    let terms = ["orange", "panne", "paris"].iter().map(|written| Expr::Term(term(written))).collect();
    let expr = Expr::Sequence { terms, words: 1 };
    for (text, expected) in [
        ("orange panne paris", true),
        ("orange en panne, paris", true),
        ("orange panne orange en panne à paris", true),
        ("panne orange paris", false),
        ("orange est en panne paris", false),
    ] {
        assert_eq!(holds(&expr, "", text), expected, "{text}");
    }
    let found = scan(vec![brand(expr, &[], &[])], "", "panne ; orange panne paris").remove(0);
    assert_eq!(found.why, ["orange", "panne", "paris"]);
}

#[test]
fn at_least_counts_occurrences() {
    let expr = |times| Expr::AtLeast { times, of: vec![any(&["orange", "SFR", "=Orange"])] };
    assert!(holds(&expr(3), "Orange", "orange et sfr"));
    assert!(!holds(&expr(4), "Orange", "orange et sfr"));
}

#[test]
fn all_within_a_sentence_is_not_all_within_the_document() {
    let parts = || vec![Expr::Term(term("orange")), any(&["panne", "fibre"])];
    let (sentence, document) = (Expr::all(parts(), Within::Sentence), Expr::all(parts(), Within::Document));
    for (text, expected) in [
        ("Orange est en panne.", true),
        ("J'ai Orange. La panne dure.", false),
        ("Rien. La fibre d'Orange ! Rien", true),
    ] {
        assert_eq!(holds(&sentence, "", text), expected, "{text}");
        assert!(holds(&document, "", text), "{text}");
    }
    assert!(!holds(&sentence, "Orange", "panne"));
}

#[test]
fn parts_of_several_terms_hold_within_the_sentence_too() {
    let orange = || Expr::Term(term("orange"));
    let twice = Expr::AtLeast { times: 2, of: vec![any(&["panne"])] };
    let both = Expr::all(vec![any(&["panne"]), any(&["fibre"])], Within::Document);
    let near = Expr::Near { of: vec![any(&["panne"])], with: vec![any(&["fibre"])], words: 9 };
    for (part, inside, across) in [
        (twice, "Panne sur panne chez Orange.", "Panne. Encore une panne chez Orange."),
        (both, "Panne de fibre chez Orange.", "La fibre. Panne chez Orange."),
        (near, "Rien. Panne de fibre chez Orange.", "La fibre ? Panne chez Orange."),
    ] {
        let expr = Expr::all(vec![part, orange()], Within::Sentence);
        assert!(holds(&expr, "", inside), "{inside}");
        assert!(!holds(&expr, "", across), "{across}");
    }
}

#[test]
fn expressions_nest_in_each_other() {
    let company = Expr::Company(Company::parse("orange").expect("a name"));
    let expr = Expr::Near {
        of: vec![company],
        with: vec![Expr::all(vec![any(&["trop"]), any(&["cher"])], Within::Sentence)],
        words: 3,
    };
    assert!(holds(&expr, "", "Chez Orange c'est trop cher"));
    assert!(!holds(&expr, "", "une orange, c'est trop cher"));
}

#[test]
fn a_mask_may_be_an_expression_and_may_be_lifted() {
    let masked = |mask: Mask, text: &str| {
        let query = BrandQuery { mask: vec![mask], ..brand(any(&["orange"]), &[], &[]) };
        scan(vec![query], "", text).is_empty()
    };
    let near = || Mask { what: near(&["orange"], &["jus"], 2), unless: None, within: Within::Document };
    assert!(masked(near(), "un jus pressé d'orange"));
    assert!(!masked(near(), "un jus bien frais, pressé chez orange"));
    let unless = |within| Mask { unless: Some(any(&["fibre"])), within, ..Mask::from(term("à orange")) };
    assert!(masked(unless(Within::Document), "Il habite à Orange."));
    assert!(!masked(unless(Within::Document), "Il habite à Orange. La fibre arrive."));
    assert!(masked(unless(Within::Sentence), "Il habite à Orange. La fibre arrive."));
    assert!(!masked(unless(Within::Sentence), "La fibre arrive à Orange. Bien."));
}

#[test]
fn a_company_stands_in_the_constructions_of_its_data() {
    let hit = |name: &str, text: &str| -> Vec<String> {
        let company = Expr::Company(Company::parse(name).expect("a name"));
        scan(vec![BrandQuery::of(company)], "", text)
            .into_iter()
            .flat_map(|found| found.hits)
            .map(|hit| hit.text)
            .collect()
    };
    for (name, text, expected) in [
        ("carrefour", "Carrefour m'a remboursé sans discuter", "Carrefour"),
        ("orange", "les clients Orange attendent", "Orange"),
        ("orange", "merci Orange pour rien", "Orange"),
        ("orange", "le SAV orange ne répond pas", "orange"),
        ("orange", "hier, Orange annonce une hausse", "Orange"),
        ("la poste", "@LaPoste où est mon colis", "LaPoste"),
        ("free", "Free customer service is a joke", "Free"),
        ("free", "I just switched to Free", "Free"),
        ("orange", "une orange m'a taché la chemise", ""),
        ("carrefour", "au carrefour, tournez à gauche", ""),
        ("free", "free shipping for customers", ""),
        ("mention", "il a eu une mention bien", ""),
    ] {
        let found = hit(name, text);
        assert_eq!(found.first().map_or("", String::as_str), expected, "{text}");
    }
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

    let letters = |n: u64| {
        let mut numbers = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        (0..180).map(move |at| {
            numbers ^= numbers << 13;
            numbers ^= numbers >> 7;
            numbers ^= numbers << 17;
            if at % 3 == 2 { ' ' } else { char::from(b'a' + (numbers % 5) as u8) }
        })
    };
    let mixed = (0..30_000).map(|n| Expr::Term(term(&format!("aa {}", letters(n).collect::<String>()))));
    let mixed = Matcher::build(vec![BrandQuery::of(Expr::any(mixed.collect()))]);
    assert_eq!(mixed.err(), Some(BuildError::TooCrowded(4 << 20)));

    let alternatives = |count: usize| (0..count).map(|n| format!("orange{n}")).collect::<Vec<_>>().join("|");
    let wide = format!("({}) bank", alternatives(10_000));
    assert_eq!(scan(vec![brand(any(&[&wide]), &[], &[])], "", "Orange7777 Bank").len(), 1);
    assert_eq!(Term::parse(&format!("({})", alternatives(10_001))), Err(TermError::TooManyVariants));

    let wild = |count: usize| {
        let terms = (0..count).map(|n| Expr::Term(term(&format!("abc{n}*d?f"))));
        Matcher::build(vec![BrandQuery::of(Expr::any(terms.collect()))])
    };
    assert!(wild(2_000).is_ok());
    assert_eq!(wild(100_001).err(), Some(BuildError::TooManyRules(100_000)));

    // What one place of a text makes check is bounded: terms of one word that differ in case, phrases around it.
    let cased = |count: u32| {
        let word = |n: u32| {
            "anticonstitutionnelle"
                .chars()
                .enumerate()
                .map(move |(index, c)| if n >> index & 1 == 1 { c.to_ascii_uppercase() } else { c })
        };
        let terms = (0..count).map(|n| Expr::Term(term(&format!("={}", word(n).collect::<String>()))));
        Matcher::build(vec![BrandQuery::of(Expr::any(terms.collect()))])
    };
    assert!(cased(1_000).is_ok());
    assert_eq!(cased(1_001).err(), Some(BuildError::TooAlike(1_000)));
    let around = |word: fn(usize) -> String| {
        let terms = (0..20_000).map(|n| Expr::Term(term(&format!("orang* {}", word(n)))));
        Matcher::build(vec![BrandQuery::of(Expr::any(terms.collect()))])
    };
    let names = around(|n| n.to_string()).expect("each has a word of its own");
    let document = Document { text: "orange 1234, oranges 777", ..Document::default() };
    assert_eq!(names.scan(&mut Scratch::default(), &document, |_| true)[0].why, ["orang* 777", "orang* 1234"]);
    let mixed = around(|n| {
        (0..7)
            .map(|place| ["bank", "jus", "panne", "fibre", "rue"][n / 5_usize.pow(place) % 5])
            .collect::<Vec<_>>()
            .join(" ")
    });
    assert_eq!(mixed.err(), Some(BuildError::TooAlike(1_000)));

    // Each term the beginning of the next.
    let chain = (1..3_000).map(|n| Expr::Term(term(&format!("({}|{}) le", "ab".repeat(n % 90 + 1), n)))).collect();
    assert!(Matcher::build(vec![BrandQuery::of(Expr::any(chain))]).is_ok());

    // One word, repeated, in expressions that multiply.
    let mut nested = Expr::Term(term("orange"));
    for _ in 0..6 {
        nested = Expr::Near { of: vec![nested], with: vec![Expr::Term(term("orange"))], words: 1_000_000 };
    }
    assert!(holds(&nested, "", &"orange ".repeat(500)));

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

fn phrase_of(term: &Term) -> &Phrase {
    match &term.kind {
        TermKind::Phrase(phrase) => phrase,
        _ => panic!("{term:?}"),
    }
}

/// Places of a pattern that the characters read so far may have led to; `None` is a star or a question mark.
fn step(pattern: &[char], places: &[usize], c: char) -> Vec<usize> {
    let mut next = Vec::new();
    for &place in &closed(pattern, places) {
        match pattern.get(place) {
            Some(&MANY) if in_word(c) => next.push(place),
            Some(&ONE) if in_word(c) => next.push(place + 1),
            Some(&wanted) if wanted == c => next.push(place + 1),
            _ => {}
        }
    }
    next
}

fn closed(pattern: &[char], places: &[usize]) -> Vec<usize> {
    let mut all = places.to_vec();
    let mut at = 0;
    while at < all.len() {
        if pattern.get(all[at]) == Some(&MANY) && !all.contains(&(all[at] + 1)) {
            all.push(all[at] + 1);
        }
        at += 1;
    }
    all
}

fn naive_glob(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let places = text.chars().fold(vec![0], |places, c| step(&pattern, &places, c));
    closed(&pattern, &places).contains(&pattern.len())
}

fn naive_hits(term: &Term, text: &str) -> Vec<(usize, usize)> {
    let Phrase { mode, sign, variants } = phrase_of(term);
    let hashtag = *sign == Some(Sign::Hashtag);
    assert!(hashtag || sign.is_none());
    variants.iter().flat_map(|variant| naive_variant(variant, *mode == Mode::Exact, hashtag, text)).collect()
}

fn naive_variant(written: &str, exact: bool, hashtag: bool, text: &str) -> Vec<(usize, usize)> {
    let units = naive_fold(text);
    let signed = format!("{}{}", if hashtag { "#" } else { "" }, written.trim());
    let wanted: String = naive_fold(&signed).into_iter().map(|unit| unit.0).collect();
    let wanted = wanted.replace("\n\n", " ").trim().to_owned();
    let pattern: Vec<char> = wanted.chars().collect();
    let of_word = |c: char| in_word(c) || matches!(c, MANY | ONE);
    let (first, last) = (pattern[0], pattern[pattern.len() - 1]);
    let letters = wanted.replace(' ', "");
    let mut hits = Vec::new();
    for from in 0..units.len() {
        let mut places = vec![0];
        for to in from..units.len() {
            places = units[to].0.chars().fold(places, |places, c| step(&pattern, &places, c));
            if places.is_empty() {
                break;
            }
            if !closed(&pattern, &places).contains(&pattern.len()) {
                continue;
            }
            let before = from.checked_sub(1).and_then(|index| units[index].0.chars().next_back());
            let after = units.get(to + 1).and_then(|unit| unit.0.chars().next());
            let (start, end) = (units[from].1, units[to].2);
            let behind = text[end..].chars().next();
            let glued = of_word(first) && before.is_some_and(in_word)
                || of_word(last) && after.is_some_and(in_word)
                || after.is_some_and(|c| is_combining_mark(c) || matches!(c, '\u{1160}'..='\u{11FF}'))
                || last == '+' && after.is_some_and(char::is_numeric)
                || hashtag && text[..start].chars().next_back().is_some_and(char::is_alphanumeric)
                || hashtag && behind.is_some_and(|c| c.is_alphanumeric() || c == '_');
            let name = start + usize::from(hashtag) * text[start..].chars().next().map_or(0, char::len_utf8);
            if !glued && (!exact || naive_glob(&naive_exact(written.trim()), &naive_exact(&text[name..end]))) {
                hits.push((start, end));
            }
        }
        // The hashtag that is exactly the letters of a phrase.
        let phrase = !exact && !hashtag && wanted.contains(' ') && letters.chars().all(in_word);
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

/// Pieces with wildcards between them, alternatives around some.
fn patterns() -> impl Strategy<Value = String> {
    let piece = || pieces(1..3).prop_map(|text| text.trim_matches(joins).to_owned());
    let wild = || proptest::sample::select(vec!["", "", "*", "?", "**"]);
    let one = (wild(), piece(), wild()).prop_map(|(before, text, after)| format!("{before}{text}{after}"));
    (proptest::collection::vec(one, 1..4), piece(), proptest::bool::ANY)
        .prop_map(|(parts, more, glued)| format!("({}){}{more}", parts.join("|"), if glued { "" } else { " " }))
}

/// Without a hyphen at the ends, which the tables decide.
fn terms() -> impl Strategy<Value = Vec<Term>> {
    let one = (proptest::bool::weighted(0.2), prop_oneof![3 => pieces(1..5), 2 => patterns()]).prop_filter_map(
        "a bare term",
        |(exact, text)| {
            let bare = text.trim_matches(joins);
            Term::parse(&format!("{}{bare}", if exact { "=" } else { "" })).ok()
        },
    );
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

/// Naive evaluation: a text is a list of tokens, an occurrence a range of them.
type Tokens = (usize, usize);

/// With `window`, terms are seen in the sentence of this number alone.
fn naive_spans(expr: &Expr, tokens: &[&str], window: Option<usize>) -> Option<Vec<Tokens>> {
    let union = |parts: &[Expr]| -> Option<Vec<Tokens>> {
        let held: Vec<_> = parts.iter().filter_map(|part| naive_spans(part, tokens, window)).collect();
        (!held.is_empty()).then(|| held.concat())
    };
    let is_word = |token: &&str| token.chars().all(char::is_alphabetic);
    let between = |end: usize, start: usize| tokens[end..start].iter().filter(|token| is_word(token)).count();
    let sentence = |at: usize| tokens[..at].iter().filter(|&&token| token == ".").count();
    let mut spans: Vec<Tokens> = match expr {
        Expr::Term(term) => {
            let found: Vec<Tokens> = (0..tokens.len())
                .filter(|&at| tokens[at] == term.written && window.is_none_or(|number| sentence(at) == number))
                .map(|at| (at, at + 1))
                .collect();
            (!found.is_empty()).then_some(found)?
        }
        Expr::Company(_) => return None,
        Expr::Group { any, all, none, within } => {
            if none.iter().any(|part| naive_spans(part, tokens, None).is_some()) {
                return None;
            }
            let mut nodes: Vec<&[Expr]> = all.chunks(1).collect();
            nodes.extend((!any.is_empty()).then_some(any.as_slice()));
            let mut parts = nodes.iter().map(|nodes| union(nodes)).collect::<Option<Vec<_>>>()?;
            if *within == Within::Sentence {
                let stands = |nodes: &[Expr], number| {
                    let inside = |part| naive_spans(part, tokens, Some(number)).is_some_and(|spans| !spans.is_empty());
                    nodes.iter().any(inside)
                };
                let kept: Vec<_> = nodes.iter().zip(&parts).filter(|(_, spans)| !spans.is_empty()).collect();
                let good: Vec<usize> =
                    (0..=tokens.len()).filter(|&number| kept.iter().all(|(nodes, _)| stands(nodes, number))).collect();
                parts.retain(|spans| !spans.is_empty());
                if good.is_empty() {
                    return None;
                }
                parts.concat().into_iter().filter(|span| good.contains(&sentence(span.0))).collect()
            } else {
                parts.concat()
            }
        }
        Expr::Near { of, with, words } => {
            let (of, with) = (union(of)?, union(with)?);
            let mut covers = Vec::new();
            for a in &of {
                for b in &with {
                    for (first, last) in [(a, b), (b, a)] {
                        if first.1 <= last.0 && between(first.1, last.0) <= *words as usize {
                            covers.push((first.0, last.1));
                        }
                    }
                }
            }
            (!covers.is_empty()).then_some(covers)?
        }
        Expr::Sequence { terms, words } => {
            let mut chains: Option<Vec<Tokens>> = None;
            for term in terms {
                let next = naive_spans(term, tokens, window)?;
                chains = Some(match chains {
                    None => next,
                    Some(chains) => chains
                        .iter()
                        .flat_map(|a| next.iter().map(move |b| (a, b)))
                        .filter(|(a, b)| a.1 <= b.0 && between(a.1, b.0) <= *words as usize)
                        .map(|(a, b)| (a.0, b.1))
                        .collect(),
                });
            }
            chains.filter(|chains| !chains.is_empty())?
        }
        Expr::AtLeast { times, of } => {
            let mut spans = union(of)?;
            spans.sort_unstable();
            spans.dedup();
            (spans.len() >= *times as usize).then_some(spans)?
        }
    };
    spans.sort_unstable();
    spans.dedup();
    Some(spans)
}

fn expressions() -> impl Strategy<Value = Expr> {
    let leaf = proptest::sample::select(vec!["aa", "bb", "cc", "dd"]).prop_map(|written| Expr::Term(term(written)));
    leaf.prop_recursive(3, 16, 3, |inner| {
        let list = || proptest::collection::vec(inner.clone(), 1..3);
        let within = || proptest::sample::select(vec![Within::Document, Within::Sentence]);
        let maybe = proptest::collection::vec(inner.clone(), 0..2);
        prop_oneof![
            list().prop_map(Expr::any),
            (list(), within()).prop_map(|(all, within)| Expr::all(all, within)),
            (list(), list(), maybe, within()).prop_map(|(any, all, none, within)| Expr::Group {
                any,
                all,
                none,
                within
            }),
            (list(), list(), 0..4_u32).prop_map(|(of, with, words)| Expr::Near { of, with, words }),
            (list(), 0..4_u32).prop_map(|(terms, words)| Expr::Sequence { terms, words }),
            (list(), 1..4_u32).prop_map(|(of, times)| Expr::AtLeast { times, of }),
        ]
    })
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
    fn an_expression_holds_where_its_naive_reading_does(
        expr in expressions(),
        tokens in proptest::collection::vec(proptest::sample::select(vec!["aa", "bb", "cc", "dd", "ee", ",", "."]), 0..16),
    ) {
        let text = tokens.join(" ");
        let expected = naive_spans(&expr, &tokens, None).is_some_and(|spans| !spans.is_empty());
        prop_assert_eq!(holds(&expr, "", &text), expected, "{:?} in {}", expr, text);
    }

    #[test]
    fn a_hit_in_any_text_folds_to_its_term(
        text in "(\\PC|\\s|\\p{L}\\p{M}?|[a-c' #@./-]){1,60}",
        from in 0_usize..60,
        length in 1_usize..12,
    ) {
        let from = from % text.chars().count();
        let written: String = text.chars().skip(from).take(length).filter(|&c| c != '\\').collect();
        let written: String = written.chars().flat_map(|c| if "#@*?()|^~.:".contains(c) { vec!['\\', c] } else { vec![c] }).collect();
        let Ok(term) = Term::parse(&written) else { return Ok(()) };
        let letters = |text: &str| -> String {
            let joined: String = fold_string(text).split(joins).collect();
            joined.trim_start_matches(['#', '@']).to_owned()
        };
        let wanted = letters(&phrase_of(&term).variants[0]);
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
