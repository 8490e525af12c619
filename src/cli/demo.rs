//! `vigie demo`: the whole main job on an embedded small web. The servers are `demo`'s, the pipeline is the
//! daemon's own; this file plays the publishers and watches the mailbox.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::Timestamp;
use mail_parser::MessageParser;
use tokio::sync::mpsc;

use super::Exit;
use crate::clock::SystemClock;
use crate::config;
use crate::config::settings::UiLanguage;
use crate::daemon::{Control, Daemon, Fault, Options};
use crate::demo::reply::Reply;
use crate::demo::scenario::{self, Item, SITES};
use crate::demo::smtp::{Received, SmtpServer};
use crate::demo::web::Web;
use crate::locale::Locale;
use crate::store::sqlite::Sqlite;
use crate::store::{MentionRow, Store};

/// The demo ends by then, whatever happened.
const LIMIT: Duration = Duration::from_secs(13);
/// How often the mailbox is looked into.
const GLANCE: Duration = Duration::from_millis(25);
/// Mentions of the scenario that `comms` is told of: five of the brand, one of the competitor.
const MENTIONS: usize = 6;

const CALM: &str = "/calme/rss.xml";
const HOOK: &str = "/hooks/crise";

/// Show the whole way, from a page on the web to a mail, on this machine alone.
///
/// Starts a small web, a mail server and a webhook receiver on loopback, runs the real daemon on them, and
/// leaves every mail in a folder. Needs no network and no configuration, and ends by itself in seconds.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the mails go [default: ./vigie-demo]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Language of the mails and of what is printed
    #[arg(long, value_name = "fr|en", value_parser = language)]
    language: Option<UiLanguage>,
}

fn language(word: &str) -> Result<UiLanguage, String> {
    match word {
        "fr" => Ok(UiLanguage::French),
        "en" => Ok(UiLanguage::English),
        other => Err(format!("`{other}`: fr or en")),
    }
}

/// The servers, and what was seen of them.
struct Stage {
    web: Web,
    smtp: SmtpServer,
    locale: Locale,
    colour: bool,
    folder: PathBuf,
    mails: usize,
    hooks: usize,
    published: Instant,
    /// From publication to mail, of the mails about mentions.
    took: Vec<Duration>,
    /// Whether coverage was told.
    blind: bool,
}

/// Runs the command.
pub async fn run(args: Args) -> anyhow::Result<Exit> {
    let ui = args.language.unwrap_or_else(config::language_of_environment);
    let folder = folder(args.folder)?;
    let mut stage = Stage {
        web: Web::start().await?,
        smtp: SmtpServer::start().await?,
        locale: Locale::of(ui),
        colour: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        folder,
        mails: 0,
        hooks: 0,
        published: Instant::now(),
        took: Vec::new(),
        blind: false,
    };
    let began = Instant::now();
    stage.open_sites();
    let config = stage.write_configuration(ui)?;
    let arguments = [("sites", (SITES.len() + 1).into()), ("ill", 2.into())];
    say(&stage.locale.format("demo-start", &arguments));

    let options = Options { config, backfill: None };
    let daemon = match Daemon::build(options, SystemClock).await {
        Ok(daemon) => daemon,
        Err(Fault::Refused(diagnostics)) => {
            config::diagnostic::print(&diagnostics);
            return Ok(Exit::Config);
        }
        Err(fault) => return Err(fault.into()),
    };
    let store = daemon.store().clone();
    let (orders, received) = mpsc::channel(1);
    let daemon = tokio::spawn(daemon.run(received));
    let told = stage.play(&store, began).await;
    orders.send(Control::Stop).await.context("the daemon ended early")?;
    let clean = daemon.await??;
    drop(store);
    let missing = MENTIONS.saturating_sub(told?) + usize::from(!stage.blind);
    stage.glance()?;
    stage.end()?;
    if missing > 0 {
        eprintln!("{}", stage.locale.format("demo-missing", &[("count", missing.into())]));
    }
    Ok(if clean && missing == 0 { Exit::Fine } else { Exit::Failed })
}

/// `./vigie-demo`, or the next free name; never into a folder that holds something.
fn folder(asked: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    if let Some(folder) = asked {
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        anyhow::ensure!(folder.read_dir()?.next().is_none(), "{}: is not empty", folder.display());
        return Ok(folder);
    }
    let mut refused = None;
    for base in [PathBuf::from("."), std::env::temp_dir()] {
        for number in 1..1_000 {
            let name = if number == 1 { "vigie-demo".to_owned() } else { format!("vigie-demo-{number}") };
            let folder = base.join(name);
            match std::fs::create_dir(&folder) {
                Ok(()) => return Ok(folder),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    refused = Some((folder, error));
                    break;
                }
            }
        }
    }
    match refused {
        Some((folder, error)) => Err(error).with_context(|| folder.display().to_string()),
        None => anyhow::bail!("vigie-demo: a thousand of them are here already"),
    }
}

impl Stage {
    fn open_sites(&self) {
        for site in SITES {
            self.publish(site, site.before);
        }
        let calm = Item {
            id: "calme-1",
            title: "Rien à signaler",
            text: "Tout va bien.",
            author: "Calme",
            link: "https://calme.example/1",
        };
        let site = scenario::Site { path: CALM, format: scenario::Format::Rss, before: &[], after: &[] };
        self.publish(&site, &[calm]);
        self.web.put("/radio/rss.xml", Reply::new("application/rss+xml", scenario::BROKEN));
        self.web.put("/panne/rss.xml", Reply::status(500));
        self.web.put(HOOK, Reply::status(204));
    }

    fn publish(&self, site: &scenario::Site, items: &[Item]) {
        for (path, content_type, body) in scenario::pages(site, items, Timestamp::now()) {
            self.web.put(&path, Reply::new(content_type, body));
        }
    }

    fn write_configuration(&self, ui: UiLanguage) -> anyhow::Result<PathBuf> {
        let (web, smtp) = (self.web.address(), self.smtp.address());
        let language = ui.code();
        let settings = format!(
            "language: {language}\ntimezone: Europe/Paris\nwatchlists: watchlists\n\
             fetch: {{contact: \"https://kermelo.example/vigie\", allow_private: [\"{web}\"]}}\n\
             smtp: {{host: 127.0.0.1, port: {}, security: none, from: \"Vigie <vigie@kermelo.example>\"}}\n\
             channels:\n  comms: {{email: {{to: [equipe@kermelo.example]}}}}\n  \
             crise: {{webhook: {{url: \"http://{web}{HOOK}\", secret: {{file: secret}}}}}}\n",
            smtp.port(),
        );
        let watchlist = scenario::WATCHLIST.replace("{web}", &format!("http://{web}"));
        std::fs::create_dir(self.folder.join("watchlists"))?;
        std::fs::write(self.folder.join("watchlists/kermelo.yaml"), watchlist)?;
        write_secret(&self.folder.join("secret"))?;
        let config = self.folder.join("vigie.yaml");
        std::fs::write(&config, settings)?;
        Ok(config)
    }

    /// The play: the baseline, the publication, the edit, the sources that stay ill. Returns of how many
    /// mentions `comms` was told.
    async fn play(&mut self, store: &Sqlite, began: Instant) -> anyhow::Result<usize> {
        let ready = |rows: &[crate::store::SourceHealth]| {
            rows.iter().filter(|row| row.baseline.is_some()).count() > SITES.len()
        };
        while !ready(&store.sources().await?) {
            anyhow::ensure!(began.elapsed() < LIMIT, "the sources were not read in time");
            tokio::time::sleep(GLANCE).await;
        }
        let seconds = ("seconds", seconds(began.elapsed(), self.locale).into());
        say(&self.locale.format("demo-baseline", &[seconds]));

        let count: usize = SITES.iter().map(|site| site.after.len()).sum();
        say(&self.locale.format("demo-publish", &[("count", count.into())]));
        for site in SITES {
            let items: Vec<Item> = site.after.iter().chain(site.before).copied().collect();
            self.publish(site, &items);
        }
        self.published = Instant::now();
        while told(store).await? < MENTIONS && began.elapsed() < LIMIT {
            self.glance()?;
            tokio::time::sleep(GLANCE).await;
        }
        self.glance()?;

        say(&self.locale.text("demo-edit"));
        let gazette = &SITES[0];
        let items: Vec<Item> = std::iter::once(scenario::EDITED)
            .chain(gazette.after[1..].iter().copied())
            .chain(gazette.before.iter().copied())
            .collect();
        self.publish(gazette, &items);
        while !self.blind && began.elapsed() < LIMIT {
            self.glance()?;
            tokio::time::sleep(GLANCE).await;
        }
        told(store).await
    }

    /// Shows and keeps what arrived since the last look.
    fn glance(&mut self) -> anyhow::Result<()> {
        let took = self.published.elapsed();
        let mails = self.smtp.mails();
        for mail in &mails[self.mails..] {
            self.mails += 1;
            if mail.header("X-Vigie-Brand").is_some() {
                self.took.push(took);
            } else {
                self.blind = true;
            }
            self.keep(mail, took)?;
        }
        let hooks = self.web.requests_to(HOOK);
        for hook in &hooks[self.hooks.min(hooks.len())..] {
            self.hooks += 1;
            let body: serde_json::Value = serde_json::from_slice(&hook.body).unwrap_or_default();
            let titles: Vec<&str> =
                body["mentions"].as_array().into_iter().flatten().filter_map(|one| one["title"].as_str()).collect();
            self.line(took, &self.locale.text("demo-hook"), &titles.join(" / "));
        }
        Ok(())
    }

    fn keep(&self, mail: &Received, took: Duration) -> anyhow::Result<()> {
        let parsed = MessageParser::default().parse(&mail.raw).context("a mail that cannot be read")?;
        let base = self.folder.join(format!("mail-{}", self.mails));
        std::fs::write(base.with_extension("eml"), &mail.raw)?;
        if let Some(html) = parsed.body_html(0) {
            std::fs::write(base.with_extension("html"), html.as_bytes())?;
        }
        let to = self.locale.format("demo-mail", &[("to", mail.to.join(", ").into())]);
        self.line(took, &to, parsed.subject().unwrap_or_default());
        let text = parsed.body_text(0).unwrap_or_default();
        let mut out = std::io::stdout().lock();
        for line in
            text.lines().take_while(|line| !line.starts_with("-- ")).filter(|line| !line.trim().is_empty()).take(14)
        {
            writeln!(out, "           │ {}", paint(self.colour, "2", line))?;
        }
        Ok(())
    }

    fn line(&self, took: Duration, what: &str, subject: &str) {
        let took = format!("{:>6} s", seconds(took, self.locale));
        let subject = paint(self.colour, if subject.contains('\u{2212}') { "1;31" } else { "1" }, subject);
        say(&format!("{} {what} : {subject}", paint(self.colour, "36", &took)));
    }

    fn end(&self) -> anyhow::Result<()> {
        for name in ["vigie.db", "vigie.db-wal", "vigie.db-shm", "vigie.db.lock", "secret"] {
            match std::fs::remove_file(self.folder.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        let calm = self.web.requests_to(CALM).iter().filter(|request| request.status == 304).count();
        say("");
        say(&self.locale.format("demo-calm", &[("count", calm.into())]));
        if let (Some(fastest), Some(slowest)) = (self.took.iter().min(), self.took.iter().max()) {
            let times = [
                ("fastest", seconds(*fastest, self.locale).into()),
                ("slowest", seconds(*slowest, self.locale).into()),
            ];
            say(&self.locale.format("demo-times", &times));
        }
        let folder = self.folder.canonicalize().unwrap_or_else(|_| self.folder.clone());
        let kept = [("count", self.mails.into()), ("folder", folder.display().to_string().into())];
        say(&self.locale.format("demo-kept", &kept));
        say("");
        say(&self.locale.text("demo-next"));
        let brand = if self.locale.language() == UiLanguage::French { "Ma marque" } else { "My brand" };
        let commands = [
            (format!("vigie init --brand \"{brand}\" --mail cm@example.org"), "demo-next-init"),
            ("vigie check".to_owned(), "demo-next-check"),
            ("vigie run".to_owned(), "demo-next-run"),
        ];
        for (command, what) in commands {
            say(&format!("  {command:<56} # {}", self.locale.text(what)));
        }
        Ok(())
    }
}

/// Mentions that somebody was told of by mail.
async fn told(store: &Sqlite) -> anyhow::Result<usize> {
    let mentions = store.mentions(50).await?;
    let is_told = |row: &&MentionRow| {
        row.decisions.iter().any(|(decision, state)| decision.channel.as_deref() == Some("comms") && *state == "sent")
    };
    Ok(mentions.iter().filter(is_told).count())
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // A reader who went away (`vigie demo | head`) does not stop the play.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn paint(colour: bool, code: &str, text: &str) -> String {
    if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn seconds(duration: Duration, locale: Locale) -> String {
    let shown = format!("{:.1}", duration.as_secs_f64());
    if locale.language() == UiLanguage::French { shown.replace('.', ",") } else { shown }
}

/// A webhook's secret of 24 bytes of chance, readable by its owner alone.
fn write_secret(path: &Path) -> anyhow::Result<()> {
    use base64::Engine as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let bytes: [u8; 24] = std::array::from_fn(|_| fastrand::u8(..));
    let secret = base64::engine::general_purpose::STANDARD.encode(bytes);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "whsec_{secret}")?;
    Ok(())
}
