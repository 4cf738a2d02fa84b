//! Clocks (domain 4): whatever a phone's clocks do, a verdict never claims more than the evidence.

use std::collections::BTreeMap;

use linecrew_protocol::{
    calendar::Calendar,
    ids::DocumentId,
    model::{
        kinds,
        policy::Policy,
        reference::Reference,
        work::{AreaClass, NewOrder, Order, SafetyStep, WorkEvent},
    },
    time::{Timestamp, Verdict},
};
use serde_json::{Value, json};

use crate::world::*;

const TEN_YEARS: i64 = 5_259_600;

fn verdict(replica: &Replica) -> Verdict {
    replica.view().0.row.clocks[0].verdict
}

#[test]
fn a_phone_that_is_ten_years_wrong_changes_no_verdict() {
    for wrong_by in [-TEN_YEARS, -60, 60, TEN_YEARS] {
        for (arrives, expected) in [(44, Verdict::Met), (46, Verdict::Breached)] {
            let (_, mut zhang, _) = crew_of_two();
            zhang.wall_wrong_by = wrong_by;
            zhang.at(3).record(WorkEvent::Accepted);
            zhang.at(arrives).record(WorkEvent::Arrived);
            assert_eq!(verdict(&zhang), expected, "wrong by {wrong_by} minutes");
        }
    }
}

#[test]
fn a_clock_that_steps_back_in_mid_visit_reorders_nothing() {
    let (mut office, mut zhang, _) = crew_of_two();
    zhang.at(3).record(WorkEvent::Accepted);
    zhang.wall_wrong_by = -120; // somebody set it, or summer time ended
    zhang.at(10).record(WorkEvent::Arrived);
    zhang.wall_wrong_by = 60;
    zhang.at(12).record(work_started());
    meet(&mut office, &mut zhang);
    let kinds: Vec<String> = office.view().0.history.into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, ["reported", "assigned", "accepted", "arrived", "work_started"]);
    assert_eq!(verdict(&office), Verdict::Met);
    let history = office.view().0.history;
    for pair in history.windows(2) {
        assert!(pair[0].evidence.earliest <= pair[1].evidence.earliest, "no event is earlier than what it saw");
    }
}

#[test]
fn two_boots_prove_only_what_the_second_ran() {
    let (mut office, mut zhang, _) = crew_of_two();
    zhang.at(3).record(WorkEvent::Accepted);
    zhang.reboot_at(10);
    zhang.at(20).record(WorkEvent::Arrived);
    assert_eq!(verdict(&zhang), Verdict::Undecidable);
    zhang.reboot_at(25);
    meet(&mut office, &mut zhang);
    assert_eq!(verdict(&office), Verdict::Undecidable, "meeting the office proves nothing about an earlier boot");
}

#[test]
fn rule_15_linked_reports_share_the_earliest_arrival_clock_and_every_reporter_is_asked() {
    let (mut office, mut zhang, _) = crew_of_two();
    let other = DocumentId::from_bytes([5; 16]);
    let joined = |reported_at: Timestamp| WorkEvent::ReportJoined {
        from: other,
        number: "20261123-0002".into(),
        reported_at,
        customer: "林志强".into(),
    };
    office.at(1).record(joined(minute(0).minus_ms(10 * MINUTE)));
    meet(&mut office, &mut zhang);
    zhang.at(3).record(WorkEvent::Accepted);
    zhang.at(40).record(WorkEvent::Arrived);
    assert_eq!(verdict(&zhang), Verdict::Breached, "45 minutes from the first report were over at minute 35");
    zhang.record(work_started());
    zhang.record(done());
    meet(&mut office, &mut zhang);
    office.at(60).record(WorkEvent::FollowedUp { result: because("fine"), reporter: None });
    let archive = || linecrew_protocol::model::work::WorkCommand::Record(WorkEvent::Archived);
    assert_eq!(office.try_run(archive()).unwrap_err().detail, "the reporter of 20261123-0002 has not been followed up");
    assert!(office.view().0.row.next.office.contains(&"followed_up".to_owned()));
    office.record(WorkEvent::FollowedUp { result: because("fine"), reporter: Some(other) });
    office.run(archive());
    assert!(office.view().0.reporters[0].asked);
}

fn new_order(kind: &str, about: Value) -> NewOrder {
    let like = repair_order();
    NewOrder {
        kind: kind.into(),
        customer: like.customer,
        site: like.site,
        area_class: AreaClass::Rural,
        priority: like.priority,
        on_road: true,
        at_height: false,
        about: about.as_object().cloned().unwrap(),
    }
}

fn ordered(policy: &Policy, new: &NewOrder, at: &str) -> Result<Order, String> {
    let (days, _) = at.split_once('T').unwrap();
    let midnight = linecrew_protocol::calendar::UtcOffset::CHINA.start_of(days.parse().unwrap());
    let kind = kinds::named(&new.kind).unwrap();
    policy.order(new, kind, midnight.plus_ms(10 * 60 * MINUTE), &Calendar::shipped(), &Reference::default()).map_err(|e| e.to_string())
}

fn local(day: &str) -> Timestamp {
    linecrew_protocol::calendar::UtcOffset::CHINA.start_of(day.parse().unwrap())
}

#[test]
fn the_arrival_limit_is_by_area_class_and_configurable() {
    let order = ordered(&Policy::default(), &new_order(kinds::REPAIR, json!({})), "2026-11-23T10").unwrap();
    assert_eq!(order.arrival_limit_ms, Some(90 * MINUTE));
    let stricter: Policy = serde_json::from_str(r#"{"arrival_minutes": {"rural": 60}}"#).unwrap();
    let order = ordered(&stricter, &new_order(kinds::REPAIR, json!({})), "2026-11-23T10").unwrap();
    assert_eq!(order.arrival_limit_ms, Some(60 * MINUTE));
}

#[test]
fn a_supply_plan_is_due_in_workdays_by_class() {
    let due = |supply: &str, day: &str| {
        let order = ordered(&Policy::default(), &new_order(kinds::SURVEY, json!({"supply": supply})), day).unwrap();
        order.clocks.get("reply").copied()
    };
    // 2026-09-24 is a Thursday; the Mid-Autumn holiday is from Friday to Sunday: the third workday is Wednesday the 30th.
    assert_eq!(due("household", "2026-09-24T10"), Some(local("2026-10-01")));
    assert_eq!(due("household", "2026-11-23T10"), Some(local("2026-11-27")), "the end of Thursday");
    assert_eq!(due("low_voltage", "2026-11-23T10"), Some(local("2026-12-03")));
    assert_eq!(due("none", "2026-11-23T10"), None);
}

#[test]
fn a_year_without_a_calendar_is_an_error_that_names_it() {
    let new = new_order(kinds::SURVEY, json!({"supply": "hv_dual"}));
    let error = ordered(&Policy::default(), &new, "2026-12-20T10").unwrap_err();
    assert!(error.contains("2027"), "{error}");
}

#[test]
fn energising_has_its_own_clock_and_other_services_have_none() {
    let clocks = |about: Value| ordered(&Policy::default(), &new_order(kinds::METER_SERVICE, about), "2026-11-23T10").unwrap().clocks;
    assert_eq!(
        clocks(json!({"service": "energising", "supply": "household"})),
        BTreeMap::from([("energise".to_owned(), local("2026-11-27"))])
    );
    assert_eq!(clocks(json!({"service": "energising"})), BTreeMap::from([("energise".to_owned(), local("2026-12-01"))]));
    assert!(clocks(json!({"service": "sealing"})).is_empty());
}

#[test]
fn the_gate_follows_from_kind_place_and_policy() {
    let gate = |policy: &Policy, kind: &str| -> Vec<SafetyStep> {
        ordered(policy, &new_order(kind, json!({})), "2026-11-23T10").unwrap().safety_steps().collect()
    };
    let steps = gate(&Policy::default(), kinds::REPAIR);
    assert_eq!((steps.len(), steps.contains(&SafetyStep::WarningBoards)), (8, true), "it is on a road");
    assert!(gate(&Policy::default(), kinds::NOTICE).is_empty());
    let own: Policy = serde_json::from_str(r#"{"safety": {"meter_rotation": ["de_energised"], "repair_dispatch": []}}"#).unwrap();
    assert_eq!(gate(&own, kinds::ROTATION), [SafetyStep::DeEnergised, SafetyStep::WarningBoards]);
    assert!(gate(&own, kinds::REPAIR).is_empty());
    assert!(serde_json::from_str::<Policy>(r#"{"arrival_minuts": {}}"#).is_err(), "a misspelt rule is not silently none");
}
