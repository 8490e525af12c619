//! Own templates while the daemon runs: read again when their folder changes, told when they are refused. Which text
//! is in force is `reload`'s choice.

use std::io::{self, Write as _};

use tokio::sync::mpsc;

use super::{Daemon, Fault};
use crate::action::Signer;
use crate::alerter::News;
use crate::clock::Clock;
use crate::config::Settings;
use crate::notify::Style;
use crate::reload::Refusal;
use crate::reload::templates::{self, Looks};
use crate::replies;
use crate::store::{Store, StoreError};
use crate::watch::Watch;

/// The folder of templates, as it is watched.
#[derive(Debug, Default)]
pub(super) struct Wardrobe {
    watch: Option<Watch>,
    /// They changed while the store did not answer.
    again: bool,
    pub(super) refused: Vec<Refusal>,
}

impl Wardrobe {
    /// What the settings' templates are, from now on watched. Looked at before they are read: a change in between is
    /// noticed.
    pub(super) async fn open<S: Store>(store: &S, settings: &Settings) -> Result<(Self, Looks), StoreError> {
        let watch = settings.templates.as_deref().map(Watch::of_templates);
        let mut looks = templates::look(store, settings).await?;
        let refused = std::mem::take(&mut looks.refused);
        say(&refused, settings);
        Ok((Self { watch, again: false, refused }, looks))
    }

    async fn changed(&mut self) -> bool {
        let again = std::mem::take(&mut self.again);
        match &mut self.watch {
            Some(watch) => watch.changed().await || again,
            None => false,
        }
    }
}

/// Says on stderr, as `check` would, what is wrong.
fn say(refused: &[Refusal], settings: &Settings) {
    for refusal in refused {
        // A full disk under the log stops nothing.
        let _ = io::stderr().write_all(refusal.text(settings.language).as_bytes());
        tracing::warn!(event = "refused", file = %refusal.file, "a template was refused, the last good one stays");
    }
}

/// The mails of a configuration in these looks.
pub(super) fn style(settings: &Settings, looks: &Looks, signer: &Signer) -> Style {
    Style { templates: looks.templates.clone(), answers: replies::answers(settings, signer) }
}

impl<C: Clock> Daemon<C> {
    /// The mails of settings that were read again.
    pub(super) async fn restyle(&mut self, settings: &Settings) -> Result<Style, Fault> {
        match Wardrobe::open(&self.store, settings).await {
            Ok((wardrobe, looks)) => {
                self.wardrobe = wardrobe;
                Ok(style(settings, &looks, &self.signer))
            }
            Err(error @ StoreError::Corrupt(_)) => Err(self.fault(error)),
            Err(error) => {
                tracing::error!(event = "store", %error, "templates are not read again yet");
                self.wardrobe.again = true;
                let templates = self.live.load().style.templates.clone();
                Ok(Style { templates, answers: replies::answers(settings, &self.signer) })
            }
        }
    }

    /// Takes templates that changed; the next mail looks so, also those of channels that run.
    pub(super) async fn renew_templates(&mut self, news: &mpsc::Sender<News>) -> Result<(), Fault> {
        if !self.wardrobe.changed().await {
            return Ok(());
        }
        let live = self.live.load();
        let looks = match templates::look(&self.store, &live.settings).await {
            Ok(looks) => looks,
            Err(error @ StoreError::Corrupt(_)) => return Err(self.fault(error)),
            Err(error) => {
                tracing::error!(event = "store", %error, "templates are not read again yet");
                self.wardrobe.again = true;
                return Ok(());
            }
        };
        if !live.style.templates.take(&looks.templates) {
            return Ok(());
        }
        let count = live.style.templates.texts().len();
        tracing::info!(event = "templates", count, "templates are read again");
        say(&looks.refused, &live.settings);
        self.wardrobe.refused = looks.refused;
        self.tell_refusals(news).await;
        self.keep_loaded().await
    }
}
