//! Dropping the driver anywhere: no round of it may cost an edit or leave the phone where it cannot go on.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::atomic::Ordering,
    task::Poll,
    time::Duration,
};

use linecrew_client::{EditStatus, EditsFilter, driver::DriverOptions};
use linecrew_sqlite::Execution;
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::{
    office::{CREW, Office},
    phone::Phone,
    switchboard::{Line, Switchboard, agree},
};

const ROUNDS: u64 = 200;

/// Polls `work` at most `polls` times, then drops it.
async fn dropped_after<T>(polls: u32, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            // Whatever it waits for: look again at once, so that the drop does not depend on time.
            Poll::Pending => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_driver_dropped_anywhere_loses_nothing() {
    let seed = std::env::var("LINECREW_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_123);
    println!("LINECREW_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut office = Office::new();
    let items: Vec<_> = (0..4).map(|_| office.dispatch(CREW)).collect();
    let (board, phone) = (Switchboard::new(office), Phone::new(1));
    assert!(board.driver(&phone).sync_once(Duration::from_secs(20)).await.is_complete());
    let (mut saved, mut finished) = (Vec::new(), 0);
    for round in 0..ROUNDS {
        for _ in 0..random.random_range(0..4) {
            let item = items[random.random_range(0..items.len())];
            saved.push(phone.client.note(item, format!("round {round}")).unwrap().event);
        }
        board.yields.store(random.random_range(0..4), Ordering::Relaxed);
        let lines = [Line::Good, Line::Good, Line::Good, Line::LosesAnswers, Line::LosesAPage, Line::CutsAt(random.random_range(0..90))];
        board.set(lines[random.random_range(0..lines.len())]);
        let execution = if random.random_bool(0.5) { Execution::Inline } else { Execution::Thread };
        let driver = board.driver_with(&phone, DriverOptions { execution, ..DriverOptions::new(round) });
        let polls = random.random_range(0..60);
        if random.random_bool(0.5) {
            finished += u32::from(dropped_after(polls, driver.sync_once(Duration::from_secs(20))).await.is_some());
        } else {
            dropped_after(polls, driver.run(std::future::pending())).await;
        }
    }
    board.set(Line::Good);
    let report = board.driver(&phone).sync_once(Duration::from_secs(20)).await;
    assert!(report.is_complete() && report.equal == Some(true), "{report:?}");
    assert!(agree(&board, &phone));
    let edits = phone.client.edits(EditsFilter::default()).unwrap();
    let safe = edits.iter().filter(|edit| matches!(edit.status, EditStatus::Safe { .. })).map(|edit| edit.event);
    assert_eq!(safe.collect::<Vec<_>>(), saved, "every edit once, in order, and safe");
    assert!((1..150).contains(&finished), "{finished} rounds ran to their end: the drops hit nothing, or everything");
}
