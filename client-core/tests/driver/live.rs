//! Syncing over the socket.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use linecrew_client::driver::{DriverOptions, LinkState, SyncDriver, SyncStop};
use linecrew_protocol::{ids::DocumentId, model::work::WorkEvent};
use linecrew_sqlite::Execution;

use crate::{
    office::{CREW, Office, person},
    phone::{Phone, sign_in_of},
    switchboard::{Line, Switchboard, agree, eventually},
};

struct Live {
    board: Arc<Switchboard>,
    phone: Phone,
    items: Vec<DocumentId>,
    driver: Arc<SyncDriver>,
    running: tokio::task::JoinHandle<()>,
}

impl Live {
    fn begin(options: DriverOptions, line: Line) -> Self {
        let mut office = Office::new();
        let items = (0..3).map(|_| office.dispatch(CREW)).collect();
        let (board, phone) = (Switchboard::new(office), Phone::new(1));
        board.set(line);
        let driver = Arc::new(board.driver_with(&phone, options));
        let running = tokio::spawn({
            let driver = Arc::clone(&driver);
            async move { driver.run(std::future::pending()).await }
        });
        Self { board, phone, items, driver, running }
    }

    fn link(&self) -> LinkState {
        self.driver.link().borrow().clone()
    }

    async fn agrees(&self, what: &str) {
        eventually(what, || self.link().is_live() && agree(&self.board, &self.phone)).await;
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.running.abort();
    }
}

fn quick() -> DriverOptions {
    DriverOptions { answer_within: Duration::from_millis(100), execution: Execution::Inline, ..DriverOptions::new(5) }
}

#[tokio::test]
async fn edits_go_out_and_decisions_come_in_as_they_are_made() {
    let live = Live::begin(quick(), Line::Good);
    live.agrees("the first items arrive").await;
    assert_eq!(live.phone.rows().len(), 3);
    live.phone.client.accept(live.items[0]).unwrap();
    live.agrees("the edit is safe").await;
    live.board.office().decide(live.items[1], WorkEvent::Cancelled { reason: "twice".to_owned() });
    live.board.wake();
    live.agrees("the decision is here").await;
    assert_eq!(live.phone.rows().len(), 2);
    for _ in 0..50 {
        live.phone.client.note(live.items[0], "a busy minute").unwrap();
    }
    live.agrees("fifty notes are safe").await;
    assert_eq!(live.board.requests.load(Ordering::Relaxed), 1, "all of it over one connection");
}

#[tokio::test]
async fn works_on_threads_as_well() {
    let live = Live::begin(DriverOptions { execution: Execution::Thread, ..quick() }, Line::Good);
    live.agrees("the first items arrive").await;
    live.phone.client.accept(live.items[0]).unwrap();
    live.agrees("the edit is safe").await;
}

#[tokio::test]
async fn a_page_that_vanished_is_repaired_within_the_session() {
    let live = Live::begin(quick(), Line::LosesAPage);
    live.agrees("the inventories were exchanged").await;
    assert_eq!(live.board.requests.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn after_an_outage_it_comes_back_by_itself_and_a_nudge_hurries_it() {
    let live = Live::begin(quick(), Line::Good);
    live.agrees("the first items arrive").await;
    live.board.set(Line::Down);
    eventually("the outage is noticed", || matches!(live.link(), LinkState::Offline { next_try: Some(_), .. })).await;
    let LinkState::Offline { since, .. } = live.link() else { panic!("offline") };
    live.phone.client.accept(live.items[0]).unwrap();
    // Several attempts fail; the outage is still the same one.
    let before = live.board.requests.load(Ordering::Relaxed);
    eventually("more attempts", || {
        live.driver.nudge();
        live.board.requests.load(Ordering::Relaxed) > before + 3
    })
    .await;
    eventually("still offline", || matches!(live.link(), LinkState::Offline { since: still, .. } if still == since)).await;
    live.board.set(Line::Good);
    live.driver.nudge();
    live.agrees("back again").await;
}

#[tokio::test]
async fn silence_is_noticed() {
    let live = Live::begin(quick(), Line::BlackHole);
    let silent = || matches!(live.link(), LinkState::Offline { why: Some(why), .. } if matches!(*why, SyncStop::Silent));
    eventually("silence while opening", silent).await;
    live.board.set(Line::Good);
    live.agrees("live").await;
    live.board.set(Line::BlackHole);
    live.phone.client.accept(live.items[0]).unwrap();
    eventually("silence after an edit", silent).await;
    live.board.set(Line::Good);
    live.agrees("live again, and the edit is safe").await;
}

#[tokio::test]
async fn a_phone_that_brought_its_edits_says_that_nothing_waits_any_more() {
    let live = Live::begin(quick(), Line::Good);
    live.agrees("the first items arrive").await;
    live.board.set(Line::Down);
    eventually("the outage is noticed", || !live.link().is_live()).await;
    live.phone.client.accept(live.items[0]).unwrap();
    live.board.set(Line::Good);
    live.driver.nudge();
    live.agrees("the edit is safe").await;
    eventually("the office hears of it long before the next ping", || live.board.pending.load(Ordering::Relaxed) == 0).await;
}

#[tokio::test]
async fn lost_answers_cost_nothing() {
    let live = Live::begin(quick(), Line::Good);
    live.agrees("the first items arrive").await;
    live.board.set(Line::LosesAnswers);
    live.phone.client.accept(live.items[0]).unwrap();
    eventually("the office has it", || live.board.office().row(live.items[0]).lead == Some(person(1))).await;
    assert_eq!(live.phone.client.status().unwrap().pending(), 1, "no answer, not safe");
    live.board.set(Line::Good);
    live.agrees("acknowledged when it came again").await;
}

#[tokio::test]
async fn a_server_that_asks_for_a_pause_gets_it() {
    let live = Live::begin(quick(), Line::Busy);
    eventually("the goodbye", || matches!(live.link(), LinkState::Offline { next_try: Some(_), .. })).await;
    let LinkState::Offline { since, next_try, .. } = live.link() else { panic!("offline") };
    assert!(next_try.unwrap().since_ms(since) >= 30_000);
    let before = live.board.requests.load(Ordering::Relaxed);
    for _ in 0..20 {
        live.driver.nudge();
        tokio::task::yield_now().await;
    }
    assert_eq!(live.board.requests.load(Ordering::Relaxed), before, "a nudge does not override the server");
}

#[tokio::test]
async fn without_a_good_token_it_waits_for_a_sign_in() {
    let live = Live::begin(quick(), Line::Good);
    live.agrees("the first items arrive").await;
    live.board.registry().only_token("another");
    live.board.set(Line::Down);
    eventually("the outage is noticed", || !live.link().is_live()).await;
    live.phone.client.accept(live.items[0]).unwrap();
    live.board.set(Line::Good);
    live.driver.nudge();
    eventually("the refusal", || matches!(live.link(), LinkState::NeedsSignIn)).await;
    assert_eq!(live.phone.client.status().unwrap().pending(), 1);
    live.phone.client.arrive(live.items[0]).unwrap();
    let mut again = sign_in_of(person(1), CREW);
    again.token = "another".to_owned();
    let _ready = live.phone.client.sign_in(again).unwrap();
    live.agrees("both edits are safe").await;
}

#[tokio::test]
async fn a_shutdown_ends_it() {
    let (board, phone) = (Switchboard::new(Office::new()), Phone::new(1));
    let driver = board.driver_with(&phone, quick());
    let link = driver.link();
    driver.run(async { eventually("live", || link.borrow().is_live()).await }).await;
    assert!(matches!(&*driver.link().borrow(), LinkState::Offline { next_try: None, why: None, .. }));
}
