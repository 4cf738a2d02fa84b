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
    let (count, mut failed, mut idle) = (days.len(), Vec::new(), Vec::new());
    while let Some(ended) = days.join_next().await {
        match ended.expect("a day is awaited") {
            (seed, Err(_)) => failed.push(seed.0),
            (seed, Ok(edits)) if edits < EDITS => idle.push(seed.0),
            _ => {}
        }
    }
    failed.sort_unstable();
    assert!(failed.is_empty(), "{} days failed; replay one with LINECREW_SEED=n: {failed:?}", failed.len());
    // In some storms hardly anybody has network for long enough to hear of work. They must be few, or nothing is tested.
    assert!(idle.len() <= 1 + count / 50, "on {} of {count} days hardly anything was done: {idle:?}", idle.len());
}

/// Answers how many edits were confirmed.
async fn day(seed: Seed) -> usize {
    let mut fleet = Fleet::assemble(seed, FleetOptions::small(2, 2)).await;
    let mut deeds = 0;
    for step in Plan::new(seed, STORM, 2, 4).take(DEEDS) {
        sleep(PACE.mul_f64(step.pause)).await;
        let outcome = fleet.perform(&step.deed).await;
        // A day that is replayed is told.
        if let Some(what) = outcome.filter(|_| std::env::var_os("LINECREW_SEED").is_some()) {
            println!("{deeds:>4} {what}");
        }
        deeds += 1;
        if fleet.phones.iter().map(|phone| phone.journal.len()).sum::<usize>() >= EDITS {
            break;
        }
    }
    let tally = fleet.must_settle().await;
    println!("seed {seed}: {deeds} deeds, {tally:?}");
    assert_eq!(tally.accepted + tally.quarantined, tally.edits);
    usize::try_from(tally.edits).expect("a day's edits")
}
