//! Rule 12: one decision for what a phone sent that its sender had no right to; and what is judged again when the right comes back.

use linecrew_protocol::{
    Reason,
    ids::{BatchId, DistrictId, DocumentId},
    model::{
        person::{Grant, Principal, Role},
        work::{Phase, WorkEvent},
    },
    wire::{Edit, Holding, Inventory},
};
use rusqlite::Transaction;

use super::{
    super::LogAudit,
    world::{CREW_A, CREW_B, DISTRICT, FEED_A, Phone, World, organisation, out_with_an_item, person, principal, verdicts, visit},
};
use crate::store::{
    Effects, Organisation, Store as _,
    refused::{Choice, DecideBatch, Decided, DecisionRecord, Family, Fate, RefusedBatch, RefusedDesk as _},
    register::Register as _,
};

/// Person 2 works in crew B.
fn moved() -> Organisation {
    let mut moved = organisation();
    moved.people[1].crew = Some(CREW_B);
    moved
}

async fn batches(world: &World) -> Vec<RefusedBatch> {
    world.store.refused_batches(None).await.unwrap()
}

async fn the_batch(world: &World) -> RefusedBatch {
    let [batch] = batches(world).await.try_into().unwrap_or_else(|all| panic!("one batch: {all:?}"));
    batch
}

async fn decide_as(world: &World, by: Principal, batch: &RefusedBatch, choice: Choice) -> Decided {
    let now = world.tick();
    let decision = DecideBatch { batch: batch.id, choice, reason: "当面核实".into(), by, by_name: "王芳".into(), now };
    world.store.decide(decision).await.unwrap()
}

async fn decide(world: &World, batch: &RefusedBatch, choice: Choice) -> Decided {
    decide_as(world, principal(1, None), batch, choice).await
}

async fn done(world: &World, batch: &RefusedBatch, choice: Choice) -> (DecisionRecord, Effects) {
    match decide(world, batch, choice).await {
        Decided::Done(record, effects) => (record, effects),
        other => panic!("{other:?}"),
    }
}

fn fates(record: &DecisionRecord) -> Vec<Fate> {
    record.edits.iter().map(|edit| edit.fate).collect()
}

fn nothing_is_wrong(world: &World) -> LogAudit {
    let audit: rusqlite::Result<_> = world.store.database.read(LogAudit::on);
    let audit = audit.unwrap();
    assert_eq!(audit.findings, []);
    audit
}

/// What `job` does, for a moment; what the audit says of it.
fn findings_after(world: &World, job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()> + Send + 'static) -> Vec<String> {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = std::sync::Arc::clone(&seen);
    let undone = world.store.database.write(move |transaction| {
        job(transaction)?;
        *told.lock().unwrap() = LogAudit::on(transaction)?.findings.iter().map(ToString::to_string).collect();
        Err::<(), _>(rusqlite::Error::InvalidQuery)
    });
    assert!(undone.is_err());
    std::mem::take(&mut *seen.lock().unwrap())
}

/// Sends a visit from a phone that was revoked meanwhile.
async fn lost_and_sent(world: &World, item: DocumentId, phone: &mut Phone) {
    visit(phone, item);
    world.store.revoke(phone.principal.installation, person(1), "手机丢失".into(), world.now()).await.unwrap();
    assert_eq!(verdicts(&world.send(phone, 1).await), [Some(Reason::Revoked); 6]);
}

#[tokio::test]
async fn rule_12_one_decision_admits_what_a_revoked_phone_had_done() {
    let (world, item, mut phone) = out_with_an_item().await;
    lost_and_sent(&world, item, &mut phone).await;
    let batch = the_batch(&world).await;
    assert_eq!((batch.family, batch.admissible, batch.edits.as_slice()), (Family::Revoked, true, &[1, 2, 3, 4, 5, 6][..]));
    let listed = world.store.quarantine(None).await.unwrap();
    assert!(listed.iter().all(|entry| entry.batch == batch.id));
    let (record, effects) = done(&world, &batch, Choice::Admit).await;
    assert_eq!(fates(&record), [Fate::Accepted; 6]);
    let row = world.row(item).await;
    assert_eq!((row.row.phase, row.row.lead), (Phase::Done, Some(person(2))), "attributed to its author");
    assert_eq!(effects.feeds.iter().collect::<Vec<_>>(), [&FEED_A]);
    assert_eq!(effects.rows, std::slice::from_ref(&row), "boards hear of it once, as it is now");
    assert!(effects.refused, "and that it no longer waits");
    assert!(batches(&world).await.is_empty());
    let detail = world.detail(item).await;
    assert!(detail.quarantined.is_empty());
    assert_eq!(detail.decisions, std::slice::from_ref(&record), "the item says who decided");
    assert_eq!((record.by, record.by_name.as_str(), record.reason.as_str()), (person(1), "王芳", "当面核实"));
    assert_eq!(record.edits[0].refused.reason, Reason::Revoked);
    assert_eq!(nothing_is_wrong(&world).decisions, [record]);
    assert_eq!(verdicts(&world.send(&phone, 1).await), [None; 6], "a repeat hears the new answer");
}

#[tokio::test]
async fn rule_12_a_dismissed_batch_is_kept_and_no_longer_open() {
    let (world, item, mut phone) = out_with_an_item().await;
    lost_and_sent(&world, item, &mut phone).await;
    let batch = the_batch(&world).await;
    let (record, effects) = done(&world, &batch, Choice::Dismiss).await;
    assert_eq!((fates(&record), effects), (vec![Fate::Dismissed; 6], Effects { refused: true, ..Effects::default() }));
    assert!(batches(&world).await.is_empty() && world.store.quarantine(None).await.unwrap().is_empty());
    let detail = world.detail(item).await;
    assert_eq!((detail.quarantined.len(), detail.decisions.len()), (6, 1), "kept for ever");
    assert_eq!(world.row(item).await.row.phase, Phase::Assigned);
    nothing_is_wrong(&world);
    assert_eq!(verdicts(&world.send(&phone, 1).await), [Some(Reason::Revoked); 6]);
}

#[tokio::test]
async fn rule_12_a_decision_is_made_once() {
    let (world, item, mut phone) = out_with_an_item().await;
    lost_and_sent(&world, item, &mut phone).await;
    let batch = the_batch(&world).await;
    let (record, _) = done(&world, &batch, Choice::Admit).await;
    let revision = world.store.revision().await.unwrap();
    assert_eq!(decide(&world, &batch, Choice::Admit).await, Decided::Repeated(record.clone()));
    assert_eq!(decide(&world, &batch, Choice::Dismiss).await, Decided::Other(record));
    assert_eq!(world.store.revision().await.unwrap(), revision);
    assert_eq!(nothing_is_wrong(&world).decisions.len(), 1);
}

#[tokio::test]
async fn rule_12_only_the_office_of_the_district_decides() {
    let (world, item, mut phone) = out_with_an_item().await;
    lost_and_sent(&world, item, &mut phone).await;
    let batch = the_batch(&world).await;
    assert_eq!(batch.district, Some(DISTRICT));
    let mut elsewhere = organisation();
    elsewhere.districts[0].id = DistrictId::from_bytes([0xE; 16]);
    elsewhere.people[0].roles = vec![Grant { role: Role::Dispatcher, district: Some(elsewhere.districts[0].id) }];
    world.store.import(elsewhere).await.unwrap();
    assert_eq!(decide(&world, &batch, Choice::Admit).await, Decided::NotTheirs, "roles are read when it is carried out");
    assert_eq!(decide_as(&world, phone.principal.clone(), &batch, Choice::Admit).await, Decided::NotTheirs);
    // Where there is no district to ask for, either.
    let unknown = RefusedBatch { id: BatchId::from_bytes([9; 16]), ..batch.clone() };
    assert_eq!(decide_as(&world, phone.principal.clone(), &unknown, Choice::Admit).await, Decided::NotTheirs);
    assert_eq!(decide(&world, &unknown, Choice::Admit).await, Decided::NotFound);
    assert_eq!(world.store.refused_batches(Some(vec![DistrictId::from_bytes([0xE; 16])])).await.unwrap(), []);
    assert_eq!(the_batch(&world).await, batch);
}

#[tokio::test]
async fn rule_12_a_decision_stands_for_the_senders_right_and_for_nothing_else() {
    let (world, item, mut phone) = out_with_an_item().await;
    phone.record(item, WorkEvent::Accepted);
    phone.record(item, WorkEvent::Departed);
    // It claims to have arrived in a colleague's name.
    let mut forged = phone.clone();
    forged.principal.person = person(3);
    forged.record(item, WorkEvent::Arrived);
    phone.edits.push(forged.edits[2].clone());
    phone.shown = forged.shown;
    phone.note(item, "到了");
    world.store.import(moved()).await.unwrap();
    let refused = verdicts(&world.send(&phone, 1).await);
    assert_eq!(refused[0], Some(Reason::NotYourItem));
    let batch = the_batch(&world).await;
    assert_eq!(batch.family, Family::Access, "what builds on a refused edit is decided with it");
    let (record, _) = done(&world, &batch, Choice::Admit).await;
    assert_eq!(fates(&record), [Fate::Accepted, Fate::Accepted, Fate::Refused, Fate::Refused]);
    assert_eq!(world.row(item).await.row.phase, Phase::Departed);
    let left = world.detail(item).await.quarantined;
    let mut left: Vec<_> = left.iter().map(|edit| (edit.device_seq, edit.reason)).collect();
    left.sort_unstable_by_key(|(number, _)| *number);
    assert_eq!(left[0], (3, Reason::WrongAuthor), "with its new reason");
    nothing_is_wrong(&world);
    let rest = the_batch(&world).await;
    assert_eq!((rest.family, rest.admissible), (Family::Wrong, false));
    assert_eq!(decide(&world, &rest, Choice::Admit).await, Decided::NotAdmissible(Family::Wrong));
    done(&world, &rest, Choice::Dismiss).await;
    assert!(batches(&world).await.is_empty());
    nothing_is_wrong(&world);
}

#[tokio::test]
async fn rule_12_an_admitted_edit_reaches_its_phone_when_digests_are_compared() {
    let (world, item, mut phone) = out_with_an_item().await;
    visit(&mut phone, item);
    world.store.import(moved()).await.unwrap();
    world.send(&phone, 1).await;
    let (record, _) = done(&world, &the_batch(&world).await, Choice::Admit).await;
    assert_eq!(fates(&record), [Fate::Accepted; 6], "by the decision, before access comes back");
    world.store.import(organisation()).await.unwrap();
    // Its own edits are not sent back by themselves, so what it holds differs, and it asks.
    let page = world.page(&phone, FEED_A).await;
    phone.store_page(FEED_A, page.clone());
    assert_ne!(phone.digest(FEED_A), page.digest);
    let held = &phone.feeds[&FEED_A].documents;
    let holdings = held.iter().map(|(id, document)| {
        let print = linecrew_protocol::digest::fingerprint(*id, &document.get_heads());
        Holding { document: *id, fingerprint: linecrew_protocol::digest::Digest::EMPTY.plus(print) }
    });
    let inventory = Inventory { feed: FEED_A, holdings: holdings.collect() };
    let repair = world.store.reconcile(phone.principal.installation, inventory).await.unwrap();
    phone.store_page(FEED_A, repair.clone());
    assert_eq!(phone.digest(FEED_A), repair.digest);
}

/// The edit's command carried out again, as a phone does after a refusal: a new event and a new number, with the evidence of then.
fn written_anew(world: &World, phone: &mut Phone, item: DocumentId, first: u64, event: &str) {
    let mut then = phone.clone();
    then.edits.truncate(usize::try_from(first).unwrap() - 1);
    let evidence = then.author(0).evidence;
    let author = linecrew_protocol::model::command::Author { evidence, ..phone.author(1) };
    let loaded = world.store.database.read(|connection| super::super::documents::load(connection, item));
    let document = loaded.unwrap().unwrap().document;
    let recorded = author.sign((event.to_owned(), serde_json::Value::Null));
    let written = linecrew_protocol::model::command::write(&document, item, &author, recorded, |_| Ok(())).unwrap();
    phone.edits.push(Edit { document: item, generation: 1, change: written.change.raw_bytes().to_vec().into(), lost: None });
}

#[tokio::test]
async fn what_was_written_anew_before_it_was_admitted_is_applied_once() {
    let (world, item, mut phone) = out_with_an_item().await;
    phone.record(item, WorkEvent::Accepted);
    world.store.import(moved()).await.unwrap();
    assert_eq!(verdicts(&world.send(&phone, 1).await), [Some(Reason::NotYourItem)]);
    // Back in its crew, but only after the phone has gone on: nothing is judged again by itself.
    written_anew(&world, &mut phone, item, 1, "accepted");
    assert_eq!(verdicts(&world.send(&phone, 2).await), [Some(Reason::NotYourItem)]);
    world.store.import(organisation()).await.unwrap();
    assert_eq!(the_batch(&world).await.edits, [1], "the second one was, the first one was not");
    let (record, _) = done(&world, &the_batch(&world).await, Choice::Admit).await;
    assert_eq!(fates(&record), [Fate::AlreadyRecorded]);
    assert_eq!(world.detail(item).await.view.history.iter().filter(|event| event.kind == "accepted").count(), 1);
    assert!(batches(&world).await.is_empty());
    nothing_is_wrong(&world);
}

#[tokio::test]
async fn what_is_written_anew_after_it_was_admitted_is_applied_once() {
    let (world, item, mut phone) = out_with_an_item().await;
    phone.record(item, WorkEvent::Accepted);
    world.store.import(moved()).await.unwrap();
    world.send(&phone, 1).await;
    done(&world, &the_batch(&world).await, Choice::Admit).await;
    world.store.import(organisation()).await.unwrap();
    written_anew(&world, &mut phone, item, 1, "accepted");
    assert_eq!(verdicts(&world.send(&phone, 2).await), [Some(Reason::AlreadyRecorded)]);
    assert_eq!(world.detail(item).await.view.history.iter().filter(|event| event.kind == "accepted").count(), 1);
    nothing_is_wrong(&world);
}

#[tokio::test]
async fn what_was_refused_for_lack_of_access_is_judged_again_when_it_comes_back() {
    let (world, item, mut phone) = out_with_an_item().await;
    visit(&mut phone, item);
    world.store.import(moved()).await.unwrap();
    world.send(&phone, 1).await;
    assert_eq!(world.row(item).await.row.phase, Phase::Assigned);
    world.store.import(organisation()).await.unwrap();
    assert_eq!(world.row(item).await.row.phase, Phase::Done);
    assert!(batches(&world).await.is_empty());
    let decisions = nothing_is_wrong(&world).decisions;
    assert_eq!(decisions.iter().map(|decision| (decision.choice, decision.edits.len())).collect::<Vec<_>>(), [(Choice::Retry, 6)]);
    assert_eq!(verdicts(&world.send(&phone, 1).await), [None; 6]);
}

#[tokio::test]
async fn what_comes_back_is_judged_again_also_when_its_item_is_another_crews_by_now() {
    let (world, item, mut phone) = out_with_an_item().await;
    visit(&mut phone, item);
    world.store.import(moved()).await.unwrap();
    world.send(&phone, 1).await;
    world.assign(item, CREW_B).await;
    let installation = phone.principal.installation;
    let named = || world.store.accepted(installation, (1..=7).collect());
    assert_eq!(named().await.unwrap(), []);
    world.store.import(organisation()).await.unwrap();
    assert!(batches(&world).await.is_empty());
    let named = named().await.unwrap();
    assert_eq!(named.iter().map(|outcome| outcome.device_seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6], "its phone hears so when it asks");
    assert_eq!(world.row(item).await.row.crew, Some(CREW_A), "work on site stands");
    nothing_is_wrong(&world);
}

#[tokio::test]
async fn a_person_who_may_write_again_has_what_was_refused_meanwhile() {
    let (world, item, mut phone) = out_with_an_item().await;
    visit(&mut phone, item);
    world.store.set_disabled(person(2), true, world.now()).await.unwrap();
    assert_eq!(verdicts(&world.send(&phone, 1).await), [Some(Reason::Revoked); 6]);
    let effects = world.store.set_disabled(person(2), false, world.now()).await.unwrap().expect("known");
    assert_eq!(effects.rows, [world.row(item).await], "boards hear of it");
    assert_eq!(world.row(item).await.row.phase, Phase::Done);
    nothing_is_wrong(&world);
}

#[tokio::test]
async fn a_role_that_comes_back_lets_in_what_waited_and_a_revoked_phone_stays_out() {
    let (world, item, mut phone) = out_with_an_item().await;
    visit(&mut phone, item);
    let mut without = organisation();
    without.people[1].roles.clear();
    world.store.import(without.clone()).await.unwrap();
    let refused = verdicts(&world.send(&phone, 1).await);
    assert_eq!(refused[0], Some(Reason::RoleNotPermitted));
    world.store.import(organisation()).await.unwrap();
    assert_eq!(world.row(item).await.row.phase, Phase::Done);
    let (world, item, mut phone) = out_with_an_item().await;
    lost_and_sent(&world, item, &mut phone).await;
    world.store.import(without).await.unwrap();
    world.store.import(organisation()).await.unwrap();
    assert_eq!(world.row(item).await.row.phase, Phase::Assigned);
    assert_eq!(the_batch(&world).await.edits.len(), 6);
}

#[tokio::test]
async fn a_document_that_stays_refused_holds_up_no_other() {
    let world = World::inline().await;
    let (item, other) = (world.item().await, world.item().await);
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    visit(&mut phone, item);
    visit(&mut phone, other);
    world.store.import(moved()).await.unwrap();
    world.send(&phone, 1).await;
    // The first edit of the first item is no longer what can be judged.
    let damage = |transaction: &Transaction<'_>| transaction.execute("UPDATE quarantine SET bytes = x'00' WHERE device_seq = 1", []);
    world.store.database.write(damage).unwrap();
    world.store.import(organisation()).await.unwrap();
    assert_eq!(world.row(item).await.row.phase, Phase::Assigned);
    assert_eq!(world.row(other).await.row.phase, Phase::Done);
    assert_eq!(the_batch(&world).await.edits, [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn a_decision_that_is_changed_or_taken_away_is_found() {
    let (world, item, mut phone) = out_with_an_item().await;
    lost_and_sent(&world, item, &mut phone).await;
    let (first, _) = done(&world, &the_batch(&world).await, Choice::Dismiss).await;
    let number = first.id;
    let run = |sql: &'static str| findings_after(&world, move |transaction| transaction.execute_batch(sql));
    for sql in [
        "UPDATE decisions SET reason = 'x'",
        "UPDATE decisions SET decided_by = zeroblob(16)",
        "UPDATE decisions SET decided_at = decided_at + 1",
        "UPDATE decisions SET choice = 'admit'",
        "UPDATE decided_edits SET fate = 'refused' WHERE device_seq = 2",
        "UPDATE decided_edits SET detail = '' WHERE device_seq = 3",
        "DELETE FROM decided_edits WHERE device_seq = 3",
    ] {
        assert!(run(sql).iter().any(|found| found.starts_with(&format!("decision {number}: its link"))), "{sql}: {:?}", run(sql));
    }
    for sql in [
        "UPDATE quarantine SET decision = NULL WHERE device_seq = 2",
        "DELETE FROM decided_edits WHERE device_seq = 2",
        "UPDATE decided_edits SET fate = 'accepted' WHERE device_seq = 2",
    ] {
        assert!(run(sql).iter().any(|found| found.contains(", edit 2: ")), "{sql}: {:?}", run(sql));
    }
}
