//! An item is reassigned while a phone of the first crew is offline with it (conflict rows 2 and 3).

use linecrew_protocol::{
    model::work::{AttentionKind, attention::KEEP_WORKER},
    wire::LeaveReason,
};
use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    seed::Seed,
};

use crate::{detail, on_server};

#[tokio::test(flavor = "multi_thread")]
async fn a_reassignment_stands_against_travel_that_it_did_not_see() {
    let mut fleet = Fleet::assemble(Seed(3), FleetOptions::small(2, 1)).await;
    let item = fleet.dispatch(0).await;
    fleet.phones[0].go_offline();
    fleet.phones[0].accept(item).unwrap();
    let departed = fleet.phones[0].depart(item).unwrap();

    let before = linecrew_server::clock::Clock::now(&*fleet.world);
    fleet.office.reassign(item, fleet.crew(1), "距离更近").await.unwrap();
    fleet.phones[1].receives(item).await;
    fleet.phones[0].come_back();
    fleet.phones[0].loses(item).await;
    fleet.must_settle().await;

    let told = fleet.phones[0].withdrawal(item).expect("the first crew is told");
    assert_eq!(told.reason, LeaveReason::Reassigned);
    assert_eq!(told.by.as_deref(), Some(fleet.organisation.dispatcher.name.as_str()), "by whom");
    assert_eq!(told.to.as_deref(), Some(fleet.organisation.crews[1].record.name.as_str()), "to whom");
    assert!(told.at >= before, "when");
    assert!(fleet.phones[0].row(item).is_none() && fleet.phones[0].pending() == 0, "it left after its edits were safe");

    let row = detail(&fleet, item).await.view.row;
    assert_eq!((row.crew, row.state.as_str()), (Some(fleet.crew(1)), "assigned"));
    assert!(row.attention.is_empty(), "nobody has to decide anything");
    assert!(on_server(&fleet, item, departed.event).await.expect("the edit is kept").superseded);
}

#[tokio::test(flavor = "multi_thread")]
async fn work_on_site_stands_against_a_reassignment_that_did_not_see_it() {
    let mut fleet = Fleet::assemble(Seed(4), FleetOptions::small(2, 1)).await;
    let item = fleet.dispatch(0).await;
    fleet.phones[0].go_offline();
    fleet.phones[0].accept(item).unwrap();
    fleet.phones[0].depart(item).unwrap();
    fleet.phones[0].arrive(item).unwrap();

    fleet.office.reassign(item, fleet.crew(1), "联系不上").await.unwrap();
    fleet.phones[1].receives(item).await;
    fleet.phones[0].come_back();
    fleet.phones[1].loses(item).await;
    fleet.must_settle().await;

    assert!(fleet.phones[0].holds(item), "the crew on site keeps it");
    let told = fleet.phones[1].withdrawal(item).expect("the second crew is told");
    assert_eq!(told.reason, LeaveReason::WorkStandsElsewhere);
    assert_eq!(told.to.as_deref(), Some(fleet.organisation.crews[0].record.name.as_str()));

    let row = detail(&fleet, item).await.view.row;
    assert_eq!((row.crew, row.state.as_str()), (Some(fleet.crew(0)), "arrived"));
    let question = row.attention.first().expect("the board asks");
    assert_eq!((question.rule, question.kind), (3, AttentionKind::ReassignedWhileWorking));

    fleet.office.resolve(item, &question.id, KEEP_WORKER).await.unwrap();
    fleet.phones[0].until("seeing the decision", |phone| phone.row(item).is_some_and(|row| row.row.attention.is_empty())).await;
    fleet.phones[0].start_work(item).unwrap();
    fleet.phones[0].complete(item, "熔丝熔断", "更换熔丝").unwrap();
    fleet.must_settle().await;
    assert_eq!(detail(&fleet, item).await.view.row.state, "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_waits_beside_work_that_it_did_not_see() {
    let mut fleet = Fleet::assemble(Seed(5), FleetOptions::small(1, 1)).await;
    let item = fleet.dispatch(0).await;
    fleet.phones[0].go_offline();
    fleet.phones[0].accept(item).unwrap();
    fleet.phones[0].arrive(item).unwrap();
    fleet.phones[0].start_work(item).unwrap();
    fleet.phones[0].complete(item, "接线端子烧毁", "重新压接端子").unwrap();
    fleet.office.cancel(item, "用户来电：已恢复供电").await.unwrap();
    fleet.must_settle().await;

    let row = detail(&fleet, item).await.view.row;
    assert_eq!((row.state.as_str(), row.attention.len()), ("completed", 1));
    assert_eq!(row.attention[0].kind, AttentionKind::CancelledWhileWorking);
    assert!(fleet.phones[0].holds(item), "it is the crew's until somebody decides");
}
