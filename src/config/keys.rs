//! Every key that a file may hold, and what stands behind it: the one table. Keys that a later version
//! reads are in it as [`Shape::Later`]; that version takes the word off.

use Section::{
    Alert, Brand, Channel, Email, Examples, Expression, Fetch, If, Mask, Recipient, Secret as SecretKeys, Select,
    Settings, Smtp, Source, Watchlist, Webhook,
};
use Shape::{
    Expressions, Later, LaterWhole, Many, NamedMany, NamedTerms, NamedWords, One, Recipients, Secret, Terms, Text,
    Texts, Words,
};

/// A kind of block: what keys mean depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// vigie.yaml.
    Settings,
    /// `fetch:`.
    Fetch,
    /// `smtp:`.
    Smtp,
    /// One of `channels:`.
    Channel,
    /// `email:`.
    Email,
    /// One of an email channel's `to:`.
    Recipient,
    /// `webhook:`.
    Webhook,
    /// A secret's reference.
    Secret,
    /// A watchlist.
    Watchlist,
    /// One of `brands:`.
    Brand,
    /// `match:` and what nests in it.
    Expression,
    /// An entry of `mask:` that is no term.
    Mask,
    /// `examples:`.
    Examples,
    /// One of `sources:`.
    Source,
    /// `select:`.
    Select,
    /// One of `alerts:`.
    Alert,
    /// `if:`.
    If,
}

/// What stands behind a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One value.
    Text,
    /// A word or a list of words.
    Words,
    /// A list of words.
    Texts,
    /// A secret by reference.
    Secret,
    /// A block.
    One(Section),
    /// A list of blocks.
    Many(Section),
    /// Blocks by free names.
    NamedMany(Section),
    /// A list of terms.
    Terms,
    /// Lists of terms by free names.
    NamedTerms,
    /// A list of terms and blocks of terms.
    Expressions,
    /// Addresses, or blocks with one.
    Recipients,
    /// Words or lists of words by free names.
    NamedWords,
    /// Known, not available in this version.
    Later,
    /// As `Later`, and its block is not looked at further.
    LaterWhole,
}

/// A row: in this block, this key, with this behind it.
pub type Row = (Section, &'static str, Shape);

/// The table.
pub const KEYS: &[Row] = &[
    (Settings, "language", Text),
    (Settings, "timezone", Text),
    (Settings, "watchlists", Text),
    (Settings, "store", Text),
    (Settings, "retention", Text),
    (Settings, "keep_entries", Text),
    (Settings, "fetch", One(Fetch)),
    (Settings, "smtp", One(Smtp)),
    (Settings, "watchlist_credentials", Texts),
    (Settings, "channels", NamedMany(Channel)),
    (Settings, "templates", Later),
    (Settings, "replies", Later),
    (Settings, "metrics", Later),
    (Settings, "heartbeat", Later),
    (Fetch, "contact", Text),
    (Fetch, "concurrency", Text),
    (Fetch, "allow_private", Texts),
    (Fetch, "timeout", Text),
    (Fetch, "max_bytes", Text),
    (Fetch, "slowest", Text),
    (Fetch, "proxy", Later),
    (Smtp, "host", Text),
    (Smtp, "port", Text),
    (Smtp, "security", Text),
    (Smtp, "username", Text),
    (Smtp, "password", Secret),
    (Smtp, "from", Text),
    (Channel, "email", One(Email)),
    (Channel, "webhook", One(Webhook)),
    (Channel, "slack", LaterWhole),
    (Channel, "teams", LaterWhole),
    (Channel, "discord", LaterWhole),
    (Channel, "mattermost", LaterWhole),
    (Channel, "telegram", LaterWhole),
    (Channel, "ntfy", LaterWhole),
    (Email, "to", Recipients),
    (Recipient, "address", Text),
    (Recipient, "language", Text),
    (Webhook, "url", Text),
    (Webhook, "secret", Secret),
    (SecretKeys, "credential", Text),
    (SecretKeys, "file", Text),
    (SecretKeys, "env", Text),
    (Watchlist, "brands", Many(Brand)),
    (Watchlist, "sources", Many(Source)),
    (Watchlist, "alerts", Many(Alert)),
    (Watchlist, "lists", Later),
    (Watchlist, "sentiment", Later),
    (Watchlist, "objectives", Later),
    (Brand, "id", Text),
    (Brand, "name", Text),
    (Brand, "kind", Text),
    (Brand, "match", One(Expression)),
    (Brand, "mask", Terms),
    (Brand, "tags", NamedTerms),
    (Brand, "examples", One(Examples)),
    (Brand, "query", Later),
    (Brand, "only", Later),
    (Brand, "from", Later),
    (Brand, "until", Later),
    (Expression, "any", Expressions),
    (Expression, "all", Expressions),
    (Expression, "none", Expressions),
    (Expression, "within", Later),
    (Expression, "near", LaterWhole),
    (Expression, "sequence", LaterWhole),
    (Expression, "company", LaterWhole),
    (Expression, "list", LaterWhole),
    (Expression, "at_least", LaterWhole),
    (Mask, "term", LaterWhole),
    (Mask, "unless", LaterWhole),
    (Mask, "within", LaterWhole),
    (Mask, "any", LaterWhole),
    (Mask, "all", LaterWhole),
    (Mask, "none", LaterWhole),
    (Mask, "near", LaterWhole),
    (Mask, "sequence", LaterWhole),
    (Mask, "company", LaterWhole),
    (Mask, "list", LaterWhole),
    (Mask, "at_least", LaterWhole),
    (Examples, "match", Texts),
    (Examples, "ignore", Texts),
    (Source, "feed", Text),
    (Source, "forum", Text),
    (Source, "page", Text),
    (Source, "json", Text),
    (Source, "mail", LaterWhole),
    (Source, "search", Text),
    (Source, "name", Text),
    (Source, "every", Text),
    (Source, "language", Text),
    (Source, "timezone", Text),
    (Source, "select", One(Select)),
    (Source, "pages", Text),
    (Source, "topics", Text),
    (Source, "items", Text),
    (Source, "fields", NamedWords),
    (Source, "preset", Text),
    (Source, "endpoint", Text),
    (Source, "auth", Later),
    (Source, "headers", Later),
    (Source, "query", Text),
    (Source, "date_format", Later),
    (Select, "topic", Text),
    (Select, "topic_link", Text),
    (Select, "post", Text),
    (Select, "item", Text),
    (Select, "title", Text),
    (Select, "link", Text),
    (Select, "body", Text),
    (Select, "author", Text),
    (Select, "date", Text),
    (Select, "permalink", Text),
    (Select, "next", Text),
    (Select, "remove", Texts),
    (Alert, "name", Text),
    (Alert, "on", Text),
    (Alert, "brands", Texts),
    (Alert, "kinds", Texts),
    (Alert, "if", One(If)),
    (Alert, "to", Words),
    (Alert, "group", Text),
    (Alert, "strict", Later),
    (Alert, "hours", Later),
    (Alert, "cap", Later),
    (Alert, "escalate", Later),
    (Alert, "late", Later),
    (Alert, "cooldown", Later),
    (Alert, "of", Later),
    (Alert, "window", Later),
    (Alert, "baseline", Later),
    (Alert, "sensitivity", Later),
    (Alert, "at", Later),
    (Alert, "days", Later),
    (Alert, "period", Later),
    (If, "polarity", Words),
    (If, "score", Text),
    (If, "tags", Texts),
    (If, "sources", Texts),
    (If, "sites", Texts),
    (If, "languages", Texts),
    (If, "authors", Later),
    (If, "strict", Later),
];

/// Values that a later version reads; their block is not looked at further.
pub const LATER_VALUES: &[(Section, &str, &str)] =
    &[(Alert, "on", "spike"), (Alert, "on", "digest"), (Alert, "on", "moderation")];

/// French words that people write for a key.
const FRENCH: &[(&str, &str)] = &[
    ("adresse", "address"),
    ("alertes", "alerts"),
    ("canaux", "channels"),
    ("champs", "fields"),
    ("exemples", "examples"),
    ("flux", "feed"),
    ("fuseau", "timezone"),
    ("groupe", "group"),
    ("langue", "language"),
    ("langues", "languages"),
    ("marques", "brands"),
    ("masque", "mask"),
    ("motdepasse", "password"),
    ("mot_de_passe", "password"),
    ("nom", "name"),
    ("port_smtp", "port"),
    ("recherche", "search"),
    ("requête", "query"),
    ("si", "if"),
    ("sujets", "topics"),
    ("type", "kind"),
    ("utilisateur", "username"),
];

/// French words that people write for a value.
const FRENCH_VALUES: &[(&str, &str)] = &[
    ("anglais", "en"),
    ("campagne", "campaign"),
    ("concurrent", "competitor"),
    ("couverture", "coverage"),
    ("crise", "crisis"),
    ("français", "fr"),
    ("french", "fr"),
    ("english", "en"),
    ("incertain", "uncertain"),
    ("inconnu", "unknown"),
    ("marque", "brand"),
    ("négatif", "negative"),
    ("neutre", "neutral"),
    ("personne", "person"),
    ("positif", "positive"),
    ("produit", "product"),
    ("ssl", "tls"),
    ("titre", "title"),
    ("texte", "text"),
    ("auteur", "author"),
];

impl Section {
    /// The key under which such a block stands, for messages: where a misplaced key belongs.
    #[must_use]
    pub const fn stands_under(self) -> &'static str {
        match self {
            Settings => "vigie.yaml",
            Fetch => "fetch",
            Smtp => "smtp",
            Channel => "channels",
            Email => "email",
            Recipient => "email: to",
            Webhook => "webhook",
            SecretKeys => "secret",
            Watchlist => "brands / sources / alerts",
            Brand => "brands",
            Expression => "match",
            Mask => "mask",
            Examples => "examples",
            Source => "sources",
            Select => "select",
            Alert => "alerts",
            If => "if",
        }
    }
}

/// What stands behind a key of a block.
#[must_use]
pub fn shape_of(section: Section, key: &str) -> Option<Shape> {
    KEYS.iter().find(|(within, name, _)| *within == section && *name == key).map(|(.., shape)| *shape)
}

/// True for a key of any block.
#[must_use]
pub fn is_known(key: &str) -> bool {
    KEYS.iter().any(|(_, name, _)| *name == key)
}

/// The keys of a block that this version reads.
pub fn available(section: Section) -> impl Iterator<Item = &'static str> {
    KEYS.iter()
        .filter(move |(within, _, shape)| *within == section && !matches!(shape, Later | LaterWhole))
        .map(|(_, name, _)| *name)
}

/// The key of this block that was probably meant.
#[must_use]
pub fn nearest_key(section: Section, written: &str) -> Option<&'static str> {
    let here = || KEYS.iter().filter(|(within, ..)| *within == section).map(|(_, name, _)| *name);
    let lower = written.trim().to_lowercase();
    let french = FRENCH.iter().find(|(word, _)| *word == lower).map(|(_, key)| *key);
    french.filter(|key| here().any(|name| name == *key)).or_else(|| nearest(&lower, here()))
}

/// Where a key of another block belongs.
#[must_use]
pub fn elsewhere(section: Section, written: &str) -> Option<Section> {
    KEYS.iter().find(|(within, name, _)| *within != section && *name == written).map(|(within, ..)| *within)
}

/// The choice that was probably meant by a value, also by a French word for it.
pub fn nearest_value<'a>(written: &str, choices: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let lower = written.trim().to_lowercase();
    let french = FRENCH_VALUES.iter().find(|(word, _)| *word == lower).map(|(_, value)| *value);
    choices.clone().find(|choice| Some(*choice) == french).or_else(|| nearest(written, choices))
}

/// The candidate that was probably meant by a word.
pub fn nearest<'a>(written: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = written.to_lowercase();
    candidates
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= (name.chars().count() / 3).max(1) && *distance < name.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_stands_twice() {
        for (i, (section, key, _)) in KEYS.iter().enumerate() {
            assert!(KEYS[..i].iter().all(|(other, name, _)| (other, name) != (section, key)), "{section:?} {key}");
        }
    }

    #[test]
    fn the_nearest_key_is_of_the_same_block() {
        assert_eq!(nearest_key(Brand, "mach"), Some("match"));
        assert_eq!(nearest_key(Brand, "Nom"), Some("name"));
        assert_eq!(nearest_key(Watchlist, "alert"), Some("alerts"));
        assert_eq!(nearest_key(Watchlist, "password"), None);
        assert_eq!(nearest_value("Négatif", ["negative", "neutral"].into_iter()), Some("negative"));
        assert_eq!(elsewhere(Watchlist, "mask"), Some(Brand));
    }
}
