//! Honest changes as four phones make them, some of them without having seen the others' latest.

use std::collections::HashMap;

use automerge::{
    ActorId, Automerge, AutomergeError, ObjId, ObjType, ROOT, ReadDoc, ScalarValue,
    transaction::{Transactable, Transaction},
};
use linecrew_protocol::gate::{Expected, apply, inspect};

/// One change, and the document it was offered to.
pub(crate) struct Case {
    pub(crate) document: Automerge,
    pub(crate) bytes: Vec<u8>,
    pub(crate) expected: Expected,
}

pub(crate) fn actor(number: u8) -> ActorId {
    ActorId::from([number; 16])
}

type Edit = fn(&mut Transaction<'_>) -> Result<(), AutomergeError>;

const PHONES: usize = 4;
const ROUNDS: usize = 4;

/// Every edit below once per round. Panics when the gate refuses one: none of them may be.
pub(crate) fn honest() -> Vec<Case> {
    fleet(&[&SMALL_EDITS[..], &LARGE_EDITS[..]].concat())
}

/// The same without the large edits, so that trying a mutant costs little.
pub(crate) fn small() -> Vec<Case> {
    fleet(&SMALL_EDITS)
}

/// Edits are handed to the phones in turn; phones 2 and 3 fetch the others' changes only now and then.
fn fleet(edits: &[Edit]) -> Vec<Case> {
    let mut server = Server::default();
    server.admit(&mut Automerge::new().with_actor(actor(9)), genesis);
    let mut phones = [1, 2, 3, 4].map(|number| server.document.fork().with_actor(actor(number)));
    for (turn, edit) in edits.iter().cycle().take(ROUNDS * edits.len()).enumerate() {
        // Another phone makes the edit in the next round.
        let number = (turn + turn / edits.len()) % PHONES;
        let phone = &mut phones[number];
        if number < 2 || turn % 7 == 0 {
            phone.merge(&mut server.document.clone()).unwrap();
        }
        server.admit(phone, *edit);
    }
    server.cases
}

#[derive(Default)]
struct Server {
    document: Automerge,
    cases: Vec<Case>,
    seqs: HashMap<ActorId, u64>,
    bytes: usize,
}

impl Server {
    fn admit(&mut self, phone: &mut Automerge, edit: Edit) {
        phone.transact(edit).unwrap();
        let Some(change) = phone.get_last_local_change() else { return };
        let seq = self.seqs.entry(phone.get_actor().clone()).or_insert(0);
        if *seq == change.seq() {
            return; // the edit changed nothing
        }
        let expected = Expected {
            actor: phone.get_actor().clone(),
            next_seq: *seq + 1,
            document_changes: self.cases.len(),
            document_bytes: self.bytes,
        };
        *seq += 1;
        let bytes = change.raw_bytes().to_vec();
        let inspected = inspect(&bytes).unwrap_or_else(|refusal| panic!("honest change {}: {refusal}", self.cases.len()));
        let applied =
            apply(&self.document, &inspected, &expected).unwrap_or_else(|refusal| panic!("honest change {}: {refusal}", self.cases.len()));
        let document = std::mem::replace(&mut self.document, applied.into_merged());
        self.bytes += bytes.len();
        self.cases.push(Case { document, bytes, expected });
    }
}

fn genesis(transaction: &mut Transaction<'_>) -> Result<(), AutomergeError> {
    for map in ["meta", "order", "events", "materials"] {
        transaction.put_object(ROOT, map, ObjType::Map)?;
    }
    transaction.put_object(ROOT, "list", ObjType::List)?;
    let notes = transaction.put_object(ROOT, "notes", ObjType::Text)?;
    transaction.splice_text(&notes, 0, 0, "Notes: ")
}

fn section(transaction: &Transaction<'_>, name: &str) -> ObjId {
    transaction.get(ROOT, name).unwrap().unwrap().1
}

const SMALL_EDITS: [Edit; 12] = [
    put_event,
    |t| t.splice_text(section(t, "notes"), 3, 0, "检修 ⚡ done; "),
    |t| t.splice_text(section(t, "notes"), 0, 2, ""),
    |t| (0..5_i64).try_for_each(|value| t.insert(section(t, "list"), 0, value)),
    |t| t.put(section(t, "order"), "count", 5),
    |t| match t.get(section(t, "order"), "count")? {
        Some(_) => t.delete(section(t, "order"), "count"),
        None => Ok(()),
    },
    |t| match t.length(section(t, "list")) {
        0 | 1 => Ok(()),
        _ => t.delete(section(t, "list"), 1),
    },
    scalars,
    nested,
    |t| t.put(section(t, "materials"), "cable", r#"{"name":"cable","quantity":3.5}"#),
    |t| t.put(section(t, "materials"), "cable", r#"{"name":"cable","quantity":4.0}"#),
    |t| t.delete(section(t, "materials"), "cable"),
];

const LARGE_EDITS: [Edit; 3] = [
    |t| t.splice_text(section(t, "notes"), 1, 0, &"long report ".repeat(150)),
    |t| {
        let materials = section(t, "materials");
        (0..300).try_for_each(|n| t.put(&materials, format!("01931c6e-7d00-7000-8000-{n:012}"), n * 1_000))
    },
    |t| t.insert(section(t, "list"), 0, f64::NAN),
];

fn put_event(transaction: &mut Transaction<'_>) -> Result<(), AutomergeError> {
    let events = section(transaction, "events");
    let key = format!("event-{}", transaction.length(&events));
    transaction.put(&events, key, r#"{"kind":"arrived","at":"2026-03-02T08:15:00Z"}"#)
}

fn scalars(transaction: &mut Transaction<'_>) -> Result<(), AutomergeError> {
    let meta = section(transaction, "meta");
    transaction.put(&meta, "min", i64::MIN)?;
    transaction.put(&meta, "max", u64::MAX)?;
    transaction.put(&meta, "bytes", ScalarValue::Bytes(vec![0, 159, 255]))?;
    transaction.put(&meta, "time", ScalarValue::Timestamp(-1))?;
    transaction.put(&meta, "zero", -0.0)?;
    transaction.put(&meta, "yes", true)?;
    transaction.put(&meta, "no", false)?;
    transaction.put(&meta, "", ())?;
    transaction.put(&meta, "\0\u{202e}😀", "\0\u{202e}😀")
}

fn nested(transaction: &mut Transaction<'_>) -> Result<(), AutomergeError> {
    let order = section(transaction, "order");
    let place = transaction.put_object(&order, "place", ObjType::Map)?;
    let lines = transaction.put_object(&place, "lines", ObjType::List)?;
    let line = transaction.insert_object(&lines, 0, ObjType::Map)?;
    transaction.put(&line, "name", "10 kV feeder")
}
