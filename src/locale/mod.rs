//! Every text that a user sees, in French and English, with plurals. Only `cli`, `notify` and `report`
//! (and the diagnostics of `config`) call it; pure rooms return typed reasons.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
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

    /// A text with arguments: `locale.format("mentions-count", &[("count", 3.into())])`.
    #[must_use]
    pub fn format(self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
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
