//! The server has stored an edit, and its answer is lost on the way.

use std::time::Duration;

use linecrew_client::EditStatus;
use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    link::{LinkState, Way},
    seed::Seed,
};
use tokio::time::{sleep, timeout};

use crate::{detail, on_server};

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_whose_answer_was_lost_is_repeated_stored_once_and_answered_the_same() {
    let mut fleet = Fleet::assemble(Seed(6), FleetOptions::small(1, 1)).await;
    let item = fleet.dispatch(0).await;
    fleet.phones[0].rest().await;
    let saved = [fleet.phones[0].accept(item), fleet.phones[0].depart(item), fleet.phones[0].note(item, "带绝缘梯")].map(Result::unwrap);

    fleet.phones[0].link.cut_after(Way::Down, 0);
    let report = fleet.phones[0].sync().await;
    assert!(report.stopped.is_some() && fleet.phones[0].pending() == 3, "no answer came: {report:?}");
    let stored = detail(&fleet, item).await;
    assert_eq!(stored.view.notes.trim(), "带绝缘梯", "the server has the batch");

    fleet.world.pass(Duration::from_secs(60));
    fleet.phones[0].link.up().unwrap();
    let report = fleet.phones[0].sync().await;
    assert!(report.is_complete() && report.pushed == 3, "the batch is repeated: {report:?}");
    assert_eq!(detail(&fleet, item).await, stored, "and changed nothing");
    for edit in fleet.phones[0].edits() {
        let event = on_server(&fleet, item, edit.event).await.expect("the server has it");
        let answered = EditStatus::Safe { received_at: event.received_at.expect("the server says when") };
        assert_eq!(edit.status, answered, "the answer is that of the first time");
    }
    assert_eq!(saved.len(), 3);
    fleet.must_settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_over_the_live_connection() {
    let mut fleet = Fleet::assemble(Seed(7), FleetOptions::small(1, 1)).await;
    let item = fleet.dispatch(0).await;
    everything_is_quiet(&fleet).await;

    fleet.phones[0].link.cut_after(Way::Down, 0);
    let saved = fleet.phones[0].accept(item).unwrap();
    timeout(Duration::from_secs(10), fleet.phones[0].link.becomes(LinkState::Down)).await.expect("the answer is cut off");
    let stored = on_server(&fleet, item, saved.event).await.expect("the server has the edit");
    assert_eq!(fleet.phones[0].pending(), 1, "the phone does not know it");

    fleet.phones[0].come_back();
    fleet.phones[0].is_answered().await;
    let received_at = stored.received_at.expect("the server says when");
    assert_eq!(fleet.phones[0].edits()[0].status, EditStatus::Safe { received_at });
    fleet.must_settle().await;
}

/// The server knows that the phone has stored everything: nothing is on its way down.
async fn everything_is_quiet(fleet: &Fleet) {
    let quiet = async {
        while fleet.office.phones().await.expect("the office lists phones").iter().any(|phone| phone.behind_entries > 0) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), quiet).await.expect("the phone says what it has stored");
}
