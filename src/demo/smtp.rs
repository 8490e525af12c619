//! A small SMTP server on loopback that keeps what it is sent, and misbehaves on demand: for `vigie demo`
//! and the tests. Owns the server's half of the conversation; offers no TLS and relays nothing.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

/// A longer command line, or message, is no mail of ours.
const LONGEST_LINE: u64 = 16 * 1024;
const LARGEST_MESSAGE: usize = 64 * 1024 * 1024;
const MOST_CONNECTIONS: usize = 64;

/// A place in the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Before the banner.
    Banner,
    /// EHLO and HELO.
    Ehlo,
    /// STARTTLS.
    StartTls,
    /// AUTH.
    Auth,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA, before the message.
    Data,
    /// The final dot, when the message is whole.
    Dot,
}

/// What the server does instead of what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Answers this code and text; after 421 it closes.
    Reply(u16, &'static str),
    /// Says nothing more and keeps the connection.
    Hang,
    /// Closes without a word.
    Drop,
    /// Answers a byte a second, for ever.
    Drip,
    /// Answers a line that does not end.
    Flood,
}

/// A mail as it was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// MAIL FROM.
    pub from: String,
    /// RCPT TO.
    pub to: Vec<String>,
    /// The message with its dots unstuffed.
    pub raw: Vec<u8>,
    /// True when the client had logged in.
    pub authenticated: bool,
}

impl Received {
    /// The message as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    /// A header's value, unfolded, as it stands on the wire.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let text = self.text();
        let head = text.split_once("\r\n\r\n").map_or(text.as_str(), |(head, _)| head).replace("\r\n ", " ");
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }
}

type Hook = Arc<dyn Fn(&Received) + Send + Sync>;

#[derive(Default)]
struct Script {
    faults: HashMap<Step, VecDeque<Fault>>,
    always: HashMap<Step, Fault>,
    refused: HashMap<String, (u16, &'static str)>,
    credentials: Option<(String, String)>,
    mechanisms: Option<&'static str>,
    starttls: bool,
    hook: Option<Hook>,
    visits: HashMap<Step, usize>,
    mails: Vec<Received>,
}

#[derive(Default)]
struct Shared {
    script: Mutex<Script>,
    arrived: Notify,
}

impl Shared {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts the visit and says what goes wrong there.
    fn enter(&self, step: Step) -> Option<Fault> {
        let mut script = self.script();
        *script.visits.entry(step).or_default() += 1;
        let next = script.faults.get_mut(&step).and_then(VecDeque::pop_front);
        next.or_else(|| script.always.get(&step).cloned())
    }
}

/// The server; stops when dropped.
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl std::fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpServer").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SmtpServer {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Does `fault` at the next visit of `step`; several wait in a row.
    pub fn fail_once(&self, step: Step, fault: Fault) {
        self.shared.script().faults.entry(step).or_default().push_back(fault);
    }

    /// Does `fault` at every visit of `step`.
    pub fn fail_always(&self, step: Step, fault: Fault) {
        self.shared.script().always.insert(step, fault);
    }

    /// Behaves again.
    pub fn behave(&self) {
        let mut script = self.shared.script();
        script.faults.clear();
        script.always.clear();
        script.refused.clear();
    }

    /// Refuses one recipient with this code and text.
    pub fn refuse(&self, recipient: &str, code: u16, text: &'static str) {
        self.shared.script().refused.insert(recipient.to_owned(), (code, text));
    }

    /// Accepts mail only after AUTH with these, and offers AUTH.
    pub fn demand(&self, username: &str, password: &str) {
        self.shared.script().credentials = Some((username.to_owned(), password.to_owned()));
    }

    /// Offers these mechanisms of AUTH in place of `PLAIN LOGIN`.
    pub fn offer(&self, mechanisms: &'static str) {
        self.shared.script().mechanisms = Some(mechanisms);
    }

    /// Offers STARTTLS; the handshake itself gets no answer that TLS knows.
    pub fn offer_starttls(&self) {
        self.shared.script().starttls = true;
    }

    /// Called with each whole message after its final dot, before 250 is said.
    pub fn before_accepting(&self, hook: impl Fn(&Received) + Send + Sync + 'static) {
        self.shared.script().hook = Some(Arc::new(hook));
    }

    /// How often a step was reached.
    #[must_use]
    pub fn visits(&self, step: Step) -> usize {
        self.shared.script().visits.get(&step).copied().unwrap_or_default()
    }

    /// The mails accepted so far.
    #[must_use]
    pub fn mails(&self) -> Vec<Received> {
        self.shared.script().mails.clone()
    }

    /// Takes the mails accepted so far out.
    #[must_use]
    pub fn drain(&self) -> Vec<Received> {
        std::mem::take(&mut self.shared.script().mails)
    }

    /// Returns when `count` mails were accepted, or after `limit`, with those that were.
    pub async fn wait_for(&self, count: usize, limit: Duration) -> Vec<Received> {
        let arrived = async {
            loop {
                let notified = self.shared.arrived.notified();
                if self.shared.script().mails.len() >= count {
                    return;
                }
                notified.await;
            }
        };
        let _ = tokio::time::timeout(limit, arrived).await;
        self.mails()
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    // Dropped with this task, and the connections with it.
    let mut connections = JoinSet::new();
    loop {
        while connections.len() >= MOST_CONNECTIONS {
            connections.join_next().await;
        }
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let shared = Arc::clone(&shared);
                // An error is a client that went away.
                connections.spawn(async move { Conversation::new(stream, shared).run().await.ok() });
            }
        }
    }
}

/// Whether the conversation goes on.
enum Then {
    Go,
    End,
}

struct Conversation {
    stream: BufReader<TcpStream>,
    shared: Arc<Shared>,
    from: Option<String>,
    to: Vec<String>,
    authenticated: bool,
}

impl Conversation {
    fn new(stream: TcpStream, shared: Arc<Shared>) -> Self {
        Self { stream: BufReader::new(stream), shared, from: None, to: Vec::new(), authenticated: false }
    }

    async fn run(mut self) -> io::Result<()> {
        if let Some(fault) = self.shared.enter(Step::Banner) {
            if matches!(self.misbehave(&fault).await?, Then::End) {
                return Ok(());
            }
        } else {
            self.say("220 demo.invalid ESMTP").await?;
        }
        while let Some(line) = self.line().await? {
            if matches!(self.answer(&line).await?, Then::End) {
                break;
            }
        }
        Ok(())
    }

    async fn answer(&mut self, line: &str) -> io::Result<Then> {
        let (verb, rest) = line.split_once([' ', ':']).unwrap_or((line, ""));
        let verb = verb.to_ascii_uppercase();
        let step = match verb.as_str() {
            "EHLO" | "HELO" => Step::Ehlo,
            "STARTTLS" => Step::StartTls,
            "AUTH" => Step::Auth,
            "MAIL" => Step::Mail,
            "RCPT" => Step::Rcpt,
            "DATA" => Step::Data,
            "QUIT" => {
                self.say("221 2.0.0 bye").await?;
                return Ok(Then::End);
            }
            "RSET" => {
                self.forget();
                return self.say("250 2.0.0 ok").await;
            }
            "NOOP" => return self.say("250 2.0.0 ok").await,
            _ => return self.say("502 5.5.1 no such command").await,
        };
        if let Some(fault) = self.shared.enter(step) {
            return self.misbehave(&fault).await;
        }
        match step {
            Step::Ehlo => self.hello().await,
            Step::StartTls => {
                self.say("220 2.0.0 go ahead").await?;
                // Whatever the client's handshake is, this is no answer to it.
                self.say("this server speaks no TLS").await?;
                Ok(Then::End)
            }
            Step::Auth => self.login(rest).await,
            Step::Mail => self.mail(line).await,
            Step::Rcpt => self.rcpt(line).await,
            _ => self.data().await,
        }
    }

    async fn hello(&mut self) -> io::Result<Then> {
        self.forget();
        let (auth, starttls) = {
            let script = self.shared.script();
            let mechanisms = script.mechanisms.unwrap_or("PLAIN LOGIN");
            (script.credentials.is_some().then(|| format!("AUTH {mechanisms}")), script.starttls)
        };
        let mut lines = vec!["demo.invalid", "8BITMIME", "SIZE 67108864"];
        lines.extend(auth.as_deref());
        if starttls {
            lines.push("STARTTLS");
        }
        let last = lines.len() - 1;
        let mut reply = String::new();
        for (at, line) in lines.iter().enumerate() {
            reply.push_str(if at == last { "250 " } else { "250-" });
            reply.push_str(line);
            reply.push_str(if at == last { "" } else { "\r\n" });
        }
        self.say(&reply).await
    }

    async fn login(&mut self, rest: &str) -> io::Result<Then> {
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let (user, password) = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let answer = if initial.is_empty() { self.challenge("").await? } else { initial.to_owned() };
                let decoded = decode(&answer);
                let mut parts = decoded.splitn(3, '\0').skip(1).map(str::to_owned);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            "LOGIN" => {
                let user = self.challenge("Username:").await?;
                let password = self.challenge("Password:").await?;
                (decode(&user), decode(&password))
            }
            _ => return self.say("504 5.5.4 no such mechanism").await,
        };
        let right = self.shared.script().credentials.as_ref().is_some_and(|(u, p)| *u == user && *p == password);
        self.authenticated = right;
        self.say(if right { "235 2.7.0 welcome" } else { "535 5.7.8 wrong user or password" }).await
    }

    async fn challenge(&mut self, text: &str) -> io::Result<String> {
        self.say(&format!("334 {}", STANDARD.encode(text))).await?;
        Ok(self.line().await?.unwrap_or_default())
    }

    async fn mail(&mut self, line: &str) -> io::Result<Then> {
        if self.shared.script().credentials.is_some() && !self.authenticated {
            return self.say("530 5.7.0 log in first").await;
        }
        let Some(from) = address(line) else { return self.say("501 5.5.4 no address").await };
        self.from = Some(from);
        self.say("250 2.1.0 ok").await
    }

    async fn rcpt(&mut self, line: &str) -> io::Result<Then> {
        if self.from.is_none() {
            return self.say("503 5.5.1 MAIL first").await;
        }
        let Some(to) = address(line) else { return self.say("501 5.5.4 no address").await };
        let refused = self.shared.script().refused.get(&to).copied();
        if let Some((code, text)) = refused {
            return self.say(&format!("{code} {text}")).await;
        }
        self.to.push(to);
        self.say("250 2.1.5 ok").await
    }

    async fn data(&mut self) -> io::Result<Then> {
        if self.to.is_empty() {
            return self.say("503 5.5.1 RCPT first").await;
        }
        self.say("354 end with a dot").await?;
        let Some(raw) = self.message().await? else { return Ok(Then::End) };
        let received = Received {
            from: self.from.take().unwrap_or_default(),
            to: std::mem::take(&mut self.to),
            raw,
            authenticated: self.authenticated,
        };
        let fault = self.shared.enter(Step::Dot);
        let hook = self.shared.script().hook.clone();
        if let Some(hook) = hook {
            hook(&received);
        }
        if let Some(fault) = fault {
            return self.misbehave(&fault).await;
        }
        self.shared.script().mails.push(received);
        self.shared.arrived.notify_waiters();
        self.say("250 2.0.0 kept").await
    }

    /// The message up to its final dot (RFC 5321, 4.5.2); nothing when the client went away first.
    async fn message(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut raw = Vec::new();
        loop {
            let start = raw.len();
            let room = (LARGEST_MESSAGE - start) as u64;
            if (&mut self.stream).take(room).read_until(b'\n', &mut raw).await? == 0 {
                return Ok(None);
            }
            if &raw[start..] == b".\r\n" {
                raw.truncate(start);
                return Ok(Some(raw));
            }
            if raw[start] == b'.' {
                raw.remove(start);
            }
        }
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }

    async fn misbehave(&mut self, fault: &Fault) -> io::Result<Then> {
        match fault {
            Fault::Reply(code, text) => {
                self.forget();
                self.say(&format!("{code} {text}")).await?;
                Ok(if *code == 421 { Then::End } else { Then::Go })
            }
            Fault::Drop => Ok(Then::End),
            Fault::Hang => {
                // Until the client goes away.
                let mut sink = [0; 1024];
                while self.stream.read(&mut sink).await? > 0 {}
                Ok(Then::End)
            }
            Fault::Drip => loop {
                self.stream.write_all(b"2").await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            },
            Fault::Flood => loop {
                self.stream.write_all(&[b'2'; 4096]).await?;
            },
        }
    }

    async fn say(&mut self, line: &str) -> io::Result<Then> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        Ok(Then::Go)
    }

    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        if (&mut self.stream).take(LONGEST_LINE).read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()))
    }
}

/// The address between `<` and `>`.
fn address(line: &str) -> Option<String> {
    let (_, rest) = line.split_once('<')?;
    let (address, _) = rest.split_once('>')?;
    Some(address.to_owned())
}

fn decode(base64: &str) -> String {
    STANDARD.decode(base64.trim()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}
