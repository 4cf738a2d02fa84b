//! Syncing when somebody asks for it.

use std::time::Duration;

use linecrew_client::driver::SyncStop;

use crate::{failure::Failure, page::Page, phone::Phone, view};

#[cfg(test)]
mod tests;

/// Sends what waits, fetches what is new, and says what is safe.
pub(crate) async fn sync(phone: &Phone, page: &Page, timeout: Duration) -> Result<(), Failure> {
    let report = phone.driver()?.sync_once(timeout).await;
    print!("{}", view::sync_report(page, &report));
    let stopped = unless_revoked(report.stopped)?;
    print!("{}", view::safety(page, &phone.status()?));
    stopped.map_or(Ok(()), |stop| Err(Failure::Sync(stop)))
}

/// Why syncing stopped. A revoked phone was wiped, and its store is closed: that has to be said, and there is nothing left to ask.
pub(crate) fn unless_revoked(stopped: Option<SyncStop>) -> Result<Option<SyncStop>, Failure> {
    match stopped {
        Some(stop @ (SyncStop::Revoked | SyncStop::NotWiped(_))) => Err(Failure::Sync(stop)),
        stopped => Ok(stopped),
    }
}
