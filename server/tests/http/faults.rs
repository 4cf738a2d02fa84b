//! A store that fails in every way it can, and what callers see of that.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use linecrew_protocol::{
    ids::{DistrictId, DocumentId, InstallationId, PersonId, SessionId, StoreEpoch},
    model::collection::Ticket,
    sync::Page,
    time::Timestamp,
    wire::{Acked, Feed, Inventory, Outcome},
};
use linecrew_server::store::{
    collection::*,
    exposure::*,
    refused::{DecideBatch, Decided, RefusedBatch, RefusedDesk},
    register::*,
    *,
};

use crate::server::{GULOU, Server, report, taken};

const WELL: u8 = 0;
const FULL: u8 = 1;
const BUSY: u8 = 2;
const BROKEN: u8 = 3;
const PANICS: u8 = 4;

struct Faulty {
    inner: Arc<dyn Store>,
    mood: Arc<AtomicU8>,
}

impl Faulty {
    fn fail<T>(&self) -> Result<(), Answer<'static, T>> {
        let error = match self.mood.load(Ordering::SeqCst) {
            WELL => return Ok(()),
            FULL => StoreError::Full,
            BUSY => StoreError::Busy,
            BROKEN => StoreError::Failed { operation: "think", source: "the customer is 陈秀英".into() },
            _ => return Err(Box::pin(async { panic!("the store lost its mind") })),
        };
        Err(Box::pin(async { Err(error) }))
    }
}

macro_rules! delegate {
    ($(fn $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {$(
        fn $name(&self, $($argument: $kind),*) -> Answer<'_, $answer> {
            match self.fail() {
                Ok(()) => self.inner.$name($($argument),*),
                Err(answer) => answer,
            }
        }
    )*};
}

impl Register for Faulty {
    delegate! {
        fn invite(invite: NewInvite) -> bool;
        fn enrol(enrolling: Enrolling) -> Enrolled;
        fn family(family: FamilyId) -> Option<linecrew_server::store::register::Family>;
        fn rotate(rotation: Rotation) -> Rotated;
        fn end_family(family: FamilyId, why: &'static str, now: Timestamp) -> ();
        fn roster() -> Vec<PersonRecord>;
        fn person(who: Who) -> Option<PersonRecord>;
        fn enter(entry: Entry, now: Timestamp) -> Entered;
        fn link(link: NewLink) -> Linked;
        fn unlink(person: PersonId, issuer: String) -> bool;
        fn linked_person(identity: Identity) -> Option<PersonId>;
        fn phones_of(person: PersonId) -> Vec<InstallationId>;
        fn phones_since(revoked_since: Timestamp) -> Vec<PhoneRecord>;
        fn revoke(installation: InstallationId, by: PersonId, reason: String, now: Timestamp) -> Option<PhoneRecord>;
        fn set_disabled(person: PersonId, disabled: bool, now: Timestamp) -> Option<Effects>;
    }
}

impl RefusedDesk for Faulty {
    delegate! {
        fn refused_batches(districts: Option<Vec<DistrictId>>) -> Vec<RefusedBatch>;
        fn decide(decision: DecideBatch) -> Decided;
    }
}

impl ExposureDesk for Faulty {
    delegate! {
        fn exposure(installation: InstallationId, now: Timestamp) -> Option<Exposure>;
    }
}

impl Store for Faulty {
    fn epoch(&self) -> StoreEpoch {
        self.inner.epoch()
    }
    fn account(&self, person: PersonId) -> Answer<'_, Option<Account>> {
        self.inner.account(person)
    }
    delegate! {
        fn import(organisation: Organisation) -> ();
        fn password_hash(username: String) -> Option<(PersonId, String)>;
        fn people() -> Vec<Account>;
        fn districts() -> Vec<DistrictRecord>;
        fn crews() -> Vec<CrewWithMembers>;
        fn take_order(order: TakeOrder) -> Taken;
        fn take_orders(orders: Vec<TakeOrder>) -> Vec<Taken>;
        fn order(order: OfficeOrder) -> Ordered;
        fn rows(filter: RowFilter) -> (Vec<BoardRow>, Option<DocumentId>);
        fn detail(document: DocumentId) -> Option<BoardDetail>;
        fn phones() -> Vec<PhoneRecord>;
        fn phone(installation: InstallationId) -> Option<PhoneRecord>;
        fn revision() -> u64;
        fn quarantine(districts: Option<Vec<DistrictId>>) -> Vec<QuarantineEntry>;
        fn forms() -> Vec<FormRecord>;
        fn publish_form(definition: String, now: Timestamp) -> FormPublished;
        fn cash_sessions(day: Option<String>, districts: Option<Vec<DistrictId>>, now: Timestamp) -> Vec<SessionRecord>;
        fn cash_session(session: SessionId, now: Timestamp) -> Option<SessionDetail>;
        fn books(districts: Option<Vec<DistrictId>>) -> Vec<BookRecord>;
        fn flags(all: bool, districts: Option<Vec<DistrictId>>) -> Vec<FlagRecord>;
        fn receivables(filter: ReceivableFilter) -> Vec<ReceivableRecord>;
        fn bill(clerk: Clerk, district: DistrictId, items: Vec<NewReceivable>) -> (Vec<Billed>, Effects);
        fn collection(clerk: Clerk, order: CollectionOrder) -> CollectionDone;
        fn verify_receipt(ticket: Ticket, code: String) -> bool;
        fn open_session(installation: InstallationId, person: PersonId) -> Option<SessionOpening>;
        fn accepted(installation: InstallationId, device_seqs: Vec<u64>) -> Vec<Outcome>;
        fn deliver(delivery: Delivery) -> (Acked, Effects);
        fn page(installation: InstallationId, feed: Feed, after: u64, transfer: Option<Vec<u8>>) -> Page;
        fn reconcile(installation: InstallationId, inventory: Inventory) -> Page;
        fn contact(contact: Contact) -> ();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_failure_of_the_store_is_told_and_survived() {
    let mood = Arc::new(AtomicU8::new(WELL));
    let faulty = Arc::clone(&mood);
    let server = Server::on(|_| {}, |inner| Arc::new(Faulty { inner, mood: faulty })).await;
    let lin = server.machine("lin").await;
    let item = taken(&lin, GULOU, "1").await;
    for (ill, status, code, retry) in [
        (FULL, 503, "storage_full", Some(30_000)),
        (BUSY, 503, "busy", Some(1_000)),
        (BROKEN, 500, "internal", None),
        (PANICS, 500, "internal", None),
    ] {
        mood.store(ill, Ordering::SeqCst);
        let detail = format!("/v1/work/{}", item["id"].as_str().unwrap());
        let replies =
            [lin.get("/v1/work").await, lin.get(&detail).await, lin.with("Idempotency-Key", "2").post("/v1/work", &report(GULOU)).await];
        for reply in replies {
            let problem = reply.problem(status, code);
            assert_eq!(problem["retry_after_ms"].as_u64(), retry);
            assert!(!String::from_utf8_lossy(&reply.body).contains("陈秀英"), "what failed stays inside");
        }
        mood.store(WELL, Ordering::SeqCst);
        lin.get("/v1/work").await.ok();
    }
}
