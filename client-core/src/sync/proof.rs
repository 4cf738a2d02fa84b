//! Proof that both ends hold the same.

use linecrew_protocol::wire::{CaughtUp, Feed, Inventory};

use super::SyncError;
use crate::{client::Client, store::feed};

impl Client {
    /// The feeds of which the server holds something else than this phone.
    ///
    /// # Errors
    /// The store failed.
    pub fn compare(&self, caught_up: &CaughtUp) -> Result<Vec<Feed>, SyncError> {
        self.read_unleased(|connection| {
            let mut different = Vec::new();
            for theirs in &caught_up.feeds {
                if feed::digest(connection, theirs.feed)?.unwrap_or_default() != theirs.digest {
                    different.push(theirs.feed);
                }
            }
            Ok(different)
        })
    }

    /// What this phone holds of a feed.
    ///
    /// # Errors
    /// The store failed.
    pub fn inventory(&self, feed: Feed) -> Result<Inventory, SyncError> {
        self.read_unleased(|connection| Ok(feed::inventory(connection, feed)?))
    }
}
