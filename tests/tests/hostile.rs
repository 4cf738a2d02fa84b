//! Hostile clients cost honest phones time, and nothing else: every honest edit is acknowledged and kept, and the server's memory stays.
//!
//! `cargo xtask bench -- --only hostile` does it with 64 hostile clients beside 200 phones; this is small enough for every day.

use std::time::Duration;

use linecrew_tests::bench::hostile::{Siege, run};

/// What the server may grow by once it has seen every attack: the allocator keeps pages, and the cache of documents fills. One forgotten message of
/// 1 MiB for each bomb would be some hundred MiB.
const GROWN_KIB: u64 = 64 * 1024;
/// How much later the last honest acknowledgement but one in a hundred may come. The aim is twice as late, with the attackers elsewhere; here
/// they have the same two cores, and so do other tests. A second is what a person would notice.
const FACTOR: f64 = 10.0;
const NOTICED_MS: f64 = 1_000.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_clients_take_no_edit_and_no_memory_from_honest_phones() {
    let siege = Siege { honest: 24, hostile: 9, rounds: 2, window: Duration::from_secs(3), pace: 1.0 };
    let report = run(siege, &[]).await;
    assert!(report.attacks.values().all(|done| *done > 0), "every kind attacked: {:?}", report.attacks);
    assert!(report.sent > siege.honest * 6, "hardly anything was sent: {}", report.sent);
    assert_eq!((report.accepted, report.kept), (report.sent, report.sent), "no honest edit is lost");
    let [_, warm, .., last] = &report.windows[..] else { panic!("five times") };
    let grown = last.resident_kib.saturating_sub(warm.resident_kib);
    assert!(grown <= GROWN_KIB, "{grown} KiB more than after the first attack");
    let (quiet, hostile) = (report.median_ms(false, 0.99), report.median_ms(true, 0.99));
    assert!(hostile <= (quiet * FACTOR).max(NOTICED_MS), "p99 {hostile:.1} ms under attack, {quiet:.1} ms before and after");
}
