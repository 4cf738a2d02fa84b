//! Honest changes, each with the document that it was offered to and the person who sent it.

use std::collections::HashMap;

use automerge::{
    ActorId, Automerge, AutomergeError, Change, ObjType, ROOT, ReadDoc, ScalarValue, legacy::OpType, transaction::Transactable,
};
use linecrew_protocol::{
    actor::actor_of,
    gate::{Expected, apply, inspect},
    limits::{MAX_DEPTH, MAX_DOCUMENT_BYTES},
    model::{
        document::{Meta, Snapshot},
        event::Event,
        person::Principal,
        reference::Reference,
    },
};

use crate::{books, corpus, stories};

/// One honest change.
#[derive(Clone)]
pub(crate) struct Case {
    /// What the server had when it came.
    pub(crate) document: Automerge,
    pub(crate) bytes: Vec<u8>,
    pub(crate) expected: Expected,
    /// The phone it came from. None: the office's, or of a document that is not one of ours.
    pub(crate) sender: Option<Sender>,
    pub(crate) reference: Reference,
    /// The document's kind, when it is one of ours.
    pub(crate) kind: String,
}

/// Whom the server takes the sender for, and the number that the edit came with.
#[derive(Clone)]
pub(crate) struct Sender {
    pub(crate) principal: Principal,
    pub(crate) device_seq: u64,
}

/// Everything that is honest: real work of every kind, ticket books, contacts, and shapes that only foreign tools would write.
pub(crate) fn all() -> Vec<Case> {
    let real = stories::all().into_iter().chain(books::all()).flat_map(|story| replay(&story.document, &story.phones, &story.reference));
    let foreign = corpus::small().into_iter().map(|case| Case {
        document: case.document,
        bytes: case.bytes,
        expected: case.expected,
        sender: None,
        reference: Reference::default(),
        kind: String::new(),
    });
    let mut cases: Vec<Case> = real.chain(foreign).collect();
    cases.extend([full(&cases), deepest()]);
    cases
}

/// The changes of a document in the order in which a server could have got them.
fn replay(document: &Automerge, phones: &[Principal], reference: &Reference) -> Vec<Case> {
    let Meta { id, kind, .. } = Snapshot::read(document).unwrap().meta;
    let by_actor: HashMap<ActorId, &Principal> =
        phones.iter().map(|principal| (actor_of(principal.installation, id, 0), principal)).collect();
    let mut server = Automerge::new();
    let mut seqs = HashMap::new();
    let mut bytes = 0;
    let mut cases = Vec::new();
    for change in document.get_changes(&[]) {
        let seq: &mut u64 = seqs.entry(change.actor_id().clone()).or_insert(0);
        *seq += 1;
        let expected = Expected { actor: change.actor_id().clone(), next_seq: *seq, document_changes: cases.len(), document_bytes: bytes };
        let principal = by_actor.get(change.actor_id());
        let sender = principal.map(|principal| Sender { principal: (*principal).clone(), device_seq: device_seq(&change) });
        bytes += change.raw_bytes().len();
        let inspected = inspect(change.raw_bytes()).unwrap();
        let merged = apply(&server, &inspected, &expected).unwrap().into_merged();
        let document = std::mem::replace(&mut server, merged);
        cases.push(Case {
            document,
            bytes: change.raw_bytes().to_vec(),
            expected,
            sender,
            reference: reference.clone(),
            kind: kind.clone(),
        });
    }
    cases
}

/// The number in the event that a change adds.
fn device_seq(change: &Change) -> u64 {
    let change = change.decode();
    let event = change.operations.iter().find_map(|operation| match &operation.action {
        OpType::Put(ScalarValue::Str(text)) => Event::from_text(text).ok(),
        _ => None,
    });
    event.unwrap().device_seq
}

/// Nested as deep as it may be: whatever nests deeper is over the limit.
fn deepest() -> Case {
    let mut author = Automerge::new().with_actor(corpus::actor(1));
    let mut parent = ROOT;
    for level in 1..=MAX_DEPTH {
        author
            .transact::<_, _, AutomergeError>(|transaction| {
                parent = transaction.put_object(&parent, "o", ObjType::Map)?;
                transaction.put(&parent, "level", level as u64)
            })
            .unwrap();
    }
    let last = author.get_last_local_change().unwrap();
    let document = author.fork_at(last.deps()).unwrap();
    let next_seq = MAX_DEPTH as u64;
    let expected = Expected { actor: corpus::actor(1), next_seq, document_changes: MAX_DEPTH, document_bytes: 10_000 };
    Case { document, bytes: last.raw_bytes().to_vec(), expected, sender: None, reference: Reference::default(), kind: String::new() }
}

/// The last change that fits its document to the byte.
fn full(cases: &[Case]) -> Case {
    let case = cases.iter().find(|case| case.sender.is_some()).unwrap().clone();
    let document_bytes = MAX_DOCUMENT_BYTES - case.bytes.len();
    Case { expected: Expected { document_bytes, ..case.expected }, ..case }
}

/// Reading does not panic either.
pub(crate) fn read_everything(document: &Automerge) {
    std::hint::black_box(document.hydrate(None));
    std::hint::black_box(document.keys(ROOT).count());
}
