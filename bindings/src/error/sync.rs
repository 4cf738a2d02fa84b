//! Why a sync stopped. It is a value for apps and no error, by the same codes.

use linecrew_client::{SyncError, driver::SyncStop, transport::TransportError};

use super::LinecrewError;

/// Its code, and when the server asked to come back, in milliseconds.
pub(crate) fn of_stop(stop: &SyncStop) -> (String, Option<u64>) {
    let code = match stop {
        SyncStop::Deadline => "deadline",
        SyncStop::NeedsSignIn => "needs_sign_in",
        SyncStop::TokenRefused => "token_refused",
        SyncStop::Revoked => "revoked",
        SyncStop::NotWiped(_) => "not_wiped",
        SyncStop::Suspended => "suspended",
        SyncStop::KeyUnavailable(_) => "key_unavailable",
        SyncStop::InstallationRenewed { .. } => "installation_renewed",
        SyncStop::UpgradeRequired => "upgrade_required",
        SyncStop::Transport(error) => return (of_transport(error), stop.retry_after_ms()),
        SyncStop::NotOurs(_) | SyncStop::NotTokens(_) => "not_ours",
        SyncStop::Unsendable(_) => "unsendable",
        SyncStop::Goodbye(_) => "sent_away",
        SyncStop::Closed => "broke_off",
        SyncStop::Silent => "timed_out",
        SyncStop::Store(SyncError::StorageFull(_)) => "storage_full",
        SyncStop::Store(SyncError::Store(_)) => "store",
        SyncStop::Diverged => "diverged",
        SyncStop::Stalled => "stalled",
    };
    (code.to_owned(), stop.retry_after_ms())
}

/// The code that the same failure has where it is an error.
fn of_transport(error: &TransportError) -> String {
    match error.into() {
        LinecrewError::Offline { code, .. } | LinecrewError::Untrusted { code } => code,
        LinecrewError::UpgradeRequired { .. } => "upgrade_required".to_owned(),
        _ => "needs_sign_in".to_owned(),
    }
}
