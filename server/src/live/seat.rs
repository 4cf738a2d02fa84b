//! A session's place on the bus.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use linecrew_protocol::{ids::InstallationId, wire::Feed};
use tokio::sync::Notify;

use super::Live;

/// Why a session was woken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wake {
    /// These feeds have something new.
    Feeds(BTreeSet<Feed>),
    /// What this phone may do has changed.
    Access,
    /// An edit that the phone believes to be refused was admitted.
    Admitted,
    /// Another session of the same installation took over.
    Replaced,
    /// The server goes down.
    ShuttingDown,
}

/// What wakes one session: a set, however often it is rung.
#[derive(Debug)]
pub(super) struct Bell {
    seat: u64,
    waiting: Mutex<Waiting>,
    notify: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    feeds: BTreeSet<Feed>,
    access: bool,
    admitted: bool,
    replaced: bool,
    closing: bool,
}

impl Bell {
    pub(super) fn new(seat: u64) -> Self {
        Self { seat, waiting: Mutex::default(), notify: Notify::new() }
    }

    pub(super) fn seat(&self) -> u64 {
        self.seat
    }

    pub(super) fn ring(&self, feed: Feed) {
        self.lock().feeds.insert(feed);
        self.notify.notify_one();
    }

    pub(super) fn recheck(&self) {
        self.lock().access = true;
        self.notify.notify_one();
    }

    pub(super) fn call_back(&self) {
        self.lock().admitted = true;
        self.notify.notify_one();
    }

    pub(super) fn replace(&self) {
        self.lock().replaced = true;
        self.notify.notify_one();
    }

    pub(super) fn close(&self) {
        self.lock().closing = true;
        self.notify.notify_one();
    }

    fn take(&self) -> Option<Wake> {
        let mut waiting = self.lock();
        if waiting.replaced {
            return Some(Wake::Replaced);
        }
        if waiting.closing {
            return Some(Wake::ShuttingDown);
        }
        if std::mem::take(&mut waiting.access) {
            return Some(Wake::Access);
        }
        if std::mem::take(&mut waiting.admitted) {
            return Some(Wake::Admitted);
        }
        let feeds = std::mem::take(&mut waiting.feeds);
        (!feeds.is_empty()).then_some(Wake::Feeds(feeds))
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session's place. The phone counts as connected until this is dropped, unless another session took the place.
#[derive(Debug)]
pub struct Seat {
    live: Arc<Live>,
    installation: InstallationId,
    bell: Arc<Bell>,
    feeds: BTreeSet<Feed>,
}

impl Seat {
    pub(super) fn new(live: Arc<Live>, installation: InstallationId, bell: Arc<Bell>) -> Self {
        Self { live, installation, bell, feeds: BTreeSet::new() }
    }

    /// Wakes this session for these feeds from now on. Follow before reading their heads, so that nothing falls between.
    pub fn follow(&mut self, feeds: impl IntoIterator<Item = Feed>) {
        let feeds: BTreeSet<Feed> = feeds.into_iter().collect();
        self.live.follow(&self.bell, &feeds);
        self.feeds.extend(feeds);
    }

    /// Waits until there is something to wake for.
    ///
    /// # Cancellation
    ///
    /// Safe: what was rung stays rung.
    pub async fn woken(&self) -> Wake {
        loop {
            if let Some(wake) = self.bell.take() {
                return wake;
            }
            self.bell.notify.notified().await;
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.live.leave(self.installation, self.bell.seat, &self.feeds);
    }
}
