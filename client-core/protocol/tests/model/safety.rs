//! The safety gate (domain 5): what has to be done before electrical work, offline too.

use std::collections::BTreeMap;

use linecrew_protocol::{
    model::{
        kinds,
        work::{AttentionKind, Order, SafetyStep, WorkCommand, WorkEvent},
    },
    refusal::Reason,
};

use crate::world::*;

fn guarded_by(steps: &[SafetyStep]) -> Replica {
    let safety: BTreeMap<SafetyStep, bool> = steps.iter().map(|step| (*step, true)).collect();
    office_with(kinds::REPAIR, &Order { safety, ..repair_order() })
}

fn electrical() -> Replica {
    use SafetyStep as S;
    guarded_by(&[S::WorkTicket, S::HazardSurvey, S::Briefing, S::SupervisorConfirmed, S::DeEnergised, S::VerifiedDead, S::Earthed])
}

fn record(replica: &mut Replica, step: SafetyStep) {
    replica.record(WorkEvent::SafetyRecorded { step, detail: "GZP-2026-118".into() });
}

#[test]
fn work_starts_only_behind_the_safety_gate() {
    let (_, mut zhang, _) = crew_on_site(electrical());
    for step in zhang.view().0.safety.missing {
        let refused = zhang.try_run(WorkCommand::Record(work_started())).unwrap_err();
        assert_eq!(refused.reason, Reason::StateNotPermitted);
        assert!(refused.detail.contains(step.name()), "{} does not name {}", refused.detail, step.name());
        record(&mut zhang, step);
    }
    zhang.record(work_started());
    assert_eq!(zhang.state(), "work_started");
}

#[test]
fn verified_dead_comes_after_de_energised_and_earthed_after_both() {
    let (_, mut zhang, _) = crew_on_site(electrical());
    let mut refused =
        |step| zhang.try_run(WorkCommand::Record(WorkEvent::SafetyRecorded { step, detail: String::new() })).unwrap_err().detail;
    assert_eq!(refused(SafetyStep::VerifiedDead), "verified_dead comes after de_energised");
    assert_eq!(refused(SafetyStep::Earthed), "earthed comes after verified_dead");
    record(&mut zhang, SafetyStep::DeEnergised);
    record(&mut zhang, SafetyStep::VerifiedDead);
    record(&mut zhang, SafetyStep::Earthed);
}

#[test]
fn a_ticket_without_a_number_is_none() {
    let (_, mut zhang, _) = crew_on_site(electrical());
    for step in [SafetyStep::WorkTicket, SafetyStep::Briefing, SafetyStep::SupervisorConfirmed] {
        let refused = zhang.try_run(WorkCommand::Record(WorkEvent::SafetyRecorded { step, detail: " ".into() })).unwrap_err();
        assert_eq!(refused.reason, Reason::InvalidValue);
    }
}

#[test]
fn a_forced_start_needs_a_reason_and_is_seen_by_the_dispatcher() {
    let (mut office, mut zhang, _) = crew_on_site(electrical());
    assert!(zhang.try_run(WorkCommand::Record(WorkEvent::ForcedStart { reason: " ".into() })).is_err());
    let forced = zhang.record(WorkEvent::ForcedStart { reason: because("a person hangs in the line") });
    zhang.record(work_started());
    meet(&mut office, &mut zhang);
    let fold = office.fold();
    assert_eq!((fold.attention[0].kind, fold.attention[0].events.as_slice()), (AttentionKind::ForcedStart, &[forced][..]));
    assert_eq!(office.view().0.safety.forced, Some(forced));
    resolve(&mut office, "seen");
    assert!(office.fold().attention.is_empty());
    assert_eq!(office.view().0.safety.forced, Some(forced), "it stays on the record");
}

#[test]
fn another_crews_earth_protects_nobody_here() {
    let (mut office, mut zhang, _) = crew_on_site(guarded_by(&[SafetyStep::HazardSurvey]));
    record(&mut zhang, SafetyStep::HazardSurvey);
    meet(&mut office, &mut zhang);
    office.at(20).record(assigned(CREW_B));
    let mut chen = Replica::new(4, "陈刚", Some(CREW_B));
    meet(&mut office, &mut chen);
    chen.record(WorkEvent::Accepted);
    chen.record(WorkEvent::Arrived);
    assert_eq!(chen.view().0.safety.missing, [SafetyStep::HazardSurvey]);
    assert!(chen.try_run(WorkCommand::Record(work_started())).is_err());
}

#[test]
fn two_of_a_crew_may_pass_the_gate_together() {
    let (mut office, mut zhang, mut li) = crew_on_site(guarded_by(&[SafetyStep::HazardSurvey, SafetyStep::DeEnergised]));
    record(&mut zhang, SafetyStep::HazardSurvey);
    record(&mut li, SafetyStep::DeEnergised);
    gather(&mut [&mut office, &mut zhang, &mut li]);
    assert!(office.fold().gate.is_open());
    let names: Vec<_> = office.view().0.safety.done.into_iter().map(|done| done.by.name.unwrap()).collect();
    assert_eq!(names.len(), 2, "each step with its person");
    li.record(work_started());
}
