use linecrew_protocol::{
    Reason,
    ids::{CrewId, DistrictId, DocumentId},
    model::{
        person::{Grant, Role},
        work::{Phase, Priority, WorkCommand, WorkEvent},
    },
};

use super::world::{CREW_A, CREW_B, DISTRICT, FEED_A, World, organisation, person, principal, verdicts, visit};
use crate::store::{Account, Contact, OfficeCommand, Ordered, RowFilter, Store as _, Taken, register::Enrolled};

#[tokio::test]
async fn a_report_is_taken_once_per_key() {
    let world = World::inline().await;
    let request = world.fault(Priority::Urgent);
    let Taken::Created(row, effects) = world.store.take_order(request.clone()).await.unwrap() else { panic!("created") };
    assert_eq!((row.row.number.as_str(), row.row.phase, row.row.crew), ("20261123-0001", Phase::New, None));
    assert_eq!(effects.rows, std::slice::from_ref(&row));
    assert_eq!(world.store.take_order(request.clone()).await.unwrap(), Taken::Replayed(row));
    let other = crate::store::TakeOrder { body_hash: [8; 32], ..request.clone() };
    assert_eq!(world.store.take_order(other).await.unwrap(), Taken::KeyReused);
    let anothers = crate::store::TakeOrder { by: principal(5, None), ..request };
    let Taken::Created(second, _) = world.store.take_order(anothers).await.unwrap() else { panic!("keys are per caller") };
    assert_eq!(second.row.number, "20261123-0002");
}

#[tokio::test]
async fn many_orders_are_taken_at_once_as_if_one_after_another() {
    let world = World::inline().await;
    let mut orders: Vec<_> = (0..100).map(|_| world.fault(Priority::Normal)).collect();
    orders[40].order.site.address = String::new();
    let again = crate::store::TakeOrder { now: world.now(), ..orders[7].clone() };
    let other = crate::store::TakeOrder { body_hash: [8; 32], ..again.clone() };
    orders.extend([again, other]);
    let taken = world.store.take_orders(orders.clone()).await.unwrap();
    let numbers: Vec<&str> =
        taken.iter().filter_map(|taken| if let Taken::Created(row, _) = taken { Some(&*row.row.number) } else { None }).collect();
    let expected: Vec<String> = (1..100).map(|number| format!("20261123-{number:04}")).collect();
    assert_eq!(numbers, expected);
    assert!(matches!(&taken[40], Taken::Refused(refusal) if refusal.reason == Reason::InvalidValue));
    assert!(matches!((&taken[100], &taken[7]), (Taken::Replayed(again), Taken::Created(first, _)) if again == first));
    assert_eq!(taken[101], Taken::KeyReused);
    let replayed = world.store.take_orders(orders).await.unwrap();
    assert_eq!(replayed.iter().filter(|taken| matches!(taken, Taken::Replayed(_))).count(), 100);
    for taken in taken.iter().take(3) {
        let Taken::Created(row, _) = taken else { panic!("created") };
        assert_eq!(world.row(row.row.id).await, *row, "as the changes say");
    }
}

#[tokio::test]
async fn only_who_may_report_reports_and_only_where() {
    let world = World::inline().await;
    let by_crew = crate::store::TakeOrder { by: principal(2, Some(CREW_A)), ..world.fault(Priority::Normal) };
    let nowhere = DistrictId::from_bytes([0x99; 16]);
    let elsewhere = crate::store::TakeOrder { district: nowhere, ..world.fault(Priority::Normal) };
    for request in [by_crew, elsewhere] {
        let Taken::Refused(refusal) = world.store.take_order(request).await.unwrap() else { panic!("refused") };
        assert_eq!(refusal.reason, Reason::RoleNotPermitted);
    }
    let mut empty = world.fault(Priority::Normal);
    empty.order.site.address = "  ".into();
    let Taken::Refused(refusal) = world.store.take_order(empty).await.unwrap() else { panic!("refused") };
    assert_eq!(refusal.reason, Reason::InvalidValue);
}

async fn refused(world: &World, document: DocumentId, command: OfficeCommand) -> Reason {
    match world.office(document, command).await.unwrap() {
        Ordered::Refused(refusal) => refusal.reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_assignment_names_the_crew_and_its_people() {
    let world = World::inline().await;
    let item = world.report(Priority::Normal).await;
    let (row, effects) = world.assign(item, CREW_A).await;
    assert_eq!((row.row.phase, row.row.crew), (Phase::Assigned, Some(CREW_A)));
    assert!(effects.feeds.contains(&FEED_A));
    let detail = world.store.detail(item).await.unwrap().unwrap();
    let assigned = detail.view.history.last().unwrap();
    assert_eq!(assigned.body["crew_name"], "抢修一班");
    assert_eq!(assigned.body["members"].as_array().unwrap().len(), 2);
    assert_eq!(assigned.by.name.as_deref(), Some("王芳"));
    assert_eq!(assigned.evidence.earliest, Some(world.now()));
}

#[tokio::test]
async fn impossible_office_commands_are_refused() {
    let world = World::inline().await;
    let item = world.item().await;
    let assign = |crew| OfficeCommand::Assign { crew, reason: None };
    assert_eq!(refused(&world, item, assign(CREW_A)).await, Reason::StateNotPermitted);
    assert_eq!(refused(&world, item, assign(CrewId::from_bytes([1; 16]))).await, Reason::RuleViolated);
    let link = |to| OfficeCommand::Other(WorkCommand::Record(WorkEvent::Linked { to }));
    assert_eq!(refused(&world, item, link(item)).await, Reason::RuleViolated);
    assert_eq!(refused(&world, item, link(DocumentId::from_bytes([3; 16]))).await, Reason::RuleViolated);
    let archive = OfficeCommand::Other(WorkCommand::Record(WorkEvent::Archived));
    assert_eq!(refused(&world, item, archive.clone()).await, Reason::StateNotPermitted);
    let unknown = world.office(DocumentId::from_bytes([3; 16]), archive).await.unwrap();
    assert_eq!(unknown, Ordered::NotFound);
    let mut elsewhere = organisation();
    elsewhere.people[0].roles = vec![Grant { role: Role::Auditor, district: None }];
    world.store.import(elsewhere).await.unwrap();
    assert_eq!(refused(&world, item, assign(CREW_B)).await, Reason::RoleNotPermitted, "roles are read when it counts");
}

#[tokio::test]
async fn a_crew_that_gave_an_item_up_may_get_it_again() {
    let world = World::inline().await;
    let item = world.item().await;
    let again = || OfficeCommand::Assign { crew: CREW_A, reason: None };
    assert_eq!(refused(&world, item, again()).await, Reason::StateNotPermitted, "the repeat of an order whose answer was lost");
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    phone.record(item, WorkEvent::Declined { reason: "no lift truck".into() });
    world.send(&phone, 1).await;
    assert_eq!(world.row(item).await.row.phase, Phase::Declined);
    let (row, _) = world.assign(item, CREW_A).await;
    assert_eq!((row.row.phase, row.row.crew), (Phase::Assigned, Some(CREW_A)));
    assert_eq!(refused(&world, item, again()).await, Reason::StateNotPermitted);
}

#[tokio::test]
async fn lists_filter_and_go_on_where_they_stopped() {
    let world = World::inline().await;
    let mut items = Vec::new();
    for _ in 0..7 {
        items.push(world.report(Priority::Normal).await);
    }
    world.assign(items[2], CREW_A).await;
    items.reverse();
    let mut filter = RowFilter { limit: 3, ..RowFilter::default() };
    let mut listed = Vec::new();
    loop {
        let (rows, next) = world.store.rows(filter.clone()).await.unwrap();
        listed.extend(rows.iter().map(|row| row.row.id));
        filter.before = next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(listed, items, "newest first");
    let count = async |filter: RowFilter| world.store.rows(RowFilter { limit: 50, ..filter }).await.unwrap().0.len();
    assert_eq!(count(RowFilter { phase: Some(Phase::Assigned), ..RowFilter::default() }).await, 1);
    assert_eq!(count(RowFilter { crew: Some(CREW_A), ..RowFilter::default() }).await, 1);
    assert_eq!(count(RowFilter { text: Some(" 20261123-0003 ".into()), ..RowFilter::default() }).await, 1);
    assert_eq!(count(RowFilter { text: Some("温泉街道".into()), ..RowFilter::default() }).await, 7);
    assert_eq!(count(RowFilter { text: Some("100%_".into()), ..RowFilter::default() }).await, 0);
    assert_eq!(count(RowFilter { districts: Some(vec![DISTRICT]), ..RowFilter::default() }).await, 7);
    assert_eq!(count(RowFilter { districts: Some(Vec::new()), ..RowFilter::default() }).await, 0);
}

#[tokio::test]
async fn people_crews_and_phones_are_told_apart() {
    let world = World::inline().await;
    let account: Account = world.store.account(person(2)).await.unwrap().unwrap();
    assert_eq!((account.name.as_str(), account.crew.map(|crew| crew.id)), ("张伟", Some(CREW_A)));
    assert_eq!(account.roles.first(), Some(&Grant { role: Role::RepairCrew, district: Some(DISTRICT) }));
    assert_eq!(world.store.password_hash("u2".into()).await.unwrap(), Some((person(2), "$argon2id$".into())));
    assert_eq!(world.store.password_hash("U2".into()).await.unwrap(), None);
    assert_eq!(world.store.crews().await.unwrap().iter().map(|crew| crew.members.len()).collect::<Vec<_>>(), [2, 1]);
    let phone = world.phone(2).await;
    let installation = phone.principal.installation;
    assert_eq!(world.enrol(&phone).await, Enrolled::Done(person(2)), "again, with another code");
    let mut stolen = phone.clone();
    stolen.principal.person = person(3);
    assert_eq!(world.enrol(&stolen).await, Enrolled::BelongsToAnother);
    assert!(world.store.open_session(installation, person(3)).await.unwrap().is_none());
    let opening = world.store.open_session(installation, person(2)).await.unwrap().unwrap();
    assert_eq!((opening.next_device_seq, opening.feeds.len(), opening.feeds[0].feed), (1, 2, FEED_A));
}

#[tokio::test]
async fn a_phones_record_counts_what_it_owes_and_what_it_is_owed() {
    let world = World::inline().await;
    let item = world.item().await;
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    visit(&mut phone, item);
    assert_eq!(verdicts(&world.send(&phone, 1).await).len(), 6);
    world.item().await;
    let feeds = world.store.open_session(phone.principal.installation, person(2)).await.unwrap().unwrap().feeds;
    let [head, forms] = feeds[..] else { panic!("{feeds:?}") };
    let health = linecrew_protocol::wire::Health {
        pending: 3,
        oldest_pending_at: Some(world.now()),
        needs_attention: 1,
        documents: 1,
        app_version: "0.1.0".into(),
    };
    let stored = vec![linecrew_protocol::wire::FeedDigest { seq: head.seq - 2, ..head }, forms];
    let contact = Contact { installation: phone.principal.installation, health: Some(health), stored, now: world.now() };
    world.store.contact(contact).await.unwrap();
    let record = world.store.phone(phone.principal.installation).await.unwrap().unwrap();
    assert_eq!((record.pending_edits, record.needs_attention, record.behind_entries), (3, 1, 2));
    assert_eq!((record.last_contact, record.crew), (Some(world.now()), Some(CREW_A)));
    assert_eq!(world.store.phones().await.unwrap(), [record]);
}
