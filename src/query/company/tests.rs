//! Every line of the data is read; places of a name weigh as people read them.

use super::*;

/// Weighs the name as the matcher does, of the case that the text shows.
fn weighed(name: &str, text: &str, writing: Writing, language: Language) -> Verdict {
    let start = text.to_lowercase().find(&name.to_lowercase()).unwrap_or_else(|| panic!("{text}"));
    weigh(text, start..start + name.len(), writing, &[], Some(language))
}

#[test]
fn every_line_of_the_data_is_read() {
    let files = [
        (&*FRENCH, include_str!("data/company_fr.txt")),
        (&*ENGLISH, include_str!("data/company_en.txt")),
        (&*OTHERS, ""),
    ];
    for (grammar, text) in files {
        let lines = text.lines().chain(ANY.lines()).map(str::trim);
        for line in lines.filter(|line| !line.starts_with('#') && !line.is_empty()) {
            assert!(grammar.knows(line), "{line}");
        }
    }
}
