//! The comparison at the end of a day finds what it is there to find: each test damages one thing behind everybody's back.

use linecrew_client::SavedEdit;
use linecrew_protocol::{ids::EventId, model::work::Phase, time::Timestamp};
use linecrew_tests::{
    check::{self, Difference},
    fleet::{Fleet, FleetOptions},
    key,
    phone::Phone,
    seed::Seed,
};
use rusqlite::OpenFlags;

/// A settled fleet of one crew and two phones, with one item and an edit.
async fn settled() -> Fleet {
    let mut fleet = Fleet::assemble(Seed(1), FleetOptions::small(1, 2)).await;
    let item = fleet.dispatch(0).await;
    fleet.phones[0].accept(item).unwrap();
    fleet.must_settle().await;
    for phone in &mut fleet.phones {
        phone.rest().await;
    }
    fleet
}

async fn found(fleet: &Fleet) -> Vec<Difference> {
    let findings = check::everything(fleet).await;
    findings.differences.iter().for_each(|difference| println!("{difference}"));
    findings.differences
}

fn tamper(phone: &Phone, sql: &str) {
    let store = key::opened(&phone.store(), OpenFlags::default());
    assert_eq!(store.execute(sql, []).unwrap(), 1, "{sql}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settled_fleet_has_no_differences() {
    assert_eq!(found(&settled().await).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_shows_something_else() {
    let fleet = settled().await;
    tamper(&fleet.phones[1], r#"UPDATE item SET row = replace(row, '"state":"accepted"', '"state":"departed"')"#);
    let differences = found(&fleet).await;
    let [Difference::Row { fields, .. }] = &differences[..] else { panic!("{differences:?}") };
    assert_eq!(*fields, ["state is \"departed\" here and \"accepted\" on the server"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_that_differs() {
    let fleet = settled().await;
    tamper(&fleet.phones[1], "UPDATE feed SET digest = zeroblob(16) WHERE feed LIKE 'crew/%'");
    let differences = found(&fleet).await;
    assert!(matches!(&differences[..], [Difference::Feed { .. }]), "{differences:?}");
    assert!(!check::everything(&fleet).await.replicas_equal());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_missing() {
    let fleet = settled().await;
    tamper(&fleet.phones[1], "DELETE FROM item");
    let differences = found(&fleet).await;
    assert!(matches!(&differences[..], [Difference::Lacking { .. }]), "{differences:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_the_phone_has_not_stored() {
    let fleet = settled().await;
    tamper(&fleet.phones[1], "UPDATE feed SET cursor = cursor - 1 WHERE feed LIKE 'crew/%'");
    let differences = found(&fleet).await;
    assert!(matches!(&differences[..], [Difference::NotCaughtUp { .. }]), "{differences:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_is_nowhere() {
    let mut fleet = settled().await;
    let document = fleet.phones[0].items()[0].row.id;
    let (event, saved_at) = (EventId::from_bytes([7; 16]), Timestamp::from_unix_millis(0));
    let promise = SavedEdit {
        device_seq: 2,
        document,
        event,
        kind: "noted".to_owned(),
        saved_at,
        state: Some("accepted".to_owned()),
        phase: Some(Phase::Accepted),
    };
    fleet.phones[0].journal.keep(promise);
    let findings = check::everything(&fleet).await;
    assert!(matches!(&findings.differences[..], [Difference::Lost { .. }]), "{findings:?}");
    assert!(findings.replicas_equal() && !findings.is_well());
    assert_eq!((findings.tally.edits, findings.tally.accepted), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_nobody_is_told_about() {
    let mut fleet = Fleet::assemble(Seed(2), FleetOptions::small(2, 1)).await;
    let item = fleet.dispatch(0).await;
    fleet.phones[0].go_offline();
    fleet.phones[0].accept(item).unwrap();
    fleet.transfer(fleet.phones[0].person.id, fleet.crew(1)).await;
    assert_eq!(fleet.must_settle().await.quarantined, 1);
    fleet.phones[0].rest().await;
    tamper(&fleet.phones[0], "DELETE FROM inbox WHERE kind = 'refused'");
    let differences = found(&fleet).await;
    assert!(matches!(&differences[..], [Difference::NotTold { .. }]), "{differences:?}");
}
