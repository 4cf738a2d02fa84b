//! Repairs (故障抢修).

use linecrew_client::{
    RepairReport,
    protocol::{ids::DocumentId, time::Timestamp},
};

use super::Saved;
use crate::core::LinecrewCore;

/// What was found and done at a repair.
#[uniffi::remote(Record)]
pub struct RepairReport {
    /// Why it failed.
    pub cause: String,
    /// What was done.
    pub remedy: String,
    /// When power was back, as the crew says.
    #[uniffi(default = None)]
    pub restored_at: Option<Timestamp>,
    /// Who did it, when it was not the author.
    #[uniffi(default = None)]
    pub handler: Option<String>,
}

#[uniffi::export]
#[expect(clippy::missing_errors_doc, reason = "every command fails in the ways of `LinecrewError`, which says them")]
impl LinecrewCore {
    /// Electrical work begins. The safety gate comes first.
    pub async fn start_work(&self, item: DocumentId) -> Saved {
        self.command(move |client| client.start_work(item)).await
    }

    /// Power is back after a fault.
    pub async fn restore(&self, item: DocumentId, report: RepairReport) -> Saved {
        self.command(move |client| client.restore(item, report)).await
    }

    /// A repair is done on site.
    pub async fn complete_repair(&self, item: DocumentId, report: RepairReport) -> Saved {
        self.command(move |client| client.complete_repair(item, report)).await
    }
}
