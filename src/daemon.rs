//! Build, start, reload, stop: the wiring. A newcomer starts here.
//!
//! ```text
//! scheduler ─► (polls) ─► ingest ─► store ─► alerter ─► store ─► outbox
//! ```
//!
//! Each arrow into the store is a commit; a task that ends or panics ends the process.

mod looks;
mod start;
mod upkeep;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinError;
use tokio::time::MissedTickBehavior;

use self::looks::Wardrobe;
use self::upkeep::{figures, loaded};
use crate::action::Signer;
use crate::alerter::News;
use crate::channels::{self, ChannelError};
use crate::clock::Clock;
use crate::config::diagnostic::print;
use crate::config::{self, Diagnostic, Settings};
use crate::distress::Plight;
use crate::failpoint;
use crate::fetch::mailbox::Limits;
use crate::live::{Live, Shared};
use crate::net::{Client, redact};
use crate::notify::Style;
use crate::outbox;
use crate::reload::{self, Chosen, Occasion, Refusal};
use crate::replies;
use crate::shelf::{self, Shelf, Touched};
use crate::stages::{self, Context, Deliveries, Parts, StageEnd, Stages};
use crate::store::loaded::Loaded;
use crate::store::lock::{Lock, LockError};
use crate::store::replies::RepliesState;
use crate::store::sqlite::Sqlite;
use crate::store::{Store, StoreError};
use crate::systemd;
use crate::watch::Watch;
use crate::watchlist::{self, WatchlistFile};
use crate::wishes::{self, Wishes};

/// Wishes of commands, and the watchdog, are looked at this often.
const LOOK: Duration = Duration::from_secs(1);
/// Files are looked at every so many looks.
const FILES: u64 = 2;
/// What is in force is kept again, after the store could not be written.
const KEEP: u64 = 5;
/// The watchdog is fed, if all is well; more often where systemd expects it.
const WATCHDOG: u64 = 10;
/// STATUS of systemd.
const STATUS: u64 = 30;
/// The figures of `metrics:`.
const METRICS: u64 = 15;
/// The files of `atom:`.
const ATOM: u64 = 5;
const ATOM_AGAIN: u64 = 300;
/// The request of `heartbeat:`; the first soon after the start.
const HEARTBEAT: u64 = 300;
const FIRST_HEARTBEAT: u64 = 10;
/// Old rows are deleted.
const PURGE: u64 = 3_600;
/// A loop that did not turn for that long is stuck.
const STUCK: Duration = Duration::from_mins(2);
/// From SIGTERM to the end, all in all.
const STOP: Duration = Duration::from_secs(25);

/// What the daemon is asked to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// vigie.yaml.
    pub config: PathBuf,
    /// Of a baseline, entries published within this time are alerted.
    pub backfill: Option<Duration>,
}

/// What the daemon is told while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// SIGTERM.
    Stop,
    /// SIGHUP.
    Reload,
}

/// Why the daemon does not run.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The configuration; the diagnostics say where and what to do.
    #[error("the configuration was refused")]
    Refused(Vec<Diagnostic>),
    /// There is nothing to watch.
    #[error("{}: no watchlist there: write one, or `vigie init`", .0.display())]
    NoWatchlist(PathBuf),
    /// The folder of watchlists cannot be read.
    #[error("{}: {error}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Another instance, or a lock file that cannot be written.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The database.
    #[error("{}: {error}", path.display())]
    Store {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: StoreError,
    },
    /// A channel.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The HTTP client.
    #[error("{0}")]
    Client(String),
    /// A stage ended.
    #[error("{0} ended")]
    Ended(&'static str),
}

impl Fault {
    /// True for what a restart cannot mend: exit 78.
    #[must_use]
    pub const fn is_for_good(&self) -> bool {
        match self {
            Self::Refused(_) | Self::NoWatchlist(_) | Self::Folder { .. } | Self::Channel(_) => true,
            Self::Lock(error) => matches!(error, LockError::Held { .. }),
            Self::Store { error, .. } => matches!(error, StoreError::Newer { .. } | StoreError::Corrupt(_)),
            Self::Client(_) | Self::Ended(_) => false,
        }
    }
}

/// All that was checked and opened, before anything runs.
#[derive(Debug)]
pub struct Daemon<C> {
    options: Options,
    clock: C,
    store: Sqlite,
    live: Shared,
    watch: Watch,
    disk: Vec<WatchlistFile>,
    files: Vec<WatchlistFile>,
    refused: Vec<Refusal>,
    wardrobe: Wardrobe,
    shelf: Shelf,
    wishes: Wishes,
    signer: Signer,
    /// Why what is in force is not in the store yet.
    unkept: Option<StoreError>,
    plight: Plight,
    lock: Lock,
}

/// What a start takes of the disk.
struct Opened {
    lock: Lock,
    store: Sqlite,
    kept: Vec<WatchlistFile>,
    signer: Signer,
}

impl<C: Clock> Daemon<C> {
    /// Reads the configuration, takes the lock, opens the store. Makes no connection.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn build(options: Options, clock: C) -> Result<Self, Fault> {
        let settings = Self::settings(&options)?;
        let opened = Self::open(&settings).await?;
        Self::assemble(options, clock, settings, opened).await
    }

    /// Opens what is written to.
    async fn open(settings: &Settings) -> Result<Opened, Fault> {
        let lock = Lock::take(&settings.store)?;
        let failed = |error| Fault::Store { path: settings.store.clone(), error };
        let store = Sqlite::open(&settings.store).map_err(failed)?;
        let kept = reload::kept(&store, settings).await.map_err(failed)?;
        let signer = replies::signer(&store).await.map_err(failed)?;
        Ok(Opened { lock, store, kept, signer })
    }

    async fn assemble(options: Options, clock: C, settings: Settings, opened: Opened) -> Result<Self, Fault> {
        let Opened { lock, store, kept, signer } = opened;
        // Looked at before it is read: a change in between is noticed.
        let watch = Watch::of(&settings.watchlists);
        let disk = read_folder(&settings)?;
        let chosen = reload::choose(&settings, &disk, &kept, Occasion::Start).map_err(Fault::Refused)?;
        if chosen.files.is_empty() {
            return Err(Fault::NoWatchlist(settings.watchlists.clone()));
        }
        print(&chosen.notices);
        let client = Client::new(&settings.fetch).map_err(|error| Fault::Client(error.to_string()))?;
        // Secrets are read now: a wrong one is found at the start and not at the first mail.
        channels::open_all(&settings, &client, &Style::default())?;
        let opened = Wardrobe::open(&store, &settings).await;
        let (wardrobe, looks) = opened.map_err(|error| Fault::Store { path: settings.store.clone(), error })?;
        let style = looks::style(&settings, &looks, &signer);
        let Chosen { watchlists, files, refused, .. } = chosen;
        let live = Shared::new(Live::new(settings, watchlists, client).with_style(style));
        let mut daemon = Self {
            options,
            clock,
            store,
            live,
            watch,
            disk,
            files,
            refused,
            wardrobe,
            shelf: Shelf::default(),
            wishes: Wishes::default(),
            signer,
            unkept: None,
            plight: Plight::default(),
            lock,
        };
        daemon.say_loaded();
        daemon.keep_loaded().await?;
        Ok(daemon)
    }

    /// The store, for tests and for `demo`, which look at what was kept.
    #[must_use]
    pub const fn store(&self) -> &Sqlite {
        &self.store
    }

    fn context(&self) -> Context<C> {
        Context {
            store: self.store.clone(),
            clock: self.clock.clone(),
            live: self.live.clone(),
            backfill: self.options.backfill,
            signer: self.signer.clone(),
            plight: self.plight.clone(),
        }
    }

    fn fault(&self, error: StoreError) -> Fault {
        Fault::Store { path: self.store.path().to_owned(), error }
    }

    /// Runs until it is told to stop. True when all stopped in time.
    ///
    /// # Errors
    /// [`Fault`] when a stage ended or the store is damaged.
    pub async fn run(mut self, mut orders: mpsc::Receiver<Control>) -> Result<bool, Fault> {
        let mut stages = Stages::start(&self.context()).await.map_err(|error| self.fault(error))?;
        let mut deliveries = Deliveries::start(&self.context(), &stages.wires.messages)?;
        self.tell_refusals(&stages.wires.news).await;
        systemd::ready(&figures(&self.live.load()));
        tracing::info!(event = "ready", "vigie watches");

        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut ticks, mut well): (u64, bool) = (0, false);
        let feed = systemd::watchdog_rhythm().map_or(WATCHDOG, |rhythm| rhythm.as_secs().clamp(1, WATCHDOG));
        let fault = loop {
            tokio::select! {
                biased;
                Some(ended) = stages.tasks.join_next() => break Some(self.ended(ended)),
                order = orders.recv() => match order {
                    Some(Control::Reload) => {
                        systemd::reloading();
                        if let Err(fault) = self.reload(Occasion::Asked, &stages).await {
                            break Some(fault);
                        }
                        // Channels may be others now, and all that is pending is due at once.
                        deliveries.stop().await;
                        deliveries = Deliveries::start(&self.context(), &stages.wires.messages)?;
                        systemd::ready(&figures(&self.live.load()));
                    }
                    Some(Control::Stop) | None => break None,
                },
                _ = looks.tick() => {
                    ticks += 1;
                    if deliveries.task.is_finished() {
                        break Some(Fault::Ended("the outbox"));
                    }
                    self.wishes.grant(&self.store, &self.live.load(), &stages.wires.messages, self.clock.now()).await;
                    if ticks.is_multiple_of(FILES) && self.watch.changed().await {
                        if let Err(fault) = self.reload(Occasion::Noticed, &stages).await {
                            break Some(fault);
                        }
                        self.write_metrics().await;
                    }
                    if ticks.is_multiple_of(FILES)
                        && let Err(fault) = self.renew_templates(&stages.wires.news).await
                    {
                        break Some(fault);
                    }
                    if self.unkept.is_some()
                        && ticks.is_multiple_of(KEEP)
                        && let Err(fault) = self.keep_loaded().await
                    {
                        break Some(fault);
                    }
                    if (ticks - 1).is_multiple_of(feed) {
                        // An error is an answer; only silence is a fault.
                        let stuck = failpoint::lasts("daemon/stuck", STUCK);
                        let ping = tokio::time::timeout(stuck, self.store.ping()).await;
                        let turning = stages.wires.beats.iter().all(|beat| beat.age() < stuck);
                        if ping.is_ok() && turning {
                            systemd::feed_watchdog();
                        }
                        well = turning && matches!(ping, Ok(Ok(())));
                    }
                    if ticks % METRICS == 1 {
                        self.write_metrics().await;
                    }
                    if ticks % ATOM == 1 {
                        self.shelf.look(&self.store, self.live.load(), ticks % ATOM_AGAIN == 1);
                    }
                    if ticks % HEARTBEAT == FIRST_HEARTBEAT && well {
                        self.beat().await;
                    }
                    if ticks % STATUS == 1 {
                        self.tell_status().await;
                    }
                    if ticks % PURGE == 1 {
                        tokio::spawn(self.purge());
                    }
                }
            }
        };

        systemd::stopping();
        tracing::info!(event = "stopping", "vigie stops");
        let stopped = async {
            let (cut, drained) = tokio::join!(deliveries.stop(), stages.stop(fault.is_some()));
            cut == 0 && drained
        };
        let clean = tokio::time::timeout(STOP, stopped).await.unwrap_or(false);
        drop(self.lock);
        tracing::info!(event = "stopped", clean, "vigie stopped");
        fault.map_or(Ok(clean), Err)
    }

    /// Asks every source once, decides, gives each due delivery one attempt. True when no delivery failed. `told`
    /// hears after each source how many were asked, and of how many.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn run_once(
        self,
        mut orders: mpsc::Receiver<Control>,
        told: impl FnMut(usize, usize) + Send,
    ) -> Result<bool, Fault> {
        let failed = |error| self.fault(error);
        // Nobody waits for the next disk: a timer runs the command again.
        if let Some(error) = self.unkept {
            return Err(Fault::Store { path: self.store.path().to_owned(), error });
        }
        let Parts { mut tasks, scheduler, mut alerter, mut observed, mut heard, wires } =
            Parts::build(&self.context()).await.map_err(failed)?;
        self.tell_refusals(&wires.news).await;
        self.hear_answers().await.map_err(failed)?;
        let polls = scheduler.run_once(told);
        tokio::pin!(polls);
        let held = loop {
            tokio::select! {
                held = &mut polls => break held,
                Some(order) = orders.recv() => if order == Control::Stop {
                    wires.stop_polling.cancel();
                },
            }
        };
        while let Some(ended) = tasks.join_next().await {
            match ended {
                Ok((_, outcome)) => outcome.map_err(failed)?,
                Err(_) => return Err(Fault::Ended("ingest")),
            }
        }
        let live = self.live.load();
        for (key, until) in held {
            let url = live.source(key).map(|source| redact(&source.url)).unwrap_or_default();
            let until = until.map_or_else(|| "its line changes".to_owned(), |until| until.to_string());
            tracing::warn!(url, until, "a source was not asked: its server asked for a pause, or it failed too often");
        }
        while let Ok(seen) = observed.try_recv() {
            alerter.observe(seen);
        }
        while let Ok(one) = heard.try_recv() {
            alerter.hear(one).await.map_err(failed)?;
        }
        alerter.decide(true).await.map_err(failed)?;
        let outlets = channels::open_all(&live.settings, &live.client, &live.style)?;
        let settings = stages::outbox_settings(&live, &self.plight);
        let lost = outbox::attempt_all_once(self.store.clone(), &outlets, self.clock.clone(), settings)
            .await
            .map_err(failed)?;
        self.purge().await;
        shelf::refresh(&self.store, &live, Touched::All).await;
        if lost > 0 {
            tracing::error!(deliveries = lost, "deliveries failed; they are kept and tried again");
        }
        Ok(lost == 0)
    }

    fn ended(&self, ended: Result<StageEnd, JoinError>) -> Fault {
        match ended {
            Ok((stage, Ok(()))) => Fault::Ended(stage),
            Ok((_, Err(error))) => self.fault(error),
            Err(panic) => {
                tracing::error!(error = %panic, "a stage panicked");
                Fault::Ended("a stage")
            }
        }
    }

    /// Re-reads what changed and swaps the set. A refused change leaves everything as it was.
    async fn reload(&mut self, occasion: Occasion, stages: &Stages) -> Result<(), Fault> {
        let old = self.live.load();
        let mut settings = old.settings.clone();
        if occasion == Occasion::Asked {
            match config::load_settings(&self.options.config) {
                Ok((read, notices)) if !notices.iter().any(|notice| notice.blocks_run) => {
                    print(&notices);
                    settings = read;
                    if settings.store != old.settings.store {
                        tracing::warn!("store: was changed; it takes effect at the next start");
                        settings.store.clone_from(&old.settings.store);
                    }
                }
                Ok((_, diagnostics)) | Err(diagnostics) => {
                    print(&diagnostics);
                    tracing::warn!(event = "refused", "settings refused, the old ones stay");
                }
            }
        }
        if occasion == Occasion::Asked {
            self.watch = Watch::of(&settings.watchlists);
        }
        let disk = match read_folder(&settings) {
            Ok(disk) => disk,
            Err(fault) => {
                tracing::warn!(event = "refused", error = %fault, "watchlists refused, the old ones stay");
                return Ok(());
            }
        };
        if occasion == Occasion::Noticed && disk == self.disk {
            return Ok(());
        }
        let chosen = match reload::choose(&settings, &disk, &self.files, occasion) {
            Ok(chosen) if !chosen.files.is_empty() => chosen,
            Ok(_) => {
                tracing::warn!(event = "refused", "no watchlist is left, the old ones stay");
                return Ok(());
            }
            Err(diagnostics) => {
                // A new file that was never good, or settings that no longer carry the old ones.
                self.disk = disk;
                print(&diagnostics);
                tracing::warn!(event = "refused", "watchlists refused, the old ones stay");
                let refusals = reload::refusals_of(&self.disk, diagnostics);
                self.refused = refusals;
                self.tell_refusals(&stages.wires.news).await;
                return self.keep_loaded().await;
            }
        };
        print(&chosen.notices);
        let client = match Client::new(&settings.fetch) {
            Ok(client) => client,
            Err(error) => {
                tracing::warn!(event = "refused", %error, "fetch: refused, the old one stays");
                old.client.clone()
            }
        };
        if let Err(error) = channels::open_all(&settings, &client, &Style::default()) {
            tracing::warn!(event = "refused", %error, "channels refused, the old ones stay");
            settings.channels.clone_from(&old.settings.channels);
            settings.smtp.clone_from(&old.settings.smtp);
        }
        let style = if occasion == Occasion::Asked { self.restyle(&settings).await? } else { old.style.clone() };
        self.disk = disk;
        self.files = chosen.files;
        self.refused = chosen.refused;
        let before = self.live.swap(Live::new(settings, chosen.watchlists, client).with_style(style));
        drop(old);
        // Megabytes of automaton are freed where nobody waits.
        tokio::task::spawn_blocking(move || drop(before));
        self.say_loaded();
        self.keep_loaded().await?;
        self.tell_refusals(&stages.wires.news).await;
        stages.wires.reloaded.notify_one();
        self.shelf.look_at_all();
        Ok(())
    }

    /// Says what is in force.
    fn say_loaded(&self) {
        for refusal in &self.refused {
            // A full disk under the log stops nothing.
            let _ = io::stderr().write_all(refusal.text(self.live.load().settings.language).as_bytes());
        }
        if !self.refused.is_empty() {
            tracing::warn!(event = "refused", "watchlists refused, the old ones stay");
        }
        tracing::info!(event = "loaded", "watchlists loaded: {}", figures(&self.live.load()));
    }

    /// Keeps what is in force, for `status` and for the next start; later, while the store cannot be written.
    async fn keep_loaded(&mut self) -> Result<(), Fault> {
        let loaded = loaded(&self.live.load(), &self.refused, self.clock.now());
        let kept = async {
            if self.live.load().settings.replies.is_none() {
                self.store.keep_value(RepliesState::VALUE, None).await?;
            }
            reload::keep(&self.store, &self.files).await?;
            reload::templates::keep(&self.store, &self.live.load().style.templates).await?;
            self.store.keep_value(Loaded::VALUE, Some(loaded.to_json())).await
        };
        match kept.await {
            Err(error @ StoreError::Unwritable(_)) => {
                tracing::error!(event = "store", %error, "what is loaded cannot be kept yet");
                self.unkept = Some(error);
                Ok(())
            }
            kept => {
                self.unkept = None;
                kept.map_err(|error| self.fault(error))
            }
        }
    }

    async fn tell_refusals(&self, news: &mpsc::Sender<News>) {
        let language = self.live.load().settings.language;
        for refusal in self.refused.iter().chain(&self.wardrobe.refused) {
            let one = News::Refused {
                file: refusal.file.to_string(),
                content: refusal.content.clone(),
                diagnostics: refusal.text(language),
            };
            // The alerter outlives the loop that calls this.
            let _ = news.send(one).await;
        }
    }

    /// Reads the answers that wait, and does what they and commands asked for.
    async fn hear_answers(&self) -> Result<(), StoreError> {
        let (live, now) = (self.live.load(), self.clock.now());
        if let Some(replies) = &live.settings.replies {
            let letters = Limits::default().letters;
            replies::read_once(&self.store, &live, replies, &self.signer, letters, now).await?;
        }
        for wish in self.store.asked().await? {
            wishes::grant_row(&self.store, &live, &wish, now).await;
        }
        Ok(())
    }
}

fn read_folder(settings: &Settings) -> Result<Vec<WatchlistFile>, Fault> {
    watchlist::read_folder(&settings.watchlists)
        .map_err(|error| Fault::Folder { path: settings.watchlists.clone(), error })
}
