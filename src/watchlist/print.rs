//! An expression as the YAML under `match:`. Owns the writing only; the same tree is read back.

use std::fmt::Write;

use crate::config::lexical::quoted;
use crate::query::{Expr, Within};

/// A list of terms stays on one line up to this many characters.
const LINE: usize = 90;

/// The lines under `match:`, indented by `indent` spaces.
#[must_use]
pub fn yaml(expr: &Expr, indent: usize) -> String {
    let mut out = String::new();
    match expr {
        Expr::Term(_) => block(&Expr::any(vec![expr.clone()]), indent, true, &mut out),
        _ => block(expr, indent, true, &mut out),
    }
    out
}

/// The keys of a block; the first stands where the line already is unless `first` asks for its margin.
fn block(expr: &Expr, indent: usize, mut first: bool, out: &mut String) {
    let mut key = |out: &mut String| {
        if first {
            out.push_str(&" ".repeat(indent));
        }
        first = true;
    };
    match expr {
        Expr::Group { any, all, none, within } => {
            for (name, parts) in [("any", any), ("all", all), ("none", none)] {
                if !parts.is_empty() {
                    key(out);
                    list(name, parts, indent, out);
                }
            }
            if *within == Within::Sentence {
                key(out);
                out.push_str("within: sentence\n");
            }
        }
        Expr::Near { of, with, words } => {
            key(out);
            out.push_str("near:\n");
            let margin = " ".repeat(indent + 2);
            out.push_str(&margin);
            list("of", of, indent + 2, out);
            out.push_str(&margin);
            list("with", with, indent + 2, out);
            let _ = writeln!(out, "{margin}words: {words}");
        }
        Expr::Sequence { terms, words } => {
            key(out);
            let margin = " ".repeat(indent + 2);
            out.push_str("sequence:\n");
            out.push_str(&margin);
            list("terms", terms, indent + 2, out);
            let _ = writeln!(out, "{margin}words: {words}");
        }
        Expr::AtLeast { times, of } => {
            key(out);
            let margin = " ".repeat(indent + 2);
            let _ = writeln!(out, "at_least:\n{margin}times: {times}");
            out.push_str(&margin);
            list("of", of, indent + 2, out);
        }
        Expr::Company(company) => {
            key(out);
            let _ = writeln!(out, "company: {}", scalar(&company.name));
        }
        Expr::Term(term) => {
            key(out);
            out.push_str(&scalar(&term.written));
            out.push('\n');
        }
    }
}

fn list(name: &str, parts: &[Expr], indent: usize, out: &mut String) {
    let terms: Option<Vec<String>> = parts
        .iter()
        .map(|part| match part {
            Expr::Term(term) => Some(scalar(&term.written)),
            _ => None,
        })
        .collect();
    if let Some(terms) = terms {
        let line = terms.join(", ");
        if line.chars().count() <= LINE {
            let _ = writeln!(out, "{name}: [{line}]");
            return;
        }
    }
    let _ = writeln!(out, "{name}:");
    for part in parts {
        out.push_str(&" ".repeat(indent + 2));
        out.push_str("- ");
        block(part, indent + 4, false, out);
    }
}

/// The expression between brackets, on one line.
#[must_use]
pub fn flow(expr: &Expr) -> String {
    let list = |parts: &[Expr]| format!("[{}]", parts.iter().map(flow).collect::<Vec<_>>().join(", "));
    match expr {
        Expr::Term(term) => scalar(&term.written),
        Expr::Company(company) => format!("{{company: {}}}", scalar(&company.name)),
        Expr::Near { of, with, words } => {
            format!("{{near: {{of: {}, with: {}, words: {words}}}}}", list(of), list(with))
        }
        Expr::Sequence { terms, words } => format!("{{sequence: {{terms: {}, words: {words}}}}}", list(terms)),
        Expr::AtLeast { times, of } => format!("{{at_least: {{times: {times}, of: {}}}}}", list(of)),
        Expr::Group { any, all, none, within } => {
            let parts = [("any", any), ("all", all), ("none", none)].into_iter().filter(|(_, parts)| !parts.is_empty());
            let mut keys: Vec<String> = parts.map(|(key, parts)| format!("{key}: {}", list(parts))).collect();
            if *within == Within::Sentence {
                keys.push("within: sentence".to_owned());
            }
            format!("{{{}}}", keys.join(", "))
        }
    }
}

/// A term as a YAML scalar that means exactly it, in a block and between brackets.
pub(super) fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '\'' | '’' | '-' | '.' | '_');
    let body = text.strip_prefix(['=', '^', '~']).unwrap_or(text);
    let bare = body.starts_with(char::is_alphanumeric) && body.chars().all(plain) && !body.ends_with(' ');
    if bare && !text.eq_ignore_ascii_case("null") { text.to_owned() } else { quoted(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::document;
    use crate::config::keys::Section;
    use crate::config::settings::UiLanguage;
    use crate::locale::Locale;
    use crate::query::line;
    use crate::watchlist::expression::{Lists, Reader};
    use crate::watchlist::shape::FileShape;

    #[test]
    fn a_tree_printed_as_yaml_reads_as_the_same_tree() {
        for query in [
            "orange",
            "orange OR sosh",
            "(=Orange AND (fibre OR forfait)) NOT \"jus d'orange\"",
            "orange NEAR/3 (panne OR (fibre AND coupure))",
            "aa ONEAR/2 bb ONEAR/2 (cc OR dd)",
            "ATLEAST/3 (orange OR (aa NEAR/2 bb))",
            "SENTENCE (orange AND panne)",
            "company:orange OR company:\"la poste\"",
            "\"C&A\" \"Yahoo!\" \"N°5\" \"12:30\" \"- x y\" \"a # b\" \"dit \"\"oui\"\"\" \"l'été\" \"[x]\" \"null\" \"=Orange SA\"",
            "xx {aa:\n  - any: bb\n c} \"d\t \n  e\"",
            "un OR deux OR trois OR quatre OR cinq OR six OR sept OR huit OR neuf OR dix OR onze OR douze OR treize OR \
             quatorze OR quinze OR seize",
        ] {
            let tree = line::parse(query).unwrap();
            for text in [
                format!("brands:\n  - id: a\n    match:\n{}", yaml(&tree, 6)),
                format!("brands:\n  - id: a\n    match: {{any: [{}]}}\n", flow(&tree)),
            ] {
                let locale = Locale::of(UiLanguage::English);
                let (mut findings, read) =
                    document::read::<FileShape>("a.yaml".into(), text.as_bytes(), Section::Watchlist, locale);
                let lists = Lists::default();
                let node = read.unwrap_or_else(|| panic!("{text}\n{:?}", findings.all)).node;
                let at = node.get("brands").unwrap().items()[0].get("match").unwrap();
                let read = Reader::new(&mut findings, &lists).matching(at).map(|read| line::normal(&read));
                assert!(findings.all.is_empty(), "{text}\n{:?}", findings.all);
                assert_eq!(read.as_ref(), Some(&tree), "{text}");
            }
        }
    }
}
