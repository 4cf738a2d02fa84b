//! Files: whole and safe on this phone before the edit that names them.

use std::{fs, path::PathBuf};

use linecrew_client::{AttachmentError, ClientOptions, CommandError, Content, EditsFilter, NewAttachment};
use linecrew_protocol::{ids::DocumentId, model::work::files::AttachmentKind};

use crate::{
    office::{CREW, OTHER_CREW, Office, assigned},
    phone::{Phone, inline},
};

fn photo(content: Content) -> NewAttachment {
    NewAttachment {
        kind: AttachmentKind::Photo,
        mime: "image/jpeg".to_owned(),
        caption: "the burnt terminal".to_owned(),
        taken_at: None,
        content,
    }
}

fn bytes(bytes: &[u8]) -> NewAttachment {
    photo(Content::Bytes(bytes.to_vec()))
}

fn files(phone: &Phone) -> Vec<PathBuf> {
    let folder = phone.folder.path().join("phone.db-files");
    fs::read_dir(folder).map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}

fn ready() -> (Office, Phone, DocumentId) {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    (office, phone, item)
}

#[test]
fn a_photo_is_kept_by_its_hash_and_read_back() {
    let (mut office, mut phone, item) = ready();
    phone.client.attach(item, bytes(b"abc")).unwrap();
    let view = phone.client.item(item).unwrap().unwrap().view;
    let [file] = view.files.as_slice() else { panic!("{:?}", view.files) };
    // FIPS 180-2, appendix B.1.
    assert_eq!(file.hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!((file.bytes, file.caption.as_str(), file.stored), (3, "the burnt terminal", false));
    assert_eq!(phone.rows()[&item].attachments.total, 1);
    phone.restart();
    assert_eq!(phone.client.attachment(&file.hash).unwrap().unwrap(), b"abc");
    assert_eq!(phone.client.attachment(&"0".repeat(64)).unwrap(), None);
    assert_eq!(phone.client.attachment("../phone.db").unwrap(), None);
    phone.sync(&mut office);
    phone.assert_equal_to(&office, "attached");
    // Whoever takes the item away does not take the bytes: nobody else has them yet.
    office.decide(item, assigned(OTHER_CREW));
    phone.sync(&mut office);
    assert!(phone.client.item(item).unwrap().is_none());
    assert_eq!(phone.client.attachment(&file.hash).unwrap().unwrap(), b"abc");
}

#[test]
fn the_same_bytes_twice_are_one_file_from_memory_or_from_a_file() {
    let (_, phone, item) = ready();
    let source = phone.folder.path().join("camera.jpg");
    fs::write(&source, vec![7; 300_000]).unwrap();
    phone.client.attach(item, photo(Content::Path(source.clone()))).unwrap();
    phone.client.attach(item, bytes(&vec![7; 300_000])).unwrap();
    assert_eq!(files(&phone).len(), 1);
    assert!(source.exists(), "what was attached stays where it was");
    assert_eq!(phone.client.item(item).unwrap().unwrap().view.files.len(), 1);
}

#[test]
fn a_full_disk_leaves_neither_a_file_nor_an_edit() {
    let (mut office, mut phone, item) = ready();
    phone.client.clone().close().unwrap();
    let options = ClientOptions { max_attachment_bytes: Some(1_000_000), ..inline() };
    phone.open(&phone.path(), options);
    phone.client.attach(item, bytes(&vec![1; 600_000])).unwrap();
    let before = phone.client.edits(EditsFilter::default()).unwrap();
    for content in [Content::Bytes(vec![2; 600_000]), Content::Bytes(vec![1; 600_001])] {
        let refused = phone.client.attach(item, photo(content)).unwrap_err();
        assert!(matches!(refused, CommandError::StorageFull(_)), "{refused:?}");
        assert_eq!(files(&phone).len(), 1);
        assert_eq!(phone.client.edits(EditsFilter::default()).unwrap(), before);
    }
    // Small ones and everything else go on, and with space again so does the large one.
    phone.client.attach(item, bytes(&[3; 100])).unwrap();
    phone.client.note(item, "no space for photos").unwrap();
    phone.restart();
    phone.client.attach(item, bytes(&vec![2; 600_000])).unwrap();
    phone.sync(&mut office);
    assert_eq!(phone.rows()[&item].attachments.total, 3);
    phone.assert_equal_to(&office, "with space again");
}

#[test]
fn a_full_store_keeps_the_whole_file_and_takes_the_edit_when_it_comes_again() {
    let (_, mut phone, item) = ready();
    let used = phone.client.status().unwrap().store_bytes / 4_096;
    phone.client.clone().close().unwrap();
    let options = ClientOptions { max_pages: Some(u32::try_from(used).unwrap()), ..inline() };
    phone.open(&phone.path(), options);
    // Fill what is left of the last page.
    while phone.client.note(item, "x".repeat(900)).is_ok() {}
    let mut large = bytes(b"abc");
    large.caption = "y".repeat(3_000);
    assert!(matches!(phone.client.attach(item, large.clone()), Err(CommandError::StorageFull(_))));
    assert_eq!(phone.client.item(item).unwrap().unwrap().view.files.len(), 0);
    assert!(files(&phone).iter().all(|file| file.extension().is_none()), "nothing is half there: {:?}", files(&phone));
    phone.restart();
    phone.client.attach(item, large).unwrap();
    assert_eq!(files(&phone).len(), 1);
}

#[test]
fn what_the_rules_do_not_allow_takes_no_space() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    let nobody_took_it = phone.client.attach(item, bytes(b"abc")).unwrap_err();
    assert!(matches!(&nobody_took_it, CommandError::Refused(_)), "{nobody_took_it:?}");
    phone.client.accept(item).unwrap();
    for (new, words) in [(bytes(b""), "1 to"), (NewAttachment { mime: String::new(), ..bytes(b"abc") }, "mime is empty")] {
        match phone.client.attach(item, new) {
            Err(CommandError::Refused(refusal)) => assert!(refusal.detail.contains(words), "{}", refusal.detail),
            other => panic!("{other:?}"),
        }
    }
    let nowhere = photo(Content::Path(phone.folder.path().join("no such photo")));
    assert!(matches!(phone.client.attach(item, nowhere), Err(CommandError::File(_))));
    assert_eq!(files(&phone), Vec::<PathBuf>::new());
}

#[test]
fn a_file_that_rots_is_said_and_not_given_out() {
    let (_, phone, item) = ready();
    phone.client.attach(item, bytes(b"abc")).unwrap();
    let file = files(&phone).remove(0);
    fs::write(&file, b"abd").unwrap();
    let hash = &phone.client.item(item).unwrap().unwrap().view.files[0].hash;
    assert!(matches!(phone.client.attachment(hash), Err(AttachmentError::Damaged { .. })));
}
