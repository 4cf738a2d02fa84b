//! Whatever is done to a file: nothing of it is given out but what was verified, and the error names it.

use rand::Rng;

use super::{
    super::seal::{HEADER, TAG, place_of, sealed_bytes, unseal_header},
    *,
};

/// Around the borders of chunks.
const LENGTHS: [usize; 7] = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 777];

/// One file of this length in a folder of its own.
struct Case {
    _folder: tempfile::TempDir,
    files: Attachments,
    content: Vec<u8>,
    hash: String,
    sealed: Vec<u8>,
}

impl Case {
    fn of(length: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = at(&folder, None);
        let content = content(length, length as u64);
        let hash = files.keep(&mut content.as_slice()).unwrap().hash;
        let sealed = fs::read(files.place_of(&hash)).unwrap();
        Self { _folder: folder, files, content, hash, sealed }
    }

    /// How many bytes are given out of a file that is these bytes, and has to fail.
    fn given(&self, bytes: &[u8], what: &str) -> usize {
        let length = self.content.len();
        fs::write(self.files.place_of(&self.hash), bytes).unwrap();
        let is_it = |error: &AttachmentError| matches!(error, AttachmentError::Damaged { hash } if *hash == self.hash);
        assert!(read(&self.files, &self.hash).is_err_and(|error| is_it(&error)), "{what} of {length} bytes");
        let mut reader = match self.files.open(&self.hash) {
            Ok(reader) => reader.unwrap(),
            Err(error) => {
                assert!(is_it(&error), "{what} of {length} bytes: {error:?}");
                return 0;
            }
        };
        let mut given = Vec::new();
        let error = reader.read_to_end(&mut given).unwrap_err();
        assert!(is_it(error.get_ref().unwrap().downcast_ref().unwrap()), "{what} of {length} bytes: {error:?}");
        assert!(reader.read(&mut [0; 9]).is_err(), "{what} of {length} bytes: an error is no end");
        assert!(given.len() % CHUNK == 0 && self.content.starts_with(&given), "{what} of {length} bytes gave something else");
        given.len()
    }

    /// Where chunks begin and end.
    fn borders(&self) -> Vec<usize> {
        let chunks = u32::try_from(self.content.len() / CHUNK + 1).unwrap();
        (0..chunks).map(|number| usize::try_from(place_of(number)).unwrap()).chain([self.sealed.len()]).collect()
    }
}

#[test]
fn a_byte_that_flips_is_found_before_its_chunk_is_given_out() {
    for length in LENGTHS {
        let case = Case::of(length);
        let mut random = StdRng::seed_from_u64(length as u64);
        let near = case.borders().into_iter().flat_map(|at| at.saturating_sub(TAG + 1)..at + 2);
        let places = (0..HEADER).chain(near).chain((0..30).map(|_| random.random_range(0..case.sealed.len())));
        for place in places.filter(|place| *place < case.sealed.len()).collect::<Vec<_>>() {
            let mut bytes = case.sealed.clone();
            bytes[place] ^= 1 << (random.next_u32() % 8);
            let given = case.given(&bytes, &format!("byte {place}"));
            let before = place.saturating_sub(HEADER) / (CHUNK + TAG) * CHUNK;
            assert_eq!(given, before, "byte {place} of {length}");
        }
    }
}

#[test]
fn a_file_cut_off_or_grown_gives_nothing() {
    for length in LENGTHS {
        let case = Case::of(length);
        assert_eq!(case.sealed.len() as u64, sealed_bytes(length as u64));
        let ends = case.borders().into_iter().flat_map(|at| [at.saturating_sub(1), at, at + 1]).chain(0..HEADER);
        for end in ends.filter(|end| *end < case.sealed.len()).collect::<Vec<_>>() {
            assert_eq!(case.given(&case.sealed[..end], &format!("the first {end} bytes")), 0, "{end} of {length}");
        }
        for more in [1, TAG, CHUNK + TAG] {
            let grown = [case.sealed.as_slice(), &case.sealed[case.sealed.len().saturating_sub(more)..]].concat();
            assert_eq!(case.given(&grown, &format!("{more} bytes more")), 0);
        }
        // With a header that says the shorter length, too.
        for chunks in 0..length / CHUNK {
            let mut bytes = case.sealed[..case.borders()[chunks] + TAG].to_vec();
            bytes[40..48].copy_from_slice(&((chunks * CHUNK) as u64).to_be_bytes());
            assert_eq!(bytes.len() as u64, sealed_bytes((chunks * CHUNK) as u64));
            assert_eq!(case.given(&bytes, &format!("the first {chunks} chunks")), 0);
        }
    }
}

#[test]
fn chunks_have_their_places() {
    let case = Case::of(4 * CHUNK);
    let borders = case.borders();
    let (header, chunks): (_, Vec<_>) = (&case.sealed[..HEADER], borders.windows(2).map(|ends| &case.sealed[ends[0]..ends[1]]).collect());
    for one in 0..4 {
        for other in (0..4).filter(|other| *other != one) {
            let mut moved = chunks.clone();
            moved.swap(one, other);
            assert_eq!(case.given(&[&[header], moved.as_slice()].concat().concat(), "swapped chunks"), one.min(other) * CHUNK);
            let mut twice = chunks.clone();
            twice[other] = chunks[one];
            assert_eq!(case.given(&[&[header], twice.as_slice()].concat().concat(), "a chunk twice"), other * CHUNK);
        }
        let mut without = chunks.clone();
        without.remove(one);
        assert_eq!(case.given(&[&[header], without.as_slice()].concat().concat(), "a chunk less"), 0);
    }
}

#[test]
fn the_last_chunk_is_no_other_and_no_other_is_the_last() {
    let case = Case::of(CHUNK + 5);
    let (key, _) = unseal_header(case.sealed.first_chunk().unwrap(), &case.files.keys, &case.hash).unwrap();
    for (number, ends) in case.borders().windows(2).enumerate() {
        let (number, is_last, chunk) = (u32::try_from(number).unwrap(), number == 1, case.sealed[ends[0]..ends[1]].to_vec());
        assert_eq!(key.open(number, is_last, &mut chunk.clone()), Some(()));
        assert_eq!(key.open(number, !is_last, &mut chunk.clone()), None);
    }
}

#[test]
fn a_file_is_nobody_elses() {
    let (one, other) = (Case::of(2 * CHUNK + 5), Case::of(2 * CHUNK + 6));
    assert_eq!(one.given(&other.sealed, "another file"), 0);
    // The same length, the same key of the store, the same place.
    let twin = Case::of(2 * CHUNK + 5);
    assert_ne!(twin.sealed, one.sealed);
    let mixed = [&one.sealed[..HEADER], &twin.sealed[HEADER..]].concat();
    assert_eq!(one.given(&mixed, "chunks of another file with the same content"), 0);
    let borders = one.borders();
    let mixed = [&one.sealed[..borders[1]], &twin.sealed[borders[1]..borders[2]], &one.sealed[borders[2]..]].concat();
    assert_eq!(one.given(&mixed, "a chunk of another file with the same content"), CHUNK);
}

#[test]
fn another_key_opens_nothing() {
    let case = Case::of(CHUNK + 1);
    let folder = tempfile::tempdir().unwrap();
    let stranger = with_key(folder.path(), 8, None);
    stranger.have_folder().unwrap();
    for name in [case.files.keys.name_of(&case.hash), stranger.keys.name_of(&case.hash)] {
        assert!(stranger.open(&case.hash).unwrap().is_none(), "under a name that is none here");
        fs::write(stranger.folder.join(name), &case.sealed).unwrap();
    }
    assert!(matches!(stranger.open(&case.hash), Err(AttachmentError::Damaged { hash }) if hash == case.hash));
    // What the stranger keeps is theirs, and does not stop on what is damaged.
    stranger.keep(&mut case.content.as_slice()).unwrap();
    assert_eq!(read(&stranger, &case.hash).unwrap().unwrap(), case.content);
}
