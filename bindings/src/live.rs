//! The live connection: edits go out as they are made, and others' come in, for as long as the app runs.
//!
//! Whether it runs is the app's decision (`start`, `stop`); whether it tries is the network's (`network`). Who watches the link is served over all of
//! that: a level that lasts as long as the object.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use linecrew_client::{
    Host, SystemHost,
    driver::{DriverOptions, LinkState, SyncDriver},
    protocol::time::Timestamp,
};
use tokio::{
    sync::{oneshot, watch},
    task::JoinHandle,
    time::timeout,
};

use crate::{
    core::LinecrewCore,
    error::{LinecrewError, of_stop},
    hosts::{SampledClock, resampled},
    runtime::{cancellable, in_background},
    token::CancelToken,
};

/// Longer than a driver takes to say farewell; what does not end by then is dropped, which is safe at any point.
const ENDS_WITHIN: Duration = Duration::from_secs(5);

/// How the live connection is. Times are this phone's own clock.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Link {
    /// `start` was not called, or `stop` was.
    Stopped,
    /// There is none now.
    Offline {
        /// Since when.
        since: Timestamp,
        /// When it is tried again; absent while the app says that there is no network.
        next_try: Option<Timestamp>,
        /// What ended the last attempt, by the codes of a sync that stopped.
        why: Option<String>,
    },
    /// One is being opened.
    Connecting,
    /// It is open: edits go out and come in as they are made.
    Live {
        /// Since when.
        since: Timestamp,
    },
    /// Nothing is sent until this phone is enrolled again. Work goes on, and its edits wait.
    NeedsSignIn,
    /// Nothing is sent until the app or the server is updated. Work goes on, and its edits wait.
    UpgradeRequired,
    /// The person of this phone may not work here at the moment. What was confirmed is handed in; what is confirmed now waits.
    Suspended,
    /// The office has revoked this phone. Everything confirmed on it was handed in, and it is wiped.
    Revoked,
}

impl From<&LinkState> for Link {
    fn from(state: &LinkState) -> Self {
        match state {
            LinkState::Offline { since, next_try, why } => {
                Self::Offline { since: *since, next_try: *next_try, why: why.as_deref().map(|stop| of_stop(stop).0) }
            }
            LinkState::Connecting => Self::Connecting,
            LinkState::Live { since } => Self::Live { since: *since },
            LinkState::NeedsSignIn => Self::NeedsSignIn,
            LinkState::UpgradeRequired => Self::UpgradeRequired,
            LinkState::Suspended => Self::Suspended,
            LinkState::Revoked => Self::Revoked,
        }
    }
}

/// What the system says about the network. It is a hint: what it gets wrong costs time, never an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct NetworkHint {
    /// Whether there is any. Without one, nothing is tried until the next hint.
    pub reachable: bool,
    /// Whether it is paid for by the byte. Edits are small and go out all the same; it is for what is large.
    pub metered: bool,
}

/// The live connection of one object.
#[derive(Debug)]
pub(crate) struct Live {
    running: Mutex<Option<Running>>,
    link: watch::Sender<Link>,
    network: watch::Sender<NetworkHint>,
    /// Whether the store was shut down: there is nothing left to watch.
    over: watch::Sender<bool>,
}

#[derive(Debug)]
struct Running {
    driver: Arc<SyncDriver>,
    /// Dropping it is the word to stop.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Default for Live {
    fn default() -> Self {
        let network = NetworkHint { reachable: true, metered: false };
        Self {
            running: Mutex::default(),
            link: watch::Sender::new(Link::Stopped),
            network: watch::Sender::new(network),
            over: watch::Sender::new(false),
        }
    }
}

impl Live {
    /// Begins, unless it runs already.
    fn begin(&self, clock: Option<Arc<SampledClock>>, driver: impl FnOnce() -> SyncDriver) -> Result<(), LinecrewError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_some_and(|running| !running.task.is_finished()) {
            return Ok(());
        }
        let driver = Arc::new(driver());
        let (stop, stopped) = oneshot::channel();
        let told = tell(driver.link(), self.link.clone());
        let runs = run(Arc::clone(&driver), clock, self.network.subscribe());
        let task = in_background(async {
            tokio::select! {
                () = runs => {}
                () = told => {}
                _ = stopped => {}
            }
        })?;
        *running = Some(Running { driver, stop, task });
        Ok(())
    }

    /// Ends; whether it ran.
    pub(crate) async fn end(&self) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Running { driver: _, stop, mut task }) = running else { return false };
        drop(stop);
        if timeout(ENDS_WITHIN, &mut task).await.is_err() {
            task.abort();
        }
        self.link.send_replace(Link::Stopped);
        true
    }

    /// Ends for good, and whoever watches with it.
    pub(crate) async fn shut_down(&self) {
        self.end().await;
        self.over.send_replace(true);
    }

    fn nudge(&self) {
        if let Some(running) = self.running.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            running.driver.nudge();
        }
    }
}

/// Runs a driver while there is a network. The app's clock is asked before each contact.
async fn run(driver: Arc<SyncDriver>, clock: Option<Arc<SampledClock>>, mut network: watch::Receiver<NetworkHint>) {
    while network.wait_for(|hint| hint.reachable).await.is_ok() {
        if let Some(clock) = clock.clone() {
            // What did not answer stands in the status; the last sample goes on.
            drop(resampled(clock).await);
        }
        driver.run(async { drop(network.clone().wait_for(|hint| !hint.reachable).await) }).await;
    }
}

/// Tells whoever watches.
async fn tell(mut state: watch::Receiver<LinkState>, link: watch::Sender<Link>) {
    loop {
        link.send_replace(Link::from(&*state.borrow_and_update()));
        if state.changed().await.is_err() {
            return;
        }
    }
}

/// Sees how the live connection is: a level, not an edge.
#[derive(Debug, uniffi::Object)]
pub struct LinkWatch {
    /// Locked only to be copied: nobody waits while holding it.
    link: Mutex<watch::Receiver<Link>>,
    over: watch::Receiver<bool>,
    token: CancelToken,
}

#[uniffi::export]
impl LinecrewCore {
    /// Begins to keep a live connection, until `stop`. Doing it again does nothing.
    ///
    /// # Errors
    /// [`LinecrewError::NeedsSignIn`] when nobody has enrolled this phone yet; [`LinecrewError::NotPermitted`] with `no_live_connection` over a
    /// network of the app's own, which carries requests only.
    pub fn start(&self) -> Result<(), LinecrewError> {
        if self.server.is_carried() {
            return Err(LinecrewError::not_permitted("no_live_connection"));
        }
        let ((client, transport), clock) = (self.way_to_server()?, self.clock()?);
        self.live.begin(clock, || {
            let mut seed = [0; 8];
            SystemHost::new().random(&mut seed);
            SyncDriver::new(client, transport, DriverOptions::new(u64::from_le_bytes(seed)))
        })
    }

    /// Ends the live connection. Edits wait on this phone from now on.
    ///
    /// # Errors
    /// Never.
    pub async fn stop(self: Arc<Self>) -> Result<(), LinecrewError> {
        cancellable(async move {
            self.live.end().await;
            Ok(())
        })
        .await
    }

    /// The screen was switched on, the keystore unlocked, or somebody waits: try now instead of later, or check a connection that may be dead.
    ///
    /// # Errors
    /// Never.
    pub fn nudge(&self) -> Result<(), LinecrewError> {
        self.live.nudge();
        Ok(())
    }

    /// What the system says about the network now. Without one, nothing is tried; with a new one, it is tried at once.
    ///
    /// # Errors
    /// Never.
    pub fn network(&self, hint: NetworkHint) -> Result<(), LinecrewError> {
        self.live.network.send_replace(hint);
        self.live.nudge();
        Ok(())
    }

    /// How the live connection is now.
    ///
    /// # Errors
    /// Never.
    pub fn link(&self) -> Result<Link, LinecrewError> {
        Ok(self.live.link.borrow().clone())
    }

    /// Begins to watch the live connection: the first look returns at once, with how it is.
    ///
    /// # Errors
    /// Never.
    pub fn watch_link(&self) -> Result<Arc<LinkWatch>, LinecrewError> {
        let mut link = self.live.link.subscribe();
        link.mark_changed();
        let over = self.live.over.subscribe();
        Ok(Arc::new(LinkWatch { link: Mutex::new(link), over, token: CancelToken::fresh() }))
    }
}

#[uniffi::export]
impl LinkWatch {
    /// Waits until the live connection is otherwise than this last said.
    ///
    /// # Errors
    /// [`LinecrewError::Closed`] when the store was shut down, [`LinecrewError::Cancelled`] after `cancel`.
    ///
    /// # Cancellation
    /// Safe: nothing is lost, the next call returns what this one would have.
    pub async fn next(&self) -> Result<Link, LinecrewError> {
        let mut seen = self.link.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut over = self.over.clone();
        let waiting = async move {
            tokio::select! {
                biased;
                _ = over.wait_for(|over| *over) => return Err(LinecrewError::Closed),
                changed = seen.changed() => changed.map_err(|_| LinecrewError::Closed)?,
            }
            let newest = seen.borrow_and_update().clone();
            Ok((seen, newest))
        };
        let (seen, newest) = cancellable(self.token.guard(waiting)).await?;
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        Ok(newest)
    }

    /// Ends `next`, now and from now on.
    ///
    /// # Errors
    /// Never.
    pub fn cancel(&self) -> Result<(), LinecrewError> {
        self.token.cancel()
    }
}
