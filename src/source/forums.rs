//! Presets of forum engines: selectors to fill a forum's `select:`, or the engine's own feed or JSON in its
//! place. Owns which engines there are; their files are under `presets/forum/`.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::preset::{self, Preset};
use super::select::SelectError;
use super::{Source, feed, json};
use crate::text::language::Language;
use crate::text::url;

/// Every engine, by name.
pub const FORUMS: &[Preset] = &[
    Preset::of("discourse", include_str!("presets/forum/discourse.tsv")),
    Preset::of("flarum", include_str!("presets/forum/flarum.tsv")),
    Preset::of("fluxbb", include_str!("presets/forum/fluxbb.tsv")),
    Preset::of("hardware.fr", include_str!("presets/forum/hardware.fr.tsv")),
    Preset::of("invision", include_str!("presets/forum/invision.tsv")),
    Preset::of("jeuxvideo.com", include_str!("presets/forum/jeuxvideo.com.tsv")),
    Preset::of("mybb", include_str!("presets/forum/mybb.tsv")),
    Preset::of("phpbb", include_str!("presets/forum/phpbb.tsv")),
    Preset::of("smf", include_str!("presets/forum/smf.tsv")),
    Preset::of("vbulletin", include_str!("presets/forum/vbulletin.tsv")),
    Preset::of("xenforo", include_str!("presets/forum/xenforo.tsv")),
];

/// The preset of an engine.
#[must_use]
pub fn find(name: &str) -> Option<&'static Preset> {
    preset::find(FORUMS, name)
}

/// True for an engine that is read by its own feed or JSON: selectors mean nothing there.
#[must_use]
pub fn is_native(preset: &Preset) -> bool {
    preset.get("topic").is_none()
}

/// Why there is no native source of a forum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NativeError {
    /// The engine gives the posts of the whole forum alone, and the address is a part of it.
    #[error("the engine gives the posts of the whole forum alone")]
    NotFront,
    /// The address, or what was made of it, does not compile.
    #[error(transparent)]
    Select(#[from] SelectError),
}

/// The feed or JSON of a forum whose engine is native. `remove` goes before the engine's own.
pub fn native(
    preset: &Preset,
    address: &str,
    remove: Option<Vec<String>>,
    timezone: Option<TimeZone>,
    language: Option<Language>,
) -> Result<Source, NativeError> {
    let bad = || SelectError { key: "forum", detail: format!("`{address}` is no http or https address") };
    let whole = url::absolute(address).ok_or_else(bad)?;
    let base = whole.split(['?', '#']).next().unwrap_or(&whole).trim_end_matches('/');
    let known = [("base", base)];
    let is_inner = preset.all("inner").iter().any(|part| base.contains(part.as_str()));
    let feed = if is_inner { preset.get("feed_inner") } else { preset.get("feed") };
    let remove = remove.unwrap_or_else(|| preset.all(if is_inner { "remove_inner" } else { "remove" }));
    if let Some(form) = feed {
        let config = feed::FeedConfig { url: preset::filled(form, &known), timezone, language, remove };
        return Ok(Source::Feed(config.compile()?));
    }
    let form = preset.get("json").filter(|_| !is_inner).ok_or(NativeError::NotFront)?;
    let config = json::JsonConfig {
        url: preset::filled(form, &known),
        items: preset.get("items").unwrap_or_default().to_owned(),
        fields: preset.fields(&known),
        remove,
        timezone,
        language,
        ..json::JsonConfig::default()
    };
    Ok(Source::Json(Arc::new(config.compile()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::forum::ForumConfig;

    /// Every key that a file may have.
    const KNOWN: &[&str] = &[
        "topic",
        "topic_link",
        "post",
        "body",
        "author",
        "date",
        "permalink",
        "next",
        "remove",
        "timezone",
        "language",
        "feed",
        "feed_inner",
        "remove_inner",
        "inner",
        "json",
        "items",
    ];

    #[test]
    fn every_preset_compiles_and_has_no_key_that_nobody_reads() {
        for preset in FORUMS {
            for (key, _) in preset.lines() {
                assert!(KNOWN.contains(&key) || key.starts_with("field."), "{}: {key}", preset.name);
            }
            if is_native(preset) {
                for address in ["https://forum.example/", "https://forum.example/c/a"] {
                    let made = native(preset, address, None, None, None);
                    assert!(matches!(made, Ok(_) | Err(NativeError::NotFront)), "{}: {made:?}", preset.name);
                }
                continue;
            }
            let text = |key: &str| preset.get(key).map(str::to_owned);
            let config = ForumConfig {
                url: "https://forum.example/".to_owned(),
                topic: text("topic").unwrap(),
                topic_link: text("topic_link").unwrap(),
                post: text("post").unwrap(),
                body: text("body").unwrap(),
                author: text("author"),
                date: text("date"),
                permalink: text("permalink"),
                next: text("next"),
                remove: preset.all("remove"),
                ..ForumConfig::default()
            };
            config.compile().unwrap_or_else(|error| panic!("{}: {error}", preset.name));
        }
    }

    #[test]
    fn a_native_engine_is_asked_for_its_own_feed() {
        let url = |name: &str, address: &str| {
            native(find(name).unwrap(), address, None, None, None).map(|source| source.url().to_owned())
        };
        for (name, address, wanted) in [
            ("discourse", "https://a.example/", "https://a.example/posts.rss"),
            ("discourse", "https://a.example/forum?x=1#y", "https://a.example/forum/posts.rss"),
            ("discourse", "https://a.example/c/aide/5", "https://a.example/c/aide/5.rss"),
            (
                "flarum",
                "https://a.example",
                "https://a.example/api/posts?filter%5Btype%5D=comment&sort=-createdAt&page%5Blimit%5D=50",
            ),
        ] {
            assert_eq!(url(name, address).unwrap(), wanted);
        }
        assert_eq!(url("flarum", "https://a.example/t/aide"), Err(NativeError::NotFront));
        assert!(matches!(url("flarum", "a.example"), Err(NativeError::Select(_))));
    }
}
