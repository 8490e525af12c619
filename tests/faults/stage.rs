//! What the faults share: a brand, numbered entries that speak of it, a second channel, a clock that the test
//! sets, and orders to the fail points.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use rcgen::{CertificateParams, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use vigie::clock::{Clock, sleep_in_slices};
use vigie::config::Secret;
use vigie::config::signing::SigningKeys;
use vigie::demo::reply::Reply;
use vigie::demo::smtp::Received;
use vigie::demo::web::Seen;
use vigie::notify::webhook::signature;

use crate::support::{World, until};

pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 24 * HOUR;

/// Takes TLS connections with a certificate for `name` that nobody vouches for.
pub(crate) fn unvouched(name: &str) -> TlsAcceptor {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate").der().clone();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::try_from(key.serialize_der()).expect("a key"))
        .expect("a configuration");
    TlsAcceptor::from(Arc::new(config))
}

/// The secret of the channel `desk`.
const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

/// One brand, `/rss.xml` each second, and one message a mention to these channels.
pub(crate) fn each_to(channels: &str) -> String {
    format!("{}  - {{name: all, on: mention, to: [{channels}], group: off}}\n", watching(&["/rss.xml"]))
}

/// One brand and these feeds, each second; rules are to follow.
pub(crate) fn watching(feeds: &[&str]) -> String {
    let mut text = String::from("brands:\n  - {id: orange, match: {any: [orange]}}\nsources:\n");
    for path in feeds {
        let _ = writeln!(text, "  - {{feed: \"{{web}}{path}\", every: 1s}}");
    }
    text + "alerts:\n"
}

/// Serves the entries of these numbers, each a story of its own.
pub(crate) fn serve(world: &World, path: &str, numbers: impl IntoIterator<Item = usize>) {
    let texts: Vec<[String; 3]> = numbers
        .into_iter()
        .map(|n| [format!("g{n}"), format!("Orange n{n}"), format!("https://site{n}.example/{n}")])
        .collect();
    let items: Vec<(&str, &str, &str, &str)> =
        texts.iter().map(|[guid, title, link]| (&**guid, &**title, &**link, "En panne.")).collect();
    world.feed(path, &items);
}

/// An item of RSS that was published so far from now.
pub(crate) fn dated(n: usize, from_now: SignedDuration) -> String {
    let date = Timestamp::now() + from_now;
    format!(
        "<item><guid>g{n}</guid><title>Orange n{n}</title><link>https://site{n}.example/</link>\
         <pubDate>{date}</pubDate><description>En panne.</description></item>"
    )
}

/// A feed of these items.
pub(crate) fn channel(items: impl Iterator<Item = String>) -> Reply {
    let mut xml = String::from("<rss version=\"2.0\"><channel><title>Site</title>");
    xml.extend(items);
    Reply::new("application/rss+xml", xml + "</channel></rss>")
}

/// Waits until a feed was asked twice more: the second time only after the first was committed.
pub(crate) async fn polled(world: &World, path: &str) {
    let before = world.web.count(path);
    until("the feed was polled twice", async || world.web.count(path) >= before + 2).await;
}

/// The numbers of the entries that a text speaks of, in order.
pub(crate) fn numbers(text: &str) -> Vec<usize> {
    let mut numbers: Vec<usize> = text
        .match_indices("Orange n")
        .filter_map(|(at, found)| {
            let rest = &text[at + found.len()..];
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            rest[..end].parse().ok()
        })
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// A mail's subject and texts, decoded.
pub(crate) fn decoded(mail: &Received) -> String {
    let parsed = MessageParser::default().parse(&mail.raw).expect("a mail");
    format!("{}\n{}", parsed.subject().unwrap_or_default(), parsed.body_text(0).unwrap_or_default())
}

/// All of a mail but its Date, the one thing that a repeat may change.
pub(crate) fn undated(mail: &Received) -> String {
    mail.text().lines().filter(|line| !line.starts_with("Date: ")).collect::<Vec<_>>().join("\n")
}

/// The mails that are of this kind, such as `dead_letter`.
pub(crate) fn of_kind(mails: Vec<Received>, kind: &str) -> Vec<Received> {
    mails.into_iter().filter(|mail| mail.header("X-Vigie-Kind").is_some_and(|found| found == kind)).collect()
}

/// Opens the channel `desk`: a webhook at `/desk` of the world's own web.
pub(crate) fn open_desk(world: &World) {
    let secret = world.path().join("secret");
    std::fs::write(&secret, SECRET).expect("written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&secret, mode).expect("a file of ours");
    let desk = format!("  desk: {{webhook: {{url: \"{}\", secret: {{file: secret}}}}}}\n", world.web.url("/desk"));
    edit_settings(world, |settings| settings + &desk);
}

/// The webhook's signature is over id, time and body.
pub(crate) fn is_signed(post: &Seen) -> bool {
    let keys = SigningKeys::of(&Secret::new(SECRET.to_owned())).expect("a key");
    let header = |name: &str| post.header(name).unwrap_or_default().to_owned();
    let time = header("webhook-timestamp").parse().expect("seconds");
    let body = String::from_utf8(post.body.clone()).expect("UTF-8");
    header("webhook-signature") == signature(&keys, &header("webhook-id"), time, &body)
}

pub(crate) fn edit_settings(world: &World, edit: impl FnOnce(String) -> String) {
    let settings = std::fs::read_to_string(world.config()).expect("settings");
    std::fs::write(world.config(), edit(settings)).expect("written");
}

/// `status --json` of a world.
pub(crate) async fn status(world: &World) -> serde_json::Value {
    let (code, stdout, stderr) = world.output(&["status", "--json"]).await;
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_str(&stdout).expect("one JSON object")
}

/// The state of the source whose address ends so.
pub(crate) fn state_of<'a>(status: &'a serde_json::Value, end: &str) -> &'a serde_json::Value {
    let sources = status["sources"].as_array().expect("sources");
    let found = sources.iter().find(|source| source["url"].as_str().is_some_and(|url| url.ends_with(end)));
    found.unwrap_or_else(|| panic!("{end} in {status}"))
}

/// Where the built program looks for orders to its fail points.
pub(crate) fn orders(world: &World) -> PathBuf {
    world.path().join("failpoints")
}

/// Gives the fail points these orders, and takes all others back.
pub(crate) fn order(world: &World, orders_: &str) {
    let fresh = world.path().join("failpoints.new");
    std::fs::write(&fresh, orders_).expect("written");
    std::fs::rename(fresh, orders(world)).expect("renamed");
}

/// The most memory that a process had, in MiB.
pub(crate) fn peak_memory(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("VmHWM");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
}

/// The machine's clock, and how far the test has set it, in seconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dial(Arc<AtomicI64>);

impl Dial {
    /// As [`polled`], without waiting for the seconds to pass.
    pub(crate) async fn polled(&self, world: &World, path: &str) {
        let before = world.web.count(path);
        until("the feed was polled twice", async || {
            self.turn(1);
            world.web.count(path) >= before + 2
        })
        .await;
    }

    pub(crate) fn turn(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Dial {
    fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        sleep_in_slices(|| self.now(), deadline, Duration::from_millis(20)).await;
    }
}
