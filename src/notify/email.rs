//! The email channel: one message to one recipient over SMTP. Owns the envelope, the MIME form and what
//! each refusal means; the words of the mail are `mail` and `notice`, retries are `outbox`.
//!
//! lettre's own timeout covers only the connection: a server that hangs at its banner or after DATA
//! holds it for ever. So every step is driven here, each under a deadline of its own.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox as LettreMailbox, MultiPart, MultiPartKind, SinglePart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt};
use lettre::transport::smtp::extension::{ClientId, ServerInfo};
use lettre::{Address, Message as LettreMessage};
use tokio::net::{TcpStream, lookup_host};

use super::capped::Capped;
use super::{Channel, Message, Rendered, RenderedMail, SendError, clean};
use crate::config::Secret;
use crate::config::settings::{Mailbox, Security, SmtpSettings};
use crate::locale::Locale;

/// Of login, in the order of preference.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// How long each step may take.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// Name, connection and TLS handshake. 30 s.
    pub connect: Duration,
    /// Banner and EHLO. 30 s.
    pub greet: Duration,
    /// STARTTLS, AUTH, MAIL, RCPT, DATA: each. 60 s.
    pub command: Duration,
    /// From the first byte of the message to the answer to the final dot. Long, because a server that
    /// has the message and is cut off before it says so gets it again. 120 s.
    pub message: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            greet: Duration::from_secs(30),
            command: Duration::from_mins(1),
            message: Duration::from_mins(2),
        }
    }
}

/// Where in the conversation something went wrong: it decides whose fault that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Connect,
    Greet,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Message,
}

impl Step {
    const fn word(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Greet => "EHLO",
            Self::StartTls => "STARTTLS",
            Self::Auth => "AUTH",
            Self::Mail => "MAIL",
            Self::Rcpt => "RCPT",
            Self::Data => "DATA",
            Self::Message => "DATA .",
        }
    }

    /// Before MAIL nothing of the message was said: what fails there would fail every message.
    const fn is_the_channels(self) -> bool {
        matches!(self, Self::Connect | Self::Greet | Self::StartTls | Self::Auth)
    }
}

/// The settings of an email channel cannot work.
#[derive(Debug, thiserror::Error)]
pub enum EmailError {
    /// The sender's address is none that SMTP takes.
    #[error("smtp.from: {0}")]
    From(String),
    /// The TLS library could not be set up.
    #[error("smtp: {0}")]
    Tls(String),
}

/// The email channel.
pub struct Email {
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    /// What a login sends, in the forms in which a server may say it again.
    secrets: Vec<Secret>,
    from: LettreMailbox,
    deadlines: Deadlines,
    locale: Locale,
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Email").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Email {
    /// A channel through the server of `settings`; `password` is the value of its reference. `locale` is
    /// of the errors' sentences.
    ///
    /// # Errors
    /// [`EmailError`] when the sender or TLS cannot be set up.
    pub fn new(settings: &SmtpSettings, password: Option<&Secret>, locale: Locale) -> Result<Self, EmailError> {
        let tls = match settings.security {
            Security::None => None,
            Security::StartTls | Security::Tls => {
                Some(TlsParameters::new(settings.host.clone()).map_err(|error| EmailError::Tls(error.to_string()))?)
            }
        };
        let credentials = match (&settings.username, password) {
            (Some(user), Some(password)) => Some(Credentials::new(user.clone(), password.expose().to_owned())),
            _ => None,
        };
        let plain = |user: &String, password: &Secret| STANDARD.encode(format!("\0{user}\0{}", password.expose()));
        let secrets = match (&settings.username, password) {
            (Some(user), Some(password)) => vec![Secret::new(plain(user, password)), password.clone()],
            _ => Vec::new(),
        };
        let from = mailbox(&settings.from).ok_or_else(|| EmailError::From(settings.from.address.clone()))?;
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            security: settings.security,
            tls,
            credentials,
            secrets,
            from,
            deadlines: Deadlines::default(),
            locale,
        })
    }

    /// The same channel with other deadlines.
    #[must_use]
    pub const fn with_deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// The message as it goes over the wire. Depends on nothing but its arguments: a repeat differs in
    /// its Date alone.
    ///
    /// # Errors
    /// `Permanent` when lettre cannot build it from the rendered mail.
    pub fn wire(&self, id: &str, mail: &RenderedMail, now: Timestamp) -> Result<Vec<u8>, SendError> {
        let permanent = |detail: String| SendError::Permanent { detail };
        let mut builder = LettreMessage::builder()
            .date(now.into())
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .from(self.from.clone())
            .subject(clean::line(&mail.subject, 70));
        for to in &mail.to {
            let to: LettreMailbox = clean::line(to, 500).parse().map_err(|error| permanent(format!("To: {error}")))?;
            builder = builder.to(to);
        }
        for (name, value) in &mail.headers {
            let name =
                HeaderName::new_from_ascii(name.clone()).map_err(|error| permanent(format!("{name}: {error}")))?;
            builder = builder.raw_header(HeaderValue::new(name, clean::line(value, 900)));
        }
        // Boundaries derive from the id, where lettre would draw them at random.
        let texts = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(boundary("texts", id, mail))
            .singlepart(SinglePart::plain(mail.text.clone()));
        let texts = if mail.pictures.is_empty() {
            texts.singlepart(SinglePart::html(mail.html.clone()))
        } else {
            texts.multipart(pictured(id, mail)?)
        };
        let csv = mail.csv.iter().map(|csv| ("mentions.csv", csv, "text/csv; charset=utf-8"));
        let evidence = mail.evidence.iter().map(|(name, copy)| (name.as_str(), copy, "text/plain; charset=utf-8"));
        let mut files = csv.chain(evidence).peekable();
        let body = if files.peek().is_none() {
            texts
        } else {
            let mixed = MultiPart::builder().kind(MultiPartKind::Mixed).boundary(boundary("parts", id, mail));
            files.try_fold(mixed.multipart(texts), |parts, (name, file, kind)| {
                let kind = ContentType::parse(kind).map_err(|error| permanent(error.to_string()))?;
                // As bytes, hence base64: a BOM, line ends and what was hashed arrive as they are.
                Ok(parts.singlepart(Attachment::new(name.to_owned()).body(file.clone().into_bytes(), kind)))
            })?
        };
        let message = builder.multipart(body).map_err(|error| permanent(error.to_string()))?;
        Ok(message.formatted())
    }

    async fn converse(&self, recipient: &Address, wire: &[u8]) -> Result<(), SendError> {
        let mut connection = self.enter().await?;
        let Deadlines { command, message, .. } = self.deadlines;
        let from = Mail::new(Some(self.from.email.clone()), Vec::new());
        self.step(Step::Mail, command, connection.command(from)).await?;
        let to = Rcpt::new(recipient.clone(), Vec::new());
        let taken = self.step(Step::Rcpt, command, connection.command(to)).await;
        taken.map_err(|error| self.perhaps_a_stranger(error, connection.server_info()))?;
        self.step(Step::Data, command, connection.command(Data)).await?;
        self.step(Step::Message, message, connection.message(wire)).await?;
        // The mail is accepted: whatever becomes of the farewell is no matter.
        self.leave(connection).await;
        Ok(())
    }

    /// Goes as far as the server lets in whom it knows: connection, TLS, login. Sends nothing.
    ///
    /// # Errors
    /// As a message that stops there.
    pub async fn greet(&self) -> Result<(), SendError> {
        let connection = self.enter().await?;
        self.leave(connection).await;
        Ok(())
    }

    async fn enter(&self) -> Result<AsyncSmtpConnection, SendError> {
        let mut connection = self.connect().await?;
        if let Some(credentials) = &self.credentials {
            self.step(Step::Auth, self.deadlines.command, connection.auth(&MECHANISMS, credentials)).await?;
        }
        Ok(connection)
    }

    async fn leave(&self, mut connection: AsyncSmtpConnection) {
        let _ = tokio::time::timeout(self.deadlines.greet.min(Duration::from_secs(2)), connection.command(Quit)).await;
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let Deadlines { connect, greet, command, .. } = self.deadlines;
        let hello = self.hello();
        if self.security == Security::Tls {
            // lettre makes connection, handshake and greeting in one call here, over a stream of its own: what
            // could flood it has proved by its certificate to be the configured server.
            let server = (self.host.as_str(), self.port);
            let all = AsyncSmtpConnection::connect_tokio1(server, None, &hello, self.tls.clone(), None);
            return self.step(Step::Connect, connect + greet, all).await;
        }
        let stream = match tokio::time::timeout(connect, self.open()).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(detail)) => {
                return Err(SendError::Channel { passing: true, detail: self.said(Step::Connect, &detail) });
            }
            Err(_) => return Err(self.too_slow(Step::Connect, connect)),
        };
        if self.security == Security::None
            && !stream.peer_addr().is_ok_and(|peer| peer.ip().to_canonical().is_loopback())
        {
            let detail = self.said(Step::Connect, &self.locale.text("mail-smtp-clear"));
            return Err(SendError::Channel { passing: false, detail });
        }
        let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(Capped::new(stream)), &hello);
        let mut connection = self.step(Step::Greet, greet, greeting).await?;
        if let (Security::StartTls, Some(tls)) = (self.security, &self.tls) {
            if !connection.can_starttls() {
                let detail = self.said(Step::StartTls, &self.locale.text("mail-smtp-no-starttls"));
                return Err(SendError::Channel { passing: false, detail });
            }
            self.step(Step::StartTls, command, connection.starttls(tls.clone(), &hello)).await?;
        }
        Ok(connection)
    }

    /// What EHLO says: this machine's name, or the sender's domain where that has no dot, which servers refuse.
    fn hello(&self) -> ClientId {
        match ClientId::default() {
            ClientId::Domain(name) if !name.contains('.') => ClientId::Domain(self.from.email.domain().to_owned()),
            other => other,
        }
    }

    /// The first of the host's addresses that answers.
    async fn open(&self) -> Result<TcpStream, String> {
        let addresses: Vec<SocketAddr> =
            lookup_host((self.host.as_str(), self.port)).await.map_err(|error| error.to_string())?.collect();
        let mut last = self.locale.text("mail-smtp-no-address");
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    // lettre writes the end of a mail by itself; it would wait there for the acknowledgement of the
                    // mail, which the other side puts off by 40 ms.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(error) => last = error.to_string(),
            }
        }
        Err(last)
    }

    async fn step<T>(
        &self,
        step: Step,
        deadline: Duration,
        work: impl Future<Output = Result<T, SmtpError>>,
    ) -> Result<T, SendError> {
        match tokio::time::timeout(deadline, work).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(self.failed(step, &error)),
            Err(_) => Err(self.too_slow(step, deadline)),
        }
    }

    fn too_slow(&self, step: Step, deadline: Duration) -> SendError {
        let seconds = deadline.as_secs_f64().ceil() as i64;
        let detail = self.said(step, &self.locale.format("notify-slow", &[("seconds", seconds.into())]));
        if step.is_the_channels() {
            SendError::Channel { passing: true, detail }
        } else {
            SendError::Retry { after: None, detail }
        }
    }

    fn failed(&self, step: Step, error: &SmtpError) -> SendError {
        let code = error.status().map(u16::from);
        // lettre's own words hide the reply behind `permanent error (550)`.
        let said = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
        let said = code.map_or_else(|| said.clone(), |code| format!("{code} {said}"));
        // rustls's word for what a house with an authority of its own meets first.
        let said = if code.is_none() && said.contains("UnknownIssuer") {
            format!("{said} ({})", self.locale.text("mail-smtp-unknown-issuer"))
        } else {
            said
        };
        let detail = self.said(step, &said);
        match code {
            // Password wanted or wrong, TLS wanted: at whatever step it is said.
            Some(530 | 534 | 535 | 538) => SendError::Channel { passing: false, detail },
            Some(400..=499) => SendError::Retry { after: None, detail },
            Some(_) if step.is_the_channels() => SendError::Channel { passing: false, detail },
            Some(_) => SendError::Permanent { detail },
            None if step.is_the_channels() => {
                // A certificate or a missing mechanism stays as it is until somebody acts.
                let passing = matches!(step, Step::Connect | Step::Greet) && !is_tls(error);
                SendError::Channel { passing, detail }
            }
            None => SendError::Retry { after: None, detail },
        }
    }

    /// A server that offers a login and refuses by policy (RFC 3463, 5.7) whom it does not know says so to RCPT:
    /// 554 where it would say 530 to MAIL. That is the channel's, and would be every message's.
    fn perhaps_a_stranger(&self, error: SendError, server: &ServerInfo) -> SendError {
        match error {
            SendError::Permanent { detail }
                if self.credentials.is_none()
                    && detail.contains(" 5.7.")
                    && server.get_auth_mechanism(&MECHANISMS).is_some() =>
            {
                let hint = self.locale.text("mail-smtp-login-wanted");
                SendError::Channel { passing: false, detail: format!("{detail} ({hint})") }
            }
            error => error,
        }
    }

    /// `host:port, STEP: what was said`, on one line.
    fn said(&self, step: Step, what: &str) -> String {
        let what = self.secrets.iter().fold(what.to_owned(), |what, secret| secret.hidden_in(&what));
        clean::line(&format!("{}:{}, {}: {what}", self.host, self.port, step.word()), 300)
    }
}

/// The HTML part with the pictures that it names.
/// A border that stands in neither text: with its `=`, quoted-printable and base64 cannot write it, and where a text
/// goes as it is, it is made longer until it is not there. Whoever guesses an id writes no part of our mails.
fn boundary(name: &str, id: &str, mail: &RenderedMail) -> String {
    let mut boundary = format!("=_{name}-{id}");
    while [&mail.text, &mail.html].iter().any(|text| text.contains(&boundary)) {
        boundary.push('_');
    }
    boundary
}

fn pictured(id: &str, mail: &RenderedMail) -> Result<MultiPart, SendError> {
    let permanent = |detail: String| SendError::Permanent { detail };
    let kind = ContentType::parse("image/png").map_err(|error| permanent(error.to_string()))?;
    let html = SinglePart::html(mail.html.clone());
    let mut related =
        MultiPart::builder().kind(MultiPartKind::Related).boundary(boundary("pictures", id, mail)).singlepart(html);
    for picture in &mail.pictures {
        let png = STANDARD.decode(&picture.png).map_err(|error| permanent(error.to_string()))?;
        related = related.singlepart(Attachment::new_inline(picture.cid.clone()).body(png, kind.clone()));
    }
    Ok(related)
}

/// tokio-rustls wraps what rustls finds into `InvalidData`.
fn is_tls(error: &SmtpError) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::InvalidData) {
            return true;
        }
        source = inner.source();
    }
    error.is_tls()
}

/// lettre's form of a configured mailbox. Its display name must hold no CR, LF or NUL: lettre panics.
fn mailbox(mailbox: &Mailbox) -> Option<LettreMailbox> {
    let address: Address = mailbox.address.parse().ok()?;
    let name = mailbox.name.as_deref().map(|name| clean::line(name, 200)).filter(|name| !name.is_empty());
    Some(LettreMailbox::new(name, address))
}

impl Channel for Email {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        let Rendered::Mail(mail) = &message.body else {
            return Err(SendError::Permanent { detail: self.locale.text("mail-not-a-mail") });
        };
        let recipient: Address = message.recipient.parse().map_err(|error| SendError::Permanent {
            detail: clean::line(&format!("{}: {error}", message.recipient), 300),
        })?;
        let wire = self.wire(&message.id, mail, message.now)?;
        self.converse(&recipient, &wire).await
    }
}
