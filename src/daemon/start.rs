//! A start on a disk that cannot be written: said, told past the outbox, tried again until it can be. Owns that
//! wait; what a start opens and checks is the daemon's.

use std::io::ErrorKind;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::{Control, Daemon, Fault, Options};
use crate::clock::Clock;
use crate::config::{self, Settings};
use crate::distress::{self, PAUSE, Plight, Waiting};
use crate::live::Live;
use crate::net::Client;
use crate::store::StoreError;
use crate::store::lock::LockError;
use crate::systemd;
use crate::watchlist::Watchlists;

/// systemd waits for READY that long after each attempt.
const GRACE: Duration = Duration::from_mins(1);

impl Fault {
    /// What the disk answers, where it may answer otherwise once there is room again.
    fn of_the_disk(&self) -> Option<String> {
        match self {
            Self::Store { error: StoreError::Unwritable(_), .. } => Some(self.to_string()),
            Self::Lock(LockError::Io { error, .. }) => {
                matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded).then(|| self.to_string())
            }
            _ => None,
        }
    }
}

impl<C: Clock> Daemon<C> {
    /// As [`Daemon::build`], but waits for a disk that cannot be written; nothing where it is told to stop
    /// meanwhile. SIGHUP tries again at once.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn start(
        options: Options,
        clock: C,
        orders: &mut mpsc::Receiver<Control>,
    ) -> Result<Option<Self>, Fault> {
        let mut settings = Self::settings(&options)?;
        let plight = Plight::default();
        let (mut waiting, mut rest): (Option<Waiting>, Option<Timestamp>) = (None, None);
        let opened = loop {
            let fault = match Self::open(&settings).await {
                Ok(opened) => break opened,
                Err(fault) => fault,
            };
            let Some(reason) = fault.of_the_disk() else { return Err(fault) };
            let now = clock.now();
            waiting.get_or_insert_with(|| plight.begin(now)).say(reason, now);
            systemd::starts_within(GRACE, "waits for room on the disk");
            if let Some((since, reason)) = plight.lasting(now)
                && distress::is_due(rest, now)
            {
                rest = Some(distress::rest(tell(&settings, since, &reason, now).await, now));
            }
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Control::Reload) => settings = Self::settings(&options)?,
                    Some(Control::Stop) | None => return Ok(None),
                },
                () = clock.sleep_until(clock.now() + PAUSE) => {}
            }
        };
        if let Some(waiting) = waiting {
            waiting.over();
        }
        Self::assemble(options, clock, settings, opened).await.map(Some)
    }
}

/// Tells the first channel that takes it; false when none did, or none can be opened.
async fn tell(settings: &Settings, since: Timestamp, reason: &str, now: Timestamp) -> bool {
    let Ok(client) = Client::new(&settings.fetch) else { return false };
    // In the built-in looks: which of the own templates are in force stands in the store, and so does what is
    // known of the channels.
    let live = Live::new(settings.clone(), Watchlists::empty(), client);
    distress::tell(&live, &[], since, reason, now).await
}

impl<C: Clock> Daemon<C> {
    /// The settings of a start; what a run cannot do without is refused.
    pub(super) fn settings(options: &Options) -> Result<Settings, Fault> {
        let (settings, notices) = config::load_settings(&options.config).map_err(Fault::Refused)?;
        let (blocking, notices): (Vec<_>, Vec<_>) = notices.into_iter().partition(|notice| notice.blocks_run);
        if !blocking.is_empty() {
            return Err(Fault::Refused(blocking));
        }
        config::diagnostic::print(&notices);
        Ok(settings)
    }
}
