//! Books and receivables as documents: who may write what into them.

use linecrew_protocol::{
    Automerge, Reason, Refusal,
    gate::{self, Expected},
    ids::{BootId, DistrictId, DocumentId, EventId, InstallationId, PersonId},
    model::{
        collection::{Act, BOOK_KIND, Fen, OfficeAct, RECEIVABLE_KIND, Receivable, Sealed, book, receivable, receivable::ReceivableAct},
        command::{Author, Written, write},
        document::Meta,
        person::{Grant, Principal, Role},
        reference::Reference,
        work::authorize::Edit,
    },
    time::{Evidence, Timestamp},
};

use crate::till::{START, Till, yuan};

const DISTRICT: DistrictId = DistrictId::from_bytes([9; 16]);
const OFFICE: InstallationId = InstallationId::from_bytes([0xFF; 16]);

fn author(principal: Principal, number: u64) -> Author {
    let evidence = Evidence::of_server(Timestamp::from_unix_millis(START), BootId::from_bytes([7; 16]));
    let event = EventId::new(evidence.wall, [u8::try_from(number % 250).unwrap(); 10]);
    Author { principal, name: None, device_seq: number, evidence, event, generation: 0 }
}

fn office() -> Author {
    let grants = vec![Grant { role: Role::Admin, district: None }];
    author(Principal { person: PersonId::from_bytes([0xEE; 16]), installation: OFFICE, grants, crew: None }, 1)
}

fn person(till: &Till, roles: &[Role]) -> Principal {
    let grants = roles.iter().map(|role| Grant { role: *role, district: Some(DISTRICT) }).collect();
    Principal { person: till.collector, installation: till.device, grants, crew: None }
}

fn meta(id: DocumentId, kind: &str) -> Meta {
    Meta { id, kind: kind.to_owned(), schema: 1, district: DISTRICT, created: Timestamp::from_unix_millis(START) }
}

fn leased(till: &mut Till) -> (DocumentId, Automerge) {
    let id = till.is_leased(10);
    let written = book::lease(&meta(id, BOOK_KIND), &till.facts.leases[&id], &office()).unwrap();
    (id, written.document)
}

/// What the server says of a change that a phone made on `before`.
fn judge(before: &Automerge, id: DocumentId, written: &Written, by: &Principal, number: u64) -> Result<Sealed, Refusal> {
    let inspected = gate::inspect(written.change.raw_bytes())?;
    let actor = linecrew_protocol::actor::actor_of(by.installation, id, 0);
    let expected = Expected { next_seq: 1, actor, document_changes: 1, document_bytes: 2_000 };
    let applied = gate::apply(before, &inspected, &expected)?;
    let seen = applied.before(before);
    let touches = gate::touched(&inspected, seen);
    let edit = Edit { before: seen, after: applied.after(), touches: &touches, device_seq: number, reference: &Reference::default() };
    book::authorize(&edit, by).map(|(_, sealed, _)| sealed)
}

#[test]
fn an_entry_of_the_right_phone_is_taken() {
    let mut till = Till::new(1);
    let (id, document) = leased(&mut till);
    let sealed = till.takes(id).unwrap();
    let by = person(&till, &[Role::Collector]);
    let written = book::append(&document, &sealed, &author(by.clone(), 5)).unwrap();
    assert_eq!(judge(&document, id, &written, &by, 5), Ok(sealed.clone()));
    let read = book::read(&written.document).unwrap();
    assert_eq!((read.lease, read.entries.len(), read.office.len()), (till.facts.leases[&id].clone(), 1, 1));
    assert_eq!(read.entries[0].1, sealed);
}

#[test]
fn nobody_else_writes_into_a_book() {
    let mut till = Till::new(1);
    let (id, document) = leased(&mut till);
    let sealed = till.takes(id).unwrap();
    let reason = |by: &Principal, sealed: &Sealed| {
        let written = book::append(&document, sealed, &author(by.clone(), 5)).unwrap();
        judge(&document, id, &written, by, 5).unwrap_err().reason
    };
    let other = Till::new(2);
    assert_eq!(reason(&person(&other, &[Role::Collector]), &sealed), Reason::NotYourItem);
    assert_eq!(reason(&person(&till, &[Role::RepairCrew]), &sealed), Reason::RoleNotPermitted);
    let act = Act::SessionOpened { session: linecrew_protocol::ids::SessionId::from_bytes([1; 16]), float: Fen::ZERO };
    let foreign = other.seal(&other.entry(1, linecrew_protocol::model::collection::EntryHash::NONE, Fen::ZERO, act));
    assert_eq!(reason(&person(&till, &[Role::Collector]), &foreign), Reason::NotYourItem);
    let mut entry = sealed.read().unwrap();
    entry.device = other.device;
    assert_eq!(reason(&person(&till, &[Role::Collector]), &till.seal(&entry)), Reason::NotYourItem, "of a phone without this book");
}

#[test]
fn an_entry_is_called_what_it_is() {
    let mut till = Till::new(1);
    let (id, document) = leased(&mut till);
    let sealed = till.takes(id).unwrap();
    let by = person(&till, &[Role::Collector]);
    let author = author(by.clone(), 5);
    let disguised = author.sign(("noted".to_owned(), serde_json::to_value(&sealed).unwrap()));
    let written = write(&document, id, &author, disguised, |_| Ok(())).unwrap();
    assert_eq!(judge(&document, id, &written, &by, 5).unwrap_err().reason, Reason::UnreadableEvent);
}

#[test]
fn only_a_cashier_refunds() {
    let mut till = Till::new(1);
    let (id, document) = leased(&mut till);
    till.takes(id).unwrap();
    till.opens(yuan("50"));
    let ticket = till.collects(yuan("5"), linecrew_protocol::model::collection::Method::Cash).unwrap();
    let sealed = till.refunds(&ticket, yuan("5")).unwrap();
    let collector = person(&till, &[Role::Collector]);
    let written = book::append(&document, &sealed, &author(collector.clone(), 5)).unwrap();
    assert_eq!(judge(&document, id, &written, &collector, 5).unwrap_err().reason, Reason::RoleNotPermitted);
    assert!(judge(&document, id, &written, &person(&till, &[Role::Collector, Role::Cashier]), 5).is_ok());
}

#[test]
fn a_phone_does_not_write_what_is_the_offices() {
    let mut till = Till::new(1);
    let (id, document) = leased(&mut till);
    let by = person(&till, &[Role::Collector, Role::Cashier]);
    let act = OfficeAct::Frozen { reason: "x".to_owned() };
    let written = book::record(&document, &act, &author(by.clone(), 5)).unwrap();
    assert_eq!(judge(&document, id, &written, &by, 5).unwrap_err().reason, Reason::UnreadableEvent);
}

#[test]
fn an_amount_due_is_nobodys_to_change() {
    let till = Till::new(1);
    let id = DocumentId::from_bytes([3; 16]);
    let texts = ["R-1", "3501020017", "陈秀英", "鼓东街道5号", "2026-10"].map(str::to_owned);
    let [reference, account, customer, address, period] = texts;
    let due = Receivable { reference, account, customer, address, period, amount: yuan("86.40") };
    let document = receivable::bill(&meta(id, RECEIVABLE_KIND), &due, &office()).unwrap().document;
    let by = person(&till, &[Role::Collector, Role::Cashier, Role::Admin]);
    let act = ReceivableAct::Withdrawn { reason: "x".to_owned() };
    let written = receivable::record(&document, &act, &author(by.clone(), 5)).unwrap();
    assert!(judge(&document, id, &written, &by, 5).is_err());
}

#[test]
fn what_is_paid_of_a_receivable_is_the_sum_of_what_the_server_knows() {
    let id = DocumentId::from_bytes([3; 16]);
    let texts = ["R-1", "3501020017", "陈秀英", "", "2026-10"].map(str::to_owned);
    let [reference, account, customer, address, period] = texts;
    let due = Receivable { reference, account, customer, address, period, amount: yuan("86.40") };
    let mut document = receivable::bill(&meta(id, RECEIVABLE_KIND), &due, &office()).unwrap().document;
    let ticket: linecrew_protocol::model::collection::Ticket = "FZ-00000001".parse().unwrap();
    let acts = [
        ReceivableAct::Paid { ticket: ticket.clone(), applied: yuan("50") },
        ReceivableAct::Paid { ticket: "FZ-00000002".parse().unwrap(), applied: yuan("36.40") },
        ReceivableAct::PaymentReversed { ticket, amount: yuan("50") },
    ];
    for (number, act) in acts.iter().enumerate() {
        let by = author(office().principal, 10 + number as u64);
        document = receivable::record(&document, act, &by).unwrap().document;
    }
    let read = receivable::read(&document).unwrap();
    assert_eq!((read.receivable.clone(), read.paid()), (due, yuan("36.40")));
    assert_eq!(read.acts.len(), 1 + acts.len());
    assert!(acts.iter().all(|act| read.acts.contains(act)), "{:?}", read.acts);
    assert!(book::read(&document).is_err());
}
