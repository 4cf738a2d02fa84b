//! Hearing of changes.

use std::sync::{Arc, Mutex, PoisonError};

use linecrew_client::Client;
use tokio::sync::watch;

use crate::{
    core::{LinecrewCore, unless_over},
    error::LinecrewError,
    runtime::{cancellable, in_background},
};

type Seen = Result<u64, LinecrewError>;

/// Sees every commit to the store, by this process or another: a level, not an edge. However many commits lie between two looks, the next look
/// returns at once, with the newest revision.
#[derive(Debug, uniffi::Object)]
pub struct Changes {
    /// Locked only to be copied: nobody waits while holding it.
    seen: Mutex<watch::Receiver<Seen>>,
}

#[uniffi::export]
impl LinecrewCore {
    /// Begins to observe: the first look returns at once, with what there is.
    ///
    /// # Errors
    /// [`LinecrewError::Closed`].
    pub fn observe(&self) -> Result<Arc<Changes>, LinecrewError> {
        let (client, open) = self.client_until_shut_down()?;
        let (tell, seen) = watch::channel(Ok(0));
        in_background(watch_over(client, open, tell))?;
        Ok(Arc::new(Changes { seen: Mutex::new(seen) }))
    }
}

#[uniffi::export]
impl Changes {
    /// Waits for a revision that was not returned yet.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`] once, when this phone has locked itself; the next call waits until it is open again. [`LinecrewError::Closed`] when the
    /// store was shut down, [`LinecrewError::Wiped`] when this phone was wiped.
    ///
    /// # Cancellation
    /// Safe: nothing is lost, the next call returns what this one would have.
    pub async fn next(&self) -> Result<u64, LinecrewError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (seen, newest) = cancellable(async move {
            seen.changed().await.map_err(|_| LinecrewError::Closed)?;
            let newest = seen.borrow_and_update().clone();
            Ok((seen, newest))
        })
        .await?;
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        newest
    }
}

/// Until nobody looks any more, or there is nothing left to see.
async fn watch_over(client: Client, mut open: watch::Receiver<()>, tell: watch::Sender<Seen>) {
    let mut observer = client.observe();
    loop {
        let seen = tokio::select! {
            seen = observer.changed_async() => unless_over(&client, &open, seen.map_err(LinecrewError::from)),
            _ = open.changed() => Err(LinecrewError::Closed),
            () = tell.closed() => return,
        };
        let goes_on = matches!(seen, Ok(_) | Err(LinecrewError::Locked));
        tell.send_modify(|newest| *newest = seen);
        if !goes_on {
            return;
        }
    }
}
