//! A file is whole, under a name that says nothing, or it is not there.

use std::{collections::BTreeMap, ffi::OsStr};

use rand::{RngCore, SeedableRng, rngs::StdRng};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{seal::CHUNK, *};

mod damage;
mod kills;
mod older;
mod streams;

/// The files of a store in `folder` whose key is this byte 32 times.
fn with_key(folder: &Path, byte: u8, max_bytes: Option<u64>) -> Attachments {
    Attachments::beside(&folder.join("phone.db"), &Key::new(Zeroizing::new([byte; 32])), max_bytes)
}

fn at(folder: &tempfile::TempDir, max_bytes: Option<u64>) -> Attachments {
    with_key(folder.path(), 7, max_bytes)
}

fn read(files: &Attachments, hash: &str) -> Result<Option<Vec<u8>>, AttachmentError> {
    files.open(hash)?.map(AttachmentReader::read_whole).transpose()
}

fn content(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; length];
    StdRng::seed_from_u64(seed).fill_bytes(&mut bytes);
    bytes
}

fn hash_of(content: &[u8]) -> String {
    hexadecimal(&Sha256::digest(content))
}

/// Everything in the folder, by name.
fn all(files: &Attachments) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(&files.folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.file_name().and_then(OsStr::to_str).unwrap().to_owned(), fs::read(&path).unwrap())).collect()
}

/// Which files show something of `content`: a piece of it, or its hash in bytes or in digits, inside or in the name.
fn exposing(files: &Attachments, content: &[u8]) -> Vec<String> {
    let hash = hash_of(content);
    let raw = Sha256::digest(content);
    let begins = hash.get(..12).unwrap();
    let needles = [&content[..content.len().min(32)], &content[content.len().saturating_sub(32)..], hash.as_bytes(), &raw, &raw[..8]];
    let shows = |bytes: &[u8]| needles.iter().any(|needle| bytes.windows(needle.len()).any(|window| window == *needle));
    let all = all(files).into_iter();
    all.filter(|(name, bytes)| shows(bytes) || shows(name.as_bytes()) || name.contains(begins)).map(|(name, _)| name).collect()
}

#[test]
fn a_file_is_asked_for_by_the_sha_256_of_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let files = at(&folder, None);
    // FIPS 180-2, appendix B.1.
    let kept = files.keep(&mut b"abc".as_slice()).unwrap();
    assert_eq!(kept.hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(read(&files, &kept.hash).unwrap().unwrap(), b"abc");
    assert_eq!(files.keep(&mut b"abc".as_slice()).unwrap(), kept);
    assert_eq!(all(&files).len(), 1);
}

#[test]
fn neither_bytes_nor_hash_nor_the_same_form_twice() {
    let content = content(3 * CHUNK, 1);
    let sealed: Vec<_> = [7, 7, 8]
        .into_iter()
        .map(|key| {
            let folder = tempfile::tempdir().unwrap();
            let files = with_key(folder.path(), key, None);
            files.keep(&mut content.as_slice()).unwrap();
            assert_eq!(exposing(&files, &content), [""; 0]);
            all(&files).pop_first().unwrap()
        })
        .collect();
    assert!(sealed.iter().all(|(name, _)| name.len() == 32), "{sealed:?}");
    assert_eq!(sealed[0].0, sealed[1].0, "a store finds it again");
    assert_ne!(sealed[0].0, sealed[2].0, "no other does");
    assert!(sealed[0].1[8..] != sealed[1].1[8..] && sealed[0].1[CHUNK..] != sealed[1].1[CHUNK..], "every file has a key of its own");
    // The same search finds it in the clear.
    let folder = tempfile::tempdir().unwrap();
    let files = at(&folder, None);
    files.have_folder().unwrap();
    fs::write(files.folder.join("x"), &content).unwrap();
    fs::write(files.folder.join(hash_of(&content)), "y").unwrap();
    assert_eq!(exposing(&files, &content).len(), 2);
}

#[test]
fn a_source_that_breaks_off_leaves_nothing() {
    struct Broken(bool);
    impl Read for Broken {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) { Err(io::ErrorKind::TimedOut.into()) } else { Ok(into.len()) }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let files = at(&folder, None);
    assert!(files.keep(&mut Broken(false)).is_err());
    assert_eq!(all(&files).len(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_is_known_as_full() {
    // Every write to it fails as on a full disk (full(4)).
    let mut full = File::options().write(true).open("/dev/full").unwrap();
    let files = at(&tempfile::tempdir().unwrap(), None);
    let error = seal(&mut [7; 9].as_slice(), &mut full, &files.keys, &[0; SALT_BYTES], u64::MAX).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret"), "x").unwrap();
    let files = at(&folder, None);
    files.keep(&mut b"abc".as_slice()).unwrap();
    for name in ["../secret", "", ".", "ABC"] {
        assert!(files.open(name).unwrap().is_none(), "{name}");
    }
}

#[test]
fn a_file_that_rots_is_seen_and_healed_by_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let files = at(&folder, None);
    let kept = files.keep(&mut b"abc".as_slice()).unwrap();
    fs::write(files.place_of(&kept.hash), "abd").unwrap();
    assert!(matches!(read(&files, &kept.hash), Err(AttachmentError::Damaged { .. })));
    files.keep(&mut b"abc".as_slice()).unwrap();
    assert_eq!(read(&files, &kept.hash).unwrap().unwrap(), b"abc");
}

#[test]
fn only_drafts_of_writers_that_are_gone_are_swept_and_all_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let files = at(&folder, None);
    let kept = files.place_of(&files.keep(&mut b"abc".as_slice()).unwrap().hash);
    let kept = kept.file_name().and_then(OsStr::to_str).unwrap();
    let old = SystemTime::now() - DRAFT_IS_LEFT_AFTER - Duration::from_secs(60);
    for (name, modified) in [("1.draft", old), ("2.draft", SystemTime::now()), ("3.part", SystemTime::now()), (kept, old)] {
        let file = File::options().create(true).truncate(false).write(true).open(files.folder.join(name)).unwrap();
        file.set_modified(modified).unwrap();
    }
    files.sweep();
    assert_eq!(all(&files).into_keys().collect::<std::collections::BTreeSet<_>>(), ["2.draft".to_owned(), kept.to_owned()].into());
}
