//! Files that an older build kept in the clear.

use super::*;

fn plain(files: &Attachments, name: &str, content: &[u8]) {
    files.have_folder().unwrap();
    fs::write(files.folder.join(name), content).unwrap();
}

#[test]
fn what_stood_in_the_clear_is_encrypted() {
    let folder = tempfile::tempdir().unwrap();
    // A phone that is full already has the space that it needs for one file after the other.
    let files = at(&folder, Some(1));
    let contents: Vec<_> = [1, CHUNK, 200_000].into_iter().map(|length| content(length, 5)).collect();
    contents.iter().for_each(|content| plain(&files, &hash_of(content), content));
    plain(&files, "notes.txt", b"not ours");
    files.encrypt_plain();
    files.encrypt_plain();
    assert_eq!(all(&files).len(), 4);
    assert_eq!(fs::read(files.folder.join("notes.txt")).unwrap(), b"not ours");
    for content in &contents {
        assert_eq!(read(&files, &hash_of(content)).unwrap().unwrap(), *content);
    }
    assert_eq!(exposing(&files, &contents[2]), [""; 0]);
}

#[test]
fn one_that_had_rotted_is_encrypted_and_said_to_be_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let files = at(&folder, None);
    let (right, rotten) = (content(100_000, 5), content(100_000, 6));
    plain(&files, &hash_of(&right), &rotten);
    files.encrypt_plain();
    assert!(matches!(read(&files, &hash_of(&right)), Err(AttachmentError::Damaged { hash }) if hash == hash_of(&right)));
    assert_eq!(exposing(&files, &rotten), [""; 0]);
    assert_eq!(all(&files).len(), 1, "whoever has the key can still look at it");
    files.keep(&mut right.as_slice()).unwrap();
    assert_eq!(read(&files, &hash_of(&right)).unwrap().unwrap(), right);
}

#[test]
fn one_that_cannot_be_encrypted_now_stops_nothing_and_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let files = at(&folder, None);
    let (stuck, other) = (content(100_000, 5), content(100_000, 6));
    plain(&files, &hash_of(&stuck), &stuck);
    plain(&files, &hash_of(&other), &other);
    // Nothing can be renamed to where a folder is.
    fs::create_dir(files.place_of(&hash_of(&stuck))).unwrap();
    files.encrypt_plain();
    assert_eq!(read(&files, &hash_of(&other)).unwrap().unwrap(), other);
    assert!(matches!(read(&files, &hash_of(&stuck)), Err(AttachmentError::Read { .. })));
    assert_eq!(fs::read(files.folder.join(hash_of(&stuck))).unwrap(), stuck, "nothing is lost");
    fs::remove_dir(files.place_of(&hash_of(&stuck))).unwrap();
    assert_eq!(read(&files, &hash_of(&stuck)).unwrap().unwrap(), stuck);
    assert_eq!(exposing(&files, &stuck), [""; 0]);
}
