//! Whose data is on a lost phone.

use linecrew_protocol::{
    ids::DocumentId,
    model::person::Role,
    wire::{Feed, FeedDigest},
};

use super::world::{CREW_A, CREW_B, FEED_A, Phone, World, organisation, person};
use crate::store::{
    Contact, Store as _,
    exposure::{Doubt, ExposedItem, Exposure, ExposureDesk as _},
    register::Register as _,
};

const NUMBER: &str = "0591-83351234";

/// A fault of a customer with a number, in the hands of crew A.
async fn dispatched(world: &World) -> DocumentId {
    let mut fault = world.fault(linecrew_protocol::model::work::Priority::Normal);
    fault.order.customer.phone = Some(NUMBER.into());
    fault.order.customer.arrears_fen = Some(8_640);
    let item = world.taken(fault).await;
    world.assign(item, CREW_A).await;
    item
}

/// The phone pulls everything and says so.
async fn heard_of(world: &World, phone: &mut Phone) {
    let mut stored = Vec::new();
    for feed in [FEED_A, Feed::Person(phone.principal.person)] {
        world.pull(phone, feed).await;
        stored.push(FeedDigest { feed, seq: phone.feeds[&feed].cursor, digest: phone.digest(feed) });
    }
    let contact = Contact { installation: phone.principal.installation, health: None, stored, now: world.now() };
    world.store.contact(contact).await.unwrap();
}

async fn exposure(world: &World, phone: &Phone) -> Exposure {
    world.store.exposure(phone.principal.installation, world.now()).await.unwrap().expect("known")
}

fn listed(exposure: &Exposure, item: DocumentId) -> Option<&ExposedItem> {
    exposure.items.iter().find(|exposed| exposed.document == item)
}

#[tokio::test]
async fn what_a_lost_phone_holds_and_held_is_listed_until_it_was_last_heard_of() {
    let world = World::inline().await;
    let (held, gone) = (dispatched(&world).await, dispatched(&world).await);
    let mut phone = world.phone(2).await;
    heard_of(&world, &mut phone).await;
    world.assign(gone, CREW_B).await;
    heard_of(&world, &mut phone).await;
    world.pass_days(1);
    let later = dispatched(&world).await;
    let exposure = exposure(&world, &phone).await;
    let item = listed(&exposure, held).expect("it is on it");
    assert_eq!((item.customer.as_str(), item.address.as_str(), item.left), ("陈秀英", "鼓楼区温泉街道 12 号", false));
    assert_eq!((item.telephone.as_deref(), item.arrears_fen), (Some(NUMBER), Some(8_640)));
    assert!(listed(&exposure, gone).expect("it was on it").left, "it had left before the last contact");
    assert_eq!(listed(&exposure, later), None, "it came after the last contact");
    assert!(exposure.doubts.contains(&Doubt::ListsTooMuch) && !exposure.doubts.contains(&Doubt::NeverHeardOf));
}

#[tokio::test]
async fn what_had_left_the_crew_before_the_phone_was_enrolled_was_never_on_it() {
    let world = World::inline().await;
    let before = dispatched(&world).await;
    world.assign(before, CREW_B).await;
    world.pass_days(1);
    let mut phone = world.phone(2).await;
    let item = dispatched(&world).await;
    heard_of(&world, &mut phone).await;
    let exposure = exposure(&world, &phone).await;
    assert!(listed(&exposure, item).is_some());
    assert!(listed(&exposure, before).is_none_or(|item| item.left), "at most its number travelled");
}

#[tokio::test]
async fn a_number_that_the_persons_role_did_not_give_is_not_listed() {
    let world = World::inline().await;
    let mut without = organisation();
    without.people[1].roles.retain(|grant| grant.role == Role::Surveyor);
    world.store.import(without).await.unwrap();
    let item = dispatched(&world).await;
    let (mut phone, mut mate) = (world.phone(2).await, world.phone(3).await);
    heard_of(&world, &mut phone).await;
    heard_of(&world, &mut mate).await;
    let (phone, mate) = (exposure(&world, &phone).await, exposure(&world, &mate).await);
    let seen = |exposure: &Exposure| listed(exposure, item).map(|item| (item.telephone.clone(), item.arrears_fen));
    assert_eq!(seen(&phone), Some((None, None)));
    assert_eq!(seen(&mate), Some((Some(NUMBER.to_owned()), Some(8_640))));
}

#[tokio::test]
async fn a_phone_that_was_never_heard_of_may_hold_everything_and_that_is_said() {
    let world = World::inline().await;
    let phone = world.phone(2).await;
    let item = dispatched(&world).await;
    let exposure = exposure(&world, &phone).await;
    assert!(listed(&exposure, item).is_some());
    assert!(exposure.doubts.contains(&Doubt::NeverHeardOf));
    let nobody = linecrew_protocol::ids::InstallationId::from_bytes([0x99; 16]);
    assert_eq!(world.store.exposure(nobody, world.now()).await.unwrap(), None);
}

#[tokio::test]
async fn a_former_crews_items_are_listed_and_so_are_those_of_a_revoked_phone() {
    let world = World::inline().await;
    let item = dispatched(&world).await;
    let mut phone = world.phone(2).await;
    heard_of(&world, &mut phone).await;
    let mut moved = organisation();
    moved.people[1].crew = Some(CREW_B);
    world.store.import(moved).await.unwrap();
    world.store.revoke(phone.principal.installation, person(1), "手机丢失".into(), world.now()).await.unwrap();
    world.store.set_disabled(person(2), true, world.now()).await.unwrap();
    let exposure = exposure(&world, &phone).await;
    assert_eq!(listed(&exposure, item).and_then(|item| item.telephone.as_deref()), Some(NUMBER));
    assert!(exposure.feeds.contains(&FEED_A.to_string()));
}
