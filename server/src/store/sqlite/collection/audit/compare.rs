//! What is held against what.

use std::collections::{BTreeMap, BTreeSet};

use linecrew_protocol::{
    ids::{DocumentId, EventId, InstallationId},
    key::PublicKey,
    model::collection::{
        Entry, EntryHash, OfficeAct,
        audit::{Signed, Stored, audit_with},
    },
};

use super::{
    super::{
        journal::Kept,
        link::{START, link},
    },
    Irregularity, Place,
    documents::Documents,
    tables::{BookRow, Tables},
};

/// The journals by their own texts.
pub(super) fn journals(tables: &Tables, documents: &Documents, signed: Signed<'_>) -> Vec<Irregularity> {
    let entries: Vec<Stored> = tables.rows.iter().map(|kept| kept.stored.clone()).collect();
    audit_with(&entries, &tables.heads, &documents.leases(), signed).into_iter().map(Irregularity::Journal).collect()
}

/// The links, and their end.
pub(super) fn chain(tables: &Tables) -> Vec<Irregularity> {
    let mut found = tables.unreadable.clone();
    let (mut previous, mut position) = (START, 0_u64);
    for Kept { position: here, stored, received_at, link: stored_link } in &tables.rows {
        position = position.saturating_add(1);
        if *here != position {
            found.push(Irregularity::store(Place::Row(*here), format!("rows are missing before it: it would be row {position}")));
            position = *here;
        }
        if link(&previous, *here, stored, *received_at) != *stored_link {
            let detail = format!(
                "its link does not follow: the row, or one before it, was changed (journal {}, entry {})",
                stored.device, stored.seq
            );
            found.push(Irregularity::store(Place::Row(*here), detail));
        }
        // By its own word, so that one change is found once.
        previous = *stored_link;
    }
    let count = u64::try_from(tables.rows.len()).unwrap_or(u64::MAX);
    if tables.tails != [(count, previous)] {
        let detail = format!("{count} rows are there, which is not where the chain ends: rows were taken away at the end, or put there");
        found.push(Irregularity::store(Place::Tail, detail));
    }
    found
}

/// The key of a journal is the first that it named. Where it ends, the journals' own audit says.
pub(super) fn heads(tables: &Tables) -> Vec<Irregularity> {
    let mut named: BTreeMap<InstallationId, Option<PublicKey>> = BTreeMap::new();
    for Kept { stored, .. } in &tables.rows {
        let key = named.entry(stored.device).or_default();
        *key = key.or_else(|| serde_json::from_str::<Entry>(&stored.sealed.entry).ok().and_then(|entry| entry.key));
    }
    let heads = tables.heads.iter();
    let differing = heads.filter(|(device, anchor)| named.get(device).copied() != Some(anchor.key));
    differing.map(|(device, _)| Irregularity::store(Place::Head(*device), "its key is not the first that the journal named")).collect()
}

/// The table of books with what their documents were made with, both ways.
pub(super) fn books(tables: &Tables, documents: &Documents) -> Vec<Irregularity> {
    let mut found = documents.unreadable.clone();
    for (id, book) in &documents.books {
        let lease = &book.lease;
        let written = BookRow {
            district: book.meta.district,
            series: lease.series.as_str().to_owned(),
            first: lease.first.into(),
            last: lease.last.into(),
            collector: lease.collector,
            device: lease.device,
            leased_at: lease.leased_at,
        };
        match tables.books.get(id) {
            Some(row) if *row == written => {}
            Some(_) => found.push(Irregularity::store(Place::Book(*id), "the table says something else than its document")),
            None => found.push(Irregularity::store(Place::Book(*id), "it is not in the table")),
        }
    }
    let lonely = tables.books.keys().filter(|id| !documents.books.contains_key(id));
    found.extend(lonely.map(|id| Irregularity::store(Place::Book(*id), "it has no document")));
    found
}

/// The rows with the events that carry the entries, both ways.
pub(super) fn carriers(tables: &Tables, documents: &Documents) -> Vec<Irregularity> {
    let mut found = Vec::new();
    let mut kept = BTreeSet::new();
    for Kept { position, stored, .. } in &tables.rows {
        kept.insert(stored.sealed.hash());
        let book = documents.books.get(&stored.book);
        if !book.is_some_and(|book| book.entries.iter().any(|(_, sealed)| *sealed == stored.sealed)) {
            let detail = format!("the document of its book does not have it (journal {}, entry {})", stored.device, stored.seq);
            found.push(Irregularity::store(Place::Row(*position), detail));
        }
    }
    for (id, book) in &documents.books {
        let lost: Vec<EntryHash> = book.entries.iter().map(|(_, sealed)| sealed.hash()).filter(|hash| !kept.contains(hash)).collect();
        found.extend(lost.into_iter().map(|hash| Irregularity::store(Place::Book(*id), format!("entry {hash} is not in the table"))));
    }
    found
}

/// What the office did, in the table and in the documents.
pub(super) fn acts(tables: &Tables, documents: &Documents) -> Vec<Irregularity> {
    let written: BTreeMap<EventId, (DocumentId, &OfficeAct)> =
        documents.books.iter().flat_map(|(id, book)| book.office.iter().map(|record| (record.event, (*id, &record.act)))).collect();
    let same = |event: &EventId, (book, text): &(DocumentId, String)| {
        written.get(event).is_some_and(|(id, act)| id == book && serde_json::from_str::<OfficeAct>(text).is_ok_and(|kept| kept == **act))
    };
    let differing = tables.acts.iter().filter(|(event, act)| !same(event, act)).map(|(_, (book, _))| *book);
    let missing = written.iter().filter(|(event, _)| !tables.acts.contains_key(event)).map(|(_, (book, _))| *book);
    let books: BTreeSet<DocumentId> = differing.chain(missing).collect();
    let detail = "what the office did about it is not what its document says";
    books.into_iter().map(|book| Irregularity::store(Place::Book(book), detail)).collect()
}
