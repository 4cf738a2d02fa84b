//! Privacy: who holds a customer's telephone number and arrears, and for how long.

use linecrew_protocol::{
    digest::Digest,
    ids::DocumentId,
    model::{
        contact, kinds,
        person::{Grant, Role},
        work::{WorkCommand, WorkEvent},
    },
    wire::{EntryKind, Feed, LeaveReason},
};
use serde_json::json;

use super::world::{CREW_A, CREW_B, DISTRICT, FEED_A, Phone, World, organisation, person};
use crate::store::{OfficeCommand, Store as _};

const NUMBER: &str = "0591-83351234";

/// Three phones: two of crew A, one of crew B.
async fn phones(world: &World) -> [Phone; 3] {
    [world.phone(2).await, world.phone(3).await, world.phone(4).await]
}

/// Which of the people 2, 3 and 4 hold something in their own feed.
async fn holders(world: &World, phones: &[Phone; 3]) -> [bool; 3] {
    let mut holds = [false; 3];
    for (place, (phone, number)) in phones.iter().zip([2, 3, 4]).enumerate() {
        let opening = world.store.open_session(phone.principal.installation, person(number)).await.unwrap().unwrap();
        let own = opening.feeds.into_iter().find(|head| head.feed == Feed::Person(person(number)));
        holds[place] = own.is_some_and(|head| head.digest != Digest::EMPTY);
    }
    holds
}

async fn office(world: &World, item: DocumentId, event: WorkEvent) {
    world.office(item, OfficeCommand::Other(WorkCommand::Record(event))).await.unwrap();
}

async fn repair(world: &World) -> DocumentId {
    with_number(world, kinds::REPAIR, json!({"fault": {"category": "no_power"}})).await
}

async fn with_number(world: &World, kind: &str, about: serde_json::Value) -> DocumentId {
    let mut order = world.new_order(kind, about);
    order.order.customer.phone = Some(NUMBER.into());
    world.taken(order).await
}

#[tokio::test]
async fn a_telephone_number_is_with_those_who_need_it_from_dispatch_to_close() {
    let world = World::inline().await;
    let phones = phones(&world).await;
    let item = repair(&world).await;
    assert_eq!(holders(&world, &phones).await, [false, false, false], "nobody has it before it is dispatched");
    world.assign(item, CREW_A).await;
    assert_eq!(holders(&world, &phones).await, [true, true, false]);
    world.office(item, OfficeCommand::Assign { crew: CREW_B, reason: Some("距离更近".into()) }).await.unwrap();
    assert_eq!(holders(&world, &phones).await, [false, false, true], "it goes with the item");
    office(&world, item, WorkEvent::Cancelled { reason: "误报".into() }).await;
    assert_eq!(holders(&world, &phones).await, [false, false, false], "it goes with the close");
    assert_eq!(world.row(item).await.row.customer.phone.as_deref(), Some(NUMBER), "the office still sees it");
    assert_eq!(world.detail(item).await.view.row.customer.phone.as_deref(), Some(NUMBER));
}

#[tokio::test]
async fn the_item_that_the_whole_crew_holds_does_not_say_it() {
    let world = World::inline().await;
    let mut phone = world.phone(2).await;
    let item = repair(&world).await;
    world.assign(item, CREW_A).await;
    world.pull(&mut phone, FEED_A).await;
    let page = world.store.page(phone.principal.installation, FEED_A, 0, None).await.unwrap();
    let bytes: Vec<u8> = page.entries.iter().flat_map(|entry| &entry.changes).flat_map(|record| record.change.to_vec()).collect();
    let says = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(says("陈秀英".as_bytes()), "the customer's name is part of the item");
    assert!(!says(NUMBER.as_bytes()), "the number is not");
}

#[tokio::test]
async fn only_the_roles_of_the_kind_hold_it_and_a_changed_role_takes_it_away() {
    let world = World::inline().await;
    let phones = phones(&world).await;
    let item = repair(&world).await;
    world.assign(item, CREW_A).await;
    let mut changed = organisation();
    let zhang = changed.people.iter_mut().find(|known| known.id == person(2)).unwrap();
    zhang.roles = vec![Grant { role: Role::Surveyor, district: Some(DISTRICT) }];
    world.store.import(changed).await.unwrap();
    assert_eq!(holders(&world, &phones).await, [false, true, false], "a surveyor repairs nothing");
    let survey = with_number(&world, kinds::SURVEY, json!({"form": {"form": "usage_advice", "version": 1}})).await;
    world.assign(survey, CREW_A).await;
    assert_eq!(holders(&world, &phones).await, [true, true, false], "but surveys");
}

#[tokio::test]
async fn whoever_moves_to_another_crew_leaves_the_numbers_behind() {
    let world = World::inline().await;
    let phones = phones(&world).await;
    let item = repair(&world).await;
    world.assign(item, CREW_A).await;
    let mut changed = organisation();
    changed.people.iter_mut().filter(|known| known.id == person(2)).for_each(|known| known.crew = Some(CREW_B));
    world.store.import(changed).await.unwrap();
    assert_eq!(holders(&world, &phones).await, [false, true, false]);
    world.store.import(organisation()).await.unwrap();
    assert_eq!(holders(&world, &phones).await, [true, true, false]);
}

#[tokio::test]
async fn what_leaves_says_so_and_what_comes_can_be_read() {
    let world = World::inline().await;
    let phone = world.phone(2).await;
    let item = repair(&world).await;
    world.assign(item, CREW_A).await;
    let feed = Feed::Person(person(2));
    let page = world.store.page(phone.principal.installation, feed, 0, None).await.unwrap();
    let [entry] = page.entries.as_slice() else { panic!("one document: {:?}", page.entries) };
    let mut document = linecrew_protocol::Automerge::new();
    for record in &entry.changes {
        document.apply_changes([linecrew_protocol::Change::from_bytes(record.change.to_vec()).unwrap()]).unwrap();
    }
    let read = contact::read(&document).unwrap();
    assert_eq!((read.item, read.phone.as_deref()), (item, Some(NUMBER)));
    office(&world, item, WorkEvent::Cancelled { reason: "误报".into() }).await;
    let page = world.store.page(phone.principal.installation, feed, 1, None).await.unwrap();
    let left: Vec<_> = page.entries.iter().map(|entry| &entry.kind).collect();
    assert!(matches!(left.as_slice(), [EntryKind::Leave(why)] if why.reason == LeaveReason::AccessEnded), "{left:?}");
}
