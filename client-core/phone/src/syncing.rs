//! Syncing when somebody asks for it.

use std::time::Duration;

use crate::{failure::Failure, page::Page, phone::Phone, view};

/// Sends what waits, fetches what is new, and says what is safe.
pub(crate) async fn sync(phone: &Phone, page: &Page, timeout: Duration) -> Result<(), Failure> {
    let report = phone.driver()?.sync_once(timeout).await;
    print!("{}", view::sync_report(page, &report));
    print!("{}", view::safety(page, &phone.status()?));
    report.stopped.map_or(Ok(()), |stop| Err(Failure::Sync(stop)))
}
