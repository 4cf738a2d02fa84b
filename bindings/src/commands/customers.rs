//! Notices (停电通知), disconnections (停电) and services of meters (表计服务).

use linecrew_client::{
    DisconnectionReport, Service,
    protocol::{ids::DocumentId, time::Timestamp},
};

use super::{Saved, rotation::MeterTakenOff};
use crate::core::LinecrewCore;

/// How a notice reached the customer.
#[uniffi::remote(Record)]
pub struct Service {
    /// The way: `handed_over`, `left_at_door`, `posted`, `published`.
    pub how: String,
    /// Who took it.
    #[uniffi(default = None)]
    pub recipient: Option<String>,
    /// A photo as proof, by its hash: attach it first.
    #[uniffi(default = None)]
    pub proof: Option<String>,
    /// Anything else.
    #[uniffi(default = None)]
    pub note: Option<String>,
}

/// A supply was cut off.
#[uniffi::remote(Record)]
pub struct DisconnectionReport {
    /// When.
    pub cut_at: Timestamp,
    /// What the meter showed then.
    #[uniffi(default = None)]
    pub index: Option<String>,
    /// Anything else.
    #[uniffi(default = None)]
    pub note: Option<String>,
}

/// What was done to a meter that was not exchanged.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MeterServiceReport {
    /// What came of it.
    pub result: String,
    /// The meter that was taken off: a removal names it.
    #[uniffi(default = None)]
    pub removed: Option<MeterTakenOff>,
    /// The numbers of the seals.
    #[uniffi(default = None)]
    pub seals: Option<String>,
}

impl From<MeterServiceReport> for linecrew_client::MeterServiceReport {
    fn from(MeterServiceReport { result, removed, seals }: MeterServiceReport) -> Self {
        Self { result, removed: removed.map(MeterTakenOff::into), seals }
    }
}

#[uniffi::export]
#[expect(clippy::missing_errors_doc, reason = "every command fails in the ways of `LinecrewError`, which says them")]
impl LinecrewCore {
    /// A notice has reached the customer.
    pub async fn serve_notice(&self, item: DocumentId, service: Service) -> Saved {
        self.command(move |client| client.serve_notice(item, service)).await
    }

    /// A notice could not be served.
    pub async fn not_served(&self, item: DocumentId, reason: String) -> Saved {
        self.command(move |client| client.not_served(item, reason)).await
    }

    /// A supply was cut off.
    pub async fn complete_disconnection(&self, item: DocumentId, report: DisconnectionReport) -> Saved {
        self.command(move |client| client.complete_disconnection(item, report)).await
    }

    /// A service of a meter is done on site.
    pub async fn complete_meter_service(&self, item: DocumentId, report: MeterServiceReport) -> Saved {
        self.command(move |client| client.complete_meter_service(item, report.into())).await
    }
}
