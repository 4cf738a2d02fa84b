//! Whoever has the files of a phone has no photo of a customer's house, and learns of none.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use linecrew_client::{AttachmentError, Content, NewAttachment};
use linecrew_protocol::{ids::DocumentId, model::work::files::AttachmentKind};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::{
    office::{CREW, Office},
    phone::Phone,
};

/// Stands all through the photo.
const NEEDLE: &str = "鼓楼区东街 1 号, the kitchen; ";
const CAPTION: &str = "陈秀英's meter cupboard";
const NAME: &str = "IMG_20261129_chen.jpg";

fn photo() -> Vec<u8> {
    NEEDLE.repeat(6_000).into_bytes()
}

fn hash_of(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A phone that has attached the photo, which lies elsewhere.
fn attached() -> (Phone, Office, DocumentId, TempDir) {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    let camera = tempfile::tempdir().unwrap();
    fs::write(camera.path().join(NAME), photo()).unwrap();
    let content = Content::Path(camera.path().join(NAME));
    phone.client.attach(item, new(content)).unwrap();
    (phone, office, item, camera)
}

fn new(content: Content) -> NewAttachment {
    NewAttachment { kind: AttachmentKind::Photo, mime: "image/jpeg".to_owned(), caption: CAPTION.to_owned(), taken_at: None, content }
}

/// Everything under a folder, by its path.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| if path.is_dir() { everything(&path) } else { BTreeMap::from([(path.clone(), fs::read(&path).unwrap())]) })
        .collect()
}

/// What of the photo can be read where.
fn exposed(folder: &Path) -> Vec<String> {
    let hash = hash_of(&photo());
    let raw: &[u8] = &Sha256::digest(photo());
    let needles = [NEEDLE.as_bytes(), CAPTION.as_bytes(), NAME.as_bytes(), b"image/jpeg", hash.as_bytes(), raw];
    let mut found = Vec::new();
    for (path, bytes) in everything(folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for needle in needles.into_iter().chain([&hash.as_bytes()[..12]]) {
            let is_in = |text: &[u8]| text.windows(needle.len()).any(|window| window == needle);
            if is_in(&bytes) || is_in(name.as_bytes()) {
                found.push(format!("{} in {name}", String::from_utf8_lossy(needle)));
            }
        }
    }
    found
}

fn files(phone: &Phone) -> PathBuf {
    phone.folder.path().join("phone.db-files")
}

#[test]
fn nothing_of_a_photo_can_be_read_in_the_phones_folder() {
    let (mut phone, _, _, camera) = attached();
    assert!(everything(phone.folder.path()).iter().any(|(path, bytes)| path.ends_with("phone.db-wal") && bytes.len() > 100_000));
    assert!(everything(&files(&phone)).values().next().unwrap().len() > photo().len(), "it is here");
    assert_eq!(exposed(phone.folder.path()), [""; 0]);
    phone.restart();
    assert_eq!(phone.client.attachment(&hash_of(&photo())).unwrap().unwrap(), photo());
    phone.client.clone().close().unwrap();
    assert_eq!(exposed(phone.folder.path()), [""; 0]);
    // The same search finds it where the camera has left it.
    assert_eq!(exposed(camera.path()).len(), 2);
}

#[test]
fn a_photo_of_an_older_build_is_encrypted_when_the_store_is_opened() {
    let (mut phone, mut office, item, _camera) = attached();
    phone.client.clone().close().unwrap();
    fs::remove_dir_all(files(&phone)).unwrap();
    fs::create_dir(files(&phone)).unwrap();
    fs::write(files(&phone).join(hash_of(&photo())), photo()).unwrap();
    fs::write(files(&phone).join("0123456789abcdef.part"), &photo()[..100_000]).unwrap();
    assert!(!exposed(phone.folder.path()).is_empty());
    phone.restart();
    assert_eq!(exposed(phone.folder.path()), [""; 0]);
    assert_eq!(everything(&files(&phone)).len(), 1);
    assert_eq!(phone.client.attachment(&hash_of(&photo())).unwrap().unwrap(), photo());
    // The same bytes once more are the same file.
    phone.client.attach(item, new(Content::Bytes(photo()))).unwrap();
    assert_eq!(everything(&files(&phone)).len(), 1);
    phone.sync(&mut office);
    phone.assert_equal_to(&office, "with the photo");
}

#[test]
fn a_damaged_photo_is_named_and_stops_nothing_else() {
    let (mut phone, mut office, item, _camera) = attached();
    phone.client.attach(item, new(Content::Bytes(b"another".to_vec()))).unwrap();
    let (path, mut bytes) = everything(&files(&phone)).into_iter().max_by_key(|(_, bytes)| bytes.len()).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(path, bytes).unwrap();
    phone.restart();
    let hash = hash_of(&photo());
    let refused = phone.client.attachment(&hash).unwrap_err();
    assert!(matches!(&refused, AttachmentError::Damaged { hash: named } if *named == hash) && refused.to_string().contains(&hash));
    // Piece by piece it is right up to where it is not.
    let mut reader = phone.client.open_attachment(&hash).unwrap().unwrap();
    assert_eq!(reader.content_bytes(), photo().len() as u64);
    let mut read = Vec::new();
    let refused = reader.read_to_end(&mut read).unwrap_err();
    assert!(refused.get_ref().is_some_and(|inner| inner.is::<AttachmentError>()), "{refused:?}");
    assert!(!read.is_empty() && read.len() < photo().len() && photo().starts_with(&read));
    assert_eq!(phone.client.attachment(&hash_of(b"another")).unwrap().unwrap(), b"another");
    phone.client.note(item, "the photo does not open").unwrap();
    phone.sync(&mut office);
    phone.assert_equal_to(&office, "with a damaged photo");
}

#[test]
fn photos_of_another_phone_are_nothing_here() {
    let (phone, _, item, _camera) = attached();
    let (other, ..) = attached();
    assert_ne!(
        fs::read_dir(files(&phone)).unwrap().next().unwrap().unwrap().file_name(),
        everything(&files(&other)).keys().next().unwrap().file_name().unwrap()
    );
    // Somebody puts the other's files in the place of this one's.
    let place = everything(&files(&phone)).into_keys().next().unwrap();
    fs::write(place, everything(&files(&other)).into_values().next().unwrap()).unwrap();
    assert!(matches!(phone.client.attachment(&hash_of(&photo())), Err(AttachmentError::Damaged { .. })));
    phone.client.attach(item, new(Content::Bytes(photo()))).unwrap();
    assert_eq!(phone.client.attachment(&hash_of(&photo())).unwrap().unwrap(), photo(), "healed");
}
