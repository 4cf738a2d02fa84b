//! Kills at random moments, while several phones write and send.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use linecrew_client::{Client, EditStatus, SavedEdit};
use linecrew_tests::{
    crash::Script,
    fleet::{Fleet, FleetOptions},
    seed::Seed,
    server::{Place, program},
};
use rand::Rng;
use tokio::{task::JoinHandle, time::sleep};

use crate::ledger::Ledger;

/// Kills for each seed.
const KILLS: usize = 50;
/// The longest life of the server under load; the shortest is nothing at all.
const LONGEST: Duration = Duration::from_millis(250);
/// One edit of each phone in this time: items grow, and so does the cost of every edit.
const PACE: Duration = Duration::from_millis(25);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_under_load_lose_nothing_that_was_acknowledged() {
    for seed in Seed::chosen(1, 10) {
        let options = FleetOptions { place: Place::Child(program()), ..FleetOptions::small(2, 2) };
        let mut fleet = Fleet::assemble(seed, options).await;
        for number in 0..16 {
            fleet.dispatch(number % 2).await;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let people: Vec<_> =
            fleet.phones.iter().map(|phone| work(phone.client().clone(), seed.child(&phone.person.username), &stop)).collect();
        let mut random = seed.random("kills");
        let mut promised = 0;
        for _ in 0..KILLS {
            // The moment of a kill is what this test is about: no condition to wait for.
            sleep(random.random_range(Duration::ZERO..LONGEST)).await;
            fleet.server.kill().await;
            let acknowledged = acknowledged(&fleet);
            promised = acknowledged.iter().map(BTreeSet::len).sum();
            fleet.server.start().await;
            check(&fleet, &acknowledged);
            fleet.phones.iter().for_each(linecrew_tests::phone::Phone::nudge);
        }
        stop.store(true, Ordering::SeqCst);
        for (phone, person) in fleet.phones.iter_mut().zip(people) {
            for saved in person.await.expect("a person at work") {
                phone.journal.keep(saved);
            }
        }
        let tally = fleet.must_settle().await;
        Ledger::open(fleet.server.data()).check_each_once();
        println!("seed {seed}: {KILLS} kills, {} edits, {promised} of them acknowledged before the last kill", tally.edits);
        assert!(promised > KILLS, "the server was hardly ever reached");
    }
}

/// A person who works until told to stop; answers what was confirmed.
fn work(client: Client, seed: Seed, stop: &Arc<AtomicBool>) -> JoinHandle<Vec<SavedEdit>> {
    let stop = Arc::clone(stop);
    tokio::task::spawn_blocking(move || {
        let mut script = Script::new(seed);
        let mut saved = Vec::new();
        while !stop.load(Ordering::SeqCst) {
            saved.extend(script.act(&client).expect("the phone's store works"));
            std::thread::sleep(PACE);
        }
        saved
    })
}

/// What each phone shows as safe, while no server runs.
fn acknowledged(fleet: &Fleet) -> Vec<BTreeSet<u64>> {
    let safe = |phone: &linecrew_tests::phone::Phone| {
        let edits = phone.edits().into_iter().filter(|edit| matches!(edit.status, EditStatus::Safe { .. }));
        edits.map(|edit| edit.device_seq).collect()
    };
    fleet.phones.iter().map(safe).collect()
}

fn check(fleet: &Fleet, acknowledged: &[BTreeSet<u64>]) {
    let ledger = Ledger::open(fleet.server.data());
    for (phone, acknowledged) in fleet.phones.iter().zip(acknowledged) {
        let stored = ledger.accepted(phone.installation());
        let lost: Vec<_> = acknowledged.difference(&stored).collect();
        assert!(lost.is_empty(), "seed {}: acknowledged to {} and lost: {lost:?}", fleet.seed, phone.person.name);
    }
}
