//! Reading a file piece by piece.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use super::{
    AttachmentError,
    seal::{CHUNK, FileKey, FileKeys, HEADER, TAG, place_of, sealed_bytes, unseal_header},
};

/// The bytes of a file on this phone. Each is given out only after the piece that it stands in was verified, and none of them if the file is not
/// the one that was asked for, or not of its length. 64 KiB of it are in memory at a time.
///
/// An [`io::Error`] of reading holds the [`AttachmentError`]. What was read before it was right, and is not all.
#[derive(Debug)]
#[must_use]
pub struct AttachmentReader {
    file: File,
    key: FileKey,
    hash: String,
    bytes: u64,
    /// The next chunk; `None` behind the last.
    next: Option<u32>,
    chunk: Vec<u8>,
    /// How many bytes of the chunk were given out.
    given: usize,
}

impl AttachmentReader {
    /// Reads the header of `file`, which is to have this SHA-256.
    pub(super) fn open(mut file: File, keys: &FileKeys, hash: &str) -> Result<Self, AttachmentError> {
        let mut header = [0; HEADER];
        file.read_exact(&mut header).map_err(|error| failed(hash, error))?;
        let length = file.metadata().map_err(|error| failed(hash, error))?.len();
        let (key, bytes) = unseal_header(&header, keys, hash)
            .filter(|(_, bytes)| sealed_bytes(*bytes) == length)
            .ok_or_else(|| AttachmentError::Damaged { hash: hash.to_owned() })?;
        Ok(Self { file, key, hash: hash.to_owned(), bytes, next: Some(0), chunk: Vec::new(), given: 0 })
    }

    /// How many bytes the content has.
    #[must_use]
    pub fn content_bytes(&self) -> u64 {
        self.bytes
    }

    /// All that was not read yet.
    pub(crate) fn read_whole(mut self) -> Result<Vec<u8>, AttachmentError> {
        let mut whole = Vec::with_capacity(usize::try_from(self.bytes).unwrap_or_default());
        while self.next.is_some() {
            self.advance()?;
            whole.extend_from_slice(&self.chunk);
        }
        Ok(whole)
    }

    /// Puts the next chunk in the place of the last one. Should it fail, there is none, and the next call tries again.
    fn advance(&mut self) -> Result<(), AttachmentError> {
        self.given = 0;
        let Some(number) = self.next else {
            self.chunk.clear();
            return Ok(());
        };
        let is_last = self.fetch(number).inspect_err(|_| self.chunk.clear())?;
        self.next = if is_last { None } else { number.checked_add(1) };
        Ok(())
    }

    /// Reads and opens a chunk; whether it is the last.
    fn fetch(&mut self, number: u32) -> Result<bool, AttachmentError> {
        let left = self.bytes.saturating_sub(u64::from(number).saturating_mul(CHUNK as u64));
        let is_last = left < CHUNK as u64;
        self.chunk.resize(usize::try_from(left).unwrap_or(CHUNK).min(CHUNK).saturating_add(TAG), 0);
        let read = self.file.seek(SeekFrom::Start(place_of(number))).and_then(|_| self.file.read_exact(&mut self.chunk));
        read.map_err(|error| failed(&self.hash, error))?;
        let opened = self.key.open(number, is_last, &mut self.chunk);
        opened.map(|()| is_last).ok_or_else(|| AttachmentError::Damaged { hash: self.hash.clone() })
    }
}

impl Read for AttachmentReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.chunk.len() {
            self.advance()?;
        }
        let mut rest = self.chunk.get(self.given..).unwrap_or_default();
        let count = rest.read(into)?;
        self.given = self.given.saturating_add(count);
        Ok(count)
    }
}

impl From<AttachmentError> for io::Error {
    fn from(error: AttachmentError) -> Self {
        let kind = match &error {
            AttachmentError::Read { source, .. } => source.kind(),
            _ => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

/// A file that ends too early is damaged; anything else is the system's.
fn failed(hash: &str, error: io::Error) -> AttachmentError {
    let hash = hash.to_owned();
    if error.kind() == io::ErrorKind::UnexpectedEof {
        AttachmentError::Damaged { hash }
    } else {
        AttachmentError::Read { hash, source: error }
    }
}
