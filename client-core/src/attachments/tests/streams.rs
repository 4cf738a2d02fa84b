//! However long a file is, a few chunks of it are in memory.

use super::*;

/// What may be in memory at once, all told.
const MOST: u64 = 4 * CHUNK as u64;

#[test]
fn every_length_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let files = at(&folder, None);
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 5_000_003] {
        let content = content(length, 3);
        let kept = files.keep(&mut content.as_slice()).unwrap();
        assert_eq!(kept, Kept { hash: hash_of(&content), bytes: length as u64 });
        assert!(read(&files, &kept.hash).unwrap().unwrap() == content, "{length}");
        let mut reader = files.open(&kept.hash).unwrap().unwrap();
        assert_eq!(reader.content_bytes(), length as u64);
        // In pieces that fit to nothing.
        let (mut pieces, mut piece) = (Vec::new(), [0; 10_007]);
        while let Some(read) = Some(reader.read(&mut piece).unwrap()).filter(|read| *read > 0) {
            pieces.extend_from_slice(&piece[..read]);
        }
        assert!(pieces == content, "{length}");
    }
}

/// Bytes that are nowhere until they are asked for.
struct Endless {
    left: usize,
    largest: usize,
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.largest = self.largest.max(into.len());
        // Never as many as asked for: a source may give what it has.
        let count = into.len().min(self.left).min(40_009);
        into[..count].fill(self.left.to_le_bytes()[1]);
        self.left -= count;
        Ok(count)
    }
}

#[test]
fn fifty_megabytes_are_never_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let files = at(&folder, None);
    let mut source = Endless { left: 50_000_000, largest: 0 };
    let mut kept = None;
    let keeping = allocation_counter::measure(|| kept = Some(files.keep(&mut source).unwrap()));
    let kept = kept.unwrap();
    assert_eq!(kept.bytes, 50_000_000);
    assert!(keeping.bytes_max < MOST && source.largest <= CHUNK, "{} bytes, {} at once", keeping.bytes_max, source.largest);
    let mut read = 0;
    let reading = allocation_counter::measure(|| read = io::copy(&mut files.open(&kept.hash).unwrap().unwrap(), &mut io::sink()).unwrap());
    assert_eq!(read, 50_000_000);
    assert!(reading.bytes_max < MOST, "{} bytes", reading.bytes_max);
}
