//! A phone that is wiped has nothing any more; one that alone has something is not wiped.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use linecrew_client::{
    Client, CommandError, DatabaseKey, DatabaseKeyUnavailable, FileDatabaseKey, ManualHost, NewAttachment, OpenError, StoreKey, WipeError,
};
use linecrew_protocol::{
    ids::DocumentId,
    model::{
        collection::{Fen, Method},
        work::files::AttachmentKind,
    },
    time::Timestamp,
};
use tokio::runtime::Runtime;

use crate::{
    collecting::on_a_round,
    office::{CREW, Office},
    phone::{Phone, inline, key_of},
};

/// A phone that works with `key`, with a photo, and everything answered.
fn answered(key: Arc<dyn DatabaseKey>, phone: &mut Phone) -> (Office, DocumentId) {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    phone.client.clone().close().unwrap();
    phone.client = Client::open(&phone.path(), key, phone.host.clone(), inline()).unwrap();
    phone.client.set_device_key(phone.keystore.clone());
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    let content = linecrew_client::Content::Bytes(b"a photo".to_vec());
    let photo =
        NewAttachment { kind: AttachmentKind::Photo, mime: "image/jpeg".to_owned(), caption: String::new(), taken_at: None, content };
    phone.client.attach(item, photo).unwrap();
    phone.sync(&mut office);
    (office, item)
}

fn wipe(client: &Client) -> Result<(), WipeError> {
    Runtime::new().unwrap().block_on(client.wipe())
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A keystore that fails, or stops the process, when a key is to be destroyed.
struct Stubborn(FileDatabaseKey, Mutex<bool>);

impl DatabaseKey for Stubborn {
    fn find(&self) -> Result<Option<StoreKey>, DatabaseKeyUnavailable> {
        self.0.find()
    }

    fn create(&self) -> Result<StoreKey, DatabaseKeyUnavailable> {
        self.0.create()
    }

    fn destroy(&self) -> Result<(), DatabaseKeyUnavailable> {
        if *self.1.lock().unwrap() { Err(DatabaseKeyUnavailable::because("not now")) } else { self.0.destroy() }
    }
}

#[test]
fn a_phone_whose_edits_are_all_answered_is_wiped_and_begins_anew() {
    let mut phone = Phone::new(1);
    let (_, item) = answered(key_of(&phone.path()), &mut phone);
    let (other, before) = (phone.client.clone(), phone.client.installation());
    assert_eq!(names(phone.folder.path()), ["device.key", "phone.db", "phone.db-files", "phone.db-shm", "phone.db-wal", "store.key"]);
    // A copy that somebody has set aside goes, too.
    fs::copy(phone.path(), phone.folder.path().join("phone.db.set-aside-1")).unwrap();
    wipe(&phone.client).unwrap();
    assert_eq!(names(phone.folder.path()), ["device.key"]);
    assert!(other.accept(item).is_err() && other.status().is_err(), "no clone has anything any more");
    phone.open(&phone.path(), inline());
    assert_ne!(phone.client.installation(), before);
    assert_eq!((phone.rows().len(), phone.client.account()), (0, None));
}

#[test]
fn a_phone_that_alone_has_an_edit_or_a_receipt_is_not_wiped() {
    let mut phone = Phone::new(1);
    let (mut office, item) = answered(key_of(&phone.path()), &mut phone);
    phone.client.arrive(item).unwrap();
    assert!(matches!(wipe(&phone.client), Err(WipeError::Unanswered { pending: 1 })));
    let push = phone.next_push().unwrap();
    phone.client.mark_sent(&push).unwrap();
    assert!(matches!(wipe(&phone.client), Err(WipeError::Unanswered { pending: 1 })), "on its way is not there");
    phone.restart();
    assert_eq!(phone.client.status().unwrap().pending(), 1);
    phone.sync(&mut office);
    wipe(&phone.client).unwrap();

    let (phone, mut office, _, bills) = on_a_round(10, 1);
    let issued = phone.client.collect(bills[0], Fen(100), Method::Cash).unwrap();
    office.money.misnamed.insert(issued.entry.device_seq, None);
    phone.sync(&mut office);
    assert_eq!(phone.client.status().unwrap().pending(), 0);
    assert!(matches!(wipe(&phone.client), Err(WipeError::Unanswered { pending: 1 })), "the server has not named its hash");
    assert_eq!(phone.client.receipts().unwrap().len(), 1);
}

#[test]
fn nothing_can_be_saved_on_a_phone_once_it_is_being_wiped() {
    let mut phone = Phone::new(1);
    let (_, item) = answered(key_of(&phone.path()), &mut phone);
    let other = Client::open(&phone.path(), key_of(&phone.path()), phone.host.clone(), inline()).unwrap();
    wipe(&phone.client).unwrap();
    // Another process still has the files open that are deleted: an edit would vanish with them.
    assert!(matches!(other.note(item, "too late"), Err(CommandError::NotSignedIn)));
}

#[test]
fn a_wipe_that_was_interrupted_is_finished_when_the_store_is_opened() {
    let mut phone = Phone::new(1);
    let key = Arc::new(Stubborn(FileDatabaseKey::at(&phone.path().with_file_name("store.key")), Mutex::new(true)));
    answered(key.clone(), &mut phone);
    assert!(matches!(wipe(&phone.client), Err(WipeError::Key(_))));
    let open = || Client::open(&phone.path(), key.clone(), Arc::new(ManualHost::new(9, Timestamp::from_unix_millis(0))), inline());
    assert!(matches!(open(), Err(OpenError::Wiping(WipeError::Key(_)))), "as often as it takes");
    assert!(phone.path().exists());
    assert!(phone.client.is_wiped() && matches!(wipe(&phone.client), Err(WipeError::Key(_))), "and whoever wipes again goes on from there");
    *key.1.lock().unwrap() = false;
    // Killed after the key was destroyed: its files are nobody's.
    key.destroy().unwrap();
    assert!(matches!(open(), Err(OpenError::Wiped)));
    assert_eq!(names(phone.folder.path()), ["device.key"]);
    open().unwrap();
}

#[test]
fn a_wipe_that_failed_is_finished_by_wiping_again() {
    let mut phone = Phone::new(1);
    let key = Arc::new(Stubborn(FileDatabaseKey::at(&phone.path().with_file_name("store.key")), Mutex::new(true)));
    answered(key.clone(), &mut phone);
    let other = phone.client.clone();
    assert!(matches!(wipe(&phone.client), Err(WipeError::Key(_))));
    *key.1.lock().unwrap() = false;
    wipe(&other).unwrap();
    assert_eq!(names(phone.folder.path()), ["device.key"]);
    phone.open(&phone.path(), inline());
    phone.client.set_device_key(phone.keystore.clone());
    wipe(&other).unwrap();
    assert!(phone.client.status().is_ok() && !phone.client.is_wiped(), "what was opened since is another phone");
}

#[test]
fn a_wipe_whose_files_cannot_be_deleted_goes_on_until_they_are() {
    let mut phone = Phone::new(1);
    answered(key_of(&phone.path()), &mut phone);
    // Where a copy that was set aside would be: a folder is not deleted as a file is.
    let stuck = phone.folder.path().join("phone.db.set-aside-1");
    fs::create_dir(&stuck).unwrap();
    assert!(matches!(wipe(&phone.client), Err(WipeError::Files(_))));
    assert!(key_of(&phone.path()).find().unwrap().is_none(), "what is left is nobody's");
    let open = || Client::open(&phone.path(), key_of(&phone.path()), phone.host.clone(), inline());
    assert!(matches!(open(), Err(OpenError::Wiping(WipeError::Files(_)))));
    fs::remove_dir(&stuck).unwrap();
    assert!(matches!(open(), Err(OpenError::Wiped)));
    assert_eq!(names(phone.folder.path()), ["device.key"]);
}

#[test]
fn every_file_that_a_kill_leaves_is_deleted_in_the_end() {
    for killed_after in 0..6 {
        let mut phone = Phone::new(1);
        answered(key_of(&phone.path()), &mut phone);
        phone.client.clone().close().unwrap();
        fs::write(phone.folder.path().join("phone.db-wiped"), "").unwrap();
        fs::write(phone.folder.path().join("phone.db-wal"), "left").unwrap();
        // What a process that was killed there had done, in its order.
        let (path, files) = (phone.path(), phone.folder.path().join("phone.db-files"));
        let done: [&dyn Fn(); 4] = [
            &|| key_of(&path).destroy().unwrap(),
            &|| fs::read_dir(&files).unwrap().for_each(|file| fs::remove_file(file.unwrap().path()).unwrap()),
            &|| fs::remove_dir(&files).unwrap(),
            &|| fs::remove_file(&path).unwrap(),
        ];
        done.iter().take(killed_after).for_each(|step| step());
        let opened = Client::open(&phone.path(), key_of(&phone.path()), phone.host.clone(), inline());
        assert!(matches!(opened, Err(OpenError::Wiped)), "{killed_after}: {opened:?}");
        assert_eq!(names(phone.folder.path()), ["device.key"], "{killed_after}");
    }
}
