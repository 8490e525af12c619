//! How a command that changes state is granted: by the running daemon, else by this process under the lock.

use std::time::Duration;

use jiff::Timestamp;

use crate::config::Settings;
use crate::live::Live;
use crate::net::Client;
use crate::store::Store;
use crate::store::lock::{Lock, LockError};
use crate::store::sqlite::Sqlite;
use crate::watchlist::Watchlists;
use crate::wishes::{Answer, Wish};

/// A daemon looks at the wishes every second; a mail server may take its time.
const PATIENCE: Duration = Duration::from_mins(3);
const LOOK: Duration = Duration::from_millis(200);

/// Has a wish granted.
///
/// # Errors
/// The store's, and a daemon that does not answer.
pub(super) async fn grant(settings: Settings, wish: &Wish) -> anyhow::Result<Answer> {
    let path = settings.store.clone();
    match Lock::take(&path) {
        Ok(lock) => {
            let store = Sqlite::open(&path)?;
            let client = Client::new(&settings.fetch)?;
            // No wish looks at a watchlist.
            let live = Live::new(settings, Watchlists::empty(), client);
            let answer = wish.grant(&store, &live, Timestamp::now()).await?;
            drop(lock);
            Ok(answer)
        }
        Err(LockError::Held { .. }) => ask(&Sqlite::open(&path)?, wish).await,
        Err(error) => Err(error.into()),
    }
}

async fn ask(store: &Sqlite, wish: &Wish) -> anyhow::Result<Answer> {
    let request = wish.ask(store, Timestamp::now()).await?;
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while tokio::time::Instant::now() < deadline {
        if let Some(answer) = store.answered(request).await? {
            return Ok(serde_json::from_str(&answer)?);
        }
        tokio::time::sleep(LOOK).await;
    }
    anyhow::bail!("the daemon did not answer within {} s", PATIENCE.as_secs())
}
