//! Phones report often, collectors issue receipts often, and a phone may send much that is refused; the board hears of each at most once a second.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use linecrew_protocol::ids::InstallationId;
use tokio::time::{Instant, sleep_until};

use crate::store::PhoneRecord;

const PACE: Duration = Duration::from_secs(1);

/// What waits to be told.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// The newest report of each phone.
    pub(super) phones: BTreeMap<InstallationId, Arc<PhoneRecord>>,
    /// Something about money changed.
    pub(super) collection: bool,
    /// Other refused edits wait for a decision.
    pub(super) quarantine: bool,
}

/// Holds news back for as long as they may not be told.
#[derive(Debug, Default)]
pub(super) struct Pacing {
    held: Held,
    told_at: Option<Instant>,
}

impl Pacing {
    /// Keeps a report, in place of an older one of the same phone.
    pub(super) fn hold(&mut self, phone: Arc<PhoneRecord>) {
        self.held.phones.insert(phone.installation, phone);
    }

    /// Keeps that something about money changed.
    pub(super) fn hold_collection(&mut self) {
        self.held.collection = true;
    }

    /// Keeps that other refused edits wait.
    pub(super) fn hold_quarantine(&mut self) {
        self.held.quarantine = true;
    }

    /// Drops what waits: a snapshot says it anew, or stands for it.
    pub(super) fn forget(&mut self) {
        self.held = Held::default();
    }

    /// Waits until it may be told; for ever while there is nothing.
    pub(super) async fn due(&self) {
        let Held { phones, collection, quarantine } = &self.held;
        if phones.is_empty() && !collection && !quarantine {
            return std::future::pending().await;
        }
        if let Some(told_at) = self.told_at {
            sleep_until(told_at + PACE).await;
        }
    }

    /// What to tell now.
    pub(super) fn release(&mut self) -> Held {
        self.told_at = Some(Instant::now());
        std::mem::take(&mut self.held)
    }
}
