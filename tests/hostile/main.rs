//! What the world may throw at vigie: addresses that lead inside, inputs that break parsers, words that act where
//! they are shown, and the way of secrets into anything that is kept or said.

mod addresses;
mod bounds;
mod canary;
mod dates;
mod html;
mod http;
mod injection;
mod json;
mod mime;
mod payloads;
mod programs;
mod readers;
mod surfaces;
mod texts;
mod urls;
mod xml;
mod yaml;

#[path = "../chat/contents.rs"]
mod contents;
#[path = "../chat/format.rs"]
mod format;
#[path = "../support/world.rs"]
#[expect(dead_code, reason = "the whole daemon's tests need more of it")]
mod world;

/// Makes the cases of a family.
type Cases = fn() -> Vec<bounds::Case>;

/// Each family of inputs, with its cases.
const FAMILIES: &[(&str, Cases)] = &[
    ("dates", dates::cases),
    ("html", html::cases),
    ("http", http::cases),
    ("json", json::cases),
    ("mime", mime::cases),
    ("texts", texts::cases),
    ("urls", urls::cases),
    ("xml", xml::cases),
    ("yaml", yaml::cases),
];

macro_rules! families {
    ($($name:ident),*) => {
        mod families {
            $(#[test]
            fn $name() {
                crate::bounds::hold(stringify!($name));
            })*
        }
    };
}

families!(dates, html, http, json, mime, texts, urls, xml, yaml);

#[test]
fn there_are_more_than_eighty_inputs_and_each_has_a_name_of_its_own() {
    let mut names = std::collections::BTreeSet::new();
    for (family, cases) in FAMILIES {
        for case in cases() {
            assert!(names.insert(format!("{family}: {}", case.name)), "twice: {family}: {}", case.name);
        }
    }
    println!("{} hostile inputs", names.len());
    assert!(names.len() >= 80, "{}", names.len());
}
