//! Somebody on site who was out of coverage.

use linecrew_protocol::{
    Automerge,
    gate::{inspect, receive},
    ids::{BootId, CrewId, DocumentId, EventId},
    key::{ChainLink, Signature, Statement},
    model::{
        command::Author,
        form,
        person::Principal,
        reference::Reference,
        work::{WorkCommand, WorkEvent, command::execute},
    },
    time::Evidence,
    wire::{Edit, Feed, Push},
};
use linecrew_server::{
    clock::{Clock, SystemClock},
    store::{Delivery, Store},
};

/// The item as the phone of this person has it from its crew's feed.
async fn held(store: &dyn Store, principal: &Principal, (crew, item): (CrewId, DocumentId)) -> Automerge {
    let page = store.page(principal.installation, Feed::Crew(crew), 0, None).await.unwrap();
    let entry = page.entries.into_iter().find(|entry| entry.document == item).unwrap();
    let changes: Vec<_> = entry.changes.iter().map(|record| inspect(&record.change).unwrap()).collect();
    let mut document = Automerge::new();
    receive(&mut document, &changes).unwrap();
    document
}

/// Takes the item over while `meanwhile` happens at the office, and sends that as the phone's key signs it; gives whether it was accepted.
pub(crate) async fn accepts_late(
    store: &dyn Store,
    principal: &Principal,
    place: (CrewId, DocumentId),
    sign: impl FnOnce(&Statement<'_>) -> Signature,
    meanwhile: impl Future<Output = ()>,
) -> bool {
    let before = held(store, principal, place).await;
    let now = SystemClock.now();
    let evidence = Evidence { wall: now, monotonic_ms: 1_000, boot: BootId::from_bytes([7; 16]), sighting: None };
    let event = EventId::new(now, rand::random());
    let author = Author { principal: principal.clone(), name: None, device_seq: 1, evidence, event, generation: 0 };
    let written = execute(&before, &WorkCommand::Record(WorkEvent::Accepted), &author, &Reference::of(form::shipped())).unwrap();
    let edit = Edit { document: place.1, generation: 0, change: written.change.raw_bytes().to_vec().into(), lost: None };
    meanwhile.await;
    let signature =
        sign(&Statement::Batch { installation: principal.installation, last_seq: 1, link: &ChainLink::START.then(&edit.content()) });
    let push = Push { first_seq: 1, edits: vec![edit], previous: ChainLink::START, signature };
    let delivery = Delivery { principal: principal.clone(), push, now: SystemClock.now() };
    let (acked, _) = store.deliver(delivery).await.unwrap();
    acked.outcomes[0].verdict == linecrew_protocol::wire::Verdict::Accepted
}
