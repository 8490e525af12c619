//! A daemon in the test's own process.

use tokio::sync::mpsc;
use vigie::clock::{Clock, SystemClock};
use vigie::daemon::{Control, Daemon, Options};
use vigie::store::sqlite::Sqlite;

use crate::support::World;

/// A daemon in this process.
pub(crate) struct Running {
    orders: mpsc::Sender<Control>,
    task: tokio::task::JoinHandle<bool>,
    pub(crate) store: Sqlite,
}

impl Running {
    pub(crate) async fn start(world: &World) -> Self {
        Self::by(world, SystemClock).await
    }

    /// By another clock.
    pub(crate) async fn by(world: &World, clock: impl Clock) -> Self {
        let options = Options { config: world.config(), backfill: None };
        let daemon = Daemon::build(options, clock).await.expect("a good configuration");
        let store = daemon.store().clone();
        let (orders, received) = mpsc::channel(1);
        let task = tokio::spawn(async move { daemon.run(received).await.expect("no stage ends") });
        Self { orders, task, store }
    }

    pub(crate) async fn order(&self, order: Control) {
        self.orders.send(order).await.expect("it runs");
    }

    pub(crate) async fn stop(self) {
        self.order(Control::Stop).await;
        assert!(self.task.await.expect("no panic"), "a clean stop");
    }
}
