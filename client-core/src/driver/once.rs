//! Syncing in requests: for background tasks that get a few seconds, and for networks that let no socket through.
//!
//! One request carries a whole session's frames up, one answer carries them down (docs/protocol.md). What does not fit, and what the
//! answer asks for, goes with the next request, which is a session of its own.

use std::{collections::BTreeSet, time::Duration};

use linecrew_protocol::wire::{Feed, Frame, decode_message, encode_message};
use tokio::time::timeout;

use crate::transport::{Endpoint, Stage, TransportError};

use super::{
    SyncDriver, SyncReport, SyncStop,
    conversation::{Conversation, Tally, change_bytes},
    limits::{MAX_REQUEST_CHANGE_BYTES, MAX_ROUNDS},
};

/// What a request left to do.
enum Left {
    /// Nothing: everything is sent, received and proven equal.
    Nothing,
    /// More of the same.
    More,
    /// The server has to hear what this phone holds.
    Inventories(Vec<Frame>),
}

impl SyncDriver {
    /// Sends what is pending and fetches what is new, until both ends proved to hold the same, something stops it, or `deadline` is over.
    ///
    /// # Cancellation
    /// Safe at any point, as after the deadline: the next sync goes on from there.
    pub async fn sync_once(&self, deadline: Duration) -> SyncReport {
        let mut tally = Tally::default();
        let mut stopped = timeout(deadline, self.rounds(&mut tally)).await.unwrap_or(Err(SyncStop::Deadline)).err();
        if matches!(stopped, Some(SyncStop::Revoked)) {
            stopped = Some(self.wipe().await);
        }
        let status = self.desk.ask(|client| client.status()).await;
        SyncReport {
            pushed: tally.pushed,
            accepted: tally.accepted,
            quarantined: tally.quarantined,
            received: tally.received.len() as u64,
            still_pending: status.ok().map(|status| status.pending()),
            equal: tally.equal,
            stopped,
        }
    }

    async fn rounds(&self, tally: &mut Tally) -> Result<(), SyncStop> {
        let mut inventories = Vec::new();
        let mut reconciled = BTreeSet::new();
        let mut token = Some(self.token().await?);
        for _ in 0..MAX_ROUNDS {
            let left = match self.round(tally, inventories.clone()).await {
                Err(SyncStop::NeedsSignIn) => {
                    // Once: this sync would not end if the server went on refusing what it gives.
                    let refused = token.take().ok_or(SyncStop::TokenRefused)?;
                    self.refreshed(&refused).await?;
                    continue;
                }
                left => left?,
            };
            inventories = Vec::new();
            match left {
                Left::Nothing => return Ok(()),
                Left::More => {}
                Left::Inventories(frames) => {
                    // Every feed once: a second difference after an exchange of inventories is no accident of timing.
                    if !inventoried(&frames).all(|feed| reconciled.insert(feed)) {
                        return Err(SyncStop::Diverged);
                    }
                    inventories = frames;
                }
            }
        }
        Err(SyncStop::Stalled)
    }

    async fn round(&self, tally: &mut Tally, inventories: Vec<Frame>) -> Result<Left, SyncStop> {
        let before = tally.stored;
        let mut talk = Conversation::open(&self.desk, tally).await?;
        let mut request = Vec::new();
        while let Some(frames) = talk.depart(MAX_REQUEST_CHANGE_BYTES.saturating_sub(change_bytes(&request))) {
            request.extend(frames);
        }
        request.extend(inventories);
        let answer = self.transport.post(Endpoint::Sync, encode_message(&request)?).await;
        if !answer.as_ref().is_err_and(TransportError::is_before_sending) {
            talk.count_sent(&request);
        }
        if matches!(answer, Err(TransportError::Http(_) | TransportError::Broken(_) | TransportError::TimedOut(Stage::Answering))) {
            talk.show_as_sent(&request).await?;
        }
        for frame in decode_message(&answer?)? {
            talk.received(frame).await?;
        }
        left(talk, before).await
    }
}

async fn left(mut talk: Conversation<'_>, before: u64) -> Result<Left, SyncStop> {
    if let Some(stop) = talk.end().await {
        return Err(stop);
    }
    let moved = talk.tally().stored > before;
    if let Some(full) = talk.take_full().filter(|_| !moved) {
        return Err(full.into());
    }
    if let Some(why) = talk.has_handed_in() {
        return Err(why.into());
    }
    if talk.is_handing_in() && talk.is_caught_up() {
        // The next hello says that nothing waits here.
        return Ok(Left::More);
    }
    if talk.is_caught_up() && talk.tally().equal == Some(true) {
        return Ok(Left::Nothing);
    }
    let mut inventories = Vec::new();
    while let Some(frames) = talk.depart(0) {
        inventories.extend(frames.into_iter().filter(|frame| matches!(frame, Frame::Inventory(_))));
    }
    match (inventories.is_empty(), moved) {
        (false, _) => Ok(Left::Inventories(inventories)),
        (true, true) => Ok(Left::More),
        (true, false) => Err(SyncStop::Stalled),
    }
}

fn inventoried(frames: &[Frame]) -> impl Iterator<Item = Feed> {
    frames.iter().filter_map(|frame| match frame {
        Frame::Inventory(inventory) => Some(inventory.feed),
        _ => None,
    })
}
