//! Whoever has the files of a phone has nothing, and whoever has lost their key has lost nothing yet.

use std::{collections::BTreeMap, fs, path::Path};

use linecrew_client::{Client, DatabaseKey, OpenError};
use linecrew_protocol::ids::DocumentId;

use crate::{
    office::{CREW, Office},
    phone::{Phone, inline, key_of, report},
    raw::plain_copy,
};

/// Of the item.
const ADDRESS: &str = "鼓楼区东街 1 号";
const REMARK: &str = "the dog of 陈秀英 bites";

/// A phone with a customer's item, and work on it that only this phone has.
fn at_work() -> (Phone, Office, DocumentId) {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.arrive(item).unwrap();
    phone.client.note(item, REMARK).unwrap();
    (phone, office, item)
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap())).collect()
}

/// Which of the words can be read in which of the files.
fn exposed(files: &BTreeMap<String, Vec<u8>>, words: &[String]) -> Vec<(String, String)> {
    let shows = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    let pairs = files.iter().flat_map(|(name, bytes)| words.iter().map(move |word| (name, bytes, word)));
    pairs.filter(|(_, bytes, word)| shows(bytes, word)).map(|(name, _, word)| (name.clone(), word.clone())).collect()
}

#[test]
fn no_name_no_address_and_no_event_stands_in_the_clear() {
    let (phone, _, item) = at_work();
    assert!(format!("{:?}", phone.client.item(item).unwrap()).contains(ADDRESS), "the phone knows it");
    let words = ["林强".to_owned(), ADDRESS.to_owned(), REMARK.to_owned(), "arrived".to_owned(), "installation".to_owned()];
    let files = contents(phone.folder.path());
    assert!(files["phone.db-wal"].len() > 100_000, "what was written is in the log");
    assert_eq!(exposed(&files, &words), []);
    phone.client.clone().close().unwrap();
    assert_eq!(exposed(&contents(phone.folder.path()), &words), []);
    // The same search finds all of it in a store that is not encrypted.
    let plain = plain_copy(&phone.path());
    let control = BTreeMap::from([("plain".to_owned(), fs::read(plain).unwrap())]);
    assert_eq!(exposed(&control, &words).len(), words.len());
}

#[test]
fn another_key_opens_nothing_and_changes_nothing() {
    let (mut phone, mut office, _) = at_work();
    phone.client.clone().close().unwrap();
    let key = phone.path().with_file_name("store.key");
    let right = fs::read(&key).unwrap();
    fs::write(&key, [9; 32]).unwrap();
    let before = contents(phone.folder.path());
    let opened = Client::open(&phone.path(), key_of(&phone.path()), phone.host.clone(), inline());
    assert!(matches!(opened, Err(OpenError::WrongKey(_))), "{opened:?}");
    assert_eq!(contents(phone.folder.path()), before);
    fs::write(&key, right).unwrap();
    phone.open(&phone.path(), inline());
    assert_eq!(phone.client.status().unwrap().pending(), 3);
    phone.sync(&mut office);
    assert_eq!(phone.client.status().unwrap().safe, 3);
}

#[test]
fn a_lost_key_is_said_and_no_other_is_made() {
    let (phone, _, _) = at_work();
    phone.client.clone().close().unwrap();
    fs::remove_file(phone.path().with_file_name("store.key")).unwrap();
    let before = contents(phone.folder.path());
    let opened = Client::open(&phone.path(), key_of(&phone.path()), phone.host.clone(), inline());
    assert!(matches!(opened, Err(OpenError::KeyLost)), "{opened:?}");
    assert_eq!(contents(phone.folder.path()), before);
    // Also when only the log is left of it.
    fs::rename(phone.path(), phone.folder.path().join("elsewhere")).unwrap();
    fs::write(phone.folder.path().join("phone.db-wal"), [1; 100]).unwrap();
    let opened = Client::open(&phone.path(), key_of(&phone.path()), phone.host.clone(), inline());
    assert!(matches!(opened, Err(OpenError::KeyLost)), "{opened:?}");
    assert!(key_of(&phone.path()).find().unwrap().is_none());
}

#[test]
fn a_store_in_the_clear_is_encrypted_when_it_is_opened() {
    let (mut phone, mut office, item) = at_work();
    phone.client.complete_repair(item, report()).unwrap_err();
    phone.client.clone().close().unwrap();
    let plain = plain_copy(&phone.path());
    fs::rename(&plain, phone.path()).unwrap();
    fs::remove_file(phone.path().with_file_name("store.key")).unwrap();
    assert!(!exposed(&contents(phone.folder.path()), &[REMARK.to_owned()]).is_empty());
    phone.open(&phone.path(), inline());
    assert_eq!(exposed(&contents(phone.folder.path()), &[REMARK.to_owned()]), []);
    assert_eq!(phone.client.status().unwrap().pending(), 3);
    phone.sync(&mut office);
    assert_eq!(phone.client.status().unwrap().safe, 3);
    phone.assert_equal_to(&office, "encrypted on the way");
}
