//! The end of a day that ends by itself: everything heals, everybody catches up, and all is compared.

use std::process::ExitCode;

use linecrew_tests::{
    check::{Findings, Tally},
    fleet::Fleet,
};
use serde::Serialize;

use super::teller::tell;

/// The last line.
#[derive(Serialize)]
struct End {
    documents: u64,
    edits: u64,
    accepted: u64,
    quarantined: u64,
    pending: u64,
    receipts: u64,
    replicas_equal: bool,
}

/// Says in one line of JSON how the day ended. Edits of a thirteenth phone are not ours to count.
pub(crate) async fn close(fleet: &mut Fleet) -> ExitCode {
    tell(&fleet.world, "the day is over: every link heals, every phone catches up");
    let findings = fleet.settle().await;
    for difference in &findings.differences {
        eprintln!("  {difference}");
    }
    for phone in &mut fleet.phones {
        phone.rest().await;
    }
    fleet.server.stop().await;
    let Findings { tally: Tally { documents, edits, accepted, quarantined, pending, receipts }, .. } = findings;
    let replicas_equal = findings.replicas_equal();
    let end = End { documents, edits, accepted, quarantined, pending, receipts, replicas_equal };
    println!("{}", serde_json::to_string(&end).expect("numbers are JSON"));
    let well = findings.is_well() && pending == 0 && replicas_equal && accepted + quarantined == edits;
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
