//! A small web server on loopback that behaves and misbehaves on demand. Owns HTTP/1.1 as far as feeds,
//! forums and webhooks need it; binds to loopback alone, and is no server for anything else.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::{BufMut, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};
use tokio::task::{JoinHandle, JoinSet};

use super::reply::{Body, Reply};

/// Connections at a time; more wait to be accepted.
const CONNECTIONS: usize = 512;

/// Requests that are remembered.
const REMEMBERED: usize = 16_384;

/// Of a request's head, and of its body.
const LONGEST_HEAD: usize = 64 << 10;
const LONGEST_BODY: usize = 4 << 20;

/// An idle connection is kept this long.
const IDLE: Duration = Duration::from_mins(1);

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `GET`, `POST`…
    pub method: String,
    /// Path and query as sent.
    pub path: String,
    /// Headers in order, names as sent, values byte for byte where they are UTF-8.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// When its head had come.
    pub at: Instant,
    /// Which connection it came on, counted from 0.
    pub connection: u64,
    /// The status it was answered with; 0 while, or when, it had no answer.
    pub status: u16,
}

impl Seen {
    /// The value of a header, by its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug, Default)]
struct Shared {
    site: Mutex<Site>,
    asked: Notify,
}

#[derive(Debug, Default)]
struct Site {
    routes: HashMap<String, Arc<Reply>>,
    seen: VecDeque<Seen>,
    /// Requests that were forgotten: `seen[0]` is this one.
    forgotten: usize,
    counts: HashMap<String, usize>,
    connections: u64,
}

impl Shared {
    fn site(&self) -> MutexGuard<'_, Site> {
        self.site.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server. It stops, and drops every connection, when it is dropped.
#[derive(Debug)]
pub struct Web {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Web {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Web {
    /// Starts on a free port of 127.0.0.1. Every path answers 404 until something is put there.
    pub async fn start() -> io::Result<Self> {
        Self::start_on(0).await
    }

    /// Starts on this port of 127.0.0.1: a server that comes back after an outage.
    pub async fn start_on(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { shared, address, task })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The absolute address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What a path answers from now on. A path with a query goes before the same without one.
    pub fn put(&self, path: &str, reply: Reply) {
        self.shared.site().routes.insert(path.to_owned(), Arc::new(reply));
    }

    /// Lets a path answer 404 again.
    pub fn remove(&self, path: &str) {
        self.shared.site().routes.remove(path);
    }

    /// Every request that is remembered, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.site().seen.iter().cloned().collect()
    }

    /// Takes the remembered requests out.
    #[must_use]
    pub fn drain(&self) -> Vec<Seen> {
        let mut site = self.shared.site();
        site.forgotten += site.seen.len();
        site.seen.drain(..).collect()
    }

    /// The remembered requests of a path, with its query as sent.
    #[must_use]
    pub fn requests_to(&self, path: &str) -> Vec<Seen> {
        self.shared.site().seen.iter().filter(|seen| seen.path == path).cloned().collect()
    }

    /// How often a path was asked for.
    #[must_use]
    pub fn count(&self, path: &str) -> usize {
        self.shared.site().counts.get(path).copied().unwrap_or(0)
    }

    /// Connections accepted so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.site().connections
    }

    /// Returns when a path was asked for `times` times in all. It may wait for ever: put it under a limit.
    pub async fn asked(&self, path: &str, times: usize) {
        loop {
            let news = self.shared.asked.notified();
            tokio::pin!(news);
            // Before the look, so that a request in between is not missed.
            news.as_mut().enable();
            if self.count(path) >= times {
                return;
            }
            news.await;
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    // Dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors: some connection will end.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            // A client that goes away is no fault of the server.
            drop(serve(stream, &shared).await);
            drop(place);
        });
    }
}

async fn serve(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let connection = {
        let mut site = shared.site();
        site.connections += 1;
        site.connections - 1
    };
    let mut buffer = BytesMut::with_capacity(4 << 10);
    loop {
        let read = tokio::time::timeout(IDLE, read_request(&mut stream, &mut buffer, connection)).await;
        let Ok(Some(request)) = read.map_err(io::Error::from)? else { return Ok(()) };
        let keep = !request.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let head_only = request.method == "HEAD";
        let (number, reply, not_modified) = shared.note(request);
        let status = match &reply {
            Some(reply) if not_modified => (304, reply.as_ref()),
            Some(reply) => (reply.status, reply.as_ref()),
            None => (404, &Reply::not_found()),
        };
        let (status, reply) = status;
        if !matches!(reply.body, Body::Hang) {
            shared.answered(number, status);
        }
        if !answer(&mut stream, reply, status, head_only).await? || !keep {
            return stream.shutdown().await;
        }
    }
}

impl Shared {
    /// Remembers a request and finds its answer: its number, the route, and whether 304 is due.
    fn note(&self, request: Seen) -> (usize, Option<Arc<Reply>>, bool) {
        let mut site = self.site();
        let bare = request.path.split('?').next().unwrap_or_default();
        let reply = site.routes.get(&request.path).or_else(|| site.routes.get(bare)).cloned();
        let not_modified = reply.as_ref().is_some_and(|reply| request.method == "GET" && reply.is_unmodified(&request));
        *site.counts.entry(request.path.clone()).or_default() += 1;
        if site.seen.len() == REMEMBERED {
            site.seen.pop_front();
            site.forgotten += 1;
        }
        site.seen.push_back(request);
        let number = site.forgotten + site.seen.len() - 1;
        drop(site);
        self.asked.notify_waiters();
        (number, reply, not_modified)
    }

    fn answered(&self, number: usize, status: u16) {
        let mut site = self.site();
        let place = number.checked_sub(site.forgotten);
        if let Some(seen) = place.and_then(|place| site.seen.get_mut(place)) {
            seen.status = status;
        }
    }
}

/// The next request of a connection; `None` when the client closed it.
async fn read_request(stream: &mut TcpStream, buffer: &mut BytesMut, connection: u64) -> io::Result<Option<Seen>> {
    let bad = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if buffer.len() > LONGEST_HEAD {
            return Err(bad("the head is too long"));
        }
        if buffer.first().is_some_and(|byte| !byte.is_ascii_uppercase()) {
            return Err(bad("not HTTP"));
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let at = Instant::now();
    let head = buffer.split_to(end + 4);
    let head = String::from_utf8_lossy(&head[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(path)) = (first.next(), first.next()) else { return Err(bad("no request line")) };
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim_matches([' ', '\t']).to_owned()))
        .collect();
    let mut request =
        Seen { method: method.to_owned(), path: path.to_owned(), headers, body: Vec::new(), at, connection, status: 0 };
    let length = match request.header("content-length").map(str::parse::<usize>) {
        None => 0,
        Some(Ok(length)) if length <= LONGEST_BODY => length,
        Some(_) => return Err(bad("the body is too long")),
    };
    while buffer.len() < length {
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    request.body = buffer.split_to(length).to_vec();
    Ok(Some(request))
}

/// Writes an answer; false when the connection cannot be used any more.
async fn answer(stream: &mut TcpStream, reply: &Reply, status: u16, head_only: bool) -> io::Result<bool> {
    if let Body::Hang = reply.body {
        // Until the client gives up, or the server is dropped.
        let mut nothing = [0; 1];
        while stream.read(&mut nothing).await? > 0 {}
        return Ok(false);
    }
    if !reply.delay.is_zero() {
        // A timer of nothing still waits for the next millisecond.
        tokio::time::sleep(reply.delay).await;
    }
    let mut out = BytesMut::with_capacity(512);
    out.put_slice(format!("HTTP/1.1 {status} {}\r\n", reason(status)).as_bytes());
    out.put_slice(format!("Date: {}\r\n", httpdate::fmt_http_date(SystemTime::now())).as_bytes());
    for (name, value) in &reply.headers {
        // A 304 tells what a cache needs, not what describes the body it does not have.
        let of_body = ["content-type", "content-encoding"].iter().any(|of_body| name.eq_ignore_ascii_case(of_body));
        if status != 304 || !of_body {
            out.put_slice(format!("{name}: {value}\r\n").as_bytes());
        }
    }
    let bodiless = status == 304 || status == 204;
    match &reply.body {
        _ if bodiless => out.put_slice(b"\r\n"),
        Body::Bytes(bytes) => {
            out.put_slice(format!("Content-Length: {}\r\n\r\n", reply.length.unwrap_or(bytes.len())).as_bytes());
        }
        Body::Hang | Body::Drip(_) | Body::Endless(_) => out.put_slice(b"Connection: close\r\n\r\n"),
    }
    if bodiless || head_only {
        stream.write_all(&out).await?;
        return Ok(true);
    }
    match &reply.body {
        Body::Hang => {}
        Body::Bytes(bytes) => {
            let sent = reply.cut.unwrap_or(bytes.len()).min(bytes.len());
            out.put_slice(&bytes[..sent]);
            stream.write_all(&out).await?;
            return Ok(sent == bytes.len() && reply.length.is_none());
        }
        Body::Drip(bytes) => {
            stream.write_all(&out).await?;
            for byte in bytes.iter().cycle() {
                stream.write_all(&[*byte]).await?;
                tokio::time::sleep(reply.pause).await;
            }
        }
        Body::Endless(endless) => {
            out.put_slice(&endless.start);
            stream.write_all(&out).await?;
            loop {
                stream.write_all(&endless.again).await?;
            }
        }
    }
    Ok(false)
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        410 => "Gone",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Answer",
    }
}
