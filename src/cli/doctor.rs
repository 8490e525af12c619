//! `vigie doctor`: looks at all that vigie stands on and says what to do where it is not well. Owns the
//! examinations and their order; sends no message and changes nothing.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::net::ToSocketAddrs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::{Exit, check, terminal};
use crate::channels;
use crate::config::settings::{ChannelKind, ChatAddress};
use crate::config::{Settings, language_of_environment, load_settings, locate};
use crate::fetch::mailbox::{self, Limits};
use crate::locale::{Locale, Value};
use crate::net::{self, Client};
use crate::store::Store;
use crate::store::lock;
use crate::store::sqlite::{Sqlite, copies};
use crate::telemetry::progress::Progress;
use crate::watchlist::Watchlists;

/// Free space under which a database that grows by megabytes a day is in danger.
const LITTLE_SPACE: u64 = 200 << 20;
/// A clock that is off by more shows in dates, windows and signatures.
const CLOCK: Duration = Duration::from_mins(1);
/// Hosts that are looked up at most.
const MOST_HOSTS: usize = 200;
/// Hosts that are named at most.
const NAMED: usize = 5;
/// How long names may take in all.
const LOOK_UP: Duration = Duration::from_secs(20);

/// Examine settings, watchlists, database, disk, clock, names, mail server and mailbox, with advice
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  vigie doctor

Asks the network: host names, the mail server up to the login, one source for the time. Sends no message.
`vigie send-test CHANNEL` does.")]
pub struct Args {
    /// vigie.yaml; otherwise ./vigie.yaml, then /etc/vigie/vigie.yaml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// How an examination ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Well,
    Careful,
    Ill,
}

/// The findings so far.
struct Report {
    locale: Locale,
    lines: String,
    worst: Verdict,
}

impl Report {
    fn say(&mut self, verdict: Verdict, key: &str, arguments: &[(&str, Value<'_>)]) {
        let sign = match verdict {
            Verdict::Well => "✓",
            Verdict::Careful => "!",
            Verdict::Ill => "✗",
        };
        let _ = writeln!(self.lines, "{sign} {}", terminal::line(&self.locale.format(key, arguments), 1000));
        if verdict != Verdict::Well && self.worst != Verdict::Ill {
            self.worst = verdict;
        }
    }
}

/// Runs the command.
pub async fn run(args: Args) -> anyhow::Result<Exit> {
    let Ok(path) = locate(args.config.as_deref()) else {
        eprintln!("{}", Locale::of(language_of_environment()).text("config-no-settings"));
        return Ok(Exit::Config);
    };
    let checked = check::check(&path);
    let locale = Locale::of(checked.language);
    let mut report = Report { locale, lines: String::new(), worst: Verdict::Well };
    files(&mut report, &path, &checked);
    if let Ok((settings, _)) = load_settings(&path) {
        let _progress =
            Progress::start(move |seconds| locale.format("progress-doctor", &[("seconds", (seconds as i64).into())]));
        store(&mut report, &settings).await;
        disk(&mut report, &settings.store);
        let none = Watchlists::empty();
        let watchlists = checked.watchlists.as_ref().unwrap_or(&none);
        names(&mut report, &settings, watchlists).await;
        clock(&mut report, &settings, watchlists).await;
        mail(&mut report, &settings).await;
        replies(&mut report, &settings).await;
    }
    terminal::print(&report.lines)?;
    Ok(if report.worst == Verdict::Ill { Exit::Failed } else { Exit::Fine })
}

/// Settings, watchlists and credentials: what `check` says, in one line, and where to read the rest.
fn files(report: &mut Report, path: &Path, checked: &check::Checked) {
    let file = ("file", path.display().to_string().into());
    match &checked.watchlists {
        Some(watchlists) => {
            let figures = [
                file,
                ("brands", watchlists.brands.len().into()),
                ("terms", watchlists.terms.into()),
                ("sources", watchlists.sources.len().into()),
            ];
            report.say(Verdict::Well, "doctor-files", &figures);
        }
        None => report.say(Verdict::Ill, "doctor-files-refused", &[file]),
    }
    for notice in checked.diagnostics.iter().filter(|said| said.blocks_run) {
        let text = notice.sentence.clone();
        report.say(Verdict::Ill, "doctor-credential", &[("text", text.into())]);
    }
}

async fn store(report: &mut Report, settings: &Settings) {
    let path = settings.store.clone();
    let shown = ("path", path.display().to_string().into());
    if !path.exists() {
        return report.say(Verdict::Careful, "doctor-no-store", &[shown]);
    }
    let examined = tokio::task::spawn_blocking(move || copies::examine(&path)).await;
    match examined {
        Ok(Ok(None)) => {}
        Ok(Ok(Some(fault))) => {
            return report.say(Verdict::Ill, "doctor-store-damaged", &[shown, ("fault", fault.into())]);
        }
        Ok(Err(error)) => {
            return report.say(Verdict::Ill, "doctor-store-unread", &[shown, ("error", error.to_string().into())]);
        }
        Err(error) => {
            return report.say(Verdict::Ill, "doctor-store-unread", &[shown, ("error", error.to_string().into())]);
        }
    }
    report.say(Verdict::Well, "doctor-store", std::slice::from_ref(&shown));
    match lock::holder(&settings.store) {
        Some(pid) => report.say(Verdict::Well, "doctor-running", &[("pid", pid.to_string().into())]),
        None => report.say(Verdict::Careful, "doctor-not-running", &[]),
    }
    let Ok(store) = Sqlite::open_read(&settings.store) else { return };
    if let Ok(asked) = store.each_source(|row| row.asked).await {
        // What was asked in the future was asked before the clock went back.
        if asked.into_iter().max().is_some_and(|last| last > Timestamp::now() + CLOCK) {
            report.say(Verdict::Ill, "doctor-clock-back", &[]);
        }
    }
    if let Ok(outbox) = store.outbox().await
        && outbox.dead > 0
    {
        report.say(Verdict::Careful, "doctor-dead-letters", &[("count", outbox.dead.into())]);
    }
}

fn disk(report: &mut Report, store: &Path) {
    let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let shown = ("folder", folder.display().to_string().into());
    match rustix::fs::statvfs(folder) {
        Ok(system) => {
            let free = system.f_bavail.saturating_mul(system.f_frsize);
            let arguments = [shown, ("megabytes", (free / 1_000_000).into())];
            let verdict = if free < LITTLE_SPACE { Verdict::Ill } else { Verdict::Well };
            let key = if free < LITTLE_SPACE { "doctor-disk-full" } else { "doctor-disk" };
            report.say(verdict, key, &arguments);
        }
        Err(error) => report.say(Verdict::Ill, "doctor-disk-unread", &[shown, ("error", error.to_string().into())]),
    }
}

/// The hosts of sources, webhooks and chats.
fn hosts(settings: &Settings, watchlists: &Watchlists) -> Vec<String> {
    let webhooks = settings.channels.iter().filter_map(|channel| match &channel.kind {
        ChannelKind::Webhook { url, .. } => net::guard::host(url),
        ChannelKind::Chat(chat) => match &chat.to {
            ChatAddress::Hook { url, .. } => url.read().ok().and_then(|url| net::guard::host(url.expose())),
            ChatAddress::Telegram { server, .. } | ChatAddress::Ntfy { server, .. } => net::guard::host(server),
        },
        ChannelKind::Email { .. } => None,
    });
    let sources = watchlists.sources.iter().filter_map(|source| net::guard::host(&source.url));
    let all: BTreeSet<String> = webhooks.chain(sources).collect();
    all.into_iter().take(MOST_HOSTS).collect()
}

async fn names(report: &mut Report, settings: &Settings, watchlists: &Watchlists) {
    let hosts = hosts(settings, watchlists);
    let count = hosts.len();
    if count == 0 {
        return;
    }
    let looked_up = tokio::task::spawn_blocking(move || {
        let unknown =
            |host: &String| (host.as_str(), 443).to_socket_addrs().map_or(true, |mut all| all.next().is_none());
        hosts.into_iter().filter(unknown).collect::<Vec<String>>()
    });
    match tokio::time::timeout(LOOK_UP, looked_up).await {
        Ok(Ok(unknown)) if unknown.is_empty() => report.say(Verdict::Well, "doctor-names", &[("count", count.into())]),
        Ok(Ok(unknown)) => {
            let named = unknown.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            let arguments = [("unknown", unknown.len().into()), ("count", count.into()), ("named", named.into())];
            // One host may be gone; all of them are the resolver's.
            let all = unknown.len() == count && count > 1;
            let key = if all { "doctor-names-none" } else { "doctor-names-unknown" };
            report.say(if all { Verdict::Ill } else { Verdict::Careful }, key, &arguments);
        }
        Ok(Err(_)) | Err(_) => {
            report.say(Verdict::Ill, "doctor-names-slow", &[("seconds", LOOK_UP.as_secs().into())]);
        }
    }
}

/// Asks the first sources for their time until one tells it.
async fn clock(report: &mut Report, settings: &Settings, watchlists: &Watchlists) {
    let Ok(client) = Client::new(&settings.fetch) else { return };
    for source in watchlists.sources.iter().take(3) {
        let Ok(answer) = client.get(&source.url, None).await else { continue };
        let Some(date) = answer.header("date").and_then(|date| httpdate::parse_http_date(date).ok()) else { continue };
        let Ok(theirs) = Timestamp::try_from(date) else { continue };
        let off = Timestamp::now().duration_since(theirs).unsigned_abs();
        let arguments = [("seconds", off.as_secs().into())];
        return if off > CLOCK {
            report.say(Verdict::Ill, "doctor-clock-off", &arguments);
        } else {
            report.say(Verdict::Well, "doctor-clock", &[]);
        };
    }
}

/// Looks into the mailbox of answers; what lies there stays new for the daemon.
async fn replies(report: &mut Report, settings: &Settings) {
    let Some(replies) = &settings.replies else { return };
    let Ok(client) = Client::new(&settings.fetch) else { return };
    let mailbox = ("mailbox", Value::from(replies.inbox.to_string()));
    let little = Limits { letters: 1, letter_bytes: 1 << 10, bytes: 1 << 10 };
    match mailbox::read(&client, &replies.inbox, None, little).await {
        Ok(_) => report.say(Verdict::Well, "doctor-replies", &[mailbox]),
        Err(error) => {
            report.say(Verdict::Ill, "doctor-replies-ill", &[mailbox, ("error", error.to_string().into())]);
        }
    }
}

async fn mail(report: &mut Report, settings: &Settings) {
    let Some(smtp) = &settings.smtp else { return };
    let server = ("server", format!("{}:{}", smtp.host, smtp.port).into());
    let greeted = match channels::mail_server(settings) {
        Ok(email) => email.greet().await.map_err(|error| error.to_string()),
        Err(error) => Err(error),
    };
    match greeted {
        Ok(()) => report.say(Verdict::Well, "doctor-mail", &[server]),
        Err(error) => report.say(Verdict::Ill, "doctor-mail-ill", &[("error", error.into())]),
    }
}
