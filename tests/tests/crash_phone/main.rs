//! A phone's process is killed with SIGKILL at random moments of its day, and opened again: nothing that a command returned is missing.
//!
//! A day is a server, an office, a crew mate with a phone of their own, and one phone whose process (`linecrew-crash-phone`) is killed in
//! every round: while it opens its store, writes, sends, or stores what the server answered. After each round the store is opened and
//! compared with everything that any of its processes ever printed; at the end of the day the phone syncs, and every edit has to be on the
//! server, in its item or in quarantine.
//!
//! A seed decides the commands, the kind of contact and the moment of the kill, by count of lines or by time; the latter, and everything
//! that the network does, depends on the machine too. `LINECREW_SEED=7` repeats one day.

mod check;
mod day;
mod mate;
mod round;

use std::time::Instant;

use linecrew_tests::seed::Seed;

use day::Day;

/// Days, each with its own store, server and seed.
const DAYS: u64 = 20;
const DEEP_DAYS: u64 = 100;
/// Kills in a day: with 20 days, 1,000.
const ROUNDS: u64 = 50;
/// Rounds after which SQLite looks at every page.
const THOROUGH: u64 = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_a_command_returned_is_missing_after_a_kill() {
    let began = Instant::now();
    let (mut kills, mut edits) = (0, 0);
    for seed in Seed::chosen(DAYS, DEEP_DAYS) {
        let mut day = Day::begin(seed).await;
        for round in 1..=ROUNDS {
            day.round().await;
            kills += 1;
            day.check(round % THOROUGH == 0);
        }
        edits += day.end().await;
        println!("seed {seed}: {kills} kills, {edits} edits, all of them kept; {:.1} s", began.elapsed().as_secs_f64());
    }
    assert!(edits > kills, "the phones hardly worked: {edits} edits in {kills} rounds");
}
