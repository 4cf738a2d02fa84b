//! The conflict catalogue (docs/domain.md), one story a rule. Phones and office edit apart, meet, and must all see the same.

use linecrew_protocol::{
    model::{
        history::Receipts,
        work::{AttentionKind, WorkCommand, WorkEvent, attention, view::view},
    },
    refusal::Reason,
    time::Verdict,
};

use crate::world::*;

#[test]
fn a_dispatch_runs_through_its_whole_life() {
    let (mut office, mut zhang, _) = crew_of_two();
    zhang.record(WorkEvent::Accepted);
    zhang.at(5).record(WorkEvent::Departed);
    zhang.at(20).record(WorkEvent::Arrived);
    zhang.at(22).record(work_started());
    zhang.run(WorkCommand::Note { text: "接头已烧毁".into() });
    zhang.at(60).record(done());
    meet(&mut office, &mut zhang);
    assert_eq!(office.fold().state.name, "completed");
    office.at(90).record(WorkEvent::FollowedUp { result: "satisfied".into(), reporter: None });
    office.at(95).record(WorkEvent::Archived);
    let (view, fold) = office.view();
    assert_eq!((fold.state.name, fold.attention.len()), ("archived", 0));
    assert_eq!(view.row.clocks[0].verdict, Verdict::Met);
    assert_eq!(view.notes, "接头已烧毁\n");
    assert_eq!(view.reports[0].body["cause"], "电缆接头烧毁");
    assert_eq!(view.history.first().unwrap().by.name.as_deref(), Some("王芳"));
    assert_eq!(view.history[2].by.name.as_deref(), Some("张伟"));
}

#[test]
fn rule_1_two_accept_earlier_by_evidence_leads() {
    let (mut office, mut zhang, mut li) = crew_of_two();
    zhang.at(3).record(WorkEvent::Accepted);
    li.at(2).record(WorkEvent::Accepted);
    gather(&mut [&mut office, &mut zhang, &mut li]);
    all_agree(&[&office, &zhang, &li]);
    assert_eq!(office.fold().lead, Some(li.principal.person));
    assert_eq!(office.fold().accepted_by.len(), 2, "both acceptances are kept");
    assert!(office.fold().attention.is_empty());
}

#[test]
fn rule_1_two_accept_without_disjoint_evidence_asks() {
    let (mut office, mut zhang, mut li) = crew_of_two();
    zhang.reboot_at(1); // in the tunnel: nothing proves the moment any more
    zhang.at(3).record(WorkEvent::Accepted);
    li.at(2).record(WorkEvent::Accepted);
    gather(&mut [&mut office, &mut zhang, &mut li]);
    all_agree(&[&office, &zhang, &li]);
    let fold = office.fold();
    assert_eq!(fold.lead, None);
    assert_eq!(fold.attention[0].kind, AttentionKind::AcceptedTwice);
    assert_eq!(fold.state.name, "accepted", "the question stops nobody");

    let decision = WorkEvent::Resolved {
        attention: fold.attention[0].id.clone(),
        choice: zhang.principal.person.to_string(),
        note: "agreed by phone".into(),
    };
    li.at(4).record(decision);
    gather(&mut [&mut office, &mut zhang, &mut li]);
    assert_eq!(office.fold().lead, Some(zhang.principal.person));
    assert!(office.fold().attention.is_empty());
}

#[test]
fn rule_1_who_was_surely_later_is_not_asked_about() {
    let (mut office, mut zhang, mut li) = crew_of_two();
    let mut chen = Replica::new(4, "陈刚", Some(CREW_A));
    meet(&mut office, &mut chen);
    for (phone, minute) in [(&mut zhang, 3), (&mut li, 3), (&mut chen, 9)] {
        phone.at(minute).record(WorkEvent::Accepted);
    }
    gather(&mut [&mut office, &mut zhang, &mut li, &mut chen]);
    let fold = office.fold();
    assert_eq!(fold.attention[0].events.len(), 2, "chen came six minutes later");
    assert!(!fold.attention[0].choices.contains(&chen.principal.person.to_string()));
}

#[test]
fn rule_2_reassignment_stands_against_travel() {
    let (mut office, mut zhang, _) = crew_of_two();
    let accepted = zhang.at(2).record(WorkEvent::Accepted);
    let departed = zhang.at(3).record(WorkEvent::Departed);
    office.at(4).record(assigned(CREW_B));
    meet(&mut office, &mut zhang);
    all_agree(&[&office, &zhang]);
    let fold = office.fold();
    assert_eq!((fold.state.name, fold.holder), ("assigned", Some(CREW_B)));
    assert!(fold.attention.is_empty());
    assert!(fold.superseded.contains(&accepted) && fold.superseded.contains(&departed));
    assert_eq!(zhang.view().0.history.len(), 5, "nothing disappears");
    let refusal = zhang.try_run(WorkCommand::Record(WorkEvent::Arrived)).unwrap_err();
    assert_eq!(refusal.reason, Reason::NotYourItem);
}

#[test]
fn rule_3_work_on_site_stands_against_reassignment() {
    let (mut office, mut zhang, _) = crew_of_two();
    zhang.at(2).record(WorkEvent::Accepted);
    let arrived = zhang.at(9).record(WorkEvent::Arrived);
    let reassigned = office.at(4).record(assigned(CREW_B));
    meet(&mut office, &mut zhang);
    all_agree(&[&office, &zhang]);
    let fold = office.fold();
    assert_eq!((fold.state.name, fold.holder), ("arrived", Some(CREW_A)));
    assert_eq!(fold.attention[0].kind, AttentionKind::ReassignedWhileWorking);
    assert_eq!(fold.attention[0].events, [reassigned, arrived]);
    assert!(fold.superseded.contains(&reassigned));

    // A works on; the dispatcher lets them.
    zhang.at(12).record(work_started());
    let attention = fold.attention[0].id.clone();
    office.at(13).record(WorkEvent::Resolved { attention, choice: attention::KEEP_WORKER.into(), note: String::new() });
    meet(&mut office, &mut zhang);
    assert_eq!((office.fold().state.name, office.fold().holder), ("work_started", Some(CREW_A)));
    assert!(office.fold().attention.is_empty());
}

#[test]
fn rule_3_the_dispatcher_may_decide_for_the_new_crew() {
    let (mut office, mut zhang, _) = crew_of_two();
    zhang.at(2).record(WorkEvent::Accepted);
    zhang.at(9).record(WorkEvent::Arrived);
    office.at(4).record(assigned(CREW_B));
    meet(&mut office, &mut zhang);
    let attention = office.fold().attention[0].id.clone();
    office.at(13).record(WorkEvent::Resolved { attention, choice: attention::KEEP_ASSIGNMENT.into(), note: String::new() });
    assert_eq!((office.fold().state.name, office.fold().holder), ("assigned", Some(CREW_B)));
    assert!(office.fold().attention.is_empty());
}

#[test]
fn rule_3_a_new_assignment_that_saw_the_work_settles_it() {
    let (mut office, mut zhang, _) = crew_of_two();
    zhang.at(2).record(WorkEvent::Accepted);
    zhang.at(9).record(WorkEvent::Arrived);
    office.at(4).record(assigned(CREW_B));
    meet(&mut office, &mut zhang);
    office.at(14).record(assigned(CREW_B));
    assert_eq!((office.fold().state.name, office.fold().holder), ("assigned", Some(CREW_B)));
    assert!(office.fold().attention.is_empty());
}

#[test]
fn rule_4_work_stands_against_cancellation() {
    for last in [WorkEvent::Arrived, work_started(), done()] {
        let (mut office, mut zhang, _) = crew_of_two();
        zhang.at(2).record(WorkEvent::Accepted);
        zhang.at(9).record(WorkEvent::Arrived);
        if last != WorkEvent::Arrived {
            zhang.record(work_started());
        }
        if last == done() {
            zhang.record(done());
        }
        let expected = zhang.state();
        let cancelled = office.at(4).record(WorkEvent::Cancelled { reason: because("caller withdrew") });
        meet(&mut office, &mut zhang);
        all_agree(&[&office, &zhang]);
        let fold = office.fold();
        assert_eq!(fold.state.name, expected);
        assert_eq!(fold.attention[0].kind, AttentionKind::CancelledWhileWorking);
        assert!(fold.attention[0].events.contains(&cancelled), "the cancellation is kept beside it");

        let attention = fold.attention[0].id.clone();
        office.record(WorkEvent::Resolved { attention, choice: attention::KEEP_CANCELLATION.into(), note: String::new() });
        assert_eq!(office.fold().state.name, "cancelled");
    }
}

#[test]
fn rule_4_cancellation_stands_against_travel() {
    let (mut office, mut zhang, _) = crew_of_two();
    zhang.at(2).record(WorkEvent::Accepted);
    zhang.at(3).record(WorkEvent::Departed);
    office.at(4).record(WorkEvent::Cancelled { reason: because("caller withdrew") });
    meet(&mut office, &mut zhang);
    assert_eq!((office.fold().state.name, office.fold().attention.len()), ("cancelled", 0));
}

fn crew_at_work() -> (Replica, Replica, Replica) {
    let (mut office, mut zhang, mut li) = crew_of_two();
    zhang.at(2).record(WorkEvent::Accepted);
    zhang.at(9).record(WorkEvent::Arrived);
    zhang.at(10).record(work_started());
    gather(&mut [&mut office, &mut zhang, &mut li]);
    (office, zhang, li)
}

#[test]
fn rule_5_completed_and_not_done_is_disputed() {
    let (mut office, mut zhang, mut li) = crew_at_work();
    zhang.at(30).record(done());
    li.at(31).record(WorkEvent::NotDone { reason: because("no spare part") });
    gather(&mut [&mut office, &mut zhang, &mut li]);
    all_agree(&[&office, &zhang, &li]);
    let fold = office.fold();
    assert_eq!(fold.state.name, "disputed");
    assert_eq!(fold.attention[0].kind, AttentionKind::CompletedAndNotDone);
    let attention = fold.attention[0].id.clone();
    office.at(40).record(WorkEvent::Resolved { attention, choice: attention::NOT_DONE.into(), note: "asked both".into() });
    assert_eq!(office.fold().state.name, "not_done");
    assert_eq!(office.view().0.reports.len(), 1, "the report of the other side stays readable");
}

#[test]
fn rule_6_two_completions_are_one_with_both_reports() {
    let (mut office, mut zhang, mut li) = crew_at_work();
    zhang.at(30).record(done());
    li.at(31).record(done());
    gather(&mut [&mut office, &mut zhang, &mut li]);
    all_agree(&[&office, &zhang, &li]);
    let (view, fold) = office.view();
    assert_eq!((fold.state.name, fold.attention.len(), view.reports.len()), ("completed", 0, 2));
}

#[test]
fn rule_11_late_edits_reopen_an_archived_item() {
    let (mut office, mut zhang, mut li) = crew_at_work();
    zhang.at(30).record(done());
    meet(&mut office, &mut zhang);
    let late = li.at(33).run(WorkCommand::Note { text: "旧电缆已回收".into() });
    office.at(40).record(WorkEvent::FollowedUp { result: because("fine"), reporter: None });
    office.at(41).record(WorkEvent::Archived);
    assert_eq!(office.fold().state.name, "archived");
    gather(&mut [&mut office, &mut zhang, &mut li]);
    all_agree(&[&office, &zhang, &li]);
    let (view, fold) = office.view();
    assert_eq!(fold.state.name, "followed_up", "open again");
    assert_eq!(fold.attention[0].kind, AttentionKind::LateAfterArchive);
    assert!(fold.late.contains(&late));
    assert_eq!(view.notes, "旧电缆已回收\n");

    let attention = fold.attention[0].id.clone();
    office.at(50).record(WorkEvent::Resolved { attention, choice: attention::KEEP_ARCHIVED.into(), note: String::new() });
    assert_eq!(office.fold().state.name, "archived");
    assert_eq!(office.fold().late.len(), 1, "the flag stays");
}

#[test]
fn rule_11_reopening_and_archiving_again_closes_it() {
    let (mut office, mut zhang, mut li) = crew_at_work();
    zhang.at(30).record(done());
    meet(&mut office, &mut zhang);
    li.at(33).run(WorkCommand::Note { text: "x".into() });
    office.at(40).record(WorkEvent::FollowedUp { result: because("fine"), reporter: None });
    office.at(41).record(WorkEvent::Archived);
    gather(&mut [&mut office, &mut zhang, &mut li]);
    let attention = office.fold().attention[0].id.clone();
    office.at(50).record(WorkEvent::Resolved { attention, choice: attention::REOPEN.into(), note: String::new() });
    assert_eq!((office.fold().state.name, office.fold().attention.len()), ("followed_up", 0));
    office.at(51).record(WorkEvent::Archived);
    assert_eq!((office.fold().state.name, office.fold().attention.len()), ("archived", 0));
}

#[test]
fn the_crew_may_suspend_resume_decline_and_hand_over() {
    let (mut office, mut zhang, _) = crew_of_two();
    zhang.record(WorkEvent::Accepted);
    zhang.record(WorkEvent::Suspended { reason: because("lightning") });
    assert_eq!(zhang.fold().state.name, "suspended");
    zhang.record(WorkEvent::Resumed);
    assert_eq!(zhang.fold().state.name, "accepted");
    let mut other = zhang.clone();
    other.record(WorkEvent::Declined { reason: because("no lift truck") });
    assert_eq!(other.fold().state.name, "declined");
    zhang.record(WorkEvent::HandedOver { crew: CREW_B, reason: because("nearer") });
    meet(&mut office, &mut zhang);
    assert_eq!((office.fold().state.name, office.fold().holder), ("assigned", Some(CREW_B)));
}

#[test]
fn work_that_did_not_see_a_refusal_outweighs_it() {
    let (mut office, mut zhang, mut li) = crew_of_two();
    zhang.record(WorkEvent::Accepted);
    li.record(WorkEvent::Declined { reason: because("busy") });
    gather(&mut [&mut office, &mut zhang, &mut li]);
    assert_eq!(office.fold().state.name, "accepted");
}

#[test]
fn the_offices_assignment_outlasts_a_hand_over_it_did_not_see() {
    let (mut office, mut zhang, _) = crew_of_two();
    zhang.record(WorkEvent::Accepted);
    zhang.at(5).record(WorkEvent::HandedOver { crew: CREW_B, reason: because("nearer") });
    office.at(2).record(assigned(CREW_A));
    meet(&mut office, &mut zhang);
    all_agree(&[&office, &zhang]);
    assert_eq!(office.fold().holder, Some(CREW_A));
}

#[test]
fn a_wrong_wall_clock_changes_no_verdict() {
    for wrong_by in [-5_256_000, -60, 0, 60, 5_256_000] {
        let (_, mut zhang, _) = crew_of_two();
        zhang.wall_wrong_by = wrong_by;
        zhang.at(3).record(WorkEvent::Accepted);
        zhang.at(46).record(WorkEvent::Arrived);
        let (view, _) = zhang.view();
        assert_eq!(view.row.clocks[0].verdict, Verdict::Breached);
    }
}

#[test]
fn after_a_reboot_the_servers_receipt_may_still_decide() {
    let (_, mut zhang, _) = crew_of_two();
    zhang.reboot_at(2);
    zhang.at(3).record(WorkEvent::Accepted);
    zhang.at(4).record(WorkEvent::Arrived);
    assert_eq!(zhang.view().0.row.clocks[0].verdict, Verdict::Undecidable);
    let receipts: Receipts = zhang.document.get_changes(&[]).iter().map(|change| (change.hash(), minute(40))).collect();
    assert_eq!(view(&zhang.document, &receipts).unwrap().0.row.clocks[0].verdict, Verdict::Met);
}

#[test]
fn steps_out_of_order_are_refused_with_words() {
    let (_, mut zhang, _) = crew_of_two();
    let refused = |replica: &mut Replica, event| replica.try_run(WorkCommand::Record(event)).unwrap_err();
    assert_eq!(refused(&mut zhang, WorkEvent::Arrived).to_string(), "state_not_permitted: not while the item is assigned");
    assert_eq!(refused(&mut zhang, done()).reason, Reason::StateNotPermitted);
    assert_eq!(refused(&mut zhang, WorkEvent::Archived).reason, Reason::RoleNotPermitted);
    assert_eq!(refused(&mut zhang, assigned(CREW_B)).reason, Reason::RoleNotPermitted);
    assert_eq!(refused(&mut zhang, WorkEvent::Declined { reason: "  ".into() }).reason, Reason::InvalidValue);
    let mut stranger = Replica::new(7, "陌生人", Some(CREW_B));
    stranger.document = zhang.document;
    assert_eq!(refused(&mut stranger, WorkEvent::Accepted).reason, Reason::NotYourItem);
}

#[test]
fn rule_14_what_a_newer_phone_wrote_stays_untouched() {
    let (mut office, mut zhang, mut li) = crew_at_work();
    // A newer app on zhang's phone: a step that this build does not know, and a field beside those that it knows.
    let strange = write_raw(&mut zhang, "drone_flown", serde_json::json!({"altitude_m": 80}));
    zhang.step("completed", serde_json::json!({"cause": "鸟巢", "remedy": "清除", "drone_photos": 12}));
    gather(&mut [&mut office, &mut zhang, &mut li]);
    all_agree(&[&office, &zhang, &li]);
    let (view, fold) = office.view();
    assert_eq!(fold.state.name, "completed", "what it does not know has no effect");
    let kept = view.history.iter().find(|event| event.id == strange).expect("it is shown");
    assert_eq!((kept.kind.as_str(), &kept.body["altitude_m"]), ("drone_flown", &serde_json::json!(80)));
    assert_eq!(view.reports[0].body["drone_photos"], 12);
}

/// The event with this kind and body, as an app that knows it would write it.
fn write_raw(replica: &mut Replica, kind: &str, body: serde_json::Value) -> linecrew_protocol::ids::EventId {
    let author = replica.author();
    let recorded = author.sign((kind.to_owned(), body));
    let written = linecrew_protocol::model::command::write(&replica.document, DOCUMENT, &author, recorded, |_| Ok(())).expect("written");
    replica.document = written.document;
    written.recorded.id
}
