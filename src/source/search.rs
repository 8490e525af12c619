//! Presets of search and alert endpoints over the feed and JSON kinds: an address made of the query, the
//! mapping, the smallest interval. Owns which endpoints there are and what queries they take; their files
//! are under `presets/search/`.

use std::borrow::Cow;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::cursor::{Bridge, encode};
use super::preset::{self, Preset};
use super::select::SelectError;
use super::{ParseError, State, Step, charset, content_id, feed, json};
use crate::exchange::{Answer, Request, Tag};
use crate::health::SourceState;
use crate::text::language::Language;
use crate::text::url;

/// Every endpoint, by name.
pub const ENDPOINTS: &[Preset] = &[
    Preset::of("app-store", include_str!("presets/search/app-store.tsv")),
    Preset::of("bing-news", include_str!("presets/search/bing-news.tsv")),
    Preset::of("bluesky", include_str!("presets/search/bluesky.tsv")),
    Preset::of("dailymotion", include_str!("presets/search/dailymotion.tsv")),
    Preset::of("dev-to", include_str!("presets/search/dev-to.tsv")),
    Preset::of("discourse", include_str!("presets/search/discourse.tsv")),
    Preset::of("gdelt", include_str!("presets/search/gdelt.tsv")),
    Preset::of("google-alerts", include_str!("presets/search/google-alerts.tsv")),
    Preset::of("google-news", include_str!("presets/search/google-news.tsv")),
    Preset::of("hacker-news", include_str!("presets/search/hacker-news.tsv")),
    Preset::of("lemmy", include_str!("presets/search/lemmy.tsv")),
    Preset::of("mastodon", include_str!("presets/search/mastodon.tsv")),
    Preset::of("medium", include_str!("presets/search/medium.tsv")),
    Preset::of("pinterest", include_str!("presets/search/pinterest.tsv")),
    Preset::of("reddit", include_str!("presets/search/reddit.tsv")),
    Preset::of("searxng", include_str!("presets/search/searxng.tsv")),
    Preset::of("stack-exchange", include_str!("presets/search/stack-exchange.tsv")),
    Preset::of("tumblr", include_str!("presets/search/tumblr.tsv")),
    Preset::of("wordpress", include_str!("presets/search/wordpress.tsv")),
    Preset::of("youtube", include_str!("presets/search/youtube.tsv")),
];

/// The longest query, in characters: endpoints cut or refuse longer ones.
pub const LONGEST_QUERY: usize = 256;

/// The preset of an endpoint.
#[must_use]
pub fn find(name: &str) -> Option<&'static Preset> {
    preset::find(ENDPOINTS, name)
}

/// What an endpoint's query is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Takes {
    /// Words of a search.
    Words,
    /// One tag, with or without `#`.
    Tag,
    /// The id of a channel or a list.
    Name,
    /// A name that stands in a host name.
    Label,
    /// A number.
    Number,
    /// A user, or a user and a board.
    Path,
    /// Nothing: the endpoint is the whole address.
    Nothing,
}

impl Takes {
    /// Every one with its word in the presets' files.
    pub const ALL: [(&'static str, Self); 7] = [
        ("words", Self::Words),
        ("tag", Self::Tag),
        ("name", Self::Name),
        ("label", Self::Label),
        ("number", Self::Number),
        ("path", Self::Path),
        ("nothing", Self::Nothing),
    ];

    /// Of a preset.
    #[must_use]
    pub fn of(preset: &Preset) -> Self {
        let word = preset.get("takes").unwrap_or_default();
        Self::ALL.iter().find(|(name, _)| *name == word).map_or(Self::Words, |(_, takes)| *takes)
    }

    /// Its word in the presets' files.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, takes)| *takes == self).map_or("words", |(name, _)| name)
    }

    /// The query as it is sent; nothing for one of another form.
    fn read(self, written: &str) -> Option<String> {
        let text = written.trim();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        let text = match self {
            Self::Words => Some(text),
            Self::Tag => Some(text.trim_start_matches('#')).filter(|tag| tag.chars().all(is_name)),
            Self::Name => Some(text).filter(|name| name.chars().all(is_name)),
            Self::Label => Some(text).filter(|label| label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')),
            Self::Number => Some(text).filter(|number| number.bytes().all(|byte| byte.is_ascii_digit())),
            Self::Path => Some(text.trim_matches('/')).filter(|path| {
                let parts: Vec<&str> = path.split('/').collect();
                parts.len() <= 2 && parts.iter().all(|part| !part.is_empty() && part.chars().all(is_name))
            }),
            Self::Nothing => None,
        }?;
        (!text.is_empty() && text.chars().count() <= LONGEST_QUERY).then(|| text.to_owned())
    }
}

/// Whether a preset has an `endpoint:` of its own.
#[must_use]
pub fn has_endpoint(preset: &Preset) -> bool {
    preset.get("endpoint").is_some()
}

/// The smallest interval between two polls.
#[must_use]
pub fn least(preset: &Preset) -> Duration {
    let minutes = preset.get("least").and_then(|text| text.strip_suffix('m')?.parse().ok()).unwrap_or(5);
    Duration::from_mins(minutes)
}

/// Why no query can be made of the terms of the brands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The endpoint takes no words of a search.
    #[error("the endpoint takes no words")]
    NoWords,
    /// It looks for one thing at a time, and there are several.
    #[error("the endpoint looks for one thing at a time")]
    OneAtATime,
    /// All of them together are too long.
    #[error("the query is too long")]
    TooLong,
}

/// A query that finds what holds one of the terms.
pub fn built(preset: &Preset, terms: &[String]) -> Result<String, QueryError> {
    if Takes::of(preset) != Takes::Words || terms.is_empty() {
        return Err(QueryError::NoWords);
    }
    let has_quotes = preset.get("quotes").is_some();
    let quoted = terms.iter().map(|term| {
        let is_phrase = term.chars().any(|c| !c.is_alphanumeric());
        if has_quotes && is_phrase { format!("\"{}\"", term.replace('"', " ")) } else { term.clone() }
    });
    let parts: Vec<String> = quoted.collect();
    let query = match (parts.as_slice(), preset.get("or")) {
        ([one], _) => one.clone(),
        (parts, Some(or)) => {
            let all = parts.join(or);
            if preset.get("around").is_some() { format!("({all})") } else { all }
        }
        (_, None) => return Err(QueryError::OneAtATime),
    };
    if query.chars().count() > LONGEST_QUERY { Err(QueryError::TooLong) } else { Ok(query) }
}

/// What a watchlist says of a search.
#[derive(Debug, Clone)]
pub struct SearchConfig {
    /// The endpoint.
    pub preset: &'static Preset,
    /// Which site, instance or alert, where the preset asks.
    pub endpoint: Option<String>,
    /// As written, or as [`built`]; empty where the preset takes nothing.
    pub query: String,
    /// The country's form of the endpoint: `fr` or `en`.
    pub locale: &'static str,
    /// Of dates without one; default UTC.
    pub timezone: Option<TimeZone>,
    /// Of the entries, when the watchlist states it.
    pub language: Option<Language>,
    /// Who opens a session, where the preset asks for one.
    pub login: Option<Login>,
}

/// Name and password of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Name, or mail address.
    pub name: String,
    /// The name of the credential that holds the password.
    pub credential: String,
}

/// Whether a preset asks for a session, and so for a login.
#[must_use]
pub fn has_session(preset: &Preset) -> bool {
    preset.get("session").is_some()
}

/// Why a search does not compile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// The preset needs an `endpoint:`.
    #[error("an endpoint is missing")]
    NoEndpoint,
    /// It is not of this form.
    #[error("the endpoint is not of the form {0}")]
    Endpoint(&'static str),
    /// The preset needs a login.
    #[error("a login is missing")]
    NoLogin,
    /// The query is not of the form that the endpoint takes.
    #[error("the query is not of the form {}", .0.word())]
    Query(Takes),
    /// The preset's own mapping or address.
    #[error(transparent)]
    Select(#[from] SelectError),
}

/// A search, ready to read.
#[derive(Debug, Clone)]
pub struct Search {
    preset: &'static Preset,
    reader: Reader,
    least: Duration,
    session: Option<Session>,
}

/// What is sent to open a session, and where its answer has the token.
#[derive(Debug, Clone)]
struct Session {
    url: String,
    /// `{secret:NAME}` stands for the password.
    body: String,
    token: &'static str,
}

#[derive(Debug, Clone)]
enum Reader {
    Feed(feed::Feed),
    Json(json::Json),
}

impl SearchConfig {
    /// Checks and compiles.
    pub fn compile(self) -> Result<Search, SearchError> {
        let Self { preset, endpoint, query, locale, timezone, language, login } = self;
        let takes = Takes::of(preset);
        let query = match takes {
            Takes::Nothing => String::new(),
            takes => takes.read(&query).ok_or(SearchError::Query(takes))?,
        };
        let endpoint = match preset.get("endpoint") {
            None => String::new(),
            Some(form) => endpoint_of(form, endpoint.as_deref().or(preset.get("default")))?,
        };
        let encoded = encode(&query, takes == Takes::Path);
        let country = preset.get(&format!("locale.{locale}")).unwrap_or_default();
        let host = host_of(preset, &endpoint);
        let known = [("query", encoded.as_str()), ("endpoint", &endpoint), ("locale", country), ("host", &host)];
        let url = preset::filled(address_of(preset, &query), &known);
        let reader = if preset.get("kind") == Some("json") {
            let config = json::JsonConfig {
                url,
                items: preset.get("items").unwrap_or_default().to_owned(),
                fields: preset.fields(&known),
                absent_is_empty: preset.get("absent").is_some(),
                pace: preset.get("pace").map(str::to_owned),
                bridge: preset
                    .get("bridge")
                    .zip(preset.get("bridge.id"))
                    .map(|(parameter, id)| Bridge { parameter: parameter.to_owned(), id: id.to_owned() }),
                timezone,
                language,
                ..json::JsonConfig::default()
            };
            Reader::Json(config.compile()?)
        } else {
            Reader::Feed(feed::FeedConfig { url, timezone, language, ..feed::FeedConfig::default() }.compile()?)
        };
        let session = match (preset.get("session"), login) {
            (None, _) => None,
            (Some(_), None) => return Err(SearchError::NoLogin),
            (Some(form), Some(Login { name, credential })) => {
                let password = format!("{{secret:{credential}}}");
                Some(Session {
                    url: preset::filled(form, &known),
                    body: serde_json::json!({"identifier": name, "password": password}).to_string(),
                    token: preset.get("session.token").unwrap_or_default(),
                })
            }
        };
        Ok(Search { preset, reader, least: least(preset), session })
    }
}

/// The address's form for this query: `address^PREFIX` for one that starts so, `address/` for one of two
/// parts, else `address`.
fn address_of(preset: &Preset, query: &str) -> &'static str {
    let special = preset.lines().find(|(key, _)| match key.strip_prefix("address") {
        Some("/") => query.contains('/'),
        Some(form) => form.strip_prefix('^').is_some_and(|start| query.starts_with(start)),
        None => false,
    });
    special.map(|(_, value)| value).or_else(|| preset.get("address")).unwrap_or_default()
}

/// The host of an endpoint that is a name: `host$END` for one that ends so, else `host`.
fn host_of(preset: &Preset, endpoint: &str) -> String {
    let ends = |key: &str| key.strip_prefix("host$").is_some_and(|end| endpoint.ends_with(end));
    let form = preset.lines().find(|(key, _)| ends(key)).map(|(_, form)| form).or_else(|| preset.get("host"));
    preset::filled(form.unwrap_or_default(), &[("endpoint", endpoint)])
}

fn endpoint_of(form: &'static str, written: Option<&str>) -> Result<String, SearchError> {
    let written = written.map(str::trim).ok_or(SearchError::NoEndpoint)?;
    let read = match form {
        "name" => Some(written.to_owned()).filter(|name| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
        }),
        "site" => url::absolute(written)
            .filter(|address| !address.contains(['?', '#']))
            .map(|address| address.trim_end_matches('/').to_owned()),
        start => url::absolute(written).filter(|address| address.starts_with(start)),
    };
    read.ok_or(SearchError::Endpoint(form))
}

impl Search {
    pub(super) fn url(&self) -> &str {
        match &self.reader {
            Reader::Feed(feed) => feed.url(),
            Reader::Json(json) => json.url(),
        }
    }

    /// The address that the poll which `state` begins asks.
    pub(super) fn address(&self, state: &State) -> Cow<'_, str> {
        match &self.reader {
            Reader::Feed(feed) => feed.url().into(),
            Reader::Json(json) => json.address(state),
        }
    }

    /// True where a poll opens a session with a name and a password.
    #[must_use]
    pub const fn has_session(&self) -> bool {
        self.session.is_some()
    }

    /// The request that opens the poll's session.
    pub(super) fn opening(&self) -> Option<Request> {
        let session = self.session.as_ref()?;
        Some(Request {
            url: session.url.clone(),
            tag: Tag::Session,
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: Some(session.body.clone()),
            ..Request::default()
        })
    }

    /// The search itself, with the token of the session.
    fn opened(&self, session: &Session, mut state: State, answer: &Answer) -> Result<Step, ParseError> {
        let document = json::parse(&charset::decode(&answer.body, answer.content_type.as_deref()))?;
        let token = document.pointer(session.token).and_then(serde_json::Value::as_str);
        let is_token = |token: &&str| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        let Some(token) = token.filter(is_token) else {
            let detail = format!("the session's answer has no token at `{}`", session.token);
            return Err(ParseError { state: SourceState::Broken, detail });
        };
        let url = self.address(&state).into_owned();
        let mut request: Vec<Request> = state.ask(url, Tag::Main).into_iter().collect();
        for request in &mut request {
            request.headers.push(("Authorization".to_owned(), format!("Bearer {token}")));
        }
        Ok(Step { requests: request, state, ..Step::default() })
    }

    pub(super) fn read(&self, mut state: State, answer: &Answer) -> Result<Step, ParseError> {
        if let (Some(session), Tag::Session) = (&self.session, answer.tag) {
            return self.opened(session, state, answer);
        }
        let query = content_id(&[self.url()]);
        let is_renewed = state.query.as_ref().is_some_and(|before| *before != query);
        if is_renewed {
            // Of another search.
            state.newest = None;
        }
        let mut step = match &self.reader {
            Reader::Feed(feed) => feed.read(state, answer),
            Reader::Json(json) => json.read(state, answer),
        }?;
        step.ttl = step.ttl.max(Some(self.least));
        let state = &mut step.state;
        if is_renewed {
            state.renewed = Some(answer.received);
            let asked = self.url();
            state.validators.retain(|address, _| address == asked);
            state.since = None;
        }
        state.query = Some(query);
        Ok(step)
    }

    /// What a state means at this endpoint, in English, one line, for the operator.
    #[must_use]
    pub fn hint(&self, state: SourceState) -> Option<&'static str> {
        self.preset.get(&format!("hint.{}", state.word()))
    }
}
