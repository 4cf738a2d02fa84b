//! A lost phone is a normal day: what was done on it reaches the office, it is wiped, and people decide.

use std::time::Duration;

use linecrew_protocol::model::work::Phase;
use linecrew_server::store::refused::Fate;
use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    seed::Seed,
};
use tokio::time::{sleep, timeout};

use crate::detail;

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_phone_hands_in_is_wiped_and_its_work_counts_when_the_office_says_so() {
    let mut fleet = Fleet::assemble(Seed(47), FleetOptions::small(1, 2)).await;
    let item = fleet.dispatch(0).await;
    fleet.phones[0].go_offline();
    let phone = &mut fleet.phones[0];
    phone.accept(item).unwrap();
    phone.depart(item).unwrap();
    let (installation, person) = (phone.installation(), phone.person.id);
    let revoked = fleet.office.revoke(installation, "巡线途中丢失").await.unwrap();
    assert!(revoked.revoked_at.is_some());

    fleet.phones[0].come_back();
    let store = fleet.phones[0].store();
    let wiped = async {
        while store.exists() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, wiped).await.expect("the phone wipes itself");
    let known = fleet.office.phones().await.unwrap().into_iter().find(|phone| phone.installation == installation).unwrap();
    assert_eq!((known.pending_edits, known.revoked_at), (0, revoked.revoked_at), "the office knows that nothing waits on it");
    assert_eq!(detail(&fleet, item).await.view.row.phase, Phase::Assigned, "nothing of it counts by itself");

    let batches = fleet.office.refused().await.unwrap();
    let [batch] = &batches[..] else { panic!("one decision for the batch: {batches:?}") };
    let decided = fleet.office.admit(batch.id).await.unwrap();
    assert!(decided.edits.iter().all(|edit| edit.fate == Fate::Accepted), "{decided:?}");
    let seen = detail(&fleet, item).await.view;
    let his = seen.history.iter().filter(|event| event.by.id == person).count();
    assert_eq!(his, 2, "{:?}", seen.history);
    assert_eq!(seen.row.state, "departed");
    // The mate sees it, too.
    fleet.phones[1].until("seeing what the lost phone did", |mate| mate.row(item).is_some_and(|row| row.row.state == "departed")).await;
}
