//! The server comes back with another store than the one that phones know.

use linecrew_client::{EditStatus, InboxBody};
use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    phone::Phone,
    seed::Seed,
};

use crate::detail;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_restored_backup_lacks_is_sent_again() {
    let mut fleet = Fleet::assemble(Seed(12), FleetOptions::small(1, 2)).await;
    let item = fleet.dispatch(0).await;
    fleet.phones[0].accept(item).unwrap();
    fleet.must_settle().await;
    fleet.server.stop().await;
    let backup = fleet.server.back_up();
    fleet.server.start().await;

    fleet.phones[0].depart(item).unwrap();
    fleet.phones[0].arrive(item).unwrap();
    fleet.phones[1].note(item, "备用钥匙在二楼").unwrap();
    fleet.must_settle().await;
    assert_eq!(detail(&fleet, item).await.view.row.state, "arrived");

    fleet.server.stop().await;
    fleet.phones[1].note(item, "服务器停机时写的").unwrap();
    fleet.server.restore(backup);
    // Who wrote first returns first. In the other order the mate's notes refer to edits that the server lacks, and are refused.
    fleet.phones.iter().for_each(Phone::go_offline);
    fleet.server.start().await;
    fleet.phones[0].come_back();
    let departed_again = |phone: &Phone| phone.edits().iter().all(|edit| matches!(edit.status, EditStatus::Safe { .. }));
    while detail(&fleet, item).await.view.row.state != "arrived" {
        fleet.phones[0].nudge();
        fleet.phones[0].until("having sent everything again", departed_again).await;
    }
    let tally = fleet.must_settle().await;
    assert_eq!((tally.edits, tally.accepted), (5, 5));
    let seen = detail(&fleet, item).await.view;
    assert_eq!((seen.row.state.as_str(), seen.notes.lines().count()), ("arrived", 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_store_gets_every_edit_offered_again_and_no_one_loses_a_word() {
    let mut fleet = Fleet::assemble(Seed(13), FleetOptions::small(1, 1)).await;
    let item = fleet.dispatch(0).await;
    fleet.phones[0].accept(item).unwrap();
    fleet.phones[0].note(item, "用户姓陈，三楼").unwrap();
    fleet.must_settle().await;
    fleet.phones[0].go_offline();
    fleet.phones[0].depart(item).unwrap();

    fleet.server.stop().await;
    fleet.server.lose_everything().await;
    fleet.server.start().await;
    fleet.phones[0].come_back();
    // Another store has another key and knows nobody: the old tokens are worth nothing there.
    let office = fleet.office.clone();
    fleet.phones[0].enrol(&office).await.unwrap();
    fleet.phones[0].is_answered().await;

    let phone = &fleet.phones[0];
    assert!(phone.edits().iter().all(|edit| matches!(edit.status, EditStatus::NeedsAttention { .. })), "{:?}", phone.edits());
    let refused = phone.inbox().into_iter().filter(|entry| matches!(entry.body, InboxBody::Refused { .. })).count();
    assert_eq!(refused, 3, "also those that the lost store had accepted: {:?}", phone.inbox());
    phone.until("letting go of the item", |phone| phone.items().is_empty()).await;
}
