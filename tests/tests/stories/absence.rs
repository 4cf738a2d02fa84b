//! A phone is away for days and works all the time.

use std::time::Duration;

use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    seed::Seed,
};

use crate::detail;

#[tokio::test(flavor = "multi_thread")]
async fn three_days_and_two_hundred_edits_come_back_whole() {
    let mut fleet = Fleet::assemble(Seed(9), FleetOptions::small(1, 2)).await;
    let mut items = Vec::new();
    for _ in 0..10 {
        items.push(fleet.dispatch(0).await);
    }
    fleet.phones[0].go_offline();
    for (at, item) in items.iter().enumerate() {
        let phone = &mut fleet.phones[0];
        phone.accept(*item).unwrap();
        phone.depart(*item).unwrap();
        phone.arrive(*item).unwrap();
        // Seven steps of the safety gate, and the start.
        phone.start_work(*item).unwrap();
        for line in 0..8 {
            phone.note(*item, &format!("第{at}处，第{line}条")).unwrap();
        }
        phone.complete(*item, "树枝碰线", "清理树障，恢复送电").unwrap();
        fleet.world.pass(Duration::from_secs(7 * 3_600));
        if at % 3 == 0 {
            fleet.phones[0].restart().await;
        }
    }
    // Meanwhile the mate writes on the same items, and the office withdraws one.
    for item in &items {
        fleet.phones[1].note(*item, "用户又来电询问").unwrap();
    }
    fleet.phones[1].is_answered().await;
    fleet.office.cancel(items[0], "误报").await.unwrap();
    assert_eq!(fleet.phones[0].pending(), 200);

    let tally = fleet.must_settle().await;
    assert_eq!((tally.documents, tally.edits, tally.accepted), (10, 210, 210));
    for item in &items {
        let seen = detail(&fleet, *item).await.view;
        assert_eq!(seen.row.state, "completed");
        assert_eq!(seen.notes.lines().count(), 9, "{}", seen.notes);
    }
    assert_eq!(detail(&fleet, items[0]).await.view.row.attention.len(), 1, "the withdrawal is asked about");
}
