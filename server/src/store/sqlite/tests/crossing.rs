//! Rules between documents: meters, linked reports, notices, qualifications.

use linecrew_protocol::{
    Reason,
    ids::DocumentId,
    model::{
        kinds,
        policy::Policy,
        work::{Phase, Priority, WorkCommand, WorkEvent},
    },
};
use linecrew_sqlite::{Execution, Options};
use serde_json::{Value, json};

use super::{
    super::Settings,
    world::{CREW_A, CREW_B, FEED_A, FEED_B, Phone, World, organisation, verdicts, without_gate},
};
use crate::{
    rulebook::Rulebook,
    store::{OfficeCommand, Ordered, SYSTEM_NAME, SYSTEM_PERSON, Store as _, Taken},
};

fn meter(serial: &str) -> Value {
    json!({"meter": {"serial": serial, "multiplier": 1, "registers": {"1": {"digits": 6, "last_index": 100}}}})
}

fn exchanged(removed: &str, installed: &str) -> WorkEvent {
    let body = json!({
        "removed": {"serial": removed, "registers": {"1": {"index": 140}}},
        "installed": {"serial": installed, "multiplier": 1, "registers": {"1": {"index": 0, "digits": 6}}},
        "no_photo": "相机坏了", "explanation": "现场核对无误",
    });
    WorkEvent::own("exchanged", body)
}

/// A rotation in the hands of crew A, on whose phone it is exchanged; nothing is sent yet.
async fn exchange(world: &World, phone: &mut Phone, removed: &str, installed: &str) -> DocumentId {
    let item = world.order(kinds::ROTATION, meter(removed)).await;
    world.assign(item, CREW_A).await;
    world.pull(phone, FEED_A).await;
    for event in [WorkEvent::Accepted, WorkEvent::Departed, WorkEvent::Arrived, exchanged(removed, installed)] {
        phone.record(item, event);
    }
    // The work goes on on the phone, which learns of other items' claims later.
    phone.note(item, "旧表已交库");
    item
}

fn record(event: WorkEvent) -> OfficeCommand {
    OfficeCommand::Other(WorkCommand::Record(event))
}

async fn count(world: &World, item: DocumentId, kind: &str) -> usize {
    world.detail(item).await.view.history.iter().filter(|event| event.kind == kind).count()
}

#[tokio::test]
async fn rule_10_a_meter_in_two_items_asks_about_both_and_once() {
    let world = World::inline().await;
    let mut phone = world.phone(2).await;
    let first = exchange(&world, &mut phone, "M-1", "N-1").await;
    let acked = world.send(&phone, 1).await;
    phone.store_acked(FEED_A, &acked);
    assert_eq!(count(&world, first, "meter_claimed").await, 0, "nobody else says anything of it");
    // The same new serial at another site, and later the same removed meter at a third.
    let second = exchange(&world, &mut phone, "M-2", "N-1").await;
    let (acked, effects) = world.push(&phone, phone.outbox(6)).await.unwrap();
    assert_eq!(verdicts(&acked), [None; 5]);
    phone.store_acked(FEED_A, &acked);
    assert_eq!(effects.rows.len(), 2, "both items are told in the same commit");
    for (item, other) in [(first, second), (second, first)] {
        let detail = world.detail(item).await;
        let claimed = detail.view.history.iter().find(|event| event.kind == "meter_claimed").unwrap();
        assert_eq!((claimed.kind.as_str(), claimed.by.id, claimed.by.name.as_deref()), ("meter_claimed", SYSTEM_PERSON, Some(SYSTEM_NAME)));
        assert_eq!(
            (&claimed.body["serial"], &claimed.body["side"], &claimed.body["other"]),
            (&json!("N-1"), &json!("installed"), &json!(other))
        );
        let asked: Vec<u8> = detail.view.row.attention.iter().map(|open| open.rule).collect();
        assert_eq!(asked, [10]);
    }
    world.pull(&mut phone, FEED_A).await;
    let again = world.send(&phone, 1).await;
    assert_eq!(verdicts(&again), [None; 10]);
    assert_eq!((count(&world, first, "meter_claimed").await, count(&world, second, "meter_claimed").await), (1, 1), "a claim is new once");
    let third = exchange(&world, &mut phone, "M-1", "N-3").await;
    assert_eq!(verdicts(&world.send(&phone, 11).await), [None; 5]);
    assert_eq!(count(&world, third, "meter_claimed").await, 1);
    assert_eq!(count(&world, first, "meter_claimed").await, 2, "another side of another meter is another question");
    assert_eq!(count(&world, second, "meter_claimed").await, 1);
}

#[tokio::test]
async fn rule_15_a_linked_report_joins_the_item_that_goes_on() {
    let world = World::inline().await;
    let (first, second) = (world.report(Priority::Normal).await, world.report(Priority::Normal).await);
    let (third, repair) = (world.report(Priority::Normal).await, world.item().await);
    let link = |to| record(WorkEvent::Linked { to });
    assert!(matches!(world.office(first, link(second)).await.unwrap(), Ordered::Done(..)));
    let Ordered::Done(row, effects) = world.office(second, link(repair)).await.unwrap() else { panic!("done") };
    assert_eq!((row.row.phase, effects.rows.len()), (Phase::Linked, 2));
    assert!(effects.feeds.contains(&FEED_A), "the crew that goes on learns of it");
    let reporters = world.detail(repair).await.view.reporters;
    let joined: Vec<DocumentId> = reporters.iter().map(|reporter| reporter.document).collect();
    assert_eq!(joined, [second, first], "also those who were linked before");
    assert!(reporters.iter().all(|reporter| !reporter.asked && reporter.customer == "陈秀英"));
    let earliest = world.row(first).await.row.reported_at;
    assert_eq!(world.row(repair).await.row.clocks[0].due_at, earliest.plus_ms(45 * 60_000), "one clock, the earliest");
    let refused = world.refused(third, link(second)).await;
    assert_eq!(refused.reason, Reason::RuleViolated);
    let number = world.row(repair).await.row.number;
    assert!(refused.detail.contains(&number), "no chains: {}", refused.detail);
    let survey = world.order(kinds::NOTICE, json!({"purpose": "arrears"})).await;
    assert_eq!(world.refused(third, link(survey)).await.reason, Reason::RuleViolated, "of another kind");
    world.decide(repair, WorkEvent::Cancelled { reason: "误报".into() }).await;
    assert_eq!(world.refused(third, link(repair)).await.reason, Reason::RuleViolated, "nobody would ask its reporter");
}

#[tokio::test]
async fn a_disconnection_waits_for_its_notice() {
    let world = World::inline().await;
    let about = |notice: DocumentId| json!({"reason": "arrears", "notice": notice});
    let repair = world.report(Priority::Normal).await;
    for none in [DocumentId::from_bytes([3; 16]), repair] {
        let Taken::Refused(refusal) = world.store.take_order(world.new_order(kinds::DISCONNECTION, about(none))).await.unwrap() else {
            panic!("refused")
        };
        assert_eq!(refusal.reason, Reason::RuleViolated);
        assert!(refusal.detail.contains("notice"), "{}", refusal.detail);
    }
    let notice = world.order(kinds::NOTICE, json!({"purpose": "arrears"})).await;
    let cut = world.order(kinds::DISCONNECTION, about(notice)).await;
    let assign = || OfficeCommand::Assign { crew: CREW_A, reason: None };
    assert_eq!(world.refused(cut, assign()).await.reason, Reason::RuleViolated, "not served");
    world.assign(notice, CREW_A).await;
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    phone.record(notice, WorkEvent::Accepted);
    phone.record(notice, WorkEvent::own("served", json!({"how": "handed_over"})));
    assert_eq!(verdicts(&world.send(&phone, 1).await), [None, None]);
    world.pass_days(6);
    assert_eq!(world.refused(cut, assign()).await.reason, Reason::RuleViolated, "not old enough");
    assert_eq!(count(&world, cut, "notice_confirmed").await, 0, "nothing of what was refused remains");
    world.pass_days(1);
    let (row, _) = world.assign(cut, CREW_A).await;
    assert_eq!(row.row.phase, Phase::Assigned);
    let confirmed = world.detail(cut).await.view.history.into_iter().find(|event| event.kind == "notice_confirmed").unwrap();
    assert_eq!((confirmed.by.id, &confirmed.body["notice"]), (SYSTEM_PERSON, &json!(notice)));
    assert_eq!(confirmed.body["number"], json!(world.row(notice).await.row.number));
    world.assign(cut, CREW_B).await;
    assert_eq!(count(&world, cut, "notice_confirmed").await, 1);
}

/// A world in which repairs need somebody who may work at high voltage, and only person 2 may.
async fn with_qualifications() -> World {
    let needs = [(kinds::REPAIR.to_owned(), vec!["high_voltage".to_owned()])];
    let without = without_gate();
    let policy = Policy { qualifications: needs.into(), ..without.rulebook.policy };
    let settings = Settings { rulebook: Rulebook { policy, ..without.rulebook }, ..without };
    let world = World::under(Options { execution: Execution::Inline, ..Options::default() }, settings).await;
    let mut people = organisation();
    people.people[1].qualifications = vec!["high_voltage".into()];
    world.store.import(people).await.unwrap();
    world
}

#[tokio::test]
async fn a_qualification_limits_who_gets_the_work() {
    let world = with_qualifications().await;
    let item = world.report(Priority::Normal).await;
    let refused = world.refused(item, OfficeCommand::Assign { crew: CREW_B, reason: None }).await;
    assert_eq!(refused.reason, Reason::RuleViolated);
    assert!(refused.detail.contains("high_voltage"));
    world.assign(item, CREW_A).await;
    let members = world.detail(item).await.view.history.last().unwrap().body["members"].clone();
    assert_eq!((&members[0]["qualifications"], members[1].get("qualifications")), (&json!(["high_voltage"]), None));
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    phone.record(item, WorkEvent::Accepted);
    phone.record(item, WorkEvent::HandedOver { crew: CREW_B, reason: "换班".into() });
    assert_eq!(verdicts(&world.send(&phone, 1).await), [None, Some(Reason::RuleViolated)], "nor by a phone's hand-over");
    assert_eq!(world.row(item).await.row.crew, Some(CREW_A));
    let mut people = organisation();
    people.people[3].qualifications = vec!["high_voltage".into()];
    world.store.import(people).await.unwrap();
    world.assign(item, CREW_B).await;
    let mut other = world.phone(4).await;
    world.pull(&mut other, FEED_B).await;
    assert!(other.holds(FEED_B, item));
}

#[tokio::test]
async fn an_item_that_a_crew_holds_changes_hands_with_a_reason_only() {
    let world = World::inline().await;
    let item = world.item().await;
    let refused = world.refused(item, OfficeCommand::Assign { crew: CREW_B, reason: None }).await;
    assert_eq!(refused.reason, Reason::InvalidValue);
    assert!(refused.detail.contains("reason"));
    world.decide(item, WorkEvent::Cancelled { reason: "误报".into() }).await;
    let closed = world.refused(item, OfficeCommand::Assign { crew: CREW_B, reason: None }).await;
    assert_eq!(closed.reason, Reason::StateNotPermitted, "the state comes first");
}

#[tokio::test]
async fn a_limit_in_an_unknown_year_takes_nothing_in_and_names_the_year() {
    let world = World::inline().await;
    let form = json!({"form": "new_connection", "version": 1});
    let household = world.new_order(kinds::SURVEY, json!({"form": form, "supply": "household"}));
    let Taken::Created(row, _) = world.store.take_order(household).await.unwrap() else { panic!("created") };
    assert_eq!(row.row.clocks.len(), 1);
    // Thirty workdays after 2026-11-23 lie in 2027, which has no calendar yet.
    let dual = world.new_order(kinds::SURVEY, json!({"form": form, "supply": "hv_dual"}));
    assert_eq!(world.store.take_order(dual).await.unwrap(), Taken::UnknownYear(2027));
}
