//! Hostile clients take no edit from honest phones: each is acknowledged, and the office sees it.
//!
//! What they cost in time and memory is measured and not bounded here (docs/benchmarks.md): `cargo xtask bench -- --only hostile` does it with 64
//! hostile clients beside 200 phones; this is small enough for every day.

use std::time::Duration;

use linecrew_tests::bench::hostile::{Siege, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_clients_take_no_edit_from_honest_phones() {
    let siege = Siege { honest: 24, hostile: 9, rounds: 1, window: Duration::from_secs(3), pace: 1.0 };
    let report = run(siege, &[]).await;
    assert!(report.attacks.values().all(|done| *done > 0), "every kind attacked: {:?}", report.attacks);
    assert!(report.sent > siege.honest * 4, "hardly anything was sent: {}", report.sent);
    assert_eq!((report.accepted, report.kept), (report.sent, report.sent), "no honest edit is lost");
}
