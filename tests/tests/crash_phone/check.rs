//! What has to hold after a kill.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    path::Path,
};

use linecrew_client::{Client, EditStatus, EditsFilter, ItemFilter, SavedEdit};
use linecrew_protocol::ids::EventId;
use linecrew_tests::{key, office::Office};
use rusqlite::OpenFlags;

use crate::mate::Phone;

/// Everything that the phone ever promised, and what it once showed as safe.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    promised: BTreeMap<u64, SavedEdit>,
    safe: BTreeSet<u64>,
}

impl Memory {
    pub(crate) fn promised(&mut self, saved: Vec<SavedEdit>) {
        for edit in saved {
            let before = self.promised.insert(edit.device_seq, edit);
            assert!(before.is_none(), "two commands got one number: {before:?}");
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.promised.len() as u64
    }
}

/// Opens the store as the app would and looks for everything that was promised.
pub(crate) fn store(path: &Path, memory: &mut Memory, thorough: bool) {
    let phone = Phone::open(path);
    let outbox = Outbox::read(path, thorough);
    outbox.check_numbers();
    let safe = check_edits(&phone.client, &outbox, memory);
    check_items(&phone.client, &outbox, memory);
    assert!(memory.safe.is_subset(&safe), "safe edits are safe no more: {:?}", memory.safe.difference(&safe));
    memory.safe = safe;
    phone.close();
}

/// Every promised edit is in its item on the server, or in quarantine, where people see it.
pub(crate) async fn server(path: &Path, memory: &Memory, office: &Office) {
    let outbox = Outbox::read(path, false);
    let mut details = BTreeMap::new();
    for promised in memory.promised.values() {
        let (device_seq, edit) = outbox.newest(promised.device_seq);
        let detail = match details.entry(promised.document) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(office.detail(promised.document).await.expect("the item is on the server")),
        };
        let kept = match edit.state.as_str() {
            "accepted" => detail.view.history.iter().filter(|event| event.id == edit.event).count(),
            _ => detail.quarantined.iter().filter(|edit| edit.device_seq == device_seq).count(),
        };
        assert_eq!(kept, 1, "edit {device_seq} ({}) is {kept} times on the server, promised as {promised:?}", edit.state);
    }
}

/// Answers which edits are safe.
fn check_edits(client: &Client, outbox: &Outbox, memory: &Memory) -> BTreeSet<u64> {
    let edits = client.edits(EditsFilter::default()).expect("the edits");
    let shown: BTreeMap<u64, _> = edits.iter().map(|edit| (edit.device_seq, edit)).collect();
    for promised in memory.promised.values() {
        let first = &outbox.edits.get(&promised.device_seq).unwrap_or_else(|| panic!("{promised:?} is gone"));
        assert_eq!((first.event, first.kind.as_str()), (promised.event, promised.kind.as_str()), "{promised:?} became another edit");
        let (newest, _) = outbox.newest(promised.device_seq);
        let shown = shown.get(&newest).unwrap_or_else(|| panic!("{promised:?} is not shown"));
        assert_eq!((shown.document, &shown.kind), (promised.document, &promised.kind));
    }
    edits.iter().filter(|edit| matches!(edit.status, EditStatus::Safe { .. })).map(|edit| edit.device_seq).collect()
}

/// Rows are what their documents say, and the documents hold every promised edit that was not refused.
fn check_items(client: &Client, outbox: &Outbox, memory: &Memory) {
    for row in client.items(ItemFilter::default()).expect("the items") {
        let item = client.item(row.row.id).expect("the item reads").expect("the item is there");
        assert_eq!(row.row, item.view.row, "a row that is not its document's");
        assert!(item.damage.is_none(), "{:?}", item.damage);
        let events: BTreeSet<EventId> = item.view.history.iter().map(|event| event.id).collect();
        for promised in memory.promised.values().filter(|promised| promised.document == row.row.id) {
            let (_, edit) = outbox.newest(promised.device_seq);
            assert!(edit.state == "quarantined" || events.contains(&edit.event), "{promised:?} is not in its item");
        }
    }
}

/// The outbox as it lies on the disk.
struct Outbox {
    edits: BTreeMap<u64, Edit>,
    next: u64,
}

struct Edit {
    event: EventId,
    kind: String,
    state: String,
    replaced_by: Option<u64>,
}

impl Outbox {
    fn read(path: &Path, thorough: bool) -> Self {
        let file = key::opened(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        if thorough {
            let verdict: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a verdict");
            assert_eq!(verdict, "ok");
        }
        let mut statement = file.prepare("SELECT device_seq, event, kind, state, replaced_by FROM outbox").expect("a statement");
        let edits = statement.query_map([], |row| {
            let event = EventId::from_bytes(row.get("event")?);
            let edit = Edit {
                event,
                kind: row.get("kind")?,
                state: row.get("state")?,
                replaced_by: row.get::<_, Option<i64>>("replaced_by")?.map(i64::cast_unsigned),
            };
            Ok((row.get::<_, i64>("device_seq")?.cast_unsigned(), edit))
        });
        let edits = edits.and_then(Iterator::collect).expect("the outbox reads");
        let next = file.query_row("SELECT next_device_seq FROM installation", [], |row| row.get::<_, i64>(0)).expect("a number");
        Self { edits, next: next.cast_unsigned() }
    }

    fn check_numbers(&self) {
        let numbers: Vec<u64> = self.edits.keys().copied().collect();
        assert_eq!(numbers, (1..self.next).collect::<Vec<_>>(), "the numbers have gaps");
    }

    /// The edit that carries this one's command now.
    fn newest(&self, device_seq: u64) -> (u64, &Edit) {
        let edit = &self.edits[&device_seq];
        edit.replaced_by.map_or((device_seq, edit), |by| self.newest(by))
    }
}
