//! Notices (domain 3.5): a cut waits until its notice is 7 full days old, at the office and offline.

use linecrew_protocol::{
    ids::DocumentId,
    model::{
        kinds,
        work::{Order, WorkCommand, WorkEvent},
    },
    refusal::Reason,
    time::Interval,
};
use serde_json::json;

use crate::world::*;

const DAY: u64 = 24 * 60;
const WEEK_MS: u64 = 7 * DAY * MINUTE;

fn cut() -> Replica {
    let about = json!({"reason": "arrears", "notice": DocumentId::from_bytes([6; 16])});
    office_with(kinds::DISCONNECTION, &Order { notice_age_ms: Some(WEEK_MS), ..order(about) })
}

fn confirmed(earliest: u64, latest: Option<u64>) -> WorkEvent {
    let served = Interval { earliest: Some(minute(earliest)), latest: latest.map(minute) };
    WorkEvent::NoticeConfirmed { notice: DocumentId::from_bytes([6; 16]), number: "20261123-0009".into(), served }
}

fn refused(replica: &mut Replica, event: WorkEvent) -> String {
    let refusal = replica.try_run(WorkCommand::Record(event)).unwrap_err();
    assert_eq!(refusal.reason, Reason::RuleViolated);
    refusal.detail
}

#[test]
fn a_notice_is_served_with_proof_or_not_served_with_a_reason() {
    let about = json!({"purpose": "arrears"});
    let (mut office, mut zhang, mut li) = crew_on_site(office_with(kinds::NOTICE, &order(about)));
    assert!(zhang.try_step("served", json!({"how": "by pigeon"})).is_err());
    zhang.at(20).step("served", json!({"how": "handed_over", "recipient": "陈秀英"}));
    assert!(li.try_step("not_served", json!({})).is_err());
    meet(&mut office, &mut zhang);
    assert_eq!(office.state(), "served");
    office.record(WorkEvent::Archived);
}

#[test]
fn a_disconnection_is_not_dispatched_before_its_notice_is_seven_full_days_old() {
    let mut office = cut();
    assert_eq!(refused(&mut office, assigned(CREW_A)), "the notice has not been served");
    office.record(confirmed(0, Some(60)));
    for too_early in [0, 6 * DAY, 7 * DAY, 7 * DAY + 59] {
        assert!(refused(office.at(too_early), assigned(CREW_A)).contains("7 full days ago"), "minute {too_early}");
    }
    office.at(7 * DAY + 60).record(assigned(CREW_A));
}

#[test]
fn a_notice_whose_moment_nobody_can_prove_counts_from_when_it_reached_the_server() {
    let mut office = cut();
    office.record(confirmed(0, None));
    assert_eq!(refused(office.at(30 * DAY), assigned(CREW_A)), "the notice has not been served");
}

#[test]
fn offline_too_a_cut_does_not_start_too_early_and_no_phone_clock_helps() {
    let mut office = cut();
    office.record(confirmed(0, Some(0)));
    office.at(7 * DAY).record(assigned(CREW_A));
    let mut zhang = Replica::new(2, "张伟", Some(CREW_A));
    meet(&mut office, &mut zhang);
    zhang.wall_wrong_by = -5_256_000;
    zhang.record(WorkEvent::Accepted);
    zhang.reboot_at(7 * DAY + 30);
    zhang.record(WorkEvent::Arrived);
    // The order was given out after the seven days, and the phone has seen it: that proves enough, whatever its clocks say.
    zhang.record(work_started());
    assert_eq!(zhang.state(), "work_started");
}

#[test]
fn a_crew_does_not_hand_a_cut_over_before_its_time() {
    let mut office = cut();
    office.record(confirmed(0, Some(0)));
    office.at(7 * DAY).record(assigned(CREW_A));
    let mut zhang = Replica::new(2, "张伟", Some(CREW_A));
    meet(&mut office, &mut zhang);
    office.record(confirmed(DAY, Some(DAY)));
    meet(&mut office, &mut zhang);
    zhang.record(WorkEvent::Accepted);
    zhang.record(WorkEvent::Arrived);
    assert!(refused(&mut zhang, work_started()).contains("7 full days ago"), "the notice turned out to be younger");
    assert!(refused(&mut zhang, WorkEvent::HandedOver { crew: CREW_B, reason: because("nearer") }).contains("7 full days ago"));
}
