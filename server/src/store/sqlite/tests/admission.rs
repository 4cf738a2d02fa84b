use linecrew_protocol::{
    Reason,
    ids::{CrewId, DocumentId},
    model::work::{Phase, WorkEvent},
    wire::{Edit, HandIn, LeaveReason, Outcome},
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use super::world::{CREW_A, CREW_B, FEED_A, FEED_B, Phone, World, organisation, out_with_an_item, person, started, verdicts, visit};
use crate::store::{Store as _, StoreError, register::Register as _};

/// The edit with one bit of its content wrong.
pub(super) fn damage(edit: &mut Edit) {
    let mut bytes = edit.change.to_vec();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    edit.change = bytes.into();
}

#[tokio::test]
async fn a_visit_is_accepted_and_shows_on_the_board() {
    let (world, item, mut phone) = out_with_an_item().await;
    visit(&mut phone, item);
    let (acked, effects) = world.push(&phone, phone.outbox(1)).await.unwrap();
    assert_eq!(verdicts(&acked), [None; 6]);
    assert_eq!(acked.next_seq, 7);
    assert_eq!(effects.feeds.into_iter().collect::<Vec<_>>(), [FEED_A]);
    let row = world.row(item).await;
    assert_eq!(effects.rows, std::slice::from_ref(&row));
    assert_eq!((row.row.phase, row.row.crew, row.row.lead), (Phase::Done, Some(CREW_A), Some(person(2))));
    let detail = world.store.detail(item).await.unwrap().unwrap();
    assert_eq!(detail.view.history.len(), 8);
    assert_eq!(detail.view.history.last().unwrap().by.name.as_deref(), Some("张伟"));
    phone.store_acked(FEED_A, &acked);
    let before = phone.received;
    world.pull(&mut phone, FEED_A).await;
    assert_eq!(phone.received, before, "its own edits are not sent back");
}

#[tokio::test]
async fn a_batch_that_comes_again_in_any_cut_and_order_gets_the_same_answers() {
    let world = World::inline().await;
    let (item, other) = (world.item().await, world.item().await);
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    visit(&mut phone, item);
    visit(&mut phone, other);
    damage(&mut phone.edits[7]);
    let first = world.send(&phone, 1).await;
    let expected = vec![None, Some(Reason::Undecodable), Some(Reason::DependsOnRefused)];
    let mut seen = verdicts(&first);
    seen.dedup();
    assert_eq!(seen, expected);
    let revision = world.store.revision().await.unwrap();
    let mut random = StdRng::seed_from_u64(7);
    for round in 0..100 {
        let from = random.random_range(0..phone.edits.len());
        let to = random.random_range(from..=phone.edits.len());
        let push = phone.push_of(from as u64 + 1, phone.edits[from..to].to_vec());
        let (again, effects) = world.push(&phone, push).await.unwrap();
        assert_eq!(again.outcomes, first.outcomes[from..to], "round {round}");
        assert_eq!(again.next_seq, first.next_seq);
        assert!(effects.feeds.is_empty() && effects.rows.is_empty());
    }
    assert_eq!(world.store.revision().await.unwrap(), revision);
    assert_eq!(world.store.detail(other).await.unwrap().unwrap().quarantined.len(), 5);
}

#[tokio::test]
async fn a_push_is_judged_the_same_edit_by_edit_and_as_a_whole() {
    use super::super::deliver::{Care, Delivered, Inspection, admit};
    let mut seen = Vec::new();
    for care in [Care::Documents, Care::Edits] {
        let (world, item, mut phone) = out_with_an_item().await;
        phone.record(item, WorkEvent::Accepted);
        phone.note(item, "带上梯子");
        phone.record(item, WorkEvent::HandedOver { crew: CrewId::from_bytes([0x77; 16]), reason: "太远".into() });
        let delivery = crate::store::Delivery { principal: phone.principal.clone(), push: phone.outbox(1), now: world.tick() };
        let (push, desk) = (Inspection::of(delivery), std::sync::Arc::clone(&world.store.desk));
        let admitted = world.store.database.write(move |transaction| admit(transaction, &desk, &push, care));
        let delivered = admitted.map_err(|error: linecrew_sqlite::WriteError<rusqlite::Error>| error).unwrap();
        let Delivered::Answered(acked, _) = delivered else { panic!("not a copy") };
        let row = world.row(item).await.row;
        let kept = world.detail(item).await.quarantined.len();
        seen.push((verdicts(&acked), row.state, row.phase, row.lead, row.next, kept));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].0, [None, None, Some(Reason::RuleViolated)]);
}

#[tokio::test]
async fn a_gap_is_answered_with_the_number_that_is_wanted() {
    let (world, item, mut phone) = out_with_an_item().await;
    visit(&mut phone, item);
    let (acked, effects) = world.push(&phone, phone.outbox(3)).await.unwrap();
    assert_eq!((acked.outcomes.len(), acked.next_seq), (0, 1));
    assert!(effects.feeds.is_empty() && effects.rows.is_empty());
    assert_eq!(world.row(item).await.row.phase, Phase::Assigned);
    assert_eq!(world.send(&phone, 1).await.next_seq, 7);
}

#[tokio::test]
async fn rule_16_a_clone_is_noticed_by_its_numbers_and_its_edits_are_kept() {
    let (world, item, mut phone) = out_with_an_item().await;
    let mut copy = phone.clone();
    phone.record(item, WorkEvent::Accepted);
    copy.record(item, WorkEvent::Declined { reason: "车坏了".into() });
    let accepted = world.send(&phone, 1).await;
    let row = world.row(item).await;
    // Its next edit would have the number that the server wants: what it builds on is another past.
    copy.note(item, "明天再来");
    for first_seq in [1, 1, 2] {
        let refused = world.push(&copy, copy.outbox(first_seq)).await;
        assert!(matches!(refused, Err(StoreError::IdentityReused)), "{refused:?}");
    }
    assert_eq!(world.row(item).await, row);
    assert_eq!(world.send(&phone, 1).await, accepted, "the first keeps its answer");
    let kept = world.store.detail(item).await.unwrap().unwrap().quarantined;
    let kept: Vec<_> = kept.iter().map(|edit| (edit.device_seq, edit.reason)).collect();
    assert_eq!(kept, [(2, Reason::SequenceReused), (1, Reason::SequenceReused)], "whole, and once");
    phone.record(item, WorkEvent::Departed);
    assert_eq!(verdicts(&world.send(&phone, 2).await), [None], "the first goes on");
}

#[tokio::test]
async fn a_refused_edit_takes_its_successors_along_and_nobody_else() {
    let world = World::inline().await;
    let (item, other) = (world.item().await, world.item().await);
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    phone.record(item, WorkEvent::Accepted);
    phone.record(other, WorkEvent::Accepted);
    phone.record(item, WorkEvent::Departed);
    phone.record(other, WorkEvent::Departed);
    phone.record(item, WorkEvent::Arrived);
    damage(&mut phone.edits[2]);
    let acked = world.send(&phone, 1).await;
    assert_eq!(verdicts(&acked), [None, None, Some(Reason::Undecodable), None, Some(Reason::DependsOnRefused)]);
    phone.record(item, started());
    phone.record(other, WorkEvent::Arrived);
    assert_eq!(verdicts(&world.send(&phone, 6).await), [Some(Reason::DependsOnRefused), None], "also in a later push");
    assert_eq!(world.row(item).await.row.phase, Phase::Accepted);
    assert_eq!(world.row(other).await.row.phase, Phase::Arrived);
    let bytes: Vec<Vec<u8>> = world
        .store
        .database
        .read(|connection| {
            connection.prepare("SELECT bytes FROM quarantine ORDER BY device_seq")?.query_map([], |row| row.get("bytes"))?.collect()
        })
        .map_err(|error: rusqlite::Error| error)
        .unwrap();
    let sent: Vec<Vec<u8>> = [2_usize, 4, 5].iter().map(|place| phone.edits[*place].change.to_vec()).collect();
    assert_eq!(bytes, sent, "kept byte for byte");
}

#[tokio::test]
async fn unknown_documents_and_foreign_changes_end_in_quarantine() {
    let (world, item, mut phone) = out_with_an_item().await;
    let stranger = world.phone(4).await;
    phone.record(item, WorkEvent::Accepted);
    let genuine = phone.edits[0].clone();
    let nowhere = Edit { document: DocumentId::from_bytes([9; 16]), ..genuine.clone() };
    let mut stranger = stranger;
    stranger.edits = vec![genuine.clone(), nowhere, Edit { change: vec![1, 2, 3].into(), ..genuine.clone() }];
    let acked = world.send(&stranger, 1).await;
    assert_eq!(verdicts(&acked), [Some(Reason::WrongActor), Some(Reason::UnknownDocument), Some(Reason::NotAChange)]);
    assert_eq!(world.row(item).await.row.phase, Phase::Assigned);
    assert_eq!(verdicts(&world.send(&phone, 1).await), [None], "the forger took nothing away");
    stranger.edits.push(genuine);
    let again = world.send(&stranger, 4).await;
    assert_eq!(verdicts(&again), [Some(Reason::WrongActor)], "nor now that the change is known");
}

#[tokio::test]
async fn what_a_person_may_do_is_read_when_the_edit_comes() {
    let (world, item, mut phone) = out_with_an_item().await;
    visit(&mut phone, item);
    let mut moved = organisation();
    moved.people[1].crew = Some(CREW_B);
    world.store.import(moved).await.unwrap();
    let acked = world.send(&phone, 1).await;
    assert_eq!(verdicts(&acked)[..2], [Some(Reason::NotYourItem), Some(Reason::DependsOnRefused)]);
    assert_eq!(world.row(item).await.row.phase, Phase::Assigned);
}

#[tokio::test]
async fn a_revoked_phone_loses_nothing_and_gets_nothing() {
    let (world, item, mut phone) = out_with_an_item().await;
    visit(&mut phone, item);
    let installation = phone.principal.installation;
    let revoked = world.store.revoke(installation, person(1), "手机丢失".into(), world.now()).await.unwrap();
    assert_eq!(revoked.map(|phone| phone.installation), Some(installation));
    assert_eq!(verdicts(&world.send(&phone, 1).await), [Some(Reason::Revoked); 6]);
    assert_eq!(world.store.detail(item).await.unwrap().unwrap().quarantined.len(), 6);
    let opening = world.store.open_session(installation, person(2)).await.unwrap().unwrap();
    assert_eq!((opening.hand_in, opening.feeds.len(), opening.next_device_seq), (Some(HandIn::Revoked), 0, 7));
    assert_eq!((opening.principal.grants.len(), opening.principal.crew), (0, None));
    assert!(world.store.page(installation, FEED_A, 0, None).await.is_err());
}

#[tokio::test]
async fn a_person_who_may_not_work_hands_in_and_gets_nothing_until_they_may_again() {
    let (world, item, mut phone) = out_with_an_item().await;
    let installation = phone.principal.installation;
    assert!(world.store.set_disabled(person(2), true, world.now()).await.unwrap().is_some());
    phone.record(item, WorkEvent::Accepted);
    assert_eq!(verdicts(&world.send(&phone, 1).await), [Some(Reason::Revoked)]);
    let opening = world.store.open_session(installation, person(2)).await.unwrap().unwrap();
    assert_eq!((opening.hand_in, opening.feeds.len()), (Some(HandIn::Suspended), 0));
    assert!(world.store.page(installation, FEED_A, 0, None).await.is_err());
    assert!(world.store.set_disabled(person(2), false, world.now()).await.unwrap().is_some());
    let opening = world.store.open_session(installation, person(2)).await.unwrap().unwrap();
    assert_eq!((opening.hand_in, opening.feeds[0].feed), (None, FEED_A));
}

#[tokio::test]
async fn a_reassignment_stands_against_travel_and_says_who_decided() {
    let (world, item, mut phone) = out_with_an_item().await;
    phone.record(item, WorkEvent::Accepted);
    phone.record(item, WorkEvent::Departed);
    world.assign(item, CREW_B).await;
    assert_eq!(verdicts(&world.send(&phone, 1).await), [None, None], "an honest edit, though overtaken");
    let row = world.row(item).await;
    assert_eq!((row.row.crew, row.row.phase), (Some(CREW_B), Phase::Assigned));
    world.pull(&mut phone, FEED_A).await;
    assert!(!phone.holds(FEED_A, item));
    let [(_, withdrawal)] = &phone.withdrawals[..] else { panic!("{:?}", phone.withdrawals) };
    assert_eq!(withdrawal.reason, LeaveReason::Reassigned);
    assert_eq!((withdrawal.by.as_deref(), withdrawal.to.as_deref()), (Some("王芳"), Some("抢修二班")));
    let superseded = world.store.detail(item).await.unwrap().unwrap().view.history;
    assert_eq!(superseded.iter().filter(|event| event.superseded).count(), 2);
}

#[tokio::test]
async fn work_on_site_stands_against_a_reassignment() {
    let (world, item, mut phone) = out_with_an_item().await;
    for event in [WorkEvent::Accepted, WorkEvent::Departed, WorkEvent::Arrived] {
        phone.record(item, event);
    }
    world.assign(item, CREW_B).await;
    let mut other = world.phone(4).await;
    world.pull(&mut other, FEED_B).await;
    assert!(other.holds(FEED_B, item));
    let (acked, effects) = world.push(&phone, phone.outbox(1)).await.unwrap();
    assert_eq!(verdicts(&acked), [None; 3]);
    assert_eq!(effects.feeds.into_iter().collect::<Vec<_>>(), [FEED_A, FEED_B]);
    let row = world.row(item).await.row;
    assert_eq!((row.crew, row.phase), (Some(CREW_A), Phase::Arrived));
    assert_eq!(row.attention.iter().map(|open| open.rule).collect::<Vec<_>>(), [3]);
    world.pull(&mut other, FEED_B).await;
    let [(_, withdrawal)] = &other.withdrawals[..] else { panic!("{:?}", other.withdrawals) };
    assert_eq!(withdrawal.reason, LeaveReason::WorkStandsElsewhere);
    assert_eq!((withdrawal.by.as_deref(), withdrawal.to.as_deref()), (Some("张伟"), Some("抢修一班")));
    world.pull(&mut phone, FEED_A).await;
    assert!(phone.holds(FEED_A, item), "it left and came back while the phone was offline");
    assert!(phone.withdrawals.is_empty());
}

#[tokio::test]
async fn an_item_cannot_be_handed_to_a_crew_that_does_not_exist() {
    let (world, item, mut phone) = out_with_an_item().await;
    phone.record(item, WorkEvent::Accepted);
    phone.record(item, WorkEvent::HandedOver { crew: CrewId::from_bytes([0x77; 16]), reason: "太远".into() });
    assert_eq!(verdicts(&world.send(&phone, 1).await), [None, Some(Reason::RuleViolated)]);
    assert_eq!(world.row(item).await.row.crew, Some(CREW_A));
}

#[tokio::test]
async fn a_change_that_is_there_already_is_accepted_with_its_first_receipt() {
    let (world, item, mut phone) = out_with_an_item().await;
    visit(&mut phone, item);
    let first = world.send(&phone, 1).await;
    let forget = |transaction: &rusqlite::Transaction<'_>| {
        transaction.execute_batch("DELETE FROM edits; DELETE FROM batches; UPDATE installations SET next_device_seq = 1")
    };
    world.store.database.write(forget).unwrap();
    let again = world.send(&phone, 1).await;
    assert_eq!(again, first);
    let times: Vec<&Outcome> = again.outcomes.iter().collect();
    assert!(times.iter().all(|outcome| outcome.received_at == first.outcomes[0].received_at));
}

#[tokio::test]
async fn refused_edits_are_listed_with_what_they_were_about() {
    let (world, item, mut phone) = out_with_an_item().await;
    let mut stranger = world.phone(4).await;
    phone.record(item, WorkEvent::Declined { reason: "车坏了".into() });
    damage(&mut phone.edits[0]);
    world.send(&phone, 1).await;
    stranger.edits.push(Edit { document: item, generation: 0, change: forged(&world, item, &stranger).into(), lost: None });
    assert_eq!(verdicts(&world.send(&stranger, 1).await), [Some(Reason::NotYourItem)]);
    let listed = world.store.quarantine(None).await.unwrap();
    assert_eq!(listed.len(), 2);
    let number = world.row(item).await.row.number;
    assert_eq!(
        (listed[0].security, listed[0].edit.event_kind.as_deref(), listed[0].number.as_ref()),
        (true, Some("accepted"), Some(&number))
    );
    assert_eq!((listed[1].security, listed[1].edit.event_kind.as_deref(), listed[1].edit.reason), (false, None, Reason::Undecodable));
    let elsewhere = linecrew_protocol::ids::DistrictId::from_bytes([0x99; 16]);
    assert!(world.store.quarantine(Some(vec![elsewhere])).await.unwrap().is_empty());
    assert_eq!(world.store.quarantine(Some(vec![super::world::DISTRICT])).await.unwrap().len(), 2);
}

pub(super) fn world_document(world: &World, item: DocumentId) -> linecrew_protocol::Automerge {
    let loaded = world.store.database.read(|connection| super::super::documents::load(connection, item));
    loaded.expect("read").expect("there").document
}

/// What a phone of another crew would write if it did not ask itself whether it may.
fn forged(world: &World, item: DocumentId, phone: &Phone) -> Vec<u8> {
    let author = phone.author(0);
    let recorded = author.sign(("accepted".to_owned(), serde_json::Value::Null));
    let document = world_document(world, item);
    let written = linecrew_protocol::model::command::write(&document, item, &author, recorded, |_| Ok(())).expect("written");
    written.change.raw_bytes().to_vec()
}

#[tokio::test]
async fn nobody_hides_a_colleagues_event_by_pretending_not_to_have_seen_it() {
    let (world, item, mut phone) = out_with_an_item().await;
    let mut mate = world.phone(3).await;
    world.pull(&mut mate, FEED_A).await;
    let event = phone.author(0).event;
    phone.record(item, WorkEvent::Accepted);
    assert_eq!(verdicts(&world.send(&phone, 1).await), [None]);
    // The mate's phone knows the id from the feed, and writes upon the document of before.
    let author = linecrew_protocol::model::command::Author { event, ..mate.author(0) };
    let recorded = author.sign(("declined".to_owned(), serde_json::json!({"reason": "不去"})));
    let before = mate.shown.get(&item).unwrap();
    let written = linecrew_protocol::model::command::write(before, item, &author, recorded, |_| Ok(())).unwrap();
    mate.edits.push(Edit { document: item, generation: 0, change: written.change.raw_bytes().to_vec().into(), lost: None });
    assert_eq!(verdicts(&world.send(&mate, 1).await), [Some(Reason::NotOneEvent)]);
    assert_eq!(world.row(item).await.row.phase, Phase::Accepted);
}

#[tokio::test]
async fn no_work_starts_before_the_safety_gate_is_passed() {
    use linecrew_protocol::model::work::SafetyStep as S;
    let options = linecrew_sqlite::Options { execution: linecrew_sqlite::Execution::Inline, ..Default::default() };
    let world = World::under(options, Default::default()).await;
    let item = world.item().await;
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    for event in [WorkEvent::Accepted, WorkEvent::Departed, WorkEvent::Arrived] {
        phone.record(item, event);
    }
    let refused = phone.try_run(item, &linecrew_protocol::model::work::WorkCommand::Record(started())).unwrap_err();
    assert_eq!(refused.reason, Reason::StateNotPermitted);
    let gate = [S::WorkTicket, S::HazardSurvey, S::Briefing, S::SupervisorConfirmed, S::DeEnergised, S::VerifiedDead, S::Earthed];
    for step in gate {
        phone.record(item, WorkEvent::SafetyRecorded { step, detail: "闽电 2026-118".into() });
    }
    phone.record(item, started());
    assert_eq!(verdicts(&world.send(&phone, 1).await), [None; 11]);
    let detail = world.detail(item).await.view;
    assert_eq!((detail.row.state.as_str(), detail.safety.required.as_slice(), detail.safety.missing.len()), ("work_started", &gate[..], 0));
    assert!(detail.safety.done.iter().all(|done| done.by.name.as_deref() == Some("张伟")));
}

#[tokio::test]
async fn rule_13_an_edit_of_an_item_that_was_never_theirs_is_a_security_event() {
    let (world, item, _) = out_with_an_item().await;
    let before = world.row(item).await;
    let mut stranger = world.phone(4).await;
    let bytes = forged(&world, item, &stranger);
    stranger.edits.push(Edit { document: item, generation: 0, change: bytes.clone().into(), lost: None });
    assert_eq!(verdicts(&world.send(&stranger, 1).await), [Some(Reason::NotYourItem)]);
    assert_eq!(world.row(item).await, before, "nothing of it is part of the item");
    let listed = world.store.quarantine(None).await.unwrap();
    let [entry] = listed.as_slice() else { panic!("one refused edit: {listed:?}") };
    assert!(entry.security);
    assert_eq!((entry.edit.installation, entry.edit.person), (stranger.principal.installation, stranger.principal.person));
    let kept: Vec<u8> = world
        .store
        .database
        .read(|connection| connection.query_row("SELECT bytes FROM quarantine", [], |row| row.get("bytes")))
        .map_err(|error: rusqlite::Error| error)
        .unwrap();
    assert_eq!(kept, bytes, "kept byte for byte");
}

#[tokio::test]
async fn rule_14_what_an_older_build_could_not_judge_is_judged_again_after_an_upgrade() {
    let (world, item, mut phone) = out_with_an_item().await;
    phone.record(item, WorkEvent::Accepted);
    // It waits in quarantine as something that nobody could read, which this build can.
    let mut moved = organisation();
    moved.people.iter_mut().filter(|known| known.id == person(2)).for_each(|known| known.crew = Some(CREW_B));
    world.store.import(moved).await.unwrap();
    assert_eq!(verdicts(&world.send(&phone, 1).await), [Some(Reason::NotYourItem)]);
    let unread = Reason::UnreadableEvent.number();
    let as_unread = move |transaction: &rusqlite::Transaction<'_>| {
        transaction.execute("UPDATE quarantine SET reason = ?1", [unread])?;
        transaction.execute("UPDATE edits SET refused = ?1 WHERE refused IS NOT NULL", [unread])
    };
    world.store.database.write(as_unread).unwrap();
    world.store.import(organisation()).await.unwrap();
    let look = |build: &'static str| {
        let (desk, now) = (std::sync::Arc::clone(&world.store.desk), world.tick());
        let taken = world.store.database.write(move |transaction| super::super::second_look::take(transaction, &desk, build, now));
        taken.map_err(|error: linecrew_sqlite::WriteError<rusqlite::Error>| error).unwrap()
    };
    assert_eq!(look("the next build"), 1);
    assert_eq!(world.row(item).await.row.phase, Phase::Accepted);
    assert!(world.store.quarantine(None).await.unwrap().is_empty(), "it waits no longer");
    assert_eq!(verdicts(&world.send(&phone, 1).await), [None], "its phone hears the new answer");
    assert_eq!(look("the next build"), 0, "a build looks once");
}
