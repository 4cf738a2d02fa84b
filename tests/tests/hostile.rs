//! Hostile clients take nothing from honest phones: each of their edits is acknowledged, and soon, and the office sees it.
//!
//! `cargo xtask bench -- --only hostile` measures it with 64 hostile clients beside 200 phones (docs/benchmarks.md); this is small enough for every
//! day. Its bounds are wide: they are for what costs ten times as much, as inventories did (p50 152 ms) and guessed
//! passwords (240 MB).

use std::time::Duration;

use linecrew_tests::bench::hostile::{Siege, USUAL_PACE, run};

/// Milliseconds to half of the acknowledgements, on a machine that does other things, too.
const SOON_MS: f64 = 60.0;
/// What one phone is sent in answer to inventories before its share is used up: about 10 messages, 179 where shares had no bound, however little of
/// the machine the attackers got.
const ANSWERED: u64 = 60;
const MORE_MEMORY_KIB: u64 = 96 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_clients_take_nothing_from_honest_phones() {
    let siege = Siege { honest: 24, hostile: 10, rounds: 1, window: Duration::from_secs(6), pace: 4.0 * USUAL_PACE };
    let report = run(siege, &[]).await;
    assert!(report.attacks.values().all(|done| *done > 0), "every kind attacked: {:?}", report.attacks);
    assert!(report.attacks["inventories"] <= ANSWERED, "nobody waits: {:?}", report.attacks);
    assert!(report.sent > siege.honest * 4, "hardly anything was sent: {}", report.sent);
    assert_eq!((report.accepted, report.kept), (report.sent, report.sent), "no honest edit is lost");
    let (quiet, hostile) = (report.median_ms(false, 0.5), report.median_ms(true, 0.5));
    assert!(hostile < f64::max(SOON_MS, 5.0 * quiet), "half of the edits wait {hostile:.1} ms, {quiet:.1} ms when it is quiet");
    let resident: Vec<u64> = report.windows.iter().map(|window| window.resident_kib).collect();
    assert!(resident[1] < resident[0] + MORE_MEMORY_KIB, "memory grows: {resident:?} KiB");
}
