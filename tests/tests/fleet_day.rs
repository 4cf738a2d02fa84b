//! Days of a small fleet in a storm: phones and server die and come back, links break at any byte, and everybody ends with the same.
//!
//! `LINECREW_SEED=n` replays one day, `LINECREW_DEEP=1` lives a thousand.

use std::{sync::Arc, time::Duration};

use linecrew_tests::{
    day::{Plan, STORM},
    fleet::{Fleet, FleetOptions},
    seed::Seed,
};
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

/// Edits after which a day is over.
const EDITS: usize = 40;
/// Deeds after which it is over in any case.
const DEEDS: usize = 1_000;
/// The longest pause between two deeds.
const PACE: Duration = Duration::from_millis(8);
/// Days at once: most of a day is waiting.
const AT_ONCE: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_day_ends_with_equal_replicas() {
    let (mut days, places) = (JoinSet::new(), Arc::new(Semaphore::new(AT_ONCE)));
    for seed in Seed::chosen(100, 1_000) {
        let places = Arc::clone(&places);
        days.spawn(async move {
            let _place = places.acquire_owned().await;
            // A task of its own: its panic must not hide which seed it was.
            (seed, tokio::spawn(day(seed)).await)
        });
    }
    let mut failed = Vec::new();
    while let Some(ended) = days.join_next().await {
        let (seed, ended) = ended.expect("a day is awaited");
        if ended.is_err() {
            failed.push(seed.0);
        }
    }
    failed.sort_unstable();
    assert!(failed.is_empty(), "{} days failed; replay one with LINECREW_SEED=n: {failed:?}", failed.len());
}

async fn day(seed: Seed) {
    let mut fleet = Fleet::assemble(seed, FleetOptions::small(2, 2)).await;
    let mut deeds = 0;
    for step in Plan::new(seed, STORM, 2, 4).take(DEEDS) {
        sleep(PACE.mul_f64(step.pause)).await;
        fleet.perform(&step.deed).await;
        deeds += 1;
        if fleet.phones.iter().map(|phone| phone.journal.len()).sum::<usize>() >= EDITS {
            break;
        }
    }
    let tally = fleet.must_settle().await;
    println!("seed {seed}: {deeds} deeds, {tally:?}");
    assert_eq!(tally.accepted + tally.quarantined, tally.edits);
    assert!(tally.edits >= EDITS as u64, "only {} edits in {DEEDS} deeds", tally.edits);
}
