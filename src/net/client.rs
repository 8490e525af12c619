//! The client: one request of a source with its redirects, one POST of a message. Owns deadlines, the byte cap,
//! the hops and who is told a credential; conditional headers are handed in, and what a status means is the
//! caller's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{RequestBuilder, Response, StatusCode, redirect};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::body::{Body, Budget};
use super::chain::{explain, explain_proxied, innermost};
use super::error::NetError;
use super::gate::{Gate, Pass};
use super::guard::{Guard, GuardedResolver, Reach, host_of};
use super::headers;
use super::proxy::{Proxy, Way};
use crate::clock::{Clock, SystemClock};
use crate::config::access::{Access, MissingSecret};
use crate::config::settings::FetchSettings;
use crate::exchange::Validators;

/// For the TCP connection and TLS.
const CONNECT: Duration = Duration::from_secs(10);

/// Redirects that one request follows.
const REDIRECTS: usize = 5;

/// Long enough for the next request of the same host, a second later; short, because thousands of hosts
/// would keep thousands of connections.
const IDLE: Duration = Duration::from_secs(5);

/// Connections kept to a host. A public one is asked once at a time; an opened one as often as there is a turn.
const OPENED_IDLE: usize = 64;

/// What is kept of the answer to a POST.
const POST_ANSWER: usize = 64 << 10;

/// Of the page that comes with an error: enough to know a bot guard by.
const ERROR_PAGE: usize = 32 << 10;

/// A server that drips its error page is not waited for.
const ERROR_PAGE_TIME: Duration = Duration::from_secs(5);

/// Validators that are longer are no validators.
const LONGEST_VALIDATOR: usize = 4 << 10;

/// The HTTP client. Cheap to clone; clones share connections and the budget of bodies.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    guard: Guard,
    budget: Budget,
    gate: Gate,
    user_agent: HeaderValue,
    timeout: Duration,
    max_bytes: usize,
    proxy: Option<Proxy>,
    /// One for each way: a resolver is not told the port.
    clients: Mutex<HashMap<Way, reqwest::Client>>,
}

/// A request of a source.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ask<'a> {
    /// The address; it may hold `{secret:NAME}`, as may the headers and the body.
    pub url: &'a str,
    /// What makes it conditional.
    pub validators: Option<&'a Validators>,
    /// Sent to the address's own origin alone.
    pub headers: &'a [(String, String)],
    /// Of a POST; no redirect of one is followed.
    pub body: Option<&'a str>,
    /// What the origin that it names is told; `None`: nothing.
    pub access: Option<&'a Access>,
    /// Between the starts of two requests to one host, where that is more than a second.
    pub apart: Duration,
}

/// An answer, whatever its status. The body of one that is not 200 to 299 is the start of its error page.
/// Credentials in it, and in its address, stand as `{secret:NAME}` again.
#[derive(Debug)]
pub struct Fetched {
    /// The address after redirects, without user info.
    pub url: String,
    /// Where the first redirects lead that the server calls permanent: 301 and 308.
    pub moved: Option<String>,
    /// The status.
    pub status: u16,
    /// The body, decompressed, within the cap.
    pub body: Body,
    headers: HeaderMap,
}

impl Fetched {
    fn hide(&mut self, access: &Access) {
        if access.is_empty() {
            return;
        }
        self.url = access.hidden(&self.url).into_owned();
        self.body.change(|body| access.hidden_body(body));
    }

    /// A header's value; `None` when it is absent or not UTF-8.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        text(&self.headers, name)
    }

    /// All values of a header, as one list.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<String> {
        let values: Vec<_> =
            self.headers.get_all(name).iter().filter_map(|value| std::str::from_utf8(value.as_bytes()).ok()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// `ETag` and `Last-Modified`, byte for byte. One that cannot be given back so is left out.
    #[must_use]
    pub fn validators(&self) -> Validators {
        let value = |name| self.header(name).filter(|value| !value.is_empty() && value.len() <= LONGEST_VALIDATOR);
        Validators { etag: value("etag").map(str::to_owned), last_modified: value("last-modified").map(str::to_owned) }
    }

    /// The status with its name: `404 Not Found`.
    #[must_use]
    pub fn status_line(&self) -> String {
        let name = StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason());
        name.map_or_else(|| self.status.to_string(), |name| format!("{} {name}", self.status))
    }

    /// What Retry-After asks for; at most a day.
    #[must_use]
    pub fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        headers::retry_after(self.header("retry-after")?, self.header("date"), now)
    }

    /// What a rate limit with nothing left asks for; at most a day.
    #[must_use]
    pub fn rate_limit(&self, now: Timestamp) -> Option<Duration> {
        const PAIRS: [(&str, &str); 3] = [
            ("x-ratelimit-remaining", "x-ratelimit-reset"),
            ("ratelimit-remaining", "ratelimit-reset"),
            ("x-rate-limit-remaining", "x-rate-limit-reset"),
        ];
        let pair = |(remaining, reset)| headers::rate_limit(self.header(remaining)?, self.header(reset)?, now);
        PAIRS.into_iter().find_map(pair).or_else(|| headers::rate_limit_of_list(&self.list("ratelimit")?, now))
    }

    /// How long the answer stays fresh; at most a day.
    #[must_use]
    pub fn freshness(&self, now: Timestamp) -> Option<Duration> {
        let control = self.list("cache-control");
        let [age, expires, date] = ["age", "expires", "date"].map(|name| self.header(name));
        headers::freshness(control.as_deref(), age, expires, date, now)
    }
}

/// The answer to a POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostAnswer {
    /// The status; a redirect is one too.
    pub status: u16,
    /// What Retry-After asks for; at most a day.
    pub retry_after: Option<Duration>,
    /// The first 64 KiB.
    pub body: Vec<u8>,
}

/// The time up to which a request may take, less what was spent waiting for vigie's own memory.
struct Deadline {
    at: Instant,
    whole: Duration,
}

impl Deadline {
    fn after(whole: Duration) -> Self {
        Self { at: Instant::now() + whole, whole }
    }

    async fn within<T>(&self, work: impl Future<Output = T>) -> Result<T, NetError> {
        let late = NetError::Timeout { after: self.whole };
        // A peer that always has a byte ready would never be found late by the timer alone.
        if Instant::now() >= self.at {
            return Err(late);
        }
        timeout_at(self.at, work).await.map_err(|_| late)
    }

    /// The next piece of an answer.
    async fn chunk(&self, response: &mut Response) -> Result<Option<Bytes>, NetError> {
        self.within(response.chunk()).await?.map_err(|error| explain(&error, CONNECT, self.whole))
    }
}

impl Client {
    /// A client for these settings.
    ///
    /// # Errors
    /// [`NetError::Unsendable`] when TLS cannot be set up.
    pub fn new(settings: &FetchSettings) -> Result<Self, NetError> {
        Self::guarded(settings, Guard::new(&settings.allow_private))
    }

    pub(super) fn guarded(settings: &FetchSettings, guard: Guard) -> Result<Self, NetError> {
        let inner = Inner {
            proxy: settings.proxy.as_ref().map(|proxy| Proxy::new(proxy, &guard)).transpose()?,
            guard,
            budget: Budget::new(settings.max_bytes),
            gate: Gate::default(),
            user_agent: user_agent(settings.contact.as_deref()),
            timeout: settings.timeout,
            max_bytes: settings.max_bytes,
            clients: Mutex::default(),
        };
        inner.client(Way::Direct(Reach::Public))?;
        Ok(Self { inner: Arc::new(inner) })
    }

    pub(super) fn guard(&self) -> &Guard {
        &self.inner.guard
    }

    pub(super) fn timeout(&self) -> Duration {
        self.inner.timeout
    }

    /// True when the host is written as an address that `allow_private` opens at the address's port: the
    /// limits of politeness do not hold there.
    #[must_use]
    pub fn is_opened(&self, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| self.inner.guard.is_opened(&url))
    }

    /// Asks for `url`, follows redirects, and reads the body of a success.
    ///
    /// # Errors
    /// [`NetError`] when no answer came; any status is an answer.
    pub async fn get(&self, url: &str, validators: Option<&Validators>) -> Result<Fetched, NetError> {
        self.ask(&Ask { url, validators, ..Ask::default() }).await
    }

    /// Asks as a source wants it: with its credentials to its own origin, and to no other, wherever redirects
    /// lead; one request at a time to a host, redirects among them.
    ///
    /// # Errors
    /// [`NetError`] when no answer came, or none was asked for; any status is an answer.
    pub async fn ask(&self, ask: &Ask<'_>) -> Result<Fetched, NetError> {
        let inner = &*self.inner;
        let nothing = Access::default();
        let access = ask.access.unwrap_or(&nothing);
        let mut deadline = Deadline::after(inner.timeout);
        let mut url = parse(ask.url)?;
        let own = access.is_for(&url);
        if !access.is_empty() {
            url = parse(&if own { access.filled_address(ask.url)? } else { access.emptied(ask.url) })?;
        }
        let mut private = if own || access.is_empty() { private(access, ask.headers)? } else { HeaderMap::new() };
        let mut passed = Vec::new();
        let (mut moved, mut for_good) = (None, true);
        loop {
            let reach = inner.guard.reach(&url, false);
            inner.guard.check_literal(reach, &url)?;
            let pass = inner.enter(&url, ask.apart, &mut deadline).await;
            let way = inner.way(&url, reach, &deadline).await?;
            let client = inner.client(way)?;
            let mut request = match ask.body {
                None => client.get(url.clone()),
                Some(body) if own => client.post(url.clone()).body(access.filled(body)?),
                Some(body) => client.post(url.clone()).body(body.to_owned()),
            };
            for (name, value) in conditions(ask.validators) {
                request = request.header(name, value);
            }
            if !private.is_empty() {
                request = request.headers(private.clone());
            }
            let response = inner.send(way, request, &deadline).await?;
            let next = if ask.body.is_none() { target(&url, &response) } else { None };
            let Some(mut next) = next else {
                let mut fetched = inner.read(url, response, &mut deadline).await?;
                drop(pass);
                fetched.moved = moved;
                fetched.hide(access);
                return Ok(fetched);
            };
            passed.push(url.clone());
            for_good &= matches!(response.status().as_u16(), 301 | 308);
            drop((response, pass));
            if url.scheme() == "https" && next.scheme() == "http" {
                return Err(NetError::Downgraded);
            }
            if url.origin() != next.origin() {
                // For good: who leads back may choose what is asked there.
                private.clear();
                next = parse(&access.emptied(next.as_str()))?;
            }
            if passed.len() > REDIRECTS || passed.contains(&next) {
                return Err(NetError::RedirectLoop { hops: passed.len() });
            }
            if for_good {
                moved = Some(access.hidden(next.as_str()).into_owned());
            }
            url = next;
        }
    }

    /// Sends `body` to `url` and reads the start of the answer, all within `deadline`. Redirects are not
    /// followed. Plain `http:` reaches only what `allow_private` opens.
    ///
    /// # Errors
    /// [`NetError`] when no answer came; any status is an answer.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
        deadline: Duration,
    ) -> Result<PostAnswer, NetError> {
        let inner = &*self.inner;
        let url = parse(url)?;
        let plain = url.scheme() == "http";
        let reach = inner.guard.reach(&url, plain);
        let insecure = |error| match error {
            NetError::ForbiddenAddress { range: "public", .. } => NetError::Insecure,
            other => other,
        };
        inner.guard.check_literal(reach, &url).map_err(insecure)?;
        let mut fields = HeaderMap::new();
        for (name, value) in headers {
            let bad = || NetError::Unsendable(format!("header {name} has characters that no header may have"));
            let field = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
            fields.insert(field, HeaderValue::from_str(value).map_err(|_| bad())?);
        }
        let deadline = Deadline::after(deadline);
        let way = inner.way(&url, reach, &deadline).await?;
        let request = inner.client(way)?.post(url).headers(fields).body(body);
        let mut response = inner.send(way, request, &deadline).await.map_err(insecure)?;
        let now = SystemClock.now();
        let mut answer = PostAnswer {
            status: response.status().as_u16(),
            retry_after: text(response.headers(), "retry-after")
                .and_then(|value| headers::retry_after(value, text(response.headers(), "date"), now)),
            body: Vec::new(),
        };
        while let Some(chunk) = deadline.chunk(&mut response).await? {
            let room = POST_ANSWER - answer.body.len();
            answer.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() >= room {
                break;
            }
        }
        Ok(answer)
    }
}

impl Inner {
    /// How a request gets to `url`, which may be reached so.
    async fn way(&self, url: &Url, reach: Reach, deadline: &Deadline) -> Result<Way, NetError> {
        match &self.proxy {
            Some(proxy) => deadline.within(proxy.way(&self.guard, url, reach)).await?,
            None => Ok(Way::Direct(reach)),
        }
    }

    async fn send(&self, way: Way, request: RequestBuilder, deadline: &Deadline) -> Result<Response, NetError> {
        let answered = deadline.within(request.send()).await?;
        let (Way::Proxied(_), Some(proxy)) = (way, &self.proxy) else {
            return answered.map_err(|error| explain(&error, CONNECT, deadline.whole));
        };
        match answered {
            Ok(answer) if answer.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                Err(NetError::ProxyPassword(proxy.shown()))
            }
            Ok(answer) => Ok(answer),
            Err(error) => Err(explain_proxied(&error, CONNECT, deadline.whole, &proxy.shown())),
        }
    }

    fn client(&self, way: Way) -> Result<reqwest::Client, NetError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&way) {
            return Ok(client.clone());
        }
        let unusable = |error: reqwest::Error| NetError::Unsendable(innermost(&error));
        let (reach, proxy) = match way {
            Way::Direct(reach) => (reach, None),
            Way::Proxied(reach) => (reach, self.proxy.as_ref()),
        };
        let proxy = proxy.map(Proxy::as_reqwest).transpose().map_err(unusable)?;
        let builder = || {
            let builder = reqwest::Client::builder()
                .tls_backend_rustls()
                .user_agent(self.user_agent.clone())
                .dns_resolver(GuardedResolver { guard: self.guard.clone(), reach })
                .redirect(redirect::Policy::none())
                .referer(false)
                // The environment's.
                .no_proxy()
                .connect_timeout(CONNECT)
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(if reach == Reach::Public { 2 } else { OPENED_IDLE });
            match &proxy {
                Some(proxy) => builder.proxy(proxy.clone()),
                None => builder,
            }
        };
        // A machine without root certificates still reads http:, and the demo; https: then says 'unknown issuer'.
        let built = builder().build().or_else(|_| builder().tls_certs_only([]).build());
        let client = built.map_err(unusable)?;
        clients.insert(way, client.clone());
        Ok(client)
    }

    /// Waits for a request's turn at its host, which is not the server's time. Opened addresses have none.
    async fn enter(&self, url: &Url, apart: Duration, deadline: &mut Deadline) -> Option<Pass> {
        if self.guard.is_opened(url) {
            return None;
        }
        let asked = Instant::now();
        let pass = self.gate.enter(&host_of(url)?, apart).await;
        deadline.at += asked.elapsed();
        Some(pass)
    }

    async fn read(&self, mut url: Url, mut response: Response, deadline: &mut Deadline) -> Result<Fetched, NetError> {
        let cap = self.max_bytes;
        let mut body = self.budget.empty_body();
        if response.status().is_success() {
            if response.content_length().is_some_and(|length| length > cap as u64) {
                return Err(NetError::TooLarge { limit: cap });
            }
            while let Some(chunk) = deadline.chunk(&mut response).await? {
                if body.len() + chunk.len() > cap {
                    return Err(NetError::TooLarge { limit: cap });
                }
                let asked = Instant::now();
                body.make_room(chunk.len(), cap).await;
                deadline.at += asked.elapsed();
                body.push(&chunk);
            }
        } else if response.status() != StatusCode::NOT_MODIFIED {
            let page = error_page(&mut response, deadline.at).await;
            body.change(|_| page);
        }
        let headers = std::mem::take(response.headers_mut());
        // Relative links are joined to it and shown: credentials go no further than the request. An address
        // with a host takes both.
        let _ = (url.set_username(""), url.set_password(None));
        Ok(Fetched { url: url.into(), moved: None, status: response.status().as_u16(), body, headers })
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    std::str::from_utf8(headers.get(name)?.as_bytes()).ok()
}

fn parse(url: &str) -> Result<Url, NetError> {
    let mut url = Url::parse(url).map_err(|_| NetError::Address)?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(NetError::Address);
    }
    url.set_fragment(None);
    Ok(url)
}

/// Where a redirect leads; `None` for any other answer, and for one that leads nowhere.
fn target(from: &Url, response: &Response) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = text(response.headers(), "location")?;
    parse(from.join(location).ok()?.as_str()).ok()
}

/// The start of what comes with an error; what does not come is no further error.
async fn error_page(response: &mut Response, deadline: Instant) -> Vec<u8> {
    let deadline = deadline.min(Instant::now() + ERROR_PAGE_TIME);
    let mut page = Vec::new();
    while let Ok(Ok(Some(chunk))) = timeout_at(deadline, response.chunk()).await {
        let room = ERROR_PAGE - page.len();
        page.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() >= room {
            break;
        }
    }
    page
}

/// Headers for one origin alone, marked so that no log shows them.
fn private(access: &Access, asked: &[(String, String)]) -> Result<HeaderMap, NetError> {
    let mut fields = HeaderMap::new();
    let filled: Result<Vec<_>, MissingSecret> =
        asked.iter().map(|(name, value)| Ok((name.clone(), access.filled(value)?))).collect();
    for (name, value) in access.headers()?.into_iter().chain(filled?) {
        let bad = || NetError::Unsendable(format!("header {name} has characters that no header may have"));
        let field = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| bad())?;
        value.set_sensitive(true);
        fields.insert(field, value);
    }
    Ok(fields)
}

/// Both validators, byte for byte as they came.
fn conditions(validators: Option<&Validators>) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let [etag, modified] =
        [validators.and_then(|known| known.etag.as_ref()), validators.and_then(|known| known.last_modified.as_ref())];
    [(header::IF_NONE_MATCH, etag), (header::IF_MODIFIED_SINCE, modified)]
        .into_iter()
        .filter_map(|(name, value)| Some((name, HeaderValue::from_bytes(value?.as_bytes()).ok()?)))
}

/// `vigie/VERSION (+CONTACT)`. What a header's comment cannot hold is left out of the contact.
fn user_agent(contact: Option<&str>) -> HeaderValue {
    let name = concat!("vigie/", env!("CARGO_PKG_VERSION"));
    let contact: String = contact
        .unwrap_or_default()
        .chars()
        .filter(|c| matches!(c, ' '..='~') && !matches!(c, '(' | ')' | '\\'))
        .take(200)
        .collect();
    let whole = match contact.trim() {
        "" => name.to_owned(),
        contact => format!("{name} (+{contact})"),
    };
    HeaderValue::from_str(&whole).unwrap_or_else(|_| HeaderValue::from_static(name))
}
