//! The live connection: edits go out as they are made, and others' come in, for as long as the app runs.
//!
//! Whether it runs is the app's decision (`start`, `stop`); whether it tries is the network's (`network`). Who watches the link is served over all of
//! that: a level that lasts as long as the object.

use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
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
    runtime::{at_once, cancellable, in_background, to_its_end},
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
    /// What the app asked for last. It lasts over the times that the store is suspended.
    wanted: AtomicBool,
    running: Arc<Mutex<Option<Running>>>,
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
            wanted: AtomicBool::default(),
            running: Arc::default(),
            link: watch::Sender::new(Link::Stopped),
            network: watch::Sender::new(network),
            over: watch::Sender::new(false),
        }
    }
}

impl Live {
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Acquire)
    }

    /// Begins, unless it runs already, until the word to stop or until the store is closed.
    fn begin(
        &self,
        clock: Option<Arc<SampledClock>>,
        mut open: watch::Receiver<()>,
        driver: impl FnOnce() -> SyncDriver,
    ) -> Result<(), LinecrewError> {
        // Before the lock: a task that cannot be spawned is dropped where it stands, and what it says then takes the lock.
        at_once(|| Ok(()))?;
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_some_and(|running| !running.task.is_finished()) {
            return Ok(());
        }
        let driver = Arc::new(driver());
        let (stop, stopped) = oneshot::channel();
        let tells = tell(driver.link(), self.link.clone(), clock);
        let runs = run(Arc::clone(&driver), self.network.subscribe());
        let ends = Ended { running: Arc::downgrade(&self.running), of: Arc::downgrade(&driver), link: self.link.clone() };
        let task = in_background(async move {
            tokio::select! {
                () = runs => {}
                () = tells => {}
                _ = stopped => {}
                _ = open.changed() => {}
            }
            drop(ends);
        })?;
        *running = Some(Running { driver, stop, task });
        Ok(())
    }

    /// Ends what runs, whatever the app wants.
    pub(crate) async fn end(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Running { driver: _, stop, mut task }) = running else { return };
        drop(stop);
        if timeout(ENDS_WITHIN, &mut task).await.is_err() {
            task.abort();
        }
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

/// Says that the connection is stopped when its task ends, however it ends; but not over one that has begun since.
struct Ended {
    running: Weak<Mutex<Option<Running>>>,
    of: Weak<SyncDriver>,
    link: watch::Sender<Link>,
}

impl Drop for Ended {
    fn drop(&mut self) {
        let Some(running) = self.running.upgrade() else { return };
        let running = running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_none_or(|newest| Weak::ptr_eq(&Arc::downgrade(&newest.driver), &self.of)) {
            self.link.send_replace(Link::Stopped);
        }
    }
}

/// Runs a driver while there is a network.
async fn run(driver: Arc<SyncDriver>, mut network: watch::Receiver<NetworkHint>) {
    while network.wait_for(|hint| hint.reachable).await.is_ok() {
        driver.run(async { drop(network.clone().wait_for(|hint| !hint.reachable).await) }).await;
    }
}

/// Tells whoever watches. The app's clock is asked whenever a connection is opened.
async fn tell(mut state: watch::Receiver<LinkState>, link: watch::Sender<Link>, clock: Option<Arc<SampledClock>>) {
    loop {
        let newest = Link::from(&*state.borrow_and_update());
        let opens = newest == Link::Connecting;
        link.send_replace(newest);
        if let Some(clock) = clock.clone().filter(|_| opens) {
            // What did not answer stands in the status; the last sample goes on.
            drop(resampled(clock).await);
        }
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
        self.keep_live()?;
        self.live.wanted.store(true, Ordering::Release);
        Ok(())
    }

    /// Ends the live connection. Edits wait on this phone from now on.
    ///
    /// # Errors
    /// Never.
    ///
    /// # Cancellation
    /// It goes on to its end.
    pub async fn stop(self: Arc<Self>) -> Result<(), LinecrewError> {
        to_its_end(async move {
            self.live.wanted.store(false, Ordering::Release);
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

impl LinecrewCore {
    /// Has a live connection, if it may, until it ends.
    pub(crate) fn keep_live(&self) -> Result<(), LinecrewError> {
        if self.server.is_carried() {
            return Err(LinecrewError::not_permitted("no_live_connection"));
        }
        let (client, open) = self.client_until_over()?;
        let (transport, clock) = (self.way_of(&client)?, self.clock()?);
        self.live.begin(clock, open, || {
            let mut seed = [0; 8];
            SystemHost::new().random(&mut seed);
            SyncDriver::new(client, transport, DriverOptions::new(u64::from_le_bytes(seed)))
        })
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

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        task::{Context, Wake, Waker},
        thread::{self, Thread},
    };

    use super::*;
    use crate::{
        core::{OpenRequest, open_linecrew},
        hosts::{Desk, Patience},
    };

    async fn opened(folder: &std::path::Path) -> Arc<LinecrewCore> {
        let folder = folder.display().to_string();
        open_linecrew(OpenRequest { folder, app_version: "1.0".to_owned(), ca_pem: None, lease: None }, None).await.unwrap()
    }

    /// As `start` does it, for a phone that nobody enrolled.
    fn begin(phone: &LinecrewCore) {
        let (client, open) = phone.client_until_over().unwrap();
        let transport = phone.server.at("http://127.0.0.1:1").unwrap();
        phone.live.begin(None, open, || SyncDriver::new(client, transport, DriverOptions::new(1))).unwrap();
    }

    async fn is_not(link: &mut watch::Receiver<Link>, other: Link) {
        drop(link.wait_for(|link| *link != other).await.unwrap());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_connection_ends_with_its_store_and_another_one_may_begin() {
        let folder = tempfile::tempdir().unwrap();
        let phone = opened(folder.path()).await;
        let mut link = phone.live.link.subscribe();
        for _ in 0..3 {
            begin(&phone);
            is_not(&mut link, Link::Stopped).await;
            // As one that begins while the store is being closed: nobody tells it to stop.
            phone.live.running.lock().unwrap().take().map(|running| std::mem::forget(running.stop)).unwrap();
            Arc::clone(&phone).suspend().await.unwrap();
            drop(link.wait_for(|link| *link == Link::Stopped).await.unwrap());
            Arc::clone(&phone).resume().await.unwrap();
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_that_ends_says_nothing_over_one_that_has_begun_since() {
        let folder = tempfile::tempdir().unwrap();
        let phone = opened(folder.path()).await;
        begin(&phone);
        let newest = phone.live.running.lock().unwrap().as_ref().map(|running| Arc::downgrade(&running.driver)).unwrap();
        let mut link = phone.live.link.subscribe();
        is_not(&mut link, Link::Stopped).await;
        let ended = |of| drop(Ended { running: Arc::downgrade(&phone.live.running), of, link: phone.live.link.clone() });
        ended(Weak::new());
        assert_ne!(*phone.live.link.borrow(), Link::Stopped);
        ended(newest);
        assert_eq!(*phone.live.link.borrow(), Link::Stopped);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_app_that_is_asked_something_starts_nothing_and_blocks_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let phone = opened(folder.path()).await;
        let (client, open) = phone.client_until_over().unwrap();
        let transport = phone.server.at("http://127.0.0.1:1").unwrap();
        let (desk, asked) = (Arc::new(Desk::new(Patience::default())), Arc::clone(&phone));
        let begun = desk.ask("clock.sample", Duration::from_secs(10), move || {
            Ok(asked.live.begin(None, open, || SyncDriver::new(client, transport, DriverOptions::new(1))))
        });
        assert!(matches!(begun, Ok(Err(LinecrewError::Host { .. }))), "{begun:?}");
        Arc::clone(&phone).stop().await.unwrap();
    }

    #[test]
    fn what_is_awaited_needs_no_runtime_of_the_apps() {
        let folder = tempfile::tempdir().unwrap();
        on_a_bare_thread(async {
            let phone = opened(folder.path()).await;
            begin(&phone);
            phone.live.wanted.store(true, Ordering::Release);
            Arc::clone(&phone).suspend().await.unwrap();
            let resumed = Arc::clone(&phone).resume().await;
            assert_eq!(resumed, Err(LinecrewError::needs_sign_in("nobody_signed_in")), "it is wanted still");
            begin(&phone);
            Arc::clone(&phone).stop().await.unwrap();
            assert_eq!(phone.link(), Ok(Link::Stopped));
            Arc::clone(&phone).shut_down().await.unwrap();
        });
    }

    /// As an app's executor polls, which knows nothing of ours.
    fn on_a_bare_thread(work: impl Future<Output = ()>) {
        let waker = Waker::from(Arc::new(Unparks(thread::current())));
        let mut work = pin!(work);
        while work.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            thread::park();
        }
    }

    struct Unparks(Thread);

    impl Wake for Unparks {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
}
