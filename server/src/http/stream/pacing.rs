//! Phones report often, and collectors issue receipts often; the board hears of each at most once a second.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use linecrew_protocol::ids::InstallationId;
use tokio::time::{Instant, sleep_until};

use crate::store::PhoneRecord;

const PACE: Duration = Duration::from_secs(1);

/// What waits to be told: the newest report of each phone, and that something about money changed.
#[derive(Debug, Default)]
pub(super) struct Pacing {
    held: BTreeMap<InstallationId, Arc<PhoneRecord>>,
    collection: bool,
    told_at: Option<Instant>,
}

impl Pacing {
    /// Keeps a report, in place of an older one of the same phone.
    pub(super) fn hold(&mut self, phone: Arc<PhoneRecord>) {
        self.held.insert(phone.installation, phone);
    }

    /// Keeps that something about money changed.
    pub(super) fn hold_collection(&mut self) {
        self.collection = true;
    }

    /// Drops what waits: a snapshot says it anew.
    pub(super) fn forget(&mut self) {
        self.held.clear();
        self.collection = false;
    }

    /// Waits until it may be told; for ever while there is nothing.
    pub(super) async fn due(&self) {
        if self.held.is_empty() && !self.collection {
            return std::future::pending().await;
        }
        if let Some(told_at) = self.told_at {
            sleep_until(told_at + PACE).await;
        }
    }

    /// The reports to tell now, and whether something about money changed.
    pub(super) fn release(&mut self) -> (Vec<Arc<PhoneRecord>>, bool) {
        self.told_at = Some(Instant::now());
        (std::mem::take(&mut self.held).into_values().collect(), std::mem::take(&mut self.collection))
    }
}
