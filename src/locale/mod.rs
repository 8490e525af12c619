//! Every text that a user sees, in French and English, with plurals. Only `cli`, `notify` and `report`
//! (and the diagnostics of `config`) call it; pure rooms return typed reasons.

pub use fluent_bundle::FluentValue as Value;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::sync::OnceLock;

use crate::config::settings::UiLanguage;

type Bundle = FluentBundle<FluentResource>;

/// The texts of one language.
#[derive(Clone, Copy)]
pub struct Locale {
    language: UiLanguage,
    bundle: &'static Bundle,
}

impl std::fmt::Debug for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Locale").field(&self.language).finish()
    }
}

static FRENCH: OnceLock<Bundle> = OnceLock::new();
static ENGLISH: OnceLock<Bundle> = OnceLock::new();

fn bundle(code: &str, source: &str) -> Bundle {
    let resource = FluentResource::try_new(source.to_owned())
        .unwrap_or_else(|(_, errors)| panic!("{code}.ftl does not parse: {errors:?}"));
    let language = code.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // The isolation characters would show up in terminals, mails and tests.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).unwrap_or_else(|errors| panic!("{code}.ftl repeats a key: {errors:?}"));
    bundle
}

impl Locale {
    /// The texts of a language.
    #[must_use]
    pub fn of(language: UiLanguage) -> Self {
        let bundle = match language {
            UiLanguage::French => FRENCH.get_or_init(|| bundle("fr", include_str!("fr.ftl"))),
            UiLanguage::English => ENGLISH.get_or_init(|| bundle("en", include_str!("en.ftl"))),
        };
        Self { language, bundle }
    }

    /// Whose texts these are.
    #[must_use]
    pub const fn language(self) -> UiLanguage {
        self.language
    }

    /// A text without arguments. An unknown key shows itself; a test finds it.
    #[must_use]
    pub fn text(self, key: &str) -> String {
        self.format(key, &[])
    }

    /// A text with arguments: `locale.format("try-tags", &[("tags", "panne".into())])`.
    #[must_use]
    pub fn format(self, key: &str, arguments: &[(&str, Value<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut args = FluentArgs::with_capacity(arguments.len());
        for (name, value) in arguments {
            args.set(*name, value.clone());
        }
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(source: &str) -> BTreeSet<&str> {
        let is_key = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphabetic());
        source.lines().filter(is_key).filter_map(|line| line.split_once('=')).map(|(key, _)| key.trim()).collect()
    }

    #[test]
    fn both_languages_have_the_same_keys_and_parse() {
        assert_eq!(keys(include_str!("fr.ftl")), keys(include_str!("en.ftl")));
        for language in [UiLanguage::French, UiLanguage::English] {
            assert_ne!(Locale::of(language).text("try-nothing"), "try-nothing");
        }
    }

    #[test]
    fn every_key_that_the_code_names_is_there() {
        let known = keys(include_str!("fr.ftl"));
        let mut unknown = Vec::new();
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("src can be read") {
                let path = entry.expect("src can be read").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = std::fs::read_to_string(&path).expect("UTF-8");
                    for call in [".text(\"", ".format(\""] {
                        for (at, _) in text.match_indices(call) {
                            let key = text[at + call.len()..].split('"').next().unwrap_or_default();
                            let is_key = key.contains('-') && key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                            if is_key && !known.contains(key) {
                                unknown.push(format!("{}: {key}", path.display()));
                            }
                        }
                    }
                }
            }
        }
        assert_eq!(unknown, Vec::<String>::new());
    }
}
