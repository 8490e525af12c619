//! What a line reads as, what it prints as, and where it is wrong.

use proptest::prelude::*;

use super::super::{Company, Term};
use super::*;

fn term(written: &str) -> Expr {
    Expr::Term(Term::parse(written).unwrap())
}

fn either(words: &[&str]) -> Expr {
    Expr::any(words.iter().map(|word| term(word)).collect())
}

fn both(words: &[&str]) -> Expr {
    Expr::all(words.iter().map(|word| term(word)).collect(), Within::Document)
}

fn but(expr: Expr, none: Expr) -> Expr {
    match expr {
        Expr::Group { any, all, within, .. } => Expr::Group { any, all, none: vec![none], within },
        other => Expr::Group { any: vec![], all: vec![other], none: vec![none], within: Within::Document },
    }
}

fn near(of: &[&str], with: &[&str], words: u32) -> Expr {
    let terms = |list: &[&str]| list.iter().map(|word| term(word)).collect();
    Expr::Near { of: terms(of), with: terms(with), words }
}

#[test]
fn the_operators_of_other_tools_read_as_the_same_tree() {
    let contract =
        but(Expr::all(vec![term("=Orange"), either(&["fibre", "forfait"])], Within::Document), term("jus d'orange"));
    for (line, expected) in [
        ("(=Orange AND (fibre OR forfait)) NOT \"jus d'orange\"", contract.clone()),
        ("=Orange (fibre | forfait) -\"jus d'orange\"", contract.clone()),
        ("=Orange ET (fibre OU forfait) SAUF « jus d'orange »", contract.clone()),
        ("raw:Orange AND (fibre OR forfait) AND NOT “jus d'orange”", contract),
        ("orange", term("orange")),
        ("((orange))", term("orange")),
        ("orange bank", both(&["orange", "bank"])),
        ("+orange +bank", both(&["orange", "bank"])),
        ("\"orange bank\"", term("orange bank")),
        ("\"orange \n  bank\"", term("orange bank")),
        ("\"orange\tbank  sa\"", term("orange\tbank  sa")),
        ("=\"Orange SA\"", term("=Orange SA")),
        ("orange OR sosh -fruit", but(either(&["orange", "sosh"]), term("fruit"))),
        ("-fruit orange", but(term("orange"), term("fruit"))),
        ("porte-clés", term("porte-clés")),
        ("orange NEAR/3 panne", near(&["orange"], &["panne"], 3)),
        ("orange near/3 (panne OR coupure)", near(&["orange"], &["panne", "coupure"], 3)),
        ("orange NEAR panne", near(&["orange"], &["panne"], 5)),
        ("orange AROUND(7) panne", near(&["orange"], &["panne"], 7)),
        ("\"orange panne\"~4", near(&["orange"], &["panne"], 4)),
        ("a1 ONEAR/2 b1 NEAR/2f c1", Expr::Sequence { terms: vec![term("a1"), term("b1"), term("c1")], words: 2 }),
        (
            "(a1 ONEAR/2 b1) ONEAR/2 c1",
            Expr::Sequence {
                terms: vec![Expr::Sequence { terms: vec![term("a1"), term("b1")], words: 2 }, term("c1")],
                words: 2,
            },
        ),
        ("ATLEAST/3 (orange OR sosh)", Expr::AtLeast { times: 3, of: vec![term("orange"), term("sosh")] }),
        ("SENTENCE (orange AND panne)", Expr::all(vec![term("orange"), term("panne")], Within::Sentence)),
        ("orange SENTENCE panne", Expr::all(vec![term("orange"), term("panne")], Within::Sentence)),
        (
            "orange SENTENCE (panne OR coupure)",
            Expr::all(vec![term("orange"), either(&["panne", "coupure"])], Within::Sentence),
        ),
        ("orange W/3 panne", near(&["orange"], &["panne"], 3)),
        ("orange WITHIN/5 panne", near(&["orange"], &["panne"], 5)),
        ("orange NEAR3 panne", near(&["orange"], &["panne"], 3)),
        ("orange PRE/3 panne", Expr::Sequence { terms: vec![term("orange"), term("panne")], words: 3 }),
        ("orange ADJ3 panne", Expr::Sequence { terms: vec![term("orange"), term("panne")], words: 3 }),
        ("atleast3(orange)", Expr::AtLeast { times: 3, of: vec![term("orange")] }),
        ("orange SANS fruit", but(term("orange"), term("fruit"))),
        ("w/o orange", both(&["w/o", "orange"])),
        ("{Orange Bank}", term("=Orange Bank")),
        ("(cake pie)~5", near(&["cake"], &["pie"], 5)),
        ("(cake AND pie) ~5", near(&["cake"], &["pie"], 5)),
        ("\"orange panne\" ~4", near(&["orange"], &["panne"], 4)),
        ("TITRE:orange content:panne", both(&["title:orange", "panne"])),
        ("headline:(orange OR sosh)", either(&["title:orange", "title:sosh"])),
        ("hashtags:orange at_mentions:sosh", both(&["#orange", "@sosh"])),
        ("from:jean", term("author:jean")),
        (
            "\"(~résilier|~quitter) orange\"",
            Expr::Sequence { terms: vec![either(&["~résilier", "~quitter"]), term("orange")], words: 0 },
        ),
        ("'orange bank'", term("orange bank")),
        ("‘orange panne’ fibre", both(&["orange panne", "fibre"])),
        ("('jus d'orange' OR 'l'été')", either(&["jus d'orange", "l'été"])),
        ("'Orange SA'~3", near(&["Orange"], &["SA"], 3)),
        ("='Orange SA'", term("=Orange SA")),
        ("title:'orange bank'", term("title:orange bank")),
        ("title:=\"Orange SA\"", term("title:=Orange SA")),
        ("l'été d'Orange", both(&["l'été", "d'Orange"])),
        ("d’Orange l’été", both(&["d’Orange", "l’été"])),
        ("'orange bank", both(&["'orange", "bank"])),
        ("++\"Orange SA\"", term("=Orange SA")),
        ("++Orange ++'Free Mobile'", both(&["=Orange", "=Free Mobile"])),
        ("title:++Orange", term("title:=Orange")),
        ("4,99 orange.fr/a,b", both(&["4,99", "orange.fr/a,b"])),
        ("near/4:James,Shaffer", near(&["James"], &["Shaffer"], 4)),
        ("Near/4:\"James B\", Shaffer panne", {
            Expr::all(vec![near(&["James B"], &["Shaffer"], 4), term("panne")], Within::Document)
        }),
        ("near/4:(James OR Jim),'Jo Shaffer'", {
            Expr::Near { of: vec![term("James"), term("Jim")], with: vec![term("Jo Shaffer")], words: 4 }
        }),
        ("onear/4:Will,Smith", Expr::Sequence { terms: vec![term("Will"), term("Smith")], words: 4 }),
        ("onear/2:aa,bb,cc", Expr::Sequence { terms: vec![term("aa"), term("bb"), term("cc")], words: 2 }),
        ("company:orange", Expr::Company(Company::parse("orange").unwrap())),
        ("company:\"la poste\"", Expr::Company(Company::parse("la poste").unwrap())),
    ] {
        let read = parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(read, expected, "{line}");
        assert_eq!(parse(&print(&read)).as_ref(), Ok(&read), "{line} printed as {}", print(&read));
    }
}

#[test]
fn a_word_that_ends_with_a_backslash_prints_between_quotes() {
    let line = "(orange AND \"panne\\\") OR sosh";
    let read = parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    assert_eq!(parse(&print(&read)).as_ref(), Ok(&read), "{line} printed as {}", print(&read));
}

#[test]
fn a_tree_prints_as_people_would_write_it() {
    for (line, printed) in [
        ("orange AND (fibre OR forfait) AND NOT fruit", "orange AND (fibre OR forfait) NOT fruit"),
        ("orange -a1 -b1", "orange NOT (a1 OR b1)"),
        ("\"a1 b1 c1\"~2", "(a1 NEAR/2 b1) NEAR/2 c1"),
        ("near/4:James,Shaffer", "James NEAR/4 Shaffer"),
        ("onear/4:Will,Smith", "Will ONEAR/4 Smith"),
        ("'orange bank' ++Orange", "\"orange bank\" AND =Orange"),
        ("\"AND\" \"and\" OK", "\"AND\" AND \"and\" AND OK"),
        ("\"dit \"\"oui\"\"\"", "\"dit \"\"oui\"\"\""),
        ("company:orange OR company:\"la poste\"", "company:orange OR company:\"la poste\""),
    ] {
        assert_eq!(print(&parse(line).unwrap()), printed);
    }
}

#[test]
fn what_is_wrong_is_named_at_its_characters() {
    use LineErrorKind as Kind;
    for (line, kind, at) in [
        ("", Kind::Empty, 0..1),
        ("orange AND ()", Kind::Empty, 12..13),
        ("orange AND", Kind::Operand, 7..10),
        ("OR orange", Kind::Operand, 0..2),
        ("orange AND OR fibre", Kind::Operand, 7..10),
        ("orange NEAR/3", Kind::Operand, 7..13),
        ("title: orange", Kind::Operand, 0..6),
        ("é AND \"orange", Kind::Unclosed('"'), 6..7),
        ("(orange OR fibre", Kind::Unclosed('('), 0..1),
        ("(", Kind::Unclosed('('), 0..1),
        ("orange) fibre", Kind::Unopened, 6..7),
        ("aa OR bb AND cc", Kind::Mixed, 9..12),
        ("aa OR bb cc", Kind::Mixed, 9..11),
        ("aa NOT bb OR cc", Kind::Mixed, 10..12),
        ("-aa OR bb", Kind::Mixed, 4..6),
        ("aa OR NOT bb", Kind::OrNot, 6..9),
        ("NOT aa", Kind::OnlyNot, 0..3),
        ("aa et bb", Kind::Lowercase("et".to_owned()), 3..5),
        ("aa Et bb", Kind::Lowercase("Et".to_owned()), 3..5),
        ("aa Ou bb", Kind::Lowercase("Ou".to_owned()), 3..5),
        ("aa Sauf bb", Kind::Lowercase("Sauf".to_owned()), 3..7),
        ("aa near bb", Kind::Lowercase("near".to_owned()), 3..7),
        ("aa Onear bb", Kind::Lowercase("Onear".to_owned()), 3..8),
        ("orange, panne", Kind::Separator(','), 6..7),
        ("orange ,panne", Kind::Separator(','), 7..8),
        ("orange;panne", Kind::Separator(';'), 6..7),
        ("\"orange\", panne", Kind::Separator(','), 8..9),
        ("orange,panne", Kind::Separator(','), 6..7),
        ("near/4:James", Kind::Operand, 0..7),
        ("near/4:James, ", Kind::Operand, 0..7),
        ("near/x:James,Will", Kind::Distance("x".to_owned()), 0..7),
        ("ingress:aa", Kind::UnknownField("ingress".to_owned()), 0..8),
        ("sourceName:aa", Kind::UnknownField("sourcename".to_owned()), 0..11),
        ("orange XOR sfr", Kind::NoOperator("XOR".to_owned()), 7..10),
        ("orange PARAGRAPH sfr", Kind::NoOperator("PARAGRAPH".to_owned()), 7..16),
        ("(aa OR bb)~5 cc", Kind::Slop, 10..12),
        ("aa ~5", Kind::Term { written: "~5".to_owned(), error: TermError::OneLetter }, 3..5),
        ("engagingWith:aa", Kind::UnknownField("engagingwith".to_owned()), 0..13),
        ("sentiment:negative aa", Kind::UnknownField("sentiment".to_owned()), 0..10),
        ("inurl:orange", Kind::UnknownField("inurl".to_owned()), 0..6),
        ("aa NEAR/x bb", Kind::Distance("x".to_owned()), 3..9),
        ("aa NEAR/5000 bb", Kind::Distance("5000".to_owned()), 8..12),
        ("aa OR x", Kind::Term { written: "x".to_owned(), error: TermError::OneLetter }, 6..7),
    ] {
        let error = parse(line).expect_err(line);
        assert_eq!((error.kind, error.at), (kind, at), "{line}");
    }
    let deep = "(".repeat(100) + "orange" + &")".repeat(100);
    assert_eq!(parse(&deep).unwrap_err().kind, Kind::Deep);
    for operator in ["SENTENCE ", "ATLEAST/2 "] {
        assert_eq!(parse(&(operator.repeat(9_000) + "orange")).unwrap_err().kind, Kind::Deep);
    }
    assert_eq!(parse(&"orange ".repeat(20_000)).unwrap_err().kind, Kind::TooLong);
    // Each of these opens something that nothing closes; the end is looked for once.
    for open in ["'a1 ", "‘a1 ' ", "near/4:", "near/4:("] {
        drop(parse(&open.repeat(90_000 / open.chars().count())));
    }
}

/// Trees as YAML may write them, with groups that a line has no way to tell apart.
fn tree() -> impl Strategy<Value = Expr> {
    let words = prop::sample::select(vec![
        "orange",
        "=Orange SA",
        "AND",
        "ou",
        "NEAR/5",
        "C&A",
        "dit \"oui\"",
        "a-b",
        "+40",
        "-40 %",
        "Yahoo!",
        "l'été",
        "jus d'orange",
        "« orange »",
        "N°5",
        "12:30",
        r"\(c\) orange",
        "company orange",
    ]);
    let leaf = prop_oneof![
        4 => words.prop_filter_map("a term", |word| Term::parse(word).ok().map(Expr::Term)),
        1 => prop::sample::select(vec!["orange", "la poste", "NOT"]).prop_filter_map("a name", |name| {
            Company::parse(name).ok().map(Expr::Company)
        }),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let list = || prop::collection::vec(inner.clone(), 1..4);
        let some = || prop::collection::vec(inner.clone(), 0..3);
        let within = || prop_oneof![Just(Within::Document), Just(Within::Sentence)];
        prop_oneof![
            (list(), some(), some()).prop_map(|(any, all, none)| Expr::Group {
                any,
                all,
                none,
                within: Within::Document
            }),
            (some(), list(), some(), within()).prop_map(|(any, all, none, within)| Expr::Group {
                any,
                all,
                none,
                within
            }),
            (some(), list(), list()).prop_map(|(any, mut all, none)| {
                all.push(Expr::none(none));
                Expr::Group { any, all, none: Vec::new(), within: Within::Document }
            }),
            (list(), list(), 0..20_u32).prop_map(|(of, with, words)| Expr::Near { of, with, words }),
            (prop::collection::vec(inner.clone(), 2..4), 0..20_u32)
                .prop_map(|(terms, words)| Expr::Sequence { terms, words }),
            (list(), 1..9_u32).prop_map(|(of, times)| Expr::AtLeast { times, of }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_printed_tree_reads_as_the_same_tree(tree in tree()) {
        let printed = print(&tree);
        let read = parse(&printed);
        prop_assert_eq!(read.as_ref(), Ok(&normal(&tree)), "{}", printed);
        prop_assert_eq!(normal(&normal(&tree)), normal(&tree));
    }

    #[test]
    fn any_line_is_read_or_refused_inside_it(line in "[a-cA-Z()\"'‘’«»:=~/^*?|&+,; 0-9é-]{0,40}") {
        match parse(&line) {
            Ok(expr) => prop_assert_eq!(parse(&print(&expr)), Ok(expr)),
            Err(error) => prop_assert!(error.at.start < error.at.end && error.at.end <= line.chars().count() + 1),
        }
    }
}
