//! A watchlist as it is written. No `untagged`, no `flatten`: they lose the place of a mistake. What holds
//! terms is passed over here and read from the tree with its places.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::config::yaml::{Named, ScalarOr, Words, Written};

#[derive(Debug, Default, Deserialize)]
pub(super) struct FileShape {
    pub(super) brands: Option<Vec<BrandShape>>,
    pub(super) sources: Option<Vec<SourceShape>>,
    pub(super) alerts: Option<Vec<AlertShape>>,
    pub(super) objectives: Option<Vec<ObjectiveShape>>,
    pub(super) sentiment: Option<SentimentShape>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObjectiveShape {
    pub(super) brand: Option<Written>,
    pub(super) figure: Option<Written>,
    pub(super) at_least: Option<Written>,
    pub(super) at_most: Option<Written>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SentimentShape {
    pub(super) packs: Option<Words>,
    #[serde(default)]
    pub(super) words: Named<Written>,
    #[serde(default)]
    pub(super) ignore: Words,
    pub(super) threshold: Option<Written>,
}

#[derive(Debug, Deserialize)]
pub(super) struct BrandShape {
    pub(super) id: Option<Written>,
    pub(super) name: Option<Written>,
    pub(super) kind: Option<Written>,
    pub(super) examples: Option<ExamplesShape>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExamplesShape {
    #[serde(rename = "match", default)]
    pub(super) matching: Vec<String>,
    #[serde(default)]
    pub(super) ignore: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceShape {
    pub(super) feed: Option<Written>,
    pub(super) forum: Option<Written>,
    pub(super) page: Option<Written>,
    pub(super) json: Option<Written>,
    pub(super) search: Option<Written>,
    pub(super) mail: Option<Box<MailShape>>,
    pub(super) preset: Option<Written>,
    pub(super) endpoint: Option<Written>,
    pub(super) query: Option<Written>,
    pub(super) name: Option<Written>,
    pub(super) every: Option<Written>,
    pub(super) language: Option<Written>,
    pub(super) timezone: Option<Written>,
    pub(super) threshold: Option<Written>,
    pub(super) date_format: Option<Written>,
    pub(super) select: Option<Box<SelectShape>>,
    pub(super) pages: Option<Written>,
    pub(super) topics: Option<Written>,
    pub(super) items: Option<Written>,
    pub(super) fields: Option<Named<Words>>,
    pub(super) auth: Option<Box<AuthShape>>,
    pub(super) headers: Option<Named<ScalarOr<CredentialShape>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthShape {
    pub(super) basic: Option<BasicShape>,
    pub(super) bearer: Option<CredentialShape>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BasicShape {
    pub(super) username: Option<Written>,
    pub(super) password: Option<CredentialShape>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CredentialShape {
    pub(super) credential: Option<Written>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MailShape {
    pub(super) maildir: Option<Written>,
    pub(super) imap: Option<ImapShape>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImapShape {
    pub(super) host: Option<Written>,
    pub(super) port: Option<Written>,
    pub(super) security: Option<Written>,
    pub(super) username: Option<Written>,
    /// Read from the tree, where its place is.
    #[serde(rename = "password")]
    pub(super) _password: Option<IgnoredAny>,
    pub(super) folder: Option<Written>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SelectShape {
    pub(super) topic: Option<Written>,
    pub(super) topic_link: Option<Written>,
    pub(super) post: Option<Written>,
    pub(super) item: Option<Written>,
    pub(super) title: Option<Written>,
    pub(super) link: Option<Written>,
    pub(super) body: Option<Written>,
    pub(super) author: Option<Written>,
    pub(super) date: Option<Written>,
    pub(super) permalink: Option<Written>,
    pub(super) next: Option<Written>,
    #[serde(default)]
    pub(super) remove: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlertShape {
    pub(super) name: Option<Written>,
    pub(super) on: Option<Written>,
    #[serde(default)]
    pub(super) brands: Words,
    #[serde(default)]
    pub(super) kinds: Words,
    #[serde(rename = "if")]
    pub(super) conditions: Option<IfShape>,
    #[serde(default)]
    pub(super) to: Words,
    pub(super) group: Option<Written>,
    #[serde(default)]
    pub(super) hours: Words,
    pub(super) cap: Option<Written>,
    pub(super) escalate: Option<EscalateShape>,
    pub(super) late: Option<Written>,
    pub(super) of: Option<Written>,
    pub(super) window: Option<Written>,
    pub(super) baseline: Option<Written>,
    pub(super) sensitivity: Option<Written>,
    pub(super) cooldown: Option<Written>,
    pub(super) at: Option<Written>,
    pub(super) days: Option<Words>,
    pub(super) period: Option<Written>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EscalateShape {
    pub(super) after: Option<Written>,
    #[serde(default)]
    pub(super) to: Words,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IfShape {
    #[serde(default)]
    pub(super) polarity: Words,
    pub(super) score: Option<Written>,
    pub(super) strict: Option<Written>,
    #[serde(default)]
    pub(super) tags: Words,
    #[serde(default)]
    pub(super) sources: Words,
    #[serde(default)]
    pub(super) sites: Words,
    #[serde(default)]
    pub(super) authors: Words,
    #[serde(default)]
    pub(super) languages: Words,
}
