//! Two phones of a crew are offline on the same item (conflict row 1).

use std::time::Duration;

use linecrew_protocol::model::work::AttentionKind;
use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    seed::Seed,
};

use crate::detail;

#[tokio::test(flavor = "multi_thread")]
async fn who_surely_accepted_first_leads_and_nothing_of_the_other_is_lost() {
    let mut fleet = Fleet::assemble(Seed(1), FleetOptions::small(1, 2)).await;
    let item = fleet.dispatch(0).await;
    fleet.phones.iter().for_each(linecrew_tests::phone::Phone::go_offline);

    let first = fleet.phones[0].person.id;
    fleet.phones[0].accept(item).unwrap();
    fleet.phones[0].depart(item).unwrap();
    fleet.world.pass(Duration::from_secs(600));
    fleet.phones[1].accept(item).unwrap();
    fleet.phones[1].note(item, "钥匙在门卫").unwrap();
    fleet.phones[1].use_material(item, "熔丝 10A", 3.0, "只").unwrap();
    fleet.phones[0].note(item, "梯子不够长").unwrap();

    let tally = fleet.must_settle().await;
    assert_eq!((tally.edits, tally.accepted), (6, 6));
    let seen = detail(&fleet, item).await;
    assert_eq!((seen.view.row.lead, seen.view.row.state.as_str()), (Some(first), "departed"));
    assert!(seen.view.row.attention.is_empty());
    assert!(seen.view.notes.contains("钥匙在门卫") && seen.view.notes.contains("梯子不够长"), "{}", seen.view.notes);
    assert_eq!(seen.view.materials.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_nobody_can_prove_to_be_first_people_decide() {
    let mut fleet = Fleet::assemble(Seed(2), FleetOptions::small(1, 2)).await;
    let item = fleet.dispatch(0).await;
    fleet.phones.iter().for_each(linecrew_tests::phone::Phone::go_offline);

    fleet.phones[0].accept(item).unwrap();
    fleet.world.pass(Duration::from_secs(600));
    // After a reboot nothing proves how late it was.
    fleet.phones[0].reboot().await;
    fleet.phones[1].reboot().await;
    fleet.phones[1].accept(item).unwrap();
    fleet.must_settle().await;

    let row = detail(&fleet, item).await.view.row;
    let question = row.attention.first().expect("the dispatcher is asked").clone();
    assert_eq!((question.kind, row.lead), (AttentionKind::AcceptedTwice, None));
    for phone in &fleet.phones {
        assert_eq!(phone.row(item).unwrap().row.attention.first(), Some(&question), "both people see the question");
    }

    let second = fleet.phones[1].person.id;
    fleet.office.resolve(item, &question.id, &second.to_string()).await.unwrap();
    fleet.must_settle().await;
    for phone in &fleet.phones {
        let row = phone.row(item).unwrap().row;
        assert_eq!((row.lead, row.attention.len()), (Some(second), 0));
    }
}
