//! Hearing of changes: one observer of the store for all who want to know, and none while nobody does.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use linecrew_client::Client;
use tokio::sync::{Notify, watch};

use crate::{
    core::LinecrewCore,
    error::LinecrewError,
    runtime::{cancellable, in_background},
    token::CancelToken,
};

/// A store that could not be read is tried again after this time.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What the last look saw; nothing before the first.
type Seen = Option<Result<u64, LinecrewError>>;

/// What is new in a store, for all who want to know. It lasts as long as its object, over all the times that the store is suspended.
#[derive(Debug, Clone, Default)]
pub(crate) struct News {
    seen: watch::Sender<Seen>,
    wanted: Arc<Notify>,
}

impl News {
    /// Looks at the store for whoever wants to know, until `open` ends.
    pub(crate) fn of(&self, client: Client, open: watch::Receiver<()>) -> Result<(), LinecrewError> {
        let news = self.clone();
        // Whoever was there before the store was suspended has not asked again.
        news.wanted.notify_one();
        in_background(news.watch_over(client, open)).map(drop)
    }

    /// Nothing will be new any more.
    pub(crate) fn end(&self) {
        self.say(Some(Err(LinecrewError::Closed)));
    }

    /// What is over stays so.
    fn say(&self, newest: Seen) {
        self.seen.send_if_modified(|seen| {
            let goes_on = !matches!(seen, Some(Err(LinecrewError::Closed)));
            if goes_on {
                *seen = newest;
            }
            goes_on
        });
    }

    fn subscribe(&self) -> watch::Receiver<Seen> {
        let mut seen = self.seen.subscribe();
        if seen.borrow().is_some() {
            seen.mark_changed();
        }
        self.wanted.notify_one();
        seen
    }

    async fn watch_over(self, client: Client, mut open: watch::Receiver<()>) {
        loop {
            tokio::select! {
                () = self.wanted.notified() => {}
                _ = open.changed() => return,
            }
            let mut observer = client.observe();
            loop {
                let seen = tokio::select! {
                    seen = observer.changed_async() => seen.map_err(LinecrewError::from),
                    _ = open.changed() => return,
                    // Whoever comes later hears what there is then.
                    () = self.seen.closed() => {
                        self.say(None);
                        break;
                    }
                };
                if client.is_wiped() {
                    self.say(Some(Err(LinecrewError::Wiped)));
                    return;
                }
                // Whoever closes it says what that means.
                if open.has_changed().is_err() {
                    return;
                }
                let failed = !matches!(seen, Ok(_) | Err(LinecrewError::Locked));
                self.say(Some(seen));
                if failed {
                    tokio::time::sleep(TRY_AGAIN_AFTER).await;
                }
            }
        }
    }
}

/// Sees every commit to the store, by this process or another: a level, not an edge. However many commits lie between two looks, the next look
/// returns at once, with the newest revision.
#[derive(Debug, uniffi::Object)]
pub struct Changes {
    /// Locked only to be copied: nobody waits while holding it.
    seen: Mutex<watch::Receiver<Seen>>,
    token: CancelToken,
}

#[uniffi::export]
impl LinecrewCore {
    /// Begins to observe: the first look returns at once, with what there is; of a store that is suspended, at the latest when
    /// it is resumed.
    ///
    /// # Errors
    /// [`LinecrewError::Closed`], [`LinecrewError::Wiped`].
    pub fn observe(&self) -> Result<Arc<Changes>, LinecrewError> {
        match self.client() {
            Ok(_) | Err(LinecrewError::Suspended) => {}
            Err(over) => return Err(over),
        }
        Ok(Arc::new(Changes { seen: Mutex::new(self.news.subscribe()), token: CancelToken::fresh() }))
    }
}

#[uniffi::export]
impl Changes {
    /// Waits for a revision that was not returned yet.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`] once, when this phone has locked itself; the next call waits until it is open again. [`LinecrewError::Closed`] when the
    /// store was shut down, [`LinecrewError::Wiped`] when this phone was wiped, [`LinecrewError::Cancelled`] after `cancel`.
    ///
    /// # Cancellation
    /// Safe: nothing is lost, the next call returns what this one would have.
    pub async fn next(&self) -> Result<u64, LinecrewError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let waiting = async move {
            loop {
                seen.changed().await.map_err(|_| LinecrewError::Closed)?;
                let newest = seen.borrow_and_update().clone();
                if let Some(newest) = newest {
                    return Ok((seen, newest));
                }
            }
        };
        let (seen, newest) = cancellable(self.token.guard(waiting)).await?;
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        newest
    }

    /// Ends `next`, now and from now on.
    ///
    /// # Errors
    /// Never.
    pub fn cancel(&self) -> Result<(), LinecrewError> {
        self.token.cancel()
    }
}
