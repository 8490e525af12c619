//! The kinds of blocks and what may stand behind a key, with the questions that are asked of the table of
//! keys (`table`): what is known here, what was probably meant.

use Section::{
    Alert, AtLeast, Auth, Basic, Brand, Channel, Credential, Email, Escalate, Examples, Expression, Fetch, Hook, If,
    Imap, Mail, Mask, Near, Ntfy, Objective, Only, Recipient, Replies, ReplyImap, Secret as SecretKeys, Select,
    Selection, Sentiment, Sequence, Settings, Smtp, Source, Telegram, Watchlist, Webhook,
};

pub use super::table::{CHOICES, KEYS, REQUIRED};

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
    /// `slack:`, `teams:`, `discord:` and `mattermost:`.
    Hook,
    /// `telegram:`.
    Telegram,
    /// `ntfy:`.
    Ntfy,
    /// `replies:`.
    Replies,
    /// `imap:` of `replies:`.
    ReplyImap,
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
    /// `near:`.
    Near,
    /// `sequence:`.
    Sequence,
    /// `at_least:`.
    AtLeast,
    /// `only:`.
    Only,
    /// `{include, exclude}` of one key of `only:`.
    Selection,
    /// `examples:`.
    Examples,
    /// `sentiment:`.
    Sentiment,
    /// One of `sources:`.
    Source,
    /// `mail:`.
    Mail,
    /// `imap:`.
    Imap,
    /// `auth:`.
    Auth,
    /// `basic:`.
    Basic,
    /// A watchlist's reference to a credential.
    Credential,
    /// `select:`.
    Select,
    /// One of `alerts:`.
    Alert,
    /// `escalate:` of an alert.
    Escalate,
    /// `if:`.
    If,
    /// One of `objectives:`.
    Objective,
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
    /// A secret by reference, or plain where it need not be one.
    SecretOrText,
    /// A credential by its name alone.
    Credential,
    /// A block.
    One(Section),
    /// A list of blocks.
    Many(Section),
    /// Blocks by free names.
    NamedMany(Section),
    /// A list of terms and expressions.
    Expressions,
    /// A term or an expression.
    TermOr,
    /// Lists of terms and expressions by free names.
    NamedTerms,
    /// A list of terms, expressions and terms with conditions.
    Masks,
    /// A list of words, or two: `{include, exclude}`.
    Selection,
    /// Addresses, or blocks with one.
    Recipients,
    /// Words or lists of words by free names.
    NamedWords,
    /// Values by free names.
    NamedTexts,
    /// Texts or credentials by free names.
    NamedTextOrCredential,
}

/// A row: in this block, this key, with this behind it, for this purpose (in English, for editors).
pub type Row = (Section, &'static str, Shape, &'static str);

/// French words, and words of other tools, that people write for a key.
const FRENCH: &[(&str, &str)] = &[
    ("adresse", "address"),
    ("sujet", "topic"),
    ("serveur", "server"),
    ("jeton", "token"),
    ("conversation", "chat"),
    ("après", "after"),
    ("heures", "hours"),
    ("horaires", "hours"),
    ("jours", "days"),
    ("période", "period"),
    ("fenêtre", "window"),
    ("sensibilité", "sensitivity"),
    ("plafond", "cap"),
    ("escalade", "escalate"),
    ("heure", "at"),
    ("alertes", "alerts"),
    ("canaux", "channels"),
    ("champs", "fields"),
    ("exemples", "examples"),
    ("flux", "feed"),
    ("fuseau", "timezone"),
    ("groupe", "group"),
    ("langue", "language"),
    ("langues", "languages"),
    ("liste", "list"),
    ("listes", "lists"),
    ("sauf", "unless"),
    ("sauf", "none"),
    ("aucun", "none"),
    ("aucune", "none"),
    ("tous", "all"),
    ("toutes", "all"),
    ("seulement", "only"),
    ("exclure", "exclude"),
    ("inclure", "include"),
    ("auteurs", "authors"),
    ("jusqu", "until"),
    ("requête", "query"),
    ("mots", "words"),
    ("objectifs", "objectives"),
    ("près", "near"),
    ("dans", "within"),
    ("fois", "times"),
    ("entreprise", "company"),
    ("compagnie", "company"),
    ("marques", "brands"),
    ("masque", "mask"),
    ("motdepasse", "password"),
    ("mot_de_passe", "password"),
    ("mot de passe", "password"),
    ("mot-de-passe", "password"),
    ("passwd", "password"),
    ("pass", "password"),
    ("pwd", "password"),
    ("nom", "name"),
    ("port_smtp", "port"),
    ("recherche", "search"),
    ("réponses", "replies"),
    ("modèles", "templates"),
    ("requête", "query"),
    ("si", "if"),
    ("seuil", "threshold"),
    ("sentiments", "sentiment"),
    ("tonalité", "sentiment"),
    ("ignorer", "ignore"),
    ("sujets", "topics"),
    ("type", "kind"),
    ("utilisateur", "username"),
    ("adresses", "to"),
    ("atom", "feed"),
    ("lang", "language"),
    ("lang", "languages"),
    ("langs", "languages"),
    ("lien", "feed"),
    ("link", "feed"),
    ("matches", "match"),
    ("rss", "feed"),
    ("site", "feed"),
    ("site", "sites"),
    ("url", "feed"),
];

/// French words that people write for a value.
const FRENCH_VALUES: &[(&str, &str)] = &[
    ("anglais", "en"),
    ("bilan", "digest"),
    ("jour", "day"),
    ("semaine", "week"),
    ("mois", "month"),
    ("modération", "moderation"),
    ("pic", "spike"),
    ("basse", "low"),
    ("haute", "high"),
    ("normale", "normal"),
    ("négatives", "negative"),
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
    ("avis", "reviews"),
    ("presse", "news"),
    ("messages", "posts"),
    ("alimentation", "food"),
    ("employeur", "employer"),
    ("titre", "title"),
    ("texte", "text"),
    ("auteur", "author"),
    ("phrase", "sentence"),
    ("flux", "feed"),
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
            Hook => "slack / teams / discord / mattermost",
            Telegram => "telegram",
            Ntfy => "ntfy",
            Replies => "replies",
            ReplyImap => "replies: imap",
            SecretKeys => "secret",
            Watchlist => "watchlist",
            Brand => "brands",
            Expression => "match",
            Mask => "mask",
            Near => "near",
            Sequence => "sequence",
            AtLeast => "at_least",
            Only | Selection => "only",
            Examples => "examples",
            Sentiment => "sentiment",
            Source => "sources",
            Mail => "mail",
            Imap => "imap",
            Auth => "auth",
            Basic => "basic",
            Credential => "credential",
            Select => "select",
            Alert => "alerts",
            Escalate => "escalate",
            If => "if",
            Objective => "objectives",
        }
    }
}

/// What stands behind a key of a block.
#[must_use]
pub fn shape_of(section: Section, key: &str) -> Option<Shape> {
    KEYS.iter().find(|(within, name, ..)| *within == section && *name == key).map(|(_, _, shape, _)| *shape)
}

/// True for a key of any block.
#[must_use]
pub fn is_known(key: &str) -> bool {
    KEYS.iter().any(|(_, name, ..)| *name == key)
}

/// The keys of all blocks.
pub fn all() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(_, name, ..)| *name)
}

/// The keys that a French word, or one of another tool, is written for.
pub fn synonyms(word: &str) -> impl Iterator<Item = &'static str> {
    FRENCH.iter().filter(move |(written, _)| *written == word).map(|(_, key)| *key)
}

/// The keys of a block.
pub fn available(section: Section) -> impl Iterator<Item = &'static str> {
    KEYS.iter().filter(move |(within, ..)| *within == section).map(|(_, name, ..)| *name)
}

/// The key of this block that was probably meant.
#[must_use]
pub fn nearest_key(section: Section, written: &str) -> Option<&'static str> {
    let here = || KEYS.iter().filter(|(within, ..)| *within == section).map(|(_, name, ..)| *name);
    let lower = written.trim().to_lowercase();
    synonyms(&lower).find(|key| here().any(|name| name == *key)).or_else(|| nearest(&lower, here()))
}

/// Where a key of another block belongs: of several, the nearest around this one, then one of the same file.
#[must_use]
pub fn elsewhere(section: Section, written: &str) -> Option<Section> {
    let others = || KEYS.iter().filter(|(within, name, ..)| *within != section && *name == written).map(|row| row.0);
    let around = above(section).find(|above| others().any(|other| other == *above));
    around.or_else(|| others().find(|other| root(*other) == root(section))).or_else(|| others().next())
}

/// The file that such a block stands in: [`Settings`] or [`Watchlist`].
#[must_use]
pub fn root(section: Section) -> Section {
    above(section).last().unwrap_or(section)
}

/// The blocks around such a block, from the inside out.
fn above(section: Section) -> impl Iterator<Item = Section> {
    std::iter::successors(parent(section), |inner| parent(*inner))
}

fn parent(section: Section) -> Option<Section> {
    let holds = |shape: Shape| match shape {
        Shape::One(inner) | Shape::Many(inner) | Shape::NamedMany(inner) => inner == section,
        Shape::Expressions | Shape::TermOr => section == Expression,
        Shape::Masks => section == Mask,
        Shape::Selection => section == Selection,
        Shape::Recipients => section == Recipient,
        Shape::Secret => section == SecretKeys,
        Shape::Credential => section == Credential,
        _ => false,
    };
    // The first row that holds it is that of its first use.
    KEYS.iter().find(|(within, _, shape, _)| *within != section && holds(*shape)).map(|row| row.0)
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
        for (i, (section, key, ..)) in KEYS.iter().enumerate() {
            assert!(KEYS[..i].iter().all(|(other, name, ..)| (other, name) != (section, key)), "{section:?} {key}");
        }
    }

    #[test]
    fn the_nearest_key_is_of_the_same_block() {
        assert_eq!(nearest_key(Brand, "mach"), Some("match"));
        assert_eq!(nearest_key(Brand, "Nom"), Some("name"));
        assert_eq!(nearest_key(Watchlist, "alert"), Some("alerts"));
        assert_eq!(nearest_key(Watchlist, "password"), None);
        assert_eq!(nearest_value("Négatif", ["negative", "neutral"].into_iter()), Some("negative"));
        assert_eq!(nearest_key(Expression, "toutes"), Some("all"));
        assert_eq!((nearest_key(Expression, "sauf"), nearest_key(Mask, "sauf")), (Some("none"), Some("unless")));
        assert_eq!((nearest_key(Smtp, "pass"), nearest_key(Smtp, "pwd")), (Some("password"), Some("password")));
        assert_eq!(nearest_key(Source, "url"), Some("feed"));
        assert_eq!(nearest_key(Only, "lang"), Some("languages"));
        assert_eq!(nearest_key(Settings, "lang"), Some("language"));
    }

    #[test]
    fn a_key_belongs_to_the_nearest_block_around() {
        assert_eq!(elsewhere(Watchlist, "mask"), Some(Brand));
        assert_eq!(elsewhere(If, "brands"), Some(Alert));
        assert_eq!(elsewhere(Brand, "lists"), Some(Watchlist));
        assert_eq!(elsewhere(Brand, "exclude"), Some(Selection));
        assert_eq!(elsewhere(Watchlist, "smtp"), Some(Settings));
        let file = |section| if root(section) == Settings { "vigie.yaml" } else { "watchlist" };
        assert_eq!((file(Recipient), file(Fetch), file(Settings)), ("vigie.yaml", "vigie.yaml", "vigie.yaml"));
        assert_eq!(
            (file(Escalate), file(Near), file(Basic), file(Watchlist)),
            ("watchlist", "watchlist", "watchlist", "watchlist")
        );
    }
}
