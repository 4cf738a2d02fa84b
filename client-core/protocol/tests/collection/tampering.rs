//! Every single-field and single-row change to a store of 1,000 receipts is found, and named with its place.

use std::collections::{BTreeMap, HashMap};

use linecrew_protocol::{
    ids::{DocumentId, InstallationId, PersonId, SessionId},
    key::{PublicKey, Signature},
    model::collection::{
        Amounts, Entry, EntryHash, Fen, Lease, Method, Sealed,
        audit::{Anchor, Finding, Found, Stored, audit, audit_with},
    },
};
use serde_json::Value;

use crate::till::{Till, yuan};

/// Journals of 25 receipts in two books each: 1,000 receipts.
const JOURNALS: u8 = 40;

struct Store {
    entries: Vec<Stored>,
    anchors: BTreeMap<InstallationId, Anchor>,
    leases: BTreeMap<DocumentId, Lease>,
}

fn journal(number: u8) -> Till {
    let mut till = Till::new(number);
    till.draws(13);
    let session = till.opens(yuan("20"));
    for receipt in 0..25_i64 {
        if receipt == 13 {
            till.draws(12);
        }
        let ticket = till.collects(Fen(1_000 + receipt), Method::Cash).unwrap();
        if receipt == 4 {
            till.voids(&ticket).unwrap();
        }
    }
    let in_hand = till.ledger().sessions[&session].expected_in_hand();
    till.closes(in_hand, yuan("20"), None).unwrap();
    till.deposits(session, "S-1", in_hand - Amounts::cash(yuan("20"))).unwrap();
    till
}

fn store(journals: impl IntoIterator<Item = u8>) -> Store {
    let mut store = Store { entries: Vec::new(), anchors: BTreeMap::new(), leases: BTreeMap::new() };
    for number in journals {
        let till = journal(number);
        // Books of several phones have names of their own.
        let name = |book: DocumentId| DocumentId::from_bytes([book.as_bytes()[0].wrapping_mul(50).wrapping_add(number); 16]);
        store.entries.extend(till.stored().into_iter().map(|stored| Stored { book: name(stored.book), ..stored }));
        store.anchors.insert(till.device, till.anchor());
        store.leases.extend(till.facts.leases.iter().map(|(id, lease)| (name(*id), lease.clone())));
    }
    store
}

/// Remembers what it has checked: a change of one row leaves the signatures of all others as they are.
#[derive(Default)]
struct Memory(HashMap<(PublicKey, EntryHash, Signature), bool>);

impl Memory {
    fn audit(&mut self, store: &Store) -> Vec<Found> {
        audit_with(&store.entries, &store.anchors, &store.leases, &mut |key, hash, signature| {
            *self.0.entry((*key, *hash, *signature)).or_insert_with(|| key.has_signed(hash.as_bytes(), signature))
        })
    }
}

/// Everything that can be done to one row.
fn changes(row: &Stored) -> Vec<(String, Stored)> {
    let mut changes: Vec<(String, Stored)> = vec![
        ("device".into(), Stored { device: InstallationId::from_bytes([0xDD; 16]), ..row.clone() }),
        ("seq up".into(), Stored { seq: row.seq + 1, ..row.clone() }),
        ("seq far".into(), Stored { seq: row.seq + 1_000, ..row.clone() }),
        ("hash".into(), Stored { hash: EntryHash::of("other"), ..row.clone() }),
        ("act".into(), Stored { act: "noted".into(), ..row.clone() }),
        ("book".into(), Stored { book: DocumentId::from_bytes([0xDD; 16]), ..row.clone() }),
        ("collector".into(), Stored { collector: PersonId::from_bytes([0xDD; 16]), ..row.clone() }),
        ("session".into(), Stored { session: Some(SessionId::from_bytes([0xDD; 16])), ..row.clone() }),
        ("ticket".into(), Stored { ticket: Some("FZ-09999999".parse().unwrap()), ..row.clone() }),
        ("amount".into(), Stored { amount: row.amount + Fen(1), ..row.clone() }),
        ("signature gone".into(), Stored { sealed: Sealed { signature: None, ..row.sealed.clone() }, ..row.clone() }),
        ("signature of another".into(), with_signature(row)),
    ];
    let text: Value = serde_json::from_str(&row.sealed.entry).unwrap();
    for (path, altered) in altered(&text) {
        // With the text alone, and with everything that a store says of it brought into line.
        let sealed = Sealed { entry: altered.to_string(), signature: row.sealed.signature };
        let careful = sealed.read().ok().map(|entry| Stored::of(row.book, sealed.clone(), &entry));
        changes.push((format!("text {path}"), Stored { sealed, ..row.clone() }));
        changes.extend(careful.map(|stored| (format!("text and columns {path}"), stored)));
    }
    changes
}

fn with_signature(row: &Stored) -> Stored {
    let mut bytes = *row.sealed.signature.unwrap().as_bytes();
    bytes[40] ^= 1;
    Stored { sealed: Sealed { signature: Some(Signature::from_bytes(bytes)), ..row.sealed.clone() }, ..row.clone() }
}

/// The text with one of its values changed, for every value in it.
fn altered(value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, inner)| {
                altered(inner).into_iter().map(move |(path, new)| {
                    let mut fields = fields.clone();
                    fields.insert(key.clone(), new);
                    (format!("{key}.{path}"), Value::Object(fields))
                })
            })
            .collect(),
        Value::String(text) => vec![(String::new(), Value::String(flipped(text)))],
        Value::Number(number) => vec![(String::new(), (number.as_i64().unwrap() + 1).into())],
        _ => Vec::new(),
    }
}

fn flipped(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let last = chars.last_mut().unwrap();
    *last = if *last == '1' { '2' } else { '1' };
    chars.into_iter().collect()
}

fn parts() -> Vec<Store> {
    (1..=JOURNALS).map(|number| store([number])).collect()
}

#[test]
fn an_honest_store_has_no_findings() {
    let store = store(1..=JOURNALS);
    let receipts = store.entries.iter().filter(|stored| stored.act == "receipt").count();
    assert_eq!(receipts, 1_000);
    assert_eq!(audit(&store.entries, &store.anchors, &store.leases), []);
}

/// Journals are walked one by one, so a change is looked for in its own.
#[test]
fn every_change_of_a_single_field_is_found_where_it_was_made() {
    let mut tried = 0;
    for mut store in parts() {
        let mut memory = Memory::default();
        assert_eq!(memory.audit(&store), []);
        for place in 0..store.entries.len() {
            let row = store.entries[place].clone();
            for (what, changed) in changes(&row) {
                let ticket = changed.ticket.clone();
                store.entries[place] = changed;
                let found = memory.audit(&store);
                let names_it = |found: &Found| {
                    found.seq.is_some_and(|seq| seq.abs_diff(row.seq) <= 1)
                        || found.ticket.is_some() && found.ticket == ticket
                        || found.finding == Finding::CutTail
                };
                assert!(found.iter().any(names_it), "{what} of entry {}: {found:?}", row.seq);
                tried += 1;
            }
            store.entries[place] = row;
        }
    }
    println!("{tried} changes, all of them found");
    assert!(tried > 20_000);
}

#[test]
fn every_row_that_is_removed_doubled_or_swapped_is_found() {
    for mut store in parts() {
        let mut memory = Memory::default();
        for place in 0..store.entries.len() {
            let row = store.entries.remove(place);
            let found = memory.audit(&store);
            let expected = if place == store.entries.len() { Finding::CutTail } else { Finding::Removed };
            assert!(found.iter().any(|found| found.finding == expected), "entry {} removed: {found:?}", row.seq);
            if row.act == "receipt"
                && place + 3 < store.entries.len()
                && row.ticket.as_ref().is_some_and(|ticket| !store.leases.values().any(|lease| lease.last == ticket.number))
            {
                assert!(
                    found.iter().any(|found| found.finding == Finding::Gap && found.ticket == row.ticket),
                    "its number is missing: {found:?}"
                );
            }
            store.entries.insert(place, row.clone());
            store.entries.push(row.clone());
            assert!(memory.audit(&store).iter().any(|found| found.finding == Finding::Duplicated && found.seq == Some(row.seq)));
            store.entries.pop();
            if place > 0 {
                let (before, here) = (store.entries[place - 1].seq, row.seq);
                (store.entries[place - 1].seq, store.entries[place].seq) = (here, before);
                assert!(memory.audit(&store).iter().any(|found| found.finding == Finding::Reordered));
                (store.entries[place - 1].seq, store.entries[place].seq) = (before, here);
            }
        }
        assert_eq!(memory.audit(&store), []);
    }
}

/// Somebody who can write everything but has not the phone's key writes the rest of the journal anew.
#[test]
fn a_journal_that_was_written_anew_from_some_place_on_is_found() {
    let mut store = store([1]);
    let mut forger = Till::new(1);
    forger.can_sign = false;
    forger.draws(13);
    forger.opens(yuan("20"));
    let mut forged = forger.stored();
    forged.iter_mut().for_each(|stored| stored.book = store.entries[0].book);
    store.entries.splice(0..2, forged);
    let found = audit(&store.entries, &store.anchors, &store.leases);
    assert!(found.iter().any(|found| found.finding == Finding::Unsigned && found.seq == Some(1)));
}

/// Somebody who has the phone's key, but not what the server has received since, seals one entry anew.
#[test]
fn an_entry_that_was_sealed_anew_with_the_phones_own_key_breaks_the_chain() {
    let till = journal(1);
    let honest = store([1]);
    let place = honest.entries.iter().position(|stored| stored.act == "receipt").unwrap();
    let sealed_anew = |change: &dyn Fn(&mut Entry)| {
        let mut store = store([1]);
        let mut entry = store.entries[place].sealed.read().unwrap();
        change(&mut entry);
        store.entries[place] = Stored::of(store.entries[place].book, till.seal(&entry), &entry);
        audit(&store.entries, &store.anchors, &store.leases)
            .into_iter()
            .map(|found| (found.finding, found.seq.unwrap()))
            .collect::<Vec<_>>()
    };
    let seq = honest.entries[place].seq;
    let other_clock = sealed_anew(&|entry| entry.at.monotonic_ms += 1);
    assert_eq!(other_clock, [(Finding::Altered, seq + 1)], "the next one names the hash of the first");
    let other_key = sealed_anew(&|entry| entry.key = Some(Till::new(2).public()));
    assert_eq!(other_key, [(Finding::BadSignature, seq), (Finding::Altered, seq + 1)]);
}

#[test]
fn what_is_known_of_the_end_and_the_books_is_believed_over_the_entries() {
    let mut store = store([1, 2]);
    let device = store.entries[0].device;
    let anchor = store.anchors[&device];
    let mut shorter = anchor;
    shorter.head.seq -= 1;
    store.anchors.insert(device, shorter);
    let found = audit(&store.entries, &store.anchors, &store.leases);
    assert_eq!(found.iter().map(|found| (found.finding, found.device)).collect::<Vec<_>>(), [(Finding::CutTail, device)]);
    store.anchors.remove(&device);
    assert!(audit(&store.entries, &store.anchors, &store.leases).iter().any(|found| found.finding == Finding::CutTail));
    store.anchors.insert(device, anchor);
    let (book, lease) = store.leases.pop_first().unwrap();
    assert!(!audit(&store.entries, &store.anchors, &store.leases).is_empty(), "a book is missing");
    store.leases.insert(book, Lease { first: lease.first + 1, ..lease });
    assert!(audit(&store.entries, &store.anchors, &store.leases).iter().any(|found| found.finding == Finding::Renumbered));
}

#[test]
fn all_entries_of_a_phone_can_not_vanish_without_a_trace() {
    let mut store = store([1, 2]);
    let device = store.entries[0].device;
    store.entries.retain(|stored| stored.device != device);
    let found = audit(&store.entries, &store.anchors, &store.leases);
    assert_eq!(found.iter().map(|found| (found.finding, found.device)).collect::<Vec<_>>(), [(Finding::CutTail, device)]);
}
