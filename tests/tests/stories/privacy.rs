//! A customer's telephone number is on the phones of those who need it, from dispatch to close.

use linecrew_protocol::model::person::Role;
use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    key,
    phone::Phone,
    seed::Seed,
};
use rusqlite::OpenFlags;

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_number_comes_with_the_work_and_goes_with_it() {
    let mut fleet = Fleet::assemble(Seed(31), FleetOptions::small(1, 2)).await;
    let item = fleet.dispatch(0).await;
    let says = |phone: &Phone| phone.row(item).is_some_and(|row| row.row.customer.phone.is_some());
    for phone in &fleet.phones {
        phone.until("knowing the customer's number", says).await;
        let seen = phone.view(item).expect("the item is here");
        assert!(seen.row.customer.phone.is_some_and(|number| number.starts_with("0591-")));
    }

    // One of them does repairs no longer. The item stays with the crew, the number goes.
    let person = fleet.phones[0].person.id;
    let mut organisation = fleet.organisation.clone();
    organisation.crews[0].people.iter_mut().filter(|known| known.id == person).for_each(|known| known.roles = vec![Role::Surveyor]);
    fleet.server.reorganise(&organisation).await;
    fleet.phones[0].person.roles = vec![Role::Surveyor];
    fleet.phones[0].nudge();
    fleet.phones[0].until("no longer knowing it", |phone| phone.holds(item) && !says(phone)).await;
    assert!(says(&fleet.phones[1]), "the mate still needs it");
    assert_eq!(contacts(&fleet.phones[0]), 0, "it is gone from the disk's tables, not only from the screen");

    fleet.office.cancel(item, "误报").await.unwrap();
    fleet.phones[1].loses(item).await;
    fleet.phones[1].nudge();
    fleet.phones[1].until("holding no number", |phone| contacts(phone) == 0).await;
    fleet.must_settle().await;
}

/// Contacts in the phone's store.
fn contacts(phone: &Phone) -> i64 {
    let store = key::opened(&phone.store(), OpenFlags::default());
    store.query_row("SELECT count(*) FROM contact", [], |row| row.get(0)).unwrap()
}
