//! The server's greeting: its clock, its store, its count of our edits, and the feeds that are ours.

use std::collections::BTreeSet;

use linecrew_protocol::{
    time::Timestamp,
    wire::{Feed, LeaveReason, Welcome, Withdrawal},
};
use rusqlite::Transaction;

use super::{Stored, SyncError, admitted, leave::leave, refresh::refresh};
use crate::{
    client::Client,
    store::{
        change::{self, Standing},
        feed, installation, journal, lease, outbox, sighting,
    },
};

impl Client {
    /// Stores a greeting, with which the lease begins anew. What it says to be admitted is refused no longer. Documents of feeds that it does not list leave; after a restore of the server, its cursors are forgotten and the
    /// edits that it has lost wait again.
    ///
    /// # Errors
    /// The store failed; nothing was stored.
    pub fn store_welcome(&self, welcome: Welcome, round_trip_ms: u64) -> Result<Stored, SyncError> {
        let (seen, host) = (self.seen(welcome.server_time, round_trip_ms), self.host());
        let now = host.wall();
        self.write_unleased(move |transaction| {
            sighting::store(transaction, &seen)?;
            lease::begin(transaction, host.boot(), host.monotonic_ms())?;
            let known = installation::current(transaction)?;
            if known.store_epoch != Some(welcome.store) {
                feed::forget_cursors(transaction)?;
                installation::set_store_epoch(transaction, welcome.store)?;
            }
            // A larger number belongs to a copy of this installation; the session ends with it.
            if welcome.next_device_seq < known.next_device_seq {
                send_again(transaction, welcome.next_device_seq)?;
            }
            admitted::all(transaction, &welcome.admitted)?;
            follow(transaction, &welcome, now)?;
            Ok(Stored { next_seq: known.next_device_seq })
        })
    }
}

/// The server has lost its answers from `device_seq` on: those edits are this phone's alone again.
fn send_again(transaction: &Transaction<'_>, device_seq: u64) -> Result<(), SyncError> {
    journal::reopen(transaction, device_seq)?;
    let mut documents = BTreeSet::new();
    for (document, hash) in outbox::reopen(transaction, device_seq)? {
        if change::standing(transaction, document, hash)? == Some(Standing::Accepted) {
            change::set_standing(transaction, document, hash, Standing::Pending, None)?;
            documents.insert(document);
        }
    }
    for document in documents {
        refresh(transaction, document)?;
    }
    Ok(())
}

fn follow(transaction: &Transaction<'_>, welcome: &Welcome, now: Timestamp) -> Result<(), SyncError> {
    let listed: BTreeSet<Feed> = welcome.feeds.iter().map(|head| head.feed).collect();
    let ended = Withdrawal { reason: LeaveReason::AccessEnded, by: None, at: welcome.server_time, to: None };
    for feed in feed::followed(transaction)?.difference(&listed) {
        for document in feed::members(transaction, *feed)? {
            leave(transaction, *feed, document, &ended, now)?;
        }
        feed::unfollow(transaction, *feed)?;
    }
    for feed in listed {
        feed::follow(transaction, feed)?;
    }
    Ok(())
}
