//! Attacks by effect: well-formed changes of a real repair by somebody who may write to it, that do what nobody may.

use automerge::{
    Automerge, AutomergeError, ObjType, ROOT, ReadDoc,
    transaction::{CommitOptions, Transactable, Transaction},
};
use linecrew_protocol::{
    Reason, Refusal,
    actor::actor_of,
    gate::{Expected, apply, inspect, touched},
    ids::{DocumentId, EventId, InstallationId, PersonId},
    model::{
        document::event_is_alone,
        event::Recorded,
        work::{
            WorkEvent,
            authorize::{Edit, authorize},
        },
    },
};
use serde_json::{Value, json};

use crate::world::*;

/// A crew's phone, an item that it has accepted, and what its next honest event would be.
struct Attack {
    phone: Replica,
    /// The number that it is sent with.
    device_seq: u64,
    event: Recorded,
}

type Written = Result<(), AutomergeError>;

impl Attack {
    fn new() -> Self {
        let (_, mut zhang, _) = crew_of_two();
        zhang.record(WorkEvent::Accepted);
        Self::by(zhang, "departed", Value::Null)
    }

    fn by(mut phone: Replica, kind: &str, body: Value) -> Self {
        let event = phone.author().sign((kind.to_owned(), body));
        Self { device_seq: event.event.device_seq, phone, event }
    }

    /// What the server says of a change that its phone writes by hand.
    fn write(&self, edit: impl FnOnce(&mut Transaction<'_>) -> Written) -> Result<Automerge, Refusal> {
        let document = &self.phone.document;
        self.offer(document, document, edit)
    }

    /// The same when the phone writes to what it had seen, and the server has more by now.
    fn offer(
        &self,
        seen: &Automerge,
        server: &Automerge,
        edit: impl FnOnce(&mut Transaction<'_>) -> Written,
    ) -> Result<Automerge, Refusal> {
        let actor = actor_of(self.phone.principal.installation, DOCUMENT, 0);
        let mut written = seen.clone().with_actor(actor.clone());
        let mut transaction = written.transaction();
        edit(&mut transaction).unwrap();
        transaction.commit_with(CommitOptions::default().with_time(0));
        let change = written.get_last_local_change().unwrap();
        let expected = Expected { actor, next_seq: change.seq(), document_changes: 1, document_bytes: 1 };
        let inspected = inspect(change.raw_bytes())?;
        let applied = apply(server, &inspected, &expected)?;
        let before = applied.before(server);
        let (touches, reference) = (&touched(&inspected, before), &self.phone.reference);
        let edit = Edit { before, after: applied.after(), touches, device_seq: self.device_seq, reference };
        let recorded = authorize(&edit, &self.phone.principal)?;
        event_is_alone(applied.merged(), recorded.id)?;
        Ok(applied.into_merged())
    }

    /// The event, told otherwise.
    fn lying(mut self, lie: impl FnOnce(&mut Recorded)) -> Reason {
        lie(&mut self.event);
        reason(self.write(|transaction| put_event(transaction, &self.event)))
    }

    /// The honest event, and something beside it.
    fn beside(more: impl FnOnce(&mut Transaction<'_>) -> Written) -> Reason {
        let attack = Self::new();
        reason(attack.write(|transaction| {
            put_event(transaction, &attack.event)?;
            more(transaction)
        }))
    }
}

fn reason(refused: Result<Automerge, Refusal>) -> Reason {
    refused.expect_err("the attack was taken").reason
}

fn section(document: &impl ReadDoc, name: &str) -> automerge::ObjId {
    document.get(ROOT, name).unwrap().unwrap().1
}

fn put_event(transaction: &mut Transaction<'_>, recorded: &Recorded) -> Written {
    let text = serde_json::to_string(&recorded.event).unwrap();
    transaction.put(section(transaction, "events"), recorded.id.to_string(), text)
}

#[test]
fn the_honest_event_is_taken() {
    let attack = Attack::new();
    assert!(attack.write(|transaction| put_event(transaction, &attack.event)).is_ok());
}

#[test]
fn an_event_in_a_colleagues_name() {
    let (li, lis_phone) = (PersonId::from_bytes([3; 16]), InstallationId::from_bytes([3; 16]));
    assert_eq!(Attack::new().lying(|recorded| recorded.event.by = li), Reason::WrongAuthor);
    assert_eq!(Attack::new().lying(|recorded| recorded.event.device = lis_phone), Reason::WrongAuthor);
    assert_eq!(Attack::new().lying(|recorded| recorded.event.device_seq += 1), Reason::WrongAuthor);
    assert_eq!(Attack::new().lying(|recorded| recorded.event.by_name = Some("王芳".into())), Reason::WrongAuthor);
}

#[test]
fn an_event_on_another_crews_item() {
    let (office, ..) = crew_of_two();
    let mut stranger = Replica::new(5, "吴强", Some(CREW_B));
    stranger.document = office.document;
    let attack = Attack::by(stranger, "accepted", Value::Null);
    assert_eq!(reason(attack.write(|transaction| put_event(transaction, &attack.event))), Reason::NotYourItem);
}

#[test]
fn what_only_the_office_or_the_server_records() {
    let crew = json!({"crew": CREW_B, "crew_name": "抢修二班", "members": []});
    for (kind, body) in [("assigned", crew), ("cancelled", json!({"reason": "x"})), ("archived", Value::Null)] {
        let (_, zhang, _) = crew_of_two();
        let attack = Attack::by(zhang, kind, body);
        assert_eq!(reason(attack.write(|transaction| put_event(transaction, &attack.event))), Reason::RoleNotPermitted, "{kind}");
    }
    let (_, zhang, _) = crew_of_two();
    let attack = Attack::by(zhang, "attachment_stored", json!({"hash": "00".repeat(32)}));
    assert_eq!(reason(attack.write(|transaction| put_event(transaction, &attack.event))), Reason::RoleNotPermitted);
}

#[test]
fn order_assignment_and_every_other_section_from_a_phone() {
    for (name, key) in [("order", "priority"), ("assignment", "crew"), ("meta", "district"), ("safety", "x"), ("readings", "x")] {
        let edits: [fn(&mut Transaction<'_>, &str, &str) -> Written; 2] = [
            |transaction, name, key| transaction.put(section(transaction, name), key, "mine"),
            |transaction, name, key| transaction.put_object(section(transaction, name), key, ObjType::Map).map(drop),
        ];
        for edit in edits {
            let reason = Attack::beside(|transaction| edit(transaction, name, key));
            assert!(matches!(reason, Reason::SectionNotPermitted | Reason::UnreadableEvent), "{name}: {reason}");
        }
    }
    // The same value again leaves no trace in what people see, but would win against the office's next word.
    let again = |transaction: &mut Transaction<'_>| {
        let order = section(transaction, "order");
        let number = transaction.get(&order, "number")?.unwrap().0.into_scalar().unwrap();
        transaction.delete(&order, "number")?;
        transaction.put(&order, "number", number)
    };
    assert_eq!(Attack::beside(again), Reason::SectionNotPermitted);
    let notes = |transaction: &mut Transaction<'_>| transaction.splice_text(section(transaction, "notes"), 0, 0, "not a note");
    assert_eq!(Attack::beside(notes), Reason::SectionNotPermitted);
}

#[test]
fn sections_are_neither_replaced_nor_added() {
    assert_eq!(Attack::beside(|transaction| transaction.put(ROOT, "mine", 1)), Reason::SectionNotPermitted);
    assert_eq!(Attack::beside(|transaction| transaction.put_object(ROOT, "mine", ObjType::Map).map(drop)), Reason::SectionNotPermitted);
    for name in ["events", "order", "meta", "notes"] {
        let reason = Attack::beside(|transaction| transaction.put_object(ROOT, name, ObjType::Map).map(drop));
        assert!(matches!(reason, Reason::NotOneEvent | Reason::UnreadableEvent | Reason::SectionNotPermitted), "{name}: {reason}");
        assert!(matches!(Attack::beside(|transaction| transaction.delete(ROOT, name)), Reason::NotOneEvent | Reason::UnreadableEvent));
    }
}

#[test]
fn events_of_others_are_neither_deleted_nor_rewritten() {
    let first = |transaction: &Transaction<'_>| transaction.keys(section(transaction, "events")).next().unwrap();
    let delete = |transaction: &mut Transaction<'_>| {
        let id = first(transaction);
        transaction.delete(section(transaction, "events"), id)
    };
    let rewrite = |transaction: &mut Transaction<'_>| {
        let id = first(transaction);
        transaction.put(section(transaction, "events"), id, "{}")
    };
    let attack = Attack::new();
    assert_eq!(reason(attack.write(delete)), Reason::NotOneEvent);
    assert_eq!(reason(attack.write(rewrite)), Reason::NotOneEvent);
    assert_eq!(Attack::beside(delete), Reason::NotOneEvent);
    assert_eq!(Attack::beside(rewrite), Reason::NotOneEvent);
}

/// The id of an event that the attacker knows and pretends not to have seen: in its own view nothing is wrong.
#[test]
fn an_event_under_the_id_of_one_that_its_author_pretends_not_to_know() {
    let (_, zhang, mut li) = crew_of_two();
    let seen = zhang.document.clone();
    let hidden = li.record(WorkEvent::Accepted);
    let mut attack = Attack::by(zhang, "accepted", Value::Null);
    let honest = attack.offer(&seen, &li.document, |transaction| put_event(transaction, &attack.event));
    assert!(honest.is_ok());
    attack.event.id = hidden;
    assert_eq!(reason(attack.offer(&seen, &li.document, |transaction| put_event(transaction, &attack.event))), Reason::NotOneEvent);
}

#[test]
fn two_events_or_none() {
    let mut second = Attack::new().event;
    second.id = EventId::from_bytes([4; 16]);
    assert_eq!(Attack::beside(|transaction| put_event(transaction, &second)), Reason::NotOneEvent);
    let attack = Attack::new();
    let note = |transaction: &mut Transaction<'_>| transaction.splice_text(section(transaction, "notes"), 0, 0, "x");
    assert_eq!(reason(attack.write(note)), Reason::NotOneEvent);
}

#[test]
fn values_that_are_not_of_their_schema() {
    let put = |key: &str, value: &Value| {
        let (key, text) = (key.to_owned(), value.to_string());
        let attack = Attack::new();
        reason(attack.write(|transaction| transaction.put(section(transaction, "events"), key, text)))
    };
    let id = EventId::from_bytes([4; 16]).to_string();
    for value in [json!({}), json!([]), json!(null), json!({"kind": 7}), json!("accepted")] {
        assert_eq!(put(&id, &value), Reason::UnreadableEvent, "{value}");
    }
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let attack = Attack::new();
    let written = attack.write(|transaction| transaction.put(section(transaction, "events"), &id, deep));
    assert_eq!(reason(written), Reason::UnreadableEvent, "nesting is bounded by the reader");
    assert_eq!(put("not an id", &json!({})), Reason::UnreadableEvent);
    let number = Attack::new();
    assert_eq!(reason(number.write(|transaction| transaction.put(section(transaction, "events"), &id, 7))), Reason::UnreadableEvent);
    assert_eq!(Attack::new().lying(|recorded| recorded.event.kind = "sang".into()), Reason::UnreadableEvent);
    assert_eq!(Attack::new().lying(|recorded| recorded.event.body = json!("x".repeat(20_000))), Reason::InvalidValue);
    let (_, zhang, _) = crew_of_two();
    let declined = Attack::by(zhang, "declined", json!({"reason": "x".repeat(4_001)}));
    assert_eq!(reason(declined.write(|transaction| put_event(transaction, &declined.event))), Reason::InvalidValue);
}

#[test]
fn a_text_of_ten_megabytes() {
    let attack = Attack::new();
    let value = "x".repeat(10 * 1024 * 1024);
    let written = attack.write(|transaction| transaction.put(section(transaction, "materials"), "x", value));
    assert_eq!(reason(written), Reason::ChangeTooLarge);
    // Inserted it is one operation a letter, and each compresses to next to nothing.
    let letters = "x".repeat(20_000);
    let inserted = attack.write(|transaction| transaction.splice_text(section(transaction, "notes"), 0, 0, &letters));
    assert_eq!(reason(inserted), Reason::TooManyOperations);
}

#[test]
fn a_change_for_another_document() {
    let attack = Attack::new();
    let other = DocumentId::from_bytes([0xEE; 16]);
    let mut written = attack.phone.document.clone().with_actor(actor_of(attack.phone.principal.installation, other, 0));
    written.transact::<_, _, AutomergeError>(|transaction| put_event(transaction, &attack.event)).unwrap();
    let inspected = inspect(written.get_last_local_change().unwrap().raw_bytes()).unwrap();
    // The actor of a document is derived from its id, so a change says for which one it was made.
    let expected = |actor| Expected { actor, next_seq: 1, document_changes: 1, document_bytes: 1 };
    let own = expected(actor_of(attack.phone.principal.installation, DOCUMENT, 0));
    assert_eq!(apply(&attack.phone.document, &inspected, &own).unwrap_err().reason, Reason::WrongActor);
    // Even under the right actor it depends on what the other document does not have.
    let foreign = expected(inspected.change().actor_id().clone());
    assert_eq!(apply(&office().document, &inspected, &foreign).unwrap_err().reason, Reason::MissingDependency);
}

#[test]
fn the_actor_of_another_device() {
    let attack = Attack::new();
    let theirs = actor_of(InstallationId::from_bytes([3; 16]), DOCUMENT, 0);
    let mut written = attack.phone.document.clone().with_actor(theirs);
    written.transact::<_, _, AutomergeError>(|transaction| put_event(transaction, &attack.event)).unwrap();
    let inspected = inspect(written.get_last_local_change().unwrap().raw_bytes()).unwrap();
    let actor = actor_of(attack.phone.principal.installation, DOCUMENT, 0);
    let expected = Expected { actor, next_seq: 2, document_changes: 1, document_bytes: 1 };
    assert_eq!(apply(&attack.phone.document, &inspected, &expected).unwrap_err().reason, Reason::WrongActor);
}
