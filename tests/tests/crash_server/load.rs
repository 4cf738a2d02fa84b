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
    phone::Phone,
    seed::Seed,
    server::{Place, program},
};
use rand::Rng;
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::ledger::Ledger;

/// Kills for each seed.
const KILLS: usize = 50;
/// Items: enough that nobody runs out of work before the last kill.
const ITEMS: usize = 48;
/// How long after it was reached, or started, the server is killed at the latest; the shortest is nothing at all.
const LONGEST: Duration = Duration::from_millis(250);
/// One edit of each phone in this time: items grow, and so does the cost of every edit.
const PACE: Duration = Duration::from_millis(25);
/// A person with so many edits on the way waits: otherwise, on a slow machine, answers take ever longer, until phones give up on them.
const MOST_PENDING: u64 = 16;
/// How long a phone may be without an answer before somebody pulls to refresh, and how often that is done.
const ASKED_AGAIN: (Duration, usize) = (Duration::from_secs(5), 20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_under_load_lose_nothing_that_was_acknowledged() {
    for seed in Seed::chosen(1, 10) {
        let options = FleetOptions { place: Place::Child(program()), ..FleetOptions::small(2, 2) };
        let mut fleet = Fleet::assemble(seed, options).await;
        for number in 0..ITEMS {
            fleet.dispatch(number % 2).await;
        }
        let shift = Shift::default();
        let people: Vec<_> =
            fleet.phones.iter().map(|phone| work(phone.client().clone(), seed.child(&phone.person.username), &shift.over)).collect();
        let mut random = seed.random("kills");
        let mut promised = 0;
        for round in 0..KILLS {
            // In every other life somebody gets an answer first, however slow the machine is; in the others it may die at once.
            if round.is_multiple_of(2) {
                answered_again(&fleet.phones[round / 2 % fleet.phones.len()]).await;
            }
            // The moment of a kill is what this test is about: no condition to wait for.
            sleep(random.random_range(Duration::ZERO..LONGEST)).await;
            fleet.server.kill().await;
            let acknowledged = acknowledged(&fleet);
            promised = acknowledged.iter().map(BTreeSet::len).sum();
            fleet.server.start().await;
            check(&fleet, &acknowledged);
            fleet.phones.iter().for_each(Phone::nudge);
        }
        drop(shift);
        for (phone, person) in fleet.phones.iter_mut().zip(people) {
            for saved in person.await.expect("a person at work") {
                phone.journal.keep(saved);
            }
        }
        let tally = fleet.must_settle().await;
        Ledger::open(fleet.server.data()).check_each_once();
        println!("seed {seed}: {KILLS} kills, {} edits, {promised} of them acknowledged before the last kill", tally.edits);
        assert!(promised >= KILLS / 2, "the server was hardly ever reached");
    }
}

/// Ends when dropped, also by a panic: the runtime of a failed test waits for everybody who still works.
#[derive(Default)]
struct Shift {
    over: Arc<AtomicBool>,
}

impl Drop for Shift {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
    }
}

/// Waits until the phone has an answer more, or nothing to send.
async fn answered_again(phone: &Phone) {
    let before = phone.status().safe;
    let answered = || phone.until("an answer of the server", |phone| phone.status().safe > before || phone.pending() == 0);
    let (patience, times) = ASKED_AGAIN;
    for _ in 0..times {
        if timeout(patience, answered()).await.is_ok() {
            return;
        }
        phone.nudge();
    }
    answered().await;
}

/// A person who works until told to stop; answers what was confirmed.
fn work(client: Client, seed: Seed, over: &Arc<AtomicBool>) -> JoinHandle<Vec<SavedEdit>> {
    let over = Arc::clone(over);
    tokio::task::spawn_blocking(move || {
        let mut script = Script::new(seed);
        let mut saved = Vec::new();
        while !over.load(Ordering::SeqCst) {
            if client.status().expect("the phone's store works").pending() < MOST_PENDING {
                saved.extend(script.act(&client).expect("the phone's store works"));
            }
            std::thread::sleep(PACE);
        }
        saved
    })
}

/// What each phone shows as safe, while no server runs.
fn acknowledged(fleet: &Fleet) -> Vec<BTreeSet<u64>> {
    let safe = |phone: &Phone| {
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
