//! Telling a screen that something is new.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::watch;

use crate::{
    client::Client,
    error::StoreError,
    store::{
        installation,
        lease::{self, Counted},
    },
};

/// How often an observer looks for commits of other processes. A glance costs some 10 µs; five in a second go unnoticed by a battery, and
/// a person does not notice a fifth of a second.
const GLANCE_EVERY: Duration = Duration::from_millis(200);

/// Wakes the observers of this process after a commit.
#[derive(Debug)]
pub(crate) struct Bell {
    newest: Mutex<u64>,
    rung: Condvar,
    rung_async: watch::Sender<u64>,
}

impl Default for Bell {
    fn default() -> Self {
        Self { newest: Mutex::new(0), rung: Condvar::new(), rung_async: watch::Sender::new(0) }
    }
}

impl Bell {
    pub(crate) fn ring(&self, revision: u64) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        *newest = revision.max(*newest);
        self.rung.notify_all();
        self.rung_async.send_if_modified(|known| {
            let risen = revision > *known;
            *known = revision.max(*known);
            risen
        });
    }

    /// Waits until somebody in this process commits beyond `seen`, or until `timeout`.
    fn wait(&self, seen: u64, timeout: Duration) {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        // What was waited for is read from the store: neither poison nor a timeout matter here.
        drop(self.rung.wait_timeout_while(newest, timeout, |newest| *newest <= seen));
    }
}

/// Sees every commit to the store, by this process or another: a level, not an edge. However many commits lie between two looks, the next
/// look returns at once, with the newest revision.
#[derive(Debug)]
pub struct Observer {
    client: Client,
    bell: Arc<Bell>,
    rung: watch::Receiver<u64>,
    /// The newest revision returned; none before the first look, which returns at once also on a phone that is new.
    seen: Option<u64>,
    /// The revision when it was last read.
    newest: u64,
    /// The file's version when the revision was last read.
    glanced: Option<i64>,
    /// What had been counted then; `None` for whom the lease does not matter.
    counted: Option<Option<Counted>>,
    told_locked: bool,
}

impl Client {
    /// Begins to observe: the first look returns at once, with what there is.
    #[must_use]
    pub fn observe(&self) -> Observer {
        let bell = Arc::clone(self.bell());
        let counted = Some(None);
        Observer {
            client: self.clone(),
            rung: bell.rung_async.subscribe(),
            bell,
            seen: None,
            newest: 0,
            glanced: None,
            counted,
            told_locked: false,
        }
    }

    /// The same for what syncs: a lock does not matter to it.
    pub(crate) fn observe_unleased(&self) -> Observer {
        Observer { counted: None, ..self.observe() }
    }
}

impl Observer {
    /// Waits for a revision that this observer has not returned yet; `None` when there is none within `timeout`. Blocks.
    ///
    /// # Errors
    /// The store cannot be read. [`StoreError::Locked`] once, when this phone has locked itself; the next call waits until it is open again.
    pub fn changed(&mut self, timeout: Duration) -> Result<Option<u64>, StoreError> {
        let until = Instant::now().checked_add(timeout);
        loop {
            if let Some(revision) = self.glance()? {
                return Ok(Some(revision));
            }
            let left = until.map_or(GLANCE_EVERY, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Ok(None);
            }
            self.bell.wait(self.seen.unwrap_or_default(), left.min(GLANCE_EVERY));
        }
    }

    /// Waits for a revision that this observer has not returned yet.
    ///
    /// # Errors
    /// As [`changed`](Self::changed).
    ///
    /// # Cancellation
    /// Safe: nothing is lost, the next call returns what this one would have.
    pub async fn changed_async(&mut self) -> Result<u64, StoreError> {
        loop {
            self.rung.mark_unchanged();
            if let Some(revision) = self.glance()? {
                return Ok(revision);
            }
            // A ring before `mark_unchanged` was seen by the glance; one after it ends the wait.
            drop(tokio::time::timeout(GLANCE_EVERY, self.rung.changed()).await);
        }
    }

    /// The newest revision, if it is newer than the last one returned. Reads rows only when the file has changed.
    fn glance(&mut self) -> Result<Option<u64>, StoreError> {
        let version = self.client.database().data_version()?;
        if self.glanced != Some(version) {
            self.look()?;
            self.glanced = Some(version);
        }
        let is_locked = self.is_locked();
        self.client.count_lease(is_locked);
        if is_locked {
            // Once: who observes goes on to wait for the moment at which it is over.
            return if std::mem::replace(&mut self.told_locked, true) { Ok(None) } else { Err(StoreError::Locked) };
        }
        // Whoever was locked out has seen nothing since.
        let newer = Some(self.newest) > self.seen || std::mem::take(&mut self.told_locked);
        self.seen = self.seen.max(Some(self.newest));
        Ok(newer.then_some(self.newest))
    }

    fn look(&mut self) -> Result<(), StoreError> {
        let boot = self.client.host().boot();
        let (newest, counted) = self.client.read_unleased(|connection| {
            Ok::<_, StoreError>((installation::current(connection)?.revision, lease::find(connection, boot)?))
        })?;
        self.newest = newest;
        self.counted = self.counted.map(|_| counted);
        Ok(())
    }

    fn is_locked(&self) -> bool {
        self.counted.is_some_and(|counted| self.client.lease().is_over(counted, self.client.host().as_ref()))
    }
}
