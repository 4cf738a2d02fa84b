//! A receipt that was printed exists, exactly once, whatever happens to the app, the phone and its disk.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use linecrew_client::{Client, ClientOptions, FileKey, SystemHost, collection::CollectionError};
use linecrew_protocol::{
    ids::DocumentId,
    key::{ChainLink, content_of},
    model::collection::{Fen, Method},
};
use rusqlite::Connection;

use crate::{
    collecting::on_a_round,
    office::Office,
    phone::{Phone, inline, key_of},
    raw::raw,
};

/// Where a child process finds its store, and how many receipts it issues.
const CHILD_STORE: &str = "LINECREW_CLIENT_CHILD_STORE";
const CHILD_RECEIPTS: &str = "LINECREW_CLIENT_CHILD_RECEIPTS";
/// See src/fail_point.rs.
const ABORT_AT: &str = "LINECREW_PHONE_ABORT_AT";

fn child(store: &Path, receipts: u32) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "issuing::child_issues_and_prints", "--nocapture", "--test-threads=1"]);
    command.env(CHILD_STORE, store).env(CHILD_RECEIPTS, receipts.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// What a child printed: the tickets that customers hold.
fn printed(child: Child) -> (bool, Vec<u32>) {
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers = text.lines().filter_map(|line| line.strip_prefix("printed FZ-"));
    (output.status.success(), numbers.map(|number| number.parse().unwrap()).collect())
}

#[test]
fn child_issues_and_prints() {
    let Some(store) = std::env::var_os(CHILD_STORE).map(PathBuf::from) else { return };
    let receipts: u32 = std::env::var(CHILD_RECEIPTS).unwrap().parse().unwrap();
    let host = Arc::new(SystemHost::new());
    let client = Client::open(&store, key_of(&store), host.clone(), inline()).unwrap();
    client.set_device_key(Arc::new(FileKey::open(&store.with_extension("key"), host.as_ref()).unwrap()));
    let bill = client.due(&Default::default()).unwrap()[0].receivable;
    for _ in 0..receipts {
        println!("\nprinted {}", client.collect(bill, Fen(1), Method::Cash).unwrap().ticket);
    }
}

/// Fails unless every number is there with its entry, change and outbox row, or nothing of it. Answers the numbers.
fn whole(store: &Path) -> Vec<u32> {
    let store = raw(store);
    let count = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let entries = count("SELECT count(*) FROM journal");
    assert_eq!(count("SELECT max(seq) FROM journal"), entries, "places without gaps");
    assert_eq!(count("SELECT count(*) FROM outbox"), entries);
    assert_eq!(count("SELECT next_device_seq - 1 FROM installation"), entries);
    let joined = "SELECT count(*) FROM journal JOIN outbox USING (device_seq) JOIN change ON change.hash = outbox.hash
                  WHERE change.document = journal.document AND change.standing = 'pending'";
    assert_eq!(count(joined), entries);
    chained(&store);
    let sql = "SELECT ticket FROM journal WHERE ticket IS NOT NULL ORDER BY seq";
    let mut statement = store.prepare(sql).unwrap();
    let tickets = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    tickets.map(|ticket| ticket.unwrap().strip_prefix("FZ-").unwrap().parse().unwrap()).collect()
}

/// Fails unless each edit's link holds the one before, and its own change.
fn chained(store: &Connection) {
    let sql = "SELECT outbox.document, outbox.generation, outbox.link, change.bytes FROM outbox JOIN change ON change.hash = outbox.hash
               ORDER BY device_seq";
    let mut statement = store.prepare(sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut link = ChainLink::START;
    while let Some(row) = rows.next().unwrap() {
        let bytes: Vec<u8> = row.get("bytes").unwrap();
        link = link.then(&content_of(DocumentId::from_bytes(row.get("document").unwrap()), row.get("generation").unwrap(), &bytes));
        assert_eq!(link.as_bytes(), &row.get::<_, [u8; 32]>("link").unwrap());
    }
}

/// Everything arrives, and is one unbroken journal.
fn arrives(phone: &mut Phone, office: &mut Office) {
    phone.open(&phone.path(), inline());
    phone.sync(office);
    let status = phone.client.status().unwrap();
    assert_eq!((status.pending(), status.entries_here, status.needs_attention), (0, 0, 0));
    assert!(office.is_equal_to(phone));
}

#[test]
fn two_processes_on_one_store_issue_every_number_once() {
    let (mut phone, mut office, _, _) = on_a_round(60, 1);
    phone.client.clone().close().unwrap();
    let children: Vec<Child> = (0..2).map(|_| child(&phone.path(), 25).spawn().unwrap()).collect();
    let printed: Vec<(bool, Vec<u32>)> = children.into_iter().map(printed).collect();
    assert!(printed.iter().all(|(ended, numbers)| *ended && numbers.len() == 25), "{printed:?}");
    let all: BTreeSet<u32> = printed.iter().flat_map(|(_, numbers)| numbers.clone()).collect();
    assert_eq!(all, (1..=50).collect());
    assert_eq!(whole(&phone.path()), (1..=50).collect::<Vec<_>>(), "in the order of the journal");
    arrives(&mut phone, &mut office);
}

#[test]
fn an_app_that_is_killed_at_any_statement_has_issued_a_receipt_or_has_not() {
    let (mut phone, mut office, _, _) = on_a_round(10, 1);
    phone.client.clone().close().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (mut nothing, mut unprinted) = (0, 0);
    for place in 0.. {
        let store = folder.path().join(format!("{place}.db"));
        fs::copy(phone.path(), &store).unwrap();
        fs::copy(phone.path().with_file_name("store.key"), store.with_file_name("store.key")).unwrap();
        let (ended, printed) = printed(child(&store, 1).env(ABORT_AT, place.to_string()).spawn().unwrap());
        let issued = whole(&store);
        assert!(issued == [1] || (issued.is_empty() && printed.is_empty()), "killed at {place}: printed {printed:?}, there {issued:?}");
        if ended {
            assert_eq!((printed, issued), (vec![1], vec![1]));
            fs::copy(&store, phone.path()).unwrap();
            break;
        }
        nothing += u32::from(issued.is_empty());
        unprinted += u32::from(!issued.is_empty() && printed.is_empty());
        // The next one follows, whether the killed one is there or not.
        assert_eq!(self::printed(child(&store, 1).spawn().unwrap()), (true, vec![if issued.is_empty() { 1 } else { 2 }]));
        whole(&store);
    }
    println!("killed at {nothing} places before the commit and at {unprinted} after it");
    assert!(nothing > 20 && unprinted > 0, "{nothing} places before the commit, {unprinted} after it");
    arrives(&mut phone, &mut office);
}

#[test]
fn on_a_full_disk_a_receipt_is_issued_whole_or_not_at_all() {
    let (mut phone, mut office, _, bills) = on_a_round(100, 1);
    let (mut issued, mut refused) = (Vec::new(), 0);
    for spare in 0..12_u32 {
        let used = phone.client.status().unwrap().store_bytes / 4_096;
        phone.client.clone().close().unwrap();
        let options = ClientOptions { max_pages: Some(u32::try_from(used).unwrap() + spare), ..inline() };
        phone.open(&phone.path(), options);
        loop {
            match phone.client.collect(bills[0], Fen(1), Method::Cash) {
                Ok(receipt) => issued.push(receipt.ticket.number),
                Err(CollectionError::StorageFull(_)) => break,
                Err(other) => panic!("{other:?}"),
            }
            assert!(issued.len() < 90, "the disk never filled");
        }
        refused += 1;
        assert_eq!(whole(&phone.path()), issued, "what was printed, and nothing else");
    }
    assert!(refused == 12 && issued.len() > 5, "{refused} times full, {} receipts", issued.len());
    phone.client.clone().close().unwrap();
    arrives(&mut phone, &mut office);
    assert_eq!(phone.client.receipts().unwrap().len(), issued.len());
}

#[test]
fn a_printed_receipt_survives_a_restart() {
    let (mut phone, mut office, _, bills) = on_a_round(10, 1);
    let issued = phone.client.collect(bills[0], Fen(8_640), Method::Cash).unwrap();
    let paper = phone.client.print_text(&issued.ticket, Default::default()).unwrap();
    phone.restart();
    assert_eq!(phone.client.print_text(&issued.ticket, Default::default()).unwrap(), paper);
    arrives(&mut phone, &mut office);
    assert_eq!(phone.client.print_text(&issued.ticket, Default::default()).unwrap(), paper);
}
